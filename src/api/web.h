/* web: the listener for people and their tools: JSON API, TAXII, events, the node's health. Peers have one of their own (peer_serve.h), so that no
 * browser is asked for a certificate. */
#ifndef API_WEB_H
#define API_WEB_H

#include "api/budget.h"
#include "api/log.h"
#include "api/route.h"

struct web;

struct web_config {
	const char *address;
	uint16_t port;        /* 0: any free one */
	struct str cert, key; /* PEM, each with a NUL at its end; empty: plain HTTP, on a loopback address alone (ERR_USAGE elsewhere) */
	struct str names;     /* by which it is asked beside its address, parted by blanks, in small letters (web_gate.h) */
	struct str metrics;   /* a secret for /metrics; empty: administrators' tokens alone */
	const char *dir;      /* the home's; NULL: nothing is told of it */
	int listener;         /* a socket that listens already, if listening */
	bool listening;
	unsigned connections, per_address; /* 0: as http_config */
	/* Requests a minute, above which it is 429 and Retry-After: of one account, and from one address (IPv6: one /64) by whom no account is known.
	 * 0: LIMIT_WEB_REQUESTS, LIMIT_WEB_STRANGERS */
	uint32_t per_account, strangers;
	const struct log *log; /* NULL: none */
};

/* Answers when it returns; what the config views must outlive it, as the host must. */
enum err web_start(const struct web_config *c, struct host *h, struct web **ret, uint16_t *ret_port, struct errinfo *e) MUST_USE;
void web_wake(struct web *w); /* something may be new. Takes NULL, as do: */
/* The node's work goes on: to be called at least twice a minute, or /healthz says that it does not. */
void web_beat(struct web *w);
void web_drain(struct web *w); /* as http_server_drain */
bool web_is_drained(const struct web *w);
void web_stop(struct web *w);

/* All that it serves: there is no path outside of these tables. */
extern const struct route_family *const web_families[];
extern const size_t web_nfamilies;

/* web_node.c: /healthz, /readyz, /metrics. The last of the families: every path is its. */
extern const struct route_family node_family;
bool web_is_well(struct web *w);
void web_metrics(struct web *w, struct buf *b);

#endif
