/* card: a member's own word on how to reach it and check it, signed with its root key.
 *
 * Canonical JSON {"card":{…},"sig":"<base64>"} (doc/schema/card.json); the signature is over the line "comity-card/v1\n" followed by
 * the SHA-256 of the inner object's canonical text, in lower-case hexadecimal. It carries the root key, so it proves itself; whether
 * that key is the member's is for the charter to say.
 *
 * Two uses. An *admission* card has a name, may lack a centre (there is none yet), and is what a proposal of a charter is made from. A
 * *key* card names its centre and replaces the keys that the charter states, without a quorum, by increasing counter (roster.h). */
#ifndef GOVERN_CARD_H
#define GOVERN_CARD_H

#include "crypto/sign.h"
#include "govern/charter.h"

struct card {
	bool has_centre;
	struct hash centre;
	struct str member;       /* id */
	struct str name;         /* empty but in an admission card */
	struct str note;         /* may be empty */
	int64_t time;            /* from when it holds, by the member's word */
	struct member_keys keys; /* keys.counter orders cards; from 0 in an admission card, from 1 in a key card */

	/* made by card_parse */
	struct str bytes; /* the whole text */
	struct hash hash; /* of the inner object: what the signature covers, so that one content signed twice is one card */
};

/* Signs and appends. keys.root is taken from root. What it wrote has passed card_parse. */
enum err card_make(const struct card *c, const struct sign_key *root, struct buf *b, struct errinfo *e) MUST_USE;
/* Reads and checks the signature against the root key it carries (ERR_VERIFY). All lives in a. */
enum err card_parse(struct str text, struct arena *a, struct card *ret, struct errinfo *e) MUST_USE;

/* The member a proposed charter lists for an admission card. Views stay the card's. */
enum err card_admit(const struct card *c, struct charter_member *ret, struct errinfo *e) MUST_USE;

#endif
