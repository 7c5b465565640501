/* op: the table, and what is checked before an operation runs: its name, its arguments, who may. */
#include "node/op.h"

#include <assert.h>
#include <string.h>

#include "base/leak.h"
#include "crypto/init.h"
#include "node/keys.h"
#include "node/once.h"
#include "node/ops.h"
#include "node/peers.h"
#include "node/people_int.h"
#include "node/reserve.h"
#include "node/rotate.h"

enum { CALL_ARENA = 64 * MIB };

const struct op op_table[] = {
#define X(name, may, sight, args, about, run) {name, may, sight, args, about, run},
    OP_LIST(X)
#undef X
};
const size_t op_count = sizeof op_table / sizeof *op_table;

static const struct op *
find(struct str name)
{
	for (size_t i = 0; i < op_count; i++)
		if (str_is(name, op_table[i].name))
			return &op_table[i];
	return NULL;
}

/* The type letter of an argument that the operation takes; 0 = it takes none of that name. */
static char
arg_type(const struct op *op, struct str name)
{
	struct str rest = str_of(op->args), one, key, type;
	while (rest.n) {
		str_cut(rest, ' ', &one, &rest);
		if (str_cut(one, ':', &key, &type) && str_eq(key, name))
			return type.p[0];
	}
	return 0;
}

static enum err
check_args(const struct op *op, const struct json *args, struct errinfo *e)
{
	if (!json_is(args, JSON_OBJECT))
		return err_set(e, ERR_USAGE, "%s: the arguments are no JSON object", op->name);
	JSON_EACH(arg, args)
	{
		struct str key = json_key_of(arg);
		int64_t v;
		bool ok;
		char type = arg_type(op, key);
		switch (type) {
		case 's':
			ok = json_is(arg, JSON_STRING);
			break;
		case 'i':
			ok = json_i64(arg, &v);
			break;
		case 'b':
			ok = json_is(arg, JSON_BOOL);
			break;
		case 'a':
			ok = json_is(arg, JSON_ARRAY);
			break;
		case 'o':
			ok = json_is(arg, JSON_OBJECT);
			break;
		default:
			return err_set(e, ERR_USAGE, "%s takes no argument \"%.*s\"; it takes: %s", op->name, STR_FMT(str_sub(key, 0, 60)), op->args);
		}
		if (!ok)
			return err_set(e, ERR_USAGE, "%s: --%.*s must be %s", op->name, STR_FMT(key),
			    type == 'i'   ? "a whole number"
			    : type == 's' ? "a text"
			    : type == 'b' ? "true or false"
			    : type == 'a' ? "a list"
					  : "an object");
	}
	return OK;
}

/* Charters name no compartments: the policies learn those that this home's setting names. */
static enum err
know_compartments(struct op_call *call, struct errinfo *e)
{
	struct share *s = call->n->share;
	struct str rest, one;
	enum err err = op_setting(call, "compartments", STR_NONE, &rest, e);
	while (!err && rest.n) {
		str_cut(rest, ' ', &one, &rest);
		for (int i = 0; i < s->ncentres; i++) {
			struct label_policy *p = s->centre[i].policy;
			if (label_compartment_ok(one) && !label_policy_compartment(p, one) && p->ncompartments < LIMIT_COMPARTMENTS_KNOWN) {
				memset(p->compartment[p->ncompartments], 0, sizeof p->compartment[0]);
				memcpy(p->compartment[p->ncompartments++], one.p, one.n);
			}
		}
	}
	return err;
}

/* What an operation that failed may have left half done. */
static enum err
settle(struct op_call *call, struct errinfo *e)
{
	struct store *s = call->n->store;
	enum err err = view_is_open(s) ? OK : view_reset(s, e);
	if (err || (err = rotate_finish(call->n, e)))
		return err;
	if ((err = op_catch_up(call, e)))
		return err;
	return node_tick(call->n, e); /* receipts and flags that were not said */
}

/* The record has it, so nothing of it is undone: that is said first. */
static void
put_warning(struct op_call *call)
{
	struct buf b = BUF_INIT(2 * sizeof call->late.msg);
	buf_printf(
	    &b, "what was to be done is done and stays; what comes after it failed and is made up for before the next command: %s", call->late.msg);
	if (buf_ok(&b))
		json_put_member(call->out, STR("warning"), buf_str(&b));
	buf_done(&b);
}

_Static_assert(SCOPE_READ == 1 << OP_READ && SCOPE_WRITE == 1 << OP_WRITE && SCOPE_RELEASE == 1 << OP_RELEASE && SCOPE_GOVERN == 1 << OP_GOVERN &&
		   SCOPE_ADMIN == 1 << OP_ADMIN,
    "the first scopes are the classes of operations");

/* Whether the caller may call it at all. */
static enum err
check_may(const struct op *op, struct op_call *call, struct errinfo *e)
{
	const struct node_who *w = &call->c->who;
	unsigned by = op->may == OP_LOOK ? SCOPE_READ | SCOPE_ADMIN : 1u << op->may;
	if (w->account && op->may != OP_SELF && !(w->scopes & by))
		err_set(e, ERR_DENIED, "%s: this is not among what %s may do", op->name, w->token ? "this token" : "this account");
	else if (!w->account && op->may != OP_READ && op->may != OP_LOOK && call->who && !LEAK(LOG_SHOWN))
		err_set(e, ERR_DENIED, "this is for the home's own officers; a viewer with a clearance may only read");
	else if (op->sight == SIGHT_ALL && call->who && !LEAK(LOG_SHOWN))
		err_set(e, ERR_DENIED, "%s: this is for who is cleared for all that is here", op->name);
	else
		return OK;
	struct errinfo why;
	enum err audit = op_audit(call, "refused", str_of(op->name), STR_NONE, &why);
	if (audit && e)
		*e = why;
	return audit ? audit : ERR_DENIED;
}

/* Whether it may have taken something out of view. What others said before they fell silent stands. */
static bool
may_delete(const struct op *op, enum err err)
{
	return op->run == op_sync || op->run == op_pouch_open || (!err && (op->run == op_recall || op->run == op_withdraw));
}

static enum err
attempt(const struct op *op, struct op_call *call, struct buf *reply, struct errinfo *e)
{
	struct json_writer w;
	enum err err;
	size_t from = reply->n;
	if ((err = check_may(op, call, e)))
		return err;
	if ((err = share_refresh(call->n->share, e)) || (call->n->unsettled && (err = settle(call, e))) || (err = know_compartments(call, e)))
		return err;
	call->n->unsettled = false;
	bool known = false;
	if (call->c->once.n && ((err = once_look(call, reply, &known, e)) || known))
		return err;
	json_write_init(&w, reply, 0);
	json_open_object(&w);
	call->out = &w;
	struct str all;
	if ((err = buf_take(reply, &all, e))) /* nothing is done of which nothing could be told */
		return err;
	struct errinfo why = {0};
	err = op->run(call, &why);
	if (err && call->done && w.depth == 1) {
		op_late(call, &why);
		err = OK;
	}
	if (err && e)
		*e = why;
	if (!err) {
		if (call->late.code)
			put_warning(call);
		json_close(&w);
		json_write_done(&w);
		err = buf_take(reply, &all, e);
	}
	if (call->c->once.n)
		once_over(call, err && !call->done, err ? STR_NONE : str_sub(all, from, all.n));
	if (may_delete(op, err) && once_deleted(call->n, &why))
		op_late(call, &why);
	if (err || call->late.code)
		call->n->unsettled = true;
	if (err && call->done && e)
		err_hint(e, "it was done all the same; only the answer is missing");
	if (err)
		buf_cut(reply, from);
	return err;
}

/* A recall that finds no room takes what is kept for it; so does what may bring another's. */
static enum err
run(const struct op *op, struct op_call *call, struct buf *reply, struct errinfo *e)
{
	call->urgent = op->run == op_recall || op->run == op_sync;
	reserve_again(call->n->env, &call->n->no_reserve);
	enum err err = attempt(op, call, reply, e);
	if (err == ERR_FULL && call->urgent && !call->done && reserve_give(call->n->env)) {
		call->n->no_reserve = true;
		call->late = (struct errinfo){0};
		err = attempt(op, call, reply, e);
	}
	return err;
}

enum err
node_call_alone(const struct node_call *c, struct buf *reply, struct errinfo *e)
{
	struct arena a = ARENA_INIT(CALL_ARENA);
	struct json_writer w;
	struct op_call call = {.c = c, .a = &a, .out = &w};
	const struct op *op = find(c->op);
	struct str all;
	size_t from = reply->n;
	enum err err;
	assert(op && (op->run == op_card_show || op->run == op_charter_show || op->run == op_charter_assemble));
	crypto_init();
	json_write_init(&w, reply, 0);
	json_open_object(&w);
	if (!(err = json_parse(&a, c->args, &call.args, e)) && !(err = check_args(op, call.args, e)) && !(err = op->run(&call, e))) {
		json_close(&w);
		json_write_done(&w);
		err = buf_take(reply, &all, e);
	}
	if (err)
		buf_cut(reply, from);
	arena_done(&a);
	return err;
}

enum err
node_call(struct node *n, const struct node_call *c, struct buf *reply, struct errinfo *e)
{
	struct arena a = ARENA_INIT(CALL_ARENA);
	const struct op *op = find(c->op);
	struct op_call call = {.n = n, .c = c, .a = &a};
	struct view_who who = {c->who.clearances, c->who.nclearances};
	enum err err;
	const struct view_who nothing = {0};
	if (c->who.account && !(c->who.scopes & SCOPE_READ) && op && (op->may == OP_READ || op->may == OP_LOOK))
		call.who = &nothing;
	else if (c->who.clearances)
		call.who = &who;
	if (!op)
		return err_set(e, ERR_USAGE, "no operation \"%.*s\"", STR_FMT(str_sub(c->op, 0, 60)));
	if (e)
		*e = (struct errinfo){0};
	bool root_here = n->keys->has_root;
	err = json_parse(&a, c->args.n ? c->args : STR("{}"), &call.args, e);
	if (!err)
		err = check_args(op, call.args, e);
	if (!err && c->root_key.n)
		err = keys_root_take(n->keys, c->root_key, e);
	if (!err)
		err = run(op, &call, reply, e);
	if (!root_here)
		keys_root_forget(n->keys);
	if (node_op_upsets(c->op)) /* a clearance may mean something else now */
		people_changed(n);
	if (err && e && e->code != err) /* whoever failed said nothing of its own: the least there is to say */
		err_set(e, err, "%s: %s", op->name, err_text(err));
	arena_done(&a);
	return err;
}
