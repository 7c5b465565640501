/* http, streams and waiting: fails if a stream's bytes do not come as they are said, if an idle one costs a worker, if waking many keeps others
 * waiting, if one that is woken while it speaks or is busy misses what was said, if who does not read is kept, if the dead are not noticed, or if
 * what a handler keeps is freed never, or twice. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "http/server.h"
#include "measure.h"
#include "test.h"

struct news {
	atomic_int last;  /* events are numbers; each stream says those it has not said */
	atomic_int live;  /* states that are not freed */
	atomic_int calls; /* of streams */
	atomic_int size;  /* bytes of an event */
	atomic_int nap;   /* milliseconds a stream's handler takes */
	atomic_bool held; /* a stream's handler does not come back while this is so */
	atomic_bool end;
};

struct cursor {
	struct news *of;
	int at;
};

static void
forget(void *p)
{
	struct cursor *c = p;
	atomic_fetch_sub(&c->of->live, 1);
	free(c);
}

static void
nap(int ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000L};
	nanosleep(&t, NULL);
}

static void
handle(void *ctx, const struct http_request *q, struct http_reply *r)
{
	struct news *t = ctx;
	struct cursor *c = r->state;
	if (!r->stream && !str_is(q->path, "/events")) {
		r->status = 200;
		if (str_is(q->path, "/wait") && !q->over && atomic_load(&t->last) == 0)
			r->wait = str_is(q->query, "long") ? 100000 : 600;
		buf_printf(&r->body, "last %d", atomic_load(&t->last));
		return;
	}
	if (!c) {
		r->state = c = calloc(1, sizeof *c);
		r->state_free = forget;
		c->of = t;
		atomic_fetch_add(&t->live, 1);
		r->status = 200;
		r->stream = true;
		http_reply_header(r, "Content-Type", STR("text/event-stream"));
	} else {
		atomic_fetch_add(&t->calls, 1);
	}
	nap(atomic_load(&t->nap));
	while (atomic_load(&t->held))
		nap(1);
	for (int last = atomic_load(&t->last); c->at < last; c->at++) {
		buf_printf(&r->body, "id: %d\ndata: ", c->at + 1);
		for (int i = 0; i < atomic_load(&t->size); i++)
			buf_putc(&r->body, 'x');
		buf_puts(&r->body, "\n\n");
		if (atomic_load(&t->size) > 1000) { /* one at a time: the next when this is sent */
			c->at++;
			break;
		}
	}
	if (q->over || atomic_load(&t->end))
		r->stream = false;
}

static struct http_server *
start(struct news *t, struct http_config c, uint16_t *port)
{
	struct http_server *s = NULL;
	c.address = "127.0.0.1";
	c.handle = handle;
	c.ctx = t;
	c.reply_max = MIB;
	c.connections = 2000;
	CHECK(!http_server_start(&c, &s, port, NULL));
	return s;
}

static int
ask(uint16_t port, const char *path, int room)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	char line[100];
	int n = snprintf(line, sizeof line, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", path);
	CHECK(fd >= 0 && (!room || !setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room)));
	CHECK(!connect(fd, (struct sockaddr *)&a, sizeof a) && send(fd, line, (size_t)n, 0) == n);
	return fd;
}

/* No machine is so slow, in ms. */
#define LONG 60000

/* Until this text is there; false if the other side ends, or is silent for so long. */
static bool
hear(int fd, struct buf *ret, const char *until, int ms)
{
	char part[65536];
	while (str_find(buf_str(ret), str_of(until)) < 0) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		ssize_t n = poll(&p, 1, ms) > 0 ? recv(fd, part, sizeof part, 0) : 0;
		if (n <= 0)
			return false;
		buf_put(ret, str_bytes(part, (size_t)n));
	}
	return true;
}

TEST(stream_says_what_comes)
{
	struct news t = {0};
	struct buf got = BUF_INIT(MIB);
	uint16_t port;
	struct http_server *s = start(&t, (struct http_config){0}, &port);
	int fd = ask(port, "/events", 0);
	CHECK(hear(fd, &got, "\r\n\r\n", LONG) && str_starts(buf_str(&got), STR("HTTP/1.1 200 OK\r\n")));
	CHECK(str_find(buf_str(&got), STR("Content-Length")) < 0 && str_ends(buf_str(&got), STR("\r\n\r\n")));
	for (int i = 1; i <= 20; i++) {
		char want[40];
		snprintf(want, sizeof want, "id: %d\ndata: \n\n", i);
		atomic_store(&t.last, i);
		http_server_wake(s);
		CHECK(hear(fd, &got, want, LONG));
	}
	atomic_store(&t.end, true);
	http_server_wake(s);
	CHECK(!hear(fd, &got, "never", LONG)); /* it ends */
	for (int i = 0; i < LONG / 10 && atomic_load(&t.live); i++)
		nap(10);
	CHECK(atomic_load(&t.live) == 0);
	close(fd);
	http_server_stop(s);
	buf_done(&got);
}

TEST(stream_woken_while_it_speaks_misses_nothing)
{
	struct news t = {.nap = 20};
	struct buf got = BUF_INIT(MIB);
	uint16_t port;
	struct http_server *s = start(&t, (struct http_config){0}, &port);
	int fd = ask(port, "/events", 0);
	for (int i = 1; i <= 30; i++) {
		atomic_store(&t.last, i);
		http_server_wake(s);
		nap(7);
	}
	CHECK(hear(fd, &got, "id: 30\n", LONG));
	CHECKF(atomic_load(&t.calls) <= 31, "%d calls", atomic_load(&t.calls));
	close(fd);
	http_server_stop(s);
	CHECK(atomic_load(&t.live) == 0);
	buf_done(&got);
}

TEST(stream_many_cost_no_worker_and_stall_nobody)
{
	enum { N = 400 };
	struct news t = {0};
	struct buf got = BUF_INIT(MIB);
	uint16_t port;
	int fd[N];
	struct http_server *s = start(&t, (struct http_config){.workers = 2}, &port);
	for (int i = 0; i < N; i++) {
		fd[i] = ask(port, "/events", 0);
		buf_clear(&got);
		CHECK(hear(fd[i], &got, "\r\n\r\n", LONG));
	}
	int one = ask(port, "/", 0);
	buf_clear(&got);
	CHECK(hear(one, &got, "last 0", LONG));
	close(one);
	/* all are woken, and one takes for ever: one worker's work; others have the other */
	atomic_store(&t.held, true);
	atomic_store(&t.last, 1);
	http_server_wake(s);
	for (double from = seconds(); !atomic_load(&t.calls) && seconds() - from < LONG / 1000;)
		nap(1);
	for (int i = 0; i < 10; i++) {
		one = ask(port, "/", 0);
		buf_clear(&got);
		CHECK(hear(one, &got, "last 1", LONG / 4));
		close(one);
	}
	CHECK(atomic_load(&t.calls) == 1);
	atomic_store(&t.held, false);
	for (int i = 0; i < N; i++) {
		buf_clear(&got);
		CHECK(hear(fd[i], &got, "id: 1\n", LONG));
	}
	for (int i = 0; i < N; i++)
		close(fd[i]);
	for (int i = 0; i < LONG / 10 && atomic_load(&t.live); i++)
		nap(10);
	CHECK(atomic_load(&t.live) == 0);
	http_server_stop(s);
	buf_done(&got);
}

TEST(stream_that_is_not_read_is_dropped)
{
	struct news t = {.size = 200 * 1000, .last = 100};
	struct buf got = BUF_INIT(MIB);
	uint16_t port;
	struct http_server *s = start(&t, (struct http_config){.patience = 1}, &port);
	int fd = ask(port, "/events", 4096), live = 0;
	double from = seconds();
	do {
		http_server_wake(s);
		nap(20);
		live |= atomic_load(&t.live);
	} while (seconds() - from < LONG / 1000 && (!live || atomic_load(&t.live)));
	CHECKF(atomic_load(&t.live) == 0 && seconds() - from > 0.9, "after %.1f s", seconds() - from);
	CHECKF(atomic_load(&t.calls) < 60, "%d calls", atomic_load(&t.calls)); /* not asked for more than goes */
	close(fd);
	http_server_stop(s);
	buf_done(&got);
}

TEST(stream_that_says_too_much_at_once_is_dropped)
{
	struct news t = {.size = 100 * 1000, .last = 0};
	struct buf got = BUF_INIT(MIB);
	uint16_t port;
	struct http_server *s = start(&t, (struct http_config){.stream_max = 50 * 1000}, &port);
	int fd = ask(port, "/events", 0);
	CHECK(hear(fd, &got, "\r\n\r\n", LONG));
	atomic_store(&t.last, 1);
	http_server_wake(s);
	CHECK(!hear(fd, &got, "id: 1", LONG));
	close(fd);
	http_server_stop(s);
	CHECK(atomic_load(&t.live) == 0);
	buf_done(&got);
}

TEST(stream_beats_and_notices_who_is_gone)
{
	struct news t = {0};
	struct buf got = BUF_INIT(MIB);
	uint16_t port;
	struct http_server *s = start(&t, (struct http_config){.beat = 1}, &port);
	int fd = ask(port, "/events", 0), dead = ask(port, "/events", 0);
	CHECK(hear(fd, &got, "\r\n\r\n:\n\n:\n\n", LONG) && hear(dead, &got, "\r\n\r\n", LONG));
	CHECK(atomic_load(&t.live) == 2 && atomic_load(&t.calls) == 0); /* no worker for a beat */
	close(dead);
	for (int i = 0; i < LONG / 10 && atomic_load(&t.live) == 2; i++)
		nap(10);
	CHECK(atomic_load(&t.live) == 1);
	http_server_stop(s); /* with one that is open */
	CHECK(atomic_load(&t.live) == 0);
	close(fd);
	buf_done(&got);
}

TEST(wait_ends_by_a_wake_or_in_time)
{
	struct news t = {0};
	struct buf got = BUF_INIT(MIB);
	uint16_t port;
	struct http_server *s = start(&t, (struct http_config){.workers = 1}, &port);
	double from = seconds();
	int fd = ask(port, "/wait", 0), gone = ask(port, "/wait", 0);
	close(gone);
	CHECK(hear(fd, &got, "last 0", LONG) && seconds() - from > 0.5);
	close(fd);
	fd = ask(port, "/wait?long", 0);
	nap(100);
	atomic_store(&t.last, 3);
	http_server_wake(s);
	buf_clear(&got);
	CHECK(hear(fd, &got, "last 3", LONG));
	close(fd);
	http_server_stop(s);
	buf_done(&got);
}
