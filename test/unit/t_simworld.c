/* Nodes in one process: clocks, randomness, death in the middle of anything, and the same history from the same seed. */
#include "sim/world.h"

#include <sqlite3.h>

#include "base/time.h"
#include "test.h"

#define START INT64_C(1443700800000000)

/* What a node of these tests is: a database, and a job for one step. */
struct node {
	const struct env *env;
	struct sqlite3 *db;
	struct sqlite3_stmt *open; /* left in the middle */
	const char *sql;
	int rc, value;
	bool die;
	struct buf *out;
};

static void
open_node(void *arg)
{
	struct node *n = arg;
	n->rc = sqlite3_open_v2("log.db", &n->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, n->env->vfs);
	if (!n->rc)
		n->rc = sqlite3_exec(n->db,
		    "PRAGMA synchronous=EXTRA; PRAGMA journal_mode=WAL;"
		    "CREATE TABLE IF NOT EXISTS t(v); CREATE VIRTUAL TABLE IF NOT EXISTS f USING fts5(x); CREATE VIRTUAL TABLE IF NOT EXISTS r USING "
		    "rtree(i, a, b)",
		    NULL, NULL, NULL);
}

static void
close_node(void *arg)
{
	struct node *n = arg;
	sqlite3_finalize(n->open);
	n->open = NULL;
	n->rc = sqlite3_close(n->db);
	n->db = NULL;
}

static void
do_sql(void *arg)
{
	struct node *n = arg;
	n->rc = sqlite3_exec(n->db, n->sql, NULL, NULL, NULL);
	if (n->rc && n->die)
		n->env->die(n->env->ctx, "a statement failed");
}

static void
count(void *arg)
{
	struct node *n = arg;
	struct sqlite3_stmt *s = NULL;
	n->value = -1;
	n->rc = sqlite3_prepare_v2(n->db, n->sql ? n->sql : "SELECT count(*) FROM t", -1, &s, NULL);
	if (!n->rc && sqlite3_step(s) == SQLITE_ROW)
		n->value = sqlite3_column_int(s, 0);
	sqlite3_finalize(s);
}

/* Dies with a transaction open, cursors in the middle of three kinds of table, and a statement on its own stack. */
static void
die_in_the_middle(void *arg)
{
	struct node *n = arg;
	struct sqlite3_stmt *s = NULL;
	sqlite3_exec(n->db, "BEGIN; INSERT INTO t VALUES(zeroblob(100000)); INSERT INTO f VALUES('half done'); INSERT INTO r VALUES(99, 1, 2)", NULL,
	    NULL, NULL);
	CHECK(!sqlite3_prepare_v2(n->db, "SELECT * FROM f, r, t WHERE f MATCH 'word OR half'", -1, &n->open, NULL) &&
	      sqlite3_step(n->open) == SQLITE_ROW);
	CHECK(!sqlite3_prepare_v2(n->db, "SELECT * FROM t", -1, &s, NULL) && sqlite3_step(s) == SQLITE_ROW);
	n->env->die(n->env->ctx, "for the test");
}

#define SOME "INSERT INTO t VALUES(1), (2), (3); INSERT INTO f VALUES('a word'); INSERT OR REPLACE INTO r VALUES(1, 1, 2)"

/* Fails if a dead node's connection writes on its way out, if its memory stays, or if its committed rows are gone. */
TEST(a_node_that_dies_in_a_transaction_leaves_only_what_it_committed)
{
	for (int power = 0; power < 2; power++) {
		struct simworld *w = simworld_new(7, 2, START);
		struct node n[2] = {{.env = simworld_env(w, 0)}, {.env = simworld_env(w, 1)}};
		for (int i = 0; i < 2; i++) {
			CHECK(simworld_run_step(w, i, open_node, &n[i]) == SIM_DONE && n[i].rc == SQLITE_OK);
			n[i].sql = SOME;
			CHECK(simworld_run_step(w, i, do_sql, &n[i]) == SIM_DONE && n[i].rc == SQLITE_OK);
			n[i].sql = NULL;
		}
		CHECK(simworld_run_step(w, 0, die_in_the_middle, &n[0]) == SIM_DIED);
		CHECK_STR(str_of(simworld_why(w, 0)), STR("for the test"));
		uint64_t ops = simdisk_ops(simworld_disk(w, 0));
		size_t other = simworld_heap(w, 1);
		CHECK(simworld_heap(w, 0) > 0 && simdisk_handles(simworld_disk(w, 0)) > 0);
		if (power)
			simworld_power(w, 0);
		else
			simworld_kill(w, 0);
		CHECK(simdisk_ops(simworld_disk(w, 0)) == ops);
		CHECK(simworld_heap(w, 0) == 0 && simworld_heap(w, 1) == other && simdisk_handles(simworld_disk(w, 0)) == 0);
		n[0] = (struct node){.env = n[0].env};
		CHECK(simworld_run_step(w, 0, open_node, &n[0]) == SIM_DONE && n[0].rc == SQLITE_OK);
		for (int i = 0; i < 2; i++) {
			n[i].sql = NULL;
			CHECK(simworld_run_step(w, i, count, &n[i]) == SIM_DONE && n[i].value == 3);
			n[i].sql = "SELECT count(*) FROM f WHERE f MATCH 'word OR half'";
			CHECK(simworld_run_step(w, i, count, &n[i]) == SIM_DONE && n[i].value == 1);
			CHECK(simworld_run_step(w, i, close_node, &n[i]) == SIM_DONE && n[i].rc == SQLITE_OK);
			CHECK(simworld_heap(w, i) == 0);
		}
		simworld_free(w);
	}
}

/* A node whose disk crashed at any point, that dies or closes by its own code. Fails if closing on a crashed disk writes, or a commit is lost. */
TEST(a_crashed_node_dies_or_closes_and_comes_back)
{
	int died = 0, closed = 0;
	for (uint64_t k = 1; k <= 60; k++) {
		struct simworld *w = simworld_new(k, 1, START);
		struct node n = {.env = simworld_env(w, 0), .die = k % 2 == 0};
		int committed = 0, tries = 0;
		CHECK(simworld_run_step(w, 0, open_node, &n) == SIM_DONE && n.rc == SQLITE_OK);
		simdisk_crash_at(simworld_disk(w, 0), k);
		n.sql = SOME;
		for (enum simend end = SIM_DONE; end == SIM_DONE && tries < 100;) {
			tries++;
			end = simworld_run_step(w, 0, do_sql, &n);
			committed += n.rc == SQLITE_OK && end == SIM_DONE;
			died += end == SIM_DIED;
			if (end == SIM_CRASHED) {
				uint64_t ops = simdisk_ops(simworld_disk(w, 0));
				closed++;
				CHECK(simworld_run_step(w, 0, close_node, &n) == SIM_CRASHED && n.rc == SQLITE_OK && simworld_heap(w, 0) == 0);
				CHECK(simdisk_ops(simworld_disk(w, 0)) == ops);
			}
		}
		CHECK(tries < 100);
		simworld_power(w, 0);
		n = (struct node){.env = simworld_env(w, 0)};
		CHECK(simworld_run_step(w, 0, open_node, &n) == SIM_DONE && n.rc == SQLITE_OK);
		/* SOME is three transactions of one statement; the crash fell into one of them */
		CHECK(simworld_run_step(w, 0, count, &n) == SIM_DONE && (n.value == 3 * committed || n.value == 3 * committed + 3));
		simworld_free(w);
	}
	CHECKF(died >= 20 && closed >= 20, "%d %d", died, closed);
}

/* The same seed and calls give the same disks to the last byte; another seed does not (WAL salts). */
TEST(a_history_is_a_function_of_its_seed)
{
	uint8_t hash[3][2][32];
	for (int run = 0; run < 3; run++) {
		struct simworld *w = simworld_new(run == 2 ? 6 : 5, 2, START);
		uint8_t junk[64];
		for (int i = 0; i < 2; i++) {
			struct node n = {.env = simworld_env(w, i)};
			CHECK(simworld_run_step(w, i, open_node, &n) == SIM_DONE && n.rc == SQLITE_OK);
			simdisk_crash_at(simworld_disk(w, i), 7);
			n.sql = SOME;
			int crashed = 0;
			for (int k = 0; k < 9; k++)
				crashed += simworld_run_step(w, i, do_sql, &n) == SIM_CRASHED;
			CHECK(crashed > 0);
			if (run == 1)
				sqlite3_randomness(sizeof junk, junk); /* draws outside a step move nothing */
			simworld_power(w, i);
			n = (struct node){.env = simworld_env(w, i), .sql = SOME};
			CHECK(simworld_run_step(w, i, open_node, &n) == SIM_DONE && simworld_run_step(w, i, do_sql, &n) == SIM_DONE &&
			      n.rc == SQLITE_OK);
			simdisk_hash(simworld_disk(w, i), hash[run][i]);
		}
		simworld_free(w);
	}
	CHECK(memcmp(hash[0], hash[1], sizeof hash[0]) == 0);
	CHECK(memcmp(hash[0][0], hash[2][0], 32) != 0 && memcmp(hash[0][0], hash[0][1], 32) != 0);
}

TEST(randomness_is_a_function_of_purpose_key_and_op_alone)
{
	struct simworld *w = simworld_new(1, 2, START), *same;
	const struct env *a = simworld_env(w, 0), *b = simworld_env(w, 1);
	uint8_t x[100], y[100];
	a->random(a->ctx, RND_SALT, STR("irn.irq"), 3, x, sizeof x);
	for (int i = 0; i < 10; i++)
		a->random(a->ctx, RND_SALT, STR("irq"), 3, y, sizeof y);
	CHECK(memcmp(x, y, 100) != 0);
	a->random(a->ctx, RND_SALT, STR("irn.irq"), 3, y, 50);
	CHECK(memcmp(x, y, 50) == 0); /* a shorter draw is the beginning of the longer */
	a->random(a->ctx, RND_ID, STR("irn.irq"), 3, y, 50);
	CHECK(memcmp(x, y, 50) != 0);
	a->random(a->ctx, RND_SALT, STR("irn.irq"), 4, y, 50);
	CHECK(memcmp(x, y, 50) != 0);
	b->random(b->ctx, RND_SALT, STR("irn.irq"), 3, y, 50);
	CHECK(memcmp(x, y, 50) != 0);
	simworld_free(w);
	same = simworld_new(1, 1, 0);
	simworld_random(same, 0, RND_SALT, STR("irn.irq"), 3, y, sizeof y);
	CHECK(memcmp(x, y, 100) == 0);
	simworld_free(same);
}

TEST(clocks_stand_still_drift_and_jump_each_for_itself)
{
	struct simworld *w = simworld_new(1, 2, START);
	const struct env *a = simworld_env(w, 0), *b = simworld_env(w, 1);
	CHECK(a->now(a->ctx) == START && a->now(a->ctx) == START && a->mono(a->ctx) == 0);
	simworld_drift(w, 0, 100);
	simworld_advance(w, TIME_HOUR);
	CHECK(b->now(b->ctx) == START + TIME_HOUR && b->mono(b->ctx) == TIME_HOUR);
	CHECK(a->now(a->ctx) == START + TIME_HOUR + 360000 && a->mono(a->ctx) == TIME_HOUR + 360000);
	simworld_drift(w, 0, -100);
	simworld_jump(w, 0, -TIME_DAY);
	simworld_advance(w, TIME_HOUR);
	CHECK(a->now(a->ctx) == START + 2 * TIME_HOUR - TIME_DAY && a->mono(a->ctx) == 2 * TIME_HOUR);
	simworld_power(w, 0);
	CHECK(a->now(a->ctx) == START + 2 * TIME_HOUR - TIME_DAY && a->mono(a->ctx) == 0);
	CHECK(simworld_now(w) == START + 2 * TIME_HOUR);
	simworld_free(w);
}

/* The lock goes with the process; SQLite without a VFS by name reaches no real file. */
TEST(the_home_lock_and_the_missing_default_vfs)
{
	struct errinfo e;
	struct simworld *w = simworld_new(1, 1, START);
	const struct env *env = simworld_env(w, 0);
	struct buf b = BUF_INIT(100);
	struct sqlite3 *db;
	CHECK_OK(env->lock(env->ctx, "serve", &e));
	CHECK_ERR(env->lock(env->ctx, "add", &e), ERR_BUSY);
	CHECK(strstr(e.msg, "serve"));
	simworld_kill(w, 0);
	CHECK_OK(env->lock(env->ctx, "add", &e));
	env->unlock(env->ctx);
	CHECK_OK(env->db_path(env->ctx, "log.db", &b, &e));
	CHECK_STR(buf_str(&b), STR("log.db"));
	buf_clear(&b);
	CHECK_OK(env->write(env->ctx, "keys/log", STR("k"), &e));
	CHECK_OK(env->read(env->ctx, "keys/log", &b, &e));
	CHECK_STR(buf_str(&b), STR("k"));
	CHECK_OK(env->remove(env->ctx, "keys/log", &e));
	CHECK_OK(env->remove(env->ctx, "keys/log", &e));
	CHECK(env->space(env->ctx) == INT64_MAX);
	CHECK(sqlite3_open("/tmp/simworld-must-not-be.db", &db) == SQLITE_CANTOPEN);
	sqlite3_close(db);
	CHECK(!sqlite3_open(":memory:", &db) && !sqlite3_exec(db, "CREATE TABLE t(v)", NULL, NULL, NULL));
	sqlite3_close(db);
	buf_done(&b);
	simworld_free(w);
}
