/* fair: a lock that is shared out by who asks for it.
 *
 * Of those who wait, whoever has had it least goes first (start-time fair queueing: Goyal, Vin, Cheng 1996, with the time it was held as the length
 * of a packet); of one asker, whoever came first. So an asker with a hundred requests that each take long keeps another waiting for one of them, not
 * for the hundred. Nobody saves up time in which he asked for nothing. */
#ifndef API_FAIR_H
#define API_FAIR_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum { FAIR_KNOWN = 256 }; /* askers whose share is remembered: of more, that of who has had least is forgotten */

struct fair_waiter;

struct fair {
	pthread_mutex_t m;
	bool busy;
	int64_t (*now)(void); /* nanoseconds, monotonic: the system's, unless a test sets another before anybody comes */
	uint64_t who;         /* has it */
	int64_t since;        /* nanoseconds, monotonic */
	uint64_t served;      /* the share at which it was last given: nobody begins below that */
	struct fair_waiter *first;
	struct {
		uint64_t who, share; /* nanoseconds had, counted on from `served` */
	} known[FAIR_KNOWN];
	unsigned nknown;
};

void fair_init(struct fair *g);
void fair_done(struct fair *g); /* nobody is in it */
void fair_enter(struct fair *g, uint64_t who);
bool fair_try(struct fair *g, uint64_t who); /* enters if nobody is in it or waits */
void fair_leave(struct fair *g);
unsigned fair_wanted(struct fair *g); /* for who is in it: how many wait */

#endif
