#include "people/password.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"

_Static_assert(LIMIT_PASSWORD_OPS == 3 && LIMIT_PASSWORD_MEMORY == 64 * MIB, "password_nobodys carries these numbers");
const char password_nobodys[] = "$argon2id$v=19$m=65536,t=3,p=1$bm9ib2R5J3Mgc2FsdCAhIQ$QXJnb24yaWQgb2Ygbm8gcGFzc3dvcmQgYXQgYWxsISEhISE";

enum err
password_check(struct str password, struct errinfo *e)
{
	size_t chars = 0;
	if (password.n > LIMIT_PASSWORD)
		return err_set(e, ERR_INVALID, "a password has at most %d bytes", LIMIT_PASSWORD);
	if (!str_utf8(password, NULL))
		return err_set(e, ERR_INVALID, "a password is text in UTF-8");
	for (size_t i = 0; i < password.n; i++) {
		unsigned char c = (unsigned char)password.p[i];
		if (c < 0x20 || c == 0x7f)
			return err_set(e, ERR_INVALID, "a password has no control characters");
		chars += (c & 0xc0) != 0x80;
	}
	if (chars >= LIMIT_PASSWORD_MIN)
		return OK;
	err_set(e, ERR_INVALID, "a password has at least %d characters", LIMIT_PASSWORD_MIN);
	err_hint(e, "four or five words that have nothing to do with each other are easy to keep and hard to guess");
	return ERR_INVALID;
}

/* base64 without padding, as the text form has it */
static bool
put_base64(char *to, size_t cap, const void *bytes, size_t n)
{
	return sodium_base64_ENCODED_LEN(n, sodium_base64_VARIANT_ORIGINAL_NO_PADDING) <= cap &&
	       sodium_bin2base64(to, cap, bytes, n, sodium_base64_VARIANT_ORIGINAL_NO_PADDING) != NULL;
}

enum err
password_hash(struct str password, const uint8_t salt[static PASSWORD_SALT], char ret[static PASSWORD_HASH], struct errinfo *e)
{
	uint8_t out[32];
	char s[32], h[64];
	_Static_assert(PASSWORD_SALT == crypto_pwhash_SALTBYTES, "the salt of Argon2id");
	if (crypto_pwhash(out, sizeof out, password.n ? password.p : "", password.n, salt, LIMIT_PASSWORD_OPS, LIMIT_PASSWORD_MEMORY,
		crypto_pwhash_ALG_ARGON2ID13))
		return err_nomem(e);
	bool ok = put_base64(s, sizeof s, salt, PASSWORD_SALT) && put_base64(h, sizeof h, out, sizeof out);
	int n = ok ? snprintf(ret, PASSWORD_HASH, "$argon2id$v=19$m=%d,t=%d,p=1$%s$%s", LIMIT_PASSWORD_MEMORY / KIB, LIMIT_PASSWORD_OPS, s, h) : -1;
	sodium_memzero(out, sizeof out);
	sodium_memzero(h, sizeof h);
	return n > 0 && n < PASSWORD_HASH ? OK : err_set(e, ERR_INVALID, "the password could not be hashed");
}

enum err
password_verify(const char *hash, struct str password, bool *ret, struct errinfo *e)
{
	errno = 0;
	*ret = crypto_pwhash_str_verify(hash, password.n ? password.p : "", password.n) == 0;
	if (!*ret && errno != EINVAL) /* which is how libsodium tells another password from want of memory */
		return err_nomem(e);
	return OK;
}

bool
password_is_weak(const char *hash)
{
	return crypto_pwhash_str_needs_rehash(hash, LIMIT_PASSWORD_OPS, LIMIT_PASSWORD_MEMORY) != 0;
}
