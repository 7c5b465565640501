/* Our own extensions as tables: the same rules as doc/schema/, so that a malformed report is refused at the door and not met by every reader. */
#include "stix/comity.h"
#include "stix/stix_int.h"

#include "base/limits.h"

static const struct str list_precedence[] = {STR_INIT("ROUTINE"), STR_INIT("PRIORITY"), STR_INIT("IMMEDIATE"), STR_INIT("FLASH")};
static const struct words words_precedence = {false, COUNT(list_precedence), list_precedence};
static const struct str list_portion[] = {STR_INIT("title"), STR_INIT("paragraph"), STR_INIT("caption"), STR_INIT("comment")};
static const struct words words_portion = {false, COUNT(list_portion), list_portion};
static const struct str list_scheme[] = {STR_INIT("admiralty"), STR_INIT("4x4")};
static const struct str list_marks[] = {STR_INIT("portions")};
static const struct words words_marks = {false, COUNT(list_marks), list_marks};
static const struct words words_scheme = {false, COUNT(list_scheme), list_scheme};
static const struct str list_property[] = {STR_INIT("property-extension")};
static const struct words words_property = {false, COUNT(list_property), list_property};

#define P_EXTENSION P_WORD("extension_type", REQUIRED, words_property)

static const struct rule claim_rules[] = {
    R2(NOT_OVER, "low", "best"),
    R2(NOT_OVER, "best", "high"),
    R2(NOT_OVER, "low", "high"),
};
static const struct prop claim[] = {
    P("who", STRING, FILLED),
    P("what", STRING, REQUIRED | FILLED),
    P("where", STRING, FILLED),
    P("when", TIME, 0),
    P_INT("low", 0, 0, INT_MAX_SAFE),
    P_INT("best", 0, 0, INT_MAX_SAFE),
    P_INT("high", 0, 0, INT_MAX_SAFE),
};
static const SHAPE_RULES(shape_claim, "claim", claim, claim_rules);

static const struct prop source[] = {P("descriptor", STRING, FILLED)};
static const SHAPE(shape_source, "source", source);

static const struct prop header[] = {
    P("type", STRING, REQUIRED | FILLED),
    P("subject", STRING, 0),
    P("information_time", TIME, 0),
    P("report_time", TIME, 0),
    P_WORD("precedence", 0, words_precedence),
    P("place", STRING, 0),
    P("language", LANG, 0),
    P_OBJ("source", 0, shape_source),
    P_WORD("scheme", 0, words_scheme),
    P("grade", GRADE, 0),
    P("serial", STRING, FILLED),
};
static const SHAPE(shape_header, "header", header);

static const struct prop portion[] = {
    P_WORD("kind", REQUIRED, words_portion),
    P("mark", STRING, REQUIRED | FILLED),
    P_WORD("scheme", 0, words_scheme),
    P("grade", GRADE, 0),
    P("text", STRING, REQUIRED),
    P_OBJ("claims", LIST, shape_claim),
};
static const SHAPE(shape_portion, "portion", portion);

static const struct prop report[] = {
    P_EXTENSION,
    P_OBJ("header", REQUIRED, shape_header),
    P("banner", STRING, REQUIRED | FILLED),
    {.name = STR_INIT("portions"), .kind = KIND_OBJECT, .flags = REQUIRED | LIST, .u.shape = &shape_portion, .lo = 1, .hi = LIMIT_PORTIONS},
};
static const SHAPE(shape_report, "report extension", report);

static const struct prop grade[] = {P_EXTENSION, P_WORD("scheme", REQUIRED, words_scheme), P("grade", GRADE, REQUIRED)};
static const SHAPE(shape_grade, "grade extension", grade);

static const struct prop label[] = {P_EXTENSION, P("label", DICT, REQUIRED)};
static const SHAPE(shape_label, "label extension", label);

static const struct prop claims[] = {P_EXTENSION, P_OBJ("claims", REQUIRED | LIST, shape_claim)};
static const SHAPE(shape_claims, "claim extension", claims);

static const struct prop private_props[] = {
    P_EXTENSION,
    P("source", STRING, FILLED),
    P_REF("cites", LIST, ANY_OBJECT),
    P("label", DICT, 0),
    P_WORD("marks", 0, words_marks),
    P("released", DICT, 0),
};
static const SHAPE(shape_private, "private extension", private_props);

const struct shape *
shape_comity(struct str key)
{
	static const struct shape *const table[STIX_EXT_COUNT] = {
	    [STIX_EXT_REPORT] = &shape_report,
	    [STIX_EXT_GRADE] = &shape_grade,
	    [STIX_EXT_LABEL] = &shape_label,
	    [STIX_EXT_CLAIM] = &shape_claims,
	    [STIX_EXT_PRIVATE] = &shape_private,
	};
	for (enum stix_ext i = 0; i < STIX_EXT_COUNT; i++)
		if (str_eq(key, stix_ext_id(i)))
			return table[i];
	return NULL;
}
