#include "api/budget.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/leak.h"
#include "base/limits.h"

enum { MINUTE = 60 * 1000, PART = 6, CHAINS = 1024, NONE = -1 };

/* What is left, times the milliseconds of a minute: one millisecond adds the rate. */
struct bucket {
	struct hash asker;
	int64_t requests, bytes, at;
	int next;         /* in its chain */
	int newer, older; /* by when it last asked */
};

struct budget {
	pthread_mutex_t m;
	struct budget_rate rate;
	int chains[CHAINS], newest, oldest, n;
	struct bucket all[LIMIT_BUDGETS];
};

enum err
budget_new(struct budget_rate rate, struct budget **ret, struct errinfo *e)
{
	struct budget *b = calloc(1, sizeof *b);
	if (!b)
		return err_nomem(e);
	pthread_mutex_init(&b->m, NULL);
	b->rate = rate;
	b->newest = b->oldest = NONE;
	for (int i = 0; i < CHAINS; i++)
		b->chains[i] = NONE;
	*ret = b;
	return OK;
}

void
budget_free(struct budget *b)
{
	if (!b)
		return;
	pthread_mutex_destroy(&b->m);
	free(b);
}

static int *
chain(struct budget *b, const struct hash *asker)
{
	return &b->chains[(asker->b[0] | asker->b[1] << 8) % CHAINS];
}

static void
unlist(struct budget *b, int i)
{
	const struct bucket *u = &b->all[i];
	*(u->newer == NONE ? &b->newest : &b->all[u->newer].older) = u->older;
	*(u->older == NONE ? &b->oldest : &b->all[u->older].newer) = u->newer;
}

static void
list_newest(struct budget *b, int i)
{
	struct bucket *u = &b->all[i];
	u->newer = NONE;
	u->older = b->newest;
	*(b->newest == NONE ? &b->oldest : &b->all[b->newest].newer) = i;
	b->newest = i;
}

static int64_t
full(uint64_t a_minute)
{
	return (int64_t)a_minute * MINUTE;
}

static uint64_t
bytes_a_minute(const struct budget *b)
{
	return (uint64_t)b->rate.mib * MIB;
}

/* A place for who has none: a fresh one, or that of who was silent longest. */
static int
place(struct budget *b, const struct hash *asker, int64_t now)
{
	int i = b->n;
	if (i < LIMIT_BUDGETS) {
		b->n++;
	} else {
		i = b->oldest;
		unlist(b, i);
		int *p = chain(b, &b->all[i].asker);
		while (*p != i)
			p = &b->all[*p].next;
		*p = b->all[i].next;
	}
	int *first = chain(b, asker);
	b->all[i] = (struct bucket){.asker = *asker, .requests = full(b->rate.requests), .bytes = full(bytes_a_minute(b)), .at = now, .next = *first};
	*first = i;
	list_newest(b, i);
	return i;
}

/* What one has after the time that went by. */
static void
fill(int64_t *left, uint64_t a_minute, int64_t ms)
{
	int64_t most = full(a_minute), rate = (int64_t)a_minute;
	*left = !rate || ms > (most - *left) / rate ? most : *left + rate * ms;
}

static struct bucket *
find(struct budget *b, const struct hash *asker, int64_t now)
{
	static const struct hash anybody;
	asker = LEAK(RATE_OTHER) ? &anybody : asker;
	int i = *chain(b, asker);
	while (i != NONE && !hash_eq(&b->all[i].asker, asker))
		i = b->all[i].next;
	if (i == NONE)
		return &b->all[place(b, asker, now)];
	struct bucket *u = &b->all[i];
	int64_t ms = now > u->at ? now - u->at : 0;
	fill(&u->requests, b->rate.requests, ms);
	fill(&u->bytes, bytes_a_minute(b), ms);
	u->at = now;
	unlist(b, i);
	list_newest(b, i);
	return u;
}

/* Seconds until `lacks` is there. */
static int64_t
seconds_for(int64_t lacks, uint64_t a_minute)
{
	int64_t second = (int64_t)a_minute * 1000;
	return lacks > 0 ? (lacks + second - 1) / second : 0;
}

unsigned
budget_take(struct budget *b, const struct hash *asker, int64_t now)
{
	pthread_mutex_lock(&b->m);
	struct bucket *u = find(b, asker, now);
	int64_t wait = 0;
	if (u->requests >= MINUTE && (u->bytes > 0 || !b->rate.mib)) {
		u->requests -= MINUTE;
	} else {
		int64_t part = full(b->rate.requests) / PART, bytes = seconds_for(full(bytes_a_minute(b)) / PART - u->bytes, bytes_a_minute(b));
		wait = seconds_for((part > MINUTE ? part : MINUTE) - u->requests, b->rate.requests);
		wait = bytes > wait && b->rate.mib ? bytes : wait;
	}
	pthread_mutex_unlock(&b->m);
	return (unsigned)wait;
}

void
budget_charge(struct budget *b, const struct hash *asker, int64_t now, uint64_t bytes)
{
	pthread_mutex_lock(&b->m);
	find(b, asker, now)->bytes -= full(bytes);
	pthread_mutex_unlock(&b->m);
}
