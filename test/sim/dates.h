/* dates: what is deleted, when; and what is sealed until then.
 *
 * No home may lose the bytes of an object before the date that its author gave and 72 hours, by its own clock at its most hasty; nor within 72 hours
 * of a jump of its clock that it could notice. In the end no home may still have them. What was recalled stays sealed for the dispute period, opens
 * for a reason that the audit trail keeps, and then goes too. */
#ifndef SIM_DATES_H
#define SIM_DATES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

#define DATES_DISPUTE (7 * TIME_DAY) /* as the charter of history.c has it */

struct history;

/* What is known of a home's clock. Microseconds. */
struct dates_clock {
	int64_t most;      /* that it was ever ahead */
	int64_t pending;   /* jumped since the home last looked, while its machine ran */
	int64_t noticed;   /* true time at which it last noticed a jump; INT64_MIN = never */
	int64_t unnoticed; /* jumped ahead since then while its machine was off */
	bool blind;        /* it was not open when it jumped: what is missed since may have gone before, as it should */
};

/* The clock jumps, after stock is taken; power goes; the home has looked at its clock (it was opened, or ticked). */
void dates_jump(struct history *h, int home, int64_t by);
void dates_off(struct history *h, int home);
void dates_looked(struct history *h, int home);

/* Reads which dated words an open home has; one that it had before and has no more was deleted, and is judged. */
void dates_watch(struct history *h, int home);

/* Acts: some days pass, and nodes do what is due; somebody opens what is sealed. */
void dates_wait(struct history *h, int home);
void dates_evidence(struct history *h, int home);

/* The end: so much time that everything is due, then no file may hold what was to go. */
void dates_judge(struct history *h);

#endif
