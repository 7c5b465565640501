/* policy: what a centre's charter says that labels need: its members' numbers and ids, its levels and what they are called, its compartments.
 *
 * Filled by govern from a charter (then label_policy_check) and read-only after. A set of members is a uint64_t: the bit of a member's number. A
 * number is never reused, so a set keeps its meaning under every later charter of the same centre. Fixed storage, about 50 KB: keep it off the stack.
 */
#ifndef LABEL_POLICY_H
#define LABEL_POLICY_H

#include "base/buf.h"
#include "base/limits.h"

enum {
	POLICY_ID = 32,        /* bytes of a centre's id */
	POLICY_MEMBER = 8,     /* longest member id: [a-z][a-z0-9]{1,7} */
	POLICY_NAME = 48,      /* longest name of a level, bytes of UTF-8 */
	POLICY_PORTION = 12,   /* longest short form of one */
	POLICY_RANK_MAX = 254, /* highest rank of a level; 255 is LABEL_LEVEL_TOP, above every level */
};

/* What one level is called. Both NUL-terminated; both empty = no word of its own. */
struct label_words {
	char name[POLICY_NAME + 1];       /* in banners: "SECRET", "TOP SECRET" */
	char portion[POLICY_PORTION + 1]; /* in portion marks: "S", "TS" */
};

struct label_level {
	uint8_t rank;                               /* 0 is the lowest; compared as a number; distinct within a policy */
	struct label_words words;                   /* the centre's own, always given */
	struct label_words national[LIMIT_MEMBERS]; /* by member number; empty = that member uses the centre's words here */
};

struct label_policy {
	uint8_t id[POLICY_ID];                                             /* the centre's id; not all zero */
	char member[LIMIT_MEMBERS][POLICY_MEMBER + 1];                     /* by number; "" = no such number (yet) */
	size_t nlevels;                                                    /* 0: the centre uses TLP alone */
	struct label_level level[LIMIT_LEVELS];                            /* any order */
	size_t ncompartments;                                              /* known names, any order; others are refused in marks */
	char compartment[LIMIT_COMPARTMENTS_KNOWN][LIMIT_COMPARTMENT + 1]; /* [A-Z][A-Z0-9-]*, none of the words of marks */
};

/* Whether the policy can carry marks without two readings: id given; member ids well-formed, distinct and none of "all", "joint"; ranks, names and
 * short forms distinct (the centre's among each other; each member's among its own); level words of UTF-8 without control characters, "/", "(", ")",
 * "," or stray blanks, not beginning with "TLP:"; no level name followed in another level's name by a member's id; compartments well-formed, distinct
 * and no words of marks. ERR_INVALID names the first fault. */
enum err label_policy_check(const struct label_policy *p, struct errinfo *e) MUST_USE;

/* Number of a member by its id in small letters; -1 if there is none. */
int label_policy_member(const struct label_policy *p, struct str id);
/* The same by its id in capitals, as in marks. */
int label_policy_member_upper(const struct label_policy *p, struct str id);
/* The level of this rank; NULL if there is none. */
const struct label_level *label_policy_level(const struct label_policy *p, uint8_t rank);
/* What a member calls a level: its own words, or the centre's where it has none; -1 (joint): the centre's. */
const struct label_words *label_level_words(const struct label_level *l, int member);
bool label_policy_compartment(const struct label_policy *p, struct str name);
uint8_t label_policy_top(const struct label_policy *p);      /* the highest rank of a level; 0 without levels */
uint64_t label_policy_members(const struct label_policy *p); /* all that ever were, as a set */

/* Whether this is the name of a compartment: [A-Z][A-Z0-9-]{0,31} and none of ALL DELETE JOINT ORCON REL TLP TO UNTIL VALID BY. */
bool label_compartment_ok(struct str name);

/* A member's id in capitals, as marks have it. */
void label_member_put(struct buf *b, const struct label_policy *p, int member);
/* A circle's name: ids sorted bytewise and joined by "."; "" for the empty set. Asserts that every number is a member. */
void label_circle_put(struct buf *b, const struct label_policy *p, uint64_t circle);
/* Reads exactly that form. ERR_INVALID names the id that is unknown, doubled or out of order, with its column. */
enum err label_circle_parse(const struct label_policy *p, struct str name, uint64_t *ret, struct errinfo *e) MUST_USE;
/* The members of a set in the order of their ids; returns how many. */
size_t label_circle_order(const struct label_policy *p, uint64_t circle, uint8_t ret[static LIMIT_MEMBERS]);

#endif
