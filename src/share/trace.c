#include "share/trace.h"

#include <string.h>

#include "share/entry.h"

static bool
is_ours(struct share *s, const struct view_row *row)
{
	const struct share_centre *c = share_centre_by_no(s, row->key.centre);
	return c && c->me == row->key.author;
}

enum err
trace_first(struct share *s, int centre, const struct view_row *rows, size_t n, int64_t modified, struct str bytes, uint64_t before, uint64_t *ret,
    struct errinfo *e)
{
	struct buf b = BUF_INIT(LIMIT_OBJECT + PIECE_HEAD);
	uint64_t first = before;
	enum err err = OK;
	for (size_t i = 0; i < n && !err; i++) {
		if ((centre && rows[i].key.centre != centre) || !is_ours(s, &rows[i]) || rows[i].key.modified != modified || rows[i].arrival >= first)
			continue;
		if (!(err = rows_bytes(s, &rows[i], &b, e)) && str_eq(buf_str(&b), bytes))
			first = rows[i].arrival;
		else if (err == ERR_NOTFOUND)
			err = OK;
	}
	buf_done(&b);
	*ret = first;
	return err;
}

enum err
trace_copy(struct share *s, int centre, const struct view_row *rows, size_t n, const struct view_row *other, bool *ret, struct errinfo *e)
{
	struct buf b = BUF_INIT(LIMIT_OBJECT + PIECE_HEAD);
	uint64_t first = other->arrival;
	enum err err = rows_bytes(s, other, &b, e);
	if (!err)
		err = trace_first(s, centre, rows, n, other->key.modified, buf_str(&b), other->arrival, &first, e);
	else if (err == ERR_NOTFOUND)
		err = OK;
	buf_done(&b);
	*ret = first < other->arrival;
	return err;
}

static enum err
put_id(struct buf *b, const struct stix_id *id, struct str *ret, struct errinfo *e)
{
	stix_id_put(b, *id);
	return buf_take(b, ret, e);
}

enum err
trace_keep(struct share *s, const struct view_row *row, struct errinfo *e)
{
	char space[STIX_ID_MAX];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	struct arena a = ARENA_INIT(16 * MIB);
	struct rows_filter f = {.author = -1, .id = &row->key.id};
	struct view_row *rows;
	struct str id;
	bool copy = true;
	size_t n;
	enum err err = OK;
	if (row->state == VIEW_WITHDRAWN || is_ours(s, row))
		return OK;
	if (!(err = rows_all(s, &f, &a, &rows, &n, e)) && !(err = trace_copy(s, 0, rows, n, row, &copy, e)) && !copy &&
	    !(err = put_id(&b, &row->key.id, &id, e)))
		err = record_trace_put(s->store, id, row->log, row->key.idx, row->piece, row->key.modified, e);
	arena_done(&a);
	return err;
}

struct reading {
	struct share *s;
	struct arena *a;
	struct trace *at;
	size_t n, cap;
};

static enum err
read_one(void *ctx, int64_t no, uint64_t idx, int64_t modified, struct errinfo *e)
{
	struct reading *k = ctx;
	struct record_arrival at;
	struct record_log log;
	enum err err;
	if ((err = record_log_by_no(k->s->store, no, &log, e)) || (err = record_arrival_get(k->s->store, no, idx, &at, e)))
		return err;
	struct trace *more = arena_more(k->a, k->at, k->n, &k->cap, sizeof *more);
	if (!more)
		return err_nomem(e);
	k->at = more;
	k->at[k->n++] = (struct trace){log.centre, log.author, modified, at.seq};
	return OK;
}

enum err
traces_of(struct share *s, const struct stix_id *id, struct arena *a, struct trace **ret, size_t *ret_n, struct errinfo *e)
{
	char space[STIX_ID_MAX];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	struct reading k = {.s = s, .a = a};
	struct str text;
	enum err err = put_id(&b, id, &text, e);
	if (!err && !(err = record_trace_each(s->store, text, read_one, &k, e))) {
		*ret = k.at;
		*ret_n = k.n;
	}
	return err;
}
