/* label: the algebra, proven over every label of a small world, and the edges that a small world does not have. */
#include "label/label.h"

#include <stdlib.h>

#include "t_label_world.h"
#include "test.h"

/* How many values each part of a label takes in a world. Policies are 1 and 2, and private. */
struct dims {
	int levels, members, compartments, tlps, owners, valids, deletes;
};

static const uint8_t policies[2][POLICY_ID] = {{1}, {2}};
static const char *const names[] = {"ALPHA", "BRAVO"};

static struct label *
build(const struct dims *d, size_t *ret_n)
{
	size_t cap = 1 << 15, n = 0;
	struct label *all = calloc(cap, sizeof(*all));
	CHECK(all);
	for (int p = 0; p < 3; p++)
		for (int level = 0; level < (p < 2 ? d->levels : 1); level++)
			for (uint64_t circle = 0; circle < (p < 2 ? SET(d->members) : 1); circle++)
				for (int owners = 0; owners < (p < 2 ? d->owners : 1); owners++)
					for (int c = 0; c <= 1 << d->compartments; c++)
						for (int rest = 0; rest < 2 * d->tlps * d->valids * d->deletes; rest++) {
							struct label l;
							CHECK(n < cap);
							if (p < 2) {
								label_bottom(&l, policies[p]);
								l.level = (uint8_t)level;
								l.circle = circle;
								l.owners = (uint64_t)owners;
							} else {
								label_bottom(&l, policies[0]);
								memset(l.policy, 0, sizeof(l.policy));
								l.level = LABEL_LEVEL_TOP;
								l.circle = 0;
							}
							for (int k = 0; k < d->compartments; k++)
								if (c >> k & 1)
									label_add_compartment(&l, str_of(names[k]));
							if (c == 1 << d->compartments) {
								memset(l.compartment, 0, sizeof(l.compartment));
								l.ncompartments = LABEL_OVERFULL;
							}
							int r = rest;
							l.orcon = r % 2, r /= 2;
							l.tlp = (uint8_t)(r % d->tlps * 3), r /= d->tlps;
							if (r % d->valids)
								l.valid_until = DAY(r % d->valids);
							r /= d->valids;
							if (r)
								l.delete_by = DAY(r);
							CHECK(label_ok(&l));
							all[n++] = l;
						}
	*ret_n = n;
	return all;
}

/* Fails if join is not total, commutative or idempotent, is not the least label above both that leq knows, leaves the normal form, or if leq is no
 * order for some pair. */
TEST(join_and_order_agree_for_every_pair)
{
	static const struct dims d = {.levels = 3, .members = 3, .compartments = 2, .tlps = 2, .owners = 2, .valids = 2, .deletes = 2};
	size_t n, below = 0;
	struct label *all = build(&d, &n);
	for (size_t i = 0; i < n; i++) {
		struct label self;
		label_join(&all[i], &all[i], &self);
		CHECK(label_eq(&self, &all[i]) && label_leq(&all[i], &all[i]));
		for (size_t j = i + 1; j < n; j++) {
			struct label ab, ba;
			label_join(&all[i], &all[j], &ab);
			label_join(&all[j], &all[i], &ba);
			CHECK(label_eq(&ab, &ba) && memcmp(&ab.compartment, &ba.compartment, sizeof(ab.compartment)) == 0);
			bool up = label_leq(&all[i], &all[j]), down = label_leq(&all[j], &all[i]);
			below += up + down;
			if (up != label_eq(&ab, &all[j]) || down != label_eq(&ab, &all[i]) || (up && down) || label_eq(&all[i], &all[j]))
				test_fail(__FILE__, __LINE__, "leq says join gives the other, and only equal labels are below each other");
			if (!label_leq(&all[i], &ab) || !label_leq(&all[j], &ab))
				test_fail(__FILE__, __LINE__, "a join is above both");
			if ((i + j) % 64 == 0)
				CHECK(label_ok(&ab));
		}
	}
	printf("# %zu labels, %zu pairs, %zu of them in order\n", n, n * (n + 1) / 2, below);
	free(all);
}

static size_t
find(const struct label *all, size_t n, const struct label *l)
{
	for (size_t i = 0; i < n; i++)
		if (label_eq(&all[i], l))
			return i;
	test_fail(__FILE__, __LINE__, "a join of two labels of the world is in the world");
	return n;
}

/* Fails if the grouping of a join matters, if join is not monotone or not the least above both, or leq not transitive, for any three labels of a
 * world with every part in it. The joins and the order of all pairs are asked once and written in tables; the laws of three are read off them. */
TEST(join_is_associative_and_monotone_for_every_triple)
{
	static const struct dims d = {.levels = 2, .members = 2, .compartments = 1, .tlps = 2, .owners = 1, .valids = 2, .deletes = 1};
	size_t n;
	struct label *all = build(&d, &n);
	uint16_t *join = calloc(n * n, sizeof(*join));
	bool *leq = calloc(n * n, sizeof(*leq));
	CHECK(join && leq && n < UINT16_MAX);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			struct label r;
			label_join(&all[i], &all[j], &r);
			join[i * n + j] = (uint16_t)find(all, n, &r);
			leq[i * n + j] = label_leq(&all[i], &all[j]);
		}
	bool associative = true, least = true, monotone = true, transitive = true;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			size_t ij = join[i * n + j];
			for (size_t k = 0; k < n; k++) {
				size_t jk = join[j * n + k];
				associative &= join[ij * n + k] == join[i * n + jk];
				least &= !(leq[i * n + k] && leq[j * n + k]) || leq[ij * n + k];
				monotone &= !leq[i * n + j] || leq[(size_t)join[i * n + k] * n + jk];
				transitive &= !(leq[i * n + j] && leq[j * n + k]) || leq[i * n + k];
			}
		}
	CHECK(associative && least && monotone && transitive);
	printf("# %zu labels, %zu triples\n", n, n * n * n);
	free(join);
	free(leq);
	free(all);
}

/* Fails if a join is ever readable or releasable further than one of its parts: the meaning of the order, part by part, not through leq. */
TEST(a_join_is_as_strict_as_both_in_every_part)
{
	static const struct dims d = {.levels = 3, .members = 2, .compartments = 2, .tlps = 2, .owners = 4, .valids = 2, .deletes = 2};
	size_t n;
	struct label *all = build(&d, &n);
	for (size_t i = 0; i < n; i += 3)
		for (size_t j = 0; j < n; j += 2) {
			const struct label *a = &all[i], *b = &all[j];
			struct label r;
			label_join(a, b, &r);
			bool same = memcmp(a->policy, b->policy, POLICY_ID) == 0;
			bool ok = r.level >= a->level && r.level >= b->level && (r.circle & ~(a->circle & b->circle)) == 0 && r.tlp >= a->tlp &&
				  r.tlp >= b->tlp && r.orcon == (a->orcon || b->orcon) && r.valid_until <= a->valid_until &&
				  r.valid_until <= b->valid_until && r.delete_by <= a->delete_by && r.delete_by <= b->delete_by &&
				  label_private(&r) == (!same || label_private(a)) && (same ? r.owners == (a->owners | b->owners) : !r.owners);
			for (int k = 0; k < 2; k++) {
				struct str c = str_of(names[k]);
				ok = ok && label_has_compartment(&r, c) == (label_has_compartment(a, c) || label_has_compartment(b, c));
			}
			CHECK(ok);
		}
	free(all);
}

/* Fails if the bottom of a centre is not join's identity there, or anything is above the top. */
TEST(bottom_and_top)
{
	static const struct dims d = {.levels = 3, .members = 3, .compartments = 2, .tlps = 2, .owners = 4, .valids = 2, .deletes = 2};
	size_t n;
	struct label *all = build(&d, &n), top, r;
	label_top(&top);
	CHECK(label_ok(&top) && label_private(&top));
	for (size_t i = 0; i < n; i++) {
		label_join(&all[i], &top, &r);
		CHECK(label_eq(&r, &top) && label_leq(&all[i], &top) && (label_eq(&all[i], &top) || !label_leq(&top, &all[i])));
		if (label_private(&all[i]))
			continue;
		struct label bottom;
		label_bottom(&bottom, all[i].policy);
		label_join(&bottom, &all[i], &r);
		CHECK(label_eq(&r, &all[i]) && label_leq(&bottom, &all[i]));
	}
	free(all);
}

static struct label
many(int from, int count)
{
	struct label l;
	label_bottom(&l, policies[0]);
	for (int i = from; i < from + count; i++) {
		char name[8];
		snprintf(name, sizeof(name), "C%02d", (i * 7) % 40);
		label_add_compartment(&l, str_of(name));
	}
	return l;
}

/* Fails if compartments past the limit are dropped, or being overfull is undone, or depends on the way it came about. */
TEST(too_many_compartments_are_above_all)
{
	struct label full = many(0, LIMIT_COMPARTMENTS), more = many(0, LIMIT_COMPARTMENTS + 1), other = many(LIMIT_COMPARTMENTS, 1), r;
	CHECK(full.ncompartments == LIMIT_COMPARTMENTS && label_ok(&full));
	CHECK(more.ncompartments == LABEL_OVERFULL && label_ok(&more));
	label_join(&full, &full, &r);
	CHECK(label_eq(&r, &full));
	label_join(&full, &other, &r);
	CHECK(label_eq(&r, &more) && label_leq(&full, &r) && label_leq(&other, &r) && !label_leq(&r, &full));
	label_join(&other, &full, &r);
	CHECK(label_eq(&r, &more));
	label_add_compartment(&r, STR("ZULU"));
	CHECK(label_eq(&r, &more) && label_has_compartment(&r, STR("ZULU")));
	label_join(&r, &other, &r); /* in place */
	CHECK(label_eq(&r, &more));
	for (size_t i = 1; i < full.ncompartments; i++)
		CHECK(strcmp(full.compartment[i - 1], full.compartment[i]) < 0);
}

/* Fails if a label out of normal form is taken for one: each row breaks one rule. */
TEST(normal_form_is_checked)
{
	struct label l, bad;
	label_own(&l, policies[0], 3, 2);
	label_add_compartment(&l, STR("BRAVO"));
	label_add_compartment(&l, STR("ALPHA"));
	CHECK(label_ok(&l) && label_owner(&l) == 3 && l.circle == 8 && !label_private(&l));
	CHECK(strcmp(l.compartment[0], "ALPHA") == 0);
	label_add_compartment(&l, STR("ALPHA"));
	CHECK(l.ncompartments == 2);
#define BAD(change) \
	bad = l;    \
	change;     \
	CHECK(!label_ok(&bad))
	BAD(bad.level = LABEL_LEVEL_TOP);
	BAD(bad.tlp = LABEL_TLP_RED + 1);
	BAD(bad.valid_until = TIME_MIN - 1);
	BAD(bad.delete_by = TIME_MIN - 1);
	BAD(bad.valid_until = TIME_MAX + 1);
	BAD(bad.ncompartments = LIMIT_COMPARTMENTS + 1);
	BAD(bad.ncompartments = LABEL_OVERFULL);
	BAD(bad.ncompartments = 1);
	BAD(bad.ncompartments = 3);
	BAD(strcpy(bad.compartment[1], "ALPHA"));
	BAD(strcpy(bad.compartment[1], "AA"));
	BAD(bad.compartment[1][20] = 'X');
	BAD(memset(bad.compartment[1], 'X', sizeof(bad.compartment[1])));
	BAD(strcpy(bad.compartment[1], "b"));
	BAD(bad.compartment[LIMIT_COMPARTMENTS - 1][LIMIT_COMPARTMENT] = 'X');
	memset(l.policy, 0, sizeof(l.policy));
	l.level = LABEL_LEVEL_TOP;
	l.owners = l.circle = 0;
	CHECK(label_ok(&l) && label_owner(&l) == -1);
	BAD(bad.level = 4);
	BAD(bad.owners = 1);
	BAD(bad.circle = 1);
	label_bottom(&l, policies[0]);
	l.owners = 6;
	CHECK(label_owner(&l) == -1);
}

/* Fails if one field stops counting in equality. */
TEST(equality_looks_at_every_field)
{
	struct label l, b;
	label_own(&l, policies[0], 3, 2);
	label_add_compartment(&l, STR("ALPHA"));
#define OTHER(change)            \
	b = l;                   \
	CHECK(label_eq(&l, &b)); \
	change;                  \
	CHECK(!label_eq(&l, &b) && !label_eq(&b, &l))
	OTHER(b.policy[31] = 1);
	OTHER(b.owners = 1);
	OTHER(b.circle = 1);
	OTHER(b.valid_until = DAY(0));
	OTHER(b.delete_by = DAY(0));
	OTHER(b.level = 1);
	OTHER(b.tlp = LABEL_TLP_RED);
	OTHER(b.orcon = true);
	OTHER(strcpy(b.compartment[0], "BRAVO"));
	OTHER(label_add_compartment(&b, STR("BRAVO")));
}

/* Fails if the order of TLP 2.0 or its names change. */
TEST(tlp_names)
{
	enum label_tlp t;
	for (enum label_tlp i = LABEL_TLP_CLEAR; i <= LABEL_TLP_RED; i++)
		CHECK(label_tlp_parse(str_of(label_tlp_name(i)), &t) && t == i);
	CHECK(label_tlp_parse(STR("amber+strict"), &t) && t > LABEL_TLP_AMBER && t < LABEL_TLP_RED);
	CHECK(!label_tlp_parse(STR("white"), &t) && !label_tlp_parse(STR(""), &t) && !label_tlp_parse(STR("RED"), &t));
	CHECK(label_tlp_name(LABEL_TLP_NONE)[0] == 0);
}
