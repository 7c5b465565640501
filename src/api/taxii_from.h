/* taxii_from: another's TAXII 2.1 server, asked for what a collection of it has.
 *
 * Where a server sends us is never followed: its API roots must be at the address that was named, a redirect is a failure, and an address that is
 * not public is asked only if its number stands in the URL that was given, by somebody who may say so. What is given on are the bytes of pages; who
 * takes them in, and where the place within the collection is kept, is the caller's. */
#ifndef API_TAXII_FROM_H
#define API_TAXII_FROM_H

#include "collect/pull.h"
#include "http/fetch.h"

enum { TAXII_URL = 2000 };

/* Texts outlive what is made of them. */
struct taxii_from {
	struct str url;        /* a discovery, an API root, or a collection */
	struct str collection; /* its id, title or alias; empty: the only one */
	struct str proof;      /* value of Authorization; empty: none */
	const char *ca;        /* PEM file of the authorities; NULL: the system's */
	unsigned seconds;      /* for one reply; 0: LIMIT_COLLECT_SECONDS */
	bool near;             /* an address that is not public may be asked, if url has its number; plain HTTP of this machine too */
	bool (*stop)(void *ctx);
	void (*choice)(void *ctx, struct str id, struct str title); /* told of each where none is named, or it is not there; may be NULL */
	void *ctx;
};

/* A collection that was found. Zeroed before taxii_open. */
struct taxii_source {
	const struct taxii_from *from;
	struct http_fetcher *http;
	struct str origin;           /* scheme, host and port */
	struct buf root, collection; /* URL with a slash at the end; id */
	bool local;
	unsigned retry_after; /* seconds that the last refusal asked for; 0: none said */
};

/* Whether a URL is one that may be asked, without asking. ERR_USAGE; ERR_DENIED: plain HTTP to elsewhere. */
enum err taxii_url_check(struct str url, bool near, struct errinfo *e) MUST_USE;
/* Asks where the collection is. ERR_USAGE: none was named and there are several; ERR_NOTFOUND; ERR_DENIED: it does not let us, or sends us elsewhere;
 * ERR_VERSION: another TAXII; ERR_BUSY: asked too often; ERR_IO: out of order; ERR_INVALID: not TAXII. taxii_done in any case. */
enum err taxii_open(struct taxii_source *s, const struct taxii_from *from, struct errinfo *e) MUST_USE;
void taxii_done(struct taxii_source *s);

/* What becomes of pages. */
struct taxii_pages {
	struct pull at; /* begun (pull_begin) */
	const struct env *env;
	int64_t seconds; /* the whole may take */
	/* Takes a page in; what is committed then is what `keep` speaks of. */
	enum err (*take)(void *ctx, struct str page, struct errinfo *e);
	enum err (*keep)(void *ctx, const struct pull *at, struct errinfo *e);
	void *ctx;
};
/* All pages from p->at on. ERR_LIMIT with *ret_more: there is more than one run takes; the next goes on there. Others as above; what was taken stays.
 */
enum err taxii_pull(struct taxii_source *s, struct taxii_pages *p, bool *ret_more, struct errinfo *e) MUST_USE;

/* For the files of this family: asks, whatever the status; what a status means; a resource as a tree; whether the reply is of TAXII 2.1. */
enum err taxii_get(struct taxii_source *s, struct str url, struct http_fetched *r, struct errinfo *e) MUST_USE;
enum err taxii_refused(struct taxii_source *s, const struct http_fetched *r, struct str url, struct errinfo *e) MUST_USE;
enum err taxii_type(const struct http_fetched *r, struct str url, struct errinfo *e) MUST_USE;
/* From url to root and collection (taxii_find.c). */
enum err taxii_find(struct taxii_source *s, struct errinfo *e) MUST_USE;

#endif
