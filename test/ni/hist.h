/* hist: a pair of histories, drawn from a seed: the same acts of the same members at the same moments as far as one of them, M, may see them; around
 * these, on each side others.
 *
 * A thing is a report or another object; what of it goes to M is the same on both sides in bytes, label and moment, everything else about it is not:
 * when it was added, what else it says, its source, what it was made from, how often it was graded, where else it went. Words come from a dozen, so
 * that things collide.
 *
 * In the second kind of pair (inside) M is a person in the node of home 0 who may read up to RESTRICTED: there the secret things lie in the same
 * home, above that. */
#ifndef NI_HIST_H
#define NI_HIST_H

#include "base/buf.h"
#include "sim/rng.h"

enum { HIST_HOMES = 4, HIST_ALL, HIST_THINGS = 64, HIST_ACTS = 512, HIST_PARTS = 8, HIST_CITES = 3 }; /* the last of all joins later */

enum side { SIDE_A = 1, SIDE_B = 2, SIDE_BOTH = 3 };
enum level { LEVEL_U, LEVEL_R, LEVEL_S }; /* as the centre's levels stand */

enum act_kind {
	ACT_ADD,     /* who adds thing to its private circle (again: a new version of it) */
	ACT_RELEASE, /* who releases thing to circle */
	ACT_RECALL,  /* who recalls thing */
	ACT_REQUEST, /* who asks the thing's owner for consent to release it to circle */
	ACT_CONSENT, /* who answers member `with`, about thing, for circle */
	ACT_GRADE,   /* who grades thing for itself */
	ACT_SYNC,    /* who fetches from `with` */
	ACT_POUCH,   /* who packs a pouch that `with` opens */
	ACT_BAD,     /* who adds what is no STIX */
	ACT_BACKUP,
	ACT_REBUILD,
	ACT_VERIFY,
	ACT_DIE,    /* the power of who's machine fails; it starts again */
	ACT_CENTRE, /* who and `with` found a centre of their own, and who releases thing there */
	ACT_KEY,    /* who takes a new log key: all its logs go on in a new epoch */
	ACT_JOIN,   /* who has the centre take in another member, `with` */
	ACT_LEAVE,  /* who has `with` leave the centre */
	ACT_FORK,   /* who shows its circle two histories: thing to the first of it, thing + 1 to `with`; and the two meet */
	ACT_KINDS
};

struct thing {
	bool report; /* else a STIX object with an id of its own */
	int owner;
	uint64_t circle; /* that the visible part may go to; of a secret thing, that it may go to */
	enum level level;
	uint32_t words;     /* seed of what is visible */
	uint32_t secret[2]; /* of what is not, on each side; 0 = there is none */
	bool title_secret;
	int cites[2][HIST_CITES], ncites[2]; /* things, as the owner knows them */
	int delete_by;                       /* of a secret report: this day of October 2015; 0 = none */
	int valid_until;                     /* of a report: the same */
	const char *compartment;             /* or NULL */
	bool orcon;
	bool tlp;   /* a STIX object that names a marking */
	int refers; /* a note on this thing, by its id; -1 = no note */
	int as;     /* the thing whose id it has: its own, or another member's of which it is another version */
};

struct act {
	enum act_kind kind;
	enum side side;
	int slot; /* moment */
	int who, with, thing;
	uint64_t circle;
	uint32_t words; /* seed of a reason; of a fork: enum side, where it happens */
	bool yes;       /* consent: given; recall: corrected */
	bool one;       /* recall: of that version alone */
};

struct hist {
	uint64_t seed;
	int64_t slot; /* how far slots are apart, microseconds */
	bool inside;
	bool elsewhere;   /* inside: on one side home 0 is in a centre in which the viewer is cleared for nothing */
	int m;            /* the home that is M's (inside: 0) */
	uint64_t allowed; /* inside: the one circle whose logs the viewer may read; 0 = every circle */
	struct thing thing[HIST_THINGS];
	int nthing;
	struct act act[HIST_ACTS]; /* in order of slot */
	int nact;
};

extern const char *const hist_member[HIST_ALL];

void hist_draw(struct hist *h, uint64_t seed, bool inside);
/* The input of "add": a report as text, or STIX. id: of the earlier version, or NULL; cited: ids of what it cites, as many as thing->ncites of that
 * side. side is 0 (A) or 1 (B). */
void hist_text(const struct hist *h, int thing, int side, const char *id, char (*cited)[80], struct buf *b);
/* A portion mark. compartment may be NULL. */
void hist_mark(struct buf *b, int owner, enum level level, const char *compartment, bool orcon, uint64_t circle);
int hist_day(const struct hist *h, int thing);                      /* of September 2015, on which a STIX object was last modified */
void hist_id(const struct hist *h, int thing, char ret[static 80]); /* of a thing that is no report */
void hist_words(struct buf *b, uint32_t seed, int n);
/* One line for people. */
void hist_say(const struct hist *h, const struct act *a, struct buf *b);

#endif
