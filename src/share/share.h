/* share: what a home knows of its centres, and the keys it signs with. Everything in this room works on one of these.
 *
 * Built from the record when a home is opened; grows when charters and cards come in. One thread. */
#ifndef SHARE_SHARE_H
#define SHARE_SHARE_H

#include "crypto/sign.h"
#include "govern/roster.h"
#include "label/policy.h"
#include "store/record.h"

struct share_centre {
	int no; /* the record's number of it */
	struct hash id;
	struct chain *chain;
	struct roster *roster;
	int me;                        /* own member number; -1 if this home is not (yet) in it */
	struct label_policy *policy;   /* of the charter in force when it was last looked at (share_centre_refresh) */
	const struct charter *charter; /* in force then; NULL before the first takes effect */
};

struct share {
	const struct env *env;
	struct store *store;
	const struct sign_public *root; /* own root key: by it a home finds itself in a charter; the node's */
	const struct sign_key *log_key; /* own log key; NULL: this home can read but not sign */
	struct share_centre centre[LIMIT_CENTRES];
	int ncentres;
	bool stale; /* what is in memory is more than what is in the record: read it again */
};

/* ERR_DENIED for who is no member by the charter in force; and from when on it is one, where a charter that is here says so. c may be NULL. */
enum err share_not_member(const struct share *s, const struct share_centre *c, struct errinfo *e);

/* Reads centres, charters and cards out of the record. root and log_key must outlive it. A charter or card in the record that does not hold is
 * ERR_CORRUPT. */
enum err share_open(const struct env *env, struct store *store, const struct sign_public *root, const struct sign_key *log_key, struct share **ret,
    struct errinfo *e) MUST_USE;
void share_close(struct share *s); /* takes NULL; not the store */

/* Looks at the clock: which charter is in force, policy, own number. Called at opening and before anything that depends on the date. After a
 * share_take_charters that could not write, reads the record again first: chains and rosters are then others, centres stay where they are. */
enum err share_refresh(struct share *s, struct errinfo *e) MUST_USE;

/* Takes in signed charters and cards, one a line, any mixture, as peers and files give them (its own record transaction). A founding charter of a
 * centre unknown here makes the centre, if `join` is set (a person decides that, never a peer). *ret_new counts what was not known. ERR_FORK when it
 * made the chain forked (kept all the same). */
enum err
share_take_charters(struct share *s, struct str lines, bool join, uint32_t *ret_new, struct share_centre **ret_centre, struct errinfo *e) MUST_USE;

/* By number, by id. NULL if there is none. */
struct share_centre *share_centre_by_no(struct share *s, int no);
struct share_centre *share_centre_by_id(struct share *s, const uint8_t id[static HASH_LEN]);
/* As a person names it: the charter's name or its beginning, capitals or not, or the first digits of the id (at least 4); the best fit counts; empty
 * = the only one. Of those alone whose bit is set in `among`, as if there were no others: bit i is centre[i]. ERR_NOTFOUND, ERR_USAGE (several),
 * naming the choices. */
enum err share_centre_named(struct share *s, uint32_t among, struct str name, struct share_centre **ret, struct errinfo *e) MUST_USE;

#endif
