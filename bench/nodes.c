#include "nodes.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "env/posix.h"

enum { PORT_WAIT = 500 };

static const char *
program(void)
{
	const char *p = getenv("COMITY");
	if (!p) {
		fprintf(stderr, "COMITY: the program is not named\n");
		exit(1);
	}
	return p;
}

void
bench_nodes(const char *name, const char *members, struct bench_node *ret)
{
	char line[1000];
	snprintf(line, sizeof line, "'%s' trial '%s/%s' %s >/dev/null", program(), bench_dir(), name, members);
	if (system(line)) {
		fprintf(stderr, "failed: %s\n", line);
		exit(1);
	}
	for (int i = 0; *members; i++, members += 3 + (members[3] == ' ')) {
		ret[i] = (struct bench_node){0};
		snprintf(ret[i].home, sizeof ret[i].home, "%.300s/%.40s/%.3s", bench_dir(), name, members);
		snprintf(ret[i].log, sizeof ret[i].log, "%.300s/%.40s/%.3s.log", bench_dir(), name, members);
	}
}

void
bench_node_command(const struct bench_node *m, const char *what)
{
	char line[2000];
	snprintf(line, sizeof line, "'%s' -C '%s' %s >/dev/null", program(), m->home, what);
	if (system(line)) {
		fprintf(stderr, "failed: %s\n", line);
		exit(1);
	}
}

static _Noreturn void
failed_at(const struct bench_node *m, const char *what)
{
	fprintf(stderr, "%s: %s\n", m->home, what);
	exit(1);
}

void
bench_node_let_in(struct bench_node *m, char ret_token[static 200])
{
	char line[1000];
	FILE *f;
	snprintf(line, sizeof line, "%s/comity.conf", m->home);
	if (!(f = fopen(line, "a")) || fputs("web-requests = 1000000\n", f) < 0 || fclose(f))
		failed_at(m, "comity.conf");
	snprintf(line, sizeof line, "%s/password", bench_dir());
	if (!(f = fopen(line, "w")) || fputs("four quiet brown dogs\n", f) < 0 || fclose(f))
		failed_at(m, "a password");
	snprintf(line, sizeof line, "account add nour --role analyst --cleared all --password-file '%s/password'", bench_dir());
	bench_node_command(m, line);
	snprintf(line, sizeof line,
	    "'%s' -C '%s' token add nour --name bench --scope read --scope write --scope taxii:read --scope taxii:write --quiet", program(), m->home);
	if (!(f = popen(line, "r")) || !fgets(ret_token, 200, f) || pclose(f))
		failed_at(m, "a token");
	ret_token[strcspn(ret_token, "\n")] = 0;
}

void
bench_node_fork(struct bench_node *m)
{
	char line[200];
	remove(m->log); /* of its last run */
	m->pid = fork();
	if (m->pid == 0) {
		if (!freopen(m->log, "w", stdout) || !freopen("/dev/null", "w", stderr))
			_exit(1);
		snprintf(line, sizeof line, "127.0.0.1:%u", m->port);
		char web[40] = "off", cert[300], key[300];
		if (m->web)
			snprintf(web, sizeof web, "127.0.0.1:%u", m->web_port);
		snprintf(cert, sizeof cert, "%s/cert.pem", bench_dir());
		snprintf(key, sizeof key, "%s/key.pem", bench_dir());
		execl(program(), program(), "-C", m->home, "serve", "--peers", line, "--web", web, m->tls ? "--web-cert" : NULL, cert, "--web-key",
		    key, NULL);
		_exit(127);
	}
}

void
bench_node_start(struct bench_node *m)
{
	char line[200];
	bench_node_fork(m);
	for (int i = 0; i < PORT_WAIT; i++) {
		struct timespec wait = {.tv_nsec = 20 * 1000 * 1000};
		FILE *f = fopen(m->log, "r");
		bool runs = false;
		while (f && fgets(line, sizeof line, f)) {
			sscanf(line, "other members' nodes are answered on port %u", &m->port);
			const char *at = strstr(line, "://127.0.0.1:");
			if (at)
				sscanf(at, "://127.0.0.1:%u", &m->web_port);
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

void
bench_node_stop(struct bench_node *m)
{
	if (m->reach) {
		reach_close(m->reach);
		env_posix_free(m->posix);
		m->reach = NULL;
	}
	kill(m->pid, SIGTERM);
	waitpid(m->pid, NULL, 0);
}

void
bench_nodes_meet(struct bench_node *n, int count)
{
	char line[1000];
	for (int i = 0; i < count; i++) {
		snprintf(line, sizeof line, "key --url https://127.0.0.1:%u", n[i].port);
		bench_node_command(&n[i], line);
	}
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < count; i++)
			for (int k = 0; k < count; k++)
				if (k != i) {
					snprintf(line, sizeof line, "sync '%s'", n[k].home);
					bench_node_command(&n[i], line);
				}
}

static void
reach(struct bench_node *m)
{
	struct errinfo e;
	bench_need(env_posix_new(m->home, false, &m->posix, &e), "env", &e);
	bench_need(reach_open(env_posix_env(m->posix), m->home, "bench", &m->reach, &e), "reach", &e);
	if (!reach_is_remote(m->reach)) {
		fprintf(stderr, "%s is not served\n", m->home);
		exit(1);
	}
}

void
bench_node_ask(struct bench_node *m, const char *op, const char *args, const struct source *in, struct buf *reply)
{
	struct errinfo e;
	struct reach_call c = {.call = {.op = str_of(op), .args = str_of(args), .who = {.name = STR("bench")}, .in = in}};
	if (!m->reach)
		reach(m);
	buf_clear(reply);
	bench_need(reach_call(m->reach, &c, reply, &e), op, &e);
}
