/* What the files of verify share. */
#ifndef SHARE_VERIFY_INT_H
#define SHARE_VERIFY_INT_H

#include "share/rules.h"
#include "share/verify.h"

struct verify {
	struct share *s;
	struct share_centre *c;
	const struct verify_options *o;
	struct verify_report *r;
	struct rules rules;
	int64_t now;
	/* of the log being read */
	struct record_log log; /* as kept */
	struct record_log at;  /* as counted so far: edge, objects, last_time */
	struct record_pieces reader;
	struct merkle_edge pieces;
	uint64_t piece_bytes;
	uint32_t gone;
	uint64_t next; /* size of the next checkpoint to compare with; 0 = none left */
	struct hash next_root;
	uint64_t *sizes; /* of the checkpoints, ascending */
	struct hash *roots;
	size_t nsizes, at_size;
	uint64_t *held; /* entries of each log, by its number */
	size_t nheld;
};

/* verify.c: a fault of the log being read, counted and told; index as in struct verify_fault. An error is the caller's, who is told. */
enum err verify_fault_log(struct verify *v, enum err code, uint64_t index, const char *what, struct errinfo *e) MUST_USE;

/* verify_notes.c: what was signed of the log. Sizes and roots of the checkpoints are kept for the walk over the entries. */
enum err verify_notes(struct verify *v, struct errinfo *e) MUST_USE;
/* After the walk: what is kept beside the entries, the bridge to a checkpoint beyond them, proofs of a fork. */
enum err verify_kept(struct verify *v, struct errinfo *e) MUST_USE;
enum err verify_bridge(struct verify *v, struct errinfo *e) MUST_USE;
enum err verify_forks(struct verify *v, struct errinfo *e) MUST_USE;

/* verify_epoch.c: what comes before the log's first entry: where serials go on from (v->at.objects), whether an epoch before it was forked, and that
 * its author signed no more of the one before than leaf 0 admits. */
enum err verify_link(struct verify *v, bool *ret_forked, struct errinfo *e) MUST_USE;
/* What was signed and is not here: of an epoch that its author ended with a loss, and of our own. */
enum err verify_lost(struct verify *v, struct errinfo *e) MUST_USE;

#endif
