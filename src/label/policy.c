#include "label/policy.h"

#include <assert.h>
#include <string.h>

static const char *const reserved[] = {"ALL", "BY", "DELETE", "JOINT", "ORCON", "REL", "TLP", "TO", "UNTIL", "VALID"};

/* A fixed field as a view; n == cap if it has no NUL. */
static struct str
field(const char *p, size_t cap)
{
	return (struct str){p, strnlen(p, cap)};
}

static bool
in_range(char c, char from, char to)
{
	return c >= from && c <= to;
}

bool
label_compartment_ok(struct str name)
{
	if (name.n == 0 || name.n > LIMIT_COMPARTMENT || !in_range(name.p[0], 'A', 'Z'))
		return false;
	for (size_t i = 1; i < name.n; i++)
		if (!in_range(name.p[i], 'A', 'Z') && !in_range(name.p[i], '0', '9') && name.p[i] != '-')
			return false;
	for (size_t i = 0; i < sizeof(reserved) / sizeof(*reserved); i++)
		if (str_is(name, reserved[i]))
			return false;
	return true;
}

static bool
member_ok(struct str id)
{
	if (id.n < 2 || id.n > POLICY_MEMBER || !in_range(id.p[0], 'a', 'z'))
		return false;
	for (size_t i = 1; i < id.n; i++)
		if (!in_range(id.p[i], 'a', 'z') && !in_range(id.p[i], '0', '9'))
			return false;
	return !str_is(id, "all") && !str_is(id, "joint");
}

static enum err
check_members(const struct label_policy *p, struct errinfo *e)
{
	for (int i = 0; i < LIMIT_MEMBERS; i++) {
		struct str id = field(p->member[i], sizeof(p->member[i]));
		if (id.n == 0)
			continue;
		if (!member_ok(id))
			return err_set(e, ERR_INVALID,
			    "member %d: \"%.*s\" is no member id (a small letter, then 1 to 7 letters or digits; not \"all\" or \"joint\")", i,
			    STR_FMT(id));
		if (label_policy_member(p, id) != i)
			return err_set(
			    e, ERR_INVALID, "member %d: \"%.*s\" is the id of member %d already", i, STR_FMT(id), label_policy_member(p, id));
	}
	return OK;
}

static bool
word_ok(struct str w, size_t max)
{
	if (w.n == 0 || w.n > max || !str_utf8(w, NULL) || w.p[0] == ' ' || w.p[w.n - 1] == ' ')
		return false;
	for (size_t i = 0; i < w.n; i++)
		if ((unsigned char)w.p[i] < ' ' || strchr("\177/(),", w.p[i]) || (w.p[i] == ' ' && w.p[i + 1] == ' '))
			return false;
	return !str_starts(w, STR("TLP:"));
}

static bool
words_ok(const struct label_words *w)
{
	return word_ok(field(w->name, sizeof(w->name)), POLICY_NAME) && word_ok(field(w->portion, sizeof(w->portion)), POLICY_PORTION);
}

/* Whether "longer" could be read as "shorter" followed by members, as in "//JOINT S IRN IRQ". */
static bool
reads_as(const struct label_policy *p, const char *shorter, const char *longer)
{
	struct str s = str_of(shorter), l = str_of(longer), word, rest;
	if (!str_starts(l, s) || longer[s.n] != ' ')
		return false;
	str_cut(str_sub(l, s.n + 1, l.n), ' ', &word, &rest);
	return label_policy_member_upper(p, word) >= 0;
}

const struct label_words *
label_level_words(const struct label_level *l, int member)
{
	return member >= 0 && l->national[member].name[0] ? &l->national[member] : &l->words;
}

/* member -1: the centre's own words */
static enum err
check_pair(const struct label_policy *p, const struct label_level *a, const struct label_level *b, int member, struct errinfo *e)
{
	const struct label_words *x = label_level_words(a, member), *y = label_level_words(b, member);
	const char *who = member < 0 ? "the centre" : p->member[member];
	if (strcmp(x->name, y->name) == 0 || strcmp(x->portion, y->portion) == 0)
		return err_set(e, ERR_INVALID, "levels %d and %d have a name or short form in common for %s (\"%s\"/\"%s\", \"%s\"/\"%s\")", a->rank,
		    b->rank, who, x->name, x->portion, y->name, y->portion);
	if (reads_as(p, x->name, y->name) || reads_as(p, x->portion, y->portion))
		return err_set(e, ERR_INVALID, "level %d: \"%s\" (%s) could be read as \"%s\" (%s) and a member", b->rank, y->name, y->portion,
		    x->name, x->portion);
	return OK;
}

static enum err
check_levels(const struct label_policy *p, struct errinfo *e)
{
	if (p->nlevels > LIMIT_LEVELS)
		return err_set(e, ERR_LIMIT, "%zu levels, at most %d", p->nlevels, LIMIT_LEVELS);
	for (size_t i = 0; i < p->nlevels; i++) {
		const struct label_level *l = &p->level[i];
		if (l->rank > POLICY_RANK_MAX)
			return err_set(e, ERR_LIMIT, "a level has rank %d, at most %d", l->rank, POLICY_RANK_MAX);
		if (label_policy_level(p, l->rank) != l)
			return err_set(e, ERR_INVALID, "rank %d is given to two levels", l->rank);
		if (!words_ok(&l->words))
			return err_set(e, ERR_INVALID, "level %d: its name or short form cannot stand in a mark", l->rank);
		for (int m = 0; m < LIMIT_MEMBERS; m++) {
			const struct label_words *w = &l->national[m];
			if ((w->name[0] || w->portion[0]) && (!p->member[m][0] || !words_ok(w)))
				return err_set(e, ERR_INVALID,
				    "level %d: what member %d \"%s\" calls it cannot stand in a mark, or there is no such member", l->rank, m,
				    p->member[m]);
		}
	}
	for (size_t i = 0; i < p->nlevels; i++)
		for (size_t j = 0; j < p->nlevels; j++)
			for (int m = -1; m < LIMIT_MEMBERS; m++)
				if (i != j && (m < 0 || p->member[m][0])) {
					enum err err = check_pair(p, &p->level[i], &p->level[j], m, e);
					if (err)
						return err;
				}
	return OK;
}

static enum err
check_compartments(const struct label_policy *p, struct errinfo *e)
{
	if (p->ncompartments > LIMIT_COMPARTMENTS_KNOWN)
		return err_set(e, ERR_LIMIT, "%zu compartments, at most %d", p->ncompartments, LIMIT_COMPARTMENTS_KNOWN);
	for (size_t i = 0; i < p->ncompartments; i++) {
		struct str name = field(p->compartment[i], sizeof(p->compartment[i]));
		if (!label_compartment_ok(name))
			return err_set(e, ERR_INVALID,
			    "\"%.*s\" is no name of a compartment (a capital, then up to 31 capitals, digits or hyphens; no word of marks)",
			    STR_FMT(name));
		for (size_t j = 0; j < i; j++)
			if (str_is(name, p->compartment[j]))
				return err_set(e, ERR_INVALID, "compartment \"%.*s\" is named twice", STR_FMT(name));
	}
	return OK;
}

enum err
label_policy_check(const struct label_policy *p, struct errinfo *e)
{
	static const uint8_t none[POLICY_ID];
	if (memcmp(p->id, none, POLICY_ID) == 0)
		return err_set(e, ERR_INVALID, "a policy needs its centre's id");
	enum err err = check_members(p, e);
	if (!err)
		err = check_levels(p, e);
	if (!err)
		err = check_compartments(p, e);
	return err;
}

int
label_policy_member(const struct label_policy *p, struct str id)
{
	if (id.n == 0)
		return -1;
	for (int i = 0; i < LIMIT_MEMBERS; i++)
		if (str_eq(id, field(p->member[i], POLICY_MEMBER)))
			return i;
	return -1;
}

int
label_policy_member_upper(const struct label_policy *p, struct str id)
{
	char small[POLICY_MEMBER];
	if (id.n > sizeof(small))
		return -1;
	for (size_t i = 0; i < id.n; i++) {
		if (in_range(id.p[i], 'a', 'z'))
			return -1;
		small[i] = in_range(id.p[i], 'A', 'Z') ? (char)(id.p[i] - 'A' + 'a') : id.p[i];
	}
	return label_policy_member(p, str_bytes(small, id.n));
}

const struct label_level *
label_policy_level(const struct label_policy *p, uint8_t rank)
{
	for (size_t i = 0; i < p->nlevels; i++)
		if (p->level[i].rank == rank)
			return &p->level[i];
	return NULL;
}

bool
label_policy_compartment(const struct label_policy *p, struct str name)
{
	for (size_t i = 0; i < p->ncompartments; i++)
		if (str_is(name, p->compartment[i]))
			return true;
	return false;
}

uint8_t
label_policy_top(const struct label_policy *p)
{
	uint8_t top = 0;
	for (size_t i = 0; i < p->nlevels; i++)
		if (p->level[i].rank > top)
			top = p->level[i].rank;
	return top;
}

uint64_t
label_policy_members(const struct label_policy *p)
{
	uint64_t set = 0;
	for (int i = 0; i < LIMIT_MEMBERS; i++)
		if (p->member[i][0])
			set |= UINT64_C(1) << i;
	return set;
}

size_t
label_circle_order(const struct label_policy *p, uint64_t circle, uint8_t ret[static LIMIT_MEMBERS])
{
	size_t n = 0;
	for (uint8_t i = 0; i < LIMIT_MEMBERS; i++) {
		if (!(circle >> i & 1))
			continue;
		size_t at = n++;
		for (; at > 0 && strcmp(p->member[ret[at - 1]], p->member[i]) > 0; at--)
			ret[at] = ret[at - 1];
		ret[at] = i;
	}
	return n;
}

void
label_member_put(struct buf *b, const struct label_policy *p, int member)
{
	for (const char *c = p->member[member]; *c; c++)
		buf_putc(b, in_range(*c, 'a', 'z') ? (char)(*c - 'a' + 'A') : *c);
}

void
label_circle_put(struct buf *b, const struct label_policy *p, uint64_t circle)
{
	uint8_t order[LIMIT_MEMBERS];
	size_t n = label_circle_order(p, circle, order);
	for (size_t i = 0; i < n; i++) {
		assert(p->member[order[i]][0]);
		if (i)
			buf_putc(b, '.');
		buf_puts(b, p->member[order[i]]);
	}
}

enum err
label_circle_parse(const struct label_policy *p, struct str name, uint64_t *ret, struct errinfo *e)
{
	uint64_t set = 0;
	struct str rest = name, id, last = STR_NONE;
	bool more = name.n > 0;
	while (more) {
		more = str_cut(rest, '.', &id, &rest);
		int m = label_policy_member(p, id);
		enum err err = OK;
		if (m < 0)
			err = err_set(e, ERR_INVALID, "\"%.*s\" is no member of this centre", STR_FMT(str_sub(id, 0, 32)));
		else if (str_cmp(last, id) >= 0)
			err =
			    err_set(e, ERR_INVALID, "\"%.*s\" is doubled or out of order: a circle's name is its members' ids, sorted", STR_FMT(id));
		if (err) {
			size_t at = (size_t)(id.p - name.p);
			err_place(e, 1, at + 1, at);
			return err;
		}
		set |= UINT64_C(1) << m;
		last = id;
	}
	*ret = set;
	return OK;
}
