/* What the files of due share. */
#ifndef SHARE_DUE_INT_H
#define SHARE_DUE_INT_H

#include "share/due.h"

#define DUE_WAIT (72 * TIME_HOUR)
#define DUE_SLACK (5 * TIME_MINUTE)

/* due_clock.c: what can be known of time. */
struct due_time {
	int64_t now;    /* wall */
	int64_t mono;   /* monotonic */
	int64_t run;    /* this machine has run with this home for so long, as far as the monotonic clock was watched */
	int64_t others; /* latest time that another member signed; TIME_MIN = none. Filled by due_others */
	enum due_clock clock;
};
/* Looks at both clocks and remembers them for the next look; not where the clock jumped, which is to be found again until all that follows from it is
 * done, and due_looked says so. */
enum err due_look(struct share *s, struct due_time *ret, struct errinfo *e) MUST_USE;
enum err due_looked(struct share *s, const struct due_time *t, struct errinfo *e) MUST_USE;
enum err due_others(struct share *s, struct due_time *t, struct errinfo *e) MUST_USE;

/* due_notice.c: announcements, kept in node.db under the piece's public place. */
enum { DUE_NAME = 128 };
struct due_notice {
	int64_t wall, run; /* when it was made */
	struct hash log;
	uint64_t idx;
	uint32_t piece;
};
enum err due_notice_get(struct share *s, const struct view_row *row, struct due_notice *ret, struct errinfo *e) MUST_USE; /* ERR_NOTFOUND */
/* Announces what is due and is not announced yet; counts. */
enum err due_announce(struct share *s, const struct due_time *t, uint32_t *ret, struct errinfo *e) MUST_USE;
/* All announcements, in no order that means anything. */
enum err
due_notices(struct share *s, enum err (*each)(void *ctx, const struct due_notice *n, struct errinfo *e), void *ctx, struct errinfo *e) MUST_USE;
enum err due_notice_set(struct share *s, const struct due_notice *n, struct errinfo *e) MUST_USE;
enum err due_notice_drop(struct share *s, const struct due_notice *n, struct errinfo *e) MUST_USE;

/* Rows that recalls took out of view, with the end of the dispute period of each, earliest recall first. each returning ERR_STOPPED ends the walk,
 * and that is no failure. */
enum err due_disputes(struct share *s, uint64_t after_arrival, struct share_centre *c,
    enum err (*each)(void *ctx, uint64_t arrival, const struct view_row *row, int64_t end, struct errinfo *e), void *ctx, struct errinfo *e) MUST_USE;

#endif
