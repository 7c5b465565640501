/* node: a home opened, and everything that can be asked of it.
 *
 * One way in: node_call(name of an operation, its arguments as a JSON object) gives a reply as one JSON object. The command line, the simulator, the
 * tests and later the socket and the network are thin callers of the same operations, so they cannot differ in what they allow. Operations stand in
 * one table (op.h), one file an operation or a family of them.
 *
 * The home's lock is held from node_open to node_close. One thread. */
#ifndef NODE_NODE_H
#define NODE_NODE_H

#include "base/env.h"
#include "base/stream.h"
#include "crypto/hash.h"
#include "label/rule.h"
#include "share/transport.h"

struct node;

/* Makes a home in the env: keys (root, log, age, tls), the three files, the member's id and name. ERR_CONFLICT if there is one. *ret_root_fingerprint
 * etc. are asked of "card" later. */
enum err node_create(const struct env *env, struct str member_id, struct str name, struct errinfo *e) MUST_USE;

/* An exercise home, before or after node_create: it says so everywhere, its charters' names begin with "EXERCISE ", homes of the two kinds cannot
 * share a centre, and a caller may give it another clock. */
enum err node_mark_exercise(const struct env *env, struct errinfo *e) MUST_USE;
bool node_is_exercise(const struct env *env);
/* The same where a file that cannot be read must not pass for none. */
enum err node_kind(const struct env *env, bool *ret_exercise, struct errinfo *e) MUST_USE;

/* Opens it: takes the lock (`what` is the command, told to others who find it held), opens the store, loads keys and charters, signs what a crash
 * left unsigned, brings the view up to the record. Opened for "sync", it says what it owes others only after that. */
enum err node_open(const struct env *env, const char *what, struct node **ret, struct errinfo *e) MUST_USE;
void node_close(struct node *n); /* takes NULL */
/* What was found when it was opened and people should know at once: then nothing is signed in any circle of several until its members were asked
 * (share/settle.h). NULL: nothing. */
const char *node_warning(const struct node *n);

/* Who asks: the representative's name, for audit alone; its position, which goes into entries ("J2-3"); what it may see; and, of an account
 * (node/people.h), what it may do. */
struct node_who {
	struct str name, position;
	const struct clearance *clearances; /* one a centre; NULL: as the home's own member itself, sees all */
	size_t nclearances;
	int64_t account; /* its number; 0: the home's own user, who may everything (with clearances: read) */
	unsigned scopes; /* of an account: a set of enum scope (people/role.h) */
	int64_t session; /* the number of the account's session that it showed; 0: none */
	bool proved;     /* with this request it gave the account's password, and it was right */
	bool token;      /* it showed a token, no session: a program */
};

struct node_progress {
	uint64_t done, all; /* in bytes or objects; all 0 = not known */
	const char *what;   /* "objects", "entries", "bytes" */
};

struct node_call {
	struct str op;       /* "ls" */
	struct str args;     /* JSON object; empty = {} */
	struct str root_key; /* text of a root key file that is kept elsewhere, for this call alone; or empty */
	struct node_who who;
	bool tells;                   /* who calls writes a line of the audit trail itself: "add" writes none where nothing came */
	struct str once;              /* a key of the caller's choice: this request is done once (once.h); or empty */
	struct hash request;          /* with once: everything that was asked, hashed */
	const struct source *in;      /* the input of operations that take one (add, pouch-open, …); else NULL */
	const struct sink *out;       /* the output of those that give bytes (pouch-pack, prove, …); else NULL */
	const struct transport *peer; /* of "sync"; else NULL */
	const struct env *to;         /* of "backup": the folder it goes to; else NULL */
	bool (*progress)(void *ctx, const struct node_progress *p); /* may be NULL; false stops: ERR_STOPPED, what was committed stays */
	void *ctx;
};

/* Appends one JSON object to reply; on failure reply is unchanged. ERR_USAGE for an unknown operation or argument, ERR_DENIED with an audit line
 * where the viewer may not. */
enum err node_call(struct node *n, const struct node_call *c, struct buf *reply, struct errinfo *e) MUST_USE;
/* The same without a home, of what only reads a text: card-show, and charter-show with "text". */
enum err node_call_alone(const struct node_call *c, struct buf *reply, struct errinfo *e) MUST_USE;

/* A line of the audit trail, written for what was answered without asking the node. */
struct node_line {
	const struct node_who *who;
	struct str what, target, detail;
};
/* All of them in one transaction, committed when it returns. */
enum err node_audit(struct node *n, const struct node_line *lines, size_t count, struct errinfo *e) MUST_USE;

/* Makes a home in `home` of what "backup" wrote in `from`: it must not sign before it has asked the others what they hold of its logs
 * (share/settle.h). passphrase opens the keys in the backup; if they were kept out of it they must be in home's keys/ already. ERR_CONFLICT if there
 * is a home; ERR_DENIED: wrong passphrase. */
enum err node_restore(const struct env *home, const struct env *from, struct str passphrase, struct errinfo *e) MUST_USE;

/* *ret: a restore into this home was cut off, and is to be run again. */
enum err node_restoring(const struct env *env, bool *ret, struct errinfo *e) MUST_USE;

/* What another member's request gets (share/serve.h), for whoever made sure who asks. centre: id in hex; asker: member id. */
enum err node_serve(struct node *n, struct str centre, struct str asker, struct str path, struct buf *reply, struct errinfo *e) MUST_USE;

/* Work that the clock makes due: dates of labels, flags and receipts owed, announcements. Called by node_open and, later, by a running node's timer.
 */
enum err node_tick(struct node *n, struct errinfo *e) MUST_USE;

#endif
