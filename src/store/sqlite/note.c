/* note: checkpoints, what ties entries to them, countersignatures, proofs of forks. */
#include <string.h>

#include "base/limits.h"
#include "store/record.h"
#include "store/sqlite/store_int.h"

enum err
record_checkpoint_put(struct store *s, int64_t log, uint64_t size, const struct hash *root, struct str note, struct errinfo *e)
{
	return db_do(
	    &s->log, SQL("INSERT INTO checkpoint VALUES(?,?,?,?) ON CONFLICT DO NOTHING"), e, "iubb", log, size, str_bytes(root->b, 32), note);
}

enum err
record_checkpoint_get(struct store *s, int64_t log, uint64_t max, uint64_t *ret_size, struct hash *ret_root, struct buf *ret_note, struct errinfo *e)
{
	bool row;
	struct str all;
	struct errinfo local;
	e = e ? e : &local;
	if (max > INT64_MAX)
		max = INT64_MAX;
	sqlite3_stmt *st =
	    db_query(&s->log, SQL("SELECT size,root,note FROM checkpoint WHERE log=? AND size<=? ORDER BY size DESC LIMIT 1"), e, "iu", log, max);
	if (!st)
		return e->code;
	enum err err = db_step(&s->log, st, &row, e);
	if (!err && !row)
		err = err_set(e, ERR_NOTFOUND, "the log has no checkpoint yet");
	if (!err && ret_root)
		err = store_col_hash(&s->log, st, 1, ret_root->b, e);
	if (!err && ret_note) {
		buf_put(ret_note, db_col(st, 2));
		err = buf_take(ret_note, &all, e);
	}
	if (!err && ret_size)
		*ret_size = (uint64_t)sqlite3_column_int64(st, 0);
	db_end(st);
	return err;
}

enum err
record_bridge_put(struct store *s, int64_t log, const struct record_bridge *b, struct errinfo *e)
{
	return db_do(&s->log, SQL("INSERT OR REPLACE INTO bridge VALUES(?,?,?,?,?)"), e, "iuuub", log, b->to.held, b->to.size, b->checked,
	    str_bytes(b->to.proof.at, b->to.proof.n * sizeof b->to.proof.at[0]));
}

enum err
record_bridge_get(struct store *s, int64_t log, struct record_bridge *ret, struct errinfo *e)
{
	bool row;
	struct errinfo local;
	e = e ? e : &local;
	sqlite3_stmt *st = db_query(&s->log, SQL("SELECT held,size,checked,proof FROM bridge WHERE log=?"), e, "i", log);
	if (!st)
		return e->code;
	enum err err = db_step(&s->log, st, &row, e);
	struct str proof = !err && row ? db_col(st, 3) : STR_NONE;
	if (!err && !row)
		err = err_set(e, ERR_NOTFOUND, "the entries of the log are tied to no checkpoint beyond them");
	else if (!err && proof.n > sizeof ret->to.proof.at)
		err = err_set(e, ERR_CORRUPT, "log.db: what ties the entries of a log to its checkpoint is damaged");
	if (!err) {
		ret->to.held = (uint64_t)sqlite3_column_int64(st, 0);
		ret->to.size = (uint64_t)sqlite3_column_int64(st, 1);
		ret->checked = (uint64_t)sqlite3_column_int64(st, 2);
		ret->to.proof.n = proof.n / sizeof ret->to.proof.at[0];
		if (proof.n)
			memcpy(ret->to.proof.at, proof.p, ret->to.proof.n * sizeof ret->to.proof.at[0]);
	}
	db_end(st);
	return err;
}

enum err
record_bridge_drop(struct store *s, int64_t log, struct errinfo *e)
{
	return db_do(&s->log, SQL("DELETE FROM bridge WHERE log=?"), e, "i", log);
}

enum err
record_cosig_put(struct store *s, int64_t log, uint64_t size, int member, int64_t time, struct str line, bool *ret_new, struct errinfo *e)
{
	enum err err = db_do(&s->log,
	    SQL("INSERT INTO cosig(log,size,member,time,line) VALUES(?,?,?,?,?) ON CONFLICT DO UPDATE SET time=excluded.time,line=excluded.line "
		"WHERE excluded.time<time AND made "
		"IS NULL"),
	    e, "iuiib", log, size, (int64_t)member, time, line);
	if (!err && ret_new)
		*ret_new = sqlite3_changes(s->log.h) > 0;
	return err;
}

enum err
record_cosig_made(struct store *s, int64_t log, uint64_t size, int member, int64_t time, struct str line, int64_t made, struct errinfo *e)
{
	return db_do(
	    &s->log, SQL("INSERT INTO cosig VALUES(?,?,?,?,?,?) ON CONFLICT DO NOTHING"), e, "iuiibi", log, size, (int64_t)member, time, line, made);
}

enum err
record_cosig_reach(struct store *s, const struct record_reach *r, uint64_t *ret, struct errinfo *e)
{
	int64_t size;
	enum err err = db_int(&s->log, 0, &size,
	    SQL("SELECT size FROM cosig WHERE log=?1 AND size<=?2 AND member<>?3 AND time<?4 AND (?7>>member&1 OR member=?5) AND (member<>?5 OR "
		"ifnull(made,?4)<?4 OR (made IS NULL "
		"AND time<?6)) ORDER BY size DESC LIMIT 1"),
	    e, "iuiiiii", r->log, r->max, (int64_t)r->author, r->before, (int64_t)r->me, r->own_before, (int64_t)r->members);
	if (!err)
		*ret = (uint64_t)size;
	return err;
}

enum err
record_cosig_sizes(struct store *s, int64_t log, uint64_t max, int64_t before, uint64_t ret[static LIMIT_MEMBERS], size_t *ret_n, struct errinfo *e)
{
	bool row = false;
	size_t n = 0;
	enum err err;
	struct errinfo local;
	e = e ? e : &local;
	sqlite3_stmt *st = db_query(&s->log,
	    SQL("SELECT DISTINCT top FROM (SELECT max(size) AS top FROM cosig WHERE log=? AND size<=? AND time<? GROUP BY member) ORDER BY top"), e,
	    "iui", log, max, before);
	if (!st)
		return e->code;
	while (!(err = db_step(&s->log, st, &row, e)) && row && n < LIMIT_MEMBERS)
		ret[n++] = (uint64_t)sqlite3_column_int64(st, 0);
	db_end(st);
	if (!err)
		*ret_n = n;
	return err;
}

enum err
record_cosig_each(struct store *s, int64_t log, uint64_t from,
    enum err (*each)(void *ctx, uint64_t size, int member, int64_t time, struct str line, struct errinfo *e), void *ctx, struct errinfo *e)
{
	bool row = false;
	enum err err;
	struct errinfo local;
	e = e ? e : &local;
	sqlite3_stmt *st =
	    db_query(&s->log, SQL("SELECT size,member,time,line FROM cosig WHERE log=? AND size>=? ORDER BY size,member"), e, "iu", log, from);
	if (!st)
		return e->code;
	while (!(err = db_step(&s->log, st, &row, e)) && row)
		if ((err = each(
			 ctx, (uint64_t)sqlite3_column_int64(st, 0), sqlite3_column_int(st, 1), sqlite3_column_int64(st, 2), db_col(st, 3), e)))
			break;
	db_end(st);
	return err;
}

enum err
record_fork_put(struct store *s, int64_t log, struct str proof, int64_t at, bool *ret_new, struct errinfo *e)
{
	struct hash h;
	h = hash_of(proof);
	enum err err = db_do(&s->log, SQL("INSERT INTO fork VALUES(?,?,?,?) ON CONFLICT DO NOTHING"), e, "ibib", log, str_bytes(h.b, 32), at, proof);
	if (!err && ret_new)
		*ret_new = sqlite3_changes(s->log.h) > 0;
	return err ? err : record_log_set_state(s, log, RECORD_LOG_FORKED, e);
}

enum err
record_fork_each(
    struct store *s, int64_t log, enum err (*each)(void *ctx, struct str proof, int64_t at, struct errinfo *e), void *ctx, struct errinfo *e)
{
	bool row = false;
	enum err err;
	struct errinfo local;
	e = e ? e : &local;
	sqlite3_stmt *st = db_query(&s->log, SQL("SELECT proof,at FROM fork WHERE log=? ORDER BY hash"), e, "i", log);
	if (!st)
		return e->code;
	while (!(err = db_step(&s->log, st, &row, e)) && row)
		if ((err = each(ctx, db_col(st, 0), sqlite3_column_int64(st, 1), e)))
			break;
	db_end(st);
	return err;
}
