/* A loop: one thread, one epoll, its connections. The first listens and deals what it accepts out to all by turns. */
#define _GNU_SOURCE /* accept4 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "http/server_int.h"

enum { EVENTS = 128, TICK_MS = 500, ACCEPTS = 64, TOLD = 32, FINISH_MS = 2000 };

int64_t
http_now(void)
{
	struct timespec ts;
	return clock_gettime(CLOCK_MONOTONIC, &ts) ? 0 : (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void
loop_poke(struct loop *l)
{
	const uint64_t one = 1;
	while (write(l->event, &one, sizeof one) < 0 && errno == EINTR)
		;
}

void
loop_give(struct loop *l, struct exchange *x)
{
	x->next = NULL;
	pthread_mutex_lock(&l->m);
	bool first = !l->inbox;
	*l->inbox_last = x;
	l->inbox_last = &x->next;
	pthread_mutex_unlock(&l->m);
	if (first)
		loop_poke(l);
}

static void
answered(struct exchange *x)
{
	if (x->gone)
		exchange_free(x);
	else
		conn_answer(x->conn, x);
}

static void
take_inbox(struct loop *l)
{
	pthread_mutex_lock(&l->m);
	struct exchange *x = l->inbox;
	struct conn *c = l->fresh;
	l->inbox = NULL;
	l->inbox_last = &l->inbox;
	l->fresh = NULL;
	pthread_mutex_unlock(&l->m);
	while (c) {
		struct conn *next = (struct conn *)c->link.next;
		conn_start(c);
		c = next;
	}
	while (x) {
		struct exchange *next = x->next;
		if (x->full) {
			answered(x);
		} else {
			x->next = NULL;
			*l->told_last = x;
			l->told_last = &x->next;
		}
		x = next;
	}
}

/* What streams say, some at a time: when thousands were woken, other connections have their turn between. */
static void
take_told(struct loop *l, size_t n)
{
	for (struct exchange *x; n-- && (x = l->told);) {
		if (!(l->told = x->next))
			l->told_last = &l->told;
		answered(x);
	}
}

static void
keep_address(struct conn *c, const struct sockaddr_storage *a)
{
	if (a->ss_family == AF_INET6) {
		memcpy(c->address, &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr, 16);
	} else {
		c->address[10] = c->address[11] = 0xff;
		memcpy(c->address + 12, &((const struct sockaddr_in *)(const void *)a)->sin_addr, 4);
	}
}

/* False: no descriptor is left; listening goes on with the next tick. */
static bool
accept_some(struct loop *l)
{
	struct http_server *s = l->s;
	for (int i = 0; i < ACCEPTS; i++) {
		struct sockaddr_storage a = {0};
		socklen_t n = sizeof a;
		const int yes = 1;
		const bool moving = atomic_load(&s->unsettled); /* asked first: whoever is none of them any more is not counted below either */
		if (moving && atomic_load(&s->nconns) >= s->c.connections)
			return true; /* there may be room in a moment: they wait with the system */
		int fd = accept4(s->listener, (struct sockaddr *)&a, &n, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0)
			return errno != EMFILE && errno != ENFILE && errno != ENOMEM && errno != ENOBUFS;
		struct conn *c = atomic_load(&s->nconns) < s->c.connections ? calloc(1, sizeof *c) : NULL;
		if (!c) {
			close(fd);
			continue;
		}
		atomic_fetch_add(&s->nconns, 1);
		atomic_fetch_add(&s->busy, 1);
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
		c->fd = fd;
		keep_address(c, &a);
		struct loop *to = c->loop = &s->loops[s->next_loop++ % s->nloops];
		conn_unsettled(c, true);
		if (to == l) {
			conn_start(c);
			continue;
		}
		pthread_mutex_lock(&to->m);
		c->link.next = (struct link *)to->fresh;
		to->fresh = c;
		pthread_mutex_unlock(&to->m);
		loop_poke(to);
	}
	return true;
}

static void
listen_to(struct loop *l, bool on)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.ptr = l};
	if (on != l->listens && epoll_ctl(l->epoll, on ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, l->s->listener, &ev) == 0)
		l->listens = on;
}

static void
tick(struct loop *l)
{
	struct http_server *s = l->s;
	struct tm tm;
	time_t t = time(NULL);
	if (gmtime_r(&t, &tm))
		strftime(l->date, sizeof l->date, "%a, %d %b %Y %H:%M:%S GMT", &tm);
	for (struct link *at = l->conns.next, *next; at != &l->conns; at = next) {
		next = at->next;
		conn_tick((struct conn *)at);
	}
	if (l == s->loops) {
		exchange_wait_over(s);
		if (s->listener >= 0 && !atomic_load(&s->finish))
			listen_to(l, true);
	}
}

/* Before the end: nobody more comes, and those of whom nothing has come go. */
static void
drain(struct loop *l)
{
	struct http_server *s = l->s;
	if (l == s->loops && s->listener >= 0) {
		if (l->listens)
			listen_to(l, false);
		close(s->listener);
		s->listener = -1;
	}
	for (struct link *at = l->conns.next, *next; at != &l->conns; at = next) {
		struct conn *c = (struct conn *)at;
		next = at->next;
		if (c->state == CONN_HANDSHAKE || (c->state == CONN_HEAD && !c->in.n))
			conn_close(c);
	}
}

/* At the end: whoever has nothing more to hear goes; true when all are gone. */
static bool
finish(struct loop *l)
{
	for (struct link *at = l->conns.next, *next; at != &l->conns; at = next) {
		struct conn *c = (struct conn *)at;
		next = at->next;
		if (c->head_at == c->head.n && c->body_at == conn_body(c).n && !c->again)
			conn_close(c);
	}
	return l->conns.next == &l->conns;
}

static void *
run(void *arg)
{
	struct loop *l = arg;
	struct epoll_event events[EVENTS];
	int64_t ticked = 0, until = 0;
	bool drained = false;
	for (;;) {
		int64_t left = ticked + TICK_MS - http_now();
		int n = epoll_wait(l->epoll, events, EVENTS, left > 0 && !l->told ? (int)left : 0);
		bool inbox = false;
		l->now = http_now();
		for (int i = 0; i < n; i++) {
			if (events[i].data.ptr == l) {
				if (!accept_some(l))
					listen_to(l, false);
			} else if (!events[i].data.ptr) {
				uint64_t many;
				inbox = read(l->event, &many, sizeof many) > 0;
			} else {
				conn_event(events[i].data.ptr, events[i].events);
			}
		}
		if (inbox)
			take_inbox(l);
		take_told(l, TOLD);
		if (l->now - ticked >= TICK_MS) {
			tick(l);
			ticked = l->now;
			drained = false; /* some were dealt out to it meanwhile */
		}
		if (!drained && atomic_load(&l->s->drain)) {
			drain(l);
			drained = true;
		}
		if (atomic_load(&l->s->finish)) {
			if (!until)
				until = l->now + FINISH_MS;
			take_inbox(l);
			take_told(l, SIZE_MAX);
			if (l->listens)
				listen_to(l, false);
			if (finish(l) || l->now > until)
				break;
		}
	}
	while (l->conns.next != &l->conns)
		conn_close((struct conn *)l->conns.next);
	return NULL;
}

bool
loop_start(struct loop *l, struct http_server *s, bool listens)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.ptr = NULL};
	l->s = s;
	l->now = http_now();
	link_init(&l->conns);
	l->inbox_last = &l->inbox;
	l->told_last = &l->told;
	pthread_mutex_init(&l->m, NULL);
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	l->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (l->epoll < 0 || l->event < 0 || epoll_ctl(l->epoll, EPOLL_CTL_ADD, l->event, &ev))
		return false;
	if (listens)
		listen_to(l, true);
	l->runs = !pthread_create(&l->thread, NULL, run, l);
	return l->runs;
}

void
loop_end(struct loop *l)
{
	if (!l->s)
		return;
	if (l->runs) {
		loop_poke(l);
		pthread_join(l->thread, NULL);
	}
	take_inbox(l); /* what was given while it ended: those gone are freed */
	take_told(l, SIZE_MAX);
	while (l->conns.next != &l->conns)
		conn_close((struct conn *)l->conns.next);
	if (l->epoll >= 0)
		close(l->epoll);
	if (l->event >= 0)
		close(l->event);
	pthread_mutex_destroy(&l->m);
}
