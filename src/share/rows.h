/* rows: what the view knows of one object, read whole: every version, by every author, in every circle, whatever its state. For the home's own
 * member, who sees all. */
#ifndef SHARE_ROWS_H
#define SHARE_ROWS_H

#include "share/share.h"
#include "store/view.h"

struct rows_filter {
	int centre;                      /* 0 = any */
	uint64_t circle;                 /* of the log; 0 = any */
	int author;                      /* -1 = any */
	const struct stix_id *id;        /* or */
	const struct stix_id *refers_to; /* with */
	enum view_link link;
};

/* Calls each with every row, newest arrival first, page by page. The callback may write and ask again. */
enum err rows_each(struct share *s, const struct rows_filter *f, enum err (*each)(void *ctx, const struct view_row *row, struct errinfo *e),
    void *ctx, struct errinfo *e) MUST_USE;
/* All of them as an array in the arena. */
enum err rows_all(struct share *s, const struct rows_filter *f, struct arena *a, struct view_row **ret, size_t *ret_n, struct errinfo *e) MUST_USE;
/* The object's bytes, in place of what b held. ERR_NOTFOUND if they were withdrawn. */
enum err rows_bytes(struct share *s, const struct view_row *row, struct buf *b, struct errinfo *e) MUST_USE;

static inline bool
rows_private(const struct view_row *row)
{
	return row->key.circle == UINT64_C(1) << row->key.author;
}

/* It was not countersigned in time by anybody else, so that it does not count. */
static inline bool
rows_lapsed(const struct view_row *row, int64_t now)
{
	return now >= row->lapses;
}

/* Not recalled or withdrawn, it counts, and its dates hold. */
static inline bool
rows_stands(const struct view_row *row, int64_t now)
{
	return row->state == VIEW_LIVE && now < row->label.valid_until && now < row->label.delete_by && !rows_lapsed(row, now);
}

#endif
