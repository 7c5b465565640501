/* eye: all that M sees, in order. The eye of side A writes it into a pipe; the eye of side B, in another process, reads from there and compares as it
 * goes: the first byte that differs ends the pair. */
#ifndef NI_EYE_H
#define NI_EYE_H

#include <stdio.h>

#include "base/buf.h"

struct eye {
	FILE *pipe;
	bool compares;   /* side B */
	bool done;       /* side B: a difference was found; side A: nobody listens any more */
	struct str step; /* what was done last, for the report */
	uint64_t looks, bytes;
	struct buf told; /* side B: the difference, for people */
};

void eye_init(struct eye *y, FILE *pipe, bool compares);
void eye_done(struct eye *y);
/* M saw these bytes, of the thing that label names. */
void eye_see(struct eye *y, const char *label, struct str bytes);
/* There is no more to see. Side B: nor may there be on the other side. */
void eye_end(struct eye *y);

#endif
