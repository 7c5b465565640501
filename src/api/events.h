/* events: streams of what changes (server-sent events), for thousands at a time.
 *
 * A stream keeps its place alone, a mark (node/op_events.c); whoever sees the same shares one copy of what it may see and the text of the last
 * events: when something changed the node is asked once for all streams that stood at the same mark. Nobody's stream outlives by long what its
 * account is allowed: it ends after EVENTS_LIFE, or when accounts change, and whoever comes back shows again who it is. */
#ifndef API_EVENTS_H
#define API_EVENTS_H

#include "api/route.h"

struct events_hub;

enum { EVENTS_LIFE = 600 /* seconds */ };

/* Of a host, for its life. */
enum err events_hub_new(struct host *h, struct events_hub **ret, struct errinfo *e) MUST_USE;
void events_hub_free(struct events_hub *hub); /* no stream is left; takes NULL */

/* Begins a stream for who asks, after the mark `last` (empty: from now on). */
enum err events_open(struct events_hub *hub, struct ask *a, struct str last, struct errinfo *e) MUST_USE;

#endif
