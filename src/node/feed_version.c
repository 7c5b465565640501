/* What versions of one id the viewer may read, those that stand: read once an answer, however many rows of it there are. */
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "node/feed.h"

struct version {
	int64_t modified, no; /* no: of the row that came first with it, into this viewer's view */
	int place;            /* dated_place of that */
};

struct known {
	struct feed *x;
	struct version *v; /* by modified, in order, each once */
	size_t n, cap;
};

static enum err
see_version(void *ctx, const struct view_row *row, struct errinfo *e)
{
	struct known *k = ctx;
	k->x->scanned++;
	feed_note_dates(k->x, row);
	if (!rows_stands(row, op_now(k->x->call)))
		return OK;
	if (k->n == k->cap) {
		size_t cap = k->cap ? 2 * k->cap : 4;
		struct version *more = arena_array(k->x->call->a, cap, sizeof *more);
		if (!more)
			return err_nomem(e);
		if (k->n)
			memcpy(more, k->v, k->n * sizeof *more);
		k->v = more;
		k->cap = cap;
	}
	k->v[k->n] = (struct version){row->key.modified, row->no, 0};
	return dated_place(k->x->call->n->store, &k->x->eras, row->no, &k->v[k->n++].place, e);
}

static int
by_version(const void *a, const void *b)
{
	const struct version *x = a, *y = b;
	int by = (x->modified > y->modified) - (x->modified < y->modified);
	by = by ? by : (x->place > y->place) - (x->place < y->place);
	return by ? by : (x->no > y->no) - (x->no < y->no);
}

void
feed_filter(const struct feed *x, const struct stix_id *id, struct view_filter *ret)
{
	*ret = (struct view_filter){.who = x->call->who,
	    .now = op_now(x->call),
	    .centre = x->centre,
	    .circle = x->circle,
	    .author = -1,
	    .id = id,
	    .link = -1,
	    .since = TIME_MIN,
	    .plain = true,
	    .limit = LIMIT_PAGE};
}

static enum err
know(struct feed *x, const struct stix_id *id, struct known **ret, struct errinfo *e)
{
	struct view_filter f;
	struct buf name = BUF_INIT(STIX_ID_MAX);
	struct map_item *item;
	struct str key;
	stix_id_put(&name, *id);
	if (arena_dup(x->call->a, buf_str(&name), &key) && (item = map_put(&x->known, key, NULL))) {
		buf_done(&name);
	} else {
		buf_done(&name);
		return err_nomem(e);
	}
	if (!item->v.ptr) {
		struct known *k = arena_alloc(x->call->a, sizeof *k);
		size_t n = 0;
		if (!k)
			return err_nomem(e);
		*k = (struct known){.x = x};
		feed_filter(x, id, &f);
		enum err err = view_find_all(x->call->n->store, &f, see_version, k, e);
		if (err)
			return err;
		if (k->n)
			qsort(k->v, k->n, sizeof *k->v, by_version);
		for (size_t i = 0; i < k->n; i++)
			if (!n || k->v[n - 1].modified != k->v[i].modified)
				k->v[n++] = k->v[i];
		k->n = n;
		item->v.ptr = k;
	}
	*ret = item->v.ptr;
	return OK;
}

enum err
feed_is_version(struct feed *x, const struct view_row *row, int64_t added, bool *ret, struct errinfo *e)
{
	struct str rest = x->versions.n ? x->versions : x->form == FEED_VERSIONS ? STR("all") : STR("last"), one;
	struct known *k;
	int64_t t;
	enum err err = know(x, &row->key.id, &k, e);
	*ret = false;
	if (err)
		return err;
	struct version want = {row->key.modified, row->no, 0};
	if ((err = dated_place(x->call->n->store, &x->eras, row->no, &want.place, e)))
		return err;
	const struct version *v = k->n ? bsearch(&want, k->v, k->n, sizeof *k->v, by_version) : NULL;
	while (v && rest.n) {
		str_cut(rest, ',', &one, &rest);
		one = str_trim(one);
		if (str_is(one, "all") || (str_is(one, "last") && v == &k->v[k->n - 1]) || (str_is(one, "first") && v == k->v) ||
		    (time_parse(one, &t) && t == (row->key.modified ? row->key.modified : added)))
			*ret = true;
	}
	return OK;
}
