/* OpenSSL's SHA256_Init and its sisters are marked deprecated in favour of EVP, yet they are the fastest one-shot hash for the two sizes that
 * matter here (a leaf of about 100 bytes, an object of about 1.3 KB): EVP adds 35 ns and more to each call, and libsodium does not use the SHA
 * instructions. They are used in this file alone. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/hash.h"

#include <openssl/sha.h>
#include <string.h>

_Static_assert(sizeof(SHA256_CTX) == sizeof(struct sha256), "struct sha256 is the memory of SHA256_CTX");
_Static_assert(_Alignof(SHA256_CTX) <= _Alignof(struct sha256), "and is aligned for it");

/* The memory of a struct sha256 is only ever read and written as words of OpenSSL's context, through a copy, so that no aliasing rule is bent. */
static void
load(SHA256_CTX *c, const struct sha256 *h)
{
	memcpy(c, h, sizeof *c);
}

static void
save(struct sha256 *h, const SHA256_CTX *c)
{
	memcpy(h, c, sizeof *c);
}

struct hash
hash_of(struct str s)
{
	struct hash ret;
	SHA256_CTX c;
	SHA256_Init(&c);
	SHA256_Update(&c, s.p, s.n);
	SHA256_Final(ret.b, &c);
	return ret;
}

void
sha256_init(struct sha256 *h)
{
	SHA256_CTX c;
	SHA256_Init(&c);
	save(h, &c);
}

void
sha256_put(struct sha256 *h, struct str s)
{
	SHA256_CTX c;
	load(&c, h);
	SHA256_Update(&c, s.p, s.n);
	save(h, &c);
}

struct hash
sha256_end(struct sha256 *h)
{
	struct hash ret;
	SHA256_CTX c;
	load(&c, h);
	SHA256_Final(ret.b, &c);
	memset(h, 0, sizeof *h);
	return ret;
}

void
sha1_of(struct str s, uint8_t ret[static SHA1_LEN])
{
	SHA_CTX c;
	SHA1_Init(&c);
	SHA1_Update(&c, s.p, s.n);
	SHA1_Final(ret, &c);
}

bool
hash_eq(const struct hash *a, const struct hash *b)
{
	return memcmp(a->b, b->b, HASH_LEN) == 0;
}

int
hash_cmp(const struct hash *a, const struct hash *b)
{
	return memcmp(a->b, b->b, HASH_LEN);
}

struct str
hash_str(const struct hash *h)
{
	return str_bytes(h->b, HASH_LEN);
}

void
hash_put_hex(struct buf *b, const struct hash *h)
{
	buf_hex(b, hash_str(h));
}

bool
hash_from_hex(struct str s, struct hash *ret)
{
	struct hash h;
	size_t n;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 'A' && s.p[i] <= 'F')
			return false;
	if (s.n != 2 * HASH_LEN || !hex_decode(s, h.b, HASH_LEN, &n))
		return false;
	*ret = h;
	return true;
}

bool
hash_from_bytes(struct str s, struct hash *ret)
{
	if (s.n != HASH_LEN)
		return false;
	memcpy(ret->b, s.p, HASH_LEN);
	return true;
}
