/* A label to what is written of it: the categories of stanag.h, in a fixed order. */
#include <string.h>

#include "base/time.h"
#include "label/mark.h"
#include "label/stanag_int.h"

struct writer {
	struct slab *s;
	struct arena *a;
	bool spent;
};

static struct str
dup(struct writer *w, const struct buf *b)
{
	struct str s = STR("");
	if (!buf_ok(b) || !arena_dup(w->a, buf_str(b), &s))
		w->spent = true;
	return s;
}

static void
open_category(struct writer *w, enum slab_type type, const char *tag)
{
	w->s->category[w->s->ncategories++] = (struct slab_category){.type = type, .tag = {.s = str_of(tag)}, .first = w->s->nvalues};
}

static void
add_value(struct writer *w, struct str text)
{
	w->s->value[w->s->nvalues++].s = text;
	w->s->category[w->s->ncategories - 1].n++;
}

static void
add_members(struct writer *w, const struct label_policy *p, uint64_t set)
{
	uint8_t order[LIMIT_MEMBERS];
	size_t n = label_circle_order(p, set, order);
	for (size_t i = 0; i < n; i++) {
		char space[POLICY_MEMBER + 1];
		struct buf b = {.p = space, .cap = sizeof(space), .max = sizeof(space)};
		label_member_put(&b, p, order[i]);
		add_value(w, dup(w, &b));
	}
}

/* Without a fraction where it is none. */
static struct str
moment(struct writer *w, int64_t t)
{
	char space[64];
	struct buf b = {.p = space, .cap = sizeof(space), .max = sizeof(space)};
	time_put(&b, t);
	if (t % TIME_SECOND == 0) {
		buf_cut(&b, sizeof("2015-10-01T06:30:00") - 1);
		buf_putc(&b, 'Z');
	}
	return dup(w, &b);
}

static struct str
tlp_word(struct writer *w, const char *before, enum label_tlp t)
{
	char space[32];
	struct buf b = {.p = space, .cap = sizeof(space), .max = sizeof(space)};
	buf_puts(&b, before);
	for (const char *c = label_tlp_name(t); *c; c++)
		buf_putc(&b, *c == '+' ? '+' : (char)(*c - 'a' + 'A'));
	return dup(w, &b);
}

static void
add_restrictions(struct writer *w, const struct label_policy *p, const struct label *l)
{
	if (l->ncompartments)
		open_category(w, SLAB_RESTRICTIVE, STANAG_COMPARTMENT);
	for (size_t i = 0; i < l->ncompartments; i++)
		add_value(w, str_of(l->compartment[i]));
	if (l->orcon) {
		open_category(w, SLAB_RESTRICTIVE, STANAG_DISSEMINATION);
		add_value(w, STR("ORCON"));
	}
	if (p->nlevels && l->tlp != LABEL_TLP_NONE) {
		open_category(w, SLAB_RESTRICTIVE, STANAG_TLP);
		add_value(w, tlp_word(w, "", (enum label_tlp)l->tlp));
	}
	if (l->valid_until != TIME_NEVER) {
		open_category(w, SLAB_RESTRICTIVE, STANAG_VALID);
		add_value(w, moment(w, l->valid_until));
	}
	if (l->delete_by != TIME_NEVER) {
		open_category(w, SLAB_RESTRICTIVE, STANAG_DELETE);
		add_value(w, moment(w, l->delete_by));
	}
}

/* The standard wants a date of review: the first at which something happens to the label, else a year from now. */
static int64_t
review_of(const struct label *l, int64_t created)
{
	static const struct duration year = {.months = 12};
	int64_t first = l->valid_until < l->delete_by ? l->valid_until : l->delete_by;
	return first != TIME_NEVER ? first : time_plus(created, &year, 1);
}

enum err
stanag_put(struct buf *b, enum stanag_form form, const struct label_policy *p, const struct label *l, int64_t created, struct errinfo *e)
{
	struct arena a = ARENA_INIT(MIB);
	struct writer w = {.a = &a};
	enum err err = mark_check(p, l, e);
	if (err)
		return err;
	if (!(w.s = arena_alloc(&a, sizeof(*w.s)))) {
		arena_done(&a);
		return err_nomem(e);
	}
	struct buf id = BUF_INIT(2 * POLICY_ID);
	buf_hex(&id, str_bytes(l->policy, POLICY_ID));
	w.s->policy.s = dup(&w, &id);
	buf_done(&id);
	w.s->classification.s = p->nlevels ? str_of(label_policy_level(p, l->level)->words.name) : tlp_word(&w, "TLP:", (enum label_tlp)l->tlp);
	w.s->created.s = moment(&w, created);
	w.s->review.s = moment(&w, review_of(l, created));
	open_category(&w, SLAB_PERMISSIVE, STANAG_RELEASABLE);
	add_members(&w, p, l->circle);
	open_category(&w, SLAB_INFORMATIVE, STANAG_OWNER);
	add_members(&w, p, l->owners);
	add_restrictions(&w, p, l);
	if (w.spent)
		err = err_nomem(e);
	else if (form == STANAG_XML)
		slab_put_xml(b, w.s);
	else
		slab_put_json(b, w.s);
	arena_done(&a);
	return err;
}
