#include "crypto/fingerprint.h"

#include <sodium.h>
#include <string.h>

enum { GROUPS = 8, DIGITS = 5 };

static void
digits_of(const uint8_t what[static 32], char ret[static GROUPS * DIGITS])
{
	static const char domain[] = "comity fingerprint 1\n";
	uint8_t h[crypto_hash_sha512_BYTES], *word = h;
	crypto_hash_sha512_state state;
	crypto_hash_sha512_init(&state);
	crypto_hash_sha512_update(&state, (const unsigned char *)domain, sizeof domain - 1);
	crypto_hash_sha512_update(&state, what, 32);
	crypto_hash_sha512_final(&state, h);
	for (int g = 0; g < GROUPS; g++, word += 8) {
		uint64_t v = 0;
		for (int i = 0; i < 8; i++)
			v = v << 8 | word[i];
		for (int i = DIGITS - 1; i >= 0; i--, v /= 10)
			ret[g * DIGITS + i] = (char)('0' + v % 10);
	}
}

void
fingerprint_put(struct buf *b, const uint8_t what[static 32])
{
	char d[GROUPS * DIGITS];
	digits_of(what, d);
	for (int g = 0; g < GROUPS; g++) {
		if (g)
			buf_putc(b, ' ');
		buf_put(b, str_bytes(d + g * DIGITS, DIGITS));
	}
}

bool
fingerprint_is(struct str typed, const uint8_t what[static 32])
{
	char d[GROUPS * DIGITS];
	size_t n = 0;
	digits_of(what, d);
	for (size_t i = 0; i < typed.n; i++) {
		char c = typed.p[i];
		if (c == ' ' || c == '-' || c == '\t' || c == '\r' || c == '\n')
			continue;
		if (n == sizeof d || c != d[n])
			return false;
		n++;
	}
	return n == sizeof d;
}

void
spki_ed25519(const struct sign_public *key, uint8_t ret[static SPKI_ED25519_LEN])
{
	/* SEQUENCE (42) { SEQUENCE (5) { OID 1.3.101.112 }, BIT STRING (33) { no unused bits, the key } } */
	static const uint8_t der[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
	_Static_assert(sizeof der + SIGN_PUBLIC_LEN == SPKI_ED25519_LEN, "");
	memcpy(ret, der, sizeof der);
	memcpy(ret + sizeof der, key->b, SIGN_PUBLIC_LEN);
}

struct hash
tls_pin_ed25519(const struct sign_public *key)
{
	uint8_t spki[SPKI_ED25519_LEN];
	spki_ed25519(key, spki);
	return hash_of(str_bytes(spki, sizeof spki));
}
