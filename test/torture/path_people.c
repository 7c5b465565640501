/* Paths of accounts: made, given a password, logged in to, logged out of; tokens made, shown and revoked. */
#include <string.h>

#include "crypto/init.h"
#include "node/people.h"
#include "people/password.h"
#include "torture/torture.h"

#define OPEN (1u << IRQ)
#define NONE -1
#define PASSWORD "four quiet brown dogs"

/* The test's own, which no fault touches. */
static char session[SESSION_TEXT + 1], token[200], hash[PASSWORD_HASH];

static enum err
add_account(struct torture *t, struct errinfo *e)
{
	return torture_do(t, IRQ, e, "account-add", "{\"name\":\"khalil\",\"roles\":[\"officer\"],\"clearance\":\"all\",\"position\":\"J2-3\"}");
}

static bool
check_account(struct torture *t)
{
	return torture_do(t, IRQ, NULL, "account-show", "{\"name\":\"khalil\"}") == OK && torture_says(t, "\"officer\"") && torture_says(t, "J2-3");
}

static enum err
set_account(struct torture *t, struct errinfo *e)
{
	return torture_do(t, IRQ, e, "account-set", "{\"name\":\"khalil\",\"roles\":[\"analyst\"],\"position\":\"J3-1\"}");
}

static bool
check_set(struct torture *t)
{
	return torture_do(t, IRQ, NULL, "account-show", "{\"name\":\"khalil\"}") == OK && torture_says(t, "\"analyst\"") && torture_says(t, "J3-1") &&
	       !torture_says(t, "\"officer\"");
}

static enum err
give_password(struct torture *t, struct errinfo *e)
{
	return torture_do(t, IRQ, e, "account-password", "{\"name\":\"khalil\",\"hash\":\"%s\"}", hash);
}

static enum err
with_hash(struct torture *t, struct errinfo *e)
{
	const uint8_t salt[PASSWORD_SALT] = {7};
	enum err err = add_account(t, e);
	crypto_init();
	return err ? err : password_hash(STR(PASSWORD), salt, hash, e);
}

static enum err
with_password(struct torture *t, struct errinfo *e)
{
	enum err err = with_hash(t, e);
	return err ? err : give_password(t, e);
}

/* What a home's own code does, under the faults: who was made sure of is let go there too. */

static enum err
do_log_in(struct torture *t, struct errinfo *e)
{
	struct node_person *p;
	enum err err = node_login(t->c.node[IRQ], STR("khalil"), STR(PASSWORD), STR_NONE, STR("192.0.2.1"), &p, session, e);
	if (!err)
		node_person_free(p);
	return err;
}

static enum err
do_show_session(struct torture *t, struct errinfo *e)
{
	struct node_person *p;
	enum err err = node_auth_session(t->c.node[IRQ], str_of(session), &p, e);
	if (!err)
		node_person_free(p);
	return err;
}

static enum err
do_log_out(struct torture *t, struct errinfo *e)
{
	return node_logout(t->c.node[IRQ], str_of(session), e);
}

static enum err
do_show_token(struct torture *t, struct errinfo *e)
{
	struct node_person *p;
	enum err err = node_auth_token(t->c.node[IRQ], STR("khalil"), str_of(token), STR("192.0.2.1"), &p, e);
	if (!err)
		node_person_free(p);
	return err;
}

/* At another moment each time, as lots are drawn by it: no session is drawn twice. */
static enum err
log_in(struct torture *t, struct errinfo *e)
{
	simworld_advance(t->w, TIME_SECOND);
	return torture_as(t, IRQ, do_log_in, e);
}

static enum err
logged_in(struct torture *t, struct errinfo *e)
{
	enum err err = with_password(t, e);
	return err ? err : log_in(t, e);
}

static enum err
show_session(struct torture *t, struct errinfo *e)
{
	return torture_as(t, IRQ, do_show_session, e);
}

static bool
check_password(struct torture *t)
{
	return log_in(t, NULL) == OK;
}

static bool
check_session(struct torture *t)
{
	return show_session(t, NULL) == OK;
}

static enum err
log_out(struct torture *t, struct errinfo *e)
{
	return torture_as(t, IRQ, do_log_out, e);
}

static bool
check_out(struct torture *t)
{
	return show_session(t, NULL) == ERR_DENIED;
}

static enum err
add_token(struct torture *t, struct errinfo *e)
{
	enum err err = torture_do(t, IRQ, e, "token-add", "{\"account\":\"khalil\",\"name\":\"export\",\"scopes\":[\"read\"],\"days\":10}");
	if (!err && !torture_text(t, "token", token, sizeof token))
		err = err_set(e, ERR_INVALID, "the reply tells no token");
	return err;
}

static enum err
with_token(struct torture *t, struct errinfo *e)
{
	enum err err = add_account(t, e);
	return err ? err : add_token(t, e);
}

static enum err
show_token(struct torture *t, struct errinfo *e)
{
	return torture_as(t, IRQ, do_show_token, e);
}

static bool
check_token(struct torture *t)
{
	return show_token(t, NULL) == OK;
}

static enum err
revoke_token(struct torture *t, struct errinfo *e)
{
	return torture_do(t, IRQ, e, "token-revoke", "{\"no\":1}");
}

static bool
check_revoked(struct torture *t)
{
	return show_token(t, NULL) == ERR_DENIED;
}

const struct path paths_people[] = {
    {"account-add", IRQ, OPEN, NONE, PATH_CHANGED, NULL, add_account, check_account},
    {"account-set", IRQ, OPEN, NONE, 0, add_account, set_account, check_set},
    {"account-password", IRQ, OPEN, NONE, PATH_HEAVY, with_hash, give_password, check_password},
    {"login", IRQ, OPEN, NONE, PATH_HEAVY, with_password, log_in, check_session},
    {"session", IRQ, OPEN, NONE, 0, logged_in, show_session, check_session},
    {"logout", IRQ, OPEN, NONE, 0, logged_in, log_out, check_out},
    {"token-add", IRQ, OPEN, NONE, 0, add_account, add_token, check_token},
    {"token", IRQ, OPEN, NONE, 0, with_token, show_token, check_token},
    {"token-revoke", IRQ, OPEN, NONE, PATH_CHANGED, with_token, revoke_token, check_revoked},
    {.name = NULL},
};
