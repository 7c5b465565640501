#include "json/dom.h"

#include <assert.h>
#include <string.h>

#include "json/number.h"
#include "json/simd_int.h"

const struct json *
json_get(const struct json *obj, struct str key)
{
	if (!json_is(obj, JSON_OBJECT))
		return NULL;
	JSON_EACH(m, obj)
	if (m->key_n == key.n && memcmp(m->key, key.p ? key.p : "", key.n) == 0)
		return m;
	return NULL;
}

const struct json *
json_get_type(const struct json *obj, struct str key, enum json_type type)
{
	const struct json *m = json_get(obj, key);
	return json_is(m, type) ? m : NULL;
}

bool
json_get_str(const struct json *obj, struct str key, struct str *ret)
{
	const struct json *m = json_get_type(obj, key, JSON_STRING);
	if (m)
		*ret = json_str(m);
	return m != NULL;
}

const struct json *
json_at(const struct json *array, uint32_t i)
{
	if (!json_is(array, JSON_ARRAY) || i >= array->n)
		return NULL;
	const struct json *c = array + 1;
	while (i--)
		c += c->span;
	return c;
}

bool
json_i64(const struct json *j, int64_t *ret)
{
	if (!json_is(j, JSON_NUMBER))
		return false;
	struct str s = json_str(j);
	bool minus = s.p[0] == '-';
	uint64_t v, most = (uint64_t)INT64_MAX + minus;
	if (!str_u64(str_sub(s, minus, s.n), &v) || v > most)
		return false;
	*ret = minus ? -(int64_t)(v - (v > 0)) - (v > 0) : (int64_t)v;
	return true;
}

bool
json_double(const struct json *j, double *ret)
{
	return json_is(j, JSON_NUMBER) && json_number_double(json_str(j), ret);
}

struct str
json_raw(struct str text, const struct json *j)
{
	const char *from = text.p + j->at, *to = from + 1;
	switch (j->type) {
	case JSON_NULL:
		to = from + 4;
		break;
	case JSON_BOOL:
		to = from + (j->n ? 4 : 5);
		break;
	case JSON_NUMBER:
		to = from + j->n;
		break;
	case JSON_STRING:
		while (*to != '"')
			to += *to == '\\' ? 2 : 1;
		to++;
		break;
	default:
		to = j->p;
	}
	return (struct str){from, (size_t)(to - from)};
}

void
json_place(struct str text, const struct json *j, struct errinfo *e)
{
	const char *p = text.p + j->at, *last = text.p;
	uint64_t line = 1 + json_count_lines(text.p, p, &last);
	err_place(e, line, (uint64_t)(p - last) + 1, j->at);
}

void
json_path_put(struct buf *b, const struct json *root, const struct json *node)
{
	assert(node >= root && node < root + root->span);
	while (root != node) {
		const struct json *c = root + 1;
		uint32_t i = 0;
		while (node >= c + c->span) {
			c += c->span;
			i++;
		}
		if (root->type == JSON_ARRAY) {
			buf_printf(b, "[%u]", (unsigned)i);
		} else {
			if (b->n)
				buf_putc(b, '.');
			buf_put(b, json_key_of(c));
		}
		root = c;
	}
}

/* The depth of a parsed tree is bounded, so is the recursion. */
bool
json_eq(const struct json *a, const struct json *b)
{
	if (a->type != b->type || a->n != b->n)
		return false;
	if (a->type == JSON_STRING || a->type == JSON_NUMBER)
		return str_eq(json_str(a), json_str(b));
	const struct json *hint = b + 1; /* members mostly come in the same order */
	JSON_EACH(x, a)
	{
		const struct json *y = hint;
		if (a->type == JSON_OBJECT && !str_eq(json_key_of(x), json_key_of(y)))
			y = json_get(b, json_key_of(x));
		if (!y || !json_eq(x, y))
			return false;
		if (y + y->span < b + b->span)
			hint = y + y->span;
	}
	return true;
}
