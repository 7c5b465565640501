#include "text/fold.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/limits.h"
#include "text/fold_table.inc"

enum { IDEOGRAPHS = 0x20000, IDEOGRAPHS_END = 0x40000, SELECTORS = 0xe0100, SELECTORS_END = 0xe01f0 };

static unsigned
what(uint32_t cp)
{
	if (cp < FOLD_TOP)
		return fold_page[fold_index[cp / FOLD_PAGE]][cp % FOLD_PAGE];
	if (cp >= IDEOGRAPHS && cp < IDEOGRAPHS_END)
		return FOLD_ALONE;
	return cp >= SELECTORS && cp < SELECTORS_END ? FOLD_DROP : FOLD_SEPARATOR;
}

/* Decodes one character of n > 0 bytes; its length, or 0 if there is none. */
static size_t
decode(const unsigned char *p, size_t n, uint32_t *ret)
{
	size_t len = p[0] < 0x80 ? 1 : p[0] >= 0xc2 && p[0] < 0xe0 ? 2 : (p[0] & 0xf0) == 0xe0 ? 3 : p[0] >= 0xf0 && p[0] < 0xf5 ? 4 : 0;
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000}, first[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	if (len == 0 || len > n)
		return 0;
	uint32_t cp = p[0] & first[len];
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		cp = cp << 6 | (p[i] & 0x3fu);
	}
	if (cp < least[len] || cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000))
		return 0;
	*ret = cp;
	return len;
}

static unsigned char
small(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c + ('a' - 'A')) : c;
}

/* How many bytes at the head of s are ASCII. */
static size_t
ascii(const unsigned char *s, size_t n)
{
	size_t i = 0;
#ifdef __SSE2__
	while (i + 16 <= n && !_mm_movemask_epi8(_mm_loadu_si128((const __m128i *)(const void *)(s + i))))
		i += 16;
#endif
	while (i < n && s[i] < 0x80)
		i++;
	return i;
}

static void
fold_ascii(const unsigned char *s, size_t n, char *to)
{
	size_t i = 0;
#ifdef __SSE2__
	const __m128i before = _mm_set1_epi8('A' - 1), after = _mm_set1_epi8('Z' + 1), bit = _mm_set1_epi8(0x20);
	for (; i + 16 <= n; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(s + i));
		__m128i capital = _mm_and_si128(_mm_cmpgt_epi8(v, before), _mm_cmplt_epi8(v, after));
		_mm_storeu_si128((__m128i *)(void *)(to + i), _mm_or_si128(v, _mm_and_si128(capital, bit)));
	}
#endif
	for (; i < n; i++)
		to[i] = (char)small(s[i]);
}

void
text_fold(struct buf *b, struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	for (size_t i = 0; i < s.n;) {
		uint32_t cp;
		if (p[i] < 0x80) {
			/* in steps, so that the bytes are still near when they are folded */
			size_t n = ascii(p + i, s.n - i < 4 * KIB ? s.n - i : 4 * KIB);
			char *to = buf_grow(b, n);
			if (!to)
				return;
			fold_ascii(p + i, n, to);
			i += n;
			continue;
		}
		size_t len = decode(p + i, s.n - i, &cp);
		unsigned w = len ? what(cp) : FOLD_SEPARATOR;
		if (w >= FOLD_FIRST)
			buf_put(b, str_bytes(fold_pool + w - FOLD_FIRST + 1, fold_pool[w - FOLD_FIRST]));
		else if (len == 0)
			buf_putc(b, ' ');
		else if (w != FOLD_DROP)
			buf_put(b, str_bytes(p + i, len));
		i += len ? len : 1;
	}
}

/* Whether a character, or what it stands for, is a word by itself. */
static bool
alone(unsigned w)
{
	uint32_t cp;
	if (w < FOLD_FIRST)
		return w == FOLD_ALONE;
	const uint8_t *r = fold_pool + w - FOLD_FIRST;
	return decode(r + 1, r[0], &cp) && what(cp) == FOLD_ALONE;
}

/* Adds a character to a word that is not cut yet. */
static void
add(struct text_word *w, const void *p, size_t n, bool *cut)
{
	*cut = *cut || w->n + n > TEXT_WORD;
	if (*cut)
		return;
	memcpy(w->folded + w->n, p, n);
	w->n = (uint8_t)(w->n + n);
}

/* ASCII is most of what passes: its letters and digits in a loop of their own. Returns where it stops. */
static size_t
ascii_run(const unsigned char *p, size_t at, size_t n, struct text_word *w, bool *cut)
{
	const uint16_t *page = fold_page[0];
	unsigned k = w->n;
	for (; at < n && p[at] < 0x80 && page[p[at]] != FOLD_SEPARATOR; at++) {
		if (k < TEXT_WORD && !*cut)
			w->folded[k++] = (char)small(p[at]);
		else
			*cut = true;
	}
	w->n = (uint8_t)k;
	return at;
}

bool
text_word_next(struct text_words *ws, struct text_word *ret)
{
	const unsigned char *p = (const unsigned char *)ws->text.p;
	size_t at = ws->at, n = ws->text.n;
	struct text_word *w = ret;
	bool cut = false;
	w->n = 0;
	while (at < n) {
		while (!w->n && at < n && p[at] < 0x80 && fold_page[0][p[at]] == FOLD_SEPARATOR)
			at++;
		if (w->n == 0)
			w->start = at;
		size_t end = ascii_run(p, at, n, w, &cut);
		if (end > at)
			w->end = at = end;
		if (at == n)
			break;
		uint32_t cp = p[at];
		size_t len = cp < 0x80 ? 1 : decode(p + at, n - at, &cp);
		unsigned k = len ? what(cp) : FOLD_SEPARATOR;
		if (k == FOLD_SEPARATOR || (w->n && alone(k))) {
			if (w->n)
				break;
			at += len ? len : 1;
			continue;
		}
		if (k >= FOLD_FIRST)
			add(w, fold_pool + k - FOLD_FIRST + 1, fold_pool[k - FOLD_FIRST], &cut);
		else if (k != FOLD_DROP)
			add(w, p + at, len, &cut);
		at += len;
		w->end = at;
		if (alone(k))
			break;
	}
	ws->at = at;
	return w->n != 0;
}
