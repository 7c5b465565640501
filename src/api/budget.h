/* budget: how much each asker may ask a minute, counted for that asker alone, so that nobody's refusal tells of what others ask.
 *
 * A bucket each, of requests and of bytes, that holds a minute's worth and fills evenly. Bytes are known only when they are given, so they are
 * charged afterwards; who has gone below nothing waits until it is made up for. */
#ifndef API_BUDGET_H
#define API_BUDGET_H

#include "crypto/hash.h"

struct budget_rate {
	uint32_t requests; /* a minute */
	uint32_t mib;      /* a minute; 0: not counted */
};

struct budget;

enum err budget_new(struct budget_rate rate, struct budget **ret, struct errinfo *e) MUST_USE;
void budget_free(struct budget *b); /* takes NULL */

/* One request of that asker at that moment (monotonic, milliseconds). 0: it may; else it should come back after so
 * many seconds, when a sixth of a minute's worth is there: who came for one request at a time would never get through what takes several. Of
 * LIMIT_BUDGETS askers; the one that was silent longest is forgotten for another, and begins with a full minute. */
unsigned budget_take(struct budget *b, const struct hash *asker, int64_t now);
/* What it was given. */
void budget_charge(struct budget *b, const struct hash *asker, int64_t now, uint64_t bytes);

#endif
