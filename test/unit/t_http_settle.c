/* http, replies that are held: fails if one goes out before it was settled, if what is held while others are settled waits for more than its own lot,
 * if a worker waits meanwhile, if bytes that replies share are let go of before they are sent, never or twice, or if an end loses one. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "http/server.h"
#include "test.h"

enum { MANY = 40, SHARED = 12 * MIB };

#define LONG 60000 /* ms: no machine is so slow */

struct trail {
	atomic_int held, settled, calls, most; /* replies; calls of settle, and the most in one */
	atomic_int shares;                     /* of the bytes that are shared */
	atomic_bool shut;                      /* settle does not come back while this is so */
	atomic_bool fails;
};

static char shared[SHARED];

static void
nap(int ms)
{
	const struct timespec t = {ms / 1000, ms % 1000 * 1000000L};
	nanosleep(&t, NULL);
}

static void
let_go(void *of)
{
	atomic_fetch_sub(&((struct trail *)of)->shares, 1);
}

static void
handle(void *ctx, const struct http_request *q, struct http_reply *r)
{
	struct trail *t = ctx;
	r->status = 200;
	if (str_is(q->path, "/free")) {
		buf_puts(&r->body, "free");
		return;
	}
	r->held = t;
	r->shared = (struct http_shared){{shared, str_is(q->path, "/long") ? SHARED : 10}, let_go, t};
	atomic_fetch_add(&t->shares, 1);
	atomic_fetch_add(&t->held, 1);
}

static void
settle(void *ctx, struct http_reply *const *all, size_t n)
{
	struct trail *t = ctx;
	while (atomic_load(&t->shut))
		nap(1);
	for (size_t i = 0; i < n; i++) {
		all[i]->held = NULL;
		if (atomic_load(&t->fails)) {
			http_shared_drop(&all[i]->shared);
			all[i]->status = 507;
			buf_puts(&all[i]->body, "not written");
		}
	}
	if ((int)n > atomic_load(&t->most))
		atomic_store(&t->most, (int)n);
	atomic_fetch_add(&t->settled, (int)n);
	atomic_fetch_add(&t->calls, 1);
}

static struct http_server *
start(struct trail *t, uint16_t *port)
{
	const struct http_config c = {.address = "127.0.0.1",
	    .handle = handle,
	    .settle = settle,
	    .ctx = t,
	    .reply_max = MIB,
	    .workers = 2,
	    .patience = 60,
	    .memory = 256 * MIB};
	struct http_server *s = NULL;
	CHECK(!http_server_start(&c, &s, port, NULL));
	return s;
}

static int
ask(uint16_t port, const char *method, const char *path)
{
	const struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	char line[100];
	int fd = socket(AF_INET, SOCK_STREAM, 0),
	    n = snprintf(line, sizeof line, "%s %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", method, path);
	const int room = 64 * KIB; /* what is long stays with the server */
	CHECK(fd >= 0 && !setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room));
	CHECK(!connect(fd, (const struct sockaddr *)&a, sizeof a) && send(fd, line, (size_t)n, 0) == n);
	return fd;
}

/* All that comes until the other side ends; closes. */
static size_t
hear(int fd, char ret[static 400])
{
	static char part[65536];
	size_t all = 0;
	struct pollfd p = {.fd = fd, .events = POLLIN};
	ssize_t n;
	ret[0] = 0;
	while (poll(&p, 1, LONG) > 0 && (n = recv(fd, part, sizeof part, 0)) > 0) {
		if (all < 399) {
			size_t k = (size_t)n < 399 - all ? (size_t)n : 399 - all;
			memcpy(ret + all, part, k);
			ret[all + k] = 0;
		}
		all += (size_t)n;
	}
	close(fd);
	return all;
}

static bool
is_silent(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	return poll(&p, 1, 100) == 0;
}

static void
until(atomic_int *what, int n)
{
	for (int i = 0; i < LONG && atomic_load(what) < n; i++)
		nap(1);
	CHECK(atomic_load(what) >= n);
}

static void
until_none(atomic_int *what)
{
	for (int i = 0; i < LONG && atomic_load(what); i++)
		nap(1);
	CHECK(atomic_load(what) == 0);
}

TEST(settle_many_go_out_together_and_none_before)
{
	struct trail t = {0};
	int fd[MANY];
	char got[400];
	uint16_t port;
	struct http_server *s = start(&t, &port);
	memset(shared, 'x', sizeof shared);
	atomic_store(&t.shut, true);
	for (int i = 0; i < MANY; i++)
		fd[i] = ask(port, "GET", "/held");
	until(&t.held, MANY); /* two workers made them all: neither waits */
	CHECK(is_silent(fd[0]) && is_silent(fd[MANY - 1]) && atomic_load(&t.settled) == 0);
	hear(ask(port, "GET", "/free"), got); /* others have their answers */
	CHECK(strstr(got, "200 OK") && strstr(got, "free"));
	atomic_store(&t.shut, false);
	for (int i = 0; i < MANY; i++) {
		hear(fd[i], got);
		CHECK(strstr(got, "Content-Length: 10\r\n") && strstr(got, "\r\n\r\nxxxxxxxxxx"));
	}
	CHECKF(atomic_load(&t.calls) <= 3 && atomic_load(&t.most) >= MANY / 2, "%d calls, of %d at the most", atomic_load(&t.calls),
	    atomic_load(&t.most));
	until_none(&t.shares);
	http_server_stop(s);
}

TEST(settle_that_fails_is_what_is_answered)
{
	struct trail t = {.fails = true};
	char got[400];
	uint16_t port;
	struct http_server *s = start(&t, &port);
	hear(ask(port, "GET", "/held"), got);
	CHECK(strstr(got, " 507 ") && strstr(got, "not written") && !strstr(got, "xxx"));
	until_none(&t.shares);
	http_server_stop(s);
}

TEST(settle_bytes_that_are_shared_live_until_they_are_sent)
{
	struct trail t = {0};
	char got[400];
	uint16_t port;
	struct http_server *s = start(&t, &port);
	int slow = ask(port, "GET", "/long"), head = ask(port, "HEAD", "/long"), gone = ask(port, "GET", "/long");
	until(&t.settled, 3);
	CHECK(hear(head, got) < 300 && strstr(got, "Content-Length: 12582912"));
	close(gone);
	nap(50);
	CHECK(atomic_load(&t.shares) >= 1);
	CHECK(hear(slow, got) > SHARED);
	until_none(&t.shares);
	http_server_stop(s);
}

TEST(settle_whose_asker_is_gone_or_whose_server_ends)
{
	struct trail t = {0};
	uint16_t port;
	struct http_server *s = start(&t, &port);
	atomic_store(&t.shut, true);
	int fd[8];
	for (int i = 0; i < 8; i++)
		fd[i] = ask(port, "GET", "/held");
	until(&t.held, 8);
	for (int i = 0; i < 4; i++)
		close(fd[i]);
	nap(50);
	atomic_store(&t.shut, false);
	http_server_stop(s);
	CHECK(atomic_load(&t.settled) == 8 && atomic_load(&t.shares) == 0);
	for (int i = 4; i < 8; i++)
		close(fd[i]);
}
