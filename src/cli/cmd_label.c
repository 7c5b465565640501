/* label: what an object's label is, in whatever form it is wanted, and what a label that somebody else wrote means here. */
#include "cli/ask.h"
#include "cli/file.h"
#include "cli/show.h"

static const struct flag flags[] = {
    {"form", 's', false, "FORM", "mark, json, stanag (XML), stanag-json or acs (a STIX marking-definition): that text alone", 0},
    {"read", 's', true, "FILE", "read the label in this file, of any of these forms, instead of an object's", 0},
    {"centre", 's', false, "CENTRE", "of this centre", 0},
    {"circle", 's', false, "CIRCLE", "of what was released to exactly this circle", 0},
    {"author", 's', false, "ID", "of what this member released", 0},
    {"modified", 's', false, "TIME", "of that version", 0},
    {0},
};

static void
put_notes(struct cli *c, const struct json *r)
{
	SHOW_EACH(one, show_list(r, "notes"))
	{
		print_own_styled(&c->err, STYLE_NOTE, "note: ");
		print_text(&c->err, json_str(one));
		print_own(&c->err, "\n");
	}
}

static void
put(struct cli *c, const struct json *r)
{
	const struct json *text = json_get(r, STR("text")), *label = json_get(r, STR("label"));
	if (text) {
		struct str line, rest = json_str(text);
		while (rest.n) {
			str_cut(rest, '\n', &line, &rest);
			print_text(&c->out, line);
			print_own(&c->out, "\n");
		}
	} else {
		struct buf b = BUF_INIT(LIMIT_LABEL_FILE);
		struct json_writer w;
		json_write_init(&w, &b, 0);
		json_put_node(&w, label);
		json_write_done(&w);
		show_line(c, "banner", show_str(r, "banner"));
		show_line(c, "portion", show_str(r, "mark"));
		show_line(c, "label", buf_str(&b));
		buf_done(&b);
	}
	put_notes(c, r);
}

static enum err
one(struct cli *c, const char *id, const struct source *in, struct errinfo *e)
{
	struct ask a;
	enum err err;
	ask_begin(&a, c, "label");
	ask_given(&a);
	ask_str(&a, "id", id);
	a.to.call.in = in;
	a.to.slow = in != NULL;
	if (!(err = ask_send(&a, e)))
		ask_show(&a, put);
	ask_done(&a);
	return err;
}

static enum err
run(struct cli *c, struct errinfo *e)
{
	const char *path = cli_flag(c, "read");
	struct file f = {.fd = -1};
	enum err err = OK;
	if (!path == !c->nargs) {
		err_set(e, ERR_USAGE, "label: the label of what? Name objects, or a file: --read FILE");
		err_hint(e, "comity help label");
		return ERR_USAGE;
	}
	for (int i = 0; i < c->nargs && !err; i++)
		err = one(c, c->args[i], NULL, e);
	if (!path)
		return err;
	if ((err = file_open(path, &f, e)))
		return err;
	struct source in = file_source(&f);
	c->input = path;
	err = one(c, NULL, &in, e);
	file_close(&f);
	return err;
}

const struct cmd cmd_label = {
    .name = "label",
    .group = CMD_KNOW,
    .about = "the label of an object, or of a file, in the forms that others use",
    .help =
	"Without --form it is shown as banner, portion mark and JSON. The forms of others: STANAG 4774 as XML (originatorConfidentialityLabel) and "
	"as JSON (as STANAG 5636 has it), and the ACS marking of STIX.\n"
	"What is read never means more here than it said. A restriction that is not known here, another policy or classification and an unreadable "
	"date are refused with their place; those who may have it and are no members are left out, and told. In STANAG 4774 the policy is this "
	"centre's id, or a member's id in capitals with that member's own words for levels; PERMISSIVE \"Releasable To\" is the circle; RESTRICTIVE "
	"are \"Compartment\", \"Dissemination\" (ORCON), \"TLP\", \"Valid Until\", \"Delete By\"; INFORMATIVE is \"Owner\".\n"
	"comity add --label FILE gives a bundle such a label.",
    .examples = "comity label ID\ncomity label ID --form stanag >label.xml\ncomity label --read label.xml\ncomity add --label label.xml bundle.json",
    .flags = flags,
    .params = {{"ids", '*', true, "ID"}},
    .op = "label",
    .run = run,
};
