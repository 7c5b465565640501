/* owed: what a node does by itself for others: receipts for recalls that reached it, and flags on own products whose source was recalled or
 * corrected.
 *
 * What is owed is told by the record, so doing it twice does nothing: a recall has one receipt of each holder, a product one flag a circle for each
 * source that may be named there, and one for all that may not. */
#ifndef SHARE_OWED_H
#define SHARE_OWED_H

#include "share/share.h"
#include "store/view.h"

struct owed_done {
	uint32_t receipts, flags;
	uint32_t put_off; /* owed, but cannot be said now (own logs unsettled after a restore, the clock); tried again at the next call */
};

/* Entries bear the position "NODE". Projects first and takes its own record transactions; if it did anything the caller signs and projects. */
enum err owed_do(struct share *s, struct owed_done *ret, struct errinfo *e) MUST_USE;

/* What would be flagged if these were recalled by us: own products made of them, in each circle where they stand, in the arena. Looks only. */
enum err owed_flags(struct share *s, struct share_centre *c, const struct stix_id *ids, size_t n, struct arena *a, struct view_row *ret[],
    size_t *ret_n, struct errinfo *e) MUST_USE;

#endif
