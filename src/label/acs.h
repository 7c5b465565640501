/* acs: the Access Control Specification marking of STIX 2.1, an extension of marking-definition objects.
 *
 * Facts from the OASIS common object repository: JSON schema isa-acs-3-0.json of extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce and its
 * examples. What the vocabulary's words ask of people is told by the ISA Access Control Specification 3.0a, which was not at hand; so every word that
 * could restrict does.
 *
 *	control_set.classification          the level whose short form is U, C, S or TS (else the one so called)
 *	sci_controls, caveat, sensitivity, logical_authority_category
 *	                                    compartments of the same name; others refuse the marking. Written: sci_controls alone
 *	formal_determination                PUBREL: everyone; NF: USA alone; AIS, NO-PII-PRESENT, INFORMATION-DIRECTLY-…: told; others: compartments
 *	permitted_nationalities             the circle; none given: the originator and the reader
 *	shareability, entity                refused, unless every value is named
 *	permitted_organizations             refused
 *	privdefault=deny, any deny          orcon; and only those may have it to whom DSPLY, CISAUSES or ALL is permitted
 *	                                    a denied action that is not in the vocabulary, or name that is no member's, refuses the marking
 *	sharedefault=deny, any deny         if the reader is not the originator, member or not: nobody but these two
 *	resource_disposition                delete by
 *	responsible_entity_originator, else custodian
 *	                                    the owner, where its first word is a member; else the reader
 *
 * Dates of validity, TLP (which stands beside it in object_marking_refs), joint owners and levels that are none of the four cannot be written. */
#ifndef LABEL_ACS_H
#define LABEL_ACS_H

#include "label/import.h"

#define ACS_EXTENSION "extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce"

struct json;

/* Appends a marking-definition. One label, given at one time, has one id. ERR_INVALID, and nothing written, for a label that it cannot say. */
enum err acs_put(struct buf *b, const struct label_policy *p, const struct label *l, int64_t created, struct errinfo *e) MUST_USE;

/* The ACS marking of a marking-definition; NULL if it is another kind. */
const struct json *acs_find(const struct json *obj);

/* Reads it; acs is in the tree of text. ERR_INVALID with the place. *ret is in normal form, but may have an empty circle: it is to be joined to
 * another label, or to be passed to label_import_done. */
enum err acs_read(struct str text, const struct json *acs, const struct label_import *in, struct label *ret, struct errinfo *e) MUST_USE;

/* The level of "U", "C", "S" or "TS" in this centre; -1 if there is none. Without levels U is 0. For acs_*.c. */
int acs_level(const struct label_policy *p, struct str code);
#define ACS_CODES                                                                                            \
	{                                                                                                    \
		{STR_INIT("U"), "UNCLASSIFIED"}, {STR_INIT("C"), "CONFIDENTIAL"}, {STR_INIT("S"), "SECRET"}, \
		{                                                                                            \
			STR_INIT("TS"), "TOP SECRET"                                                         \
		}                                                                                            \
	}

#endif
