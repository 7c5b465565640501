#include <sodium.h>
#include <string.h>

#include "crypto/bech32.h"
#include "crypto/seal.h"

#define HRP_PUBLIC STR("age")
#define HRP_SECRET STR("age-secret-key-")

void
seal_identity_init(struct seal_identity *id, const uint8_t seed[static SECRET_LEN])
{
	secret_copy(&id->key, seed);
	crypto_scalarmult_base(id->to.b, id->key.b);
}

void
seal_identity_done(struct seal_identity *id)
{
	if (id)
		sodium_memzero(id, sizeof *id);
}

enum err
seal_identity_parse(struct str s, struct seal_identity *ret, struct errinfo *e)
{
	uint8_t seed[SECRET_LEN];
	size_t n;
	s = str_trim(s);
	/* the standard writes it in capitals; stock age refuses the small form, so do we */
	if (!str_starts(s, STR("AGE-SECRET-KEY-1")) || !bech32_decode(s, HRP_SECRET, seed, sizeof seed, &n) || n != sizeof seed) {
		enum err err = err_set(e, ERR_SYNTAX, "this is not an age X25519 identity (or a character of it is wrong)");
		err_hint(e, "it is one line of 74 characters that begins with AGE-SECRET-KEY-1, as age-keygen makes it");
		sodium_memzero(seed, sizeof seed);
		return err;
	}
	seal_identity_init(ret, seed);
	sodium_memzero(seed, sizeof seed);
	return OK;
}

void
seal_identity_put(struct buf *b, const struct seal_identity *id)
{
	bech32_put(b, HRP_SECRET, str_bytes(id->key.b, SECRET_LEN), true);
}

enum err
seal_recipient_parse(struct str s, struct seal_recipient *ret, struct errinfo *e)
{
	static const uint8_t any[32] = {1};
	struct seal_recipient r;
	uint8_t shared[32];
	size_t n;
	s = str_trim(s);
	if (!str_starts(s, STR("age1")) || !bech32_decode(s, HRP_PUBLIC, r.b, sizeof r.b, &n) || n != sizeof r.b) {
		enum err err =
		    err_set(e, ERR_SYNTAX, "\"%.*s\" is not an age X25519 recipient (or a character of it is wrong)", STR_FMT(str_sub(s, 0, 80)));
		err_hint(e, "it has 62 characters and begins with age1");
		return err;
	}
	/* X25519 clamps the scalar to a multiple of 8, so any scalar tells the points of small order */
	if (crypto_scalarmult(shared, any, r.b) != 0)
		return err_set(e, ERR_INVALID, "\"%.*s\" is a point of small order: anyone could open what is sealed to it", STR_FMT(s));
	*ret = r;
	return OK;
}

void
seal_recipient_put(struct buf *b, const struct seal_recipient *r)
{
	bech32_put(b, HRP_PUBLIC, str_bytes(r->b, sizeof r->b), false);
}
