/* Recall: every circle learns of it under the name it knows, holders acknowledge, products are flagged, and nobody learns more. */
#include "sim/disk.h"

#include "share/owed.h"
#include "share/recall.h"
#include "t_meaning.h"

#define TWO (M(IRQ) | M(RUS))
#define WITH_SYR (M(IRQ) | M(SYR))
#define PLACE_A "location--aaaaaaaa-0000-4000-8000-000000000003"
#define PLACE_B "location--aaaaaaaa-0000-4000-8000-000000000005"
#define REPORT_A "report--aaaaaaaa-0000-4000-8000-000000000004"
#define PRODUCT "report--aaaaaaaa-0000-4000-8000-000000000007"
#define SECOND "report--aaaaaaaa-0000-4000-8000-000000000008"

static const struct said both[] = {
    {"title", "(//IRQ S//REL TO IRQ, RUS, SYR)", "Convoy"},
    {"paragraph", "(//IRQ S//REL TO IRQ, RUS)", "Forty lorries."},
    {"paragraph", "(//IRQ S//REL TO IRQ, SYR)", "Going west."},
};
static const struct said summary[] = {
    {"title", "(//IRQ S//REL TO IRN, IRQ, RUS, SYR)", "Summary"}, {"paragraph", "(//IRQ S//REL TO IRN, IRQ, RUS, SYR)", "Lorries."}};

static size_t
recall(
    struct place *p, const char *id, enum entry_action action, const char *replacement, const struct recall_in **ret, struct arena *a, enum err want)
{
	struct recall_what w = {.id = id_of(id), .action = action, .reason = STR("the source was wrong"), .position = STR("J2-3")};
	struct errinfo e = {0};
	size_t n = 0;
	p->now += TIME_SECOND;
	if (replacement)
		w.replacement = id_of(replacement);
	CHECK_ERR(recall_do(p->s, p->c, &w, a, ret, &n, &e), want);
	CHECK_OK(share_sign_all(p->s, &e));
	project(p);
	return n;
}

static struct owed_done
owed(struct place *p)
{
	struct owed_done done;
	struct errinfo e = {0};
	p->now += TIME_SECOND;
	CHECK_OK(owed_do(p->s, &done, &e));
	CHECK_OK(share_sign_all(p->s, &e));
	project(p);
	return done;
}

/* Fails if a circle is told another's id, is not told, or acknowledgements do not come to the author alone. */
TEST(each_circle_is_told_what_it_knows)
{
	static struct place irq, rus, syr;
	struct arena a = ARENA_INIT(MIB);
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	const struct recall_in *in;
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	place_new(&syr, SYR);
	put_private(&irq, M(IRQ), report(&b, REPORT_A, IRQ, both, 3, NULL, NULL));
	struct stix_id to_rus = release(&irq, TWO, REPORT_A), to_syr = release(&irq, WITH_SYR, REPORT_A);
	tell(&irq, &rus);
	tell(&irq, &syr);
	CHECK(find_words(&rus, "lorries") == 1 && find_words(&syr, "west") == 1);
	CHECK(recall(&irq, REPORT_A, ENTRY_RECALLED, NULL, &in, &a, OK) == 2);
	for (int i = 0; i < 2; i++) {
		CHECK(in[i].ntargets == 1 && (in[i].circle == TWO || in[i].circle == WITH_SYR));
		CHECK(stix_id_eq(in[i].targets[0].id, in[i].circle == TWO ? to_rus : to_syr) && in[i].targets[0].modified);
	}
	tell(&irq, &rus);
	tell(&irq, &syr);
	CHECK(see(&rus, to_rus, TWO).row.state == VIEW_RECALLED && find_words(&rus, "lorries") == 0);
	CHECK(see(&syr, to_syr, WITH_SYR).row.state == VIEW_RECALLED && find_words(&syr, "west") == 0);
	CHECK(events(&rus, VIEW_RECALL, IRQ).n == 1 && events(&syr, VIEW_RECALL, IRQ).n == 1);
	CHECK(see(&irq, id_of(REPORT_A), M(IRQ)).live == 1);
	/* receipts: once, in the circle of the two */
	struct errinfo e = {0};
	CHECK(owed(&rus).receipts == 1 && owed(&rus).receipts == 0);
	CHECK_OK(local_unset(rus.store, STR("owed.1"), &e)); /* what was done is in the record */
	CHECK(owed(&rus).receipts == 0);
	CHECK(owed(&syr).receipts == 1);
	tell(&rus, &irq);
	tell(&syr, &irq);
	struct view_event v = events(&irq, VIEW_RECEIPT, RUS);
	CHECK(v.n == 1 && v.circle == TWO && hash_eq(&v.of, &in[in[0].circle == TWO ? 0 : 1].leaf));
	CHECK(events(&irq, VIEW_RECEIPT, SYR).circle == WITH_SYR);
	tell(&rus, &syr);
	CHECK(events(&syr, VIEW_RECEIPT, RUS).n == 0);
	/* nothing of it stands any more; without a reason there is no recall */
	recall(&irq, REPORT_A, ENTRY_RECALLED, NULL, &in, &a, ERR_NOTFOUND);
	struct recall_what w = {.id = to_rus, .action = ENTRY_RECALLED, .reason = STR(" "), .position = STR("J2-3")};
	size_t n;
	CHECK_ERR(recall_do(irq.s, irq.c, &w, &a, &in, &n, &e), ERR_INVALID);
	check_rebuild(&rus);
	check_rebuild(&irq);
	arena_done(&a);
	buf_done(&b);
	place_done(&irq);
	place_done(&rus);
	place_done(&syr);
}

/* Fails if a recall of one version means what was made of another. */
TEST(one_version_alone)
{
	static struct place irq;
	struct arena a = ARENA_INIT(MIB);
	struct buf b = BUF_INIT(LIMIT_OBJECT), later = BUF_INIT(LIMIT_OBJECT);
	static const char old[] = "\"modified\":\"2015-09-30T04", new[] = "\"modified\":\"2015-09-30T05";
	struct recall_what w = {.id = id_of(REPORT_A), .action = ENTRY_RECALLED, .reason = STR("wrong"), .position = STR("J2-3")};
	const struct recall_in *in;
	struct errinfo e = {0};
	size_t n;
	place_new(&irq, IRQ);
	put_private(&irq, M(IRQ), report(&b, REPORT_A, IRQ, both, 3, NULL, NULL));
	struct stix_id first = release(&irq, TWO, REPORT_A);
	ptrdiff_t at = str_find(buf_str(&b), str_of(old));
	CHECK(at > 0);
	buf_put(&later, str_sub(buf_str(&b), 0, (size_t)at));
	buf_puts(&later, new);
	buf_put(&later, str_sub(buf_str(&b), (size_t)at + sizeof old - 1, b.n));
	put_private(&irq, M(IRQ), buf_str(&later));
	struct stix_id second = release(&irq, TWO, REPORT_A);
	CHECK(!stix_id_eq(first, second));
	CHECK(time_parse(STR("2015-09-30T04:05:06.000Z"), &w.modified));
	CHECK_OK(recall_do(irq.s, irq.c, &w, &a, &in, &n, &e));
	project(&irq);
	CHECK(n == 1 && in[0].ntargets == 1 && stix_id_eq(in[0].targets[0].id, first));
	CHECK(see(&irq, first, TWO).live == 0 && see(&irq, second, TWO).live == 1);
	arena_done(&a);
	buf_done(&b);
	buf_done(&later);
	place_done(&irq);
}

/* Fails if a later version is recalled with the earlier, or is not named where it is; or is named where it is not. */
TEST(a_later_version_replaces)
{
	static struct place irq, rus;
	struct arena a = ARENA_INIT(MIB);
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	const struct recall_in *in;
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	put_private(&irq, ALL, spot(&b, PLACE_A, "Mosul"));
	release(&irq, TWO, PLACE_A);
	release(&irq, WITH_SYR, PLACE_A);
	buf_clear(&b);
	buf_printf(&b,
	    "{\"type\":\"location\",\"spec_version\":\"2.1\",\"id\":\"%s\",\"created\":\"2015-09-01T00:00:00.000Z\",\"modified\":\"2015-09-05T00:00:"
	    "00.000Z\",\"name\":\"Mosul, east bank\",\"country\":\"IQ\"}",
	    PLACE_A);
	put_private(&irq, ALL, buf_str(&b));
	release(&irq, TWO, PLACE_A);
	CHECK(recall(&irq, PLACE_A, ENTRY_CORRECTED, PLACE_A, &in, &a, OK) == 2);
	for (int i = 0; i < 2; i++) {
		CHECK(in[i].ntargets == 1 && in[i].targets[0].modified < DAY("2015-09-02"));
		CHECK((in[i].circle == TWO) == (in[i].replacement.type.n > 0));
	}
	tell(&irq, &rus);
	struct seen s = see(&rus, id_of(PLACE_A), TWO);
	CHECK(s.n == 2 && s.live == 1 && s.row.key.modified == DAY("2015-09-05"));
	CHECK(find_words(&rus, "bank") == 1 && find_words(&rus, "mosul") == 1);
	check_rebuild(&rus);
	arena_done(&a);
	buf_done(&b);
	place_done(&irq);
	place_done(&rus);
}

/* Fails if a product of something recalled is not flagged in each circle it went to, once; or the flag names a source that the circle was not given.
 */
TEST(products_are_flagged)
{
	static struct place irq, rus, syr;
	static const char *const cites[] = {PLACE_A, NULL}, *const cites_product[] = {PRODUCT, NULL};
	struct arena a = ARENA_INIT(MIB);
	struct buf b = BUF_INIT(LIMIT_OBJECT), all = BUF_INIT(64 * MIB);
	const struct recall_in *in;
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	place_new(&syr, SYR);
	put_private(&irq, ALL, spot(&b, PLACE_A, "Mosul"));
	release(&irq, TWO, PLACE_A);
	put_private(&irq, ALL, report(&b, PRODUCT, IRQ, summary, 2, cites, NULL));
	put_private(&irq, ALL, report(&b, SECOND, IRQ, summary, 2, cites_product, NULL));
	struct stix_id to_rus = release(&irq, TWO, PRODUCT), to_syr = release(&irq, WITH_SYR, PRODUCT), second = release(&irq, WITH_SYR, SECOND);
	tell(&irq, &rus);
	tell(&irq, &syr);
	CHECK(owed(&irq).flags == 0);
	recall(&irq, PLACE_A, ENTRY_RECALLED, NULL, &in, &a, OK);
	struct owed_done done = owed(&irq);
	CHECKF(done.flags == 3 && done.receipts == 0 && done.put_off == 0, "%u flags", done.flags);
	CHECK(owed(&irq).flags == 0);
	tell(&irq, &rus);
	tell(&irq, &syr);
	struct view_event_filter f = {.kind = VIEW_FLAG, .author = IRQ, .id = &to_rus};
	struct view_event v = {0};
	struct errinfo e = {0};
	CHECK_OK(view_event_each(rus.store, &f, count_event, &v, &e));
	CHECK(v.n == 1 && v.circle == TWO);
	v = events(&rus, VIEW_FLAG, IRQ); /* the product, and the source by name: Russia was given it */
	CHECK(v.n == 2 && v.value == 1 && stix_id_eq(v.id, id_of(PLACE_A)));
	v = events(&syr, VIEW_FLAG, IRQ); /* two products; no source */
	CHECK(v.n == 2 && v.value == 0);
	f.id = &to_syr;
	v = (struct view_event){0};
	CHECK_OK(view_event_each(syr.store, &f, count_event, &v, &e));
	CHECK(v.n == 1);
	f.id = &second;
	v = (struct view_event){0};
	CHECK_OK(view_event_each(syr.store, &f, count_event, &v, &e));
	CHECK(v.n == 1);
	place_text(&syr, WITH_SYR, IRQ, &all);
	CHECK(str_find(buf_str(&all), STR("aaaaaaaa-0000-4000-8000-000000000003")) < 0);
	/* forgetting where it was does no harm: what was done is in the record */
	CHECK_OK(local_unset(irq.store, STR("owed.1"), &e));
	CHECK(owed(&irq).flags == 0);
	check_rebuild(&syr);
	buf_done(&all);
	arena_done(&a);
	buf_done(&b);
	place_done(&irq);
	place_done(&rus);
	place_done(&syr);
}

/* Fails if a product of another member's recalled information is not flagged by its author's node, or one of downgraded information is. */
TEST(products_of_others_information_are_flagged)
{
	static struct place irq, rus, syr;
	static const char *const cites[] = {PLACE_A, NULL}, *const cites_b[] = {PLACE_B, NULL};
	struct arena a = ARENA_INIT(MIB);
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	const struct recall_in *in;
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	place_new(&syr, SYR);
	put_private(&rus, ALL, spot(&b, PLACE_A, "Mosul"));
	put_private(&rus, ALL, spot(&b, PLACE_B, "Raqqa"));
	release(&rus, ALL, PLACE_A);
	release(&rus, ALL, PLACE_B);
	tell(&rus, &irq);
	put_private(&irq, ALL, report(&b, PRODUCT, IRQ, summary, 2, cites, NULL));
	put_private(&irq, ALL, report(&b, SECOND, IRQ, summary, 2, cites_b, NULL));
	release(&irq, M(IRQ) | M(RUS) | M(SYR), PRODUCT);
	release(&irq, M(IRQ) | M(RUS) | M(SYR), SECOND);
	recall(&rus, PLACE_A, ENTRY_RECALLED, NULL, &in, &a, OK);
	recall(&rus, PLACE_B, ENTRY_DOWNGRADED, NULL, &in, &a, OK);
	tell(&rus, &irq);
	struct owed_done done = owed(&irq);
	CHECK(done.receipts == 2 && done.flags == 1);
	tell(&irq, &syr);
	CHECK(events(&syr, VIEW_FLAG, IRQ).n == 2 && events(&syr, VIEW_FLAG, IRQ).value == 1);
	/* and what is recalled grants nothing any more */
	struct release_plan *p = plan(&irq, TWO, PRODUCT, false);
	CHECK(p->items[0].how == RELEASE_REFUSED && str_find(p->items[0].snags[0].says, STR("recalled")) >= 0);
	release_plan_free(p);
	arena_done(&a);
	buf_done(&b);
	place_done(&irq);
	place_done(&rus);
	place_done(&syr);
}

static void
withdraw(struct place *p, const char *id, struct arena *a, enum err want)
{
	const struct recall_what w = {
	    .id = id_of(id), .action = ENTRY_RECALLED, .reason = STR("entered twice"), .position = STR("J2-3"), .withdraw = true};
	const struct recall_in *in;
	struct errinfo e = {0};
	size_t n = 0;
	p->now += TIME_SECOND;
	CHECK_ERR(recall_do(p->s, p->c, &w, a, &in, &n, &e), want);
	CHECK(want || (n == 1 && in[0].circle == M(IRQ) && in[0].ntargets == 1));
	CHECK_OK(share_sign_all(p->s, &e));
	project(p);
}

/* Fails if what was released is withdrawn, if a reader of what was made of it is told, or if anything of it leaves this home. */
TEST(what_is_withdrawn_is_told_to_nobody)
{
	static struct place irq, rus;
	static const char *const cites[] = {PLACE_A, NULL};
	struct arena a = ARENA_INIT(MIB);
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	put_private(&irq, ALL, spot(&b, PLACE_A, "Mosul"));
	put_private(&irq, ALL, report(&b, PRODUCT, IRQ, summary, 2, cites, NULL));
	release(&irq, TWO, PRODUCT);
	tell(&irq, &rus);
	withdraw(&irq, PRODUCT, &a, ERR_DENIED);
	withdraw(&irq, PLACE_A, &a, OK);
	CHECK(find_words(&irq, "Mosul") == 0);
	check_rebuild(&irq);
	withdraw(&irq, PLACE_A, &a, ERR_NOTFOUND);
	struct owed_done done = owed(&irq);
	CHECK(done.flags == 0 && done.receipts == 0 && done.put_off == 0);
	tell(&irq, &rus);
	CHECK(events(&rus, VIEW_FLAG, IRQ).n == 0 && events(&rus, VIEW_RECALL, IRQ).n == 0);
	arena_done(&a);
	buf_done(&b);
	place_done(&irq);
	place_done(&rus);
}

/* Fails if what is owed is lost when it cannot be said at once. */
TEST(what_cannot_be_said_yet_stays_owed)
{
	static struct place irq, rus;
	struct arena a = ARENA_INIT(MIB);
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	struct errinfo e = {0};
	const struct recall_in *in;
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	put_private(&irq, ALL, spot(&b, PLACE_A, "Mosul"));
	release(&irq, TWO, PLACE_A);
	recall(&irq, PLACE_A, ENTRY_RECALLED, NULL, &in, &a, OK);
	tell(&irq, &rus);
	CHECK_OK(share_unsettle(rus.s, SETTLE_RESTORED, &e));
	struct owed_done done = owed(&rus);
	CHECK(done.receipts == 0 && done.put_off == 1);
	for (int i = 0; i < 4; i++)
		CHECK_OK(share_settled_with(rus.s, rus.c, i, &e));
	CHECK(owed(&rus).receipts == 1);
	arena_done(&a);
	buf_done(&b);
	place_done(&irq);
	place_done(&rus);
}
