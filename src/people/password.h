/* password: what people remember, kept as Argon2id (RFC 9106) with the parameters of base/limits.h, in the usual text form ($argon2id$v=19$…), which
 * carries its parameters with it. Both functions take LIMIT_PASSWORD_MEMORY and about a tenth of a second: never under a lock. No randomness of its
 * own. */
#ifndef PEOPLE_PASSWORD_H
#define PEOPLE_PASSWORD_H

#include "base/buf.h"

enum { PASSWORD_SALT = 16, PASSWORD_HASH = 128 /* bytes of the text, its NUL included */ };

/* Whether it may be one: LIMIT_PASSWORD_MIN characters of UTF-8 without control characters, LIMIT_PASSWORD bytes. ERR_INVALID never quotes it. */
enum err password_check(struct str password, struct errinfo *e) MUST_USE;

enum err password_hash(struct str password, const uint8_t salt[static PASSWORD_SALT], char ret[static PASSWORD_HASH], struct errinfo *e) MUST_USE;
/* hash NUL-terminated. *ret whether this is the password; ERR_NOMEM: nobody knows. */
enum err password_verify(const char *hash, struct str password, bool *ret, struct errinfo *e) MUST_USE;
/* Whether the hash was made with less than today's parameters. */
bool password_is_weak(const char *hash);
/* A hash that nothing has the password to: trying one costs the same as with a real one. */
extern const char password_nobodys[];

#endif
