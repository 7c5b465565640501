/* acts: what members do, drawn by dice: adding, releasing, asking, recalling, exchanging, forking, losing power. */
#ifndef SIM_ACTS_H
#define SIM_ACTS_H

#include "sim/history.h"
#include "sim/wire.h"

/* Draws and does so many acts. */
void acts_run(struct history *h, int count);

/* A backup of a home to its media, whatever state its operations are in. */
void acts_backup(struct history *h, int home);

/* One home fetches from another. *ret_whole: it said OK and nothing on the way was touched. */
enum outcome acts_sync(struct history *h, int to, int from, const struct weather *w, bool *ret_whole);
#endif
