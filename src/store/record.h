/* record: what was signed, as it was signed (log.db).
 *
 * Charters and cards; logs with their entries, pieces, Merkle tiles, checkpoints and countersignatures; proofs of forks; the order of arrival.
 * Nothing here is understood: share reads entries, govern charters. Everything is written inside record_begin … record_commit, and is durable when
 * record_commit returns OK. Callbacks return OK to go on; any other code ends the walk and is given back. */
#ifndef STORE_RECORD_H
#define STORE_RECORD_H

#include "base/limits.h"
#include "merkle/bridge.h"
#include "store/store.h"

/* transactions. */

enum err record_begin(struct store *s, struct errinfo *e) MUST_USE;
enum err record_commit(struct store *s, struct errinfo *e) MUST_USE; /* on failure nothing of it stands, the transaction is over */
void record_rollback(struct store *s);                               /* outside a transaction: nothing */

/* centres, charters, cards. */

enum { RECORD_CENTRE_ID = 32 };

/* The home's number of a centre (from 1, in the order of joining); made if absent. */
enum err record_centre_put(struct store *s, const uint8_t id[static RECORD_CENTRE_ID], int *ret, struct errinfo *e) MUST_USE;
/* By number; ERR_NOTFOUND past the last. */
enum err record_centre_get(struct store *s, int centre, uint8_t ret_id[static RECORD_CENTRE_ID], struct errinfo *e) MUST_USE;

enum record_doc { RECORD_CHARTER = 1, RECORD_CARD = 2 };
/* Keeps a document once, by its hash. *ret_new (may be NULL): it was not there. */
enum err record_doc_put(
    struct store *s, int centre, enum record_doc kind, const struct hash *hash, struct str bytes, bool *ret_new, struct errinfo *e) MUST_USE;
/* In order of hash (the order of coming shows nothing). */
enum err record_doc_each(struct store *s, int centre, enum record_doc kind,
    enum err (*each)(void *ctx, const struct hash *hash, struct str bytes, struct errinfo *e), void *ctx, struct errinfo *e) MUST_USE;

/* logs. */

enum { RECORD_ORIGIN_MAX = 1024 };

enum record_log_state {
	RECORD_LOG_LIVE = 0,
	RECORD_LOG_FORKED = 1, /* a proof is kept; nothing more is taken */
	RECORD_LOG_ENDED = 2,  /* a later epoch has begun; nothing more is taken */
};

struct record_log {
	int64_t no;      /* the home's number of the log */
	int centre;      /* the home's number of its centre */
	uint64_t circle; /* members, by the centre's numbers */
	int author;      /* member number */
	uint32_t epoch;
	enum record_log_state state;
	char origin[RECORD_ORIGIN_MAX]; /* NUL-terminated */
	struct hash id;                 /* SHA-256 of the origin */
	struct merkle_edge edge;        /* of the entries held; edge.size is their number */
	uint64_t objects;               /* entries of kind objects of this author in this circle so far, earlier epochs included: for serials */
	int64_t last_time;              /* time of the last well-formed entry; TIME_MIN if none */
};

/* Makes a log; origin and its hash are given in ret with the rest, ret->no is filled. ERR_CONFLICT if it is there. */
enum err record_log_new(struct store *s, struct record_log *log, struct errinfo *e) MUST_USE;
/* ERR_NOTFOUND if there is none. */
enum err record_log_by_id(struct store *s, const struct hash *id, struct record_log *ret, struct errinfo *e) MUST_USE;
enum err record_log_by_no(struct store *s, int64_t no, struct record_log *ret, struct errinfo *e) MUST_USE;
/* The latest epoch of one author in one circle. */
enum err record_log_latest(struct store *s, int centre, uint64_t circle, int author, struct record_log *ret, struct errinfo *e) MUST_USE;
/* All logs of a centre (0: of all), in order of origin hash. The callback may write. */
enum err record_log_each(
    struct store *s, int centre, enum err (*each)(void *ctx, const struct record_log *log, struct errinfo *e), void *ctx, struct errinfo *e) MUST_USE;
/* How many logs there are of each author of a centre. */
enum err record_log_authors(struct store *s, int centre, uint32_t ret[static LIMIT_MEMBERS], struct errinfo *e) MUST_USE;
enum err record_log_set_state(struct store *s, int64_t no, enum record_log_state state, struct errinfo *e) MUST_USE;

/* entries and pieces. */

/* A piece as it is hashed: salt, length, bytes (share/piece.h). Added in order, in the same transaction as the entry that names them; *ret its
 * number. */
enum err record_piece_put(struct store *s, struct str data, int64_t *ret, struct errinfo *e) MUST_USE;
/* A piece that is known by its hash alone (withdrawn at the source). */
enum err record_piece_put_withdrawn(struct store *s, const struct hash *hash, int64_t *ret, struct errinfo *e) MUST_USE;

struct record_entry {
	struct str bytes; /* the leaf */
	int64_t first;    /* number of its first piece; 0: it has none, or they are not here yet */
	uint32_t count;   /* pieces it has by its own word */
};

/* Appends to log (as read before; log->edge, objects, last_time are brought up to date by the call, in memory and on disk, or on failure in neither;
 * after a rollback the log is to be read again). is_objects and time say what share read in the entry (time TIME_MIN: malformed). The leaf's tiles
 * are kept with it. */
enum err record_entry_put(
    struct store *s, struct record_log *log, const struct record_entry *entry, bool is_objects, int64_t time, struct errinfo *e) MUST_USE;
/* The pieces of an entry whose payload came later. */
enum err record_entry_fill(struct store *s, int64_t log, uint64_t idx, int64_t first, struct errinfo *e) MUST_USE;
/* Bytes are appended to ret_bytes (may be NULL); ret->bytes views them. ERR_NOTFOUND. */
enum err record_entry_get(struct store *s, int64_t log, uint64_t idx, struct buf *ret_bytes, struct record_entry *ret, struct errinfo *e) MUST_USE;
/* Entries [from, to) in order. */
enum err record_entry_each(struct store *s, int64_t log, uint64_t from, uint64_t to,
    enum err (*each)(void *ctx, uint64_t idx, const struct record_entry *entry, struct errinfo *e), void *ctx, struct errinfo *e) MUST_USE;
/* Entries whose payload is not here yet, of one log (0: all), in order. */
enum err record_pending_each(struct store *s, int64_t log,
    enum err (*each)(void *ctx, int64_t log, uint64_t idx, const struct record_entry *entry, struct errinfo *e), void *ctx,
    struct errinfo *e) MUST_USE;

/* Pieces [first, first + count) in order. data is empty and hash set for a withdrawn one, else hash is NULL. */
enum err record_piece_each(struct store *s, int64_t first, uint32_t count,
    enum err (*each)(void *ctx, uint32_t n, struct str data, const struct hash *hash, struct errinfo *e), void *ctx, struct errinfo *e) MUST_USE;
/* The same for whoever reads the pieces of many entries in order: what follows on the last read is not looked for again. {.s = store} before the
 * first; between calls nothing is written to the record; ended by record_pieces_end, always. */
struct record_pieces {
	struct store *s;
	void *reader;
	int64_t next;
};
enum err record_pieces_read(struct record_pieces *p, int64_t first, uint32_t count,
    enum err (*each)(void *ctx, uint32_t n, struct str data, const struct hash *hash, struct errinfo *e), void *ctx, struct errinfo *e) MUST_USE;
void record_pieces_end(struct record_pieces *p);
/* One piece's data appended to ret (nothing if withdrawn: *ret_withdrawn). */
enum err record_piece_get(struct store *s, int64_t no, struct buf *ret, bool *ret_withdrawn, struct errinfo *e) MUST_USE;
/* Takes the bytes away for good and leaves the hash (which the caller computed from the data). */
enum err record_piece_withdraw(struct store *s, int64_t no, const struct hash *hash, struct errinfo *e) MUST_USE;

/* The nodes of a log's tree, from tiles and entries: a merkle_nodes reader for as long as the store is open and log->no exists. */
struct record_nodes {
	struct store *s;
	int64_t log;
	uint64_t size; /* nodes beyond this are ERR_INVALID */
};
struct merkle_nodes record_nodes(struct record_nodes *n);

/* traces: what was deleted here, of which piece; id as text. */

enum err record_trace_put(struct store *s, struct str id, int64_t log, uint64_t idx, uint32_t piece, int64_t modified, struct errinfo *e) MUST_USE;
enum err record_trace_each(struct store *s, struct str id,
    enum err (*each)(void *ctx, int64_t log, uint64_t idx, int64_t modified, struct errinfo *e), void *ctx, struct errinfo *e) MUST_USE;

/* arrivals. */

/* An entry is complete here: it gets the next place in the order of arrival. */
enum err record_arrive(struct store *s, int64_t log, uint64_t idx, int64_t at, uint64_t *ret_seq, struct errinfo *e) MUST_USE;
struct record_arrival {
	uint64_t seq; /* from 1, without gaps */
	int64_t log;
	uint64_t idx;
	int64_t at;
};
enum err record_arrival_each(struct store *s, uint64_t after_seq, enum err (*each)(void *ctx, const struct record_arrival *a, struct errinfo *e),
    void *ctx, struct errinfo *e) MUST_USE;
enum err record_arrival_get(struct store *s, int64_t log, uint64_t idx, struct record_arrival *ret, struct errinfo *e) MUST_USE;
enum err record_arrival_last(struct store *s, uint64_t *ret_seq, struct errinfo *e) MUST_USE;

/* notes. */

/* A checkpoint that was verified (or made) here. Kept for ever: it is evidence. */
enum err record_checkpoint_put(struct store *s, int64_t log, uint64_t size, const struct hash *root, struct str note, struct errinfo *e) MUST_USE;
/* The largest of size at most max (UINT64_MAX: of all). Note appended to ret_note (may be NULL). ERR_NOTFOUND. */
enum err record_checkpoint_get(
    struct store *s, int64_t log, uint64_t max, uint64_t *ret_size, struct hash *ret_root, struct buf *ret_note, struct errinfo *e) MUST_USE;
/* Of a log of which not all is here that a checkpoint speaks of: what ties the entries held to it. At most one a log, in the place of the one before.
 */
struct record_bridge {
	struct merkle_bridge to; /* a checkpoint of to.size is kept */
	uint64_t checked;        /* the entries fit all checkpoints kept of at most this size */
};
enum err record_bridge_put(struct store *s, int64_t log, const struct record_bridge *b, struct errinfo *e) MUST_USE;
enum err record_bridge_get(struct store *s, int64_t log, struct record_bridge *ret, struct errinfo *e) MUST_USE; /* ERR_NOTFOUND */
enum err record_bridge_drop(struct store *s, int64_t log, struct errinfo *e) MUST_USE;                           /* OK where there is none */
/* A member's countersignature of the log's checkpoint of that size: its line, and its time. The earliest of a member for a size is kept. */
enum err
record_cosig_put(struct store *s, int64_t log, uint64_t size, int member, int64_t time, struct str line, bool *ret_new, struct errinfo *e) MUST_USE;
/* The same of one that this home made itself, at `made` by its own clock: nothing that comes later in its name takes its place. What came before it
 * in its name stays. */
enum err
record_cosig_made(struct store *s, int64_t log, uint64_t size, int member, int64_t time, struct str line, int64_t made, struct errinfo *e) MUST_USE;
/* The largest size, at most max, that one of `members` other than the author, or this home's own, countersigned before a moment; 0 = none. In the
 * name of this home's own member counts what this home made before that, or, made elsewhere, what bears a time before own_before (TIME_MIN: none of
 * it). */
struct record_reach {
	int64_t log;
	uint64_t max;
	int author, me;
	uint64_t members;
	int64_t before, own_before;
};
enum err record_cosig_reach(struct store *s, const struct record_reach *r, uint64_t *ret, struct errinfo *e) MUST_USE;
/* The sizes, at most max, that are the largest some member countersigned before a moment; ascending, each once. */
enum err record_cosig_sizes(
    struct store *s, int64_t log, uint64_t max, int64_t before, uint64_t ret[static LIMIT_MEMBERS], size_t *ret_n, struct errinfo *e) MUST_USE;
/* By size from `from` on, then member. */
enum err record_cosig_each(struct store *s, int64_t log, uint64_t from,
    enum err (*each)(void *ctx, uint64_t size, int member, int64_t time, struct str line, struct errinfo *e), void *ctx, struct errinfo *e) MUST_USE;
/* A proof of a fork (merkle/fork.h), once by its hash; sets the state RECORD_LOG_FORKED. */
enum err record_fork_put(struct store *s, int64_t log, struct str proof, int64_t at, bool *ret_new, struct errinfo *e) MUST_USE;
enum err record_fork_each(struct store *s, int64_t log, enum err (*each)(void *ctx, struct str proof, int64_t at, struct errinfo *e), void *ctx,
    struct errinfo *e) MUST_USE;

#endif
