/* key_card: one key card of this home for one centre, signed with the root key (op_card.c). */
#ifndef NODE_KEY_CARD_H
#define NODE_KEY_CARD_H

#include "node/op.h"

/* ERR_DENIED: the root key is not in the home. */
enum err key_card_need_root(struct op_call *call, struct errinfo *e) MUST_USE;

/* The highest counter and epoch that any card of ours in the record, or the charter, states; ERR_CONFLICT: two of our cards contradict each other. */
enum err key_card_known(struct op_call *call, struct share_centre *c, uint32_t *ret_counter, uint32_t *ret_epoch, struct errinfo *e) MUST_USE;
/* The card with what applies now, the call's arguments, this counter and epoch, and this log key (NULL: as stated), as a line of lines; put
 * as an object of the reply. */
enum err key_card_put(struct op_call *call, struct share_centre *c, uint32_t counter, uint32_t epoch, const struct sign_key *log, struct buf *lines,
    struct errinfo *e) MUST_USE;

#endif
