/* serve: the home as a running node. */
#include <stdio.h>

#include "api/serve.h"
#include "cli/home.h"
#include "cli/tell.h"
#include "env/posix.h"

static void
ready(void *ctx, uint16_t peers_port, const char *warning)
{
	struct cli *c = ctx;
	if (warning) {
		print_own_styled(&c->err, STYLE_WARN, "warning: ");
		print_own(&c->err, "%s: it signs nothing for others until each member has been asked what it already signed\n", warning);
	}
	if (!c->quiet && peers_port)
		print_own(&c->out, "other members' nodes are answered on port %u\n", peers_port);
	if (!c->quiet)
		print_own(&c->out, "the node runs; commands in this home ask it; Ctrl-C ends it\n");
	(void)!print_flush(&c->out, NULL);
}

static void
told(void *ctx, enum err err, const struct errinfo *e)
{
	tell_error(ctx, err, e);
}

static enum err
run(struct cli *c, struct errinfo *e)
{
	struct env_posix *posix;
	struct env env;
	const char *dir;
	enum err err;
	if ((err = home_where(c, &dir, e)) || (err = home_env(c, dir, false, &posix, &env, e)))
		return err;
	const struct serve s = {&env, dir, cli_flag(c, "peers"), node_is_exercise(&env) ? home_set_clock : NULL, ready, told, c};
	err = serve_run(&s, e);
	env_posix_free(posix);
	return err;
}

static const struct flag flags[] = {
    {"peers", 's', true, "ADDRESS:PORT", "where other members' nodes are answered (port 0: any free one)", 0},
    {0},
};

const struct cmd cmd_serve = {
    .name = "serve",
    .group = CMD_NODE,
    .about = "run the home as a node, until it is ended",
    .help =
	"While it runs it holds the home, and every other command asks it through the socket in the home, as the same user, with the same answers. "
	"What the clock makes due is done by itself, and what members whose address the charter or a card names release is fetched as soon as it is "
	"there.\n"
	"To be reached by them, state an address (comity key --url https://host:port) and listen there (--peers).",
    .examples = "comity serve -C ~/comity",
    .flags = flags,
    .run = run,
};
