/* merkle: tree and proofs, against a second writing of RFC 6962 (recursive, from its definitions) for every pair of sizes up to 70. */
#include "merkle/bridge.h"
#include "merkle/proof.h"
#include "test.h"

enum { MOST = 70 };

static struct hash leaves[MOST];
static struct hash nodes[8][MOST]; /* by level and index, complete subtrees only */

/* MTH of section 2.1, word for word. */
static struct hash
mth(size_t from, size_t n)
{
	if (n == 0)
		return merkle_empty();
	if (n == 1)
		return leaves[from];
	size_t k = 1;
	while (2 * k < n)
		k *= 2;
	struct hash l = mth(from, k), r = mth(from + k, n - k);
	return merkle_node(&l, &r);
}

/* PATH of section 2.1.1 */
static void
path(size_t m, size_t from, size_t n, struct merkle_proof *ret)
{
	if (n == 1)
		return;
	size_t k = 1;
	while (2 * k < n)
		k *= 2;
	if (m < k) {
		path(m, from, k, ret);
		ret->at[ret->n++] = mth(from + k, n - k);
	} else {
		path(m - k, from + k, n - k, ret);
		ret->at[ret->n++] = mth(from, k);
	}
}

/* SUBPROOF of section 2.1.2 */
static void
subproof(size_t m, size_t from, size_t n, bool whole, struct merkle_proof *ret)
{
	if (m == n) {
		if (!whole)
			ret->at[ret->n++] = mth(from, n);
		return;
	}
	size_t k = 1;
	while (2 * k < n)
		k *= 2;
	if (m <= k) {
		subproof(m, from, k, whole, ret);
		ret->at[ret->n++] = mth(from + k, n - k);
	} else {
		subproof(m - k, from + k, n - k, false, ret);
		ret->at[ret->n++] = mth(from, k);
	}
}

static size_t reads;

static enum err
get(void *ctx, unsigned level, uint64_t index, struct hash *ret, struct errinfo *e)
{
	uint64_t size = *(uint64_t *)ctx;
	if (index >= merkle_nodes_at(size, level))
		return err_set(e, ERR_INVALID, "asked for node %u/%u of a tree of %u", level, (unsigned)index, (unsigned)size);
	reads++;
	*ret = nodes[level][index];
	return OK;
}

static uint64_t node_size;
static const struct merkle_nodes tree = {&node_size, get};

/* Fills leaves and nodes, the nodes by merkle_edge_grow. */
static void
grow_tree(void)
{
	struct merkle_edge g = {0};
	for (size_t i = 0; i < MOST; i++) {
		char text[16];
		struct hash made[MERKLE_LEVELS];
		snprintf(text, sizeof text, "leaf %zu", i);
		leaves[i] = merkle_leaf_of(str_of(text));
		size_t n = merkle_edge_grow(&g, &leaves[i], made);
		for (size_t k = 0; k < n; k++) {
			CHECK(i >> k < MOST && k < 8);
			nodes[k][i >> k] = made[k];
		}
	}
}

static bool
same(const struct merkle_proof *a, const struct merkle_proof *b)
{
	bool ok = a->n == b->n;
	for (size_t i = 0; ok && i < a->n; i++)
		ok = hash_eq(&a->at[i], &b->at[i]);
	return ok;
}

/* Fails if a leaf or node is hashed without its prefix, or the parts of a leaf not joined: values from RFC 6962
 * implementations (the empty leaf is well known). */
TEST(merkle_hashes_have_their_prefixes)
{
	struct hash h;
	struct str parts[] = {STR("L1"), STR_NONE, STR("23"), STR("456")};
	CHECK(hash_from_hex(STR("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"), &h));
	struct hash empty = merkle_empty(), none = merkle_leaf_of(STR_NONE), many = merkle_leaf(parts, 4), one = merkle_leaf_of(STR("L123456"));
	CHECK(hash_eq(&h, &empty));
	CHECK(hash_from_hex(STR("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"), &h));
	CHECK(hash_eq(&h, &none));
	CHECK(hash_from_hex(STR("395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"), &h));
	CHECK(hash_eq(&h, &one) && hash_eq(&many, &one));
	struct hash both = hash_of(STR("\1"
				       "0123456789abcdef0123456789abcdefFEDCBA9876543210FEDCBA9876543210"));
	struct hash l, r;
	CHECK(hash_from_bytes(STR("0123456789abcdef0123456789abcdef"), &l) && hash_from_bytes(STR("FEDCBA9876543210FEDCBA9876543210"), &r));
	struct hash node = merkle_node(&l, &r);
	CHECK(hash_eq(&node, &both));
}

/* Fails if the edge gives another root than the definition for any size, or a node that became complete is wrong. */
TEST(merkle_edge_has_the_root_of_every_size)
{
	struct merkle_edge g = {0};
	struct errinfo e;
	grow_tree();
	for (size_t n = 0; n <= MOST; n++) {
		struct hash want = mth(0, n), got = merkle_edge_root(&g), list = merkle_root(leaves, n), read;
		node_size = n;
		CHECK_OK(merkle_root_at(&tree, n, &read, &e));
		CHECK(g.size == n && hash_eq(&want, &got) && hash_eq(&want, &list) && hash_eq(&want, &read));
		if (n < MOST)
			merkle_edge_append(&g, &leaves[n]);
	}
	for (unsigned k = 0; k < 7; k++)
		for (size_t i = 0; i < (size_t)MOST >> k; i++) {
			struct hash want = mth(i << k, (size_t)1 << k);
			CHECK(hash_eq(&want, &nodes[k][i]));
		}
}

/* Fails if an edge does not come back from its bytes and go on growing, or bytes one too short or long are taken. */
TEST(merkle_edge_comes_back_from_its_bytes)
{
	struct errinfo e;
	struct buf b = BUF_INIT(4096);
	grow_tree();
	for (size_t n = 0; n < MOST; n++) {
		struct merkle_edge g = {0}, back, at;
		for (size_t i = 0; i < n; i++)
			merkle_edge_append(&g, &leaves[i]);
		buf_clear(&b);
		merkle_edge_put(&b, &g);
		CHECK(buf_ok(&b));
		CHECK_OK(merkle_edge_load(buf_str(&b), &back, &e));
		node_size = n;
		CHECK_OK(merkle_edge_at(&tree, n, &at, &e));
		merkle_edge_append(&g, &leaves[n]);
		merkle_edge_append(&back, &leaves[n]);
		merkle_edge_append(&at, &leaves[n]);
		struct hash want = merkle_edge_root(&g), got = merkle_edge_root(&back), got2 = merkle_edge_root(&at);
		CHECK(hash_eq(&want, &got) && hash_eq(&want, &got2));
		CHECK_ERR(merkle_edge_load(str_sub(buf_str(&b), 0, b.n - 1), &back, &e), ERR_SYNTAX);
		buf_putc(&b, 'x');
		CHECK_ERR(merkle_edge_load(buf_str(&b), &back, &e), ERR_SYNTAX);
	}
	struct merkle_edge g;
	CHECK_ERR(merkle_edge_load(STR("\0\0\2\0\0\0\0\0"), &g, &e), ERR_LIMIT);
	buf_done(&b);
}

TEST(merkle_split_is_the_largest_power_below)
{
	CHECK(merkle_split(2) == 1 && merkle_split(3) == 2 && merkle_split(4) == 2 && merkle_split(5) == 4 && merkle_split(8) == 4);
	CHECK(merkle_split(UINT64_MAX) == MERKLE_SIZE_MAX && merkle_split(MERKLE_SIZE_MAX) == MERKLE_SIZE_MAX / 2);
	CHECK(merkle_nodes_at(70, 3) == 8 && merkle_nodes_at(70, 63) == 0 && merkle_nodes_at(70, 64) == 0);
}

/* All indices of all sizes. Fails if a proof differs from the RFC's, takes more reads than levels twice over, or is
 * accepted for another index, size, leaf, root or length, or with any one hash changed. */
TEST(merkle_inclusion_all_sizes)
{
	struct errinfo e;
	grow_tree();
	for (uint64_t n = 1; n <= MOST; n++) {
		struct hash root = mth(0, n);
		node_size = n;
		for (uint64_t i = 0; i < n; i++) {
			struct merkle_proof want = {0}, p;
			path(i, 0, n, &want);
			reads = 0;
			CHECK_OK(merkle_prove_inclusion(&tree, i, n, &p, &e));
			CHECK(same(&p, &want) && reads <= 14);
			CHECK_OK(merkle_check_inclusion(&leaves[i], i, n, &p, &root, &e));
			for (uint64_t j = 0; j < n + 2; j++)
				if (j != i)
					CHECK_ERR(merkle_check_inclusion(&leaves[i], j, n, &p, &root, &e), ERR_VERIFY);
			CHECK_ERR(merkle_check_inclusion(&leaves[(i + 1) % MOST], i, n, &p, &root, &e), ERR_VERIFY);
			CHECK_ERR(merkle_check_inclusion(&root, i, n + 1, &p, &leaves[i], &e), ERR_VERIFY);
			for (size_t k = 0; k < p.n; k++) {
				p.at[k].b[k % 32] ^= 1;
				CHECK_ERR(merkle_check_inclusion(&leaves[i], i, n, &p, &root, &e), ERR_VERIFY);
				p.at[k].b[k % 32] ^= 1;
			}
			p.at[p.n] = leaves[0];
			p.n++;
			CHECK_ERR(merkle_check_inclusion(&leaves[i], i, n, &p, &root, &e), ERR_VERIFY);
			if (p.n >= 2) {
				p.n -= 2;
				CHECK_ERR(merkle_check_inclusion(&leaves[i], i, n, &p, &root, &e), ERR_VERIFY);
			}
		}
		struct merkle_proof p;
		CHECK_ERR(merkle_prove_inclusion(&tree, n, n, &p, &e), ERR_INVALID);
	}
}

/* All m <= n. As above for consistency: other sizes m and n, other roots, lengths and hashes are refused. */
TEST(merkle_consistency_all_sizes)
{
	struct errinfo e;
	struct merkle_proof p;
	grow_tree();
	for (uint64_t n = 1; n <= MOST; n++) {
		struct hash new_root = mth(0, n);
		node_size = n;
		for (uint64_t m = 1; m <= n; m++) {
			struct merkle_proof want = {0};
			struct hash old_root = mth(0, m), other = mth(0, m - 1);
			subproof(m, 0, n, true, &want);
			reads = 0;
			CHECK_OK(merkle_prove_consistency(&tree, m, n, &p, &e));
			CHECK(same(&p, &want) && reads <= 14);
			CHECK_OK(merkle_check_consistency(m, &old_root, n, &new_root, &p, &e));
			CHECK_ERR(merkle_check_consistency(m, &other, n, &new_root, &p, &e), ERR_VERIFY);
			CHECK_ERR(merkle_check_consistency(m, &old_root, n, &other, &p, &e), ERR_VERIFY);
			CHECK_ERR(merkle_check_consistency(n + 1, &old_root, n, &new_root, &p, &e), ERR_VERIFY);
			for (uint64_t k = 1; k <= n; k++)
				if (k != m)
					CHECK_ERR(merkle_check_consistency(k, &old_root, n, &new_root, &p, &e), ERR_VERIFY);
			for (size_t k = 0; k < p.n; k++) {
				p.at[k].b[k % 32] ^= 0x80;
				CHECK_ERR(merkle_check_consistency(m, &old_root, n, &new_root, &p, &e), ERR_VERIFY);
				p.at[k].b[k % 32] ^= 0x80;
			}
			p.at[p.n] = leaves[0];
			p.n++;
			CHECK_ERR(merkle_check_consistency(m, &old_root, n, &new_root, &p, &e), ERR_VERIFY);
			if (p.n >= 2) {
				p.n -= 2;
				CHECK_ERR(merkle_check_consistency(m, &old_root, n, &new_root, &p, &e), ERR_VERIFY);
			}
		}
		CHECK_ERR(merkle_prove_consistency(&tree, 0, n, &p, &e), ERR_INVALID);
		CHECK_ERR(merkle_prove_consistency(&tree, n + 1, n, &p, &e), ERR_INVALID);
	}
	struct hash empty = merkle_empty();
	p.n = 0;
	CHECK_ERR(merkle_check_consistency(0, &empty, 0, &empty, &p, &e), ERR_VERIFY);
}

/* A tree of 2^63 equal leaves: the longest proofs there are. Fails if a level is lost at the top or the arithmetic runs over. */
static struct hash same_leaves[MERKLE_LEVELS];

static enum err
get_same(void *ctx, unsigned level, uint64_t index, struct hash *ret, struct errinfo *e)
{
	(void)ctx, (void)e;
	CHECK(level < MERKLE_LEVELS && (level == 0 || index <= MERKLE_SIZE_MAX >> level));
	*ret = same_leaves[level];
	return OK;
}

TEST(merkle_proofs_of_the_largest_tree)
{
	static const uint64_t at[] = {0, 1, 2, UINT64_C(1) << 40, MERKLE_SIZE_MAX - 3, MERKLE_SIZE_MAX - 2, MERKLE_SIZE_MAX - 1};
	const struct merkle_nodes all = {NULL, get_same};
	struct merkle_proof p;
	struct hash root, new_root;
	struct errinfo e;
	same_leaves[0] = merkle_leaf_of(STR("same"));
	for (int k = 1; k < MERKLE_LEVELS; k++)
		same_leaves[k] = merkle_node(&same_leaves[k - 1], &same_leaves[k - 1]);
	for (size_t i = 0; i < sizeof at / sizeof at[0]; i++)
		for (uint64_t size = MERKLE_SIZE_MAX - 2; size <= MERKLE_SIZE_MAX; size++) {
			CHECK_OK(merkle_root_at(&all, size, &new_root, &e));
			if (at[i] < size) {
				CHECK_OK(merkle_prove_inclusion(&all, at[i], size, &p, &e));
				CHECK_OK(merkle_check_inclusion(&same_leaves[0], at[i], size, &p, &new_root, &e));
			}
			if (at[i] >= 1 && at[i] <= size) {
				CHECK_OK(merkle_root_at(&all, at[i], &root, &e));
				CHECK_OK(merkle_prove_consistency(&all, at[i], size, &p, &e));
				CHECK_OK(merkle_check_consistency(at[i], &root, size, &new_root, &p, &e));
			}
		}
	CHECK_ERR(merkle_prove_inclusion(&all, 0, MERKLE_SIZE_MAX + 1, &p, &e), ERR_INVALID);
	CHECK_ERR(merkle_check_inclusion(&same_leaves[0], 0, 0, &p, &root, &e), ERR_VERIFY);
}

/* Fails if a proof does not come back from its text, or a spelling of it other than the one is taken. */
TEST(merkle_proof_text)
{
	struct errinfo e;
	struct buf b = BUF_INIT(8192);
	struct merkle_proof p, back;
	grow_tree();
	node_size = 70;
	CHECK_OK(merkle_prove_inclusion(&tree, 33, 70, &p, &e));
	merkle_proof_put(&b, &p);
	buf_puts(&b, "\nrest");
	struct str s = buf_str(&b);
	CHECK_OK(merkle_proof_parse(&s, &back, &e));
	CHECK(same(&p, &back));
	CHECK_STR(s, STR("rest"));
	s = str_sub(buf_str(&b), 0, 44); /* no newline */
	CHECK_ERR(merkle_proof_parse(&s, &back, &e), ERR_SYNTAX);
	s = str_sub(buf_str(&b), 1, 100);
	CHECK_ERR(merkle_proof_parse(&s, &back, &e), ERR_SYNTAX);
	s = STR_NONE;
	CHECK_OK(merkle_proof_parse(&s, &back, &e));
	CHECK(back.n == 0);
	buf_clear(&b);
	p.n = MERKLE_LEVELS;
	memset(p.at, 7, sizeof p.at);
	merkle_proof_put(&b, &p);
	s = buf_str(&b);
	CHECK_OK(merkle_proof_parse(&s, &back, &e));
	CHECK(back.n == MERKLE_LEVELS);
	buf_put(&b, STR("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n"));
	s = buf_str(&b);
	CHECK_ERR(merkle_proof_parse(&s, &back, &e), ERR_LIMIT);
	CHECK(!merkle_hash_parse(STR("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwd="), &p.at[0])); /* padding bits */
	buf_done(&b);
}

/* Every k <= m <= n up to 40: from the first m leaves and the proof from m to n comes exactly the proof from k to n. Fails if it is another one, if a
 * node beyond m is asked for, if a proof of the wrong length is taken, or if one that is damaged at any hash still leads to the root. */
TEST(a_bridge_proves_whatever_is_held)
{
	struct errinfo e;
	grow_tree();
	for (uint64_t n = 1; n <= 40; n++)
		for (uint64_t m = 1; m <= n; m++) {
			struct merkle_bridge b = {.held = m, .size = n};
			struct hash top = mth(0, n);
			subproof(m, 0, n, true, &b.proof);
			node_size = m;
			CHECK_OK(merkle_bridge_check(&tree, &b, &top, &e));
			for (uint64_t k = 1; k <= m; k++) {
				struct merkle_proof want = {0}, got;
				struct hash root = mth(0, k);
				subproof(k, 0, n, true, &want);
				CHECK_OK(merkle_bridge_prove(&tree, &b, k, &got, &e));
				CHECKF(same(&want, &got), "%u of %u in %u", (unsigned)k, (unsigned)m, (unsigned)n);
				CHECK_OK(merkle_check_consistency(k, &root, n, &top, &got, &e));
			}
			struct merkle_proof got;
			CHECK_ERR(merkle_bridge_prove(&tree, &b, 0, &got, &e), ERR_INVALID);
			CHECK_ERR(merkle_bridge_prove(&tree, &b, m + 1, &got, &e), ERR_INVALID);
			for (size_t i = 0; i < b.proof.n; i++) {
				b.proof.at[i].b[7] ^= 1;
				CHECK_ERR(merkle_bridge_check(&tree, &b, &top, &e), ERR_VERIFY);
				b.proof.at[i].b[7] ^= 1;
			}
			b.proof.n++;
			CHECK_ERR(merkle_bridge_prove(&tree, &b, 1, &got, &e), ERR_VERIFY);
			b.proof.n -= 2;
			if (b.proof.n < MERKLE_LEVELS)
				CHECK_ERR(merkle_bridge_prove(&tree, &b, m, &got, &e), ERR_VERIFY);
		}
}

/* Fails if it does not come back from its text, or another text is taken. */
TEST(a_bridge_comes_back_from_its_text)
{
	struct errinfo e;
	struct buf b = BUF_INIT(MERKLE_BRIDGE_MAX);
	struct merkle_bridge x = {.held = 5, .size = 13}, back;
	struct str note;
	grow_tree();
	subproof(5, 0, 13, true, &x.proof);
	merkle_bridge_put(&b, &x, STR("a note\n\nsigned\n"));
	CHECK(buf_ok(&b));
	CHECK_OK(merkle_bridge_parse(buf_str(&b), &back, &note, &e));
	CHECK(back.held == 5 && same(&back.proof, &x.proof));
	CHECK_STR(note, STR("a note\n\nsigned\n"));
	static const char *const wrong[] = {"", "5", "5\n", "5\n\n", "0\n\nnote\n", "05\n\nnote\n", "5\nAAAA\n\nnote\n", "x\n\nnote\n"};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		CHECKF(merkle_bridge_parse(str_of(wrong[i]), &back, &note, &e) == ERR_SYNTAX, "%zu: %s", i, wrong[i]);
	buf_done(&b);
}
