#include "merkle/bridge.h"

#include <assert.h>

/* A subtree of the larger tree that begins at or behind the end of what is held. */
struct beyond {
	uint64_t from, to;
	struct hash root;
};

struct crossing {
	const struct merkle_nodes *nodes;
	uint64_t held;
	struct beyond beyond[MERKLE_LEVELS];
	size_t nbeyond;
};

/* The hashes of the bridge's proof that stand right of what is held: its proof goes down to leaf m - 1 and turns left at each of them. */
static enum err
find_beyond(struct crossing *x, const struct merkle_bridge *b, struct errinfo *e)
{
	uint64_t from = 0, to = b->size;
	size_t at = b->proof.n;
	bool fits = at <= MERKLE_LEVELS;
	while (fits && to != b->held && (fits = at > 0)) {
		uint64_t mid = from + merkle_split(to - from);
		at--;
		if (b->held - 1 < mid) {
			x->beyond[x->nbeyond++] = (struct beyond){mid, to, b->proof.at[at]};
			to = mid;
		} else {
			from = mid;
		}
	}
	if (fits && from != 0 && (fits = at > 0))
		at--; /* the last subtree of what is held */
	if (!fits || at != 0)
		return err_set(e, ERR_VERIFY, "the proof from %llu to %llu entries has %zu hashes, which is not what these sizes call for",
		    (unsigned long long)b->held, (unsigned long long)b->size, b->proof.n);
	return OK;
}

/* Root of the leaves [from, to), which is a subtree of the larger tree. Goes down at most once a level, since a subtree that is neither held nor
 * beyond has the end of what is held in it. */
static enum err
root_of(const struct crossing *x, uint64_t from, uint64_t to, struct hash *ret, struct errinfo *e)
{
	uint64_t n = to - from, mid;
	struct hash left, right;
	enum err err;
	if (to <= x->held && !(n & (n - 1))) {
		unsigned level = 0;
		while (n >> level != 1)
			level++;
		return x->nodes->get(x->nodes->ctx, level, from >> level, ret, e);
	}
	for (size_t i = 0; i < x->nbeyond; i++)
		if (x->beyond[i].from == from && x->beyond[i].to == to) {
			*ret = x->beyond[i].root;
			return OK;
		}
	assert(from < x->held && n >= 2); /* whatever begins beyond, and is asked for, is one of those */
	mid = from + merkle_split(n);
	if ((err = root_of(x, from, mid, &left, e)) || (err = root_of(x, mid, to, &right, e)))
		return err;
	*ret = merkle_node(&left, &right);
	return OK;
}

enum err
merkle_bridge_prove(const struct merkle_nodes *nodes, const struct merkle_bridge *b, uint64_t k, struct merkle_proof *ret, struct errinfo *e)
{
	struct crossing x = {.nodes = nodes, .held = b->held};
	struct merkle_proof down = {0}; /* from the root towards the leaf: turned round at the end */
	uint64_t from = 0, to = b->size;
	enum err err;
	if (k == 0 || k > b->held || b->held > b->size || b->size > MERKLE_SIZE_MAX)
		return err_set(e, ERR_INVALID, "what ties %llu entries to %llu proves nothing of %llu", (unsigned long long)b->held,
		    (unsigned long long)b->size, (unsigned long long)k);
	if ((err = find_beyond(&x, b, e)))
		return err;
	while (to != k) {
		uint64_t mid = from + merkle_split(to - from);
		bool left = k - 1 < mid;
		assert(down.n < MERKLE_LEVELS);
		if ((err = root_of(&x, left ? mid : from, left ? to : mid, &down.at[down.n], e)))
			return err;
		down.n++;
		*(left ? &to : &from) = mid;
	}
	if (from != 0) { /* else the range is the tree of k itself, whose root the reader has */
		assert(down.n < MERKLE_LEVELS);
		if ((err = root_of(&x, from, to, &down.at[down.n], e)))
			return err;
		down.n++;
	}
	ret->n = down.n;
	for (size_t i = 0; i < down.n; i++)
		ret->at[i] = down.at[down.n - 1 - i];
	return OK;
}

enum err
merkle_bridge_check(const struct merkle_nodes *nodes, const struct merkle_bridge *b, const struct hash *root, struct errinfo *e)
{
	struct hash held;
	enum err err = merkle_root_at(nodes, b->held, &held, e);
	return err ? err : merkle_check_consistency(b->held, &held, b->size, root, &b->proof, e);
}

void
merkle_bridge_put(struct buf *b, const struct merkle_bridge *bridge, struct str note)
{
	buf_u64(b, bridge->held);
	buf_putc(b, '\n');
	merkle_proof_put(b, &bridge->proof);
	buf_putc(b, '\n');
	buf_put(b, note);
}

enum err
merkle_bridge_parse(struct str bytes, struct merkle_bridge *ret, struct str *ret_note, struct errinfo *e)
{
	struct merkle_proof proof;
	struct str line, rest;
	uint64_t held;
	if (bytes.n > MERKLE_BRIDGE_MAX)
		return err_set(e, ERR_LIMIT, "%zu bytes tie entries to a checkpoint (%d at most)", bytes.n, MERKLE_BRIDGE_MAX);
	if (!str_cut(bytes, '\n', &line, &rest) || !str_u64(line, &held) || !held)
		return err_set(e, ERR_SYNTAX, "line 1 of what ties entries to a checkpoint is not their number");
	enum err err = merkle_proof_parse(&rest, &proof, e);
	if (err)
		return err;
	if (!rest.n)
		return err_set(e, ERR_SYNTAX, "what ties entries to a checkpoint has no checkpoint");
	*ret = (struct merkle_bridge){.held = held};
	ret->proof.n = proof.n;
	for (size_t i = 0; i < proof.n; i++)
		ret->proof.at[i] = proof.at[i];
	*ret_note = rest;
	return OK;
}
