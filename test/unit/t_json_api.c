/* The JSON API over a home in a simulated world. Fails if a reply is not what its schema says, if a member or argument that a row does not take is
 * passed on, if a failure is not a problem of a stable type, if a page has no way to the next. */
#include "api/json_schema.h"
#include "api/json_words.h"
#include "node/op.h"
#include "sim/centre.h"
#include "store/sqlite/store_int.h"
#include "t_api_world.h"

#define ID(n) "campaign--00000000-0000-4000-8000-00000000000" #n

static struct api api;

/* Whether a value is what a shape says (json_schema.h), to the last member. */

struct fit {
	const char *p;
	char why[300];
};

static bool fit_value(struct fit *f, const struct json *j, const char *at);

static const char *
fit_skip(const char *p)
{
	int deep = 0;
	do {
		deep += *p == '[' || *p == '{';
		deep -= *p == ']' || *p == '}';
		p++;
	} while (*p && (deep > 0 || !strchr(" ]}~|", *p)));
	return p;
}

/* The members of an object shape from f->p on; collects those of j that it names. */
static bool
fit_members(struct fit *f, const struct json *j, const char *at, const struct json **known, uint32_t *ret_n)
{
	while (*f->p != '}') {
		const char *from = f->p + (*f->p == '+');
		size_t n = strcspn(from, ":? }]");
		struct str name = str_bytes(from, n);
		if (*f->p == ' ') {
			f->p++;
			continue;
		}
		if (*f->p == '+') {
			struct fit in = {json_shape_of(name)->shape + 1, ""};
			if (!fit_members(&in, j, at, known, ret_n)) {
				memcpy(f->why, in.why, sizeof in.why);
				return false;
			}
			f->p = from + n;
			continue;
		}
		bool may = from[n] == '?';
		const struct json *m = json_get(j, name);
		char path[200];
		snprintf(path, sizeof path, "%.120s.%.*s", at, STR_FMT(name));
		f->p = from + n + (may ? 2 : 1);
		if (!m && !may) {
			snprintf(f->why, sizeof f->why, "%s is not there", path);
			return false;
		}
		if (m && *ret_n < 100)
			known[(*ret_n)++] = m;
		if (m && !fit_value(f, m, path))
			return false;
		if (!m)
			f->p = fit_skip(f->p);
		f->p += *f->p == '~';
	}
	f->p++;
	return true;
}

static bool
fit_value(struct fit *f, const struct json *j, const char *at)
{
	const char *end = fit_skip(f->p), *begin = f->p;
	static const char letters[] = "sibo";
	static const enum json_type type[] = {JSON_STRING, JSON_NUMBER, JSON_BOOL, JSON_OBJECT};
	bool ok = false;
	if (*end == '~' && json_is(j, JSON_NULL)) {
		f->p = end;
		return true;
	}
	if (*begin == '@') {
		const struct json_shape *s = json_shape_of(str_bytes(begin + 1, (size_t)(end - begin - 1)));
		struct fit in = {s ? s->shape : "!", ""};
		ok = s && fit_value(&in, j, at);
		memcpy(f->why, in.why, sizeof in.why);
		f->p = end;
		return ok;
	}
	if (*begin == '[' && json_is(j, JSON_ARRAY)) {
		JSON_EACH(child, j)
		{
			f->p = begin + 1;
			if (!fit_value(f, child, at))
				return false;
		}
		f->p = end;
		return true;
	}
	if (*begin == '{' && json_is(j, JSON_OBJECT)) {
		const struct json *known[100];
		uint32_t n = 0;
		f->p++;
		if (!fit_members(f, j, at, known, &n))
			return false;
		JSON_EACH(m, j)
		{
			uint32_t i = 0;
			while (i < n && known[i] != m)
				i++;
			if (i == n) {
				snprintf(
				    f->why, sizeof f->why, "%s has a member that json_schema.c does not name: %.*s", at, STR_FMT(json_key_of(m)));
				return false;
			}
		}
		return true;
	}
	const char *letter = strchr(letters, *begin);
	int64_t whole;
	ok = *begin == '*' || (letter && *letter && json_is(j, type[letter - letters])) || (*begin == 'n' && json_is(j, JSON_NUMBER));
	if (*begin == 'i')
		ok = json_i64(j, &whole);
	if (!ok)
		snprintf(f->why, sizeof f->why, "%s is not %.*s", at, (int)(end - begin), begin);
	f->p = end;
	return ok;
}

static void
fits(const char *reply)
{
	struct arena a = ARENA_INIT(LIMIT_OBJECT_ARENA);
	struct errinfo e = {0};
	const struct json *j;
	struct fit f = {json_shape_of(str_of(reply))->shape, ""};
	CHECK_OK(json_parse(&a, api_body(&api), &j, &e));
	bool ok = fit_value(&f, j, reply);
	while (!ok && *f.p == '|') {
		f.p++;
		ok = fit_value(&f, j, reply);
	}
	CHECKF(ok, "%s: %s", f.why, api_body(&api).p);
	arena_done(&a);
}

static void
is_problem(const char *type)
{
	char want[100];
	fits("problem");
	CHECK_STR(api_header(&api, "Content-Type"), STR("application/problem+json"));
	snprintf(want, sizeof want, "\"type\":\"urn:comity:problem:%s\"", type);
	CHECKF(str_find(api_body(&api), str_of(want)) >= 0, "%s is not %s", api_body(&api).p, type);
}

#define REPORT                                                                                                                                      \
	"Type: INTREP\nSerial: 7\nSubject: Fighters near Palmyra (//IRQ S//REL TO IRQ, RUS)\nInformation-Time: 2015-09-30T06:00:00Z\nGrade: B2\n\n" \
	"1. (//IRQ S//REL TO IRQ, RUS) Fighters were seen.\n"

static void
fill(void)
{
	struct buf b = BUF_INIT(MIB);
	for (unsigned i = 1; i <= 5; i++)
		world_object(&b, i, i == 1 ? "northern arch" : "southern");
	STATUS(api_ask(&api, "POST", "/api/v1/objects?mark=(%2F%2FIRQ+S%2F%2FREL+TO+IRQ,+RUS)&source=one",
		   "Content-Type: application/stix+json;version=2.1\n", buf_str(&b)),
	    200);
	fits("added");
	CHECK(centre_number(api_body(&api), "added") == 5);
	buf_done(&b);
}

TEST(every_row_answers_as_its_schema_says)
{
	static const char *const gets[][2] = {{"/api/v1/objects?limit=3", "list"}, {"/api/v1/objects/" ID(1), "shown"},
	    {"/api/v1/objects/" ID(1) "/versions", "versions"}, {"/api/v1/objects/" ID(1) "/references", "references"},
	    {"/api/v1/objects/" ID(1) "/label?form=mark", "label"}, {"/api/v1/search?words=north*", "list"},
	    {"/api/v1/suggestions?begins=n", "words"}, {"/api/v1/claims?what=fighters", "claims"}, {"/api/v1/requests?all=true", "requests"},
	    {"/api/v1/due?days=30", "due"}, {"/api/v1/logs", "logs"}, {"/api/v1/entries", "entries"}, {"/api/v1/centres", "centres"},
	    {"/api/v1/status", "status"}, {"/api/v1/inbox", "inbox"}, {"/api/v1/audit", "audit"}, {"/api/v1/quarantine", "quarantine"},
	    {"/api/v1/quarantine/1", "quarantined"}, {"/api/v1/settings", "settings"}, {"/api/v1/feeds", "feeds"}, {"/api/v1/feeds/vendor", "feed"}};
	static const char *const of_centre[][2] = {{"members", "members"}, {"lead", "lead"}, {"rota?count=3", "rota"}, {"charter", "charter"},
	    {"charters", "charters"}, {"charters/signed", "exported"}};
	struct errinfo e = {0};
	char path[300];
	api_init(&api, 2);
	fill();
	STATUS(api_ask(&api, "POST", "/api/v1/feeds", "Content-Type: application/json\n",
		   STR("{\"url\":\"https://taxii.example/\",\"name\":\"vendor\",\"every\":\"1h\",\"token\":\"tell nobody\"}")),
	    200);
	fits("feed");
	CHECK(str_find(api_body(&api), STR("nobody")) < 0);
	STATUS(api_ask(&api, "POST", "/api/v1/objects", "Content-Type: application/stix+json\n", STR("{\"type\":\"no\"}")), 200);
	fits("added");
	STATUS(api_post(&api, "/api/v1/releases/plan", "{\"ids\":[\"" ID(1) "\",\"" ID(2) "\"],\"to\":\"rus\"}"), 200);
	fits("plan");
	STATUS(api_post(&api, "/api/v1/releases", "{\"ids\":[\"" ID(1) "\",\"" ID(2) "\"],\"to\":\"rus\"}"), 200);
	fits("released");
	STATUS(api_post(&api, "/api/v1/recalls", "{\"id\":\"" ID(2) "\",\"reason\":\"wrong\"}"), 200);
	fits("recalled");
	STATUS(api_post(&api, "/api/v1/objects/" ID(3) "/grades", "{\"grade\":\"B2\"}"), 200);
	fits("graded");
	CHECK_OK(centre_sync_all(&api.x.c, 2, &e));
	for (size_t i = 0; i < sizeof gets / sizeof *gets; i++) {
		STATUS(api_get(&api, gets[i][0]), 200);
		CHECK_STR(api_header(&api, "Content-Type"), STR("application/json"));
		fits(gets[i][1]);
	}
	for (size_t i = 0; i < sizeof of_centre / sizeof *of_centre; i++) {
		snprintf(path, sizeof path, "/api/v1/centres/%s/%s", api.x.c.hex, of_centre[i][0]);
		STATUS(api_get(&api, path), 200);
		fits(of_centre[i][1]);
	}
	STATUS(api_post(&api, "/api/v1/verifications", "{}"), 200);
	fits("verified");
	STATUS(api_post(&api, "/api/v1/view/checks", "{}"), 200);
	fits("rebuilt");
	STATUS(api_post(&api, "/api/v1/inbox/seen", "{}"), 200);
	fits("inbox");
	STATUS(api_ask(&api, "PUT", "/api/v1/settings/position", "Content-Type: application/json\n", STR("{\"value\":\"J3\"}")), 200);
	fits("settings");
	STATUS(api_ask(&api, "DELETE", "/api/v1/settings/position", NULL, STR_NONE), 200);
	static const char *const acts[] = {"run", "pause", "resume"};
	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
		snprintf(path, sizeof path, "/api/v1/feeds/vendor/%s", acts[i]);
		STATUS(api_ask(&api, "POST", path, "Content-Type: application/json\n", STR("{}")), 200);
		fits("feed");
	}
	STATUS(api_ask(&api, "DELETE", "/api/v1/feeds/vendor", NULL, STR_NONE), 200);
	fits("feed_removed");
	STATUS(api_ask(&api, "DELETE", "/api/v1/quarantine/1", NULL, STR_NONE), 200);
	fits("dropped");
	STATUS(api_ask(&api, "POST", "/api/v1/labels?form=json", "Content-Type: text/plain\n", STR("(//IRQ S//REL TO IRQ, RUS)")), 200);
	fits("label");
	STATUS(api_post(&api, "/api/v1/pouches", "{\"to\":[\"rus\"]}"), 200);
	CHECK(str_starts(api_body(&api), STR("age-encryption.org/v1")));
	STATUS(api_get(&api, "/api/v1/objects/" ID(1) "/proof"), 200);
	CHECK(api_body(&api).n > 1000);
	api_done(&api);
}

TEST(failures_are_problems)
{
	api_init(&api, 2);
	fill();
	STATUS(api_get(&api, "/api/v1/objects/" ID(9)), 404);
	is_problem("notfound");
	STATUS(api_get(&api, "/api/v1/nothing"), 404);
	is_problem("notfound");
	STATUS(api_get(&api, "/api/v1/objects/nonsense"), 400);
	is_problem("usage");
	STATUS(api_get(&api, "/api/v1/objects?limit=x"), 400);
	STATUS(api_get(&api, "/api/v1/objects?limit=-1"), 400);
	STATUS(api_get(&api, "/api/v1/objects?limit=1&limit=2"), 400);
	STATUS(api_get(&api, "/api/v1/objects?gone=yes"), 400);
	STATUS(api_get(&api, "/api/v1/objects?who=me"), 400);
	STATUS(api_ask(&api, "PATCH", "/api/v1/objects", NULL, STR_NONE), 405);
	is_problem("method");
	CHECK_STR(api_header(&api, "Allow"), STR("GET, HEAD, POST"));
	STATUS(api_ask(&api, "GET", "/api/v1/objects", "Accept: text/html, application/json;q=0\n", STR_NONE), 406);
	is_problem("not-acceptable");
	STATUS(api_ask(&api, "GET", "/api/v1/objects", "Accept: text/html, application/*;q=0.1\n", STR_NONE), 200);
	STATUS(api_ask(&api, "POST", "/api/v1/releases", "Content-Type: text/json\n", STR("{}")), 415);
	is_problem("media-type");
	STATUS(api_ask(&api, "POST", "/api/v1/releases", NULL, STR("{}")), 415);
	STATUS(api_ask(&api, "POST", "/api/v1/objects", "Content-Type: text/html\n", STR("{}")), 415);
	STATUS(api_ask(&api, "GET", "/api/v1/objects", "Content-Type: application/json\n", STR("{}")), 415);
	STATUS(api_post(&api, "/api/v1/releases", "{\"ids\":[\"" ID(1) "\"],\n \"to\":}"), 400);
	is_problem("syntax");
	CHECK(centre_number(api_body(&api), "line") == 2);
	STATUS(api_post(&api, "/api/v1/releases", "[]"), 400);
	STATUS(api_post(&api, "/api/v1/releases", "{\"ids\":\"" ID(1) "\",\"to\":\"rus\"}"), 400);
	STATUS(api_post(&api, "/api/v1/releases", "{\"ids\":[\"" ID(1) "\"],\"to\":\"rus\",\"to\":\"irn\"}"), 422);
	struct buf deep = BUF_INIT(MIB);
	for (int i = 0; i < 5000; i++)
		buf_puts(&deep, "[");
	STATUS(api_ask(&api, "POST", "/api/v1/releases", "Content-Type: application/json\n", buf_str(&deep)), 413);
	buf_done(&deep);
	api.viewer = NULL;
	STATUS(api_get(&api, "/api/v1/objects"), 401);
	is_problem("unauthenticated");
	STATUS(api_get(&api, "/api/v1/nothing"), 401);
	STATUS(api_get(&api, "/api/v1/openapi.json"), 200);
	api_done(&api);
}

/* No row passes on what it does not name: not an argument of its operation that stands in the path, nor what is fixed. */
TEST(a_body_has_only_what_the_row_takes)
{
	api_init(&api, 2);
	fill();
	STATUS(api_post(&api, "/api/v1/objects/" ID(1) "/grades", "{\"id\":\"" ID(2) "\",\"grade\":\"B2\"}"), 400);
	STATUS(api_post(&api, "/api/v1/inbox/seen", "{\"mark\":false}"), 400);
	STATUS(api_post(&api, "/api/v1/inbox/seen", "{\"__proto__\":1}"), 400);
	STATUS(api_get(&api, "/api/v1/inbox?mark=true"), 400);
	STATUS(api_get(&api, "/api/v1/objects/" ID(1) "?id=" ID(2)), 400);
	STATUS(api_ask(&api, "DELETE", "/api/v1/quarantine/1?all=true", NULL, STR_NONE), 400);
	api_done(&api);
}

TEST(pages_lead_on)
{
	api_init(&api, 2);
	fill();
	STATUS(api_get(&api, "/api/v1/objects?limit=2&type=campaign"), 200);
	int seen = 2;
	for (;;) {
		struct str link = api_header(&api, "Link"), target, rest;
		char path[2000];
		if (!link.n)
			break;
		CHECK(str_starts(link, STR("</api/v1/objects?cursor=")));
		str_cut(str_sub(link, 1, link.n), '>', &target, &rest);
		CHECK_STR(rest, STR("; rel=\"next\""));
		snprintf(path, sizeof path, "%.*s", STR_FMT(target));
		STATUS(api_get(&api, path), 200);
		seen += str_find(api_body(&api), STR("\"next\":null")) >= 0 ? 1 : 2;
	}
	CHECK(seen == 5);
	STATUS(api_get(&api, "/api/v1/objects?limit=5"), 200);
	CHECK(!api_header(&api, "Link").n);
	api_done(&api);
}

TEST(a_tag_stands_while_nothing_changed)
{
	char tag[200];
	api_init(&api, 2);
	fill();
	STATUS(api_get(&api, "/api/v1/objects"), 200);
	snprintf(tag, sizeof tag, "If-None-Match: \"no\", W/%.*s\n", STR_FMT(api_header(&api, "ETag")));
	STATUS(api_ask(&api, "GET", "/api/v1/objects", tag, STR_NONE), 304);
	CHECK(!api_body(&api).n);
	struct buf b = BUF_INIT(MIB);
	world_object(&b, 7, "new");
	STATUS(api_ask(&api, "POST", "/api/v1/objects", "Content-Type: application/stix+json\n", buf_str(&b)), 200);
	STATUS(api_ask(&api, "GET", "/api/v1/objects", tag, STR_NONE), 200);
	buf_done(&b);
	api_done(&api);
}

/* As a crash leaves it: begun, and no more. */
static void
sqlite_begun(struct store *s)
{
	struct errinfo ei;
	CHECK(db_exec(&s->local, "UPDATE once SET done=0,reply=NULL", &ei) == OK);
}

#define KEYED "Content-Type: application/json\nIdempotency-Key: "

/* A request with a key is done once for one account, also across a crash between the deed and its reply. */
TEST(a_key_does_it_once)
{
	static const char once[] = "{\"ids\":[\"" ID(1) "\"],\"to\":\"rus\"}", other[] = "{\"ids\":[\"" ID(2) "\"],\"to\":\"rus\"}",
			  recall[] = "{\"id\":\"" ID(1) "\",\"reason\":\"wrong\"}";
	struct buf first = BUF_INIT(MIB);
	api_init(&api, 2);
	fill();
	STATUS(api_ask(&api, "POST", "/api/v1/releases", KEYED "short\n", str_of(once)), 400);
	STATUS(api_ask(&api, "POST", "/api/v1/releases", KEYED "12345678\n", str_of(once)), 200);
	CHECK(centre_number(api_body(&api), "done.objects") == 1);
	buf_put(&first, api_body(&api));
	STATUS(api_ask(&api, "POST", "/api/v1/releases", KEYED "12345678\n", str_of(once)), 200);
	CHECK_STR(api_body(&api), buf_str(&first));
	STATUS(api_ask(&api, "POST", "/api/v1/releases", KEYED "12345678\n", str_of(other)), 422);
	STATUS(api_ask(&api, "POST", "/api/v1/releases", KEYED "87654321\n", str_of(once)), 200);
	CHECK(centre_number(api_body(&api), "done.objects") == 0);
	/* what failed is as if it had not come */
	STATUS(api_ask(&api, "POST", "/api/v1/recalls", KEYED "recall-1\n", STR("{\"id\":\"" ID(9) "\",\"reason\":\"x\"}")), 404);
	STATUS(api_ask(&api, "POST", "/api/v1/recalls", KEYED "recall-1\n", str_of(recall)), 200);
	/* the node ended before it wrote down that it was done */
	sqlite_begun(api.x.c.node[0]->store);
	STATUS(api_ask(&api, "POST", "/api/v1/recalls", KEYED "recall-1\n", str_of(recall)), 409);
	is_problem("conflict");
	STATUS(api_ask(&api, "POST", "/api/v1/releases", KEYED "12345678\n", str_of(once)), 200);
	CHECK(centre_number(api_body(&api), "done.objects") == 0 || centre_number(api_body(&api), "refused") >= 0);
	/* a day later it is another request */
	simworld_advance(api.x.w, 25 * INT64_C(3600000000));
	STATUS(api_ask(&api, "POST", "/api/v1/releases", KEYED "12345678\n", str_of(other)), 200);
	buf_done(&first);
	api_done(&api);
}

static void
stream_on(struct http_reply *r)
{
	const struct http_request later = {0};
	buf_clear(&r->body);
	route_answer(&(const struct route_world){0}, &later, r);
}

static void
stream_end(struct http_reply *r)
{
	r->state_free(r->state);
	r->state = NULL;
	r->state_free = NULL;
	r->stream = false;
}

/* A stream says what comes, each with an id from which another goes on. */
TEST(a_stream_goes_on_where_it_was)
{
	char id[600], header[700];
	struct buf b = BUF_INIT(MIB);
	api_init(&api, 2);
	fill();
	STATUS(api_ask(&api, "GET", "/api/v1/events", "Accept: application/json\n", STR_NONE), 406);
	STATUS(api_ask(&api, "GET", "/api/v1/events", "Accept: text/event-stream\n", STR_NONE), 200);
	CHECK(api.r.stream);
	CHECK(str_starts(api_body(&api), STR("id: ")) && str_find(api_body(&api), STR("event: open\ndata: {}\n\n")) > 0);
	struct str line, rest = api_body(&api);
	str_line(&rest, &line);
	snprintf(id, sizeof id, "%.*s", STR_FMT(str_sub(line, 4, line.n)));
	stream_on(&api.r);
	CHECK(api.r.stream && !api_body(&api).n);
	struct http_reply held = api.r;
	api.r = (struct http_reply){.body = BUF_INIT(MIB), .space = BUF_INIT(16 * KIB)};
	for (unsigned i = 20; i < 320; i++)
		world_object(&b, i, "more");
	STATUS(api_ask(&api, "POST", "/api/v1/objects", "Content-Type: application/stix+json\n", buf_str(&b)), 200);
	stream_on(&held);
	int n = 0;
	for (struct str all = buf_str(&held.body); str_line(&all, &line);)
		n += str_is(line, "event: object");
	CHECKF(n == 300, "%d", n);
	stream_on(&held);
	CHECK(!held.body.n);
	snprintf(header, sizeof header, "Last-Event-ID: %s\n", id);
	STATUS(api_ask(&api, "GET", "/api/v1/events", header, STR_NONE), 200);
	n = 0;
	for (struct str all = api_body(&api); str_line(&all, &line);)
		n += str_is(line, "event: object");
	CHECKF(n == 300, "%d", n);
	stream_end(&api.r);
	STATUS(api_ask(&api, "GET", "/api/v1/events", "Last-Event-ID: nonsense\n", STR_NONE), 200);
	CHECK(str_find(api_body(&api), STR("event: reset\n")) > 0);
	stream_end(&api.r);
	stream_end(&held);
	buf_done(&held.body);
	buf_done(&held.space);
	buf_done(&b);
	api_done(&api);
}

static struct str
cookie(void)
{
	static char line[300];
	struct str value, rest;
	str_cut(api_header(&api, "Set-Cookie"), ';', &value, &rest);
	snprintf(line, sizeof line, "Content-Type: application/json\nCookie: %.*s\n", STR_FMT(value));
	return str_of(line);
}

/* Accounts, tokens, logging in and out. */
TEST(people_come_and_go)
{
	static const char wrong[] = "{\"name\":\"zed\",\"password\":\"correct horse battery\"}", right[] =
												     "{\"name\":\"ali\",\"password\":\"correct horse "
												     "battery\"}";
	char first[300];
	api_init(&api, 1);
	STATUS(api_post(&api, "/api/v1/accounts", "{\"name\":\"ali\",\"roles\":[\"analyst\"],\"clearance\":\"all\"}"), 200);
	fits("account");
	STATUS(api_post(&api, "/api/v1/accounts", "{\"name\":\"eve\",\"password\":\"x\"}"), 400);
	STATUS(api_get(&api, "/api/v1/accounts"), 200);
	fits("accounts");
	STATUS(api_ask(&api, "PATCH", "/api/v1/accounts/ali", "Content-Type: application/json\n", STR("{\"display\":\"Ali\"}")), 200);
	fits("account");
	STATUS(api_ask(&api, "PUT", "/api/v1/accounts/ali/password", "Content-Type: application/json\n", STR("{\"password\":\"short\"}")), 422);
	STATUS(api_ask(
		   &api, "PUT", "/api/v1/accounts/ali/password", "Content-Type: application/json\n", STR("{\"password\":\"correct horse battery\"}")),
	    200);
	api.viewer = NULL;
	STATUS(api_post(&api, "/api/v1/session", wrong), 401);
	STATUS(api_ask(&api, "POST", "/api/v1/session", "Content-Type: text/plain\n", str_of(right)), 415);
	STATUS(api_post(&api, "/api/v1/session", right), 200);
	fits("session");
	CHECK(str_find(api_header(&api, "Set-Cookie"), STR("; Path=/; HttpOnly; SameSite=Strict")) > 0);
	snprintf(first, sizeof first, "%.*s", STR_FMT(cookie()));
	api.viewer = &api.self;
	STATUS(api_get(&api, "/api/v1/sessions?account=ali"), 200);
	fits("sessions");
	CHECK(str_find(api_body(&api), STR("\"account\":\"ali\"")) > 0);
	STATUS(api_ask(&api, "DELETE", "/api/v1/session", first, STR_NONE), 200);
	CHECK(str_find(api_header(&api, "Set-Cookie"), STR("Max-Age=0")) > 0);
	STATUS(api_get(&api, "/api/v1/sessions?account=ali"), 200);
	CHECK_STR(api_body(&api), STR("{\"items\":[]}"));
	STATUS(api_ask(&api, "POST", "/api/v1/tokens", "Content-Type: application/json\nIdempotency-Key: token-for-ali\n",
		   STR("{\"account\":\"ali\",\"name\":\"script\",\"scopes\":[\"read\"]}")),
	    200);
	fits("token");
	STATUS(api_ask(&api, "POST", "/api/v1/tokens", "Content-Type: application/json\nIdempotency-Key: token-for-ali\n",
		   STR("{\"account\":\"ali\",\"name\":\"script\",\"scopes\":[\"read\"]}")),
	    409); /* the token is kept nowhere */
	STATUS(api_get(&api, "/api/v1/tokens"), 200);
	fits("tokens");
	STATUS(api_ask(&api, "DELETE", "/api/v1/tokens/1", NULL, STR_NONE), 200);
	fits("revoked");
	STATUS(api_get(&api, "/api/v1/releases/pending"), 200);
	fits("pending");
	STATUS(api_ask(&api, "DELETE", "/api/v1/accounts/ali", NULL, STR_NONE), 200);
	fits("removed");
	api_done(&api);
}

/* Every row names arguments that its operation has, and each path parameter stands for one. */
TEST(rows_name_arguments_that_there_are)
{
	struct buf b = BUF_INIT(2 * MIB);
	struct arena a = ARENA_INIT(4 * LIMIT_OBJECT_ARENA);
	struct errinfo e = {0};
	const struct json *j;
	json_openapi_put(&b);
	CHECK_OK(json_parse(&a, buf_str(&b), &j, &e));
	CHECK(json_count(json_get(j, STR("paths"))) > 30);
	JSON_EACH(path, json_get(j, STR("paths")))
	{
		JSON_EACH(op, path)
		{
			struct str id = STR_NONE;
			CHECK(json_get_str(op, STR("operationId"), &id) && id.n > json_key_of(op).n);
		}
	}
	for (size_t i = 0; i < json_nroutes; i++) {
		const struct route *r = &json_routes[i];
		const struct json_row *row = r->more;
		CHECKF(r->may != ROUTE_NOBODY, "%s", r->path);
		if (!row)
			continue;
		if (!r->op) {
			CHECKF(json_shape_of(str_of(row->reply)), "%s %s has no schema", r->method, r->path);
			continue;
		}
		CHECKF(row->bytes || json_shape_of(str_of(row->reply)), "%s %s has no schema", r->method, r->path);
		const char *lists[] = {r->args, row->body, row->parts};
		for (size_t k = 0; k < 3; k++) {
			struct str rest = str_of(lists[k] ? lists[k] : ""), one;
			while (rest.n) {
				str_cut(rest, ' ', &one, &rest);
				bool is = r->run == json_device && str_is(one, "password"); /* tried before the operation */
				for (size_t o = 0; o < op_count; o++) {
					struct str args = str_of(op_table[o].args), arg, name, type;
					while (!strcmp(op_table[o].name, r->op) && args.n) {
						str_cut(args, ' ', &arg, &args);
						str_cut(arg, ':', &name, &type);
						is = is || str_eq(name, one);
					}
				}
				CHECKF(is, "%s %s: %s has no argument %.*s", r->method, r->path, r->op, STR_FMT(one));
				CHECKF(json_words(one).n, "%s %s: %.*s is not described", r->method, r->path, STR_FMT(one));
			}
		}
	}
	arena_done(&a);
	buf_done(&b);
}
