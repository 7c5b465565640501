/* store_int: what the files of this folder share. */
#ifndef STORE_SQLITE_STORE_INT_H
#define STORE_SQLITE_STORE_INT_H

#include "store/sqlite/db.h"
#include "store/store.h"

enum { STORE_CLASSES = 4096 }; /* access classes of one view; past this an object cannot be shown (ERR_LIMIT) */

struct store {
	const struct env *env;
	struct db log, view, local;
	int64_t next_piece;      /* number of the next piece to be added */
	int64_t kept_piece;      /* the same as committed: what a rollback goes back to */
	struct view_class *classes; /* class.c: loaded when first needed */
	int nclasses;
	bool classes_loaded;
};

/* open.c makes the tables; each file's SQL relies on the text of schema.c. */
extern const char store_schema_log[], store_schema_view[], store_schema_local[];

void store_classes_forget(struct store *s); /* class.c */
enum err store_words_register(struct store *s, struct errinfo *e) MUST_USE; /* words.c: the tokenizer, on view.db */

/* A struct hash out of a 32-byte column; ERR_CORRUPT otherwise. */
enum err store_col_hash(struct db *d, struct sqlite3_stmt *st, int col, void *ret_hash, struct errinfo *e) MUST_USE;

#endif
