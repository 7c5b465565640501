/* Own logs, charters and epochs: what may be appended and signed, what goes on over a new key, what breaks the rules. */
#include <string.h>
#include "share/verify.h"
#include "sim/disk.h"

#include <sqlite3.h>

#include "share/origin.h"
#include "t_share.h"

#define BOTH (M(IRQ) | M(RUS))
#define THREE (M(IRQ) | M(RUS) | M(SYR))

/* A key card of the member for its log key number gen, in epoch `epoch`. */
static struct str
card(struct arena *a, struct place *p, unsigned gen, uint32_t epoch, int64_t revoked_from)
{
	struct card c = {.has_centre = true,
	    .centre = p->c->id,
	    .member = str_of(p->c->policy->member[p->member]),
	    .time = p->now,
	    .keys = govern_keys(a, (size_t)p->member, 0, gen)};
	struct sign_key root = govern_root((size_t)p->member, 0);
	struct buf b = BUF_INIT(LIMIT_CARD);
	struct errinfo e = {0};
	struct str s;
	c.keys.counter = epoch;
	c.keys.epoch = epoch;
	c.keys.revoked_from = revoked_from;
	CHECK_OK(card_make(&c, &root, &b, &e));
	CHECK(arena_dup(a, buf_str(&b), &s));
	buf_done(&b);
	return s;
}

/* The member goes over to a new log key. */
static void
new_epoch(struct place *p, unsigned gen, uint32_t epoch, int64_t revoked_from)
{
	struct arena a = ARENA_INIT(MIB);
	struct errinfo e = {0};
	uint32_t fresh = 0;
	p->now += TIME_SECOND;
	CHECK_OK(share_take_charters(p->s, card(&a, p, gen, epoch, revoked_from), false, &fresh, NULL, &e));
	CHECK(fresh == 1);
	place_keys(p, gen);
	arena_done(&a);
}

static bool
same_at(struct place *a, struct place *b, uint64_t circle, int author)
{
	struct buf x = BUF_INIT(64 * MIB), y = BUF_INIT(64 * MIB);
	place_text(a, circle, author, &x);
	place_text(b, circle, author, &y);
	bool yes = x.n && str_eq(buf_str(&x), buf_str(&y));
	buf_done(&x);
	buf_done(&y);
	return yes;
}

static struct record_log
epoch_of(struct place *p, uint64_t circle, int author, uint32_t epoch)
{
	struct record_log named, log = {0};
	struct errinfo e = {0};
	CHECK_OK(origin_make(p->c, circle, author, epoch, &named, &e));
	enum err err = record_log_by_id(p->store, &named.id, &log, &e);
	CHECK(err == OK || err == ERR_NOTFOUND);
	return log;
}

/* What was opened again is what was closed: charters, logs, edges. Signing twice signs nothing new. */
TEST(a_home_opened_again)
{
	static struct place irq;
	struct errinfo e = {0};
	struct share_appended done;
	uint64_t size;
	place_new(&irq, IRQ);
	CHECK_OK(place_append(&irq, BOTH, "one", 2, &done, &e));
	CHECK(done.idx == 0 && done.serial == 1);
	CHECK(record_checkpoint_get(irq.store, done.log, UINT64_MAX, &size, NULL, NULL, &e) == ERR_NOTFOUND);
	place_again(&irq);
	CHECK(irq.s->ncentres == 1 && irq.c->me == IRQ && irq.c->no == 1);
	CHECK_OK(share_sign_all(irq.s, &e)); /* what a crash left unsigned */
	CHECK_OK(record_checkpoint_get(irq.store, done.log, UINT64_MAX, &size, NULL, NULL, &e));
	CHECK(size == 1);
	CHECK_OK(place_append(&irq, BOTH, "two", 1, &done, &e));
	CHECK(done.idx == 1 && done.serial == 2);
	CHECK_OK(place_append(&irq, M(IRQ), "own", 1, &done, &e));
	CHECK(done.serial == 0);
	place_done(&irq);
}

/* What is not signed is not shown. */
TEST(unsigned_entries_are_not_shown)
{
	static struct place irq, rus;
	struct fetch_report r;
	struct errinfo e = {0};
	struct share_appended done;
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	CHECK_OK(place_append(&irq, BOTH, "one", 1, &done, &e));
	place_fetch(&rus, &irq, &r);
	CHECK(!r.logs && !r.entries);
	CHECK_OK(share_sign_all(irq.s, &e));
	CHECK_OK(place_append(&irq, BOTH, "two", 1, &done, &e));
	place_fetch(&rus, &irq, &r);
	CHECK(r.entries == 1);
	place_done(&irq);
	place_done(&rus);
}

/* What is on the disk is hashed again before it is signed. Fails if a changed piece or leaf gets a signature. */
TEST(nothing_damaged_is_signed)
{
	static const char *const damage[] = {
	    "UPDATE piece SET data=zeroblob(length(data)) WHERE no=1", "UPDATE entry SET bytes=CAST(replace(bytes,'J2','J3') AS BLOB)"};
	for (size_t i = 0; i < 2; i++) {
		static struct place irq;
		struct sqlite3 *db;
		struct errinfo e = {0};
		struct share_appended done;
		place_new(&irq, IRQ);
		CHECK_OK(place_append(&irq, BOTH, "one", 2, &done, &e));
		share_close(irq.s);
		store_close(irq.store);
		CHECK(!sqlite3_open_v2("log.db", &db, SQLITE_OPEN_READWRITE, irq.env.vfs));
		CHECK(!sqlite3_exec(db, damage[i], NULL, NULL, NULL) && sqlite3_changes(db) > 0);
		sqlite3_close(db);
		CHECK_OK(store_open(&irq.env, false, &irq.store, &e));
		place_open(&irq);
		CHECK_ERR(share_sign_all(irq.s, &e), ERR_CORRUPT);
		CHECK(record_checkpoint_get(irq.store, done.log, UINT64_MAX, NULL, NULL, NULL, &e) == ERR_NOTFOUND);
		place_done(&irq);
	}
}

/* The clock a little behind: entries bear the time of the last. Far behind: refused, recalls excepted. */
TEST(a_clock_that_went_back)
{
	static struct place irq;
	struct errinfo e = {0};
	struct share_appended done;
	int64_t t;
	place_new(&irq, IRQ);
	CHECK_OK(place_append(&irq, BOTH, "one", 1, &done, &e));
	int64_t last = irq.now;
	irq.now -= LIMIT_FUTURE_SECONDS * TIME_SECOND;
	CHECK_OK(share_may_append(irq.s, irq.c, BOTH, ENTRY_OBJECTS, &t, &e));
	CHECK(t == last);
	irq.now -= 1;
	CHECK_ERR(share_may_append(irq.s, irq.c, BOTH, ENTRY_OBJECTS, &t, &e), ERR_CLOCK);
	CHECK_OK(share_may_append(irq.s, irq.c, BOTH, ENTRY_RECALL, &t, &e));
	CHECK(t == last);
	place_done(&irq);
}

/* Ids and salts come from the log and place alone: what happens in one circle does not move another's. */
TEST(randomness_of_one_log_is_its_own)
{
	static struct place a, b;
	uint8_t x[16], y[16];
	struct errinfo e = {0};
	place_new(&a, IRQ);
	place_new(&b, IRQ);
	place_release(&a, M(IRQ) | M(SYR), "elsewhere", 3);
	a.now = b.now;
	CHECK_OK(share_new_id(a.s, a.c, BOTH, 0, x, &e));
	CHECK_OK(share_new_id(b.s, b.c, BOTH, 0, y, &e));
	CHECK(memcmp(x, y, 16) == 0 && x[6] >> 4 == 4 && x[8] >> 6 == 2);
	place_release(&a, BOTH, "same", 2);
	place_release(&b, BOTH, "same", 2);
	CHECK(same_at(&a, &b, BOTH, IRQ));
	place_done(&a);
	place_done(&b);
}

/* epochs */

/* A new log key: serials go on, the old epoch takes nothing more, a reader follows, also one that never saw the old. */
TEST(serials_go_on_over_a_new_key)
{
	static struct place irq, rus, late;
	struct fetch_report r;
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	place_new(&late, RUS);
	place_release(&irq, BOTH, "one", 1);
	place_fetch(&rus, &irq, &r);
	place_release(&irq, BOTH, "two", 1);
	new_epoch(&irq, 1, 2, TIME_NEVER);
	place_release(&irq, BOTH, "three", 1);
	struct record_log log = place_log(&irq, BOTH, IRQ);
	CHECK(log.epoch == 2 && log.edge.size == 2 && log.objects == 3);
	CHECK(epoch_of(&irq, BOTH, IRQ, 1).state == RECORD_LOG_ENDED);
	place_fetch(&rus, &irq, &r);
	CHECKF(r.charters == 1 && r.entries == 3 && !r.refused && !r.waiting, "%llu entries, %u refused: %s", (unsigned long long)r.entries,
	    r.refused, r.last.msg);
	CHECK(same_at(&irq, &rus, BOTH, IRQ) && place_log(&rus, BOTH, IRQ).objects == 3);
	CHECK(epoch_of(&rus, BOTH, IRQ, 1).state == RECORD_LOG_ENDED && epoch_of(&rus, BOTH, IRQ, 1).edge.size == 2);
	place_fetch(&late, &irq, &r);
	CHECK(r.entries == 4 && !r.refused && same_at(&irq, &late, BOTH, IRQ));
	place_fetch(&rus, &irq, &r);
	CHECK(!r.entries && !r.refused);
	place_done(&irq);
	place_done(&rus);
	place_done(&late);
}

/* An entry that was never signed was never seen: its serial is given again under the new key. */
TEST(serials_of_what_nobody_saw)
{
	static struct place irq, rus;
	struct fetch_report r;
	struct errinfo e = {0};
	struct share_appended done;
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	place_release(&irq, BOTH, "one", 1);
	CHECK_OK(place_append(&irq, BOTH, "never signed", 1, &done, &e));
	CHECK_OK(place_append(&irq, THREE, "never signed", 1, &done, &e));
	new_epoch(&irq, 1, 2, TIME_NEVER);
	CHECK_OK(place_append(&irq, BOTH, "two", 1, &done, &e));
	CHECK(done.serial == 2 && done.idx == 1);
	CHECK_OK(place_append(&irq, THREE, "one", 1, &done, &e));
	CHECK(done.serial == 1 && done.idx == 0);
	CHECK_OK(share_sign_all(irq.s, &e));
	place_fetch(&rus, &irq, &r);
	CHECKF(r.entries == 4 && r.objects == 3 && !r.refused && !r.waiting, "%llu: %s", (unsigned long long)r.entries, r.last.msg);
	place_done(&irq);
	place_done(&rus);
}

static enum err
no_first_epoch(void *ctx, struct str path, struct buf *reply, size_t from, enum err err, struct errinfo *e)
{
	if (!str_starts(path, str_bytes(ctx, 64)))
		return err;
	buf_cut(reply, from);
	return err_set(e, ERR_NOTFOUND, "nothing here for you");
}

/* The new epoch waits for the end of the old. Fails if serials are counted from nothing. */
TEST(an_epoch_waits_for_the_one_before)
{
	static struct place irq, rus;
	struct fetch_report r;
	struct errinfo e = {0};
	char hex[64];
	struct buf b = {.p = hex, .cap = sizeof hex, .max = sizeof hex};
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	place_release(&irq, BOTH, "one", 1);
	new_epoch(&irq, 1, 2, TIME_NEVER);
	place_release(&irq, BOTH, "two", 1);
	struct record_log old = epoch_of(&irq, BOTH, IRQ, 1);
	hash_put_hex(&b, &old.id);
	struct link l = {.to = &irq, .asker = RUS, .spoil = no_first_epoch, .ctx = hex};
	CHECK_OK(place_fetch_over(&rus, &l, &r, &e));
	CHECK(!r.entries && r.waiting == 1 && !r.refused);
	place_fetch(&rus, &irq, &r);
	CHECK(r.entries == 3 && !r.waiting && same_at(&irq, &rus, BOTH, IRQ));
	place_done(&irq);
	place_done(&rus);
}

/* After a proven fork a new key begins anew, and both sides follow it whatever they held of the old. */
TEST(a_new_key_after_a_fork)
{
	static struct place irq, forger, rus, syr;
	struct fetch_report r;
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	place_new(&syr, SYR);
	place_release(&irq, THREE, "common", 1);
	place_copy(&forger, &irq);
	place_release(&irq, THREE, "left", 1);
	for (int i = 0; i < 3; i++)
		place_release(&forger, THREE, "right", 1);
	rus.now = syr.now = forger.now;
	place_fetch(&rus, &irq, &r);
	place_fetch(&syr, &forger, &r);
	place_fetch(&rus, &syr, &r);
	place_fetch(&syr, &rus, &r);
	place_fetch(&irq, &rus, &r);
	CHECK(r.forks == 1);
	new_epoch(&irq, 1, 2, TIME_NEVER);
	place_release(&irq, THREE, "after", 2);
	place_release(&irq, THREE, "after", 2);
	place_fetch(&rus, &irq, &r);
	CHECKF(r.entries == 3 && !r.refused, "%s", r.last.msg);
	place_fetch(&syr, &rus, &r);
	CHECKF(r.entries == 3 && !r.refused, "%s", r.last.msg);
	CHECK(same_at(&irq, &syr, THREE, IRQ) && same_at(&irq, &rus, THREE, IRQ));
	place_done(&irq);
	place_done(&forger);
	place_done(&rus);
	place_done(&syr);
}

/* What a thief signs with a revoked key is refused; what was countersigned before stays good. */
TEST(a_revoked_key)
{
	static struct place irq, thief, rus, syr;
	struct fetch_report r;
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	place_new(&syr, SYR);
	place_release(&irq, THREE, "good", 1);
	place_fetch(&rus, &irq, &r);
	place_copy(&thief, &irq);
	int64_t stolen = irq.now + TIME_MINUTE;
	irq.now += TIME_HOUR;
	new_epoch(&irq, 1, 2, stolen);
	place_release(&irq, THREE, "new", 1);
	thief.now = rus.now = syr.now = irq.now + TIME_MINUTE;
	place_release(&thief, THREE, "false", 1);
	place_fetch(&rus, &irq, &r); /* the card comes */
	CHECK(r.charters == 1);
	place_fetch(&syr, &rus, &r);
	CHECKF(r.entries == 3 && !r.refused, "%llu: %s", (unsigned long long)r.entries, r.last.msg);
	place_fetch(&syr, &thief, &r);
	CHECK(!r.entries && r.refused == 1);
	place_done(&irq);
	place_done(&thief);
	place_done(&rus);
	place_done(&syr);
}

/* the rules of content */

/* Puts a line into a log as a home that keeps to no rule would, and signs. */
static void
force(struct place *p, uint64_t circle, const char *from, const char *to)
{
	struct record_log log = place_log(p, circle, p->member);
	struct errinfo e = {0};
	struct record_entry x;
	struct buf b = BUF_INIT(LIMIT_ENTRY), line = BUF_INIT(LIMIT_ENTRY);
	CHECK_OK(record_entry_get(p->store, log.no, 0, &b, &x, &e));
	ptrdiff_t at = str_find(x.bytes, str_of(from));
	CHECK(at >= 0);
	buf_put(&line, str_sub(x.bytes, 0, (size_t)at));
	buf_puts(&line, to);
	buf_put(&line, str_sub(x.bytes, (size_t)at + strlen(from), x.bytes.n));
	x.bytes = buf_str(&line);
	CHECK_OK(record_begin(p->store, &e));
	CHECK_OK(record_entry_put(p->store, &log, &x, true, log.last_time, &e));
	CHECK_OK(record_commit(p->store, &e));
	CHECK_OK(share_sign_all(p->s, &e));
	buf_done(&b);
	buf_done(&line);
}

/* Each of these is signed and against the rules: kept as malformed, and what comes after goes on. Fails if one becomes an object or stops the log. */
TEST(what_breaks_the_rules_is_kept_as_malformed)
{
	static const char *const spoil[][2] = {
	    {"\"serial\":1", "\"serial\":1"},                 /* once more */
	    {"\"serial\":1", "\"serial\":7"},                 /* a gap */
	    {"\"v\":1", "\"v\":2"},                           /* another format */
	    {"\"circle\":\"irq.rus\"", "\"circle\":\"irq\""}, /* another circle's label */
	    {"\"owner\":\"irq\"", "\"owner\":\"rus\""},
	    {"2015-10-02T", "2015-10-01T"}, /* back in time */
	    {"\"kind\":\"objects\"", "\"kind\":\"gossip\""},
	    {"{", "{ "}, /* not canonical */
	    {"\"charter\":\"", "\"charter\":\"x"},
	};
	for (size_t i = 0; i < sizeof spoil / sizeof *spoil; i++) {
		static struct place irq, rus;
		struct fetch_report r;
		struct record_entry x;
		struct errinfo e = {0};
		struct share_appended done;
		struct record_arrival a;
		place_new(&irq, IRQ);
		place_new(&rus, RUS);
		place_release(&irq, BOTH, "one", 1);
		force(&irq, BOTH, spoil[i][0], spoil[i][1]);
		place_fetch(&rus, &irq, &r);
		CHECKF(r.entries == 2 && r.objects == 1 && !r.refused && !r.waiting && !r.pending, "%s: %llu entries: %s", spoil[i][1],
		    (unsigned long long)r.entries, r.last.msg);
		CHECK_OK(record_entry_get(rus.store, place_log(&rus, BOTH, IRQ).no, 1, NULL, &x, &e));
		CHECKF(x.first == ENTRY_MALFORMED && !x.count, "%s", spoil[i][1]);
		CHECK_OK(record_arrival_get(rus.store, place_log(&rus, BOTH, IRQ).no, 1, &a, &e));
		(void)done;
		place_done(&irq);
		place_done(&rus);
	}
}

/* An entry under a charter that is not here waits for it. */
TEST(an_unknown_charter_is_waited_for)
{
	static struct place irq, rus;
	struct fetch_report r;
	char hex[2 * HASH_LEN + 1] = {0};
	struct buf b = {.p = hex, .cap = sizeof hex, .max = sizeof hex};
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	place_release(&irq, BOTH, "one", 1);
	hash_put_hex(&b, &irq.c->charter->hash);
	char from[16], to[16];
	snprintf(from, sizeof from, "%.12s", hex);
	snprintf(to, sizeof to, "%.12s", "0123456789ab");
	force(&irq, BOTH, from, to);
	place_fetch(&rus, &irq, &r);
	CHECK(r.entries == 1 && r.waiting == 1 && !r.refused);
	place_done(&irq);
	place_done(&rus);
}

/* charters */

TEST(centres_are_joined_by_people_alone)
{
	static struct place irq;
	struct arena a = ARENA_INIT(4 * MIB);
	struct errinfo e = {0};
	struct share_centre *c;
	uint32_t fresh;
	place_new(&irq, IRQ);
	struct charter draft = govern_draft(&a, 3);
	draft.name = STR("Another Centre");
	struct str other = govern_signed(&a, govern_text(&a, &draft), NULL, 7, NULL);
	CHECK_ERR(share_take_charters(irq.s, other, false, &fresh, NULL, &e), ERR_DENIED);
	CHECK(irq.s->ncentres == 1);
	CHECK_OK(share_take_charters(irq.s, other, true, &fresh, &c, &e));
	CHECK(fresh == 1 && irq.s->ncentres == 2 && c->me == IRQ && c->no == 2);
	CHECK_OK(share_take_charters(irq.s, other, true, &fresh, &c, &e));
	CHECK(fresh == 0);
	CHECK_ERR(share_centre_named(irq.s, UINT32_MAX, STR_NONE, &c, &e), ERR_USAGE);
	CHECK_OK(share_centre_named(irq.s, UINT32_MAX, STR("Another Centre"), &c, &e));
	CHECK(c->no == 2);
	CHECK_OK(share_centre_named(irq.s, UINT32_MAX, STR("another"), &c, &e));
	CHECK_ERR(share_centre_named(irq.s, UINT32_MAX, STR("None"), &c, &e), ERR_NOTFOUND);
	/* of those that count there are no others */
	CHECK_OK(share_centre_named(irq.s, 2, STR_NONE, &c, &e));
	CHECK(c->no == 2);
	CHECK_ERR(share_centre_named(irq.s, 1, STR("another"), &c, &e), ERR_NOTFOUND);
	CHECK(!strstr(e.hint, "Another"));
	CHECK_ERR(share_centre_named(irq.s, 0, STR_NONE, &c, &e), ERR_NOTFOUND);
	place_again(&irq);
	CHECK(irq.s->ncentres == 2 && share_centre_by_no(irq.s, 2) && share_centre_by_no(irq.s, 2)->me == IRQ);
	arena_done(&a);
	place_done(&irq);
}

/* Charters in any order, with rubbish between: what is good is taken. */
TEST(charters_in_any_order)
{
	static struct place irq;
	struct arena a = ARENA_INIT(8 * MIB);
	struct errinfo e = {0};
	struct buf lines = BUF_INIT(4 * MIB);
	uint32_t fresh;
	place_new(&irq, IRQ);
	struct charter first = govern_draft(&a, 4);
	struct charter c1 = govern_read(&a, govern_text(&a, &first));
	struct charter d2 = govern_next(&a, &c1, "2015-11-01");
	struct str t2 = govern_text(&a, &d2), s2 = govern_signed(&a, t2, &c1, 15, NULL);
	struct charter c2 = govern_read(&a, t2), d3 = govern_next(&a, &c2, "2015-12-01");
	struct str s3 = govern_signed(&a, govern_text(&a, &d3), &c2, 15, NULL);
	buf_put(&lines, s3);
	buf_puts(&lines, "\n{\"rubbish\":1}\n\n");
	buf_put(&lines, s2);
	enum err err = share_take_charters(irq.s, buf_str(&lines), false, &fresh, NULL, &e);
	CHECK(err != OK && fresh == 2 && chain_count(irq.c->chain) == 3);
	irq.now = DAY("2015-12-02");
	CHECK_OK(share_refresh(irq.s, &e));
	CHECK(irq.c->charter->version == 3 && irq.c->me == IRQ);
	place_again(&irq);
	CHECK(chain_count(irq.c->chain) == 3);
	buf_done(&lines);
	arena_done(&a);
	place_done(&irq);
}

/* Fails if a new epoch may quietly begin from fewer entries than its author signed: for those who held them, and for those who hear of them later. */
TEST(an_epoch_admits_all_that_was_signed)
{
	static struct place rus, other, irq, irn;
	struct fetch_report r;
	struct verify_report v;
	struct errinfo e = {0};
	uint64_t circle = M(IRN) | M(IRQ) | M(RUS);
	place_new(&rus, RUS);
	place_new(&irq, IRQ);
	place_new(&irn, IRN);
	place_release(&rus, circle, "one", 1);
	place_copy(&other, &rus);
	place_release(&rus, circle, "two", 1);
	irq.now = irn.now = rus.now;
	place_fetch(&irq, &rus, &r);
	new_epoch(&other, 1, 2, TIME_NEVER);
	place_again(&other);
	place_release(&other, circle, "another two", 1);
	place_fetch(&irq, &other, &r);
	CHECKF(r.refused == 1 && strstr(r.last.msg, "signed 2 entries"), "refused %u: %s", r.refused, r.last.msg);
	CHECK_OK(share_verify(irq.s, NULL, &v, &e));
	CHECK(v.faults == 1);
	place_fetch(&irn, &other, &r);
	CHECK(!r.refused && place_log(&irn, circle, RUS).epoch == 2);
	CHECK_OK(share_verify(irn.s, NULL, &v, &e));
	CHECK(!v.faults);
	place_fetch(&irn, &irq, &r);
	CHECKF(r.refused == 1 && strstr(r.last.msg, "signed 2 entries"), "refused %u: %s", r.refused, r.last.msg);
	place_fetch(&irn, &irq, &r);
	CHECK(!r.refused);
	CHECK_OK(share_verify(irn.s, NULL, &v, &e));
	CHECK(v.faults == 1);
	place_done(&rus);
	place_done(&other);
	place_done(&irq);
	place_done(&irn);
}
