/* home: the directory a command works in, found and opened.
 *
 * Named by --home (-C), else by $COMITY_HOME, else the first one from the current directory upwards, as git does. An exercise home takes another
 * clock (--clock): then time begins there and runs on as usual. */
#ifndef CLI_HOME_H
#define CLI_HOME_H

#include "api/reach.h"
#include "cli/cmd.h"

struct home {
	struct env_posix *posix;
	struct env env; /* with the exercise's clock, if any */
	struct reach *reach;
	struct buf root_key;          /* text of --root-key; empty = none */
	struct clearance *clearances; /* of --clearance: one a centre; NULL = none */
	size_t nclearances;
};

/* Where the home is; the text is in c->a or lives as long as the program. ERR_NOTFOUND says what to do. */
enum err home_where(struct cli *c, const char **ret, struct errinfo *e) MUST_USE;
/* Whether none is named, and none is found: for what can do without. */
bool home_none(struct cli *c);
/* Whether there is a home in dir. */
bool home_is(const char *dir);

/* An env for dir, with the clock that --clock says; ERR_DENIED if that is no exercise home. posix is to be freed. `making`: it is about to be made
 * (init), as an exercise or not. */
enum err home_env(struct cli *c, const char *dir, bool making, struct env_posix **ret_posix, struct env *ret, struct errinfo *e) MUST_USE;

/* The time that the homes of an exercise live in from now on, in this process. */
enum err home_set_clock(struct str text, struct errinfo *e) MUST_USE;

/* Opens the home as c->home, once, or the way to the node that runs in it; main closes it. */
enum err home_open(struct cli *c, struct errinfo *e) MUST_USE;
/* The home in dir, of that env, opened or reached. */
enum err home_reach(struct cli *c, const struct env *env, const char *dir, const char *what, struct reach **ret, struct errinfo *e) MUST_USE;
void home_close(struct cli *c);
/* Says on standard error what was found when the home in dir was opened, if anything (node_warning). */
void home_warn(struct cli *c, const char *dir, const struct reach *r);

#endif
