/* nodes: members' nodes as processes on loopback, for benches of what goes over a network. */
#ifndef NODES_H
#define NODES_H

#include <sys/types.h>

#include "api/reach.h"

struct bench_node {
	char home[400], log[410];
	pid_t pid;
	unsigned port;
	struct env_posix *posix;
	struct reach *reach;
};

/* Homes of these members (three letters each, parted by blanks) under bench_dir()/name, founded as a centre; none runs. Needs COMITY. */
void bench_nodes(const char *name, const char *members, struct bench_node *ret);
/* Starts it, and again where it was before. Ends the bench if it does not start. */
void bench_node_start(struct bench_node *n);
void bench_node_stop(struct bench_node *n);
/* One command of the program in that home. Ends the bench if it fails. */
void bench_node_command(const struct bench_node *n, const char *what);
/* Each of them running tells where it is reached, and knows it of the others. */
void bench_nodes_meet(struct bench_node *n, int count);
/* One operation of the node that runs there; reply is emptied first. */
void bench_node_ask(struct bench_node *n, const char *op, const char *args, const struct source *in, struct buf *reply);

#endif
