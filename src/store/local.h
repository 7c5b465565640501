/* local: what is the node's own (node.db): settings, audit, quarantine, jobs, marks. Never shared, not part of the record. Each call is its own
 * transaction unless local_begin was called. */
#ifndef STORE_LOCAL_H
#define STORE_LOCAL_H

#include "store/store.h"

enum err local_begin(struct store *s, struct errinfo *e) MUST_USE;
enum err local_commit(struct store *s, struct errinfo *e) MUST_USE;
void local_rollback(struct store *s);

/* settings: short text by name. */
enum err local_set(struct store *s, struct str name, struct str value, struct errinfo *e) MUST_USE;
enum err local_unset(struct store *s, struct str name, struct errinfo *e) MUST_USE;
/* Appended to ret; ERR_NOTFOUND (ret untouched, e untouched) if it is not set. */
enum err local_get(struct store *s, struct str name, struct buf *ret, struct errinfo *e) MUST_USE;
/* Those whose name begins with prefix, by name. */
enum err local_each(struct store *s, struct str prefix, enum err (*each)(void *ctx, struct str name, struct str value, struct errinfo *e), void *ctx,
    struct errinfo *e) MUST_USE;

/* audit: append-only. */
struct local_audit {
	int64_t no; /* from 1; filled when read */
	int64_t at;
	struct str who;    /* representative or position */
	struct str what;   /* "show", "release", "refused" … */
	struct str target; /* id of what it was about */
	struct str detail;
};
enum err local_audit_put(struct store *s, const struct local_audit *a, struct errinfo *e) MUST_USE;
/* Newest first; target and who empty = any. */
enum err local_audit_each(struct store *s, struct str who, struct str target, uint32_t limit,
    enum err (*each)(void *ctx, const struct local_audit *a, struct errinfo *e), void *ctx, struct errinfo *e) MUST_USE;

/* quarantine: what could not be taken in. */
struct local_refused {
	int64_t no; /* filled when read */
	int64_t at;
	struct str giver;  /* who gave it: empty: this home's own user; else a name for each member in each centre (share/fetch.h), each feed */
	struct str source; /* file name, "-", or the log it came in */
	struct str reason;
	uint64_t line, col, offset;
	uint64_t size;    /* bytes of the whole */
	struct str bytes; /* the first LIMIT_QUARANTINE of it */
};
/* What is there already, of the same giver, source, reason, place and bytes, is not kept twice. Of one giver at most LIMIT_QUARANTINE_ITEMS (its own
 * user) or LIMIT_QUARANTINE_PEER are kept: past that its oldest goes, never another's; *ret_dropped (may be NULL) how many. That is counted. */
enum err local_refuse(struct store *s, const struct local_refused *r, uint32_t *ret_dropped, struct errinfo *e) MUST_USE;
/* Oldest first, from number after + 1 on. */
enum err local_refused_each(struct store *s, int64_t after, uint32_t limit,
    enum err (*each)(void *ctx, const struct local_refused *r, struct errinfo *e), void *ctx, struct errinfo *e) MUST_USE;
enum err local_refused_remove(struct store *s, int64_t no, struct errinfo *e) MUST_USE; /* ERR_NOTFOUND */
enum err local_refused_count(struct store *s, uint64_t *ret, struct errinfo *e) MUST_USE;
/* Whose older items had to go, how many since that was last cleared, and when the last did. */
struct local_dropped {
	struct str giver;
	uint64_t n;
	int64_t at;
};
enum err local_dropped_each(
    struct store *s, enum err (*each)(void *ctx, const struct local_dropped *d, struct errinfo *e), void *ctx, struct errinfo *e) MUST_USE;
enum err local_dropped_clear(struct store *s, struct errinfo *e) MUST_USE;

#endif
