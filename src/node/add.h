/* add: what both ways in, STIX and reports, have in common. Inside node only. */
#ifndef NODE_ADD_H
#define NODE_ADD_H

#include "node/op.h"
#include "share/project.h"
#include "stix/object.h"

enum {
	ADD_LISTED = 1000, /* objects and refusals that a reply lists */
	ADD_PATH = 200,    /* bytes of the way to a property; a longer one is cut */
};

struct add {
	bool behind; /* the view lacks something that was added */
	struct op_call *call;
	struct share_centre *c;
	uint64_t circle; /* the private one */
	struct str position;
	struct str source; /* file name, for quarantine */
	struct source in;  /* from its first byte */
	struct str head;   /* its first bytes, as far as they were read to know what it is */

	uint64_t added, unchanged, conflicts, refused, warnings, dropped;
	struct buf items, refusals; /* members of the lists in the reply, as JSON */
	uint32_t listed, told;
	struct add_warned {
		uint64_t n;
		char id[STIX_ID_MAX + 1], path[ADD_PATH + 1]; /* of the first */
	} warned[STIX_WARN_COUNT];
	bool local; /* a transaction on node.db is open: refusals of this batch */
};

/* What was just committed into the view. It stays added where that fails: the reply says so, and the view is brought up to it by add_view_whole. */
void add_project(struct add *a, const struct share_appended *done, const struct project_parsed *objects, size_t n);
/* Before anything is looked up in the view. */
enum err add_view_whole(struct add *a, struct errinfo *e) MUST_USE;
/* There is room to add. ERR_FULL. */
enum err add_space(struct add *a, struct errinfo *e) MUST_USE;
/* Into quarantine. */
enum err add_refuse(struct add *a, struct str bytes, uint64_t size, const struct errinfo *why, struct errinfo *e) MUST_USE;
void add_list(struct add *a, const struct stix_info *info, const struct json *tree);
/* Counts what the standard recommends otherwise, by kind. */
void add_warned(struct add *a, const struct stix_info *info, const struct json *tree);
/* Ends what refusals opened. */
enum err add_commit_local(struct add *a, struct errinfo *e) MUST_USE;

/* mark: the label of all of it; empty: for this home's member alone, at the highest level. */
enum err add_stix(struct add *a, struct str mark, struct errinfo *e) MUST_USE;
enum err add_report(struct add *a, struct errinfo *e) MUST_USE;

#endif
