/* yes: a person is asked before something that cannot be undone. */
#ifndef CLI_YES_H
#define CLI_YES_H

#include "cli/cmd.h"

/* OK if --yes was given, or the person at the terminal says so; else ERR_STOPPED (said no), or ERR_USAGE: there is no terminal, and --yes was not
 * given. */
enum err yes_ask(struct cli *c, const char *question, struct errinfo *e) MUST_USE;

/* A passphrase: the first line of the file that the flag `file` names, else typed at the terminal (twice if `twice`), not shown. b is to be wiped. */
enum err yes_passphrase(struct cli *c, const char *flag, bool twice, struct buf *b, struct errinfo *e) MUST_USE;
/* The same of another secret: `what` it is, as asked for and told in errors. */
enum err yes_secret(struct cli *c, const char *what, const char *flag, bool twice, struct buf *b, struct errinfo *e) MUST_USE;

#endif
