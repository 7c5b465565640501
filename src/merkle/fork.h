/* fork: proof that an author has signed two histories, for anyone who has nothing but the author's public key.
 *
 * Two checkpoints A and B of one origin, both signed by its key, of sizes m <= n. If m = n the roots differ. If m < n
 * there is also a root R, not that of A, and the consistency proof that B's tree begins with (m, R): so B's history
 * differs from A's among the first m leaves. Without the other root nothing would be proven: a log that merely refuses
 * to prove that it grew from A has signed no contradiction.
 *
 *     comity-fork/v1
 *     root <base64 of R>                       this line and the next only if m < n
 *     <base64 of a hash>                       the consistency proof, one line each
 *
 *     <checkpoint A, its text>
 *
 *     <its signature lines>
 *
 *     <checkpoint B, its text>
 *
 *     <its signature lines>
 *
 * Where neither tree is known at the size of A (whoever holds the beginning of one has the other's beginning and note alone, merkle/bridge.h), the
 * first part is this instead, for a size s < m < n:
 *
 *     comity-fork/v2
 *     size <s>
 *     root <base64 of what A's tree was at s>
 *     <base64 of a hash>                       the consistency proof from s to m
 *     root <base64 of what B's tree was at s>
 *     <base64 of a hash>                       the consistency proof from s to n
 *
 * No part can hold an empty line, so these five parts are found by their empty lines alone. A proof has one text but
 * for the signature lines. */
#ifndef MERKLE_FORK_H
#define MERKLE_FORK_H

#include "merkle/checkpoint.h"
#include "merkle/proof.h"

#define MERKLE_FORK_MAX (2 * LIMIT_CHECKPOINT + 8 * KIB) /* bytes of one */

/* What is said of one of the two trees. */
struct merkle_fork_side {
	struct hash root;          /* at the size at which they are compared */
	struct merkle_proof proof; /* from there to its checkpoint */
};

struct merkle_fork {
	struct merkle_note note_a, note_b;
	struct merkle_checkpoint a, b;          /* a.size <= b.size */
	uint64_t size;                          /* at which the two trees differ; a.size but in a proof of the second kind */
	struct merkle_fork_side side_a, side_b; /* at a.size that of a is its own root and nothing */
};

/* The bytes of a proof from two signed notes, in either order. r and proof (both NULL if the sizes are equal) are as
 * above for the smaller and the larger. Everything is checked as merkle_fork_check does, so that nothing false is ever
 * written: ERR_VERIFY if it proves nothing. */
enum err merkle_fork_make(struct str x, struct str y, const struct hash *r, const struct merkle_proof *proof, struct str origin,
    const struct sign_public *pub, struct buf *b, struct errinfo *e) MUST_USE;
/* The same from what the trees of both were at some size of at least 1, which need be neither's: x's, y's. Of the second kind only where no other
 * will do. */
enum err merkle_fork_make_at(struct str x, struct str y, uint64_t size, const struct merkle_fork_side *of_x, const struct merkle_fork_side *of_y,
    struct str origin, const struct sign_public *pub, struct buf *b, struct errinfo *e) MUST_USE;
/* The bytes prove that the holder of this key signed two histories of this origin: OK. Otherwise ERR_SYNTAX, ERR_LIMIT,
 * ERR_INVALID or ERR_VERIFY, and nothing is proven. ret may be NULL; it is large (about 10 KB). */
enum err merkle_fork_check(struct str bytes, struct str origin, const struct sign_public *pub, struct merkle_fork *ret, struct errinfo *e) MUST_USE;
/* The origin that a proof is about, read without any check: for finding the key to check it with. */
enum err merkle_fork_origin(struct str bytes, struct str *ret, struct errinfo *e) MUST_USE;

#endif
