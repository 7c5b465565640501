/* help: what the table of commands says, as short help, as the page of one command, as the man page and as completion for shells. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/cmd.h"

void help_short(struct print *p);                      /* comity alone: the commands by groups */
void help_cmd(struct print *p, const struct cmd *cmd); /* comity help CMD */
/* The commands whose name begins with this word; false if there is none. */
bool help_family(struct print *p, struct str word);
/* A topic that is no command (comity help marks); false if there is none of that name. */
bool help_topic(struct print *p, struct str name);
void help_topics(struct print *p, const char *sep); /* their names, in a line */
void help_man(struct print *p);                     /* the man page, in man(7) */
void help_statuses(struct print *p);
/* {"commands":[{"name","group","about","help","examples","arguments":[{"value","optional","several"}],
 * "flags":[{"name","letter","value","several","about"}]}],"flags": those of every command}: of all commands, or those whose name begins so.
 * *ret_any: there are some; if not, nothing is printed. */
enum err help_json(struct print *p, struct str word, bool *ret_any, struct errinfo *e) MUST_USE;

/* shell: "bash", "zsh", "fish"; ERR_USAGE for another. */
enum err completion_put(struct print *p, struct str shell, struct errinfo *e) MUST_USE;

#endif
