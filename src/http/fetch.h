/* fetch: resources of servers that are no members (TAXII, feeds), by libcurl: HTTPS with a store of authorities, plain HTTP only where allowed.
 *
 * An address that a stranger may have given must not reach this machine or its neighbours: private, loopback, link-local and other special
 * addresses are refused at the moment of connecting, whatever a name resolved to before. No proxy, no cookie, no name or password in a URL, no
 * protocol but HTTP. Pinned peers are spoken to by http/client.h. */
#ifndef HTTP_FETCH_H
#define HTTP_FETCH_H

#include "base/buf.h"
#include "http/server.h" /* struct http_field */

struct sockaddr;

/* What one client may do; copied, its texts must outlive the client. */
struct http_fetch_rules {
	bool plain;           /* http:// too */
	bool local;           /* addresses that are not public, too */
	const char *ca;       /* PEM file of the authorities; NULL: the system's */
	struct str cert, key; /* of our own, PEM; empty: none */
	unsigned redirects;   /* how many are followed, for GET; 0: none: the reply is the redirect. Never to plain HTTP from HTTPS */
	const char *agent;    /* User-Agent; NULL: "comity" */
};

struct http_fetch_options {
	const char *method; /* "GET" if NULL; "POST" and others send body */
	struct str url;
	const struct http_field *headers; /* Accept, Content-Type, …; those that name or prove us belong below */
	size_t nheaders;
	/* Authorization, an API key: sent to the origin (scheme, host, port) of url alone, never after a redirect. */
	const struct http_field *credentials;
	size_t ncredentials;
	struct str body;
	unsigned seconds;        /* for all of it; 0: 60 */
	size_t max;              /* bytes of the reply's body, after decompression */
	bool (*stop)(void *ctx); /* asked about once a second whether to give up; may be NULL */
	void *ctx;
};

struct http_fetched {
	int status;
	unsigned retry_after;                    /* seconds, by Retry-After, a number or a date; 0: not said */
	struct buf body;                         /* decompressed */
	struct buf texts;                        /* what the headers view */
	struct http_field headers[HTTP_HEADERS]; /* of the last reply; names in lower case; what is beyond their number is lost */
	size_t nheaders;
};

struct http_fetcher;

/* A client keeps its connections between calls; for one thread. */
enum err http_fetcher_new(const struct http_fetch_rules *rules, struct http_fetcher **ret, struct errinfo *e) MUST_USE;
void http_fetcher_free(struct http_fetcher *f); /* takes NULL */

/* OK: a reply came, whatever its status; ret (zeroed, or used before) is filled, and freed by http_fetched_done. ERR_USAGE: a URL, method or header
 * that is not sent; ERR_DENIED: an address that is not public; ERR_VERIFY: the certificate; ERR_LIMIT: longer than max; ERR_STOPPED; ERR_IO: no
 * answer in time (worth trying again). */
enum err http_fetch(struct http_fetcher *f, const struct http_fetch_options *o, struct http_fetched *ret, struct errinfo *e) MUST_USE;
void http_fetched_done(struct http_fetched *r); /* takes NULL */
/* The value of a header, its name in lower case; false if it did not come. */
bool http_fetched_header(const struct http_fetched *r, const char *name, struct str *ret);

/* Whether an address is one of the public internet: not private, loopback, link-local, shared, multicast, for documentation or reserved, nor an
 * IPv6 form of such a one (RFC 6890 and its registry). */
bool http_address_is_public(const struct sockaddr *a);

#endif
