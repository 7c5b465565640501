/* One charter: its text, its rules, circles, labels. Fails if a rule of charter_parse is dropped (the table names each), if writing and
 * reading differ, or if two texts are taken for one charter. */
#include <stdlib.h>

#include "govern/circle.h"
#include "govern/policy.h"
#include "label/policy.h"
#include "t_govern.h"

/* Uses every optional field. */
static struct charter
full(struct arena *a)
{
	struct charter c = govern_draft(a, 5);
	c.observers = 1 << 4;
	c.rota.n = 4;
	govern_quorums(&c, 3);
	c.quorums[c.nquorum++] = (struct charter_quorum){STR_INIT("expulsion"), 4};
	c.circles[c.ncircle++] = (struct charter_circle){STR_INIT("WEST"), 1 << 3 | 1 << 4};
	c.circles[c.ncircle++] = (struct charter_circle){STR_INIT("EAST"), 1 << 0 | 1 << 1};
	c.duties[c.nduty++] = (struct charter_duty){.text = STR_INIT("Summary of the day"), .rule = DUTY_EVERY, .span_text = STR_INIT("P1D")};
	c.duties[c.nduty++] = (struct charter_duty){.text = STR_INIT("Plan of the term"), .rule = DUTY_AFTER, .span_text = STR_INIT("P7D")};
	c.duties[c.nduty++] = (struct charter_duty){.text = STR_INIT("Hand-over report"), .rule = DUTY_BEFORE, .span_text = STR_INIT("P1W")};
	c.levels[2].national = arena_array(a, 2, sizeof(struct charter_national));
	c.levels[2].national[0] = (struct charter_national){2, STR_INIT("СЕКРЕТНО"), STR_INIT("СС")};
	c.levels[2].national[1] = (struct charter_national){1, STR_INIT("SIRRI"), STR_INIT("SR")};
	c.levels[2].nnational = 2;
	return c;
}

TEST(charter_round_trip)
{
	struct arena a = ARENA_INIT(64 * MIB);
	struct charter c = full(&a);
	struct str text = govern_text(&a, &c), again;
	c = govern_read(&a, text);
	again = govern_text(&a, &c);
	CHECK_STR(again, text);
	CHECK(c.nmember == 5 && c.present == 31 && c.voting == 15 && c.observers == 16);
	CHECK(charter_find(&c, STR("rus")) == 2 && charter_find(&c, STR("RUS")) == -1 && charter_find(&c, STR("x1")) == -1);
	CHECK(charter_find_root(&c, c.members[3].keys.root) == 3 && charter_find_root(&c, c.members[3].keys.log) == -1);
	CHECK(c.dispute.days == 90 && c.duties[2].span.days == 7 && c.duties[2].rule == DUTY_BEFORE);
	CHECK(hash_eq(&c.hash, &(struct hash[]){hash_of(text)}[0]));
	CHECK(charter_quorum(&c, STR("expulsion")) == 4 && charter_quorum(&c, STR("nothing")) == 0);
	CHECK(charter_reaches(&c, STR("charter"), 7) && !charter_reaches(&c, STR("charter"), 3));
	CHECK(!charter_reaches(&c, STR("charter"), 16 | 3)); /* an observer does not vote */
	CHECK(!charter_reaches(&c, STR("nothing"), 15));
	struct buf b = BUF_INIT(200);
	charter_fingerprint(&c, &b);
	CHECK(b.n == 47);
	charter_root_fingerprint(&c, 1, &b);
	CHECK(b.n == 94 && memcmp(b.p, b.p + 47, 47));
	buf_done(&b);
	arena_done(&a);
}

/* Text with the first `from` replaced by `to`. */
static struct str
edit(struct arena *a, struct str text, const char *from, const char *to)
{
	ptrdiff_t at = str_find(text, str_of(from));
	struct buf b = BUF_INIT(LIMIT_CHARTER_FILE);
	struct str out;
	CHECKF(at >= 0, "no \"%s\" in %.*s", from, STR_FMT(text));
	buf_put(&b, str_sub(text, 0, (size_t)at));
	buf_puts(&b, to);
	buf_put(&b, str_sub(text, (size_t)at + strlen(from), text.n));
	CHECK(arena_dup(a, buf_str(&b), &out));
	buf_done(&b);
	return out;
}

TEST(charter_refused)
{
	static const struct {
		const char *from, *to;
		enum err code;
		const char *says; /* part of the message */
	} table[] = {
	    {"{\"circles\"", "{ \"circles\"", ERR_INVALID, "canonical"},
	    {"\"dispute\":\"P90D\"", "\"dispute\":\"P90D\",\"dispute\":\"P90D\"", ERR_INVALID, "dispute"},
	    {"\"format\":1", "\"format\":2", ERR_VERSION, "format 2"},
	    {"\"format\":1", "\"format\":0", ERR_INVALID, "format"},
	    {"\"format\":1", "\"form\":1,\"format\":1", ERR_INVALID, "form"},
	    {"\"dispute\":\"P90D\"", "\"dispute\":\"P0D\"", ERR_INVALID, "dispute"},
	    {"\"dispute\":\"P90D\",", "", ERR_INVALID, "dispute"},
	    {"\"from\":\"2015-10-01T00:00:00.000000Z\"", "\"from\":\"2015-10-01T00:00:00Z\"", ERR_INVALID, "from"},
	    {"\"from\":\"2015-10-01T", "\"from\":\"2015-02-30T", ERR_INVALID, "from"},
	    {"\"id\":\"irn\"", "\"id\":\"IRN\"", ERR_INVALID, "no member's id"},
	    {"\"id\":\"irn\"", "\"id\":\"all\"", ERR_INVALID, "no member's id"},
	    {"\"id\":\"irn\"", "\"id\":\"irq\"", ERR_INVALID, "the id is that of member 0"},
	    {"\"id\":\"irn\"", "\"id\":\"i\"", ERR_INVALID, "no member's id"},
	    {"\"id\":\"irn\"", "\"id\":\"i23456789\"", ERR_INVALID, "no member's id"},
	    {"\"number\":1", "\"number\":2", ERR_INVALID, "number"},
	    {"\"status\":\"active\"", "\"status\":\"gone\"", ERR_INVALID, "status"},
	    {"\"epoch\":1", "\"epoch\":0", ERR_INVALID, "epoch"},
	    {"\"age\":\"age1", "\"age\":\"age2", ERR_SYNTAX, "age"},
	    {"000000000001", "000000000000", ERR_INVALID, "STIX identity is that of member 0"},
	    {"identity--00000000", "identity--0000000G", ERR_INVALID, "identities"},
	    {"https://", "http://", ERR_INVALID, "https"},
	    {"https://n0.example", "https://user@n0.example", ERR_INVALID, "url"},
	    {"https://n0.example:8443", "https://n0.example:84430", ERR_INVALID, "url"},
	    {"\"observers\":[\"m04\"]", "\"observers\":[]", ERR_INVALID, "observers"},
	    {"\"observers\":[\"m04\"]", "\"observers\":[\"m05\"]", ERR_INVALID, "observers"},
	    {"\"observers\":[\"m04\"]", "\"observers\":[\"m04\",\"m04\"]", ERR_INVALID, "twice"},
	    {"\"observers\":[\"m04\"]", "\"observers\":[\"rus\",\"m04\"]", ERR_INVALID, "not sorted"},
	    {"\"observers\":[\"m04\"]", "\"observers\":[\"m04\",\"syr\"]", ERR_INVALID, "observer"},
	    {"\"observers\":[\"m04\"]", "\"observers\":[\"irn\",\"irq\",\"m04\",\"rus\",\"syr\"]", ERR_INVALID, "votes"},
	    {"\"order\":[\"irn\",", "\"order\":[\"m04\",", ERR_INVALID, "observer"},
	    {"\"order\":[\"irn\",", "\"order\":[\"irq\",", ERR_INVALID, "twice"},
	    {"\"term\":\"P3M\"", "\"term\":\"PT36H\"", ERR_INVALID, "midnight"},
	    {"\"term\":\"P3M\"", "\"term\":\"3 months\"", ERR_INVALID, "term"},
	    {"\"first\":\"2015-10-01\"", "\"first\":\"2015-10-32\"", ERR_INVALID, "first"},
	    {"\"charter\":3", "\"charter\":2", ERR_INVALID, "of 4 who vote, 3 to 4"},
	    {"\"charter\":3", "\"charter\":5", ERR_INVALID, "of 4 who vote, 3 to 4"},
	    {"\"charter\":3,", "", ERR_INVALID, "\"charter\" is missing"},
	    {"\"expulsion\":4", "\"Expulsion\":4", ERR_INVALID, ""},
	    {"\"EAST\":", "\"East\":", ERR_INVALID, "no name"},
	    {"\"EAST\":", "\"ALL\":", ERR_INVALID, "no name"},
	    {"\"EAST\":", "\"IRQ\":", ERR_INVALID, "how member irq is written"},
	    {"[\"irn\",\"irq\"]", "[\"irq\",\"irn\"]", ERR_INVALID, "not sorted"},
	    {"[\"irn\",\"irq\"]", "[]", ERR_INVALID, "EAST"},
	    {"{\"every\":\"P1D\",\"text\"", "{\"text\"", ERR_INVALID, "duty 0: one of"},
	    {"\"before\":\"P1W\"", "\"before\":\"P1M\"", ERR_INVALID, "duty 2: before"},
	    {"\"before\":\"P1W\"", "\"after\":\"P1D\",\"before\":\"P1W\"", ERR_INVALID, "duty 2: one of"},
	    {"\"name\":\"Joint Information Centre\"", "\"name\":\" Joint\"", ERR_INVALID, "name"},
	    {"\"name\":\"Joint Information Centre\"", "\"name\":\"Joint\\nCentre\"", ERR_INVALID, "name"},
	    {"\"name\":\"Joint Information Centre\"", "\"name\":\"Joint\u202eCentre\"", ERR_INVALID, "name"},
	    {"\"abbr\":\"C\"", "\"abbr\":\"U\"", ERR_INVALID, "levels"},
	    {"\"abbr\":\"C\"", "\"abbr\":\"C/D\"", ERR_INVALID, "levels"},
	    {"\"national\":{\"irq\"", "\"national\":{\"ira\"", ERR_INVALID, "no member"},
	    {"\"version\":1", "\"version\":2", ERR_INVALID, "previous"},
	    {"\"version\":1", "\"version\":1.5", ERR_INVALID, "version"},
	    {"\"version\":1}", "\"version\":1", ERR_SYNTAX, ""},
	};
	struct arena a = ARENA_INIT(256 * MIB);
	struct charter c = full(&a), out;
	struct str text = govern_text(&a, &c);
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct errinfo e = {0};
		struct arena b = ARENA_INIT(32 * MIB);
		enum err err = charter_parse(edit(&b, text, table[i].from, table[i].to), &b, &out, &e);
		CHECKF(err == table[i].code && strstr(e.msg, table[i].says), "%zu: %s -> %s: %s, %s", i, table[i].from, table[i].to, err_name(err),
		    e.msg);
		arena_done(&b);
	}
	arena_done(&a);
}

/* Fails if a text could read otherwise than it is written, or if people's scripts are refused. */
TEST(text_and_ids)
{
	static const char *const bad[] = {"", " a", "a ", "a\nb", "a\tb", "a\x7f", "a\xc2\x85", "a\xd8\x9c", "a\xe2\x80\x8b", "a\xe2\x80\x8f",
	    "a\xe2\x80\xa8", "\xe2\x80\xaez", "\xe2\x81\xa7z", "\xef\xbb\xbfz", "\xff", "12345678901"};
	static const char *const good[] = {"a", "\xd8\xa7\xd9\x84", "\xe2\x80\x8c", "\xd0\xa1\xd0\xa1", "a\xc2\xa0z", "\xe4\xbd\xa0", "1234567890"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECKF(!govern_text_ok(str_of(bad[i]), 10), "bad text %zu taken", i);
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		CHECKF(govern_text_ok(str_of(good[i]), 10), "good text %zu refused", i);
	CHECK(govern_id_ok(STR("irq")) && govern_id_ok(STR("a1")) && govern_id_ok(STR("abcdefgh")));
	CHECK(!govern_id_ok(STR("joint")) && !govern_id_ok(STR("tlp")) && !govern_id_ok(STR("1a")) && !govern_id_ok(STR("a-b")) &&
	      !govern_id_ok(STR_NONE));
}

/* Drafts that the text could not say, and keys that are none. */
TEST(charter_draft_refused)
{
	struct arena a = ARENA_INIT(64 * MIB);
	struct buf b = BUF_INIT(MIB);
	struct errinfo e;
	struct charter c = full(&a);
	buf_puts(&b, "before");
	c.rota.order[1] = 9;
	CHECK_ERR(charter_write(&c, &b, &e), ERR_INVALID);
	c = full(&a);
	c.circles[0].members |= 1 << 9;
	CHECK_ERR(charter_write(&c, &b, &e), ERR_INVALID);
	c = full(&a);
	c.rota.first += TIME_HOUR;
	CHECK_ERR(charter_write(&c, &b, &e), ERR_INVALID);
	c = full(&a);
	memset(c.members[1].keys.root, 0, 32); /* a point of small order */
	CHECK_ERR(charter_write(&c, &b, &e), ERR_INVALID);
	CHECK(strstr(e.msg, "root"));
	c = full(&a);
	memcpy(c.members[1].keys.log, c.members[1].keys.root, 32);
	CHECK_ERR(charter_write(&c, &b, &e), ERR_INVALID);
	c = full(&a);
	memcpy(c.members[1].keys.log, c.members[0].keys.log, 32);
	CHECK_ERR(charter_write(&c, &b, &e), ERR_INVALID);
	c = full(&a);
	c.members[1].keys.has_tls = false;
	CHECK_ERR(charter_write(&c, &b, &e), ERR_INVALID);
	c = full(&a);
	c.nmember = 65;
	CHECK_ERR(charter_write(&c, &b, &e), ERR_INVALID);
	CHECK_STR(buf_str(&b), STR("before"));
	buf_done(&b);
	arena_done(&a);
}

/* 64 members use every bit. Fails if a set is shifted by an int. */
TEST(charter_of_64)
{
	struct arena a = ARENA_INIT(256 * MIB);
	struct charter draft = govern_draft(&a, 64);
	draft.circles[draft.ncircle++] = (struct charter_circle){STR_INIT("ODD"), UINT64_C(0xaaaaaaaaaaaaaaaa)};
	struct chain *chain = govern_found(&a, &draft);
	const struct charter *c = chain_last(chain);
	struct buf b = BUF_INIT(4096);
	struct errinfo e;
	uint64_t set;
	CHECK(c->present == UINT64_MAX && c->voting == UINT64_MAX && charter_quorum(c, STR("charter")) == 33);
	CHECK(charter_reaches(c, STR("charter"), UINT64_MAX << 31) && !charter_reaches(c, STR("charter"), UINT64_MAX << 32));
	CHECK_OK(circle_print(c, UINT64_MAX, &b, &e));
	CHECK(b.n < CIRCLE_TEXT_MAX);
	CHECK_OK(circle_parse(c, buf_str(&b), &set, &e));
	CHECK(set == UINT64_MAX);
	CHECK_STR(circle_named(c, set), STR("ALL"));
	CHECK_STR(circle_named(c, UINT64_C(0xaaaaaaaaaaaaaaaa)), STR("ODD"));
	for (int i = 0; i < 64; i++) {
		buf_clear(&b);
		CHECK_OK(circle_print(c, UINT64_C(1) << i, &b, &e));
		CHECK_STR(buf_str(&b), c->members[i].id);
		CHECK_OK(circle_parse(c, buf_str(&b), &set, &e));
		CHECK(set == UINT64_C(1) << i);
	}
	buf_done(&b);
	chain_free(chain);
	arena_done(&a);
}

TEST(circle_names)
{
	struct arena a = ARENA_INIT(64 * MIB);
	struct charter draft = full(&a), c = govern_read(&a, govern_text(&a, &draft));
	struct errinfo e;
	struct buf b = BUF_INIT(1024);
	uint64_t set = 77;
	/* every subset, both ways */
	for (uint64_t s = 1; s < 32; s++) {
		uint64_t back;
		buf_clear(&b);
		CHECK_OK(circle_print(&c, s, &b, &e));
		CHECK_OK(circle_parse(&c, buf_str(&b), &back, &e));
		CHECK(back == s);
	}
	buf_clear(&b);
	CHECK_OK(circle_print(&c, 31, &b, &e));
	CHECK_STR(buf_str(&b), STR("irn.irq.m04.rus.syr")); /* by id, not by number */
	CHECK_ERR(circle_print(&c, 0, &b, &e), ERR_INVALID);
	CHECK_ERR(circle_print(&c, 32, &b, &e), ERR_INVALID);
	CHECK_ERR(circle_parse(&c, STR(""), &set, &e), ERR_INVALID);
	CHECK_ERR(circle_parse(&c, STR("irq."), &set, &e), ERR_INVALID);
	CHECK_ERR(circle_parse(&c, STR("irq.irn"), &set, &e), ERR_INVALID);
	CHECK_ERR(circle_parse(&c, STR("irq.irq"), &set, &e), ERR_INVALID);
	CHECK_ERR(circle_parse(&c, STR("IRQ"), &set, &e), ERR_INVALID);
	CHECK_ERR(circle_parse(&c, STR("ALL"), &set, &e), ERR_INVALID);
	CHECK_ERR(circle_parse(&c, STR("irq.usa"), &set, &e), ERR_NOTFOUND);
	CHECK(set == 77);
	CHECK_OK(circle_parse_human(&c, STR("RUS, irn"), &set, &e));
	CHECK(set == 5);
	CHECK_OK(circle_parse_human(&c, STR("ALL"), &set, &e));
	CHECK(set == 15); /* without the observer */
	CHECK_OK(circle_parse_human(&c, STR(" EAST "), &set, &e));
	CHECK(set == 3);
	CHECK_ERR(circle_parse_human(&c, STR(" ,"), &set, &e), ERR_INVALID);
	CHECK_ERR(circle_parse_human(&c, STR("irn atlantis-the-lost"), &set, &e), ERR_NOTFOUND);
	CHECK_STR(circle_named(&c, 3), STR("EAST"));
	CHECK(circle_named(&c, 5).n == 0);
	CHECK(circle_open(&c, 31) && !circle_open(&c, 0) && !circle_open(&c, 33));
	buf_done(&b);
	arena_done(&a);
}

/* Fails if a level's rank is not its place, or a national word goes to another member. */
TEST(policy_from_charter)
{
	struct arena a = ARENA_INIT(64 * MIB);
	struct charter draft = full(&a), c = govern_read(&a, govern_text(&a, &draft));
	struct label_policy *p = malloc(sizeof *p);
	struct errinfo e;
	CHECK(p);
	CHECK_OK(policy_of_charter(&c, &c.hash, p, &e));
	CHECK(!memcmp(p->id, c.hash.b, 32) && p->nlevels == 3 && p->ncompartments == 0);
	CHECK(!strcmp(p->member[4], "m04") && !p->member[5][0]);
	CHECK(p->level[2].rank == 2 && !strcmp(p->level[2].words.name, "SECRET") && !strcmp(p->level[2].words.portion, "S"));
	CHECK(!strcmp(p->level[2].national[1].name, "SIRRI") && !strcmp(p->level[2].national[1].portion, "SR") && !p->level[2].national[0].name[0]);
	c.nlevel = 0;
	CHECK_OK(policy_of_charter(&c, &c.hash, p, &e)); /* TLP alone */
	free(p);
	arena_done(&a);
}
