/* From whatever URL was given to an API root and one of its collections. */
#include "api/taxii_from.h"
#include "base/limits.h"
#include "json/dom.h"

enum { LISTED = 100, ARENA = 16 * MIB };

/* A resource as a tree. */
static enum err
get_tree(struct taxii_source *s, struct str url, struct arena *a, struct http_fetched *r, const struct json **ret, struct errinfo *e)
{
	enum err err = taxii_get(s, url, r, e);
	if (!err && r->status != 200)
		err = taxii_refused(s, r, url, e);
	if (!err)
		err = taxii_type(r, url, e);
	if (!err && (err = json_parse(a, buf_str(&r->body), ret, e))) {
		err_at(e, "%.*s: no TAXII resource", STR_FMT(str_sub(url, 0, 150)));
		err_place(e, 0, 0, 0);
	}
	return err;
}

static void
with_slash(struct buf *b, struct str s)
{
	buf_clear(b);
	buf_put(b, s);
	if (!str_ends(s, STR("/")))
		buf_putc(b, '/');
}

/* The API root of a server's discovery: its only one, or the one that it calls the usual. May be told without the host. */
static enum err
choose_root(struct taxii_source *s, const struct json *found, struct errinfo *e)
{
	struct str root = json_str(json_get(found, STR("default")));
	const struct json *roots = json_get_type(found, STR("api_roots"), JSON_ARRAY);
	if (!root.n && json_count(roots) == 1)
		root = json_str(json_at(roots, 0));
	if (!root.n) {
		err_set(e, ERR_USAGE, "collect: the server has %u API roots, and none is named", json_count(roots));
		if (json_count(roots))
			err_hint(e, "give one instead of its discovery: %.*s", STR_FMT(str_sub(json_str(json_at(roots, 0)), 0, 140)));
		return ERR_USAGE;
	}
	buf_clear(&s->root);
	if (str_starts(root, STR("/")) && !str_starts(root, STR("//")))
		buf_put(&s->root, s->origin);
	buf_put(&s->root, root);
	if (!str_ends(root, STR("/")))
		buf_putc(&s->root, '/');
	struct str whole = buf_str(&s->root), rest = str_sub(whole, s->origin.n, whole.n);
	if (!buf_ok(&s->root) || !str_starts(whole, s->origin) || !str_starts(rest, STR("/")) || str_find(rest, STR("..")) >= 0) {
		err_set(e, ERR_DENIED, "collect: the server sends to %.*s, which is not where it was asked", STR_FMT(str_sub(root, 0, 150)));
		err_hint(e, "if that is right, name that address instead");
		return ERR_DENIED;
	}
	return OK;
}

static struct str
text(const struct json *j, const char *name)
{
	return json_str(json_get(j, str_of(name)));
}

static bool
can_read(const struct json *j)
{
	const struct json *v = json_get(j, STR("can_read"));
	return json_is(v, JSON_BOOL) && v->n;
}

/* Of a list of collections the one that was named, or the only one that may be read. */
static enum err
choose_collection(struct taxii_source *s, const struct json *list, struct errinfo *e)
{
	const struct str want = s->from->collection;
	const struct json *found = NULL, *can = NULL;
	unsigned n = 0, named = 0, shown = 0;
	JSON_EACH(one, list)
	{
		if (can_read(one)) {
			n++;
			can = one;
		}
		if (want.n && (str_eq(text(one, "id"), want) || str_eq(text(one, "title"), want) || str_eq(text(one, "alias"), want))) {
			named++;
			found = one;
		}
	}
	if (!want.n && n == 1)
		found = can;
	if (found && named <= 1) {
		struct str id = text(found, "id");
		if (!pull_id_ok(id))
			return err_set(e, ERR_INVALID, "collect: the server's id of that collection is none");
		buf_clear(&s->collection);
		buf_put(&s->collection, id);
		return OK;
	}
	JSON_EACH(one, list)
	{
		if (!can_read(one) || shown++ == LISTED)
			continue;
		if (s->from->choice)
			s->from->choice(s->from->ctx, text(one, "id"), text(one, "title"));
	}
	if (want.n)
		err_set(e, ERR_NOTFOUND, "collect: %s collection is called \"%.*s\"", named ? "more than one" : "no", STR_FMT(str_sub(want, 0, 100)));
	else
		err_set(e, n ? ERR_USAGE : ERR_NOTFOUND,
		    n ? "collect: there are %u collections, and none is named" : "collect: there is no collection to read", n);
	err_hint(e, "--collection ID or TITLE names one");
	return want.n || !n ? ERR_NOTFOUND : ERR_USAGE;
}

/* From whatever URL was given to a root and a collection. */
enum err
taxii_find(struct taxii_source *s, struct errinfo *e)
{
	struct buf url = BUF_INIT(2 * TAXII_URL);
	struct http_fetched r = {0};
	struct arena a = ARENA_INIT(ARENA);
	const struct json *j;
	enum err err;
	with_slash(&url, s->from->url);
	if ((err = get_tree(s, buf_str(&url), &a, &r, &j, e)))
		goto out;
	if (json_get(j, STR("id")) && json_get(j, STR("can_read"))) {
		/* …/collections/ID/ */
		struct str path = str_sub(buf_str(&url), 0, url.n - 1), id = json_str(json_get(j, STR("id")));
		while (path.n && path.p[path.n - 1] != '/')
			path.n--;
		if (!pull_id_ok(id) || !str_ends(path, STR("/collections/")))
			err = err_set(e, ERR_INVALID, "collect: what the server gives there is no collection");
		buf_put(&s->root, str_sub(path, 0, path.n - (path.n > 12 ? 12 : path.n)));
		buf_put(&s->collection, id);
		goto out;
	}
	if (json_get(j, STR("api_roots"))) {
		err = choose_root(s, j, e);
	} else if (json_get(j, STR("versions"))) {
		buf_put(&s->root, buf_str(&url));
	} else if (json_get(j, STR("collections")) && str_ends(buf_str(&url), STR("/collections/"))) {
		buf_put(&s->root, str_sub(buf_str(&url), 0, url.n - 12));
	} else {
		err = err_set(e, ERR_INVALID, "collect: what the server gives there is no discovery, API root or collection");
		err_hint(e, "https://host/taxii2/ is where a discovery usually is");
	}
	if (err)
		goto out;
	buf_clear(&url);
	buf_put(&url, buf_str(&s->root));
	buf_puts(&url, "collections/");
	arena_reset(&a);
	if (!(err = get_tree(s, buf_str(&url), &a, &r, &j, e)))
		err = choose_collection(s, json_get_type(j, STR("collections"), JSON_ARRAY), e);
out:
	http_fetched_done(&r);
	arena_done(&a);
	buf_done(&url);
	return err;
}
