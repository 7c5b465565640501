#include "api/fair.h"

void
fair_init(struct fair *g)
{
	pthread_mutex_init(&g->m, NULL);
	pthread_cond_init(&g->c, NULL);
}

void
fair_done(struct fair *g)
{
	pthread_mutex_destroy(&g->m);
	pthread_cond_destroy(&g->c);
}

void
fair_enter(struct fair *g)
{
	pthread_mutex_lock(&g->m);
	uint64_t mine = g->next++;
	while (g->serving != mine)
		pthread_cond_wait(&g->c, &g->m);
	pthread_mutex_unlock(&g->m);
}

bool
fair_try(struct fair *g)
{
	pthread_mutex_lock(&g->m);
	bool yes = g->serving == g->next;
	g->next += yes;
	pthread_mutex_unlock(&g->m);
	return yes;
}

void
fair_leave(struct fair *g)
{
	pthread_mutex_lock(&g->m);
	g->serving++;
	pthread_cond_broadcast(&g->c);
	pthread_mutex_unlock(&g->m);
}

bool
fair_wanted(struct fair *g)
{
	pthread_mutex_lock(&g->m);
	bool yes = g->next > g->serving + 1;
	pthread_mutex_unlock(&g->m);
	return yes;
}
