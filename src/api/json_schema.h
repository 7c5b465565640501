/* json_schema: what replies look like, in a short form from which JSON Schema is printed and against which the tests hold every reply.
 *
 *	s i n b o *     a text, a whole number, a number, true or false, an object of any members, anything
 *	[x]             a list of x
 *	{a:x b?:y}      an object; b may be absent; "+row" takes over the members of the shape of that name
 *	@row            the shape of that name
 *	x~              x or null
 *	x|y             one of both; at the top alone */
#ifndef API_JSON_SCHEMA_H
#define API_JSON_SCHEMA_H

#include "base/buf.h"

struct json_shape {
	const char *name, *about, *shape;
};
extern const struct json_shape json_shapes[];
extern const size_t json_nshapes;

const struct json_shape *json_shape_of(struct str name); /* NULL: there is none */
/* The JSON Schema (2020-12) of a shape; the ones that it names are under #/components/schemas/. */
void json_shape_put(struct buf *b, const char *shape);

#endif
