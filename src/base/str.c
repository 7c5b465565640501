#include "base/str.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

struct str
str_of(const char *cstr)
{
	return (struct str){cstr, cstr ? strlen(cstr) : 0};
}

struct str
str_bytes(const void *p, size_t n)
{
	return (struct str){p, n};
}

bool
str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool
str_is(struct str a, const char *cstr)
{
	return str_eq(a, str_of(cstr));
}

int
str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;
	if (c != 0)
		return c;
	return a.n < b.n ? -1 : a.n > b.n;
}

bool
str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

bool
str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n && (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

ptrdiff_t
str_find(struct str s, struct str needle)
{
	size_t i = 0;
	if (needle.n == 0)
		return 0;
#ifdef __SSE2__
	/* sixteen places at a time where the first and the last byte fit */
	const __m128i first = _mm_set1_epi8(needle.p[0]), last = _mm_set1_epi8(needle.p[needle.n - 1]);
	for (; i + needle.n + 15 <= s.n; i += 16) {
		__m128i a = _mm_loadu_si128((const __m128i *)(const void *)(s.p + i));
		__m128i b = _mm_loadu_si128((const __m128i *)(const void *)(s.p + i + needle.n - 1));
		unsigned fit = (unsigned)_mm_movemask_epi8(_mm_and_si128(_mm_cmpeq_epi8(a, first), _mm_cmpeq_epi8(b, last)));
		for (; fit; fit &= fit - 1) {
			size_t at = i + (unsigned)__builtin_ctz(fit);
			if (memcmp(s.p + at, needle.p, needle.n) == 0)
				return (ptrdiff_t)at;
		}
	}
#endif
	for (; i + needle.n <= s.n; i++)
		if (s.p[i] == needle.p[0] && memcmp(s.p + i, needle.p, needle.n) == 0)
			return (ptrdiff_t)i;
	return -1;
}

ptrdiff_t
str_chr(struct str s, char c)
{
	const char *q = s.n ? memchr(s.p, c, s.n) : NULL;
	return q ? q - s.p : -1;
}

struct str
str_sub(struct str s, size_t from, size_t to)
{
	if (to > s.n)
		to = s.n;
	if (from > to)
		from = to;
	return (struct str){s.p ? s.p + from : NULL, to - from};
}

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str
str_trim(struct str s)
{
	while (s.n && blank(s.p[0]))
		s.p++, s.n--;
	while (s.n && blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool
str_cut(struct str s, char sep, struct str *ret_head, struct str *ret_tail)
{
	ptrdiff_t i = str_chr(s, sep);
	if (i < 0) {
		*ret_head = s;
		*ret_tail = STR_NONE;
		return false;
	}
	*ret_head = str_sub(s, 0, (size_t)i);
	*ret_tail = str_sub(s, (size_t)i + 1, s.n);
	return true;
}

bool
str_line(struct str *rest, struct str *ret_line)
{
	if (rest->n == 0)
		return false;
	struct str line;
	str_cut(*rest, '\n', &line, rest);
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	*ret_line = line;
	return true;
}

bool
str_u64(struct str s, uint64_t *ret)
{
	if (s.n == 0 || s.n > 20 || (s.p[0] == '0' && s.n > 1))
		return false;
	uint64_t v = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		if (__builtin_mul_overflow(v, (uint64_t)10, &v) || __builtin_add_overflow(v, (uint64_t)(s.p[i] - '0'), &v))
			return false;
	}
	*ret = v;
	return true;
}

bool
str_utf8(struct str s, size_t *ret_at)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t i = 0;
	while (i < s.n) {
		/* eight ASCII bytes at a time: most of what passes here is ASCII */
		uint64_t w;
		if (i + 8 <= s.n && (memcpy(&w, p + i, 8), (w & 0x8080808080808080u) == 0)) {
			i += 8;
			continue;
		}
		unsigned char c = p[i];
		if (c < 0x80) {
			i++;
			continue;
		}
		size_t len = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
		if (c < 0xc2 || c > 0xf4 || i + len > s.n)
			goto bad;
		unsigned char lo = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
		unsigned char hi = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
		if (p[i + 1] < lo || p[i + 1] > hi)
			goto bad;
		for (size_t k = 2; k < len; k++)
			if ((p[i + k] & 0xc0) != 0x80)
				goto bad;
		i += len;
	}
	return true;
bad:
	if (ret_at)
		*ret_at = i;
	return false;
}
