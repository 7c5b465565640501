/* migrate: homes of an older schema, step by step. A step is one transaction in each file, log.db first, so that what moves from node.db is there
 * before it goes here; what a crash leaves between the two the next opening finishes. */
#include "crypto/hash.h"
#include "store/sqlite/store_int.h"

/* 1 to 2: traces of what was deleted were settings of node.db, "trace/<id>/<origin hash>/<index>/<piece>" = version. A record restored without its
 * node.db had none. */

static enum err
move_trace(struct store *s, struct str name, struct str value, struct errinfo *e)
{
	struct str id, hex, idx, rest, piece;
	struct hash log;
	uint64_t i, p, modified;
	int64_t no;
	enum err err;
	if (!str_cut(name, '/', &id, &rest) || !str_cut(rest, '/', &id, &rest) || !str_cut(rest, '/', &hex, &rest) ||
	    !str_cut(rest, '/', &idx, &piece) || !hash_from_hex(hex, &log) || !str_u64(idx, &i) || !str_u64(piece, &p) || !str_u64(value, &modified))
		return err_set(e, ERR_CORRUPT, "node.db: a trace of what was deleted cannot be read");
	if ((err = db_int(&s->log, 0, &no, SQL("SELECT no FROM log WHERE id=?"), e, "b", hash_str(&log))) || !no)
		return err; /* the record is an older one */
	return db_do(&s->log, SQL("INSERT INTO trace VALUES(?,?,?,?,?) ON CONFLICT DO NOTHING"), e, "tiuuu", id, no, i, p, modified);
}

static enum err
move_traces(struct store *s, struct errinfo *e)
{
	struct errinfo local;
	bool row = false;
	enum err err;
	e = e ? e : &local;
	sqlite3_stmt *st = db_query(&s->local, SQL("SELECT name,value FROM setting WHERE name>='trace/' AND name<'trace0'"), e, "");
	if (!st)
		return e->code;
	while (!(err = db_step(&s->local, st, &row, e)) && row)
		if ((err = move_trace(s, db_col(st, 0), db_col(st, 1), e)))
			break;
	db_end(st);
	return err;
}

#define COPY_LOG "log.db.before-2"
#define COPY_LOG_3 "log.db.before-3"
#define COPY_NODE "node.db.before-2"
#define COPY_NODE_3 "node.db.before-3"

enum err
store_copies_remove(struct store *s, struct errinfo *e)
{
	static const char *const copies[] = {COPY_LOG, COPY_NODE, COPY_LOG_3, COPY_NODE_3};
	for (size_t i = 0; i < sizeof copies / sizeof *copies; i++) {
		struct errinfo why;
		enum err err = s->env->remove(s->env->ctx, copies[i], &why);
		if (err && err != ERR_NOTFOUND) {
			if (e)
				*e = why;
			return err;
		}
	}
	return OK;
}

/* What was countersigned before nobody can tell any more whether this home made it: it is taken to have. */
static enum err
log_to_2(struct store *s, struct errinfo *e)
{
	enum err err;
	if ((err = store_copy(&s->log, s->env, COPY_LOG, NULL, NULL, e)) || (err = store_copy(&s->local, s->env, COPY_NODE, NULL, NULL, e)) ||
	    (err = db_begin(&s->log, e)))
		return err;
	if ((err = db_exec(&s->log, "ALTER TABLE cosig ADD COLUMN made INTEGER", e)) || (err = db_exec(&s->log, "UPDATE cosig SET made=time", e)) ||
	    (err = db_exec(&s->log, STORE_TABLE_TRACE, e)) || (err = move_traces(s, e)) || (err = db_exec(&s->log, "PRAGMA user_version=2", e))) {
		db_rollback(&s->log);
		return err;
	}
	return db_commit(&s->log, e);
}

static enum err
node_to_2(struct store *s, struct errinfo *e)
{
	enum err err = db_begin(&s->local, e);
	if (err)
		return err;
	if ((err = db_exec(&s->local, "DELETE FROM setting WHERE name>='trace/' AND name<'trace0'", e)) ||
	    (err = db_exec(&s->local, "PRAGMA user_version=2", e))) {
		db_rollback(&s->local);
		return err;
	}
	return db_commit(&s->local, e);
}

/* 2 to 3: quarantine knows who gave what. What came of a peer was not told apart by member before: it counts as one more giver. */
static enum err
node_to_3(struct store *s, struct errinfo *e)
{
	enum err err = store_copy(&s->local, s->env, COPY_NODE_3, NULL, NULL, e);
	if (err || (err = db_begin(&s->local, e)))
		return err;
	if ((err = db_exec(&s->local, "ALTER TABLE refused ADD COLUMN giver TEXT NOT NULL DEFAULT ''", e)) ||
	    (err = db_exec(
		 &s->local, "UPDATE refused SET giver='0.' WHERE size=0 AND (source IN ('logs','charters') OR source LIKE 'comity/%')", e)) ||
	    (err = db_exec(&s->local, "DROP INDEX refused_place;" STORE_TABLE_DROPPED, e)) ||
	    (err = db_exec(&s->local, "PRAGMA user_version=3", e))) {
		db_rollback(&s->local);
		return err;
	}
	return db_commit(&s->local, e);
}

/* 2 to 3: what ties entries to a checkpoint beyond them. What was held so before has nothing to be made of; the next fetch brings it. */
static enum err
log_to_3(struct store *s, struct errinfo *e)
{
	enum err err = db_begin(&s->log, e);
	if (err)
		return err;
	if ((err = db_exec(&s->log, STORE_TABLE_BRIDGE, e)) || (err = db_exec(&s->log, "PRAGMA user_version=3", e))) {
		db_rollback(&s->log);
		return err;
	}
	return db_commit(&s->log, e);
}

/* 3 to 4: accounts. Nothing that was there changes, so no copy is made. */
static enum err
node_to_4(struct store *s, struct errinfo *e)
{
	enum err err = db_begin(&s->local, e);
	if (err)
		return err;
	if ((err = db_exec(&s->local, STORE_TABLES_PEOPLE, e)) || (err = db_exec(&s->local, "PRAGMA user_version=4", e))) {
		db_rollback(&s->local);
		return err;
	}
	return db_commit(&s->local, e);
}

/* 4 to 5: requests to be done once. */
static enum err
node_to_5(struct store *s, struct errinfo *e)
{
	enum err err = db_begin(&s->local, e);
	if (err)
		return err;
	if ((err = db_exec(&s->local, STORE_TABLE_ONCE, e)) || (err = db_exec(&s->local, "PRAGMA user_version=5", e))) {
		db_rollback(&s->local);
		return err;
	}
	return db_commit(&s->local, e);
}

enum err
store_migrate(struct store *s, struct errinfo *e)
{
	int64_t log, node;
	enum err err;
	if ((err = db_int(&s->log, 0, &log, SQL("PRAGMA user_version"), e, "")) ||
	    (err = db_int(&s->local, 0, &node, SQL("PRAGMA user_version"), e, "")))
		return err;
	/* one copy, of what it was: a step that follows on the first keeps none of its own */
	if (log == 2 && (err = store_copy(&s->log, s->env, COPY_LOG_3, NULL, NULL, e)))
		return err;
	if (log == 1 && (err = log_to_2(s, e)))
		return err;
	if (log && log <= 2 && (err = log_to_3(s, e)))
		return err;
	if (node == 1 && (err = node_to_2(s, e)))
		return err;
	if (node && node <= 2 && (err = node_to_3(s, e)))
		return err;
	if (node && node <= 3 && (err = node_to_4(s, e)))
		return err;
	return node && node <= 4 ? node_to_5(s, e) : OK;
}
