/* proof: the simulator's own reading of signed notes and proofs of forks, so that the product is not its own judge.
 *
 * Written from the specifications (C2SP signed-note and tlog-checkpoint, RFC 6962, RFC 9162 2.1.4) over libsodium alone; nothing of src/merkle or
 * src/share is used. It is lenient where leniency cannot prove anything false: form is read as it comes, hashes and signatures are checked. */
#ifndef SIM_PROOF_H
#define SIM_PROOF_H

#include "base/str.h"

enum { PROOF_HASH = 32 };

/* SHA-256 over 0x00 and the leaf; over 0x01 and two nodes. */
void proof_leaf(struct str leaf, uint8_t ret[static PROOF_HASH]);
void proof_node(const uint8_t l[static PROOF_HASH], const uint8_t r[static PROOF_HASH], uint8_t ret[static PROOF_HASH]);
/* The root over n leaf hashes, by the recursive definition. */
void proof_root(const uint8_t (*leaf)[PROOF_HASH], uint64_t n, uint8_t ret[static PROOF_HASH]);

/* A note "origin\nsize\nroot\n…\n\n— origin sig\n…": true if the key signed it under this origin; then size and root are given. */
bool proof_note(struct str note, struct str origin, const uint8_t pub[static 32], uint64_t *ret_size, uint8_t ret_root[static PROOF_HASH]);
/* (m, old) is the beginning of (n, new), 0 < m <= n. */
bool proof_consistent(uint64_t m, const uint8_t old[static PROOF_HASH], uint64_t n, const uint8_t new[static PROOF_HASH],
    const uint8_t (*proof)[PROOF_HASH], size_t nproof);
/* These bytes ("comity-fork/v1", doc in src/merkle/fork.h) prove that the holder of pub signed two histories of this origin. */
bool proof_fork(struct str bytes, struct str origin, const uint8_t pub[static 32]);

#endif
