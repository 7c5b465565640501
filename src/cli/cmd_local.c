/* audit, quarantine, config: what is the home's own and nobody else's. */
#include "cli/ask.h"
#include "cli/show.h"
#include "cli/yes.h"

static void
put_audit(struct cli *c, const struct json *r)
{
	static const char *const heads[] = {"when", "who", "what", "target", "detail", NULL};
	struct print_table t;
	print_table_init(&t, &c->a, heads);
	SHOW_EACH(one, show_list(r, "items"))
	{
		struct print_cell *cell = print_table_row(&t);
		cell[0] = (struct print_cell){show_moment(c, one, "at"), STYLE_DIM};
		cell[1].text = show_str(one, "who");
		cell[2].text = show_str(one, "what");
		cell[3] = (struct print_cell){show_str(one, "target"), STYLE_ID};
		cell[4].text = show_str(one, "detail");
	}
	print_table_done(&t, &c->out, 0);
}

static const struct flag audit_flags[] = {
    {"who", 's', false, "NAME", "by this person", 0},
    {"target", 's', false, "ID", "about this", 0},
    {"limit", 'i', false, "N", "at most so many (100)", 'n'},
    {0},
};

const struct cmd cmd_audit = {
    .name = "audit",
    .group = CMD_NODE,
    .about = "who looked at what and did what here, newest first",
    .flags = audit_flags,
    .op = "audit",
    .render = put_audit,
};

/* Who gave it. */
static struct str
giver(const struct json *one)
{
	struct str from = show_str(one, "from");
	if (json_get(one, STR("feed")))
		return STR("a feed");
	return !json_get(one, STR("from")) ? STR("here") : from.n ? from : STR("a peer");
}

static void
put_quarantine(struct cli *c, const struct json *r)
{
	static const char *const heads[] = {"no", "when", "from", "source", "place", "why", NULL};
	struct print_table t;
	print_table_init(&t, &c->a, heads);
	SHOW_EACH(one, show_list(r, "items"))
	{
		struct print_cell *cell = print_table_row(&t);
		cell[0].text = show_number(c, show_int(one, "no"));
		cell[1] = (struct print_cell){show_moment(c, one, "at"), STYLE_DIM};
		cell[2].text = giver(one);
		cell[3].text = show_str(one, "source");
		if (show_int(one, "line"))
			cell[4].text = show_number(c, show_int(one, "line"));
		cell[5].text = show_str(one, "reason");
	}
	print_table_done(&t, &c->out, 0);
	SHOW_EACH(one, show_list(r, "dropped"))
	{
		print_own_styled(&c->out, STYLE_WARN, "had to go: ");
		print_own(&c->out, "%lld older, from ", (long long)show_int(one, "count"));
		print_text(&c->out, json_get(one, STR("feed")) ? show_str(one, "feed") : giver(one));
		print_own(&c->out, "\n");
	}
	if (!show_list(r, "items") && !c->quiet)
		print_own_styled(&c->err, STYLE_DIM, "empty\n");
	if (show_str(r, "next").n && !c->quiet) {
		print_own_styled(&c->err, STYLE_DIM, "more: the same command with --cursor ");
		print_text(&c->err, show_str(r, "next"));
		print_own(&c->err, "\n");
	}
}

static const struct flag list_flags[] = {
    {"limit", 'i', false, "N", "at most so many (100)", 'n'},
    {"cursor", 's', false, "CURSOR", "go on where the last list ended", 0},
    {0},
};

const struct cmd cmd_quarantine_list = {
    .name = "quarantine list",
    .group = CMD_NODE,
    .about = "what could not be taken in, and why",
    .flags = list_flags,
    .op = "quarantine",
    .render = put_quarantine,
};

static void
put_refused(struct cli *c, const struct json *r)
{
	struct print *p = &c->out;
	const struct json *items = show_list(r, "items"), *one = items ? json_at(items, 0) : r;
	show_line(c, "source", show_str(one, "source"));
	show_line(c, "when", show_moment(c, one, "at"));
	if (show_int(one, "line"))
		print_own(p, "%-13s %lld, column %lld\n", "line", (long long)show_int(one, "line"), (long long)show_int(one, "col"));
	show_line_styled(c, "why", STYLE_WARN, show_str(one, "reason"));
	print_own(p, "\n");
	struct str text = show_str(one, "text").n ? show_str(one, "text") : show_str(r, "text"), line;
	while (str_line(&text, &line)) { /* unbroken: the fault is told by line and column */
		print_text(p, line);
		print_own(p, "\n");
	}
	if (json_get(r, STR("whole")) && !show_true(r, "whole"))
		print_own_styled(p, STYLE_DIM, "… (only the beginning is kept)\n");
}

const struct cmd cmd_quarantine_show = {
    .name = "quarantine show",
    .group = CMD_NODE,
    .about = "one of them: what it was, where the fault is",
    .params = {{"no", 'n', false, "NO"}},
    .op = "quarantine-show",
    .render = put_refused,
};

static void
put_dropped(struct cli *c, const struct json *r)
{
	print_own(&c->out, "dropped: %lld\n", (long long)show_int(r, "dropped"));
}

static enum err
run_drop(struct cli *c, struct errinfo *e)
{
	struct ask a;
	enum err err = cli_flag(c, "all") ? yes_ask(c, "drop all that could not be taken in, for good?", e) : OK;
	if (err)
		return err;
	ask_begin(&a, c, "quarantine-drop");
	ask_given(&a);
	if (!(err = ask_send(&a, e)))
		ask_show(&a, put_dropped);
	ask_done(&a);
	return err;
}

static const struct flag drop_flags[] = {{"all", 'b', false, NULL, "all of them", 0}, {"yes", 'b', true, NULL, "do it without asking", 'y'}, {0}};

const struct cmd cmd_quarantine_drop = {
    .name = "quarantine drop",
    .group = CMD_NODE,
    .about = "remove one of them, or all",
    .flags = drop_flags,
    .params = {{"no", 'o', false, "NO"}},
    .op = "quarantine-drop",
    .run = run_drop,
};

static void
put_config(struct cli *c, const struct json *r)
{
	static const char *const heads[] = {"setting", "value", "", NULL};
	struct print_table t;
	print_table_init(&t, &c->a, heads);
	SHOW_EACH(one, show_list(r, "items"))
	{
		struct print_cell *cell = print_table_row(&t);
		cell[0] = (struct print_cell){show_str(one, "name"), STYLE_HEAD};
		cell[1].text = show_str(one, "value");
		cell[2] = (struct print_cell){show_str(one, "about"), STYLE_DIM};
	}
	if (!cli_flag(c, "unset") && c->nargs == 0)
		SHOW_EACH(one, show_list(r, "known"))
		{
			struct print_cell *cell = print_table_row(&t);
			cell[0].text = show_str(one, "name");
			cell[1] = (struct print_cell){STR("-"), STYLE_DIM};
			cell[2] = (struct print_cell){show_str(one, "about"), STYLE_DIM};
		}
	print_table_done(&t, &c->out, 0);
}

static const struct flag config_flags[] = {{"unset", 'b', false, NULL, "back to what holds without it", 0}, {0}};

const struct cmd cmd_config = {
    .name = "config",
    .group = CMD_NODE,
    .about = "settings: list them, show one, set one",
    .examples = "comity config\ncomity config position J2-3\ncomity config --unset position",
    .flags = config_flags,
    .params = {{"name", '?', false, "NAME"}, {"value", '?', false, "VALUE"}},
    .op = "config",
    .render = put_config,
};
