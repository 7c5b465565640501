/* help, completion, version. */
#include "api/json.h"
#include "base/limits.h"
#include "cli/args.h"
#include "cli/help.h"

static const struct flag help_flags[] = {
    {"man", 'b', true, NULL, "everything, as a man page", 0},
    {"statuses", 'b', true, NULL, "the exit statuses", 0},
    {"openapi", 'b', true, NULL, "the JSON API of a node that runs, as OpenAPI 3.1", 0},
    {0},
};

static enum err
for_people(const char *what, struct errinfo *e)
{
	err_set(e, ERR_USAGE, "%s: this is no JSON", what);
	err_hint(e, "without --json it is printed as it is");
	return ERR_USAGE;
}

static enum err
run_help(struct cli *c, struct errinfo *e)
{
	struct buf b = BUF_INIT(4 * KIB);
	enum err err = OK;
	bool any;
	if (c->json && (cli_flag(c, "man") || cli_flag(c, "statuses")))
		return for_people("help --man, help --statuses", e);
	if (cli_flag(c, "man")) {
		help_man(&c->out);
		return OK;
	}
	if (cli_flag(c, "statuses")) {
		help_statuses(&c->out);
		return OK;
	}
	if (cli_flag(c, "openapi")) {
		struct buf text = BUF_INIT(MIB);
		struct str all;
		json_openapi_put(&text);
		buf_putc(&text, '\n');
		if (!(err = buf_take(&text, &all, e)))
			print_own(&c->out, "%.*s", STR_FMT(all));
		buf_done(&text);
		return err;
	}
	for (int i = 0; i < c->nargs; i++)
		buf_printf(&b, "%s%.200s", i ? " " : "", c->args[i]);
	const struct cmd *cmd = args_find(buf_str(&b));
	if (c->json) {
		if (!(err = help_json(&c->out, buf_str(&b), &any, e)) && !any)
			err = err_set(
			    e, ERR_USAGE, "no command \"%.*s\" (topics are for people: without --json)", STR_FMT(str_sub(buf_str(&b), 0, 60)));
	} else if (c->nargs == 0) {
		help_short(&c->out);
	} else if (cmd) {
		help_cmd(&c->out, cmd);
	} else if (!help_family(&c->out, buf_str(&b)) && !help_topic(&c->out, buf_str(&b))) {
		const char *near = args_near_cmd(c->args[0]);
		err = err_set(e, ERR_USAGE, "no command \"%.*s\"", STR_FMT(str_sub(buf_str(&b), 0, 60)));
		if (near)
			err_hint(e, "did you mean: comity help %s", near);
		else
			err_hint(e, "comity help lists them all");
	}
	buf_done(&b);
	return err;
}

const struct cmd cmd_help = {
    .name = "help",
    .group = CMD_ABOUT,
    .about = "what commands there are, and what one does",
    .flags = help_flags,
    .params = {{"command", '*', true, "COMMAND"}},
    .run = run_help,
};

static enum err
run_completion(struct cli *c, struct errinfo *e)
{
	if (c->json)
		return for_people("completion", e);
	return completion_put(&c->out, str_of(c->args[0]), e);
}

const struct cmd cmd_completion = {
    .name = "completion",
    .group = CMD_ABOUT,
    .about = "completion for a shell: bash, zsh or fish",
    .examples = "source <(comity completion bash)\ncomity completion fish >~/.config/fish/completions/comity.fish",
    .params = {{"shell", '1', true, "SHELL"}},
    .run = run_completion,
};

static enum err
run_version(struct cli *c, struct errinfo *e)
{
	(void)e;
	if (c->json)
		print_own(&c->out, "{\"version\":\"" COMITY_VERSION "\"}\n");
	else
		print_own(&c->out, "comity " COMITY_VERSION "\n");
	return OK;
}

const struct cmd cmd_version = {
    .name = "version",
    .group = CMD_ABOUT,
    .about = "the version of comity",
    .run = run_version,
};
