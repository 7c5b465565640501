/* circle: the name of a set of members, both ways.
 *
 * A circle's own name is the ids of its members, sorted and joined by '.': one set, one name. It is read under a charter, since that
 * knows the numbers. Named circles ("ALL" and those of the charter) are a convenience for people and serials; origins of logs never
 * carry them. */
#ifndef GOVERN_CIRCLE_H
#define GOVERN_CIRCLE_H

#include "govern/charter.h"

enum { CIRCLE_TEXT_MAX = LIMIT_MEMBERS * (GOVERN_ID_MAX + 1) };

/* "irn.irq" to a set. ERR_INVALID if ids are not strictly sorted or empty, ERR_NOTFOUND naming the id that is none of this charter.
 * Departed members are read (old logs name them): circle_open tells. */
enum err circle_parse(const struct charter *c, struct str text, uint64_t *ret, struct errinfo *e) MUST_USE;
/* The same, or a named circle ("ALL"), or ids in capitals and any order, joined by '.', ',' or blanks: what a person types. */
enum err circle_parse_human(const struct charter *c, struct str text, uint64_t *ret, struct errinfo *e) MUST_USE;

/* Appends the circle's own name. ERR_INVALID if members is empty or holds a number that this charter has not given. */
enum err circle_print(const struct charter *c, uint64_t members, struct buf *b, struct errinfo *e) MUST_USE;
/* The charter's name for exactly these members: ALL first, then by name; empty if there is none. */
struct str circle_named(const struct charter *c, uint64_t members);

/* Everyone who votes: ALL. */
uint64_t circle_all(const struct charter *c);
/* Whether a circle takes new entries under this charter: not empty and nobody in it has departed. A closed one takes recalls alone. */
bool circle_open(const struct charter *c, uint64_t members);

#endif
