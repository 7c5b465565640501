/* write: JSON into a buffer, piece by piece, so that what comes out is JSON.
 *
 *	struct json_writer w;
 *	json_write_init(&w, &buf, 0);
 *	json_open_object(&w);
 *	json_put_key(&w, STR("type"));
 *	json_put_string(&w, STR("report"));
 *	json_close(&w);
 *	json_write_done(&w);
 *
 * A call out of place (a value where a key belongs, a close too many, two values at the top, a member not finished) is our mistake
 * and asserts. That a key is not put twice is up to the caller. Whether the buffer held it all is for buf_take to tell. */
#ifndef JSON_WRITE_H
#define JSON_WRITE_H

#include "base/buf.h"
#include "base/limits.h"

struct json;

enum { JSON_WRITE_DEPTH = 2 * LIMIT_JSON_DEPTH }; /* a parsed tree fits into a tree around it */

struct json_writer {
	struct buf *b;
	unsigned indent;                      /* blanks per level; 0 = compact */
	unsigned depth;                       /* open arrays and objects */
	bool first, key, done;                /* nothing in the innermost yet; a key waits for its value; the top value is complete */
	uint8_t object[JSON_WRITE_DEPTH / 8]; /* by level: object or array */
};

void json_write_init(struct json_writer *w, struct buf *b, unsigned indent); /* appends to b */
void json_write_done(struct json_writer *w);                                 /* asserts that one whole value was written; frees nothing */

void json_open_object(struct json_writer *w);
void json_open_array(struct json_writer *w);
void json_close(struct json_writer *w); /* the innermost of either */
void json_put_key(struct json_writer *w, struct str key);

/* Bytes that are no UTF-8 become U+FFFD, one each. */
void json_put_string(struct json_writer *w, struct str s);
void json_put_int(struct json_writer *w, int64_t v);
void json_put_uint(struct json_writer *w, uint64_t v);
void json_put_double(struct json_writer *w, double v); /* shortest text that reads back the same; asserts that v is finite */
void json_put_bool(struct json_writer *w, bool v);
void json_put_null(struct json_writer *w);
/* One value that the caller knows to be JSON, put as it is (also with indent). */
void json_put_raw(struct json_writer *w, struct str json);
/* A tree, its numbers as they were written. */
void json_put_node(struct json_writer *w, const struct json *j);

/* The same with a key before it, for the most frequent. */
void json_put_member(struct json_writer *w, struct str key, struct str string);
void json_put_member_int(struct json_writer *w, struct str key, int64_t v);
void json_put_member_bool(struct json_writer *w, struct str key, bool v);

/* A string with its quotes, escaped as RFC 8785 does (\b \t \n \f \r \" \\, other controls \u00xx, all else as it is), bad UTF-8 as above. */
void json_escape_put(struct buf *b, struct str s);

#endif
