/* b_core: add, and fetch by another member, beside a bare table of the same bytes. usage: b_core [OBJECTS] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "object.h"

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

int
main(int argc, char **argv)
{
	uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 100000;
	struct errinfo e;
	if (!wanted("add") && !wanted("fetch"))
		return 0;
	double bare[3];
	for (int i = 0; i < 3; i++)
		bare[i] = bench_bare_insert(n);
	double lo = bare[0] < bare[1] ? bare[0] : bare[1], hi = bare[0] < bare[1] ? bare[1] : bare[0];
	double reference = bare[2] < lo ? lo : bare[2] > hi ? hi : bare[2]; /* the median */
	struct centre *c = bench_centre("core", 2);
	double t = bench_add(c, 0, n);
	if (wanted("add"))
		bench_line("add", (double)n / t, "objects/s", (double)n / t / reference, "bare SQLite insert");
	if (wanted("fetch")) {
		double r = bench_seconds();
		release_all(c, n);
		fprintf(stderr, "# released at %.0f objects/s\n", (double)n / (bench_seconds() - r));
		t = bench_seconds();
		bench_need(centre_sync(c, 1, 0, NULL, &e), "sync", &e);
		t = bench_seconds() - t;
		bench_line("fetch", (double)n / t, "objects/s", (double)n / t / reference, "bare SQLite insert");
	}
	bench_centre_free(c);
	return 0;
}
