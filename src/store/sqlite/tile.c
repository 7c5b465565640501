/* tile: nodes of a log's tree, out of full tiles and, at the right edge, out of the entries themselves. */
#include <string.h>

#include "merkle/tile.h"
#include "store/record.h"
#include "store/sqlite/store_int.h"

/* A kept full tile, of nodes at a level that is a multiple of 8. ERR_NOTFOUND if it is not kept. */
static enum err
load_tile(struct record_nodes *n, unsigned level, uint64_t index, struct hash ret[static MERKLE_TILE_WIDTH], struct errinfo *e)
{
	bool row;
	sqlite3_stmt *st =
	    db_query(&n->s->log, SQL("SELECT hashes FROM tile WHERE log=? AND level=? AND n=?"), e, "iiu", n->log, (int64_t)(level / 8), index);
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
			memcpy(ret, hashes.p, hashes.n);
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
	struct hash tile[MERKLE_TILE_WIDTH];
	enum err err = load_tile(n, level - 8, index, tile, e);
	if (err)
		return err == ERR_NOTFOUND ? err_set(e, ERR_CORRUPT, "log.db: a full tile of a log is missing") : err;
	*ret = merkle_root(tile, MERKLE_TILE_WIDTH);
	return OK;
}

/* The complete subtree (level, index): 2^(level mod 8) neighbours in one tile. Where that tile is not full yet, its hashes come from the entries or
 * from the full tiles below. */
static enum err
get(void *ctx, unsigned level, uint64_t index, struct hash *ret, struct errinfo *e)
{
	struct record_nodes *n = ctx;
	struct errinfo local;
	struct hash tile[MERKLE_TILE_WIDTH];
	e = e ? e : &local;
	if (level >= 64 || index >= merkle_nodes_at(n->size, level))
		return err_set(e, ERR_INVALID, "a tree of %llu leaves has no node %llu at level %u", (unsigned long long)n->size,
		    (unsigned long long)index, level);
	unsigned base = level / 8 * 8;
	uint64_t first = index << (level - base);
	size_t count = (size_t)1 << (level - base);
	enum err err = load_tile(n, base, first >> 8, tile, e);
	if (!err) {
		*ret = merkle_root(tile + (first & 255), count);
		return OK;
	}
	for (size_t i = 0; err == ERR_NOTFOUND && i < count; i++) {
		enum err one = base ? above_tile(n, base, first + i, &tile[i], e) : from_entry(n, first + i, &tile[i], e);
		if (one)
			return one;
	}
	if (err != ERR_NOTFOUND)
		return err;
	*ret = merkle_root(tile, count);
	return OK;
}

struct merkle_nodes
record_nodes(struct record_nodes *n)
{
	return (struct merkle_nodes){n, get};
}
