#include "merkle/tree.h"

#include <assert.h>
#include <string.h>

#include "base/limits.h"

struct hash
merkle_leaf(const struct str *parts, size_t n)
{
	struct sha256 s;
	sha256_init(&s);
	sha256_put(&s, STR("\0"));
	for (size_t i = 0; i < n; i++)
		sha256_put(&s, parts[i]);
	return sha256_end(&s);
}

struct hash
merkle_leaf_of(struct str leaf)
{
	return merkle_leaf(&leaf, 1);
}

struct hash
merkle_node(const struct hash *left, const struct hash *right)
{
	char both[1 + 2 * sizeof left->b];
	both[0] = 1;
	memcpy(both + 1, left->b, sizeof left->b);
	memcpy(both + 1 + sizeof left->b, right->b, sizeof right->b);
	return hash_of(str_bytes(both, sizeof both));
}

struct hash
merkle_empty(void)
{
	return hash_of(STR_NONE);
}

size_t
merkle_edge_grow(struct merkle_edge *g, const struct hash *leaf, struct hash ret[static MERKLE_LEVELS])
{
	assert(g->size < MERKLE_SIZE_MAX);
	unsigned k = 0;
	ret[0] = *leaf;
	/* as counting in binary: two subtrees of one size become one of twice the size */
	for (; g->size >> k & 1; k++)
		ret[k + 1] = merkle_node(&g->at[k], &ret[k]);
	g->at[k] = ret[k];
	g->size++;
	return k + 1;
}

void
merkle_edge_append(struct merkle_edge *g, const struct hash *leaf)
{
	assert(g->size < MERKLE_SIZE_MAX);
	struct hash h = *leaf;
	unsigned k = 0;
	for (; g->size >> k & 1; k++)
		h = merkle_node(&g->at[k], &h);
	g->at[k] = h;
	g->size++;
}

struct hash
merkle_edge_root(const struct merkle_edge *g)
{
	if (g->size == 0)
		return merkle_empty();
	unsigned k = 0;
	while (!(g->size >> k & 1))
		k++;
	struct hash h = g->at[k];
	for (k++; k < MERKLE_LEVELS; k++)
		if (g->size >> k & 1)
			h = merkle_node(&g->at[k], &h);
	return h;
}

void
merkle_edge_put(struct buf *b, const struct merkle_edge *g)
{
	buf_be(b, g->size, 8);
	for (unsigned k = MERKLE_LEVELS; k-- > 0;)
		if (g->size >> k & 1)
			buf_put(b, str_bytes(g->at[k].b, sizeof g->at[k].b));
}

enum err
merkle_edge_load(struct str bytes, struct merkle_edge *ret, struct errinfo *e)
{
	uint64_t size = 0;
	if (bytes.n < 8)
		return err_set(e, ERR_SYNTAX, "the edge of a tree is cut off: %zu bytes", bytes.n);
	for (size_t i = 0; i < 8; i++)
		size = size << 8 | (unsigned char)bytes.p[i];
	if (size > UINT64_C(1) << LIMIT_LOG_SIZE_BITS)
		return err_set(e, ERR_LIMIT, "the edge of a tree of more than 2^%d leaves", LIMIT_LOG_SIZE_BITS);
	size_t hashes = 0;
	for (uint64_t s = size; s; s &= s - 1)
		hashes++;
	if (bytes.n != 8 + hashes * sizeof(struct hash))
		return err_set(e, ERR_SYNTAX, "the edge of a tree of %llu leaves has %zu bytes, not %zu", (unsigned long long)size, bytes.n,
		    8 + hashes * sizeof(struct hash));
	const char *p = bytes.p + 8;
	*ret = (struct merkle_edge){.size = size};
	for (unsigned k = MERKLE_LEVELS; k-- > 0;)
		if (size >> k & 1) {
			memcpy(ret->at[k].b, p, sizeof ret->at[k].b);
			p += sizeof ret->at[k].b;
		}
	return OK;
}

struct hash
merkle_root(const struct hash *leaves, size_t n)
{
	struct merkle_edge g = {0};
	for (size_t i = 0; i < n; i++)
		merkle_edge_append(&g, &leaves[i]);
	return merkle_edge_root(&g);
}

uint64_t
merkle_nodes_at(uint64_t size, unsigned level)
{
	return level < 64 ? size >> level : 0;
}

uint64_t
merkle_split(uint64_t n)
{
	assert(n >= 2);
	uint64_t k = 1;
	while (k < n - k) /* twice k, without overflow, is still below n */
		k *= 2;
	return k;
}
