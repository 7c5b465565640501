#include "api/route.h"

#include <string.h>

#include "base/limits.h"

enum { ASK_ARENA = 4 * MIB, ALLOW_MAX = 64, AGAIN = 5 /* seconds */ };

int
route_status(enum err err)
{
	switch (err) {
	case OK:
		return 200;
	case ERR_LIMIT:
		return 413;
	case ERR_SYNTAX:
	case ERR_USAGE:
		return 400;
	case ERR_INVALID:
		return 422;
	case ERR_NOTFOUND:
		return 404;
	case ERR_DENIED:
		return 403;
	case ERR_CONFLICT:
	case ERR_VERIFY:
	case ERR_FORK:
		return 409;
	case ERR_FULL:
		return 507;
	case ERR_BUSY:
	case ERR_CLOCK:
	case ERR_STOPPED:
		return 503;
	default:
		return 500;
	}
}

bool
ask_arg(const struct ask *a, const char *name, struct str *ret)
{
	for (size_t i = 0; i < a->nargs; i++)
		if (str_is(a->arg[i].name, name)) {
			*ret = a->arg[i].value;
			return true;
		}
	return false;
}

/* The texts of a reply outlive the arena. Room for them is taken once: what moved would leave headers behind that view nothing. */
void
ask_header(struct ask *a, const char *name, struct str value)
{
	struct buf *space = &a->r->space;
	if (!space->cap && buf_grow(space, space->max))
		buf_cut(space, 0);
	size_t at = space->n;
	buf_put(space, value);
	if (buf_ok(space))
		http_reply_header(a->r, name, str_bytes(space->p + at, value.n));
}

void
ask_type(struct ask *a, const char *type)
{
	http_reply_header(a->r, "Content-Type", str_of(type));
}

/* what was asked for */

static int
digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Percent escapes taken out (RFC 3986), and "+" in a query argument. False: a bad escape, a NUL, bytes that are no UTF-8, too long, no memory. */
static bool
decode(struct arena *a, struct str s, bool plus, size_t max, struct str *ret)
{
	char *to = s.n <= 3 * max ? arena_alloc(a, s.n + 1) : NULL;
	size_t n = 0;
	if (!to)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '%') {
			int hi = i + 2 < s.n ? digit(s.p[i + 1]) : -1, lo = hi < 0 ? -1 : digit(s.p[i + 2]);
			if (lo < 0)
				return false;
			c = (char)(hi << 4 | lo);
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		if (c == '\0')
			return false;
		to[n++] = c;
	}
	*ret = str_bytes(to, n);
	return n <= max && str_utf8(*ret, NULL);
}

/* Whether the path is the row's; what stands for the braces goes to part. A trailing "/" is taken where the row has one or not: TAXII's paths end in
 * one, other tools leave it out. */
static bool
fits(struct ask *a, const struct route *r, struct str path)
{
	struct str want = str_of(r->path), w, p;
	size_t n = 0;
	if (str_ends(want, STR("/")))
		want.n--;
	if (str_ends(path, STR("/")))
		path.n--;
	while (want.n || path.n) {
		if (!want.n || !path.n || want.p[0] != '/' || path.p[0] != '/')
			return false;
		str_cut(str_sub(want, 1, want.n), '/', &w, &p);
		want = str_sub(want, 1 + w.n, want.n);
		struct str segment;
		str_cut(str_sub(path, 1, path.n), '/', &segment, &p);
		path = str_sub(path, 1 + segment.n, path.n);
		if (str_starts(w, STR("{"))) {
			if (!segment.n || n == ROUTE_PARTS || !decode(a->a, segment, false, ROUTE_PART_MAX, &a->part[n]))
				return false;
			n++;
		} else if (!str_eq(w, segment)) {
			return false;
		}
	}
	return true;
}

static bool
takes(const struct route *r, struct str name)
{
	struct str rest = str_of(r->args ? r->args : ""), one;
	while (rest.n) {
		str_cut(rest, ' ', &one, &rest);
		if (str_eq(one, name))
			return true;
		if (str_ends(one, STR("[]")) && str_starts(name, str_sub(one, 0, one.n - 1)) && str_ends(name, STR("]")))
			return true;
	}
	return false;
}

static enum err
take_args(struct ask *a, struct errinfo *e)
{
	struct str rest = a->q->query, one, name, value;
	while (rest.n) {
		str_cut(rest, '&', &one, &rest);
		if (!one.n)
			continue;
		str_cut(one, '=', &name, &value);
		if (!decode(a->a, name, true, ROUTE_PART_MAX, &name) || !decode(a->a, value, true, ROUTE_ARG_MAX, &value))
			return err_set(e, ERR_USAGE, "a query argument is too long or not well-formed: %.*s", STR_FMT(str_sub(one, 0, 60)));
		if (!takes(a->route, name)) {
			err_set(e, ERR_USAGE, "%s %s takes no argument '%.*s'", a->route->method, a->route->path, STR_FMT(str_sub(name, 0, 60)));
			if (a->route->args && *a->route->args)
				err_hint(e, "it takes: %s", a->route->args);
			return ERR_USAGE;
		}
		for (size_t i = 0; i < a->nargs; i++)
			if (str_eq(a->arg[i].name, name))
				return err_set(e, ERR_USAGE, "the argument '%.*s' is given twice", STR_FMT(str_sub(name, 0, 60)));
		if (a->nargs == ROUTE_ARGS)
			return err_set(e, ERR_LIMIT, "more than %d arguments", ROUTE_ARGS);
		a->arg[a->nargs].name = name;
		a->arg[a->nargs++].value = value;
	}
	return OK;
}

/* The row for the method; NULL: none, and *ret_allow tells the methods that the path has (none: no such path). */
static const struct route *
find(struct ask *a, struct buf *ret_allow)
{
	bool head = str_is(a->q->method, "HEAD");
	for (size_t i = 0; i < a->family->nroutes; i++) {
		const struct route *r = &a->family->routes[i];
		if (!fits(a, r, a->q->path))
			continue;
		if (str_is(a->q->method, r->method) || (head && strcmp(r->method, "GET") == 0))
			return r;
		buf_printf(ret_allow, "%s%s%s", ret_allow->n ? ", " : "", r->method, strcmp(r->method, "GET") == 0 ? ", HEAD" : "");
	}
	return NULL;
}

static void
refuse(struct ask *a, int status, const struct errinfo *why)
{
	buf_clear(&a->r->body);
	http_shared_drop(&a->r->shared);
	if (status == 401)
		ask_header(a, "WWW-Authenticate", str_of(a->family->challenge));
	if (status == 429 || status == 503) {
		struct buf b = BUF_INIT(16);
		buf_u64(&b, a->again ? a->again : AGAIN);
		ask_header(a, "Retry-After", buf_str(&b));
		buf_done(&b);
	}
	a->r->status = status;
	a->family->refuse(a, status, why);
}

/* Whether the row's handler may be asked; if not, it is answered. */
static bool
admit(const struct route_world *w, struct ask *a)
{
	char space[ALLOW_MAX];
	struct buf allow = {.p = space, .cap = sizeof space, .max = sizeof space};
	struct errinfo why = {0};
	const struct route *r = find(a, &allow);
	enum err err = w->who(w->ctx, a, &a->viewer, &why);
	bool open = r && r->may == ROUTE_OPEN;
	a->route = r;
	if (err == ERR_BUSY) {
		refuse(a, 429, &why);
	} else if (err && err != ERR_DENIED) {
		refuse(a, route_status(err), &why);
	} else if (w->spend && (a->again = w->spend(w->ctx, a))) {
		err_set(&why, ERR_BUSY, "%s: more requests than a minute may have", a->viewer ? "your account" : "your address, without an account");
		err_hint(&why, "ask again in %u seconds", a->again);
		refuse(a, 429, &why);
	} else if (!open && (err || !a->viewer)) {
		if (!err)
			err_set(&why, ERR_DENIED, "an account is needed");
		refuse(a, 401, &why);
	} else if (!r && allow.n) {
		ask_header(a, "Allow", buf_str(&allow));
		err_set(&why, ERR_USAGE, "this path takes %.*s", STR_FMT(buf_str(&allow)));
		refuse(a, 405, &why);
	} else if (!r) {
		err_set(&why, ERR_NOTFOUND, "there is no such path");
		refuse(a, 404, &why);
	} else if (!open && (r->may == ROUTE_NOBODY || !w->may(a->viewer, r->may))) {
		err_set(&why, ERR_DENIED, "your account or token may not do this");
		refuse(a, 403, &why);
	} else {
		return true;
	}
	return false;
}

static void
answer(const struct route_world *w, struct ask *a)
{
	struct errinfo why = {0};
	enum err err;
	if (!admit(w, a))
		return;
	a->r->status = 200;
	if ((err = take_args(a, &why)) || (err = a->route->run(a, &why)))
		refuse(a, route_status(err), &why);
}

static bool
is_under(struct str path, const char *prefix)
{
	struct str p = str_of(prefix);
	return str_starts(path, p) && (path.n == p.n || path.p[p.n] == '/' || str_ends(p, STR("/")));
}

/* False: no family's, and answered. */
static bool
begin(const struct route_world *w, const struct http_request *q, struct http_reply *r, struct arena *arena, struct ask *ret)
{
	*ret = (struct ask){.web = w->web, .host = w->host, .q = q, .r = r, .a = arena};
	buf_clear(&r->body);
	buf_clear(&r->space);
	r->nheaders = 0;
	r->wait = 0;
	for (size_t i = 0; i < w->nfamilies && !ret->family; i++)
		if (is_under(q->path, w->families[i]->prefix))
			ret->family = w->families[i];
	if (ret->family)
		return true;
	r->status = 404;
	ask_type(ret, "text/plain; charset=utf-8");
	buf_puts(&r->body, "there is no such path\n");
	return false;
}

static void
end(const struct route_world *w, struct ask *a)
{
	if (w->done)
		w->done(w->ctx, a, a->r->status);
	if (w->let_go)
		w->let_go(w->ctx, a);
	arena_done(a->a);
}

void
route_answer(const struct route_world *w, const struct http_request *q, struct http_reply *r)
{
	if (r->state) {
		struct route_stream *s = r->state;
		s->more(s, q, r);
		return;
	}
	struct arena arena = ARENA_INIT(ASK_ARENA);
	struct ask a;
	if (begin(w, q, r, &arena, &a))
		answer(w, &a);
	end(w, &a);
}

void
route_refuse(const struct route_world *w, const struct route_family *f, const struct http_request *q, struct http_reply *r, enum err err,
    const struct errinfo *why)
{
	struct arena arena = ARENA_INIT(ASK_ARENA);
	struct ask a = {.web = w->web, .host = w->host, .q = q, .r = r, .a = &arena, .family = f};
	buf_clear(&r->space);
	r->nheaders = 0;
	refuse(&a, route_status(err), why);
	arena_done(&arena);
}

/* Whether the body is not too long for the row, as far as its length was told; if it is, it is answered. */
static bool
fits_in(struct ask *a, size_t *ret_max)
{
	struct errinfo why = {0};
	struct str told;
	uint64_t n;
	size_t max = a->family->body_max ? a->family->body_max(a->route) : MIB;
	*ret_max = max;
	if (!http_header(a->q, "Content-Length", &told) || !str_u64(told, &n) || n <= max)
		return true;
	err_set(&why, ERR_LIMIT, "%s %s takes a body of at most %zu KiB", a->route->method, a->route->path, max / KIB);
	refuse(a, 413, &why);
	return false;
}

bool
route_accept(const struct route_world *w, const struct http_request *q, size_t *max, struct http_reply *r)
{
	struct arena arena = ARENA_INIT(ASK_ARENA);
	struct ask a;
	if (begin(w, q, r, &arena, &a) && admit(w, &a) && fits_in(&a, max)) {
		if (w->let_go)
			w->let_go(w->ctx, &a);
		arena_done(&arena);
		return true;
	}
	end(w, &a);
	return false;
}
