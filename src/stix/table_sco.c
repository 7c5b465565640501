/* The cyber-observable objects of STIX 2.1 (section 6), property by property. Their predefined extensions are in table_ext.c. */
#include "stix/stix_int.h"
#include "stix/words.h"

static const struct rule artifact_rules[] = {
    R2(ONE_ONLY, "payload_bin", "url"),
    R2(NEEDS, "url", "hashes"),
    R2(NEEDS, "decryption_key", "encryption_algorithm"),
};
static const struct prop artifact[] = {
    P("mime_type", STRING, 0),
    P("payload_bin", BASE64, 0),
    P("url", STRING, FILLED),
    P("hashes", HASHES, 0),
    P_WORD("encryption_algorithm", 0, words_encryption_algorithm_enum),
    P("decryption_key", STRING, 0),
};
static const SHAPE_RULES(shape_artifact, "artifact", artifact, artifact_rules);

static const struct prop autonomous_system[] = {
    P_INT("number", REQUIRED, 0, UINT32_MAX),
    P("name", STRING, 0),
    P("rir", STRING, 0),
};
static const SHAPE(shape_autonomous_system, "autonomous-system", autonomous_system);

static const struct prop directory[] = {
    P("path", STRING, REQUIRED),
    P("path_enc", STRING, 0),
    P("ctime", TIME, 0),
    P("mtime", TIME, 0),
    P("atime", TIME, 0),
    P_REF("contains_refs", LIST, T(FILE) | T(DIRECTORY)),
};
static const SHAPE(shape_directory, "directory", directory);

static const struct prop domain_name[] = {
    P("value", STRING, REQUIRED | FILLED),
    P_REF("resolves_to_refs", LIST, T(IPV4_ADDR) | T(IPV6_ADDR) | T(DOMAIN_NAME)),
};
static const SHAPE(shape_domain_name, "domain-name", domain_name);

static const struct prop email_addr[] = {
    P("value", STRING, REQUIRED | FILLED),
    P("display_name", STRING, 0),
    P_REF("belongs_to_ref", 0, T(USER_ACCOUNT)),
};
static const SHAPE(shape_email_addr, "email-addr", email_addr);

static const struct rule mime_part_rules[] = {R2(ONE, "body", "body_raw_ref")};
static const struct prop mime_part[] = {
    P("body", STRING, 0),
    P_REF("body_raw_ref", 0, T(ARTIFACT) | T(FILE)),
    P("content_type", STRING, 0),
    P("content_disposition", STRING, 0),
};
static const SHAPE_RULES(shape_mime_part, "mime-part-type", mime_part, mime_part_rules);

static const struct rule email_message_rules[] = {
    R2(NOT_IF_TRUE, "is_multipart", "body"),
    R2(NOT_IF_FALSE, "is_multipart", "body_multipart"),
};
static const struct prop email_message[] = {
    P("is_multipart", BOOL, REQUIRED),
    P("date", TIME, 0),
    P("content_type", STRING, 0),
    P_REF("from_ref", 0, T(EMAIL_ADDR)),
    P_REF("sender_ref", 0, T(EMAIL_ADDR)),
    P_REF("to_refs", LIST, T(EMAIL_ADDR)),
    P_REF("cc_refs", LIST, T(EMAIL_ADDR)),
    P_REF("bcc_refs", LIST, T(EMAIL_ADDR)),
    P("message_id", STRING, 0),
    P("subject", STRING, 0),
    P("received_lines", STRING, LIST),
    P("additional_header_fields", DICT, 0),
    P("body", STRING, 0),
    P_OBJ("body_multipart", LIST, shape_mime_part),
    P_REF("raw_email_ref", 0, T(ARTIFACT)),
};
static const SHAPE_RULES(shape_email_message, "email-message", email_message, email_message_rules);

static const struct rule file_rules[] = {R2(ONE, "hashes", "name")};
static const struct prop file[] = {
    P("hashes", HASHES, 0),
    P_INT("size", 0, 0, INT_MAX_SAFE),
    P("name", STRING, 0),
    P("name_enc", STRING, 0),
    P("magic_number_hex", HEX, 0),
    P("mime_type", STRING, 0),
    P("ctime", TIME, 0),
    P("mtime", TIME, 0),
    P("atime", TIME, 0),
    P_REF("parent_directory_ref", 0, T(DIRECTORY)),
    P_REF("contains_refs", LIST, ANY_SCO),
    P_REF("content_ref", 0, T(ARTIFACT)),
};
static const SHAPE_RULES(shape_file, "file", file, file_rules);

static const struct prop ipv4_addr[] = {
    P("value", IPV4, REQUIRED),
    P_REF("resolves_to_refs", LIST, T(MAC_ADDR)),
    P_REF("belongs_to_refs", LIST, T(AUTONOMOUS_SYSTEM)),
};
static const SHAPE(shape_ipv4_addr, "ipv4-addr", ipv4_addr);

static const struct prop ipv6_addr[] = {
    P("value", IPV6, REQUIRED),
    P_REF("resolves_to_refs", LIST, T(MAC_ADDR)),
    P_REF("belongs_to_refs", LIST, T(AUTONOMOUS_SYSTEM)),
};
static const SHAPE(shape_ipv6_addr, "ipv6-addr", ipv6_addr);

static const struct prop mac_addr[] = {P("value", MAC, REQUIRED)};
static const SHAPE(shape_mac_addr, "mac-addr", mac_addr);

static const struct prop mutex[] = {P("name", STRING, REQUIRED)};
static const SHAPE(shape_mutex, "mutex", mutex);

static const struct rule network_traffic_rules[] = {
    R2(ONE, "src_ref", "dst_ref"),
    R2(NOT_BEFORE, "end", "start"),
    R2(NOT_IF_TRUE, "is_active", "end"),
};
static const struct prop network_traffic[] = {
    P("start", TIME, 0),
    P("end", TIME, 0),
    P("is_active", BOOL, 0),
    P_REF("src_ref", 0, T(IPV4_ADDR) | T(IPV6_ADDR) | T(MAC_ADDR) | T(DOMAIN_NAME)),
    P_REF("dst_ref", 0, T(IPV4_ADDR) | T(IPV6_ADDR) | T(MAC_ADDR) | T(DOMAIN_NAME)),
    P_INT("src_port", 0, 0, 65535),
    P_INT("dst_port", 0, 0, 65535),
    P("protocols", STRING, REQUIRED | LIST),
    P_INT("src_byte_count", 0, 0, INT_MAX_SAFE),
    P_INT("dst_byte_count", 0, 0, INT_MAX_SAFE),
    P_INT("src_packets", 0, 0, INT_MAX_SAFE),
    P_INT("dst_packets", 0, 0, INT_MAX_SAFE),
    P("ipfix", DICT, 0),
    P_REF("src_payload_ref", 0, T(ARTIFACT)),
    P_REF("dst_payload_ref", 0, T(ARTIFACT)),
    P_REF("encapsulates_refs", LIST, T(NETWORK_TRAFFIC)),
    P_REF("encapsulated_by_ref", 0, T(NETWORK_TRAFFIC)),
};
static const SHAPE_RULES(shape_network_traffic, "network-traffic", network_traffic, network_traffic_rules);

/* "at least one property of its own": process, user-account, windows-registry-key, x509-certificate */
static const struct rule own_rules[] = {R0(ANY_OWN)};

static const struct prop process[] = {
    P("is_hidden", BOOL, 0),
    P_INT("pid", 0, -INT_MAX_SAFE, INT_MAX_SAFE),
    P("created_time", TIME, 0),
    P("cwd", STRING, 0),
    P("command_line", STRING, 0),
    P("environment_variables", DICT, 0),
    P_REF("opened_connection_refs", LIST, T(NETWORK_TRAFFIC)),
    P_REF("creator_user_ref", 0, T(USER_ACCOUNT)),
    P_REF("image_ref", 0, T(FILE)),
    P_REF("parent_ref", 0, T(PROCESS)),
    P_REF("child_refs", LIST, T(PROCESS)),
};
static const SHAPE_RULES(shape_process, "process", process, own_rules);

static const struct prop software[] = {
    P("name", STRING, REQUIRED),
    P("cpe", STRING, 0),
    P("swid", STRING, 0),
    P("languages", LANG, LIST),
    P("vendor", STRING, 0),
    P("version", STRING, 0),
};
static const SHAPE(shape_software, "software", software);

static const struct prop url[] = {P("value", STRING, REQUIRED | FILLED)};
static const SHAPE(shape_url, "url", url);

static const struct prop user_account[] = {
    P("user_id", STRING, 0),
    P("credential", STRING, 0),
    P("account_login", STRING, 0),
    P_WORD("account_type", 0, words_account_type_ov),
    P("display_name", STRING, 0),
    P("is_service_account", BOOL, 0),
    P("is_privileged", BOOL, 0),
    P("can_escalate_privs", BOOL, 0),
    P("is_disabled", BOOL, 0),
    P("account_created", TIME, 0),
    P("account_expires", TIME, 0),
    P("credential_last_changed", TIME, 0),
    P("account_first_login", TIME, 0),
    P("account_last_login", TIME, 0),
};
static const SHAPE_RULES(shape_user_account, "user-account", user_account, own_rules);

static const struct rule registry_value_rules[] = {R3(ONE, "name", "data", "data_type")};
static const struct prop registry_value[] = {
    P("name", STRING, 0),
    P("data", STRING, 0),
    P_WORD("data_type", 0, words_windows_registry_datatype_enum),
};
static const SHAPE_RULES(shape_registry_value, "windows-registry-value-type", registry_value, registry_value_rules);

static const struct prop windows_registry_key[] = {
    P("key", STRING, 0),
    P_OBJ("values", LIST, shape_registry_value),
    P("modified_time", TIME, 0),
    P_REF("creator_user_ref", 0, T(USER_ACCOUNT)),
    P_INT("number_of_subkeys", 0, 0, INT_MAX_SAFE),
};
static const SHAPE_RULES(shape_windows_registry_key, "windows-registry-key", windows_registry_key, own_rules);

static const struct prop x509_v3[] = {
    P("basic_constraints", STRING, 0),
    P("name_constraints", STRING, 0),
    P("policy_constraints", STRING, 0),
    P("key_usage", STRING, 0),
    P("extended_key_usage", STRING, 0),
    P("subject_key_identifier", STRING, 0),
    P("authority_key_identifier", STRING, 0),
    P("subject_alternative_name", STRING, 0),
    P("issuer_alternative_name", STRING, 0),
    P("subject_directory_attributes", STRING, 0),
    P("crl_distribution_points", STRING, 0),
    P("inhibit_any_policy", STRING, 0),
    P("private_key_usage_period_not_before", TIME, 0),
    P("private_key_usage_period_not_after", TIME, 0),
    P("certificate_policies", STRING, 0),
    P("policy_mappings", STRING, 0),
};
static const struct shape shape_x509_v3 = {.what = "x509-v3-extensions-type", .props = x509_v3, .nprops = COUNT(x509_v3), .not_empty = true};

static const struct prop x509_certificate[] = {
    P("is_self_signed", BOOL, 0),
    P("hashes", HASHES, 0),
    P("version", STRING, 0),
    P("serial_number", STRING, 0),
    P("signature_algorithm", STRING, 0),
    P("issuer", STRING, 0),
    P("validity_not_before", TIME, 0),
    P("validity_not_after", TIME, 0),
    P("subject", STRING, 0),
    P("subject_public_key_algorithm", STRING, 0),
    P("subject_public_key_modulus", STRING, 0),
    P_INT("subject_public_key_exponent", 0, -INT_MAX_SAFE, INT_MAX_SAFE),
    P_OBJ("x509_v3_extensions", 0, shape_x509_v3),
};
static const SHAPE_RULES(shape_x509_certificate, "x509-certificate", x509_certificate, own_rules);

const struct shape *
shape_sco(enum stix_type type)
{
	static const struct shape *const table[STIX_TYPE_COUNT] = {
	    [STIX_ARTIFACT] = &shape_artifact,
	    [STIX_AUTONOMOUS_SYSTEM] = &shape_autonomous_system,
	    [STIX_DIRECTORY] = &shape_directory,
	    [STIX_DOMAIN_NAME] = &shape_domain_name,
	    [STIX_EMAIL_ADDR] = &shape_email_addr,
	    [STIX_EMAIL_MESSAGE] = &shape_email_message,
	    [STIX_FILE] = &shape_file,
	    [STIX_IPV4_ADDR] = &shape_ipv4_addr,
	    [STIX_IPV6_ADDR] = &shape_ipv6_addr,
	    [STIX_MAC_ADDR] = &shape_mac_addr,
	    [STIX_MUTEX] = &shape_mutex,
	    [STIX_NETWORK_TRAFFIC] = &shape_network_traffic,
	    [STIX_PROCESS] = &shape_process,
	    [STIX_SOFTWARE] = &shape_software,
	    [STIX_URL] = &shape_url,
	    [STIX_USER_ACCOUNT] = &shape_user_account,
	    [STIX_WINDOWS_REGISTRY_KEY] = &shape_windows_registry_key,
	    [STIX_X509_CERTIFICATE] = &shape_x509_certificate,
	};
	return table[type];
}
