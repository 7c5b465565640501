/* Projection: that the view is a function of the record, whatever way it grew, and what of the record is in it. */
#include "sim/disk.h"

#include "govern/circle.h"
#include "share/recall.h"
#include "t_meaning.h"

#define NOTE_A "note--aaaaaaaa-0000-4000-8000-000000000001"
#define NOTE_B "note--aaaaaaaa-0000-4000-8000-000000000002"
#define PLACE_A "location--aaaaaaaa-0000-4000-8000-000000000003"
#define REPORT_A "report--aaaaaaaa-0000-4000-8000-000000000004"
#define EARLY "2015-09-01T00:00:00.000Z"

static void
recall(struct place *p, const char *id, enum entry_action action)
{
	struct recall_what w = {.id = id_of(id), .action = action, .reason = STR("the source was wrong"), .position = STR("J2-3")};
	struct arena a = ARENA_INIT(MIB);
	const struct recall_in *in;
	struct errinfo e = {0};
	size_t n;
	p->now += TIME_SECOND;
	CHECK_OK(recall_do(p->s, p->c, &w, &a, &in, &n, &e));
	CHECK_OK(share_sign_all(p->s, &e));
	project(p);
	arena_done(&a);
}

/* Fails if an object is not found by its words, or its grade, claims, references or label are not as it says. */
TEST(an_object_is_in_view)
{
	static struct place irq;
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	static const struct said said[] = {{"title", "(//IRQ S)", "Convoy"}, {"paragraph", "(//IRQ S)", "Forty lorries near Baiji."}};
	static const char *const cites[] = {NOTE_A, NULL};
	place_new(&irq, IRQ);
	put_private(&irq, ALL, note(&b, NOTE_A, "rain at dusk", PLACE_A, EARLY));
	report(&b, REPORT_A, IRQ, said, 2, cites, "FALCON");

	put_private(&irq, M(IRQ), buf_str(&b));
	struct seen s = see(&irq, id_of(NOTE_A), 0);
	CHECK(s.n == 1 && s.row.label.circle == ALL && s.row.label.level == 2 && s.row.key.circle == M(IRQ) && !s.row.serial);
	CHECK(find_words(&irq, "dusk") == 1 && find_words(&irq, "baiji") == 1 && find_words(&irq, "falcon") == 0);
	s = see(&irq, id_of(REPORT_A), 0);
	CHECK(s.n == 1 && s.row.grade.scheme == GRADE_ADMIRALTY && s.row.grade.reliability == 'B' && s.row.grade.credibility == '2');
	struct stix_id to = id_of(NOTE_A), place = id_of(PLACE_A);
	struct view_filter f = {.now = irq.now, .author = -1, .refers_to = &to, .link = VIEW_LINK_CITES, .since = TIME_MIN, .limit = 10};
	struct seen by = {0};
	struct errinfo e = {0};
	CHECK_OK(view_find(irq.store, &f, seen_row, &by, &e));
	CHECK(by.n == 1 && stix_id_eq(by.row.key.id, id_of(REPORT_A)));
	f.refers_to = &place;
	f.link = VIEW_LINK_REF;
	by = (struct seen){0};
	CHECK_OK(view_find(irq.store, &f, seen_row, &by, &e));
	CHECK(by.n == 1);
	check_rebuild(&irq);
	buf_done(&b);
	place_done(&irq);
}

/* Fails if what is no object, or speaks as another member, is shown as one; or if what stands beside it is lost. */
TEST(what_is_no_object_is_an_event)
{
	static struct place irq, rus;
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	struct label l;
	struct str objects[4];
	struct errinfo e = {0};
	struct share_appended done;
	char forged[400], self[400];
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	l = label_for(&irq, M(IRQ) | M(RUS), 1);
	snprintf(forged, sizeof forged,
	    "{\"type\":\"location\",\"spec_version\":\"2.1\",\"id\":\"%s\",\"created_by_ref\":\"%s\",\"created\":\"%s\",\"modified\":\"%s\",\"name\":"
	    "\"forged\",\"country\":\"IQ\"}",
	    PLACE_A, identity_of(RUS), EARLY, EARLY);
	snprintf(self, sizeof self,
	    "{\"type\":\"identity\",\"spec_version\":\"2.1\",\"id\":\"%s\",\"created\":\"%s\",\"modified\":\"%s\",\"name\":\"impostor\"}",
	    identity_of(RUS), EARLY, EARLY);
	objects[3] = str_of(self);
	objects[0] = STR("{\"type\":\"note\"}");
	objects[1] = str_of(forged);
	objects[2] = spot(&b, "location--aaaaaaaa-0000-4000-8000-000000000009", "Tikrit");
	struct entry x = {.kind = ENTRY_OBJECTS, .position = STR("J2-3"), .label = l};
	struct share_append a = {irq.c, M(IRQ) | M(RUS), &x, objects, 4};
	CHECK_OK(record_begin(irq.store, &e));
	CHECK_OK(share_append(irq.s, &a, &done, &e));
	CHECK_OK(record_commit(irq.store, &e));
	CHECK_OK(share_sign_all(irq.s, &e));
	tell(&irq, &rus);
	struct view_event v = events(&rus, VIEW_MALFORMED, IRQ);
	CHECK(v.n == 3 && stix_id_eq(v.id, id_of(identity_of(RUS))) && see(&rus, id_of(identity_of(RUS)), 0).n == 0);
	CHECK(see(&rus, id_of(PLACE_A), 0).n == 0 && find_words(&rus, "forged") == 0 && find_words(&rus, "tikrit") == 1);
	/* a copy in one's own private log is one's own affair */
	l = label_for(&irq, M(IRQ), 1);
	put_labelled(&irq, M(IRQ), &l, str_of(forged));
	CHECK(see(&irq, id_of(PLACE_A), M(IRQ)).n == 1);
	check_rebuild(&rus);
	check_rebuild(&irq);
	buf_done(&b);
	place_done(&irq);
	place_done(&rus);
}

/* Fails if the fast path gives other rows than reading the record back. */
TEST(objects_parsed_already_give_the_same_rows)
{
	static struct place irq;
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	struct arena tree = ARENA_INIT(LIMIT_OBJECT_ARENA);
	struct errinfo e = {0};
	struct share_appended done;
	struct stix_info info;
	struct project_parsed parsed;
	place_new(&irq, IRQ);
	for (int i = 0; i < 3; i++) {
		char id[64];
		snprintf(id, sizeof id, "note--aaaaaaaa-0000-4000-8000-0000000001%02d", i);
		parsed.text = note(&b, id, "fast as can be", PLACE_A, EARLY);
		CHECK_OK(json_parse(&tree, parsed.text, &parsed.tree, &e));
		CHECK_OK(stix_check(parsed.text, parsed.tree, &info, &e));
		parsed.info = &info;
		struct entry x = {.kind = ENTRY_OBJECTS, .position = STR("J2-3"), .label = label_for(&irq, ALL, 2)};
		struct share_append a = {irq.c, M(IRQ), &x, &parsed.text, 1};
		CHECK_OK(record_begin(irq.store, &e));
		CHECK_OK(share_append(irq.s, &a, &done, &e));
		CHECK_OK(record_commit(irq.store, &e));
		CHECK_OK(share_project_added(irq.s, &done, &parsed, 1, &e));
		CHECK(find_words(&irq, "fast") == (size_t)i + 1);
	}
	CHECK_ERR(share_project_added(irq.s, &done, &parsed, 1, &e), OK); /* it is there: nothing is done */
	CHECK(find_words(&irq, "fast") == 3);
	check_rebuild(&irq);
	arena_done(&tree);
	buf_done(&b);
	place_done(&irq);
}

static bool stopping;

static bool
stop_after_one(void *ctx, uint64_t done, uint64_t all)
{
	unsigned *calls = ctx;
	++*calls;
	CHECK(done <= all);
	return !stopping;
}

/* Fails if a projection that was stopped does not go on where it was, or one transaction holds more than it may. */
TEST(a_projection_can_be_stopped)
{
	static struct place irq;
	struct errinfo e = {0};
	struct share_appended done;
	unsigned calls = 0;
	uint64_t position;
	place_new(&irq, IRQ);
	for (int i = 0; i < 7; i++)
		CHECK_OK(place_append(&irq, M(IRQ), "no STIX", 400, &done, &e));
	stopping = true;
	CHECK_ERR(share_project(irq.s, stop_after_one, &calls, &e), ERR_STOPPED);
	CHECK_OK(view_position(irq.store, &position, &e));
	CHECK(calls == 1 && position == 2);
	stopping = false;
	CHECK_OK(share_project(irq.s, stop_after_one, &calls, &e));
	CHECK_OK(view_position(irq.store, &position, &e));
	CHECK(calls == 4 && position == 7);
	CHECK(events(&irq, VIEW_MALFORMED, IRQ).n == 2800);
	check_rebuild(&irq);
	place_done(&irq);
}

/* Says that it has no payload of objects. */
static enum err
no_payload(void *ctx, struct str path, struct buf *reply, size_t from, enum err err, struct errinfo *e)
{
	(void)ctx;
	if (str_find(path, STR("/payload/")) < 0)
		return err;
	buf_cut(reply, from);
	return err_set(e, ERR_NOTFOUND, "nothing here for you");
}

/* Fails if a recall leaves an object or its words in view, or means more than it says, or if it matters whether recall or payload came first. */
TEST(recall_and_payload_in_any_order)
{
	static struct place irq, rus, syr;
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	struct fetch_report r;
	struct errinfo e = {0};
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	place_new(&syr, SYR);
	put_private(&irq, ALL, spot(&b, PLACE_A, "Mosul"));
	put_private(&irq, ALL, spot(&b, "location--aaaaaaaa-0000-4000-8000-000000000013", "Kirkuk"));
	release(&irq, M(IRQ) | M(RUS) | M(SYR), PLACE_A);
	release(&irq, M(IRQ) | M(RUS) | M(SYR), "location--aaaaaaaa-0000-4000-8000-000000000013");
	tell(&irq, &rus);
	CHECK(find_words(&rus, "mosul") == 1);
	/* Syria hears of the entries, but does not get the payloads yet */
	syr.now = irq.now;
	struct link l = {.to = &irq, .asker = SYR, .spoil = no_payload};
	CHECK_OK(place_fetch_over(&syr, &l, &r, &e));
	project(&syr);
	CHECK(r.pending == 2 && find_words(&syr, "mosul") == 0);
	recall(&irq, PLACE_A, ENTRY_RECALLED);
	tell(&irq, &rus);
	syr.now = irq.now;
	CHECK_OK(place_fetch_over(&syr, &l, &r, &e));
	project(&syr);
	CHECK(events(&syr, VIEW_RECALL, IRQ).n == 1);
	tell(&irq, &syr);
	for (int i = 0; i < 2; i++) {
		struct place *p = i ? &syr : &rus;
		CHECK(see(p, id_of(PLACE_A), 0).row.state == VIEW_RECALLED && find_words(p, "mosul") == 0 && find_words(p, "kirkuk") == 1);
		check_rebuild(p);
	}
	/* the original is not recalled by that; what is released after it stands */
	CHECK(see(&irq, id_of(PLACE_A), M(IRQ)).live == 1);
	release(&irq, M(IRQ) | M(RUS) | M(SYR), PLACE_A);
	tell(&irq, &rus);
	tell(&irq, &syr);
	CHECK(find_words(&rus, "mosul") == 1 && find_words(&syr, "mosul") == 1 && see(&rus, id_of(PLACE_A), 0).n == 2);
	/* of two recalls the last counts */
	recall(&irq, PLACE_A, ENTRY_CORRECTED);
	tell(&irq, &rus);
	CHECK(see(&rus, id_of(PLACE_A), 0).live == 0);
	check_rebuild(&rus);
	check_rebuild(&irq);
	buf_done(&b);
	place_done(&irq);
	place_done(&rus);
	place_done(&syr);
}

/* Fails if what arrived in another order gives another answer to the same question. */
TEST(the_order_of_arrival_changes_no_object)
{
	static struct place irq, rus, irn, syr;
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	place_new(&irn, IRN);
	place_new(&syr, SYR);
	put_private(&irq, ALL, spot(&b, PLACE_A, "Mosul"));
	release(&irq, ALL, PLACE_A);
	put_private(&rus, ALL, spot(&b, "location--bbbbbbbb-0000-4000-8000-000000000013", "Latakia"));
	release(&rus, ALL, "location--bbbbbbbb-0000-4000-8000-000000000013");
	recall(&irq, PLACE_A, ENTRY_RECALLED);
	tell(&irq, &irn);
	tell(&rus, &irn);
	tell(&rus, &syr);
	tell(&irq, &syr);
	CHECK(see(&irn, id_of(PLACE_A), 0).row.state == VIEW_RECALLED && see(&syr, id_of(PLACE_A), 0).row.state == VIEW_RECALLED);
	CHECK(find_words(&irn, "latakia") == 1 && find_words(&syr, "latakia") == 1);
	check_rebuild(&irn);
	check_rebuild(&syr);
	buf_done(&b);
	place_done(&irq);
	place_done(&rus);
	place_done(&irn);
	place_done(&syr);
}

/* Fails if what was released under a charter that another had followed counts on: whichever came first, the entry or the charter. */
TEST(a_superseded_charter_gives_nothing_more)
{
	static struct place irq, irn, rus;
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	struct arena a = ARENA_INIT(4 * MIB);
	struct errinfo e = {0};
	uint64_t circle = M(IRN) | M(IRQ) | M(RUS);
	place_new(&irq, IRQ);
	place_new(&irn, IRN);
	place_new(&rus, RUS);
	struct label l = label_for(&rus, circle, 1);
	put_labelled(&rus, circle, &l, spot(&b, PLACE_A, "Tikrit"));
	struct charter next = govern_next(&a, rus.c->charter, "2015-10-05");
	next.members[RUS].departed = true;
	next.rota.order[RUS] = next.rota.order[--next.rota.n];
	next.rota.first = next.from;
	struct str line = govern_signed(&a, govern_text(&a, &next), rus.c->charter, 15, NULL);
	tell(&rus, &irq); /* in time */
	tell(&rus, &irn);
	CHECK_OK(share_take_charters(irq.s, line, false, NULL, NULL, &e));
	irq.now = irn.now = rus.now = DAY("2015-10-10");
	put_labelled(&rus, circle, &l, spot(&b, "location--aaaaaaaa-0000-4000-8000-000000000009", "Samarra"));
	for (struct place *p = &irq; p; p = p == &irq ? &irn : NULL) {
		CHECK_OK(share_refresh(p->s, &e));
		tell(&rus, p);
	}
	CHECK(find_words(&irq, "tikrit") == 1 && find_words(&irq, "samarra") == 0 && events(&irq, VIEW_MALFORMED, RUS).n == 1);
	CHECK(find_words(&irn, "samarra") == 1);
	CHECK_OK(share_take_charters(irn.s, line, false, NULL, NULL, &e));
	project(&irn);
	CHECK(find_words(&irn, "tikrit") == 1 && find_words(&irn, "samarra") == 0);
	check_rebuild(&irq);
	check_rebuild(&irn);
	buf_done(&b);
	arena_done(&a);
	place_done(&irq);
	place_done(&irn);
	place_done(&rus);
}

/* Fails if one author's many labels stop the view of another, or use up what others need. */
TEST(one_author_cannot_fill_the_view)
{
	static struct place irq, rus;
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	struct errinfo e = {0};
	uint64_t circle = M(IRQ) | M(RUS);
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	CHECK_OK(record_begin(rus.store, &e));
	for (unsigned i = 0; i < LIMIT_CLASSES_PER_AUTHOR + 9; i++) {
		char id[64], name[LIMIT_COMPARTMENT];
		struct label l = label_for(&rus, circle, 1);
		struct str object;
		struct entry x = {.kind = ENTRY_OBJECTS, .position = STR("J2-3"), .label = l};
		struct share_append a = {rus.c, circle, &x, &object, 1};
		struct share_appended done;
		snprintf(id, sizeof id, "location--aaaaaaaa-0000-4000-8000-000000001%03u", i);
		for (unsigned k = 0; k < 10; k++) {
			snprintf(name, sizeof name, "C%u", k);
			if (i >> k & 1)
				label_add_compartment(&x.label, str_of(name));
		}
		object = spot(&b, id, "Mosul");
		CHECK_OK(share_append(rus.s, &a, &done, &e));
	}
	CHECK_OK(record_commit(rus.store, &e));
	CHECK_OK(share_sign_all(rus.s, &e));
	tell(&rus, &irq);
	CHECK(find_words(&irq, "mosul") > 0 && events(&irq, VIEW_MALFORMED, RUS).n == 9);
	put_private(&irq, M(IRQ), spot(&b, PLACE_A, "Tikrit"));
	CHECK(find_words(&irq, "tikrit") == 1);
	check_rebuild(&irq);
	buf_done(&b);
	place_done(&irq);
	place_done(&rus);
}
