/* control: a product of what its originator controls. Whoever was given the source may use it nowhere, not even where it went, before the originator
 * consented; and then it may. */
#ifndef SIM_CONTROL_H
#define SIM_CONTROL_H

#include "sim/history.h"

void control_act(struct history *h, int home);

#endif
