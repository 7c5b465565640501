#include "http/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "http/tls.h"

enum { QUEUE = 1024 };

/* TLS 1.3 alone; its suites are all sound. */
static const char priorities[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3";

struct exchange {
	struct http_server *s;
	struct MHD_Connection *connection;
	struct exchange *next; /* in the queue */
	struct http_request q;
	struct http_reply r;
	struct buf body, texts; /* what q views */
	char from[INET6_ADDRSTRLEN];
	int64_t until; /* of one that waits: milliseconds, monotonic */
	bool too_long, done;
};

struct http_server {
	struct http_config c;
	struct MHD_Daemon *daemon;
	int listener;
	pthread_mutex_t m;
	pthread_cond_t wake;
	struct exchange *first, **last;
	size_t queued;
	struct exchange *waiting;
	uint64_t wakes; /* how often those who wait were woken */
	bool stop;
	pthread_t *workers;
	unsigned nworkers;
};

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
	if (r->nheaders < HTTP_REPLY_HEADERS)
		r->headers[r->nheaders++] = (struct http_field){str_of(name), value};
}

/* the workers */

static int64_t
now_ms(void)
{
	struct timespec ts;
	return clock_gettime(CLOCK_MONOTONIC, &ts) ? 0 : (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* The lock is held in these. */

static void
put_last(struct http_server *s, struct exchange *x)
{
	x->next = NULL;
	*s->last = x;
	s->last = &x->next;
	s->queued++;
	pthread_cond_signal(&s->wake);
}

static struct exchange *
take_first(struct http_server *s)
{
	struct exchange *x = s->first;
	if (x) {
		s->first = x->next;
		if (!s->first)
			s->last = &s->first;
		s->queued--;
	}
	return x;
}

/* Puts back into the queue those who waited long enough, or all. */
static void
wake_waiting(struct http_server *s, bool all)
{
	int64_t now = now_ms();
	for (struct exchange **at = &s->waiting, *x; (x = *at);) {
		x->q.over = s->stop || now >= x->until;
		if (!all && !x->q.over) {
			at = &x->next;
			continue;
		}
		*at = x->next;
		put_last(s, x);
	}
}

/* Handles one request; the lock is not held. */
static void
handle(struct http_server *s, struct exchange *x)
{
	pthread_mutex_lock(&s->m);
	uint64_t wakes = s->wakes;
	pthread_mutex_unlock(&s->m);
	x->r.wait = 0;
	s->c.handle(s->c.ctx, &x->q, &x->r);
	if (x->r.wait && !x->q.over) {
		pthread_mutex_lock(&s->m);
		if (!x->until)
			x->until = now_ms() + x->r.wait;
		if (wakes != s->wakes || s->stop) { /* woken while it was being handled */
			x->q.over = s->stop;
			put_last(s, x);
		} else {
			x->next = s->waiting;
			s->waiting = x;
		}
		pthread_mutex_unlock(&s->m);
		return;
	}
	x->done = true;
	MHD_resume_connection(x->connection);
}

static void *
work(void *arg)
{
	struct http_server *s = arg;
	for (;;) {
		struct timespec until;
		pthread_mutex_lock(&s->m);
		while (!s->first && !s->stop) {
			clock_gettime(CLOCK_MONOTONIC, &until);
			until.tv_sec++;
			pthread_cond_timedwait(&s->wake, &s->m, &until);
			wake_waiting(s, false);
		}
		struct exchange *x = take_first(s);
		pthread_mutex_unlock(&s->m);
		if (!x)
			return NULL;
		handle(s, x);
	}
}

void
http_server_wake(struct http_server *s)
{
	pthread_mutex_lock(&s->m);
	s->wakes++;
	wake_waiting(s, true);
	pthread_mutex_unlock(&s->m);
}

static bool
enqueue(struct exchange *x)
{
	struct http_server *s = x->s;
	pthread_mutex_lock(&s->m);
	bool room = s->queued < QUEUE && !s->stop;
	if (room) {
		MHD_suspend_connection(x->connection);
		put_last(s, x);
	}
	pthread_mutex_unlock(&s->m);
	return room;
}

/* a connection's life, in the threads of the library */

/* In the handshake: 0 lets it go on. */
static int
verify(gnutls_session_t session)
{
	const struct http_server *s = gnutls_session_get_ptr(session);
	struct hash pin;
	return tls_peer_pin(session, &pin) && s->c.pinned(s->c.ctx, &pin) ? 0 : GNUTLS_E_CERTIFICATE_ERROR;
}

static void
notified(void *cls, struct MHD_Connection *connection, void **state, enum MHD_ConnectionNotificationCode what)
{
	struct http_server *s = cls;
	(void)state;
	if (what != MHD_CONNECTION_NOTIFY_STARTED || !s->c.pinned)
		return;
	const union MHD_ConnectionInfo *i = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	if (!i || !i->tls_session)
		return;
	gnutls_session_set_ptr(i->tls_session, s); /* the library needs it for pre-shared keys alone, which nobody has here */
	gnutls_certificate_server_set_request(i->tls_session, GNUTLS_CERT_REQUIRE);
	gnutls_session_set_verify_function(i->tls_session, verify);
}

static void
ended(void *cls, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode how)
{
	(void)cls;
	(void)connection;
	(void)how;
	struct exchange *x = *state;
	if (!x)
		return;
	buf_done(&x->body);
	buf_done(&x->texts);
	buf_done(&x->r.body);
	buf_done(&x->r.space);
	free(x);
	*state = NULL;
}

static struct str
keep(struct exchange *x, const char *text, size_t n)
{
	size_t at = x->texts.n;
	buf_put(&x->texts, (struct str){text, n});
	return (struct str){(const char *)at, n}; /* its offset, until nothing more is added */
}

static enum MHD_Result
take_header(void *ctx, enum MHD_ValueKind kind, const char *name, size_t name_n, const char *value, size_t value_n)
{
	struct exchange *x = ctx;
	(void)kind;
	if (x->q.nheaders == HTTP_HEADERS) {
		x->too_long = true;
		return MHD_NO;
	}
	struct http_field *f = &x->q.headers[x->q.nheaders++];
	f->name = keep(x, name, name_n);
	f->value = keep(x, value ? value : "", value ? value_n : 0);
	return MHD_YES;
}

static void
settle(const struct exchange *x, struct str *s)
{
	s->p = x->texts.p + (size_t)s->p;
}

/* What the request says, copied: the library's own may go while the connection sleeps. */
static void
take_request(struct exchange *x, const char *method)
{
	struct http_request *q = &x->q;
	q->method = keep(x, method, strlen(method));
	MHD_get_connection_values_n(x->connection, MHD_HEADER_KIND, take_header, x);
	if (!buf_ok(&x->texts)) {
		x->too_long = true;
		return;
	}
	settle(x, &q->method);
	settle(x, &q->path);
	settle(x, &q->query);
	for (size_t i = 0; i < q->nheaders; i++) {
		settle(x, &q->headers[i].name);
		settle(x, &q->headers[i].value);
	}
	const union MHD_ConnectionInfo *i = MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *a = i ? i->client_addr : NULL;
	const void *at = !a                       ? NULL
		       : a->sa_family == AF_INET  ? (const void *)&((const struct sockaddr_in *)(const void *)a)->sin_addr
		       : a->sa_family == AF_INET6 ? (const void *)&((const struct sockaddr_in6 *)(const void *)a)->sin6_addr
						  : NULL;
	if (at && inet_ntop(a->sa_family, at, x->from, sizeof x->from))
		q->from = str_of(x->from);
	i = x->s->c.pinned ? MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION) : NULL;
	q->has_pin = i && tls_peer_pin(i->tls_session, &q->pin);
}

static enum MHD_Result
send_reply(struct exchange *x)
{
	struct http_reply *r = &x->r;
	struct str body;
	enum MHD_Result ok = MHD_NO;
	if (buf_take(&r->body, &body, NULL)) {
		r->status = 500;
		body = STR_NONE;
	}
	struct MHD_Response *response = MHD_create_response_from_buffer(body.n, body.n ? (void *)body.p : (void *)"", MHD_RESPMEM_PERSISTENT);
	if (!response)
		return MHD_NO;
	for (size_t i = 0; i < r->nheaders; i++) {
		char value[512];
		if (r->headers[i].value.n >= sizeof value)
			continue;
		memcpy(value, r->headers[i].value.p, r->headers[i].value.n);
		value[r->headers[i].value.n] = '\0';
		MHD_add_response_header(response, r->headers[i].name.p, value);
	}
	ok = MHD_queue_response(x->connection, (unsigned)r->status, response);
	MHD_destroy_response(response); /* the body stays ours until the request has ended */
	return ok;
}

static enum MHD_Result
refuse(struct exchange *x, int status)
{
	x->r.status = status;
	x->done = true;
	return send_reply(x);
}

/* Called when the head of a request is there, for each part of its body, at its end, and again when a worker has replied. A reply is given from the
 * second call on: given in the first, it would end the connection. */
static enum MHD_Result
on_request(
    void *cls, struct MHD_Connection *connection, const char *url, const char *method, const char *version, const char *data, size_t *n, void **state)
{
	struct exchange *x = *state;
	(void)cls;
	(void)version;
	(void)url;
	if (!x)
		return MHD_NO; /* no memory */
	if (!x->connection) {  /* begun by on_uri */
		x->connection = connection;
		take_request(x, method);
		return MHD_YES;
	}
	if (*n) {
		if (!x->too_long)
			buf_put(&x->body, (struct str){data, *n});
		x->too_long |= !buf_ok(&x->body);
		*n = 0;
		return MHD_YES;
	}
	if (x->done)
		return send_reply(x);
	if (x->too_long)
		return refuse(x, 413);
	x->q.body = buf_str(&x->body);
	return enqueue(x) ? MHD_YES : refuse(x, 503);
}

/* The first to see a request: its target as it came. */
static void *
on_uri(void *cls, const char *uri, struct MHD_Connection *connection)
{
	struct http_server *s = cls;
	struct exchange *x = calloc(1, sizeof *x);
	(void)connection;
	if (!x)
		return NULL;
	const char *mark = strchr(uri, '?');
	size_t n = mark ? (size_t)(mark - uri) : strlen(uri);
	x->s = s;
	x->body.max = s->c.body_max;
	x->texts.max = 64 * KIB;
	x->r = (struct http_reply){.status = 500, .body = BUF_INIT(s->c.reply_max), .space = BUF_INIT(16 * KIB)};
	x->q.path = keep(x, uri, n);
	x->q.query = mark ? keep(x, mark + 1, strlen(mark + 1)) : keep(x, "", 0);
	return x;
}

static enum err
start_workers(struct http_server *s, struct errinfo *e)
{
	unsigned n = s->c.workers ? s->c.workers : 8;
	if (!(s->workers = calloc(n, sizeof *s->workers)))
		return err_nomem(e);
	for (; s->nworkers < n; s->nworkers++)
		if (pthread_create(&s->workers[s->nworkers], NULL, work, s))
			return err_set(e, ERR_NOMEM, "no thread to be had");
	return OK;
}

static void
stop_workers(struct http_server *s)
{
	pthread_mutex_lock(&s->m);
	s->stop = true;
	wake_waiting(s, true);
	pthread_cond_broadcast(&s->wake);
	pthread_mutex_unlock(&s->m);
	for (unsigned i = 0; i < s->nworkers; i++)
		pthread_join(s->workers[i], NULL);
	free(s->workers);
}

/* The library's own listening would wait minutes for a port that an ended node had. */
static enum err
listen_on(struct http_server *s, const struct sockaddr *at, socklen_t n, uint16_t *ret_port, struct errinfo *e)
{
	struct sockaddr_storage got;
	socklen_t got_n = sizeof got;
	const int yes = 1;
	int fd = socket(at->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) || bind(fd, at, n) || listen(fd, 511) ||
	    getsockname(fd, (struct sockaddr *)&got, &got_n)) {
		enum err err = err_set(e, ERR_IO, "cannot listen on %.60s port %u: %s", s->c.address, s->c.port, strerror(errno));
		err_hint(e, "another program may listen there: choose another port");
		if (fd >= 0)
			close(fd);
		return err;
	}
	*ret_port =
	    ntohs(got.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)(void *)&got)->sin6_port : ((struct sockaddr_in *)(void *)&got)->sin_port);
	s->listener = fd;
	return OK;
}

static enum err
start_daemon(struct http_server *s, uint16_t *ret_port, struct errinfo *e)
{
	struct sockaddr_storage at = {0};
	struct sockaddr_in *a4 = (void *)&at;
	struct sockaddr_in6 *a6 = (void *)&at;
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
	if (inet_pton(AF_INET, s->c.address, &a4->sin_addr) == 1) {
		a4->sin_family = AF_INET;
		a4->sin_port = htons(s->c.port);
	} else if (inet_pton(AF_INET6, s->c.address, &a6->sin6_addr) == 1) {
		a6->sin6_family = AF_INET6;
		a6->sin6_port = htons(s->c.port);
		flags |= MHD_USE_IPv6;
	} else {
		return err_set(e, ERR_USAGE, "%.60s is no address: name one as digits, such as 127.0.0.1 or ::1", s->c.address);
	}
	enum err err = listen_on(s, (struct sockaddr *)&at, flags & MHD_USE_IPv6 ? sizeof *a6 : sizeof *a4, ret_port, e);
	if (err)
		return err;
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned threads = s->c.threads ? s->c.threads : cpus > 0 && cpus < 64 ? (unsigned)cpus : 4;
	struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)s->c.cert.p}, {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)s->c.key.p},
	    {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)priorities}, {MHD_OPTION_END, 0, NULL}};
	if (s->c.cert.n)
		flags |= MHD_USE_TLS;
	s->daemon = MHD_start_daemon(flags, s->c.port, NULL, NULL, on_request, NULL, MHD_OPTION_URI_LOG_CALLBACK, on_uri, s,
	    MHD_OPTION_NOTIFY_COMPLETED, ended, s, MHD_OPTION_NOTIFY_CONNECTION, notified, s, MHD_OPTION_THREAD_POOL_SIZE, threads > 1 ? threads : 0,
	    MHD_OPTION_CONNECTION_LIMIT, s->c.connections ? s->c.connections : 1000, MHD_OPTION_LISTEN_SOCKET, s->listener,
	    MHD_OPTION_CONNECTION_TIMEOUT, s->c.idle ? s->c.idle : 60, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_ARRAY, s->c.cert.n ? tls : tls + 3,
	    MHD_OPTION_END);
	if (!s->daemon) {
		close(s->listener);
		return err_set(e, ERR_IO, "the HTTP server does not start: %s", strerror(errno));
	}
	return OK;
}

enum err
http_server_start(const struct http_config *c, struct http_server **ret, uint16_t *ret_port, struct errinfo *e)
{
	struct http_server *s = calloc(1, sizeof *s);
	enum err err;
	if (!s)
		return err_nomem(e);
	s->c = *c;
	s->last = &s->first;
	pthread_mutex_init(&s->m, NULL);
	pthread_condattr_t by_monotonic;
	pthread_condattr_init(&by_monotonic);
	pthread_condattr_setclock(&by_monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&s->wake, &by_monotonic);
	pthread_condattr_destroy(&by_monotonic);
	if ((err = start_workers(s, e)) || (err = start_daemon(s, ret_port, e))) {
		http_server_stop(s);
		return err;
	}
	*ret = s;
	return OK;
}

void
http_server_stop(struct http_server *s)
{
	if (!s)
		return;
	if (s->daemon) {
		MHD_quiesce_daemon(s->daemon);
		close(s->listener); /* ours from now on */
	}
	stop_workers(s); /* what is in the queue is still answered */
	if (s->daemon)
		MHD_stop_daemon(s->daemon);
	pthread_mutex_destroy(&s->m);
	pthread_cond_destroy(&s->wake);
	free(s);
}
