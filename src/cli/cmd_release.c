/* release: the plan is shown, then just that is done. */
#include <string.h>

#include "cli/ask.h"
#include "cli/show.h"
#include "cli/yes.h"

static const struct flag flags[] = {
    {"to", 's', false, "CIRCLE", "the members that shall have it: irn.rus, ALL, or a name (one's own need not be named)", 0},
    {"centre", 's', false, "CENTRE", "which centre", 0},
    {"redact", 'b', false, NULL, "leave out references that the circle cannot follow, in a new object", 0},
    {"dry-run", 'b', true, NULL, "show the plan, do nothing", 'n'},
    {"yes", 'b', true, NULL, "do it without asking", 'y'},
    {"plan", 's', true, "DIGEST", "do it only if it is still this plan", 0},
    {0},
};

static void
put_portions(struct cli *c, const struct json *list)
{
	struct print *p = &c->out;
	SHOW_EACH (one, list) {
		bool goes = show_true(one, "goes");
		print_own_styled(p, goes ? STYLE_GOOD : STYLE_BAD, goes ? "    goes      " : "    withheld  ");
		if (show_int(one, "paragraph"))
			print_own(p, "%lld. ", (long long)show_int(one, "paragraph"));
		print_mark(p, show_str(one, "mark"));
		print_own(p, " ");
		if (goes) {
			print_text(p, str_sub(show_str(one, "text"), 0, 60));
			if (show_str(one, "text").n > 60)
				print_own(p, "…");
		} else {
			print_text(p, show_str(one, "why"));
		}
		if (show_int(one, "dangling"))
			print_own_styled(p, STYLE_WARN, " (references to withheld portions: %lld)", (long long)show_int(one, "dangling"));
		print_own(p, "\n");
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
	if (show_str(item, "as").n && !str_eq(show_str(item, "as"), show_str(item, "id"))) {
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
	if (show_str(item, "hint").n) {
		print_own_styled(p, STYLE_NOTE, "    hint: ");
		print_text(p, show_str(item, "hint"));
		print_own(p, "\n");
	}
	put_portions(c, show_list(item, "portions"));
	SHOW_EACH (snag, show_list(item, "snags")) {
		print_own(p, "    ");
		print_text(p, show_str(snag, "where"));
		print_own(p, show_str(snag, "where").n ? " " : "");
		print_styled(p, STYLE_ID, show_str(snag, "id"));
		print_own(p, ": ");
		print_text(p, show_str(snag, "says"));
		print_own(p, "\n");
	}
	SHOW_EACH (one, show_list(item, "infers")) {
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
	SHOW_EACH (one, show_list(r, "readers")) {
		print_own(p, "    ");
		print_text(p, show_capitals(c, show_str(one, "id")));
		print_own(p, "  ");
		print_text(p, show_str(one, "name"));
		print_own(p, show_true(one, "observer") ? " (observer)\n" : "\n");
	}
	SHOW_EACH (item, show_list(r, "items"))
		put_item(c, item);
	SHOW_EACH (one, show_list(r, "infers")) {
		print_own_styled(p, STYLE_DIM, "a reader learns: ");
		print_text(p, json_str(one));
		print_own(p, "\n");
	}
	print_own(p, "\n%lld will go, %lld refused\n", (long long)show_int(r, "going"), (long long)show_int(r, "refused"));
}

static void
put_done(struct cli *c, const struct json *r)
{
	struct print *p = &c->out;
	const struct json *done = json_get_type(r, STR("done"), JSON_OBJECT);
	print_own(p, "released ");
	show_count(p, show_int(done, "objects"), "object", "objects");
	print_own(p, " to ");
	print_text(p, show_capitals(c, show_str(r, "to")));
	if (show_int(done, "first_serial"))
		print_own(p, ", serial %04lld", (long long)show_int(done, "first_serial"));
	if (show_int(done, "last_serial") > show_int(done, "first_serial"))
		print_own(p, " to %04lld", (long long)show_int(done, "last_serial"));
	print_own(p, "\n");
	SHOW_EACH (item, show_list(r, "items")) {
		if (!show_str(item, "as").n)
			continue;
		print_own(p, "  ");
		print_styled(p, STYLE_ID, show_str(item, "as"));
		print_own(p, "  ");
		print_text(p, show_str(item, "name"));
		print_own(p, "\n");
	}
}

static enum err
refused(const struct json *plan, struct errinfo *e)
{
	SHOW_EACH (item, show_list(plan, "items")) {
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

/* The plan, and its digest; json: only looked at. */
static enum err
plan(struct cli *c, bool shown, struct ask *a, struct errinfo *e)
{
	bool json = c->json;
	ask_begin(a, c, "release-plan");
	ask_given(a);
	c->json = json && shown; /* its tree is needed where something follows on it */
	enum err err = ask_send(a, e);
	if (!err && shown)
		ask_show(a, put_plan);
	c->json = json;
	return err;
}

static enum err
run(struct cli *c, struct errinfo *e)
{
	struct ask a, b;
	enum err err;
	const char *digest = cli_flag(c, "plan");
	char seen[80] = {0};
	if (!cli_flag(c, "to")) {
		err_set(e, ERR_USAGE, "release: to whom? --to CIRCLE");
		err_hint(e, "--to ALL is everyone in the centre, --to irn.rus these two and you");
		return ERR_USAGE;
	}
	if (cli_flag(c, "dry-run")) {
		err = plan(c, true, &a, e);
		ask_done(&a);
		return err;
	}
	if (!cli_flag(c, "yes") || (!c->json && !c->quiet) || !digest) {
		err = plan(c, false, &a, e);
		if (!err && !c->json && (!cli_flag(c, "yes") || !c->quiet))
			ask_show(&a, put_plan);
		struct str now = show_str(a.tree, "plan");
		memcpy(seen, now.p ? now.p : "", now.n < sizeof seen ? now.n : 0);
		if (!err && show_int(a.tree, "refused"))
			err = refused(a.tree, e);
		if (!err && show_int(a.tree, "going"))
			err = yes_ask(c, "release it?", e);
		ask_done(&a);
		if (err)
			return err;
	}
	ask_begin(&b, c, "release");
	ask_given(&b);
	if (digest || seen[0])
		ask_str(&b, "plan", digest ? digest : seen);
	if (!(err = ask_send(&b, e)))
		ask_show(&b, put_done);
	ask_done(&b);
	return err;
}

const struct cmd cmd_release = {
    .name = "release",
    .group = CMD_RELEASE,
    .about = "give own information to a circle",
    .help = "The plan is shown first: who will read it, which portions go and which are withheld and why, what a reader could infer. Reports go as tear-lines: new\n"
	    "objects with the portions whose marks allow it. Other objects go as they are, or not at all. All is released or nothing. Without a terminal give\n"
	    "--yes, and with --plan only what the plan of that digest said.",
    .examples = "comity release ID --to ALL --dry-run\ncomity release ID ID2 --to irn.rus --position J2-3\ncomity release ID --to ALL --yes",
    .flags = flags,
    .params = {{"ids", '+', false, "ID"}},
    .op = "release",
    .run = run,
};
