/* dated: the rows that a viewer may read, oldest first, each with the moment at which it came into this viewer's view.
 *
 * A moment is that of arrival, cut to the millisecond, and above it the row's rank among the viewer's own of that millisecond as microseconds:
 * d[i] = max(at[i] cut, d[i-1] + 1) over the rows of the classes that the viewer may read, whatever their state and dates, put aside or not. So
 * moments grow strictly in the order of arrival, whatever the clock does: whoever asks for what came after the last moment that it was told misses
 * nothing; a recall or an expiry moves no other row; and no row of another class has any part in it. */
#ifndef STORE_DATED_H
#define STORE_DATED_H

#include "store/view.h"

/* Every so-manieth row and its moment, as far as somebody walked: a walk begins at the last one before what it is asked for, so that it costs as much
 * as what it gives and DATED_STEP rows, once the view was walked through. A function of the record: it stands over a rebuild. For one sight: another
 * clearance needs another. One thread at a time. */
enum { DATED_STEP = 256 };
struct dated;
enum err dated_new(struct dated **ret, struct errinfo *e) MUST_USE;
void dated_free(struct dated *d); /* takes NULL */

struct dated_row {
	int64_t added; /* microseconds */
	int64_t no;    /* of this store's own: for dated_get; not to be shown */
	bool aside;
	int centre;
	uint64_t circle; /* of the log */
};
/* Rows whose moment is after that one, oldest first, until the view's end or a failure of each, which is what is given back. Only numbers are read:
 * what is wanted of a row is dated_get's. each may ask the store, not write. who: the same each time. */
enum err dated_each(struct store *s, struct dated *d, const struct view_who *who, int64_t after,
    enum err (*each)(void *ctx, const struct dated_row *row, struct errinfo *e), void *ctx, struct errinfo *e) MUST_USE;
enum err dated_get(struct store *s, const struct dated_row *row, struct view_row *ret, struct errinfo *e) MUST_USE;

#endif
