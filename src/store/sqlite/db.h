/* db: one SQLite file, for the files of this folder only.
 *
 * SQL stands where it is used, as a literal: db_query(d, SQL("SELECT …"), e, "ib", …). Statements are prepared once a literal and kept. No SQL is put
 * together from anything that came from outside; the one place where a number becomes part of a name is class.c. A commit that could not be made
 * durable ends the process (env->die): after a failed fsync nobody knows what is on the disk. */
#ifndef STORE_SQLITE_DB_H
#define STORE_SQLITE_DB_H

#include <sqlite3.h>

#include "base/env.h"

#define SQL(text) ("" text)

enum { DB_STATEMENTS = 512 };

struct db {
	sqlite3 *h;
	const struct env *env;
	const char *name; /* "log.db", for messages */
	struct db_cached {
		const char *sql; /* NULL: free */
		sqlite3_stmt *st;
	} cache[DB_STATEMENTS]; /* open addressing by the literal's address; a literal read within its own rows has several */
	int ncached;
	sqlite3_stmt *rollback; /* made when it was opened: one may be needed when there is no memory */
	bool stuck;             /* a rollback failed: it is tried again before anything else */
	bool damaged;           /* a statement met damage */
	bool torn; /* a transaction may have been taken back in the middle of a statement: what full text keeps of it is not as it should be */
};

/* Opens name in the home; create makes it if absent (else ERR_NOTFOUND). full: each commit survives power loss; else only the process's end. */
enum err db_open(struct db *d, const struct env *env, const char *name, bool create, bool full, struct errinfo *e) MUST_USE;
/* Before path is opened: writes and syncs its WAL again, if one was left (wal.c). An SQLite code. Nobody else may have the database open. */
int db_wal_again(const struct env *env, const char *path) MUST_USE;
void db_close(struct db *d); /* takes a zeroed one */

/* Runs constant SQL without parameters (schema, pragmas, transactions). */
enum err db_exec(struct db *d, const char *sql, struct errinfo *e) MUST_USE;
enum err db_begin(struct db *d, struct errinfo *e) MUST_USE;
enum err db_commit(struct db *d, struct errinfo *e) MUST_USE;
void db_rollback(struct db *d); /* nothing happens outside a transaction */
bool db_in_transaction(const struct db *d);
bool db_is_read(const struct db *d); /* a statement is between its first row and its end */

/* A bound statement, not yet stepped; NULL with e filled on failure. fmt has a letter an argument: i int64_t, u uint64_t (kept as int64 bits), d
 * double (NAN is kept as NULL), b struct str as blob, t struct str as text, n nothing (NULL, no argument). Bytes must live until db_end. Step it
 * before anything else is asked of d, and end it with db_end, always. */
sqlite3_stmt *db_query(struct db *d, const char *sql, struct errinfo *e, const char *fmt, ...);
/* OK and *ret_row whether a row is there. */
enum err db_step(struct db *d, sqlite3_stmt *st, bool *ret_row, struct errinfo *e) MUST_USE;
void db_end(sqlite3_stmt *st); /* takes NULL */
/* The two together, for what gives no rows. */
enum err db_do(struct db *d, const char *sql, struct errinfo *e, const char *fmt, ...) MUST_USE;
/* One integer: the first column of the first row; dflt if there is no row or it is NULL. */
enum err db_int(struct db *d, int64_t dflt, int64_t *ret, const char *sql, struct errinfo *e, const char *fmt, ...) MUST_USE;

struct str db_col(sqlite3_stmt *st, int col); /* blob or text; lives until the next step */

/* The failure of the last call on d as ours. */
enum err db_error(struct db *d, int rc, struct errinfo *e);

#endif
