/* base: views, buffers, arenas, time, map. */
#include "base/arena.h"
#include "base/map.h"
#include "base/time.h"
#include "test.h"

TEST(str_utf8_finds_the_first_bad_byte)
{
	size_t at = 99;
	CHECK(str_utf8(STR("plain ascii, long enough"), NULL));
	CHECK(str_utf8(STR("\xd8\xa8\xd8\xba\xd8\xaf\xd8\xa7\xd8\xaf \xf0\x9f\x98\x80"), NULL));
	CHECK(!str_utf8(STR("abc\xed\xa0\x80"), &at) && at == 3);   /* surrogate */
	CHECK(!str_utf8(STR("\xc0\xaf"), &at) && at == 0);          /* overlong */
	CHECK(!str_utf8(STR("x\xf4\x90\x80\x80"), &at) && at == 1); /* above U+10FFFF */
	CHECK(!str_utf8(STR("12345678\xe2\x82"), &at) && at == 8);  /* cut off */
}

/* Fails if any place of a needle, at either edge of the sixteen bytes looked at together, is missed or made up. */
TEST(str_find_finds_the_first_wherever_it_stands)
{
	char text[70];
	for (size_t n = 0; n <= sizeof text; n++)
		for (size_t len = 1; len <= 20 && len <= n; len++)
			for (size_t at = 0; at + len <= n; at++) {
				memset(text, 'x', sizeof text);
				memset(text + at, 'y', len);
				text[at] = 'a';
				text[at + len - 1] = len > 1 ? 'b' : 'a';
				CHECK(str_find(str_bytes(text, n), str_bytes(text + at, len)) == (ptrdiff_t)at);
				CHECK(str_find(str_bytes(text, n), STR("ayyyc")) == -1);
				if (at + len == n)
					CHECK(str_find(str_bytes(text, n - 1), str_bytes(text + at, len)) == -1);
			}
	CHECK(str_find(STR("abc"), STR("")) == 0 && str_find(STR_NONE, STR("a")) == -1);
}

TEST(str_u64_takes_no_other_spelling)
{
	uint64_t v;
	CHECK(str_u64(STR("18446744073709551615"), &v) && v == UINT64_MAX);
	CHECK(!str_u64(STR("18446744073709551616"), &v));
	CHECK(!str_u64(STR("01"), &v) && !str_u64(STR(""), &v) && !str_u64(STR("+1"), &v) && !str_u64(STR("1 "), &v));
}

TEST(buf_is_bad_past_its_ceiling_and_stays_so)
{
	struct errinfo e;
	struct str s;
	struct buf b = BUF_INIT(4);
	buf_puts(&b, "abcd");
	CHECK_OK(buf_take(&b, &s, &e));
	buf_putc(&b, 'e');
	buf_cut(&b, 0);
	buf_puts(&b, "x");
	CHECK_ERR(buf_take(&b, &s, &e), ERR_LIMIT);
	buf_done(&b);
}

TEST(hex_and_base64_go_there_and_back)
{
	struct buf b = BUF_INIT(1000);
	unsigned char in[20], out[20];
	size_t n;
	for (size_t len = 0; len < sizeof in; len++) {
		for (size_t i = 0; i < len; i++)
			in[i] = (unsigned char)(i * 37 + len);
		buf_clear(&b);
		buf_base64(&b, str_bytes(in, len));
		CHECK(base64_decode(buf_str(&b), out, sizeof out, &n) && n == len && memcmp(in, out, n) == 0);
		buf_clear(&b);
		buf_hex(&b, str_bytes(in, len));
		CHECK(hex_decode(buf_str(&b), out, sizeof out, &n) && n == len && memcmp(in, out, n) == 0);
	}
	CHECK(!base64_decode(STR("QR=="), out, sizeof out, &n)); /* padding bits not zero */
	CHECK(!base64_decode(STR("QQ"), out, sizeof out, &n));
	CHECK(!base64_decode(STR("Q==="), out, sizeof out, &n));
	CHECK(!base64_decode(STR("QQ==QQ=="), out, sizeof out, &n));
	buf_done(&b);
}

TEST(arena_has_a_ceiling)
{
	struct arena a = ARENA_INIT(40000);
	CHECK(arena_alloc(&a, 30000));
	CHECK(!arena_alloc(&a, 30000));
	CHECK(!arena_array(&a, SIZE_MAX / 2, 3));
	arena_reset(&a);
	CHECK(arena_alloc(&a, 30000));
	arena_done(&a);
}

TEST(an_array_in_an_arena_grows)
{
	struct arena a = ARENA_INIT(40000);
	size_t n = 0, cap = 0;
	uint64_t *at = NULL, *more;
	while ((more = arena_more(&a, at, n, &cap, sizeof *at))) {
		at = more;
		at[n] = n;
		n++;
	}
	CHECK(n == cap && n >= 1024); /* and what there was is there still */
	for (size_t i = 0; i < n; i++)
		CHECK(at[i] == i);
	arena_done(&a);
}

TEST(time_text_goes_there_and_back)
{
	static const char *const good[] = {"2015-10-01T06:30:00.000000Z", "0000-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z",
	    "2000-02-29T12:00:00.123456Z", "1969-12-31T23:59:59.999999Z"};
	static const char *const bad[] = {"2015-02-29T00:00:00Z", "2015-10-01T24:00:00Z", "2015-10-01T00:00:60Z", "2015-10-01T00:00:00",
	    "2015-10-01 00:00:00Z", "2015-10-01T00:00:00.Z", "2020-01-201T17:00:00Z", ""};
	struct buf b = BUF_INIT(100);
	int64_t t;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		CHECKF(time_parse(str_of(good[i]), &t), "%s", good[i]);
		buf_clear(&b);
		time_put(&b, t);
		CHECK_STR(buf_str(&b), str_of(good[i]));
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECKF(!time_parse(str_of(bad[i]), &t), "%s", bad[i]);
	CHECK(time_parse_human(STR("2015-10-01T03:00:00+03:00"), &t) && t == INT64_C(1443657600000000));
	CHECK(time_parse_human(STR("2015-10-01"), &t) && t == INT64_C(1443657600000000));
	buf_done(&b);
}

TEST(months_are_counted_from_the_first_day)
{
	struct duration d;
	struct buf b = BUF_INIT(100);
	int64_t t;
	CHECK(duration_parse(STR("P1M"), &d));
	CHECK(time_parse_human(STR("2015-01-31"), &t));
	time_put(&b, time_plus(t, &d, 1));
	buf_putc(&b, ' ');
	time_put(&b, time_plus(t, &d, 2));
	CHECK_STR(buf_str(&b), STR("2015-02-28T00:00:00.000000Z 2015-03-31T00:00:00.000000Z"));
	CHECK(!duration_parse(STR("P"), &d) && !duration_parse(STR("PT"), &d) && !duration_parse(STR("P1S"), &d) &&
	      !duration_parse(STR("P1M1Y"), &d) && !duration_parse(STR("P3M "), &d) && !duration_parse(STR("P1DT"), &d));
	CHECK(duration_parse(STR("P1Y2M3W4DT5H6M7S"), &d) && d.months == 14 && d.days == 25);
	buf_done(&b);
}

TEST(siphash_is_the_published_one)
{
	/* the reference implementation's first vectors: key 00..0f, input 00, 01, … */
	uint8_t key[16], in[15];
	for (int i = 0; i < 16; i++)
		key[i] = (uint8_t)i;
	for (int i = 0; i < 15; i++)
		in[i] = (uint8_t)i;
	CHECK(siphash(key, str_bytes(in, 0)) == 0x726fdb47dd0e0e31u);
	CHECK(siphash(key, str_bytes(in, 15)) == 0xa129ca6149be45e5u); /* the example of the paper, appendix A */
}

TEST(map_keeps_the_order_of_insertion)
{
	static char text[1000][16];
	uint8_t key[16] = {1};
	struct map m;
	bool fresh;
	map_init(&m, key, 1000);
	for (int i = 0; i < 1000; i++) {
		snprintf(text[i], sizeof text[i], "k%d", i);
		struct map_item *it = map_put(&m, str_of(text[i]), &fresh);
		CHECK(it && fresh);
		it->v.u64 = (uint64_t)i;
	}
	CHECK(!map_put(&m, STR("one more"), NULL));
	for (int i = 0; i < 1000; i++) {
		CHECK(m.items[i].v.u64 == (uint64_t)i);
		CHECK(map_find(&m, str_of(text[i])) == &m.items[i]);
	}
	CHECK(!map_find(&m, STR("absent")));
	map_done(&m);
}
