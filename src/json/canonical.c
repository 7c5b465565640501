#include "json/canonical.h"

#include <string.h>

#include "json/number.h"
#include "json/simd_int.h"
#include "json/sort_int.h"
#include "json/write.h"

/* The depth of a parsed tree is bounded, so is the recursion. */
static enum err
put(const struct json *j, struct arena *a, struct buf *b, struct errinfo *e)
{
	enum err r = OK;
	bool first = true;
	double d;
	if (b->bad)
		return OK; /* said by the caller */
	switch (j->type) {
	case JSON_OBJECT: {
		const struct json **v = json_sorted(j, a);
		if (!v)
			return arena_spent(a, "this JSON text", e);
		buf_putc(b, '{');
		for (uint32_t i = 0; i < j->n && r == OK; i++) {
			if (i)
				buf_putc(b, ',');
			json_escape_put(b, json_key_of(v[i]));
			buf_putc(b, ':');
			r = put(v[i], a, b, e);
		}
		buf_putc(b, '}');
		return r;
	}
	case JSON_ARRAY:
		buf_putc(b, '[');
		JSON_EACH(c, j)
		{
			if (!first)
				buf_putc(b, ',');
			first = false;
			r = put(c, a, b, e);
			if (r)
				break;
		}
		buf_putc(b, ']');
		return r;
	case JSON_STRING:
		json_escape_put(b, json_str(j));
		return OK;
	case JSON_NUMBER:
		if (!json_double(j, &d))
			return err_set(e, ERR_INVALID, "the number %.*s is beyond the range of a double and has no canonical form",
			    (int)(j->n < 100 ? j->n : 100), j->p);
		json_double_put(b, d);
		return OK;
	case JSON_BOOL:
		buf_puts(b, j->n ? "true" : "false");
		return OK;
	default:
		buf_puts(b, "null");
		return OK;
	}
}

enum err
json_canonical(const struct json *j, struct arena *scratch, struct buf *out, struct errinfo *e)
{
	size_t before = out->n;
	struct str all;
	enum err r = put(j, scratch, out, e);
	if (r == OK)
		r = buf_take(out, &all, e);
	if (r)
		buf_cut(out, before);
	return r;
}

enum err
json_parse_canonical(struct arena *a, struct str text, const struct json **ret, struct errinfo *e)
{
	const struct json *j;
	enum err r = json_parse(a, text, &j, e);
	if (r)
		return r;
	struct buf b = BUF_INIT(text.n + 32); /* room to see a difference near the end */
	buf_grow(&b, b.max);
	buf_cut(&b, 0);
	r = put(j, a, &b, e);
	if (r == OK && b.bad == ERR_NOMEM)
		r = err_nomem(e);
	if (r == OK) {
		size_t i = 0;
		while (i < text.n && i < b.n && text.p[i] == b.p[i])
			i++;
		if (i < text.n || i < b.n || !buf_ok(&b)) {
			const char *last = text.p;
			uint64_t line = 1 + json_count_lines(text.p, text.p + i, &last);
			r = err_set(e, ERR_INVALID, "JSON, but not in the canonical form of RFC 8785");
			err_place(e, line, (uint64_t)(text.p + i - last) + 1, i);
		}
	}
	buf_done(&b);
	if (r == OK)
		*ret = j;
	return r;
}
