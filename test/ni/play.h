/* play: one side of a pair, in a simulated world of its own. */
#ifndef NI_PLAY_H
#define NI_PLAY_H

#include "api/budget.h"
#include "ni/eye.h"
#include "ni/hist.h"
#include "sim/centre.h"
#include "sim/world.h"

struct given { /* an id under which a thing is known in a circle */
	int thing;
	uint64_t circle;
	char id[80];
};

enum { PLAY_OPS = 128, PLAY_REQUESTS = 600 /* a minute, of one account */ };

struct play {
	const struct hist *h;
	int side; /* 0 or 1 */
	struct simworld *w;
	struct centre c;
	struct eye *eye;
	char id[HIST_THINGS][80]; /* private; empty: not added yet */
	struct given given[HIST_ACTS];
	int ngiven;
	int done, failed;                /* acts of this side */
	int failed_visible;              /* acts of both sides that did not succeed */
	int kinds[ACT_KINDS];            /* that succeeded */
	bool asked[PLAY_OPS];            /* operations of the table that M asked its node, and that answered */
	char mark[400], last_event[400]; /* of what changed: where the operation and the stream were left */
	bool verbose;
	struct budget *budget; /* of the web listener */
	struct simdisk_image *empty;
	struct buf reply;
};

/* Plays the whole history of that side into the eye. ERR_*: the centre could not be founded. */
enum err play(const struct hist *h, int side, struct eye *eye, bool verbose, struct play *p, struct errinfo *e) MUST_USE;
void play_done(struct play *p);

/* acts.c: the home may name the compartments of all texts. */
enum err act_config(struct play *p, int home, struct errinfo *e) MUST_USE;
/* acts.c: does one act. */
enum err act_do(struct play *p, const struct act *a, struct errinfo *e) MUST_USE;
/* look.c: everything M can ask its node, its home's record, and what others would answer it. whole: also what only M's own acts change; last: also
 * what is looked at once. */
void look(struct play *p, bool whole, bool last);

/* web.c: what a viewer gets over HTTP; ids: of objects that it was told. whole: not the stream of events alone. */
void look_web(struct play *p, const struct node_who *of, const char (*ids)[80], int nids, bool whole);

#endif
