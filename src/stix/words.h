/* words: the vocabularies of STIX 2.1, one struct words each (words.c). For this folder alone. */
#ifndef STIX_WORDS_H
#define STIX_WORDS_H

#include "stix/stix_int.h"

extern const struct words words_account_type_ov;
extern const struct words words_attack_motivation_ov;
extern const struct words words_attack_resource_level_ov;
extern const struct words words_encryption_algorithm_enum;
extern const struct words words_extension_type_enum;
extern const struct words words_grouping_context_ov;
extern const struct words words_identity_class_ov;
extern const struct words words_implementation_language_ov;
extern const struct words words_indicator_type_ov;
extern const struct words words_industry_sector_ov;
extern const struct words words_infrastructure_type_ov;
extern const struct words words_malware_av_result_ov;
extern const struct words words_malware_capabilities_ov;
extern const struct words words_malware_type_ov;
extern const struct words words_network_socket_address_family_enum;
extern const struct words words_network_socket_type_enum;
extern const struct words words_opinion_enum;
extern const struct words words_pattern_type_ov;
extern const struct words words_processor_architecture_ov;
extern const struct words words_region_ov;
extern const struct words words_report_type_ov;
extern const struct words words_threat_actor_role_ov;
extern const struct words words_threat_actor_sophistication_ov;
extern const struct words words_threat_actor_type_ov;
extern const struct words words_tool_type_ov;
extern const struct words words_windows_integrity_level_enum;
extern const struct words words_windows_pebinary_type_ov;
extern const struct words words_windows_registry_datatype_enum;
extern const struct words words_windows_service_start_type_enum;
extern const struct words words_windows_service_status_enum;
extern const struct words words_windows_service_type_enum;

#endif
