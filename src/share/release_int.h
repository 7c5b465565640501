/* What the files of release share. */
#ifndef SHARE_RELEASE_INT_H
#define SHARE_RELEASE_INT_H

#include "share/release.h"
#include "share/rows.h"
#include "share/tear.h"
#include "stix/object.h"
#include "stix/refs.h"

/* A reference of an item, and whether the circle can follow it. */
struct release_ref {
	struct stix_id id;
	struct str path;
	uint32_t node; /* its identifier's place in the tree */
	bool marking;  /* it says how the object is to be handled: never left out */
	bool listed;   /* in object_refs at the top: what a report is about */
	bool known;    /* to the circle, by what it was given before */
	uint64_t by;   /* the circle it was given in */
};

/* An item while it is judged. */
struct release_work {
	struct release_item *item;
	struct view_row row; /* of the private original */
	struct label other;  /* that this version of it has too, of those one that decides otherwise, if there is such a one */
	bool several, differs;
	struct str bytes;
	bool private_part; /* carries the private extension */
	struct tear tear;
	struct release_ref *refs;
	size_t nrefs;
};

struct releasing {
	struct share *s;
	struct release_plan *p;
	bool redact;
	const struct label *mark;
	int64_t now;
	struct str identity;
	struct release_work *work; /* one an item */
	struct arena tree;         /* of the item being looked at */
};

/* Text in the plan's arena; empty when that is spent, which release_plan notices in the end. */
struct str release_say(struct releasing *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
struct str release_id(struct releasing *r, struct stix_id id);
struct str release_circle(struct releasing *r, uint64_t circle);
void release_refuse(struct release_item *item, struct str why, struct str hint);
/* The tree of an item's original, good until the next call. */
enum err release_tree(struct releasing *r, const struct release_work *w, const struct json **ret, struct errinfo *e) MUST_USE;

/* release_item.c: by itself: found, own, labelled to go, leave given. Sets how, label, portions, snags. */
enum err release_judge(struct releasing *r, struct release_work *w, const struct release_want *want, struct errinfo *e) MUST_USE;
/* Whether the circle has it already. */
enum err release_there(struct releasing *r, struct release_work *w, struct errinfo *e) MUST_USE;

/* release_refs.c: what items refer to, in view of what goes beside them. */
enum err release_refs(struct releasing *r, struct errinfo *e) MUST_USE;

/* release_make.c: entries, serials, ids and bytes of what goes; what a reader could infer. */
enum err release_make(struct releasing *r, struct errinfo *e) MUST_USE;

#endif
