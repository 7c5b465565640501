/* arena: memory that is freed all at once.
 *
 * Passed by whoever owns a lifetime (a request, one object); has a ceiling and gives NULL when that or memory is spent. Nothing in it is freed alone;
 * arena_reset keeps the first block for the next round, so a loop over many objects allocates once. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/err.h"
#include "base/str.h"

struct arena_block;

struct arena {
	struct arena_block *first, *last;
	char *at, *end;   /* what is free in the last block */
	size_t used, max; /* bytes taken from the system; the ceiling */
	bool refused;     /* the last NULL was for want of memory, not for the ceiling */
};

#define ARENA_INIT(max_bytes)      \
	{                          \
		.max = (max_bytes) \
	}

void arena_init(struct arena *a, size_t max);
void arena_done(struct arena *a); /* frees all; takes NULL */
void arena_reset(struct arena *a);

void *arena_alloc(struct arena *a, size_t n); /* zeroed, aligned for any type; NULL when spent; n = 0 gives a pointer not to be read */
void *arena_array(struct arena *a, size_t count, size_t size); /* the same for count * size, safe against overflow */
/* Room for one more in an array that has n of *cap items: the array itself, or a copy with more room. NULL when spent: *cap is as it was. */
void *arena_more(struct arena *a, void *array, size_t n, size_t *cap, size_t size);
bool arena_dup(struct arena *a, struct str s, struct str *ret);
char *arena_cstr(struct arena *a, struct str s); /* NUL-terminated copy */

/* After one of these failed, what it was: ERR_NOMEM, or ERR_LIMIT: the input asks for more than the ceiling ("what" it is: "this JSON text"). The two
 * are never mixed up: one is a fault of the input for ever, the other of this machine now. */
enum err arena_spent(const struct arena *a, const char *what, struct errinfo *e) MUST_USE;

#endif
