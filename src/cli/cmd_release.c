/* release: the plan is shown, then just that is done. */
#include <string.h>

#include "cli/ask.h"
#include "cli/portion_show.h"
#include "cli/show.h"
#include "cli/yes.h"
#include "stix/comity.h"

enum { DIGEST = 80 };

static const struct flag flags[] = {
    {"to", 's', false, "CIRCLE", "the members that shall have it: irn.rus, ALL, or a name (one's own need not be named)", 0},
    {"centre", 's', false, "CENTRE", "which centre", 0},
    {"redact", 'b', false, NULL, "leave out references that the circle cannot follow, in a new object", 0},
    {"mark", 's', false, "MARK", "of an object that is here under several marks in one version: the one that is meant", 0},
    {"dry-run", 'b', true, NULL, "show the plan, do nothing", 'n'},
    {"yes", 'b', true, NULL, "do it without asking", 'y'},
    {"plan", 's', true, "DIGEST", "do it without asking if it is still this plan, which --dry-run told", 0},
    {0},
};

static struct str
one_line(struct cli *c, struct str s)
{
	char *p = arena_alloc(&c->a, s.n + 1);
	if (!p)
		return s;
	for (size_t i = 0; i < s.n; i++)
		p[i] = s.p[i] == '\n' ? ' ' : s.p[i];
	return (struct str){p, s.n};
}

/* list: of all portions; object: what goes, with those that do, in their order: what they bear beside their text goes as well. */
static void
put_portions(struct cli *c, const struct json *list, const struct json *object)
{
	struct print *p = &c->out;
	struct stix_portions it;
	struct stix_portion given;
	stix_portions_init(&it, object);
	SHOW_EACH(one, list)
	{
		bool goes = show_true(one, "goes"), read = goes && object && stix_portions_next(&it, &given);
		print_own_styled(p, goes ? STYLE_GOOD : STYLE_BAD, goes ? "    goes      " : "    withheld  ");
		if (show_int(one, "paragraph"))
			print_own(p, "%lld. ", (long long)show_int(one, "paragraph"));
		print_mark(p, show_str(one, "mark"));
		if (read)
			portion_show_grade(c, given.grade);
		print_own(p, " ");
		if (read && given.kind != STIX_PORTION_PARAGRAPH && given.kind != STIX_PORTION_TITLE) {
			print_styled(p, STYLE_DIM, stix_portion_name(given.kind));
			print_own(p, " ");
		}
		if (goes) {
			print_cut(p, one_line(c, show_str(one, "text")), 60);
		} else {
			print_text(p, show_str(one, "why"));
		}
		if (show_int(one, "dangling"))
			print_own_styled(p, STYLE_WARN, " (references to withheld portions: %lld)", (long long)show_int(one, "dangling"));
		print_own(p, "\n");
		if (read)
			portion_show_claims(c, given.claims, "              ");
	}
}

/* What every reader gets beside the portions. */
static void
put_header(struct cli *c, const struct json *object, struct str withheld)
{
	struct stix_header h;
	if (!object || !stix_header_read(object, &h))
		return;
	const struct {
		const char *name;
		struct str value;
	} fields[] = {{"Type", h.type}, {"Precedence", h.precedence}, {"Place", h.place}, {"Language", h.language},
	    {"Information-Time", h.information_time}, {"Report-Time", h.report_time}, {"Source-Description", h.descriptor}, {"Serial", h.serial}};
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		if (!fields[i].value.n)
			continue;
		print_own_styled(&c->out, STYLE_GOOD, "    goes      ");
		print_own(&c->out, "%s: ", fields[i].name);
		print_text(&c->out, fields[i].value);
		print_own(&c->out, strcmp(fields[i].name, "Report-Time") ? "\n" : "  (of the release: that of the original stays here)\n");
	}
	if (withheld.n) {
		print_own_styled(&c->out, STYLE_BAD, "    withheld  ");
		print_own(&c->out, "Place: ");
		print_text(&c->out, withheld);
		print_own(&c->out, "  (beside a part of the report it could say what the rest is about)\n");
	}
	if (h.grade.reliability) {
		print_own_styled(&c->out, STYLE_GOOD, "    goes      ");
		print_own(&c->out, "Grade:");
		portion_show_grade(c, h.grade);
		print_own(&c->out, "\n");
	}
}

static void
put_item(struct cli *c, const struct json *item)
{
	struct print *p = &c->out;
	struct str how = show_str(item, "how");
	bool refused = str_is(how, "refused");
	print_own(p, "\n");
	print_styled(p, refused ? STYLE_BAD : str_is(how, "there") ? STYLE_DIM : STYLE_GOOD, how);
	print_own(p, "  ");
	print_styled(p, STYLE_ID, show_str(item, "id"));
	print_own(p, "\n");
	if (str_is(how, "there") && show_str(item, "as").n) { /* a new object gets its id when it goes */
		print_own(p, "    as ");
		print_styled(p, STYLE_ID, show_str(item, "as"));
		print_own(p, "\n");
	}
	if (show_str(item, "banner").n) {
		print_own(p, "    ");
		print_mark(p, show_str(item, "banner"));
		print_own(p, "  ");
		print_text(p, show_str(item, "name"));
		print_own(p, "\n");
	}
	if (show_str(item, "why").n) {
		print_own(p, "    ");
		print_text(p, show_str(item, "why"));
		print_own(p, "\n");
	}
	if (show_str(item, "remark").n) {
		print_own_styled(p, STYLE_NOTE, "    note: ");
		print_text(p, show_str(item, "remark"));
		print_own(p, "\n");
	}
	if (show_str(item, "hint").n) {
		print_own_styled(p, STYLE_NOTE, "    hint: ");
		print_text(p, show_str(item, "hint"));
		print_own(p, "\n");
	}
	const struct json *object = json_get_type(item, STR("object"), JSON_OBJECT);
	put_header(c, object, show_str(item, "place_withheld"));
	put_portions(c, show_list(item, "portions"), object);
	SHOW_EACH(snag, show_list(item, "snags"))
	{
		print_own(p, "    ");
		print_text(p, show_str(snag, "where"));
		print_own(p, show_str(snag, "where").n ? " " : "");
		print_styled(p, STYLE_ID, show_str(snag, "id"));
		print_own(p, ": ");
		print_text(p, show_str(snag, "says"));
		print_own(p, "\n");
	}
	SHOW_EACH(one, show_list(item, "infers"))
	{
		print_own_styled(p, STYLE_DIM, "    a reader learns: ");
		print_text(p, json_str(one));
		print_own(p, "\n");
	}
}

static void
put_plan(struct cli *c, const struct json *r)
{
	struct print *p = &c->out;
	print_own(p, "to ");
	print_styled(p, STYLE_HEAD, show_capitals(c, show_str(r, "to")));
	print_own(p, " in ");
	print_text(p, show_str(r, "centre"));
	print_own(p, ", as ");
	print_text(p, show_str(r, "position"));
	print_own(p, "; these will read it and can never be made to forget it:\n");
	SHOW_EACH(one, show_list(r, "readers"))
	{
		print_own(p, "    ");
		print_text(p, show_capitals(c, show_str(one, "id")));
		print_own(p, "  ");
		print_text(p, show_str(one, "name"));
		print_own(p, show_true(one, "observer") ? " (observer)\n" : "\n");
	}
	SHOW_EACH(item, show_list(r, "items"))
	put_item(c, item);
	SHOW_EACH(one, show_list(r, "infers"))
	{
		print_own_styled(p, STYLE_DIM, "a reader learns: ");
		print_text(p, json_str(one));
		print_own(p, "\n");
	}
	print_own(p, "\n%lld will go, %lld refused\n", (long long)show_int(r, "going"), (long long)show_int(r, "refused"));
	if (!strcmp(c->cmd->name, "release") && cli_flag(c, "dry-run") && show_int(r, "going") && !show_int(r, "refused")) {
		print_own(p, "exactly this, without being asked: the same with --plan ");
		print_text(p, show_str(r, "plan"));
		print_own(p, " in place of --dry-run\n");
	}
}

static void
put_done(struct cli *c, const struct json *r)
{
	struct print *p = &c->out;
	const struct json *done = json_get_type(r, STR("done"), JSON_OBJECT);
	if (!done) {
		print_own(p, "proposed: %lld; it waits for a second person until ", (long long)show_int(r, "proposed"));
		print_text(p, show_moment(c, r, "expires"));
		print_own(p, "\n");
		if (!c->quiet)
			print_own_styled(&c->err, STYLE_NOTE, "Another who may release: comity release approve %lld --as ACCOUNT\n",
			    (long long)show_int(r, "proposed"));
		return;
	}
	print_own(p, "released ");
	show_count(p, show_int(done, "objects"), "object", "objects");
	print_own(p, " to ");
	print_text(p, show_capitals(c, show_str(r, "to")));
	if (show_int(done, "first_serial"))
		print_own(p, ", serial %04lld", (long long)show_int(done, "first_serial"));
	if (show_int(done, "last_serial") > show_int(done, "first_serial"))
		print_own(p, " to %04lld", (long long)show_int(done, "last_serial"));
	print_own(p, "\n");
	SHOW_EACH(item, show_list(r, "items"))
	{
		if (!show_str(item, "as").n)
			continue;
		print_own(p, "  ");
		print_styled(p, STYLE_ID, show_str(item, "as"));
		print_own(p, "  ");
		print_text(p, show_str(item, "name"));
		print_own(p, str_is(show_str(item, "how"), "there") ? "  (there already)\n" : "\n");
	}
}

static enum err
refused(const struct json *plan, struct errinfo *e)
{
	SHOW_EACH(item, show_list(plan, "items"))
	{
		if (!str_is(show_str(item, "how"), "refused"))
			continue;
		struct str why = show_str(item, "why"), hint = show_str(item, "hint"), id = show_str(item, "id");
		err_set(e, ERR_DENIED, "%.*s: %.*s", STR_FMT(str_sub(id, 0, 80)), STR_FMT(str_sub(why, 0, 250)));
		if (hint.n)
			err_hint(e, "%.*s", STR_FMT(str_sub(hint, 0, 190)));
		return ERR_DENIED;
	}
	return err_set(e, ERR_DENIED, "nothing of it may go");
}

/* Shows the plan and, where somebody is to decide on it, keeps its digest. */
static enum err
plan(struct cli *c, bool deciding, char ret_digest[static DIGEST], struct errinfo *e)
{
	struct ask a;
	bool json = c->json;
	ask_begin(&a, c, "release-plan");
	ask_given(&a);
	c->json = json && !deciding; /* the tree is needed to decide on */
	enum err err = ask_send(&a, e);
	if (!err)
		ask_show(&a, put_plan);
	c->json = json;
	if (!err && !deciding && show_int(ask_tree(&a), "refused"))
		c->status = err_status(ERR_DENIED);
	if (!err && deciding) {
		struct str digest = show_str(a.tree, "plan");
		if (!a.tree)
			err = err_set(e, ERR_LIMIT, "the plan is too long to be shown; release fewer at once, or give --yes");
		else if (show_int(a.tree, "refused"))
			err = refused(a.tree, e);
		else if (digest.n < DIGEST)
			memcpy(ret_digest, digest.p, digest.n);
		if (!err && show_int(a.tree, "going"))
			err = yes_ask(c, "release it?", e);
	}
	ask_done(&a);
	return err;
}

static enum err
run(struct cli *c, struct errinfo *e)
{
	struct ask a;
	enum err err = OK;
	const char *wanted = cli_flag(c, "plan");
	char seen[DIGEST] = {0};
	if (!cli_flag(c, "to")) {
		err_set(e, ERR_USAGE, "release: to whom? --to CIRCLE");
		err_hint(e, "--to ALL is everyone in the centre, --to irn.rus these two and you");
		return ERR_USAGE;
	}
	if (cli_flag(c, "dry-run"))
		return plan(c, false, seen, e);
	if (!cli_flag(c, "yes") && !wanted && (err = plan(c, true, seen, e)))
		return err;
	ask_begin(&a, c, "release");
	ask_given(&a);
	ask_str(&a, "plan", wanted ? wanted : seen[0] ? seen : NULL);
	if (!(err = ask_send(&a, e)))
		ask_show(&a, put_done);
	ask_done(&a);
	return err;
}

const struct cmd cmd_release = {
    .name = "release",
    .group = CMD_RELEASE,
    .about = "give own information to a circle",
    .help = "The plan is shown first: who will read it, which portions go and which are withheld and why, what a reader could infer. Reports go as "
	    "tear-lines: new "
	    "objects with the portions whose marks allow it. Other objects go as they are, or not at all. All is released or nothing. Without a "
	    "terminal give "
	    "--yes, or --plan with the digest that --dry-run told: then only that is done, or nothing.\n"
	    "--dry-run ends with 77 if the plan refuses something.",
    .examples = "comity release ID --to ALL --dry-run\ncomity release ID ID2 --to irn.rus --position J2-3\ncomity release ID --to ALL --yes",
    .flags = flags,
    .params = {{"ids", '+', false, "ID"}},
    .op = "release",
    .run = run,
};

static void
put_pending(struct cli *c, const struct json *r)
{
	static const char *const heads[] = {"no", "by", "as", "to", "what", "until", NULL};
	struct print_table t;
	print_table_init(&t, &c->a, heads);
	SHOW_EACH(one, show_list(r, "items"))
	{
		struct print_cell *cell = print_table_row(&t);
		cell[0].text = show_number(c, show_int(one, "no"));
		cell[1] = (struct print_cell){show_str(one, "who"), STYLE_HEAD};
		cell[2].text = show_str(one, "position");
		cell[3].text = show_capitals(c, show_str(one, "to"));
		cell[4] = (struct print_cell){show_joined(c, show_list(one, "ids")), STYLE_ID};
		cell[5].text = show_moment(c, one, "expires");
	}
	print_table_done(&t, &c->out, 0);
	if (!json_count(show_list(r, "items")) && !c->quiet)
		print_own_styled(&c->err, STYLE_DIM, "nothing waits\n");
}

const struct cmd cmd_release_pending = {
    .name = "release pending",
    .group = CMD_RELEASE,
    .about = "releases that wait for a second person",
    .help = "Where the setting four-eyes is yes (comity config four-eyes yes), or an account says so, a release is only proposed; another account "
	    "that may release "
	    "approves exactly that plan, within seven days. Recalls never wait. At the command line one says as whom: --as ACCOUNT. The limit: it "
	    "needs two "
	    "accounts, and whoever has the home's own user can act for both; the audit trail tells.",
    .op = "release-pending",
    .render = put_pending,
};

/* The plan of what was proposed, as it would be done now: if it was another when it was proposed, the approval is refused. */
static enum err
show_proposed(struct cli *c, const struct json *args, struct errinfo *e)
{
	struct ask a;
	ask_begin(&a, c, "release-plan");
	SHOW_EACH(one, args)
	{
		if (json_is(one, JSON_STRING)) {
			json_put_member(&a.w, json_key_of(one), json_str(one));
		} else if (json_is(one, JSON_BOOL)) {
			json_put_member_bool(&a.w, json_key_of(one), one->n != 0);
		} else if (json_is(one, JSON_ARRAY)) {
			json_put_key(&a.w, json_key_of(one));
			json_open_array(&a.w);
			SHOW_EACH(id, one)
			json_put_string(&a.w, json_str(id));
			json_close(&a.w);
		}
	}
	enum err err = ask_send(&a, e);
	if (!err)
		ask_show(&a, put_plan);
	ask_done(&a);
	return err;
}

/* Whoever approves is shown what, before he is asked. */
static enum err
look_at_proposal(struct cli *c, struct errinfo *e)
{
	struct ask a;
	bool json = c->json;
	uint64_t no = 0;
	c->json = false;
	ask_begin(&a, c, "release-pending");
	enum err err = ask_send(&a, e);
	if (!err && str_u64(str_of(c->args[0]), &no))
		SHOW_EACH(one, show_list(a.tree, "items"))
	if (!err && show_int(one, "no") == (int64_t)no)
		err = show_proposed(c, json_get_type(one, STR("args"), JSON_OBJECT), e);
	ask_done(&a);
	c->json = json;
	return err;
}

static enum err
run_approve(struct cli *c, struct errinfo *e)
{
	struct ask a;
	enum err err = cli_flag(c, "yes") ? OK : look_at_proposal(c, e);
	if (err || (err = yes_ask(c, "What was proposed goes out, and can never be taken back from who reads it. Approve it?", e)))
		return err;
	ask_begin(&a, c, "release-approve");
	ask_given(&a);
	if (!(err = ask_send(&a, e)))
		ask_show(&a, put_done);
	ask_done(&a);
	return err;
}

static const struct flag approve_flags[] = {{"yes", 'b', true, NULL, "do it without asking", 'y'}, {0}};

const struct cmd cmd_release_approve = {
    .name = "release approve",
    .group = CMD_RELEASE,
    .about = "carry out what another proposed, if nothing has changed since",
    .examples = "comity release approve 3 --as hassan",
    .flags = approve_flags,
    .params = {{"no", 'n', false, "NO"}},
    .op = "release-approve",
    .run = run_approve,
};

static void
put_rejected(struct cli *c, const struct json *r)
{
	print_own(&c->out, "release %lld will not be\n", (long long)show_int(r, "rejected"));
}

static const struct flag reject_flags[] = {{"reason", 's', false, "TEXT", "why; goes into the audit trail", 'm'}, {0}};

const struct cmd cmd_release_reject = {
    .name = "release reject",
    .group = CMD_RELEASE,
    .about = "turn down what another proposed, or take back one's own",
    .flags = reject_flags,
    .params = {{"no", 'n', false, "NO"}},
    .op = "release-reject",
    .render = put_rejected,
};
