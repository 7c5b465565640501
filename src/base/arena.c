#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK = 16 * 1024 };

struct arena_block {
	struct arena_block *next;
	size_t size; /* usable bytes after this header */
	_Alignas(max_align_t) char data[];
};

void
arena_init(struct arena *a, size_t max)
{
	*a = (struct arena)ARENA_INIT(max);
}

static void
free_from(struct arena_block *b)
{
	while (b) {
		struct arena_block *next = b->next;
		free(b);
		b = next;
	}
}

void
arena_done(struct arena *a)
{
	if (a) {
		free_from(a->first);
		arena_init(a, a->max);
	}
}

void
arena_reset(struct arena *a)
{
	struct arena_block *b = a->first;
	if (!b)
		return;
	free_from(b->next);
	b->next = NULL;
	a->last = b;
	a->at = b->data;
	a->end = b->data + b->size;
	a->used = b->size;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	const size_t align = _Alignof(max_align_t);
	a->refused = false;
	if (n > SIZE_MAX - align)
		return NULL;
	n = (n + align - 1) / align * align;
	if (n == 0)
		n = align;
	if ((size_t)(a->end - a->at) < n) {
		size_t size = a->last ? a->last->size * 2 : BLOCK;
		if (size < n)
			size = n;
		if (size > a->max - a->used)
			size = a->max - a->used;
		if (size < n)
			return NULL;
		struct arena_block *b = malloc(sizeof *b + size);
		if (!b) {
			a->refused = true;
			return NULL;
		}
		b->next = NULL;
		b->size = size;
		if (a->last)
			a->last->next = b;
		else
			a->first = b;
		a->last = b;
		a->used += size;
		a->at = b->data;
		a->end = b->data + size;
	}
	void *p = a->at;
	a->at += n;
	return memset(p, 0, n);
}

void *
arena_array(struct arena *a, size_t count, size_t size)
{
	size_t n;
	a->refused = false;
	return __builtin_mul_overflow(count, size, &n) ? NULL : arena_alloc(a, n);
}

void *
arena_more(struct arena *a, void *array, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return array;
	size_t want = *cap ? *cap * 2 : 8;
	void *more = arena_array(a, want, size);
	if (!more)
		return NULL;
	if (n)
		memcpy(more, array, n * size);
	*cap = want;
	return more;
}

bool
arena_dup(struct arena *a, struct str s, struct str *ret)
{
	char *p = arena_alloc(a, s.n);
	if (!p)
		return false;
	if (s.n)
		memcpy(p, s.p, s.n);
	*ret = (struct str){p, s.n};
	return true;
}

char *
arena_cstr(struct arena *a, struct str s)
{
	char *p = s.n < SIZE_MAX ? arena_alloc(a, s.n + 1) : NULL;
	if (p && s.n)
		memcpy(p, s.p, s.n);
	return p;
}

enum err
arena_spent(const struct arena *a, const char *what, struct errinfo *e)
{
	return a->refused ? err_nomem(e) : err_set(e, ERR_LIMIT, "%s needs more than the %zu bytes that it may take", what, a->max);
}
