#define _GNU_SOURCE /* O_TMPFILE */
#include "api/host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/events.h"
#include "api/host_int.h"
#include "api/pages.h"
#include "base/limits.h"
#include "base/time.h"
#include "http/tls.h"
#include "json/write.h"

static void
changed(struct host *h, bool governed)
{
	h->changes++;
	if (h->changed)
		h->changed(h->ctx, governed);
}

uint64_t
host_changes(const struct host *h)
{
	return h->changes;
}

struct pages *
host_pages(struct host *h)
{
	return h->pages;
}

void
host_stop(struct host *h)
{
	atomic_store(&h->stop, true);
}

int64_t
host_now(const struct host *h)
{
	return node_now(h->node);
}

struct events_hub *
host_events(struct host *h)
{
	return h->events;
}

void
host_on_change(struct host *h, void (*f)(void *ctx, bool governed), void *ctx)
{
	h->changed = f;
	h->ctx = ctx;
}

static struct host *
new_host(struct node *n)
{
	struct host *h = calloc(1, sizeof *h);
	if (!h || events_hub_new(h, &h->events, NULL) || host_people_open(h, NULL) || pages_new(LIMIT_PAGES_KEPT, &h->pages, NULL)) {
		if (h) {
			events_hub_free(h->events);
			host_people_close(h);
		}
		free(h);
		return NULL;
	}
	h->node = n;
	fair_init(&h->writing);
	fair_init(&h->turn);
	fair_init(&h->sync);
	pthread_mutex_init(&h->once_m, NULL);
	return h;
}

enum err
host_over(struct node *n, struct host **ret, struct errinfo *e)
{
	struct host *h = new_host(n);
	if (!h)
		return err_nomem(e);
	h->borrowed = true;
	*ret = h;
	return OK;
}

enum err
host_open(const struct env *env, const char *dir, enum err (*set_clock)(struct str text, struct errinfo *e), struct host **ret, struct errinfo *e)
{
	struct node *n;
	enum err err = node_open(env, "serve", &n, e);
	if (err)
		return err;
	struct host *h = new_host(n);
	if (!h) {
		node_close(n);
		return err_nomem(e);
	}
	h->env = env;
	h->dir = dir;
	h->set_clock = set_clock;
	*ret = h;
	return OK;
}

const char *
host_warning(const struct host *h)
{
	return node_warning(h->node);
}

void
host_close(struct host *h)
{
	if (!h)
		return;
	host_people_close(h);
	if (!h->borrowed)
		node_close(h->node);
	events_hub_free(h->events);
	fair_done(&h->writing);
	fair_done(&h->turn);
	fair_done(&h->sync);
	pthread_mutex_destroy(&h->once_m);
	pages_free(h->pages);
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
	return err_set(e, errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? ERR_FULL : ERR_IO, "keeping the input: %s", strerror(errno));
}

static enum err
spool_read(void *ctx, void *p, size_t cap, size_t *ret_n, struct errinfo *e)
{
	*ret_n = fread(p, 1, cap, ctx);
	return *ret_n == 0 && ferror((FILE *)ctx) ? err_set(e, ERR_IO, "the input that was kept: %s", strerror(errno)) : OK;
}

struct working {
	struct host *h;
	const struct node_call *c;
	uint64_t who;  /* asks, for the turn */
	uint64_t told; /* how much was done when others were last told */
};

enum { TELL = 10 * MIB };

/* Of one fetch from the network, if others wait: then it goes on after them. A peer that gives a little at a time keeps nobody else longer. */
#define SYNC_TURN (5 * TIME_SECOND)

/* Between two transactions: whoever waits to read goes first. */
static bool
let_in(void *ctx, const struct node_progress *p)
{
	struct working *w = ctx;
	struct host *h = w->h;
	if (atomic_load(&h->stop) || (w->c->progress && !w->c->progress(w->c->ctx, p)))
		return false;
	if (!node_is_idle(h->node))
		return true;
	if (p->done >= w->told + TELL) {
		w->told = p->done;
		changed(h, false);
	}
	if (fair_wanted(&h->turn)) {
		fair_leave(&h->turn);
		fair_enter(&h->turn, w->who);
	}
	return true;
}

/* A request under a key is done once; the same at the same time is refused, not made to wait. */
struct once {
	struct once *next;
	const struct node_call *c;
};

static bool
once_enter(struct host *h, struct once *mine)
{
	bool free = true;
	if (!mine->c->once.n)
		return true;
	pthread_mutex_lock(&h->once_m);
	for (const struct once *o = h->once; o && free; o = o->next)
		free = !str_eq(o->c->once, mine->c->once) || o->c->who.account != mine->c->who.account;
	if (free) {
		mine->next = h->once;
		h->once = mine;
	}
	pthread_mutex_unlock(&h->once_m);
	return free;
}

static void
once_leave(struct host *h, struct once *mine)
{
	if (!mine->c->once.n)
		return;
	pthread_mutex_lock(&h->once_m);
	struct once **p = &h->once;
	while (*p != mine)
		p = &(*p)->next;
	*p = mine->next;
	pthread_mutex_unlock(&h->once_m);
}

static enum err
work(struct host *h, const struct node_call *c, struct buf *reply, struct errinfo *e)
{
	const uint64_t who = c->peer ? FAIR_ITSELF : c->who.account ? (uint64_t)c->who.account : FAIR_USER;
	bool upsets = node_op_upsets(c->op), reads = node_op_reads(c->op), between = node_op_between(c->op);
	struct working w = {h, c, who, 0};
	struct node_call call = *c;
	if (!between) {
		fair_enter(&h->writing, who);
		call.progress = let_in;
		call.ctx = &w;
	}
	fair_enter(&h->turn, who);
	enum err err = node_call(h->node, &call, reply, e);
	h->upset += upsets;
	host_people_look(h);
	fair_leave(&h->turn);
	if (!between)
		fair_leave(&h->writing);
	if (!reads)
		changed(h, upsets);
	return err;
}

static enum err
enter(struct host *h, const struct node_call *c, struct buf *reply, struct errinfo *e)
{
	struct once mine = {NULL, c};
	if (!once_enter(h, &mine))
		return err_set(e, ERR_CONFLICT, "a request with this key is being done");
	enum err err = work(h, c, reply, e);
	once_leave(h, &mine);
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

/* Of a member's name, to tell one from the other. */
static uint64_t
hash_bits(struct str s)
{
	const struct hash h = hash_of(s);
	uint64_t v = 0;
	for (int i = 0; i < 7; i++)
		v = v << 8 | h.b[i];
	return v;
}

enum err
host_serve(struct host *h, struct str centre, struct str asker, struct str path, struct buf *reply, struct errinfo *e)
{
	fair_enter(&h->turn, FAIR_MEMBERS | hash_bits(asker));
	enum err err = node_serve(h->node, centre, asker, path, reply, e);
	fair_leave(&h->turn);
	return err;
}

enum err
host_tick(struct host *h, struct errinfo *e)
{
	if (!fair_try(&h->writing, FAIR_ITSELF))
		return OK;
	fair_enter(&h->turn, FAIR_ITSELF);
	enum err err = node_tick(h->node, e);
	fair_leave(&h->turn);
	fair_leave(&h->writing);
	changed(h, true); /* a charter may have come into force */
	return err;
}

struct far {
	struct host *h;
	const struct transport *peer;
};

bool
host_sync_is_over(struct host *h)
{
	return fair_wanted(&h->sync) && h->env->mono(h->env->ctx) >= h->sync_until;
}

/* Called by the node, in the thread that has the turn. */
static enum err
get_far(void *ctx, struct str path, struct buf *ret, struct errinfo *e)
{
	struct far *f = ctx;
	struct host *h = f->h;
	if (!node_is_idle(h->node)) /* two nodes that ask each other would wait for ever */
		return err_set(e, ERR_IO, "the record is in use: %.*s is asked for another time", STR_FMT(str_sub(path, 0, 100)));
	if (host_sync_is_over(h))
		return err_set(e, ERR_STOPPED, "it had its time, and others wait");
	uint64_t before = h->upset;
	fair_leave(&h->turn);
	fair_leave(&h->writing);
	enum err err = f->peer->get(f->peer->ctx, path, ret, e);
	fair_enter(&h->writing, FAIR_ITSELF);
	fair_enter(&h->turn, FAIR_ITSELF);
	if (h->upset != before)
		return err_set(e, ERR_STOPPED, "charters or keys changed meanwhile");
	return err;
}

enum err
host_sync(struct host *h, struct str centre, struct str member, const struct transport *peer, struct buf *reply, struct errinfo *e)
{
	struct far far = {h, peer};
	const struct transport yielding = {.ctx = &far, .get = get_far, .name = peer->name, .far = true, .sure = true};
	struct buf args = BUF_INIT(KIB);
	struct json_writer w;
	json_write_init(&w, &args, 0);
	json_open_object(&w);
	json_put_member(&w, STR("centre"), centre);
	json_put_member(&w, STR("member"), member);
	json_close(&w);
	json_write_done(&w);
	const struct node_call call = {.op = STR("sync"), .args = buf_str(&args), .who = {.name = STR("node")}, .peer = &yielding};
	fair_enter(&h->sync, hash_bits(centre) ^ hash_bits(member));
	h->sync_until = h->env->mono(h->env->ctx) + SYNC_TURN;
	enum err err = enter(h, &call, reply, e);
	fair_leave(&h->sync);
	buf_done(&args);
	return err;
}

enum err
host_peers(struct host *h, enum err (*each)(void *ctx, const struct node_peer *p, struct errinfo *e), void *ctx, struct errinfo *e)
{
	fair_enter(&h->turn, FAIR_ITSELF);
	enum err err = node_peers(h->node, each, ctx, e);
	fair_leave(&h->turn);
	return err;
}

int64_t
host_peers_due(struct host *h)
{
	fair_enter(&h->turn, FAIR_ITSELF);
	int64_t ms = node_peers_due(h->node);
	fair_leave(&h->turn);
	return ms;
}

enum err
host_tls(struct host *h, struct buf *ret_cert, struct buf *ret_key, struct errinfo *e)
{
	fair_enter(&h->turn, FAIR_ITSELF);
	enum err err = tls_pem(node_tls_key(h->node), ret_cert, ret_key, e);
	fair_leave(&h->turn);
	return err;
}

enum err
host_told(struct host *h, const struct node_line *lines, size_t n, struct errinfo *e)
{
	fair_enter(&h->turn, FAIR_ITSELF);
	enum err err = node_audit(h->node, lines, n, e);
	fair_leave(&h->turn);
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
	fair_enter(&h->writing, FAIR_ITSELF);
	fair_enter(&h->turn, FAIR_ITSELF);
	enum err err = h->set_clock(text, e);
	if (!err)
		err = node_tick(h->node, e);
	fair_leave(&h->turn);
	fair_leave(&h->writing);
	changed(h, true); /* a charter may have come into force */
	return err;
}
