/* once: requests that are to be done once however often they come (node.db): what was asked under a key, and what the answer was. */
#ifndef STORE_ONCE_H
#define STORE_ONCE_H

#include "crypto/hash.h"
#include "store/store.h"

/* Whose a key is: its first ONCE_WHOSE bytes. Each has his own ceiling. */
enum { ONCE_WHOSE = 8 };
/* The key whose digest that is, as one of an account's; apart: of another kind than its requests, with a ceiling of its own. */
void once_mine(struct hash *key, int64_t account, bool apart);

struct once_row {
	struct hash request;
	int64_t at;
	bool done;      /* else it was begun, and nothing is known of its end */
	bool has_reply; /* it is kept */
};

/* The reply, if it is kept, is appended to ret. ERR_NOTFOUND (e untouched). */
enum err once_get(struct store *s, const struct hash *key, struct once_row *ret, struct buf *ret_reply, struct errinfo *e) MUST_USE;
/* Begun, or begun again. What is older than `before` goes, and of the same owner the oldest past LIMIT_ONCE_EACH; past LIMIT_ONCE the oldest of who
 * has most. */
enum err once_begin(struct store *s, const struct hash *key, const struct hash *request, int64_t at, int64_t before, struct errinfo *e) MUST_USE;
/* Done. An empty reply: not kept. */
enum err once_done(struct store *s, const struct hash *key, struct str reply, struct errinfo *e) MUST_USE;
enum err once_drop(struct store *s, const struct hash *key, struct errinfo *e) MUST_USE;
/* No reply is kept any more: something was deleted for good that one of them may hold. */
enum err once_forget(struct store *s, struct errinfo *e) MUST_USE;

#endif
