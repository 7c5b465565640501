/* host: a home opened for long, and asked by many threads.
 *
 * One thread at a time is in the node. Input that may be slow in coming (a pipe, a connection) is read to its end before the node is entered, into a
 * file of the home that has no name, so that nobody waits for somebody else's input. */
#ifndef API_HOST_H
#define API_HOST_H

#include "node/node.h"

struct host;

/* Takes the home's lock until host_close. env is that of the home in dir; both must outlive it. set_clock moves env's clock (to a time as people write
 * it); NULL: nobody may. */
enum err host_open(const struct env *env, const char *dir, enum err (*set_clock)(struct str text, struct errinfo *e), struct host **ret,
    struct errinfo *e) MUST_USE;
void host_close(struct host *h); /* nobody is in it any more; takes NULL */

/* As node_call. slow: the input is not at hand (see above). */
enum err host_call(struct host *h, const struct node_call *c, bool slow, struct buf *reply, struct errinfo *e) MUST_USE;
/* As node_serve, node_tick. */
enum err
host_serve(struct host *h, struct str centre, struct str asker, struct str path, struct buf *reply, struct errinfo *e) MUST_USE;
enum err host_tick(struct host *h, struct errinfo *e) MUST_USE;

/* Sets the clock of an exercise, and does what is due by it. */
enum err host_clock(struct host *h, struct str text, struct errinfo *e) MUST_USE;

#endif
