/* Paths of feeds: kept, paused, forgotten; looked for by the node that pulls, their place moved on, a run ended. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "crypto/secret.h"
#include "node/collect.h"
#include "torture/torture.h"

#define OPEN (1u << IRQ)
#define NONE -1
#define PLACE "1 - - 61"

/* The test's own, which no fault touches. */
static struct node_feed pulled;
static char place[100];

static enum err
add_feed(struct torture *t, struct errinfo *e)
{
	return torture_do(t, IRQ, e, "collect-add",
	    "{\"url\":\"https://taxii.example/taxii2/\",\"name\":\"vendor\",\"every\":\"15m\",\"user\":\"irq\",\"password\":\"tell nobody\"}");
}

static enum err
pause_feed(struct torture *t, struct errinfo *e)
{
	return torture_do(t, IRQ, e, "collect-pause", "{\"name\":\"vendor\"}");
}

static enum err
remove_feed(struct torture *t, struct errinfo *e)
{
	return torture_do(t, IRQ, e, "collect-remove", "{\"name\":\"vendor\"}");
}

static bool
none_busy(void *ctx, struct str name)
{
	(void)ctx;
	(void)name;
	return false;
}

static enum err
do_next(struct torture *t, struct errinfo *e)
{
	struct arena a = ARENA_INIT(MIB);
	struct node_feed_due due = {.proof = BUF_INIT(16 * KIB), .place = BUF_INIT(KIB)};
	int64_t wait;
	enum err err = node_feed_next(t->c.node[IRQ], none_busy, NULL, &a, &due, &wait, e);
	if (err == ERR_NOTFOUND)
		err_set(e, err, "nothing is due");
	else if (!err && !str_is(buf_str(&due.proof), "Basic aXJxOnRlbGwgbm9ib2R5"))
		err = err_set(e, ERR_INVALID, "what proves us is another");
	if (!err) {
		pulled = (struct node_feed){.name = STR("vendor"), .made = due.feed.made};
		snprintf(place, sizeof place, "%.*s", STR_FMT(buf_str(&due.place)));
	}
	secret_wipe_buf(&due.proof);
	buf_done(&due.proof);
	buf_done(&due.place);
	arena_done(&a);
	return err;
}

static enum err
next(struct torture *t, struct errinfo *e)
{
	return torture_as(t, IRQ, do_next, e);
}

static bool
is_due(struct torture *t)
{
	return next(t, NULL) == OK;
}

static enum err
with_feed(struct torture *t, struct errinfo *e)
{
	enum err err = add_feed(t, e);
	return err ? err : next(t, e);
}

static bool
is_paused(struct torture *t)
{
	return torture_do(t, IRQ, NULL, "collect-show", "{\"name\":\"vendor\"}") == OK && torture_says(t, "\"paused\"") && !is_due(t);
}

static bool
is_gone(struct torture *t)
{
	return torture_do(t, IRQ, NULL, "collect-list", "{}") == OK && !torture_says(t, "vendor");
}

static enum err
do_keep(struct torture *t, struct errinfo *e)
{
	return node_feed_keep(t->c.node[IRQ], &pulled, STR(PLACE), e);
}

static enum err
keep(struct torture *t, struct errinfo *e)
{
	return torture_as(t, IRQ, do_keep, e);
}

static bool
is_there(struct torture *t)
{
	return is_due(t) && strcmp(place, PLACE) == 0;
}

static enum err
do_end(struct torture *t, struct errinfo *e)
{
	const struct node_feed_run all = {.added = 3};
	return node_feed_ended(t->c.node[IRQ], &pulled, &all, e);
}

static enum err
end(struct torture *t, struct errinfo *e)
{
	return torture_as(t, IRQ, do_end, e);
}

static bool
is_ended(struct torture *t)
{
	return torture_do(t, IRQ, NULL, "collect-show", "{\"name\":\"vendor\"}") == OK && torture_says(t, "\"ok\"") &&
	       torture_says(t, "\"runs\":1,") && torture_do(t, IRQ, NULL, "audit", "{}") == OK && torture_says(t, "3 added");
}

const struct path paths_feed[] = {
    {"collect-add", IRQ, OPEN, NONE, PATH_CHANGED, NULL, add_feed, is_due},
    {"collect-pause", IRQ, OPEN, NONE, 0, add_feed, pause_feed, is_paused},
    {"collect-remove", IRQ, OPEN, NONE, PATH_CHANGED, add_feed, remove_feed, is_gone},
    {"feed-next", IRQ, OPEN, NONE, 0, add_feed, next, is_due},
    {"feed-keep", IRQ, OPEN, NONE, 0, with_feed, keep, is_there},
    {"feed-ended", IRQ, OPEN, NONE, 0, with_feed, end, is_ended},
    {.name = NULL},
};
