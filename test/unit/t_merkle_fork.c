/* merkle: proofs of a fork, receipts. */
#include <stdlib.h>

#include "base/limits.h"
#include "base/time.h"
#include "crypto/init.h"
#include "merkle/fork.h"
#include "merkle/receipt.h"
#include "test.h"

#define ORIGIN "comity/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562/irn.irq.rus.syr/irq/0"
#define ROOT "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"

static struct sign_key
key_of(char c)
{
	struct sign_key k;
	uint8_t seed[SIGN_SEED_LEN];
	crypto_init();
	memset(seed, c, sizeof seed);
	sign_key_init(&k, seed);
	return k;
}

enum { LEAVES = 13 };

/* Two histories of one author: equal up to leaf `same`, then not. */
struct history {
	struct hash leaves[LEAVES];
};

static enum err
get_node(void *ctx, unsigned level, uint64_t index, struct hash *ret, struct errinfo *e)
{
	const struct history *h = ctx;
	(void)e;
	CHECK((index + 1) << level <= LEAVES);
	*ret = merkle_root(h->leaves + (index << level), (size_t)1 << level);
	return OK;
}

static void
history(struct history *h, size_t same, const char *after)
{
	for (size_t i = 0; i < LEAVES; i++) {
		char text[64];
		snprintf(text, sizeof text, "%zu%s", i, i < same ? "" : after);
		h->leaves[i] = merkle_leaf_of(str_of(text));
	}
}

static void
sign(const struct history *h, uint64_t size, const struct sign_key *k, struct buf *b)
{
	struct errinfo e;
	struct merkle_checkpoint c = {.origin = STR(ORIGIN), .size = size, .root = merkle_root(h->leaves, size)};
	buf_clear(b);
	CHECK_OK(merkle_checkpoint_sign(&c, k, b, &e));
}

/* Every pair of sizes, histories parting at every leaf. Fails if a true fork is not proven, or a pair that contradicts
 * nothing is (all leaves equal up to the smaller size), or if a proof holds for another key or origin. */
TEST(fork_is_proven_exactly_where_there_is_one)
{
	struct errinfo e;
	struct sign_key k = key_of(1), other = key_of(2);
	struct sign_public pub = sign_key_public(&k), other_pub = sign_key_public(&other);
	struct buf a = BUF_INIT(LIMIT_CHECKPOINT), b = BUF_INIT(LIMIT_CHECKPOINT), out = BUF_INIT(MERKLE_FORK_MAX);
	struct merkle_fork *f = calloc(1, sizeof *f);
	CHECK(f);
	for (size_t same = 0; same < LEAVES; same++) {
		struct history ha, hb;
		history(&ha, same, "a");
		history(&hb, same, "b");
		const struct merkle_nodes nodes = {&hb, get_node};
		for (uint64_t m = 1; m <= LEAVES; m++)
			for (uint64_t n = m; n <= LEAVES; n++) {
				struct merkle_proof p;
				struct hash r = merkle_root(hb.leaves, m);
				bool equal = m == n, fork = m > same;
				struct str got;
				sign(&ha, m, &k, &a);
				sign(&hb, n, &k, &b);
				CHECK_OK(merkle_prove_consistency(&nodes, m, n, &p, &e));
				buf_clear(&out);
				bool turn = (m ^ n) & 1;
				enum err err = merkle_fork_make(buf_str(turn ? &b : &a), buf_str(turn ? &a : &b), equal ? NULL : &r,
				    equal ? NULL : &p, STR(ORIGIN), &pub, &out, &e);
				CHECKF(err == (fork ? OK : ERR_VERIFY), "same %zu, m %u, n %u: %s", same, (unsigned)m, (unsigned)n, err_name(err));
				CHECK(fork || out.n == 0);
				if (!fork)
					continue;
				CHECK_OK(merkle_fork_check(buf_str(&out), STR(ORIGIN), &pub, f, &e));
				CHECK(f->a.size == m && f->b.size == n && !hash_eq(&f->side_b.root, &f->a.root) && f->size == m);
				CHECK_ERR(merkle_fork_check(buf_str(&out), STR(ORIGIN), &other_pub, NULL, &e), ERR_VERIFY);
				CHECK_ERR(merkle_fork_check(buf_str(&out), STR("elsewhere"), &pub, NULL, &e), ERR_INVALID);
				CHECK_OK(merkle_fork_origin(buf_str(&out), &got, &e));
				CHECK_STR(got, STR(ORIGIN));
			}
	}
	free(f);
	buf_done(&a);
	buf_done(&b);
	buf_done(&out);
}

/* Two histories compared at every size below both: a proof where they part before it, none where they do not, nor with anything of it changed. At the
 * size of the smaller it is a proof of the first kind. */
TEST(fork_is_proven_at_a_size_of_neither)
{
	struct errinfo e;
	struct sign_key k = key_of(1), other = key_of(2);
	struct sign_public pub = sign_key_public(&k), other_pub = sign_key_public(&other);
	struct buf a = BUF_INIT(LIMIT_CHECKPOINT), b = BUF_INIT(LIMIT_CHECKPOINT), out = BUF_INIT(MERKLE_FORK_MAX),
		   turned = BUF_INIT(MERKLE_FORK_MAX);
	struct merkle_fork *f = calloc(1, sizeof *f);
	struct merkle_fork_side x, y;
	size_t changed = 0;
	CHECK(f);
	for (size_t same = 0; same < LEAVES; same++) {
		struct history ha, hb;
		history(&ha, same, "a");
		history(&hb, same, "b");
		const struct merkle_nodes of_a = {&ha, get_node}, of_b = {&hb, get_node};
		for (uint64_t m = 1; m <= LEAVES; m++)
			for (uint64_t n = m; n <= LEAVES; n++)
				for (uint64_t s = 1; s <= m; s++) {
					sign(&ha, m, &k, &a);
					sign(&hb, n, &k, &b);
					x.root = merkle_root(ha.leaves, s);
					y.root = merkle_root(hb.leaves, s);
					CHECK_OK(merkle_prove_consistency(&of_a, s, m, &x.proof, &e));
					CHECK_OK(merkle_prove_consistency(&of_b, s, n, &y.proof, &e));
					buf_clear(&out);
					buf_clear(&turned);
					bool fork = m == n ? m > same : s > same;
					enum err err = merkle_fork_make_at(buf_str(&a), buf_str(&b), s, &x, &y, STR(ORIGIN), &pub, &out, &e);
					CHECKF(err == (fork ? OK : ERR_VERIFY), "same %zu, at %u of %u and %u: %s", same, (unsigned)s, (unsigned)m,
					    (unsigned)n, err_name(err));
					CHECK(fork || out.n == 0);
					if (!fork)
						continue;
					CHECK_OK(merkle_fork_make_at(buf_str(&b), buf_str(&a), s, &y, &x, STR(ORIGIN), &pub, &turned, &e));
					CHECK(m == n || str_eq(buf_str(&out), buf_str(&turned)));
					CHECK(str_starts(buf_str(&out), s < m && m < n ? STR("comity-fork/v2\n") : STR("comity-fork/v1\n")));
					CHECK_OK(merkle_fork_check(buf_str(&out), STR(ORIGIN), &pub, f, &e));
					CHECK(f->size == (m == n ? m : s) && !hash_eq(&f->side_a.root, &f->side_b.root));
					CHECK_ERR(merkle_fork_check(buf_str(&out), STR(ORIGIN), &other_pub, NULL, &e), ERR_VERIFY);
					if (s == m || m == n || changed++ % 97)
						continue;
					for (size_t i = 0; i < out.n; i++) {
						out.p[i] ^= 1;
						CHECKF(merkle_fork_check(buf_str(&out), STR(ORIGIN), &pub, NULL, &e) != OK, "byte %zu", i);
						out.p[i] ^= 1;
						CHECK(merkle_fork_check(str_sub(buf_str(&out), 0, i), STR(ORIGIN), &pub, NULL, &e) != OK);
					}
				}
	}
	CHECK(changed > 97);
	/* of one honest history, with a root and a proof of another */
	struct history h, g;
	history(&h, LEAVES, "");
	history(&g, 2, "forged");
	const struct merkle_nodes of_h = {&h, get_node}, of_g = {&g, get_node};
	sign(&h, 7, &k, &a);
	sign(&h, 11, &k, &b);
	x.root = merkle_root(h.leaves, 5);
	y.root = merkle_root(g.leaves, 5);
	CHECK_OK(merkle_prove_consistency(&of_h, 5, 7, &x.proof, &e));
	CHECK_OK(merkle_prove_consistency(&of_g, 5, 11, &y.proof, &e));
	CHECK_ERR(merkle_fork_make_at(buf_str(&a), buf_str(&b), 5, &x, &y, STR(ORIGIN), &pub, &out, &e), ERR_VERIFY);
	CHECK_OK(merkle_prove_consistency(&of_h, 5, 11, &y.proof, &e));
	CHECK_ERR(merkle_fork_make_at(buf_str(&a), buf_str(&b), 5, &x, &y, STR(ORIGIN), &pub, &out, &e), ERR_VERIFY);
	x.root = y.root; /* now the smaller is the one that lies */
	y.root = merkle_root(h.leaves, 5);
	CHECK_ERR(merkle_fork_make_at(buf_str(&a), buf_str(&b), 5, &x, &y, STR(ORIGIN), &pub, &out, &e), ERR_VERIFY);
	free(f);
	buf_done(&a);
	buf_done(&b);
	buf_done(&out);
	buf_done(&turned);
}

/* An honest author cannot be framed: from its one history nobody makes a proof, with any root, proof or second
 * checkpoint signed by someone else. Fails if one of these is taken, or a true proof still holds after any one bit of it is changed. */
TEST(fork_frames_nobody)
{
	struct errinfo e;
	struct sign_key k = key_of(1), other = key_of(2);
	struct sign_public pub = sign_key_public(&k);
	struct history h, g;
	struct buf a = BUF_INIT(LIMIT_CHECKPOINT), b = BUF_INIT(LIMIT_CHECKPOINT), forged = BUF_INIT(LIMIT_CHECKPOINT);
	struct buf out = BUF_INIT(MERKLE_FORK_MAX);
	struct merkle_proof p, none = {0};
	history(&h, LEAVES, "");
	history(&g, 2, "forged");
	const struct merkle_nodes nodes = {&h, get_node};
	struct hash r = merkle_root(h.leaves, 5), wrong = merkle_root(g.leaves, 5);
	sign(&h, 5, &k, &a);
	sign(&h, 11, &k, &b);
	sign(&g, 5, &other, &forged);
	CHECK_OK(merkle_prove_consistency(&nodes, 5, 11, &p, &e));
	CHECK_ERR(merkle_fork_make(buf_str(&a), buf_str(&b), &r, &p, STR(ORIGIN), &pub, &out, &e), ERR_VERIFY);
	CHECK_ERR(merkle_fork_make(buf_str(&a), buf_str(&b), &wrong, &p, STR(ORIGIN), &pub, &out, &e), ERR_VERIFY);
	CHECK_ERR(merkle_fork_make(buf_str(&a), buf_str(&b), &wrong, &none, STR(ORIGIN), &pub, &out, &e), ERR_VERIFY);
	CHECK_ERR(merkle_fork_make(buf_str(&a), buf_str(&b), NULL, NULL, STR(ORIGIN), &pub, &out, &e), ERR_SYNTAX);
	CHECK_ERR(merkle_fork_make(buf_str(&a), buf_str(&a), NULL, NULL, STR(ORIGIN), &pub, &out, &e), ERR_VERIFY);
	CHECK_ERR(merkle_fork_make(buf_str(&forged), buf_str(&b), &r, &p, STR(ORIGIN), &pub, &out, &e), ERR_VERIFY);
	CHECK(out.n == 0);

	/* a true one, then every byte of it changed */
	sign(&g, 5, &k, &forged);
	CHECK_OK(merkle_fork_make(buf_str(&forged), buf_str(&b), &r, &p, STR(ORIGIN), &pub, &out, &e));
	for (size_t i = 0; i < out.n; i++)
		for (int bit = 0; bit < 8; bit++) {
			out.p[i] ^= (char)(1 << bit);
			CHECKF(merkle_fork_check(buf_str(&out), STR(ORIGIN), &pub, NULL, &e) != OK, "byte %zu bit %d", i, bit);
			out.p[i] ^= (char)(1 << bit);
		}
	CHECK_OK(merkle_fork_check(buf_str(&out), STR(ORIGIN), &pub, NULL, &e));
	struct buf turned = BUF_INIT(MERKLE_FORK_MAX);
	buf_put(&turned, str_sub(buf_str(&out), 0, out.n - forged.n - 1 - b.n));
	buf_put(&turned, buf_str(&b));
	buf_putc(&turned, '\n');
	buf_put(&turned, buf_str(&forged));
	CHECK_ERR(merkle_fork_check(buf_str(&turned), STR(ORIGIN), &pub, NULL, &e), ERR_INVALID);
	buf_done(&turned);
	for (size_t n = 0; n < out.n; n++)
		CHECK(merkle_fork_check(str_sub(buf_str(&out), 0, n), STR(ORIGIN), &pub, NULL, &e) != OK);
	buf_done(&a);
	buf_done(&b);
	buf_done(&forged);
	buf_done(&out);
}

/* Every leaf of every size. Fails if a receipt does not come back byte for byte, holds for another leaf or key, or its cosignature is lost. */
TEST(receipt_there_and_back)
{
	struct errinfo e;
	struct sign_key k = key_of(1), w = key_of(3), other = key_of(2);
	struct sign_public pub = sign_key_public(&k), wpub = sign_key_public(&w), other_pub = sign_key_public(&other);
	struct history h;
	struct buf a = BUF_INIT(LIMIT_CHECKPOINT), out = BUF_INIT(MERKLE_RECEIPT_MAX), again = BUF_INIT(MERKLE_RECEIPT_MAX);
	struct merkle_note_key wkey;
	history(&h, LEAVES, "");
	const struct merkle_nodes nodes = {&h, get_node};
	CHECK_OK(merkle_note_key_make(STR("syr"), MERKLE_NOTE_COSIGNATURE, &wpub, &wkey, &e));
	for (uint64_t n = 1; n <= LEAVES; n++)
		for (uint64_t i = 0; i < n; i++) {
			struct merkle_receipt r = {.index = i, .has_extra = i & 1, .extra = i & 2 ? STR("AAAA") : STR_NONE}, back;
			struct merkle_note note;
			struct merkle_checkpoint c;
			sign(&h, n, &k, &a);
			CHECK_OK(merkle_note_parse(buf_str(&a), &note, &e));
			CHECK_OK(merkle_note_cosign(note.text, STR("syr"), &w, 1000 * TIME_SECOND, &a, &e));
			CHECK_OK(merkle_prove_inclusion(&nodes, i, n, &r.proof, &e));
			r.note = buf_str(&a);
			buf_clear(&out);
			buf_clear(&again);
			merkle_receipt_put(&out, &r);
			CHECK(buf_ok(&out));
			CHECK_OK(merkle_receipt_parse(buf_str(&out), &back, &e));
			merkle_receipt_put(&again, &back);
			CHECK_STR(buf_str(&again), buf_str(&out));
			CHECK_OK(merkle_receipt_check(&back, &h.leaves[i], STR(ORIGIN), &pub, &note, &c, &e));
			int64_t t;
			CHECK_OK(merkle_note_check(&note, &wkey, &t, &e));
			CHECK(c.size == n && t == 1000 * TIME_SECOND);
			CHECK_ERR(merkle_receipt_check(&back, &h.leaves[(i + 1) % LEAVES], STR(ORIGIN), &pub, NULL, NULL, &e), ERR_VERIFY);
			CHECK_ERR(merkle_receipt_check(&back, &h.leaves[i], STR(ORIGIN), &other_pub, NULL, NULL, &e), ERR_VERIFY);
			back.index ^= 1;
			CHECK_ERR(merkle_receipt_check(&back, &h.leaves[i], STR(ORIGIN), &pub, NULL, NULL, &e), ERR_VERIFY);
		}
	buf_done(&a);
	buf_done(&out);
	buf_done(&again);
}

/* Fails if one of these is taken for a receipt. */
TEST(receipt_is_read_strictly)
{
#define FIRST "c2sp.org/tlog-proof@v1\n"
	static const struct {
		const char *in;
		enum err want;
	} cases[] = {
	    {FIRST "index 0\n\no\n1\n" ROOT, OK},
	    {FIRST "extra AAAA\nindex 7\n" ROOT "\no\n", OK},
	    {FIRST "extra \nindex 7\n" ROOT "\no\n", OK},
	    {FIRST "extra AAA\nindex 7\n" ROOT "\no\n", ERR_SYNTAX},
	    {FIRST "index 07\n" ROOT "\no\n", ERR_SYNTAX},
	    {FIRST "index 7\n" ROOT, ERR_SYNTAX},
	    {FIRST "index 7\n" ROOT "\n", ERR_SYNTAX},
	    {FIRST "index 7\nAAAA\n\no\n", ERR_SYNTAX},
	    {FIRST "index 7\nextra AAAA\n\no\n", ERR_SYNTAX},
	    {FIRST "7\n\no\n", ERR_SYNTAX},
	    {FIRST, ERR_SYNTAX},
	    {"c2sp.org/tlog-proof@v2\nindex 0\n\no\n", ERR_SYNTAX},
	    {"", ERR_SYNTAX},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct errinfo e;
		struct merkle_receipt r;
		enum err got = merkle_receipt_parse(str_of(cases[i].in), &r, &e);
		CHECKF(got == cases[i].want, "case %zu: %s", i, err_name(got));
	}
}
