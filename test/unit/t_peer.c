/* peer: fails if payloads asked for by many are told otherwise than one by one, if a reply that is cut, out of order or longer than asked for is
 * believed, or if a peer of an older version, which has no such replies, gets nothing. */
#include <string.h>

#include "base/limits.h"
#include "share/peer.h"
#include "test.h"

struct fake {
	struct str many; /* the reply to payloads/…; empty: it has none */
	int asked, alone;
};

static enum err
get(void *ctx, struct str path, struct buf *ret, struct errinfo *e)
{
	struct fake *f = ctx;
	struct str all;
	bool many = str_find(path, STR("/payloads/")) >= 0;
	f->asked += many;
	f->alone += !many;
	if (many && !f->many.n)
		return err_set(e, ERR_NOTFOUND, "no");
	buf_put(ret, many ? f->many : STR("one"));
	return buf_take(ret, &all, e);
}

struct asking {
	struct fake fake;
	struct transport t;
	struct peer p;
};

static void
ask(struct asking *a, const char *many, bool far)
{
	const struct hash id = {{7}};
	*a = (struct asking){.fake = {.many = str_of(many)}};
	a->t = (struct transport){.ctx = &a->fake, .get = get, .name = "it", .far = far};
	CHECK(!peer_init(&a->p, &a->t, NULL));
	peer_about(&a->p, &id);
}

static bool
gives(struct asking *a, uint64_t idx, const char *want)
{
	struct str got;
	struct errinfo e;
	enum err err = peer_get_payload(&a->p, idx, false, KIB, &got, &e);
	return want ? !err && str_is(got, want) : err == ERR_NOTFOUND;
}

TEST(peer_many_payloads_are_told_as_one_by_one)
{
	struct asking a;
	ask(&a, "5 00000003\nabc7 00000000\n8 00000002\n9\n10 end\n", true);
	CHECK(!peer_has_payload(&a.p, 5));
	CHECK(gives(&a, 5, "abc"));
	CHECK(gives(&a, 6, NULL)); /* it is not there, and not asked for again */
	CHECK(gives(&a, 7, ""));
	CHECK(gives(&a, 8, "9\n"));
	CHECK(peer_has_payload(&a.p, 9) && gives(&a, 9, NULL));
	CHECK(a.fake.asked == 1 && a.fake.alone == 0);
	CHECK(!peer_has_payload(&a.p, 10));
	peer_done(&a.p);
}

TEST(peer_payload_alone_or_near)
{
	struct asking a;
	struct str got;
	ask(&a, "0 00000001\nx1 end\n", true);
	CHECK(!peer_get_payload(&a.p, 0, true, KIB, &got, NULL) && str_is(got, "one") && a.fake.asked == 0);
	peer_done(&a.p);
	ask(&a, "0 00000001\nx1 end\n", false);
	CHECK(peer_has_payload(&a.p, 0) && gives(&a, 0, "one") && a.fake.asked == 0);
	peer_done(&a.p);
	ask(&a, "", true); /* of an older version: asked once a log */
	CHECK(gives(&a, 0, "one") && gives(&a, 1, "one") && a.fake.asked == 1 && a.fake.alone == 2);
	peer_done(&a.p);
}

TEST(peer_many_payloads_malformed)
{
	static const char *const bad[] = {"5 00000003\nab", "5 00000003\nabc", "5 3\nabc6 end\n", "4 00000003\nabc6 end\n",
	    "6 00000001\na5 00000001\nb7 end\n", "5 end\n", "5 00000001\na6 end\nmore", "5 00000001\na300 00000001\na301 end\n",
	    "5 00000001\na262 end\n", "x", "5 0000000G\na6 end\n", "5 ffffffff\na6 end\n", "5 00000001\na5 end\n"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct asking a;
		ask(&a, bad[i], true);
		CHECKF(gives(&a, 5, "one") && !peer_has_payload(&a.p, 5), "%s", bad[i]);
		peer_done(&a.p);
	}
}

TEST(peer_payload_longer_than_said)
{
	struct asking a;
	struct str got;
	ask(&a, "5 00000003\nabc6 end\n", true);
	CHECK(peer_get_payload(&a.p, 5, false, 2, &got, NULL) == ERR_LIMIT);
	peer_done(&a.p);
}
