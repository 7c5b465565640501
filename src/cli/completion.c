/* Completion for shells: commands, their second words and their flags, as the table has them. */
#include <string.h>

#include "cli/help.h"

static void
words(struct print *p, bool second_of, struct str first)
{
	const char *sep = "";
	for (size_t i = 0; i < cmd_count; i++) {
		struct str name = str_of(cmd_table[i]->name), head, tail;
		if (cmd_table[i]->group == CMD_HIDDEN)
			continue;
		bool two = str_cut(name, ' ', &head, &tail);
		if (second_of) {
			if (two && str_eq(head, first)) {
				print_own(p, "%s%.*s", sep, STR_FMT(tail));
				sep = " ";
			}
			continue;
		}
		bool seen = false; /* the first word of a family stands once */
		for (size_t k = 0; k < i && !seen; k++) {
			struct str before, unused;
			str_cut(str_of(cmd_table[k]->name), ' ', &before, &unused);
			seen = str_eq(before, head) && cmd_table[k]->group != CMD_HIDDEN;
		}
		if (!seen) {
			print_own(p, "%s%.*s", sep, STR_FMT(head));
			sep = " ";
		}
	}
}

static void
flags(struct print *p, const struct flag *f)
{
	for (; f && f->name; f++)
		print_own(p, " --%s", f->name);
}

/* Calls each with the first word of every family. */
static void
families(struct print *p, void (*each)(struct print *p, struct str first))
{
	struct str last = STR_NONE;
	for (size_t i = 0; i < cmd_count; i++) {
		struct str head, tail;
		if (cmd_table[i]->group == CMD_HIDDEN || !str_cut(str_of(cmd_table[i]->name), ' ', &head, &tail) || str_eq(head, last))
			continue;
		bool seen = false;
		for (size_t k = 0; k < i && !seen; k++) {
			struct str before, unused;
			seen = str_cut(str_of(cmd_table[k]->name), ' ', &before, &unused) && str_eq(before, head);
		}
		if (!seen)
			each(p, head);
		last = head;
	}
}

static void
bash_family(struct print *p, struct str first)
{
	print_own(p, "\t\t%.*s) second='", STR_FMT(first));
	words(p, true, first);
	print_own(p, "' ;;\n");
}

static void
bash(struct print *p)
{
	print_own(p, "# completion of comity for bash\n"
		     "_comity() {\n"
		     "\tlocal cur=${COMP_WORDS[COMP_CWORD]} i word first= name= second= flags=\n"
		     "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
		     "\t\tword=${COMP_WORDS[i]}\n"
		     "\t\tcase $word in\n"
		     "\t\t-C|--home|--as|--position|--clearance|--root-key|--clock|--color) ((i++)) ;;\n"
		     "\t\t-*) ;;\n"
		     "\t\t*) if [ -z \"$first\" ]; then first=$word; elif [ -z \"$name\" ]; then name=\"$first $word\"; fi ;;\n"
		     "\t\tesac\n"
		     "\tdone\n"
		     "\tif [ -z \"$first\" ]; then\n"
		     "\t\tCOMPREPLY=($(compgen -W '");
	words(p, false, STR_NONE);
	flags(p, cmd_global_flags);
	print_own(p, "' -- \"$cur\"))\n\t\treturn\n\tfi\n\tcase $first in\n");
	families(p, bash_family);
	print_own(p, "\t\thelp) second='");
	words(p, false, STR_NONE);
	print_own(p, " ");
	help_topics(p, " ");
	print_own(p, "' ;;\n\tesac\n\tcase $name in\n");
	for (size_t i = 0; i < cmd_count; i++)
		if (cmd_table[i]->group != CMD_HIDDEN && cmd_table[i]->flags && strchr(cmd_table[i]->name, ' ')) {
			print_own(p, "\t\t'%s') flags='", cmd_table[i]->name);
			flags(p, cmd_table[i]->flags);
			print_own(p, "' ;;\n");
		}
	print_own(p, "\t\t*) case $first in\n");
	for (size_t i = 0; i < cmd_count; i++)
		if (cmd_table[i]->group != CMD_HIDDEN && cmd_table[i]->flags && !strchr(cmd_table[i]->name, ' ')) {
			print_own(p, "\t\t\t%s) flags='", cmd_table[i]->name);
			flags(p, cmd_table[i]->flags);
			print_own(p, "' ;;\n");
		}
	print_own(p, "\t\tesac ;;\n\tesac\n"
		     "\tcase $cur in\n\t-*) COMPREPLY=($(compgen -W \"$flags");
	flags(p, cmd_global_flags);
	print_own(p, "\" -- \"$cur\")) ;;\n"
		     "\t*) COMPREPLY=($(compgen -W \"$second\" -- \"$cur\") $(compgen -f -- \"$cur\")) ;;\n"
		     "\tesac\n}\n"
		     "complete -o filenames -F _comity comity\n");
}

/* In single quotes a single quote cannot stand. */
static void
quoted(struct print *p, const char *s)
{
	for (; *s; s++)
		print_own(p, *s == '\'' ? "'\\''" : "%c", *s);
}

static void
fish(struct print *p)
{
	print_own(p, "# completion of comity for fish\n");
	for (const struct flag *f = cmd_global_flags; f->name; f++) {
		print_own(p, "complete -c comity -l %s", f->name);
		if (f->letter)
			print_own(p, " -s %c", f->letter);
		print_own(p, "%s -d '", f->type == 'b' ? "" : " -r");
		quoted(p, f->about);
		print_own(p, "'\n");
	}
	for (size_t i = 0; i < cmd_count; i++) {
		const struct cmd *cmd = cmd_table[i];
		struct str head, tail;
		if (cmd->group == CMD_HIDDEN)
			continue;
		bool two = str_cut(str_of(cmd->name), ' ', &head, &tail);
		if (two)
			print_own(p, "complete -c comity -n '__fish_seen_subcommand_from %.*s' -a %.*s -d '", STR_FMT(head), STR_FMT(tail));
		else
			print_own(p, "complete -c comity -n __fish_use_subcommand -a %s -d '", cmd->name);
		quoted(p, cmd->about);
		print_own(p, "'\n");
		for (const struct flag *f = cmd->flags; f && f->name; f++) {
			print_own(p, "complete -c comity -n '__fish_seen_subcommand_from %.*s' -l %s%s -d '", STR_FMT(head), f->name,
			    f->type == 'b' ? "" : " -r");
			quoted(p, f->about);
			print_own(p, "'\n");
		}
	}
}

enum err
completion_put(struct print *p, struct str shell, struct errinfo *e)
{
	if (str_is(shell, "bash")) {
		bash(p);
	} else if (str_is(shell, "zsh")) { /* zsh runs bash's */
		print_own(p, "#compdef comity\nautoload -U +X bashcompinit && bashcompinit\n");
		bash(p);
	} else if (str_is(shell, "fish")) {
		fish(p);
	} else {
		err_set(e, ERR_USAGE, "no completion for \"%.*s\"", STR_FMT(str_sub(shell, 0, 40)));
		err_hint(e, "bash, zsh or fish");
		return ERR_USAGE;
	}
	return OK;
}
