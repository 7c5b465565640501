/* torture: each main path of a home is gone many times, and each time one thing fails that can fail: an allocation, or an operation on a file.
 *
 *	- a clear error comes of it, of the kind that it is, or nothing (what is only a hint may fail unseen)
 *	- no memory, no file and no lock is left behind
 *	- all that was acknowledged before is there after, and after power went too
 *	- the same done again succeeds, and the home is then as if it had succeeded at once
 *
 * One small centre is founded in the simulator and its disks are kept as images; each try begins from them. */
#ifndef TORTURE_H
#define TORTURE_H

#include "base/time.h"
#include "sim/centre.h"
#include "sim/eye.h"
#include "sim/world.h"

/* Homes: of irq, of rus, one to be made, and the folder of a backup. */
enum { IRQ, RUS, NEW, FOLDER, HOMES };
enum { ID_MAX = 100 };

struct torture {
	struct simworld *w;
	struct centre c;
	int under;         /* whose code meets the faults */
	bool armed;        /* they wait */
	bool died;         /* that home's process ended itself */
	struct env folder; /* of home FOLDER */
	struct buf reply, pouch;
	char report[ID_MAX], released[ID_MAX], product[ID_MAX], request[ID_MAX], card[16384]; /* of the base */
};

enum {
	PATH_FRESH = 1,   /* begins with no home at all, else with the base */
	PATH_AGAIN = 2,   /* done again, it may say or make a thing twice */
	PATH_CHANGED = 4, /* done again after an error, it may find that it is done: ERR_CONFLICT, ERR_NOTFOUND */
	PATH_CUT = 16,    /* what a process leaves that ended in the middle is for a person to remove: ERR_CONFLICT */
	PATH_HEAVY = 8,   /* fewer places are tried */
	PATH_WAITS = 32,  /* done where room is short, it may leave something for the next time: it is done once more */
};

struct path {
	const char *name;
	int under;
	unsigned open; /* homes that are open before, as bits */
	int other;     /* another home whose disk it uses, or -1 */
	int flags;
	enum err (*prepare)(struct torture *t, struct errinfo *e); /* once; may be NULL */
	enum err (*act)(struct torture *t, struct errinfo *e);
	bool (*check)(struct torture *t); /* after it succeeded; may be NULL */
};

extern const struct path paths_home[], paths_say[], paths_share[], paths_back[], paths_due[], paths_people[],
    paths_feed[]; /* ended by one without a name */

/* What the paths are made of; failures of preparation end the test. */
enum err
torture_do(struct torture *t, int home, struct errinfo *e, const char *op, const char *fmt, ...) __attribute__((format(printf, 5, 6))) MUST_USE;
/* ret stays as it was if the same report is there already. */
enum err torture_report(struct torture *t, int home, const char *subject, const char *cites, char ret[static ID_MAX], struct errinfo *e) MUST_USE;
enum err torture_stix(struct torture *t, int home, unsigned from, unsigned count, struct errinfo *e) MUST_USE;
/* Runs fn(arg) as the home; OK unless it died. */
enum err torture_as(struct torture *t, int home, enum err (*fn)(struct torture *t, struct errinfo *e), struct errinfo *e) MUST_USE;
bool torture_says(const struct torture *t, const char *text);                        /* the last reply */
bool torture_text(const struct torture *t, const char *path, char *ret, size_t cap); /* of it */
/* The base: irq and rus in one centre, with reports, objects, a product, and what they released to each other. */
enum err torture_base(struct torture *t, struct errinfo *e) MUST_USE;
enum err torture_found(struct torture *t, struct errinfo *e) MUST_USE;

#endif
