/* nodes: members' nodes as processes on loopback, for benches of what goes over a network. */
#ifndef NODES_H
#define NODES_H

#include <sys/types.h>

#include "api/reach.h"

struct bench_node {
	char home[400], log[410];
	pid_t pid;
	unsigned port;
	bool web, tls;     /* people are answered too: over TLS, by the certificate of load_begin() */
	unsigned web_port; /* the same each time */
	struct env_posix *posix;
	struct reach *reach;
};

/* Homes of these members (three letters each, parted by blanks) under bench_dir()/name, founded as a centre; none runs. Needs COMITY. */
void bench_nodes(const char *name, const char *members, struct bench_node *ret);
/* Starts it, and again where it was before. Ends the bench if it does not start. */
void bench_node_start(struct bench_node *n);
/* An account "nour" of an analyst and its token, before it runs; no ceiling of requests that a bench would meet. */
void bench_node_let_in(struct bench_node *n, char ret_token[static 200]);
/* The same, not waited for. */
void bench_node_fork(struct bench_node *n);
void bench_node_stop(struct bench_node *n);
/* One command of the program in that home. Ends the bench if it fails. */
void bench_node_command(const struct bench_node *n, const char *what);
/* Each of them running tells where it is reached, and knows it of the others. */
void bench_nodes_meet(struct bench_node *n, int count);
/* One operation of the node that runs there; reply is emptied first. */
void bench_node_ask(struct bench_node *n, const char *op, const char *args, const struct source *in, struct buf *reply);

#endif
