/* rotate: a new log key, which begins a new epoch of every log of this home. */
#ifndef NODE_ROTATE_H
#define NODE_ROTATE_H

#include "node/op.h"

/* Called when a home is opened: a key that waits is put in place if a card in the record states it, and dropped if none does. */
enum err rotate_finish(struct node *n, struct errinfo *e) MUST_USE;

#endif
