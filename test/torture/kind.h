/* kind: what can fail, and how often it was asked for. */
#ifndef TORTURE_KIND_H
#define TORTURE_KIND_H

#include "torture/fault.h"
#include "torture/torture.h"

struct kind {
	const char *name;
	enum { KIND_MEMORY, KIND_FILE, KIND_SPACE } what;
	enum fault_memory memory;
	enum simop op;
	enum err code; /* what must come of it, if anything */
	bool other;    /* on the disk of path.other */
};

extern const struct kind kinds[];
extern const size_t kinds_count;

/* The n-th (from 1) fails when the home under test asks for it; on: all after it too (memory). n = 0: none, they are counted. Of KIND_SPACE: the disk
 * has room for n - 1 pages more. */
void kind_arm(struct torture *t, const struct path *p, const struct kind *k, uint64_t n, bool on);
bool kind_disarm(struct torture *t, const struct path *p, const struct kind *k); /* whether anything failed */
/* How often it was asked for since it was armed with 0; before disarming. */
uint64_t kind_count(struct torture *t, const struct path *p, const struct kind *k);
#endif
