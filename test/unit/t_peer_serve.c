/* What a member gets over the network. Fails if a key gets more than its budget or is refused for what another asked, a member of a circle does not
 * get its log, if a circle that exists can be told by one outside from one that does not, or if a key that no member states is answered. */
#include <stdio.h>
#include <string.h>

#include "api/peer_serve.h"
#include "crypto/secret.h"
#include "http/client.h"
#include "http/tls.h"
#include "node/peers.h"
#include "sim/centre.h"
#include "t_node_world.h"

#define ID(n) "campaign--00000000-0000-4000-8000-00000000000" #n
#define MARK "(//IRQ S//REL TO IRQ, RUS)"

struct asker {
	struct buf cert, key;
	struct http_client *client;
	struct hash server;
	uint16_t port;
};

static void
take_key(struct asker *a, const struct node *n)
{
	struct errinfo e = {0};
	a->cert = (struct buf)BUF_INIT(8 * KIB);
	a->key = (struct buf)BUF_INIT(8 * KIB);
	CHECK_OK(tls_pem(node_tls_key(n), &a->cert, &a->key, &e));
}

static int
get(struct asker *a, const char *path, struct buf *ret)
{
	struct errinfo e = {0};
	char url[400];
	int status = 0, n = snprintf(url, sizeof url, "https://127.0.0.1:%u%s", a->port, path);
	buf_clear(ret);
	if (!a->client)
		CHECK_OK(http_client_new(buf_str(&a->cert), buf_str(&a->key), &a->server, &a->client, &e));
	return http_client_get(a->client, str_bytes(url, (size_t)n), 5, &status, ret, &e) ? -1 : status;
}

static enum err
pin_of(void *ctx, const struct node_peer *p, struct errinfo *e)
{
	(void)e;
	if (str_is(p->member, "irq"))
		*(struct hash *)ctx = p->pin;
	return OK;
}

TEST(a_circle_outside_is_no_circle)
{
	struct world x;
	struct errinfo e = {0};
	struct buf b = BUF_INIT(MIB), one = BUF_INIT(MIB), other = BUF_INIT(MIB);
	struct asker in = {0}, out = {0}, not = {0};
	struct peer_book *book;
	struct peer_serve serve = {0};
	struct host *h;
	char path[300];
	uint16_t port;
	world_init(&x, 3);
	for (int i = 0; i < 3; i++)
		DO(&x, i, "key", "{\"tls\":true}");
	CHECK_OK(centre_sync_all(&x.c, 2, &e));
	world_object(&b, 1, "bilateral");
	CHECK_OK(world_add(&x, 0, buf_str(&b), "{\"mark\":\"" MARK "\"}", &e));
	DO(&x, 0, "release", "{\"ids\":[\"" ID(1) "\"],\"to\":\"irq.rus\"}");
	CHECK_OK(node_peers(x.c.node[1], pin_of, &in.server, &e));
	take_key(&in, x.c.node[1]);
	take_key(&out, x.c.node[2]);
	take_key(&not, x.c.node[2]);
	secret_wipe_buf(&not .key);
	buf_clear(&not .key);
	buf_clear(&not .cert);
	struct sign_key made;
	uint8_t seed[32] = {9};
	sign_key_init(&made, seed);
	CHECK_OK(tls_pem(&made, &not .cert, &not .key, &e));
	out.server = not .server = in.server;
	centre_close(&x.c, 0);
	CHECK_OK(host_open(x.c.env[0], "/tmp", NULL, &h, &e));
	CHECK_OK(peer_book_new(&book, &e));
	CHECK_OK(peer_book_look(book, h, &e));
	CHECK_OK(peer_serve_start(&serve, h, book, "127.0.0.1", 0, &port, &e));
	in.port = out.port = not .port = port;

	snprintf(path, sizeof path, "/%s/logs", x.c.hex);
	CHECK(get(&in, path, &one) == 200 && str_find(buf_str(&one), STR("/irq.rus/irq/1")) > 0);
	CHECK(get(&out, path, &other) == 200 && str_find(buf_str(&other), STR("irq.rus")) < 0);
	CHECK(get(&not, path, &other) == -1); /* no handshake */

	/* the log's name, out of its member's listing */
	char log[65] = "";
	struct str rest = buf_str(&one), line;
	while (str_line(&rest, &line))
		if (str_find(line, STR("/irq.rus/irq/1")) > 0)
			memcpy(log, line.p, 64);
	CHECK(log[0]);
	static const char *const what[] = {"checkpoint", "payload/0", "tile/0/000", "tile/entries/000.p/1", "witnessed", "known", "fork", "", "x"};
	for (size_t i = 0; i < sizeof what / sizeof *what; i++) {
		snprintf(path, sizeof path, "/%s/%s/%s", x.c.hex, log, what[i]);
		int status = get(&out, path, &one);
		CHECKF(status == 404, "%s: %d", path, status);
		for (size_t k = 0; k < 64; k++)
			log[k] = log[k] == '0' ? '1' : log[k] == '1' ? '0' : log[k];
		snprintf(path, sizeof path, "/%s/%s/%s", x.c.hex, log, what[i]);
		CHECK(get(&out, path, &other) == 404);
		CHECK_STR(buf_str(&one), buf_str(&other));
		for (size_t k = 0; k < 64; k++)
			log[k] = log[k] == '0' ? '1' : log[k] == '1' ? '0' : log[k];
	}
	snprintf(path, sizeof path, "/%s/%s/checkpoint", x.c.hex, log);
	CHECK(get(&in, path, &one) == 200 && str_starts(buf_str(&one), STR("comity/")));
	/* neither is a centre that this home is in, for who is not */
	path[1] = path[1] == '0' ? '1' : '0';
	CHECK(get(&in, path, &one) == 404);
	CHECK_STR(buf_str(&one), buf_str(&other));
	static const char *const odd[] = {"/", "//", "/..", "/../keys/root", "/%2e%2e/keys/log", "/x/y?z", "/?"};
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		CHECKF(get(&in, odd[i], &one) == 404, "%s", odd[i]);
		CHECK_STR(buf_str(&one), buf_str(&other));
	}

	peer_serve_stop(&serve);
	peer_book_free(book);
	host_close(h);
	struct asker *all[] = {&in, &out, &not };
	for (size_t i = 0; i < 3; i++) {
		http_client_free(all[i]->client);
		secret_wipe_buf(&all[i]->key);
		buf_done(&all[i]->key);
		buf_done(&all[i]->cert);
	}
	sign_key_done(&made);
	buf_done(&b);
	buf_done(&one);
	buf_done(&other);
	world_done(&x);
}

/* irq's node with these ceilings; rus and irn ask. */
struct served {
	struct world x;
	struct host *h;
	struct peer_book *book;
	struct peer_serve serve;
	struct asker rus, irn;
	char logs[100];
};

static void
serve_open(struct served *s, struct budget_rate rate, unsigned per_peer)
{
	struct errinfo e = {0};
	uint16_t port;
	*s = (struct served){.serve = {.rate = rate, .per_peer = per_peer}};
	world_init(&s->x, 3);
	for (int i = 0; i < 3; i++)
		DO(&s->x, i, "key", "{\"tls\":true}");
	CHECK_OK(centre_sync_all(&s->x.c, 2, &e));
	CHECK_OK(node_peers(s->x.c.node[1], pin_of, &s->rus.server, &e));
	s->irn.server = s->rus.server;
	take_key(&s->rus, s->x.c.node[1]);
	take_key(&s->irn, s->x.c.node[2]);
	centre_close(&s->x.c, 0);
	CHECK_OK(host_open(s->x.c.env[0], "/tmp", NULL, &s->h, &e));
	CHECK_OK(peer_book_new(&s->book, &e));
	CHECK_OK(peer_book_look(s->book, s->h, &e));
	CHECK_OK(peer_serve_start(&s->serve, s->h, s->book, "127.0.0.1", 0, &port, &e));
	s->rus.port = s->irn.port = port;
	snprintf(s->logs, sizeof s->logs, "/%s/logs", s->x.c.hex);
}

static void
asker_done(struct asker *a)
{
	http_client_free(a->client);
	secret_wipe_buf(&a->key);
	buf_done(&a->key);
	buf_done(&a->cert);
}

static void
serve_done(struct served *s)
{
	asker_done(&s->rus);
	asker_done(&s->irn);
	peer_serve_stop(&s->serve);
	peer_book_free(s->book);
	host_close(s->h);
	world_done(&s->x);
}

TEST(a_key_has_a_budget_of_its_own)
{
	struct served s;
	struct buf b = BUF_INIT(MIB);
	int status = 0, given = 0;
	serve_open(&s, (struct budget_rate){10, 1}, 0);
	while (given < 100 && (status = get(&s.rus, s.logs, &b)) == 200)
		given++;
	CHECKF(status == 429 && given >= 10 && given <= 11, "%d, then %d", given, status);
	unsigned wait = http_client_retry_after(s.rus.client);
	CHECKF(wait >= 5 && wait <= 10, "%u", wait);
	CHECK(get(&s.rus, "/nowhere", &b) == 429); /* what it asks for does not matter */
	for (int i = 0; i < 10; i++)
		CHECK(get(&s.irn, s.logs, &b) == 200);
	serve_done(&s);
	buf_done(&b);
}

TEST(a_key_has_its_number_of_connections)
{
	struct served s;
	struct asker more[3];
	struct buf b = BUF_INIT(MIB);
	serve_open(&s, (struct budget_rate){0}, 2);
	for (int i = 0; i < 3; i++) {
		more[i] = s.rus;
		more[i].client = NULL;
	}
	CHECK(get(&more[0], s.logs, &b) == 200 && get(&more[1], s.logs, &b) == 200);
	CHECK(get(&more[2], s.logs, &b) == -1);
	CHECK(get(&s.irn, s.logs, &b) == 200);
	CHECK(get(&more[0], s.logs, &b) == 200); /* who is there stays */
	http_client_free(more[0].client);
	int status = -1;
	for (int i = 0; i < 200 && status < 0; i++) { /* an end is noticed a moment later */
		http_client_free(more[2].client);
		more[2].client = NULL;
		status = get(&more[2], s.logs, &b);
	}
	CHECK(status == 200);
	http_client_free(more[1].client);
	http_client_free(more[2].client);
	serve_done(&s);
	buf_done(&b);
}
