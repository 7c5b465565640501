#include "api/wire_call.h"

#include <string.h>

#include "json/dom.h"
#include "json/write.h"

static void
put_clearance(struct json_writer *w, const struct clearance *c)
{
	struct buf policy = BUF_INIT(4 * POLICY_ID);
	buf_hex(&policy, str_bytes(c->policy, sizeof c->policy));
	json_open_object(w);
	json_put_member(w, STR("policy"), buf_str(&policy));
	json_put_member_int(w, STR("level"), c->level);
	json_put_member_bool(w, STR("every"), c->every_circle);
	json_put_key(w, STR("circles"));
	json_open_array(w);
	for (size_t i = 0; i < c->ncircles; i++) { /* as text: a set of members is 64 bits wide */
		struct buf set = BUF_INIT(24);
		buf_u64(&set, c->circles[i]);
		json_put_string(w, buf_str(&set));
		buf_done(&set);
	}
	json_close(w);
	json_put_key(w, STR("compartments"));
	json_open_array(w);
	for (size_t i = 0; i < c->ncompartments; i++)
		json_put_string(w, str_of(c->compartments[i]));
	json_close(w);
	json_close(w);
	buf_done(&policy);
}

void
wire_call_put(struct buf *b, const struct wire_call *c)
{
	const struct {
		const char *name;
		struct str text;
	} texts[] = {{"op", c->call.op}, {"name", c->call.who.name}, {"position", c->call.who.position}, {"root_key", c->call.root_key},
	    {"peer", c->peer}, {"to", c->to}, {"clock", c->clock}, {"path", c->path}, {"centre", c->centre}, {"asker", c->asker}};
	struct json_writer w;
	json_write_init(&w, b, 0);
	json_open_object(&w);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (texts[i].text.n)
			json_put_member(&w, str_of(texts[i].name), texts[i].text);
	json_put_member_bool(&w, STR("in"), c->in);
	json_put_member_bool(&w, STR("out"), c->out);
	json_put_member_bool(&w, STR("slow"), c->slow);
	if (c->call.who.clearances) {
		json_put_key(&w, STR("clearances"));
		json_open_array(&w);
		for (size_t i = 0; i < c->call.who.nclearances; i++)
			put_clearance(&w, &c->call.who.clearances[i]);
		json_close(&w);
	}
	json_close(&w);
	json_write_done(&w);
}

static enum err
parse_clearance(struct arena *a, const struct json *j, struct clearance *ret, struct errinfo *e)
{
	const struct json *circles = json_get_type(j, STR("circles"), JSON_ARRAY), *names = json_get_type(j, STR("compartments"), JSON_ARRAY);
	uint64_t *sets = arena_array(a, json_count(circles) + 1, sizeof *sets);
	char(*list)[LIMIT_COMPARTMENT + 1] = arena_array(a, json_count(names) + 1, sizeof *list);
	struct str policy;
	int64_t level;
	size_t n;
	if (!sets || !list)
		return err_nomem(e);
	*ret = (struct clearance){.circles = sets, .compartments = (const char(*)[LIMIT_COMPARTMENT + 1]) list};
	if (!circles || !names || !json_get_str(j, STR("policy"), &policy) || !hex_decode(policy, ret->policy, sizeof ret->policy, &n) ||
	    n != sizeof ret->policy || !json_i64(json_get(j, STR("level")), &level) || level < 0 || level > UINT8_MAX)
		return err_set(e, ERR_SYNTAX, "a clearance is not whole");
	ret->level = (uint8_t)level;
	const struct json *every = json_get_type(j, STR("every"), JSON_BOOL);
	ret->every_circle = every && every->n;
	JSON_EACH(one, circles)
	if (!json_is(one, JSON_STRING) || !str_u64(json_str(one), &sets[ret->ncircles++]))
		return err_set(e, ERR_SYNTAX, "a clearance names no circle");
	JSON_EACH(one, names)
	{
		if (!json_is(one, JSON_STRING) || !label_compartment_ok(json_str(one)))
			return err_set(e, ERR_SYNTAX, "a clearance names no compartment");
		memset(list[ret->ncompartments], 0, sizeof *list);
		memcpy(list[ret->ncompartments++], json_str(one).p, json_str(one).n);
	}
	return OK;
}

static bool
is_true(const struct json *j, struct str key)
{
	const struct json *v = json_get_type(j, key, JSON_BOOL);
	return v && v->n;
}

enum err
wire_call_parse(struct arena *a, struct str text, struct wire_call *ret, struct errinfo *e)
{
	const struct json *j, *clearances;
	struct wire_call c = {0};
	enum err err = json_parse(a, text, &j, e);
	if (err)
		return err;
	const struct {
		const char *name;
		struct str *to;
	} texts[] = {{"op", &c.call.op}, {"name", &c.call.who.name}, {"position", &c.call.who.position}, {"root_key", &c.call.root_key},
	    {"peer", &c.peer}, {"to", &c.to}, {"clock", &c.clock}, {"path", &c.path}, {"centre", &c.centre}, {"asker", &c.asker}};
	if (!json_is(j, JSON_OBJECT))
		return err_set(e, ERR_SYNTAX, "what is asked is no JSON object");
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (!json_get_str(j, str_of(texts[i].name), texts[i].to))
			*texts[i].to = STR_NONE;
	c.in = is_true(j, STR("in"));
	c.out = is_true(j, STR("out"));
	c.slow = is_true(j, STR("slow"));
	if ((clearances = json_get_type(j, STR("clearances"), JSON_ARRAY))) {
		struct clearance *list = arena_array(a, json_count(clearances) + 1, sizeof *list);
		if (!list)
			return err_nomem(e);
		JSON_EACH(one, clearances)
		if ((err = parse_clearance(a, one, &list[c.call.who.nclearances++], e)))
			return err;
		c.call.who.clearances = list;
	}
	*ret = c;
	return OK;
}
