/* local: node.db. */
#include "store/local.h"

#include "base/limits.h"
#include "store/sqlite/store_int.h"

enum err
local_begin(struct store *s, struct errinfo *e)
{
	return db_begin(&s->local, e);
}

enum err
local_commit(struct store *s, struct errinfo *e)
{
	return db_commit(&s->local, e);
}

void
local_rollback(struct store *s)
{
	db_rollback(&s->local);
}

enum err
local_set(struct store *s, struct str name, struct str value, struct errinfo *e)
{
	return db_do(&s->local, SQL("INSERT INTO setting VALUES(?,?) ON CONFLICT DO UPDATE SET value=excluded.value"), e, "tt", name, value);
}

enum err
local_unset(struct store *s, struct str name, struct errinfo *e)
{
	return db_do(&s->local, SQL("DELETE FROM setting WHERE name=?"), e, "t", name);
}

enum err
local_get(struct store *s, struct str name, struct buf *ret, struct errinfo *e)
{
	bool row;
	struct str all;
	struct errinfo local;
	sqlite3_stmt *st = db_query(&s->local, SQL("SELECT value FROM setting WHERE name=?"), e ? e : &local, "t", name);
	if (!st)
		return e ? e->code : local.code;
	enum err err = db_step(&s->local, st, &row, e);
	if (!err && !row)
		err = ERR_NOTFOUND;
	else if (!err) {
		buf_put(ret, db_col(st, 0));
		err = buf_take(ret, &all, e);
	}
	db_end(st);
	return err;
}

enum err
local_each(struct store *s, struct str prefix, enum err (*each)(void *ctx, struct str name, struct str value, struct errinfo *e), void *ctx,
    struct errinfo *e)
{
	bool row = false;
	enum err err;
	struct errinfo local;
	e = e ? e : &local;
	sqlite3_stmt *st = db_query(&s->local, SQL("SELECT name,value FROM setting WHERE name>=? ORDER BY name"), e, "t", prefix);
	if (!st)
		return e->code;
	while (!(err = db_step(&s->local, st, &row, e)) && row && str_starts(db_col(st, 0), prefix))
		if ((err = each(ctx, db_col(st, 0), db_col(st, 1), e)))
			break;
	db_end(st);
	return err;
}

enum err
local_audit_put(struct store *s, const struct local_audit *a, struct errinfo *e)
{
	return db_do(&s->local, SQL("INSERT INTO audit(at,who,what,target,detail) VALUES(?,?,?,?,?)"), e, "itttt", a->at, a->who, a->what, a->target,
	    a->detail);
}

enum err
local_audit_each(struct store *s, struct str who, struct str target, uint32_t limit,
    enum err (*each)(void *ctx, const struct local_audit *a, struct errinfo *e), void *ctx, struct errinfo *e)
{
	bool row = false;
	enum err err = OK;
	struct errinfo local;
	e = e ? e : &local;
	sqlite3_stmt *st;
	if (target.n)
		st = db_query(&s->local, SQL("SELECT no,at,who,what,target,detail FROM audit WHERE target=? ORDER BY no DESC"), e, "t", target);
	else if (who.n)
		st = db_query(&s->local, SQL("SELECT no,at,who,what,target,detail FROM audit WHERE who=? ORDER BY no DESC"), e, "t", who);
	else
		st = db_query(&s->local, SQL("SELECT no,at,who,what,target,detail FROM audit ORDER BY no DESC"), e, "");
	if (!st)
		return e->code;
	while (limit && !(err = db_step(&s->local, st, &row, e)) && row) {
		struct local_audit a = {
		    sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1), db_col(st, 2), db_col(st, 3), db_col(st, 4), db_col(st, 5)};
		if (who.n && !str_eq(a.who, who))
			continue;
		limit--;
		if ((err = each(ctx, &a, e)))
			break;
	}
	db_end(st);
	return err;
}

/* The oldest of one giver, as many as there are too many. */
static enum err
drop_oldest(struct store *s, const struct local_refused *r, uint32_t *ret, struct errinfo *e)
{
	int64_t n, max = r->giver.n ? LIMIT_QUARANTINE_PEER : LIMIT_QUARANTINE_ITEMS;
	enum err err = db_int(&s->local, 0, &n, SQL("SELECT count(*) FROM refused WHERE giver=?"), e, "t", r->giver);
	if (err || n <= max)
		return err;
	if ((err = db_do(&s->local, SQL("DELETE FROM refused WHERE no IN (SELECT no FROM refused WHERE giver=? ORDER BY no LIMIT ?)"), e, "ti",
		 r->giver, n - max)) ||
	    (err = db_do(&s->local, SQL("INSERT INTO dropped VALUES(?,?,?) ON CONFLICT DO UPDATE SET n=n+excluded.n,at=excluded.at"), e, "tii",
		 r->giver, n - max, r->at)))
		return err;
	*ret = (uint32_t)(n - max);
	return OK;
}

enum err
local_refuse(struct store *s, const struct local_refused *r, uint32_t *ret_dropped, struct errinfo *e)
{
	struct str bytes = str_sub(r->bytes, 0, LIMIT_QUARANTINE);
	bool alone = !db_in_transaction(&s->local);
	uint32_t dropped = 0;
	int64_t n;
	enum err err =
	    db_int(&s->local, 0, &n, SQL("SELECT no FROM refused WHERE giver=? AND source=? AND place=? AND size=? AND reason=? AND bytes=?"), e,
		"ttuutb", r->giver, r->source, r->offset, r->size, r->reason, bytes);
	if (ret_dropped)
		*ret_dropped = 0;
	if (err || n || (alone && (err = db_begin(&s->local, e))))
		return err;
	err = db_do(&s->local, SQL("INSERT INTO refused(at,source,reason,line,col,place,size,bytes,giver) VALUES(?,?,?,?,?,?,?,?,?)"), e, "ittuuuubt",
	    r->at, r->source, r->reason, r->line, r->col, r->offset, r->size, bytes, r->giver);
	if (!err)
		err = drop_oldest(s, r, &dropped, e);
	if (alone && !err)
		err = db_commit(&s->local, e);
	else if (alone)
		db_rollback(&s->local);
	if (!err && ret_dropped)
		*ret_dropped = dropped;
	return err;
}

enum err
local_refused_each(struct store *s, int64_t after, uint32_t limit, enum err (*each)(void *ctx, const struct local_refused *r, struct errinfo *e),
    void *ctx, struct errinfo *e)
{
	bool row = false;
	enum err err;
	struct errinfo local;
	e = e ? e : &local;
	sqlite3_stmt *st =
	    db_query(&s->local, SQL("SELECT no,at,giver,source,reason,line,col,place,size,bytes FROM refused WHERE no>? ORDER BY no LIMIT ?"), e,
		"ii", after, (int64_t)limit);
	if (!st)
		return e->code;
	while (!(err = db_step(&s->local, st, &row, e)) && row) {
		struct local_refused r = {sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1), db_col(st, 2), db_col(st, 3), db_col(st, 4),
		    (uint64_t)sqlite3_column_int64(st, 5), (uint64_t)sqlite3_column_int64(st, 6), (uint64_t)sqlite3_column_int64(st, 7),
		    (uint64_t)sqlite3_column_int64(st, 8), db_col(st, 9)};
		if ((err = each(ctx, &r, e)))
			break;
	}
	db_end(st);
	return err;
}

enum err
local_refused_remove(struct store *s, int64_t no, struct errinfo *e)
{
	enum err err = db_do(&s->local, SQL("DELETE FROM refused WHERE no=?"), e, "i", no);
	if (!err && sqlite3_changes(s->local.h) == 0)
		err = err_set(e, ERR_NOTFOUND, "quarantine has no item %lld", (long long)no);
	return err;
}

enum err
local_refused_count(struct store *s, uint64_t *ret, struct errinfo *e)
{
	int64_t n;
	enum err err = db_int(&s->local, 0, &n, SQL("SELECT count(*) FROM refused"), e, "");
	if (!err)
		*ret = (uint64_t)n;
	return err;
}

enum err
local_dropped_each(struct store *s, enum err (*each)(void *ctx, const struct local_dropped *d, struct errinfo *e), void *ctx, struct errinfo *e)
{
	struct errinfo local;
	bool row = false;
	enum err err;
	e = e ? e : &local;
	sqlite3_stmt *st = db_query(&s->local, SQL("SELECT giver,n,at FROM dropped ORDER BY giver"), e, "");
	if (!st)
		return e->code;
	while (!(err = db_step(&s->local, st, &row, e)) && row) {
		struct local_dropped d = {db_col(st, 0), (uint64_t)sqlite3_column_int64(st, 1), sqlite3_column_int64(st, 2)};
		if ((err = each(ctx, &d, e)))
			break;
	}
	db_end(st);
	return err;
}

enum err
local_dropped_clear(struct store *s, struct errinfo *e)
{
	return db_do(&s->local, SQL("DELETE FROM dropped"), e, "");
}
