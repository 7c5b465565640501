/* web_gate: whether a request was meant for this node, before anybody is asked who he is.
 *
 * A page of a stranger's site can make a browser send requests here, by a name of its own that it makes point at this machine (DNS rebinding), or by
 * our name with what the browser adds by itself (cookies, Basic passwords). So Host must be an address it listens on or a name it was given, and a
 * request that changes something must not come from another origin. Programs send neither Origin nor Sec-Fetch-Site. */
#ifndef API_WEB_GATE_H
#define API_WEB_GATE_H

#include "http/server.h"

struct web_gate {
	const char *address; /* where it listens: "127.0.0.1", "::" */
	struct str names;    /* other names it is asked by, parted by blanks; small letters */
};

bool web_is_loopback(const char *address);
/* GET, HEAD and OPTIONS change nothing. */
bool web_is_safe(const struct http_request *q);
/* 0: go on; else the status, and why. */
int web_gate(const struct web_gate *g, const struct http_request *q, const char **ret_why);

#endif
