/* doc: transactions of the record; centres and their signed documents. */
#include "store/record.h"

#include <string.h>

#include "store/sqlite/view_int.h"

enum err
record_begin(struct store *s, struct errinfo *e)
{
	return db_begin(&s->log, e);
}

enum err
record_commit(struct store *s, struct errinfo *e)
{
	enum err err = db_commit(&s->log, e);
	if (err) {
		s->next_piece = s->kept_piece;
		store_logs_forget(s);
	} else {
		s->kept_piece = s->next_piece;
	}
	return err;
}

void
record_rollback(struct store *s)
{
	db_rollback(&s->log);
	store_logs_forget(s);
	s->next_piece = s->kept_piece;
}

enum err
record_centre_put(struct store *s, const uint8_t id[static RECORD_CENTRE_ID], int *ret, struct errinfo *e)
{
	int64_t no;
	struct str bytes = str_bytes(id, RECORD_CENTRE_ID);
	enum err err;
	if ((err = db_do(&s->log, SQL("INSERT INTO centre(id) VALUES(?) ON CONFLICT(id) DO NOTHING"), e, "b", bytes)))
		return err;
	if ((err = db_int(&s->log, 0, &no, SQL("SELECT no FROM centre WHERE id=?"), e, "b", bytes)))
		return err;
	*ret = (int)no;
	return OK;
}

enum err
record_centre_get(struct store *s, int centre, uint8_t ret_id[static RECORD_CENTRE_ID], struct errinfo *e)
{
	bool row;
	struct errinfo local;
	if (!e)
		e = &local;
	sqlite3_stmt *st = db_query(&s->log, SQL("SELECT id FROM centre WHERE no=?"), e, "i", (int64_t)centre);
	if (!st)
		return e->code;
	enum err err = db_step(&s->log, st, &row, e);
	if (!err)
		err = row ? store_col_hash(&s->log, st, 0, ret_id, e) : err_set(e, ERR_NOTFOUND, "no centre number %d in this home", centre);
	db_end(st);
	return err;
}

enum err
record_doc_put(struct store *s, int centre, enum record_doc kind, const struct hash *hash, struct str bytes, bool *ret_new, struct errinfo *e)
{
	enum err err = db_do(&s->log, SQL("INSERT INTO doc VALUES(?,?,?,?) ON CONFLICT DO NOTHING"), e, "iibb", (int64_t)centre, (int64_t)kind,
	    str_bytes(hash->b, 32), bytes);
	if (!err && ret_new)
		*ret_new = sqlite3_changes(s->log.h) > 0;
	return err;
}

enum err
record_doc_each(struct store *s, int centre, enum record_doc kind,
    enum err (*each)(void *ctx, const struct hash *hash, struct str bytes, struct errinfo *e), void *ctx, struct errinfo *e)
{
	bool row = false;
	enum err err;
	struct errinfo local;
	if (!e)
		e = &local;
	sqlite3_stmt *st =
	    db_query(&s->log, SQL("SELECT hash,bytes FROM doc WHERE centre=? AND kind=? ORDER BY hash"), e, "ii", (int64_t)centre, (int64_t)kind);
	if (!st)
		return e->code;
	while (!(err = db_step(&s->log, st, &row, e)) && row) {
		struct hash h;
		if ((err = store_col_hash(&s->log, st, 0, h.b, e)) || (err = each(ctx, &h, db_col(st, 1), e)))
			break;
	}
	db_end(st);
	return err;
}
