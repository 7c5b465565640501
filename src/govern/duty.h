/* duty: when a duty of the lead is due within a term. */
#ifndef GOVERN_DUTY_H
#define GOVERN_DUTY_H

#include "govern/rota.h"

/* The first moment later than `after` at which duty d is due in the term of turn t; TIME_NEVER if none is left. "Every P1D": at start +
 * 1 day, + 2 days … up to and including the end of the term; "after": once, if it falls before the end; "before": once, if it falls
 * after the start. Counted from the whole term, not from where a stand-in took over; what falls before that is not theirs. */
int64_t duty_next(const struct charter_duty *d, const struct turn *t, int64_t after);

#endif
