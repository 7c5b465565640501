/* What a TAXII server says: an envelope, the moment in a header, an id. What is taken is one envelope and nothing behind it, its `next` within its
 * limit; and any list of such pages comes to its end, with a state that goes on where it was. */
#include <assert.h>

#include "collect/pull.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is kept of a pull is what goes on. */
static void
keep(const struct pull *p)
{
	struct buf a = BUF_INIT(PULL_STATE), b = BUF_INIT(PULL_STATE), query = BUF_INIT(4 * PULL_NEXT);
	struct pull q;
	pull_put_state(p, &a);
	assert(buf_ok(&a) && pull_begin(&q, buf_str(&a), NULL) == OK);
	pull_put_state(&q, &b);
	assert(str_eq(buf_str(&a), buf_str(&b)));
	pull_put_query(p, &query);
	assert(buf_ok(&query));
	for (size_t i = 0; i < query.n; i++)
		assert(query.p[i] > ' ' && query.p[i] < 127 && query.p[i] != '#');
	buf_done(&a);
	buf_done(&b);
	buf_done(&query);
}

/* A server that says nothing but this page, for ever. */
static void
again_and_again(const struct envelope *page, bool has_last, int64_t last)
{
	struct pull p;
	struct errinfo e;
	bool more = true;
	unsigned n = 0;
	assert(pull_begin(&p, STR(""), NULL) == OK);
	while (more && !pull_page(&p, page, has_last, last, TIME_MAX, &more, &e)) {
		assert(++n < 100);
		if (n < 3)
			keep(&p);
	}
	keep(&p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = str_bytes(size ? (const void *)data : "", size), head = s, body = s;
	struct envelope one, two;
	struct pull p;
	int64_t last = 0;
	if (!str_cut(s, '\n', &head, &body)) { /* a header's value on the first line; or all is the body */
		head = STR_NONE;
		body = s;
	}
	bool has_last = pull_moment(head, &last);
	(void)pull_id_ok(head);
	if (pull_begin(&p, head, NULL) == OK)
		keep(&p);
	enum err err = envelope_read(body, &one, NULL);
	assert(one.next.n <= PULL_NEXT);
	if (!err && size % 8 == 0) { /* not always: a scan has a large window */
		struct buf more = BUF_INIT(size + 8);
		buf_put(&more, body);
		buf_puts(&more, "{}");
		assert(envelope_read(buf_str(&more), &two, NULL)); /* one alone */
		buf_done(&two.next);
		buf_done(&more);
	}
	if (!err)
		again_and_again(&one, has_last, last);
	buf_done(&one.next);
	return 0;
}
