#include "node/rotate.h"

#include <string.h>

#include "node/keys.h"

/* Whether charter or card of some centre states this key as ours; *ret_epoch the highest epoch below it. */
static bool
stated(struct node *n, const struct sign_public *key, uint32_t *ret_epoch)
{
	int64_t now = n->env->now(n->env->ctx);
	bool yes = false;
	for (int i = 0; i < n->share->ncentres; i++) {
		struct share_centre *c = &n->share->centre[i];
		struct roster_member m;
		if (c->me < 0 || roster_at(c->roster, now, c->me, &m, NULL) || memcmp(m.keys.log, key->b, sizeof key->b) != 0)
			continue;
		yes = true;
		if (m.keys.epoch - 1 > *ret_epoch)
			*ret_epoch = m.keys.epoch - 1;
	}
	return yes;
}

enum err
rotate_finish(struct node *n, struct errinfo *e)
{
	struct sign_key next;
	uint32_t epoch = 0;
	enum err err = keys_next_read(n->env, &next, e);
	if (err == ERR_NOTFOUND)
		return OK;
	if (err)
		return err;
	struct sign_public pub = sign_key_public(&next);
	err = stated(n, &pub, &epoch) ? keys_next_place(n->env, n->keys, epoch, &next, e) : keys_next_drop(n->env, e);
	sign_key_done(&next);
	return err;
}
