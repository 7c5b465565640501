/* proof_int: what the files of checking a proof share: proof.c (does it hold), proof_counts.c (does it count, and by what). */
#ifndef SHARE_PROOF_INT_H
#define SHARE_PROOF_INT_H

#include "share/cosign.h"
#include "share/prove.h"

/* Fills in what r says of counting. charter: the number of the one that the entry names, -1 if it is not in the file; malformed: what is wrong with
 * the entry, if r says that something is; lines: the countersignatures that hold. */
enum err proof_counts(const struct share_centre *c, const struct record_log *log, int charter, const struct cosign_line *lines, size_t n,
    int64_t now, const struct errinfo *malformed, struct proof_report *r, struct errinfo *e) MUST_USE;
/* What states the author's key of the log's epoch: a charter, or a card among docs. */
enum err proof_key(const struct share_centre *c, const struct record_log *log, const uint8_t key[static GOVERN_KEY], struct str docs, struct arena *a,
    struct proof_report *r, struct errinfo *e) MUST_USE;

#endif
