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
#include "api/feeds.h"
#include "api/local.h"
#include "api/manager.h"
#include "api/peer_serve.h"
#include "api/peer_sync.h"
#include "api/web_side.h"
#include "base/limits.h"
#include "base/time.h"
#include "crypto/secret.h"

enum { TICK = 30 * 1000 /* milliseconds */, TICK_LEAST = 200, TRIES = 20 };

struct running {
	struct host *host;
	atomic_bool stop;
	pthread_mutex_t m;
	pthread_cond_t gone;
	struct asker *askers; /* connections answered now */
	int naskers;
	int event;    /* written when something changed */
	int64_t tick; /* when the clock is to be asked next */
	atomic_bool governed;
	struct peer_book *book;
	struct peer_serve peers;
	struct peer_sync *sync;
	struct feeds *feeds;
	struct buf cert, key;
	struct web_side web;
	const struct log *log;
};

struct asker {
	struct running *r;
	int fd;
	struct asker *next;
};

static void
tell(void *ctx, enum err err, const struct errinfo *e)
{
	log_failure(((struct running *)ctx)->log, err, e);
}

static bool
stopping(void *ctx)
{
	return atomic_load(&((struct running *)ctx)->stop);
}

/* Closed under the lock, so that whoever cuts off those who are left meets no other file of that number. */
static void
leave(struct asker *a)
{
	struct running *r = a->r;
	pthread_mutex_lock(&r->m);
	struct asker **at = &r->askers;
	while (*at != a)
		at = &(*at)->next;
	*at = a->next;
	close(a->fd);
	r->naskers--;
	pthread_cond_signal(&r->gone);
	pthread_mutex_unlock(&r->m);
	free(a);
}

static void *
one(void *arg)
{
	struct asker *a = arg;
	answer(a->r->host, a->fd, stopping, a->r);
	leave(a);
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
	if ((room = a && r->naskers < LIMIT_ASKERS)) {
		*a = (struct asker){r, fd, r->askers};
		r->askers = a;
		r->naskers++;
	}
	pthread_mutex_unlock(&r->m);
	if (!room) {
		free(a);
		close(fd);
	} else if (local_same_user(fd) && !pthread_create(&thread, NULL, one, a)) {
		pthread_detach(thread);
	} else {
		leave(a);
	}
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

static enum err
start_peers(const struct serve *s, struct running *r, uint16_t *ret_port, struct errinfo *e)
{
	char address[64];
	uint16_t port = 0;
	const char *peers = s->config->value[CONFIG_PEERS];
	bool handed = r->peers.listening = manager_socket("peers", &r->peers.listener, address, &port);
	bool wanted = handed || strcmp(peers, "off") != 0;
	enum err err = host_tls(r->host, &r->cert, &r->key, e);
	if (!err && wanted && !handed)
		err = config_address(str_of(peers), address, &port, e);
	if (!err && wanted && !(err = peer_book_new(&r->book, e)) && !(err = peer_book_look(r->book, r->host, e))) {
		r->peers.told = tell;
		r->peers.ctx = r;
		r->peers.rate = (struct budget_rate){config_number(s->config, CONFIG_PEER_REQUESTS), config_number(s->config, CONFIG_PEER_MIB)};
		r->peers.per_peer = config_number(s->config, CONFIG_PEER_CONNECTIONS);
		err = peer_serve_start(&r->peers, r->host, r->book, address, port, ret_port, e);
	}
	return err ? err : peer_sync_start(r->host, buf_str(&r->cert), buf_str(&r->key), tell, r, &r->sync, e);
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

static int64_t
mono(void)
{
	struct timespec ts;
	return clock_gettime(CLOCK_MONOTONIC, &ts) ? 0 : (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* And again as soon as what is known already says that they will be others. */
static enum err
look_at_peers(struct running *r, bool fresh, struct errinfo *e)
{
	enum err err = r->book ? peer_book_look(r->book, r->host, e) : OK;
	int64_t due = host_peers_due(r->host), at = mono() + (due < TICK_LEAST ? TICK_LEAST : due < TICK ? due : TICK);
	r->tick = at < r->tick ? at : r->tick;
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
	feeds_wake(r->feeds);
	web_wake(r->web.at);
	return err;
}

/* A signal came: to read certificates again, or to end. */
static bool
is_end(struct running *r, int signals)
{
	struct signalfd_siginfo got;
	struct errinfo why;
	enum err err;
	if (read(signals, &got, sizeof got) != sizeof got)
		return false;
	if (got.ssi_signo != SIGHUP)
		return true;
	if ((err = web_side_again(&r->web, &why)))
		tell(r, err, &why);
	else
		log_event(r->log, LOG_INFO_, "reloaded", "what=certificates");
	return false;
}

static enum err
loop(struct running *r, int listener, int signals, struct errinfo *e)
{
	struct pollfd p[] = {{.fd = listener, .events = POLLIN}, {.fd = signals, .events = POLLIN}, {.fd = r->event, .events = POLLIN}};
	int64_t next_beat = 0;
	int beat = manager_beat();
	for (;;) {
		struct errinfo why;
		int64_t ms = mono();
		if (ms >= r->tick) {
			r->tick = ms + TICK;
			enum err err = host_tick(r->host, &why);
			if (!err)
				err = look_at_peers(r, false, &why); /* a charter may have come into force */
			if (err)
				tell(r, err, &why);
			web_beat(r->web.at);
		}
		if (beat && ms >= next_beat) {
			manager_tell("WATCHDOG=1");
			next_beat = ms + beat;
		}
		int64_t until = beat && next_beat < r->tick ? next_beat : r->tick;
		int n = poll(p, 3, (int)(until > ms ? until - ms : 0));
		if (n < 0 && errno != EINTR)
			return err_set(e, ERR_IO, "waiting: %s", strerror(errno));
		if (n > 0 && p[1].revents && is_end(r, signals))
			return OK;
		enum err err = n > 0 && p[2].revents ? take_change(r, &why) : OK;
		if (err)
			tell(r, err, &why);
		int fd = n > 0 && p[0].revents ? accept4(listener, NULL, NULL, SOCK_CLOEXEC) : -1;
		if (fd >= 0)
			take(r, fd);
	}
}

static bool
is_quiet(struct running *r)
{
	pthread_mutex_lock(&r->m);
	bool quiet = !r->naskers;
	pthread_mutex_unlock(&r->m);
	return quiet && web_is_drained(r->web.at) && peer_serve_is_drained(&r->peers);
}

/* Nobody more is taken; who is being answered has so long; then whatever is left is cut off, at the next place where nothing is half done. */
static void
wind_up(struct running *r, uint32_t seconds)
{
	const struct timespec pause = {.tv_nsec = 5 * 1000 * 1000};
	int64_t until = mono() + (int64_t)seconds * 1000, next_beat = 0;
	int beat = manager_beat();
	atomic_store(&r->stop, true);
	web_drain(r->web.at);
	peer_serve_drain(&r->peers);
	while (!is_quiet(r) && mono() < until) {
		nanosleep(&pause, NULL);
		if (beat && mono() >= next_beat) {
			manager_tell("WATCHDOG=1");
			next_beat = mono() + beat;
		}
	}
	host_stop(r->host);
	pthread_mutex_lock(&r->m);
	for (struct asker *a = r->askers; a; a = a->next)
		shutdown(a->fd, SHUT_RDWR);
	while (r->naskers)
		pthread_cond_wait(&r->gone, &r->m);
	pthread_mutex_unlock(&r->m);
}

enum err
serve_run(const struct serve *s, struct errinfo *e)
{
	struct running r = {.m = PTHREAD_MUTEX_INITIALIZER,
	    .gone = PTHREAD_COND_INITIALIZER,
	    .event = -1,
	    .cert = BUF_INIT(8 * KIB),
	    .key = BUF_INIT(8 * KIB),
	    .log = s->log};
	struct serve_ready is = {0};
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
	sigaddset(&set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &set, &before); /* inherited by every thread: signals come by the descriptor alone */
	if ((signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)) < 0)
		err = err_set(e, ERR_IO, "signals: %s", strerror(errno));
	else if ((r.event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0)
		err = err_set(e, ERR_IO, "events: %s", strerror(errno));
	else
		err = local_listen(s->dir, &listener, e);
	host_on_change(r.host, changed, &r);
	if (!err)
		err = start_peers(s, &r, &is.peers_port, e);
	if (!err)
		err = web_side_start(&r.web, s, r.host, &is, e);
	if (!err)
		err = feeds_start(r.host, s->env, tell, &r, &r.feeds, e);
	if (!err) {
		is.warning = host_warning(r.host);
		if (s->ready)
			s->ready(s->ctx, &is);
		log_event(s->log, LOG_INFO_, "ready", "web_port=%u peers_port=%u", is.web_port, is.peers_port);
		manager_tell("READY=1");
		err = loop(&r, listener, signals, e);
	}
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL); /* who asks twice does not wait for what is under way */
	manager_tell("STOPPING=1");
	local_remove(s->dir);
	if (listener >= 0)
		close(listener);
	feeds_end(r.feeds);
	wind_up(&r, config_number(s->config, CONFIG_STOP));
	feeds_stop(r.feeds);
	web_side_stop(&r.web);
	stop_peers(&r);
	if (signals >= 0)
		close(signals);
	if (r.event >= 0)
		close(r.event);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	host_close(r.host);
	return err;
}
