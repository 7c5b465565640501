/* judge: what must be true after a history, judged from disks, records and the simulator's own truth.
 *
 * Nothing acknowledged is lost. No home holds a word that was not released to its member. Honest homes agree, log for log, once they have exchanged
 * everything; where an author showed them two histories, each holds a proof that the simulator's own verifier accepts, and no proof stands against an
 * honest author. Serials have no gaps, checkpoints are what their leaves hash to, the product's own verification finds no fault, and a view made anew
 * equals the one that grew. */
#ifndef SIM_JUDGE_H
#define SIM_JUDGE_H

#include "sim/history.h"

/* Ends the history: mends clocks, opens every home, has honest ones exchange everything, and judges. */
void judge(struct history *h);

#endif
