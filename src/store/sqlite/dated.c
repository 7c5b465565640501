/* dated: one ordered stream of numbers upwards for each access class that the viewer may read, or one over the table for who may read them all; the
 * lowest number of all comes next (a heap). */
#include "store/dated.h"

#include <stdlib.h>
#include <string.h>

#include "base/leak.h"
#include "base/time.h"
#include "store/sqlite/view_int.h"

enum { BATCH = 64, MILLI = 1000 };

struct anchor {
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
keep(struct dated *d, int64_t seq, int64_t added, struct errinfo *e)
{
	if (d->n == d->cap) {
		size_t cap = d->cap ? 2 * d->cap : 16;
		struct anchor *at = realloc(d->at, cap * sizeof *at);
		if (!at)
			return err_nomem(e);
		d->at = at;
		d->cap = cap;
	}
	d->at[d->n++] = (struct anchor){seq, added};
	return OK;
}

/* The last anchor that is not after that moment. */
static struct anchor
anchor_before(const struct dated *d, int64_t after)
{
	size_t lo = 0, hi = d->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (d->at[mid].added <= after)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? d->at[lo - 1] : (struct anchor){-1, TIME_MIN};
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

static enum err
begin(struct walk *q, const struct view_who *who, int64_t seq, struct errinfo *e)
{
	enum err err = view_cache(q->s, &q->cache, e);
	size_t n = 0;
	bool all = true;
	if (err)
		return err;
	q->streams = calloc((size_t)q->cache->last + 1, sizeof *q->streams);
	q->heap = calloc((size_t)q->cache->last + 1, sizeof *q->heap);
	if (!q->streams || !q->heap)
		return err_nomem(e);
	for (int i = 1; i <= q->cache->last; i++) {
		if (!q->cache->classes[i])
			continue;
		if (class_readable(q->cache->classes[i], who) || LEAK(DATED_ALL))
			q->streams[n++].class = i;
		else
			all = false;
	}
	if (all) {
		q->streams[0].class = 0;
		n = 1;
	}
	for (size_t i = 0; i < n; i++) {
		struct stream *st = &q->streams[i];
		st->above = seq < 0 ? 0 : seq << VIEW_CLASS_BITS | VIEW_CLASSES;
		st->ask = all ? BATCH : 8; /* most classes have little that is new */
		if ((err = refill(q, st, e)))
			return err;
		if (st->n)
			q->heap[q->nheap++] = st;
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

static enum err
go(struct walk *q, struct dated *d, struct anchor from, int64_t after, enum err (*each)(void *, const struct dated_row *, struct errinfo *),
    void *ctx, struct errinfo *e)
{
	int64_t added = from.added, no, at;
	size_t since = 0; /* rows after the last anchor; only counted where there is none further on */
	enum err err = OK;
	while (q->nheap && !(err = next(q, &no, &at, e))) {
		added = cut(at) > added ? cut(at) : added + 1;
		if ((!d->n || view_seq(no) > d->at[d->n - 1].seq) && ++since == DATED_STEP) {
			since = 0;
			if ((err = keep(d, view_seq(no), added, e)))
				break;
		}
		const struct view_class *c = q->cache->classes[no & VIEW_CLASSES];
		struct dated_row row = {added, no, c->aside, c->centre, c->circle};
		if (added > after && (err = each(ctx, &row, e)))
			break;
	}
	return err;
}

enum err
dated_each(struct store *s, struct dated *d, const struct view_who *who, int64_t after,
    enum err (*each)(void *ctx, const struct dated_row *row, struct errinfo *e), void *ctx, struct errinfo *e)
{
	struct errinfo local;
	struct walk q = {.s = s};
	bool any;
	e = e ? e : &local;
	struct anchor from = anchor_before(d, after);
	/* one read transaction for all statements of the walk, as view_find's */
	sqlite3_stmt *pin = db_query(&s->view, SQL("SELECT one FROM place"), e, "");
	enum err err = pin ? db_step(&s->view, pin, &any, e) : e->code;
	if (!err)
		err = begin(&q, who, from.seq, e);
	if (!err)
		err = go(&q, d, from, after, each, ctx, e);
	db_end(pin);
	free(q.streams);
	free(q.heap);
	return err;
}

enum err
dated_get(struct store *s, const struct dated_row *row, struct view_row *ret, struct errinfo *e)
{
	struct errinfo local;
	return row_get(s, row->no, ret, e ? e : &local);
}
