/* fair: a lock that is taken in the order in which it was asked for. */
#ifndef API_FAIR_H
#define API_FAIR_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct fair {
	pthread_mutex_t m;
	pthread_cond_t c;
	uint64_t next, serving;
};

void fair_init(struct fair *g);
void fair_done(struct fair *g); /* nobody is in it */
void fair_enter(struct fair *g);
bool fair_try(struct fair *g); /* enters if nobody is in it or waits */
void fair_leave(struct fair *g);
bool fair_wanted(struct fair *g); /* for who is in it: somebody waits */

#endif
