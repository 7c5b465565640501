/* buf: bytes that grow, with a ceiling.
 *
 * A buffer is born with the most it may hold. When that is passed, or memory is out, it turns bad: later puts do nothing, and buf_take (which must be
 * used) or buf_ok tell. So a writer needs one check, at the end. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/err.h"
#include "base/str.h"

struct buf {
	char *p;
	size_t n, cap;
	size_t max;   /* the ceiling, in bytes */
	enum err bad; /* OK, ERR_LIMIT or ERR_NOMEM; sticky */
};

#define BUF_INIT(max_bytes)        \
	{                          \
		.max = (max_bytes) \
	}

void buf_init(struct buf *b, size_t max);
void buf_done(struct buf *b);  /* frees; b may be used again as if just born. Takes NULL */
void buf_clear(struct buf *b); /* empties, keeps the memory, no longer bad */

void buf_put(struct buf *b, struct str s);
void buf_putc(struct buf *b, char c);
void buf_puts(struct buf *b, const char *cstr);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_hex(struct buf *b, struct str bytes);     /* lower case */
void buf_base64(struct buf *b, struct str bytes);  /* RFC 4648 with padding */
void buf_u64(struct buf *b, uint64_t v);           /* decimal */
void buf_be(struct buf *b, uint64_t v, int bytes); /* big-endian, 1 to 8 bytes */

/* n bytes at the end for the caller to fill; NULL if b is or turns bad. */
char *buf_grow(struct buf *b, size_t n);
/* Make the buffer n bytes long, n <= b->n. */
void buf_cut(struct buf *b, size_t n);
/* Take the first n bytes away. */
void buf_drop(struct buf *b, size_t n);

/* What has been put, as a view until the next change; ERR_LIMIT or ERR_NOMEM if anything was not. */
enum err buf_take(const struct buf *b, struct str *ret, struct errinfo *e) MUST_USE;
/* The same without a code, for what goes on into another buffer, a JSON writer, the store or a file of the env: if memory was out, what comes is an
 * empty view that none of these takes for an empty text: they fail with ERR_NOMEM. Others check buf_ok first, or write for people. */
struct str buf_str(const struct buf *b);
bool buf_is_lost(struct str s); /* such a view */
bool buf_ok(const struct buf *b);

/* Decode exactly: false on any byte that is no digit, wrong length or (base64) non-canonical padding bits. *ret_n is at most cap. */
bool hex_decode(struct str s, void *out, size_t cap, size_t *ret_n);
bool base64_decode(struct str s, void *out, size_t cap, size_t *ret_n);

#endif
