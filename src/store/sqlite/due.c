/* due: objects by the dates of their labels. */
#include "base/time.h"
#include "store/sqlite/view_int.h"

/* One of the two dates: the next object at (date, no) or later. */
struct due {
	const char *sql;
	int64_t date, no; /* of the last one read; then of the next one to hand out */
	bool over;
};

static enum err
advance(struct store *s, struct due *d, int64_t to, struct errinfo *e)
{
	bool row;
	sqlite3_stmt *st = db_query(&s->view, d->sql, e, "iii", d->date, d->no, to);
	if (!st)
		return e->code;
	enum err err = db_step(&s->view, st, &row, e);
	if (!err && row) {
		d->date = sqlite3_column_int64(st, 0);
		d->no = sqlite3_column_int64(st, 1);
	}
	d->over = !err && !row;
	db_end(st);
	return err;
}

enum err
view_due_each(struct store *s, int64_t from, int64_t to, enum err (*each)(void *ctx, const struct view_row *row, struct errinfo *e), void *ctx,
    struct errinfo *e)
{
	struct errinfo local;
	struct due valid = {SQL("SELECT valid_until,no FROM object WHERE valid_until IS NOT NULL AND (valid_until,no)>(?,?) AND valid_until<? ORDER "
				"BY valid_until,no LIMIT 1"),
	    from, -1, false};
	struct due deleted = {
	    SQL("SELECT delete_by,no FROM object WHERE delete_by IS NOT NULL AND (delete_by,no)>(?,?) AND delete_by<? ORDER BY delete_by,no LIMIT 1"),
	    from, -1, false};
	enum err err;
	e = e ? e : &local;
	if ((err = advance(s, &valid, to, e)) || (err = advance(s, &deleted, to, e)))
		return err;
	while (!valid.over || !deleted.over) {
		struct view_row row;
		bool first = deleted.over || (!valid.over && (valid.date < deleted.date || (valid.date == deleted.date && valid.no <= deleted.no)));
		struct due *d = first ? &valid : &deleted;
		if ((err = row_get(s, d->no, &row, e)))
			return err;
		int64_t other = first ? row.label.delete_by : row.label.valid_until;
		bool told = other >= from && (other < d->date || (other == d->date && !first));
		if (!told && (err = each(ctx, &row, e)))
			return err;
		if ((err = advance(s, d, to, e)))
			return err;
	}
	return OK;
}
