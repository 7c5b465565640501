/* fetch_bridge: entries that are here, of a note whose other entries are not (merkle/bridge.h).
 *
 * A pull stops short of the author's note where the next entry's time has not come, or the peer is gone. What was taken is the beginning of what the
 * author signed all the same, and its proof is at hand then, and perhaps never again: it is kept in the transaction that keeps the entries. Others
 * are given it with the note, so that two readers who compare find out an author who keeps the rest back. */
#include <string.h>

#include "share/cosign.h"
#include "share/fetch_int.h"
#include "share/origin.h"

/* The nodes left of our edge that a proof from there calls for are those of the edge; those right of it are of the bundle that the edge stands in. */
static enum err
get_node(void *ctx, unsigned level, uint64_t index, struct hash *ret, struct errinfo *e)
{
	const struct fetch_log *l = ctx;
	const struct merkle_edge *edge = &l->log.edge;
	uint64_t from = index << level, to = (index + 1) << level;
	if (to <= edge->size && (edge->size >> level & 1) && index == (edge->size >> level) - 1) {
		*ret = edge->at[level];
		return OK;
	}
	if (from < edge->size || from < l->leaf_from || to > l->reach.held)
		return err_set(e, ERR_INVALID, "%s: the proof of its edge calls for a node that is not at hand", l->log.origin);
	*ret = merkle_root(l->leaf + (from - l->leaf_from), (size_t)(to - from));
	return OK;
}

enum err
fetch_bridge_keep(struct fetch_log *l, struct errinfo *e)
{
	const struct merkle_nodes nodes = {l, get_node};
	struct record_bridge b = {.to = {.held = l->log.edge.size, .size = l->cp.size}, .checked = l->vouched};
	enum err err;
	if (!(l->tx_entries || l->untied) || l->log.edge.size >= l->cp.size || !l->log.edge.size || l->reach.size != l->cp.size)
		return OK;
	if ((err = merkle_bridge_prove(&nodes, &l->reach, l->log.edge.size, &b.to.proof, e)))
		return err;
	l->bridged = true;
	l->untied = false;
	return record_bridge_put(l->f->s->store, l->log.no, &b, e);
}

enum err
fetch_bridge_ask(struct fetch_log *l, struct errinfo *e)
{
	struct fetch *f = l->f;
	struct str bytes;
	enum err err = peer_get_log(&f->peer, STR("beyond"), MERKLE_BRIDGE_MAX, &bytes, e);
	if (err)
		return err;
	buf_clear(&f->beyond);
	buf_put(&f->beyond, bytes);
	return buf_take(&f->beyond, &bytes, e);
}

enum err
fetch_bridge_turn(struct fetch_log *l, const struct roster_log_key *key, struct errinfo *e)
{
	struct fetch *f = l->f;
	struct buf bare = {.p = l->space, .cap = sizeof l->space, .max = sizeof l->space};
	struct merkle_checkpoint cp;
	struct merkle_bridge tie;
	struct str bytes;
	enum err err = merkle_bridge_parse(buf_str(&f->beyond), &tie, &bytes, e);
	if (err || (err = merkle_checkpoint_open(bytes, str_of(l->log.origin), &l->key, &l->note, &cp, e)))
		return err;
	if (tie.held >= cp.size)
		return err_set(e, ERR_SYNTAX, "%s: the peer ties %llu entries to a checkpoint of %llu", l->log.origin, (unsigned long long)tie.held,
		    (unsigned long long)cp.size);
	if ((err = cosign_bare(&l->log, &l->key, &l->note, &bare, e)) || (err = buf_take(&bare, &l->bare, e)) ||
	    (err = fetch_note_counts(l, key, &l->note, e)))
		return err;
	l->whole = bytes;
	l->cp = cp;
	l->tie = tie;
	l->tie.size = cp.size;
	l->nodes = peer_nodes(&f->peer, tie.held);
	l->note_kept = false;
	return OK;
}
