/* Entries: both ways of every kind, one spelling, and what is refused. */
#include "share/entry.h"

#include "govern/policy.h"
#include "merkle/tree.h"
#include "share/payload.h"
#include "t_govern.h"

#define EXAMPLE_ID "report--11111111-2222-4333-8444-555555555555"

struct kit {
	struct arena a;
	struct chain *chain;
	struct label_policy policy;
	struct entry_place at;
};

static void
kit_init(struct kit *k)
{
	struct errinfo e = {0};
	memset(k, 0, sizeof *k);
	arena_init(&k->a, 8 * MIB);
	struct charter draft = govern_draft(&k->a, 4);
	k->chain = govern_found(&k->a, &draft);
	CHECK_OK(policy_of_charter(chain_charter(k->chain, 0), chain_centre(k->chain), &k->policy, &e));
	k->at = (struct entry_place){&k->policy, 6};
}

static void
kit_done(struct kit *k)
{
	chain_free(k->chain);
	arena_done(&k->a);
}

static struct entry_target *
target(struct kit *k, int64_t modified)
{
	struct entry_target *t = arena_alloc(&k->a, sizeof *t);
	CHECK(t && stix_id_parse(STR(EXAMPLE_ID), &t->id));
	t->modified = modified;
	return t;
}

/* One of each kind, with everything that a kind can have. */
static struct entry
example(struct kit *k, enum entry_kind kind)
{
	struct entry x = {.kind = kind, .charter = *chain_centre(k->chain), .time = DAY("2015-10-03"), .position = STR("J2-3")};
	switch (kind) {
	case ENTRY_OBJECTS:
		label_own(&x.label, chain_centre(k->chain)->b, 1, 2);
		x.label.circle = 6;
		x.label.orcon = true;
		label_add_compartment(&x.label, STR("ALPHA"));
		x.serial = 31;
		x.count = 3;
		x.size = 500;
		x.root = hash_of(STR("root"));
		break;
	case ENTRY_RECALL:
		x.action = ENTRY_CORRECTED;
		x.reason = STR("wrong place, says \"charter\":\"0\"");
		x.replacement = target(k, 0)->id;
		x.targets = target(k, DAY("2015-10-02"));
		x.ntargets = 1;
		break;
	case ENTRY_CONSENT:
		x.granted = true;
		x.of = hash_of(STR("request"));
		/* fallthrough */
	case ENTRY_REQUEST:
		x.to = 14;
		x.reason = STR("asked by phone");
		x.targets = target(k, DAY("2015-10-02"));
		x.ntargets = 1;
		break;
	case ENTRY_RECEIPT:
		x.of = hash_of(STR("recall"));
		break;
	case ENTRY_FLAG:
		x.targets = target(k, 0);
		x.ntargets = 1;
		x.source = target(k, 0)->id;
		break;
	case ENTRY_EPOCH:
		x.checkpoint = STR("origin\n1\nAAAA\n\n— origin AAAA\n");
		x.gap = true;
		x.held = 7;
		x.after = 12;
		break;
	}
	return x;
}

/* Fails if a kind cannot be read back as it was written, or if the shortcuts read another thing than the whole. */
TEST(every_kind_both_ways)
{
	static struct kit k;
	struct errinfo e = {0};
	kit_init(&k);
	for (enum entry_kind kind = ENTRY_OBJECTS; kind <= ENTRY_EPOCH; kind++) {
		struct buf line = BUF_INIT(64 * KIB), again = BUF_INIT(64 * KIB);
		struct entry x = example(&k, kind), y;
		struct hash h;
		CHECK_OK(entry_write(&x, &k.at, &line, &e));
		CHECK_OK(entry_read(buf_str(&line), &k.at, &k.a, &y, &e));
		CHECK(y.kind == kind && y.time == x.time && hash_eq(&y.charter, &x.charter) && y.ntargets == x.ntargets && y.to == x.to &&
		      y.granted == x.granted);
		CHECK_STR(y.reason, x.reason);
		CHECK_STR(y.checkpoint, x.checkpoint);
		CHECK(y.gap == x.gap && y.held == x.held && y.after == x.after);
		CHECK(!x.ntargets || (stix_id_eq(x.targets[0].id, y.targets[0].id) && x.targets[0].modified == y.targets[0].modified));
		CHECK(kind != ENTRY_OBJECTS ||
		      (label_eq(&x.label, &y.label) && y.serial == 31 && y.count == 3 && y.size == 500 && hash_eq(&x.root, &y.root)));
		CHECK_OK(entry_charter(buf_str(&line), &h, &e));
		CHECK(hash_eq(&h, &x.charter));
		uint32_t count = 0;
		uint64_t size = 0;
		CHECK(entry_payload(buf_str(&line), &count, &size, &h) == (kind == ENTRY_OBJECTS));
		CHECK(kind != ENTRY_OBJECTS || (count == 3 && size == 500 && hash_eq(&h, &x.root)));
		CHECK_OK(entry_write(&y, &k.at, &again, &e));
		CHECK_STR(buf_str(&again), buf_str(&line));
		buf_done(&line);
		buf_done(&again);
	}
	kit_done(&k);
}

/* Any byte of a line changed, added or taken away: refused, or it is the one text of what it then says. Fails if one entry has two texts. */
TEST(one_entry_one_text)
{
	static struct kit k;
	struct errinfo e = {0};
	unsigned taken = 0;
	kit_init(&k);
	for (enum entry_kind kind = ENTRY_OBJECTS; kind <= ENTRY_EPOCH; kind++) {
		struct buf line = BUF_INIT(64 * KIB);
		struct entry x = example(&k, kind), y;
		CHECK_OK(entry_write(&x, &k.at, &line, &e));
		for (size_t i = 0; i < line.n; i++) {
			for (int how = 0; how < 3; how++) {
				struct arena a = ARENA_INIT(8 * MIB);
				struct buf t = BUF_INIT(64 * KIB), again = BUF_INIT(64 * KIB);
				buf_put(&t, str_sub(buf_str(&line), 0, i));
				buf_putc(&t, how == 0 ? (char)(line.p[i] ^ 1) : ' ');
				buf_put(&t, str_sub(buf_str(&line), how == 1 ? i : i + 1, line.n));
				if (!entry_read(buf_str(&t), &k.at, &a, &y, &e)) {
					taken++;
					CHECK_OK(entry_write(&y, &k.at, &again, &e));
					CHECK_STR(buf_str(&again), buf_str(&t));
				}
				CHECKF(entry_read(str_sub(buf_str(&line), 0, i), &k.at, &a, &y, &e) != OK, "cut at %zu", i);
				buf_done(&t);
				buf_done(&again);
				arena_done(&a);
			}
		}
		buf_done(&line);
	}
	CHECK(taken > 100);
	kit_done(&k);
}

TEST(values_that_cannot_be_written)
{
	static struct kit k;
	struct errinfo e = {0};
	struct buf b = BUF_INIT(64 * KIB);
	static char long_reason[1025];
	kit_init(&k);
	memset(long_reason, 'x', sizeof long_reason);
#define BAD(kind_, change)                                              \
	do {                                                            \
		struct entry x = example(&k, kind_);                    \
		change;                                                 \
		CHECK_ERR(entry_write(&x, &k.at, &b, &e), ERR_INVALID); \
		CHECK(!b.n);                                            \
	} while (0)
	BAD(ENTRY_OBJECTS, x.position = STR("j2"));
	BAD(ENTRY_OBJECTS, x.position = STR("-J"));
	BAD(ENTRY_OBJECTS, x.position = STR("ABCDEFGHIJKLMNOPQ"));
	BAD(ENTRY_OBJECTS, x.count = 0);
	BAD(ENTRY_OBJECTS, x.count = LIMIT_PIECES + 1);
	BAD(ENTRY_OBJECTS, x.size = 107);
	BAD(ENTRY_OBJECTS, x.size = LIMIT_PAYLOAD + 1);
	BAD(ENTRY_OBJECTS, x.time = TIME_MAX + 1);
	BAD(ENTRY_RECALL, x.reason = STR_NONE);
	BAD(ENTRY_RECALL, x.ntargets = 0);
	BAD(ENTRY_RECALL, x.ntargets = 33);
	BAD(ENTRY_RECALL, x.action = 0);
	BAD(ENTRY_CONSENT, x.to = 0);
	BAD(ENTRY_CONSENT, x.to = 16);
	BAD(ENTRY_REQUEST, x.reason = str_bytes(long_reason, sizeof long_reason));
	BAD(ENTRY_REQUEST, x.reason = STR("\xff"));
	BAD(ENTRY_FLAG, x.ntargets = 0);
	struct entry x = example(&k, ENTRY_EPOCH);
	struct buf note = BUF_INIT(LIMIT_ENTRY);
	while (note.n < LIMIT_ENTRY)
		buf_putc(&note, 'x');
	x.checkpoint = buf_str(&note);
	CHECK_ERR(entry_write(&x, &k.at, &b, &e), ERR_LIMIT);
	CHECK(!b.n);
	buf_done(&note);
	buf_done(&b);
	kit_done(&k);
}

/* pieces */

TEST(pieces_and_payloads)
{
	static const uint8_t salt[PIECE_SALT] = {1, 2, 3};
	struct buf one = BUF_INIT(2 * MIB), all = BUF_INIT(4 * MIB);
	struct merkle_edge tree = {0};
	struct errinfo e = {0};
	struct str object;
	uint32_t gone = 9;
	struct hash h[3], root;
	size_t at[4] = {0};
	static const struct str objects[] = {STR_INIT("{}"), STR_INIT(""), STR_INIT("{\"a\":1}")};
	for (int i = 0; i < 3; i++) {
		CHECK_OK(piece_make(salt, objects[i], &one, &e));
		CHECK_OK(piece_object(buf_str(&one), &object, &e));
		CHECK_STR(object, objects[i]);
		CHECK_ERR(piece_object(str_sub(buf_str(&one), 0, one.n - 1), &object, &e), ERR_CORRUPT);
		h[i] = merkle_leaf_of(buf_str(&one));
		merkle_edge_append(&tree, &h[i]);
		payload_put(&all, buf_str(&one), NULL);
		at[i + 1] = all.n;
	}
	root = merkle_edge_root(&tree);
	CHECK_OK(payload_check(buf_str(&all), 3, all.n, &root, &gone, &e));
	CHECK(gone == 0);
	CHECK_ERR(payload_check(buf_str(&all), 2, all.n, &root, NULL, &e), ERR_VERIFY);
	CHECK_ERR(payload_check(buf_str(&all), 4, all.n, &root, NULL, &e), ERR_VERIFY);
	CHECK_ERR(payload_check(buf_str(&all), 3, all.n + 1, &root, NULL, &e), ERR_VERIFY);
	for (size_t i = 0; i < all.n; i++) {
		all.p[i] ^= 1;
		CHECKF(payload_check(buf_str(&all), 3, all.n, &root, NULL, &e) != OK, "byte %zu", i);
		all.p[i] ^= 1;
		CHECKF(payload_check(str_sub(buf_str(&all), 0, i), 3, all.n, &root, NULL, &e) != OK, "cut at %zu", i);
	}
	/* the middle one withdrawn: the same root, at most the same size */
	struct buf less = BUF_INIT(4 * MIB);
	buf_put(&less, str_sub(buf_str(&all), at[0], at[1]));
	payload_put(&less, STR_NONE, &h[1]);
	buf_put(&less, str_sub(buf_str(&all), at[2], at[3]));
	CHECK_OK(payload_check(buf_str(&less), 3, all.n, &root, &gone, &e));
	CHECK(gone == 1);
	CHECK_ERR(payload_check(buf_str(&less), 3, at[1] - 1, &root, &gone, &e), ERR_VERIFY);
	buf_done(&less);
	buf_done(&one);
	buf_done(&all);
}
