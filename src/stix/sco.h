/* sco: deterministic identifiers of observables.
 *
 * Two members who saw the same address give it the same id, without speaking to each other: UUIDv5, in the namespace that STIX 2.1 section 2.9
 * fixes, of the RFC 8785 text of the id contributing properties (each SCO's section names them; of hashes only the first present of MD5, SHA-1,
 * SHA-256, SHA-512). */
#ifndef STIX_SCO_H
#define STIX_SCO_H

#include "base/arena.h"
#include "json/dom.h"
#include "stix/id.h"

extern const uint8_t stix_sco_space[16]; /* 00abedb4-aa42-466c-9c01-fed23315a9b7 */

/* The id that obj, an SCO of the standard, should have. ERR_NOTFOUND: no contributing property is present, or the type (process, custom) has
 * none: then its id is a UUIDv4. scratch holds the canonical text and may grow. ERR_INVALID: not an SCO of the standard; ERR_LIMIT, ERR_NOMEM:
 * scratch is spent. */
enum err stix_sco_id(const struct json *obj, struct arena *scratch, struct stix_id *ret, struct errinfo *e) MUST_USE;

/* Whether obj has any contributing property: if not, its id is a UUIDv4. */
bool stix_sco_has(const struct json *obj, enum stix_type type);

#endif
