/* The parser: one pass over the text, a loop with a stack of open brackets of its own (so depth costs no C stack), nodes into one
 * array.
 *
 * The array is allocated once. Every value is the first of the text, the first behind an opening bracket, or behind a comma, so
 * their number is known before: at most 1 + commas + opening brackets (those in strings count too, harmlessly), and at most half of
 * the bytes and one more for each bracket still open. Decoded strings take no more bytes than their text, so they too have one
 * allocation, at the first escape. */
#include "json/dom.h"

#include <assert.h>
#include <string.h>

#include "base/limits.h"
#include "json/simd_int.h"
#include "json/sort_int.h"
#include "json/utf8_int.h"

enum { FEW_KEYS = 32 }; /* up to here a key twice is looked for one by one */

struct open {
	struct json *node;
	uint64_t seen; /* which of 64 hashes the keys of an object had: most keys are new by this alone */
};

struct parser {
	struct str text;
	const char *p, *end;
	struct arena *a;
	struct json *tape, *next;
	char *decoded; /* where the next decoded string goes; NULL before the first escape */
	struct open stack[LIMIT_JSON_DEPTH];
	size_t depth;
	struct errinfo *e;
};

static enum err
at(const struct parser *s, const char *p, enum err code)
{
	if (s->e) {
		const char *last = s->text.p;
		uint64_t line = 1 + json_count_lines(s->text.p, p, &last);
		err_place(s->e, line, (uint64_t)(p - last) + 1, (uint64_t)(p - s->text.p));
	}
	return code;
}

/* "expected X, not Y" */
static __attribute__((noinline, cold)) enum err
unexpected(const struct parser *s, const char *p, const char *wanted)
{
	if (p >= s->end)
		err_set(s->e, ERR_SYNTAX, "expected %s, but the text ends here", wanted);
	else if ((unsigned char)*p > ' ' && (unsigned char)*p < 0x7f)
		err_set(s->e, ERR_SYNTAX, "expected %s, not '%c'", wanted, *p);
	else
		err_set(s->e, ERR_SYNTAX, "expected %s, not the byte 0x%02x", wanted, (unsigned char)*p);
	if (p == s->text.p && s->text.n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		err_hint(s->e, "the text begins with a byte order mark; save it as UTF-8 without one");
	else if (s->text.n >= 2 && p < s->end && (s->text.p[0] == '\0' || s->text.p[1] == '\0' || (unsigned char)s->text.p[0] >= 0xfe))
		err_hint(s->e, "this looks like UTF-16; save it as UTF-8");
	return at(s, p, ERR_SYNTAX);
}

static bool
hex4(const char *p, uint32_t *ret)
{
	uint32_t v = 0;
	for (int i = 0; i < 4; i++) {
		char c = p[i];
		uint32_t d = c >= '0' && c <= '9' ? (uint32_t)(c - '0')
			   : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
			   : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
						  : 99;
		if (d == 99)
			return false;
		v = v << 4 | d;
	}
	*ret = v;
	return true;
}

/* An escape at *at_p, its character to *to; moves both on. */
static enum err
escape(struct parser *s, const char **at_p, char **to)
{
	const char *p = *at_p;
	static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
	size_t left = (size_t)(s->end - p);
	const char *simple = left > 1 && p[1] ? strchr(from, p[1]) : NULL;
	if (simple) {
		*(*to)++ = into[simple - from];
		*at_p = p + 2;
		return OK;
	}
	uint32_t c, low;
	if (left < 6 || p[1] != 'u' || !hex4(p + 2, &c)) {
		err_set(s->e, ERR_SYNTAX, "a backslash in a string that begins no escape (\\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX)");
		return at(s, p, ERR_SYNTAX);
	}
	if (c < 0xd800 || c > 0xdfff) {
		*to = json_utf8_put(*to, c);
		*at_p = p + 6;
		return OK;
	}
	if (c > 0xdbff || left < 12 || p[6] != '\\' || p[7] != 'u' || !hex4(p + 8, &low) || low < 0xdc00 || low > 0xdfff) {
		err_set(s->e, ERR_INVALID, "\\u%.4s is half of a surrogate pair and stands alone", p + 2);
		return at(s, p, ERR_INVALID);
	}
	*to = json_utf8_put(*to, 0x10000 + ((c - 0xd800) << 10 | (low - 0xdc00)));
	*at_p = p + 12;
	return OK;
}

static enum err
bad_string(struct parser *s, const char *start, const char *p)
{
	if (p >= s->end) {
		err_set(s->e, ERR_SYNTAX, "a string that does not end");
		return at(s, start - 1, ERR_SYNTAX);
	}
	if ((unsigned char)*p < 0x20)
		err_set(s->e, ERR_SYNTAX, "a control character (0x%02x) in a string, which must be escaped", (unsigned char)*p);
	else
		err_set(s->e, ERR_SYNTAX, "a byte that is not UTF-8 (0x%02x) in a string", (unsigned char)*p);
	return at(s, p, ERR_SYNTAX);
}

/* The rest of a string that began at start and has its first escape at p. */
static __attribute__((noinline)) enum err
string_decode(struct parser *s, const char *start, const char *p, struct str *ret)
{
	if (!s->decoded) {
		s->decoded = arena_alloc(s->a, (size_t)(s->end - start));
		if (!s->decoded)
			return arena_spent(s->a, "this JSON text", s->e);
	}
	char *from = s->decoded, *to = from;
	const char *run = start;
	for (;;) {
		memcpy(to, run, (size_t)(p - run));
		to += p - run;
		if (p == s->end)
			return bad_string(s, start, p);
		if (*p == '"') {
			s->p = p + 1;
			s->decoded = to;
			*ret = (struct str){from, (size_t)(to - from)};
			return OK;
		}
		run = p;
		if (*p == '\\') {
			enum err r = escape(s, &p, &to);
			if (r)
				return r;
			run = p;
		} else {
			size_t n = (unsigned char)*p >= 0x80 ? json_utf8_len(p, s->end) : 0;
			if (!n)
				return bad_string(s, start, p);
			p += n;
		}
		p = json_skip_plain(p, s->end);
	}
}

/* A string whose first byte within the quotes is at s->p. */
static inline enum err
string(struct parser *s, struct str *ret)
{
	const char *start = s->p, *p = start;
	for (;;) {
		p = json_skip_plain(p, s->end);
		if (p == s->end)
			return bad_string(s, start, p);
		if (*p == '"') {
			s->p = p + 1;
			*ret = (struct str){start, (size_t)(p - start)};
			return OK;
		}
		if (*p == '\\')
			return string_decode(s, start, p, ret);
		do {
			size_t n = (unsigned char)*p >= 0x80 ? json_utf8_len(p, s->end) : 0;
			if (!n)
				return bad_string(s, start, p);
			p += n;
		} while (p < s->end && (unsigned char)*p >= 0x80);
	}
}

static const char *
digits(const char *p, const char *end)
{
	while (p < end && (unsigned)(*p - '0') < 10)
		p++;
	return p;
}

static enum err
number(struct parser *s, struct json *j)
{
	const char *p = s->p, *end = s->end, *q;
	if (*p == '-')
		p++;
	q = digits(p, end);
	if (q == p)
		return unexpected(s, p, "a digit");
	if (*p == '0' && q > p + 1) {
		err_set(s->e, ERR_SYNTAX, "a number that begins with 0");
		return at(s, p, ERR_SYNTAX);
	}
	p = q;
	if (p < end && *p == '.') {
		q = digits(p + 1, end);
		if (q == p + 1)
			return unexpected(s, q, "a digit behind the point");
		p = q;
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		q = digits(p, end);
		if (q == p)
			return unexpected(s, p, "a digit of the exponent");
		p = q;
	}
	j->type = JSON_NUMBER;
	j->p = s->p;
	j->n = (uint32_t)(p - s->p);
	s->p = p;
	return OK;
}

static enum err
twice(const struct parser *s, const struct json *m)
{
	struct str key = json_key_of(m);
	err_set(s->e, ERR_INVALID, "the key \"%.*s\" stands twice in one object", (int)(key.n < 100 ? key.n : 100), key.p);
	return at(s, s->text.p + m->at, ERR_INVALID);
}

static inline unsigned
key_hash(struct str k)
{
	unsigned h = (unsigned)k.n * 7;
	if (k.n)
		h += (unsigned char)k.p[0] * 31u + (unsigned char)k.p[k.n - 1] * 5u + (unsigned char)k.p[k.n / 2];
	return h & 63;
}

/* m has just become a member of the object: is its key new? Beyond FEW_KEYS all are compared at the end, sorted. */
static inline enum err
check_key(const struct parser *s, struct open *o, const struct json *m)
{
	if (o->node->n > FEW_KEYS)
		return OK;
	struct str key = json_key_of(m);
	uint64_t bit = UINT64_C(1) << key_hash(key);
	if (o->seen & bit)
		for (const struct json *c = o->node + 1; c < m; c += c->span)
			if (c->key_n == key.n && memcmp(c->key, key.p, key.n) == 0)
				return twice(s, m);
	o->seen |= bit;
	return OK;
}

static enum err
check_many_keys(const struct parser *s, const struct json *obj)
{
	const struct json **v = json_sorted(obj, s->a);
	if (!v)
		return arena_spent(s->a, "this JSON text", s->e);
	for (uint32_t i = 1; i < obj->n; i++)
		if (str_eq(json_key_of(v[i - 1]), json_key_of(v[i])))
			return twice(s, v[i]);
	return OK;
}

static enum err
literal(struct parser *s, struct json *j, struct str word, enum json_type type, uint32_t n)
{
	if ((size_t)(s->end - s->p) < word.n || memcmp(s->p, word.p, word.n) != 0)
		return unexpected(s, s->p, "a value");
	j->type = (uint8_t)type;
	j->n = n;
	s->p += word.n;
	return OK;
}

/* A scalar at s->p into j. */
static inline enum err
scalar(struct parser *s, struct json *j)
{
	struct str v;
	enum err r;
	switch (*s->p) {
	case '"':
		s->p++;
		r = string(s, &v);
		if (r)
			return r;
		j->type = JSON_STRING;
		j->p = v.p;
		j->n = (uint32_t)v.n;
		return OK;
	case 't':
		return literal(s, j, STR("true"), JSON_BOOL, 1);
	case 'f':
		return literal(s, j, STR("false"), JSON_BOOL, 0);
	case 'n':
		return literal(s, j, STR("null"), JSON_NULL, 0);
	case '-':
	case '0':
	case '1':
	case '2':
	case '3':
	case '4':
	case '5':
	case '6':
	case '7':
	case '8':
	case '9':
		return number(s, j);
	default:
		return unexpected(s, s->p, "a value");
	}
}

static enum err
too_deep(const struct parser *s)
{
	err_set(s->e, ERR_LIMIT, "brackets nested more than %d deep", LIMIT_JSON_DEPTH);
	return at(s, s->p, ERR_LIMIT);
}

/* Closes the innermost bracket, which is at s->p. */
static inline enum err
close(struct parser *s)
{
	struct open *o = &s->stack[--s->depth];
	s->p++;
	o->node->p = s->p;
	o->node->span = (uint32_t)(s->next - o->node);
	return o->node->type == JSON_OBJECT && o->node->n > FEW_KEYS ? check_many_keys(s, o->node) : OK;
}

static enum err
parse(struct parser *s)
{
	enum err r;
	for (;;) {
		struct open *o = s->depth ? &s->stack[s->depth - 1] : NULL;
		struct json *j = s->next;
		s->p = json_skip_blanks(s->p, s->end);
		if (o && o->node->type == JSON_OBJECT) {
			struct str key;
			if (s->p == s->end || *s->p != '"')
				return unexpected(s, s->p, o->node->n ? "a key (\"…\")" : "a key (\"…\") or '}'");
			s->p++;
			r = string(s, &key);
			if (r)
				return r;
			s->p = json_skip_blanks(s->p, s->end);
			if (s->p == s->end || *s->p != ':')
				return unexpected(s, s->p, "':'");
			s->p = json_skip_blanks(s->p + 1, s->end);
			j->key = key.p;
			j->key_n = (uint32_t)key.n & 0xffffff;
		}
		if (s->p == s->end)
			return unexpected(s, s->p, "a value");
		j->at = (uint32_t)(s->p - s->text.p);
		j->span = 1;
		s->next++;
		if (o) {
			o->node->n++;
			if (j->key) {
				r = check_key(s, o, j);
				if (r)
					return r;
			}
		}
		if (*s->p == '{' || *s->p == '[') {
			char closing = *s->p == '{' ? '}' : ']';
			if (s->depth == LIMIT_JSON_DEPTH)
				return too_deep(s);
			j->type = *s->p == '{' ? JSON_OBJECT : JSON_ARRAY;
			s->stack[s->depth++] = (struct open){j, 0};
			s->p = json_skip_blanks(s->p + 1, s->end);
			if (s->p == s->end || *s->p != closing)
				continue;
			r = close(s);
		} else {
			r = scalar(s, j);
		}
		if (r)
			return r;
		for (;;) {
			s->p = json_skip_blanks(s->p, s->end);
			if (!s->depth)
				return s->p == s->end ? OK : unexpected(s, s->p, "nothing more behind the value");
			bool object = s->stack[s->depth - 1].node->type == JSON_OBJECT;
			char c = s->p < s->end ? *s->p : '\0';
			if (c == ',') {
				s->p++;
				break;
			}
			if (c != (object ? '}' : ']'))
				return unexpected(s, s->p, object ? "',' or '}'" : "',' or ']'");
			r = close(s);
			if (r)
				return r;
		}
	}
}

enum err
json_parse(struct arena *a, struct str text, const struct json **ret, struct errinfo *e)
{
	return json_parse_most(a, text, LIMIT_OBJECT, ret, e);
}

enum err
json_parse_most(struct arena *a, struct str text, size_t max, const struct json **ret, struct errinfo *e)
{
	struct parser s; /* not initialised whole: the stack is filled as it is used */
	s.text = text.n ? text : STR("");
	assert(max <= LIMIT_REPLY_TREE); /* the length of a key has 24 bits */
	if (text.n > max)
		return err_set(e, ERR_LIMIT, "a JSON text of %zu bytes; at most %zu are taken", text.n, max);
	s.p = s.text.p;
	s.end = s.p + text.n;
	s.a = a;
	s.decoded = NULL;
	s.depth = 0;
	s.e = e;
	size_t most = 1 + json_count_values(s.p, s.end), bound = text.n / 2 + LIMIT_JSON_DEPTH + 2;
	if (most > bound)
		most = bound;
	s.tape = s.next = arena_array(a, most, sizeof *s.tape);
	if (!s.tape)
		return arena_spent(a, "this JSON text", e);
	enum err r = parse(&s);
	if (r == OK)
		*ret = s.tape;
	return r;
}
