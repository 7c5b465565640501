/* host_told: lines of the audit trail for what was answered from memory. Whoever comes while others' lines are being written waits with those who
 * come meanwhile, and one of them then writes all of theirs in one transaction: so the disk is waited for once by many. */
#include <stdlib.h>

#include "api/host_int.h"

enum { TOGETHER = 256 };

struct telling {
	const struct node_line *line;
	struct telling *next;
	bool done;
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
		fair_enter(&h->turn);
		enum err err = node_audit(h->node, lines, n, &why);
		fair_leave(&h->turn);
		for (; first != all; first = first->next) {
			first->err = err;
			first->why = why;
		}
	}
}

enum err
host_told(struct host *h, const struct node_line *line, struct errinfo *e)
{
	struct telling mine = {.line = line};
	pthread_mutex_lock(&h->telling_m);
	mine.next = h->telling;
	h->telling = &mine;
	while (!mine.done && h->is_telling)
		pthread_cond_wait(&h->told, &h->telling_m);
	if (!mine.done) {
		struct telling *all = h->telling;
		h->telling = NULL;
		h->is_telling = true;
		pthread_mutex_unlock(&h->telling_m);
		write_all(h, all);
		pthread_mutex_lock(&h->telling_m);
		h->is_telling = false;
		for (struct telling *t = all, *next; t; t = next) { /* once it is done, it is its owner's, and may be gone */
			next = t->next;
			t->done = true;
		}
		pthread_cond_broadcast(&h->told);
	}
	pthread_mutex_unlock(&h->telling_m);
	if (mine.err && e)
		*e = mine.why;
	return mine.err;
}
