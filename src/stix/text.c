#include "stix/text.h"

#include "stix/comity.h"

/* By the name of the property, whatever the type: the standard uses a name in one sense. Deep ones are found too (a MIME part's body, an
 * extension's comment). */
static const struct {
	struct str name;
	enum stix_weight weight;
} table[] = {
    {STR_INIT("name"), STIX_WEIGHT_NAME},
    {STR_INIT("aliases"), STIX_WEIGHT_NAME},
    {STR_INIT("x_mitre_aliases"), STIX_WEIGHT_NAME},
    {STR_INIT("subject"), STIX_WEIGHT_NAME},
    {STR_INIT("value"), STIX_WEIGHT_NAME},
    {STR_INIT("display_name"), STIX_WEIGHT_NAME},
    {STR_INIT("path"), STIX_WEIGHT_NAME},
    {STR_INIT("key"), STIX_WEIGHT_NAME},
    {STR_INIT("account_login"), STIX_WEIGHT_NAME},
    {STR_INIT("user_id"), STIX_WEIGHT_NAME},
    {STR_INIT("product"), STIX_WEIGHT_NAME},
    {STR_INIT("result_name"), STIX_WEIGHT_NAME},
    {STR_INIT("description"), STIX_WEIGHT_BODY},
    {STR_INIT("content"), STIX_WEIGHT_BODY},
    {STR_INIT("abstract"), STIX_WEIGHT_BODY},
    {STR_INIT("explanation"), STIX_WEIGHT_BODY},
    {STR_INIT("statement"), STIX_WEIGHT_BODY},
    {STR_INIT("body"), STIX_WEIGHT_BODY},
    {STR_INIT("comment"), STIX_WEIGHT_BODY},
    {STR_INIT("objective"), STIX_WEIGHT_BODY},
    {STR_INIT("goals"), STIX_WEIGHT_BODY},
    {STR_INIT("command_line"), STIX_WEIGHT_BODY},
    {STR_INIT("cwd"), STIX_WEIGHT_BODY},
    {STR_INIT("issuer"), STIX_WEIGHT_BODY},
    {STR_INIT("contact_information"), STIX_WEIGHT_BODY},
    {STR_INIT("labels"), STIX_WEIGHT_TERM},
    {STR_INIT("pattern"), STIX_WEIGHT_TERM},
    {STR_INIT("authors"), STIX_WEIGHT_TERM},
    {STR_INIT("roles"), STIX_WEIGHT_TERM},
    {STR_INIT("sectors"), STIX_WEIGHT_TERM},
    {STR_INIT("external_id"), STIX_WEIGHT_TERM},
    {STR_INIT("relationship_type"), STIX_WEIGHT_TERM},
    {STR_INIT("phase_name"), STIX_WEIGHT_TERM},
    {STR_INIT("context"), STIX_WEIGHT_TERM},
    {STR_INIT("country"), STIX_WEIGHT_TERM},
    {STR_INIT("region"), STIX_WEIGHT_TERM},
    {STR_INIT("administrative_area"), STIX_WEIGHT_TERM},
    {STR_INIT("city"), STIX_WEIGHT_TERM},
    {STR_INIT("street_address"), STIX_WEIGHT_TERM},
    {STR_INIT("vendor"), STIX_WEIGHT_TERM},
    {STR_INIT("report_types"), STIX_WEIGHT_TERM},
    {STR_INIT("malware_types"), STIX_WEIGHT_TERM},
    {STR_INIT("tool_types"), STIX_WEIGHT_TERM},
    {STR_INIT("indicator_types"), STIX_WEIGHT_TERM},
    {STR_INIT("infrastructure_types"), STIX_WEIGHT_TERM},
    {STR_INIT("threat_actor_types"), STIX_WEIGHT_TERM},
    {STR_INIT("identity_class"), STIX_WEIGHT_TERM},
    /* of our own extensions */
    {STR_INIT("text"), STIX_WEIGHT_BODY},
    {STR_INIT("descriptor"), STIX_WEIGHT_TERM},
    {STR_INIT("place"), STIX_WEIGHT_TERM},
    {STR_INIT("serial"), STIX_WEIGHT_TERM},
    {STR_INIT("what"), STIX_WEIGHT_TERM},
    {STR_INIT("where"), STIX_WEIGHT_TERM},
};

static bool
weigh(struct str name, enum stix_weight *ret)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].name.n == name.n && str_eq(table[i].name, name)) {
			*ret = table[i].weight;
			return true;
		}
	return false;
}

void
stix_text_init(struct stix_text *it, const struct json *obj)
{
	*it = (struct stix_text){.root = obj, .at = obj + 1, .end = obj + obj->span};
	it->portions = json_count(json_get(stix_ext_get(obj, STIX_EXT_REPORT), STR("portions"))) > 0;
}

/* What is passed over with all that is below it. */
static bool
closed(const struct stix_text *it, const struct json *node)
{
	struct str key = json_key_of(node);
	if (it->portions && node->type == JSON_STRING && str_is(key, "description"))
		return json_get(it->root, STR("description")) == node;
	if (node->type != JSON_OBJECT && node->type != JSON_ARRAY)
		return false;
	if (str_is(key, "hashes") || str_is(key, "granular_markings"))
		return true;
	if (str_eq(key, stix_ext_id(STIX_EXT_PRIVATE)) || str_eq(key, stix_ext_id(STIX_EXT_LABEL)))
		return true;
	return false;
}

bool
stix_text_next(struct stix_text *it, struct stix_words *ret)
{
	for (;;) {
		while (it->list < it->list_end) {
			const struct json *node = it->list;
			it->list += node->span;
			if (node->type == JSON_STRING && node->n) {
				*ret = (struct stix_words){it->list_weight, json_str(node), node};
				return true;
			}
		}
		if (it->at >= it->end)
			return false;
		const struct json *node = it->at;
		enum stix_weight weight;
		if (closed(it, node)) {
			it->at += node->span;
			continue;
		}
		it->at++;
		if (!node->key || (node->type != JSON_STRING && node->type != JSON_ARRAY) || !weigh(json_key_of(node), &weight))
			continue;
		if (node->type == JSON_ARRAY) {
			it->list = node + 1;
			it->list_end = node + (json_count(node) ? node->span : 1);
			it->list_weight = weight;
		} else if (node->n) {
			*ret = (struct stix_words){weight, json_str(node), node};
			return true;
		}
	}
}
