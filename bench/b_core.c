/* b_core: add, and fetch by another member, beside a bare table of the same bytes. usage: b_core [OBJECTS] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* A home each time, and the reference beside it: what the disk does changes from minute to minute. The last home is left. */
static struct centre *
add(uint64_t n, double *ret_reference)
{
	double ratio[ROUNDS], bare[ROUNDS], speed[ROUNDS];
	struct centre *c = NULL;
	for (int i = 0; i < ROUNDS; i++) {
		if (c)
			bench_centre_free(c);
		bare[i] = bench_bare_insert(n);
		char name[] = "core0";
		name[4] = (char)('0' + i);
		c = bench_centre(name, 2);
		speed[i] = (double)n / bench_add(c, 0, n);
		ratio[i] = speed[i] / bare[i];
	}
	qsort(ratio, ROUNDS, sizeof *ratio, ascending);
	qsort(bare, ROUNDS, sizeof *bare, ascending);
	qsort(speed, ROUNDS, sizeof *speed, ascending);
	fprintf(stderr, "# %d rounds: ratio %.2f to %.2f\n", ROUNDS, ratio[0], ratio[ROUNDS - 1]);
	if (wanted("add"))
		bench_line("add", speed[ROUNDS / 2], "objects/s", ratio[ROUNDS / 2], "bare SQLite insert");
	*ret_reference = bare[ROUNDS / 2];
	return c;
}

int
main(int argc, char **argv)
{
	uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 100000;
	struct errinfo e;
	double reference, t;
	if (!wanted("add") && !wanted("fetch"))
		return 0;
	struct centre *c = add(n, &reference);
	if (wanted("fetch")) {
		t = bench_seconds();
		release_all(c, n);
		fprintf(stderr, "# released at %.0f objects/s\n", (double)n / (bench_seconds() - t));
		t = bench_seconds();
		bench_need(centre_sync(c, 1, 0, NULL, &e), "sync", &e);
		t = bench_seconds() - t;
		bench_line("fetch", (double)n / t, "objects/s", (double)n / t / reference, "bare SQLite insert");
	}
	bench_centre_free(c);
	return 0;
}
