/* store_int: what the files of this folder share. */
#ifndef STORE_SQLITE_STORE_INT_H
#define STORE_SQLITE_STORE_INT_H

#include "store/sqlite/db.h"
#include "store/store.h"

struct view_cache; /* view_int.h */
struct view_name;

struct store {
	const struct env *env;
	struct db log, view, local;
	int64_t next_piece;       /* number of the next piece to be added */
	int64_t kept_piece;       /* the same as committed: what a rollback goes back to */
	struct view_cache *cache; /* NULL until first needed */
	struct view_name *names;  /* type.c: live as long as the store, since rows view them */
};

/* open.c makes the tables; each file's SQL relies on the text of schema.c. */
extern const char store_schema_log[], store_schema_view[], store_schema_local[];

/* A struct hash out of a 32-byte column; ERR_CORRUPT otherwise. */
enum err store_col_hash(struct db *d, struct sqlite3_stmt *st, int col, void *ret_hash, struct errinfo *e) MUST_USE;

#endif
