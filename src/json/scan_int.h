/* What the scan is made of: a window over the source, and the search for the end of a value in it.
 *
 * Places are offsets in the whole input, so that moving the window changes none of them. */
#ifndef JSON_SCAN_INT_H
#define JSON_SCAN_INT_H

#include "base/limits.h"
#include "base/stream.h"

enum {
	WINDOW_READ = 128 * KIB, /* asked of the source at once: with a usual object before it, it stays in a core's own cache */
	WINDOW_HISTORY = 256,    /* bytes kept before what is looked at: the indentation of a line */
	WINDOW_TAIL = 64,
	WINDOW_CAP = WINDOW_HISTORY + LIMIT_OBJECT + WINDOW_TAIL + WINDOW_READ,
};

struct window {
	struct source src;
	char *p;                   /* WINDOW_CAP bytes */
	size_t n;                  /* of which hold input */
	uint64_t base;             /* place of p[0] */
	bool end;                  /* the source has ended at base + n */
	uint64_t counted;          /* lines are counted up to here; in the window */
	uint64_t line, line_start; /* line number there; place of its first byte */
};

static inline uint64_t
window_limit(const struct window *w)
{
	return w->base + w->n;
}

static inline const char *
window_ptr(const struct window *w, uint64_t at)
{
	return w->p + (at - w->base);
}

/* Reads more, once; everything from keep on, and WINDOW_HISTORY before it, stays. At the end sets w->end. window_limit - keep must
 * be at most LIMIT_OBJECT + WINDOW_TAIL. */
enum err window_more(struct window *w, uint64_t keep, struct errinfo *e) MUST_USE;
/* Counts lines up to at, which is not before w->counted. */
void window_count(struct window *w, uint64_t at);
/* Gives e the place at, from w->counted on and in the window, without counting on. */
void window_place(const struct window *w, uint64_t at, struct errinfo *e);
/* The blanks between the start of the line and at (for which lines are counted), if that is all there is and it is not over WINDOW_HISTORY. */
bool window_indent(const struct window *w, uint64_t at, struct str *ret);

enum split {
	SPLIT_WHOLE, /* ends at *ret_end */
	SPLIT_LIST,  /* has a member `list` that is an array: *ret_end is at its bracket */
	SPLIT_DEEP,  /* ends at *ret_end, deeper than LIMIT_JSON_DEPTH */
	SPLIT_CROSS, /* a closing bracket of the wrong kind at *ret_end */
	SPLIT_CUT,   /* a line end within a string at *ret_end */
	SPLIT_BIG,   /* more than LIMIT_OBJECT */
	SPLIT_OPEN,  /* the input ends before it does, at *ret_end */
};

/* Finds the end of the object or array that begins at `start`. list.p != NULL: look for that member of an object; cut: whether a
 * line end within a string stops it. Keeps from start on in the window. */
enum err split_find(struct window *w, uint64_t start, struct str list, bool cut, enum split *ret, uint64_t *ret_end, struct errinfo *e) MUST_USE;

enum until {
	UNTIL_BALANCE, /* just after the brace that balances the one at start */
	UNTIL_ELEMENT, /* before a comma or closing bracket outside all that was opened since start */
	UNTIL_LINE,    /* only what `indent` says */
};

/* Finds the end of damage that begins at start, byte by byte and dropping what it has read: what `until` says, or, if indent.p !=
 * NULL, the start of the next line that begins with indent and a brace, whichever comes first. *ret_line: it was the line. False in
 * *ret_found at the end of the input, which *ret_end then is. The beginning goes into `saved`, up to its ceiling. indent must not be
 * in the window. */
enum err split_damage(struct window *w, uint64_t start, enum until until, struct str indent, struct buf *saved, bool *ret_found, bool *ret_line,
    uint64_t *ret_end, struct errinfo *e) MUST_USE;

#endif
