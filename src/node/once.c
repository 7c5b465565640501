#include "node/once.h"

#include "store/once.h"

enum { REPLY = 256 * KIB };

static bool
may_repeat(struct str op)
{
	return str_is(op, "add") || str_is(op, "release") || str_is(op, "config");
}

/* The same key of another account is another key. */
static struct hash
key_of(const struct node_call *c)
{
	struct sha256 h;
	sha256_init(&h);
	uint64_t account = (uint64_t)c->who.account;
	sha256_put(&h, str_bytes(&account, sizeof account));
	sha256_put(&h, c->once);
	struct hash key = sha256_end(&h);
	once_mine(&key, c->who.account, false);
	return key;
}

enum err
once_look(struct op_call *call, struct buf *reply, bool *ret_done, struct errinfo *e)
{
	const struct node_call *c = call->c;
	struct store *s = call->n->store;
	struct hash key = key_of(c);
	struct once_row row;
	int64_t now = op_now(call), before = now - TIME_DAY;
	size_t from = reply->n;
	enum err err = once_get(s, &key, &row, reply, e);
	*ret_done = false;
	if (err == ERR_NOTFOUND || (!err && row.at < before)) {
		buf_cut(reply, from);
		return once_begin(s, &key, &c->request, now, before, e);
	}
	if (err)
		return err;
	if (!hash_eq(&row.request, &c->request)) {
		buf_cut(reply, from);
		err_set(e, ERR_INVALID, "this key came with another request before");
		err_hint(e, "a new request needs a new key");
		return ERR_INVALID;
	}
	if (row.done && row.has_reply) {
		*ret_done = true;
		return OK;
	}
	if (row.done)
		return err_set(e, ERR_CONFLICT, "it was done already; its answer is not kept any more");
	if (may_repeat(c->op))
		return once_begin(s, &key, &c->request, now, before, e);
	err_set(e, ERR_CONFLICT, "the node ended while this was being done: whether it was is not known");
	err_hint(e, "look, and ask again with another key if it was not");
	return ERR_CONFLICT;
}

/* What is shown this once stands nowhere. */
static bool
is_secret(struct str op)
{
	return str_is(op, "token-add") || str_is(op, "account-totp");
}

void
once_over(struct op_call *call, bool failed, struct str reply)
{
	struct hash key = key_of(call->c);
	struct errinfo why = {0};
	enum err err = failed ? once_drop(call->n->store, &key, &why)
			      : once_done(call->n->store, &key, reply.n <= REPLY && !is_secret(call->c->op) ? reply : STR_NONE, &why);
	if (err) /* it stands as begun: told as not known, which is true */
		op_late(call, &why);
}

enum err
once_deleted(struct node *n, struct errinfo *e)
{
	return once_forget(n->store, e);
}
