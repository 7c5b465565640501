/* status: how the home is, for people and for monitoring programs. */
#include "cli/ask.h"
#include "cli/show.h"

/* As monitoring programs of the Nagios family expect it. */
enum { CHECK_OK, CHECK_WARNING, CHECK_CRITICAL, CHECK_UNKNOWN };

static enum style
level_style(struct str level)
{
	return str_is(level, "ok") ? STYLE_GOOD : str_is(level, "warning") ? STYLE_WARN : STYLE_BAD;
}

static void
put_status(struct cli *c, const struct json *r)
{
	static const char *const heads[] = {"", "", "", "", NULL};
	struct print *p = &c->out;
	struct print_table t;
	if (show_true(r, "exercise"))
		print_own_styled(p, STYLE_WARN, "EXERCISE\n");
	print_styled(p, STYLE_HEAD, show_capitals(c, show_str(r, "member")));
	print_own(p, "  ");
	print_text(p, show_str(r, "name"));
	print_own(p, "\n");
	print_table_init(&t, &c->a, heads);
	SHOW_EACH(one, show_list(r, "items"))
	{
		struct print_cell *cell = print_table_row(&t);
		cell[0] = (struct print_cell){show_str(one, "level"), level_style(show_str(one, "level"))};
		cell[1].text = show_str(one, "what");
		cell[2].text = show_str(one, "centre");
		cell[3].text = show_str(one, "says");
	}
	print_table_done(&t, p, 0);
}

static int
level_number(struct str level)
{
	return str_is(level, "ok") ? CHECK_OK : str_is(level, "warning") ? CHECK_WARNING : str_is(level, "critical") ? CHECK_CRITICAL : CHECK_UNKNOWN;
}

/* One line: the worst first, then what stands against it; numbers after the bar. */
static void
put_check(struct cli *c, const struct json *r)
{
	static const char *const names[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
	struct print *p = &c->out;
	int worst = level_number(show_str(r, "level"));
	const char *sep = ": ";
	print_own(p, "COMITY %s", names[worst]);
	SHOW_EACH(one, show_list(r, "items"))
	{
		if (worst == CHECK_OK || level_number(show_str(one, "level")) != worst)
			continue;
		print_own(p, "%s", sep);
		print_text(p, show_str(one, "says"));
		sep = "; ";
	}
	print_own(p, " |");
	SHOW_EACH(one, show_list(r, "items"))
	{
		if (!json_is(json_get(one, STR("value")), JSON_NUMBER) || json_get(one, STR("centre")))
			continue;
		print_own(p, " ");
		print_text(p, show_str(one, "what"));
		print_own(p, "=");
		print_text(p, json_str(json_get(one, STR("value"))));
	}
	print_own(p, "\n");
	c->status = worst;
}

static enum err
run(struct cli *c, struct errinfo *e)
{
	struct ask a;
	bool check = cli_flag(c, "check");
	ask_begin(&a, c, "status");
	enum err err = ask_send(&a, e);
	if (!err) {
		ask_show(&a, check ? put_check : put_status);
	} else if (check) { /* a home that cannot be opened is not known to be well */
		print_own(&c->out, "COMITY UNKNOWN: ");
		print_text(&c->out, str_of(e->msg));
		print_own(&c->out, "\n");
		c->status = CHECK_UNKNOWN;
		err = OK;
	}
	ask_done(&a);
	return err;
}

static const struct flag flags[] = {{"check", 'b', true, NULL, "one line and exit status 0, 1, 2 or 3, as Nagios and its kin expect", 0}, {0}};

const struct cmd cmd_status = {
    .name = "status",
    .group = CMD_NODE,
    .about = "lead, new and due items, peers, clock, disk, backup",
    .examples = "comity status\ncomity status --check",
    .flags = flags,
    .op = "status",
    .run = run,
};
