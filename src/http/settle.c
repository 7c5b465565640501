/* Replies that are held (http_reply.held): one thread takes all that there are, has them settled together, and hands them on; what is held meanwhile
 * is the next lot. So many requests cost one wait for the disk, and no worker waits. */
#include "http/server_int.h"

void
settle_init(struct settling *t)
{
	pthread_mutex_init(&t->m, NULL);
	pthread_cond_init(&t->come, NULL);
	t->last = &t->first;
}

void
settle_done(struct settling *t)
{
	pthread_cond_destroy(&t->come);
	pthread_mutex_destroy(&t->m);
}

/* Waits for some; their number, 0 at the end. */
static size_t
take(struct settling *t, struct exchange **ret, struct http_reply *all[static HTTP_SETTLE])
{
	size_t n = 0;
	pthread_mutex_lock(&t->m);
	while (!t->first && !t->ends) {
		t->sleeps = true;
		pthread_cond_wait(&t->come, &t->m);
		t->sleeps = false;
	}
	*ret = t->first;
	for (; t->first && n < HTTP_SETTLE; t->first = t->first->next)
		all[n++] = &t->first->full->r;
	if (!t->first)
		t->last = &t->first;
	pthread_mutex_unlock(&t->m);
	return n;
}

static void *
settle(void *arg)
{
	struct http_server *s = arg;
	struct http_reply *all[HTTP_SETTLE];
	struct exchange *x;
	size_t n;
	while ((n = take(&s->settling, &x, all))) {
		s->c.settle(s->c.ctx, all, n);
		for (struct exchange *next; n--; x = next) {
			next = x->next; /* once it is answered it is its loop's */
			exchange_answer(x);
		}
	}
	return NULL;
}

bool
settle_start(struct http_server *s)
{
	s->settling.runs = !pthread_create(&s->settling.thread, NULL, settle, s);
	return s->settling.runs;
}

void
settle_later(struct exchange *x)
{
	struct settling *t = &x->s->settling;
	x->next = NULL;
	pthread_mutex_lock(&t->m);
	*t->last = x;
	t->last = &x->next;
	bool asleep = t->sleeps;
	pthread_mutex_unlock(&t->m);
	if (asleep)
		pthread_cond_signal(&t->come);
}

void
settle_end(struct http_server *s)
{
	struct settling *t = &s->settling;
	pthread_mutex_lock(&t->m);
	t->ends = true;
	pthread_cond_signal(&t->come);
	pthread_mutex_unlock(&t->m);
	if (t->runs)
		pthread_join(t->thread, NULL);
	t->runs = false;
}
