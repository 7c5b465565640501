#include "sim/world.h"

#include <assert.h>
#include <setjmp.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "sim/heap.h"

enum { MAX_NODES = 64, DRIFT_MAX = 100000 };

struct simnode {
	struct simworld *w;
	int number;
	struct env env;
	struct simdisk *disk;
	struct simheap heap;
	int64_t wall, mono, at; /* both clocks at true time `at` */
	int32_t ppm;
	uint64_t steps, powers, era;
	bool locked;
	char lock_what[64], why[200];
};

/* A step that runs, and the one that it was called in. */
struct frame {
	struct simnode *node;
	struct frame *up;
	jmp_buf out;
};

struct simworld {
	uint64_t seed;
	int64_t now;
	int n;
	struct frame *in; /* the innermost step that runs */
	struct simnode node[];
};

static struct simnode *
at(const struct simworld *w, int node)
{
	assert(node >= 0 && node < w->n);
	return (struct simnode *)&w->node[node];
}

static int64_t
gone(const struct simnode *s)
{
	int64_t real = s->w->now - s->at;
	return real + real / TIME_SECOND * s->ppm + real % TIME_SECOND * s->ppm / TIME_SECOND;
}

static void
clock_fix(struct simnode *s)
{
	int64_t g = gone(s);
	s->wall += g;
	s->mono += g;
	s->at = s->w->now;
}

static int64_t
e_now(void *ctx)
{
	const struct simnode *s = ctx;
	return s->wall + gone(s);
}

static int64_t
e_mono(void *ctx)
{
	const struct simnode *s = ctx;
	return s->mono + gone(s);
}

static void
put_number(crypto_generichash_state *h, uint64_t n)
{
	uint8_t le[8];
	for (int i = 0; i < 8; i++)
		le[i] = (uint8_t)(n >> 8 * i);
	crypto_generichash_update(h, le, sizeof le);
}

void
simworld_random(const struct simworld *w, int node, enum rnd purpose, struct str key, uint64_t op, void *out, size_t n)
{
	static const uint8_t nonce[crypto_stream_chacha20_NONCEBYTES];
	uint8_t seed[crypto_stream_chacha20_KEYBYTES];
	crypto_generichash_state h;
	crypto_generichash_init(&h, NULL, 0, sizeof seed);
	put_number(&h, w->seed);
	put_number(&h, (uint64_t)node);
	put_number(&h, (uint64_t)purpose);
	put_number(&h, key.n);
	crypto_generichash_update(&h, (const uint8_t *)key.p, key.n);
	put_number(&h, op);
	if (w->node[node].era)
		put_number(&h, w->node[node].era);
	crypto_generichash_final(&h, seed, sizeof seed);
	crypto_stream_chacha20(out, n, nonce, seed);
}

static void
e_random(void *ctx, enum rnd purpose, struct str key, uint64_t op, void *out, size_t n)
{
	const struct simnode *s = ctx;
	simworld_random(s->w, s->number, purpose, key, op, out, n);
}

static enum err
e_read(void *ctx, const char *path, struct buf *ret, struct errinfo *e)
{
	return simdisk_read(((struct simnode *)ctx)->disk, path, ret, e);
}

static enum err
e_write(void *ctx, const char *path, struct str bytes, struct errinfo *e)
{
	return simdisk_write(((struct simnode *)ctx)->disk, path, bytes, e);
}

static enum err
e_remove(void *ctx, const char *path, struct errinfo *e)
{
	return simdisk_remove(((struct simnode *)ctx)->disk, path, e);
}

static enum err
e_mark(void *ctx, const char *path, bool anew, struct buf *ret, struct errinfo *e)
{
	return simdisk_mark(((struct simnode *)ctx)->disk, path, anew, ret, e);
}

static enum err
e_lock(void *ctx, const char *what, struct errinfo *e)
{
	struct simnode *s = ctx;
	if (s->locked)
		return err_set(e, ERR_BUSY, "the home is in use by \"%s\" of node %d", s->lock_what, s->number);
	if (simdisk_crashed(s->disk))
		return err_set(e, ERR_IO, "lock: the simulated disk failed");
	s->locked = true;
	snprintf(s->lock_what, sizeof s->lock_what, "%s", what);
	return OK;
}

static void
e_unlock(void *ctx)
{
	((struct simnode *)ctx)->locked = false;
}

static enum err
e_db_path(void *ctx, const char *name, struct buf *ret, struct errinfo *e)
{
	struct str s;
	(void)ctx;
	buf_puts(ret, name);
	return buf_take(ret, &s, e);
}

static int64_t
e_space(void *ctx)
{
	return simdisk_space(((struct simnode *)ctx)->disk);
}

static void __attribute__((noreturn)) e_die(void *ctx, const char *why)
{
	struct simnode *s = ctx;
	if (!s->w->in || s->w->in->node != s) {
		fprintf(stderr, "simulator: node %d dies outside its own step: %s\n", s->number, why);
		abort();
	}
	snprintf(s->why, sizeof s->why, "%s", why);
	longjmp(s->w->in->out, 1);
}

/* SQLite's default VFS while a world stands: nothing can be opened by it, so that code which forgets to name its own touches no real file. */
static int
none_open(struct sqlite3_vfs *v, const char *name, struct sqlite3_file *f, int flags, int *ret_flags)
{
	(void)v, (void)name, (void)flags, (void)ret_flags;
	f->pMethods = NULL;
	return SQLITE_CANTOPEN;
}

static int
none_delete(struct sqlite3_vfs *v, const char *name, int sync_dir)
{
	(void)v, (void)name, (void)sync_dir;
	return SQLITE_IOERR_DELETE;
}

static int
none_access(struct sqlite3_vfs *v, const char *name, int flags, int *ret)
{
	(void)v, (void)name, (void)flags;
	*ret = 0;
	return SQLITE_OK;
}

static int
none_full(struct sqlite3_vfs *v, const char *name, int n, char *out)
{
	(void)v;
	snprintf(out, (size_t)n, "%s", name);
	return SQLITE_OK;
}

static int
none_random(struct sqlite3_vfs *v, int n, char *out)
{
	(void)v;
	memset(out, 0, (size_t)n);
	return n;
}

static int
none_sleep(struct sqlite3_vfs *v, int usec)
{
	(void)v;
	return usec;
}

static int
none_now(struct sqlite3_vfs *v, double *ret)
{
	(void)v;
	*ret = 2440587.5;
	return SQLITE_OK;
}

static struct sqlite3_vfs none = {
    .iVersion = 1,
    .szOsFile = sizeof(struct sqlite3_file),
    .mxPathname = 512,
    .zName = "sim-none",
    .xOpen = none_open,
    .xDelete = none_delete,
    .xAccess = none_access,
    .xFullPathname = none_full,
    .xRandomness = none_random,
    .xSleep = none_sleep,
    .xCurrentTime = none_now,
};

/* An independent dice for each (seed, node, kind, count). */
static struct simrng
dice(const struct simnode *s, const char *kind, uint64_t count)
{
	struct simrng r;
	simworld_random(s->w, s->number, RND_HASH, str_of(kind), count, &r.s, sizeof r.s);
	return r;
}

struct simworld *
simworld_new(uint64_t seed, int n, int64_t start)
{
	assert(n >= 1 && n <= MAX_NODES);
	simheap_install();
	int rc = sqlite3_vfs_register(&none, 1);
	struct simworld *w = calloc(1, sizeof *w + (size_t)n * sizeof w->node[0]);
	if (rc || sodium_init() < 0 || !w) {
		fputs("simulator: cannot begin\n", stderr);
		abort();
	}
	w->seed = seed;
	w->now = start;
	w->n = n;
	for (int i = 0; i < n; i++) {
		struct simnode *s = &w->node[i];
		*s = (struct simnode){.w = w, .number = i, .wall = start, .at = start};
		s->disk = simdisk_new(dice(s, "sim disk", 0).s);
		simdisk_clock(s->disk, e_now, s);
		s->env = (struct env){.ctx = s,
		    .vfs = simdisk_vfs(s->disk),
		    .now = e_now,
		    .mono = e_mono,
		    .random = e_random,
		    .read = e_read,
		    .write = e_write,
		    .remove = e_remove,
		    .mark = e_mark,
		    .lock = e_lock,
		    .unlock = e_unlock,
		    .db_path = e_db_path,
		    .space = e_space,
		    .die = e_die};
	}
	return w;
}

void
simworld_free(struct simworld *w)
{
	if (!w)
		return;
	for (int i = 0; i < w->n; i++) {
		simworld_kill(w, i);
		simdisk_free(w->node[i].disk);
	}
	sqlite3_vfs_unregister(&none);
	free(w);
}

const struct env *
simworld_env(struct simworld *w, int node)
{
	return &at(w, node)->env;
}

struct simdisk *
simworld_disk(struct simworld *w, int node)
{
	return at(w, node)->disk;
}

static bool
runs(const struct simworld *w, const struct simnode *s)
{
	for (const struct frame *f = w->in; f; f = f->up)
		if (f->node == s)
			return true;
	return false;
}

enum simend
simworld_run_step(struct simworld *w, int node, void (*fn)(void *arg), void *arg)
{
	struct simnode *s = at(w, node);
	struct frame f = {.node = s, .up = w->in};
	assert(!runs(w, s));
	int seed = (int)(dice(s, "sim step", s->steps++).s & 0x7fffffff);
	sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, seed ? seed : 1, (sqlite3 *)NULL);
	w->in = &f;
	simheap_owner(&s->heap);
	volatile enum simend end = SIM_DIED;
	if (setjmp(f.out) == 0) {
		fn(arg);
		end = simdisk_crashed(s->disk) ? SIM_CRASHED : SIM_DONE;
	}
	simheap_owner(f.up ? &f.up->node->heap : NULL);
	w->in = f.up;
	return end;
}

const char *
simworld_why(const struct simworld *w, int node)
{
	return at(w, node)->why;
}

void
simworld_kill(struct simworld *w, int node)
{
	struct simnode *s = at(w, node);
	assert(!runs(w, s));
	simdisk_cut(s->disk);
	simdisk_forget(s->disk);
	simheap_free(&s->heap);
	s->locked = false;
}

void
simworld_power(struct simworld *w, int node)
{
	struct simnode *s = at(w, node);
	struct simrng r = dice(s, "sim power", s->powers++);
	simworld_kill(w, node);
	simdisk_reopen(s->disk, &r);
	clock_fix(s);
	s->mono = 0;
}

int64_t
simworld_now(const struct simworld *w)
{
	return w->now;
}

void
simworld_advance(struct simworld *w, int64_t usec)
{
	assert(usec >= 0);
	w->now += usec;
}

void
simworld_jump(struct simworld *w, int node, int64_t usec)
{
	at(w, node)->wall += usec;
}

void
simworld_drift(struct simworld *w, int node, int32_t ppm)
{
	struct simnode *s = at(w, node);
	assert(ppm >= -DRIFT_MAX && ppm <= DRIFT_MAX);
	clock_fix(s);
	s->ppm = ppm;
}

void
simworld_other_dice(struct simworld *w, int node)
{
	at(w, node)->era++;
}

size_t
simworld_heap(const struct simworld *w, int node)
{
	return at(w, node)->heap.bytes;
}
