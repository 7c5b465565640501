/* peer_sync: keeping in step with the other members' nodes: for each that has an address, a thread that waits for its listing to change and then
 * fetches.
 *
 * A peer that does not answer is tried again after a while that grows from half a second to five minutes. How a peer's logs are polled depends on
 * what that peer shows, and on nothing else. */
#ifndef API_PEER_SYNC_H
#define API_PEER_SYNC_H

#include "api/host.h"

struct peer_sync;

/* cert and key (PEM, see http/tls.h) and told must outlive it. told (may be NULL) hears of what went wrong, in any thread. */
enum err peer_sync_start(struct host *h, struct str cert, struct str key, void (*told)(void *ctx, enum err err, const struct errinfo *e), void *ctx,
    struct peer_sync **ret, struct errinfo *e) MUST_USE;
/* Looks anew at who the peers are and where: charters, cards or keys may have changed. fresh: something has just come; those who did not answer are
 * tried again at once. */
enum err peer_sync_look(struct peer_sync *p, bool fresh, struct errinfo *e) MUST_USE;
void peer_sync_stop(struct peer_sync *p); /* takes NULL; waits for those who wait */

#endif
