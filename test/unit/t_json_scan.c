/* json: the splitter. Fails when an object is lost, cut elsewhere, misplaced, or when the result depends on how the input is cut into reads
 * or on whether the scan was stopped behind an item and taken up again. */
#include <stdlib.h>

#include "base/limits.h"
#include "json/dom.h"
#include "json/scan.h"
#include "test.h"

/* A source that gives `step` bytes at most. */
struct pieces {
	struct str rest;
	size_t step;
	bool fails; /* at the end, instead of ending */
};

static enum err
pieces_read(void *ctx, void *to, size_t cap, size_t *ret_n, struct errinfo *e)
{
	struct pieces *p = ctx;
	size_t n = p->rest.n < cap ? p->rest.n : cap;
	n = n < p->step ? n : p->step;
	if (n == 0 && p->fails)
		return err_set(e, ERR_IO, "the disk is gone");
	if (n)
		memcpy(to, p->rest.p, n);
	p->rest = str_sub(p->rest, n, p->rest.n);
	*ret_n = n;
	return OK;
}

/* Where the first items end, in the input and in their description. */
struct stop {
	struct json_scan_mark after;
	size_t n;
};

enum { STOPS = 40 };

/* All items as lines: kind, index, line:col@offset+size, key, raw (the first 60 bytes); for a bad one its code and place; at last
 * the end or the error. stops may be NULL; the result is how many it has. */
static size_t
describe(struct str text, size_t step, const struct json_scan_mark *from, struct stop *stops, struct buf *out)
{
	size_t stops_n = 0;
	static const char letter[] = "EOMB";
	struct errinfo e;
	struct json_scan *s;
	struct json_item it;
	struct pieces p = {from ? str_sub(text, from->offset, text.n) : text, step, false};
	CHECK_OK(json_scan_new((struct source){&p, pieces_read}, STR("objects"), from, &s, &e));
	for (;;) {
		enum err r = json_scan_next(s, &it, &e);
		if (r) {
			buf_printf(out, "%s %d:%d\n", err_name(r), (int)e.line, (int)e.col);
			CHECK(json_scan_next(s, &it, &e) == r);
			break;
		}
		if (it.kind == JSON_SCAN_END) {
			buf_puts(out, "E\n");
			CHECK_OK(json_scan_next(s, &it, &e));
			CHECK(it.kind == JSON_SCAN_END);
			break;
		}
		CHECK(it.offset + it.size <= text.n && it.raw.n <= it.size && it.after.offset == it.offset + it.size);
		CHECK_STR(it.raw, str_sub(text, it.offset, it.offset + it.raw.n));
		CHECK(it.kind == JSON_SCAN_BAD || it.raw.n == it.size);
		buf_printf(out, "%c%d %d:%d@%d+%d ", letter[it.kind], (int)it.index, (int)it.line, (int)it.col, (int)it.offset, (int)it.size);
		buf_put(out, it.key);
		buf_putc(out, ' ');
		buf_put(out, str_sub(it.raw, 0, 60));
		if (it.kind == JSON_SCAN_BAD)
			buf_printf(out, " !%s %d:%d", err_name(it.why.code), (int)it.why.line, (int)it.why.col);
		buf_putc(out, '\n');
		if (stops && stops_n < STOPS)
			stops[stops_n++] = (struct stop){it.after, out->n};
	}
	json_scan_free(s);
	return stops_n;
}

static void
check(const char *file, int line, struct str text, const char *want)
{
	struct buf whole = BUF_INIT(MIB), cut = BUF_INIT(MIB);
	struct stop stops[STOPS];
	size_t n = describe(text, SIZE_MAX, NULL, stops, &whole);
	if (want)
		test_str(file, line, buf_str(&whole), str_of(want));
	if (str_find(buf_str(&whole), STR("\nERR_INVALID")) >= 0)
		n = 0; /* a key twice in one bundle, which is not seen across a mark */
	for (size_t step = 1; step < 70; step += step < 4 ? 1 : 13) {
		buf_clear(&cut);
		describe(text, step, NULL, NULL, &cut);
		test_str(file, line, buf_str(&cut), buf_str(&whole));
		for (size_t i = 0; i < n; i++) {
			buf_clear(&cut);
			describe(text, step, &stops[i].after, NULL, &cut);
			test_str(file, line, buf_str(&cut), str_sub(buf_str(&whole), stops[i].n, whole.n));
		}
	}
	buf_done(&whole);
	buf_done(&cut);
}
#define SCANS(text, want) check(__FILE__, __LINE__, STR(text), want)

TEST(scan_takes_the_shapes)
{
	SCANS("", "E\n");
	SCANS(" \n ", "E\n");
	SCANS("{}", "O0 1:1@0+2  {}\nE\n");
	SCANS("\xef\xbb\xbf{\"a\":1}", "O0 1:1@3+7  {\"a\":1}\nE\n");
	SCANS("{\"a\":1}\n{\"a\":\"}{\\\"\"}\r\n\n{}{}",
	    "O0 1:1@0+7  {\"a\":1}\nO1 2:1@8+12  {\"a\":\"}{\\\"\"}\nO2 4:1@23+2  {}\nO3 4:3@25+2  {}\nE\n");
	SCANS("[{\"a\":[1,{}]} , {}]", "O0 1:2@1+12  {\"a\":[1,{}]}\nO1 1:17@16+2  {}\nE\n");
	SCANS("[]", "E\n");
	SCANS("{\"type\":\"bundle\",\"id\":{\"x\":[]},\n\"objects\":[\n  {\"type\":\"a\"},\n  {\"objects\":[{}]}\n],\"z\\u0061\": 1 }",
	    "M0 1:9@8+8 type \"bundle\"\nM0 1:23@22+8 id {\"x\":[]}\n"
	    "O0 3:3@46+12  {\"type\":\"a\"}\nO1 4:3@62+16  {\"objects\":[{}]}\nM2 5:14@92+1 za 1\nE\n");
	SCANS("{\"objects\" : [ ] }{\"objects\":[{}]}\n[{}]", "O0 1:31@30+2  {}\nO1 2:2@36+2  {}\nE\n");
	/* no bundle: not at the first level, no array, another key, a key in a string */
	SCANS("{\"x\":{\"objects\":[]}}", "O0 1:1@0+20  {\"x\":{\"objects\":[]}}\nE\n");
	SCANS("{\"objects\":{\"0\":{}}}", "O0 1:1@0+20  {\"objects\":{\"0\":{}}}\nE\n");
	SCANS("{\"xobjects\":[],\"\\\"objects\":[]}", "O0 1:1@0+30  {\"xobjects\":[],\"\\\"objects\":[]}\nE\n");
	SCANS("{\"a\":\"\\\"objects\\\":[\"}", "O0 1:1@0+21  {\"a\":\"\\\"objects\\\":[\"}\nE\n");
}

TEST(scan_goes_on_behind_damage)
{
	/* lists: commas too few and too many, what is no object */
	SCANS("[{} {},]", "O0 1:2@1+2  {}\nB1 1:4@3+0   !ERR_SYNTAX 1:5\nO2 1:5@4+2  {}\nB3 1:8@7+0   !ERR_SYNTAX 1:8\nE\n");
	SCANS("[,{}]", "B0 1:2@1+0   !ERR_SYNTAX 1:2\nO1 1:3@2+2  {}\nE\n");
	SCANS("[1,\"a,]\",[{},2],{},null]",
	    "B0 1:2@1+1  1 !ERR_INVALID 1:2\nB1 1:4@3+5  \"a,]\" !ERR_INVALID 1:4\nB2 1:10@9+6  [{},2] !ERR_INVALID 1:10\n"
	    "O3 1:17@16+2  {}\nB4 1:20@19+4  null !ERR_INVALID 1:20\nE\n");
	SCANS("[{}x,{}]", "O0 1:2@1+2  {}\nB1 1:4@3+1  x !ERR_SYNTAX 1:4\nO2 1:6@5+2  {}\nE\n");
	/* brackets crossed: by balance on one line, by the next line like it otherwise */
	SCANS("[{\"a\":[1},{\"b\":2}]", "B0 1:2@1+8  {\"a\":[1} !ERR_SYNTAX 1:9\nO1 1:11@10+7  {\"b\":2}\nE\n");
	SCANS("[{\"b\":\"\\\"}{\",\"a\":[1},{}]", "B0 1:2@1+19  {\"b\":\"\\\"}{\",\"a\":[1} !ERR_SYNTAX 1:20\nO1 1:22@21+2  {}\nE\n");
	SCANS("{\"a\":{\"b\":[}\n{\"b\":2}\n", "B0 1:1@0+13  {\"a\":{\"b\":[}\n !ERR_SYNTAX 1:12\nO1 2:1@13+7  {\"b\":2}\nE\n");
	SCANS("{\"a\":\"cut\n{\"b\":2}\n", "B0 1:1@0+10  {\"a\":\"cut\n !ERR_SYNTAX 1:10\nO1 2:1@10+7  {\"b\":2}\nE\n");
	SCANS("{\"objects\":[\n  {\n    \"a\": \"cut\n    \"x\": {\n    {\n    }\n  },\n  {\"b\":2}\n]}",
	    "B0 2:3@15+44  {\n    \"a\": \"cut\n    \"x\": {\n    {\n    }\n  },\n !ERR_SYNTAX 3:14\nO1 8:3@61+7  {\"b\":2}\nE\n");
	/* the same fault is found inside the object: its own place is told, not only where brackets show it */
	SCANS("{\"a\":1,,\"b\":[}\n{}", "B0 1:1@0+14  {\"a\":1,,\"b\":[} !ERR_SYNTAX 1:8\nO1 2:1@15+2  {}\nE\n");
	/* at the top */
	SCANS("{}\nrubbish\n more {}\n{\"b\":2}", "O0 1:1@0+2  {}\nB1 2:1@3+17  rubbish\n more {}\n !ERR_SYNTAX 2:1\nO2 4:1@20+7  {\"b\":2}\nE\n");
	SCANS("{} rubbish", "O0 1:1@0+2  {}\nB1 1:4@3+7  rubbish !ERR_SYNTAX 1:4\nE\n");
}

TEST(scan_ends_where_the_rest_is_unreadable)
{
	SCANS("nonsense", "ERR_SYNTAX 1:1\n");
	SCANS("{\"a\":[1,2", "ERR_SYNTAX 1:1\n");
	SCANS("{\"a\":[1,,2", "ERR_SYNTAX 1:9\n");
	SCANS("[{},{\"a\":\"", "O0 1:2@1+2  {}\nERR_SYNTAX 1:10\n");
	SCANS("[{}", "O0 1:2@1+2  {}\nERR_SYNTAX 1:4\n");
	SCANS("{\"objects\":[{}", "O0 1:13@12+2  {}\nERR_SYNTAX 1:15\n");
	SCANS("{\"objects\":[{}]", "O0 1:13@12+2  {}\nERR_SYNTAX 1:16\n");
	SCANS("{\"objects\":[{}}", "O0 1:13@12+2  {}\nERR_SYNTAX 1:15\n");
	SCANS("{\"objects\":[],\n\"a\":tru}", "ERR_SYNTAX 2:5\n");
	SCANS("{\"objects\":[],\"a\":\"\xff\"}", "ERR_SYNTAX 1:20\n");
	SCANS("{\"objects\":[],\"objects\":[]}", "ERR_INVALID 1:15\n");
	SCANS("{\"a\":1,\"objects\":[],\"\\u0061\":2}", "M0 1:6@5+1 a 1\nERR_INVALID 1:21\n");
	SCANS("{\"a\"\r:1}\n{\"b\"]\"cu\"c\":[}\n\xff{}\n", "O0 1:1@0+8  {\"a\"\r:1}\nERR_SYNTAX 2:5\n");
	SCANS("{\"a\":[},\"objects\":[]}", NULL); /* whatever, but the same for all cuts */
	SCANS("\xff\xfe{\0}\0", "ERR_SYNTAX 1:1\n");
}

TEST(scan_limits)
{
	struct errinfo e;
	struct json_scan *s;
	struct json_item it;
	for (int lines = 0; lines < 2; lines++) {
		for (int over = -1; over < 3; over++) { /* by one too few, just right, one too many; three times */
			struct buf b = BUF_INIT(8 * MIB);
			struct pieces p;
			buf_puts(&b, lines ? "{\"n\":0}\n" : "[{\"n\":0},");
			size_t start = b.n;
			buf_puts(&b, "{\"x\":\"");
			while (b.n < start + (size_t)(LIMIT_OBJECT * (over > 1 ? 3 : 1) + over - 2))
				buf_putc(&b, (char)('a' + b.n % 26));
			buf_puts(&b, "\"}");
			size_t size = b.n - start;
			buf_puts(&b, lines ? "\n{\"n\":1}" : ",{\"n\":1}]");
			p = (struct pieces){buf_str(&b), 100000, false};
			CHECK_OK(json_scan_new((struct source){&p, pieces_read}, STR("objects"), NULL, &s, &e));
			CHECK_OK(json_scan_next(s, &it, &e));
			CHECK(it.kind == JSON_SCAN_OBJECT && it.size == 7);
			CHECK_OK(json_scan_next(s, &it, &e));
			bool big = over > 0;
			CHECK(it.kind == (big ? JSON_SCAN_BAD : JSON_SCAN_OBJECT) && it.offset == start && it.size == size);
			CHECK(!big || (it.why.code == ERR_LIMIT && it.why.offset == start && it.raw.n == LIMIT_QUARANTINE));
			CHECK_STR(it.raw, str_sub(buf_str(&b), start, start + it.raw.n));
			CHECK_OK(json_scan_next(s, &it, &e));
			CHECK(it.kind == JSON_SCAN_OBJECT && it.index == 2 && it.size == 7);
			CHECK_OK(json_scan_next(s, &it, &e));
			CHECK(it.kind == JSON_SCAN_END);
			json_scan_free(s);
			buf_done(&b);
		}
	}
	/* depth: the end is found, the object is bad */
	struct buf b = BUF_INIT(MIB);
	buf_puts(&b, "[{\"a\":");
	for (int i = 0; i < LIMIT_JSON_DEPTH; i++)
		buf_putc(&b, '[');
	for (int i = 0; i < LIMIT_JSON_DEPTH; i++)
		buf_putc(&b, ']');
	buf_puts(&b, "},{}]");
	struct pieces p = {buf_str(&b), 1000, false};
	CHECK_OK(json_scan_new((struct source){&p, pieces_read}, STR("objects"), NULL, &s, &e));
	CHECK_OK(json_scan_next(s, &it, &e));
	CHECK(
	    it.kind == JSON_SCAN_BAD && it.why.code == ERR_LIMIT && it.size == 6 + 2 * LIMIT_JSON_DEPTH && it.why.offset == 6 + LIMIT_JSON_DEPTH - 1);
	CHECK_OK(json_scan_next(s, &it, &e));
	CHECK(it.kind == JSON_SCAN_OBJECT);
	json_scan_free(s);
	/* what the source says is passed on, and stays */
	p = (struct pieces){STR("[{},"), 2, true};
	CHECK_OK(json_scan_new((struct source){&p, pieces_read}, STR("objects"), NULL, &s, &e));
	CHECK_OK(json_scan_next(s, &it, &e));
	CHECK_ERR(json_scan_next(s, &it, &e), ERR_IO);
	p.fails = false;
	CHECK_ERR(json_scan_next(s, &it, &e), ERR_IO);
	json_scan_free(s);
	buf_done(&b);
	struct json_scan_mark bad = {.offset = 1, .line = 1, .where = 99};
	CHECK_ERR(json_scan_new((struct source){&p, pieces_read}, STR("objects"), &bad, &s, &e), ERR_INVALID);
}

TEST(scan_moves_its_window)
{
	/* Long indentation and many damaged objects, over several windows: nearly every move of the window comes amid blanks that must be remembered.
	 */
	struct buf b = BUF_INIT(8 * MIB), whole = BUF_INIT(8 * MIB), cut = BUF_INIT(8 * MIB);
	char blanks[201];
	size_t n = 0, good = 0, bad = 0;
	memset(blanks, ' ', 200);
	blanks[200] = '\0';
	for (buf_puts(&b, "[\n"); b.n < 4 * MIB; n++)
		buf_printf(&b, "%s{\"n\":%d,%s\n", blanks, (int)n, n % 3 ? "\"x\":\"cut" : "\"x\":[\"y\"]},");
	buf_printf(&b, "%s{}\n]", blanks);
	describe(buf_str(&b), SIZE_MAX, NULL, NULL, &whole);
	struct str rest = buf_str(&whole), line;
	while (str_line(&rest, &line)) {
		good += str_starts(line, STR("O"));
		bad += str_starts(line, STR("B"));
	}
	CHECK(good == (n + 2) / 3 + 1 && bad == n - (n + 2) / 3);
	for (size_t step = 997; step < 200000; step *= 13) {
		buf_clear(&cut);
		describe(buf_str(&b), step, NULL, NULL, &cut);
		CHECK(str_eq(buf_str(&whole), buf_str(&cut)));
	}
	/* more blanks than the window holds, where a comma is missing */
	struct stop stops[STOPS];
	buf_clear(&b);
	buf_clear(&whole);
	for (buf_puts(&b, "\n[{}"); b.n < 2 * MIB;)
		buf_put(&b, (struct str){blanks, 200});
	buf_puts(&b, "\n {\"a\":\"cut\n {}]");
	CHECK(describe(buf_str(&b), 100000, NULL, stops, &whole) == 4);
	CHECK(stops[1].after.offset == 4 && stops[1].after.line == 2 && stops[1].after.line_start == 1 && stops[1].after.index == 2);
	for (size_t i = 0; i < 4; i++) {
		buf_clear(&cut);
		describe(buf_str(&b), SIZE_MAX, &stops[i].after, NULL, &cut);
		CHECK_STR(buf_str(&cut), str_sub(buf_str(&whole), stops[i].n, whole.n));
	}
	buf_done(&b);
	buf_done(&whole);
	buf_done(&cut);
}

/* Stopped behind any item and taken up again, the rest is the same: SCANS holds it of every text. Here are those where it is hard. */
TEST(scan_goes_on_from_a_mark)
{
	SCANS("{\"type\":\"bundle\",\n \"objects\":[\n  {\"a\":1},{\"a\":2},\n  {\"a\":[3},\n"
	      "  {\"a\":4} {}, 5\n ],\n \"more\":true}\n[{}, {},]\nx\n{\"b\":1}",
	    "M0 1:9@8+8 type \"bundle\"\nO0 3:3@33+7  {\"a\":1}\nO1 3:11@41+7  {\"a\":2}\nB2 4:3@52+8  {\"a\":[3} !ERR_SYNTAX 4:10\n"
	    "O3 5:3@64+7  {\"a\":4}\nB4 5:10@71+0   !ERR_SYNTAX 5:11\nO5 5:11@72+2  {}\nB6 5:15@76+3  5\n  !ERR_INVALID 5:15\nM7 7:9@90+4 more true\n"
	    "O7 8:2@97+2  {}\nO8 8:6@101+2  {}\nB9 8:9@104+0   !ERR_SYNTAX 8:9\nB10 9:1@106+2  x\n !ERR_SYNTAX 9:1\nO11 10:1@108+7  {\"b\":1}\nE\n");
	/* the comma is missing behind the object before, so that the mark does not cut off the indentation of the one that follows */
	SCANS("[{}\n {\"a\":\"cut\n {\"b\":2}]",
	    "O0 1:2@1+2  {}\nB1 1:4@3+0   !ERR_SYNTAX 2:2\nB2 2:2@5+10  {\"a\":\"cut\n !ERR_SYNTAX 2:11\nO3 3:2@16+7  {\"b\":2}\nE\n");
	/* other marks with blanks alone before them on their line: in front of a comma or the end of the list */
	SCANS("[{} x\n \t,{\"a\":\"cut\"\n \t{}\n]", NULL);
	SCANS("[{},5\n ]\n {\"a\":\"cut\n {}", NULL);
	SCANS("[{}\n ,\n ,{\"a\":\"cut\n {}\n ,\n ]{\"a\":[}\n {}", NULL);
	/* the list of a bundle */
	SCANS("{\"objects\":[\n  {}\n  {\"a\":[}\n\n  {\"b\":\"cut\n  {}\n  \n  \"x\"\n  ,\n  {}\n  ]}\n{}", NULL);
}

TEST(scan_of_a_real_bundle)
{
	TEST_SHARED(dir);
	char path[1000];
	struct errinfo e;
	struct buf b = BUF_INIT(100 * MIB);
	struct arena a = ARENA_INIT(LIMIT_OBJECT_ARENA);
	snprintf(path, sizeof path, "%s/stix/attack-ics.json", dir);
	CHECK(test_read(path, &b));
	struct json_scan *s;
	struct json_item it;
	const struct json *j;
	struct str rest = buf_str(&b), type;
	int objects = 0, members = 0;
	CHECK_OK(json_scan_new(source_of_str(&rest), STR("objects"), NULL, &s, &e));
	for (;;) {
		CHECK_OK(json_scan_next(s, &it, &e));
		if (it.kind == JSON_SCAN_END)
			break;
		CHECK(it.kind != JSON_SCAN_BAD);
		members += it.kind == JSON_SCAN_MEMBER;
		if (it.kind == JSON_SCAN_OBJECT) {
			arena_reset(&a);
			CHECK_OK(json_parse(&a, it.raw, &j, &e));
			CHECK(json_get_str(j, STR("type"), &type) && it.col == 9);
			objects++;
		}
	}
	CHECKF(members == 2 && objects == (int)it.index && objects > 1500, "%d objects", objects);
	json_scan_free(s);
	/* the whole is too big for one tree */
	CHECK_ERR(json_parse(&a, buf_str(&b), &j, &e), ERR_LIMIT);
	arena_done(&a);
	buf_done(&b);
}

TEST(item_place_moves_a_fault_into_the_input)
{
	struct json_item it = {.line = 7, .col = 5, .offset = 100};
	struct errinfo e = {.line = 1, .col = 3, .offset = 2};
	json_item_place(&it, &e);
	CHECK(e.line == 7 && e.col == 7 && e.offset == 102);
	e = (struct errinfo){.line = 2, .col = 3, .offset = 12};
	json_item_place(&it, &e);
	CHECK(e.line == 8 && e.col == 3 && e.offset == 112);
}
