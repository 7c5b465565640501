/* err: how a failure is told.
 *
 * What can fail returns enum err, which must be used. The first function that sees a failure fills the caller's struct errinfo (its last argument,
 * may be NULL) with what a person needs: what happened, where, what to do. Functions above pass both on, or add the place with err_at. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdint.h>

#include "base/str.h"

/* code, process exit status, what it means to a person */
#define ERR_LIST(X)                                                            \
	X(ERR_NOMEM, 71, "out of memory")                                      \
	X(ERR_LIMIT, 65, "over a stated limit")                                \
	X(ERR_SYNTAX, 65, "not well-formed")                                   \
	X(ERR_INVALID, 65, "well-formed, but against the rules of its format") \
	X(ERR_NOTFOUND, 66, "not here")                                        \
	X(ERR_DENIED, 77, "not allowed")                                       \
	X(ERR_CONFLICT, 73, "something else stands there already")             \
	X(ERR_VERIFY, 76, "a signature, hash or proof does not hold")          \
	X(ERR_FORK, 76, "an author has signed two histories")                  \
	X(ERR_IO, 74, "reading or writing failed")                             \
	X(ERR_FULL, 74, "no space is left")                                    \
	X(ERR_BUSY, 75, "in use by another process")                           \
	X(ERR_CLOCK, 75, "the clock cannot be trusted")                        \
	X(ERR_CORRUPT, 70, "a stored file is damaged")                         \
	X(ERR_VERSION, 78, "made by a newer version")                          \
	X(ERR_USAGE, 64, "not how it is called")                               \
	X(ERR_STOPPED, 75, "stopped on request; what was done so far stays")

enum err {
	OK = 0,
#define X(code, status, text) code,
	ERR_LIST(X)
#undef X
};

#define MUST_USE __attribute__((warn_unused_result))

struct errinfo {
	enum err code;
	uint64_t line, col; /* place in the input, from 1; 0 = none */
	uint64_t offset;    /* bytes from its start; counts only if line is given */
	char msg[400];      /* what happened; NUL-terminated UTF-8, may quote input bytes as they are: whoever prints it makes it safe */
	char hint[200];     /* what to do about it; may be empty */
};

const char *err_name(enum err); /* "ERR_NOMEM" */
const char *err_text(enum err); /* the third column */
int err_status(enum err);       /* the second; 0 for OK */

/* Fill e (if given) and give code back: return err_set(e, ERR_SYNTAX, "…"). Clears place and hint. */
enum err err_set(struct errinfo *e, enum err code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Out of memory, said in one way. */
enum err err_nomem(struct errinfo *e);
/* Add the place of the fault in its input. */
void err_place(struct errinfo *e, uint64_t line, uint64_t col, uint64_t offset);
/* Add what to do about it. */
void err_hint(struct errinfo *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Put "context: " before the message. */
void err_at(struct errinfo *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
