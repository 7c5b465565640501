#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
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

#include "bench.h"
#include "crypto/init.h"
#include "http/tls.h"

enum { SHAKES = 64 };
static const double ROUND_SECONDS = 1.0;
static const char nginx[] = "/usr/sbin/nginx";

struct buf load_cert = BUF_INIT(8 * KIB), load_key = BUF_INIT(8 * KIB);
static gnutls_certificate_credentials_t cred;

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

struct load_served
load_nginx(bool tls, struct str body)
{
	static int started;
	struct load_served s = {.port = (uint16_t)(20000 + (getpid() + 7 * started++) % 20000), .ask = -1, .tell = -1};
	struct buf conf = BUF_INIT(8 * KIB);
	const char *d = bench_dir();
	char path[300];
	put_file("body", body);
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

void
load_begin(void)
{
	struct sign_key key;
	struct errinfo e;
	signal(SIGPIPE, SIG_IGN);
	crypto_init();
	sign_key_init(&key, (const uint8_t[32]){9});
	bench_need(tls_pem(&key, &load_cert, &load_key, &e), "certificate", &e);
	sign_key_done(&key);
	if (gnutls_certificate_allocate_credentials(&cred))
		load_lost("no memory");
	put_file("cert.pem", str_sub(buf_str(&load_cert), 0, load_cert.n - 1));
	put_file("key.pem", str_sub(buf_str(&load_key), 0, load_key.n - 1));
}

void
load_end(void)
{
	gnutls_certificate_free_credentials(cred);
	buf_done(&load_cert);
	buf_done(&load_key);
}

bool
load_has_nginx(void)
{
	return access(nginx, X_OK) == 0;
}

double
load_stop(struct load_served *s)
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

bool
load_dial(struct load_client *c, uint16_t port, bool tls)
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

void
load_hang_up(struct load_client *c)
{
	if (c->tls)
		gnutls_deinit(c->tls);
	c->tls = NULL;
	close(c->fd);
	buf_done(&c->head);
}

void
load_lost(const char *what)
{
	fprintf(stderr, "a connection was lost (%s)\n", what);
	exit(1);
}

void
load_ask(struct load_client *c, const char *path, const char *headers)
{
	char line[1000];
	int n = snprintf(line, sizeof line, "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", path, headers);
	ssize_t k = c->tls ? gnutls_record_send(c->tls, line, (size_t)n) : send(c->fd, line, (size_t)n, MSG_NOSIGNAL);
	if (k != n)
		load_lost("asking");
	c->asked = true;
	c->left = -1;
	buf_clear(&c->head);
}

ssize_t
load_pull(struct load_client *c, char *p, size_t cap)
{
	ssize_t n = c->tls ? gnutls_record_recv(c->tls, p, cap) : recv(c->fd, p, cap, 0);
	if (c->tls ? n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED || n == GNUTLS_E_REHANDSHAKE : n < 0 && errno == EAGAIN)
		return -1;
	if (n <= 0)
		load_lost(n ? c->tls ? gnutls_strerror((int)n) : strerror(errno) : "ended");
	return n;
}

/* The head is there when its end is: how long the body is, or -2 if none is told. */
static int64_t
length_of(struct str head)
{
	static const char name[] = "Content-Length: ";
	ptrdiff_t at = str_find(head, str_of(name));
	if (!str_starts(head, STR("HTTP/1.1 200")))
		load_lost("no 200");
	return at < 0 ? -2 : strtoll(head.p + at + sizeof name - 1, NULL, 10);
}

void
load_take(struct load_client *c, struct str s)
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

bool
load_shake(struct load_client *c)
{
	int rc = c->shaken ? 0 : gnutls_handshake(c->tls);
	if (rc < 0 && gnutls_error_is_fatal(rc))
		load_lost(gnutls_strerror(rc));
	return c->shaken |= rc == 0;
}

double
load_rate(uint16_t port, bool tls, const char *path, const char *headers, uint64_t *total)
{
	static struct load_client c[LOAD_CONNS];
	static char part[65536];
	struct epoll_event ev[LOAD_CONNS];
	int epoll = epoll_create1(0);
	uint64_t from_n = 0, n = 0;
	memset(c, 0, sizeof c);
	for (int i = 0; i < LOAD_CONNS; i++) {
		c[i].epoll = epoll;
		for (int k = 0; !load_dial(&c[i], port, tls); k++) {
			struct timespec wait = {.tv_nsec = 20 * 1000 * 1000};
			if (k > 250)
				load_lost("connecting");
			nanosleep(&wait, NULL);
		}
		if (load_shake(&c[i]))
			load_ask(&c[i], path, headers);
	}
	double from = bench_seconds(), warm = from + 0.2, end = warm + ROUND_SECONDS, now;
	bool counts = false;
	do {
		int k = epoll_wait(epoll, ev, LOAD_CONNS, 100);
		for (int i = 0; i < k; i++) {
			struct load_client *x = ev[i].data.ptr;
			if (!load_shake(x))
				continue;
			if (!x->asked)
				load_ask(x, path, headers);
			for (ssize_t got; (got = load_pull(x, part, sizeof part)) > 0;)
				load_take(x, str_bytes(part, (size_t)got));
			if (!x->asked)
				load_ask(x, path, headers);
		}
		now = bench_seconds();
		if (!counts && now >= warm) {
			counts = true;
			from = now;
			for (int i = 0; i < LOAD_CONNS; i++)
				from_n += c[i].done;
		}
	} while (now < end);
	for (int i = 0; i < LOAD_CONNS; i++) {
		n += c[i].done;
		load_hang_up(&c[i]);
	}
	close(epoll);
	*total += n;
	return (double)(n - from_n) / (now - from);
}

void
load_streams(struct load_client *c, int n, int epoll, uint16_t port, const char *path, const char *headers)
{
	struct epoll_event ev[SHAKES];
	char part[4096];
	int begun = 0, ready = 0;
	while (ready < n) {
		while (begun < n && begun - ready < SHAKES) {
			c[begun].epoll = epoll;
			if (!load_dial(&c[begun], port, true))
				load_lost("connecting");
			if (load_shake(&c[begun]))
				load_ask(&c[begun], path, headers);
			begun++;
		}
		int k = epoll_wait(epoll, ev, SHAKES, 1000);
		for (int i = 0; i < k; i++) {
			struct load_client *x = ev[i].data.ptr;
			if (!load_shake(x))
				continue;
			if (!x->asked)
				load_ask(x, path, headers);
			for (ssize_t got; (got = load_pull(x, part, sizeof part)) > 0;)
				buf_put(&x->head, str_bytes(part, (size_t)got));
			if (x->left == -1 && str_find(buf_str(&x->head), STR("\r\n\r\n")) > 0) {
				if (!str_starts(buf_str(&x->head), STR("HTTP/1.1 200")))
					load_lost("no stream");
				x->left = -2;
				ready++;
			}
		}
	}
}

/* A connection that waits for so many seconds at the most, or -1. */
static int
connected(uint16_t port, int seconds)
{
	const struct timeval wait = {.tv_sec = seconds};
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
	if (connect(fd, (struct sockaddr *)&a, sizeof a) == 0)
		return fd;
	close(fd);
	return -1;
}

/* Until it is taken, or no more is. */
static void
push(int fd, struct str s)
{
	ssize_t n;
	for (; s.n && (n = send(fd, s.p, s.n, MSG_NOSIGNAL)) > 0; s = str_sub(s, (size_t)n, s.n))
		;
}

bool
load_once(uint16_t port, struct str request, struct buf *reply)
{
	char part[65536];
	ssize_t n;
	buf_clear(reply);
	int fd = connected(port, 120);
	if (fd < 0)
		return false;
	push(fd, request); /* if it stops taking it, what it said before may be there */
	while ((n = recv(fd, part, sizeof part, 0)) > 0)
		buf_put(reply, str_bytes(part, (size_t)n));
	close(fd);
	return reply->n > 0;
}

int
load_half(uint16_t port, struct str part)
{
	int fd = connected(port, 1);
	if (fd >= 0)
		push(fd, part);
	return fd;
}

int
load_status(const struct buf *reply, struct str *ret_body)
{
	ptrdiff_t end = str_find(buf_str(reply), STR("\r\n\r\n"));
	*ret_body = end < 0 ? STR_NONE : str_sub(buf_str(reply), (size_t)end + 4, reply->n);
	return end > 12 ? (int)strtol(reply->p + 9, NULL, 10) : 0;
}
