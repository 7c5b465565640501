#include "api/pages.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 256 };

struct kept {
	struct page page; /* first: what is handed out is this */
	struct pages *of;
	int refs;
};

struct slot {
	struct hash key;
	struct kept *kept; /* NULL: free */
	uint64_t used;
};

struct pages {
	pthread_mutex_t m;
	struct slot slots[SLOTS];
	size_t bytes, max; /* of all bodies in slots */
	uint64_t turn;
};

enum err
pages_new(size_t bytes, struct pages **ret, struct errinfo *e)
{
	struct pages *p = calloc(1, sizeof *p);
	if (!p)
		return err_nomem(e);
	pthread_mutex_init(&p->m, NULL);
	p->max = bytes;
	*ret = p;
	return OK;
}

static void
drop(struct kept *k)
{
	if (k && --k->refs == 0) {
		free((char *)k->page.body.p);
		free(k);
	}
}

static void
empty(struct pages *p, struct slot *s)
{
	if (!s->kept)
		return;
	p->bytes -= s->kept->page.body.n;
	drop(s->kept);
	s->kept = NULL;
}

void
pages_free(struct pages *p)
{
	if (!p)
		return;
	for (int i = 0; i < SLOTS; i++)
		empty(p, &p->slots[i]);
	pthread_mutex_destroy(&p->m);
	free(p);
}

const struct page *
pages_find(struct pages *p, const struct hash *key, uint64_t changes, int64_t now)
{
	struct kept *found = NULL;
	pthread_mutex_lock(&p->m);
	for (int i = 0; i < SLOTS && !found; i++) {
		struct slot *s = &p->slots[i];
		if (!s->kept || !hash_eq(&s->key, key))
			continue;
		if (s->kept->page.changes != changes || now >= s->kept->page.until) {
			empty(p, s);
			break;
		}
		s->used = ++p->turn;
		found = s->kept;
		found->refs++;
	}
	pthread_mutex_unlock(&p->m);
	return found ? &found->page : NULL;
}

void
pages_let_go(void *page)
{
	struct kept *k = page;
	struct pages *p = k->of;
	pthread_mutex_lock(&p->m);
	drop(k);
	pthread_mutex_unlock(&p->m);
}

/* A slot for it: its own, a free one, or that of what was longest not asked for; and room. */
static struct slot *
make_room(struct pages *p, const struct hash *key, size_t n)
{
	struct slot *to = NULL;
	for (int i = 0; i < SLOTS; i++)
		if (p->slots[i].kept && hash_eq(&p->slots[i].key, key))
			empty(p, &p->slots[i]);
	for (;;) {
		struct slot *oldest = NULL;
		for (int i = 0; i < SLOTS; i++) {
			struct slot *s = &p->slots[i];
			if (!s->kept)
				to = s;
			else if (!oldest || s->used < oldest->used)
				oldest = s;
		}
		if (to && p->bytes + n <= p->max)
			return to;
		empty(p, oldest);
	}
}

void
pages_keep(struct pages *p, const struct hash *key, const struct page *page)
{
	struct kept *k = page->body.n <= p->max / 4 ? calloc(1, sizeof *k) : NULL;
	char *body = k ? malloc(page->body.n + 1) : NULL;
	if (!body) {
		free(k);
		return;
	}
	memcpy(body, page->body.p, page->body.n);
	k->page = *page;
	k->page.body = str_bytes(body, page->body.n);
	k->of = p;
	k->refs = 1;
	pthread_mutex_lock(&p->m);
	struct slot *s = make_room(p, key, page->body.n);
	*s = (struct slot){.key = *key, .kept = k, .used = ++p->turn};
	p->bytes += page->body.n;
	pthread_mutex_unlock(&p->m);
}
