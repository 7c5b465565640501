#include "api/peer_serve.h"

#include <string.h>

#include "base/limits.h"
#include "crypto/secret.h"

enum {
	WAIT = 25 * 1000, /* milliseconds: less than the time after which routers forget a silent connection */
	REPLY_MAX = LIMIT_PAYLOAD + MIB,
	LISTENERS = 2 * LIMIT_CENTRES * LIMIT_MEMBERS, /* connections: each member's, twice */
};

static bool
pinned(void *ctx, const struct hash *pin)
{
	return peer_book_has(((struct peer_serve *)ctx)->book, pin);
}

/* The one refusal. */
static void
nothing(struct http_reply *r)
{
	buf_clear(&r->body);
	buf_puts(&r->body, "nothing here for you\n");
	r->status = 404;
	r->wait = 0;
}

static bool
is_same(struct str query, struct str body)
{
	struct hash want, have = hash_of(body);
	return str_starts(query, STR("unlike=")) && hash_from_hex(str_sub(query, 7, query.n), &want) && hash_eq(&want, &have);
}

static void
handle(void *ctx, const struct http_request *q, struct http_reply *r)
{
	struct peer_serve *p = ctx;
	struct str centre, path;
	char member[GOVERN_ID_MAX + 1];
	struct errinfo why;
	http_reply_header(r, "Content-Type", STR("application/octet-stream"));
	http_reply_header(r, "Cache-Control", STR("no-store"));
	buf_clear(&r->body);
	r->nheaders = 2;
	if (!str_is(q->method, "GET") || !q->has_pin || !str_starts(q->path, STR("/")) ||
	    !str_cut(str_sub(q->path, 1, q->path.n), '/', &centre, &path) || !peer_book_find(p->book, centre, &q->pin, member)) {
		nothing(r);
		return;
	}
	enum err err = host_serve(p->host, centre, str_of(member), path, &r->body, &why);
	if (err == ERR_NOTFOUND || err == ERR_DENIED || err == ERR_USAGE || err == ERR_SYNTAX || err == ERR_INVALID) {
		nothing(r);
	} else if (err) {
		buf_clear(&r->body);
		buf_puts(&r->body, "not now\n");
		r->status = 503;
		err_at(&why, "answering %s", member);
		if (p->told)
			p->told(p->ctx, err, &why);
	} else {
		r->status = 200;
		if (str_is(path, "logs") && !q->over && is_same(q->query, buf_str(&r->body)))
			r->wait = WAIT;
	}
}

enum err
peer_serve_start(
    struct peer_serve *p, struct host *h, struct peer_book *book, const char *address, uint16_t port, uint16_t *ret_port, struct errinfo *e)
{
	*p = (struct peer_serve){.host = h, .book = book, .cert = BUF_INIT(8 * KIB), .key = BUF_INIT(8 * KIB), .told = p->told, .ctx = p->ctx};
	enum err err = host_tls(h, &p->cert, &p->key, e);
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
peer_serve_stop(struct peer_serve *p)
{
	http_server_stop(p->server);
	p->server = NULL;
	secret_wipe_buf(&p->key);
	buf_done(&p->key);
	buf_done(&p->cert);
}
