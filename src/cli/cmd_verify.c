/* verify, rebuild, settle: is the home whole, and how it becomes so again. */
#include "base/limits.h"
#include "cli/ask.h"
#include "cli/show.h"

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
	if (show_int(r, "forks"))
		print_own_styled(p, STYLE_BAD, "proofs of forks held: %lld (comity logs)\n", (long long)show_int(r, "forks"));
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

static const struct flag settle_flags[] = {
    {"without", 's', false, "ID", "the member that cannot be reached any more", 0},
    {"reason", 's', false, "TEXT", "why; goes into the audit trail", 'm'},
    {"centre", 's', false, "CENTRE", "in this centre", 0},
    {0},
};

const struct cmd cmd_settle = {
    .name = "settle",
    .group = CMD_EXCHANGE,
    .about = "after a restore: go on without a member that cannot be reached",
    .help = "A restored home asks every member what it already signed before it signs again, so that it never becomes a forger. comity sync does "
	    "that; this is for the "
	    "case that a member will not be reached any more. If that member holds entries which this home has forgotten, a fork can follow.",
    .flags = settle_flags,
    .op = "settle",
    .render = put_settled,
};
