/* ls, search, suggest, versions, refs: lists of objects. */
#include "cli/ask.h"
#include "cli/list_flags.h"
#include "cli/show.h"

static const struct flag list_flags[] = {LIST_FLAGS, {0}};

const struct cmd cmd_ls = {
    .name = "ls",
    .group = CMD_KNOW,
    .about = "list objects, newest arrival first",
    .examples = "comity ls\ncomity ls --type report --author rus --since 2015-10-01\ncomity ls --json -n 1000",
    .flags = list_flags,
    .op = "ls",
    .render = show_objects,
};

/* The words are one query, whether the shell took them apart or not. */
static enum err
run_search(struct cli *c, struct errinfo *e)
{
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	struct ask a;
	enum err err;
	for (int i = 0; i < c->nargs; i++)
		buf_printf(&b, "%s%s", i ? " " : "", c->args[i]);
	ask_begin(&a, c, "search");
	ask_given(&a);
	ask_text(&a, "words", buf_str(&b));
	buf_done(&b);
	if (!(err = ask_send(&a, e)))
		ask_show(&a, show_objects);
	ask_done(&a);
	return err;
}

const struct cmd cmd_search = {
    .name = "search",
    .group = CMD_KNOW,
    .about = "objects with these words, newest arrival first",
    .help = "Words are found whatever their case and accents; \"two words\" in quotes are a phrase, word* is a beginning.",
    .examples = "comity search convoy palmyra\ncomity search '\"al qaim\"'\ncomity search 'palm*' --author irn",
    .flags = list_flags,
    .params = {{"words", '+', true, "WORD"}},
    .op = "search",
    .run = run_search,
};

static void
put_words(struct cli *c, const struct json *r)
{
	SHOW_EACH(one, show_list(r, "items"))
	{
		print_text(&c->out, json_str(one));
		print_own(&c->out, "\n");
	}
}

static const struct flag suggest_flags[] = {{"limit", 'i', false, "N", "at most so many (20)", 'n'}, {0}};

const struct cmd cmd_suggest = {
    .name = "suggest",
    .group = CMD_KNOW,
    .about = "words in objects that begin so",
    .examples = "comity suggest palm",
    .flags = suggest_flags,
    .params = {{"begins", '1', false, "BEGINNING"}},
    .op = "suggest",
    .render = put_words,
};

static const struct flag centre_flags[] = {{"centre", 's', false, "CENTRE", "of this centre", 0}, {0}};

static void
put_versions(struct cli *c, const struct json *r)
{
	static const char *const heads[] = {"modified", "author", "circle", "grade", "state", "label", "", NULL};
	struct print_table t;
	print_table_init(&t, &c->a, heads);
	SHOW_EACH(one, show_list(r, "items"))
	{
		struct print_cell *cell = print_table_row(&t);
		struct str state = show_str(one, "state");
		cell[0].text = show_str(one, "modified"); /* whole, so that --modified takes it */
		cell[1].text = show_capitals(c, show_str(one, "author"));
		cell[2].text = show_str(one, "circle");
		cell[3] = (struct print_cell){show_str(one, "grade"), print_grade_style(show_str(one, "grade"))};
		cell[4] = (struct print_cell){state, str_is(state, "live") ? STYLE_NONE : STYLE_BAD};
		cell[5].text = show_str(one, "banner");
		if (show_true(one, "conflict"))
			cell[6] = (struct print_cell){STR("conflict: other content of the same version"), STYLE_WARN};
	}
	print_table_done(&t, &c->out, 0);
}

const struct cmd cmd_versions = {
    .name = "versions",
    .group = CMD_KNOW,
    .about = "all versions of an object, and conflicts, side by side",
    .flags = centre_flags,
    .params = {{"id", '1', false, "ID"}},
    .op = "versions",
    .render = put_versions,
};

static void
put_refs(struct cli *c, const struct json *r)
{
	struct print *p = &c->out;
	SHOW_EACH(one, show_list(r, "refs"))
	{
		bool cites = str_is(show_str(one, "name"), "cites");
		print_own_styled(p, STYLE_DIM, cites ? "cites  " : "names  ");
		print_styled(p, STYLE_ID, show_str(one, "id"));
		print_own(p, "  ");
		print_text(p, cites ? STR_NONE : show_str(one, "name"));
		print_own(p, show_true(one, "here") ? "\n" : "  (not here)\n");
	}
	SHOW_EACH(one, show_list(r, "cited_by"))
	{
		print_own_styled(p, STYLE_DIM, "cited by  ");
		print_styled(p, STYLE_ID, show_str(one, "id"));
		print_own(p, "  ");
		print_text(p, show_str(one, "title"));
		print_own(p, "\n");
	}
	if (show_list(r, "items"))
		print_own_styled(p, STYLE_DIM, "named by:\n");
	show_objects(c, r);
}

static const struct flag refs_flags[] = {
    {"centre", 's', false, "CENTRE", "of this centre", 0},
    {"limit", 'i', false, "N", "at most so many (50)", 'n'},
    {"cursor", 's', false, "CURSOR", "go on where the last list ended", 0},
    {0},
};

const struct cmd cmd_refs = {
    .name = "refs",
    .group = CMD_KNOW,
    .about = "what an object names, and what names it",
    .flags = refs_flags,
    .params = {{"id", '1', false, "ID"}},
    .op = "refs",
    .render = put_refs,
};
