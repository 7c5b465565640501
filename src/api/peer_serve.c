#include "api/peer_serve.h"

#include <time.h>

#include "api/peer_answer.h"
#include "base/limits.h"
#include "crypto/secret.h"

enum {
	REPLY_MAX = LIMIT_PAYLOAD + MIB,
	LISTENERS = 2 * LIMIT_CENTRES * LIMIT_MEMBERS, /* connections: each member's, twice */
};

static bool
pinned(void *ctx, const struct hash *pin)
{
	return peer_book_has(((struct peer_serve *)ctx)->book, pin);
}

static bool
who(void *ctx, struct str centre, const struct hash *pin, struct str says, char ret_member[static GOVERN_ID_MAX + 1])
{
	return peer_book_find(((struct peer_serve *)ctx)->book, centre, pin, says, ret_member);
}

static enum err
serve(void *ctx, struct str centre, struct str member, struct str path, struct buf *reply, struct errinfo *e)
{
	return host_serve(((struct peer_serve *)ctx)->host, centre, member, path, reply, e);
}

static int64_t
mono(void)
{
	struct timespec ts;
	return clock_gettime(CLOCK_MONOTONIC, &ts) ? 0 : (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Later: this key has had its part. */
static void
refuse(struct http_reply *r, unsigned seconds)
{
	r->status = 429;
	buf_printf(&r->space, "%u", seconds);
	http_reply_header(r, "Content-Type", STR("application/octet-stream"));
	http_reply_header(r, "Cache-Control", STR("no-store"));
	if (buf_ok(&r->space))
		http_reply_header(r, "Retry-After", buf_str(&r->space));
	buf_puts(&r->body, "later\n");
}

static void
handle(void *ctx, const struct http_request *q, struct http_reply *r)
{
	struct peer_serve *p = ctx;
	const struct peer_desk desk = {.who = who, .serve = serve, .ctx = p};
	static char counted;
	struct errinfo why;
	unsigned wait = r->state ? 0 : budget_take(p->budget, &q->pin, mono());
	if (wait) {
		refuse(r, wait);
		return;
	}
	r->state = &counted; /* one that waits, and is handled again, was one request */
	enum err err = peer_answer(&desk, q, r, &why);
	if (!r->wait)
		budget_charge(p->budget, &q->pin, mono(), r->body.n);
	if (err && p->told)
		p->told(p->ctx, err, &why);
}

enum err
peer_serve_start(
    struct peer_serve *p, struct host *h, struct peer_book *book, const char *address, uint16_t port, uint16_t *ret_port, struct errinfo *e)
{
	*p = (struct peer_serve){.host = h,
	    .book = book,
	    .cert = BUF_INIT(8 * KIB),
	    .key = BUF_INIT(8 * KIB),
	    .told = p->told,
	    .ctx = p->ctx,
	    .rate = p->rate,
	    .per_peer = p->per_peer,
	    .listening = p->listening,
	    .listener = p->listener};
	struct budget_rate rate = {p->rate.requests ? p->rate.requests : LIMIT_PEER_REQUESTS, p->rate.mib ? p->rate.mib : LIMIT_PEER_MIB};
	enum err err = host_tls(h, &p->cert, &p->key, e);
	if (!err)
		err = budget_new(rate, &p->budget, e);
	if (!err) {
		const struct http_config c = {.address = address,
		    .port = port,
		    .cert = buf_str(&p->cert),
		    .key = buf_str(&p->key),
		    .pinned = pinned,
		    .handle = handle,
		    .ctx = p,
		    .body_max = 0,
		    .reply_max = REPLY_MAX,
		    .connections = LISTENERS,
		    .per_pin = p->per_peer ? p->per_peer : LIMIT_PEER_CONNECTIONS,
		    .listening = p->listening,
		    .listener = p->listener,
		    .idle = 90};
		err = http_server_start(&c, &p->server, ret_port, e);
	}
	if (err)
		peer_serve_stop(p);
	return err;
}

void
peer_serve_wake(struct peer_serve *p)
{
	if (p->server)
		http_server_wake(p->server);
}

void
peer_serve_drain(struct peer_serve *p)
{
	if (p->server)
		http_server_drain(p->server);
}

bool
peer_serve_is_drained(const struct peer_serve *p)
{
	return !p->server || http_server_is_drained(p->server);
}

void
peer_serve_stop(struct peer_serve *p)
{
	http_server_stop(p->server);
	p->server = NULL;
	budget_free(p->budget);
	p->budget = NULL;
	secret_wipe_buf(&p->key);
	buf_done(&p->key);
	buf_done(&p->cert);
}
