/* report: text reports to drafts to STIX. */
#include "collect/report.h"

#include "json/dom.h"
#include "stix/object.h"
#include "t_label_world.h"
#include "test.h"

#define TWO (SET(IRQ) | SET(RUS))
#define ALL4 (SET(IRQ) | SET(SYR) | SET(IRN) | SET(RUS))
#define ID_A "report--11111111-2222-4333-8444-555555555555"
#define ID_B "indicator--11111111-2222-4333-8444-555555555556"
#define ID_ME "identity--11111111-2222-4333-8444-555555555557"
#define HEAD "Type: INTREP\nSubject: (//IRQ S//REL TO IRQ, RUS) Convoy\n"
#define PORTION "\n(//IRQ S//REL TO IRQ, RUS) Text\n"

static const struct mark_view view = {&world, IRQ, ALL4};

static const char whole[] = "# a remark\n"
			    "Type: INTREP\r\n"
			    "subject: (//IRQ S//REL TO IRQ, RUS) Convoy near Palmyra\n"
			    "Information-Time: 2015-10-01T06:00:00Z\n"
			    "Report-Time: 2015-10-01T09:30:00+03:00\n"
			    "Precedence: IMMEDIATE\n"
			    "Place: Palmyra\n"
			    "Language: ar-IQ\n"
			    "Source: CEDAR\n"
			    "Source-Description: border guard officer\n"
			    "Grade: B2\n"
			    "Cites: " ID_A ", " ID_B "\n"
			    "Valid-Until: 2016-03-01\n"
			    "Delete-By:\n"
			    "\n"
			    "(//IRQ S//REL TO IRQ, RUS) About 350 fighters  \n"
			    "  left by night.\n"
			    "Claim: what=fighters; where=Palmyra; when=2015-10-01; low=300; best=350; high=400\n"
			    "Claim: who=IS; what=vehicles; best=12;\n"
			    "\n\n"
			    "(S//ALPHA//ORCON) [4x4:X4] Caption: Road seen from the west\n"
			    "\n"
			    "Claim: what=trucks\n"
			    "\n"
			    "(//JOINT S IRN IRQ//REL TO ALL) [-] They said: \"nothing\".\n"
			    "\n"
			    "(//IRQ TS//REL TO IRN, IRQ) Comment: doubtful\n";

static struct errinfo e;
static struct arena arena = ARENA_INIT(LIMIT_REPORT_ARENA);

static struct report
parsed(struct str text)
{
	struct report r;
	world_make();
	arena_reset(&arena);
	CHECK_OK(report_parse(&arena, text, &view, &r, &e));
	return r;
}

/* Fails if any field, portion or claim is not read as doc/REPORTS.md says. */
TEST(a_whole_report_is_read)
{
	struct report r = parsed(str_of(whole));
	CHECK_STR(r.type, STR("INTREP"));
	CHECK_STR(r.place, STR("Palmyra"));
	CHECK_STR(r.language, STR("ar-IQ"));
	CHECK_STR(r.source, STR("CEDAR"));
	CHECK_STR(r.descriptor, STR("border guard officer"));
	CHECK(r.precedence == REPORT_IMMEDIATE && r.delete_by == TIME_NEVER && r.valid_until == DAY(60));
	CHECK(r.report_time - r.information_time == 30 * TIME_MINUTE);
	CHECK(r.grade.scheme == GRADE_ADMIRALTY && r.grade.reliability == 'B' && r.grade.credibility == '2');
	CHECK(r.ncites == 2 && !r.id.n);
	CHECK_STR(r.cites[1], STR(ID_B));
	CHECK(r.nportions == 5);
	const struct report_portion *p = r.portions;
	CHECK(p[0].kind == STIX_PORTION_TITLE && p[0].grade.scheme == GRADE_NONE && p[0].line == 3);
	CHECK_STR(p[0].text, STR("Convoy near Palmyra"));
	CHECK(p[1].kind == STIX_PORTION_PARAGRAPH && p[1].grade.credibility == '2' && p[1].line == 16 && p[1].nclaims == 2);
	CHECK_STR(p[1].text, STR("About 350 fighters\nleft by night."));
	CHECK_STR(p[1].mark, STR("(//IRQ S//REL TO IRQ, RUS/VALID UNTIL 2016-03-01)"));
	CHECK(p[1].claims[0].low == 300 && p[1].claims[0].best == 350 && p[1].claims[0].high == 400 && p[1].claims[0].when == DAY(-92));
	CHECK_STR(p[1].claims[1].who, STR("IS"));
	CHECK(p[1].claims[1].low == -1 && p[1].claims[1].best == 12 && p[1].claims[1].when == TIME_NEVER);
	CHECK(p[2].kind == STIX_PORTION_CAPTION && p[2].grade.scheme == GRADE_4X4 && p[2].nclaims == 1);
	CHECK_STR(p[2].mark, STR("(//IRQ S//ALPHA//ORCON/VALID UNTIL 2016-03-01)"));
	CHECK(p[3].kind == STIX_PORTION_PARAGRAPH && p[3].grade.scheme == GRADE_NONE && p[3].label->circle == ALL4);
	CHECK(p[4].kind == STIX_PORTION_COMMENT && p[4].grade.scheme == GRADE_NONE);
	CHECK_STR(p[4].text, STR("doubtful"));
}

/* Fails if the whole is marked lower than a portion, or as anybody's but the author's. */
TEST(the_label_of_the_whole_is_the_join_of_its_portions)
{
	struct report r = parsed(str_of(whole));
	CHECK(r.label.owners == SET(IRQ) && r.label.circle == SET(IRQ) && r.label.level == 5 && r.label.orcon && r.label.ncompartments == 1);
	CHECK_STR(r.banner, STR("//IRQ TOP SECRET//ALPHA//ORCON/VALID UNTIL 2016-03-01"));
	for (size_t i = 0; i < r.nportions; i++)
		CHECK(label_keeps(r.portions[i].label, &r.label));
	r = parsed(STR("Type: INTREP\nSubject: (//IRQ U//REL TO IRN, IRQ, RUS) x\n\n(//IRQ S//REL TO IRN, IRQ) y\n"));
	CHECK_STR(r.banner, STR("//IRQ SECRET//REL TO IRN, IRQ"));
	r = parsed(STR("Type: INTREP\nDelete-By: 2016-01-05\nSubject: (U) x\n\n(//IRQ S//REL TO IRQ/DELETE BY 2016-01-02) y\n"));
	CHECK(r.portions[0].label->delete_by == DAY(4) && r.portions[1].label->delete_by == DAY(1) && r.label.delete_by == DAY(1));
}

/* Fails if one of these is taken, or the fault is said to be elsewhere: text, code, line, column, a word of the message. */
static const struct {
	const char *text;
	enum err code;
	uint64_t line, col;
	const char *says;
} bad[] = {
    {"", ERR_INVALID, 1, 1, "no Type"},
    {"\n\n", ERR_INVALID, 1, 1, "no Type"},
    {"Type: INTREP\n", ERR_INVALID, 1, 1, "no Subject"},
    {HEAD, ERR_INVALID, 3, 1, "no portion"},
    {HEAD "\n \n", ERR_INVALID, 5, 1, "no portion"},
    {"Type: Intrep\n", ERR_INVALID, 1, 7, "Intrep"},
    {"Type: INTREP\nSubject: Convoy\n" PORTION, ERR_INVALID, 2, 10, "without its mark"},
    {"Type: INTREP\nSubject: (//IRQ S)\n" PORTION, ERR_INVALID, 2, 10, "without text"},
    {"Type: INTREP\nSubject: (//IRQ S//REL TO IRQ, XYZ) x\n" PORTION, ERR_INVALID, 2, 32, "no member"},
    {HEAD "Type: SITREP\n" PORTION, ERR_INVALID, 3, 1, "twice"},
    {HEAD "Origin: x\n" PORTION, ERR_INVALID, 3, 1, "no field"},
    {HEAD "no colon here\n" PORTION, ERR_SYNTAX, 3, 1, "Name: value"},
    {HEAD "Grade: B9\n" PORTION, ERR_INVALID, 3, 8, "no grade"},
    {HEAD "Precedence: URGENT\n" PORTION, ERR_INVALID, 3, 13, "URGENT"},
    {HEAD "Language: a\n" PORTION, ERR_INVALID, 3, 11, "language"},
    {HEAD "Language: ar-\n" PORTION, ERR_INVALID, 3, 11, "language"},
    {HEAD "Report-Time: yesterday\n" PORTION, ERR_INVALID, 3, 14, "no date"},
    {HEAD "Id: " ID_B "\n" PORTION, ERR_INVALID, 3, 5, "no id of a report"},
    {HEAD "Cites: " ID_B ",\n" PORTION, ERR_INVALID, 3, 56, "no id"},
    {HEAD "Cites: " ID_B "\nCites: " ID_B "\n" PORTION, ERR_INVALID, 4, 8, "twice"},
    {HEAD "Cites: " ID_A "\nId: " ID_A "\n" PORTION, ERR_INVALID, 3, 8, "itself"},
    {HEAD "\nText without mark\n", ERR_INVALID, 4, 1, "without its mark"},
    {HEAD "\nComment: (//IRQ S) x\n", ERR_INVALID, 4, 1, "without its mark"},
    {HEAD "\n\xd8\xa8(//IRQ S) x\n", ERR_INVALID, 4, 1, "without its mark"},
    {HEAD "\n(//IRQ S) x\n\n(//IRQ Q) x\n", ERR_INVALID, 6, 8, "level"},
    {HEAD "\n(//IRQ S//GAMMA) x\n", ERR_INVALID, 4, 11, "GAMMA"},
    {HEAD "\n(//RUS \xd0\xa1//REL TO IRQ, RUS) x\n", ERR_INVALID, 4, 1, "others"},
    {HEAD "\n(//JOINT S IRN IRQ//REL TO IRN) x\n", ERR_INVALID, 4, 1, "its author"},
    {HEAD "\n(//IRQ S)\n", ERR_INVALID, 4, 10, "without text"},
    {HEAD "\n(//IRQ S) [B2] \n", ERR_INVALID, 4, 15, "without text"},
    {HEAD "\n(//IRQ S) [b2] x\n", ERR_INVALID, 4, 11, "no grade"},
    {HEAD "\n(//IRQ S) [B2 x\n", ERR_INVALID, 4, 11, "closing"},
    {HEAD "\n(//IRQ S) x\n(//IRQ TS) y\n", ERR_INVALID, 5, 1, "within"},
    {HEAD "\n(//IRQ S) x\n (S//REL TO IRQ) y\n", ERR_INVALID, 5, 2, "within"},
    {HEAD "\n(//IRQ S) x\n(//IRQ Q) y\n", ERR_INVALID, 5, 1, "within"},
    {HEAD "\n(//IRQ S) x\nComment: y\n", ERR_INVALID, 5, 1, "within"},
    {HEAD "\nClaim: what=x\n", ERR_INVALID, 4, 1, "before the first"},
    {HEAD PORTION "Claim: what=x\nmore\n", ERR_INVALID, 6, 1, "after a claim"},
    {HEAD PORTION "Claim:\n", ERR_INVALID, 5, 1, "name=value"},
    {HEAD PORTION "Claim: where=x\n", ERR_INVALID, 5, 8, "does not say"},
    {HEAD PORTION "Claim: what=x; best\n", ERR_INVALID, 5, 16, "name=value"},
    {HEAD PORTION "Claim: what=x; what=y\n", ERR_INVALID, 5, 16, "twice"},
    {HEAD PORTION "Claim: what=x; some=y\n", ERR_INVALID, 5, 16, "none of"},
    {HEAD PORTION "Claim: what=x; best=-1\n", ERR_INVALID, 5, 21, "whole number"},
    {HEAD PORTION "Claim: what=x; best=9007199254740992\n", ERR_INVALID, 5, 21, "whole number"},
    {HEAD PORTION "Claim: what=x; when=soon\n", ERR_INVALID, 5, 21, "no date"},
    {HEAD PORTION "Claim: what=x; low=5; high=4\n", ERR_INVALID, 5, 8, "order"},
    {HEAD PORTION "Claim: what=x; low=5; best=4\n", ERR_INVALID, 5, 8, "order"},
    {HEAD PORTION "Claim: what=x; best=5; high=4\n", ERR_INVALID, 5, 8, "order"},
    {HEAD "\n(//IRQ S) x\x01\n", ERR_SYNTAX, 4, 12, "control"},
    {HEAD "\n(//IRQ S) x\ry\n", ERR_SYNTAX, 4, 12, "control"},
    {HEAD "\n(//IRQ S) \xd8\xa8\xff\n", ERR_SYNTAX, 4, 12, "UTF-8"},
};

TEST(what_is_not_understood_is_refused_with_its_place)
{
	world_make();
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct report r = {.nportions = 77};
		arena_reset(&arena);
		enum err err = report_parse(&arena, str_of(bad[i].text), &view, &r, &e);
		CHECKF(err == bad[i].code, "row %zu: %s (%s)", i, err_name(err), err ? e.msg : "");
		CHECKF(e.line == bad[i].line && e.col == bad[i].col, "row %zu: at %d:%d: %s", i, (int)e.line, (int)e.col, e.msg);
		CHECKF(strstr(e.msg, bad[i].says), "row %zu: %s", i, e.msg);
		CHECKF(e.offset <= strlen(bad[i].text) && r.nportions == 77, "row %zu", i);
	}
}

/* Fails if a limit is off by one, or too much is taken. */
TEST(limits_of_portions_claims_cites_and_bytes)
{
	struct report r;
	struct buf b = BUF_INIT(2 * LIMIT_REPORT);
	for (int over = 0; over < 2; over++) {
		buf_clear(&b);
		buf_puts(&b, HEAD);
		for (int i = 1; i < LIMIT_PORTIONS + over; i++)
			buf_puts(&b, "\n(//IRQ S) x\n");
		buf_puts(&b, "\nClaim: what=x\n");
		arena_reset(&arena);
		world_make();
		CHECK_ERR(report_parse(&arena, buf_str(&b), &view, &r, &e), over ? ERR_LIMIT : OK);
		CHECK(over || (r.nportions == LIMIT_PORTIONS && r.portions[LIMIT_PORTIONS - 1].nclaims == 1));
		buf_clear(&b);
		buf_puts(&b, HEAD PORTION);
		for (int i = 0; i < LIMIT_CLAIMS + over; i++)
			buf_puts(&b, "Claim: what=x\n");
		arena_reset(&arena);
		CHECK_ERR(report_parse(&arena, buf_str(&b), &view, &r, &e), over ? ERR_LIMIT : OK);
		buf_clear(&b);
		buf_puts(&b, HEAD);
		for (int i = 0; i < LIMIT_CITES + over; i++)
			buf_printf(&b, "Cites: report--11111111-2222-4333-8444-%012d\n", i);
		buf_puts(&b, PORTION);
		arena_reset(&arena);
		CHECK_ERR(report_parse(&arena, buf_str(&b), &view, &r, &e), over ? ERR_LIMIT : OK);
		buf_clear(&b);
		buf_puts(&b, HEAD PORTION);
		while (b.n < (size_t)(LIMIT_REPORT + over))
			buf_putc(&b, 'x');
		arena_reset(&arena);
		CHECK_ERR(report_parse(&arena, buf_str(&b), &view, &r, &e), over ? ERR_LIMIT : OK);
		buf_clear(&b);
		buf_puts(&b, HEAD "Place: ");
		for (int i = 0; i < LIMIT_FIELD + over; i++)
			buf_putc(&b, 'x');
		buf_puts(&b, "\n" PORTION);
		arena_reset(&arena);
		CHECK_ERR(report_parse(&arena, buf_str(&b), &view, &r, &e), over ? ERR_LIMIT : OK);
	}
	buf_done(&b);
}

/* Fails if the costliest report does not fit the arena that the header promises. */
TEST(the_arena_is_enough_for_any_report)
{
	struct report r;
	struct buf b = BUF_INIT(LIMIT_REPORT);
	buf_puts(&b, "Type: A1\nValid-Until: 2016-01-01T00:00:00.000001Z\nDelete-By: 2016-01-01T00:00:00.000001Z\nSubject: (U) x\n");
	for (int i = 0; i < 1999; i++)
		buf_puts(&b, i & 1 ? "\n(U//REL TO ALL)y\n" : "\n(S//ALPHA/BRAVO//ORCON/TLP:AMBER+STRICT/REL TO ALL)x\n");
	for (int i = 1; i < 1999 && b.n < LIMIT_REPORT - 100; i++)
		buf_puts(&b, i < LIMIT_CLAIMS ? "Claim:what=x\n" : "\n");
	arena_reset(&arena);
	world_make();
	CHECK_OK(report_parse(&arena, buf_str(&b), &view, &r, &e));
	buf_clear(&b);
	buf_puts(&b, HEAD);
	while (b.n < LIMIT_REPORT - 1000) {
		buf_puts(&b, "\n(U)x\n");
		for (int i = 0; i < LIMIT_CLAIMS && b.n < LIMIT_REPORT - 100; i++)
			buf_puts(&b, "Claim:what=x\n");
	}
	arena_reset(&arena);
	CHECK_OK(report_parse(&arena, buf_str(&b), &view, &r, &e));
	buf_done(&b);
	arena_done(&arena);
}

static const struct report_stix as = {STR_INIT(ID_A), STR_INIT(ID_ME), DAY(0), DAY(1)};

/* Fails if the object is not of the standard, loses something of the draft, or holds private matter outside the private extension. */
TEST(a_draft_as_stix_reads_back)
{
	struct report r = parsed(str_of(whole));
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	struct arena a = ARENA_INIT(LIMIT_OBJECT_ARENA);
	const struct json *j;
	struct stix_info info;
	struct stix_header h;
	struct stix_private pr;
	CHECK_OK(report_to_stix(&r, &as, &b, &e));
	CHECK_OK(json_parse(&a, buf_str(&b), &j, &e));
	CHECK_OK(stix_check(buf_str(&b), j, &info, &e));
	CHECKF(info.warnings == 0, "%s", info.warnings ? stix_warning_text(info.first_what) : "");
	CHECK(info.created == DAY(0) && info.modified == DAY(1) && info.confidence == 70 && info.has_creator);
	CHECK(stix_header_read(j, &h));
	CHECK_STR(h.type, r.type);
	CHECK_STR(h.subject, r.portions[0].text);
	CHECK_STR(h.descriptor, r.descriptor);
	CHECK_STR(h.banner, r.banner);
	CHECK_STR(h.information_time, STR("2015-10-01T06:00:00.000Z"));
	CHECK_STR(h.report_time, STR("2015-10-01T06:30:00.000Z"));
	CHECK_STR(h.precedence, STR("IMMEDIATE"));
	CHECK(h.grade.reliability == 'B' && h.grade.credibility == '2');
	CHECK(stix_private_read(j, &pr) && json_count(pr.cites) == 2);
	CHECK_STR(pr.source, r.source);
	CHECK_ERR(stix_private_none(buf_str(&b), j, &e), ERR_DENIED);
	struct stix_portions it;
	struct stix_portion p;
	stix_portions_init(&it, j);
	for (size_t i = 0; i < r.nportions; i++) {
		CHECK(stix_portions_next(&it, &p) && p.kind == r.portions[i].kind);
		CHECK_STR(p.mark, r.portions[i].mark);
		CHECK_STR(p.text, r.portions[i].text);
		CHECK(p.grade.reliability == r.portions[i].grade.reliability && p.grade.credibility == r.portions[i].grade.credibility);
		CHECK(str_is(p.grade.scheme, "4x4") == (r.portions[i].grade.scheme == GRADE_4X4));
		CHECK(json_count(p.claims) == r.portions[i].nclaims);
	}
	CHECK(!stix_portions_next(&it, &p));
	struct str plain;
	CHECK(json_get_str(j, STR("description"), &plain) &&
	      str_find(plain, STR("(//IRQ TS//REL TO IRN, IRQ/VALID UNTIL 2016-03-01) Comment: doubtful")) > 0);
	CHECK(str_find(buf_str(&b), STR("CEDAR")) > str_find(buf_str(&b), stix_ext_id(STIX_EXT_PRIVATE)));

	r = parsed(STR(HEAD PORTION));
	buf_clear(&b);
	CHECK_OK(report_to_stix(&r, &as, &b, &e));
	CHECK_OK(json_parse(&a, buf_str(&b), &j, &e));
	CHECK(stix_private_read(j, &pr) && pr.by_portions && !pr.source.n && !pr.cites);
	CHECK(stix_header_read(j, &h));
	CHECK_STR(h.report_time, STR("2016-01-02T00:00:00.000Z"));
	buf_done(&b);
	arena_done(&a);
}

/* Fails if a long report is refused although it fits without its description, or too long a one is taken. */
TEST(a_long_report_goes_without_description)
{
	struct buf text = BUF_INIT(LIMIT_REPORT), b = BUF_INIT(LIMIT_OBJECT);
	for (int k = 0; k < 3; k++) {
		buf_clear(&text);
		buf_clear(&b);
		buf_puts(&text, HEAD "\n(//IRQ S) ");
		for (int i = 0; i < (k == 2 ? LIMIT_REPORT - 200 : k ? 700000 : 1000); i++)
			buf_putc(&text, k == 2 && i % 2 ? '"' : 'x');
		struct report r = parsed(buf_str(&text));
		CHECK_ERR(report_to_stix(&r, &as, &b, &e), k == 2 ? ERR_LIMIT : OK);
		CHECK(k == 2 ? b.n == 0 : (str_find(buf_str(&b), STR("\"description\":")) > 0) == (k == 0));
	}
	buf_done(&text);
	buf_done(&b);
	arena_done(&arena);
}

/* Fails if what people are given to fill in does not parse. */
TEST(the_template_is_a_report)
{
	struct str text = report_template(), line;
	struct buf b = BUF_INIT(8192);
	struct report r;
	world_make();
	arena_reset(&arena);
	CHECK_ERR(report_parse(&arena, text, &view, &r, &e), ERR_INVALID); /* nothing of it was written by anybody */
	CHECK(e.line == 4 && strstr(e.msg, "template"));
	while (str_line(&text, &line)) { /* one letter more in each */
		buf_put(&b, line);
		buf_puts(&b, line.n && (line.p[0] == '(' || str_starts(line, STR("Subject"))) ? "x\n" : "\n");
	}
	r = parsed(buf_str(&b));
	CHECK(r.nportions == 3 && r.portions[1].nclaims == 0 && r.grade.scheme == GRADE_NONE && r.label.circle == SET(IRQ));
	buf_done(&b);
	arena_done(&arena);
}

/* Fails if a byte order mark, as some editors write it, hinders or moves a place wrongly. */
TEST(a_byte_order_mark_is_passed_over)
{
	struct report r = parsed(STR("\xef\xbb\xbf" HEAD PORTION));
	CHECK(r.nportions == 2 && r.portions[1].line == 4);
}
