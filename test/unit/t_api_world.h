/* The API of a home of a simulated centre, asked without a network: route_answer with who asks given by the test. */
#ifndef T_API_WORLD_H
#define T_API_WORLD_H

#include <stdlib.h>

#include "api/json.h"
#include "api/viewer.h"
#include "t_node_world.h"

enum {
	ALL_MAY =
	    1u << ROUTE_ANY | 1u << ROUTE_READ | 1u << ROUTE_WRITE | 1u << ROUTE_RELEASE | 1u << ROUTE_GOVERN | 1u << ROUTE_ADMIN | 1u << ROUTE_LOOK
};

struct api {
	struct world x;
	struct host *h;
	struct viewer *viewer; /* who asks; NULL: nobody known */
	enum err who_err;
	struct viewer self;
	struct http_request q;
	struct http_reply r;
};

static inline enum err
api_who(void *ctx, const struct ask *a, struct viewer **ret, struct errinfo *e)
{
	struct api *x = ctx;
	(void)a;
	*ret = x->viewer;
	return x->who_err ? err_set(e, x->who_err, "not so") : OK;
}

static inline bool
api_may(const struct viewer *v, enum route_may may)
{
	return v->may >> may & 1;
}

static inline void
api_init(struct api *x, int homes)
{
	struct errinfo e = {0};
	memset(x, 0, sizeof *x);
	world_init(&x->x, homes);
	CHECK_OK(host_over(x->x.c.node[0], &x->h, &e));
	x->self = (struct viewer){.who = {.name = STR_INIT("ali"), .position = STR_INIT("J2")}, .account = STR_INIT("ali"), .may = ALL_MAY};
	x->viewer = &x->self;
	x->r = (struct http_reply){.body = BUF_INIT(64 * MIB), .space = BUF_INIT(16 * KIB)};
}

static inline void
api_done(struct api *x)
{
	if (x->r.state_free)
		x->r.state_free(x->r.state);
	buf_done(&x->r.body);
	buf_done(&x->r.space);
	host_close(x->h);
	world_done(&x->x);
}

/* headers: "Name: value\n" each. Returns the status; the reply is in x->r. */
static inline int
api_ask(struct api *x, const char *method, const char *target, const char *headers, struct str body)
{
	static const struct route_family *const families[] = {&json_family};
	const struct route_world w = {.families = families, .nfamilies = 1, .who = api_who, .may = api_may, .ctx = x, .host = x->h};
	struct str rest = str_of(headers ? headers : ""), line;
	static struct str left;
	memset(&x->q, 0, sizeof x->q);
	x->q.method = str_of(method);
	str_cut(str_of(target), '?', &x->q.path, &x->q.query);
	while (str_line(&rest, &line)) {
		struct http_field *f = &x->q.headers[x->q.nheaders++];
		str_cut(line, ':', &f->name, &f->value);
		f->value = str_trim(f->value);
	}
	left = x->q.body = body;
	x->q.body_n = body.n;
	x->q.in = source_of_str(&left);
	x->r.status = 0;
	route_answer(&w, &x->q, &x->r);
	return x->r.status;
}

static inline int
api_get(struct api *x, const char *target)
{
	return api_ask(x, "GET", target, NULL, STR_NONE);
}

static inline int
api_post(struct api *x, const char *target, const char *json)
{
	return api_ask(x, "POST", target, "Content-Type: application/json\n", str_of(json));
}

/* A header of the reply; empty if there is none. */
static inline struct str
api_header(const struct api *x, const char *name)
{
	for (size_t i = 0; i < x->r.nheaders; i++)
		if (str_is(x->r.headers[i].name, name))
			return x->r.headers[i].value;
	return STR_NONE;
}

static inline struct str
api_body(const struct api *x)
{
	return buf_str(&x->r.body);
}

#define STATUS(call, want)                                                                                                           \
	do {                                                                                                                         \
		int got_ = (call);                                                                                                   \
		CHECKF(got_ == (want), "%s: %d, not %d: %.*s", #call, got_, want, STR_FMT(str_sub(buf_str(&(api).r.body), 0, 600))); \
	} while (0)

#endif
