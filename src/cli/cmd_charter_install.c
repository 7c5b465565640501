/* charter install: signed charters taken into a home. To join a centre is to believe its founding charter, so its fingerprint is compared first. */
#include "base/limits.h"
#include "cli/ask.h"
#include "cli/file.h"
#include "cli/show.h"
#include "cli/yes.h"
#include "crypto/fingerprint.h"
#include "govern/vote.h"

enum { FILE_MAX = LIMIT_CHARTER_LINES };

static void
put_installed(struct cli *c, const struct json *r)
{
	struct print *p = &c->out;
	print_styled(p, STYLE_HEAD, show_str(r, "centre"));
	print_own(p, ": charter version %lld, ", (long long)show_int(r, "version"));
	show_count(p, show_int(r, "new"), "new document", "new documents");
	print_own(p, "\n");
	show_line_styled(c, "fingerprint of the centre   ", STYLE_ID, show_str(r, "fingerprint"));
	if (show_int(r, "version") > 1)
		show_line_styled(c, "fingerprint of this charter ", STYLE_ID, show_str(r, "charter_fingerprint"));
	show_line(c, "from", show_moment(c, r, "from"));
	struct str you = show_str(r, "you");
	show_line(c, "you are", you.n ? show_capitals(c, you) : STR("not a member"));
}

static bool
joined(const struct json *centres, const struct hash *id)
{
	char space[80];
	struct buf hex = {.p = space, .cap = sizeof space, .max = sizeof space};
	bool found = false;
	hash_put_hex(&hex, id);
	SHOW_EACH(one, centres)
	found |= str_eq(show_str(one, "centre_id"), buf_str(&hex));
	return found;
}

/* To join a centre is to believe its founding charter, so a person compares that one's fingerprint first. */
static enum err
ask_to_join(struct cli *c, struct str lines, struct errinfo *e)
{
	struct ask a;
	struct str line;
	bool json = c->json;
	if (cli_flag(c, "fingerprint") || cli_flag(c, "yes"))
		return OK;
	ask_begin(&a, c, "centres");
	c->json = false;
	enum err err = ask_send(&a, e);
	c->json = json;
	while (!err && str_line(&lines, &line)) {
		struct signed_charter s;
		struct buf b = BUF_INIT(KIB);
		line = str_trim(line);
		if (!str_starts(line, STR("{\"charter\"")) || signed_charter_parse(line, &c->a, &s, NULL) || s.charter.version != 1 ||
		    joined(show_list(a.tree, "items"), &s.charter.hash))
			continue;
		fingerprint_put(&b, s.charter.hash.b);
		print_own(&c->err, "to join ");
		print_text(&c->err, s.charter.name);
		print_own(&c->err, ", whose fingerprint is\n  ");
		print_styled(&c->err, STYLE_ID, buf_str(&b));
		print_own(&c->err, "\n");
		buf_done(&b);
		if ((err = yes_ask(c, "Is it what another member tells you, by voice or on paper?", e)) == ERR_USAGE)
			err_hint(e, "give what you heard: --fingerprint \"…\"; or --yes, if you need not compare it");
	}
	ask_done(&a);
	return err;
}

static enum err
run_install(struct cli *c, struct errinfo *e)
{
	struct buf b = BUF_INIT(FILE_MAX);
	struct ask a;
	enum err err = OK;
	for (int i = 0; i < c->nargs && !err; i++) {
		c->input = c->args[i];
		if ((err = file_read(c->args[i], "the charter", &b, e)) == ERR_LIMIT)
			err_set(e, err, "more than %d MiB of charters and cards at once", FILE_MAX / MIB);
		buf_putc(&b, '\n');
	}
	if (!err && c->nargs > 1)
		c->input = NULL;
	ask_begin(&a, c, "charter-install");
	ask_given(&a);
	struct str rest = buf_str(&b);
	struct source in = source_of_str(&rest);
	a.to.call.in = &in;
	if (!err)
		err = ask_to_join(c, buf_str(&b), e);
	if (!err && !(err = ask_send(&a, e)))
		ask_show(&a, put_installed);
	ask_done(&a);
	buf_done(&b);
	return err;
}

static const struct flag install_flags[] = {
    {"fingerprint", 's', false, "DIGITS", "the centre's, as heard from another member; another one is refused", 0},
    {"yes", 'b', true, NULL, "join without comparing it", 'y'},
    {0},
};

const struct cmd cmd_charter_install = {
    .name = "charter install",
    .group = CMD_BEGIN,
    .about = "take signed charters and cards into this home: join a centre",
    .help = "To join a centre, its fingerprint (that of its first charter) is compared with what another member says it is: give it, or answer when "
	    "asked. Later charters have fingerprints of their own; they follow on those that are here, and need no comparing.",
    .examples = "comity charter install charter.signed\ncomity charter install charter.signed --fingerprint \"04321 99870 …\"",
    .flags = install_flags,
    .params = {{"files", '+', true, "FILE"}},
    .op = "charter-install",
    .run = run_install,
};
