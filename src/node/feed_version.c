/* What versions of one id the viewer may read, those that stand: read once an answer, however many rows of it there are. */
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "node/feed.h"
#include "node/put.h"

struct version {
	int64_t modified, no; /* no: of the row that came first with it, into this viewer's view */
	int place;            /* dated_place of that */
	int centre, author;   /* of that row */
	struct hash content;  /* filled where several authors have a version of that moment */
	bool first, last;     /* of those of one author who has it */
};

struct known {
	struct feed *x;
	struct version *v; /* by modified, in order, each content once */
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
	k->v[k->n] = (struct version){.modified = row->key.modified, .no = row->no, .centre = row->key.centre, .author = row->key.author};
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

static bool
same_author(const struct version *a, const struct version *b)
{
	return a->centre == b->centre && a->author == b->author;
}

struct ends {
	int centre, author;
	int64_t first, last;
};

static struct ends *
ends_of(struct ends *all, size_t n, const struct version *v)
{
	for (size_t i = 0; i < n; i++)
		if (all[i].centre == v->centre && all[i].author == v->author)
			return &all[i];
	return NULL;
}

/* Nobody's version takes another's place: not by a later date, and not by the same one. So the first and the last are each author's own. */
static enum err
mark_ends(struct known *k, struct errinfo *e)
{
	struct ends *all = NULL, *mine;
	size_t n = 0, cap = 0;
	for (size_t i = 0; i < k->n; i++) { /* in order */
		const struct version *v = &k->v[i];
		if ((mine = ends_of(all, n, v))) {
			mine->last = v->modified;
			continue;
		}
		if (n == cap) {
			struct ends *more = arena_array(k->x->call->a, cap = cap ? 4 * cap : 4, sizeof *more);
			if (!more)
				return err_nomem(e);
			if (n)
				memcpy(more, all, n * sizeof *more);
			all = more;
		}
		all[n++] = (struct ends){v->centre, v->author, v->modified, v->modified};
	}
	for (size_t i = 0; i < k->n; i++) {
		mine = ends_of(all, n, &k->v[i]);
		k->v[i].first = k->v[i].modified == mine->first;
		k->v[i].last = k->v[i].modified == mine->last;
	}
	return OK;
}

static enum err
read_content(struct known *k, struct version *v, struct errinfo *e)
{
	struct buf b = BUF_INIT(LIMIT_OBJECT + 64);
	struct view_row row;
	struct str bytes;
	bool gone;
	const struct dated_row at = {.no = v->no};
	enum err err = dated_get(k->x->call->n->store, &at, &row, e);
	if (!err && !(err = put_row_bytes(k->x->call, &row, &b, &bytes, &gone, e)))
		v->content = gone ? (struct hash){{0}} : hash_of(bytes);
	buf_done(&b);
	return err;
}

/* Whether the two are told as one: of one moment, and of one author or one content. */
static enum err
is_one(struct known *k, struct version *a, struct version *b, bool *ret, struct errinfo *e)
{
	static const struct hash none;
	enum err err = OK;
	*ret = a->modified == b->modified && same_author(a, b);
	if (*ret || a->modified != b->modified)
		return OK;
	if ((hash_eq(&a->content, &none) && (err = read_content(k, a, e))) || (hash_eq(&b->content, &none) && (err = read_content(k, b, e))))
		return err;
	*ret = hash_eq(&a->content, &b->content);
	return OK;
}

/* What is told as one becomes one: the first that came. */
static enum err
join(struct known *k, struct errinfo *e)
{
	size_t n = 0;
	for (size_t i = 0; i < k->n; i++) {
		bool one = false;
		for (size_t j = n; j-- > 0 && !one && k->v[j].modified == k->v[i].modified;) {
			enum err err = is_one(k, &k->v[j], &k->v[i], &one, e);
			if (err)
				return err;
			k->v[j].first |= one && k->v[i].first;
			k->v[j].last |= one && k->v[i].last;
		}
		if (!one)
			k->v[n++] = k->v[i];
	}
	k->n = n;
	return OK;
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
		if (!k)
			return err_nomem(e);
		*k = (struct known){.x = x};
		feed_filter(x, id, &f);
		enum err err = view_find_all(x->call->n->store, &f, see_version, k, e);
		if (err)
			return err;
		if (k->n)
			qsort(k->v, k->n, sizeof *k->v, by_version);
		if ((err = mark_ends(k, e)) || (err = join(k, e)))
			return err;
		item->v.ptr = k;
	}
	*ret = item->v.ptr;
	return OK;
}

bool
feed_knows(struct feed *x, const struct stix_id *id)
{
	char space[STIX_ID_MAX];
	struct buf name = {.p = space, .cap = sizeof space, .max = sizeof space};
	stix_id_put(&name, *id);
	const struct map_item *item = map_find(&x->known, buf_str(&name));
	return item && item->v.ptr;
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
	struct version want = {.modified = row->key.modified, .no = row->no};
	if ((err = dated_place(x->call->n->store, &x->eras, row->no, &want.place, e)))
		return err;
	const struct version *v = k->n ? bsearch(&want, k->v, k->n, sizeof *k->v, by_version) : NULL;
	while (v && rest.n) {
		str_cut(rest, ',', &one, &rest);
		one = str_trim(one);
		if (str_is(one, "all") || (str_is(one, "last") && v->last) || (str_is(one, "first") && v->first) ||
		    (time_parse(one, &t) && t == (row->key.modified ? row->key.modified : added)))
			*ret = true;
	}
	return OK;
}
