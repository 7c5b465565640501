/* A connection's life, as its loop leads it: handshake, heads, bodies, replies, streams, and the patience with each. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "http/server_int.h"
#include "http/tls.h"

enum {
	READS = 8,   /* pieces read at once, before others have their turn */
	RATE = 1024, /* bytes a second below which a body or a reply is given up */
	LINGER_MS = 2000,
	LINGER_BYTES = 1024 * 1024, /* what a refused body may still send */
	RECORD = 16 * 1024,
};

static void begin(struct conn *c, size_t n);
static void flush(struct conn *c);

static void
want(struct conn *c, uint32_t events)
{
	struct epoll_event ev = {.events = events, .data.ptr = c};
	if (c->events != events)
		epoll_ctl(c->loop->epoll, EPOLL_CTL_MOD, c->fd, &ev);
	c->events = events;
}

static void
enter(struct conn *c, enum conn_state state)
{
	c->state = state;
	c->since = c->last = c->loop->now;
	c->moved = 0;
}

/* Counts anew what of the server's memory is this connection's. */
static void
account(struct conn *c)
{
	struct http_server *s = c->loop->s;
	size_t in = c->in.cap, out = c->head.cap + c->body.cap + c->shared.bytes.n;
	if (c->x && c->x->full)
		in += c->x->full->text.cap + c->x->full->body.mem.cap;
	atomic_fetch_add(&s->held, in - c->held); /* modulo 2^n, so less works too */
	atomic_fetch_add(&s->held_out, out - c->held_out);
	c->held = in;
	c->held_out = out;
}

/* The address, or what of an IPv6 one is given to one customer. */
static void
crowd_key(const struct conn *c, uint8_t key[static 16])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	memcpy(key, c->address, 16);
	if (memcmp(key, mapped, 12) != 0)
		memset(key + 8, 0, 8);
}

/* Its loop is to see to it first: until then there may be about to be room. */
void
conn_unsettled(struct conn *c, bool yes)
{
	if (yes && !c->in_unsettled)
		atomic_fetch_add(&c->loop->s->unsettled, 1);
	else if (!yes && c->in_unsettled)
		atomic_fetch_sub(&c->loop->s->unsettled, 1);
	c->in_unsettled = yes;
}

/* It is no handshake that is not over. */
static void
shaken(struct conn *c)
{
	uint8_t key[16];
	if (!c->in_shaking)
		return;
	c->in_shaking = false;
	crowd_key(c, key);
	crowd_leave(c->loop->s->shaking, key, 1);
}

void
conn_close(struct conn *c)
{
	struct http_server *s = c->loop->s;
	uint8_t key[16];
	if (c->x) {
		c->x->conn = NULL;
		if (c->x_here)
			exchange_free(c->x);
		else
			exchange_leave(c->x);
		c->x = NULL;
	}
	buf_done(&c->in);
	buf_done(&c->head);
	buf_done(&c->body);
	http_shared_drop(&c->shared);
	account(c);
	if (c->tls)
		gnutls_deinit(c->tls);
	close(c->fd);
	if (c->has_address) {
		crowd_key(c, key);
		crowd_leave(s->crowd, key, 1);
	}
	if (c->in_pins)
		crowd_leave(s->pins, c->pin.b, 1);
	shaken(c);
	room_leave(s, &c->room);
	link_out(&c->link);
	if (c->state != CONN_LINGER)
		atomic_fetch_sub(&s->busy, 1);
	atomic_fetch_sub(&s->nconns, 1);
	conn_unsettled(c, false);
	free(c);
}

/* In the handshake: 0 lets it go on. */
static int
verify(gnutls_session_t session)
{
	struct conn *c = gnutls_session_get_ptr(session);
	const struct http_server *s = c->loop->s;
	c->has_pin = tls_peer_pin(session, &c->pin);
	if (!c->has_pin || !s->c.pinned(s->c.ctx, &c->pin))
		return GNUTLS_E_CERTIFICATE_ERROR;
	if (s->c.per_pin && !c->in_pins && !(c->in_pins = crowd_enter(s->pins, c->pin.b, 1, s->c.per_pin)))
		return GNUTLS_E_CERTIFICATE_ERROR;
	return 0;
}

static bool
start_tls(struct conn *c)
{
	struct http_server *s = c->loop->s;
	if (gnutls_init(&c->tls, GNUTLS_SERVER | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL | GNUTLS_NO_TICKETS)) {
		c->tls = NULL;
		return false;
	}
	gnutls_transport_set_int(c->tls, c->fd);
	gnutls_session_set_ptr(c->tls, c);
	if (s->c.pinned) {
		gnutls_certificate_server_set_request(c->tls, GNUTLS_CERT_REQUIRE);
		gnutls_session_set_verify_function(c->tls, verify);
	}
	return !gnutls_priority_set(c->tls, s->priorities) && !gnutls_credentials_set(c->tls, GNUTLS_CRD_CERTIFICATE, s->cred);
}

/* Of one address only so many are in the handshake: where they are, the oldest on this loop makes room, since who means it is through in no time. It
 * ends by its next event: this very moment may have one of it in hand. */
static bool
may_shake(struct conn *c, const uint8_t key[static 16])
{
	struct crowd *shaking = c->loop->s->shaking;
	uint8_t other[16];
	if (!(c->in_shaking = crowd_enter(shaking, key, 1, HANDSHAKES)))
		for (struct link *at = c->loop->conns.next; at != &c->loop->conns; at = at->next) {
			struct conn *o = (struct conn *)at;
			crowd_key(o, other);
			if (o->in_shaking && memcmp(key, other, 16) == 0) {
				shaken(o);
				shutdown(o->fd, SHUT_RDWR);
				conn_unsettled(o, true);
				c->in_shaking = crowd_enter(shaking, key, 1, HANDSHAKES);
				break;
			}
		}
	return c->in_shaking;
}

void
conn_start(struct conn *c)
{
	struct http_server *s = c->loop->s;
	struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c};
	uint8_t key[16];
	conn_unsettled(c, false);
	link_init(&c->link);
	link_last(&c->loop->conns, &c->link);
	c->in.max = HTTP_HEAD_MAX + 2 * HTTP_CHUNK;
	c->head.max = SIZE_MAX;
	c->events = EPOLLIN;
	crowd_key(c, key);
	c->has_address = s->c.per_address && crowd_enter(s->crowd, key, 1, s->c.per_address);
	enter(c, s->cred ? CONN_HANDSHAKE : CONN_HEAD);
	if ((s->c.per_address && !c->has_address) || (s->cred && (!may_shake(c, key) || !start_tls(c))) ||
	    epoll_ctl(c->loop->epoll, EPOLL_CTL_ADD, c->fd, &ev))
		conn_close(c);
}

/* what goes out */

/* Bytes; 0: nothing is left; -1: not now; -2: broken. */
static ssize_t
push_tls(struct conn *c)
{
	ssize_t n;
	bool of_head = c->head_at < c->head.n;
	struct str b = of_head ? (struct str){c->head.p, c->head.n} : conn_body(c);
	size_t at = of_head ? c->head_at : c->body_at;
	if (c->again)
		n = gnutls_record_send(c->tls, NULL, 0);
	else if (at == b.n)
		return 0;
	else
		n = gnutls_record_send(c->tls, b.p + at, b.n - at < RECORD ? b.n - at : RECORD);
	c->again = n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED;
	if (n > 0)
		*(of_head ? &c->head_at : &c->body_at) += (size_t)n;
	return n > 0 ? n : c->again ? -1 : -2;
}

static ssize_t
push_plain(struct conn *c)
{
	struct str b = conn_body(c);
	struct iovec v[2] = {{c->head.p + c->head_at, c->head.n - c->head_at}, {(char *)b.p + c->body_at, b.n - c->body_at}};
	struct msghdr m = {.msg_iov = v, .msg_iovlen = 2};
	ssize_t n;
	if (!c->head.p) /* no arithmetic on it */
		v[0].iov_base = NULL;
	if (!b.p)
		v[1].iov_base = NULL;
	if (v[0].iov_len + v[1].iov_len == 0)
		return 0;
	n = sendmsg(c->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? -1 : -2;
	size_t of_head = (size_t)n < v[0].iov_len ? (size_t)n : v[0].iov_len;
	c->head_at += of_head;
	c->body_at += (size_t)n - of_head;
	return n;
}

static void
linger(struct conn *c)
{
	if (c->tls)
		gnutls_bye(c->tls, GNUTLS_SHUT_WR);
	shutdown(c->fd, SHUT_WR);
	buf_done(&c->in);
	account(c);
	enter(c, CONN_LINGER);
	atomic_fetch_sub(&c->loop->s->busy, 1);
	want(c, EPOLLIN);
}

/* The other side's system has all that was to go. */
static void
sent(struct conn *c)
{
	int status;
	size_t n;
	buf_done(&c->head);
	spare_put(c->loop->s, &c->body);
	http_shared_drop(&c->shared);
	room_leave(c->loop->s, &c->room);
	c->head_at = c->body_at = 0;
	account(c);
	if (c->close) {
		if (c->x && c->x_here) {
			exchange_free(c->x);
			c->x = NULL;
		}
		linger(c);
	} else if (c->state == CONN_STREAM) {
		want(c, EPOLLRDHUP);
		if (c->x_here) {
			c->x_here = false;
			exchange_idle(c->x);
		}
	} else {
		enter(c, CONN_HEAD);
		c->seen = 0;
		/* what came meanwhile; a refusal closes, so this goes no deeper */
		if (c->in.n && (status = http_head_find(buf_str(&c->in), &c->seen, &n)) == 200)
			begin(c, n);
		else
			want(c, EPOLLIN); /* a refusal comes with the next byte, or in time */
	}
}

static void
flush(struct conn *c)
{
	ssize_t n;
	while ((n = c->tls ? push_tls(c) : push_plain(c)) > 0) {
		c->moved += (uint64_t)n;
		c->last = c->loop->now;
	}
	if (n == 0) {
		sent(c);
	} else if (n == -1) {
		account(c);
		want(c, EPOLLOUT | (c->state == CONN_STREAM ? EPOLLRDHUP : 0));
	} else {
		conn_close(c);
	}
}

/* Puts the head of a reply and, unless it is bare, its body into what goes out. False: it cannot be said so; a 500 goes out. */
static bool
put_reply(struct conn *c, struct http_reply *r, bool bare, int64_t length, bool keep_told)
{
	const struct http_reply none = {.status = 500};
	buf_clear(&c->head);
	c->head_at = c->body_at = 0;
	if (!reply_head(&c->head, r, c->loop->date, length, c->close, keep_told)) {
		buf_clear(&c->head);
		c->close = true;
		reply_head(&c->head, &none, c->loop->date, 0, true, false);
		return false;
	}
	if (bare)
		return true;
	c->body = r->body;
	c->shared = r->shared;
	r->body = (struct buf){0};
	r->shared = (struct http_shared){0};
	if (c->tls && c->head.n < RECORD) { /* one record for the head and the first of the body */
		struct str b = conn_body(c);
		c->body_at = b.n < RECORD - c->head.n ? b.n : RECORD - c->head.n;
		buf_put(&c->head, (struct str){b.p, c->body_at});
	}
	return true;
}

/* What is refused before a handler saw it. */
static void
refuse(struct conn *c, int status)
{
	struct http_reply r = {.status = status, .body = {.max = 100}};
	if (c->x)
		exchange_free(c->x);
	c->x = NULL;
	c->close = true;
	http_reply_header(&r, "Content-Type", STR("text/plain"));
	if (status == 503)
		http_reply_header(&r, "Retry-After", STR("2"));
	buf_printf(&r.body, "%d %s\n", status, reply_reason(status));
	put_reply(c, &r, false, (int64_t)r.body.n, false);
	buf_done(&r.body);
	enter(c, CONN_REPLY);
	flush(c);
}

/* A worker's reply. */
static void
answer(struct conn *c)
{
	struct exchange *x = c->x;
	struct full *f = x->full;
	struct http_reply *r = &f->r;
	bool stream = r->stream && !f->is_head && !f->refused, bare = f->is_head || r->status == 204 || r->status == 304;
	c->close = f->close || f->refused || r->stream || atomic_load(&c->loop->s->drain) || atomic_load(&c->loop->s->finish);
	if (!buf_ok(&r->body)) {
		buf_done(&r->body);
		http_shared_drop(&r->shared);
		r->status = 500;
		r->nheaders = 0;
		stream = false;
		c->close = true;
	}
	int64_t length = r->stream || r->status == 204 || r->status == 304 ? -1 : (int64_t)http_reply_size(r);
	if (put_reply(c, r, bare, length, f->keep_told) && stream) {
		x->stream = true;
		x->state = r->state;
		x->state_free = r->state_free;
		r->state_free = NULL;
		exchange_slim(x);
		c->close = false; /* yet: the head says so, and the stream's end does */
		enter(c, CONN_STREAM);
	} else {
		c->room = f->room;
		f->room.n = 0;
		exchange_free(x);
		c->x = NULL;
		enter(c, CONN_REPLY);
	}
	flush(c);
}

/* what comes in */

static void
dispatch(struct conn *c)
{
	struct http_server *s = c->loop->s;
	struct full *f = c->x->full;
	f->q.body = f->body.fd < 0 ? (struct str){f->body.mem.p, f->body.mem.n} : STR_NONE;
	f->q.body_n = f->body.n;
	f->q.in = body_source(&f->body);
	c->x->ask = false;
	account(c);
	enter(c, CONN_WORK);
	c->x_here = false;
	if (atomic_load(&s->held_out) > s->c.memory * 4 || !exchange_queue(c->x)) {
		c->x_here = true;
		refuse(c, 503);
	}
}

static int
keep_body(struct conn *c, struct str data)
{
	struct http_server *s = c->loop->s;
	struct full *f = c->x->full;
	if (data.n > f->max - f->body.n)
		return 413;
	enum body_put put = body_put(&f->body, data, s->c.spool, atomic_load(&s->held) > s->c.memory);
	account(c);
	return put == BODY_OK ? 0 : put == BODY_FULL ? 503 : 507;
}

/* Part of a body, and perhaps what comes after it. */
static void
take_body(struct conn *c, struct str bytes)
{
	struct full *f = c->x->full;
	struct str data;
	int status = 0;
	if (f->chunked) {
		while (bytes.n && !status && !(status = http_chunks_next(&f->chunks, &bytes, &data)))
			status = data.n ? keep_body(c, data) : 0;
	} else {
		data = str_sub(bytes, 0, f->length - f->body.n < bytes.n ? (size_t)(f->length - f->body.n) : bytes.n);
		bytes = str_sub(bytes, data.n, bytes.n);
		if (!(status = keep_body(c, data)) && f->body.n == f->length)
			status = 200;
	}
	if (status == 200) {
		if (bytes.n)
			buf_put(&c->in, bytes);
		dispatch(c);
	} else if (status) {
		refuse(c, status);
	} else {
		want(c, EPOLLIN);
	}
}

/* The body may come. */
static void
go_body(struct conn *c)
{
	struct full *f = c->x->full;
	struct buf rest = c->in;
	if (f->length > f->max) {
		refuse(c, 413);
		return;
	}
	body_init(&f->body, f->max);
	enter(c, CONN_BODY);
	if (f->expects && !rest.n) {
		static const char go[] =
		    "HTTP/1.1 100 Continue\r\n\r\n"; /* the first bytes on an empty way: taken whole, or the other side is gone */
		ssize_t n = c->tls ? gnutls_record_send(c->tls, go, sizeof go - 1) : send(c->fd, go, sizeof go - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n != sizeof go - 1) {
			conn_close(c);
			return;
		}
	}
	c->in = (struct buf){.max = rest.max};
	if (rest.n) {
		take_body(c, (struct str){rest.p, rest.n});
		buf_done(&rest);
	} else {
		buf_done(&rest);
		want(c, EPOLLIN);
	}
}

static void
tell_from(const struct conn *c, struct exchange *x)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	if (memcmp(c->address, mapped, 12) == 0)
		inet_ntop(AF_INET, c->address + 12, x->from, sizeof x->from);
	else
		inet_ntop(AF_INET6, c->address, x->from, sizeof x->from);
	x->secure = c->tls;
	x->has_pin = c->has_pin;
	x->pin = c->pin;
	if (c->has_pin)
		memcpy(x->crowd, c->pin.b, sizeof x->crowd);
	else
		crowd_key(c, x->crowd);
}

/* A whole head is there, n bytes of c->in. */
static void
begin(struct conn *c, size_t n)
{
	struct http_server *s = c->loop->s;
	struct exchange *x = calloc(1, sizeof *x);
	struct full *f = x ? calloc(1, sizeof *f) : NULL;
	if (!f) {
		free(x);
		conn_close(c);
		return;
	}
	link_init(&x->link);
	x->s = s;
	x->loop = c->loop;
	x->conn = c;
	x->full = f;
	struct buf all = c->in;
	c->in = (struct buf){.max = all.max};
	if (all.n > n)
		buf_put(&c->in, (struct str){all.p + n, all.n - n});
	c->seen = 0;
	f->text = all;
	body_init(&f->body, s->c.body_max);
	f->r = (struct http_reply){.status = 500, .body = {.max = s->c.reply_max}, .space = {.max = HTTP_HEAD_MAX}};
	f->max = s->c.body_max;
	c->x = x;
	c->x_here = true;
	tell_from(c, x);
	struct http_head h = {.fields = f->q.headers};
	int status = http_head_read((struct str){all.p, n}, &h);
	if (status == 200 && (h.length || h.chunked) && h.compressed)
		status = 415;
	if (status == 200 && (!buf_ok(&c->in) || atomic_load(&s->held) > s->c.memory))
		status = 503;
	if (status != 200) {
		refuse(c, status);
		return;
	}
	f->q.method = h.method;
	f->q.path = h.path;
	f->q.query = h.query;
	f->q.nheaders = h.nfields;
	f->q.secure = x->secure;
	f->q.has_pin = x->has_pin;
	f->q.pin = x->pin;
	f->q.from = str_of(x->from);
	f->is_head = str_is(h.method, "HEAD");
	f->close = h.close;
	f->keep_told = !h.is_11 && !h.close;
	f->chunked = h.chunked;
	f->length = h.length;
	f->expects = h.expects;
	if (!h.length && !h.chunked) {
		dispatch(c);
	} else if (s->c.accept) {
		x->ask = true;
		account(c);
		enter(c, CONN_ASKED);
		c->x_here = false;
		if (!exchange_queue(x)) {
			c->x_here = true;
			refuse(c, 503);
		}
	} else {
		go_body(c);
	}
}

static void
take_head(struct conn *c, struct str bytes)
{
	size_t n;
	if (!c->in.n)
		enter(c, CONN_HEAD); /* its time begins now */
	buf_put(&c->in, bytes);
	int status = buf_ok(&c->in) ? http_head_find(buf_str(&c->in), &c->seen, &n) : 503;
	account(c);
	if (status == 200)
		begin(c, n);
	else if (status || atomic_load(&c->loop->s->held) > c->loop->s->c.memory)
		refuse(c, status ? status : 503);
}

/* Bytes; 0: the end; -1: not now; -2: broken. */
static ssize_t
pull(struct conn *c)
{
	ssize_t n;
	if (c->tls) {
		n = gnutls_record_recv(c->tls, c->loop->scratch, sizeof c->loop->scratch);
		return n >= 0 ? n : n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED ? -1 : -2;
	}
	n = recv(c->fd, c->loop->scratch, sizeof c->loop->scratch, MSG_DONTWAIT);
	return n >= 0 ? n : errno == EAGAIN || errno == EINTR ? -1 : -2;
}

static void
read_some(struct conn *c)
{
	struct link *before = c->link.prev; /* to know whether c is still there: it is only ever closed by this thread, and then out of the list */
	for (int i = 0; i < READS; i++) {
		ssize_t n = pull(c);
		if (n == -1)
			return;
		if (n <= 0) {
			conn_close(c);
			return;
		}
		struct str bytes = {c->loop->scratch, (size_t)n};
		c->last = c->loop->now;
		c->moved += (uint64_t)n;
		if (c->state == CONN_LINGER) {
			if (c->moved > LINGER_BYTES) {
				conn_close(c);
				return;
			}
			continue;
		}
		if (c->state == CONN_HEAD)
			take_head(c, bytes);
		else
			take_body(c, bytes);
		if (before->next != &c->link || (c->state != CONN_HEAD && c->state != CONN_BODY && c->state != CONN_LINGER))
			return;
		if (!c->tls && bytes.n < sizeof c->loop->scratch)
			return; /* nothing more is there, most likely */
	}
}

static void
shake(struct conn *c)
{
	int rc;
	do
		rc = gnutls_handshake(c->tls);
	while (rc < 0 && rc != GNUTLS_E_AGAIN && !gnutls_error_is_fatal(rc));
	if (rc == GNUTLS_E_AGAIN) {
		want(c, gnutls_record_get_direction(c->tls) ? EPOLLOUT : EPOLLIN);
	} else if (rc < 0) {
		conn_close(c);
	} else {
		shaken(c);
		enter(c, CONN_HEAD);
		want(c, EPOLLIN);
		read_some(c);
	}
}

void
conn_event(struct conn *c, uint32_t events)
{
	if (c->state == CONN_HANDSHAKE) {
		shake(c);
		return;
	}
	if ((events & (EPOLLERR | EPOLLHUP)) || (c->state == CONN_STREAM && (events & EPOLLRDHUP))) {
		conn_close(c);
		return;
	}
	switch (c->state) {
	case CONN_HEAD:
	case CONN_BODY:
	case CONN_LINGER:
		read_some(c);
		break;
	case CONN_REPLY:
	case CONN_STREAM:
		if (events & EPOLLOUT)
			flush(c);
		break;
	case CONN_HANDSHAKE:
	case CONN_ASKED:
	case CONN_WORK:
		want(c, 0); /* it is only now that somebody writes ahead; mostly nobody does, and what epoll is asked for stays as it is */
		break;
	}
}

void
conn_answer(struct conn *c, struct exchange *x)
{
	c->x_here = true;
	if (c->state == CONN_STREAM) {
		c->body = x->out;
		c->body_at = 0;
		x->out = (struct buf){0};
		c->close = !x->stream;
		if (c->body.bad) { /* more than one call may say: it goes on from its last event on another connection */
			conn_close(c);
			return;
		}
		enter(c, CONN_STREAM);
		flush(c);
	} else if (x->ask && !x->full->refused) {
		go_body(c);
	} else {
		answer(c);
	}
}

/* Whether what moves in a state moves too slowly. */
static bool
is_slow(const struct conn *c, int64_t patience)
{
	int64_t now = c->loop->now, over = now - c->since - patience;
	return now - c->last > patience || (over > 0 && c->moved < (uint64_t)over * RATE / 1000);
}

void
conn_tick(struct conn *c)
{
	const struct http_config *o = &c->loop->s->c;
	int64_t age = c->loop->now - c->since, patience = (int64_t)o->patience * 1000;
	bool pending = c->head_at < c->head.n || c->body_at < conn_body(c).n || c->again;
	switch (c->state) {
	case CONN_HANDSHAKE:
		if (age > patience)
			conn_close(c);
		break;
	case CONN_HEAD:
		if (c->in.n && age > patience)
			refuse(c, 408);
		else if (!c->in.n && age > (int64_t)o->idle * 1000)
			conn_close(c);
		break;
	case CONN_BODY:
		if (is_slow(c, patience))
			refuse(c, 408);
		break;
	case CONN_REPLY:
		if (is_slow(c, patience))
			conn_close(c);
		break;
	case CONN_STREAM:
		if (pending && is_slow(c, patience)) {
			conn_close(c);
		} else if (!pending && c->loop->now - c->last >= (int64_t)o->beat * 1000) {
			enter(c, CONN_STREAM);
			buf_puts(&c->head, ":\n\n");
			c->head_at = 0;
			flush(c);
		}
		break;
	case CONN_LINGER:
		if (age > LINGER_MS)
			conn_close(c);
		break;
	case CONN_ASKED:
	case CONN_WORK:
		break;
	}
}
