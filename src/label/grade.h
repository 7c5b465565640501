/* grade: how reliable a source is and how credible what it says, by the scheme its member uses.
 *
 * Admiralty: A to F (F: cannot be judged) and 1 to 6 (6: cannot be judged), written "B2". 4x4: A, B, C, X and 1 to 4, written "4x4:B2". The two mean
 * different things by the same letters, so nothing here turns one into the other. */
#ifndef LABEL_GRADE_H
#define LABEL_GRADE_H

#include "base/buf.h"

enum grade_scheme {
	GRADE_NONE, /* not graded: the rest is 0 */
	GRADE_ADMIRALTY,
	GRADE_4X4,
};

struct grade {
	enum grade_scheme scheme;
	char reliability; /* 'A' … */
	char credibility; /* '1' … */
};

/* "B2" or "4x4:B2", nothing else, capitals. ERR_INVALID says what is allowed. */
enum err grade_parse(struct str s, struct grade *ret, struct errinfo *e) MUST_USE;
void grade_put(struct buf *b, const struct grade *g); /* nothing for GRADE_NONE */
bool grade_ok(const struct grade *g);

/* What the parts mean, in words: "usually reliable", "probably true"; "" for GRADE_NONE. */
const char *grade_reliability_text(const struct grade *g);
const char *grade_credibility_text(const struct grade *g);

/* STIX confidence of an Admiralty credibility (STIX 2.1 appendix A: 1=90 2=70 3=50 4=30 5=10); -1 = leave confidence out: credibility 6, 4x4, not
 * graded. */
int grade_confidence(const struct grade *g);
/* Admiralty credibility of a STIX confidence by the ranges of the same table: 80 to 100 is '1' … 0 to 19 is '5'; outside 0 to 100: '6'. */
char grade_credibility_of(int confidence);

#endif
