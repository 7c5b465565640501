/* The description of the API, printed from the table of routes: whoever adds a row has described it. */
#include <string.h>

#include "api/json.h"
#include "api/json_schema.h"
#include "api/json_words.h"
#include "base/limits.h"
#include "json/write.h"
#include "node/op.h"

enum { DESCRIPTION = MIB };

static const struct op *
op_of(const struct route *r)
{
	for (size_t i = 0; r->op && i < op_count; i++)
		if (strcmp(op_table[i].name, r->op) == 0)
			return &op_table[i];
	return NULL;
}

/* The schema of an argument of the operation, with what it means if `described`; of anything else a text. */
static void
put_arg_schema(struct json_writer *w, const struct op *op, struct str name, bool described)
{
	struct str rest = str_of(op ? op->args : ""), one, key, type;
	const char *schema = "\"string\"";
	while (rest.n) {
		str_cut(rest, ' ', &one, &rest);
		if (!str_cut(one, ':', &key, &type) || !str_eq(key, name))
			continue;
		schema = type.p[0] == 'i' ? "\"integer\",\"minimum\":0"
		       : type.p[0] == 'b' ? "\"boolean\""
		       : type.p[0] == 'a' ? "\"array\""
		       : type.p[0] == 'o' ? "\"object\""
					  : schema;
	}
	struct buf b = BUF_INIT(400);
	buf_printf(&b, "{\"type\":%s", schema);
	if (described) {
		buf_puts(&b, ",\"description\":");
		json_escape_put(&b, json_words(name));
	}
	buf_putc(&b, '}');
	json_put_raw(w, buf_str(&b));
	buf_done(&b);
}

static void
put_parameter(struct json_writer *w, const struct op *op, const char *in, struct str shown, struct str name)
{
	json_open_object(w);
	json_put_member(w, STR("name"), shown);
	json_put_member(w, STR("in"), str_of(in));
	if (strcmp(in, "path") == 0)
		json_put_member_bool(w, STR("required"), true);
	json_put_member(w, STR("description"), json_words(name));
	json_put_key(w, STR("schema"));
	put_arg_schema(w, op, name, false);
	json_close(w);
}

static void
put_parameters(struct json_writer *w, const struct route *r, const struct op *op)
{
	const struct json_row *row = r->more;
	struct str path = str_of(r->path), parts = str_of(row && row->parts ? row->parts : ""), rest = str_of(r->args ? r->args : ""), one, name;
	json_put_key(w, STR("parameters"));
	json_open_array(w);
	for (int64_t at; (at = str_chr(path, '{')) >= 0; path = one) {
		str_cut(str_sub(path, (size_t)at + 1, path.n), '}', &name, &one);
		struct str arg = name;
		if (parts.n)
			str_cut(parts, ' ', &arg, &parts);
		put_parameter(w, op, "path", name, arg);
	}
	while (rest.n) {
		str_cut(rest, ' ', &one, &rest);
		put_parameter(w, op, "query", one, one);
	}
	if (strcmp(r->method, "GET") != 0 && r->run == json_run && !row->secret)
		json_put_raw(w, STR("{\"$ref\":\"#/components/parameters/IdempotencyKey\"}"));
	json_close(w);
}

static void
put_body(struct json_writer *w, const struct json_row *row, const struct op *op)
{
	if (!row || row->in == JSON_IN_NONE)
		return;
	json_put_key(w, STR("requestBody"));
	json_open_object(w);
	json_put_key(w, STR("content"));
	json_open_object(w);
	if (row->in == JSON_IN_INPUT) {
		for (const struct json_type_of_input *t = row->types; t->type; t++) {
			json_put_key(w, str_of(t->type));
			json_put_raw(w, STR("{}"));
		}
	} else {
		struct str rest = str_of(row->body ? row->body : ""), one;
		json_put_key(w, STR("application/json"));
		json_open_object(w);
		json_put_key(w, STR("schema"));
		json_open_object(w);
		json_put_member(w, STR("type"), STR("object"));
		json_put_key(w, STR("properties"));
		json_open_object(w);
		while (rest.n) {
			str_cut(rest, ' ', &one, &rest);
			json_put_key(w, one);
			put_arg_schema(w, op, one, true);
		}
		json_close(w);
		json_put_member_bool(w, STR("additionalProperties"), false);
		json_close(w);
		json_close(w);
	}
	json_close(w);
	json_close(w);
}

/* What a request may be refused with: no other status is answered, which is tried (test/interop/json_schemathesis.py). */
static const char *const refusals[] = {"400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "429", "500", "503", "507"};

static void
put_replies(struct json_writer *w, const struct route *r)
{
	const struct json_row *row = r->more;
	const char *type = row && row->bytes                                   ? row->bytes
			 : row || strcmp(r->path, "/api/v1/openapi.json") == 0 ? "application/json"
									       : "text/event-stream";
	json_put_key(w, STR("responses"));
	json_open_object(w);
	json_put_key(w, STR("200"));
	json_open_object(w);
	const struct json_shape *s = row && row->reply ? json_shape_of(str_of(row->reply)) : NULL;
	json_put_member(w, STR("description"), str_of(s ? s->about : r->about ? r->about : "the bytes"));
	json_put_key(w, STR("content"));
	json_open_object(w);
	json_put_key(w, str_of(type));
	json_open_object(w);
	if (s) {
		struct buf ref = BUF_INIT(200);
		buf_printf(&ref, "{\"$ref\":\"#/components/schemas/%s\"}", s->name);
		json_put_key(w, STR("schema"));
		json_put_raw(w, buf_str(&ref));
		buf_done(&ref);
	}
	json_close(w);
	json_close(w);
	json_close(w);
	if (strcmp(r->method, "GET") == 0 && row && !row->bytes) {
		json_put_key(w, STR("304"));
		json_put_raw(w, STR("{\"description\":\"what If-None-Match named still stands\"}"));
	}
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
		json_put_key(w, str_of(refusals[i]));
		json_put_raw(w, STR("{\"$ref\":\"#/components/responses/Problem\"}"));
	}
	json_close(w);
}

static void
put_route(struct json_writer *w, const struct route *r)
{
	static const char *const may[] = {"nobody", "anybody", "any account", "read", "write", "release", "govern", "admin", "read or admin"};
	const struct op *op = op_of(r);
	struct buf lower = BUF_INIT(400), id = BUF_INIT(300);
	for (const char *p = r->method; *p; p++)
		buf_putc(&lower, (char)(*p + ('a' - 'A')));
	for (const char *p = r->path + strlen("/api/v1"); *p; p++)
		if (*p != '{' && *p != '}')
			buf_putc(&id, *p == '/' || *p == '.' ? '-' : *p);
	json_put_key(w, buf_str(&lower));
	json_open_object(w);
	buf_put(&lower, buf_str(&id));
	json_put_member(w, STR("operationId"), buf_str(&lower));
	json_put_member(w, STR("summary"), str_of(r->about ? r->about : op->about));
	json_put_member(w, STR("x-permission"), str_of(may[r->may]));
	if (r->may == ROUTE_OPEN) {
		json_put_key(w, STR("security"));
		json_put_raw(w, STR("[]"));
	}
	put_parameters(w, r, op);
	put_body(w, r->more, op);
	put_replies(w, r);
	json_close(w);
	buf_done(&lower);
	buf_done(&id);
}

static void
put_components(struct json_writer *w)
{
	struct buf schema = BUF_INIT(64 * KIB);
	json_put_key(w, STR("components"));
	json_open_object(w);
	json_put_key(w, STR("parameters"));
	json_put_raw(
	    w, STR("{\"IdempotencyKey\":{\"name\":\"Idempotency-Key\",\"in\":\"header\",\"description\":\"of one's own choice: the same request "
		   "with the same key is done once\",\"schema\":{\"type\":\"string\",\"minLength\":8,\"maxLength\":128}}}"));
	json_put_key(w, STR("responses"));
	json_put_raw(w, STR("{\"Problem\":{\"description\":\"it was not done\",\"content\":{\"application/problem+json\":{\"schema\":{\"$ref\":"
			    "\"#/components/schemas/problem\"}}}}}"));
	json_put_key(w, STR("securitySchemes"));
	json_put_raw(w, STR("{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\",\"description\":\"an API token\"},\"basic\":{\"type\":\"http\","
			    "\"scheme\":\"basic\",\"description\":\"an account's name and an API "
			    "token\"},\"session\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"__Host-comity\","
			    "\"description\":\"as POST /api/v1/session sets it (in clear, on loopback, its name is comity); what changes something "
			    "bears the header X-CSRF-Token too, as that reply gave it\"}}"));
	json_put_key(w, STR("schemas"));
	json_open_object(w);
	for (size_t i = 0; i < json_nshapes; i++) {
		buf_clear(&schema);
		json_shape_put(&schema, json_shapes[i].shape);
		json_put_key(w, str_of(json_shapes[i].name));
		json_put_raw(w, buf_str(&schema));
	}
	json_close(w);
	json_close(w);
	buf_done(&schema);
}

void
json_openapi_put(struct buf *b)
{
	struct json_writer w;
	json_write_init(&w, b, 0);
	json_open_object(&w);
	json_put_member(&w, STR("openapi"), STR("3.1.0"));
	json_put_key(&w, STR("info"));
	json_put_raw(
	    &w, STR("{\"title\":\"Comity\",\"version\":\"1\",\"description\":\"One node of a centre. What you may not see is answered as what is "
		    "not there.\"}"));
	json_put_key(&w, STR("security"));
	json_put_raw(&w, STR("[{\"bearer\":[]},{\"basic\":[]},{\"session\":[]}]"));
	json_put_key(&w, STR("paths"));
	json_open_object(&w);
	for (size_t i = 0; i < json_nroutes; i++) {
		bool again = false;
		for (size_t k = 0; k < i; k++)
			again = again || strcmp(json_routes[k].path, json_routes[i].path) == 0;
		if (again)
			continue;
		json_put_key(&w, str_of(json_routes[i].path));
		json_open_object(&w);
		for (size_t k = i; k < json_nroutes; k++)
			if (strcmp(json_routes[k].path, json_routes[i].path) == 0)
				put_route(&w, &json_routes[k]);
		json_close(&w);
	}
	json_close(&w);
	put_components(&w);
	json_close(&w);
	json_write_done(&w);
}

enum err
json_openapi(struct ask *a, struct errinfo *e)
{
	struct buf b = BUF_INIT(DESCRIPTION);
	struct str all;
	json_openapi_put(&b);
	enum err err = buf_take(&b, &all, e);
	if (!err) {
		buf_put(&a->r->body, all);
		ask_type(a, "application/json");
		ask_header(a, "Cache-Control", STR("public, max-age=300"));
	}
	buf_done(&b);
	return err;
}
