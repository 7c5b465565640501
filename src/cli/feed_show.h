/* feed_show: feeds, for people. */
#ifndef CLI_FEED_SHOW_H
#define CLI_FEED_SHOW_H

#include "cli/cmd.h"

void feed_show_added(struct cli *c, const struct json *r);

#endif
