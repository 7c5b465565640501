#include "api/peer_book.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

enum { BOOK_MAX = LIMIT_CENTRES * LIMIT_MEMBERS };

struct line {
	char centre[2 * HASH_LEN], member[GOVERN_ID_MAX + 1];
	struct hash pin;
};

struct page {
	size_t n;
	struct line lines[BOOK_MAX];
};

struct peer_book {
	pthread_rwlock_t lock;
	struct page *page;
};

enum err
peer_book_new(struct peer_book **ret, struct errinfo *e)
{
	struct peer_book *b = calloc(1, sizeof *b);
	if (!b || !(b->page = calloc(1, sizeof *b->page))) {
		free(b);
		return err_nomem(e);
	}
	pthread_rwlock_init(&b->lock, NULL);
	*ret = b;
	return OK;
}

void
peer_book_free(struct peer_book *b)
{
	if (!b)
		return;
	pthread_rwlock_destroy(&b->lock);
	free(b->page);
	free(b);
}

static enum err
note(void *ctx, const struct node_peer *p, struct errinfo *e)
{
	struct page *page = ctx;
	(void)e;
	if (!p->has_pin || page->n == BOOK_MAX)
		return OK;
	struct line *l = &page->lines[page->n++];
	memcpy(l->centre, p->centre.p, sizeof l->centre);
	memset(l->member, 0, sizeof l->member);
	memcpy(l->member, p->member.p, p->member.n);
	l->pin = p->pin;
	return OK;
}

enum err
peer_book_look(struct peer_book *b, struct host *h, struct errinfo *e)
{
	struct page *page = calloc(1, sizeof *page);
	if (!page)
		return err_nomem(e);
	enum err err = host_peers(h, note, page, e);
	if (!err) {
		struct page *old = b->page;
		pthread_rwlock_wrlock(&b->lock);
		b->page = page;
		pthread_rwlock_unlock(&b->lock);
		page = old;
	}
	free(page);
	return err;
}

bool
peer_book_has(struct peer_book *b, const struct hash *pin)
{
	bool found = false;
	pthread_rwlock_rdlock(&b->lock);
	for (size_t i = 0; i < b->page->n && !found; i++)
		found = hash_eq(&b->page->lines[i].pin, pin);
	pthread_rwlock_unlock(&b->lock);
	return found;
}

bool
peer_book_find(struct peer_book *b, struct str centre, const struct hash *pin, struct str says, char ret_member[static GOVERN_ID_MAX + 1])
{
	unsigned found = 0;
	pthread_rwlock_rdlock(&b->lock);
	for (size_t i = 0; i < b->page->n; i++) {
		const struct line *l = &b->page->lines[i];
		if (!hash_eq(&l->pin, pin) || !str_eq(str_bytes(l->centre, sizeof l->centre), centre) || (says.n && !str_is(says, l->member)))
			continue;
		found++;
		memcpy(ret_member, l->member, sizeof l->member);
	}
	pthread_rwlock_unlock(&b->lock);
	return found == 1;
}
