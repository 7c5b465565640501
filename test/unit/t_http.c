/* http: fails if a key that is not pinned gets through a handshake on either side, a handler's wait keeps others waiting, a body over its limit is
 * taken, or what is sent is not what comes. */
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "crypto/init.h"
#include "crypto/secret.h"
#include "http/client.h"
#include "http/server.h"
#include "http/tls.h"
#include "test.h"

struct side {
	struct sign_key key;
	struct buf cert, pem;
	struct hash pin;
};

static void
side(struct side *s, uint8_t n)
{
	/* RFC 8410: what is hashed is this head and the key */
	static const uint8_t head[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
	uint8_t seed[32], spki[sizeof head + 32];
	crypto_init();
	memset(seed, n, sizeof seed);
	sign_key_init(&s->key, seed);
	s->cert = (struct buf)BUF_INIT(8 * KIB);
	s->pem = (struct buf)BUF_INIT(8 * KIB);
	CHECK(!tls_pem(&s->key, &s->cert, &s->pem, NULL));
	struct sign_public pub = sign_key_public(&s->key);
	memcpy(spki, head, sizeof head);
	memcpy(spki + sizeof head, pub.b, 32);
	s->pin = hash_of(str_bytes(spki, sizeof spki));
}

static void
side_done(struct side *s)
{
	sign_key_done(&s->key);
	secret_wipe_buf(&s->pem);
	buf_done(&s->cert);
	buf_done(&s->pem);
}

struct echo {
	struct hash allowed;
	atomic_int calls;
};

static bool
pinned(void *ctx, const struct hash *pin)
{
	return hash_eq(pin, &((struct echo *)ctx)->allowed);
}

static void
handle(void *ctx, const struct http_request *q, struct http_reply *r)
{
	struct echo *t = ctx;
	struct str v;
	atomic_fetch_add(&t->calls, 1);
	if (str_starts(q->path, STR("/slow"))) {
		struct timespec wait = {.tv_nsec = 300 * 1000 * 1000};
		nanosleep(&wait, NULL);
	}
	r->status = str_starts(q->path, STR("/none")) ? 404 : 200;
	buf_printf(&r->body, "%.*s %.*s %.*s %zu pin=%d host=%d", STR_FMT(q->method), STR_FMT(q->path), STR_FMT(q->query), q->body.n,
	    q->has_pin && hash_eq(&q->pin, &t->allowed), http_header(q, "HOST", &v) && v.n > 0);
	http_reply_header(r, "Cache-Control", STR("no-store"));
}

static struct http_server *
start(struct echo *t, const struct side *own, uint16_t *port)
{
	struct http_config c = {.address = "127.0.0.1",
	    .cert = buf_str(&own->cert),
	    .key = buf_str(&own->pem),
	    .pinned = pinned,
	    .handle = handle,
	    .ctx = t,
	    .body_max = 1000,
	    .reply_max = MIB};
	struct http_server *s = NULL;
	CHECK(!http_server_start(&c, &s, port, NULL));
	return s;
}

static enum err
get(const struct side *own, const struct hash *other, uint16_t port, const char *path, int *status, struct buf *ret, struct errinfo *e)
{
	struct http_client *c;
	char url[100];
	int n = snprintf(url, sizeof url, "https://127.0.0.1:%u%s", port, path);
	enum err err = http_client_new(buf_str(&own->cert), buf_str(&own->pem), other, &c, e);
	if (!err)
		err = http_client_get(c, str_bytes(url, (size_t)n), 5, status, ret, e);
	http_client_free(c);
	return err;
}

TEST(http_both_keys_are_pinned)
{
	struct side server, client, stranger;
	struct echo t = {0};
	struct errinfo e = {0};
	struct buf got = BUF_INIT(KIB);
	uint16_t port;
	int status = 0;
	side(&server, 1);
	side(&client, 2);
	side(&stranger, 3);
	t.allowed = client.pin;
	struct http_server *s = start(&t, &server, &port);
	CHECK(!get(&client, &server.pin, port, "/a/b?c=d&e=%20", &status, &got, &e));
	CHECK(status == 200 && str_is(buf_str(&got), "GET /a/b c=d&e=%20 0 pin=1 host=1"));
	CHECK(!get(&client, &server.pin, port, "/none", &status, &got, &e) && status == 404);
	int calls = atomic_load(&t.calls);
	/* a stranger's certificate ends the handshake: no handler sees it */
	CHECK(get(&stranger, &server.pin, port, "/", &status, &got, &e) == ERR_IO);
	/* a server with another key than the charter's is not spoken to */
	CHECK(get(&client, &stranger.pin, port, "/", &status, &got, &e) == ERR_VERIFY);
	CHECK(atomic_load(&t.calls) == calls);
	http_server_stop(s);
	buf_done(&got);
	side_done(&server);
	side_done(&client);
	side_done(&stranger);
}

/* Connections that say nothing, from 127.0.0.x. */
static void
keep_silent(uint16_t port, uint8_t x, int *fd, size_t n)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + x)};
	for (size_t i = 0; i < n; i++) {
		fd[i] = socket(AF_INET, SOCK_STREAM, 0);
		CHECK(fd[i] >= 0 && !bind(fd[i], (struct sockaddr *)&from, sizeof from) && !connect(fd[i], (struct sockaddr *)&to, sizeof to));
	}
}

/* Fails if a stranger who begins handshakes and ends none keeps those out who have a key. */
TEST(http_handshakes_that_do_not_end_keep_nobody_out)
{
	enum { N = 200 };
	struct side server, client;
	struct echo t = {0};
	struct errinfo e = {0};
	struct buf got = BUF_INIT(KIB);
	uint16_t port;
	int status = 0, fd[N], ok = 0;
	struct http_server *s = NULL;
	side(&server, 1);
	side(&client, 2);
	t.allowed = client.pin;
	const struct http_config c = {.address = "127.0.0.1",
	    .cert = buf_str(&server.cert),
	    .key = buf_str(&server.pem),
	    .pinned = pinned,
	    .handle = handle,
	    .ctx = &t,
	    .reply_max = KIB,
	    .connections = 150};
	CHECK(!http_server_start(&c, &s, &port, NULL));
	keep_silent(port, 2, fd, N);
	for (int i = 0; i < 10; i++) {
		buf_clear(&got);
		ok += !get(&client, &server.pin, port, "/a", &status, &got, &e) && status == 200;
	}
	CHECKF(ok == 10, "%d of 10 are answered", ok);
	for (int i = 0; i < N; i++)
		close(fd[i]);
	http_server_stop(s);
	buf_done(&got);
	side_done(&server);
	side_done(&client);
}

struct slow {
	const struct side *client;
	const struct hash *pin;
	uint16_t port;
	bool ok;
};

static void *
ask_slow(void *arg)
{
	struct slow *w = arg;
	struct buf got = BUF_INIT(KIB);
	int status = 0;
	w->ok = !get(w->client, w->pin, w->port, "/slow", &status, &got, NULL) && status == 200;
	buf_done(&got);
	return NULL;
}

TEST(http_a_handler_that_waits_keeps_nobody_waiting)
{
	struct side server, client;
	struct echo t = {0};
	struct slow w[6];
	pthread_t thread[6];
	struct buf got = BUF_INIT(KIB);
	struct timespec a, b;
	uint16_t port;
	int status = 0;
	side(&server, 1);
	side(&client, 2);
	t.allowed = client.pin;
	struct http_server *s = start(&t, &server, &port);
	for (int i = 0; i < 6; i++) {
		w[i] = (struct slow){&client, &server.pin, port, false};
		CHECK(!pthread_create(&thread[i], NULL, ask_slow, &w[i]));
	}
	while (atomic_load(&t.calls) < 6)
		sched_yield();
	clock_gettime(CLOCK_MONOTONIC, &a);
	CHECK(!get(&client, &server.pin, port, "/", &status, &got, NULL) && status == 200);
	clock_gettime(CLOCK_MONOTONIC, &b);
	for (int i = 0; i < 6; i++) {
		pthread_join(thread[i], NULL);
		CHECK(w[i].ok);
	}
	http_server_stop(s);
	buf_done(&got);
	side_done(&server);
	side_done(&client);
}
