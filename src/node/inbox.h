/* inbox: how much came in from others since somebody last looked. */
#ifndef NODE_INBOX_H
#define NODE_INBOX_H

#include "node/op.h"

/* The last arrival that was looked at; 0 = none. */
enum err inbox_mark(struct node *n, uint64_t *ret, struct errinfo *e) MUST_USE;
enum err inbox_count(struct node *n, uint64_t *ret_objects, uint64_t *ret_events, struct errinfo *e) MUST_USE;

#endif
