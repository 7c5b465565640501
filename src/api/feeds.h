/* feeds: what a running node collects by itself (node/collect.h): a few threads that pull each feed at its time.
 *
 * While a server is waited for nobody is in the node; a page is taken in like any other `add`, and its place is written down after it. A node that
 * ends, or dies, in a pull goes on there. */
#ifndef API_FEEDS_H
#define API_FEEDS_H

#include "api/host.h"

struct feeds;

/* told (may be NULL) hears of what went wrong in the home itself, in any thread: what a server did is told by status. */
enum err feeds_start(struct host *h, const struct env *env, void (*told)(void *ctx, enum err err, const struct errinfo *e), void *ctx,
    struct feeds **ret, struct errinfo *e) MUST_USE;
/* Something changed: looks anew at what is due. From any thread. Takes NULL. */
void feeds_wake(struct feeds *f);
/* No more pages are asked for, and nobody is waited for any more; returns at once. Takes NULL. */
void feeds_end(struct feeds *f);
void feeds_stop(struct feeds *f); /* the same, and waits until a page that came is taken in; takes NULL */

#endif
