/* mark: labels to marks and back. */
#include "label/mark.h"

#include "t_label_world.h"
#include "test.h"

#define TWO (SET(IRQ) | SET(RUS))
#define ALL4 (SET(IRQ) | SET(SYR) | SET(IRN) | SET(RUS))

static struct mark_view view = {&world, -1, ALL4};

static void
both_ways(const struct mark_view *v, const struct label *l, const char *portion, const char *banner)
{
	struct errinfo e;
	struct label back;
	struct buf b = BUF_INIT(LIMIT_MARK);
	CHECK_OK(mark_put_portion(&b, v, l, &e));
	CHECK_STR(buf_str(&b), str_of(portion));
	CHECK_OK(mark_parse_portion(buf_str(&b), v, &back, &e));
	CHECK(label_eq(l, &back) && label_ok(&back));
	buf_clear(&b);
	CHECK_OK(mark_put_banner(&b, v, l, &e));
	CHECK_STR(buf_str(&b), str_of(banner));
	CHECK_OK(mark_parse_banner(buf_str(&b), v, &back, &e));
	CHECK(label_eq(l, &back) && label_ok(&back));
	buf_done(&b);
}

/* Fails if the agreed look of a mark changes. */
TEST(marks_look_as_agreed)
{
	world_make();
	struct mark_view home = {&world, IRQ, ALL4};
	struct label l = world_label(SET(IRQ), 2, TWO);
	both_ways(&view, &l, "(//IRQ S//REL TO IRQ, RUS)", "//IRQ SECRET//REL TO IRQ, RUS");
	both_ways(&home, &l, "(S//REL TO IRQ, RUS)", "SECRET//REL TO IRQ, RUS");
	l.orcon = true;
	both_ways(&view, &l, "(//IRQ S//ORCON/REL TO IRQ, RUS)", "//IRQ SECRET//ORCON/REL TO IRQ, RUS");
	label_add_compartment(&l, STR("BRAVO"));
	label_add_compartment(&l, STR("ALPHA"));
	both_ways(&view, &l, "(//IRQ S//ALPHA/BRAVO//ORCON/REL TO IRQ, RUS)", "//IRQ SECRET//ALPHA/BRAVO//ORCON/REL TO IRQ, RUS");
	l.tlp = LABEL_TLP_AMBER_STRICT;
	l.valid_until = DAY(-1);
	l.delete_by = DAY(0) + 1500000;
	both_ways(&view, &l,
	    "(//IRQ S//ALPHA/BRAVO//ORCON/TLP:AMBER+STRICT/REL TO IRQ, RUS/VALID UNTIL 2015-12-31/DELETE BY 2016-01-01T00:00:01.500000Z)",
	    "//IRQ SECRET//ALPHA/BRAVO//ORCON/TLP:AMBER+STRICT/REL TO IRQ, RUS/VALID UNTIL 2015-12-31/DELETE BY 2016-01-01T00:00:01.500000Z");
	l = world_label(SET(IRQ), 0, SET(IRQ));
	both_ways(&home, &l, "(U)", "UNCLASSIFIED");
	both_ways(&view, &l, "(//IRQ U)", "//IRQ UNCLASSIFIED");
	l = world_label(SET(IRQ) | SET(IRN), 2, ALL4);
	both_ways(&home, &l, "(//JOINT S IRN IRQ//REL TO IRN, IRQ, RUS, SYR)", "//JOINT SECRET IRN IRQ//REL TO IRN, IRQ, RUS, SYR");
	l = world_label(ALL4, 5, ALL4);
	both_ways(
	    &view, &l, "(//JOINT TS IRN IRQ RUS SYR//REL TO IRN, IRQ, RUS, SYR)", "//JOINT TOP SECRET IRN IRQ RUS SYR//REL TO IRN, IRQ, RUS, SYR");
}

/* Fails if a member's own words for a level are not used under that member, or are used for another. */
TEST(national_words_stand_under_their_member)
{
	world_make();
	struct errinfo e;
	struct label l = world_label(SET(RUS), 2, TWO), back;
	both_ways(&view, &l, "(//RUS \xd0\xa1//REL TO IRQ, RUS)",
	    "//RUS \xd0\xa1\xd0\x95\xd0\x9a\xd0\xa0\xd0\x95\xd0\xa2\xd0\x9d\xd0\x9e//REL TO IRQ, RUS");
	CHECK_ERR(mark_parse_portion(STR("(//RUS S//REL TO IRQ, RUS)"), &view, &back, &e), ERR_INVALID);
	CHECK_ERR(mark_parse_portion(STR("(//IRQ \xd0\xa1//REL TO IRQ, RUS)"), &view, &back, &e), ERR_INVALID);
	l = world_label(SET(RUS), 5, TWO);
	both_ways(&view, &l, "(//RUS TS//REL TO IRQ, RUS)", "//RUS TOP SECRET//REL TO IRQ, RUS");
	l = world_label(SET(SYR), 5, SET(SYR));
	both_ways(&view, &l, "(//SYR SG)", "//SYR SIRRI LIL GHAYA");
	/* the column counts characters, the offset bytes */
	CHECK_ERR(mark_parse_portion(STR("(//RUS \xd0\xa1//REL TO XYZ)"), &view, &back, &e), ERR_INVALID);
	CHECK(e.col == 18 && e.offset == 18 && e.line == 1);
}

/* Fails if for any label of the small world the text does not read back as it, two labels share a text, or one that no mark can say gets one. */
TEST(every_label_with_a_text_reads_back)
{
	world_make();
	struct errinfo e;
	size_t said = 0, unsaid = 0;
	for (int levels = 0; levels < 2; levels++) {
		world_make();
		world.nlevels = levels ? 3 : 0;
		for (int home = -1; home < 3; home++)
			for (uint64_t owners = 0; owners < 8; owners++)
				for (uint64_t circle = 0; circle < 8; circle++)
					for (int level = 0; level < 6; level++)
						for (int rest = 0; rest < 4 * 2 * 3 * 2 * 3; rest++) {
							int r = rest;
							struct mark_view v = {&world, home, ALL4};
							struct label l = world_label(owners, (uint8_t)level, circle), back;
							for (int k = 0; k < 2; k++, r /= 2)
								if (r % 2)
									label_add_compartment(&l, str_of(world.compartment[k]));
							l.orcon = r % 2, r /= 2;
							l.tlp = (uint8_t)(r % 3 * 2), r /= 3;
							l.valid_until = r % 2 ? DAY(1) : TIME_NEVER, r /= 2;
							l.delete_by = r == 1 ? DAY(2) + 1 : r ? TIME_MIN : TIME_NEVER;
							bool known = levels ? level == 0 || level == 2 || level == 5 : level == 0 && l.tlp;
							bool want = known && (owners & circle);
							char text[LIMIT_MARK];
							struct buf b = {
							    .p = text, .cap = sizeof(text), .max = sizeof(text)}; /* never grows, never freed */
							for (int banner = 0; banner < 2; banner++) {
								b.n = 0;
								enum err err =
								    banner ? mark_put_banner(&b, &v, &l, &e) : mark_put_portion(&b, &v, &l, &e);
								CHECK(err == (want ? OK : ERR_INVALID) && (b.n > 0) == want);
								unsaid += !want;
								if (!want)
									continue;
								said++;
								CHECK_OK(banner ? mark_parse_banner(buf_str(&b), &v, &back, &e)
										: mark_parse_portion(buf_str(&b), &v, &back, &e));
								CHECKF(label_eq(&l, &back), "%.*s", STR_FMT(buf_str(&b)));
							}
						}
	}
	printf("# %zu marks read back, %zu labels have none\n", said, unsaid);
}

/* Fails if a mark that is wrong is taken, or the fault told elsewhere than where it is. */
TEST(wrong_marks_are_refused_by_word_and_column)
{
	world_make();
	static const struct {
		const char *mark, *word;
		unsigned col;
	} rows[] = {
	    {"(//IRQ Q//REL TO IRQ)", "\"Q\"", 8},
	    {"(//IRQ SECRET)", "\"SECRET\"", 8},
	    {"(//IRQ s)", "\"s\"", 8},
	    {"(//XYZ S)", "\"XYZ\"", 4},
	    {"(//irq S)", "\"irq\"", 4},
	    {"(//UNITEDNATIONS S)", "\"UNITEDNATIONS\"", 4},
	    {"(//IRQ)", "missing", 7},
	    {"(//IRQ )", "missing", 8},
	    {"(//JOINT)", "missing", 9},
	    {"(//JOINT SX IRN IRQ)", "\"SX IRN IRQ\"", 10},
	    {"(//JOINT S)", "\"S\"", 10},
	    {"(//JOINT S IRQ)", "\"IRQ\"", 12},
	    {"(//JOINT S IRQ IRN)", "\"IRN\"", 16},
	    {"(//JOINT S IRN IRN)", "\"IRN\"", 16},
	    {"(//JOINT S IRN  IRQ)", "missing", 16},
	    {"(//JOINT S IRN XYZ)", "\"XYZ\"", 16},
	    {"()", "missing", 2},
	    {"(//)", "missing", 4},
	    {"(S)", "\"S\"", 2},
	    {"(//IRQ S//)", "missing", 11},
	    {"(//IRQ S//CHARLIE)", "\"CHARLIE\"", 11},
	    {"(//IRQ S//NOFORN)", "\"NOFORN\"", 11},
	    {"(//IRQ S//alpha)", "\"alpha\"", 11},
	    {"(//IRQ S//BRAVO/ALPHA)", "\"ALPHA\"", 17},
	    {"(//IRQ S//ALPHA/ALPHA)", "\"ALPHA\"", 17},
	    {"(//IRQ S//ALPHA/)", "missing", 17},
	    {"(//IRQ S//ALPHA/ORCON)", "\"ORCON\"", 17},
	    {"(//IRQ S//ALPHA//)", "missing", 18},
	    {"(//IRQ S//ALPHA//BRAVO)", "\"BRAVO\"", 18},
	    {"(//IRQ S//ORCON//ALPHA)", "\"ALPHA\"", 18},
	    {"(//IRQ S//ORCON//)", "missing", 18},
	    {"(//IRQ S//ORCON/ALPHA)", "\"ALPHA\"", 17},
	    {"(//IRQ S//ORCON/ORCON)", "\"ORCON\"", 17},
	    {"(//IRQ S//ORCON/orcon)", "\"orcon\"", 17},
	    {"(//IRQ S//REL TO IRQ/ORCON)", "\"ORCON\"", 22},
	    {"(//IRQ S//DELETE BY 2015-12-31/VALID UNTIL 2015-12-31)", "\"VALID UNTIL", 32},
	    {"(//IRQ S//REL TO IRQ, IRQ)", "\"IRQ\"", 23},
	    {"(//IRQ S//REL TO RUS, IRQ)", "\"IRQ\"", 23},
	    {"(//IRQ S//REL TO IRQ,RUS)", "\"RUS\"", 22},
	    {"(//IRQ S//REL TO IRQ,)", "missing", 22},
	    {"(//IRQ S//REL TO IRQ, )", "missing", 23},
	    {"(//IRQ S//REL TO XYZ)", "\"XYZ\"", 18},
	    {"(//IRQ S//REL TO RUS)", "\"RUS\"", 18},
	    {"(//IRQ S//REL TO )", "missing", 18},
	    {"(//IRQ S//REL TO)", "\"REL TO\"", 11},
	    {"(//IRQ S//TLP:WHITE)", "\"TLP:WHITE\"", 11},
	    {"(//IRQ S//TLP:amber)", "\"TLP:amber\"", 11},
	    {"(//IRQ S//TLP:RED{)", "\"TLP:RED{\"", 11},
	    {"(//IRQ S//TLP:RED[)", "\"TLP:RED[\"", 11},
	    {"(//IRQ S//TLP:)", "\"TLP:\"", 11},
	    {"(//IRQ S//TLP:AMBERAMBERAMBERAMBER)", "\"TLP:AMBER", 11},
	    {"(//IRQ S//VALID UNTIL 2015-02-29)", "\"2015-02-29\"", 23},
	    {"(//IRQ S//VALID UNTIL 2015-02-28T00:00:00)", "\"2015-02-28T00:00:00\"", 23},
	    {"(//IRQ S//DELETE BY tomorrow)", "\"tomorrow\"", 21},
	    {"(TLP:AMBER)", "\"TLP:AMBER\"", 2},
	    {"(//IRQ TLP:AMBER)", "\"TLP:AMBER\"", 8},
	    {"//IRQ S", "brackets", 1},
	    {"(//IRQ S", "brackets", 1},
	    {"(", "brackets", 1},
	    {"[//IRQ S]", "brackets", 1},
	};
	struct errinfo e;
	struct label l = world_label(1, 2, 1), was = l;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		enum err err = mark_parse_portion(str_of(rows[i].mark), &view, &l, &e);
		CHECKF(err == ERR_INVALID, "%s is taken", rows[i].mark);
		CHECKF(strstr(e.msg, rows[i].word) && e.line == 1 && e.col == rows[i].col, "%s: %s (%d)", rows[i].mark, e.msg, (int)e.col);
		CHECK(label_eq(&l, &was));
		CHECK_ERR(mark_parse_portion(str_of(rows[i].mark), &view, &l, NULL), ERR_INVALID);
	}
	CHECK_ERR(mark_parse_banner(STR("//IRQ S"), &view, &l, &e), ERR_INVALID);
	CHECK(strstr(e.msg, "full name"));
	CHECK_ERR(mark_parse_banner(STR(""), &view, &l, &e), ERR_INVALID);
	char big[LIMIT_MARK + 1];
	memset(big, '(', sizeof(big));
	big[LIMIT_MARK] = ')';
	CHECK_ERR(mark_parse_portion(str_bytes(big, sizeof(big)), &view, &l, &e), ERR_LIMIT);
}

/* Fails if one of the other texts that the header lists is refused, or comes out as written rather than in its one form. */
TEST(other_texts_come_out_in_the_one_form)
{
	world_make();
	static const char *const rows[][2] = {
	    {"(//IRQ S//REL TO ALL)", "(S//REL TO IRN, IRQ, RUS, SYR)"},
	    {"(//IRQ S//REL TO IRQ)", "(S)"},
	    {"(//IRQ S)", "(S)"},
	    {"(//JOINT S IRQ RUS)", "(//JOINT S IRQ RUS//REL TO IRQ, RUS)"},
	    {"(S//VALID UNTIL 2015-12-31T00:00:00Z)", "(S//VALID UNTIL 2015-12-31)"},
	    {"(S//DELETE BY 2015-12-31T00:00:01.5Z)", "(S//DELETE BY 2015-12-31T00:00:01.500000Z)"},
	};
	struct mark_view home = {&world, IRQ, ALL4};
	struct errinfo e;
	struct label l;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf b = BUF_INIT(LIMIT_MARK);
		CHECK_OK(mark_parse_portion(str_of(rows[i][0]), &home, &l, &e));
		CHECK_OK(mark_put_portion(&b, &home, &l, &e));
		CHECK_STR(buf_str(&b), str_of(rows[i][1]));
		buf_done(&b);
	}
	home.all = 0;
	CHECK_ERR(mark_parse_portion(STR("(//IRQ S//REL TO ALL)"), &home, &l, &e), ERR_INVALID);
	CHECK(strstr(e.msg, "name the members"));
	home.all = SET(RUS);
	CHECK_ERR(mark_parse_portion(STR("(//IRQ S//REL TO ALL)"), &home, &l, &e), ERR_INVALID);
}

/* Fails if a level whose name begins another's is taken for it, in either order, or a digit in a member's id is lost. */
TEST(the_longest_level_is_read_in_a_joint_mark)
{
	for (int i = 0; i < 2; i++) {
		world_make();
		strcpy(world.member[9], "un2");
		world_words(&world.level[i ? 0 : 2].words, "SECRET", "S");
		world_words(&world.level[i ? 2 : 0].words, "SECRET MOST", "S M");
		struct errinfo e;
		CHECK_OK(label_policy_check(&world, &e));
		struct label l = world_label(SET(IRQ) | SET(9), i ? 5 : 2, SET(IRQ) | SET(9));
		both_ways(&view, &l, "(//JOINT S M IRQ UN2//REL TO IRQ, UN2)", "//JOINT SECRET MOST IRQ UN2//REL TO IRQ, UN2");
		l.level = i ? 2 : 5;
		both_ways(&view, &l, "(//JOINT S IRQ UN2//REL TO IRQ, UN2)", "//JOINT SECRET IRQ UN2//REL TO IRQ, UN2");
	}
}

/* Fails if TLP alone does not carry a centre without levels. */
TEST(a_centre_without_levels_uses_tlp)
{
	world_make();
	world.nlevels = 0;
	struct mark_view home = {&world, IRQ, ALL4};
	struct errinfo e;
	struct label l = world_label(SET(IRQ), 0, SET(IRQ));
	l.tlp = LABEL_TLP_AMBER;
	both_ways(&home, &l, "(TLP:AMBER)", "TLP:AMBER");
	both_ways(&view, &l, "(//IRQ TLP:AMBER)", "//IRQ TLP:AMBER");
	l.owners = l.circle = TWO;
	l.tlp = LABEL_TLP_RED;
	both_ways(&view, &l, "(//JOINT TLP:RED IRQ RUS//REL TO IRQ, RUS)", "//JOINT TLP:RED IRQ RUS//REL TO IRQ, RUS");
	CHECK_ERR(mark_parse_portion(STR("(S)"), &home, &l, &e), ERR_INVALID);
	CHECK_ERR(mark_parse_portion(STR("(//JOINT TLP:RED)"), &home, &l, &e), ERR_INVALID);
	CHECK_ERR(mark_parse_portion(STR("(TLP:RED//TLP:RED)"), &home, &l, &e), ERR_INVALID);
	CHECK(e.col == 11);
}

/* Fails if a label that no mark can say is written, or something is written before that is seen. */
TEST(labels_without_a_mark_are_refused)
{
	world_make();
	struct errinfo e;
	struct buf b = BUF_INIT(LIMIT_MARK);
	struct label good = world_label(SET(IRQ), 2, TWO), l;
#define REFUSED(change, text)                                        \
	l = good;                                                    \
	change;                                                      \
	CHECK_ERR(mark_put_portion(&b, &view, &l, &e), ERR_INVALID); \
	CHECKF(strstr(e.msg, text), "%s", e.msg);                    \
	CHECK_ERR(mark_put_banner(&b, &view, &l, &e), ERR_INVALID);  \
	CHECK(b.n == 0)
	REFUSED(label_top(&l), "several centres");
	REFUSED(l.policy[0] ^= 1, "another centre");
	REFUSED(l.tlp = 9, "not well-formed");
	REFUSED(l.ncompartments = LABEL_OVERFULL, "more than 16");
	REFUSED(l.owners = 0, "no owner");
	REFUSED(l.circle = SET(RUS), "no owner");
	REFUSED(l.circle = 0, "no owner");
	REFUSED(l.circle |= SET(40), "does not have");
	REFUSED(l.owners |= SET(41), "does not have");
	REFUSED(label_add_compartment(&l, STR("CHARLIE")), "CHARLIE");
	REFUSED(l.level = 3, "rank 3");
	world.nlevels = 0;
	REFUSED(l.level = 2, "without levels");
	REFUSED(l.level = 0, "no TLP");
	buf_done(&b);
}

/* Fails if more than the allowed compartments pass in a mark. */
TEST(a_mark_has_at_most_16_compartments)
{
	world_make();
	struct errinfo e;
	struct label l;
	struct buf b = BUF_INIT(LIMIT_MARK);
	world.ncompartments = 17;
	buf_puts(&b, "(//IRQ S//C00");
	strcpy(world.compartment[0], "C00");
	for (int i = 1; i < 17; i++) {
		snprintf(world.compartment[i], sizeof(world.compartment[i]), "C%02d", i);
		if (i == 16) {
			struct buf full = BUF_INIT(LIMIT_MARK);
			buf_put(&full, buf_str(&b));
			buf_putc(&full, ')');
			CHECK_OK(mark_parse_portion(buf_str(&full), &view, &l, &e));
			CHECK(l.ncompartments == 16);
			buf_done(&full);
		}
		buf_printf(&b, "/C%02d", i);
	}
	buf_putc(&b, ')');
	CHECK_ERR(mark_parse_portion(buf_str(&b), &view, &l, &e), ERR_INVALID);
	CHECK(strstr(e.msg, "too many"));
	buf_done(&b);
}

/* Fails if a portion's mark is not told from its text. */
TEST(mark_cut_takes_the_brackets_alone)
{
	struct str mark, rest;
	CHECK(mark_cut(STR("(U)  A convoy (of ten) left. \r"), &mark, &rest));
	CHECK_STR(mark, STR("(U)"));
	CHECK_STR(rest, STR("A convoy (of ten) left."));
	CHECK(!mark_cut(STR(" (U) x"), &mark, &rest) && !mark_cut(STR("(U x"), &mark, &rest) && !mark_cut(STR(""), &mark, &rest));
}
