/* What every object of STIX may hold, and which of it each class must. */
#include "stix/stix_int.h"

static const struct rule reference_rules[] = {R3(ONE, "description", "url", "external_id")};
static const struct prop reference_props[] = {
    P("source_name", STRING, REQUIRED),
    P("description", STRING, 0),
    P("url", STRING, FILLED),
    P("hashes", HASHES, 0),
    P("external_id", STRING, 0),
};
static const SHAPE_RULES(shape_reference, "external-reference", reference_props, reference_rules);

static const struct rule granular_rules[] = {R2(ONE_ONLY, "lang", "marking_ref")};
static const struct prop granular_props[] = {
    P("lang", LANG, 0),
    P_REF("marking_ref", 0, T(MARKING_DEFINITION)),
    P("selectors", SELECTOR, REQUIRED | LIST),
};
static const SHAPE_RULES(shape_granular, "granular-marking", granular_props, granular_rules);

const struct prop common_props[] = {
    [COMMON_TYPE] = P("type", STRING, 0),
    [COMMON_ID] = P("id", STRING, 0),
    [COMMON_SPEC_VERSION] = P("spec_version", STRING, 0),
    [COMMON_CREATED] = P("created", TIME, MILLIS),
    [COMMON_MODIFIED] = P("modified", TIME, MILLIS),
    [COMMON_CREATED_BY_REF] = P_REF("created_by_ref", 0, T(IDENTITY)),
    [COMMON_REVOKED] = P("revoked", BOOL, 0),
    [COMMON_LABELS] = P("labels", STRING, LIST),
    [COMMON_CONFIDENCE] = P_INT("confidence", 0, 0, 100),
    [COMMON_LANG] = P("lang", LANG, 0),
    [COMMON_EXTERNAL_REFERENCES] = P_OBJ("external_references", LIST, shape_reference),
    [COMMON_OBJECT_MARKING_REFS] = P_REF("object_marking_refs", LIST, T(MARKING_DEFINITION)),
    [COMMON_GRANULAR_MARKINGS] = P_OBJ("granular_markings", LIST, shape_granular),
    [COMMON_EXTENSIONS] = P("extensions", EXTENSIONS, 0),
    [COMMON_DEFANGED] = P("defanged", BOOL, 0),
};
const size_t common_count = COUNT(common_props);

#define C(name) (UINT32_C(1) << COMMON_##name)

uint32_t
common_required(enum stix_type type, enum stix_class class)
{
	if (class == STIX_CLASS_SCO)
		return C(TYPE) | C(ID);
	if (type == STIX_MARKING_DEFINITION)
		return C(TYPE) | C(ID) | C(SPEC_VERSION) | C(CREATED);
	uint32_t all = C(TYPE) | C(ID) | C(SPEC_VERSION) | C(CREATED) | C(MODIFIED);
	return type == STIX_EXTENSION_DEFINITION ? all | C(CREATED_BY_REF) : all;
}

uint32_t
common_foreign(enum stix_type type, enum stix_class class)
{
	if (class == STIX_CLASS_SCO)
		return C(CREATED) | C(MODIFIED) | C(CREATED_BY_REF) | C(REVOKED) | C(LABELS) | C(CONFIDENCE) | C(LANG) | C(EXTERNAL_REFERENCES);
	if (type == STIX_MARKING_DEFINITION)
		return C(MODIFIED) | C(REVOKED) | C(LABELS) | C(CONFIDENCE) | C(LANG) | C(DEFANGED);
	if (type == STIX_EXTENSION_DEFINITION)
		return C(CONFIDENCE) | C(LANG) | C(DEFANGED);
	return C(DEFANGED);
}
