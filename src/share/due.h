/* due: dates of labels, and the end of evidence.
 *
 * From valid_until or delete_by on an object is out of view by itself. Deleting its bytes is another matter, since it cannot be undone: it is
 * announced when it is first noticed to be due, done no sooner than 72 hours later, and not while the clock cannot be trusted: it jumped against the
 * monotonic clock, it is behind what others signed, or neither the running time of this machine nor a time that another member signed bears out that
 * the 72 hours are over. What was recalled is kept sealed for the charter's dispute period, then goes the same way. The hash of each piece stays, so
 * logs still verify. */
#ifndef SHARE_DUE_H
#define SHARE_DUE_H

#include "share/share.h"
#include "store/view.h"

enum due_kind { DUE_VALID_UNTIL = 1, DUE_DELETE_BY, DUE_DISPUTE };

struct due_item {
	enum due_kind kind;
	int64_t when;      /* the date */
	int64_t announced; /* TIME_NEVER = not yet */
	const struct view_row *row;
};
/* What is due or comes due before `until`, by kind, earliest first; a row with both dates comes twice. Those deleted are gone from it. */
enum err due_each(struct share *s, int64_t until, enum err (*each)(void *ctx, const struct due_item *item, struct errinfo *e), void *ctx,
    struct errinfo *e) MUST_USE;

enum due_clock {
	DUE_CLOCK_OK = 0,
	DUE_CLOCK_JUMPED, /* by more than five minutes since the last look: all announcements begin anew */
	DUE_CLOCK_BEHIND, /* another member has signed a time more than five minutes ahead of ours */
};

struct due_done {
	enum due_clock clock;
	uint32_t announced; /* pieces, now for the first time */
	uint32_t deleted;   /* pieces */
	uint32_t waiting;   /* announced, and their time has not come or is not borne out */
};
/* Announces and deletes (its own transactions). Called at opening and by the timer; cheap if nothing is due. */
enum err due_do(struct share *s, struct due_done *ret, struct errinfo *e) MUST_USE;

/* Opens the sealed bytes of an object that was recalled or is past its dates. An audit line is written first, and without it nothing is given.
 * ERR_NOTFOUND: it is not here any more, or never was; ERR_USAGE: it is in view, nothing is sealed; ERR_INVALID: no reason given. */
enum err due_evidence(struct share *s, const struct view_row *row, struct str who, struct str reason, struct buf *ret, struct errinfo *e) MUST_USE;

#endif
