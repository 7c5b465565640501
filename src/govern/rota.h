/* rota: who leads at a moment, as a pure function of the charters and UTC time.
 *
 * The rota that counts at t is that of the newest charter in force whose first day has come; until then the one before it goes on. In
 * the k-th term since its first day the k-th of its order leads, counted round. If that member no longer votes under the charter in
 * force (it departed, or became an observer), the next in the same order who does leads for what is left of the term; the terms of the
 * others do not shift. If nobody is left, or no rota has begun, nobody leads. In a charter fork the rota of the agreed charters goes
 * on. Handing over needs nobody's act. */
#ifndef GOVERN_ROTA_H
#define GOVERN_ROTA_H

#include "govern/chain.h"

struct turn {
	int lead;      /* number of the member */
	int stated;    /* whose term it is by the rota; differs from lead when another stands in */
	int64_t start; /* of this lead's time in this term */
	int64_t end;   /* the first moment at which somebody else leads, or a new term begins; TIME_NEVER past the calendar */
	uint32_t term; /* counted from 0 since the rota's first day */
	const struct rota *rota;
};

/* Who leads at t. False if nobody does; then *ret->end alone is set: the next moment at which that may change (TIME_NEVER: none). */
bool rota_at(const struct chain *c, int64_t t, struct turn *ret);
/* The next turns from the one at t on, as far as the charters known now tell; stretches without a lead are left out. Returns how many,
 * at most max. */
size_t rota_ahead(const struct chain *c, int64_t t, struct turn *ret, size_t max);

/* Start of the k-th term, and the term that t (>= first) falls in. */
int64_t rota_start(const struct rota *r, uint32_t k);
uint32_t rota_term(const struct rota *r, int64_t t);
bool rota_same(const struct rota *a, const struct rota *b);

#endif
