/* verify: checks a whole record against its signatures, from the bytes up.
 *
 * Charters and cards are read anew; every log is hashed again from its entries, every payload from its pieces, every checkpoint, countersignature and
 * proof of a fork is checked under the key that charters and cards state, arrivals are held against the entries. Nothing that is kept beside (edge,
 * tiles, counts) is believed: it is compared. Reads only. */
#ifndef SHARE_VERIFY_H
#define SHARE_VERIFY_H

#include "share/share.h"

struct verify_fault {
	enum err code;     /* ERR_CORRUPT, ERR_VERIFY, ERR_FORK … */
	struct str origin; /* of the log; empty: the centre, or the arrivals */
	uint64_t index;    /* entry; UINT64_MAX = none in particular */
	const char *what;  /* one line */
};

struct verify_report {
	uint64_t charters, cards, logs, entries, objects, bytes; /* objects: pieces here; bytes: entries and pieces */
	uint64_t withdrawn;                                      /* pieces of which the hash alone is here */
	uint64_t malformed;                                      /* entries kept as malformed: the author's fault, not this home's */
	uint64_t pending;                                        /* entries whose payload is not here yet */
	uint64_t unsigned_entries;                               /* at the end of own logs, after the last checkpoint */
	uint64_t unvouched; /* at the end of others' logs: a fetch was interrupted, their checkpoint is here but not all entries below it */
	uint64_t checkpoints, cosigs, forks, arrivals;
	uint64_t revoked; /* countersignatures that do not count: their key was revoked from before they were made */
	uint64_t gaps;    /* epochs that their authors began after a restore, and may have lost entries of the one before */
	uint64_t lost;    /* entries signed by such authors, or by this home, that are not here */
	uint64_t faults;
};

struct verify_options {
	bool rules; /* judge each entry by the rules of content again too (rules.h), about ten times slower: whether what is kept as malformed is, and
		       nothing else */
	enum err (*fault)(void *ctx, const struct verify_fault *f, struct errinfo *e);      /* each fault as it is found; may be NULL */
	bool (*progress)(void *ctx, const struct verify_report *so_far, struct str origin); /* may be NULL; false: ERR_STOPPED */
	void *ctx;
};

/* OK: looked at everything; ret->faults says how many do not hold. Another code: could not look. */
enum err share_verify(struct share *s, const struct verify_options *o, struct verify_report *ret, struct errinfo *e) MUST_USE;

#endif
