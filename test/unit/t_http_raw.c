/* http, what strangers send: fails if two readers could read one request differently and it is taken; if a head, body, target or header over its
 * limit is; if who is slow, or many, holds what others need; if a refusal comes only after the body; if a reply can be split. All over plain sockets,
 * byte by byte as written here. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "http/head.h"
#include "http/server.h"
#include "measure.h"
#include "test.h"

struct echo {
	atomic_int calls, asked, most; /* most: bytes of a body that was in memory */
};

static void
handle(void *ctx, const struct http_request *q, struct http_reply *r)
{
	struct echo *t = ctx;
	uint64_t n = 0, sum = 0;
	uint8_t part[4096];
	size_t k;
	atomic_fetch_add(&t->calls, 1);
	while (!q->in.read(q->in.ctx, part, sizeof part, &k, NULL) && k)
		for (size_t i = 0; i < k; i++, n++)
			sum += part[i];
	if (q->body.n > (size_t)atomic_load(&t->most))
		atomic_store(&t->most, (int)q->body.n);
	r->status = str_is(q->path, "/none") ? 204 : 200;
	if (str_is(q->path, "/big") || str_is(q->path, "/huge"))
		for (int i = 0; i < (q->path.p[1] == 'b' ? 3 : 16) * MIB / 16; i++)
			buf_puts(&r->body, "0123456789abcdef");
	if (str_is(q->path, "/long")) {
		for (int i = 0; i < 2000; i++)
			buf_putc(&r->space, 'x');
		http_reply_header(r, "X-Long", buf_str(&r->space));
	}
	if (str_is(q->path, "/split"))
		http_reply_header(r, "X-Split", STR("a\r\nX-Other: b"));
	buf_printf(&r->body, "<%.*s %.*s ? %.*s %llu %llu %d>", STR_FMT(q->method), STR_FMT(q->path), STR_FMT(q->query), (unsigned long long)n,
	    (unsigned long long)sum, q->body_n == n);
}

static bool
accepts(void *ctx, const struct http_request *q, size_t *max, struct http_reply *r)
{
	atomic_fetch_add(&((struct echo *)ctx)->asked, 1);
	if (str_is(q->path, "/large"))
		*max = 40 * MIB;
	if (!str_is(q->path, "/mine"))
		return true;
	r->status = 401;
	http_reply_header(r, "WWW-Authenticate", STR("Bearer"));
	return false;
}

static struct http_server *
start(struct echo *t, struct http_config c, uint16_t *port)
{
	struct http_server *s = NULL;
	c.address = "127.0.0.1";
	c.handle = handle;
	c.ctx = t;
	c.body_max = c.body_max ? c.body_max : 1000;
	c.reply_max = 17 * MIB;
	CHECK(!http_server_start(&c, &s, port, NULL));
	return s;
}

static int
dial(uint16_t port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	CHECK(fd >= 0 && !connect(fd, (struct sockaddr *)&a, sizeof a));
	return fd;
}

/* From 127.0.0.x. */
static int
dial_from(uint16_t port, uint8_t x)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + x)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	CHECK(fd >= 0 && !bind(fd, (struct sockaddr *)&from, sizeof from) && !connect(fd, (struct sockaddr *)&to, sizeof to));
	return fd;
}

static bool
say(int fd, struct str s)
{
	while (s.n) {
		ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);
		if (n <= 0)
			return false;
		s = str_sub(s, (size_t)n, s.n);
	}
	return true;
}

/* What must come is waited for so long, in ms: no machine is so slow. What must not come is waited for a moment only. */
#define LONG 60000

/* What comes until the other side ends, or it is silent for so long. True: it ended. */
static bool
hear(int fd, struct buf *ret, int ms)
{
	char part[65536];
	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		if (poll(&p, 1, ms) <= 0)
			return false;
		ssize_t n = recv(fd, part, sizeof part, 0);
		if (n <= 0)
			return true;
		buf_put(ret, str_bytes(part, (size_t)n));
	}
}

/* The same, but no longer than until what the handler says is whole. */
static bool
hear_one(int fd, struct buf *ret, int ms)
{
	char part[65536];
	while (!ret->n || ret->p[ret->n - 1] != '>') {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		if (poll(&p, 1, ms) <= 0)
			return false;
		ssize_t n = recv(fd, part, sizeof part, 0);
		if (n <= 0)
			return true;
		buf_put(ret, str_bytes(part, (size_t)n));
	}
	return false;
}

/* The status of the reply to these bytes on a connection of their own; -1: none. *ret_ended: the connection was ended by the server, as it must be
 * after what was refused. */
static int
status_of(uint16_t port, struct str bytes, bool *ret_ended)
{
	struct buf got = BUF_INIT(8 * MIB);
	int fd = dial(port), status = -1;
	say(fd, bytes);
	*ret_ended = hear_one(fd, &got, LONG);
	if (got.n > 12 && str_starts(buf_str(&got), STR("HTTP/1.1 ")))
		status = (int)strtol(got.p + 9, NULL, 10);
	*ret_ended = *ret_ended || (got.n && hear(fd, &got, status >= 400 ? LONG : 50));
	buf_done(&got);
	close(fd);
	return status;
}

#define H "Host: a\r\n"

TEST(http_what_can_be_read_in_two_ways_is_refused)
{
	static const struct {
		struct str bytes;
		int status;
	} bad[] = {
	    {STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400},
	    {STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n"), 400},
	    {STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde"), 400},
	    {STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd"), 400},
	    {STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 4, 4\r\n\r\nabcd"), 400},
	    {STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: +4\r\n\r\nabcd"), 400},
	    {STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 0x4\r\n\r\nabcd"), 400},
	    {STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: \r\n\r\n"), 400},
	    {STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 99999999999999999999999\r\n\r\n"), 400},
	    {STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400},
	    {STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), 400},
	    {STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"), 501},
	    {STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: \x0b"
		      "chunked\r\n\r\n0\r\n\r\n"),
		400},
	    {STR_INIT("POST / HTTP/1.0\r\n" H "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400},
	    {STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"), 400},
	    {STR_INIT("GET / HTTP/1.1\r\n" H " folded: x\r\n\r\n"), 400},
	    {STR_INIT("GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n"), 400},
	    {STR_INIT("GET / HTTP/1.1\r\n\tHost: a\r\n\r\n"), 400},
	    {STR_INIT("GET / HTTP/1.1\nHost: a\n\n"), 400},
	    {STR_INIT("GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n"), 400},
	    {STR_INIT("GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n"), 400},
	    {STR_INIT("GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n"), 400},
	    {STR_INIT("GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n"), 400},
	    {STR_INIT("GET / HTTP/1.1\r\nHost: a\r\n: empty\r\n\r\n"), 400},
	    {STR_INIT("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400},
	    {STR_INIT("GET / HTTP/1.1\r\n\r\n"), 400}, /* no host */
	    {STR_INIT("GET http://b/ HTTP/1.1\r\n" H "\r\n"), 400},
	    {STR_INIT("GET http://a.b/ HTTP/1.1\r\n" H "\r\n"), 400},
	    {STR_INIT("GET http:///b HTTP/1.1\r\n" H "\r\n"), 400},
	    {STR_INIT("GET  / HTTP/1.1\r\n" H "\r\n"), 400},
	    {STR_INIT("GET /a b HTTP/1.1\r\n" H "\r\n"), 400},
	    {STR_INIT("GET /a\tb HTTP/1.1\r\n" H "\r\n"), 400},
	    {STR_INIT("GET /\xff HTTP/1.1\r\n" H "\r\n"), 400},
	    {STR_INIT("GET a HTTP/1.1\r\n" H "\r\n"), 400},
	    {STR_INIT("GET * HTTP/1.1\r\n" H "\r\n"), 400},
	    {STR_INIT("GET /\r\n\r\n"), 400}, /* HTTP/0.9 */
	    {STR_INIT("G@T / HTTP/1.1\r\n" H "\r\n"), 400},
	    {STR_INIT(" / HTTP/1.1\r\n" H "\r\n"), 400},
	    {STR_INIT("GET / HTTP/2.0\r\n" H "\r\n"), 505},
	    {STR_INIT("GET / HTTP/1.1 \r\n" H "\r\n"), 400},
	    {STR_INIT("GET / http/1.1\r\n" H "\r\n"), 400},
	    {STR_INIT("ABCDEFGHIJKLMNOPQRSTUVWXYZ / HTTP/1.1\r\n" H "\r\n"), 501},
	    {STR_INIT("\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n"), 400},
	    {STR_INIT("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n"), 400}, /* TLS where none is spoken */
	    {STR_INIT("POST / HTTP/1.1\r\n" H "Expect: 200-ok\r\nContent-Length: 1\r\n\r\na"), 417},
	    {STR_INIT("POST / HTTP/1.1\r\n" H "Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\na"), 415},
	    {STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\n\r\n"), 400},
	    {STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n"), 400},
	    {STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n3\r\nabcX0\r\n\r\n"), 400},
	    {STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n 3\r\nabc\r\n0\r\n\r\n"), 400},
	    {STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n0\r\n\r\n"), 400},
	    {STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n\r\nabc\r\n0\r\n\r\n"), 400},
	    {STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\nfffffffff\r\nabc"), 400},
	    {STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n0\r\nX: trailer\r\n\r\n"), 400},
	};
	struct echo t = {0};
	uint16_t port;
	bool ended;
	struct http_server *s = start(&t, (struct http_config){0}, &port);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		int status = status_of(port, bad[i].bytes, &ended);
		CHECKF(status == bad[i].status && ended, "%d, ended %d, for: %.*s", status, ended, STR_FMT(bad[i].bytes));
	}
	struct buf got = BUF_INIT(MIB);
	int fd = dial(port); /* more is to come: no reply yet */
	CHECK(say(fd, STR("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n3e9\r\n")) && !hear(fd, &got, 300) && !got.n);
	close(fd);
	buf_done(&got);
	CHECK(atomic_load(&t.calls) == 0); /* no handler saw any */
	http_server_stop(s);
}

TEST(http_what_is_right_is_taken)
{
	static const struct {
		struct str bytes, reply; /* what the handler says */
	} good[] = {
	    {STR_INIT("GET / HTTP/1.1\r\n" H "\r\n"), STR_INIT("<GET / ?  0 0 1>")},
	    {STR_INIT("\r\nGET /a?b=%20&c HTTP/1.1\r\nhost:a\r\n\r\n"), STR_INIT("<GET /a ? b=%20&c 0 0 1>")},
	    {STR_INIT("GET http://a:80/b?c HTTP/1.1\r\nHost: A:80\r\n\r\n"), STR_INIT("<GET /b ? c 0 0 1>")},
	    {STR_INIT("GET https://a HTTP/1.1\r\n" H "\r\n"), STR_INIT("<GET / ?  0 0 1>")},
	    {STR_INIT("OPTIONS * HTTP/1.1\r\n" H "\r\n"), STR_INIT("<OPTIONS * ?  0 0 1>")},
	    {STR_INIT("GET / HTTP/1.0\r\n\r\n"), STR_INIT("<GET / ?  0 0 1>")},
	    {STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc"), STR_INIT("<POST / ?  3 294 1>")},
	    {STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n"), STR_INIT("<POST / ?  0 0 1>")},
	    {STR_INIT("PUT / HTTP/1.1\r\n" H "Transfer-Encoding: Chunked\r\n\r\n1\r\na\r\n02\r\nbc\r\n0\r\n\r\n"), STR_INIT("<PUT / ?  3 294 1>")},
	    {STR_INIT("POST / HTTP/1.1\r\n" H "Content-Encoding: identity\r\nContent-Length: 3\r\n\r\nabc"), STR_INIT("<POST / ?  3 294 1>")},
	    {STR_INIT("X-Y / HTTP/1.1\r\n" H "X: \t a \t\r\n\r\n"), STR_INIT("<X-Y / ?  0 0 1>")},
	};
	struct echo t = {0};
	struct buf got = BUF_INIT(MIB);
	uint16_t port;
	struct http_server *s = start(&t, (struct http_config){0}, &port);
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		for (int slow = 0; slow < 2; slow++) { /* at once, and a byte at a time */
			int fd = dial(port);
			buf_clear(&got);
			for (size_t k = 0; slow && k < good[i].bytes.n; k++)
				CHECK(say(fd, str_sub(good[i].bytes, k, k + 1)));
			CHECK(slow || say(fd, good[i].bytes));
			bool ends = str_find(good[i].bytes, STR("HTTP/1.0")) >= 0,
			     ended = hear_one(fd, &got, LONG) || hear(fd, &got, ends ? LONG : 50);
			CHECKF(str_starts(buf_str(&got), STR("HTTP/1.1 200 OK\r\n")) && str_ends(buf_str(&got), good[i].reply), "%.*s gives %.*s",
			    STR_FMT(good[i].bytes), STR_FMT(buf_str(&got)));
			CHECK(ended == ends);
			close(fd);
		}
	http_server_stop(s);
	buf_done(&got);
}

TEST(http_pipelined_requests_are_answered_in_order)
{
	struct echo t = {0};
	struct buf got = BUF_INIT(MIB), out = BUF_INIT(MIB);
	uint16_t port;
	struct http_server *s = start(&t, (struct http_config){0}, &port);
	int fd = dial(port);
	for (int i = 0; i < 100; i++)
		buf_printf(
		    &out, "%s /%d HTTP/1.1\r\n" H "%s\r\n%s", i % 2 ? "POST" : "GET", i, i % 2 ? "Content-Length: 5\r\n" : "", i % 2 ? "GET /" : "");
	buf_puts(&out, "GET /end HTTP/1.1\r\n" H "Connection: close\r\n\r\nGET /after HTTP/1.1\r\n" H "\r\n");
	CHECK(say(fd, buf_str(&out)) && hear(fd, &got, LONG));
	struct str rest = buf_str(&got);
	for (int i = 0; i < 100; i++) {
		char want[100];
		snprintf(want, sizeof want, "<%s /%d ?  %d", i % 2 ? "POST" : "GET", i, i % 2 ? 5 : 0);
		ptrdiff_t at = str_find(rest, str_of(want));
		CHECKF(at >= 0 && at < 300, "no %s", want);
		rest = str_sub(rest, (size_t)at, rest.n);
	}
	CHECK(str_find(rest, STR("<GET /end")) > 0 && str_find(rest, STR("after")) < 0 && str_find(rest, STR("Connection: close")) > 0);
	close(fd);
	http_server_stop(s);
	buf_done(&got);
	buf_done(&out);
}

TEST(http_sizes_have_their_ends)
{
	struct echo t = {0};
	struct buf out = BUF_INIT(8 * MIB);
	uint16_t port;
	bool ended;
	struct http_server *s = start(&t, (struct http_config){.accept = accepts}, &port);
	/* a target */
	for (int over = 0; over < 2; over++) {
		buf_clear(&out);
		buf_puts(&out, "GET /");
		while (out.n < HTTP_TARGET_MAX - 20 + 40 * (size_t)over)
			buf_putc(&out, 'a');
		buf_puts(&out, " HTTP/1.1\r\n" H "\r\n");
		CHECK(status_of(port, buf_str(&out), &ended) == (over ? 414 : 200) && ended == over);
	}
	/* headers by number, and by size */
	for (int over = 0; over < 2; over++) {
		buf_clear(&out);
		buf_puts(&out, "GET / HTTP/1.1\r\n" H);
		for (int i = 1; i < HTTP_HEADERS + over; i++)
			buf_printf(&out, "X-%d: a\r\n", i);
		buf_puts(&out, "\r\n");
		CHECK(status_of(port, buf_str(&out), &ended) == (over ? 431 : 200) && ended == over);
		buf_clear(&out);
		buf_puts(&out, "GET / HTTP/1.1\r\n" H "X: ");
		while (out.n < HTTP_HEAD_MAX - 20 + 40 * (size_t)over)
			buf_putc(&out, 'a');
		buf_puts(&out, "\r\n\r\n");
		CHECK(status_of(port, buf_str(&out), &ended) == (over ? 431 : 200) && ended == over);
	}
	/* a head without an end */
	buf_clear(&out);
	buf_puts(&out, "GET / HTTP/1.1\r\n" H "X: ");
	while (out.n < MIB)
		buf_putc(&out, 'a');
	CHECK(status_of(port, buf_str(&out), &ended) == 431 && ended);
	/* a body: what it tells, and what it does not */
	CHECK(status_of(port, STR("POST / HTTP/1.1\r\n" H "Content-Length: 1001\r\n\r\n"), &ended) == 413 && ended);
	buf_clear(&out);
	buf_puts(&out, "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n3e8\r\n");
	for (int i = 0; i < 1000; i++)
		buf_putc(&out, 'a');
	size_t at = out.n;
	buf_puts(&out, "\r\n0\r\n\r\n");
	CHECK(status_of(port, buf_str(&out), &ended) == 200 && !ended);
	buf_cut(&out, at);
	buf_puts(&out, "\r\n1\r\na\r\n0\r\n\r\n");
	CHECK(status_of(port, buf_str(&out), &ended) == 413 && ended);
	http_server_stop(s);
	buf_done(&out);
}

TEST(http_a_body_is_refused_before_it_is_sent)
{
	struct echo t = {0};
	struct buf got = BUF_INIT(MIB);
	uint16_t port;
	struct http_server *s = start(&t, (struct http_config){.accept = accepts}, &port);
	int fd = dial(port);
	CHECK(say(fd, STR("POST /mine HTTP/1.1\r\n" H "Content-Length: 1000\r\nExpect: 100-continue\r\n\r\n")) && hear(fd, &got, LONG));
	CHECK(str_starts(buf_str(&got), STR("HTTP/1.1 401 ")) && str_find(buf_str(&got), STR("WWW-Authenticate: Bearer")) > 0);
	CHECK(atomic_load(&t.calls) == 0 && atomic_load(&t.asked) == 1);
	close(fd);
	/* and who waits for a yes gets one */
	fd = dial(port);
	buf_clear(&got);
	CHECK(say(fd, STR("POST /other HTTP/1.1\r\n" H "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n")) && !hear(fd, &got, 200));
	CHECK_STR(buf_str(&got), STR("HTTP/1.1 100 Continue\r\n\r\n"));
	buf_clear(&got);
	CHECK(say(fd, STR("abc")) && !hear_one(fd, &got, LONG) && str_starts(buf_str(&got), STR("HTTP/1.1 200 OK\r\n")));
	close(fd);
	http_server_stop(s);
	buf_done(&got);
}

TEST(http_a_long_body_goes_into_a_file)
{
	struct echo t = {0};
	struct buf got = BUF_INIT(MIB), piece = BUF_INIT(MIB);
	char dir[] = "/tmp/comity-t-http-XXXXXX";
	uint16_t port;
	struct stat st;
	CHECK(mkdtemp(dir));
	struct http_server *s = start(&t, (struct http_config){.accept = accepts, .spool = dir, .memory = 1024 * MIB}, &port);
	int fd[4];
	for (int i = 0; i < 64 * KIB; i++)
		buf_putc(&piece, 'a');
	size_t before = resident();
	for (int i = 0; i < 4; i++) {
		fd[i] = dial(port);
		CHECK(say(fd[i], STR("PUT /large HTTP/1.1\r\n" H "Content-Length: 33554432\r\n\r\n")));
	}
	for (int k = 0; k < 512; k++)
		for (int i = 0; i < 4; i++)
			CHECK(say(fd[i], buf_str(&piece)));
	for (int i = 0; i < 4; i++) {
		buf_clear(&got);
		CHECK(!hear_one(fd[i], &got, LONG) && str_find(buf_str(&got), STR("<PUT /large ?  33554432 3254779904 1>")) > 0);
		close(fd[i]);
	}
	CHECK(atomic_load(&t.most) == 0);
	CHECKF(resident() - before < 16 * MIB, "%zu bytes more", resident() - before);
	http_server_stop(s);
	CHECK(!stat(dir, &st) && st.st_nlink == 2 && !rmdir(dir)); /* nothing is left in it */
	buf_done(&got);
	buf_done(&piece);
}

TEST(http_many_bodies_take_no_more_than_the_memory_there_is)
{
	struct echo t = {0};
	struct buf piece = BUF_INIT(MIB), got = BUF_INIT(MIB);
	uint16_t port;
	int fd[100], refused = 0;
	bool was_ended;
	struct http_server *s = start(&t, (struct http_config){.body_max = MIB, .memory = 8 * MIB}, &port);
	for (int i = 0; i < 1000 * KIB; i++)
		buf_putc(&piece, 'a');
	size_t before = resident();
	for (int i = 0; i < 100; i++) { /* each lacks its last bytes */
		fd[i] = dial(port);
		CHECK(say(fd[i], STR("PUT / HTTP/1.1\r\n" H "Content-Length: 1048576\r\n\r\n")));
	}
	CHECK(status_of(port, STR("GET / HTTP/1.1\r\n" H "\r\n"), &was_ended) == 200); /* all heads are taken */
	for (int i = 0; i < 100; i++)
		say(fd[i], buf_str(&piece));
	bool answered[100] = {false};
	for (double from = seconds(); refused < 80 && seconds() - from < 60;) { /* what has room is silent, since it lacks its last bytes */
		for (int i = 0; i < 100; i++) {
			buf_clear(&got);
			if (!answered[i])
				hear(fd[i], &got, 1);
			answered[i] |= got.n > 0;
			refused += str_starts(buf_str(&got), STR("HTTP/1.1 503 "));
		}
	}
	CHECKF(refused >= 80, "%d are refused", refused);
	CHECKF(resident() - before < (SANITIZED ? 128 : 64) * MIB, "%zu bytes more", resident() - before); /* without a limit: over 200 there */
	for (int i = 0; i < 100; i++)
		close(fd[i]);
	/* and then it goes on */
	int status = 0;
	bool ended;
	for (int i = 0; i < 50 && status != 200; i++)
		status = status_of(port, STR("GET / HTTP/1.1\r\n" H "\r\n"), &ended);
	CHECK(status == 200);
	http_server_stop(s);
	buf_done(&piece);
	buf_done(&got);
}

TEST(http_who_is_slow_is_not_waited_for)
{
	struct echo t = {0};
	struct buf got = BUF_INIT(20 * MIB);
	uint16_t port;
	int fd[5];
	struct http_server *s = start(&t, (struct http_config){.patience = 1, .idle = 1}, &port);
	double from = seconds();
	for (int i = 0; i < 5; i++)
		fd[i] = dial(port);
	struct timespec wait = {.tv_nsec = 100 * 1000 * 1000};
	CHECK(say(fd[0], STR("GET / HTTP/1.1\r\nX")) && say(fd[1], STR("POST / HTTP/1.1\r\n" H "Content-Length: 900\r\n\r\n")));
	CHECK(say(fd[2], STR("GET /huge HTTP/1.1\r\n" H "\r\n"))); /* and never reads */
	bool open[2] = {true, true};
	while (seconds() - from < LONG / 1000 && (open[0] || open[1])) { /* a byte now and then, so that none is silent */
		nanosleep(&wait, NULL);
		for (int i = 0; i < 2; i++) {
			buf_clear(&got);
			open[i] = open[i] && say(fd[i], STR("a")) && !hear(fd[i], &got, 0);
			CHECK(!got.n || str_starts(buf_str(&got), STR("HTTP/1.1 408 ")));
			open[i] &= !got.n;
		}
	}
	CHECK(!open[0] && !open[1]);
	CHECK(hear(fd[3], &got, LONG)); /* said nothing at all */
	while (seconds() - from < 3)
		nanosleep(&wait, NULL);
	buf_clear(&got);
	hear(fd[2], &got, 100);
	CHECKF(got.n < 16 * MIB, "%zu bytes were kept for who did not read", got.n);
	for (int i = 0; i < 5; i++)
		close(fd[i]);
	CHECK(atomic_load(&t.calls) == 1);
	http_server_stop(s);
	buf_done(&got);
}

TEST(http_one_address_has_no_more_than_its_share)
{
	struct echo t = {0};
	struct buf got = BUF_INIT(MIB);
	uint16_t port;
	int fd[12], answered = 0;
	bool ended;
	struct http_server *s = start(&t, (struct http_config){.per_address = 10}, &port);
	for (int i = 0; i < 12; i++) {
		fd[i] = dial(port);
		buf_clear(&got);
		say(fd[i], STR("GET / HTTP/1.1\r\n" H "\r\n"));
		hear_one(fd[i], &got, LONG);
		answered += got.n > 0;
	}
	CHECKF(answered == 10, "%d are answered", answered);
	for (int i = 0; i < 12; i++)
		close(fd[i]);
	int status = -1;
	for (double from = seconds(); status != 200 && seconds() - from < LONG / 1000;)
		status = status_of(port, STR("GET / HTTP/1.1\r\n" H "\r\n"), &ended);
	CHECK(status == 200);
	http_server_stop(s);
	buf_done(&got);
}

/* Replies that somebody asks for and does not take. */
TEST(http_unread_replies_are_their_askers)
{
	enum { N = 6 };
	struct echo t = {0};
	uint16_t port;
	int fd[N], given = 0, refused = 0;
	bool ended;
	char first[12];
	struct http_server *s = start(&t, (struct http_config){.idle = 0}, &port);
	for (int i = 0; i < N; i++) {
		fd[i] = dial_from(port, 2);
		say(fd[i], STR("GET /huge HTTP/1.1\r\n" H "\r\n"));
	}
	for (int i = 0; i < N; i++) {
		CHECK(recv(fd[i], first, sizeof first, MSG_WAITALL) == sizeof first);
		given += memcmp(first, "HTTP/1.1 200", 12) == 0;
		refused += memcmp(first, "HTTP/1.1 503", 12) == 0;
	}
	CHECKF(given == 1 && refused == N - 1, "%d given, %d refused", given, refused);
	int status = status_of(port, STR("GET /big HTTP/1.1\r\n" H "\r\n"), &ended);
	CHECKF(status == 200, "another is told %d", status);
	for (int i = 0; i < N; i++)
		close(fd[i]);
	/* who went away holds nothing any more */
	for (double from = seconds(); given < 2 && seconds() - from < LONG / 1000;) {
		fd[0] = dial_from(port, 2);
		say(fd[0], STR("GET /huge HTTP/1.1\r\n" H "\r\n"));
		CHECK(recv(fd[0], first, sizeof first, MSG_WAITALL) == sizeof first);
		given += memcmp(first, "HTTP/1.1 200", 12) == 0;
		close(fd[0]);
	}
	CHECK(given == 2);
	http_server_stop(s);
}

TEST(http_replies_are_whole_and_cannot_be_split)
{
	struct echo t = {0};
	struct buf got = BUF_INIT(8 * MIB);
	uint16_t port;
	struct http_server *s = start(&t, (struct http_config){0}, &port);
	const struct {
		const char *line, *has;
		bool empty;
	} row[] = {{"HEAD /big", "\r\nContent-Length: 3145748\r\n", true}, {"GET /none", "HTTP/1.1 204 No Content\r\n", true},
	    {"GET /split", "HTTP/1.1 500 ", true}, {"GET /long", "xxxxxxxxxx\r\n", false}, {"GET /big", "\r\nContent-Length: 3145747\r\n", false}};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		char line[200];
		int fd = dial(port);
		snprintf(line, sizeof line, "%s HTTP/1.1\r\n" H "Connection: close\r\n\r\n", row[i].line);
		buf_clear(&got);
		CHECK(say(fd, str_of(line)) && hear(fd, &got, LONG));
		CHECKF(str_find(buf_str(&got), str_of(row[i].has)) >= 0, "%s: %.*s", row[i].line, (int)(got.n < 300 ? got.n : 300), got.p);
		CHECK(str_ends(buf_str(&got), STR("\r\n\r\n")) == row[i].empty && str_find(buf_str(&got), STR("X-Other")) < 0);
		CHECK(i != 3 || got.n > 2000);
		CHECK(i != 4 || got.n > 3 * MIB);
		close(fd);
	}
	http_server_stop(s);
	buf_done(&got);
}
