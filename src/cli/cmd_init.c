/* init: a home is made. */
#include <stdlib.h>

#include "base/limits.h"
#include "cli/file.h"
#include "cli/home.h"
#include "cli/show.h"
#include "crypto/secret.h"
#include "env/posix.h"
#include "json/write.h"

static const struct flag flags[] = {
    {"id", 's', true, "ID", "the member's id: 2 to 8 small letters and digits; for a country its ISO 3166 code", 0},
    {"name", 's', true, "NAME", "the member's full name", 0},
    {"exercise", 'b', true, NULL, "a home for trying out, whose clock may be set; it never meets real ones", 0},
    {"root-to", 's', true, "FILE", "keep the root key there, not in the home (name it later by --root-key)", 0},
    {0},
};

/* The root key goes out of the home; only when its file is on the disk it is removed here. */
static enum err
move_root(const struct env *env, const char *path, struct errinfo *e)
{
	struct buf b = BUF_INIT(4 * KIB);
	enum err err;
	if (!buf_grow(&b, 4 * KIB))
		return err_nomem(e);
	buf_clear(&b);
	if (!(err = env->read(env->ctx, "keys/root", &b, e)) && !(err = file_write(path, buf_str(&b), true, false, e)))
		err = env->remove(env->ctx, "keys/root", e);
	secret_wipe_buf(&b);
	buf_done(&b);
	return err;
}

static enum err
where(struct cli *c, const char **ret, struct errinfo *e)
{
	const char *by_env = getenv("COMITY_HOME");
	if (c->nargs > 0)
		*ret = c->args[0];
	else if (cli_flag(c, "home"))
		*ret = cli_flag(c, "home");
	else if (by_env && *by_env)
		*ret = by_env;
	else
		return err_set(e, ERR_USAGE, "init: where should the home be? Name a directory");
	return OK;
}

static void
said(struct cli *c, const char *dir, const char *id, const char *root)
{
	struct print *p = &c->out;
	if (c->json) {
		struct buf b = BUF_INIT(16 * KIB);
		struct json_writer w;
		json_write_init(&w, &b, 0);
		json_open_object(&w);
		json_put_member(&w, STR("home"), str_of(dir));
		json_put_member(&w, STR("member"), str_of(id));
		json_put_member_bool(&w, STR("exercise"), cli_flag(c, "exercise") != NULL);
		json_close(&w);
		json_write_done(&w);
		print_raw(p, buf_str(&b));
		print_own(p, "\n");
		buf_done(&b);
		return;
	}
	print_own(p, "made the home of ");
	print_text(p, str_of(id));
	print_own(p, " in ");
	print_text(p, str_of(dir));
	print_own(p, "%s\n", cli_flag(c, "exercise") ? " (EXERCISE)" : "");
	if (c->quiet)
		return;
	if (!root)
		print_own(
		    p, "Its root key is in keys/root. It signs charters and cards and nothing else: keep it on another medium (comity help init).\n");
	print_own(p, "Next: comity -C ");
	print_text(p, str_of(dir));
	print_own(p, " card%s", root ? " --root-key " : "");
	print_text(p, str_of(root ? root : ""));
	print_own(p, ", whose output goes to the member who writes the charter (comity help found).\n");
}

static enum err
run(struct cli *c, struct errinfo *e)
{
	const char *dir, *id = cli_flag(c, "id"), *name = cli_flag(c, "name"), *root = cli_flag(c, "root-to");
	struct env_posix *posix;
	struct env env;
	enum err err;
	if ((err = where(c, &dir, e)))
		return err;
	if (!id || !name) {
		err_set(e, ERR_USAGE, "init: --id and --name are needed: whose home is it?");
		err_hint(e, "comity init DIR --id irq --name \"Republic of Iraq\"");
		return ERR_USAGE;
	}
	if (home_is(dir)) {
		err_set(e, ERR_CONFLICT, "%.200s is a home already", dir);
		err_hint(e, "choose another directory");
		return ERR_CONFLICT;
	}
	if ((err = home_env(c, dir, true, &posix, &env, e)))
		return err;
	if (!(err = node_create(&env, str_of(id), str_of(name), e)) && cli_flag(c, "exercise"))
		err = node_mark_exercise(&env, e);
	if (!err && root)
		err = move_root(&env, root, e);
	env_posix_free(posix);
	if (!err)
		said(c, dir, id, root);
	return err;
}

const struct cmd cmd_init = {
    .name = "init",
    .group = CMD_BEGIN,
    .about = "make a home: one directory with the keys and all that a member holds",
    .help = "Makes the directory (mode 0700) with four keys. The root key signs charters and cards, which is seldom: --root-to puts it on "
	    "another medium "
	    "from the beginning. Whoever has the home's other keys can read and sign as this member until a new key card is signed by the root key.",
    .examples = "comity init ~/comity --id irq --name \"Republic of Iraq\"\n"
		"comity init ~/comity --id irq --name \"Republic of Iraq\" --root-to /media/usb/irq.root\n"
		"# to try it out, at a made-up date\n"
		"comity init /tmp/irq --id irq --name Iraq --exercise --clock 2015-10-01",
    .flags = flags,
    .params = {{"dir", '?', true, "DIR"}},
    .run = run,
};
