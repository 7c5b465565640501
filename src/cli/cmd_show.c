/* show: one object for a person: banner, grade, what it says portion by portion, and what stands around it. */
#include <inttypes.h>

#include "cli/ask.h"
#include "cli/portion_show.h"
#include "cli/show.h"
#include "stix/comity.h"

static const struct flag flags[] = {
    {"centre", 's', false, "CENTRE", "the one of this centre", 0},
    {"circle", 's', false, "CIRCLE", "the one released to exactly this circle", 0},
    {"author", 's', false, "ID", "the one by this member", 0},
    {"modified", 's', false, "TIME", "that version", 0},
    {"gone", 'b', false, NULL, "also if it was recalled or is past its dates", 0},
    {"raw", 'b', true, NULL, "the STIX object alone, byte for byte", 0},
    {0},
};

static void
put_events(struct cli *c, const struct json *list)
{
	struct print *p = &c->out;
	SHOW_EACH(one, list)
	{
		struct str kind = show_str(one, "kind"), action = show_str(one, "action"), reason = show_str(one, "reason");
		print_own_styled(p, STYLE_WARN, "%-13.*s", STR_FMT(kind.n <= 13 ? kind : STR_NONE));
		print_own(p, " ");
		print_text(p, show_moment(c, one, "time"));
		print_own(p, "  ");
		print_text(p, show_capitals(c, show_str(one, "author")));
		if (action.n && !str_is(action, "recalled")) {
			print_own(p, "  ");
			print_text(p, action);
		}
		if (json_get(one, STR("granted")))
			print_own(p, show_true(one, "granted") ? "  granted" : "  refused");
		if (show_str(one, "to").n) {
			print_own(p, " for ");
			print_text(p, show_capitals(c, show_str(one, "to")));
		}
		if (reason.n) {
			print_own(p, ": ");
			print_text(p, reason);
		}
		if (show_str(one, "replacement").n) {
			print_own(p, "; replaced by ");
			print_styled(p, STYLE_ID, show_str(one, "replacement"));
		}
		if (show_str(one, "source").n) {
			print_own(p, "; source ");
			print_styled(p, STYLE_ID, show_str(one, "source"));
		}
		print_own(p, "\n");
	}
}

static void
put_around(struct cli *c, const char *name, const struct json *list)
{
	struct print *p = &c->out;
	SHOW_EACH(one, list)
	{
		struct str grade = show_str(one, "grade"), title = show_str(one, "title"), state = show_str(one, "state");
		print_own_styled(p, STYLE_DIM, "%-13s", name);
		print_own(p, " ");
		print_text(p, show_capitals(c, show_str(one, "author")));
		if (grade.n) {
			print_own(p, " [");
			print_styled(p, print_grade_style(grade), grade);
			print_own(p, "]");
		}
		print_own(p, "  ");
		print_styled(p, STYLE_ID, show_str(one, "id"));
		print_own(p, "  ");
		print_text(p, title);
		if (!str_is(state, "live")) {
			print_own(p, "  ");
			print_styled(p, STYLE_BAD, state);
		}
		print_own(p, "\n");
	}
}

/* The same id elsewhere, or in another version. */
static void
put_others(struct cli *c, const struct json *list)
{
	struct print *p = &c->out;
	SHOW_EACH(one, list)
	{
		struct str serial = show_str(one, "serial"), state = show_str(one, "state");
		print_own_styled(p, STYLE_DIM, "%-13s", "also");
		print_own(p, " ");
		print_text(p, show_capitals(c, show_str(one, "author")));
		print_own(p, " in ");
		print_text(p, show_str(one, "circle"));
		if (serial.n) {
			print_own(p, " as ");
			print_styled(p, STYLE_HEAD, serial);
		}
		if (!json_is(json_get(one, STR("modified")), JSON_NULL)) {
			print_own(p, ", version of ");
			print_text(p, show_str(one, "modified"));
		}
		print_own(p, "  ");
		print_mark(p, show_str(one, "banner"));
		if (!str_is(state, "live")) {
			print_own(p, "  ");
			print_styled(p, STYLE_BAD, state);
		}
		print_own(p, "\n");
	}
}

/* Where tear-lines of it went, and what one was made of: "released to irn.irq as IRQ/ALL/0003 (report--…)". */
static void
put_released(struct cli *c, const struct json *list)
{
	struct print *p = &c->out;
	SHOW_EACH(one, list)
	{
		struct str serial = show_str(one, "serial"), state = show_str(one, "state");
		print_own_styled(p, STYLE_DIM, "%-13s", "released to");
		print_own(p, " ");
		print_text(p, show_str(one, "circle"));
		if (serial.n) {
			print_own(p, " as ");
			print_styled(p, STYLE_HEAD, serial);
		}
		print_own(p, " (");
		print_styled(p, STYLE_ID, show_str(one, "id"));
		print_own(p, ")");
		if (!str_is(state, "live")) {
			print_own(p, "  ");
			print_styled(p, STYLE_BAD, state);
		}
		if (show_list(one, "flags"))
			print_own(p, "  ");
		show_flagged(c, one);
		print_own(p, "\n");
	}
}

/* Members of a STIX object that are shown by other lines, or are for machines. */
static bool
plumbing(struct str key)
{
	static const char *const names[] = {"type", "id", "spec_version", "created", "modified", "created_by_ref", "extensions",
	    "object_marking_refs", "granular_markings", "revoked", "name", "description", "object_refs", "published"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(key, names[i]))
			return true;
	return false;
}

static void
put_rest(struct cli *c, const struct json *obj)
{
	struct print *p = &c->out;
	SHOW_EACH(one, json_count(obj) ? obj : NULL)
	{
		if (plumbing(json_key_of(one)) || (json_count(one) && one->type == JSON_OBJECT))
			continue;
		struct str value = one->type == JSON_ARRAY ? show_joined(c, one) : json_str(one);
		if (one->type == JSON_BOOL)
			value = one->n ? STR("yes") : STR("no");
		if (!value.n)
			continue;
		print_styled(p, STYLE_DIM, json_key_of(one));
		print_own(p, "%*s ", (int)(json_key_of(one).n < 13 ? 13 - json_key_of(one).n : 0), "");
		print_text(p, value);
		print_own(p, "\n");
	}
}

/* The portions of a report, each with mark and grade; paragraphs are numbered, as references to them are. False if it has none. */
static bool
put_portions(struct cli *c, const struct json *obj)
{
	struct print *p = &c->out;
	struct stix_portions it;
	struct stix_portion one;
	int number = 0;
	bool any = false;
	stix_portions_init(&it, obj);
	while (stix_portions_next(&it, &one)) {
		any = true;
		if (one.kind == STIX_PORTION_TITLE)
			continue;
		print_own(p, "\n");
		if (one.kind == STIX_PORTION_PARAGRAPH)
			print_own(p, "%d. ", ++number);
		print_mark(p, one.mark);
		portion_show_grade(c, one.grade);
		if (one.kind != STIX_PORTION_PARAGRAPH) {
			print_own(p, " ");
			print_styled(p, STYLE_DIM, stix_portion_name(one.kind));
		}
		print_own(p, "\n");
		print_block(p, one.text, 3);
		portion_show_claims(c, one.claims, "   ");
	}
	if (any)
		print_own(p, "\n");
	return any;
}

static void
put_header(struct cli *c, const struct json *obj)
{
	struct stix_header h;
	if (!stix_header_read(obj, &h))
		return;
	show_line(c, "type", h.type);
	show_line(c, "precedence", h.precedence);
	show_line(c, "place", h.place);
	show_line(c, "language", h.language);
	show_line(c, "information", h.information_time);
	show_line(c, "reported", h.report_time);
	show_line(c, "from", h.descriptor);
}

void
show_object(struct cli *c, const struct json *r)
{
	struct print *p = &c->out;
	const struct json *obj = json_get_type(r, STR("object"), JSON_OBJECT);
	struct str banner = show_str(r, "banner"), grade = show_str(r, "grade"), state = show_str(r, "state");
	if (banner.n) {
		print_mark(p, banner);
		print_own(p, "\n");
	}
	if (show_str(r, "title").n) {
		print_styled(p, STYLE_HEAD, show_str(r, "title"));
		print_own(p, "\n");
	}
	if (!str_is(state, "live"))
		show_line_styled(c, "state", STYLE_BAD, state);
	if (show_flagged(c, r))
		print_own(p, "\n");
	show_line_styled(c, "id", STYLE_ID, show_str(r, "id"));
	show_line(c, "by", show_capitals(c, show_str(r, "author")));
	show_line(c, "circle", show_str(r, "circle"));
	show_line(c, "serial", show_str(r, "serial"));
	show_line_styled(c, "grade", print_grade_style(grade), grade);
	if (!json_is(json_get(r, STR("modified")), JSON_NULL))
		show_line(c, "modified", show_str(r, "modified"));
	show_line(c, "arrived", show_moment(c, r, "arrived"));
	if (!json_is(json_get(r, STR("valid_until")), JSON_NULL))
		show_line(c, "valid until", show_moment(c, r, "valid_until"));
	if (!json_is(json_get(r, STR("delete_by")), JSON_NULL))
		show_line(c, "delete by", show_moment(c, r, "delete_by"));
	show_line(c, "source", show_str(r, "source"));
	if (obj)
		put_header(c, obj);
	put_rest(c, obj);
	if (obj && !put_portions(c, obj) && show_str(obj, "description").n) {
		print_own(p, "\n");
		print_block(p, show_str(obj, "description"), 0);
		print_own(p, "\n");
	}
	put_events(c, show_list(r, "events"));
	put_others(c, show_list(r, "others"));
	SHOW_EACH(ref, show_list(r, "refs"))
	{
		print_own_styled(p, STYLE_DIM, "%-13s", "names");
		print_own(p, " ");
		print_styled(p, STYLE_ID, show_str(ref, "id"));
		print_own(p, show_true(ref, "here") ? "\n" : "  (not here, or recalled)\n");
	}
	SHOW_EACH(one, show_list(r, "cites"))
	show_line_styled(c, "cites", STYLE_ID, json_str(json_is(one, JSON_OBJECT) ? json_get(one, STR("id")) : one));
	put_around(c, "named by", show_list(r, "referred_by"));
	put_around(c, "cited by", show_list(r, "cited_by"));
	put_released(c, show_list(r, "released"));
	put_around(c, "made from", show_list(r, "originals"));
	put_around(c, "graded", show_list(r, "grades"));
	if (banner.n) {
		print_mark(p, banner);
		print_own(p, "\n");
	}
}

static enum err
run(struct cli *c, struct errinfo *e)
{
	struct ask a;
	enum err err;
	bool raw = cli_flag(c, "raw") && !c->json;
	ask_begin(&a, c, "show");
	ask_given(&a);
	if (raw)
		ask_int(&a, "refs", 0);
	if (!(err = ask_send(&a, e))) {
		const struct json *obj = json_get_type(a.tree, STR("object"), JSON_OBJECT);
		if (!raw) {
			ask_show(&a, show_object);
		} else if (obj) {
			ask_show_raw(&a, obj);
		} else if (a.tree) {
			err = err_set(e, ERR_NOTFOUND, "its content is sealed: it was recalled, or is past its dates");
			err_hint(e, "comity evidence opens it, with a reason that is kept");
		} else {
			ask_show(&a, show_object);
		}
	}
	ask_done(&a);
	return err;
}

const struct cmd cmd_show = {
    .name = "show",
    .group = CMD_KNOW,
    .about = "one object, with label, grade, portions, versions and references",
    .help =
	"The beginning of an id is enough, here and wherever an id is asked for: its first six digits, or the type and four, if one object alone of "
	"those that you may see begins so.\nEvery look is in the audit trail, refused ones too.",
    .examples = "comity show report--25f1d169-f6c4-45de-a384-9b84b388dfa1\ncomity show 25f1d1\ncomity show --raw ID | jq .",
    .flags = flags,
    .params = {{"id", '1', false, "ID"}},
    .op = "show",
    .run = run,
};
