/* SQLite on the simulated disk, crashed at every changing operation. What was committed is there, what was not is there whole or not at all, and the
 * same workload on a disk that lies about sync, or in a mode that promises less, is found out. */
#include <sqlite3.h>
#include <stdarg.h>
#include <stdlib.h>

#include "sim/disk.h"
#include "test.h"

enum { TRANSACTIONS = 12, ROWS = 3 };

struct mode {
	const char *name, *pragmas;
	bool wal, attach;
	int sector;
};

enum verdict {
	GOOD,
	LOST,   /* a transaction whose COMMIT gave OK is gone */
	BROKEN, /* a partial transaction, wrong bytes, or a damaged file */
};

struct history {
	const struct mode *m;
	struct simdisk *d;
	struct sqlite3 *db;
	int acked[2], tried[2]; /* of main and aux: last transaction that COMMIT acknowledged, last begun; -1 = none */
	const char *why;
};

#define PAD "replace(hex(zeroblob(120)),'00',printf('%%04d',"

static int
number(struct history *h, const char *sql, int *ret)
{
	struct sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(h->db, sql, -1, &s, NULL);
	if (!rc && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		*ret = sqlite3_column_int(s, 0);
		rc = SQLITE_OK;
	}
	int end = sqlite3_finalize(s);
	return end ? end : rc;
}

static int
run(struct history *h, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char *sql = sqlite3_vmprintf(fmt, ap);
	va_end(ap);
	int rc = sqlite3_exec(h->db, sql, NULL, NULL, NULL);
	sqlite3_free(sql);
	return rc;
}

static int
open_db(struct history *h)
{
	int rc = sqlite3_open_v2("log.db", &h->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, simdisk_vfs(h->d));
	if (!rc && h->m->attach)
		rc = run(h, "ATTACH 'node.db' AS aux");
	return rc ? rc : run(h, h->m->pragmas);
}

static int
transaction(struct history *h, int i)
{
	static const char *const in[] = {"main", "aux"};
	int files = h->m->attach ? 2 : 1, rc;
	for (int f = 0; f < files; f++)
		h->tried[f] = i;
	if ((rc = run(h, "BEGIN IMMEDIATE")))
		return rc;
	for (int f = 0; f < files && !rc; f++) {
		if (i == 0)
			rc = run(h,
			    "CREATE TABLE %s.t(txn INTEGER, row INTEGER, last INTEGER, pad TEXT, PRIMARY KEY(txn, row));"
			    "CREATE TABLE %s.c(n INTEGER); INSERT INTO %s.c VALUES(0)",
			    in[f], in[f], in[f]);
		for (int r = 0; i > 0 && r < ROWS && !rc; r++)
			rc = run(h, "INSERT INTO %s.t VALUES(%d, %d, %d, " PAD "%d)))", in[f], i, r, i, i);
		if (i > 0 && !rc)
			rc = run(
			    h, "UPDATE %s.t SET last = %d, pad = " PAD "%d)) WHERE txn = %d; UPDATE %s.c SET n = %d", in[f], i, i, i / 2, in[f], i);
	}
	if (!rc)
		rc = run(h, "COMMIT");
	if (!rc)
		for (int f = 0; f < files; f++)
			h->acked[f] = i;
	return rc;
}

/* Reads it all back. A code of SQLite's if the disk crashed meanwhile; the verdict counts only with OK. */
static int
look(struct history *h, enum verdict *ret)
{
	static const char *const in[] = {"main", "aux"};
	int rc, v = 0, at[2] = {-1, -1};
	*ret = GOOD;
	for (int f = 0; f < (h->m->attach ? 2 : 1); f++) {
		char sql[800];
		snprintf(sql, sizeof sql, "SELECT count(*) FROM %s.sqlite_schema WHERE name IN ('t', 'c')", in[f]);
		if ((rc = number(h, sql, &v)))
			return rc;
		if (v != 0) {
			snprintf(sql, sizeof sql, "SELECT max(n) FROM %s.c", in[f]);
			if ((rc = number(h, sql, &at[f])))
				return rc;
			/* row x was last written by transaction 2x + 1, 2x or x, the latest of those that are there */
			snprintf(sql, sizeof sql,
			    "SELECT (SELECT count(*) FROM %s.t) <> %d * %d OR (SELECT count(*) FROM %s.t WHERE txn > %d OR last <> "
			    "CASE WHEN 2*txn+1 <= %d THEN 2*txn+1 WHEN 2*txn <= %d THEN 2*txn ELSE txn END OR pad <> " PAD "last))) > 0",
			    in[f], ROWS, at[f], in[f], at[f], at[f], at[f]);
			if ((rc = number(h, sql, &v)))
				return rc;
			if (v) {
				*ret = BROKEN;
				h->why = "partial transaction or wrong bytes";
			}
		}
		struct sqlite3_stmt *s = NULL;
		snprintf(sql, sizeof sql, "PRAGMA %s.integrity_check", in[f]);
		rc = sqlite3_prepare_v2(h->db, sql, -1, &s, NULL);
		if (!rc && sqlite3_step(s) == SQLITE_ROW && strcmp((const char *)sqlite3_column_text(s, 0), "ok") != 0 && !simdisk_crashed(h->d)) {
			*ret = BROKEN;
			h->why = "integrity_check";
		}
		if ((rc = sqlite3_finalize(s)))
			return rc;
		if (at[f] > h->tried[f]) {
			*ret = BROKEN;
			h->why = "a transaction that never was";
		} else if (at[f] < h->acked[f] && *ret == GOOD) {
			*ret = LOST;
			h->why = "a committed transaction is gone";
		}
	}
	if (h->m->attach && !h->m->wal && at[0] != at[1]) {
		*ret = BROKEN;
		h->why = "one file of two has the transaction";
	}
	for (int f = 0; f < 2; f++)
		h->acked[f] = h->tried[f] = at[f];
	return SQLITE_OK;
}

/* One life: open, look, go on to the last transaction. */
static int
live(struct history *h, enum verdict *ret)
{
	int rc = open_db(h);
	if (!rc)
		rc = look(h, ret);
	int from = h->m->attach && h->acked[1] < h->acked[0] ? h->acked[1] : h->acked[0];
	/* in WAL mode the two files commit one after the other: where one is ahead, it is set back to what both have by doing no more */
	bool apart = h->m->attach && h->acked[0] != h->acked[1];
	for (int i = from + 1; !rc && *ret == GOOD && !apart && i <= TRANSACTIONS; i++)
		rc = transaction(h, i);
	return rc;
}

static void
end(struct history *h)
{
	sqlite3_close(h->db);
	h->db = NULL;
}

/* The workload crashed at operation k, crashed again while it recovers (if `again`), and then let through to the end. */
static enum verdict
history(const struct mode *m, uint64_t k, uint64_t seed, bool lie, bool again, uint64_t *ret_ops, const char **ret_why)
{
	struct simrng dice = {seed};
	struct history h = {.m = m, .d = simdisk_new(seed), .acked = {-1, -1}, .tried = {-1, -1}};
	enum verdict v = GOOD;
	sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, (int)(seed & 0xffffff) + 1, (sqlite3 *)NULL);
	if (m->sector)
		simdisk_sector(h.d, m->sector);
	simdisk_lie(h.d, lie);
	simdisk_crash_at(h.d, k);
	for (int life = 0; life < 4 && v == GOOD; life++) {
		int rc = live(&h, &v);
		bool crashed = simdisk_crashed(h.d);
		CHECKF(rc == SQLITE_OK || crashed || lie || v != GOOD, "%s k=%d seed=%d life %d: %s", m->name, (int)k, (int)seed, life,
		    sqlite3_errmsg(h.db));
		if (rc && !crashed)
			v = BROKEN;
		end(&h); /* on a crashed disk, too: nothing more may be written */
		if (!crashed)
			break;
		simdisk_reopen(h.d, &dice);
		if (again && life < 2)
			simdisk_crash_at(h.d, 1 + simrng_below(&dice, 12));
	}
	if (v == GOOD && !lie) { /* closed in order, or died on a good disk: nothing is lost when power goes now */
		simdisk_reopen(h.d, &dice);
		int rc = open_db(&h);
		if (!rc)
			rc = look(&h, &v);
		CHECKF(rc == SQLITE_OK, "%s k=%d seed=%d at last: %s", m->name, (int)k, (int)seed, sqlite3_errmsg(h.db));
		end(&h);
	}
	if (ret_ops)
		*ret_ops = simdisk_ops(h.d);
	*ret_why = h.why;
	simdisk_free(h.d);
	return v;
}

struct tally {
	int points, good, lost, broken;
};

static struct tally
every(const struct mode *m, int seeds, bool lie, bool again) /* a lie is looked for at every third point only */
{
	struct tally t = {0};
	uint64_t ops;
	const char *why = NULL;
	CHECK(history(m, 0, 1, false, false, &ops, &why) == GOOD);
	for (uint64_t k = 1; k <= ops; k += lie ? 3 : 1)
		for (int s = 0; s < seeds; s++) {
			enum verdict v = history(m, k, k * 1000 + (uint64_t)s, lie, again, NULL, &why);
			t.points++;
			t.good += v == GOOD;
			t.lost += v == LOST;
			t.broken += v == BROKEN;
			if (v == BROKEN && !lie)
				printf("# %s k=%d seed=%d: %s\n", m->name, (int)k, (int)k * 1000 + s, why);
		}
	printf(
	    "# %s%s: %d crash points, %d good, %d lost a commit, %d broken\n", m->name, lie ? ", sync lies" : "", t.points, t.good, t.lost, t.broken);
	return t;
}

static int
seeds(int usual)
{
	const char *more = getenv("SIMDISK_SEEDS");
	return more ? atoi(more) : usual;
}

#define SMALL "PRAGMA page_size=1024; PRAGMA cache_size=6; PRAGMA wal_autocheckpoint=20;"
/* The step into WAL mode deletes a rollback journal. Only EXTRA syncs the folder then; with FULL that journal may come back long after, over a newer
 * file. */
#define SAFE "PRAGMA synchronous=EXTRA;"

static const struct mode modes[] = {
    {"wal", SMALL SAFE "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL", true, false, 0},
    {"wal, sector 512", SMALL SAFE "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL", true, false, 512},
    {"delete, extra", SMALL "PRAGMA journal_mode=DELETE; PRAGMA synchronous=EXTRA", false, false, 0},
    {"delete, extra, sector 512", SMALL "PRAGMA journal_mode=DELETE; PRAGMA synchronous=EXTRA", false, false, 512},
    {"truncate", SMALL "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=FULL", false, false, 0},
    {"persist", SMALL "PRAGMA journal_mode=PERSIST; PRAGMA synchronous=FULL", false, false, 0},
    {"wal, two files",
	SMALL SAFE "PRAGMA aux.synchronous=EXTRA; PRAGMA journal_mode=WAL; PRAGMA aux.journal_mode=WAL; PRAGMA synchronous=FULL;"
		   "PRAGMA aux.synchronous=FULL",
	true, true, 0},
    {"delete, extra, two files", SMALL "PRAGMA synchronous=EXTRA; PRAGMA aux.synchronous=EXTRA", false, true, 0},
};

/* Fails if the disk loses what was synced, or tears what SQLite may rely on. */
TEST(committed_transactions_survive_every_crash_point)
{
	for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
		struct tally t = every(&modes[i], seeds(1), false, true);
		CHECK(t.points > 100 && t.good == t.points);
	}
}

/* Fails if the disk keeps what was never synced: then the test above would prove nothing. */
TEST(a_disk_that_lies_about_sync_is_found_out)
{
	for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
		struct tally t = every(&modes[i], 1, true, false);
		CHECK(t.lost > t.points / 8 && t.broken > 0);
	}
}

/* WAL with synchronous=NORMAL keeps the file whole and may lose the last commits; DELETE with FULL syncs no folder, so a journal may come back and
 * undo the last commit. Fails if the disk is kinder than that. */
TEST(modes_that_promise_less_lose_commits_but_stay_whole)
{
	static const struct mode less[] = {
	    {"wal, normal", SMALL SAFE "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL", true, false, 0},
	    {"delete, full", SMALL "PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL", false, false, 0},
	};
	for (size_t i = 0; i < 2; i++) {
		struct tally t = every(&less[i], seeds(1), false, false);
		CHECK(t.lost > 0 && t.broken == 0);
	}
}

/* One operation of each class fails once, at every place; the program stops there, and the power goes. Fails if a failed write or sync counts as
 * done. */
TEST(one_failed_operation_loses_nothing_committed)
{
	static const enum simop ops[] = {SIMOP_OPEN, SIMOP_READ, SIMOP_WRITE, SIMOP_TRUNCATE, SIMOP_SYNC, SIMOP_DELETE};
	int met = 0;
	for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i += 2)
		for (size_t o = 0; o < sizeof ops / sizeof ops[0]; o++)
			for (uint64_t n = 1;; n += 1 + n / 12) {
				struct simrng dice = {n};
				struct history h = {.m = &modes[i], .d = simdisk_new(n), .acked = {-1, -1}, .tried = {-1, -1}};
				enum verdict v = GOOD;
				simdisk_fail(h.d, ops[o], n, n % 2 ? ERR_IO : ERR_FULL);
				int rc = live(&h, &v);
				bool done = simdisk_failed(h.d, ops[o]);
				CHECKF(v == GOOD && (done || rc == SQLITE_OK), "%s class %d n=%d: %s", modes[i].name, ops[o], (int)n,
				    h.why ? h.why : sqlite3_errmsg(h.db));
				simdisk_fail(h.d, ops[o], 0, OK);
				simdisk_cut(h.d);
				end(&h);
				simdisk_reopen(h.d, &dice);
				rc = live(&h, &v);
				CHECKF(rc == SQLITE_OK && v == GOOD, "%s class %d n=%d, reopened: %s", modes[i].name, ops[o], (int)n,
				    h.why ? h.why : sqlite3_errmsg(h.db));
				end(&h);
				simdisk_free(h.d);
				if (!done)
					break;
				met++;
			}
	printf("# %d faults\n", met);
	CHECK(met > 300);
}

/* A process that dies of a failed sync and starts again on a machine that stayed up reads, from the page cache, log frames that are not on the disk:
 * it appends after them, syncs well, acknowledges, and all that is lost when power goes. Copying the log into the database anew before anything else
 * mends it. Fails if the disk does not show the danger, or if the cure does not cure. */
TEST(after_a_failed_sync_a_restart_must_checkpoint_before_it_appends)
{
	static const struct mode restart[] = {
	    {"wal", SMALL SAFE "PRAGMA journal_mode=WAL", true, false, 0},
	    {"wal, checkpoint at opening", SMALL SAFE "PRAGMA journal_mode=WAL; PRAGMA wal_checkpoint(TRUNCATE)", true, false, 0},
	};
	int lost[2] = {0, 0}, unseen = 0;
	for (int m = 0; m < 2; m++)
		for (uint64_t n = 1; n <= 60; n++) {
			struct simrng dice = {n};
			struct history h = {.m = &restart[m], .d = simdisk_new(n), .acked = {-1, -1}, .tried = {-1, -1}};
			enum verdict v = GOOD;
			simdisk_fail(h.d, SIMOP_SYNC, n % 30 + 6, ERR_IO); /* past the making of the file, which is in rollback mode */
			bool told = live(&h, &v) != SQLITE_OK;
			CHECK(simdisk_failed(h.d, SIMOP_SYNC) && v == GOOD);
			unseen += !told; /* the automatic checkpoint's: SQLite tells nobody, and tries again later */
			simdisk_cut(h.d);
			end(&h);
			simdisk_crash_at(h.d, 40 + n % 7);
			int stopped = live(&h, &v);
			CHECK((!stopped || simdisk_crashed(h.d)) && v == GOOD);
			end(&h);
			simdisk_reopen(h.d, &dice);
			int rc = open_db(&h);
			if (!rc)
				rc = look(&h, &v);
			CHECK(m == 0 || (rc == SQLITE_OK && v == GOOD));
			lost[m] += rc != SQLITE_OK || v != GOOD;
			end(&h);
			simdisk_free(h.d);
		}
	printf("# lost: %d of 60 without, %d of 60 with a checkpoint; %d of 120 failed syncs were of an automatic checkpoint, and not told\n",
	    lost[0], lost[1], unseen);
	CHECK(lost[0] > 0 && lost[1] == 0);
}

TEST(a_full_disk_is_an_error_and_nothing_is_lost)
{
	for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
		struct simrng dice = {i};
		struct history h = {.m = &modes[i], .d = simdisk_new(i), .acked = {-1, -1}, .tried = {-1, -1}};
		enum verdict v = GOOD;
		simdisk_capacity(h.d, modes[i].attach ? 48 * 1024 : 24 * 1024);
		int rc = live(&h, &v);
		CHECKF(rc == SQLITE_FULL && v == GOOD && h.acked[0] >= 0, "%s: %d %s, at %d", modes[i].name, rc, sqlite3_errmsg(h.db), h.acked[0]);
		CHECK(simdisk_space(h.d) < 40 * 1024);
		simdisk_cut(h.d);
		end(&h);
		simdisk_reopen(h.d, &dice);
		simdisk_capacity(h.d, UINT64_MAX);
		rc = live(&h, &v);
		CHECKF(rc == SQLITE_OK && v == GOOD, "%s: %s", modes[i].name, h.why ? h.why : sqlite3_errmsg(h.db));
		end(&h);
		simdisk_free(h.d);
	}
}
