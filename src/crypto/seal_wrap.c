/* The two ways to a file key. Each makes a key used once, so the nonce of ChaCha20-Poly1305 is zero. */
#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "crypto/seal_int.h"

static const uint8_t no_nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];

static void
wrap(const uint8_t key[static 32], const uint8_t file_key[static FILE_KEY_LEN], uint8_t ret[static WRAPPED_LEN])
{
	crypto_aead_chacha20poly1305_ietf_encrypt(ret, NULL, file_key, FILE_KEY_LEN, NULL, 0, NULL, no_nonce, key);
}

static bool
unwrap(const uint8_t key[static 32], const uint8_t body[static WRAPPED_LEN], uint8_t ret[static FILE_KEY_LEN])
{
	uint8_t plain[FILE_KEY_LEN];
	bool opened = crypto_aead_chacha20poly1305_ietf_decrypt(plain, NULL, NULL, body, WRAPPED_LEN, NULL, 0, no_nonce, key) == 0;
	if (opened)
		memcpy(ret, plain, sizeof plain);
	sodium_memzero(plain, sizeof plain);
	return opened;
}

/* HKDF of the shared point, salted with both public values. False if the point is of small order (libsodium tells by the all-zero result). */
static bool
x25519_key(const uint8_t secret[static 32], const uint8_t point[static 32], const uint8_t share[static 32], const struct seal_recipient *to,
    uint8_t ret[static 32])
{
	uint8_t shared[32], salt[64];
	bool good = crypto_scalarmult(shared, secret, point) == 0;
	memcpy(salt, share, 32);
	memcpy(salt + 32, to->b, 32);
	if (good)
		seal_hkdf(str_bytes(shared, 32), str_bytes(salt, 64), STR("age-encryption.org/v1/X25519"), ret);
	sodium_memzero(shared, sizeof shared);
	return good;
}

bool
seal_wrap_x25519(const uint8_t ephemeral[static 32], const struct seal_recipient *to, const uint8_t file_key[static FILE_KEY_LEN],
    uint8_t ret_share[static 32], uint8_t ret_body[static WRAPPED_LEN])
{
	uint8_t share[32], key[32];
	if (crypto_scalarmult_base(share, ephemeral) != 0 || !x25519_key(ephemeral, to->b, share, to, key))
		return false;
	memcpy(ret_share, share, 32);
	wrap(key, file_key, ret_body);
	sodium_memzero(key, sizeof key);
	return true;
}

enum seal_try
seal_unwrap_x25519(
    const struct seal_identity *id, const uint8_t share[static 32], const uint8_t body[static WRAPPED_LEN], uint8_t ret_file_key[static FILE_KEY_LEN])
{
	uint8_t key[32];
	if (!x25519_key(id->key.b, share, share, &id->to, key))
		return SEAL_BAD_SHARE;
	bool opened = unwrap(key, body, ret_file_key);
	sodium_memzero(key, sizeof key);
	return opened ? SEAL_OPENED : SEAL_NOT_MINE;
}

static enum err
scrypt_key(struct str passphrase, const uint8_t salt[static 16], int work, uint8_t ret[static 32], struct errinfo *e)
{
	static const char label[] = "age-encryption.org/v1/scrypt";
	uint8_t salted[sizeof label - 1 + 16];
	assert(work >= 1 && work <= LIMIT_SEAL_WORK && passphrase.n > 0);
	memcpy(salted, label, sizeof label - 1);
	memcpy(salted + sizeof label - 1, salt, 16);
	if (crypto_pwhash_scryptsalsa208sha256_ll(
		(const uint8_t *)passphrase.p, passphrase.n, salted, sizeof salted, UINT64_C(1) << work, 8, 1, ret, 32) != 0) {
		enum err err = err_set(e, ERR_NOMEM, "no memory for scrypt at work factor %d: it takes %u KiB", work, 1u << work);
		err_hint(e, "seal with a lower work factor, or open it on a larger machine");
		return err;
	}
	return OK;
}

enum err
seal_wrap_scrypt(struct str passphrase, const uint8_t salt[static 16], int work, const uint8_t file_key[static FILE_KEY_LEN],
    uint8_t ret_body[static WRAPPED_LEN], struct errinfo *e)
{
	uint8_t key[32];
	enum err err = scrypt_key(passphrase, salt, work, key, e);
	if (!err)
		wrap(key, file_key, ret_body);
	sodium_memzero(key, sizeof key);
	return err;
}

enum err
seal_unwrap_scrypt(struct str passphrase, const uint8_t salt[static 16], int work, const uint8_t body[static WRAPPED_LEN],
    uint8_t ret_file_key[static FILE_KEY_LEN], bool *ret_opened, struct errinfo *e)
{
	uint8_t key[32];
	enum err err = scrypt_key(passphrase, salt, work, key, e);
	if (!err)
		*ret_opened = unwrap(key, body, ret_file_key);
	sodium_memzero(key, sizeof key);
	return err;
}
