/* What somebody of lower clearance gets over HTTP: status, headers and body of each answer, and the stream of events. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/json.h"
#include "api/taxii.h"
#include "api/viewer.h"
#include "base/leak.h"
#include "ni/play.h"
#include "settle.h"

enum { ANSWER = 16 * MIB };

#define EVERYTHING "/taxii2/root/collections/67bdc431-1e5c-4e02-99ae-5b4863d53924/" /* the same in every node */

enum { READER = 2, OFFICER, OFFICERS_SHARE = 20 };

struct web_asking {
	struct play *p;
	const struct node_who *who;
	struct host *host; /* one for a look: what is kept in it for one is there when another asks */
	bool officer;
	const char *method, *target, *headers, *body;
	struct http_reply r;
};

static enum err
who(void *ctx, const struct ask *a, struct viewer **ret, struct errinfo *e)
{
	const struct web_asking *q = ctx;
	struct viewer *v = arena_alloc(a->a, sizeof *v);
	if (!v)
		return err_nomem(e);
	*v = (struct viewer){.who = *q->who, .account = STR_INIT("reader"), .may = ~0u, .sight = q->officer ? OFFICER : READER};
	*ret = v;
	return OK;
}

static bool
may(const struct viewer *v, enum route_may may)
{
	return v->may >> may & 1;
}

/* What the account may ask, by the clock of the world. */
static unsigned
spend(void *ctx, const struct ask *a)
{
	const struct web_asking *q = ctx;
	const uint8_t account[] = {q->officer ? OFFICER : READER};
	const struct hash asker = hash_of(str_bytes(account, 1));
	(void)a;
	return budget_take(q->p->budget, &asker, simworld_now(q->p->w) / 1000);
}

static void
answer(void *arg)
{
	struct web_asking *q = arg;
	static const struct route_family *const families[] = {&json_family, &taxii_family};
	const struct route_world w = {.families = families, .nfamilies = 2, .who = who, .spend = spend, .may = may, .ctx = q, .host = q->host};
	struct http_request h = {.method = str_of(q->method), .body = str_of(q->body)};
	struct str rest = str_of(q->headers), line;
	str_cut(str_of(q->target), '?', &h.path, &h.query);
	while (str_line(&rest, &line)) {
		struct http_field *f = &h.headers[h.nheaders++];
		str_cut(line, ':', &f->name, &f->value);
		f->value = str_trim(f->value);
	}
	h.body_n = h.body.n;
	route_answer(&w, &h, &q->r);
	settle_here(&w, &q->r);
	if (q->r.state_free)
		q->r.state_free(q->r.state);
}

/* The answer is left in q->r. */
static void
see(struct web_asking *q, const char *method, const char *target, const char *headers, const char *body)
{
	struct play *p = q->p;
	struct buf all = BUF_INIT(ANSWER);
	char label[300];
	if (p->eye->done || !p->c.node[p->h->m])
		return;
	buf_done(&q->r.body);
	buf_done(&q->r.space);
	q->r = (struct http_reply){.body = BUF_INIT(ANSWER), .space = BUF_INIT(16 * KIB)};
	q->method = method;
	q->target = target;
	q->headers = headers;
	q->body = body;
	if (p->c.run(p->c.ctx, p->h->m, answer, q) && !q->officer) {
		if (q->r.status == 429 && !LEAK(RATE_OTHER)) {
			fputs("ni: the reader has asked so often that it is told nothing: PLAY_REQUESTS is too small\n", stderr);
			abort();
		}
		buf_printf(&all, "%d\n", q->r.status);
		for (size_t i = 0; i < q->r.nheaders; i++)
			buf_printf(&all, "%.*s: %.*s\n", STR_FMT(q->r.headers[i].name), STR_FMT(q->r.headers[i].value));
		buf_putc(&all, '\n');
		buf_put(&all, buf_str(&q->r.body));
		snprintf(label, sizeof label, "%s %.200s", method, target);
		eye_see(p->eye, label, buf_str(&all));
	}
	buf_done(&all);
}

/* The stream from where it was left; its last id is kept. */
static void
see_events(struct web_asking *q)
{
	struct play *p = q->p;
	char header[sizeof p->last_event + 32];
	snprintf(header, sizeof header, "Last-Event-ID: %s\n", p->last_event);
	see(q, "GET", "/api/v1/events", p->last_event[0] ? header : "", "");
	for (struct str rest = buf_str(&q->r.body), line; str_line(&rest, &line);)
		if (str_starts(line, STR("id: ")))
			snprintf(p->last_event, sizeof p->last_event, "%.*s", STR_FMT(str_sub(line, 4, line.n)));
}

/* An officer, cleared for all, asks for the same pages before, and now and then for more, as often as something was done here. */
static void
ask_first(struct web_asking *q)
{
	static const struct node_who all;
	static const char *const pages[] = {EVERYTHING "objects/?limit=3", EVERYTHING "manifest/"};
	const struct node_who *who = q->who;
	q->who = &all;
	q->officer = true;
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
		see(q, "GET", pages[i], "", "");
	for (int i = 0; i < OFFICERS_SHARE * q->p->done; i++)
		spend(q, NULL);
	q->who = who;
	q->officer = false;
}

void
look_web(struct play *p, const struct node_who *of, const char (*ids)[80], int nids, bool whole)
{
	static const char *const gets[] = {EVERYTHING "objects/?limit=3", EVERYTHING "manifest/", "/api/v1/objects?limit=2",
	    "/api/v1/objects?gone=true", "/api/v1/search?words=fighters&limit=1", "/api/v1/suggestions?begins=p", "/api/v1/claims?what=fighters",
	    "/api/v1/status", "/api/v1/centres", "/api/v1/logs", "/api/v1/entries", "/api/v1/inbox", "/api/v1/due", "/api/v1/requests",
	    "/api/v1/audit", "/api/v1/quarantine", "/api/v1/nothing", "/taxii2/", "/taxii2/root/collections/",
	    EVERYTHING "objects/?match[type]=report&match[version]=all"};
	struct web_asking q = {.p = p, .who = of};
	struct errinfo e;
	char target[300];
	if (p->eye->done || !p->c.node[p->h->m] || host_over(p->c.node[p->h->m], &q.host, &e))
		return;
	ask_first(&q);
	see_events(&q);
	for (size_t i = 0; whole && i < sizeof gets / sizeof *gets; i++)
		see(&q, "GET", gets[i], "", "");
	for (int i = 0; whole && i < nids; i++) {
		snprintf(target, sizeof target, "/api/v1/objects/%s", ids[i]);
		see(&q, "GET", target, "", "");
	}
	for (int i = 0; whole && i < p->h->nthing; i++) { /* those that it may not see too */
		char id[80];
		if (p->h->thing[i].report)
			continue;
		hist_id(p->h, i, id);
		snprintf(target, sizeof target, "/api/v1/objects/%s/references", id);
		see(&q, "GET", target, "", "");
		snprintf(target, sizeof target, "/api/v1/objects/%s/grades", id);
		see(&q, "POST", target, "Content-Type: application/json\n", "{\"grade\":\"Z9\"}");
	}
	buf_done(&q.r.body);
	buf_done(&q.r.space);
	host_close(q.host);
}
