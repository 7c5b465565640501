/* Good objects of every type, and each of them spoiled property by property. Fails when a good one is refused or a spoiled one is taken. */
#include "base/limits.h"
#include "json/write.h"
#include "stix/object.h"
#include "test.h"

#define U "11111111-1111-4111-8111-111111111111"
#define U5 "11111111-1111-5111-8111-111111111111"
#define CORE(type)                                                             \
	"\"type\":\"" type "\",\"spec_version\":\"2.1\",\"id\":\"" type "--" U \
	"\",\"created\":\"2020-01-01T00:00:00.000Z\",\"modified\":\"2020-01-02T00:00:00.000Z\""
#define COMMON                                                                                                                                   \
	",\"created_by_ref\":\"identity--" U                                                                                                     \
	"\",\"revoked\":false,\"labels\":[\"a\"],\"confidence\":50,\"lang\":\"en-GB\",\"external_references\":[{\"source_name\":\"s\","          \
	"\"description\":\"d\",\"url\":\"http://"                                                                                                \
	"x\",\"external_id\":\"1\",\"hashes\":{\"MD5\":\"00112233445566778899aabbccddeeff\"}}],\"object_marking_refs\":"                         \
	"[\"marking-definition--" U "\"],\"granular_markings\":[{\"selectors\":[\"labels.[0]\",\"id\"],\"marking_ref\":\"marking-definition--" U \
	"\"}],"                                                                                                                                  \
	"\"extensions\":{\"extension-definition--" U "\":{\"extension_type\":\"property-extension\",\"a\":1}}"
#define SCO(type) "\"type\":\"" type "\",\"id\":\"" type "--" U "\",\"spec_version\":\"2.1\",\"defanged\":true"
#define T0 "\"2020-01-01T00:00:00Z\""
#define T1 "\"2020-01-01T00:00:01.5Z\""
#define PHASES "\"kill_chain_phases\":[{\"kill_chain_name\":\"k\",\"phase_name\":\"p\"}]"
#define MARKING                                                                                    \
	"\"type\":\"marking-definition\",\"spec_version\":\"2.1\",\"id\":\"marking-definition--" U \
	"\",\"created\":\"2020-01-01T00:00:00.000Z\",\"name\":\"n\",\"definition_type\":\"statement\",\"definition\":{\"statement\":\"s\"}"
#define MD5 "{\"MD5\":\"00112233445566778899aabbccddeeff\"}"

static const struct {
	const char *text;
	const char *must; /* what cannot be dropped, beyond the common properties of the class */
} good[] = {
    {"{" CORE("attack-pattern") COMMON ",\"name\":\"n\",\"description\":\"d\",\"aliases\":[\"a\"]," PHASES "}", " name "},
    {"{" CORE("campaign") ",\"name\":\"n\",\"description\":\"d\",\"aliases\":[\"a\"],\"first_seen\":" T0 ",\"last_seen\":" T0 ",\"objective\":\"o\"}",
	" name "},
    {"{" CORE("course-of-action") ",\"name\":\"n\",\"description\":\"d\"}", " name "},
    {"{" CORE("grouping") ",\"name\":\"n\",\"description\":\"d\",\"context\":\"unspecified\",\"object_refs\":[\"report--" U "\"]}",
	" context object_refs "},
    {"{" CORE("identity") ",\"name\":\"n\",\"description\":\"d\",\"roles\":[\"r\"],\"identity_class\":\"group\",\"sectors\":[\"water\"],\"contact_"
			  "information\":\"c\"}",
	" name "},
    {"{" CORE("incident") ",\"name\":\"n\",\"description\":\"d\"}", " name "},
    {"{" CORE("indicator") ",\"name\":\"n\",\"description\":\"d\",\"indicator_types\":[\"benign\"],\"pattern\":\"p\",\"pattern_type\":\"stix\","
			   "\"pattern_version\":\"2.1\","
			   "\"valid_from\":" T0 ",\"valid_until\":" T1 "," PHASES "}",
	" pattern pattern_type valid_from "},
    {"{" CORE("infrastructure") ",\"name\":\"n\",\"description\":\"d\",\"infrastructure_types\":[\"botnet\"],\"aliases\":[\"a\"]," PHASES
				",\"first_seen\":" T0 ",\"last_seen\":" T1 "}",
	" name "},
    {"{" CORE("intrusion-set") ",\"name\":\"n\",\"description\":\"d\",\"aliases\":[\"a\"],\"first_seen\":" T0 ",\"last_seen\":" T1
			       ",\"goals\":[\"g\"],\"resource_level\":\"team\","
			       "\"primary_motivation\":\"revenge\",\"secondary_motivations\":[\"revenge\"]}",
	" name "},
    {"{" CORE("location") ",\"name\":\"n\",\"description\":\"d\",\"latitude\":34.5,\"longitude\":38,\"precision\":10.5,\"region\":\"western-asia\","
			  "\"country\":\"sy\",\"administrative_area\":\"a\","
			  "\"city\":\"c\",\"street_address\":\"s\",\"postal_code\":\"p\"}",
	" latitude longitude "},
    {"{" CORE("malware") ",\"name\":\"n\",\"description\":\"d\",\"malware_types\":[\"worm\"],\"is_family\":true,\"aliases\":[\"a\"]," PHASES
			 ",\"first_seen\":" T0 ",\"last_seen\":" T1 ","
			 "\"operating_system_refs\":[\"software--" U
			 "\"],\"architecture_execution_envs\":[\"arm\"],\"implementation_languages\":[\"c\"],\"capabilities\":[\"anti-vm\"],"
			 "\"sample_refs\":[\"file--" U "\"]}",
	" name is_family "},
    {"{" CORE("malware-analysis") ",\"product\":\"p\",\"version\":\"1\",\"host_vm_ref\":\"software--" U "\",\"operating_system_ref\":\"software--" U
				  "\",\"installed_software_refs\":"
				  "[\"software--" U "\"],\"configuration_version\":\"1\",\"modules\":[\"m\"],\"analysis_engine_version\":\"1\","
				  "\"analysis_definition_version\":\"1\",\"submitted\":" T0 ","
				  "\"analysis_started\":" T0 ",\"analysis_ended\":" T0
				  ",\"result_name\":\"r\",\"result\":\"benign\",\"sample_ref\":\"file--" U "\"}",
	" product result "},
    {"{" CORE("note") ",\"abstract\":\"a\",\"content\":\"c\",\"authors\":[\"a\"],\"object_refs\":[\"report--" U "\"]}", " content object_refs "},
    {"{" CORE("observed-data") ",\"first_observed\":" T0 ",\"last_observed\":" T1 ",\"number_observed\":1,\"object_refs\":[\"file--" U "\"]}",
	" first_observed last_observed number_observed object_refs "},
    {"{" CORE("observed-data") ",\"first_observed\":" T0 ",\"last_observed\":" T1
			       ",\"number_observed\":1,\"objects\":{\"0\":{\"type\":\"file\",\"name\":\"f\"}}}",
	" first_observed last_observed number_observed objects "},
    {"{" CORE("opinion") ",\"explanation\":\"e\",\"authors\":[\"a\"],\"opinion\":\"agree\",\"object_refs\":[\"report--" U "\"]}",
	" opinion object_refs "},
    {"{" CORE("report") ",\"name\":\"n\",\"description\":\"d\",\"report_types\":[\"identity\"],\"published\":" T0 ",\"object_refs\":[\"identity--" U
			"\"]}",
	" name published object_refs "},
    {"{" CORE("threat-actor") ",\"name\":\"n\",\"description\":\"d\",\"threat_actor_types\":[\"spy\"],\"aliases\":[\"a\"],\"first_seen\":" T0
			      ",\"last_seen\":" T1 ",\"roles\":[\"agent\"],"
			      "\"goals\":[\"g\"],\"sophistication\":\"none\",\"resource_level\":\"team\",\"primary_motivation\":\"revenge\","
			      "\"secondary_motivations\":[\"revenge\"],\"personal_motivations\":"
			      "[\"revenge\"]}",
	" name "},
    {"{" CORE("tool") ",\"name\":\"n\",\"description\":\"d\",\"tool_types\":[\"unknown\"],\"aliases\":[\"a\"]," PHASES ",\"tool_version\":\"1\"}",
	" name "},
    {"{" CORE("vulnerability") ",\"name\":\"n\",\"description\":\"d\"}", " name "},
    {"{" CORE("relationship") ",\"relationship_type\":\"uses\",\"description\":\"d\",\"source_ref\":\"malware--" U
			      "\",\"target_ref\":\"x-mitre-asset--" U "\",\"start_time\":" T0 ","
			      "\"stop_time\":" T1 "}",
	" relationship_type source_ref target_ref "},
    {"{" CORE("sighting") ",\"description\":\"d\",\"first_seen\":" T0 ",\"last_seen\":" T1 ",\"count\":0,\"sighting_of_ref\":\"malware--" U
			  "\",\"observed_data_refs\":[\"observed-data--" U "\"],"
			  "\"where_sighted_refs\":[\"location--" U "\"],\"summary\":true}",
	" sighting_of_ref "},
    {"{" CORE("extension-definition") ",\"created_by_ref\":\"identity--" U
				      "\",\"name\":\"n\",\"description\":\"d\",\"schema\":\"s\",\"version\":\"1.0.0\",\"extension_types\":"
				      "[\"toplevel-property-extension\"],\"extension_properties\":[\"rank\"]}",
	" created_by_ref name schema version extension_types "},
    {"{" CORE("language-content") ",\"object_ref\":\"report--" U "\",\"object_modified\":" T0 ",\"contents\":{\"de\":{\"name\":\"n\"}}}",
	" object_ref contents "},
    {"{\"type\":\"marking-definition\",\"spec_version\":\"2.1\",\"id\":\"marking-definition--" U
     "\",\"created\":\"2020-01-01T00:00:00.000Z\",\"name\":\"n\",\"definition_type\":\"statement\","
     "\"definition\":{\"statement\":\"s\"}}",
	" definition_type definition "},
    {"{" SCO("artifact") ",\"mime_type\":\"image/png\",\"payload_bin\":\"AAE=\",\"hashes\":" MD5
			 ",\"encryption_algorithm\":\"AES-256-GCM\",\"decryption_key\":\"k\"}",
	" payload_bin encryption_algorithm "},
    {"{" SCO("artifact") ",\"url\":\"http://x\",\"hashes\":" MD5 "}", " url hashes "},
    {"{" SCO("autonomous-system") ",\"number\":1,\"name\":\"n\",\"rir\":\"r\"}", " number "},
    {"{" SCO("directory") ",\"path\":\"/\",\"path_enc\":\"e\",\"ctime\":" T0 ",\"mtime\":" T0 ",\"atime\":" T0 ",\"contains_refs\":[\"file--" U
			  "\"]}",
	" path "},
    {"{" SCO("domain-name") ",\"value\":\"x.org\",\"resolves_to_refs\":[\"ipv4-addr--" U "\"]}", " value "},
    {"{" SCO("email-addr") ",\"value\":\"a@x.org\",\"display_name\":\"a\",\"belongs_to_ref\":\"user-account--" U "\"}", " value "},
    {"{" SCO("email-message") ",\"is_multipart\":true,\"date\":" T0 ",\"content_type\":\"c\",\"from_ref\":\"email-addr--" U
			      "\",\"sender_ref\":\"email-addr--" U "\",\"to_refs\":"
			      "[\"email-addr--" U "\"],\"cc_refs\":[\"email-addr--" U "\"],\"bcc_refs\":[\"email-addr--" U
			      "\"],\"message_id\":\"m\",\"subject\":\"s\",\"received_lines\":[\"r\"],"
			      "\"additional_header_fields\":{\"Reply-To\":\"x\"},\"body_multipart\":[{\"body\":\"b\",\"content_type\":\"t\","
			      "\"content_disposition\":\"d\"},{\"body_raw_ref\":\"file--" U "\"}],"
			      "\"raw_email_ref\":\"artifact--" U "\"}",
	" is_multipart "},
    {"{" SCO("file") ",\"hashes\":" MD5 ",\"size\":0,\"name_enc\":\"e\",\"magic_number_hex\":\"ffd8\",\"mime_type\":\"m\",\"ctime\":" T0
		     ",\"mtime\":" T0 ",\"atime\":" T0 ","
		     "\"parent_directory_ref\":\"directory--" U "\",\"contains_refs\":[\"url--" U "\"],\"content_ref\":\"artifact--" U
		     "\",\"extensions\":{\"ntfs-ext\":{\"sid\":\"s\"},"
		     "\"pdf-ext\":{\"version\":\"1\"}}}",
	" hashes "},
    {"{" SCO("ipv4-addr") ",\"value\":\"10.0.0.0/8\",\"resolves_to_refs\":[\"mac-addr--" U "\"],\"belongs_to_refs\":[\"autonomous-system--" U "\"]}",
	" value "},
    {"{" SCO("ipv6-addr") ",\"value\":\"2001:db8::1\",\"resolves_to_refs\":[\"mac-addr--" U "\"],\"belongs_to_refs\":[\"autonomous-system--" U "\"]}",
	" value "},
    {"{" SCO("mac-addr") ",\"value\":\"00:1b:44:11:3a:b7\"}", " value "},
    {"{" SCO("mutex") ",\"name\":\"n\"}", " name "},
    {"{" SCO("network-traffic") ",\"start\":" T0 ",\"end\":" T1 ",\"is_active\":false,\"src_ref\":\"ipv4-addr--" U
				"\",\"src_port\":1,\"dst_port\":65535,\"protocols\":[\"tcp\"],"
				"\"src_byte_count\":1,\"dst_byte_count\":1,\"src_packets\":1,\"dst_packets\":1,\"ipfix\":{\"a\":1},\"src_payload_"
				"ref\":\"artifact--" U "\",\"dst_payload_ref\":"
				"\"artifact--" U "\",\"encapsulates_refs\":[\"network-traffic--" U "\"],\"encapsulated_by_ref\":\"network-traffic--" U
				"\"}",
	" src_ref protocols "},
    {"{" SCO("process") ",\"is_hidden\":true,\"pid\":1,\"created_time\":" T0
			",\"cwd\":\"c\",\"command_line\":\"c\",\"environment_variables\":{\"A\":\"b\"},\"opened_connection_refs\":"
			"[\"network-traffic--" U "\"],\"creator_user_ref\":\"user-account--" U "\",\"image_ref\":\"file--" U
			"\",\"parent_ref\":\"process--" U "\",\"child_refs\":[\"process--" U "\"]}",
	""},
    {"{" SCO("process") ",\"pid\":1}", " pid "},
    {"{" SCO("software") ",\"name\":\"n\",\"cpe\":\"c\",\"swid\":\"s\",\"languages\":[\"de\"],\"vendor\":\"v\",\"version\":\"1\"}", " name "},
    {"{" SCO("url") ",\"value\":\"http://x\"}", " value "},
    {"{" SCO("user-account") ",\"user_id\":\"u\",\"credential\":\"c\",\"account_login\":\"l\",\"account_type\":\"unix\",\"display_name\":\"d\",\"is_"
			     "service_account\":true,\"is_privileged\":true,"
			     "\"can_escalate_privs\":true,\"is_disabled\":true,\"account_created\":" T0 ",\"account_expires\":" T0
			     ",\"credential_last_changed\":" T0 ",\"account_first_login\":" T0 ","
			     "\"account_last_login\":" T0 "}",
	""},
    {"{" SCO("windows-registry-key") ",\"key\":\"k\",\"values\":[{\"name\":\"n\",\"data\":\"d\",\"data_type\":\"REG_SZ\"}],\"modified_time\":" T0
				     ",\"creator_user_ref\":"
				     "\"user-account--" U "\",\"number_of_subkeys\":1}",
	""},
    {"{" SCO(
	 "x509-certificate") ",\"is_self_signed\":true,\"hashes\":" MD5
			     ",\"version\":\"3\",\"serial_number\":\"1\",\"signature_algorithm\":\"s\",\"issuer\":\"i\",\"validity_not_before\":" T0
			     ","
			     "\"validity_not_after\":" T0 ",\"subject\":\"s\",\"subject_public_key_algorithm\":\"a\",\"subject_public_key_modulus\":"
			     "\"m\",\"subject_public_key_exponent\":65537,"
			     "\"x509_v3_extensions\":{\"key_usage\":\"k\"}}",
	""},
};
enum { GOOD = sizeof(good) / sizeof(good[0]) };

static enum err
check(struct str text, struct stix_info *ret, struct errinfo *e)
{
	struct arena a = ARENA_INIT(LIMIT_OBJECT_ARENA);
	const struct json *obj;
	enum err err = json_parse(&a, text, &obj, e);
	CHECKF(!err, "test object is no JSON: %s", e->msg);
	err = stix_check(text, obj, ret, e);
	arena_done(&a);
	return err;
}

/* The object with member `which` dropped (with NULL) or its value replaced. */
static void
spoil(struct buf *b, const struct json *obj, struct str text, const struct json *which, const char *with)
{
	struct json_writer w;
	buf_clear(b);
	json_write_init(&w, b, 0);
	json_open_object(&w);
	JSON_EACH(m, obj)
	{
		if (m == which && !with)
			continue;
		json_put_key(&w, json_key_of(m));
		json_put_raw(&w, m == which ? str_of(with) : json_raw(text, m));
	}
	json_close(&w);
	json_write_done(&w);
}

static bool
must_have(const struct json *obj, const char *must, struct str key)
{
	char word[64];
	snprintf(word, sizeof(word), " %.*s ", STR_FMT(key));
	if (strstr(" type id ", word) || strstr(must, word))
		return true;
	struct str type = json_str(json_get(obj, STR("type")));
	if (stix_type_class(stix_type_of(type)) == STIX_CLASS_SCO)
		return false;
	return strstr(" spec_version created ", word) || (str_is(key, "modified") && !str_is(type, "marking-definition"));
}

/* Fails when a good object of any type is refused or warned of. */
TEST(good_taken)
{
	struct stix_info info;
	struct errinfo e;
	bool seen[STIX_TYPE_COUNT] = {false};
	for (size_t i = 0; i < GOOD; i++) {
		enum err err = check(str_of(good[i].text), &info, &e);
		CHECKF(!err, "%s\n  %s", e.msg, good[i].text);
		CHECKF(!(info.warned & ~(1u << STIX_WARN_DEPRECATED)), "warnings %x: %s", info.warned, good[i].text);
		CHECK(info.custom == 0);
		seen[info.type] = true;
	}
	for (int t = STIX_CUSTOM + 1; t < STIX_BUNDLE; t++)
		CHECKF(seen[t], "no object of type %.*s here", STR_FMT(stix_type_name((enum stix_type)t)));
}

/* Fails when a required property can be left out, or one that is not required cannot. */
TEST(each_dropped)
{
	struct arena a = ARENA_INIT(LIMIT_OBJECT_ARENA);
	struct buf b = BUF_INIT(1 * MIB);
	struct stix_info info;
	struct errinfo e;
	for (size_t i = 0; i < GOOD; i++) {
		const struct json *obj;
		struct str text = str_of(good[i].text);
		arena_reset(&a);
		CHECK_OK(json_parse(&a, text, &obj, &e));
		JSON_EACH(m, obj)
		{
			/* what a granular marking or rule points at goes with it */
			if (str_is(json_key_of(m), "labels") && json_get(obj, STR("granular_markings")))
				continue;
			bool must = must_have(obj, good[i].must, json_key_of(m));
			spoil(&b, obj, text, m, NULL);
			enum err err = check(buf_str(&b), &info, &e);
			CHECKF(must == (err != OK), "without %.*s: %s\n  %s", STR_FMT(json_key_of(m)), err ? e.msg : "taken", good[i].text);
			CHECKF(!must || *e.msg, "no message");
		}
	}
	buf_done(&b);
	arena_done(&a);
}

/* Fails when a property of the standard takes a value of a wrong type, or an empty list or object. */
TEST(each_wrong)
{
	static const char *const wrong[] = {"null", "[]", "{}", "[null]", "[{}]", "{\"a\":null}", "[[\"a\"]]"};
	struct arena a = ARENA_INIT(LIMIT_OBJECT_ARENA);
	struct buf b = BUF_INIT(1 * MIB);
	struct stix_info info;
	struct errinfo e;
	size_t n = 0;
	for (size_t i = 0; i < GOOD; i++) {
		const struct json *obj;
		struct str text = str_of(good[i].text);
		arena_reset(&a);
		CHECK_OK(json_parse(&a, text, &obj, &e));
		JSON_EACH(m, obj)
		for (size_t k = 0; k < sizeof(wrong) / sizeof(wrong[0]); k++) {
			struct str key = json_key_of(m);
			bool dict = str_is(key, "ipfix") || str_is(key, "environment_variables") || str_is(key, "additional_header_fields");
			if (k == 5 && (dict || str_is(key, "x509_v3_extensions")))
				continue; /* any values */
			spoil(&b, obj, text, m, wrong[k]);
			enum err err = check(buf_str(&b), &info, &e);
			CHECKF(err == ERR_INVALID || (err == ERR_VERSION && str_is(key, "spec_version")), "%.*s = %s taken\n  %s", STR_FMT(key),
			    wrong[k], good[i].text);
			CHECKF(strstr(e.msg, "is missing") || str_starts(str_of(e.msg), key) || err == ERR_VERSION || m->type == JSON_ARRAY,
			    "message does not name %.*s: %s", STR_FMT(key), e.msg);
			CHECK(e.line == 1 && e.col >= 1);
			n++;
		}
	}
	CHECK(n > 3000);
	buf_done(&b);
	arena_done(&a);
}

/* Each fails if that one rule is not held to. The second column is what the message must begin with. */
TEST(rules)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
	    {"{" CORE("malware") ",\"name\":\"n\",\"is_family\":true,\"created_by_ref\":\"malware--" U "\"}", "created_by_ref: must not refer to"},
	    {"{" CORE("malware") ",\"is_family\":true}", "name: is missing"},
	    {"{" CORE("malware") ",\"is_family\":\"true\"}", "is_family: must be true or false"},
	    {"{" CORE("malware") ",\"is_family\":false,\"sample_refs\":[\"file--" U "\",\"url--" U "\"]}", "sample_refs[1]: must not refer to"},
	    {"{" CORE("malware") ",\"is_family\":false,\"last_seen\":" T0 ",\"first_seen\":" T1 "}", "last_seen: must not be earlier"},
	    {"{" CORE("malware") ",\"is_family\":false,\"Bad\":1}", "Bad: a property's name"},
	    {"{" CORE("malware") ",\"is_family\":false,\"ab\":1}", "ab: a property's name"},
	    {"{\"type\":\"malware\",\"id\":\"malware--" U
	     "\",\"created\":\"2020-01-01T00:00:00.000Z\",\"modified\":\"2020-01-01T00:00:00.000Z\",\"labels\":[\"worm\"],\"name\":\"n\"}",
		"spec_version: is missing: this is STIX 2.0"},
	    {"{\"type\":\"file\",\"spec_version\":\"2.0\",\"id\":\"file--" U "\",\"name\":\"n\"}", "spec_version: is \"2.0\": this is STIX 2.0"},
	    {"{\"type\":\"file\",\"spec_version\":\"3.0\",\"id\":\"file--" U "\",\"name\":\"n\"}", "spec_version: must be"},
	    {"{\"type\":\"file\",\"spec_version\":2.1,\"id\":\"file--" U "\",\"name\":\"n\"}", "spec_version: must be"},
	    {"{\"type\":\"tool\",\"spec_version\":\"2.1\",\"id\":\"tool--" U
	     "\",\"created\":\"2020-01-02T00:00:00.000Z\",\"modified\":\"2020-01-01T00:00:00.000Z\",\"name\":\"n\"}",
		"modified: must not be earlier"},
	    {"{\"type\":\"tool\",\"spec_version\":\"2.1\",\"id\":\"tool--" U
	     "\",\"created\":\"2020-01-02T00:00:00Z\",\"modified\":\"2020-01-03T00:00:00.000Z\",\"name\":\"n\"}",
		"created: must have three digits"},
	    {"{\"type\":\"tool\",\"spec_version\":\"2.1\",\"id\":\"tool--" U
	     "\",\"created\":\"2020-01-02T00:00:00.000+01:00\",\"modified\":\"2020-01-03T00:00:00.000Z\",\"name\":\"n\"}",
		"created: must be a timestamp"},
	    {"{\"type\":\"tool\",\"spec_version\":\"2.1\",\"id\":\"tool--" U
	     "\",\"created\":\"2020-02-30T00:00:00.000Z\",\"modified\":\"2020-03-03T00:00:00.000Z\",\"name\":\"n\"}",
		"created: must be a timestamp"},
	    {"{\"type\":\"tool\",\"spec_version\":\"2.1\",\"id\":\"malware--" U
	     "\",\"created\":\"2020-01-02T00:00:00.000Z\",\"modified\":\"2020-01-03T00:00:00.000Z\",\"name\":\"n\"}",
		"id: must begin with"},
	    {"{\"type\":\"bundle\",\"id\":\"bundle--" U "\"}", "type: a bundle"},
	    {"{\"type\":\"Tool\",\"id\":\"tool--" U "\"}", "type: must be a name"},
	    {"{\"id\":\"tool--" U "\"}", "type: is missing"},
	    {"{" CORE("tool") ",\"name\":\"n\",\"confidence\":101}", "confidence: must be from 0 to 100"},
	    {"{" CORE("tool") ",\"name\":\"n\",\"confidence\":50.0}", "confidence: must be an integer"},
	    {"{" CORE("tool") ",\"name\":\"n\",\"labels\":[\"a\",1]}", "labels[1]: must be a string"},
	    {"{" CORE("tool") ",\"name\":\"n\",\"external_references\":[{\"source_name\":\"s\"}]}",
		"external_references[0]: must have at least one of"},
	    {"{" CORE("tool") ",\"name\":\"n\",\"external_references\":[{\"url\":\"http://x\"}]}", "external_references[0].source_name: is missing"},
	    {"{" CORE("tool") ",\"name\":\"n\",\"object_marking_refs\":[\"identity--" U "\"]}", "object_marking_refs[0]: must not refer to"},
	    {"{" CORE("tool") ",\"name\":\"n\",\"granular_markings\":[{\"selectors\":[\"label\"],\"marking_ref\":\"marking-definition--" U "\"}]}",
		"granular_markings[0].selectors[0]: names no"},
	    {"{" CORE("tool") ",\"name\":\"n\",\"granular_markings\":[{\"selectors\":[\"name\"]}]}", "granular_markings[0]: must have one of"},
	    {"{" CORE(
		 "tool") ",\"name\":\"n\",\"granular_markings\":[{\"selectors\":[\"name\"],\"lang\":\"de\",\"marking_ref\":\"marking-definition--" U
			 "\"}]}",
		"granular_markings[0]: must have one"},
	    {"{" CORE("tool") ",\"name\":\"n\",\"extensions\":{\"extension-definition--" U "\":{\"a\":1}}}",
		"extensions.extension-definition--" U ".extension_type: is missing"},
	    {"{" CORE("tool") ",\"name\":\"n\",\"extensions\":{\"extension-definition--" U "\":{\"extension_type\":\"x\"}}}",
		"extensions.extension-definition--" U ".extension_type: is not one"},
	    {"{" CORE("tool") ",\"name\":\"n\",\"extensions\":{\"extension-definition--1\":{\"extension_type\":\"new-sdo\"}}}",
		"extensions.extension-definition--1: the key"},
	    {"{" CORE("tool") ",\"name\":\"n\",\"kill_chain_phases\":[{\"phase_name\":\"p\"}]}", "kill_chain_phases[0].kill_chain_name: is missing"},
	    {"{" CORE("indicator") ",\"pattern\":\"p\",\"pattern_type\":\"stix\",\"valid_from\":" T0 ",\"valid_until\":" T0 "}",
		"valid_until: must be later"},
	    {"{" CORE("location") ",\"name\":\"n\"}", "must have at least one of region"},
	    {"{" CORE("location") ",\"country\":\"sy\",\"longitude\":1}", "latitude: is missing"},
	    {"{" CORE("location") ",\"country\":\"sy\",\"precision\":1}", "latitude: is missing"},
	    {"{" CORE("location") ",\"latitude\":91,\"longitude\":1}", "latitude: must be from -90 to 90"},
	    {"{" CORE("opinion") ",\"opinion\":\"perhaps\",\"object_refs\":[\"report--" U "\"]}", "opinion: \"perhaps\" is not one"},
	    {"{" CORE("relationship") ",\"relationship_type\":\"uses\",\"source_ref\":\"relationship--" U "\",\"target_ref\":\"tool--" U "\"}",
		"source_ref: must not refer to"},
	    {"{" CORE("relationship") ",\"relationship_type\":\"Uses it\",\"source_ref\":\"tool--" U "\",\"target_ref\":\"tool--" U "\"}",
		"relationship_type: must be"},
	    {"{" CORE("relationship") ",\"relationship_type\":\"uses\",\"source_ref\":\"tool--" U "\",\"target_ref\":\"marking-definition--" U "\"}",
		"target_ref: must not refer to"},
	    {"{" CORE("relationship") ",\"relationship_type\":\"uses\",\"source_ref\":\"tool--" U "\",\"target_ref\":\"tool--" U
				      "\",\"start_time\":" T0 ",\"stop_time\":" T0 "}",
		"stop_time: must be later"},
	    {"{" CORE("sighting") ",\"sighting_of_ref\":\"ipv4-addr--" U "\"}", "sighting_of_ref: must not refer to"},
	    {"{" CORE("sighting") ",\"sighting_of_ref\":\"tool--" U "\",\"where_sighted_refs\":[\"tool--" U "\"]}",
		"where_sighted_refs[0]: must not refer to"},
	    {"{" CORE("observed-data") ",\"first_observed\":" T0 ",\"last_observed\":" T0 ",\"number_observed\":0,\"object_refs\":[\"file--" U "\"]}",
		"number_observed: must be from 1"},
	    {"{" CORE("observed-data") ",\"first_observed\":" T0 ",\"last_observed\":" T0 ",\"number_observed\":1,\"object_refs\":[\"tool--" U "\"]}",
		"object_refs[0]: must not refer to"},
	    {"{" CORE("observed-data") ",\"first_observed\":" T0 ",\"last_observed\":" T0 ",\"number_observed\":1,\"object_refs\":[\"file--" U
				       "\"],\"objects\":{\"0\":{\"type\":\"file\"}}}",
		"must have one of objects and object_refs, not both"},
	    {"{" CORE("language-content") ",\"object_ref\":\"language-content--" U "\",\"contents\":{\"de\":{\"name\":\"n\"}}}",
		"object_ref: must not refer to"},
	    {"{" SCO("artifact") ",\"payload_bin\":\"AAE\"}", "payload_bin: must be base64"},
	    {"{" SCO("artifact") ",\"payload_bin\":\"AAE=\",\"url\":\"http://x\",\"hashes\":" MD5 "}", "must have one of payload_bin and url"},
	    {"{" SCO("artifact") ",\"payload_bin\":\"AAE=\",\"decryption_key\":\"k\"}", "encryption_algorithm: is missing"},
	    {"{" SCO("email-message") ",\"is_multipart\":true,\"body\":\"b\"}", "body: must not be there"},
	    {"{" SCO("email-message") ",\"is_multipart\":false,\"body_multipart\":[{\"body\":\"b\"}]}", "body_multipart: must not be there"},
	    {"{" SCO("file") ",\"size\":1}", "must have at least one of hashes, name"},
	    {"{" SCO("file") ",\"hashes\":{\"SHA-256\":\"00112233445566778899aabbccddeeff\"}}", "hashes.SHA-256: is no digest"},
	    {"{" SCO("file") ",\"name\":\"n\",\"size\":-1}", "size: must be from 0"},
	    {"{" SCO("file") ",\"name\":\"n\",\"magic_number_hex\":\"ffd\"}", "magic_number_hex: must be"},
	    {"{" SCO("file") ",\"name\":\"n\",\"extensions\":{\"archive-ext\":{\"comment\":\"c\"}}}",
		"extensions.archive-ext.contains_refs: is missing"},
	    {"{" SCO("file") ",\"name\":\"n\",\"extensions\":{\"pdf-ext\":{}}}", "extensions.pdf-ext: must not be empty"},
	    {"{" SCO("ipv4-addr") ",\"value\":\"10.0.0.256\"}", "value: must be an IPv4"},
	    {"{" SCO("ipv4-addr") ",\"value\":\"10.0.0.0/33\"}", "value: must be an IPv4"},
	    {"{" SCO("ipv4-addr") ",\"value\":\"10.0.0\"}", "value: must be an IPv4"},
	    {"{" SCO("ipv6-addr") ",\"value\":\"1::2::3\"}", "value: must be an IPv6"},
	    {"{" SCO("ipv6-addr") ",\"value\":\"1:2:3:4:5:6:7\"}", "value: must be an IPv6"},
	    {"{" SCO("ipv6-addr") ",\"value\":\"1:2:3:4:5:6:7:8:9\"}", "value: must be an IPv6"},
	    {"{" SCO("ipv6-addr") ",\"value\":\"12345::\"}", "value: must be an IPv6"},
	    {"{" SCO("mac-addr") ",\"value\":\"00:1B:44:11:3A:B7\"}", "value: must be a MAC"},
	    {"{" SCO("network-traffic") ",\"protocols\":[\"tcp\"]}", "must have at least one of src_ref"},
	    {"{" SCO("network-traffic") ",\"protocols\":[\"tcp\"],\"src_ref\":\"ipv4-addr--" U "\",\"is_active\":true,\"end\":" T0 "}",
		"end: must not be there"},
	    {"{" SCO("network-traffic") ",\"protocols\":[\"tcp\"],\"src_ref\":\"ipv4-addr--" U "\",\"src_port\":65536}",
		"src_port: must be from 0 to 65535"},
	    {"{" SCO("process") "}", "must have at least one property of its own"},
	    /* STIX 2.1 section 7.3: extension_properties "only … when the extension_types property includes a value of toplevel-property-extension"
	     */
	    {"{" CORE("extension-definition") ",\"created_by_ref\":\"identity--" U
					      "\",\"name\":\"n\",\"schema\":\"s\",\"version\":\"1.0.0\",\"extension_types\":[\"property-extension\"],"
					      "\"extension_properties\":[\"rank\"]}",
		"extension_properties: must not be there"},
	    /* section 7.2.1: a marking definition is not marked with itself; held by marking_circular_refs of the OASIS validator too */
	    {"{" MARKING ",\"object_marking_refs\":[\"marking-definition--" U "\"]}", "object_marking_refs[0]: must not refer to itself"},
	    {"{" MARKING ",\"granular_markings\":[{\"selectors\":[\"name\"],\"marking_ref\":\"marking-definition--" U "\"}]}",
		"granular_markings[0].marking_ref: must not refer to itself"},
	    /* section 4.14: object_refs holds at least one observable */
	    {"{" CORE("observed-data") ",\"first_observed\":" T0 ",\"last_observed\":" T0 ",\"number_observed\":1,\"object_refs\":[\"relationship--" U
				       "\"]}",
		"object_refs: must name at least one observable"},
	    {"{" CORE("x-thing") ",\"labels\":[]}", "labels: must not be an empty list"},
	    {"{\"type\":\"x-thing\",\"spec_version\":\"2.1\",\"id\":\"x-thing--" U "\"}", "created: is missing"},
	};
	struct stix_info info;
	struct errinfo e;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		enum err err = check(str_of(bad[i].text), &info, &e);
		CHECKF(err != OK, "taken: %s", bad[i].text);
		CHECKF(str_starts(str_of(e.msg), str_of(bad[i].says)), "\"%s\" does not begin \"%s\"", e.msg, bad[i].says);
		CHECKF((err == ERR_VERSION) == (strstr(e.msg, "this is STIX 2.0") != NULL) && (err == ERR_VERSION) == (e.hint[0] == 'h'), "%s",
		    err_name(err));
	}
}

/* Fails when what the standard only recommends is refused or goes unmentioned. */
TEST(warnings)
{
	static const struct {
		const char *text;
		enum stix_warning what;
	} odd[] = {
	    {"{" CORE("x-thing") ",\"rank\":1}", STIX_WARN_CUSTOM_TYPE},
	    {"{" CORE("tool") ",\"name\":\"n\",\"rank\":1}", STIX_WARN_CUSTOM_NAME},
	    {"{" CORE("tool") ",\"name\":\"n\",\"x_list\":[]}", STIX_WARN_CUSTOM_EMPTY},
	    {"{" SCO("mutex") ",\"name\":\"n\",\"labels\":[\"a\"]}", STIX_WARN_NOT_APPLICABLE},
	    {"{" CORE("tool") ",\"name\":\"n\",\"tool_types\":[\"spoon\"]}", STIX_WARN_VOCABULARY},
	    {"{" CORE("tool") ",\"name\":\"n\",\"created_by_ref\":\"identity--"
			      "1111111A-1111-4111-8111-111111111111"
			      "\"}",
		STIX_WARN_UUID},
	    {"{\"type\":\"mutex\",\"name\":\"n\",\"id\":\"mutex--11111111-1111-0111-1111-111111111111\"}", STIX_WARN_UUID},
	    {"{\"type\":\"tool\",\"spec_version\":\"2.1\",\"id\":\"tool--" U
	     "\",\"created\":\"2020-01-02T00:00:00.000000Z\",\"modified\":\"2020-01-03T00:00:00.000Z\",\"name\":\"n\"}",
		STIX_WARN_TIME},
	    {"{" CORE("tool") ",\"name\":\"n\",\"lang\":\"english language\"}", STIX_WARN_LANGUAGE},
	    {"{" SCO("file") ",\"hashes\":{\"SHA256\":\"x\"}}", STIX_WARN_HASH},
	    /* sections 2.9 and 6.13: where nothing makes up the id it is of version 4 (checks uuid_version_check and process of the OASIS validator)
	     */
	    {"{\"type\":\"process\",\"pid\":1,\"id\":\"process--" U5 "\"}", STIX_WARN_UUID},
	    {"{\"type\":\"email-message\",\"is_multipart\":false,\"id\":\"email-message--" U5 "\"}", STIX_WARN_UUID},
	    {"{\"type\":\"user-account\",\"is_disabled\":false,\"id\":\"user-account--" U5 "\"}", STIX_WARN_UUID},
	    {"{" SCO("file") ",\"name\":\"n\",\"extensions\":{\"our-ext\":{\"a\":1}}}", STIX_WARN_EXTENSION},
	};
	struct stix_info info;
	struct errinfo e;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		enum err err = check(str_of(odd[i].text), &info, &e);
		CHECKF(!err, "%s\n  %s", e.msg, odd[i].text);
		CHECKF(info.warned == 1u << odd[i].what && info.warnings == 1 && info.first && info.first_what == odd[i].what, "%x: %s", info.warned,
		    odd[i].text);
		CHECK(*stix_warning_text(odd[i].what));
	}
	/* section 7.3: its names of properties should be told, and need not (stix2.v21.ExtensionDefinition does not ask for them) */
	CHECK_OK(check(STR("{" CORE("extension-definition") ",\"created_by_ref\":\"identity--" U
							    "\",\"name\":\"n\",\"schema\":\"s\",\"version\":\"1.0.0\",\"extension_types\":["
							    "\"toplevel-property-extension\"]}"),
	    &info, &e));
	/* a toplevel-property-extension lets properties stand without x_ */
	CHECK_OK(check(STR("{" CORE("tool") ",\"name\":\"n\",\"rank\":1,\"extensions\":{\"extension-definition--" U
					    "\":{\"extension_type\":\"toplevel-property-extension\"}}}"),
	    &info, &e));
	CHECK(info.warnings == 0 && info.custom == 1);
	/* how a custom type behaves */
	CHECK_OK(check(STR("{\"type\":\"x-thing\",\"id\":\"x-thing--" U "\"}"), &info, &e));
	CHECK(info.class == STIX_CLASS_SCO && info.created == TIME_NEVER);
	CHECK_OK(check(STR("{" CORE("x-thing") ",\"extensions\":{\"extension-definition--" U "\":{\"extension_type\":\"new-sro\"}}}"), &info, &e));
	CHECK(info.class == STIX_CLASS_SRO);
}

/* Sections 10.1, 10.11, 10.12, 10.21 and 10.22 of the standard (the JSON schemas of the time say otherwise), and the lists in stix2/v21/vocab.py of
 * OASIS's Python library. Fails when a word of the standard is warned of, or one that it does not have is not. */
TEST(words_of_the_standard)
{
	static const struct {
		const char *before, *words, *not ;
	} lists[] = {
	    {SCO("user-account") ",\"account_type\":\"", "facebook ldap nis openid radius skype tacacs twitter unix windows-local windows-domain",
		"kavi"},
	    {CORE("infrastructure") ",\"name\":\"n\",\"infrastructure_types\":[\"",
		"amplification anonymization botnet command-and-control control-system exfiltration firewall hosting-malware hosting-target-lists "
		"phishing "
		"reconnaissance routers-switches staging workstation unknown",
		"firewalls"},
	    {CORE("location") ",\"region\":\"",
		"africa eastern-africa middle-africa northern-africa southern-africa western-africa americas caribbean central-america "
		"latin-america-caribbean northern-america south-america asia central-asia eastern-asia southern-asia south-eastern-asia western-asia "
		"europe eastern-europe northern-europe southern-europe western-europe oceania antarctica australia-new-zealand melanesia micronesia "
		"polynesia",
		"middle-east"},
	    {CORE("report") ",\"name\":\"n\",\"published\":" T0 ",\"object_refs\":[\"tool--" U "\"],\"report_types\":[\"",
		"attack-pattern campaign identity indicator intrusion-set malware observed-data threat-actor threat-report tool vulnerability",
		"threat"},
	    {CORE("identity") ",\"name\":\"n\",\"sectors\":[\"",
		"agriculture aerospace automotive chemical commercial communications construction defense education energy entertainment "
		"financial-services government emergency-services government-local government-national government-public-services "
		"government-regional healthcare hospitality-leisure infrastructure dams nuclear water insurance manufacturing mining non-profit "
		"pharmaceuticals retail technology telecommunications transportation utilities",
		"engineering"},
	};
	struct stix_info info;
	struct errinfo e;
	char text[1000];
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct str rest = str_of(lists[i].words), word;
		const char *end = lists[i].before[strlen(lists[i].before) - 2] == '[' ? "\"]}" : "\"}";
		for (bool more = true; more;) {
			more = str_cut(rest, ' ', &word, &rest);
			snprintf(text, sizeof text, "{%s%.*s%s", lists[i].before, STR_FMT(word), end);
			CHECK_OK(check(str_of(text), &info, &e));
			CHECKF(!info.warnings, "warned of %.*s", STR_FMT(word));
		}
		snprintf(text, sizeof text, "{%s%s%s", lists[i].before, lists[i].not, end);
		CHECK_OK(check(str_of(text), &info, &e));
		CHECKF(info.warned == 1u << STIX_WARN_VOCABULARY, "not warned of %s", lists[i].not );
	}
}

/* Fails when the summary says something else than the object. */
TEST(summary)
{
	struct stix_info info = {.confidence = 7};
	struct errinfo e;
	struct arena a = ARENA_INIT(LIMIT_OBJECT_ARENA);
	const struct json *obj;
	struct str text = str_of(good[0].text);
	CHECK_OK(json_parse(&a, text, &obj, &e));
	CHECK_OK(stix_check(text, obj, &info, &e));
	CHECK(info.type == STIX_ATTACK_PATTERN && info.class == STIX_CLASS_SDO && info.id.uuid[15] == 0x11);
	CHECK_STR(info.created_text, STR("2020-01-01T00:00:00.000Z"));
	CHECK_STR(info.modified_text, STR("2020-01-02T00:00:00.000Z"));
	CHECK(info.modified - info.created == TIME_DAY && info.has_creator && !info.revoked && info.confidence == 50);
	CHECK_STR(info.created_by.type, STR("identity"));
	CHECK_STR(info.lang, STR("en-GB"));
	CHECK_STR(info.spec_version, STR("2.1"));
	CHECK(json_count(info.labels) == 1 && json_count(info.object_marking_refs) == 1 && json_count(info.granular_markings) == 1);
	CHECK(json_count(info.external_references) == 1 && json_count(info.extensions) == 1);
	/* untouched when refused */
	CHECK_ERR(check(STR("{\"type\":\"tool\"}"), &info, &e), ERR_VERSION);
	CHECK(info.type == STIX_ATTACK_PATTERN);
	arena_done(&a);
}

/* Fails when an object may ask for more searches through itself than LIMIT_SELECTORS, or for fewer. */
TEST(selector_limit)
{
	struct buf b = BUF_INIT(1 * MIB);
	struct stix_info info;
	struct errinfo e;
	for (int more = 0; more < 2; more++) {
		buf_clear(&b);
		buf_puts(&b, "{" CORE("tool") ",\"name\":\"n\",\"granular_markings\":[{\"lang\":\"de\",\"selectors\":[\"name\"");
		for (int i = 1; i < LIMIT_SELECTORS + more; i++)
			buf_puts(&b, ",\"name\"");
		buf_puts(&b, "]}]}");
		CHECK_ERR(check(buf_str(&b), &info, &e), more ? ERR_LIMIT : OK);
	}
	buf_done(&b);
}
