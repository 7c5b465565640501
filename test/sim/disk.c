#include "sim/disk.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/disk_int.h"

volatile bool sim_takes; /* else the compiler, which knows malloc, would see nobody who reads it */

void *
sim_realloc(void *p, size_t n)
{
	sim_takes = true;
	p = realloc(p, n ? n : 1);
	sim_takes = false;
	if (!p) {
		fputs("simulator: out of memory\n", stderr);
		abort();
	}
	return p;
}

void *
sim_alloc(size_t n)
{
	return memset(sim_realloc(NULL, n), 0, n);
}

static void
bytes_room(struct bytes *b, size_t n)
{
	if (n <= b->cap)
		return;
	size_t cap = b->cap ? b->cap : 512;
	while (cap < n)
		cap *= 2;
	b->p = sim_realloc(b->p, cap);
	b->cap = cap;
}

void
bytes_size(struct bytes *b, uint64_t n)
{
	if (n > b->n) {
		bytes_room(b, n);
		memset(b->p + b->n, 0, n - b->n);
	}
	b->n = n;
}

void
bytes_write(struct bytes *b, uint64_t at, const void *p, size_t n)
{
	if (n == 0)
		return;
	if (at + n > b->n)
		bytes_size(b, at + n);
	memcpy(b->p + at, p, n);
}

struct inode *
inode_new(struct simdisk *d, bool temp)
{
	struct inode *f = sim_alloc(sizeof *f);
	f->refs = 1;
	f->temp = temp;
	f->disk = d->id;
	f->number = ++d->made;
	f->next = d->inodes;
	f->prev = &d->inodes;
	if (f->next)
		f->next->prev = &f->next;
	d->inodes = f;
	return f;
}

struct inode *
inode_ref(struct inode *f)
{
	if (f)
		f->refs++;
	return f;
}

void
inode_unref(struct inode *f)
{
	if (!f || --f->refs > 0)
		return;
	*f->prev = f->next;
	if (f->next)
		f->next->prev = f->prev;
	assert(!f->shm);
	free(f->now.p);
	free(f->dur.p);
	free(f->log.p);
	free(f->changes);
	free(f);
}

void
inode_set(struct inode **at, struct inode *f)
{
	struct inode *old = *at;
	*at = inode_ref(f);
	inode_unref(old);
}

struct name *
disk_name(struct simdisk *d, const char *name, bool make)
{
	for (size_t i = 0; i < d->n; i++)
		if (strcmp(d->names[i].name, name) == 0)
			return &d->names[i];
	if (!make || strlen(name) > NAME_MAX_LEN)
		return NULL;
	if (d->n == d->cap) {
		d->cap = d->cap ? d->cap * 2 : 8;
		d->names = sim_realloc(d->names, d->cap * sizeof *d->names);
	}
	struct name *m = &d->names[d->n++];
	*m = (struct name){.now = NULL};
	strcpy(m->name, name);
	return m;
}

/* One change, as `now` saw it, done to image b. `from` to `to` is the part of a write that counts. */
static void
change_do(const struct inode *f, const struct change *c, struct bytes *b, size_t from, size_t to)
{
	if (c->size)
		bytes_size(b, c->at);
	else
		bytes_write(b, c->at + from, f->log.p + c->log + from, to - from);
}

static void
change_add(struct inode *f, struct change c, const void *p)
{
	if (f->n == f->cap) {
		f->cap = f->cap ? f->cap * 2 : 16;
		f->changes = sim_realloc(f->changes, f->cap * sizeof *f->changes);
	}
	if (!c.size) {
		c.log = f->log.n;
		bytes_write(&f->log, f->log.n, p, c.n);
	}
	f->changes[f->n++] = c;
}

static void
changes_clear(struct inode *f)
{
	f->n = 0;
	f->log.n = 0;
}

/* Some sectors of a write reach the disk: a first part, a last part, or any. */
static void
change_torn(struct inode *f, const struct change *c, struct simrng *dice)
{
	uint64_t first = c->at / SIMDISK_TORN, last = (c->at + c->n - 1) / SIMDISK_TORN, count = last - first + 1;
	uint64_t how = simrng_below(dice, 3), cut = simrng_below(dice, count + 1);
	for (uint64_t s = 0; s < count; s++) {
		bool keep = how == 0 ? s < cut : how == 1 ? s >= cut : simrng_once_in(dice, 2);
		uint64_t from = (first + s) * SIMDISK_TORN, to = from + SIMDISK_TORN;
		if (from < c->at)
			from = c->at;
		if (to > c->at + c->n)
			to = c->at + c->n;
		if (keep)
			change_do(f, c, &f->dur, from - c->at, to - c->at);
	}
}

/* A write whose bytes were lost may still have made the file longer: by zeros, or by whatever stood in those blocks. */
static void
change_lost(struct inode *f, const struct change *c, struct simrng *dice)
{
	uint64_t end = c->at + c->n, from = f->dur.n;
	if (c->size || end <= from || !simrng_once_in(dice, 4))
		return;
	bytes_size(&f->dur, end);
	if (simrng_once_in(dice, 2))
		for (uint64_t i = from; i < end; i++)
			f->dur.p[i] = (uint8_t)simrng_next(dice);
}

/* What waits becomes durable or is lost, by dice. The styles differ because all-apart alone would hardly ever keep or lose everything. */
static void
inode_roll(struct inode *f, struct simrng *dice)
{
	enum { ALL, NONE, FIRST, LAST, APART, SECTORS, STYLES } style = (int)simrng_below(dice, STYLES);
	size_t border = simrng_below(dice, f->n + 1);
	for (size_t i = 0; i < f->n; i++) {
		const struct change *c = &f->changes[i];
		bool keep = style == ALL || (style == FIRST && i < border) || (style == LAST && i >= border);
		bool torn = style == SECTORS || (style == FIRST && i == border);
		if (style == APART) {
			uint64_t roll = simrng_below(dice, 4);
			keep = roll < 2;
			torn = roll == 2;
		}
		if (c->size ? keep || (torn && simrng_once_in(dice, 2)) : keep)
			change_do(f, c, &f->dur, 0, c->n);
		else if (torn && !c->size && c->n > 0)
			change_torn(f, c, dice);
		else
			change_lost(f, c, dice);
	}
	changes_clear(f);
}

/* OK: go on. Otherwise fail with this code; *ret_half (may be NULL) tells that it is the operation the crash fell on, which may have happened. */
static enum err
gate(struct simdisk *d, enum simop op, bool changes, bool *ret_half)
{
	if (ret_half)
		*ret_half = false;
	if (d->crashed) {
		if (++d->stubborn > SIMDISK_STUBBORN) {
			fputs("simulator: a program goes on calling a disk that has crashed\n", stderr);
			abort();
		}
		return ERR_IO;
	}
	if (changes && ++d->ops == d->crash_at) {
		d->crashed = true;
		if (ret_half)
			*ret_half = true;
		return ERR_IO;
	}
	if (d->fault[op].in > 0 && --d->fault[op].in == 0) {
		d->fault[op].done = true;
		return d->fault[op].code;
	}
	return OK;
}

enum err
disk_gate(struct simdisk *d, enum simop op)
{
	return gate(d, op, false, NULL);
}

enum err
disk_create(struct simdisk *d, const char *name, struct inode **ret)
{
	bool half;
	enum err err = gate(d, SIMOP_OPEN, name != NULL, &half);
	if (err && !half)
		return err;
	struct name *m = name ? disk_name(d, name, true) : NULL;
	if (name && !m)
		return ERR_IO;
	struct inode *f = inode_new(d, name == NULL);
	if (m) {
		assert(!m->now);
		inode_set(&m->now, f);
	}
	if (err)
		inode_unref(f);
	else
		*ret = f;
	return err;
}

/* Bytes of files that have a name or are open; one that only a crash could bring back takes no space. */
static uint64_t
used(const struct simdisk *d)
{
	uint64_t sum = 0;
	for (const struct inode *f = d->inodes; f; f = f->next) {
		int held = f->refs;
		for (size_t i = 0; i < d->n; i++)
			held -= d->names[i].dur == f;
		if (held > 0)
			sum += f->now.n;
	}
	return sum;
}

static bool
no_room(const struct simdisk *d, const struct inode *f, uint64_t end)
{
	return d->capacity != UINT64_MAX && end > f->now.n && used(d) + (end - f->now.n) > d->capacity;
}

enum err
disk_file_write(struct simdisk *d, struct inode *f, uint64_t at, const void *p, size_t n)
{
	bool half = false;
	enum err err = f->temp ? (d->crashed ? ERR_IO : OK) : gate(d, SIMOP_WRITE, true, &half);
	if (!err && no_room(d, f, at + n))
		return ERR_FULL;
	if (err && !half) {
		if (d->crashed || f->temp)
			return err;
		n = simrng_below(&d->dice, n + 1); /* a fault: some of it came through */
	}
	if (n > 0) {
		bytes_write(&f->now, at, p, n);
		if (!f->temp)
			change_add(f, (struct change){.at = at, .n = n}, p);
	}
	return err;
}

enum err
disk_file_size(struct simdisk *d, struct inode *f, uint64_t n)
{
	bool half = false;
	enum err err = f->temp ? (d->crashed ? ERR_IO : OK) : gate(d, SIMOP_TRUNCATE, true, &half);
	if (!err && no_room(d, f, n))
		return ERR_FULL;
	if (err && !half)
		return err;
	bytes_size(&f->now, n);
	if (!f->temp)
		change_add(f, (struct change){.size = true, .at = n}, NULL);
	return err;
}

enum err
disk_file_sync(struct simdisk *d, struct inode *f)
{
	bool half;
	if (f->temp)
		return d->crashed ? ERR_IO : OK;
	enum err err = gate(d, SIMOP_SYNC, true, &half);
	if (err) {
		if (!d->crashed)
			inode_roll(f, &d->dice); /* `now` keeps it all, and nothing waits any more */
		return err;
	}
	if (d->lie)
		return OK;
	for (size_t i = 0; i < f->n; i++)
		change_do(f, &f->changes[i], &f->dur, 0, f->changes[i].n);
	changes_clear(f);
	for (size_t i = 0; i < d->n; i++)
		if (d->names[i].now == f)
			inode_set(&d->names[i].dur, f);
	return OK;
}

enum err
disk_delete(struct simdisk *d, const char *name)
{
	bool half;
	struct name *m = disk_name(d, name, false);
	if (!d->crashed && (!m || !m->now))
		return ERR_NOTFOUND;
	enum err err = gate(d, SIMOP_DELETE, true, &half);
	if (!err || half)
		inode_set(&m->now, NULL);
	return err;
}

enum err
disk_rename(struct simdisk *d, const char *from, const char *to)
{
	bool half;
	enum err err = gate(d, SIMOP_RENAME, true, &half);
	if (err && !half)
		return err;
	if (!disk_name(d, to, true))
		return ERR_IO;
	struct name *a = disk_name(d, from, false), *b = disk_name(d, to, false);
	assert(a && a->now);
	inode_set(&b->now, a->now);
	inode_set(&a->now, NULL);
	return err;
}

enum err
disk_dir_sync(struct simdisk *d)
{
	enum err err = gate(d, SIMOP_SYNC, true, NULL);
	if (err || d->lie)
		return err;
	for (size_t i = 0; i < d->n; i++)
		inode_set(&d->names[i].dur, d->names[i].now);
	return OK;
}

/* Each name is as it was or as it became. A rename is one step: where the new name was kept, the old one is gone. */
static void
names_roll(struct simdisk *d, struct simrng *dice)
{
	for (size_t i = 0; i < d->n; i++) {
		struct name *m = &d->names[i];
		if (m->now == m->dur || simrng_once_in(dice, 2))
			continue;
		inode_set(&m->dur, m->now);
		for (size_t k = 0; m->dur && k < d->n; k++)
			if (k != i && d->names[k].dur == m->dur) {
				inode_set(&d->names[k].dur, NULL);
				inode_set(&d->names[k].now, NULL);
			}
	}
	for (size_t i = 0; i < d->n; i++)
		inode_set(&d->names[i].now, d->names[i].dur);
}

void
simdisk_cut(struct simdisk *d)
{
	d->life++;
	for (struct inode *f = d->inodes; f; f = f->next) {
		f->reserved = f->pending = f->excl = NULL;
		f->shared = 0;
		struct shm *s = f->shm;
		f->shm = NULL;
		shm_unref(s);
	}
}

void
simdisk_reopen(struct simdisk *d, struct simrng *dice)
{
	simdisk_cut(d);
	names_roll(d, dice);
	for (size_t i = 0; i < d->n; i++) {
		struct inode *f = d->names[i].dur;
		if (!f)
			continue;
		inode_roll(f, dice);
		f->now.n = 0;
		bytes_write(&f->now, 0, f->dur.p, f->dur.n);
	}
	d->crashed = false;
	d->crash_at = 0;
	d->stubborn = 0;
}

void
simdisk_forget(struct simdisk *d)
{
	vfs_forget(d);
}

struct simdisk *
simdisk_new(uint64_t seed)
{
	static unsigned made; /* names of VFSs must differ */
	struct simdisk *d = sim_alloc(sizeof *d);
	d->dice.s = d->id = seed;
	d->capacity = UINT64_MAX;
	d->sector = SIMDISK_SECTOR;
	snprintf(d->vfs_name, sizeof d->vfs_name, "simdisk-%u", ++made);
	vfs_add(d);
	return d;
}

static void
names_drop(struct simdisk *d)
{
	for (size_t i = 0; i < d->n; i++) {
		inode_set(&d->names[i].now, NULL);
		inode_set(&d->names[i].dur, NULL);
	}
	d->n = 0;
}

void
simdisk_free(struct simdisk *d)
{
	if (!d)
		return;
	assert(!d->files);
	simdisk_cut(d);
	names_drop(d);
	assert(!d->inodes);
	vfs_remove(d);
	free(d->names);
	free(d);
}

const char *
simdisk_vfs(const struct simdisk *d)
{
	return d->vfs_name;
}

void
simdisk_clock(struct simdisk *d, int64_t (*now)(void *ctx), void *ctx)
{
	d->clock = now;
	d->clock_ctx = ctx;
}

void
simdisk_sector(struct simdisk *d, int bytes)
{
	assert(bytes == 512 || bytes == 4096);
	d->sector = bytes;
}

void
simdisk_capacity(struct simdisk *d, uint64_t bytes)
{
	d->capacity = bytes;
}

int64_t
simdisk_space(const struct simdisk *d)
{
	if (d->capacity == UINT64_MAX)
		return INT64_MAX;
	uint64_t u = used(d);
	return u < d->capacity ? (int64_t)(d->capacity - u) : 0;
}

void
simdisk_lie(struct simdisk *d, bool on)
{
	d->lie = on;
}

uint64_t
simdisk_ops(const struct simdisk *d)
{
	return d->ops;
}

void
simdisk_crash_at(struct simdisk *d, uint64_t k)
{
	d->crash_at = k ? d->ops + k : 0;
}

bool
simdisk_crashed(const struct simdisk *d)
{
	return d->crashed;
}

void
simdisk_fail(struct simdisk *d, enum simop op, uint64_t n, enum err code)
{
	assert(code == ERR_IO || code == ERR_FULL || n == 0);
	d->fault[op].in = n;
	d->fault[op].code = code;
	d->fault[op].done = false;
}

bool
simdisk_failed(const struct simdisk *d, enum simop op)
{
	return d->fault[op].done;
}
