/* told: what was said about objects (recalls, requests, consents, receipts, flags), as replies show it. */
#ifndef NODE_TOLD_H
#define NODE_TOLD_H

#include "node/op.h"
#include "share/entry.h"

/* The entry of an event, read; views live in a. ERR_NOTFOUND if the record does not have it. */
enum err told_entry(struct node *n, int64_t log, uint64_t idx, struct arena *a, struct entry *ret, struct hash *ret_leaf, struct errinfo *e) MUST_USE;
/* One object: "kind" "centre" "circle" "author" "at" "time" "position" "id" "modified" "action" "reason" "replacement" "granted" "to" "source" "of"
 * "leaf"; what a kind does not have is absent. place: "index" too, its place in the log, which counts what else is there: not for viewers with a
 * clearance. */
enum err told_put(struct node *n, struct json_writer *w, const struct view_event *v, bool place, struct errinfo *e) MUST_USE;
const char *told_kind(enum view_event_kind k);

#endif
