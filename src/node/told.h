/* told: what was said about objects (recalls, requests, consents, receipts, flags), as replies show it. */
#ifndef NODE_TOLD_H
#define NODE_TOLD_H

#include "node/op.h"
#include "share/entry.h"

/* The entry of an event, read; views live in a. ERR_NOTFOUND if the record does not have it. */
enum err told_entry(struct node *n, int64_t log, uint64_t idx, struct arena *a, struct entry *ret, struct hash *ret_leaf, struct errinfo *e) MUST_USE;
/* Whether it was said of what the viewer may read, of that version, in a circle where the viewer may read it; and not that it is a source of what the
 * viewer may not be cleared for. */
enum err told_may(struct op_call *call, const struct view_event *v, bool *ret, struct errinfo *e) MUST_USE;
/* What of an event is for the viewer who asks. One object: "kind" "centre" "circle" "author" "at" "time" "position" "id" "modified" "action" "reason"
 * "replacement" "granted" "to" "source" "of" "leaf"; what a kind does not have is absent. "reason" and "leaf" are of the whole entry: to a viewer
 * with a clearance they are told if all that it concerns may be read, and "source", "replacement" if they may. Without a clearance "index" too, its
 * place in the log, which counts what else is there. */
enum err told_put(struct op_call *call, struct json_writer *w, const struct view_event *v, struct errinfo *e) MUST_USE;
const char *told_kind(enum view_event_kind k);

#endif
