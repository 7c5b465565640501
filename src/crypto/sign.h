/* sign: Ed25519 (RFC 8032), with one strict rule for what is a signature.
 *
 * sign_check takes (A, R || S, message) if and only if all of these hold:
 *   - S is below the group order L (no second signature from S + L);
 *   - A and R are encoded canonically (y below 2^255 - 19, no sign bit on x = 0);
 *   - neither A nor R is one of the eight points of small order;
 *   - [S]B = R + [H(R || A || message)]A exactly, without multiplying by the cofactor.
 * So a signature that one node takes every node takes, alone or in a batch. A and R may carry a component of small order where the equation
 * still holds: such a key can only be made on purpose by its owner, and sign_public_ok tells it when a key is introduced. Everything an honest
 * signer makes passes. */
#ifndef CRYPTO_SIGN_H
#define CRYPTO_SIGN_H

#include "base/err.h"
#include "base/str.h"

#define SIGN_SEED_LEN 32
#define SIGN_PUBLIC_LEN 32
#define SIGNATURE_LEN 64

struct sign_public {
	uint8_t b[SIGN_PUBLIC_LEN];
};

struct signature {
	uint8_t b[SIGNATURE_LEN];
};

/* A secret: seed (32 bytes) and public key (32 bytes). */
struct sign_key {
	uint8_t b[SIGN_SEED_LEN + SIGN_PUBLIC_LEN];
};

void sign_key_init(struct sign_key *k, const uint8_t seed[static SIGN_SEED_LEN]); /* the caller wipes seed */
void sign_key_done(struct sign_key *k);                                           /* wipes; takes NULL */
struct sign_public sign_key_public(const struct sign_key *k);
/* The 32 bytes it was made from, to store it; a view into k. */
struct str sign_key_seed(const struct sign_key *k);

/* Deterministic: one key and message give one signature. */
struct signature sign_make(const struct sign_key *k, struct str message);
/* By the rule above. ERR_VERIFY says that it does not hold, not by whom or of what: add that with err_at. */
enum err sign_check(const struct sign_public *key, const struct signature *sig, struct str message, struct errinfo *e) MUST_USE;

/* Whether key is a canonical point of the prime-order group and not its neutral element. For the moment a key is written into a charter or
 * card. */
bool sign_public_ok(const struct sign_public *key);
bool sign_public_eq(const struct sign_public *a, const struct sign_public *b);

#endif
