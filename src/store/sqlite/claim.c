/* claim: who says how many of what, where, when. */
#include <math.h>

#include "store/sqlite/view_int.h"

static double
number(sqlite3_stmt *st, int col)
{
	return sqlite3_column_type(st, col) == SQLITE_NULL ? (double)NAN : sqlite3_column_double(st, col);
}

#define CLAIM_COLUMNS "no,place,moment,low,best,high,portion"

enum err
view_claim_each(struct store *s, const struct view_who *who, int64_t now, struct str what, struct str where,
    enum err (*each)(void *ctx, const struct view_row *row, const struct view_claim *c, struct errinfo *e), void *ctx, struct errinfo *e)
{
	struct errinfo local;
	bool more = false;
	enum err err;
	e = e ? e : &local;
	sqlite3_stmt *st =
	    where.n ? db_query(&s->view, SQL("SELECT " CLAIM_COLUMNS " FROM claim WHERE what=? AND place=? ORDER BY no,n"), e, "tt", what, where)
		    : db_query(&s->view, SQL("SELECT " CLAIM_COLUMNS " FROM claim WHERE what=? ORDER BY place,no,n"), e, "t", what);
	if (!st)
		return e->code;
	while (!(err = db_step(&s->view, st, &more, e)) && more) {
		struct view_class *c;
		struct view_row row;
		int64_t no = sqlite3_column_int64(st, 0);
		if ((err = class_at(s, no, &c, e)))
			break;
		if (!class_readable(c, who))
			continue;
		if ((err = row_get(s, no, &row, e)))
			break;
		if (!row_in_view(&row, now))
			continue;
		struct view_claim claim = {what, db_col(st, 1), sqlite3_column_int64(st, 2), number(st, 3), number(st, 4), number(st, 5),
		    (uint32_t)sqlite3_column_int64(st, 6)};
		if ((err = each(ctx, &row, &claim, e)))
			break;
	}
	db_end(st);
	return err;
}
