/* comity: our own extensions of STIX, and how they are read.
 *
 * Each is an extension-definition with a fixed id and a JSON schema under doc/schema/. All are property-extensions: they add to an object of the
 * standard, which any STIX tool still reads. stix_check holds an object that carries them to the same rules as the schemas, so the readers here
 * may be lenient: what is absent or of a wrong type reads as empty.
 *
 * The private extension holds what never leaves a member's private circle: a source's codename and what a product was made from.
 * stix_private_none is the check at that door. */
#ifndef STIX_COMITY_H
#define STIX_COMITY_H

#include "json/dom.h"
#include "stix/id.h"

/* enumerator, id (fixed for ever), schema */
#define STIX_EXTENSIONS(X)                                                                              \
	X(STIX_EXT_REPORT, "extension-definition--25f1d169-f6c4-45de-a384-9b84b388dfa1", "report.json") \
	X(STIX_EXT_GRADE, "extension-definition--f8af2123-96aa-4c79-aedb-a1a5edc20944", "grade.json")   \
	X(STIX_EXT_LABEL, "extension-definition--c5eabad4-d8e2-4772-813a-bcba7b40d651", "label.json")   \
	X(STIX_EXT_CLAIM, "extension-definition--8da744f3-5a76-4929-8614-00d908d84956", "claim.json")   \
	X(STIX_EXT_PRIVATE, "extension-definition--a10f045f-a4f4-4406-b93d-7f67acfe44b0", "private.json")

enum stix_ext {
#define X(name, id, schema) name,
	STIX_EXTENSIONS(X)
#undef X
	    STIX_EXT_COUNT
};

struct str stix_ext_id(enum stix_ext);
struct str stix_ext_schema(enum stix_ext); /* file name under doc/schema/ */
/* The extension's object on obj, or NULL. */
const struct json *stix_ext_get(const struct json *obj, enum stix_ext ext);

/* report: header and portions, on a `report` */

struct stix_grade {
	struct str scheme; /* "admiralty" or "4x4"; empty: no grade */
	char reliability;  /* 'A' to 'F' (4x4: A, B, C, X); 0 if no grade */
	char credibility;  /* '1' to '6' (4x4: '1' to '4') */
};

/* Two characters under a scheme (empty scheme = admiralty); false if they are not a grade of it. */
bool stix_grade_parse(struct str text, struct str scheme, struct stix_grade *ret);
/* STIX confidence of an Admiralty credibility, by STIX appendix A: 1=90 2=70 3=50 4=30 5=10; -1 (leave it out) for 6, and for any grade of
 * another scheme or none. */
int stix_grade_confidence(struct stix_grade g);

struct stix_header {
	struct str type; /* "INTREP" */
	struct str subject, place, language, serial, banner;
	struct str descriptor;                    /* of the source, as released; its codename is in the private extension */
	struct str information_time, report_time; /* STIX timestamps, as written */
	struct str precedence;                    /* ROUTINE, PRIORITY, IMMEDIATE, FLASH */
	struct stix_grade grade;
	const struct json *portions; /* array, or NULL */
};

/* The header; false (ret untouched) if obj has no report extension. */
bool stix_header_read(const struct json *obj, struct stix_header *ret);

enum stix_portion_kind { STIX_PORTION_TITLE, STIX_PORTION_PARAGRAPH, STIX_PORTION_CAPTION, STIX_PORTION_COMMENT, STIX_PORTION_KINDS };
struct str stix_portion_name(enum stix_portion_kind);

struct stix_portion {
	enum stix_portion_kind kind;
	struct str mark; /* "(//IRQ S//REL TO IRQ, RUS)" */
	struct str text;
	struct stix_grade grade;   /* its own; none if it has none (the header's is not inherited) */
	const struct json *claims; /* array, or NULL */
	const struct json *node;
	uint32_t index; /* from 0 */
};

struct stix_portions {
	const struct json *at, *end;
	uint32_t index;
	struct str scheme;
};

void stix_portions_init(struct stix_portions *it, const struct json *obj); /* of an object without portions gives none */
bool stix_portions_next(struct stix_portions *it, struct stix_portion *ret);

/* claims: who says how many of what, where, when. Of a portion, or of any object by the claim extension. */

struct stix_claim {
	struct str what, where, when; /* when: a STIX timestamp or empty */
	struct str who;               /* whose side or unit is counted; empty if not said */
	bool counted;                 /* false: no number given, the three are 0 */
	int64_t low, best, high;      /* low <= best <= high; a single number is all three */
	const struct json *node;
};

struct stix_claims {
	const struct json *at, *end;
};

void stix_claims_init(struct stix_claims *it, const struct json *array); /* portion.claims; NULL gives none */
void stix_claims_of(struct stix_claims *it, const struct json *obj);     /* of the claim extension on an object */
bool stix_claims_next(struct stix_claims *it, struct stix_claim *ret);

/* the private extension */

struct stix_private {
	struct str source;        /* codename; empty if none */
	const struct json *cites; /* array of ids this was made from, or NULL */
	const struct json *label; /* object, or NULL */
	bool by_portions;         /* a report whose label is made of its portions' marks: only this home says so of what was written here */
};

bool stix_private_read(const struct json *obj, struct stix_private *ret); /* false if there is none */
/* OK if nothing of the private extension is in obj, at any depth: its UUID stands in no key and no string, in small letters or capitals. Else
 * ERR_DENIED naming the path and place: the object must not leave the private circle. */
enum err stix_private_none(struct str text, const struct json *obj, struct errinfo *e) MUST_USE;

#endif
