/* compare, grade: what several say of the same, side by side, and one's own opinion of it. */
#include "cli/show.h"

static struct str
number(const struct json *claim, const char *name)
{
	struct str s = json_str(json_get(claim, str_of(name)));
	return s.n ? s : STR("-");
}

static void
put_group(struct cli *c, const struct json *group)
{
	static const char *const heads[] = {"who", "grade", "low", "best", "high", "when", "report", NULL};
	struct print *p = &c->out;
	struct print_table t;
	print_styled(p, STYLE_HEAD, show_str(group, "what"));
	if (show_str(group, "where").n) {
		print_own(p, ", ");
		print_styled(p, STYLE_HEAD, show_str(group, "where"));
	}
	if (show_true(group, "contradiction"))
		print_own_styled(p, STYLE_WARN, "  they contradict each other");
	print_own(p, "\n");
	print_table_init(&t, &c->a, heads);
	SHOW_EACH(one, show_list(group, "claims"))
	{
		struct print_cell *cell = print_table_row(&t);
		struct str grade = show_str(one, "grade");
		cell[0] = (struct print_cell){show_capitals(c, show_str(one, "author")), show_int(one, "contradicts") ? STYLE_WARN : STYLE_NONE};
		cell[1] = (struct print_cell){grade.n ? grade : STR("-"), print_grade_style(grade)};
		cell[2].text = number(one, "low");
		cell[3] = (struct print_cell){number(one, "best"), STYLE_HEAD};
		cell[4].text = number(one, "high");
		cell[5].text = json_is(json_get(one, STR("when")), JSON_NULL) ? STR("-") : show_moment(c, one, "when");
		cell[6] = (struct print_cell){show_str(one, "id"), STYLE_ID};
	}
	print_table_done(&t, p, 2);
}

static void
put_compared(struct cli *c, const struct json *r)
{
	const struct json *items = show_list(r, "items");
	SHOW_EACH(group, items)
	put_group(c, group);
	if (!items && !c->quiet)
		print_own_styled(&c->err, STYLE_DIM, "no claims\n");
}

const struct cmd cmd_compare = {
    .name = "compare",
    .group = CMD_KNOW,
    .about = "claims side by side: who says how many of what, where, when",
    .help = "Each with its author and grade. Contradictions are shown, never averaged away.",
    .examples = "comity compare fighters\ncomity compare fighters palmyra",
    .params = {{"what", '1', false, "WHAT"}, {"where", '?', false, "WHERE"}},
    .op = "compare",
    .render = put_compared,
};

static void
put_graded(struct cli *c, const struct json *r)
{
	print_own(&c->out, "graded ");
	print_styled(&c->out, print_grade_style(show_str(r, "grade")), show_str(r, "grade"));
	print_own(&c->out, ": ");
	print_styled(&c->out, STYLE_ID, show_str(r, "of"));
	print_own(&c->out, "\n");
}

static const struct flag grade_flags[] = {
    {"reason", 's', false, "TEXT", "why", 'm'},
    {"centre", 's', false, "CENTRE", "the one of this centre", 0},
    {"author", 's', false, "ID", "the one by this member", 0},
    {"modified", 's', false, "TIME", "that version", 0},
    {0},
};

const struct cmd cmd_grade = {
    .name = "grade",
    .group = CMD_KNOW,
    .about = "one's own grade for anybody's object, which nobody else learns of",
    .help = "Admiralty (A to F for the source, 1 to 6 for what it says): B2; or 4x4:B2. The originator's own grade stands beside it.",
    .examples = "comity grade ID C3 --reason \"only one source\"",
    .flags = grade_flags,
    .params = {{"id", '1', false, "ID"}, {"grade", '1', false, "GRADE"}},
    .op = "grade",
    .render = put_graded,
};
