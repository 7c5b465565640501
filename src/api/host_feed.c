/* Feeds, under the turn. */
#include "api/host_int.h"

enum err
host_feed_next(struct host *h, bool (*busy)(void *ctx, struct str name), void *ctx, struct arena *a, struct node_feed_due *ret, int64_t *ret_wait,
    struct errinfo *e)
{
	fair_enter(&h->writing, FAIR_ITSELF);
	fair_enter(&h->turn, FAIR_ITSELF);
	enum err err = node_feed_next(h->node, busy, ctx, a, ret, ret_wait, e);
	fair_leave(&h->turn);
	fair_leave(&h->writing);
	return err;
}

enum err
host_feed_keep(struct host *h, const struct node_feed *f, struct str place, struct errinfo *e)
{
	fair_enter(&h->writing, FAIR_ITSELF);
	fair_enter(&h->turn, FAIR_ITSELF);
	enum err err = node_feed_keep(h->node, f, place, e);
	fair_leave(&h->turn);
	fair_leave(&h->writing);
	return err;
}

enum err
host_feed_ended(struct host *h, const struct node_feed *f, const struct node_feed_run *r, struct errinfo *e)
{
	fair_enter(&h->writing, FAIR_ITSELF);
	fair_enter(&h->turn, FAIR_ITSELF);
	enum err err = node_feed_ended(h->node, f, r, e);
	fair_leave(&h->turn);
	fair_leave(&h->writing);
	return err;
}

enum err
host_feed_count(struct host *h, uint64_t ret[static FEED_STATES], struct errinfo *e)
{
	fair_enter(&h->turn, FAIR_ITSELF);
	enum err err = node_feed_count(h->node, ret, e);
	fair_leave(&h->turn);
	return err;
}
