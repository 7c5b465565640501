#include "stix/marking.h"

#include <string.h>

struct tlp_row {
	enum stix_tlp tlp;
	int version;
	struct str name;
	uint8_t uuid[16];
};

/* STIX 2.1 section 7.2.1.4; OASIS cti-stix-common-objects, extension-definition-specifications/tlp-2.0 */
static const struct tlp_row rows[] = {
    {STIX_TLP_CLEAR, 1, STR_INIT("TLP:WHITE"), {0x61, 0x3f, 0x2e, 0x26, 0x40, 0x7d, 0x48, 0xc7, 0x9e, 0xca, 0xb8, 0xe9, 0x1d, 0xf9, 0x9d, 0xc9}},
    {STIX_TLP_GREEN, 1, STR_INIT("TLP:GREEN"), {0x34, 0x09, 0x8f, 0xce, 0x86, 0x0f, 0x48, 0xae, 0x8e, 0x50, 0xeb, 0xd3, 0xcc, 0x5e, 0x41, 0xda}},
    {STIX_TLP_AMBER, 1, STR_INIT("TLP:AMBER"), {0xf8, 0x8d, 0x31, 0xf6, 0x48, 0x6f, 0x44, 0xda, 0xb3, 0x17, 0x01, 0x33, 0x3b, 0xde, 0x0b, 0x82}},
    {STIX_TLP_RED, 1, STR_INIT("TLP:RED"), {0x5e, 0x57, 0xc7, 0x39, 0x39, 0x1a, 0x4e, 0xb3, 0xb6, 0xbe, 0x7d, 0x15, 0xca, 0x92, 0xd5, 0xed}},
    {STIX_TLP_CLEAR, 2, STR_INIT("TLP:CLEAR"), {0x94, 0x86, 0x8c, 0x89, 0x83, 0xc2, 0x46, 0x4b, 0x92, 0x9b, 0xa1, 0xa8, 0xaa, 0x3c, 0x84, 0x87}},
    {STIX_TLP_GREEN, 2, STR_INIT("TLP:GREEN"), {0xba, 0xb4, 0xa6, 0x3c, 0xae, 0xd9, 0x4c, 0xf5, 0xa7, 0x66, 0xdf, 0xca, 0x5a, 0xba, 0xc2, 0xbb}},
    {STIX_TLP_AMBER, 2, STR_INIT("TLP:AMBER"), {0x55, 0xd9, 0x20, 0xb0, 0x5e, 0x8b, 0x4f, 0x79, 0x9e, 0xe9, 0x91, 0xf8, 0x68, 0xd9, 0xb4, 0x21}},
    {STIX_TLP_AMBER_STRICT, 2, STR_INIT("TLP:AMBER+STRICT"),
	{0x93, 0x9a, 0x94, 0x14, 0x2d, 0xdd, 0x4d, 0x32, 0xa0, 0xcd, 0x37, 0x5e, 0xa4, 0x02, 0xb0, 0x03}},
    {STIX_TLP_RED, 2, STR_INIT("TLP:RED"), {0xe8, 0x28, 0xb3, 0x79, 0x4e, 0x03, 0x49, 0x74, 0x9a, 0xc4, 0xe5, 0x3a, 0x88, 0x4c, 0x97, 0xc1}},
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

enum stix_tlp
stix_tlp_of(struct stix_id id, int *ret_version)
{
	if (stix_id_type(id) != STIX_MARKING_DEFINITION)
		return STIX_TLP_NONE;
	for (size_t i = 0; i < ROWS; i++)
		if (!memcmp(rows[i].uuid, id.uuid, sizeof(id.uuid))) {
			if (ret_version)
				*ret_version = rows[i].version;
			return rows[i].tlp;
		}
	return STIX_TLP_NONE;
}

static const struct tlp_row *
find(enum stix_tlp tlp, int version)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].tlp == tlp && rows[i].version == version)
			return &rows[i];
	return NULL;
}

bool
stix_tlp_id(enum stix_tlp tlp, int version, struct stix_id *ret)
{
	const struct tlp_row *row = find(tlp, version);
	if (!row)
		return false;
	ret->type = stix_type_name(STIX_MARKING_DEFINITION);
	memcpy(ret->uuid, row->uuid, sizeof(ret->uuid));
	return true;
}

struct str
stix_tlp_name(enum stix_tlp tlp, int version)
{
	const struct tlp_row *row = find(tlp, version);
	return row ? row->name : STR_NONE;
}

static bool
same_letters(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		char c = b.p[i];
		if (a.p[i] != (c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c))
			return false;
	}
	return true;
}

enum stix_tlp
stix_tlp_parse(struct str name, int *ret_version)
{
	for (size_t i = ROWS; i-- > 0;) {
		struct str full = rows[i].name, word = str_sub(full, 4, full.n);
		if (same_letters(full, name) || same_letters(word, name)) {
			if (ret_version)
				*ret_version = rows[i].version;
			return rows[i].tlp;
		}
	}
	return STIX_TLP_NONE;
}

static enum stix_tlp
tlp_of_ref(const struct json *ref)
{
	struct stix_id id;
	bool odd;
	return json_is(ref, JSON_STRING) && stix_id_read(json_str(ref), &id, &odd) ? stix_tlp_of(id, NULL) : STIX_TLP_NONE;
}

enum stix_tlp
stix_tlp_object(const struct json *obj)
{
	const struct json *refs = json_get_type(obj, STR("object_marking_refs"), JSON_ARRAY);
	enum stix_tlp most = STIX_TLP_NONE;
	if (refs)
		JSON_EACH(ref, refs)
		{
			enum stix_tlp t = tlp_of_ref(ref);
			most = t > most ? t : most;
		}
	return most;
}

enum stix_tlp
stix_tlp_most(const struct json *obj)
{
	const struct json *marks = json_get_type(obj, STR("granular_markings"), JSON_ARRAY);
	enum stix_tlp most = stix_tlp_object(obj);
	if (marks)
		JSON_EACH(mark, marks)
		{
			enum stix_tlp t = tlp_of_ref(json_get(mark, STR("marking_ref")));
			most = t > most ? t : most;
		}
	return most;
}

const struct json *
stix_selector_find(const struct json *obj, struct str selector)
{
	const struct json *at = obj;
	bool more = true;
	/* steps are separated by dots: names, and [n] for an element of a list */
	while (more && at) {
		struct str step;
		uint64_t i;
		more = str_cut(selector, '.', &step, &selector);
		if (step.n >= 3 && step.p[0] == '[' && step.p[step.n - 1] == ']') {
			if (at->type != JSON_ARRAY || !str_u64(str_sub(step, 1, step.n - 1), &i) || i >= json_count(at))
				return NULL;
			at = json_at(at, (uint32_t)i);
		} else {
			at = json_get(at, step);
		}
	}
	return at == obj ? NULL : at;
}

bool
stix_marking_statement(const struct json *obj, struct str *ret)
{
	struct str type, statement;
	if (!json_get_str(obj, STR("type"), &type) || !str_is(type, "marking-definition"))
		return false;
	if (!json_get_str(obj, STR("definition_type"), &type) || !str_is(type, "statement"))
		return false;
	if (!json_get_str(json_get(obj, STR("definition")), STR("statement"), &statement))
		return false;
	*ret = statement;
	return true;
}
