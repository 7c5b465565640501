/* lapse: from when on what entries of a log do not count any more.
 *
 * A few logs at most have such a moment, so it is kept a log, not a row: whoever reads a row or an event asks here. Kept in memory, since every row
 * that is read asks. */
#include <stdlib.h>

#include "base/time.h"
#include "store/sqlite/view_int.h"

struct lapses {
	struct view_lapse *at; /* by log */
	size_t n;
};

void
store_lapses_forget(struct store *s)
{
	if (s->lapses)
		free(s->lapses->at);
	free(s->lapses);
	s->lapses = NULL;
}

static enum err
load(struct store *s, struct errinfo *e)
{
	struct errinfo local;
	struct lapses *l = calloc(1, sizeof *l);
	size_t cap = 0;
	bool row = false;
	if (!l)
		return err_nomem(e);
	e = e ? e : &local;
	sqlite3_stmt *st = db_query(&s->view, SQL("SELECT log,until,covered FROM lapse ORDER BY log"), e, "");
	enum err err = st ? OK : e->code;
	while (!err && !(err = db_step(&s->view, st, &row, e)) && row) {
		if (l->n == cap) {
			cap = cap ? 2 * cap : 16;
			struct view_lapse *more = realloc(l->at, cap * sizeof *more);
			if (!more) {
				err = err_nomem(e);
				break;
			}
			l->at = more;
		}
		l->at[l->n++] = (struct view_lapse){sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1), (uint64_t)sqlite3_column_int64(st, 2)};
	}
	db_end(st);
	if (err) {
		free(l->at);
		free(l);
		return err;
	}
	s->lapses = l;
	return OK;
}

static const struct view_lapse *
find(const struct lapses *l, int64_t log)
{
	size_t lo = 0, hi = l->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (l->at[mid].log == log)
			return &l->at[mid];
		if (l->at[mid].log < log)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

enum err
view_lapse_get(struct store *s, int64_t log, struct view_lapse *ret, bool *ret_any, struct errinfo *e)
{
	enum err err = s->lapses ? OK : load(s, e);
	if (err)
		return err;
	const struct view_lapse *l = find(s->lapses, log);
	*ret_any = l != NULL;
	if (l)
		*ret = *l;
	return OK;
}

enum err
lapse_of(struct store *s, int64_t log, uint64_t idx, int64_t *ret, struct errinfo *e)
{
	struct view_lapse l;
	bool any;
	enum err err = view_lapse_get(s, log, &l, &any, e);
	if (!err)
		*ret = any && idx >= l.covered ? l.until : TIME_NEVER;
	return err;
}

enum err
view_lapse_any(struct store *s, bool *ret, struct errinfo *e)
{
	enum err err = s->lapses ? OK : load(s, e);
	if (!err)
		*ret = s->lapses->n > 0;
	return err;
}

enum err
view_lapse_put(struct store *s, const struct view_lapse *l, struct errinfo *e)
{
	store_lapses_forget(s);
	if (l->until == TIME_NEVER)
		return db_do(&s->view, SQL("DELETE FROM lapse WHERE log=?"), e, "i", l->log);
	return db_do(&s->view, SQL("INSERT OR REPLACE INTO lapse VALUES(?,?,?)"), e, "iiu", l->log, l->until, l->covered);
}
