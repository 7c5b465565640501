/* policy: what govern may hand over, circles' names, and grades. */
#include "label/grade.h"
#include "t_label_world.h"
#include "test.h"

/* Fails if a policy that would give a mark two readings is taken: each row breaks one rule of the header. */
TEST(policy_check_refuses_by_name)
{
	struct errinfo e;
	world_make();
	CHECK_OK(label_policy_check(&world, &e));
#define REFUSED(change, text)                        \
	world_make();                                \
	change;                                      \
	CHECK(label_policy_check(&world, &e) != OK); \
	CHECKF(strstr(e.msg, text), "%s", e.msg)
	REFUSED(memset(world.id, 0, POLICY_ID), "centre's id");
	REFUSED(strcpy(world.member[9], "a"), "member 9");
	REFUSED(strcpy(world.member[9], "1ab"), "member 9");
	REFUSED(strcpy(world.member[9], "aB"), "member 9");
	REFUSED(strcpy(world.member[9], "a{"), "member 9");
	REFUSED(strcpy(world.member[9], "a-b"), "member 9");
	REFUSED(memset(world.member[9], 'a', POLICY_MEMBER + 1), "member 9");
	REFUSED(strcpy(world.member[9], "all"), "\"all\"");
	REFUSED(strcpy(world.member[9], "joint"), "\"joint\"");
	REFUSED(strcpy(world.member[9], "irq"), "member 0 already");
	REFUSED(world.nlevels = LIMIT_LEVELS + 1, "17 levels");
	REFUSED(world.level[0].rank = 255, "rank 255");
	REFUSED(world.level[0].rank = 5, "rank 5");
	REFUSED(world_words(&world.level[0].words, "", "S"), "level 2");
	REFUSED(world_words(&world.level[0].words, "SECRET", ""), "level 2");
	REFUSED(world_words(&world.level[0].words, " SECRET", "S"), "level 2");
	REFUSED(world_words(&world.level[0].words, "SECRET ", "S"), "level 2");
	REFUSED(world_words(&world.level[0].words, "VERY  SECRET", "S"), "level 2");
	REFUSED(world_words(&world.level[0].words, "SEC/RET", "S"), "level 2");
	REFUSED(world_words(&world.level[0].words, "SEC\nRET", "S"), "level 2");
	REFUSED(world_words(&world.level[0].words, "SEC\177RET", "S"), "level 2");
	REFUSED(world_words(&world.level[0].words, "SECRET", "S)"), "level 2");
	REFUSED(world_words(&world.level[0].words, "SECRET\xff", "S"), "level 2");
	REFUSED(world_words(&world.level[0].words, "TLP:RED", "S"), "level 2");
	REFUSED(memset(world.level[0].words.portion, 'S', POLICY_PORTION + 1), "level 2");
	REFUSED(strcpy(world.level[0].national[IRQ].name, "SIRRI"), "member 0");
	REFUSED(strcpy(world.level[0].national[IRQ].portion, "SI"), "member 0");
	REFUSED(world_words(&world.level[0].national[9], "SIRRI", "SI"), "member 9");
	REFUSED(world_words(&world.level[0].words, "UNCLASSIFIED", "S"), "in common");
	REFUSED(world_words(&world.level[0].words, "SECRET", "U"), "in common");
	REFUSED(world_words(&world.level[0].national[IRQ], "SIRRI", "U"), "for irq");
	REFUSED(world_words(&world.level[2].words, "SECRET IRN", "TS"), "could be read as");
	REFUSED(world_words(&world.level[2].words, "TOP SECRET", "S RUS X"), "could be read as");
	world_make();
	strcpy(world.member[9], "un2");
	world_words(&world.level[2].words, "SECRET MOST", "STS");
	CHECK_OK(label_policy_check(&world, &e));
	world_words(&world.level[2].words, "SECRETLY", "TS");
	CHECK_OK(label_policy_check(&world, &e));
	REFUSED(world.ncompartments = LIMIT_COMPARTMENTS_KNOWN + 1, "257");
	REFUSED(strcpy(world.compartment[1], "alpha"), "alpha");
	REFUSED(strcpy(world.compartment[1], "BRAVO"), "twice");
}

/* Fails if the name of a compartment could be taken for a word of marks, or a mark's sign stand in it. */
TEST(compartment_names)
{
	static const char *const good[] = {"A", "ALPHA", "A-1", "ORCONS", "A2345678901234567890123456789012"};
	static const char *const bad[] = {"", "a", "1A", "-A", "A B", "A/B", "A_", "A{", "Aa", "A.", "A:", "ORCON", "REL", "TLP", "TO", "ALL",
	    "JOINT", "VALID", "UNTIL", "DELETE", "BY", "A23456789012345678901234567890123"};
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		CHECKF(label_compartment_ok(str_of(good[i])), "%s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		CHECKF(!label_compartment_ok(str_of(bad[i])), "%s", bad[i]);
}

/* Fails if a circle has two names, or a name two circles. */
TEST(circle_names_go_there_and_back)
{
	struct errinfo e;
	world_make();
	strcpy(world.member[63], "aaa2");
	uint64_t got, bits[] = {SET(IRQ), SET(SYR), SET(IRN), SET(RUS), SET(63)};
	for (unsigned i = 0; i < 32; i++) {
		struct buf b = BUF_INIT(64);
		uint64_t set = 0;
		for (unsigned k = 0; k < 5; k++)
			set |= i >> k & 1 ? bits[k] : 0;
		label_circle_put(&b, &world, set);
		CHECK_OK(label_circle_parse(&world, buf_str(&b), &got, &e));
		CHECK(got == set);
		if (i == 31)
			CHECK_STR(buf_str(&b), STR("aaa2.irn.irq.rus.syr"));
		buf_done(&b);
	}
	CHECK(label_policy_members(&world) == (bits[0] | bits[1] | bits[2] | bits[3] | bits[4]));
	got = 77;
	CHECK_ERR(label_circle_parse(&world, STR("irq.irn"), &got, &e), ERR_INVALID);
	CHECK(e.col == 5 && strstr(e.msg, "irn"));
	CHECK_ERR(label_circle_parse(&world, STR("irq.irq"), &got, &e), ERR_INVALID);
	CHECK_ERR(label_circle_parse(&world, STR("irq."), &got, &e), ERR_INVALID);
	CHECK_ERR(label_circle_parse(&world, STR(".irq"), &got, &e), ERR_INVALID);
	CHECK_ERR(label_circle_parse(&world, STR("IRQ"), &got, &e), ERR_INVALID);
	CHECK_ERR(label_circle_parse(&world, STR("irq..rus"), &got, &e), ERR_INVALID);
	CHECK_ERR(label_circle_parse(&world, STR("usa"), &got, &e), ERR_INVALID);
	CHECK(got == 77);
	CHECK(label_policy_member(&world, STR("")) == -1 && label_policy_member(&world, STR("aaa2")) == 63);
	CHECK(label_policy_member_upper(&world, STR("AAA2")) == 63 && label_policy_member_upper(&world, STR("AAa2")) == -1);
	CHECK(label_policy_member_upper(&world, STR("AAA2AAAA2")) == -1 && label_policy_member_upper(&world, STR("A{A")) == -1);
}

/* Fails if a grade outside its scheme is taken, or one scheme's text read as the other's. */
TEST(grades)
{
	struct errinfo e;
	struct grade g;
	size_t n = 0;
	for (int four = 0; four < 2; four++)
		for (int r = 0; r < 256; r++)
			for (int c = 0; c < 256; c++) {
				char text[6] = {(char)r, (char)c};
				struct str s = str_bytes(text, 2);
				if (four) {
					memcpy(text, "4x4:", 4);
					text[4] = (char)r, text[5] = (char)c;
					s.n = 6;
				}
				bool want = four ? (r == 'X' || (r >= 'A' && r <= 'C')) && c >= '1' && c <= '4'
						 : r >= 'A' && r <= 'F' && c >= '1' && c <= '6';
				CHECK((grade_parse(s, &g, &e) == OK) == want);
				if (!want)
					continue;
				struct buf b = BUF_INIT(8);
				grade_put(&b, &g);
				CHECK_STR(buf_str(&b), s);
				CHECK(grade_ok(&g) && g.scheme == (four ? GRADE_4X4 : GRADE_ADMIRALTY) && grade_reliability_text(&g)[0] &&
				      grade_credibility_text(&g)[0]);
				CHECK(grade_confidence(&g) == (four || c == '6' ? -1 : 90 - 20 * (c - '1')));
				if (grade_confidence(&g) >= 0)
					CHECK(grade_credibility_of(grade_confidence(&g)) == c);
				buf_done(&b);
				n++;
			}
	CHECK(n == 36 + 16);
	CHECK_ERR(grade_parse(STR("B2 "), &g, &e), ERR_INVALID);
	CHECK_ERR(grade_parse(STR(""), &g, &e), ERR_INVALID);
	CHECK(
	    grade_credibility_of(100) == '1' && grade_credibility_of(80) == '1' && grade_credibility_of(79) == '2' && grade_credibility_of(0) == '5');
	CHECK(grade_credibility_of(-1) == '6' && grade_credibility_of(101) == '6');
	struct grade none = {0}, odd = {GRADE_NONE, 'A', 0}, odd2 = {GRADE_NONE, 0, '1'}, high = {(enum grade_scheme)3, 'A', '1'};
	struct buf b = BUF_INIT(8);
	grade_put(&b, &none);
	CHECK(b.n == 0 && grade_ok(&none) && !grade_ok(&odd) && !grade_ok(&odd2) && !grade_ok(&high) && grade_confidence(&none) == -1);
	CHECK(!grade_reliability_text(&none)[0] && !grade_credibility_text(&none)[0]);
	struct grade b2 = {GRADE_ADMIRALTY, 'B', '2'};
	CHECK_STR(str_of(grade_reliability_text(&b2)), STR("usually reliable"));
	CHECK_STR(str_of(grade_credibility_text(&b2)), STR("probably true"));
}
