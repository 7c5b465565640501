/* Logs: who released what to whom, and what vouches for it. */
#include <stdio.h>
#include <string.h>

#include "merkle/tree.h"
#include "node/filter.h"
#include "node/ops.h"
#include "node/put.h"
#include "node/walk.h"
#include "share/entry.h"
#include "share/epoch.h"
#include "share/fork.h"
#include "share/rules.h"

enum { OBJECTS_SHOWN = 10 };

struct logs {
	struct op_call *call;
	uint64_t circle;
};

struct cosigners {
	uint64_t size, members;
	int64_t first;
};

static enum err
cosigner(void *ctx, uint64_t size, int member, int64_t time, struct str line, struct errinfo *e)
{
	struct cosigners *c = ctx;
	(void)line;
	(void)e;
	if (size != c->size)
		return OK;
	c->members |= UINT64_C(1) << member;
	if (time < c->first)
		c->first = time;
	return OK;
}

struct forks {
	const struct op_call *call;
	const struct share_centre *c;
	const struct record_log *log;
};

static enum err
put_fork(void *ctx, struct str proof, int64_t at, struct errinfo *e)
{
	const struct forks *k = ctx;
	struct json_writer *w = k->call->out;
	struct errinfo why;
	bool counts = false;
	if (fork_counts(k->c, op_now(k->call), k->log, proof, &counts, &why) == ERR_NOMEM)
		return err_nomem(e);
	json_open_object(w);
	put_time(w, "at", at);
	json_put_member_bool(w, STR("counts"), counts);
	json_put_member(w, STR("proof"), proof);
	json_close(w);
	return OK;
}

static enum err
state_name(struct node *n, const struct share_centre *c, const struct record_log *log, const char **ret, struct errinfo *e)
{
	bool stands = false;
	enum err err = log->state == RECORD_LOG_FORKED ? fork_stands(n->share, c, log, &stands, e) : OK;
	*ret = log->state == RECORD_LOG_LIVE ? "live" : log->state == RECORD_LOG_ENDED ? "ended" : stands ? "forked" : "stopped";
	return err;
}

/* Of an epoch that its author ended after a restore: how much of it counts, how much of that its author held, and how much is not here. Of our own
 * logs also what we signed beyond what is here. */
static enum err
put_lost(struct node *n, const struct share_centre *c, const struct record_log *log, struct json_writer *w, struct errinfo *e)
{
	struct epoch_said said = {0};
	uint64_t beyond = 0;
	enum err err = log->state == RECORD_LOG_ENDED ? epoch_said_of(n->share, c, log, &said, e) : OK;
	if (!err && log->author == c->me)
		err = share_known_beyond(n->share, log, &beyond, e);
	if (err)
		return err;
	if (said.gap) {
		json_put_member_int(w, STR("admitted"), (int64_t)said.admitted);
		json_put_member_int(w, STR("held"), (int64_t)said.held);
		if (said.admitted > beyond)
			beyond = said.admitted;
	}
	json_put_member_int(w, STR("lost"), beyond > log->edge.size ? (int64_t)(beyond - log->edge.size) : 0);
	return OK;
}

/* An epoch after another says in leaf 0 how much of that one it admits; its author may have signed more, and used those serials twice. */
static enum err
put_admitted(struct logs *l, const struct share_centre *c, const struct record_log *log, struct errinfo *e)
{
	struct store *s = l->call->n->store;
	struct arena a = ARENA_INIT(MIB);
	struct buf b = BUF_INIT(LIMIT_ENTRY);
	struct record_log linked, before;
	struct record_entry raw;
	struct entry x;
	struct hash root;
	uint64_t size, most;
	const struct entry_place at = {c->policy, log->circle};
	enum err err = record_entry_get(s, log->no, 0, &b, &raw, e);
	if (err) {
		err = err == ERR_NOTFOUND ? OK : err;
		goto out;
	}
	/* a leaf that says nothing of the kind is verify's to tell */
	if (entry_read(raw.bytes, &at, &a, &x, NULL) || x.kind != ENTRY_EPOCH ||
	    rules_link(c, op_now(l->call), log, x.checkpoint, &linked, &size, &root, NULL))
		goto out;
	json_put_member_int(l->call->out, STR("admits"), (int64_t)size);
	if (!(err = record_log_by_id(s, &linked.id, &before, e)))
		err = record_checkpoint_get(s, before.no, UINT64_MAX, &most, &root, NULL, e);
	if (!err)
		json_put_member_int(l->call->out, STR("signed_before"), (int64_t)most);
	err = err == ERR_NOTFOUND ? OK : err;
out:
	arena_done(&a);
	buf_done(&b);
	return err;
}

static enum err
put_log(void *ctx, const struct record_log *log, struct errinfo *e)
{
	struct logs *l = ctx;
	struct node *n = l->call->n;
	struct json_writer *w = l->call->out;
	const struct share_centre *c = share_centre_by_no(n->share, log->centre);
	struct hash root;
	struct cosigners co = {.first = TIME_NEVER};
	const char *state;
	enum err err;
	if (!c || (l->circle && log->circle != l->circle))
		return OK;
	err = record_checkpoint_get(n->store, log->no, UINT64_MAX, &co.size, &root, NULL, e);
	if (err && err != ERR_NOTFOUND)
		return err;
	bool signed_once = err == OK;
	if ((err = record_cosig_each(n->store, log->no, co.size, cosigner, &co, e)) || (err = state_name(n, c, log, &state, e)))
		return err;
	json_open_object(w);
	json_put_member(w, STR("origin"), str_of(log->origin));
	put_hash(w, "log", &log->id);
	put_circle(w, "circle", c, log->circle);
	put_member(w, "author", c, log->author);
	json_put_member_bool(w, STR("own"), log->author == c->me);
	json_put_member_int(w, STR("epoch"), log->epoch);
	json_put_member(w, STR("state"), str_of(state));
	json_put_member_int(w, STR("entries"), (int64_t)log->edge.size);
	put_time(w, "last", log->last_time);
	json_put_member_int(w, STR("signed"), (int64_t)co.size);
	if (signed_once)
		put_hash(w, "root", &root);
	if ((err = put_lost(n, c, log, w, e)))
		return err;
	put_members(w, "countersigned", c, co.members);
	put_time(w, "earliest", co.first);
	if (log->epoch > 1 && (err = put_admitted(l, c, log, e)))
		return err;
	json_put_key(w, STR("forks"));
	json_open_array(w);
	err = record_fork_each(n->store, log->no, put_fork, &(struct forks){l->call, c, log}, e);
	json_close(w);
	json_close(w);
	return err;
}

/* logs: every log that this home holds. centre; circle. Reply: {"centre","centre_id","items":[{"origin","log" (its
 * hash),"circle","author","own","epoch","state":"live|ended|forked|stopped" (two histories under a key that was revoked
 * since),"entries","last","signed": entries under the last checkpoint,"root", "countersigned":[ids, of that checkpoint],"earliest","admits": of an
 * epoch after another, how many entries of that one,"signed_before": how many of it its author is known to have signed,"admitted","held": where its
 * author went on after a restore: how much of it counts, and how much of that its author had,"lost": entries that were signed and are not here (of
 * such a log, or of our own),"forks":[{"at","counts": bool,"proof"}]}]} */
enum err
op_logs(struct op_call *call, struct errinfo *e)
{
	struct logs l = {.call = call};
	struct share_centre *c;
	enum err err = op_centre(call, &c, e);
	if (err || (err = op_circle(call, "circle", c, &l.circle, e)))
		return err;
	put_centre(call->out, c);
	json_put_key(call->out, STR("items"));
	json_open_array(call->out);
	err = record_log_each(call->n->store, c->no, put_log, &l, e);
	json_close(call->out);
	return err;
}

/* The objects of an entry, the first of them, as far as the view has them. */
static void
put_objects(struct op_call *call, const struct record_log *log, uint64_t idx, uint32_t count)
{
	struct json_writer *w = call->out;
	json_put_key(w, STR("objects"));
	json_open_array(w);
	for (uint32_t i = 0; i < count && i < OBJECTS_SHOWN; i++) {
		struct view_row row;
		if (view_at(call->n->store, log->no, idx, i, &row, NULL))
			continue;
		json_open_object(w);
		put_id(w, "id", row.key.id);
		json_put_member(w, STR("state"), str_of(put_state_name(&row, op_now(call))));
		json_close(w);
	}
	json_close(w);
}

static enum err
put_entry(struct op_call *call, const struct record_log *log, const struct share_centre *c, const struct record_arrival *at, struct errinfo *e)
{
	struct json_writer *w = call->out;
	struct arena a = ARENA_INIT(MIB);
	struct buf b = BUF_INIT(LIMIT_ENTRY);
	struct record_entry raw;
	struct entry x;
	const struct entry_place place = {c->policy, log->circle};
	enum err err = record_entry_get(call->n->store, log->no, at->idx, &b, &raw, e);
	if (err)
		goto out;
	struct hash leaf = merkle_leaf_of(raw.bytes);
	json_open_object(w);
	put_hash(w, "log", &log->id);
	put_circle(w, "circle", c, log->circle);
	put_member(w, "author", c, log->author);
	json_put_member_int(w, STR("epoch"), log->epoch);
	json_put_member_int(w, STR("index"), (int64_t)at->idx);
	put_hash(w, "leaf", &leaf);
	put_time(w, "arrived", at->at);
	if (entry_read(raw.bytes, &place, &a, &x, NULL)) {
		json_put_member(w, STR("kind"), STR("malformed"));
	} else {
		json_put_member(w, STR("kind"), str_of(entry_kind_name(x.kind)));
		put_time(w, "time", x.time);
		json_put_member(w, STR("position"), x.position);
		put_hash(w, "charter", &x.charter);
		if (x.reason.n)
			json_put_member(w, STR("reason"), x.reason);
		if (x.kind == ENTRY_OBJECTS) {
			json_put_member_int(w, STR("count"), x.count);
			json_put_member_int(w, STR("size"), (int64_t)x.size);
			if (x.serial)
				json_put_member_int(w, STR("serial"), (int64_t)x.serial);
			put_label(w, c, &x.label);
			put_objects(call, log, at->idx, x.count);
		}
		if (x.ntargets) {
			json_put_key(w, STR("targets"));
			json_open_array(w);
			for (size_t i = 0; i < x.ntargets; i++) {
				json_open_object(w);
				put_id(w, "id", x.targets[i].id);
				put_time(w, "modified", x.targets[i].modified ? x.targets[i].modified : TIME_NEVER);
				json_close(w);
			}
			json_close(w);
		}
	}
	json_close(w);
out:
	arena_done(&a);
	buf_done(&b);
	return err;
}

struct entries {
	struct op_call *call;
	struct share_centre *c;
	uint64_t circle;
	int author;
	uint32_t limit, n;
	bool more;
	struct hash last_log;
	uint64_t last_idx;
};

static enum err
one_arrival(void *ctx, const struct record_arrival *at, bool *ret_stop, struct errinfo *e)
{
	struct entries *x = ctx;
	struct record_log log;
	enum err err = record_log_by_no(x->call->n->store, at->log, &log, e);
	if (err || log.centre != x->c->no || (x->circle && log.circle != x->circle) || (x->author >= 0 && log.author != x->author))
		return err;
	if (x->n == x->limit) {
		x->more = *ret_stop = true;
		return OK;
	}
	x->n++;
	x->last_log = log.id;
	x->last_idx = at->idx;
	return put_entry(x->call, &log, x->c, at, e);
}

struct places {
	struct entries *x;
	int64_t log[64];
	uint64_t idx[64];
	uint32_t n;
};

/* Entries in which an object stands, each once. */
static enum err
one_place(void *ctx, const struct view_row *row, struct errinfo *e)
{
	struct places *p = ctx;
	struct record_arrival at;
	bool stop = false;
	for (uint32_t i = 0; i < p->n; i++)
		if (p->log[i] == row->log && p->idx[i] == row->key.idx)
			return OK;
	if (p->n == sizeof p->log / sizeof *p->log)
		return OK;
	p->log[p->n] = row->log;
	p->idx[p->n++] = row->key.idx;
	enum err err = record_arrival_get(p->x->call->n->store, row->log, row->key.idx, &at, e);
	return err ? err : one_arrival(p->x, &at, &stop, e);
}

/* log: entries, newest arrival first. centre; circle; author; id: those with this object; limit (absent: 50); cursor. Reply:
 * {"centre","centre_id","items":[{"log","circle","author","epoch","index","leaf","arrived","kind","time","position","charter",
 * "reason","count","size","serial","banner","mark","label","objects":[{"id","state"}…first 10],"targets":[{"id","modified"}]}],"next"} */
enum err
op_log(struct op_call *call, struct errinfo *e)
{
	struct entries x = {.call = call};
	struct places p = {.x = &x};
	struct stix_id id;
	struct op_filter o;
	struct str cursor;
	uint64_t before = UINT64_MAX;
	enum err err = op_centre(call, &x.c, e);
	if (err || (err = op_circle(call, "circle", x.c, &x.circle, e)) || (err = op_member(call, "author", x.c, &x.author, e)) ||
	    (err = op_limit(call, 50, &x.limit, e)))
		return err;
	if (op_str(call, "cursor", &cursor) && (err = walk_cursor(call, cursor, &before, NULL, e)))
		return err;
	put_centre(call->out, x.c);
	json_put_key(call->out, STR("items"));
	json_open_array(call->out);
	if (op_has(call, "id")) {
		if ((err = op_filter_id(call, &id, &o, e)))
			return err;
		o.f.gone = true;
		err = view_find(call->n->store, &o.f, one_place, &p, e);
	} else {
		err = walk_back(call, before, one_arrival, &x, e);
	}
	if (err)
		return err;
	json_close(call->out);
	json_put_key(call->out, STR("next"));
	if (x.more)
		walk_put_cursor(call->out, &x.last_log, x.last_idx, 0);
	else
		json_put_null(call->out);
	return OK;
}
