/* once: requests that are to be done once. */
#include "store/once.h"

#include "base/limits.h"
#include "store/local.h"
#include "store/sqlite/store_int.h"

void
once_mine(struct hash *key, int64_t account, bool apart)
{
	uint64_t whose = (uint64_t)account | (uint64_t)apart << 63;
	for (int i = 0; i < ONCE_WHOSE; i++)
		key->b[i] = (uint8_t)(whose >> (8 * (ONCE_WHOSE - 1 - i)));
}

/* Room for one more of whose. */
static enum err
make_room(struct store *s, const struct hash *key, struct errinfo *e)
{
	enum err err = db_do(&s->local,
	    SQL("DELETE FROM once WHERE key IN (SELECT key FROM once INDEXED BY once_at WHERE substr(key,1,8)=? ORDER BY at DESC LIMIT -1 OFFSET ?)"),
	    e, "bi", str_bytes(key->b, ONCE_WHOSE), (int64_t)LIMIT_ONCE_EACH - 1);
	return err ? err
		   : db_do(&s->local,
			 SQL("DELETE FROM once WHERE (SELECT count(*) FROM once)>=? AND key=(SELECT key FROM once INDEXED BY once_at WHERE "
			     "substr(key,1,8)="
			     "(SELECT substr(key,1,8) FROM once GROUP BY 1 ORDER BY count(*) DESC LIMIT 1) ORDER BY at LIMIT 1)"),
			 e, "i", (int64_t)LIMIT_ONCE);
}

enum err
once_get(struct store *s, const struct hash *key, struct once_row *ret, struct buf *ret_reply, struct errinfo *e)
{
	struct errinfo local;
	bool row;
	sqlite3_stmt *st = db_query(&s->local, SQL("SELECT request,at,done,reply FROM once WHERE key=?"), e = e ? e : &local, "b", hash_str(key));
	if (!st)
		return e->code;
	enum err err = db_step(&s->local, st, &row, e);
	if (!err && !row)
		err = ERR_NOTFOUND;
	if (!err && !(err = store_col_hash(&s->local, st, 0, ret->request.b, e))) {
		ret->at = sqlite3_column_int64(st, 1);
		ret->done = sqlite3_column_int64(st, 2) != 0;
		ret->has_reply = sqlite3_column_type(st, 3) != SQLITE_NULL;
		if (ret->has_reply)
			buf_put(ret_reply, db_col(st, 3));
	}
	db_end(st);
	return err;
}

enum err
once_begin(struct store *s, const struct hash *key, const struct hash *request, int64_t at, int64_t before, struct errinfo *e)
{
	enum err err = local_begin(s, e);
	if (err)
		return err;
	if ((err = db_do(&s->local, SQL("DELETE FROM once WHERE at<?"), e, "i", before)) || (err = make_room(s, key, e)) ||
	    (err = db_do(&s->local, SQL("INSERT INTO once VALUES(?,?,?,0,NULL) ON CONFLICT(key) DO UPDATE SET at=excluded.at"), e, "bbi",
		 hash_str(key), hash_str(request), at)) ||
	    (err = local_commit(s, e))) {
		local_rollback(s);
		return err;
	}
	return OK;
}

enum err
once_done(struct store *s, const struct hash *key, struct str reply, struct errinfo *e)
{
	if (!reply.n)
		return db_do(&s->local, SQL("UPDATE once SET done=1 WHERE key=?"), e, "b", hash_str(key));
	return db_do(&s->local, SQL("UPDATE once SET done=1,reply=? WHERE key=?"), e, "bb", reply, hash_str(key));
}

enum err
once_drop(struct store *s, const struct hash *key, struct errinfo *e)
{
	return db_do(&s->local, SQL("DELETE FROM once WHERE key=?"), e, "b", hash_str(key));
}

enum err
once_forget(struct store *s, struct errinfo *e)
{
	return db_do(&s->local, SQL("UPDATE once SET reply=NULL WHERE reply IS NOT NULL"), e, "");
}
