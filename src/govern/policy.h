/* policy: what a charter says about labels, in the form that the label room works with. */
#ifndef GOVERN_POLICY_H
#define GOVERN_POLICY_H

#include "govern/charter.h"

struct label_policy;

/* Fills *ret and has label_policy_check pass it: the centre's id, members by number, levels by rank with each member's own words.
 * Nothing in it is a view. The charter names no compartments: the caller adds those it knows. *ret is about 50 KB; its content is
 * undefined on failure. */
enum err policy_of_charter(const struct charter *c, const struct hash *centre, struct label_policy *ret, struct errinfo *e) MUST_USE;

#endif
