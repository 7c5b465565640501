/* object: one STIX 2.1 object, checked against the standard.
 *
 * Objects are kept byte for byte; this only reads. What the standard requires (MUST, SHALL) is refused when it is not so, what it recommends
 * (SHOULD) is counted as a warning. Types and properties that the standard does not know are taken, since real data is full of them, and counted.
 * The rules are tables (table_*.c), one row a property; the check is one walk over the object's members, without allocation: 1 to 2 microseconds
 * for a typical object.
 *
 * Source: STIX Version 2.1, OASIS Standard, 10 June 2021, and where it leaves room the OASIS JSON schemas. */
#ifndef STIX_OBJECT_H
#define STIX_OBJECT_H

#include "base/time.h"
#include "json/dom.h"
#include "stix/id.h"

/* name, what it says to a person */
#define STIX_WARNINGS(X)                                                                                                                  \
	X(STIX_WARN_CUSTOM_TYPE, "type is not of the standard")                                                                           \
	X(STIX_WARN_CUSTOM_NAME, "property is not of the standard, without the prefix x_")                                                \
	X(STIX_WARN_CUSTOM_EMPTY, "empty list or null in a property that is not of the standard")                                         \
	X(STIX_WARN_NOT_APPLICABLE, "common property that the standard does not provide for this type")                                   \
	X(STIX_WARN_VOCABULARY, "value is not of the recommended vocabulary")                                                             \
	X(STIX_WARN_DEPRECATED, "property is deprecated")                                                                                 \
	X(STIX_WARN_UUID, "UUID with capitals, of no variant and version that RFC 4122 names, or of another version than its object has") \
	X(STIX_WARN_TIME, "created or modified with more than three digits of a second")                                                  \
	X(STIX_WARN_LANGUAGE, "language is not an RFC 5646 tag")                                                                          \
	X(STIX_WARN_HASH, "hash algorithm is not of the recommended vocabulary")                                                          \
	X(STIX_WARN_EXTENSION, "extension is neither defined by the standard for this type nor by an extension-definition")

enum stix_warning {
#define X(name, text) name,
	STIX_WARNINGS(X)
#undef X
	    STIX_WARN_COUNT
};

const char *stix_warning_text(enum stix_warning);

/* Views and pointers are into the tree (and its text) that was checked. */
struct stix_info {
	enum stix_type type;   /* STIX_CUSTOM if the standard does not know it: id.type has the name */
	enum stix_class class; /* how it behaves: SDO, SRO, SCO or META, for a custom type too */
	struct stix_id id;
	int64_t created, modified;              /* TIME_NEVER if absent (SCOs, marking definitions); a marking definition's modified is its created */
	struct str created_text, modified_text; /* as written; empty if absent */
	bool has_creator;
	struct stix_id created_by; /* if has_creator */
	bool revoked, defanged;
	int confidence;                /* 0 to 100; -1 if absent */
	struct str spec_version, lang; /* empty if absent (spec_version may be for an SCO only) */
	const struct json *labels, *object_marking_refs, *granular_markings, *external_references, *extensions; /* NULL if absent */

	uint32_t custom;   /* properties that the standard does not know */
	uint32_t warnings; /* how many in all */
	uint32_t warned;   /* which kinds: 1 << enum stix_warning */
	struct {
		uint32_t n;
		const struct json *first; /* what the first of the kind is about */
	} kind[STIX_WARN_COUNT];
	const struct json *first; /* what the first warning is about, and which it is; NULL if none */
	enum stix_warning first_what;
};

/* Check one object. obj is the root of the tree of text (json_parse). ERR_INVALID: against the standard; the message begins with the path of the
 * property ("external_references[2].source_name: …") and the place is that of its value in text. ERR_VERSION with a hint: an object of STIX 2.0;
 * ERR_LIMIT: more than LIMIT_SELECTORS. *ret is untouched on failure.
 *
 * A type that is not of the standard is an SCO if an extension of it says new-sco, or if it has none of spec_version, created, modified; an SRO
 * if one says new-sro; else an SDO, with all that is required of one. */
enum err stix_check(struct str text, const struct json *obj, struct stix_info *ret, struct errinfo *e) MUST_USE;

#endif
