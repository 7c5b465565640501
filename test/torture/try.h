/* try: one path, gone once with one thing failing, and what must hold after. */
#ifndef TORTURE_TRY_H
#define TORTURE_TRY_H

#include "sim/rng.h"
#include "torture/kind.h"

struct try_at {
	const struct kind *kind;
	uint64_t n;
	bool on;
};

/* What a home has after the path was gone without a fault. */
struct try_sum {
	int64_t objects, entries, pending, unsaid;
};

struct
try {
	const struct path *p;
	const struct try_at *at;
	uint64_t seed;
	int complaints;
	uint64_t tries;
	struct torture t;
	struct simdisk_image *image[HOMES];
	struct eye before[2]; /* of irq and rus */
	bool founded;         /* they are there */
	struct try_sum sum;   /* of the home under test */
};

/* Makes the centre, prepares the path, goes it once without a fault. False: that failed, and was told. */
bool try_begin(struct try *y);
void try_end(struct try *y);
/* How often the path asks for things of this kind. */
uint64_t try_count(struct try *y, const struct kind *k);
/* Tells each complaint as a comment and counts it. */
void try_one(struct try *y, const struct kind *k, uint64_t n, bool on);
/* How to do that one alone. */
void try_again_line(const struct path *p, const struct try_at *at);
#endif
