/* The tables that say what each type of STIX 2.1 holds, and what the check makes of them. For this folder alone.
 *
 * A type has a shape: rows of properties, then rules that join several. So does an object inside an object (a MIME part, an extension). check.c
 * walks an object's members once, finds each one's row, and judges the value by the row's kind. */
#ifndef STIX_INT_H
#define STIX_INT_H

#include "json/dom.h"
#include "stix/object.h"

enum kind {
	KIND_STRING,
	KIND_BOOL,
	KIND_INT,   /* lo to hi, both included */
	KIND_FLOAT, /* lo to hi */
	KIND_TIME,
	KIND_REF,   /* identifier of a type in `refs` */
	KIND_VOCAB, /* one of `words`; others are a warning if WORDS_OPEN, else refused */
	KIND_HEX,
	KIND_BASE64,
	KIND_HASHES, /* dictionary of algorithm to digest */
	KIND_DICT,   /* keys by the rule for dictionaries, any values */
	KIND_OBJECT, /* of `shape` */
	KIND_NAME,   /* lower-case letters, digits and hyphens */
	KIND_LANG,
	KIND_IPV4,
	KIND_IPV6,
	KIND_MAC,
	KIND_GRADE,
	KIND_EXTENSIONS,
	KIND_SELECTOR,
	KIND_ANY
};

enum {
	REQUIRED = 1,
	LIST = 2, /* a list of the kind, not empty */
	DEPRECATED = 4,
	MILLIS = 8,  /* a time of at least three digits of a second, exactly three are right */
	FILLED = 16, /* a string that may not be empty */
};

struct words {
	bool open;
	uint16_t n;
	const struct str *list;
};

struct shape;

struct prop {
	struct str name;
	uint8_t kind, flags;
	union {
		uint64_t refs; /* 1 << enum stix_type */
		const struct words *words;
		const struct shape *shape;
	} u;
	int64_t lo, hi; /* hi < lo: no bounds */
};

enum rule_kind {
	RULE_ONE,          /* at least one of them */
	RULE_ONE_ONLY,     /* exactly one of a and b */
	RULE_NEEDS,        /* a only together with b */
	RULE_NOT_BEFORE,   /* time a is b or later */
	RULE_AFTER,        /* time a is later than b */
	RULE_IF_TRUE,      /* boolean a true: b is required */
	RULE_NOT_IF_TRUE,  /* boolean a true: b is not allowed */
	RULE_NOT_IF_FALSE, /* boolean a false (or absent): b is not allowed */
	RULE_NOT_OVER,     /* number a is at most b */
	RULE_ANY_OWN       /* at least one property of the shape's own, or an extension */
};

struct rule {
	enum rule_kind kind;
	struct str a, b, c;
};

enum { SHAPE_PROPS = 40 };

struct shape {
	const char *what;
	const struct prop *props;
	uint8_t nprops; /* at most SHAPE_PROPS */
	uint8_t nrules;
	bool not_empty; /* at least one member */
	const struct rule *rules;
};

/* How rows are written: P("name", STRING, REQUIRED), P_REF("host_vm_ref", 0, T(SOFTWARE)) … */
#define P(name_, kind_, flags_)                                                            \
	{                                                                                  \
		.name = STR_INIT(name_), .kind = KIND_##kind_, .flags = (flags_), .hi = -1 \
	}
#define P_INT(name_, flags_, lo_, hi_)                                                                 \
	{                                                                                              \
		.name = STR_INIT(name_), .kind = KIND_INT, .flags = (flags_), .lo = (lo_), .hi = (hi_) \
	}
#define P_FLOAT(name_, flags_, lo_, hi_)                                                                 \
	{                                                                                                \
		.name = STR_INIT(name_), .kind = KIND_FLOAT, .flags = (flags_), .lo = (lo_), .hi = (hi_) \
	}
#define P_REF(name_, flags_, refs_)                                                                       \
	{                                                                                                 \
		.name = STR_INIT(name_), .kind = KIND_REF, .flags = (flags_), .u.refs = (refs_), .hi = -1 \
	}
#define P_WORD(name_, flags_, words_)                                                                          \
	{                                                                                                      \
		.name = STR_INIT(name_), .kind = KIND_VOCAB, .flags = (flags_), .u.words = &(words_), .hi = -1 \
	}
#define P_OBJ(name_, flags_, shape_)                                                                            \
	{                                                                                                       \
		.name = STR_INIT(name_), .kind = KIND_OBJECT, .flags = (flags_), .u.shape = &(shape_), .hi = -1 \
	}
#define R2(kind_, a_, b_)                                                  \
	{                                                                  \
		.kind = RULE_##kind_, .a = STR_INIT(a_), .b = STR_INIT(b_) \
	}
#define R3(kind_, a_, b_, c_)                                                                 \
	{                                                                                     \
		.kind = RULE_##kind_, .a = STR_INIT(a_), .b = STR_INIT(b_), .c = STR_INIT(c_) \
	}
#define R0(kind_)                    \
	{                            \
		.kind = RULE_##kind_ \
	}
/* static const SHAPE(shape_tool, "tool", tool); */
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define SHAPE(var, what_, props_) struct shape var = {.what = (what_), .props = (props_), .nprops = COUNT(props_)}
#define SHAPE_RULES(var, what_, props_, rules_) \
	struct shape var = {.what = (what_), .props = (props_), .nprops = COUNT(props_), .rules = (rules_), .nrules = COUNT(rules_)}

#define T(type) (UINT64_C(1) << STIX_##type)
#define INT_MAX_SAFE INT64_C(9007199254740991) /* STIX 2.1 section 2.7: within ±(2^53 - 1) */

/* Sets of types, by the order of STIX_TYPES: custom, SDOs, SROs, SCOs, meta objects, bundle. A custom type may be anything, so it is in each. */
#define ANY_SDO (T(RELATIONSHIP) - 1)
#define ANY_SRO (T(RELATIONSHIP) | T(SIGHTING) | T(CUSTOM))
#define ANY_SCO (T(CUSTOM) | (T(EXTENSION_DEFINITION) - T(ARTIFACT)))
#define ANY_OBJECT (T(BUNDLE) - 1)

/* table_common.c */
extern const struct prop common_props[];
extern const size_t common_count;
/* Which of the common properties a class requires, and which the standard does not provide for it: 1 << index into common_props. */
enum common {
	COMMON_TYPE,
	COMMON_ID,
	COMMON_SPEC_VERSION,
	COMMON_CREATED,
	COMMON_MODIFIED,
	COMMON_CREATED_BY_REF,
	COMMON_REVOKED,
	COMMON_LABELS,
	COMMON_CONFIDENCE,
	COMMON_LANG,
	COMMON_EXTERNAL_REFERENCES,
	COMMON_OBJECT_MARKING_REFS,
	COMMON_GRANULAR_MARKINGS,
	COMMON_EXTENSIONS,
	COMMON_DEFANGED,
	COMMON_COUNT
};
uint32_t common_required(enum stix_type type, enum stix_class class);
uint32_t common_foreign(enum stix_type type, enum stix_class class);

/* table_sdo.c, table_sco.c: the shape of a type's own properties; NULL for STIX_CUSTOM and the bundle */
const struct shape *shape_of(enum stix_type type);
const struct shape *shape_sdo(enum stix_type type);
const struct shape *shape_sco(enum stix_type type);
/* table_ext.c: the shape of a predefined extension of a type, NULL if the standard has no such */
const struct shape *shape_ext(enum stix_type type, struct str key);
/* table_comity.c: the shape of one of our own extensions by its key, else NULL */
const struct shape *shape_comity(struct str key);

/* value.c */
bool value_hex(struct str s);
bool value_base64(struct str s);
bool value_ipv4(struct str s); /* with or without /0 to /32 */
bool value_ipv6(struct str s); /* with or without /0 to /128 */
bool value_mac(struct str s);
bool value_name(struct str s); /* [a-z0-9-]+ */
bool value_lang(struct str s);
bool value_dict_key(struct str s);
bool value_prop_name(struct str s);
/* A digest under the name of its algorithm: false if it cannot be one. *ret_known tells whether the name is of the vocabulary. */
bool value_hash(struct str algorithm, struct str digest, bool *ret_known);

#endif
