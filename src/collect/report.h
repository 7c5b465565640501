/* report: a report as a person types it, text in, draft out, draft to STIX. doc/REPORTS.md tells the format to its users.
 *
 *	Type: INTREP
 *	Subject: (//IRQ S//REL TO IRQ, RUS) Convoy near Palmyra
 *	Source-Description: border guard officer
 *	Grade: B2
 *
 *	(//IRQ S//REL TO IRQ, RUS) About 350 fighters
 *	left the town by night.
 *	Claim: what=fighters; where=Palmyra; when=2015-10-01; low=300; best=350; high=400
 *
 *	(//IRQ S) [A1] Comment: We hold the lower figure.
 *
 * Header lines up to the first empty line, then portions with empty lines between. Every portion, the subject too, carries its mark, and nothing is
 * guessed: what is not understood is refused with line, column and remedy, and a report is taken whole or not at all.
 *
 * Portions are the author's own: a mark that names other owners without the author is refused (the mark would tell whose information it is made from;
 * that is what Cites is for). Valid-Until and Delete-By go into every portion's label and mark, so that they hold for each part that is released. */
#ifndef COLLECT_REPORT_H
#define COLLECT_REPORT_H

#include "base/arena.h"
#include "label/grade.h"
#include "label/mark.h"
#include "stix/comity.h"

enum report_precedence { REPORT_UNSAID, REPORT_ROUTINE, REPORT_PRIORITY, REPORT_IMMEDIATE, REPORT_FLASH };

struct report_claim {
	struct str who, what, where; /* what is never empty */
	int64_t when;                /* TIME_NEVER: not said */
	int64_t low, best, high;     /* -1: not said; otherwise low <= best <= high, each at most 2^53 - 1 */
};

struct report_portion {
	enum stix_portion_kind kind;
	const struct label *label; /* with the report's dates; its owners include the author */
	struct str mark;           /* its text in nobody's own form: what leaves the node */
	struct str text;           /* lines joined by \n, without blanks at their ends */
	struct grade grade;        /* its own, or the header's for paragraphs and captions; never of titles and comments unless written there */
	const struct report_claim *claims;
	size_t nclaims;
	uint32_t line; /* where it begins in the text, from 1 */
};

struct report {
	struct str type, place, language; /* language: RFC 5646 */
	struct str source, descriptor;    /* codename, private; and what a release says of the source */
	enum report_precedence precedence;
	int64_t information_time, report_time; /* TIME_NEVER: not said */
	int64_t valid_until, delete_by;        /* TIME_NEVER: no such date */
	struct grade grade;                    /* GRADE_NONE: none */
	struct str id;                         /* of the earlier report that this is a new version of; empty: a new report */
	const struct str *cites;               /* ids of what it was made from, distinct, in order of writing; private */
	size_t ncites;
	const struct report_portion *portions; /* [0] is the title: the subject */
	size_t nportions;
	struct label label; /* of the whole: the join of all portions, as the author's own */
	struct str banner;  /* its text */
};

/* Reads a report by the author v->home (not -1), whose own short form of marks is understood. What *ret points to is in a or in text; both must
 * outlive it. ERR_SYNTAX: no UTF-8, control characters, not laid out as a report; ERR_INVALID: a field, mark, grade or claim at fault; ERR_LIMIT:
 * LIMIT_REPORT, LIMIT_PORTIONS, LIMIT_CITES, LIMIT_CLAIMS, LIMIT_FIELD, arena spent. All with line and column (in characters) and a hint. An arena of
 * LIMIT_REPORT_ARENA is enough for any report. */
enum err report_parse(struct arena *a, struct str text, const struct mark_view *v, struct report *ret, struct errinfo *e) MUST_USE;

/* What the writer of the object adds to a draft. */
struct report_stix {
	struct str id;             /* report--…: new, or the draft's own id */
	struct str identity;       /* identity--… of the author; created_by_ref, and what object_refs must have at least */
	int64_t created, modified; /* microseconds UTC, written in milliseconds; equal unless it is a new version */
};

/* Appends the STIX `report` with the report extension (header, banner, portions) and the private extension: that its label is made of its
 * portions' marks, its source, what it cites. It passes stix_check, and stix_header_read, stix_portions_next and stix_private_read give back what the
 * draft says. The time of report is `modified` if the draft has none. The description repeats all text, for other tools; where that would pass
 * LIMIT_OBJECT it is left out. ERR_LIMIT: over LIMIT_OBJECT even so. b's ceiling should be LIMIT_OBJECT or more. On failure b is as it was. */
enum err report_to_stix(const struct report *r, const struct report_stix *s, struct buf *b, struct errinfo *e) MUST_USE;

/* A report to be filled in; static. It parses under a policy with a member IRQ and a level S once its lines are filled in. */
struct str report_template(void);

/* "ROUTINE"; empty for REPORT_UNSAID. */
struct str report_precedence_name(enum report_precedence p);

#endif
