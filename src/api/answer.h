/* answer: the node's side of api/wire.h: one connection, from its first frame to its end. */
#ifndef API_ANSWER_H
#define API_ANSWER_H

#include "api/host.h"

/* Speaks with one asker until it goes; whoever asks was made sure to be the home's own user. stop (may be NULL) is looked at between two calls: true
 * ends it. The descriptor stays the caller's. */
void answer(struct host *h, int fd, bool (*stop)(void *ctx), void *ctx);

#endif
