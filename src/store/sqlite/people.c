/* people: accounts, their one-time codes. */
#include "store/people.h"

#include "base/limits.h"
#include "store/sqlite/store_int.h"

#define ACCOUNT "SELECT no,name,display,position,roles,flags,clearance,created,password,totp,totp_step FROM account"

static void
account_of(sqlite3_stmt *st, struct account_row *ret)
{
	*ret = (struct account_row){.no = sqlite3_column_int64(st, 0),
	    .name = db_col(st, 1),
	    .display = db_col(st, 2),
	    .position = db_col(st, 3),
	    .roles = (unsigned)sqlite3_column_int64(st, 4),
	    .flags = (unsigned)sqlite3_column_int64(st, 5),
	    .clearance = db_col(st, 6),
	    .created = sqlite3_column_int64(st, 7),
	    .password = db_col(st, 8),
	    .totp = db_col(st, 9),
	    .totp_step = sqlite3_column_int64(st, 10)};
}

enum err
account_put(struct store *s, const struct account_row *a, int64_t *ret_no, struct errinfo *e)
{
	int64_t there;
	enum err err = db_int(&s->local, 0, &there, SQL("SELECT no FROM account WHERE name=?"), e, "t", a->name);
	if (!err && there)
		err = err_set(e, ERR_CONFLICT, "there is an account %.*s already", STR_FMT(a->name));
	if (err)
		return err;
	err = db_do(&s->local,
	    SQL("INSERT INTO account(name,display,position,roles,flags,clearance,created,password,totp,totp_step) VALUES(?,?,?,?,?,?,?,?,?,?)"), e,
	    "tttiititbi", a->name, a->display, a->position, (int64_t)a->roles, (int64_t)a->flags, a->clearance, a->created, a->password, a->totp,
	    a->totp_step);
	if (!err)
		*ret_no = sqlite3_last_insert_rowid(s->local.h);
	return err;
}

enum err
account_set(struct store *s, const struct account_row *a, struct errinfo *e)
{
	return db_do(&s->local, SQL("UPDATE account SET display=?,position=?,roles=?,flags=?,clearance=?,password=?,totp=? WHERE no=?"), e,
	    "ttiittbi", a->display, a->position, (int64_t)a->roles, (int64_t)a->flags, a->clearance, a->password, a->totp, a->no);
}

static enum err
get(struct store *s, sqlite3_stmt *st, struct arena *a, struct account_row *ret, struct errinfo *e)
{
	struct account_row r;
	bool row;
	enum err err = db_step(&s->local, st, &row, e);
	if (!err && !row)
		err = ERR_NOTFOUND;
	if (!err) {
		account_of(st, &r);
		if (!arena_dup(a, r.name, &r.name) || !arena_dup(a, r.display, &r.display) || !arena_dup(a, r.position, &r.position) ||
		    !arena_dup(a, r.clearance, &r.clearance) || !arena_dup(a, r.password, &r.password) || !arena_dup(a, r.totp, &r.totp))
			err = arena_spent(a, "an account", e);
	}
	if (!err)
		*ret = r;
	db_end(st);
	return err;
}

enum err
account_get(struct store *s, struct str name, struct arena *a, struct account_row *ret, struct errinfo *e)
{
	struct errinfo local;
	sqlite3_stmt *st = db_query(&s->local, SQL(ACCOUNT " WHERE name=?"), e = e ? e : &local, "t", name);
	return st ? get(s, st, a, ret, e) : e->code;
}

enum err
account_get_no(struct store *s, int64_t no, struct arena *a, struct account_row *ret, struct errinfo *e)
{
	struct errinfo local;
	sqlite3_stmt *st = db_query(&s->local, SQL(ACCOUNT " WHERE no=?"), e = e ? e : &local, "i", no);
	return st ? get(s, st, a, ret, e) : e->code;
}

enum err
account_each(struct store *s, enum err (*each)(void *ctx, const struct account_row *a, struct errinfo *e), void *ctx, struct errinfo *e)
{
	struct errinfo local;
	bool row = false;
	enum err err;
	sqlite3_stmt *st = db_query(&s->local, SQL(ACCOUNT " ORDER BY name"), e = e ? e : &local, "");
	if (!st)
		return e->code;
	while (!(err = db_step(&s->local, st, &row, e)) && row) {
		struct account_row r;
		account_of(st, &r);
		if ((err = each(ctx, &r, e)))
			break;
	}
	db_end(st);
	return err;
}

static enum err
count(struct store *s, int64_t n, enum err err, uint64_t *ret)
{
	(void)s;
	if (!err)
		*ret = (uint64_t)n;
	return err;
}

enum err
account_count(struct store *s, uint64_t *ret, struct errinfo *e)
{
	int64_t n = 0;
	enum err err = db_int(&s->local, 0, &n, SQL("SELECT count(*) FROM account"), e, "");
	return count(s, n, err, ret);
}

static enum err
remove_all(struct store *s, int64_t no, struct errinfo *e)
{
	enum err err;
	if ((err = db_do(&s->local, SQL("DELETE FROM session WHERE account=?"), e, "i", no)) ||
	    (err = db_do(&s->local, SQL("DELETE FROM token WHERE account=?"), e, "i", no)) ||
	    (err = db_do(&s->local, SQL("DELETE FROM recovery WHERE account=?"), e, "i", no)) ||
	    (err = db_do(&s->local, SQL("DELETE FROM proposal WHERE account=?"), e, "i", no)))
		return err;
	return db_do(&s->local, SQL("DELETE FROM account WHERE no=?"), e, "i", no);
}

enum err
account_remove(struct store *s, int64_t no, struct errinfo *e)
{
	bool inside = db_in_transaction(&s->local);
	enum err err = inside ? OK : db_begin(&s->local, e);
	if (err)
		return err;
	err = remove_all(s, no, e);
	if (inside)
		return err;
	if (err)
		db_rollback(&s->local);
	return err ? err : db_commit(&s->local, e);
}

enum err
account_totp_take(struct store *s, int64_t no, int64_t step, bool *ret, struct errinfo *e)
{
	enum err err = db_do(&s->local, SQL("UPDATE account SET totp_step=? WHERE no=? AND totp_step<?"), e, "iii", step, no, step);
	if (!err)
		*ret = sqlite3_changes(s->local.h) == 1;
	return err;
}

enum err
recovery_put(struct store *s, int64_t account, const struct hash *h, struct errinfo *e)
{
	return db_do(&s->local, SQL("INSERT INTO recovery VALUES(?,?)"), e, "ib", account, hash_str(h));
}

enum err
recovery_take(struct store *s, int64_t account, const struct hash *h, bool *ret, struct errinfo *e)
{
	enum err err = db_do(&s->local, SQL("DELETE FROM recovery WHERE account=? AND hash=?"), e, "ib", account, hash_str(h));
	if (!err)
		*ret = sqlite3_changes(s->local.h) == 1;
	return err;
}

enum err
recovery_count(struct store *s, int64_t account, uint64_t *ret, struct errinfo *e)
{
	int64_t n = 0;
	enum err err = db_int(&s->local, 0, &n, SQL("SELECT count(*) FROM recovery WHERE account=?"), e, "i", account);
	return count(s, n, err, ret);
}

enum err
recovery_clear(struct store *s, int64_t account, struct errinfo *e)
{
	return db_do(&s->local, SQL("DELETE FROM recovery WHERE account=?"), e, "i", account);
}
