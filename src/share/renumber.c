/* renumber: references from one paragraph to another, when some of them are gone.
 *
 * What is no reference stays as it is: "according to paragraph 1, 3 battalions" is not to become two. So in doubt a number is left, and counted, so
 * that whoever releases sees that there is something to look at. */
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

/* Of several for certain: a list must follow. */
static bool
is_plural(const struct text_word *w)
{
	static const struct str plurals[] = {STR_INIT("paragraphs"), STR_INIT("paras"), STR_INIT("portions"), STR_INIT("الفقرات")};
	for (size_t i = 0; i < COUNT(plurals); i++)
		if (str_eq(folded(w), plurals[i]))
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

static bool
starts_any(struct str s, const struct str *of, size_t n, size_t *ret)
{
	for (size_t i = 0; i < n; i++)
		if (str_starts(s, of[i])) {
			*ret = of[i].n;
			return true;
		}
	return false;
}

/* What stands between a name and its first number: blanks, perhaps a sign for "number"; after an abbreviation a full stop. */
static bool
joins_name(struct str gap, bool abbreviated)
{
	static const struct str marks[] = {
	    STR_INIT(" "), STR_INIT("\n"), STR_INIT("\t"), STR_INIT("\xc2\xa0"), STR_INIT("\xe2\x84\x96"), STR_INIT("#")};
	size_t took;
	if (abbreviated && gap.n && gap.p[0] == '.')
		gap = str_sub(gap, 1, gap.n);
	if (!gap.n)
		return false;
	for (; gap.n; gap = str_sub(gap, took, gap.n))
		if (!starts_any(gap, marks, COUNT(marks), &took))
			return false;
	return true;
}

/* Whether what follows a number ends what was said of it: nothing, or a mark with no digit behind it. */
static bool
ends(struct str rest)
{
	static const struct str marks[] = {STR_INIT("."), STR_INIT(","), STR_INIT(";"), STR_INIT(":"), STR_INIT("!"), STR_INIT("?"), STR_INIT(")"),
	    STR_INIT("]"), STR_INIT("\""), STR_INIT("\xc2\xbb"), STR_INIT("\xe2\x80\x9d"), STR_INIT("\xd8\x8c"), STR_INIT("\xd8\x9b"),
	    STR_INIT("\xd8\x9f")};
	struct text_words it = {.text = rest};
	struct text_word w;
	size_t took;
	if (!str_trim(rest).n)
		return true;
	if (!starts_any(rest, marks, COUNT(marks), &took))
		return false;
	bool tight = text_word_next(&it, &w) && w.start == took;
	return !tight || (!number_of(&w) && !(w.n && w.folded[0] >= '0' && w.folded[0] <= '9'));
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

static bool
no_blank(struct str s)
{
	return str_find(s, STR(" ")) < 0 && str_find(s, STR("\n")) < 0 && str_find(s, STR("\t")) < 0 && str_find(s, STR("\xc2\xa0")) < 0;
}

/* How one number of a list leads to the next. */
struct step {
	struct text_word w; /* the next number */
	bool range, link;   /* a range; by a word */
	bool tight;         /* nothing but one mark between */
};

/* After a number: the next number that may be of its list, if there is one. *it is after it, or unchanged. */
static bool
next_in_list(const struct renumbering *r, struct text_words *it, size_t end, struct step *ret)
{
	struct text_words look = *it;
	struct text_word w;
	struct step s = {0};
	if (!text_word_next(&look, &w) || !joins(str_sub(r->text, end, w.start), &s.range))
		return false;
	s.tight = no_blank(str_sub(r->text, end, w.start));
	if (is_link(&w, &s.range)) {
		s.link = true;
		s.tight = false;
		end = w.end;
		if (!text_word_next(&look, &w) || !joins(str_sub(r->text, end, w.start), &s.range))
			return false;
	} else if (end == w.start) {
		return false;
	}
	if (!number_of(&w))
		return false;
	s.w = w;
	*it = look;
	*ret = s;
	return true;
}

/* Whether a number, with it after its word, belongs to the list for certain: no word follows that it may count. */
static bool
belongs(const struct renumbering *r, struct text_words it, const struct text_word *w)
{
	struct step s = {.w = *w};
	for (size_t end;;) {
		end = s.w.end;
		if (ends(str_sub(r->text, end, r->text.n)))
			return true;
		if (!next_in_list(r, &it, end, &s))
			return false;
	}
}

/* One that may count something else stays. If it had to change as a reference, that is told. */
static void
leave(struct renumbering *r, uint32_t v)
{
	if (v <= r->n && r->number[v - 1] != v)
		r->dangling++;
}

/* The numbers after a name: it stands after the name's word. */
static void
put_list(struct renumbering *r, struct text_words *it, const struct text_word *name)
{
	struct text_words look = *it;
	struct step s = {0}, next;
	bool plural = is_plural(name), closed = false, more;
	if (!text_word_next(&look, &s.w) || !number_of(&s.w) ||
	    !joins_name(str_sub(r->text, name->end, s.w.start), str_starts(folded(name), STR("para")) && name->n <= 5))
		return;
	*it = look;
	for (size_t n = 1;; n++) {
		uint32_t v = number_of(&s.w), to = 0;
		copy_to(r, s.w.start);
		for (;;) { /* a range has two ends */
			look = *it;
			more = next_in_list(r, &look, s.w.end, &next);
			if (more && !(next.range && next.tight) && !(plural && !closed && (n == 1 || next.link)) && !belongs(r, look, &next.w)) {
				leave(r, number_of(&next.w));
				more = false;
			}
			if (more)
				*it = look;
			closed |= more && next.link && !next.range;
			if (to || !more || !next.range || number_of(&next.w) <= v)
				break;
			to = number_of(&next.w);
			put_range(r, v, to, s.w.end, next.w.start);
			r->done = next.w.end;
			s = next;
			n++;
		}
		if (!to) {
			put_number(r, v);
			r->done = s.w.end;
		}
		if (!more)
			return;
		s = next;
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
			put_list(&r, &it, &w);
	copy_to(&r, text.n);
	return r.dangling;
}
