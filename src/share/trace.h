/* trace: what another member released stays theirs after its bytes were deleted here. Of each such object it is kept in the record that it was
 * here, from whom, and in which version; the view, where a deleted object has no id, is not needed to know it. */
#ifndef SHARE_TRACE_H
#define SHARE_TRACE_H

#include "share/rows.h"

struct trace {
	int centre, author;
	int64_t modified;
	uint64_t arrival;
};

/* Inside record_begin: of a row that is about to be withdrawn; nothing if it is ours, a copy of what we had before, or withdrawn already. */
enum err trace_keep(struct share *s, const struct view_row *row, struct errinfo *e) MUST_USE;
/* Those of one object, in the arena. */
enum err traces_of(struct share *s, const struct stix_id *id, struct arena *a, struct trace **ret, size_t *ret_n, struct errinfo *e) MUST_USE;

/* The first arrival among those rows of one id that are our own in a centre (0 = any), of a version, in these bytes; `before` if none came before
 * that. */
enum err trace_first(struct share *s, int centre, const struct view_row *rows, size_t n, int64_t modified, struct str bytes, uint64_t before,
    uint64_t *ret, struct errinfo *e) MUST_USE;
/* Whether another's row is a copy of what we had, in that centre, before it came. */
enum err
trace_copy(struct share *s, int centre, const struct view_row *rows, size_t n, const struct view_row *other, bool *ret, struct errinfo *e) MUST_USE;

#endif
