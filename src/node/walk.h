/* walk: the record in order of arrival, backwards and by pages. A cursor names an entry by what every member of its circle knows: the log's hash, the
 * index, and the piece. */
#ifndef NODE_WALK_H
#define NODE_WALK_H

#include "node/op.h"
#include "store/record.h"

/* Arrivals before this one, newest first, until *ret_stop. */
enum err walk_back(struct op_call *call, uint64_t before,
    enum err (*each)(void *ctx, const struct record_arrival *at, bool *ret_stop, struct errinfo *e), void *ctx, struct errinfo *e) MUST_USE;
/* The arrival that a cursor names; ret_piece may be NULL. */
enum err walk_cursor(struct op_call *call, struct str text, uint64_t *ret_seq, uint32_t *ret_piece, struct errinfo *e) MUST_USE;
void walk_put_cursor(struct json_writer *w, const struct hash *log, uint64_t idx, uint32_t piece);

#endif
