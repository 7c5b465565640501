/* trace: of what was deleted here it is kept for good which piece it was: the record knows then whose. */
#include "store/record.h"
#include "store/sqlite/store_int.h"

enum err
record_trace_put(struct store *s, struct str id, int64_t log, uint64_t idx, uint32_t piece, int64_t modified, struct errinfo *e)
{
	return db_do(&s->log, SQL("INSERT INTO trace VALUES(?,?,?,?,?) ON CONFLICT DO NOTHING"), e, "tiuii", id, log, idx, (int64_t)piece, modified);
}

enum err
record_trace_each(struct store *s, struct str id, enum err (*each)(void *ctx, int64_t log, uint64_t idx, int64_t modified, struct errinfo *e),
    void *ctx, struct errinfo *e)
{
	bool row = false;
	enum err err;
	struct errinfo local;
	e = e ? e : &local;
	sqlite3_stmt *st = db_query(&s->log, SQL("SELECT log,idx,modified FROM trace WHERE id=? ORDER BY log,idx,piece"), e, "t", id);
	if (!st)
		return e->code;
	while (!(err = db_step(&s->log, st, &row, e)) && row)
		if ((err = each(ctx, sqlite3_column_int64(st, 0), (uint64_t)sqlite3_column_int64(st, 1), sqlite3_column_int64(st, 2), e)))
			break;
	db_end(st);
	return err;
}
