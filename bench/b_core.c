/* b_core: add, and fetch by another member, beside a bare table of the same bytes. usage: b_core [OBJECTS] */
#define _DEFAULT_SOURCE /* sync */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "object.h"

enum { ROUNDS = 5 };

static bool
wanted(const char *name)
{
	const char *only = getenv("ONLY");
	return !only || !*only || strcmp(only, name) == 0;
}

static void
release_all(struct centre *c, uint64_t n)
{
	struct errinfo e;
	struct buf args = BUF_INIT(MIB), reply = BUF_INIT(16 * MIB);
	for (uint64_t from = 0; from < n; from += 1000) {
		buf_clear(&args);
		buf_puts(&args, "{\"to\":\"ALL\",\"ids\":[");
		for (uint64_t i = from; i < from + 1000 && i < n; i++) {
			buf_puts(&args, i > from ? ",\"" : "\"");
			object_put_id(&args, i);
			buf_putc(&args, '"');
		}
		buf_puts(&args, "]}");
		struct node_call call = {.op = STR("release"), .args = buf_str(&args), .who = {.position = STR("J2-3")}};
		bench_need(centre_call(c, 0, &call, &reply, &e), "release", &e);
	}
	buf_done(&args);
	buf_done(&reply);
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Rounds of one figure and of the reference that was measured beside it. */
struct rounds {
	double speed[ROUNDS], ratio[ROUNDS];
};

static void
tell(const char *name, struct rounds *r)
{
	qsort(r->ratio, ROUNDS, sizeof *r->ratio, ascending);
	qsort(r->speed, ROUNDS, sizeof *r->speed, ascending);
	bench_line(name, r->speed[ROUNDS / 2], "objects/s", r->ratio[ROUNDS / 2], "bare SQLite insert");
	fprintf(stderr, "# %s: ratios of the rounds:", name);
	for (int i = 0; i < ROUNDS; i++)
		fprintf(stderr, " %.2f", r->ratio[i]);
	fputc('\n', stderr);
}

static double
fetch(struct centre *c, uint64_t n)
{
	struct errinfo e;
	double t = bench_seconds();
	release_all(c, n);
	fprintf(stderr, "# released at %.0f objects/s\n", (double)n / (bench_seconds() - t));
	sync();
	t = bench_seconds();
	bench_need(centre_sync(c, 1, 0, NULL, &e), "sync", &e);
	return bench_seconds() - t;
}

/* By itself: what was written before is not still on its way to the disk. */
static double
bare_insert(uint64_t n)
{
	sync();
	double rate = bench_bare_insert(n);
	sync();
	return rate;
}

/* A home each time, and the reference beside each figure: what the disk does changes from minute to minute. */
int
main(int argc, char **argv)
{
	uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 100000;
	struct rounds added, fetched;
	if (!wanted("add") && !wanted("fetch"))
		return 0;
	for (int i = 0; i < ROUNDS; i++) {
		double bare = bare_insert(n);
		char name[] = "core0";
		name[4] = (char)('0' + i);
		struct centre *c = bench_centre(name, 2);
		added.speed[i] = (double)n / bench_add(c, 0, n);
		added.ratio[i] = added.speed[i] / bare;
		if (wanted("fetch")) {
			double t = fetch(c, n);
			fetched.speed[i] = (double)n / t;
			fetched.ratio[i] = fetched.speed[i] / ((bare + bare_insert(n)) / 2); /* it stands between the two */
		}
		bench_centre_free(c);
	}
	if (wanted("add"))
		tell("add", &added);
	if (wanted("fetch"))
		tell("fetch", &fetched);
	return 0;
}
