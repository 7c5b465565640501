/* comity: one program, one directory a member. What it can do stands in table.c. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "cli/args.h"
#include "cli/ask.h"
#include "cli/file.h"
#include "cli/help.h"
#include "cli/tell.h"

enum { RUN_ARENA = 256 * MIB };

static enum print_when
colour_wanted(const char *value, bool *ret_ok)
{
	*ret_ok = true;
	if (!value || strcmp(value, "auto") == 0)
		return PRINT_AUTO;
	if (strcmp(value, "always") == 0)
		return PRINT_ALWAYS;
	*ret_ok = strcmp(value, "never") == 0;
	return PRINT_NEVER;
}

/* Also where what stands before it could not be read: whoever reads JSON gets the error as JSON. */
static bool
json_wanted(const struct cli *c, enum err err, int argc, char **argv)
{
	if (!err)
		return cli_flag(c, "json") != NULL;
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--json") == 0)
			return true;
	return false;
}

static enum err
run(struct cli *c, struct errinfo *e)
{
	bool any;
	if (c->json && cli_flag(c, "version")) {
		print_own(&c->out, "{\"version\":\"" COMITY_VERSION "\"}\n");
		return OK;
	}
	if (c->json && (!c->cmd || cli_flag(c, "help")))
		return help_json(&c->out, c->cmd ? str_of(c->cmd->name) : STR_NONE, &any, e);
	if (!c->cmd) {
		if (cli_flag(c, "version"))
			print_own(&c->out, "comity " COMITY_VERSION "\n");
		else
			help_short(&c->out);
		return OK;
	}
	if (cli_flag(c, "help")) {
		help_cmd(&c->out, c->cmd);
		return OK;
	}
	ask_watch();
	return c->cmd->run ? c->cmd->run(c, e) : ask_run(c, e);
}

int
main(int argc, char **argv)
{
	struct cli c = {.a = ARENA_INIT(RUN_ARENA)};
	struct errinfo e = {0}, late;
	bool ok;
	file_private();
	signal(SIGXFSZ, SIG_IGN); /* a file as large as it may be is a full disk, and no end */
	enum err err = args_parse(&c, argc, argv, &e), end;
	enum print_when colour = colour_wanted(cli_flag(&c, "color"), &ok);
	print_init(&c.out, stdout, colour);
	print_init(&c.err, stderr, colour);
	c.json = json_wanted(&c, err, argc, argv);
	c.quiet = cli_flag(&c, "quiet") != NULL;
	if (!err && !ok)
		err = err_set(&e, ERR_USAGE, "--color: auto, always or never");
	if (!err)
		err = run(&c, &e);
	home_close(&c);
	end = print_flush(&c.out, &late);
	if (!err && end) {
		err = end;
		e = late;
	}
	if (err)
		tell_error(&c, err, &e);
	arena_done(&c.a);
	return err ? err_status(err) : c.status;
}
