/* ticket: what a person or program shows instead of a password. A session's id is 256 random bits for a browser's cookie; an API token is
 *
 *	cmty_<43 characters: 32 random bytes, base64url><6 characters: the first 32 bits of SHA-256 of all before them, base64url>
 *
 * so that a scanner of code and logs knows one from other text without asking anybody. Only the SHA-256 of either is kept. They are different in form
 * and in what is hashed: neither passes for the other, and no number or name that is shown anywhere passes for one of them. Pure: randomness is the
 * caller's. */
#ifndef PEOPLE_TICKET_H
#define PEOPLE_TICKET_H

#include "crypto/hash.h"

#define TOKEN_PREFIX "cmty_"
enum { TICKET_SEED = 32, TOKEN_TEXT = 5 + 43 + 6, SESSION_TEXT = 43, CSRF_TEXT = 43 };

/* Each text with a NUL after it. */
void token_make(const uint8_t seed[static TICKET_SEED], char ret[static TOKEN_TEXT + 1]);
void session_make(const uint8_t seed[static TICKET_SEED], char ret[static SESSION_TEXT + 1]);

/* What is kept of it. False: it is no token (session id), checksum included. */
bool token_parse(struct str text, struct hash *ret);
bool session_parse(struct str text, struct hash *ret);

/* What a form of this session must carry beside the cookie: a keyed hash of nothing but the session's id, which nobody can have without it. */
void csrf_of(struct str session, char ret[static CSRF_TEXT + 1]);
/* In constant time. */
bool csrf_is(struct str session, struct str csrf);

/* The value of an Authorization header. "Bearer <token>": the token, user empty; "Basic <base64 of user:token>": both, in space, which they view.
 * False: neither. The scheme's case does not matter (RFC 9110). */
enum { AUTHORIZATION_MAX = 512 };
bool authorization_parse(struct str header, char space[static AUTHORIZATION_MAX], struct str *ret_user, struct str *ret_token);
/* The value of this cookie in a Cookie header (RFC 6265); false if it is not there, or there twice. */
bool cookie_find(struct str header, struct str name, struct str *ret);

#endif
