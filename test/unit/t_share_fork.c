/* Proofs of forks when a key is revoked: a true one stays good, a thief's is told to nobody any more. */
#include "share/fork.h"

#include "share/serve.h"
#include "share/verify.h"
#include "sim/disk.h"
#include "t_share.h"

#define THREE (M(IRQ) | M(RUS) | M(SYR))

struct sides {
	struct place irq, other, rus, syr;
	struct arena a;
};

/* One history is with rus, another with syr, both signed by irq's key and countersigned by who holds them. */
static void
two_histories(struct sides *w)
{
	struct fetch_report r;
	w->a = (struct arena)ARENA_INIT(MIB);
	place_new(&w->irq, IRQ);
	place_new(&w->rus, RUS);
	place_new(&w->syr, SYR);
	place_release(&w->irq, THREE, "common", 1);
	place_copy(&w->other, &w->irq);
	place_release(&w->irq, THREE, "left", 1);
	place_release(&w->other, THREE, "right", 2);
	place_release(&w->other, THREE, "right", 1);
	w->rus.now = w->syr.now = w->irq.now > w->other.now ? w->irq.now : w->other.now;
	place_fetch(&w->rus, &w->irq, &r);
	place_fetch(&w->syr, &w->other, &r);
	CHECK(r.entries == 3 && !r.forks);
}

/* Both find the proof. */
static void
meet(struct sides *w)
{
	struct fetch_report r;
	place_fetch(&w->rus, &w->syr, &r);
	CHECK(r.forks == 1);
	place_fetch(&w->syr, &w->rus, &r);
	CHECK(r.forks == 1);
}

static void
sides_done(struct sides *w)
{
	place_done(&w->irq);
	place_done(&w->other);
	place_done(&w->rus);
	place_done(&w->syr);
	arena_done(&w->a);
}

/* The author goes over to a new key: what the old one signed from that moment on may be anybody's. */
static void
revoke(struct sides *w, int64_t from)
{
	struct place *p = &w->irq;
	struct card c = {.has_centre = true, .centre = p->c->id, .member = STR("irq"), .keys = govern_keys(&w->a, IRQ, 0, 1)};
	struct sign_key root = govern_root(IRQ, 0);
	struct buf b = BUF_INIT(LIMIT_CARD);
	struct errinfo e = {0};
	uint32_t fresh = 0;
	p->now = (p->now > w->rus.now ? p->now : w->rus.now) + TIME_HOUR;
	c.time = p->now;
	c.keys.counter = 2;
	c.keys.epoch = 2;
	c.keys.revoked_from = from;
	CHECK_OK(card_make(&c, &root, &b, &e));
	CHECK_OK(share_take_charters(p->s, buf_str(&b), false, &fresh, NULL, &e));
	CHECK(fresh == 1);
	place_keys(p, 1);
	buf_done(&b);
	w->rus.now = w->syr.now = p->now + TIME_MINUTE;
}

static struct record_log
old_epoch(struct place *p)
{
	struct errinfo e = {0};
	struct record_log log;
	struct buf b = BUF_INIT(KIB);
	buf_puts(&b, "comity/");
	hash_put_hex(&b, &p->c->id);
	buf_puts(&b, "/irq.rus.syr/irq/1");
	struct hash id = hash_of(buf_str(&b));
	CHECK_OK(record_log_by_id(p->store, &id, &log, &e));
	buf_done(&b);
	return log;
}

static bool
stands(struct place *p)
{
	struct record_log log = old_epoch(p);
	struct errinfo e = {0};
	bool yes = false;
	CHECK_OK(fork_stands(p->s, p->c, &log, &yes, &e));
	return yes;
}

/* What it tells another member of it. */
static size_t
served(struct place *p)
{
	struct record_log log = old_epoch(p);
	struct buf path = BUF_INIT(KIB), b = BUF_INIT(MIB);
	struct errinfo e = {0};
	hash_put_hex(&path, &log.id);
	buf_puts(&path, "/fork");
	CHECK_OK(share_serve(p->s, p->c, RUS, buf_str(&path), &b, &e));
	size_t n = b.n;
	buf_done(&path);
	buf_done(&b);
	return n;
}

static void
check_verified(struct place *p, uint64_t forks)
{
	struct verify_report r;
	struct errinfo e = {0};
	CHECK_OK(share_verify(p->s, NULL, &r, &e));
	CHECKF(r.forks == forks && !r.faults, "%llu proofs, %llu faults", (unsigned long long)r.forks, (unsigned long long)r.faults);
}

/* Both notes were countersigned before the moment from which the key is revoked, so they are the author's. Fails if who has the revoking card already
 * takes the proof for a thief's: then an author who was caught would only have to say that its key was stolen since. */
TEST(a_true_proof_outlives_the_key)
{
	static struct sides w;
	static struct place late;
	struct fetch_report r;
	two_histories(&w);
	meet(&w);
	revoke(&w, w.rus.now + TIME_MINUTE);
	place_fetch(&w.syr, &w.irq, &r);
	CHECK(r.charters == 1 && stands(&w.syr));
	check_verified(&w.syr, 1);
	place_new(&late, RUS);
	late.now = w.syr.now;
	place_fetch(&late, &w.syr, &r);
	CHECKF(r.forks == 1 && stands(&late), "%u: %s", r.forks, r.last.msg);
	check_verified(&late, 1);
	place_done(&late);
	sides_done(&w);
}

/* The key was stolen before any of it was countersigned. Fails if the author is called a forger, by who kept the proof or by who is told of it, or
 * cannot go on. */
TEST(a_thiefs_proof_is_void_once_the_key_is_revoked)
{
	static struct sides w;
	static struct place late;
	struct fetch_report r;
	two_histories(&w);
	meet(&w);
	CHECK(stands(&w.rus) && stands(&w.syr) && served(&w.syr));
	revoke(&w, w.rus.now - TIME_DAY);
	place_release(&w.irq, THREE, "after", 1);
	w.rus.now = w.syr.now = w.irq.now + TIME_MINUTE;
	place_fetch(&w.rus, &w.irq, &r);
	CHECKF(r.entries == 2 && !r.refused && !stands(&w.rus), "%llu entries, %u refused: %s", (unsigned long long)r.entries, r.refused, r.last.msg);
	check_verified(&w.rus, 0);
	place_fetch(&w.syr, &w.rus, &r);
	CHECKF(r.entries == 2 && !r.refused && !stands(&w.syr) && !served(&w.syr), "%llu entries, %u refused: %s", (unsigned long long)r.entries,
	    r.refused, r.last.msg);
	place_fetch(&w.irq, &w.rus, &r);
	CHECK(!r.forks && old_epoch(&w.irq).state != RECORD_LOG_FORKED);
	place_new(&late, RUS);
	late.now = w.syr.now;
	place_fetch(&late, &w.syr, &r);
	CHECKF(!r.forks && r.entries == 2 && !r.waiting, "%llu entries, %u wait: %s", (unsigned long long)r.entries, r.waiting, r.last.msg);
	check_verified(&late, 0);
	place_release(&w.irq, THREE, "more", 1);
	late.now = w.irq.now;
	place_fetch(&late, &w.irq, &r);
	CHECKF(!r.forks && r.entries == 1, "%llu entries: %s", (unsigned long long)r.entries, r.last.msg);
	check_verified(&late, 0);
	place_done(&late);
	sides_done(&w);
}
