#include "share/trace.h"

#include <string.h>

#include "share/entry.h"
#include "store/local.h"

/* trace/<id>/<origin hash>/<index>/<piece>, and the version as its value. */
static const struct str prefix = STR_INIT("trace/");

enum { TRACE_NAME = STIX_ID_MAX + 128 };

static void
put_prefix(struct buf *b, const struct stix_id *id)
{
	buf_put(b, prefix);
	stix_id_put(b, *id);
	buf_puts(b, "/");
}

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

enum err
trace_keep(struct share *s, const struct view_row *row, struct errinfo *e)
{
	char space[TRACE_NAME], value_space[24];
	struct buf name = {.p = space, .cap = sizeof space, .max = sizeof space},
		   value = {.p = value_space, .cap = sizeof value_space, .max = sizeof value_space};
	struct arena a = ARENA_INIT(16 * MIB);
	struct rows_filter f = {.author = -1, .id = &row->key.id};
	struct view_row *rows;
	struct record_log log;
	bool copy = true;
	size_t n;
	enum err err = OK;
	if (row->state == VIEW_WITHDRAWN || is_ours(s, row))
		return OK;
	if (!(err = rows_all(s, &f, &a, &rows, &n, e)) && !(err = trace_copy(s, 0, rows, n, row, &copy, e)) && !copy &&
	    !(err = record_log_by_no(s->store, row->log, &log, e))) {
		put_prefix(&name, &row->key.id);
		hash_put_hex(&name, &log.id);
		buf_printf(&name, "/%llu/%u", (unsigned long long)row->key.idx, row->piece);
		buf_u64(&value, (uint64_t)row->key.modified);
		err = buf_ok(&name) ? local_set(s->store, buf_str(&name), buf_str(&value), e) : err_nomem(e);
	}
	arena_done(&a);
	return err;
}

struct reading {
	struct share *s;
	struct arena *a;
	size_t skip; /* bytes of a name that are the same in all */
	struct trace *at;
	size_t n, cap;
};

static enum err
read_one(void *ctx, struct str name, struct str value, struct errinfo *e)
{
	struct reading *k = ctx;
	struct str hex, idx, piece, rest = str_sub(name, k->skip, name.n);
	struct record_arrival at;
	struct record_log log;
	struct hash id;
	uint64_t i, modified;
	enum err err;
	if (!str_cut(rest, '/', &hex, &rest) || !hash_from_hex(hex, &id) || !str_cut(rest, '/', &idx, &piece) || !str_u64(idx, &i) ||
	    !str_u64(value, &modified))
		return err_set(e, ERR_CORRUPT, "node.db: a trace of what was deleted cannot be read");
	if ((err = record_log_by_id(k->s->store, &id, &log, e)) || (err = record_arrival_get(k->s->store, log.no, i, &at, e)))
		return err == ERR_NOTFOUND ? OK : err; /* the record is an older one */
	if (k->n == k->cap) {
		size_t cap = k->cap ? k->cap * 2 : 4;
		struct trace *more = arena_array(k->a, cap, sizeof *more);
		if (!more)
			return err_nomem(e);
		if (k->n)
			memcpy(more, k->at, k->n * sizeof *more);
		k->at = more;
		k->cap = cap;
	}
	k->at[k->n++] = (struct trace){log.centre, log.author, (int64_t)modified, at.seq};
	return OK;
}

enum err
traces_of(struct share *s, const struct stix_id *id, struct arena *a, struct trace **ret, size_t *ret_n, struct errinfo *e)
{
	char space[TRACE_NAME];
	struct buf name = {.p = space, .cap = sizeof space, .max = sizeof space};
	put_prefix(&name, id);
	struct reading k = {.s = s, .a = a, .skip = name.n};
	enum err err = buf_ok(&name) ? local_each(s->store, buf_str(&name), read_one, &k, e) : err_nomem(e);
	if (!err) {
		*ret = k.at;
		*ret_n = k.n;
	}
	return err;
}
