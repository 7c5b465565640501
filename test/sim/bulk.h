/* bulk: many small objects at once, cut off in the middle, a backup taken of what is there, and taken up again. What is in view is whole entries of
 * the record at every moment, and in the end each object once. */
#ifndef SIM_BULK_H
#define SIM_BULK_H

#include "sim/history.h"

void bulk_add(struct history *h, int home);
/* Counts what is in view against the record. */
void bulk_judge(struct history *h);

#endif
