/* f_proof: a proof is accepted only where it is the one true proof. The input picks sizes, a leaf, and what is done to the true proof of it: bytes
 * changed, hashes dropped, doubled, put in order anew, or replaced by other nodes of the same tree. */
#include <assert.h>
#include <string.h>

#include "crypto/init.h"
#include "merkle/proof.h"

enum { MOST = 200 };

static struct hash leaves[MOST], nodes[8][MOST], roots[MOST + 1];

static enum err
get(void *ctx, unsigned level, uint64_t index, struct hash *ret, struct errinfo *e)
{
	(void)ctx, (void)e;
	assert(level < 8 && (index + 1) << level <= MOST);
	*ret = nodes[level][index];
	return OK;
}

static void
plant(void)
{
	struct merkle_edge g = {0};
	roots[0] = merkle_empty();
	for (uint64_t i = 0; i < MOST; i++) {
		struct hash made[MERKLE_LEVELS];
		leaves[i] = merkle_leaf_of(str_bytes(&i, sizeof i));
		size_t n = merkle_edge_grow(&g, &leaves[i], made);
		for (size_t k = 0; k < n; k++)
			nodes[k][i >> k] = made[k];
		roots[i + 1] = merkle_edge_root(&g);
	}
}

static const uint8_t *at, *end;

static unsigned
next(unsigned below)
{
	return at < end ? *at++ % below : 0;
}

static void
spoil(struct merkle_proof *p)
{
	while (at < end) {
		unsigned k = next(MERKLE_LEVELS), j = next(MERKLE_LEVELS), level;
		switch (next(6)) {
		case 0:
			p->at[k].b[j % 32] ^= (uint8_t)next(256);
			break;
		case 1:
			p->n = k;
			break;
		case 2:
			p->at[k] = p->at[j];
			break;
		case 3:
			p->at[k] = leaves[next(MOST)];
			break;
		case 4:
			level = k % 8;
			p->at[j] = nodes[level][next((unsigned)(MOST >> level))];
			break;
		default:
			p->at[k] = roots[next(MOST + 1)];
		}
	}
}

static bool
equal(const struct merkle_proof *a, const struct merkle_proof *b)
{
	return a->n == b->n && memcmp(a->at, b->at, a->n * sizeof a->at[0]) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool begun;
	const struct merkle_nodes tree = {NULL, get};
	struct merkle_proof truth = {0}, p;
	if (!begun) {
		crypto_init();
		plant();
		begun = true;
	}
	at = data;
	end = data + size;
	unsigned n = 1 + next(MOST), m = 1 + next(n), i = next(n), claimed = next(MOST), from = next(2);
	if (from) {
		assert(merkle_prove_inclusion(&tree, i, n, &truth, NULL) == OK);
		p = truth;
		spoil(&p);
		bool taken = merkle_check_inclusion(&leaves[claimed], i, n, &p, &roots[n], NULL) == OK;
		assert(taken == (claimed == i && equal(&p, &truth)));
		assert(merkle_check_inclusion(&leaves[i], i, n, &truth, &roots[n], NULL) == OK);
	} else {
		assert(merkle_prove_consistency(&tree, m, n, &truth, NULL) == OK);
		p = truth;
		spoil(&p);
		bool taken = merkle_check_consistency(m, &roots[claimed], n, &roots[n], &p, NULL) == OK;
		assert(taken == (claimed == m && equal(&p, &truth)));
		assert(merkle_check_consistency(m, &roots[m], n, &roots[n], &truth, NULL) == OK);
	}
	return 0;
}
