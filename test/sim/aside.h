/* aside: what could not be taken in, and what is left out. An object that is refused is in quarantine, at that home alone, until somebody drops it;
 * what a redaction leaves out is in no log of the circle. */
#ifndef SIM_ASIDE_H
#define SIM_ASIDE_H

#include "sim/history.h"

/* Acts. */
void aside_rubbish(struct history *h, int home);
void aside_redact(struct history *h, int home);

/* What people were told is kept in node.db is there; what was left out is not in the logs. Homes are open. */
void aside_judge(struct history *h);

#endif
