/* What a request shows to say who asks: Authorization and Cookie headers, tokens, session ids, recovery codes. Nothing that was not made as a token
 * passes for one; what is taken lies within the input or the space given; one text is not both a token and a session. */
#include <assert.h>

#include "crypto/init.h"
#include "people/guard.h"
#include "people/ticket.h"
#include "people/totp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
within(struct str part, struct str whole)
{
	return !part.n || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

/* Flips each bit of a token: what the checksum is for. */
static void
mend(struct str seed)
{
	uint8_t raw[TICKET_SEED] = {0};
	char token[TOKEN_TEXT + 1];
	struct hash h;
	for (size_t i = 0; i < seed.n; i++)
		raw[i % sizeof raw] ^= (uint8_t)seed.p[i];
	token_make(raw, token);
	assert(token_parse(str_bytes(token, TOKEN_TEXT), &h));
	size_t at = seed.n % TOKEN_TEXT;
	token[at] ^= (char)(1 << seed.n % 7);
	assert(!token_parse(str_bytes(token, TOKEN_TEXT), &h));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = str_bytes(size ? (const void *)data : "", size), user = STR_NONE, token = STR_NONE, value;
	char space[AUTHORIZATION_MAX], network[NETWORK_TEXT];
	struct hash h, k;
	crypto_init();
	if (authorization_parse(s, space, &user, &token))
		assert((within(user, s) && within(token, s)) ||
		       (within(user, str_bytes(space, sizeof space)) && within(token, str_bytes(space, sizeof space))));
	if (cookie_find(s, STR("s"), &value))
		assert(within(value, s) && str_chr(value, ';') < 0);
	assert(!(token_parse(s, &h) && session_parse(s, &k)));
	if (recovery_parse(s, 1, &h))
		assert(recovery_parse(s, 2, &k) && !hash_eq(&h, &k));
	struct str net = guard_network(s, network);
	assert(within(net, s) || within(net, str_bytes(network, sizeof network)));
	mend(s);
	return 0;
}
