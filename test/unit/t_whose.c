/* Whose home a directory is: only an answer that was made for this number, this asker and this member counts. */
#include "share/whose.h"
#include "sim/disk.h"
#include "t_share.h"

/* Who answers which question. */
struct liar {
	struct place *real;
	int as;            /* the asker that the real home is told of */
	struct buf *saved; /* answered instead; what was answered is kept where it is empty */
	bool dumb;         /* to what is asked of itself alone */
	unsigned asked;    /* for anything else */
};

static enum err
liar_get(void *ctx, struct str path, struct buf *ret, struct errinfo *e)
{
	struct liar *x = ctx;
	bool whose = str_starts(path, STR(WHOSE_PATH));
	size_t from = ret->n;
	x->asked += !whose && !str_is(path, "charters");
	if (whose && x->dumb)
		return err_set(e, ERR_NOTFOUND, "nothing here for you");
	if (whose && x->saved && x->saved->n) {
		buf_put(ret, buf_str(x->saved));
		return OK;
	}
	enum err err = share_serve(x->real->s, x->real->c, whose ? x->as : RUS, path, ret, e);
	if (whose && x->saved && !err)
		buf_put(x->saved, str_sub(buf_str(ret), from, ret->n));
	return err;
}

/* What rus says to a peer that says it is irq. */
static enum err
meet(struct place *rus, struct liar *x, struct fetch_report *r, struct errinfo *e)
{
	const struct transport t = {.ctx = x, .get = liar_get, .name = "peer"};
	const struct fetch_options o = {.member = "irq"};
	x->asked = 0;
	enum err err = share_fetch(rus->s, rus->c, &t, &o, r, e);
	CHECK(err == OK || e->hint[0]);
	CHECK(r->shown == !err);
	CHECKF(!err || !r->logs, "something was taken of whose it is not");
	return err;
}

/* Fails if the answer of another home, of this one to another asker, or of before, is taken for its own; if it says nothing and is believed; or if
 * the right answer is not. */
TEST(only_the_members_own_answer_shows_whose_home_it_is)
{
	static struct place irq, rus, syr;
	struct buf saved = BUF_INIT(KIB);
	struct fetch_report r;
	struct errinfo e = {0};
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	place_new(&syr, SYR);
	place_release(&irq, M(IRQ) | M(RUS), "one", 1);
	CHECK_ERR(meet(&rus, &(struct liar){.real = &syr, .as = RUS}, &r, &e), ERR_DENIED);
	CHECK_ERR(meet(&rus, &(struct liar){.real = &irq, .as = SYR}, &r, &e), ERR_DENIED);
	CHECK_ERR(meet(&rus, &(struct liar){.real = &irq, .as = RUS, .dumb = true}, &r, &e), ERR_DENIED);
	CHECK_OK(meet(&rus, &(struct liar){.real = &irq, .as = RUS, .saved = &saved}, &r, &e));
	CHECK(r.entries == 1 && saved.n);
	rus.now += TIME_DAY;
	CHECK_ERR(meet(&rus, &(struct liar){.real = &irq, .as = RUS, .saved = &saved}, &r, &e), ERR_DENIED);
	CHECK_OK(meet(&rus, &(struct liar){.real = &irq, .as = RUS}, &r, &e));
	buf_done(&saved);
	place_done(&irq);
	place_done(&rus);
	place_done(&syr);
}

/* Fails if a number of another length, or what is none, is signed. */
TEST(only_a_number_is_signed)
{
	static struct place irq;
	static const char *const odd[] = {"", "00", "0000000000000000000000000000000000000000000000000000000000000g",
	    "000000000000000000000000000000000000000000000000000000000000000",
	    "00000000000000000000000000000000000000000000000000000000000000000000"};
	struct buf b = BUF_INIT(KIB), out = BUF_INIT(KIB);
	struct errinfo e = {0};
	place_new(&irq, IRQ);
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		buf_clear(&b);
		buf_printf(&b, WHOSE_PATH "%s", odd[i]);
		CHECK_ERR(share_serve(irq.s, irq.c, RUS, buf_str(&b), &out, &e), ERR_NOTFOUND);
		CHECK(!out.n);
	}
	buf_done(&b);
	buf_done(&out);
	place_done(&irq);
}
