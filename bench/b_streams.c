/* b_streams: 10,000 idle streams of events at a running node over TLS: what its resident size is above what it was before, and how soon all have
 * heard of one object that came. usage: b_streams; COMITY is the program. All are one account's, from one address: the ceilings of both are raised
 * for it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench.h"
#include "load.h"
#include "nodes.h"

enum { STREAMS = 10000, WAIT = 60 /* seconds */ };

static struct bench_node node[2];
static struct load_client c[STREAMS];

static _Noreturn void
failed(const char *what)
{
	fprintf(stderr, "b_streams: %s\n", what);
	exit(1);
}

static double
resident(void)
{
	char path[40], line[200];
	double kib = 0;
	snprintf(path, sizeof path, "/proc/%d/status", (int)node[0].pid);
	FILE *f = fopen(path, "r");
	while (f && fgets(line, sizeof line, f))
		if (strncmp(line, "VmRSS:", 6) == 0)
			kib = strtod(line + 6, NULL);
	if (f)
		fclose(f);
	return kib / 1024;
}

static void
raise_ceilings(void)
{
	char path[420];
	snprintf(path, sizeof path, "%s/comity.conf", node[0].home);
	FILE *f = fopen(path, "a");
	if (!f || fprintf(f, "web-connections = %d\nweb-per-address = %d\n", 2 * STREAMS, 2 * STREAMS) < 0 || fclose(f))
		failed(path);
}

/* One object is added; seconds until each stream said so. */
static double
tell_all(int n, int epoll)
{
	static const char object[] = "{\"type\":\"campaign\",\"spec_version\":\"2.1\",\"id\":\"campaign--00000000-0000-4000-8000-000000000001\","
				     "\"created\":\"2015-10-01T00:00:00.000Z\",\"modified\":\"2015-10-01T00:00:00.000Z\",\"name\":\"told\"}";
	struct epoll_event ev[256];
	struct str rest = str_of(object);
	struct source in = source_of_str(&rest);
	struct buf reply = BUF_INIT(64 * MIB);
	char part[4096];
	int heard = 0;
	for (int i = 0; i < n; i++) {
		buf_clear(&c[i].head);
		c[i].done = 0;
	}
	bench_node_ask(&node[0], "add", "{\"mark\":\"(U//REL TO ALL)\"}", &in, &reply);
	double from = bench_seconds();
	while (heard < n) {
		int k = epoll_wait(epoll, ev, 256, 1000);
		if (bench_seconds() - from > WAIT)
			failed("some streams were told nothing");
		for (int i = 0; i < k; i++) {
			struct load_client *x = ev[i].data.ptr;
			for (ssize_t got; (got = load_pull(x, part, sizeof part)) > 0;)
				if (!x->done)
					buf_put(&x->head, str_bytes(part, (size_t)got));
			if (!x->done && str_find(buf_str(&x->head), STR("event: object")) >= 0)
				heard += (int)(x->done = 1);
		}
	}
	buf_done(&reply);
	return bench_seconds() - from;
}

int
main(void)
{
	char token[200], headers[300];
	struct rlimit files;
	uint64_t ignored = 0;
	int n = STREAMS, epoll = epoll_create1(0);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
		if (files.rlim_cur < STREAMS + 200) {
			n = (int)files.rlim_cur - 200;
			fprintf(stderr, "# only %d streams: a process may open no more files here\n", n);
		}
	}
	load_begin();
	bench_nodes("streams", "irq rus", node);
	bench_node_let_in(&node[0], token);
	raise_ceilings();
	node[0].web = node[0].tls = true;
	bench_node_start(&node[0]);
	snprintf(headers, sizeof headers, "Authorization: Bearer %s\r\n", token);
	load_rate((uint16_t)node[0].web_port, true, "/api/v1/objects?limit=20", headers, &ignored); /* what any use takes is there before */
	double before = resident(), from = bench_seconds();
	load_streams(c, n, epoll, (uint16_t)node[0].web_port, "/api/v1/events", headers);
	double opened = bench_seconds() - from, idle = resident();
	bench_line("streams-node", idle - before, "MiB", (idle - before) / 256, "the 256 MiB that 10,000 idle streams over TLS may take");
	double told = tell_all(n, epoll), after = resident();
	bench_line("streams-node-told", told * 1e3, "ms", told, "the second in which all of them may be told");
	fprintf(stderr, "# streams-node: %d of them, opened in %.1f s; %.1f MiB before, %.1f above it idle, %.1f once all were told\n", n, opened,
	    before, idle - before, after - before);
	for (int i = 0; i < n; i++)
		load_hang_up(&c[i]);
	close(epoll);
	bench_node_stop(&node[0]);
	load_end();
	return 0;
}
