/* renumber: references from one paragraph to another, when some of them are gone. */
#include <string.h>

#include "share/tear.h"
#include "text/fold.h"

/* Folded, as text_words gives them. A stem takes any ending. */
static const struct {
	struct str word;
	bool stem;
} names[] = {
    {STR_INIT("paragraph"), true},
    {STR_INIT("para"), false},
    {STR_INIT("paras"), false},
    {STR_INIT("portion"), false},
    {STR_INIT("portions"), false},
    {STR_INIT("абзац"), true},
    {STR_INIT("пункт"), true},
    {STR_INIT("параграф"), true},
    {STR_INIT("فقره"), false},
    {STR_INIT("الفقره"), false},
    {STR_INIT("الفقرات"), false},
    {STR_INIT("بند"), false},
    {STR_INIT("پاراگراف"), false},
};
static const struct {
	struct str word;
	bool range;
} links[] = {
    {STR_INIT("and"), false},
    {STR_INIT("or"), false},
    {STR_INIT("to"), true},
    {STR_INIT("through"), true},
    {STR_INIT("и"), false},
    {STR_INIT("или"), false},
    {STR_INIT("по"), true},
    {STR_INIT("و"), false},
    {STR_INIT("او"), false},
    {STR_INIT("الي"), true},
    {STR_INIT("یا"), false},
    {STR_INIT("يا"), false},
    {STR_INIT("تا"), true},
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const char withheld[] = "[reference to a withheld portion]";

static struct str
folded(const struct text_word *w)
{
	return (struct str){w->folded, w->n};
}

static bool
is_name(const struct text_word *w)
{
	for (size_t i = 0; i < COUNT(names); i++)
		if (names[i].stem ? str_starts(folded(w), names[i].word) : str_eq(folded(w), names[i].word))
			return true;
	return false;
}

/* 0 is no number. Digits of any script are folded to ASCII. */
static uint32_t
number_of(const struct text_word *w)
{
	uint64_t v;
	return str_u64(folded(w), &v) && v <= LIMIT_PORTIONS ? (uint32_t)v : 0;
}

/* Whether what stands between two words joins them: blanks and list marks alone. *ret_range: a dash is among them. */
static bool
joins(struct str gap, bool *ret_range)
{
	static const struct str dashes[] = {STR_INIT("-"), STR_INIT("\xe2\x80\x93"), STR_INIT("\xe2\x80\x94")},
				marks[] = {STR_INIT(" "), STR_INIT("\n"), STR_INIT("\t"), STR_INIT(","), STR_INIT("&"), STR_INIT("\xc2\xa0"),
				    STR_INIT("\xd8\x8c"), STR_INIT("\xe2\x84\x96"), STR_INIT("#")};
	while (gap.n) {
		size_t took = 0;
		for (size_t i = 0; i < COUNT(dashes) && !took; i++)
			if (str_starts(gap, dashes[i])) {
				took = dashes[i].n;
				*ret_range = true;
			}
		for (size_t i = 0; i < COUNT(marks) && !took; i++)
			took = str_starts(gap, marks[i]) ? marks[i].n : 0;
		if (!took)
			return false;
		gap = str_sub(gap, took, gap.n);
	}
	return true;
}

struct renumbering {
	struct buf *b;
	struct str text;
	const uint32_t *number;
	uint32_t n, dangling;
	size_t done; /* bytes of text dealt with */
};

static void
copy_to(struct renumbering *r, size_t at)
{
	buf_put(r->b, str_sub(r->text, r->done, at));
	r->done = at;
}

/* One number in place of its word. A number that no paragraph has is somebody else's. */
static void
put_number(struct renumbering *r, uint32_t v)
{
	if (v > r->n) {
		buf_u64(r->b, v);
	} else if (r->number[v - 1]) {
		buf_u64(r->b, r->number[v - 1]);
	} else {
		buf_puts(r->b, withheld);
		r->dangling++;
	}
}

/* Those between the ends of a range: what is left of them stands together, so only whether something is missing counts. */
static bool
range_whole(const struct renumbering *r, uint32_t from, uint32_t to)
{
	for (uint32_t v = from; v <= to; v++)
		if (v <= r->n && !r->number[v - 1])
			return false;
	return true;
}

/* The range, whose gap between the two words is [gap_from, gap_to) of the text. One with something missing says so and gives what is left. */
static void
put_range(struct renumbering *r, uint32_t from, uint32_t to, size_t gap_from, size_t gap_to)
{
	if (range_whole(r, from, to)) {
		put_number(r, from);
		buf_put(r->b, str_sub(r->text, gap_from, gap_to));
		put_number(r, to);
		return;
	}
	for (uint32_t v = from; v <= to; v++)
		if (v > r->n || r->number[v - 1]) {
			put_number(r, v);
			buf_puts(r->b, ", ");
		}
	buf_puts(r->b, withheld);
	r->dangling++;
}

static bool
is_link(const struct text_word *w, bool *ret_range)
{
	for (size_t i = 0; i < COUNT(links); i++)
		if (str_eq(folded(w), links[i].word)) {
			*ret_range |= links[i].range;
			return true;
		}
	return false;
}

/* After a number: the next number of its list, if there is one. *it is after it, or unchanged. */
static bool
next_in_list(const struct renumbering *r, struct text_words *it, size_t end, struct text_word *ret, bool *ret_range)
{
	struct text_words look = *it;
	struct text_word w;
	*ret_range = false;
	if (!text_word_next(&look, &w) || !joins(str_sub(r->text, end, w.start), ret_range))
		return false;
	if (is_link(&w, ret_range)) {
		end = w.end;
		if (!text_word_next(&look, &w) || !joins(str_sub(r->text, end, w.start), ret_range))
			return false;
	} else if (end == w.start) {
		return false;
	}
	if (!number_of(&w))
		return false;
	*it = look;
	*ret = w;
	return true;
}

/* The numbers after a name: it stands after the name's word. */
static void
put_list(struct renumbering *r, struct text_words *it, size_t end)
{
	struct text_words look = *it;
	struct text_word w, next;
	bool range = false;
	if (!text_word_next(&look, &w) || !number_of(&w))
		return;
	struct str gap = str_sub(r->text, end, w.start);
	if (gap.n && gap.p[0] == '.') /* para. 2 */
		gap = str_sub(gap, 1, gap.n);
	if (!gap.n || !joins(gap, &range))
		return;
	*it = look;
	for (;;) {
		uint32_t v = number_of(&w);
		copy_to(r, w.start);
		bool more = next_in_list(r, it, w.end, &next, &range);
		uint32_t to = more && range ? number_of(&next) : 0;
		if (to > v) {
			put_range(r, v, to, w.end, next.start);
			r->done = next.end;
			w = next;
			more = next_in_list(r, it, w.end, &next, &range);
		} else {
			put_number(r, v);
			r->done = w.end;
		}
		if (!more)
			return;
		w = next;
	}
}

uint32_t
tear_renumber(struct buf *b, struct str text, const uint32_t *number, uint32_t n, uint32_t own)
{
	struct renumbering r = {.b = b, .text = text, .number = number, .n = n};
	struct text_words it = {.text = text};
	struct text_word w;
	if (own && own <= n && number[own - 1] && text_word_next(&it, &w) && w.start == 0 && number_of(&w) == own && w.end < text.n &&
	    (text.p[w.end] == '.' || text.p[w.end] == ')')) {
		buf_u64(b, number[own - 1]);
		r.done = w.end;
	} else {
		it.at = 0;
	}
	while (text_word_next(&it, &w))
		if (is_name(&w))
			put_list(&r, &it, w.end);
	copy_to(&r, text.n);
	return r.dangling;
}
