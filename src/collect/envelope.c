/* A page of a TAXII collection, read for what leads to the next one. Its objects are given on as the bytes that they are. */
#include "base/limits.h"
#include "collect/pull.h"
#include "json/dom.h"
#include "json/scan.h"

/* FNV-1a: no more than a way to see the same page again; who finds two pages with one mark harms his own feed alone. */
static uint64_t
mix(uint64_t h, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (uint8_t)s.p[i]) * UINT64_C(1099511628211);
	return (h ^ 0xff) * UINT64_C(1099511628211);
}

static enum err
take(const struct json *v, bool more, struct envelope *ret, struct errinfo *e)
{
	if (more) {
		if (v->type != JSON_BOOL)
			return err_set(e, ERR_INVALID, "its \"more\" is neither true nor false");
		ret->more = v->n != 0;
		return OK;
	}
	if (v->type == JSON_NULL)
		return OK;
	if (v->type != JSON_STRING && v->type != JSON_NUMBER)
		return err_set(e, ERR_INVALID, "its \"next\" is no text");
	buf_clear(&ret->next);
	buf_put(&ret->next, json_str(v));
	return buf_ok(&ret->next) ? OK : err_set(e, ERR_LIMIT, "its \"next\" has over %d bytes", PULL_NEXT);
}

/* A member beside the objects. */
static enum err
take_member(struct arena *a, const struct json_item *item, struct envelope *ret, struct errinfo *e)
{
	const struct json *v;
	bool more = str_is(item->key, "more");
	if (!more && !str_is(item->key, "next"))
		return OK;
	enum err err = json_parse(a, item->raw, &v, e);
	return err ? err : take(v, more, ret, e);
}

/* An envelope that has no objects. */
static enum err
take_bare(struct arena *a, struct str raw, struct envelope *ret, struct errinfo *e)
{
	const struct json *v, *more, *next;
	enum err err = json_parse(a, raw, &v, e);
	if (!err && (more = json_get(v, STR("more"))))
		err = take(more, true, ret, e);
	if (!err && (next = json_get(v, STR("next"))))
		err = take(next, false, ret, e);
	return err;
}

/* An envelope is all of its page: what stands behind it was cut together by somebody, and nobody knows what of it is meant. */
static enum err
behind(const struct json_item *item, struct errinfo *e)
{
	err_set(e, ERR_SYNTAX, item->kind == JSON_SCAN_END ? "more than one envelope ends here" : "something stands behind the end of the envelope");
	err_place(e, item->line, item->col, item->offset);
	return ERR_SYNTAX;
}

/* The envelope itself cannot be read. */
static enum err
is_damaged(const struct json_item *item, struct errinfo *e)
{
	if (e)
		*e = item->why;
	return item->why.code;
}

enum err
envelope_read(struct str body, struct envelope *ret, struct errinfo *e)
{
	struct json_scan *scan = NULL;
	struct json_item item;
	struct arena a;
	*ret = (struct envelope){.next = BUF_INIT(PULL_NEXT), .mark = UINT64_C(14695981039346656037)};
	struct str whole = str_trim(body);
	if (!whole.n || whole.p[0] != '{')
		return err_set(e, ERR_INVALID, "what it gave is no TAXII envelope");
	arena_init(&a, LIMIT_OBJECT_ARENA);
	enum err err = json_scan_new(source_of_str(&body), STR("objects"), NULL, &scan, e);
	while (!err && !(err = json_scan_next(scan, &item, e))) {
		if (item.top > 1)
			err = behind(&item, e);
		else if (item.kind == JSON_SCAN_END)
			break;
		else if (item.kind == JSON_SCAN_MEMBER) {
			err = take_member(&a, &item, ret, e);
		} else if (!item.listed) {
			err = item.kind == JSON_SCAN_OBJECT ? take_bare(&a, item.raw, ret, e) : is_damaged(&item, e);
		} else {
			ret->objects++;
			ret->mark = mix(ret->mark, item.raw);
		}
	}
	json_scan_free(scan);
	arena_done(&a);
	return err;
}
