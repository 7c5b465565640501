/* prove: one entry with everything that vouches for it, as one file for somebody who has nothing but the centre's id.
 *
 *     comity-proof/v1
 *     charters <bytes>
 *     <lines of signed charters and cards>
 *     entry <bytes>
 *     <the leaf>
 *     payload <bytes>
 *     <the pieces, one after another>          0 bytes if it has none, or they are left out
 *     receipt <bytes>
 *     <C2SP tlog-proof: index, inclusion proof, checkpoint with countersignatures>
 *
 * each part with a newline after it. */
#ifndef SHARE_PROVE_H
#define SHARE_PROVE_H

#include "base/arena.h"
#include "share/entry.h"
#include "share/share.h"

enum { PROOF_MAX = LIMIT_PAYLOAD + LIMIT_PIECES * 128 + 8 * MIB };

/* Appends the file for one entry of a log that this home holds. payload: with the objects themselves (false: that it was released, not what).
 * ERR_NOTFOUND: no such entry, or no checkpoint covers it yet. */
enum err
share_prove(struct share *s, struct share_centre *centre, int64_t log, uint64_t idx, bool payload, struct buf *ret, struct errinfo *e) MUST_USE;

struct proof_report {
	char origin[RECORD_ORIGIN_MAX];
	struct hash centre, leaf;
	uint64_t index, size;                   /* of the log at the checkpoint */
	struct entry entry;                     /* views into the arena */
	bool malformed;                         /* the leaf is in the log, but breaks the rules of its form */
	struct str entry_bytes, author, circle; /* ids, "irq.rus" */
	uint64_t cosigners;                     /* members whose countersignature holds */
	int64_t earliest;                       /* of these; TIME_NEVER = none: then the time is the author's word alone */
	/* By the charters and cards in the file, as a home would say that has nothing else: later ones may say otherwise, and whether it was recalled
	   no entry tells. */
	bool counts;
	struct errinfo why;                    /* if it does not */
	int64_t until;                         /* from when on it does not: a member leaves then, and nobody who stays saw it; or TIME_NEVER */
	uint32_t version, newest;              /* of the charter it was made under (0: that is not in the file); of the last in the file */
	struct hash version_hash, newest_hash; /* of these */
	bool forked;                           /* the charters in the file contradict each other; only those before that are looked at */
	uint32_t key_charter, key_card;        /* what states the author's key: that version of the charter; if 0, its card */
	int64_t key_time;                      /* of the card */
	struct str witnesses;                  /* members whose countersignature holds, "irn.rus" */
	bool has_payload;
	uint32_t objects, withdrawn; /* pieces in the payload; those of which the hash alone is there */
	struct str payload;          /* whole and verified; see payload.h for its pieces */
	struct str charter_name;     /* of the centre */
};

/* Checks such a file from nothing but the centre's id. now: the reader's clock, for which charters and cards hold. ERR_SYNTAX: no such file;
 * ERR_VERIFY, ERR_INVALID, ERR_DENIED: what does not hold, said in e. Pure. */
enum err proof_check(struct str file, const struct hash *centre, int64_t now, struct arena *a, struct proof_report *ret, struct errinfo *e) MUST_USE;

#endif
