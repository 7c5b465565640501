/* fetch_log: one log from one peer.
 *
 * Bundle after bundle is hashed onto a copy of our own edge, and what comes out is proven through the peer's tiles to be the beginning of the tree in
 * the author's note; only then is anything of the bundle put into the record. So what is held is always the beginning of something its author signed,
 * and that note is held with it. */
#include <string.h>

#include "share/cosign.h"
#include "share/fetch_int.h"
#include "share/epoch.h"
#include "share/origin.h"

bool
fetch_is_fatal(enum err err)
{
	return err == ERR_NOMEM || err == ERR_IO || err == ERR_FULL || err == ERR_BUSY || err == ERR_CORRUPT || err == ERR_STOPPED;
}

static enum err
key_of(struct fetch_log *l, struct roster_log_key *ret, struct errinfo *e)
{
	enum err err = origin_key(l->f->c, l->f->now, l->log.author, l->log.epoch, ret, e);
	if (err)
		err_at(e, "%s", l->log.origin);
	else
		memcpy(l->key.b, ret->key, sizeof l->key.b);
	return err;
}

enum err
fetch_note_counts(struct fetch_log *l, const struct roster_log_key *key, const struct merkle_note *note, struct errinfo *e)
{
	return cosign_note_counts(l->f->c, l->f->now, &l->log, key, note)
		 ? OK
		 : err_set(e, ERR_VERIFY, "%s: signed with a key that was revoked, and not countersigned before that", l->log.origin);
}

/* The peer's note of the log; ERR_NOTFOUND if it has none. */
static enum err
get_note(struct fetch_log *l, const struct roster_log_key *key, struct errinfo *e)
{
	struct fetch *f = l->f;
	struct buf bare = {.p = l->space, .cap = sizeof l->space, .max = sizeof l->space};
	struct str bytes;
	enum err err;
	if ((err = peer_get_log(&f->peer, STR("checkpoint"), LIMIT_CHECKPOINT, &bytes, e)))
		return err;
	buf_clear(&f->note);
	buf_put(&f->note, bytes);
	if ((err = buf_take(&f->note, &bytes, e)) || (err = merkle_checkpoint_open(bytes, str_of(l->log.origin), &l->key, &l->note, &l->cp, e)) ||
	    (err = cosign_bare(&l->log, &l->key, &l->note, &bare, e)) || (err = buf_take(&bare, &l->bare, e)) ||
	    (err = fetch_note_counts(l, key, &l->note, e)))
		return err;
	l->whole = bytes;
	l->tie = (struct merkle_bridge){.held = l->cp.size, .size = l->cp.size};
	l->nodes = peer_nodes(&f->peer, l->cp.size);
	return OK;
}

/* entries */

/* The bundle's entries, hashed onto our edge, are the beginning of the peer's tree. */
static enum err
vouch(struct fetch_log *l, struct str bundle, unsigned width, struct errinfo *e)
{
	struct hash *leaf = l->leaf;
	struct merkle_edge tree = l->log.edge;
	struct merkle_proof proof;
	struct str line;
	struct hash root;
	enum err err;
	for (unsigned i = 0; i < width; i++) {
		if ((err = merkle_bundle_next(&bundle, &line, e)))
			return err;
		if (i < l->log.edge.size % MERKLE_TILE_WIDTH)
			continue; /* held; that it is the same shows in the root only for ours, which is what counts */
		leaf[i] = merkle_leaf_of(line);
		merkle_edge_append(&tree, &leaf[i]);
	}
	if (bundle.n)
		return err_set(e, ERR_SYNTAX, "%s: a bundle is longer than it should be", l->log.origin);
	root = merkle_edge_root(&tree);
	proof.n = 0;
	if (tree.size == l->cp.size && !hash_eq(&root, &l->cp.root))
		return err_set(e, ERR_VERIFY, "%s: the entries are not those that its author signed", l->log.origin);
	if (tree.size < l->cp.size && ((err = merkle_bridge_prove(&l->nodes, &l->tie, tree.size, &proof, e)) ||
					  (err = merkle_check_consistency(tree.size, &root, l->cp.size, &l->cp.root, &proof, e))))
		return err;
	l->leaf_from = l->log.edge.size - l->log.edge.size % MERKLE_TILE_WIDTH;
	l->reach = (struct merkle_bridge){.held = tree.size, .size = l->cp.size, .proof = proof};
	return OK;
}

/* Something did not verify: if that is because the author signed two histories, it can be proven now. Otherwise the peer's word is refused as it was.
 */
static enum err
fork_or(struct fetch_log *l, enum err refused, struct errinfo *e)
{
	struct fetch_known k = {.note = BUF_INIT(LIMIT_CHECKPOINT)};
	struct errinfo why = {0};
	enum err err = fetch_known_get(l, l->log.edge.size, &k, &why);
	if (!err)
		err = fetch_fork_by_peer(l, &k, &why);
	if (!err && l->log.edge.size < l->cp.size && !(err = fetch_known_get(l, l->cp.size, &k, &why)) && k.size > l->log.edge.size)
		err = fetch_fork_by_peer(l, &k, &why);
	if (!err)
		err = fetch_fork_by_both(l, &why);
	buf_done(&k.note);
	if (err && e)
		*e = why;
	return err ? err : refused;
}

static enum err
pull(struct fetch_log *l, struct errinfo *e)
{
	struct fetch *f = l->f;
	enum err err;
	if ((err = fetch_entry_begin(l, e)))
		return err;
	while (l->log.edge.size < l->tie.held && !l->waits) {
		uint64_t n = l->log.edge.size / MERKLE_TILE_WIDTH;
		unsigned width = merkle_tile_width(l->tie.held, 0, n), from = (unsigned)(l->log.edge.size % MERKLE_TILE_WIDTH);
		struct str bundle, line;
		if (f->peer.from->far && l->in_tx && (err = fetch_tx_commit(l, e)))
			return err;
		if ((err = peer_get_bundle(&f->peer, n, width, &bundle, e)))
			return err;
		buf_clear(&f->bundle);
		buf_put(&f->bundle, bundle);
		if ((err = buf_take(&f->bundle, &bundle, e)))
			return err;
		if ((err = vouch(l, bundle, width, e)))
			return fetch_is_fatal(err) ? err : fork_or(l, err, e);
		if (l->untied && (err = fetch_tx_begin(l, e)))
			return err;
		for (unsigned i = 0; i < width && !l->waits; i++)
			if ((err = merkle_bundle_next(&bundle, &line, e)) || (i >= from && (err = fetch_entry(l, line, e))))
				return err;
	}
	return OK;
}

/* Notes kept of sizes that were not held before: a peer showed them, and its entries did not come. Now there is something to hold against them. */
static enum err
check_kept_notes(struct fetch_log *l, struct errinfo *e)
{
	struct fetch_known k = {.note = BUF_INIT(LIMIT_CHECKPOINT)};
	enum err err = OK;
	for (uint64_t max = l->log.edge.size; !err && max > l->vouched; max = k.size - 1) {
		struct hash root;
		if ((err = fetch_known_get(l, max, &k, e)) || k.size <= l->vouched)
			break;
		if ((err = fetch_own_root(l, &l->log, k.size, &root, e)) || hash_eq(&root, &k.root))
			continue;
		err = fetch_tx_commit(l, e);
		if (!err)
			err = fetch_fork_by_own(l, &l->log, &l->key, k.size, buf_str(&k.note), e);
	}
	buf_done(&k.note);
	return err;
}

/* The peer's note is of a size that we hold and fits: keeps it with its countersignatures, and ours if it is all we hold. */
static enum err
settle_note(struct fetch_log *l, struct errinfo *e)
{
	struct fetch *f = l->f;
	struct fetch_known k = {.note = BUF_INIT(LIMIT_CHECKPOINT)};
	bool all = l->log.edge.size == l->cp.size, mine = all && l->log.state == RECORD_LOG_LIVE, news = false;
	uint32_t fresh = 0;
	enum err err = fetch_known_get(l, l->cp.size, &k, e);
	l->note_kept = l->note_kept || k.size == l->cp.size;
	buf_done(&k.note);
	if (!err)
		err = cosign_has_news(f->s, f->c, &l->log, &l->note, l->cp.size, mine, &news, e);
	if (err || (!news && l->note_kept && !l->in_tx && !(all && l->bridged)))
		return err;
	if ((err = fetch_tx_begin(l, e)))
		return err;
	if ((err = cosign_keep(f->s, f->c, &l->log, &l->note, l->cp.size, mine, &fresh, e)) ||
	    (all && l->bridged && (err = record_bridge_drop(f->s->store, l->log.no, e)))) { /* this note vouches for all that is held */
		l->broken = true;
		return err;
	}
	if (!(err = fetch_tx_commit(l, e)) || err == ERR_STOPPED)
		f->r->cosigs += fresh;
	return err;
}

/* The peer holds no more than we do. */
static enum err
compare_held(struct fetch_log *l, struct errinfo *e)
{
	struct hash root;
	enum err err = fetch_own_root(l, &l->log, l->cp.size, &root, e);
	if (err)
		return err;
	if (hash_eq(&root, &l->cp.root))
		return settle_note(l, e);
	err = fetch_fork_by_own(l, &l->log, &l->key, l->cp.size, l->whole, e);
	return err == ERR_VERIFY ? fork_or(l, err, e) : err;
}

/* The peer's note goes on where the next epoch says that this one ended. It proves no second history, but it was signed: it is kept, and said once.
 */
static enum err
keep_beyond(struct fetch_log *l, struct errinfo *e)
{
	enum err err = fork_or(l, OK, e);
	if (err || l->note_kept)
		return err;
	if ((err = fetch_tx_begin(l, e)) || (err = fetch_tx_commit(l, e)))
		return err;
	return fetch_say_more_signed(l, &l->log, l->cp.size, l->log.edge.size, e);
}

static enum err
take_log(struct fetch_log *l, struct errinfo *e)
{
	struct fetch_known k = {.note = BUF_INIT(LIMIT_CHECKPOINT)};
	uint64_t admitted = UINT64_MAX;
	enum err err;
	if (l->cp.size == 0)
		return OK;
	/* of the very size that another note is of: no need of entries */
	err = fetch_known_get(l, l->cp.size, &k, e);
	if (!err && k.size == l->cp.size)
		err = fetch_fork_by_peer(l, &k, e);
	l->note_kept = k.size == l->cp.size;
	buf_done(&k.note);
	if (err)
		return err;
	if (l->cp.size <= l->log.edge.size)
		return compare_held(l, e);
	if (l->log.state == RECORD_LOG_ENDED && (err = epoch_admits(l->f->s, l->f->c, &l->log, &admitted, e)))
		return err;
	if (l->cp.size > admitted) /* beyond its end: not taken, but it may contradict what we hold */
		return keep_beyond(l, e);
	if (l->tie.held < l->cp.size && (err = fork_or(l, OK, e)))
		return err;
	if ((err = pull(l, e)) || (err = check_kept_notes(l, e)) || l->log.edge.size < l->cp.size)
		return err;
	return settle_note(l, e);
}

/* The peer's checkpoint, then what it holds beyond it. */
static enum err
take_both(struct fetch_log *l, const struct roster_log_key *key, bool noted, bool beyond, struct errinfo *e)
{
	enum err err = noted ? take_log(l, e) : OK;
	if (err || !beyond || (err = fetch_tx_commit(l, e)) || (err = fetch_bridge_turn(l, key, e)))
		return err;
	return take_log(l, e);
}

/* A pull that stopped short may not have come to this. */
static enum err
begin(struct fetch_log *l, struct errinfo *e)
{
	struct fetch_known k = {.note = BUF_INIT(LIMIT_CHECKPOINT)};
	struct record_bridge b;
	enum err err = fetch_known_get(l, l->log.edge.size, &k, e);
	buf_done(&k.note);
	if (err)
		return err;
	l->vouched = k.size;
	err = l->log.no ? record_bridge_get(l->f->s->store, l->log.no, &b, e) : ERR_NOTFOUND;
	l->bridged = !err;
	l->untied = err == ERR_NOTFOUND && l->log.edge.size > l->vouched && l->log.author != l->f->c->me;
	if (err)
		return err == ERR_NOTFOUND ? OK : err;
	if (b.checked < l->vouched)
		l->vouched = b.checked;
	err = l->log.state == RECORD_LOG_FORKED ? OK : check_kept_notes(l, e);
	return err == ERR_VERIFY ? OK : err; /* no proof of it yet: what the peer has is looked at all the same */
}

/* Ends what is open: what was vouched for stays, unless our own record failed. */
static enum err
finish(struct fetch_log *l, enum err err, struct errinfo *e)
{
	struct errinfo why = {0};
	if (l->in_tx && (l->broken || err == ERR_NOMEM)) {
		fetch_tx_rollback(l);
	} else if (l->in_tx) {
		enum err end = fetch_tx_commit(l, &why);
		if (end && !(err && end == ERR_STOPPED)) {
			if (e)
				*e = why;
			err = end;
		}
	}
	l->f->r->waiting += l->waits;
	return err;
}

enum err
fetch_log(struct fetch *f, const struct record_log *named, uint64_t told, struct fetch_log *l, struct errinfo *e)
{
	struct roster_log_key key;
	bool noted, beyond = false;
	enum err err;
	memset(l, 0, sizeof *l);
	l->f = f;
	err = record_log_by_id(f->s->store, &named->id, &l->log, e);
	if (err == ERR_NOTFOUND)
		l->log = *named;
	else if (err)
		return err;
	l->fresh = err == ERR_NOTFOUND;
	l->kept = l->log;
	if ((err = key_of(l, &key, e))) {
		l->waits = err == ERR_NOTFOUND; /* the card that states it may come yet */
		return l->waits ? finish(l, OK, e) : err;
	}
	peer_about(&f->peer, &l->log.id);
	if ((err = begin(l, e)))
		return finish(l, err, e);
	if ((err = fetch_forks_of_peer(l, e)))
		return err;
	if (l->log.state == RECORD_LOG_FORKED)
		return l->log.no ? finish(l, fetch_pending(l, e), e) : OK;
	err = get_note(l, &key, e);
	if (err && err != ERR_NOTFOUND)
		return err;
	noted = !err;
	/* more than its checkpoint says is more than it has a checkpoint for; to the author a listing says another thing */
	if (told > (noted ? l->cp.size : 0) && named->author != f->c->me) {
		err = fetch_bridge_ask(l, e);
		if (err && err != ERR_NOTFOUND)
			return err;
		beyond = !err;
	}
	if (!noted && !beyond)
		return OK;
	if (l->log.no && (err = fetch_pending(l, e)))
		return finish(l, err, e);
	err = take_both(l, &key, noted, beyond, e);
	return finish(l, err ? err : fetch_witnessed(l, &key, e), e);
}
