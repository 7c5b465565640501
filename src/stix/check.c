/* How the tables are applied. Nothing here knows a type by name; what tables cannot say is in object.c. */
#include "stix/check_int.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/limits.h"
#include "stix/comity.h"
#include "stix/marking.h"

static const char *
json_type_name(const struct json *j)
{
	static const char *const names[] = {"nothing", "null", "a boolean", "a number", "a string", "a list", "an object"};
	return names[j->type];
}

/* Puts "path[.name]: " before what e says. */
static void
add_path(struct check *c, const struct json *node, struct str name)
{
	struct buf b = BUF_INIT(4 * 1024);
	if (!c->e)
		return;
	json_path_put(&b, c->root, node);
	if (name.n) {
		if (b.n)
			buf_putc(&b, '.');
		buf_put(&b, name);
	}
	if (buf_ok(&b) && b.n)
		err_at(c->e, "%.*s", STR_FMT(buf_str(&b)));
	json_place(c->text, node, c->e);
	buf_done(&b);
}

enum err
check_fail(struct check *c, const struct json *node, const char *fmt, ...)
{
	char msg[300];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	enum err err = err_set(c->e, ERR_INVALID, "%s", msg);
	add_path(c, node, STR_NONE);
	return err;
}

enum err
check_missing(struct check *c, const struct json *parent, struct str name, const char *why)
{
	enum err err = err_set(c->e, ERR_INVALID, "is missing: %s", why);
	add_path(c, parent, name);
	return err;
}

void
check_warn(struct check *c, const struct json *node, enum stix_warning what)
{
	struct stix_info *info = c->info;
	if (!info->warnings++) {
		info->first = node;
		info->first_what = what;
	}
	if (!info->kind[what].n++)
		info->kind[what].first = node;
	info->warned |= UINT32_C(1) << what;
}

int
check_find(const struct prop *props, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (props[i].name.n == name.n && str_eq(props[i].name, name))
			return (int)i;
	return -1;
}

static enum err
want(struct check *c, const struct json *node, enum json_type type, const char *what)
{
	if (node->type == type)
		return OK;
	return check_fail(c, node, "must be %s, not %s", what, json_type_name(node));
}

static enum err
check_int(struct check *c, const struct json *node, const struct prop *p)
{
	int64_t v;
	if (!json_i64(node, &v))
		return check_fail(c, node, "must be an integer");
	if (p->lo <= p->hi && (v < p->lo || v > p->hi))
		return check_fail(c, node, "must be from %lld to %lld", (long long)p->lo, (long long)p->hi);
	return OK;
}

static enum err
check_float(struct check *c, const struct json *node, const struct prop *p)
{
	double v;
	if (!json_double(node, &v))
		return check_fail(c, node, "must be a number");
	if (p->lo <= p->hi && !(v >= (double)p->lo && v <= (double)p->hi))
		return check_fail(c, node, "must be from %lld to %lld", (long long)p->lo, (long long)p->hi);
	return OK;
}

static enum err
check_time(struct check *c, const struct json *node, const struct prop *p)
{
	int64_t t;
	struct str s = json_str(node);
	if (node->type != JSON_STRING || !time_parse(s, &t))
		return check_fail(c, node, "must be a timestamp in UTC like 2015-10-01T06:30:00.000Z");
	if (p->flags & MILLIS && s.n != 24) {
		if (s.n < 24)
			return check_fail(c, node, "must have three digits of a second, like 2015-10-01T06:30:00.000Z");
		check_warn(c, node, STIX_WARN_TIME);
	}
	return OK;
}

static enum err
check_ref(struct check *c, const struct json *node, const struct prop *p)
{
	struct stix_id id;
	bool odd;
	if (node->type != JSON_STRING || !stix_id_read(json_str(node), &id, &odd))
		return check_fail(c, node, "must be an identifier, type--uuid");
	if (odd)
		check_warn(c, node, STIX_WARN_UUID);
	if (!(p->u.refs >> stix_id_type(id) & 1))
		return check_fail(c, node, "must not refer to an object of type %.*s", STR_FMT(id.type));
	return OK;
}

static enum err
check_word(struct check *c, const struct json *node, const struct prop *p)
{
	const struct words *w = p->u.words;
	struct str s = json_str(node);
	if (node->type != JSON_STRING)
		return want(c, node, JSON_STRING, "a string");
	for (size_t i = 0; i < w->n; i++)
		if (str_eq(w->list[i], s))
			return OK;
	if (w->open) {
		check_warn(c, node, STIX_WARN_VOCABULARY);
		return OK;
	}
	check_fail(c, node, "\"%.*s\" is not one of the values that the standard allows", STR_FMT(str_sub(s, 0, 60)));
	if (w->n <= 5 && c->e) {
		struct buf b = BUF_INIT(sizeof(c->e->hint));
		for (size_t i = 0; i < w->n; i++) {
			buf_puts(&b, i ? ", " : "allowed: ");
			buf_put(&b, w->list[i]);
		}
		err_hint(c->e, "%.*s", STR_FMT(buf_str(&b)));
		buf_done(&b);
	}
	return ERR_INVALID;
}

static enum err
check_hashes(struct check *c, const struct json *node)
{
	if (node->type != JSON_OBJECT || !json_count(node))
		return check_fail(c, node, "must be an object of hashes by algorithm, not empty");
	JSON_EACH(h, node)
	{
		bool known = false;
		if (h->type != JSON_STRING || !value_hash(json_key_of(h), json_str(h), &known))
			return check_fail(c, h, "is no digest of this algorithm");
		if (!known)
			check_warn(c, h, STIX_WARN_HASH);
	}
	return OK;
}

static enum err
check_dict(struct check *c, const struct json *node)
{
	if (node->type != JSON_OBJECT || !json_count(node))
		return check_fail(c, node, "must be an object, not empty");
	JSON_EACH(m, node)
	if (!value_dict_key(json_key_of(m)))
		return check_fail(c, m, "a key of a dictionary has 1 to 250 letters, digits, hyphens and underscores");
	return OK;
}

static enum err
check_grade(struct check *c, const struct json *parent, const struct json *node)
{
	struct stix_grade g;
	struct str scheme = STR_NONE;
	if (!json_get_str(parent, STR("scheme"), &scheme)) {
		if (!c->scheme_read)
			json_get_str(json_get(stix_ext_get(c->root, STIX_EXT_REPORT), STR("header")), STR("scheme"), &c->scheme);
		c->scheme_read = true;
		scheme = c->scheme;
	}
	if (node->type != JSON_STRING || !stix_grade_parse(json_str(node), scheme, &g))
		return check_fail(c, node, "is no grade of its scheme (admiralty: A to F and 1 to 6, like B2)");
	return OK;
}

static enum err
check_extensions(struct check *c, const struct json *node)
{
	static const struct str kinds[] = {
	    STR_INIT("property-extension"),
	    STR_INIT("toplevel-property-extension"),
	    STR_INIT("new-sdo"),
	    STR_INIT("new-sco"),
	    STR_INIT("new-sro"),
	};
	static const struct str defined = STR_INIT("extension-definition--");
	if (node->type != JSON_OBJECT || !json_count(node))
		return check_fail(c, node, "must be an object, not empty");
	JSON_EACH(x, node)
	{
		struct str key = json_key_of(x);
		struct stix_id id;
		bool odd = false;
		if (x->type != JSON_OBJECT)
			return want(c, x, JSON_OBJECT, "an object");
		if (!str_starts(key, defined)) {
			const struct shape *s = shape_ext(c->type, key);
			if (!value_dict_key(key))
				return check_fail(c, x, "the key of an extension must be the id of its extension-definition");
			if (!s) {
				check_warn(c, x, STIX_WARN_EXTENSION);
				continue;
			}
			enum err err = check_shape(c, x, s);
			if (err)
				return err;
			continue;
		}
		if (!stix_id_read(key, &id, &odd))
			return check_fail(c, x, "the key of an extension must be the id of its extension-definition");
		if (odd)
			check_warn(c, x, STIX_WARN_UUID);
		const struct json *type = json_get(x, STR("extension_type"));
		size_t k = 0;
		if (!type)
			return check_missing(c, x, STR("extension_type"), "required of every extension");
		while (k < COUNT(kinds) && !(type->type == JSON_STRING && str_eq(json_str(type), kinds[k])))
			k++;
		if (k == COUNT(kinds))
			return check_fail(c, type, "is not one of the types of extension");
		const struct shape *s = shape_comity(key);
		enum err err = s ? check_shape(c, x, s) : OK;
		if (err)
			return err;
	}
	return OK;
}

static enum err
check_selector(struct check *c, const struct json *node)
{
	if (node->type != JSON_STRING)
		return want(c, node, JSON_STRING, "a string");
	if (++c->selectors > LIMIT_SELECTORS) {
		check_fail(c, node, "one object may have at most %d selectors", LIMIT_SELECTORS);
		if (c->e)
			c->e->code = ERR_LIMIT;
		return ERR_LIMIT;
	}
	if (!stix_selector_find(c->root, json_str(node)))
		return check_fail(c, node, "names no property of this object");
	return OK;
}

static enum err
check_string(struct check *c, const struct json *node, const struct prop *p)
{
	if (node->type != JSON_STRING)
		return want(c, node, JSON_STRING, "a string");
	if (p->flags & FILLED && !node->n)
		return check_fail(c, node, "must not be empty");
	return OK;
}

/* A string of a narrow form. */
static enum err
check_form(struct check *c, const struct json *node, const struct prop *p)
{
	static const struct {
		bool (*test)(struct str);
		const char *what;
	} forms[] = {
	    [KIND_HEX] = {value_hex, "an even number of hexadecimal digits"},
	    [KIND_BASE64] = {value_base64, "base64 (RFC 4648)"},
	    [KIND_NAME] = {value_name, "of lower-case letters, digits and hyphens"},
	    [KIND_IPV4] = {value_ipv4, "an IPv4 address, with or without a prefix length"},
	    [KIND_IPV6] = {value_ipv6, "an IPv6 address, with or without a prefix length"},
	    [KIND_MAC] = {value_mac, "a MAC address like 00:1b:44:11:3a:b7, in small letters"},
	};
	if (node->type != JSON_STRING || !forms[p->kind].test(json_str(node)))
		return check_fail(c, node, "must be %s", forms[p->kind].what);
	return OK;
}

static enum err
check_value(struct check *c, const struct json *parent, const struct json *node, const struct prop *p)
{
	switch ((enum kind)p->kind) {
	case KIND_STRING:
		return check_string(c, node, p);
	case KIND_BOOL:
		return want(c, node, JSON_BOOL, "true or false");
	case KIND_INT:
		return check_int(c, node, p);
	case KIND_FLOAT:
		return check_float(c, node, p);
	case KIND_TIME:
		return check_time(c, node, p);
	case KIND_REF:
		return check_ref(c, node, p);
	case KIND_VOCAB:
		return check_word(c, node, p);
	case KIND_HASHES:
		return check_hashes(c, node);
	case KIND_DICT:
		return check_dict(c, node);
	case KIND_OBJECT:
		return check_shape(c, node, p->u.shape);
	case KIND_EXTENSIONS:
		return check_extensions(c, node);
	case KIND_SELECTOR:
		return check_selector(c, node);
	case KIND_GRADE:
		return check_grade(c, parent, node);
	case KIND_LANG:
		if (node->type == JSON_STRING && !value_lang(json_str(node)))
			check_warn(c, node, STIX_WARN_LANGUAGE);
		return want(c, node, JSON_STRING, "a string");
	case KIND_HEX:
	case KIND_BASE64:
	case KIND_NAME:
	case KIND_IPV4:
	case KIND_IPV6:
	case KIND_MAC:
		return check_form(c, node, p);
	case KIND_ANY:
		break;
	}
	return OK;
}

enum err
check_prop(struct check *c, const struct json *parent, const struct json *node, const struct prop *p)
{
	if (p->flags & DEPRECATED)
		check_warn(c, node, STIX_WARN_DEPRECATED);
	if (!(p->flags & LIST))
		return check_value(c, parent, node, p);
	if (node->type != JSON_ARRAY)
		return want(c, node, JSON_ARRAY, "a list");
	if (!json_count(node))
		return check_fail(c, node, "must not be an empty list: leave the property out");
	if (p->kind == KIND_OBJECT && p->lo <= p->hi && json_count(node) > p->hi)
		return check_fail(c, node, "must have at most %lld elements", (long long)p->hi);
	JSON_EACH(x, node)
	{
		enum err err = check_value(c, node, x, p);
		if (err)
			return err;
	}
	return OK;
}

enum err
check_shape(struct check *c, const struct json *node, const struct shape *s)
{
	const struct json *at[SHAPE_PROPS] = {NULL};
	if (node->type != JSON_OBJECT)
		return want(c, node, JSON_OBJECT, "an object");
	if (s->not_empty && !json_count(node))
		return check_fail(c, node, "must not be empty");
	JSON_EACH(m, node)
	{
		int i = check_find(s->props, s->nprops, json_key_of(m));
		if (i < 0)
			continue;
		enum err err = check_prop(c, node, m, &s->props[i]);
		if (err)
			return err;
		at[i] = m;
	}
	return check_rules(c, node, s, at);
}

/* The member that a rule names, NULL if it is not there. */
static const struct json *
member(const struct json *parent, const struct shape *s, const struct json *const *at, struct str name)
{
	int i = check_find(s->props, s->nprops, name);
	return i >= 0 ? at[i] : json_get(parent, name);
}

static enum err
check_rule(struct check *c, const struct json *parent, const struct shape *s, const struct json *const *at, const struct rule *r)
{
	const struct json *a = r->a.n ? member(parent, s, at, r->a) : NULL;
	const struct json *b = r->b.n ? member(parent, s, at, r->b) : NULL;
	int64_t va = 0, vb = 0;
	switch (r->kind) {
	case RULE_ONE:
		if (a || b || (r->c.n && member(parent, s, at, r->c)))
			return OK;
		return check_fail(
		    c, parent, "must have at least one of %.*s, %.*s%s%.*s", STR_FMT(r->a), STR_FMT(r->b), r->c.n ? ", " : "", STR_FMT(r->c));
	case RULE_ONE_ONLY:
		if (!a != !b)
			return OK;
		return check_fail(c, parent, "must have one of %.*s and %.*s, %s", STR_FMT(r->a), STR_FMT(r->b), a ? "not both" : "has none");
	case RULE_NEEDS:
		if (!a || b)
			return OK;
		return check_missing(c, parent, r->b, "required by what stands beside it");
	case RULE_NOT_BEFORE:
	case RULE_AFTER:
		if (!a || !b || !time_parse(json_str(a), &va) || !time_parse(json_str(b), &vb) || va > vb || (va == vb && r->kind == RULE_NOT_BEFORE))
			return OK;
		return check_fail(c, a, "must %s %.*s", r->kind == RULE_AFTER ? "be later than" : "not be earlier than", STR_FMT(r->b));
	case RULE_IF_TRUE:
		if (!a || a->n != 1 || b)
			return OK;
		return check_missing(c, parent, r->b, "required by what stands beside it");
	case RULE_NOT_IF_TRUE:
		if (!a || a->n != 1 || !b)
			return OK;
		return check_fail(c, b, "must not be there when %.*s is true", STR_FMT(r->a));
	case RULE_NOT_IF_FALSE:
		if ((a && a->n == 1) || !b)
			return OK;
		return check_fail(c, b, "must not be there when %.*s is false", STR_FMT(r->a));
	case RULE_NOT_OVER:
		if (!a || !b || !json_i64(a, &va) || !json_i64(b, &vb) || va <= vb)
			return OK;
		return check_fail(c, a, "must not be more than %.*s", STR_FMT(r->b));
	case RULE_ANY_OWN:
		for (size_t i = 0; i < s->nprops; i++)
			if (at[i])
				return OK;
		if (json_get(parent, STR("extensions")))
			return OK;
		return check_fail(c, parent, "must have at least one property of its own");
	}
	return OK;
}

enum err
check_rules(struct check *c, const struct json *parent, const struct shape *s, const struct json *const *at)
{
	for (size_t i = 0; i < s->nprops; i++)
		if (s->props[i].flags & REQUIRED && !at[i])
			return check_missing(c, parent, s->props[i].name, "required by the standard");
	for (size_t i = 0; i < s->nrules; i++) {
		enum err err = check_rule(c, parent, s, at, &s->rules[i]);
		if (err)
			return err;
	}
	return OK;
}
