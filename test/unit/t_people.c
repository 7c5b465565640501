/* The parts of accounts that need no home. Fails if a code of RFC 6238's own list is another, if one counts twice or outside its window, if something
 * passes for a token that is none, or if failures from one place keep out another. */
#include "base/limits.h"
#include "base/time.h"
#include "crypto/init.h"
#include "people/guard.h"
#include "people/password.h"
#include "people/role.h"
#include "people/ticket.h"
#include "people/totp.h"
#include "test.h"

/* RFC 6238, appendix B: SHA-1, 8 digits; ours are the last six. */
TEST(codes_are_those_of_rfc_6238)
{
	static const struct {
		int64_t seconds;
		unsigned code;
	} vec[] = {{59, 94287082}, {1111111109, 7081804}, {1111111111, 14050471}, {1234567890, 89005924}, {2000000000, 69279037},
	    {INT64_C(20000000000), 65353130}};
	for (size_t i = 0; i < sizeof vec / sizeof *vec; i++)
		CHECK(totp_code(STR("12345678901234567890"), vec[i].seconds / 30) == vec[i].code % 1000000);
}

TEST(a_code_counts_around_its_step_and_once)
{
	struct str secret = STR("12345678901234567890");
	char code[8];
	int64_t step = 41152263, at = step * 30 * TIME_SECOND;
	snprintf(code, sizeof code, "%06u", totp_code(secret, step));
	CHECK(totp_step(secret, str_of(code), at, -1) == step);
	CHECK(totp_step(secret, str_of(code), at - 1, -1) == step && totp_step(secret, str_of(code), at + 60 * TIME_SECOND - 1, -1) == step);
	CHECK(
	    totp_step(secret, str_of(code), at - 30 * TIME_SECOND - 1, -1) == -1 && totp_step(secret, str_of(code), at + 60 * TIME_SECOND, -1) == -1);
	CHECK(totp_step(secret, str_of(code), at, step) == -1 && totp_step(secret, str_of(code), at, step - 1) == step);
	CHECK(totp_step(secret, STR(""), at, -1) == -1 && totp_step(secret, str_sub(str_of(code), 0, 5), at, -1) == -1);
}

TEST(a_secret_opens_for_its_account_alone)
{
	uint8_t key[TOTP_KEY] = {1}, other[TOTP_KEY] = {2}, nonce[TOTP_NONCE] = {3}, secret[TOTP_SECRET] = {4}, sealed[TOTP_SEALED],
		back[TOTP_SECRET];
	crypto_init();
	totp_seal(key, nonce, 7, secret, sealed);
	struct str s = str_bytes(sealed, sizeof sealed);
	CHECK(totp_open(key, 7, s, back) && !memcmp(back, secret, sizeof back));
	CHECK(!totp_open(other, 7, s, back) && !totp_open(key, 8, s, back) && !totp_open(key, 7, str_sub(s, 0, s.n - 1), back));
	sealed[30] ^= 1;
	CHECK(!totp_open(key, 7, s, back));
	struct buf b = BUF_INIT(300);
	totp_put_uri(&b, STR("12345678901234567890"), STR("Comity IRQ"), STR("khalil"));
	CHECK_STR(
	    buf_str(&b), STR("otpauth://totp/Comity%20IRQ:khalil?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Comity%20IRQ&algorithm=SHA1&digits=6&"
			     "period=30"));
	buf_done(&b);
}

TEST(recovery_codes_are_of_one_account)
{
	uint8_t seed[RECOVERY_SEED] = {0xab, 0xcd, 0xef, 1, 2, 3, 4, 5, 6, 7};
	char code[RECOVERY_TEXT + 1];
	struct hash one, same, other;
	recovery_make(seed, code);
	CHECK_STR(str_of(code), STR("vpg6-6aic-amca-kbqh")); /* RFC 4648 of those bytes, in small letters */
	CHECK(strlen(code) == RECOVERY_TEXT && code[4] == '-' && code[9] == '-');
	CHECK(recovery_parse(str_of(code), 1, &one) && recovery_parse(str_of(code), 2, &other) && !hash_eq(&one, &other));
	code[4] = ' ';
	code[0] = (char)(code[0] >= 'a' ? code[0] - 32 : code[0]);
	CHECK(recovery_parse(str_of(code), 1, &same) && hash_eq(&one, &same));
	CHECK(!recovery_parse(str_sub(str_of(code), 0, 18), 1, &same) && !recovery_parse(STR("1111-1111-1111-1111"), 1, &same));
}

TEST(only_a_token_passes_for_a_token)
{
	uint8_t seed[TICKET_SEED] = {1, 2, 3};
	char token[TOKEN_TEXT + 1], session[SESSION_TEXT + 1], csrf[CSRF_TEXT + 1];
	struct hash h, s;
	crypto_init();
	token_make(seed, token);
	session_make(seed, session);
	CHECK(strlen(token) == TOKEN_TEXT && strlen(session) == SESSION_TEXT);
	CHECK(token_parse(str_of(token), &h) && session_parse(str_of(session), &s) && !hash_eq(&h, &s));
	CHECK(!token_parse(str_of(session), &h) && !session_parse(str_of(token), &s) && !token_parse(STR_NONE, &h));
	for (size_t i = 0; i < TOKEN_TEXT; i++) { /* each character is borne out by the checksum, or is it */
		char was = token[i];
		token[i] = was == 'A' ? 'B' : 'A';
		CHECKF(!token_parse(str_of(token), &h), "character %zu", i);
		token[i] = was;
	}
	csrf_of(str_of(session), csrf);
	CHECK(strlen(csrf) == CSRF_TEXT && csrf_is(str_of(session), str_of(csrf)));
	csrf[3] = csrf[3] == 'A' ? 'B' : 'A';
	CHECK(!csrf_is(str_of(session), str_of(csrf)) && !csrf_is(str_of(session), STR_NONE) && !csrf_is(STR_NONE, STR_NONE));
}

TEST(headers_are_taken_as_they_should_be)
{
	char space[AUTHORIZATION_MAX];
	struct str user, token, value;
	CHECK(authorization_parse(STR("bearer  abc"), space, &user, &token) && !user.n && str_is(token, "abc"));
	CHECK(authorization_parse(STR("Basic a2hhbGlsOmE6Yg=="), space, &user, &token) && str_is(user, "khalil") && str_is(token, "a:b"));
	CHECK(!authorization_parse(STR("Basic OmFi"), space, &user, &token)); /* no user */
	CHECK(!authorization_parse(STR("Basic a2hhbGls"), space, &user, &token) && !authorization_parse(STR("Bearer "), space, &user, &token));
	CHECK(!authorization_parse(STR("Bearerabc"), space, &user, &token) && !authorization_parse(STR_NONE, space, &user, &token));
	CHECK(cookie_find(STR("a=1; s=xyz;b=2"), STR("s"), &value) && str_is(value, "xyz"));
	CHECK(!cookie_find(STR("as=1"), STR("s"), &value) && !cookie_find(STR("s=1; s=2"), STR("s"), &value));
}

TEST(whoever_fails_waits_and_nobody_else)
{
	static struct guard g;
	char space[NETWORK_TEXT];
	int64_t now = 1000 * TIME_DAY;
	struct str bad = STR("192.0.2.66"), good = STR("198.51.100.1");
	for (int i = 0; i < LIMIT_LOGIN_FREE; i++) {
		CHECK(guard_wait(&g, STR("khalil"), bad, now) == 0);
		guard_failed(&g, STR("khalil"), bad, now);
	}
	CHECK(guard_wait(&g, STR("khalil"), bad, now) == TIME_SECOND);
	CHECK(guard_wait(&g, STR("khalil"), good, now) == 0 && guard_wait(&g, STR("hassan"), bad, now) == 0);
	for (int i = 0; i < 100; i++)
		guard_failed(&g, STR("khalil"), bad, now);
	CHECK(guard_wait(&g, STR("khalil"), bad, now) == LIMIT_LOGIN_DELAY * TIME_SECOND);
	CHECK(guard_wait(&g, STR("khalil"), bad, now + LIMIT_LOGIN_DELAY * TIME_SECOND) == 0);
	guard_passed(&g, STR("khalil"), bad);
	CHECK(guard_wait(&g, STR("khalil"), bad, now) == 0);
	CHECK_STR(guard_network(STR("::ffff:192.0.2.66"), space), STR("192.0.2.66"));
	CHECK_STR(guard_network(STR("[2001:db8:1:2:3:4:5:6]"), space), STR("2001:db8:1:2::"));
	CHECK_STR(guard_network(STR("fe80::1%eth0"), space), STR("fe80::"));
	CHECK_STR(guard_network(STR_NONE, space), STR_NONE);
}

TEST(a_password_is_told_by_its_hash_alone)
{
	struct errinfo e = {0};
	uint8_t salt[PASSWORD_SALT] = {9};
	char hash[PASSWORD_HASH];
	bool right;
	crypto_init();
	CHECK_ERR(password_check(STR("elevenchars"), &e), ERR_INVALID);
	CHECK(str_find(str_of(e.msg), STR("eleven")) < 0);
	CHECK_OK(password_check(STR("пароль из слов"), &e));
	CHECK_ERR(password_check(STR("with a\nline end in it"), &e), ERR_INVALID);
	CHECK_OK(password_hash(STR("four quiet brown dogs"), salt, hash, &e));
	CHECK_OK(password_verify(hash, STR("four quiet brown dogs"), &right, &e));
	CHECK(right && !password_is_weak(hash));
	CHECK_OK(password_verify(hash, STR("four quiet brown dog"), &right, &e));
	CHECK(!right);
	CHECK_OK(password_verify(password_nobodys, STR(""), &right, &e));
	CHECK(!right && !password_is_weak(password_nobodys)); /* the same work */
	CHECK(password_is_weak("$argon2id$v=19$m=19456,t=2,p=1$CQAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
}

TEST(roles_grant_what_is_written)
{
	CHECK(role_scopes(ROLE_ADMIN) == SCOPE_ADMIN);
	CHECK(role_scopes(ROLE_READER) == (SCOPE_READ | SCOPE_TAXII_READ) && !(role_scopes(ROLE_OFFICER) & (SCOPE_GOVERN | SCOPE_ADMIN)));
	CHECK(role_named(STR("officer")) == ROLE_OFFICER && !role_named(STR("root")) && scope_named(STR("taxii:read")) == SCOPE_TAXII_READ);
	CHECK(account_name_ok(STR("j2.khalil_a-1")) && !account_name_ok(STR("Khalil")) && !account_name_ok(STR("1a")) && !account_name_ok(STR("")));
}
