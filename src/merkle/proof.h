/* proof: that a leaf is in a tree, and that one tree is the beginning of another (RFC 6962, 2.1.1 and 2.1.2).
 *
 * Proofs are made from nodes that somebody keeps, and checked from nothing but hashes and sizes. Checking takes a proof
 * of exactly the length that the sizes call for: one hash more or less is refused, so that a proof has one text. */
#ifndef MERKLE_PROOF_H
#define MERKLE_PROOF_H

#include "merkle/tree.h"

struct merkle_proof {
	size_t n;
	struct hash at[MERKLE_LEVELS]; /* from the leaf towards the root */
};

/* Whoever keeps nodes. get gives the root of the complete subtree (level, index); it is asked only for subtrees that
 * the size named in the call holds. */
struct merkle_nodes {
	void *ctx;
	enum err (*get)(void *ctx, unsigned level, uint64_t index, struct hash *ret, struct errinfo *e);
};

/* Root of the tree of the first size leaves. Reads at most one node a level. size 0 reads none. */
enum err merkle_root_at(const struct merkle_nodes *nodes, uint64_t size, struct hash *ret, struct errinfo *e) MUST_USE;
/* The edge of that tree, to go on appending from. */
enum err merkle_edge_at(const struct merkle_nodes *nodes, uint64_t size, struct merkle_edge *ret, struct errinfo *e) MUST_USE;

/* That leaf index is in the tree of size leaves; index < size. Reads O(log size) nodes. ERR_INVALID if there is no such leaf, else what get said. */
enum err
merkle_prove_inclusion(const struct merkle_nodes *nodes, uint64_t index, uint64_t size, struct merkle_proof *ret, struct errinfo *e) MUST_USE;
/* That the tree of the first m leaves is the beginning of that of n; 1 <= m <= n. Empty if m = n. Reads O(log n) nodes. */
enum err merkle_prove_consistency(const struct merkle_nodes *nodes, uint64_t m, uint64_t n, struct merkle_proof *ret, struct errinfo *e) MUST_USE;

/* The leaf hash stands at index of the tree with this size and root: OK, or ERR_VERIFY. */
enum err merkle_check_inclusion(
    const struct hash *leaf, uint64_t index, uint64_t size, const struct merkle_proof *proof, const struct hash *root, struct errinfo *e) MUST_USE;
/* The root that the proof leads to, for a caller who has it checked by other means. ERR_VERIFY if the length is wrong. */
enum err merkle_inclusion_root(
    const struct hash *leaf, uint64_t index, uint64_t size, const struct merkle_proof *proof, struct hash *ret, struct errinfo *e) MUST_USE;
/* The tree (m, old_root) is the beginning of (n, new_root): OK, or ERR_VERIFY. m = 0 is refused: every tree begins with
 * the empty one, so nothing is proven and the caller is to know that it has nothing to compare with. */
enum err merkle_check_consistency(
    uint64_t m, const struct hash *old_root, uint64_t n, const struct hash *new_root, const struct merkle_proof *proof, struct errinfo *e) MUST_USE;

/* Text of a proof: each hash in base64 on a line. Takes lines off *rest up to an empty line (which is taken off too) or
 * the end; ERR_SYNTAX on another line, ERR_LIMIT past MERKLE_LEVELS. */
void merkle_proof_put(struct buf *b, const struct merkle_proof *p);
enum err merkle_proof_parse(struct str *rest, struct merkle_proof *ret, struct errinfo *e) MUST_USE;
/* One hash in base64, exactly. */
bool merkle_hash_parse(struct str base64, struct hash *ret);

#endif
