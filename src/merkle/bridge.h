/* bridge: what ties the beginning of a tree that is held to a larger tree that its author signed.
 *
 * Of a log whose author's note speaks of n entries only the first m may be here: the rest was not given, or waits. The consistency proof from m to n,
 * made while the peer still answered, is kept with the note. With it and the m leaves every tree of k <= m is proven to be the beginning of that of
 * n: what stands left of m is hashed from the leaves, what stands right of it are hashes of the proof itself. So the author cannot deny the m entries
 * by keeping back the others.
 *
 * As text, for a peer:
 *
 *     <m>
 *     <base64 of a hash>                       the consistency proof from m to n, one line each
 *
 *     <checkpoint n, its text, an empty line, its signature lines> */
#ifndef MERKLE_BRIDGE_H
#define MERKLE_BRIDGE_H

#include "base/limits.h"
#include "merkle/proof.h"

#define MERKLE_BRIDGE_MAX (LIMIT_CHECKPOINT + 4 * KIB) /* bytes of one as text */

struct merkle_bridge {
	uint64_t held, size;       /* m and n: 1 <= held <= size */
	struct merkle_proof proof; /* that the tree of m is the beginning of that of n; empty if they are equal */
};

/* The consistency proof from k to n, 1 <= k <= held; nodes are of the tree of m, and only such are asked for. What comes out holds if the bridge
 * does, which is not looked at here. ERR_INVALID for another k, ERR_VERIFY if the bridge's proof has not the length that its sizes call for, else
 * what get said. */
enum err merkle_bridge_prove(
    const struct merkle_nodes *nodes, const struct merkle_bridge *b, uint64_t k, struct merkle_proof *ret, struct errinfo *e) MUST_USE;
/* The bridge leads from the tree of these nodes to this root of n: OK, ERR_VERIFY, or what get said. */
enum err merkle_bridge_check(const struct merkle_nodes *nodes, const struct merkle_bridge *b, const struct hash *root, struct errinfo *e) MUST_USE;

void merkle_bridge_put(struct buf *b, const struct merkle_bridge *bridge, struct str note);
/* *ret_note views bytes and is not read; ret->size is 0, since the note says it. ERR_SYNTAX, ERR_LIMIT. */
enum err merkle_bridge_parse(struct str bytes, struct merkle_bridge *ret, struct str *ret_note, struct errinfo *e) MUST_USE;

#endif
