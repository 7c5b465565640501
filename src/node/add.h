/* add: what both ways in, STIX and reports, have in common. Inside node only. */
#ifndef NODE_ADD_H
#define NODE_ADD_H

#include "base/map.h"
#include "label/form.h"
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
	struct str label_text;      /* the label of all of it, in any form; empty: none */
	struct buf notes;           /* what was passed over in labels of others */
	uint64_t narrowed;          /* objects kept to this home, for a marking that is not here */
	struct buf items, refusals; /* members of the lists in the reply, as JSON */
	uint32_t listed, told;
	struct add_warned {
		uint64_t n;
		char id[STIX_ID_MAX + 1], path[ADD_PATH + 1]; /* of the first */
	} warned[STIX_WARN_COUNT];
	struct str past_id, past[2]; /* dates of a report that have passed, in words; empty = none */
	bool foreign;                /* it comes from elsewhere: what is this member's own is not said there (add_foreign) */
	bool local;                  /* a transaction on node.db is open: refusals of this batch */
};

/* What was just committed into the view. It stays added where that fails: the reply says so, and the view is brought up to it by add_view_whole. */
void add_project(struct add *a, const struct share_appended *done, const struct project_parsed *objects, size_t n);
/* Before anything is looked up in the view. */
enum err add_view_whole(struct add *a, struct errinfo *e) MUST_USE;
/* A label in any form of label/form.h, for this home. notes: of label_import. In op_label.c. */
enum err
add_label(const struct share_centre *c, struct str text, struct buf *notes, enum label_form *ret_form, struct label *ret, struct errinfo *e) MUST_USE;
/* "notes": [each line] */
void add_put_notes(struct json_writer *w, const struct buf *notes);

/* Nobody adds what he is not cleared for himself. ERR_DENIED. */
enum err add_beyond(struct errinfo *e);
/* There is room to add. ERR_FULL. */
enum err add_space(struct add *a, struct errinfo *e) MUST_USE;
/* What comes from elsewhere neither speaks as this member nor versions what stands here as another's: else ERR_DENIED in *why and *ret_refused
 * (add_foreign.c). */
enum err add_foreign(
    struct add *a, const struct stix_info *info, const struct json *tree, bool *ret_refused, struct errinfo *why, struct errinfo *e) MUST_USE;
/* Into quarantine. */
enum err add_refuse(struct add *a, struct str bytes, uint64_t size, const struct json *tree, const struct errinfo *why, struct errinfo *e) MUST_USE;
void add_list(struct add *a, const struct stix_info *info, const struct json *tree);
/* Counts what the standard recommends otherwise, by kind. */
void add_warned(struct add *a, const struct stix_info *info, const struct json *tree);
/* Ends what refusals opened. */
enum err add_commit_local(struct add *a, struct errinfo *e) MUST_USE;

/* mark, or a->label_text: the label of all of it; both empty: for this home's member alone, at the highest level. */
enum err add_stix(struct add *a, struct str mark, struct errinfo *e) MUST_USE;
enum err add_report(struct add *a, struct errinfo *e) MUST_USE;

/* What objects of one batch bear of marks: those of a report's portions, and ACS markings (label/acs.h): those that it
 * defines, and those of the record that it was asked for. Whose definition comes after the object that bears it is found when the batch is complete.
 */
struct add_marks {
	struct map known; /* uuid to the mark */
	struct arena a;
};
void add_marks_init(struct add_marks *m, const uint8_t key[static 16]);
void add_marks_done(struct add_marks *m);
void add_marks_clear(struct add_marks *m);
/* A marking-definition of the batch. */
enum err add_marks_define(
    struct add *a, struct add_marks *m, const struct stix_info *info, struct str text, const struct json *tree, struct errinfo *e) MUST_USE;
/* Joins what the object's markings say to *label. *ret_refused: *why says why it is to be refused. *ret_waits: a definition is not here, and
 * nothing was joined of it. */
enum err add_marks_join(struct add *a, struct add_marks *m, const struct json *tree, struct label *label, bool *ret_waits, bool *ret_refused,
    struct errinfo *why, struct errinfo *e) MUST_USE;

#endif
