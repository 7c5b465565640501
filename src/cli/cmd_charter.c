/* charter …: proposed, signed, put together, shown (installed: cmd_charter_install.c). The texts go between members as files; only signatures make
 * them count. */
#include <string.h>

#include "base/limits.h"
#include "cli/file.h"
#include "cli/form.h"
#include "cli/show.h"
#include "govern/vote.h"

enum { FILE_MAX = LIMIT_OBJECT };

#define FLAG_OUT(about)                                                           \
	{                                                                         \
		"out", 's', true, "FILE", about " (else to standard output)", 'o' \
	}
#define FLAG_CENTRE                                                                                        \
	{                                                                                                  \
		"centre", 's', false, "CENTRE", "which centre: its name, or the first digits of its id", 0 \
	}

static void
put_members(struct cli *c, const struct json *members)
{
	static const char *const heads[] = {"member", "name", "", "fingerprint of the root key", NULL};
	struct print_table t;
	print_table_init(&t, &c->a, heads);
	SHOW_EACH(m, members)
	{
		struct print_cell *cell = print_table_row(&t);
		cell[0].text = show_capitals(c, show_str(m, "id"));
		cell[1].text = show_str(m, "name");
		cell[2].text = show_true(m, "departed") ? STR("departed") : show_true(m, "observer") ? STR("observer") : STR_NONE;
		cell[3] = (struct print_cell){show_str(m, "fingerprint"), STYLE_ID};
	}
	print_table_done(&t, &c->out, 2);
}

static void
put_charter(struct cli *c, const struct json *r)
{
	const struct json *rota = json_get(r, STR("rota"));
	struct print *p = &c->out;
	print_styled(p, STYLE_HEAD, show_str(r, "name"));
	print_own(p, ", charter version %lld%s\n", (long long)show_int(r, "version"), show_true(r, "in_force") ? " (in force)" : "");
	show_line_styled(c, "fingerprint", STYLE_ID, show_str(r, "fingerprint"));
	show_line(c, "centre", show_str(r, "centre_id"));
	show_line(c, "signed by", show_capitals(c, show_joined(c, json_get(r, STR("signers")))));
	show_line(c, "from", show_moment(c, r, "from"));
	show_line(c, "rota", show_capitals(c, show_joined(c, json_get(rota, STR("order")))));
	print_own_styled(p, STYLE_DIM, "%-13s", "terms");
	print_own(p, " ");
	print_text(p, show_str(rota, "term"));
	print_own(p, " each, from ");
	print_text(p, show_str(rota, "first"));
	print_own(p, "\n");
	show_line(c, "disputes", show_str(r, "dispute"));
	SHOW_EACH(level, show_list(r, "levels"))
	{
		print_own_styled(p, STYLE_DIM, "%-13s", "level");
		print_own(p, " ");
		print_mark(p, show_str(level, "name"));
		print_own(p, " (");
		print_text(p, show_str(level, "abbr"));
		print_own(p, ")\n");
	}
	SHOW_EACH(one, show_list(r, "quorums"))
	{
		print_own_styled(p, STYLE_DIM, "%-13s", "quorum");
		print_own(p, " ");
		print_text(p, json_key_of(one));
		print_own(p, ": ");
		print_text(p, json_str(one));
		print_own(p, "\n");
	}
	SHOW_EACH(duty, show_list(r, "duties"))
	{
		print_own_styled(p, STYLE_DIM, "%-13s", "duty");
		SHOW_EACH(part, duty)
		{
			if (str_is(json_key_of(part), "text"))
				continue;
			print_own(p, " ");
			print_text(p, json_key_of(part));
			print_own(p, " ");
			print_text(p, json_str(part));
			print_own(p, ":");
		}
		print_own(p, " ");
		print_text(p, show_str(duty, "text"));
		print_own(p, "\n");
	}
	put_members(c, show_list(r, "members"));
}

/* A reply's text (one line) to --out or standard output. */
static enum err
put_out(struct cli *c, struct str text, struct errinfo *e)
{
	const char *out = cli_flag(c, "out");
	struct buf b = BUF_INIT(64 * MIB);
	struct str all;
	buf_put(&b, text);
	if (!str_ends(text, STR("\n")))
		buf_putc(&b, '\n');
	enum err err = buf_take(&b, &all, e);
	if (!err && out)
		err = file_write(out, all, false, false, e);
	else if (!err)
		print_raw(&c->out, all);
	buf_done(&b);
	return err;
}

static const struct flag propose_flags[] = {
    FLAG_OUT("write the charter there"),
    {"centre", 's', false, "CENTRE", "the next charter of this centre (without it and without --name: of the only one here; with --name a first one)",
	0},
    {"name", 's', false, "NAME", "the centre's name", 0},
    {"order", 's', true, "ID,ID,…", "who leads after whom (else as the cards stand)", 0},
    {"term", 's', false, "DURATION", "how long each leads: P3M (three months) if not given", 0},
    {"first", 's', false, "DAY", "first day of the rota", 0},
    {"from", 's', false, "TIME", "when it takes effect (else on the rota's first day; a later charter at the coming midnight UTC)", 0},
    {"leave", 'a', false, "ID", "a member that departs", 0},
    {"observer", 'a', true, "ID", "a member without vote and lead", 0},
    {"level", 'a', true, "NAME,ABBR", "a level, from the lowest up (else UNCLASSIFIED to TOP SECRET)", 0},
    {"no-levels", 'b', true, NULL, "TLP alone", 0},
    {"national", 'a', true, "ID:LEVEL=NAME,ABBR", "what a member itself calls a level", 0},
    {"circle", 'a', true, "NAME=ID,ID,…", "a name for a circle", 0},
    {"quorum", 'a', true, "KIND=N", "how many votes a decision of this kind needs (else more than half)", 0},
    {"duty", 'a', true, "WHEN: TEXT", "a duty of the lead; when is \"every P1M\", \"after P7D\" or \"before P14D\"", 0},
    {"dispute", 's', false, "DURATION", "how long evidence is kept (P1Y)", 0},
    {0},
};

static enum err
put_cards(struct ask *a, struct errinfo *e)
{
	struct cli *c = a->c;
	if (c->nargs == 0)
		return OK;
	json_put_key(&a->w, STR("cards"));
	json_open_array(&a->w);
	for (int i = 0; i < c->nargs; i++) {
		struct buf b = BUF_INIT(LIMIT_CARD + KIB);
		c->input = c->args[i];
		enum err err = file_read(c->args[i], "the card", &b, e);
		json_put_string(&a->w, str_trim(buf_str(&b)));
		buf_done(&b);
		if (err)
			return err;
	}
	json_close(&a->w);
	c->input = NULL;
	return OK;
}

static void
put_observers(struct ask *a)
{
	const char *id;
	if (!cli_flag(a->c, "observer"))
		return;
	json_put_key(&a->w, STR("observers"));
	json_open_array(&a->w);
	for (size_t i = 0; (id = cli_flag_at(a->c, "observer", i)); i++)
		json_put_string(&a->w, str_of(id));
	json_close(&a->w);
}

static enum err
run_propose(struct cli *c, struct errinfo *e)
{
	struct ask a;
	enum err err;
	ask_begin(&a, c, "charter-propose");
	ask_given(&a);
	form_words(&a, "order", cli_flag(c, "order"));
	put_observers(&a);
	if ((err = put_cards(&a, e)) || (err = form_levels(&a, e)) || (err = form_circles(&a, e)) || (err = form_quorums(&a, e)) ||
	    (err = form_duties(&a, e)))
		goto out;
	if ((err = ask_send(&a, e)))
		goto out;
	if (c->json) {
		ask_show(&a, NULL);
	} else if (!(err = put_out(c, show_str(a.tree, "charter"), e)) && !c->quiet) {
		show_aside(c, put_charter, a.tree);
		print_own_styled(&c->err, STYLE_NOTE, "Each member reads it (comity charter show FILE) and signs it (comity charter sign FILE).\n");
	}
out:
	ask_done(&a);
	return err;
}

const struct cmd cmd_charter_propose = {
    .name = "charter propose",
    .group = CMD_BEGIN,
    .about = "write a first or the next charter, from members' cards",
    .help = "The text is for all to read and sign; nothing holds until enough have. Its name for people is its fingerprint.",
    .examples = "comity charter propose --name \"Joint information centre\" --first 2015-10-01 -o charter irq.card rus.card irn.card syr.card\n"
		"# later: a member joins, another leaves\n"
		"comity charter propose --centre joint --leave syr lbn.card -o charter-2",
    .flags = propose_flags,
    .params = {{"card", '*', true, "CARD"}},
    .op = "charter-propose",
    .run = run_propose,
};

static void
put_vote(struct cli *c, const struct json *r)
{
	print_own(&c->out, "signed by ");
	print_text(&c->out, show_capitals(c, show_str(r, "member")));
	print_own(&c->out, ": version %lld\n", (long long)show_int(r, "version"));
	show_line_styled(c, "fingerprint", STYLE_ID, show_str(r, "fingerprint"));
}

/* A command whose input is one file as an argument named `name`, and whose output is one text of the reply. */
static enum err
file_in_text_out(struct cli *c, const char *name, const char *text, void (*aside)(struct cli *c, const struct json *reply), struct errinfo *e)
{
	struct buf b = BUF_INIT(FILE_MAX);
	struct ask a;
	c->input = c->args[0];
	enum err err = file_read(c->args[0], "the charter", &b, e);
	ask_begin(&a, c, c->cmd->op);
	ask_given(&a);
	ask_text(&a, name, buf_str(&b));
	buf_done(&b);
	if (err || (err = ask_send(&a, e)))
		goto out;
	if (c->json)
		ask_show(&a, NULL);
	else if (!(err = put_out(c, show_str(a.tree, text), e)) && !c->quiet)
		show_aside(c, aside, a.tree);
out:
	ask_done(&a);
	return err;
}

static enum err
run_sign(struct cli *c, struct errinfo *e)
{
	return file_in_text_out(c, "charter", "vote", put_vote, e);
}

static const struct flag sign_flags[] = {
    FLAG_OUT("write the signature there"),
    {"another", 'b', false, NULL, "though this home signed another charter that follows on the same one, and that one was given up", 0},
    {0},
};

const struct cmd cmd_charter_sign = {
    .name = "charter sign",
    .group = CMD_BEGIN,
    .about = "sign a charter with the root key: one's vote for it",
    .help =
	"A later charter must take effect at a moment that has not passed by this machine's clock: what was said since, by who had not heard of it, "
	"might count no more. Only one charter may follow on another: a second one is signed with --another alone, since whoever collects enough "
	"votes for both forks the centre, for ever.",
    .examples =
	"comity charter show charter\ncomity charter sign charter -o irq.vote\ncomity charter sign charter --root-key /media/usb/irq.root >irq.vote",
    .flags = sign_flags,
    .params = {{"charter", '1', true, "CHARTER"}},
    .op = "charter-sign",
    .run = run_sign,
};

static void
put_assembled(struct cli *c, const struct json *r)
{
	print_own(&c->out, "signed by ");
	print_text(&c->out, show_capitals(c, show_joined(c, json_get(r, STR("signers")))));
	print_own(&c->out, "\n");
	show_line_styled(c, "fingerprint", STYLE_ID, show_str(r, "fingerprint"));
	if (!show_true(r, "enough")) {
		if (show_true(r, "judged"))
			print_own_styled(&c->out, STYLE_WARN, "%lld of %lld members, which is not enough: ", (long long)show_int(r, "signed_by"),
			    (long long)show_int(r, "voters"));
		else
			print_own_styled(&c->out, STYLE_WARN, "Whether that is enough cannot be said here: ");
		print_text(&c->out, show_str(r, "missing"));
		print_own(&c->out, "\n");
		if (!c->quiet)
			print_own_styled(
			    &c->err, STYLE_NOTE, "once more have signed: comity charter assemble, with all signatures, into another file\n");
	}
}

static enum err
too_few(const struct json *r, struct errinfo *e)
{
	struct str why = show_str(r, "missing");
	err_set(e, ERR_DENIED, "%lld of %lld members have signed, which is not enough: %.*s", (long long)show_int(r, "signed_by"),
	    (long long)show_int(r, "voters"), STR_FMT(str_sub(why, 0, 300)));
	err_hint(e, "once more have signed: comity charter assemble, with all signatures; --partial writes what there is all the same");
	return ERR_DENIED;
}

/* What is no vote at all is told by its file's name. */
static enum err
check_vote(struct cli *c, struct str text, struct errinfo *e)
{
	struct vote v;
	enum err err = vote_parse(text, &c->a, &v, e);
	if (err) {
		err_set(e, err, "this is no signature on a charter");
		err_hint(e, "each member makes its own: comity charter sign CHARTER -o FILE");
	}
	return err;
}

static enum err
run_assemble(struct cli *c, struct errinfo *e)
{
	struct buf b = BUF_INIT(FILE_MAX);
	struct ask a;
	c->input = c->args[0];
	enum err err = file_read(c->args[0], "the charter", &b, e);
	ask_begin(&a, c, "charter-assemble");
	ask_text(&a, "charter", buf_str(&b));
	json_put_key(&a.w, STR("votes"));
	json_open_array(&a.w);
	for (int i = 1; i < c->nargs && !err; i++) {
		buf_clear(&b);
		c->input = c->args[i];
		err = file_read(c->args[i], "the signature", &b, e);
		json_put_string(&a.w, str_trim(buf_str(&b)));
		if (!err)
			err = check_vote(c, str_trim(buf_str(&b)), e);
	}
	json_close(&a.w);
	buf_done(&b);
	if (!err)
		c->input = NULL;
	if (err || (err = home_none(c) ? ask_send_to(&a, NULL, e) : ask_send(&a, e)))
		goto out;
	const struct json *r = ask_tree(&a);
	bool enough = show_true(r, "enough"), pass = enough || !show_true(r, "judged") || cli_flag(c, "partial");
	if (c->json) {
		ask_show(&a, NULL);
		c->status = pass ? 0 : err_status(ERR_DENIED);
	} else if (!pass) {
		err = too_few(r, e);
	} else if (!(err = put_out(c, show_str(r, "signed"), e)) && (!c->quiet || !enough)) {
		show_aside(c, put_assembled, r);
	}
out:
	ask_done(&a);
	return err;
}

static const struct flag assemble_flags[] = {
    FLAG_OUT("write the signed charter there"), {"partial", 'b', true, NULL, "write it though more must sign before it can be installed", 0}, {0}};

const struct cmd cmd_charter_assemble = {
    .name = "charter assemble",
    .group = CMD_BEGIN,
    .about = "put a charter and its signatures into one file",
    .help = "Nothing secret is needed for it, and for a founding charter no home: whoever collects the signatures can do it. "
	    "While they are too few it says how many are missing, writes nothing and ends with 77, unless --partial is given.",
    .examples = "comity charter assemble charter *.vote -o charter.signed",
    .flags = assemble_flags,
    .params = {{"charter", '1', true, "CHARTER"}, {"votes", '+', true, "VOTE"}},
    .op = "charter-assemble",
    .run = run_assemble,
};

static enum err
run_show(struct cli *c, struct errinfo *e)
{
	struct buf b = BUF_INIT(FILE_MAX);
	struct ask a;
	enum err err = OK;
	ask_begin(&a, c, "charter-show");
	ask_given(&a);
	if (c->nargs > 0) {
		c->input = c->args[0];
		err = file_read(c->args[0], "the charter", &b, e);
		ask_text(&a, "text", buf_str(&b));
	}
	buf_done(&b);
	if (!err && !(err = c->nargs > 0 ? ask_send_to(&a, NULL, e) : ask_send(&a, e))) {
		if (cli_flag(c, "text") && !c->json)
			err = put_out(c, show_str(a.tree, "text"), e);
		else
			ask_show(&a, put_charter);
	}
	ask_done(&a);
	return err;
}

static const struct flag show_flags[] = {
    FLAG_CENTRE,
    {"version", 'i', false, "N", "that version (else the one in force)", 0},
    {"text", 'b', true, NULL, "the charter itself, as it is signed", 0},
    FLAG_OUT("with --text: write it there"),
    {0},
};

const struct cmd cmd_charter_show = {
    .name = "charter show",
    .group = CMD_BEGIN,
    .about = "what a charter says: of a file (which needs no home), or the one in force",
    .examples = "comity charter show charter\ncomity charter show --version 1",
    .flags = show_flags,
    .params = {{"file", '?', true, "FILE"}},
    .op = "charter-show",
    .run = run_show,
};

static const struct flag centre_flags[] = {FLAG_CENTRE, {0}};

static void
put_fork(struct cli *c, const struct json *r)
{
	const struct json *fork = json_get_type(r, STR("fork"), JSON_OBJECT);
	if (!fork) {
		if (strcmp(c->cmd->name, "charter fork") == 0)
			print_own(&c->out, "no fork: every charter has one successor at most\n");
		return;
	}
	print_own_styled(&c->out, STYLE_BAD,
	    "FORK after version %lld: two valid charters follow it. Government stops until a meeting of the members decides.\n",
	    (long long)show_int(fork, "before"));
	SHOW_EACH(branch, show_list(fork, "branches"))
	show_line(c, "  branch", show_str(branch, "hash"));
	show_line_styled(c, "  signed both", STYLE_BAD, show_capitals(c, show_joined(c, json_get(fork, STR("signed_both")))));
}

static void
put_log(struct cli *c, const struct json *r)
{
	static const char *const heads[] = {"version", "from", "until", "", "fingerprint", NULL};
	struct print_table t;
	print_table_init(&t, &c->a, heads);
	SHOW_EACH(one, show_list(r, "items"))
	{
		struct print_cell *cell = print_table_row(&t);
		cell[0].text = show_number(c, show_int(one, "version"));
		cell[1].text = show_moment(c, one, "from");
		cell[2].text = show_moment(c, one, "until");
		cell[3].text = show_true(one, "in_force") ? STR("in force") : STR_NONE;
		cell[4] = (struct print_cell){show_str(one, "fingerprint"), STYLE_ID};
	}
	print_table_done(&t, &c->out, 0);
	put_fork(c, r);
}

const struct cmd cmd_charter_log = {
    .name = "charter log",
    .group = CMD_BEGIN,
    .about = "all charters of a centre, oldest first",
    .flags = centre_flags,
    .op = "charter-log",
    .render = put_log,
};

const struct cmd cmd_charter_fork = {
    .name = "charter fork",
    .group = CMD_BEGIN,
    .about = "whether two charters follow on the same one, and who signed both",
    .flags = centre_flags,
    .op = "charter-log",
    .render = put_fork,
};

static void
put_exported(struct cli *c, const struct json *r)
{
	print_text(&c->out, show_str(r, "centre"));
	print_own(&c->out, ": ");
	show_count(&c->out, show_int(r, "documents"), "charter or card", "charters and cards");
	print_own(&c->out, "\n");
}

/* As they are read, so that they may be as many as there are; with --json alone they are in the reply. */
static enum err
run_export(struct cli *c, struct errinfo *e)
{
	const char *path = cli_flag(c, "out");
	struct file f = {.fd = -1};
	struct ask a;
	enum err err;
	bool json = c->json && !path;
	if (!json && (err = file_create(path ? path : "-", false, false, &f, e)))
		return err;
	struct sink out = file_sink(&f);
	ask_begin(&a, c, "charter-export");
	ask_given(&a);
	a.to.call.out = json ? NULL : &out;
	if (!(err = ask_send(&a, e)) && (json || !(err = file_commit(&f, e)))) {
		if (c->json)
			ask_show(&a, NULL);
		else if (path && !c->quiet)
			show_aside(c, put_exported, a.tree);
	}
	ask_done(&a);
	file_close(&f);
	return err;
}

static const struct flag export_flags[] = {FLAG_CENTRE, FLAG_OUT("write them there"), {0}};

const struct cmd cmd_charter_export = {
    .name = "charter export",
    .group = CMD_BEGIN,
    .about = "all signed charters and cards, for a new home of a member",
    .examples = "comity charter export -o joint.charters",
    .flags = export_flags,
    .op = "charter-export",
    .run = run_export,
};
