/* store_int: what the files of this folder share. */
#ifndef STORE_SQLITE_STORE_INT_H
#define STORE_SQLITE_STORE_INT_H

#include "store/sqlite/db.h"
#include "store/store.h"

struct view_cache; /* view_int.h */
struct view_name;

struct store {
	uint64_t view_resets;
	const struct env *env;
	struct db log, view, local;
	int64_t next_piece;       /* number of the next piece to be added */
	int64_t kept_piece;       /* the same as committed: what a rollback goes back to */
	struct view_cache *cache; /* NULL until first needed */
	struct view_name *names;  /* type.c: live as long as the store, since rows view them */
	struct lapses *lapses;    /* lapse.c; NULL until first needed */
};

/* open.c makes the tables; each file's SQL relies on the text of schema.c. */
extern const char store_schema_log[], store_schema_view[], store_schema_local[];
/* What was deleted here and whose it was. */
#define STORE_TABLE_TRACE                                                                                                                            \
	"CREATE TABLE trace(id TEXT, log INTEGER, idx INTEGER, piece INTEGER, modified INTEGER NOT NULL, PRIMARY KEY(id, log, idx, piece)) WITHOUT " \
	"ROWID;"
/* Of quarantine: how many of whose are gone; what is found, counted and let go by who gave it. */
#define STORE_TABLE_DROPPED                                                                                    \
	"CREATE TABLE dropped(giver TEXT PRIMARY KEY, n INTEGER NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;" \
	"CREATE INDEX refused_giver ON refused(giver);"                                                        \
	"CREATE INDEX refused_same ON refused(giver,source,place,size);"

/* What ties entries held to a checkpoint beyond them (merkle/bridge.h); proof: its hashes. */
#define STORE_TABLE_BRIDGE \
	"CREATE TABLE bridge(log INTEGER PRIMARY KEY, held INTEGER NOT NULL, size INTEGER NOT NULL, checked INTEGER NOT NULL, proof BLOB NOT NULL);"

/* people.c. roles, scopes: bits (people/role.h). totp: sealed; totp_step: the last one whose code was taken. */
#define STORE_TABLES_PEOPLE                                                                                                                          \
	"CREATE TABLE IF NOT EXISTS account(no INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, display TEXT NOT NULL, position TEXT "  \
	"NOT "                                                                                                                                       \
	"NULL, roles INTEGER NOT NULL, flags INTEGER NOT NULL, clearance TEXT NOT NULL, created INTEGER NOT NULL, password TEXT NOT NULL, totp "     \
	"BLOB "                                                                                                                                      \
	"NOT NULL, totp_step INTEGER NOT NULL);"                                                                                                     \
	"CREATE TABLE IF NOT EXISTS recovery(account INTEGER, hash BLOB, PRIMARY KEY(account, hash)) WITHOUT ROWID;"                                 \
	"CREATE TABLE IF NOT EXISTS session(hash BLOB PRIMARY KEY, no INTEGER NOT NULL, account INTEGER NOT NULL, created INTEGER NOT NULL, seen "   \
	"INTEGER NOT NULL, place TEXT NOT NULL) WITHOUT ROWID;"                                                                                      \
	"CREATE INDEX IF NOT EXISTS session_account ON session(account, no);"                                                                        \
	"CREATE TABLE IF NOT EXISTS token(no INTEGER PRIMARY KEY AUTOINCREMENT, hash BLOB NOT NULL UNIQUE, account INTEGER NOT NULL, name TEXT NOT " \
	"NULL, scopes INTEGER NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL, used INTEGER NOT NULL);"                                 \
	"CREATE INDEX IF NOT EXISTS token_account ON token(account);"                                                                                \
	"CREATE TABLE IF NOT EXISTS proposal(no INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL, who TEXT NOT NULL, position TEXT NOT "  \
	"NULL, created INTEGER NOT NULL, args TEXT NOT NULL, plan BLOB NOT NULL);"

/* once.c. key: of caller and key; reply NULL: not kept. */
#define STORE_TABLE_ONCE                                                                                                                        \
	"CREATE TABLE IF NOT EXISTS once(key BLOB PRIMARY KEY, request BLOB NOT NULL, at INTEGER NOT NULL, done INTEGER NOT NULL, reply BLOB) " \
	"WITHOUT ROWID;"                                                                                                                        \
	"CREATE INDEX IF NOT EXISTS once_at ON once(at);"

/* migrate.c: log.db and node.db of an older schema, both open: brought to this one step by step, after a snapshot beside them. */
enum err store_migrate(struct store *s, struct errinfo *e) MUST_USE;
/* Removes the copies that steps left, which hold what is deleted for good from now on. */
enum err store_copies_remove(struct store *s, struct errinfo *e) MUST_USE;
/* open.c: PRAGMA integrity_check. */
enum err store_check_one(struct db *d, struct errinfo *e) MUST_USE;
/* open.c: the file as it stands, into `name` of the home of env; progress may be NULL. */
enum err store_copy(struct db *from, const struct env *env, const char *name, bool (*progress)(void *ctx, uint64_t done, uint64_t all), void *ctx,
    struct errinfo *e) MUST_USE;

/* lapse.c: when an entry ceases to count (TIME_NEVER: it stands). What is kept of it in memory goes with store_lapses_forget. */
enum err lapse_of(struct store *s, int64_t log, uint64_t idx, int64_t *ret, struct errinfo *e) MUST_USE;
void store_lapses_forget(struct store *s);

/* A struct hash out of a 32-byte column; ERR_CORRUPT otherwise. */
enum err store_col_hash(struct db *d, struct sqlite3_stmt *st, int col, void *ret_hash, struct errinfo *e) MUST_USE;

#endif
