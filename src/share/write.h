/* write: appending to one's own logs, and signing them.
 *
 * Appends happen inside a record transaction of the caller's, so that one act may append to several logs and stands whole or not at all. Signing is
 * apart: everything since the last checkpoint is read back and hashed again first, and a checkpoint is durable before anybody else can have it. */
#ifndef SHARE_WRITE_H
#define SHARE_WRITE_H

#include "share/entry.h"
#include "share/share.h"

struct share_append {
	struct share_centre *centre;
	uint64_t circle; /* must hold centre->me */
	struct entry
	    *entry; /* kind and what is the kind's; charter, time, serial, count, size, root, and the label's policy and circle are filled in */
	const struct str *objects; /* nobjects objects, each becomes a piece under a fresh salt */
	size_t nobjects;
};

/* What came of it. */
struct share_appended {
	int64_t log;
	uint64_t idx;
	struct hash leaf;
	uint64_t serial;
	int64_t first_piece;
};

/* The time an entry appended now would bear, and whether it may be: the clock must not be behind the log's last entry by more than
 * LIMIT_FUTURE_SECONDS (ERR_CLOCK; recalls go all the same, bearing the last entry's time). ERR_DENIED: the circle has a departed member (recalls go
 * all the same), this home is not in it, the chain is forked, or own logs are not settled after a restore (share/settle.h). ERR_FORK: own log is
 * proven forked. */
enum err
share_may_append(struct share *s, struct share_centre *centre, uint64_t circle, enum entry_kind kind, int64_t *ret_time, struct errinfo *e) MUST_USE;
/* The serial that the next entry of objects in this circle of several gets. */
enum err share_next_serial(struct share *s, struct share_centre *centre, uint64_t circle, uint64_t *ret, struct errinfo *e) MUST_USE;
/* The id that a new object made for this log now, as the n-th of its entry, gets: drawn from env by origin and index alone. The first bytes of
 * *ret_uuid are version 4. */
enum err
share_new_id(struct share *s, struct share_centre *centre, uint64_t circle, uint32_t n, uint8_t ret_uuid[static 16], struct errinfo *e) MUST_USE;
/* Inside record_begin. Makes the log (and the first entry of its epoch) if there is none; the entry arrives at once. */
enum err share_append(struct share *s, const struct share_append *a, struct share_appended *ret, struct errinfo *e) MUST_USE;

/* Signs every own log that has entries past its last checkpoint (its own transactions). ERR_CORRUPT, and nothing is signed, if what is on disk does
 * not hash to what was appended. */
enum err share_sign_all(struct share *s, struct errinfo *e) MUST_USE;

#endif
