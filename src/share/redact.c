#include "share/redact.h"

#include "base/limits.h"
#include "base/time.h"
#include "json/write.h"
#include "stix/comity.h"
#include "stix/object.h"

struct redacting {
	struct json_writer w;
	const struct json *root;
	const struct json *const *drop;
	size_t ndrop;
	struct str id, time;
};

static bool
dropped(const struct redacting *r, const struct json *node)
{
	for (size_t i = 0; i < r->ndrop; i++)
		if (r->drop[i] == node)
			return true;
	return false;
}

/* A list, or the extensions, of which nothing is left. */
static bool
emptied(const struct redacting *r, const struct json *node)
{
	if (!json_count(node))
		return false;
	JSON_EACH(child, node)
	{
		bool goes = dropped(r, child) || str_eq(json_key_of(child), stix_ext_id(STIX_EXT_PRIVATE));
		if (!goes)
			return false;
	}
	return true;
}

static void put_value(struct redacting *r, const struct json *node);

static void
put_member(struct redacting *r, const struct json *parent, const struct json *child)
{
	struct str key = json_key_of(child);
	if (dropped(r, child) || emptied(r, child) || str_eq(key, stix_ext_id(STIX_EXT_PRIVATE)))
		return;
	json_put_key(&r->w, key);
	if (parent == r->root && str_is(key, "id"))
		json_put_string(&r->w, r->id);
	else if (parent == r->root && (str_is(key, "created") || str_is(key, "modified")))
		json_put_string(&r->w, r->time);
	else
		put_value(r, child);
}

/* As deep as the parser lets an object be. */
static void
put_value(struct redacting *r, const struct json *node)
{
	if (node->type == JSON_OBJECT) {
		json_open_object(&r->w);
		JSON_EACH(child, node)
		put_member(r, node, child);
		json_close(&r->w);
	} else if (node->type == JSON_ARRAY) {
		json_open_array(&r->w);
		JSON_EACH(item, node)
		if (!dropped(r, item))
			put_value(r, item);
		json_close(&r->w);
	} else {
		json_put_node(&r->w, node);
	}
}

enum err
redact_write(const struct json *tree, struct stix_id id, int64_t time, const struct json *const *drop, size_t ndrop, struct arena *a, struct buf *b,
    struct errinfo *e)
{
	char id_space[STIX_ID_MAX], time_space[40];
	struct buf own = BUF_INIT(LIMIT_OBJECT), id_text = {.p = id_space, .cap = sizeof id_space, .max = sizeof id_space},
		   time_text = {.p = time_space, .cap = sizeof time_space, .max = sizeof time_space};
	struct redacting r = {.root = tree, .drop = drop, .ndrop = ndrop};
	const struct json *again;
	struct stix_info info;
	struct str text;
	enum err err;
	stix_id_put(&id_text, id);
	time_put_ms(&time_text, time);
	r.id = buf_str(&id_text);
	r.time = buf_str(&time_text);
	json_write_init(&r.w, &own, 0);
	put_value(&r, tree);
	json_write_done(&r.w);
	if (!(err = buf_take(&own, &text, e)) && !(err = json_parse(a, text, &again, e)) && !(err = stix_check(text, again, &info, e)) &&
	    !(err = stix_private_none(text, again, e)))
		buf_put(b, text);
	if (err)
		err_at(e, "without these references");
	buf_done(&own);
	return err;
}
