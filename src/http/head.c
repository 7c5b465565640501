#include "http/head.h"

#include <string.h>
#include <strings.h>

#include "base/limits.h"

enum { METHOD_MAX = 20 };

/* A character of a method or of a header's name. */
static bool
is_token(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("!#$%&'*+-.^_`|~", c));
}

static bool
is_name(struct str s, const char *name)
{
	return s.n == strlen(name) && strncasecmp(s.p, name, s.n) == 0;
}

int
http_head_find(struct str bytes, size_t *seen, size_t *ret_n)
{
	size_t skip = str_starts(bytes, STR("\r\n")) ? 2 : 0; /* an empty line that some send after a body */
	for (;;) {
		const char *lf = *seen < bytes.n ? memchr(bytes.p + *seen, '\n', bytes.n - *seen) : NULL;
		if (!lf)
			break;
		size_t i = (size_t)(lf - bytes.p);
		if (i == 0 || bytes.p[i - 1] != '\r')
			return 400;
		*seen = i + 1;
		if (i >= skip + 3 && bytes.p[i - 2] == '\n') {
			*ret_n = i + 1;
			return i + 1 > HTTP_HEAD_MAX ? 431 : 200;
		}
		if (i == skip + 1)
			return 400; /* nothing but line ends */
	}
	*seen = bytes.n;
	if (bytes.n > HTTP_TARGET_MAX && !memchr(bytes.p + skip, '\n', HTTP_TARGET_MAX - skip))
		return 414;
	return bytes.n > HTTP_HEAD_MAX ? 431 : 0;
}

/* Whether one of the words of a list is this. */
static bool
has_word(struct str list, const char *word)
{
	struct str head;
	while (list.n) {
		str_cut(list, ',', &head, &list);
		if (is_name(str_trim(head), word))
			return true;
	}
	return false;
}

/* *ret_authority: of an absolute target, as it is sent to a proxy and a server has to know it; else nothing. */
static int
read_target(struct str target, struct http_head *ret, struct str *ret_authority)
{
	struct str rest = target;
	for (size_t i = 0; i < target.n; i++)
		if ((unsigned char)target.p[i] <= ' ' || (unsigned char)target.p[i] >= 127 || target.p[i] == '#')
			return 400;
	if (rest.n > 7 && strncasecmp(rest.p, "http://", 7) == 0)
		rest = str_sub(rest, 7, rest.n);
	else if (rest.n > 8 && strncasecmp(rest.p, "https://", 8) == 0)
		rest = str_sub(rest, 8, rest.n);
	if (rest.p != target.p) {
		ptrdiff_t slash = str_chr(rest, '/');
		*ret_authority = slash < 0 ? rest : str_sub(rest, 0, (size_t)slash);
		if (!ret_authority->n)
			return 400;
		rest = slash < 0 ? STR("/") : str_sub(rest, (size_t)slash, rest.n);
	}
	if (!str_starts(rest, STR("/")) && !(str_is(rest, "*") && str_is(ret->method, "OPTIONS")))
		return 400;
	str_cut(rest, '?', &ret->path, &ret->query);
	return 200;
}

static int
read_first(struct str line, struct http_head *ret, struct str *ret_authority)
{
	struct str target;
	if (line.n > HTTP_TARGET_MAX)
		return 414;
	if (!str_cut(line, ' ', &ret->method, &line) || !str_cut(line, ' ', &target, &line))
		return 400;
	if (!ret->method.n || ret->method.n > METHOD_MAX)
		return ret->method.n ? 501 : 400;
	for (size_t i = 0; i < ret->method.n; i++)
		if (!is_token(ret->method.p[i]))
			return 400;
	ret->is_11 = str_is(line, "HTTP/1.1");
	if (!ret->is_11 && !str_is(line, "HTTP/1.0"))
		return str_starts(line, STR("HTTP/")) && str_chr(line, ' ') < 0 ? 505 : 400;
	ret->close = !ret->is_11;
	return read_target(target, ret, ret_authority);
}

/* What a header means to the connection itself. */
struct told {
	struct str authority, host; /* of an absolute target; of the header */
	unsigned hosts, lengths, codings;
	bool keep;
};

static int
heed(struct http_field f, struct http_head *ret, struct told *t)
{
	if (is_name(f.name, "host")) {
		t->hosts++;
		t->host = f.value;
	} else if (is_name(f.name, "content-length")) {
		t->lengths++;
		if (!str_u64(f.value, &ret->length)) /* "5, 5" too */
			return 400;
	} else if (is_name(f.name, "transfer-encoding")) {
		t->codings++;
		if (!is_name(f.value, "chunked"))
			return has_word(f.value, "chunked") ? 400 : 501;
		ret->chunked = true;
	} else if (is_name(f.name, "connection")) {
		ret->close |= has_word(f.value, "close");
		t->keep |= has_word(f.value, "keep-alive");
	} else if (is_name(f.name, "expect") && ret->is_11) {
		if (!is_name(f.value, "100-continue"))
			return 417;
		ret->expects = true;
	} else if (is_name(f.name, "content-encoding")) {
		ret->compressed |= f.value.n > 0 && !is_name(f.value, "identity");
	}
	return 200;
}

static int
read_field(struct str line, struct http_field *ret)
{
	if (!str_cut(line, ':', &ret->name, &ret->value) || !ret->name.n)
		return 400;
	for (size_t i = 0; i < ret->name.n; i++) /* a folded line begins with a blank, and a blank before the colon is one of these, too */
		if (!is_token(ret->name.p[i]))
			return 400;
	ret->value = str_trim(ret->value);
	for (size_t i = 0; i < ret->value.n; i++)
		if (((unsigned char)ret->value.p[i] < ' ' && ret->value.p[i] != '\t') || ret->value.p[i] == 127)
			return 400;
	return 200;
}

int
http_head_read(struct str bytes, struct http_head *ret)
{
	struct told t = {0};
	struct str line;
	struct http_field *fields = ret->fields;
	*ret = (struct http_head){.fields = fields};
	if (str_starts(bytes, STR("\r\n")))
		bytes = str_sub(bytes, 2, bytes.n);
	int status = str_line(&bytes, &line) ? read_first(line, ret, &t.authority) : 400;
	while (status == 200 && str_line(&bytes, &line) && line.n) {
		if (ret->nfields == HTTP_HEADERS)
			return 431;
		if ((status = read_field(line, &fields[ret->nfields])) == 200)
			status = heed(fields[ret->nfields++], ret, &t);
	}
	if (status != 200)
		return status;
	if (t.hosts > 1 || (ret->is_11 && t.hosts == 0) || t.lengths > 1 || t.codings > 1 || (t.lengths && t.codings) || (t.codings && !ret->is_11))
		return 400;
	/* the target would count, whatever Host says (RFC 9112, 3.2.2); that they differ is somebody's trick */
	if (t.authority.n && t.hosts && (t.authority.n != t.host.n || strncasecmp(t.authority.p, t.host.p, t.host.n) != 0))
		return 400;
	if (!ret->is_11 && t.keep)
		ret->close = false;
	return 200;
}

/* chunks: SIZE CRLF data CRLF … 0 CRLF CRLF */

enum { C_SIZE, C_SIZE_LF, C_DATA, C_DATA_CR, C_DATA_LF, C_END_CR, C_END_LF, C_END };

static int
hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* One byte that is no data. */
static bool
take(struct http_chunks *c, char b)
{
	int digit = c->state == C_SIZE ? hex_digit(b) : -1;
	if (digit >= 0) {
		c->left = c->left << 4 | (uint64_t)digit;
		return ++c->digits <= 8;
	}
	if (b != (c->state == C_SIZE || c->state == C_DATA_CR || c->state == C_END_CR ? '\r' : '\n') || (c->state == C_SIZE && !c->digits))
		return false;
	if (c->state == C_SIZE_LF)
		c->state = c->left ? C_DATA : C_END_CR;
	else if (c->state == C_DATA_LF)
		*c = (struct http_chunks){0};
	else
		c->state++;
	return true;
}

int
http_chunks_next(struct http_chunks *c, struct str *rest, struct str *ret_data)
{
	*ret_data = STR_NONE;
	while (rest->n && c->state != C_END) {
		if (c->state == C_DATA) {
			*ret_data = str_sub(*rest, 0, c->left < rest->n ? (size_t)c->left : rest->n);
			*rest = str_sub(*rest, ret_data->n, rest->n);
			c->left -= ret_data->n;
			if (!c->left)
				c->state = C_DATA_CR;
			return 0;
		}
		if (!take(c, rest->p[0]))
			return 400;
		*rest = str_sub(*rest, 1, rest->n);
	}
	return c->state == C_END ? 200 : 0;
}
