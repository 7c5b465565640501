#include "api/reach.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "api/local.h"
#include "api/version.h"
#include "api/wire.h"
#include "api/wire_call.h"
#include "base/limits.h"
#include "crypto/secret.h"

enum {
	REPLY_MAX = 128 * MIB,
	CALL_MAX = 256 * 1024,
	TRIES = 20, /* of 100 ms: a node that is about to run, or to end, has the lock and does not answer */
};

struct reach {
	struct node *node; /* NULL: remote */
	struct wire w;
	const char *clock;
	struct buf frame;
};

bool
reach_is_remote(const struct reach *r)
{
	return !r->node;
}

void
reach_clock(struct reach *r, const char *clock)
{
	r->clock = clock;
}

const char *
reach_warning(const struct reach *r)
{
	return r->node ? node_warning(r->node) : NULL;
}

static enum err
hello(struct reach *r, struct errinfo *e)
{
	enum wire_kind kind;
	enum err err;
	if ((err = wire_send(&r->w, WIRE_HELLO, STR(COMITY_VERSION), e)) || (err = wire_recv(&r->w, &kind, &r->frame, e)))
		return err;
	if (kind == WIRE_FAILED)
		return wire_failure(buf_str(&r->frame), e);
	return kind == WIRE_HELLO ? OK : err_set(e, ERR_VERSION, "what runs in this home does not speak as a node does");
}

enum err
reach_open(const struct env *env, const char *dir, const char *what, struct reach **ret, struct errinfo *e)
{
	struct reach *r = calloc(1, sizeof *r);
	enum err err = ERR_BUSY;
	if (!r)
		return err_nomem(e);
	r->w = (struct wire){.fd = -1, .patience = -1}; /* the node may be busy with somebody's long work */
	r->frame = (struct buf)BUF_INIT(REPLY_MAX);
	for (int i = 0; err == ERR_BUSY && i < TRIES; i++) {
		struct timespec wait = {.tv_nsec = 100 * 1000 * 1000};
		if (i)
			nanosleep(&wait, NULL);
		err = local_connect(dir, &r->w.fd, e);
		if (!err)
			err = hello(r, e);
		else if (err == ERR_NOTFOUND)
			err = node_open(env, what, &r->node, e);
	}
	if (err)
		reach_close(r);
	else
		*ret = r;
	return err;
}

void
reach_close(struct reach *r)
{
	if (!r)
		return;
	node_close(r->node);
	if (r->w.fd >= 0)
		close(r->w.fd);
	secret_wipe_buf(&r->frame);
	buf_done(&r->frame);
	free(r);
}

/* What the node asks back while it works. */

static enum err
give_input(struct reach *r, const struct node_call *c, struct errinfo *e)
{
	char space[64 * KIB];
	uint64_t cap;
	size_t n;
	struct errinfo why = {0};
	if (!c->in || !str_u64(buf_str(&r->frame), &cap))
		return err_set(e, ERR_SYNTAX, "the node asks for an input that there is not");
	enum err err = c->in->read(c->in->ctx, space, cap < sizeof space ? cap : sizeof space, &n, &why);
	return err ? wire_send_failure(&r->w, err, &why, e) : wire_send(&r->w, WIRE_DATA, str_bytes(space, n), e);
}

static enum err
take_output(struct reach *r, const struct node_call *c, struct errinfo *e)
{
	struct errinfo why = {0};
	if (!c->out)
		return err_set(e, ERR_SYNTAX, "the node gives an output that nobody asked for");
	enum err err = c->out->write(c->out->ctx, buf_str(&r->frame), &why);
	return err ? wire_send_failure(&r->w, err, &why, e) : wire_send(&r->w, WIRE_DONE, STR_NONE, e);
}

static enum err
ask_peer(struct reach *r, const struct node_call *c, struct errinfo *e)
{
	struct buf path = BUF_INIT(KIB), got = BUF_INIT(LIMIT_PAYLOAD + MIB);
	struct errinfo why = {0};
	buf_put(&path, buf_str(&r->frame));
	enum err err = !c->peer ? err_set(&why, ERR_NOTFOUND, "no peer") : c->peer->get(c->peer->ctx, buf_str(&path), &got, &why);
	err = err ? wire_send_failure(&r->w, err, &why, e) : wire_send(&r->w, WIRE_DATA, buf_str(&got), e);
	buf_done(&got);
	buf_done(&path);
	return err;
}

static enum err
tell_progress(struct reach *r, const struct node_call *c, struct errinfo *e)
{
	struct str done, all, rest;
	char what[64];
	struct node_progress p = {.what = what};
	str_cut(buf_str(&r->frame), ' ', &done, &rest);
	str_cut(rest, ' ', &all, &rest);
	if (!str_u64(done, &p.done) || !str_u64(all, &p.all))
		return err_set(e, ERR_SYNTAX, "the node tells of its progress what is none");
	snprintf(what, sizeof what, "%.*s", STR_FMT(str_sub(rest, 0, sizeof what - 1)));
	return wire_send(&r->w, !c->progress || c->progress(c->ctx, &p) ? WIRE_DONE : WIRE_STOP, STR_NONE, e);
}

/* From the call to its reply. */
static enum err
converse(struct reach *r, const struct wire_call *wc, struct str args, struct buf *reply, struct errinfo *e)
{
	struct buf b = BUF_INIT(CALL_MAX);
	struct str text;
	enum wire_kind kind;
	wire_call_put(&b, wc);
	enum err err = buf_take(&b, &text, e);
	if (!err && !(err = wire_send(&r->w, WIRE_CALL, text, e)))
		err = wire_send(&r->w, WIRE_ARGS, args.n ? args : STR("{}"), e);
	secret_wipe_buf(&b);
	buf_done(&b);
	while (!err && !(err = wire_recv(&r->w, &kind, &r->frame, e))) {
		switch (kind) {
		case WIRE_READ:
			err = give_input(r, &wc->call, e);
			break;
		case WIRE_WRITE:
			err = take_output(r, &wc->call, e);
			break;
		case WIRE_GET:
			err = ask_peer(r, &wc->call, e);
			break;
		case WIRE_STEP:
			err = tell_progress(r, &wc->call, e);
			break;
		case WIRE_REPLY:
			buf_put(reply, buf_str(&r->frame));
			return buf_take(reply, &text, e);
		case WIRE_FAILED:
			return wire_failure(buf_str(&r->frame), e);
		default:
			err = err_set(e, ERR_SYNTAX, "the node answers out of turn");
		}
	}
	if (err == ERR_IO) {
		err_at(e, "the node that runs in this home");
		err_hint(e, "it may have been stopped in the middle: what it had acknowledged is kept; see comity log, then ask again");
	}
	return err;
}

enum err
reach_call(struct reach *r, const struct reach_call *c, struct buf *reply, struct errinfo *e)
{
	if (r->node)
		return node_call(r->node, &c->call, reply, e);
	const struct wire_call wc = {.call = c->call,
	    .in = c->call.in != NULL,
	    .out = c->call.out != NULL,
	    .slow = c->slow,
	    .peer = c->call.peer ? str_of(c->call.peer->name) : STR_NONE,
	    .to = str_of(c->to_dir),
	    .clock = str_of(r->clock)};
	return converse(r, &wc, c->call.args, reply, e);
}

enum err
reach_serve(struct reach *r, struct str centre, struct str asker, struct str path, struct buf *reply, struct errinfo *e)
{
	if (r->node)
		return node_serve(r->node, centre, asker, path, reply, e);
	const struct wire_call wc = {.path = path, .centre = centre, .asker = asker, .clock = str_of(r->clock)};
	return converse(r, &wc, STR_NONE, reply, e);
}
