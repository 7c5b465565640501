/* What people show instead of a password: sessions, tokens; and the devices for their one-time codes. Each looks after his own; an administrator, and
 * the home's own user, may see and end anybody's. */
#include <string.h>

#include "crypto/secret.h"
#include "node/account.h"
#include "node/ops.h"
#include "node/people_int.h"
#include "node/put.h"

struct listing {
	struct op_call *call;
	int64_t now;
};

/* The name of an account by its number, in the call's arena. */
static enum err
name_of(struct op_call *call, int64_t no, struct str *ret, struct errinfo *e)
{
	struct arena a = ARENA_INIT(MIB);
	struct account_row row;
	struct errinfo why = {0};
	enum err err = account_get_no(call->n->store, no, &a, &row, &why);
	if (!err && !arena_dup(call->a, row.name, ret))
		err = arena_spent(call->a, "a list of tokens", &why);
	if (err && e)
		*e = why;
	arena_done(&a);
	return err;
}

/* Whose are listed: one account's, or (*ret 0) all. */
static enum err
listed(struct op_call *call, int64_t *ret, struct errinfo *e)
{
	const struct node_who *w = &call->c->who;
	struct account_row row;
	if (!op_has(call, "account") && (!w->account || w->scopes & SCOPE_ADMIN)) {
		*ret = 0;
		return OK;
	}
	enum err err = account_whose(call, "account", false, &row, e);
	if (!err)
		*ret = row.no;
	return err;
}

static void
put_scopes(struct json_writer *w, unsigned scopes)
{
	struct buf b = BUF_INIT(200);
	struct str rest, one;
	scope_put(&b, scopes);
	json_put_key(w, STR("scopes"));
	json_open_array(w);
	for (rest = buf_str(&b); rest.n;) {
		str_cut(rest, ' ', &one, &rest);
		json_put_string(w, one);
	}
	json_close(w);
	buf_done(&b);
}

static enum err
put_token(void *ctx, const struct token_row *t, struct errinfo *e)
{
	struct listing *l = ctx;
	struct json_writer *w = l->call->out;
	struct str name;
	enum err err = name_of(l->call, t->account, &name, e);
	if (err)
		return err;
	json_open_object(w);
	json_put_member_int(w, STR("no"), t->no);
	json_put_member(w, STR("account"), name);
	json_put_member(w, STR("name"), t->name);
	put_scopes(w, t->scopes);
	put_time(w, "created", t->created);
	put_time(w, "expires", t->expires);
	put_time(w, "used", t->used);
	json_put_member_bool(w, STR("expired"), l->now >= t->expires);
	json_close(w);
	return OK;
}

/* token-list: account (absent: one's own; for an administrator everybody's). Never the tokens themselves, which nobody knows any more. Reply:
 * {"items":[{"no","account","name","scopes":[],"created","expires","used" (to the hour),"expired"}]} */
enum err
op_token_list(struct op_call *call, struct errinfo *e)
{
	struct listing l = {call, op_now(call)};
	int64_t whose;
	enum err err = listed(call, &whose, e);
	if (err)
		return err;
	json_put_key(call->out, STR("items"));
	json_open_array(call->out);
	if (!(err = token_each(call->n->store, whose, put_token, &l, e)))
		json_close(call->out);
	return err;
}

static enum err
read_scopes(struct op_call *call, unsigned *ret, struct errinfo *e)
{
	const struct json *list = json_get_type(call->args, STR("scopes"), JSON_ARRAY);
	unsigned scopes = 0;
	for (uint32_t i = 0; i < json_count(list); i++) {
		struct str rest = json_str(json_at(list, i)), one;
		while (rest.n) {
			str_cut(rest, ',', &one, &rest);
			unsigned scope = scope_named(str_trim(one));
			if (!scope) {
				err_set(e, ERR_USAGE, "\"%.*s\" is no scope", STR_FMT(str_sub(one, 0, 40)));
				err_hint(e, "read, write, release, govern, admin, taxii:read, taxii:write");
				return ERR_USAGE;
			}
			scopes |= scope;
		}
	}
	if (!scopes)
		return err_set(e, ERR_USAGE, "scopes: what the token is for: read, write, release, govern, admin, taxii:read, taxii:write");
	*ret = scopes;
	return OK;
}

/* A token that is made is shown: the reply has its room before. */
static enum err
reply_room(struct op_call *call, struct errinfo *e)
{
	struct buf *b = call->out->b;
	struct str all;
	size_t n = b->n;
	if (buf_grow(b, KIB))
		buf_cut(b, n);
	return buf_take(b, &all, e);
}

static enum err
store_token(struct op_call *call, const struct account_row *row, struct token_row *t, struct errinfo *e)
{
	struct store *s = call->n->store;
	uint64_t n;
	enum err err = token_count(s, row->no, &n, e);
	if (!err && n >= LIMIT_TOKENS)
		err = err_set(e, ERR_LIMIT, "%.*s has %d tokens, the most there may be: revoke one", STR_FMT(row->name), LIMIT_TOKENS);
	if (err || (err = reply_room(call, e)) || (err = local_begin(s, e)))
		return err;
	if ((err = token_put(s, t, &t->no, e)) || (err = op_audit(call, "token-add", row->name, t->name, e)) || (err = local_commit(s, e)))
		local_rollback(s);
	people_changed(call->n);
	return err;
}

/* token-add: for a program that asks in one's name. account (absent: one's own; another's only by the home's own user); name: what it is for; scopes:
 * what it may, of what the account may at the moment it is used; days (absent: 90). Reply: {"token": shown this once,"no","expires"} */
enum err
op_token_add(struct op_call *call, struct errinfo *e)
{
	struct account_row row;
	struct token_row t = {.created = op_now(call), .used = TIME_MIN};
	uint8_t seed[TICKET_SEED];
	char text[TOKEN_TEXT + 1];
	int64_t days = op_int(call, "days", LIMIT_TOKEN_DAYS < 90 ? LIMIT_TOKEN_DAYS : 90);
	enum err err = account_whose(call, "account", true, &row, e);
	if (err || (err = read_scopes(call, &t.scopes, e)))
		return err;
	if (call->c->who.account && call->c->who.account != row.no)
		return err_set(e, ERR_DENIED, "a token is made by whose it is");
	if (days < 1 || days > LIMIT_TOKEN_DAYS)
		return err_set(e, ERR_USAGE, "days: 1 to %d", LIMIT_TOKEN_DAYS);
	if (t.scopes & ~role_scopes(row.roles))
		return err_set(e, ERR_DENIED, "%.*s may less than that: a token cannot be given more than its account", STR_FMT(row.name));
	if (!op_str(call, "name", &t.name) || t.name.n > LIMIT_ACCOUNT_TEXT)
		return err_set(e, ERR_USAGE, "name: what the token is for, at most %d bytes", LIMIT_ACCOUNT_TEXT);
	t.account = row.no;
	t.expires = t.created + days * TIME_DAY;
	people_random(call->n, "token", seed, sizeof seed);
	token_make(seed, text);
	secret_wipe(seed, sizeof seed);
	if (token_parse(str_bytes(text, TOKEN_TEXT), &t.hash) && !(err = store_token(call, &row, &t, e))) {
		json_put_member(call->out, STR("token"), str_bytes(text, TOKEN_TEXT));
		json_put_member_int(call->out, STR("no"), t.no);
		put_time(call->out, "expires", t.expires);
	}
	secret_wipe(text, sizeof text);
	return err;
}

/* token-revoke: no. Reply: {"revoked"} */
enum err
op_token_revoke(struct op_call *call, struct errinfo *e)
{
	const struct node_who *w = &call->c->who;
	struct store *s = call->n->store;
	int64_t no = op_int(call, "no", 0);
	char text[24];
	enum err err = node_in_person(w, e);
	if (err || (err = local_begin(s, e)))
		return err;
	struct buf b = {.p = text, .cap = sizeof text, .max = sizeof text};
	buf_u64(&b, (uint64_t)no);
	if ((err = token_remove(s, w->account && !(w->scopes & SCOPE_ADMIN) ? w->account : 0, no, e)) ||
	    (err = op_audit(call, "token-revoke", buf_str(&b), STR_NONE, e)) || (err = local_commit(s, e)))
		local_rollback(s);
	people_changed(call->n);
	if (!err)
		json_put_member_int(call->out, STR("revoked"), no);
	return err;
}

static enum err
put_session(void *ctx, const struct session_row *r, struct errinfo *e)
{
	struct listing *l = ctx;
	struct json_writer *w = l->call->out;
	struct str name;
	int64_t age = r->created + LIMIT_SESSION_HOURS * TIME_HOUR, idle = r->seen + LIMIT_SESSION_IDLE * TIME_SECOND;
	if (l->now >= age || l->now >= idle)
		return OK;
	enum err err = name_of(l->call, r->account, &name, e);
	if (err)
		return err;
	json_open_object(w);
	json_put_member(w, STR("account"), name);
	json_put_member_int(w, STR("no"), r->no);
	json_put_member(w, STR("from"), r->place);
	put_time(w, "created", r->created);
	put_time(w, "seen", r->seen);
	put_time(w, "ends", age < idle ? age : idle);
	json_close(w);
	return OK;
}

/* session-list: who is logged in. account (absent: one's own; for an administrator everybody's). Reply:
 * {"items":[{"account","no","from","created","seen","ends"}]} */
enum err
op_session_list(struct op_call *call, struct errinfo *e)
{
	struct listing l = {call, op_now(call)};
	int64_t whose;
	enum err err = listed(call, &whose, e);
	if (err)
		return err;
	json_put_key(call->out, STR("items"));
	json_open_array(call->out);
	if (!(err = session_each(call->n->store, whose, put_session, &l, e)))
		json_close(call->out);
	return err;
}

/* session-revoke: account (absent: one's own); no, absent: all of them. Reply: {"revoked": how many} */
enum err
op_session_revoke(struct op_call *call, struct errinfo *e)
{
	struct store *s = call->n->store;
	struct account_row row;
	uint64_t ended = 0;
	int64_t no = op_int(call, "no", 0);
	enum err err = account_whose(call, "account", true, &row, e);
	if (err || (err = local_begin(s, e)))
		return err;
	if ((err = session_end_of(s, row.no, no, &ended, e)) || (err = op_audit(call, "session-revoke", row.name, STR_NONE, e)) ||
	    (err = local_commit(s, e)))
		local_rollback(s);
	people_changed(call->n);
	if (!err && no && !ended)
		err = err_set(e, ERR_NOTFOUND, "%.*s has no session %lld", STR_FMT(row.name), (long long)no);
	if (!err)
		json_put_member_int(call->out, STR("revoked"), (int64_t)ended);
	return err;
}

/* A device */

static int
base32_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

static bool
read_secret(struct str s, uint8_t ret[static TOTP_SECRET])
{
	uint32_t bits = 0;
	int have = 0;
	size_t n = 0;
	if (s.n != TOTP_SECRET * 8 / 5)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		int v = base32_value(s.p[i]);
		if (v < 0)
			return false;
		bits = bits << 5 | (uint32_t)v;
		if ((have += 5) >= 8)
			ret[n++] = (uint8_t)(bits >> (have -= 8));
	}
	return n == TOTP_SECRET;
}

static void
put_secret(struct op_call *call, const struct account_row *row, const uint8_t secret[static TOTP_SECRET])
{
	char space[600], issuer_space[200];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	struct buf issuer = {.p = issuer_space, .cap = sizeof issuer_space, .max = sizeof issuer_space};
	totp_put_base32(&b, str_bytes(secret, TOTP_SECRET));
	json_put_member(call->out, STR("secret"), buf_str(&b));
	buf_clear(&b);
	buf_puts(&issuer, "Comity ");
	buf_put(&issuer, call->n->name);
	totp_put_uri(&b, str_bytes(secret, TOTP_SECRET), buf_str(&issuer), row->name);
	json_put_member(call->out, STR("uri"), buf_str(&b));
	secret_wipe(space, sizeof space);
}

/* The codes are shown this once. */
static enum err
make_codes(struct op_call *call, int64_t account, char (*code)[RECOVERY_TEXT + 1], struct errinfo *e)
{
	enum err err = recovery_clear(call->n->store, account, e);
	for (int i = 0; i < LIMIT_RECOVERY && !err; i++) {
		uint8_t seed[RECOVERY_SEED];
		struct hash h;
		people_random(call->n, "recovery", seed, sizeof seed);
		recovery_make(seed, code[i]);
		secret_wipe(seed, sizeof seed);
		if (recovery_parse(str_of(code[i]), account, &h))
			err = recovery_put(call->n->store, account, &h, e);
	}
	return err;
}

static enum err
enrol(struct op_call *call, struct account_row *row, const uint8_t secret[static TOTP_SECRET], struct str code, struct errinfo *e)
{
	struct store *s = call->n->store;
	uint8_t key[TOTP_KEY], nonce[TOTP_NONCE], sealed[TOTP_SEALED];
	char codes[LIMIT_RECOVERY][RECOVERY_TEXT + 1];
	uint64_t ended;
	bool taken = false;
	int64_t step = totp_step(str_bytes(secret, TOTP_SECRET), str_trim(code), op_now(call), -1);
	if (step < 0) {
		err_set(e, ERR_DENIED, "this is not the code that the device shows now");
		err_hint(e, "the clocks of the device and of this machine must agree within half a minute");
		return ERR_DENIED;
	}
	people_totp_key(call->n, key);
	people_random(call->n, "totp nonce", nonce, sizeof nonce);
	totp_seal(key, nonce, row->no, secret, sealed);
	secret_wipe(key, sizeof key);
	row->totp = str_bytes(sealed, sizeof sealed);
	enum err err = local_begin(s, e);
	if (err)
		return err;
	if ((err = account_set(s, row, e)) || (err = account_totp_take(s, row->no, step, &taken, e)) || (err = make_codes(call, row->no, codes, e)) ||
	    (err = session_end_of(s, row->no, 0, &ended, e)) || (err = op_audit(call, "account-totp", row->name, STR("on"), e)) ||
	    (err = local_commit(s, e))) {
		local_rollback(s);
		return err;
	}
	json_put_key(call->out, STR("recovery"));
	json_open_array(call->out);
	for (int i = 0; i < LIMIT_RECOVERY; i++)
		json_put_string(call->out, str_of(codes[i]));
	json_close(call->out);
	secret_wipe(codes, sizeof codes);
	return OK;
}

/* account-totp: a device for one-time codes. name (absent: one's own). Without more: a new secret, not yet kept. Reply: {"secret","uri"}. secret,
 * code: kept, if the device shows that code. Reply: {"recovery":[ten codes, each good once]}. off: no device any more (of another, or of one's own
 * with a code of it). Reply: {}. Ends the account's sessions. Whoever changes his own gives his password with it (who.proved). */
enum err
op_account_totp(struct op_call *call, struct errinfo *e)
{
	struct account_row row;
	uint8_t secret[TOTP_SECRET];
	struct str text, code = STR_NONE;
	bool own;
	enum err err = account_whose(call, "name", true, &row, e);
	if (err)
		return err;
	own = call->c->who.account == row.no;
	if (!own && (err = account_within(call, &row, e)))
		return err;
	op_str(call, "code", &code);
	if (own && !call->c->who.proved && (row.totp.n || op_bool(call, "off") || op_has(call, "secret")))
		return err_set(e, ERR_DENIED, "your password is needed with this");
	if (own && !row.totp.n && op_bool(call, "off"))
		return err_set(e, ERR_CONFLICT, "there is no device");
	if (op_bool(call, "off") || (own && row.totp.n)) {
		if (own && (err = people_own_code(call->n, &call->c->who, &row, code, NULL, e)))
			return err;
		row.totp = STR_NONE;
		if ((err = recovery_clear(call->n->store, row.no, e)))
			return err;
		return account_write(call, &row, "account-totp", STR("off"), true, e);
	}
	if (op_str(call, "secret", &text)) {
		if (!read_secret(text, secret))
			return err_set(e, ERR_USAGE, "secret: the one that was given");
		err = enrol(call, &row, secret, code, e);
		people_changed(call->n);
	} else {
		people_random(call->n, "totp", secret, sizeof secret);
		put_secret(call, &row, secret);
	}
	secret_wipe(secret, sizeof secret);
	return err;
}
