#include "label/rule.h"

#include <string.h>

#include "base/leak.h"

static const char *const texts[] = {
#define X(code, text) text,
    LABEL_WHY_LIST(X)
#undef X
};

const char *
label_why_text(enum label_why w)
{
	return texts[w];
}

static void
put_members(struct buf *b, const struct label_policy *p, uint64_t set)
{
	uint8_t order[LIMIT_MEMBERS];
	size_t n = label_circle_order(p, set & label_policy_members(p), order);
	for (size_t i = 0; i < n; i++) {
		buf_puts(b, i ? ", " : ": ");
		label_member_put(b, p, order[i]);
	}
}

void
label_why_put(struct buf *b, enum label_why w, const struct label *l, uint64_t circle, const struct label_policy *p)
{
	buf_puts(b, label_why_text(w));
	if (w == LABEL_WHY_COMPARTMENT)
		for (size_t i = 0; i < l->ncompartments; i++)
			buf_printf(b, "%s%s", i ? ", " : ": ", l->compartment[i]);
	if (!p || memcmp(p->id, l->policy, POLICY_ID) != 0)
		return;
	const struct label_level *level = label_policy_level(p, l->level);
	if (w == LABEL_WHY_LEVEL && level)
		buf_printf(b, ": %s", level->words.name);
	if (w == LABEL_WHY_CIRCLE)
		put_members(b, p, circle & ~l->circle);
	if (w == LABEL_WHY_OWNER)
		put_members(b, p, l->owners & ~circle);
}

static bool
alive(const struct label *l, int64_t now)
{
	return now < l->valid_until && now < l->delete_by;
}

static bool
cleared_circle(const struct clearance *c, uint64_t circle)
{
	for (size_t i = 0; i < c->ncircles; i++)
		if (c->circles[i] == circle)
			return true;
	return c->every_circle;
}

static bool
cleared_compartments(const struct clearance *c, const struct label *l)
{
	for (size_t i = 0; i < l->ncompartments; i++) {
		size_t k = 0;
		while (k < c->ncompartments && strcmp(c->compartments[k], l->compartment[i]) != 0)
			k++;
		if (k == c->ncompartments)
			return false;
	}
	return true;
}

enum label_why
label_may_read(const struct label *l, const struct clearance *c, int64_t now)
{
	if (memcmp(l->policy, c->policy, POLICY_ID) != 0)
		return LABEL_WHY_POLICY;
	if (l->ncompartments == LABEL_OVERFULL)
		return LABEL_WHY_OVERFULL;
	if (!alive(l, now))
		return LABEL_WHY_EXPIRED;
	if (!label_private(l) && !cleared_circle(c, l->circle))
		return LABEL_WHY_CIRCLE;
	if (l->level > c->level)
		return LABEL_WHY_LEVEL;
	return cleared_compartments(c, l) || LEAK(COMPARTMENT_ALL) ? LABEL_MAY : LABEL_WHY_COMPARTMENT;
}

enum label_why
label_may_release(const struct label *l, uint64_t circle, int64_t now)
{
	if (label_private(l))
		return LABEL_WHY_PRIVATE;
	if (l->ncompartments == LABEL_OVERFULL)
		return LABEL_WHY_OVERFULL;
	if (!alive(l, now))
		return LABEL_WHY_EXPIRED;
	if (circle == 0)
		return LABEL_WHY_NO_CIRCLE;
	if ((circle & ~l->circle) != 0)
		return LABEL_WHY_CIRCLE;
	return (l->owners & ~circle) == 0 ? LABEL_MAY : LABEL_WHY_OWNER;
}

static enum label_why
ask_grant(const struct label *product, uint64_t author, uint64_t originator, const struct label_grant *g, int64_t now)
{
	const struct label *l = g->label;
	/* Whether the product may go anywhere at all was asked of it; here its circle is held against the grant's. */
	if (memcmp(l->policy, product->policy, POLICY_ID) != 0)
		return LABEL_WHY_POLICY;
	if (!alive(l, now))
		return LABEL_WHY_EXPIRED;
	if ((product->circle & ~l->circle) != 0)
		return LABEL_WHY_CIRCLE;
	if (!label_keeps(l, product))
		return LABEL_WHY_LOWERED;
	if (l->orcon && !g->consent && originator != author && product->circle != author)
		return LABEL_WHY_ORCON;
	return LABEL_MAY;
}

static enum label_why
ask_source(const struct label *product, uint64_t author, const struct label_source *s, int64_t now)
{
	enum label_why best = LABEL_WHY_NO_GRANT;
	for (size_t i = 0; i < s->ngrants; i++) {
		enum label_why w = ask_grant(product, author, UINT64_C(1) << s->originator, &s->grants[i], now);
		if (w == LABEL_MAY)
			return LABEL_MAY;
		if (w > best)
			best = w;
	}
	return best;
}

enum label_why
label_may_derive(const struct label *product, int author, const struct label_source *sources, size_t n, int64_t now, enum label_why *ret)
{
	uint64_t me = UINT64_C(1) << author;
	enum label_why all = label_may_release(product, product->circle, now);
	if (all == LABEL_MAY && !(product->owners & me))
		all = LABEL_WHY_AUTHOR;
	for (size_t i = 0; i < n; i++) {
		enum label_why w = ask_source(product, me, &sources[i], now);
		if (ret)
			ret[i] = w;
		if (all == LABEL_MAY)
			all = w;
	}
	return all;
}
