/* Release: what goes, what is withheld, what is refused, and that nothing else goes. */
#include "sim/disk.h"

#include "share/consent.h"
#include "share/tear.h"
#include "t_meaning.h"

#define TWO (M(IRQ) | M(RUS))
#define THREE (M(IRQ) | M(RUS) | M(SYR))
#define NOTE_A "note--aaaaaaaa-0000-4000-8000-000000000001"
#define NOTE_B "note--aaaaaaaa-0000-4000-8000-000000000002"
#define PLACE_A "location--aaaaaaaa-0000-4000-8000-000000000003"
#define PLACE_B "location--aaaaaaaa-0000-4000-8000-000000000005"
#define REPORT_A "report--aaaaaaaa-0000-4000-8000-000000000004"
#define REPORT_B "report--aaaaaaaa-0000-4000-8000-000000000006"
#define PRODUCT "report--aaaaaaaa-0000-4000-8000-000000000007"
#define EARLY "2015-09-01T00:00:00.000Z"
#define LATE "2015-09-02T00:00:00.000Z"
#define LATER "2015-09-03T00:00:00.000Z"

static const struct said mixed[] = {
    {"title", "(//IRQ S//REL TO IRQ, RUS)", "Convoy near Qaim"},
    {"paragraph", "(//IRQ S//REL TO IRQ, RUS)", "Forty lorries crossed by night, see paragraph 2 and paragraph 3."},
    {"paragraph", "(//IRQ S)", "Told by OSPREY who drives one of them."},
    {"paragraph", "(//IRQ C//REL TO IRQ, RUS)", "They went on towards Abu Kamal, as paragraphs 1-3 show."},
    {"comment", "(//IRQ S//REL TO IRQ, SYR)", "Comment for Damascus."},
};

/* Everything that one home gives another, as one text. */
static struct str
given(struct place *from, struct place *to, struct buf *b)
{
	struct record_log log = place_log(to, TWO, from->member);
	struct place_walk w = {to, b};
	struct errinfo e = {0};
	buf_clear(b);
	if (log.no)
		CHECK_OK(record_entry_each(to->store, log.no, 0, log.edge.size, place_put_pieces, &w, &e));
	log = place_log(to, THREE, from->member);
	if (log.no)
		CHECK_OK(record_entry_each(to->store, log.no, 0, log.edge.size, place_put_pieces, &w, &e));
	return buf_str(b);
}

static bool
has(struct str s, const char *what)
{
	return str_find(s, str_of(what)) >= 0;
}

static struct str
renumber(struct buf *b, const char *text, const uint32_t *number, uint32_t n, uint32_t own, uint32_t *ret)
{
	buf_clear(b);
	*ret = tear_renumber(b, str_of(text), number, n, own);
	return buf_str(b);
}

/* Fails if a reference to a paragraph that goes has its old number, one to a withheld paragraph any number, or other numbers are touched. */
TEST(references_are_renumbered)
{
	static const uint32_t number[] = {1, 0, 2, 3, 0, 4};
#define LOST "[reference to a withheld portion]"
	static const struct {
		const char *text, *want;
		uint32_t own, dangling;
	} cases[] = {
	    {"see paragraph 3", "see paragraph 2", 0, 0},
	    {"see paragraph 2.", "see paragraph " LOST ".", 0, 1},
	    {"Paragraphs 1, 2 and 4 say so", "Paragraphs 1, " LOST " and 3 say so", 0, 1},
	    {"para. 6; paras 3-4", "para. 4; paras 2-3", 0, 0},
	    {"paragraphs 1-3", "paragraphs 1, 2, " LOST, 0, 1},
	    {"paragraphs 3 to 4 and 6", "paragraphs 2 to 3 and 4", 0, 0},
	    /* what may count something else stays, and is told */
	    {"paragraph 9, 3 lorries", "paragraph 9, 3 lorries", 0, 1},
	    {"paragraph 1, 3 battalions and 2 brigades were lost", "paragraph 1, 3 battalions and 2 brigades were lost", 0, 1},
	    {"paragraph 3 and 4 lorries", "paragraph 2 and 4 lorries", 0, 1},
	    {"paragraph 4, 3 and 4 lorries", "paragraph 3, 3 and 4 lorries", 0, 1},
	    {"paragraphs 3 and 4, 6 lorries", "paragraphs 2 and 3, 6 lorries", 0, 1},
	    {"paragraph 4, 3.5 km", "paragraph 3, 3.5 km", 0, 1},
	    {"paragraph 3 - 4 lorries", "paragraph 2 - 4 lorries", 0, 1},
	    {"paragraph 3-4 says", "paragraph 2-3 says", 0, 0},
	    {"paragraph 4, 1 lorry", "paragraph 3, 1 lorry", 0, 0},
	    {"in this paragraph, 3 lorries", "in this paragraph, 3 lorries", 0, 0},
	    {"(paragraphs 3, 4), 6 lorries", "(paragraphs 2, 3), 6 lorries", 0, 0},
	    {"paragraph 3, 4, which says", "paragraph 2, 3, which says", 0, 0},
	    {"paragraph 6: 3 lorries", "paragraph 4: 3 lorries", 0, 0},
	    {"3 lorries, 2 cars", "3 lorries, 2 cars", 0, 0},
	    {"3. Text of paragraph 4", "2. Text of paragraph 3", 3, 0},
	    {"4. Not its own number", "4. Not its own number", 3, 0},
	    {"см. пункт 3 и пункт 2", "см. пункт 2 и пункт " LOST, 0, 1},
	    {"в абзацах 4 и 6", "в абзацах 3 и 4", 0, 0},
	    {"انظر الفقرة ٣", "انظر الفقرة 2", 0, 0},
	    {"بند ۶ را ببینید", "بند 4 را ببینید", 0, 0},
	    {"paragraph", "paragraph", 0, 0},
	    {"paragraph3", "paragraph3", 0, 0},
	    {"parade 3", "parade 3", 0, 0},
	    {"", "", 0, 0},
	};
	struct buf b = BUF_INIT(KIB);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint32_t dangling;
		struct str got = renumber(&b, cases[i].text, number, 6, cases[i].own, &dangling);
		CHECK_STR(got, str_of(cases[i].want));
		CHECKF(dangling == cases[i].dangling, "%s: %u", cases[i].text, dangling);
	}
	buf_done(&b);
}

/* Fails if a withheld portion, or anything that tells of one but a dangling reference, reaches the other side; or if what may go does not. */
TEST(a_tear_line_carries_what_may_go_and_nothing_else)
{
	static struct place irq, rus;
	struct buf b = BUF_INIT(LIMIT_OBJECT), all = BUF_INIT(64 * MIB);
	static const char *const cites[] = {NOTE_A, NULL};
	struct release_done done;
	struct errinfo e = {0};
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	put_private(&irq, ALL, note(&b, NOTE_A, "own note", identity_of(IRQ), EARLY));
	put_private(&irq, M(IRQ), report(&b, REPORT_A, IRQ, mixed, 5, cites, "OSPREY"));
	struct release_plan *p = plan(&irq, TWO, REPORT_A, false);
	struct release_item *item = &p->items[0];
	CHECKF(item->how == RELEASE_TEAR_LINE, "%.*s", STR_FMT(item->why));
	CHECK(p->going == 1 && p->refused == 0 && p->nreaders == 1);
	CHECK_STR(p->readers[0].id, STR("rus"));
	CHECK(item->nportions == 5 && item->portions[0].goes && item->portions[1].goes && !item->portions[2].goes && item->portions[3].goes &&
	      !item->portions[4].goes);
	CHECK(item->portions[2].why == LABEL_WHY_CIRCLE && has(item->portions[2].says, "RUS"));
	CHECK(item->portions[1].paragraph == 1 && item->portions[3].paragraph == 2 && item->portions[1].dangling == 1);
	CHECK_STR(item->portions[1].text, STR("Forty lorries crossed by night, see paragraph [reference to a withheld portion] and paragraph 2."));
	CHECK_STR(item->banner, STR("//IRQ SECRET//REL TO IRQ, RUS"));
	CHECK_STR(item->name, STR("Convoy near Qaim"));
	CHECK(item->label.level == 2 && item->label.circle == TWO && item->label.owners == M(IRQ));
	CHECK(p->ninfers == 3 && item->ninfers >= 1);
	CHECK_OK(release_do(irq.s, p, &done, &e));
	CHECK(done.entries == 1 && done.objects == 1 && done.first_serial == 1 && done.last_serial == 1);
	CHECK_OK(share_sign_all(irq.s, &e));
	project(&irq);
	struct stix_id as = item->as;
	tell(&irq, &rus);
	struct str got = given(&irq, &rus, &all);
	CHECK(has(got, "Forty lorries") && has(got, "Abu Kamal") && has(got, "Convoy near Qaim") && has(got, "IRQ/IRQ.RUS/0001") &&
	      has(got, "2015-09-29"));
	static const char *const never[] = {
	    "OSPREY", "Damascus", "aaaaaaaa-0000", "2015-09-30", "Zakho", "SYR", "a10f045f", "cites", "paragraph 3", "\"index\""};
	for (size_t i = 0; i < sizeof never / sizeof *never; i++)
		CHECKF(!has(got, never[i]), "%s got out", never[i]);
	CHECK(see(&rus, as, TWO).live == 1 && find_words(&rus, "lorries") == 1 && see(&rus, as, TWO).row.serial == 1);
	release_plan_free(p);

	/* again: the circle has it */
	p = plan(&irq, TWO, REPORT_A, false);
	CHECK(p->items[0].how == RELEASE_THERE && p->going == 0 && stix_id_eq(p->items[0].as, as) && p->items[0].serial == 1);
	CHECK_OK(release_do(irq.s, p, &done, &e));
	CHECK(done.entries == 0 && place_log(&irq, TWO, IRQ).edge.size == 1);
	release_plan_free(p);

	/* to all three less may go: the title too */
	p = plan(&irq, ALL, REPORT_A, false);
	CHECK(p->items[0].how == RELEASE_REFUSED && p->refused == 1 && p->items[0].hint.n);
	CHECK_ERR(release_do(irq.s, p, &done, &e), ERR_DENIED);
	release_plan_free(p);
	p = plan(&irq, M(IRQ) | M(SYR), REPORT_A, false);
	CHECK(p->items[0].how == RELEASE_TEAR_LINE && !p->items[0].portions[0].goes);
	CHECK_STR(p->items[0].name, STR("INTREP"));
	CHECK(has(p->items[0].bytes, "Damascus") && !has(p->items[0].bytes, "Qaim") && !has(p->items[0].bytes, "lorries"));
	release_plan_free(p);
	check_rebuild(&irq);
	check_rebuild(&rus);
	buf_done(&b);
	buf_done(&all);
	place_done(&irq);
	place_done(&rus);
}

/* Fails if the label of a tear-line is not that of its portions, or something unreadable goes. */
TEST(marks_decide)
{
	static struct place irq;
	static const struct said said[] = {
	    {"title", "(//IRQ U//REL TO IRQ, RUS)", "Title"},
	    {"paragraph", "(//IRQ C//REL TO IRQ, RUS)", "Low."},
	    {"paragraph", "(//IRQ S//ORCON/REL TO IRQ, RUS, SYR)", "High."},
	    {"paragraph", "(//IRQ WHAT//REL TO IRQ, RUS)", "Unreadable."},
	    {"paragraph", "(//RUS S//REL TO IRQ, RUS)", "Another's."},
	    {"paragraph", "(//IRQ C//REL TO IRQ, RUS/VALID UNTIL 2015-10-01)", "Over."},
	    {"paragraph", "(//JOINT SECRET IRQ RUS)", "Of both."},
	    {"paragraph", "(//JOINT S IRQ RUS)", "Of both."},
	};
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	place_new(&irq, IRQ);
	put_private(&irq, TWO, report(&b, REPORT_A, IRQ, said, 8, NULL, NULL));
	struct release_plan *p = plan(&irq, TWO, REPORT_A, false);
	struct release_item *item = &p->items[0];
	CHECK(item->how == RELEASE_TEAR_LINE);
	CHECK(item->portions[1].goes && item->portions[2].goes && !item->portions[3].goes && !item->portions[4].goes && !item->portions[5].goes);
	CHECK(
	    item->portions[4].why == LABEL_WHY_AUTHOR && item->portions[5].why == LABEL_WHY_EXPIRED && has(item->portions[3].says, "cannot be read"));
	CHECK_STR(item->banner, STR("//IRQ SECRET//ORCON/REL TO IRQ, RUS"));
	CHECK(item->label.orcon && !has(item->bytes, "SYR"));
	CHECK(item->portions[7].goes && has(item->portions[7].mark, "JOINT") && item->label.owners == M(IRQ)); /* a release is its author's own */
	release_plan_free(p);
	/* one that came as STIX, under a mark that whoever wrote those of its portions did not know: one that is as strict lets none go by its own */
	static const struct said came[] = {{"title", "(//IRQ S)", "Dummy"}, {"paragraph", "(//IRQ U//REL TO IRQ, RUS)", "Low."}};
	put_private(&irq, M(IRQ), report_of(false, &b, REPORT_B, IRQ, came, 2, NULL, NULL));
	p = plan(&irq, TWO, REPORT_B, false);
	CHECK(p->items[0].how == RELEASE_REFUSED);
	release_plan_free(p);
	buf_done(&b);
	place_done(&irq);
}

/* Fails if an object goes otherwise than it is, or goes although label, owner, creator or references are against it. */
TEST(other_objects_go_as_they_are_or_not_at_all)
{
	static struct place irq, rus;
	struct buf b = BUF_INIT(LIMIT_OBJECT), bytes = BUF_INIT(LIMIT_OBJECT);
	struct release_done done;
	struct errinfo e = {0};
	struct label l;
	char forged[400];
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	put_private(&irq, TWO, spot(&b, PLACE_A, "Mosul"));
	buf_put(&bytes, buf_str(&b));
	put_private(&irq, ALL, note(&b, NOTE_A, "seen there", PLACE_A, EARLY));
	/* its reference is not there */
	struct release_plan *p = plan(&irq, TWO, NOTE_A, false);
	CHECK(p->items[0].how == RELEASE_REFUSED && p->items[0].nsnags == 1 && stix_id_eq(p->items[0].snags[0].id, id_of(PLACE_A)));
	CHECK_STR(p->items[0].snags[0].where, STR("object_refs[0]"));
	release_plan_free(p);
	/* both together */
	struct release_want want[] = {{id_of(NOTE_A), 0}, {id_of(PLACE_A), 0}, {id_of(PLACE_A), 0}};
	struct release_options o = {.position = STR("J2-3")};
	CHECK_OK(release_plan(irq.s, irq.c, TWO, want, 3, &o, &p, &e));
	CHECK(p->nitems == 2 && p->going == 2 && p->items[0].how == RELEASE_RAW && p->nentries == 1 + (p->items[0].entry != p->items[1].entry));
	CHECK_OK(release_do(irq.s, p, &done, &e));
	CHECK(done.objects == 2);
	CHECK_OK(share_sign_all(irq.s, &e));
	release_plan_free(p);
	tell(&irq, &rus);
	struct seen s = see(&rus, id_of(PLACE_A), TWO);
	CHECK(s.live == 1 && s.row.label.circle == TWO && s.row.label.owners == M(IRQ));
	struct buf piece = BUF_INIT(LIMIT_OBJECT + PIECE_HEAD);
	bool gone;
	CHECK_OK(record_piece_get(rus.store, s.row.piece_no, &piece, &gone, &e));
	CHECK_STR(str_sub(buf_str(&piece), PIECE_HEAD, piece.n), buf_str(&bytes));
	/* one refused of two: neither goes */
	project(&irq);
	CHECK_OK(release_plan(irq.s, irq.c, THREE, want, 2, &o, &p, &e));
	CHECK(p->items[0].how == RELEASE_REFUSED && p->items[1].how == RELEASE_REFUSED && has(p->items[1].why, "SYR"));
	CHECK_ERR(release_do(irq.s, p, &done, &e), ERR_DENIED);
	CHECK(!place_log(&irq, THREE, IRQ).no);
	release_plan_free(p);
	/* another version under the same id and time */
	put_private(&irq, ALL, spot(&b, PLACE_A, "Mosul, west"));
	p = plan(&irq, TWO, PLACE_A, false);
	CHECK(p->items[0].how == RELEASE_REFUSED && has(p->items[0].why, "same id"));
	release_plan_free(p);
	/* another's creation; another's release; unknown */
	snprintf(forged, sizeof forged,
	    "{\"type\":\"location\",\"spec_version\":\"2.1\",\"id\":\"%s\",\"created_by_ref\":\"%s\",\"created\":\"%s\",\"modified\":\"%s\",\"name\":"
	    "\"forged\",\"country\":\"IQ\"}",
	    PLACE_B, identity_of(RUS), EARLY, EARLY);
	l = label_for(&irq, ALL, 1);
	put_labelled(&irq, M(IRQ), &l, str_of(forged));
	p = plan(&irq, TWO, PLACE_B, false);
	CHECK(p->items[0].how == RELEASE_REFUSED && has(p->items[0].why, "RUS created it"));
	release_plan_free(p);
	p = plan(&rus, THREE, PLACE_A, false);
	CHECK(p->items[0].how == RELEASE_REFUSED && has(p->items[0].why, "IRQ's"));
	release_plan_free(p);
	p = plan(&irq, TWO, NOTE_B, false);
	CHECK(p->items[0].how == RELEASE_REFUSED);
	release_plan_free(p);
	CHECK_ERR(release_plan(irq.s, irq.c, M(IRQ), want, 1, &o, &p, &e), ERR_INVALID);
	CHECK_ERR(release_plan(irq.s, irq.c, M(RUS) | M(SYR), want, 1, &o, &p, &e), ERR_INVALID);
	buf_done(&piece);
	buf_done(&b);
	buf_done(&bytes);
	place_done(&irq);
	place_done(&rus);
}

/* Fails if refusing one item does not refuse what refers to it, however far; or a log that has grown by anything is not noticed. */
TEST(refusals_go_on)
{
	static struct place irq;
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	static const char *const ids[] = {NOTE_A, NOTE_B, "note--aaaaaaaa-0000-4000-8000-000000000010"};
	struct release_want want[3];
	struct release_options o = {.position = STR("J2-3")};
	struct release_plan *p;
	struct release_done done;
	struct share_appended appended;
	struct errinfo e = {0};
	place_new(&irq, IRQ);
	for (size_t i = 0; i < 3; i++) {
		put_private(&irq, ALL, note(&b, ids[i], "in a chain", i < 2 ? ids[i + 1] : PLACE_A, EARLY));
		want[i] = (struct release_want){id_of(ids[i]), 0};
	}
	CHECK_OK(release_plan(irq.s, irq.c, TWO, want, 3, &o, &p, &e));
	CHECK(p->refused == 3 && p->going == 0);
	release_plan_free(p);
	put_private(&irq, TWO, spot(&b, PLACE_A, "Mosul"));
	release(&irq, TWO, PLACE_A);
	CHECK_OK(release_plan(irq.s, irq.c, TWO, want, 3, &o, &p, &e));
	CHECK(p->refused == 0 && p->going == 3);
	struct entry_target target = {id_of(PLACE_A), 0};
	struct entry x = {.kind = ENTRY_REQUEST, .position = STR("J2-3"), .targets = &target, .ntargets = 1, .to = THREE};
	struct share_append a = {.centre = irq.c, .circle = TWO, .entry = &x};
	CHECK_OK(record_begin(irq.store, &e));
	CHECK_OK(share_append(irq.s, &a, &appended, &e));
	CHECK_OK(record_commit(irq.store, &e));
	CHECK_ERR(release_do(irq.s, p, &done, &e), ERR_CONFLICT);
	release_plan_free(p);
	buf_done(&b);
	place_done(&irq);
}

static bool
refused_onward(struct place *irq, const char *id)
{
	struct release_plan *p = plan(irq, THREE, id, false);
	bool yes = p->items[0].how == RELEASE_REFUSED && has(p->items[0].why, "came from");
	CHECKF(yes || p->items[0].how == RELEASE_RAW, "%.*s", STR_FMT(p->items[0].why));
	release_plan_free(p);
	return yes;
}

/* Fails if a copy of what another member released can be passed on wider than its author let it go; or one that we had first cannot. */
TEST(what_came_from_another_is_not_passed_on)
{
	static struct place irq, rus;
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	put_private(&irq, ALL, spot(&b, PLACE_B, "Raqqa"));
	put_private(&rus, ALL, spot(&b, PLACE_A, "Mosul"));
	put_private(&rus, ALL, spot(&b, PLACE_B, "Raqqa"));
	release(&rus, TWO, PLACE_A);
	release(&rus, TWO, PLACE_B);
	tell(&rus, &irq);
	put_private(&irq, ALL, spot(&b, PLACE_A, "Mosul"));
	struct release_plan *p = plan(&irq, THREE, PLACE_A, false);
	CHECK(p->items[0].how == RELEASE_REFUSED && has(p->items[0].why, "came from RUS"));
	release_plan_free(p);
	p = plan(&irq, TWO, PLACE_A, false);
	CHECK(p->items[0].how == RELEASE_RAW);
	release_plan_free(p);
	p = plan(&irq, THREE, PLACE_B, false);
	CHECK(p->items[0].how == RELEASE_RAW);
	release_plan_free(p);
	/* an old version of ours does not make a newer one of theirs ours, nor do other bytes under its date */
	put_private(&irq, ALL, note(&b, NOTE_A, "the feed's", PLACE_B, EARLY));
	put_private(&irq, ALL, note(&b, NOTE_A, "something", PLACE_B, LATE));
	put_private(&rus, ALL, note(&b, NOTE_A, "enriched by RUS", PLACE_B, LATE));
	release(&rus, TWO, NOTE_A);
	tell(&rus, &irq);
	release(&irq, THREE, PLACE_B);
	CHECK(!refused_onward(&irq, NOTE_A));
	put_private(&irq, ALL, note(&b, NOTE_A, "enriched by RUS", PLACE_B, LATE));
	CHECK(refused_onward(&irq, NOTE_A));
	put_private(&irq, ALL, note(&b, NOTE_A, "enriched by RUS, and us", PLACE_B, LATER));
	CHECK(refused_onward(&irq, NOTE_A));
	buf_done(&b);
	place_done(&irq);
	place_done(&rus);
}

/* Fails if a redacted copy names what the circle was not given, has its original's id or dates, or is made where the rules of its type forbid. */
TEST(redacted_copies)
{
	static struct place irq, rus;
	struct buf b = BUF_INIT(LIMIT_OBJECT), all = BUF_INIT(64 * MIB);
	struct release_done done;
	struct errinfo e = {0};
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	buf_printf(&b,
	    "{\"type\":\"note\",\"spec_version\":\"2.1\",\"id\":\"%s\",\"created\":\"%s\",\"modified\":\"%s\",\"content\":\"seen\",\"object_refs\":["
	    "\"%s\",\"%s\"],\"extensions\":{\"%.*s\":"
	    "{\"extension_type\":\"property-extension\",\"source\":\"HERON\"},\"%.*s\":{\"extension_type\":\"property-extension\",\"scheme\":"
	    "\"admiralty\",\"grade\":\"B2\"}}}",
	    NOTE_A, EARLY, EARLY, PLACE_A, identity_of(IRQ), STR_FMT(stix_ext_id(STIX_EXT_PRIVATE)), STR_FMT(stix_ext_id(STIX_EXT_GRADE)));
	put_private(&irq, ALL, buf_str(&b));
	put_private(&irq, ALL, note(&b, NOTE_B, "alone", PLACE_A, EARLY));
	struct release_plan *p = plan(&irq, TWO, NOTE_A, false);
	CHECK(p->items[0].how == RELEASE_REFUSED && has(p->items[0].why, "never leaves"));
	release_plan_free(p);
	p = plan(&irq, TWO, NOTE_B, true); /* nothing would be left of its object_refs, which a note must have */
	CHECK(p->items[0].how == RELEASE_REFUSED);
	release_plan_free(p);
	p = plan(&irq, TWO, NOTE_A, true);
	CHECKF(p->items[0].how == RELEASE_REDACTED && p->items[0].nsnags == 1, "%.*s", STR_FMT(p->items[0].why));
	CHECK_OK(release_do(irq.s, p, &done, &e));
	CHECK_OK(share_sign_all(irq.s, &e));
	struct stix_id as = p->items[0].as;
	tell(&irq, &rus);
	struct str got = given(&irq, &rus, &all);
	CHECK(has(got, "seen") && !has(got, PLACE_A) && !has(got, "HERON") && !has(got, "a10f045f") && !has(got, "aaaaaaaa") &&
	      !has(got, "2015-09-01"));
	CHECK(see(&rus, as, TWO).live == 1);
	release_plan_free(p);
	project(&irq);
	/* the way back lies in the private log, for nobody else to be given ever */
	struct view_filter f = {.now = irq.now, .author = -1, .type = STR("relationship"), .link = -1, .since = TIME_MIN, .limit = 10};
	struct seen way = {0};
	CHECK_OK(view_find(irq.store, &f, seen_row, &way, &e));
	CHECK(way.n == 1 && way.row.label.circle == M(IRQ) && way.row.key.circle == M(IRQ) && way.row.label.level == 2);
	p = plan(&irq, TWO, NOTE_A, true);
	CHECK(p->items[0].how == RELEASE_THERE);
	release_plan_free(p);
	/* with the place given, less is left out: another copy */
	put_private(&irq, ALL, spot(&b, PLACE_A, "Mosul"));
	release(&irq, TWO, PLACE_A);
	p = plan(&irq, TWO, NOTE_A, true);
	CHECK(p->items[0].how == RELEASE_REDACTED && p->items[0].nsnags == 0 && has(p->items[0].bytes, PLACE_A));
	release_plan_free(p);
	buf_done(&b);
	buf_done(&all);
	place_done(&irq);
	place_done(&rus);
}

/* modified: of that version; NULL: of any. */
static void
consent_of(struct place *from, int asker, const char *id, const char *modified, uint64_t to, bool granted)
{
	int64_t of = 0;
	CHECK(!modified || time_parse(str_of(modified), &of));
	struct consent_answer x = {.asker = asker,
	    .id = id_of(id),
	    .modified = of,
	    .to = to,
	    .granted = granted,
	    .reason = STR("asked by telephone"),
	    .position = STR("J2-1")};
	struct share_appended done;
	struct errinfo e = {0};
	from->now += TIME_SECOND;
	CHECK_OK(consent_give(from->s, from->c, &x, &done, &e));
	CHECK_OK(share_sign_all(from->s, &e));
	project(from);
}

static void
consent(struct place *from, int asker, const char *id, uint64_t to, bool granted)
{
	consent_of(from, asker, id, NULL, to, granted);
}

static bool
may_go(struct place *p, uint64_t circle, const char *id)
{
	struct release_plan *r = plan(p, circle, id, false);
	bool yes = r->items[0].how == RELEASE_TEAR_LINE;
	release_plan_free(r);
	return yes;
}

/* Fails if a product goes further than its sources' originators let it, by way of a product of a product too; or is held back although they do. */
TEST(a_product_goes_where_its_sources_may)
{
	static struct place irq, rus, syr;
	static const struct said said[] = {
	    {"title", "(//IRQ S//REL TO IRQ, IRN, RUS, SYR)", "Summary"}, {"paragraph", "(//IRQ S//REL TO IRQ, IRN, RUS, SYR)", "Forty lorries."}};
	static struct said fixed[2];
	static const char *const cites[] = {PLACE_A, NULL}, *const cites_product[] = {PRODUCT, NULL}, *const cites_unknown[] = {NOTE_B, NULL};
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	memcpy(fixed, said, sizeof fixed);
	fixed[0].mark = fixed[1].mark = "(//IRQ S//REL TO IRN, IRQ, RUS, SYR)";
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	place_new(&syr, SYR);
	put_private(&rus, ALL, spot(&b, PLACE_A, "Mosul"));
	release(&rus, TWO, PLACE_A);
	tell(&rus, &irq);
	put_private(&irq, ALL, report(&b, PRODUCT, IRQ, fixed, 2, cites, NULL));
	CHECK(may_go(&irq, TWO, PRODUCT));
	struct release_plan *p = plan(&irq, THREE, PRODUCT, false);
	CHECK(p->items[0].how == RELEASE_REFUSED && p->items[0].nsnags == 1 && stix_id_eq(p->items[0].snags[0].id, id_of(PLACE_A)) &&
	      has(p->items[0].snags[0].says, "RUS") && has(p->items[0].hint, "comity request " PLACE_A " --to irq.rus.syr"));
	release_plan_free(p);
	/* a product of it is bound as it is, though it is our own */
	put_private(&irq, ALL, report(&b, REPORT_B, IRQ, fixed, 2, cites_product, NULL));
	CHECK(!may_go(&irq, THREE, REPORT_B) && may_go(&irq, TWO, REPORT_B));
	/* consent: for the circle, not for more; to us; the last word counts */
	consent(&rus, IRQ, PLACE_A, THREE, true);
	tell(&rus, &irq);
	CHECK(may_go(&irq, THREE, PRODUCT) && may_go(&irq, THREE, REPORT_B) && !may_go(&irq, ALL, PRODUCT));
	consent(&rus, IRQ, PLACE_A, THREE, false);
	tell(&rus, &irq);
	CHECK(!may_go(&irq, THREE, PRODUCT));
	consent(&rus, IRQ, PLACE_A, ALL, true);
	tell(&rus, &irq);
	CHECK(may_go(&irq, ALL, PRODUCT));
	/* a refusal for fewer takes them out of a consent for more, and one for more all that is in it; what it does not meet stands */
	consent(&rus, IRQ, PLACE_A, THREE, false);
	tell(&rus, &irq);
	CHECK(!may_go(&irq, THREE, PRODUCT) && !may_go(&irq, ALL, PRODUCT) && may_go(&irq, M(IRN) | TWO, PRODUCT));
	consent(&rus, IRQ, PLACE_A, THREE, true);
	tell(&rus, &irq);
	CHECK(may_go(&irq, THREE, PRODUCT) && !may_go(&irq, ALL, PRODUCT));
	consent(&rus, IRQ, PLACE_A, ALL, false);
	tell(&rus, &irq);
	CHECK(!may_go(&irq, THREE, PRODUCT) && !may_go(&irq, ALL, PRODUCT) && !may_go(&irq, M(IRN) | TWO, PRODUCT));
	consent(&rus, IRQ, PLACE_A, ALL, true);
	tell(&rus, &irq);
	CHECK(may_go(&irq, ALL, PRODUCT));
	/* a tear-line of it, cited by somebody who has only that, is a source like another */
	struct stix_id as = release(&irq, THREE, PRODUCT);
	tell(&irq, &syr);
	CHECK(see(&syr, as, THREE).live == 1);
	/* what nobody here knows grants nothing */
	put_private(&irq, ALL, report(&b, REPORT_A, IRQ, fixed, 2, cites_unknown, NULL));
	p = plan(&irq, TWO, REPORT_A, false);
	CHECK(p->items[0].how == RELEASE_REFUSED && has(p->items[0].snags[0].says, "not here"));
	release_plan_free(p);
	buf_done(&b);
	place_done(&irq);
	place_done(&rus);
	place_done(&syr);
}

/* Fails if orcon is overridden within the circle, or a product is marked lower than its source. */
TEST(orcon_and_level_of_sources)
{
	static struct place irq, rus;
	static const struct said high[] = {
	    {"title", "(//IRQ S//REL TO IRQ, RUS)", "Summary"}, {"paragraph", "(//IRQ S//REL TO IRQ, RUS)", "Forty lorries."}};
	static const struct said low[] = {
	    {"title", "(//IRQ U//REL TO IRQ, RUS)", "Summary"}, {"paragraph", "(//IRQ U//REL TO IRQ, RUS)", "Forty lorries."}};
	static const struct said orcon[] = {
	    {"title", "(//IRQ S//ORCON/REL TO IRQ, RUS)", "Summary"}, {"paragraph", "(//IRQ S//ORCON/REL TO IRQ, RUS)", "Forty lorries."}};
	static const char *const cites_a[] = {PLACE_A, NULL}, *const cites_b[] = {PLACE_B, NULL};
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	struct label l;
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	put_private(&rus, TWO, spot(&b, PLACE_A, "Mosul"));
	l = label_for(&rus, TWO, 2);
	l.orcon = true;
	put_labelled(&rus, M(RUS), &l, spot(&b, PLACE_B, "Raqqa"));
	release(&rus, TWO, PLACE_A);
	release(&rus, TWO, PLACE_B);
	tell(&rus, &irq);
	l = label_for(&irq, TWO, 0);
	put_labelled(&irq, M(IRQ), &l, report(&b, REPORT_A, IRQ, low, 2, cites_a, NULL));
	CHECK(!may_go(&irq, TWO, REPORT_A));
	put_private(&irq, TWO, report(&b, REPORT_B, IRQ, high, 2, cites_a, NULL));
	CHECK(may_go(&irq, TWO, REPORT_B));
	put_private(&irq, TWO, report(&b, PRODUCT, IRQ, orcon, 2, cites_b, NULL));
	CHECK(!may_go(&irq, TWO, PRODUCT));
	consent(&rus, IRQ, PLACE_B, TWO, true);
	tell(&rus, &irq);
	CHECK(may_go(&irq, TWO, PRODUCT));
	buf_done(&b);
	place_done(&irq);
	place_done(&rus);
}

/* A location of ours as it was said at one moment. */
static struct str
spot_at(struct buf *b, const char *id, const char *modified)
{
	buf_clear(b);
	buf_printf(b, "{\"type\":\"location\",\"spec_version\":\"2.1\",\"id\":\"%s\",\"created\":\"2015-09-01T00:00:00.000Z\",", id);
	buf_printf(b, "\"modified\":\"%s\",\"country\":\"IQ\"}", modified);
	return buf_str(b);
}

/* Fails if a later version of a source of ours, by whoever may add, lets go what was made from an earlier one that is held closer; or if one whose
 * time is over holds back for ever. */
TEST(a_later_version_of_a_source_does_not_lower_it)
{
	static struct place irq;
	static const struct said low[] = {
	    {"title", "(//IRQ S//REL TO IRQ, RUS)", "Summary"}, {"paragraph", "(//IRQ S//REL TO IRQ, RUS)", "Forty lorries."}};
	static const char *const cites[] = {PLACE_A, NULL};
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	struct label l;
	place_new(&irq, IRQ);
	put_private(&irq, TWO, report(&b, PRODUCT, IRQ, low, 2, cites, NULL));
	put_private(&irq, M(IRQ), spot_at(&b, PLACE_A, "2015-09-01T00:00:00.000Z"));
	CHECK(!may_go(&irq, TWO, PRODUCT));
	put_private(&irq, TWO, spot_at(&b, PLACE_A, "2015-09-02T00:00:00.000Z"));
	struct release_plan *p = plan(&irq, TWO, PRODUCT, false);
	CHECK(p->items[0].how == RELEASE_REFUSED && p->items[0].nsnags == 1 && has(p->items[0].snags[0].remedy, "withdraw"));
	release_plan_free(p);
	release(&irq, TWO, PLACE_A); /* its last version; what the earlier one said is held all the same */
	CHECK(!may_go(&irq, TWO, PRODUCT));
	place_done(&irq);
	/* narrower by a date that has passed: what is said since then speaks */
	place_new(&irq, IRQ);
	put_private(&irq, TWO, report(&b, PRODUCT, IRQ, low, 2, cites, NULL));
	l = label_for(&irq, M(IRQ), 2);
	l.valid_until = irq.now + 60 * TIME_SECOND;
	put_labelled(&irq, M(IRQ), &l, spot_at(&b, PLACE_A, "2015-09-01T00:00:00.000Z"));
	put_private(&irq, TWO, spot_at(&b, PLACE_A, "2015-09-02T00:00:00.000Z"));
	CHECK(!may_go(&irq, TWO, PRODUCT));
	irq.now = l.valid_until;
	CHECK(may_go(&irq, TWO, PRODUCT));
	buf_done(&b);
	place_done(&irq);
}

/* Fails if one version of another's source lets go what may have been made from another one, that is marked higher or of which he gave no consent. */
TEST(each_version_of_a_source_must_let_it_go)
{
	static struct place irq, rus;
	static const struct said low[] = {
	    {"title", "(//IRQ S//REL TO IRN, IRQ, RUS)", "Summary"}, {"paragraph", "(//IRQ S//REL TO IRN, IRQ, RUS)", "Forty lorries."}};
	static const char *const cites[] = {PLACE_A, NULL};
	const uint64_t with_irn = TWO | M(IRN);
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	struct label l;
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	put_private(&irq, with_irn, report(&b, PRODUCT, IRQ, low, 2, cites, NULL));
	put_private(&rus, TWO, spot_at(&b, PLACE_A, "2015-09-01T00:00:00.000Z"));
	release(&rus, TWO, PLACE_A);
	consent_of(&rus, IRQ, PLACE_A, "2015-09-01T00:00:00.000Z", with_irn, true);
	tell(&rus, &irq);
	CHECK(may_go(&irq, TWO, PRODUCT) && may_go(&irq, with_irn, PRODUCT));
	l = label_for(&rus, TWO, 2);
	l.orcon = true;
	put_labelled(&rus, M(RUS), &l, spot_at(&b, PLACE_A, "2015-09-02T00:00:00.000Z"));
	release(&rus, TWO, PLACE_A);
	tell(&rus, &irq);
	CHECK(!may_go(&irq, TWO, PRODUCT) && !may_go(&irq, with_irn, PRODUCT));
	consent(&rus, IRQ, PLACE_A, with_irn, true); /* to all of them */
	tell(&rus, &irq);
	CHECK(!may_go(&irq, TWO, PRODUCT)); /* the product is not marked ORCON */
	buf_done(&b);
	place_done(&irq);
	place_done(&rus);
}

/* Fails if two plans for the same act differ, or two for different acts do not; or a plan is done on a log that has grown. */
TEST(a_plan_says_what_is_done)
{
	static struct place irq;
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	struct release_done done;
	struct errinfo e = {0};
	place_new(&irq, IRQ);
	put_private(&irq, ALL, report(&b, REPORT_A, IRQ, mixed, 5, NULL, NULL));
	put_private(&irq, ALL, spot(&b, PLACE_A, "Mosul"));
	struct release_plan *p = plan(&irq, TWO, REPORT_A, false), *q = plan(&irq, TWO, REPORT_A, false),
			    *r = plan(&irq, M(IRQ) | M(SYR), REPORT_A, false), *other = plan(&irq, TWO, PLACE_A, false);
	CHECK(hash_eq(&p->digest, &q->digest) && !hash_eq(&p->digest, &r->digest) && !hash_eq(&p->digest, &other->digest));
	CHECK_OK(release_do(irq.s, p, &done, &e));
	CHECK_ERR(release_do(irq.s, q, &done, &e), ERR_CONFLICT);
	CHECK(place_log(&irq, TWO, IRQ).edge.size == 1);
	release_plan_free(p);
	release_plan_free(q);
	release_plan_free(r);
	release_plan_free(other);
	buf_done(&b);
	place_done(&irq);
}

/* Fails if many objects are not parted into entries as the format has it. */
TEST(many_objects_of_several_labels)
{
	static struct place irq, rus;
	static struct release_want want[60];
	static char ids[60][64];
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	struct release_options o = {.position = STR("J2-3")};
	struct release_plan *p;
	struct release_done done;
	struct errinfo e = {0};
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	for (int i = 0; i < 60; i++) {
		struct label l = label_for(&irq, ALL, (uint8_t)(i % 3));
		snprintf(ids[i], sizeof ids[i], "location--cccccccc-0000-4000-8000-0000000000%02d", i);
		put_labelled(&irq, M(IRQ), &l, spot(&b, ids[i], "Town"));
		want[i].id = id_of(ids[i]);
	}
	CHECK_OK(release_plan(irq.s, irq.c, TWO, want, 60, &o, &p, &e));
	CHECK(p->going == 60 && p->nentries == 3);
	CHECK_OK(release_do(irq.s, p, &done, &e));
	CHECK(done.entries == 3 && done.objects == 60 && done.first_serial == 1 && done.last_serial == 3);
	CHECK_OK(share_sign_all(irq.s, &e));
	release_plan_free(p);
	tell(&irq, &rus);
	for (int i = 0; i < 60; i++) {
		struct seen s = see(&rus, want[i].id, TWO);
		CHECK(s.live == 1 && s.row.label.level == i % 3);
	}
	buf_done(&b);
	place_done(&irq);
	place_done(&rus);
}
