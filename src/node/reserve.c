#include "node/reserve.h"

#include <stdlib.h>

#include "base/limits.h"

static const char name[] = "reserve";

bool
reserve_there(const struct env *env)
{
	struct buf probe = BUF_INIT(16); /* the file is larger: whatever else is said, it is there */
	enum err err = env->read(env->ctx, name, &probe, NULL);
	buf_done(&probe);
	return err != ERR_NOTFOUND;
}

/* Whether it was cut short: then it is none. */
static bool
is_short(const struct env *env)
{
	struct buf all = BUF_INIT(LIMIT_RESERVE - 1);
	bool ret = env->read(env->ctx, name, &all, NULL) == OK;
	buf_done(&all);
	return ret;
}

bool
reserve_give(const struct env *env)
{
	return reserve_there(env) && env->remove(env->ctx, name, NULL) == OK;
}

void
reserve_keep(const struct env *env)
{
	if ((reserve_there(env) && !is_short(env)) || env->space(env->ctx) < 2 * LIMIT_RESERVE)
		return;
	char *bytes = malloc(LIMIT_RESERVE);
	if (!bytes)
		return;
	env->random(env->ctx, RND_HASH, STR("reserve"), 0, bytes, LIMIT_RESERVE); /* zeros take no room on some disks */
	if (env->write(env->ctx, name, str_bytes(bytes, LIMIT_RESERVE), NULL))
		(void)!env->remove(env->ctx, name, NULL);
	free(bytes);
}

void
reserve_again(const struct env *env, bool *none)
{
	if (!*none)
		return;
	reserve_keep(env);
	*none = !reserve_there(env);
}
