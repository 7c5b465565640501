/* Text to draft: the layout of a report. First how much of what there is (so that arrays are made once), then header, title, portions, label. */
#include "collect/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "collect/report_int.h"

enum err
report_fault(const struct report_reader *rd, enum err code, const char *at, const char *fmt, ...)
{
	char msg[sizeof(rd->e->msg)];
	uint64_t line = 1, col = 1;
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	err_set(rd->e, code, "%s", msg);
	for (const char *p = rd->text.p; p < at; p++) {
		if (*p == '\n') {
			line++;
			col = 1;
		} else {
			col += ((unsigned char)*p & 0xc0) != 0x80;
		}
	}
	err_place(rd->e, line, col, (uint64_t)(at - rd->text.p));
	return code;
}

static enum err
check_bytes(const struct report_reader *rd)
{
	struct str s = rd->text;
	size_t at = 0;
	if (s.n > LIMIT_REPORT) {
		err_set(rd->e, ERR_LIMIT, "a report of %zu bytes, at most %d", s.n, LIMIT_REPORT);
		err_hint(rd->e, "write several reports; what is not text is added as a STIX artifact");
		return ERR_LIMIT;
	}
	if (!str_utf8(s, &at)) {
		report_fault(rd, ERR_SYNTAX, s.p + at, "not UTF-8: byte 0x%02x", (unsigned)(unsigned char)s.p[at]);
		err_hint(rd->e, "save the text as UTF-8");
		return ERR_SYNTAX;
	}
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		struct str here = str_sub(s, i, s.n);
		bool c1 = c == 0xc2 && (unsigned char)s.p[i + 1] < 0xa0; /* whole: it is UTF-8 */
		if (c1 || str_starts(here, STR("\xe2\x80\xa8")) || str_starts(here, STR("\xe2\x80\xa9")) ||
		    (i && str_starts(here, STR("\xef\xbb\xbf")))) {
			report_fault(rd, ERR_SYNTAX, s.p + i, "a control character, or a separator of lines that is no line end");
			err_hint(rd->e, "reports are plain text: put line ends in its place, or take it out");
			return ERR_SYNTAX;
		}
		if ((c >= 0x20 && c != 0x7f) || c == '\n' || c == '\t' || (c == '\r' && i + 1 < s.n && s.p[i + 1] == '\n'))
			continue;
		report_fault(rd, ERR_SYNTAX, s.p + i, "a control character (0x%02x)", c);
		err_hint(rd->e, "reports are plain text: take it out");
		return ERR_SYNTAX;
	}
	return OK;
}

/* Upper bounds of what follows: paragraphs, and lines that are claims. */
static void
count(struct str s, size_t *ret_portions, size_t *ret_claims)
{
	struct str line, rest;
	bool inside = false;
	*ret_portions = *ret_claims = 0;
	while (str_line(&s, &line)) {
		line = str_trim(line);
		*ret_portions += line.n && !inside;
		*ret_claims += report_claim_line(line, &rest);
		inside = line.n > 0;
	}
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* What a reader takes for a blank, or does not see, though it is none of ASCII's: as UTF-8. */
static size_t
blank_of(struct str s)
{
	static const struct {
		const char *from, *to;
	} blanks[] = {{"\xc2\xa0", "\xc2\xa0"}, {"\xc2\xad", "\xc2\xad"}, {"\xe1\x9a\x80", "\xe1\x9a\x80"}, {"\xe1\xa0\x8e", "\xe1\xa0\x8e"},
	    {"\xe2\x80\x80", "\xe2\x80\x8f"}, {"\xe2\x80\xaa", "\xe2\x80\xaf"}, {"\xe2\x81\x9f", "\xe2\x81\xaf"}, {"\xe3\x80\x80", "\xe3\x80\x80"}};
	if (s.n && (*s.p == ' ' || *s.p == '\t'))
		return 1;
	for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++) {
		size_t n = strlen(blanks[i].from);
		if (s.n >= n && memcmp(s.p, blanks[i].from, n) >= 0 && memcmp(s.p, blanks[i].to, n) <= 0)
			return n;
	}
	return 0;
}

/* One character, or the same of full width. */
static bool
take(struct str *s, const char *c, const char *wide)
{
	size_t n = str_starts(*s, str_of(c)) ? strlen(c) : str_starts(*s, str_of(wide)) ? strlen(wide) : 0;
	*s = str_sub(*s, n, s->n);
	return n != 0;
}

static void
skip_blanks(struct str *s)
{
	for (size_t n; (n = blank_of(*s));)
		*s = str_sub(*s, n, s->n);
}

/* Where something stands that a reader takes for a mark: "(//", however it is spaced. NULL: nowhere. */
static const char *
looks_marked(struct str s)
{
	for (; s.n; s = str_sub(s, 1, s.n)) {
		struct str in = s;
		if (!take(&in, "(", "\xef\xbc\x88"))
			continue;
		skip_blanks(&in);
		if (!take(&in, "/", "\xef\xbc\x8f"))
			continue;
		skip_blanks(&in);
		if (take(&in, "/", "\xef\xbc\x8f"))
			return s.p;
	}
	return NULL;
}

/* Past what may stand before a mark at the head of a line: blanks, a number, a bullet. */
static struct str
past_bullet(struct str line)
{
	skip_blanks(&line);
	while (line.n && strchr("0123456789.)-*#>", *line.p))
		line = str_sub(line, 1, line.n);
	if (str_starts(line, STR("\xe2\x80\xa2")) || str_starts(line, STR("\xe2\x80\x93")) || str_starts(line, STR("\xe2\x80\x94")))
		line = str_sub(line, 3, line.n);
	skip_blanks(&line);
	return line;
}

/* The mark at the head of s, into p; *ret_rest is what follows it. A mark that is the same as the one before shares its label. */
static enum err
read_mark(
    struct report_reader *rd, struct str s, struct report_portion *p, struct str *last, const struct report_portion *before, struct str *ret_rest)
{
	struct str mark;
	struct errinfo why;
	if (!mark_cut(s, &mark, ret_rest)) {
		report_fault(rd, ERR_INVALID, s.p, "a portion without its mark");
		err_hint(rd->e, "begin it with whose it is, its level and who may have it: (//IRQ S//REL TO IRQ, RUS); a line that goes on follows "
				"without an empty one");
		return ERR_INVALID;
	}
	const char *inside = looks_marked(*ret_rest);
	if (inside) {
		report_fault(rd, ERR_INVALID, inside, "a mark within a portion");
		err_hint(rd->e, "each portion is a paragraph of its own, after an empty line");
		return ERR_INVALID;
	}
	if (before && str_eq(mark, *last)) {
		p->label = before->label;
		p->mark = before->mark;
		return OK;
	}
	struct label *l = arena_alloc(rd->a, sizeof(*l));
	if (!l)
		return err_nomem(rd->e);
	enum err err = mark_parse_portion(mark, rd->v, l, &why);
	if (err) {
		report_fault(rd, err, mark.p + (why.line ? why.offset : 0), "%s", why.msg);
		err_hint(rd->e, "as in (//IRQ S//REL TO IRQ, RUS); comity help marks tells the words and their order");
		return err;
	}
	uint64_t own = UINT64_C(1) << rd->v->home;
	if (!(l->owners & own) || !(l->circle & own)) {
		report_fault(rd, ERR_INVALID, mark.p,
		    l->owners & own ? "the mark does not release to its author" : "the mark says that it is the information of others");
		err_hint(rd->e, "mark it as your own, and name what it was made from with Cites:, which stays private");
		return ERR_INVALID;
	}
	l->valid_until = earlier(l->valid_until, rd->r.valid_until);
	l->delete_by = earlier(l->delete_by, rd->r.delete_by);
	struct mark_view anybody = {rd->v->policy, -1, 0};
	struct buf b = BUF_INIT(LIMIT_MARK);
	err = mark_put_portion(&b, &anybody, l, rd->e);
	if (!err)
		err = buf_take(&b, &p->mark, rd->e);
	if (!err && !arena_dup(rd->a, p->mark, &p->mark))
		err = err_nomem(rd->e);
	buf_done(&b);
	p->label = l;
	*last = mark;
	return err;
}

/* [B2] at the head of *s; [-]: none, although the header has one. */
static enum err
read_grade(struct report_reader *rd, struct str *s, struct grade *ret, bool *ret_said)
{
	struct errinfo why;
	*ret_said = s->n && s->p[0] == '[';
	if (!*ret_said)
		return OK;
	ptrdiff_t end = str_chr(*s, ']');
	struct str sign = str_sub(*s, 1, end < 0 ? s->n : (size_t)end);
	enum err err = str_is(sign, "-") ? OK : grade_parse(sign, ret, &why);
	if (end < 0 || err) {
		report_fault(rd, ERR_INVALID, s->p, "%s", end < 0 ? "the grade has no closing bracket" : why.msg);
		err_hint(rd->e, "what follows a mark in [ ] is a grade, as [B2]; let a text that begins so begin otherwise");
		return ERR_INVALID;
	}
	*s = str_trim(str_sub(*s, (size_t)end + 1, s->n));
	return OK;
}

static void
read_kind(struct str *s, struct report_portion *p)
{
	static const struct {
		struct str word;
		enum stix_portion_kind kind;
	} kinds[] = {{STR_INIT("Caption:"), STIX_PORTION_CAPTION}, {STR_INIT("Comment:"), STIX_PORTION_COMMENT}};
	p->kind = STIX_PORTION_PARAGRAPH;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (str_starts(*s, kinds[i].word)) {
			p->kind = kinds[i].kind;
			*s = str_trim(str_sub(*s, kinds[i].word.n, s->n));
			return;
		}
}

/* A line that goes on with a portion must not look like the start of another: text marked high would go out under a lower mark. */
static enum err
check_goes_on(struct report_reader *rd, struct str line)
{
	struct str mark, rest;
	struct label l;
	struct errinfo why;
	line = past_bullet(line);
	bool comment = str_starts(line, STR("Comment:")) || str_starts(line, STR("Caption:"));
	if (!comment && !looks_marked(line) && !(mark_cut(line, &mark, &rest) && !mark_parse_portion(mark, rd->v, &l, &why)))
		return OK;
	report_fault(rd, ERR_INVALID, line.p, comment ? "a comment or caption within a portion" : "a mark within a portion");
	err_hint(rd->e, comment ? "put an empty line before it, and its own mark: (//IRQ S) Comment: …" : "put an empty line before it");
	return ERR_INVALID;
}

struct body {
	struct report_portion *portions;
	struct report_claim *claims;
	size_t n, nclaims;
	struct str last; /* mark as written of the portion before */
};

static enum err
add_claim(struct report_reader *rd, struct body *b, struct str line, struct str claim)
{
	struct report_portion *p = &b->portions[b->n - 1];
	if (b->n == 1) {
		report_fault(rd, ERR_INVALID, line.p, "a claim before the first portion");
		err_hint(rd->e, "claims follow the portion that says so");
		return ERR_INVALID;
	}
	if (p->nclaims == LIMIT_CLAIMS)
		return report_fault(rd, ERR_LIMIT, line.p, "more than %d claims in one portion", LIMIT_CLAIMS);
	if (!p->nclaims)
		p->claims = &b->claims[b->nclaims];
	p->nclaims++;
	return report_claim_read(rd, claim.n ? claim : line, &b->claims[b->nclaims++]);
}

/* One paragraph: `first` is its first line, the others come off *rest. */
static enum err
read_paragraph(struct report_reader *rd, struct body *b, struct str first, struct str *rest)
{
	struct report_portion *p = &b->portions[b->n];
	struct str line = first, claim, s = STR_NONE;
	struct buf text = BUF_INIT(LIMIT_REPORT);
	bool claims = report_claim_line(line, &claim), graded = false;
	enum err err = OK;
	if (claims) {
		err = add_claim(rd, b, line, claim);
	} else {
		err = read_mark(rd, line, p, &b->last, p - 1, &s);
		if (!err)
			err = read_grade(rd, &s, &p->grade, &graded);
		if (!err) {
			read_kind(&s, p);
			p->line = 1;
			for (const char *c = rd->text.p; c < line.p; c++)
				p->line += *c == '\n';
			buf_put(&text, s);
			b->n++;
			if (!graded && (p->kind == STIX_PORTION_PARAGRAPH || p->kind == STIX_PORTION_CAPTION))
				p->grade = rd->r.grade;
		}
	}
	const char *after = s.p;
	while (!err && str_line(rest, &line)) {
		line = str_trim(line);
		if (!line.n)
			break;
		if (report_claim_line(line, &claim)) {
			claims = true;
			err = add_claim(rd, b, line, claim);
		} else if (claims) {
			err = report_fault(rd, ERR_INVALID, line.p, "text after a claim");
			err_hint(rd->e, "put an empty line before it, and begin it with its mark");
		} else if (!(err = check_goes_on(rd, line))) {
			if (text.n)
				buf_putc(&text, '\n');
			buf_put(&text, line);
		}
	}
	if (!err && s.p) {
		struct str whole;
		err = buf_take(&text, &whole, rd->e);
		if (!err && !whole.n) {
			err = report_fault(rd, ERR_INVALID, after, "a mark without text");
			err_hint(rd->e, "write the portion after it, or take it out");
		} else if (!err && !arena_dup(rd->a, whole, &p->text)) {
			err = err_nomem(rd->e);
		}
	}
	buf_done(&text);
	return err;
}

static enum err
read_body(struct report_reader *rd, struct str rest)
{
	size_t portions, claims;
	struct body b = {.last = STR_NONE};
	struct str line;
	count(rest, &portions, &claims);
	if (portions >= LIMIT_PORTIONS)
		portions = LIMIT_PORTIONS - 1;
	b.portions = arena_array(rd->a, portions + 1, sizeof(*b.portions));
	b.claims = arena_array(rd->a, claims, sizeof(*b.claims));
	if (!b.portions || !b.claims)
		return err_nomem(rd->e);
	struct report_portion *title = b.portions;
	enum err err = read_mark(rd, rd->subject, title, &b.last, NULL, &title->text);
	if (err)
		return err;
	if (!title->text.n) {
		err = report_fault(rd, ERR_INVALID, rd->subject.p, "Subject: a mark without text");
		err_hint(rd->e, "say in a line what the report is about");
		return err;
	}
	title->kind = STIX_PORTION_TITLE;
	title->line = 1;
	for (const char *c = rd->text.p; c < rd->subject.p; c++)
		title->line += *c == '\n';
	b.n = 1;
	while (str_line(&rest, &line)) {
		struct str claim;
		line = str_trim(line);
		if (!line.n)
			continue;
		if (b.n == LIMIT_PORTIONS && !report_claim_line(line, &claim))
			return report_fault(rd, ERR_LIMIT, line.p, "more than %d portions", LIMIT_PORTIONS);
		err = read_paragraph(rd, &b, line, &rest);
		if (err)
			return err;
	}
	if (b.n == 1) {
		err = report_fault(rd, ERR_INVALID, rd->text.p + rd->text.n, "no portion follows the header");
		err_hint(rd->e, "after an empty line write the text, each portion with its mark");
		return err;
	}
	rd->r.portions = b.portions;
	rd->r.nportions = b.n;
	return OK;
}

static enum err
label_whole(struct report_reader *rd)
{
	struct report *r = &rd->r;
	struct mark_view anybody = {rd->v->policy, -1, 0};
	struct buf b = BUF_INIT(LIMIT_MARK);
	r->label = *r->portions[0].label;
	for (size_t i = 1; i < r->nportions; i++)
		if (r->portions[i].label != r->portions[i - 1].label)
			label_join(&r->label, r->portions[i].label, &r->label);
	r->label.owners = UINT64_C(1) << rd->v->home;
	if (r->label.ncompartments == LABEL_OVERFULL) {
		report_fault(rd, ERR_LIMIT, rd->text.p, "the portions together need more than %d compartments", LIMIT_COMPARTMENTS);
		err_hint(rd->e, "write several reports");
		return ERR_LIMIT;
	}
	enum err err = mark_put_banner(&b, &anybody, &r->label, rd->e);
	if (!err)
		err = buf_take(&b, &r->banner, rd->e);
	if (!err && !arena_dup(rd->a, r->banner, &r->banner))
		err = err_nomem(rd->e);
	buf_done(&b);
	return err;
}

#define HINT_SUBJECT "What it is about, in a line"
#define HINT_PORTION "The first portion. Each begins with its mark and, if it has one of its own, its grade."
#define HINT_COMMENT "Comment: what you think of it, apart from what was reported."

/* No line stands as the template gave it. */
static enum err
check_edited(const struct report_reader *rd)
{
	static const struct str hints[] = {STR_INIT(HINT_SUBJECT), STR_INIT(HINT_PORTION), STR_INIT(HINT_COMMENT)};
	struct str rest = rd->text, line;
	while (str_line(&rest, &line)) {
		line = str_trim(line);
		for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
			if (str_ends(line, hints[i])) {
				report_fault(rd, ERR_INVALID, line.p, "this line still says what the template says");
				err_hint(rd->e, "write your own in its place, or take it out");
				return ERR_INVALID;
			}
	}
	return OK;
}

enum err
report_parse(struct arena *a, struct str text, const struct mark_view *v, struct report *ret, struct errinfo *e)
{
	struct errinfo ignored;
	struct report_reader rd = {.text = text, .a = a, .v = v, .e = e ? e : &ignored};
	struct str rest = text;
	rd.r.information_time = rd.r.report_time = rd.r.valid_until = rd.r.delete_by = TIME_NEVER;
	enum err err = check_bytes(&rd);
	if (err)
		return err;
	if (str_starts(rest, STR("\xef\xbb\xbf")))
		rest = str_sub(rest, 3, rest.n);
	err = report_fields_read(&rd, &rest);
	if (!err)
		err = read_body(&rd, rest);
	if (!err)
		err = check_edited(&rd);
	if (!err)
		err = label_whole(&rd);
	if (!err)
		*ret = rd.r;
	return err;
}

struct str
report_template(void)
{
	return STR(
	    "# Lines that begin with # and fields with nothing after the colon are left out. The header ends with the first empty line.\n"
	    "# A mark: whose, level, who may have it. In a centre that has no levels TLP stands in their place: (//IRQ TLP:AMBER//REL TO IRQ)\n"
	    "Type: INTREP\n"
	    "Subject: (//IRQ S//REL TO IRQ) " HINT_SUBJECT "\n"
	    "# Of the time it tells about, and of the report (else: now): 2015-10-01 or 2015-10-01T06:30:00Z\n"
	    "Information-Time:\n"
	    "Report-Time:\n"
	    "# ROUTINE, PRIORITY, IMMEDIATE, FLASH\n"
	    "Precedence: ROUTINE\n"
	    "Place:\n"
	    "Language: en\n"
	    "# Codename, which never leaves the home; and what those who get the report may know of the source\n"
	    "Source:\n"
	    "Source-Description:\n"
	    "# Reliability and credibility, for portions without a grade of their own: A1 to F6, or 4x4:A1 to 4x4:X4\n"
	    "Grade:\n"
	    "# Ids of what it is made from (private), one a line; the id of an earlier report that this one replaces\n"
	    "Cites:\n"
	    "Id:\n"
	    "# Out of view from this day; gone by this day\n"
	    "Valid-Until:\n"
	    "Delete-By:\n"
	    "# A number that a portion gives can be compared with others' if a line after it says it (without the sign in front):\n"
	    "# Claim: what=fighters; where=Palmyra; when=2015-10-01; low=300; best=350; high=400\n"
	    "\n"
	    "(//IRQ S//REL TO IRQ) [B2] " HINT_PORTION "\n"
	    "\n"
	    "(//IRQ S//REL TO IRQ) " HINT_COMMENT "\n");
}
