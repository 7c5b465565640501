/* rule: the three questions asked of labels. May this person read it? May it go to this circle? May what was made of these go there?
 *
 * Pure functions over labels and arrays; whoever asks gathers the facts. Each answers with a reason; LABEL_MAY alone is yes. TLP and dates are
 * carried and joined; of them only the dates decide. */
#ifndef LABEL_RULE_H
#define LABEL_RULE_H

#include "label/label.h"

/* why, what it means to a person. Later reasons stand nearer to "may": label_may_derive tells the furthest that any grant came. */
#define LABEL_WHY_LIST(X)                                                                  \
	X(LABEL_MAY, "it may")                                                             \
	X(LABEL_WHY_NO_GRANT, "it was not released, and no consent was given")             \
	X(LABEL_WHY_PRIVATE, "it joins material of several centres, so it may go nowhere") \
	X(LABEL_WHY_POLICY, "it belongs to another centre")                                \
	X(LABEL_WHY_OVERFULL, "it needs more compartments than a label can name")          \
	X(LABEL_WHY_EXPIRED, "its time is over")                                           \
	X(LABEL_WHY_NO_CIRCLE, "the circle is empty")                                      \
	X(LABEL_WHY_CIRCLE, "its label does not reach all of the circle")                  \
	X(LABEL_WHY_OWNER, "its label names an owner outside the circle")                  \
	X(LABEL_WHY_AUTHOR, "its author is not among its owners")                          \
	X(LABEL_WHY_LEVEL, "its level is too high")                                        \
	X(LABEL_WHY_COMPARTMENT, "it needs a compartment")                                 \
	X(LABEL_WHY_LOWERED, "the product is marked lower than this source")               \
	X(LABEL_WHY_ORCON, "its originator controls every use of it and has not consented")

enum label_why {
#define X(code, text) code,
	LABEL_WHY_LIST(X)
#undef X
};

const char *label_why_text(enum label_why w);
/* What stands in the way, by name: "its label does not reach SYR". l is the label asked about; circle the one it was to go to (0 if none); p may be
 * NULL (then no names). */
void label_why_put(struct buf *b, enum label_why w, const struct label *l, uint64_t circle, const struct label_policy *p);

/* What one person inside a node may see of one centre. For private joins a person needs a clearance of its own, with policy all zero and level
 * LABEL_LEVEL_TOP. */
struct clearance {
	uint8_t policy[POLICY_ID];
	uint8_t level;           /* highest rank */
	bool every_circle;       /* else only those listed */
	const uint64_t *circles; /* exact circles; caller's */
	size_t ncircles;
	const char (*compartments)[LIMIT_COMPARTMENT + 1]; /* NUL-terminated, any order; caller's */
	size_t ncompartments;
};

/* Now in microseconds UTC. Out of view from valid_until or delete_by on. Orcon hides nothing. A private label has no circle: only its level and
 * compartments count. */
enum label_why label_may_read(const struct label *l, const struct clearance *c, int64_t now);

/* Whether a thing so labelled may go to a circle by its own label, without anybody's consent. */
enum label_why label_may_release(const struct label *l, uint64_t circle, int64_t now);

/* That a source may be used: a release of it (the label it bears in that circle), or its originator's consent (the loosest label that the product may
 * bear: usually the source's own with the circle consented to). The caller leaves out releases recalled and consents withdrawn. */
struct label_grant {
	const struct label *label;
	bool consent;
};

struct label_source {
	int originator; /* member number, 0 to 63 */
	const struct label_grant *grants;
	size_t ngrants;
};

/* May a product so labelled, by this author, go to its label's circle? Each source needs one grant that is alive, of the product's centre, and whose
 * label the product keeps (circle within it; level, compartments, orcon, tlp and dates no looser); a release under orcon does not count, unless the
 * author is the originator or the product goes to the author alone (a draft). The author's own material counts by the labels it bears. Sources come
 * in any number; none is a product of the author's own words, judged by label_may_release, which the product itself must always pass. ret (may be
 * NULL) takes each source's verdict. Returns the product's own refusal, else the first source's, else LABEL_MAY. Cost: n times grants. */
enum label_why
label_may_derive(const struct label *product, int author, const struct label_source *sources, size_t n, int64_t now, enum label_why *ret);

#endif
