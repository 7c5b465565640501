/* b_http: the HTTP server alone: replies of 130 KB a second beside nginx's, over TLS and plain, and what 10,000 idle streams over TLS take.
 *
 * usage: b_http; ONLY=http or streams. The server runs in a process of its own, as nginx does; this one makes the load with one thread. nginx is
 * installed by tools/setup --bench; without it the lines of `http` say so. */
#define _GNU_SOURCE /* pipe2 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/limits.h"
#include "bench.h"
#include "http/server.h"
#include "load.h"
#include "measure.h"

enum { BODY = 130 * 1000, ROUNDS = 5, STREAMS = 10000 };

static char body[BODY];

/* the server, in a process of its own */

static void
handle(void *ctx, const struct http_request *q, struct http_reply *r)
{
	(void)ctx;
	if (r->stream || str_is(q->path, "/events")) {
		static int last; /* events said, of all; each stream has its cursor in state */
		if (!r->stream) {
			http_reply_header(r, "Content-Type", STR("text/event-stream"));
			r->stream = true;
			r->status = 200;
		} else {
			buf_printf(&r->body, "id: %d\ndata: {}\n\n", ++last);
		}
		r->stream = !q->over;
		return;
	}
	r->status = 200;
	http_reply_header(r, "Content-Type", STR("application/octet-stream"));
	buf_put(&r->body, str_bytes(body, str_is(q->path, "/small") ? 100 : sizeof body));
}

static void
serve(bool tls, int ask, int tell)
{
	struct http_config c = {.address = "127.0.0.1", .handle = handle, .reply_max = MIB, .connections = 2 * STREAMS, .patience = 60};
	struct http_server *s;
	struct errinfo e;
	uint16_t port;
	char what;
	if (tls) {
		c.cert = buf_str(&load_cert);
		c.key = buf_str(&load_key);
	}
	bench_need(http_server_start(&c, &s, &port, &e), "server", &e);
	if (write(tell, &port, sizeof port) != sizeof port)
		_exit(1);
	while (read(ask, &what, 1) == 1) {
		size_t kib = resident() / KIB;
		if (what == 'w')
			http_server_wake(s);
		if (write(tell, &kib, sizeof kib) != sizeof kib)
			break;
	}
	http_server_stop(s);
	_exit(0);
}

static struct load_served
start_own(bool tls)
{
	struct load_served s = {0};
	int a[2], b[2];
	if (pipe2(a, O_CLOEXEC) || pipe2(b, O_CLOEXEC))
		exit(1);
	if ((s.pid = fork()) == 0) {
		close(a[1]);
		close(b[0]);
		serve(tls, a[0], b[1]);
	}
	close(a[0]);
	close(b[1]);
	s.ask = a[1];
	s.tell = b[0];
	if (read(s.tell, &s.port, sizeof s.port) != sizeof s.port)
		exit(1);
	return s;
}

static size_t
ask_own(const struct load_served *s, char what)
{
	size_t kib = 0;
	if (write(s->ask, &what, 1) != 1 || read(s->tell, &kib, sizeof kib) != sizeof kib)
		exit(1);
	return kib;
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void
throughput(const char *name, bool tls, const char *path)
{
	double rate[ROUNDS], ratio[ROUNDS];
	uint64_t n_own = 0, n_other = 0;
	struct load_served own = start_own(tls), other = load_nginx(tls, str_bytes(body, sizeof body));
	for (int i = 0; i < ROUNDS; i++) {
		rate[i] = load_rate(own.port, tls, path, "", &n_own);
		ratio[i] = rate[i] / load_rate(other.port, tls, path, "", &n_other);
	}
	double cpu_own = load_stop(&own), cpu_other = load_stop(&other);
	qsort(rate, ROUNDS, sizeof *rate, ascending);
	qsort(ratio, ROUNDS, sizeof *ratio, ascending);
	bench_line(name, rate[ROUNDS / 2], "replies/s", ratio[ROUNDS / 2], "nginx, the same bytes");
	fprintf(stderr, "# %s: processor time of a reply: %.0f us, nginx %.0f us; ratios %.2f to %.2f\n", name, cpu_own / (double)n_own * 1e6,
	    cpu_other / (double)n_other * 1e6, ratio[0], ratio[ROUNDS - 1]);
}

/* All are woken: how long until each has its event, and the longest that a small request takes meanwhile. */
static void
wake_streams(struct load_client *c, int n, int epoll, const struct load_served *s)
{
	struct epoll_event ev[256];
	static char part[65536];
	struct load_client one = {.epoll = epoll_create1(0)};
	double longest = 0, from, at = 0;
	int heard = 0;
	if (!load_dial(&one, s->port, true))
		load_lost("connecting");
	while (!load_shake(&one))
		;
	for (int i = 0; i < n; i++)
		c[i].done = 0;
	ask_own(s, 'w');
	from = bench_seconds();
	while (heard < n) {
		if (!one.asked) {
			at = bench_seconds();
			load_ask(&one, "/small", "");
		}
		int k = epoll_wait(epoll, ev, 256, 1);
		for (int i = 0; i < k; i++) {
			struct load_client *x = ev[i].data.ptr;
			ssize_t got = load_pull(x, part, sizeof part);
			if (got > 0 && !x->done && str_find(str_bytes(part, (size_t)got), STR("data:")) >= 0)
				heard += (int)(x->done = 1);
		}
		for (ssize_t got; one.asked && (got = load_pull(&one, part, sizeof part)) > 0;)
			load_take(&one, str_bytes(part, (size_t)got));
		if (!one.asked && bench_seconds() - at > longest)
			longest = bench_seconds() - at;
	}
	double all = bench_seconds() - from;
	bench_line("streams-wake", all * 1e3, "ms", all, "the second in which all of them may be told");
	bench_line("streams-stall", longest * 1e3, "ms", longest / 0.1, "the 100 ms that another request may wait meanwhile");
	load_hang_up(&one);
	close(one.epoll);
}

static void
streams(void)
{
	struct rlimit files;
	struct load_served s = start_own(true);
	static struct load_client c[STREAMS];
	int epoll = epoll_create1(0), n = STREAMS;
	getrlimit(RLIMIT_NOFILE, &files);
	if (files.rlim_cur < STREAMS + 100) {
		n = (int)files.rlim_cur - 100;
		fprintf(stderr, "# only %d streams: a process may open no more files here\n", n);
	}
	uint64_t ignored = 0;
	load_rate(s.port, true, "/", "", &ignored); /* what any use takes is there before */
	size_t before = ask_own(&s, 'r');
	load_streams(c, n, epoll, s.port, "/events", "");
	size_t after = ask_own(&s, 'r');
	double mib = (double)(after - before) / 1024;
	bench_line("streams", mib, "MiB", mib / 256, "the 256 MiB that 10,000 idle streams over TLS may take");
	fprintf(stderr, "# streams: %d of them, %.1f KiB each, %.1f MiB before\n", n, (double)(after - before) / n, (double)before / 1024);
	wake_streams(c, n, epoll, &s);
	after = ask_own(&s, 'r');
	fprintf(stderr, "# streams: %.1f MiB above before, once all were told\n", (double)(after - before) / 1024);
	for (int i = 0; i < n; i++)
		load_hang_up(&c[i]);
	close(epoll);
	load_stop(&s);
}

int
main(void)
{
	const char *only = getenv("ONLY");
	struct rlimit files;
	bool all = !only || !*only;
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	load_begin();
	for (size_t i = 0; i < sizeof body; i++)
		body[i] = (char)('a' + i % 23);
	if (all || strcmp(only, "http") == 0) {
		if (load_has_nginx()) {
			throughput("http-tls", true, "/body");
			throughput("http-plain", false, "/body");
		} else {
			fprintf(stderr, "# http: no nginx to compare with: tools/setup --bench\n");
		}
	}
	if (all || strcmp(only, "streams") == 0)
		streams();
	load_end();
	return 0;
}
