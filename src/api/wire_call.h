/* wire_call: what is asked, as the JSON of a CALL frame, and back. */
#ifndef API_WIRE_CALL_H
#define API_WIRE_CALL_H

#include "api/reach.h"
#include "base/arena.h"

/* Either an operation, or what a member asks (node_serve). */
struct wire_call {
	struct node_call call;          /* in, out, peer, to, progress are left to the two sides */
	bool in, out, slow;             /* there is an input, an output; the input is slow in coming */
	struct str peer, to, clock;     /* the peer's name; the folder; the time it is, in an exercise home; empty: none */
	struct str path, centre, asker; /* of node_serve; path empty: it is an operation */
};

void wire_call_put(struct buf *b, const struct wire_call *c);
/* What it views is text's or a's. */
enum err wire_call_parse(struct arena *a, struct str text, struct wire_call *ret, struct errinfo *e) MUST_USE;

#endif
