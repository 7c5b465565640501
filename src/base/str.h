/* str: a view of bytes that belong to somebody else.
 *
 * Never NUL-terminated, may hold any byte, may be empty (p may then be NULL). Passed by value. A view lives as long as what it views. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
	const char *p;
	size_t n;
};

#define STR(lit) ((struct str){"" lit, sizeof(lit) - 1}) /* of a string literal */
#define STR_INIT(lit)                   \
	{                               \
		"" lit, sizeof(lit) - 1 \
	} /* the same, for static tables */
#define STR_NONE ((struct str){NULL, 0})
#define STR_FMT(s) (int)(s).n, (s).p /* for "%.*s" */

struct str str_of(const char *cstr); /* a C string; NULL gives the empty view */
struct str str_bytes(const void *p, size_t n);

bool str_eq(struct str a, struct str b);
bool str_is(struct str a, const char *cstr);
int str_cmp(struct str a, struct str b); /* bytewise, a prefix comes first; <0, 0, >0 */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
ptrdiff_t str_find(struct str s, struct str needle); /* index of the first, or -1 */
ptrdiff_t str_chr(struct str s, char c);

struct str str_sub(struct str s, size_t from, size_t to); /* [from, to), clamped to s */
struct str str_trim(struct str s);                        /* without ASCII blanks (space \t \r \n) at both ends */

/* Splits s at the first sep: *ret_head is what is before, *ret_tail what is after. False (head = s, tail empty) if sep is not there. */
bool str_cut(struct str s, char sep, struct str *ret_head, struct str *ret_tail);

/* Takes the next line off *rest (without its \n or \r\n). False when nothing is left. A last line without an end is a line. */
bool str_line(struct str *rest, struct str *ret_line);

/* Decimal digits only, no sign, no blanks, no leading zero but "0" itself; false on anything else or overflow. */
bool str_u64(struct str s, uint64_t *ret);

/* Whether s is valid UTF-8 (no surrogates, no overlong forms, at most U+10FFFF). If not and ret_at is given, *ret_at is the offset of the first bad
 * byte. */
bool str_utf8(struct str s, size_t *ret_at);

/* What goes with a number: one object, two objects. */
static inline const char *
str_many(uint64_t n, const char *one, const char *many)
{
	return n == 1 ? one : many;
}

#endif
