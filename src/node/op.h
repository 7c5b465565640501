/* op: the table of operations, for the files of this folder. To add one: its function, its row in op.c, its test, its line of doc. */
#ifndef NODE_OP_H
#define NODE_OP_H

#include "json/dom.h"
#include "json/write.h"
#include "node/node.h"
#include "share/settle.h"
#include "share/share.h"
#include "store/local.h"
#include "store/view.h"

/* A home opened, as operations see it. */
struct node {
	const struct env *env;
	struct store *store;
	struct share *share;
	struct node_keys *keys;  /* keys.h */
	struct str member, name; /* its own id and name, as created */
	struct str identity;     /* the STIX identity it speaks as */
	int clock;               /* enum due_clock, at the last tick */
	int64_t clock_back;      /* microseconds by which the clock is behind the last time this home was open; 0 = it is not */
	unsigned put_off;        /* receipts and flags that could not be said at the last tick */
	bool unsettled;          /* an operation failed: entries may be unsigned, the view behind; put right before the next one */
	bool full;               /* what the clock makes due had no room on the disk */
	bool no_reserve;         /* the room kept for recalls was given up, or could not be made: tried again before each operation */
	uint64_t arrivals;       /* as node.db has them (place.h), if arrivals_noted */
	bool arrivals_noted;
	bool asks_first;            /* it was opened to ask others: what it owes is said after that */
	enum settle_why found;      /* when it was opened (place.h) */
	struct node_people *people; /* people_int.h */
	struct sights *sights;      /* sight.h */
	bool exercise;              /* a home for trying out: another clock may be set (node_mark_exercise) */
};

struct op_call {
	struct node *n;
	const struct node_call *c;
	const struct json *args;    /* an object */
	struct arena *a;            /* of this call */
	const struct view_who *who; /* for filters: NULL = the home's own member itself */
	struct json_writer *out;    /* inside the reply's object: put members */
	bool urgent;                /* may use the room kept for recalls (reserve.h) */
	bool done;                  /* what was asked for is committed: what fails from now on is a warning */
	struct errinfo late;        /* the first such failure; code OK = none */
};

enum op_may {
	OP_READ,    /* anyone with a clearance */
	OP_WRITE,   /* the private circle: analyst */
	OP_RELEASE, /* other members see it: releasing officer */
	OP_GOVERN,  /* keys and charters: representative */
	OP_ADMIN,   /* the node itself */
	OP_LOOK,    /* the same, and who looks after the node: what shows nothing of its content */
	OP_SELF,    /* who asks himself: any account; what concerns others, the operation decides (account.h) */
};

/* What of the home's content an operation shows, to an account or viewer that is not cleared for all of it. Each says it; none goes without. */
enum op_sight {
	SIGHT_NONE = 1, /* nothing of it: any clearance will do */
	SIGHT_OWN,      /* what the clearance lets through, and nothing else influences the reply */
	SIGHT_ALL,      /* it cannot be told without the rest: only for who is cleared for all */
};

struct op {
	const char *name;
	enum op_may may; /* who may call it; a viewer with a clearance that is no account's may call OP_READ and OP_LOOK alone */
	enum op_sight sight;
	const char *args;  /* names it takes, each followed by its type letter: s string, i integer, b bool, a array, o object; "id:s limit:i" .
			      Anything else is ERR_USAGE */
	const char *about; /* one line */
	enum err (*run)(struct op_call *call, struct errinfo *e);
};

extern const struct op op_table[];
extern const size_t op_count;

/* Arguments (arg.c). False / default if absent; types were checked by the table. */
bool op_str(const struct op_call *call, const char *name, struct str *ret);
int64_t op_int(const struct op_call *call, const char *name, int64_t dflt);
bool op_bool(const struct op_call *call, const char *name);
bool op_has(const struct op_call *call, const char *name);

/* The centre that `centre` names; without it the only one that the caller is told of (ERR_USAGE: several; ERR_NOTFOUND: none). */
enum err op_centre(const struct op_call *call, struct share_centre **ret, struct errinfo *e) MUST_USE;
/* The same, but *ret is NULL if `centre` is absent. */
enum err op_centre_any(const struct op_call *call, struct share_centre **ret, struct errinfo *e) MUST_USE;
/* A circle as people name it; *ret is 0 if absent. Needs a charter in force. */
enum err op_circle(const struct op_call *call, const char *name, const struct share_centre *c, uint64_t *ret, struct errinfo *e) MUST_USE;
/* A member by id, in small letters or capitals; *ret is -1 if absent. */
enum err op_member(const struct op_call *call, const char *name, const struct share_centre *c, int *ret, struct errinfo *e) MUST_USE;
/* An object's id, which must be there (ERR_USAGE): whole, or how it begins (arg_id.c), if one object alone of those that the viewer may see does so
 * (ERR_USAGE: several, which are told; ERR_NOTFOUND: none, and an audit line). Its type views the argument or the store. */
enum err op_id(struct op_call *call, const char *name, struct stix_id *ret, struct errinfo *e) MUST_USE;
/* The same of a text. */
enum err op_id_text(struct op_call *call, struct str text, struct stix_id *ret, struct errinfo *e) MUST_USE;
/* An id as text, in the call's arena: for the audit trail, which has no beginnings. */
struct str op_id_whole(struct op_call *call, struct stix_id id);
/* A moment as people write it; dflt if absent. */
enum err op_time(const struct op_call *call, const char *name, int64_t dflt, int64_t *ret, struct errinfo *e) MUST_USE;
/* 1 to LIMIT_PAGE. */
enum err op_limit(const struct op_call *call, uint32_t dflt, uint32_t *ret, struct errinfo *e) MUST_USE;
/* The position that an entry made now bears: the caller's, else the setting, else REP. Lives as long as the call. */
enum err op_position(struct op_call *call, struct str *ret, struct errinfo *e) MUST_USE;

/* Whether the caller is told that the home is in this centre: who is cleared for anything there, and who governs or administers the node. To others
 * it is as if there were no such centre. */
bool op_sees_centre(const struct op_call *call, const struct share_centre *c);
/* Whether the caller is cleared for what is so labelled (its dates aside). */
bool op_sees(const struct op_call *call, const struct label *l);

int64_t op_now(const struct op_call *call);
/* A setting, in the call's arena; dflt if it is not set. */
enum err op_setting(struct op_call *call, const char *name, struct str dflt, struct str *ret, struct errinfo *e) MUST_USE;
/* Tells how far it is; ERR_STOPPED if the caller wants to stop. */
enum err op_progress(struct op_call *call, uint64_t done, uint64_t all, const char *what, struct errinfo *e) MUST_USE;

/* A line of the audit trail, when the operation is over or refused. */
enum err op_audit(struct op_call *call, const char *what, struct str target, struct str detail, struct errinfo *e) MUST_USE;
/* Own logs signed, the view brought up to them, what was recalled out of its file. */
enum err op_catch_up(struct op_call *call, struct errinfo *e) MUST_USE;
/* The same after something was committed to the record: it stands whatever fails here, so that is told as a warning, and made up for before the next
 * operation or when the home is opened again. */
void op_settle_writes(struct op_call *call);
/* The same, and all that was asked for is committed: the operation does not fail any more, whatever is still to be done. The reply must be complete
 * before anything else that can fail. */
void op_done(struct op_call *call);
/* Something failed that undoes nothing: told in the reply as "warning". */
void op_late(struct op_call *call, const struct errinfo *why);

#endif
