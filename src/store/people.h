/* people: the accounts of this home, their sessions and tokens, and releases that wait for a second person (node.db). Rows alone: what they mean is
 * people/ and node/. Secrets come here hashed or sealed. Each call is its own transaction unless local_begin was called. */
#ifndef STORE_PEOPLE_H
#define STORE_PEOPLE_H

#include "base/arena.h"
#include "crypto/hash.h"
#include "store/store.h"

struct account_row {
	int64_t no; /* never used again */
	struct str name, display, position;
	unsigned roles, flags;
	struct str clearance; /* JSON (people/clear.h) */
	int64_t created;
	struct str password; /* hashed; empty: none */
	struct str totp;     /* sealed; empty: none */
	int64_t totp_step;   /* the last step whose code was taken */
};

/* ERR_CONFLICT: the name is taken. a->no is not read. */
enum err account_put(struct store *s, const struct account_row *a, int64_t *ret_no, struct errinfo *e) MUST_USE;
/* All but no, name, created, totp_step. */
enum err account_set(struct store *s, const struct account_row *a, struct errinfo *e) MUST_USE;
/* In a. ERR_NOTFOUND (e untouched). */
enum err account_get(struct store *s, struct str name, struct arena *a, struct account_row *ret, struct errinfo *e) MUST_USE;
enum err account_get_no(struct store *s, int64_t no, struct arena *a, struct account_row *ret, struct errinfo *e) MUST_USE;
/* By name; views until each returns. */
enum err
account_each(struct store *s, enum err (*each)(void *ctx, const struct account_row *a, struct errinfo *e), void *ctx, struct errinfo *e) MUST_USE;
enum err account_count(struct store *s, uint64_t *ret, struct errinfo *e) MUST_USE;
/* With its sessions, tokens, codes and proposals. */
enum err account_remove(struct store *s, int64_t no, struct errinfo *e) MUST_USE;
/* *ret: the step is later than the last one taken, and is that from now on. */
enum err account_totp_take(struct store *s, int64_t no, int64_t step, bool *ret, struct errinfo *e) MUST_USE;

enum err recovery_put(struct store *s, int64_t account, const struct hash *h, struct errinfo *e) MUST_USE;
enum err recovery_take(struct store *s, int64_t account, const struct hash *h, bool *ret, struct errinfo *e) MUST_USE; /* *ret: it was there */
enum err recovery_count(struct store *s, int64_t account, uint64_t *ret, struct errinfo *e) MUST_USE;
enum err recovery_clear(struct store *s, int64_t account, struct errinfo *e) MUST_USE;

struct session_row {
	struct hash hash; /* of its id */
	int64_t no, account, created, seen;
	struct str place; /* address it began from */
};
/* Gives it a number of its account's. Beyond LIMIT_SESSIONS the one least lately seen ends. */
enum err session_put(struct store *s, const struct session_row *r, struct errinfo *e) MUST_USE;
/* ret->place is empty. ERR_NOTFOUND (e untouched). */
enum err session_get(struct store *s, const struct hash *h, struct session_row *ret, struct errinfo *e) MUST_USE;
enum err session_seen(struct store *s, const struct hash *h, int64_t at, struct errinfo *e) MUST_USE;
enum err session_end(struct store *s, const struct hash *h, struct errinfo *e) MUST_USE;
/* no: of that account's; 0: all of the account's. *ret how many. */
enum err session_end_of(struct store *s, int64_t account, int64_t no, uint64_t *ret, struct errinfo *e) MUST_USE;
/* Those created or last seen before these moments go. */
enum err session_sweep(struct store *s, int64_t created, int64_t seen, struct errinfo *e) MUST_USE;
enum err session_each(struct store *s, int64_t account, enum err (*each)(void *ctx, const struct session_row *r, struct errinfo *e), void *ctx,
    struct errinfo *e) MUST_USE;

struct token_row {
	int64_t no; /* never used again */
	struct hash hash;
	int64_t account;
	struct str name;
	unsigned scopes;
	int64_t created, expires, used; /* used: TIME_MIN = never */
};
enum err token_put(struct store *s, const struct token_row *r, int64_t *ret_no, struct errinfo *e) MUST_USE;
/* ret->name is empty. ERR_NOTFOUND (e untouched). */
enum err token_get(struct store *s, const struct hash *h, struct token_row *ret, struct errinfo *e) MUST_USE;
enum err token_used(struct store *s, int64_t no, int64_t at, struct errinfo *e) MUST_USE;
/* ERR_NOTFOUND: no such token, or (account not 0) another's. */
enum err token_remove(struct store *s, int64_t account, int64_t no, struct errinfo *e) MUST_USE;
/* account 0: all. */
enum err token_each(struct store *s, int64_t account, enum err (*each)(void *ctx, const struct token_row *r, struct errinfo *e), void *ctx,
    struct errinfo *e) MUST_USE;
enum err token_count(struct store *s, int64_t account, uint64_t *ret, struct errinfo *e) MUST_USE;

/* A release that waits for a second person. */
struct proposal_row {
	int64_t no; /* never used again */
	int64_t account;
	struct str who, position; /* of the proposer, as they were */
	int64_t created;
	struct str args; /* of "release" */
	struct hash plan;
};
/* The same of the same account again gives the number it has. ERR_LIMIT: LIMIT_PROPOSALS_OWN of the account, or LIMIT_PROPOSALS, wait. */
enum err proposal_put(struct store *s, const struct proposal_row *p, int64_t *ret_no, struct errinfo *e) MUST_USE;
enum err
proposal_get(struct store *s, int64_t no, struct arena *a, struct proposal_row *ret, struct errinfo *e) MUST_USE; /* ERR_NOTFOUND, e untouched */
enum err proposal_remove(struct store *s, int64_t no, struct errinfo *e) MUST_USE;
/* Those made before this moment go. */
enum err proposal_sweep(struct store *s, int64_t created, struct errinfo *e) MUST_USE;
enum err
proposal_each(struct store *s, enum err (*each)(void *ctx, const struct proposal_row *p, struct errinfo *e), void *ctx, struct errinfo *e) MUST_USE;

#endif
