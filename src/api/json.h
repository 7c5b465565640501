/* json: the node's operations as a JSON API under /api/v1, for people's browsers and tools.
 *
 * A row maps a method and path to one operation (node/ops.h): parts of the path, the query and the members of a JSON body become its arguments, its
 * reply is the answer as it is. A row takes the arguments that it names and no other, and it is allowed to whom the operation is. Failures are
 * application/problem+json (RFC 9457). */
#ifndef API_JSON_H
#define API_JSON_H

#include "api/route.h"
#include "json/dom.h"

enum { JSON_PARTS_MAX = ROUTE_PARTS };

enum json_in {
	JSON_IN_NONE,   /* no body, or an empty one */
	JSON_IN_OBJECT, /* a JSON object: its members are arguments */
	JSON_IN_INPUT,  /* the operation's input */
};

struct json_type_of_input {
	const char *type; /* media type, without parameters */
	const char *args; /* arguments that it stands for, as JSON members: "\"format\":\"stix\"" */
};

struct json_row {
	const char *parts; /* the arguments that stand in the path, in order, parted by blanks */
	const char *body;  /* members that a body may have */
	const char *fixed; /* arguments that are always so, as JSON members */
	const char *reply; /* a name of json_schema.h */
	const char *bytes; /* media type of what the operation writes to its output, which then is the answer; NULL: its reply is */
	enum json_in in;
	const struct json_type_of_input *types; /* of JSON_IN_INPUT; ends with NULL */
	bool paged;                             /* the reply has "next": a Link header shows the way */
	bool secret;                            /* a password may be in the body: no Idempotency-Key, under which a digest of it would be kept */
	bool streams;                           /* JSON_IN_INPUT: the operation reads its input as it comes, however long */
};

extern const struct route_family json_family;
extern const struct route json_routes[];
extern const size_t json_nroutes;

/* How long a row's body may be: arguments are small, what streams into an operation is not. */
size_t json_body_max(const struct route *r);
/* Runs a row's operation. */
enum err json_run(struct ask *a, struct errinfo *e) MUST_USE;
/* Answers with a failure of this status. */
void json_refuse(struct ask *a, int status, const struct errinfo *why);

/* Whether the reply may be of this media type, by Accept (RFC 9110); "type/subtype". */
bool json_accepts(const struct ask *a, const char *type);
/* The media type of the body, without parameters, in small letters as far as it is ASCII; false: none is stated. */
bool json_body_type(const struct ask *a, char ret[static 128]);

/* The description of the API, OpenAPI 3.1, from the table of routes. */
void json_openapi_put(struct buf *b);
enum err json_openapi(struct ask *a, struct errinfo *e) MUST_USE;
/* Sessions and passwords (json_session.c). */
enum err json_login(struct ask *a, struct errinfo *e) MUST_USE;
enum err json_logout(struct ask *a, struct errinfo *e) MUST_USE;
enum err json_password(struct ask *a, struct errinfo *e) MUST_USE;
enum err json_device(struct ask *a, struct errinfo *e) MUST_USE;
/* "GET /api/v1/events": server-sent events (json_events.c). */
enum err json_events(struct ask *a, struct errinfo *e) MUST_USE;

#endif
