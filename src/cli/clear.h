/* clear: --clearance, to see a home as a person sees it who may read up to some level and some compartments: "SECRET,ATLAS" */
#ifndef CLI_CLEAR_H
#define CLI_CLEAR_H

#include "cli/cmd.h"

struct clearance;

/* One clearance for each centre whose levels know the name; memory is of c->a. The home is open. ERR_NOTFOUND if no centre knows it. */
enum err clear_read(struct cli *c, const char *text, struct clearance **ret, size_t *ret_n, struct errinfo *e) MUST_USE;

#endif
