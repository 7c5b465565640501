/* Accounts of a home, as the web side meets them. Fails if one who should not gets in, if an unknown name can be told from a wrong password, if a
 * code or a session serves twice, if a token may more than its account, if somebody gives another what he does not have himself, or if what a person
 * is cleared for does not hold for what he writes. */
#include <pthread.h>
#include <stdatomic.h>

#include "api/host.h"
#include "crypto/init.h"
#include "people/role.h"
#include "people/totp.h"
#include "sim/centre.h"
#include "t_node_world.h"

static struct errinfo e;

static void
give_password(struct world *x, const char *name, const char *password)
{
	uint8_t salt[PASSWORD_SALT] = {5};
	char hash[PASSWORD_HASH];
	crypto_init();
	CHECK_OK(password_hash(str_of(password), salt, hash, &e));
	DO(x, 0, "account-password", "{\"name\":\"%s\",\"hash\":\"%s\"}", name, hash);
}

static enum err
log_in(struct world *x, const char *name, const char *password, const char *code, const char *from, struct node_person **ret, char *session)
{
	return node_login(x->c.node[0], str_of(name), str_of(password), str_of(code), str_of(from), ret, session, &e);
}

static enum err
as(struct world *x, const struct node_who *who, const char *op, const char *args)
{
	const struct node_call call = {.op = str_of(op), .args = str_of(args), .who = *who};
	return centre_call(&x->c, 0, &call, &x->reply, &e);
}

static void
base(struct world *x)
{
	world_init(x, 2);
	DO(x, 0, "account-add", "{\"name\":\"khalil\",\"roles\":[\"officer\"],\"clearance\":\"all\",\"position\":\"J2-3\"}");
	DO(x, 0, "account-add", "{\"name\":\"nour\",\"roles\":[\"analyst\"],\"clearance\":\"RESTRICTED\"}");
	DO(x, 0, "account-add", "{\"name\":\"ayman\",\"roles\":[\"administrator\"]}");
	give_password(x, "khalil", "four quiet brown dogs");
}

TEST(a_wrong_name_and_a_wrong_password_are_one_reply)
{
	struct world x;
	struct node_person *p = NULL;
	char session[SESSION_TEXT + 1] = "", other[SESSION_TEXT + 1];
	struct errinfo first;
	base(&x);
	CHECK_ERR(log_in(&x, "khalil", "four quiet brown cats", "", "192.0.2.1", &p, session), ERR_DENIED);
	first = e;
	CHECK(!p && !session[0]);
	CHECK_ERR(log_in(&x, "nobody", "four quiet brown cats", "", "192.0.2.1", &p, session), ERR_DENIED);
	CHECK(!memcmp(&first, &e, sizeof e));
	CHECK_ERR(log_in(&x, "nour", "", "", "192.0.2.1", &p, session), ERR_DENIED); /* has no password */
	CHECK(!memcmp(&first, &e, sizeof e));
	CHECK_ERR(log_in(&x, "Khalil'--", "four quiet brown dogs", "", "192.0.2.1", &p, session), ERR_DENIED);
	CHECK(!memcmp(&first, &e, sizeof e));
	CHECK_OK(log_in(&x, "khalil", "four quiet brown dogs", "", "192.0.2.1", &p, session));
	CHECK_STR(p->who.name, STR("khalil"));
	CHECK_STR(p->who.position, STR("J2-3"));
	CHECK(!p->who.clearances && p->who.scopes == role_scopes(ROLE_OFFICER) && !p->who.token);
	node_person_free(p);
	CHECK_OK(log_in(&x, "khalil", "four quiet brown dogs", "", "192.0.2.1", &p, other));
	CHECK(strcmp(session, other) != 0);
	node_person_free(p);
	/* another password between the trying and the end */
	struct node_login l;
	CHECK_OK(node_login_begin(x.c.node[0], STR("khalil"), STR_NONE, &l, &e));
	CHECK_OK(node_login_try(&l, STR("four quiet brown dogs"), &e));
	CHECK(l.right);
	give_password(&x, "khalil", "five quiet brown dogs");
	CHECK_ERR(node_login_finish(x.c.node[0], &l, STR_NONE, STR_NONE, &p, session, &e), ERR_DENIED);
	give_password(&x, "khalil", "four quiet brown dogs");
	DO(&x, 0, "account-disable", "{\"name\":\"khalil\"}");
	CHECK_ERR(node_auth_session(x.c.node[0], str_of(session), &p, &e), ERR_DENIED);
	CHECK_ERR(log_in(&x, "khalil", "four quiet brown dogs", "", "192.0.2.9", &p, session), ERR_DENIED);
	CHECK(!memcmp(&first, &e, sizeof e));
	world_done(&x);
}

TEST(who_guesses_waits_alone)
{
	struct world x;
	struct node_person *p = NULL;
	char session[SESSION_TEXT + 1];
	struct node_login l, k;
	base(&x);
	for (int i = 0; i < LIMIT_LOGIN_FREE; i++)
		for (int who = 0; who < 2; who++) {
			CHECK_OK(node_login_begin(x.c.node[0], who ? STR("nobody") : STR("khalil"), STR("192.0.2.66"), &l, &e));
			CHECK(node_login_finish(x.c.node[0], &l, STR_NONE, STR_NONE, &p, session, &e) == ERR_DENIED); /* never tried */
		}
	/* the audit trail tells of them, but is not filled with them */
	for (int i = 0; i < 100; i++) {
		char name[24];
		snprintf(name, sizeof name, "guess%d", i);
		CHECK_OK(node_login_begin(x.c.node[0], str_of(name), STR("192.0.2.67"), &l, &e));
		CHECK(node_login_finish(x.c.node[0], &l, STR_NONE, STR_NONE, &p, session, &e) == ERR_DENIED);
	}
	DO(&x, 0, "audit", "{\"who\":\"(no account)\",\"limit\":200}");
	CHECK(HAS(&x, "login-failed") && world_text(&x, "items.4.what")[0] && !world_text(&x, "items.40.what")[0]);
	struct errinfo known, unknown;
	CHECK(node_login_begin(x.c.node[0], STR("khalil"), STR("192.0.2.66"), &l, &known) == ERR_BUSY);
	CHECK(node_login_begin(x.c.node[0], STR("nobody"), STR("192.0.2.66"), &k, &unknown) == ERR_BUSY);
	CHECK(!strcmp(known.msg, unknown.msg) && !strcmp(known.hint, unknown.hint));
	CHECK_OK(log_in(&x, "khalil", "four quiet brown dogs", "", "198.51.100.7", &p, session));
	node_person_free(p);
	simworld_advance(x.w, 2 * TIME_SECOND);
	CHECK_OK(log_in(&x, "khalil", "four quiet brown dogs", "", "192.0.2.66", &p, session));
	node_person_free(p);
	simworld_advance(x.w, TIME_MINUTE);
	CHECK_ERR(log_in(&x, "khalil", "four quiet brown cats", "", "192.0.2.66", &p, session), ERR_DENIED);
	DO(&x, 0, "audit", "{\"who\":\"(many)\"}");
	CHECK(HAS(&x, "80 more in that minute"));
	world_done(&x);
}

TEST(a_session_ends_by_itself_and_by_what_changes)
{
	struct world x;
	struct node_person *p = NULL;
	char s[SESSION_TEXT + 1], next[SESSION_TEXT + 1];
	struct node *n;
	base(&x);
	n = x.c.node[0];
	CHECK_OK(log_in(&x, "khalil", "four quiet brown dogs", "", "", &p, s));
	node_person_free(p);
	simworld_advance(x.w, 29 * TIME_MINUTE);
	CHECK_OK(node_auth_session(n, str_of(s), &p, &e));
	node_person_free(p);
	simworld_advance(x.w, 29 * TIME_MINUTE); /* it was used meanwhile */
	CHECK_OK(node_auth_session(n, str_of(s), &p, &e));
	node_person_free(p);
	CHECK_OK(node_session_rotate(n, str_of(s), next, &e));
	CHECK_ERR(node_auth_session(n, str_of(s), &p, &e), ERR_DENIED);
	CHECK_OK(node_auth_session(n, str_of(next), &p, &e));
	node_person_free(p);
	simworld_advance(x.w, 31 * TIME_MINUTE);
	CHECK_ERR(node_auth_session(n, str_of(next), &p, &e), ERR_DENIED);
	/* twelve hours, however often it is used */
	CHECK_OK(log_in(&x, "khalil", "four quiet brown dogs", "", "", &p, s));
	node_person_free(p);
	for (int i = 0; i < 28; i++) {
		simworld_advance(x.w, 25 * TIME_MINUTE);
		CHECK_OK(node_auth_session(n, str_of(s), &p, &e));
		node_person_free(p);
	}
	simworld_advance(x.w, 25 * TIME_MINUTE);
	CHECK_ERR(node_auth_session(n, str_of(s), &p, &e), ERR_DENIED);
	/* another role */
	CHECK_OK(log_in(&x, "khalil", "four quiet brown dogs", "", "", &p, s));
	node_person_free(p);
	DO(&x, 0, "account-set", "{\"name\":\"khalil\",\"roles\":[\"reader\"]}");
	CHECK_ERR(node_auth_session(n, str_of(s), &p, &e), ERR_DENIED);
	/* a name, a number, a token's name are no session, nor is a session a token */
	CHECK_OK(log_in(&x, "khalil", "four quiet brown dogs", "", "", &p, s));
	CHECK_ERR(node_auth_session(n, STR("khalil"), &p, &e), ERR_DENIED);
	CHECK_ERR(node_auth_session(n, STR("1"), &p, &e), ERR_DENIED);
	struct node_person *q = NULL;
	CHECK_ERR(node_auth_token(n, STR("khalil"), str_of(s), STR_NONE, &q, &e), ERR_DENIED);
	CHECK_ERR(node_auth_token(n, STR("khalil"), STR("1"), STR_NONE, &q, &e), ERR_DENIED);
	node_person_free(p);
	CHECK_OK(node_logout(n, str_of(s), &e));
	CHECK_ERR(node_auth_session(n, str_of(s), &p, &e), ERR_DENIED);
	world_done(&x);
}

TEST(a_device_is_asked_for_and_each_code_counts_once)
{
	struct world x;
	struct node_person *p = NULL;
	char s[SESSION_TEXT + 1], secret[64], code[16], recovery[32];
	uint8_t raw[TOTP_SECRET];
	base(&x);
	DO(&x, 0, "account-totp", "{\"name\":\"khalil\"}");
	CHECK(HAS(&x, "otpauth://totp/"));
	snprintf(secret, sizeof secret, "%s", world_text(&x, "secret"));
	FAIL(&x, 0, ERR_DENIED, "account-totp", "{\"name\":\"khalil\",\"secret\":\"%s\",\"code\":\"000000\"}", secret);
	CHECK_OK(log_in(&x, "khalil", "four quiet brown dogs", "", "", &p, s)); /* nothing was kept */
	node_person_free(p);
	/* the device */
	uint32_t bits = 0;
	int have = 0;
	size_t n = 0;
	for (const char *c = secret; *c; c++) {
		bits = bits << 5 | (uint32_t)(*c >= 'A' ? *c - 'A' : *c - '2' + 26);
		if ((have += 5) >= 8)
			raw[n++] = (uint8_t)(bits >> (have -= 8));
	}
	CHECK(n == TOTP_SECRET);
	int64_t now = x.c.env[0]->now(x.c.env[0]->ctx);
#define CODE snprintf(code, sizeof code, "%06u", totp_code(str_bytes(raw, sizeof raw), x.c.env[0]->now(x.c.env[0]->ctx) / (30 * TIME_SECOND)))
	(void)now;
	CODE;
	DO(&x, 0, "account-totp", "{\"name\":\"khalil\",\"secret\":\"%s\",\"code\":\"%s\"}", secret, code);
	snprintf(recovery, sizeof recovery, "%s", world_text(&x, "recovery.3"));
	CHECK_ERR(log_in(&x, "khalil", "four quiet brown dogs", code, "", &p, s), ERR_DENIED); /* used up by enrolling */
	simworld_advance(x.w, 30 * TIME_SECOND);
	CODE;
	struct node_login l;
	CHECK_OK(node_login_begin(x.c.node[0], STR("khalil"), STR("192.0.2.5"), &l, &e));
	CHECK_OK(node_login_try(&l, STR("four quiet brown dogs"), &e));
	CHECK_ERR(node_login_finish(x.c.node[0], &l, STR_NONE, STR_NONE, &p, s, &e), ERR_DENIED);
	CHECK(l.wants_code);
	CHECK_OK(log_in(&x, "khalil", "four quiet brown dogs", code, "", &p, s));
	CHECK(p->enrolled);
	node_person_free(p);
	CHECK_ERR(log_in(&x, "khalil", "four quiet brown dogs", code, "", &p, s), ERR_DENIED);
	CHECK_OK(log_in(&x, "khalil", "four quiet brown dogs", recovery, "", &p, s));
	node_person_free(p);
	CHECK_ERR(log_in(&x, "khalil", "four quiet brown dogs", recovery, "", &p, s), ERR_DENIED);
	DO(&x, 0, "account-show", "{\"name\":\"khalil\"}");
	CHECK(NUMBER(&x, "recovery_codes") == LIMIT_RECOVERY - 1);
	/* a role that demands a device */
	DO(&x, 0, "config", "{\"name\":\"totp\",\"value\":\"analyst officer\"}");
	give_password(&x, "nour", "one more set of words");
	CHECK_OK(log_in(&x, "nour", "one more set of words", "", "", &p, s));
	CHECK(p->who.scopes == 0 && !p->enrolled);
	CHECK_ERR(as(&x, &p->who, "ls", "{}"), ERR_DENIED);
	node_person_free(p);
	world_done(&x);
}

TEST(a_token_may_what_its_account_may_now)
{
	struct world x;
	struct node_person *p = NULL;
	char token[TOKEN_TEXT + 1];
	struct node *n;
	base(&x);
	n = x.c.node[0];
	FAIL(&x, 0, ERR_DENIED, "token-add", "{\"account\":\"nour\",\"name\":\"x\",\"scopes\":[\"release\"]}");
	FAIL(&x, 0, ERR_USAGE, "token-add", "{\"account\":\"nour\",\"name\":\"x\",\"scopes\":[\"read\"],\"days\":367}");
	DO(&x, 0, "token-add", "{\"account\":\"khalil\",\"name\":\"export\",\"scopes\":[\"read\",\"release\"],\"days\":10}");
	snprintf(token, sizeof token, "%s", world_text(&x, "token"));
	CHECK_OK(node_auth_token(n, STR_NONE, str_of(token), STR_NONE, &p, &e));
	CHECK(p->who.scopes == (SCOPE_READ | SCOPE_RELEASE) && p->who.token);
	CHECK_OK(as(&x, &p->who, "ls", "{}"));
	CHECK_ERR(as(&x, &p->who, "grade", "{\"id\":\"campaign--00000000-0000-4000-8000-000000000001\",\"grade\":\"B2\"}"), ERR_DENIED);
	CHECK_ERR(as(&x, &p->who, "token-add", "{\"name\":\"y\",\"scopes\":[\"read\"]}"), ERR_DENIED);
	CHECK_ERR(as(&x, &p->who, "account-list", "{}"), ERR_DENIED);
	node_person_free(p);
	CHECK_OK(node_auth_token(n, STR("khalil"), str_of(token), STR_NONE, &p, &e));
	node_person_free(p);
	CHECK_ERR(node_auth_token(n, STR("nour"), str_of(token), STR_NONE, &p, &e), ERR_DENIED);
	DO(&x, 0, "account-set", "{\"name\":\"khalil\",\"roles\":[\"reader\"]}");
	CHECK_OK(node_auth_token(n, STR_NONE, str_of(token), STR_NONE, &p, &e));
	CHECK(p->who.scopes == SCOPE_READ);
	node_person_free(p);
	DO(&x, 0, "token-list", "{}");
	CHECK(HAS(&x, "\"export\"") && !HAS(&x, "cmty_"));
	CHECK(NUMBER(&x, "items.0.no") == 1);
	simworld_advance(x.w, 10 * TIME_DAY);
	CHECK_ERR(node_auth_token(n, STR_NONE, str_of(token), STR_NONE, &p, &e), ERR_DENIED);
	DO(&x, 0, "token-add", "{\"account\":\"khalil\",\"name\":\"export\",\"scopes\":[\"read\"]}");
	snprintf(token, sizeof token, "%s", world_text(&x, "token"));
	DO(&x, 0, "token-revoke", "{\"no\":2}");
	CHECK_ERR(node_auth_token(n, STR_NONE, str_of(token), STR_NONE, &p, &e), ERR_DENIED);
	world_done(&x);
}

TEST(nobody_gives_what_he_does_not_have)
{
	struct world x;
	struct node_person *p = NULL;
	char s[SESSION_TEXT + 1];
	base(&x);
	give_password(&x, "ayman", "the keys of the cellar");
	CHECK_OK(log_in(&x, "ayman", "the keys of the cellar", "", "", &p, s));
	CHECK_ERR(as(&x, &p->who, "ls", "{}"), ERR_DENIED); /* he looks after the node, and reads nothing */
	CHECK_ERR(as(&x, &p->who, "audit", "{}"), ERR_DENIED);
	CHECK_OK(as(&x, &p->who, "status", "{}"));
	CHECK_OK(as(&x, &p->who, "members", "{}"));
	CHECK_ERR(as(&x, &p->who, "suggest", "{\"begins\":\"d\"}"), ERR_DENIED);
	CHECK_OK(as(&x, &p->who, "account-list", "{}"));
	CHECK_OK(as(&x, &p->who, "account-add", "{\"name\":\"second\",\"roles\":[\"administrator\"]}"));
	CHECK_ERR(as(&x, &p->who, "account-add", "{\"name\":\"third\",\"roles\":[\"reader\"]}"), ERR_DENIED);
	CHECK_ERR(as(&x, &p->who, "account-add", "{\"name\":\"third\",\"clearance\":\"all\"}"), ERR_DENIED);
	CHECK_ERR(as(&x, &p->who, "account-set", "{\"name\":\"ayman\",\"roles\":[\"officer\"]}"), ERR_DENIED);
	CHECK_ERR(as(&x, &p->who, "account-set", "{\"name\":\"second\",\"clearance\":\"RESTRICTED\"}"), ERR_DENIED);
	CHECK_ERR(as(&x, &p->who, "account-password", "{\"name\":\"khalil\",\"hash\":\"$argon2id$v=19$m=65536,t=3,p=1$a$b\"}"), ERR_DENIED);
	CHECK_ERR(as(&x, &p->who, "account-totp", "{\"name\":\"khalil\",\"off\":true}"), ERR_DENIED);
	CHECK_ERR(as(&x, &p->who, "token-add", "{\"account\":\"khalil\",\"name\":\"x\",\"scopes\":[\"read\"]}"), ERR_DENIED);
	CHECK_OK(as(&x, &p->who, "account-disable", "{\"name\":\"khalil\"}")); /* but he can keep anybody out */
	CHECK_ERR(as(&x, &p->who, "account-enable", "{\"name\":\"khalil\"}"), ERR_DENIED);
	node_person_free(p);
	/* to others an account is as one that is not there */
	give_password(&x, "nour", "one more set of words");
	CHECK_OK(log_in(&x, "nour", "one more set of words", "", "", &p, s));
	CHECK_ERR(as(&x, &p->who, "account-show", "{\"name\":\"khalil\"}"), ERR_NOTFOUND);
	CHECK(!strcmp(e.msg, "there is no account \"khalil\""));
	CHECK_ERR(as(&x, &p->who, "account-show", "{\"name\":\"nobody\"}"), ERR_NOTFOUND);
	CHECK_OK(as(&x, &p->who, "account-show", "{}"));
	CHECK_ERR(as(&x, &p->who, "account-list", "{}"), ERR_DENIED);
	CHECK_OK(as(&x, &p->who, "session-list", "{}"));
	CHECK(NUMBER(&x, "items.0.no") == 1 && !HAS(&x, "ayman"));
	node_person_free(p);
	world_done(&x);
}

static enum err
add_as(struct world *x, const struct node_who *who, unsigned id, const char *mark)
{
	struct buf b = BUF_INIT(KIB), args = BUF_INIT(KIB);
	world_object(&b, id, "dam");
	buf_printf(&args, "{\"mark\":\"%s\"}", mark);
	struct str rest = buf_str(&b);
	const struct source in = source_of_str(&rest);
	const struct node_call call = {.op = STR("add"), .args = buf_str(&args), .who = *who, .in = &in};
	enum err err = centre_call(&x->c, 0, &call, &x->reply, &e);
	buf_done(&b);
	buf_done(&args);
	return err;
}

TEST(what_one_is_cleared_for_holds_for_writing_too)
{
	struct world x;
	struct node_person *p = NULL;
	char s[SESSION_TEXT + 1];
	struct node_who member = {.name = STR("member")};
	base(&x);
	give_password(&x, "nour", "one more set of words");
	CHECK_OK(add_as(&x, &member, 1, "(//IRQ S)"));
	CHECK_OK(log_in(&x, "nour", "one more set of words", "", "", &p, s));
	CHECK(p->who.nclearances == 1 && p->who.clearances[0].level == 1);
	CHECK_OK(as(&x, &p->who, "ls", "{}"));
	CHECK(!HAS(&x, "dam"));
	CHECK_ERR(as(&x, &p->who, "grade", "{\"id\":\"campaign--00000000-0000-4000-8000-000000000001\",\"grade\":\"B2\"}"), ERR_NOTFOUND);
	CHECK_OK(add_as(&x, &p->who, 2, "(//IRQ S)"));
	CHECK(NUMBER(&x, "added") == 0 && NUMBER(&x, "refused") == 1);
	CHECK_OK(add_as(&x, &p->who, 1, "(//IRQ R)")); /* another stands there, which she may not know */
	CHECK(NUMBER(&x, "added") == 1 && NUMBER(&x, "conflicts") == 0 && NUMBER(&x, "unchanged") == 0);
	CHECK_OK(as(&x, &p->who, "grade", "{\"id\":\"campaign--00000000-0000-4000-8000-000000000001\",\"grade\":\"B2\"}"));
	CHECK_ERR(as(&x, &p->who, "log", "{}"), ERR_DENIED);
	CHECK_ERR(as(&x, &p->who, "inbox", "{}"), ERR_DENIED);
	CHECK_ERR(as(&x, &p->who, "release", "{}"), ERR_DENIED);
	DO(&x, 0, "audit", "{\"who\":\"nour\"}");
	CHECK(HAS(&x, "\"refused\"") && HAS(&x, "\"inbox\""));
	node_person_free(p);
	world_done(&x);
}

#define RELEASE "{\"ids\":[\"campaign--00000000-0000-4000-8000-000000000001\"],\"to\":\"irq.rus\"}"

TEST(a_release_waits_for_another_person)
{
	struct world x;
	struct node_person *k = NULL, *h = NULL;
	char s[SESSION_TEXT + 1];
	struct node_who member = {.name = STR("tester")}, named = {.name = STR("hassan")}, token;
	base(&x);
	DO(&x, 0, "account-add", "{\"name\":\"hassan\",\"roles\":[\"officer\"],\"clearance\":\"all\",\"position\":\"J2-4\"}");
	give_password(&x, "hassan", "one more set of words");
	CHECK_OK(log_in(&x, "khalil", "four quiet brown dogs", "", "", &k, s));
	CHECK_OK(log_in(&x, "hassan", "one more set of words", "", "", &h, s));
	CHECK_OK(add_as(&x, &member, 1, "(//IRQ S//REL TO IRQ, RUS)"));
	CHECK_OK(add_as(&x, &member, 2, "(//IRQ S//REL TO IRQ, RUS)"));
	DO(&x, 0, "config", "{\"name\":\"four-eyes\",\"value\":\"yes\"}");
	CHECK_ERR(as(&x, &member, "release", RELEASE), ERR_DENIED); /* as whom? */
	CHECK_OK(as(&x, &k->who, "release", RELEASE));
	CHECK(NUMBER(&x, "proposed") == 1 && !HAS(&x, "\"done\""));
	CHECK_OK(as(&x, &h->who, "release-pending", "{}"));
	CHECK(NUMBER(&x, "items.0.no") == 1 && HAS(&x, "\"position\":\"J2-3\""));
	CHECK_ERR(as(&x, &k->who, "release-approve", "{\"no\":1}"), ERR_DENIED);
	token = h->who;
	token.token = true;
	CHECK_ERR(as(&x, &token, "release-approve", "{\"no\":1}"), ERR_DENIED);
	CHECK_ERR(as(&x, &member, "release-approve", "{\"no\":1}"), ERR_DENIED);
	CHECK_OK(as(&x, &h->who, "release-approve", "{\"no\":1}"));
	CHECK(HAS(&x, "\"done\"") && HAS(&x, "\"position\":\"J2-3\""));
	CHECK_ERR(as(&x, &h->who, "release-approve", "{\"no\":1}"), ERR_NOTFOUND);
	DO(&x, 0, "audit", "{\"who\":\"hassan\"}");
	CHECK(HAS(&x, "proposed by khalil"));
	/* taken back; turned down; too late; changed since */
#undef RELEASE
#define RELEASE "{\"ids\":[\"campaign--00000000-0000-4000-8000-000000000002\"],\"to\":\"irq.rus\"}"
	CHECK_OK(as(&x, &k->who, "release", RELEASE));
	CHECK_OK(as(&x, &k->who, "release-reject", "{\"no\":2}"));
	CHECK_OK(as(&x, &k->who, "release", RELEASE));
	CHECK_OK(as(&x, &h->who, "release-reject", "{\"no\":3,\"reason\":\"not now\"}"));
	CHECK_OK(as(&x, &k->who, "release", RELEASE));
	simworld_advance(x.w, 7 * TIME_DAY + 1);
	CHECK_ERR(as(&x, &h->who, "release-approve", "{\"no\":4}"), ERR_NOTFOUND);
	CHECK_OK(as(&x, &named, "release", RELEASE)); /* the home's own user, for hassan */
	CHECK(NUMBER(&x, "proposed") == 5);
	CHECK_OK(as(&x, &k->who, "release", RELEASE));
	CHECK_OK(as(&x, &k->who, "release-approve", "{\"no\":5}"));
	CHECK_ERR(as(&x, &h->who, "release-approve", "{\"no\":6}"), ERR_CONFLICT); /* it is there already: another plan */
	CHECK_OK(as(&x, &k->who, "recall", "{\"id\":\"campaign--00000000-0000-4000-8000-000000000002\",\"reason\":\"wrong\"}"));
	/* of one account alone */
	DO(&x, 0, "config", "{\"name\":\"four-eyes\",\"unset\":true}");
	DO(&x, 0, "account-set", "{\"name\":\"khalil\",\"four_eyes\":true}");
	CHECK_OK(add_as(&x, &member, 3, "(//IRQ S//REL TO IRQ, RUS)"));
#undef RELEASE
#define RELEASE "{\"ids\":[\"campaign--00000000-0000-4000-8000-000000000003\"],\"to\":\"irq.rus\"}"
	CHECK_OK(as(&x, &k->who, "release", RELEASE));
	CHECK(NUMBER(&x, "proposed") == 7);
	DO(&x, 0, "account-disable", "{\"name\":\"khalil\"}");
	CHECK_ERR(as(&x, &h->who, "release-approve", "{\"no\":7}"), ERR_DENIED);
	CHECK_OK(as(&x, &h->who, "release", RELEASE));
	CHECK(HAS(&x, "\"done\""));
	node_person_free(k);
	node_person_free(h);
	world_done(&x);
}

TEST(what_a_host_remembers_goes_when_accounts_change)
{
	struct world x;
	struct host *h;
	struct node_person *p = NULL;
	char token[TOKEN_TEXT + 1], s[SESSION_TEXT + 1], fresh[SESSION_TEXT + 1];
	struct buf reply = BUF_INIT(MIB);
	struct host_login_not wants;
	base(&x);
	DO(&x, 0, "token-add", "{\"account\":\"khalil\",\"name\":\"export\",\"scopes\":[\"read\"]}");
	snprintf(token, sizeof token, "%s", world_text(&x, "token"));
	centre_close(&x.c, 0);
	CHECK_OK(host_open(x.c.env[0], "/tmp", NULL, &h, &e));
	for (int i = 0; i < 3; i++) {
		CHECK_OK(host_auth_token(h, i ? STR("khalil") : STR_NONE, str_of(token), STR_NONE, &p, &e));
		CHECK_STR(p->who.name, STR("khalil"));
		node_person_free(p);
	}
	CHECK_ERR(host_auth_token(h, STR("nour"), str_of(token), STR_NONE, &p, &e), ERR_DENIED);
	CHECK_OK(host_login(h, STR("khalil"), STR("four quiet brown dogs"), STR_NONE, STR("192.0.2.1"), STR_NONE, &p, s, &wants, &e));
	node_person_free(p);
	CHECK_OK(host_auth_session(h, str_of(s), &p, &e));
	node_person_free(p);
	const struct node_who khalil = {.name = STR("khalil"), .account = 1};
	unsigned after;
	CHECK_OK(
	    host_password(h, &khalil, STR("four quiet brown dogs"), STR("five quiet brown dogs"), STR_NONE, STR("192.0.2.1"), &p, fresh, &after, &e));
	node_person_free(p);
	CHECK_ERR(host_auth_session(h, str_of(s), &p, &e), ERR_DENIED);
	const struct node_call call = {.op = STR("account-disable"), .args = STR("{\"name\":\"khalil\"}"), .who = {.name = STR("test")}};
	CHECK_OK(host_call(h, &call, false, &reply, &e));
	CHECK_ERR(host_auth_token(h, STR_NONE, str_of(token), STR_NONE, &p, &e), ERR_DENIED);
	host_close(h);
	buf_done(&reply);
	world_done(&x);
}

struct guesser {
	struct host *h;
	const char *from;
	int denied, busy, other;
};

static void *
guess(void *arg)
{
	struct guesser *g = arg;
	for (int i = 0; i < 4; i++) {
		struct node_person *p = NULL;
		struct errinfo why;
		char s[SESSION_TEXT + 1];
		struct host_login_not wants;
		enum err err =
		    host_login(g->h, STR("khalil"), STR("not the password at all"), STR_NONE, str_of(g->from), STR_NONE, &p, s, &wants, &why);
		g->denied += err == ERR_DENIED;
		g->busy += err == ERR_BUSY;
		g->other += err != ERR_DENIED && err != ERR_BUSY;
	}
	return NULL;
}

/* Fails if many who guess at one time from one place keep out whoever knows the password elsewhere, or if more of them are heard than may be. */
TEST(many_who_guess_keep_nobody_out)
{
	enum { MANY = 12 };
	struct world x;
	struct host *h;
	struct guesser g[MANY];
	pthread_t thread[MANY];
	int denied = 0;
	base(&x);
	centre_close(&x.c, 0);
	CHECK_OK(host_open(x.c.env[0], "/tmp", NULL, &h, &e));
	for (int i = 0; i < MANY; i++) {
		g[i] = (struct guesser){.h = h, .from = "192.0.2.66"};
		CHECK(pthread_create(&thread[i], NULL, guess, &g[i]) == 0);
	}
	for (int i = 0; i < 3; i++) {
		struct node_person *p = NULL;
		char s[SESSION_TEXT + 1];
		struct host_login_not wants;
		CHECK_OK(host_login(h, STR("khalil"), STR("four quiet brown dogs"), STR_NONE, STR("198.51.100.7"), STR_NONE, &p, s, &wants, &e));
		node_person_free(p);
	}
	for (int i = 0; i < MANY; i++) {
		pthread_join(thread[i], NULL);
		CHECK(g[i].other == 0);
		denied += g[i].denied;
	}
	CHECKF(denied == LIMIT_LOGIN_FREE, "%d were told", denied);
	host_close(h);
	world_done(&x);
}

struct flood {
	struct host *h;
	char from[24];
	int tries; /* 0: until told to stop */
	pthread_barrier_t *begin;
	atomic_bool *stop;
	int heard, busy;
};

static void *
flood(void *arg)
{
	struct flood *f = arg;
	if (f->begin)
		pthread_barrier_wait(f->begin);
	for (int i = 0; f->tries ? i < f->tries : !atomic_load(f->stop); i++) {
		struct node_person *p = NULL;
		struct errinfo why;
		char s[SESSION_TEXT + 1], name[40];
		struct host_login_not wants;
		snprintf(name, sizeof name, "n%d.%p", i, arg);
		enum err err =
		    host_login(f->h, str_of(name), STR("not the password at all"), STR_NONE, str_of(f->from), STR_NONE, &p, s, &wants, &why);
		f->heard += err == ERR_DENIED;
		f->busy += err == ERR_BUSY;
	}
	return NULL;
}

/* A login waits in a worker of the listener. Fails if made-up names from many addresses can hold more of these than LIMIT_LOGIN_GATE. */
TEST(logins_do_not_take_all_the_workers)
{
	enum { MANY = 32 };
	struct world x;
	struct host *h;
	struct flood f[MANY];
	pthread_t thread[MANY];
	pthread_barrier_t begin;
	int heard = 0, busy = 0;
	base(&x);
	centre_close(&x.c, 0);
	CHECK_OK(host_open(x.c.env[0], "/tmp", NULL, &h, &e));
	pthread_barrier_init(&begin, NULL, MANY);
	for (int i = 0; i < MANY; i++) {
		f[i] = (struct flood){.h = h, .tries = 1, .begin = &begin};
		snprintf(f[i].from, sizeof f[i].from, "192.0.2.%d", 1 + i / 2);
		CHECK(pthread_create(&thread[i], NULL, flood, &f[i]) == 0);
	}
	for (int i = 0; i < MANY; i++) {
		pthread_join(thread[i], NULL);
		heard += f[i].heard;
		busy += f[i].busy;
	}
	CHECKF(heard + busy == MANY && heard >= 1 && heard <= MANY / 2, "%d heard, %d refused", heard, busy);
	pthread_barrier_destroy(&begin);
	host_close(h);
	world_done(&x);
}

/* Fails if three networks that flood keep out who comes from a fourth: of the network that has most in the gate one is refused for him. */
TEST(a_flood_from_some_networks_keeps_no_other_out)
{
	enum { MANY = 9 };
	struct world x;
	struct host *h;
	struct flood f[MANY];
	pthread_t thread[MANY];
	atomic_bool stop = false;
	enum err err = OK;
	base(&x);
	centre_close(&x.c, 0);
	CHECK_OK(host_open(x.c.env[0], "/tmp", NULL, &h, &e));
	for (int i = 0; i < MANY; i++) {
		f[i] = (struct flood){.h = h, .stop = &stop};
		snprintf(f[i].from, sizeof f[i].from, "192.0.2.%d", 1 + i / 3);
		CHECK(pthread_create(&thread[i], NULL, flood, &f[i]) == 0);
	}
	for (int i = 0; i < 5 && !err; i++) {
		struct node_person *p = NULL;
		char s[SESSION_TEXT + 1];
		struct host_login_not wants;
		err = host_login(h, STR("khalil"), STR("four quiet brown dogs"), STR_NONE, STR("198.51.100.7"), STR_NONE, &p, s, &wants, &e);
		node_person_free(p);
	}
	atomic_store(&stop, true);
	for (int i = 0; i < MANY; i++)
		pthread_join(thread[i], NULL);
	CHECK_OK(err);
	host_close(h);
	world_done(&x);
}
