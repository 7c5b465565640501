#include "node/people.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/secret.h"
#include "node/keys.h"
#include "node/people_int.h"

enum {
	PERSON_ARENA = MIB,
	SEEN_EVERY = 60,   /* seconds: as coarse as a session's last use is kept */
	USED_EVERY = 3600, /* seconds: a token's */
	FAILURES_TOLD = 30,
};

enum err
people_open(struct node *n, struct errinfo *e)
{
	struct node_people *p = calloc(1, sizeof *p);
	if (!p)
		return err_nomem(e);
	n->env->random(n->env->ctx, RND_HASH, STR("people"), 0, p->guard.key, sizeof p->guard.key);
	n->people = p;
	return OK;
}

void
people_close(struct node *n)
{
	free(n->people);
	n->people = NULL;
}

void
people_changed(struct node *n)
{
	n->people->changes++;
}

uint64_t
node_people_changes(const struct node *n)
{
	return n->people->changes;
}

static int64_t
now_of(const struct node *n)
{
	return n->env->now(n->env->ctx);
}

int64_t
node_now(const struct node *n)
{
	return now_of(n);
}

void
node_people_salt(struct node *n, uint8_t ret[static PASSWORD_SALT])
{
	people_random(n, "salt", ret, PASSWORD_SALT);
}

void
people_random(struct node *n, const char *what, void *out, size_t bytes)
{
	n->env->random(n->env->ctx, RND_PEOPLE, str_of(what), (uint64_t)now_of(n) + n->people->draws++, out, bytes);
}

enum err
people_audit(struct node *n, struct str who, const char *what, struct str target, struct str detail, struct errinfo *e)
{
	struct local_audit a = {.at = now_of(n), .who = who, .what = str_of(what), .target = target, .detail = detail};
	return local_audit_put(n->store, &a, e);
}

struct node_person *
node_person_ref(struct node_person *p)
{
	atomic_fetch_add(&p->refs, 1);
	return p;
}

void
node_person_free(struct node_person *p)
{
	if (!p || atomic_fetch_sub(&p->refs, 1) != 1)
		return;
	struct arena a = p->a; /* p itself is in it */
	arena_done(&a);
}

/* The person that an account is now. Its roles that demand a device count only with one. */
static enum err
make_person(struct node *n, struct arena *a, const struct account_row *row, struct node_person **ret, struct errinfo *e)
{
	struct node_person *p = arena_alloc(a, sizeof *p);
	unsigned demands;
	enum err err = p ? people_demands(n, &demands, e) : err_nomem(e);
	if (err)
		return err;
	unsigned roles = row->totp.n ? row->roles : row->roles & ~demands;
	p->who = (struct node_who){.name = row->name, .position = row->position, .account = row->no, .scopes = role_scopes(roles)};
	p->enrolled = row->totp.n != 0;
	if (!(row->flags & ACCOUNT_ALL))
		err = people_clearances(n, a, row->clearance, &p->who.clearances, &p->who.nclearances, e);
	if (!err)
		*ret = p;
	return err;
}

/* Takes the arena over. */
static void
give(struct node_person *p, struct arena *a, struct node_person **ret)
{
	p->a = *a;
	atomic_init(&p->refs, 1);
	*ret = p;
}

static enum err
no_login(struct errinfo *e)
{
	return err_set(e, ERR_DENIED, "name, password or code are not right");
}

static enum err
check_wait(struct node *n, struct node_login *l, struct errinfo *e)
{
	int64_t wait = guard_wait(&n->people->guard, l->name, l->network, n->env->mono(n->env->ctx));
	if (wait <= 0)
		return OK;
	l->after = (unsigned)((wait + TIME_SECOND - 1) / TIME_SECOND);
	err_set(e, ERR_BUSY, "too many wrong passwords from here for this name");
	err_hint(e, "it can be tried again in %u seconds; the account itself is not locked", l->after);
	return ERR_BUSY;
}

enum err
node_login_begin(struct node *n, struct str name, struct str from, struct node_login *ret, struct errinfo *e)
{
	struct arena a = ARENA_INIT(PERSON_ARENA);
	struct account_row row;
	enum err err = ERR_NOTFOUND;
	*ret = (struct node_login){.name = name, .from = from};
	ret->network = guard_network(from, ret->network_space);
	if (check_wait(n, ret, e))
		return ERR_BUSY;
	if (account_name_ok(name) && (err = account_get(n->store, name, &a, &row, e)) && err != ERR_NOTFOUND)
		goto out;
	const struct str hash = !err && row.password.n && row.password.n < PASSWORD_HASH ? row.password : str_of(password_nobodys);
	memcpy(ret->hash, hash.p, hash.n);
	ret->account = !err ? row.no : 0;
	people_random(n, "salt", ret->salt, sizeof ret->salt);
	err = OK;
out:
	arena_done(&a);
	return err;
}

enum err
node_login_try(struct node_login *l, struct str password, struct errinfo *e)
{
	bool right;
	enum err err = password_verify(l->hash, str_sub(password, 0, LIMIT_PASSWORD + 1), &right, e);
	if (err)
		return err;
	l->right = right && l->account && password.n <= LIMIT_PASSWORD;
	return l->right && password_is_weak(l->hash) ? password_hash(password, l->salt, l->again, e) : OK;
}

enum err
people_take_code(struct node *n, const struct account_row *row, struct str code, bool *ret, struct errinfo *e)
{
	uint8_t key[TOTP_KEY], secret[TOTP_SECRET];
	struct hash h;
	*ret = false;
	people_totp_key(n, key);
	bool open = totp_open(key, row->no, row->totp, secret);
	secret_wipe(key, sizeof key);
	int64_t step = open ? totp_step(str_bytes(secret, sizeof secret), str_trim(code), now_of(n), row->totp_step) : -1;
	secret_wipe(secret, sizeof secret);
	if (step >= 0)
		return account_totp_take(n->store, row->no, step, ret, e);
	return recovery_parse(code, row->no, &h) ? recovery_take(n->store, row->no, &h, ret, e) : OK;
}

enum err
people_own_code(struct node *n, const struct node_who *who, const struct account_row *row, struct str code, unsigned *ret_after, struct errinfo *e)
{
	const struct str place = STR("\ndevice"); /* like nobody's address: counted apart, wherever the session is used from */
	struct guard *g = &n->people->guard;
	int64_t now = n->env->mono(n->env->ctx), wait = guard_wait(g, row->name, place, now);
	bool right = false;
	uint64_t ended;
	enum err err;
	if (!code.n)
		return err_set(e, ERR_DENIED, "a code of the device that there is now is needed");
	if (wait > 0) {
		unsigned after = (unsigned)((wait + TIME_SECOND - 1) / TIME_SECOND);
		if (ret_after)
			*ret_after = after;
		err_set(e, ERR_BUSY, "too many wrong codes");
		err_hint(e, "it can be tried again in %u seconds", after);
		return ERR_BUSY;
	}
	if ((err = people_take_code(n, row, code, &right, e)))
		return err;
	if (right) {
		guard_passed(g, row->name, place);
		return OK;
	}
	guard_failed(g, row->name, place, now);
	bool end = who->session && guard_wait(g, row->name, place, now) > 0;
	if ((err = local_begin(n->store, e)))
		return err;
	if ((end && (err = session_end_of(n->store, row->no, who->session, &ended, e))) ||
	    (err = people_audit(n, row->name, "code-failed", row->name, end ? STR("the session ends") : STR_NONE, e)) ||
	    (err = local_commit(n->store, e))) {
		local_rollback(n->store);
		return err;
	}
	if (end)
		people_changed(n);
	return err_set(e, ERR_DENIED, "this is no code of the device that there is now");
}

/* A session's row and its id. */
static enum err
new_session(struct node *n, int64_t account, struct str from, char ret[static SESSION_TEXT + 1], struct session_row *ret_row, struct errinfo *e)
{
	uint8_t seed[TICKET_SEED];
	int64_t now = now_of(n);
	struct session_row row = {.account = account, .created = now, .seen = now, .place = str_sub(from, 0, LIMIT_ACCOUNT_TEXT)};
	people_random(n, "session", seed, sizeof seed);
	session_make(seed, ret);
	secret_wipe(seed, sizeof seed);
	bool ok = session_parse(str_bytes(ret, SESSION_TEXT), &row.hash);
	assert(ok);
	enum err err = session_put(n->store, &row, e);
	if (!err)
		err = session_get(n->store, &row.hash, ret_row, e);
	return err;
}

static void
of_session(struct node_person *p, const struct session_row *s)
{
	p->session = p->who.session = s->no;
	p->key = s->hash;
	p->expires = s->created + LIMIT_SESSION_HOURS * TIME_HOUR;
}

/* At most FAILURES_TOLD lines a minute, then one that says how many more, so that nobody fills the disk with them. */
static enum err
audit_failure(struct node *n, const struct node_login *l, bool known, const char *why, struct errinfo *e)
{
	struct node_people *p = n->people;
	int64_t now = n->env->mono(n->env->ctx);
	char text[60];
	struct buf more = {.p = text, .cap = sizeof text, .max = sizeof text};
	enum err err = OK;
	if (!p->failures_told || now - p->failures_since >= TIME_MINUTE) {
		if (p->failures_more) {
			buf_printf(&more, "%llu more in that minute", (unsigned long long)p->failures_more);
			err = people_audit(n, STR("(many)"), "login-failed", STR_NONE, buf_str(&more), e);
		}
		p->failures_since = now;
		p->failures_told = p->failures_more = 0;
	}
	if (p->failures_told == FAILURES_TOLD) {
		p->failures_more++;
		return err;
	}
	p->failures_told++;
	return err ? err : people_audit(n, known ? l->name : STR("(no account)"), "login-failed", str_sub(l->from, 0, 60), str_of(why), e);
}

static enum err
failed(struct node *n, const struct node_login *l, bool known, const char *why, struct errinfo *e)
{
	guard_failed(&n->people->guard, l->name, l->network, n->env->mono(n->env->ctx));
	enum err err = audit_failure(n, l, known, why, e);
	return err ? err : no_login(e);
}

/* The account as it is now, if what was tried still holds. */
static enum err
still(struct node *n, const struct node_login *l, struct arena *a, struct account_row *ret, bool *ret_ok, struct errinfo *e)
{
	enum err err = l->account ? account_get_no(n->store, l->account, a, ret, e) : ERR_NOTFOUND;
	*ret_ok = !err && l->right && !(ret->flags & ACCOUNT_DISABLED) && str_is(ret->password, l->hash);
	return err == ERR_NOTFOUND ? OK : err;
}

static enum err
enter(struct node *n, struct node_login *l, struct arena *a, struct account_row *row, struct str old, struct node_person **ret_p, char *ret_session,
    struct errinfo *e)
{
	struct session_row s;
	struct hash before;
	int64_t now = now_of(n);
	enum err err;
	if (l->again[0]) {
		row->password = str_of(l->again);
		if ((err = account_set(n->store, row, e)))
			return err;
	}
	if (session_parse(old, &before) && (err = session_end(n->store, &before, e)))
		return err;
	if ((err = session_sweep(n->store, now - LIMIT_SESSION_HOURS * TIME_HOUR, now - LIMIT_SESSION_IDLE * TIME_SECOND, e)) ||
	    (err = new_session(n, row->no, l->from, ret_session, &s, e)) || (err = make_person(n, a, row, ret_p, e)) ||
	    (err = people_audit(n, row->name, "login", str_sub(l->from, 0, 60), STR_NONE, e)))
		return err;
	of_session(*ret_p, &s);
	return OK;
}

enum err
node_login_finish(struct node *n, struct node_login *l, struct str code, struct str old, struct node_person **ret,
    char ret_session[static SESSION_TEXT + 1], struct errinfo *e)
{
	struct arena a = ARENA_INIT(PERSON_ARENA);
	struct account_row row = {0};
	struct node_person *p;
	char session[SESSION_TEXT + 1];
	bool ok, code_ok = false;
	enum err err = check_wait(n, l, e); /* others may have failed meanwhile: many tried at one time learn no more than one after another */
	if (!err)
		err = still(n, l, &a, &row, &ok, e);
	if (err)
		goto out;
	if (!ok) {
		err = failed(n, l, l->account != 0, "password", e);
		goto out;
	}
	if (row.totp.n && !code.n) {
		l->wants_code = true;
		err = no_login(e);
		goto out;
	}
	if ((err = local_begin(n->store, e)))
		goto out;
	if (row.totp.n && !(err = people_take_code(n, &row, code, &code_ok, e)) && !code_ok) {
		local_rollback(n->store);
		err = failed(n, l, true, "code", e);
		goto out;
	}
	if (err || (err = enter(n, l, &a, &row, old, &p, session, e))) {
		local_rollback(n->store);
		goto out;
	}
	if ((err = local_commit(n->store, e)))
		goto out;
	people_changed(n);
	guard_passed(&n->people->guard, l->name, l->network);
	memcpy(ret_session, session, sizeof session);
	give(p, &a, ret);
	secret_wipe(session, sizeof session);
	return OK;
out:
	arena_done(&a);
	return err;
}

enum err
node_login(struct node *n, struct str name, struct str password, struct str code, struct str from, struct node_person **ret,
    char ret_session[static SESSION_TEXT + 1], struct errinfo *e)
{
	struct node_login l;
	enum err err = node_login_begin(n, name, from, &l, e);
	if (!err)
		err = node_login_try(&l, password, e);
	if (!err)
		err = node_login_finish(n, &l, code, STR_NONE, ret, ret_session, e);
	secret_wipe(&l, sizeof l);
	return err;
}

static enum err
no_session(struct errinfo *e)
{
	return err_set(e, ERR_DENIED, "not logged in, or not any more");
}

/* The row of a session that counts. */
static enum err
live_session(struct node *n, struct str session, struct session_row *ret, struct errinfo *e)
{
	struct hash h;
	int64_t now = now_of(n);
	enum err err = session_parse(session, &h) ? session_get(n->store, &h, ret, e) : ERR_NOTFOUND;
	if (!err && (now >= ret->created + LIMIT_SESSION_HOURS * TIME_HOUR || now >= ret->seen + LIMIT_SESSION_IDLE * TIME_SECOND)) {
		err = session_end(n->store, &h, e);
		if (!err)
			err = ERR_NOTFOUND;
	}
	return err == ERR_NOTFOUND ? no_session(e) : err;
}

enum err
node_auth_session(struct node *n, struct str session, struct node_person **ret, struct errinfo *e)
{
	struct arena a = ARENA_INIT(PERSON_ARENA);
	struct session_row s;
	struct account_row row;
	struct node_person *p;
	int64_t now = now_of(n);
	enum err err = live_session(n, session, &s, e);
	if (err)
		return err;
	err = account_get_no(n->store, s.account, &a, &row, e);
	if (err == ERR_NOTFOUND || (!err && row.flags & ACCOUNT_DISABLED))
		err = no_session(e);
	if (!err && (now < s.seen || now >= s.seen + SEEN_EVERY * TIME_SECOND))
		err = session_seen(n->store, &s.hash, now, e);
	if (!err)
		err = make_person(n, &a, &row, &p, e);
	if (err) {
		arena_done(&a);
		return err;
	}
	of_session(p, &s);
	give(p, &a, ret);
	return OK;
}

static enum err
no_token(struct errinfo *e)
{
	return err_set(e, ERR_DENIED, "this token is not known, or not any more");
}

enum err
node_auth_token(struct node *n, struct str user, struct str token, struct str from, struct node_person **ret, struct errinfo *e)
{
	struct arena a = ARENA_INIT(PERSON_ARENA);
	struct token_row t;
	struct account_row row;
	struct node_person *p;
	struct hash h;
	int64_t now = now_of(n);
	(void)from;
	enum err err = token_parse(token, &h) ? token_get(n->store, &h, &t, e) : ERR_NOTFOUND;
	if (!err && now >= t.expires)
		err = ERR_NOTFOUND;
	if (!err && !(err = account_get_no(n->store, t.account, &a, &row, e)) &&
	    ((row.flags & ACCOUNT_DISABLED) || (user.n && !str_eq(user, row.name))))
		err = ERR_NOTFOUND;
	if (err == ERR_NOTFOUND)
		err = no_token(e);
	if (!err && (now < t.used || now - USED_EVERY * TIME_SECOND >= t.used))
		err = token_used(n->store, t.no, now, e);
	if (!err)
		err = make_person(n, &a, &row, &p, e);
	if (err) {
		arena_done(&a);
		return err;
	}
	p->who.scopes &= t.scopes;
	p->who.token = true;
	p->expires = t.expires;
	p->key = h;
	give(p, &a, ret);
	return OK;
}

enum err
node_logout(struct node *n, struct str session, struct errinfo *e)
{
	struct hash h;
	if (!session_parse(session, &h))
		return OK;
	enum err err = session_end(n->store, &h, e);
	people_changed(n);
	return err;
}

enum err
node_session_rotate(struct node *n, struct str session, char ret_session[static SESSION_TEXT + 1], struct errinfo *e)
{
	struct session_row old, new;
	char text[SESSION_TEXT + 1];
	enum err err = live_session(n, session, &old, e);
	if (err || (err = local_begin(n->store, e)))
		return err;
	if ((err = session_end(n->store, &old.hash, e)) || (err = new_session(n, old.account, STR_NONE, text, &new, e))) {
		local_rollback(n->store);
		return err;
	}
	if (!(err = local_commit(n->store, e)))
		memcpy(ret_session, text, sizeof text);
	people_changed(n);
	return err;
}

static enum err
change_password(
    struct node *n, struct node_login *l, struct arena *a, struct account_row *row, struct node_person **ret_p, char *ret_session, struct errinfo *e)
{
	struct session_row s;
	uint64_t ended;
	enum err err;
	row->password = str_of(l->again);
	if ((err = account_set(n->store, row, e)) || (err = session_end_of(n->store, row->no, 0, &ended, e)) ||
	    (err = new_session(n, row->no, l->from, ret_session, &s, e)) || (err = make_person(n, a, row, ret_p, e)) ||
	    (err = people_audit(n, row->name, "password", row->name, STR_NONE, e)))
		return err;
	of_session(*ret_p, &s);
	return OK;
}

enum err
node_in_person(const struct node_who *who, struct errinfo *e)
{
	return who->account && who->token ? err_set(e, ERR_DENIED, "a token changes no accounts, tokens or sessions: log in") : OK;
}

enum err
node_password_prove(struct node *n, const struct node_who *who, struct node_login *l, struct errinfo *e)
{
	struct arena a = ARENA_INIT(PERSON_ARENA);
	struct account_row row = {0};
	bool ok;
	enum err err = node_in_person(who, e);
	if (!err)
		err = check_wait(n, l, e);
	if (!err)
		err = still(n, l, &a, &row, &ok, e);
	if (!err && (!ok || l->account != who->account))
		err = failed(n, l, l->account != 0, "password", e);
	arena_done(&a);
	return err;
}

enum err
node_password_change(struct node *n, const struct node_who *who, struct node_login *l, struct str code, struct node_person **ret,
    char ret_session[static SESSION_TEXT + 1], struct errinfo *e)
{
	struct arena a = ARENA_INIT(PERSON_ARENA);
	struct account_row row = {0};
	struct node_person *p;
	char session[SESSION_TEXT + 1];
	bool ok;
	enum err err = node_in_person(who, e);
	if (!err)
		err = check_wait(n, l, e);
	if (!err)
		err = still(n, l, &a, &row, &ok, e);
	if (!err && (!ok || !l->again[0] || l->account != who->account))
		err = failed(n, l, l->account != 0, "password", e);
	if (!err && row.totp.n)
		err = people_own_code(n, who, &row, code, &l->after, e);
	if (err || (err = local_begin(n->store, e))) {
		arena_done(&a);
		return err;
	}
	if ((err = change_password(n, l, &a, &row, &p, session, e)) || (err = local_commit(n->store, e))) {
		local_rollback(n->store);
		arena_done(&a);
		return err;
	}
	people_changed(n);
	memcpy(ret_session, session, sizeof session);
	secret_wipe(session, sizeof session);
	give(p, &a, ret);
	return OK;
}

struct node_who
node_who_taxii(const struct node_who *w)
{
	struct node_who r = *w;
	r.scopes = (w->scopes & SCOPE_TAXII_READ ? SCOPE_READ : 0) | (w->scopes & SCOPE_TAXII_WRITE ? SCOPE_WRITE : 0);
	return r;
}
