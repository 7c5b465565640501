/* due, evidence: what the dates of labels bring, and what is sealed. */
#include "cli/ask.h"
#include "cli/show.h"

static void
put_due(struct cli *c, const struct json *r)
{
	static const char *const heads[] = {"when", "what", "by", "announced", "object", NULL};
	struct print_table t;
	print_table_init(&t, &c->a, heads);
	SHOW_EACH(one, show_list(r, "items"))
	{
		struct print_cell *cell = print_table_row(&t);
		cell[0] = (struct print_cell){show_moment(c, one, "when"), show_true(one, "passed") ? STYLE_BAD : STYLE_WARN};
		cell[1].text = show_str(one, "kind");
		cell[2].text = show_capitals(c, show_str(one, "author"));
		cell[3].text = json_is(json_get(one, STR("announced")), JSON_NULL) ? STR("-") : show_moment(c, one, "announced");
		cell[4] = (struct print_cell){show_str(one, "id"), STYLE_ID};
	}
	print_table_done(&t, &c->out, 0);
	if (!show_list(r, "items") && !c->quiet)
		print_own_styled(&c->err, STYLE_DIM, "nothing is due\n");
}

static const struct flag due_flags[] = {{"days", 'i', false, "N", "how far to look (7)", 0}, {0}};

const struct cmd cmd_due = {
    .name = "due",
    .group = CMD_RELEASE,
    .about = "dates of labels that have passed or come up",
    .help = "A deletion is announced and waits 72 hours; it does not happen while the clock cannot be trusted. Every command does what its moment "
	    "brings: "
	    "in an exercise --clock lets time go on to there, also for deletions.",
    .flags = due_flags,
    .op = "due",
    .render = put_due,
};

static enum err
run_evidence(struct cli *c, struct errinfo *e)
{
	struct ask a;
	enum err err;
	ask_begin(&a, c, "evidence");
	ask_given(&a);
	if (!(err = ask_send(&a, e))) {
		const struct json *obj = json_get_type(a.tree, STR("object"), JSON_OBJECT);
		if (obj && cli_flag(c, "raw"))
			ask_show_raw(&a, obj);
		else
			ask_show(&a, show_object);
	}
	ask_done(&a);
	return err;
}

static const struct flag evidence_flags[] = {
    {"reason", 's', false, "TEXT", "why it is opened; goes into the audit trail", 'm'},
    {"centre", 's', false, "CENTRE", "the one of this centre", 0},
    {"circle", 's', false, "CIRCLE", "the one released to exactly this circle", 0},
    {"author", 's', false, "ID", "the one by this member", 0},
    {"modified", 's', false, "TIME", "that version", 0},
    {"raw", 'b', true, NULL, "the STIX object alone, byte for byte", 0},
    {0},
};

const struct cmd cmd_evidence = {
    .name = "evidence",
    .group = CMD_RELEASE,
    .about = "open the sealed content of what was recalled or is past its dates",
    .examples = "comity evidence ID --reason \"dispute of 3 November\"",
    .flags = evidence_flags,
    .params = {{"id", '1', false, "ID"}},
    .op = "evidence",
    .run = run_evidence,
};
