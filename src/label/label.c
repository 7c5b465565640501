#include "label/label.h"

#include <assert.h>
#include <string.h>

#include "base/time.h"

static const uint8_t no_policy[POLICY_ID];
static const char *const tlp_names[] = {"", "clear", "green", "amber", "amber+strict", "red"};

bool
label_private(const struct label *l)
{
	return memcmp(l->policy, no_policy, POLICY_ID) == 0;
}

void
label_bottom(struct label *ret, const uint8_t policy[static POLICY_ID])
{
	assert(memcmp(policy, no_policy, POLICY_ID) != 0);
	*ret = (struct label){.circle = UINT64_MAX, .valid_until = TIME_NEVER, .delete_by = TIME_NEVER};
	memcpy(ret->policy, policy, POLICY_ID);
}

void
label_top(struct label *ret)
{
	*ret = (struct label){.level = LABEL_LEVEL_TOP,
	    .tlp = LABEL_TLP_RED,
	    .orcon = true,
	    .ncompartments = LABEL_OVERFULL,
	    .valid_until = TIME_MIN,
	    .delete_by = TIME_MIN};
}

void
label_own(struct label *ret, const uint8_t policy[static POLICY_ID], int member, uint8_t level)
{
	assert(member >= 0 && member < LIMIT_MEMBERS && level < LABEL_LEVEL_TOP);
	label_bottom(ret, policy);
	ret->owners = ret->circle = UINT64_C(1) << member;
	ret->level = level;
}

int
label_owner(const struct label *l)
{
	if (l->owners == 0 || (l->owners & (l->owners - 1)) != 0)
		return -1;
	return __builtin_ctzll(l->owners);
}

static void
overfull(struct label *l)
{
	l->ncompartments = LABEL_OVERFULL;
	memset(l->compartment, 0, sizeof(l->compartment));
}

void
label_add_compartment(struct label *l, struct str name)
{
	assert(label_compartment_ok(name));
	if (label_has_compartment(l, name))
		return;
	if (l->ncompartments == LIMIT_COMPARTMENTS) {
		overfull(l);
		return;
	}
	size_t at = l->ncompartments++;
	for (; at > 0 && str_cmp(str_of(l->compartment[at - 1]), name) > 0; at--)
		memcpy(l->compartment[at], l->compartment[at - 1], sizeof(*l->compartment));
	memset(l->compartment[at], 0, sizeof(*l->compartment));
	memcpy(l->compartment[at], name.p, name.n);
}

bool
label_has_compartment(const struct label *l, struct str name)
{
	if (l->ncompartments == LABEL_OVERFULL)
		return true;
	for (size_t i = 0; i < l->ncompartments; i++)
		if (str_is(name, l->compartment[i]))
			return true;
	return false;
}

/* From here to the end of the array there is nothing. */
static bool
blank(const struct label *l, size_t from)
{
	const char *p = (const char *)l->compartment;
	for (size_t i = from; i < sizeof(l->compartment); i++)
		if (p[i])
			return false;
	return true;
}

static bool
compartments_ok(const struct label *l)
{
	if (l->ncompartments == LABEL_OVERFULL)
		return blank(l, 0);
	if (l->ncompartments > LIMIT_COMPARTMENTS)
		return false;
	for (size_t i = 0; i < l->ncompartments; i++) {
		const char *c = l->compartment[i];
		size_t n = strnlen(c, sizeof(l->compartment[i]));
		if (!label_compartment_ok(str_bytes(c, n)))
			return false;
		for (size_t k = n; k < sizeof(l->compartment[i]); k++)
			if (c[k])
				return false;
		if (i && strcmp(l->compartment[i - 1], c) >= 0)
			return false;
	}
	return blank(l, l->ncompartments * sizeof(*l->compartment));
}

static bool
date_ok(int64_t t)
{
	return t == TIME_NEVER || (t >= TIME_MIN && t <= TIME_MAX);
}

bool
label_ok(const struct label *l)
{
	if (label_private(l) ? l->circle || l->owners || l->level != LABEL_LEVEL_TOP : l->level == LABEL_LEVEL_TOP)
		return false;
	return l->tlp <= LABEL_TLP_RED && date_ok(l->valid_until) && date_ok(l->delete_by) && compartments_ok(l);
}

/* The union of two sorted lists; ret is neither a nor b, with blank compartments. */
static void
join_compartments(const struct label *a, const struct label *b, struct label *ret)
{
	if (a->ncompartments == LABEL_OVERFULL || b->ncompartments == LABEL_OVERFULL) {
		overfull(ret);
		return;
	}
	size_t i = 0, j = 0, n = 0;
	while (i < a->ncompartments || j < b->ncompartments) {
		int c = i == a->ncompartments ? 1 : j == b->ncompartments ? -1 : strcmp(a->compartment[i], b->compartment[j]);
		if (n == LIMIT_COMPARTMENTS) {
			overfull(ret);
			return;
		}
		memcpy(ret->compartment[n++], c <= 0 ? a->compartment[i] : b->compartment[j], sizeof(*ret->compartment));
		i += c <= 0;
		j += c >= 0;
	}
	ret->ncompartments = (uint8_t)n;
}

void
label_join(const struct label *a, const struct label *b, struct label *ret)
{
	struct label r = {
	    .owners = a->owners | b->owners,
	    .circle = a->circle & b->circle,
	    .valid_until = a->valid_until < b->valid_until ? a->valid_until : b->valid_until,
	    .delete_by = a->delete_by < b->delete_by ? a->delete_by : b->delete_by,
	    .level = a->level > b->level ? a->level : b->level,
	    .tlp = a->tlp > b->tlp ? a->tlp : b->tlp,
	    .orcon = a->orcon || b->orcon,
	};
	join_compartments(a, b, &r);
	if (memcmp(a->policy, b->policy, POLICY_ID) == 0) {
		memcpy(r.policy, a->policy, POLICY_ID);
	} else {
		/* Numbers of members and ranks of levels mean nothing across centres. */
		r.owners = r.circle = 0;
		r.level = LABEL_LEVEL_TOP;
	}
	*ret = r;
}

static bool
subset_compartments(const struct label *a, const struct label *b)
{
	if (b->ncompartments == LABEL_OVERFULL)
		return true;
	if (a->ncompartments == LABEL_OVERFULL)
		return false;
	for (size_t i = 0; i < a->ncompartments; i++)
		if (!label_has_compartment(b, str_of(a->compartment[i])))
			return false;
	return true;
}

bool
label_keeps(const struct label *a, const struct label *b)
{
	/* b private: its circle is empty and its level TOP, so every centre's labels are below it. */
	if (!label_private(b) && memcmp(a->policy, b->policy, POLICY_ID) != 0)
		return false;
	return a->level <= b->level && (b->circle & ~a->circle) == 0 && a->tlp <= b->tlp && a->orcon <= b->orcon &&
	       a->valid_until >= b->valid_until && a->delete_by >= b->delete_by && subset_compartments(a, b);
}

bool
label_leq(const struct label *a, const struct label *b)
{
	return label_keeps(a, b) && (label_private(b) || (a->owners & ~b->owners) == 0);
}

bool
label_eq(const struct label *a, const struct label *b)
{
	/* Owners, level and circle of private labels are fixed by the normal form. */
	return memcmp(a->policy, b->policy, POLICY_ID) == 0 && a->owners == b->owners && a->circle == b->circle && a->valid_until == b->valid_until &&
	       a->delete_by == b->delete_by && a->level == b->level && a->tlp == b->tlp && a->orcon == b->orcon &&
	       a->ncompartments == b->ncompartments && memcmp(a->compartment, b->compartment, sizeof(a->compartment)) == 0;
}

const char *
label_tlp_name(enum label_tlp t)
{
	assert(t <= LABEL_TLP_RED);
	return tlp_names[t];
}

bool
label_tlp_parse(struct str s, enum label_tlp *ret)
{
	for (enum label_tlp t = LABEL_TLP_CLEAR; t <= LABEL_TLP_RED; t++)
		if (str_is(s, tlp_names[t])) {
			*ret = t;
			return true;
		}
	return false;
}
