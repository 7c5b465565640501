/* Notes of more than is held: an author who keeps back the rest is proven a forger all the same, an honest one never. */
#include "merkle/fork.h"
#include "share/origin.h"
#include "share/pouch.h"
#include "share/verify.h"
#include "sim/disk.h"
#include "sim/proof.h"
#include "t_share.h"

#define CIRCLE (M(IRN) | M(IRQ) | M(RUS) | M(SYR))
#define AHEAD (2 * LIMIT_FUTURE_SECONDS * TIME_SECOND)

static void
append(struct place *p, const char *text, unsigned n)
{
	struct share_appended done;
	struct errinfo e = {0};
	for (unsigned i = 0; i < n; i++)
		CHECK_OK(place_append(p, CIRCLE, text, 1, &done, &e));
}

static void
sign(struct place *p)
{
	struct errinfo e = {0};
	CHECK_OK(share_sign_all(p->s, &e));
}

static uint64_t
held(struct place *p)
{
	struct record_log log = place_log(p, CIRCLE, IRQ);
	return log.no ? log.edge.size : 0;
}

static bool
forked(struct place *p)
{
	return place_log(p, CIRCLE, IRQ).state == RECORD_LOG_FORKED;
}

/* What the record has as bridge; held is 0 if it has none. */
static struct merkle_bridge
bridge(struct place *p)
{
	struct record_bridge b = {.to = {.held = 0}};
	struct errinfo e = {0};
	struct record_log log = place_log(p, CIRCLE, IRQ);
	enum err err = log.no ? record_bridge_get(p->store, log.no, &b, &e) : ERR_NOTFOUND;
	CHECK(!err || err == ERR_NOTFOUND);
	return b.to;
}

static enum err
say_fault(void *ctx, const struct verify_fault *f, struct errinfo *e)
{
	(void)ctx, (void)e;
	fprintf(stderr, "%s: %s\n", err_name(f->code), f->what);
	return OK;
}

static void
whole(struct place *p)
{
	struct verify_options o = {.fault = say_fault};
	struct verify_report r;
	struct errinfo e = {0};
	CHECK_OK(share_verify(p->s, &o, &r, &e));
	CHECKF(!r.faults, "%llu faults", (unsigned long long)r.faults);
}

static enum err
check_proof(void *ctx, struct str proof, int64_t at, struct errinfo *ei)
{
	struct place *p = ctx;
	struct errinfo e = {0};
	struct record_log log = place_log(p, CIRCLE, IRQ);
	struct roster_log_key key;
	(void)at, (void)ei;
	CHECK_OK(origin_key(p->c, p->now, IRQ, log.epoch, &key, &e));
	CHECKF(proof_fork(proof, str_of(log.origin), key.key), "%.*s", STR_FMT(proof));
	return OK;
}

/* One who shares no code with the product is convinced. */
static void
proven(struct place *p)
{
	struct errinfo e = {0};
	CHECK(forked(p));
	CHECK_OK(record_fork_each(p->store, place_log(p, CIRCLE, IRQ).no, check_proof, p, &e));
	whole(p);
}

/* Each is to find it by itself. */
static enum err
no_proofs(void *ctx, struct str path, struct buf *reply, size_t from, enum err err, struct errinfo *e)
{
	(void)ctx, (void)e;
	if (str_ends(path, STR("/fork")))
		buf_cut(reply, from);
	return err;
}

struct sides {
	struct place irq, forger, rus, syr;
};

/* The author signs `common` entries, then goes on as two; each shows one reader some entries and a note of more, whose time has not come. */
static void
fork_sides(struct sides *w, unsigned common, unsigned left, unsigned left_ahead, unsigned right, unsigned right_ahead)
{
	struct fetch_report r;
	place_new(&w->irq, IRQ);
	place_new(&w->rus, RUS);
	place_new(&w->syr, SYR);
	append(&w->irq, "common", common);
	sign(&w->irq);
	place_copy(&w->forger, &w->irq);
	append(&w->irq, "left", left);
	append(&w->forger, "right", right);
	if (!left_ahead)
		sign(&w->irq);
	if (!right_ahead)
		sign(&w->forger);
	w->irq.now += AHEAD;
	w->forger.now += AHEAD;
	append(&w->irq, "left ahead", left_ahead);
	append(&w->forger, "right ahead", right_ahead);
	sign(&w->irq);
	sign(&w->forger);
	place_fetch(&w->rus, &w->irq, &r);
	CHECK(r.entries == common + left && !r.forks && !r.refused && r.waiting == (left_ahead > 0));
	place_fetch(&w->syr, &w->forger, &r);
	CHECK(r.entries == common + right && !r.forks && !r.refused && r.waiting == (right_ahead > 0));
	CHECK(bridge(&w->rus).held == (left_ahead ? common + left : 0) && bridge(&w->syr).held == (right_ahead ? common + right : 0));
	whole(&w->rus);
	whole(&w->syr);
}

static void
sides_done(struct sides *w)
{
	place_done(&w->irq);
	place_done(&w->forger);
	place_done(&w->rus);
	place_done(&w->syr);
}

/* Fails where one of two readers, of whom one or both hold less than the note they have, goes on after they met as if nothing were. */
TEST(a_note_of_more_than_is_held_proves_a_fork)
{
	static const unsigned shapes[][5] = {{0, 1, 1, 2, 0}, {0, 1, 1, 1, 0}, {1, 1, 1, 2, 0}, {0, 1, 1, 1, 1}, /* the smallest */
	    {0, 1, 1, 1, 2}, {1, 3, 4, 2, 1}, {5, 1, 9, 8, 7}, {0, 1, 6, 1, 5}, /* both notes larger than what is held */
	    {0, 1, 300, 290, 0}, {3, 2, 300, 100, 0}, {250, 10, 3, 5, 300}, {300, 20, 300, 40, 5}, {255, 1, 1, 1, 7}, /* tiles */
	    {256, 1, 1, 300, 0}, {200, 400, 1, 100, 1}};
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
		for (int turn = 0; turn < 2; turn++) {
			static struct sides w;
			struct fetch_report r;
			struct errinfo e = {0};
			const unsigned *s = shapes[i];
			fork_sides(&w, s[0], s[turn ? 3 : 1], s[turn ? 4 : 2], s[turn ? 1 : 3], s[turn ? 2 : 4]);
			struct link to_syr = {.to = &w.syr, .asker = RUS, .spoil = no_proofs},
				    to_rus = {.to = &w.rus, .asker = SYR, .spoil = no_proofs};
			CHECK_OK(place_fetch_over(&w.rus, &to_syr, &r, &e));
			CHECKF(r.forks == 1 && !r.refused, "shape %zu.%d: rus has %u proofs: %s", i, turn, r.forks, r.last.msg);
			CHECK_OK(place_fetch_over(&w.syr, &to_rus, &r, &e));
			CHECKF(r.forks == 1 && !r.refused, "shape %zu.%d: syr has %u proofs: %s", i, turn, r.forks, r.last.msg);
			proven(&w.rus);
			proven(&w.syr);
			sides_done(&w);
		}
}

/* A connection that breaks at this path. */
static enum err
breaks(void *ctx, struct str path, struct buf *reply, size_t from, enum err err, struct errinfo *e)
{
	if (!str_ends(path, str_of(ctx)))
		return err;
	buf_cut(reply, from);
	return err_set(e, ERR_IO, "gone");
}

/* The author breaks off in the middle and is not seen again. Fails if what was taken till then is not tied to its note. */
TEST(a_connection_that_breaks_leaves_a_proof)
{
	static const struct {
		const char *at;
		unsigned held;
	} all[] = {{"/tile/entries/001", 256}, {"/tile/entries/002.p/88", 512}, {"/payload/300", 300}, {"/payload/5", 5}, {"/payload/255", 255}};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		static struct sides w;
		struct fetch_report r;
		struct errinfo e = {0};
		place_new(&w.irq, IRQ);
		place_new(&w.rus, RUS);
		place_new(&w.syr, SYR);
		append(&w.irq, "common", 1);
		sign(&w.irq);
		place_copy(&w.forger, &w.irq);
		append(&w.irq, "left", 599);
		append(&w.forger, "right", 399);
		sign(&w.irq);
		sign(&w.forger);
		struct link l = {.to = &w.irq, .asker = RUS, .spoil = breaks, .ctx = (char *)all[i].at};
		CHECK_ERR(place_fetch_over(&w.rus, &l, &r, &e), ERR_IO);
		CHECKF(held(&w.rus) == all[i].held && bridge(&w.rus).held == all[i].held && bridge(&w.rus).size == 600, "%s: %llu", all[i].at,
		    (unsigned long long)held(&w.rus));
		whole(&w.rus);
		place_fetch(&w.syr, &w.forger, &r);
		CHECK(r.entries == 400);
		place_fetch(&w.syr, &w.rus, &r);
		CHECKF(r.forks == 1 && !r.refused, "%s: %s", all[i].at, r.last.msg);
		proven(&w.syr);
		struct link to_syr = {.to = &w.syr, .asker = RUS, .spoil = no_proofs};
		CHECK_OK(place_fetch_over(&w.rus, &to_syr, &r, &e));
		CHECKF(r.forks == 1 && !r.refused, "%s: %s", all[i].at, r.last.msg);
		proven(&w.rus);
		sides_done(&w);
	}
}

/* The edge moves on under other notes, each of more than is held, and the reader's home is closed between. Fails if the last bridge is not of the
 * last edge, if an older one is taken for it, or if it stays when a note vouches for all. */
TEST(the_edge_moves_on)
{
	for (int forks = 0; forks < 2; forks++) {
		static struct sides w;
		struct fetch_report r;
		place_new(&w.irq, IRQ);
		place_new(&w.rus, RUS);
		place_new(&w.syr, SYR);
		append(&w.irq, "common", 2);
		sign(&w.irq);
		place_copy(&w.forger, &w.irq);
		append(&w.forger, "right", 9);
		sign(&w.forger);
		for (unsigned i = 0; i < 4; i++) {
			append(&w.irq, "left", 2);
			w.irq.now += AHEAD;
			append(&w.irq, "ahead", 1);
			sign(&w.irq);
			place_fetch(&w.rus, &w.irq, &r);
			CHECKF(r.waiting == 1 && bridge(&w.rus).held == 4 + 3 * i && bridge(&w.rus).size == 5 + 3 * i, "%u: %llu", i,
			    (unsigned long long)bridge(&w.rus).held);
			whole(&w.rus);
			w.rus.now += AHEAD;
			place_again(&w.rus);
		}
		if (forks) {
			w.syr.now = w.rus.now;
			place_fetch(&w.syr, &w.forger, &r);
			place_fetch(&w.syr, &w.rus, &r);
			CHECK(r.forks == 1);
			proven(&w.syr);
			place_fetch(&w.rus, &w.syr, &r);
			CHECK(r.forks == 1);
			proven(&w.rus);
		} else {
			place_fetch(&w.rus, &w.irq, &r);
			CHECK(!r.waiting && held(&w.rus) == 14 && !bridge(&w.rus).held);
			whole(&w.rus);
		}
		sides_done(&w);
	}
}

/* Everything that from would tell to, by a pouch. */
static void
by_pouch(struct place *to, struct place *from, struct fetch_report *r)
{
	struct buf file = BUF_INIT(16 * MIB);
	struct errinfo e = {0};
	struct pouch_report pr;
	struct transport t;
	struct pouch *p;
	uint8_t seed[32];
	struct seal_identity id;
	struct seal_keys keys = {.ids = &id, .n = 1};
	govern_seed('a', (size_t)to->member, 0, seed);
	seal_identity_init(&id, seed);
	CHECK_OK(pouch_pack(from->s, from->c, M(to->member), NULL, sink_to_buf(&file), &pr, &e));
	struct str sealed = buf_str(&file);
	CHECK_OK(pouch_open(&keys, source_of_str(&sealed), STR("a pouch"), &p, &t, &e));
	CHECK_OK(share_fetch(to->s, to->c, &t, NULL, r, &e));
	CHECK_OK(pouch_finish(p, NULL, &e));
	pouch_free(p);
	buf_done(&file);
}

/* What is held of a larger note goes on to a third, with the note, so that it finds the fork too; by a pouch as well; beside a checkpoint of less,
 * and without one. Fails if less is taken than the one before holds, or a bridge of it is not kept. */
TEST(what_is_held_of_a_larger_note_goes_round)
{
	static const unsigned shapes[][3] = {{0, 3, 4}, {300, 3, 4}, {2, 3, 1}, {250, 300, 1}, {256, 256, 1}, {5, 900, 300}};
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
		for (int pouch = 0; pouch < 2; pouch++) {
			static struct place irq, rus, forger, syr, late;
			struct fetch_report r;
			unsigned common = shapes[i][0], all = common + shapes[i][1];
			place_new(&irq, IRQ);
			place_new(&rus, RUS);
			place_new(&syr, SYR);
			place_new(&late, IRN);
			append(&irq, "common", common);
			sign(&irq);
			place_fetch(&rus, &irq, &r);
			CHECK(r.entries == common);
			place_copy(&forger, &irq);
			append(&irq, "left", shapes[i][1]);
			irq.now += AHEAD;
			append(&irq, "ahead", shapes[i][2]);
			sign(&irq);
			append(&forger, "right", all);
			sign(&forger);
			place_fetch(&rus, &irq, &r);
			CHECK(r.waiting == 1 && held(&rus) == all);
			pouch ? by_pouch(&late, &rus, &r) : place_fetch(&late, &rus, &r);
			CHECKF(r.entries == all && !r.refused && !r.forks && !r.pending, "%zu.%d: %llu entries: %s", i, pouch,
			    (unsigned long long)r.entries, r.last.msg);
			CHECK(bridge(&late).held == all && bridge(&late).size == all + shapes[i][2]);
			whole(&late);
			pouch ? by_pouch(&late, &rus, &r) : place_fetch(&late, &rus, &r);
			CHECK(!r.entries && !r.refused && !r.forks);
			place_fetch(&syr, &forger, &r);
			place_fetch(&late, &syr, &r);
			CHECKF(r.forks == 1 && !r.refused, "%zu.%d: %s", i, pouch, r.last.msg);
			proven(&late);
			pouch ? by_pouch(&syr, &rus, &r) : place_fetch(&syr, &rus, &r);
			CHECKF(r.forks == 1 && !r.refused, "%zu.%d: %s", i, pouch, r.last.msg);
			proven(&syr);
			place_done(&irq);
			place_done(&rus);
			place_done(&forger);
			place_done(&syr);
			place_done(&late);
		}
}

/* A note of one history is held, then entries of the other beyond its size come, and the connection breaks before anything is compared. Fails if the
 * next exchange, with one who knows nothing of it, does not find what the home holds against the author. */
TEST(what_a_broken_pull_left_is_judged_later)
{
	static struct sides w;
	struct fetch_report r;
	struct errinfo e = {0};
	place_new(&w.irq, IRQ);
	place_new(&w.rus, RUS);
	place_new(&w.syr, SYR);
	append(&w.irq, "common", 2);
	sign(&w.irq);
	place_copy(&w.forger, &w.irq);
	place_fetch(&w.syr, &w.irq, &r);
	append(&w.irq, "left", 1);
	w.irq.now += AHEAD;
	append(&w.irq, "ahead", 3);
	sign(&w.irq);
	append(&w.forger, "right", 398);
	sign(&w.forger);
	struct link before = {.to = &w.irq, .asker = RUS, .spoil = breaks, .ctx = "/payload/2"};
	CHECK_ERR(place_fetch_over(&w.rus, &before, &r, &e), ERR_IO);
	CHECK(held(&w.rus) == 2 && bridge(&w.rus).held == 2 && bridge(&w.rus).size == 6);
	struct link l = {.to = &w.forger, .asker = RUS, .spoil = breaks, .ctx = "/payload/100"};
	CHECK_ERR(place_fetch_over(&w.rus, &l, &r, &e), ERR_IO);
	CHECK(held(&w.rus) == 100 && bridge(&w.rus).size == 400 && !forked(&w.rus));
	place_fetch(&w.rus, &w.syr, &r);
	CHECKF(r.forks == 1, "%s", r.last.msg);
	proven(&w.rus);
	sides_done(&w);
}

/* A home of an older version has the note and not what ties its entries to it: the next fetch brings that though no entry comes. And what is kept
 * damaged, verify finds. */
TEST(a_bridge_that_is_missing_is_made_up_for)
{
	static struct place irq, rus;
	struct fetch_report r;
	struct verify_report v;
	struct record_bridge b;
	struct errinfo e = {0};
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	append(&irq, "now", 3);
	irq.now += AHEAD;
	append(&irq, "ahead", 4);
	sign(&irq);
	place_fetch(&rus, &irq, &r);
	int64_t no = place_log(&rus, CIRCLE, IRQ).no;
	CHECK_OK(record_begin(rus.store, &e));
	CHECK_OK(record_bridge_drop(rus.store, no, &e));
	CHECK_OK(record_commit(rus.store, &e));
	place_fetch(&rus, &irq, &r);
	CHECK(!r.entries && r.waiting == 1 && bridge(&rus).held == 3 && bridge(&rus).size == 7);
	whole(&rus);
	CHECK_OK(record_bridge_get(rus.store, no, &b, &e));
	for (int kind = 0; kind < 4; kind++) {
		struct record_bridge bad = b;
		if (kind == 0)
			bad.to.proof.at[1].b[0] ^= 1;
		else if (kind == 1)
			bad.to.held = 4;
		else if (kind == 2)
			bad.to.size = 6;
		else
			bad.to.held = 2;
		CHECK_OK(record_begin(rus.store, &e));
		CHECK_OK(record_bridge_put(rus.store, no, &bad, &e));
		CHECK_OK(record_commit(rus.store, &e));
		CHECK_OK(share_verify(rus.s, NULL, &v, &e));
		CHECKF(v.faults == 1, "kind %d: %llu faults", kind, (unsigned long long)v.faults);
	}
	place_done(&irq);
	place_done(&rus);
}

struct flip {
	size_t byte;
	uint8_t with;
	bool hit;
};

static enum err
flip_beyond(void *ctx, struct str path, struct buf *reply, size_t from, enum err err, struct errinfo *e)
{
	struct flip *f = ctx;
	(void)e;
	if (!err && str_ends(path, STR("/beyond")) && from + f->byte < reply->n) {
		reply->p[from + f->byte] = (char)(reply->p[from + f->byte] ^ f->with);
		f->hit = true;
	}
	return err;
}

/* Every byte of what a peer says of it is changed. Fails if something is held that is not a beginning of what the author signed, if the author is
 * blamed, or if an honest exchange afterwards does not go on. */
TEST(no_changed_byte_beyond_is_taken)
{
	static struct place irq, rus, syr;
	struct fetch_report r;
	struct errinfo e = {0};
	unsigned refused = 0;
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	append(&irq, "now", 5);
	irq.now += AHEAD;
	append(&irq, "ahead", 6);
	sign(&irq);
	place_fetch(&rus, &irq, &r);
	CHECK(bridge(&rus).held == 5 && bridge(&rus).size == 11);
	for (size_t byte = 0;; byte++) {
		struct flip f = {.byte = byte, .with = byte % 3 ? 1 : 0x80};
		struct link l = {.to = &rus, .asker = SYR, .spoil = flip_beyond, .ctx = &f};
		place_new(&syr, SYR);
		CHECK_OK(place_fetch_over(&syr, &l, &r, &e));
		CHECKF(!forked(&syr) && !r.forks, "byte %zu: an honest author is called a forger", byte);
		/* a hash that stands left of what is held is not needed: the entries themselves say it */
		CHECKF(r.refused ? f.hit && !held(&syr) : held(&syr) == 5 && bridge(&syr).size == 11, "byte %zu: %llu held: %s", byte,
		    (unsigned long long)held(&syr), r.last.msg);
		refused += r.refused;
		whole(&syr);
		if (byte % 9 == 0) {
			place_fetch(&syr, &rus, &r);
			CHECK(held(&syr) == 5 && bridge(&syr).size == 11);
		}
		place_done(&syr);
		if (!f.hit)
			break;
	}
	CHECKF(refused > 300, "%u", refused);
	place_done(&irq);
	place_done(&rus);
}

static unsigned
draw(uint64_t *seed, unsigned n)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(*seed >> 33) % n;
}

struct drop {
	uint64_t *seed;
	unsigned one_in;
};

static enum err
drops(void *ctx, struct str path, struct buf *reply, size_t from, enum err err, struct errinfo *e)
{
	struct drop *d = ctx;
	if (!str_chr(path, '/') || draw(d->seed, d->one_in))
		return err;
	buf_cut(reply, from);
	return err_set(e, ERR_IO, "gone");
}

/* An honest author whose clock runs ahead, two readers whose fetches break off anywhere. Fails if it is ever proven a forger, if anything is refused
 * or does not verify, or if in the end not all is here or a bridge is left. */
TEST(an_honest_author_is_never_proven)
{
	for (uint64_t round = 1; round <= 30; round++) {
		static struct place home[3];
		uint64_t seed = round, size = 0;
		struct fetch_report r;
		struct errinfo e = {0};
		struct place *irq = &home[0];
		place_new(irq, IRQ);
		place_new(&home[1], RUS);
		place_new(&home[2], SYR);
		for (int step = 0; step < 40; step++) {
			unsigned who = 1 + draw(&seed, 2), from = draw(&seed, 3), n;
			switch (draw(&seed, 4)) {
			case 0:
				n = draw(&seed, 12) ? 1 + draw(&seed, 5) : 200;
				append(irq, "x", n);
				size += n;
				if (draw(&seed, 2))
					irq->now += AHEAD / 3;
				sign(irq);
				break;
			case 1:
				home[who].now += AHEAD / 4;
				break;
			default: {
				struct drop d = {&seed, 2 + draw(&seed, 30)};
				struct link l = {.to = &home[from], .asker = home[who].member, .spoil = drops, .ctx = &d};
				if (from == who)
					break;
				enum err err = place_fetch_over(&home[who], &l, &r, &e);
				CHECKF(!err || err == ERR_IO, "round %u: %s", (unsigned)round, e.msg);
				CHECKF(!r.forks && !r.refused && !forked(&home[who]), "round %u step %d: %s", (unsigned)round, step, r.last.msg);
				if (!draw(&seed, 4))
					whole(&home[who]);
			}
			}
		}
		for (int who = 1; who < 3; who++) {
			if (home[who].now < irq->now)
				home[who].now = irq->now;
			place_fetch(&home[who], irq, &r);
			CHECKF(!r.refused && held(&home[who]) == size && !bridge(&home[who]).held, "round %u: %llu of %llu: %s", (unsigned)round,
			    (unsigned long long)held(&home[who]), (unsigned long long)size, r.last.msg);
			whole(&home[who]);
		}
		for (int who = 0; who < 3; who++)
			place_done(&home[who]);
	}
}
