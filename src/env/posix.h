/* posix: the real env, for a home in a directory. */
#ifndef ENV_POSIX_H
#define ENV_POSIX_H

#include "base/env.h"

struct env_posix; /* owns the descriptor of the lock */

/* An env for the home at dir (which need not exist yet; create makes it, mode 0700). The env lives until env_posix_free. */
enum err env_posix_new(const char *dir, bool create, struct env_posix **ret, struct errinfo *e) MUST_USE;
const struct env *env_posix_env(const struct env_posix *p);
void env_posix_free(struct env_posix *p); /* unlocks; takes NULL */

#endif
