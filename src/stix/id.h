/* id: STIX identifiers, `type--uuid`.
 *
 * An identifier is its type and 16 bytes. The type is a view: for a type that the standard names, into a static table (so comparing pointers is
 * comparing types, and the view outlives the text it was read from); for any other, into the text that was parsed. */
#ifndef STIX_ID_H
#define STIX_ID_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/* What kind of thing a type is. CLASS_CUSTOM: a well-formed name the standard does not know; the object itself tells more (see object.h). */
enum stix_class {
	STIX_CLASS_SDO = 1,
	STIX_CLASS_SRO = 2,
	STIX_CLASS_SCO = 4,
	STIX_CLASS_META = 8,    /* marking-definition, extension-definition, language-content */
	STIX_CLASS_BUNDLE = 16, /* never an object, never a target */
	STIX_CLASS_CUSTOM = 32,
};

/* Every type of STIX 2.1: name, enumerator, class. */
#define STIX_TYPES(X)                                         \
	X("attack-pattern", ATTACK_PATTERN, SDO)              \
	X("campaign", CAMPAIGN, SDO)                          \
	X("course-of-action", COURSE_OF_ACTION, SDO)          \
	X("grouping", GROUPING, SDO)                          \
	X("identity", IDENTITY, SDO)                          \
	X("incident", INCIDENT, SDO)                          \
	X("indicator", INDICATOR, SDO)                        \
	X("infrastructure", INFRASTRUCTURE, SDO)              \
	X("intrusion-set", INTRUSION_SET, SDO)                \
	X("location", LOCATION, SDO)                          \
	X("malware", MALWARE, SDO)                            \
	X("malware-analysis", MALWARE_ANALYSIS, SDO)          \
	X("note", NOTE, SDO)                                  \
	X("observed-data", OBSERVED_DATA, SDO)                \
	X("opinion", OPINION, SDO)                            \
	X("report", REPORT, SDO)                              \
	X("threat-actor", THREAT_ACTOR, SDO)                  \
	X("tool", TOOL, SDO)                                  \
	X("vulnerability", VULNERABILITY, SDO)                \
	X("relationship", RELATIONSHIP, SRO)                  \
	X("sighting", SIGHTING, SRO)                          \
	X("artifact", ARTIFACT, SCO)                          \
	X("autonomous-system", AUTONOMOUS_SYSTEM, SCO)        \
	X("directory", DIRECTORY, SCO)                        \
	X("domain-name", DOMAIN_NAME, SCO)                    \
	X("email-addr", EMAIL_ADDR, SCO)                      \
	X("email-message", EMAIL_MESSAGE, SCO)                \
	X("file", FILE, SCO)                                  \
	X("ipv4-addr", IPV4_ADDR, SCO)                        \
	X("ipv6-addr", IPV6_ADDR, SCO)                        \
	X("mac-addr", MAC_ADDR, SCO)                          \
	X("mutex", MUTEX, SCO)                                \
	X("network-traffic", NETWORK_TRAFFIC, SCO)            \
	X("process", PROCESS, SCO)                            \
	X("software", SOFTWARE, SCO)                          \
	X("url", URL, SCO)                                    \
	X("user-account", USER_ACCOUNT, SCO)                  \
	X("windows-registry-key", WINDOWS_REGISTRY_KEY, SCO)  \
	X("x509-certificate", X509_CERTIFICATE, SCO)          \
	X("extension-definition", EXTENSION_DEFINITION, META) \
	X("language-content", LANGUAGE_CONTENT, META)         \
	X("marking-definition", MARKING_DEFINITION, META)     \
	X("bundle", BUNDLE, BUNDLE)

enum stix_type {
	STIX_CUSTOM = 0, /* any name the standard does not know */
#define X(name, e, class) STIX_##e,
	STIX_TYPES(X)
#undef X
	    STIX_TYPE_COUNT
};

/* The type of a name; STIX_CUSTOM if the standard does not know it (whether it is a well-formed name is not looked at). About 5 ns. */
enum stix_type stix_type_of(struct str name);
/* The static name of a type of the standard; empty for STIX_CUSTOM. */
struct str stix_type_name(enum stix_type);
enum stix_class stix_type_class(enum stix_type);
/* Whether a name obeys the rule for types: lower-case letters, digits and hyphens, 3 to 250 characters, begins with a letter, no two hyphens
 * together. */
bool stix_type_valid(struct str name);

enum { STIX_ID_MAX = 250 + 2 + 36 };

struct stix_id {
	struct str type; /* see above for whose bytes it views */
	uint8_t uuid[16];
};

/* `type--uuid` with the UUID's 36 characters in lower-case hex and a valid type name; false otherwise, *ret untouched. Any version and variant of
 * UUID is taken: what others publish has all of them. */
bool stix_id_parse(struct str s, struct stix_id *ret);
/* The same, but hex digits may be capitals (RFC 4122 says: written small, read either way); *ret_odd tells that there were some. */
bool stix_id_read(struct str s, struct stix_id *ret, bool *ret_odd);
bool stix_id_eq(struct stix_id a, struct stix_id b);
int stix_id_cmp(struct stix_id a, struct stix_id b); /* by type, then by bytes */
void stix_id_put(struct buf *b, struct stix_id id);
enum stix_type stix_id_type(struct stix_id id);

/* 36 characters, hex and hyphens; capitals set *ret_odd (which is otherwise left alone). */
bool stix_uuid_read(struct str s, uint8_t ret[static 16], bool *ret_odd);
void stix_uuid_put(struct buf *b, const uint8_t uuid[static 16]);
/* RFC 4122 version 4 of 16 random bytes. */
void stix_uuid4(const uint8_t random[static 16], uint8_t ret[static 16]);
/* RFC 4122 version 5 (SHA-1). space_name is the 16 bytes of the namespace and then the name, in one piece. */
void stix_uuid5(struct str space_name, uint8_t ret[static 16]);

#endif
