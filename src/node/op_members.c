/* Centres of a home, and who is in them. */
#include "node/ops.h"
#include "node/put.h"

/* Whether what the member says of its identities does not hold, since another says the same. */
static bool
is_contested(struct op_call *call, const struct share_centre *c, int member, const struct member_keys *keys)
{
	for (size_t i = 0; i < keys->nidentity; i++) {
		int whose = roster_identity(c->roster, op_now(call), keys->identities[i]);
		if (whose != -1 && whose != member)
			return true;
	}
	return false;
}

/* members: who is in a centre now. Reply:
 * {"centre","centre_id","you","items":[{"id","name","number","departed","observer","fingerprint","age","url","tls","identities":[…],
 * "epoch","counter","conflict": bool: key cards that contradict each other, "contested": bool: it claims an identity that another has or claims}]} */
enum err
op_members(struct op_call *call, struct errinfo *e)
{
	struct json_writer *w = call->out;
	struct share_centre *c;
	char hex[64];
	enum err err = op_centre(call, &c, e);
	if (err)
		return err;
	const struct charter *charter = c->charter ? c->charter : chain_last(c->chain);
	put_centre(w, c);
	put_member(w, "you", c, c->me);
	json_put_key(w, STR("items"));
	json_open_array(w);
	for (size_t i = 0; i < charter->nmember; i++) {
		const struct charter_member *m = &charter->members[i];
		struct roster_member now = {.keys = m->keys, .departed = m->departed};
		struct buf b = {.p = hex, .cap = sizeof hex, .max = sizeof hex};
		if (roster_at(c->roster, op_now(call), (int)i, &now, NULL)) { /* no charter in force yet: what it will say */
			now.keys = m->keys;
			now.departed = m->departed;
		}
		json_open_object(w);
		json_put_member(w, STR("id"), m->id);
		json_put_member(w, STR("name"), m->name);
		json_put_member_int(w, STR("number"), (int64_t)i);
		json_put_member_bool(w, STR("departed"), now.departed);
		json_put_member_bool(w, STR("observer"), charter->observers >> i & 1);
		put_fingerprint(w, "fingerprint", m->keys.root);
		json_put_member(w, STR("age"), now.keys.age);
		json_put_member(w, STR("url"), now.keys.url);
		buf_hex(&b, str_bytes(now.keys.tls, now.keys.has_tls ? sizeof now.keys.tls : 0));
		json_put_member(w, STR("tls"), buf_str(&b));
		json_put_key(w, STR("identities"));
		json_open_array(w);
		for (size_t k = 0; k < now.keys.nidentity; k++)
			json_put_string(w, now.keys.identities[k]);
		json_close(w);
		json_put_member_int(w, STR("epoch"), now.keys.epoch);
		json_put_member_int(w, STR("counter"), now.keys.counter);
		json_put_member_bool(w, STR("conflict"), now.conflicted);
		json_put_member_bool(w, STR("contested"), is_contested(call, c, (int)i, &now.keys));
		json_close(w);
	}
	json_close(w);
	return OK;
}

/* centres: those that the caller is told of. {"items":[{"centre","centre_id","fingerprint","you","members": how many present,"version","in_force":
 * bool,"forked": bool}]} */
enum err
op_centres(struct op_call *call, struct errinfo *e)
{
	struct json_writer *w = call->out;
	(void)e;
	json_put_key(w, STR("items"));
	json_open_array(w);
	for (int i = 0; i < call->n->share->ncentres; i++) {
		struct share_centre *c = &call->n->share->centre[i];
		const struct charter *charter = c->charter ? c->charter : chain_last(c->chain);
		struct chain_fork f;
		if (!op_sees_centre(call, c))
			continue;
		json_open_object(w);
		put_centre(w, c);
		put_fingerprint(w, "fingerprint", c->id.b);
		put_member(w, "you", c, c->me);
		json_put_member_int(w, STR("members"), __builtin_popcountll(charter->present));
		json_put_member_int(w, STR("version"), charter->version);
		json_put_member_bool(w, STR("in_force"), c->charter != NULL);
		json_put_member_bool(w, STR("forked"), chain_fork(c->chain, &f));
		json_close(w);
	}
	json_close(w);
	return OK;
}
