/* The parser, the writer and the splitter, on any bytes. What must hold:
 * - what is parsed and written again parses to the same tree, compact or indented, and its strings are UTF-8;
 * - the splitter gives the same items and the same end however the input is cut into reads, and also when it is stopped behind an item and
 * goes on from the mark;
 * - items lie in the input in order, and each object is what stands there. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "json/dom.h"
#include "json/scan.h"
#include "json/write.h"

/* The splitter, built once more for this harness with a small window and small limits: an input of a kilobyte meets them and moves the
 * window, as one of many megabytes does in the product; and no megabyte is mapped and given back at each of the scans below, which took
 * nearly all of the time. */
#define LIMIT_OBJECT 512
#define LIMIT_QUARANTINE 100
#undef KIB
#define KIB 4
#include "json/scan.c"
#include "json/split.c"
#include "json/window.c"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define MUST(cond)               \
	do                       \
		if (!(cond))     \
			abort(); \
	while (0)

static void
tree(struct str text)
{
	struct arena a = ARENA_INIT(LIMIT_OBJECT_ARENA), a2 = ARENA_INIT(LIMIT_OBJECT_ARENA);
	struct buf b = BUF_INIT(64 * MIB);
	struct errinfo e = {0};
	const struct json *j, *again;
	enum err r = json_parse(&a, text, &j, &e);
	if (r) {
		MUST(e.code == r && e.offset <= text.n);
	} else {
		JSON_WALK(x, j)
		{
			MUST(str_utf8(json_key_of(x), NULL) && (x->type != JSON_STRING || str_utf8(json_str(x), NULL)));
			struct str raw = json_raw(text, x);
			MUST(raw.n && raw.p >= text.p && raw.p + raw.n <= text.p + text.n);
			arena_reset(&a2);
			if (x->span < 50)
				MUST(json_parse(&a2, raw, &again, &e) == OK && json_eq(x, again));
		}
		for (unsigned indent = 0; indent < 3; indent += 2) {
			struct json_writer w;
			buf_clear(&b);
			json_write_init(&w, &b, indent);
			json_put_node(&w, j);
			json_write_done(&w);
			MUST(buf_ok(&b));
			arena_reset(&a2);
			r = json_parse(&a2, buf_str(&b), &again, &e);
			MUST(r == ERR_LIMIT || (r == OK && json_eq(j, again)));
		}
	}
	arena_done(&a);
	arena_done(&a2);
	buf_done(&b);
}

struct pieces {
	struct str rest;
	uint32_t seed; /* 0: all at once */
};

static enum err
pieces_read(void *ctx, void *to, size_t cap, size_t *ret_n, struct errinfo *e)
{
	struct pieces *p = ctx;
	size_t n = p->rest.n < cap ? p->rest.n : cap;
	(void)e;
	if (p->seed && n) {
		p->seed = p->seed * 1664525u + 1013904223u;
		size_t most = 1 + (p->seed >> 16) % (p->seed & 0x8000 ? 100 : 3);
		n = n < most ? n : most;
	}
	if (n)
		memcpy(to, p->rest.p, n);
	p->rest = str_sub(p->rest, n, p->rest.n);
	*ret_n = n;
	return OK;
}

/* A line for each item into out. True if it stopped after `stop` items, *ret_mark being where; false if the input ended or failed before. */
static bool
scan(struct str text, uint32_t seed, const struct json_scan_mark *from, size_t stop, struct json_scan_mark *ret_mark, struct buf *out)
{
	struct pieces p = {from ? str_sub(text, from->offset, text.n) : text, seed};
	struct errinfo e;
	struct json_scan *s;
	struct json_item it;
	uint64_t end = from ? from->offset : 0;
	size_t i = 0;
	MUST(json_scan_new((struct source){&p, pieces_read}, STR("objects"), from, &s, &e) == OK);
	for (; i < stop; i++) {
		enum err r = json_scan_next(s, &it, &e);
		if (r) {
			MUST(e.offset <= text.n && e.line);
			buf_printf(out, "%d %d %s\n", (int)r, (int)e.offset, e.msg);
			break;
		}
		if (it.kind == JSON_SCAN_END) {
			buf_puts(out, "end\n");
			break;
		}
		MUST(it.offset >= end && it.offset + it.size <= text.n && it.raw.n <= it.size);
		MUST(it.raw.n == 0 || memcmp(it.raw.p, text.p + it.offset, it.raw.n) == 0);
		end = it.after.offset;
		MUST(end == it.offset + it.size);
		buf_printf(out, "%d %d %d %d:%d %d %d ", (int)it.kind, (int)it.offset, (int)it.size, (int)it.line, (int)it.col, (int)it.index,
		    (int)it.raw.n);
		buf_put(out, it.key);
		if (it.kind == JSON_SCAN_BAD)
			buf_printf(out, "%d %d:%d %s", (int)it.why.code, (int)it.why.line, (int)it.why.col, it.why.msg);
		buf_putc(out, '\n');
		*ret_mark = it.after;
	}
	json_scan_free(s);
	return i == stop;
}

static void
split(struct str text, uint32_t seed)
{
	struct buf whole = BUF_INIT(64 * MIB), cut = BUF_INIT(64 * MIB);
	struct json_scan_mark mark = {.line = 1};
	scan(text, 0, NULL, SIZE_MAX, &mark, &whole);
	scan(text, seed, NULL, SIZE_MAX, &mark, &cut);
	MUST(str_eq(buf_str(&whole), buf_str(&cut)));
	buf_clear(&cut);
	mark = (struct json_scan_mark){.line = 1};
	bool stopped = scan(text, seed, NULL, 1 + seed % 5, &mark, &cut);
	/* that a key stands twice in a bundle, or that its keys are too long, is not seen across a mark: the header says so */
	if (stopped && str_find(buf_str(&whole), STR("twice")) < 0 && str_find(buf_str(&whole), STR("the keys of a bundle")) < 0) {
		scan(text, seed * 7, &mark, SIZE_MAX, &mark, &cut);
		MUST(str_eq(buf_str(&cut), buf_str(&whole)));
	}
	buf_done(&whole);
	buf_done(&cut);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	uint32_t seed = 1;
	for (size_t i = 0; i < n; i++)
		seed = (seed ^ p[i]) * 16777619u;
	tree(str_bytes(p, n));
	split(str_bytes(p, n), seed | 1);
	return 0;
}
