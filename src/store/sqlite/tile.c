/* tile: nodes of a log's tree, out of full tiles and, at the right edge, out of the entries themselves. */
#include <string.h>

#include "merkle/tile.h"
#include "store/record.h"
#include "store/sqlite/store_int.h"

/* One hash of a kept full tile. ERR_NOTFOUND if it is not kept. */
static enum err
from_tile(struct record_nodes *n, unsigned level, uint64_t index, struct hash *ret, struct errinfo *e)
{
	bool row;
	sqlite3_stmt *st = db_query(&n->s->log, SQL("SELECT hashes FROM tile WHERE log=? AND level=? AND n=?"), e, "iiu", n->log, (int64_t)(level / 8), index >> 8);
	if (!st)
		return e->code;
	enum err err = db_step(&n->s->log, st, &row, e);
	if (!err && !row) {
		err = ERR_NOTFOUND;
	} else if (!err) {
		struct str hashes = db_col(st, 0);
		if (hashes.n != MERKLE_TILE_BYTES)
			err = err_set(e, ERR_CORRUPT, "log.db: a tile is not %d bytes long", MERKLE_TILE_BYTES);
		else
			memcpy(ret->b, hashes.p + (index & 255) * 32, 32);
	}
	db_end(st);
	return err;
}

static enum err
from_entry(struct record_nodes *n, uint64_t index, struct hash *ret, struct errinfo *e)
{
	bool row;
	sqlite3_stmt *st = db_query(&n->s->log, SQL("SELECT bytes FROM entry WHERE log=? AND idx=?"), e, "iu", n->log, index);
	if (!st)
		return e->code;
	enum err err = db_step(&n->s->log, st, &row, e);
	if (!err && !row)
		err = err_set(e, ERR_CORRUPT, "log.db: entry %llu of a log is missing", (unsigned long long)index);
	else if (!err)
		*ret = merkle_leaf_of(db_col(st, 0));
	db_end(st);
	return err;
}

/* The node above a full tile: the root of its 256 hashes. */
static enum err
above_tile(struct record_nodes *n, unsigned level, uint64_t index, struct hash *ret, struct errinfo *e)
{
	struct merkle_edge g = {0};
	for (uint64_t i = index << 8; i < (index + 1) << 8; i++) {
		struct hash h;
		enum err err = from_tile(n, level - 8, i, &h, e);
		if (err)
			return err == ERR_NOTFOUND ? err_set(e, ERR_CORRUPT, "log.db: a full tile is missing") : err;
		merkle_edge_append(&g, &h);
	}
	*ret = merkle_edge_root(&g);
	return OK;
}

/* The complete subtree (level, index): 2^(level mod 8) neighbours in one tile. Where that tile is not full yet, its hashes come from the entries or from the full tiles below. */
static enum err
get(void *ctx, unsigned level, uint64_t index, struct hash *ret, struct errinfo *e)
{
	struct record_nodes *n = ctx;
	struct errinfo local;
	struct merkle_edge part = {0};
	unsigned base = level / 8 * 8;
	e = e ? e : &local;
	if (level >= 64 || index >= merkle_nodes_at(n->size, level))
		return err_set(e, ERR_INVALID, "a tree of %llu leaves has no node %llu at level %u", (unsigned long long)n->size, (unsigned long long)index, level);
	for (uint64_t i = index << (level - base), end = (index + 1) << (level - base); i < end; i++) {
		struct hash h;
		enum err err = from_tile(n, base, i, &h, e);
		if (err == ERR_NOTFOUND)
			err = base ? above_tile(n, base, i, &h, e) : from_entry(n, i, &h, e);
		if (err)
			return err;
		merkle_edge_append(&part, &h);
	}
	*ret = merkle_edge_root(&part);
	return OK;
}

struct merkle_nodes
record_nodes(struct record_nodes *n)
{
	return (struct merkle_nodes){n, get};
}
