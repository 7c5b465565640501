/* recall, request, consent, requests: what is said about what was released; withdraw: of what never was. */
#include "cli/ask.h"
#include "cli/show.h"
#include "cli/yes.h"

#define FLAG_CENTRE                                               \
	{                                                         \
		"centre", 's', false, "CENTRE", "which centre", 0 \
	}
#define FLAG_MODIFIED                                                      \
	{                                                                  \
		"modified", 's', false, "TIME", "of that version alone", 0 \
	}
#define FLAG_REASON                                      \
	{                                                \
		"reason", 's', false, "TEXT", "why", 'm' \
	}

static const struct flag recall_flags[] = {
    {"action", 's', false, "ACTION", "recalled (if not given), corrected or downgraded", 0},
    FLAG_REASON,
    {"replacement", 's', false, "ID", "what stands in its place", 0},
    FLAG_MODIFIED,
    FLAG_CENTRE,
    {"dry-run", 'b', true, NULL, "tell who would be told of it, and which products flagged; do nothing", 'n'},
    {"yes", 'b', true, NULL, "do it without asking", 'y'},
    {0},
};

static void
put_told(struct cli *c, const struct json *one)
{
	print_own(&c->out, "  told: ");
	print_text(&c->out, show_capitals(c, show_joined(c, json_get(one, STR("told")))));
	print_own(&c->out, "\n");
}

/* What goes in one circle; in: how that is said. */
static void
put_circle(struct cli *c, const struct json *one, const char *in)
{
	struct print *p = &c->out;
	const char *action = cli_flag(c, "action");
	print_text(p, str_of(action ? action : "recalled"));
	print_own(p, "%s", in);
	print_styled(p, STYLE_HEAD, show_capitals(c, show_str(one, "circle")));
	print_own(p, ":\n");
	SHOW_EACH(target, show_list(one, "targets"))
	{
		print_own(p, "  ");
		print_styled(p, STYLE_ID, show_str(target, "id"));
		print_own(p, "\n");
	}
	if (show_str(one, "replacement").n) {
		print_own(p, "  replaced by ");
		print_styled(p, STYLE_ID, show_str(one, "replacement"));
		print_own(p, "\n");
	}
}

static void
put_planned(struct cli *c, const struct json *r)
{
	struct print *p = &c->out;
	SHOW_EACH(one, show_list(r, "items"))
	{
		put_circle(c, one, " it would be in ");
		put_told(c, one);
	}
	SHOW_EACH(one, show_list(r, "flags"))
	{
		print_own(p, "flagged would be, in ");
		print_styled(p, STYLE_HEAD, show_capitals(c, show_str(one, "circle")));
		print_own(p, ", made of it:\n  ");
		print_styled(p, STYLE_ID, show_str(one, "id"));
		print_own(p, "\n");
		put_told(c, one);
	}
	if (!show_list(r, "flags"))
		print_own(p, "no product of this home that stands anywhere was made of it\n");
	if (!c->quiet)
		print_own_styled(&c->err, STYLE_DIM, "Nothing was done. What others made of it, they flag themselves.\n");
}

static void
put_recalled(struct cli *c, const struct json *r)
{
	SHOW_EACH(one, show_list(r, "items"))
	{
		put_circle(c, one, " in ");
	}
	if (!c->quiet)
		print_own_styled(&c->err, STYLE_DIM, "The others take it out of view when they sync, and send a receipt.\n");
}

static enum err
run_recall(struct cli *c, struct errinfo *e)
{
	struct ask a;
	if (cli_flag(c, "dry-run")) {
		ask_begin(&a, c, "recall-plan");
		ask_given(&a);
		enum err looked = ask_send(&a, e);
		if (!looked)
			ask_show(&a, put_planned);
		ask_done(&a);
		return looked;
	}
	if (!cli_flag(c, "reason")) {
		err_set(e, ERR_USAGE, "recall: those who have it must be told why");
		err_hint(e, "--reason \"…\"; or look first who they are: --dry-run");
		return ERR_USAGE;
	}
	enum err err = yes_ask(c, "recall it in every circle that it went to?", e);
	if (err)
		return err;
	ask_begin(&a, c, "recall");
	ask_given(&a);
	if (!(err = ask_send(&a, e)))
		ask_show(&a, put_recalled);
	ask_done(&a);
	return err;
}

const struct cmd cmd_recall = {
    .name = "recall",
    .group = CMD_RELEASE,
    .about = "recall, correct or downgrade what was released",
    .help = "In every circle that it went to, under the id known there. Each holder's node takes it out of view and acknowledges; products made of "
	    "it are flagged. --dry-run shows all that first.",
    .examples = "comity recall ID --dry-run\ncomity recall ID --reason \"the source was fabricated\"\ncomity recall ID --action corrected "
		"--replacement ID2 --reason \"wrong "
		"village\" --yes",
    .flags = recall_flags,
    .params = {{"id", '1', false, "ID"}},
    .op = "recall",
    .run = run_recall,
};

static void
put_withdrawn(struct cli *c, const struct json *r)
{
	bool planned = json_get(r, STR("resting")) != NULL;
	SHOW_EACH(one, show_list(r, "items"))
	{
		print_own(&c->out, planned ? "would be withdrawn: " : "withdrawn: ");
		print_styled(&c->out, STYLE_ID, show_str(one, "id"));
		if (show_str(one, "modified").n) {
			print_own(&c->out, " of ");
			print_text(&c->out, show_str(one, "modified"));
		}
		if (show_str(r, "title").n) {
			print_own(&c->out, "  ");
			print_text(&c->out, show_str(r, "title"));
		}
		print_own(&c->out, "\n");
	}
	SHOW_EACH(one, show_list(r, "resting"))
	{
		print_own(&c->out, "  rests on it: ");
		print_styled(&c->out, STYLE_ID, show_str(one, "id"));
		print_own(&c->out, str_is(show_str(one, "how"), "cites") ? ", made from it, in " : ", which names it, in ");
		print_text(&c->out, show_capitals(c, show_str(one, "circle")));
		print_own(&c->out, "\n");
	}
	if (show_str(r, "left").n) {
		print_own(&c->out, "  into view comes its version of ");
		print_text(&c->out, show_str(r, "left"));
		print_own(&c->out, "\n");
	}
	if (!show_list(r, "items") && !c->quiet)
		print_own_styled(&c->err, STYLE_DIM, "There is no such version; nothing was done.\n");
}

static enum err
say_withdraw(struct cli *c, const char *op, struct errinfo *e)
{
	struct ask a;
	ask_begin(&a, c, op);
	ask_given(&a);
	enum err err = ask_send(&a, e);
	if (!err)
		ask_show(&a, put_withdrawn);
	ask_done(&a);
	return err;
}

static enum err
run_withdraw(struct cli *c, struct errinfo *e)
{
	bool look = cli_flag(c, "dry-run") != NULL, json = c->json;
	enum err err = OK;
	if (!look && !cli_flag(c, "reason")) {
		err_set(e, ERR_USAGE, "withdraw: the record keeps why");
		err_hint(e, "--reason \"…\"; or look first what it would take: --dry-run");
		return ERR_USAGE;
	}
	if (!look && !cli_flag(c, "yes")) { /* who is asked sees what */
		c->json = false;
		err = say_withdraw(c, "withdraw-plan", e);
		c->json = json;
		if (!err)
			err = yes_ask(c, "take it out of view here?", e);
	}
	return err ? err : say_withdraw(c, look ? "withdraw-plan" : "withdraw", e);
}

static const struct flag withdraw_flags[] = {
    {"versions", 's', false, "WHICH", "all (if not given), first, last, or when they were modified, with commas between", 0},
    FLAG_REASON,
    FLAG_CENTRE,
    {"dry-run", 'b', true, NULL, "tell what it would take; do nothing", 'n'},
    {"yes", 'b', true, NULL, "do it without asking", 'y'},
    {0},
};

const struct cmd cmd_withdraw = {
    .name = "withdraw",
    .group = CMD_RELEASE,
    .about = "take what was never released out of view here",
    .help =
	"Of the member's own circle. Its bytes stay sealed for as long as the charter has disputes last, as those of what was recalled "
	"(comity evidence), and are deleted then. What stands in another circle is refused: comity recall. What was made of it is not released any "
	"more; an older version that is left comes into view again. It may be added again. For who may write and is cleared for all; --reason "
	"is needed.",
    .examples = "comity withdraw ID --dry-run\ncomity withdraw ID --reason \"entered twice\"",
    .flags = withdraw_flags,
    .params = {{"id", '1', false, "ID"}},
    .op = "withdraw",
    .run = run_withdraw,
};

static void
put_leaf(struct cli *c, const struct json *r)
{
	print_own(&c->out, " in ");
	print_text(&c->out, show_str(r, "centre"));
	print_own(&c->out, ": ");
	print_styled(&c->out, STYLE_ID, str_sub(show_str(r, "leaf"), 0, 12));
	print_own(&c->out, "\n");
}

static void
put_request(struct cli *c, const struct json *r)
{
	print_own(&c->out, "asked the originator");
	put_leaf(c, r);
	if (!c->quiet)
		print_own_styled(&c->err, STYLE_DIM, "The request goes there, and the answer comes, with comity sync; comity requests shows it.\n");
}

static void
put_consent(struct cli *c, const struct json *r)
{
	print_own(&c->out, cli_flag(c, "grant") ? "granted" : "refused");
	put_leaf(c, r);
}

static const struct flag request_flags[] = {
    {"to", 's', false, "CIRCLE", "the circle that the product is meant for", 0},
    {"from", 's', false, "ID", "the originator, where several members released it", 0},
    FLAG_REASON,
    FLAG_MODIFIED,
    FLAG_CENTRE,
    {0},
};

const struct cmd cmd_request = {
    .name = "request",
    .group = CMD_RELEASE,
    .about = "ask an originator for consent to use its information further",
    .help = "The request goes to the originator and nobody else.",
    .examples = "comity request ID --to ALL --reason \"for the weekly summary\"",
    .flags = request_flags,
    .params = {{"id", '1', false, "ID"}},
    .op = "request",
    .render = put_request,
};

static const struct flag consent_flags[] = {
    {"grant", 'b', true, NULL, "yes", 0},
    {"refuse", 'b', true, NULL, "no", 0},
    FLAG_REASON,
    {"id", 's', false, "ID", "without a request: consent to the use of this object", 0},
    {"to", 's', false, "CIRCLE", "without a request: in this circle", 0},
    {"member", 's', false, "ID", "without a request: by this member", 0},
    FLAG_MODIFIED,
    FLAG_CENTRE,
    {0},
};

static enum err
run_consent(struct cli *c, struct errinfo *e)
{
	struct ask a;
	enum err err;
	bool grant = cli_flag(c, "grant"), refuse = cli_flag(c, "refuse");
	if (grant == refuse)
		return err_set(e, ERR_USAGE, "consent: --grant or --refuse");
	ask_begin(&a, c, "consent");
	ask_given(&a);
	ask_bool(&a, "granted", grant);
	if (!(err = ask_send(&a, e)))
		ask_show(&a, put_consent);
	ask_done(&a);
	return err;
}

const struct cmd cmd_consent = {
    .name = "consent",
    .group = CMD_RELEASE,
    .about = "answer a request: grant or refuse",
    .help = "REQUEST is what comity requests shows, its first digits (8 at least). The last answer counts, so that a consent can be withdrawn.",
    .examples = "comity requests\ncomity consent 3fa94c21 --grant\ncomity consent 3fa94c21 --refuse --reason \"names a source\"",
    .flags = consent_flags,
    .params = {{"request", '?', false, "REQUEST"}},
    .op = "consent",
    .run = run_consent,
};

static void
put_requests(struct cli *c, const struct json *r)
{
	struct print *p = &c->out;
	SHOW_EACH(one, show_list(r, "items"))
	{
		struct str state = show_str(one, "state");
		print_styled(p, STYLE_ID, str_sub(show_str(one, "leaf"), 0, 12));
		print_own(p, "  ");
		print_styled(p, str_is(state, "waiting") ? STYLE_WARN : str_is(state, "granted") ? STYLE_GOOD : STYLE_BAD, state);
		print_own(p, "  ");
		print_text(p, show_capitals(c, show_str(one, "asker")));
		print_own(p, " asks ");
		print_text(p, show_capitals(c, show_str(one, "originator")));
		print_own(p, show_true(one, "ours") ? " (by us)" : "");
		print_own(p, ", to ");
		print_text(p, show_capitals(c, show_str(one, "to")));
		print_own(p, "\n    ");
		print_styled(p, STYLE_ID, show_str(one, "id"));
		print_own(p, show_true(one, "known") ? "" : "  (never released to the asker)");
		if (show_str(one, "reason").n) {
			print_own(p, "\n    ");
			print_text(p, show_str(one, "reason"));
		}
		if (show_str(one, "answer").n) {
			print_own(p, "\n    answer: ");
			print_text(p, show_str(one, "answer"));
		}
		print_own(p, "\n");
	}
	if (!show_list(r, "items") && !c->quiet)
		print_own_styled(&c->err, STYLE_DIM, "none\n");
}

static const struct flag requests_flags[] = {FLAG_CENTRE, {"all", 'b', false, NULL, "also those answered", 'a'}, {0}};

const struct cmd cmd_requests = {
    .name = "requests",
    .group = CMD_RELEASE,
    .about = "release requests that wait for an answer, to us and by us",
    .flags = requests_flags,
    .op = "requests",
    .render = put_requests,
};
