#include "share/due.h"

#include <stdlib.h>
#include <string.h>

#include "merkle/tree.h"
#include "share/due_int.h"
#include "share/project_int.h"
#include "share/trace.h"
#include "store/local.h"

/* Listing. */

struct listing {
	struct share *s;
	int64_t until;
	enum err (*each)(void *ctx, const struct due_item *item, struct errinfo *e);
	void *ctx;
};

static enum err
give(struct listing *l, enum due_kind kind, int64_t when, const struct view_row *row, struct errinfo *e)
{
	struct due_item item = {kind, when, TIME_NEVER, row};
	struct due_notice n;
	if (when >= l->until)
		return OK;
	enum err err = kind == DUE_VALID_UNTIL ? ERR_NOTFOUND : due_notice_get(l->s, row, &n, e);
	if (err && err != ERR_NOTFOUND)
		return err;
	if (!err)
		item.announced = n.wall;
	return l->each(l->ctx, &item, e);
}

static enum err
list_row(void *ctx, const struct view_row *row, struct errinfo *e)
{
	struct listing *l = ctx;
	if (row->state == VIEW_WITHDRAWN)
		return OK;
	enum err err = give(l, DUE_VALID_UNTIL, row->label.valid_until, row, e);
	return err ? err : give(l, DUE_DELETE_BY, row->label.delete_by, row, e);
}

static enum err
list_dispute(void *ctx, uint64_t arrival, const struct view_row *row, int64_t end, struct errinfo *e)
{
	(void)arrival;
	return row ? give(ctx, DUE_DISPUTE, end, row, e) : OK;
}

enum err
due_each(struct share *s, int64_t until, enum err (*each)(void *ctx, const struct due_item *item, struct errinfo *e), void *ctx, struct errinfo *e)
{
	struct listing l = {s, until, each, ctx};
	enum err err = view_due_each(s->store, TIME_MIN, until, list_row, &l, e);
	for (int i = 0; i < s->ncentres && !err; i++)
		err = due_disputes(s, 0, &s->centre[i], list_dispute, &l, e);
	return err;
}

/* Doing. */

struct ripe {
	const struct due_time *t;
	struct due_notice *at;
	size_t n, cap;
	uint32_t waiting;
	bool anew; /* all announcements, to be made again */
};

static bool
is_ripe(const struct due_time *t, const struct due_notice *n)
{
	if (t->clock != DUE_CLOCK_OK || t->now < n->wall + DUE_WAIT)
		return false;
	return t->run - n->run >= DUE_WAIT - DUE_SLACK || t->others >= n->wall + DUE_WAIT;
}

static enum err
take(void *ctx, const struct due_notice *n, struct errinfo *e)
{
	struct ripe *r = ctx;
	if (!r->anew && !is_ripe(r->t, n)) {
		r->waiting++;
		return OK;
	}
	if (r->n == r->cap) {
		size_t cap = r->cap ? r->cap * 2 : 64;
		struct due_notice *more = realloc(r->at, cap * sizeof *more);
		if (!more)
			return err_nomem(e);
		r->at = more;
		r->cap = cap;
	}
	r->at[r->n++] = *n;
	return OK;
}

/* The clock cannot say any more how long ago they were made: from now on, then. In one transaction with the look that found it: a jump that is known
 * while they stand as they were would have them done in haste. */
static enum err
announce_anew(struct share *s, const struct due_time *t, uint32_t *ret, struct errinfo *e)
{
	struct ripe all = {.t = t, .anew = true};
	enum err err = due_notices(s, take, &all, e);
	if (!err && !(err = local_begin(s->store, e))) {
		for (size_t i = 0; i < all.n && !err; i++) {
			all.at[i].wall = t->now;
			all.at[i].run = t->run;
			err = due_notice_set(s, &all.at[i], e);
		}
		if (!err)
			err = due_looked(s, t, e);
		if (err)
			local_rollback(s->store);
		else
			err = local_commit(s->store, e);
	}
	if (!err)
		*ret = (uint32_t)all.n;
	free(all.at);
	return err;
}

/* Where the bytes are, and what the view has there; *ret_row.no 0 if it has nothing. */
struct spot {
	struct view_row row;
	int64_t piece_no;
};

static enum err
find_spot(struct share *s, const struct due_notice *n, struct spot *ret, struct errinfo *e)
{
	struct record_log log;
	struct record_entry entry;
	enum err err;
	memset(ret, 0, sizeof *ret);
	if ((err = record_log_by_id(s->store, &n->log, &log, e)) || (err = record_entry_get(s->store, log.no, n->idx, NULL, &entry, e)))
		return err;
	if (entry.first <= 0 || n->piece >= entry.count)
		return err_set(e, ERR_CORRUPT, "node.db announces the deletion of what is not there");
	ret->piece_no = entry.first + n->piece;
	err = view_at(s->store, log.no, n->idx, n->piece, &ret->row, e);
	if (err == ERR_NOTFOUND) {
		memset(&ret->row, 0, sizeof ret->row);
		err = OK;
	}
	return err;
}

static enum err
find_spots(struct share *s, const struct due_notice *notices, struct spot *spots, size_t n, struct errinfo *e)
{
	enum err err = OK;
	for (size_t i = 0; i < n && !err; i++)
		err = find_spot(s, &notices[i], &spots[i], e);
	return err;
}

/* A loss of power can take the end of the view, which is not made durable by each commit, and leave the record, which is: then an object stands in
 * the view whose bytes are gone, and only a view made anew has nothing of its words. */
static enum err
mend_view(struct share *s, const struct due_notice *notices, struct spot *spots, size_t n, struct errinfo *e)
{
	struct buf piece = BUF_INIT(LIMIT_OBJECT + PIECE_HEAD);
	bool behind = false;
	enum err err = OK;
	for (size_t i = 0; i < n && !err && !behind; i++) {
		if (!spots[i].row.no || spots[i].row.state == VIEW_WITHDRAWN)
			continue;
		buf_clear(&piece);
		err = record_piece_get(s->store, spots[i].piece_no, &piece, &behind, e);
	}
	buf_done(&piece);
	if (!err && behind && !(err = view_reset(s->store, e)) && !(err = share_project(s, NULL, NULL, e)))
		err = find_spots(s, notices, spots, n, e);
	return err;
}

/* Before all else: whose it was cannot be told afterwards. */
static enum err
leave_traces(struct share *s, const struct spot *spots, size_t n, struct errinfo *e)
{
	enum err err = record_begin(s->store, e);
	if (err)
		return err;
	for (size_t i = 0; i < n && !err; i++)
		if (spots[i].row.no)
			err = trace_keep(s, &spots[i].row, e);
	if (err)
		record_rollback(s->store);
	else
		err = record_commit(s->store, e);
	return err;
}

/* The view next, before the bytes: its words can be found as long as the bytes are here. If this ends in between, the announcement has the rest done
 * next time. On the disk before the record forgets: a view that a loss of power took back would tell what nothing takes out of it any more. */
static enum err
leave_view(struct share *s, const struct spot *spots, size_t n, struct errinfo *e)
{
	uint64_t position;
	enum err err;
	if ((err = view_position(s->store, &position, e)) || (err = view_begin(s->store, e)))
		return err;
	for (size_t i = 0; i < n && !err; i++)
		if (spots[i].row.no)
			err = project_withdraw(s, &spots[i].row, e);
	if (err)
		view_rollback(s->store);
	else
		err = view_commit(s->store, position, e);
	if (!err && !(err = view_purge(s->store, e)))
		err = view_sync(s->store, e);
	return err;
}

static enum err
leave_record(struct share *s, const struct spot *spots, size_t n, struct errinfo *e)
{
	struct buf piece = BUF_INIT(LIMIT_OBJECT + PIECE_HEAD);
	enum err err = record_begin(s->store, e);
	if (err)
		return err;
	for (size_t i = 0; i < n && !err; i++) {
		bool gone;
		buf_clear(&piece);
		if ((err = record_piece_get(s->store, spots[i].piece_no, &piece, &gone, e)) || gone)
			continue;
		struct hash h = merkle_leaf_of(buf_str(&piece));
		err = record_piece_withdraw(s->store, spots[i].piece_no, &h, e);
	}
	if (err)
		record_rollback(s->store);
	else
		err = record_commit(s->store, e);
	buf_done(&piece);
	return err;
}

static enum err
leave_notices(struct share *s, const struct due_time *t, const struct due_notice *notices, const struct spot *spots, size_t n, struct errinfo *e)
{
	enum err err = local_begin(s->store, e);
	if (err)
		return err;
	for (size_t i = 0; i < n && !err; i++) {
		char space[STIX_ID_MAX];
		struct buf id = {.p = space, .cap = sizeof space, .max = sizeof space};
		if (spots[i].row.no && spots[i].row.state != VIEW_WITHDRAWN)
			stix_id_put(&id, spots[i].row.key.id);
		struct local_audit a = {.at = t->now,
		    .who = STR("NODE"),
		    .what = STR("deleted"),
		    .target = buf_str(&id),
		    .detail = STR("its bytes are gone; the hash stays")};
		if (!(err = due_notice_drop(s, &notices[i], e)))
			err = local_audit_put(s->store, &a, e);
	}
	if (err)
		local_rollback(s->store);
	else
		err = local_commit(s->store, e);
	return err;
}

enum { BATCH = 256 };

static enum err
delete_ripe(struct share *s, const struct due_time *t, const struct due_notice *notices, size_t n, uint32_t *ret, struct errinfo *e)
{
	struct spot *spots = calloc(BATCH, sizeof *spots);
	enum err err = spots ? OK : err_nomem(e);
	for (size_t from = 0; from < n && !err; from += BATCH) {
		size_t k = n - from < BATCH ? n - from : BATCH;
		if (!(err = find_spots(s, notices + from, spots, k, e)) && !(err = mend_view(s, notices + from, spots, k, e)) &&
		    !(err = leave_traces(s, spots, k, e)) && !(err = leave_view(s, spots, k, e)) && !(err = leave_record(s, spots, k, e)) &&
		    !(err = leave_notices(s, t, notices + from, spots, k, e)))
			*ret += (uint32_t)k;
	}
	free(spots);
	return err;
}

enum err
due_do(struct share *s, struct due_done *ret, struct errinfo *e)
{
	struct due_time t;
	struct due_done done = {0};
	struct ripe ripe = {.t = &t};
	enum err err;
	if ((err = share_refresh(s, e)) || (err = share_project(s, NULL, NULL, e)) || (err = due_look(s, &t, e)))
		return err;
	if (t.clock == DUE_CLOCK_JUMPED) {
		err = announce_anew(s, &t, &done.waiting, e);
	} else if (!(err = due_announce(s, &t, &done.announced, e)) && !(err = due_notices(s, take, &ripe, e)) && (ripe.n || ripe.waiting)) {
		/* only now is it worth asking what others signed */
		free(ripe.at);
		ripe = (struct ripe){.t = &t};
		if (!(err = due_others(s, &t, e)) && !(err = due_notices(s, take, &ripe, e)))
			err = delete_ripe(s, &t, ripe.at, ripe.n, &done.deleted, e);
		done.waiting = ripe.waiting;
	}
	free(ripe.at);
	done.clock = t.clock;
	if (!err)
		*ret = done;
	return err;
}

/* Evidence. */

enum err
due_evidence(struct share *s, const struct view_row *row, struct str who, struct str reason, struct buf *ret, struct errinfo *e)
{
	char space[STIX_ID_MAX];
	struct buf id = {.p = space, .cap = sizeof space, .max = sizeof space}, bytes = BUF_INIT(LIMIT_OBJECT + PIECE_HEAD);
	struct str all;
	int64_t now = s->env->now(s->env->ctx);
	enum err err;
	if (!str_trim(reason).n)
		return err_set(e, ERR_INVALID, "whoever opens sealed evidence says why");
	if (rows_stands(row, now))
		return err_set(e, ERR_USAGE, "it is in view: nothing of it is sealed");
	stix_id_put(&id, row->key.id);
	struct local_audit a = {.at = now, .who = who, .what = STR("evidence opened"), .target = buf_str(&id), .detail = reason};
	if ((err = local_audit_put(s->store, &a, e)))
		return err;
	if (!(err = rows_bytes(s, row, &bytes, e))) {
		size_t from = ret->n;
		buf_put(ret, buf_str(&bytes));
		if ((err = buf_take(ret, &all, e)))
			ret->n = from;
	}
	buf_done(&bytes);
	return err;
}
