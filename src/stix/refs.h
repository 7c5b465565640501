/* refs: every reference from one object to another.
 *
 * By the naming rule of the standard a property whose name ends in _ref holds an identifier, and one in _refs a list of them, wherever it stands:
 * at the top, in lists of objects, inside extensions, in custom properties (x_mitre_data_source_ref). Also references: the keys of `extensions`
 * that name an extension-definition. Not references: an object's own id, the keys by which the objects of a deprecated observed-data `objects`
 * name each other, and the lineage in our private extension (`cites`), which stix_private_read gives. */
#ifndef STIX_REFS_H
#define STIX_REFS_H

#include "json/dom.h"
#include "stix/id.h"

struct stix_refs {
	const struct json *root, *at, *end; /* where the walk stands */
	const struct json *list, *list_end; /* elements of a _refs being given */
	struct str list_key;
};

struct stix_ref {
	struct stix_id id;
	struct str text;         /* the identifier as written */
	struct str name;         /* the property: "created_by_ref", "object_refs"; "extensions" for an extension's key */
	const struct json *node; /* of the identifier (the extension's value for a key): json_path_put(b, root, node) gives its path */
};

void stix_refs_init(struct stix_refs *it, const struct json *obj);
/* The next one in the order of the text; false at the end. What stands in a _ref and is no identifier is passed over (custom properties may hold
 * "" there; stix_check has judged the others). The same id can come more than once. */
bool stix_refs_next(struct stix_refs *it, struct stix_ref *ret);

#endif
