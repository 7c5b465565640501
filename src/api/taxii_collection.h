/* taxii_collection: the collections that a TAXII client sees: all that the account may see, one a circle, and the inbox of each centre. */
#ifndef API_TAXII_COLLECTION_H
#define API_TAXII_COLLECTION_H

#include "api/route.h"

enum { TAXII_UUID = 36, TAXII_REPLY = 64 * MIB };

struct taxii_collection {
	char id[TAXII_UUID + 1];
	struct str centre, centre_id, circle; /* of a circle's; the first two also of an inbox, where there are several */
	bool everything, inbox, own;          /* own: the private circle's */
};

/* All collections of who asks, one after another, each as long as the call; each returning true ends it. */
enum err taxii_collection_each(struct ask *a, bool (*each)(void *ctx, const struct taxii_collection *c), void *ctx, struct errinfo *e) MUST_USE;
/* That of the path; its texts are the arena's. ERR_NOTFOUND. */
enum err taxii_collection_find(struct ask *a, struct taxii_collection *ret, struct errinfo *e) MUST_USE;

/* An operation of the node, asked as who asks. */
enum err taxii_ask(struct ask *a, const char *op, struct str args, struct buf *reply, struct errinfo *e) MUST_USE;

#endif
