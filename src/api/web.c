#include "api/web.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "api/hold.h"
#include "api/json.h"
#include "api/taxii.h"
#include "api/web_gate.h"
#include "api/web_stat.h"
#include "api/web_who.h"
#include "api/viewer.h"
#include "base/limits.h"
#include "people/guard.h"

enum { BODY_MAX = MIB, REPLY_MAX = 128 * MIB, SILENCE = 150 /* seconds without a beat: the node hangs */ };

struct web {
	struct web_config c;
	struct route_world world;
	struct web_gate gate;
	struct web_stat *stat;
	struct budget *accounts, *strangers; /* apart: addresses, of which anybody has many, make no account's use forgotten */
	struct http_server *server;
	_Atomic int64_t beat; /* monotonic microseconds */
};

/* One a family; the first whose prefix fits answers. */
const struct route_family *const web_families[] = {&json_family, &taxii_family, &node_family};
const size_t web_nfamilies = sizeof web_families / sizeof *web_families;

static int64_t
mono(void)
{
	struct timespec ts;
	return clock_gettime(CLOCK_MONOTONIC, &ts) ? 0 : (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static enum err
who(void *ctx, const struct ask *a, struct viewer **ret, struct errinfo *e)
{
	struct web *w = ctx;
	enum err err = web_who(w->world.host, w->c.metrics, a, ret, e);
	if (!err && *ret)
		a->r->who = (uint64_t)(*ret)->who.account;
	return err;
}

/* Counted once, before its body is read. Whether the node is well is told at any time: who watches it must not be led to think it is not, by others
 * who ask from the same address. */
static unsigned
spend(void *ctx, const struct ask *a)
{
	struct web *w = ctx;
	char space[NETWORK_TEXT];
	if (a->q->accepted || (a->family == &node_family && a->route && a->route->may == ROUTE_OPEN))
		return 0;
	struct str network = guard_network(a->q->from, space);
	struct hash asker = hash_of(a->viewer ? str_bytes(&a->viewer->who.account, sizeof a->viewer->who.account) : network);
	return budget_take(a->viewer ? w->accounts : w->strangers, &asker, mono() / 1000);
}

static void
let_go(void *ctx, const struct ask *a)
{
	(void)ctx;
	web_who_done(a);
}

/* While one request is answered, in its thread: what is known of it only deeper down. */
struct passing {
	const struct route *route;
};
static _Thread_local struct passing passing;

static void
done(void *ctx, const struct ask *a, int status)
{
	(void)ctx;
	(void)status;
	passing.route = a->route;
}

/* Every reply has these; a handler that says more of one of them is heard. */
static void
put_guards(const struct http_request *q, struct http_reply *r)
{
	static const struct {
		const char *name, *value;
		bool tls;
	} guards[] = {
	    {"X-Content-Type-Options", "nosniff", false},
	    {"Cache-Control", "no-store", false},
	    {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'", false},
	    {"Referrer-Policy", "no-referrer", false},
	    {"Cross-Origin-Resource-Policy", "same-origin", false},
	    {"Strict-Transport-Security", "max-age=31536000", true},
	};
	for (size_t i = 0; i < sizeof guards / sizeof *guards; i++) {
		bool there = guards[i].tls && !q->secure;
		for (size_t k = 0; k < r->nheaders && !there; k++)
			there = str_is(r->headers[k].name, guards[i].name);
		if (!there)
			http_reply_header(r, guards[i].name, str_of(guards[i].value));
	}
}

/* The number of a request, by which who reads the log finds what somebody saw. Random: a count would tell how many others ask. */
static void
finish(struct web *w, const struct http_request *q, struct http_reply *r, int64_t began)
{
	static const char *const known[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"};
	const char *method = "other";
	int64_t micros = mono() - began;
	uint64_t id = 0;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (str_is(q->method, known[i]))
			method = known[i];
	put_guards(q, r);
	web_stat_add(w->stat, passing.route, r->status, http_reply_size(r), micros);
	if (getrandom(&id, sizeof id, GRND_NONBLOCK) != sizeof id)
		id = 0;
	size_t at = r->space.n;
	if (!r->space.cap && buf_grow(&r->space, r->space.max))
		buf_cut(&r->space, 0);
	buf_printf(&r->space, "%016" PRIx64, id);
	if (buf_ok(&r->space))
		http_reply_header(r, "X-Request-Id", str_bytes(r->space.p + at, 16));
	log_event(w->c.log, r->status >= 500 ? LOG_WARNING_ : LOG_INFO_, "request",
	    "method=%s route=%s status=%d bytes=%zu us=%" PRId64 " id=%016" PRIx64, method, passing.route ? passing.route->path : "-", r->status,
	    http_reply_size(r), micros, id);
}

static bool
pass(struct web *w, const struct http_request *q, struct http_reply *r)
{
	const char *why;
	int status = web_gate(&w->gate, q, &why);
	if (!status)
		return true;
	buf_clear(&r->body);
	buf_clear(&r->space);
	r->nheaders = 0;
	r->wait = 0;
	r->status = status;
	http_reply_header(r, "Content-Type", STR("text/plain; charset=utf-8"));
	buf_puts(&r->body, why);
	return false;
}

static void
handle(void *ctx, const struct http_request *q, struct http_reply *r)
{
	struct web *w = ctx;
	int64_t began = mono();
	if (r->state) { /* a stream goes on */
		route_answer(&w->world, q, r);
		return;
	}
	passing.route = NULL;
	if (pass(w, q, r))
		route_answer(&w->world, q, r);
	if (r->held)
		((struct hold *)r->held)->began = began;
	else if (!r->wait)
		finish(w, q, r, began);
}

static void
settled(void *ctx, const struct hold *h, struct http_reply *r)
{
	passing.route = h->route;
	finish(ctx, h->q, r, h->began);
}

static void
settle(void *ctx, struct http_reply *const *all, size_t n)
{
	struct web *w = ctx;
	hold_settle(&w->world, all, n, settled, w);
}

static bool
accept_body(void *ctx, const struct http_request *q, size_t *max, struct http_reply *r)
{
	struct web *w = ctx;
	int64_t began = mono();
	passing.route = NULL;
	if (pass(w, q, r) && route_accept(&w->world, q, max, r))
		return true;
	finish(w, q, r, began);
	return false;
}

enum err
web_start(const struct web_config *c, struct host *h, struct web **ret, uint16_t *ret_port, struct errinfo *e)
{
	if (!c->cert.n && !web_is_loopback(c->address)) {
		err_set(e, ERR_USAGE, "%.60s: people's passwords do not cross a network in clear", c->address);
		err_hint(e, "give a certificate and its key, or listen on 127.0.0.1");
		return ERR_USAGE;
	}
	struct web *w = calloc(1, sizeof *w);
	if (!w)
		return err_nomem(e);
	w->c = *c;
	w->gate = (struct web_gate){c->address, c->names};
	w->world = (struct route_world){.families = web_families,
	    .nfamilies = web_nfamilies,
	    .who = who,
	    .spend = spend,
	    .may = web_may,
	    .done = done,
	    .let_go = let_go,
	    .ctx = w,
	    .host = h,
	    .web = w};
	web_beat(w);
	const struct http_config http = {.address = c->address,
	    .port = c->port,
	    .listening = c->listening,
	    .listener = c->listener,
	    .cert = c->cert,
	    .key = c->key,
	    .accept = accept_body,
	    .handle = handle,
	    .settle = settle,
	    .ctx = w,
	    .body_max = BODY_MAX,
	    .reply_max = REPLY_MAX,
	    .spool = c->dir,
	    .connections = c->connections,
	    .per_address = c->per_address};
	const struct budget_rate accounts = {.requests = c->per_account ? c->per_account : LIMIT_WEB_REQUESTS},
				 strangers = {.requests = c->strangers ? c->strangers : LIMIT_WEB_STRANGERS};
	enum err err = web_stat_new(&w->stat, e);
	if (!err && !(err = budget_new(accounts, &w->accounts, e)))
		err = budget_new(strangers, &w->strangers, e);
	if (!err)
		err = http_server_start(&http, &w->server, ret_port, e);
	if (err)
		web_stop(w);
	else
		*ret = w;
	return err;
}

void
web_wake(struct web *w)
{
	if (w)
		http_server_wake(w->server);
}

void
web_beat(struct web *w)
{
	if (w)
		atomic_store(&w->beat, mono());
}

bool
web_is_well(struct web *w)
{
	return mono() - atomic_load(&w->beat) < SILENCE * (int64_t)1000000;
}

void
web_metrics(struct web *w, struct buf *b)
{
	uint64_t feeds[FEED_STATES];
	struct errinfo none;
	web_stat_put(w->stat, w->c.dir, b);
	if (host_feed_count(w->world.host, feeds, &none))
		return;
	buf_puts(b, "# HELP comity_feeds Feeds that this node pulls, by how they stand.\n# TYPE comity_feeds gauge\n");
	for (size_t i = 0; i < FEED_STATES; i++)
		buf_printf(b, "comity_feeds{state=\"%s\"} %" PRIu64 "\n", node_feed_states[i], feeds[i]);
}

void
web_drain(struct web *w)
{
	if (w)
		http_server_drain(w->server);
}

bool
web_is_drained(const struct web *w)
{
	return !w || http_server_is_drained(w->server);
}

void
web_stop(struct web *w)
{
	if (!w)
		return;
	http_server_stop(w->server);
	web_stat_free(w->stat);
	budget_free(w->accounts);
	budget_free(w->strangers);
	free(w);
}
