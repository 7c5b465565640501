#include <sodium.h>
#include <string.h>

#include "crypto/seal_int.h"

static const unsigned char *
bytes_of(struct str s)
{
	return (const unsigned char *)(s.p ? s.p : "");
}

static void
hmac(struct str key, struct str a, struct str b, uint8_t ret[static 32])
{
	crypto_auth_hmacsha256_state st;
	crypto_auth_hmacsha256_init(&st, bytes_of(key), key.n);
	crypto_auth_hmacsha256_update(&st, bytes_of(a), a.n);
	crypto_auth_hmacsha256_update(&st, bytes_of(b), b.n);
	crypto_auth_hmacsha256_final(&st, ret);
	sodium_memzero(&st, sizeof st);
}

void
seal_hkdf(struct str secret, struct str salt, struct str info, uint8_t ret[static 32])
{
	uint8_t prk[32];
	hmac(salt, secret, STR_NONE, prk);
	/* 32 bytes are one block: T(1) = HMAC(prk, info || 1) */
	hmac(str_bytes(prk, sizeof prk), info, STR("\x01"), ret);
	sodium_memzero(prk, sizeof prk);
}

void
seal_hmac(const uint8_t key[static 32], struct str s, uint8_t ret[static 32])
{
	hmac(str_bytes(key, 32), s, STR_NONE, ret);
}

void
seal_derive(const uint8_t seed[static 32], struct str purpose, uint32_t index, uint8_t ret[static 32])
{
	const uint8_t be[4] = {(uint8_t)(index >> 24), (uint8_t)(index >> 16), (uint8_t)(index >> 8), (uint8_t)index};
	hmac(str_bytes(seed, 32), purpose, str_bytes(be, sizeof be), ret);
}

void
seal_mac_key(const uint8_t file_key[static FILE_KEY_LEN], uint8_t ret[static 32])
{
	seal_hkdf(str_bytes(file_key, FILE_KEY_LEN), STR_NONE, STR("header"), ret);
}

void
seal_payload_key(const uint8_t file_key[static FILE_KEY_LEN], const uint8_t nonce[static NONCE_LEN], uint8_t ret[static 32])
{
	seal_hkdf(str_bytes(file_key, FILE_KEY_LEN), str_bytes(nonce, NONCE_LEN), STR("payload"), ret);
}

void
seal_chunk_nonce(uint64_t chunk, bool last, uint8_t ret[static 12])
{
	memset(ret, 0, 12);
	for (int i = 10; i > 2; i--, chunk >>= 8)
		ret[i] = (uint8_t)chunk;
	ret[11] = last;
}
