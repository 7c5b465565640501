#include "sim/heap.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

struct simheap_block {
	struct simheap_block *next, **prev;
	struct simheap *owner;
	size_t n;
};

static struct simheap nobody, *owner = &nobody;
static int installed;

static void
link_in(struct simheap_block *b)
{
	b->next = b->owner->first;
	b->prev = &b->owner->first;
	if (b->next)
		b->next->prev = &b->next;
	b->owner->first = b;
	b->owner->bytes += b->n;
}

static void
link_out(struct simheap_block *b)
{
	*b->prev = b->next;
	if (b->next)
		b->next->prev = b->prev;
	b->owner->bytes -= b->n;
}

static void *
h_malloc(int n)
{
	struct simheap_block *b = malloc(sizeof *b + (size_t)n);
	if (!b)
		return NULL;
	b->owner = owner;
	b->n = (size_t)n;
	link_in(b);
	return b + 1;
}

static void
h_free(void *p)
{
	struct simheap_block *b = (struct simheap_block *)p - 1;
	link_out(b);
	free(b);
}

static void *
h_realloc(void *p, int n)
{
	struct simheap_block *b = (struct simheap_block *)p - 1;
	link_out(b);
	struct simheap_block *fresh = realloc(b, sizeof *b + (size_t)n);
	if (!fresh) {
		link_in(b);
		return NULL;
	}
	fresh->n = (size_t)n;
	link_in(fresh);
	return fresh + 1;
}

static int
h_size(void *p)
{
	return p ? (int)((struct simheap_block *)p - 1)->n : 0;
}

static int
h_round(int n)
{
	return (n + 7) & ~7;
}

static int
h_init(void *ctx)
{
	(void)ctx;
	return SQLITE_OK;
}

static void
h_shutdown(void *ctx)
{
	(void)ctx;
}

void
simheap_install(void)
{
	static const struct sqlite3_mem_methods methods = {h_malloc, h_free, h_realloc, h_size, h_round, h_init, h_shutdown, NULL};
	if (installed)
		return;
	sqlite3_shutdown();
	if (sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) || sqlite3_config(SQLITE_CONFIG_SINGLETHREAD) ||
	    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) || sqlite3_initialize()) {
		fputs("simulator: SQLite does not take the simulator's heap\n", stderr);
		abort();
	}
	installed = 1;
}

struct simheap *
simheap_owner(struct simheap *h)
{
	struct simheap *was = owner == &nobody ? NULL : owner;
	owner = h ? h : &nobody;
	return was;
}

void
simheap_free(struct simheap *h)
{
	for (struct simheap_block *b = h->first, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	*h = (struct simheap){.first = NULL};
}
