/* b_store: what the store costs beside bare SQLite.
 *
 * usage: b_store [OBJECTS [CLASSES]]     (100000, 4)
 *
 * The same made-up objects of about 1.3 KB, 1,000 a transaction: into one bare table with a unique index on a 36-byte key (WAL, synchronous FULL),
 * then into record and view until they can be searched. Then the newest 20 of a search: bare FTS5, and view_find. Prints times and ratios. Build:
 * make BUILD=b ROOMS="base env crypto json text merkle stix label store", then gcc -O2 -Isrc bench/b_store.c b/libcomity.a -lsodium -lcrypto
 * -lsqlite3 -lm */
#define _POSIX_C_SOURCE 200809L
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/time.h"
#include "crypto/init.h"
#include "env/posix.h"
#include "store/record.h"
#include "store/view.h"

enum { WORDS = 20000, TEXT = 350, OBJECT = 1300 };

static char vocabulary[WORDS][16];
static uint64_t seed = 1;

static uint64_t
dice(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed * UINT64_C(0x2545f4914f6cdd1d);
}

static double
seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
need(bool ok, const char *what)
{
	if (!ok) {
		fprintf(stderr, "%s\n", what);
		exit(1);
	}
}

static void
make_words(void)
{
	for (int i = 0; i < WORDS; i++) {
		int n = 3 + (int)(dice() % 8);
		for (int k = 0; k < n; k++)
			vocabulary[i][k] = (char)('a' + dice() % 26);
	}
}

struct made {
	char key[36], text[TEXT + 20], body[OBJECT];
	size_t ntext;
	uint8_t uuid[16], target[16];
};

/* Words as a language has them: the k-th about 1/k as often as the first. */
static void
make_object(uint64_t n, struct made *m)
{
	seed = n * UINT64_C(0x9e3779b97f4a7c15) + 1;
	for (int i = 0; i < 10; i++)
		(void)dice();
	m->ntext = 0;
	while (m->ntext < TEXT) {
		double u = (double)(dice() >> 11) / 9007199254740992.0;
		double k = 1;
		for (int i = 0; i < 14 && u < 0.93; i++, u = (double)(dice() >> 11) / 9007199254740992.0)
			k *= 2;
		const char *w = vocabulary[(size_t)(k * (1 + (double)(dice() >> 11) / 9007199254740992.0)) % WORDS];
		size_t len = strlen(w);
		memcpy(m->text + m->ntext, w, len);
		m->text[m->ntext + len] = ' ';
		m->ntext += len + 1;
	}
	for (int i = 0; i < 16; i++)
		m->uuid[i] = (uint8_t)dice(), m->target[i] = (uint8_t)dice();
	for (int i = 0; i < 36; i++)
		m->key[i] = "0123456789abcdef"[m->uuid[i % 16] >> (i < 16 ? 4 : 0) & 15];
	memset(m->body, 'x', sizeof m->body);
	memcpy(m->body, m->text, m->ntext);
}

static sqlite3 *
bare_open(const char *path, const char *schema)
{
	sqlite3 *h;
	need(sqlite3_open(path, &h) == SQLITE_OK, "open");
	need(sqlite3_exec(h, "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL", 0, 0, 0) == SQLITE_OK, "wal");
	need(sqlite3_exec(h, schema, 0, 0, 0) == SQLITE_OK, "schema");
	return h;
}

static double
bare(const char *path, uint64_t n)
{
	struct made m;
	double spent = 0;
	sqlite3_stmt *st;
	sqlite3 *h = bare_open(path, "CREATE TABLE t(key TEXT UNIQUE, data BLOB)");
	need(sqlite3_prepare_v2(h, "INSERT INTO t VALUES(?,?)", -1, &st, 0) == SQLITE_OK, "prepare");
	for (uint64_t i = 0; i < n; i += 1000) {
		sqlite3_exec(h, "BEGIN", 0, 0, 0);
		for (uint64_t k = i; k < i + 1000; k++) {
			make_object(k, &m);
			double t = seconds();
			sqlite3_bind_text(st, 1, m.key, 36, SQLITE_STATIC);
			sqlite3_bind_blob(st, 2, m.body, OBJECT, SQLITE_STATIC);
			sqlite3_step(st);
			sqlite3_reset(st);
			spent += seconds() - t;
		}
		double t = seconds();
		need(sqlite3_exec(h, "COMMIT", 0, 0, 0) == SQLITE_OK, "commit");
		spent += seconds() - t;
	}
	sqlite3_finalize(st);
	sqlite3_close(h);
	return spent;
}

static void
check(enum err err, const struct errinfo *e)
{
	if (err) {
		fprintf(stderr, "%s\n", e->msg);
		exit(1);
	}
}

static struct label labels[64];

static void
put(struct store *s, struct record_log *log, uint64_t n, int nclasses, double *ret_record, double *ret_view)
{
	struct errinfo e;
	static struct made many[1000];
	int64_t first = 0, no;
	uint64_t arrival;
	uint64_t idx = log->edge.size;
	for (uint64_t k = 0; k < 1000; k++)
		make_object(n + k, &many[k]);
	double t = seconds();
	check(record_begin(s, &e), &e);
	for (int k = 0; k < 1000; k++) {
		check(record_piece_put(s, str_bytes(many[k].body, OBJECT), &no, &e), &e);
		if (!first)
			first = no;
	}
	struct record_entry x = {STR("a leaf"), first, 1000};
	check(record_entry_put(s, log, &x, true, (int64_t)n, &e), &e);
	check(record_arrive(s, log->no, idx, (int64_t)n, &arrival, &e), &e);
	check(record_commit(s, &e), &e);
	*ret_record += seconds() - t;
	t = seconds();
	check(view_begin(s, &e), &e);
	for (uint32_t k = 0; k < 1000; k++) {
		struct view_ref ref = {.target = {.type = STR("identity")}};
		struct str text = {many[k].text, many[k].ntext};
		struct view_object o = {.arrival = arrival,
		    .piece = k,
		    .log = log->no,
		    .idx = idx,
		    .piece_no = first + k,
		    .at = (int64_t)n,
		    .centre = 1,
		    .author = 1,
		    .text = &text,
		    .ntext = 1,
		    .refs = &ref,
		    .nrefs = 1};
		o.label = &labels[(n / 1000) % (unsigned)nclasses];
		o.id.type = k % 3 ? STR("indicator") : STR("report");
		memcpy(o.id.uuid, many[k].uuid, 16);
		memcpy(ref.target.uuid, many[k].target, 16);
		check(view_object_put(s, &o, &e), &e);
	}
	check(view_commit(s, arrival, &e), &e);
	*ret_view += seconds() - t;
}

static enum err
count(void *ctx, const struct view_row *row, struct errinfo *e)
{
	(void)row, (void)e;
	++*(int *)ctx;
	return OK;
}

static void
search(struct store *s, const char *folder, uint64_t n)
{
	char path[300];
	struct made m;
	struct errinfo e;
	sqlite3_stmt *st;
	(void)snprintf(path, sizeof path, "%s/bare-fts.db", folder);
	sqlite3 *h = bare_open(path, "CREATE VIRTUAL TABLE f USING fts5(text, content='', columnsize=0)");
	need(sqlite3_prepare_v2(h, "INSERT INTO f(rowid,text) VALUES(?,?)", -1, &st, 0) == SQLITE_OK, "prepare");
	double t = seconds(), making = 0;
	for (uint64_t i = 0; i < n; i++) {
		if (i % 1000 == 0)
			sqlite3_exec(h, "BEGIN", 0, 0, 0);
		double u = seconds();
		make_object(i, &m);
		making += seconds() - u;
		sqlite3_bind_int64(st, 1, (int64_t)i + 1);
		sqlite3_bind_text(st, 2, m.text, (int)m.ntext, SQLITE_STATIC);
		sqlite3_step(st);
		sqlite3_reset(st);
		if (i % 1000 == 999)
			sqlite3_exec(h, "COMMIT", 0, 0, 0);
	}
	printf("bare FTS5 alone: %.2f us an object\n", (seconds() - t - making) / (double)n * 1e6);
	sqlite3_finalize(st);
	need(sqlite3_prepare_v2(h, "SELECT rowid FROM f WHERE f MATCH ? ORDER BY rowid DESC LIMIT 20", -1, &st, 0) == SQLITE_OK, "prepare");
	static const int rank[] = {1, 30, 1000, 15000};
	for (int i = 0; i < 4; i++) {
		const char *w = vocabulary[rank[i]];
		double b = 1e9, o = 1e9;
		int rows = 0, ours = 0;
		for (int k = 0; k < 20; k++) {
			double u = seconds();
			sqlite3_bind_text(st, 1, w, -1, SQLITE_STATIC);
			for (rows = 0; sqlite3_step(st) == SQLITE_ROW; rows++)
				;
			sqlite3_reset(st);
			u = seconds() - u;
			b = u < b ? u : b;
			struct view_filter f = {.author = -1, .link = -1, .words = str_of(w), .since = TIME_MIN, .limit = 20};
			ours = 0;
			u = seconds();
			check(view_find(s, &f, count, &ours, &e), &e);
			u = seconds() - u;
			o = u < o ? u : o;
		}
		printf("newest 20 with word %d: bare %.1f us (%d rows), view_find %.1f us (%d rows): %.2f times\n", rank[i], b * 1e6, rows, o * 1e6,
		    ours, o / b);
	}
	sqlite3_finalize(st);
	sqlite3_close(h);
}

/* What it costs to take the words of one object out of the file. */
static void
recall(struct store *s)
{
	struct errinfo e;
	struct made m;
	struct view_row row;
	uint64_t position;
	make_object(0, &m);
	struct str text = {m.text, m.ntext};
	check(view_at(s, 1, 0, 0, &row, &e), &e);
	check(view_position(s, &position, &e), &e);
	double t = seconds();
	check(view_begin(s, &e), &e);
	check(view_object_state(s, &row, VIEW_RECALLED, &text, 1, &e), &e);
	check(view_commit(s, position, &e), &e);
	printf("recall of one object, its class rewritten: %.1f ms\n", (seconds() - t) * 1e3);
}

int
main(int argc, char **argv)
{
	char folder[] = "/tmp/b_store.XXXXXX", path[300];
	uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 100000;
	int nclasses = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 4;
	struct env_posix *p;
	struct store *s;
	struct errinfo e;
	double rec = 0, view = 0;
	need(n % 1000 == 0 && nclasses >= 1 && nclasses <= 64, "objects in thousands, 1 to 64 classes");
	crypto_init();
	need(mkdtemp(folder) != NULL, "no temporary folder");
	make_words();
	(void)snprintf(path, sizeof path, "%s/bare.db", folder);
	double b = bare(path, n);
	printf("bare: %.2f us an object (%.0f a second)\n", b / (double)n * 1e6, (double)n / b);
	(void)snprintf(path, sizeof path, "%s/home", folder);
	check(env_posix_new(path, true, &p, &e), &e);
	check(store_open(env_posix_env(p), true, &s, &e), &e);
	uint8_t policy[POLICY_ID] = {1};
	for (int i = 0; i < nclasses; i++)
		label_own(&labels[i], policy, 1, (uint8_t)i);
	struct record_log log = {.centre = 1, .circle = 2, .author = 1, .last_time = TIME_MIN, .origin = "o"};
	check(record_begin(s, &e), &e);
	check(record_log_new(s, &log, &e), &e);
	check(record_commit(s, &e), &e);
	for (uint64_t i = 0; i < n; i += 1000)
		put(s, &log, i, nclasses, &rec, &view);
	printf("record: %.2f us, view: %.2f us an object; ratio of speed to bare: %.3f\n", rec / (double)n * 1e6, view / (double)n * 1e6,
	    b / (rec + view));
	search(s, folder, n);
	recall(s);
	store_close(s);
	env_posix_free(p);
	(void)snprintf(path, sizeof path, "rm -rf %s", folder);
	return system(path) != 0;
}
