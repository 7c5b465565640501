/* ops: every operation of a node, one row each. args: what it takes, "name:type", types as in op.h. */
#ifndef NODE_OPS_H
#define NODE_OPS_H

#include "node/op.h"

#define OP_LIST(X)                                                                                                             \
	X("status", OP_READ, "", "lead, new and due items, clock, disk, peers, backup", op_status)

#define X(name, may, args, about, run) enum err run(struct op_call *call, struct errinfo *e) MUST_USE;
OP_LIST(X)
#undef X

#endif
