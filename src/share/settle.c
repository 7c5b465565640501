/* settle: kept as settings of the node: "restore" = the moment of the last restore, "settled.<centre>" = the members asked since, as a set in
 * hexadecimal. */
#include "share/settle.h"

#include <stdio.h>

#include "store/local.h"

static void
name_of(const struct share_centre *c, char ret[static 32])
{
	snprintf(ret, 32, "settled.%d", c->no);
}

/* The members asked since the restore; all if there was none. */
static enum err
asked(struct share *s, const struct share_centre *c, uint64_t *ret, struct errinfo *e)
{
	char name[32], space[64];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	uint64_t v = 0;
	size_t n;
	uint8_t bytes[8];
	enum err err = local_get(s->store, STR("restore"), &b, e);
	if (err == ERR_NOTFOUND) {
		*ret = UINT64_MAX;
		return OK;
	}
	if (err)
		return err;
	buf_clear(&b);
	name_of(c, name);
	err = local_get(s->store, str_of(name), &b, e);
	if (err == ERR_NOTFOUND)
		err = OK;
	else if (!err && hex_decode(buf_str(&b), bytes, sizeof bytes, &n) && n == sizeof bytes)
		for (int i = 0; i < 8; i++)
			v = v << 8 | bytes[i];
	if (!err)
		*ret = v;
	return err;
}

enum err
share_unsettle(struct share *s, struct errinfo *e)
{
	char space[32];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	enum err err;
	time_put(&b, s->env->now(s->env->ctx));
	if ((err = local_begin(s->store, e)))
		return err;
	err = local_set(s->store, STR("restore"), buf_str(&b), e);
	for (int i = 0; i < s->ncentres && !err; i++) {
		char name[32];
		name_of(&s->centre[i], name);
		err = local_unset(s->store, str_of(name), e);
	}
	if (err) {
		local_rollback(s->store);
		return err;
	}
	return local_commit(s->store, e);
}

enum err
share_settled_with(struct share *s, struct share_centre *centre, int peer, struct errinfo *e)
{
	char name[32], space[16];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	uint64_t v;
	uint8_t bytes[8];
	enum err err = asked(s, centre, &v, e);
	if (err || (v >> peer & 1))
		return err;
	v |= UINT64_C(1) << peer;
	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(v >> (56 - 8 * i));
	buf_hex(&b, str_bytes(bytes, sizeof bytes));
	name_of(centre, name);
	return local_set(s->store, str_of(name), buf_str(&b), e);
}

enum err
share_unsettled(struct share *s, struct share_centre *centre, uint64_t circle, uint64_t *ret, struct errinfo *e)
{
	uint64_t v;
	enum err err = asked(s, centre, &v, e);
	if (!err)
		*ret = circle & chain_present(centre->chain, s->env->now(s->env->ctx)) & ~(UINT64_C(1) << centre->me) & ~v;
	return err;
}
