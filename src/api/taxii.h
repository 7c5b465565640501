/* taxii: TAXII 2.1 (OASIS Standard, 10 June 2021), for tools that have it: what an account may see, as collections that are polled, and one into
 *which objects are put, for the member's private circle.
 *
 *	/taxii2/                                          discovery
 *	/taxii2/root/                                     the one API root
 *	/taxii2/root/status/{id}/                         of what was put in, for a day
 *	/taxii2/root/collections/[{id}/[manifest/|objects/[{object}/[versions/]]]]
 *
 * The collections: everything that the account may see, one for each circle of which it may see anything, and the inbox. A collection that the
 *account may not see and one that does not exist are the same answer. Nothing is deleted this way: what was recorded is recalled (403). */
#ifndef API_TAXII_H
#define API_TAXII_H

#include "api/route.h"

extern const struct route_family taxii_family;

#endif
