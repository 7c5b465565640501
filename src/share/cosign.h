/* cosign: countersignatures: our own on what we hold whole, and those of others that come with a note. */
#ifndef SHARE_COSIGN_H
#define SHARE_COSIGN_H

#include "merkle/checkpoint.h"
#include "share/share.h"

struct cosign_line {
	int member;
	int64_t time;    /* microseconds */
	struct str line; /* view into the note */
	bool revoked;    /* its key is, from that time or before: it counts for nothing */
};

/* Whether this is a good countersignature over text by a member of the log's circle other than its author, with a key that charter and cards state
 * for it, not revoked before, and not ahead of our clock: fills *ret. */
bool cosign_check(const struct share_centre *c, int64_t now, const struct record_log *log, struct str text, const struct merkle_note_sig *sig,
    struct cosign_line *ret);
/* The same, good also where the key was revoked from then on: which says it. */
bool cosign_made(const struct share_centre *c, int64_t now, const struct record_log *log, struct str text, const struct merkle_note_sig *sig,
    struct cosign_line *ret);
/* Those of a note that are: at most one a member (the earliest), by member. Returns how many. */
size_t cosign_of_note(const struct share_centre *c, int64_t now, const struct record_log *log, const struct merkle_note *note,
    struct cosign_line ret[static MERKLE_NOTE_SIGS]);

/* The note with its author's signature alone; key is its author's. */
enum err
cosign_bare(const struct record_log *log, const struct sign_public *key, const struct merkle_note *note, struct buf *ret, struct errinfo *e) MUST_USE;
/* Whether a note that this key signed counts: the key is not revoked, or one of the note's countersignatures is from before that. */
bool cosign_note_counts(
    const struct share_centre *c, int64_t now, const struct record_log *log, const struct roster_log_key *key, const struct merkle_note *note);

/* Inside record_begin: keeps those of the note that are not kept yet, and (mine: everything up to the note is here and was hashed) adds our own, if
 * this home can sign and it is another's log. *ret_new counts those of others. */
enum err cosign_keep(struct share *s, const struct share_centre *c, const struct record_log *log, const struct merkle_note *note, uint64_t size,
    bool mine, uint32_t *ret_new, struct errinfo *e) MUST_USE;
/* Whether cosign_keep would write anything. */
enum err cosign_has_news(struct share *s, const struct share_centre *c, const struct record_log *log, const struct merkle_note *note, uint64_t size,
    bool mine, bool *ret, struct errinfo *e) MUST_USE;

#endif
