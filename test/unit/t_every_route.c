/* Every route of every family that the people's listener serves (web.h: web_families), with every method, by real accounts, tokens and sessions. What
 * is to come back follows from the tables alone, so a row that is added is tried as it is. Fails if a row answers without the account, scope or word
 * that it needs; if a stranger can tell a path that there is from one that there is not; if a row lets in more than its operation does; if a body of
 * a type that any site's form can send is taken; and if rows that are planted with each of these faults are not found. */
#include "api/peer_answer.h"
#include "api/taxii.h"
#include "api/web.h"
#include "api/web_who.h"
#include "node/op.h"
#include "people/role.h"
#include "settle.h"
#include "sim/centre.h"
#include "t_api_world.h"

static struct api api;
static struct web *web;
static const struct route_family *const *families;
static size_t nfamilies;
static int found; /* faults */
static char last_fault[400];

static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "BREW"};

/* What anybody may ask, without an account: to add to these takes a line here. */
static const char *const open_rows[] = {"GET /api/v1/openapi.json", "POST /api/v1/session", "GET /healthz", "GET /readyz"};

#define FAULT(...)                                                    \
	do {                                                          \
		snprintf(last_fault, sizeof last_fault, __VA_ARGS__); \
		found++;                                              \
	} while (0)

static const char *
filled(const char *of)
{
	static char path[300];
	size_t n = 0;
	for (const char *p = of; *p; p++) {
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

static enum err
who(void *ctx, const struct ask *a, struct viewer **ret, struct errinfo *e)
{
	(void)ctx;
	return web_who(api.h, STR("the-secret-of-the-meter"), a, ret, e);
}

static void
let_go(void *ctx, const struct ask *a)
{
	(void)ctx;
	web_who_done(a);
}

/* As the listener asks: first whether the body may come at all. */
static int
ask(const char *method, const char *target, const char *credential, const char *type, struct str body)
{
	const struct route_world w = {
	    .families = families, .nfamilies = nfamilies, .who = who, .may = web_may, .let_go = let_go, .host = api.h, .web = web};
	struct str rest = str_of(credential), line, left = body;
	size_t max = MIB;
	memset(&api.q, 0, sizeof api.q);
	api.q.method = str_of(method);
	api.q.from = STR("192.0.2.1");
	str_cut(str_of(target), '?', &api.q.path, &api.q.query);
	if (type)
		api.q.headers[api.q.nheaders++] = (struct http_field){STR_INIT("Content-Type"), str_of(type)};
	while (str_line(&rest, &line)) {
		struct http_field *f = &api.q.headers[api.q.nheaders++];
		str_cut(line, ':', &f->name, &f->value);
		f->value = str_trim(f->value);
	}
	api.r.status = 0;
	if (body.n && !route_accept(&w, &api.q, &max, &api.r))
		return api.r.status;
	api.q.body = body;
	api.q.body_n = body.n;
	api.q.in = source_of_str(&left);
	route_answer(&w, &api.q, &api.r);
	settle_here(&w, &api.r);
	if (api.r.state_free)
		api.r.state_free(api.r.state);
	api.r.state = NULL;
	api.r.state_free = NULL;
	api.r.stream = false;
	return api.r.status;
}

/* one try */

struct
try {
	const char *method, *path;
	const struct route_family *family;
	const struct route *row; /* NULL: the path has not this method */
	char allow[100];         /* what it has */
};

static void
each(void (*one)(const struct try *t))
{
	for (size_t f = 0; f < nfamilies; f++)
		for (size_t i = 0; i < families[f]->nroutes; i++)
			for (size_t m = 0; m < sizeof methods / sizeof *methods; m++) {
				char path[300];
				struct try t = {.method = methods[m], .path = path, .family = families[f]};
				snprintf(path, sizeof path, "%s", filled(families[f]->routes[i].path));
				for (size_t k = 0; k < t.family->nroutes; k++) {
					const struct route *r = &t.family->routes[k];
					if (strcmp(filled(r->path), path) != 0)
						continue;
					if (!t.row && strcmp(strcmp(t.method, "HEAD") == 0 ? "GET" : t.method, r->method) == 0)
						t.row = r;
					size_t n = strlen(t.allow);
					snprintf(t.allow + n, sizeof t.allow - n, "%s%s%s", n ? ", " : "", r->method,
					    strcmp(r->method, "GET") ? "" : ", HEAD");
				}
				one(&t);
			}
}

static bool
is_open(const struct try *t)
{
	char name[300];
	for (size_t i = 0; t->row && i < sizeof open_rows / sizeof *open_rows; i++) {
		snprintf(name, sizeof name, "%s %s", t->row->method, t->row->path);
		if (strcmp(name, open_rows[i]) == 0)
			return true;
	}
	return false;
}

static const char *credential;

static void
stranger(const struct try *t)
{
	char nowhere[300], nothing[2000];
	if (is_open(t))
		return;
	snprintf(nowhere, sizeof nowhere, "%s/there-is-none", strcmp(t->family->prefix, "/") ? t->family->prefix : "");
	ask(t->method, nowhere, credential, NULL, STR_NONE);
	snprintf(nothing, sizeof nothing, "%.*s", STR_FMT(api_body(&api)));
	for (int with_body = 0; with_body < 2; with_body++) {
		int status = ask(t->method, t->path, credential, with_body ? "application/json" : NULL, with_body ? STR("{}") : STR_NONE);
		if (status != 401 || !str_is(api_body(&api), nothing))
			FAULT("%s %s by a stranger (%.20s): %d", t->method, t->path, credential, status);
		if (!api_header(&api, "WWW-Authenticate").n)
			FAULT("%s %s: how to say who one is is not told", t->method, t->path);
	}
}

/* What each scope opens in a family, by the documentation and not by the program. */
static unsigned scopes;
static int answered;

static bool
may(const struct try *t)
{
	static const unsigned plain[] = {[ROUTE_READ] = SCOPE_READ,
	    [ROUTE_WRITE] = SCOPE_WRITE,
	    [ROUTE_RELEASE] = SCOPE_RELEASE,
	    [ROUTE_GOVERN] = SCOPE_GOVERN,
	    [ROUTE_ADMIN] = SCOPE_ADMIN,
	    [ROUTE_LOOK] = SCOPE_READ | SCOPE_ADMIN};
	static const unsigned taxii[ROUTE_LOOK + 1] = {[ROUTE_READ] = SCOPE_TAXII_READ, [ROUTE_WRITE] = SCOPE_TAXII_WRITE};
	enum route_may m = t->row->may;
	if (m == ROUTE_ANY)
		return true;
	return m != ROUTE_NOBODY && scopes & (t->family == &taxii_family ? taxii : plain)[m];
}

static void
scoped(const struct try *t)
{
	if (is_open(t))
		return;
	bool writes = strcmp(t->method, "GET") && strcmp(t->method, "HEAD");
	int status = ask(t->method, t->path, credential, NULL, STR_NONE);
	struct str allow = api_header(&api, "Allow");
	if (!t->row && (status != 405 || !str_is(allow, t->allow)))
		FAULT("%s %s: %d, Allow: %.*s", t->method, t->path, status, STR_FMT(allow));
	if (t->row && !may(t) && status != 403)
		FAULT("%s %s with another scope: %d", t->method, t->path, status);
	if (t->row && may(t) && (status == 401 || status == 405 || status >= 500))
		FAULT("%s %s with its scope: %d %.*s", t->method, t->path, status, STR_FMT(str_sub(api_body(&api), 0, 100)));
	answered += t->row && status == 200;
	/* what any site's form can send changes nothing */
	status = writes ? ask(t->method, t->path, credential, "application/x-www-form-urlencoded", STR("a=b")) : 0;
	if (status && (status < 400 || status >= 500))
		FAULT("%s %s with a form: %d", t->method, t->path, status);
}

/* A session without the word beside it changes nothing. */
static void
wordless(const struct try *t)
{
	bool writes = strcmp(t->method, "GET") && strcmp(t->method, "HEAD");
	int status;
	if (!writes || is_open(t))
		return;
	status = ask(t->method, t->path, credential, "application/json", STR("{}"));
	if (status != 401 && (t->row || status != 405)) /* OPTIONS changes nothing */
		FAULT("%s %s by a cookie alone: %d", t->method, t->path, status);
}

/* What a row lets in is what its operation lets in. */
static void
fitting(const struct try *t)
{
	if (!t->row || strcmp(t->row->method, t->method) != 0)
		return;
	if (t->row->may == ROUTE_NOBODY)
		FAULT("%s %s does not say who may", t->method, t->path);
	if (t->row->may == ROUTE_OPEN && !is_open(t))
		FAULT("%s %s is open", t->method, t->path);
	for (size_t i = 0; t->row->op && i < op_count; i++)
		if (strcmp(op_table[i].name, t->row->op) == 0) {
			enum op_may m = op_table[i].may;
			enum route_may want = m == OP_SELF ? ROUTE_ANY : m == OP_LOOK ? ROUTE_LOOK : (enum route_may)(ROUTE_READ + (m - OP_READ));
			if (t->row->may != want)
				FAULT("%s %s is not for whom '%s' is", t->method, t->path, t->row->op);
		}
}

static char bearer[8][200], basic[500], cookie[300], session[SESSION_TEXT + 1];
static const char *const scope_names[] = {"read", "write", "release", "govern", "admin", "taxii:read", "taxii:write"};

static void
base64(char *to, const char *from)
{
	static const char abc[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t n = strlen(from), i = 0;
	for (; i < n; i += 3) {
		unsigned v = (unsigned)(unsigned char)from[i] << 16 | (i + 1 < n ? (unsigned)(unsigned char)from[i + 1] << 8 : 0) |
			     (i + 2 < n ? (unsigned)(unsigned char)from[i + 2] : 0);
		for (int k = 0; k < 4; k++)
			*to++ = i + (size_t)k > n ? '=' : abc[v >> (18 - 6 * k) & 63];
	}
	*to = '\0';
}

static void
world(void)
{
	struct world *x = &api.x;
	struct errinfo e = {0};
	struct node_person *p = NULL;
	char hash[PASSWORD_HASH], base[420], pair[300];
	uint8_t salt[PASSWORD_SALT] = {5};
	uint16_t port;
	const struct web_config c = {.address = "127.0.0.1"};
	api_init(&api, 2);
	for (int home = 0; home < 2; home++)
		for (int i = 0; i < 2; i++)
			DO(x, home, "account-add",
			    "{\"name\":\"%s\",\"roles\":[\"analyst\",\"officer\",\"representative\",\"administrator\"],\"clearance\":\"all\"}",
			    i ? "nour" : "khalil");
	for (size_t i = 0; i < sizeof scope_names / sizeof *scope_names; i++) {
		DO(x, 0, "token-add", "{\"account\":\"khalil\",\"name\":\"t%zu\",\"scopes\":[\"%s\"]}", i, scope_names[i]);
		snprintf(bearer[i], sizeof bearer[i], "Authorization: Bearer %s", world_text(x, "token"));
	}
	snprintf(pair, sizeof pair, "nour:%s", world_text(x, "token"));
	base64(base, pair);
	snprintf(basic, sizeof basic, "Authorization: Basic %s", base);
	CHECK_OK(password_hash(STR("four quiet brown dogs"), salt, hash, &e));
	DO(x, 0, "account-password", "{\"name\":\"nour\",\"hash\":\"%s\"}", hash);
	CHECK_OK(node_login(x->c.node[0], STR("nour"), STR("four quiet brown dogs"), STR_NONE, STR("192.0.2.1"), &p, session, &e));
	node_person_free(p);
	snprintf(cookie, sizeof cookie, "Cookie: comity=%s", session);
	CHECK_OK(web_start(&c, api.h, &web, &port, &e));
	families = web_families;
	nfamilies = web_nfamilies;
	found = answered = 0;
}

static void
world_end(void)
{
	web_stop(web);
	api_done(&api);
}

TEST(every_route_by_who_may_not)
{
	struct world *x = &api.x;
	static char list[12][500];
	int n = 0;
	world();
	each(fitting);
	CHECKF(!found, "%s", last_fault);
	snprintf(list[n++], 500, "X-Nothing: 1");
	snprintf(list[n++], 500, "Authorization: Bearer cmty_x");
	snprintf(list[n++], 500, "Authorization: Bearer 1"); /* a number or id of an account is nobody's secret */
	snprintf(list[n++], 500, "Authorization: Bearer 88ec0c6a-13ce-5e39-b486-354fe4a7084f");
	snprintf(list[n++], 500, "Authorization: Bearer the-secret-of-the-metes");
	snprintf(list[n++], 500, "Authorization: Bearer khalil");
	snprintf(list[n++], 500, "Authorization: Bearer %s", session);                                   /* a session is no token */
	snprintf(list[n++], 500, "Cookie: comity=%.180s", bearer[0] + strlen("Authorization: Bearer ")); /* nor a token a session */
	snprintf(list[n++], 500, "Cookie: __Host-comity=%s", session);
	snprintf(list[n++], 500, "%s", basic); /* of another account */
	DO(x, 1, "token-add", "{\"account\":\"khalil\",\"name\":\"t\",\"scopes\":[\"read\",\"admin\"]}");
	snprintf(list[n++], 500, "Authorization: Bearer %s", world_text(x, "token")); /* of another member */
	DO(x, 0, "token-add", "{\"account\":\"khalil\",\"name\":\"gone\",\"scopes\":[\"read\",\"admin\"]}");
	snprintf(list[n++], 500, "Authorization: Bearer %s", world_text(x, "token"));
	DO(x, 0, "token-revoke", "{\"no\":%d}", (int)NUMBER(x, "no"));
	for (int i = 0; i < n; i++) {
		credential = list[i];
		each(stranger);
		CHECKF(!found, "%s", last_fault);
	}
	credential = cookie;
	CHECK(ask("GET", "/api/v1/account", cookie, NULL, STR_NONE) == 200);
	each(wordless);
	CHECKF(!found, "%s", last_fault);
	world_end();
}

TEST(every_route_with_each_scope)
{
	world();
	for (size_t i = 0; i < sizeof scope_names / sizeof *scope_names; i++) {
		int before = answered;
		credential = bearer[i];
		scopes = 1u << i;
		each(scoped);
		CHECKF(!found, "%s: %s", scope_names[i], last_fault);
		CHECKF(answered > before + (i == 3 || i == 6 ? 0 : 1), "%s opens nothing", scope_names[i]);
	}
	/* the meter's secret opens its one path */
	credential = "Authorization: Bearer the-secret-of-the-meter";
	CHECK(ask("GET", "/metrics", credential, NULL, STR_NONE) == 200);
	CHECK(ask("GET", "/api/v1/audit", credential, NULL, STR_NONE) == 401);
	world_end();
}

/* What this test is worth: rows with a fault each, which it must find. */

static enum err
tell(struct ask *a, struct errinfo *e)
{
	(void)e;
	ask_type(a, "text/plain");
	buf_puts(&a->r->body, "what the node knows\n");
	return OK;
}

static enum err
break_down(struct ask *a, struct errinfo *e)
{
	(void)a;
	return err_set(e, ERR_IO, "broken");
}

static void
refuse_without_a_way(struct ask *a, int status, const struct errinfo *why)
{
	(void)why;
	a->r->status = status == 401 ? 404 : status;
}

static void
planted(struct route row, bool family_too, void (*how)(const struct try *t), const char *what)
{
	struct route_family f = {.prefix = "/planted", .routes = &row, .nroutes = 1, .refuse = node_family.refuse, .challenge = "Bearer realm=\"x\""};
	const struct route_family *more[8];
	if (family_too)
		f.refuse = refuse_without_a_way;
	more[0] = &f;
	for (size_t i = 0; i < web_nfamilies; i++)
		more[i + 1] = web_families[i];
	families = more;
	nfamilies = web_nfamilies + 1;
	found = 0;
	each(how);
	CHECKF(found > 0, "%s is not found", what);
	families = web_families;
	nfamilies = web_nfamilies;
	found = 0;
}

TEST(a_planted_fault_is_found)
{
	world();
	credential = "X-Nothing: 1";
	planted((struct route){"GET", "/planted/it", ROUTE_OPEN, "", "", tell, NULL, NULL}, false, stranger, "a row that anybody may ask");
	planted((struct route){"GET", "/planted/it", ROUTE_OPEN, "", "", tell, NULL, NULL}, false, fitting, "one that nobody meant to be open");
	planted((struct route){"GET", "/planted/it", ROUTE_READ, "", "", tell, NULL, NULL}, true, stranger, "a family that hides how to log in");
	planted((struct route){"GET", "/planted/it", ROUTE_NOBODY, "", "", tell, NULL, NULL}, false, fitting, "a row that does not say who may");
	planted((struct route){"GET", "/planted/it", ROUTE_READ, "", "", tell, "audit", NULL}, false, fitting,
	    "a row that lets in more than its operation");
	credential = cookie;
	planted((struct route){"POST", "/planted/it", ROUTE_OPEN, "", "", tell, NULL, NULL}, false, wordless, "a row that a cookie alone opens");
	credential = bearer[0];
	scopes = SCOPE_READ;
	planted((struct route){"POST", "/planted/it", ROUTE_ANY, "", "", tell, NULL, NULL}, false, scoped, "a row that takes a form");
	planted((struct route){"GET", "/planted/it", ROUTE_READ, "", "", break_down, NULL, NULL}, false, scoped, "a row that breaks");
	world_end();
}

/* Members' nodes have one function instead of a table: nothing of it is reached but by a member's GET. */

static int reached;

static bool
desk_who(void *ctx, struct str centre, const struct hash *pin, struct str says, char ret_member[static GOVERN_ID_MAX + 1])
{
	(void)ctx;
	(void)says;
	memcpy(ret_member, "rus", 4);
	return str_is(centre, "c0ffee") && pin->b[0] == 1;
}

static enum err
desk_serve(void *ctx, struct str centre, struct str member, struct str path, struct buf *reply, struct errinfo *e)
{
	(void)ctx, (void)centre, (void)member, (void)path, (void)e;
	reached++;
	buf_puts(reply, "x");
	return OK;
}

TEST(a_peer_is_a_member_that_gets)
{
	static const char *const paths[] = {
	    "/c0ffee/logs", "/c0ffee/charters", "/c0ffee/", "/c0ffee", "/decaf/logs", "/", "", "c0ffee/logs", "//c0ffee/logs"};
	const struct peer_desk desk = {desk_who, desk_serve, NULL};
	char refused[100] = "";
	int asked = 0;
	for (size_t p = 0; p < sizeof paths / sizeof *paths; p++)
		for (size_t m = 0; m < sizeof methods / sizeof *methods; m++)
			for (int pin = 0; pin < 3; pin++) {
				struct http_request q = {
				    .method = str_of(methods[m]), .path = str_of(paths[p]), .has_pin = pin > 0, .pin = {{(uint8_t)(pin == 2)}}};
				struct http_reply r = {.body = BUF_INIT(MIB), .space = BUF_INIT(KIB)};
				struct errinfo e = {0};
				bool fine = p < 3 && m == 0 && pin == 2;
				reached = 0;
				CHECK_OK(peer_answer(&desk, &q, &r, &e));
				CHECKF(reached == fine && r.status == (fine ? 200 : 404), "%s %s by %d: %d", methods[m], paths[p], pin, r.status);
				if (!fine && !refused[0])
					snprintf(refused, sizeof refused, "%.*s", STR_FMT(buf_str(&r.body)));
				if (!fine)
					CHECK_STR(buf_str(&r.body), str_of(refused));
				asked += fine;
				buf_done(&r.body);
				buf_done(&r.space);
			}
	CHECK(asked == 3);
}
