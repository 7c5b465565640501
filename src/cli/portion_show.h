/* portion_show: what a portion says beside its text, for people. */
#ifndef CLI_PORTION_SHOW_H
#define CLI_PORTION_SHOW_H

#include "cli/cmd.h"
#include "stix/comity.h"

/* " [B2]"; nothing of none. */
void portion_show_grade(struct cli *c, struct stix_grade g);
/* A line each. list: as struct stix_portion has it. */
void portion_show_claims(struct cli *c, const struct json *list, const char *indent);

#endif
