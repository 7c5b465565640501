/* redact: a new object like another, without some of its references and without the private extension. Pure. */
#ifndef SHARE_REDACT_H
#define SHARE_REDACT_H

#include "base/arena.h"
#include "json/dom.h"
#include "stix/id.h"

/* Appends the object of text (tree) under a new id; created and modified, where it has them, become time. drop: nodes of identifiers in the tree
 * (struct stix_ref.node) that go: the property they are the value of, or the element of its list; a list left empty goes whole. ERR_INVALID: what is
 * left breaks the rules of its type (says which). The result has passed stix_check and stix_private_none. */
enum err redact_write(const struct json *tree, struct stix_id id, int64_t time, const struct json *const *drop, size_t ndrop, struct arena *a,
    struct buf *b, struct errinfo *e) MUST_USE;

#endif
