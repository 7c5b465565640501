/* people: who an account is when it shows a password, a session or a token. What accounts there are is asked by operations (account-*, token-*,
 * session-*, in ops.h).
 *
 * A password takes a tenth of a second and 64 MiB to try, so a login has three steps, of which the second is outside the node's turn:
 *
 *	node_login_begin     looks the account up, refuses who has to wait
 *	node_login_try       tries the password; touches nothing but l: any thread, any lock but none
 *	node_login_finish    takes the code, makes the session
 *
 * A name that is no account's, a wrong password, a wrong code and a disabled account are one reply (ERR_DENIED, one text), after the same work. */
#ifndef NODE_PEOPLE_H
#define NODE_PEOPLE_H

#include "base/arena.h"
#include "node/node.h"
#include "people/password.h"
#include "people/ticket.h"

/* Somebody who was made sure of. Never changes; shared by counting: node_person_free lets go. */
struct node_person {
	struct node_who who; /* for node_call; lives as long as this */
	int64_t expires;     /* the moment from which on it counts no more in any case */
	int64_t session;     /* its number; 0: by a token */
	struct hash key;     /* what is kept of the session or token */
	bool enrolled;       /* it has a device for one-time codes */
	struct arena a;
	_Atomic unsigned refs;
};
struct node_person *node_person_ref(struct node_person *p);
void node_person_free(struct node_person *p); /* takes NULL */

struct node_login {
	struct str name, from; /* the caller's: must last */
	struct str network;
	char network_space[64];
	char hash[PASSWORD_HASH];  /* tried; of nobody, if there is no such account */
	char again[PASSWORD_HASH]; /* made with today's parameters, if the old ones were less; else empty */
	uint8_t salt[PASSWORD_SALT];
	int64_t account; /* 0: none */
	bool right;
	unsigned after;  /* with ERR_BUSY: seconds after which it may be tried again */
	bool wants_code; /* filled by finish: the password was right, and a one-time code is needed (none or an empty one was given) */
};

/* from: the address that asks, as text; empty: this machine. ERR_BUSY: too many wrong ones; the message says how long to wait, whether there is such
 * an account or not. */
enum err node_login_begin(struct node *n, struct str name, struct str from, struct node_login *ret, struct errinfo *e) MUST_USE;
enum err node_login_try(struct node_login *l, struct str password, struct errinfo *e) MUST_USE;
/* code: of the device, or a recovery code; empty: none. old: a session id that the browser still had, which ends; may be empty. ret_session: the id
 * for the cookie. ERR_DENIED. */
enum err node_login_finish(struct node *n, struct node_login *l, struct str code, struct str old, struct node_person **ret,
    char ret_session[static SESSION_TEXT + 1], struct errinfo *e) MUST_USE;
/* All three: for who has the node to himself. */
enum err node_login(struct node *n, struct str name, struct str password, struct str code, struct str from, struct node_person **ret,
    char ret_session[static SESSION_TEXT + 1], struct errinfo *e) MUST_USE;

/* A session's id out of a cookie. ERR_DENIED: none, ended, too old, too long unused; one text for all. Remembers that it was used. */
enum err node_auth_session(struct node *n, struct str session, struct node_person **ret, struct errinfo *e) MUST_USE;
/* A token, as Bearer (user empty) or as the password of this account. ERR_DENIED, one text. Nothing else ever passes for a token. */
enum err node_auth_token(struct node *n, struct str user, struct str token, struct str from, struct node_person **ret, struct errinfo *e) MUST_USE;
/* Ends a session; one that is none is OK. */
enum err node_logout(struct node *n, struct str session, struct errinfo *e) MUST_USE;
/* Another id for the same session's account, as after a change of what it may: the old one ends. */
enum err node_session_rotate(struct node *n, struct str session, char ret_session[static SESSION_TEXT + 1], struct errinfo *e) MUST_USE;

/* ERR_DENIED: a program asks (a token), which changes nothing of accounts. */
enum err node_in_person(const struct node_who *who, struct errinfo *e) MUST_USE;

/* After node_login_begin and _try: OK if that was the caller's password. As node_password_change. */
enum err node_password_prove(struct node *n, const struct node_who *who, struct node_login *l, struct errinfo *e) MUST_USE;

/* The caller's own password, after node_login_begin and _try with the old one, and password_hash of the new one into l->again (salt: l->salt). Ends
 * all the account's sessions and gives a new one. code: of its device, where it has one. ERR_DENIED: the old one or the code was wrong, or no person
 * asks; ERR_BUSY: too often (l->after). */
enum err node_password_change(struct node *n, const struct node_who *who, struct node_login *l, struct str code, struct node_person **ret,
    char ret_session[static SESSION_TEXT + 1], struct errinfo *e) MUST_USE;

/* What the TAXII service hands to node_call: taxii:read stands for read, taxii:write for write, and nothing else is left. */
struct node_who node_who_taxii(const struct node_who *w);

/* For a password that is set, not tried. */
void node_people_salt(struct node *n, uint8_t ret[static PASSWORD_SALT]);
/* The node's clock; needs no turn. */
int64_t node_now(const struct node *n);

/* Grows with every change of accounts, sessions that were ended, tokens: what was remembered of anybody before is to be forgotten. */
uint64_t node_people_changes(const struct node *n);

#endif
