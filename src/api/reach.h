/* reach: a home, opened here or, where another process has it open for long (comity serve), asked through that one's socket. What it answers is the
 * same either way. */
#ifndef API_REACH_H
#define API_REACH_H

#include "node/node.h"

struct reach;

/* The home in dir, whose env that is; both must outlive it. `what` as in node_open. ERR_BUSY: somebody has it open who cannot be asked. */
enum err reach_open(const struct env *env, const char *dir, const char *what, struct reach **ret, struct errinfo *e) MUST_USE;
void reach_close(struct reach *r); /* takes NULL */
bool reach_is_remote(const struct reach *r);
/* As node_warning; NULL of a node that runs elsewhere: it was told there. */
const char *reach_warning(const struct reach *r);
/* The time it is, as people write it, in what is asked from now on of a node that runs elsewhere; it is refused if that is no exercise. The text is
 * the caller's. */
void reach_clock(struct reach *r, const char *clock);

/* What a call needs beside itself where it is made in another process. */
struct reach_call {
	struct node_call call;
	const char *to_dir; /* absolute path of the folder that call.to is for; NULL: none */
	bool slow;          /* call.in is not at hand: a pipe, a terminal */
};

/* As node_call, node_serve. */
enum err reach_call(struct reach *r, const struct reach_call *c, struct buf *reply, struct errinfo *e) MUST_USE;
enum err reach_serve(struct reach *r, struct str centre, struct str asker, struct str path, struct buf *reply, struct errinfo *e) MUST_USE;

#endif
