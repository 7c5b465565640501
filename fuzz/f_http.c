/* The head of a request, and a chunked body after it: read whole and read a byte at a time are the same; what is read lies in what came; a head that
 * is taken, written again from what was read, is taken again and says the same (so nothing in it was read in a second way); a body's data is no
 * longer than what came. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "http/head.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
must(bool b)
{
	if (!b)
		abort();
}

static void
inside(struct str all, struct str s)
{
	must(!s.n || str_is(s, "/") || (s.p >= all.p && s.p + s.n <= all.p + all.n));
	must(!memchr(s.n ? s.p : "", '\n', s.n) && !memchr(s.n ? s.p : "", '\r', s.n));
}

static void
write_again(struct buf *b, const struct http_head *h)
{
	buf_put(b, h->method);
	buf_putc(b, ' ');
	buf_put(b, h->path);
	if (h->query.n) {
		buf_putc(b, '?');
		buf_put(b, h->query);
	}
	buf_puts(b, h->is_11 ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n");
	for (size_t i = 0; i < h->nfields; i++) {
		buf_put(b, h->fields[i].name);
		buf_putc(b, ':');
		buf_put(b, h->fields[i].value);
		buf_puts(b, "\r\n");
	}
	buf_puts(b, "\r\n");
}

static int
chunks(struct str rest, bool slowly, struct buf *ret)
{
	struct http_chunks c = {0};
	struct str data;
	int status = 0;
	while (rest.n && !status) {
		struct str part = str_sub(rest, 0, slowly ? 1 : rest.n);
		size_t n = part.n;
		while (part.n && !status) {
			status = http_chunks_next(&c, &part, &data);
			buf_put(ret, data);
		}
		rest = str_sub(rest, n - part.n, rest.n);
	}
	return status;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct str all = str_bytes(n ? (const void *)p : "", n);
	struct http_field fields[HTTP_HEADERS], again[HTTP_HEADERS];
	struct http_head h = {.fields = fields}, h2 = {.fields = again};
	struct buf b = BUF_INIT(256 * KIB), one = BUF_INIT(MIB), two = BUF_INIT(MIB);
	size_t seen = 0, seen2 = 0, end = 0, end2 = 0, i = 0;
	int status = http_head_find(all, &seen, &end), slow = 0;
	while (i < n && !slow)
		slow = http_head_find(str_sub(all, 0, ++i), &seen2, &end2);
	must((status == 200) == (slow == 200) && (status != 200 || end == end2) && (status == 0) == (slow == 0));
	if (status == 200 && http_head_read(str_sub(all, 0, end), &h) == 200) {
		inside(all, h.method), inside(all, h.path), inside(all, h.query);
		for (i = 0; i < h.nfields; i++)
			inside(all, h.fields[i].name), inside(all, h.fields[i].value);
		must(!(h.chunked && h.length) && h.path.n && (h.is_11 || !h.chunked));
		write_again(&b, &h);
		seen = 0;
		must(http_head_find(buf_str(&b), &seen, &end2) == 200 && end2 == b.n && http_head_read(buf_str(&b), &h2) == 200);
		must(str_eq(h.path, h2.path) && str_eq(h.query, h2.query) && h.nfields == h2.nfields && h.length == h2.length);
		must(h.chunked == h2.chunked && h.close == h2.close && h.expects == h2.expects && h.compressed == h2.compressed);
		all = str_sub(all, end, all.n);
	}
	status = chunks(all, false, &one);
	must(chunks(all, true, &two) == status && str_eq(buf_str(&one), buf_str(&two)) && one.n <= all.n);
	buf_done(&b);
	buf_done(&one);
	buf_done(&two);
	return 0;
}
