/* propose: the text of a charter, from what the operation charter-propose was given.
 *
 * A first charter (centre NULL): `name`, `cards` (texts of admission cards, one a member). A next one: the last charter of the centre, with new
 * members by `cards`, `leave` (ids that depart), and whatever else is given in place of what stood there. For both: `observers` (ids), `order` (ids
 * in the order of leading; absent: the voting members as they stand), `first` (first day of the rota), `term` (ISO 8601, absent: P3M), `from` (when
 * it takes effect; absent: the rota's first day, or for a next charter the coming midnight UTC), `levels`
 * ([{"name","abbr","national":{"irq":{"name","abbr"}}}], from the lowest up; empty: TLP alone; absent: five usual ones), `quorums` ({"charter": n,
 * …}; absent: more than half), `circles` ({"NAME":[ids]}), `duties` ([{"text","every"|"after"|"before"}]), `dispute` (absent: P1Y). */
#ifndef NODE_PROPOSE_H
#define NODE_PROPOSE_H

#include "node/op.h"

#define EXERCISE_WORD "EXERCISE "

/* Appends the canonical text. */
enum err propose(struct op_call *call, const struct share_centre *centre, struct buf *b, struct errinfo *e) MUST_USE;

#endif
