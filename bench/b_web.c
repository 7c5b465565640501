/* b_web: a member's node as people's tools meet it, a process of its own: pages of TAXII beside nginx, bundles put in, and how soon it is ready.
 *
 * usage: b_web [MANY [SOME]]; ONLY=taxii, ready or post. COMITY is the program. Pages are asked for with SOME/100, SOME and MANY objects held. nginx
 * is installed by tools/setup --bench, medallion by make interop; without them the lines of `taxii` say so. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "load.h"
#include "nodes.h"

enum { ROUNDS = 3, COLD = 40, STARTS = 11, POSTS = 3 };

static char read_head[300]; /* what a reader's tool says */
static struct buf reply = BUF_INIT(64 * MIB), request = BUF_INIT(512 * MIB);

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double
median(double *t, int n)
{
	qsort(t, (size_t)n, sizeof *t, ascending);
	return t[n / 2];
}

static bool
wanted(const char *name)
{
	const char *only = getenv("ONLY");
	return !only || !*only || strcmp(only, name) == 0;
}

static _Noreturn void
failed(const char *what)
{
	fprintf(stderr, "b_web: %s: %.400s\n", what, reply.p ? reply.p : "");
	exit(1);
}

/* The reply to a request of 200 or 202 whose head is these lines; its body. */
static struct str
get(const struct bench_node *m, const char *path, const char *head)
{
	struct str body;
	buf_clear(&request);
	buf_printf(&request, "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n", path, head);
	if (!load_once((uint16_t)m->web_port, buf_str(&request), &reply) || load_status(&reply, &body) != 200)
		failed(path);
	return body;
}

/* The path of the objects of a collection. */
static void
find_collection(const struct bench_node *m, const char *title, char ret[static 200])
{
	char named[100];
	struct str all = get(m, "/taxii2/root/collections/", read_head);
	snprintf(named, sizeof named, "\",\"title\":\"%s\"", title);
	ptrdiff_t at = str_find(all, str_of(named));
	if (at < 36)
		failed(title);
	snprintf(ret, 200, "/taxii2/root/collections/%.36s/objects/", all.p + at - 36);
}

static void
bundle_file(const char *path, uint64_t from, uint64_t n)
{
	struct bench_bundle b;
	struct source s = bench_bundle(&b, from, n);
	static char part[65536];
	size_t k;
	FILE *f = fopen(path, "wb");
	while (f && s.read(s.ctx, part, sizeof part, &k, NULL) == OK && k)
		fwrite(part, 1, k, f);
	if (!f || fclose(f))
		failed(path);
	buf_done(&b.part);
}

static void
add(struct bench_node *m, uint64_t from, uint64_t n)
{
	char path[300], line[500];
	snprintf(path, sizeof path, "%s/bundle.json", bench_dir());
	bundle_file(path, from, n);
	snprintf(line, sizeof line, "add --mark '(U//REL TO ALL)' '%s'", path);
	bench_node_command(m, line);
	unlink(path);
}

/* taxii: a page of a hundred objects, asked for by many at once. */

struct rates {
	double own, ratio;
};

/* How many lines the audit trail has, of a node that does not run. */
static uint64_t
audit_lines(const struct bench_node *m)
{
	char path[420];
	sqlite3 *db;
	sqlite3_stmt *st;
	uint64_t n = 0;
	snprintf(path, sizeof path, "%s/node.db", m->home);
	if (sqlite3_open(path, &db) || sqlite3_prepare_v2(db, "SELECT count(*) FROM audit WHERE what='feed'", -1, &st, NULL) ||
	    sqlite3_step(st) != SQLITE_ROW)
		failed(path);
	n = (uint64_t)sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	return n;
}

static struct rates
beside_nginx(struct bench_node *m, bool tls, const char *path, struct str body)
{
	double own[ROUNDS], ratio[ROUNDS];
	uint64_t told = 0, ignored = 0, before = audit_lines(m);
	struct load_served other = load_nginx(tls, body);
	m->tls = tls;
	bench_node_start(m);
	for (int i = 0; i < ROUNDS; i++) {
		own[i] = load_rate((uint16_t)m->web_port, tls, path, read_head, &told);
		ratio[i] = own[i] / load_rate(other.port, tls, "/body", "", &ignored);
	}
	bench_node_stop(m);
	load_stop(&other);
	if (audit_lines(m) - before < told) {
		fprintf(stderr, "b_web: %llu replies, but %llu lines in the audit trail\n", (unsigned long long)told,
		    (unsigned long long)(audit_lines(m) - before));
		exit(1);
	}
	return (struct rates){median(own, ROUNDS), median(ratio, ROUNDS)};
}

/* Milliseconds of a page that nobody asked for before. */
static double
cold(const struct bench_node *m, const char *path)
{
	char other[300];
	double t[COLD];
	for (int i = 0; i < COLD; i++) {
		snprintf(other, sizeof other, "%s&added_after=2001-01-01T00:00:00.%06dZ", path, i);
		t[i] = bench_seconds();
		get(m, other, read_head);
		t[i] = bench_seconds() - t[i];
	}
	return median(t, COLD) * 1e3;
}

/* The same page of as many objects by medallion, if it is installed; ours: milliseconds. */
static void
beside_medallion(uint64_t n, double ours)
{
	const char *build = getenv("BUILD");
	char path[300], line[700];
	double took;
	snprintf(path, sizeof path, "%s/bundle.json", bench_dir());
	snprintf(line, sizeof line, "'%s/interop/bin/python' bench/other_taxii.py '%s' 2>/dev/null", build ? build : "build", path);
	bundle_file(path, 0, n);
	FILE *f = popen(line, "r");
	if (f && fscanf(f, "%lf", &took) == 1)
		bench_line("taxii-medallion", took * 1e3, "ms", took * 1e3 / ours, "the node's page of as many objects, made anew");
	else
		fprintf(stderr, "# taxii: no medallion to compare with: make interop installs it\n");
	if (f)
		pclose(f);
	unlink(path);
}

static void
taxii(struct bench_node *m, uint64_t many, uint64_t some)
{
	const uint64_t size[] = {some / 100, some, many};
	enum { SIZES = sizeof size / sizeof *size };
	struct rates tls[SIZES], plain[SIZES];
	double first[SIZES];
	char path[220];
	uint64_t have = 0;
	for (int i = 0; i < SIZES; i++) {
		if (size[i] > have)
			add(m, have, size[i] - have);
		have = size[i];
		if (!wanted("taxii"))
			continue;
		m->tls = false;
		bench_node_start(m);
		find_collection(m, "Everything", path);
		strcat(path, "?limit=100");
		first[i] = cold(m, path);
		struct buf body = BUF_INIT(MIB);
		buf_put(&body, get(m, path, read_head));
		bench_node_stop(m);
		if (load_has_nginx()) {
			tls[i] = beside_nginx(m, true, path, buf_str(&body));
			plain[i] = beside_nginx(m, false, path, buf_str(&body));
			fprintf(stderr,
			    "# taxii: %llu objects held: %.0f requests/s over TLS, %.2f of nginx; %.0f plain, %.2f; a page of %zu bytes made anew: "
			    "%.1f ms\n",
			    (unsigned long long)have, tls[i].own, tls[i].ratio, plain[i].own, plain[i].ratio, body.n, first[i]);
		}
		buf_done(&body);
	}
	if (!wanted("taxii"))
		return;
	if (load_has_nginx()) {
		bench_line("taxii-tls", tls[SIZES - 1].own, "requests/s", tls[SIZES - 1].ratio, "nginx, the same bytes as a file");
		bench_line("taxii-plain", plain[SIZES - 1].own, "requests/s", plain[SIZES - 1].ratio, "nginx, the same bytes as a file");
		bench_line("taxii-flat", tls[SIZES - 1].own, "requests/s", tls[SIZES - 1].own / tls[0].own, "the same with the fewest objects held");
	} else {
		fprintf(stderr, "# taxii: no nginx to compare with: tools/setup --bench\n");
	}
	beside_medallion(size[0], first[0]);
	bench_line("taxii-cold", first[SIZES - 1], "ms", first[SIZES - 1] / first[0], "a page made anew with the fewest objects held");
}

/* ready: from the start of the process. */

static void
ready(struct bench_node *m)
{
	const struct timespec wait = {.tv_nsec = 500 * 1000};
	double well[STARTS], listed[STARTS], kib = 0;
	m->tls = false;
	bench_node_start(m); /* to know the port */
	bench_node_stop(m);
	for (int i = 0; i < STARTS; i++) {
		double from = bench_seconds();
		struct str body;
		bench_node_fork(m);
		buf_clear(&request);
		buf_puts(&request, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
		while (!load_once((uint16_t)m->web_port, buf_str(&request), &reply) || load_status(&reply, &body) != 200) {
			if (bench_seconds() - from > 30)
				failed("the node does not answer");
			nanosleep(&wait, NULL);
		}
		well[i] = bench_seconds() - from;
		get(m, "/api/v1/objects?limit=20", read_head);
		listed[i] = bench_seconds() - from;
		char path[40], line[200];
		snprintf(path, sizeof path, "/proc/%d/status", (int)m->pid);
		FILE *f = fopen(path, "r");
		while (f && fgets(line, sizeof line, f))
			if (strncmp(line, "VmRSS:", 6) == 0 && strtod(line + 6, NULL) > kib)
				kib = strtod(line + 6, NULL);
		if (f)
			fclose(f);
		bench_node_stop(m);
	}
	double a = median(well, STARTS), b = median(listed, STARTS);
	bench_line("ready", a * 1e3, "ms", a / 0.1, "the 100 ms from start to /healthz");
	bench_line("ready-listing", b * 1e3, "ms", b / 0.1, "the 100 ms from start to the newest 20 objects");
	bench_line("ready-resident", kib / 1024, "MiB", kib / 1024 / 100, "the 100 MiB that it may have then");
	fprintf(stderr, "# ready: the slowest of %d: %.0f ms\n", STARTS, listed[STARTS - 1] * 1e3);
}

/* post: the same bundle by the JSON API to one member's node, by TAXII to another's, by the command at a third's home. */

static double
put_in(const struct bench_node *m, const char *path, const char *head, const char *file)
{
	static char part[65536];
	struct str body;
	size_t k;
	FILE *f = fopen(file, "rb");
	buf_clear(&request);
	fseek(f, 0, SEEK_END);
	buf_printf(&request, "POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%sContent-Length: %ld\r\n\r\n", path, head, ftell(f));
	rewind(f);
	while ((k = fread(part, 1, sizeof part, f)) > 0)
		buf_put(&request, str_bytes(part, k));
	fclose(f);
	double t = bench_seconds();
	if (!load_once((uint16_t)m->web_port, buf_str(&request), &reply) || load_status(&reply, &body) / 100 != 2)
		failed(path);
	return bench_seconds() - t;
}

static void
post(uint64_t n)
{
	struct bench_node m[3];
	char token[2][200], head[2][500], path[2][220], file[300], line[500];
	double rate[2][POSTS], ratio[2][POSTS];
	bench_nodes("post", "irq rus irn", m);
	for (int i = 0; i < 2; i++) {
		bench_node_let_in(&m[i], token[i]);
		m[i].web = true;
		bench_node_start(&m[i]);
		snprintf(head[i], sizeof head[i], "Authorization: Bearer %s\r\nContent-Type: %s\r\n", token[i],
		    i ? "application/taxii+json;version=2.1" : "application/stix+json");
	}
	snprintf(read_head, sizeof read_head, "Authorization: Bearer %s\r\n", token[1]);
	snprintf(path[0], sizeof path[0], "/api/v1/objects?mark=%%28U%%2F%%2FREL%%20TO%%20ALL%%29");
	find_collection(&m[1], "Inbox", path[1]);
	snprintf(file, sizeof file, "%s/bundle.json", bench_dir());
	snprintf(line, sizeof line, "add --mark '(U//REL TO ALL)' '%s'", file);
	for (int i = 0; i < POSTS; i++) {
		bundle_file(file, (uint64_t)i * n, n);
		double t = bench_seconds();
		bench_node_command(&m[2], line);
		t = bench_seconds() - t;
		for (int k = 0; k < 2; k++) {
			double took = put_in(&m[k], path[k], head[k], file);
			rate[k][i] = (double)n / took;
			ratio[k][i] = t / took;
		}
	}
	for (int i = 0; i < 2; i++)
		bench_node_stop(&m[i]);
	double a = median(ratio[0], POSTS), b = median(ratio[1], POSTS);
	bench_line("post", median(rate[0], POSTS), "objects/s", a, "comity add of the same bytes");
	bench_line("post-taxii", median(rate[1], POSTS), "objects/s", b, "comity add of the same bytes");
	fprintf(stderr, "# post: ratios %.2f to %.2f, by TAXII %.2f to %.2f\n", ratio[0][0], ratio[0][POSTS - 1], ratio[1][0], ratio[1][POSTS - 1]);
}

int
main(int argc, char **argv)
{
	uint64_t many = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000, some = argc > 2 ? strtoull(argv[2], NULL, 10) : 100000;
	struct bench_node m[2];
	char token[200];
	if (many < 100 || some < 100) {
		fprintf(stderr, "usage: b_web [MANY [SOME]], each a hundred or more\n");
		return 64;
	}
	some = many < some ? many : some;
	load_begin();
	if (wanted("taxii") || wanted("ready")) {
		bench_nodes("web", "irq rus", m);
		bench_node_let_in(&m[0], token);
		m[0].web = true;
		snprintf(read_head, sizeof read_head, "Authorization: Bearer %s\r\n", token);
		taxii(&m[0], many, some);
		if (wanted("ready"))
			ready(&m[0]);
	}
	if (wanted("post"))
		post(some);
	load_end();
	buf_done(&reply);
	buf_done(&request);
	return 0;
}
