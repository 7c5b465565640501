/* fetch_fork: finding the proof that an author signed two histories, and keeping it.
 *
 * Whoever holds one side and meets a holder of the other finds the proof alone: where the other's note is at most as large as what we hold, from our
 * own tree; where it is larger, from the other's tiles, which count only as far as they lead to the root in the author's own note. A peer that merely
 * gives wrong tiles proves nothing. Where one of them, or both, hold only the beginning of what a note speaks of, both trees are compared at a size
 * that both show. */
#include <stdlib.h>
#include <string.h>

#include "merkle/fork.h"
#include "share/fetch_int.h"
#include "share/fork.h"
#include "share/origin.h"

enum { PROOFS_READ = 16 };

enum err
fetch_known_get(struct fetch_log *l, uint64_t max, struct fetch_known *k, struct errinfo *e)
{
	buf_clear(&k->note);
	k->note.max = LIMIT_CHECKPOINT;
	k->size = 0;
	if (!l->log.no)
		return OK;
	enum err err = record_checkpoint_get(l->f->s->store, l->log.no, max, &k->size, &k->root, &k->note, e);
	if (err == ERR_NOTFOUND)
		k->size = 0;
	return err == ERR_NOTFOUND ? OK : err;
}

enum err
fetch_own_root(struct fetch_log *l, const struct record_log *log, uint64_t size, struct hash *ret, struct errinfo *e)
{
	struct record_nodes from = {l->f->s->store, log->no, log->edge.size};
	struct merkle_nodes nodes = record_nodes(&from);
	return merkle_root_at(&nodes, size, ret, e);
}

/* Keeps a proof for good, with the log if it was not here; nothing more is taken of it then. ERR_FORK when done. */
static enum err
keep(struct fetch_log *l, const struct record_log *about, struct str proof, struct errinfo *e)
{
	struct share *s = l->f->s;
	bool fresh = false, counts;
	enum err err;
	fetch_tx_rollback(l); /* what came from the other side */
	struct record_log log = *about;
	if ((err = record_begin(s->store, e)))
		return err;
	if (!log.no)
		err = record_log_new(s->store, &log, e);
	if (!err)
		err = record_fork_put(s->store, log.no, proof, l->f->now, &fresh, e);
	if (err)
		record_rollback(s->store);
	else
		err = record_commit(s->store, e);
	if (err)
		return err;
	if (log.no == l->log.no || memcmp(log.id.b, l->log.id.b, HASH_LEN) == 0) {
		l->log = log;
		l->log.state = RECORD_LOG_FORKED;
		l->kept = l->log;
	}
	if ((err = fork_counts(l->f->c, l->f->now, &log, proof, &counts, e)))
		return err;
	l->f->r->forks += fresh && counts;
	return err_set(e, ERR_FORK, "%s: %s; both are kept, and nothing more is taken of it", log.origin,
	    counts ? "its author has signed two histories" : "two histories bear a key that was revoked, so they may be anybody's");
}

/* Keeps what came of making a proof into b; OK if nothing did. Ends b. */
static enum err
keep_made(struct fetch_log *l, const struct record_log *log, enum err made, struct buf *b, struct errinfo *e)
{
	struct str bytes;
	enum err err = made ? made : buf_take(b, &bytes, e);
	if (!err)
		err = keep(l, log, bytes, e);
	else if (!fetch_is_fatal(err))
		err = OK;
	buf_done(b);
	return err;
}

/* Makes the proof out of two notes, with the countersignatures of both, and keeps it; OK if they prove nothing. size: at which both trees are known;
 * of_x, of_y: what they were there, NULL for the one that ends there. */
static enum err
prove(struct fetch_log *l, const struct record_log *log, const struct sign_public *key, struct str x, struct str y, uint64_t size,
    const struct merkle_fork_side *of_x, const struct merkle_fork_side *of_y, struct errinfo *e)
{
	struct buf whole_x = BUF_INIT(LIMIT_CHECKPOINT), whole_y = BUF_INIT(LIMIT_CHECKPOINT), b = BUF_INIT(MERKLE_FORK_MAX);
	struct share *s = l->f->s;
	enum err err = fork_note(s, l->f->c, log, key, x, &whole_x, e);
	if (!err)
		err = fork_note(s, l->f->c, log, key, y, &whole_y, e);
	if (!err)
		err = merkle_fork_make_at(buf_str(&whole_x), buf_str(&whole_y), size, of_x, of_y, str_of(log->origin), key, &b, e);
	err = keep_made(l, log, err, &b, e);
	buf_done(&whole_x);
	buf_done(&whole_y);
	return err;
}

enum err
fetch_fork_by_peer(struct fetch_log *l, const struct fetch_known *k, struct errinfo *e)
{
	struct merkle_fork_side theirs;
	enum err err;
	if (!k->size || k->size > l->cp.size)
		return OK;
	if (k->size == l->cp.size)
		return hash_eq(&k->root, &l->cp.root) ? OK : prove(l, &l->log, &l->key, buf_str(&k->note), l->whole, k->size, NULL, NULL, e);
	if (k->size > l->tie.held) /* the peer does not show so much */
		return OK;
	if ((err = merkle_root_at(&l->nodes, k->size, &theirs.root, e)) || (err = merkle_bridge_prove(&l->nodes, &l->tie, k->size, &theirs.proof, e)))
		return fetch_is_fatal(err) ? err : OK;
	if (hash_eq(&theirs.root, &k->root))
		return OK;
	return prove(l, &l->log, &l->key, buf_str(&k->note), l->whole, k->size, NULL, &theirs, e);
}

/* How much of our own entries something that their author signed vouches for, and its note: what ties them to one beyond them, or the largest that is
 * all here. held is 0 if nothing does. */
static enum err
own_claim(struct fetch_log *l, const struct record_log *log, bool beyond, struct merkle_bridge *ret, struct buf *note, struct errinfo *e)
{
	struct store *store = l->f->s->store;
	struct record_bridge b = {.to = {.held = 0}};
	uint64_t size = 0;
	enum err err = !log->no ? ERR_NOTFOUND : beyond ? record_bridge_get(store, log->no, &b, e) : OK;
	if (!err)
		err = record_checkpoint_get(store, log->no, beyond ? b.to.size : log->edge.size, &size, NULL, note, e);
	if (err && err != ERR_NOTFOUND)
		return err;
	*ret = beyond ? b.to : (struct merkle_bridge){.held = size, .size = size};
	if (err || size != ret->size || ret->held > log->edge.size)
		ret->held = 0;
	return OK;
}

static enum err
by_own(
    struct fetch_log *l, const struct record_log *log, const struct sign_public *key, bool beyond, uint64_t size, struct str note, struct errinfo *e)
{
	struct record_nodes from = {l->f->s->store, log->no, log->edge.size};
	struct merkle_nodes nodes = record_nodes(&from);
	struct buf held = BUF_INIT(LIMIT_CHECKPOINT);
	struct merkle_bridge own;
	struct merkle_fork_side ours;
	enum err err = own_claim(l, log, beyond, &own, &held, e);
	if (!err && own.held >= size && own.size > size) {
		if (!(err = merkle_root_at(&nodes, size, &ours.root, e)) && !(err = merkle_bridge_prove(&nodes, &own, size, &ours.proof, e)))
			err = prove(l, log, key, buf_str(&held), note, size, &ours, NULL, e);
	} else if (!err && own.held && own.size == size) {
		err = prove(l, log, key, buf_str(&held), note, size, NULL, NULL, e);
	}
	buf_done(&held);
	return err;
}

enum err
fetch_fork_by_own(struct fetch_log *l, const struct record_log *log, const struct sign_public *key, uint64_t size, struct str note, struct errinfo *e)
{
	enum err err = by_own(l, log, key, false, size, note, e);
	if (!err)
		err = by_own(l, log, key, true, size, note, e);
	if (!err)
		err = err_set(e, ERR_VERIFY, "%s: a checkpoint of %llu entries does not fit what is held here; there is no proof of it yet",
		    log->origin, (unsigned long long)size);
	return err;
}

/* Both trees at a size that both show, and the proofs from there to their notes. */
static enum err
compare_sides(struct fetch_log *l, const struct merkle_bridge *own, struct str note, struct errinfo *e)
{
	struct record_nodes from = {l->f->s->store, l->log.no, l->log.edge.size};
	struct merkle_nodes nodes = record_nodes(&from);
	struct merkle_fork_side ours, theirs;
	uint64_t size = own->held < l->tie.held ? own->held : l->tie.held;
	enum err err;
	if (!size)
		return OK;
	if ((err = merkle_root_at(&nodes, size, &ours.root, e)) || (err = merkle_bridge_prove(&nodes, own, size, &ours.proof, e)))
		return err;
	if ((err = merkle_root_at(&l->nodes, size, &theirs.root, e)) || (err = merkle_bridge_prove(&l->nodes, &l->tie, size, &theirs.proof, e)))
		return fetch_is_fatal(err) ? err : OK;
	if (hash_eq(&ours.root, &theirs.root))
		return OK;
	return prove(l, &l->log, &l->key, note, l->whole, size, &ours, &theirs, e);
}

enum err
fetch_fork_by_both(struct fetch_log *l, struct errinfo *e)
{
	struct buf note = BUF_INIT(LIMIT_CHECKPOINT);
	struct merkle_bridge own;
	enum err err = OK;
	for (int beyond = 0; beyond < 2 && !err; beyond++) {
		buf_clear(&note);
		if (!(err = own_claim(l, &l->log, beyond, &own, &note, e)))
			err = compare_sides(l, &own, buf_str(&note), e);
	}
	buf_done(&note);
	return err;
}

enum err
fetch_say_more_signed(struct fetch_log *l, const struct record_log *log, uint64_t signed_size, uint64_t admitted, struct errinfo *e)
{
	struct errinfo why;
	err_set(&why, ERR_CONFLICT, "its author signed %llu entries of this epoch, and its next epoch admits no more than %llu",
	    (unsigned long long)signed_size, (unsigned long long)admitted);
	return fetch_refuse(l->f, str_of(log->origin), &why, e);
}

enum err
fetch_more_signed(struct fetch_log *l, const struct record_log *before, uint64_t admitted, struct errinfo *e)
{
	struct buf note = BUF_INIT(LIMIT_CHECKPOINT);
	struct hash root;
	uint64_t n = 0;
	enum err err = record_checkpoint_get(l->f->s->store, before->no, UINT64_MAX, &n, &root, &note, e);
	buf_done(&note);
	if (err)
		return err == ERR_NOTFOUND ? OK : err;
	return n > admitted ? fetch_say_more_signed(l, before, n, admitted, e) : OK;
}

enum err
fetch_forks_of_peer(struct fetch_log *l, struct errinfo *e)
{
	struct str rest, line;
	uint64_t n;
	bool stands = false;
	enum err err = l->log.state == RECORD_LOG_FORKED ? fork_stands(l->f->s, l->f->c, &l->log, &stands, e) : OK;
	if (err || stands)
		return err;
	err = peer_get_log(&l->f->peer, STR("fork"), PROOFS_READ * (MERKLE_FORK_MAX + 8), &rest, e);
	if (err)
		return err == ERR_NOTFOUND ? OK : err;
	if (!rest.n)
		return OK;
	while (rest.n) {
		bool counts;
		if (!str_cut(rest, '\n', &line, &rest) || !str_u64(line, &n) || n > rest.n)
			return err_set(e, ERR_SYNTAX, "%s: the peer's proofs of a fork are cut off", l->log.origin);
		struct str proof = str_sub(rest, 0, (size_t)n);
		if ((err = fork_counts(l->f->c, l->f->now, &l->log, proof, &counts, e)))
			return err;
		if (counts) /* one is enough: what it proves cannot be proven more */
			return keep(l, &l->log, proof, e);
		rest = str_sub(rest, (size_t)n, rest.n);
	}
	return OK;
}
