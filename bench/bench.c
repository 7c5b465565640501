#include "bench.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/time.h"
#include "env/posix.h"
#include "measure.h"
#include "object.h"

double
bench_seconds(void)
{
	return seconds();
}

void
bench_line(const char *name, double value, const char *unit, double ratio, const char *reference)
{
	printf("%s: %.6g %s, %.2f of %s\n", name, value, unit, ratio, reference);
	fflush(stdout);
}

void
bench_need(enum err err, const char *what, const struct errinfo *e)
{
	if (!err)
		return;
	fprintf(stderr, "%s: %s: %s\n", what, err_name(err), e ? e->msg : "");
	exit(1);
}

static char dir[200];

static void
remove_dir(void)
{
	char command[256];
	snprintf(command, sizeof command, "rm -rf '%s'", dir);
	if (!getenv("KEEP") && system(command) != 0)
		fprintf(stderr, "%s is left\n", dir);
}

const char *
bench_dir(void)
{
	if (!dir[0]) {
		const char *tmp = getenv("TMPDIR");
		snprintf(dir, sizeof dir, "%s/comity-bench-XXXXXX", tmp ? tmp : "/tmp");
		if (!mkdtemp(dir)) {
			perror(dir);
			exit(1);
		}
		atexit(remove_dir);
	}
	return dir;
}

struct centre *
bench_centre(const char *name, int n)
{
	static const char *const id[] = {"irq", "rus", "irn", "syr"};
	struct centre *c = calloc(1, sizeof *c);
	struct errinfo e;
	c->n = n;
	for (int i = 0; i < n; i++) {
		char path[300];
		struct env_posix *env;
		snprintf(path, sizeof path, "%s/%s-%s", bench_dir(), name, id[i]);
		bench_need(env_posix_new(path, true, &env, &e), path, &e);
		c->env[i] = env_posix_env(env);
		c->id[i] = id[i];
	}
	bench_need(centre_found(c, &(struct centre_plan){.name = "Bench", .from = c->env[0]->now(c->env[0]->ctx) / TIME_DAY * TIME_DAY}, &e),
	    "founding", &e);
	return c;
}

void
bench_centre_free(struct centre *c)
{
	centre_close_all(c);
	free(c);
}

static enum err
read_bundle(void *ctx, void *p, size_t cap, size_t *ret_n, struct errinfo *e)
{
	struct bench_bundle *b = ctx;
	(void)e;
	if (b->given == b->part.n) {
		buf_clear(&b->part);
		b->given = 0;
		if (b->state == 0)
			buf_puts(&b->part, "{\"type\":\"bundle\",\"id\":\"bundle--e4f0febd-b8cf-4272-b892-71049d272c40\",\"objects\":[\n");
		for (int i = 0; i < 64 && b->at < b->end; i++) {
			if (b->state++)
				buf_puts(&b->part, ",\n");
			object_put(&b->part, b->at++);
		}
		if (b->part.n == 0 && b->state >= 0) {
			buf_puts(&b->part, "]}\n");
			b->state = -1;
		}
	}
	size_t n = b->part.n - b->given;
	if (n > cap)
		n = cap;
	if (n)
		memcpy(p, b->part.p + b->given, n);
	b->given += n;
	*ret_n = n;
	return OK;
}

struct source
bench_bundle(struct bench_bundle *b, uint64_t from, uint64_t n)
{
	*b = (struct bench_bundle){from, from + n, BUF_INIT(MIB), 0, 0};
	return (struct source){b, read_bundle};
}

/* The bundle as a file first, so that making it is not in the time. */
static double add_file(struct centre *c, FILE *f);

static enum err
read_file(void *ctx, void *p, size_t cap, size_t *ret_n, struct errinfo *e)
{
	*ret_n = fread(p, 1, cap, ctx);
	return ferror((FILE *)ctx) ? err_set(e, ERR_IO, "reading the bundle") : OK;
}

static double
add_file(struct centre *c, FILE *f)
{
	struct errinfo e;
	struct buf reply = BUF_INIT(64 * MIB);
	struct source in = {f, read_file};
	struct node_call call = {.op = STR("add"),
	    .args = STR("{\"format\":\"stix\",\"source\":\"bundle.json\",\"mark\":\"(U//REL TO ALL)\"}"),
	    .who = {.position = STR("J2-3")},
	    .in = &in};
	double t = bench_seconds();
	bench_need(centre_call(c, 0, &call, &reply, &e), "add", &e);
	t = bench_seconds() - t;
	buf_done(&reply);
	return t;
}

double
bench_add(struct centre *c, uint64_t from, uint64_t n)
{
	struct bench_bundle b;
	struct source src = bench_bundle(&b, from, n);
	char path[300], part[65536];
	size_t k;
	snprintf(path, sizeof path, "%s/bundle.json", bench_dir());
	FILE *f = fopen(path, "w+b");
	if (!f) {
		perror(path);
		exit(1);
	}
	while (read_bundle(src.ctx, part, sizeof part, &k, NULL) == OK && k)
		fwrite(part, 1, k, f);
	buf_done(&b.part);
	rewind(f);
	double t = add_file(c, f);
	fclose(f);
	unlink(path);
	return t;
}

static void
sql(sqlite3 *db, const char *text)
{
	if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK) {
		fprintf(stderr, "%s: %s\n", text, sqlite3_errmsg(db));
		exit(1);
	}
}

double
bench_bare_insert(uint64_t n)
{
	char path[300];
	sqlite3 *db;
	sqlite3_stmt *st;
	struct buf all = BUF_INIT((size_t)4096 * MIB);
	uint64_t *at = malloc((n + 1) * sizeof *at);
	for (uint64_t i = 0; i < n; i++) {
		at[i] = all.n;
		object_put_id(&all, i);
		object_put(&all, i);
	}
	at[n] = all.n;
	snprintf(path, sizeof path, "%s/bare.db", bench_dir());
	sqlite3_open(path, &db);
	sql(db, "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;CREATE TABLE o(no INTEGER PRIMARY KEY,id BLOB,bytes BLOB);CREATE UNIQUE INDEX o_id "
		"ON o(id)");
	sqlite3_prepare_v2(db, "INSERT INTO o VALUES(?,?,?)", -1, &st, NULL);
	double t = bench_seconds();
	for (uint64_t i = 0; i < n; i++) {
		if (i % 1000 == 0)
			sql(db, "BEGIN");
		size_t id = 0;
		while (all.p[at[i] + id] != '{')
			id++;
		sqlite3_bind_int64(st, 1, (sqlite3_int64)i + 1);
		sqlite3_bind_blob(st, 2, all.p + at[i] + id - 36, 36, SQLITE_STATIC);
		sqlite3_bind_blob64(st, 3, all.p + at[i] + id, at[i + 1] - at[i] - id, SQLITE_STATIC);
		if (sqlite3_step(st) != SQLITE_DONE) {
			fprintf(stderr, "%s\n", sqlite3_errmsg(db));
			exit(1);
		}
		sqlite3_reset(st);
		if (i % 1000 == 999 || i + 1 == n)
			sql(db, "COMMIT");
	}
	t = bench_seconds() - t;
	sqlite3_finalize(st);
	sqlite3_close(db);
	unlink(path);
	buf_done(&all);
	free(at);
	return (double)n / t;
}
