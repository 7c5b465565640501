#include "api/feeds.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/taxii_from.h"
#include "base/limits.h"
#include "base/time.h"
#include "crypto/secret.h"
#include "json/write.h"
#include "node/collect.h"

enum { LOOK = 30 * 1000 /* milliseconds: the clock may have been set */, TRY_AGAIN = 1000 };

struct puller {
	struct feeds *all;
	pthread_t thread;
	bool began;
	char name[NODE_FEED_NAME + 1]; /* what it pulls; empty: nothing. Under pick */
};

struct feeds {
	struct host *h;
	const struct env *env;
	void (*told)(void *ctx, enum err err, const struct errinfo *e);
	void *ctx;
	atomic_bool stop;
	pthread_mutex_t pick; /* one looks at a time, so that no two pull the same; held while the node is waited for */
	pthread_mutex_t m;
	pthread_cond_t wake;
	uint64_t news; /* under m */
	struct puller pullers[LIMIT_FEED_PULLS];
};

/* A pull under way. */
struct running {
	struct feeds *all;
	struct node_feed_due due;
	struct node_feed_run sum;
};

static bool
stopped(void *ctx)
{
	return atomic_load(&((struct running *)ctx)->all->stop);
}

static bool
busy(void *ctx, struct str name)
{
	struct feeds *f = ctx;
	for (size_t i = 0; i < LIMIT_FEED_PULLS; i++)
		if (str_is(name, f->pullers[i].name))
			return true;
	return false;
}

static int64_t
number(const struct json *j, const char *name)
{
	int64_t n;
	return json_i64(json_get(j, str_of(name)), &n) ? n : 0;
}

static enum err
add_page(struct running *r, struct str page, struct buf *reply, struct errinfo *e)
{
	const struct node_feed *f = &r->due.feed;
	struct buf args = BUF_INIT(64 * KIB), who = BUF_INIT(KIB);
	struct source in = source_of_str(&page);
	struct json_writer w;
	struct str all;
	buf_printf(&who, "feed %.*s", STR_FMT(f->name));
	json_write_init(&w, &args, 0);
	json_open_object(&w);
	json_put_member(&w, STR("format"), STR("stix"));
	json_put_member(&w, STR("source"), f->url);
	if (f->mark.n)
		json_put_member(&w, STR("mark"), f->mark);
	if (f->centre.n)
		json_put_member(&w, STR("centre"), f->centre);
	json_put_member_bool(&w, STR("foreign"), true);
	json_put_member_bool(&w, STR("restart"), true); /* a page is no later part of another one that begins alike */
	json_close(&w);
	json_write_done(&w);
	enum err err = buf_take(&args, &all, e);
	if (!err) {
		const struct node_call call = {.op = STR("add"), .args = all, .in = &in, .who = {.name = buf_str(&who)}, .tells = true};
		err = host_call(r->all->h, &call, false, reply, e);
	}
	buf_done(&args);
	buf_done(&who);
	return err;
}

static enum err
take(void *ctx, struct str page, struct errinfo *e)
{
	struct running *r = ctx;
	struct buf reply = BUF_INIT(LIMIT_COLLECT_PAGE);
	struct arena a = ARENA_INIT(LIMIT_COLLECT_PAGE);
	const struct json *j;
	enum err err = add_page(r, page, &reply, e);
	if (!err && json_parse(&a, buf_str(&reply), &j, NULL) == OK) {
		r->sum.added += number(j, "added");
		r->sum.unchanged += number(j, "unchanged");
		r->sum.refused += number(j, "refused");
	}
	buf_done(&reply);
	arena_done(&a);
	return err;
}

static enum err
keep(void *ctx, const struct pull *at, struct errinfo *e)
{
	struct running *r = ctx;
	struct buf b = BUF_INIT(PULL_STATE);
	struct str place;
	pull_put_state(at, &b);
	enum err err = buf_take(&b, &place, e);
	if (!err)
		err = host_feed_keep(r->all->h, &r->due.feed, place, e);
	buf_done(&b);
	return err;
}

static enum err
pull(struct running *r, struct errinfo *e)
{
	const struct node_feed *f = &r->due.feed;
	char ca[LIMIT_URL + 1] = "";
	struct taxii_source s = {0};
	struct taxii_pages p = {.env = r->all->env, .seconds = LIMIT_FEED_RUN, .take = take, .keep = keep, .ctx = r};
	if (f->ca.n > LIMIT_URL)
		return err_set(e, ERR_LIMIT, "the path of the authorities is too long");
	if (f->ca.n)
		memcpy(ca, f->ca.p, f->ca.n);
	const struct taxii_from from = {.url = f->url,
	    .collection = f->collection,
	    .proof = buf_str(&r->due.proof),
	    .ca = f->ca.n ? ca : NULL,
	    .near = f->near,
	    .stop = stopped,
	    .ctx = r};
	enum err err = pull_begin(&p.at, str_trim(buf_str(&r->due.place)), e);
	if (!err && !(err = taxii_open(&s, &from, e)))
		err = taxii_pull(&s, &p, &r->sum.more, e);
	r->sum.retry_after = s.retry_after;
	taxii_done(&s);
	return err;
}

/* Pulls what is due, if anything; *ret_wait: milliseconds until something may be. */
static enum err
one(struct puller *p, int64_t *ret_wait, struct errinfo *e)
{
	struct feeds *f = p->all;
	struct running r = {.all = f, .due = {.proof = BUF_INIT(16 * KIB), .place = BUF_INIT(PULL_STATE)}};
	struct arena a = ARENA_INIT(MIB);
	struct errinfo why = {0};
	pthread_mutex_lock(&f->pick);
	enum err err = host_feed_next(f->h, busy, f, &a, &r.due, ret_wait, e);
	if (!err) {
		memcpy(p->name, r.due.feed.name.p, r.due.feed.name.n);
		p->name[r.due.feed.name.n] = '\0';
	}
	pthread_mutex_unlock(&f->pick);
	if (!err) {
		enum err pulled = pull(&r, &why);
		secret_wipe_buf(&r.due.proof);
		if (pulled && !r.sum.more)
			r.sum.why = &why;
		if (pulled != ERR_STOPPED) /* else it goes on there when the node runs again */
			err = host_feed_ended(f->h, &r.due.feed, &r.sum, e);
		pthread_mutex_lock(&f->pick);
		p->name[0] = '\0';
		pthread_mutex_unlock(&f->pick);
		*ret_wait = 0;
	}
	secret_wipe_buf(&r.due.proof);
	buf_done(&r.due.proof);
	buf_done(&r.due.place);
	arena_done(&a);
	return err == ERR_NOTFOUND || err == ERR_STOPPED ? OK : err;
}

static void
rest(struct feeds *f, int64_t ms)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&f->m);
	uint64_t before = f->news;
	while (!atomic_load(&f->stop) && before == f->news && !pthread_cond_timedwait(&f->wake, &f->m, &until))
		continue;
	pthread_mutex_unlock(&f->m);
}

static void *
work(void *arg)
{
	struct puller *p = arg;
	struct feeds *f = p->all;
	while (!atomic_load(&f->stop)) {
		struct errinfo e;
		int64_t wait = LOOK;
		enum err err = one(p, &wait, &e);
		if (err && f->told)
			f->told(f->ctx, err, &e);
		if (err)
			wait = TRY_AGAIN;
		if (wait > 0)
			rest(f, wait < LOOK ? wait : LOOK);
	}
	return NULL;
}

enum err
feeds_start(struct host *h, const struct env *env, void (*told)(void *ctx, enum err err, const struct errinfo *e), void *ctx, struct feeds **ret,
    struct errinfo *e)
{
	struct feeds *f = calloc(1, sizeof *f);
	pthread_condattr_t by_monotonic;
	if (!f)
		return err_nomem(e);
	f->h = h;
	f->env = env;
	f->told = told;
	f->ctx = ctx;
	pthread_mutex_init(&f->pick, NULL);
	pthread_mutex_init(&f->m, NULL);
	pthread_condattr_init(&by_monotonic);
	pthread_condattr_setclock(&by_monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&f->wake, &by_monotonic);
	pthread_condattr_destroy(&by_monotonic);
	for (size_t i = 0; i < LIMIT_FEED_PULLS; i++) {
		f->pullers[i].all = f;
		if (pthread_create(&f->pullers[i].thread, NULL, work, &f->pullers[i])) {
			feeds_stop(f);
			return err_set(e, ERR_NOMEM, "no thread to be had");
		}
		f->pullers[i].began = true;
	}
	*ret = f;
	return OK;
}

void
feeds_wake(struct feeds *f)
{
	if (!f)
		return;
	pthread_mutex_lock(&f->m);
	f->news++;
	pthread_cond_broadcast(&f->wake);
	pthread_mutex_unlock(&f->m);
}

void
feeds_end(struct feeds *f)
{
	if (!f)
		return;
	atomic_store(&f->stop, true);
	feeds_wake(f);
}

void
feeds_stop(struct feeds *f)
{
	if (!f)
		return;
	feeds_end(f);
	for (size_t i = 0; i < LIMIT_FEED_PULLS; i++)
		if (f->pullers[i].began)
			pthread_join(f->pullers[i].thread, NULL);
	pthread_cond_destroy(&f->wake);
	pthread_mutex_destroy(&f->m);
	pthread_mutex_destroy(&f->pick);
	free(f);
}
