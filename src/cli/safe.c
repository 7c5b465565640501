#include "cli/safe.h"

#include <assert.h>

enum { MARKS = 6 }; /* combining marks on one letter; more is no script's way of writing, and climbs over other lines */

struct range {
	uint32_t from, to;
};

/* What says nothing to the eye and changes how the rest is shown. Joiners are judged apart, since Persian and the scripts of India need them. */
static const struct range hidden[] = {{0x00ad, 0x00ad}, {0x034f, 0x034f}, {0x061c, 0x061c}, {0x115f, 0x1160}, {0x17b4, 0x17b5}, {0x180b, 0x180f},
    {0x200b, 0x200b}, {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0x3164, 0x3164}, {0xe000, 0xf8ff}, {0xfdd0, 0xfdef}, {0xfe00, 0xfe0f},
    {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0xfffb}, {0x40000, 0x10ffff}};

/* Marks that stand on the letter before (Unicode 15, Mn and Me, in ranges). */
static const struct range marks[] = {{0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x05bf, 0x05bf}, {0x05c1, 0x05c2}, {0x05c4, 0x05c5},
    {0x05c7, 0x05c7}, {0x0610, 0x061a}, {0x064b, 0x065f}, {0x0670, 0x0670}, {0x06d6, 0x06dc}, {0x06df, 0x06e4}, {0x06e7, 0x06e8}, {0x06ea, 0x06ed},
    {0x0711, 0x0711}, {0x0730, 0x074a}, {0x07a6, 0x07b0}, {0x07eb, 0x07f3}, {0x0816, 0x0819}, {0x081b, 0x0823}, {0x0825, 0x0827}, {0x0829, 0x082d},
    {0x0859, 0x085b}, {0x0898, 0x089f}, {0x08ca, 0x08e1}, {0x08e3, 0x0902}, {0x093a, 0x093a}, {0x093c, 0x093c}, {0x0941, 0x0948}, {0x094d, 0x094d},
    {0x0951, 0x0957}, {0x0962, 0x0963}, {0x0981, 0x0981}, {0x09bc, 0x09bc}, {0x09c1, 0x09c4}, {0x09cd, 0x09cd}, {0x0a01, 0x0a02}, {0x0a3c, 0x0a3c},
    {0x0a41, 0x0a51}, {0x0a70, 0x0a71}, {0x0abc, 0x0abc}, {0x0ac1, 0x0ac8}, {0x0acd, 0x0acd}, {0x0b3c, 0x0b3c}, {0x0b41, 0x0b44}, {0x0b4d, 0x0b4d},
    {0x0bcd, 0x0bcd}, {0x0c3e, 0x0c40}, {0x0c46, 0x0c56}, {0x0cbc, 0x0cbc}, {0x0ccc, 0x0ccd}, {0x0d41, 0x0d44}, {0x0d4d, 0x0d4d}, {0x0e31, 0x0e31},
    {0x0e34, 0x0e3a}, {0x0e47, 0x0e4e}, {0x0eb1, 0x0eb1}, {0x0eb4, 0x0ebc}, {0x0ec8, 0x0ece}, {0x0f18, 0x0f19}, {0x0f71, 0x0f7e}, {0x0f80, 0x0f84},
    {0x1ab0, 0x1ace}, {0x1dc0, 0x1dff}, {0x20d0, 0x20f0}, {0x302a, 0x302d}, {0x3099, 0x309a}, {0xa66f, 0xa672}, {0xa674, 0xa67d}, {0xa69e, 0xa69f},
    {0xa8e0, 0xa8f1}, {0xfb1e, 0xfb1e}, {0xfe20, 0xfe2f}};

/* Two columns each (Unicode 15, East Asian Width W and F, in ranges). */
static const struct range wide[] = {{0x1100, 0x115e}, {0x231a, 0x231b}, {0x2329, 0x232a}, {0x23e9, 0x23ec}, {0x23f0, 0x23f0}, {0x23f3, 0x23f3},
    {0x25fd, 0x25fe}, {0x2614, 0x2615}, {0x2648, 0x2653}, {0x267f, 0x267f}, {0x2693, 0x2693}, {0x26a1, 0x26a1}, {0x26aa, 0x26ab}, {0x26bd, 0x26be},
    {0x26c4, 0x26c5}, {0x26ce, 0x26ce}, {0x26d4, 0x26d4}, {0x26ea, 0x26ea}, {0x26f2, 0x26f3}, {0x26f5, 0x26f5}, {0x26fa, 0x26fa}, {0x26fd, 0x26fd},
    {0x2705, 0x2705}, {0x270a, 0x270b}, {0x2728, 0x2728}, {0x274c, 0x274c}, {0x274e, 0x274e}, {0x2753, 0x2755}, {0x2757, 0x2757}, {0x2795, 0x2797},
    {0x27b0, 0x27b0}, {0x27bf, 0x27bf}, {0x2b1b, 0x2b1c}, {0x2b50, 0x2b50}, {0x2b55, 0x2b55}, {0x2e80, 0x303e}, {0x3041, 0xa4cf}, {0xa960, 0xa97c},
    {0xac00, 0xd7a3}, {0xf900, 0xfaff}, {0xfe10, 0xfe19}, {0xfe30, 0xfe6b}, {0xff01, 0xff60}, {0xffe0, 0xffe6}, {0x16fe0, 0x18aff},
    {0x1b000, 0x1b2fb}, {0x1f004, 0x1f004}, {0x1f0cf, 0x1f0cf}, {0x1f18e, 0x1f18e}, {0x1f191, 0x1f19a}, {0x1f200, 0x1f320}, {0x1f32d, 0x1f335},
    {0x1f337, 0x1f37c}, {0x1f37e, 0x1f393}, {0x1f3a0, 0x1f3ca}, {0x1f3cf, 0x1f3d3}, {0x1f3e0, 0x1f3f0}, {0x1f3f4, 0x1f3f4}, {0x1f3f8, 0x1f43e},
    {0x1f440, 0x1f440}, {0x1f442, 0x1f4fc}, {0x1f4ff, 0x1f53d}, {0x1f54b, 0x1f54e}, {0x1f550, 0x1f567}, {0x1f595, 0x1f596}, {0x1f5a4, 0x1f5a4},
    {0x1f5fb, 0x1f64f}, {0x1f680, 0x1f6c5}, {0x1f6cc, 0x1f6cc}, {0x1f6d0, 0x1f6d2}, {0x1f6d5, 0x1f6d7}, {0x1f6dc, 0x1f6df}, {0x1f6eb, 0x1f6ec},
    {0x1f6f4, 0x1f6fc}, {0x1f7e0, 0x1f7eb}, {0x1f7f0, 0x1f7f0}, {0x1f90c, 0x1f93a}, {0x1f93c, 0x1f945}, {0x1f947, 0x1f9ff}, {0x1fa70, 0x1faf8},
    {0x20000, 0x3fffd}};

static bool
within(const struct range *r, size_t n, uint32_t c)
{
	size_t from = 0, to = n;
	while (from < to) {
		size_t mid = (from + to) / 2;
		if (c > r[mid].to)
			from = mid + 1;
		else
			to = mid;
	}
	return from < n && c >= r[from].from;
}
#define WITHIN(table, c) within(table, sizeof(table) / sizeof *(table), c)

/* The first character of s: its bytes (at least 1), *ret its code; false if they are no UTF-8. */
static bool
decode(struct str s, size_t *ret_n, uint32_t *ret)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t n = p[0] < 0x80 ? 1 : p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	*ret_n = 1;
	if (n > s.n || !str_utf8(str_sub(s, 0, n), NULL))
		return false;
	uint32_t c = n == 1 ? p[0] : p[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++)
		c = c << 6 | (p[i] & 0x3f);
	*ret_n = n;
	*ret = c;
	return true;
}

/* One character as it is shown. */
struct glyph {
	size_t n; /* bytes of the input that it shows */
	size_t columns;
	struct str bytes; /* in text, or the input's own */
	char text[12];
};

struct glyphs {
	struct str rest;
	uint32_t before; /* the character before; 0 = none */
	unsigned marks;  /* combining marks in a row */
};

static void
name(struct glyph *g, uint32_t c, bool byte)
{
	struct buf b = {.p = g->text, .cap = sizeof g->text, .max = sizeof g->text};
	if (byte)
		buf_printf(&b, "<0x%02X>", (unsigned)c);
	else
		buf_printf(&b, "<U+%04X>", (unsigned)c);
	g->columns = b.n;
	g->bytes = buf_str(&b);
}

static bool
joins(const struct glyphs *s, uint32_t c)
{
	return (c == 0x200c || c == 0x200d) && s->before >= 0x0600 && s->before != 0x200c && s->before != 0x200d;
}

/* False at the end. */
static bool
next(struct glyphs *s, struct glyph *g)
{
	uint32_t c;
	if (s->rest.n == 0)
		return false;
	bool ok = decode(s->rest, &g->n, &c);
	g->columns = 1;
	g->bytes = str_sub(s->rest, 0, g->n);
	if (!ok) {
		name(g, c = (unsigned char)s->rest.p[0], true);
	} else if (c < 0x20 || c == 0x7f) {
		uint32_t picture = c == 0x7f ? 0x2421 : 0x2400 + c;
		g->text[0] = (char)0xe2;
		g->text[1] = (char)(0x80 | ((picture >> 6) & 0x3f));
		g->text[2] = (char)(0x80 | (picture & 0x3f));
		g->bytes = (struct str){g->text, 3};
	} else if (joins(s, c)) {
		g->columns = 0;
	} else if ((c >= 0x80 && c < 0xa0) || c == 0x200c || c == 0x200d || WITHIN(hidden, c) || (c & 0xfffe) == 0xfffe) {
		name(g, c, false);
	} else if (WITHIN(marks, c)) {
		if (s->before == 0 || ++s->marks > MARKS)
			name(g, c, false);
		else
			g->columns = 0;
	} else {
		s->marks = 0;
		if (WITHIN(wide, c))
			g->columns = 2;
	}
	s->before = c;
	s->rest = str_sub(s->rest, g->n, s->rest.n);
	return true;
}

size_t
safe_width(struct str s)
{
	struct glyphs all = {.rest = s};
	struct glyph g;
	size_t columns = 0;
	while (next(&all, &g))
		columns += g.columns;
	return columns;
}

size_t
safe_put(struct buf *b, struct str s, size_t columns)
{
	struct glyphs all = {.rest = s};
	struct glyph g;
	size_t used = 0;
	assert(columns > 0);
	bool fits = s.n <= columns && columns == SAFE_ALL;
	if (!fits)
		fits = safe_width(s) <= columns;
	while (next(&all, &g)) {
		if (!fits && used + g.columns > columns - 1) {
			buf_puts(b, "…");
			return used + 1;
		}
		buf_put(b, g.bytes);
		used += g.columns;
	}
	return used;
}

static void
blanks(struct buf *b, size_t n)
{
	while (n-- > 0)
		buf_putc(b, ' ');
}

/* How much of s (one line) fits into columns: up to the last blank that does, or in a word that is too long by itself. At least one character. */
static size_t
fitting(struct str s, size_t columns)
{
	struct glyphs all = {.rest = s};
	struct glyph g;
	size_t used = 0, bytes = 0, blank = 0;
	while (next(&all, &g)) {
		if (used + g.columns > columns)
			return blank ? blank : bytes ? bytes : g.n;
		if (s.p[bytes] == ' ')
			blank = bytes;
		used += g.columns;
		bytes += g.n;
	}
	return bytes;
}

void
safe_put_lines(struct buf *b, struct str s, size_t indent, size_t columns)
{
	struct str line;
	size_t room = columns > indent + 10 ? columns - indent : 10;
	while (str_line(&s, &line)) {
		do {
			size_t n = fitting(line, room);
			if (line.n)
				blanks(b, indent);
			safe_put(b, str_sub(line, 0, n), SAFE_ALL);
			buf_putc(b, '\n');
			line = str_sub(line, n, line.n);
			if (line.n && line.p[0] == ' ')
				line = str_sub(line, 1, line.n);
		} while (line.n);
	}
}

bool
safe_rtl(struct str s)
{
	for (size_t n; s.n; s = str_sub(s, n, s.n)) {
		uint32_t c;
		if (decode(s, &n, &c) && ((c >= 0x0590 && c <= 0x08ff) || (c >= 0xfb1d && c <= 0xfdff) || (c >= 0xfe70 && c <= 0xfefc) ||
					     (c >= 0x10800 && c <= 0x10fff) || (c >= 0x1e800 && c <= 0x1efff)))
			return true;
	}
	return false;
}
