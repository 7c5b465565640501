/* seal_int: what the files of sealing share. From the caller's source to the payload:
 *
 *   source -> seal_in (looks ahead) -> [seal_unarmor] -> seal_in (header's lines) -> seal_open (chunks)
 *
 * and outwards: seal (header, chunks) -> [seal_armor] -> sink. Everything is a fixed-size struct inside struct seal or struct seal_open but
 * the header. */
#ifndef CRYPTO_SEAL_INT_H
#define CRYPTO_SEAL_INT_H

#include "crypto/seal.h"

#define FILE_KEY_LEN 16
#define NONCE_LEN 16
#define TAG_LEN 16
#define CHUNK_LEN (64 * KIB)
#define WRAPPED_LEN (FILE_KEY_LEN + TAG_LEN)

/* seal_kdf.c. HKDF-SHA-256 (RFC 5869) of 32 bytes out; HMAC-SHA-256; and what a seed gives: HMAC(seed, purpose || index). */
void seal_hkdf(struct str secret, struct str salt, struct str info, uint8_t ret[static 32]);
void seal_hmac(const uint8_t key[static 32], struct str s, uint8_t ret[static 32]);
void seal_derive(const uint8_t seed[static 32], struct str purpose, uint32_t index, uint8_t ret[static 32]);
/* The key of the header's MAC and of the payload. */
void seal_mac_key(const uint8_t file_key[static FILE_KEY_LEN], uint8_t ret[static 32]);
void seal_payload_key(const uint8_t file_key[static FILE_KEY_LEN], const uint8_t nonce[static NONCE_LEN], uint8_t ret[static 32]);
/* The nonce of a chunk: its number in 11 bytes, big-endian, and a byte that says whether it is the last. */
void seal_chunk_nonce(uint64_t chunk, bool last, uint8_t ret[static 12]);

/* seal_wrap.c. The file key under a reader's key. */
/* Of the three shared values of an X25519 stanza. False if they have no secret in common (a point of small order). */
bool seal_wrap_x25519(const uint8_t ephemeral[static 32], const struct seal_recipient *to, const uint8_t file_key[static FILE_KEY_LEN],
    uint8_t ret_share[static 32], uint8_t ret_body[static WRAPPED_LEN]);
enum seal_try { SEAL_OPENED, SEAL_NOT_MINE, SEAL_BAD_SHARE };
enum seal_try seal_unwrap_x25519(const struct seal_identity *id, const uint8_t share[static 32], const uint8_t body[static WRAPPED_LEN],
    uint8_t ret_file_key[static FILE_KEY_LEN]);
enum err seal_wrap_scrypt(struct str passphrase, const uint8_t salt[static 16], int work, const uint8_t file_key[static FILE_KEY_LEN],
    uint8_t ret_body[static WRAPPED_LEN], struct errinfo *e) MUST_USE;
/* *ret_opened tells whether the passphrase was right. */
enum err seal_unwrap_scrypt(struct str passphrase, const uint8_t salt[static 16], int work, const uint8_t body[static WRAPPED_LEN],
    uint8_t ret_file_key[static FILE_KEY_LEN], bool *ret_opened, struct errinfo *e) MUST_USE;

/* seal_in.c. A source that can be looked ahead into. */
struct seal_in {
	struct source from;
	size_t at, n;
	uint8_t b[4 * KIB];
};
void seal_in_init(struct seal_in *in, struct source from);
/* Views as much of what comes next as fits the buffer; call before any read. */
enum err seal_in_peek(struct seal_in *in, struct str *ret, struct errinfo *e) MUST_USE;
/* The next byte, or -1 at the end. */
enum err seal_in_byte(struct seal_in *in, int *ret, struct errinfo *e) MUST_USE;
struct source seal_in_source(struct seal_in *in);

/* seal_armor.c */
struct seal_unarmor {
	struct seal_in *in;
	enum { ARMOR_BEGIN, ARMOR_LINES, ARMOR_LAST, ARMOR_END } state;
	uint64_t line; /* of the file, for messages */
	size_t at, n;
	uint8_t b[48];
};
bool seal_armor_seen(struct str start); /* whether a file that starts so is armored */
struct source seal_unarmor_source(struct seal_unarmor *u, struct seal_in *in);

struct seal_armor {
	struct sink out;
	size_t n;
	uint8_t b[48 * 64];
};
enum err seal_armor_begin(struct seal_armor *a, struct sink out, struct errinfo *e) MUST_USE;
struct sink seal_armor_sink(struct seal_armor *a);
enum err seal_armor_end(struct seal_armor *a, struct errinfo *e) MUST_USE;

/* seal_header.c writes one, seal_header_open.c reads one and finds the file key. */
#define SEAL_VERSION "age-encryption.org/v1"
enum err seal_header_put(
    struct buf *b, const struct seal_to *to, const uint8_t seed[static 32], const uint8_t file_key[static FILE_KEY_LEN], struct errinfo *e) MUST_USE;
enum err seal_header_read(struct seal_in *in, struct buf *ret, struct errinfo *e) MUST_USE;
enum err seal_header_open(struct str header, const struct seal_keys *keys, uint8_t ret_file_key[static FILE_KEY_LEN], struct errinfo *e) MUST_USE;

#endif
