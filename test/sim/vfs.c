/* vfs: SQLite's way to a simulated disk. A handle belongs to one life of the disk: after simdisk_cut its calls fail, letting go and closing excepted,
 * so that a connection of a dead process can be closed and writes nothing. Locks and shared memory are those of one machine: POSIX rules, in memory.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sim/disk_int.h"

struct simfile {
	struct sqlite3_file base;
	struct simfile *next, **prev;
	struct simdisk *d;
	struct inode *f;
	char *gone; /* name to delete on close; or NULL */
	uint32_t life;
	int lock;
	struct shm *shm;
	unsigned shm_shared, shm_excl; /* bits of slots held */
};

static struct simfile *
file(struct sqlite3_file *p)
{
	return (struct simfile *)p;
}

static bool
dead(const struct simfile *h)
{
	return h->life != h->d->life || h->d->crashed;
}

/* SQLite's code for ours. */
static int
code(enum err err, int io)
{
	return err == OK ? SQLITE_OK : err == ERR_FULL ? SQLITE_FULL : io;
}

void
shm_unref(struct shm *s)
{
	if (!s || --s->refs > 0)
		return;
	for (int i = 0; i < s->n; i++)
		free(s->region[i]);
	free(s->region);
	free(s);
}

static void
shm_drop(struct simfile *h)
{
	struct shm *s = h->shm;
	if (!s)
		return;
	h->shm = NULL;
	if (h->life == h->d->life)
		for (int i = 0; i < SHM_LOCKS; i++) {
			if (h->shm_shared & 1u << i)
				s->lock[i].shared--;
			if (s->lock[i].excl == h)
				s->lock[i].excl = NULL;
		}
	h->shm_shared = h->shm_excl = 0;
	shm_unref(s);
	if (h->f->shm == s && s->refs == 1) { /* the last process unmapped: the next one begins with none */
		h->f->shm = NULL;
		shm_unref(s);
	}
}

static int
f_unlock(struct sqlite3_file *p, int to)
{
	struct simfile *h = file(p);
	struct inode *f = h->f;
	if (h->lock <= to)
		return SQLITE_OK;
	if (h->life == h->d->life) {
		if (f->reserved == h)
			f->reserved = NULL;
		if (f->pending == h)
			f->pending = NULL;
		if (f->excl == h)
			f->excl = NULL;
		if (to == SQLITE_LOCK_NONE)
			f->shared--;
	}
	h->lock = to;
	return SQLITE_OK;
}

static void
file_release(struct simfile *h)
{
	*h->prev = h->next;
	if (h->next)
		h->next->prev = h->prev;
	f_unlock(&h->base, SQLITE_LOCK_NONE);
	shm_drop(h);
	inode_unref(h->f);
	free(h->gone);
}

void
vfs_forget(struct simdisk *d)
{
	while (d->files)
		file_release(d->files);
}

int
simdisk_handles(const struct simdisk *d)
{
	int n = 0;
	for (const struct simfile *h = d->files; h; h = h->next)
		n++;
	return n;
}

static int
f_close(struct sqlite3_file *p)
{
	struct simfile *h = file(p);
	if (h->gone && !dead(h))
		(void)disk_delete(h->d, h->gone);
	file_release(h);
	return SQLITE_OK;
}

static int
f_read(struct sqlite3_file *p, void *out, int n, sqlite3_int64 at)
{
	struct simfile *h = file(p);
	const struct bytes *b = &h->f->now;
	if (dead(h) || (!h->f->temp && disk_gate(h->d, SIMOP_READ)))
		return SQLITE_IOERR_READ;
	size_t have = (uint64_t)at < b->n ? b->n - (size_t)at : 0, want = (size_t)n;
	if (have > want)
		have = want;
	if (have > 0)
		memcpy(out, b->p + at, have);
	memset((char *)out + have, 0, want - have);
	return have < want ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

/* Dead by an earlier life: the gate knows only the crash of this one. */
static bool
stale(const struct simfile *h)
{
	return h->life != h->d->life;
}

static int
f_write(struct sqlite3_file *p, const void *in, int n, sqlite3_int64 at)
{
	struct simfile *h = file(p);
	return stale(h) ? SQLITE_IOERR_WRITE : code(disk_file_write(h->d, h->f, (uint64_t)at, in, (size_t)n), SQLITE_IOERR_WRITE);
}

static int
f_truncate(struct sqlite3_file *p, sqlite3_int64 n)
{
	struct simfile *h = file(p);
	return stale(h) ? SQLITE_IOERR_TRUNCATE : code(disk_file_size(h->d, h->f, (uint64_t)n), SQLITE_IOERR_TRUNCATE);
}

static int
f_sync(struct sqlite3_file *p, int flags)
{
	struct simfile *h = file(p);
	(void)flags;
	return stale(h) ? SQLITE_IOERR_FSYNC : code(disk_file_sync(h->d, h->f), SQLITE_IOERR_FSYNC);
}

static int
f_size(struct sqlite3_file *p, sqlite3_int64 *ret)
{
	struct simfile *h = file(p);
	if (dead(h))
		return SQLITE_IOERR_FSTAT;
	*ret = (sqlite3_int64)h->f->now.n;
	return SQLITE_OK;
}

static int
f_lock(struct sqlite3_file *p, int to)
{
	struct simfile *h = file(p);
	struct inode *f = h->f;
	if (h->lock >= to)
		return SQLITE_OK;
	if (dead(h))
		return SQLITE_IOERR_LOCK;
	if (to == SQLITE_LOCK_SHARED) {
		if (f->pending || f->excl)
			return SQLITE_BUSY;
		f->shared++;
	} else if (to == SQLITE_LOCK_RESERVED) {
		if (f->reserved || f->pending)
			return SQLITE_BUSY;
		f->reserved = h;
	} else {
		if ((f->reserved && f->reserved != h) || (f->pending && f->pending != h))
			return SQLITE_BUSY;
		f->pending = h;
		if (f->shared > 1) {
			h->lock = SQLITE_LOCK_PENDING;
			return SQLITE_BUSY;
		}
		f->excl = h;
	}
	h->lock = to;
	return SQLITE_OK;
}

static int
f_check_reserved(struct sqlite3_file *p, int *ret)
{
	const struct simfile *h = file(p);
	if (dead(h))
		return SQLITE_IOERR_CHECKRESERVEDLOCK;
	*ret = h->f->reserved || h->f->pending || h->f->excl;
	return SQLITE_OK;
}

static int
f_control(struct sqlite3_file *p, int op, void *arg)
{
	(void)p;
	(void)op;
	(void)arg;
	return SQLITE_NOTFOUND;
}

static int
f_sector(struct sqlite3_file *p)
{
	return file(p)->d->sector;
}

static int
f_characteristics(struct sqlite3_file *p)
{
	(void)p;
	return 0;
}

static int
f_shm_map(struct sqlite3_file *p, int at, int size, int extend, void volatile **ret)
{
	struct simfile *h = file(p);
	*ret = NULL;
	if (dead(h))
		return SQLITE_IOERR_SHMMAP;
	if (!h->shm) {
		if (!h->f->shm) {
			h->f->shm = sim_alloc(sizeof *h->f->shm);
			h->f->shm->refs = 1; /* the inode's */
		}
		h->shm = h->f->shm;
		h->shm->refs++;
	}
	struct shm *s = h->shm;
	if (at >= s->n) {
		if (!extend)
			return SQLITE_OK;
		s->region = sim_realloc(s->region, (size_t)(at + 1) * sizeof *s->region);
		while (s->n <= at)
			s->region[s->n++] = sim_alloc((size_t)size);
	}
	*ret = s->region[at];
	return SQLITE_OK;
}

static int
f_shm_lock(struct sqlite3_file *p, int at, int n, int flags)
{
	struct simfile *h = file(p);
	unsigned mask = ((1u << n) - 1) << at;
	struct shm *s = h->shm;
	if (flags & SQLITE_SHM_UNLOCK) {
		for (int i = at; s && !stale(h) && i < at + n; i++) {
			if (h->shm_shared & 1u << i)
				s->lock[i].shared--;
			if (s->lock[i].excl == h)
				s->lock[i].excl = NULL;
		}
		h->shm_shared &= ~mask;
		h->shm_excl &= ~mask;
		return SQLITE_OK;
	}
	if (dead(h) || !s)
		return SQLITE_IOERR_SHMLOCK;
	bool excl = flags & SQLITE_SHM_EXCLUSIVE;
	for (int i = at; i < at + n; i++) {
		int others = s->lock[i].shared - (h->shm_shared >> i & 1 ? 1 : 0);
		if ((s->lock[i].excl && s->lock[i].excl != h) || (excl && others > 0))
			return SQLITE_BUSY;
	}
	for (int i = at; i < at + n; i++) {
		if (excl) {
			s->lock[i].excl = h;
			h->shm_excl |= 1u << i;
		} else if (!(h->shm_shared & 1u << i)) {
			s->lock[i].shared++;
			h->shm_shared |= 1u << i;
		}
	}
	return SQLITE_OK;
}

static void
f_shm_barrier(struct sqlite3_file *p)
{
	(void)p;
}

static int
f_shm_unmap(struct sqlite3_file *p, int del)
{
	(void)del; /* shared memory is no file here, and goes with the last that maps it */
	shm_drop(file(p));
	return SQLITE_OK;
}

static const struct sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = f_close,
    .xRead = f_read,
    .xWrite = f_write,
    .xTruncate = f_truncate,
    .xSync = f_sync,
    .xFileSize = f_size,
    .xLock = f_lock,
    .xUnlock = f_unlock,
    .xCheckReservedLock = f_check_reserved,
    .xFileControl = f_control,
    .xSectorSize = f_sector,
    .xDeviceCharacteristics = f_characteristics,
    .xShmMap = f_shm_map,
    .xShmLock = f_shm_lock,
    .xShmBarrier = f_shm_barrier,
    .xShmUnmap = f_shm_unmap,
};

static struct simdisk *
disk(struct sqlite3_vfs *v)
{
	return v->pAppData;
}

static int
v_open(struct sqlite3_vfs *v, const char *name, struct sqlite3_file *p, int flags, int *ret_flags)
{
	struct simdisk *d = disk(v);
	struct simfile *h = file(p);
	struct inode *f = NULL;
	memset(h, 0, sizeof *h); /* no methods: SQLite will not close what was not opened */
	struct name *m = name ? disk_name(d, name, false) : NULL;
	if (m && m->now) {
		if (disk_gate(d, SIMOP_OPEN) || ((flags & SQLITE_OPEN_EXCLUSIVE) && (flags & SQLITE_OPEN_CREATE)))
			return SQLITE_CANTOPEN;
		f = inode_ref(m->now);
	} else {
		if (name && !(flags & SQLITE_OPEN_CREATE))
			return SQLITE_CANTOPEN;
		enum err err = disk_create(d, name, &f);
		if (err)
			return code(err, SQLITE_CANTOPEN);
	}
	h->base.pMethods = &methods;
	h->d = d;
	h->f = f;
	h->life = d->life;
	if (name && (flags & SQLITE_OPEN_DELETEONCLOSE))
		h->gone = strcpy(sim_alloc(strlen(name) + 1), name);
	h->next = d->files;
	h->prev = &d->files;
	if (h->next)
		h->next->prev = &h->next;
	d->files = h;
	if (ret_flags)
		*ret_flags = flags;
	return SQLITE_OK;
}

static int
v_delete(struct sqlite3_vfs *v, const char *name, int sync_dir)
{
	struct simdisk *d = disk(v);
	enum err err = disk_delete(d, name);
	if (err == ERR_NOTFOUND)
		return SQLITE_IOERR_DELETE_NOENT;
	if (!err && sync_dir && disk_dir_sync(d))
		return SQLITE_IOERR_DIR_FSYNC;
	return code(err, SQLITE_IOERR_DELETE);
}

static int
v_access(struct sqlite3_vfs *v, const char *name, int flags, int *ret)
{
	struct simdisk *d = disk(v);
	if (d->crashed)
		return SQLITE_IOERR_ACCESS;
	const struct name *m = disk_name(d, name, false);
	*ret = m && m->now && (flags != SQLITE_ACCESS_EXISTS || m->now->now.n > 0); /* an empty file counts as none, as in SQLite's own */
	return SQLITE_OK;
}

static int
v_full(struct sqlite3_vfs *v, const char *name, int n, char *out)
{
	(void)v;
	if (strlen(name) >= (size_t)n || strlen(name) > NAME_MAX_LEN)
		return SQLITE_CANTOPEN;
	strcpy(out, name);
	return SQLITE_OK;
}

static int
v_random(struct sqlite3_vfs *v, int n, char *out)
{
	for (int i = 0; i < n; i++)
		out[i] = (char)simrng_next(&disk(v)->dice);
	return n;
}

static int
v_sleep(struct sqlite3_vfs *v, int usec)
{
	(void)v;
	return usec; /* nobody else runs: waiting would change nothing */
}

static int
v_now(struct sqlite3_vfs *v, sqlite3_int64 *ret)
{
	const struct simdisk *d = disk(v);
	*ret = (d->clock ? d->clock(d->clock_ctx) / 1000 : 0) + INT64_C(210866760000000); /* 1970 in Julian milliseconds */
	return SQLITE_OK;
}

static int
v_now_days(struct sqlite3_vfs *v, double *ret)
{
	sqlite3_int64 ms;
	v_now(v, &ms);
	*ret = (double)ms / 86400000.0;
	return SQLITE_OK;
}

static int
v_last_error(struct sqlite3_vfs *v, int n, char *out)
{
	(void)v;
	if (n > 0)
		*out = '\0';
	return 0;
}

void
vfs_add(struct simdisk *d)
{
	d->vfs = (struct sqlite3_vfs){
	    .iVersion = 2,
	    .szOsFile = sizeof(struct simfile),
	    .mxPathname = NAME_MAX_LEN + 1,
	    .zName = d->vfs_name,
	    .pAppData = d,
	    .xOpen = v_open,
	    .xDelete = v_delete,
	    .xAccess = v_access,
	    .xFullPathname = v_full,
	    .xRandomness = v_random,
	    .xSleep = v_sleep,
	    .xCurrentTime = v_now_days,
	    .xGetLastError = v_last_error,
	    .xCurrentTimeInt64 = v_now,
	};
	int rc = sqlite3_vfs_register(&d->vfs, 0);
	assert(rc == SQLITE_OK);
	(void)rc;
}

void
vfs_remove(struct simdisk *d)
{
	sqlite3_vfs_unregister(&d->vfs);
}
