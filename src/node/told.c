#include "node/told.h"

#include <string.h>

#include "base/leak.h"
#include "govern/policy.h"
#include "merkle/tree.h"
#include "node/put.h"
#include "store/view.h"

const char *
told_kind(enum view_event_kind k)
{
	static const char *const name[] = {"", "recall", "request", "consent", "receipt", "flag", "epoch", "malformed"};
	return name[k];
}

enum err
told_entry(struct node *n, int64_t log, uint64_t idx, struct arena *a, struct entry *ret, struct hash *ret_leaf, struct errinfo *e)
{
	struct record_log l;
	struct record_entry entry;
	struct buf b = BUF_INIT(LIMIT_ENTRY);
	struct str copy;
	enum err err = record_log_by_no(n->store, log, &l, e);
	if (!err)
		err = record_entry_get(n->store, log, idx, &b, &entry, e);
	if (!err && !arena_dup(a, entry.bytes, &copy))
		err = err_nomem(e);
	buf_done(&b);
	if (err)
		return err;
	if (ret_leaf)
		*ret_leaf = merkle_leaf_of(copy);
	const struct share_centre *c = share_centre_by_no(n->share, l.centre);
	if (!c)
		return err_set(e, ERR_CORRUPT, "a log of a centre that is not in the record");
	const struct entry_place at = {c->policy, l.circle};
	return entry_read(copy, &at, a, ret, e);
}

struct reading {
	int64_t modified; /* 0: any */
	bool yes;
};

static enum err
is_version(void *ctx, const struct view_row *row, struct errinfo *e)
{
	struct reading *r = ctx;
	(void)e;
	r->yes = !r->modified || LEAK(EVENT_VERSION) || row->key.modified == r->modified;
	return r->yes ? ERR_STOPPED : OK;
}

/* Whether the viewer may read it, or might while it stood. */
static enum err
may_read(struct op_call *call, int centre, uint64_t circle, const struct stix_id *id, int64_t modified, bool *ret, struct errinfo *e)
{
	struct reading r = {.modified = modified, .yes = !call->who};
	const struct view_filter f = {.who = call->who,
	    .now = op_now(call),
	    .centre = centre,
	    .circle = circle,
	    .author = -1,
	    .link = -1,
	    .since = TIME_MIN,
	    .gone = true,
	    .id = id,
	    .limit = LIMIT_PAGE};
	enum err err = r.yes ? OK : view_find_all(call->n->store, &f, is_version, &r, e);
	*ret = r.yes;
	return err == ERR_STOPPED ? OK : err;
}

enum err
told_may(struct op_call *call, const struct view_event *v, bool *ret, struct errinfo *e)
{
	*ret = !call->who;
	if (*ret || (v->kind == VIEW_FLAG && v->value))
		return OK;
	return may_read(call, v->centre, v->circle, &v->id, v->modified, ret, e);
}

static enum err
may_read_all(struct op_call *call, const struct view_event *v, const struct entry *x, bool *ret, struct errinfo *e)
{
	enum err err = OK;
	*ret = true;
	if (!call->who)
		return OK;
	for (size_t i = 0; i < x->ntargets && *ret && !err; i++)
		err = may_read(call, v->centre, v->circle, &x->targets[i].id, x->targets[i].modified, ret, e);
	return err;
}

static enum err
put_if_read(struct op_call *call, struct json_writer *w, const char *name, const struct view_event *v, const struct stix_id *id, struct errinfo *e)
{
	bool may = false;
	enum err err = id->type.n ? may_read(call, v->centre, 0, id, 0, &may, e) : OK;
	if (may)
		put_id(w, name, *id);
	return err;
}

static enum err
put_entry(struct op_call *call, struct json_writer *w, const struct share_centre *c, const struct view_event *v, const struct entry *x,
    const struct hash *leaf, struct errinfo *e)
{
	bool all;
	enum err err = may_read_all(call, v, x, &all, e);
	if (err)
		return err;
	if (all)
		put_hash(w, "leaf", leaf);
	put_time(w, "time", x->time);
	json_put_member(w, STR("position"), x->position);
	if (x->reason.n && all)
		json_put_member(w, STR("reason"), x->reason);
	if (x->kind == ENTRY_RECALL)
		json_put_member(w, STR("action"), v->circle == UINT64_C(1) << v->author ? STR("withdrawn") : str_of(entry_action_name(x->action)));
	if ((err = put_if_read(call, w, "replacement", v, &x->replacement, e)) || (err = put_if_read(call, w, "source", v, &x->source, e)))
		return err;
	if (x->kind == ENTRY_CONSENT)
		json_put_member_bool(w, STR("granted"), x->granted);
	if (x->kind == ENTRY_CONSENT || x->kind == ENTRY_REQUEST)
		put_circle(w, "to", c, x->to);
	if ((x->kind == ENTRY_RECEIPT || x->kind == ENTRY_CONSENT) && all)
		put_hash(w, "of", &x->of);
	return OK;
}

enum err
told_put(struct op_call *call, struct json_writer *w, const struct view_event *v, struct errinfo *e)
{
	struct node *n = call->n;
	const struct share_centre *c = share_centre_by_no(n->share, v->centre);
	struct arena a = ARENA_INIT(MIB);
	struct entry x;
	struct hash leaf;
	enum err err = c ? OK : err_set(e, ERR_CORRUPT, "the view speaks of a centre that is not in the record: comity rebuild");
	if (err)
		return err;
	json_open_object(w);
	json_put_member(w, STR("kind"), str_of(told_kind(v->kind)));
	put_centre(w, c);
	put_circle(w, "circle", c, v->circle);
	put_member(w, "author", c, v->author);
	put_time(w, "arrived", v->at);
	if (n->env->now(n->env->ctx) >= v->lapses)
		json_put_member(w, STR("state"), STR("not countersigned in time"));
	if (!call->who || LEAK(EVENT_INDEX))
		json_put_member_int(w, STR("index"), (int64_t)v->idx);
	if (v->id.type.n) {
		put_id(w, "id", v->id);
		put_time(w, "modified", v->modified ? v->modified : TIME_NEVER);
	}
	if (v->kind != VIEW_MALFORMED && told_entry(n, v->log, v->idx, &a, &x, &leaf, NULL) == OK)
		err = put_entry(call, w, c, v, &x, &leaf, e);
	json_close(w);
	arena_done(&a);
	return err;
}
