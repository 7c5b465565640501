/* pouch pack, pouch open: by hand, one way. */
#include "cli/ask.h"
#include "cli/file.h"
#include "cli/show.h"
#include "cli/sync_show.h"
#include "cli/tell.h"

static const struct flag pack_flags[] = {
    {"to", 'a', false, "ID", "a member that may open it", 0},
    {"out", 's', true, "FILE", "write it there (else to standard output, if that is no terminal)", 'o'},
    {"since", 's', false, "TIME", "leave out what arrived here before (the reader must have it)", 0},
    {"centre", 's', false, "CENTRE", "which centre", 0},
    {"replace", 'b', true, NULL, "over a file that is there", 0},
    {0},
};

static void
put_packed(struct cli *c, const struct json *r)
{
	struct print *p = &c->out;
	print_own(p, "packed for ");
	print_text(p, show_capitals(c, show_joined(c, json_get(r, STR("to")))));
	print_own(p, ": ");
	show_count(p, show_int(r, "logs"), "log, ", "logs, ");
	show_count(p, show_int(r, "entries"), "entry, ", "entries, ");
	show_count(p, show_int(r, "bytes"), "byte", "bytes");
	print_own(p, "\n");
}

static enum err
run_pack(struct cli *c, struct errinfo *e)
{
	const char *path = cli_flag(c, "out");
	struct file f;
	struct ask a;
	enum err err;
	if (!cli_flag(c, "to"))
		return err_set(e, ERR_USAGE, "pouch pack: for whom? --to ID");
	if (!path && c->out.width) {
		err_set(e, ERR_USAGE, "pouch pack: a pouch is no text for a terminal");
		err_hint(e, "-o FILE");
		return ERR_USAGE;
	}
	if ((err = file_create(path ? path : "-", false, cli_flag(c, "replace") != NULL, &f, e))) {
		if (err == ERR_CONFLICT)
			err_hint(e, "choose another name, or give --replace to write over it");
		return err;
	}
	struct sink out = file_sink(&f);
	ask_begin(&a, c, "pouch-pack");
	ask_given(&a);
	a.to.call.out = &out;
	if (!(err = ask_send(&a, e)) && !(err = file_commit(&f, e))) {
		if (!path && !c->json && !c->quiet)
			show_aside(c, put_packed, a.tree);
		else if (path)
			ask_show(&a, put_packed);
	}
	ask_done(&a);
	file_close(&f);
	return err;
}

const struct cmd cmd_pouch_pack = {
    .name = "pouch pack",
    .group = CMD_EXCHANGE,
    .about = "a sealed file with what the recipients may have, to be carried by hand",
    .help = "An age file that only the recipients' homes open (stock age does too). In it goes what was released to circles that contain every "
	    "recipient.",
    .examples = "comity pouch pack --to rus -o rus-0007.age\ncomity pouch pack --to rus --to irn --since 2015-10-20 -o both.age",
    .flags = pack_flags,
    .op = "pouch-pack",
    .run = run_pack,
};

static const struct flag open_flags[] = {{"centre", 's', false, "CENTRE", "one of this centre alone (else of any that this home is in)", 0}, {0}};

static void
put_opened(struct cli *c, const struct json *r)
{
	SHOW_EACH(one, show_list(r, "items"))
	sync_show_item(c, str_of(c->input), one);
}

static enum err
open_one(struct cli *c, const char *path, struct errinfo *e)
{
	struct file f = {.fd = -1};
	struct ask a;
	c->input = path;
	enum err err = file_open(path, &f, e);
	if (err)
		return err;
	struct source in = file_source(&f);
	ask_begin(&a, c, "pouch-open");
	ask_given(&a);
	a.to.call.in = &in;
	a.to.slow = !file_size(&f);
	if (!(err = ask_send(&a, e))) {
		ask_show(&a, put_opened);
		sync_forked(c, ask_tree(&a));
	}
	ask_done(&a);
	file_close(&f);
	return err;
}

/* What is wrong with one pouch does not keep the others out. */
static enum err
run_open(struct cli *c, struct errinfo *e)
{
	enum err first = OK;
	for (int i = 0; i < c->nargs; i++) {
		enum err err = open_one(c, c->args[i], e);
		if (err == ERR_STOPPED || (err && (i + 1 == c->nargs || !c->home)))
			return err;
		if (err) {
			tell_error(c, err, e);
			first = first ? first : err;
		}
	}
	if (first && !c->status)
		c->status = err_status(first);
	return OK;
}

const struct cmd cmd_pouch_open = {
    .name = "pouch open",
    .group = CMD_EXCHANGE,
    .about = "take in a pouch",
    .help = "Nothing in it is believed that is not signed. Opening one twice, or an old one, changes nothing. One of a centre that "
	    "this home is not in is refused.\n"
	    "Ends with 76 if it brought proof that an author signed two histories.",
    .examples = "comity pouch open irq-0003.age",
    .flags = open_flags,
    .params = {{"file", '+', true, "FILE"}},
    .op = "pouch-open",
    .run = run_open,
};
