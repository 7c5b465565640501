/* ask: one operation of the home asked, from the command line's flags to its reply.
 *
 *	struct ask a;
 *	ask_begin(&a, c, "ls");
 *	ask_given(&a);                 the flags and arguments that are the operation's
 *	ask_str(&a, "since", since);   what else
 *	if (!(err = ask_send(&a, e)))
 *		err = ask_show(&a, render, e);
 *	ask_done(&a);
 *
 * While it runs, progress is shown on a terminal and Ctrl-C stops it between two steps; what was done so far stays. */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include "cli/cmd.h"
#include "cli/home.h"
#include "json/write.h"

struct ask {
	struct cli *c;
	struct buf args, reply;
	struct json_writer w;
	struct reach_call to;    /* call.in, .out, .peer, .to, to_dir and slow may be set before ask_send */
	struct arena a;          /* of the tree */
	const struct json *tree; /* the reply; NULL before */
	int64_t shown;           /* when progress was last shown */
	bool on_screen;          /* a line of progress stands on the terminal */
};

void ask_begin(struct ask *a, struct cli *c, const char *op);
void ask_given(struct ask *a);
/* Nothing is put where value is NULL. */
void ask_str(struct ask *a, const char *name, const char *value);
void ask_text(struct ask *a, const char *name, struct str value);
void ask_int(struct ask *a, const char *name, int64_t v);
void ask_bool(struct ask *a, const char *name, bool v);
/* Opens the home if it is not, calls, parses the reply. With --json, and where the reply is over LIMIT_REPLY_TREE, tree stays NULL; over it, that is
 * said and the command's status is that of ERR_LIMIT. */
enum err ask_send(struct ask *a, struct errinfo *e) MUST_USE;
/* The same of a home that the caller has (trial, a peer's directory); NULL: without a home (node_call_alone). */
enum err ask_send_to(struct ask *a, struct reach *r, struct errinfo *e) MUST_USE;
/* The reply as it is (--json, and one too long for a tree) or rendered. */
void ask_show(struct ask *a, void (*render)(struct cli *c, const struct json *reply));
/* A part of the reply, byte for byte as it came, on a line. */
void ask_show_raw(struct ask *a, const struct json *part);
/* The reply's tree also with --json; NULL if it is too long for one, which is said, and the status that of ERR_LIMIT. */
const struct json *ask_tree(struct ask *a);
void ask_done(struct ask *a);

/* A command that is one operation. */
enum err ask_run(struct cli *c, struct errinfo *e) MUST_USE;

/* Whether the user has asked to stop (Ctrl-C). ask_watch makes Ctrl-C do so from now on; a second one ends the program at once. */
void ask_watch(void);
bool ask_stopped(void);

#endif
