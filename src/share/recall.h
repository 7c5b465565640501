/* recall: taking back what was released, in every circle it went to; and withdrawing what never was.
 *
 * The entry is as public as the release was: each circle learns of it under the id it knows, and nothing of the other circles. Bytes that were given
 * stay sealed with those who have them as evidence (share/due.h). */
#ifndef SHARE_RECALL_H
#define SHARE_RECALL_H

#include "share/write.h"

struct recall_what {
	struct stix_id id; /* a private original (then it and all made of it), or one released object */
	int64_t modified;  /* 0 = all versions */
	enum entry_action action;
	struct str reason; /* everybody concerned reads it */
	struct stix_id
	    replacement; /* private original or released; type empty = none. Each circle is told of what it has of it, and of nothing else */
	struct str position;
	bool look;     /* only what would be done is told; a reason is not needed */
	bool withdraw; /* what lies in the private circle, of which nothing stands in any other: ERR_DENIED if something does, or if it says how this
			  home released or graded something. Nobody is told, and nothing is flagged: what was made of it would tell its readers of a
			  source that they were not given */
};

struct recall_in {
	uint64_t circle;
	struct hash leaf; /* zero of a look */
	const struct entry_target *targets;
	size_t ntargets;
	struct stix_id replacement; /* as the circle knows it; type empty = none it has */
};

/* All circles in one record transaction. ret and what it views live in a. ERR_NOTFOUND: nothing of it, or of the replacement, stands anywhere;
 * ERR_INVALID: no reason. The caller then signs and projects. */
enum err recall_do(struct share *s, struct share_centre *centre, const struct recall_what *w, struct arena *a, const struct recall_in **ret,
    size_t *ret_n, struct errinfo *e) MUST_USE;

#endif
