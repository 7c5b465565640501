#include "sim/centre.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/peer_answer.h"
#include "base/limits.h"
#include "base/time.h"
#include "json/dom.h"
#include "json/write.h"

#define LEVELS "[{\"name\":\"UNCLASSIFIED\",\"abbr\":\"U\"},{\"name\":\"RESTRICTED\",\"abbr\":\"R\"},{\"name\":\"SECRET\",\"abbr\":\"S\"}]"

/* running code as a home */

struct job {
	struct centre *c;
	int home;
	enum err err;
	struct errinfo *e;
	const struct node_call *call;
	struct buf *reply;
	struct str asker, path;
};

static enum err
run(struct centre *c, int home, void (*fn)(void *arg), struct job *job)
{
	job->c = c;
	job->home = home;
	if (!c->run) {
		fn(job);
		return job->err;
	}
	if (c->run(c->ctx, home, fn, job))
		return job->err;
	c->node[home] = NULL;
	return err_set(job->e, ERR_STOPPED, "the node of home %d died", home);
}

static void
do_make(void *arg)
{
	struct job *j = arg;
	struct str id = str_of(j->c->id[j->home]);
	j->err = node_create(j->c->env[j->home], id, id, j->e);
}

static void
do_open(void *arg)
{
	struct job *j = arg;
	j->err = node_open(j->c->env[j->home], "test", &j->c->node[j->home], j->e);
}

static void
do_close(void *arg)
{
	struct job *j = arg;
	node_close(j->c->node[j->home]);
}

static void
do_call(void *arg)
{
	struct job *j = arg;
	j->err = node_call(j->c->node[j->home], j->call, j->reply, j->e);
}

struct asked {
	struct node *node;
	struct str asker;
};

/* A member's key is stood for by the hash of its name: whose key is whose is not what is tried here. */
static bool
member_of(void *ctx, struct str centre, const struct hash *pin, struct str says, char ret_member[static GOVERN_ID_MAX + 1])
{
	const struct asked *a = ctx;
	struct hash h = hash_of(a->asker);
	(void)centre;
	(void)says;
	snprintf(ret_member, GOVERN_ID_MAX + 1, "%.*s", STR_FMT(a->asker));
	return hash_eq(pin, &h);
}

static enum err
serve_it(void *ctx, struct str centre, struct str member, struct str path, struct buf *reply, struct errinfo *e)
{
	return node_serve(((const struct asked *)ctx)->node, centre, member, path, reply, e);
}

enum err
centre_request(struct node *n, struct str centre, struct str asker, struct str path, struct http_reply *r, struct errinfo *e)
{
	struct asked a = {.node = n, .asker = asker};
	const struct peer_desk desk = {.who = member_of, .serve = serve_it, .ctx = &a};
	struct buf target = BUF_INIT(4 * KIB);
	struct http_request q = {.method = STR("GET"), .has_pin = true, .pin = hash_of(asker)};
	struct str all;
	buf_printf(&target, "/%.*s/%.*s", STR_FMT(centre), STR_FMT(path));
	enum err err = buf_take(&target, &all, e);
	if (!err) {
		str_cut(all, '?', &q.path, &q.query);
		err = peer_answer(&desk, &q, r, e);
	}
	buf_done(&target);
	return err;
}

enum err
centre_answer(struct node *n, struct str centre, struct str asker, struct str path, struct buf *reply, struct errinfo *e)
{
	struct http_reply r = {.body = BUF_INIT(reply->max), .space = BUF_INIT(KIB)};
	struct str all;
	enum err err = centre_request(n, centre, asker, path, &r, e);
	if (!err && !(err = peer_heard(r.status, "it", e)) && !(err = buf_take(&r.body, &all, e))) {
		buf_put(reply, all);
		err = buf_take(reply, &all, e);
	}
	buf_done(&r.body);
	buf_done(&r.space);
	return err;
}

static void
do_serve(void *arg)
{
	struct job *j = arg;
	j->err = centre_answer(j->c->node[j->home], str_of(j->c->hex), j->asker, j->path, j->reply, j->e);
}

enum err
centre_make(struct centre *c, int home, struct errinfo *e)
{
	struct job j = {.e = e};
	return run(c, home, do_make, &j);
}

enum err
centre_open(struct centre *c, int home, struct errinfo *e)
{
	struct job j = {.e = e};
	if (c->node[home])
		return OK;
	enum err err = run(c, home, do_open, &j);
	if (err)
		c->node[home] = NULL;
	return err;
}

void
centre_close(struct centre *c, int home)
{
	struct job j = {.e = NULL};
	if (!c->node[home])
		return;
	enum err err = run(c, home, do_close, &j);
	(void)err; /* a node that dies when it closes is gone as well */
	c->node[home] = NULL;
}

void
centre_close_all(struct centre *c)
{
	for (int i = 0; i < c->n; i++)
		centre_close(c, i);
}

enum err
centre_call(struct centre *c, int home, const struct node_call *call, struct buf *reply, struct errinfo *e)
{
	struct buf own = BUF_INIT(16 * MIB);
	struct job j = {.e = e, .call = call, .reply = reply ? reply : &own};
	if (!c->node[home])
		return err_set(e, ERR_NOTFOUND, "home %d is not open", home);
	if (reply)
		buf_clear(reply);
	enum err err = run(c, home, do_call, &j);
	buf_done(&own);
	return err;
}

enum err
centre_op(struct centre *c, int home, struct buf *reply, struct errinfo *e, const char *op, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || !(text = malloc((size_t)n + 1)))
		return err_nomem(e);
	va_start(ap, fmt);
	vsnprintf(text, (size_t)n + 1, fmt, ap);
	va_end(ap);
	struct node_call call = {.op = str_of(op), .args = str_of(text)};
	enum err err = centre_call(c, home, &call, reply, e);
	free(text);
	return err;
}

enum err
centre_add(struct centre *c, int home, struct str input, const char *args, struct buf *reply, struct errinfo *e)
{
	struct str rest = input;
	struct source in = source_of_str(&rest);
	struct node_call call = {.op = STR("add"), .args = str_of(args), .in = &in};
	return centre_call(c, home, &call, reply, e);
}

/* asking each other */

static enum err
get(void *ctx, struct str path, struct buf *ret, struct errinfo *e)
{
	struct centre_link *l = ctx;
	struct job j = {.e = e, .asker = str_of(l->c->id[l->asker]), .path = path, .reply = ret};
	if (!l->c->node[l->server])
		return err_set(e, ERR_IO, "%s: no answer", l->name);
	enum err err = run(l->c, l->server, do_serve, &j);
	if (err == ERR_STOPPED)
		return err_set(e, ERR_IO, "%s: no answer any more", l->name);
	return err;
}

struct transport
centre_transport(struct centre_link *link, struct centre *c, int asker, int server)
{
	*link = (struct centre_link){.c = c, .asker = asker, .server = server};
	snprintf(link->name, sizeof link->name, "home %d", server);
	return (struct transport){.ctx = link, .get = get, .name = link->name};
}

enum err
centre_sync(struct centre *c, int asker, int server, struct buf *reply, struct errinfo *e)
{
	struct centre_link link;
	struct transport t = centre_transport(&link, c, asker, server);
	char args[128];
	snprintf(args, sizeof args, "{\"centre\":\"%s\",\"member\":\"%s\"}", c->hex, c->id[server]);
	struct node_call call = {.op = STR("sync"), .args = str_of(args), .peer = &t};
	return centre_call(c, asker, &call, reply, e);
}

enum err
centre_sync_all(struct centre *c, int rounds, struct errinfo *e)
{
	for (int r = 0; r < rounds; r++)
		for (int i = 0; i < c->n; i++)
			for (int k = 0; k < c->n; k++) {
				if (i == k)
					continue;
				enum err err = centre_sync(c, i, k, NULL, e);
				if (err)
					return err;
			}
	return OK;
}

/* founding */

/* A string member of reply, as a JSON string, into b. */
enum err
centre_take(struct str reply, const char *name, struct buf *b, struct errinfo *e)
{
	struct arena a = ARENA_INIT(LIMIT_OBJECT_ARENA);
	const struct json *j;
	struct str s;
	enum err err = json_parse(&a, reply, &j, e);
	if (!err && !json_get_str(j, str_of(name), &s))
		err = err_set(e, ERR_INVALID, "the reply has no %s: %.*s", name, STR_FMT(str_sub(reply, 0, 200)));
	if (!err)
		json_escape_put(b, s);
	arena_done(&a);
	return err;
}

/* proposal: a charter as a JSON string. Has the voters sign it and one home put it together and install it; *lines (JSON string) is what others
 * install. */
static enum err
ratify(struct centre *c, int home, uint64_t voters, struct str proposal, struct buf *lines, struct errinfo *e)
{
	struct buf votes = BUF_INIT(256 * KIB), reply = BUF_INIT(4 * MIB);
	enum err err = OK;
	for (int i = 0; i < c->n && !err; i++) {
		if (!(voters >> i & 1))
			continue;
		if ((err = centre_op(c, i, &reply, e, "charter-sign", "{\"charter\":%.*s,\"another\":true}", STR_FMT(proposal))))
			break;
		if (votes.n)
			buf_putc(&votes, ',');
		err = centre_take(buf_str(&reply), "vote", &votes, e);
	}
	if (!err)
		err = centre_op(
		    c, home, &reply, e, "charter-assemble", "{\"charter\":%.*s,\"votes\":[%.*s]}", STR_FMT(proposal), STR_FMT(buf_str(&votes)));
	if (!err)
		err = centre_take(buf_str(&reply), "signed", lines, e);
	buf_done(&votes);
	buf_done(&reply);
	return err;
}

static enum err
install(struct centre *c, int home, struct str lines, struct errinfo *e)
{
	struct buf reply = BUF_INIT(4 * MIB);
	enum err err = centre_op(c, home, &reply, e, "charter-install", "{\"lines\":%.*s}", STR_FMT(lines));
	if (!err && !c->hex[0] && !centre_text(buf_str(&reply), "centre_id", c->hex, sizeof c->hex))
		err = err_set(e, ERR_INVALID, "charter-install does not tell the centre's id: %.*s", STR_FMT(str_sub(buf_str(&reply), 0, 200)));
	buf_done(&reply);
	return err;
}

static enum err
found(struct centre *c, const struct centre_plan *plan, struct buf *cards, struct buf *proposal, struct buf *lines, struct buf *reply,
    struct errinfo *e)
{
	struct buf day = BUF_INIT(64);
	uint64_t voters = 0;
	enum err err;
	for (int i = 0; i < c->n; i++) {
		if ((err = centre_make(c, i, e)) || (err = centre_open(c, i, e)) || (err = centre_op(c, i, reply, e, "card", "{}")))
			return err;
		if (cards->n)
			buf_putc(cards, ',');
		if ((err = centre_take(buf_str(reply), "card", cards, e)))
			return err;
		voters |= UINT64_C(1) << i;
	}
	time_put(&day, plan->from ? plan->from : c->env[0]->now(c->env[0]->ctx));
	err = centre_op(c, 0, reply, e, "charter-propose",
	    "{\"name\":\"%s\",\"cards\":[%.*s],\"first\":\"%.10s\",\"from\":\"%.10s\",%s\"term\":\"%s\",\"levels\":%s}",
	    plan->name ? plan->name : "Test centre", STR_FMT(buf_str(cards)), day.p, day.p, plan->more ? plan->more : "",
	    plan->term ? plan->term : "P3M", plan->levels ? plan->levels : LEVELS);
	buf_done(&day);
	if (err || (err = centre_take(buf_str(reply), "charter", proposal, e)) || (err = ratify(c, 0, voters, buf_str(proposal), lines, e)))
		return err;
	for (int i = 0; i < c->n; i++)
		if ((err = install(c, i, buf_str(lines), e)))
			return err;
	return OK;
}

enum err
centre_found(struct centre *c, const struct centre_plan *plan, struct errinfo *e)
{
	static const struct centre_plan plain;
	struct buf cards = BUF_INIT(1 * MIB), proposal = BUF_INIT(1 * MIB), lines = BUF_INIT(1 * MIB), reply = BUF_INIT(4 * MIB);
	enum err err = found(c, plan ? plan : &plain, &cards, &proposal, &lines, &reply, e);
	buf_done(&cards);
	buf_done(&proposal);
	buf_done(&lines);
	buf_done(&reply);
	return err;
}

enum err
centre_amend(struct centre *c, int home, uint64_t voters, const char *args, struct errinfo *e)
{
	struct buf proposal = BUF_INIT(1 * MIB), lines = BUF_INIT(1 * MIB), reply = BUF_INIT(4 * MIB);
	enum err err = centre_op(c, home, &reply, e, "charter-propose", "{\"centre\":\"%s\",%s}", c->hex, args);
	if (!err && !(err = centre_take(buf_str(&reply), "charter", &proposal, e)) && !(err = ratify(c, home, voters, buf_str(&proposal), &lines, e)))
		err = install(c, home, buf_str(&lines), e);
	buf_done(&proposal);
	buf_done(&lines);
	buf_done(&reply);
	return err;
}

/* replies */

static const struct json *
walk(const struct json *j, struct str path)
{
	struct str step, rest = path;
	while (j && rest.n) {
		uint64_t i;
		str_cut(rest, '.', &step, &rest);
		j = json_is(j, JSON_ARRAY) ? (str_u64(step, &i) ? json_at(j, (uint32_t)i) : NULL) : json_get(j, step);
	}
	return j;
}

bool
centre_text(struct str reply, const char *path, char *ret, size_t cap)
{
	struct arena a = ARENA_INIT(LIMIT_OBJECT_ARENA);
	const struct json *j;
	bool ok = false;
	if (json_parse(&a, reply, &j, NULL) == OK && json_is(j = walk(j, str_of(path)), JSON_STRING) && j->n < cap) {
		memcpy(ret, j->p, j->n);
		ret[j->n] = 0;
		ok = true;
	}
	arena_done(&a);
	return ok;
}

int64_t
centre_number(struct str reply, const char *path)
{
	struct arena a = ARENA_INIT(LIMIT_OBJECT_ARENA);
	const struct json *j;
	int64_t v = -1;
	if (json_parse(&a, reply, &j, NULL) || !json_i64(walk(j, str_of(path)), &v))
		v = -1;
	arena_done(&a);
	return v;
}
