#include "api/answer.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "api/local.h"
#include "api/version.h"
#include "api/wire.h"
#include "api/wire_call.h"
#include "base/limits.h"
#include "crypto/secret.h"
#include "env/posix.h"

enum {
	CALL_MAX = 256 * 1024, /* a clearance for each of 16 centres, each of 64 circles and 256 compartments */
	REPLY_MAX = 128 * MIB,
	PATIENCE = 120 * 1000, /* milliseconds: of an asker that stopped in the middle */
	LOOK = 500,            /* milliseconds between two looks at whether to stop */
};

struct talk {
	struct wire w;
	struct buf got; /* the last frame */
};

/* Sends and waits for what must come back. */
static enum err
exchange(struct talk *t, enum wire_kind kind, struct str bytes, enum wire_kind want, struct errinfo *e)
{
	enum wire_kind back;
	enum err err;
	if ((err = wire_send(&t->w, kind, bytes, e)) || (err = wire_recv(&t->w, &back, &t->got, e)))
		return err;
	if (back == WIRE_FAILED)
		return wire_failure(buf_str(&t->got), e);
	return back == want ? OK : err_set(e, ERR_SYNTAX, "the asker answers out of turn");
}

static enum err
read_input(void *ctx, void *p, size_t cap, size_t *ret_n, struct errinfo *e)
{
	struct talk *t = ctx;
	char space[24];
	int n = snprintf(space, sizeof space, "%zu", cap);
	enum err err = exchange(t, WIRE_READ, str_bytes(space, (size_t)n), WIRE_DATA, e);
	if (!err && t->got.n > cap)
		err = err_set(e, ERR_SYNTAX, "the asker gives more than was asked for");
	if (err)
		return err;
	if (t->got.n)
		memcpy(p, t->got.p, t->got.n);
	*ret_n = t->got.n;
	return OK;
}

static enum err
write_output(void *ctx, struct str bytes, struct errinfo *e)
{
	return exchange(ctx, WIRE_WRITE, bytes, WIRE_DONE, e);
}

static enum err
get_from_peer(void *ctx, struct str path, struct buf *ret, struct errinfo *e)
{
	struct talk *t = ctx;
	struct str all;
	enum err err = exchange(t, WIRE_GET, path, WIRE_DATA, e);
	if (err)
		return err;
	buf_put(ret, buf_str(&t->got));
	return buf_take(ret, &all, e);
}

static bool
step(void *ctx, const struct node_progress *p)
{
	struct talk *t = ctx;
	char space[120];
	enum wire_kind back;
	int n = snprintf(space, sizeof space, "%" PRIu64 " %" PRIu64 " %.60s", p->done, p->all, p->what ? p->what : "");
	struct errinfo why;
	return !wire_send(&t->w, WIRE_STEP, str_bytes(space, (size_t)n), &why) && !wire_recv(&t->w, &back, &t->got, &why) && back == WIRE_DONE;
}

/* One operation, its arguments in args. */
static enum err
operate(struct host *h, struct talk *t, struct wire_call *c, struct str args, struct buf *reply, struct errinfo *e)
{
	struct source in = {t, read_input};
	struct sink out = {t, write_output};
	char name[200], dir[4096];
	struct transport peer = {.ctx = t, .get = get_from_peer, .name = name};
	struct env_posix *to = NULL;
	enum err err = OK;
	c->call.args = args;
	c->call.in = c->in ? &in : NULL;
	c->call.out = c->out ? &out : NULL;
	c->call.progress = step;
	c->call.ctx = t;
	if (c->peer.n) {
		snprintf(name, sizeof name, "%.*s", STR_FMT(str_sub(c->peer, 0, sizeof name - 1)));
		c->call.peer = &peer;
	}
	if (c->to.n) {
		if (c->to.n >= sizeof dir)
			return err_set(e, ERR_LIMIT, "the path of the folder is too long");
		memcpy(dir, c->to.p, c->to.n);
		dir[c->to.n] = '\0';
		if ((err = env_posix_new(dir, true, &to, e)))
			return err;
		c->call.to = env_posix_env(to);
	}
	err = host_call(h, &c->call, c->slow, reply, e);
	env_posix_free(to);
	return err;
}

/* One call, whose first frame is in `first`. False: the connection is over. */
static bool
turn(struct host *h, struct talk *t, struct str first)
{
	struct arena a = ARENA_INIT(LIMIT_OBJECT_ARENA);
	struct buf args = BUF_INIT(LIMIT_OBJECT), reply = BUF_INIT(REPLY_MAX);
	struct wire_call c = {0};
	struct errinfo why = {0};
	enum wire_kind kind;
	enum err err = wire_call_parse(&a, first, &c, &why);
	bool on = !wire_recv(&t->w, &kind, &args, NULL) && kind == WIRE_ARGS;
	if (on && !err && c.clock.n)
		err = host_clock(h, c.clock, &why);
	if (on && !err)
		err = c.path.n ? host_serve(h, c.centre, c.asker, c.path, &reply, &why) : operate(h, t, &c, buf_str(&args), &reply, &why);
	if (on)
		on = err ? !wire_send_failure(&t->w, err, &why, NULL) : !wire_send(&t->w, WIRE_REPLY, buf_str(&reply), NULL);
	secret_wipe_buf(&args);
	secret_wipe_buf(&reply);
	buf_done(&args);
	buf_done(&reply);
	arena_done(&a);
	return on;
}

static bool
hello(struct talk *t)
{
	enum wire_kind kind;
	struct errinfo why;
	if (wire_recv(&t->w, &kind, &t->got, NULL) || kind != WIRE_HELLO)
		return false;
	if (str_is(buf_str(&t->got), COMITY_VERSION))
		return !wire_send(&t->w, WIRE_HELLO, STR(COMITY_VERSION), NULL);
	err_set(&why, ERR_VERSION, "the node that runs here is of version %s, this command of another", COMITY_VERSION);
	err_hint(&why, "start the node again with the version that is installed now");
	(void)!wire_send_failure(&t->w, ERR_VERSION, &why, NULL);
	return false;
}

void
answer(struct host *h, int fd, bool (*stop)(void *ctx), void *ctx)
{
	struct talk t = {.w = {fd, PATIENCE}, .got = BUF_INIT(CALL_MAX)};
	struct buf first = BUF_INIT(CALL_MAX);
	bool on = hello(&t);
	t.got.max = LIMIT_PAYLOAD + MIB; /* a reply of a peer */
	while (on && !(stop && stop(ctx))) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		enum wire_kind kind;
		int n = poll(&p, 1, LOOK);
		if (n > 0) {
			on = !wire_recv(&t.w, &kind, &first, NULL) && kind == WIRE_CALL && turn(h, &t, buf_str(&first));
			secret_wipe_buf(&first); /* a root key may have been in it */
		}
	}
	buf_done(&first);
	buf_done(&t.got);
}
