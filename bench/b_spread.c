/* b_spread: two nodes as two processes on loopback: from the end of a release to its being found at the other. usage: b_spread; COMITY is the program
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"
#include "nodes.h"

enum { ROUNDS = 31 };

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* One small object from irq to all, until rus finds it. */
static double
once(struct bench_node *from, struct bench_node *to, int i, struct buf *reply)
{
	char text[400], args[200];
	snprintf(text, sizeof text,
	    "{\"type\":\"campaign\",\"spec_version\":\"2.1\",\"id\":\"campaign--00000000-0000-4000-8000-%012d\",\"created\":\"2015-10-01T00:00:00."
	    "000Z\","
	    "\"modified\":\"2015-10-01T00:00:00.000Z\",\"name\":\"spread%d\"}",
	    i, i);
	struct str rest = str_of(text);
	struct source in = source_of_str(&rest);
	bench_node_ask(from, "add", "{\"mark\":\"(//IRQ R//REL TO IRQ, RUS)\"}", &in, reply);
	snprintf(args, sizeof args, "{\"ids\":[\"campaign--00000000-0000-4000-8000-%012d\"],\"to\":\"ALL\"}", i);
	bench_node_ask(from, "release", args, NULL, reply);
	double t = bench_seconds();
	snprintf(args, sizeof args, "{\"words\":\"spread%d\",\"limit\":1}", i);
	do {
		struct timespec wait = {.tv_nsec = 2 * 1000 * 1000};
		nanosleep(&wait, NULL);
		bench_node_ask(to, "search", args, NULL, reply);
	} while (str_find(buf_str(reply), STR("\"items\":[]")) >= 0 && bench_seconds() - t < 10);
	if (bench_seconds() - t > 1)
		fprintf(stderr, "# number %d took %.1f s: %.300s\n", i, bench_seconds() - t, reply->p);
	return bench_seconds() - t;
}

int
main(void)
{
	struct bench_node m[2];
	struct buf reply = BUF_INIT(64 * MIB);
	double t[ROUNDS];
	const char *only = getenv("ONLY");
	if (only && *only && strcmp(only, "spread") != 0)
		return 0;
	bench_nodes("spread", "irq rus", m);
	for (int i = 0; i < 2; i++)
		bench_node_start(&m[i]);
	bench_nodes_meet(m, 2);
	once(&m[0], &m[1], 0, &reply); /* the first connection */
	for (int i = 0; i < ROUNDS; i++)
		t[i] = once(&m[0], &m[1], i + 1, &reply);
	qsort(t, ROUNDS, sizeof *t, ascending);
	bench_line("spread", t[ROUNDS / 2] * 1e3, "ms", t[ROUNDS / 2] / 0.2, "the 200 ms from a release to its being found at another node");
	fprintf(stderr, "# the slowest of %d: %.0f ms\n", ROUNDS, t[ROUNDS - 1] * 1e3);
	for (int i = 0; i < 2; i++)
		bench_node_stop(&m[i]);
	buf_done(&reply);
	return 0;
}
