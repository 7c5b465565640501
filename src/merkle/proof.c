#include "merkle/proof.h"

#include <assert.h>
#include <string.h>

/* The complete subtrees of the leaves [from, to) from left to right, the largest first; from must be a multiple of the largest. */
static enum err
edge_of_range(const struct merkle_nodes *nodes, uint64_t from, uint64_t to, struct merkle_edge *ret, struct errinfo *e)
{
	ret->size = to - from;
	for (unsigned k = MERKLE_LEVELS; k-- > 0;) {
		if (!(ret->size >> k & 1))
			continue;
		enum err err = nodes->get(nodes->ctx, k, from >> k, &ret->at[k], e);
		if (err)
			return err;
		from += UINT64_C(1) << k;
	}
	return OK;
}

static enum err
root_of_range(const struct merkle_nodes *nodes, uint64_t from, uint64_t to, struct hash *ret, struct errinfo *e)
{
	struct merkle_edge g;
	enum err err = edge_of_range(nodes, from, to, &g, e);
	if (!err)
		*ret = merkle_edge_root(&g);
	return err;
}

enum err
merkle_edge_at(const struct merkle_nodes *nodes, uint64_t size, struct merkle_edge *ret, struct errinfo *e)
{
	struct merkle_edge g = {0};
	if (size > MERKLE_SIZE_MAX)
		return err_set(e, ERR_INVALID, "no tree has %llu leaves", (unsigned long long)size);
	enum err err = edge_of_range(nodes, 0, size, &g, e);
	if (!err)
		*ret = g;
	return err;
}

enum err
merkle_root_at(const struct merkle_nodes *nodes, uint64_t size, struct hash *ret, struct errinfo *e)
{
	struct merkle_edge g;
	enum err err = merkle_edge_at(nodes, size, &g, e);
	if (!err)
		*ret = merkle_edge_root(&g);
	return err;
}

/* What making a proof gathers on its way from the root down: the range it stands in, and the siblings it has left aside. */
struct walk {
	const struct merkle_nodes *nodes;
	uint64_t from, to;
	struct merkle_proof proof; /* from the root towards the leaf: turned round at the end */
};

/* Steps into the half that has leaf `at`, and takes the root of the other one. */
static enum err
walk_down(struct walk *w, uint64_t at, struct errinfo *e)
{
	uint64_t mid = w->from + merkle_split(w->to - w->from);
	bool left = at < mid;
	assert(w->proof.n < MERKLE_LEVELS);
	enum err err = root_of_range(w->nodes, left ? mid : w->from, left ? w->to : mid, &w->proof.at[w->proof.n], e);
	if (err)
		return err;
	w->proof.n++;
	if (left)
		w->to = mid;
	else
		w->from = mid;
	return OK;
}

static void
walk_end(const struct walk *w, struct merkle_proof *ret)
{
	ret->n = w->proof.n;
	for (size_t i = 0; i < ret->n; i++)
		ret->at[i] = w->proof.at[ret->n - 1 - i];
}

enum err
merkle_prove_inclusion(const struct merkle_nodes *nodes, uint64_t index, uint64_t size, struct merkle_proof *ret, struct errinfo *e)
{
	struct walk w = {.nodes = nodes, .to = size};
	if (size > MERKLE_SIZE_MAX || index >= size)
		return err_set(e, ERR_INVALID, "a tree of %llu leaves has no leaf %llu", (unsigned long long)size, (unsigned long long)index);
	while (w.to - w.from > 1) {
		enum err err = walk_down(&w, index, e);
		if (err)
			return err;
	}
	walk_end(&w, ret);
	return OK;
}

enum err
merkle_prove_consistency(const struct merkle_nodes *nodes, uint64_t m, uint64_t n, struct merkle_proof *ret, struct errinfo *e)
{
	struct walk w = {.nodes = nodes, .to = n};
	if (m == 0 || m > n || n > MERKLE_SIZE_MAX)
		return err_set(e, ERR_INVALID, "a tree of %llu leaves is not the beginning of one of %llu in a way that can be proven",
		    (unsigned long long)m, (unsigned long long)n);
	while (w.to != m) { /* until the range ends where the old tree ended */
		enum err err = walk_down(&w, m - 1, e);
		if (err)
			return err;
	}
	if (w.from != 0) { /* else the range is the old tree itself, whose root the reader has */
		assert(w.proof.n < MERKLE_LEVELS);
		enum err err = root_of_range(nodes, w.from, w.to, &w.proof.at[w.proof.n], e);
		if (err)
			return err;
		w.proof.n++;
	}
	walk_end(&w, ret);
	return OK;
}

static enum err
wrong_length(size_t n, struct errinfo *e)
{
	return err_set(e, ERR_VERIFY, "the proof has %zu hashes, which is not what these sizes call for", n);
}

/* RFC 9162, 2.1.3.2. at is the index of the subtree hashed so far among those of its size, last that of the rightmost one. */
enum err
merkle_inclusion_root(const struct hash *leaf, uint64_t index, uint64_t size, const struct merkle_proof *proof, struct hash *ret, struct errinfo *e)
{
	struct hash h = *leaf;
	uint64_t at = index, last = size - 1;
	if (index >= size || size > MERKLE_SIZE_MAX)
		return err_set(e, ERR_VERIFY, "a tree of %llu leaves has no leaf %llu", (unsigned long long)size, (unsigned long long)index);
	for (size_t i = 0; i < proof->n; i++) {
		if (last == 0)
			return wrong_length(proof->n, e);
		if (at & 1 || at == last) {
			h = merkle_node(&proof->at[i], &h);
			while (!(at & 1)) { /* a lone right end has no sibling on these levels; at is not 0, since last is not */
				at >>= 1;
				last >>= 1;
			}
		} else {
			h = merkle_node(&h, &proof->at[i]);
		}
		at >>= 1;
		last >>= 1;
	}
	if (last != 0)
		return wrong_length(proof->n, e);
	*ret = h;
	return OK;
}

enum err
merkle_check_inclusion(
    const struct hash *leaf, uint64_t index, uint64_t size, const struct merkle_proof *proof, const struct hash *root, struct errinfo *e)
{
	struct hash h;
	enum err err = merkle_inclusion_root(leaf, index, size, proof, &h, e);
	if (err)
		return err;
	if (!hash_eq(&h, root))
		return err_set(
		    e, ERR_VERIFY, "the entry is not leaf %llu of the tree of %llu leaves", (unsigned long long)index, (unsigned long long)size);
	return OK;
}

/* RFC 9162, 2.1.4.2: from the last complete subtree of the old tree upwards, building both roots from the same hashes. */
enum err
merkle_check_consistency(
    uint64_t m, const struct hash *old_root, uint64_t n, const struct hash *new_root, const struct merkle_proof *proof, struct errinfo *e)
{
	if (m == 0 || m > n || n > MERKLE_SIZE_MAX)
		return err_set(e, ERR_VERIFY, "a tree of %llu leaves cannot be proven to be the beginning of one of %llu", (unsigned long long)m,
		    (unsigned long long)n);
	if (m == n) {
		if (proof->n > 0)
			return wrong_length(proof->n, e);
		return hash_eq(old_root, new_root) ? OK : err_set(e, ERR_VERIFY, "two trees of %llu leaves have two roots", (unsigned long long)m);
	}
	uint64_t at = m - 1, last = n - 1;
	while (at & 1) {
		at >>= 1;
		last >>= 1;
	}
	/* at 0: the old tree is itself one complete subtree, and its root is where we start; else the first hash of the proof is */
	size_t i = at == 0 ? 0 : 1;
	if (proof->n < i)
		return wrong_length(proof->n, e);
	struct hash was = i ? proof->at[0] : *old_root, is = was;
	for (; i < proof->n; i++) {
		const struct hash *p = &proof->at[i];
		if (last == 0)
			return wrong_length(proof->n, e);
		if (at & 1 || at == last) {
			was = merkle_node(p, &was);
			is = merkle_node(p, &is);
			while (!(at & 1)) {
				at >>= 1;
				last >>= 1;
			}
		} else {
			is = merkle_node(&is, p);
		}
		at >>= 1;
		last >>= 1;
	}
	if (last != 0)
		return wrong_length(proof->n, e);
	if (!hash_eq(&was, old_root) || !hash_eq(&is, new_root))
		return err_set(
		    e, ERR_VERIFY, "the tree of %llu leaves is not the beginning of that of %llu", (unsigned long long)m, (unsigned long long)n);
	return OK;
}

void
merkle_proof_put(struct buf *b, const struct merkle_proof *p)
{
	for (size_t i = 0; i < p->n; i++) {
		buf_base64(b, str_bytes(p->at[i].b, sizeof p->at[i].b));
		buf_putc(b, '\n');
	}
}

bool
merkle_hash_parse(struct str base64, struct hash *ret)
{
	struct hash h;
	size_t n;
	if (!base64_decode(base64, h.b, sizeof h.b, &n) || n != sizeof h.b)
		return false;
	*ret = h;
	return true;
}

enum err
merkle_proof_parse(struct str *rest, struct merkle_proof *ret, struct errinfo *e)
{
	struct merkle_proof proof = {0};
	struct str in = *rest, line;
	while (str_cut(in, '\n', &line, &in) && line.n > 0) {
		if (proof.n == MERKLE_LEVELS)
			return err_set(e, ERR_LIMIT, "a proof of more than %d hashes", MERKLE_LEVELS);
		if (!merkle_hash_parse(line, &proof.at[proof.n]))
			return err_set(e, ERR_SYNTAX, "line %zu of a proof is not a hash in base64", proof.n + 1);
		proof.n++;
	}
	if (line.n > 0)
		return err_set(e, ERR_SYNTAX, "the last line of a proof is cut off");
	ret->n = proof.n;
	memcpy(ret->at, proof.at, proof.n * sizeof proof.at[0]);
	*rest = in;
	return OK;
}
