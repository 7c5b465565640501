/* Named ids: their rows by the index of ids, in the order of the moments at which they came into view. */
#include <stdlib.h>

#include "node/feed.h"

enum {
	IDS = 64,           /* ids that one question may name */
	ROWS_MAX = 1 << 16, /* of named ids */
};

struct dated_view_row {
	struct view_row row;
	int64_t added;
};

struct gathered {
	struct dated_view_row *all;
	size_t n, cap;
};

static enum err
gather(void *ctx, const struct view_row *row, struct errinfo *e)
{
	struct gathered *g = ctx;
	if (g->n == g->cap) {
		size_t cap = g->cap ? 2 * g->cap : 64;
		struct dated_view_row *more = cap <= ROWS_MAX ? realloc(g->all, cap * sizeof *more) : NULL;
		if (!more)
			return cap > ROWS_MAX ? err_set(e, ERR_LIMIT, "more than %d versions are asked for at once", ROWS_MAX / 2) : err_nomem(e);
		g->all = more;
		g->cap = cap;
	}
	g->all[g->n++] = (struct dated_view_row){*row, TIME_NEVER};
	return OK;
}

static int
by_coming(const void *a, const void *b)
{
	const struct dated_view_row *x = a, *y = b;
	int by = (x->added > y->added) - (x->added < y->added);
	return by ? by : (x->row.no > y->row.no) - (x->row.no < y->row.no);
}

static enum err
gather_all(struct feed *x, struct gathered *g, struct errinfo *e)
{
	struct str rest = x->ids, one;
	enum err err = OK;
	for (int i = 0; !err && rest.n; i++) {
		struct view_filter f;
		struct stix_id id;
		str_cut(rest, ',', &one, &rest);
		if (i == IDS)
			err = err_set(e, ERR_LIMIT, "more than %d ids in one question", IDS);
		else if (stix_id_parse(str_trim(one), &id)) {
			feed_filter(x, &id, &f);
			err = view_find_all(x->call->n->store, &f, gather, g, e);
		}
	}
	return err;
}

/* Of those that are asked for; the others stay at TIME_NEVER. */
static enum err
date_all(struct feed *x, struct gathered *g, struct errinfo *e)
{
	enum err err = OK;
	for (size_t i = 0; !err && i < g->n; i++) {
		struct dated_view_row *r = &g->all[i];
		bool wanted = true;
		if (r->row.key.modified) /* else what is asked for may be its moment */
			err = feed_is_version(x, &r->row, 0, &wanted, e);
		if (!err && wanted)
			err = dated_when(x->call->n->store, x->dated, &x->eras, r->row.no, &r->added, e);
	}
	if (!err && g->n)
		qsort(g->all, g->n, sizeof *g->all, by_coming);
	return err;
}

enum err
feed_walk_ids(struct feed *x, struct errinfo *e)
{
	struct gathered g = {0};
	enum err err = gather_all(x, &g, e);
	if (!err)
		err = date_all(x, &g, e);
	for (size_t i = 0; !err && i < g.n && g.all[i].added != TIME_NEVER; i++) {
		const struct dated_view_row *r = &g.all[i];
		if (r->added >= x->before) {
			x->until = 0;
			break;
		}
		if (r->added > x->after && !(i && r->row.no == g.all[i - 1].row.no)) /* an id may be named twice */
			err = feed_consider(x, &r->row, r->added, e);
	}
	free(g.all);
	return err;
}
