/* stream: sources and sinks over memory, filling and copying. */
#include "base/stream.h"
#include "test.h"

struct fitful {
	struct str rest;
	size_t fail_left; /* fails once no more than this is left; SIZE_MAX = never */
};

/* gives 1, 2, 3, … bytes a call */
static enum err
read_fitful(void *ctx, void *p, size_t cap, size_t *ret_n, struct errinfo *e)
{
	struct fitful *f = ctx;
	struct source s = source_of_str(&f->rest);
	size_t most = f->rest.n % 5 + 1;
	if (f->rest.n <= f->fail_left && f->fail_left != SIZE_MAX)
		return err_set(e, ERR_IO, "pulled out");
	return s.read(s.ctx, p, cap < most ? cap : most, ret_n, e);
}

/* Fails if the end is not 0 and stays so, or a byte is lost or doubled between reads. */
TEST(source_of_str_gives_each_byte_once)
{
	struct str rest = STR("abcdefg");
	struct source s = source_of_str(&rest);
	struct errinfo e;
	char p[4];
	size_t n;
	CHECK_OK(s.read(s.ctx, p, 4, &n, &e));
	CHECK_STR(str_bytes(p, n), STR("abcd"));
	CHECK_OK(s.read(s.ctx, p, 4, &n, &e));
	CHECK_STR(str_bytes(p, n), STR("efg"));
	for (int i = 0; i < 2; i++) {
		CHECK_OK(s.read(s.ctx, p, 4, &n, &e));
		CHECK(n == 0);
	}
}

/* Fails if a short read is taken for the end, or a failure for a short read. */
TEST(source_fill_waits_for_all_of_it)
{
	struct fitful f = {STR("0123456789abcdef"), SIZE_MAX};
	struct source s = {&f, read_fitful};
	struct errinfo e;
	char p[12];
	size_t n = 99;
	CHECK_OK(source_fill(s, p, sizeof p, &n, &e));
	CHECK_STR(str_bytes(p, n), STR("0123456789ab"));
	CHECK_OK(source_fill(s, p, sizeof p, &n, &e));
	CHECK_STR(str_bytes(p, n), STR("cdef"));
	f = (struct fitful){STR("0123456789abcdef"), 9};
	n = 99;
	CHECK_ERR(source_fill(s, p, sizeof p, &n, &e), ERR_IO);
	CHECK(n == 99);
}

/* Fails if the ceiling of either side is passed or a byte more than max is written. */
TEST(source_copy_stops_at_its_limit)
{
	struct errinfo e;
	struct buf b = BUF_INIT(10), small = BUF_INIT(9);
	struct fitful f = {STR("0123456789"), SIZE_MAX};
	uint64_t n = 99;
	CHECK_OK(source_copy((struct source){&f, read_fitful}, sink_to_buf(&b), 10, &n, &e));
	CHECK(n == 10);
	CHECK_STR(buf_str(&b), STR("0123456789"));
	buf_clear(&b);
	f.rest = STR("0123456789");
	n = 99;
	CHECK_ERR(source_copy((struct source){&f, read_fitful}, sink_to_buf(&b), 9, &n, &e), ERR_LIMIT);
	CHECK(n == 99 && b.n <= 9);
	f.rest = STR("0123456789");
	CHECK_ERR(source_copy((struct source){&f, read_fitful}, sink_to_buf(&small), 100, NULL, &e), ERR_LIMIT);
	f.rest = STR_NONE;
	CHECK_OK(source_copy((struct source){&f, read_fitful}, sink_to_buf(&b), 0, &n, &e));
	CHECK(n == 0);
	buf_done(&b);
	buf_done(&small);
}
