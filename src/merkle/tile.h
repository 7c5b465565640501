/* tile: a tree as files that never change (C2SP tlog-tiles, height 8).
 *
 * A tile of level L holds up to 256 nodes of tree level 8L, side by side; only a full tile is hashed into the level
 * above. A partial tile is named with its width, so that a wider one is another file. Entries come in bundles of 256 in
 * the same way. Tiles are not signed: what is read from them counts only when a proof or a root made of it is held
 * against a checkpoint. */
#ifndef MERKLE_TILE_H
#define MERKLE_TILE_H

#include "merkle/proof.h"

#define MERKLE_TILE_WIDTH 256
#define MERKLE_TILE_BYTES (MERKLE_TILE_WIDTH * HASH_LEN)
#define MERKLE_TILE_PATH 64 /* no path is longer */

struct merkle_tile {
	bool entries;   /* a bundle of entries, not of hashes; level is then 0 */
	unsigned level; /* 0 to 63 in the format; above 7 no tree has any */
	unsigned width; /* 1 to 256 */
	uint64_t index;
};

/* "tile/0/x001/234", "tile/1/000.p/17", "tile/entries/x001/234.p/5" */
void merkle_tile_path(struct buf *b, const struct merkle_tile *t);
/* Exactly such a path: ERR_SYNTAX on any other spelling (leading zeros, width 0 or 256, no x). */
enum err merkle_tile_parse(struct str path, struct merkle_tile *ret, struct errinfo *e) MUST_USE;

/* Width of that tile in a tree of size leaves: 256 if full, 0 if there is none. */
unsigned merkle_tile_width(uint64_t size, unsigned level, uint64_t index);

/* The tiles that a tree of `size` has and one of `old` had not, or narrower; hash tiles only, by level and index. For a server that writes files:
 *     struct merkle_tiles it = {.old = old, .size = size};
 *     while (merkle_tiles_next(&it, &t)) … */
struct merkle_tiles {
	uint64_t old, size, index;
	unsigned level;
	bool begun;
};
bool merkle_tiles_next(struct merkle_tiles *it, struct merkle_tile *ret);

/* The bytes of a hash tile, appended to b (check buf_ok): its nodes one after the other. */
enum err merkle_tile_put(const struct merkle_nodes *nodes, const struct merkle_tile *t, struct buf *b, struct errinfo *e) MUST_USE;
/* Whether the bytes of a bundle have the leaves that the bytes of its level 0 tile say; the tile may be wider. ERR_SYNTAX, ERR_VERIFY. */
enum err merkle_bundle_check(struct str bundle, unsigned width, struct str tile, struct errinfo *e) MUST_USE;

/* Nodes out of tiles. get gives the bytes of a tile as a view that lives until the next call; the width asked for or more, up to the full tile. */
struct merkle_tile_source {
	void *ctx;
	uint64_t size; /* of the tree that the tiles are of: decides which partial tile is asked for */
	enum err (*get)(void *ctx, const struct merkle_tile *t, struct str *ret, struct errinfo *e);
};
/* A reader of nodes; src must outlive it. A node takes one tile and up to 127 hashes. ERR_SYNTAX if a tile has not the
 * right length, ERR_INVALID for a node that the size does not hold. */
struct merkle_nodes merkle_tile_nodes(struct merkle_tile_source *src);

/* Entry bundles: each entry after its length in two bytes, big-endian. ERR_LIMIT if it is longer than 65535. */
enum err merkle_bundle_put(struct buf *b, struct str entry, struct errinfo *e) MUST_USE;
/* Takes the next entry off *rest; call until it is empty. ERR_SYNTAX if it is cut off. */
enum err merkle_bundle_next(struct str *rest, struct str *ret, struct errinfo *e) MUST_USE;

#endif
