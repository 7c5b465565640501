/* find: rows newest first, out of several ordered streams.
 *
 * A stream gives numbers of objects downwards: one over the table, one over the objects of an id or the referrers of one, or one for each access
 * class that the viewer may read. Streams are read in batches, each a statement of its own that is over before the next row is handed out, so that
 * callbacks may write; the highest number of all streams comes next (a heap). Nothing is sorted, and a stream of a class that the viewer may not read
 * is never begun. Every condition is then asked of the row itself, in one place (fits). */
#include <stdlib.h>
#include <string.h>

#include "base/leak.h"
#include "base/time.h"
#include "store/record.h"
#include "store/sqlite/view_int.h"

enum { BATCH = 64 };

enum by { BY_ALL, BY_CLASS, BY_TYPE, BY_ID, BY_REF, BY_WORDS };

struct stream {
	struct view_class *class; /* NULL: of all classes */
	int64_t below;            /* the next batch begins under this number */
	uint16_t n, at, ask;      /* in the batch, taken of it, how many to ask for next */
	bool over;                /* nothing is left but the batch */
	int64_t no[BATCH];
};

struct find {
	struct store *s;
	const struct view_filter *f;
	enum by by;
	int64_t type;        /* of f->type; 0 = any */
	int64_t target_type; /* of f->refers_to */
	int64_t from;        /* no number below it is wanted */
	struct buf words;    /* compiled */
	bool *readable;      /* by class; also that it is wanted */
	struct stream *streams;
	struct stream **heap; /* those with something in their batch, the highest number first */
	size_t nstreams, nheap;
};

static sqlite3_stmt *
words_batch(struct find *q, struct stream *st, struct errinfo *e)
{
	sqlite3_stmt *stmt = class_statement(q->s, st->class, CLASS_FIND, e);
	if (!stmt)
		return NULL;
	sqlite3_bind_text64(stmt, 1, q->words.p, q->words.n - 1, SQLITE_STATIC, SQLITE_UTF8);
	sqlite3_bind_int64(stmt, 2, view_seq(st->below));
	sqlite3_bind_int64(stmt, 3, view_seq(q->from));
	sqlite3_bind_int64(stmt, 4, st->ask);
	return stmt;
}

static sqlite3_stmt *
batch(struct find *q, struct stream *st, struct errinfo *e)
{
	struct db *d = &q->s->view;
	int64_t below = st->below, from = q->from, ask = st->ask, class = st->class ? st->class->no : 0;
	switch (q->by) {
	case BY_ALL:
		return db_query(d, SQL("SELECT no FROM object WHERE no<? AND no>=? ORDER BY no DESC LIMIT ?"), e, "iii", below, from, ask);
	case BY_CLASS:
		return db_query(
		    d, SQL("SELECT no FROM object WHERE class=? AND no<? AND no>=? ORDER BY no DESC LIMIT ?"), e, "iiii", class, below, from, ask);
	case BY_TYPE:
		return db_query(d, SQL("SELECT no FROM object WHERE class=? AND type=? AND no<? AND no>=? ORDER BY no DESC LIMIT ?"), e, "iiiii",
		    class, q->type, below, from, ask);
	case BY_ID:
		return db_query(d, SQL("SELECT no FROM object WHERE id=? AND no<? AND no>=? ORDER BY no DESC LIMIT ?"), e, "biii",
		    str_bytes(q->f->id->uuid, 16), below, from, ask);
	case BY_REF:
		return db_query(d,
		    SQL("SELECT no FROM ref WHERE target=?1 AND no<?2 AND no>=?3 AND type=?5 AND (link=?6 OR (?6<0 AND link IN (0,3))) ORDER BY no "
			"DESC LIMIT ?4"),
		    e, "biiiii", str_bytes(q->f->refers_to->uuid, 16), below, from, ask, q->target_type, (int64_t)q->f->link);
	case BY_WORDS:
		return words_batch(q, st, e);
	}
	return NULL;
}
_Static_assert(VIEW_LINK_REF == 0 && VIEW_LINK_REPLACES == 3, "the links that are not private stand in the statement");

/* The next batch of a stream, if its last is used up. */
static enum err
refill(struct find *q, struct stream *st, struct errinfo *e)
{
	bool row = false;
	enum err err = OK;
	if (st->at < st->n || st->over)
		return OK;
	st->n = st->at = 0;
	sqlite3_stmt *stmt = batch(q, st, e);
	uint16_t got = 0;
	if (!stmt)
		return e->code;
	while (got < st->ask && !(err = db_step(&q->s->view, stmt, &row, e)) && row) {
		int64_t no = sqlite3_column_int64(stmt, 0);
		if (q->by == BY_WORDS)
			no = no << VIEW_CLASS_BITS | st->class->no;
		got++;
		if (st->n == 0 || st->no[st->n - 1] != no) /* an object may refer to another in two ways */
			st->no[st->n++] = no;
	}
	db_end(stmt);
	if (err)
		return err;
	st->over = got < st->ask;
	if (st->n)
		st->below = st->no[st->n - 1];
	st->ask = st->ask > BATCH / 2 ? BATCH : (uint16_t)(st->ask * 2);
	return OK;
}

static int64_t
head(const struct stream *st)
{
	return st->no[st->at] ^ (LEAK(ORDER_CLASS) && st->class && st->class->no & 1 ? INT64_C(1) << 62 : 0);
}

static void
sink(struct find *q, size_t i)
{
	for (;;) {
		size_t k = 2 * i + 1;
		if (k >= q->nheap)
			return;
		if (k + 1 < q->nheap && head(q->heap[k + 1]) > head(q->heap[k]))
			k++;
		if (head(q->heap[i]) >= head(q->heap[k]))
			return;
		struct stream *st = q->heap[i];
		q->heap[i] = q->heap[k];
		q->heap[k] = st;
		i = k;
	}
}

/* The highest number that is left; 0 at the end. */
static enum err
next(struct find *q, int64_t *ret, struct errinfo *e)
{
	if (q->nheap == 0) {
		*ret = 0;
		return OK;
	}
	struct stream *st = q->heap[0];
	*ret = st->no[st->at++];
	enum err err = refill(q, st, e);
	if (err)
		return err;
	if (st->at == st->n)
		q->heap[0] = q->heap[--q->nheap];
	sink(q, 0);
	return OK;
}

static enum err
has_words(struct find *q, int64_t no, bool *ret, struct errinfo *e)
{
	struct view_class *c;
	enum err err = class_at(q->s, no, &c, e);
	sqlite3_stmt *st = err ? NULL : class_statement(q->s, c, CLASS_HAS, e);
	if (!st)
		return e->code;
	sqlite3_bind_text64(st, 1, q->words.p, q->words.n - 1, SQLITE_STATIC, SQLITE_UTF8);
	sqlite3_bind_int64(st, 2, view_seq(no));
	err = db_step(&q->s->view, st, ret, e);
	db_end(st);
	return err;
}

/* Everything that is asked of a row, whichever stream it came out of. */
static enum err
fits(struct find *q, const struct view_row *r, bool *ret, struct errinfo *e)
{
	const struct view_filter *f = q->f;
	*ret = q->readable[r->no & VIEW_CLASSES] && (!f->centre || r->key.centre == f->centre) && (!f->circle || r->key.circle == f->circle) &&
	       (f->author < 0 || r->key.author == f->author) && (!f->type.n || str_eq(r->key.id.type, f->type)) &&
	       (!f->id || stix_id_eq(r->key.id, *f->id)) && r->at > f->since && (f->gone || row_in_view(r, f->now));
	if (*ret && q->words.n && q->by != BY_WORDS)
		return has_words(q, r->no, ret, e);
	return OK;
}

/* The number of the row that a key names. */
static enum err
find_key(struct find *q, const struct view_key *k, int64_t *ret, struct errinfo *e)
{
	int64_t below = INT64_MAX;
	for (;;) {
		struct view_row r;
		bool row = false;
		sqlite3_stmt *st = db_query(&q->s->view, SQL("SELECT " ROW_COLUMNS " FROM object WHERE id=? AND no<? ORDER BY no DESC LIMIT 1"), e,
		    "bi", str_bytes(k->id.uuid, 16), below);
		if (!st)
			return e->code;
		enum err err = db_step(&q->s->view, st, &row, e);
		if (!err && row)
			err = row_read(q->s, st, &r, e);
		db_end(st);
		if (err)
			return err;
		if (!row)
			return err_set(e, ERR_NOTFOUND, "the page cannot be continued: nothing here has that key");
		if (q->readable[r.no & VIEW_CLASSES] && r.key.centre == k->centre && r.key.circle == k->circle && r.key.author == k->author &&
		    stix_id_eq(r.key.id, k->id) && r.key.modified == k->modified && r.key.idx == k->idx && r.key.epoch == k->epoch &&
		    r.key.piece == k->piece) {
			*ret = r.no;
			return OK;
		}
		below = r.no;
	}
}

/* The lowest number that can have arrived after a moment. */
static enum err
since(struct store *s, int64_t moment, int64_t *ret, struct errinfo *e)
{
	int64_t arrival = 0;
	enum err err = OK;
	if (moment > TIME_MIN)
		err = db_int(
		    &s->view, 0, &arrival, SQL("SELECT arrival FROM moment WHERE top<=? ORDER BY top DESC, arrival DESC LIMIT 1"), e, "i", moment);
	if (!err)
		*ret = arrival ? (arrival + 1) << VIEW_ARRIVAL_BITS : 0;
	return err;
}

/* Which streams there are. all: the viewer may read every class. */
static enum err
begin_streams(struct find *q, struct view_cache *cache, bool all, int64_t below, struct errinfo *e)
{
	const struct view_filter *f = q->f;
	bool one = true;
	if (f->refers_to)
		q->by = BY_REF;
	else if (f->id)
		q->by = BY_ID;
	else if (q->words.n)
		q->by = BY_WORDS, one = false;
	else if (f->type.n)
		q->by = BY_TYPE, one = false;
	else
		q->by = BY_ALL, one = (all || LEAK(PAGE_CUT)) && !f->centre && !f->circle;
	if (!one && q->by == BY_ALL)
		q->by = BY_CLASS;
	size_t most = one ? 1 : (size_t)cache->last;
	q->streams = calloc(most + 1, sizeof *q->streams);
	q->heap = calloc(most + 1, sizeof *q->heap);
	if (!q->streams || !q->heap)
		return err_nomem(e);
	if (one)
		q->streams[q->nstreams++].below = below;
	for (int i = 1; !one && i <= cache->last; i++) {
		struct view_class *c = cache->classes[i];
		if (c && q->readable[i] && (!f->centre || c->centre == f->centre) && (!f->circle || c->circle == f->circle)) {
			q->streams[q->nstreams].below = below;
			q->streams[q->nstreams++].class = c;
		}
	}
	for (size_t i = 0; i < q->nstreams; i++) {
		/* what one page needs, shared out; more where that was too little. One more than is taken, or it would ask again at once */
		size_t ask = (size_t)f->limit / q->nstreams + 1;
		q->streams[i].ask = (uint16_t)(ask < BATCH ? ask : BATCH);
		enum err err = refill(q, &q->streams[i], e);
		if (err)
			return err;
		if (q->streams[i].n)
			q->heap[q->nheap++] = &q->streams[i];
	}
	for (size_t i = q->nheap; i-- > 0;)
		sink(q, i);
	return OK;
}

static enum err
begin(struct find *q, struct errinfo *e)
{
	const struct view_filter *f = q->f;
	struct view_cache *cache;
	int64_t below = INT64_MAX;
	bool all = true;
	enum err err;
	if ((err = view_cache(q->s, &cache, e)))
		return err;
	if (f->words.n && (err = words_compile(f->words, &q->words, e)))
		return err;
	if (!(q->readable = calloc((size_t)cache->last + 1, sizeof *q->readable)))
		return err_nomem(e);
	for (int i = 1; i <= cache->last; i++) {
		q->readable[i] = cache->classes[i] && !(f->plain && cache->classes[i]->aside) &&
				 (class_readable(cache->classes[i], f->who) || (LEAK(SEARCH_ALL) && f->words.n) || (LEAK(TYPE_ALL) && f->type.n));
		all = all && q->readable[i];
	}
	if ((err = since(q->s, f->since, &q->from, e)))
		return err;
	if (f->after && (err = find_key(q, f->after, &below, e)))
		return err;
	if (f->type.n && (err = type_number(q->s, f->type, false, &q->type, e)))
		return err;
	if (f->refers_to && (err = type_number(q->s, f->refers_to->type, false, &q->target_type, e)))
		return err;
	/* a type that nothing has finds nothing, by index */
	return begin_streams(q, cache, all, below, e);
}

/* Rows that are read by one statement: each statement of its own costs more than the row. */
enum { PAGE = 20 };

/* The rows of the next numbers, at most `most` of them; *ret_n 0: there are no more. */
static enum err
read_page(struct find *q, uint64_t most, struct view_row *ret, size_t *ret_n, struct errinfo *e)
{
	int64_t no[PAGE] = {0};
	size_t n = 0, got = 0;
	bool row = false;
	enum err err = OK;
	while (n < PAGE && n < most && !(err = next(q, &no[n], e)) && no[n])
		n++;
	*ret_n = n;
	if (err || n == 0)
		return err;
	if (n == 1) {
		err = row_get(q->s, no[0], ret, e);
		got = err == OK;
	} else {
		/* outermost in the order in which they stand; the numbers left 0 find nothing */
		sqlite3_stmt *st = db_query(&q->s->view,
		    SQL("SELECT " ROW_COLUMNS " FROM (VALUES(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?),(?)) "
			"CROSS JOIN object ON no=column1"),
		    e, "iiiiiiiiiiiiiiiiiiii", no[0], no[1], no[2], no[3], no[4], no[5], no[6], no[7], no[8], no[9], no[10], no[11], no[12], no[13],
		    no[14], no[15], no[16], no[17], no[18], no[19]);
		err = st ? OK : e->code;
		while (!err && got < n && !(err = db_step(&q->s->view, st, &row, e)) && row)
			err = row_read(q->s, st, &ret[got++], e);
		db_end(st);
	}
	if (err == ERR_NOTFOUND || (!err && got < n)) {
		err = err_set(e, ERR_CORRUPT, "view.db: an index or full text names an object that is not there");
		err_hint(e, "run: comity rebuild");
	}
	return err;
}
_Static_assert(PAGE == 20, "as many numbers as the statement takes");

static enum err
walk(struct store *s, const struct view_filter *f, uint64_t limit, enum err (*each)(void *ctx, const struct view_row *row, struct errinfo *e),
    void *ctx, uint64_t *ret_n, struct errinfo *e)
{
	struct find q = {.s = s, .f = f, .words = BUF_INIT(16 * LIMIT_QUERY)};
	struct view_row rows[PAGE];
	uint64_t n = 0;
	size_t got = 1;
	bool any;
	/* one read transaction for all statements of the walk: taking the locks anew for each costs more than a row */
	sqlite3_stmt *pin = db_query(&s->view, SQL("SELECT one FROM place"), e, "");
	enum err err = pin ? db_step(&s->view, pin, &any, e) : e->code;
	if (!err)
		err = begin(&q, e);
	while (!err && n < limit && got && !(err = read_page(&q, limit - n, rows, &got, e))) {
		for (size_t i = 0; i < got && !err; i++) {
			bool ok;
			if ((err = fits(&q, &rows[i], &ok, e)) || (!ok && !LEAK(PAGE_CUT)))
				continue;
			n++;
			if (ok && each)
				err = each(ctx, &rows[i], e);
		}
	}
	db_end(pin);
	buf_done(&q.words);
	free(q.readable);
	free(q.streams);
	free(q.heap);
	if (!err && ret_n)
		*ret_n = n;
	return err;
}

enum err
view_find(struct store *s, const struct view_filter *f, enum err (*each)(void *ctx, const struct view_row *row, struct errinfo *e), void *ctx,
    struct errinfo *e)
{
	struct errinfo local;
	return walk(s, f, f->limit < LIMIT_PAGE ? f->limit : LIMIT_PAGE, each, ctx, NULL, e ? e : &local);
}

enum err
view_find_all(struct store *s, const struct view_filter *f, enum err (*each)(void *ctx, const struct view_row *row, struct errinfo *e), void *ctx,
    struct errinfo *e)
{
	struct errinfo local;
	return walk(s, f, UINT64_MAX, each, ctx, NULL, e ? e : &local);
}

enum err
view_count(struct store *s, const struct view_filter *f, uint64_t max, uint64_t *ret, struct errinfo *e)
{
	struct errinfo local;
	struct view_filter all = *f;
	all.limit = LIMIT_PAGE;
	return walk(s, &all, max, NULL, NULL, ret, e ? e : &local);
}

enum err
view_at(struct store *s, int64_t log, uint64_t idx, uint32_t piece, struct view_row *ret, struct errinfo *e)
{
	struct errinfo local;
	struct record_arrival a;
	int64_t no;
	e = e ? e : &local;
	enum err err = record_arrival_get(s, log, idx, &a, e);
	if (err)
		return err;
	if (piece >= 1 << VIEW_PIECE_BITS)
		return err_set(e, ERR_NOTFOUND, "no entry has so many pieces");
	int64_t seq = (int64_t)(a.seq << VIEW_PIECE_BITS | piece);
	if ((err = db_int(&s->view, 0, &no, SQL("SELECT no FROM object WHERE no>=? AND no<=?"), e, "ii", seq << VIEW_CLASS_BITS,
		 seq << VIEW_CLASS_BITS | VIEW_CLASSES)))
		return err;
	return row_get(s, no, ret, e);
}

enum err
view_knows(struct store *s, const struct stix_id *id, bool *ret, struct errinfo *e)
{
	int64_t found;
	enum err err = db_int(&s->view, 0, &found, SQL("SELECT 1 FROM object WHERE id=? LIMIT 1"), e, "b", str_bytes(id->uuid, 16));
	if (!err)
		*ret = found != 0;
	return err;
}

enum err
view_hold(struct store *s, struct errinfo *e)
{
	return db_in_transaction(&s->view) ? OK : db_do(&s->view, SQL("BEGIN"), e, "");
}

void
view_let_go(struct store *s)
{
	db_rollback(&s->view);
}
