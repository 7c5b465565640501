/* op: the table of operations, for the files of this folder. To add one: its function, its row in op.c, its test, its line of doc. */
#ifndef NODE_OP_H
#define NODE_OP_H

#include "json/dom.h"
#include "json/write.h"
#include "node/node.h"
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
};

struct op_call {
	struct node *n;
	const struct node_call *c;
	const struct json *args; /* an object */
	struct arena *a;         /* of this call */
	struct view_who who;     /* from c->who, for filters: pass &call->who, or NULL where who.clearances is NULL */
	struct json_writer *out; /* inside the reply's object: put members */
};

enum op_may {
	OP_READ,     /* anyone with a clearance */
	OP_WRITE,    /* the private circle: analyst */
	OP_RELEASE,  /* other members see it: releasing officer */
	OP_GOVERN,   /* keys and charters: representative */
	OP_ADMIN,    /* the node itself */
};

struct op {
	const char *name;
	enum op_may may;       /* who may call it; ops other than OP_READ need a call without clearances (the member itself) until accounts say more */
	const char *args;      /* names it takes, each followed by its type letter: s string, i integer, b bool, a array, o object; "id:s limit:i" . Anything else is ERR_USAGE */
	const char *about;     /* one line */
	enum err (*run)(struct op_call *call, struct errinfo *e);
};

extern const struct op op_table[];
extern const size_t op_count;

/* Arguments. False / default if absent; types were checked by the table. */
bool op_str(const struct op_call *call, const char *name, struct str *ret);
int64_t op_int(const struct op_call *call, const char *name, int64_t dflt);
bool op_bool(const struct op_call *call, const char *name);

/* A line of the audit trail, when the operation is over or refused. */
enum err op_audit(struct op_call *call, const char *what, struct str target, struct str detail, struct errinfo *e) MUST_USE;

#endif
