/* Identifiers, deterministic ids, references, markings, searched text, and our own extensions. Each test says what fails it. */
#include "base/limits.h"
#include "stix/comity.h"
#include "stix/marking.h"
#include "stix/object.h"
#include "stix/refs.h"
#include "stix/sco.h"
#include "stix/stix_int.h"
#include "stix/text.h"
#include "test.h"

#define U "11111111-1111-4111-8111-111111111111"
#define REPORT "extension-definition--25f1d169-f6c4-45de-a384-9b84b388dfa1"
#define PRIVATE "extension-definition--a10f045f-a4f4-4406-b93d-7f67acfe44b0"

static struct arena arena = ARENA_INIT(LIMIT_OBJECT_ARENA);

static const struct json *
parse(struct str text)
{
	const struct json *obj;
	struct errinfo e;
	CHECKF(json_parse(&arena, text, &obj, &e) == OK, "%s", e.msg);
	return obj;
}

/* Fails when something else than type--uuid is taken, or an id is not printed as it was read. */
TEST(ids)
{
	static const char *const bad[] = {
	    "",
	    "--" U,
	    "ab--" U,
	    "tool-" U,
	    "tool--"
	    "11111111-1111-4111-8111-11111111111",
	    "tool--" U "1",
	    "Tool--" U,
	    "tool--1111111A-1111-4111-8111-111111111111",
	    "tool--11111111_1111-4111-8111-111111111111",
	    "1tool--" U,
	    "x--y--" U,
	    "tool--1111111g-1111-4111-8111-111111111111",
	    "x_tool--" U,
	    "tool---"
	    "1111111-1111-4111-8111-111111111111",
	};
	static const char *const fine[] = {
	    "tool--" U, "x-mitre-asset--" U, "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9", "abc--ffffffff-ffff-ffff-ffff-ffffffffffff"};
	struct stix_id id, other;
	struct buf b = BUF_INIT(1024);
	bool odd;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECKF(!stix_id_parse(str_of(bad[i]), &id), "taken: %s", bad[i]);
	for (size_t i = 0; i < sizeof(fine) / sizeof(fine[0]); i++) {
		CHECKF(stix_id_parse(str_of(fine[i]), &id), "refused: %s", fine[i]);
		buf_clear(&b);
		stix_id_put(&b, id);
		CHECK_STR(buf_str(&b), str_of(fine[i]));
		CHECK((stix_id_type(id) == STIX_CUSTOM) == (id.type.p == fine[i]));
	}
	CHECK(stix_id_read(STR("tool--1111111A-1111-4111-8111-111111111111"), &id, &odd) && odd);
	CHECK(stix_id_read(STR("tool--1111111a-1111-4111-8111-111111111111"), &other, &odd) && !odd && stix_id_eq(id, other) &&
	      !stix_id_cmp(id, other));
	for (int t = STIX_CUSTOM + 1; t < STIX_TYPE_COUNT; t++)
		CHECK(stix_type_of(stix_type_name((enum stix_type)t)) == (enum stix_type)t && stix_type_valid(stix_type_name((enum stix_type)t)));
	CHECK(stix_type_of(STR("toolx")) == STIX_CUSTOM && stix_type_of(STR("")) == STIX_CUSTOM);
	CHECK(!stix_type_valid(STR("a--b")) && !stix_type_valid(STR("ab")) && stix_type_valid(STR("x-b")));
	const uint8_t zero[16] = {0};
	uint8_t uuid[16];
	stix_uuid4(zero, uuid);
	CHECK(uuid[6] == 0x40 && uuid[8] == 0x80 && uuid[0] == 0);
	buf_done(&b);
}

/* Fails when an observable's id differs from what an independent implementation (Python's uuid.uuid5 over sorted JSON) gives; the first is also
 * published so in the interoperability examples. */
TEST(sco_ids)
{
	static const struct {
		const char *text, *id;
	} known[] = {
	    {"{\"type\":\"ipv4-addr\",\"value\":\"198.51.100.3\",\"x_note\":1}", "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4"},
	    {"{\"type\":\"domain-name\",\"value\":\"ex\\u0061mple.com\"}", "domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7"},
	    {"{\"type\":\"file\",\"size\":3,\"name\":\"f\",\"hashes\":{\"SHA-1\":\"0\",\"MD5\":\"00112233445566778899aabbccddeeff\"}}",
		"file--be3bdbd1-e79e-5432-ac04-d50956fbc245"},
	    {"{\"type\":\"network-traffic\",\"src_ref\":\"ipv4-addr--ff26c055-6336-5bc5-b98d-13d6226742dd\",\"protocols\":[\"ipv4\",\"tcp\"],\"dst_"
	     "port\":80}",
		"network-traffic--b851a47f-cbde-5c71-8207-fe2125f97925"},
	    {"{\"type\":\"mutex\",\"name\":\"\xc3\xa9\\n\"}", "mutex--06302256-63c5-57e3-aed1-2701a60aca95"},
	};
	struct buf b = BUF_INIT(1024);
	struct errinfo e;
	struct stix_id id;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		CHECK_OK(stix_sco_id(parse(str_of(known[i].text)), &arena, &id, &e));
		buf_clear(&b);
		stix_id_put(&b, id);
		CHECK_STR(buf_str(&b), str_of(known[i].id));
	}
	CHECK_ERR(stix_sco_id(parse(STR("{\"type\":\"process\",\"pid\":1}")), &arena, &id, &e), ERR_NOTFOUND);
	CHECK_ERR(stix_sco_id(parse(STR("{\"type\":\"software\"}")), &arena, &id, &e), ERR_NOTFOUND);
	CHECK_ERR(stix_sco_id(parse(STR("{\"type\":\"tool\",\"name\":\"n\"}")), &arena, &id, &e), ERR_INVALID);
	buf_done(&b);
	arena_done(&arena);
}

/* Fails when a reference is missed, invented, or its path is wrong. */
TEST(refs)
{
	const struct json *obj = parse(STR("{\"id\":\"report--" U "\",\"created_by_ref\":\"identity--" U "\",\"object_refs\":[\"tool--" U
					   "\",\"no\",3,\"url--" U "\"],\"name\":\"tool--" U "\","
					   "\"extensions\":{\"" PRIVATE "\":{\"cites_refs\":[\"note--" U
					   "\"]}},\"x_empty_ref\":\"\",\"parts\":[{\"body_raw_ref\":\"file--" U "\"}],\"x_refs\":[]}"));
	static const char *const want[] = {
	    "created_by_ref",
	    "object_refs[0]",
	    "object_refs[3]",
	    "extensions." PRIVATE,
	    "extensions." PRIVATE ".cites_refs[0]",
	    "parts[0].body_raw_ref",
	};
	struct stix_refs it;
	struct stix_ref ref;
	struct buf b = BUF_INIT(1024);
	size_t n = 0;
	stix_refs_init(&it, obj);
	while (stix_refs_next(&it, &ref)) {
		CHECK(n < sizeof(want) / sizeof(want[0]));
		buf_clear(&b);
		json_path_put(&b, obj, ref.node);
		CHECK_STR(buf_str(&b), str_of(want[n]));
		n++;
	}
	CHECK(n == sizeof(want) / sizeof(want[0]) && !stix_refs_next(&it, &ref));
	stix_refs_init(&it, parse(STR("{}")));
	CHECK(!stix_refs_next(&it, &ref));
	buf_done(&b);
	arena_done(&arena);
}

/* Fails when a registered TLP id is not known, another is, or the order of restriction is wrong. */
TEST(tlp)
{
	struct stix_id id;
	int version;
	size_t n = 0;
	for (enum stix_tlp t = STIX_TLP_NONE; t < STIX_TLP_COUNT; t++)
		for (int v = 1; v <= 2; v++)
			if (stix_tlp_id(t, v, &id)) {
				n++;
				CHECK(stix_tlp_of(id, &version) == t && version == v);
				CHECK(stix_tlp_parse(stix_tlp_name(t, v), NULL) == t);
				id.uuid[15] ^= 1;
				CHECK(stix_tlp_of(id, NULL) == STIX_TLP_NONE);
				id.uuid[15] ^= 1;
				id.type = STR("identity");
				CHECK(stix_tlp_of(id, NULL) == STIX_TLP_NONE);
			}
	CHECK(n == 9 && !stix_tlp_id(STIX_TLP_AMBER_STRICT, 1, &id));
	CHECK(stix_id_parse(STR("marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"), &id) && stix_tlp_of(id, NULL) == STIX_TLP_AMBER_STRICT);
	CHECK(stix_id_parse(STR("marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"), &id) && stix_tlp_of(id, &version) == STIX_TLP_CLEAR &&
	      version == 1);
	CHECK(stix_tlp_parse(STR("tlp:amber+strict"), NULL) == STIX_TLP_AMBER_STRICT && stix_tlp_parse(STR("White"), &version) == STIX_TLP_CLEAR &&
	      version == 1);
	CHECK(stix_tlp_parse(STR("secret"), NULL) == STIX_TLP_NONE && stix_tlp_parse(STR(""), NULL) == STIX_TLP_NONE);
	const struct json *obj = parse(STR("{\"object_marking_refs\":[\"marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da\",\"marking-"
					   "definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421\"],"
					   "\"granular_markings\":[{\"marking_ref\":\"marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed\","
					   "\"selectors\":[\"x\"]}],\"x\":[{\"y\":1}]}"));
	CHECK(stix_tlp_object(obj) == STIX_TLP_AMBER && stix_tlp_most(obj) == STIX_TLP_RED);
	CHECK(stix_selector_find(obj, STR("x.[0].y")) && !stix_selector_find(obj, STR("x.[1]")) && !stix_selector_find(obj, STR("x.[4294967296]")) &&
	      !stix_selector_find(obj, STR("x.0")) && !stix_selector_find(obj, STR("")));
	arena_done(&arena);
}

/* Fails when a marking definition may claim another TLP than the one its id is registered for. */
TEST(tlp_claims)
{
	static const struct {
		const char *id, *body;
		bool good;
	} all[] = {
	    {"5e57c739-391a-4eb3-b6be-7d15ca92d5ed", "\"definition_type\":\"tlp\",\"definition\":{\"tlp\":\"red\"}", true},
	    {"5e57c739-391a-4eb3-b6be-7d15ca92d5ed", "\"definition_type\":\"tlp\",\"definition\":{\"tlp\":\"white\"}", false},
	    {U, "\"definition_type\":\"tlp\",\"definition\":{\"tlp\":\"red\"}", false},
	    {"5e57c739-391a-4eb3-b6be-7d15ca92d5ed", "\"definition_type\":\"statement\",\"definition\":{\"statement\":\"s\"}", false},
	    {"939a9414-2ddd-4d32-a0cd-375ea402b003",
		"\"extensions\":{\"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d\":{\"extension_type\":\"property-extension\",\"tlp_2_"
		"0\":\"amber+strict\"}}",
		true},
	    {"939a9414-2ddd-4d32-a0cd-375ea402b003",
		"\"extensions\":{\"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d\":{\"extension_type\":\"property-extension\",\"tlp_2_"
		"0\":\"clear\"}}",
		false},
	    {U, "\"definition_type\":\"statement\",\"definition\":{\"note\":\"s\"}", false},
	    {U, "\"name\":\"n\"", false},
	};
	struct buf b = BUF_INIT(4096);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct stix_info info;
		struct errinfo e;
		buf_clear(&b);
		buf_printf(&b,
		    "{\"type\":\"marking-definition\",\"spec_version\":\"2.1\",\"id\":\"marking-definition--%s\",\"created\":\"2017-01-20T00:00:00."
		    "000Z\",%s}",
		    all[i].id, all[i].body);
		enum err err = stix_check(buf_str(&b), parse(buf_str(&b)), &info, &e);
		CHECKF(!err == all[i].good, "%s %s: %s", all[i].id, all[i].body, err ? e.msg : "taken");
		struct str s;
		CHECK(err || stix_marking_statement(parse(buf_str(&b)), &s) == false);
	}
	buf_done(&b);
	arena_done(&arena);
}

#define CORE                                                                                                          \
	"\"type\":\"report\",\"spec_version\":\"2.1\",\"id\":\"report--" U                                            \
	"\",\"created\":\"2015-11-22T15:00:00.000Z\",\"modified\":\"2015-11-22T15:00:00.000Z\",\"name\":\"Convoy\","  \
	"\"published\":\"2015-11-22T15:00:00Z\",\"report_types\":[\"threat-report\"],\"object_refs\":[\"identity--" U \
	"\"],\"description\":\"All of it\""
#define HEADER                                                                                                                                       \
	"\"header\":{\"type\":\"INTREP\",\"subject\":\"Movement\",\"information_time\":\"2015-11-21T04:00:00Z\",\"report_time\":\"2015-11-22T15:00:" \
	"00Z\",\"precedence\":\"PRIORITY\","                                                                                                         \
	"\"place\":\"Palmyra\",\"language\":\"en\",\"source\":{\"descriptor\":\"a driver\"},\"grade\":\"B2\",\"serial\":\"IRQ/ALL/0031\"}"
#define PORTIONS                                                                                                                        \
	"\"banner\":\"//IRQ SECRET//REL TO IRQ, RUS\",\"portions\":[{\"kind\":\"title\",\"mark\":\"(//IRQ S)\",\"text\":\"Convoy "      \
	"seen\"},{\"kind\":\"paragraph\",\"mark\":"                                                                                     \
	"\"(//IRQ S//REL TO IRQ, RUS)\",\"grade\":\"C3\",\"text\":\"Thirty "                                                            \
	"trucks\",\"claims\":[{\"what\":\"fighters\",\"where\":\"Palmyra\",\"when\":\"2015-11-21T04:00:00Z\",\"low\":300,\"best\":350," \
	"\"high\":400},{\"what\":\"trucks\",\"best\":30},{\"what\":\"tanks\"}]}]"
#define EXT(body) "{" CORE ",\"extensions\":{\"" REPORT "\":{\"extension_type\":\"property-extension\"," body "}}}"

/* Fails when header, portions or claims are not read as written. */
TEST(report)
{
	struct str text = STR(EXT(HEADER "," PORTIONS));
	const struct json *obj = parse(text);
	struct stix_info info;
	struct errinfo e;
	CHECK_OK(stix_check(text, obj, &info, &e));
	CHECK(info.warnings == 0);
	struct stix_header h;
	CHECK(stix_header_read(obj, &h));
	CHECK_STR(h.type, STR("INTREP"));
	CHECK_STR(h.descriptor, STR("a driver"));
	CHECK_STR(h.serial, STR("IRQ/ALL/0031"));
	CHECK_STR(h.banner, STR("//IRQ SECRET//REL TO IRQ, RUS"));
	CHECK(h.grade.reliability == 'B' && stix_grade_confidence(h.grade) == 70 && json_count(h.portions) == 2);
	struct stix_portions it;
	struct stix_portion p;
	stix_portions_init(&it, obj);
	CHECK(stix_portions_next(&it, &p) && p.kind == STIX_PORTION_TITLE && !p.claims && !p.grade.reliability && p.index == 0);
	CHECK(stix_portions_next(&it, &p) && p.kind == STIX_PORTION_PARAGRAPH && p.grade.credibility == '3' && p.index == 1);
	CHECK_STR(p.mark, STR("(//IRQ S//REL TO IRQ, RUS)"));
	struct stix_claims claims;
	struct stix_claim c;
	stix_claims_init(&claims, p.claims);
	CHECK(stix_claims_next(&claims, &c) && c.counted && c.low == 300 && c.best == 350 && c.high == 400);
	CHECK_STR(c.where, STR("Palmyra"));
	CHECK(stix_claims_next(&claims, &c) && c.counted && c.low == 30 && c.high == 30 && !c.where.n);
	CHECK(stix_claims_next(&claims, &c) && !c.counted && !stix_claims_next(&claims, &c));
	CHECK(!stix_portions_next(&it, &p));
	CHECK(!stix_header_read(parse(STR("{}")), &h));
	/* what is searched: name, subject, portions; not the description, which repeats them, nor ids, marks, times */
	static const struct {
		enum stix_weight weight;
		const char *text;
	} want[] = {
	    {STIX_WEIGHT_NAME, "Convoy"},
	    {STIX_WEIGHT_TERM, "threat-report"},
	    {STIX_WEIGHT_NAME, "Movement"},
	    {STIX_WEIGHT_TERM, "Palmyra"},
	    {STIX_WEIGHT_TERM, "a driver"},
	    {STIX_WEIGHT_TERM, "IRQ/ALL/0031"},
	    {STIX_WEIGHT_BODY, "Convoy seen"},
	    {STIX_WEIGHT_BODY, "Thirty trucks"},
	    {STIX_WEIGHT_TERM, "fighters"},
	    {STIX_WEIGHT_TERM, "Palmyra"},
	    {STIX_WEIGHT_TERM, "trucks"},
	    {STIX_WEIGHT_TERM, "tanks"},
	};
	struct stix_text words;
	struct stix_words w;
	stix_text_init(&words, obj);
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		CHECK(stix_text_next(&words, &w));
		CHECK_STR(w.text, str_of(want[i].text));
		CHECK(w.weight == want[i].weight);
	}
	CHECK(!stix_text_next(&words, &w));
	arena_done(&arena);
}

/* Fails when a malformed report of ours is taken. */
TEST(report_rules)
{
#define X "extensions." REPORT "."
#define ONE(portion) EXT("\"header\":{\"type\":\"INTREP\"},\"banner\":\"b\",\"portions\":[" portion "]")
	static const struct {
		const char *text, *says;
	} bad[] = {
	    {EXT(PORTIONS), X "header: is missing"},
	    {EXT(HEADER ",\"banner\":\"b\",\"portions\":[]"), X "portions: must not be an empty list"},
	    {ONE("{\"kind\":\"title\",\"text\":\"t\"}"), X "portions[0].mark: is missing"},
	    {ONE("{\"kind\":\"title\",\"mark\":\"\",\"text\":\"t\"}"), X "portions[0].mark: must not be empty"},
	    {ONE("{\"kind\":\"poem\",\"mark\":\"(U)\",\"text\":\"t\"}"), X "portions[0].kind: \"poem\" is not"},
	    {ONE("{\"kind\":\"title\",\"mark\":\"(U)\",\"text\":\"t\",\"grade\":\"G1\"}"), X "portions[0].grade: is no grade"},
	    {ONE("{\"kind\":\"title\",\"mark\":\"(U)\",\"text\":\"t\",\"grade\":\"A5\",\"scheme\":\"4x4\"}"), X "portions[0].grade: is no grade"},
	    {ONE("{\"kind\":\"title\",\"mark\":\"(U)\",\"text\":\"t\",\"claims\":[{\"what\":\"w\",\"low\":3,\"best\":2}]}"),
		X "portions[0].claims[0].low: must not be more"},
	    {ONE("{\"kind\":\"title\",\"mark\":\"(U)\",\"text\":\"t\",\"claims\":[{\"what\":\"w\",\"low\":3,\"high\":2}]}"),
		X "portions[0].claims[0].low: must not be more"},
	    {ONE("{\"kind\":\"title\",\"mark\":\"(U)\",\"text\":\"t\",\"claims\":[{\"low\":3}]}"), X "portions[0].claims[0].what: is missing"},
	    {ONE("{\"kind\":\"title\",\"mark\":\"(U)\",\"text\":\"t\",\"claims\":[{\"what\":\"w\",\"low\":-3}]}"),
		X "portions[0].claims[0].low: must be from 0"},
	};
	struct stix_info info;
	struct errinfo e;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CHECKF(stix_check(str_of(bad[i].text), parse(str_of(bad[i].text)), &info, &e) == ERR_INVALID, "taken: %s", bad[i].text);
		CHECKF(str_starts(str_of(e.msg), str_of(bad[i].says)), "\"%s\" does not begin \"%s\"", e.msg, bad[i].says);
	}
	/* a portion's grade is read by the header's scheme unless it names its own */
	struct str inherits =
	    STR(EXT("\"header\":{\"type\":\"INTREP\",\"scheme\":\"4x4\",\"grade\":\"A1\"},\"banner\":\"b\",\"portions\":[{\"kind\":\"title\","
		    "\"mark\":\"(U)\",\"text\":\"t\","
		    "\"grade\":\"X4\"},{\"kind\":\"title\",\"mark\":\"(U)\",\"text\":\"t\",\"scheme\":\"admiralty\",\"grade\":\"F6\"}]"));
	CHECK_OK(stix_check(inherits, parse(inherits), &info, &e));
	struct stix_portions it;
	struct stix_portion portion;
	stix_portions_init(&it, parse(inherits));
	CHECK(stix_portions_next(&it, &portion) && portion.grade.reliability == 'X' && str_is(portion.grade.scheme, "4x4"));
	CHECK(stix_portions_next(&it, &portion) && portion.grade.reliability == 'F' && str_is(portion.grade.scheme, "admiralty"));
	struct stix_grade g;
	CHECK(stix_grade_parse(STR("F6"), STR_NONE, &g) && stix_grade_confidence(g) == -1);
	CHECK(stix_grade_parse(STR("X4"), STR("4x4"), &g) && stix_grade_confidence(g) == -1 && !stix_grade_parse(STR("X4"), STR("admiralty"), &g));
	arena_done(&arena);
}

/* Fails when any trace of the private extension passes, or an innocent object does not. */
TEST(private)
{
	static const char *const bad[] = {
	    "{\"extensions\":{\"" PRIVATE "\":{\"source\":\"HERON\"}}}",
	    "{\"extensions\":{\"extension-definition--A10F045F-A4F4-4406-B93D-7F67ACFE44B0\":{\"source\":\"HERON\"}}}",
	    "{\"x_old\":[{\"a\":{\"" PRIVATE "\":1}}]}",
	    "{\"x_old\":\"{\\\"extensions\\\":{\\\"" PRIVATE "\\\":{}}}\"}",
	    "{\"x\":\"----a-a10f045f-a4f4-4406-b93d-7f67acfe44b0\"}",
	    "{\"granular_markings\":[{\"selectors\":[\"extensions." PRIVATE ".source\"]}]}",
	    "{\"x\":\"a10f045f-a4f4-4406-b93d-7f67acfe44b\\u0030\"}",
	};
	struct errinfo e;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECKF(stix_private_none(str_of(bad[i]), parse(str_of(bad[i])), &e) == ERR_DENIED, "passed: %s", bad[i]);
	CHECK(e.line == 1 && str_starts(str_of(e.msg), STR("x: ")));
	struct str innocent = STR(EXT(HEADER "," PORTIONS)), near = STR("{\"a\":\"a10f045f-a4f4-4406-b93d-7f67acfe44b1 ---- -\"}");
	CHECK_OK(stix_private_none(innocent, parse(innocent), &e));
	CHECK_OK(stix_private_none(near, parse(near), &e));
	struct stix_private p;
	CHECK(stix_private_read(parse(STR("{\"extensions\":{\"" PRIVATE "\":{\"source\":\"HERON\",\"cites\":[\"report--" U "\"]}}}")), &p));
	CHECK_STR(p.source, STR("HERON"));
	CHECK(json_count(p.cites) == 1 && !p.label && !stix_private_read(parse(STR("{}")), &p));
	/* the search does not see it */
	struct stix_text it;
	struct stix_words w;
	stix_text_init(&it, parse(STR("{\"extensions\":{\"" PRIVATE "\":{\"name\":\"HERON\"}}}")));
	CHECK(!stix_text_next(&it, &w));
	arena_done(&arena);
}

/* A schema against the table of the same thing. */
static void
compare(const struct json *root, const struct json *part, const struct shape *s, const char *file)
{
	const struct json *props = json_get(part, STR("properties")), *required = json_get(part, STR("required"));
	CHECKF(json_count(props) == s->nprops, "%s: %s has %u properties, the table %u", file, s->what, json_count(props), s->nprops);
	unsigned need = 0;
	for (size_t i = 0; i < s->nprops; i++) {
		const struct json *p = json_get(props, s->props[i].name);
		CHECKF(p, "%s: %s lacks %.*s", file, s->what, STR_FMT(s->props[i].name));
		need += s->props[i].flags & REQUIRED;
		const struct json *items = json_get(p, STR("items"));
		struct str ref = json_str(json_get(items ? items : p, STR("$ref")));
		if (s->props[i].kind == KIND_OBJECT) {
			CHECK(str_starts(ref, STR("#/$defs/")));
			compare(root, json_get(json_get(root, STR("$defs")), str_sub(ref, 8, ref.n)), s->props[i].u.shape, file);
		}
		if (s->props[i].flags & LIST)
			CHECK(json_is(json_get(p, STR("minItems")), JSON_NUMBER));
	}
	CHECKF(json_count(required) == need, "%s: %s requires %u, the table %u", file, s->what, json_count(required), need);
	if (required)
		JSON_EACH(r, required)
		{
			bool found = false;
			for (size_t i = 0; i < s->nprops; i++)
				found |= str_eq(s->props[i].name, json_str(r)) && s->props[i].flags & REQUIRED;
			CHECKF(found, "%s: %s does not require %.*s", file, s->what, STR_FMT(json_str(r)));
		}
}

/* Fails when a schema under doc/schema and the table that is really applied differ in properties or in what is required. */
TEST(schemas_ours)
{
	struct buf b = BUF_INIT(1 * MIB);
	for (enum stix_ext x = 0; x < STIX_EXT_COUNT; x++) {
		char path[256];
		struct stix_id id;
		snprintf(path, sizeof(path), "doc/schema/%.*s", STR_FMT(stix_ext_schema(x)));
		if (!test_read(path, &b))
			test_skip("not run from the top of the source tree");
		const struct json *root = parse(buf_str(&b));
		CHECK_STR(json_str(json_get(root, STR("$comment"))), stix_ext_id(x));
		CHECK(stix_id_parse(stix_ext_id(x), &id) && stix_id_type(id) == STIX_EXTENSION_DEFINITION);
		compare(root, root, shape_comity(stix_ext_id(x)), path);
		arena_reset(&arena);
	}
	buf_done(&b);
	arena_done(&arena);
}
