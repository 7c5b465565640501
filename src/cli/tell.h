/* tell: what went wrong, on standard error: "comity: FILE:LINE:COLUMN: what happened", and "hint: what to do"; with --json the same as one JSON
 * object. */
#ifndef CLI_TELL_H
#define CLI_TELL_H

#include "cli/cmd.h"

void tell_error(struct cli *c, enum err err, const struct errinfo *e);

#endif
