#include "json/write.h"

#include <assert.h>

#include "json/dom.h"
#include "json/number.h"
#include "json/simd_int.h"
#include "json/utf8_int.h"

void
json_write_init(struct json_writer *w, struct buf *b, unsigned indent)
{
	*w = (struct json_writer){.b = b, .indent = indent, .first = true};
}

void
json_write_done(struct json_writer *w)
{
	assert(w->done && w->depth == 0);
}

static bool
in_object(const struct json_writer *w)
{
	return w->depth && (w->object[(w->depth - 1) / 8] >> ((w->depth - 1) % 8) & 1);
}

static void
new_line(struct json_writer *w)
{
	if (w->indent) {
		buf_putc(w->b, '\n');
		for (unsigned i = 0; i < w->depth * w->indent; i++)
			buf_putc(w->b, ' ');
	}
}

static void
next_child(struct json_writer *w)
{
	if (w->depth) {
		if (!w->first)
			buf_putc(w->b, ',');
		new_line(w);
	}
	w->first = false;
}

/* A value is about to come. */
static void
value(struct json_writer *w)
{
	assert(!w->done && w->key == in_object(w));
	if (w->key)
		w->key = false;
	else
		next_child(w);
	w->done = w->depth == 0;
}

static void
open_bracket(struct json_writer *w, bool object)
{
	value(w);
	assert(w->depth < JSON_WRITE_DEPTH);
	uint8_t bit = (uint8_t)(1u << (w->depth % 8)), *byte = &w->object[w->depth / 8];
	*byte = (uint8_t)(object ? *byte | bit : *byte & ~bit);
	w->depth++;
	w->done = false;
	w->first = true;
	buf_putc(w->b, object ? '{' : '[');
}

void
json_open_object(struct json_writer *w)
{
	open_bracket(w, true);
}

void
json_open_array(struct json_writer *w)
{
	open_bracket(w, false);
}

void
json_close(struct json_writer *w)
{
	assert(w->depth && !w->key);
	bool object = in_object(w), empty = w->first;
	w->depth--;
	if (!empty)
		new_line(w);
	buf_putc(w->b, object ? '}' : ']');
	w->first = false;
	w->done = w->depth == 0;
}

void
json_put_key(struct json_writer *w, struct str key)
{
	assert(in_object(w) && !w->key);
	next_child(w);
	json_escape_put(w->b, key);
	buf_put(w->b, w->indent ? STR(": ") : STR(":"));
	w->key = true;
}

void
json_put_string(struct json_writer *w, struct str s)
{
	value(w);
	json_escape_put(w->b, s);
}

void
json_put_int(struct json_writer *w, int64_t v)
{
	value(w);
	if (v < 0)
		buf_putc(w->b, '-');
	buf_u64(w->b, v < 0 ? (uint64_t)0 - (uint64_t)v : (uint64_t)v);
}

void
json_put_uint(struct json_writer *w, uint64_t v)
{
	value(w);
	buf_u64(w->b, v);
}

void
json_put_double(struct json_writer *w, double v)
{
	value(w);
	json_double_put(w->b, v);
}

void
json_put_bool(struct json_writer *w, bool v)
{
	json_put_raw(w, v ? STR("true") : STR("false"));
}

void
json_put_null(struct json_writer *w)
{
	json_put_raw(w, STR("null"));
}

void
json_put_raw(struct json_writer *w, struct str json)
{
	assert(json.n || buf_is_lost(json));
	value(w);
	buf_put(w->b, json);
}

/* The depth of a parsed tree is bounded, so is the recursion. */
void
json_put_node(struct json_writer *w, const struct json *j)
{
	switch (j->type) {
	case JSON_OBJECT:
		json_open_object(w);
		JSON_EACH(m, j)
		{
			json_put_key(w, json_key_of(m));
			json_put_node(w, m);
		}
		json_close(w);
		break;
	case JSON_ARRAY:
		json_open_array(w);
		JSON_EACH(c, j)
		json_put_node(w, c);
		json_close(w);
		break;
	case JSON_STRING:
		json_put_string(w, json_str(j));
		break;
	case JSON_NUMBER:
		json_put_raw(w, json_str(j));
		break;
	case JSON_BOOL:
		json_put_bool(w, j->n);
		break;
	default:
		json_put_null(w);
	}
}

void
json_put_member(struct json_writer *w, struct str key, struct str string)
{
	json_put_key(w, key);
	json_put_string(w, string);
}

void
json_put_member_int(struct json_writer *w, struct str key, int64_t v)
{
	json_put_key(w, key);
	json_put_int(w, v);
}

void
json_put_member_bool(struct json_writer *w, struct str key, bool v)
{
	json_put_key(w, key);
	json_put_bool(w, v);
}

void
json_escape_put(struct buf *b, struct str s)
{
	static const char hex[] = "0123456789abcdef", letter[] = "btn?fr"; /* of 8 to 13 */
	const char *p = s.n ? s.p : "", *end = p + s.n, *run = p;
	if (buf_is_lost(s))
		buf_put(b, s);
	buf_putc(b, '"');
	for (;;) {
		p = json_skip_plain(p, end);
		unsigned char c = p < end ? (unsigned char)*p : 0x80;
		size_t n = p < end && c >= 0x80 ? json_utf8_len(p, end) : 0;
		if (n) {
			p += n;
			continue;
		}
		buf_put(b, (struct str){run, (size_t)(p - run)});
		if (p == end)
			break;
		if (c == '"' || c == '\\')
			buf_put(b, (struct str){(char[]){'\\', (char)c}, 2});
		else if (c >= 8 && c <= 13 && c != 11)
			buf_put(b, (struct str){(char[]){'\\', letter[c - 8]}, 2});
		else if (c < 0x20)
			buf_put(b, (struct str){(char[]){'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, 6});
		else
			buf_put(b, STR("\xef\xbf\xbd"));
		run = ++p;
	}
	buf_putc(b, '"');
}
