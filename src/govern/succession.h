/* succession: what one charter must keep of the one before it. Signatures are chain.h's matter. */
#ifndef GOVERN_SUCCESSION_H
#define GOVERN_SUCCESSION_H

#include "govern/charter.h"

struct succession {
	uint64_t joined;  /* members that are new */
	uint64_t left;    /* departed in this one */
	uint64_t rekeyed; /* got a new root key */
};

/* Whether `next` may follow on `last`; *ret (may be NULL) tells what changed. ERR_INVALID names the rule and the member, level or
 * field. The rules: version + 1; previous is the hash of last; from is later; members keep number and id, the departed stay so; keys
 * change only together with the root key (cards change the rest), and then epoch and counter go up; revoked_from comes only with a new
 * root key; a joining member is not already departed; levels keep rank, name and abbreviation, and national words once given; the rota
 * stays as it is or begins anew not before `from`. */
enum err succession_check(const struct charter *last, const struct charter *next, struct succession *ret, struct errinfo *e) MUST_USE;
/* What a founding charter must be: version 1, nobody departed or revoked, the rota not before `from`. */
enum err succession_first(const struct charter *first, struct errinfo *e) MUST_USE;

#endif
