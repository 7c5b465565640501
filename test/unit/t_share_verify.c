/* Verifying a record: each kind of damage, made with SQL behind its back, is found; and one that is whole gives no fault. Proofs of single entries,
 * for somebody who has nothing else. */
#include "sim/disk.h"

#include <sqlite3.h>

#include "share/prove.h"
#include "share/verify.h"
#include "t_share.h"

#define BOTH (M(IRQ) | M(RUS))
#define THREE (M(IRQ) | M(RUS) | M(SYR))

static void
verify(struct place *p, bool rules, struct verify_report *r)
{
	struct errinfo e = {0};
	struct verify_options o = {.rules = rules};
	CHECK_OK(share_verify(p->s, &o, r, &e));
}

static enum err
say_fault(void *ctx, const struct verify_fault *f, struct errinfo *e)
{
	struct buf *b = ctx;
	(void)e;
	buf_printf(b, "%s %s; ", err_name(f->code), f->what);
	return OK;
}

/* A record with a bit of everything, held by rus. */
static void
fill(struct place *irq, struct place *rus, struct place *syr)
{
	struct fetch_report f;
	place_new(irq, IRQ);
	place_new(rus, RUS);
	place_new(syr, SYR);
	for (int i = 0; i < 300; i++) {
		struct share_appended done;
		struct errinfo e = {0};
		CHECK_OK(place_append(irq, THREE, "many", 1, &done, &e));
	}
	place_release(irq, THREE, "last", 3);
	place_release(rus, BOTH, "own", 2);
	place_release(rus, M(RUS), "private", 2);
	place_fetch(syr, irq, &f);
	place_fetch(rus, syr, &f);
	CHECK(f.entries == 301 && f.cosigs == 1);
}

TEST(a_whole_record_has_no_fault)
{
	static struct place irq, rus, syr;
	struct verify_report r;
	fill(&irq, &rus, &syr);
	for (int rules = 0; rules < 2; rules++) {
		verify(&rus, rules, &r);
		CHECKF(!r.faults, "%llu faults", (unsigned long long)r.faults);
		CHECK(r.charters == 1 && r.logs == 3 && r.entries == 303 && r.objects == 307 && r.arrivals == 303 && r.checkpoints == 3 &&
		      r.cosigs == 2 && !r.pending && !r.unsigned_entries);
		verify(&irq, rules, &r);
		CHECK(!r.faults && r.logs == 1);
	}
	place_done(&irq);
	place_done(&rus);
	place_done(&syr);
}

struct damage {
	const char *sql;
	bool rules; /* found by the rules alone */
};

/* Fails if any of these goes unnoticed. */
TEST(each_damage_is_found)
{
	static const struct damage all[] = {
	    {"UPDATE piece SET data=CAST(data||'x' AS BLOB) WHERE no=5", false},
	    {"UPDATE piece SET data=zeroblob(length(data)) WHERE no=(SELECT max(no) FROM piece)", false},
	    {"UPDATE piece SET data=NULL,hash=zeroblob(32) WHERE no=7", false},
	    {"DELETE FROM piece WHERE no=5", false},
	    {"UPDATE entry SET bytes=CAST(replace(bytes,'J2-3','J2-4') AS BLOB) WHERE idx=17", false},
	    {"DELETE FROM entry WHERE idx=300", false},
	    {"DELETE FROM entry WHERE idx=8", false},
	    {"UPDATE entry SET first=first+1 WHERE idx=12", false},
	    {"UPDATE entry SET count=2 WHERE idx=12", false},
	    {"UPDATE entry SET count=0,first=0 WHERE idx=12", false},
	    {"UPDATE entry SET count=0,first=-1 WHERE idx=12", true},
	    {"UPDATE entry SET first=NULL WHERE idx=12", false},
	    {"UPDATE tile SET hashes=zeroblob(8192)", false},
	    {"DELETE FROM tile", false},
	    {"UPDATE log SET edge=(SELECT edge FROM log WHERE author=2 LIMIT 1) WHERE author=1", false},
	    {"UPDATE log SET objects=objects+1 WHERE author=1", false},
	    {"UPDATE log SET last_time=last_time+1 WHERE author=1", true},
	    {"UPDATE log SET origin=origin||'1' WHERE author=1", false},
	    {"UPDATE log SET state=1 WHERE author=1", false},
	    {"UPDATE checkpoint SET note=CAST(replace(note,'301','300') AS BLOB) WHERE size=301", false},
	    {"UPDATE checkpoint SET root=zeroblob(32) WHERE size=301", false},
	    {"UPDATE checkpoint SET size=299 WHERE size=301", false},
	    {"DELETE FROM checkpoint WHERE size=301", false},
	    {"UPDATE cosig SET time=time-1000000 WHERE member=3", false},
	    {"UPDATE cosig SET member=0 WHERE member=3", false},
	    {"UPDATE cosig SET line=(SELECT line FROM cosig WHERE member=2) WHERE member=3", false},
	    {"DELETE FROM arrival WHERE seq=9", false},
	    {"DELETE FROM arrival WHERE seq=(SELECT max(seq) FROM arrival)", false},
	    {"UPDATE arrival SET idx=5000 WHERE seq=9", false},
	    {"INSERT INTO fork VALUES((SELECT no FROM log WHERE author=1),zeroblob(32),0,'x')", false},
	    {"UPDATE doc SET hash=zeroblob(32)", false},
	};
	static struct place irq, rus, syr;
	struct verify_report r;
	struct errinfo e = {0};
	fill(&irq, &rus, &syr);
	share_close(rus.s);
	store_close(rus.store);
	struct simdisk_image *whole = simdisk_snapshot(rus.disk);
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		struct sqlite3 *db;
		struct buf said = BUF_INIT(MIB);
		struct verify_options o = {.rules = all[i].rules, .fault = say_fault, .ctx = &said};
		simdisk_restore(rus.disk, whole);
		CHECK(!sqlite3_open_v2("log.db", &db, SQLITE_OPEN_READWRITE, rus.env.vfs));
		CHECKF(!sqlite3_exec(db, all[i].sql, NULL, NULL, NULL) && sqlite3_changes(db) > 0, "%s: %s", all[i].sql, sqlite3_errmsg(db));
		sqlite3_close(db);
		CHECK_OK(store_open(&rus.env, false, &rus.store, &e));
		place_open(&rus);
		CHECK_OK(share_verify(rus.s, &o, &r, &e));
		CHECKF(r.faults > 0 && said.n, "not found: %s", all[i].sql);
		buf_done(&said);
		share_close(rus.s);
		store_close(rus.store);
	}
	simdisk_restore(rus.disk, whole);
	simdisk_image_free(whole);
	CHECK_OK(store_open(&rus.env, false, &rus.store, &e));
	place_open(&rus);
	place_done(&irq);
	place_done(&rus);
	place_done(&syr);
}

/* proofs */

static enum err
check(struct place *p, struct str file, struct arena *a, struct proof_report *r, struct errinfo *e)
{
	arena_reset(a);
	return proof_check(file, &p->c->id, p->now, a, r, e);
}

/* Fails if the proof does not say what is in the log, who countersigned, and since when. */
TEST(an_entry_is_proven_from_nothing)
{
	static struct place irq, rus, syr;
	struct buf file = BUF_INIT(PROOF_MAX);
	struct arena a = ARENA_INIT(8 * MIB);
	struct proof_report r;
	struct errinfo e = {0};
	fill(&irq, &rus, &syr);
	int64_t no = place_log(&rus, THREE, IRQ).no;
	CHECK_OK(share_prove(rus.s, rus.c, no, 300, true, &file, &e));
	CHECK_OK(check(&rus, buf_str(&file), &a, &r, &e));
	CHECK(r.index == 300 && r.size == 301 && r.cosigners == (M(RUS) | M(SYR)) && r.earliest == syr.now && r.counts);
	CHECK(r.has_payload && r.objects == 3 && r.entry.serial == 301 && !r.malformed);
	CHECK_STR(r.author, STR("irq"));
	CHECK_STR(r.circle, STR("irq.rus.syr"));
	buf_clear(&file);
	CHECK_OK(share_prove(rus.s, rus.c, no, 0, false, &file, &e));
	CHECK_OK(check(&rus, buf_str(&file), &a, &r, &e));
	CHECK(!r.has_payload && r.entry.count == 1);
	CHECK_ERR(share_prove(rus.s, rus.c, no, 301, true, &file, &e), ERR_NOTFOUND);
	struct hash other = rus.c->id;
	other.b[0] ^= 1;
	CHECK_ERR(proof_check(buf_str(&file), &other, rus.now, &a, &r, &e), ERR_VERIFY);
	arena_done(&a);
	buf_done(&file);
	place_done(&irq);
	place_done(&rus);
	place_done(&syr);
}

/* Each byte of a proof changed in turn: it is refused, or says the same of the entry (the bytes of a card or of a countersignature may be spoiled
 * without harm to the rest). Fails if a changed leaf, payload or index is taken. */
TEST(no_changed_proof_says_another_thing)
{
	static struct place irq, rus;
	struct buf file = BUF_INIT(PROOF_MAX);
	struct arena a = ARENA_INIT(8 * MIB);
	struct proof_report r;
	struct fetch_report f;
	struct errinfo e = {0};
	unsigned taken = 0;
	place_new(&irq, IRQ);
	place_new(&rus, RUS);
	place_release(&irq, BOTH, "one", 2);
	place_release(&irq, BOTH, "two", 2);
	place_fetch(&rus, &irq, &f);
	CHECK_OK(share_prove(rus.s, rus.c, place_log(&rus, BOTH, IRQ).no, 1, true, &file, &e));
	CHECK_OK(check(&rus, buf_str(&file), &a, &r, &e));
	struct hash leaf = r.leaf;
	ptrdiff_t entry = str_find(buf_str(&file), STR("\nentry "));
	CHECK(entry > 0);
	for (size_t i = 0; i < file.n; i += i < (size_t)entry ? 41 : 1) {
		file.p[i] ^= 1;
		if (!check(&rus, buf_str(&file), &a, &r, &e)) {
			taken++;
			CHECKF(hash_eq(&r.leaf, &leaf) && r.index == 1 && r.objects == 2 && r.entry.serial == 2, "byte %zu", i);
		}
		file.p[i] ^= 1;
		CHECKF(check(&rus, str_sub(buf_str(&file), 0, i), &a, &r, &e) != OK, "cut at %zu", i);
	}
	CHECKF(taken < 400, "%u changed proofs were taken", taken);
	arena_done(&a);
	buf_done(&file);
	place_done(&irq);
	place_done(&rus);
}
