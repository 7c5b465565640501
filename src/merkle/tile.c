#include "merkle/tile.h"

#include <assert.h>
#include <string.h>

void
merkle_tile_path(struct buf *b, const struct merkle_tile *t)
{
	uint64_t top = 1; /* 1000 to the power of the groups of three digits that follow the first */
	if (t->entries)
		buf_puts(b, "tile/entries/");
	else
		buf_printf(b, "tile/%u/", t->level);
	while (t->index / top >= 1000)
		top *= 1000;
	for (; top > 1; top /= 1000)
		buf_printf(b, "x%03u/", (unsigned)(t->index / top % 1000));
	buf_printf(b, "%03u", (unsigned)(t->index % 1000));
	if (t->width < MERKLE_TILE_WIDTH)
		buf_printf(b, ".p/%u", t->width);
}

static bool
group_of_three(struct str s, uint64_t *ret)
{
	if (s.n != 3)
		return false;
	uint64_t v = 0;
	for (size_t i = 0; i < 3; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(s.p[i] - '0');
	}
	*ret = v;
	return true;
}

static bool
parse_index(struct str s, uint64_t *ret)
{
	struct str part;
	uint64_t index = 0, v;
	bool more, first = true;
	do {
		more = str_cut(s, '/', &part, &s);
		if (more) {
			if (part.n == 0 || part.p[0] != 'x')
				return false;
			part = str_sub(part, 1, part.n);
		}
		/* a group of zeros before others would be a second spelling */
		if (!group_of_three(part, &v) || (first && more && v == 0) || index > (UINT64_MAX - v) / 1000)
			return false;
		index = index * 1000 + v;
		first = false;
	} while (more);
	*ret = index;
	return true;
}

static bool
parse_path(struct str path, struct merkle_tile *ret)
{
	struct merkle_tile t = {.width = MERKLE_TILE_WIDTH};
	struct str part;
	uint64_t v;
	if (!str_cut(path, '/', &part, &path) || !str_is(part, "tile") || !str_cut(path, '/', &part, &path))
		return false;
	if (str_is(part, "entries"))
		t.entries = true;
	else if (str_u64(part, &v) && v <= 63)
		t.level = (unsigned)v;
	else
		return false;
	ptrdiff_t p = str_find(path, STR(".p/"));
	if (p >= 0) {
		if (!str_u64(str_sub(path, (size_t)p + 3, path.n), &v) || v == 0 || v >= MERKLE_TILE_WIDTH)
			return false;
		t.width = (unsigned)v;
		path = str_sub(path, 0, (size_t)p);
	}
	if (!parse_index(path, &t.index))
		return false;
	*ret = t;
	return true;
}

enum err
merkle_tile_parse(struct str path, struct merkle_tile *ret, struct errinfo *e)
{
	if (path.n > MERKLE_TILE_PATH || !parse_path(path, ret))
		return err_set(e, ERR_SYNTAX, "not the path of a tile: %.*s", STR_FMT(str_sub(path, 0, MERKLE_TILE_PATH)));
	return OK;
}

unsigned
merkle_tile_width(uint64_t size, unsigned level, uint64_t index)
{
	uint64_t nodes = level < 8 ? size >> (8 * level) : 0;
	if (index > nodes / MERKLE_TILE_WIDTH)
		return 0;
	nodes -= index * MERKLE_TILE_WIDTH;
	return nodes < MERKLE_TILE_WIDTH ? (unsigned)nodes : MERKLE_TILE_WIDTH;
}

bool
merkle_tiles_next(struct merkle_tiles *it, struct merkle_tile *ret)
{
	for (; it->level < 8; it->level++, it->begun = false) {
		uint64_t had = it->old >> (8 * it->level), has = it->size >> (8 * it->level);
		if (has <= had)
			continue;
		it->index = it->begun ? it->index + 1 : had / MERKLE_TILE_WIDTH;
		it->begun = true;
		unsigned width = merkle_tile_width(it->size, it->level, it->index);
		if (width > 0) {
			*ret = (struct merkle_tile){.level = it->level, .index = it->index, .width = width};
			return true;
		}
	}
	return false;
}

enum err
merkle_tile_put(const struct merkle_nodes *nodes, const struct merkle_tile *t, struct buf *b, struct errinfo *e)
{
	assert(!t->entries && t->level < 8 && t->width >= 1 && t->width <= MERKLE_TILE_WIDTH);
	for (unsigned i = 0; i < t->width; i++) {
		struct hash h;
		enum err err = nodes->get(nodes->ctx, 8 * t->level, t->index * MERKLE_TILE_WIDTH + i, &h, e);
		if (err)
			return err;
		buf_put(b, str_bytes(h.b, sizeof h.b));
	}
	return OK;
}

enum err
merkle_bundle_put(struct buf *b, struct str entry, struct errinfo *e)
{
	if (entry.n > UINT16_MAX)
		return err_set(e, ERR_LIMIT, "an entry of %zu bytes does not go into a bundle (65535 at most)", entry.n);
	buf_be(b, entry.n, 2);
	buf_put(b, entry);
	return OK;
}

enum err
merkle_bundle_next(struct str *rest, struct str *ret, struct errinfo *e)
{
	size_t n = rest->n >= 2 ? (size_t)(unsigned char)rest->p[0] << 8 | (unsigned char)rest->p[1] : 0;
	if (rest->n < 2 || rest->n - 2 < n)
		return err_set(e, ERR_SYNTAX, "a bundle of entries is cut off");
	*ret = str_sub(*rest, 2, 2 + n);
	*rest = str_sub(*rest, 2 + n, rest->n);
	return OK;
}

/* Whole hashes, at least width of them and no more than a tile has. */
static enum err
check_length(struct str tile, unsigned width, struct errinfo *e)
{
	if (tile.n % HASH_LEN || tile.n < width * HASH_LEN || tile.n > MERKLE_TILE_BYTES)
		return err_set(e, ERR_SYNTAX, "a tile %u hashes wide has %zu bytes", width, tile.n);
	return OK;
}

enum err
merkle_bundle_check(struct str bundle, unsigned width, struct str tile, struct errinfo *e)
{
	enum err err = check_length(tile, width, e);
	for (unsigned i = 0; !err && i < width; i++) {
		struct str entry;
		err = merkle_bundle_next(&bundle, &entry, e);
		if (err)
			break;
		struct hash h = merkle_leaf_of(entry);
		if (memcmp(h.b, tile.p + i * HASH_LEN, HASH_LEN) != 0)
			err = err_set(e, ERR_VERIFY, "entry %u of the bundle is not the leaf that its tile says", i);
	}
	if (!err && bundle.n > 0)
		err = err_set(e, ERR_SYNTAX, "a bundle %u entries wide goes on after its end", width);
	return err;
}

static enum err
node_of_tile(void *ctx, unsigned level, uint64_t index, struct hash *ret, struct errinfo *e)
{
	const struct merkle_tile_source *src = ctx;
	if (index >= merkle_nodes_at(src->size, level))
		return err_set(e, ERR_INVALID, "a tree of %llu leaves has no node %llu on level %u", (unsigned long long)src->size,
		    (unsigned long long)index, level);
	unsigned height = level % 8;
	uint64_t first = index << height; /* of the hashes it is made of, on the level of the tile */
	struct merkle_tile t = {.level = level / 8, .index = first / MERKLE_TILE_WIDTH};
	t.width = merkle_tile_width(src->size, t.level, t.index);
	struct str bytes;
	enum err err = src->get(src->ctx, &t, &bytes, e);
	if (!err)
		err = check_length(bytes, t.width, e);
	if (err)
		return err;
	struct merkle_edge g = {0};
	const char *p = bytes.p + first % MERKLE_TILE_WIDTH * HASH_LEN;
	for (unsigned i = 0; i < 1U << height; i++) {
		struct hash h;
		memcpy(h.b, p + i * HASH_LEN, HASH_LEN);
		merkle_edge_append(&g, &h);
	}
	*ret = g.at[height];
	return OK;
}

struct merkle_nodes
merkle_tile_nodes(struct merkle_tile_source *src)
{
	return (struct merkle_nodes){.ctx = src, .get = node_of_tile};
}
