#include "stix/comity.h"

#include <string.h>

static const struct {
	struct str id, schema;
} extensions[] = {
#define X(name, id_, schema_) [name] = {STR_INIT(id_), STR_INIT(schema_)},
    STIX_EXTENSIONS(X)
#undef X
};

struct str
stix_ext_id(enum stix_ext x)
{
	return extensions[x].id;
}

struct str
stix_ext_schema(enum stix_ext x)
{
	return extensions[x].schema;
}

const struct json *
stix_ext_get(const struct json *obj, enum stix_ext x)
{
	return json_get_type(json_get(obj, STR("extensions")), stix_ext_id(x), JSON_OBJECT);
}

bool
stix_grade_parse(struct str text, struct str scheme, struct stix_grade *ret)
{
	bool admiralty = !scheme.n || str_is(scheme, "admiralty");
	if (text.n != 2 || (!admiralty && !str_is(scheme, "4x4")))
		return false;
	if (!memchr(admiralty ? "ABCDEF" : "ABCX", text.p[0], admiralty ? 6 : 4) || text.p[1] < '1' || text.p[1] > (admiralty ? '6' : '4'))
		return false;
	*ret = (struct stix_grade){admiralty ? STR("admiralty") : STR("4x4"), text.p[0], text.p[1]};
	return true;
}

int
stix_grade_confidence(struct stix_grade g)
{
	static const int map[] = {90, 70, 50, 30, 10, -1};
	return str_is(g.scheme, "admiralty") && g.credibility >= '1' && g.credibility <= '6' ? map[g.credibility - '1'] : -1;
}

static struct str
text_of(const struct json *obj, struct str key)
{
	struct str s = STR_NONE;
	json_get_str(obj, key, &s);
	return s;
}

static struct stix_grade
grade_of(const struct json *obj, struct str scheme)
{
	struct stix_grade g = {STR_NONE, 0, 0};
	json_get_str(obj, STR("scheme"), &scheme);
	stix_grade_parse(text_of(obj, STR("grade")), scheme, &g);
	return g;
}

bool
stix_header_read(const struct json *obj, struct stix_header *ret)
{
	const struct json *x = stix_ext_get(obj, STIX_EXT_REPORT);
	const struct json *h = json_get(x, STR("header"));
	if (!x)
		return false;
	*ret = (struct stix_header){
	    .type = text_of(h, STR("type")),
	    .subject = text_of(h, STR("subject")),
	    .place = text_of(h, STR("place")),
	    .language = text_of(h, STR("language")),
	    .serial = text_of(h, STR("serial")),
	    .banner = text_of(x, STR("banner")),
	    .descriptor = text_of(json_get(h, STR("source")), STR("descriptor")),
	    .information_time = text_of(h, STR("information_time")),
	    .report_time = text_of(h, STR("report_time")),
	    .precedence = text_of(h, STR("precedence")),
	    .grade = grade_of(h, STR_NONE),
	    .portions = json_get_type(x, STR("portions"), JSON_ARRAY),
	};
	return true;
}

static const struct str kinds[STIX_PORTION_KINDS] = {
    [STIX_PORTION_TITLE] = STR_INIT("title"),
    [STIX_PORTION_PARAGRAPH] = STR_INIT("paragraph"),
    [STIX_PORTION_CAPTION] = STR_INIT("caption"),
    [STIX_PORTION_COMMENT] = STR_INIT("comment"),
};

struct str
stix_portion_name(enum stix_portion_kind k)
{
	return kinds[k];
}

static void
children(const struct json *array, const struct json **ret_at, const struct json **ret_end)
{
	*ret_at = json_count(array) ? array + 1 : NULL;
	*ret_end = json_count(array) ? array + array->span : NULL;
}

void
stix_portions_init(struct stix_portions *it, const struct json *obj)
{
	const struct json *x = stix_ext_get(obj, STIX_EXT_REPORT);
	*it = (struct stix_portions){.scheme = text_of(json_get(x, STR("header")), STR("scheme"))};
	children(json_get_type(x, STR("portions"), JSON_ARRAY), &it->at, &it->end);
}

bool
stix_portions_next(struct stix_portions *it, struct stix_portion *ret)
{
	const struct json *node = it->at;
	if (node == it->end)
		return false;
	it->at += node->span;
	*ret = (struct stix_portion){
	    .kind = STIX_PORTION_PARAGRAPH,
	    .mark = text_of(node, STR("mark")),
	    .text = text_of(node, STR("text")),
	    .grade = grade_of(node, it->scheme),
	    .claims = json_get_type(node, STR("claims"), JSON_ARRAY),
	    .node = node,
	    .index = it->index++,
	};
	for (enum stix_portion_kind k = 0; k < STIX_PORTION_KINDS; k++)
		if (str_eq(text_of(node, STR("kind")), kinds[k]))
			ret->kind = k;
	return true;
}

void
stix_claims_init(struct stix_claims *it, const struct json *array)
{
	children(array, &it->at, &it->end);
}

void
stix_claims_of(struct stix_claims *it, const struct json *obj)
{
	stix_claims_init(it, json_get_type(stix_ext_get(obj, STIX_EXT_CLAIM), STR("claims"), JSON_ARRAY));
}

bool
stix_claims_next(struct stix_claims *it, struct stix_claim *ret)
{
	const struct json *node = it->at;
	if (node == it->end)
		return false;
	it->at += node->span;
	struct stix_claim c = {
	    .what = text_of(node, STR("what")),
	    .where = text_of(node, STR("where")),
	    .when = text_of(node, STR("when")),
	    .who = text_of(node, STR("who")),
	    .node = node,
	};
	bool low = json_i64(json_get(node, STR("low")), &c.low);
	bool best = json_i64(json_get(node, STR("best")), &c.best);
	bool high = json_i64(json_get(node, STR("high")), &c.high);
	c.counted = low || best || high;
	/* what is not said is taken from the nearest that is */
	if (!low)
		c.low = best ? c.best : c.high;
	if (!high)
		c.high = best ? c.best : c.low;
	if (!best)
		c.best = c.low + (c.high - c.low) / 2;
	*ret = c;
	return true;
}

bool
stix_private_read(const struct json *obj, struct stix_private *ret)
{
	const struct json *x = stix_ext_get(obj, STIX_EXT_PRIVATE);
	if (!x)
		return false;
	*ret = (struct stix_private){
	    .source = text_of(x, STR("source")),
	    .cites = json_get_type(x, STR("cites"), JSON_ARRAY),
	    .label = json_get_type(x, STR("label"), JSON_OBJECT),
	    .by_portions = str_is(text_of(x, STR("marks")), "portions"),
	};
	return true;
}

/* Whether s contains the private extension's UUID, capitals or not. */
static bool
names_private(struct str s)
{
	struct str id = stix_ext_id(STIX_EXT_PRIVATE), uuid = str_sub(id, id.n - 36, id.n);
	for (size_t i = 0; i + uuid.n <= s.n; i++) {
		const char *hit = memchr(s.p + i, '-', s.n - i);
		/* its first hyphen is the ninth character */
		if (!hit || (size_t)(hit - s.p) + 28 > s.n)
			return false;
		i = (size_t)(hit - s.p);
		if (i < 8)
			continue;
		size_t k = 0;
		while (k < uuid.n) {
			char c = s.p[i - 8 + k];
			if ((c >= 'A' && c <= 'F' ? (char)(c - 'A' + 'a') : c) != uuid.p[k])
				break;
			k++;
		}
		if (k == uuid.n)
			return true;
	}
	return false;
}

enum err
stix_private_none(struct str text, const struct json *obj, struct errinfo *e)
{
	JSON_WALK(node, obj)
	{
		if (!names_private(json_key_of(node)) && !(node->type == JSON_STRING && names_private(json_str(node))))
			continue;
		enum err err = err_set(e, ERR_DENIED, "the private extension must not leave its circle");
		struct buf b = BUF_INIT(4 * 1024);
		json_path_put(&b, obj, node);
		if (buf_ok(&b) && b.n)
			err_at(e, "%.*s", STR_FMT(buf_str(&b)));
		buf_done(&b);
		if (e)
			json_place(text, node, e);
		err_hint(e, "release a copy without it");
		return err;
	}
	return OK;
}
