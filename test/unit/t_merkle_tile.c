/* merkle: tiles, held against the examples of C2SP tlog-tiles and against the tree they are of. */
#include <stdlib.h>

#include "merkle/tile.h"
#include "test.h"

static void
check_path(struct merkle_tile t, const char *want)
{
	struct errinfo e;
	struct merkle_tile back;
	struct buf b = BUF_INIT(MERKLE_TILE_PATH);
	merkle_tile_path(&b, &t);
	CHECK(buf_ok(&b));
	CHECK_STR(buf_str(&b), str_of(want));
	CHECK_OK(merkle_tile_parse(buf_str(&b), &back, &e));
	CHECK(back.entries == t.entries && back.level == t.level && back.width == t.width && back.index == t.index);
	buf_done(&b);
}

/* Fails if a path is not the specification's or does not come back. */
TEST(tile_paths)
{
	check_path((struct merkle_tile){.index = 1234067, .width = 256}, "tile/0/x001/x234/067");
	check_path((struct merkle_tile){.index = 1234, .width = 256}, "tile/0/x001/234");
	check_path((struct merkle_tile){.index = 0, .level = 1, .width = 17}, "tile/1/000.p/17");
	check_path((struct merkle_tile){.index = 999, .level = 7, .width = 255}, "tile/7/999.p/255");
	check_path((struct merkle_tile){.index = 1000, .width = 1, .entries = true}, "tile/entries/x001/000.p/1");
	check_path((struct merkle_tile){.index = UINT64_MAX, .level = 63, .width = 255}, "tile/63/x018/x446/x744/x073/x709/x551/615.p/255");
}

/* Fails if a second spelling of a tile is taken. */
TEST(tile_paths_have_one_spelling)
{
	static const char *const bad[] = {
	    "",
	    "tile",
	    "tile/0",
	    "tile/0/",
	    "tile/0/1",
	    "tile/0/01",
	    "tile/0/0001",
	    "tile/0/x001",
	    "tile/0/001/002",
	    "tile/0/x000/001",
	    "tile/00/001",
	    "tile/64/000",
	    "tile/-1/000",
	    "tile/0/000.p/0",
	    "tile/0/000.p/256",
	    "tile/0/000.p/01",
	    "tile/0/000.p/",
	    "tile/0/000.p",
	    "/tile/0/000",
	    "tile/0/000/",
	    "tile/0/x001/x234",
	    "tile/entry/000",
	    "tile/0/x018/x446/x744/x073/x709/x551/616",
	    "tile/0/x001/ 23",
	    "tile/0/x1/x234/067",
	    "tile/0/000.p/1.p/1",
	    "tile/0/000.p/1/x",
	    "tile//000",
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct errinfo e;
		struct merkle_tile t;
		CHECKF(merkle_tile_parse(str_of(bad[i]), &t, &e) == ERR_SYNTAX, "taken: %s", bad[i]);
	}
}

/* The specification's example: 70,000 leaves are 273 full tiles and one of 112, one full and one of 17, one of 1; and
 * 256 are one full tile and one of 1. Fails if another set of tiles comes out, or the tiles new since an older size are
 * not just those that are new or wider. */
TEST(tiles_of_a_size)
{
	size_t full[3] = {0}, part[3] = {0}, n = 0;
	struct merkle_tile t;
	for (struct merkle_tiles it = {.size = 70000}; merkle_tiles_next(&it, &t); n++) {
		CHECK(t.level < 3 && !t.entries && t.width == merkle_tile_width(70000, t.level, t.index));
		if (t.width == 256)
			full[t.level]++;
		else
			part[t.level] += t.width;
	}
	CHECK(n == 277 && full[0] == 273 && part[0] == 112 && full[1] == 1 && part[1] == 17 && full[2] == 0 && part[2] == 1);
	CHECK(merkle_tile_width(256, 0, 0) == 256 && merkle_tile_width(256, 0, 1) == 0 && merkle_tile_width(256, 1, 0) == 1);
	CHECK(merkle_tile_width(UINT64_MAX, 7, 0) == 255 && merkle_tile_width(UINT64_MAX, 8, 0) == 0 && merkle_tile_width(5, 0, UINT64_MAX) == 0);
	for (uint64_t old = 0; old <= 1100; old += 37)
		for (uint64_t size = old; size <= 1300; size += 41) {
			size_t got = 0, want = 0;
			for (struct merkle_tiles it = {.old = old, .size = size}; merkle_tiles_next(&it, &t); got++)
				CHECK(merkle_tile_width(old, t.level, t.index) < t.width);
			for (unsigned level = 0; level < 8; level++)
				for (uint64_t i = 0; i < 7; i++)
					want += merkle_tile_width(size, level, i) > merkle_tile_width(old, level, i);
			CHECK(got == want);
		}
}

enum { SIZE = 66000 }; /* past one full tile of level 1 */

static struct hash *nodes[17]; /* by level */

static enum err
get_node(void *ctx, unsigned level, uint64_t index, struct hash *ret, struct errinfo *e)
{
	(void)ctx;
	if (level > 16 || index >= (uint64_t)SIZE >> level)
		return err_set(e, ERR_INVALID, "no such node");
	*ret = nodes[level][index];
	return OK;
}

static const struct merkle_nodes tree = {NULL, get_node};

struct shelf {
	struct buf b;
	bool wide; /* gives the full tile in place of the partial, as a server may that has grown */
	size_t gets;
	size_t shorten, lengthen;
};

static enum err
get_tile(void *ctx, const struct merkle_tile *t, struct str *ret, struct errinfo *e)
{
	struct shelf *s = ctx;
	struct merkle_tile full = *t;
	buf_clear(&s->b);
	s->gets++;
	full.width = s->wide ? merkle_tile_width(SIZE, t->level, t->index) : t->width;
	enum err err = merkle_tile_put(&tree, &full, &s->b, e);
	if (err)
		return err;
	for (size_t i = 0; i < s->lengthen; i++)
		buf_putc(&s->b, 'x');
	*ret = str_sub(buf_str(&s->b), 0, s->b.n - s->shorten);
	return OK;
}

static void
plant(void)
{
	struct merkle_edge g = {0};
	for (unsigned k = 0; k <= 16; k++) {
		nodes[k] = calloc(((size_t)SIZE >> k) + 1, sizeof(struct hash));
		CHECK(nodes[k]);
	}
	for (uint64_t i = 0; i < SIZE; i++) {
		struct hash leaf = merkle_leaf_of(str_bytes(&i, sizeof i)), made[MERKLE_LEVELS];
		size_t n = merkle_edge_grow(&g, &leaf, made);
		for (size_t k = 0; k < n; k++)
			nodes[k][i >> k] = made[k];
	}
}

static void
fell(void)
{
	for (unsigned k = 0; k <= 16; k++)
		free(nodes[k]);
}

/* Fails if any node, root or proof out of tiles differs from that of the tree, with partial tiles or wider ones. */
TEST(tiles_give_the_nodes_of_the_tree)
{
	static const uint64_t sizes[] = {1, 2, 255, 256, 257, 511, 1000, 65535, 65536, 65537, SIZE};
	struct shelf shelf = {.b = BUF_INIT(2 * MERKLE_TILE_BYTES)};
	struct merkle_tile_source src = {.ctx = &shelf, .get = get_tile};
	struct merkle_nodes tiles = merkle_tile_nodes(&src);
	struct errinfo e;
	struct hash a, b;
	plant();
	for (size_t s = 0; s < 2 * sizeof sizes / sizeof sizes[0]; s++) {
		src.size = sizes[s / 2];
		shelf.wide = s & 1;
		for (unsigned level = 0; level <= 16; level++)
			for (uint64_t i = 0; i < src.size >> level; i += 1 + (src.size >> level) / 23) {
				CHECK_OK(tree.get(NULL, level, i, &a, &e));
				CHECK_OK(tiles.get(tiles.ctx, level, i, &b, &e));
				CHECKF(hash_eq(&a, &b), "node %u/%u of %u", level, (unsigned)i, (unsigned)src.size);
			}
		CHECK_ERR(tiles.get(tiles.ctx, 0, src.size, &b, &e), ERR_INVALID);
		CHECK_ERR(tiles.get(tiles.ctx, 64, 0, &b, &e), ERR_INVALID);
		CHECK_OK(merkle_root_at(&tree, src.size, &a, &e));
		CHECK_OK(merkle_root_at(&tiles, src.size, &b, &e));
		CHECK(hash_eq(&a, &b));
		struct merkle_proof p;
		uint64_t i = src.size / 2, m = src.size - src.size / 3;
		CHECK_OK(merkle_prove_inclusion(&tiles, i, src.size, &p, &e));
		CHECK_OK(merkle_check_inclusion(&nodes[0][i], i, src.size, &p, &a, &e));
		CHECK_OK(merkle_prove_consistency(&tiles, m, src.size, &p, &e));
		CHECK_OK(merkle_root_at(&tree, m, &b, &e));
		CHECK_OK(merkle_check_consistency(m, &b, src.size, &a, &p, &e));
	}
	shelf.shorten = 1;
	CHECK_ERR(tiles.get(tiles.ctx, 3, 0, &b, &e), ERR_SYNTAX);
	shelf.shorten = HASH_LEN;
	CHECK_ERR(tiles.get(tiles.ctx, 3, 0, &b, &e), ERR_SYNTAX);
	shelf.shorten = 0;
	shelf.wide = false;
	shelf.lengthen = 1;
	src.size = 255;
	CHECK_ERR(tiles.get(tiles.ctx, 3, 0, &b, &e), ERR_SYNTAX);
	shelf.lengthen = HASH_LEN;
	CHECK_OK(tiles.get(tiles.ctx, 3, 0, &b, &e)); /* a wider tile than asked for */
	shelf.lengthen = 2 * HASH_LEN;
	CHECK_ERR(tiles.get(tiles.ctx, 3, 0, &b, &e), ERR_SYNTAX);
	buf_done(&shelf.b);
	fell();
}

/* Fails if a bundle does not come back entry by entry, a cut one is taken, or one that differs from its tile in an entry or in count. */
TEST(bundles)
{
	struct errinfo e;
	struct buf b = BUF_INIT(1 << 18), t = BUF_INIT(MERKLE_TILE_BYTES);
	struct str long_entry = STR_NONE, rest, entry;
	char *big = calloc(1, 70000);
	CHECK(big);
	long_entry = str_bytes(big, 65535);
	struct str entries[] = {STR("one"), STR_NONE, long_entry, STR("four")};
	for (size_t i = 0; i < 4; i++) {
		struct hash h = merkle_leaf_of(entries[i]);
		CHECK_OK(merkle_bundle_put(&b, entries[i], &e));
		buf_put(&t, hash_str(&h));
	}
	CHECK_ERR(merkle_bundle_put(&b, str_bytes(big, 65536), &e), ERR_LIMIT);
	CHECK_STR(str_sub(buf_str(&b), 0, 7), STR("\0\3one\0\0"));
	rest = buf_str(&b);
	for (size_t i = 0; i < 4; i++) {
		CHECK_OK(merkle_bundle_next(&rest, &entry, &e));
		CHECK_STR(entry, entries[i]);
	}
	CHECK(rest.n == 0);
	CHECK_ERR(merkle_bundle_next(&rest, &entry, &e), ERR_SYNTAX);
	rest = STR("\0\3on");
	CHECK_ERR(merkle_bundle_next(&rest, &entry, &e), ERR_SYNTAX);
	rest = STR("\0");
	CHECK_ERR(merkle_bundle_next(&rest, &entry, &e), ERR_SYNTAX);

	CHECK_OK(merkle_bundle_check(buf_str(&b), 4, buf_str(&t), &e));
	CHECK_ERR(merkle_bundle_check(buf_str(&b), 3, buf_str(&t), &e), ERR_SYNTAX);
	CHECK_ERR(merkle_bundle_check(str_sub(buf_str(&b), 0, 5), 1, str_sub(buf_str(&t), 1, 33), &e), ERR_VERIFY);
	CHECK_OK(merkle_bundle_check(str_sub(buf_str(&b), 0, 5), 1, buf_str(&t), &e)); /* the tile may be wider */
	CHECK_ERR(merkle_bundle_check(buf_str(&b), 5, buf_str(&t), &e), ERR_SYNTAX);
	b.p[2] ^= 1;
	CHECK_ERR(merkle_bundle_check(buf_str(&b), 4, buf_str(&t), &e), ERR_VERIFY);
	free(big);
	buf_done(&b);
	buf_done(&t);
}
