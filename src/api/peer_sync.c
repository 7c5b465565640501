#include "api/peer_sync.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/peer_answer.h"
#include "base/limits.h"
#include "govern/keys.h"
#include "http/client.h"
#include "json/dom.h"

enum {
	PEERS_MAX = LIMIT_CENTRES * LIMIT_MEMBERS,
	LISTING_MAX = 16 * MIB,
	ANSWER_SECONDS = 120, /* for any one resource: the largest has 16 MiB */
	LISTING_SECONDS = 40, /* a listing may be waited for up to 25 */
	LISTING_EARLY = 20,   /* before that something is there that is another */
	SILENT_SECONDS = 15,  /* nothing else may: while a peer that fell silent is waited for, nothing is fetched from others */
	FIRST_PAUSE = 500,    /* milliseconds */
	LAST_PAUSE = 300 * 1000,
	IDLE_FREE = 3,          /* answers that came early and brought nothing, on end, before the next is waited with, */
	IDLE_PAUSE = 500,       /* which is so long: what the peer has to say itself is late by no more */
	PART_PAUSE = 30 * 1000, /* the most where the peer answers, but not all of it could be taken */
};

struct peer_thread {
	struct peer_sync *all;
	pthread_t thread;
	atomic_bool stop;
	char centre[2 * HASH_LEN + 1], member[GOVERN_ID_MAX + 1], you[GOVERN_ID_MAX + 1], url[LIMIT_URL + 1];
	struct hash pin;
	bool named;    /* in the last look */
	bool fetching; /* it has the turn to fetch */
	bool has_charters;
	struct hash charters; /* of the reply that it gave last */
	unsigned not_before;  /* seconds: the peer's budget for us is spent, which is no fault of its; 0: ask as ever */
	struct http_client *client;
};

struct peer_sync {
	struct host *h;
	struct str cert, key;
	void (*told)(void *ctx, enum err err, const struct errinfo *e);
	void *ctx;
	pthread_mutex_t m; /* of peers */
	struct peer_thread *peers[PEERS_MAX];
	size_t n;
	pthread_mutex_t sleep;
	pthread_cond_t wake;
	uint64_t news; /* how often something came that makes it worth trying again; under sleep */
};

static bool
stopped(void *ctx)
{
	return atomic_load(&((struct peer_thread *)ctx)->stop);
}

/* Or others wait, and it had its time. */
static bool
is_over(void *ctx)
{
	struct peer_thread *t = ctx;
	return stopped(t) || (t->fetching && host_sync_is_over(t->all->h));
}

/* Until then, or until it is to stop (false) or there are news (true). */
static bool
pause_for(struct peer_thread *t, int64_t ms)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&t->all->sleep);
	uint64_t before = t->all->news;
	while (!stopped(t) && before == t->all->news && !pthread_cond_timedwait(&t->all->wake, &t->all->sleep, &until))
		continue;
	bool news = before != t->all->news;
	pthread_mutex_unlock(&t->all->sleep);
	return news;
}

static enum err
get_url(struct peer_thread *t, struct str path, const char *query, unsigned seconds, struct buf *ret, struct errinfo *e)
{
	struct buf url = BUF_INIT(2 * KIB);
	int status = 0;
	buf_printf(&url, "%s/%s/%.*s%s", t->url, t->centre, STR_FMT(path), query);
	size_t from = ret->n;
	http_client_silence(t->client, *query ? 0 : SILENT_SECONDS);
	enum err err =
	    buf_ok(&url) ? http_client_get(t->client, buf_str(&url), seconds, &status, ret, e) : err_set(e, ERR_LIMIT, "the address is too long");
	buf_done(&url);
	if (!err && (err = peer_heard(status, t->member, e)))
		buf_cut(ret, from);
	if (status == 429) {
		unsigned wait = http_client_retry_after(t->client);
		t->not_before = wait < 1 ? 1 : wait < LIMIT_BUDGET_WAIT ? wait : LIMIT_BUDGET_WAIT;
		return err_set(e, ERR_BUSY, "%s wants to be asked again in %u seconds", t->member, t->not_before);
	}
	return err;
}

static enum err
get(void *ctx, struct str path, struct buf *ret, struct errinfo *e)
{
	struct peer_thread *t = ctx;
	size_t from = ret->n;
	enum err err = get_url(t, path, "", ANSWER_SECONDS, ret, e);
	if (!err && str_is(path, "charters")) {
		t->charters = hash_of(str_sub(buf_str(ret), from, ret->n));
		t->has_charters = true;
	}
	return err;
}

/* Whether a fetch took all that was there: nothing was refused, waits for its time, or lacks its payload. */
static bool
is_whole(struct str reply)
{
	static const char *const names[] = {"refused", "waiting", "pending"};
	struct arena a = ARENA_INIT(MIB);
	const struct json *all, *one = NULL;
	bool whole = json_parse(&a, reply, &all, NULL) == OK && (one = json_at(json_get(all, STR("items")), 0)) != NULL;
	for (size_t i = 0; i < sizeof names / sizeof *names && whole; i++) {
		int64_t n;
		whole = json_i64(json_get(one, str_of(names[i])), &n) && n == 0;
	}
	arena_done(&a);
	return whole;
}

/* Whether a fetch brought anything, or had anything to say. */
static bool
is_idle(struct str reply)
{
	static const char *const names[] = {"charters", "entries", "objects", "countersignatures", "forks", "refused", "receipts", "flags"};
	struct arena a = ARENA_INIT(MIB);
	const struct json *all, *one = NULL;
	bool idle = json_parse(&a, reply, &all, NULL) == OK && (one = json_at(json_get(all, STR("items")), 0)) != NULL;
	for (size_t i = 0; i < sizeof names / sizeof *names && idle; i++) {
		int64_t n;
		idle = json_i64(json_get(one, str_of(names[i])), &n) && n == 0;
	}
	arena_done(&a);
	return idle;
}

static time_t
monotonic(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* Waits for another listing than *seen, or other charters and cards than it gave last, fetches, and remembers it. ERR_BUSY: not all could be taken;
 * it is worth asking again. *ret_idle: it was told early that there is something, and there was nothing. */
static enum err
step(struct peer_thread *t, struct hash *seen, bool *known, bool *ret_idle, struct errinfo *e)
{
	struct buf listing = BUF_INIT(LISTING_MAX), reply = BUF_INIT(MIB);
	char query[32 + 4 * HASH_LEN + 1] = "";
	time_t began = monotonic();
	const struct transport peer = {.ctx = t, .get = get, .name = t->member};
	if (*known) {
		struct buf b = {.p = query, .cap = sizeof query, .max = sizeof query};
		buf_puts(&b, "?unlike=");
		hash_put_hex(&b, seen);
		if (t->has_charters) {
			buf_puts(&b, "&charters=");
			hash_put_hex(&b, &t->charters);
		}
		buf_putc(&b, '\0');
	}
	enum err err = get_url(t, STR("logs"), query, LISTING_SECONDS, &listing, e);
	struct hash now = hash_of(buf_str(&listing));
	/* the same listing before its time: it is the charters */
	bool soon = *known && monotonic() - began < LISTING_EARLY, early = soon && t->has_charters;
	*ret_idle = soon;
	const struct hash before = t->charters;
	if (!err && (!*known || early || !hash_eq(&now, seen))) {
		t->fetching = true;
		err = host_sync(t->all->h, str_of(t->centre), str_of(t->member), &peer, &reply, e);
		t->fetching = false;
		*ret_idle = soon && !err && is_idle(buf_str(&reply));
		if (early && hash_eq(&before, &t->charters)) /* it was not: from now on the listing alone is waited for, until it says more */
			t->has_charters = false;
		*seen = now;
		*known = !err && is_whole(buf_str(&reply));
		if (!err && !*known)
			err = ERR_BUSY;
	}
	buf_done(&listing);
	buf_done(&reply);
	return err;
}

/* What comes meanwhile from elsewhere does not make the peer's budget larger. */
static void
obey(struct peer_thread *t)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	for (time_t until = now.tv_sec + t->not_before; now.tv_sec < until && !stopped(t); clock_gettime(CLOCK_MONOTONIC, &now))
		(void)pause_for(t, (int64_t)(until - now.tv_sec) * 1000);
	t->not_before = 0;
}

static void *
follow(void *arg)
{
	struct peer_thread *t = arg;
	struct hash seen;
	bool known = false, said = false, idle = false;
	unsigned idled = 0;
	int64_t wait = FIRST_PAUSE;
	struct errinfo e;
	enum err err = http_client_new(t->all->cert, t->all->key, &t->pin, &t->client, &e);
	if (!err && !(err = http_client_header(t->client, PEER_MEMBER, str_of(t->you), &e)))
		http_client_stop(t->client, is_over, t);
	while (!err && !stopped(t)) {
		enum err one = step(t, &seen, &known, &idle, &e);
		if (!one || one == ERR_STOPPED) {
			wait = FIRST_PAUSE;
			said = false;
			idled = idle ? idled + 1 : 0;
			if (idled > IDLE_FREE)
				(void)pause_for(t, IDLE_PAUSE);
			continue;
		}
		if (t->not_before) {
			obey(t);
			continue;
		}
		if (one != ERR_BUSY && !said && t->all->told && !stopped(t)) { /* once, until it answers again */
			err_at(&e, "%s (%s)", t->member, t->url);
			t->all->told(t->all->ctx, one, &e);
			said = true;
		}
		int64_t most = one == ERR_BUSY ? PART_PAUSE : LAST_PAUSE;
		wait = pause_for(t, wait < most ? wait : most) ? FIRST_PAUSE : wait * 2 < LAST_PAUSE ? wait * 2 : LAST_PAUSE;
	}
	http_client_free(t->client);
	return NULL;
}

static enum err
note(void *ctx, const struct node_peer *peer, struct errinfo *e)
{
	struct peer_sync *p = ctx;
	struct str url = str_sub(peer->url, 0, peer->url.n - str_ends(peer->url, STR("/")));
	if (!peer->has_pin || !url.n || url.n > LIMIT_URL || p->n == PEERS_MAX)
		return OK;
	for (size_t i = 0; i < p->n; i++) {
		struct peer_thread *t = p->peers[i];
		if (str_is(peer->centre, t->centre) && str_is(peer->member, t->member) && str_is(url, t->url) && hash_eq(&t->pin, &peer->pin)) {
			t->named = true;
			return OK;
		}
	}
	struct peer_thread *t = calloc(1, sizeof *t);
	if (!t)
		return err_nomem(e);
	t->all = p;
	t->named = true;
	t->pin = peer->pin;
	memcpy(t->centre, peer->centre.p, peer->centre.n);
	memcpy(t->member, peer->member.p, peer->member.n);
	memcpy(t->you, peer->you.p, peer->you.n);
	memcpy(t->url, url.p, url.n);
	if (pthread_create(&t->thread, NULL, follow, t)) {
		free(t);
		return err_set(e, ERR_NOMEM, "no thread to be had");
	}
	p->peers[p->n++] = t;
	return OK;
}

static void
end(struct peer_thread *t)
{
	atomic_store(&t->stop, true);
	pthread_mutex_lock(&t->all->sleep);
	pthread_cond_broadcast(&t->all->wake);
	pthread_mutex_unlock(&t->all->sleep);
	pthread_join(t->thread, NULL);
	free(t);
}

enum err
peer_sync_look(struct peer_sync *p, bool fresh, struct errinfo *e)
{
	struct peer_thread *gone[PEERS_MAX];
	size_t ngone = 0, kept = 0;
	pthread_mutex_lock(&p->m);
	for (size_t i = 0; i < p->n; i++)
		p->peers[i]->named = false;
	enum err err = host_peers(p->h, note, p, e);
	for (size_t i = 0; i < p->n && !err; i++)
		if (p->peers[i]->named)
			p->peers[kept++] = p->peers[i];
		else
			gone[ngone++] = p->peers[i];
	if (!err)
		p->n = kept;
	pthread_mutex_unlock(&p->m);
	if (fresh) {
		pthread_mutex_lock(&p->sleep);
		p->news++;
		pthread_cond_broadcast(&p->wake);
		pthread_mutex_unlock(&p->sleep);
	}
	for (size_t i = 0; i < ngone; i++)
		end(gone[i]);
	return err;
}

enum err
peer_sync_start(struct host *h, struct str cert, struct str key, void (*told)(void *ctx, enum err err, const struct errinfo *e), void *ctx,
    struct peer_sync **ret, struct errinfo *e)
{
	struct peer_sync *p = calloc(1, sizeof *p);
	pthread_condattr_t by_monotonic;
	if (!p)
		return err_nomem(e);
	*p = (struct peer_sync){.h = h, .cert = cert, .key = key, .told = told, .ctx = ctx};
	pthread_mutex_init(&p->m, NULL);
	pthread_mutex_init(&p->sleep, NULL);
	pthread_condattr_init(&by_monotonic);
	pthread_condattr_setclock(&by_monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&p->wake, &by_monotonic);
	pthread_condattr_destroy(&by_monotonic);
	enum err err = peer_sync_look(p, false, e);
	if (err)
		peer_sync_stop(p);
	else
		*ret = p;
	return err;
}

void
peer_sync_stop(struct peer_sync *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n; i++)
		atomic_store(&p->peers[i]->stop, true);
	for (size_t i = 0; i < p->n; i++)
		end(p->peers[i]);
	pthread_mutex_destroy(&p->m);
	pthread_mutex_destroy(&p->sleep);
	pthread_cond_destroy(&p->wake);
	free(p);
}
