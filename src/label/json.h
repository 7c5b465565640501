/* json: a label as canonical JSON (RFC 8785), for entries and stored objects.
 *
 *	{"circle":"irq.rus","compartments":["ALPHA"],"level":2,"orcon":true,"owner":"irq","policy":"<64
 * hex>","tlp":"amber","valid_until":"2016-01-01T00:00:00.000000Z"}
 *
 * Members in this order, delete_by after compartments. circle, level (the rank; names of levels are for people), owner (several joined as a circle's
 * name is) and policy are always there; the others only when they say something. Overfull: "compartments":"*". Private: circle and owner "", level
 * 255, policy all zero. One label has one text. */
#ifndef LABEL_JSON_H
#define LABEL_JSON_H

#include "label/label.h"

struct json;

/* Appends. ERR_INVALID, and nothing written, if l is not in normal form, of another centre than p, or names members that p does not have
 * (label_bottom does). A private label takes any p. */
enum err label_json_put(struct buf *b, const struct label_policy *p, const struct label *l, struct errinfo *e) MUST_USE;

/* Reads exactly that form: other members, a member that says nothing, another centre, an unknown level or member, lists out of order or times written
 * otherwise are ERR_INVALID. The order of the members in the text is not looked at (json_parse_canonical does). Compartments need not be known to the
 * policy: whoever lacks them may not read the thing. */
enum err label_json_read(const struct json *j, const struct label_policy *p, struct label *ret, struct errinfo *e) MUST_USE;

#endif
