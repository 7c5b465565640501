/* b_backlog: a log of a million entries, one object each, that a member's node fetches from another's over TLS on loopback, beside the same fetch
 * from a directory. usage: b_backlog [ENTRIES]; COMITY is the program */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"
#include "env/posix.h"
#include "nodes.h"
#include "node/op.h"
#include "object.h"
#include "share/write.h"

static void
fill(struct share *s, uint64_t n)
{
	struct share_centre *c = &s->centre[0];
	struct buf object = BUF_INIT(LIMIT_OBJECT);
	struct errinfo e;
	uint64_t all = label_policy_members(c->policy);
	for (uint64_t i = 0; i < n; i++) {
		struct entry x = {.kind = ENTRY_OBJECTS, .position = STR("J2-3")};
		struct share_appended done;
		buf_clear(&object);
		object_put(&object, i);
		struct str one = buf_str(&object);
		label_own(&x.label, c->id.b, c->me, 0);
		x.label.circle = all;
		const struct share_append a = {c, all, &x, &one, 1};
		if (i % 1000 == 0)
			bench_need(record_begin(s->store, &e), "begin", &e);
		bench_need(share_append(s, &a, &done, &e), "append", &e);
		if (i % 1000 == 999 || i + 1 == n)
			bench_need(record_commit(s->store, &e), "commit", &e);
	}
	bench_need(share_sign_all(s, &e), "sign", &e);
	buf_done(&object);
}

/* Whether the node shows the last of n objects. */
static bool
has(struct bench_node *m, uint64_t n, struct buf *reply)
{
	struct buf object = BUF_INIT(LIMIT_OBJECT);
	object_put(&object, n - 1);
	ptrdiff_t at = str_find(buf_str(&object), STR("\"id\":\""));
	bench_node_ask(m, "ls", "{\"limit\":1}", NULL, reply);
	bool shown = at >= 0 && str_find(buf_str(reply), str_sub(buf_str(&object), (size_t)at, (size_t)at + 40)) >= 0;
	buf_done(&object);
	return shown;
}

int
main(int argc, char **argv)
{
	uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
	struct bench_node m[3];
	struct buf reply = BUF_INIT(64 * MIB);
	struct env_posix *posix;
	struct node *node;
	struct errinfo e;
	char line[1000];
	const char *only = getenv("ONLY");
	if (only && *only && strcmp(only, "backlog") != 0)
		return 0;
	bench_nodes("backlog", "irq rus irn", m);
	for (int i = 0; i < 3; i += 2)
		bench_node_start(&m[i]);
	struct bench_node pair[2] = {m[0], m[2]};
	bench_nodes_meet(pair, 2);
	for (int i = 0; i < 3; i += 2)
		bench_node_stop(&m[i]);
	bench_need(env_posix_new(m[0].home, false, &posix, &e), "env", &e);
	bench_need(node_open(env_posix_env(posix), "bench", &node, &e), "open", &e);
	fill(node->share, n);
	node_close(node);
	env_posix_free(posix);
	bench_node_command(&m[0], "status");
	double near = bench_seconds();
	snprintf(line, sizeof line, "sync '%s'", m[0].home);
	bench_node_command(&m[1], line);
	near = bench_seconds() - near;
	bench_node_start(&m[0]);
	double far = bench_seconds();
	bench_node_start(&m[2]);
	while (!has(&m[2], n, &reply)) {
		const struct timespec wait = {.tv_nsec = 20 * 1000 * 1000};
		nanosleep(&wait, NULL);
	}
	far = bench_seconds() - far;
	bench_line("backlog", (double)n / far, "entries/s", near / far, "the same fetched from a directory");
	for (int i = 0; i < 3; i += 2)
		bench_node_stop(&m[i]);
	buf_done(&reply);
	return 0;
}
