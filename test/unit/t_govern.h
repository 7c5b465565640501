/* What the tests of govern share: members made from seeds, a charter drafted from them, signed files. */
#ifndef T_GOVERN_H
#define T_GOVERN_H

#include "crypto/init.h"
#include "crypto/seal.h"
#include "govern/chain.h"
#include "govern/vote.h"
#include "test.h"

#define DAY(text) govern_day(text)

static inline int64_t
govern_day(const char *text)
{
	int64_t t = 0;
	CHECK(time_parse_human(str_of(text), &t));
	return t;
}

/* Key number `gen` of a member; what = 'r' root, 'l' log, 'a' age. */
static inline void
govern_seed(char what, size_t member, unsigned gen, uint8_t seed[static 32])
{
	memset(seed, 0, 32);
	seed[0] = (uint8_t)what;
	seed[1] = (uint8_t)member;
	seed[2] = (uint8_t)gen;
}

static inline struct sign_key
govern_root(size_t member, unsigned gen)
{
	uint8_t seed[32];
	struct sign_key k;
	crypto_init();
	govern_seed('r', member, gen, seed);
	sign_key_init(&k, seed);
	return k;
}

static inline struct member_keys
govern_keys(struct arena *a, size_t member, unsigned root_gen, unsigned log_gen)
{
	struct member_keys k = {.has_tls = true, .epoch = 1, .revoked_from = TIME_NEVER};
	uint8_t seed[32];
	struct sign_key root = govern_root(member, root_gen), log;
	struct seal_identity id;
	struct buf b = BUF_INIT(256);
	memcpy(k.root, sign_key_public(&root).b, 32);
	govern_seed('l', member, log_gen, seed);
	sign_key_init(&log, seed);
	memcpy(k.log, sign_key_public(&log).b, 32);
	memcpy(k.tls, hash_of(str_bytes(seed, 32)).b, 32);
	govern_seed('a', member, log_gen, seed);
	seal_identity_init(&id, seed);
	seal_recipient_put(&b, &id.to);
	CHECK(arena_dup(a, buf_str(&b), &k.age));
	buf_clear(&b);
	buf_printf(&b, "https://n%zu.example:8443/peer", member);
	CHECK(arena_dup(a, buf_str(&b), &k.url));
	buf_clear(&b);
	buf_printf(&b, "identity--00000000-0000-4000-8000-%012zu", member);
	k.identities = arena_array(a, 1, sizeof *k.identities);
	CHECK(k.identities && arena_dup(a, buf_str(&b), &k.identities[0]));
	k.nidentity = 1;
	buf_done(&b);
	return k;
}

/* A founding charter of n members: irn, irq, rus, syr, then m04, m05 … Three months each from 1 October 2015. Quorums are the least
 * allowed. */
static inline struct charter
govern_draft(struct arena *a, size_t n)
{
	static const char *const first[] = {"irn", "irq", "rus", "syr"};
	struct charter c = {.name = STR_INIT("Joint Information Centre"), .version = 1, .nmember = n, .dispute_text = STR_INIT("P90D")};
	c.from = DAY("2015-10-01");
	c.members = arena_array(a, 65, sizeof *c.members);
	c.quorums = arena_array(a, 4, sizeof *c.quorums);
	c.levels = arena_array(a, 8, sizeof *c.levels);
	c.duties = arena_array(a, 4, sizeof *c.duties);
	c.circles = arena_array(a, 4, sizeof *c.circles);
	CHECK(c.members && c.quorums && c.levels && c.duties && c.circles);
	for (size_t i = 0; i < n && i < 64; i++) {
		char id[16];
		snprintf(id, sizeof id, "m%02zu", i);
		CHECK(arena_dup(a, str_of(i < 4 ? first[i] : id), &c.members[i].id));
		c.members[i].name = c.members[i].id;
		c.members[i].keys = govern_keys(a, i, 0, 0);
		c.rota.order[i] = (uint8_t)i;
	}
	c.rota.n = n;
	c.rota.first = c.from;
	c.rota.term_text = STR("P3M");
	static const char *const kinds[] = {"motion", "charter", "product"};
	for (size_t i = 0; i < 3; i++)
		c.quorums[i] = (struct charter_quorum){str_of(kinds[i]), (int)(n / 2 + 1)};
	c.nquorum = 3;
	c.levels[0] = (struct charter_level){.name = STR_INIT("UNCLASSIFIED"), .abbr = STR_INIT("U")};
	c.levels[1] = (struct charter_level){.name = STR_INIT("CONFIDENTIAL"), .abbr = STR_INIT("C")};
	c.levels[2] = (struct charter_level){.name = STR_INIT("SECRET"), .abbr = STR_INIT("S")};
	c.nlevel = 3;
	return c;
}

static inline struct str
govern_text(struct arena *a, const struct charter *draft)
{
	struct buf b = BUF_INIT(2 * LIMIT_CHARTER);
	struct errinfo e;
	struct str s;
	CHECK_OK(charter_write(draft, &b, &e));
	CHECK(arena_dup(a, buf_str(&b), &s));
	buf_done(&b);
	return s;
}

static inline struct charter
govern_read(struct arena *a, struct str text)
{
	struct charter c;
	struct errinfo e;
	CHECK_OK(charter_parse(text, a, &c, &e));
	return c;
}

/* Signed by the members of the mask, each with its root key of generation gen[i] (NULL: 0). */
static inline struct str
govern_signed(struct arena *a, struct str text, const struct charter *previous, uint64_t who, const uint8_t *gen)
{
	struct str votes[64], out;
	struct charter c = govern_read(a, text);
	struct errinfo e;
	size_t n = 0;
	struct buf b = BUF_INIT(LIMIT_CHARTER_FILE);
	for (size_t i = 0; i < c.nmember; i++) {
		if (!(who >> i & 1))
			continue;
		struct sign_key k = govern_root(i, gen ? gen[i] : 0);
		CHECK_OK(vote_make(&c.hash, c.members[i].id, &k, &b, &e));
		CHECK(arena_dup(a, buf_str(&b), &votes[n++]));
		buf_clear(&b);
	}
	CHECK_OK(signed_charter_write(text, previous, votes, n, &b, &e));
	CHECK(arena_dup(a, buf_str(&b), &out));
	buf_done(&b);
	return out;
}

/* The draft of what follows on c at this moment: the same but for version, hash and from. */
static inline struct charter
govern_next(struct arena *a, const struct charter *c, const char *from)
{
	struct charter n = *c;
	n.version++;
	n.previous = c->hash;
	n.from = DAY(from);
	n.members = arena_array(a, 65, sizeof *n.members);
	n.levels = arena_array(a, 8, sizeof *n.levels);
	n.quorums = arena_array(a, 8, sizeof *n.quorums);
	n.circles = arena_array(a, 8, sizeof *n.circles);
	CHECK(n.members && n.levels && n.quorums && n.circles);
	memcpy(n.members, c->members, c->nmember * sizeof *n.members);
	memcpy(n.levels, c->levels, c->nlevel * sizeof *n.levels);
	memcpy(n.quorums, c->quorums, c->nquorum * sizeof *n.quorums);
	if (c->ncircle)
		memcpy(n.circles, c->circles, c->ncircle * sizeof *n.circles);
	return n;
}

static inline void
govern_quorums(struct charter *c, int need)
{
	for (size_t i = 0; i < c->nquorum; i++)
		c->quorums[i].need = need;
}

static inline struct chain *
govern_found(struct arena *a, const struct charter *draft)
{
	struct chain *c;
	struct errinfo e;
	uint64_t all = draft->nmember >= 64 ? UINT64_MAX : (UINT64_C(1) << draft->nmember) - 1;
	CHECK_OK(chain_new(govern_signed(a, govern_text(a, draft), NULL, all, NULL), &c, &e));
	return c;
}

#endif
