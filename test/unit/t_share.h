/* What the tests of sharing have in common: homes of the four members of govern_draft on simulated disks, each with its own clock, and a transport
 * from one to another that a test may look into or spoil. */
#ifndef T_SHARE_H
#define T_SHARE_H

#include <stdlib.h>

#include "label/label.h"
#include "share/fetch.h"
#include "share/serve.h"
#include "share/settle.h"
#include "share/write.h"
#include "sim/disk.h"
#include "store/local.h"
#include "t_govern.h"

enum { IRN, IRQ, RUS, SYR };
#define M(i) (UINT64_C(1) << (i))

struct place {
	int member;
	struct simdisk *disk;
	struct env env;
	int64_t delete_by; /* of what it appends; 0: never */
	int64_t now;
	unsigned dice; /* another: other randomness */
	struct store *store;
	struct sign_public root;
	struct sign_key log;
	struct share *s;
	struct share_centre *c;
};

static inline int64_t
place_now(void *ctx)
{
	return ((struct place *)ctx)->now;
}

static inline void
place_random(void *ctx, enum rnd purpose, struct str key, uint64_t op, void *out, size_t n)
{
	struct place *p = ctx;
	char *at = out;
	for (unsigned block = 0; n > 0; block++) {
		struct buf b = BUF_INIT(4096);
		buf_printf(&b, "%d %d %u %llu %u ", p->member, (int)purpose, p->dice, (unsigned long long)op, block);
		buf_put(&b, key);
		struct hash h = hash_of(buf_str(&b));
		size_t some = n < sizeof h.b ? n : sizeof h.b;
		memcpy(at, h.b, some);
		at += some;
		n -= some;
		buf_done(&b);
	}
}

static inline enum err
place_read(void *ctx, const char *path, struct buf *ret, struct errinfo *e)
{
	return simdisk_read(((struct place *)ctx)->disk, path, ret, e);
}

static inline enum err
place_write(void *ctx, const char *path, struct str bytes, struct errinfo *e)
{
	return simdisk_write(((struct place *)ctx)->disk, path, bytes, e);
}

static inline enum err
place_remove(void *ctx, const char *path, struct errinfo *e)
{
	return simdisk_remove(((struct place *)ctx)->disk, path, e);
}

static inline enum err
place_mark(void *ctx, const char *path, bool anew, struct buf *ret, struct errinfo *e)
{
	return simdisk_mark(((struct place *)ctx)->disk, path, anew, ret, e);
}

static inline enum err
place_lock(void *ctx, const char *what, struct errinfo *e)
{
	(void)ctx, (void)what, (void)e;
	return OK;
}

static inline void
place_unlock(void *ctx)
{
	(void)ctx;
}

static inline enum err
place_path(void *ctx, const char *name, struct buf *ret, struct errinfo *e)
{
	struct str all;
	(void)ctx;
	buf_puts(ret, name);
	return buf_take(ret, &all, e);
}

static inline int64_t
place_space(void *ctx)
{
	(void)ctx;
	return INT64_MAX;
}

static inline void __attribute__((noreturn)) place_die(void *ctx, const char *why)
{
	(void)ctx;
	fprintf(stderr, "a home died: %s\n", why);
	abort();
}

static inline void
place_keys(struct place *p, unsigned log_gen)
{
	uint8_t seed[32];
	struct sign_key root = govern_root((size_t)p->member, 0);
	p->root = sign_key_public(&root);
	govern_seed('l', (size_t)p->member, log_gen, seed);
	sign_key_init(&p->log, seed);
}

/* The founding charter of the four. */
static inline struct str
place_founding(struct arena *a)
{
	struct charter draft = govern_draft(a, 4);
	return govern_signed(a, govern_text(a, &draft), NULL, 15, NULL);
}

static inline void
place_open(struct place *p)
{
	struct errinfo e = {0};
	CHECK_OK(share_open(&p->env, p->store, &p->root, &p->log, &p->s, &e));
	p->c = p->s->ncentres ? &p->s->centre[0] : NULL;
}

static inline void
place_env(struct place *p, int member)
{
	crypto_init();
	p->member = member;
	p->disk = simdisk_new(1 + (uint64_t)member);
	p->env = (struct env){p, simdisk_vfs(p->disk), place_now, place_now, place_random, place_read, place_write, place_remove, place_mark,
	    place_lock, place_unlock, place_path, place_space, place_die};
	p->now = DAY("2015-10-02");
	place_keys(p, 0);
}

/* A new home of this member, in the centre. p is the caller's and must not move. */
static inline void
place_new(struct place *p, int member)
{
	struct arena a = ARENA_INIT(4 * MIB);
	struct errinfo e = {0};
	memset(p, 0, sizeof *p);
	place_env(p, member);
	CHECK_OK(store_open(&p->env, true, &p->store, &e));
	place_open(p);
	CHECK_OK(share_take_charters(p->s, place_founding(&a), true, NULL, &p->c, &e));
	CHECK(p->c && p->c->me == member);
	arena_done(&a);
}

/* Closed and opened again, as after the end of a process. */
static inline void
place_again(struct place *p)
{
	struct errinfo e = {0};
	share_close(p->s);
	store_close(p->store);
	CHECK_OK(store_open(&p->env, false, &p->store, &e));
	place_open(p);
}

static inline void
place_done(struct place *p)
{
	share_close(p->s);
	store_close(p->store);
	simdisk_free(p->disk);
}

/* The home at this moment goes on twice: to is a copy of from (a forger, or a restored backup). */
static inline void
place_copy(struct place *to, struct place *from)
{
	struct errinfo e = {0};
	memset(to, 0, sizeof *to);
	place_env(to, from->member);
	to->now = from->now;
	share_close(from->s);
	store_close(from->store);
	struct simdisk_image *im = simdisk_snapshot(from->disk);
	simdisk_restore(to->disk, im);
	simdisk_image_free(im);
	CHECK_OK(store_open(&from->env, false, &from->store, &e));
	place_open(from);
	CHECK_OK(store_open(&to->env, false, &to->store, &e));
	place_open(to);
}

/* Appends one entry of n objects "{…}" that carry `text`, without signing. */
static inline enum err
place_append(struct place *p, uint64_t circle, const char *text, size_t n, struct share_appended *ret, struct errinfo *e)
{
	struct str objects[LIMIT_PIECES];
	struct buf b = BUF_INIT(LIMIT_PAYLOAD);
	struct entry x = {.kind = ENTRY_OBJECTS, .position = STR("J2-3")};
	size_t start[LIMIT_PIECES + 1];
	for (size_t i = 0; i < n; i++) {
		start[i] = b.n;
		buf_printf(&b, "{\"n\":%zu,\"text\":\"%s\"}", i, text);
	}
	start[n] = b.n;
	for (size_t i = 0; i < n; i++)
		objects[i] = str_sub(buf_str(&b), start[i], start[i + 1]);
	label_own(&x.label, p->c->id.b, p->member, 2);
	x.label.circle = circle;
	if (p->delete_by)
		x.label.delete_by = p->delete_by;
	struct share_append a = {p->c, circle, &x, objects, n};
	enum err err = record_begin(p->store, e);
	if (!err && (err = share_append(p->s, &a, ret, e)))
		record_rollback(p->store);
	else if (!err)
		err = record_commit(p->store, e);
	buf_done(&b);
	return err;
}

/* The same, signed, and it must go well. */
static inline void
place_release(struct place *p, uint64_t circle, const char *text, size_t n)
{
	struct errinfo e = {0};
	struct share_appended done;
	p->now += TIME_SECOND;
	CHECK_OK(place_append(p, circle, text, n, &done, &e));
	CHECK_OK(share_sign_all(p->s, &e));
}

/* one home asking another */

struct link {
	struct place *to;
	int asker;
	unsigned asked;
	/* may be NULL; sees and may change each reply. What it returns is what the transport says. */
	enum err (*spoil)(void *ctx, struct str path, struct buf *reply, size_t from, enum err err, struct errinfo *e);
	void *ctx;
};

static inline enum err
link_get(void *ctx, struct str path, struct buf *ret, struct errinfo *e)
{
	struct link *l = ctx;
	size_t from = ret->n;
	l->asked++;
	enum err err = share_serve(l->to->s, l->to->c, l->asker, path, ret, e);
	return l->spoil ? l->spoil(l->ctx, path, ret, from, err, e) : err;
}

static inline enum err
place_fetch_over(struct place *to, struct link *l, struct fetch_report *r, struct errinfo *e)
{
	struct transport t = {.ctx = l, .get = link_get, .name = "peer"};
	return share_fetch(to->s, to->c, &t, NULL, r, e);
}

static inline void
place_fetch(struct place *to, struct place *from, struct fetch_report *r)
{
	struct errinfo e = {0};
	struct link l = {.to = from, .asker = to->member};
	CHECK_OK(place_fetch_over(to, &l, r, &e));
}

/* The log of an author in a circle as a home holds it; no = 0 if it does not. */
static inline struct record_log
place_log(struct place *p, uint64_t circle, int author)
{
	struct record_log log = {0};
	struct errinfo e = {0};
	enum err err = record_log_latest(p->store, p->c->no, circle, author, &log, &e);
	CHECK(err == OK || err == ERR_NOTFOUND);
	if (err)
		log.no = 0;
	return log;
}

static inline enum err
place_put_line(void *ctx, uint64_t idx, const struct record_entry *x, struct errinfo *e)
{
	(void)idx, (void)e;
	buf_put(ctx, x->bytes);
	buf_printf(ctx, " %u%s\n", x->count, x->count && !x->first ? " pending" : x->first == ENTRY_MALFORMED ? " malformed" : "");
	return OK;
}

static inline enum err
place_put_piece(void *ctx, uint32_t n, struct str data, const struct hash *hash, struct errinfo *e)
{
	(void)n, (void)e;
	buf_put(ctx, data);
	if (hash)
		buf_put(ctx, hash_str(hash));
	return OK;
}

struct place_walk {
	struct place *p;
	struct buf *b;
};

static inline enum err
place_put_pieces(void *ctx, uint64_t idx, const struct record_entry *x, struct errinfo *e)
{
	struct place_walk *w = ctx;
	enum err err = place_put_line(w->b, idx, x, e);
	return err || !x->count || !x->first ? err : record_piece_each(w->p->store, x->first, x->count, place_put_piece, w->b, e);
}

/* Entries and pieces of a log as one text, the same on every home that holds the same. */
static inline void
place_text(struct place *p, uint64_t circle, int author, struct buf *b)
{
	struct record_log log = place_log(p, circle, author);
	struct place_walk w = {p, b};
	struct errinfo e = {0};
	buf_clear(b);
	if (log.no)
		CHECK_OK(record_entry_each(p->store, log.no, 0, log.edge.size, place_put_pieces, &w, &e));
	CHECK(buf_ok(b));
}

#endif
