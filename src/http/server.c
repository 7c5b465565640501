#include "http/server.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/limits.h"
#include "http/server_int.h"

enum { QUEUE = 1024 };

/* TLS 1.3 alone; its suites are all sound. */
static const char priorities[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3";

bool
http_header(const struct http_request *q, const char *name, struct str *ret)
{
	size_t n = strlen(name);
	for (size_t i = 0; i < q->nheaders; i++)
		if (q->headers[i].name.n == n && strncasecmp(q->headers[i].name.p, name, n) == 0) {
			*ret = q->headers[i].value;
			return true;
		}
	return false;
}

void
http_reply_header(struct http_reply *r, const char *name, struct str value)
{
	assert(r->nheaders < HTTP_REPLY_HEADERS);
	r->headers[r->nheaders++] = (struct http_field){str_of(name), value};
}

size_t
http_reply_size(const struct http_reply *r)
{
	return r->shared.let_go ? r->shared.bytes.n : r->body.n;
}

void
http_shared_drop(struct http_shared *s)
{
	if (s->let_go)
		s->let_go(s->of);
	*s = (struct http_shared){0};
}

/* spare buffers */

static void
spare_take(struct http_server *s, struct buf *b)
{
	pthread_mutex_lock(&s->spare_m);
	if (!b->p && s->nspare && s->spare[s->nspare - 1].cap <= b->max) {
		size_t max = b->max;
		*b = s->spare[--s->nspare];
		b->max = max;
	}
	pthread_mutex_unlock(&s->spare_m);
}

void
spare_put(struct http_server *s, struct buf *b)
{
	if (b->cap >= HTTP_SPARE_MIN && b->cap <= HTTP_SPARE_MAX) {
		pthread_mutex_lock(&s->spare_m);
		if (s->nspare < HTTP_SPARES) {
			buf_clear(b);
			s->spare[s->nspare++] = *b;
			*b = (struct buf){0};
		}
		pthread_mutex_unlock(&s->spare_m);
	}
	buf_done(b);
}

/* memory of replies */

void
room_leave(struct http_server *s, struct room *r)
{
	if (r->n)
		crowd_leave(s->rooms, r->whose, r->n);
	r->n = 0;
}

/* A reply that is made is counted as its asker's until it is taken; where that one has too much already it is thrown away. */
static void
room_enter(struct http_server *s, struct exchange *x)
{
	struct full *f = x->full;
	struct http_reply *r = &f->r;
	const size_t n = http_reply_size(r);
	const bool tight = atomic_load(&s->held_out) > s->c.memory * 2;
	if (r->stream || n <= ROOM_FREE)
		return;
	if (r->who) {
		memset(f->room.whose, 0xff, 8);
		memcpy(f->room.whose + 8, &r->who, 8);
	} else {
		memcpy(f->room.whose, x->crowd, sizeof f->room.whose);
	}
	if (crowd_enter(s->rooms, f->room.whose, n, tight ? 0 : s->c.memory / 2)) {
		f->room.n = n;
		return;
	}
	buf_done(&r->body);
	http_shared_drop(&r->shared);
	r->body.max = ROOM_FREE;
	r->status = 503;
	r->nheaders = 0;
	http_reply_header(r, "Content-Type", STR("text/plain"));
	http_reply_header(r, "Retry-After", STR("2"));
	buf_puts(&r->body, "503 replies that you have asked for wait to be taken\n");
}

/* an exchange's life */

void
exchange_slim(struct exchange *x)
{
	struct full *f = x->full;
	if (!f)
		return;
	buf_done(&f->text);
	buf_done(&f->r.body);
	http_shared_drop(&f->r.shared);
	buf_done(&f->r.space);
	body_done(&f->body);
	if (f->r.state_free)
		f->r.state_free(f->r.state);
	room_leave(x->s, &f->room);
	free(f);
	x->full = NULL;
}

void
exchange_free(struct exchange *x)
{
	exchange_slim(x);
	buf_done(&x->out);
	if (x->state_free)
		x->state_free(x->state);
	free(x);
}

void
exchange_leave(struct exchange *x)
{
	struct http_server *s = x->s;
	pthread_mutex_lock(&s->m);
	bool listed = x->where == X_LISTED;
	if (listed) {
		link_out(&x->link);
		s->queued -= x->in_main;
	} else {
		x->gone = true; /* a worker has it, or the inbox */
	}
	pthread_mutex_unlock(&s->m);
	if (listed)
		exchange_free(x);
}

/* The lock is held in these three. */

static void
rouse(struct http_server *s)
{
	if (s->sleeping)
		pthread_cond_signal(&s->wake);
}

static void
list(struct exchange *x, struct link *where, bool in_main)
{
	x->where = X_LISTED;
	x->in_main = in_main;
	link_last(where, &x->link);
}

/* The next to be handled. Those who were woken may be thousands at once: they have half of the workers at the most, and one at the least. */
static struct exchange *
take_next(struct http_server *s, bool *ret_later)
{
	bool any_first = s->queue.next != &s->queue, any_later = s->later.next != &s->later;
	*ret_later = any_later && (s->in_later == 0 || (!any_first && s->in_later < s->nworkers / 2));
	if (!*ret_later && !any_first)
		return NULL;
	struct exchange *x = (struct exchange *)(*ret_later ? s->later.next : s->queue.next);
	link_out(&x->link);
	s->queued -= x->in_main;
	s->in_later += *ret_later;
	x->in_main = false;
	x->where = X_RUNNING;
	x->seen = s->wakes;
	x->over = s->stop || s->ending || (x->until && http_now() >= x->until);
	return x;
}

bool
exchange_queue(struct exchange *x)
{
	struct http_server *s = x->s;
	pthread_mutex_lock(&s->m);
	bool room = s->queued < QUEUE && !s->stop, asleep = s->sleeping;
	if (room) {
		list(x, &s->queue, true);
		s->queued++;
	}
	pthread_mutex_unlock(&s->m);
	if (room && asleep)
		pthread_cond_signal(&s->wake); /* it would wake only to wait for the lock */
	return room;
}

/* Nothing is to be done until somebody wakes it; the lock is not held, and taken here. False: it was woken meanwhile, or is gone, and this is done.
 */
static void
rest(struct exchange *x, struct link *where)
{
	struct http_server *s = x->s;
	pthread_mutex_lock(&s->m);
	bool gone = x->gone;
	if (!gone) {
		bool woken = x->seen != s->wakes || s->stop || s->ending;
		list(x, woken ? &s->later : where, false);
		if (woken)
			rouse(s);
	}
	pthread_mutex_unlock(&s->m);
	if (gone)
		exchange_free(x);
}

void
exchange_idle(struct exchange *x)
{
	rest(x, &x->s->idle);
}

void
exchange_wait_over(struct http_server *s)
{
	int64_t now = http_now();
	pthread_mutex_lock(&s->m);
	for (struct link *at = s->waiting.next, *next; at != &s->waiting; at = next) {
		next = at->next;
		if (now >= ((struct exchange *)at)->until) {
			link_out(at);
			link_last(&s->later, at);
			rouse(s);
		}
	}
	pthread_mutex_unlock(&s->m);
}

void
http_server_wake(struct http_server *s)
{
	pthread_mutex_lock(&s->m);
	s->wakes++;
	link_all(&s->later, &s->waiting);
	link_all(&s->later, &s->idle);
	if (s->later.next != &s->later)
		rouse(s);
	pthread_mutex_unlock(&s->m);
}

/* the workers */

/* Back to its loop. */
static void
give(struct exchange *x)
{
	pthread_mutex_lock(&x->s->m);
	bool gone = x->gone;
	x->where = X_LOOP;
	pthread_mutex_unlock(&x->s->m);
	if (gone)
		exchange_free(x);
	else
		loop_give(x->loop, x);
}

void
exchange_answer(struct exchange *x)
{
	room_enter(x->s, x);
	give(x);
}

static void
run_stream(struct http_server *s, struct exchange *x)
{
	const struct http_request q = {.over = x->over, .secure = x->secure, .has_pin = x->has_pin, .pin = x->pin, .from = str_of(x->from)};
	struct http_reply r = {.stream = true, .state = x->state, .state_free = x->state_free, .status = 200, .body = {.max = s->c.stream_max}};
	r.space.max = 16 * KIB;
	s->c.handle(s->c.ctx, &q, &r);
	buf_done(&r.space);
	x->state = r.state;
	x->state_free = r.state_free;
	x->stream = r.stream && !x->over;
	if (x->stream && !r.body.n && !r.body.bad) {
		buf_done(&r.body);
		rest(x, &s->idle);
		return;
	}
	x->out = r.body;
	give(x);
}

static void
run(struct http_server *s, struct exchange *x)
{
	struct full *f = x->full;
	if (x->stream) {
		run_stream(s, x);
		return;
	}
	f->q.over = x->over;
	if (x->ask) {
		f->q.accepted = s->c.accept(s->c.ctx, &f->q, &f->max, &f->r);
		f->refused = !f->q.accepted;
		give(x);
		return;
	}
	f->r.wait = 0;
	spare_take(s, &f->r.body);
	s->c.handle(s->c.ctx, &f->q, &f->r);
	if (f->r.wait && !x->over) {
		if (!x->until)
			x->until = http_now() + f->r.wait;
		rest(x, &s->waiting);
		return;
	}
	if (f->r.held)
		settle_later(x);
	else
		exchange_answer(x);
}

static void *
work(void *arg)
{
	struct http_server *s = arg;
	struct exchange *x;
	bool later;
	for (;;) {
		pthread_mutex_lock(&s->m);
		while (!(x = take_next(s, &later)) && !s->stop) {
			s->sleeping++;
			pthread_cond_wait(&s->wake, &s->m);
			s->sleeping--;
		}
		bool more = x && s->sleeping && (s->queue.next != &s->queue || s->later.next != &s->later);
		pthread_mutex_unlock(&s->m);
		if (!x)
			return NULL;
		if (more)
			pthread_cond_signal(&s->wake);
		run(s, x);
		if (later) {
			pthread_mutex_lock(&s->m);
			s->in_later--;
			pthread_mutex_unlock(&s->m);
		}
	}
}

/* start and stop */

static enum err
start_workers(struct http_server *s, struct errinfo *e)
{
	if (!(s->workers = calloc(s->c.workers, sizeof *s->workers)))
		return err_nomem(e);
	if (s->c.settle && !settle_start(s))
		return err_set(e, ERR_NOMEM, "no thread to be had");
	pthread_mutex_lock(&s->m); /* they count themselves */
	while (s->nworkers < s->c.workers && !pthread_create(&s->workers[s->nworkers], NULL, work, s))
		s->nworkers++;
	pthread_mutex_unlock(&s->m);
	return s->nworkers == s->c.workers ? OK : err_set(e, ERR_NOMEM, "no thread to be had");
}

/* The lock is held. */
static void
end_waits(struct http_server *s)
{
	s->wakes++;
	link_all(&s->later, &s->waiting);
	link_all(&s->later, &s->idle);
	pthread_cond_broadcast(&s->wake);
}

static void
stop_workers(struct http_server *s)
{
	pthread_mutex_lock(&s->m);
	s->stop = true;
	end_waits(s);
	pthread_mutex_unlock(&s->m);
	for (unsigned i = 0; i < s->nworkers; i++)
		pthread_join(s->workers[i], NULL);
	free(s->workers);
	settle_end(s);
}

static enum err
start_tls(struct http_server *s, struct errinfo *e)
{
	const gnutls_datum_t cert = {(unsigned char *)s->c.cert.p, (unsigned)s->c.cert.n}, key = {(unsigned char *)s->c.key.p, (unsigned)s->c.key.n};
	int rc;
	if (!s->c.cert.n)
		return OK;
	if ((rc = gnutls_certificate_allocate_credentials(&s->cred)) < 0 ||
	    (rc = gnutls_certificate_set_x509_key_mem(s->cred, &cert, &key, GNUTLS_X509_FMT_PEM)) < 0 ||
	    (rc = gnutls_priority_init(&s->priorities, priorities, NULL)) < 0)
		return err_set(e, ERR_IO, "the certificate or its key cannot be used: %s", gnutls_strerror(rc));
	return OK;
}

static uint16_t
port_of(const struct sockaddr_storage *at)
{
	return ntohs(at->ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)(const void *)at)->sin6_port
					       : ((const struct sockaddr_in *)(const void *)at)->sin_port);
}

/* A socket of a service manager's: a copy of our own, since the manager keeps it for the next node. */
static enum err
take_listener(struct http_server *s, uint16_t *ret_port, struct errinfo *e)
{
	struct sockaddr_storage got;
	socklen_t n = sizeof got, yes_n = sizeof(int);
	int yes = 0, type = 0;
	if (getsockopt(s->c.listener, SOL_SOCKET, SO_ACCEPTCONN, &yes, &yes_n) || getsockopt(s->c.listener, SOL_SOCKET, SO_TYPE, &type, &yes_n) ||
	    !yes || type != SOCK_STREAM || getsockname(s->c.listener, (struct sockaddr *)&got, &n) ||
	    (got.ss_family != AF_INET && got.ss_family != AF_INET6))
		return err_set(e, ERR_USAGE, "what was handed over is no TCP socket that listens");
	int fd = fcntl(s->c.listener, F_DUPFD_CLOEXEC, 3), flags = fd < 0 ? -1 : fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK)) {
		enum err err = err_set(e, ERR_IO, "the socket that was handed over: %s", strerror(errno));
		if (fd >= 0)
			close(fd);
		return err;
	}
	*ret_port = port_of(&got);
	s->listener = fd;
	return OK;
}

static enum err
listen_on(struct http_server *s, uint16_t *ret_port, struct errinfo *e)
{
	struct sockaddr_storage at = {0}, got;
	struct sockaddr_in *a4 = (void *)&at;
	struct sockaddr_in6 *a6 = (void *)&at;
	socklen_t n = sizeof *a4, got_n = sizeof got;
	const int yes = 1;
	if (s->c.listening)
		return take_listener(s, ret_port, e);
	if (inet_pton(AF_INET, s->c.address, &a4->sin_addr) == 1) {
		a4->sin_family = AF_INET;
		a4->sin_port = htons(s->c.port);
	} else if (inet_pton(AF_INET6, s->c.address, &a6->sin6_addr) == 1) {
		a6->sin6_family = AF_INET6;
		a6->sin6_port = htons(s->c.port);
		n = sizeof *a6;
	} else {
		return err_set(e, ERR_USAGE, "%.60s is no address: name one as digits, such as 127.0.0.1 or ::1", s->c.address);
	}
	int fd = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* an ended node's port is free at once */
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) || bind(fd, (struct sockaddr *)&at, n) || listen(fd, 511) ||
	    getsockname(fd, (struct sockaddr *)&got, &got_n)) {
		enum err err = err_set(e, ERR_IO, "cannot listen on %.60s port %u: %s", s->c.address, s->c.port, strerror(errno));
		err_hint(e, "another program may listen there: choose another port");
		if (fd >= 0)
			close(fd);
		return err;
	}
	*ret_port = port_of(&got);
	s->listener = fd;
	return OK;
}

static enum err
start_loops(struct http_server *s, struct errinfo *e)
{
	if (!(s->loops = calloc(s->c.threads, sizeof *s->loops)))
		return err_nomem(e);
	s->nloops = s->c.threads;
	for (unsigned i = s->nloops; i-- > 0;) /* that which listens last: it deals out to the others */
		if (!loop_start(&s->loops[i], s, i == 0))
			return err_set(e, ERR_NOMEM, "no thread or descriptor to be had");
	return OK;
}

static void
defaults(struct http_config *c)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	if (!c->threads)
		c->threads = cpus > 0 && cpus < 64 ? (unsigned)cpus : 4;
	c->workers = c->workers ? c->workers : 32;
	c->connections = c->connections ? c->connections : 1000;
	c->idle = c->idle ? c->idle : 60;
	c->patience = c->patience ? c->patience : 15;
	c->beat = c->beat ? c->beat : 20;
	c->stream_max = c->stream_max ? c->stream_max : 256 * KIB;
	if (!c->memory)
		c->memory = c->body_max > 16 * MIB ? 2 * c->body_max : 32 * MIB;
}

enum err
http_server_start(const struct http_config *c, struct http_server **ret, uint16_t *ret_port, struct errinfo *e)
{
	struct http_server *s = calloc(1, sizeof *s);
	enum err err;
	if (!s)
		return err_nomem(e);
	s->c = *c;
	s->listener = -1;
	defaults(&s->c);
	link_init(&s->queue);
	link_init(&s->later);
	link_init(&s->waiting);
	link_init(&s->idle);
	pthread_mutex_init(&s->m, NULL);
	pthread_mutex_init(&s->spare_m, NULL);
	pthread_cond_init(&s->wake, NULL);
	settle_init(&s->settling);
	s->crowd = crowd_new();
	s->pins = crowd_new();
	s->shaking = crowd_new();
	s->rooms = crowd_new();
	err = s->crowd && s->pins && s->shaking && s->rooms ? start_tls(s, e) : err_nomem(e);
	if (!err && !(err = listen_on(s, ret_port, e)) && !(err = start_workers(s, e)))
		err = start_loops(s, e);
	if (err) {
		http_server_stop(s);
		return err;
	}
	*ret = s;
	return OK;
}

void
http_server_drain(struct http_server *s)
{
	pthread_mutex_lock(&s->m);
	s->ending = true;
	end_waits(s);
	pthread_mutex_unlock(&s->m);
	atomic_store(&s->drain, true);
	for (unsigned i = 0; i < s->nloops; i++)
		loop_poke(&s->loops[i]);
}

bool
http_server_is_drained(const struct http_server *s)
{
	return atomic_load(&s->busy) == 0;
}

void
http_server_stop(struct http_server *s)
{
	if (!s)
		return;
	stop_workers(s); /* what is in the queue is still answered */
	atomic_store(&s->finish, true);
	for (unsigned i = 0; i < s->nloops; i++)
		loop_end(&s->loops[i]);
	free(s->loops);
	if (s->listener >= 0)
		close(s->listener);
	if (s->priorities)
		gnutls_priority_deinit(s->priorities);
	if (s->cred)
		gnutls_certificate_free_credentials(s->cred);
	crowd_free(s->crowd);
	crowd_free(s->pins);
	crowd_free(s->shaking);
	crowd_free(s->rooms);
	while (s->nspare)
		buf_done(&s->spare[--s->nspare]);
	pthread_mutex_destroy(&s->spare_m);
	pthread_mutex_destroy(&s->m);
	pthread_cond_destroy(&s->wake);
	settle_done(&s->settling);
	free(s);
}
