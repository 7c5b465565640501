/* eras: when what an account may see was changed, and what it might before (store/dated.h), so that what a wider clearance shows of the past is dated
 * at the moment of the change. Kept in node.db, at most DATED_ERAS an account; with one more all that the account may see is told anew, from that
 * moment. */
#ifndef NODE_ERAS_H
#define NODE_ERAS_H

#include "node/op.h"
#include "store/dated.h"
#include "store/people.h"

/* Those of the caller, in the arena of the call. */
enum err eras_get(struct op_call *call, struct dated_eras *ret, struct errinfo *e) MUST_USE;
/* Inside local_begin, where an account is changed. Nothing, if it may see what it might before. */
enum err eras_change(struct op_call *call, const struct account_row *was, const struct account_row *is, struct errinfo *e) MUST_USE;
/* Inside local_begin, where it is removed. */
enum err eras_forget(struct op_call *call, int64_t account, struct errinfo *e) MUST_USE;

#endif
