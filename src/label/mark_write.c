/* Labels to marks: first whether there is a text, then the text. */
#include "label/mark.h"

#include <string.h>

#include "base/time.h"

static enum err
check_level(const struct label_policy *p, const struct label *l, struct errinfo *e)
{
	if (p->nlevels == 0) {
		if (l->level != 0)
			return err_set(e, ERR_INVALID, "no mark for this label: level %d in a centre without levels", l->level);
		return l->tlp != LABEL_TLP_NONE ? OK : err_set(e, ERR_INVALID, "no mark for this label: the centre has no levels and it has no TLP");
	}
	return label_policy_level(p, l->level) ? OK : err_set(e, ERR_INVALID, "no mark for this label: the centre has no level of rank %d", l->level);
}

enum err
mark_check(const struct label_policy *p, const struct label *l, struct errinfo *e)
{
	if (label_private(l))
		return err_set(e, ERR_INVALID, "no mark for this label: it joins material of several centres");
	if (!label_ok(l))
		return err_set(e, ERR_INVALID, "no mark for this label: it is not well-formed");
	if (memcmp(l->policy, p->id, POLICY_ID) != 0)
		return err_set(e, ERR_INVALID, "no mark for this label: it is of another centre");
	if (l->ncompartments == LABEL_OVERFULL)
		return err_set(e, ERR_INVALID, "no mark for this label: it needs more than %d compartments", LIMIT_COMPARTMENTS);
	if (l->owners == 0 || (l->circle & l->owners) == 0)
		return err_set(e, ERR_INVALID, "no mark for this label: no owner of it is in its circle");
	if (((l->owners | l->circle) & ~label_policy_members(p)) != 0)
		return err_set(e, ERR_INVALID, "no mark for this label: it names members that the centre does not have");
	for (size_t i = 0; i < l->ncompartments; i++)
		if (!label_policy_compartment(p, str_of(l->compartment[i])))
			return err_set(e, ERR_INVALID, "no mark for this label: compartment %s is not known here", l->compartment[i]);
	return check_level(p, l, e);
}

static void
put_members(struct buf *b, const struct label_policy *p, uint64_t set, const char *between)
{
	uint8_t order[LIMIT_MEMBERS];
	size_t n = label_circle_order(p, set, order);
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_puts(b, between);
		label_member_put(b, p, order[i]);
	}
}

static void
put_tlp(struct buf *b, enum label_tlp t)
{
	buf_puts(b, "TLP:");
	for (const char *c = label_tlp_name(t); *c; c++)
		buf_putc(b, *c == '+' ? '+' : (char)(*c - 'a' + 'A'));
}

static void
put_class(struct buf *b, const struct mark_view *v, const struct label *l, bool banner)
{
	const struct label_policy *p = v->policy;
	int owner = label_owner(l);
	if (owner < 0) {
		buf_puts(b, "//JOINT ");
	} else if (owner != v->home) {
		buf_puts(b, "//");
		label_member_put(b, p, owner);
		buf_putc(b, ' ');
	}
	if (p->nlevels == 0) {
		put_tlp(b, (enum label_tlp)l->tlp);
	} else {
		const struct label_words *w = label_level_words(label_policy_level(p, l->level), owner);
		buf_puts(b, banner ? w->name : w->portion);
	}
	if (owner < 0) {
		buf_putc(b, ' ');
		put_members(b, p, l->owners, " ");
	}
}

static void
put_date(struct buf *b, const char *word, int64_t t)
{
	struct date d;
	time_date(t, &d);
	buf_puts(b, word);
	if (t % TIME_DAY == 0)
		buf_printf(b, "%04d-%02d-%02d", d.year, d.month, d.day);
	else
		time_put(b, t);
}

/* What separates the next dissemination word from what stands before it. */
static void
put_between(struct buf *b, bool *first)
{
	buf_puts(b, *first ? "//" : "/");
	*first = false;
}

static void
put_words(struct buf *b, const struct label_policy *p, const struct label *l)
{
	bool first = true;
	if (l->orcon) {
		put_between(b, &first);
		buf_puts(b, "ORCON");
	}
	if (p->nlevels > 0 && l->tlp != LABEL_TLP_NONE) {
		put_between(b, &first);
		put_tlp(b, (enum label_tlp)l->tlp);
	}
	/* A joint mark always says where it may go: its list of owners is easily taken for that. */
	if (label_owner(l) < 0 || l->circle != l->owners) {
		put_between(b, &first);
		buf_puts(b, "REL TO ");
		put_members(b, p, l->circle, ", ");
	}
	if (l->valid_until != TIME_NEVER) {
		put_between(b, &first);
		put_date(b, "VALID UNTIL ", l->valid_until);
	}
	if (l->delete_by != TIME_NEVER) {
		put_between(b, &first);
		put_date(b, "DELETE BY ", l->delete_by);
	}
}

static void
put_mark(struct buf *b, const struct mark_view *v, const struct label *l, bool banner)
{
	put_class(b, v, l, banner);
	for (size_t i = 0; i < l->ncompartments; i++) {
		buf_puts(b, i ? "/" : "//");
		buf_puts(b, l->compartment[i]);
	}
	put_words(b, v->policy, l);
}

enum err
mark_put_portion(struct buf *b, const struct mark_view *v, const struct label *l, struct errinfo *e)
{
	enum err err = mark_check(v->policy, l, e);
	if (err)
		return err;
	buf_putc(b, '(');
	put_mark(b, v, l, false);
	buf_putc(b, ')');
	return OK;
}

enum err
mark_put_banner(struct buf *b, const struct mark_view *v, const struct label *l, struct errinfo *e)
{
	enum err err = mark_check(v->policy, l, e);
	if (!err)
		put_mark(b, v, l, true);
	return err;
}
