#define _GNU_SOURCE /* O_TMPFILE */
#include "api/host.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"

struct host {
	const struct env *env;
	const char *dir;
	enum err (*set_clock)(struct str text, struct errinfo *e);
	struct node *node;
	pthread_mutex_t turn;
};

enum err
host_open(const struct env *env, const char *dir, enum err (*set_clock)(struct str text, struct errinfo *e), struct host **ret, struct errinfo *e)
{
	struct host *h = calloc(1, sizeof *h);
	if (!h)
		return err_nomem(e);
	enum err err = node_open(env, "serve", &h->node, e);
	if (err) {
		free(h);
		return err;
	}
	h->env = env;
	h->dir = dir;
	h->set_clock = set_clock;
	pthread_mutex_init(&h->turn, NULL);
	*ret = h;
	return OK;
}

void
host_close(struct host *h)
{
	if (!h)
		return;
	node_close(h->node);
	pthread_mutex_destroy(&h->turn);
	free(h);
}

struct spool {
	struct host *h;
	FILE *f;
};

static enum err
spool_write(void *ctx, struct str s, struct errinfo *e)
{
	struct spool *p = ctx;
	if (p->h->env->space(p->h->env->ctx) < LIMIT_SPACE) {
		err_set(e, ERR_FULL, "no space left on the disk for the input");
		err_hint(e, "free some space and try again; nothing was changed");
		return ERR_FULL;
	}
	if (fwrite(s.p, 1, s.n, p->f) == s.n)
		return OK;
	return err_set(e, errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_IO, "keeping the input: %s", strerror(errno));
}

static enum err
spool_read(void *ctx, void *p, size_t cap, size_t *ret_n, struct errinfo *e)
{
	*ret_n = fread(p, 1, cap, ctx);
	return *ret_n == 0 && ferror((FILE *)ctx) ? err_set(e, ERR_IO, "the input that was kept: %s", strerror(errno)) : OK;
}

static enum err
enter(struct host *h, const struct node_call *c, struct buf *reply, struct errinfo *e)
{
	pthread_mutex_lock(&h->turn);
	enum err err = node_call(h->node, c, reply, e);
	pthread_mutex_unlock(&h->turn);
	return err;
}

enum err
host_call(struct host *h, const struct node_call *c, bool slow, struct buf *reply, struct errinfo *e)
{
	if (!c->in || !slow)
		return enter(h, c, reply, e);
	int fd = open(h->dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w+");
	if (!f) {
		enum err err = err_set(e, errno == ENOSPC ? ERR_FULL : ERR_IO, "no place in the home to keep the input: %s", strerror(errno));
		if (fd >= 0)
			close(fd);
		return err;
	}
	const struct source kept = {f, spool_read};
	struct spool spool = {h, f};
	struct node_call call = *c;
	call.in = &kept;
	enum err err = source_copy(*c->in, (struct sink){&spool, spool_write}, UINT64_MAX, NULL, e);
	if (!err && fseek(f, 0, SEEK_SET))
		err = err_set(e, ERR_IO, "the input that was kept: %s", strerror(errno));
	if (!err)
		err = enter(h, &call, reply, e);
	fclose(f);
	return err;
}

enum err
host_serve(struct host *h, struct str centre, struct str asker, struct str path, struct buf *reply, struct errinfo *e)
{
	pthread_mutex_lock(&h->turn);
	enum err err = node_serve(h->node, centre, asker, path, reply, e);
	pthread_mutex_unlock(&h->turn);
	return err;
}

enum err
host_tick(struct host *h, struct errinfo *e)
{
	pthread_mutex_lock(&h->turn);
	enum err err = node_tick(h->node, e);
	pthread_mutex_unlock(&h->turn);
	return err;
}

enum err
host_clock(struct host *h, struct str text, struct errinfo *e)
{
	if (!h->set_clock) {
		enum err err = err_set(e, ERR_DENIED, "--clock: the node that runs here goes by the real time");
		err_hint(e, "an exercise home is made by: comity init --exercise");
		return err;
	}
	pthread_mutex_lock(&h->turn);
	enum err err = h->set_clock(text, e);
	if (!err)
		err = node_tick(h->node, e);
	pthread_mutex_unlock(&h->turn);
	return err;
}
