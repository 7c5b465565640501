/* stanag: labels in the words of STANAG 4774, as XML and as JSON.
 *
 * XML: element originatorConfidentialityLabel of ADatP-4774 edition A, namespace urn:nato:stanag:4774:confidentialitymetadatalabel:1:0. That
 * alternative labels and the older name ConfidentialityLabel have the same form, that ReviewDateTime has to stand where no succession does,
 * and that a value is a GenericValue, is from public accounts of that standard; the standard itself was not at hand. JSON: the standard has
 * none of its own. What is written is the form of STANAG 5636's elements as public OpenTDF data carry it: {"ocl": {"pol", "cls", "catl":
 * [{"type": "P", "name", "vals"}], "dcr"}, "context": {"@base": "urn:nato:stanag:5636:A:1:elements:json"}}. Types "P" and "R" were seen there;
 * "I" follows them.
 *
 *	PolicyIdentifier    the centre's id in hex; read also: a member's id in capitals, for that member's own policy
 *	Classification      the centre's name of the level (in a member's policy: that member's); without levels "TLP:AMBER"
 *	PERMISSIVE          Releasable To: the circle, by members' ids in capitals
 *	RESTRICTIVE         Compartment, Dissemination (ORCON), TLP, Valid Until, Delete By
 *	INFORMATIVE         Owner: members' ids
 *
 * Dates are restrictive categories of ours, since a review that is overdue invalidates no label, and whoever does not know them must not go
 * past them. Reading never widens (label/import.h): another policy or classification, a restrictive category that is not among these or says
 * nothing, an unreadable date are refused; a value of Releasable To that is no member is left out, and told; a permissive category of another
 * name is met by nobody here, so it is refused; without Releasable To the owners alone may have it; a succession ends the label when the next
 * one begins. */
#ifndef LABEL_STANAG_H
#define LABEL_STANAG_H

#include "label/import.h"

enum stanag_form { STANAG_XML, STANAG_JSON };

/* Appends. created: when the label was given. ERR_INVALID, and nothing written, for a label that no mark can say. */
enum err
stanag_put(struct buf *b, enum stanag_form form, const struct label_policy *p, const struct label *l, int64_t created, struct errinfo *e) MUST_USE;

/* Reads either form, at most LIMIT_LABEL_FILE. Document types, and so entities, are refused. ERR_SYNTAX, ERR_INVALID, ERR_LIMIT with the place. */
enum err stanag_read(struct str text, enum stanag_form form, const struct label_import *in, struct label *ret, struct errinfo *e) MUST_USE;

#endif
