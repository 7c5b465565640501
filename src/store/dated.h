/* dated: the rows that a viewer may read, in the order in which they came into this viewer's view, each with the moment at which it did.
 *
 * A viewer's clearance changes. An era is the time from one change to the next: the moment at which it began, the last arrival before it, and what
 * may be read in it. What came into view is told era by era: first, of all that had arrived before it began, what could not be read in the era before
 * (its backlog, at the moment at which the era began), then what arrived while it lasted and can be read in it (each at its arrival). So d[i] =
 * max(m[i] cut to the millisecond, d[i-1] + 1), where m is either of these moments, over everything that was told in all eras, whatever its state and
 * dates, put aside or not. A row stands at its last telling, if it could be read in all eras from that one on, and else nowhere. Hence:
 *
 * - moments grow strictly, whatever the clock does, and no change of clearance moves any that was told before: whoever asks for what came after the
 * last moment that it was told misses nothing of what it may read now; what was hidden and is shown again is told again;
 * - a recall or an expiry moves no other row;
 * - no row that the viewer never could read has any part in it. */
#ifndef STORE_DATED_H
#define STORE_DATED_H

#include "store/view.h"

/* Every so-manieth row and its moment, as far as somebody walked: a walk begins at the last one before what it is asked for, so that it costs as much
 * as what it gives and DATED_STEP rows, once the view was walked through. A function of the record: it stands over a rebuild. For one list of eras:
 * another needs another. One thread at a time. */
enum { DATED_STEP = 256 };
struct dated;
enum err dated_new(struct dated **ret, struct errinfo *e) MUST_USE;
void dated_free(struct dated *d); /* takes NULL */

enum { DATED_ERAS = 16 };
struct dated_era {
	uint64_t arrival; /* the last before it began; 0: before anything came */
	int64_t at;       /* when it began; of the first with arrival 0 of no meaning */
	const struct view_who *who;
};
/* The last is what may be read now. */
struct dated_eras {
	struct dated_era era[DATED_ERAS]; /* arrivals never fall */
	size_t n;                         /* at least 1 */
};

struct dated_row {
	int64_t added; /* microseconds */
	int64_t no;    /* of this store's own: for dated_get; not to be shown */
	bool aside;
	int centre;
	uint64_t circle; /* of the log */
};
/* Rows whose moment is after that one, oldest first, until the view's end or a failure of each, which is what is given back. Only numbers are read:
 * what is wanted of a row is dated_get's. each may ask the store, not write. eras: the same each time. */
enum err dated_each(struct store *s, struct dated *d, const struct dated_eras *eras, int64_t after,
    enum err (*each)(void *ctx, const struct dated_row *row, struct errinfo *e), void *ctx, struct errinfo *e) MUST_USE;
enum err dated_get(struct store *s, const struct dated_row *row, struct view_row *ret, struct errinfo *e) MUST_USE;
/* The moment of one row; TIME_NEVER: it is not in view. */
enum err dated_when(struct store *s, struct dated *d, const struct dated_eras *eras, int64_t no, int64_t *ret, struct errinfo *e) MUST_USE;
/* Which of two rows came into view first is whose place is lower, or at one place whose number. -1: it is not in view. */
enum err dated_place(struct store *s, const struct dated_eras *eras, int64_t no, int *ret, struct errinfo *e) MUST_USE;

#endif
