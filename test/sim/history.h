/* history: one centre from its founding to its last exchange, all of it drawn from one seed.
 *
 * N members with a home each; a member who forks has a second home, begun as a copy of the first, and shows one to some and the other to others. Each
 * has a disk for its backups. Acts are drawn (acts.c), messages suffer the weather of their exchange (wire.h), disks fail (history_call). What was
 * acknowledged is written down (truth.h) and looked at again after each rise of a node (eye.h); the rest is judged at the end (judge.h). Nothing here
 * reads a clock or a random source but the dice of the seed. */
#ifndef SIM_HISTORY_H
#define SIM_HISTORY_H

#include "sim/centre.h"
#include "sim/dates.h"
#include "sim/eye.h"
#include "sim/truth.h"
#include "sim/world.h"

enum { HIST_MEMBERS = 5, HIST_HOMES = HIST_MEMBERS + 1, HIST_SAVED = 96, HIST_POUCHES = 24, HIST_KEYS = 12 };

/* Faults of our own making that the checks must find (sim --self-test): name, the words by which it is found out, what it is. */
#define PLANTS(X)                                                                                                                                \
	X(PLANT_NONE, "none", "", "")                                                                                                            \
	X(PLANT_LIE, "lying-disk", "LOST: ", "fsync answers OK and does nothing")                                                                \
	X(PLANT_TELL, "telling-peer", "what was not released to it", "a peer answers as if somebody else in the centre had asked")               \
	X(PLANT_UNSETTLED, "restore-unsettled", "an honest author forked", "an old copy of a disk is put back without a word, and writes go on") \
	X(PLANT_DEAF, "deaf-to-forks", "not both hold a proof", "homes that were shown two histories say that they met, and did not")            \
	X(PLANT_EDIT, "edited-record", "does not verify", "a letter of an object is changed in the record of an honest home")                    \
	X(PLANT_FORGED, "forged-note", "that its author did not sign", "signatures of one member are other ones in the record of another")       \
	X(PLANT_VIEW, "edited-view", "view made anew is another", "an object is taken out of the view of an honest home")                        \
	X(PLANT_BOGUS, "bogus-proof", "that proves nothing", "a proof of a fork that proves nothing stands in a record")                         \
	X(PLANT_EARLY, "early-deletion", "before its time", "the bytes of an object are withdrawn before the date that its author gave")         \
	X(PLANT_STAYS, "no-deletion", "was to be deleted", "a date for deletion that no label bears")                                            \
	X(PLANT_ORCON, "orcon-unheeded", "without what its source", "a mark says nothing of the originator's control that there is")             \
	X(PLANT_REDACT, "redacted-in-part", "was to be left out", "what a redaction leaves out stands in the text as well")                      \
	X(PLANT_HALF, "half-an-entry", "not entry by entry", "one object of a bulk of them is out of view")                                      \
	X(PLANT_AUDIT, "lost-trail", "trail or quarantine", "node.db is put back to what it was before an object was refused")                   \
	X(PLANT_COMPARE, "lost-claim", "side by side", "a claim is out of the view of one home")                                                 \
	X(PLANT_LEFT, "left-unheeded", "who has left", "a member is said to have left, and nobody minds")                                        \
	X(PLANT_FULL, "no-reserve", "refuses a recall", "a full disk has none of the room that is kept for recalls")

enum plant {
#define X(code, name, words, about) code,
	PLANTS(X)
#undef X
	    PLANT_COUNT
};

/* What must be drawn in a run of some length: name, in words. */
#define DIDS(X)                                                    \
	X(DID_DELETE, "words deleted")                             \
	X(DID_OPEN, "evidence opened")                             \
	X(DID_REDACT, "redacted")                                  \
	X(DID_REFUSE, "kept in quarantine")                        \
	X(DID_JOIN, "members joined")                              \
	X(DID_LEAVE, "left")                                       \
	X(DID_BULK, "bulks taken up again")                        \
	X(DID_HALF, "of them backed up halfway")                   \
	X(DID_CONTROL, "products of what its originator controls") \
	X(DID_DENIED, "refused")                                   \
	X(DID_WEIGH, "claims side by side")                        \
	X(DID_FULL, "recalls on a full disk")

enum did {
#define X(code, words) code,
	DIDS(X)
#undef X
	    DID_COUNT
};

enum home_fell { HOME_WELL, HOME_DIED, HOME_CRASHED };

struct home {
	int member;
	bool exists;
	bool made;           /* a latecomer's home, that did not get in yet */
	enum home_fell fell; /* in the call that runs now */
	int64_t jumped;      /* its wall clock against true time */
	struct dates_clock clock;
	bool full;      /* its disk holds `room` bytes and has (almost) as many on it */
	uint64_t room;  /* see full.h */
	struct eye eye; /* what it is known to hold durably */
	bool restored;  /* from a backup, at least once */
	bool backed_up;
	int64_t backup_at;
	struct eye backup_eye;
	struct simdisk_image *copy; /* the backup is a copy of its files made by hand; NULL: by the program */
};

struct saved_reply {
	int asker, server;
	char *path;
	struct str bytes;
};

struct pouch_file {
	struct str bytes;
	int packer; /* home */
	uint64_t to;
	int64_t at;
};

struct history {
	uint64_t seed;
	enum plant plant;
	bool verbose;
	struct simrng dice;
	struct simworld *w;
	struct centre c;
	int n; /* members; homes 0 … n-1 are theirs, home n is the forker's second */
	struct home home[HIST_HOMES];
	int forker, garbler;                      /* members, or -1 */
	bool forked;                              /* the second home exists */
	uint64_t side;                            /* members to whom the forker shows its second home */
	uint64_t departed;                        /* members who left, or will when the charter takes effect; or have not joined yet */
	int latecomer;                            /* member who joins later, or -1 */
	bool joined;                              /* it did */
	int64_t left_at;                          /* true time from which the last departure holds; INT64_MAX: none */
	uint8_t key[HIST_MEMBERS][HIST_KEYS][32]; /* public log keys known, see history_keys */
	int nkeys[HIST_MEMBERS];
	int64_t furthest;                                        /* that a clock ever was ahead, microseconds */
	int governor;                                            /* the member who proposes charters */
	enum err code;                                           /* that the last call ended with */
	bool faulty;                                             /* the last call was made with a fault of the disk in wait */
	enum { SAID_FREELY, SAID_CONTROLLED, SAID_SECRET } said; /* how all is marked that is written now: as drawn, U//ORCON, S */
	bool calm;                                               /* no faults any more: the last exchange */
	int acts;                                                /* so far */
	int bulk_home;                                           /* where many objects were added at once, or -1 */
	bool bulk_all;                                           /* all of them were acknowledged */
	struct truth truth;
	struct saved_reply saved[HIST_SAVED];
	size_t nsaved;
	struct pouch_file pouch[HIST_POUCHES];
	size_t npouches;
	struct buf complaints; /* a line each */
	int lost, violations, forks, proven;
	uint64_t calls, crashes, deaths, restores, copies, epochs, garbled; /* for people */
	uint64_t did[DID_COUNT];                                            /* for people, and to know that it is drawn at all */
};

/* Makes, founds, runs and judges; everything of it is freed by history_done. */
void history_run(struct history *h, uint64_t seed, enum plant plant, bool verbose, int acts);
void history_done(struct history *h);
/* A digest of all disks as they are: equal for equal seeds. */
void history_hash(const struct history *h, uint8_t ret[static 32]);

/* for the files beside */

bool history_honest(const struct history *h, int member);
static inline uint64_t
bit(int member)
{
	return UINT64_C(1) << member;
}

/* One line of what happens, with --verbose. */
void history_say(struct history *h, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Something is lost; something is wrong. */
void history_lost(struct history *h, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void history_wrong(struct history *h, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Runs fn as that home; false if the node died in it. */
bool history_step(struct history *h, int home, void (*fn)(void *arg), void *arg);
/* The node runs: opens it if it does not, and looks whether all is there. False if it fell again. */
bool history_up(struct history *h, int home);
void history_down(struct history *h, int home); /* closes it in good order */
/* Buries what fell in the call before: kills processes, takes power from disks that crashed. */
void history_bury(struct history *h);
/* Looks at an open home; what it is known to hold must still be there. */
void history_look(struct history *h, int home, bool whole);

enum outcome {
	ACKED,   /* it said OK */
	REFUSED, /* it said no, and nothing has happened */
	UNSURE,  /* it may or may not have happened */
	DOWN,    /* the home could not be called at all */
};
/* One operation of a home, which is opened if need be, with such faults of its disk as the dice want. reply may be NULL. */
enum outcome history_call(struct history *h, int home, struct node_call *call, struct buf *reply, struct errinfo *e);
/* The same from printf. what: for --verbose, by the operation's name if NULL. */
enum outcome history_op(struct history *h, int home, struct buf *reply, struct errinfo *e, const char *op, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));

/* Public log keys by the home's key files, that in use and those laid aside; new ones are added. */
void history_keys(struct history *h, int home);
bool
history_signed(const struct history *h, int member, struct str note, const char *origin, uint64_t *ret_size, uint8_t ret_root[static PROOF_HASH]);
bool history_proves(const struct history *h, int member, struct str proof, const char *origin);

/* "irq.rus", "IRQ, RUS" */
void history_circle(const struct history *h, uint64_t members, const char *between, bool capitals, struct buf *b);
/* A home of the member that `for_member` is shown. */
int history_home_of(const struct history *h, int member, int for_member);

#endif
