/* sight: what is remembered of those who may see the same, for as long as the home is open: the moments at which things came into their view. */
#ifndef NODE_SIGHT_H
#define NODE_SIGHT_H

#include "node/op.h"
#include "store/dated.h"

enum { SIGHTS = 16 }; /* different ones remembered; of more, those asked least lately are walked through anew */

struct sight {
	struct hash of; /* who may see what, and might before */
	struct dated *dated;
	uint64_t used;
};

struct sights {
	struct sight all[SIGHTS];
	uint64_t clock, resets;
};

/* That of the caller, whose eras these are; the node's, for this call. */
enum err sight_dated(struct op_call *call, const struct dated_eras *eras, struct dated **ret, struct errinfo *e) MUST_USE;
void sights_free(struct sights *s); /* takes NULL */

#endif
