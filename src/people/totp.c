#include "people/totp.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "crypto/secret.h"

enum { STEP = 30, DIGITS = 6, BLOCK = 64, RECOVERY_CHARS = RECOVERY_SEED * 8 / 5 };

static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/* HMAC-SHA-1 (RFC 2104) of 8 bytes; keys longer than a block are hashed. */
static void
hmac(struct str key, const uint8_t message[static 8], uint8_t ret[static SHA1_LEN])
{
	uint8_t pad[BLOCK + SHA1_LEN] = {0}, k[BLOCK] = {0};
	if (key.n > BLOCK)
		sha1_of(key, k);
	else if (key.n)
		memcpy(k, key.p, key.n);
	for (int i = 0; i < BLOCK; i++)
		pad[i] = k[i] ^ 0x36;
	memcpy(pad + BLOCK, message, 8);
	sha1_of(str_bytes(pad, BLOCK + 8), ret);
	for (int i = 0; i < BLOCK; i++)
		pad[i] = k[i] ^ 0x5c;
	memcpy(pad + BLOCK, ret, SHA1_LEN);
	sha1_of(str_bytes(pad, BLOCK + SHA1_LEN), ret);
	secret_wipe(pad, sizeof pad);
	secret_wipe(k, sizeof k);
}

unsigned
totp_code(struct str secret, int64_t step)
{
	uint8_t message[8], h[SHA1_LEN];
	for (int i = 0; i < 8; i++)
		message[i] = (uint8_t)((uint64_t)step >> (56 - 8 * i));
	hmac(secret, message, h);
	int at = h[SHA1_LEN - 1] & 15;
	uint32_t v = (uint32_t)(h[at] & 0x7f) << 24 | (uint32_t)h[at + 1] << 16 | (uint32_t)h[at + 2] << 8 | h[at + 3];
	return v % 1000000;
}

int64_t
totp_step(struct str secret, struct str code, int64_t now, int64_t after)
{
	int64_t at = now / (STEP * TIME_SECOND), found = -1;
	if (code.n != DIGITS)
		return -1;
	for (int64_t step = at - 1; step <= at + 1; step++) {
		char want[16];
		snprintf(want, sizeof want, "%06u", totp_code(secret, step));
		bool same = secret_str_eq(str_bytes(want, DIGITS), code);
		if (same && step > after && found < 0)
			found = step;
	}
	return found;
}

void
totp_put_base32(struct buf *b, struct str secret)
{
	uint32_t bits = 0;
	int have = 0;
	for (size_t i = 0; i < secret.n; i++) {
		bits = bits << 8 | (uint8_t)secret.p[i];
		for (have += 8; have >= 5; have -= 5)
			buf_putc(b, base32[bits >> (have - 5) & 31]);
	}
	if (have)
		buf_putc(b, base32[bits << (5 - have) & 31]);
}

static void
put_escaped(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~')
			buf_putc(b, (char)c);
		else
			buf_printf(b, "%%%02X", c);
	}
}

void
totp_put_uri(struct buf *b, struct str secret, struct str issuer, struct str name)
{
	buf_puts(b, "otpauth://totp/");
	put_escaped(b, issuer);
	buf_putc(b, ':');
	put_escaped(b, name);
	buf_puts(b, "?secret=");
	totp_put_base32(b, secret);
	buf_puts(b, "&issuer=");
	put_escaped(b, issuer);
	buf_puts(b, "&algorithm=SHA1&digits=6&period=30");
}

static size_t
bound_to(char space[static 48], int64_t account)
{
	int n = snprintf(space, 48, "comity totp %lld", (long long)account);
	return (size_t)n;
}

void
totp_seal(const uint8_t key[static TOTP_KEY], const uint8_t nonce[static TOTP_NONCE], int64_t account, const uint8_t secret[static TOTP_SECRET],
    uint8_t ret[static TOTP_SEALED])
{
	char to[48];
	size_t n = bound_to(to, account);
	memcpy(ret, nonce, TOTP_NONCE);
	crypto_aead_xchacha20poly1305_ietf_encrypt(ret + TOTP_NONCE, NULL, secret, TOTP_SECRET, (const uint8_t *)to, n, NULL, nonce, key);
}

bool
totp_open(const uint8_t key[static TOTP_KEY], int64_t account, struct str sealed, uint8_t ret[static TOTP_SECRET])
{
	char to[48];
	size_t n = bound_to(to, account);
	const uint8_t *p = (const uint8_t *)sealed.p;
	return sealed.n == TOTP_SEALED &&
	       !crypto_aead_xchacha20poly1305_ietf_decrypt(ret, NULL, NULL, p + TOTP_NONCE, TOTP_SEALED - TOTP_NONCE, (const uint8_t *)to, n, p, key);
}

void
recovery_make(const uint8_t seed[static RECOVERY_SEED], char ret[static RECOVERY_TEXT + 1])
{
	char *to = ret;
	for (int i = 0; i < RECOVERY_CHARS; i++) {
		unsigned pair = (unsigned)seed[5 * i / 8] << 8 | (5 * i / 8 + 1 < RECOVERY_SEED ? seed[5 * i / 8 + 1] : 0);
		char c = base32[pair >> (11 - 5 * i % 8) & 31];
		if (i && i % 4 == 0)
			*to++ = '-';
		*to++ = c >= 'A' ? (char)(c | 0x20) : c;
	}
	*to = '\0';
}

bool
recovery_parse(struct str text, int64_t account, struct hash *ret)
{
	char plain[RECOVERY_CHARS];
	size_t n = 0;
	struct sha256 h;
	text = str_trim(text);
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (c == '-' || c == ' ')
			continue;
		if (c >= 'A' && c <= 'Z')
			c = (char)(c | 0x20);
		if (n == sizeof plain || !((c >= 'a' && c <= 'z') || (c >= '2' && c <= '7')))
			return false;
		plain[n++] = c;
	}
	if (n != sizeof plain)
		return false;
	char to[48];
	sha256_init(&h);
	sha256_put(&h, STR("comity recovery\n"));
	sha256_put(&h, str_bytes(to, bound_to(to, account)));
	sha256_put(&h, str_bytes(plain, n));
	*ret = sha256_end(&h);
	secret_wipe(plain, sizeof plain);
	return true;
}
