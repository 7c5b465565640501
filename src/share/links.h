/* links: what was released of which original. Each new object that a release made (tear-line, redacted copy) has a `relationship` of type
 * derived-from in the private log, whose private extension tells the rest:
 *
 *	"released": {"circle": "irq.rus", "entry": "<leaf hash>", "id": "report--…", "modified": "<of the original>", "portions": "0,2,3"}
 *
 * So the link is part of the record, and of nobody else's. */
#ifndef SHARE_LINKS_H
#define SHARE_LINKS_H

#include "base/arena.h"
#include "json/dom.h"
#include "share/share.h"
#include "stix/id.h"

struct link {
	struct stix_id released, original;
	uint64_t circle;     /* where it went */
	int64_t modified;    /* version of the original; 0 if it has none */
	struct str portions; /* which of it, as release_item.indices says */
	struct hash entry;
};

/* Those that name id, on either side, newest first. Views live in a. */
enum err links_of(
    struct share *s, struct share_centre *c, const struct stix_id *id, struct arena *a, struct link **ret, size_t *ret_n, struct errinfo *e) MUST_USE;

/* What such a relationship tells; its views live in a. False if it is none. */
bool link_read(const struct share_centre *c, const struct json *tree, struct arena *a, struct link *ret);

struct link_as {
	struct stix_id id; /* of the relationship */
	int64_t time;
	struct str identity; /* empty: none */
};
/* Appends the relationship. */
enum err link_write(const struct share_centre *c, const struct link *l, const struct link_as *as, struct buf *b, struct errinfo *e) MUST_USE;

/* The STIX identity that this home's member speaks as: the first that charter and cards state at t; empty if there is none. A view that lives until
 * the next charter or card. */
struct str links_identity(const struct share_centre *c, int64_t t);

#endif
