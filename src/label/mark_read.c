/* Marks to labels: split at "//", then class, compartments, words. Every fault names the word and where it stands. */
#include "label/mark.h"

#include <string.h>

#include "base/time.h"

struct reader {
	struct str text; /* the whole mark, for places */
	const struct mark_view *v;
	bool banner;
	struct label l;
	bool rel; /* REL TO was there */
	struct errinfo *e;
};

/* The place is counted in characters: a byte that continues one is not counted. */
static enum err
fault(struct reader *r, struct str word, const char *what)
{
	size_t at = (size_t)(word.p - r->text.p), col = 1;
	for (size_t i = 0; i < at; i++)
		col += ((unsigned char)r->text.p[i] & 0xc0) != 0x80;
	if (word.n)
		err_set(r->e, ERR_INVALID, "\"%.*s\" in column %zu of the mark: %s", STR_FMT(str_sub(word, 0, 64)), col, what);
	else
		err_set(r->e, ERR_INVALID, "column %zu of the mark: a word is missing", col);
	err_place(r->e, 1, col, at);
	return ERR_INVALID;
}

static enum err
read_member(struct reader *r, struct str word, uint64_t *set, struct str *last)
{
	int m = label_policy_member_upper(r->v->policy, word);
	if (m < 0)
		return fault(r, word, "no member of this centre");
	uint64_t bit = UINT64_C(1) << m;
	if (*set & bit)
		return fault(r, word, "named twice");
	if (str_cmp(*last, word) > 0)
		return fault(r, word, "members stand in the order of the alphabet");
	*set |= bit;
	*last = word;
	return OK;
}

static bool
read_tlp(struct str word, uint8_t *ret)
{
	char small[16];
	enum label_tlp t;
	struct str name = str_sub(word, 4, word.n);
	if (!str_starts(word, STR("TLP:")) || name.n > sizeof(small))
		return false;
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] >= 'a' && name.p[i] <= 'z')
			return false;
		small[i] = name.p[i] >= 'A' && name.p[i] <= 'Z' ? (char)(name.p[i] - 'A' + 'a') : name.p[i];
	}
	if (!label_tlp_parse(str_bytes(small, name.n), &t))
		return false;
	*ret = (uint8_t)t;
	return true;
}

/* The level word at the head of s as this member (-1: the centre) has it: the whole of s, or (if `head`) the longest that a blank follows. Its
 * length; 0 if there is none. */
static size_t
read_level(struct reader *r, struct str s, int member, bool head)
{
	const struct label_policy *p = r->v->policy;
	size_t best = 0;
	if (p->nlevels == 0) {
		struct str word = s, rest;
		if (head)
			str_cut(s, ' ', &word, &rest);
		return read_tlp(word, &r->l.tlp) ? word.n : 0;
	}
	for (size_t i = 0; i < p->nlevels; i++) {
		const struct label_words *w = label_level_words(&p->level[i], member);
		struct str word = str_of(r->banner ? w->name : w->portion);
		bool fits = head ? str_starts(s, word) && s.n > word.n && s.p[word.n] == ' ' : str_eq(s, word);
		if (fits && word.n > best) {
			best = word.n;
			r->l.level = p->level[i].rank;
		}
	}
	return best;
}

/* The words for levels that the owner uses, from the highest down. */
static void
put_levels(const struct reader *r, int owner, struct buf *b)
{
	const struct label_policy *p = r->v->policy;
	for (int below = POLICY_RANK_MAX + 1;;) {
		const struct label_level *next = NULL;
		for (size_t i = 0; i < p->nlevels; i++)
			if (p->level[i].rank < below && (!next || p->level[i].rank > next->rank))
				next = &p->level[i];
		if (!next)
			return;
		const struct label_words *w = label_level_words(next, owner);
		buf_printf(b, "%s%s", b->n ? ", " : "", r->banner ? w->name : w->portion);
		below = next->rank;
	}
}

static enum err
bad_level(struct reader *r, struct str word, int owner)
{
	if (r->v->policy->nlevels == 0)
		return fault(r, word, "no TLP marking; this centre has no levels, and TLP stands in their place");
	enum err err = fault(r, word, r->banner ? "no level of this centre by its full name" : "no level of this centre by its short form");
	struct buf b = BUF_INIT(KIB);
	put_levels(r, owner, &b);
	err_hint(r->e, "they are, from the highest: %.*s", STR_FMT(buf_str(&b)));
	buf_done(&b);
	return err;
}

static enum err
read_joint(struct reader *r, struct str s)
{
	struct str word, rest, last = STR_NONE;
	size_t n = read_level(r, s, -1, true);
	if (n == 0)
		return bad_level(r, s, -1);
	bool more = true;
	for (rest = str_sub(s, n + 1, s.n); more;) {
		more = str_cut(rest, ' ', &word, &rest);
		enum err err = read_member(r, word, &r->l.owners, &last);
		if (err)
			return err;
	}
	return label_owner(&r->l) < 0 ? OK : fault(r, last, "JOINT needs two members at least");
}

static enum err
read_class(struct reader *r, struct str s, bool foreign)
{
	struct str word, level, last = STR_NONE;
	int owner = r->v->home;
	if (!foreign) {
		if (owner < 0)
			return fault(r, s, "a mark begins with // and whose information it is");
		r->l.owners = UINT64_C(1) << owner;
		return read_level(r, s, owner, false) ? OK : bad_level(r, s, owner);
	}
	str_cut(s, ' ', &word, &level);
	if (str_is(word, "JOINT"))
		return read_joint(r, level.n ? level : str_sub(s, s.n, s.n));
	enum err err = read_member(r, word, &r->l.owners, &last);
	if (err)
		return err;
	return read_level(r, level, label_owner(&r->l), false) ? OK : bad_level(r, level.n ? level : str_sub(s, s.n, s.n), label_owner(&r->l));
}

static enum err
read_date(struct reader *r, struct str s, int64_t *ret)
{
	bool date = s.n == sizeof("2015-12-31") - 1;
	return (date ? time_parse_human(s, ret) : time_parse(s, ret)) ? OK : fault(r, s, "no date; write 2015-12-31, or a full time ending in Z");
}

static enum err
read_orcon(struct reader *r, struct str s)
{
	(void)s;
	r->l.orcon = true;
	return OK;
}

static enum err
read_tlp_word(struct reader *r, struct str s)
{
	if (r->v->policy->nlevels == 0)
		return fault(r, s, "this centre has no levels: TLP stands in their place, first");
	return read_tlp(s, &r->l.tlp) ? OK : fault(r, s, "no TLP marking");
}

static enum err
read_rel(struct reader *r, struct str s)
{
	struct str word, rest = s, last = STR_NONE;
	uint64_t set = 0;
	r->rel = true;
	if (str_is(s, "ALL")) {
		if (r->v->all == 0)
			return fault(r, s, "name the members: who is meant by ALL would change as the centre grows");
		set = r->v->all;
	} else {
		for (bool more = true; more;) {
			more = str_cut(rest, ',', &word, &rest);
			if (more && !str_starts(rest, STR(" ")))
				return fault(r, rest.n ? rest : str_sub(s, s.n, s.n), "members are separated by a comma and a blank");
			if (more)
				rest = str_sub(rest, 1, rest.n);
			enum err err = read_member(r, word, &set, &last);
			if (err)
				return err;
		}
	}
	r->l.circle = set;
	return set & r->l.owners ? OK : fault(r, s, "none of its owners is among them");
}

static enum err
read_until(struct reader *r, struct str s)
{
	return read_date(r, s, &r->l.valid_until);
}

static enum err
read_delete(struct reader *r, struct str s)
{
	return read_date(r, s, &r->l.delete_by);
}

/* In the order in which they stand. A word that takes more is followed by it. */
static const struct {
	struct str word;
	bool whole, keep; /* nothing may follow; what is read includes the word */
	enum err (*read)(struct reader *r, struct str s);
} words[] = {
    {STR_INIT("ORCON"), true, false, read_orcon},
    {STR_INIT("TLP:"), false, true, read_tlp_word},
    {STR_INIT("REL TO "), false, false, read_rel},
    {STR_INIT("VALID UNTIL "), false, false, read_until},
    {STR_INIT("DELETE BY "), false, false, read_delete},
};

enum { NWORDS = sizeof(words) / sizeof(*words) };

static size_t
which_word(struct str s)
{
	size_t i = 0;
	while (i < NWORDS && !(words[i].whole ? str_eq(s, words[i].word) : str_starts(s, words[i].word)))
		i++;
	return i;
}

static enum err
read_words(struct reader *r, struct str s)
{
	struct str word, rest = s;
	size_t next = 0;
	for (bool more = true; more;) {
		more = str_cut(rest, '/', &word, &rest);
		size_t i = which_word(word);
		if (i == NWORDS)
			return fault(r, word,
			    label_compartment_ok(word) ? "compartments stand before ORCON, TLP, REL TO and dates, after their own //"
						       : "no word of marks");
		if (i + 1 == next)
			return fault(r, word, "stands twice");
		if (i < next)
			return fault(r, word, "out of order: ORCON, TLP, REL TO, VALID UNTIL, DELETE BY");
		enum err err = words[i].read(r, words[i].keep ? word : str_sub(word, words[i].word.n, word.n));
		if (err)
			return err;
		next = i + 1;
	}
	return OK;
}

static enum err
read_compartments(struct reader *r, struct str s)
{
	struct str word, rest = s, last = STR_NONE;
	for (bool more = true; more;) {
		more = str_cut(rest, '/', &word, &rest);
		if (which_word(word) < NWORDS)
			return fault(r, word, "// stands before it, not /: it is no compartment");
		if (!label_policy_compartment(r->v->policy, word))
			return fault(r, word, "no compartment known here, nor a word of marks");
		if (str_eq(last, word))
			return fault(r, word, "named twice");
		if (str_cmp(last, word) > 0)
			return fault(r, word, "compartments stand in the order of the alphabet");
		if (r->l.ncompartments == LIMIT_COMPARTMENTS)
			return fault(r, word, "too many compartments");
		label_add_compartment(&r->l, word);
		last = word;
	}
	return OK;
}

/* Takes what stands before the next "//" off *rest. False when nothing is left. */
static bool
next_part(struct str *rest, struct str *ret)
{
	if (!rest->p)
		return false;
	ptrdiff_t at = str_find(*rest, STR("//"));
	*ret = at < 0 ? *rest : str_sub(*rest, 0, (size_t)at);
	*rest = at < 0 ? STR_NONE : (struct str){rest->p + at + 2, rest->n - (size_t)at - 2};
	return true;
}

static enum err
read_mark(struct reader *r, struct str body)
{
	struct str part = body, rest = body;
	bool foreign = str_starts(body, STR("//"));
	if (foreign)
		rest = (struct str){body.p + 2, body.n - 2};
	next_part(&rest, &part);
	enum err err = part.n ? read_class(r, part, foreign) : fault(r, part, "");
	bool more = !err && next_part(&rest, &part);
	if (more) {
		struct str first, others;
		str_cut(part, '/', &first, &others);
		if (which_word(first) == NWORDS) {
			err = read_compartments(r, part);
			more = !err && next_part(&rest, &part);
		}
	}
	if (more) {
		err = read_words(r, part);
		if (!err && next_part(&rest, &part))
			err = fault(r, part.n ? part : (struct str){part.p, 0}, "nothing follows the dissemination words");
	}
	return err;
}

static enum err
parse(struct reader *r, struct str body, struct label *ret)
{
	if (r->text.n > LIMIT_MARK)
		return err_set(r->e, ERR_LIMIT, "a mark of %zu bytes, at most %d", r->text.n, LIMIT_MARK);
	label_bottom(&r->l, r->v->policy->id);
	enum err err = read_mark(r, body);
	if (err)
		return err;
	if (!r->rel)
		r->l.circle = r->l.owners;
	*ret = r->l;
	return OK;
}

enum err
mark_parse_portion(struct str text, const struct mark_view *v, struct label *ret, struct errinfo *e)
{
	struct reader r = {.text = text, .v = v, .e = e};
	if (text.n < 2 || text.p[0] != '(' || text.p[text.n - 1] != ')') {
		err_set(e, ERR_INVALID, "a portion mark stands in brackets, as in (//IRQ S//REL TO IRQ, RUS)");
		err_place(e, 1, 1, 0);
		return ERR_INVALID;
	}
	return parse(&r, str_sub(text, 1, text.n - 1), ret);
}

enum err
mark_parse_banner(struct str text, const struct mark_view *v, struct label *ret, struct errinfo *e)
{
	struct reader r = {.text = text, .v = v, .banner = true, .e = e};
	if (text.n == 0) {
		err_set(e, ERR_INVALID, "the banner is empty");
		err_place(e, 1, 1, 0);
		return ERR_INVALID;
	}
	return parse(&r, text, ret);
}

bool
mark_cut(struct str line, struct str *ret_mark, struct str *ret_rest)
{
	ptrdiff_t end = str_chr(line, ')');
	if (end < 0 || line.p[0] != '(')
		return false;
	*ret_mark = str_sub(line, 0, (size_t)end + 1);
	*ret_rest = str_trim(str_sub(line, (size_t)end + 1, line.n));
	return true;
}
