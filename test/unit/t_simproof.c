/* The simulator's own verifier against the product's prover, and against spoiled proofs. It fails if either reads the formats otherwise than the
 * other, or if the verifier takes a proof with a bit changed. */
#include <sodium.h>

#include "base/limits.h"
#include "merkle/fork.h"
#include "merkle/tile.h"
#include "sim/proof.h"
#include "test.h"

enum { MOST = 40 };

struct tree {
	uint8_t leaf[MOST][PROOF_HASH];
};

static enum err
node(void *ctx, unsigned level, uint64_t index, struct hash *ret, struct errinfo *e)
{
	const struct tree *t = ctx;
	(void)e;
	proof_root((const uint8_t(*)[PROOF_HASH])t->leaf + (index << level), UINT64_C(1) << level, ret->b);
	return OK;
}

static void
fill(struct tree *t, int differs_from)
{
	for (int i = 0; i < MOST; i++) {
		char text[32];
		snprintf(text, sizeof text, "%s %d", i >= differs_from ? "other" : "leaf", i);
		proof_leaf(str_of(text), t->leaf[i]);
	}
}

TEST(roots_and_consistency_are_the_products)
{
	struct tree t;
	struct merkle_nodes nodes = {&t, node};
	struct errinfo e;
	fill(&t, MOST);
	for (uint64_t n = 1; n <= MOST; n++) {
		struct hash root, old;
		uint8_t own[PROOF_HASH];
		CHECK_OK(merkle_root_at(&nodes, n, &root, &e));
		proof_root((const uint8_t(*)[PROOF_HASH])t.leaf, n, own);
		CHECK(!memcmp(own, root.b, PROOF_HASH));
		for (uint64_t m = 1; m <= n; m++) {
			struct merkle_proof p;
			CHECK_OK(merkle_root_at(&nodes, m, &old, &e));
			CHECK_OK(merkle_prove_consistency(&nodes, m, n, &p, &e));
			const uint8_t(*at)[PROOF_HASH] = (const uint8_t(*)[PROOF_HASH])p.at;
			CHECK(proof_consistent(m, old.b, n, root.b, at, p.n));
			for (size_t i = 0; i < p.n; i++) {
				p.at[i].b[5] ^= 1;
				CHECK(!proof_consistent(m, old.b, n, root.b, at, p.n));
				p.at[i].b[5] ^= 1;
			}
			if (p.n)
				CHECK(!proof_consistent(m, old.b, n, root.b, at, p.n - 1));
		}
	}
}

static void
note_of(struct tree *t, uint64_t n, const struct sign_key *key, struct str origin, struct buf *b)
{
	struct merkle_nodes nodes = {t, node};
	struct merkle_checkpoint c = {origin, n, {{0}}, STR_NONE};
	struct errinfo e;
	CHECK_OK(merkle_root_at(&nodes, n, &c.root, &e));
	CHECK_OK(merkle_checkpoint_sign(&c, key, b, &e));
}

TEST(a_fork_is_proven_and_only_a_fork)
{
	static const uint8_t seed[32] = {7};
	struct tree one, two;
	struct sign_key key;
	struct str origin = STR("comity/x/irq.rus/irq/1");
	struct errinfo e;
	sign_key_init(&key, seed);
	struct sign_public pub = sign_key_public(&key);
	fill(&one, MOST);
	fill(&two, 5);
	for (uint64_t m = 1; m <= 12; m++)
		for (uint64_t n = m; n <= 12; n++) {
			struct buf a = BUF_INIT(4096), b = BUF_INIT(4096), f = BUF_INIT(64 * KIB);
			struct merkle_nodes nodes = {&two, node};
			struct merkle_proof p;
			struct hash r;
			uint64_t size;
			uint8_t root[PROOF_HASH];
			note_of(&one, m, &key, origin, &a);
			note_of(&two, n, &key, origin, &b);
			CHECK(proof_note(buf_str(&a), origin, pub.b, &size, root) && size == m);
			CHECK_OK(merkle_root_at(&nodes, m, &r, &e));
			CHECK_OK(merkle_prove_consistency(&nodes, m, n, &p, &e));
			enum err err = merkle_fork_make(buf_str(&a), buf_str(&b), m < n ? &r : NULL, m < n ? &p : NULL, origin, &pub, &f, &e);
			CHECK((err == OK) == (m > 5)); /* the histories part at leaf 5 */
			if (!err) {
				CHECK(proof_fork(buf_str(&f), origin, pub.b));
				for (size_t i = 0; i < f.n; i++) {
					f.p[i] ^= 1;
					CHECKF(!proof_fork(buf_str(&f), origin, pub.b), "byte %zu of\n%.*s", i, STR_FMT(buf_str(&f)));
					f.p[i] ^= 1;
				}
				CHECK(!proof_fork(buf_str(&f), STR("comity/x/irq.rus/irq/2"), pub.b));
			}
			/* the same seen from a size below both */
			struct merkle_nodes of_one = {&one, node};
			struct merkle_fork_side x, y;
			uint64_t at = m - 1;
			buf_clear(&f);
			if (m > 6 && m < n) {
				CHECK_OK(merkle_root_at(&of_one, at, &x.root, &e));
				CHECK_OK(merkle_prove_consistency(&of_one, at, m, &x.proof, &e));
				CHECK_OK(merkle_root_at(&nodes, at, &y.root, &e));
				CHECK_OK(merkle_prove_consistency(&nodes, at, n, &y.proof, &e));
				CHECK_OK(merkle_fork_make_at(buf_str(&a), buf_str(&b), at, &x, &y, origin, &pub, &f, &e));
				CHECK(proof_fork(buf_str(&f), origin, pub.b));
				for (size_t i = 0; i < f.n; i++) {
					f.p[i] ^= 1;
					CHECKF(!proof_fork(buf_str(&f), origin, pub.b), "byte %zu of\n%.*s", i, STR_FMT(buf_str(&f)));
					f.p[i] ^= 1;
				}
			}
			buf_done(&a);
			buf_done(&b);
			buf_done(&f);
		}
}
