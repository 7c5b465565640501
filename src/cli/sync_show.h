/* sync_show: what came from one peer or pouch, of one centre. */
#ifndef CLI_SYNC_SHOW_H
#define CLI_SYNC_SHOW_H

#include "cli/cmd.h"

void sync_show_item(struct cli *c, struct str from, const struct json *item);
/* A fork that was proven is what the command ends with. */
void sync_forked(struct cli *c, const struct json *reply);

#endif
