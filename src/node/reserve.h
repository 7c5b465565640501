/* reserve: room on the disk that is kept for recalls.
 *
 * A full disk refuses what is added or comes from others, never a recall, one's own or another's. So a home holds a file of LIMIT_RESERVE bytes that
 * mean nothing, and gives it up when a recall, a sync that may bring one, or the opening of the home before it, meets the end of the disk. It is made
 * again as soon as there is room. */
#ifndef NODE_RESERVE_H
#define NODE_RESERVE_H

#include "base/env.h"

/* Makes it if it is not there and there is room. A failure leaves none: it is tried again at the next opening, and status tells. */
void reserve_keep(const struct env *env);
/* Gives it up; false: there was none. */
bool reserve_give(const struct env *env);
/* As reserve_keep, for a home that stays open, which looks at the disk only while *none: kept up to date by this and by whoever gives it up. */
void reserve_again(const struct env *env, bool *none);
bool reserve_there(const struct env *env);

#endif
