/* project_recall: a recall and what it means come to the same whatever arrives first.
 *
 * An object's state is that of the last recall, in the order of its log, of those that stand behind it and mean it. Recalls have no payload, so those
 * of a log arrive in its order; what may come late is the object. */
#include <string.h>

#include "share/project_int.h"
#include "share/rows.h"

static const enum view_state state_of[] = {
    [ENTRY_RECALLED] = VIEW_RECALLED,
    [ENTRY_CORRECTED] = VIEW_CORRECTED,
    [ENTRY_DOWNGRADED] = VIEW_DOWNGRADED,
};

static bool
before(uint32_t epoch, uint64_t idx, uint32_t than_epoch, uint64_t than_idx)
{
	return epoch < than_epoch || (epoch == than_epoch && idx < than_idx);
}

/* For speed alone: where there is no room for all of them, the view is asked for each object. */
static void
remember(struct project *p, const struct project_recall *r)
{
	struct project_recall *copy = arena_alloc(&p->recall_space, sizeof *copy);
	struct map_item *item;
	bool fresh;
	p->recalls_many = true;
	if (!copy)
		return;
	*copy = *r;
	if (!stix_id_type(r->id) && !arena_dup(&p->recall_space, r->id.type, &copy->id.type))
		return;
	item = map_put(&p->recalls, str_bytes(copy->id.uuid, sizeof copy->id.uuid), &fresh);
	if (!item)
		return;
	copy->next = fresh ? NULL : item->v.ptr;
	item->v.ptr = copy;
	p->recalls_many = false;
}

static enum err
make_recall(struct project *p, const struct view_event *v, struct project_recall *ret, struct errinfo *e)
{
	struct project_log log;
	enum err err = project_log_get(p, v->log, &log, e);
	if (!err)
		*ret =
		    (struct project_recall){NULL, v->id, v->modified, v->centre, v->author, v->circle, log.epoch, v->idx, (enum view_state)v->value};
	return err;
}

static enum err
read_one(void *ctx, const struct view_event *v, struct errinfo *e)
{
	struct project *p = ctx;
	struct project_recall r;
	enum err err = make_recall(p, v, &r, e);
	if (err)
		return err;
	if (v->id.type.n)
		remember(p, &r);
	return p->recalls_many ? ERR_STOPPED : OK;
}

static enum err
read_recalls(struct project *p, struct errinfo *e)
{
	struct view_event_filter f = {.kind = VIEW_RECALL, .author = -1};
	if (p->recalls_read)
		return OK;
	enum err err = view_event_each(p->s->store, &f, read_one, p, e);
	if (err == ERR_STOPPED && p->recalls_many)
		err = OK;
	p->recalls_read = !err;
	return err;
}

struct looking {
	struct project *p;
	const struct project_entry *w;
	struct stix_id id;
	int64_t modified;
	struct project_recall best;
	bool any;
};

/* The last of those that stand behind the object and mean it. */
static void
look(struct looking *k, const struct project_recall *r)
{
	const struct project_entry *w = k->w;
	if (r->centre != w->centre->no || r->circle != w->log->circle || r->author != w->log->author || !stix_id_eq(r->id, k->id) ||
	    (r->modified && r->modified != k->modified))
		return;
	if (before(w->log->epoch, w->at->idx, r->epoch, r->idx) && (!k->any || before(k->best.epoch, k->best.idx, r->epoch, r->idx))) {
		k->best = *r;
		k->any = true;
	}
}

static enum err
look_at_event(void *ctx, const struct view_event *v, struct errinfo *e)
{
	struct looking *k = ctx;
	struct project_recall r;
	enum err err = make_recall(k->p, v, &r, e);
	if (!err)
		look(k, &r);
	return err;
}

enum err
project_recall_state(struct project *p, const struct project_entry *w, struct stix_id id, int64_t modified, enum view_state *ret, struct errinfo *e)
{
	struct looking k = {.p = p, .w = w, .id = id, .modified = modified};
	enum err err = read_recalls(p, e);
	if (!err && p->recalls_many) {
		struct view_event_filter f = {.kind = VIEW_RECALL, .centre = w->centre->no, .author = w->log->author, .id = &id};
		err = view_event_each(p->s->store, &f, look_at_event, &k, e);
	}
	struct map_item *item = !err && !p->recalls_many && p->recalls.n ? map_find(&p->recalls, str_bytes(id.uuid, sizeof id.uuid)) : NULL;
	for (const struct project_recall *r = item ? item->v.ptr : NULL; r; r = r->next)
		look(&k, r);
	*ret = k.any ? k.best.state : VIEW_LIVE;
	return err;
}

struct applying {
	struct project *p;
	const struct project_entry *w;
	const struct entry_target *target;
	struct buf bytes;
};

static enum err
apply(void *ctx, const struct view_row *row, struct errinfo *e)
{
	struct applying *k = ctx;
	const struct json *tree;
	struct str *text = NULL;
	size_t ntext = 0;
	enum err err;
	if (!before(row->key.epoch, row->key.idx, k->w->log->epoch, k->w->at->idx) ||
	    (k->target->modified && k->target->modified != row->key.modified))
		return OK;
	if (row->state == VIEW_LIVE) { /* its words go, so they must be known */
		arena_reset(&k->p->tree);
		if ((err = rows_bytes(k->p->s, row, &k->bytes, e)) || (err = json_parse(&k->p->tree, buf_str(&k->bytes), &tree, e)) ||
		    (err = project_text(tree, &k->p->tree, &text, &ntext, e)))
			return err;
	}
	return view_object_state(k->p->s->store, row, state_of[k->w->x->action], text, ntext, e);
}

enum err
project_recall_put(struct project *p, const struct project_entry *w, struct errinfo *e)
{
	enum err err = read_recalls(p, e);
	struct applying k = {p, w, NULL, BUF_INIT(LIMIT_OBJECT + PIECE_HEAD)};
	for (size_t i = 0; i < w->x->ntargets && !err; i++) {
		const struct entry_target *t = k.target = &w->x->targets[i];
		struct rows_filter f = {.centre = w->centre->no, .circle = w->log->circle, .author = w->log->author, .id = &t->id};
		struct project_recall r = {
		    NULL, t->id, t->modified, w->centre->no, w->log->author, w->log->circle, w->log->epoch, w->at->idx, state_of[w->x->action]};
		struct view_event v = {
		    .arrival = w->at->seq,
		    .n = (uint32_t)i,
		    .at = w->at->at,
		    .log = w->at->log,
		    .idx = w->at->idx,
		    .kind = VIEW_RECALL,
		    .centre = w->centre->no,
		    .author = w->log->author,
		    .circle = w->log->circle,
		    .id = t->id,
		    .modified = t->modified,
		    .value = (int)r.state,
		};
		if ((err = view_event_put(p->s->store, &v, e)))
			break;
		if (!p->recalls_many)
			remember(p, &r);
		err = rows_each(p->s, &f, apply, &k, e);
	}
	buf_done(&k.bytes);
	return err;
}
