/* pull: fails if a server that repeats, loops, reorders, goes back in date or gives no way on is asked without end or makes an object lost; if an
 * envelope is misread; if what is kept between runs is not what goes on. */
#include "collect/pull.h"

#include "test.h"

#define SECOND TIME_SECOND
#define AT(n) (INT64_C(1443679200000000) + (n)*SECOND)

static struct envelope
page(const char *text)
{
	struct errinfo e = {0};
	struct envelope p;
	CHECK_OK(envelope_read(str_of(text), &p, &e));
	return p;
}

TEST(pull_envelope)
{
	struct errinfo e = {0};
	struct envelope p = page("{\"more\":true,\"next\":\"a b\",\"objects\":[{\"x\":1},{\"y\":[{}]}]}"), q;
	CHECK(p.more && p.objects == 2);
	CHECK_STR(buf_str(&p.next), STR("a b"));
	buf_done(&p.next);
	p = page("{\"objects\":[{\"x\":1}],\"next\":7,\"more\":true,\"other\":{\"more\":false}}");
	CHECK(p.more && p.objects == 1);
	CHECK_STR(buf_str(&p.next), STR("7"));
	buf_done(&p.next);
	p = page("{}");
	CHECK(!p.more && !p.objects && !p.next.n);
	p = page("{\"more\":true}");
	CHECK(p.more && !p.objects);
	/* the mark is of the objects alone */
	p = page("{\"more\":true,\"next\":\"1\",\"objects\":[{\"x\":1}]}");
	q = page("{\"more\":true,\"next\":\"2\", \"objects\":[ {\"x\":1} ]}");
	CHECK(p.mark == q.mark);
	buf_done(&p.next);
	buf_done(&q.next);
	q = page("{\"objects\":[{\"x\":2}]}");
	CHECK(p.mark != q.mark);
	static const char *const bad[] = {
	    "", "[]", "<html>", "{\"more\":1}", "{\"more\":true,\"next\":[1],\"objects\":[]}", "{\"objects\":[{\"x\":1}"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		enum err err = envelope_read(str_of(bad[i]), &q, &e);
		CHECKF(err, "%s is taken", bad[i]);
		buf_done(&q.next);
	}
}

/* What stands behind the envelope is none of its objects: an error, which says where. */
TEST(pull_behind_the_envelope)
{
	static const struct {
		const char *text;
		unsigned col;
	} bad[] = {{"{\"objects\":[{\"x\":1}]} {\"x\":2}", 23}, {"{\"objects\":[{\"x\":1}]}junk", 22}, {"{} {\"x\":2}", 4}, {"{\"more\":true}]", 14},
	    {"{\"objects\":[{\"x\":1}]}{\"objects\":[{\"x\":2}]}", 34}, {"{\"objects\":[]}{\"objects\":[]}", 29}, {"{\"objects\":[]}[]", 17},
	    {"{\"objects\":[]}{\"next\":\"1\",\"objects\":[]}", 23}, {"{\"objects\":[]},", 15}};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct errinfo e = {0};
		struct envelope p;
		CHECKF(envelope_read(str_of(bad[i].text), &p, &e) == ERR_SYNTAX, "%s is taken", bad[i].text);
		CHECKF(e.line == 1 && e.col == bad[i].col, "%s: %u, column %u", bad[i].text, (unsigned)e.line, (unsigned)e.col);
		buf_done(&p.next);
	}
	struct envelope p = page(" \n{\"objects\":[{\"x\":1}]}\r\n\t ");
	CHECK(p.objects == 1);
}

TEST(pull_moments_and_ids)
{
	int64_t t;
	CHECK(pull_moment(STR("2015-10-01T06:00:00Z"), &t) && t == AT(0));
	CHECK(pull_moment(STR(" 2015-10-01T06:00:00.000001Z "), &t) && t == AT(0) + 1);
	CHECK(pull_moment(STR("2015-10-01T09:00:00+03:00"), &t) && t == AT(0));
	CHECK(!pull_moment(STR("yesterday"), &t) && !pull_moment(STR("2015-10-01"), &t) && !pull_moment(STR(""), &t));
	CHECK(pull_id_ok(STR("91a7b528-80eb-42ed-a74d-c6fbd5a26116")));
	CHECK(!pull_id_ok(STR("..")) && !pull_id_ok(STR("a/b")) && !pull_id_ok(STR("a%2fb")) && !pull_id_ok(STR("")) && !pull_id_ok(STR("a?b")));
}

/* A query of p holds these words, or not. */
static bool
asks(const struct pull *p, const char *words)
{
	struct buf b = BUF_INIT(8192);
	pull_put_query(p, &b);
	bool yes = str_find(buf_str(&b), str_of(words)) >= 0;
	buf_done(&b);
	return yes;
}

static struct pull
through_state(const struct pull *p)
{
	struct errinfo e = {0};
	struct buf b = BUF_INIT(PULL_STATE);
	struct pull ret;
	pull_put_state(p, &b);
	CHECK(buf_ok(&b));
	CHECK_OK(pull_begin(&ret, buf_str(&b), &e));
	buf_done(&b);
	return ret;
}

static enum err
give(struct pull *p, const char *text, int64_t last, bool *more, struct errinfo *e)
{
	struct envelope v = page(text);
	enum err err = pull_page(p, &v, last != 0, last, AT(1000000), more, e);
	buf_done(&v.next);
	return err;
}

TEST(pull_goes_on)
{
	struct errinfo e = {0};
	struct pull p;
	bool more;
	CHECK_OK(pull_begin(&p, STR_NONE, &e));
	CHECK(!asks(&p, "added_after") && !asks(&p, "next"));
	CHECK_OK(give(&p, "{\"more\":true,\"next\":\"a&b/\",\"objects\":[{\"x\":1}]}", AT(10), &more, &e));
	CHECK(more && asks(&p, "&next=a%26b%2F") && !asks(&p, "added_after"));
	/* cut short here: what was told of dates does not count yet, the next page may be of earlier ones */
	p = through_state(&p);
	CHECK(asks(&p, "&next=a%26b%2F") && !asks(&p, "added_after"));
	/* and goes back in date. The page that was asked for when it was cut short may have been given then, and not again: once more, to be sure */
	CHECK_OK(give(&p, "{\"more\":false,\"objects\":[{\"x\":2}]}", AT(5), &more, &e));
	CHECK(more && !asks(&p, "next") && !asks(&p, "added_after"));
	CHECK_OK(give(&p, "{\"more\":true,\"next\":\"b\",\"objects\":[{\"x\":1}]}", AT(10), &more, &e));
	CHECK_OK(give(&p, "{\"more\":false,\"objects\":[{\"x\":2}]}", AT(5), &more, &e));
	CHECK(!more);
	p = through_state(&p);
	CHECK(asks(&p, "added_after=2015-10-01T06:00:09.000000Z") && !asks(&p, "next"));
	/* nothing new, no header: as before; a date of the far future is not believed */
	CHECK_OK(give(&p, "{}", 0, &more, &e));
	CHECK_OK(give(&p, "{\"objects\":[{\"x\":3}]}", AT(1000001), &more, &e));
	CHECK(!more && asks(&p, "added_after=2015-10-01T06:00:09.000000Z"));
	CHECK_ERR(pull_begin(&p, STR("1 x y"), &e), ERR_INVALID);
	CHECK_ERR(pull_begin(&p, STR("3 - - "), &e), ERR_INVALID);
}

/* Who stopped between two pages, and not after one was missed, need not ask again. */
TEST(pull_stopped_between_pages)
{
	struct errinfo e = {0};
	struct pull p;
	bool more;
	CHECK_OK(pull_begin(&p, STR_NONE, &e));
	CHECK_OK(give(&p, "{\"more\":true,\"next\":\"a\",\"objects\":[{\"x\":1}]}", AT(1), &more, &e));
	p.clean = true;
	p = through_state(&p);
	CHECK(asks(&p, "next=a"));
	CHECK_OK(give(&p, "{\"more\":false,\"objects\":[{\"x\":2}]}", AT(2), &more, &e));
	CHECK(!more && asks(&p, "added_after=2015-10-01T06:00:01.000000Z"));
	/* cut short first, then stopped between pages: still unsure */
	CHECK_OK(give(&p, "{\"more\":true,\"next\":\"b\",\"objects\":[{\"x\":3}]}", AT(3), &more, &e));
	p = through_state(&p);
	CHECK_OK(give(&p, "{\"more\":true,\"next\":\"c\",\"objects\":[{\"x\":5}]}", AT(5), &more, &e));
	p.clean = true;
	p = through_state(&p);
	CHECK_OK(give(&p, "{\"more\":false,\"objects\":[{\"x\":6}]}", AT(6), &more, &e));
	CHECK(more && !asks(&p, "next") && asks(&p, "added_after=2015-10-01T06:00:01.000000Z"));
}

TEST(pull_forgets_a_place_that_is_refused)
{
	struct errinfo e = {0};
	struct pull p;
	bool more;
	CHECK_OK(pull_begin(&p, STR("1 2015-10-01T06:00:00.000000Z - 61"), &e));
	CHECK(asks(&p, "next=a"));
	CHECK(pull_again(&p) && !asks(&p, "next") && asks(&p, "added_after=2015-10-01T05:59:59"));
	CHECK(!pull_again(&p));
	CHECK_OK(give(&p, "{}", 0, &more, &e));
}

/* How many pages it takes until a server that loops over n pages is left. */
static unsigned
loop(unsigned n, bool other_next)
{
	struct errinfo e = {0};
	struct pull p;
	bool more = true;
	unsigned i = 0;
	CHECK_OK(pull_begin(&p, STR_NONE, &e));
	for (; i < 100000; i++) {
		char text[200];
		snprintf(text, sizeof text, "{\"more\":true,\"next\":\"%u\",\"objects\":[{\"x\":%u}]}", other_next ? i : 1, i % n);
		if (give(&p, text, AT(i % n), &more, &e))
			break;
	}
	CHECK(e.code == ERR_INVALID);
	CHECK(!asks(&p, "next") && !asks(&p, "added_after"));
	return i;
}

TEST(pull_leaves_a_server_that_repeats)
{
	struct errinfo e = {0};
	struct pull p;
	bool more = true;
	unsigned i = 0;
	CHECK(loop(1, false) < 20 && loop(1, true) < 20);
	/* no objects, and more of them */
	CHECK_OK(pull_begin(&p, STR_NONE, &e));
	for (; i < 100 && !give(&p, "{\"more\":true,\"next\":\"z\"}", 0, &more, &e);)
		i++;
	CHECK(i < 20);
	/* one page twice is no harm */
	CHECK_OK(pull_begin(&p, STR_NONE, &e));
	CHECK_OK(give(&p, "{\"more\":true,\"next\":\"z\",\"objects\":[{\"x\":1}]}", AT(1), &more, &e));
	CHECK_OK(give(&p, "{\"more\":true,\"next\":\"z\",\"objects\":[{\"x\":1}]}", AT(1), &more, &e));
	CHECK_OK(give(&p, "{\"more\":true,\"next\":\"y\",\"objects\":[{\"x\":2}]}", AT(2), &more, &e));
	CHECK(more);
}

TEST(pull_leaves_a_loop_of_many_pages)
{
	CHECK(loop(2, true) < 200);
	CHECK(loop(7, true) < 400);
	CHECK(loop(100, false) < 4000);
}

TEST(pull_by_date)
{
	struct errinfo e = {0};
	struct pull p;
	bool more;
	CHECK_OK(pull_begin(&p, STR_NONE, &e));
	CHECK_OK(give(&p, "{\"more\":true,\"objects\":[{\"x\":1}]}", AT(10), &more, &e));
	CHECK(asks(&p, "added_after=2015-10-01T06:00:09.000000Z"));
	CHECK_OK(give(&p, "{\"more\":true,\"objects\":[{\"x\":2}]}", AT(10), &more, &e));
	CHECK(asks(&p, "added_after=2015-10-01T06:00:09.999999Z"));
	CHECK_OK(give(&p, "{\"more\":true,\"objects\":[{\"x\":3}]}", AT(12), &more, &e));
	CHECK(asks(&p, "added_after=2015-10-01T06:00:11.000000Z"));
	CHECK_OK(give(&p, "{\"more\":true,\"objects\":[{\"x\":4}]}", AT(12), &more, &e));
	/* no way past the moment: said, never gone over */
	CHECK_ERR(give(&p, "{\"more\":true,\"objects\":[{\"x\":5}]}", AT(12), &more, &e), ERR_INVALID);
	/* no date and no next */
	CHECK_OK(pull_begin(&p, STR_NONE, &e));
	CHECK_ERR(give(&p, "{\"more\":true,\"objects\":[{\"x\":1}]}", 0, &more, &e), ERR_INVALID);
}
