/* Fetching: what is taken, what is refused, and that the other's word alone never counts. */
#include <stdio.h>
#include <time.h>

#include "sim/disk.h"

#include "merkle/note.h"
#include "share/origin.h"
#include "t_share.h"

enum { TEXT_MAX = 64 * MIB };

#define BOTH (M(IRQ) | M(RUS))

static bool
same(struct place *a, struct place *b, uint64_t circle, int author)
{
	struct buf x = BUF_INIT(TEXT_MAX), y = BUF_INIT(TEXT_MAX);
	place_text(a, circle, author, &x);
	place_text(b, circle, author, &y);
	bool yes = str_eq(buf_str(&x), buf_str(&y));
	buf_done(&x);
	buf_done(&y);
	return yes;
}

/* Fails if bytes differ, if anything of another circle came along, or if the second fetch finds anything new. */
TEST(what_was_released_arrives)
{
	static struct place irq, rus;
	struct fetch_report r;
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	place_release(&irq, BOTH, "one", 3);
	place_release(&irq, BOTH, "two", 1);
	place_release(&irq, M(IRQ) | M(SYR), "not for rus", 1);
	place_release(&irq, M(IRQ), "own", 1);
	place_fetch(&rus, &irq, &r);
	CHECK(r.logs == 1 && r.entries == 2 && r.objects == 4 && !r.refused && !r.waiting && !r.pending);
	CHECK(same(&irq, &rus, BOTH, IRQ));
	CHECK(!place_log(&rus, M(IRQ) | M(SYR), IRQ).no && !place_log(&rus, M(IRQ), IRQ).no);
	place_fetch(&rus, &irq, &r);
	CHECK(r.logs == 1 && !r.entries && !r.objects && !r.cosigs && !r.refused && !r.charters);
	place_done(&irq);
	place_done(&rus);
}

/* Fails if a countersignature is missing, is made twice, or does not travel on to a third and back to the author. */
TEST(countersignatures_travel)
{
	static struct place irq, rus, syr;
	uint64_t three = BOTH | M(SYR);
	struct fetch_report r;
	struct buf b = BUF_INIT(LIMIT_CHECKPOINT);
	struct errinfo e = {0};
	struct merkle_note note;
	char path[96];
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	place_new(&syr, SYR);
	place_release(&irq, three, "one", 1);
	place_fetch(&rus, &irq, &r);
	place_fetch(&syr, &rus, &r); /* from another holder */
	CHECK(r.entries == 1 && r.cosigs == 1);
	place_fetch(&irq, &syr, &r);
	CHECK(r.cosigs == 2 && r.own_taken);
	place_fetch(&rus, &irq, &r);
	CHECK(r.cosigs == 1 && !r.entries);
	struct record_log log = place_log(&irq, three, IRQ);
	struct buf p = {.p = path, .cap = sizeof path, .max = sizeof path};
	hash_put_hex(&p, &log.id);
	buf_puts(&p, "/checkpoint");
	CHECK_OK(share_serve(irq.s, irq.c, SYR, buf_str(&p), &b, &e));
	CHECK_OK(merkle_note_parse(buf_str(&b), &note, &e));
	CHECK(note.nsigs == 3);
	buf_done(&b);
	place_done(&irq);
	place_done(&rus);
	place_done(&syr);
}

/* More than one bundle, and entries added between fetches, at every way a size can stand to 256. Fails if an entry is lost, doubled or taken unproven
 * (the counts and texts would differ). */
TEST(bundles_and_resuming)
{
	static struct place irq, rus;
	struct fetch_report r;
	struct errinfo e = {0};
	struct share_appended done;
	static const unsigned more[] = {1, 254, 1, 1, 255, 513, 3};
	uint64_t size = 0;
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
		for (unsigned k = 0; k < more[i]; k++)
			CHECK_OK(place_append(&irq, BOTH, "many", 1, &done, &e));
		CHECK_OK(share_sign_all(irq.s, &e));
		size += more[i];
		place_fetch(&rus, &irq, &r);
		CHECKF(r.entries == more[i] && place_log(&rus, BOTH, IRQ).edge.size == size, "at %zu: %llu new of %u: %s", i,
		    (unsigned long long)r.entries, more[i], r.last.msg);
	}
	CHECK(same(&irq, &rus, BOTH, IRQ));
	place_done(&irq);
	place_done(&rus);
}

/* a peer that changes bytes */

struct flip {
	unsigned at; /* which reply, from 0; counts down */
	size_t byte;
	uint8_t with;
	bool hit; /* the reply was that long */
	bool done;
};

static enum err
flip_byte(void *ctx, struct str path, struct buf *reply, size_t from, enum err err, struct errinfo *e)
{
	struct flip *f = ctx;
	(void)path, (void)e;
	if (f->at-- || f->done)
		return err;
	f->done = true;
	if (from + f->byte < reply->n) {
		reply->p[from + f->byte] = (char)(reply->p[from + f->byte] ^ f->with);
		f->hit = true;
	}
	return err;
}

/* Every byte of every reply of a small exchange is changed, one at a time. Fails if what is held afterwards is anything but a beginning of the
 * author's log (with its payloads or without), if the author is taken for a forger, or if an honest fetch afterwards does not bring everything. */
TEST(no_changed_byte_is_taken)
{
	static struct place irq, rus;
	struct fetch_report r;
	struct errinfo e = {0};
	struct buf want = BUF_INIT(TEXT_MAX), got = BUF_INIT(TEXT_MAX);
	unsigned tried = 0;
	place_new(&irq, IRQ);
	place_release(&irq, BOTH, "one", 2);
	place_release(&irq, BOTH, "two", 1);
	place_text(&irq, BOTH, IRQ, &want);
	place_new(&rus, RUS);
	struct simdisk_image *fresh;
	share_close(rus.s);
	store_close(rus.store);
	fresh = simdisk_snapshot(rus.disk);
	CHECK_OK(store_open(&rus.env, false, &rus.store, &e));
	place_open(&rus);
	for (unsigned reply = 0;; reply++) {
		bool any = false;
		for (size_t byte = 0;; byte += reply == 0 ? 97 : 1) {
			struct flip f = {.at = reply, .byte = byte, .with = byte % 3 ? 1 : 0x80};
			struct link l = {.to = &irq, .asker = RUS, .spoil = flip_byte, .ctx = &f};
			share_close(rus.s);
			store_close(rus.store);
			simdisk_restore(rus.disk, fresh);
			CHECK_OK(store_open(&rus.env, false, &rus.store, &e));
			place_open(&rus);
			CHECK_OK(place_fetch_over(&rus, &l, &r, &e));
			any |= f.done;
			if (!f.hit)
				break;
			tried++;
			CHECKF(r.forks == 0 && place_log(&rus, BOTH, IRQ).state == RECORD_LOG_LIVE,
			    "reply %u byte %zu: an honest author is called a forger", reply, byte);
			struct record_log log = place_log(&rus, BOTH, IRQ);
			CHECKF(log.edge.size <= 2, "reply %u byte %zu", reply, byte);
			if (byte % 7 == 0) {
				place_fetch(&rus, &irq, &r);
				place_text(&rus, BOTH, IRQ, &got);
				CHECKF(str_eq(buf_str(&want), buf_str(&got)), "reply %u byte %zu: an honest fetch afterwards: %s", reply, byte,
				    r.last.msg);
			} else if (log.no) {
				struct buf mine = BUF_INIT(TEXT_MAX);
				place_text(&rus, BOTH, IRQ, &mine);
				CHECKF(str_starts(buf_str(&want), buf_str(&mine)) || str_find(buf_str(&mine), STR("pending")) >= 0,
				    "reply %u byte %zu: something else is held", reply, byte);
				buf_done(&mine);
			}
		}
		if (!any)
			break;
	}
	CHECKF(tried > 1000, "only %u bytes were changed", tried);
	simdisk_image_free(fresh);
	buf_done(&want);
	buf_done(&got);
	place_done(&irq);
	place_done(&rus);
}

/* One byte of an entry in a bundle, or of a tile, that is not the last: the peer's note is genuine. */
struct lie {
	const char *path; /* how it ends */
	size_t byte;
	bool told;
};

static enum err
lie_in(void *ctx, struct str path, struct buf *reply, size_t from, enum err err, struct errinfo *e)
{
	struct lie *l = ctx;
	(void)e;
	if (!err && str_ends(path, str_of(l->path)) && from + l->byte < reply->n) {
		reply->p[from + l->byte] = (char)(reply->p[from + l->byte] ^ 1);
		l->told = true;
	}
	return err;
}

/* A bundle is proven before anything of it is kept, not only when the last one makes up the root. Fails if an entry of a false bundle is held, if
 * those before it are lost, or if the author is blamed. */
TEST(a_lie_in_the_middle_is_found_there)
{
	static const struct {
		struct lie lie;
		uint64_t held; /* entries that may be held after it */
	} all[] = {
	    {{"/tile/entries/000", 300, false}, 0},
	    {{"/tile/entries/001", 300, false}, 256},
	    {{"/tile/entries/001", 80000, false}, 256},
	    {{"/tile/1/000.p/2", 40, false}, 256},
	    {{"/tile/0/002.p/88", 5, false}, 0},
	};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		static struct place irq, rus;
		struct fetch_report r;
		struct errinfo e = {0};
		struct share_appended done;
		struct lie lie = all[i].lie;
		place_new(&irq, IRQ);
		place_new(&rus, RUS);
		for (int k = 0; k < 600; k++)
			CHECK_OK(place_append(&irq, BOTH, "many", 1, &done, &e));
		CHECK_OK(share_sign_all(irq.s, &e));
		struct link l = {.to = &irq, .asker = RUS, .spoil = lie_in, .ctx = &lie};
		CHECK_OK(place_fetch_over(&rus, &l, &r, &e));
		struct record_log log = place_log(&rus, BOTH, IRQ);
		CHECKF(lie.told && r.refused == 1 && !r.forks, "%s: refused %u", lie.path, r.refused);
		CHECKF((log.no ? log.edge.size : 0) <= all[i].held, "%s: %llu entries are held", lie.path, (unsigned long long)log.edge.size);
		place_fetch(&rus, &irq, &r);
		CHECK(!r.refused && same(&irq, &rus, BOTH, IRQ));
		place_done(&irq);
		place_done(&rus);
	}
}

/* two histories */

struct sides {
	struct place irq, forger, rus, syr;
};

#define THREE (M(IRQ) | M(RUS) | M(SYR))

/* The author signs `common` entries, then goes on as two: one shows rus `left` more, the other shows syr `right` more. */
static void
fork_sides(struct sides *w, unsigned common, unsigned left, unsigned right)
{
	struct fetch_report r;
	place_new(&w->irq, IRQ);
	place_new(&w->rus, RUS);
	place_new(&w->syr, SYR);
	for (unsigned i = 0; i < common; i++)
		place_release(&w->irq, THREE, "common", 1);
	place_copy(&w->forger, &w->irq);
	for (unsigned i = 0; i < left; i++)
		place_release(&w->irq, THREE, "left", 1);
	for (unsigned i = 0; i < right; i++)
		place_release(&w->forger, THREE, "right", 1);
	w->rus.now = w->syr.now = w->irq.now > w->forger.now ? w->irq.now : w->forger.now;
	place_fetch(&w->rus, &w->irq, &r);
	CHECK(r.entries == common + left && !r.forks);
	place_fetch(&w->syr, &w->forger, &r);
	CHECK(r.entries == common + right && !r.forks);
}

static void
sides_done(struct sides *w)
{
	place_done(&w->irq);
	place_done(&w->forger);
	place_done(&w->rus);
	place_done(&w->syr);
}

static void
check_forked(struct place *p)
{
	CHECK(place_log(p, THREE, IRQ).state == RECORD_LOG_FORKED);
}

/* Whoever of two holders asks the other ends with the proof, whichever of their histories is longer. Fails where one of them goes on as if nothing
 * were. */
TEST(holders_of_two_histories_find_the_proof)
{
	static const unsigned shapes[][3] = {
	    {0, 1, 1}, {1, 1, 1}, {2, 1, 3}, {2, 3, 1}, {3, 1, 0}, {255, 1, 1}, {255, 3, 1}, {256, 1, 2}, {300, 2, 300}};
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
		static struct sides w;
		struct fetch_report r;
		fork_sides(&w, shapes[i][0], shapes[i][1], shapes[i][2]);
		bool forked = shapes[i][1] && shapes[i][2];
		place_fetch(&w.rus, &w.syr, &r);
		CHECKF((r.forks == 1) == forked && !r.refused, "shape %zu: rus has %u proofs, refused %u: %s", i, r.forks, r.refused, r.last.msg);
		place_fetch(&w.syr, &w.rus, &r);
		CHECKF((r.forks == 1) == forked && !r.refused, "shape %zu: syr has %u proofs, refused %u: %s", i, r.forks, r.refused, r.last.msg);
		if (forked) {
			check_forked(&w.rus);
			check_forked(&w.syr);
			/* nothing more is taken */
			place_release(&w.irq, THREE, "more", 1);
			place_fetch(&w.rus, &w.irq, &r);
			CHECK(!r.entries && !r.forks);
		}
		sides_done(&w);
	}
}

/* The same without each other's proofs: the other side's reply to "fork" is kept away, so that each finds it by itself. */
static enum err
no_proofs(void *ctx, struct str path, struct buf *reply, size_t from, enum err err, struct errinfo *e)
{
	(void)ctx, (void)e;
	if (str_ends(path, STR("/fork")))
		buf_cut(reply, from);
	return err;
}

TEST(each_holder_finds_it_alone)
{
	static const unsigned shapes[][3] = {{0, 1, 1}, {2, 1, 3}, {2, 3, 1}, {257, 1, 2}, {100, 300, 1}, {100, 1, 300}};
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
		static struct sides w;
		struct fetch_report r;
		struct errinfo e = {0};
		fork_sides(&w, shapes[i][0], shapes[i][1], shapes[i][2]);
		struct link to_syr = {.to = &w.syr, .asker = RUS, .spoil = no_proofs}, to_rus = {.to = &w.rus, .asker = SYR, .spoil = no_proofs};
		CHECK_OK(place_fetch_over(&w.rus, &to_syr, &r, &e));
		CHECKF(r.forks == 1, "shape %zu: %s", i, r.last.msg);
		CHECK_OK(place_fetch_over(&w.syr, &to_rus, &r, &e));
		CHECKF(r.forks == 1, "shape %zu: %s", i, r.last.msg);
		sides_done(&w);
	}
}

/* A member who holds neither side learns of it from one who does, and the author's own home learns what was done with its key. */
TEST(a_proof_goes_round)
{
	static struct sides w;
	static struct place late;
	struct fetch_report r;
	struct errinfo e = {0};
	struct share_appended done;
	fork_sides(&w, 1, 1, 1);
	place_fetch(&w.rus, &w.syr, &r);
	place_fetch(&w.syr, &w.rus, &r);
	CHECK(r.forks == 1);
	place_new(&late, RUS);
	late.now = w.irq.now;
	place_fetch(&late, &w.syr, &r);
	CHECK(r.forks == 1 && !r.entries);
	check_forked(&late);
	place_fetch(&w.irq, &w.rus, &r);
	CHECK(r.forks == 1);
	CHECK_ERR(place_append(&w.irq, THREE, "x", 1, &done, &e), ERR_FORK);
	/* one that holds the proof alone passes it on too */
	place_fetch(&w.forger, &late, &r);
	CHECK(r.forks == 1);
	place_done(&late);
	sides_done(&w);
}

/* time, payloads, restored homes */

/* An entry of an author whose clock is ahead waits until its time has come. Fails if it is taken early, never, or holds up what was before it. */
TEST(entries_from_the_future_wait)
{
	static struct place irq, rus;
	struct fetch_report r;
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	place_release(&irq, BOTH, "now", 1);
	irq.now += 2 * LIMIT_FUTURE_SECONDS * TIME_SECOND;
	place_release(&irq, BOTH, "ahead", 1);
	place_fetch(&rus, &irq, &r);
	CHECK(r.entries == 1 && r.waiting == 1 && !r.refused);
	rus.now += LIMIT_FUTURE_SECONDS * TIME_SECOND + TIME_MINUTE;
	place_fetch(&rus, &irq, &r);
	CHECK(r.entries == 1 && !r.waiting);
	CHECK(same(&irq, &rus, BOTH, IRQ));
	place_done(&irq);
	place_done(&rus);
}

static enum err
no_payloads(void *ctx, struct str path, struct buf *reply, size_t from, enum err err, struct errinfo *e)
{
	(void)ctx;
	if (str_find(path, STR("/payload/")) < 0)
		return err;
	buf_cut(reply, from);
	return err_set(e, ERR_NOTFOUND, "nothing here for you");
}

/* A payload that one peer does not have is asked for again from the next. Fails if the entry is lost, arrives without it, or is not filled. */
TEST(payloads_that_come_later)
{
	static struct place irq, rus, syr;
	struct fetch_report r;
	struct errinfo e = {0};
	struct record_arrival a;
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	place_new(&syr, SYR);
	place_release(&irq, THREE, "one", 2);
	place_fetch(&syr, &irq, &r);
	struct link l = {.to = &irq, .asker = RUS, .spoil = no_payloads};
	CHECK_OK(place_fetch_over(&rus, &l, &r, &e));
	CHECK(r.entries == 1 && r.pending == 1 && !r.objects);
	CHECK(record_arrival_get(rus.store, place_log(&rus, THREE, IRQ).no, 0, &a, &e) == ERR_NOTFOUND);
	place_fetch(&rus, &syr, &r);
	CHECK(!r.entries && r.objects == 2 && !r.pending);
	CHECK_OK(record_arrival_get(rus.store, place_log(&rus, THREE, IRQ).no, 0, &a, &e));
	CHECK(same(&irq, &rus, THREE, IRQ));
	place_done(&irq);
	place_done(&rus);
	place_done(&syr);
}

/* Hashes fit the root whoever sends them, so they are taken for the bytes from the author alone. */
TEST(withdrawn_pieces_travel_as_hashes_from_their_author)
{
	static struct place irq, rus;
	struct fetch_report r;
	struct errinfo e = {0};
	struct record_entry x;
	struct buf b = BUF_INIT(MIB);
	bool gone;
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	place_release(&irq, BOTH, "one", 3);
	CHECK_OK(record_entry_get(irq.store, place_log(&irq, BOTH, IRQ).no, 0, NULL, &x, &e));
	CHECK_OK(record_piece_get(irq.store, x.first + 1, &b, &gone, &e));
	struct hash h = merkle_leaf_of(buf_str(&b));
	CHECK_OK(record_begin(irq.store, &e));
	CHECK_OK(record_piece_withdraw(irq.store, x.first + 1, &h, &e));
	CHECK_OK(record_commit(irq.store, &e));
	place_fetch(&rus, &irq, &r); /* from whom is not known */
	CHECK(r.entries == 1 && !r.refused && r.pending == 1);
	struct link l = {.to = &irq, .asker = RUS};
	const struct transport t = {.ctx = &l, .get = link_get, .name = "peer"};
	const struct fetch_options o = {.member = "irq"};
	CHECK_OK(share_fetch(rus.s, rus.c, &t, &o, &r, &e));
	CHECK(!r.refused && !r.pending);
	CHECK(same(&irq, &rus, BOTH, IRQ));
	buf_done(&b);
	place_done(&irq);
	place_done(&rus);
}

/* A relay that has them by date alone: a clock of ours that is ahead does not make them so. Fails if the bytes are given up before anybody signed
 * that the day has come, or never. */
TEST(withdrawn_pieces_travel_as_hashes_when_their_day_has_come)
{
	static struct place irq, rus, syr;
	struct fetch_report r;
	struct errinfo e = {0};
	struct record_entry x;
	struct buf b = BUF_INIT(MIB);
	bool gone;
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	place_new(&syr, SYR);
	irq.delete_by = irq.now + 30 * TIME_DAY;
	place_release(&irq, THREE, "one", 2);
	irq.delete_by = 0;
	place_fetch(&syr, &irq, &r);
	CHECK_OK(record_entry_get(syr.store, place_log(&syr, THREE, IRQ).no, 0, NULL, &x, &e));
	CHECK_OK(record_piece_get(syr.store, x.first + 1, &b, &gone, &e));
	struct hash h = merkle_leaf_of(buf_str(&b));
	CHECK_OK(record_begin(syr.store, &e));
	CHECK_OK(record_piece_withdraw(syr.store, x.first + 1, &h, &e));
	CHECK_OK(record_commit(syr.store, &e));
	rus.now += 400 * TIME_DAY;
	place_fetch(&rus, &syr, &r);
	CHECK(r.entries == 1 && r.pending == 1 && !r.objects && !r.refused);
	place_fetch(&rus, &syr, &r);
	CHECK(r.pending == 1);
	irq.now += 31 * TIME_DAY;
	place_release(&irq, BOTH, "later", 1);
	struct link l = {.to = &irq, .asker = RUS, .spoil = no_payloads};
	CHECK_OK(place_fetch_over(&rus, &l, &r, &e));
	place_fetch(&rus, &syr, &r);
	CHECK(!r.refused && !r.pending && r.objects == 2);
	CHECK(same(&syr, &rus, THREE, IRQ));
	buf_done(&b);
	place_done(&irq);
	place_done(&rus);
	place_done(&syr);
}

/* A home restored from an old backup asks first and gets its own entries back; then it goes on where it was. Fails if it signs before, or forks
 * itself. */
TEST(a_restored_home_takes_its_own_back)
{
	static struct place irq, old, rus;
	struct fetch_report r;
	struct errinfo e = {0};
	struct share_appended done;
	uint64_t open;
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	place_release(&irq, BOTH, "one", 1);
	place_copy(&old, &irq);
	CHECK_OK(share_unsettle(old.s, SETTLE_RESTORED, &e));
	place_release(&irq, BOTH, "two", 2);
	place_fetch(&rus, &irq, &r);
	CHECK_ERR(place_append(&old, BOTH, "three", 1, &done, &e), ERR_DENIED);
	old.now = irq.now;
	place_fetch(&old, &rus, &r);
	CHECK(r.own_taken && r.entries == 1 && r.objects == 2);
	CHECK_OK(share_settled_with(old.s, old.c, RUS, &e));
	CHECK_OK(share_unsettled(old.s, old.c, BOTH, &open, &e));
	CHECK(open == 0);
	CHECK_OK(share_unsettled(old.s, old.c, THREE, &open, &e));
	CHECK(open == M(SYR));
	CHECK(same(&irq, &old, BOTH, IRQ));
	place_release(&old, BOTH, "three", 1);
	CHECK(place_log(&old, BOTH, IRQ).objects == 3);
	place_fetch(&rus, &old, &r);
	CHECK(r.entries == 1 && !r.forks && !r.refused);
	place_done(&irq);
	place_done(&old);
	place_done(&rus);
}

/* What a peer without right asks for, and what does not exist, are one reply. */
TEST(nothing_is_told_to_those_outside)
{
	static struct place irq;
	struct errinfo e = {0}, a = {0}, b = {0};
	struct buf out = BUF_INIT(MIB);
	char path[128];
	place_new(&irq, IRQ);
	place_release(&irq, BOTH, "one", 1);
	struct record_log log = place_log(&irq, BOTH, IRQ);
	static const char *const what[] = {"checkpoint", "fork", "tile/0/000.p/1", "tile/entries/000.p/1", "payload/0"};
	for (size_t i = 0; i < sizeof what / sizeof *what; i++) {
		struct buf p = {.p = path, .cap = sizeof path, .max = sizeof path};
		hash_put_hex(&p, &log.id);
		buf_printf(&p, "/%s", what[i]);
		CHECK(share_serve(irq.s, irq.c, SYR, buf_str(&p), &out, &a) == ERR_NOTFOUND);
		path[0] = path[0] == '0' ? '1' : '0';
		CHECK(share_serve(irq.s, irq.c, SYR, buf_str(&p), &out, &b) == ERR_NOTFOUND);
		CHECK(memcmp(&a.msg, &b.msg, strlen(a.msg) + 1) == 0 && a.code == b.code && !out.n);
	}
	CHECK_OK(share_serve(irq.s, irq.c, SYR, STR("logs"), &out, &e));
	CHECK(!out.n);
	buf_done(&out);
	place_done(&irq);
}

/* A hostile author that opens more logs than anybody could need. */

struct many {
	struct place *p;
	unsigned n;
};

static enum err
list_many(void *ctx, struct str path, struct buf *reply, size_t from, enum err err, struct errinfo *e)
{
	struct many *m = ctx;
	(void)from;
	for (unsigned i = 1; str_is(path, "logs") && !err && i <= m->n; i++) {
		struct record_log log;
		CHECK(origin_make(m->p->c, BOTH | M(SYR), SYR, i, &log, e) == OK);
		hash_put_hex(reply, &log.id);
		buf_printf(reply, " 1 %s\n", log.origin);
	}
	return err;
}

/* Fails if one author's many logs stop those of another, are all asked for, or are passed over without a word; by whom they are served. */
TEST(one_author_cannot_fill_a_listing)
{
	static struct place irq, rus;
	struct fetch_report r;
	struct errinfo e = {0};
	struct many m = {&rus, 5000};
	struct link l = {.to = &irq, .asker = RUS, .spoil = list_many, .ctx = &m};
	struct buf b = BUF_INIT(64 * MIB);
	struct hash root = {{0}};
	struct str all, line;
	unsigned lines = 0, own = 0;
	bool listed = false;
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	place_release(&irq, BOTH, "one", 1);
	CHECK_OK(place_fetch_over(&rus, &l, &r, &e));
	CHECKF(r.logs == LIMIT_LOGS_PER_AUTHOR + 1 && r.entries == 1 && r.refused == 1, "%u logs, %u refused: %s", r.logs, r.refused, r.last.msg);
	CHECK(str_find(str_of(r.last.msg), STR("5000 logs of syr")) >= 0);
	CHECK_OK(record_begin(irq.store, &e));
	for (uint32_t i = 1; i <= LIMIT_LOGS_PER_AUTHOR + 5; i++) {
		struct record_log log;
		CHECK_OK(origin_make(irq.c, BOTH | M(SYR), SYR, i, &log, &e));
		CHECK_OK(record_log_new(irq.store, &log, &e));
		CHECK_OK(record_checkpoint_put(irq.store, log.no, 0, &root, STR("x"), &e));
	}
	CHECK_OK(record_commit(irq.store, &e));
	CHECK_OK(share_serve(irq.s, irq.c, RUS, STR("logs"), &b, &e));
	for (all = buf_str(&b); str_line(&all, &line);)
		lines++;
	buf_clear(&b);
	CHECK_OK(share_serve(irq.s, irq.c, SYR, STR("logs"), &b, &e));
	for (all = buf_str(&b); str_line(&all, &line);)
		own++;
	CHECKF(lines == LIMIT_LOGS_PER_AUTHOR + 1 && own == LIMIT_LOGS_PER_AUTHOR + 5, "%u and %u lines", lines, own);
	for (unsigned hour = 0; hour < 24 && !listed; hour++, irq.now += TIME_HOUR) {
		buf_clear(&b);
		CHECK_OK(share_serve(irq.s, irq.c, RUS, STR("logs"), &b, &e));
		for (all = buf_str(&b); str_line(&all, &line);)
			listed |= str_ends(line, STR("/syr/517"));
	}
	CHECKF(listed, "whoever opens enough logs can keep one of them from being listed");
	struct buf tight = BUF_INIT(b.n); /* what is not listed needs no room */
	CHECK_OK(share_serve(irq.s, irq.c, RUS, STR("logs"), &tight, &e));
	buf_done(&tight);
	buf_done(&b);
	place_done(&irq);
	place_done(&rus);
}

static enum err
list_nonsense(void *ctx, struct str path, struct buf *reply, size_t from, enum err err, struct errinfo *e)
{
	(void)from, (void)e;
	for (unsigned i = 0; str_is(path, "logs") && !err && i < *(unsigned *)ctx; i++)
		buf_putc(reply, '\n');
	return err;
}

/* Fails if a listing with very many malformed lines is gone through the database line by line, which takes minutes, or hides the logs beside it. */
enum { OLDER = 1000 };
TEST(a_listing_of_nonsense_costs_its_reading)
{
	static struct place irq, rus;
	struct fetch_report r;
	struct errinfo e = {0};
	unsigned n = 500000;
	struct link l = {.to = &irq, .asker = RUS, .spoil = list_nonsense, .ctx = &n};
	uint64_t kept;
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	place_release(&irq, BOTH, "one", 1);
	CHECK_OK(local_begin(rus.store, &e));
	for (unsigned i = 0; i < OLDER; i++) {
		char name[16];
		snprintf(name, sizeof name, "log %u", i);
		struct local_refused older = {.at = rus.now, .source = str_of(name), .reason = STR("older")};
		CHECK_OK(local_refuse(rus.store, &older, NULL, &e));
	}
	CHECK_OK(local_commit(rus.store, &e));
	clock_t begun = clock();
	CHECK_OK(place_fetch_over(&rus, &l, &r, &e));
	CHECKF(r.logs == 1 && r.entries == 1 && r.refused == n, "%u logs, %u refused", r.logs, r.refused);
	CHECK_OK(local_refused_count(rus.store, &kept, &e));
	CHECK(kept == OLDER + 1);
	CHECKF((clock() - begun) / CLOCKS_PER_SEC < 10, "%ld s", (long)((clock() - begun) / CLOCKS_PER_SEC));
	place_done(&irq);
	place_done(&rus);
}

static enum err
say_giver(void *ctx, const struct local_refused *r, struct errinfo *e)
{
	(void)e;
	buf_printf(ctx, "%.*s<%.*s;", STR_FMT(r->source), STR_FMT(r->giver));
	return OK;
}

/* Fails if a peer of whom much is refused pushes out what another gave; if that its own older things went is not told; or if two peers of whom the
 * same is refused are taken for one. */
TEST(what_a_peer_pushes_out_of_quarantine_is_its_own_and_told)
{
	static struct place irq, rus;
	struct fetch_report r;
	struct errinfo e = {0};
	struct buf said = BUF_INIT(200);
	unsigned n = 3;
	struct link l = {.to = &irq, .asker = RUS, .spoil = list_nonsense, .ctx = &n};
	struct transport t = {&l, link_get, "irq", false, false};
	const struct fetch_options o = {.member = "irq"};
	struct local_refused own = {.source = STR("own"), .reason = STR("odd")},
			     syr = {.giver = STR("1.syr"), .source = STR("logs"), .reason = STR("odd")};
	struct local_refused more = {.giver = STR("1.irq"), .source = STR("older"), .reason = STR("odd")};
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	place_release(&irq, BOTH, "one", 1);
	CHECK_OK(local_begin(rus.store, &e));
	CHECK_OK(local_refuse(rus.store, &own, NULL, &e));
	CHECK_OK(local_refuse(rus.store, &syr, NULL, &e));
	for (more.offset = 0; more.offset < LIMIT_QUARANTINE_PEER; more.offset++)
		CHECK_OK(local_refuse(rus.store, &more, NULL, &e));
	CHECK_OK(local_commit(rus.store, &e));
	CHECK_OK(share_fetch(rus.s, rus.c, &t, &o, &r, &e));
	CHECKF(r.refused == 3 && r.dropped == 1, "%u refused, %u dropped", r.refused, r.dropped);
	CHECK_OK(local_refused_each(rus.store, 0, 2, say_giver, &said, &e));
	CHECK_STR(buf_str(&said), STR("own<;logs<1.syr;"));
	buf_clear(&said);
	CHECK_OK(local_refused_each(rus.store, LIMIT_QUARANTINE_PEER + 2, 2, say_giver, &said, &e));
	CHECK_STR(buf_str(&said), STR("logs<1.irq;"));
	CHECK_OK(share_fetch(rus.s, rus.c, &t, NULL, &r, &e)); /* whoever that was */
	CHECK(r.dropped == 0);
	buf_clear(&said);
	CHECK_OK(local_refused_each(rus.store, LIMIT_QUARANTINE_PEER + 3, 2, say_giver, &said, &e));
	CHECK_STR(buf_str(&said), STR("logs<1.;"));
	buf_done(&said);
	place_done(&irq);
	place_done(&rus);
}

/* Fails if an author can make another's record hold ever more logs, sync after sync; if that none are taken any more is not told, or told again each
 * time; if what is held already does not go on; or if another author's are not taken. */
TEST(one_author_cannot_fill_a_record)
{
	static struct place irq, rus, syr;
	struct fetch_report r;
	struct errinfo e = {0};
	struct buf said = BUF_INIT(KIB);
	struct record_log log;
	uint32_t kept[LIMIT_MEMBERS];
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	place_new(&syr, SYR);
	place_release(&irq, BOTH, "one", 1);
	place_fetch(&rus, &irq, &r);
	CHECK(r.entries == 1);
	CHECK_OK(record_begin(rus.store, &e));
	for (uint32_t i = 2; i <= LIMIT_LOGS_KEPT; i++) {
		CHECK_OK(origin_make(rus.c, BOTH, IRQ, i, &log, &e));
		CHECK_OK(record_log_new(rus.store, &log, &e));
	}
	CHECK_OK(record_commit(rus.store, &e));
	place_release(&irq, BOTH, "two", 1);
	place_release(&irq, BOTH | M(SYR), "three", 1);
	place_release(&irq, BOTH | M(IRN), "four", 1);
	place_release(&syr, BOTH | M(SYR), "five", 1);
	for (int again = 0; again < 2; again++) {
		place_fetch(&rus, &irq, &r);
		CHECKF(r.refused == 2 && r.entries == !again, "%u refused, %u entries", r.refused, (unsigned)r.entries);
		CHECK(str_find(str_of(r.last.msg), STR("4096 logs of irq")) >= 0);
		buf_clear(&said);
		CHECK_OK(local_refused_each(rus.store, 0, 9, say_giver, &said, &e));
		CHECK_STR(buf_str(&said), STR("logs<1.;")); /* that no more are taken, once */
	}
	place_fetch(&rus, &syr, &r);
	CHECK(!r.refused && r.entries == 1);
	CHECK_OK(record_log_authors(rus.store, rus.c->no, kept, &e));
	CHECK(kept[IRQ] == LIMIT_LOGS_KEPT && kept[SYR] == 1 && kept[RUS] == 0);
	buf_done(&said);
	place_done(&irq);
	place_done(&rus);
	place_done(&syr);
}
