/* fork: what a proof of two histories (merkle/fork.h) is worth to this home now.
 *
 * A proof says that the holder of a key signed both. Whether that was the author is another thing: with a key that was revoked anybody may have
 * signed, so then both notes must have been countersigned before the moment it is revoked from, as any note of that key must. The countersignatures
 * stand in the proof's own notes, put there when it is made. Cards come later than proofs, so nothing is decided when a proof is kept: it is asked
 * anew each time. One that does not count is kept all the same (it is evidence against somebody), and nothing more is taken of the log (which of the
 * two histories is the author's cannot be told, and the author goes on in another epoch); but it is told to nobody as a fork. */
#ifndef SHARE_FORK_H
#define SHARE_FORK_H

#include "share/share.h"

/* The note of a log with its author's signature, the good countersignatures that it bears, and those kept here of the same checkpoint: appended. key
 * is its author's. ERR_LIMIT and errors of the note. */
enum err fork_note(struct share *s, const struct share_centre *c, const struct record_log *log, const struct sign_public *key, struct str note,
    struct buf *ret, struct errinfo *e) MUST_USE;

/* Whether the proof counts now. ERR_SYNTAX, ERR_LIMIT, ERR_INVALID, ERR_VERIFY: it proves nothing at all; ERR_NOTFOUND: the author's key of this
 * epoch is not known (yet). */
enum err
fork_counts(const struct share_centre *c, int64_t now, const struct record_log *log, struct str proof, bool *ret, struct errinfo *e) MUST_USE;
/* Whether one of those that are kept of the log does: so it is proven that its author signed two histories. */
enum err fork_stands(struct share *s, const struct share_centre *c, const struct record_log *log, bool *ret, struct errinfo *e) MUST_USE;

#endif
