/* lead, rota, members, centres: who is who, and whose term it is. */
#include "cli/show.h"

#define FLAG_CENTRE                                                                                        \
	{                                                                                                  \
		"centre", 's', false, "CENTRE", "which centre: its name, or the first digits of its id", 0 \
	}
#define FLAG_AT                                                          \
	{                                                                \
		"at", 's', false, "TIME", "at that moment (else now)", 0 \
	}

static void
put_lead(struct cli *c, const struct json *r)
{
	struct print *p = &c->out;
	struct str lead = show_str(r, "lead"), stated = show_str(r, "stated");
	if (!lead.n) {
		print_own_styled(p, STYLE_WARN, "nobody leads at that moment\n");
		return;
	}
	print_styled(p, STYLE_HEAD, show_capitals(c, lead));
	print_own(p, " (");
	print_text(p, show_str(r, "name"));
	print_own(p, ") leads ");
	print_text(p, show_str(r, "centre"));
	print_own(p, show_true(r, "you") ? ": that is you\n" : "\n");
	print_own_styled(p, STYLE_DIM, "%-13s", "term");
	print_own(p, " %lld, from ", (long long)show_int(r, "term"));
	print_text(p, show_day(c, r, "start"));
	print_own(p, " to ");
	print_text(p, show_day(c, r, "end"));
	if (json_get(r, STR("days_left"))) {
		print_own(p, ", ");
		show_count(p, show_int(r, "days_left"), "day left", "days left");
	}
	print_own(p, "\n");
	if (stated.n && !str_eq(stated, lead))
		show_line_styled(c, "stands in for", STYLE_WARN, show_capitals(c, stated));
	show_line(c, "next", show_capitals(c, show_str(r, "next")));
	SHOW_EACH(duty, show_list(r, "duties"))
	{
		print_own_styled(p, STYLE_DIM, "%-13s", "duty");
		print_own(p, " ");
		print_text(p, show_day(c, duty, "due"));
		print_own(p, "  ");
		print_text(p, show_str(duty, "text"));
		print_own(p, "\n");
	}
}

static const struct flag lead_flags[] = {FLAG_CENTRE, FLAG_AT, {0}};

const struct cmd cmd_lead = {
    .name = "lead",
    .group = CMD_GOVERN,
    .about = "who leads, until when, and with which duties",
    .help = "The lead follows from the charter and the date, so that handing over needs nobody's act.",
    .examples = "comity lead\ncomity lead --at 2016-01-01",
    .flags = lead_flags,
    .op = "lead",
    .render = put_lead,
};

static void
put_rota(struct cli *c, const struct json *r)
{
	static const char *const heads[] = {"term", "lead", "from", "to", "", NULL};
	struct print_table t;
	print_table_init(&t, &c->a, heads);
	SHOW_EACH(one, show_list(r, "items"))
	{
		struct print_cell *cell = print_table_row(&t);
		cell[0].text = show_number(c, show_int(one, "term"));
		cell[1] = (struct print_cell){show_capitals(c, show_str(one, "lead")), STYLE_HEAD};
		cell[2].text = show_day(c, one, "start");
		cell[3].text = show_day(c, one, "end");
		if (!str_eq(show_str(one, "lead"), show_str(one, "stated")))
			cell[4].text = show_capitals(c, show_str(one, "stated"));
	}
	print_table_done(&t, &c->out, 0);
}

static const struct flag rota_flags[] = {FLAG_CENTRE, FLAG_AT, {"count", 'i', false, "N", "how many terms (8)", 'n'}, {0}};

const struct cmd cmd_rota = {
    .name = "rota",
    .group = CMD_GOVERN,
    .about = "who leads when",
    .examples = "comity rota --count 4",
    .flags = rota_flags,
    .op = "rota",
    .render = put_rota,
};

static const struct flag centre_flags[] = {FLAG_CENTRE, {0}};

static void
put_members(struct cli *c, const struct json *r)
{
	static const char *const heads[] = {"", "member", "name", "", "epoch", "fingerprint of the root key", "url", NULL};
	struct str you = show_str(r, "you");
	struct print_table t;
	print_table_init(&t, &c->a, heads);
	SHOW_EACH(m, show_list(r, "items"))
	{
		struct print_cell *cell = print_table_row(&t);
		cell[0].text = str_eq(show_str(m, "id"), you) ? STR("*") : STR_NONE;
		cell[1] = (struct print_cell){show_capitals(c, show_str(m, "id")), STYLE_HEAD};
		cell[2].text = show_str(m, "name");
		cell[3].text = show_true(m, "departed") ? STR("departed") : show_true(m, "observer") ? STR("observer") : STR_NONE;
		if (show_true(m, "conflict"))
			cell[3] = (struct print_cell){STR("two cards of one number"), STYLE_BAD};
		else if (show_true(m, "contested"))
			cell[3] = (struct print_cell){STR("identity claimed by several"), STYLE_BAD};
		cell[4].text = show_number(c, show_int(m, "epoch"));
		cell[5] = (struct print_cell){show_str(m, "fingerprint"), STYLE_ID};
		cell[6].text = show_str(m, "url");
	}
	print_table_done(&t, &c->out, 0);
}

const struct cmd cmd_members = {
    .name = "members",
    .group = CMD_GOVERN,
    .about = "who is in a centre, with which keys",
    .flags = centre_flags,
    .op = "members",
    .render = put_members,
};

static void
put_centres(struct cli *c, const struct json *r)
{
	static const char *const heads[] = {"centre", "you", "members", "charter", "", "fingerprint", NULL};
	struct print_table t;
	print_table_init(&t, &c->a, heads);
	SHOW_EACH(one, show_list(r, "items"))
	{
		struct print_cell *cell = print_table_row(&t);
		cell[0] = (struct print_cell){show_str(one, "centre"), STYLE_HEAD};
		cell[1].text = show_capitals(c, show_str(one, "you"));
		cell[2].text = show_number(c, show_int(one, "members"));
		cell[3].text = show_number(c, show_int(one, "version"));
		if (show_true(one, "forked"))
			cell[4] = (struct print_cell){STR("FORKED"), STYLE_BAD};
		else if (!show_true(one, "in_force"))
			cell[4] = (struct print_cell){STR("not yet in force"), STYLE_WARN};
		cell[5] = (struct print_cell){show_str(one, "fingerprint"), STYLE_ID};
	}
	print_table_done(&t, &c->out, 0);
	if (!show_list(r, "items") && !c->quiet)
		print_own_styled(&c->err, STYLE_DIM, "this home is in no centre yet: comity help found\n");
}

const struct cmd cmd_centres = {
    .name = "centres",
    .group = CMD_GOVERN,
    .about = "the centres that this home belongs to",
    .op = "centres",
    .render = put_centres,
};
