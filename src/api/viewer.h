/* viewer: who asks over HTTP, as found out from what the request shows. */
#ifndef API_VIEWER_H
#define API_VIEWER_H

#include "api/route.h"

struct viewer {
	struct node_who who;        /* what the node is asked as */
	struct str account;         /* its name */
	unsigned may;               /* bits 1 << enum route_may: by role, and by the token's scopes */
	uint64_t sight;             /* another number whenever what this account may see was changed: part of what replies are kept by */
	struct node_person *person; /* what the above views: let go after the answer (web_who_done); who goes on longer holds on to it */
};

#endif
