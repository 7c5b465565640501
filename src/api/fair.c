#include "api/fair.h"

#include <time.h>

struct fair_waiter {
	struct fair_waiter *next;
	pthread_cond_t c;
	uint64_t who;
	bool given;
};

static int64_t
system_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void
fair_init(struct fair *g)
{
	*g = (struct fair){.now = system_now};
	pthread_mutex_init(&g->m, NULL);
}

void
fair_done(struct fair *g)
{
	pthread_mutex_destroy(&g->m);
}

static uint64_t
share_of(const struct fair *g, uint64_t who)
{
	for (unsigned i = 0; i < g->nknown; i++)
		if (g->known[i].who == who)
			return g->known[i].share > g->served ? g->known[i].share : g->served;
	return g->served;
}

/* Who is not remembered counts as one who has had nothing, so the place of who has had least is given away. */
static void
set_share(struct fair *g, uint64_t who, uint64_t share)
{
	unsigned least = 0, i = 0;
	while (i < g->nknown && g->known[i].who != who) {
		if (g->known[i].share < g->known[least].share)
			least = i;
		i++;
	}
	if (i == g->nknown) {
		if (i < FAIR_KNOWN)
			g->nknown++;
		else
			i = least;
	}
	g->known[i].who = who;
	g->known[i].share = share;
}

static void
give(struct fair *g, uint64_t who)
{
	g->busy = true;
	g->who = who;
	g->since = g->now();
	g->served = share_of(g, who);
}

void
fair_enter(struct fair *g, uint64_t who)
{
	pthread_mutex_lock(&g->m);
	if (!g->busy && !g->first) {
		give(g, who);
	} else {
		struct fair_waiter mine = {.who = who}, **end = &g->first;
		pthread_cond_init(&mine.c, NULL);
		while (*end)
			end = &(*end)->next;
		*end = &mine;
		while (!mine.given)
			pthread_cond_wait(&mine.c, &g->m);
		pthread_cond_destroy(&mine.c);
	}
	pthread_mutex_unlock(&g->m);
}

bool
fair_try(struct fair *g, uint64_t who)
{
	pthread_mutex_lock(&g->m);
	bool yes = !g->busy && !g->first;
	if (yes)
		give(g, who);
	pthread_mutex_unlock(&g->m);
	return yes;
}

void
fair_leave(struct fair *g)
{
	pthread_mutex_lock(&g->m);
	int64_t had = g->now() - g->since;
	set_share(g, g->who, share_of(g, g->who) + (uint64_t)(had > 0 ? had : 0));
	g->busy = false;
	struct fair_waiter **best = g->first ? &g->first : NULL;
	for (struct fair_waiter **p = best; p && *p; p = &(*p)->next)
		if (share_of(g, (*p)->who) < share_of(g, (*best)->who))
			best = p;
	if (best) {
		struct fair_waiter *w = *best;
		*best = w->next;
		give(g, w->who);
		w->given = true;
		pthread_cond_signal(&w->c);
	}
	pthread_mutex_unlock(&g->m);
}

unsigned
fair_wanted(struct fair *g)
{
	unsigned n = 0;
	pthread_mutex_lock(&g->m);
	for (const struct fair_waiter *w = g->first; w; w = w->next)
		n++;
	pthread_mutex_unlock(&g->m);
	return n;
}
