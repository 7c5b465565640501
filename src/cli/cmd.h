/* cmd: a command is one const struct cmd: what it is called, takes and does. Parsing, help, man page and completion come from it.
 *
 * To add one: its struct in a file of its own (or of its family), its line in table.c, its scenario in test/run. A command that is one operation
 * of the node needs no function of its own: its flags and arguments become the operation's, the reply goes to `render`, or as it is to --json. */
#ifndef CLI_CMD_H
#define CLI_CMD_H

#include "api/version.h"
#include "base/arena.h"
#include "base/env.h"
#include "cli/print.h"
#include "json/dom.h"
#include "node/node.h"

struct cli;
struct env_posix;

struct flag {
	const char *name;  /* "to": given as --to; NULL ends a list. As an argument of an operation, "-" becomes "_" */
	char type;         /* 'b' switch, 's' text, 'i' whole number, 'a' text that may be given several times */
	bool own;          /* the command's own business: no argument of the operation */
	const char *value; /* what stands for the value in help: "CIRCLE"; NULL for a switch */
	const char *about;
	char letter; /* -q; 0 = none */
};

struct param {
	const char *name; /* of the operation's argument; NULL ends a list */
	char count; /* '1' one, '?' none or one, 'n' and 'o' the same of a whole number, '+' one or more, '*' any number; the last two are an array */
	bool own;
	const char *value; /* in help: "ID" */
};

enum { CMD_PARAMS = 4 };

enum cmd_group { CMD_BEGIN, CMD_GOVERN, CMD_KNOW, CMD_RELEASE, CMD_EXCHANGE, CMD_NODE, CMD_ABOUT, CMD_HIDDEN };

struct cmd {
	const char *name; /* "add"; "charter sign" is two words */
	enum cmd_group group;
	const char *about;    /* one line, begins with a small letter, no full stop */
	const char *help;     /* paragraphs; NULL = none */
	const char *examples; /* lines; those that begin with "#" say what the next does */
	const struct flag *flags;
	struct param params[CMD_PARAMS];
	const char *op;                                          /* the operation; NULL: run does it all */
	void (*render)(struct cli *c, const struct json *reply); /* its reply for people */
	enum err (*run)(struct cli *c, struct errinfo *e);       /* NULL: op and render suffice */
};

extern const struct cmd *const cmd_table[];
extern const size_t cmd_count;
extern const struct flag cmd_global_flags[]; /* taken by every command */
extern const char *const cmd_group_names[];  /* by enum cmd_group, CMD_HIDDEN left out */

/* One run of the program. */
struct cli {
	const struct cmd *cmd;
	const struct given {
		const struct flag *flag;
		const char *value; /* "" of a switch */
	} * given;
	size_t ngiven;
	char *const *args; /* what is not flags, without the command's name */
	int nargs;
	struct print out, err;
	bool json, quiet;
	int status;        /* exit status of a command that did its work and has something to say by it; else 0 */
	const char *input; /* the file that an error's place is in; NULL = none */
	struct arena a;    /* of the run */
	struct home *home; /* home.h; NULL until it is opened */
};

/* The value of a flag: the last one given; "" of a switch; NULL: not given. Asserts that the command takes it. */
const char *cli_flag(const struct cli *c, const char *name);
/* Value i (from 0) of a flag that may be given several times; NULL past the last. */
const char *cli_flag_at(const struct cli *c, const char *name, size_t i);

#endif
