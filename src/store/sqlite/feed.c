/* feed: rows in the order of arrival, for who polls.
 *
 * One ascending stream for each access class that the viewer may read, merged by number, as find.c does it downwards. The moment that a row is given
 * counts nothing but these rows: the millisecond of its arrival and its rank there. To know the rank of a row one has to begin at the first of its
 * millisecond; where a millisecond has more than a thousand (a clock that stands, in an exercise) the ranks run on into the next, so the walk begins
 * SLACK earlier than was asked for. */
#include <stdlib.h>

#include "base/leak.h"
#include "base/time.h"
#include "store/sqlite/view_int.h"

enum { BATCH = 128, SLACK = 64 /* milliseconds, so 64,000 rows of one moment */, MS = 1000 };

struct stream {
	struct view_class *class;
	int64_t from; /* the next batch begins with this number */
	uint16_t n, at, ask;
	bool over;
	struct {
		int64_t no, type;
	} row[BATCH];
};

struct feed {
	struct store *s;
	struct stream *streams;
	size_t nstreams, nheap;
	struct stream **heap; /* those with something in their batch, the lowest number first */
	int64_t arrival, top; /* of the last row: its arrival, and the moment of that */
};

static enum err
refill(struct feed *q, struct stream *st, struct errinfo *e)
{
	bool row = false;
	enum err err = OK;
	if (st->at < st->n || st->over)
		return OK;
	st->n = st->at = 0;
	sqlite3_stmt *stmt = db_query(&q->s->view, SQL("SELECT no,type FROM object WHERE class=? AND no>=? ORDER BY no LIMIT ?"), e, "iii",
	    (int64_t)st->class->no, st->from, (int64_t)st->ask);
	if (!stmt)
		return e->code;
	while (st->n < st->ask && !(err = db_step(&q->s->view, stmt, &row, e)) && row) {
		st->row[st->n].no = sqlite3_column_int64(stmt, 0);
		st->row[st->n++].type = sqlite3_column_int64(stmt, 1);
	}
	db_end(stmt);
	if (err)
		return err;
	st->over = st->n < st->ask;
	if (st->n)
		st->from = st->row[st->n - 1].no + 1;
	st->ask = st->ask > BATCH / 2 ? BATCH : (uint16_t)(st->ask * 2);
	return OK;
}

static int64_t
head(const struct stream *st)
{
	return st->row[st->at].no;
}

static void
sink(struct feed *q, size_t i)
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

/* The lowest number that is left; 0 at the end. */
static enum err
next(struct feed *q, int64_t *ret, int64_t *ret_type, struct errinfo *e)
{
	*ret = 0;
	if (q->nheap == 0)
		return OK;
	struct stream *st = q->heap[0];
	*ret_type = st->row[st->at].type;
	*ret = st->row[st->at++].no;
	enum err err = refill(q, st, e);
	if (err)
		return err;
	if (st->at == st->n)
		q->heap[0] = q->heap[--q->nheap];
	sink(q, 0);
	return OK;
}

static bool
is_wanted(const struct view_class *c, const struct view_feed *f)
{
	return c && !c->aside && (class_readable(c, f->who) || LEAK(FEED_ALL)) && (!f->centre || c->centre == f->centre) &&
	       (!f->circle || c->circle == f->circle);
}

static enum err
begin(struct feed *q, const struct view_feed *f, struct errinfo *e)
{
	struct view_cache *cache;
	int64_t arrival = 0, early = f->after < TIME_MIN + 2 * SLACK * MS ? TIME_MIN : f->after - SLACK * MS;
	enum err err = view_cache(q->s, &cache, e);
	if (!err && early > TIME_MIN)
		err = db_int(
		    &q->s->view, 0, &arrival, SQL("SELECT arrival FROM moment WHERE top<=? ORDER BY top DESC, arrival DESC LIMIT 1"), e, "i", early);
	if (err)
		return err;
	q->streams = calloc((size_t)cache->last + 1, sizeof *q->streams);
	q->heap = calloc((size_t)cache->last + 1, sizeof *q->heap);
	if (!q->streams || !q->heap)
		return err_nomem(e);
	for (int i = 1; i <= cache->last; i++)
		if (is_wanted(cache->classes[i], f))
			q->streams[q->nstreams++] =
			    (struct stream){.class = cache->classes[i], .from = (arrival + 1) << VIEW_ARRIVAL_BITS, .ask = 16};
	for (size_t i = 0; i < q->nstreams; i++) {
		if ((err = refill(q, &q->streams[i], e)))
			return err;
		if (q->streams[i].n)
			q->heap[q->nheap++] = &q->streams[i];
	}
	for (size_t i = q->nheap; i-- > 0;)
		sink(q, i);
	return OK;
}

/* The moment of a row's arrival: the same for all of an arrival, never less than of one before. */
static enum err
moment_of(struct feed *q, int64_t no, int64_t *ret, struct errinfo *e)
{
	int64_t arrival = no >> VIEW_ARRIVAL_BITS;
	enum err err = OK;
	if (q->arrival != arrival)
		err = db_int(&q->s->view, 0, &q->top, SQL("SELECT top FROM moment WHERE arrival=?"), e, "i", arrival);
	q->arrival = arrival;
	*ret = q->top;
	return err;
}

enum err
view_feed(struct store *s, const struct view_feed *f, enum err (*each)(void *ctx, const struct view_row *row, int64_t added, struct errinfo *e),
    void *ctx, struct errinfo *e)
{
	struct errinfo local;
	struct feed q = {.s = s};
	int64_t no, type = 0, want = 0, added = TIME_MIN, at;
	bool any;
	e = e ? e : &local;
	sqlite3_stmt *pin = db_query(&s->view, SQL("SELECT one FROM place"), e, "");
	enum err err = pin ? db_step(&s->view, pin, &any, e) : e->code;
	if (!err && f->type.n)
		err = type_number(s, f->type, false, &want, e);
	if (!err && (!f->type.n || want))
		err = begin(&q, f, e);
	while (!err && !(err = next(&q, &no, &type, e)) && no && !(err = moment_of(&q, no, &at, e))) {
		struct view_row row;
		int64_t first = at - (at % MS + MS) % MS;
		added = first > added ? first : added + 1;
		if (added >= f->before)
			break;
		if (added <= f->after || (want && type != want))
			continue;
		if ((err = row_get(s, no, &row, e)))
			break;
		err = each(ctx, &row, added, e);
	}
	db_end(pin);
	free(q.streams);
	free(q.heap);
	return err;
}

struct place {
	int centre;
	uint64_t circle;
};

enum err
view_circles(struct store *s, const struct view_who *who, enum err (*each)(void *ctx, int centre, uint64_t circle, struct errinfo *e), void *ctx,
    struct errinfo *e)
{
	struct errinfo local;
	struct view_cache *cache;
	const struct view_feed f = {.who = who};
	struct place *seen;
	size_t n = 0;
	enum err err;
	e = e ? e : &local;
	if ((err = view_cache(s, &cache, e)))
		return err;
	if (!(seen = calloc((size_t)cache->last + 1, sizeof *seen)))
		return err_nomem(e);
	for (int i = 1; i <= cache->last; i++) {
		const struct view_class *c = cache->classes[i];
		size_t k = 0;
		if (!is_wanted(c, &f))
			continue;
		while (k < n && (seen[k].centre != c->centre || seen[k].circle != c->circle))
			k++;
		if (k == n)
			seen[n++] = (struct place){c->centre, c->circle};
	}
	/* in an order that tells nothing of the order of coming */
	for (size_t i = 1; i < n; i++)
		for (size_t k = i;
		     k > 0 && (seen[k].centre < seen[k - 1].centre || (seen[k].centre == seen[k - 1].centre && seen[k].circle < seen[k - 1].circle));
		     k--) {
			struct place p = seen[k];
			seen[k] = seen[k - 1];
			seen[k - 1] = p;
		}
	for (size_t i = 0; i < n && !err; i++)
		err = each(ctx, seen[i].centre, seen[i].circle, e);
	free(seen);
	return err;
}
