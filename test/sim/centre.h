/* centre: the homes of one centre in one process, over any struct env: made, founded, opened, called, brought together.
 *
 * For the simulator, noninterference, torture, benches and tests: all of them call the same operations that people do, so this file knows nothing but
 * node.h. Homes are numbered from 0 in the order given; by default that is their member number too. A home's code runs through `run`, so that a
 * simulated world can run it as a step of that node; without one it is called directly. */
#ifndef SIM_CENTRE_H
#define SIM_CENTRE_H

#include "base/limits.h"
#include "http/server.h"
#include "node/node.h"

struct centre {
	int n;
	const struct env *env[LIMIT_MEMBERS];
	const char *id[LIMIT_MEMBERS];    /* of the member whose home it is; two homes may be of one member */
	struct node *node[LIMIT_MEMBERS]; /* open, or NULL */
	/* Runs fn(arg) as that home; false: it did not return (the node died). NULL: fn is called. */
	bool (*run)(void *ctx, int home, void (*fn)(void *arg), void *arg);
	void *ctx;
	char hex[65]; /* the centre's id, when it was founded */
};

/* What a founding charter says. Zero and NULL are: three months, from now, levels UNCLASSIFIED, RESTRICTED, SECRET (U, R, S), the smallest quorums.
 */
struct centre_plan {
	const char *name;
	const char *term;   /* ISO 8601 */
	const char *levels; /* JSON array as charter-propose takes it */
	const char *more;   /* further members of charter-propose's arguments: "\"dispute\":\"P1M\"," or NULL */
	int64_t from;       /* when it takes effect and the rota begins: the day of this moment */
};

/* node_create, node_open, node_close of one home. Open ones are not opened again. */
enum err centre_make(struct centre *c, int home, struct errinfo *e) MUST_USE;
enum err centre_open(struct centre *c, int home, struct errinfo *e) MUST_USE;
void centre_close(struct centre *c, int home);
void centre_close_all(struct centre *c);

/* Makes and opens all homes, has them show cards, propose, vote, assemble and install a charter everywhere. Ends with all homes open. */
enum err centre_found(struct centre *c, const struct centre_plan *plan, struct errinfo *e) MUST_USE;
/* A later charter: proposed by one home with these arguments (members of charter-propose's, without the braces and the centre), signed by `voters` (a
 * set of homes), installed where it was proposed; others get it when they sync. */
enum err centre_amend(struct centre *c, int home, uint64_t voters, const char *args, struct errinfo *e) MUST_USE;

/* One operation of an open home. reply is emptied first; may be NULL. ERR_STOPPED with "died" if the node died in it: it is then not open any more,
 * and its memory is gone or leaks. */
enum err centre_call(struct centre *c, int home, const struct node_call *call, struct buf *reply, struct errinfo *e) MUST_USE;
/* The same from its name and arguments as printf gives them. */
enum err centre_op(struct centre *c, int home, struct buf *reply, struct errinfo *e, const char *op, const char *fmt, ...)
    __attribute__((format(printf, 6, 7))) MUST_USE;
/* "add" with this input. args as in centre_op's fmt, already printed. */
enum err centre_add(struct centre *c, int home, struct str input, const char *args, struct buf *reply, struct errinfo *e) MUST_USE;

/* What a node answers a member to GET /<centre>/<path>, through what its server answers with (api/peer_answer.h): all of it; r has a body to fill. */
enum err centre_request(struct node *n, struct str centre, struct str asker, struct str path, struct http_reply *r, struct errinfo *e) MUST_USE;
/* The same as an asking node takes it: its body appended, or why there is none. */
enum err centre_answer(struct node *n, struct str centre, struct str asker, struct str path, struct buf *reply, struct errinfo *e) MUST_USE;

/* How `asker` asks `server`, both open. link must outlive the transport. */
struct centre_link {
	struct centre *c;
	int asker, server;
	char name[32];
};
struct transport centre_transport(struct centre_link *link, struct centre *c, int asker, int server);
/* "sync" over such a transport. */
enum err centre_sync(struct centre *c, int asker, int server, struct buf *reply, struct errinfo *e) MUST_USE;
/* Everybody from everybody, `rounds` times. The first failure ends it. */
enum err centre_sync_all(struct centre *c, int rounds, struct errinfo *e) MUST_USE;

/* Of a reply: the string member at this path ("items.0.id"), copied to ret, NUL-terminated; false if there is none or it is too long. */
bool centre_text(struct str reply, const char *path, char *ret, size_t cap);
/* The same of a member by its name, as JSON text, after what is in b. */
enum err centre_take(struct str reply, const char *name, struct buf *b, struct errinfo *e) MUST_USE;
/* The same of an integer; -1 if there is none. */
int64_t centre_number(struct str reply, const char *path);

#endif
