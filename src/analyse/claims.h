/* claims: who says how many of what, where and when, side by side.
 *
 * Differing estimates are shown, with author and grade, and never averaged or voted on: which is right is for a person to say. Two claims contradict
 * when they are about the same thing, place and time and their ranges do not meet. A count at another time is another fact.
 *
 * Pure: rows in, groups out. The rows come from view_claim_each; views in them belong to the caller. */
#ifndef ANALYSE_CLAIMS_H
#define ANALYSE_CLAIMS_H

#include "base/arena.h"
#include "base/time.h"
#include "label/grade.h"
#include "stix/id.h"

/* Claims said for moments closer than this are about the same time. */
#define CLAIMS_SAME_TIME TIME_DAY

struct claim_row {
	struct str what, where; /* folded, as the view has them; where may be empty */
	int64_t when;           /* TIME_NEVER: not said, so any time */
	double low, best, high; /* NAN: not said */
	int centre, author;     /* who says it: member number within its centre */
	uint64_t circle;        /* where it was said */
	struct stix_id id;      /* of the report */
	int64_t modified;       /* its version */
	uint32_t portion;
	struct grade grade;
	/* filled by claims_compare */
	uint32_t contradicts; /* how many rows of its group it contradicts */
	uint32_t also;        /* how many rows said exactly this again (another circle, the private original) and were left out */
};

struct claim_group {
	struct str what, where;
	struct claim_row **rows; /* by time, those without last; then author; then id */
	size_t n;
	bool contradiction; /* some row contradicts another */
};

/* Groups by what and where (bytewise, in that order); rows is filled in and pointed to, otherwise untouched. The same author's same words (time,
 * range, grade) count once: the row kept is the one with the smallest (id, modified, circle, portion), so the answer does not depend on the order of
 * rows. The groups are in a. ERR_NOMEM: a is spent. Cost: n log n, and n² within a group over the rows that differ. */
enum err claims_compare(struct arena *a, struct claim_row *rows, size_t n, struct claim_group **ret, size_t *ret_n, struct errinfo *e) MUST_USE;

/* The lowest and highest number that a row allows: what is not said is taken from what is (best for both; no low: 0 … high, no high: low …). False if
 * it gives no number at all. */
bool claim_range(const struct claim_row *r, double *ret_low, double *ret_high);
/* Same time, both with numbers, and the ranges do not meet. what and where are not looked at. */
bool claim_contradicts(const struct claim_row *a, const struct claim_row *b);

#endif
