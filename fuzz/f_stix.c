/* Any JSON object through the whole room. Holds: a check leaves its result alone when it refuses, says why and where; an accepted object has an
 * id that prints as it can be read again; references, words, portions and claims lie within the text and their iterations end; no accepted object
 * that names the private extension passes the door. */
#include <assert.h>
#include <string.h>

#include "base/limits.h"
#include "stix/comity.h"
#include "stix/marking.h"
#include "stix/object.h"
#include "stix/refs.h"
#include "stix/sco.h"
#include "stix/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
readers(const struct json *obj, size_t nodes)
{
	struct stix_refs refs;
	struct stix_ref ref;
	struct stix_text text;
	struct stix_words words;
	struct stix_portions portions;
	struct stix_portion portion;
	struct stix_header header;
	size_t n = 0;
	stix_refs_init(&refs, obj);
	for (; stix_refs_next(&refs, &ref); n++)
		assert(ref.node > obj && ref.node < obj + obj->span && n < nodes);
	n = 0;
	stix_text_init(&text, obj);
	for (; stix_text_next(&text, &words); n++)
		assert(words.node > obj && words.node < obj + obj->span && words.weight < STIX_WEIGHT_COUNT && words.text.n && n < nodes);
	stix_header_read(obj, &header);
	stix_portions_init(&portions, obj);
	while (stix_portions_next(&portions, &portion)) {
		struct stix_claims claims;
		struct stix_claim claim;
		stix_claims_init(&claims, portion.claims);
		while (stix_claims_next(&claims, &claim))
			assert(claim.node > obj);
	}
	assert(stix_tlp_most(obj) >= stix_tlp_object(obj));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct arena arena = ARENA_INIT(LIMIT_OBJECT_ARENA);
	struct str raw = str_bytes(data, size);
	struct errinfo e = {.code = OK};
	struct stix_info info = {.custom = 12345};
	struct stix_id id, again;
	const struct json *obj;
	arena_reset(&arena);
	if (json_parse(&arena, raw, &obj, &e))
		return 0;
	enum err err = stix_check(raw, obj, &info, &e);
	assert(stix_check(raw, obj, &(struct stix_info){.custom = 0}, NULL) == err);
	if (obj->type == JSON_OBJECT) {
		readers(obj, obj->span);
		if (!stix_sco_id(obj, &arena, &id, &e))
			assert(id.uuid[6] >> 4 == 5);
	}
	if (err) {
		assert(info.custom == 12345 && e.msg[0]);
		return 0;
	}
	struct buf b = BUF_INIT(STIX_ID_MAX);
	stix_id_put(&b, info.id);
	assert(buf_ok(&b) && stix_id_parse(buf_str(&b), &again) && stix_id_eq(info.id, again));
	buf_done(&b);
	assert(info.modified >= info.created && info.confidence >= -1 && info.confidence <= 100);
	assert(!info.warnings == !info.warned && !info.warnings == !info.first);
	if (stix_ext_get(obj, STIX_EXT_PRIVATE))
		assert(stix_private_none(raw, obj, &e) == ERR_DENIED);
	return 0;
}
