/* tree: the Merkle tree hash of RFC 6962, section 2.1, over SHA-256.
 *
 * A leaf is hashed with a 0x00 before it, an inner node with a 0x01, so that neither can stand for the other. A tree of
 * n leaves falls apart, from left to right, into one complete subtree for each one bit of n, the largest first: their
 * roots are all that appending needs, and are called the edge. A node (level, index) is the root of the complete
 * subtree over the leaves [index << level, (index + 1) << level); level 0 is the leaves. */
#ifndef MERKLE_TREE_H
#define MERKLE_TREE_H

#include "base/buf.h"
#include "crypto/hash.h"

#define MERKLE_LEVELS 64                    /* no path, proof or edge has more hashes than this */
#define MERKLE_SIZE_MAX (UINT64_C(1) << 63) /* leaves of one tree; what a log may have is less (LIMIT_LOG_SIZE_BITS) */

/* Hash of one leaf, given in n parts that follow one another. */
struct hash merkle_leaf(const struct str *parts, size_t n);
struct hash merkle_leaf_of(struct str leaf); /* the same of one part */
/* Hash of an inner node. */
struct hash merkle_node(const struct hash *left, const struct hash *right);
/* Root of the tree without leaves: SHA-256 of nothing. */
struct hash merkle_empty(void);

/* The edge of a tree. {0} is the tree without leaves. */
struct merkle_edge {
	uint64_t size;                 /* leaves */
	struct hash at[MERKLE_LEVELS]; /* at[k] counts if bit k of size is set: root of the complete subtree of 2^k leaves that stands there */
};

/* One leaf more, by its hash. O(1) hashes on average, O(log size) at worst. The tree must have fewer than MERKLE_SIZE_MAX leaves. */
void merkle_edge_append(struct merkle_edge *g, const struct hash *leaf);
/* The same, and gives the nodes that became complete by it, for keeping: ret[k] is the node (k, index of the new leaf >> k), ret[0] the leaf itself.
 * Returns how many: 1 + the number of one bits at the low end of the size before. */
size_t merkle_edge_grow(struct merkle_edge *g, const struct hash *leaf, struct hash ret[static MERKLE_LEVELS]);
struct hash merkle_edge_root(const struct merkle_edge *g);

/* Bytes of an edge: the size, 8 bytes big-endian, then the hashes from left to right (largest subtree first). */
void merkle_edge_put(struct buf *b, const struct merkle_edge *g);
/* Exactly such bytes: ERR_SYNTAX on any other length, ERR_LIMIT above 2^LIMIT_LOG_SIZE_BITS leaves. That it is the edge
 * of some log is for the caller to know by its root. */
enum err merkle_edge_load(struct str bytes, struct merkle_edge *ret, struct errinfo *e) MUST_USE;

/* Root of the tree of n leaf hashes. */
struct hash merkle_root(const struct hash *leaves, size_t n);

/* How many nodes of that level a tree of this size has. */
uint64_t merkle_nodes_at(uint64_t size, unsigned level);
/* Largest power of two below n; n is at least 2. */
uint64_t merkle_split(uint64_t n);

#endif
