/* weigh: claims side by side. Every home that was given a claim shows it, and none shows one that it was not given or that was taken back. */
#ifndef SIM_WEIGH_H
#define SIM_WEIGH_H

#include "sim/history.h"

void weigh_judge(struct history *h);

#endif
