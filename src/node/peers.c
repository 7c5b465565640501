#include "node/peers.h"

#include <string.h>

#include "node/keys.h"
#include "node/op.h"

static enum err
centre_peers(
    struct node *n, const struct share_centre *c, enum err (*each)(void *, const struct node_peer *, struct errinfo *), void *ctx, struct errinfo *e)
{
	char hex[2 * HASH_LEN];
	struct buf id = {.p = hex, .cap = sizeof hex, .max = sizeof hex};
	int64_t now = n->env->now(n->env->ctx);
	uint64_t present = chain_present(c->chain, now);
	enum err err = OK;
	hash_put_hex(&id, &c->id);
	for (int i = 0; i < LIMIT_MEMBERS && !err; i++) {
		struct roster_member m;
		if (!(present >> i & 1) || i == c->me || roster_at(c->roster, now, i, &m, NULL) || m.departed)
			continue;
		struct node_peer p = {.centre = buf_str(&id),
		    .member = str_of(c->policy->member[i]),
		    .you = str_of(c->policy->member[c->me]),
		    .has_pin = m.keys.has_tls,
		    .url = m.keys.url};
		memcpy(p.pin.b, m.keys.tls, sizeof p.pin.b);
		err = each(ctx, &p, e);
	}
	return err;
}

enum err
node_peers(struct node *n, enum err (*each)(void *ctx, const struct node_peer *p, struct errinfo *e), void *ctx, struct errinfo *e)
{
	enum err err = share_refresh(n->share, e);
	for (int i = 0; i < n->share->ncentres && !err; i++)
		if (n->share->centre[i].charter && n->share->centre[i].me >= 0)
			err = centre_peers(n, &n->share->centre[i], each, ctx, e);
	return err;
}

int64_t
node_peers_due(struct node *n)
{
	int64_t now = n->env->now(n->env->ctx), first = TIME_NEVER;
	for (int i = 0; i < n->share->ncentres; i++) {
		int64_t t = n->share->centre[i].charter ? roster_next(n->share->centre[i].roster, now) : TIME_NEVER;
		first = t < first ? t : first;
	}
	return first == TIME_NEVER ? INT64_MAX : (first - now) / 1000 + 1;
}

static bool
op_is(struct str op, enum op_may may)
{
	for (size_t i = 0; i < op_count; i++)
		if (str_is(op, op_table[i].name))
			return op_table[i].may == may;
	return false;
}

bool
node_op_upsets(struct str op)
{
	return (op_is(op, OP_GOVERN) && !str_is(op, "evidence")) || str_is(op, "sync") || str_is(op, "pouch-open");
}

bool
node_op_reads(struct str op)
{
	return op_is(op, OP_READ) || op_is(op, OP_LOOK) || op_is(op, OP_SELF);
}

bool
node_op_between(struct str op)
{
	static const char *const also[] = {
	    "requests", "due", "logs", "log", "audit", "quarantine", "quarantine-show", "release-plan", "collect-list", "collect-show"};
	if (op_is(op, OP_READ) || op_is(op, OP_LOOK))
		return true;
	for (size_t i = 0; i < sizeof also / sizeof *also; i++)
		if (str_is(op, also[i]))
			return true;
	return false;
}

bool
node_is_idle(const struct node *n)
{
	return store_is_idle(n->store);
}

const struct sign_key *
node_tls_key(const struct node *n)
{
	return &n->keys->tls;
}
