/* totp: one-time codes of a device (RFC 6238: HMAC-SHA-1, 6 digits, 30 seconds, which is what such apps take), and recovery codes for who has lost
 * it. A code counts in its own step, the one before and the one after, and once. The secret is kept sealed under a key of the node's, bound to the
 * account, so that a copy of node.db without keys/ gives none away and none can be moved to another account. */
#ifndef PEOPLE_TOTP_H
#define PEOPLE_TOTP_H

#include "crypto/hash.h"

enum { TOTP_SECRET = 20, TOTP_KEY = 32, TOTP_NONCE = 24, TOTP_SEALED = TOTP_NONCE + TOTP_SECRET + 16, RECOVERY_TEXT = 19, RECOVERY_SEED = 10 };

/* The code of a step, 0 to 999999. */
unsigned totp_code(struct str secret, int64_t step);
/* The step whose code this is, seen now (microseconds): one of the three around it, later than `after`. -1: of none. In constant time over the
 * three. */
int64_t totp_step(struct str secret, struct str code, int64_t now, int64_t after);
/* otpauth://totp/<issuer>:<name>?secret=…&issuer=…: what an app reads (as a QR code). Wipe b. */
void totp_put_uri(struct buf *b, struct str secret, struct str issuer, struct str name);
void totp_put_base32(struct buf *b, struct str secret);

void totp_seal(const uint8_t key[static TOTP_KEY], const uint8_t nonce[static TOTP_NONCE], int64_t account, const uint8_t secret[static TOTP_SECRET],
    uint8_t ret[static TOTP_SEALED]);
/* False: another key, another account's, or damaged. */
bool totp_open(const uint8_t key[static TOTP_KEY], int64_t account, struct str sealed, uint8_t ret[static TOTP_SECRET]);

/* "xxxx-xxxx-xxxx-xxxx": the seed's 80 bits; with a NUL. What is kept is its hash for this account, dashes and case aside. */
void recovery_make(const uint8_t seed[static RECOVERY_SEED], char ret[static RECOVERY_TEXT + 1]);
/* False: it cannot be one. */
bool recovery_parse(struct str text, int64_t account, struct hash *ret);

#endif
