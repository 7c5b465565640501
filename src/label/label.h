/* label: who may see a thing, and the algebra that keeps what is made of several things from going further than all of them allow.
 *
 * Labels are partly ordered: a <= b when b is at least as strict as a in every way. join gives the least label at least as strict as both. It is
 * total, commutative, associative and idempotent, and it is the only way labels are put together. What cannot be said as a label becomes stricter,
 * never looser: a join across centres is private, more compartments than fit is "overfull", which nobody may read.
 *
 * A label is in normal form when label_ok says so; whatever makes labels here makes only those, and everything else takes only those. In normal form
 * two labels are equal if and only if their bytes of meaning are, and unused storage is zero. */
#ifndef LABEL_LABEL_H
#define LABEL_LABEL_H

#include "label/policy.h"

/* TLP 2.0, in the order of strictness. A sharing scope; never turned into a level, nor a level into it. */
enum label_tlp {
	LABEL_TLP_NONE,
	LABEL_TLP_CLEAR,
	LABEL_TLP_GREEN,
	LABEL_TLP_AMBER,
	LABEL_TLP_AMBER_STRICT,
	LABEL_TLP_RED,
};

enum {
	LABEL_LEVEL_TOP = 255, /* above every rank: the level of private joins, since ranks of two centres are not on one scale */
	LABEL_OVERFULL = 255,  /* ncompartments of a join of more than LIMIT_COMPARTMENTS: nobody satisfies it */
};

struct label {
	uint8_t policy[POLICY_ID]; /* the centre; all zero = private: a join across centres, which may go nowhere */
	uint64_t owners; /* members whose information it is; more than one = joint. A join unites them, so a join's owners tell its sources: they stay
			    private, and a product is labelled anew as its author's own before release (label_may_release holds to that) */
	uint64_t circle; /* members it may go to */
	int64_t valid_until;   /* microseconds UTC; from then on it is out of view. TIME_NEVER = no end */
	int64_t delete_by;     /* microseconds UTC; by then it is gone, and out of view. TIME_NEVER = no date */
	uint8_t level;         /* rank; 0 in a centre without levels */
	uint8_t tlp;           /* enum label_tlp */
	bool orcon;            /* any use in a product needs the originator's consent, even in the same circle */
	uint8_t ncompartments; /* all are needed; LABEL_OVERFULL */
	char compartment[LIMIT_COMPARTMENTS][LIMIT_COMPARTMENT + 1]; /* sorted, distinct, zero-padded; zeros past ncompartments */
};

/* The loosest label of a centre (join's identity there): level 0, everybody, no owner, no date. */
void label_bottom(struct label *ret, const uint8_t policy[static POLICY_ID]);
/* The strictest label of all. */
void label_top(struct label *ret);
/* Owned by one member and for it alone, at a level: where labelling begins. */
void label_own(struct label *ret, const uint8_t policy[static POLICY_ID], int member, uint8_t level);
/* Adds a compartment (label_compartment_ok, else it is our mistake). More than fit: overfull. One that is there already stays once. */
void label_add_compartment(struct label *l, struct str name);
bool label_has_compartment(const struct label *l, struct str name); /* an overfull label has all */

/* Normal form: private means circle and owners empty and the level TOP, otherwise the level is less than TOP; compartments well-formed, sorted,
 * distinct, the rest zero; tlp in range; dates TIME_NEVER or what time_put can write. */
bool label_ok(const struct label *l);
bool label_private(const struct label *l);
/* One owner's number; -1 for none or several. */
int label_owner(const struct label *l);

/* ret may be a or b. */
void label_join(const struct label *a, const struct label *b, struct label *ret);
bool label_leq(const struct label *a, const struct label *b); /* a is no stricter than b: join(a, b) == b */
bool label_eq(const struct label *a, const struct label *b);
/* leq without the owners: b's markings and circle hold to all that a demands. */
bool label_keeps(const struct label *a, const struct label *b);

const char *label_tlp_name(enum label_tlp t);            /* "amber+strict"; "" for none */
bool label_tlp_parse(struct str s, enum label_tlp *ret); /* the same names in small letters, none excepted; TLP 1's "white" is refused */

#endif
