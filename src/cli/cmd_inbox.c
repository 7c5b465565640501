/* inbox: what came since one last looked. */
#include "cli/show.h"

static void
put_event(struct cli *c, const struct json *one)
{
	struct print *p = &c->out;
	print_styled(p, STYLE_DIM, str_sub(show_moment(c, one, "arrived"), 0, 16));
	print_own(p, "  ");
	print_text(p, show_capitals(c, show_str(one, "author")));
	print_own(p, "  ");
	print_styled(p, STYLE_WARN, show_str(one, "kind"));
	if (show_str(one, "action").n && !str_is(show_str(one, "action"), "recalled")) {
		print_own(p, " ");
		print_text(p, show_str(one, "action"));
	}
	if (json_get(one, STR("granted")))
		print_own(p, show_true(one, "granted") ? " granted" : " refused");
	if (show_str(one, "state").n) {
		print_own(p, " ");
		print_styled(p, STYLE_BAD, show_str(one, "state"));
	}
	if (show_str(one, "reason").n) {
		print_own(p, ": ");
		print_text(p, show_str(one, "reason"));
	}
	if (show_str(one, "id").n) {
		print_own(p, "\n    ");
		print_styled(p, STYLE_ID, show_str(one, "id"));
	}
	if (show_str(one, "replacement").n) {
		print_own(p, "\n    replaced by ");
		print_styled(p, STYLE_ID, show_str(one, "replacement"));
	}
	print_own(p, "\n");
}

static void
put_inbox(struct cli *c, const struct json *r)
{
	struct print *p = &c->out;
	const struct json *items = show_list(r, "items"), *events = show_list(r, "events"), *waiting = show_list(r, "waiting"),
			  *approvals = show_list(r, "approvals");
	if (items || (!events && !waiting && !approvals))
		show_objects(c, items ? r : NULL);
	SHOW_EACH(one, events)
	put_event(c, one);
	if (show_true(r, "more") && !c->quiet)
		print_own_styled(&c->err, STYLE_DIM, "there is more: comity inbox --mark, then comity inbox again\n");
	if (waiting)
		print_own_styled(p, STYLE_HEAD, "waiting for an answer:\n");
	SHOW_EACH(one, waiting)
	{
		print_own(p, "  ");
		print_styled(p, STYLE_ID, str_sub(show_str(one, "leaf"), 0, 12));
		print_own(p, "  ");
		print_text(p, show_capitals(c, show_str(one, "asker")));
		print_own(p, " asks to use ");
		print_styled(p, STYLE_ID, show_str(one, "id"));
		print_own(p, " for ");
		print_text(p, show_capitals(c, show_str(one, "to")));
		if (show_str(one, "reason").n) {
			print_own(p, ": ");
			print_text(p, show_str(one, "reason"));
		}
		print_own(p, "\n");
	}
	if (approvals)
		print_own_styled(p, STYLE_HEAD, "waiting for a second person:\n");
	SHOW_EACH(one, approvals)
	{
		print_own(p, "  ");
		print_styled(p, STYLE_ID, show_number(c, show_int(one, "no")));
		print_own(p, "  ");
		print_text(p, show_str(one, "who"));
		print_own(p, " would release ");
		print_styled(p, STYLE_ID, show_joined(c, show_list(one, "ids")));
		print_own(p, " to ");
		print_text(p, show_capitals(c, show_str(one, "to")));
		print_own(p, "\n");
	}
	if (approvals && !c->quiet)
		print_own_styled(&c->err, STYLE_DIM, "look at it, then: comity release approve NO, or release reject NO\n");
}

static const struct flag flags[] = {
    {"mark", 'b', false, NULL, "what is shown counts as seen from now on", 0},
    {"limit", 'i', false, "N", "at most so many objects, and of what was said (100)", 'n'},
    {"centre", 's', false, "CENTRE", "of this centre", 0},
    {0},
};

const struct cmd cmd_inbox = {
    .name = "inbox",
    .group = CMD_NODE,
    .about = "what came since last marked, and what waits for an answer",
    .examples = "comity inbox\ncomity inbox --mark",
    .flags = flags,
    .op = "inbox",
    .render = put_inbox,
};
