/* The domain objects, relationship objects and meta objects of STIX 2.1 (sections 4, 5, 7), property by property. */
#include "stix/stix_int.h"
#include "stix/words.h"

static const struct prop kill_chain_props[] = {
    P("kill_chain_name", STRING, REQUIRED),
    P("phase_name", STRING, REQUIRED),
};
static const SHAPE(shape_kill_chain, "kill-chain-phase", kill_chain_props);

/* said of several types in the same words */
#define P_NAME P("name", STRING, REQUIRED)
#define P_DESCRIPTION P("description", STRING, 0)
#define P_ALIASES P("aliases", STRING, LIST)
#define P_KILL_CHAIN P_OBJ("kill_chain_phases", LIST, shape_kill_chain)
#define P_SEEN P("first_seen", TIME, 0), P("last_seen", TIME, 0)
static const struct rule seen_rules[] = {R2(NOT_BEFORE, "last_seen", "first_seen")};

static const struct prop attack_pattern[] = {P_NAME, P_DESCRIPTION, P_ALIASES, P_KILL_CHAIN};
static const SHAPE(shape_attack_pattern, "attack-pattern", attack_pattern);

static const struct prop campaign[] = {P_NAME, P_DESCRIPTION, P_ALIASES, P_SEEN, P("objective", STRING, 0)};
static const SHAPE_RULES(shape_campaign, "campaign", campaign, seen_rules);

static const struct prop named[] = {P_NAME, P_DESCRIPTION};
static const SHAPE(shape_course_of_action, "course-of-action", named);
static const SHAPE(shape_incident, "incident", named);
static const SHAPE(shape_vulnerability, "vulnerability", named);

static const struct prop grouping[] = {
    P("name", STRING, 0),
    P_DESCRIPTION,
    P_WORD("context", REQUIRED, words_grouping_context_ov),
    P_REF("object_refs", REQUIRED | LIST, ANY_OBJECT),
};
static const SHAPE(shape_grouping, "grouping", grouping);

static const struct prop identity[] = {
    P_NAME,
    P_DESCRIPTION,
    P("roles", STRING, LIST),
    P_WORD("identity_class", 0, words_identity_class_ov),
    P_WORD("sectors", LIST, words_industry_sector_ov),
    P("contact_information", STRING, 0),
};
static const SHAPE(shape_identity, "identity", identity);

static const struct rule indicator_rules[] = {R2(AFTER, "valid_until", "valid_from")};
static const struct prop indicator[] = {
    P("name", STRING, 0),
    P_DESCRIPTION,
    P_WORD("indicator_types", LIST, words_indicator_type_ov),
    P("pattern", STRING, REQUIRED | FILLED),
    P_WORD("pattern_type", REQUIRED, words_pattern_type_ov),
    P("pattern_version", STRING, 0),
    P("valid_from", TIME, REQUIRED),
    P("valid_until", TIME, 0),
    P_KILL_CHAIN,
};
static const SHAPE_RULES(shape_indicator, "indicator", indicator, indicator_rules);

static const struct prop infrastructure[] = {
    P_NAME,
    P_DESCRIPTION,
    P_WORD("infrastructure_types", LIST, words_infrastructure_type_ov),
    P_ALIASES,
    P_KILL_CHAIN,
    P_SEEN,
};
static const SHAPE_RULES(shape_infrastructure, "infrastructure", infrastructure, seen_rules);

static const struct prop intrusion_set[] = {
    P_NAME,
    P_DESCRIPTION,
    P_ALIASES,
    P_SEEN,
    P("goals", STRING, LIST),
    P_WORD("resource_level", 0, words_attack_resource_level_ov),
    P_WORD("primary_motivation", 0, words_attack_motivation_ov),
    P_WORD("secondary_motivations", LIST, words_attack_motivation_ov),
};
static const SHAPE_RULES(shape_intrusion_set, "intrusion-set", intrusion_set, seen_rules);

static const struct rule location_rules[] = {
    R3(ONE, "region", "country", "latitude"),
    R2(NEEDS, "latitude", "longitude"),
    R2(NEEDS, "longitude", "latitude"),
    R2(NEEDS, "precision", "latitude"),
};
static const struct prop location[] = {
    P("name", STRING, 0),
    P_DESCRIPTION,
    P_FLOAT("latitude", 0, -90, 90),
    P_FLOAT("longitude", 0, -180, 180),
    P("precision", FLOAT, 0),
    P_WORD("region", 0, words_region_ov),
    P("country", STRING, 0),
    P("administrative_area", STRING, 0),
    P("city", STRING, 0),
    P("street_address", STRING, 0),
    P("postal_code", STRING, 0),
};
static const SHAPE_RULES(shape_location, "location", location, location_rules);

static const struct rule malware_rules[] = {R2(NOT_BEFORE, "last_seen", "first_seen"), R2(IF_TRUE, "is_family", "name")};
static const struct prop malware[] = {
    P("name", STRING, 0),
    P_DESCRIPTION,
    P_WORD("malware_types", LIST, words_malware_type_ov),
    P("is_family", BOOL, REQUIRED),
    P_ALIASES,
    P_KILL_CHAIN,
    P_SEEN,
    P_REF("operating_system_refs", LIST, T(SOFTWARE)),
    P_WORD("architecture_execution_envs", LIST, words_processor_architecture_ov),
    P_WORD("implementation_languages", LIST, words_implementation_language_ov),
    P_WORD("capabilities", LIST, words_malware_capabilities_ov),
    P_REF("sample_refs", LIST, T(ARTIFACT) | T(FILE)),
};
static const SHAPE_RULES(shape_malware, "malware", malware, malware_rules);

static const struct rule malware_analysis_rules[] = {R2(ONE, "result", "analysis_sco_refs")};
static const struct prop malware_analysis[] = {
    P("product", STRING, REQUIRED),
    P("version", STRING, 0),
    P_REF("host_vm_ref", 0, T(SOFTWARE)),
    P_REF("operating_system_ref", 0, T(SOFTWARE)),
    P_REF("installed_software_refs", LIST, T(SOFTWARE)),
    P("configuration_version", STRING, 0),
    P("modules", STRING, LIST),
    P("analysis_engine_version", STRING, 0),
    P("analysis_definition_version", STRING, 0),
    P("submitted", TIME, 0),
    P("analysis_started", TIME, 0),
    P("analysis_ended", TIME, 0),
    P("result_name", STRING, 0),
    P_WORD("result", 0, words_malware_av_result_ov),
    P_REF("analysis_sco_refs", LIST, ANY_SCO),
    P_REF("sample_ref", 0, T(ARTIFACT) | T(FILE) | T(NETWORK_TRAFFIC)),
};
static const SHAPE_RULES(shape_malware_analysis, "malware-analysis", malware_analysis, malware_analysis_rules);

static const struct prop note[] = {
    P("abstract", STRING, 0),
    P("content", STRING, REQUIRED),
    P("authors", STRING, LIST),
    P_REF("object_refs", REQUIRED | LIST, ANY_OBJECT),
};
static const SHAPE(shape_note, "note", note);

static const struct rule observed_data_rules[] = {
    R2(ONE_ONLY, "objects", "object_refs"),
    R2(NOT_BEFORE, "last_observed", "first_observed"),
};
static const struct prop observed_data[] = {
    P("first_observed", TIME, REQUIRED),
    P("last_observed", TIME, REQUIRED),
    P_INT("number_observed", REQUIRED, 1, 999999999),
    P("objects", DICT, DEPRECATED),
    P_REF("object_refs", LIST, ANY_SCO | ANY_SRO),
};
static const SHAPE_RULES(shape_observed_data, "observed-data", observed_data, observed_data_rules);

static const struct prop opinion[] = {
    P("explanation", STRING, 0),
    P("authors", STRING, LIST),
    P_WORD("opinion", REQUIRED, words_opinion_enum),
    P_REF("object_refs", REQUIRED | LIST, ANY_OBJECT),
};
static const SHAPE(shape_opinion, "opinion", opinion);

static const struct prop report[] = {
    P_NAME,
    P_DESCRIPTION,
    P_WORD("report_types", LIST, words_report_type_ov),
    P("published", TIME, REQUIRED),
    P_REF("object_refs", REQUIRED | LIST, ANY_OBJECT),
};
static const SHAPE(shape_report, "report", report);

static const struct prop threat_actor[] = {
    P_NAME,
    P_DESCRIPTION,
    P_WORD("threat_actor_types", LIST, words_threat_actor_type_ov),
    P_ALIASES,
    P_SEEN,
    P_WORD("roles", LIST, words_threat_actor_role_ov),
    P("goals", STRING, LIST),
    P_WORD("sophistication", 0, words_threat_actor_sophistication_ov),
    P_WORD("resource_level", 0, words_attack_resource_level_ov),
    P_WORD("primary_motivation", 0, words_attack_motivation_ov),
    P_WORD("secondary_motivations", LIST, words_attack_motivation_ov),
    P_WORD("personal_motivations", LIST, words_attack_motivation_ov),
};
static const SHAPE_RULES(shape_threat_actor, "threat-actor", threat_actor, seen_rules);

static const struct prop tool[] = {
    P_NAME,
    P_DESCRIPTION,
    P_WORD("tool_types", LIST, words_tool_type_ov),
    P_ALIASES,
    P_KILL_CHAIN,
    P("tool_version", STRING, 0),
};
static const SHAPE(shape_tool, "tool", tool);

static const struct rule relationship_rules[] = {R2(AFTER, "stop_time", "start_time")};
static const struct prop relationship[] = {
    P("relationship_type", NAME, REQUIRED),
    P_DESCRIPTION,
    P_REF("source_ref", REQUIRED, ANY_SDO | ANY_SCO),
    P_REF("target_ref", REQUIRED, ANY_SDO | ANY_SCO),
    P("start_time", TIME, 0),
    P("stop_time", TIME, 0),
};
static const SHAPE_RULES(shape_relationship, "relationship", relationship, relationship_rules);

static const struct prop sighting[] = {
    P_DESCRIPTION,
    P_SEEN,
    P_INT("count", 0, 0, 999999999),
    P_REF("sighting_of_ref", REQUIRED, ANY_SDO),
    P_REF("observed_data_refs", LIST, T(OBSERVED_DATA)),
    P_REF("where_sighted_refs", LIST, T(IDENTITY) | T(LOCATION)),
    P("summary", BOOL, 0),
};
static const SHAPE_RULES(shape_sighting, "sighting", sighting, seen_rules);

static const struct prop extension_definition[] = {
    P_NAME,
    P_DESCRIPTION,
    P("schema", STRING, REQUIRED),
    P("version", STRING, REQUIRED),
    P_WORD("extension_types", REQUIRED | LIST, words_extension_type_enum),
    P("extension_properties", STRING, LIST),
};
static const SHAPE(shape_extension_definition, "extension-definition", extension_definition);

static const struct prop language_content[] = {
    P_REF("object_ref", REQUIRED, ANY_OBJECT & ~T(LANGUAGE_CONTENT)),
    P("object_modified", TIME, 0),
    P("contents", DICT, REQUIRED),
};
static const SHAPE(shape_language_content, "language-content", language_content);

/* definition_type and definition are judged in object.c: what they must be depends on each other and on the id */
static const struct rule marking_rules[] = {
    R2(ONE, "definition_type", "extensions"),
    R2(NEEDS, "definition_type", "definition"),
    R2(NEEDS, "definition", "definition_type"),
};
static const struct prop marking_definition[] = {P("name", STRING, 0), P("definition_type", STRING, FILLED), P("definition", ANY, 0)};
static const SHAPE_RULES(shape_marking_definition, "marking-definition", marking_definition, marking_rules);

const struct shape *
shape_sdo(enum stix_type type)
{
	static const struct shape *const table[STIX_TYPE_COUNT] = {
	    [STIX_ATTACK_PATTERN] = &shape_attack_pattern,
	    [STIX_CAMPAIGN] = &shape_campaign,
	    [STIX_COURSE_OF_ACTION] = &shape_course_of_action,
	    [STIX_GROUPING] = &shape_grouping,
	    [STIX_IDENTITY] = &shape_identity,
	    [STIX_INCIDENT] = &shape_incident,
	    [STIX_INDICATOR] = &shape_indicator,
	    [STIX_INFRASTRUCTURE] = &shape_infrastructure,
	    [STIX_INTRUSION_SET] = &shape_intrusion_set,
	    [STIX_LOCATION] = &shape_location,
	    [STIX_MALWARE] = &shape_malware,
	    [STIX_MALWARE_ANALYSIS] = &shape_malware_analysis,
	    [STIX_NOTE] = &shape_note,
	    [STIX_OBSERVED_DATA] = &shape_observed_data,
	    [STIX_OPINION] = &shape_opinion,
	    [STIX_REPORT] = &shape_report,
	    [STIX_THREAT_ACTOR] = &shape_threat_actor,
	    [STIX_TOOL] = &shape_tool,
	    [STIX_VULNERABILITY] = &shape_vulnerability,
	    [STIX_RELATIONSHIP] = &shape_relationship,
	    [STIX_SIGHTING] = &shape_sighting,
	    [STIX_EXTENSION_DEFINITION] = &shape_extension_definition,
	    [STIX_LANGUAGE_CONTENT] = &shape_language_content,
	    [STIX_MARKING_DEFINITION] = &shape_marking_definition,
	};
	return table[type];
}
