/* What people change of their own accounts, over the API. Fails if a token changes how one logs in, if a password alone does what the device is there
 * to prevent, if codes of a device can be guessed at without a limit or a trace, or if one account makes forgotten what another did under its keys.
 */
#include "crypto/init.h"
#include "people/totp.h"
#include "sim/centre.h"
#include "t_api_world.h"

#define JSON "Content-Type: application/json\n"
#define OLD "four quiet brown dogs"

static struct api api;
static struct errinfo e;
static uint8_t raw[TOTP_SECRET];

static void
fill(void)
{
	uint8_t salt[PASSWORD_SALT] = {5};
	char hash[PASSWORD_HASH];
	api_init(&api, 2);
	crypto_init();
	CHECK_OK(password_hash(STR(OLD), salt, hash, &e));
	DO(&api.x, 0, "account-add", "{\"name\":\"khalil\",\"roles\":[\"officer\"],\"clearance\":\"all\"}");
	DO(&api.x, 0, "account-add", "{\"name\":\"omar\",\"roles\":[\"reader\"]}");
	DO(&api.x, 0, "account-password", "{\"name\":\"khalil\",\"hash\":\"%s\"}", hash);
}

static const char *
code(void)
{
	static char text[16];
	simworld_advance(api.x.w, 30 * TIME_SECOND);
	snprintf(text, sizeof text, "%06u", totp_code(str_bytes(raw, sizeof raw), node_now(api.x.c.node[0]) / (30 * TIME_SECOND)));
	return text;
}

static void
enrol(void)
{
	char secret[64];
	uint32_t bits = 0;
	int have = 0;
	size_t n = 0;
	DO(&api.x, 0, "account-totp", "{\"name\":\"khalil\"}");
	snprintf(secret, sizeof secret, "%s", world_text(&api.x, "secret"));
	for (const char *c = secret; *c; c++) {
		bits = bits << 5 | (uint32_t)(*c >= 'A' ? *c - 'A' : *c - '2' + 26);
		if ((have += 5) >= 8)
			raw[n++] = (uint8_t)(bits >> (have -= 8));
	}
	DO(&api.x, 0, "account-totp", "{\"name\":\"khalil\",\"secret\":\"%s\",\"code\":\"%s\"}", secret, code());
}

static void
is(struct node_person *p)
{
	api.self.who = p->who;
	api.self.account = p->who.name;
}

static struct node_person *
log_in(const char *with, char session[static SESSION_TEXT + 1])
{
	struct node_person *p = NULL;
	CHECK_OK(node_login(api.x.c.node[0], STR("khalil"), STR(OLD), str_of(with), STR("192.0.2.9"), &p, session, &e));
	is(p);
	return p;
}

static int
password(const char *with)
{
	char body[300];
	snprintf(body, sizeof body, "{\"old\":\"" OLD "\",\"password\":\"another long password\"%s%s%s}", *with ? ",\"code\":\"" : "", with,
	    *with ? "\"" : "");
	return api_ask(&api, "PUT", "/api/v1/account/password", JSON, str_of(body));
}

TEST(a_token_does_not_change_how_one_logs_in)
{
	struct node_person *p;
	char token[TOKEN_TEXT + 1], s[SESSION_TEXT + 1];
	fill();
	DO(&api.x, 0, "token-add", "{\"account\":\"khalil\",\"name\":\"export\",\"scopes\":[\"read\"]}");
	snprintf(token, sizeof token, "%s", world_text(&api.x, "token"));
	CHECK_OK(node_auth_token(api.x.c.node[0], STR_NONE, str_of(token), STR_NONE, &p, &e));
	is(p);
	int status = password("");
	CHECKF(status == 403, "%d", status);
	status = api_ask(&api, "POST", "/api/v1/account/totp", JSON, STR("{}"));
	CHECKF(status == 403, "%d", status);
	CHECK(api_ask(&api, "POST", "/api/v1/tokens", JSON, STR("{\"name\":\"x\",\"scopes\":[\"read\"]}")) == 403);
	CHECK(api_ask(&api, "DELETE", "/api/v1/sessions", NULL, STR_NONE) == 403);
	node_person_free(p);
	p = log_in("", s); /* the password is what it was */
	node_person_free(p);
	api_done(&api);
}

TEST(another_password_needs_the_device)
{
	struct node_person *p;
	char s[SESSION_TEXT + 1];
	fill();
	enrol();
	p = log_in(code(), s);
	int status = password("");
	CHECKF(status == 403, "%d", status);
	CHECK(password("000000") == 403);
	DO(&api.x, 0, "audit", "{\"who\":\"khalil\"}");
	CHECK(HAS(&api.x, "code-failed"));
	CHECK(password(code()) == 200);
	node_person_free(p);
	api_done(&api);
}

static enum err
with_key(int64_t account, const char *op, const char *key, struct hash request, const char *args)
{
	const struct node_call call = {.op = str_of(op),
	    .args = str_of(args),
	    .who = {.name = STR("x"), .account = account, .scopes = ~0u},
	    .once = str_of(key),
	    .request = request};
	return centre_call(&api.x.c, 0, &call, &api.x.reply, &e);
}

TEST(keys_of_one_account_push_out_none_of_another)
{
	const struct hash one = {{1}}, other = {{2}};
	char key[24];
	fill();
	CHECK_OK(with_key(1, "account-show", "the-officers", one, "{}"));
	for (int i = 0; i < LIMIT_ONCE + 50; i++) {
		simworld_advance(api.x.w, TIME_SECOND / 100);
		snprintf(key, sizeof key, "flush%06d", i);
		CHECK_OK(with_key(2, "account-show", key, one, "{}"));
	}
	CHECK_ERR(with_key(1, "account-show", "the-officers", other, "{}"), ERR_INVALID); /* it is known that it came with something else */
	CHECK_ERR(with_key(2, "account-show", key, other, "{}"), ERR_INVALID);
	CHECK_OK(with_key(2, "account-show", "flush000000", other, "{}")); /* its own oldest went */
	api_done(&api);
}

static int
device(const char *body)
{
	return api_ask(&api, "POST", "/api/v1/account/totp", JSON, str_of(body));
}

/* A right password with each, so that only the codes are wrong. */
TEST(codes_of_a_device_are_not_guessed)
{
	struct node_person *p, *again;
	char s[SESSION_TEXT + 1], body[200];
	fill();
	enrol();
	p = log_in(code(), s);
	/* with a code alone nothing is changed */
	snprintf(body, sizeof body, "{\"off\":true,\"code\":\"%s\"}", code());
	CHECK(device(body) == 403);
	snprintf(body, sizeof body, "{\"off\":true,\"code\":\"%s\",\"password\":\"not the password\"}", code());
	CHECK(device(body) == 403);
	for (int i = 0; i < LIMIT_LOGIN_FREE; i++) {
		CHECK_OK(node_auth_session(api.x.c.node[0], str_of(s), &again, &e));
		node_person_free(again);
		CHECK(device("{\"off\":true,\"code\":\"000000\",\"password\":\"" OLD "\"}") == 403);
	}
	CHECK_ERR(node_auth_session(api.x.c.node[0], str_of(s), &again, &e), ERR_DENIED);
	CHECK(device("{\"off\":true,\"code\":\"000000\",\"password\":\"" OLD "\"}") == 429);
	DO(&api.x, 0, "audit", "{\"who\":\"khalil\"}");
	int told = 0;
	for (struct str all = buf_str(&api.x.reply); str_find(all, STR("\"code-failed\"")) >= 0; told++)
		all = str_sub(all, (size_t)str_find(all, STR("\"code-failed\"")) + 1, all.n);
	CHECKF(told == LIMIT_LOGIN_FREE, "%d told", told);
	node_person_free(p);
	p = log_in(code(), s); /* who has the device comes in again and takes it off */
	snprintf(body, sizeof body, "{\"off\":true,\"code\":\"%s\",\"password\":\"" OLD "\"}", code());
	CHECK(device(body) == 200);
	node_person_free(p);
	/* another one */
	p = log_in("", s);
	CHECK(device("{}") == 200);
	char secret[64];
	CHECK(centre_text(api_body(&api), "secret", secret, sizeof secret));
	snprintf(body, sizeof body, "{\"secret\":\"%s\",\"code\":\"000000\"}", secret);
	CHECK(device(body) == 403);
	CHECK(str_find(api_body(&api), STR("password")) >= 0);
	CHECK(device("{\"off\":true,\"password\":\"" OLD "\"}") == 409);
	node_person_free(p);
	api_done(&api);
}
