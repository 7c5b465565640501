/* leaf: one entry of the record read again, in the words of the charter it names. And events of the view as an array. */
#ifndef SHARE_LEAF_H
#define SHARE_LEAF_H

#include "share/entry.h"
#include "share/share.h"
#include "store/view.h"

/* Everything of *ret views the arena. *ret_hash: its leaf hash. ERR_SYNTAX, ERR_INVALID: it is malformed. */
enum err leaf_read(struct share *s, struct share_centre *c, int64_t log, uint64_t idx, struct arena *a, struct entry *ret, struct hash *ret_hash,
    struct errinfo *e) MUST_USE;

/* All events that fit, oldest first, in the arena. */
enum err
leaf_events(struct share *s, const struct view_event_filter *f, struct arena *a, struct view_event **ret, size_t *ret_n, struct errinfo *e) MUST_USE;

#endif
