/* verify, rebuild, settle: is the home whole, and how it becomes so again. */
#include "base/limits.h"
#include "cli/ask.h"
#include "cli/show.h"
#include "cli/yes.h"

static void
put_verified(struct cli *c, const struct json *r)
{
	struct print *p = &c->out;
	int64_t faults = show_int(r, "faults");
	SHOW_EACH(one, show_list(r, "items"))
	{
		print_styled(p, STYLE_BAD, show_str(one, "code"));
		print_own(p, " ");
		print_text(p, show_str(one, "origin"));
		if (json_get(one, STR("index")))
			print_own(p, ", entry %lld", (long long)show_int(one, "index"));
		print_own(p, ": ");
		print_text(p, show_str(one, "what"));
		print_own(p, "\n");
	}
	show_count(p, show_int(r, "charters"), "charter, ", "charters, ");
	show_count(p, show_int(r, "logs"), "log, ", "logs, ");
	show_count(p, show_int(r, "entries"), "entry, ", "entries, ");
	show_count(p, show_int(r, "objects"), "object, ", "objects, ");
	show_count(p, show_int(r, "checkpoints"), "checkpoint, ", "checkpoints, ");
	show_count(p, show_int(r, "countersignatures"), "countersignature", "countersignatures");
	print_own(p, " checked\n");
	if (show_int(r, "late"))
		print_own_styled(p, STYLE_WARN, "entries not countersigned in time: %lld\n", (long long)show_int(r, "late"));
	if (show_int(r, "revoked"))
		print_own_styled(p, STYLE_WARN, "countersignatures of a key that was revoked from before they were made, and do not count: %lld\n",
		    (long long)show_int(r, "revoked"));
	if (show_int(r, "forks"))
		print_own_styled(p, STYLE_BAD, "proofs of forks held: %lld (comity logs)\n", (long long)show_int(r, "forks"));
	if (show_int(r, "gaps") || show_int(r, "lost")) {
		show_count(
		    p, show_int(r, "gaps"), "epoch was begun after a restore or a revoked key", "epochs were begun after a restore or a revoked key");
		print_own_styled(p, STYLE_WARN, "; entries that were signed and are not here: %lld (comity logs)\n", (long long)show_int(r, "lost"));
	}
	if (faults)
		print_own_styled(p, STYLE_BAD, "FAULTS: %lld\n", (long long)faults);
	else
		print_own_styled(p, STYLE_GOOD, "no fault\n");
}

static enum err
run_verify(struct cli *c, struct errinfo *e)
{
	struct ask a;
	const struct json *r;
	enum err err;
	ask_begin(&a, c, "verify");
	if (!(err = ask_send(&a, e))) {
		ask_show(&a, put_verified);
		r = ask_tree(&a);
		if (!r || show_int(r, "faults"))
			c->status = err_status(ERR_VERIFY);
	}
	ask_done(&a);
	return err;
}

const struct cmd cmd_verify = {
    .name = "verify",
    .group = CMD_NODE,
    .about = "check all that this home holds, from bytes to signatures",
    .help = "Every log is hashed again and compared with what its author and others signed. Ends with 76 if there is a fault.",
    .op = "verify",
    .run = run_verify,
};

static void
put_rebuilt(struct cli *c, const struct json *r)
{
	print_own(&c->out, "the view was made anew from ");
	show_count(&c->out, show_int(r, "arrivals"), "entry", "entries");
	print_own(&c->out, show_true(r, "equal") ? ", and is what it was\n" : "; it was another before\n");
}

static const struct flag rebuild_flags[] = {{"check", 'b', false, NULL, "fail if the new view differs from the old", 0}, {0}};

const struct cmd cmd_rebuild = {
    .name = "rebuild",
    .group = CMD_NODE,
    .about = "make the view (what is searched and listed) anew from the record",
    .help = "Nothing is lost by it: the view is a function of the record.",
    .flags = rebuild_flags,
    .op = "rebuild",
    .render = put_rebuilt,
};

static void
put_settled(struct cli *c, const struct json *r)
{
	struct str waiting = show_joined(c, json_get(r, STR("waiting")));
	print_own(&c->out, waiting.n ? "still to be asked: " : "settled: nobody is left to be asked");
	print_text(&c->out, show_capitals(c, waiting));
	print_own(&c->out, "\n");
}

static void
put_new_epoch(struct cli *c, const struct json *r)
{
	struct print *p = &c->out;
	SHOW_EACH(one, show_list(r, "items"))
	{
		struct str asked = show_joined(c, json_get(one, STR("asked"))), unasked = show_joined(c, json_get(one, STR("unasked")));
		print_styled(p, STYLE_HEAD, show_str(one, "centre"));
		print_own(p, ": asked: ");
		print_text(p, asked.n ? show_capitals(c, asked) : STR("nobody"));
		if (unasked.n) {
			print_own_styled(p, STYLE_WARN, "; not asked: ");
			print_text(p, show_capitals(c, unasked));
			print_own(p, " (what they alone know of our logs is then told by nobody)");
		}
		print_own(p, "\n");
		SHOW_EACH(lost, show_list(one, "lost"))
		{
			print_own(p, "    ");
			print_text(p, show_capitals(c, show_str(lost, "circle")));
			print_own(p, ": %lld entries were signed, %lld are here\n", (long long)show_int(lost, "signed"),
			    (long long)show_int(lost, "entries"));
		}
	}
	SHOW_EACH(card, show_list(r, "cards"))
	{
		print_own(p, "signed a card for ");
		print_text(p, show_str(card, "centre"));
		print_own(p, ": number %lld, epoch %lld\n", (long long)show_int(card, "counter"), (long long)show_int(card, "epoch"));
	}
	if (show_true(r, "done"))
		print_own(p, "The home has a new log key, and can release again. The others get the card when they sync.\n");
	else
		print_own(p, "A card with a new log key would be signed for each. Every log goes on in a new epoch, which begins with the largest "
			     "checkpoint known and says that entries before it were lost; serials go on after them.\n");
}

static enum err
new_epoch(struct cli *c, bool really, struct errinfo *e)
{
	struct ask a;
	bool json = c->json;
	ask_begin(&a, c, "new-epoch");
	ask_bool(&a, "do", really);
	c->json = json && (really || cli_flag(c, "dry-run"));
	enum err err = ask_send(&a, e);
	if (!err)
		ask_show(&a, put_new_epoch);
	c->json = json;
	ask_done(&a);
	return err;
}

static enum err
run_settle(struct cli *c, struct errinfo *e)
{
	enum err err;
	if (!cli_flag(c, "new-epoch"))
		return ask_run(c, e);
	if (cli_flag(c, "without") || cli_flag(c, "reason") || cli_flag(c, "centre")) {
		err_set(e, ERR_USAGE,
		    "settle --new-epoch is for all centres of this home at once, and takes neither --without nor --reason nor --centre");
		err_hint(e, "they have one log key");
		return ERR_USAGE;
	}
	if (!cli_flag(c, "yes") && (err = new_epoch(c, false, e)))
		return err;
	if (cli_flag(c, "dry-run"))
		return OK;
	return (err = yes_ask(c, "begin new epochs?", e)) ? err : new_epoch(c, true, e);
}

static const struct flag settle_flags[] = {
    {"new-epoch", 'b', true, NULL, "go on with a new log key; shows first what it will do", 0},
    {"dry-run", 'b', true, NULL, "with --new-epoch: show what it will do, do nothing", 'n'},
    {"yes", 'b', true, NULL, "do it without asking", 'y'},
    {"without", 's', false, "ID", "the member that cannot be reached any more", 0},
    {"reason", 's', false, "TEXT", "why; goes into the audit trail", 'm'},
    {"centre", 's', false, "CENTRE", "in this centre", 0},
    {0},
};

const struct cmd cmd_settle = {
    .name = "settle",
    .group = CMD_EXCHANGE,
    .about = "after a restore: go on although not all can be had back",
    .help =
	"A restored or copied home asks every member what it already signed before it signs again, so that it never becomes a forger. comity sync "
	"does that. Where a member cannot be reached, or nobody has what this home signed, --new-epoch goes on with a new log key (it needs the root "
	"key, and one member at least asked before): no fork can come of it, and what was lost is told to the others.\n"
	"--without is for who has nobody left to ask, or no root key. If that member holds entries which this home has forgotten, a fork can "
	"follow.",
    .examples = "comity settle --new-epoch --dry-run\ncomity settle --new-epoch --yes --root-key /media/usb/irq.root\ncomity settle --without rus "
		"--reason \"its house burnt down\"",
    .flags = settle_flags,
    .op = "settle",
    .render = put_settled,
    .run = run_settle,
};
