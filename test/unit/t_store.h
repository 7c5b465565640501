/* A home in a temporary folder, for the tests of the store. */
#ifndef UNIT_T_STORE_H
#define UNIT_T_STORE_H

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/time.h"
#include "crypto/init.h"
#include "env/posix.h"
#include "store/local.h"
#include "store/record.h"
#include "store/view.h"
#include "test.h"

struct home {
	char path[64];
	struct env_posix *posix;
	const struct env *env;
	struct store *store;
};

static struct errinfo e;

static inline void
home_new(struct home *h)
{
	crypto_init();
	(void)snprintf(h->path, sizeof h->path, "/tmp/comity-store.XXXXXX");
	CHECK(mkdtemp(h->path));
	CHECK_OK(env_posix_new(h->path, true, &h->posix, &e));
	h->env = env_posix_env(h->posix);
	CHECK_OK(store_open(h->env, true, &h->store, &e));
}

static inline void
home_reopen(struct home *h)
{
	store_close(h->store);
	h->store = NULL;
	CHECK_OK(store_open(h->env, false, &h->store, &e));
}

static inline void
home_free(struct home *h)
{
	char command[100];
	store_close(h->store);
	env_posix_free(h->posix);
	(void)snprintf(command, sizeof command, "rm -rf %s", h->path);
	CHECK(system(command) == 0);
}

/* Whether a file of the home holds these bytes. */
static inline bool
home_holds(struct home *h, const char *file, const char *bytes)
{
	char path[128];
	struct buf b = BUF_INIT(64 * MIB);
	(void)snprintf(path, sizeof path, "%s/%s", h->path, file);
	bool found = test_read(path, &b) && str_find(buf_str(&b), str_of(bytes)) >= 0;
	buf_done(&b);
	return found;
}

/* A log of that circle and author, made in its own transaction. */
static inline void
home_log(struct home *h, uint64_t circle, int author, struct record_log *ret)
{
	memset(ret, 0, sizeof *ret);
	ret->centre = 1;
	ret->circle = circle;
	ret->author = author;
	ret->last_time = TIME_MIN;
	(void)snprintf(ret->origin, sizeof ret->origin, "comity/test/%llx/%d/0", (unsigned long long)circle, author);
	ret->id = hash_of(str_of(ret->origin));
	CHECK_OK(record_begin(h->store, &e));
	CHECK_OK(record_log_new(h->store, ret, &e));
	CHECK_OK(record_commit(h->store, &e));
}

#endif
