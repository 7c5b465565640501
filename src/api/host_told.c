/* host_told: lines of the audit trail for what was answered from memory. Whoever comes while others' lines are being written waits with those who
 * come meanwhile, and one of them then writes all of theirs in one transaction: so the disk is waited for once by many. Each is woken once, alone: a
 * crowd that wakes at one bell, to find that most of it sleeps on, costs more than the writing. */
#include <semaphore.h>
#include <stdlib.h>

#include "api/host_int.h"

enum { TOGETHER = 256 };

struct telling {
	const struct node_line *line;
	struct telling *next;
	sem_t called; /* its line is written, or it is to write */
	bool writes;
	enum err err;
	struct errinfo why;
};

static void
write_all(struct host *h, struct telling *all)
{
	struct node_line lines[TOGETHER];
	struct errinfo why = {0};
	while (all) {
		struct telling *first = all;
		size_t n = 0;
		for (; all && n < TOGETHER; all = all->next)
			lines[n++] = *all->line;
		fair_enter(&h->turn, FAIR_ITSELF);
		enum err err = node_audit(h->node, lines, n, &why);
		fair_leave(&h->turn);
		for (; first != all; first = first->next) {
			first->err = err;
			first->why = why;
		}
	}
}

/* Comes back when its line is written, or it is to write. */
static void
join(struct host *h, struct telling *t)
{
	pthread_mutex_lock(&h->telling_m);
	bool waits = h->is_telling;
	t->writes = !waits;
	t->next = h->telling;
	h->telling = t;
	h->is_telling = true;
	pthread_mutex_unlock(&h->telling_m);  /* from here on others say whether it writes */
	while (waits && sem_wait(&t->called)) /* a signal */
		;
}

static struct telling *
take_all(struct host *h)
{
	pthread_mutex_lock(&h->telling_m);
	struct telling *all = h->telling;
	h->telling = NULL;
	pthread_mutex_unlock(&h->telling_m);
	return all;
}

/* One of those who came meanwhile writes next. */
static void
hand_on(struct host *h)
{
	pthread_mutex_lock(&h->telling_m);
	struct telling *next = h->telling;
	if (next)
		next->writes = true;
	else
		h->is_telling = false;
	pthread_mutex_unlock(&h->telling_m);
	if (next)
		sem_post(&next->called); /* it cannot go before that: nobody else takes the lines */
}

enum err
host_told(struct host *h, const struct node_line *line, struct errinfo *e)
{
	struct telling mine = {.line = line};
	sem_init(&mine.called, 0, 0);
	join(h, &mine);
	if (mine.writes) {
		struct telling *all = take_all(h);
		write_all(h, all);
		hand_on(h);
		for (struct telling *t = all, *next; t; t = next) { /* once it is called, it is its owner's, and may be gone */
			next = t->next;
			if (t != &mine)
				sem_post(&t->called);
		}
	}
	sem_destroy(&mine.called);
	if (mine.err && e)
		*e = mine.why;
	return mine.err;
}
