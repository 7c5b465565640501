#include "torture/fault.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/disk_int.h"
#include "sim/heap.h"

/* What stands before each block. */
struct head {
	struct head *next, **prev; /* prev NULL: not listed */
	const void *where;
	size_t n;
};

_Static_assert(sizeof(struct head) % 16 == 0, "what follows is aligned for any type");

static struct head *live;
static enum fault_who who;
static volatile bool in_sqlite;
static struct {
	uint64_t count[FAULT_MEMORIES], at;
	enum fault_memory kind;
	bool on, hit;
} f;

void *__real_malloc(size_t n);
void *__real_realloc(void *p, size_t n);
void __real_free(void *p);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *p, size_t n);
void __wrap_free(void *p);

static bool
refused(enum fault_memory kind)
{
	if (who != FAULT_UNDER)
		return false;
	uint64_t now = ++f.count[kind];
	if (f.at && kind == f.kind && now == f.at) {
		f.hit = true;
		return true;
	}
	return f.hit && f.on;
}

static void
link_in(struct head *h, const void *where)
{
	h->prev = NULL;
	h->where = where;
	if (who == FAULT_NOBODY || in_sqlite || sim_takes)
		return;
	h->next = live;
	h->prev = &live;
	if (live)
		live->prev = &h->next;
	live = h;
}

static void
link_out(struct head *h)
{
	if (!h->prev)
		return;
	*h->prev = h->next;
	if (h->next)
		h->next->prev = h->prev;
}

static bool
may(void)
{
	return in_sqlite || sim_takes || !refused(FAULT_C);
}

static void *
take(size_t n, const void *where)
{
	struct head *h;
	if (n > SIZE_MAX / 2 || !may() || !(h = __real_malloc(sizeof *h + n)))
		return NULL;
	h->n = n;
	link_in(h, where);
	return h + 1;
}

void *
__wrap_malloc(size_t n)
{
	return take(n, __builtin_return_address(0));
}

void *
__wrap_calloc(size_t count, size_t size)
{
	if (size && count > SIZE_MAX / 2 / size)
		return NULL;
	void *p = take(count * size, __builtin_return_address(0));
	return p ? memset(p, 0, count * size) : NULL;
}

/* Always moves, so that a pointer kept across it is found out. */
void *
__wrap_realloc(void *p, size_t n)
{
	void *fresh = take(n, __builtin_return_address(0));
	if (!p || !fresh)
		return fresh;
	struct head *old = (struct head *)p - 1;
	memcpy(fresh, p, old->n < n ? old->n : n);
	__wrap_free(p);
	return fresh;
}

void
__wrap_free(void *p)
{
	if (!p)
		return;
	struct head *h = (struct head *)p - 1;
	link_out(h);
	memset(p, 0xa5, h->n);
	__real_free(h);
}

/* scrypt takes its memory by itself, and time. */
int __wrap_crypto_pwhash_scryptsalsa208sha256_ll(
    const uint8_t *passphrase, size_t n, const uint8_t *salt, size_t nsalt, uint64_t cost, uint32_t r, uint32_t p, uint8_t *out, size_t nout);
int __real_crypto_pwhash_scryptsalsa208sha256_ll(
    const uint8_t *passphrase, size_t n, const uint8_t *salt, size_t nsalt, uint64_t cost, uint32_t r, uint32_t p, uint8_t *out, size_t nout);

int
__wrap_crypto_pwhash_scryptsalsa208sha256_ll(
    const uint8_t *passphrase, size_t n, const uint8_t *salt, size_t nsalt, uint64_t cost, uint32_t r, uint32_t p, uint8_t *out, size_t nout)
{
	(void)cost;
	return refused(FAULT_C) ? -1 : __real_crypto_pwhash_scryptsalsa208sha256_ll(passphrase, n, salt, nsalt, 16, r, p, out, nout);
}

/* SQLite. */

static sqlite3_mem_methods heap;

static void *
s_malloc(int n)
{
	if (refused(FAULT_SQLITE))
		return NULL;
	in_sqlite = true;
	void *p = heap.xMalloc(n);
	in_sqlite = false;
	return p;
}

static void *
s_realloc(void *p, int n)
{
	if (refused(FAULT_SQLITE))
		return NULL;
	in_sqlite = true;
	p = heap.xRealloc(p, n);
	in_sqlite = false;
	return p;
}

void
fault_install(void)
{
	simheap_install();
	sqlite3_shutdown();
	int rc = sqlite3_config(SQLITE_CONFIG_GETMALLOC, &heap);
	sqlite3_mem_methods mine = heap;
	mine.xMalloc = s_malloc;
	mine.xRealloc = s_realloc;
	if (rc || sqlite3_config(SQLITE_CONFIG_MALLOC, &mine) || sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) || sqlite3_initialize()) {
		fputs("torture: SQLite does not take its memory from here\n", stderr);
		abort();
	}
}

/* Orders. */

enum fault_who
fault_run(enum fault_who next)
{
	enum fault_who was = who;
	who = next;
	return was;
}

void
fault_arm(enum fault_memory kind, uint64_t n, bool on)
{
	memset(&f, 0, sizeof f);
	f.kind = kind;
	f.at = n;
	f.on = on;
}

bool
fault_disarm(void)
{
	bool hit = f.hit;
	f.at = 0;
	f.hit = f.on = false;
	return hit;
}

uint64_t
fault_count(enum fault_memory kind)
{
	return f.count[kind];
}

size_t
fault_live(void)
{
	size_t n = 0;
	for (const struct head *h = live; h; h = h->next)
		n++;
	return n;
}

const void *
fault_live_where(size_t *ret_bytes)
{
	*ret_bytes = live ? live->n : 0;
	return live ? live->where : NULL;
}

void
fault_forget(void)
{
	while (live)
		__wrap_free(live + 1);
}
