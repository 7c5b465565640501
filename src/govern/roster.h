/* roster: charters and cards together: each member's keys, now and then.
 *
 * A card applies when it is signed by the root key that its member has in the charter in force, names this centre, has a higher counter
 * than the charter states, and its time has come. Cards with a lower counter may come later, or never: the highest applies, and the
 * older ones tell the keys of older epochs.
 *
 * Two cards of one counter, or a card that goes back to an older epoch or changes the log key within one, are a conflict: somebody else
 * has the root key, or a restored copy of the signer was used. Cards from that counter on do not apply, and it is shown, until a
 * charter gives the member a new root key. So the outcome depends on the set of cards, never on the order of their coming. */
#ifndef GOVERN_ROSTER_H
#define GOVERN_ROSTER_H

#include "govern/card.h"
#include "govern/chain.h"

struct roster;

/* The chain must outlive it and may grow; the roster looks anew at each call. */
enum err roster_new(const struct chain *chain, struct roster **ret, struct errinfo *e) MUST_USE;
void roster_free(struct roster *r); /* takes NULL */

enum roster_added { ROSTER_ADDED, ROSTER_KNOWN, ROSTER_CONFLICT };

/* Adds a key card that came in at `now`. ERR_DENIED: of another centre, of no member, of a departed one, or signed by a root key that
 * is not its member's in the charter in force; ERR_CONFLICT: claims a STIX identity that the charter gives to another; ERR_INVALID: no
 * newer than what the charter itself states; ERR_LIMIT: LIMIT_CARDS, or LIMIT_CARDS_BYTES, of one root key are kept. *ret =
 * ROSTER_CONFLICT: kept, and the member is in conflict. With past, every card is taken that is signed by a root key which some charter
 * of the chain gives its member, whatever the clock and the charter in force say (a record read back, and a node that lost its own,
 * need them): one that is not by today's root key tells the keys of old epochs and never changes what holds today, and what it says of
 * identities yields to the charter. */
enum err roster_add(struct roster *r, struct str card, int64_t now, bool past, enum roster_added *ret, struct errinfo *e) MUST_USE;

struct roster_member {
	bool departed;
	struct member_keys keys; /* what applies; of a departed member, what last did */
	const struct card *card; /* the card it comes from; NULL = the charter */
	/* two cards that cannot both be honest (the first NULL: it contradicts the charter's own statement); both NULL = none */
	const struct card *conflict[2];
	bool conflicted;
};
/* The first moment after t from which a card that is here, or a later charter, comes to hold; TIME_NEVER if none. */
int64_t roster_next(const struct roster *r, int64_t t);
/* State of a member at t. Views live as long as roster and chain, and until the next add. ERR_NOTFOUND: no such number in the charter
 * in force at t, or no charter yet. */
enum err roster_at(const struct roster *r, int64_t t, int member, struct roster_member *ret, struct errinfo *e) MUST_USE;

struct roster_log_key {
	uint8_t key[GOVERN_KEY];
	uint32_t epoch;
	bool current;         /* the epoch in which the member now writes */
	int64_t revoked_from; /* TIME_NEVER = stands */
};
/* The log key of a member's epoch, as known at t. ERR_NOTFOUND if no charter or card states it. Where root keys were replaced, what the
 * newer root key's holder says of an epoch wins. */
enum err roster_log_key(const struct roster *r, int64_t t, int member, uint32_t epoch, struct roster_log_key *ret, struct errinfo *e) MUST_USE;
/* The highest epoch below this one whose log key some charter or card states for the member; 0 = none. Epochs may be left out. */
uint32_t roster_epoch_below(const struct roster *r, int member, uint32_t epoch);
/* Whether what this key signed counts: it is not revoked, or was first countersigned (TIME_NEVER = never) before the moment it is
 * revoked from. */
bool roster_key_counts(const struct roster_log_key *k, int64_t countersigned);

enum { ROSTER_SEVERAL = -2 };
/* The member that a STIX identity belongs to at t: whose it is by the charter, else who claims it by a card. -1: nobody's; ROSTER_SEVERAL:
 * more than one claims it by cards. */
int roster_identity(const struct roster *r, int64_t t, struct str identity);
/* The members who may speak by a STIX identity at t: whose it is by the charter, which a quorum signed, alone; else all who claim it by their cards
 * (the departed only if nobody else does); everybody if nobody does. A card bears the time and is sent to whom its signer pleases, so two of them
 * cannot be ordered by anything that all hold: if one could take an identity from another, a late claimant would date it back. So none blocks
 * another, nobody else speaks by it, each object shows its author all the same, and a charter that names the identity settles it. */
uint64_t roster_speakers(const struct roster *r, int64_t t, struct str identity);

#endif
