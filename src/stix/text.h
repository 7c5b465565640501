/* text: which words of an object are searched.
 *
 * An iteration of pieces in the order of the text, each with its weight class. Identifiers, hashes, times and codes of closed lists are not words
 * and do not come. Of our own extensions come the header's subject and place and every portion's text; of the private extension nothing, which is
 * searched apart. */
#ifndef STIX_TEXT_H
#define STIX_TEXT_H

#include "json/dom.h"
#include "stix/object.h"

/* How much a hit says about the object. Numbers are stored: do not change. */
enum stix_weight {
	STIX_WEIGHT_NAME = 0, /* name, aliases, subject, value of an observable */
	STIX_WEIGHT_BODY = 1, /* description, content, abstract, explanation, portions */
	STIX_WEIGHT_TERM = 2, /* labels, types, place, pattern, external ids: words from lists or codes */
	STIX_WEIGHT_COUNT
};

struct stix_text {
	const struct json *root, *at, *end;
	const struct json *list, *list_end;
	enum stix_weight list_weight;
	bool portions; /* a report with portions of ours: its description repeats them and is left out */
};

struct stix_words {
	enum stix_weight weight;
	struct str text;         /* valid UTF-8, as written */
	const struct json *node; /* where: json_path_put gives the path */
};

void stix_text_init(struct stix_text *it, const struct json *obj);
bool stix_text_next(struct stix_text *it, struct stix_words *ret);

#endif
