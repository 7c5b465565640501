/* posix: the real env, for a home in a directory.
 *
 * Paths are up to four names joined by "/", each of 1 to 200 bytes, without control characters and not beginning with a dot; else ERR_INVALID. No
 * symbolic link is followed below the home. Folders of a path are made by write (mode 0700). Failures: ERR_FULL (disk or quota), ERR_DENIED (rights,
 * read-only), ERR_IO. */
#ifndef ENV_POSIX_H
#define ENV_POSIX_H

#include "base/env.h"

struct env_posix; /* owns the descriptor of the lock */

/* An env for the home at dir (which need not exist yet; create makes it, mode 0700, but not the folders it lies in). The env lives until
 * env_posix_free. An empty folder is closed to others by create. ERR_NOTFOUND; ERR_DENIED if it belongs to another user, or others may enter it;
 * ERR_INVALID if it is no folder. */
enum err env_posix_new(const char *dir, bool create, struct env_posix **ret, struct errinfo *e) MUST_USE;
/* The same for a folder that holds a backup: who else may enter it is not asked. */
enum err env_posix_backup(const char *dir, struct env_posix **ret, struct errinfo *e) MUST_USE;
const struct env *env_posix_env(const struct env_posix *p);
void env_posix_free(struct env_posix *p); /* unlocks; takes NULL */

#endif
