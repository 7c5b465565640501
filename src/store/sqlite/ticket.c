/* ticket: sessions and tokens, by the hash of what their holder shows; releases that wait. */
#include "base/limits.h"
#include "store/people.h"
#include "store/sqlite/store_int.h"

static enum err
trim_sessions(struct store *s, int64_t account, struct errinfo *e)
{
	return db_do(&s->local,
	    SQL("DELETE FROM session WHERE account=? AND hash NOT IN (SELECT hash FROM session WHERE account=? ORDER BY seen DESC, no "
		"DESC LIMIT ?)"),
	    e, "iii", account, account, (int64_t)LIMIT_SESSIONS);
}

enum err
session_put(struct store *s, const struct session_row *r, struct errinfo *e)
{
	int64_t last;
	enum err err = db_int(&s->local, 0, &last, SQL("SELECT max(no) FROM session WHERE account=?"), e, "i", r->account);
	if (!err)
		err = db_do(&s->local, SQL("INSERT INTO session VALUES(?,?,?,?,?,?)"), e, "biiiit", hash_str(&r->hash), last + 1, r->account,
		    r->created, r->seen, r->place);
	return err ? err : trim_sessions(s, r->account, e);
}

enum err
session_get(struct store *s, const struct hash *h, struct session_row *ret, struct errinfo *e)
{
	struct errinfo local;
	bool row;
	sqlite3_stmt *st = db_query(&s->local, SQL("SELECT no,account,created,seen FROM session WHERE hash=?"), e = e ? e : &local, "b", hash_str(h));
	if (!st)
		return e->code;
	enum err err = db_step(&s->local, st, &row, e);
	if (!err && !row)
		err = ERR_NOTFOUND;
	if (!err)
		*ret = (struct session_row){.hash = *h,
		    .no = sqlite3_column_int64(st, 0),
		    .account = sqlite3_column_int64(st, 1),
		    .created = sqlite3_column_int64(st, 2),
		    .seen = sqlite3_column_int64(st, 3)};
	db_end(st);
	return err;
}

enum err
session_seen(struct store *s, const struct hash *h, int64_t at, struct errinfo *e)
{
	return db_do(&s->local, SQL("UPDATE session SET seen=? WHERE hash=?"), e, "ib", at, hash_str(h));
}

enum err
session_end(struct store *s, const struct hash *h, struct errinfo *e)
{
	return db_do(&s->local, SQL("DELETE FROM session WHERE hash=?"), e, "b", hash_str(h));
}

enum err
session_end_of(struct store *s, int64_t account, int64_t no, uint64_t *ret, struct errinfo *e)
{
	enum err err = db_do(&s->local, SQL("DELETE FROM session WHERE account=? AND (no=? OR ?=0)"), e, "iii", account, no, no);
	if (!err)
		*ret = (uint64_t)sqlite3_changes(s->local.h);
	return err;
}

enum err
session_sweep(struct store *s, int64_t created, int64_t seen, struct errinfo *e)
{
	return db_do(&s->local, SQL("DELETE FROM session WHERE created<? OR seen<?"), e, "ii", created, seen);
}

enum err
session_each(
    struct store *s, int64_t account, enum err (*each)(void *ctx, const struct session_row *r, struct errinfo *e), void *ctx, struct errinfo *e)
{
	struct errinfo local;
	bool row = false;
	enum err err;
	sqlite3_stmt *st =
	    db_query(&s->local, SQL("SELECT hash,no,account,created,seen,place FROM session WHERE account=? OR ?=0 ORDER BY account,no"),
		e = e ? e : &local, "ii", account, account);
	if (!st)
		return e->code;
	while (!(err = db_step(&s->local, st, &row, e)) && row) {
		struct session_row r = {{{0}}, sqlite3_column_int64(st, 1), sqlite3_column_int64(st, 2), sqlite3_column_int64(st, 3),
		    sqlite3_column_int64(st, 4), db_col(st, 5)};
		if ((err = store_col_hash(&s->local, st, 0, &r.hash, e)) || (err = each(ctx, &r, e)))
			break;
	}
	db_end(st);
	return err;
}

enum err
token_put(struct store *s, const struct token_row *r, int64_t *ret_no, struct errinfo *e)
{
	enum err err = db_do(&s->local, SQL("INSERT INTO token(hash,account,name,scopes,created,expires,used) VALUES(?,?,?,?,?,?,?)"), e, "bitiiii",
	    hash_str(&r->hash), r->account, r->name, (int64_t)r->scopes, r->created, r->expires, r->used);
	if (!err)
		*ret_no = sqlite3_last_insert_rowid(s->local.h);
	return err;
}

enum err
token_get(struct store *s, const struct hash *h, struct token_row *ret, struct errinfo *e)
{
	struct errinfo local;
	bool row;
	sqlite3_stmt *st =
	    db_query(&s->local, SQL("SELECT no,account,scopes,created,expires,used FROM token WHERE hash=?"), e = e ? e : &local, "b", hash_str(h));
	if (!st)
		return e->code;
	enum err err = db_step(&s->local, st, &row, e);
	if (!err && !row)
		err = ERR_NOTFOUND;
	if (!err)
		*ret = (struct token_row){.hash = *h,
		    .no = sqlite3_column_int64(st, 0),
		    .account = sqlite3_column_int64(st, 1),
		    .scopes = (unsigned)sqlite3_column_int64(st, 2),
		    .created = sqlite3_column_int64(st, 3),
		    .expires = sqlite3_column_int64(st, 4),
		    .used = sqlite3_column_int64(st, 5)};
	db_end(st);
	return err;
}

enum err
token_used(struct store *s, int64_t no, int64_t at, struct errinfo *e)
{
	return db_do(&s->local, SQL("UPDATE token SET used=? WHERE no=?"), e, "ii", at, no);
}

enum err
token_remove(struct store *s, int64_t account, int64_t no, struct errinfo *e)
{
	enum err err = db_do(&s->local, SQL("DELETE FROM token WHERE no=? AND (account=? OR ?=0)"), e, "iii", no, account, account);
	if (!err && sqlite3_changes(s->local.h) == 0)
		err = err_set(e, ERR_NOTFOUND, "there is no token %lld", (long long)no);
	return err;
}

enum err
token_each(struct store *s, int64_t account, enum err (*each)(void *ctx, const struct token_row *r, struct errinfo *e), void *ctx, struct errinfo *e)
{
	struct errinfo local;
	bool row = false;
	enum err err;
	sqlite3_stmt *st =
	    db_query(&s->local, SQL("SELECT no,hash,account,name,scopes,created,expires,used FROM token WHERE account=? OR ?=0 ORDER BY account,no"),
		e = e ? e : &local, "ii", account, account);
	if (!st)
		return e->code;
	while (!(err = db_step(&s->local, st, &row, e)) && row) {
		struct token_row r = {sqlite3_column_int64(st, 0), {{0}}, sqlite3_column_int64(st, 2), db_col(st, 3),
		    (unsigned)sqlite3_column_int64(st, 4), sqlite3_column_int64(st, 5), sqlite3_column_int64(st, 6), sqlite3_column_int64(st, 7)};
		if ((err = store_col_hash(&s->local, st, 1, &r.hash, e)) || (err = each(ctx, &r, e)))
			break;
	}
	db_end(st);
	return err;
}

enum err
token_count(struct store *s, int64_t account, uint64_t *ret, struct errinfo *e)
{
	int64_t n;
	enum err err = db_int(&s->local, 0, &n, SQL("SELECT count(*) FROM token WHERE account=?"), e, "i", account);
	if (!err)
		*ret = (uint64_t)n;
	return err;
}

#define PROPOSAL "SELECT no,account,who,position,created,args,plan FROM proposal"

static enum err
proposal_of(struct store *s, sqlite3_stmt *st, struct proposal_row *ret, struct errinfo *e)
{
	*ret = (struct proposal_row){.no = sqlite3_column_int64(st, 0),
	    .account = sqlite3_column_int64(st, 1),
	    .who = db_col(st, 2),
	    .position = db_col(st, 3),
	    .created = sqlite3_column_int64(st, 4),
	    .args = db_col(st, 5)};
	return store_col_hash(&s->local, st, 6, &ret->plan, e);
}

enum err
proposal_put(struct store *s, const struct proposal_row *p, int64_t *ret_no, struct errinfo *e)
{
	int64_t n, own = 0, same = 0;
	enum err err = db_int(&s->local, 0, &same, SQL("SELECT no FROM proposal WHERE account=? AND position=? AND args=? AND plan=?"), e, "ittb",
	    p->account, p->position, p->args, hash_str(&p->plan));
	if (!err && same) { /* said twice: when it was said last counts */
		*ret_no = same;
		return db_do(&s->local, SQL("UPDATE proposal SET created=? WHERE no=?"), e, "ii", p->created, same);
	}
	if (!err)
		err = db_int(&s->local, 0, &n, SQL("SELECT count(*) FROM proposal"), e, "");
	if (!err)
		err = db_int(&s->local, 0, &own, SQL("SELECT count(*) FROM proposal WHERE account=?"), e, "i", p->account);
	if (!err && own >= LIMIT_PROPOSALS_OWN) {
		err = err_set(e, ERR_LIMIT, "%d releases that this account proposed wait for a second person already", LIMIT_PROPOSALS_OWN);
		err_hint(e, "take one back: comity release reject NO; comity release pending shows them");
	} else if (!err && n >= LIMIT_PROPOSALS) {
		err = err_set(e, ERR_LIMIT, "%d releases wait for a second person already", LIMIT_PROPOSALS);
	}
	if (!err)
		err = db_do(&s->local, SQL("INSERT INTO proposal(account,who,position,created,args,plan) VALUES(?,?,?,?,?,?)"), e, "ittitb",
		    p->account, p->who, p->position, p->created, p->args, hash_str(&p->plan));
	if (!err)
		*ret_no = sqlite3_last_insert_rowid(s->local.h);
	return err;
}

enum err
proposal_get(struct store *s, int64_t no, struct arena *a, struct proposal_row *ret, struct errinfo *e)
{
	struct errinfo local;
	struct proposal_row r;
	bool row;
	sqlite3_stmt *st = db_query(&s->local, SQL(PROPOSAL " WHERE no=?"), e = e ? e : &local, "i", no);
	if (!st)
		return e->code;
	enum err err = db_step(&s->local, st, &row, e);
	if (!err && !row)
		err = ERR_NOTFOUND;
	if (!err && !(err = proposal_of(s, st, &r, e))) {
		if (arena_dup(a, r.who, &r.who) && arena_dup(a, r.position, &r.position) && arena_dup(a, r.args, &r.args))
			*ret = r;
		else
			err = arena_spent(a, "a proposal", e);
	}
	db_end(st);
	return err;
}

enum err
proposal_remove(struct store *s, int64_t no, struct errinfo *e)
{
	return db_do(&s->local, SQL("DELETE FROM proposal WHERE no=?"), e, "i", no);
}

enum err
proposal_sweep(struct store *s, int64_t created, struct errinfo *e)
{
	return db_do(&s->local, SQL("DELETE FROM proposal WHERE created<?"), e, "i", created);
}

enum err
proposal_each(struct store *s, enum err (*each)(void *ctx, const struct proposal_row *p, struct errinfo *e), void *ctx, struct errinfo *e)
{
	struct errinfo local;
	bool row = false;
	enum err err;
	sqlite3_stmt *st = db_query(&s->local, SQL(PROPOSAL " ORDER BY no"), e = e ? e : &local, "");
	if (!st)
		return e->code;
	while (!(err = db_step(&s->local, st, &row, e)) && row) {
		struct proposal_row r;
		if ((err = proposal_of(s, st, &r, e)) || (err = each(ctx, &r, e)))
			break;
	}
	db_end(st);
	return err;
}
