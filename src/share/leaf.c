#include "share/leaf.h"

#include <stdlib.h>
#include <string.h>

#include "govern/policy.h"
#include "merkle/tree.h"

static enum err
read_line(struct share_centre *c, uint64_t circle, struct str line, struct arena *a, struct entry *ret, struct errinfo *e)
{
	struct label_policy *policy = malloc(sizeof *policy);
	struct hash charter;
	enum err err = policy ? entry_charter(line, &charter, e) : err_nomem(e);
	if (!err) {
		int i = chain_find(c->chain, &charter);
		err = policy_of_charter(i < 0 ? chain_last(c->chain) : chain_charter(c->chain, (size_t)i), &c->id, policy, e);
	}
	if (!err) {
		struct entry_place at = {policy, circle};
		err = entry_read(line, &at, a, ret, e);
	}
	free(policy);
	return err;
}

enum err
leaf_read(
    struct share *s, struct share_centre *c, int64_t log, uint64_t idx, struct arena *a, struct entry *ret, struct hash *ret_hash, struct errinfo *e)
{
	struct buf line = BUF_INIT(LIMIT_ENTRY);
	struct record_log l;
	struct record_entry entry;
	struct str copy;
	enum err err;
	if ((err = record_log_by_no(s->store, log, &l, e)) || (err = record_entry_get(s->store, log, idx, &line, &entry, e)))
		goto out;
	if (!arena_dup(a, entry.bytes, &copy)) {
		err = err_nomem(e);
		goto out;
	}
	*ret_hash = merkle_leaf_of(copy);
	err = read_line(c, l.circle, copy, a, ret, e);
out:
	buf_done(&line);
	return err;
}

struct all {
	struct arena *a;
	struct view_event *at;
	size_t n, cap;
};

static enum err
keep(void *ctx, const struct view_event *v, struct errinfo *e)
{
	struct all *k = ctx;
	struct view_event *more = arena_more(k->a, k->at, k->n, &k->cap, sizeof *more);
	if (!more)
		return err_nomem(e);
	k->at = more;
	k->at[k->n] = *v;
	if (v->id.type.n && !arena_dup(k->a, v->id.type, &k->at[k->n].id.type))
		return err_nomem(e);
	k->n++;
	return OK;
}

enum err
leaf_events(struct share *s, const struct view_event_filter *f, struct arena *a, struct view_event **ret, size_t *ret_n, struct errinfo *e)
{
	struct all k = {.a = a};
	enum err err = view_event_each(s->store, f, keep, &k, e);
	if (!err) {
		*ret = k.at;
		*ret_n = k.n;
	}
	return err;
}
