/* small: whole files for struct env, and files seen from outside: copies, images, the hash. */
#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/disk_int.h"

static enum err
told(enum err code, const char *what, const char *name, struct errinfo *e)
{
	if (code == ERR_FULL)
		return err_set(e, code, "%s %s: no space left on the simulated disk", what, name);
	return err_set(e, code, "%s %s: the simulated disk failed", what, name);
}

enum err
simdisk_read(struct simdisk *d, const char *name, struct buf *ret, struct errinfo *e)
{
	struct str s;
	enum err err = disk_gate(d, SIMOP_OPEN);
	if (err)
		return told(err, "open", name, e);
	const struct name *m = disk_name(d, name, false);
	if (!m || !m->now)
		return err_set(e, ERR_NOTFOUND, "%s: no such file", name);
	err = disk_gate(d, SIMOP_READ);
	if (err)
		return told(err, "read", name, e);
	buf_put(ret, str_bytes(m->now->now.p, m->now->now.n));
	return buf_take(ret, &s, e);
}

enum err
simdisk_write(struct simdisk *d, const char *name, struct str bytes, struct errinfo *e)
{
	char tmp[NAME_MAX_LEN + 1];
	struct inode *f = NULL;
	int len = snprintf(tmp, sizeof tmp, "%s.tmp", name);
	if (buf_is_lost(bytes))
		return err_nomem(e);
	if (len < 0 || (size_t)len >= sizeof tmp)
		return err_set(e, ERR_LIMIT, "%s: name too long", name);
	struct name *m = disk_name(d, tmp, false);
	if (m && !d->crashed)
		inode_set(&m->now, NULL); /* left over by a crash */
	enum err err = disk_create(d, tmp, &f);
	if (!err)
		err = disk_file_write(d, f, 0, bytes.p, bytes.n);
	if (!err)
		err = disk_file_sync(d, f);
	if (!err)
		err = disk_rename(d, tmp, name);
	inode_unref(f);
	if (!err)
		err = disk_dir_sync(d);
	if (!err)
		return OK;
	m = disk_name(d, tmp, false);
	if (m && !d->crashed)
		inode_set(&m->now, NULL);
	return told(err, "write", name, e);
}

enum err
simdisk_remove(struct simdisk *d, const char *name, struct errinfo *e)
{
	enum err err = disk_delete(d, name);
	if (err == ERR_NOTFOUND)
		return OK;
	if (!err)
		err = disk_dir_sync(d);
	return err ? told(err, "remove", name, e) : OK;
}

enum err
simdisk_mark(struct simdisk *d, const char *name, bool anew, struct buf *ret, struct errinfo *e)
{
	struct str s;
	enum err err = anew ? simdisk_write(d, name, STR("a mark\n"), e) : OK;
	if (err)
		return err;
	if ((err = disk_gate(d, SIMOP_OPEN)))
		return told(err, "look at", name, e);
	const struct name *m = disk_name(d, name, false);
	if (!m || !m->now)
		return err_set(e, ERR_NOTFOUND, "%s: no such file", name);
	buf_printf(ret, "%llx-%llx", (unsigned long long)m->now->disk, (unsigned long long)m->now->number);
	return buf_take(ret, &s, e);
}

bool
simdisk_get(const struct simdisk *d, const char *name, struct buf *ret)
{
	for (size_t i = 0; i < d->n; i++)
		if (strcmp(d->names[i].name, name) == 0 && d->names[i].now) {
			buf_put(ret, str_bytes(d->names[i].now->now.p, d->names[i].now->now.n));
			return true;
		}
	return false;
}

void
simdisk_put(struct simdisk *d, const char *name, struct str bytes)
{
	struct name *m = disk_name(d, name, true);
	assert(m);
	struct inode *f = inode_new(d, false);
	bytes_write(&f->now, 0, bytes.p, bytes.n);
	bytes_write(&f->dur, 0, bytes.p, bytes.n);
	inode_set(&m->now, f);
	inode_set(&m->dur, f);
	inode_unref(f);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp((*(const struct name *const *)a)->name, (*(const struct name *const *)b)->name);
}

static const struct name **
sorted(const struct simdisk *d)
{
	const struct name **list = sim_alloc((d->n + 1) * sizeof *list);
	for (size_t i = 0; i < d->n; i++)
		list[i] = &d->names[i];
	qsort(list, d->n, sizeof *list, by_name);
	return list;
}

void
simdisk_each(const struct simdisk *d, void (*each)(const char *name, uint64_t size, void *ctx), void *ctx)
{
	const struct name **list = sorted(d);
	for (size_t i = 0; i < d->n; i++)
		if (list[i]->now)
			each(list[i]->name, list[i]->now->now.n, ctx);
	free(list);
}

static void
hash_number(crypto_hash_sha256_state *h, uint64_t n)
{
	uint8_t be[8];
	for (int i = 0; i < 8; i++)
		be[i] = (uint8_t)(n >> (56 - 8 * i));
	crypto_hash_sha256_update(h, be, sizeof be);
}

void
simdisk_hash(const struct simdisk *d, uint8_t ret[static 32])
{
	crypto_hash_sha256_state h;
	const struct name **list = sorted(d);
	crypto_hash_sha256_init(&h);
	for (size_t i = 0; i < d->n; i++) {
		const struct inode *f = list[i]->dur;
		if (!f)
			continue;
		hash_number(&h, strlen(list[i]->name));
		crypto_hash_sha256_update(&h, (const uint8_t *)list[i]->name, strlen(list[i]->name));
		hash_number(&h, f->dur.n);
		crypto_hash_sha256_update(&h, f->dur.p, f->dur.n);
	}
	crypto_hash_sha256_final(&h, ret);
	free(list);
}

struct simdisk_image {
	size_t n;
	struct {
		char name[NAME_MAX_LEN + 1];
		struct bytes bytes;
		uint64_t disk, number;
	} file[];
};

struct simdisk_image *
simdisk_snapshot(const struct simdisk *d)
{
	struct simdisk_image *im = sim_alloc(sizeof *im + d->n * sizeof im->file[0]);
	for (size_t i = 0; i < d->n; i++) {
		const struct inode *f = d->names[i].now;
		if (!f)
			continue;
		strcpy(im->file[im->n].name, d->names[i].name);
		bytes_write(&im->file[im->n].bytes, 0, f->now.p, f->now.n);
		im->file[im->n].disk = f->disk;
		im->file[im->n].number = f->number;
		im->n++;
	}
	return im;
}

void
simdisk_image_free(struct simdisk_image *im)
{
	for (size_t i = 0; im && i < im->n; i++)
		free(im->file[i].bytes.p);
	free(im);
}

void
simdisk_copy(struct simdisk *d, const struct simdisk_image *im)
{
	assert(!d->files);
	for (size_t i = 0; i < d->n; i++) {
		inode_set(&d->names[i].now, NULL);
		inode_set(&d->names[i].dur, NULL);
	}
	d->n = 0;
	for (size_t i = 0; i < im->n; i++)
		simdisk_put(d, im->file[i].name, str_bytes(im->file[i].bytes.p, im->file[i].bytes.n));
}

void
simdisk_restore(struct simdisk *d, const struct simdisk_image *im)
{
	simdisk_copy(d, im);
	for (size_t i = 0; i < im->n; i++) {
		struct inode *f = disk_name(d, im->file[i].name, false)->now;
		f->disk = im->file[i].disk;
		f->number = im->file[i].number;
	}
}
