/* seal: files only chosen readers can open: age v1 (https://age-encryption.org/v1), so that stock `age` opens ours and we open its.
 *
 * A reader is an X25519 recipient ("age1…") or a passphrase (scrypt). Other kinds of stanza are passed over. Both ways are streams of 64 KiB
 * chunks: memory is about 200 KiB whatever the size (and 1 KiB * 2^work for a passphrase while it is tried). No randomness of its own: the
 * caller gives a seed.
 *
 * An age file says nothing of who made it: whoever knows the recipient can make one. What is inside must be signed. */
#ifndef CRYPTO_SEAL_H
#define CRYPTO_SEAL_H

#include "base/limits.h"
#include "base/stream.h"
#include "crypto/secret.h"

/* Whom a file is for. Public. */
struct seal_recipient {
	uint8_t b[32];
};

/* What opens it. Secret: wiped by seal_identity_done. */
struct seal_identity {
	struct secret key;
	struct seal_recipient to; /* the recipient that goes with it */
};

void seal_identity_init(struct seal_identity *id, const uint8_t seed[static SECRET_LEN]); /* any 32 random bytes; the caller wipes seed */
void seal_identity_done(struct seal_identity *id);                                        /* takes NULL */
/* "AGE-SECRET-KEY-1…", blanks around it allowed. ERR_SYNTAX; the message never quotes what was given. */
enum err seal_identity_parse(struct str s, struct seal_identity *ret, struct errinfo *e) MUST_USE;
void seal_identity_put(struct buf *b, const struct seal_identity *id); /* 74 characters; wipe b */
/* "age1…". ERR_SYNTAX, or ERR_INVALID for a point nobody can have a secret for. */
enum err seal_recipient_parse(struct str s, struct seal_recipient *ret, struct errinfo *e) MUST_USE;
void seal_recipient_put(struct buf *b, const struct seal_recipient *r); /* 62 characters */

/* For whom and how: recipients, or a passphrase alone (the format does not allow both). */
struct seal_to {
	const struct seal_recipient *recipients; /* n of them, 1 to LIMIT_POUCH_RECIPIENTS */
	size_t n;
	struct str passphrase; /* not empty: seal with it instead; n must be 0 */
	int work;              /* scrypt: log2 of its cost, 1 to LIMIT_SEAL_WORK; 0 = SEAL_WORK. Memory is 1 KiB * 2^work */
	bool armor;            /* as text: PEM-like lines of 64 characters */
};
#define SEAL_WORK 18 /* what stock age uses: 256 MiB, about a second */

/* What there is to open with. A passphrase is tried only on a file that asks for one. */
struct seal_keys {
	const struct seal_identity *ids;
	size_t n;
	struct str passphrase; /* empty = none */
	int max_work;          /* a file that asks for more is refused before any work is done; 0 = LIMIT_SEAL_WORK */
};

/* sealing: push
 * seed: 32 fresh random bytes; the file key, ephemeral keys, salt and nonce all derive from it, so the same seed, readers and bytes give the
 * same file. Never use one seed for two different contents: both would be enciphered with one key stream. seal_new writes the header to out at
 * once.
 * ERR_INVALID: no readers, both kinds, a bad recipient, work out of range. ERR_LIMIT: too many readers. Else what out gives. to's arrays
 * may go after seal_new. */
struct seal;
enum err seal_new(const struct seal_to *to, const uint8_t seed[static 32], struct sink out, struct seal **ret, struct errinfo *e) MUST_USE;
enum err seal_put(struct seal *s, struct str bytes, struct errinfo *e) MUST_USE;
/* The last chunk. Without it no reader takes the file as whole. Nothing can be put after. */
enum err seal_end(struct seal *s, struct errinfo *e) MUST_USE;
struct sink seal_sink(struct seal *s); /* writing to it is seal_put */
void seal_free(struct seal *s);        /* wipes; takes NULL. Does not end the file */

/* opening: pull
 * seal_open_new reads the header and the nonce, finds the key and checks the header's MAC. Binary and armored files are told apart by their
 * first bytes.
 * ERR_SYNTAX  "armor: …" or "age header: …": not of this format
 * ERR_INVALID "age header: …": well-formed, but against its rules (a work factor over the ceiling, a share of small order, scrypt not alone)
 * ERR_VERSION "age header: …": another version of age
 * ERR_LIMIT   "age header: …": longer than LIMIT_SEAL_HEADER
 * ERR_DENIED  it is for other readers, or the passphrase is wrong; the file may be sound
 * ERR_VERIFY  "age header: …": the MAC is wrong, somebody changed it
 * Else what in gives. keys' arrays may go after seal_open_new. */
struct seal_open;
enum err seal_open_new(const struct seal_keys *keys, struct source in, struct seal_open **ret, struct errinfo *e) MUST_USE;
/* Up to cap bytes; *ret_n = 0 is the end, and only then is the file known to be whole. What came before a failure is authentic, in order and
 * incomplete. ERR_VERIFY "age payload: …": changed, cut short, or followed by something. ERR_SYNTAX "armor: …". A failure stays. */
enum err seal_open_read(struct seal_open *o, void *p, size_t cap, size_t *ret_n, struct errinfo *e) MUST_USE;
struct source seal_open_source(struct seal_open *o); /* reading from it is seal_open_read */
void seal_open_free(struct seal_open *o);            /* wipes; takes NULL */

/* small things whole */
/* Appends the sealed file of plain to out. */
enum err seal_str(const struct seal_to *to, const uint8_t seed[static 32], struct str plain, struct buf *out, struct errinfo *e) MUST_USE;
/* Appends all of what sealed holds to out, or nothing. */
enum err seal_open_str(const struct seal_keys *keys, struct str sealed, struct buf *out, struct errinfo *e) MUST_USE;

#endif
