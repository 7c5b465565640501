/* A request as a call of one operation, and its reply as an answer. */
#include <stdio.h>
#include <string.h>

#include "api/json.h"
#include "api/viewer.h"
#include "base/leak.h"
#include "base/limits.h"
#include "crypto/hash.h"
#include "json/write.h"
#include "node/op.h"

enum { ARGS = 2 * LIMIT_OBJECT, ETAG = 16, LINK = 8 * KIB, KEY_MIN = 8, KEY_MAX = 128 };

static uint64_t
body_length(const struct ask *a)
{
	return a->q->body_n > a->q->body.n ? a->q->body_n : a->q->body.n;
}

size_t
json_body_max(const struct route *r)
{
	const struct json_row *row = r->more;
	if (!row || row->in == JSON_IN_NONE)
		return KIB;
	return row->streams ? LIMIT_WEB_INPUT : LIMIT_OBJECT;
}

/* Whether one of these words, parted by blanks, is the name. */
static bool
names(const char *words, struct str name)
{
	struct str rest = str_of(words ? words : ""), one;
	while (rest.n) {
		str_cut(rest, ' ', &one, &rest);
		if (str_eq(one, name))
			return true;
	}
	return false;
}

/* The letter of an argument's type; 0: the operation has none of that name. */
static char
arg_letter(const char *op, struct str name)
{
	struct str rest = STR_NONE, one, key, type;
	for (size_t i = 0; i < op_count; i++)
		if (strcmp(op_table[i].name, op) == 0)
			rest = str_of(op_table[i].args);
	while (rest.n) {
		str_cut(rest, ' ', &one, &rest);
		if (str_cut(one, ':', &key, &type) && str_eq(key, name))
			return type.p[0];
	}
	return 0;
}

/* Text out of a path or query as the argument that it stands for. */
static enum err
put_text(struct json_writer *w, const char *op, struct str name, struct str value, struct errinfo *e)
{
	char letter = arg_letter(op, name);
	uint64_t n;
	json_put_key(w, name);
	if (letter == 'i') {
		if (!str_u64(value, &n) || n > INT64_MAX)
			return err_set(e, ERR_USAGE, "%.*s: a whole number", STR_FMT(name));
		json_put_uint(w, n);
	} else if (letter == 'b') {
		if (!str_is(value, "true") && !str_is(value, "false"))
			return err_set(e, ERR_USAGE, "%.*s: true or false", STR_FMT(name));
		json_put_bool(w, str_is(value, "true"));
	} else {
		json_put_string(w, value);
	}
	return OK;
}

/* The members of a body, each of which the row must name. */
static enum err
put_body(struct ask *a, struct json_writer *w, struct errinfo *e)
{
	const struct json_row *row = a->route->more;
	struct arena tree = ARENA_INIT(LIMIT_OBJECT_ARENA);
	struct str body = a->q->body;
	const struct json *j;
	enum err err = body_length(a) > LIMIT_OBJECT ? err_set(e, ERR_LIMIT, "the body is over %d KiB", LIMIT_OBJECT / KIB) : OK;
	if (!err && !(err = json_parse(&tree, body, &j, e)) && !json_is(j, JSON_OBJECT))
		err = err_set(e, ERR_USAGE, "the body is no JSON object");
	if (!err) {
		JSON_EACH(m, j)
		{
			struct str name = json_key_of(m);
			if (!names(row->body, name)) {
				err = err_set(
				    e, ERR_USAGE, "%s %s takes no member '%.*s'", a->route->method, a->route->path, STR_FMT(str_sub(name, 0, 60)));
				json_place(body, m, e);
				err_hint(e, "it takes: %s", row->body && *row->body ? row->body : "nothing");
				break;
			}
			json_put_key(w, name);
			json_put_node(w, m);
		}
	}
	arena_done(&tree);
	return err;
}

static void
put_fixed(struct buf *args, struct json_writer *w, const char *members)
{
	struct str rest = str_of(members ? members : ""), one, key, value;
	(void)args;
	while (rest.n) {
		str_cut(rest, ',', &one, &rest);
		str_cut(one, ':', &key, &value);
		json_put_key(w, str_sub(key, 1, key.n - 1));
		json_put_raw(w, value);
	}
}

static enum err
put_args(struct ask *a, const char *of_type, struct buf *args, struct errinfo *e)
{
	const struct json_row *row = a->route->more;
	struct str rest = str_of(row->parts ? row->parts : ""), name;
	struct json_writer w;
	enum err err = OK;
	json_write_init(&w, args, 0);
	json_open_object(&w);
	for (size_t i = 0; rest.n && !err; i++) {
		str_cut(rest, ' ', &name, &rest);
		err = put_text(&w, a->route->op, name, a->part[i], e);
	}
	for (size_t i = 0; i < a->nargs && !err; i++)
		err = put_text(&w, a->route->op, a->arg[i].name, a->arg[i].value, e);
	if (!err && row->in == JSON_IN_OBJECT && body_length(a))
		err = put_body(a, &w, e);
	if (err)
		return err;
	put_fixed(args, &w, of_type);
	put_fixed(args, &w, row->fixed);
	json_close(&w);
	json_write_done(&w);
	struct str all;
	return buf_take(args, &all, e);
}

/* What the body is must be said, and be what the row takes. */
static bool
takes_body(struct ask *a, const char **ret_args, struct errinfo *e)
{
	const struct json_row *row = a->route->more;
	char type[128];
	bool stated = json_body_type(a, type);
	*ret_args = "";
	if (row->in == JSON_IN_NONE) {
		if (!body_length(a))
			return true;
		err_set(e, ERR_USAGE, "%s %s takes no body", a->route->method, a->route->path);
		return false;
	}
	if (row->in == JSON_IN_OBJECT) {
		if (!body_length(a) || (stated && strcmp(type, "application/json") == 0))
			return true;
		err_set(e, ERR_USAGE, "the body is to be application/json");
		return false;
	}
	err_set(e, ERR_USAGE, "the body is to be of one of these types:");
	for (const struct json_type_of_input *t = row->types; t->type; t++) {
		if (stated && strcmp(type, t->type) == 0) {
			*ret_args = t->args;
			return true;
		}
		size_t n = strlen(e->msg);
		snprintf(e->msg + n, sizeof e->msg - n, " %s", t->type);
	}
	return false;
}

static void
put_escaped(struct buf *b, struct str s, const char *also)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c && strchr("-._~", c)) || (c && strchr(also, c)))
			buf_putc(b, c);
		else
			buf_printf(b, "%%%02X", (unsigned char)c);
	}
}

/* "next" as lists end with it; a cursor has no quote and no escape. */
static bool
next_page(struct str reply, struct str *ret)
{
	static const char before[] = "\"next\":\"";
	if (!str_ends(reply, STR("\"}")))
		return false;
	size_t end = reply.n - 2, at = end;
	while (at > 0 && reply.p[at - 1] != '"')
		at--;
	*ret = str_sub(reply, at, end);
	return ret->n && at >= sizeof before - 1 && memcmp(reply.p + at - (sizeof before - 1), before, sizeof before - 1) == 0;
}

/* RFC 8288. The way to the next page repeats what was asked. */
static void
link_next(struct ask *a, struct str cursor)
{
	struct buf b = BUF_INIT(LINK);
	buf_putc(&b, '<');
	put_escaped(&b, a->q->path, "/%:@!$&'()*+,;=");
	buf_puts(&b, "?cursor=");
	put_escaped(&b, cursor, "");
	for (size_t i = 0; i < a->nargs; i++) {
		if (str_is(a->arg[i].name, "cursor"))
			continue;
		buf_putc(&b, '&');
		put_escaped(&b, a->arg[i].name, "");
		buf_putc(&b, '=');
		put_escaped(&b, a->arg[i].value, "");
	}
	buf_puts(&b, ">; rel=\"next\"");
	if (buf_ok(&b))
		ask_header(a, "Link", buf_str(&b));
	buf_done(&b);
}

static bool
has_tag(struct str list, struct str tag)
{
	struct str one;
	while (list.n) {
		str_cut(list, ',', &one, &list);
		one = str_trim(one);
		if (str_starts(one, STR("W/")))
			one = str_sub(one, 2, one.n);
		if (str_eq(one, tag) || str_is(one, "*"))
			return true;
	}
	return false;
}

/* A tag of what this viewer was told, of nothing else: it changes when that does. */
static void
tag(struct ask *a, struct str told)
{
	struct sha256 h;
	char space[2 * ETAG + 3];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	struct str known;
	sha256_init(&h);
	sha256_put(&h, a->viewer->account);
	sha256_put(&h, STR("\n"));
	sha256_put(&h, a->q->path);
	sha256_put(&h, STR("\n"));
	sha256_put(&h, told);
	struct hash hash = sha256_end(&h);
	buf_putc(&b, '"');
	buf_hex(&b, str_bytes(hash.b, ETAG));
	buf_putc(&b, '"');
	ask_header(a, "ETag", buf_str(&b));
	ask_header(a, "Cache-Control", STR("private, no-cache"));
	ask_header(a, "Vary", STR("Authorization, Cookie, Accept"));
	if (http_header(a->q, "If-None-Match", &known) && has_tag(known, buf_str(&b))) {
		a->r->status = 304;
		buf_clear(&a->r->body);
	}
}

static enum err
write_body(void *ctx, struct str bytes, struct errinfo *e)
{
	struct buf *b = ctx;
	struct str all;
	buf_put(b, bytes);
	return buf_take(b, &all, e);
}

/* What the home's own member would be told. */
static enum err
call_as_member(struct ask *a, struct str args, struct buf *ret)
{
	const struct node_call c = {.op = str_of(a->route->op), .args = args};
	return host_call(a->host, &c, false, ret, NULL);
}

/* Everything that was asked, and the key that says that it is to be done once. */
static enum err
take_key(struct ask *a, struct node_call *c, struct errinfo *e)
{
	struct sha256 h;
	struct str key, type = STR_NONE;
	const struct str part[] = {a->q->method, STR("\n"), a->q->path, STR("\n"), a->q->query, STR("\n")};
	if (strcmp(a->route->method, "GET") == 0 || !http_header(a->q, "Idempotency-Key", &key))
		return OK;
	if (((const struct json_row *)a->route->more)->secret)
		return err_set(e, ERR_USAGE, "Idempotency-Key: not with a password or token, of which a digest would be kept");
	bool ok = key.n >= KEY_MIN && key.n <= KEY_MAX;
	for (size_t i = 0; i < key.n; i++)
		ok = ok && key.p[i] > ' ' && key.p[i] < 0x7f;
	if (!ok)
		return err_set(e, ERR_USAGE, "Idempotency-Key: %d to %d visible characters", KEY_MIN, KEY_MAX);
	if (body_length(a) > a->q->body.n) {
		err_set(e, ERR_LIMIT, "a request with an Idempotency-Key is at most %d MiB long", HTTP_BODY_MEMORY / MIB);
		err_hint(e, "what is added twice is told as unchanged: a long one needs no key");
		return ERR_LIMIT;
	}
	http_header(a->q, "Content-Type", &type);
	sha256_init(&h);
	for (size_t i = 0; i < sizeof part / sizeof *part; i++)
		sha256_put(&h, part[i]);
	sha256_put(&h, type);
	sha256_put(&h, STR("\n"));
	sha256_put(&h, a->q->body);
	c->once = key;
	c->request = sha256_end(&h);
	return OK;
}

static enum err
call(struct ask *a, struct str args, struct errinfo *e)
{
	const struct json_row *row = a->route->more;
	const struct sink out = {&a->r->body, write_body};
	struct buf told = BUF_INIT(MIB);
	struct str body = a->q->body;
	const struct source in = source_of_str(&body);
	struct node_call c = {.op = str_of(a->route->op), .args = args, .who = a->viewer->who};
	if (row->in == JSON_IN_INPUT)
		c.in = body_length(a) > a->q->body.n ? &a->q->in : &in;
	if (row->bytes)
		c.out = &out;
	enum err err = take_key(a, &c, e);
	if (!err)
		err = host_call(a->host, &c, false, row->bytes ? &told : &a->r->body, e);
	if (err == ERR_NOTFOUND && LEAK(WEB_REFUSED) && !call_as_member(a, args, &told))
		err = err_set(e, ERR_DENIED, "you may not see it");
	buf_done(&told);
	return err;
}

enum err
json_run(struct ask *a, struct errinfo *e)
{
	const struct json_row *row = a->route->more;
	const char *type = row->bytes ? row->bytes : "application/json", *of_type;
	struct buf args = BUF_INIT(ARGS);
	struct str next;
	if (!json_accepts(a, type)) {
		err_set(e, ERR_USAGE, "the answer is %s", type);
		json_refuse(a, 406, e);
		return OK;
	}
	if (!takes_body(a, &of_type, e)) {
		json_refuse(a, 415, e);
		return OK;
	}
	enum err err = put_args(a, of_type, &args, e);
	if (!err)
		err = call(a, buf_str(&args), e);
	if (err) {
		buf_done(&args);
		return err;
	}
	ask_type(a, type);
	if (row->paged && next_page(buf_str(&a->r->body), &next))
		link_next(a, next);
	if (strcmp(a->route->method, "GET") == 0 && !row->bytes) {
		struct buf all = BUF_INIT(64 * MIB);
		bool leak = LEAK(WEB_TAG) && !call_as_member(a, buf_str(&args), &all);
		tag(a, buf_str(leak ? &all : &a->r->body));
		buf_done(&all);
	}
	buf_done(&args);
	return OK;
}
