/* witness: what countersignatures say of when something was released.
 *
 * A member that has left could still write entries, under the charter it left by and with times from before, and show them to whoever it likes. So
 * in a circle that a member leaves, whether author or reader, an entry counts after that moment only if it lies under a checkpoint that another
 * member of the circle countersigned before it, one that no charter agreed on has let go since: who left could date that back as well, alone with its
 * own log key or together with the author. What this home countersigned counts by its own record; where everybody else of the circle has left, that
 * alone does. Recalls always count. What does not is kept, and counts again when a countersignature comes that shows it was in time. So
 * countersignatures travel: not those of the last checkpoint alone. */
#ifndef SHARE_WITNESS_H
#define SHARE_WITNESS_H

#include "share/share.h"

/* The moment at which the first member of the circle leaves, by the charters agreed on; TIME_NEVER if none does. */
int64_t witness_ends(const struct share_centre *c, uint64_t circle);
/* How many entries of the log another member that is still there, or this home, countersigned before a moment. */
enum err witness_covered(
    struct share *s, const struct share_centre *c, const struct record_log *log, int64_t before, uint64_t *ret, struct errinfo *e) MUST_USE;

/* The view's knowledge of which entries cease to count and when, brought up to date with the record (its own view transaction, if there is anything
 * to do). Cheap where nobody ever left. */
enum err witness_settle(struct share *s, struct errinfo *e) MUST_USE;

/* The reply "<log>/witnessed": checkpoints with their countersignatures, each after its length on a line, smallest first: of each member the last
 * that it countersigned before somebody left the circle (at all, if nobody does). */
enum { WITNESSED_MAX = LIMIT_MEMBERS * (LIMIT_CHECKPOINT + 8) };
enum err witness_serve(struct share *s, const struct share_centre *c, const struct record_log *log, struct buf *out, struct errinfo *e) MUST_USE;

/* Entries of a log, but for recalls, that do not count any more at `now`, or will not at `until`. */
struct witness_late {
	const struct record_log *log;
	int64_t until;
	uint64_t entries, objects;
};
/* Every log that has some. The callback may not write. */
enum err witness_late_each(
    struct share *s, enum err (*each)(void *ctx, const struct witness_late *w, struct errinfo *e), void *ctx, struct errinfo *e) MUST_USE;

#endif
