#include "share/rows.h"

#include <string.h>

#include "share/entry.h"

struct paging {
	enum err (*each)(void *ctx, const struct view_row *row, struct errinfo *e);
	void *ctx;
	struct view_key last;
	uint32_t n; /* of this page */
};

static enum err
take(void *ctx, const struct view_row *row, struct errinfo *e)
{
	struct paging *p = ctx;
	p->last = row->key;
	p->n++;
	return p->each(p->ctx, row, e);
}

enum err
rows_each(struct share *s, const struct rows_filter *f, enum err (*each)(void *ctx, const struct view_row *row, struct errinfo *e), void *ctx,
    struct errinfo *e)
{
	struct view_filter v = {
	    .now = TIME_MIN,
	    .centre = f->centre,
	    .circle = f->circle,
	    .author = f->author,
	    .id = f->id,
	    .refers_to = f->refers_to,
	    .link = f->refers_to ? (int)f->link : -1,
	    .since = TIME_MIN,
	    .gone = true,
	    .limit = LIMIT_PAGE,
	};
	struct paging p = {.each = each, .ctx = ctx};
	struct view_key after;
	enum err err;
	do {
		p.n = 0;
		err = view_find(s->store, &v, take, &p, e);
		after = p.last;
		v.after = &after;
	} while (!err && p.n == LIMIT_PAGE);
	return err;
}

struct all {
	struct arena *a;
	struct view_row *rows;
	size_t n, cap;
};

static enum err
keep(void *ctx, const struct view_row *row, struct errinfo *e)
{
	struct all *k = ctx;
	struct view_row *more = arena_more(k->a, k->rows, k->n, &k->cap, sizeof *more);
	if (!more)
		return err_nomem(e);
	k->rows = more;
	k->rows[k->n++] = *row;
	return OK;
}

enum err
rows_all(struct share *s, const struct rows_filter *f, struct arena *a, struct view_row **ret, size_t *ret_n, struct errinfo *e)
{
	struct all k = {.a = a};
	enum err err = rows_each(s, f, keep, &k, e);
	if (!err) {
		*ret = k.rows;
		*ret_n = k.n;
	}
	return err;
}

enum err
rows_bytes(struct share *s, const struct view_row *row, struct buf *b, struct errinfo *e)
{
	struct str object;
	bool withdrawn;
	enum err err;
	buf_clear(b);
	if ((err = record_piece_get(s->store, row->piece_no, b, &withdrawn, e)))
		return err;
	if (withdrawn)
		return err_set(e, ERR_NOTFOUND, "the object's bytes were deleted");
	if ((err = piece_object(buf_str(b), &object, e)))
		return err;
	buf_drop(b, PIECE_HEAD);
	return OK;
}
