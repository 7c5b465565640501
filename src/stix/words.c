/* The vocabularies of STIX 2.1, section 10: open ones (-ov), from which a value should come, and closed ones (-enum), from which it must.
 * The names are those of the standard. */
#include "stix/words.h"

static const struct str list_account_type_ov[] = {
    STR_INIT("unix"),
    STR_INIT("windows-local"),
    STR_INIT("windows-domain"),
    STR_INIT("ldap"),
    STR_INIT("tacacs"),
    STR_INIT("radius"),
    STR_INIT("nis"),
    STR_INIT("openid"),
    STR_INIT("facebook"),
    STR_INIT("skype"),
    STR_INIT("twitter"),
};
const struct words words_account_type_ov = {true, COUNT(list_account_type_ov), list_account_type_ov};

static const struct str list_attack_motivation_ov[] = {
    STR_INIT("accidental"),
    STR_INIT("coercion"),
    STR_INIT("dominance"),
    STR_INIT("ideology"),
    STR_INIT("notoriety"),
    STR_INIT("organizational-gain"),
    STR_INIT("personal-gain"),
    STR_INIT("personal-satisfaction"),
    STR_INIT("revenge"),
    STR_INIT("unpredictable"),
};
const struct words words_attack_motivation_ov = {true, COUNT(list_attack_motivation_ov), list_attack_motivation_ov};

static const struct str list_attack_resource_level_ov[] = {
    STR_INIT("individual"),
    STR_INIT("club"),
    STR_INIT("contest"),
    STR_INIT("team"),
    STR_INIT("organization"),
    STR_INIT("government"),
};
const struct words words_attack_resource_level_ov = {true, COUNT(list_attack_resource_level_ov), list_attack_resource_level_ov};

static const struct str list_encryption_algorithm_enum[] = {
    STR_INIT("AES-256-GCM"),
    STR_INIT("ChaCha20-Poly1305"),
    STR_INIT("mime-type-indicated"),
};
const struct words words_encryption_algorithm_enum = {false, COUNT(list_encryption_algorithm_enum), list_encryption_algorithm_enum};

static const struct str list_extension_type_enum[] = {
    STR_INIT("new-sdo"),
    STR_INIT("new-sco"),
    STR_INIT("new-sro"),
    STR_INIT("property-extension"),
    STR_INIT("toplevel-property-extension"),
};
const struct words words_extension_type_enum = {false, COUNT(list_extension_type_enum), list_extension_type_enum};

static const struct str list_grouping_context_ov[] = {
    STR_INIT("suspicious-activity"),
    STR_INIT("malware-analysis"),
    STR_INIT("unspecified"),
};
const struct words words_grouping_context_ov = {true, COUNT(list_grouping_context_ov), list_grouping_context_ov};

static const struct str list_identity_class_ov[] = {
    STR_INIT("individual"),
    STR_INIT("group"),
    STR_INIT("system"),
    STR_INIT("organization"),
    STR_INIT("class"),
    STR_INIT("unknown"),
};
const struct words words_identity_class_ov = {true, COUNT(list_identity_class_ov), list_identity_class_ov};

static const struct str list_implementation_language_ov[] = {
    STR_INIT("applescript"),
    STR_INIT("bash"),
    STR_INIT("c"),
    STR_INIT("c++"),
    STR_INIT("c#"),
    STR_INIT("go"),
    STR_INIT("java"),
    STR_INIT("javascript"),
    STR_INIT("lua"),
    STR_INIT("objective-c"),
    STR_INIT("perl"),
    STR_INIT("php"),
    STR_INIT("powershell"),
    STR_INIT("python"),
    STR_INIT("ruby"),
    STR_INIT("scala"),
    STR_INIT("swift"),
    STR_INIT("typescript"),
    STR_INIT("visual-basic"),
    STR_INIT("x86-32"),
    STR_INIT("x86-64"),
};
const struct words words_implementation_language_ov = {true, COUNT(list_implementation_language_ov), list_implementation_language_ov};

static const struct str list_indicator_type_ov[] = {
    STR_INIT("anomalous-activity"),
    STR_INIT("anonymization"),
    STR_INIT("benign"),
    STR_INIT("compromised"),
    STR_INIT("malicious-activity"),
    STR_INIT("attribution"),
    STR_INIT("unknown"),
};
const struct words words_indicator_type_ov = {true, COUNT(list_indicator_type_ov), list_indicator_type_ov};

static const struct str list_industry_sector_ov[] = {
    STR_INIT("agriculture"),
    STR_INIT("aerospace"),
    STR_INIT("automotive"),
    STR_INIT("chemical"),
    STR_INIT("commercial"),
    STR_INIT("communications"),
    STR_INIT("construction"),
    STR_INIT("defense"),
    STR_INIT("education"),
    STR_INIT("energy"),
    STR_INIT("entertainment"),
    STR_INIT("financial-services"),
    STR_INIT("government"),
    STR_INIT("emergency-services"),
    STR_INIT("government-local"),
    STR_INIT("government-national"),
    STR_INIT("government-public-services"),
    STR_INIT("government-regional"),
    STR_INIT("healthcare"),
    STR_INIT("hospitality-leisure"),
    STR_INIT("infrastructure"),
    STR_INIT("dams"),
    STR_INIT("nuclear"),
    STR_INIT("water"),
    STR_INIT("insurance"),
    STR_INIT("manufacturing"),
    STR_INIT("mining"),
    STR_INIT("non-profit"),
    STR_INIT("pharmaceuticals"),
    STR_INIT("retail"),
    STR_INIT("technology"),
    STR_INIT("telecommunications"),
    STR_INIT("transportation"),
    STR_INIT("utilities"),
};
const struct words words_industry_sector_ov = {true, COUNT(list_industry_sector_ov), list_industry_sector_ov};

static const struct str list_infrastructure_type_ov[] = {
    STR_INIT("amplification"),
    STR_INIT("anonymization"),
    STR_INIT("botnet"),
    STR_INIT("command-and-control"),
    STR_INIT("control-system"),
    STR_INIT("exfiltration"),
    STR_INIT("firewall"),
    STR_INIT("hosting-malware"),
    STR_INIT("hosting-target-lists"),
    STR_INIT("phishing"),
    STR_INIT("reconnaissance"),
    STR_INIT("routers-switches"),
    STR_INIT("staging"),
    STR_INIT("workstation"),
    STR_INIT("unknown"),
};
const struct words words_infrastructure_type_ov = {true, COUNT(list_infrastructure_type_ov), list_infrastructure_type_ov};

static const struct str list_malware_av_result_ov[] = {
    STR_INIT("malicious"),
    STR_INIT("suspicious"),
    STR_INIT("benign"),
    STR_INIT("unknown"),
};
const struct words words_malware_av_result_ov = {true, COUNT(list_malware_av_result_ov), list_malware_av_result_ov};

static const struct str list_malware_capabilities_ov[] = {
    STR_INIT("accesses-remote-machines"),
    STR_INIT("anti-debugging"),
    STR_INIT("anti-disassembly"),
    STR_INIT("anti-emulation"),
    STR_INIT("anti-memory-forensics"),
    STR_INIT("anti-sandbox"),
    STR_INIT("anti-vm"),
    STR_INIT("captures-input-peripherals"),
    STR_INIT("captures-output-peripherals"),
    STR_INIT("captures-system-state-data"),
    STR_INIT("cleans-traces-of-infection"),
    STR_INIT("commits-fraud"),
    STR_INIT("communicates-with-c2"),
    STR_INIT("compromises-data-availability"),
    STR_INIT("compromises-data-integrity"),
    STR_INIT("compromises-system-availability"),
    STR_INIT("controls-local-machine"),
    STR_INIT("degrades-security-software"),
    STR_INIT("degrades-system-updates"),
    STR_INIT("determines-c2-server"),
    STR_INIT("emails-spam"),
    STR_INIT("escalates-privileges"),
    STR_INIT("evades-av"),
    STR_INIT("exfiltrates-data"),
    STR_INIT("fingerprints-host"),
    STR_INIT("hides-artifacts"),
    STR_INIT("hides-executing-code"),
    STR_INIT("infects-files"),
    STR_INIT("infects-remote-machines"),
    STR_INIT("installs-other-components"),
    STR_INIT("persists-after-system-reboot"),
    STR_INIT("prevents-artifact-access"),
    STR_INIT("prevents-artifact-deletion"),
    STR_INIT("probes-network-environment"),
    STR_INIT("self-modifies"),
    STR_INIT("steals-authentication-credentials"),
    STR_INIT("violates-system-operational-integrity"),
};
const struct words words_malware_capabilities_ov = {true, COUNT(list_malware_capabilities_ov), list_malware_capabilities_ov};

static const struct str list_malware_type_ov[] = {
    STR_INIT("adware"),
    STR_INIT("backdoor"),
    STR_INIT("bot"),
    STR_INIT("bootkit"),
    STR_INIT("ddos"),
    STR_INIT("downloader"),
    STR_INIT("dropper"),
    STR_INIT("exploit-kit"),
    STR_INIT("keylogger"),
    STR_INIT("ransomware"),
    STR_INIT("remote-access-trojan"),
    STR_INIT("resource-exploitation"),
    STR_INIT("rogue-security-software"),
    STR_INIT("rootkit"),
    STR_INIT("screen-capture"),
    STR_INIT("spyware"),
    STR_INIT("trojan"),
    STR_INIT("unknown"),
    STR_INIT("virus"),
    STR_INIT("webshell"),
    STR_INIT("wiper"),
    STR_INIT("worm"),
};
const struct words words_malware_type_ov = {true, COUNT(list_malware_type_ov), list_malware_type_ov};

static const struct str list_network_socket_address_family_enum[] = {
    STR_INIT("AF_UNSPEC"),
    STR_INIT("AF_INET"),
    STR_INIT("AF_IPX"),
    STR_INIT("AF_APPLETALK"),
    STR_INIT("AF_NETBIOS"),
    STR_INIT("AF_INET6"),
    STR_INIT("AF_IRDA"),
    STR_INIT("AF_BTH"),
};
const struct words words_network_socket_address_family_enum = {
    false,
    COUNT(list_network_socket_address_family_enum),
    list_network_socket_address_family_enum,
};

static const struct str list_network_socket_type_enum[] = {
    STR_INIT("SOCK_STREAM"),
    STR_INIT("SOCK_DGRAM"),
    STR_INIT("SOCK_RAW"),
    STR_INIT("SOCK_RDM"),
    STR_INIT("SOCK_SEQPACKET"),
};
const struct words words_network_socket_type_enum = {false, COUNT(list_network_socket_type_enum), list_network_socket_type_enum};

static const struct str list_opinion_enum[] = {
    STR_INIT("strongly-disagree"),
    STR_INIT("disagree"),
    STR_INIT("neutral"),
    STR_INIT("agree"),
    STR_INIT("strongly-agree"),
};
const struct words words_opinion_enum = {false, COUNT(list_opinion_enum), list_opinion_enum};

static const struct str list_pattern_type_ov[] = {
    STR_INIT("stix"),
    STR_INIT("pcre"),
    STR_INIT("sigma"),
    STR_INIT("snort"),
    STR_INIT("suricata"),
    STR_INIT("yara"),
};
const struct words words_pattern_type_ov = {true, COUNT(list_pattern_type_ov), list_pattern_type_ov};

static const struct str list_processor_architecture_ov[] = {
    STR_INIT("alpha"),
    STR_INIT("arm"),
    STR_INIT("ia-64"),
    STR_INIT("mips"),
    STR_INIT("powerpc"),
    STR_INIT("sparc"),
    STR_INIT("x86"),
    STR_INIT("x86-64"),
};
const struct words words_processor_architecture_ov = {true, COUNT(list_processor_architecture_ov), list_processor_architecture_ov};

static const struct str list_region_ov[] = {
    STR_INIT("africa"),
    STR_INIT("eastern-africa"),
    STR_INIT("middle-africa"),
    STR_INIT("northern-africa"),
    STR_INIT("southern-africa"),
    STR_INIT("western-africa"),
    STR_INIT("americas"),
    STR_INIT("latin-america-caribbean"),
    STR_INIT("south-america"),
    STR_INIT("caribbean"),
    STR_INIT("central-america"),
    STR_INIT("northern-america"),
    STR_INIT("asia"),
    STR_INIT("central-asia"),
    STR_INIT("eastern-asia"),
    STR_INIT("southern-asia"),
    STR_INIT("south-eastern-asia"),
    STR_INIT("western-asia"),
    STR_INIT("europe"),
    STR_INIT("eastern-europe"),
    STR_INIT("northern-europe"),
    STR_INIT("southern-europe"),
    STR_INIT("western-europe"),
    STR_INIT("oceania"),
    STR_INIT("australia-new-zealand"),
    STR_INIT("melanesia"),
    STR_INIT("micronesia"),
    STR_INIT("polynesia"),
    STR_INIT("antarctica"),
};
const struct words words_region_ov = {true, COUNT(list_region_ov), list_region_ov};

static const struct str list_report_type_ov[] = {
    STR_INIT("threat-report"),
    STR_INIT("attack-pattern"),
    STR_INIT("campaign"),
    STR_INIT("identity"),
    STR_INIT("indicator"),
    STR_INIT("intrusion-set"),
    STR_INIT("malware"),
    STR_INIT("observed-data"),
    STR_INIT("threat-actor"),
    STR_INIT("tool"),
    STR_INIT("vulnerability"),
};
const struct words words_report_type_ov = {true, COUNT(list_report_type_ov), list_report_type_ov};

static const struct str list_threat_actor_role_ov[] = {
    STR_INIT("agent"),
    STR_INIT("director"),
    STR_INIT("independent"),
    STR_INIT("sponsor"),
    STR_INIT("infrastructure-operator"),
    STR_INIT("infrastructure-architect"),
    STR_INIT("malware-author"),
};
const struct words words_threat_actor_role_ov = {true, COUNT(list_threat_actor_role_ov), list_threat_actor_role_ov};

static const struct str list_threat_actor_sophistication_ov[] = {
    STR_INIT("none"),
    STR_INIT("minimal"),
    STR_INIT("intermediate"),
    STR_INIT("advanced"),
    STR_INIT("strategic"),
    STR_INIT("expert"),
    STR_INIT("innovator"),
};
const struct words words_threat_actor_sophistication_ov = {true, COUNT(list_threat_actor_sophistication_ov), list_threat_actor_sophistication_ov};

static const struct str list_threat_actor_type_ov[] = {
    STR_INIT("activist"),
    STR_INIT("competitor"),
    STR_INIT("crime-syndicate"),
    STR_INIT("criminal"),
    STR_INIT("hacker"),
    STR_INIT("insider-accidental"),
    STR_INIT("insider-disgruntled"),
    STR_INIT("nation-state"),
    STR_INIT("sensationalist"),
    STR_INIT("spy"),
    STR_INIT("terrorist"),
    STR_INIT("unknown"),
};
const struct words words_threat_actor_type_ov = {true, COUNT(list_threat_actor_type_ov), list_threat_actor_type_ov};

static const struct str list_tool_type_ov[] = {
    STR_INIT("denial-of-service"),
    STR_INIT("exploitation"),
    STR_INIT("information-gathering"),
    STR_INIT("network-capture"),
    STR_INIT("credential-exploitation"),
    STR_INIT("remote-access"),
    STR_INIT("vulnerability-scanning"),
    STR_INIT("unknown"),
};
const struct words words_tool_type_ov = {true, COUNT(list_tool_type_ov), list_tool_type_ov};

static const struct str list_windows_integrity_level_enum[] = {
    STR_INIT("low"),
    STR_INIT("medium"),
    STR_INIT("high"),
    STR_INIT("system"),
};
const struct words words_windows_integrity_level_enum = {false, COUNT(list_windows_integrity_level_enum), list_windows_integrity_level_enum};

static const struct str list_windows_pebinary_type_ov[] = {
    STR_INIT("exe"),
    STR_INIT("dll"),
    STR_INIT("sys"),
};
const struct words words_windows_pebinary_type_ov = {true, COUNT(list_windows_pebinary_type_ov), list_windows_pebinary_type_ov};

static const struct str list_windows_registry_datatype_enum[] = {
    STR_INIT("REG_NONE"),
    STR_INIT("REG_SZ"),
    STR_INIT("REG_EXPAND_SZ"),
    STR_INIT("REG_BINARY"),
    STR_INIT("REG_DWORD"),
    STR_INIT("REG_DWORD_BIG_ENDIAN"),
    STR_INIT("REG_DWORD_LITTLE_ENDIAN"),
    STR_INIT("REG_LINK"),
    STR_INIT("REG_MULTI_SZ"),
    STR_INIT("REG_RESOURCE_LIST"),
    STR_INIT("REG_FULL_RESOURCE_DESCRIPTION"),
    STR_INIT("REG_RESOURCE_REQUIREMENTS_LIST"),
    STR_INIT("REG_QWORD"),
    STR_INIT("REG_INVALID_TYPE"),
};
const struct words words_windows_registry_datatype_enum = {false, COUNT(list_windows_registry_datatype_enum), list_windows_registry_datatype_enum};

static const struct str list_windows_service_start_type_enum[] = {
    STR_INIT("SERVICE_AUTO_START"),
    STR_INIT("SERVICE_BOOT_START"),
    STR_INIT("SERVICE_DEMAND_START"),
    STR_INIT("SERVICE_DISABLED"),
    STR_INIT("SERVICE_SYSTEM_ALERT"),
};
const struct words words_windows_service_start_type_enum = {false, COUNT(list_windows_service_start_type_enum), list_windows_service_start_type_enum};

static const struct str list_windows_service_status_enum[] = {
    STR_INIT("SERVICE_CONTINUE_PENDING"),
    STR_INIT("SERVICE_PAUSE_PENDING"),
    STR_INIT("SERVICE_PAUSED"),
    STR_INIT("SERVICE_RUNNING"),
    STR_INIT("SERVICE_START_PENDING"),
    STR_INIT("SERVICE_STOP_PENDING"),
    STR_INIT("SERVICE_STOPPED"),
};
const struct words words_windows_service_status_enum = {false, COUNT(list_windows_service_status_enum), list_windows_service_status_enum};

static const struct str list_windows_service_type_enum[] = {
    STR_INIT("SERVICE_KERNEL_DRIVER"),
    STR_INIT("SERVICE_FILE_SYSTEM_DRIVER"),
    STR_INIT("SERVICE_WIN32_OWN_PROCESS"),
    STR_INIT("SERVICE_WIN32_SHARE_PROCESS"),
};
const struct words words_windows_service_type_enum = {false, COUNT(list_windows_service_type_enum), list_windows_service_type_enum};
