/* tear: the tear-line of a report: a new report of those portions that a circle may see, which tells nothing of the others but that a reference leads
 * to one. Pure.
 *
 * What carries a mark goes if its mark may go: title, paragraphs, captions, comments, with their grades and claims. Of what carries none go type,
 * time of information, precedence, language, the source's descriptor and its grade, which every reader of a portion needs; the place, and what else
 * the report refers to, only when every portion goes. Nothing else of the original goes: not its id, dates, labels, external references, other
 * extensions, nor the marks' wider release. */
#ifndef SHARE_TEAR_H
#define SHARE_TEAR_H

#include "base/arena.h"
#include "label/rule.h"
#include "share/release.h"

struct tear_from {
	const struct json *tree;   /* a report with our extension, checked */
	const struct label *whole; /* it bears in the private log: its dates count, and all of it where it came as STIX */
	const struct label_policy *policy;
	int author;
	uint64_t circle;
	uint64_t all; /* what REL TO ALL means in its marks */
	int64_t now;
};

/* Judged portion by portion. */
struct tear {
	struct release_portion *portions; /* of the original, in order; those that go as they go, renumbered */
	size_t nportions, going;
	bool whole;         /* all of them go */
	bool has_title;     /* and it goes */
	struct label label; /* join of those that go, as the author's own and of this circle; counts if going > 0 */
	struct str banner;
	struct str name;    /* the title, or the type */
	struct str indices; /* those that go: "0,2,3" */
};
/* What would go. Everything of *ret is in a or the tree. ERR_NOMEM, ERR_LIMIT (arena spent) alone: what cannot be read is withheld. */
enum err tear_judge(const struct tear_from *from, struct arena *a, struct tear *ret, struct errinfo *e) MUST_USE;

struct tear_as {
	struct stix_id id;
	int64_t time;               /* of its making: created, modified, published */
	struct str identity;        /* the author's; empty: it has none */
	struct str serial;          /* "IRN/ALL/0031" */
	const struct stix_id *refs; /* what the circle has of what the original refers to; put only if the whole goes */
	size_t nrefs;
};
/* Appends the new report, which passes stix_check and stix_private_none. ERR_LIMIT: too long. */
enum err
tear_write(const struct tear_from *from, const struct tear *t, const struct tear_as *as, struct arena *a, struct buf *b, struct errinfo *e) MUST_USE;

/* Appends text with its references to paragraphs ("see paragraphs 2 and 4", "para 3-5", also in Russian, Arabic, Persian) renumbered: number[i] is
 * what paragraph i + 1 becomes, 0 = withheld. Returns how many references lead to withheld ones; each is then "[reference to a withheld portion]".
 * own: the paragraph that text is, 0 = none: "2. Text" is renumbered too. */
uint32_t tear_renumber(struct buf *b, struct str text, const uint32_t *number, uint32_t n, uint32_t own);

#endif
