/* kinds: how many kinds of label (store/view.h) people may bring into the home.
 *
 * The view holds few thousands of them, and what bears another is not shown to anybody. So that nobody who may add can blind the home, each account
 * may bring LIMIT_CLASSES_ACCOUNT that were not here, by whatever it does, what the node pulls from feeds as many, and the home's own
 * LIMIT_CLASSES_OWN in all. What an account has brought is counted by what it did itself: whether a label it may use is new it can see, and of what
 * lies above it the count tells nothing. The home's own user has no count but that of the home. */
#ifndef NODE_KINDS_H
#define NODE_KINDS_H

#include "node/op.h"
#include "share/release.h"

/* Before something so labelled comes into the private log. It is counted at once, though what follows may fail. feed: it comes from others, and if
 * no account brings it, it counts for the feeds. ERR_LIMIT: it must not; the error says what to do instead. coming: how many new ones have been taken
 * that are not in the view yet; counted up; NULL: none. */
enum err
kinds_take(struct op_call *call, const struct share_centre *c, const struct label *l, bool feed, uint32_t *coming, struct errinfo *e) MUST_USE;
/* The same for all that a plan, about to be done, brings into the circle and, as ways back, into the private log: all of it or nothing is counted. */
enum err kinds_release(struct op_call *call, const struct release_plan *p, struct errinfo *e) MUST_USE;

#endif
