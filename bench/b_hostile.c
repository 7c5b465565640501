/* b_hostile: hostile requests, many at once, at a running node: what its resident size was at the most, above what it was before. usage: b_hostile;
 * COMITY is the program. Some have a token, as a member's own tool gone wrong would; none is longer than the node would have to refuse anyway. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "bench.h"
#include "load.h"
#include "nodes.h"

enum { THREADS = 48, ROUNDS = 12, KINDS = 8, HUGE = 16 * MIB };

static struct bench_node node[2];
static char token[200];
static struct buf hostile[KINDS];

static double
memory(const char *name)
{
	char path[40], line[200];
	double kib = 0;
	snprintf(path, sizeof path, "/proc/%d/status", (int)node[0].pid);
	FILE *f = fopen(path, "r");
	while (f && fgets(line, sizeof line, f))
		if (strncmp(line, name, strlen(name)) == 0)
			kib = strtod(line + strlen(name), NULL);
	if (f)
		fclose(f);
	return kib / 1024;
}

static void
fill(struct buf *b, const char *text, size_t times)
{
	for (size_t i = 0; i < times; i++)
		buf_puts(b, text);
}

static void
head(struct buf *b, const char *line, size_t length)
{
	buf_printf(b, "%s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nConnection: close\r\n", line, token);
	if (length)
		buf_printf(b, "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n", length);
}

static void
make(void)
{
	const size_t most = LIMIT_OBJECT - 1000;
	for (int i = 0; i < KINDS; i++)
		hostile[i] = (struct buf)BUF_INIT(2 * HUGE);
	head(&hostile[0], "POST /api/v1/releases", HUGE); /* a huge body, of zeros */
	fill(&hostile[0], "0000000000000000", HUGE / 16);
	head(&hostile[1], "POST /api/v1/releases", most / 8 * 8); /* as deep as it is long */
	fill(&hostile[1], "[[[[[[[[", most / 8);
	head(&hostile[2], "POST /api/v1/releases", most / 7 * 7 + 10); /* as wide */
	fill(&hostile[2], "{\"ids\":[", 1);
	fill(&hostile[2], "[],{},0", most / 7);
	fill(&hostile[2], "]}", 1);
	head(&hostile[3], "GET /api/v1/objects", 0); /* floods of headers: many, and one long */
	fill(&hostile[3], "X-Flood: yyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n", 30000);
	head(&hostile[4], "GET /api/v1/objects", 0);
	fill(&hostile[4], "X-Flood: ", 1);
	fill(&hostile[4], "yyyyyyyyyyyyyyyy", MIB / 16);
	head(&hostile[5], "POST /api/v1/objects?source=x", most); /* one string */
	fill(&hostile[5], "{\"type\":\"campaign\",\"name\":\"", 1);
	while (hostile[5].n < most)
		fill(&hostile[5], "\\u00e9\\n\\\"", 100);
	fill(&hostile[6], "GET /", 1); /* a long target */
	fill(&hostile[6], "aaaaaaaaaaaaaaaa", MIB / 16);
	buf_printf(&hostile[7], "POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n"
				"Content-Type: application/json\r\n\r\n"); /* chunks of one byte, without a token */
	fill(&hostile[7], "1\r\n[\r\n", 300000);
	fill(&hostile[7], "0\r\n\r\n", 1);
}

static void *
attack(void *ctx)
{
	struct buf reply = BUF_INIT(4 * MIB);
	unsigned n = (unsigned)(size_t)ctx;
	for (unsigned i = 0; i < ROUNDS; i++)
		(void)load_once((uint16_t)node[0].web_port, buf_str(&hostile[(n + i) % KINDS]), &reply);
	buf_done(&reply);
	return NULL;
}

/* Connections that send half of what they said and then nothing. */
static int
slow(int fds[], int n)
{
	struct buf half = BUF_INIT(2 * MIB);
	int held = 0;
	head(&half, "POST /api/v1/releases", LIMIT_OBJECT - 1000);
	fill(&half, "        ", LIMIT_OBJECT / 16);
	for (int i = 0; i < n; i++) {
		fds[held] = load_half((uint16_t)node[0].web_port, buf_str(&half));
		held += fds[held] >= 0;
	}
	buf_done(&half);
	return held;
}

int
main(void)
{
	pthread_t thread[THREADS];
	struct buf reply = BUF_INIT(MIB), ask = BUF_INIT(4 * KIB);
	struct str body;
	int fds[200];
	load_begin();
	bench_nodes("hostile", "irq rus", node);
	bench_node_let_in(&node[0], token);
	node[0].web = true;
	bench_node_start(&node[0]);
	make();
	head(&ask, "GET /api/v1/objects?limit=1", 0);
	buf_puts(&ask, "\r\n");
	if (!load_once((uint16_t)node[0].web_port, buf_str(&ask), &reply) || load_status(&reply, &body) != 200)
		load_lost("before");
	double before = memory("VmHWM:"), from = bench_seconds();
	int held = slow(fds, sizeof fds / sizeof *fds);
	for (size_t i = 0; i < THREADS; i++)
		if (pthread_create(&thread[i], NULL, attack, (void *)i))
			load_lost("no thread");
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	double most = memory("VmHWM:"), after = memory("VmRSS:"), limit = 64 + 2.0 * LIMIT_OBJECT / MIB;
	bool well = load_once((uint16_t)node[0].web_port, buf_str(&ask), &reply) && load_status(&reply, &body) == 200;
	for (int i = 0; i < held; i++)
		close(fds[i]);
	bench_line("hostile", most - before, "MiB", (most - before) / limit, "the 64 MiB beyond twice the request limit");
	fprintf(stderr, "# hostile: %d requests and %d slow ones in %.0f s; %.1f MiB before, %.1f at the most, %.1f after; %s afterwards\n",
	    THREADS * ROUNDS, held, bench_seconds() - from, before, most, after, well ? "it answers" : "it does NOT answer");
	bench_node_stop(&node[0]);
	for (int i = 0; i < KINDS; i++)
		buf_done(&hostile[i]);
	buf_done(&reply);
	buf_done(&ask);
	load_end();
	return well ? 0 : 1;
}
