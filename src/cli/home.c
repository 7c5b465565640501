#include "cli/home.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/time.h"
#include "cli/clear.h"
#include "cli/file.h"
#include "crypto/secret.h"
#include "env/posix.h"

enum { PATH_BYTES = 4096 };

/* The exercise's clock: one a process, since all homes that one command opens live in the same time. How far it is ahead of the monotonic clock; read
 * by threads of a node while another sets it. */
#define NOT_SET INT64_MIN
static _Atomic int64_t exercise_ahead = NOT_SET;

static int64_t
read_clock(clockid_t which)
{
	struct timespec ts;
	return clock_gettime(which, &ts) ? 0 : (int64_t)ts.tv_sec * TIME_SECOND + ts.tv_nsec / 1000;
}

/* Until somebody sets it, the real time. */
static int64_t
exercise_now(void *ctx)
{
	(void)ctx;
	int64_t ahead = atomic_load(&exercise_ahead);
	return ahead != NOT_SET ? ahead + read_clock(CLOCK_MONOTONIC) : read_clock(CLOCK_REALTIME);
}

/* A step of the clock is time that went by, so that what falls due can be tried out. */
static int64_t
exercise_mono(void *ctx)
{
	return atomic_load(&exercise_ahead) != NOT_SET ? exercise_now(ctx) : read_clock(CLOCK_MONOTONIC);
}

bool
home_is(const char *dir)
{
	char path[PATH_BYTES];
	struct stat st;
	int n = snprintf(path, sizeof path, "%s/keys/root.pub", dir);
	if (n < 0 || (size_t)n >= sizeof path || stat(path, &st))
		return false;
	n = snprintf(path, sizeof path, "%s/log.db", dir);
	return n > 0 && (size_t)n < sizeof path && stat(path, &st) == 0;
}

enum err
home_where(struct cli *c, const char **ret, struct errinfo *e)
{
	const char *named = cli_flag(c, "home"), *by_env = getenv("COMITY_HOME");
	if (named || (by_env && *by_env)) {
		*ret = named ? named : by_env;
		return OK;
	}
	char *up = arena_alloc(&c->a, PATH_BYTES);
	if (!up)
		return err_nomem(e);
	if (getcwd(up, PATH_BYTES))
		for (;;) {
			if (home_is(*up ? up : "/")) {
				*ret = *up ? up : "/";
				return OK;
			}
			char *slash = strrchr(up, '/');
			if (!slash)
				break;
			*slash = '\0';
		}
	err_set(e, ERR_NOTFOUND, "there is no home here, nor in a directory above");
	err_hint(e, "name it: --home DIR or $COMITY_HOME; make one: comity init DIR --id ID --name NAME; to try out: comity trial DIR");
	return ERR_NOTFOUND;
}

enum err
home_set_clock(struct str text, struct errinfo *e)
{
	int64_t at;
	if (!time_parse_human(text, &at)) {
		err_set(e, ERR_USAGE, "--clock: \"%.*s\" is no moment", STR_FMT(str_sub(text, 0, 40)));
		err_hint(e, "2015-10-01 or 2015-10-01T06:30:00Z");
		return ERR_USAGE;
	}
	atomic_store(&exercise_ahead, at - read_clock(CLOCK_MONOTONIC));
	return OK;
}

bool
home_none(struct cli *c)
{
	const char *dir;
	return home_where(c, &dir, NULL) == ERR_NOTFOUND;
}

static enum err
exercise_env(struct cli *c, const struct env *env, bool making, struct env *ret, struct errinfo *e)
{
	const char *clock = cli_flag(c, "clock");
	bool exercise = making || node_is_exercise(env);
	*ret = *env;
	if (!exercise && clock) {
		err_set(e, ERR_DENIED, "--clock: this is no exercise home, its time is the real one");
		err_hint(e, "an exercise home is made by: comity init --exercise");
		return ERR_DENIED;
	}
	if (exercise) {
		ret->now = exercise_now;
		ret->mono = exercise_mono;
	}
	return clock && atomic_load(&exercise_ahead) == NOT_SET ? home_set_clock(str_of(clock), e) : OK;
}

enum err
home_env(struct cli *c, const char *dir, bool making, struct env_posix **ret_posix, struct env *ret, struct errinfo *e)
{
	struct env_posix *posix;
	enum err err;
	if (!making && !home_is(dir)) {
		struct stat st;
		err_set(e, ERR_NOTFOUND, stat(dir, &st) ? "%.200s: %s" : "%.200s is not a home%s", dir, stat(dir, &st) ? strerror(errno) : "");
		err_hint(e, "a home is made by: comity init DIR --id ID --name NAME");
		return ERR_NOTFOUND;
	}
	if ((err = env_posix_new(dir, making, &posix, e)))
		return err;
	if ((err = exercise_env(c, env_posix_env(posix), making, ret, e))) {
		env_posix_free(posix);
		return err;
	}
	*ret_posix = posix;
	return OK;
}

void
home_warn(struct cli *c, const char *dir, const struct reach *r)
{
	const char *what = reach_warning(r);
	if (!what)
		return;
	print_own_styled(&c->err, STYLE_WARN, "warning: ");
	print_text(&c->err, str_of(dir));
	print_own_styled(&c->err, STYLE_WARN,
	    ": %s.\nIt signs nothing for others until each member has been asked what it already signed: comity sync DIR with each, then comity "
	    "status.\n",
	    what);
}

enum err
home_reach(struct cli *c, const struct env *env, const char *dir, const char *what, struct reach **ret, struct errinfo *e)
{
	struct reach *r;
	enum err err = reach_open(env, dir, what, &r, e);
	if (!err && reach_is_remote(r))
		reach_clock(r, cli_flag(c, "clock"));
	if (!err)
		*ret = r;
	return err;
}

static enum err
open_whole(struct cli *c, struct home *h, const char *dir, struct errinfo *e)
{
	const char *root_file = cli_flag(c, "root-key");
	enum err err = root_file ? file_read(root_file, "the root key", &h->root_key, e) : OK;
	return err ? err : home_reach(c, &h->env, dir, c->cmd->name, &h->reach, e);
}

enum err
home_open(struct cli *c, struct errinfo *e)
{
	const char *dir;
	struct home *h;
	enum err err;
	if (c->home)
		return OK;
	if (!(h = arena_alloc(&c->a, sizeof *h)))
		return err_nomem(e);
	*h = (struct home){.root_key = BUF_INIT(4 * KIB)};
	if ((err = home_where(c, &dir, e)) || (err = home_env(c, dir, false, &h->posix, &h->env, e)))
		return err;
	c->home = h;
	if ((err = open_whole(c, h, dir, e))) {
		home_close(c);
		return err;
	}
	home_warn(c, dir, h->reach);
	if (node_is_exercise(&h->env) && !c->quiet && !c->json && c->err.width)
		print_own_styled(&c->err, STYLE_WARN, "EXERCISE: this home is for trying out; its dates may be made up\n");
	const char *clearance = cli_flag(c, "clearance");
	return clearance ? clear_read(c, clearance, &h->clearances, &h->nclearances, e) : OK;
}

void
home_close(struct cli *c)
{
	if (!c->home)
		return;
	reach_close(c->home->reach);
	secret_wipe_buf(&c->home->root_key);
	buf_done(&c->home->root_key);
	env_posix_free(c->home->posix);
	c->home = NULL;
}
