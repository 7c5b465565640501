#include "stix/refs.h"

void
stix_refs_init(struct stix_refs *it, const struct json *obj)
{
	*it = (struct stix_refs){.root = obj, .at = obj + 1, .end = obj + obj->span};
}

static bool
give(const struct json *node, struct str text, struct str name, struct stix_ref *ret)
{
	struct stix_id id;
	bool odd;
	if (!stix_id_read(text, &id, &odd))
		return false;
	*ret = (struct stix_ref){.id = id, .text = text, .name = name, .node = node};
	return true;
}

/* The tree is flat, so one pass over all nodes sees each key at any depth. */
bool
stix_refs_next(struct stix_refs *it, struct stix_ref *ret)
{
	for (;;) {
		while (it->list < it->list_end) {
			const struct json *node = it->list;
			it->list += node->span;
			if (node->type == JSON_STRING && give(node, json_str(node), it->list_key, ret))
				return true;
		}
		if (it->at >= it->end)
			return false;
		const struct json *node = it->at++;
		struct str key = json_key_of(node);
		if (node->type == JSON_STRING && str_ends(key, STR("_ref"))) {
			if (give(node, json_str(node), key, ret))
				return true;
		} else if (node->type == JSON_ARRAY && str_ends(key, STR("_refs"))) {
			it->list = node + 1;
			it->list_end = node + (json_count(node) ? node->span : 1);
			it->list_key = key;
		} else if (node->type == JSON_OBJECT && str_starts(key, STR("extension-definition--"))) {
			if (give(node, key, STR("extensions"), ret))
				return true;
		}
	}
}
