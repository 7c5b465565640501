/* b_search: a home of a million objects: adding them (peak memory of the process), the newest 20 results of a search beside bare FTS5, and the start
 * of commands. usage: b_search [OBJECTS] */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/time.h"
#include "bench.h"
#include "measure.h"
#include "node/op.h"
#include "object.h"
#include "store/view.h"

enum { ROUNDS = 31, SHORT = 201, WORDS = 16, STEPS = 1000 };

static bool
wanted(const char *name)
{
	const char *only = getenv("ONLY");
	return !only || !*only || strcmp(only, name) == 0;
}

/* A run for this figure alone. */
static bool
alone(const char *name)
{
	const char *only = getenv("ONLY");
	return only && strcmp(only, name) == 0;
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double
median(double *t, size_t n)
{
	qsort(t, n, sizeof *t, ascending);
	return t[n / 2];
}

static sqlite3 *
bare(uint64_t n)
{
	char path[300];
	sqlite3 *db;
	sqlite3_stmt *st;
	struct buf text = BUF_INIT(MIB);
	snprintf(path, sizeof path, "%s/fts.db", bench_dir());
	sqlite3_open(path, &db);
	sqlite3_exec(db, "PRAGMA journal_mode=WAL;PRAGMA synchronous=OFF;CREATE VIRTUAL TABLE f USING fts5(t)", NULL, NULL, NULL);
	sqlite3_prepare_v2(db, "INSERT INTO f(rowid,t) VALUES(?,?)", -1, &st, NULL);
	for (uint64_t i = 0; i < n; i++) {
		if (i % 1000 == 0)
			sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
		buf_clear(&text);
		object_put_text(&text, i);
		sqlite3_bind_int64(st, 1, (sqlite3_int64)i + 1);
		sqlite3_bind_text(st, 2, text.p, (int)text.n, SQLITE_STATIC);
		sqlite3_step(st);
		sqlite3_reset(st);
		if (i % 1000 == 999 || i + 1 == n)
			sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	}
	sqlite3_finalize(st);
	buf_done(&text);
	return db;
}

static enum err
count_row(void *ctx, const struct view_row *row, struct errinfo *e)
{
	(void)row, (void)e;
	++*(int *)ctx;
	return OK;
}

static double
ours_once(struct node *n, const struct view_filter *f, int *found)
{
	struct errinfo e;
	double t = bench_seconds();
	*found = 0;
	bench_need(view_find(n->store, f, count_row, found, &e), "view_find", &e);
	return bench_seconds() - t;
}

static double
theirs_once(sqlite3_stmt *st, int *found)
{
	double t = bench_seconds();
	*found = 0;
	while (sqlite3_step(st) == SQLITE_ROW)
		++*found;
	sqlite3_reset(st);
	return bench_seconds() - t;
}

/* What one query takes, ours and theirs, added to *ours and *theirs. By turns, since who comes second finds the processor's caches warm. */
static void
both(struct node *n, sqlite3_stmt *st, const char *words, double *ours, double *theirs)
{
	static double a[SHORT], b[SHORT];
	struct view_filter f = {.now = n->env->now(n->env->ctx), .author = -1, .link = -1, .since = TIME_MIN, .words = str_of(words), .limit = 20};
	int found = 0, there = 0;
	sqlite3_bind_text(st, 1, words, -1, SQLITE_STATIC);
	for (int i = 0; i < SHORT; i++) {
		if (i % 2)
			a[i] = ours_once(n, &f, &found);
		b[i] = theirs_once(st, &there);
		if (i % 2 == 0)
			a[i] = ours_once(n, &f, &found);
	}
	if (found != there)
		fprintf(stderr, "# %s: %d found, %d by the bare table\n", words, found, there);
	*ours += median(a, SHORT);
	*theirs += median(b, SHORT);
}

/* The mean over words of about the same frequency: what one of them takes depends on where its rows happen to end in a page of the index. second 0:
 * one word. */
static void
search(struct centre *c, sqlite3 *db, const char *name, uint32_t first, uint32_t second)
{
	static double whole[ROUNDS];
	struct node *n = c->node[0];
	struct errinfo e;
	sqlite3_stmt *st;
	char line[40];
	double ours = 0, theirs = 0, shown = 0;
	sqlite3_prepare_v2(db, "SELECT rowid FROM f WHERE f MATCH ? ORDER BY rowid DESC LIMIT 20", -1, &st, NULL);
	for (uint32_t k = 0; k < WORDS; k++) {
		struct buf words = BUF_INIT(200);
		object_put_word(&words, first + k * first / 100);
		if (second) {
			buf_putc(&words, ' ');
			object_put_word(&words, second + k);
		}
		buf_putc(&words, '\0');
		both(n, st, words.p, &ours, &theirs);
		for (int i = 0; i < ROUNDS; i++) {
			double t = bench_seconds();
			bench_need(centre_op(c, 0, NULL, &e, "search", "{\"words\":\"%s\",\"limit\":20}", words.p), "search", &e);
			whole[i] = bench_seconds() - t;
		}
		shown += median(whole, ROUNDS);
		buf_done(&words);
	}
	sqlite3_finalize(st);
	bench_line(name, ours / WORDS * 1e6, "us", ours / theirs, "the same queries on bare FTS5");
	snprintf(line, sizeof line, "%s-shown", name);
	bench_line(line, shown / WORDS * 1e6, "us", shown / theirs,
	    "the same queries on bare FTS5 (these read and name the 20 objects too, and write the audit line)");
}

static enum err
first_row(void *ctx, const struct view_row *row, struct errinfo *e)
{
	(void)e;
	*(struct view_row *)ctx = *row;
	return OK;
}

static double
processor(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* One object goes: the longest transaction until its words have left the file, in milliseconds. */
static double
recall_step(struct centre *c, const char *words, double *ret_all)
{
	struct node *n = c->node[0];
	struct errinfo e;
	struct view_row row = {0};
	uint64_t position;
	struct str text = str_of(words);
	struct view_filter f = {.now = n->env->now(n->env->ctx), .author = -1, .link = -1, .since = TIME_MIN, .words = text, .limit = 1};
	double longest = 0, busy = 0, most = 0, from = bench_seconds();
	bool more = true;
	bench_need(view_find(n->store, &f, first_row, &row, &e), "view_find", &e);
	bench_need(view_position(n->store, &position, &e), "view_position", &e);
	double t = bench_seconds();
	busy = processor();
	bench_need(view_begin(n->store, &e), "view_begin", &e);
	bench_need(view_object_state(n->store, &row, VIEW_RECALLED, &text, 1, &e), "view_object_state", &e);
	bench_need(view_commit(n->store, position, &e), "view_commit", &e);
	int steps = 0;
	for (; more && steps < STEPS; steps++) {
		t = bench_seconds() - t;
		busy = processor() - busy;
		longest = t > longest ? t : longest;
		most = busy > most ? busy : most;
		t = bench_seconds();
		busy = processor();
		bench_need(view_purge_step(n->store, &more, &e), "view_purge_step", &e);
	}
	t = bench_seconds() - t;
	*ret_all = bench_seconds() - from;
	fprintf(stderr, "# %d steps in %.3f s, the longest %.1f ms of processor time; the last, with the write-ahead log emptied, took %.1f ms\n",
	    steps, *ret_all, most * 1e3, t * 1e3);
	return longest * 1e3;
}

/* Milliseconds that the program takes, from fork to its end. */
static double
start(const char *home, const char *command)
{
	const char *program = getenv("COMITY");
	double t[ROUNDS];
	for (int i = 0; i < ROUNDS; i++) {
		double from = bench_seconds();
		pid_t pid = fork();
		if (pid == 0) {
			if (!freopen("/dev/null", "w", stdout))
				_exit(1);
			execl(program, program, "-C", home, command, "--json", NULL);
			_exit(127);
		}
		int status;
		if (waitpid(pid, &status, 0) != pid || status) {
			fprintf(stderr, "%s %s: ended with %d\n", program, command, status);
			exit(1);
		}
		t[i] = bench_seconds() - from;
	}
	return median(t, ROUNDS) * 1e3;
}

int
main(int argc, char **argv)
{
	uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
	if (!wanted("search") && !wanted("start") && !wanted("memory") && !alone("recall-step"))
		return 0;
	struct centre *c = bench_centre("search", 1);
	double t = bench_add(c, 0, n);
	fprintf(stderr, "# %llu objects added in %.0f s\n", (unsigned long long)n, t);
	if (wanted("memory"))
		bench_line("memory", (double)resident_most() / MIB, "MiB", (double)resident_most() / MIB / 128,
		    "the 128 MiB that adding a million objects may take (peak resident, VmHWM)");
	if (wanted("search")) {
		sqlite3 *db = bare(n);
		search(c, db, "search", 300, 0);
		search(c, db, "search-rare", 3000, 0);
		search(c, db, "search-two", 20, 60);
		sqlite3_close(db);
	}
	if (alone("recall-step")) {
		struct buf words = BUF_INIT(200);
		double all, ms;
		object_put_word(&words, 3000);
		buf_putc(&words, '\0');
		ms = recall_step(c, words.p, &all);
		bench_line("recall-step", ms, "ms", ms / 50, "50 ms, in which the longest transaction of a recall is to be over");
		buf_done(&words);
	}
	if (wanted("start")) {
		char home[300];
		snprintf(home, sizeof home, "%s/search-irq", bench_dir());
		centre_close_all(c);
		static const char *const command[] = {"status", "lead", "ls", "inbox"};
		for (size_t i = 0; i < 4; i++) {
			char name[40];
			double ms = start(home, command[i]);
			snprintf(name, sizeof name, "start-%s", command[i]);
			bench_line(name, ms, "ms", ms / 50, "the 50 ms that a command may take on a home of a million objects");
		}
	}
	bench_centre_free(c);
	return 0;
}
