/* When feeds are pulled, and what came of it. A success is followed by the next after `every`, a tenth more or less, so that many nodes do not ask
 * one server at one moment; a failure by a minute, then twice as long each time or as the server asked, and up to a tenth more, up to six hours or
 * `every`. */
#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "base/time.h"
#include "node/collect.h"
#include "node/op.h"
#include "node/people.h"

enum { DOUBLINGS = 11 };
#define BACK_OFF_MAX (6 * TIME_HOUR)

struct seek {
	bool (*busy)(void *ctx, struct str name);
	void *ctx;
	int64_t now, wait, best;
	char name[NODE_FEED_NAME + 1];
};

static enum err
weigh(void *ctx, const struct node_feed *f, struct errinfo *e)
{
	struct seek *s = ctx;
	int64_t most = (f->every > BACK_OFF_MAX ? f->every : BACK_OFF_MAX) + f->every / 10, left = f->next - s->now;
	(void)e;
	if (f->paused || s->busy(s->ctx, f->name) || f->name.n > NODE_FEED_NAME)
		return OK;
	if (left > most) /* the clock was ahead when that was set */
		left = 0;
	if (left > 0) {
		int64_t ms = left / 1000 + 1;
		s->wait = ms < s->wait ? ms : s->wait;
	} else if (!s->name[0] || f->next < s->best) {
		s->best = f->next;
		memcpy(s->name, f->name.p, f->name.n);
		s->name[f->name.n] = '\0';
	}
	return OK;
}

enum err
node_feed_next(struct node *n, bool (*busy)(void *ctx, struct str name), void *ctx, struct arena *a, struct node_feed_due *ret, int64_t *ret_wait,
    struct errinfo *e)
{
	struct seek s = {.busy = busy, .ctx = ctx, .now = node_now(n), .wait = INT64_MAX};
	enum err err = node_feed_each(n, weigh, &s, e);
	*ret_wait = s.wait;
	if (!err && !s.name[0])
		err = ERR_NOTFOUND;
	if (err || (err = node_feed_get(n, str_of(s.name), a, &ret->feed, e)) || (err = node_feed_place(n, ret->feed.name, &ret->place, e)))
		return err;
	struct errinfo why;
	if (ret->feed.sealed.n && (err = node_feed_unseal(n, &ret->feed, &ret->proof, &why)) && err != ERR_CORRUPT && e)
		*e = why;
	if (err != ERR_CORRUPT)
		return err;
	const struct node_feed_run r = {.why = &why};
	*ret_wait = 0;
	err = node_feed_ended(n, &ret->feed, &r, e);
	return err ? err : ERR_NOTFOUND;
}

/* The feed as it is now, if it is still the one that is pulled. */
static enum err
same(struct node *n, const struct node_feed *f, struct arena *a, struct node_feed *ret, struct errinfo *e)
{
	enum err err = node_feed_get(n, f->name, a, ret, e);
	if (err == ERR_NOTFOUND || (!err && ret->made != f->made))
		return err_set(e, ERR_STOPPED, "the feed %.*s is gone", STR_FMT(f->name));
	return err;
}

enum err
node_feed_keep(struct node *n, const struct node_feed *f, struct str place, struct errinfo *e)
{
	struct arena a = ARENA_INIT(MIB);
	struct node_feed is;
	enum err err = same(n, f, &a, &is, e);
	if (!err)
		err = node_feed_place_set(n, f->name, place, e);
	if (!err && is.paused)
		err = err_set(e, ERR_STOPPED, "the feed %.*s is paused", STR_FMT(f->name));
	arena_done(&a);
	return err;
}

static int64_t
next_after(struct node *n, const struct node_feed *f, const struct node_feed_run *r, int64_t now)
{
	uint32_t draw = 0;
	n->env->random(n->env->ctx, RND_HASH, STR("feed"), (uint64_t)now, (uint8_t *)&draw, sizeof draw);
	int64_t part = f->every / 10, jitter = part ? (int64_t)draw % (2 * part + 1) - part : 0;
	if (!r->why)
		return r->more ? now : now + f->every + jitter;
	int64_t most = f->every > BACK_OFF_MAX ? f->every : BACK_OFF_MAX;
	int64_t wait = TIME_MINUTE << (f->failures - 1 < DOUBLINGS ? f->failures - 1 : DOUBLINGS), asked = r->retry_after * TIME_SECOND;
	wait = wait > asked ? wait : asked;
	wait += (int64_t)draw % (wait / 10 + 1); /* many may have failed at one moment, and been told the same */
	return now + (wait < most ? wait : most);
}

/* What went wrong, and where in what the server gave. */
static void
put_why(const struct errinfo *why, struct buf *b)
{
	if (why->line)
		buf_printf(b, "line %" PRIu64 ", column %" PRIu64 ": ", why->line, why->col);
	buf_puts(b, why->msg);
}

/* The line of the audit trail. */
static enum err
put_line(struct node *n, const struct node_feed *f, const struct node_feed_run *r, struct str why, struct errinfo *e)
{
	struct buf detail = BUF_INIT(4 * KIB), who = BUF_INIT(KIB);
	const char *how = r->why ? "; failed: " : r->more ? "; more to come" : "";
	buf_printf(&detail, "%lld added, %lld unchanged, %lld refused%s", (long long)r->added, (long long)r->unchanged, (long long)r->refused, how);
	buf_put(&detail, why);
	buf_printf(&who, "feed %.*s", STR_FMT(f->name));
	const struct local_audit line = {
	    .at = node_now(n), .who = buf_str(&who), .what = STR("collect"), .target = f->name, .detail = str_sub(buf_str(&detail), 0, 500)};
	enum err err = local_audit_put(n->store, &line, e);
	buf_done(&detail);
	buf_done(&who);
	return err;
}

enum err
node_feed_ended(struct node *n, const struct node_feed *f, const struct node_feed_run *r, struct errinfo *e)
{
	struct arena a = ARENA_INIT(MIB);
	struct buf why = BUF_INIT(4 * KIB);
	struct node_feed is;
	int64_t now = node_now(n);
	enum err err = same(n, f, &a, &is, e);
	if (err)
		goto out;
	if (r->why)
		put_why(r->why, &why);
	is.runs++;
	is.failures = r->why ? is.failures + 1 : 0;
	is.added = r->added;
	is.unchanged = r->unchanged;
	is.refused = r->refused;
	if ((err = buf_take(&why, &is.why, e)))
		goto out;
	if (!r->why && !r->more)
		is.last = now;
	is.next = next_after(n, &is, r, now);
	if ((err = local_begin(n->store, e)))
		goto out;
	if ((err = node_feed_put(n, &is, e)) || (err = put_line(n, f, r, is.why, e)) || (err = local_commit(n->store, e)))
		local_rollback(n->store);
out:
	buf_done(&why);
	arena_done(&a);
	return err;
}
