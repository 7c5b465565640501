/* logs, log: who released what to whom, and who has vouched for it. */
#include "cli/show.h"

#define FLAG_CENTRE                                                 \
	{                                                           \
		"centre", 's', false, "CENTRE", "of this centre", 0 \
	}
#define FLAG_CIRCLE                                                         \
	{                                                                   \
		"circle", 's', false, "CIRCLE", "of exactly this circle", 0 \
	}

static void
put_logs(struct cli *c, const struct json *r)
{
	static const char *const heads[] = {"circle", "author", "epoch", "state", "entries", "signed", "countersigned by", "earliest", NULL};
	struct print_table t;
	print_table_init(&t, &c->a, heads);
	SHOW_EACH(one, show_list(r, "items"))
	{
		struct print_cell *cell = print_table_row(&t);
		struct str state = show_str(one, "state");
		cell[0].text = show_str(one, "circle");
		cell[1] = (struct print_cell){show_capitals(c, show_str(one, "author")), STYLE_HEAD};
		cell[2].text = show_number(c, show_int(one, "epoch"));
		cell[3] = (struct print_cell){state, str_is(state, "forked") ? STYLE_BAD : STYLE_NONE};
		cell[4].text = show_number(c, show_int(one, "entries"));
		cell[5].text = show_number(c, show_int(one, "signed"));
		cell[6].text = show_capitals(c, show_joined(c, json_get(one, STR("countersigned"))));
		cell[7].text = json_is(json_get(one, STR("earliest")), JSON_NULL) ? STR("-") : show_moment(c, one, "earliest");
	}
	print_table_done(&t, &c->out, 0);
	SHOW_EACH(one, show_list(r, "items"))
	{
		bool gap = json_get(one, STR("held")) != NULL;
		if (!gap && !show_int(one, "lost"))
			continue;
		print_own_styled(&c->out, STYLE_WARN, gap ? "NEW EPOCH " : "LOST ");
		print_text(&c->out, show_str(one, "origin"));
		if (gap)
			print_own(&c->out, ": its author went on in another epoch after a restore or a revoked key; it held %lld of %lld entries",
			    (long long)show_int(one, "held"), (long long)show_int(one, "admitted"));
		print_own(&c->out, "%s %lld that were signed are not here\n", gap ? "," : ":", (long long)show_int(one, "lost"));
	}
	SHOW_EACH(one, show_list(r, "items"))
	{
		if (show_int(one, "signed_before") <= show_int(one, "admits"))
			continue;
		print_own_styled(&c->out, STYLE_BAD, "ADMITS LESS ");
		print_text(&c->out, show_str(one, "origin"));
		print_own(&c->out, ": ");
		show_count(&c->out, show_int(one, "admits"), "entry", "entries");
		print_own(&c->out, " of the epoch before, of which its author signed %lld: serials may be used twice\n",
		    (long long)show_int(one, "signed_before"));
	}
	SHOW_EACH(one, show_list(r, "items"))
	SHOW_EACH(fork, show_list(one, "forks"))
	{
		bool counts = show_true(fork, "counts");
		print_own_styled(&c->out, STYLE_BAD, counts ? "FORK " : "STOPPED ");
		print_text(&c->out, show_str(one, "origin"));
		print_own(&c->out, ", found ");
		print_text(&c->out, show_moment(c, fork, "at"));
		print_own(
		    &c->out, counts ? ": its author signed two histories (--json has the proof)\n"
				    : ": two histories bear a key that was revoked, so they may be anybody's; its author goes on in another epoch\n");
	}
	if (!show_list(r, "items") && !c->quiet)
		print_own_styled(&c->err, STYLE_DIM, "no log yet: one begins with the first add or release\n");
}

static const struct flag logs_flags[] = {FLAG_CENTRE, FLAG_CIRCLE, {0}};

const struct cmd cmd_logs = {
    .name = "logs",
    .group = CMD_EXCHANGE,
    .about = "every log that this home holds: size, countersignatures, forks",
    .flags = logs_flags,
    .op = "logs",
    .render = put_logs,
};

static void
put_said(struct print *p, const char *before, struct str s, enum style style)
{
	if (!s.n)
		return;
	print_own(p, "%s", before);
	print_styled(p, style, s);
}

static void
put_log(struct cli *c, const struct json *r)
{
	struct print *p = &c->out;
	SHOW_EACH(one, show_list(r, "items"))
	{
		print_styled(p, STYLE_DIM, str_sub(show_moment(c, one, "time"), 0, 16));
		put_said(p, "Z  ", show_capitals(c, show_str(one, "author")), STYLE_HEAD);
		put_said(p, " ", show_str(one, "position"), STYLE_NONE);
		put_said(p, "  ", show_str(one, "kind"), STYLE_NONE);
		put_said(p, " -> ", show_capitals(c, show_str(one, "circle")), STYLE_NONE);
		put_said(p, "  ", show_str(one, "serial"), STYLE_NONE);
		put_said(p, "  ", str_sub(show_str(one, "leaf"), 0, 12), STYLE_DIM);
		print_own(p, "\n");
		if (show_str(one, "banner").n) {
			print_own(p, "    ");
			print_mark(p, show_str(one, "banner"));
			print_own(p, "\n");
		}
		put_said(p, "    ", show_str(one, "reason"), STYLE_NONE);
		print_own(p, show_str(one, "reason").n ? "\n" : "");
		SHOW_EACH(target, show_list(one, "targets"))
		{
			put_said(p, "    about ", show_str(target, "id"), STYLE_ID);
			print_own(p, "\n");
		}
		SHOW_EACH(obj, show_list(one, "objects"))
		{
			put_said(p, "    ", show_str(obj, "id"), STYLE_ID);
			if (!str_is(show_str(obj, "state"), "live"))
				put_said(p, "  ", show_str(obj, "state"), STYLE_BAD);
			print_own(p, "\n");
		}
		if (show_int(one, "count") > (int64_t)json_count(json_get(one, STR("objects"))))
			print_own(p, "    … %lld in all\n", (long long)show_int(one, "count"));
	}
	if (show_str(r, "next").n && !c->quiet) {
		print_own_styled(&c->err, STYLE_DIM, "more: the same command with --cursor ");
		print_text(&c->err, show_str(r, "next"));
		print_own(&c->err, "\n");
	}
	if (!show_list(r, "items") && !c->quiet)
		print_own_styled(&c->err, STYLE_DIM, "no entry found\n");
}

static const struct flag log_flags[] = {
    FLAG_CENTRE,
    FLAG_CIRCLE,
    {"author", 's', false, "ID", "by this member", 0},
    {"limit", 'i', false, "N", "at most so many (50)", 'n'},
    {"cursor", 's', false, "CURSOR", "go on where the last list ended", 0},
    {0},
};

const struct cmd cmd_log = {
    .name = "log",
    .group = CMD_EXCHANGE,
    .about = "who released what to whom, newest first",
    .examples = "comity log\ncomity log ID\ncomity log --circle ALL --author rus",
    .flags = log_flags,
    .params = {{"id", '?', false, "ID"}},
    .op = "log",
    .render = put_log,
};
