/* payload: the pieces of one entry one after another, as a reply or pouch carries them (doc/DESIGN.md, "Payload"). Pure. */
#ifndef SHARE_PAYLOAD_H
#define SHARE_PAYLOAD_H

#include "share/entry.h"

/* The longest reply that can stand for a payload: withdrawn pieces take the room of their hash. */
enum { PAYLOAD_MAX = LIMIT_PAYLOAD + LIMIT_PIECES * (PIECE_HEAD + HASH_LEN) };

struct payload_piece {
	struct str bytes; /* the whole piece, as it is hashed; of a withdrawn one, empty */
	struct hash hash;
	bool withdrawn;
};

/* Takes the next piece off *rest, hashing it. ERR_SYNTAX if it is cut off, ERR_LIMIT if it is too long. */
enum err payload_next(struct str *rest, struct payload_piece *ret, struct errinfo *e) MUST_USE;
/* These bytes are the payload of the entry: count, size (as far as nothing is withdrawn) and root. ERR_SYNTAX, ERR_VERIFY. *ret_withdrawn (may be
 * NULL) counts. */
enum err payload_check(struct str bytes, uint32_t count, uint64_t size, const struct hash *root, uint32_t *ret_withdrawn, struct errinfo *e) MUST_USE;
/* A piece as it stands in a payload: its bytes, or (data empty) the form of a withdrawn one. */
void payload_put(struct buf *b, struct str data, const struct hash *withdrawn);

#endif
