/* b_spread: two nodes as two processes on loopback: from the end of a release to its being found at the other. usage: b_spread; COMITY is the program
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "api/reach.h"
#include "bench.h"
#include "env/posix.h"

enum { ROUNDS = 31, PORT_WAIT = 500 };

struct member {
	char home[400], log[410];
	pid_t pid;
	unsigned port;
	struct env_posix *posix;
	struct reach *reach;
};

static const char *program;

/* One command of the program in that home; ends the bench if it fails. */
static void
command(const struct member *m, const char *what)
{
	char line[2000];
	snprintf(line, sizeof line, "'%s' -C '%s' %s >/dev/null", program, m->home, what);
	if (system(line)) {
		fprintf(stderr, "failed: %s\n", line);
		exit(1);
	}
}

static void
start(struct member *m)
{
	char line[200];
	m->pid = fork();
	if (m->pid == 0) {
		if (!freopen(m->log, "w", stdout) || !freopen("/dev/null", "w", stderr))
			_exit(1);
		snprintf(line, sizeof line, "127.0.0.1:%u", m->port);
		execl(program, program, "-C", m->home, "serve", "--peers", line, NULL);
		_exit(127);
	}
	for (int i = 0; i < PORT_WAIT; i++) {
		struct timespec wait = {.tv_nsec = 20 * 1000 * 1000};
		FILE *f = fopen(m->log, "r");
		bool runs = false;
		while (f && fgets(line, sizeof line, f)) {
			sscanf(line, "other members' nodes are answered on port %u", &m->port);
			runs |= strncmp(line, "the node runs", 13) == 0;
		}
		if (f)
			fclose(f);
		if (runs)
			return;
		nanosleep(&wait, NULL);
	}
	fprintf(stderr, "%s does not start\n", m->home);
	exit(1);
}

static void
stop(struct member *m)
{
	kill(m->pid, SIGTERM);
	waitpid(m->pid, NULL, 0);
}

static void
ask(struct member *m, const char *op, const char *args, const struct source *in, struct buf *reply)
{
	struct errinfo e;
	struct reach_call c = {.call = {.op = str_of(op), .args = str_of(args), .who = {.name = STR("bench")}, .in = in}};
	buf_clear(reply);
	bench_need(reach_call(m->reach, &c, reply, &e), op, &e);
}

static void
reach(struct member *m)
{
	struct errinfo e;
	bench_need(env_posix_new(m->home, false, &m->posix, &e), "env", &e);
	bench_need(reach_open(env_posix_env(m->posix), m->home, "bench", &m->reach, &e), "reach", &e);
	if (!reach_is_remote(m->reach)) {
		fprintf(stderr, "%s is not served\n", m->home);
		exit(1);
	}
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* One small object from irq to all, until rus finds it. */
static double
once(struct member *from, struct member *to, int i, struct buf *reply)
{
	char text[400], args[200];
	snprintf(text, sizeof text,
	    "{\"type\":\"campaign\",\"spec_version\":\"2.1\",\"id\":\"campaign--00000000-0000-4000-8000-%012d\",\"created\":\"2015-10-01T00:00:00."
	    "000Z\","
	    "\"modified\":\"2015-10-01T00:00:00.000Z\",\"name\":\"spread%d\"}",
	    i, i);
	struct str rest = str_of(text);
	struct source in = source_of_str(&rest);
	ask(from, "add", "{\"mark\":\"(//IRQ R//REL TO IRQ, RUS)\"}", &in, reply);
	snprintf(args, sizeof args, "{\"ids\":[\"campaign--00000000-0000-4000-8000-%012d\"],\"to\":\"ALL\"}", i);
	ask(from, "release", args, NULL, reply);
	double t = bench_seconds();
	snprintf(args, sizeof args, "{\"words\":\"spread%d\",\"limit\":1}", i);
	do {
		struct timespec wait = {.tv_nsec = 2 * 1000 * 1000};
		nanosleep(&wait, NULL);
		ask(to, "search", args, NULL, reply);
	} while (str_find(buf_str(reply), STR("\"items\":[]")) >= 0 && bench_seconds() - t < 10);
	if (bench_seconds() - t > 1)
		fprintf(stderr, "# number %d took %.1f s: %.300s\n", i, bench_seconds() - t, reply->p);
	return bench_seconds() - t;
}

int
main(void)
{
	struct member m[2];
	struct buf reply = BUF_INIT(64 * MIB);
	double t[ROUNDS];
	char line[1000];
	const char *only = getenv("ONLY");
	if (only && *only && strcmp(only, "spread") != 0)
		return 0;
	program = getenv("COMITY");
	snprintf(line, sizeof line, "'%s' trial '%s/spread' irq rus >/dev/null", program, bench_dir());
	if (system(line))
		return 1;
	for (int i = 0; i < 2; i++) {
		m[i] = (struct member){0};
		snprintf(m[i].home, sizeof m[i].home, "%.300s/spread/%s", bench_dir(), i ? "rus" : "irq");
		snprintf(m[i].log, sizeof m[i].log, "%.300s/spread/%s.log", bench_dir(), i ? "rus" : "irq");
		start(&m[i]);
		snprintf(line, sizeof line, "key --url https://127.0.0.1:%u", m[i].port);
		command(&m[i], line);
	}
	for (int i = 0; i < 4; i++) {
		snprintf(line, sizeof line, "sync '%s'", m[!(i % 2)].home);
		command(&m[i % 2], line);
	}
	for (int i = 0; i < 2; i++)
		reach(&m[i]);
	once(&m[0], &m[1], 0, &reply); /* the first connection */
	for (int i = 0; i < ROUNDS; i++)
		t[i] = once(&m[0], &m[1], i + 1, &reply);
	qsort(t, ROUNDS, sizeof *t, ascending);
	bench_line("spread", t[ROUNDS / 2] * 1e3, "ms", t[ROUNDS / 2] / 0.2, "the 200 ms from a release to its being found at another node");
	fprintf(stderr, "# the slowest of %d: %.0f ms\n", ROUNDS, t[ROUNDS - 1] * 1e3);
	for (int i = 0; i < 2; i++) {
		reach_close(m[i].reach);
		env_posix_free(m[i].posix);
		stop(&m[i]);
	}
	buf_done(&reply);
	return 0;
}
