/* collect: feeds, which are others' TAXII collections that a running node pulls by itself, at their time. What is kept of each is a setting of the
 * home; its password or token is sealed under a key of keys/age and bound to its name and URL, so that it opens for no other server, nor in a home
 * that has other keys. */
#ifndef NODE_COLLECT_H
#define NODE_COLLECT_H

#include "json/dom.h"
#include "node/node.h"

enum { NODE_FEED_NAME = 40 };
/* In quarantine (store/local.h) what was pulled from a server of others was given by this and its address, cut to NODE_GIVER bytes with its NUL. No
 * member is called so. */
#define NODE_GIVER_FEED "feed "
enum { NODE_GIVER = 256 };

struct node_feed { /* texts in the arena */
	struct str name, url, collection, user, sealed, ca, mark, centre;
	bool near; /* an address that is not public may be asked (api/taxii_from.h) */
	bool paused;
	int64_t every;                           /* microseconds */
	int64_t made;                            /* when: another feed of the same name is another one */
	int64_t next, last;                      /* when it is to be pulled; when it was, whole (TIME_MIN: never) */
	int64_t failures;                        /* on end */
	int64_t runs, added, unchanged, refused; /* objects of the last run */
	struct str why;                          /* of the last failure */
};

enum node_feed_state { FEED_WAITS, FEED_OK, FEED_FAILING, FEED_OVERDUE, FEED_PAUSED, FEED_STATES };
extern const char *const node_feed_states[FEED_STATES];
enum node_feed_state node_feed_state(const struct node_feed *f, int64_t now);

enum err
node_feed_each(struct node *n, enum err (*each)(void *ctx, const struct node_feed *f, struct errinfo *e), void *ctx, struct errinfo *e) MUST_USE;
/* ERR_NOTFOUND. */
enum err node_feed_get(struct node *n, struct str name, struct arena *a, struct node_feed *ret, struct errinfo *e) MUST_USE;
enum err node_feed_put(struct node *n, const struct node_feed *f, struct errinfo *e) MUST_USE;
enum err node_feed_remove(struct node *n, struct str name, struct errinfo *e) MUST_USE;
/* secret: the value of Authorization. Into the arena. */
enum err node_feed_seal(struct node *n, struct node_feed *f, struct str secret, struct arena *a, struct errinfo *e) MUST_USE;

enum err node_feed_unseal(const struct node *n, const struct node_feed *f, struct buf *b, struct errinfo *e) MUST_USE; /* ERR_CORRUPT */
/* Its place within the collection, as pull_put_state says it: appended, if there is one; and another one. */
enum err node_feed_place(struct node *n, struct str name, struct buf *b, struct errinfo *e) MUST_USE;
enum err node_feed_place_set(struct node *n, struct str name, struct str place, struct errinfo *e) MUST_USE;

/* For the node that pulls (collect_due.c). The feed whose time came first, of those that busy does not name, with what proves us (wiped by the
 * caller) and its place. ERR_NOTFOUND: none; *ret_wait: milliseconds until one may be. */
struct node_feed_due {
	struct node_feed feed;
	struct buf proof, place;
};
enum err node_feed_next(struct node *n, bool (*busy)(void *ctx, struct str name), void *ctx, struct arena *a, struct node_feed_due *ret,
    int64_t *ret_wait, struct errinfo *e) MUST_USE;
/* Its place after a page that is committed. ERR_STOPPED: it is gone, or another, or paused. */
enum err node_feed_keep(struct node *n, const struct node_feed *f, struct str place, struct errinfo *e) MUST_USE;
/* A run ended: when the next is, and a line of the audit trail. why: NULL: all came. */
struct node_feed_run {
	int64_t added, unchanged, refused;
	bool more;            /* only what one run takes came: the next goes on at once */
	unsigned retry_after; /* seconds that the server asked for */
	const struct errinfo *why;
};
enum err node_feed_ended(struct node *n, const struct node_feed *f, const struct node_feed_run *r, struct errinfo *e) MUST_USE;
/* How many are in each state. */
enum err node_feed_count(struct node *n, uint64_t ret[static FEED_STATES], struct errinfo *e) MUST_USE;

#endif
