/* full: a disk without room. What is added is refused, a recall never; status tells it; and nothing that was acknowledged is lost, which is judged
 * with everything else. A home's disk stays full for a while, as its people go on, until somebody makes room. */
#ifndef SIM_FULL_H
#define SIM_FULL_H

#include "sim/history.h"

/* The disk of this home fills up; then its member adds something and takes something back. */
void full_act(struct history *h, int home);
/* There is room again. Harmless if there was. */
void full_end(struct history *h, int home);

#endif
