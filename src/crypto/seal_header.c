#include <sodium.h>

#include "crypto/seal_int.h"

/* base64 without padding, as headers have it; n is at most 32 */
static void
put_base64(struct buf *b, const uint8_t *p, size_t n)
{
	char text[sodium_base64_ENCODED_LEN(32, sodium_base64_VARIANT_ORIGINAL_NO_PADDING)];
	sodium_bin2base64(text, sizeof text, p, n, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
	buf_puts(b, text);
}

static enum err
put_recipients(struct buf *b, const struct seal_to *to, const uint8_t seed[static 32], const uint8_t file_key[static FILE_KEY_LEN], struct errinfo *e)
{
	if (to->n == 0)
		return err_set(e, ERR_INVALID, "no reader was named to seal for");
	if (to->n > LIMIT_POUCH_RECIPIENTS)
		return err_set(e, ERR_LIMIT, "%zu readers, and at most %d may be sealed for at once", to->n, LIMIT_POUCH_RECIPIENTS);
	for (size_t i = 0; i < to->n; i++) {
		uint8_t ephemeral[32], share[32], body[WRAPPED_LEN];
		seal_derive(seed, STR("ephemeral"), (uint32_t)i, ephemeral);
		bool good = seal_wrap_x25519(ephemeral, &to->recipients[i], file_key, share, body);
		sodium_memzero(ephemeral, sizeof ephemeral);
		if (!good)
			return err_set(e, ERR_INVALID, "reader %zu is a point of small order: anyone could open what is sealed to it", i + 1);
		buf_puts(b, "-> X25519 ");
		put_base64(b, share, sizeof share);
		buf_putc(b, '\n');
		put_base64(b, body, sizeof body);
		buf_putc(b, '\n');
	}
	return OK;
}

static enum err
put_passphrase(struct buf *b, const struct seal_to *to, const uint8_t seed[static 32], const uint8_t file_key[static FILE_KEY_LEN], struct errinfo *e)
{
	uint8_t salt[32], body[WRAPPED_LEN];
	int work = to->work ? to->work : SEAL_WORK;
	if (to->n)
		return err_set(e, ERR_INVALID, "a file is sealed either for readers' keys or with a passphrase, not both");
	if (work < 1 || work > LIMIT_SEAL_WORK)
		return err_set(e, ERR_INVALID, "a work factor of %d is not between 1 and %d", work, LIMIT_SEAL_WORK);
	seal_derive(seed, STR("salt"), 0, salt);
	enum err err = seal_wrap_scrypt(to->passphrase, salt, work, file_key, body, e);
	if (err)
		return err;
	buf_puts(b, "-> scrypt ");
	put_base64(b, salt, 16);
	buf_printf(b, " %d\n", work);
	put_base64(b, body, sizeof body);
	buf_putc(b, '\n');
	return OK;
}

enum err
seal_header_put(
    struct buf *b, const struct seal_to *to, const uint8_t seed[static 32], const uint8_t file_key[static FILE_KEY_LEN], struct errinfo *e)
{
	uint8_t mac_key[32], mac[32];
	struct str all;
	buf_puts(b, SEAL_VERSION "\n");
	enum err err = to->passphrase.n ? put_passphrase(b, to, seed, file_key, e) : put_recipients(b, to, seed, file_key, e);
	if (err)
		return err;
	buf_puts(b, "---");
	if ((err = buf_take(b, &all, e)))
		return err;
	seal_mac_key(file_key, mac_key);
	seal_hmac(mac_key, all, mac);
	sodium_memzero(mac_key, sizeof mac_key);
	buf_putc(b, ' ');
	put_base64(b, mac, sizeof mac);
	buf_putc(b, '\n');
	return buf_take(b, &all, e);
}
