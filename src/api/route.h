/* route: what people and their tools ask over HTTP, as tables: one a family (JSON API, TAXII, …), one row a resource and method.
 *
 * A row says who may before its handler runs: a row that says nothing is answered to nobody. Whoever is not known gets 401 for every path of a family
 * but its open ones, so that no stranger learns what there is. A path that exists for other methods is 405 and names them. HEAD is asked wherever GET
 * is. A query argument that a row does not take is refused. */
#ifndef API_ROUTE_H
#define API_ROUTE_H

#include "api/host.h"
#include "base/arena.h"
#include "http/server.h"

enum { ROUTE_PARTS = 4, ROUTE_ARGS = 16, ROUTE_PART_MAX = 256, ROUTE_ARG_MAX = 2 * 1024 };

enum route_may {
	ROUTE_NOBODY, /* the row forgot to say */
	ROUTE_OPEN,   /* anybody, without an account */
	ROUTE_ANY,    /* any account */
	ROUTE_READ,   /* as enum op_may */
	ROUTE_WRITE,
	ROUTE_RELEASE,
	ROUTE_GOVERN,
	ROUTE_ADMIN,
	ROUTE_LOOK,
};

struct ask;

struct route {
	const char *method; /* "GET" */
	const char *path;   /* "/api/v1/objects/{id}": a part in braces takes one segment */
	enum route_may may;
	const char
	    *args; /* the query arguments that it takes, by name, parted by blanks; a name that ends in [] ("match[]") begins a family: match[id] */
	const char *about; /* one line, for the description of the API */
	/* OK: the reply is in a->r. A failure: the family says it. */
	enum err (*run)(struct ask *a, struct errinfo *e);
	const char *op;   /* the operation it asks, if it is just that: its arguments are the row's */
	const void *more; /* of the family */
};

struct route_family {
	const char *prefix; /* "/api/v1" */
	const struct route *routes;
	size_t nroutes;
	/* Says a failure in the family's own form. status: what it is in HTTP (route_status), may be changed; headers such as Allow and
	 * WWW-Authenticate are already in a->r. */
	void (*refuse)(struct ask *a, int status, const struct errinfo *why);
	const char *challenge; /* of WWW-Authenticate */
	/* What an account's permissions are in this family; NULL: as they are. */
	struct node_who (*as)(const struct node_who *w);
	size_t (*body_max)(const struct route *r); /* bytes of a request's body; NULL: 1 MiB for every row */
};

/* One request, while it is answered. */
struct ask {
	struct web *web;
	struct host *host;
	const struct http_request *q;
	struct http_reply *r;
	const struct route_family *family;
	const struct route *route;    /* NULL: none was found */
	struct str part[ROUTE_PARTS]; /* what took the place of the braces, in order, decoded */
	struct {
		struct str name, value; /* decoded */
	} arg[ROUTE_ARGS];
	size_t nargs;
	struct arena *a;       /* of this request; what is viewed above is its */
	struct viewer *viewer; /* who asks; NULL: nobody that is known (viewer.h) */
	unsigned again;        /* seconds after which a refusal for now says to come back; 0: a few */
};

/* The query argument of that name; false if it did not come. */
bool ask_arg(const struct ask *a, const char *name, struct str *ret);
void ask_header(struct ask *a, const char *name, struct str value); /* of the reply; value is copied */
void ask_type(struct ask *a, const char *type);                     /* Content-Type; lives as long as the program */

/* The state of a reply that goes on (http_reply.state) begins with this: route_answer calls it again instead of looking for a row. */
struct route_stream {
	void (*more)(struct route_stream *s, const struct http_request *q, struct http_reply *r);
};

/* Answers one request out of these families; the first whose prefix fits. What nobody has is 404. */
struct route_world {
	const struct route_family *const *families;
	size_t nfamilies;
	/* Finds out who asks: OK with *ret NULL for who says nothing about itself; ERR_DENIED: what it says is wrong; ERR_BUSY: not now (429). What
	 * it gives lives as long as the arena. */
	enum err (*who)(void *ctx, const struct ask *a, struct viewer **ret, struct errinfo *e);
	/* Counts this request as one of who asks, or of the address if that is nobody known. 0: go on; else after how many seconds it may be asked
	 * again (429). NULL: nobody is counted. */
	unsigned (*spend)(void *ctx, const struct ask *a);
	/* Whether who asks may, by role and scope. */
	bool (*may)(const struct viewer *v, enum route_may may);
	void (*done)(void *ctx, const struct ask *a, int status); /* after each; may be NULL */
	void (*let_go)(void *ctx, const struct ask *a);           /* of what who gave, before the arena's end; may be NULL */
	void *ctx;
	struct host *host;
	struct web *web;
};
void route_answer(const struct route_world *w, const struct http_request *q, struct http_reply *r);
/* In place of an answer that was made already and not sent. */
void route_refuse(const struct route_world *w, const struct route_family *f, const struct http_request *q, struct http_reply *r, enum err err,
    const struct errinfo *why);
/* As http_config.accept: whoever may not, and what is not there, is answered before the body is read. */
bool route_accept(const struct route_world *w, const struct http_request *q, size_t *max, struct http_reply *r);

/* What a failure is in HTTP. */
int route_status(enum err err);

#endif
