/* policy: what a charter says about labels, in the form that the label room works with. */
#ifndef GOVERN_POLICY_H
#define GOVERN_POLICY_H

#include "govern/charter.h"

struct label_policy;

/* Fills *ret and has label_policy_check pass it: the centre's id, members by number, levels by rank with each member's own words.
 * Nothing in it is a view. The charter names no compartments: the caller adds those it knows. *ret is about 50 KB; its content is
 * undefined on failure. */
enum err policy_of_charter(const struct charter *c, const struct hash *centre, struct label_policy *ret, struct errinfo *e) MUST_USE;

/* The members that a later charter of the same centre has and *p not, by their names. Numbers keep their meaning, and what was given to a member that
 * joined is here also by a clock that was set back to before it did. Where those names and the words of these levels could be read in two ways, *p is
 * left as it was. */
void policy_know_members(const struct charter *later, struct label_policy *p);

#endif
