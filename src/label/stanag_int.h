/* The label of STANAG 4774 as it was written, in either syntax, before anything is made of it. For stanag_*.c alone. */
#ifndef LABEL_STANAG_INT_H
#define LABEL_STANAG_INT_H

#include "base/arena.h"
#include "label/stanag.h"

#define STANAG_SPACE "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"
#define STANAG_JSON_BASE "urn:nato:stanag:5636:A:1:elements:json"

/* The tags of our categories. The first is the one that NATO's own policy has, too. */
#define STANAG_RELEASABLE "Releasable To"
#define STANAG_OWNER "Owner"
#define STANAG_COMPARTMENT "Compartment"
#define STANAG_DISSEMINATION "Dissemination"
#define STANAG_TLP "TLP"
#define STANAG_VALID "Valid Until"
#define STANAG_DELETE "Delete By"

enum slab_type { SLAB_RESTRICTIVE, SLAB_PERMISSIVE, SLAB_INFORMATIVE };
#define SLAB_TYPES                                         \
	{                                                  \
		"RESTRICTIVE", "PERMISSIVE", "INFORMATIVE" \
	}

struct slab_text {
	struct str s; /* p is NULL: not there */
	uint64_t line, col, offset;
};

struct slab_category {
	enum slab_type type;
	struct slab_text tag;
	uint32_t first, n; /* of value[] */
};

struct slab {
	struct slab_text policy, classification, created, review, succession;
	struct slab_category category[LIMIT_LABEL_VALUES];
	struct slab_text value[LIMIT_LABEL_VALUES];
	uint32_t ncategories, nvalues;
};

/* Read into *ret, zeroed by the caller; texts live in a. What is there that the model has no place for is told in notes, or refused. */
enum err slab_read_xml(struct arena *a, struct str text, const struct label_import *in, struct slab *ret, struct errinfo *e) MUST_USE;
enum err slab_read_json(struct arena *a, struct str text, const struct label_import *in, struct slab *ret, struct errinfo *e) MUST_USE;

/* Append. The slab is one of ours: its texts are UTF-8. */
void slab_put_xml(struct buf *b, const struct slab *s);
void slab_put_json(struct buf *b, const struct slab *s);

/* Sets code and message before, gives e the place of t. Gives the code back. */
enum err slab_fault(const struct slab_text *t, struct errinfo *e);

#endif
