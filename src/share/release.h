/* release: giving own information to a circle. First a plan, which says item by item what would go, what is withheld and why, and what a reader could
 * infer; then the doing of just that.
 *
 * A report of ours (stix/comity.h) goes as a tear-line: a new object with the portions whose marks may go there. Any other object goes byte for byte
 * or not at all; or, where asked for, as a new object without what the circle cannot have. What was made from others' information (cites, followed
 * through own products) goes only where every source allows it. Nothing of the private extension ever goes. */
#ifndef SHARE_RELEASE_H
#define SHARE_RELEASE_H

#include "label/rule.h"
#include "share/write.h"
#include "stix/comity.h"

enum release_how {
	RELEASE_REFUSED = 0, /* why says it, and hint what to do */
	RELEASE_RAW,         /* byte for byte */
	RELEASE_TEAR_LINE,   /* a new report of the portions that may go */
	RELEASE_REDACTED,    /* a new object without some references */
	RELEASE_THERE,       /* the circle has it already: nothing is done */
};

struct release_want {
	struct stix_id id;
	int64_t modified; /* 0 = the latest version in the private log */
};

struct release_options {
	bool redact;         /* references that the circle cannot follow are left out, in a new object */
	struct str position; /* of the releasing officer: "J2-3" */
	const struct label
	    *mark; /* of an object that is here under several in one version: this one; NULL = the last that came, if all come to the same */
};

/* One portion of the original, in its order. */
struct release_portion {
	enum stix_portion_kind kind;
	uint32_t index;     /* in the original, from 0 */
	uint32_t paragraph; /* number a reader sees, from 1; 0: withheld, or not a paragraph */
	bool goes;
	enum label_why why; /* LABEL_MAY if it goes */
	struct str mark;    /* as it goes; as it stands in the original if it is withheld */
	struct str text;    /* the same */
	struct str says;    /* why it is withheld, in words */
	uint32_t dangling;  /* references in it to withheld paragraphs */
};

/* Something that keeps an item back, or is left out of it. */
struct release_snag {
	struct stix_id id; /* a reference, a source */
	struct str where;  /* the property ("object_refs[2]"), or empty for a source */
	struct str says;
	struct str remedy; /* of a source, what to do; empty: ask its originator for consent */
};

struct release_item {
	struct stix_id id; /* of the private original */
	int64_t modified;
	enum release_how how;
	struct str why, hint; /* refused or there already */
	struct str remark;    /* what is to be known all the same; may be empty */
	struct stix_id as;    /* id it goes under (RELEASE_THERE: went) */
	struct label label;   /* it bears there */
	struct str banner;
	struct str name;  /* as the circle reads it */
	struct str bytes; /* what goes */
	const struct release_portion *portions;
	size_t nportions;
	const struct release_snag *snags; /* references refused or left out, sources that stand in the way */
	size_t nsnags;
	const struct str *infers; /* what a reader could conclude beyond the content, in words */
	size_t ninfers;
	struct str place; /* of a report's header, where it is withheld; empty: it goes, or there is none */

	/* for release_do */
	struct label original_label;
	struct str indices; /* "0,2,3": portions that go */
	uint64_t serial;    /* of its entry */
	uint32_t entry;     /* which of the act's, from 0 */
};

struct release_plan {
	struct arena a; /* everything below lives in it */
	struct share_centre *centre;
	uint64_t circle;
	struct str position;
	int64_t time; /* that new objects bear */
	uint64_t idx; /* length of the circle's log when this was planned */
	struct release_item *items;
	size_t nitems, refused, going; /* going: neither refused nor there */
	uint32_t nentries;
	const struct release_reader {
		struct str id, name;
		bool observer;
	} * readers; /* who will have it, by id; this home's member is not among them */
	size_t nreaders;
	const struct str *infers; /* of the act as a whole: moment, serial, position, size */
	size_t ninfers;
	struct hash digest; /* of what would go where; equal for equal plans, whenever they are made: new ids and times are not in it */
};

/* Looks only; the view is brought up to date first. ERR_DENIED (as share_may_append), ERR_LIMIT (more than LIMIT_PIECES wanted), ERR_INVALID (no
 * circle of several with this home in it); what is wrong with one item is said in the item. An id that is wanted twice is taken once. Freed by
 * release_plan_free. */
enum err release_plan(struct share *s, struct share_centre *centre, uint64_t circle, const struct release_want *want, size_t n,
    const struct release_options *o, struct release_plan **ret, struct errinfo *e) MUST_USE;
void release_plan_free(struct release_plan *p); /* takes NULL */

struct release_done {
	uint32_t entries; /* in the circle's log */
	uint32_t objects;
	uint64_t first_serial, last_serial;
	struct hash first_leaf;
};

/* Does all of it or nothing, in one record transaction: the entries in the circle's log (each report in one of its own, other objects together where
 * their labels are equal), and in the private log a `relationship` for each new object that leads back to its original. ERR_DENIED if an item of it
 * was refused; ERR_CONFLICT if the log grew since the plan was made (plan anew). The caller then signs and projects. A plan with nothing going is
 * done at once. */
enum err release_do(struct share *s, struct release_plan *p, struct release_done *ret, struct errinfo *e) MUST_USE;

#endif
