/* web: the listener for people and their tools: JSON API, TAXII, events, the node's health. Peers have one of their own (peer_serve.h), so that no
 * browser is asked for a certificate. */
#ifndef API_WEB_H
#define API_WEB_H

#include "api/route.h"

struct web;

struct web_config {
	const char *address;
	uint16_t port;        /* 0: any free one */
	struct str cert, key; /* PEM, each with a NUL at its end; empty: plain HTTP, on a loopback address alone (ERR_USAGE elsewhere) */
	void (*told)(void *ctx, enum err err, const struct errinfo *e); /* what could not be answered; may be NULL */
	void *ctx;
};

/* Answers when it returns; cert and key must outlive it, as the host must. */
enum err web_start(const struct web_config *c, struct host *h, struct web **ret, uint16_t *ret_port, struct errinfo *e) MUST_USE;
void web_wake(struct web *w); /* something may be new. Takes NULL, as does: */
void web_stop(struct web *w);

#endif
