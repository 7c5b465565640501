/* peer_answer: what a request over the peers' port is answered, whoever carries it: the server, the simulator, the noninterference harness.
 *
 * GET /<centre>/<path>, with the paths and replies of doc/DESIGN.md, "Peer replies", for whoever shows the key that the charter or a card names.
 * /<centre>/logs?unlike=HASH waits until the listing is another than the one with that SHA-256. What a member may not have, what does not exist, and
 * another method than GET are the same bytes. */
#ifndef API_PEER_ANSWER_H
#define API_PEER_ANSWER_H

#include "govern/keys.h"
#include "http/server.h"

/* The header by which an asker says which member it is. Who does not is known by its key alone. */
#define PEER_MEMBER "Comity-Member"

struct peer_desk {
	/* The member of that centre (id in hex) whose key it is, of several that state it the one that the asker says it is (peer_book.h); false if
	 * there is none. */
	bool (*who)(void *ctx, struct str centre, const struct hash *pin, struct str says, char ret_member[static GOVERN_ID_MAX + 1]);
	/* As node_serve. */
	enum err (*serve)(void *ctx, struct str centre, struct str member, struct str path, struct buf *reply, struct errinfo *e);
	void *ctx;
};

/* r: with a body to fill. An error is the node's own, which is answered 503, and is for its administrator. */
enum err peer_answer(const struct peer_desk *d, const struct http_request *q, struct http_reply *r, struct errinfo *e) MUST_USE;

/* What the asker makes of a status: OK for 200; ERR_NOTFOUND; ERR_IO where asking again may help. from: whom it asked. */
enum err peer_heard(int status, const char *from, struct errinfo *e) MUST_USE;

#endif
