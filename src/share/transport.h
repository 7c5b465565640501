/* transport: how one home asks another. Made by a directory (another home, opened here), a pouch, the simulator, later the network. Paths and
 * replies: doc/DESIGN.md, "Peer replies". */
#ifndef SHARE_TRANSPORT_H
#define SHARE_TRANSPORT_H

#include "base/buf.h"

struct transport {
	void *ctx;
	/* Appends the reply to path within ret's ceiling. ERR_NOTFOUND: the peer has no such thing for us, or does not say. ERR_IO: no answer; worth
	 * trying again. */
	enum err (*get)(void *ctx, struct str path, struct buf *ret, struct errinfo *e);
	const char *name; /* for messages: "../rus", "pouch irn-0003.age" */
	/* Over a network: nothing may be half done in the record while it is asked, since others use it meanwhile, and might wait for each other. */
	bool far;
	bool sure; /* whoever made it knows which member the peer is: by its TLS key. Else the peer has to show it (whose.h) */
};

#endif
