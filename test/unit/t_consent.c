/* Consent: asked for and answered between two, and what counts of it. (That it opens the way of a product: t_release.c.) */
#include "sim/disk.h"

#include "share/consent.h"
#include "t_meaning.h"

#define TWO (M(IRQ) | M(RUS))
#define THREE (M(IRQ) | M(RUS) | M(SYR))
#define PLACE_A "location--aaaaaaaa-0000-4000-8000-000000000003"
#define PLACE_B "location--aaaaaaaa-0000-4000-8000-000000000005"

struct list {
	struct consent_item at[8];
	char reason[8][64], answer[8][64];
	size_t n;
};

static enum err
take(void *ctx, const struct consent_item *item, struct errinfo *e)
{
	struct list *l = ctx;
	(void)e;
	CHECK(l->n < 8);
	l->at[l->n] = *item;
	snprintf(l->reason[l->n], sizeof l->reason[0], "%.*s", STR_FMT(item->reason));
	snprintf(l->answer[l->n], sizeof l->answer[0], "%.*s", STR_FMT(item->answer));
	l->n++;
	return OK;
}

static struct list
list(struct place *p)
{
	struct list l = {0};
	struct errinfo e = {0};
	CHECK_OK(consent_each(p->s, NULL, take, &l, &e));
	return l;
}

static struct hash
ask(struct place *p, const char *id, int originator, uint64_t to, enum err want)
{
	struct consent_ask x = {
	    .id = id_of(id), .originator = originator, .to = to, .reason = STR("for the weekly summary"), .position = STR("J2-3")};
	struct share_appended done = {0};
	struct errinfo e = {0};
	p->now += TIME_SECOND;
	CHECK_ERR(consent_request(p->s, p->c, &x, &done, &e), want);
	CHECK_OK(share_sign_all(p->s, &e));
	project(p);
	return done.leaf;
}

static void
answer(struct place *p, struct hash request, bool granted, enum err want)
{
	struct consent_answer x = {.request = request, .granted = granted, .reason = STR("as agreed"), .position = STR("J2-1")};
	struct share_appended done;
	struct errinfo e = {0};
	p->now += TIME_SECOND;
	CHECK_ERR(consent_give(p->s, p->c, &x, &done, &e), want);
	CHECK_OK(share_sign_all(p->s, &e));
	project(p);
}

/* Fails if a request or its answer is lost, told to anybody else, or an answer is taken for another question's. */
TEST(asked_and_answered)
{
	static struct place irq, rus, syr;
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	struct list l;
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	place_new(&syr, SYR);
	put_private(&rus, ALL, spot(&b, PLACE_A, "Mosul"));
	release(&rus, TWO, PLACE_A);
	tell(&rus, &irq);
	struct hash leaf = ask(&irq, PLACE_A, -1, THREE, OK);
	ask(&irq, PLACE_A, RUS, THREE, ERR_CONFLICT);
	l = list(&irq);
	CHECK(l.n == 1 && l.at[0].ours && l.at[0].originator == RUS && l.at[0].state == CONSENT_WAITING && l.at[0].known && l.at[0].to == THREE);
	tell(&irq, &rus);
	l = list(&rus);
	CHECK(
	    l.n == 1 && !l.at[0].ours && l.at[0].asker == IRQ && hash_eq(&l.at[0].leaf, &leaf) && l.at[0].known && l.at[0].state == CONSENT_WAITING);
	CHECK(strcmp(l.reason[0], "for the weekly summary") == 0);
	answer(&rus, leaf, false, OK);
	CHECK(list(&rus).at[0].state == CONSENT_REFUSED);
	tell(&rus, &irq);
	l = list(&irq);
	CHECK(l.n == 1 && l.at[0].state == CONSENT_REFUSED && strcmp(l.answer[0], "as agreed") == 0 && l.at[0].answered_at);
	/* asked again: the old refusal does not answer it */
	struct hash second = ask(&irq, PLACE_A, RUS, THREE, OK);
	l = list(&irq);
	CHECK(l.n == 2 && l.at[0].state == CONSENT_REFUSED && l.at[1].state == CONSENT_WAITING);
	tell(&irq, &rus);
	answer(&rus, second, true, OK);
	tell(&rus, &irq);
	l = list(&irq);
	CHECK(l.n == 2 && l.at[1].state == CONSENT_GRANTED);
	ask(&irq, PLACE_A, RUS, THREE, ERR_CONFLICT);
	/* nobody else hears of it */
	tell(&rus, &syr);
	tell(&irq, &syr);
	CHECK(list(&syr).n == 0 && events(&syr, VIEW_REQUEST, -1).n == 0 && events(&syr, VIEW_CONSENT, -1).n == 0);
	check_rebuild(&irq);
	check_rebuild(&rus);
	buf_done(&b);
	place_done(&irq);
	place_done(&rus);
	place_done(&syr);
}

/* Fails if one can ask for what one does not have, of oneself, for a circle without oneself; or consent to what one never gave. */
TEST(what_cannot_be_asked_or_granted)
{
	static struct place irq, rus;
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	struct list l;
	struct errinfo e = {0};
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	put_private(&irq, ALL, spot(&b, PLACE_A, "Mosul"));
	put_private(&rus, ALL, spot(&b, PLACE_B, "Raqqa"));
	ask(&irq, PLACE_A, -1, THREE, ERR_INVALID);
	ask(&irq, PLACE_B, -1, THREE, ERR_NOTFOUND);
	release(&rus, TWO, PLACE_B);
	tell(&rus, &irq);
	ask(&irq, PLACE_B, SYR, THREE, ERR_NOTFOUND);
	ask(&irq, PLACE_B, RUS, M(RUS) | M(SYR), ERR_INVALID);
	/* a node that does not hold to it asks for what it was never given */
	struct entry_target target = {id_of(PLACE_A), 0};
	struct entry x = {.kind = ENTRY_REQUEST, .position = STR("J2-3"), .targets = &target, .ntargets = 1, .to = THREE};
	struct share_append a = {.centre = rus.c, .circle = TWO, .entry = &x};
	struct share_appended done;
	rus.now += TIME_SECOND;
	CHECK_OK(record_begin(rus.store, &e));
	CHECK_OK(share_append(rus.s, &a, &done, &e));
	CHECK_OK(record_commit(rus.store, &e));
	CHECK_OK(share_sign_all(rus.s, &e));
	tell(&rus, &irq);
	l = list(&irq);
	CHECK(l.n == 1 && !l.at[0].known && l.at[0].asker == RUS);
	answer(&irq, done.leaf, true, ERR_DENIED);
	answer(&irq, done.leaf, false, OK);
	answer(&irq, (struct hash){{1}}, false, ERR_NOTFOUND);
	CHECK(list(&irq).at[0].state == CONSENT_REFUSED);
	buf_done(&b);
	place_done(&irq);
	place_done(&rus);
}

/* Fails if a consent that nobody asked for is not listed, or its withdrawal leaves it standing. */
TEST(unasked_consents)
{
	static struct place irq, rus;
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	struct consent_answer x = {
	    .asker = IRQ, .id = id_of(PLACE_A), .to = THREE, .granted = true, .reason = STR("for whenever"), .position = STR("J2-1")};
	struct share_appended done;
	struct list l;
	struct errinfo e = {0};
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	put_private(&rus, ALL, spot(&b, PLACE_A, "Mosul"));
	CHECK_ERR(consent_give(rus.s, rus.c, &x, &done, &e), ERR_DENIED);
	release(&rus, TWO, PLACE_A);
	CHECK_OK(consent_give(rus.s, rus.c, &x, &done, &e));
	CHECK_OK(share_sign_all(rus.s, &e));
	tell(&rus, &irq);
	l = list(&irq);
	CHECK(l.n == 1 && l.at[0].ours && l.at[0].state == CONSENT_GRANTED && l.at[0].originator == RUS && l.at[0].asker == IRQ);
	x.granted = false;
	CHECK_OK(consent_give(rus.s, rus.c, &x, &done, &e));
	CHECK_OK(share_sign_all(rus.s, &e));
	tell(&rus, &irq);
	l = list(&irq);
	CHECK(l.n == 1 && l.at[0].state == CONSENT_REFUSED);
	x.asker = RUS;
	CHECK_ERR(consent_give(rus.s, rus.c, &x, &done, &e), ERR_INVALID);
	buf_done(&b);
	place_done(&irq);
	place_done(&rus);
}
