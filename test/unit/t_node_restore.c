/* A home that has forgotten what it signed: copied by hand, put back with its disk, or with entries that nobody has any more. Fails if it signs
 * before it has asked, if anybody becomes a forger, if it cannot go on, or if what was lost and turns up is refused. */
#include "sim/disk.h"

#include "t_node_world.h"

enum { IRQ, RUS, IRN };

#define MARK "(//IRQ R//REL TO IRN, IRQ, RUS)"
#define OBJECT "campaign--00000000-0000-4000-8000-%012u"

static void
add(struct world *x, int home, unsigned n)
{
	struct buf b = BUF_INIT(MIB);
	struct errinfo e = {0};
	world_object(&b, n, "kept");
	CHECK_OK(world_add(x, home, buf_str(&b), "{\"mark\":\"" MARK "\"}", &e));
	buf_done(&b);
}

static void
release(struct world *x, int home, unsigned n, const char *to, enum err want)
{
	simworld_advance(x->w, TIME_MINUTE);
	add(x, home, n);
	if (want)
		FAIL(x, home, want, "release", "{\"ids\":[\"" OBJECT "\"],\"to\":\"%s\"}", n, to);
	else
		DO(x, home, "release", "{\"ids\":[\"" OBJECT "\"],\"to\":\"%s\"}", n, to);
}

static void
sync_with(struct world *x, int asker, int server)
{
	struct errinfo e = {0};
	simworld_advance(x->w, TIME_MINUTE);
	enum err err = centre_sync(&x->c, asker, server, &x->reply, &e);
	CHECKF(!err, "%d from %d: %s", asker, server, e.msg);
}

static struct simdisk_image *
keep(struct world *x, int home)
{
	struct errinfo e = {0};
	centre_close(&x->c, home);
	struct simdisk_image *im = simdisk_snapshot(simworld_disk(x->w, home));
	CHECK_OK(centre_open(&x->c, home, &e));
	return im;
}

static void
put(struct world *x, int home, const struct simdisk_image *im, bool by_hand)
{
	struct errinfo e = {0};
	centre_close(&x->c, home);
	simworld_kill(x->w, home);
	if (by_hand)
		simdisk_copy(simworld_disk(x->w, home), im);
	else
		simdisk_restore(simworld_disk(x->w, home), im);
	simworld_other_dice(x->w, home);
	CHECK_OK(centre_open(&x->c, home, &e));
}

static void
no_fault(struct world *x, int home)
{
	DO(x, home, "verify", "{}");
	CHECKF(NUMBER(x, "faults") == 0, "home %d: %.*s", home, STR_FMT(world_reply(x)));
	CHECK(NUMBER(x, "forks") == 0);
}

TEST(a_copy_made_by_hand_asks_first)
{
	struct world x;
	world_init(&x, 3);
	release(&x, IRQ, 1, "ALL", OK);
	struct simdisk_image *im = keep(&x, IRQ);
	CHECK(!node_warning(x.c.node[IRQ])); /* it stayed where it was */
	release(&x, IRQ, 2, "ALL", OK);
	sync_with(&x, RUS, IRQ);
	sync_with(&x, IRN, RUS);
	put(&x, IRQ, im, true);
	CHECK(node_warning(x.c.node[IRQ]) != NULL);
	DO(&x, IRQ, "status", "{}");
	CHECK(HAS(&x, "was copied or moved"));
	release(&x, IRQ, 3, "ALL", ERR_DENIED);
	struct errinfo e = {0};
	centre_close(&x.c, IRQ);
	CHECK_OK(centre_open(&x.c, IRQ, &e));
	release(&x, IRQ, 3, "ALL", ERR_DENIED); /* at the next opening neither */
	sync_with(&x, IRQ, IRN);
	release(&x, IRQ, 3, "ALL", ERR_DENIED);
	sync_with(&x, IRQ, RUS);
	release(&x, IRQ, 3, "ALL", OK);
	sync_with(&x, RUS, IRQ);
	CHECK(NUMBER(&x, "items.0.forks") == 0 && NUMBER(&x, "items.0.entries") == 1);
	for (int i = 0; i < 3; i++)
		no_fault(&x, i);
	simdisk_image_free(im);
	world_done(&x);
}

/* Nothing tells it from within; the first peer that knows more does, whichever it is, and before anything is signed. */
TEST(a_disk_put_back_is_told_by_any_peer)
{
	struct world x;
	world_init(&x, 3);
	release(&x, IRQ, 1, "ALL", OK);
	struct simdisk_image *im = keep(&x, IRQ);
	release(&x, IRQ, 2, "ALL", OK);
	sync_with(&x, RUS, IRQ);
	put(&x, IRQ, im, false);
	CHECK(!node_warning(x.c.node[IRQ]));
	sync_with(&x, IRQ, IRN); /* knows nothing */
	CHECK(!HAS(&x, "\"behind\":true"));
	sync_with(&x, IRQ, RUS);
	CHECK(HAS(&x, "\"behind\":true"));
	release(&x, IRQ, 3, "ALL", ERR_DENIED); /* it forgot something, so it may have forgotten more: irn is asked again */
	release(&x, IRQ, 3, "irn", ERR_DENIED);
	sync_with(&x, IRQ, IRN);
	release(&x, IRQ, 3, "ALL", OK);
	release(&x, IRQ, 4, "irn", OK);
	sync_with(&x, RUS, IRQ);
	sync_with(&x, IRN, IRQ);
	for (int i = 0; i < 3; i++)
		no_fault(&x, i);
	simdisk_image_free(im);
	world_done(&x);
}

/* A peer that breaks off at one payload. */
struct broken {
	struct centre_link link;
	struct transport whole;
	const char *at;
};

static enum err
broken_get(void *ctx, struct str path, struct buf *ret, struct errinfo *e)
{
	struct broken *b = ctx;
	if (str_ends(path, str_of(b->at)))
		return err_set(e, ERR_IO, "no answer any more");
	return b->whole.get(b->whole.ctx, path, ret, e);
}

static void
sync_broken(struct world *x, int asker, int server, const char *at)
{
	struct broken b = {.at = at};
	struct errinfo e = {0};
	char args[128];
	b.whole = centre_transport(&b.link, &x->c, asker, server);
	struct transport t = {.ctx = &b, .get = broken_get, .name = "broken"};
	snprintf(args, sizeof args, "{\"centre\":\"%s\",\"member\":\"%s\"}", x->c.hex, x->c.id[server]);
	struct node_call call = {.op = STR("sync"), .args = str_of(args), .peer = &t};
	CHECK_ERR(centre_call(&x->c, asker, &call, &x->reply, &e), ERR_IO);
}

/* rus has the note of four entries, three of them, and a note of two; irq comes back with one. */
TEST(lost_entries_are_told_in_a_new_epoch)
{
	struct world x;
	world_init(&x, 3);
	release(&x, IRQ, 1, "rus", OK);
	struct simdisk_image *im = keep(&x, IRQ);
	release(&x, IRQ, 2, "rus", OK);
	sync_with(&x, RUS, IRQ);
	release(&x, IRQ, 3, "rus", OK);
	release(&x, IRQ, 7, "rus", OK);
	struct simdisk_image *lost = keep(&x, IRQ);
	sync_broken(&x, RUS, IRQ, "/payload/3");
	put(&x, IRQ, im, true);
	FAIL(&x, IRQ, ERR_DENIED, "new-epoch", "{\"do\":true}"); /* nobody was asked */
	sync_with(&x, IRQ, RUS);
	sync_with(&x, IRQ, IRN);
	DO(&x, IRQ, "status", "{}");
	CHECK(HAS(&x, "\"lost\"") && HAS(&x, "--new-epoch"));
	release(&x, IRQ, 4, "rus", ERR_DENIED);
	DO(&x, IRQ, "settle", "{\"without\":\"rus\",\"reason\":\"test\"}");
	release(&x, IRQ, 4, "rus", ERR_DENIED); /* the note is there: anything would be a fork */
	release(&x, IRQ, 5, "irn", OK);
	DO(&x, IRQ, "new-epoch", "{}");
	CHECKF(NUMBER(&x, "items.0.lost.0.signed") == 4 && NUMBER(&x, "items.0.lost.0.entries") == 2 && HAS(&x, "\"done\":false"), "%.*s",
	    STR_FMT(world_reply(&x)));
	release(&x, IRQ, 4, "rus", ERR_DENIED); /* that was the plan alone */
	DO(&x, IRQ, "new-epoch", "{\"do\":true}");
	release(&x, IRQ, 4, "rus", OK);
	CHECKF(NUMBER(&x, "done.first_serial") == 5, "%.*s", STR_FMT(world_reply(&x)));
	FAIL(&x, IRQ, ERR_USAGE, "new-epoch", "{}");
	sync_with(&x, RUS, IRQ);
	CHECK(NUMBER(&x, "items.0.waiting") == 0 && NUMBER(&x, "items.0.refused") == 0 && NUMBER(&x, "items.0.forks") == 0);
	DO(&x, RUS, "ls", "{}");
	CHECK(HAS(&x, "000000000004"));
	for (int i = 0; i < 2; i++) {
		no_fault(&x, i);
		CHECKF(NUMBER(&x, "gaps") >= 1 && NUMBER(&x, "lost") == (i == RUS ? 1 : 2), "%.*s", STR_FMT(world_reply(&x)));
		DO(&x, i, "logs", "{\"circle\":\"irq.rus\"}");
		CHECKF(HAS(&x, "\"admitted\":4,\"held\":2") && HAS(&x, i == RUS ? "\"lost\":1" : "\"lost\":2"), "%.*s", STR_FMT(world_reply(&x)));
		DO(&x, i, "rebuild", "{\"check\":true}");
	}
	/* what was lost turns up at a disk that was thought gone */
	put(&x, IRN, lost, false);
	x.c.id[IRN] = "irq";
	sync_with(&x, RUS, IRN);
	CHECKF(NUMBER(&x, "items.0.entries") == 1 && NUMBER(&x, "items.0.forks") == 0, "%.*s", STR_FMT(world_reply(&x)));
	sync_with(&x, IRQ, RUS);
	CHECK(NUMBER(&x, "items.0.entries") == 2);
	for (int i = 0; i < 2; i++) {
		no_fault(&x, i);
		CHECK(NUMBER(&x, "lost") == 0);
		DO(&x, i, "rebuild", "{\"check\":true}");
	}
	release(&x, IRQ, 6, "rus", OK);
	sync_with(&x, RUS, IRQ);
	no_fault(&x, RUS);
	simdisk_image_free(im);
	simdisk_image_free(lost);
	world_done(&x);
}

/* Restored twice from one copy, each time meeting only one who does not know the other card. */
TEST(cards_made_after_two_restores_do_not_meet)
{
	struct world x;
	world_init(&x, 3);
	release(&x, IRQ, 1, "ALL", OK);
	struct simdisk_image *im = keep(&x, IRQ);
	for (int who = RUS; who <= IRN; who++) {
		put(&x, IRQ, im, true);
		sync_with(&x, IRQ, who);
		DO(&x, IRQ, "new-epoch", "{\"do\":true}");
		release(&x, IRQ, 1 + (unsigned)who, "ALL", OK);
		sync_with(&x, who, IRQ);
	}
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 3; i++)
			for (int k = 0; k < 3; k++)
				if (i != k)
					sync_with(&x, i, k);
	DO(&x, RUS, "status", "{}");
	CHECK(!HAS(&x, "cannot both be honest"));
	for (int i = 0; i < 3; i++)
		no_fault(&x, i);
	simdisk_image_free(im);
	world_done(&x);
}
