/* chain: the charters of one centre, each signed into force by those before it.
 *
 * The founding charter takes the signature of everyone in it. A successor names the hash of the one before, takes effect later than
 * that, keeps what must be kept (succession.h) and takes the "charter" quorum of the one before and of itself; whoever joins in it or
 * gets a new root key in it signs it with that key.
 *
 * Two valid successors of one charter are a charter fork. Since a quorum is more than half, somebody signed both: chain_fork names them
 * and both files are kept as proof. Then the charter they both follow stays in force, nothing can follow on either, and government
 * stops: no motion, no new charter, until people settle it outside by founding anew. What the chain tells depends on the set of
 * charters it was given, never on their order, as long as each was given after the one it follows on. */
#ifndef GOVERN_CHAIN_H
#define GOVERN_CHAIN_H

#include "govern/charter.h"

struct chain;

enum chain_added { CHAIN_ADDED, CHAIN_KNOWN, CHAIN_FORKED };

/* A chain that begins with this signed founding charter. NULL and e when it is none, or memory is out. */
enum err chain_new(struct str founding, struct chain **ret, struct errinfo *e) MUST_USE;
void chain_free(struct chain *c); /* takes NULL */

/* Adds a signed charter. *ret tells whether it is the new last one, was known (its votes are then not read again), or is a second
 * successor of its predecessor: kept, and the chain is now forked. ERR_NOTFOUND: the one before is not here, fetch that first.
 * ERR_INVALID: an illegal successor, naming the rule. ERR_DENIED: signatures hold but do not suffice, naming who is missing and how
 * many. ERR_VERIFY: a signature does not hold. ERR_FORK: it follows on a charter beyond a fork. The chain is unchanged on failure. */
enum err chain_add(struct chain *c, struct str signed_charter, enum chain_added *ret, struct errinfo *e) MUST_USE;

/* The centre's id. */
const struct hash *chain_centre(const struct chain *c);

/* The charters agreed on, oldest first: all up to the fork, if there is one. They live as long as the chain. */
size_t chain_count(const struct chain *c);
const struct charter *chain_charter(const struct chain *c, size_t i);
struct str chain_file(const struct chain *c, size_t i); /* its signed bytes as they came */
/* Index of the charter with this hash, or -1. One on a branch of a fork is not found. */
int chain_find(const struct chain *c, const struct hash *charter);

/* The last one, in effect yet or not: what a proposal follows on. */
const struct charter *chain_last(const struct chain *c);
/* Index of the charter in force at t; -1 before the first took effect. */
int chain_at(const struct chain *c, int64_t t);
const struct charter *chain_in_force(const struct chain *c, int64_t t); /* NULL before the first */
/* When charter i ceases to be in force: the moment the next takes effect, TIME_NEVER for the last. */
int64_t chain_until(const struct chain *c, size_t i);

/* The members to whom anything new may be given at t: the present ones of the charter in force, and in a fork only those present in
 * both branches too, so that nobody expelled on one side is served by the other. 0 before the first charter. */
uint64_t chain_present(const struct chain *c, int64_t t);

/* Whether an entry that names charter i, made at `made` by its author's word, counts. It does if i was in force at that moment; if a
 * later charter has taken effect by `now`, only if it was also first countersigned before that (TIME_NEVER = never countersigned). */
bool chain_counts(const struct chain *c, size_t i, int64_t made, int64_t countersigned, int64_t now);

/* Whether those who can still sign (their root keys are at hand) suffice for a new charter. If not, the charter in force stays: logs,
 * releases, cards of those members and the rota go on, only the charter itself can no longer change. */
bool chain_can_change(const struct chain *c, uint64_t able);

struct chain_fork {
	const struct charter *before;    /* what both follow on */
	const struct charter *branch[2]; /* in the order of their hashes; of more than two, the two lowest */
	struct str file[2];              /* their signed bytes: the proof, with the chain up to before */
	uint64_t both;                   /* members who signed both with the root key they have in `before`; never empty */
};
/* False if there is no fork. */
bool chain_fork(const struct chain *c, struct chain_fork *ret);

#endif
