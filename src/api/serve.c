#define _GNU_SOURCE /* accept4 */
#include "api/serve.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "api/answer.h"
#include "api/local.h"
#include "api/peer_serve.h"
#include "api/peer_sync.h"
#include "base/limits.h"
#include "base/time.h"
#include "crypto/secret.h"

enum { TICK = 30 * 1000 /* milliseconds */, TRIES = 20 };

struct running {
	struct host *host;
	atomic_bool stop;
	pthread_mutex_t m;
	pthread_cond_t gone;
	int askers; /* connections answered now */
	int event;  /* written when something changed */
	atomic_bool governed;
	struct peer_book *book;
	struct peer_serve peers;
	struct peer_sync *sync;
	struct buf cert, key;
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

static void
changed(void *ctx, bool governed)
{
	struct running *r = ctx;
	const uint64_t one_more = 1;
	if (governed)
		atomic_store(&r->governed, true);
	(void)!write(r->event, &one_more, sizeof one_more);
}

/* "[::1]:8450" in two. */
static enum err
parse_address(const char *text, char address[static 64], uint16_t *ret_port, struct errinfo *e)
{
	struct str s = str_of(text), host, port;
	uint64_t n;
	int64_t colon = -1;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == ':')
			colon = (int64_t)i;
	host = str_sub(s, 0, colon < 0 ? 0 : (size_t)colon);
	port = str_sub(s, colon < 0 ? s.n : (size_t)colon + 1, s.n);
	if (str_starts(host, STR("[")) && str_ends(host, STR("]")))
		host = str_sub(host, 1, host.n - 1);
	if (!host.n || host.n > 63 || !str_u64(port, &n) || n > UINT16_MAX) {
		err_set(e, ERR_USAGE, "%.80s is no address and port", text);
		err_hint(e, "such as 127.0.0.1:8450 or [::]:8450");
		return ERR_USAGE;
	}
	memcpy(address, host.p, host.n);
	address[host.n] = '\0';
	*ret_port = (uint16_t)n;
	return OK;
}

static enum err
start_peers(const struct serve *s, struct running *r, uint16_t *ret_port, struct errinfo *e)
{
	char address[64];
	uint16_t port = 0;
	enum err err = host_tls(r->host, &r->cert, &r->key, e);
	if (!err && s->peers)
		err = parse_address(s->peers, address, &port, e);
	if (!err && s->peers && !(err = peer_book_new(&r->book, e)) && !(err = peer_book_look(r->book, r->host, e))) {
		r->peers.told = s->told;
		r->peers.ctx = s->ctx;
		err = peer_serve_start(&r->peers, r->host, r->book, address, port, ret_port, e);
	}
	return err ? err : peer_sync_start(r->host, buf_str(&r->cert), buf_str(&r->key), s->told, s->ctx, &r->sync, e);
}

static void
stop_peers(struct running *r)
{
	peer_sync_stop(r->sync);
	peer_serve_stop(&r->peers);
	peer_book_free(r->book);
	secret_wipe_buf(&r->key);
	buf_done(&r->key);
	buf_done(&r->cert);
}

static enum err
look_at_peers(struct running *r, bool fresh, struct errinfo *e)
{
	enum err err = r->book ? peer_book_look(r->book, r->host, e) : OK;
	return err ? err : peer_sync_look(r->sync, fresh, e);
}

static enum err
take_change(struct running *r, struct errinfo *e)
{
	uint64_t n;
	enum err err = OK;
	(void)!read(r->event, &n, sizeof n);
	if (atomic_exchange(&r->governed, false))
		err = look_at_peers(r, true, e);
	peer_serve_wake(&r->peers);
	return err;
}

static enum err
loop(const struct serve *s, struct running *r, int listener, int signals, struct errinfo *e)
{
	struct pollfd p[] = {{.fd = listener, .events = POLLIN}, {.fd = signals, .events = POLLIN}, {.fd = r->event, .events = POLLIN}};
	struct timespec now;
	int64_t next = 0;
	for (;;) {
		struct errinfo why;
		if (clock_gettime(CLOCK_MONOTONIC, &now))
			return err_set(e, ERR_IO, "the machine has no monotonic clock");
		int64_t ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
		if (ms >= next) {
			enum err err = host_tick(r->host, &why);
			if (!err)
				err = look_at_peers(r, false, &why); /* a charter may have come into force */
			if (err && s->told)
				s->told(s->ctx, err, &why);
			next = ms + TICK;
		}
		int n = poll(p, 3, (int)(next > ms ? next - ms : 0));
		if (n < 0 && errno != EINTR)
			return err_set(e, ERR_IO, "waiting: %s", strerror(errno));
		if (n > 0 && p[1].revents)
			return OK;
		enum err err = n > 0 && p[2].revents ? take_change(r, &why) : OK;
		if (err && s->told)
			s->told(s->ctx, err, &why);
		int fd = n > 0 && p[0].revents ? accept4(listener, NULL, NULL, SOCK_CLOEXEC) : -1;
		if (fd >= 0)
			take(r, fd);
	}
}

enum err
serve_run(const struct serve *s, struct errinfo *e)
{
	struct running r = {
	    .m = PTHREAD_MUTEX_INITIALIZER, .gone = PTHREAD_COND_INITIALIZER, .event = -1, .cert = BUF_INIT(8 * KIB), .key = BUF_INIT(8 * KIB)};
	uint16_t port = 0;
	int listener = -1, signals = -1;
	sigset_t set, before;
	enum err err;
	/* a command, or a node that was ended, may be about to let the home go */
	for (int i = 0; (err = host_open(s->env, s->dir, s->set_clock, &r.host, e)) == ERR_BUSY && i < TRIES; i++) {
		const struct timespec wait = {.tv_nsec = 100 * 1000 * 1000};
		nanosleep(&wait, NULL);
	}
	if (err)
		return err;
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	pthread_sigmask(SIG_BLOCK, &set, &before); /* inherited by every thread: signals come by the descriptor alone */
	if ((signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)) < 0)
		err = err_set(e, ERR_IO, "signals: %s", strerror(errno));
	else if ((r.event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0)
		err = err_set(e, ERR_IO, "events: %s", strerror(errno));
	else
		err = local_listen(s->dir, &listener, e);
	host_on_change(r.host, changed, &r);
	if (!err)
		err = start_peers(s, &r, &port, e);
	if (!err) {
		if (s->ready)
			s->ready(s->ctx, port, host_warning(r.host));
		err = loop(s, &r, listener, signals, e);
	}
	local_remove(s->dir);
	atomic_store(&r.stop, true);
	if (listener >= 0)
		close(listener);
	pthread_mutex_lock(&r.m);
	while (r.askers)
		pthread_cond_wait(&r.gone, &r.m);
	pthread_mutex_unlock(&r.m);
	stop_peers(&r);
	if (signals >= 0)
		close(signals);
	if (r.event >= 0)
		close(r.event);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	host_close(r.host);
	return err;
}
