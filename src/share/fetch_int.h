/* fetch_int: what the files of fetching share: fetch.c (listing, report), fetch_log.c (one log), fetch_entry.c (its entries into the record),
 * fetch_fork.c (contradictions), fetch_bridge.c (entries that are tied to a larger note), fetch_witness.c (earlier countersignatures). */
#ifndef SHARE_FETCH_INT_H
#define SHARE_FETCH_INT_H

#include "merkle/bridge.h"
#include "merkle/checkpoint.h"
#include "share/fetch.h"
#include "share/peer.h"
#include "share/rules.h"

struct fetch {
	struct share *s;
	struct share_centre *c;
	const struct fetch_options *o;
	struct fetch_report *r;
	struct peer peer;
	struct rules rules;
	struct buf note, beyond, bundle; /* kept over the logs for their memory */
	uint32_t held[LIMIT_MEMBERS];    /* logs of each author that are in the record */
	int64_t now;
	int64_t others; /* latest time that another member signed, as far as it was asked for; TIME_MIN: not yet */
};

struct fetch_log {
	struct fetch *f;
	struct record_log log, kept; /* as it is in the open transaction; as it was at the last commit. no is 0: not in the record */
	struct sign_public key;
	struct merkle_note note;     /* as the peer gave it; views into f->note */
	struct merkle_checkpoint cp; /* of it */
	char space[LIMIT_CHECKPOINT];
	struct str bare;           /* the note with its author's signature alone: what is kept */
	struct str whole;          /* and as the peer gave it: a view into f->note, or f->beyond */
	struct merkle_bridge tie;  /* how much the peer shows of the tree of cp: all, or less and the proof that it is the beginning */
	struct merkle_nodes nodes; /* the peer's tree at tie.held */
	/* the bundle at our edge, once it is vouched for: its leaves, and what ties its end to cp */
	struct hash leaf[MERKLE_TILE_WIDTH];
	uint64_t leaf_from;
	struct merkle_bridge reach;
	uint64_t vouched; /* our entries fit all checkpoints kept up to this size */
	bool bridged;     /* the record has a bridge for this log, or had one before a rollback */
	bool untied;      /* nothing that its author signed vouches for our edge, as a home of an older version may have it */
	bool in_tx, note_kept;
	bool fresh;  /* was not in the record when this fetch came to it */
	bool broken; /* the record failed: the open transaction goes */
	bool waits;  /* the next entry does */
	uint32_t tx_pieces;
	uint64_t tx_entries, tx_bytes;
};

/* Whether a failure ends the whole fetch: it is not about what the peer said. */
bool fetch_is_fatal(enum err err);

/* Keeps what could not be taken, and why, where people see it; counts it. */
enum err fetch_refuse(struct fetch *f, struct str source, const struct errinfo *why, struct errinfo *e) MUST_USE;

/* fetch_own.c: of an own log, of which the peer told this size. The first takes in the peer's note if it is beyond what is here, before the log is
 * fetched; the second sets own_taken and own_heard after. A note that does not verify is an error of the peer. */
enum err fetch_own_note(struct fetch *f, const struct record_log *named, uint64_t told, struct errinfo *e) MUST_USE;
enum err fetch_own_heard(struct fetch *f, const struct record_log *named, uint64_t told, struct errinfo *e) MUST_USE;

/* fetch_log.c. told: the size that the peer lists. ERR_FORK: proven and kept. */
enum err fetch_log(struct fetch *f, const struct record_log *named, uint64_t told, struct fetch_log *l, struct errinfo *e) MUST_USE;

/* What a revoked key signed counts only with a countersignature from before: else ERR_VERIFY. */
enum err fetch_note_counts(struct fetch_log *l, const struct roster_log_key *key, const struct merkle_note *note, struct errinfo *e) MUST_USE;

/* fetch_witness.c. After the entries: what the peer has of countersignatures of earlier checkpoints. */
enum err fetch_witnessed(struct fetch_log *l, const struct roster_log_key *key, struct errinfo *e) MUST_USE;

/* fetch_bridge.c. In the open transaction, before it is committed: where the edge moves on and cp is beyond it, what ties it to cp. Asks the peer for
 * nothing. */
enum err fetch_bridge_keep(struct fetch_log *l, struct errinfo *e) MUST_USE;
/* What the peer has of entries that are tied to a note beyond them; ERR_NOTFOUND if it has none. It is kept until fetch_bridge_turn makes it what l
 * is about, in the place of the peer's checkpoint. */
enum err fetch_bridge_ask(struct fetch_log *l, struct errinfo *e) MUST_USE;
enum err fetch_bridge_turn(struct fetch_log *l, const struct roster_log_key *key, struct errinfo *e) MUST_USE;

/* fetch_entry.c */
enum err fetch_tx_begin(struct fetch_log *l, struct errinfo *e) MUST_USE;
enum err fetch_tx_commit(struct fetch_log *l, struct errinfo *e) MUST_USE;
void fetch_tx_rollback(struct fetch_log *l);
/* The entry at the edge, vouched for: judged, its payload asked for, put into the record. l->waits is set, and nothing done, if its time has not
 * come. */
enum err fetch_entry(struct fetch_log *l, struct str line, struct errinfo *e) MUST_USE;
/* Sets the rules to where the log stands. */
enum err fetch_entry_begin(struct fetch_log *l, struct errinfo *e) MUST_USE;
/* Entries of this log whose payload was not to be had before. */
enum err fetch_pending(struct fetch_log *l, struct errinfo *e) MUST_USE;

/* fetch_fork.c. A note that is in the record. */
struct fetch_known {
	uint64_t size; /* 0 = none */
	struct hash root;
	struct buf note;
};
/* The largest kept of size at most max. The caller has k->note born and ends it. */
enum err fetch_known_get(struct fetch_log *l, uint64_t max, struct fetch_known *k, struct errinfo *e) MUST_USE;
/* Whether the peer's tree, by its own tiles, holds something else at that size than the note we know: ERR_FORK, and the proof is kept. OK: not, or
 * not proven. Fatal failures else. */
enum err fetch_fork_by_peer(struct fetch_log *l, const struct fetch_known *k, struct errinfo *e) MUST_USE;
/* Whether what ties our entries to a note of their author, and what the peer's, show two trees at the largest size that both have: as above. */
enum err fetch_fork_by_both(struct fetch_log *l, struct errinfo *e) MUST_USE;
/* The note says another root for its size than our own tree has (which is at least as large): ERR_FORK with the proof kept if a checkpoint of ours
 * vouches for that, or our entries are tied to one, ERR_VERIFY if it cannot be proven yet. note is one of log, which is l's or an epoch before; key
 * its key. */
enum err fetch_fork_by_own(
    struct fetch_log *l, const struct record_log *log, const struct sign_public *key, uint64_t size, struct str note, struct errinfo *e) MUST_USE;
/* Fewer entries of a log are admitted by its next epoch than its author signed: that is no proof of two histories by itself, so it is told as a thing
 * refused; the note is in the record. The former looks whether it is so. */
enum err fetch_more_signed(struct fetch_log *l, const struct record_log *before, uint64_t admitted, struct errinfo *e) MUST_USE;
enum err
fetch_say_more_signed(struct fetch_log *l, const struct record_log *log, uint64_t signed_size, uint64_t admitted, struct errinfo *e) MUST_USE;
/* Proofs that the peer holds, unless one is kept already that counts. ERR_FORK: one is kept now. */
enum err fetch_forks_of_peer(struct fetch_log *l, struct errinfo *e) MUST_USE;
/* Root of our own tree of the log at a size it has. */
enum err fetch_own_root(struct fetch_log *l, const struct record_log *log, uint64_t size, struct hash *ret, struct errinfo *e) MUST_USE;

#endif
