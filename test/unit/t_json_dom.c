/* json: the tree. Fails when a value is read wrongly, a fault is not found or is placed elsewhere, or hostile text costs too much. */
#include <stdlib.h>

#include "base/limits.h"
#include "json/dom.h"
#include "test.h"

static struct arena arena = ARENA_INIT(LIMIT_OBJECT_ARENA);

static const struct json *
parsed(const char *text)
{
	struct errinfo e;
	const struct json *j;
	CHECK_OK(json_parse(&arena, str_of(text), &j, &e));
	return j;
}

TEST(tree_values)
{
	int64_t v;
	double d;
	struct str s;
	const char *text = " {\"a\": [1, -2.5e1, {\"x\": null}], \"b\" : true,\"c\":false, \"d\":\"\", \"e\":{}, \"f\":[], \"\":9} ";
	const struct json *j = parsed(text), *a = json_get(j, STR("a"));
	CHECK(json_is(j, JSON_OBJECT) && json_count(j) == 7 && j->span == 12);
	CHECK(json_count(a) == 3 && json_i64(json_at(a, 0), &v) && v == 1 && !json_i64(json_at(a, 1), &v) && json_double(json_at(a, 1), &d) &&
	      d == -25);
	CHECK(json_is(json_get(json_at(a, 2), STR("x")), JSON_NULL) && !json_at(a, 3) && !json_at(NULL, 0));
	CHECK(json_get(j, STR("b"))->n == 1 && json_get(j, STR("c"))->n == 0 && json_is(json_get(j, STR("c")), JSON_BOOL));
	CHECK(json_get_str(j, STR("d"), &s) && s.n == 0 && !json_get_str(j, STR("e"), &s) && !json_get(j, STR("x")));
	CHECK(json_i64(json_get(j, STR("")), &v) && v == 9);
	CHECK(!json_get(json_get(json_get(j, STR("no")), STR("no")), STR("no")));
	CHECK(json_count(json_get(j, STR("e"))) == 0 && json_count(json_get(j, STR("f"))) == 0);
	/* raw text of each */
	CHECK_STR(json_raw(str_of(text), a), STR("[1, -2.5e1, {\"x\": null}]"));
	CHECK_STR(json_raw(str_of(text), json_get(j, STR("c"))), STR("false"));
	CHECK_STR(json_raw(str_of(text), json_get(j, STR("d"))), STR("\"\""));
	CHECK_STR(json_raw(str_of(text), json_get(j, STR("e"))), STR("{}"));
	arena_reset(&arena);
}

TEST(tree_order_and_walks)
{
	const struct json *j = parsed("{\"z\":1,\"a\":[2,[3,4],{}],\"m\":{\"k\":5}}");
	struct buf b = BUF_INIT(1000);
	JSON_EACH(m, j)
	buf_put(&b, json_key_of(m));
	CHECK_STR(buf_str(&b), STR("zam"));
	buf_clear(&b);
	JSON_WALK(x, j)
	buf_putc(&b, "?nb#s[{"[x->type]);
	CHECK_STR(buf_str(&b), STR("{#[#[##{{#"));
	buf_clear(&b);
	JSON_WALK(x, j)
	{
		struct buf path = BUF_INIT(100);
		json_path_put(&path, j, x);
		buf_put(&b, buf_str(&path));
		buf_putc(&b, ' ');
		buf_done(&path);
	}
	CHECK_STR(buf_str(&b), STR(" z a a[0] a[1] a[1][0] a[1][1] a[2] m m.k "));
	arena_reset(&arena);
	buf_done(&b);
}

TEST(tree_strings)
{
	static const struct {
		const char *text, *want;
	} good[] = {
	    {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"},
	    {"\"\\u0041\\u00e9\\u20ac\\uD834\\udd1E\"", "A\xc3\xa9\xe2\x82\xac\xf0\x9d\x84\x9e"},
	    {"\"\\ud800\\udc00 \\udbff\\udfff\"", "\xf0\x90\x80\x80 \xf4\x8f\xbf\xbf"},
	    {"\"\xd8\xa8\xd8\xba\xd8\xaf\xd8\xa7\xd8\xaf plain text of some length \\n \xd8\xa8\"",
		"\xd8\xa8\xd8\xba\xd8\xaf\xd8\xa7\xd8\xaf plain text of some length \n \xd8\xa8"},
	};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		const struct json *j = parsed(good[i].text);
		CHECK_STR(json_str(j), str_of(good[i].want));
		CHECK_STR(json_raw(str_of(good[i].text), j), str_of(good[i].text));
	}
	/* every length, so that each way of the sixteen-byte loop ends in each place; with an escape and a long character at the end */
	for (size_t n = 0; n < 70; n++) {
		char text[120] = "\"", want[120];
		memset(text + 1, 'x', n);
		memcpy(text + 1 + n, "\\n\xe2\x82\xacz\"", 8);
		memset(want, 'x', n);
		memcpy(want + n, "\n\xe2\x82\xacz", 5);
		CHECK_STR(json_str(parsed(text)), ((struct str){want, n + 5}));
	}
	const struct json *j = parsed("{\"\\u0061b\":1,\"\\u0000\":2}");
	CHECK(json_get(j, STR("ab")) && json_get(j, STR("\0")));
	arena_reset(&arena);
}

TEST(tree_integers)
{
	static const struct {
		const char *text;
		bool good;
		int64_t v;
	} t[] = {
	    {"0", true, 0},
	    {"-0", true, 0},
	    {"9223372036854775807", true, INT64_MAX},
	    {"-9223372036854775808", true, INT64_MIN},
	    {"9223372036854775808", false, 0},
	    {"-9223372036854775809", false, 0},
	    {"18446744073709551616", false, 0},
	    {"1.0", false, 0},
	    {"1e3", false, 0},
	    {"-1", true, -1},
	    {"\"1\"", false, 0},
	};
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		int64_t v = 77;
		bool good = json_i64(parsed(t[i].text), &v);
		CHECKF(good == t[i].good && v == (good ? t[i].v : 77), "%s", t[i].text);
	}
	arena_reset(&arena);
}

TEST(faults_and_their_places)
{
	static const struct {
		const char *text;
		enum err code;
		uint64_t line, col, offset;
	} t[] = {
	    {"", ERR_SYNTAX, 1, 1, 0},
	    {"{\"a\":1,\n \"b\":2,}", ERR_SYNTAX, 2, 8, 15},
	    {"{\"a\":1\n,\"b\" 2}", ERR_SYNTAX, 2, 6, 12},
	    {"{\"a\":1,\"b\":{\"a\":2,\n\"a\":3}}", ERR_INVALID, 2, 5, 23},
	    {"{\"ab\":1,\"\\u0061b\":2}", ERR_INVALID, 1, 19, 18},
	    {"[\"\\ud800\"]", ERR_INVALID, 1, 3, 2},
	    {"[\"\\udc00\\ud800\"]", ERR_INVALID, 1, 3, 2},
	    {"[\"abc\\ud800x\"]", ERR_INVALID, 1, 6, 5},
	    {"[\"\xed\xa0\x80\"]", ERR_SYNTAX, 1, 3, 2},
	    {"[\"a\xc3\"]", ERR_SYNTAX, 1, 4, 3},
	    {"[\"\\n\xff\"]", ERR_SYNTAX, 1, 5, 4},
	    {"[\"abc", ERR_SYNTAX, 1, 2, 1},
	    {"[\"a\nb\"]", ERR_SYNTAX, 1, 4, 3},
	    {"[1 2]", ERR_SYNTAX, 1, 4, 3},
	    {"[01]", ERR_SYNTAX, 1, 2, 1},
	    {"[-]", ERR_SYNTAX, 1, 3, 2},
	    {"[1.]", ERR_SYNTAX, 1, 4, 3},
	    {"[1e+]", ERR_SYNTAX, 1, 5, 4},
	    {"[tru]", ERR_SYNTAX, 1, 2, 1},
	    {"{} {}", ERR_SYNTAX, 1, 4, 3},
	    {"{\"a\":NaN}", ERR_SYNTAX, 1, 6, 5},
	    {"\xef\xbb\xbf{}", ERR_SYNTAX, 1, 1, 0},
	    {"[1}", ERR_SYNTAX, 1, 3, 2},
	    {"{1:2}", ERR_SYNTAX, 1, 2, 1},
	};
	const struct json *j;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct errinfo e = {0};
		enum err r = json_parse(&arena, str_of(t[i].text), &j, &e);
		CHECKF(r == t[i].code && e.code == r, "%s: %s", t[i].text, r ? err_name(r) : "taken");
		CHECKF(e.line == t[i].line && e.col == t[i].col && e.offset == t[i].offset, "%s: told at %d:%d, %d", t[i].text, (int)e.line,
		    (int)e.col, (int)e.offset);
		CHECK(json_parse(&arena, str_of(t[i].text), &j, NULL) == r);
	}
	arena_reset(&arena);
}

TEST(depth_has_a_limit)
{
	char text[4 * LIMIT_JSON_DEPTH];
	struct errinfo e;
	const struct json *j;
	for (int n = LIMIT_JSON_DEPTH; n <= LIMIT_JSON_DEPTH + 1; n++) {
		memset(text, '[', (size_t)n);
		memset(text + n, ']', (size_t)n);
		CHECK_ERR(json_parse(&arena, (struct str){text, 2 * (size_t)n}, &j, &e), n > LIMIT_JSON_DEPTH ? ERR_LIMIT : OK);
	}
	CHECK(e.col == LIMIT_JSON_DEPTH + 1);
	arena_reset(&arena);
}

/* Any text of LIMIT_OBJECT has its tree in an arena of LIMIT_OBJECT_ARENA, in time: no square of the number of keys. */
TEST(hostile_texts_fit_and_are_fast)
{
	struct errinfo e;
	const struct json *j;
	struct buf b = BUF_INIT(LIMIT_OBJECT + 1);
	buf_putc(&b, '[');
	while (b.n < LIMIT_OBJECT - 2)
		buf_puts(&b, "0,");
	buf_cut(&b, b.n - 1);
	buf_putc(&b, ']');
	CHECK_OK(json_parse(&arena, buf_str(&b), &j, &e));
	CHECK(j->n > 500000);
	arena_done(&arena);
	buf_clear(&b); /* one string of commas */
	buf_putc(&b, '"');
	while (b.n < LIMIT_OBJECT - 1)
		buf_putc(&b, ',');
	buf_putc(&b, '"');
	CHECK_OK(json_parse(&arena, buf_str(&b), &j, &e));
	arena_done(&arena);
	buf_clear(&b); /* escapes */
	buf_putc(&b, '[');
	while (b.n < LIMIT_OBJECT - 8)
		buf_puts(&b, "\"\\n\",");
	buf_puts(&b, "0]");
	CHECK_OK(json_parse(&arena, buf_str(&b), &j, &e));
	arena_done(&arena);
	for (int same = 0; same < 2; same++) { /* keys, all of one hash */
		buf_clear(&b);
		buf_putc(&b, '{');
		for (unsigned i = 0; b.n < LIMIT_OBJECT - 30; i++)
			buf_printf(&b, "\"a%05uX%05uz\":0,", i, 99999 - i);
		buf_printf(&b, same ? "\"a00777X99222z\":1}" : "\"\":1}");
		CHECK_ERR(json_parse(&arena, buf_str(&b), &j, &e), same ? ERR_INVALID : OK);
		arena_done(&arena);
	}
	buf_putc(&b, ' ');
	while (b.n <= LIMIT_OBJECT)
		buf_putc(&b, ' ');
	CHECK_ERR(json_parse(&arena, buf_str(&b), &j, &e), ERR_LIMIT);
	buf_done(&b);
	struct arena small = ARENA_INIT(100);
	CHECK_ERR(json_parse(&small, STR("[1,2,3,4,5,6]"), &j, &e), ERR_LIMIT);
	arena_done(&small);
}

TEST(keys_twice_are_found_at_any_size)
{
	struct errinfo e;
	const struct json *j;
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	for (unsigned n = 2; n < 80; n++) {
		for (unsigned first = 0; first < n; first += 7) {
			for (int same = 0; same < 2; same++) {
				buf_clear(&b);
				buf_putc(&b, '{');
				for (unsigned i = 0; i < n; i++)
					buf_printf(&b, "\"key%u\":{\"key1\":1},", i == n - 1 && same ? first : i);
				buf_cut(&b, b.n - 1);
				buf_putc(&b, '}');
				CHECK_ERR(json_parse(&arena, buf_str(&b), &j, &e), same && first != n - 1 ? ERR_INVALID : OK);
				arena_reset(&arena);
			}
		}
	}
	buf_done(&b);
	arena_done(&arena);
}

TEST(equal_trees)
{
	CHECK(json_eq(parsed("{\"a\":1,\"b\":[1,\"x\",null]}"), parsed("{ \"b\":[1,\"\\u0078\",null],\"a\":1}")));
	CHECK(!json_eq(parsed("{\"a\":1,\"b\":2}"), parsed("{\"a\":1,\"c\":2}")));
	CHECK(!json_eq(parsed("{\"a\":1,\"b\":1}"), parsed("{\"b\":1,\"a\":2}")));
	CHECK(!json_eq(parsed("[1,2]"), parsed("[2,1]")) && !json_eq(parsed("1"), parsed("1.0")) && !json_eq(parsed("true"), parsed("false")));
	CHECK(json_eq(parsed("[{},[]]"), parsed("[{},[]]")) && !json_eq(parsed("[{}]"), parsed("[[]]")));
	arena_done(&arena);
}

TEST(places_and_paths)
{
	const char *text = "{\"r\":[{\"url\":\"x\"},\n  {\"url\":\"y\"}],\"n\":1}";
	struct errinfo e = {0};
	const struct json *j = parsed(text), *y = json_get(json_at(json_get(j, STR("r")), 1), STR("url"));
	struct buf b = BUF_INIT(100);
	json_path_put(&b, j, y);
	CHECK_STR(buf_str(&b), STR("r[1].url"));
	json_place(str_of(text), y, &e);
	CHECK(e.line == 2 && e.col == 10 && e.offset == 28);
	buf_clear(&b);
	json_path_put(&b, j, j);
	CHECK(b.n == 0);
	json_path_put(&b, j, json_get(j, STR("n")));
	CHECK_STR(buf_str(&b), STR("n"));
	buf_done(&b);
	arena_done(&arena);
}
