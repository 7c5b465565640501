/* fingerprint: a key's name for people, and its name for TLS.
 *
 * The fingerprint is eight groups of five digits, "04321 99870 …", to read aloud or compare on paper: each group is one 64-bit big-endian word of
 * SHA-512("comity fingerprint 1\n" || 32 bytes) modulo 100,000. That is 132.9 bits: to find another key with the fingerprint of a given one
 * takes about 2^133 tries; to make two keys of one's own that share one, about 2^66. A person who compares only some groups has 16.6 bits from
 * each. */
#ifndef CRYPTO_FINGERPRINT_H
#define CRYPTO_FINGERPRINT_H

#include "crypto/hash.h"
#include "crypto/sign.h"

#define FINGERPRINT_LEN 47 /* 8 groups of 5, 7 blanks */

/* Of 32 bytes: a public key or a hash. Digits and single blanks only. */
void fingerprint_put(struct buf *b, const uint8_t what[static 32]);
/* Whether typed is that fingerprint. Blanks, hyphens and line ends between digits do not count; any other byte, or a missing digit, is false. */
bool fingerprint_is(struct str typed, const uint8_t what[static 32]);

/* SHA-256 of the SubjectPublicKeyInfo (RFC 8410, 44 bytes of DER) of an Ed25519 key: what a peer's TLS key is pinned by (as RFC 7469 does). */
struct hash tls_pin_ed25519(const struct sign_public *key);
/* The 44 bytes themselves. */
#define SPKI_ED25519_LEN 44
void spki_ed25519(const struct sign_public *key, uint8_t ret[static SPKI_ED25519_LEN]);

#endif
