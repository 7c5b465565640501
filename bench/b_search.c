/* b_search: a home of a million objects: adding them (peak memory of the process), the newest 20 results of a search beside bare FTS5, and the start
 * of commands. usage: b_search [OBJECTS] */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/time.h"
#include "bench.h"
#include "node/op.h"
#include "object.h"
#include "store/view.h"

enum { ROUNDS = 31 };

static bool
wanted(const char *name)
{
	const char *only = getenv("ONLY");
	return !only || !*only || strcmp(only, name) == 0;
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double
median(double *t)
{
	qsort(t, ROUNDS, sizeof *t, ascending);
	return t[ROUNDS / 2];
}

/* Peak resident size of this process in MiB. */
static double
peak(void)
{
	char line[200];
	double kib = 0;
	FILE *f = fopen("/proc/self/status", "r");
	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "VmHWM: %lf", &kib) == 1)
			break;
	if (f)
		fclose(f);
	return kib / 1024;
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

/* The same words asked of both. */
static void
search(struct centre *c, sqlite3 *db, const char *name, const char *words)
{
	double ours[ROUNDS], whole[ROUNDS], theirs[ROUNDS];
	struct node *n = c->node[0];
	struct errinfo e;
	sqlite3_stmt *st;
	char line[40];
	int found = 0, there = 0;
	struct view_filter f = {.now = n->env->now(n->env->ctx), .author = -1, .link = -1, .since = TIME_MIN, .words = str_of(words), .limit = 20};
	sqlite3_prepare_v2(db, "SELECT rowid FROM f WHERE f MATCH ? ORDER BY rowid DESC LIMIT 20", -1, &st, NULL);
	sqlite3_bind_text(st, 1, words, -1, SQLITE_STATIC);
	for (int i = 0; i < ROUNDS; i++) {
		double t = bench_seconds();
		found = there = 0;
		bench_need(view_find(n->store, &f, count_row, &found, &e), "view_find", &e);
		ours[i] = bench_seconds() - t;
		t = bench_seconds();
		while (sqlite3_step(st) == SQLITE_ROW)
			there++;
		sqlite3_reset(st);
		theirs[i] = bench_seconds() - t;
		t = bench_seconds();
		bench_need(centre_op(c, 0, NULL, &e, "search", "{\"words\":\"%s\",\"limit\":20}", words), "search", &e);
		whole[i] = bench_seconds() - t;
	}
	sqlite3_finalize(st);
	if (found != there)
		fprintf(stderr, "# %s: %d found, %d by the bare table\n", words, found, there);
	double reference = median(theirs);
	bench_line(name, median(ours) * 1e6, "us", median(ours) / reference, "the same query on bare FTS5");
	snprintf(line, sizeof line, "%s-shown", name);
	bench_line(line, median(whole) * 1e6, "us", median(whole) / reference,
	    "the same query on bare FTS5 (this one reads and names the 20 objects too, and writes the audit line)");
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
	return median(t) * 1e3;
}

int
main(int argc, char **argv)
{
	uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
	if (!wanted("search") && !wanted("start") && !wanted("memory"))
		return 0;
	struct centre *c = bench_centre("search", 1);
	double t = bench_add(c, 0, n);
	fprintf(stderr, "# %llu objects added in %.0f s\n", (unsigned long long)n, t);
	if (wanted("memory"))
		bench_line("memory", peak(), "MiB", peak() / 128, "the 128 MiB that adding a million objects may take (peak resident, VmHWM)");
	if (wanted("search")) {
		sqlite3 *db = bare(n);
		struct buf words = BUF_INIT(200);
		object_put_word(&words, 300);
		buf_putc(&words, '\0');
		search(c, db, "search", words.p);
		buf_clear(&words);
		object_put_word(&words, 3000);
		buf_putc(&words, '\0');
		search(c, db, "search-rare", words.p);
		buf_clear(&words);
		object_put_word(&words, 20);
		buf_putc(&words, ' ');
		object_put_word(&words, 60);
		buf_putc(&words, '\0');
		search(c, db, "search-two", words.p);
		buf_done(&words);
		sqlite3_close(db);
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
