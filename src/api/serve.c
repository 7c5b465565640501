#define _GNU_SOURCE /* accept4 */
#include "api/serve.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/answer.h"
#include "api/local.h"
#include "base/limits.h"
#include "base/time.h"

enum { TICK = 30 * 1000 /* milliseconds */ };

struct running {
	struct host *host;
	atomic_bool stop;
	pthread_mutex_t m;
	pthread_cond_t gone;
	int askers; /* connections answered now */
};

struct asker {
	struct running *r;
	int fd;
};

static bool
stopping(void *ctx)
{
	return atomic_load(&((struct running *)ctx)->stop);
}

static void
leave(struct running *r)
{
	pthread_mutex_lock(&r->m);
	r->askers--;
	pthread_cond_signal(&r->gone);
	pthread_mutex_unlock(&r->m);
}

static void *
one(void *arg)
{
	struct asker a = *(struct asker *)arg;
	free(arg);
	answer(a.r->host, a.fd, stopping, a.r);
	close(a.fd);
	leave(a.r);
	return NULL;
}

/* A connection gets a thread; one too many, or another user's, is closed. */
static void
take(struct running *r, int fd)
{
	struct asker *a = malloc(sizeof *a);
	pthread_t thread;
	bool room;
	pthread_mutex_lock(&r->m);
	room = a && r->askers < LIMIT_ASKERS;
	r->askers += room;
	pthread_mutex_unlock(&r->m);
	if (room) {
		*a = (struct asker){r, fd};
		if (local_same_user(fd) && !pthread_create(&thread, NULL, one, a)) {
			pthread_detach(thread);
			return;
		}
		leave(r);
	}
	free(a);
	close(fd);
}

static enum err
loop(const struct serve *s, struct running *r, int listener, int signals, struct errinfo *e)
{
	struct pollfd p[] = {{.fd = listener, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
	struct timespec now;
	int64_t next = 0;
	for (;;) {
		if (clock_gettime(CLOCK_MONOTONIC, &now))
			return err_set(e, ERR_IO, "the machine has no monotonic clock");
		int64_t ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
		if (ms >= next) {
			struct errinfo why;
			enum err err = host_tick(r->host, &why);
			if (err && s->told)
				s->told(s->ctx, err, &why);
			next = ms + TICK;
		}
		int n = poll(p, 2, (int)(next > ms ? next - ms : 0));
		if (n < 0 && errno != EINTR)
			return err_set(e, ERR_IO, "waiting: %s", strerror(errno));
		if (n > 0 && p[1].revents)
			return OK;
		int fd = n > 0 && p[0].revents ? accept4(listener, NULL, NULL, SOCK_CLOEXEC) : -1;
		if (fd >= 0)
			take(r, fd);
	}
}

enum err
serve_run(const struct serve *s, struct errinfo *e)
{
	struct running r = {.m = PTHREAD_MUTEX_INITIALIZER, .gone = PTHREAD_COND_INITIALIZER};
	int listener = -1, signals = -1;
	sigset_t set, before;
	enum err err;
	if ((err = host_open(s->env, s->dir, s->set_clock, &r.host, e)))
		return err;
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	pthread_sigmask(SIG_BLOCK, &set, &before); /* inherited by every thread: signals come by the descriptor alone */
	if ((signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)) < 0)
		err = err_set(e, ERR_IO, "signals: %s", strerror(errno));
	else
		err = local_listen(s->dir, &listener, e);
	if (!err) {
		if (s->ready)
			s->ready(s->ctx);
		err = loop(s, &r, listener, signals, e);
		local_remove(s->dir);
	}
	atomic_store(&r.stop, true);
	if (listener >= 0)
		close(listener);
	pthread_mutex_lock(&r.m);
	while (r.askers)
		pthread_cond_wait(&r.gone, &r.m);
	pthread_mutex_unlock(&r.m);
	if (signals >= 0)
		close(signals);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	host_close(r.host);
	return err;
}
