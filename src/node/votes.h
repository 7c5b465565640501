/* votes: which charter this home voted for as the one to follow on another.
 *
 * Two votes of one member for two charters that follow on the same one are what forks a centre, for ever: whoever collects enough of both can show
 * either. So a vote is written down before it is given, and another is made only for who says that it is meant. */
#ifndef NODE_VOTES_H
#define NODE_VOTES_H

#include "govern/charter.h"
#include "node/op.h"

/* Whether a vote for c is the first for what is to follow on the same charter, by node.db and the record; ERR_CONFLICT, naming the other, if not. A
 * founding charter follows on none. */
enum err votes_check(struct op_call *call, const struct charter *c, struct errinfo *e) MUST_USE;
/* Writes down that c is voted for, in place of another. */
enum err votes_keep(struct op_call *call, const struct charter *c, struct errinfo *e) MUST_USE;

#endif
