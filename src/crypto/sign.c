/* libsodium's crypto_sign_verify_detached keeps the rule of the header (unless it was built with ED25519_COMPAT, which t_crypto_sign would
 * see). */
#include "crypto/sign.h"

#include <sodium.h>
#include <string.h>

_Static_assert(sizeof(struct sign_key) == crypto_sign_SECRETKEYBYTES, "libsodium's form: seed, then public key");
_Static_assert(sizeof(struct sign_public) == crypto_sign_PUBLICKEYBYTES, "");
_Static_assert(sizeof(struct signature) == crypto_sign_BYTES, "");

/* libsodium wants a pointer even to no bytes */
static const unsigned char *
bytes_of(struct str s)
{
	return (const unsigned char *)(s.p ? s.p : "");
}

void
sign_key_init(struct sign_key *k, const uint8_t seed[static SIGN_SEED_LEN])
{
	unsigned char public_key[SIGN_PUBLIC_LEN];
	crypto_sign_seed_keypair(public_key, k->b, seed);
}

void
sign_key_done(struct sign_key *k)
{
	if (k)
		sodium_memzero(k->b, sizeof k->b);
}

struct sign_public
sign_key_public(const struct sign_key *k)
{
	struct sign_public ret;
	memcpy(ret.b, k->b + SIGN_SEED_LEN, SIGN_PUBLIC_LEN);
	return ret;
}

struct str
sign_key_seed(const struct sign_key *k)
{
	return str_bytes(k->b, SIGN_SEED_LEN);
}

struct signature
sign_make(const struct sign_key *k, struct str message)
{
	struct signature ret;
	crypto_sign_detached(ret.b, NULL, bytes_of(message), message.n, k->b);
	return ret;
}

enum err
sign_check(const struct sign_public *key, const struct signature *sig, struct str message, struct errinfo *e)
{
	if (crypto_sign_verify_detached(sig->b, bytes_of(message), message.n, key->b) != 0)
		return err_set(e, ERR_VERIFY, "the signature does not hold for this key and these bytes");
	return OK;
}

bool
sign_public_ok(const struct sign_public *key)
{
	return crypto_core_ed25519_is_valid_point(key->b) == 1;
}

bool
sign_public_eq(const struct sign_public *a, const struct sign_public *b)
{
	return memcmp(a->b, b->b, SIGN_PUBLIC_LEN) == 0;
}
