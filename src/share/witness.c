#include "share/witness.h"

#include "base/leak.h"
#include "share/entry.h"
#include "store/local.h"
#include "store/view.h"

int64_t
witness_ends(const struct share_centre *c, uint64_t circle)
{
	bool whole = false;
	for (size_t i = 0; i < chain_count(c->chain); i++) {
		const struct charter *x = chain_charter(c->chain, i);
		bool now = !(circle & ~x->present);
		if (whole && !now)
			return x->from;
		whole = now;
	}
	return TIME_NEVER;
}

/* Whether anybody ever left. */
static bool
anybody(const struct share_centre *c)
{
	const struct charter *last = chain_last(c->chain);
	for (size_t i = 0; i < last->nmember; i++)
		if (last->members[i].departed)
			return true;
	return false;
}

/* What this home countersigned before it was restored is in its record only as others gave it back. */
static enum err
restored_at(struct share *s, int64_t *ret, struct errinfo *e)
{
	char space[64];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	enum err err = local_get(s->store, STR("restore"), &b, e);
	if (err && err != ERR_NOTFOUND)
		return err;
	if (err || !time_parse(buf_str(&b), ret))
		*ret = TIME_MIN;
	return OK;
}

enum err
witness_covered(struct share *s, const struct share_centre *c, const struct record_log *log, int64_t before, uint64_t *ret, struct errinfo *e)
{
	struct record_reach r = {.log = log->no, .max = log->edge.size, .author = log->author, .me = c->me, .before = before};
	r.members = log->circle & chain_last(c->chain)->present;
	enum err err = restored_at(s, &r.own_before, e);
	return err ? err : record_cosig_reach(s->store, &r, ret, e);
}

/* the view */

struct settling {
	struct share *s;
	const struct share_centre *c;
	bool open;
};

static enum err
settle_log(void *ctx, const struct record_log *log, struct errinfo *e)
{
	struct settling *k = ctx;
	struct view_lapse is = {.log = log->no, .until = TIME_NEVER}, was = {.until = TIME_NEVER};
	bool any, private = log->circle == UINT64_C(1) << log->author;
	enum err err = view_lapse_get(k->s->store, log->no, &was, &any, e);
	if (!private && log->edge.size)
		is.until = witness_ends(k->c, log->circle);
	if (!err && is.until != TIME_NEVER)
		err = witness_covered(k->s, k->c, log, is.until, &is.covered, e);
	if (err || (is.until == was.until && (!any || is.covered == was.covered)))
		return err;
	if (!k->open && (err = view_begin(k->s->store, e)))
		return err;
	k->open = true;
	return view_lapse_put(k->s->store, &is, e);
}

enum err
witness_settle(struct share *s, struct errinfo *e)
{
	struct settling k = {.s = s};
	uint64_t position;
	bool any;
	enum err err = view_lapse_any(s->store, &any, e);
	for (int i = 0; i < s->ncentres && !err; i++) {
		k.c = &s->centre[i];
		if (k.c->no && (any || anybody(k.c)))
			err = record_log_each(s->store, k.c->no, settle_log, &k, e);
	}
	if (!k.open)
		return err;
	if (!err && !(err = view_position(s->store, &position, e)))
		return view_commit(s->store, position, e);
	view_rollback(s->store);
	return err;
}

/* what others are given */

static enum err
put_line(void *ctx, uint64_t size, int member, int64_t time, struct str line, struct errinfo *e)
{
	struct buf *note = ctx;
	(void)size;
	(void)member;
	(void)time;
	(void)e;
	buf_put(note, line);
	return OK;
}

struct lines {
	struct buf *note;
	uint64_t size;
};

static enum err
put_of_size(void *ctx, uint64_t size, int member, int64_t time, struct str line, struct errinfo *e)
{
	struct lines *k = ctx;
	return size == k->size ? put_line(k->note, size, member, time, line, e) : ERR_STOPPED;
}

enum err
witness_serve(struct share *s, const struct share_centre *c, const struct record_log *log, struct buf *out, struct errinfo *e)
{
	struct buf note = BUF_INIT(LIMIT_CHECKPOINT);
	uint64_t sizes[LIMIT_MEMBERS], odd = 0, size;
	struct str all;
	size_t n = 0;
	enum err err = record_cosig_sizes(s->store, log->no, log->edge.size, witness_ends(c, log->circle), sizes, &n, e);
	if (LEAK(WITNESSED_HOME))
		(void)!record_arrival_last(s->store, &odd, NULL);
	for (size_t i = 0; i < n && !err; i++) {
		struct lines k = {&note, sizes[i]};
		buf_clear(&note);
		if ((err = record_checkpoint_get(s->store, log->no, sizes[i], &size, NULL, &note, e)))
			break;
		if (size != sizes[i]) {
			err = err_set(e, ERR_CORRUPT, "log.db: a countersignature of a checkpoint that is not here");
			break;
		}
		if ((err = record_cosig_each(s->store, log->no, size, put_of_size, &k, e)) == ERR_STOPPED)
			err = OK;
		if (!err && !(err = buf_take(&note, &all, e))) {
			buf_printf(out, odd % 2 ? "0%zu\n" : "%zu\n", all.n);
			buf_put(out, all);
			err = buf_take(out, &all, e);
		}
	}
	buf_done(&note);
	return err;
}

/* what came too late */

struct late {
	struct share *s;
	const struct share_centre *c;
	struct witness_late w;
	enum err (*each)(void *ctx, const struct witness_late *w, struct errinfo *e);
	void *ctx;
};

static enum err
count(void *ctx, uint64_t idx, const struct record_entry *x, struct errinfo *e)
{
	struct late *k = ctx;
	bool always =
	    x->first == ENTRY_MALFORMED || str_find(x->bytes, STR("\"kind\":\"recall\"")) >= 0 || str_find(x->bytes, STR("\"kind\":\"epoch\"")) >= 0;
	(void)idx;
	(void)e;
	k->w.entries += !always;
	k->w.objects += always ? 0 : x->count;
	return OK;
}

static enum err
late_log(void *ctx, const struct record_log *log, struct errinfo *e)
{
	struct late *k = ctx;
	uint64_t covered = 0;
	k->w = (struct witness_late){.log = log, .until = witness_ends(k->c, log->circle)};
	if (k->w.until == TIME_NEVER || log->circle == UINT64_C(1) << log->author)
		return OK;
	enum err err = witness_covered(k->s, k->c, log, k->w.until, &covered, e);
	if (!err)
		err = record_entry_each(k->s->store, log->no, covered, log->edge.size, count, k, e);
	return err || !k->w.entries ? err : k->each(k->ctx, &k->w, e);
}

enum err
witness_late_each(struct share *s, enum err (*each)(void *ctx, const struct witness_late *w, struct errinfo *e), void *ctx, struct errinfo *e)
{
	struct late k = {.s = s, .each = each, .ctx = ctx};
	enum err err = OK;
	for (int i = 0; i < s->ncentres && !err; i++) {
		k.c = &s->centre[i];
		if (k.c->no && anybody(k.c))
			err = record_log_each(s->store, k.c->no, late_log, &k, e);
	}
	return err;
}
