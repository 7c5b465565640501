/* feed: an answer to a tool that polls, while it is made (op_feed.c): what was asked, and how far it is. */
#ifndef NODE_FEED_H
#define NODE_FEED_H

#include "base/map.h"
#include "node/eras.h"
#include "node/op.h"
#include "share/rows.h"

enum feed_form { FEED_ENVELOPE, FEED_MANIFEST, FEED_VERSIONS };

struct feed {
	struct op_call *call;
	struct dated_eras eras;
	struct dated *dated;
	int centre;            /* 0: any */
	uint64_t circle;       /* 0: any */
	int64_t after, before; /* moments between these, neither included */
	enum feed_form form;
	struct str ids, types, versions, specs; /* lists parted by commas; empty: any */
	uint32_t limit, n;
	uint64_t bytes_told;      /* of objects */
	uint64_t looked, scanned; /* rows; those of the ids that they are versions of */
	int64_t first, last;      /* moments of what was given */
	int64_t reached;          /* of the last row looked at */
	int64_t until;            /* when the first date of what was looked at is, or 0: more of this very millisecond may come */
	bool more;
	struct buf bytes;
	struct map known; /* by id: struct known */
};

/* Whether the list, parted by commas, has it. */
bool feed_lists(struct str list, struct str one);
/* No answer with this row in it is the same from its next date on. */
void feed_note_dates(struct feed *x, const struct view_row *row);
/* What the viewer may read of this id. */
void feed_filter(const struct feed *x, const struct stix_id *id, struct view_filter *ret);
/* Whether this version of it is asked for; each version is told once, when it first came (feed_version.c). */
enum err feed_is_version(struct feed *x, const struct view_row *row, int64_t added, bool *ret, struct errinfo *e) MUST_USE;
/* Whether the versions of this id were read. */
bool feed_knows(struct feed *x, const struct stix_id *id);
/* Tells the row, if it is asked for. ERR_STOPPED: the page is full. */
enum err feed_consider(struct feed *x, const struct view_row *row, int64_t added, struct errinfo *e) MUST_USE;
/* All of the ids that are named (feed_ids.c). */
enum err feed_walk_ids(struct feed *x, struct errinfo *e) MUST_USE;

#endif
