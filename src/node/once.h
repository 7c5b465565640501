/* once: a request under a key of its caller's choice (node_call.once) is done once, however often it comes within a day.
 *
 * Before it is done it is written down, after it its reply. Who comes again with the same request gets that reply; with another, ERR_INVALID. A
 * request that failed is as if it had not come. A crash may fall between the two: then it is not known whether it was done. What does no harm when it
 * is done twice is done again (add tells what is there already as unchanged, release leaves out what went); anything else is ERR_CONFLICT, and its
 * caller has to look. Replies are forgotten when something was deleted for good that they may hold; that it was done is still known. */
#ifndef NODE_ONCE_H
#define NODE_ONCE_H

#include "node/op.h"

/* *ret_done: the reply is the kept one. */
enum err once_look(struct op_call *call, struct buf *reply, bool *ret_done, struct errinfo *e) MUST_USE;
/* The operation is over: reply, or (failed) nothing was done. */
void once_over(struct op_call *call, bool failed, struct str reply);
/* After something was deleted for good, or what an account may see was changed: no reply is given again. */
enum err once_deleted(struct node *n, struct errinfo *e) MUST_USE;

#endif
