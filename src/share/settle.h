/* settle: a home that may have forgotten what it signed must not sign otherwise.
 *
 * After a restore, and whenever a home was found to be a copy of another state (node/place.h) or was shown a note of its own that it does not know,
 * every circle of several members is unsettled: nothing but fetching is done in it until each other present member has been asked for our logs (a
 * peer's listing names them), and what they hold beyond ours was taken back. A person may settle a circle without a member that cannot be reached any
 * more; that is kept in the audit trail.
 *
 * Apart from that, and whoever was asked, nothing is signed in a log of which a larger note of ours is in the record than its entries reach
 * (share_known_beyond). Where nobody has those entries, a new log key is the way on: what it signs cannot contradict anything (share_fresh_key). */
#ifndef SHARE_SETTLE_H
#define SHARE_SETTLE_H

#include "share/share.h"

enum settle_why {
	SETTLE_NOTHING,  /* this home was never unsettled */
	SETTLE_RESTORED, /* made of a backup */
	SETTLE_COPIED,   /* its files are not those that it last had */
	SETTLE_BEHIND,   /* it lacks what it had, or a peer showed a note of its own that it lacks */
};

/* Marks all own logs unsettled: before anything else is signed. */
enum err share_unsettle(struct share *s, enum settle_why why, struct errinfo *e) MUST_USE;
/* Why it was done last. */
enum err share_unsettled_why(struct share *s, enum settle_why *ret, struct errinfo *e) MUST_USE;
/* This peer's listing was read whole, and the largest note of each of our logs that it knows is in the record. */
enum err share_heard_from(struct share *s, struct share_centre *centre, int peer, struct errinfo *e) MUST_USE;
/* That, and everything it holds of our logs was taken. */
enum err share_settled_with(struct share *s, struct share_centre *centre, int peer, struct errinfo *e) MUST_USE;
/* Members still to be asked before this circle is settled; 0 = settled. */
enum err share_unsettled(struct share *s, struct share_centre *centre, uint64_t circle, uint64_t *ret, struct errinfo *e) MUST_USE;
/* Present members other than this one, and those of them that were heard since. */
enum err share_heard(struct share *s, struct share_centre *centre, uint64_t *ret_present, uint64_t *ret_heard, struct errinfo *e) MUST_USE;

/* The size of the largest note in the record of a log, if it is beyond the entries that are here; else 0. */
enum err share_known_beyond(struct share *s, const struct record_log *log, uint64_t *ret, struct errinfo *e) MUST_USE;
/* A log key that has signed nothing yet: once it is the home's, every circle is settled, until the next share_unsettle. */
enum err share_fresh_key(struct share *s, const struct sign_public *key, struct errinfo *e) MUST_USE;
/* Whether the log key in hand is such a one: the epochs that it begins say what was lost (entry.h, gap). */
enum err share_key_is_fresh(struct share *s, bool *ret, struct errinfo *e) MUST_USE;

#endif
