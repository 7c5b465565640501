/* json: the canonical form. Fails when a vector of RFC 8785 comes out as other bytes, or text that is not canonical is taken for it. */
#include <stdlib.h>

#include "base/limits.h"
#include "json/canonical.h"
#include "json/number.h"
#include "test.h"

/* RFC 8785, appendix B, compared with "Sample Number Serializations" of its draft in cyberphone/json-canonicalization
 * (draft-rundgren-json-canonicalization-scheme.xml), which has …ef51 besides; the last ones are ours: gaps around powers of two, and layout. */
static const struct {
	uint64_t bits;
	const char *text; /* NULL: no number */
} numbers[] = {
    {0x0000000000000000, "0"},
    {0x8000000000000000, "0"},
    {0x0000000000000001, "5e-324"},
    {0x8000000000000001, "-5e-324"},
    {0x7fefffffffffffff, "1.7976931348623157e+308"},
    {0xffefffffffffffff, "-1.7976931348623157e+308"},
    {0x4340000000000000, "9007199254740992"},
    {0xc340000000000000, "-9007199254740992"},
    {0x4430000000000000, "295147905179352830000"},
    {0x44b52d02c7e14af5, "9.999999999999997e+22"},
    {0x44b52d02c7e14af6, "1e+23"},
    {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
    {0x444b1ae4d6e2ef4e, "999999999999999700000"},
    {0x444b1ae4d6e2ef4f, "999999999999999900000"},
    {0x444b1ae4d6e2ef50, "1e+21"},
    {0x444b1ae4d6e2ef51, "1.0000000000000001e+21"},
    {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
    {0x3eb0c6f7a0b5ed8d, "0.000001"},
    {0x41b3de4355555553, "333333333.3333332"},
    {0x41b3de4355555554, "333333333.33333325"},
    {0x41b3de4355555555, "333333333.3333333"},
    {0x41b3de4355555556, "333333333.3333334"},
    {0x41b3de4355555557, "333333333.33333343"},
    {0xbecbf647612f3696, "-0.0000033333333333333333"},
    {0x43143ff3c1cb0959, "1424953923781206.2"},
    {0x3d30000000000000, "5.684341886080802e-14"}, /* 2^-44: the nearest 16 digits lie below and miss */
    {0x3ff0000000000000, "1"},
    {0x3fb999999999999a, "0.1"},
    {0x0010000000000000, "2.2250738585072014e-308"},
    {0x000fffffffffffff, "2.225073858507201e-308"},
};

TEST(canonical_numbers_of_rfc_8785)
{
	struct buf b = BUF_INIT(100);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		double d, again;
		memcpy(&d, &numbers[i].bits, sizeof d);
		buf_clear(&b);
		json_double_put(&b, d);
		CHECK_STR(buf_str(&b), str_of(numbers[i].text));
		CHECK(json_number_double(buf_str(&b), &again) && again == d);
	}
	buf_done(&b);
}

/* Any double reads back the same, and no text of fewer digits does. Reading is held to the C library's. */
TEST(canonical_numbers_are_shortest_and_read_back)
{
	struct buf b = BUF_INIT(100);
	uint64_t x = 88172645463325252u;
	for (int i = 0; i < 20000; i++) {
		double d, again;
		char less[64];
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		uint64_t bits = i % 4 ? x : x & 0xfff0000000000000; /* every fourth a power of two */
		memcpy(&d, &bits, sizeof d);
		if (d != d || d - d != 0)
			continue;
		buf_clear(&b);
		json_double_put(&b, d);
		CHECKF(json_number_double(buf_str(&b), &again) && again == d, "%.17g became %.*s", d, STR_FMT(buf_str(&b)));
		buf_putc(&b, '\0');
		CHECK(strtod(b.p, NULL) == d);
		int digits = 0, zeros = 0;
		for (const char *p = b.p; *p && *p != 'e'; p++) {
			if (*p >= '0' && *p <= '9' && (digits || *p != '0')) {
				digits++;
				zeros = *p == '0' ? zeros + 1 : 0;
			}
		}
		digits -= zeros;
		if (digits > 1) {
			snprintf(less, sizeof less, "%.*e", digits - 2, d);
			CHECKF(strtod(less, NULL) != d, "%s is shorter than %s", less, b.p);
		}
	}
	buf_done(&b);
}

TEST(numbers_read_as_the_c_library_reads)
{
	static const char *const texts[] = {
	    "0",
	    "-0",
	    "1",
	    "0.1",
	    "123456789012345678901234567890",
	    "1e22",
	    "1e23",
	    "9007199254740993",
	    "9007199254740993.00000000000000000000000000001",
	    "1.7976931348623158e308",
	    "4.9e-324",
	    "2.4703282292062327e-324",
	    "2.4703282292062328e-324",
	    "1e-400",
	    "0e999999999999999999999",
	    "0.000000000000000000000000000000001e33",
	    "100000000000000000000000e-23",
	    "8.5e-7",
	    "6.02214076e+23",
	    "-1.5E3",
	};
	double d;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		CHECKF(json_number_double(str_of(texts[i]), &d) && d == strtod(texts[i], NULL), "%s: %.17g", texts[i], d);
	CHECK(!json_number_double(STR("1e400"), &d) && !json_number_double(STR("-1e99999999999999999999999"), &d));
	/* a midpoint between two doubles with the deciding digit far behind: 1 + 2^-53 exactly, then a 1 after 2000 zeros */
	char far[2100] = "1.00000000000000011102230246251565404236316680908203125";
	size_t n = strlen(far);
	CHECK(json_number_double((struct str){far, n}, &d) && d == 1.0);
	memset(far + n, '0', 2000);
	far[n + 2000] = '1';
	CHECK(json_number_double((struct str){far, n + 2001}, &d) && d > 1.0);
}

TEST(keys_are_ordered_by_utf16)
{
	/* RFC 8785 section 3.2.3: U+1F600 begins with a surrogate and so comes before U+FB33, although its UTF-8 is greater */
	CHECK(json_key_cmp(STR("\xf0\x9f\x98\x80"), STR("\xef\xac\xb3")) < 0);
	CHECK(json_key_cmp(STR("\xef\xac\xb3"), STR("\xf0\x9f\x98\x80")) > 0);
	CHECK(json_key_cmp(STR("\xed\x9f\xbf"), STR("\xf0\x9f\x98\x80")) < 0); /* below the surrogates */
	CHECK(json_key_cmp(STR("a"), STR("ab")) < 0 && json_key_cmp(STR("ab"), STR("ab")) == 0 && json_key_cmp(STR(""), STR("a")) < 0);
	CHECK(json_key_cmp(STR("\xf0\x9f\x98\x80"), STR("\xf0\x9f\x98\x81")) < 0);
}

static enum err
canonical(struct arena *a, struct str in, struct buf *out, struct errinfo *e)
{
	const struct json *j;
	arena_reset(a);
	enum err r = json_parse(a, in, &j, e);
	return r ? r : json_canonical(j, a, out, e);
}

TEST(canonical_vectors)
{
	TEST_SHARED(dir);
	static const char *const names[] = {"arrays", "french", "structures", "unicode", "values", "weird"};
	struct errinfo e;
	struct arena a = ARENA_INIT(LIMIT_OBJECT_ARENA);
	struct buf in = BUF_INIT(MIB), want = BUF_INIT(MIB), hex = BUF_INIT(MIB), out = BUF_INIT(MIB);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char path[1000];
		const struct json *j;
		snprintf(path, sizeof path, "%s/json/canonical/input/%s.json", dir, names[i]);
		CHECK(test_read(path, &in));
		snprintf(path, sizeof path, "%s/json/canonical/output/%s.json", dir, names[i]);
		CHECK(test_read(path, &want));
		buf_clear(&out);
		CHECK_OK(canonical(&a, buf_str(&in), &out, &e));
		CHECK_STR(buf_str(&out), str_trim(buf_str(&want)));
		/* the same as hex, blanks between the bytes */
		snprintf(path, sizeof path, "%s/json/canonical/outhex/%s.txt", dir, names[i]);
		CHECK(test_read(path, &hex));
		size_t n = 0;
		for (size_t k = 0; k < hex.n; k++)
			if (hex.p[k] > ' ')
				hex.p[n++] = hex.p[k];
		char bytes[4000];
		CHECK(hex_decode((struct str){hex.p, n}, bytes, sizeof bytes, &n));
		CHECK_STR(buf_str(&out), str_bytes(bytes, n));
		arena_reset(&a);
		CHECK_OK(json_parse_canonical(&a, buf_str(&out), &j, &e));
		CHECK_ERR(json_parse_canonical(&a, buf_str(&in), &j, &e), ERR_INVALID);
	}
	buf_done(&in);
	buf_done(&want);
	buf_done(&hex);
	buf_done(&out);
	arena_done(&a);
}

TEST(not_canonical_is_told_with_its_place)
{
	static const struct {
		const char *text;
		uint64_t offset;
	} bad[] = {
	    {"{\"a\":1 }", 6},
	    {" {}", 0},
	    {"{}\n", 2},
	    {"{\"b\":1,\"a\":2}", 2},
	    {"[1.0]", 2},
	    {"[-0]", 1},
	    {"[1E3]", 2},
	    {"[\"\\u0041\"]", 2},
	    {"[\"\\/\"]", 2},
	    {"[\"\\u000A\"]", 3},
	    {"[10000000000000000000000]", 2},
	    {"[12345678901234567890]", 18},
	    {"[1,\n2]", 3},
	};
	struct errinfo e;
	struct arena a = ARENA_INIT(MIB);
	const struct json *j;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		CHECKF(json_parse_canonical(&a, str_of(bad[i].text), &j, &e) == ERR_INVALID, "%s: taken", bad[i].text);
		CHECKF(e.offset == bad[i].offset && e.line == 1 && e.col == e.offset + 1, "%s: told at %d", bad[i].text, (int)e.offset);
	}
	CHECK_OK(json_parse_canonical(&a, STR("{\"\":null,\"a\":[true,false,\"\\n\\u001f\\\"\\\\/\x7f\"]}"), &j, &e));
	CHECK_ERR(json_parse_canonical(&a, STR("[1e999]"), &j, &e), ERR_INVALID);
	arena_done(&a);
}

TEST(canonical_fails_whole)
{
	struct errinfo e;
	struct arena a = ARENA_INIT(MIB);
	struct buf out = BUF_INIT(10);
	buf_puts(&out, "x");
	CHECK_ERR(canonical(&a, STR("[1,2,1e999]"), &out, &e), ERR_INVALID);
	CHECK_STR(buf_str(&out), STR("x"));
	CHECK_ERR(canonical(&a, STR("[1,2,3,4,5,6,7]"), &out, &e), ERR_LIMIT);
	CHECK(out.n == 1);
	buf_done(&out);
	arena_done(&a);
}
