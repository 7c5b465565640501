/* epoch: what leaf 0 of an epoch says of the one before. */
#ifndef SHARE_EPOCH_H
#define SHARE_EPOCH_H

#include "share/share.h"

struct epoch_said {
	bool any;          /* an epoch after this one is here and names it */
	uint64_t admitted; /* so many of its entries count */
	bool gap;          /* its author said that it lost some of them, and holds this many */
	uint64_t held;
};

/* What the first epoch after log says of it. What is kept as malformed says nothing. */
enum err
epoch_said_of(struct share *s, const struct share_centre *c, const struct record_log *log, struct epoch_said *ret, struct errinfo *e) MUST_USE;
/* How much of an ended log is taken: what was admitted of it; what is here if nothing here says. */
enum err epoch_admits(struct share *s, const struct share_centre *c, const struct record_log *log, uint64_t *ret, struct errinfo *e) MUST_USE;

#endif
