/* args: the words of a command line, taken apart by the table. Flags may stand anywhere after the command, those of every command also before it;
 * "--" ends them; "-" is an argument. */
#ifndef CLI_ARGS_H
#define CLI_ARGS_H

#include "cli/cmd.h"

/* Sets c->cmd (NULL: none was named), given, args. ERR_USAGE says what is wrong and what may have been meant. Memory is of c->a. On failure what was
 * understood so far is set, so that --json and --color hold for the message too. */
enum err args_parse(struct cli *c, int argc, char *const *argv, struct errinfo *e) MUST_USE;

/* The command of this name (one or two words); NULL. */
const struct cmd *args_find(struct str name);
/* The name in the table that is nearest to what was typed; NULL if none is near. Of commands: */
const char *args_near_cmd(const char *typed);

/* "comity show [FLAG…] ID", without the flags all told */
void args_usage(struct buf *b, const struct cmd *cmd);

#endif
