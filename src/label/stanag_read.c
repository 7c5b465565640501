/* What was written, to a label of this centre: policy and classification first, since owner and level come of them, then the categories. */
#include <string.h>

#include "label/stanag_int.h"

struct reader {
	const struct label_import *in;
	const struct slab *s;
	struct label l;
	uint64_t circle; /* what all of Releasable To leave */
	bool released;   /* there was one */
	bool owned;      /* there was an Owner */
	struct errinfo *e;
};

enum err
slab_fault(const struct slab_text *t, struct errinfo *e)
{
	err_place(e, t->line, t->col, t->offset);
	return e ? e->code : ERR_INVALID;
}

static bool
is_centre(const struct label_policy *p, struct str id)
{
	uint8_t bytes[POLICY_ID];
	size_t n;
	return hex_decode(id, bytes, sizeof(bytes), &n) && n == POLICY_ID && memcmp(bytes, p->id, POLICY_ID) == 0;
}

static bool
read_level(struct reader *r, int member)
{
	const struct label_policy *p = r->in->policy;
	struct str word = r->s->classification.s;
	if (p->nlevels == 0)
		return str_starts(word, STR("TLP:")) && label_import_tlp(word, &r->l.tlp);
	for (size_t i = 0; i < p->nlevels; i++)
		if (str_is(word, label_level_words(&p->level[i], member)->name)) {
			r->l.level = p->level[i].rank;
			return true;
		}
	return false;
}

/* A member's own policy gives its owner and the words of its levels. */
static enum err
read_policy(struct reader *r)
{
	const struct slab *s = r->s;
	const struct label_policy *p = r->in->policy;
	struct errinfo *e = r->e;
	int member = -1;
	if (!s->policy.s.n || !s->classification.s.n)
		return err_set(e, ERR_INVALID, "a label says its policy and its classification; one of them is missing or empty");
	if (!is_centre(p, s->policy.s) && (member = label_policy_member_upper(p, s->policy.s)) < 0) {
		err_set(e, ERR_INVALID, "policy \"%.*s\" is neither this centre's nor that of a member", STR_FMT(str_sub(s->policy.s, 0, 80)));
		err_hint(e, "have its originator label it by this centre's policy, or by its own under its id in capitals; or give the mark by hand");
		return slab_fault(&s->policy, e);
	}
	if (member >= 0)
		r->l.owners = UINT64_C(1) << member;
	if (read_level(r, member))
		return OK;
	err_set(e, ERR_INVALID, "classification \"%.*s\" is none of %s", STR_FMT(str_sub(s->classification.s, 0, 80)),
	    p->nlevels == 0 ? "the TLP markings that stand in place of levels here"
	    : member < 0    ? "this centre's levels"
			    : "that member's words for levels");
	err_hint(e, "the charter names the levels and what each member calls them: comity charter show");
	return slab_fault(&s->classification, e);
}

static enum err
read_releasable(struct reader *r, const struct slab_category *c)
{
	uint64_t set = 0;
	for (uint32_t i = 0; i < c->n; i++) {
		const struct slab_text *v = &r->s->value[c->first + i];
		int m = label_import_member(r->in, v->s);
		if (m < 0)
			label_import_note(r->in, "line %llu: releasable to %.*s, who is no member here", (unsigned long long)v->line,
			    STR_FMT(str_sub(v->s, 0, 80)));
		else
			set |= UINT64_C(1) << m;
	}
	r->circle &= set;
	r->released = true;
	return OK;
}

static enum err
read_owner(struct reader *r, const struct slab_category *c)
{
	uint64_t set = 0;
	for (uint32_t i = 0; i < c->n; i++) {
		const struct slab_text *v = &r->s->value[c->first + i];
		int m = label_import_member(r->in, v->s);
		if (m < 0) {
			err_set(r->e, ERR_INVALID, "owner \"%.*s\" is no member of this centre", STR_FMT(str_sub(v->s, 0, 80)));
			return slab_fault(v, r->e);
		}
		set |= UINT64_C(1) << m;
	}
	if (r->owned) {
		err_set(r->e, ERR_INVALID, "\"%s\" stands twice: whose it is must be said once", STANAG_OWNER);
		return slab_fault(&c->tag, r->e);
	}
	if (r->l.owners & ~set) {
		err_set(r->e, ERR_INVALID, "its owners do not include the member whose policy it is labelled by");
		return slab_fault(&c->tag, r->e);
	}
	r->owned = true;
	r->l.owners = set;
	return OK;
}

static enum err
read_compartments(struct reader *r, const struct slab_category *c)
{
	for (uint32_t i = 0; i < c->n; i++) {
		const struct slab_text *v = &r->s->value[c->first + i];
		if (label_import_compartment(r->in, &r->l, v->s, r->e))
			return slab_fault(v, r->e);
	}
	return OK;
}

static enum err
read_dissemination(struct reader *r, const struct slab_category *c)
{
	for (uint32_t i = 0; i < c->n; i++) {
		const struct slab_text *v = &r->s->value[c->first + i];
		if (!str_is(v->s, "ORCON")) {
			err_set(r->e, ERR_INVALID, "dissemination \"%.*s\" is not known here; ORCON is", STR_FMT(str_sub(v->s, 0, 80)));
			return slab_fault(v, r->e);
		}
		r->l.orcon = true;
	}
	return OK;
}

static enum err
read_tlp(struct reader *r, const struct slab_category *c)
{
	for (uint32_t i = 0; i < c->n; i++) {
		const struct slab_text *v = &r->s->value[c->first + i];
		uint8_t tlp;
		if (!label_import_tlp(v->s, &tlp)) {
			err_set(r->e, ERR_INVALID, "\"%.*s\" is no TLP marking", STR_FMT(str_sub(v->s, 0, 80)));
			return slab_fault(v, r->e);
		}
		if (tlp > r->l.tlp)
			r->l.tlp = tlp;
	}
	return OK;
}

static enum err
read_dates(struct reader *r, const struct slab_category *c, int64_t *date)
{
	for (uint32_t i = 0; i < c->n; i++) {
		const struct slab_text *v = &r->s->value[c->first + i];
		int64_t t;
		if (label_import_time(v->s, &t, r->e))
			return slab_fault(v, r->e);
		if (t < *date)
			*date = t;
	}
	return OK;
}

static enum err
read_valid(struct reader *r, const struct slab_category *c)
{
	return read_dates(r, c, &r->l.valid_until);
}

static enum err
read_delete(struct reader *r, const struct slab_category *c)
{
	return read_dates(r, c, &r->l.delete_by);
}

/* A tag known under one type is not known under another: what it then asks is another thing. */
static const struct {
	enum slab_type type;
	const char *tag;
	enum err (*read)(struct reader *r, const struct slab_category *c);
} tags[] = {
    {SLAB_PERMISSIVE, STANAG_RELEASABLE, read_releasable},
    {SLAB_INFORMATIVE, STANAG_OWNER, read_owner},
    {SLAB_RESTRICTIVE, STANAG_COMPARTMENT, read_compartments},
    {SLAB_RESTRICTIVE, STANAG_DISSEMINATION, read_dissemination},
    {SLAB_RESTRICTIVE, STANAG_TLP, read_tlp},
    {SLAB_RESTRICTIVE, STANAG_VALID, read_valid},
    {SLAB_RESTRICTIVE, STANAG_DELETE, read_delete},
};

static enum err
read_category(struct reader *r, const struct slab_category *c)
{
	struct str tag = str_sub(c->tag.s, 0, 80);
	if (c->type == SLAB_RESTRICTIVE && !c->n) { /* whoever wrote it meant to restrict */
		err_set(r->e, ERR_INVALID, "\"%.*s\" restricts without a value: what it asks is not known", STR_FMT(tag));
		return slab_fault(&c->tag, r->e);
	}
	for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++)
		if (tags[i].type == c->type && str_is(c->tag.s, tags[i].tag))
			return tags[i].read(r, c);
	if (c->type == SLAB_INFORMATIVE) {
		label_import_note(r->in, "line %llu: informative category \"%.*s\" was passed over", (unsigned long long)c->tag.line, STR_FMT(tag));
		return OK;
	}
	if (c->type == SLAB_PERMISSIVE)
		err_set(r->e, ERR_INVALID, "it is only for those whom \"%.*s\" admits, and nobody here is known to be among them", STR_FMT(tag));
	else
		err_set(r->e, ERR_INVALID, "\"%.*s\" restricts who may have it in a way that is not known here", STR_FMT(tag));
	err_hint(r->e, "have its originator label it by this centre's policy (comity help label), or give the mark by hand");
	return slab_fault(&c->tag, r->e);
}

static enum err
read_dates_of_label(struct reader *r)
{
	const struct slab *s = r->s;
	int64_t t;
	if (!s->created.s.p)
		label_import_note(r->in, "the label does not say when it was made");
	else if (label_import_time(s->created.s, &t, r->e))
		return slab_fault(&s->created, r->e);
	if (s->review.s.p) {
		if (label_import_time(s->review.s, &t, r->e))
			return slab_fault(&s->review, r->e);
		label_import_note(r->in, "to be reviewed by %.*s", STR_FMT(s->review.s));
	}
	if (!s->succession.s.p)
		return OK;
	if (label_import_time(s->succession.s, &t, r->e))
		return slab_fault(&s->succession, r->e);
	if (t < r->l.valid_until)
		r->l.valid_until = t;
	label_import_note(r->in, "another label succeeds it on %.*s: this one is valid until then", STR_FMT(s->succession.s));
	return OK;
}

static enum err
read_label(struct reader *r, struct label *ret)
{
	const struct slab *s = r->s;
	label_bottom(&r->l, r->in->policy->id);
	enum err err = read_policy(r);
	for (uint32_t i = 0; i < s->ncategories && !err; i++)
		err = read_category(r, &s->category[i]);
	if (err || (err = read_dates_of_label(r)))
		return err;
	if (!r->l.owners) {
		err_set(r->e, ERR_INVALID, "it does not say whose information it is");
		err_hint(r->e, "an INFORMATIVE category \"Owner\" names members; or the policy is a member's own");
		return ERR_INVALID;
	}
	if (!r->released)
		label_import_note(r->in, "no \"Releasable To\": for its owners alone");
	r->l.circle = r->released ? r->circle : r->l.owners;
	return label_import_done(r->in, &r->l, ret, r->e);
}

enum err
stanag_read(struct str text, enum stanag_form form, const struct label_import *in, struct label *ret, struct errinfo *e)
{
	struct arena a = ARENA_INIT(4 * MIB);
	struct errinfo own = {0};
	struct slab *s;
	enum err err;
	e = e ? e : &own; /* the place is added to what is there */
	if (text.n > LIMIT_LABEL_FILE)
		return err_set(e, ERR_LIMIT, "a label of %zu bytes, at most %d", text.n, LIMIT_LABEL_FILE);
	if (!(s = arena_alloc(&a, sizeof(*s)))) {
		err = err_nomem(e);
	} else if (!(err = form == STANAG_XML ? slab_read_xml(&a, text, in, s, e) : slab_read_json(&a, text, in, s, e))) {
		struct reader r = {.in = in, .s = s, .circle = UINT64_MAX, .e = e};
		err = read_label(&r, ret);
	}
	arena_done(&a);
	return err;
}
