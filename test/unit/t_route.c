/* Every route with every method, asked by everybody. Fails if a row answers without the account, role or clearance that its operation needs, if a
 * stranger can tell a path that there is from one that there is not, or if a request that is made to confuse is taken. */
#include "label/rule.h"
#include "node/op.h"
#include "people/role.h"
#include "sim/centre.h"
#include "t_api_world.h"

static struct api api;
static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"};

/* The row's path with something in the place of its braces. */
static const char *
filled(const struct route *r)
{
	static char path[300];
	size_t n = 0;
	for (const char *p = r->path; *p; p++) {
		if (*p == '{') {
			p = strchr(p, '}');
			n += (size_t)snprintf(path + n, sizeof path - n, "campaign--00000000-0000-4000-8000-000000000001");
		} else {
			path[n++] = *p;
		}
	}
	path[n] = '\0';
	return path;
}

static const struct route *
row_of(const char *method, const char *path)
{
	const struct route *found = NULL;
	const char *m = strcmp(method, "HEAD") == 0 ? "GET" : method;
	for (size_t i = 0; i < json_nroutes; i++) {
		char copy[300];
		snprintf(copy, sizeof copy, "%s", filled(&json_routes[i]));
		if (strcmp(copy, path) == 0 && strcmp(json_routes[i].method, m) == 0 && !found)
			found = &json_routes[i];
	}
	return found;
}

static void
end_stream(void)
{
	if (api.r.state_free)
		api.r.state_free(api.r.state);
	api.r.state = NULL;
	api.r.state_free = NULL;
	api.r.stream = false;
}

static int
ask(const char *method, const char *path, const struct route *r)
{
	const struct json_row *row = r ? r->more : NULL;
	bool object = row && row->in == JSON_IN_OBJECT;
	int status = api_ask(&api, method, path, object ? "Content-Type: application/json\n" : NULL, object ? STR("{}") : STR_NONE);
	end_stream();
	return status;
}

static void
each(void (*one)(const char *method, const char *path, const struct route *r))
{
	char path[300];
	for (size_t i = 0; i < json_nroutes; i++)
		for (size_t m = 0; m < sizeof methods / sizeof *methods; m++) {
			snprintf(path, sizeof path, "%s", filled(&json_routes[i]));
			one(methods[m], path, row_of(methods[m], path));
		}
}

static char nothing[20000];

static void
without(const char *method, const char *path, const struct route *r)
{
	int status = ask(method, path, r);
	if (r && r->may == ROUTE_OPEN) {
		CHECKF(status == 200 || (r->more && api.viewer == NULL && status == 401), "%s %s: %d", method, path, status);
		return;
	}
	CHECKF(status == 401, "%s %s without an account: %d", method, path, status);
	CHECKF(str_is(api_body(&api), nothing), "%s %s is told to a stranger from what is not there", method, path);
}

TEST(a_stranger_is_told_nothing)
{
	api_init(&api, 1);
	api.viewer = NULL;
	CHECK(api_get(&api, "/api/v1/there-is-none") == 401);
	snprintf(nothing, sizeof nothing, "%.*s", STR_FMT(api_body(&api)));
	each(without);
	api.who_err = ERR_DENIED; /* another's or a wrong credential */
	CHECK(api_get(&api, "/api/v1/there-is-none") == 401);
	snprintf(nothing, sizeof nothing, "%.*s", STR_FMT(api_body(&api)));
	each(without);
	CHECK(api_get(&api, "/api/v1/openapi.json") == 200);
	api.who_err = ERR_BUSY;
	CHECK(api_get(&api, "/api/v1/objects") == 429 && api_header(&api, "Retry-After").n);
	api_done(&api);
}

static void
powerless(const char *method, const char *path, const struct route *r)
{
	int status = ask(method, path, r);
	if (!r)
		CHECKF(status == 405 && api_header(&api, "Allow").n, "%s %s: %d", method, path, status);
	else if (r->may != ROUTE_OPEN && r->may != ROUTE_ANY)
		CHECKF(status == 403, "%s %s without any role: %d", method, path, status);
}

/* Each right opens its own rows alone. */
static enum route_may only;

static void
with_one(const char *method, const char *path, const struct route *r)
{
	int status = ask(method, path, r);
	bool may = r && (r->may == ROUTE_OPEN || r->may == ROUTE_ANY || r->may == only);
	if (r && !may)
		CHECKF(status == 403, "%s %s with another right: %d", method, path, status);
	if (r && may && !r->op && !r->more)
		CHECKF(status == 200, "%s %s: %d", method, path, status);
	CHECKF(status != 500, "%s %s: %.*s", method, path, STR_FMT(api_body(&api)));
}

TEST(a_right_opens_its_own_rows_alone)
{
	api_init(&api, 2);
	api.self.may = 1u << ROUTE_ANY;
	each(powerless);
	for (only = ROUTE_READ; only <= ROUTE_LOOK; only++) {
		api.self.may = 1u << ROUTE_ANY | 1u << only;
		each(with_one);
	}
	api_done(&api);
}

/* A viewer that every role was given, but who is cleared for nothing. */
static void
uncleared(const char *method, const char *path, const struct route *r)
{
	int status = ask(method, path, r);
	if (!r || !r->op)
		return;
	for (size_t i = 0; i < op_count; i++)
		if (!strcmp(op_table[i].name, r->op) && op_table[i].sight == SIGHT_ALL)
			CHECKF(status == 403 || status == 400 || status == 415, "%s %s by who may not see all: %d", method, path, status);
	CHECKF(str_find(api_body(&api), STR("secret thing")) < 0, "%s %s shows it: %.*s", method, path, STR_FMT(api_body(&api)));
}

TEST(a_role_is_no_clearance)
{
	static struct clearance low;
	struct buf b = BUF_INIT(MIB);
	struct errinfo e = {0};
	size_t n;
	api_init(&api, 2);
	world_object(&b, 1, "secret thing");
	CHECK_OK(world_add(&api.x, 0, buf_str(&b), "{\"mark\":\"(//IRQ S//REL TO IRQ, RUS)\"}", &e));
	low = (struct clearance){.level = 0, .every_circle = true};
	hex_decode(str_of(api.x.c.hex), low.policy, sizeof low.policy, &n);
	api.self.who.clearances = &low;
	api.self.who.nclearances = 1;
	api.self.who.account = 7;
	api.self.who.scopes = ~0u;
	each(uncleared);
	buf_done(&b);
	api_done(&api);
}

TEST(confusing_requests_are_refused)
{
	static const char *const not_there[] = {"/api/v1/objects/../../etc/passwd", "/api/v1/..%2fstatus", "/api/v1/objects/%2e%2e/status",
	    "/api/v1//objects", "/api/v1/objects//versions", "/api/v1/objects/a%00b", "/api/v1/objects/%zz", "/api/v1/objects/%c3%28",
	    "/api/v1/OBJECTS", "/api/v1/objects/%ff", "/api/v10/objects", "/api/v1/objects/a/b/c/d/e/f"};
	static const char *const bad[] = {"/api/v1/objects?limit=1&limit=2", "/api/v1/objects?li%6dit=1&limit=2", "/api/v1/objects?limit=%31%00",
	    "/api/v1/objects?type=%ff", "/api/v1/objects?limit", "/api/v1/objects?limit=99999999999999999999", "/api/v1/objects?cursor=../../x",
	    "/api/v1/objects?id[]=1", "/api/v1/objects?constructor=1", "/api/v1/objects?=1"};
	struct buf many = BUF_INIT(MIB);
	api_init(&api, 1);
	for (size_t i = 0; i < sizeof not_there / sizeof *not_there; i++) {
		int status = api_get(&api, not_there[i]);
		CHECKF(status == 404 || status == 400, "%s: %d", not_there[i], status);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		int status = api_get(&api, bad[i]);
		CHECKF(status == 400, "%s: %d", bad[i], status);
	}
	buf_puts(&many, "/api/v1/objects?");
	for (int i = 0; i < 10000; i++)
		buf_printf(&many, "type=%d&", i);
	buf_putc(&many, '\0');
	CHECK(api_get(&api, many.p) == 400);
	/* what came in a line end stays in its header */
	CHECK(api_get(&api, "/api/v1/objects?limit=1&type=a%0d%0aSet-Cookie:%20x") == 200);
	for (size_t i = 0; i < api.r.nheaders; i++)
		CHECK(str_chr(api.r.headers[i].value, '\n') < 0 && str_chr(api.r.headers[i].value, '\r') < 0);
	buf_clear(&many);
	buf_puts(&many, "{\"ids\":");
	for (int i = 0; i < 300000; i++)
		buf_puts(&many, "[");
	CHECK(api_ask(&api, "POST", "/api/v1/releases", "Content-Type: application/json\n", buf_str(&many)) == 413);
	buf_clear(&many);
	buf_puts(&many, "{");
	for (int i = 0; i < 50000; i++)
		buf_printf(&many, "\"k%d\":1,", i);
	buf_puts(&many, "\"ids\":[]}");
	CHECK(api_ask(&api, "POST", "/api/v1/releases", "Content-Type: application/json\n", buf_str(&many)) == 400);
	buf_done(&many);
	api_done(&api);
}
