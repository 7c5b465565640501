/* What a running node's server does with a reply that is held (http_reply.held), for tests that ask without one: it is settled at once, and what it
 * shares is copied into its body. */
#ifndef SETTLE_H
#define SETTLE_H

#include "api/hold.h"

static inline void
settle_nothing(void *ctx, const struct hold *h, struct http_reply *r)
{
	(void)ctx, (void)h, (void)r;
}

static inline void
settle_here(const struct route_world *w, struct http_reply *r)
{
	if (!r->held)
		return;
	hold_settle(w, &r, 1, settle_nothing, NULL);
	if (r->shared.let_go)
		buf_put(&r->body, r->shared.bytes);
	http_shared_drop(&r->shared);
}

#endif
