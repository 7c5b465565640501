/* add: reports and STIX into the private circle. */
#include <string.h>
#include <unistd.h>

#include "cli/ask.h"
#include "cli/file.h"
#include "cli/show.h"
#include "cli/tell.h"
#include "collect/report.h"

static const struct flag flags[] = {
    {"format", 's', false, "FORMAT", "auto, report or stix (auto: what begins with { or [ is STIX)", 0},
    {"mark", 's', false, "MARK", "the mark of STIX objects: \"(//IRQ S//REL TO IRQ, RUS)\" (reports carry their own)", 0},
    {"label", 's', true, "FILE", "the same as --mark, from a file in any form that comity label reads", 0},
    {"source", 's', true, "NAME", "a name for the input (else the file's)", 0},
    {"centre", 's', false, "CENTRE", "which centre", 0},
    {"restart", 'b', false, NULL, "begin anew where an interrupted add would go on", 0},
    {"template", 'b', true, NULL, "print an empty report to be filled in", 0},
    {0},
};

static void
put_refusals(struct cli *c, const struct json *list)
{
	SHOW_EACH(one, list)
	{
		print_own_styled(&c->err, STYLE_WARN, "refused: ");
		print_text(&c->err, str_of(c->input));
		if (show_int(one, "line"))
			print_own(&c->err, ":%lld:%lld", (long long)show_int(one, "line"), (long long)show_int(one, "col"));
		print_own(&c->err, ": ");
		print_text(&c->err, show_str(one, "why"));
		print_own(&c->err, "\n");
		if (show_str(one, "hint").n) {
			print_own_styled(&c->err, STYLE_NOTE, "hint: ");
			print_text(&c->err, show_str(one, "hint"));
			print_own(&c->err, "\n");
		}
	}
}

static void
put_warnings(struct cli *c, const struct json *r)
{
	SHOW_EACH(one, show_list(r, "warned"))
	{
		int64_t n = show_int(one, "count");
		print_own_styled(&c->err, STYLE_WARN, "warning: ");
		print_text(&c->err, show_str(one, "what"));
		print_own(&c->err, n > 1 ? ": %lld times, first in " : ": ", (long long)n);
		print_styled(&c->err, STYLE_ID, show_str(one, "id"));
		if (show_str(one, "property").n) {
			print_own(&c->err, ", ");
			print_text(&c->err, show_str(one, "property"));
		}
		print_own(&c->err, "\n");
	}
}

static void
put_added(struct cli *c, const struct json *r)
{
	static const struct {
		const char *name, *what;
	} counts[] = {{"unchanged", "unchanged"}, {"conflicts", "beside another of the same version"},
	    {"refused", "refused (comity quarantine list)"}, {"dropped", "dropped from a full quarantine"},
	    {"narrowed", "kept to this home, for a marking whose definition is not in this input, nor this member's own"}};
	struct print *p = &c->out;
	print_text(p, str_of(strcmp(c->input, "-") == 0 ? "standard input" : c->input));
	print_own(p, ": ");
	show_count(p, show_int(r, "added"), "object added", "objects added");
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		if (show_int(r, counts[i].name))
			print_own(p, ", %lld %s", (long long)show_int(r, counts[i].name), counts[i].what);
	print_own(p, "\n");
	const struct json *items = show_list(r, "items");
	if (json_count(items) <= 20 && !c->quiet)
		SHOW_EACH(one, items)
		{
			print_own(p, "  ");
			print_styled(p, STYLE_ID, show_str(one, "id"));
			print_own(p, "  ");
			print_text(p, show_str(one, "title"));
			print_own(p, "\n");
		}
	put_warnings(c, r);
	if (show_int(r, "added") && str_is(show_str(r, "format"), "stix") && !cli_flag(c, "mark") && !cli_flag(c, "label") && !c->quiet) {
		print_own_styled(&c->err, STYLE_NOTE, "note: ");
		print_own(&c->err, "no mark was given: at the highest level, for this home alone; to release it, add it anew with --mark, and give "
				   "that to release too\n");
	}
	SHOW_EACH(one, show_list(r, "notes"))
	{
		print_own_styled(&c->err, STYLE_NOTE, "note: ");
		print_text(&c->err, json_str(one));
		print_own(&c->err, "\n");
	}
	put_refusals(c, show_list(r, "refusals"));
}

static enum err
add_one(struct cli *c, const char *path, struct str label, struct errinfo *e)
{
	struct file f = {.fd = -1};
	struct ask a;
	enum err err;
	c->input = NULL;
	if (!*path)
		return err_set(e, ERR_USAGE, "add: \"\" names no file");
	c->input = path;
	if ((err = file_open(path, &f, e)))
		return err;
	struct source in = file_source(&f);
	const char *source = cli_flag(c, "source");
	ask_begin(&a, c, "add");
	ask_given(&a);
	ask_str(&a, "source", source ? source : path);
	if (label.n)
		ask_text(&a, "label", label);
	a.to.call.in = &in;
	a.to.slow = !file_size(&f);
	if (!(err = ask_send(&a, e))) {
		ask_show(&a, put_added);
		if (show_int(ask_tree(&a), "refused"))
			c->status = err_status(ERR_INVALID);
	}
	ask_done(&a);
	file_close(&f);
	return err;
}

static enum err
add_all(struct cli *c, struct str label, struct errinfo *e)
{
	enum err first = OK;
	if (cli_flag(c, "template")) {
		print_raw(&c->out, report_template());
		return OK;
	}
	if (c->nargs == 0) {
		if (!isatty(STDIN_FILENO))
			return add_one(c, "-", label, e);
		err_set(e, ERR_USAGE, "add: what? Name files, or give the input on standard input");
		err_hint(e, "comity add --template >report.txt prints an empty report");
		return ERR_USAGE;
	}
	/* what is wrong with one file does not keep the others out */
	for (int i = 0; i < c->nargs; i++) {
		enum err err = add_one(c, c->args[i], label, e);
		if (err == ERR_STOPPED || (err && (i + 1 == c->nargs || !c->home)))
			return err;
		if (err) {
			tell_error(c, err, e);
			first = first ? first : err;
		}
	}
	c->status = first ? err_status(first) : c->status;
	return OK;
}

static enum err
run(struct cli *c, struct errinfo *e)
{
	const char *path = cli_flag(c, "label");
	struct buf b = BUF_INIT(LIMIT_LABEL_FILE);
	enum err err = path ? file_read(path, "the label", &b, e) : OK;
	if (!err && path && !str_utf8(buf_str(&b), NULL)) {
		err = err_set(e, ERR_INVALID, "%s: the label is not UTF-8", path);
		err_hint(e, "comity label --read reads it as it is, and --form writes it as UTF-8");
	} else if (!err && path && !str_trim(buf_str(&b)).n) {
		err = err_set(e, ERR_INVALID, "%s: no label: the file is empty", path);
	}
	if (!err)
		err = add_all(c, buf_str(&b), e);
	buf_done(&b);
	return err;
}

const struct cmd cmd_add = {
    .name = "add",
    .group = CMD_KNOW,
    .about = "take in reports and STIX objects, into the private circle",
    .help = "Nobody else sees what was added until it is released. A report is a text with a header and marked, graded portions (--template shows "
	    "one); STIX is "
	    "2.1, one object or a bundle of any length, marked by --mark or --label, else at the highest level and for this home alone. What cannot "
	    "be taken goes into quarantine and is shown with its place and the reason, and "
	    "the rest goes on; "
	    "add then ends with 65. What bears an ACS marking keeps to it: its label is the stricter of both. With --json each file gives one reply, "
	    "on a line of its own.\n"
	    "To add the same again changes nothing; an add that was interrupted goes on where it stopped.",
    .examples = "comity add --template >report.txt\ncomity add report.txt\ncomity add --mark \"(//IRQ R//REL TO IRQ, RUS)\" bundle.json\ngenerate | "
		"comity add --format stix --source feed -",
    .flags = flags,
    .params = {{"file", '*', true, "FILE"}},
    .op = "add",
    .run = run,
};
