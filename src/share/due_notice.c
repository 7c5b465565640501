/* due_notice: what is due is found and announced once. An announcement stays until its piece is deleted, so a deletion that was cut short is
 * finished. */
#include <stdio.h>

#include "share/due_int.h"
#include "share/rows.h"
#include "store/local.h"

static const struct str prefix = STR_INIT("due/");

/* due/<origin hash>/<index>/<piece> */
static struct str
name_of(const struct due_notice *n, char space[static DUE_NAME])
{
	struct buf b = {.p = space, .cap = DUE_NAME, .max = DUE_NAME};
	buf_put(&b, prefix);
	hash_put_hex(&b, &n->log);
	buf_printf(&b, "/%llu/%u", (unsigned long long)n->idx, n->piece);
	return buf_str(&b);
}

static bool
parse_name(struct str name, struct due_notice *ret)
{
	struct str hex, rest = str_sub(name, prefix.n, name.n), idx, piece;
	uint64_t v;
	if (!str_cut(rest, '/', &hex, &rest) || !hash_from_hex(hex, &ret->log) || !str_cut(rest, '/', &idx, &piece) || !str_u64(idx, &ret->idx) ||
	    !str_u64(piece, &v) || v >= LIMIT_PIECES)
		return false;
	ret->piece = (uint32_t)v;
	return true;
}

static bool
parse_value(struct str value, struct due_notice *ret)
{
	struct str wall, run;
	uint64_t w, r;
	if (!str_cut(value, ' ', &wall, &run) || !str_u64(wall, &w) || !str_u64(run, &r))
		return false;
	ret->wall = (int64_t)w;
	ret->run = (int64_t)r;
	return true;
}

enum err
due_notice_set(struct share *s, const struct due_notice *n, struct errinfo *e)
{
	char space[DUE_NAME], value[64];
	snprintf(value, sizeof value, "%llu %llu", (unsigned long long)(n->wall > 0 ? n->wall : 0), (unsigned long long)n->run);
	return local_set(s->store, name_of(n, space), str_of(value), e);
}

enum err
due_notice_drop(struct share *s, const struct due_notice *n, struct errinfo *e)
{
	char space[DUE_NAME];
	return local_unset(s->store, name_of(n, space), e);
}

static enum err
place_of(struct share *s, const struct view_row *row, struct due_notice *ret, struct errinfo *e)
{
	struct record_log log;
	enum err err = record_log_by_no(s->store, row->log, &log, e);
	if (!err)
		*ret = (struct due_notice){.log = log.id, .idx = row->key.idx, .piece = row->piece};
	return err;
}

enum err
due_notice_get(struct share *s, const struct view_row *row, struct due_notice *ret, struct errinfo *e)
{
	char space[DUE_NAME], value_space[64];
	struct buf value = {.p = value_space, .cap = sizeof value_space, .max = sizeof value_space};
	struct due_notice n;
	enum err err = place_of(s, row, &n, e);
	if (err || (err = local_get(s->store, name_of(&n, space), &value, e)))
		return err;
	if (!parse_value(buf_str(&value), &n))
		return err_set(e, ERR_CORRUPT, "node.db: an announcement of a deletion cannot be read");
	*ret = n;
	return OK;
}

struct each {
	enum err (*call)(void *ctx, const struct due_notice *n, struct errinfo *e);
	void *ctx;
};

static enum err
give(void *ctx, struct str name, struct str value, struct errinfo *e)
{
	struct each *k = ctx;
	struct due_notice n;
	if (!parse_name(name, &n) || !parse_value(value, &n))
		return err_set(e, ERR_CORRUPT, "node.db: an announcement of a deletion cannot be read");
	return k->call(k->ctx, &n, e);
}

enum err
due_notices(struct share *s, enum err (*each)(void *ctx, const struct due_notice *n, struct errinfo *e), void *ctx, struct errinfo *e)
{
	struct each k = {each, ctx};
	return local_each(s->store, prefix, give, &k, e);
}

/* Disputes. */

struct disputes {
	struct share *s;
	struct share_centre *c;
	const struct view_event *recall;
	uint32_t epoch;
	int64_t end;
	enum err (*each)(void *ctx, uint64_t arrival, const struct view_row *row, int64_t end, struct errinfo *e);
	void *ctx;
};

static enum err
dispute_row(void *ctx, const struct view_row *row, struct errinfo *e)
{
	struct disputes *d = ctx;
	bool before = row->key.epoch < d->epoch || (row->key.epoch == d->epoch && row->key.idx < d->recall->idx);
	if (!before || (d->recall->modified && d->recall->modified != row->key.modified) || row->state == VIEW_LIVE || row->state == VIEW_WITHDRAWN)
		return OK;
	return d->each(d->ctx, d->recall->arrival, row, d->end, e);
}

static enum err
dispute_event(void *ctx, const struct view_event *v, struct errinfo *e)
{
	struct disputes *d = ctx;
	struct rows_filter f = {.centre = d->c->no, .circle = v->circle, .author = v->author, .id = &v->id};
	struct record_log log;
	enum err err = record_log_by_no(d->s->store, v->log, &log, e);
	if (err || !v->id.type.n)
		return err;
	d->recall = v;
	d->epoch = log.epoch;
	d->end = time_plus(v->at, &d->c->charter->dispute, 1);
	/* told also where nothing is left of it, so that the caller knows how far it has come */
	err = d->each(d->ctx, v->arrival, NULL, d->end, e);
	return err ? err : rows_each(d->s, &f, dispute_row, d, e);
}

enum err
due_disputes(struct share *s, uint64_t after_arrival, struct share_centre *c,
    enum err (*each)(void *ctx, uint64_t arrival, const struct view_row *row, int64_t end, struct errinfo *e), void *ctx, struct errinfo *e)
{
	struct disputes d = {.s = s, .c = c, .each = each, .ctx = ctx};
	struct view_event_filter f = {.kind = VIEW_RECALL, .centre = c->no, .author = -1, .after_arrival = after_arrival};
	if (!c->charter)
		return OK;
	enum err err = view_event_each(s->store, &f, dispute_event, &d, e);
	return err == ERR_STOPPED ? OK : err;
}

/* Finding what is due. */

struct announcing {
	struct share *s;
	const struct due_time *t;
	uint32_t made;
	bool all;      /* not only what is new since the last look: once a day, for what came in when its time was over already */
	uint64_t done; /* recalls up to this arrival are over */
	uint64_t arrival;
};

static enum err
announce(struct announcing *k, const struct view_row *row, const char *what, struct errinfo *e)
{
	char id_space[STIX_ID_MAX], detail[64];
	struct buf id = {.p = id_space, .cap = sizeof id_space, .max = sizeof id_space};
	struct due_notice n;
	enum err err = due_notice_get(k->s, row, &n, e);
	if (err != ERR_NOTFOUND)
		return err;
	if ((err = place_of(k->s, row, &n, e)))
		return err;
	n.wall = k->t->now;
	n.run = k->t->run;
	stix_id_put(&id, row->key.id);
	snprintf(detail, sizeof detail, "%s; its bytes go in 72 hours", what);
	struct local_audit a = {
	    .at = k->t->now, .who = STR("NODE"), .what = STR("deletion announced"), .target = buf_str(&id), .detail = str_of(detail)};
	if ((err = due_notice_set(k->s, &n, e)) || (err = local_audit_put(k->s->store, &a, e)))
		return err;
	k->made++;
	return OK;
}

static enum err
due_row(void *ctx, const struct view_row *row, struct errinfo *e)
{
	struct announcing *k = ctx;
	if (row->state == VIEW_WITHDRAWN || row->label.delete_by > k->t->now)
		return OK;
	return announce(k, row, "its date for deletion has passed", e);
}

static enum err
dispute(void *ctx, uint64_t arrival, const struct view_row *row, int64_t end, struct errinfo *e)
{
	struct announcing *k = ctx;
	if (end > k->t->now) /* recalls come in the order of their time, so those behind it are not over either */
		return err_set(e, ERR_STOPPED, "not over yet");
	if (k->arrival != arrival) { /* all of those before have been looked at */
		k->done = k->arrival;
		k->arrival = arrival;
	}
	return row ? announce(k, row, "it was recalled, and the time for dispute is over", e) : OK;
}

static enum err
read_number(struct share *s, struct str name, int64_t *ret, struct errinfo *e)
{
	char space[24];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	uint64_t v;
	enum err err = local_get(s->store, name, &b, e);
	if (err && err != ERR_NOTFOUND)
		return err;
	*ret = !err && str_u64(buf_str(&b), &v) && v <= INT64_MAX ? (int64_t)v : 0;
	return OK;
}

static enum err
write_number(struct share *s, struct str name, int64_t v, struct errinfo *e)
{
	char text[24];
	snprintf(text, sizeof text, "%lld", (long long)(v > 0 ? v : 0));
	return local_set(s->store, name, str_of(text), e);
}

/* Dates that passed since the last look. */
static enum err
announce_dates(struct announcing *k, struct errinfo *e)
{
	int64_t seen, full, now = k->t->now;
	enum err err;
	if ((err = read_number(k->s, STR("due.seen"), &seen, e)) || (err = read_number(k->s, STR("due.full"), &full, e)))
		return err;
	k->all = seen > now || full > now || now - full >= TIME_DAY;
	uint32_t before = k->made;
	if ((err = view_due_each(k->s->store, k->all ? TIME_MIN : seen, now + 1, due_row, k, e)))
		return err;
	if (k->all && (err = write_number(k->s, STR("due.full"), now, e)))
		return err;
	return k->all || k->made != before || now - seen >= TIME_HOUR ? write_number(k->s, STR("due.seen"), now, e) : OK;
}

static enum err
announce_disputes(struct announcing *k, struct share_centre *c, struct errinfo *e)
{
	char name[32];
	int64_t after;
	enum err err;
	snprintf(name, sizeof name, "due.recalls.%d", c->no);
	if ((err = read_number(k->s, str_of(name), &after, e)))
		return err;
	k->done = k->arrival = k->all ? 0 : (uint64_t)after;
	if ((err = due_disputes(k->s, k->done, c, dispute, k, e)))
		return err;
	return k->done > (uint64_t)after ? write_number(k->s, str_of(name), (int64_t)k->done, e) : OK;
}

enum err
due_announce(struct share *s, const struct due_time *t, uint32_t *ret, struct errinfo *e)
{
	struct announcing k = {.s = s, .t = t};
	enum err err = local_begin(s->store, e);
	if (err)
		return err;
	err = announce_dates(&k, e);
	for (int i = 0; i < s->ncentres && !err; i++)
		if (s->centre[i].charter)
			err = announce_disputes(&k, &s->centre[i], e);
	if (err)
		local_rollback(s->store);
	else
		err = local_commit(s->store, e);
	if (!err)
		*ret = k.made;
	return err;
}
