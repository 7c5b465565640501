/* Reads chunk by chunk; nothing of a chunk is given out before its tag held. A full chunk is tried as one in the middle and then as the last;
 * what is shorter must be the last. After a last chunk that is full the source must end. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/seal_int.h"

struct seal_open {
	struct seal_in raw, lines;
	struct seal_unarmor unarmor;
	struct source in;   /* the binary file */
	struct errinfo why; /* of the failure, which stays */
	uint64_t chunk;
	enum { CHUNKS, LAST_FULL, ENDED, FAILED } state;
	size_t at, n;
	uint8_t key[32];
	uint8_t plain[CHUNK_LEN];
	uint8_t sealed[CHUNK_LEN + TAG_LEN];
};

static enum err
begin(struct seal_open *o, const struct seal_keys *keys, struct source in, struct errinfo *e)
{
	struct buf header = BUF_INIT(LIMIT_SEAL_HEADER);
	struct str start;
	uint8_t file_key[FILE_KEY_LEN], nonce[NONCE_LEN];
	size_t n;
	seal_in_init(&o->raw, in);
	enum err err = seal_in_peek(&o->raw, &start, e);
	if (err)
		return err;
	seal_in_init(&o->lines, seal_armor_seen(start) ? seal_unarmor_source(&o->unarmor, &o->raw) : seal_in_source(&o->raw));
	o->in = seal_in_source(&o->lines);
	err = seal_header_read(&o->lines, &header, e);
	if (!err)
		err = seal_header_open(buf_str(&header), keys, file_key, e);
	if (!err)
		err = source_fill(o->in, nonce, sizeof nonce, &n, e);
	if (!err && n < sizeof nonce)
		err = err_set(e, ERR_SYNTAX, "age header: the file ends before the nonce that follows it: it was cut short");
	if (!err)
		seal_payload_key(file_key, nonce, o->key);
	sodium_memzero(file_key, sizeof file_key);
	buf_done(&header);
	return err;
}

enum err
seal_open_new(const struct seal_keys *keys, struct source in, struct seal_open **ret, struct errinfo *e)
{
	struct seal_open *o = calloc(1, sizeof *o);
	if (!o)
		return err_nomem(e);
	enum err err = begin(o, keys, in, e);
	if (err)
		seal_open_free(o);
	else
		*ret = o;
	return err;
}

static bool
decrypt(struct seal_open *o, size_t n, bool last)
{
	uint8_t nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];
	unsigned long long got;
	seal_chunk_nonce(o->chunk, last, nonce);
	if (crypto_aead_chacha20poly1305_ietf_decrypt(o->plain, &got, NULL, o->sealed, n, NULL, 0, nonce, o->key) != 0)
		return false;
	o->at = 0;
	o->n = (size_t)got;
	return true;
}

static enum err
next_chunk(struct seal_open *o, struct errinfo *e)
{
	size_t n;
	enum err err = source_fill(o->in, o->sealed, o->state == LAST_FULL ? 1 : sizeof o->sealed, &n, e);
	if (err)
		return err;
	if (o->state == LAST_FULL) {
		if (n)
			return err_set(e, ERR_VERIFY, "age payload: something follows its last chunk");
		o->state = ENDED;
		return OK;
	}
	if (n < TAG_LEN)
		return err_set(e, ERR_VERIFY, "age payload: its last chunk is missing: the file was cut short");
	if (n == sizeof o->sealed && decrypt(o, n, false)) {
		o->chunk++;
		return OK;
	}
	if (!decrypt(o, n, true))
		return err_set(
		    e, ERR_VERIFY, "age payload: chunk %llu does not hold: the file was changed or cut short", (unsigned long long)o->chunk + 1);
	if (o->n == 0 && o->chunk > 0)
		return err_set(e, ERR_VERIFY, "age payload: its last chunk is empty");
	o->state = n == sizeof o->sealed ? LAST_FULL : ENDED;
	return OK;
}

enum err
seal_open_read(struct seal_open *o, void *p, size_t cap, size_t *ret_n, struct errinfo *e)
{
	while (o->at == o->n && o->state != ENDED) {
		if (o->state != FAILED && next_chunk(o, &o->why)) {
			o->state = FAILED;
			o->at = o->n = 0;
		}
		if (o->state == FAILED) {
			if (e)
				*e = o->why;
			return o->why.code;
		}
	}
	size_t n = o->n - o->at < cap ? o->n - o->at : cap;
	if (n)
		memcpy(p, o->plain + o->at, n);
	o->at += n;
	*ret_n = n;
	return OK;
}

static enum err
read_open(void *ctx, void *p, size_t cap, size_t *ret_n, struct errinfo *e)
{
	return seal_open_read(ctx, p, cap, ret_n, e);
}

struct source
seal_open_source(struct seal_open *o)
{
	return (struct source){o, read_open};
}

void
seal_open_free(struct seal_open *o)
{
	if (o) {
		sodium_memzero(o, sizeof *o);
		free(o);
	}
}

enum err
seal_open_str(const struct seal_keys *keys, struct str sealed, struct buf *out, struct errinfo *e)
{
	struct seal_open *o;
	size_t before = out->n;
	enum err err = seal_open_new(keys, source_of_str(&sealed), &o, e);
	if (err)
		return err;
	err = source_copy(seal_open_source(o), sink_to_buf(out), UINT64_MAX, NULL, e);
	seal_open_free(o);
	if (err)
		buf_cut(out, before);
	return err;
}
