/* b_http: the HTTP server alone: replies of 130 KB a second beside nginx's, over TLS and plain, and what 10,000 idle streams over TLS take.
 *
 * usage: b_http; ONLY=http or streams. The server runs in a process of its own, as nginx does; this one makes the load with one thread. nginx is
 * installed by tools/setup --bench; without it the lines of `http` say so. */
#define _GNU_SOURCE /* pipe2 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "bench.h"
#include "crypto/init.h"
#include "http/server.h"
#include "http/tls.h"
#include "measure.h"

enum { BODY = 130 * 1000, CONNS = 32, ROUNDS = 5, STREAMS = 10000, SHAKES = 64 };
static const double ROUND_SECONDS = 1.0;

static struct buf cert = BUF_INIT(8 * KIB), pem = BUF_INIT(8 * KIB);
static char body[BODY];

/* the server, in a process of its own */

struct served {
	pid_t pid;
	uint16_t port;
	int ask, tell; /* what it is asked, what it tells */
};

static void
handle(void *ctx, const struct http_request *q, struct http_reply *r)
{
	(void)ctx;
	if (r->stream || str_is(q->path, "/events")) {
		static int last; /* events said, of all; each stream has its cursor in state */
		if (!r->stream) {
			http_reply_header(r, "Content-Type", STR("text/event-stream"));
			r->stream = true;
			r->status = 200;
		} else {
			buf_printf(&r->body, "id: %d\ndata: {}\n\n", ++last);
		}
		r->stream = !q->over;
		return;
	}
	r->status = 200;
	http_reply_header(r, "Content-Type", STR("application/octet-stream"));
	buf_put(&r->body, str_bytes(body, str_is(q->path, "/small") ? 100 : sizeof body));
}

static void
serve(bool tls, int ask, int tell)
{
	struct http_config c = {.address = "127.0.0.1", .handle = handle, .reply_max = MIB, .connections = 2 * STREAMS, .patience = 60};
	struct http_server *s;
	struct errinfo e;
	uint16_t port;
	char what;
	if (tls) {
		c.cert = buf_str(&cert);
		c.key = buf_str(&pem);
	}
	bench_need(http_server_start(&c, &s, &port, &e), "server", &e);
	if (write(tell, &port, sizeof port) != sizeof port)
		_exit(1);
	while (read(ask, &what, 1) == 1) {
		size_t kib = resident() / KIB;
		if (what == 'w')
			http_server_wake(s);
		if (write(tell, &kib, sizeof kib) != sizeof kib)
			break;
	}
	http_server_stop(s);
	_exit(0);
}

static struct served
start_own(bool tls)
{
	struct served s = {0};
	int a[2], b[2];
	if (pipe2(a, O_CLOEXEC) || pipe2(b, O_CLOEXEC))
		exit(1);
	if ((s.pid = fork()) == 0) {
		close(a[1]);
		close(b[0]);
		serve(tls, a[0], b[1]);
	}
	close(a[0]);
	close(b[1]);
	s.ask = a[1];
	s.tell = b[0];
	if (read(s.tell, &s.port, sizeof s.port) != sizeof s.port)
		exit(1);
	return s;
}

static size_t
ask_own(const struct served *s, char what)
{
	size_t kib = 0;
	if (write(s->ask, &what, 1) != 1 || read(s->tell, &kib, sizeof kib) != sizeof kib)
		exit(1);
	return kib;
}

static void
put_file(const char *name, struct str text)
{
	char path[300];
	snprintf(path, sizeof path, "%s/%s", bench_dir(), name);
	FILE *f = fopen(path, "wb");
	if (!f || fwrite(text.p, 1, text.n, f) != text.n || fclose(f)) {
		perror(path);
		exit(1);
	}
}

/* nginx as Debian has it: a worker a processor, no access log, the file of 130 KB from its cache. */
static struct served
start_nginx(bool tls)
{
	struct served s = {.port = (uint16_t)(20000 + getpid() % 20000), .ask = -1, .tell = -1};
	struct buf conf = BUF_INIT(8 * KIB);
	const char *d = bench_dir();
	char path[300];
	put_file("body", str_bytes(body, sizeof body));
	put_file("cert.pem", str_sub(buf_str(&cert), 0, cert.n - 1));
	put_file("key.pem", str_sub(buf_str(&pem), 0, pem.n - 1));
	buf_printf(&conf, "daemon off; worker_processes auto; pid %s/pid; error_log %s/errors;\nevents { worker_connections 1024; }\n", d, d);
	buf_printf(&conf, "http { access_log off; keepalive_requests 100000000; sendfile on; tcp_nopush on; open_file_cache max=10;\n");
	buf_printf(&conf,
	    "client_body_temp_path %s/t1; proxy_temp_path %s/t2; fastcgi_temp_path %s/t3; uwsgi_temp_path %s/t4; scgi_temp_path %s/t5;\n", d, d, d, d,
	    d);
	buf_printf(&conf, "server { listen 127.0.0.1:%u%s; root %s;", s.port, tls ? " ssl" : "", d);
	if (tls)
		buf_printf(&conf, " ssl_certificate %s/cert.pem; ssl_certificate_key %s/key.pem; ssl_protocols TLSv1.3;", d, d);
	buf_puts(&conf, " } }\n");
	put_file("nginx.conf", buf_str(&conf));
	buf_done(&conf);
	snprintf(path, sizeof path, "%s/nginx.conf", d);
	chmod(d, 0755);
	if ((s.pid = fork()) == 0) {
		execl("/usr/sbin/nginx", "nginx", "-e", "/dev/null", "-c", path, "-p", d, NULL);
		_exit(127);
	}
	return s;
}

static double
stop(struct served *s)
{
	struct rusage before, after;
	getrusage(RUSAGE_CHILDREN, &before);
	if (s->ask >= 0) {
		close(s->ask);
		close(s->tell);
	} else {
		kill(s->pid, SIGTERM);
	}
	waitpid(s->pid, NULL, 0);
	getrusage(RUSAGE_CHILDREN, &after);
	return (double)(after.ru_utime.tv_sec - before.ru_utime.tv_sec + after.ru_stime.tv_sec - before.ru_stime.tv_sec) +
	       (double)(after.ru_utime.tv_usec - before.ru_utime.tv_usec + after.ru_stime.tv_usec - before.ru_stime.tv_usec) / 1e6;
}

/* the load */

struct client {
	int fd, epoll;
	gnutls_session_t tls;
	bool shaken, asked;
	struct buf head;
	int64_t left; /* bytes of the reply's body to come; -1: its head comes */
	uint64_t done;
};

static gnutls_certificate_credentials_t cred;

static bool
dial(struct client *c, uint16_t port, bool tls)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c};
	const int yes = 1;
	c->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&a, sizeof a)) {
		if (c->fd >= 0)
			close(c->fd);
		return false;
	}
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
	fcntl(c->fd, F_SETFL, O_NONBLOCK);
	c->head = (struct buf)BUF_INIT(64 * KIB);
	c->left = -1;
	c->shaken = !tls;
	if (tls) {
		gnutls_init(&c->tls, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL);
		gnutls_set_default_priority(c->tls);
		gnutls_credentials_set(c->tls, GNUTLS_CRD_CERTIFICATE, cred);
		gnutls_transport_set_int(c->tls, c->fd);
	}
	return epoll_ctl(c->epoll, EPOLL_CTL_ADD, c->fd, &ev) == 0;
}

static void
hang_up(struct client *c)
{
	if (c->tls)
		gnutls_deinit(c->tls);
	c->tls = NULL;
	close(c->fd);
	buf_done(&c->head);
}

static void
lost(const char *what)
{
	fprintf(stderr, "b_http: a connection was lost (%s)\n", what);
	exit(1);
}

static void
ask(struct client *c, const char *path)
{
	char line[100];
	int n = snprintf(line, sizeof line, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path);
	ssize_t k = c->tls ? gnutls_record_send(c->tls, line, (size_t)n) : send(c->fd, line, (size_t)n, MSG_NOSIGNAL);
	if (k != n)
		lost("asking");
	c->asked = true;
	c->left = -1;
	buf_clear(&c->head);
}

/* Bytes, or -1 for not now. */
static ssize_t
pull(struct client *c, char *p, size_t cap)
{
	ssize_t n = c->tls ? gnutls_record_recv(c->tls, p, cap) : recv(c->fd, p, cap, 0);
	if (c->tls ? n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED || n == GNUTLS_E_REHANDSHAKE : n < 0 && errno == EAGAIN)
		return -1;
	if (n <= 0)
		lost(n ? c->tls ? gnutls_strerror((int)n) : strerror(errno) : "ended");
	return n;
}

/* The head is there when its end is: how long the body is, or -2 if none is told. */
static int64_t
length_of(struct str head)
{
	static const char name[] = "Content-Length: ";
	ptrdiff_t at = str_find(head, str_of(name));
	if (!str_starts(head, STR("HTTP/1.1 200")))
		lost("no 200");
	return at < 0 ? -2 : strtoll(head.p + at + sizeof name - 1, NULL, 10);
}

static void
take(struct client *c, struct str s)
{
	while (s.n) {
		if (c->left < 0) {
			size_t was = c->head.n, k;
			buf_put(&c->head, s);
			ptrdiff_t end = str_find(buf_str(&c->head), STR("\r\n\r\n"));
			if (end < 0)
				return;
			c->left = length_of(buf_str(&c->head));
			k = (size_t)end + 4 - was;
			s = str_sub(s, k, s.n);
		}
		size_t n = (uint64_t)c->left < s.n ? (size_t)c->left : s.n;
		c->left -= (int64_t)n;
		s = str_sub(s, n, s.n);
		if (c->left == 0) {
			c->done++;
			c->asked = false;
			c->left = -1;
			buf_clear(&c->head);
		}
	}
}

static bool
shake(struct client *c)
{
	int rc = c->shaken ? 0 : gnutls_handshake(c->tls);
	if (rc < 0 && gnutls_error_is_fatal(rc))
		lost(gnutls_strerror(rc));
	return c->shaken |= rc == 0;
}

/* Replies a second with CONNS connections that each ask again at once. */
static double
load(uint16_t port, bool tls, const char *path, uint64_t *total)
{
	static struct client c[CONNS];
	static char part[65536];
	struct epoll_event ev[CONNS];
	int epoll = epoll_create1(0);
	uint64_t from_n = 0, n = 0;
	memset(c, 0, sizeof c);
	for (int i = 0; i < CONNS; i++) {
		c[i].epoll = epoll;
		for (int k = 0; !dial(&c[i], port, tls); k++) {
			struct timespec wait = {.tv_nsec = 20 * 1000 * 1000};
			if (k > 250)
				lost("connecting");
			nanosleep(&wait, NULL);
		}
		if (shake(&c[i]))
			ask(&c[i], path);
	}
	double from = bench_seconds(), warm = from + 0.2, end = warm + ROUND_SECONDS, now;
	bool counts = false;
	do {
		int k = epoll_wait(epoll, ev, CONNS, 100);
		for (int i = 0; i < k; i++) {
			struct client *x = ev[i].data.ptr;
			if (!shake(x))
				continue;
			if (!x->asked)
				ask(x, path);
			for (ssize_t got; (got = pull(x, part, sizeof part)) > 0;)
				take(x, str_bytes(part, (size_t)got));
			if (!x->asked)
				ask(x, path);
		}
		now = bench_seconds();
		if (!counts && now >= warm) {
			counts = true;
			from = now;
			for (int i = 0; i < CONNS; i++)
				from_n += c[i].done;
		}
	} while (now < end);
	for (int i = 0; i < CONNS; i++) {
		n += c[i].done;
		hang_up(&c[i]);
	}
	close(epoll);
	*total += n;
	return (double)(n - from_n) / (now - from);
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void
throughput(const char *name, bool tls, const char *path)
{
	double rate[ROUNDS], ratio[ROUNDS];
	uint64_t n_own = 0, n_other = 0;
	struct served own = start_own(tls), other = start_nginx(tls);
	for (int i = 0; i < ROUNDS; i++) {
		rate[i] = load(own.port, tls, path, &n_own);
		ratio[i] = rate[i] / load(other.port, tls, path, &n_other);
	}
	double cpu_own = stop(&own), cpu_other = stop(&other);
	qsort(rate, ROUNDS, sizeof *rate, ascending);
	qsort(ratio, ROUNDS, sizeof *ratio, ascending);
	bench_line(name, rate[ROUNDS / 2], "replies/s", ratio[ROUNDS / 2], "nginx, the same bytes");
	fprintf(stderr, "# %s: processor time of a reply: %.0f us, nginx %.0f us; ratios %.2f to %.2f\n", name, cpu_own / (double)n_own * 1e6,
	    cpu_other / (double)n_other * 1e6, ratio[0], ratio[ROUNDS - 1]);
}

/* Opens all streams, a few handshakes at a time; until each has the reply's head. */
static void
open_streams(struct client *c, int n, int epoll, uint16_t port)
{
	struct epoll_event ev[SHAKES];
	char part[4096];
	int begun = 0, ready = 0;
	while (ready < n) {
		while (begun < n && begun - ready < SHAKES) {
			c[begun].epoll = epoll;
			if (!dial(&c[begun], port, true))
				lost("connecting");
			if (shake(&c[begun]))
				ask(&c[begun], "/events");
			begun++;
		}
		int k = epoll_wait(epoll, ev, SHAKES, 1000);
		for (int i = 0; i < k; i++) {
			struct client *x = ev[i].data.ptr;
			if (!shake(x))
				continue;
			if (!x->asked)
				ask(x, "/events");
			for (ssize_t got; (got = pull(x, part, sizeof part)) > 0;)
				buf_put(&x->head, str_bytes(part, (size_t)got));
			if (x->left == -1 && str_find(buf_str(&x->head), STR("\r\n\r\n")) > 0) {
				x->left = -2;
				ready++;
			}
		}
	}
}

/* All are woken: how long until each has its event, and the longest that a small request takes meanwhile. */
static void
wake_streams(struct client *c, int n, int epoll, const struct served *s)
{
	struct epoll_event ev[256];
	static char part[65536];
	struct client one = {.epoll = epoll_create1(0)};
	double longest = 0, from, at = 0;
	int heard = 0;
	if (!dial(&one, s->port, true))
		lost("connecting");
	while (!shake(&one))
		;
	for (int i = 0; i < n; i++)
		c[i].done = 0;
	ask_own(s, 'w');
	from = bench_seconds();
	while (heard < n) {
		if (!one.asked) {
			at = bench_seconds();
			ask(&one, "/small");
		}
		int k = epoll_wait(epoll, ev, 256, 1);
		for (int i = 0; i < k; i++) {
			struct client *x = ev[i].data.ptr;
			ssize_t got = pull(x, part, sizeof part);
			if (got > 0 && !x->done && str_find(str_bytes(part, (size_t)got), STR("data:")) >= 0)
				heard += (int)(x->done = 1);
		}
		for (ssize_t got; one.asked && (got = pull(&one, part, sizeof part)) > 0;)
			take(&one, str_bytes(part, (size_t)got));
		if (!one.asked && bench_seconds() - at > longest)
			longest = bench_seconds() - at;
	}
	double all = bench_seconds() - from;
	bench_line("streams-wake", all * 1e3, "ms", all, "the second in which all of them may be told");
	bench_line("streams-stall", longest * 1e3, "ms", longest / 0.1, "the 100 ms that another request may wait meanwhile");
	hang_up(&one);
	close(one.epoll);
}

static void
streams(void)
{
	struct rlimit files;
	struct served s = start_own(true);
	static struct client c[STREAMS];
	int epoll = epoll_create1(0), n = STREAMS;
	getrlimit(RLIMIT_NOFILE, &files);
	if (files.rlim_cur < STREAMS + 100) {
		n = (int)files.rlim_cur - 100;
		fprintf(stderr, "# only %d streams: a process may open no more files here\n", n);
	}
	uint64_t ignored = 0;
	load(s.port, true, "/", &ignored); /* what any use takes is there before */
	size_t before = ask_own(&s, 'r');
	open_streams(c, n, epoll, s.port);
	size_t after = ask_own(&s, 'r');
	double mib = (double)(after - before) / 1024;
	bench_line("streams", mib, "MiB", mib / 256, "the 256 MiB that 10,000 idle streams over TLS may take");
	fprintf(stderr, "# streams: %d of them, %.1f KiB each, %.1f MiB before\n", n, (double)(after - before) / n, (double)before / 1024);
	wake_streams(c, n, epoll, &s);
	after = ask_own(&s, 'r');
	fprintf(stderr, "# streams: %.1f MiB above before, once all were told\n", (double)(after - before) / 1024);
	for (int i = 0; i < n; i++)
		hang_up(&c[i]);
	close(epoll);
	stop(&s);
}

int
main(void)
{
	const char *only = getenv("ONLY");
	struct rlimit files;
	struct sign_key key;
	bool all = !only || !*only;
	signal(SIGPIPE, SIG_IGN);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	crypto_init();
	sign_key_init(&key, (const uint8_t[32]){9});
	for (size_t i = 0; i < sizeof body; i++)
		body[i] = (char)('a' + i % 23);
	if (tls_pem(&key, &cert, &pem, NULL) || gnutls_certificate_allocate_credentials(&cred))
		return 1;
	if (all || strcmp(only, "http") == 0) {
		if (access("/usr/sbin/nginx", X_OK) == 0) {
			throughput("http-tls", true, "/body");
			throughput("http-plain", false, "/body");
		} else {
			fprintf(stderr, "# http: no nginx to compare with: tools/setup --bench\n");
		}
	}
	if (all || strcmp(only, "streams") == 0)
		streams();
	sign_key_done(&key);
	buf_done(&cert);
	buf_done(&pem);
	return 0;
}
