/* receipt: that an entry is in a log, for keeping and checking without the log (C2SP tlog-proof).
 *
 *     c2sp.org/tlog-proof@v1
 *     extra <base64>                           may be absent; not covered by any signature
 *     index <decimal>
 *     <base64 of a hash>                       the inclusion proof, one line each
 *
 *     <checkpoint with signatures and cosignatures> */
#ifndef MERKLE_RECEIPT_H
#define MERKLE_RECEIPT_H

#include "merkle/checkpoint.h"
#include "merkle/proof.h"

#define MERKLE_RECEIPT_MAX (LIMIT_CHECKPOINT + 8 * KIB) /* bytes of one; the extra data is at most what is left */

struct merkle_receipt {
	bool has_extra;
	struct str extra; /* in base64, well-formed: what the entry's keeper added; nobody vouches for it */
	uint64_t index;
	struct merkle_proof proof;
	struct str note; /* the checkpoint with its signatures */
};

/* ERR_SYNTAX with its line, ERR_LIMIT. The note is not looked into. */
enum err merkle_receipt_parse(struct str bytes, struct merkle_receipt *ret, struct errinfo *e) MUST_USE;
/* What was parsed gives the same bytes. */
void merkle_receipt_put(struct buf *b, const struct merkle_receipt *r);

/* The leaf is in the log of this origin and key: OK, and *ret_note (may be NULL) is the note for merkle_note_check of the cosignatures, *ret its
 * checkpoint. ERR_VERIFY and the codes of merkle_checkpoint_open. */
enum err merkle_receipt_check(const struct merkle_receipt *r, const struct hash *leaf, struct str origin, const struct sign_public *pub,
    struct merkle_note *ret_note, struct merkle_checkpoint *ret, struct errinfo *e) MUST_USE;

#endif
