/* marking: data markings, TLP and granular.
 *
 * TLP is known by the registered ids of its marking definitions, both of 1.x (in STIX 2.1 itself, section 7.2.1.4) and of 2.0 (OASIS common
 * object repository). The text of a marking definition that claims to be TLP under another id is not believed. */
#ifndef STIX_MARKING_H
#define STIX_MARKING_H

#include "json/dom.h"
#include "stix/id.h"

/* In order of restriction. */
enum stix_tlp {
	STIX_TLP_NONE = 0,
	STIX_TLP_CLEAR, /* 1.x: white */
	STIX_TLP_GREEN,
	STIX_TLP_AMBER,
	STIX_TLP_AMBER_STRICT, /* 2.0 alone */
	STIX_TLP_RED,
	STIX_TLP_COUNT
};

/* The TLP of a marking definition's id; NONE if it is not one of the nine registered. *ret_version (may be NULL) becomes 1 or 2. */
enum stix_tlp stix_tlp_of(struct stix_id id, int *ret_version);
/* The registered id. version is 1 or 2; false for NONE and for AMBER_STRICT of version 1. */
bool stix_tlp_id(enum stix_tlp tlp, int version, struct stix_id *ret);
/* "TLP:AMBER+STRICT"; for version 1 CLEAR is "TLP:WHITE". Empty for NONE. */
struct str stix_tlp_name(enum stix_tlp tlp, int version);
/* "TLP:CLEAR" and the like, capitals or not, WHITE too (*ret_version 1); NONE if it is none of these. */
enum stix_tlp stix_tlp_parse(struct str name, int *ret_version);
/* The most restrictive TLP among an object's object_marking_refs (a part marked red by a granular marking does not make the whole red). NONE if
 * there is none. */
enum stix_tlp stix_tlp_object(const struct json *obj);
/* The most restrictive TLP anywhere on an object, granular markings too: what holds when parts are not told apart. */
enum stix_tlp stix_tlp_most(const struct json *obj);

/* The node that a granular marking's selector names ("labels.[0]", "kill_chain_phases.[1].phase_name"), or NULL if the object has no such
 * property. */
const struct json *stix_selector_find(const struct json *obj, struct str selector);
/* The statement of a marking definition of type statement; false if it is not one. */
bool stix_marking_statement(const struct json *obj, struct str *ret);

#endif
