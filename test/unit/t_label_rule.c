/* rule: who may read, release and derive. Small worlds are gone through whole against the rule told another way; single cases pin the reasons. */
#include "label/rule.h"

#include "t_label_world.h"
#include "test.h"

#define NOW DAY(10)
#define ALL4 (SET(IRQ) | SET(SYR) | SET(IRN) | SET(RUS))
#define TWO (SET(IRQ) | SET(RUS))

static const char names[2][LIMIT_COMPARTMENT + 1] = {"ALPHA", "BRAVO"};

/* Fails if any one of centre, level, circle, compartments or dates stops hiding, or orcon hides. */
TEST(read_needs_every_part)
{
	world_make();
	uint64_t circles[] = {SET(IRQ), TWO};
	size_t seen = 0;
	for (int mask = 0; mask < 1 << 9; mask++) {
		/* the bits: what the reader lacks or the label demands */
		bool other = mask & 1, high = mask & 2, alpha = mask & 4, charlie = mask & 8, valid = mask & 16, deleted = mask & 32,
		     orcon = mask & 64, outside = mask & 128, every = mask & 256;
		struct label l = world_label(SET(IRQ), high ? 5 : 2, outside ? ALL4 : TWO);
		struct clearance c = {
		    .level = 2, .every_circle = every, .circles = circles, .ncircles = 2, .compartments = names, .ncompartments = 2};
		memcpy(c.policy, world.id, POLICY_ID);
		l.policy[0] ^= other;
		l.orcon = orcon;
		if (alpha)
			label_add_compartment(&l, STR("ALPHA"));
		if (charlie)
			label_add_compartment(&l, STR("CHARLIE"));
		l.valid_until = valid ? NOW : NOW + 1;
		l.delete_by = deleted ? NOW : NOW + 1;
		bool may = !other && !high && !charlie && !valid && !deleted && (!outside || every);
		CHECKF((label_may_read(&l, &c, NOW) == LABEL_MAY) == may, "case %d", mask);
		seen += may;
	}
	CHECK(seen == 12);
}

/* Fails if a stricter label is ever readable where a looser one of the same circle is not: reading goes down the order. */
TEST(read_is_monotone)
{
	world_make();
	struct label ls[64];
	size_t n = 0;
	for (int i = 0; i < 64; i++) {
		struct label l = world_label(SET(IRQ), i & 1 ? 5 : 2, TWO);
		if (i & 2)
			label_add_compartment(&l, STR("ALPHA"));
		if (i & 4)
			label_add_compartment(&l, STR("BRAVO"));
		l.orcon = i & 8;
		l.valid_until = i & 16 ? NOW - 1 : TIME_NEVER;
		l.delete_by = i & 32 ? NOW - 1 : TIME_NEVER;
		ls[n++] = l;
	}
	for (int k = 0; k < 8; k++) {
		struct clearance c = {
		    .level = k & 1 ? 5 : 2, .every_circle = true, .compartments = names + (k >> 1 & 1), .ncompartments = (size_t)(k >> 2) + (k == 4)};
		memcpy(c.policy, world.id, POLICY_ID);
		if (c.compartments != names)
			c.ncompartments = 1;
		for (size_t i = 0; i < n; i++)
			for (size_t j = 0; j < n; j++)
				if (label_leq(&ls[i], &ls[j]) && label_may_read(&ls[j], &c, NOW) == LABEL_MAY)
					CHECK(label_may_read(&ls[i], &c, NOW) == LABEL_MAY);
	}
}

/* Fails if a join across centres, or an overfull label, is read by somebody cleared to the top of one centre. */
TEST(read_of_private_and_overfull)
{
	world_make();
	struct label a = world_label(SET(IRQ), 2, TWO), b = a, j, top;
	struct clearance c = {.level = LABEL_LEVEL_TOP, .every_circle = true};
	b.policy[0] ^= 1;
	label_join(&a, &b, &j);
	memcpy(c.policy, world.id, POLICY_ID);
	CHECK(label_may_read(&j, &c, NOW) == LABEL_WHY_POLICY);
	memset(c.policy, 0, POLICY_ID);
	c.every_circle = false;
	CHECK(label_may_read(&j, &c, NOW) == LABEL_MAY);
	c.level = POLICY_RANK_MAX;
	CHECK(label_may_read(&j, &c, NOW) == LABEL_WHY_LEVEL);
	label_top(&top);
	CHECK(label_may_read(&top, &c, NOW) == LABEL_WHY_OVERFULL);
}

/* Fails if a label lets its thing go to a circle that is not within its own, for any pair of circles. */
TEST(release_stays_within_the_label)
{
	world_make();
	for (uint64_t mine = 0; mine < 16; mine++)
		for (uint64_t owners = 0; owners < 16; owners++)
			for (uint64_t to = 0; to < 16; to++) {
				struct label l = world_label(owners, 2, mine);
				enum label_why w = label_may_release(&l, to, NOW);
				CHECK((w == LABEL_MAY) == (to != 0 && (to & mine) == to && (owners & to) == owners));
			}
	struct label l = world_label(SET(IRQ), 2, TWO), p;
	CHECK(label_may_release(&l, TWO, NOW) == LABEL_MAY);
	CHECK(label_may_release(&l, 0, NOW) == LABEL_WHY_NO_CIRCLE);
	CHECK(label_may_release(&l, ALL4, NOW) == LABEL_WHY_CIRCLE);
	CHECK(label_may_release(&l, SET(RUS), NOW) == LABEL_WHY_OWNER);
	p = l;
	p.valid_until = NOW;
	CHECK(label_may_release(&p, TWO, NOW) == LABEL_WHY_EXPIRED);
	CHECK(label_may_release(&p, TWO, NOW - 1) == LABEL_MAY);
	p = l;
	p.delete_by = NOW;
	CHECK(label_may_release(&p, TWO, NOW) == LABEL_WHY_EXPIRED);
	p = l;
	p.ncompartments = LABEL_OVERFULL;
	CHECK(label_may_release(&p, TWO, NOW) == LABEL_WHY_OVERFULL);
	label_top(&p);
	CHECK(label_may_release(&p, TWO, NOW) == LABEL_WHY_PRIVATE);
}

/* The rule of promise 4 told anew, over plain numbers. */
static bool
allowed(const struct label *product, const struct label *g, bool consent, bool own)
{
	if ((product->circle & g->circle) != product->circle || product->level < g->level || (g->orcon && !product->orcon) || product->tlp < g->tlp)
		return false;
	if (label_has_compartment(g, STR("ALPHA")) && !label_has_compartment(product, STR("ALPHA")))
		return false;
	if (product->valid_until > g->valid_until || product->delete_by > g->delete_by || g->valid_until <= NOW || g->delete_by <= NOW)
		return false;
	return !g->orcon || consent || own || product->circle == SET(IRQ);
}

static struct label
variant(unsigned i, uint64_t owners)
{
	struct label l = world_label(owners, i & 1 ? 2 : 0, (i >> 1 & 7) | SET(IRQ));
	l.orcon = i >> 4 & 1;
	if (i >> 5 & 1)
		label_add_compartment(&l, STR("ALPHA"));
	l.tlp = i >> 6 & 1 ? LABEL_TLP_AMBER : LABEL_TLP_NONE;
	l.valid_until = (i >> 7 & 3) == 1 ? NOW : (i >> 7 & 3) == 2 ? DAY(20) : TIME_NEVER;
	return l;
}

/* Fails if for any product, by Iraq, of two sources with one grant each, the answer differs from "each source allows it": every label of the little
 * world in each place. */
TEST(derive_needs_every_source)
{
	world_make();
	size_t n = 0, may = 0;
	for (unsigned p = 0; p < 512; p += 3)
		for (unsigned a = 0; a < 512; a++)
			for (unsigned b = a % 7; b < 512; b += 31)
				for (int kind = 0; kind < 4; kind++) {
					struct label product = variant(p, SET(IRQ)), la = variant(a, SET(SYR)), lb = variant(b, SET(RUS));
					struct label_grant ga = {&la, kind & 1}, gb = {&lb, false};
					struct label_source s[] = {{SYR, &ga, 1}, {kind & 2 ? IRQ : RUS, &gb, 1}};
					enum label_why each[2];
					bool alive = product.valid_until > NOW;
					bool ok_a = allowed(&product, &la, kind & 1, false), ok_b = allowed(&product, &lb, false, kind & 2);
					enum label_why w = label_may_derive(&product, IRQ, s, 2, NOW, each);
					CHECK((w == LABEL_MAY) == (alive && ok_a && ok_b));
					CHECK((each[0] == LABEL_MAY) == ok_a && (each[1] == LABEL_MAY) == ok_b);
					n++;
					may += w == LABEL_MAY;
				}
	printf("# %zu products of two sources, %zu allowed\n", n, may);
	CHECK(may > 1000);
}

/* Fails if the reason is not the one a person can act on, or a source's best grant does not count. */
TEST(derive_says_why)
{
	world_make();
	enum label_why why[3];
	struct label product = world_label(SET(IRQ), 2, TWO), in = world_label(SET(SYR), 2, SET(IRQ) | SET(SYR)),
		     out = world_label(SET(SYR), 2, ALL4), other = out, orcon = out, old = out, high = world_label(SET(SYR), 5, ALL4);
	other.policy[0] ^= 1;
	orcon.orcon = true;
	old.valid_until = NOW - 1;
	struct label_grant none[1], narrow[] = {{&in, false}}, both[] = {{&in, false}, {&out, false}}, foreign[] = {{&other, true}},
				    held[] = {{&in, false}, {&orcon, false}, {&other, false}}, late[] = {{&old, false}}, lower[] = {{&high, false}};
	product.orcon = true;
	struct {
		const struct label_grant *g;
		size_t n;
		enum label_why want;
	} rows[] = {
	    {none, 0, LABEL_WHY_NO_GRANT},
	    {narrow, 1, LABEL_WHY_CIRCLE},
	    {both, 2, LABEL_MAY},
	    {foreign, 1, LABEL_WHY_POLICY},
	    {held, 3, LABEL_WHY_ORCON},
	    {late, 1, LABEL_WHY_EXPIRED},
	    {lower, 1, LABEL_WHY_LOWERED},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct label_source s[] = {{SYR, both, 2}, {SYR, rows[i].g, rows[i].n}, {SYR, narrow, 1}};
		CHECK(label_may_derive(&product, IRQ, s, 2, NOW, why) == rows[i].want && why[0] == LABEL_MAY && why[1] == rows[i].want);
		CHECK(label_may_derive(&product, IRQ, s, 2, NOW, NULL) == rows[i].want);
		if (rows[i].want != LABEL_MAY)
			CHECK(label_may_derive(&product, IRQ, s, 3, NOW, why) == rows[i].want && why[2] == LABEL_WHY_CIRCLE);
	}
	/* consent opens what orcon holds; the draft for the author alone needs none */
	struct label_source s = {SYR, &(struct label_grant){&orcon, true}, 1};
	CHECK(label_may_derive(&product, IRQ, &s, 1, NOW, why) == LABEL_MAY);
	s.grants = &held[1], product.circle = SET(IRQ);
	CHECK(label_may_derive(&product, IRQ, &s, 1, NOW, why) == LABEL_MAY);
	/* what is refused of the product itself comes first, and the sources are told all the same */
	product.owners = SET(RUS), product.circle = TWO;
	CHECK(label_may_derive(&product, IRQ, &s, 1, NOW, why) == LABEL_WHY_AUTHOR && why[0] == LABEL_WHY_ORCON);
	product.circle = 0;
	CHECK(label_may_derive(&product, IRQ, &s, 1, NOW, why) == LABEL_WHY_NO_CIRCLE);
	label_top(&product);
	CHECK(label_may_derive(&product, IRQ, NULL, 0, NOW, NULL) == LABEL_WHY_PRIVATE);
}

/* Fails if a product that the join of its sources would not let out goes out without a consent: promise 4 by the algebra, for sources that each have
 * one release. */
TEST(derive_without_consent_is_within_the_join)
{
	world_make();
	for (unsigned p = 0; p < 512; p++)
		for (unsigned a = 0; a < 512; a += 5)
			for (unsigned b = 0; b < 512; b += 11) {
				struct label product = variant(p, SET(IRQ)), la = variant(a, SET(SYR)), lb = variant(b, SET(RUS)), j;
				struct label_grant ga = {&la, false}, gb = {&lb, false};
				struct label_source s[] = {{SYR, &ga, 1}, {RUS, &gb, 1}};
				label_join(&la, &lb, &j);
				if (label_may_derive(&product, IRQ, s, 2, NOW, NULL) == LABEL_MAY)
					CHECK(label_keeps(&j, &product) && (!j.orcon || product.circle == SET(IRQ)));
			}
}

static void
why_is(enum label_why w, const struct label *l, uint64_t circle, const struct label_policy *p, const char *want)
{
	struct buf b = BUF_INIT(1 * KIB);
	label_why_put(&b, w, l, circle, p);
	CHECK_STR(buf_str(&b), str_of(want));
	buf_done(&b);
}

/* Fails if a refusal does not name what stands in the way, or names something of another centre's by this one's words. */
TEST(reasons_name_what_stands_in_the_way)
{
	world_make();
	struct label l = world_label(SET(IRQ), 5, TWO), other;
	label_add_compartment(&l, STR("BRAVO"));
	label_add_compartment(&l, STR("ALPHA"));
	why_is(LABEL_WHY_CIRCLE, &l, ALL4, &world, "its label does not reach all of the circle: IRN, SYR");
	why_is(LABEL_WHY_OWNER, &l, SET(RUS), &world, "its label names an owner outside the circle: IRQ");
	why_is(LABEL_WHY_LEVEL, &l, 0, &world, "its level is too high: TOP SECRET");
	why_is(LABEL_WHY_LEVEL, &l, 0, NULL, "its level is too high");
	why_is(LABEL_WHY_COMPARTMENT, &l, 0, NULL, "it needs a compartment: ALPHA, BRAVO");
	why_is(LABEL_WHY_EXPIRED, &l, 0, &world, "its time is over");
	l.level = 7;
	why_is(LABEL_WHY_LEVEL, &l, 0, &world, "its level is too high");
	other = l;
	other.policy[0] ^= 1;
	why_is(LABEL_WHY_CIRCLE, &other, ALL4, &world, "its label does not reach all of the circle");
	CHECK_STR(str_of(label_why_text(LABEL_MAY)), STR("it may"));
}
