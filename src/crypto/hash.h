/* hash: SHA-256, by which everything in Comity is named, and SHA-1 where an old format asks for it (UUIDv5) and nowhere else.
 *
 * The struct is a value: copy it, compare it with hash_eq, order it with hash_cmp. Hashes here are of public bytes; a secret is compared with
 * secret_eq. */
#ifndef CRYPTO_HASH_H
#define CRYPTO_HASH_H

#include "base/buf.h"

#define HASH_LEN 32
#define SHA1_LEN 20

struct hash {
	uint8_t b[HASH_LEN];
};

/* SHA-256 of s (FIPS 180-4). Under 100 ns for 100 bytes and about 2 GB/s for long ones on a processor with SHA instructions. */
struct hash hash_of(struct str s);

/* The same of bytes that come in pieces. A struct sha256 is plain memory: copying it forks the computation; nothing to free. */
struct sha256 {
	uint64_t state[14];
};
void sha256_init(struct sha256 *h);
void sha256_put(struct sha256 *h, struct str s);
struct hash sha256_end(struct sha256 *h); /* h must be made anew before further use */

void sha1_of(struct str s, uint8_t ret[static SHA1_LEN]);

bool hash_eq(const struct hash *a, const struct hash *b);
int hash_cmp(const struct hash *a, const struct hash *b); /* bytewise; <0, 0, >0 */
struct str hash_str(const struct hash *h);                /* a view of its 32 bytes */

void hash_put_hex(struct buf *b, const struct hash *h); /* 64 lower-case digits */
/* False unless s is 64 lower-case hexadecimal digits: one hash has one text. */
bool hash_from_hex(struct str s, struct hash *ret);
/* False unless s is 32 bytes. */
bool hash_from_bytes(struct str s, struct hash *ret);

#endif
