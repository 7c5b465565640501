/* checkpoint: what a log says of itself at one size (C2SP tlog-checkpoint), as a signed note.
 *
 * Three lines: origin, size, root in base64; then lines of extension, which are kept and mean nothing here. The key
 * name of a log's signature is its origin. Reading is strict, so that one checkpoint has one text. */
#ifndef MERKLE_CHECKPOINT_H
#define MERKLE_CHECKPOINT_H

#include "merkle/note.h"
#include "merkle/tree.h"

struct merkle_checkpoint {
	struct str origin;
	uint64_t size; /* at most 2^LIMIT_LOG_SIZE_BITS */
	struct hash root;
	struct str ext; /* extension lines, each with its newline; may be empty */
};

/* From the text of a note. ERR_SYNTAX with its line; ERR_LIMIT for a size too large; ERR_INVALID for size 0 with
 * another root than that of the empty tree. */
enum err merkle_checkpoint_parse(struct str text, struct merkle_checkpoint *ret, struct errinfo *e) MUST_USE;
/* The text. What was parsed gives the same bytes. */
void merkle_checkpoint_put(struct buf *b, const struct merkle_checkpoint *c);

/* The whole note, signed by the log's key, appended to b. ERR_INVALID if origin, size or extension could not be read back. */
enum err merkle_checkpoint_sign(const struct merkle_checkpoint *c, const struct sign_key *key, struct buf *b, struct errinfo *e) MUST_USE;
/* A note that is a checkpoint of this origin signed by this key. ERR_SYNTAX, ERR_LIMIT, ERR_INVALID as above;
 * ERR_INVALID for another origin; ERR_VERIFY if the log's signature is not there or does not hold. Cosignatures are for
 * merkle_note_check. ret_note may be NULL. */
enum err merkle_checkpoint_open(struct str bytes, struct str origin, const struct sign_public *pub, struct merkle_note *ret_note,
    struct merkle_checkpoint *ret, struct errinfo *e) MUST_USE;

#endif
