/* settle: a home that was restored from a backup must not sign what it already signed otherwise.
 *
 * After a restore every circle of several members is unsettled: nothing but fetching is done in it until each other present member has been asked for
 * our logs (a peer's listing names them), and what they hold beyond ours was taken back. A person may settle a circle without a member that cannot be
 * reached any more; that is kept in the audit trail. */
#ifndef SHARE_SETTLE_H
#define SHARE_SETTLE_H

#include "share/share.h"

/* Marks all own logs unsettled: a restored home, before anything else. */
enum err share_unsettle(struct share *s, struct errinfo *e) MUST_USE;
/* This peer's listing was read whole and everything it holds of our logs was taken. */
enum err share_settled_with(struct share *s, struct share_centre *centre, int peer, struct errinfo *e) MUST_USE;
/* Members still to be asked before this circle is settled; 0 = settled. */
enum err share_unsettled(struct share *s, struct share_centre *centre, uint64_t circle, uint64_t *ret, struct errinfo *e) MUST_USE;

#endif
