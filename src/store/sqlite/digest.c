/* digest: the whole view as one hash.
 *
 * Numbers that mean nothing (of classes and types) are replaced by what they stand for, so that a view made anew is equal to one that grew, whatever
 * came first. Tables are read by primary key. */
#include <stdlib.h>

#include "store/sqlite/view_int.h"

struct digest {
	struct store *s;
	struct sha256 h;
};

static void
put_int(struct digest *d, int64_t v)
{
	uint8_t b[8];
	for (int i = 0; i < 8; i++)
		b[i] = (uint8_t)((uint64_t)v >> (56 - 8 * i));
	sha256_put(&d->h, str_bytes(b, sizeof b));
}

static void
put_bytes(struct digest *d, struct str s)
{
	put_int(d, (int64_t)s.n);
	sha256_put(&d->h, s);
}

static enum err
put_number(struct digest *d, int64_t no, struct errinfo *e)
{
	struct view_class *c;
	enum err err = class_at(d->s, no, &c, e);
	if (err)
		return err;
	put_int(d, view_seq(no));
	put_bytes(d, c->content);
	return OK;
}

static enum err
put_type(struct digest *d, int64_t no, struct errinfo *e)
{
	struct str name;
	enum err err = type_name(d->s, no, &name, e);
	if (!err)
		put_bytes(d, name);
	return err;
}

static enum err
put_column(struct digest *d, sqlite3_stmt *st, int col, char kind, struct errinfo *e)
{
	bool null = sqlite3_column_type(st, col) == SQLITE_NULL;
	put_int(d, null);
	if (null)
		return OK;
	switch (kind) {
	case 'n':
		return put_number(d, sqlite3_column_int64(st, col), e);
	case 'y':
		return put_type(d, sqlite3_column_int64(st, col), e);
	case 'i':
		put_int(d, sqlite3_column_int64(st, col));
		return OK;
	default:
		put_bytes(d, db_col(st, col));
		return OK; /* blobs, texts, and reals as SQLite writes them */
	}
}

/* Every row of a statement; kinds has a letter a column: n number of an object, y of a type, i integer, b bytes. */
static enum err
put_rows(struct digest *d, sqlite3_stmt *st, const char *kinds, struct errinfo *e)
{
	bool row = false;
	enum err err;
	uint64_t rows = 0;
	if (!st)
		return e->code;
	while (!(err = db_step(&d->s->view, st, &row, e)) && row) {
		rows++;
		for (int i = 0; !err && kinds[i]; i++)
			err = put_column(d, st, i, kinds[i], e);
		if (err)
			break;
	}
	db_end(st);
	put_int(d, (int64_t)rows);
	return err;
}

static int
by_content(const void *a, const void *b)
{
	return str_cmp((*(struct view_class *const *)a)->content, (*(struct view_class *const *)b)->content);
}

/* Whether anything is in a class: one whose rows went over to another when they were withdrawn (put.c) is none in a view made anew. */
static enum err
has_rows(struct store *s, const struct view_class *c, bool *ret, struct errinfo *e)
{
	int64_t any;
	enum err err = db_int(&s->view, 0, &any, SQL("SELECT 1 FROM object WHERE class=? LIMIT 1"), e, "i", (int64_t)c->no);
	if (!err)
		*ret = any != 0;
	return err;
}

/* The full text of each class, in the order of what classes are: every word, where it stands. */
static enum err
put_words(struct digest *d, struct errinfo *e)
{
	struct view_cache *cache;
	enum err err = view_cache(d->s, &cache, e);
	if (err)
		return err;
	size_t n = 0;
	struct view_class **order = calloc((size_t)cache->last + 1, sizeof(struct view_class *));
	if (!order)
		return err_nomem(e);
	for (int i = 1; i <= cache->last && !err; i++) {
		bool any = false;
		if (cache->classes[i] && !(err = has_rows(d->s, cache->classes[i], &any, e)) && any)
			order[n++] = cache->classes[i];
	}
	qsort(order, n, sizeof *order, by_content);
	for (size_t i = 0; !err && i < n; i++) {
		put_bytes(d, order[i]->content);
		sqlite3_stmt *st = class_statement(d->s, order[i], CLASS_TERMS, e);
		if (st)
			sqlite3_bind_text(st, 1, "", 0, SQLITE_STATIC);
		err = put_rows(d, st, "bii", e);
	}
	free(order);
	return err;
}

enum err
view_digest(struct store *s, struct hash *ret, struct errinfo *e)
{
	struct errinfo local;
	struct digest d = {.s = s};
	struct db *v = &s->view;
	enum err err;
	e = e ? e : &local;
	sha256_init(&d.h);
	if ((err = put_rows(&d, db_query(v, SQL("SELECT position FROM place"), e, ""), "i", e)) ||
	    (err = put_rows(&d, db_query(v, SQL("SELECT arrival,top FROM moment ORDER BY arrival"), e, ""), "ii", e)) ||
	    (err = put_rows(&d,
		 db_query(v, SQL("SELECT name FROM type WHERE no IN (SELECT type FROM object UNION SELECT type FROM ref) ORDER BY name"), e, ""), "b",
		 e)) ||
	    (err = put_rows(&d,
		 db_query(v,
		     SQL("SELECT "
			 "no,type,id,created,modified,author,log,idx,epoch,piece_no,at,owners,tlp,valid_until,delete_by,revoked,state,grade,serial "
			 "FROM object ORDER BY no"),
		     e, ""),
		 "nybiiiiiiiiiiiiiiii", e)) ||
	    (err = put_rows(&d,
		 db_query(v, SQL("SELECT target,ref.no,name,link FROM ref JOIN type ON type.no=ref.type ORDER BY target,ref.no,name,link"), e, ""),
		 "bnbi", e)))
		return err;
	if ((err = put_rows(&d, db_query(v, SQL("SELECT what,place,no,n,moment,low,best,high,portion FROM claim ORDER BY what,place,no,n"), e, ""),
		 "bbniibbbi", e)) ||
	    (err = put_rows(&d,
		 db_query(v,
		     SQL("SELECT arrival,n,at,log,idx,kind,centre,author,circle,type,id,modified,leaf,circle_to,value FROM event ORDER BY arrival,n"),
		     e, ""),
		 "iiiiiiiiiybibii", e)) ||
	    (err = put_rows(&d, db_query(v, SQL("SELECT log,until,covered FROM lapse ORDER BY log"), e, ""), "iii", e)) || (err = put_words(&d, e)))
		return err;
	*ret = sha256_end(&d.h);
	return OK;
}
