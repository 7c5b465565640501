/* rules: what an entry must be like to count, beyond its form: the same for whoever takes it in, at whatever time.
 *
 * An entry that breaks them was signed all the same, so it is kept and shown as malformed (entry.h, ENTRY_MALFORMED), and the log goes on. Two things
 * make an entry wait instead, since they may change: a time ahead of our clock, and a charter that is not here. */
#ifndef SHARE_RULES_H
#define SHARE_RULES_H

#include "share/entry.h"
#include "share/share.h"

enum rules_verdict { RULES_GOOD, RULES_MALFORMED, RULES_WAITS };

struct rules {
	const struct share_centre *c;
	int64_t now;
	int charter;     /* index of the charter of the last good entry; -1 = none yet */
	bool any_serial; /* the epoch before is proven forked: its count is not known, the first serial sets it */
	int policy_of;   /* index of the charter that policy is of; -1 = none */
	struct label_policy *policy;
	struct arena arena;
};

enum err rules_init(struct rules *r, const struct share_centre *c, int64_t now, struct errinfo *e) MUST_USE;
void rules_done(struct rules *r); /* takes a zeroed one */
/* From here on the entries of another log, or of this one at another place. last: the charter of the last good entry before it, -1 if none. */
void rules_begin(struct rules *r, int last, bool any_serial);
/* Judges entry idx of log, whose objects and last_time are those before it. *ret (views into line and r, until the next call) is filled if it is
 * good. why: what is wrong or waited for. Fails for want of memory alone. */
enum err rules_judge(struct rules *r, const struct record_log *log, uint64_t idx, struct str line, enum rules_verdict *ret_verdict, struct entry *ret,
    struct errinfo *why) MUST_USE;

/* The part of it that an entry tells by itself, whatever stands before it in its log. charter: the number of the one it names. ERR_INVALID: which
 * rule is broken. */
enum err rules_alone(const struct share_centre *c, const struct record_log *log, const struct entry *x, int charter, struct errinfo *e) MUST_USE;

/* Reads an entry that was judged before, under the charter it names. */
enum err rules_read(struct rules *r, const struct hash *charter, uint64_t circle, struct str line, struct entry *ret, struct errinfo *e) MUST_USE;

/* The note in leaf 0 of an epoch after another: of an earlier epoch of the same log, signed by its key as charter and cards state it at now. Fills
 * origin fields of ret_log, size, root. ERR_VERIFY, ERR_INVALID, ERR_SYNTAX, ERR_NOTFOUND (no such key). */
enum err rules_link(const struct share_centre *c, int64_t now, const struct record_log *log, struct str note, struct record_log *ret_log,
    uint64_t *ret_size, struct hash *ret_root, struct errinfo *e) MUST_USE;

#endif
