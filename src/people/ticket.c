#include "people/ticket.h"

#include <sodium.h>
#include <string.h>

#include "crypto/secret.h"

enum { CHECK_BYTES = 4, CHECK_TEXT = 6, SEED_TEXT = 43, PREFIX = sizeof TOKEN_PREFIX - 1 };

static void
put_base64url(char *to, const void *bytes, size_t n)
{
	sodium_bin2base64(
	    to, sodium_base64_ENCODED_LEN(n, sodium_base64_VARIANT_URLSAFE_NO_PADDING), bytes, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* Exactly so many bytes, and no bits left over. */
static bool
is_base64url(struct str s, size_t bytes)
{
	uint8_t out[64];
	size_t n;
	bool ok = s.n <= 80 && !sodium_base642bin(out, sizeof out, s.p, s.n, NULL, &n, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) && n == bytes;
	sodium_memzero(out, sizeof out);
	return ok;
}

static void
put_check(char *to, struct str before)
{
	struct hash h = hash_of(before);
	put_base64url(to, h.b, CHECK_BYTES);
}

void
token_make(const uint8_t seed[static TICKET_SEED], char ret[static TOKEN_TEXT + 1])
{
	memcpy(ret, TOKEN_PREFIX, PREFIX);
	put_base64url(ret + PREFIX, seed, TICKET_SEED);
	put_check(ret + PREFIX + SEED_TEXT, str_bytes(ret, PREFIX + SEED_TEXT));
}

void
session_make(const uint8_t seed[static TICKET_SEED], char ret[static SESSION_TEXT + 1])
{
	put_base64url(ret, seed, TICKET_SEED);
}

static struct hash
kept_of(struct str what, struct str text)
{
	struct sha256 h;
	sha256_init(&h);
	sha256_put(&h, what);
	sha256_put(&h, text);
	return sha256_end(&h);
}

bool
token_parse(struct str text, struct hash *ret)
{
	char check[CHECK_TEXT + 1];
	if (text.n != TOKEN_TEXT || !str_starts(text, STR(TOKEN_PREFIX)) || !is_base64url(str_sub(text, PREFIX, PREFIX + SEED_TEXT), TICKET_SEED))
		return false;
	put_check(check, str_sub(text, 0, PREFIX + SEED_TEXT));
	if (!str_is(str_sub(text, PREFIX + SEED_TEXT, TOKEN_TEXT), check))
		return false;
	*ret = hash_of(text);
	return true;
}

bool
session_parse(struct str text, struct hash *ret)
{
	if (text.n != SESSION_TEXT || !is_base64url(text, TICKET_SEED))
		return false;
	*ret = kept_of(STR("comity session\n"), text);
	return true;
}

void
csrf_of(struct str session, char ret[static CSRF_TEXT + 1])
{
	static const char what[] = "comity csrf";
	uint8_t out[32];
	crypto_generichash(out, sizeof out, (const uint8_t *)what, sizeof what - 1, (const uint8_t *)session.p, session.n < 64 ? session.n : 64);
	put_base64url(ret, out, sizeof out);
}

bool
csrf_is(struct str session, struct str csrf)
{
	char want[CSRF_TEXT + 1];
	if (session.n != SESSION_TEXT)
		return false;
	csrf_of(session, want);
	return secret_str_eq(str_bytes(want, CSRF_TEXT), csrf);
}

/* Case of letters aside. */
static bool
takes_scheme(struct str *s, const char *scheme)
{
	size_t n = strlen(scheme);
	if (s->n <= n || s->p[n] != ' ')
		return false;
	for (size_t i = 0; i < n; i++)
		if ((s->p[i] | 0x20) != scheme[i])
			return false;
	*s = str_sub(*s, n, s->n);
	while (s->n && s->p[0] == ' ')
		*s = str_sub(*s, 1, s->n);
	return s->n != 0;
}

bool
authorization_parse(struct str header, char space[static AUTHORIZATION_MAX], struct str *ret_user, struct str *ret_token)
{
	struct str s = str_trim(header), user, token;
	size_t n;
	if (takes_scheme(&s, "bearer")) {
		*ret_user = STR_NONE;
		*ret_token = s;
		return true;
	}
	if (!takes_scheme(&s, "basic") || !base64_decode(s, space, AUTHORIZATION_MAX, &n) || !str_cut(str_bytes(space, n), ':', &user, &token) ||
	    !user.n)
		return false;
	*ret_user = user;
	*ret_token = token;
	return true;
}

bool
cookie_find(struct str header, struct str name, struct str *ret)
{
	struct str rest = header, one, key, value;
	bool found = false;
	while (rest.n) {
		str_cut(rest, ';', &one, &rest);
		if (!str_cut(str_trim(one), '=', &key, &value) || !str_eq(key, name))
			continue;
		if (found)
			return false;
		found = true;
		*ret = value;
	}
	return found;
}
