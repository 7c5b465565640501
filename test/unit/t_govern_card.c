/* Cards: what a member says of itself, and which of its keys hold when. */
#include "govern/roster.h"
#include "t_govern.h"

struct desk {
	struct arena a;
	struct chain *chain;
	struct roster *r;
};

static struct desk
open_desk(void)
{
	struct desk d = {.a = ARENA_INIT(256 * MIB)};
	struct errinfo e;
	struct charter draft = govern_draft(&d.a, 4);
	d.chain = govern_found(&d.a, &draft);
	CHECK_OK(roster_new(d.chain, &d.r, &e));
	return d;
}

static void
close_desk(struct desk *d)
{
	roster_free(d->r);
	chain_free(d->chain);
	arena_done(&d->a);
}

/* A key card of irq with log key number log_gen. */
static struct card
card_of(struct desk *d, uint32_t counter, uint32_t epoch, unsigned log_gen, const char *time)
{
	struct card c = {.has_centre = true,
	    .centre = *chain_centre(d->chain),
	    .member = STR_INIT("irq"),
	    .time = DAY(time),
	    .keys = govern_keys(&d->a, 1, 0, log_gen)};
	c.keys.counter = counter;
	c.keys.epoch = epoch;
	return c;
}

static struct str
signed_card(struct desk *d, const struct card *c, size_t root)
{
	struct buf b = BUF_INIT(LIMIT_CARD);
	struct errinfo e;
	struct sign_key k = govern_root(root, 0);
	struct str s;
	CHECK_OK(card_make(c, &k, &b, &e));
	CHECK(arena_dup(&d->a, buf_str(&b), &s));
	buf_done(&b);
	return s;
}

static enum roster_added
add(struct desk *d, const struct card *c)
{
	struct errinfo e;
	enum roster_added added;
	CHECK_OK(roster_add(d->r, signed_card(d, c, 1), DAY("2016-01-01"), false, &added, &e));
	return added;
}

TEST(card_round_trip)
{
	struct desk d = open_desk();
	struct errinfo e;
	struct card c = card_of(&d, 7, 2, 1, "2015-11-01"), back;
	c.note = STR("moved; the old address answers until March");
	c.keys.revoked_from = DAY("2015-10-20");
	struct str text = signed_card(&d, &c, 1);
	CHECK_OK(card_parse(text, &d.a, &back, &e));
	CHECK_STR(back.note, c.note);
	CHECK(back.keys.counter == 7 && back.keys.epoch == 2 && back.keys.revoked_from == c.keys.revoked_from && back.time == c.time && !back.name.n);
	CHECK_STR(signed_card(&d, &back, 1), text);
	/* one changed byte anywhere is not taken */
	for (size_t i = 0; i < text.n; i++) {
		struct arena t = ARENA_INIT(MIB);
		struct str bad;
		CHECK(arena_dup(&t, text, &bad));
		((char *)(uintptr_t)bad.p)[i] ^= 1;
		CHECKF(card_parse(bad, &t, &back, &e) != OK, "byte %zu changed and taken", i);
		arena_done(&t);
	}
	/* nor what is neither kind of card */
	struct buf b = BUF_INIT(LIMIT_CARD);
	struct sign_key k = govern_root(1, 0);
	struct charter_member m;
	CHECK_ERR(card_admit(&c, &m, &e), ERR_INVALID);
	c.has_centre = false;
	CHECK_ERR(card_make(&c, &k, &b, &e), ERR_INVALID);
	c.has_centre = true;
	c.keys.counter = 0;
	CHECK_ERR(card_make(&c, &k, &b, &e), ERR_INVALID);
	CHECK(b.n == 0);
	buf_done(&b);
	close_desk(&d);
}

/* Fails if any of the refusals is dropped. */
TEST(cards_refused)
{
	struct desk d = open_desk();
	struct errinfo e;
	enum roster_added added;
	int64_t now = DAY("2016-01-01");
	struct card c = card_of(&d, 1, 1, 0, "2015-11-01");
	CHECK_ERR(roster_add(d.r, signed_card(&d, &c, 0), now, false, &added, &e), ERR_DENIED); /* irn's root key in the name of irq */
	CHECK_ERR(roster_add(d.r, signed_card(&d, &c, 0), now, true, &added, &e), ERR_DENIED);
	CHECK_ERR(roster_add(d.r, signed_card(&d, &c, 1), DAY("2015-09-01"), false, &added, &e), ERR_DENIED); /* no charter in effect yet */
	c.centre.b[0] ^= 1;
	CHECK_ERR(roster_add(d.r, signed_card(&d, &c, 1), now, false, &added, &e), ERR_DENIED);
	c = card_of(&d, 1, 1, 0, "2015-11-01");
	c.member = STR("usa");
	CHECK_ERR(roster_add(d.r, signed_card(&d, &c, 1), now, false, &added, &e), ERR_DENIED);
	c = card_of(&d, 1, 1, 0, "2015-11-01");
	c.keys.identities = chain_last(d.chain)->members[2].keys.identities;
	CHECK_ERR(roster_add(d.r, signed_card(&d, &c, 1), now, false, &added, &e), ERR_CONFLICT);
	c = card_of(&d, 0, 1, 0, "2015-11-01");
	c.name = STR("Iraq");
	CHECK_ERR(roster_add(d.r, signed_card(&d, &c, 1), now, false, &added, &e), ERR_INVALID); /* no newer than the charter */
	struct roster_member m;
	CHECK_OK(roster_at(d.r, now, 1, &m, &e));
	CHECK(!m.card && !m.conflicted && m.keys.epoch == 1);
	CHECK_ERR(roster_at(d.r, now, 4, &m, &e), ERR_NOTFOUND);
	CHECK_ERR(roster_at(d.r, DAY("2015-09-01"), 1, &m, &e), ERR_NOTFOUND);
	close_desk(&d);
}

/* In every order of coming the same keys hold. Fails if the last to come wins, or if a card counts before its time. */
TEST(cards_in_any_order)
{
	static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
	for (size_t o = 0; o < 6; o++) {
		struct desk d = open_desk();
		struct errinfo e;
		struct card c[3] = {card_of(&d, 1, 1, 0, "2015-11-01"), card_of(&d, 2, 2, 1, "2015-12-01"), card_of(&d, 5, 3, 2, "2016-02-01")};
		c[0].keys.url = STR("https://first.example");
		c[2].keys.revoked_from = DAY("2015-12-20");
		for (size_t i = 0; i < 3; i++)
			CHECK(add(&d, &c[orders[o][i]]) == ROSTER_ADDED);
		CHECK(add(&d, &c[1]) == ROSTER_KNOWN);
		CHECK(roster_next(d.r, DAY("2015-10-15")) == DAY("2015-11-01") && roster_next(d.r, DAY("2015-11-01")) == DAY("2015-12-01"));
		CHECK(roster_next(d.r, DAY("2016-01-31")) == DAY("2016-02-01") && roster_next(d.r, DAY("2016-02-01")) == TIME_NEVER);
		CHECK(roster_next(d.r, DAY("2000-01-01")) == chain_charter(d.chain, 0)->from);
		struct roster_member m;
		struct roster_log_key k;
		CHECK_OK(roster_at(d.r, DAY("2015-10-15"), 1, &m, &e));
		CHECK(!m.card && m.keys.counter == 0);
		CHECK_OK(roster_at(d.r, DAY("2015-11-01"), 1, &m, &e));
		CHECK(m.keys.counter == 1);
		CHECK_STR(m.keys.url, STR("https://first.example"));
		CHECK_OK(roster_at(d.r, DAY("2016-01-31"), 1, &m, &e));
		CHECK(m.keys.counter == 2 && m.keys.epoch == 2);
		CHECK_OK(roster_log_key(d.r, DAY("2016-01-31"), 1, 2, &k, &e));
		CHECK(k.current && k.revoked_from == TIME_NEVER); /* the revocation is not known yet */
		CHECK_ERR(roster_log_key(d.r, DAY("2016-01-31"), 1, 3, &k, &e), ERR_NOTFOUND);
		CHECK_OK(roster_at(d.r, DAY("2016-02-01"), 1, &m, &e));
		CHECK(m.keys.counter == 5 && !memcmp(m.keys.log, c[2].keys.log, 32));
		for (uint32_t epoch = 1; epoch <= 3; epoch++) {
			CHECK_OK(roster_log_key(d.r, DAY("2016-02-01"), 1, epoch, &k, &e));
			CHECK(!memcmp(k.key, c[epoch - 1].keys.log, 32) && k.current == (epoch == 3));
			CHECK(k.revoked_from == (epoch == 3 ? TIME_NEVER : DAY("2015-12-20")));
		}
		close_desk(&d);
	}
}

/* Same counter twice, an epoch that goes back, a log key changed inside an epoch: shown, and nothing from there on applies, whatever
 * came first. */
TEST(cards_in_conflict)
{
	static const struct {
		uint32_t counter, epoch;
		unsigned log_gen;
	} bad[] = {
	    {2, 2, 9}, /* another card 2 */
	    {3, 1, 0}, /* back to epoch 1 */
	    {3, 2, 9}, /* epoch 2 with another key */
	};
	for (size_t i = 0; i < 3; i++)
		for (int first = 0; first < 2; first++) {
			struct desk d = open_desk();
			struct errinfo e;
			struct roster_member m;
			struct card good = card_of(&d, 1, 1, 0, "2015-10-02"), same = card_of(&d, 2, 2, 1, "2015-10-03"),
				    on = card_of(&d, 4, 3, 2, "2015-10-04");
			struct card wrong = card_of(&d, bad[i].counter, bad[i].epoch, bad[i].log_gen, "2015-10-05");
			enum roster_added a1 = add(&d, first ? &wrong : &same);
			add(&d, &good);
			enum roster_added a2 = add(&d, first ? &same : &wrong);
			CHECKF(a1 == ROSTER_ADDED && a2 == ROSTER_CONFLICT, "case %zu, order %d", i, first);
			CHECK(add(&d, &on) == ROSTER_CONFLICT);
			CHECK_OK(roster_at(d.r, DAY("2016-01-01"), 1, &m, &e));
			CHECK(m.conflicted && m.conflict[0] && m.conflict[1] && m.keys.counter == bad[i].counter - 1);
			CHECK_OK(roster_at(d.r, DAY("2016-01-01"), 2, &m, &e));
			CHECK(!m.conflicted);
			close_desk(&d);
		}
	/* Against the charter's own word: epoch 1 has another key there. */
	struct desk d = open_desk();
	struct errinfo e;
	struct roster_member m;
	struct card c = card_of(&d, 1, 1, 9, "2015-10-02");
	CHECK(add(&d, &c) == ROSTER_CONFLICT);
	CHECK_OK(roster_at(d.r, DAY("2016-01-01"), 1, &m, &e));
	CHECK(m.conflicted && !m.conflict[0] && m.conflict[1] && !m.card);
	close_desk(&d);
}

/* Fails if a departed member's card is taken as new, or can change what held when it left. */
TEST(cards_of_the_departed)
{
	struct desk d = open_desk();
	struct errinfo e;
	enum chain_added chained;
	enum roster_added added;
	struct roster_member m;
	struct roster_log_key k;
	struct card in_time = card_of(&d, 1, 2, 1, "2015-11-01"), late = card_of(&d, 2, 3, 2, "2015-11-02");
	add(&d, &in_time);
	struct charter next = govern_next(&d.a, chain_last(d.chain), "2016-01-01");
	next.members[1].departed = true;
	next.rota.n = 1;
	next.rota.first = next.from;
	govern_quorums(&next, 2);
	CHECK_OK(chain_add(d.chain, govern_signed(&d.a, govern_text(&d.a, &next), chain_last(d.chain), 13, NULL), &chained, &e));
	struct str text = signed_card(&d, &late, 1);
	CHECK_ERR(roster_add(d.r, text, DAY("2016-01-01"), false, &added, &e), ERR_DENIED);
	CHECK(strstr(e.msg, "departed"));
	CHECK_OK(roster_add(d.r, text, DAY("2016-01-01"), true, &added, &e));
	CHECK_OK(roster_at(d.r, DAY("2016-01-02"), 1, &m, &e));
	CHECK(m.departed && m.keys.epoch == 2);
	CHECK_OK(roster_log_key(d.r, DAY("2016-01-02"), 1, 2, &k, &e));
	CHECK(!k.current);
	/* The same card turns out to have come in time: then it counts. */
	CHECK_OK(roster_add(d.r, text, DAY("2015-12-01"), false, &added, &e));
	CHECK(added == ROSTER_KNOWN);
	CHECK_OK(roster_at(d.r, DAY("2016-01-02"), 1, &m, &e));
	CHECK(m.keys.epoch == 3);
	close_desk(&d);
}

/* The earliest revocation stands: a later card cannot take it back, nor does one of its own epoch touch its key. */
TEST(revocations_add_up)
{
	struct desk d = open_desk();
	struct errinfo e;
	struct roster_log_key k;
	struct card first = card_of(&d, 1, 2, 1, "2015-11-01"), second = card_of(&d, 2, 3, 2, "2015-12-01"),
		    third = card_of(&d, 3, 3, 2, "2015-12-02");
	first.keys.revoked_from = DAY("2015-10-20");
	second.keys.revoked_from = DAY("2015-11-20");
	add(&d, &first);
	add(&d, &second);
	add(&d, &third);
	static const char *const want[] = {"2015-10-20", "2015-11-20"};
	for (uint32_t epoch = 1; epoch <= 2; epoch++) {
		CHECK_OK(roster_log_key(d.r, DAY("2016-01-01"), 1, epoch, &k, &e));
		CHECK(k.revoked_from == DAY(want[epoch - 1]) && !k.current);
	}
	CHECK_OK(roster_log_key(d.r, DAY("2016-01-01"), 1, 3, &k, &e));
	CHECK(k.revoked_from == TIME_NEVER && k.current);
	close_desk(&d);
}

TEST(identities_belong_to_one)
{
	struct desk d = open_desk();
	int64_t now = DAY("2016-01-01");
	struct str mine = chain_last(d.chain)->members[1].keys.identities[0], added = STR_INIT("identity--aaaaaaaa-0000-4000-8000-000000000001"),
		   both[2] = {mine, added};
	CHECK(roster_identity(d.r, now, mine) == 1 && roster_identity(d.r, now, added) == -1);
	struct card c = card_of(&d, 1, 1, 0, "2015-11-01");
	c.keys.identities = both;
	c.keys.nidentity = 2;
	add(&d, &c);
	CHECK(roster_identity(d.r, now, added) == 1 && roster_identity(d.r, DAY("2015-10-20"), added) == -1);
	/* two members claim it by cards: neither can keep the other from speaking by it, and nobody else does; the charter's word is one's alone */
	struct errinfo e;
	enum roster_added how;
	struct card o = {.has_centre = true, .centre = c.centre, .member = STR_INIT("rus"), .time = now, .keys = govern_keys(&d.a, 2, 0, 0)};
	o.keys.counter = 1;
	o.keys.identities = &added;
	CHECK_OK(roster_add(d.r, signed_card(&d, &o, 2), now, false, &how, &e));
	CHECK(roster_identity(d.r, now, added) == ROSTER_SEVERAL && roster_identity(d.r, now, mine) == 1);
	CHECK(roster_speakers(d.r, now, added) == 6 && roster_speakers(d.r, now, mine) == 2);
	CHECK(roster_speakers(d.r, DAY("2015-12-01"), added) == 2);
	CHECK(roster_speakers(d.r, now, STR("identity--aaaaaaaa-0000-4000-8000-000000000009")) == UINT64_MAX);
	close_desk(&d);
}

/* What was taken once is taken again when a record is read back, whatever the clock and the charter in force say then. */
TEST(cards_of_a_record_load)
{
	struct desk d = open_desk();
	struct errinfo e;
	enum roster_added how;
	enum chain_added chained;
	int64_t early = DAY("1970-01-02"), before = DAY("2016-01-01"), after = DAY("2016-06-01");
	struct str theirs = STR_INIT("identity--aaaaaaaa-0000-4000-8000-000000000001");
	struct card c = card_of(&d, 1, 2, 1, "2015-11-01");
	c.keys.identities = &theirs;
	struct str text = signed_card(&d, &c, 1);
	CHECK_OK(roster_add(d.r, text, before, false, &how, &e));
	CHECK(roster_identity(d.r, before, theirs) == 1);
	/* the next charter gives the identity to another */
	static const uint8_t gen[64] = {[2] = 1};
	struct charter next = govern_next(&d.a, chain_last(d.chain), "2016-03-01");
	next.members[2].keys = govern_keys(&d.a, 2, 1, 1);
	next.members[2].keys.counter = 100;
	next.members[2].keys.epoch = 2;
	next.members[2].keys.identities = &theirs;
	next.members[2].keys.nidentity = 1;
	CHECK_OK(chain_add(d.chain, govern_signed(&d.a, govern_text(&d.a, &next), chain_last(d.chain), 0xf, gen), &chained, &e));
	CHECK(roster_identity(d.r, before, theirs) == 1 && roster_identity(d.r, after, theirs) == 2);
	c.keys.counter = 6;
	struct str newer = signed_card(&d, &c, 1);
	CHECK_OK(roster_add(d.r, newer, before, false, &how, &e));
	CHECK(roster_identity(d.r, after, theirs) == 2);
	CHECK_ERR(roster_add(d.r, text, early, false, &how, &e), ERR_DENIED);
	CHECK_ERR(roster_add(d.r, newer, after, false, &how, &e), ERR_CONFLICT);
	for (int i = 0; i < 3; i++) {
		struct roster *r;
		CHECK_OK(roster_new(d.chain, &r, &e));
		CHECK_OK(roster_add(r, text, (int64_t[]){early, before, after}[i], true, &how, &e));
		CHECK_OK(roster_add(r, newer, (int64_t[]){early, before, after}[i], true, &how, &e));
		CHECK(roster_identity(r, after, theirs) == 2 && roster_identity(r, before, theirs) == (i == 0 ? -1 : 1));
		roster_free(r);
	}
	close_desk(&d);
}

/* Fails if one member's cards can outgrow what others take of all. */
TEST(cards_have_a_ceiling_in_bytes)
{
	struct desk d = open_desk();
	struct errinfo e;
	enum roster_added how;
	enum err err = OK;
	char note[LIMIT_GOVERN_TEXT];
	size_t sum = 0;
	memset(note, 'n', sizeof note);
	for (uint32_t i = 1; !err && i <= LIMIT_CARDS; i++) {
		struct card c = card_of(&d, i, 1, 0, "2015-11-01");
		c.note = str_bytes(note, sizeof note);
		struct str text = signed_card(&d, &c, 1);
		err = roster_add(d.r, text, DAY("2016-01-01"), false, &how, &e);
		sum += err ? 0 : text.n;
	}
	CHECK_ERR(err, ERR_LIMIT);
	CHECK(sum <= LIMIT_CARDS_BYTES && sum > LIMIT_CARDS_BYTES / 2);
	close_desk(&d);
}
