/* plant: faults of our own making, by which the checks are checked. A fault is planted in the middle of a history and must be found at its end. */
#ifndef SIM_PLANT_H
#define SIM_PLANT_H

#include "sim/history.h"

/* Gives a history the members that its plant needs; before the world is made. */
void plant_members(struct history *h);
/* When the centre is founded. */
void plant_begin(struct history *h);
/* In the middle. */
void plant_now(struct history *h);

#endif
