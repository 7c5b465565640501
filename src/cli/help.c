#include "cli/help.h"

#include <string.h>

#include "base/limits.h"
#include "cli/args.h"
#include "cli/safe.h"

/* Exit statuses that err.h gives, each once, with what they mean there. */
static const struct {
	int status;
	const char *meaning;
} statuses[] = {
    {0, "done"},
    {64, "not how it is called: unknown command, flag or argument"},
    {65, "the input is not well-formed, breaks the rules of its format, or is over a limit"},
    {66, "not here, or not to be seen"},
    {70, "a stored file is damaged"},
    {71, "out of memory"},
    {73, "something else stands there already"},
    {74, "reading or writing failed, or no space is left"},
    {75, "not now: in use by another process, the clock cannot be trusted, or stopped by Ctrl-C; try again"},
    {76, "a signature, hash or proof does not hold, or an author has signed two histories"},
    {77, "not allowed"},
    {78, "made by a newer version"},
};

static void
put_names(struct print *p, const struct cmd *cmd)
{
	print_own(p, "  ");
	print_own_styled(p, STYLE_HEAD, "%-18s", cmd->name);
	print_own(p, " %s\n", cmd->about);
}

void
help_short(struct print *p)
{
	print_own(
	    p, "Comity: a joint information centre for those who do not fully trust one another.\n\nusage: comity COMMAND [FLAG…] [ARGUMENT…]\n");
	for (int g = 0; g < CMD_HIDDEN; g++) {
		print_own(p, "\n%s\n", cmd_group_names[g]);
		for (size_t i = 0; i < cmd_count; i++)
			if ((int)cmd_table[i]->group == g)
				put_names(p, cmd_table[i]);
	}
	print_own(p, "\ncomity help COMMAND tells more, comity help --man everything. Topics: ");
	help_topics(p, ", ");
	print_own(p, ".\n");
}

bool
help_family(struct print *p, struct str word)
{
	bool any = false;
	for (size_t i = 0; i < cmd_count; i++) {
		struct str name = str_of(cmd_table[i]->name);
		if (cmd_table[i]->group != CMD_HIDDEN && str_starts(name, word) && (name.n == word.n || name.p[word.n] == ' ')) {
			put_names(p, cmd_table[i]);
			any = true;
		}
	}
	return any;
}

enum { FLAGS_WIDE = 27 }; /* columns of the flags, before what they do */

static void
put_flags(struct print *p, const struct flag *f)
{
	for (; f && f->name; f++) {
		struct buf b = BUF_INIT(200);
		if (f->letter)
			buf_printf(&b, "-%c, ", f->letter);
		buf_printf(&b, "--%s", f->name);
		if (f->value)
			buf_printf(&b, f->type == 'b' ? "[=%s]" : " %s", f->value);
		print_own(p, "  ");
		print_own_styled(p, STYLE_HEAD, "%.*s", STR_FMT(buf_str(&b)));
		size_t used = safe_width(buf_str(&b)) + 2;
		print_own(p, used < FLAGS_WIDE ? "" : "\n");
		print_own(p, "%*s%s%s\n", (int)(used < FLAGS_WIDE ? FLAGS_WIDE - used : FLAGS_WIDE), "", f->about,
		    f->type == 'a' ? " (may be given several times)" : "");
		buf_done(&b);
	}
}

static void
put_examples(struct print *p, const char *examples)
{
	struct str rest = str_of(examples), line;
	while (str_line(&rest, &line)) {
		print_own(p, "  ");
		print_own_styled(p, line.n && line.p[0] == '#' ? STYLE_DIM : STYLE_NONE, "%.*s", STR_FMT(line));
		print_own(p, "\n");
	}
}

void
help_cmd(struct print *p, const struct cmd *cmd)
{
	struct buf b = BUF_INIT(KIB);
	args_usage(&b, cmd);
	print_own(p, "comity %s: %s\n\nusage: %.*s\n", cmd->name, cmd->about, STR_FMT(buf_str(&b)));
	buf_done(&b);
	if (cmd->help) {
		print_own(p, "\n");
		print_block(p, str_of(cmd->help), 0);
	}
	if (cmd->flags) {
		print_own(p, "\nflags:\n");
		put_flags(p, cmd->flags);
	}
	if (cmd->examples) {
		print_own(p, "\nexamples:\n");
		put_examples(p, cmd->examples);
	}
	print_own(p, "\nflags of every command:\n");
	put_flags(p, cmd_global_flags);
}

void
help_statuses(struct print *p)
{
	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
		print_own(p, "  %2d  %s\n", statuses[i].status, statuses[i].meaning);
}

/* Text in roff: a backslash, and a dot or quote that begins a line, mean something there. */
static void
roff(struct print *p, struct str s)
{
	bool start = true;
	for (size_t i = 0; i < s.n; i++) {
		char ch = s.p[i];
		if (start && (ch == '.' || ch == '\''))
			print_own(p, "\\&");
		if (ch == '\\')
			print_own(p, "\\e");
		else if (ch == '-')
			print_own(p, "\\-");
		else
			print_raw(p, str_bytes(&ch, 1));
		start = ch == '\n';
	}
}

static void
roff_puts(struct print *p, const char *s)
{
	roff(p, str_of(s));
}

static void
man_flags(struct print *p, const struct flag *f)
{
	for (; f && f->name; f++) {
		print_own(p, ".TP\n");
		if (f->letter)
			print_own(p, "\\fB\\-%c\\fR, ", f->letter);
		print_own(p, "\\fB\\-\\-");
		roff_puts(p, f->name);
		print_own(p, "\\fR");
		if (f->value) {
			print_own(p, f->type == 'b' ? "[=\\fI" : " \\fI");
			roff_puts(p, f->value);
			print_own(p, f->type == 'b' ? "\\fR]" : "\\fR");
		}
		print_own(p, "\n");
		roff_puts(p, f->about);
		print_own(p, "%s\n", f->type == 'a' ? " (may be given several times)" : "");
	}
}

static void
man_cmd(struct print *p, const struct cmd *cmd)
{
	struct buf b = BUF_INIT(KIB);
	args_usage(&b, cmd);
	print_own(p, ".SS ");
	roff(p, buf_str(&b));
	print_own(p, "\n");
	buf_done(&b);
	roff_puts(p, cmd->about);
	print_own(p, ".\n");
	if (cmd->help) {
		print_own(p, ".PP\n");
		roff_puts(p, cmd->help);
		print_own(p, "\n");
	}
	man_flags(p, cmd->flags);
	if (cmd->examples) {
		print_own(p, ".PP\n.nf\n");
		roff_puts(p, cmd->examples);
		print_own(p, "\n.fi\n");
	}
}

void
help_man(struct print *p)
{
	print_own(p, ".TH COMITY 1\n.SH NAME\ncomity \\- a joint information centre for those who do not fully trust one another\n"
		     ".SH SYNOPSIS\n\\fBcomity\\fR \\fICOMMAND\\fR [\\fIFLAG\\fR...] [\\fIARGUMENT\\fR...]\n.SH DESCRIPTION\n"
		     "Members of a centre (states, agencies, emergency teams, relief organisations) each keep a home: one directory with their keys, "
		     "what they know and\n"
		     "what was released to them. What is released to a set of members is held by exactly those, signed by its author, and cannot be "
		     "altered or denied later.\n"
		     ".PP\nA command works in the home that \\fB\\-\\-home\\fR or $COMITY_HOME names, else in the first one from the current "
		     "directory upwards.\n"
		     "Every command prints what its operation replied with \\fB\\-\\-json\\fR, and its errors as one JSON object on standard error.\n"
		     ".SH FLAGS OF EVERY COMMAND\n");
	man_flags(p, cmd_global_flags);
	print_own(p, ".SH COMMANDS\n");
	for (int g = 0; g < CMD_HIDDEN; g++)
		for (size_t i = 0; i < cmd_count; i++)
			if ((int)cmd_table[i]->group == g)
				man_cmd(p, cmd_table[i]);
	print_own(p, ".SH EXIT STATUS\n");
	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
		print_own(p, ".TP\n%d\n%s\n", statuses[i].status, statuses[i].meaning);
	print_own(p, ".PP\n\\fBcomity status \\-\\-check\\fR ends as monitoring programs expect: 0 all is well, 1 warning, 2 critical, 3 not known.\n"
		     ".SH ENVIRONMENT\n.TP\n\\fBCOMITY_HOME\\fR\nthe home, where no \\fB\\-\\-home\\fR is given\n"
		     ".TP\n\\fBNO_COLOR\\fR\nif set, no colours\n.TP\n\\fBLOGNAME\\fR, \\fBUSER\\fR\nwho is named in the audit trail without "
		     "\\fB\\-\\-as\\fR\n");
}
