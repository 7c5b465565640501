/* stream: bytes that come, or go, a piece at a time.
 *
 * Two one-function interfaces, so that a reader of a file, a pouch, a connection or a buffer is the same to those who use it. Both are passed
 * by value and own nothing: who made ctx frees it. After an error a stream is not used again. */
#ifndef BASE_STREAM_H
#define BASE_STREAM_H

#include "base/buf.h"

struct source {
	void *ctx;
	/* Puts at most cap bytes (cap > 0) at p and says how many: fewer than cap is no sign of the end, 0 is the end and stays so. */
	enum err (*read)(void *ctx, void *p, size_t cap, size_t *ret_n, struct errinfo *e);
};

struct sink {
	void *ctx;
	/* Takes all of bytes or fails. Knows no end: whoever made it knows what closing means. */
	enum err (*write)(void *ctx, struct str bytes, struct errinfo *e);
};

/* Reads what *rest views, taking it off the front of *rest; both stay with the caller until the last read. */
struct source source_of_str(struct str *rest);
/* Appends to b; ERR_LIMIT or ERR_NOMEM as b turns bad. */
struct sink sink_to_buf(struct buf *b);

/* Reads until cap bytes are there or the source ends: *ret_n < cap means the end. */
enum err source_fill(struct source s, void *p, size_t cap, size_t *ret_n, struct errinfo *e) MUST_USE;
/* Everything of s into out, 16 KiB at a time; *ret_n (may be NULL) counts the bytes. More than max is ERR_LIMIT, after at most max bytes were
 * written. */
enum err source_copy(struct source s, struct sink out, uint64_t max, uint64_t *ret_n, struct errinfo *e) MUST_USE;

#endif
