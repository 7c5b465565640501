/* keys: what the others need in order to reach a member and to check what it signs.
 *
 * A charter states them when a member comes in (or gets a new root key); afterwards the member changes them by cards (card.h) signed
 * with its root key. The root key lives offline and signs charters and cards only; the log key signs checkpoints. */
#ifndef GOVERN_KEYS_H
#define GOVERN_KEYS_H

#include "base/str.h"
#include "base/time.h"

enum { GOVERN_KEY = 32, GOVERN_ID_MAX = 8 };

struct member_keys {
	uint8_t root[GOVERN_KEY]; /* Ed25519 public key */
	uint8_t log[GOVERN_KEY];  /* Ed25519 public key of its logs of this epoch */
	struct str age;           /* X25519 recipient, "age1…" */
	bool has_tls;
	uint8_t tls[GOVERN_KEY]; /* SHA-256 of the SubjectPublicKeyInfo of its TLS key; a member without one trades pouches only */
	struct str url;          /* "https://host[:port][/path]"; empty = it is not reached, it only asks. Needs tls */
	struct str *identities;  /* STIX ids "identity--<uuid>" it speaks as, sorted, at most LIMIT_IDENTITIES; may be none */
	size_t nidentity;
	uint32_t counter; /* of the card these come from; a charter's own statement counts as a card too */
	uint32_t epoch;   /* of its logs; from 1, at most GOVERN_COUNT_MAX; a new log key is a new epoch */
	/* what keys of earlier epochs sign from here on does not count unless countersigned before; TIME_NEVER = they stand */
	int64_t revoked_from;
};

/* The ceiling of counters, epochs and versions: what a person could ever need, far from any overflow. */
enum { GOVERN_COUNT_MAX = 1000000000 };

/* Whether s is a member's id: [a-z][a-z0-9]{1,7}, and none of the words that marks use (all, joint, tlp). */
bool govern_id_ok(struct str s);
/* Whether s is a text that people may be asked to sign: UTF-8, 1 to max bytes, no control characters, no line breaks, none of the marks
 * that turn the direction of writing (a text that reads in another order than it is written), no blank at either end. */
bool govern_text_ok(struct str s, size_t max);

#endif
