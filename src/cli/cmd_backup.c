/* backup, restore. */
#define _XOPEN_SOURCE 700 /* realpath */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "cli/ask.h"
#include "cli/show.h"
#include "cli/yes.h"
#include "crypto/secret.h"
#include "env/posix.h"

enum { PASSPHRASE = 4 * KIB, PATH_BYTES = 4096 };

static const struct flag backup_flags[] = {
    {"passphrase-file", 's', true, "FILE", "its first line seals the keys (else it is asked for)", 0},
    {"no-keys", 'b', true, NULL, "leave the keys out: they are kept elsewhere", 0},
    {0},
};

static void
put_backup(struct cli *c, const struct json *r)
{
	struct print *p = &c->out;
	print_own(p, "backup of ");
	print_text(p, show_moment(c, r, "at"));
	print_own(p, " in ");
	print_text(p, str_of(c->args[0]));
	print_own(p, ": ");
	show_count(p, show_int(r, "bytes"), "byte", "bytes");
	print_own(p, show_true(r, "keys") ? ", with the keys, sealed\n" : ", without the keys\n");
}

/* Whether dir is the home or lies under it, also where it is not there yet: then by the nearest folder above that is. */
static bool
is_in_home(struct cli *c, const char *dir)
{
	char home[PATH_BYTES], at[PATH_BYTES], real[PATH_BYTES];
	const char *where;
	int n = snprintf(at, sizeof at, "%s%s", *dir == '/' ? "" : "./", dir);
	if (home_where(c, &where, NULL) || !realpath(where, home) || n < 0 || (size_t)n >= sizeof at)
		return false;
	while (!realpath(at, real)) {
		char *slash = strrchr(at, '/');
		if (errno != ENOENT || !slash || slash == at)
			return false;
		*slash = '\0';
	}
	size_t len = strlen(home);
	return strncmp(real, home, len) == 0 && (real[len] == '/' || !real[len] || home[len - 1] == '/');
}

static enum err
run_backup(struct cli *c, struct errinfo *e)
{
	struct stat st;
	struct buf secret = BUF_INIT(PASSPHRASE);
	struct env_posix *to = NULL;
	struct ask a;
	bool keys = !cli_flag(c, "no-keys"), made = lstat(c->args[0], &st) != 0;
	enum err err = OK;
	if (is_in_home(c, c->args[0])) {
		err_set(e, ERR_CONFLICT, "%.300s lies within the home itself, and would be lost with it", c->args[0]);
		err_hint(e, "best on another disk");
		return ERR_CONFLICT;
	}
	if ((err = home_open(c, e)))
		return err;
	ask_begin(&a, c, "backup");
	if (!keys)
		ask_bool(&a, "keys", false);
	else if (!(err = yes_passphrase(c, "passphrase-file", true, &secret, e)))
		ask_text(&a, "passphrase", buf_str(&secret));
	if (!err && !(err = env_posix_new(c->args[0], true, &to, e))) {
		char *whole = realpath(c->args[0], NULL); /* the node may run elsewhere */
		a.to.call.to = env_posix_env(to);
		a.to.to_dir = whole;
		if (!whole)
			err = err_set(e, ERR_IO, "%.200s: %s", c->args[0], strerror(errno));
		if (!err && !(err = ask_send(&a, e)))
			ask_show(&a, put_backup);
		free(whole);
	}
	ask_done(&a);
	env_posix_free(to);
	if (err && made)
		rmdir(c->args[0]); /* of a backup that came to nothing; one that has something in it stays */
	secret_wipe_buf(&secret);
	buf_done(&secret);
	return err;
}

const struct cmd cmd_backup = {
    .name = "backup",
    .group = CMD_NODE,
    .about = "a copy of the home in a new directory",
    .help = "The record, what is the home's own, and the keys sealed with a passphrase. The view is left out: it is made anew.",
    .examples = "comity backup /mnt/backup/2015-10-20\ncomity backup --passphrase-file pass.txt /mnt/backup/today",
    .flags = backup_flags,
    .params = {{"dir", '1', true, "DIR"}},
    .op = "backup",
    .run = run_backup,
};

static const struct flag restore_flags[] = {
    {"passphrase-file", 's', true, "FILE", "its first line opens the keys (else it is asked for)", 0},
    {"no-keys", 'b', true, NULL, "the keys are in the new home's keys/ already", 0},
    {0},
};

/* It has the file that is written last. */
static bool
is_backup(const char *dir)
{
	char path[4096];
	struct stat st;
	int n = snprintf(path, sizeof path, "%s/backup", dir);
	return n > 0 && (size_t)n < sizeof path && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* Removes the directory that was made, if nothing was restored into it yet. */
static void
undo(const char *dir)
{
	struct stat st;
	char path[4096];
	int n = snprintf(path, sizeof path, "%s/restoring", dir);
	if (n < 0 || (size_t)n >= sizeof path || stat(path, &st) == 0)
		return;
	snprintf(path, sizeof path, "%s/lock", dir);
	unlink(path);
	rmdir(dir);
}

static enum err
run_restore(struct cli *c, struct errinfo *e)
{
	struct buf secret = BUF_INIT(PASSPHRASE);
	struct env_posix *from = NULL, *home = NULL;
	struct env env;
	struct stat st;
	enum err err;
	bool made = stat(c->args[1], &st) != 0;
	if (home_is(c->args[1])) {
		err_set(e, ERR_CONFLICT, "%.200s is a home already", c->args[1]);
		err_hint(e, "a backup is restored into a new directory");
		return ERR_CONFLICT;
	}
	if (stat(c->args[0], &st))
		return err_set(e, ERR_NOTFOUND, "%.200s: %s", c->args[0], strerror(errno));
	if (!is_backup(c->args[0]))
		return err_set(e, ERR_NOTFOUND, "%.200s is no backup, or it was cut off before it was whole", c->args[0]);
	if ((err = env_posix_backup(c->args[0], &from, e)) ||
	    (!cli_flag(c, "no-keys") && (err = yes_passphrase(c, "passphrase-file", false, &secret, e))) ||
	    (err = home_env(c, c->args[1], true, &home, &env, e)))
		goto out;
	err = node_restore(&env, env_posix_env(from), buf_str(&secret), e);
	if (!err && c->json) {
		print_own(&c->out, "{\"restored\":true}\n");
	} else if (!err) {
		print_own(&c->out, "restored into ");
		print_text(&c->out, str_of(c->args[1]));
		print_own(&c->out,
		    "\nIt signs nothing for others until every member has been asked what it already signed: comity sync DIR with each, then "
		    "comity status.\n");
		print_own(&c->out, "The home that it was made from must not be used any more: two homes of one member fork its logs.\n");
	}
out:
	env_posix_free(from);
	env_posix_free(home);
	if (err && made)
		undo(c->args[1]);
	secret_wipe_buf(&secret);
	buf_done(&secret);
	return err;
}

const struct cmd cmd_restore = {
    .name = "restore",
    .group = CMD_NODE,
    .about = "make a home of a backup, in a new directory",
    .help = "The restored home must not sign a second history: before its first release in a circle it asks the others what they hold of its logs, "
	    "and takes it back.",
    .examples = "comity restore /mnt/backup/2015-10-20 ~/comity\ncomity sync --home ~/comity ../rus ../irn",
    .flags = restore_flags,
    .params = {{"backup", '1', true, "BACKUP"}, {"dir", '1', true, "DIR"}},
    .run = run_restore,
};
