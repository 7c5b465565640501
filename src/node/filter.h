/* filter: the arguments that all lists of objects take (OP_LIST_ARGS), as a filter of the view. */
#ifndef NODE_FILTER_H
#define NODE_FILTER_H

#include "node/op.h"

enum { OP_PAGE = LIMIT_PAGE - 1 }; /* one more is asked of the view, to know whether there is more */

struct op_filter {
	struct view_filter f;
	struct view_key after; /* what f.after points to */
	struct share_centre *centre;
};

/* Everything absent = any. Must stay where it is while it is used. */
enum err op_filter(struct op_call *call, struct op_filter *ret, struct errinfo *e) MUST_USE;
/* The same for one object: `id`, which must be there, and centre, circle, author. */
enum err op_filter_id(struct op_call *call, struct stix_id *id, struct op_filter *ret, struct errinfo *e) MUST_USE;
/* Puts "items" (rows with "title") and "next" (cursor, or null at the end). */
enum err op_put_list(struct op_call *call, const struct view_filter *f, struct errinfo *e) MUST_USE;

/* What the viewer may not see and what is not here: one message. */
enum err op_not_here(struct stix_id id, struct errinfo *e) MUST_USE;

#endif
