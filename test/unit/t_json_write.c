/* json: the writer. Fails when what is written is other bytes, or a misuse does not end the process. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"
#include "json/dom.h"
#include "json/write.h"
#include "test.h"

static void
sample(struct buf *b, unsigned indent)
{
	struct json_writer w;
	json_write_init(&w, b, indent);
	json_open_object(&w);
	json_put_member(&w, STR("s"), STR("a\"b"));
	json_put_member_int(&w, STR("i"), INT64_MIN);
	json_put_member_bool(&w, STR("t"), true);
	json_put_key(&w, STR("list"));
	json_open_array(&w);
	json_put_uint(&w, UINT64_MAX);
	json_put_double(&w, 0.5);
	json_put_null(&w);
	json_put_raw(&w, STR("[ 1 ]"));
	json_open_object(&w);
	json_close(&w);
	json_open_array(&w);
	json_close(&w);
	json_close(&w);
	json_close(&w);
	json_write_done(&w);
}

TEST(writer_compact_and_indented)
{
	struct buf b = BUF_INIT(1000);
	sample(&b, 0);
	CHECK_STR(buf_str(&b), STR("{\"s\":\"a\\\"b\",\"i\":-9223372036854775808,\"t\":true,\"list\":[18446744073709551615,0.5,null,[ 1 ],{},[]]}"));
	buf_clear(&b);
	sample(&b, 2);
	CHECK_STR(buf_str(&b), STR("{\n  \"s\": \"a\\\"b\",\n  \"i\": -9223372036854775808,\n  \"t\": true,\n"
				   "  \"list\": [\n    18446744073709551615,\n    0.5,\n"
				   "    null,\n    [ 1 ],\n    {},\n    []\n  ]\n}"));
	buf_done(&b);
}

TEST(writer_escapes)
{
	struct buf b = BUF_INIT(1000);
	json_escape_put(&b, STR("\b\t\n\v\f\r\"\\/\x01\x1f\x7f\xc3\xa9\xf0\x9f\x98\x80"));
	CHECK_STR(buf_str(&b), STR("\"\\b\\t\\n\\u000b\\f\\r\\\"\\\\/\\u0001\\u001f\x7f\xc3\xa9\xf0\x9f\x98\x80\""));
	buf_clear(&b);
	json_escape_put(&b, STR("a\xffz\xc3|\xed\xa0\x80")); /* bad UTF-8, byte by byte */
	CHECK_STR(buf_str(&b), STR("\"a\xef\xbf\xbdz\xef\xbf\xbd|\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""));
	buf_clear(&b);
	json_escape_put(&b, STR_NONE);
	json_escape_put(&b, STR("\0"));
	CHECK_STR(buf_str(&b), STR("\"\"\"\\u0000\""));
	buf_done(&b);
}

TEST(writer_gives_back_the_tree)
{
	TEST_SHARED(dir);
	static const char *const files[] = {
	    "misp/existing_event.json", "misp/very_long_event.json", "json/canonical/input/weird.json", "stix/examples/infrastructure.json"};
	struct errinfo e;
	struct arena a = ARENA_INIT(LIMIT_OBJECT_ARENA), a2 = ARENA_INIT(LIMIT_OBJECT_ARENA);
	struct buf in = BUF_INIT(10 * MIB), out = BUF_INIT(10 * MIB);
	for (size_t i = 0; i < 2 * sizeof files / sizeof *files; i++) {
		char path[1000];
		const struct json *j, *again;
		struct json_writer w;
		snprintf(path, sizeof path, "%s/%s", dir, files[i / 2]);
		CHECK(test_read(path, &in));
		arena_reset(&a);
		arena_reset(&a2);
		buf_clear(&out);
		CHECK_OK(json_parse(&a, buf_str(&in), &j, &e));
		json_write_init(&w, &out, i % 2 ? 3 : 0);
		json_put_node(&w, j);
		json_write_done(&w);
		CHECK_OK(json_parse(&a2, buf_str(&out), &again, &e));
		CHECK(json_eq(j, again));
	}
	buf_done(&in);
	buf_done(&out);
	arena_done(&a);
	arena_done(&a2);
}

static void
misuse(struct json_writer *w, int which)
{
	switch (which) {
	case 0: /* a value without a key */
		json_open_object(w);
		json_put_null(w);
		break;
	case 1: /* a key in an array */
		json_open_array(w);
		json_put_key(w, STR("k"));
		break;
	case 2: /* two values at the top */
		json_put_null(w);
		json_put_null(w);
		break;
	case 3: /* a close too many */
		json_open_array(w);
		json_close(w);
		json_close(w);
		break;
	case 4: /* a key without a value */
		json_open_object(w);
		json_put_key(w, STR("k"));
		json_close(w);
		break;
	case 5: /* not finished */
		json_open_object(w);
		json_write_done(w);
		break;
	case 6: /* two keys */
		json_open_object(w);
		json_put_key(w, STR("k"));
		json_put_key(w, STR("l"));
		break;
	case 7: /* not a number */
		json_put_double(w, 1e308 * 10);
		break;
	case 8: /* nothing */
		json_write_done(w);
		break;
	default: /* too deep */
		for (int i = 0; i <= JSON_WRITE_DEPTH; i++)
			json_open_array(w);
	}
}

TEST(writer_asserts_on_misuse)
{
	fflush(stdout);
	for (int i = 0; i < 10; i++) {
		int status = 0;
		pid_t child = fork();
		CHECK(child >= 0);
		if (child == 0) {
			struct buf b = BUF_INIT(1000);
			struct json_writer w;
			signal(SIGABRT, SIG_DFL);
			if (!freopen("/dev/null", "w", stderr))
				_exit(2);
			json_write_init(&w, &b, 0);
			misuse(&w, i);
			_exit(0);
		}
		CHECK(waitpid(child, &status, 0) == child);
		CHECKF(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "misuse %d went on", i);
	}
}
