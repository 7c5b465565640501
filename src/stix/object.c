/* One object against the standard: what kind it is, then one walk over its members, then what joins them. */
#include "stix/object.h"

#include <assert.h>
#include <string.h>

#include "stix/check_int.h"
#include "stix/marking.h"
#include "stix/sco.h"

const char *
stix_warning_text(enum stix_warning w)
{
	static const char *const text[] = {
#define X(name, text_) [name] = text_,
	    STIX_WARNINGS(X)
#undef X
	};
	return w < STIX_WARN_COUNT ? text[w] : "";
}

const struct shape *
shape_of(enum stix_type type)
{
	return stix_type_class(type) == STIX_CLASS_SCO ? shape_sco(type) : shape_sdo(type);
}

/* How an object of a type that the standard does not know behaves. */
static enum stix_class
class_of_custom(const struct json *obj)
{
	const struct json *extensions = json_get_type(obj, STR("extensions"), JSON_OBJECT);
	if (extensions)
		JSON_EACH(x, extensions)
		{
			struct str type = json_str(json_get(x, STR("extension_type")));
			if (str_is(type, "new-sco"))
				return STIX_CLASS_SCO;
			if (str_is(type, "new-sro"))
				return STIX_CLASS_SRO;
			if (str_is(type, "new-sdo"))
				return STIX_CLASS_SDO;
		}
	if (!json_get(obj, STR("spec_version")) && !json_get(obj, STR("created")) && !json_get(obj, STR("modified")))
		return STIX_CLASS_SCO;
	return STIX_CLASS_SDO;
}

static enum err
check_type(struct check *c)
{
	const struct json *type = json_get(c->root, STR("type"));
	struct stix_info *info = c->info;
	if (!type)
		return check_missing(c, c->root, STR("type"), "required of every object");
	if (type->type != JSON_STRING || !stix_type_valid(json_str(type)))
		return check_fail(c, type, "must be a name of 3 to 250 lower-case letters, digits and hyphens");
	info->type = c->type = stix_type_of(json_str(type));
	info->class = stix_type_class(info->type);
	if (info->class == STIX_CLASS_BUNDLE)
		return check_fail(c, type, "a bundle is no object: its objects are checked one by one");
	if (info->type == STIX_CUSTOM) {
		info->class = class_of_custom(c->root);
		check_warn(c, type, STIX_WARN_CUSTOM_TYPE);
	}
	return OK;
}

static enum err
check_version(struct check *c)
{
	const struct json *v = json_get(c->root, STR("spec_version"));
	if (!v && c->info->class == STIX_CLASS_SCO)
		return OK;
	if (v && v->type == JSON_STRING && str_is(json_str(v), "2.1")) {
		c->info->spec_version = json_str(v);
		return OK;
	}
	if (v && !(v->type == JSON_STRING && str_is(json_str(v), "2.0")))
		return check_fail(c, v, "must be \"2.1\"");
	enum err err = err_set(c->e, ERR_VERSION, "spec_version: %s: this is STIX 2.0, and only STIX 2.1 is taken", v ? "is \"2.0\"" : "is missing");
	if (c->e)
		json_place(c->text, v ? v : c->root, c->e);
	err_hint(c->e, "have the source export STIX 2.1, or convert the file first");
	return err;
}

static enum err
check_id(struct check *c, const struct json *node)
{
	struct stix_info *info = c->info;
	bool odd;
	if (node->type != JSON_STRING || !stix_id_read(json_str(node), &info->id, &odd))
		return check_fail(c, node, "must be an identifier, type--uuid");
	if (!str_eq(info->id.type, json_str(json_get(c->root, STR("type")))))
		return check_fail(c, node, "must begin with the object's type");
	int version = info->id.uuid[6] >> 4;
	if (odd || (info->id.uuid[8] & 0xc0) != 0x80 || version < 1 || version > 8)
		check_warn(c, node, STIX_WARN_UUID);
	return OK;
}

static void
custom_property(struct check *c, const struct json *m, bool toplevel)
{
	c->info->custom++;
	if (!toplevel && !str_starts(json_key_of(m), STR("x_")) && c->type != STIX_CUSTOM)
		check_warn(c, m, STIX_WARN_CUSTOM_NAME);
	if (m->type == JSON_NULL || (m->type >= JSON_ARRAY && !json_count(m)))
		check_warn(c, m, STIX_WARN_CUSTOM_EMPTY);
}

/* Whether an extension adds properties at the top, so that those need no prefix. */
static bool
has_toplevel(const struct json *obj)
{
	const struct json *extensions = json_get_type(obj, STR("extensions"), JSON_OBJECT);
	if (extensions)
		JSON_EACH(x, extensions)
	if (str_is(json_str(json_get(x, STR("extension_type"))), "toplevel-property-extension"))
		return true;
	return false;
}

/* The claim of a marking definition to be TLP, and its id, must agree: a reader knows TLP by the id alone. */
static enum err
check_marking(struct check *c)
{
	const struct json *type = json_get(c->root, STR("definition_type")), *definition = json_get(c->root, STR("definition"));
	const struct json *extensions = json_get(c->root, STR("extensions"));
	const struct json *tlp2 = json_get(json_get(extensions, STR("extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d")), STR("tlp_2_0"));
	enum stix_tlp claim = STIX_TLP_NONE;
	int version = 1, registered_version = 0;
	if (definition) {
		if (definition->type != JSON_OBJECT || !json_count(definition))
			return check_fail(c, definition, "must be an object, not empty");
		const struct json *value = json_get(definition, json_str(type));
		if (str_is(json_str(type), "statement") && !json_is(value, JSON_STRING))
			return check_missing(c, definition, STR("statement"), "required, as a string, of a statement");
		if (str_is(json_str(type), "tlp")) {
			claim = stix_tlp_parse(json_str(value), NULL);
			if (!claim)
				return check_fail(c, value ? value : definition, "is no TLP");
		}
	}
	if (tlp2) {
		version = 2;
		claim = stix_tlp_parse(json_str(tlp2), NULL);
		if (!claim)
			return check_fail(c, tlp2, "is no TLP");
	}
	enum stix_tlp registered = stix_tlp_of(c->info->id, &registered_version);
	if (claim != registered || (claim && version != registered_version))
		return check_fail(c, json_get(c->root, STR("id")), "the TLP that this marking claims is not the one registered under its id");
	return OK;
}

/* A marking definition is not marked with itself. */
static enum err
check_circle(struct check *c)
{
	struct str own = json_str(json_get(c->root, STR("id")));
	if (c->info->object_marking_refs)
		JSON_EACH(ref, c->info->object_marking_refs)
	if (str_eq(json_str(ref), own))
		return check_fail(c, ref, "must not refer to itself");
	if (c->info->granular_markings)
		JSON_EACH(marking, c->info->granular_markings)
		{
			const struct json *ref = json_get(marking, STR("marking_ref"));
			if (ref && str_eq(json_str(ref), own))
				return check_fail(c, ref, "must not refer to itself");
		}
	return OK;
}

static enum err
check_extension_definition(struct check *c)
{
	const struct json *types = json_get(c->root, STR("extension_types")), *names = json_get(c->root, STR("extension_properties"));
	JSON_EACH(t, types)
	if (str_is(json_str(t), "toplevel-property-extension"))
		return OK;
	return names ? check_fail(c, names, "must not be there where extension_types has no toplevel-property-extension") : OK;
}

static enum err
check_observed_data(struct check *c)
{
	const struct json *objects = json_get(c->root, STR("objects")), *refs = json_get(c->root, STR("object_refs"));
	struct stix_id id;
	bool odd;
	if (objects)
		JSON_EACH(o, objects)
	if (o->type != JSON_OBJECT || !json_get_type(o, STR("type"), JSON_STRING))
		return check_fail(c, o, "must be an observable, an object with a type");
	if (!refs)
		return OK;
	JSON_EACH(ref, refs)
	if (stix_id_read(json_str(ref), &id, &odd) && ANY_SCO >> stix_id_type(id) & 1)
		return OK;
	return check_fail(c, refs, "must name at least one observable");
}

/* What the tables cannot say of a type. */
static enum err
check_more(struct check *c)
{
	const struct json *x;
	enum err err;
	if (c->type != STIX_CUSTOM && c->info->class == STIX_CLASS_SCO && c->info->id.uuid[6] >> 4 != 4 && !stix_sco_has(c->root, c->type))
		check_warn(c, json_get(c->root, STR("id")), STIX_WARN_UUID);
	switch (c->type) {
	case STIX_MARKING_DEFINITION:
		err = check_marking(c);
		return err ? err : check_circle(c);
	case STIX_EXTENSION_DEFINITION:
		return check_extension_definition(c);
	case STIX_LANGUAGE_CONTENT:
		x = json_get(c->root, STR("contents"));
		JSON_EACH(language, x)
		{
			if (language->type != JSON_OBJECT || !json_count(language))
				return check_fail(c, language, "must be an object of properties, not empty");
			if (!value_lang(json_key_of(language)))
				check_warn(c, language, STIX_WARN_LANGUAGE);
		}
		return OK;
	case STIX_OBSERVED_DATA:
		return check_observed_data(c);
	default:
		return OK;
	}
}

/* From the common members to the summary that others use. */
static enum err
fill(struct check *c, const struct json *const at[static COMMON_COUNT])
{
	struct stix_info *info = c->info;
	int64_t confidence;
	bool odd;
	info->created = info->modified = TIME_NEVER;
	if (at[COMMON_CREATED]) {
		info->created_text = info->modified_text = json_str(at[COMMON_CREATED]);
		if (!time_parse(info->created_text, &info->created))
			info->created = TIME_NEVER;
		info->modified = info->created;
	}
	if (at[COMMON_MODIFIED]) {
		info->modified_text = json_str(at[COMMON_MODIFIED]);
		if (!time_parse(info->modified_text, &info->modified))
			info->modified = TIME_NEVER;
		if (at[COMMON_CREATED] && info->modified < info->created)
			return check_fail(c, at[COMMON_MODIFIED], "must not be earlier than created");
	}
	if (at[COMMON_CREATED_BY_REF])
		info->has_creator = stix_id_read(json_str(at[COMMON_CREATED_BY_REF]), &info->created_by, &odd);
	info->revoked = at[COMMON_REVOKED] && at[COMMON_REVOKED]->n == 1;
	info->defanged = at[COMMON_DEFANGED] && at[COMMON_DEFANGED]->n == 1;
	info->confidence = at[COMMON_CONFIDENCE] && json_i64(at[COMMON_CONFIDENCE], &confidence) ? (int)confidence : -1;
	info->lang = json_str(at[COMMON_LANG]);
	info->labels = at[COMMON_LABELS];
	info->object_marking_refs = at[COMMON_OBJECT_MARKING_REFS];
	info->granular_markings = at[COMMON_GRANULAR_MARKINGS];
	info->external_references = at[COMMON_EXTERNAL_REFERENCES];
	info->extensions = at[COMMON_EXTENSIONS];
	return OK;
}

static enum err
check_all(struct check *c)
{
	static const struct shape none;
	const struct json *common[COMMON_COUNT] = {NULL}, *own[SHAPE_PROPS] = {NULL};
	enum err err = c->root->type == JSON_OBJECT ? OK : err_set(c->e, ERR_INVALID, "a STIX object is a JSON object");
	if (err || (err = check_type(c)) != OK || (err = check_version(c)) != OK)
		return err;
	const struct shape *s = c->type == STIX_CUSTOM ? &none : shape_of(c->type);
	uint32_t foreign = common_foreign(c->type, c->info->class);
	bool toplevel = has_toplevel(c->root);
	JSON_EACH(m, c->root)
	{
		struct str key = json_key_of(m);
		int i = check_find(common_props, common_count, key);
		if (i >= 0) {
			common[i] = m;
			if (foreign >> i & 1)
				check_warn(c, m, STIX_WARN_NOT_APPLICABLE);
			err = i == COMMON_ID ? check_id(c, m) : check_prop(c, c->root, m, &common_props[i]);
		} else if ((i = check_find(s->props, s->nprops, key)) >= 0) {
			own[i] = m;
			err = check_prop(c, c->root, m, &s->props[i]);
		} else if (!value_prop_name(key)) {
			err = check_fail(c, m, "a property's name has 3 to 250 lower-case letters, digits and underscores");
		} else {
			custom_property(c, m, toplevel);
		}
		if (err)
			return err;
	}
	uint32_t required = common_required(c->type, c->info->class);
	for (size_t i = 0; i < COMMON_COUNT; i++)
		if (required >> i & 1 && !common[i])
			return check_missing(c, c->root, common_props[i].name, "required by the standard");
	if ((err = fill(c, common)) != OK || (err = check_rules(c, c->root, s, own)) != OK)
		return err;
	return check_more(c);
}

enum err
stix_check(struct str text, const struct json *obj, struct stix_info *ret, struct errinfo *e)
{
	struct stix_info info = {.first = NULL};
	struct check c = {.text = text, .root = obj, .info = &info, .e = e};
	assert(obj && ret);
	enum err err = check_all(&c);
	if (!err)
		*ret = info;
	return err;
}
