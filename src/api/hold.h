/* hold: a reply that goes out once its line of the audit trail is on disk. Lines of many replies are written together: web.c settles all that wait at
 * that moment in one transaction, so the disk is waited for once by many, and no thread waits for its own. */
#ifndef API_HOLD_H
#define API_HOLD_H

#include "api/route.h"

/* http_reply.held of what people ask. */
struct hold {
	struct node_line line;
	struct node_who who; /* line.who */
	struct node_person *person;
	const struct http_request *q; /* this and below: web.c's, for what it does after */
	const struct route_family *family;
	const struct route *route;
	int64_t began;
};

/* The reply in a->r waits for this line, whose texts live as long as what the reply shares (http_reply.shared). */
enum err hold_reply(struct ask *a, const struct node_line *line, struct errinfo *e) MUST_USE;
/* Writes the lines of all of them. A reply whose line is not written becomes a refusal. None is held any more; f is called for each. */
void hold_settle(const struct route_world *w, struct http_reply *const *all, size_t n,
    void (*f)(void *ctx, const struct hold *h, struct http_reply *r), void *ctx);

#endif
