/* note: text signed by one or more keys (C2SP signed-note).
 *
 * A note is text that ends in a newline, an empty line, and signature lines: an em dash, a space, the key's name, a
 * space, base64 of (key id, signature). A key is known by its name and id together; lines of other keys are kept and
 * mean nothing. Two kinds of signature are checked here: Ed25519 over the text (0x01), and the Ed25519 cosignature of a
 * witness with its time (0x04, C2SP tlog-cosignature). All are views into the caller's bytes, which must outlive them. */
#ifndef MERKLE_NOTE_H
#define MERKLE_NOTE_H

#include "base/buf.h"
#include "crypto/sign.h"

#define MERKLE_NOTE_SIGS 64 /* signature lines of one note: the author and every other member */

enum merkle_note_type {
	MERKLE_NOTE_ED25519 = 0x01,
	MERKLE_NOTE_COSIGNATURE = 0x04,
};

/* A public key as a verifier knows it. */
struct merkle_note_key {
	struct str name;
	enum merkle_note_type type;
	uint32_t id; /* SHA-256(name, newline, type, public key), the first 4 bytes */
	struct sign_public pub;
};

/* ERR_INVALID if the name is no key name: empty, not UTF-8, or with a blank (of any script), a control character or a plus in it. */
enum err merkle_note_name_check(struct str name, struct errinfo *e) MUST_USE;
enum err merkle_note_key_make(
    struct str name, enum merkle_note_type type, const struct sign_public *pub, struct merkle_note_key *ret, struct errinfo *e) MUST_USE;
/* "name+hexid+base64(type, public key)". ERR_SYNTAX if malformed, ERR_INVALID for a type that is not ours or an id that is not that of the key. */
enum err merkle_note_key_parse(struct str vkey, struct merkle_note_key *ret, struct errinfo *e) MUST_USE;
void merkle_note_key_put(struct buf *b, const struct merkle_note_key *key);

/* One signature line. */
struct merkle_note_sig {
	struct str line; /* whole, with its newline */
	struct str name;
	struct str base64; /* of id and signature; well-formed */
	uint32_t id;
};

struct merkle_note {
	struct str bytes; /* the whole */
	struct str text;  /* what is signed, with its last newline */
	size_t nsigs;     /* at least 1 */
	struct merkle_note_sig sigs[MERKLE_NOTE_SIGS];
};

/* Whether the text may stand in a note: not empty, UTF-8, ends in a newline, no other control character. */
enum err merkle_note_text_check(struct str text, struct errinfo *e) MUST_USE;
/* ERR_LIMIT above LIMIT_CHECKPOINT bytes or MERKLE_NOTE_SIGS signatures, ERR_SYNTAX with its line. Signatures are not checked yet. */
enum err merkle_note_parse(struct str bytes, struct merkle_note *ret, struct errinfo *e) MUST_USE;
/* One signature line, with its newline, as it comes alone from a witness. */
enum err merkle_note_sig_parse(struct str line, struct merkle_note_sig *ret, struct errinfo *e) MUST_USE;

/* The note bears a good signature of the key: OK; ERR_NOTFOUND if the key has no line; ERR_VERIFY if it has one that
 * does not hold (if it has several, all must hold). For a cosignature *ret_time (may be NULL) is its time in
 * microseconds, the earliest of several; for another type it is left alone. */
enum err merkle_note_check(const struct merkle_note *note, const struct merkle_note_key *key, int64_t *ret_time, struct errinfo *e) MUST_USE;
/* The same of one line that is not in a note yet. */
enum err merkle_note_sig_check(
    struct str text, const struct merkle_note_sig *sig, const struct merkle_note_key *key, int64_t *ret_time, struct errinfo *e) MUST_USE;

/* Signature lines over text, appended to b (check buf_ok). The text must be one that merkle_note_text_check takes. */
enum err merkle_note_sign(struct str text, struct str name, const struct sign_key *key, struct buf *b, struct errinfo *e) MUST_USE;
/* t in microseconds, cut to the second; 0 to TIME_MAX. */
enum err merkle_note_cosign(struct str text, struct str name, const struct sign_key *key, int64_t t, struct buf *b, struct errinfo *e) MUST_USE;
/* The note's bytes with one line more, appended to b. ERR_CONFLICT if that key (name and id) has a line there;
 * ERR_LIMIT if it would be too many or too long. */
enum err merkle_note_add(const struct merkle_note *note, const struct merkle_note_sig *sig, struct buf *b, struct errinfo *e) MUST_USE;

#endif
