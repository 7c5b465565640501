#include "node/told.h"

#include <string.h>

#include "base/leak.h"
#include "govern/policy.h"
#include "merkle/tree.h"
#include "node/put.h"

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

enum err
told_put(struct node *n, struct json_writer *w, const struct view_event *v, bool place, struct errinfo *e)
{
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
	if (place || LEAK(EVENT_INDEX))
		json_put_member_int(w, STR("index"), (int64_t)v->idx);
	if (v->id.type.n) {
		put_id(w, "id", v->id);
		put_time(w, "modified", v->modified ? v->modified : TIME_NEVER);
	}
	if (v->kind != VIEW_MALFORMED && told_entry(n, v->log, v->idx, &a, &x, &leaf, NULL) == OK) {
		put_hash(w, "leaf", &leaf);
		put_time(w, "time", x.time);
		json_put_member(w, STR("position"), x.position);
		if (x.reason.n)
			json_put_member(w, STR("reason"), x.reason);
		if (x.kind == ENTRY_RECALL)
			json_put_member(w, STR("action"), str_of(entry_action_name(x.action)));
		if (x.replacement.type.n)
			put_id(w, "replacement", x.replacement);
		if (x.source.type.n)
			put_id(w, "source", x.source);
		if (x.kind == ENTRY_CONSENT)
			json_put_member_bool(w, STR("granted"), x.granted);
		if (x.kind == ENTRY_CONSENT || x.kind == ENTRY_REQUEST)
			put_circle(w, "to", c, x.to);
		if (x.kind == ENTRY_RECEIPT || x.kind == ENTRY_CONSENT)
			put_hash(w, "of", &x.of);
	}
	json_close(w);
	arena_done(&a);
	return OK;
}
