/* What a departed member releases late, with times from before it left; and how others know what was in time. */
#include "sim/disk.h"

#include "share/grant.h"
#include "share/witness.h"
#include "t_meaning.h"

#define EARLY_ONE "location--aaaaaaaa-0000-4000-8000-000000000001"
#define LATE_ONE "location--aaaaaaaa-0000-4000-8000-000000000002"
#define THREE (M(IRN) | M(IRQ) | M(RUS))

/* rus leaves on 5 October. What it released on the 2nd, irq fetched on the 3rd; then it writes on, in the same charter and with a time of the 4th. */
struct centre {
	struct place irn, irq, rus;
	struct arena a;
	struct str charter;
};

static void
take(struct place *p, struct str charter)
{
	struct errinfo e = {0};
	CHECK_OK(share_take_charters(p->s, charter, false, NULL, NULL, &e));
	CHECK_OK(share_refresh(p->s, &e));
	project(p);
}

static void
at(struct place *p, const char *day)
{
	struct errinfo e = {0};
	p->now = DAY(day);
	CHECK_OK(share_refresh(p->s, &e));
}

static void
get(struct place *to, struct place *from, uint64_t *ret_cosigs)
{
	struct fetch_report r;
	place_fetch(to, from, &r);
	CHECKF(!r.refused, "%s", r.last.msg);
	project(to);
	if (ret_cosigs)
		*ret_cosigs = r.cosigs;
}

static void
begin(struct centre *c)
{
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	c->a = (struct arena)ARENA_INIT(4 * MIB);
	place_new(&c->irn, IRN);
	place_new(&c->irq, IRQ);
	place_new(&c->rus, RUS);
	struct charter next = govern_next(&c->a, c->rus.c->charter, "2015-10-05");
	next.members[RUS].departed = true;
	next.rota.order[RUS] = next.rota.order[--next.rota.n];
	next.rota.first = next.from;
	c->charter = govern_signed(&c->a, govern_text(&c->a, &next), c->rus.c->charter, 15, NULL);
	struct label l = label_for(&c->rus, THREE, 1);
	put_labelled(&c->rus, THREE, &l, spot(&b, EARLY_ONE, "Tikrit"));
	at(&c->irq, "2015-10-03");
	get(&c->irq, &c->rus, NULL);
	at(&c->rus, "2015-10-04");
	put_labelled(&c->rus, THREE, &l, spot(&b, LATE_ONE, "Samarra"));
	take(&c->irq, c->charter);
	take(&c->irn, c->charter);
	at(&c->irq, "2015-10-10");
	at(&c->irn, "2015-10-10");
	buf_done(&b);
}

static void
end(struct centre *c)
{
	place_done(&c->irn);
	place_done(&c->irq);
	place_done(&c->rus);
	arena_done(&c->a);
}

/* Fails if what a departed member back-dates is in view, or is hidden altogether; if what was countersigned in time is lost with it, for who held it
 * then and for who hears of that from others; or if it is judged otherwise when the view is made anew. */
TEST(what_is_back_dated_does_not_count)
{
	static struct centre c;
	begin(&c);
	get(&c.irq, &c.rus, NULL);
	CHECK(find_words(&c.irq, "tikrit") == 1 && find_words(&c.irq, "samarra") == 0);
	struct seen s = see(&c.irq, id_of(LATE_ONE), THREE);
	CHECK(s.n == 1 && s.row.state == VIEW_LIVE && s.row.lapses == DAY("2015-10-05"));
	get(&c.irn, &c.irq, NULL);
	CHECK(find_words(&c.irn, "tikrit") == 1 && find_words(&c.irn, "samarra") == 0);
	check_rebuild(&c.irq);
	check_rebuild(&c.irn);
	place_again(&c.irn);
	CHECK(find_words(&c.irn, "tikrit") == 1 && find_words(&c.irn, "samarra") == 0);
	end(&c);
}

/* Fails if an entry is not judged again when a countersignature from in time comes, or if one comes twice. */
TEST(a_countersignature_that_comes_later_counts)
{
	static struct centre c;
	uint64_t cosigs;
	begin(&c);
	get(&c.irn, &c.rus, NULL);
	CHECK(find_words(&c.irn, "tikrit") == 0 && find_words(&c.irn, "samarra") == 0);
	get(&c.irn, &c.irq, &cosigs);
	CHECK(cosigs == 1 && find_words(&c.irn, "tikrit") == 1 && find_words(&c.irn, "samarra") == 0);
	get(&c.irn, &c.irq, &cosigs);
	CHECK(cosigs == 0);
	check_rebuild(&c.irn);
	end(&c);
}

/* The charter comes after all else. Fails if what was in view stays there. */
TEST(a_charter_that_comes_late_is_heeded)
{
	static struct centre c;
	static struct place syr;
	struct errinfo e = {0};
	begin(&c);
	place_new(&syr, SYR); /* knows the first charter alone */
	at(&syr, "2015-10-10");
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	struct label l = label_for(&c.rus, M(RUS) | M(SYR), 1);
	put_labelled(&c.rus, M(RUS) | M(SYR), &l, spot(&b, LATE_ONE, "Samarra"));
	struct link from = {.to = &c.rus, .asker = SYR};
	struct fetch_report r;
	CHECK_OK(place_fetch_over(&syr, &from, &r, &e));
	project(&syr);
	CHECK(find_words(&syr, "samarra") == 1);
	take(&syr, c.charter);
	CHECK(find_words(&syr, "samarra") == 0);
	check_rebuild(&syr);
	buf_done(&b);
	place_done(&syr);
	end(&c);
}

/* Somebody else has irq's log key and countersigns in its name, dated back. Fails if irq takes that for its own; or if, restored since, it does not
 * take back what it made before. */
TEST(what_bears_our_name_counts_by_our_own_record)
{
	static struct centre c;
	static struct place thief;
	struct errinfo e = {0};
	begin(&c);
	place_new(&thief, IRQ);
	at(&thief, "2015-10-04");
	thief.now += TIME_MINUTE;
	get(&thief, &c.rus, NULL);
	get(&c.irn, &thief, NULL);
	CHECK(find_words(&c.irn, "samarra") == 1); /* who could know */
	get(&c.irq, &c.rus, NULL);
	get(&c.irq, &c.irn, NULL);
	CHECK(find_words(&c.irq, "tikrit") == 1 && find_words(&c.irq, "samarra") == 0);
	get(&c.irn, &c.irq, NULL);
	CHECK(find_words(&c.irn, "tikrit") == 1);
	/* a home that lost all it had */
	place_done(&c.irq);
	place_new(&c.irq, IRQ);
	take(&c.irq, c.charter);
	at(&c.irq, "2015-10-11");
	CHECK_OK(share_unsettle(c.irq.s, SETTLE_RESTORED, &e));
	get(&c.irq, &c.irn, NULL);
	CHECK(find_words(&c.irq, "tikrit") == 1);
	place_done(&thief);
	end(&c);
}

/* Fails if a back-dated consent grants anything. */
TEST(a_back_dated_consent_grants_nothing)
{
	static struct centre c;
	struct errinfo e = {0};
	struct entry_target t = {.id = id_of(EARLY_ONE)};
	struct entry x = {.kind = ENTRY_CONSENT, .position = STR("J2-3"), .granted = true, .targets = &t, .ntargets = 1, .to = M(IRN) | M(IRQ)};
	struct share_appended done;
	bool granted = true;
	begin(&c);
	struct share_append a = {c.rus.c, M(IRQ) | M(RUS), &x, NULL, 0};
	CHECK_OK(record_begin(c.rus.store, &e));
	CHECK_OK(share_append(c.rus.s, &a, &done, &e));
	CHECK_OK(record_commit(c.rus.store, &e));
	CHECK_OK(share_sign_all(c.rus.s, &e));
	get(&c.irq, &c.rus, NULL);
	CHECK_OK(grant_consented(c.irq.s, c.irq.c, RUS, &t.id, 0, M(IRN) | M(IRQ), &granted, &e));
	CHECK(!granted && events(&c.irq, VIEW_CONSENT, RUS).n == 0);
	struct view_event_filter f = {.kind = VIEW_CONSENT, .author = RUS, .lapsed = true};
	struct view_event last = {0};
	CHECK_OK(view_event_each(c.irq.store, &f, count_event, &last, &e));
	CHECK(last.n == 1);
	end(&c);
}

static enum err
count_late(void *ctx, const struct witness_late *w, struct errinfo *e)
{
	uint64_t *n = ctx;
	(void)e;
	*n += w->objects;
	return OK;
}

static uint64_t
late(struct place *p)
{
	struct errinfo e = {0};
	uint64_t n = 0;
	CHECK_OK(witness_late_each(p->s, count_late, &n, &e));
	return n;
}

/* Fails if an honest author is not told what of its own nobody countersigned in time, or goes on being told after it heard that somebody did; or if
 * what it released is gone before the member left. */
TEST(an_honest_author_is_told)
{
	static struct centre c;
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	begin(&c);
	static struct place irq;
	place_new(&irq, IRQ);
	take(&irq, c.charter);
	struct label l = label_for(&irq, THREE, 1);
	put_labelled(&irq, THREE, &l, spot(&b, "location--aaaaaaaa-0000-4000-8000-000000000003", "Mosul"));
	CHECK(find_words(&irq, "mosul") == 1);
	at(&c.irn, "2015-10-04");
	get(&c.irn, &irq, NULL);
	at(&irq, "2015-10-06");
	CHECK(find_words(&irq, "mosul") == 0 && late(&irq) == 1);
	at(&c.irn, "2015-10-06");
	CHECK(find_words(&c.irn, "mosul") == 1);
	get(&irq, &c.irn, NULL);
	CHECK(find_words(&irq, "mosul") == 1 && late(&irq) == 0);
	check_rebuild(&irq);
	buf_done(&b);
	place_done(&irq);
	end(&c);
}

/* irq leaves too, on the 7th: nobody who is still here saw what rus released but irn. */
static struct str
second(struct centre *c)
{
	struct errinfo e = {0};
	struct charter next = govern_next(&c->a, chain_last(c->irn.c->chain), "2015-10-07");
	CHECK_OK(share_refresh(c->irn.s, &e));
	next.members[IRQ].departed = true;
	for (size_t i = 0; i < next.rota.n; i++)
		if (next.rota.order[i] == IRQ)
			next.rota.order[i] = next.rota.order[--next.rota.n];
	next.rota.first = next.from;
	for (size_t i = 0; i < next.nquorum; i++)
		next.quorums[i].need = 2;
	return govern_signed(&c->a, govern_text(&c->a, &next), chain_last(c->irn.c->chain), M(IRN) | M(IRQ) | M(SYR), NULL);
}

/* Fails if two members that left can date back together, or somebody with the log key of one of them: one writes, the other countersigns with a time
 * from before. Or if what this home countersigned in time itself goes with them. */
TEST(who_left_is_no_witness)
{
	static struct centre c;
	static struct place irn;
	begin(&c);
	struct str more = second(&c);
	/* another home of irn fetched in time */
	place_new(&irn, IRN);
	at(&irn, "2015-10-03");
	get(&irn, &c.irq, NULL);
	take(&irn, c.charter);
	c.irq.now = DAY("2015-10-04") + TIME_HOUR;
	get(&c.irq, &c.rus, NULL);
	at(&irn, "2015-10-10");
	at(&c.irq, "2015-10-06");
	get(&c.irn, &c.irq, NULL);
	CHECK(find_words(&c.irn, "tikrit") == 1 && find_words(&c.irn, "samarra") == 1); /* who could know */
	take(&c.irn, more);
	CHECK(find_words(&c.irn, "tikrit") == 0 && find_words(&c.irn, "samarra") == 0);
	take(&irn, more);
	get(&irn, &c.irn, NULL);
	CHECK(find_words(&irn, "tikrit") == 1 && find_words(&irn, "samarra") == 0);
	check_rebuild(&c.irn);
	check_rebuild(&irn);
	place_done(&irn);
	end(&c);
}
