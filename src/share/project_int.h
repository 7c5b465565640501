/* What the files of the projection share: one run over arrivals. */
#ifndef SHARE_PROJECT_INT_H
#define SHARE_PROJECT_INT_H

#include "base/map.h"
#include "share/project.h"

/* What of a log its entries need. */
struct project_log {
	int64_t no; /* 0 = none */
	int centre;
	uint64_t circle;
	int author;
	uint32_t epoch;
	bool private;
};

/* One target of one recall that has arrived. */
struct project_recall {
	struct project_recall *next; /* of the same UUID */
	struct stix_id id;
	int64_t modified; /* 0 = all */
	int centre, author;
	uint64_t circle;
	uint32_t epoch;
	uint64_t idx;
	enum view_state state;
};

/* An object as it is put: made by project_object_make, views into the tree, the arena and the lists here. */
struct project_lists {
	struct view_ref *refs;
	struct view_claim *claims;
	struct str *text;
	size_t nrefs, nclaims, ntext;
	size_t refs_cap, claims_cap, text_cap;
};

struct project {
	struct share *s;
	struct arena tree; /* of one object */
	struct arena leaf; /* of one entry */
	struct buf line;   /* its bytes */
	struct project_lists lists;

	/* what was last looked at */
	struct project_log log;
	int policy_centre, policy_charter;
	struct label_policy *policy;
	uint64_t speakers; /* of created_by: as roster_speakers tells, at that time */
	int64_t speakers_at;
	bool creator_known;
	struct stix_id created_by;

	/* recalls, read from the view when first needed */
	bool recalls_read;
	bool recalls_many; /* more than there is room for */
	struct map recalls;
	struct arena recall_space;
};

/* An entry being projected. */
struct project_entry {
	const struct record_arrival *at;
	struct share_centre *centre;
	const struct project_log *log;
	const struct entry *x;
	int64_t first; /* number of its first piece */
};

/* project_object.c */

/* Fills *ret for piece n of the entry; everything it views is in p->lists, p->tree or the tree. */
enum err project_object_make(struct project *p, const struct project_entry *w, uint32_t n, const struct json *tree, const struct stix_info *info,
    struct view_object *ret, struct errinfo *e) MUST_USE;
/* Parses and checks the bytes of a piece into p->tree (emptied first). ERR_SYNTAX, ERR_INVALID, ERR_LIMIT, ERR_VERSION: it is no STIX object. */
enum err project_object_parse(struct project *p, struct str text, const struct json **ret_tree, struct stix_info *ret, struct errinfo *e) MUST_USE;
void project_lists_done(struct project_lists *l);

/* project_recall.c */

/* A recall arrived: events are put, and the rows it means get their state. */
enum err project_recall_put(struct project *p, const struct project_entry *w, struct errinfo *e) MUST_USE;
/* The state that recalls which stand behind it in its log, and are here already, give an object; VIEW_LIVE if there are none. */
enum err project_recall_state(
    struct project *p, const struct project_entry *w, struct stix_id id, int64_t modified, enum view_state *ret, struct errinfo *e) MUST_USE;

/* project.c */

/* Inside view_begin: what the row's object was made of is taken out of the view, while its bytes are still here. Nothing if the row is so already. */
enum err project_withdraw(struct share *s, const struct view_row *row, struct errinfo *e) MUST_USE;

enum err project_log_get(struct project *p, int64_t no, struct project_log *ret, struct errinfo *e) MUST_USE;

#endif
