/* Charters that follow on one another: founding, quorums, illegal successors by name, forks, and the drills: root key lost, root key
 * stolen, quorum lost. */
#include "govern/card.h"
#include "govern/chain.h"
#include "govern/circle.h"
#include "govern/roster.h"
#include "govern/rota.h"
#include "t_govern.h"

/* Four members meet: each brings a card, one drafts, all compare the fingerprint and sign, one assembles. Fails if a founder can be
 * left out or if anything on the way is not checked. */
TEST(ceremony_of_four)
{
	struct arena a = ARENA_INIT(64 * MIB);
	struct errinfo e;
	struct buf b = BUF_INIT(LIMIT_CHARTER_FILE);
	struct charter draft = govern_draft(&a, 4);
	for (size_t i = 0; i < 4; i++) {
		struct sign_key root = govern_root(i, 0);
		struct card out,
		    in = {.member = draft.members[i].id, .name = draft.members[i].name, .keys = draft.members[i].keys, .time = DAY("2015-09-20")};
		struct str text;
		CHECK_OK(card_make(&in, &root, &b, &e));
		CHECK(arena_dup(&a, buf_str(&b), &text));
		buf_clear(&b);
		CHECK_OK(card_parse(text, &a, &out, &e));
		draft.members[i] = (struct charter_member){0};
		CHECK_OK(card_admit(&out, &draft.members[i], &e));
	}
	struct str text = govern_text(&a, &draft), votes[4], file;
	struct charter c = govern_read(&a, text);
	struct chain *chain;
	for (size_t i = 0; i < 4; i++) {
		struct sign_key root = govern_root(i, 0);
		CHECK_OK(vote_make(&c.hash, c.members[i].id, &root, &b, &e));
		CHECK(arena_dup(&a, buf_str(&b), &votes[i]));
		buf_clear(&b);
	}
	/* three of four are not enough for a founding, although they are the quorum */
	CHECK_OK(signed_charter_write(text, NULL, votes, 3, &b, &e));
	CHECK_ERR(chain_new(buf_str(&b), &chain, &e), ERR_DENIED);
	CHECK(strstr(e.msg, "syr") && !strstr(e.msg, "irn"));
	buf_clear(&b);
	/* in any order, one of them twice */
	struct str mixed[] = {votes[2], votes[0], votes[3], votes[0], votes[1]};
	CHECK_OK(signed_charter_write(text, NULL, mixed, 5, &b, &e));
	CHECK(arena_dup(&a, buf_str(&b), &file));
	CHECK_OK(chain_new(file, &chain, &e));
	CHECK(hash_eq(chain_centre(chain), &c.hash) && chain_count(chain) == 1);
	CHECK_STR(chain_file(chain, 0), file);
	CHECK(chain_at(chain, DAY("2015-09-30")) == -1 && !chain_in_force(chain, DAY("2015-09-30")) && chain_present(chain, DAY("2015-09-30")) == 0);
	CHECK(chain_at(chain, DAY("2015-10-01")) == 0 && chain_until(chain, 0) == TIME_NEVER && chain_present(chain, DAY("2015-10-01")) == 15);
	chain_free(chain);
	buf_done(&b);
	arena_done(&a);
}

/* Fails if a signature is taken for another charter, another member, by another key, or from a text that is not the one text. */
TEST(votes_refused)
{
	struct arena a = ARENA_INIT(64 * MIB);
	struct errinfo e;
	struct buf b = BUF_INIT(LIMIT_CHARTER_FILE);
	struct charter draft = govern_draft(&a, 4);
	struct str text = govern_text(&a, &draft), vote, out;
	struct charter c = govern_read(&a, text);
	struct vote v;
	struct sign_key root = govern_root(1, 0);
	struct hash other = hash_of(STR("another"));
	struct chain *chain;

	CHECK_OK(vote_make(&other, STR("irq"), &root, &b, &e));
	vote = buf_str(&b);
	CHECK_ERR(signed_charter_write(text, NULL, &vote, 1, &(struct buf)BUF_INIT(MIB), &e), ERR_INVALID);
	buf_clear(&b);
	CHECK_OK(vote_make(&c.hash, STR("irn"), &root, &b, &e)); /* irq's key in the name of irn */
	vote = buf_str(&b);
	CHECK_ERR(signed_charter_write(text, NULL, &vote, 1, &(struct buf)BUF_INIT(MIB), &e), ERR_VERIFY);
	CHECK(strstr(e.msg, "irn"));
	buf_clear(&b);
	CHECK_OK(vote_make(&c.hash, STR("usa"), &root, &b, &e));
	vote = buf_str(&b);
	CHECK_ERR(signed_charter_write(text, NULL, &vote, 1, &(struct buf)BUF_INIT(MIB), &e), ERR_INVALID);
	CHECK_ERR(signed_charter_write(text, NULL, &vote, 0, &(struct buf)BUF_INIT(MIB), &e), ERR_INVALID);
	buf_clear(&b);
	CHECK_ERR(vote_make(&c.hash, STR("IRQ"), &root, &b, &e), ERR_INVALID);
	CHECK_OK(vote_make(&c.hash, STR("irq"), &root, &b, &e));
	CHECK_OK(vote_parse(buf_str(&b), &a, &v, &e));
	CHECK(vote_holds(&v, c.members[1].keys.root) && !vote_holds(&v, c.members[0].keys.root));
	v.charter.b[31] ^= 1;
	CHECK(!vote_holds(&v, c.members[1].keys.root));

	/* One changed byte anywhere in a signed file: never a chain with this centre's id, and never taken. */
	out = govern_signed(&a, text, NULL, 15, NULL);
	for (size_t i = 0; i < out.n; i += 3) {
		struct arena t = ARENA_INIT(16 * MIB);
		struct str bad;
		CHECK(arena_dup(&t, out, &bad));
		((char *)(uintptr_t)bad.p)[i] ^= 1;
		CHECKF(chain_new(bad, &chain, &e) != OK, "byte %zu changed and taken", i);
		arena_done(&t);
	}
	buf_done(&b);
	arena_done(&a);
}

/* For 1 to 9 voters and every quorum that may be: a successor is in force from exactly that many signatures on, whoever they are by. */
TEST(quorum_table)
{
	for (size_t n = 1; n <= 9; n++) {
		for (int need = (int)n / 2 + 1; need <= (int)n; need++) {
			struct arena a = ARENA_INIT(256 * MIB);
			struct errinfo e;
			struct charter draft = govern_draft(&a, n);
			govern_quorums(&draft, need);
			struct chain *chain = govern_found(&a, &draft);
			struct charter next = govern_next(&a, chain_last(chain), "2016-01-01");
			struct str text = govern_text(&a, &next);
			enum chain_added added;
			for (int k = 1; k < need; k++) {
				uint64_t first = (UINT64_C(1) << k) - 1, last = first << (n - (size_t)k);
				CHECK_ERR(chain_add(chain, govern_signed(&a, text, chain_last(chain), first, NULL), &added, &e), ERR_DENIED);
				CHECK_ERR(chain_add(chain, govern_signed(&a, text, chain_last(chain), last, NULL), &added, &e), ERR_DENIED);
			}
			uint64_t enough = ((UINT64_C(1) << need) - 1) << (n - (size_t)need);
			CHECK(chain_can_change(chain, enough) && !chain_can_change(chain, enough & (enough - 1)));
			CHECK_OK(chain_add(chain, govern_signed(&a, text, chain_last(chain), enough, NULL), &added, &e));
			CHECK(added == CHAIN_ADDED && chain_count(chain) == 2);
			chain_free(chain);
			arena_done(&a);
		}
	}
}

/* The quorum of the one before *and* of itself: here the old one needs 3 of 4 and the new one 5 of 6, two of whom join. */
TEST(both_quorums)
{
	struct arena a = ARENA_INIT(256 * MIB);
	struct errinfo e;
	enum chain_added added;
	struct charter draft = govern_draft(&a, 4), more = govern_draft(&a, 6);
	struct chain *chain = govern_found(&a, &draft);
	struct charter next = govern_next(&a, chain_last(chain), "2016-01-01");
	next.members[4] = more.members[4];
	next.members[5] = more.members[5];
	next.nmember = 6;
	govern_quorums(&next, 5);
	struct str text = govern_text(&a, &next);
	static const struct {
		uint64_t who;
		enum err code;
		const char *says;
	} table[] = {
	    {0x07, ERR_DENIED, "who joins"}, /* quorum of the old, but the new have not agreed */
	    {0x1f, ERR_DENIED, "m05: who joins"},
	    {0x33, ERR_DENIED, "the one before"}, /* two of the old */
	    {0x37, OK, ""},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		CHECK_ERR(chain_add(chain, govern_signed(&a, text, chain_last(chain), table[i].who, NULL), &added, &e), table[i].code);
		CHECKF(!table[i].code || strstr(e.msg, table[i].says), "%zu: %s", i, e.msg);
	}
	CHECK(chain_count(chain) == 2 && chain_in_force(chain, DAY("2016-01-01"))->nmember == 6);

	/* One joins again, now with all six to be asked: both have agreed, the old quorum is there, its own is not. */
	struct chain *again = govern_found(&a, &draft);
	govern_quorums(&next, 6);
	CHECK_ERR(chain_add(again, govern_signed(&a, govern_text(&a, &next), chain_last(chain), 0x37, NULL), &added, &e), ERR_DENIED);
	CHECK(strstr(e.msg, "its own"));
	chain_free(again);
	chain_free(chain);
	arena_done(&a);
}

/* What a successor may not be, one edit each; all four members sign it, so nothing but the rule stands in the way. */
static void
bad_version(struct charter *c)
{
	c->version = 3;
}
static void
bad_previous(struct charter *c)
{
	c->previous.b[0] ^= 1;
}
static void
bad_from(struct charter *c)
{
	c->from = DAY("2015-10-01");
}
static void
bad_gone(struct charter *c)
{
	c->nmember = 3;
	c->rota.n = 3;
	govern_quorums(c, 3);
	c->rota.first = c->from;
}
static void
bad_id(struct charter *c)
{
	c->members[3].id = STR("syx");
}
static void
bad_number(struct charter *c)
{
	struct charter_member m = c->members[0];
	c->members[0] = c->members[1];
	c->members[1] = m;
}
static void
bad_key(struct charter *c)
{
	c->members[2].keys.tls[0] ^= 1;
}
static void
bad_url(struct charter *c)
{
	c->members[2].keys.url = STR("https://elsewhere.example");
}
static void
bad_epoch(struct charter *c)
{
	c->members[2].keys.epoch = 2;
}
static void
bad_revoke(struct charter *c)
{
	c->members[2].keys.revoked_from = DAY("2015-11-01");
}
static void
bad_level_name(struct charter *c)
{
	c->levels[1].name = STR("RESTRICTED");
}
static void
bad_level_order(struct charter *c)
{
	struct charter_level l = c->levels[1];
	c->levels[1] = c->levels[2];
	c->levels[2] = l;
}
static void
bad_level_gone(struct charter *c)
{
	c->nlevel = 2;
}
static void
bad_rota(struct charter *c)
{
	c->rota.order[0] = 1;
	c->rota.order[1] = 0;
	c->rota.first = DAY("2015-12-31");
}
static void
bad_national(struct charter *c)
{
	static struct charter_national n = {1, STR_INIT("SIRRI JIDDAN"), STR_INIT("SR")};
	c->levels[2].national = &n;
	c->levels[2].nnational = 1;
}
static void
bad_national_gone(struct charter *c)
{
	c->levels[2].nnational = 0;
}

TEST(illegal_successors)
{
	static const struct {
		const char *name;
		void (*edit)(struct charter *);
		enum err code;
		const char *says;
	} table[] = {
	    {"version", bad_version, ERR_INVALID, "version 3 does not follow on 1"},
	    {"previous", bad_previous, ERR_NOTFOUND, "the one before"},
	    {"from", bad_from, ERR_INVALID, "from: must be later"},
	    {"gone", bad_gone, ERR_INVALID, "(syr) is gone"},
	    {"id", bad_id, ERR_INVALID, "was syr"},
	    {"number", bad_number, ERR_INVALID, "was irn"},
	    {"key", bad_key, ERR_INVALID, "(rus): keys differ"},
	    {"url", bad_url, ERR_INVALID, "(rus): keys differ"},
	    {"epoch", bad_epoch, ERR_INVALID, "(rus): keys differ"},
	    {"revoke", bad_revoke, ERR_INVALID, "(rus): keys differ"},
	    {"level name", bad_level_name, ERR_INVALID, "level 1 was CONFIDENTIAL"},
	    {"level order", bad_level_order, ERR_INVALID, "level 1 was CONFIDENTIAL"},
	    {"level gone", bad_level_gone, ERR_INVALID, "level 2 (SECRET) is gone"},
	    {"national", bad_national, ERR_INVALID, "the word of irq"},
	    {"national gone", bad_national_gone, ERR_INVALID, "the word of irq"},
	    {"rota", bad_rota, ERR_INVALID, "rota"},
	};
	struct arena a = ARENA_INIT(512 * MIB);
	struct errinfo e;
	enum chain_added added;
	struct charter_national sirri = {1, STR_INIT("SIRRI"), STR_INIT("SR")};
	struct charter draft = govern_draft(&a, 4);
	draft.levels[2].national = &sirri;
	draft.levels[2].nnational = 1;
	struct chain *chain = govern_found(&a, &draft);
	const struct charter *first = chain_last(chain);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct charter next = govern_next(&a, first, "2016-01-01");
		table[i].edit(&next);
		/* each signs with the key the text gives to that number; where two were swapped, nobody's does, so sign by id */
		struct str text = govern_text(&a, &next), votes[4];
		struct charter c = govern_read(&a, text);
		struct buf b = BUF_INIT(LIMIT_CHARTER_FILE);
		for (size_t k = 0; k < c.nmember; k++) {
			struct sign_key root = govern_root(0, 0);
			for (size_t m = 0; m < 4; m++) {
				struct sign_key try = govern_root(m, 0);
				if (!memcmp(sign_key_public(&try).b, c.members[k].keys.root, 32))
					root = try;
			}
			CHECK_OK(vote_make(&c.hash, c.members[k].id, &root, &b, &e));
			CHECK(arena_dup(&a, buf_str(&b), &votes[k]));
			buf_clear(&b);
		}
		CHECK_OK(signed_charter_write(text, NULL, votes, c.nmember, &b, &e));
		enum err err = chain_add(chain, buf_str(&b), &added, &e);
		CHECKF(err == table[i].code && strstr(e.msg, table[i].says), "%s: %s, %s", table[i].name, err_name(err), e.msg);
		CHECK(chain_count(chain) == 1);
		buf_done(&b);
	}
	/* With the same signatures and no edit it is taken: the table fails for its edits alone. */
	struct charter next = govern_next(&a, first, "2016-01-01");
	next.levels[next.nlevel++] = (struct charter_level){.name = STR_INIT("TOP SECRET"), .abbr = STR_INIT("TS")};
	CHECK_OK(chain_add(chain, govern_signed(&a, govern_text(&a, &next), first, 15, NULL), &added, &e));
	CHECK(added == CHAIN_ADDED);
	CHECK_OK(chain_add(chain, govern_signed(&a, govern_text(&a, &next), first, 7, NULL), &added, &e));
	CHECK(added == CHAIN_KNOWN && chain_count(chain) == 2); /* other signatures on the same charter are no fork */

	/* Somebody departs; then never comes back, and the keys stay. */
	const struct charter *second = chain_last(chain);
	next = govern_next(&a, second, "2016-02-01");
	next.members[1].departed = true;
	next.rota.n = 3;
	next.rota.order[1] = 2;
	next.rota.order[2] = 3;
	next.rota.first = DAY("2016-02-01");
	govern_quorums(&next, 2);
	CHECK_OK(chain_add(chain, govern_signed(&a, govern_text(&a, &next), second, 13, NULL), &added, &e));
	const struct charter *third = chain_last(chain);
	CHECK(third->present == 13 && !circle_open(third, 3) && circle_open(third, 5));
	next = govern_next(&a, third, "2016-03-01");
	next.members[1].departed = false;
	govern_quorums(&next, 3);
	CHECK_ERR(chain_add(chain, govern_signed(&a, govern_text(&a, &next), third, 15, NULL), &added, &e), ERR_INVALID);
	CHECK(strstr(e.msg, "has departed"));
	next = govern_next(&a, third, "2016-03-01");
	next.members[1].keys = govern_keys(&a, 1, 1, 1);
	next.members[1].keys.epoch = 2;
	next.members[1].keys.counter = 1;
	CHECK_ERR(chain_add(chain, govern_signed(&a, govern_text(&a, &next), third, 13, NULL), &added, &e), ERR_INVALID);
	CHECK(strstr(e.msg, "(irq)"));
	/* The departed do not sign. */
	next = govern_next(&a, third, "2016-03-01");
	CHECK_ERR(chain_add(chain, govern_signed(&a, govern_text(&a, &next), third, 3, NULL), &added, &e), ERR_DENIED);
	chain_free(chain);
	arena_done(&a);
}

/* Entries and the charters they name. */
TEST(entries_count)
{
	struct arena a = ARENA_INIT(128 * MIB);
	struct errinfo e;
	enum chain_added added;
	struct charter draft = govern_draft(&a, 4);
	struct chain *chain = govern_found(&a, &draft);
	struct charter next = govern_next(&a, chain_last(chain), "2016-01-01");
	CHECK_OK(chain_add(chain, govern_signed(&a, govern_text(&a, &next), chain_last(chain), 7, NULL), &added, &e));
	int64_t before = DAY("2015-12-01"), change = DAY("2016-01-01"), after = DAY("2016-02-01");
	CHECK(chain_counts(chain, 0, before, TIME_NEVER, before)); /* not superseded yet */
	CHECK(!chain_counts(chain, 0, before, TIME_NEVER, after)); /* superseded, nobody saw it in time */
	CHECK(chain_counts(chain, 0, before, change - 1, after));
	CHECK(!chain_counts(chain, 0, before, change, after));
	CHECK(!chain_counts(chain, 0, change, change - 1, change - 1)); /* made after the charter it names */
	CHECK(!chain_counts(chain, 1, before, before, before));         /* or before it */
	CHECK(chain_counts(chain, 1, change, TIME_NEVER, after));
	CHECK(chain_at(chain, change - 1) == 0 && chain_at(chain, change) == 1 && chain_until(chain, 0) == change);
	CHECK(chain_find(chain, chain_centre(chain)) == 0 && chain_find(chain, &chain_last(chain)->hash) == 1);
	chain_free(chain);
	arena_done(&a);
}

/* Two valid successors. Every order of adding gives the same state; the double signer is named; government stops. Fails if the second
 * replaces the first, is refused, or if the branches may go on. */
TEST(charter_fork)
{
	struct arena a = ARENA_INIT(256 * MIB);
	struct errinfo e;
	enum chain_added added;
	struct charter draft = govern_draft(&a, 4);
	struct chain *chain = govern_found(&a, &draft);
	const struct charter *first = chain_last(chain);
	struct charter left = govern_next(&a, first, "2016-01-01"), right = govern_next(&a, first, "2016-02-01");
	right.members[3].departed = true; /* the one side expels syr */
	right.rota.n = 3;
	right.rota.first = right.from;
	govern_quorums(&right, 2);
	struct str file[3];
	struct str left_text = govern_text(&a, &left);
	file[0] = govern_signed(&a, left_text, first, 0xe, NULL);               /* irq rus syr */
	file[1] = govern_signed(&a, govern_text(&a, &right), first, 0x7, NULL); /* irn irq rus */
	struct charter left_read = govern_read(&a, left_text), on = govern_next(&a, &left_read, "2016-03-01");
	file[2] = govern_signed(&a, govern_text(&a, &on), &left_read, 0xf, NULL); /* follows on the left */
	static const int orders[][3] = {{0, 1, 2}, {1, 0, 2}, {0, 2, 1}};
	for (size_t o = 0; o < 3; o++) {
		struct chain_fork f;
		struct chain *c = govern_found(&a, &draft);
		for (size_t i = 0; i < 3; i++) {
			int k = orders[o][i];
			bool late = o != 2 && i == 2;
			CHECK_ERR(chain_add(c, file[k], &added, &e), late ? ERR_FORK : OK);
		}
		CHECK(o != 2 || added == CHAIN_FORKED);
		CHECK(chain_fork(c, &f) && f.both == 0x6 && f.before->version == 1);
		CHECK(hash_cmp(&f.branch[0]->hash, &f.branch[1]->hash) < 0);
		CHECK_STR(f.file[0], hash_eq(&f.branch[0]->hash, &left_read.hash) ? file[0] : file[1]);
		CHECK(chain_count(c) == 1 && chain_last(c)->version == 1 && chain_at(c, DAY("2017-01-01")) == 0);
		CHECK(!chain_can_change(c, 15));
		CHECK(chain_present(c, DAY("2016-01-15")) == 15 && chain_present(c, DAY("2016-02-15")) == 7);
		struct turn t;
		CHECK(rota_at(c, DAY("2016-05-01"), &t) && t.lead == 2); /* the rota of the agreed one goes on */
		chain_free(c);
	}
	struct chain_fork f;
	CHECK(!chain_fork(chain, &f));
	chain_free(chain);
	arena_done(&a);
}

/* A root key is lost: the others replace it; the new key proves itself. */
TEST(drill_root_key_lost)
{
	struct arena a = ARENA_INIT(256 * MIB);
	struct errinfo e;
	enum chain_added added;
	struct charter draft = govern_draft(&a, 4);
	struct chain *chain = govern_found(&a, &draft);
	const struct charter *first = chain_last(chain);
	struct charter next = govern_next(&a, first, "2016-01-01");
	static const uint8_t gen[64] = {[1] = 1};
	next.members[1].keys = govern_keys(&a, 1, 1, 1);
	CHECK_ERR(chain_add(chain, govern_signed(&a, govern_text(&a, &next), first, 0xf, gen), &added, &e), ERR_INVALID);
	CHECK(strstr(e.msg, "new epoch"));
	next.members[1].keys.epoch = 2;
	next.members[1].keys.counter = 1;
	struct charter kept = next;
	struct charter_member members[4];
	memcpy(members, next.members, sizeof members);
	kept.members = members;
	memcpy(members[1].keys.log, first->members[1].keys.log, 32);
	CHECK_ERR(chain_add(chain, govern_signed(&a, govern_text(&a, &kept), first, 0xf, gen), &added, &e), ERR_INVALID);
	CHECK(strstr(e.msg, "new log key"));
	struct str text = govern_text(&a, &next);
	CHECK_ERR(chain_add(chain, govern_signed(&a, text, first, 0xd, gen), &added, &e), ERR_DENIED); /* quorum, but nobody holds the new key */
	CHECK(strstr(e.msg, "irq: a new root key"));
	/* the new key is no vote under the old charter */
	CHECK_ERR(chain_add(chain, govern_signed(&a, text, first, 0x6, gen), &added, &e), ERR_DENIED);
	CHECK(strstr(e.msg, "the one before"));
	CHECK_OK(chain_add(chain, govern_signed(&a, text, first, 0xf, gen), &added, &e));
	/* From now on the new key votes and the old one does not. */
	const struct charter *second = chain_last(chain);
	struct charter third = govern_next(&a, second, "2016-04-01");
	text = govern_text(&a, &third);
	CHECK_OK(chain_add(chain, govern_signed(&a, text, second, 0x7, gen), &added, &e));
	chain_free(chain);
	arena_done(&a);
}

/* A root key is stolen, and the thief signs what it can: a card with its own log key, a charter alone, a card in the same counter as
 * the owner's. */
TEST(drill_root_key_stolen)
{
	struct arena a = ARENA_INIT(256 * MIB);
	struct errinfo e;
	enum chain_added added;
	enum roster_added card_added;
	struct charter draft = govern_draft(&a, 4);
	struct chain *chain = govern_found(&a, &draft);
	const struct charter *first = chain_last(chain);
	struct roster *r;
	struct roster_member m;
	struct roster_log_key key;
	struct buf b = BUF_INIT(LIMIT_CARD), thief = BUF_INIT(LIMIT_CARD);
	struct sign_key root = govern_root(1, 0);
	CHECK_OK(roster_new(chain, &r, &e));

	struct card stolen = {
	    .has_centre = true, .centre = *chain_centre(chain), .member = STR("irq"), .time = DAY("2015-11-01"), .keys = govern_keys(&a, 1, 0, 66)};
	stolen.keys.counter = 1;
	stolen.keys.epoch = 2;
	CHECK_OK(card_make(&stolen, &root, &thief, &e));
	CHECK_OK(roster_add(r, buf_str(&thief), DAY("2015-11-02"), false, &card_added, &e));
	CHECK(card_added == ROSTER_ADDED); /* nobody can tell yet */
	CHECK_OK(roster_at(r, DAY("2015-11-02"), 1, &m, &e));
	CHECK(m.keys.epoch == 2 && !m.conflicted);

	/* The owner's next card collides: both are shown, neither applies, the charter's own keys hold. */
	struct card own = stolen;
	own.keys = govern_keys(&a, 1, 0, 1);
	own.keys.counter = 1;
	own.keys.epoch = 2;
	CHECK_OK(card_make(&own, &root, &b, &e));
	CHECK_OK(roster_add(r, buf_str(&b), DAY("2015-11-03"), false, &card_added, &e));
	CHECK(card_added == ROSTER_CONFLICT);
	CHECK_OK(roster_at(r, DAY("2015-11-03"), 1, &m, &e));
	CHECK(m.conflicted && m.conflict[0] && m.conflict[1] && m.keys.epoch == 1 && !m.card);

	/* Alone it changes no charter. */
	struct charter coup = govern_next(&a, first, "2015-12-01");
	CHECK_ERR(chain_add(chain, govern_signed(&a, govern_text(&a, &coup), first, 2, NULL), &added, &e), ERR_DENIED);

	/* The quorum gives irq a new root key, and says from when the old log keys are not to be believed. */
	static const uint8_t gen[64] = {[1] = 1};
	struct charter next = govern_next(&a, first, "2016-01-01");
	next.members[1].keys = govern_keys(&a, 1, 1, 2);
	next.members[1].keys.counter = 100;
	next.members[1].keys.epoch = 3;
	next.members[1].keys.revoked_from = DAY("2015-10-30");
	CHECK_OK(chain_add(chain, govern_signed(&a, govern_text(&a, &next), first, 0xf, gen), &added, &e));
	CHECK_OK(roster_at(r, DAY("2016-01-01"), 1, &m, &e));
	CHECK(!m.conflicted && m.keys.epoch == 3 && !memcmp(m.keys.root, next.members[1].keys.root, 32));
	stolen.keys.counter = 101;
	stolen.keys.epoch = 4;
	buf_clear(&thief);
	CHECK_OK(card_make(&stolen, &root, &thief, &e));
	CHECK_ERR(roster_add(r, buf_str(&thief), DAY("2016-01-02"), false, &card_added, &e), ERR_DENIED);
	CHECK_OK(roster_add(r, buf_str(&thief), DAY("2016-01-02"), true, &card_added, &e)); /* as a thing of the past it may lie there */
	CHECK_OK(roster_at(r, DAY("2016-01-02"), 1, &m, &e));
	CHECK(m.keys.epoch == 3 && !m.conflicted);
	CHECK_ERR(roster_log_key(r, DAY("2016-01-02"), 1, 4, &key, &e), ERR_NOTFOUND); /* and states no epoch of today's */
	CHECK_OK(roster_log_key(r, DAY("2016-01-02"), 1, 3, &key, &e));
	CHECK(key.current && key.revoked_from == TIME_NEVER && roster_key_counts(&key, TIME_NEVER));
	CHECK_OK(roster_log_key(r, DAY("2016-01-02"), 1, 1, &key, &e));
	CHECK(!key.current && key.revoked_from == DAY("2015-10-30"));
	CHECK(roster_key_counts(&key, DAY("2015-10-29")) && !roster_key_counts(&key, DAY("2015-10-30")) && !roster_key_counts(&key, TIME_NEVER));
	roster_free(r);
	chain_free(chain);
	buf_done(&b);
	buf_done(&thief);
	arena_done(&a);
}

/* Two of four root keys are lost and three were needed: the charter can never change again, and everything else goes on. */
TEST(drill_quorum_lost)
{
	struct arena a = ARENA_INIT(256 * MIB);
	struct errinfo e;
	enum chain_added added;
	enum roster_added card_added;
	struct charter draft = govern_draft(&a, 4);
	struct chain *chain = govern_found(&a, &draft);
	const struct charter *first = chain_last(chain);
	uint64_t able = 1 << 0 | 1 << 2;
	CHECK(!chain_can_change(chain, able) && chain_can_change(chain, able | 1 << 1));
	struct charter next = govern_next(&a, first, "2016-01-01");
	CHECK_ERR(chain_add(chain, govern_signed(&a, govern_text(&a, &next), first, able, NULL), &added, &e), ERR_DENIED);
	CHECK(strstr(e.msg, "irq, syr"));
	/* Neither can the two give the others new keys: that takes the same quorum. */
	static const uint8_t gen[64] = {[1] = 1, [3] = 1};
	next.members[1].keys = govern_keys(&a, 1, 1, 1);
	next.members[1].keys.epoch = 2;
	next.members[1].keys.counter = 1;
	CHECK_ERR(chain_add(chain, govern_signed(&a, govern_text(&a, &next), first, able | 2, gen), &added, &e), ERR_DENIED);
	/* What still works, years later: the charter, all circles, the rota, cards of those who have their keys. */
	int64_t later = DAY("2019-07-01");
	struct turn t;
	struct roster *r;
	struct roster_member m;
	struct buf b = BUF_INIT(LIMIT_CARD);
	struct sign_key root = govern_root(2, 0);
	CHECK(chain_in_force(chain, later) == first && circle_open(first, 15) && chain_present(chain, later) == 15);
	CHECK(rota_at(chain, later, &t) && t.term == 15 && t.lead == 3);
	CHECK_OK(roster_new(chain, &r, &e));
	struct card card = {
	    .has_centre = true, .centre = *chain_centre(chain), .member = STR("rus"), .time = later, .keys = govern_keys(&a, 2, 0, 1)};
	card.keys.counter = 1;
	card.keys.epoch = 2;
	CHECK_OK(card_make(&card, &root, &b, &e));
	CHECK_OK(roster_add(r, buf_str(&b), later, false, &card_added, &e));
	CHECK_OK(roster_at(r, later, 2, &m, &e));
	CHECK(m.keys.epoch == 2 && m.card);
	roster_free(r);
	chain_free(chain);
	buf_done(&b);
	arena_done(&a);
}
