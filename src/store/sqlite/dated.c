/* dated: what was told in the eras has two phases an era, its backlog and what arrived in it. In each, one ordered stream of numbers upwards for each
 * access class that was told, or one over the table where all were; the lowest number of all comes next (a heap). */
#include "store/dated.h"

#include <stdlib.h>
#include <string.h>

#include "base/leak.h"
#include "base/time.h"
#include "store/sqlite/view_int.h"

enum { BATCH = 64, MILLI = 1000 };

struct anchor {
	int phase;
	int64_t seq, added; /* view_seq: a rebuild may number classes otherwise */
};

struct dated {
	struct anchor *at;
	size_t n, cap;
};

struct stream {
	int class; /* 0: all */
	int64_t above;
	uint16_t n, at, ask;
	bool over;
	struct {
		int64_t no, at;
	} row[BATCH];
};

struct walk {
	struct store *s;
	struct view_cache *cache;
	const struct dated_eras *eras;
	uint32_t *may; /* by class: bits 1 << era in which it could be read */
	struct stream *streams, **heap;
	size_t nheap;
};

enum err
dated_new(struct dated **ret, struct errinfo *e)
{
	struct dated *d = calloc(1, sizeof *d);
	if (!d)
		return err_nomem(e);
	*ret = d;
	return OK;
}

void
dated_free(struct dated *d)
{
	if (d)
		free(d->at);
	free(d);
}

static enum err
keep(struct dated *d, struct anchor it, struct errinfo *e)
{
	if (d->n == d->cap) {
		size_t cap = d->cap ? 2 * d->cap : 16;
		struct anchor *at = realloc(d->at, cap * sizeof *at);
		if (!at)
			return err_nomem(e);
		d->at = at;
		d->cap = cap;
	}
	d->at[d->n++] = it;
	return OK;
}

static bool
is_past(const struct anchor *a, int phase, int64_t seq)
{
	return phase != a->phase ? phase > a->phase : seq > a->seq;
}

/* The last anchor that is not after that moment, or else not past that place. */
static struct anchor
anchor_before(const struct dated *d, int64_t after, int phase, int64_t seq)
{
	size_t lo = 0, hi = d->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct anchor *a = &d->at[mid];
		if (a->added <= after || is_past(a, phase, seq))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? d->at[lo - 1] : (struct anchor){0, -1, TIME_MIN};
}

static enum err
refill(struct walk *q, struct stream *st, struct errinfo *e)
{
	struct db *d = &q->s->view;
	bool row = false;
	enum err err = OK;
	if (st->at < st->n || st->over)
		return OK;
	st->n = st->at = 0;
	sqlite3_stmt *stmt =
	    st->class ? db_query(d, SQL("SELECT no,at FROM object WHERE class=? AND no>? ORDER BY no LIMIT ?"), e, "iii", (int64_t)st->class,
			    st->above, (int64_t)st->ask)
		      : db_query(d, SQL("SELECT no,at FROM object WHERE no>? ORDER BY no LIMIT ?"), e, "ii", st->above, (int64_t)st->ask);
	if (!stmt)
		return e->code;
	while (st->n < st->ask && !(err = db_step(d, stmt, &row, e)) && row) {
		st->row[st->n].no = sqlite3_column_int64(stmt, 0);
		st->row[st->n++].at = sqlite3_column_int64(stmt, 1);
	}
	db_end(stmt);
	if (err)
		return err;
	st->over = st->n < st->ask;
	if (st->n)
		st->above = st->row[st->n - 1].no;
	st->ask = BATCH;
	return OK;
}

static int64_t
head(const struct stream *st)
{
	return st->row[st->at].no;
}

static void
sink(struct walk *q, size_t i)
{
	for (;;) {
		size_t k = 2 * i + 1;
		if (k >= q->nheap)
			return;
		if (k + 1 < q->nheap && head(q->heap[k + 1]) < head(q->heap[k]))
			k++;
		if (head(q->heap[i]) <= head(q->heap[k]))
			return;
		struct stream *st = q->heap[i];
		q->heap[i] = q->heap[k];
		q->heap[k] = st;
		i = k;
	}
}

/* phases */

/* The highest number of what arrived up to then. */
static int64_t
bound(uint64_t arrival)
{
	return (int64_t)((arrival + 1) << VIEW_ARRIVAL_BITS) - 1;
}

static int64_t
phase_above(const struct dated_eras *eras, int phase)
{
	return phase % 2 ? bound(eras->era[phase / 2].arrival) : 0;
}

static int64_t
phase_upto(const struct dated_eras *eras, int phase)
{
	size_t era = ((size_t)phase + 1) / 2;
	return era < eras->n ? bound(eras->era[era].arrival) : INT64_MAX;
}

static bool
is_told(uint32_t may, int phase)
{
	int era = phase / 2;
	bool before = era > 0 && may >> (era - 1) & 1;
	return may >> era & 1 && (phase % 2 || !before);
}

/* Whether what was told then could be read ever since. */
static bool
is_last(const struct dated_eras *eras, uint32_t may, int phase)
{
	uint32_t since = (UINT32_C(1) << eras->n) - (UINT32_C(1) << phase / 2);
	return (may & since) == since;
}

static uint32_t
eras_of(const struct dated_eras *eras, const struct view_class *c)
{
	uint32_t may = 0;
	for (size_t k = 0; k < eras->n; k++)
		if (class_readable(c, eras->era[k].who) || LEAK(DATED_ALL))
			may |= UINT32_C(1) << k;
	return may;
}

static enum err
begin(struct walk *q, struct errinfo *e)
{
	enum err err = view_cache(q->s, &q->cache, e);
	if (err)
		return err;
	size_t n = (size_t)q->cache->last + 1;
	q->streams = calloc(n, sizeof *q->streams);
	q->heap = calloc(n, sizeof *q->heap);
	q->may = calloc(n, sizeof *q->may);
	if (!q->streams || !q->heap || !q->may)
		return err_nomem(e);
	for (size_t i = 1; i < n; i++)
		if (q->cache->classes[i])
			q->may[i] = eras_of(q->eras, q->cache->classes[i]);
	return OK;
}

static void
stream_set(struct stream *st, int class, int64_t above, int ask)
{
	st->class = class;
	st->above = above;
	st->n = st->at = 0;
	st->ask = (uint16_t)ask;
	st->over = false;
}

/* seq: of a row of it after which to begin; -1: at its beginning. */
static enum err
begin_phase(struct walk *q, int phase, int64_t seq, struct errinfo *e)
{
	int64_t above = seq < 0 ? phase_above(q->eras, phase) : (seq << VIEW_CLASS_BITS | VIEW_CLASSES);
	size_t n = 0;
	bool all = true;
	enum err err;
	q->nheap = 0;
	if (above >= phase_upto(q->eras, phase))
		return OK;
	for (int i = 1; i <= q->cache->last; i++) {
		if (q->cache->classes[i] && is_told(q->may[i], phase))
			stream_set(&q->streams[n++], i, above, 8); /* most classes have little that is new */
		else if (q->cache->classes[i])
			all = false;
	}
	if (all) {
		stream_set(&q->streams[0], 0, above, BATCH);
		n = 1;
	}
	for (size_t i = 0; i < n; i++) {
		if ((err = refill(q, &q->streams[i], e)))
			return err;
		if (q->streams[i].n)
			q->heap[q->nheap++] = &q->streams[i];
	}
	for (size_t i = q->nheap; i-- > 0;)
		sink(q, i);
	return OK;
}

static enum err
next(struct walk *q, int64_t *ret_no, int64_t *ret_at, struct errinfo *e)
{
	struct stream *st = q->heap[0];
	*ret_no = st->row[st->at].no;
	*ret_at = st->row[st->at++].at;
	enum err err = refill(q, st, e);
	if (!err && st->at == st->n)
		q->heap[0] = q->heap[--q->nheap];
	if (!err)
		sink(q, 0);
	return err;
}

static int64_t
cut(int64_t at)
{
	int64_t over = at % MILLI;
	return at - (over < 0 ? over + MILLI : over);
}

struct telling {
	int64_t after;
	enum err (*each)(void *ctx, const struct dated_row *row, struct errinfo *e);
	void *ctx;
};

static enum err
go(struct walk *q, struct dated *d, struct anchor from, const struct telling *to, struct errinfo *e)
{
	int64_t added = from.added, seq = from.seq, no, at;
	size_t since = 0; /* rows after the last anchor; only counted where there is none further on */
	enum err err = OK;
	for (int phase = from.phase; !err && phase < 2 * (int)q->eras->n; phase++, seq = -1) {
		const int64_t upto = phase_upto(q->eras, phase);
		err = begin_phase(q, phase, seq, e);
		while (!err && q->nheap && head(q->heap[0]) <= upto && !(err = next(q, &no, &at, e))) {
			if (phase % 2 == 0)
				at = q->eras->era[phase / 2].at;
			added = cut(at) > added ? cut(at) : added + 1;
			if ((!d->n || is_past(&d->at[d->n - 1], phase, view_seq(no))) && ++since == DATED_STEP) {
				since = 0;
				if ((err = keep(d, (struct anchor){phase, view_seq(no), added}, e)))
					break;
			}
			int class = (int)(no & VIEW_CLASSES);
			const struct view_class *c = q->cache->classes[class];
			struct dated_row row = {added, no, c->aside, c->centre, c->circle};
			if (added > to->after && is_last(q->eras, q->may[class], phase))
				err = to->each(to->ctx, &row, e);
		}
	}
	return err;
}

static enum err
walk(struct store *s, struct dated *d, const struct dated_eras *eras, struct anchor from, const struct telling *to, struct errinfo *e)
{
	struct walk q = {.s = s, .eras = eras};
	bool any;
	/* one read transaction for all statements of the walk, as view_find's */
	sqlite3_stmt *pin = db_query(&s->view, SQL("SELECT one FROM place"), e, "");
	enum err err = pin ? db_step(&s->view, pin, &any, e) : e->code;
	if (!err)
		err = begin(&q, e);
	if (!err)
		err = go(&q, d, from, to, e);
	db_end(pin);
	free(q.streams);
	free(q.heap);
	free(q.may);
	return err;
}

enum err
dated_each(struct store *s, struct dated *d, const struct dated_eras *eras, int64_t after,
    enum err (*each)(void *ctx, const struct dated_row *row, struct errinfo *e), void *ctx, struct errinfo *e)
{
	struct errinfo local;
	const struct telling to = {after, each, ctx};
	return walk(s, d, eras, anchor_before(d, after, -1, -1), &to, e ? e : &local);
}

enum err
dated_place(struct store *s, const struct dated_eras *eras, int64_t no, int *ret, struct errinfo *e)
{
	struct errinfo local;
	struct view_cache *cache;
	enum err err = view_cache(s, &cache, e ? e : &local);
	if (err)
		return err;
	const struct view_class *c = cache->classes[no & VIEW_CLASSES];
	uint32_t may = c ? eras_of(eras, c) : 0;
	*ret = -1;
	for (int phase = 2 * (int)eras->n - 1; phase >= 0 && may >> phase / 2 & 1; phase--)
		if (is_told(may, phase) && no > phase_above(eras, phase) && no <= phase_upto(eras, phase)) {
			*ret = phase;
			break;
		}
	return OK;
}

struct meeting {
	int64_t no, added;
};

static enum err
meet(void *ctx, const struct dated_row *row, struct errinfo *e)
{
	struct meeting *m = ctx;
	(void)e;
	if (row->no != m->no)
		return OK;
	m->added = row->added;
	return ERR_STOPPED;
}

enum err
dated_when(struct store *s, struct dated *d, const struct dated_eras *eras, int64_t no, int64_t *ret, struct errinfo *e)
{
	struct errinfo local;
	struct meeting m = {no, TIME_NEVER};
	const struct telling to = {TIME_MIN, meet, &m};
	int phase;
	enum err err = dated_place(s, eras, no, &phase, e = e ? e : &local);
	if (!err && phase >= 0)
		err = walk(s, d, eras, anchor_before(d, TIME_MIN, phase, view_seq(no)), &to, e);
	if (err && err != ERR_STOPPED)
		return err;
	*ret = m.added;
	return OK;
}

enum err
dated_get(struct store *s, const struct dated_row *row, struct view_row *ret, struct errinfo *e)
{
	struct errinfo local;
	return row_get(s, row->no, ret, e ? e : &local);
}
