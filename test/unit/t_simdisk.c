/* The simulated disk by itself: what a sync keeps, what power takes, faults, whole files, copies. Files are driven through the VFS's own functions.
 */
#include <sqlite3.h>
#include <stdlib.h>

#include "sim/disk.h"
#include "test.h"

enum { RW = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MAIN_DB };

static struct sqlite3_file *
open_file(struct simdisk *d, const char *name)
{
	struct sqlite3_vfs *v = sqlite3_vfs_find(simdisk_vfs(d));
	struct sqlite3_file *f = calloc(1, (size_t)v->szOsFile);
	CHECK(f);
	CHECK(v->xOpen(v, name, f, RW, NULL) == SQLITE_OK);
	return f;
}

static void
close_file(struct sqlite3_file *f)
{
	CHECK(f->pMethods->xClose(f) == SQLITE_OK);
	free(f);
}

static int
put(struct sqlite3_file *f, sqlite3_int64 at, char c, int n)
{
	char part[4096];
	memset(part, c, sizeof part);
	return f->pMethods->xWrite(f, part, n, at);
}

/* The file as text of runs, one letter per 512 bytes: 'a' if all of them are, '?' if they differ; '-' if there is no file. */
static void
shape(struct simdisk *d, const char *name, char ret[static 32])
{
	struct buf b = BUF_INIT(1 << 20);
	size_t n = 0;
	if (!simdisk_get(d, name, &b)) {
		strcpy(ret, "-");
		return;
	}
	for (size_t i = 0; i < b.n && n < 31; i += SIMDISK_TORN) {
		size_t end = i + SIMDISK_TORN < b.n ? i + SIMDISK_TORN : b.n;
		char c = b.p[i] ? b.p[i] : '0';
		for (size_t k = i; k < end; k++)
			if (b.p[k] != b.p[i])
				c = '?';
		ret[n++] = c;
	}
	ret[n] = '\0';
	buf_done(&b);
}

/* Every outcome of power going is met among the seeds, and no outcome that the rules forbid. Fails if tearing, dropping or keeping never happens, or
 * if the part that was synced changes. */
TEST(unsynced_writes_are_kept_dropped_and_torn_and_synced_ones_stay)
{
	int kept = 0, dropped = 0, torn = 0, out_of_order = 0;
	for (uint64_t seed = 1; seed <= 400; seed++) {
		struct simrng dice = {seed};
		struct simdisk *d = simdisk_new(seed);
		struct sqlite3_file *f = open_file(d, "x");
		char s[32];
		CHECK(!put(f, 0, 'a', 4096) && !f->pMethods->xSync(f, SQLITE_SYNC_FULL));
		CHECK(!put(f, 512, 'b', 1536) && !put(f, 2560, 'c', 512));
		shape(d, "x", s);
		CHECK_STR(str_of(s), STR("abbbacaa"));
		simdisk_reopen(d, &dice);
		CHECK(put(f, 0, 'z', 512) != SQLITE_OK); /* a handle of the life before */
		close_file(f);
		shape(d, "x", s);
		CHECK(strlen(s) == 8 && s[0] == 'a' && s[4] == 'a' && s[6] == 'a' && s[7] == 'a' && !strchr(s, '?'));
		int b = (s[1] == 'b') + (s[2] == 'b') + (s[3] == 'b'), c = s[5] == 'c';
		kept += b == 3 && c;
		dropped += b == 0 && !c;
		torn += b == 1 || b == 2;
		out_of_order += b == 0 && c;
		simdisk_free(d);
	}
	CHECKF(kept > 30 && dropped > 30 && torn > 30 && out_of_order > 10, "%d %d %d %d", kept, dropped, torn, out_of_order);
}

TEST(power_changes_nothing_after_a_sync_and_a_dead_process_loses_nothing)
{
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct simrng dice = {seed};
		struct simdisk *d = simdisk_new(seed);
		struct sqlite3_file *f = open_file(d, "x");
		uint8_t before[32], after[32];
		char s[32];
		CHECK(!put(f, 0, 'a', 1000) && !f->pMethods->xTruncate(f, 512) && !f->pMethods->xSync(f, 0));
		simdisk_hash(d, before);
		simdisk_reopen(d, &dice);
		simdisk_hash(d, after);
		CHECK(memcmp(before, after, 32) == 0);
		close_file(f);
		f = open_file(d, "x");
		CHECK(!put(f, 512, 'b', 512));
		simdisk_cut(d);
		simdisk_hash(d, after);
		CHECK(memcmp(before, after, 32) == 0); /* durable is what it was */
		shape(d, "x", s);
		CHECK_STR(str_of(s), STR("ab")); /* and the page cache what was written */
		simdisk_forget(d);
		CHECK(simdisk_handles(d) == 0);
		free(f);
		simdisk_free(d);
	}
}

/* Names: a new file may be gone without a sync; a deletion may be undone unless the folder was synced. */
TEST(names_are_durable_by_a_sync_only)
{
	int made = 0, undone = 0;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct simrng dice = {seed};
		struct errinfo e;
		struct simdisk *d = simdisk_new(seed);
		struct sqlite3_vfs *v = sqlite3_vfs_find(simdisk_vfs(d));
		char s[32];
		simdisk_put(d, "old", STR("x"));
		simdisk_put(d, "gone", STR("x"));
		struct sqlite3_file *f = open_file(d, "new");
		CHECK(v->xDelete(v, "old", 0) == SQLITE_OK);
		simdisk_reopen(d, &dice);
		close_file(f);
		shape(d, "new", s);
		made += strcmp(s, "-") != 0;
		shape(d, "old", s);
		undone += strcmp(s, "-") != 0;
		CHECK(v->xDelete(v, "gone", 1) == SQLITE_OK);
		simdisk_reopen(d, &dice);
		shape(d, "gone", s);
		CHECK_STR(str_of(s), STR("-"));
		CHECK_OK(simdisk_remove(d, "gone", &e));
		simdisk_free(d);
	}
	CHECKF(made > 10 && made < 50 && undone > 10 && undone < 50, "%d %d", made, undone);
}

/* As Linux: after a failed fsync the bytes are readable, a later fsync succeeds and does not bring them. Fails if the second sync saves them always.
 */
TEST(a_failed_sync_loses_what_a_later_one_does_not_bring_back)
{
	int lost = 0, kept = 0;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct simrng dice = {seed};
		struct simdisk *d = simdisk_new(seed);
		struct sqlite3_file *f = open_file(d, "x");
		char s[32];
		CHECK(!put(f, 0, 'a', 512) && !f->pMethods->xSync(f, 0) && !put(f, 0, 'b', 512));
		simdisk_fail(d, SIMOP_SYNC, 1, ERR_IO);
		CHECK(f->pMethods->xSync(f, 0) == SQLITE_IOERR_FSYNC && simdisk_failed(d, SIMOP_SYNC));
		shape(d, "x", s);
		CHECK_STR(str_of(s), STR("b"));
		CHECK(!f->pMethods->xSync(f, 0));
		simdisk_reopen(d, &dice);
		close_file(f);
		shape(d, "x", s);
		CHECK(s[0] == 'a' || s[0] == 'b');
		lost += s[0] == 'a';
		kept += s[0] == 'b';
		simdisk_free(d);
	}
	CHECKF(lost > 10 && kept > 10, "%d %d", lost, kept);
}

/* simdisk_write at every crash point: the old bytes or the new ones, the new ones if it said OK. Fails if a step of it is missing. */
TEST(a_small_file_is_replaced_whole_at_every_crash_point)
{
	int old = 0, fresh = 0;
	for (uint64_t k = 1; k <= 6; k++)
		for (uint64_t seed = 1; seed <= 40; seed++) {
			struct simrng dice = {seed};
			struct errinfo e;
			struct simdisk *d = simdisk_new(seed);
			struct buf b = BUF_INIT(4096);
			CHECK_OK(simdisk_write(d, "key", STR("old"), &e));
			CHECK(simdisk_ops(d) == 5);
			simdisk_crash_at(d, k);
			enum err err = simdisk_write(d, "key", STR("a new one, longer"), &e);
			CHECK((err == OK) == (k == 6) && simdisk_crashed(d) == (k < 6));
			if (err)
				CHECK_ERR(simdisk_read(d, "key", &b, &e), ERR_IO);
			simdisk_reopen(d, &dice);
			CHECK_OK(simdisk_read(d, "key", &b, &e));
			bool is_old = str_is(buf_str(&b), "old");
			CHECK(is_old || str_is(buf_str(&b), "a new one, longer"));
			CHECK(!is_old || k < 6);
			CHECK(is_old || k > 3);
			old += is_old;
			fresh += !is_old;
			CHECK_OK(simdisk_write(d, "key", STR("third"), &e)); /* over whatever was left behind */
			buf_clear(&b);
			CHECK(simdisk_get(d, "key", &b));
			CHECK_STR(buf_str(&b), STR("third"));
			CHECK_OK(simdisk_remove(d, "key", &e));
			CHECK_ERR(simdisk_read(d, "key", &b, &e), ERR_NOTFOUND);
			buf_done(&b);
			simdisk_free(d);
		}
	CHECK(old > 100 && fresh > 60);
}

TEST(small_files_meet_faults_and_a_full_disk_and_keep_what_stood_there)
{
	struct errinfo e;
	struct simdisk *d = simdisk_new(1);
	struct buf b = BUF_INIT(4096);
	CHECK_OK(simdisk_write(d, "key", STR("old"), &e));
	static const enum simop ops[] = {SIMOP_OPEN, SIMOP_WRITE, SIMOP_SYNC, SIMOP_RENAME};
	for (size_t i = 0; i < 4; i++) {
		simdisk_fail(d, ops[i], 1, ERR_FULL);
		CHECK_ERR(simdisk_write(d, "key", STR("new"), &e), ERR_FULL);
		CHECK(strstr(e.msg, "key") && simdisk_failed(d, ops[i]));
	}
	simdisk_capacity(d, 5);
	CHECK(simdisk_space(d) == 2);
	CHECK_ERR(simdisk_write(d, "key", STR("new"), &e), ERR_FULL);
	simdisk_capacity(d, UINT64_MAX);
	CHECK(simdisk_space(d) == INT64_MAX);
	simdisk_fail(d, SIMOP_READ, 2, ERR_IO);
	CHECK_OK(simdisk_read(d, "key", &b, &e));
	CHECK_STR(buf_str(&b), STR("old"));
	CHECK_ERR(simdisk_read(d, "key", &b, &e), ERR_IO);
	CHECK_OK(simdisk_read(d, "key", &b, &e));
	buf_done(&b);
	struct buf little = BUF_INIT(2);
	CHECK_ERR(simdisk_read(d, "key", &little, &e), ERR_LIMIT);
	buf_done(&little);
	simdisk_free(d);
}

static void
list(const char *name, uint64_t size, void *ctx)
{
	buf_printf(ctx, "%s:%d ", name, (int)size);
}

/* A restored snapshot is the disk of that moment, durable, and nothing of what came later. */
TEST(a_snapshot_comes_back_as_it_was)
{
	struct errinfo e;
	struct simrng dice = {1};
	struct simdisk *d = simdisk_new(1), *other = simdisk_new(2);
	struct buf b = BUF_INIT(4096);
	uint8_t one[32], two[32];
	CHECK_OK(simdisk_write(d, "b", STR("bb"), &e));
	CHECK_OK(simdisk_write(d, "a", STR("a"), &e));
	simdisk_hash(d, one);
	struct simdisk_image *im = simdisk_snapshot(d);
	CHECK_OK(simdisk_write(d, "a", STR("later"), &e));
	CHECK_OK(simdisk_write(d, "c", STR("later"), &e));
	simdisk_hash(d, two);
	CHECK(memcmp(one, two, 32) != 0);
	simdisk_restore(d, im);
	simdisk_restore(other, im);
	simdisk_image_free(im);
	simdisk_reopen(d, &dice);
	simdisk_hash(d, two);
	CHECK(memcmp(one, two, 32) == 0);
	simdisk_hash(other, two);
	CHECK(memcmp(one, two, 32) == 0);
	simdisk_each(d, list, &b);
	CHECK_STR(buf_str(&b), STR("a:1 b:2 "));
	buf_done(&b);
	simdisk_free(d);
	simdisk_free(other);
}

/* Two connections of one process: SQLite's locks work, and shared memory is shared. */
TEST(connections_exclude_and_see_one_another)
{
	static const char *const modes[] = {"PRAGMA journal_mode=DELETE", "PRAGMA journal_mode=WAL"};
	for (int wal = 0; wal < 2; wal++) {
		struct simdisk *d = simdisk_new(1);
		struct sqlite3 *a, *b;
		CHECK(!sqlite3_open_v2("x", &a, RW & ~SQLITE_OPEN_MAIN_DB, simdisk_vfs(d)) && !sqlite3_exec(a, modes[wal], NULL, NULL, NULL));
		CHECK(!sqlite3_exec(a, "CREATE TABLE t(v); INSERT INTO t VALUES(1)", NULL, NULL, NULL));
		CHECK(!sqlite3_open_v2("x", &b, RW & ~SQLITE_OPEN_MAIN_DB, simdisk_vfs(d)));
		CHECK(!sqlite3_exec(a, "BEGIN IMMEDIATE; INSERT INTO t VALUES(2)", NULL, NULL, NULL));
		CHECK(sqlite3_exec(b, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_BUSY);
		CHECK(!sqlite3_exec(b, "BEGIN; SELECT * FROM t", NULL, NULL, NULL));
		CHECK(sqlite3_exec(a, "COMMIT", NULL, NULL, NULL) ==
		      (wal ? SQLITE_OK : SQLITE_BUSY)); /* a reader holds back a rollback-mode commit, not a WAL one */
		CHECK(!sqlite3_exec(b, "COMMIT", NULL, NULL, NULL));
		if (!wal)
			CHECK(!sqlite3_exec(a, "COMMIT", NULL, NULL, NULL));
		CHECK(!sqlite3_exec(b, "BEGIN IMMEDIATE; UPDATE t SET v = 3; COMMIT", NULL, NULL, NULL));
		CHECK(sqlite3_total_changes(b) == 2);
		CHECK(!sqlite3_exec(a, "BEGIN EXCLUSIVE", NULL, NULL, NULL)); /* keeps readers out in rollback mode, not in WAL */
		CHECK(sqlite3_exec(b, "SELECT * FROM t", NULL, NULL, NULL) == (wal ? SQLITE_OK : SQLITE_BUSY));
		CHECK(!sqlite3_exec(a, "ROLLBACK", NULL, NULL, NULL));
		sqlite3_close(a);
		sqlite3_close(b);
		CHECK(simdisk_handles(d) == 0);
		simdisk_free(d);
	}
}

static int64_t
noon(void *ctx)
{
	(void)ctx;
	return INT64_C(1443700800123456); /* 2015-10-01T12:00:00.123456Z */
}

TEST(sqlite_sees_the_virtual_clock)
{
	struct simdisk *d = simdisk_new(1);
	struct sqlite3 *db;
	struct sqlite3_stmt *s;
	simdisk_clock(d, noon, NULL);
	CHECK(!sqlite3_open_v2("x", &db, RW & ~SQLITE_OPEN_MAIN_DB, simdisk_vfs(d)));
	CHECK(!sqlite3_prepare_v2(db, "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')", -1, &s, NULL) && sqlite3_step(s) == SQLITE_ROW);
	CHECK_STR(str_of((const char *)sqlite3_column_text(s, 0)), STR("2015-10-01 12:00:00.123"));
	sqlite3_finalize(s);
	sqlite3_close(db);
	simdisk_free(d);
}
