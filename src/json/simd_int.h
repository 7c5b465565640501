/* simd: the inner loops over bytes, sixteen at a time with SSE2 (which every x86-64 has), else one by one. -DJSON_PORTABLE takes the
 * second way everywhere, for tests.
 *
 * All functions read only [p, end). */
#ifndef JSON_SIMD_INT_H
#define JSON_SIMD_INT_H

#include <stddef.h>
#include <stdint.h>

#if defined(__SSE2__) && !defined(JSON_PORTABLE)
#define JSON_SSE2 1
#include <emmintrin.h>
#else
#define JSON_SSE2 0
#endif

static inline unsigned
json_low_bit(uint64_t mask)
{
	return (unsigned)__builtin_ctzll(mask);
}

/* A byte that a JSON string cannot hold as it is, or that needs a look: quote, backslash, control, the start of a longer UTF-8 sequence. */
static inline int
json_special(unsigned char c)
{
	return c < 0x20 || c >= 0x80 || c == '"' || c == '\\';
}

/* First special byte, or end. */
static inline const char *
json_skip_plain(const char *p, const char *end)
{
#if JSON_SSE2
	const __m128i blank = _mm_set1_epi8(0x20), quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\');
	while (end - p >= 16) {
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i low = _mm_cmplt_epi8(x, blank); /* signed: below 0x20 and above 0x7f at once */
		__m128i hit = _mm_or_si128(low, _mm_or_si128(_mm_cmpeq_epi8(x, quote), _mm_cmpeq_epi8(x, slash)));
		unsigned mask = (unsigned)_mm_movemask_epi8(hit);
		if (mask)
			return p + json_low_bit(mask);
		p += 16;
	}
#endif
	while (p < end && !json_special((unsigned char)*p))
		p++;
	return p;
}

/* First byte that is no blank (space, \t, \n, \r), or end. */
static inline const char *
json_skip_blanks(const char *p, const char *end)
{
	if (p < end && (unsigned char)*p > ' ')
		return p;
#if JSON_SSE2
	const __m128i space = _mm_set1_epi8(' '), tab = _mm_set1_epi8('\t'), lf = _mm_set1_epi8('\n'), cr = _mm_set1_epi8('\r');
	while (end - p >= 16) {
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i hit = _mm_or_si128(
		    _mm_or_si128(_mm_cmpeq_epi8(x, space), _mm_cmpeq_epi8(x, lf)), _mm_or_si128(_mm_cmpeq_epi8(x, tab), _mm_cmpeq_epi8(x, cr)));
		unsigned mask = (unsigned)_mm_movemask_epi8(hit);
		if (mask != 0xffff)
			return p + json_low_bit(~mask);
		p += 16;
	}
#endif
	while (p < end && (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r'))
		p++;
	return p;
}

/* How many commas and opening brackets: at most one less than the values of a JSON text. */
static inline size_t
json_count_values(const char *p, const char *end)
{
	size_t n = 0;
#if JSON_SSE2
	const __m128i comma = _mm_set1_epi8(','), brace = _mm_set1_epi8('{'), bit = _mm_set1_epi8(0x20), zero = _mm_setzero_si128();
	while (end - p >= 16) {
		__m128i sum = zero;
		for (int i = 0; i < 255 && end - p >= 16; i++, p += 16) {
			__m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
			__m128i hit = _mm_or_si128(_mm_cmpeq_epi8(x, comma), _mm_cmpeq_epi8(_mm_or_si128(x, bit), brace));
			sum = _mm_sub_epi8(sum, hit);
		}
		sum = _mm_sad_epu8(sum, zero);
		n += (size_t)_mm_cvtsi128_si64(sum) + (size_t)_mm_cvtsi128_si64(_mm_srli_si128(sum, 8));
	}
#endif
	for (; p < end; p++)
		n += *p == ',' || *p == '{' || *p == '[';
	return n;
}

/* How many line ends; *last becomes the byte after the last of them, and is untouched if there is none. */
static inline size_t
json_count_lines(const char *p, const char *end, const char **last)
{
	size_t n = 0;
	const char *from = p;
#if JSON_SSE2
	const __m128i lf = _mm_set1_epi8('\n'), zero = _mm_setzero_si128();
	while (end - p >= 16) {
		__m128i sum = zero;
		for (int i = 0; i < 255 && end - p >= 16; i++, p += 16)
			sum = _mm_sub_epi8(sum, _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)p), lf));
		sum = _mm_sad_epu8(sum, zero);
		n += (size_t)_mm_cvtsi128_si64(sum) + (size_t)_mm_cvtsi128_si64(_mm_srli_si128(sum, 8));
	}
#endif
	for (; p < end; p++)
		n += *p == '\n';
	if (n) {
		p = end;
		while (p > from && p[-1] != '\n')
			p--;
		*last = p;
	}
	return n;
}

/* Of 64 bytes, a bit for each that is a quote, a backslash, an opening bracket of either kind, a closing one, a line end. */
struct json_block {
	uint64_t quote, slash, open, close, line;
};

static inline struct json_block
json_block_read(const char *p)
{
	struct json_block m = {0, 0, 0, 0, 0};
#if JSON_SSE2
	const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'), open = _mm_set1_epi8('{'), close = _mm_set1_epi8('}');
	const __m128i line = _mm_set1_epi8('\n'), bit = _mm_set1_epi8(0x20);
	for (int i = 0; i < 64; i += 16) {
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		__m128i y = _mm_or_si128(x, bit); /* '[' becomes '{', ']' becomes '}', nothing else does */
		m.quote |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, quote)) << i;
		m.slash |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, slash)) << i;
		m.open |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(y, open)) << i;
		m.close |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(y, close)) << i;
		m.line |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, line)) << i;
	}
#else
	for (int i = 0; i < 64; i++) {
		m.quote |= (uint64_t)(p[i] == '"') << i;
		m.slash |= (uint64_t)(p[i] == '\\') << i;
		m.open |= (uint64_t)((p[i] | 0x20) == '{') << i;
		m.close |= (uint64_t)((p[i] | 0x20) == '}') << i;
		m.line |= (uint64_t)(p[i] == '\n') << i;
	}
#endif
	return m;
}

#endif
