/* card, card show, key: what a member's keys are, signed by its root key. */
#include "base/limits.h"
#include "cli/ask.h"
#include "cli/file.h"
#include "cli/show.h"

static const struct flag card_flags[] = {
    {"out", 's', true, "FILE", "write the card there (else to standard output)", 'o'},
    {"url", 's', false, "URL", "where this home is reached", 0},
    {"tls", 'b', false, NULL, "state the TLS key even without a URL", 0},
    {"identities", 'a', false, "ID", "a STIX identity that this member speaks as, beside its own", 0},
    {"note", 's', false, "TEXT", "a remark", 0},
    {0},
};

static void
put_card(struct cli *c, const struct json *r)
{
	show_line(c, "member", show_capitals(c, show_str(r, "member")));
	show_line(c, "name", show_str(r, "name"));
	show_line(c, "centre", show_str(r, "centre_id"));
	show_line(c, "made", show_moment(c, r, "time"));
	show_line_styled(c, "fingerprint", STYLE_ID, show_str(r, "fingerprint"));
	show_line(c, "url", show_str(r, "url"));
	show_line(c, "note", show_str(r, "note"));
	show_line(c, "identities", show_joined(c, json_get(r, STR("identities"))));
}

static enum err
run_card(struct cli *c, struct errinfo *e)
{
	const char *out = cli_flag(c, "out");
	struct ask a;
	enum err err;
	ask_begin(&a, c, "card");
	ask_given(&a);
	if ((err = ask_send(&a, e)) || c->json) {
		if (!err)
			ask_show(&a, NULL);
		ask_done(&a);
		return err;
	}
	struct buf b = BUF_INIT(LIMIT_CARD + 1);
	buf_put(&b, show_str(a.tree, "card"));
	buf_putc(&b, '\n');
	if (out) {
		err = file_write(out, buf_str(&b), false, false, e);
	} else {
		print_raw(&c->out, buf_str(&b));
		fflush(c->out.f);
	}
	buf_done(&b);
	if (!err && !c->quiet) {
		show_aside(c, put_card, a.tree);
		print_own_styled(&c->err, STYLE_NOTE, "Whoever takes this card should hear the fingerprint from you.\n");
	}
	ask_done(&a);
	return err;
}

const struct cmd cmd_card = {
    .name = "card",
    .group = CMD_BEGIN,
    .about = "an admission card: one's keys, to be given to whoever writes the charter",
    .help = "The card goes by any way, also an unsafe one; what makes it yours is its fingerprint, which the others must hear from you: by voice, on "
	    "paper, face to face.",
    .examples = "comity card -o irq.card\ncomity card --url https://irq.example:8443 >irq.card",
    .flags = card_flags,
    .op = "card",
    .run = run_card,
};

static enum err
run_card_show(struct cli *c, struct errinfo *e)
{
	for (int i = 0; i < c->nargs; i++) {
		struct buf b = BUF_INIT(LIMIT_CARD + KIB);
		struct ask a;
		c->input = c->args[i];
		enum err err = file_read(c->args[i], "the card", &b, e);
		ask_begin(&a, c, "card-show");
		ask_text(&a, "text", buf_str(&b));
		if (!err && !(err = ask_send_to(&a, NULL, e)))
			ask_show(&a, put_card);
		ask_done(&a);
		buf_done(&b);
		if (err)
			return err;
		if (i + 1 < c->nargs && !c->json)
			print_own(&c->out, "\n");
	}
	return OK;
}

const struct cmd cmd_card_show = {
    .name = "card show",
    .group = CMD_BEGIN,
    .about = "what a card says, and its fingerprint; needs no home",
    .examples = "comity card show rus.card",
    .params = {{"file", '+', true, "FILE"}},
    .op = "card-show",
    .run = run_card_show,
};

static const struct flag key_flags[] = {
    {"centre", 's', false, "CENTRE", "in this centre alone", 0},
    {"url", 's', false, "URL", "where this home is reached from now on; empty: nowhere", 0},
    {"tls", 'b', false, NULL, "state the TLS key", 0},
    {"identities", 'a', false, "ID", "the STIX identities that this member speaks as, all of them", 0},
    {"rotate", 'b', false, NULL, "a new log key: a new epoch of every log begins", 0},
    {"revoked-from", 's', false, "TIME", "what the old key signed from then on counts only if it was countersigned before", 0},
    {"note", 's', false, "TEXT", "a remark", 0},
    {0},
};

static void
put_keys(struct cli *c, const struct json *r)
{
	SHOW_EACH(one, show_list(r, "items"))
	{
		print_own(&c->out, "signed a card for ");
		print_text(&c->out, show_str(one, "centre"));
		print_own(&c->out, ": number %lld, epoch %lld\n", (long long)show_int(one, "counter"), (long long)show_int(one, "epoch"));
	}
	if (!c->quiet)
		print_own_styled(&c->err, STYLE_DIM, "The others get it when they sync.\n");
}

const struct cmd cmd_key = {
    .name = "key",
    .group = CMD_BEGIN,
    .about = "a key card: a new address, new identities, a new log key",
    .help = "Needs the root key and no other member's consent. A log key that may have been stolen is replaced with --rotate --revoked-from.",
    .examples = "comity key --url https://irq.example:8443\ncomity key --rotate --root-key /media/usb/irq.root\ncomity key --rotate --revoked-from "
		"2015-11-03T12:00:00Z",
    .flags = key_flags,
    .op = "key",
    .render = put_keys,
};
