/* truth: what the simulator knows of a history and the nodes do not: who said which word, whom it may reach, and where it was acknowledged.
 *
 * Every text that is put into a report, an object, a reason carries a word that stands nowhere else. So "is this here?" and "may it be here?" are
 * questions about bytes, whatever the product thinks of labels. */
#ifndef SIM_TRUTH_H
#define SIM_TRUTH_H

#include "base/str.h"
#include "sim/rng.h"

enum { WORD_LEN = 16, THING_ID = 80, THING_WORDS = 6, THING_CITES = 3 };

struct word {
	char text[WORD_LEN + 1]; /* "qx" and 14 small letters */
	int owner;               /* member */
	uint64_t may;            /* members whose homes may hold it */
	const char *what;        /* for messages */
	int64_t delete_by;       /* microseconds UTC; 0 = it may stay */
	uint64_t seen, gone;     /* homes whose record had it when it was last looked at; has it no more */
};

/* An acknowledgement: this word stands in the log of its owner for this circle, at this home. */
struct claim {
	int word, home;
	uint64_t circle;
	bool met;
};

/* This word stands in node.db of that home: as a reason in the audit trail, or in quarantine. */
struct kept {
	int word, home;
};

/* An identifier that is not to be in any log of a circle with these members in it. */
struct hidden {
	char id[THING_ID];
	uint64_t from;
};

/* An object in a member's private log. */
struct thing {
	char id[THING_ID];
	int home; /* where it was added; a forker's branches differ */
	int owner;
	struct {
		int word;
		uint64_t reach; /* members its mark allows */
		bool orcon;
	} part[THING_WORDS];
	int nparts;
	bool unsure;   /* a release of it may have happened */
	uint64_t went; /* members of all circles that it may have gone to */
	bool report;
	int64_t delete_by;      /* as of its words */
	int best;               /* the number that it claims; 0 = it claims none */
	int claims;             /* the part that does */
	int cites[THING_CITES]; /* numbers of gifts it was made from */
	int ncites;
};

/* An object that a circle was given. */
struct gift {
	char id[THING_ID];
	int thing, home, author;
	uint64_t circle;
	bool recalled, recall_sure;
	int64_t recalled_at; /* true time of the first that may have been */
	bool orcon;          /* some part of it is */
	int64_t delete_by;
	int best; /* that it claims; 0 = none */
	int words[THING_WORDS];
	int nwords;
};

/* A consent or refusal that may count: of the originator of that gift, for products that go to `to`. */
struct grant {
	int gift;
	int asker;
	uint64_t to;
	bool granted, sure;
};

struct truth {
	struct word *word;
	size_t nwords;
	struct claim *claim;
	size_t nclaims;
	struct thing *thing;
	size_t nthings;
	struct gift *gift;
	size_t ngifts;
	struct grant *grant;
	size_t ngrants;
	struct kept *kept;
	size_t nkept;
	struct hidden *hidden;
	size_t nhidden;
};

void truth_free(struct truth *t);
/* A new word of this member; for its own eyes until truth_may. */
int truth_word(struct truth *t, struct simrng *dice, int owner, const char *what);
void truth_claim(struct truth *t, int word, int home, uint64_t circle);
struct thing *truth_thing(struct truth *t);
struct gift *truth_gift(struct truth *t);
struct grant *truth_grant(struct truth *t);
void truth_keep(struct truth *t, int word, int home);
void truth_hide(struct truth *t, const char *id, uint64_t from);
/* Finds words in bytes, one after another: the number of the next from *at on (which moves past it), or -1. */
int truth_next(const struct truth *t, struct str bytes, size_t *at);

#endif
