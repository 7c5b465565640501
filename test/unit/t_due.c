/* Dates: what is out of view by itself, what is deleted and when, and what keeps a wrong clock from deleting anything. */
#include "sim/disk.h"

#include "share/due.h"
#include "share/recall.h"
#include "t_meaning.h"

#define TWO (M(IRQ) | M(RUS))
#define PLACE_A "location--aaaaaaaa-0000-4000-8000-000000000003"
#define PLACE_B "location--aaaaaaaa-0000-4000-8000-000000000005"

/* The monotonic clock of the one home that is looked at: apart from its wall clock. */
static int64_t mono;

static int64_t
mono_now(void *ctx)
{
	(void)ctx;
	return mono;
}

/* Both clocks go on. */
static void
pass(struct place *p, int64_t t)
{
	p->now += t;
	mono += t;
}

static struct due_done
due(struct place *p)
{
	struct due_done done;
	struct errinfo e = {0};
	CHECK_OK(due_do(p->s, &done, &e));
	return done;
}

static void
begin(struct place *p, int member)
{
	place_new(p, member);
	mono = 12345;
	p->env.mono = mono_now;
}

static void
put_until(struct place *p, const char *id, const char *name, int64_t valid_until, int64_t delete_by)
{
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	struct label l = label_for(p, ALL, 2);
	l.valid_until = valid_until;
	l.delete_by = delete_by;
	put_labelled(p, M(p->member), &l, spot(&b, id, name));
	buf_done(&b);
}

static enum err
last_due(void *ctx, const struct due_item *item, struct errinfo *e)
{
	(void)e;
	*(struct due_item *)ctx = *item;
	return OK;
}

static bool
bytes_here(struct place *p, int64_t piece_no)
{
	struct buf b = BUF_INIT(LIMIT_OBJECT + PIECE_HEAD);
	struct errinfo e = {0};
	bool gone;
	CHECK_OK(record_piece_get(p->store, piece_no, &b, &gone, &e));
	buf_done(&b);
	return !gone;
}

static bool
in_file(struct place *p, const char *file, const char *what)
{
	struct buf b = BUF_INIT(64 * MIB);
	struct errinfo e = {0};
	enum err err = simdisk_read(p->disk, file, &b, &e);
	bool yes = !err && str_find(buf_str(&b), str_of(what)) >= 0;
	CHECK(err == OK || err == ERR_NOTFOUND);
	buf_done(&b);
	return yes;
}

static struct str
claiming(void)
{
	return STR("{\"type\":\"note\",\"spec_version\":\"2.1\",\"id\":\"note--aaaaaaaa-0000-4000-8000-000000000099\",\"created\":\"2015-09-01T00:00:"
		   "00.000Z\","
		   "\"modified\":\"2015-09-01T00:00:00.000Z\",\"content\":\"Zubaydah market\",\"object_refs\":[\"" PLACE_B "\"],\"extensions\":"
		   "{\"extension-definition--8da744f3-5a76-4929-8614-00d908d84956\":{\"extension_type\":\"property-extension\",\"claims\":"
		   "[{\"what\":\"Lorries\",\"where\":\"Zubaydah\",\"best\":40}]}}}");
}

/* Fails if bytes go before 72 hours after the announcement, do not go then, go though their date has not come, or anything of them is left; or the
 * log no longer verifies, or a view made anew differs. */
TEST(deletion_waits_and_is_whole)
{
	static struct place irq;
	struct due_item item = {0};
	struct errinfo e = {0};
	begin(&irq, IRQ);
	put_until(&irq, PLACE_A, "Zubaydah", TIME_NEVER, DAY("2015-10-05"));
	put_until(&irq, PLACE_B, "Haditha", DAY("2015-10-04"), TIME_NEVER);
	struct seen a = see(&irq, id_of(PLACE_A), 0), b = see(&irq, id_of(PLACE_B), 0);
	/* one that names and claims something, for that goes too */
	struct label dated = label_for(&irq, ALL, 2);
	dated.delete_by = DAY("2015-10-05");
	put_labelled(&irq, M(IRQ), &dated, claiming());
	CHECK(due(&irq).announced == 0);
	CHECK_OK(due_each(irq.s, DAY("2015-10-04"), last_due, &item, &e));
	CHECK(!item.row);
	CHECK_OK(due_each(irq.s, DAY("2015-10-06"), last_due, &item, &e));
	CHECK(item.kind == DUE_DELETE_BY && item.when == DAY("2015-10-05") && item.announced == TIME_NEVER);
	pass(&irq, 4 * TIME_DAY);
	CHECK(find_words(&irq, "zubaydah") == 0 && find_words(&irq, "haditha") == 0); /* out of view by their dates */
	struct due_done done = due(&irq);
	CHECK(done.announced == 2 && done.deleted == 0 && done.waiting == 2 && done.clock == DUE_CLOCK_OK);
	int64_t announced = irq.now;
	CHECK_OK(due_each(irq.s, DAY("2015-10-07"), last_due, &item, &e));
	CHECK(item.kind == DUE_DELETE_BY && item.announced == announced);
	pass(&irq, 71 * TIME_HOUR);
	done = due(&irq);
	CHECK(done.announced == 0 && done.deleted == 0 && done.waiting == 2 && bytes_here(&irq, a.row.piece_no));
	pass(&irq, 2 * TIME_HOUR);
	done = due(&irq);
	CHECK(done.deleted == 2 && done.waiting == 0 && !bytes_here(&irq, a.row.piece_no) && bytes_here(&irq, b.row.piece_no));
	done = due(&irq);
	CHECK(done.deleted == 0 && done.announced == 0);
	pass(&irq, 2 * TIME_DAY);
	done = due(&irq);
	CHECK(done.deleted == 0 && done.announced == 0);
	CHECK(see(&irq, id_of(PLACE_A), 0).n == 0 && see(&irq, id_of(PLACE_B), 0).n == 1);
	check_rebuild(&irq);
	/* the files, after all is moved out of the journals */
	place_again(&irq);
	store_close(irq.store);
	share_close(irq.s);
	CHECK(!in_file(&irq, "log.db", "Zubaydah") && !in_file(&irq, "view.db", "zubaydah") && !in_file(&irq, "log.db-wal", "Zubaydah") &&
	      !in_file(&irq, "view.db-wal", "zubaydah"));
	CHECK(in_file(&irq, "log.db", "Haditha"));
	CHECK_OK(store_open(&irq.env, false, &irq.store, &e));
	place_open(&irq);
	place_done(&irq);
}

/* Fails if a wall clock that jumps, either way, brings a deletion nearer; or if one that is borne out does not. */
TEST(a_jump_of_the_clock_deletes_nothing)
{
	static struct place irq;
	struct due_done done;
	begin(&irq, IRQ);
	put_until(&irq, PLACE_A, "Mosul", TIME_NEVER, DAY("2015-10-05"));
	int64_t piece = see(&irq, id_of(PLACE_A), 0).row.piece_no;
	CHECK(due(&irq).announced == 0);
	/* set to the next year by mistake: nothing is announced while it is known for a jump */
	irq.now += 365 * TIME_DAY;
	mono += TIME_SECOND;
	done = due(&irq);
	CHECK(done.clock == DUE_CLOCK_JUMPED && done.announced == 0);
	pass(&irq, TIME_HOUR);
	CHECK(due(&irq).announced == 1);
	/* and back, and on again: from the beginning each time */
	pass(&irq, 70 * TIME_HOUR);
	CHECK(due(&irq).deleted == 0);
	irq.now += 10 * TIME_DAY;
	done = due(&irq);
	CHECK(done.clock == DUE_CLOCK_JUMPED && done.waiting == 1 && done.deleted == 0);
	pass(&irq, 71 * TIME_HOUR);
	CHECK(due(&irq).deleted == 0 && bytes_here(&irq, piece));
	pass(&irq, 2 * TIME_HOUR);
	CHECK(due(&irq).deleted == 1 && !bytes_here(&irq, piece));
	place_done(&irq);
}

/* The machine was started anew: its monotonic clock tells nothing of the time it was off. Fails if that time counts by the wall clock alone, or is
 * not taken from what others signed. */
TEST(time_that_the_machine_was_off)
{
	static struct place irq, rus;
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	struct due_done done;
	begin(&irq, IRQ);
	place_new(&rus, RUS);
	put_until(&irq, PLACE_A, "Mosul", TIME_NEVER, DAY("2015-10-05"));
	int64_t piece = see(&irq, id_of(PLACE_A), 0).row.piece_no;
	CHECK(due(&irq).announced == 0);
	pass(&irq, 4 * TIME_DAY);
	CHECK(due(&irq).announced == 1);
	irq.now += 5 * TIME_DAY;
	mono = 7;
	done = due(&irq);
	CHECK(done.clock == DUE_CLOCK_OK && done.deleted == 0 && done.waiting == 1);
	/* Russia's clock says so too */
	rus.now = irq.now;
	put_private(&rus, ALL, spot(&b, PLACE_B, "Raqqa"));
	release(&rus, TWO, PLACE_B);
	struct fetch_report r;
	irq.now = rus.now + TIME_SECOND;
	place_fetch(&irq, &rus, &r);
	done = due(&irq);
	CHECK(done.deleted == 1 && !bytes_here(&irq, piece));
	buf_done(&b);
	place_done(&irq);
	place_done(&rus);
}

/* Fails if a home whose clock is behind what another signed deletes. */
TEST(a_clock_that_is_behind)
{
	static struct place irq, rus;
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	struct fetch_report r;
	begin(&irq, IRQ);
	place_new(&rus, RUS);
	put_until(&irq, PLACE_A, "Mosul", TIME_NEVER, DAY("2015-10-03"));
	CHECK(due(&irq).announced == 0);
	pass(&irq, 2 * TIME_DAY);
	CHECK(due(&irq).announced == 1);
	pass(&irq, 4 * TIME_DAY);
	rus.now = irq.now;
	put_private(&rus, ALL, spot(&b, PLACE_B, "Raqqa"));
	release(&rus, TWO, PLACE_B);
	irq.now = rus.now + TIME_SECOND;
	place_fetch(&irq, &rus, &r);
	/* now the wall clock is an hour behind; the monotonic one has been started anew, so nothing else shows it */
	struct errinfo e = {0};
	CHECK_OK(local_unset(irq.store, STR("due.clock"), &e));
	irq.now -= TIME_HOUR;
	struct due_done done = due(&irq);
	CHECK(done.clock == DUE_CLOCK_BEHIND && done.deleted == 0);
	buf_done(&b);
	place_done(&irq);
	place_done(&rus);
}

/* Fails if what was recalled goes before the dispute period is over, stays after it, or can be opened without a trace. */
TEST(evidence_is_sealed_and_then_goes)
{
	static struct place rus, irq;
	struct arena a = ARENA_INIT(MIB);
	struct buf b = BUF_INIT(LIMIT_OBJECT), out = BUF_INIT(LIMIT_OBJECT);
	struct recall_what w = {.id = id_of(PLACE_A), .action = ENTRY_RECALLED, .reason = STR("wrong"), .position = STR("J2-3")};
	const struct recall_in *in;
	struct errinfo e = {0};
	struct due_item item = {0};
	struct due_done done;
	size_t n;
	place_new(&rus, RUS);
	begin(&irq, IRQ);
	put_private(&rus, ALL, spot(&b, PLACE_A, "Zubaydah"));
	release(&rus, TWO, PLACE_A);
	rus.now += TIME_SECOND;
	CHECK_OK(recall_do(rus.s, rus.c, &w, &a, &in, &n, &e));
	CHECK_OK(share_sign_all(rus.s, &e));
	tell(&rus, &irq);
	mono = irq.now - DAY("2015-10-01");
	struct seen s = see(&irq, id_of(PLACE_A), 0);
	CHECK(s.row.state == VIEW_RECALLED && find_words(&irq, "zubaydah") == 0);
	CHECK(due(&irq).announced == 0);
	CHECK_OK(due_each(irq.s, irq.now + 100 * TIME_DAY, last_due, &item, &e));
	CHECK(item.kind == DUE_DISPUTE && item.when == events(&irq, VIEW_RECALL, RUS).at + 90 * TIME_DAY && item.announced == TIME_NEVER);
	/* opened with a reason, and an audit line before it */
	CHECK_ERR(due_evidence(irq.s, &s.row, STR("J2-1"), STR(" "), &out, &e), ERR_INVALID);
	CHECK_OK(due_evidence(irq.s, &s.row, STR("J2-1"), STR("dispute 12"), &out, &e));
	CHECK(str_find(buf_str(&out), STR("Zubaydah")) >= 0);
	CHECK(in_file(&irq, "node.db", "dispute 12") || in_file(&irq, "node.db-wal", "dispute 12"));
	for (int d = 0; d < 89; d++) {
		pass(&irq, TIME_DAY);
		done = due(&irq);
		CHECKF(done.announced == 0 && done.deleted == 0 && done.clock == DUE_CLOCK_OK, "day %d", d);
	}
	pass(&irq, 2 * TIME_DAY);
	done = due(&irq);
	CHECK(done.announced == 1 && done.deleted == 0);
	pass(&irq, 73 * TIME_HOUR);
	done = due(&irq);
	CHECK(done.deleted == 1 && !bytes_here(&irq, s.row.piece_no));
	CHECK_ERR(due_evidence(irq.s, &s.row, STR("J2-1"), STR("dispute 12"), &out, &e), ERR_NOTFOUND);
	pass(&irq, TIME_DAY);
	done = due(&irq);
	CHECK(done.announced == 0 && done.deleted == 0 && done.waiting == 0);
	check_rebuild(&irq);
	/* what is in view is not sealed */
	put_private(&irq, ALL, spot(&b, PLACE_B, "Raqqa"));
	s = see(&irq, id_of(PLACE_B), 0);
	CHECK_ERR(due_evidence(irq.s, &s.row, STR("J2-1"), STR("curious"), &out, &e), ERR_USAGE);
	arena_done(&a);
	buf_done(&b);
	buf_done(&out);
	place_done(&irq);
	place_done(&rus);
}

/* Power goes when all is done; what was not synced is lost by dice. Fails if the record has forgotten what is still told by the view. */
TEST(a_deletion_outlives_the_loss_of_power)
{
	for (uint64_t seed = 1; seed <= 12; seed++) {
		static struct place rus, irq;
		struct arena a = ARENA_INIT(MIB);
		struct buf b = BUF_INIT(LIMIT_OBJECT);
		struct recall_what w = {.id = id_of("note--aaaaaaaa-0000-4000-8000-000000000099"),
		    .action = ENTRY_RECALLED,
		    .reason = STR("wrong"),
		    .position = STR("J2-3")};
		const struct recall_in *in;
		struct errinfo e = {0};
		struct simrng dice = {seed};
		size_t n;
		place_new(&rus, RUS);
		begin(&irq, IRQ);
		put_private(&rus, ALL, spot(&b, PLACE_B, "Raqqa"));
		release(&rus, TWO, PLACE_B);
		put_private(&rus, ALL, claiming());
		release(&rus, TWO, "note--aaaaaaaa-0000-4000-8000-000000000099");
		rus.now += TIME_SECOND;
		CHECK_OK(recall_do(rus.s, rus.c, &w, &a, &in, &n, &e));
		CHECK_OK(share_sign_all(rus.s, &e));
		tell(&rus, &irq);
		mono = irq.now - DAY("2015-10-01");
		CHECK_OK(view_purge(irq.store, &e)); /* so that nothing is left to be rewritten, which would sync as well */
		CHECK(due(&irq).announced == 0);
		pass(&irq, 91 * TIME_DAY);
		CHECK(due(&irq).announced == 1);
		pass(&irq, 73 * TIME_HOUR);
		CHECK_OK(store_settle(irq.store, &e));
		CHECK(in_file(&irq, "view.db", "lorries"));
		CHECK(due(&irq).deleted == 1);
		simdisk_reopen(irq.disk, &dice);
		place_again(&irq);
		CHECK_OK(share_project(irq.s, NULL, NULL, &e));
		CHECK_OK(store_settle(irq.store, &e));
		CHECKF(!in_file(&irq, "view.db", "lorries"), "seed %llu", (unsigned long long)seed);
		check_rebuild(&irq);
		arena_done(&a);
		buf_done(&b);
		place_done(&irq);
		place_done(&rus);
	}
}

/* Ends between the view and the record, by hand. Fails if the deletion is not finished next time. */
TEST(a_deletion_that_was_cut_short_is_finished)
{
	static struct place irq;
	struct errinfo e = {0};
	begin(&irq, IRQ);
	put_until(&irq, PLACE_A, "Mosul", TIME_NEVER, DAY("2015-10-05"));
	struct seen a = see(&irq, id_of(PLACE_A), 0);
	CHECK(due(&irq).announced == 0);
	pass(&irq, 4 * TIME_DAY);
	CHECK(due(&irq).announced == 1);
	pass(&irq, 73 * TIME_HOUR);
	/* the view has let go of it, the record not yet */
	struct view_object nothing = {0};
	uint64_t position;
	CHECK_OK(view_position(irq.store, &position, &e));
	CHECK_OK(view_begin(irq.store, &e));
	struct str text[] = {STR("Mosul"), STR("IQ")};
	nothing.text = text;
	nothing.ntext = 2;
	CHECK_OK(view_object_withdraw(irq.store, &a.row, &nothing, &e));
	CHECK_OK(view_commit(irq.store, position, &e));
	CHECK(bytes_here(&irq, a.row.piece_no));
	CHECK(due(&irq).deleted == 1 && !bytes_here(&irq, a.row.piece_no));
	check_rebuild(&irq);
	place_done(&irq);
}

static bool
goes(struct place *p, uint64_t circle, const char *id, const char *why)
{
	struct release_plan *r = plan(p, circle, id, false);
	bool yes = r->items[0].how == RELEASE_RAW || r->items[0].how == RELEASE_TEAR_LINE;
	CHECKF(yes || str_find(r->items[0].why, str_of(why)) >= 0, "%.*s", STR_FMT(r->items[0].why));
	release_plan_free(r);
	return yes;
}

/* Fails if what another member released is ours once theirs was deleted here, be it as a copy or as a source; or if a copy of what we had first is
 * not ours any more. */
TEST(what_was_deleted_is_still_anothers)
{
	static struct place irq, rus;
	static const struct said said[] = {
	    {"title", "(//IRQ S//REL TO IRN, IRQ, RUS, SYR)", "Summary"}, {"paragraph", "(//IRQ S//REL TO IRN, IRQ, RUS, SYR)", "Forty lorries."}};
	static const char *const product = "report--aaaaaaaa-0000-4000-8000-000000000007", *const cites[] = {PLACE_A, NULL};
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	begin(&irq, IRQ);
	place_new(&rus, RUS);
	put_private(&irq, ALL, spot(&b, PLACE_B, "Haditha"));
	put_until(&rus, PLACE_A, "Zubaydah", TIME_NEVER, DAY("2015-10-05"));
	put_until(&rus, PLACE_B, "Haditha", TIME_NEVER, DAY("2015-10-05"));
	release(&rus, TWO, PLACE_A);
	release(&rus, TWO, PLACE_B);
	tell(&rus, &irq);
	put_private(&irq, ALL, spot(&b, PLACE_A, "Zubaydah"));
	put_private(&irq, ALL, report(&b, product, IRQ, said, 2, cites, NULL));
	CHECK(due(&irq).announced == 0);
	CHECK(!goes(&irq, M(IRQ) | M(SYR), PLACE_A, "came from RUS") && goes(&irq, M(IRQ) | M(SYR), PLACE_B, ""));
	CHECK(!goes(&irq, M(IRQ) | M(SYR), product, "not all that it was made from"));
	pass(&irq, 4 * TIME_DAY);
	CHECK(due(&irq).announced == 2);
	pass(&irq, 73 * TIME_HOUR);
	CHECK(due(&irq).deleted == 2);
	for (int i = 0; i < 2; i++) {
		CHECK(!goes(&irq, M(IRQ) | M(SYR), PLACE_A, "came from RUS") && goes(&irq, M(IRQ) | M(SYR), PLACE_B, ""));
		CHECK(!goes(&irq, M(IRQ) | M(SYR), product, "it was deleted"));
		check_rebuild(&irq);
	}
	buf_done(&b);
	place_done(&irq);
	place_done(&rus);
}
