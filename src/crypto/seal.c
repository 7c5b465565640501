/* The payload is STREAM: chunks of 64 KiB, each under ChaCha20-Poly1305 with a nonce of its number and whether it is the last. A chunk is held
 * until more comes, so that the last one is known as such: it is never empty unless the whole is. */
#include "crypto/seal.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/seal_int.h"

struct seal {
	struct sink out;
	struct seal_armor armor;
	bool armored, ended;
	enum err bad; /* sticky */
	uint64_t chunk;
	size_t n;
	uint8_t key[32];
	uint8_t plain[CHUNK_LEN];
	uint8_t sealed[CHUNK_LEN + TAG_LEN];
};

static enum err
begin(struct seal *s, const struct seal_to *to, const uint8_t seed[static 32], struct errinfo *e)
{
	struct buf header = BUF_INIT(LIMIT_SEAL_HEADER);
	uint8_t file_key[32], nonce[32];
	seal_derive(seed, STR("file key"), 0, file_key);
	seal_derive(seed, STR("nonce"), 0, nonce);
	enum err err = seal_header_put(&header, to, seed, file_key, e);
	seal_payload_key(file_key, nonce, s->key);
	sodium_memzero(file_key, sizeof file_key);
	if (!err && s->armored) {
		err = seal_armor_begin(&s->armor, s->out, e);
		s->out = seal_armor_sink(&s->armor);
	}
	if (!err)
		err = s->out.write(s->out.ctx, buf_str(&header), e);
	if (!err)
		err = s->out.write(s->out.ctx, str_bytes(nonce, NONCE_LEN), e);
	buf_done(&header);
	return err;
}

enum err
seal_new(const struct seal_to *to, const uint8_t seed[static 32], struct sink out, struct seal **ret, struct errinfo *e)
{
	struct seal *s = calloc(1, sizeof *s);
	if (!s)
		return err_nomem(e);
	s->out = out;
	s->armored = to->armor;
	enum err err = begin(s, to, seed, e);
	if (err)
		seal_free(s);
	else
		*ret = s;
	return err;
}

static enum err
flush(struct seal *s, bool last, struct errinfo *e)
{
	uint8_t nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];
	unsigned long long n;
	seal_chunk_nonce(s->chunk++, last, nonce);
	crypto_aead_chacha20poly1305_ietf_encrypt(s->sealed, &n, s->plain, s->n, NULL, 0, NULL, nonce, s->key);
	s->n = 0;
	return s->bad = s->out.write(s->out.ctx, str_bytes(s->sealed, (size_t)n), e);
}

enum err
seal_put(struct seal *s, struct str bytes, struct errinfo *e)
{
	assert(!s->ended);
	if (s->bad)
		return err_set(e, s->bad, "sealing failed before this");
	while (bytes.n) {
		if (s->n == CHUNK_LEN && flush(s, false, e))
			return s->bad;
		size_t n = CHUNK_LEN - s->n < bytes.n ? CHUNK_LEN - s->n : bytes.n;
		memcpy(s->plain + s->n, bytes.p, n);
		s->n += n;
		bytes = str_sub(bytes, n, bytes.n);
	}
	return OK;
}

enum err
seal_end(struct seal *s, struct errinfo *e)
{
	assert(!s->ended);
	if (s->bad)
		return err_set(e, s->bad, "sealing failed before this");
	s->ended = true;
	if (!flush(s, true, e) && s->armored)
		s->bad = seal_armor_end(&s->armor, e);
	return s->bad;
}

static enum err
write_seal(void *ctx, struct str bytes, struct errinfo *e)
{
	return seal_put(ctx, bytes, e);
}

struct sink
seal_sink(struct seal *s)
{
	return (struct sink){s, write_seal};
}

void
seal_free(struct seal *s)
{
	if (s) {
		sodium_memzero(s, sizeof *s);
		free(s);
	}
}

enum err
seal_str(const struct seal_to *to, const uint8_t seed[static 32], struct str plain, struct buf *out, struct errinfo *e)
{
	struct seal *s;
	size_t before = out->n;
	enum err err = seal_new(to, seed, sink_to_buf(out), &s, e);
	if (!err) {
		err = seal_put(s, plain, e);
		if (!err)
			err = seal_end(s, e);
		seal_free(s);
	}
	if (err)
		buf_cut(out, before);
	return err;
}
