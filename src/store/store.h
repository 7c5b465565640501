/* store: one home's three files.
 *
 * log.db is the record (record.h), view.db what people query (view.h), node.db what is the node's own (local.h). The record is truth; the view is a
 * function of it and may be deleted; node.db is neither. One writer at a time, one thread. Row numbers never leave this room: what is handed out are
 * log numbers (of this home, for the life of an open store) and keys of the formats. A failed fsync ends the process (env->die). */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/env.h"

struct store;

/* Schema of log.db, of node.db, and of view.db with the rules that fill it. A home with a higher number of the first two is refused (ERR_VERSION); a
 * lower one is migrated step by step after a snapshot (log.db.before-N; none before a step that only adds tables), which goes when something is
 * deleted for good; a view of any other number is made anew. */
enum { STORE_LOG_SCHEMA = 3, STORE_NODE_SCHEMA = 5, STORE_VIEW_RULES = 7 };

/* Opens the files in the env's home; create makes a new home's (ERR_CONFLICT if there is one). The env must outlive the store. The caller holds the
 * home's lock. */
enum err store_open(const struct env *env, bool create, struct store **ret, struct errinfo *e) MUST_USE;
void store_close(struct store *s); /* takes NULL; what is not committed is lost */

/* Copies the record and node.db, as they stand at this moment, into the home of `to` (another folder), while in use; durable when OK. progress may be
 * NULL: called with pages done and in all; false stops (ERR_STOPPED). The view is not copied: it is made anew. */
enum err
store_backup(struct store *s, const struct env *to, bool (*progress)(void *ctx, uint64_t done, uint64_t all), void *ctx, struct errinfo *e) MUST_USE;

/* SHA-256 of a database file in the home of env as it lies on the disk; what SQLite keeps beside it is left aside. */
struct hash;
enum err store_file_hash(const struct env *env, const char *name, struct hash *ret, struct errinfo *e) MUST_USE;
/* Out of a backup into a new home: log.db and node.db as they are (an older schema is migrated there, when it is opened). ERR_CORRUPT if one fails
 * its integrity check. The first comes before anything else looks at the backup: it removes write-ahead logs that stand beside its files. */
enum err store_restore_begin(const struct env *from, struct errinfo *e) MUST_USE;
enum err store_restore(const struct env *from, const struct env *to, struct errinfo *e) MUST_USE;

/* Moves the three write-ahead logs into their files and empties them: what was deleted, withdrawn or purged before is then in no file of the home.
 * Not inside a transaction. ERR_BUSY while a callback of this store runs. */
enum err store_settle(struct store *s, struct errinfo *e) MUST_USE;

/* PRAGMA integrity_check of the three files and FTS5's own of the full text: OK, or ERR_CORRUPT naming the file and the first fault. */
enum err store_check(struct store *s, struct errinfo *e) MUST_USE;

/* Whether no transaction is open and no statement half read. */
bool store_is_idle(const struct store *s);

/* Bytes of the three files together. */
enum err store_bytes(struct store *s, uint64_t *ret, struct errinfo *e) MUST_USE;

#endif
