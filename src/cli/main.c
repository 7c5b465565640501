/* comity: one program, one directory a member. What it can do stands in table.c. */
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

static enum err
run(struct cli *c, struct errinfo *e)
{
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
	enum err err = args_parse(&c, argc, argv, &e), end;
	enum print_when colour = colour_wanted(cli_flag(&c, "color"), &ok);
	print_init(&c.out, stdout, colour);
	print_init(&c.err, stderr, colour);
	c.json = cli_flag(&c, "json") != NULL;
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
