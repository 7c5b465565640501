/* type: the names of types, each kept once.
 *
 * Numbers are given in the order of coming and never leave this folder. Names of the standard are stix/id.h's own static ones, so that comparing
 * pointers goes on being comparing types; the others are kept in memory once met, as long as the store is open: rows that callers hold view them. */
#include <stdlib.h>
#include <string.h>

#include "store/sqlite/view_int.h"

static enum err
look_up(struct store *s, struct str name, int64_t *ret, struct errinfo *e)
{
	return db_int(&s->view, 0, ret, SQL("SELECT no FROM type WHERE name=?"), e, "t", name);
}

enum err
type_number(struct store *s, struct str name, bool make, int64_t *ret, struct errinfo *e)
{
	struct view_cache *c;
	enum stix_type standard = stix_type_of(name);
	int64_t no;
	enum err err = view_cache(s, &c, e);
	if (err)
		return err;
	if (standard != STIX_CUSTOM && c->standard[standard]) {
		*ret = c->standard[standard];
		return OK;
	}
	if ((err = look_up(s, name, &no, e)))
		return err;
	if (!no && make) {
		if ((err = db_do(&s->view, SQL("INSERT INTO type(name) VALUES(?)"), e, "t", name)))
			return err;
		no = sqlite3_last_insert_rowid(s->view.h);
	}
	if (standard != STIX_CUSTOM)
		c->standard[standard] = no;
	*ret = no;
	return OK;
}

/* The name of a type out of the file, into the cache. */
static enum err
learn(struct store *s, struct view_cache *c, int64_t no, struct errinfo *e)
{
	bool row;
	sqlite3_stmt *st = db_query(&s->view, SQL("SELECT name FROM type WHERE no=?"), e, "i", no);
	if (!st)
		return e->code;
	enum err err = db_step(&s->view, st, &row, e);
	if (!err && !row)
		err = err_set(e, ERR_CORRUPT, "view.db: an object's type is not there");
	if (!err && no >= c->ntypes) {
		int64_t n = no + 64;
		struct str *more = realloc(c->types, (size_t)n * sizeof *more);
		if (more) {
			memset(more + c->ntypes, 0, (size_t)(n - c->ntypes) * sizeof *more);
			c->types = more;
			c->ntypes = n;
		} else {
			err = err_nomem(e);
		}
	}
	if (!err) {
		struct str name = db_col(st, 0);
		enum stix_type standard = stix_type_of(name);
		struct view_name *own = standard == STIX_CUSTOM ? malloc(sizeof *own + name.n) : NULL;
		if (standard != STIX_CUSTOM) {
			c->types[no] = stix_type_name(standard);
		} else if (own) {
			if (name.n) /* a withdrawn object's is empty */
				memcpy(own->text, name.p, name.n);
			c->types[no] = (struct str){own->text, name.n};
			own->next = s->names;
			s->names = own;
		} else {
			err = err_nomem(e);
		}
	}
	db_end(st);
	return err;
}

enum err
type_name(struct store *s, int64_t no, struct str *ret, struct errinfo *e)
{
	struct view_cache *c;
	enum err err = view_cache(s, &c, e);
	if (err)
		return err;
	if (no < 1 || no > INT32_MAX)
		return err_set(e, ERR_CORRUPT, "view.db: a type has no number");
	if ((no >= c->ntypes || !c->types[no].p) && (err = learn(s, c, no, e)))
		return err;
	*ret = c->types[no];
	return OK;
}
