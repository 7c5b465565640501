/* project: the view, made out of the record.
 *
 * A pure function of the record (charters, cards, logs, order of arrival) and of STORE_VIEW_RULES: no clock is read, dates of labels are looked at
 * when somebody asks. So a view can be deleted at any time, and one made anew is equal to one that grew.
 *
 * Objects: each piece that is a valid STIX object is a row. One that is not, or that claims another member's identity as its creator, is an event
 * VIEW_MALFORMED (n = its piece) and no row. Of a withdrawn piece there is a row VIEW_WITHDRAWN without an id.
 *
 * A recall is an event a target, and the state of the rows it means: those of its author in its circle that stand before it. A payload that comes
 * after its recall gets the same state; of several recalls the last counts.
 *
 * From when on what lies in a log does not count, since a member left its circle, is kept beside the rows (witness.h).
 *
 * A flag is an event for the product (n = 0), and one for the source where it is named (n = 1, value 1). The rest is an event each; a leaf that is
 * malformed is VIEW_MALFORMED, n = 0, without an id. */
#ifndef SHARE_PROJECT_H
#define SHARE_PROJECT_H

#include "share/write.h"
#include "stix/object.h"
#include "store/view.h"

/* Brings the view from its position to the last arrival, in transactions of at most LIMIT_PIECES objects. Cheap if there is nothing new. progress
 * (may be NULL) is called with arrivals done and in all after each transaction; false stops with ERR_STOPPED, and what was committed stays. */
enum err share_project(struct share *s, bool (*progress)(void *ctx, uint64_t done, uint64_t all), void *ctx, struct errinfo *e) MUST_USE;

/* One object that the caller has parsed and checked already. */
struct project_parsed {
	struct str text;
	const struct json *tree; /* of text */
	const struct stix_info *info;
};

/* The same for one entry of objects just appended and committed by this home, without reading its pieces back: objects are those of the entry, in
 * order. Whatever else is missing from the view is projected first. The rows are those that share_project would make. */
enum err
share_project_added(struct share *s, const struct share_appended *added, const struct project_parsed *objects, size_t n, struct errinfo *e) MUST_USE;

/* Whether an object says, in the private log, what only operations of this home say of their own: how a release is linked to its original, this
 * member's grade for another object. What is added from elsewhere may not: it would be believed, and left out of lists. */
bool project_says_own(const struct json *tree);

/* What full text finds of an object: parts as view_object_put takes them, in the arena. */
enum err project_text(const struct json *tree, struct arena *a, struct str **ret, size_t *ret_n, struct errinfo *e) MUST_USE;

#endif
