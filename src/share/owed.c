#include "share/owed.h"

#include <string.h>

#include "base/leak.h"
#include "govern/circle.h"
#include "share/leaf.h"
#include "share/links.h"
#include "share/project.h"
#include "share/rows.h"
#include "store/local.h"

enum { PRODUCTS_MAX = 10000 };

static const struct str position = STR_INIT("NODE");

struct owing {
	struct share *s;
	struct share_centre *c; /* of the recall being looked at */
	struct arena a;         /* for one recall */
	struct owed_done *done;
};

static uint64_t
bit(int member)
{
	return UINT64_C(1) << member;
}

/* Whether something can be said in a circle now; if not, whether it is put off rather than never to be said. */
static enum err
may_say(struct owing *o, uint64_t circle, enum entry_kind kind, bool *ret, struct errinfo *e)
{
	struct errinfo why;
	int64_t time;
	enum err err = share_may_append(o->s, o->c, circle, kind, &time, &why);
	*ret = !err;
	if (!err)
		return OK;
	if (err != ERR_DENIED && err != ERR_CLOCK && err != ERR_FORK && err != ERR_CONFLICT) {
		if (e)
			*e = why;
		return err;
	}
	if (o->c->charter && circle_open(o->c->charter, circle)) /* else it has a departed member, and stays closed */
		o->done->put_off++;
	return OK;
}

static enum err
say(struct owing *o, uint64_t circle, struct entry *x, struct errinfo *e)
{
	struct share_append a = {.centre = o->c, .circle = circle, .entry = x};
	struct share_appended appended;
	enum err err = record_begin(o->s->store, e);
	if (err)
		return err;
	if ((err = share_append(o->s, &a, &appended, e)))
		record_rollback(o->s->store);
	else
		err = record_commit(o->s->store, e);
	return err;
}

/* Receipts. */

static enum err
has_receipt(struct owing *o, uint64_t circle, const struct hash *leaf, bool *ret, struct errinfo *e)
{
	struct view_event_filter f = {.kind = VIEW_RECEIPT, .centre = o->c->no, .author = o->c->me, .circle = circle, .of = leaf};
	struct view_event *events;
	size_t n = 0;
	enum err err = leaf_events(o->s, &f, &o->a, &events, &n, e);
	if (!err)
		*ret = n > 0;
	return err;
}

static enum err
give_receipt(struct owing *o, const struct view_event *recall, const struct hash *leaf, struct errinfo *e)
{
	struct entry x = {.kind = ENTRY_RECEIPT, .position = position, .of = *leaf};
	uint64_t circle = LEAK(RECEIPT_ALL) ? label_policy_members(o->c->policy) : bit(o->c->me) | bit(recall->author);
	bool have, may;
	enum err err;
	if (recall->author == o->c->me)
		return OK;
	if ((err = has_receipt(o, circle, leaf, &have, e)))
		return err;
	if (have || (err = may_say(o, circle, ENTRY_RECEIPT, &may, e)) || !may)
		return have ? OK : err;
	if (!(err = say(o, circle, &x, e)))
		o->done->receipts++;
	return err;
}

/* Flags. */

/* Own things made from something, near and far. */
struct made {
	struct stix_id *ids;
	size_t n, cap;
};

static enum err
made_add(struct owing *o, struct made *m, struct stix_id id, struct errinfo *e)
{
	for (size_t i = 0; i < m->n; i++)
		if (stix_id_eq(m->ids[i], id))
			return OK;
	if (m->n == PRODUCTS_MAX)
		return OK; /* a bound against circles without end; nobody makes so many of one source */
	struct stix_id *more = arena_more(&o->a, m->ids, m->n, &m->cap, sizeof *more);
	if (!more)
		return err_nomem(e);
	m->ids = more;
	if (!arena_dup(&o->a, id.type, &id.type))
		return err_nomem(e);
	m->ids[m->n++] = id;
	return OK;
}

/* What cites it, and what was released of that. */
static enum err
made_from(struct owing *o, struct made *m, struct stix_id id, struct errinfo *e)
{
	struct rows_filter f = {.centre = o->c->no, .author = o->c->me, .refers_to = &id, .link = VIEW_LINK_CITES};
	struct view_row *rows;
	struct link *links;
	size_t n = 0, nlinks = 0;
	enum err err = rows_all(o->s, &f, &o->a, &rows, &n, e);
	for (size_t i = 0; !err && i < n; i++) {
		if ((err = made_add(o, m, rows[i].key.id, e)) || (err = links_of(o->s, o->c, &rows[i].key.id, &o->a, &links, &nlinks, e)))
			break;
		for (size_t k = 0; k < nlinks && !err; k++)
			if (stix_id_eq(links[k].original, rows[i].key.id))
				err = made_add(o, m, links[k].released, e);
	}
	return err;
}

/* What cites what it was released of: an analyst names a report as it stands at home as soon as what was released of it. */
static enum err
made_from_original(struct owing *o, struct made *m, struct stix_id id, struct errinfo *e)
{
	struct link *links;
	size_t n = 0;
	enum err err = links_of(o->s, o->c, &id, &o->a, &links, &n, e);
	for (size_t i = 0; !err && i < n; i++)
		if (stix_id_eq(links[i].released, id) && !stix_id_eq(links[i].original, id))
			err = made_from(o, m, links[i].original, e);
	return err;
}

/* Whether every member of the circle was given this by its author, at any time. */
static enum err
may_name(struct owing *o, const struct view_event *recall, uint64_t circle, bool *ret, struct errinfo *e)
{
	struct rows_filter f = {.centre = o->c->no, .author = recall->author, .id = &recall->id};
	struct view_row *rows;
	bool yes = !(circle & ~recall->circle);
	size_t n = 0;
	enum err err = rows_all(o->s, &f, &o->a, &rows, &n, e);
	for (size_t i = 0; !err && i < n; i++)
		yes |= !rows_private(&rows[i]) && !(circle & ~rows[i].key.circle);
	if (!err)
		*ret = yes;
	return err;
}

static enum err
has_flag(struct owing *o, uint64_t circle, const struct stix_id *product, const struct stix_id *source, bool *ret, struct errinfo *e)
{
	struct view_event_filter f = {.kind = VIEW_FLAG, .centre = o->c->no, .author = o->c->me, .circle = circle, .id = product};
	struct view_event *events;
	size_t n = 0;
	bool have = false;
	enum err err = leaf_events(o->s, &f, &o->a, &events, &n, e);
	for (size_t i = 0; !err && i < n && !have; i++) {
		struct entry x;
		struct hash leaf;
		if (events[i].value == 1) /* named as a source itself */
			continue;
		if (!(err = leaf_read(o->s, o->c, events[i].log, events[i].idx, &o->a, &x, &leaf, e)))
			have = source->type.n ? x.source.type.n && stix_id_eq(x.source, *source) : !x.source.type.n;
	}
	if (!err)
		*ret = have;
	return err;
}

/* One flag, where a released product stands. The view is brought up to date after each, so that the next look sees it. */
static enum err
flag_row(struct owing *o, const struct view_event *recall, const struct view_row *row, struct errinfo *e)
{
	struct entry_target target = {row->key.id, 0};
	struct entry x = {
	    .kind = ENTRY_FLAG,
	    .position = position,
	    .targets = &target,
	    .ntargets = 1,
	    .reason = recall->value == VIEW_CORRECTED ? STR("a source was corrected") : STR("a source was recalled"),
	};
	bool name, have, may;
	enum err err = may_name(o, recall, row->key.circle, &name, e);
	if (!err && (name || LEAK(FLAG_SOURCE)))
		x.source = recall->id;
	if (err || (err = has_flag(o, row->key.circle, &row->key.id, &x.source, &have, e)) || have ||
	    (err = may_say(o, row->key.circle, ENTRY_FLAG, &may, e)) || !may)
		return err;
	if ((err = say(o, row->key.circle, &x, e)))
		return err;
	o->done->flags++;
	return share_project(o->s, NULL, NULL, e);
}

/* What was made of it, near and far, and stands in a circle. */
static enum err
products(struct owing *o, struct stix_id id, enum err (*each)(struct owing *o, const struct view_row *row, void *ctx, struct errinfo *e), void *ctx,
    struct errinfo *e)
{
	struct made m = {0};
	enum err err = made_from(o, &m, id, e);
	if (!err)
		err = made_from_original(o, &m, id, e);
	for (size_t i = 0; i < m.n && !err; i++)
		if (!(err = made_from(o, &m, m.ids[i], e)))
			err = made_from_original(o, &m, m.ids[i], e);
	for (size_t i = 0; i < m.n && !err; i++) {
		struct rows_filter f = {.centre = o->c->no, .author = o->c->me, .id = &m.ids[i]};
		struct view_row *rows;
		size_t n = 0;
		err = rows_all(o->s, &f, &o->a, &rows, &n, e);
		for (size_t k = 0; k < n && !err; k++)
			if (!rows_private(&rows[k]) && rows[k].state == VIEW_LIVE)
				err = each(o, &rows[k], ctx, e);
	}
	return err;
}

static enum err
give_flag(struct owing *o, const struct view_row *row, void *ctx, struct errinfo *e)
{
	return flag_row(o, ctx, row, e);
}

static enum err
give_flags(struct owing *o, const struct view_event *recall, struct errinfo *e)
{
	struct view_event about = *recall;
	if (recall->value != VIEW_RECALLED && recall->value != VIEW_CORRECTED) /* one that was downgraded stays as good as it was */
		return OK;
	return products(o, recall->id, give_flag, &about, e);
}

struct looking {
	struct arena *a;
	struct view_row *row;
	size_t n, cap;
};

static enum err
look_at(struct owing *o, const struct view_row *row, void *ctx, struct errinfo *e)
{
	struct looking *l = ctx;
	(void)o;
	for (size_t i = 0; i < l->n; i++)
		if (l->row[i].no == row->no)
			return OK;
	struct view_row *more = arena_more(l->a, l->row, l->n, &l->cap, sizeof *more);
	if (!more)
		return err_nomem(e);
	l->row = more;
	l->row[l->n] = *row;
	return arena_dup(l->a, row->key.id.type, &l->row[l->n++].key.id.type) ? OK : err_nomem(e);
}

enum err
owed_flags(struct share *s, struct share_centre *c, const struct stix_id *ids, size_t n, struct arena *a, struct view_row *ret[], size_t *ret_n,
    struct errinfo *e)
{
	struct owed_done done = {0};
	struct owing o = {.s = s, .c = c, .a = ARENA_INIT(256 * MIB), .done = &done};
	struct looking l = {.a = a};
	enum err err = OK;
	for (size_t i = 0; i < n && !err; i++)
		err = products(&o, ids[i], look_at, &l, e);
	arena_done(&o.a);
	if (!err) {
		*ret = l.row;
		*ret_n = l.n;
	}
	return err;
}

/* From where on. */

static void
mark_name(const struct share_centre *c, char space[static 32], struct str *ret)
{
	struct buf b = {.p = space, .cap = 32, .max = 32};
	buf_printf(&b, "owed.%d", c->no);
	*ret = buf_str(&b);
}

static enum err
read_mark(struct owing *o, uint64_t *ret, struct errinfo *e)
{
	char space[32], value_space[24];
	struct buf value = {.p = value_space, .cap = sizeof value_space, .max = sizeof value_space};
	struct str name;
	uint64_t v = 0;
	mark_name(o->c, space, &name);
	enum err err = local_get(o->s->store, name, &value, e);
	if (err && err != ERR_NOTFOUND)
		return err;
	if (err || !str_u64(buf_str(&value), &v))
		v = 0; /* from the beginning: what was done is in the record */
	*ret = v;
	return OK;
}

static enum err
write_mark(struct owing *o, uint64_t v, struct errinfo *e)
{
	char space[32], value_space[24];
	struct buf value = {.p = value_space, .cap = sizeof value_space, .max = sizeof value_space};
	struct str name;
	mark_name(o->c, space, &name);
	buf_u64(&value, v);
	return local_set(o->s->store, name, buf_str(&value), e);
}

static enum err
do_recall(struct owing *o, const struct view_event *recall, struct errinfo *e)
{
	struct entry x;
	struct hash leaf;
	if (recall->circle == UINT64_C(1) << recall->author) /* withdrawn from the private circle: recall.h */
		return OK;
	enum err err = leaf_read(o->s, o->c, recall->log, recall->idx, &o->a, &x, &leaf, e);
	if (!err && recall->n == 0)
		err = give_receipt(o, recall, &leaf, e);
	return err ? err : give_flags(o, recall, e);
}

static enum err
do_centre(struct owing *o, struct errinfo *e)
{
	struct arena events_space = ARENA_INIT(256 * MIB);
	struct view_event_filter f = {.kind = VIEW_RECALL, .centre = o->c->no, .author = -1};
	struct view_event *events;
	uint32_t put_off = o->done->put_off;
	size_t n = 0;
	enum err err = read_mark(o, &f.after_arrival, e);
	if (!err)
		err = leaf_events(o->s, &f, &events_space, &events, &n, e);
	for (size_t i = 0; i < n && !err; i++) {
		arena_reset(&o->a);
		err = do_recall(o, &events[i], e);
	}
	if (!err && n && o->done->put_off == put_off)
		err = write_mark(o, events[n - 1].arrival, e);
	arena_done(&events_space);
	return err;
}

enum err
owed_do(struct share *s, struct owed_done *ret, struct errinfo *e)
{
	struct owed_done done = {0};
	struct owing o = {.s = s, .a = ARENA_INIT(256 * MIB), .done = &done};
	enum err err = share_refresh(s, e);
	if (!err)
		err = share_project(s, NULL, NULL, e);
	/* a recall is done, and said to be, when its words have left the file */
	if (!err)
		err = view_purge(s->store, e);
	for (int i = 0; i < s->ncentres && !err; i++) {
		o.c = &s->centre[i];
		if (o.c->me >= 0 && o.c->charter && s->log_key)
			err = do_centre(&o, e);
	}
	arena_done(&o.a);
	if (!err)
		*ret = done;
	return err;
}
