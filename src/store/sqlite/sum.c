/* sum: a backup's files as they lie on the disk: what they hash to, and out of the backup into a new home.
 *
 * A write-ahead log or journal beside a backup is no part of it, though SQLite would play it back into the file that was just looked at. */
#include <sqlite3.h>
#include <stdlib.h>

#include "crypto/hash.h"
#include "store/sqlite/store_int.h"

enum { CHUNK = 64 * 1024 };

static enum err
hash_file(struct db *d, sqlite3_file *f, struct hash *ret, struct errinfo *e)
{
	struct sha256 h;
	sqlite3_int64 size = 0;
	char *p = malloc(CHUNK);
	int rc;
	if (!p)
		return err_nomem(e);
	sha256_init(&h);
	rc = f->pMethods->xFileSize(f, &size);
	for (sqlite3_int64 at = 0; rc == SQLITE_OK && at < size; at += CHUNK) {
		int n = size - at < CHUNK ? (int)(size - at) : CHUNK;
		if ((rc = f->pMethods->xRead(f, p, n, at)) == SQLITE_OK)
			sha256_put(&h, str_bytes(p, (size_t)n));
	}
	free(p);
	if (rc != SQLITE_OK)
		return db_error(d, rc, e);
	*ret = sha256_end(&h);
	return OK;
}

enum err
store_file_hash(const struct env *env, const char *name, struct hash *ret, struct errinfo *e)
{
	struct buf path = BUF_INIT(4096);
	struct db d = {.env = env, .name = name};
	sqlite3_file *f = NULL;
	struct str all;
	enum err err = env->db_path(env->ctx, name, &path, e);
	buf_putc(&path, '\0');
	if (!err && !(err = buf_take(&path, &all, e))) {
		/* opened, and no statement run: nothing but the file itself is looked at */
		int rc = sqlite3_open_v2(path.p, &d.h, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, env->vfs);
		if (rc == SQLITE_OK)
			rc = sqlite3_file_control(d.h, "main", SQLITE_FCNTL_FILE_POINTER, &f);
		err = rc != SQLITE_OK || !f || !f->pMethods ? db_error(&d, rc ? rc : SQLITE_CANTOPEN, e) : hash_file(&d, f, ret, e);
		sqlite3_close_v2(d.h);
	}
	buf_done(&path);
	return err;
}

static enum err
drop_beside(const struct env *env, const char *name, struct errinfo *e)
{
	static const char *const ends[] = {"-wal", "-shm", "-journal"};
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		char path[32], space[1];
		struct buf b = {.p = path, .cap = sizeof path, .max = sizeof path}, probe = {.p = space, .cap = sizeof space, .max = sizeof space};
		buf_printf(&b, "%s%s", name, ends[i]);
		buf_putc(&b, '\0');
		if (env->read(env->ctx, path, &probe, NULL) == ERR_NOTFOUND) /* a disk that cannot be written has none to drop */
			continue;
		enum err err = env->remove(env->ctx, path, e);
		if (err)
			return err;
	}
	return OK;
}

static const char *const kept[] = {"log.db", "node.db"};

enum err
store_restore_begin(const struct env *from, struct errinfo *e)
{
	enum err err = OK;
	for (size_t i = 0; i < sizeof kept / sizeof *kept && !err; i++)
		err = drop_beside(from, kept[i], e);
	return err;
}

enum err
store_restore(const struct env *from, const struct env *to, struct errinfo *e)
{
	enum err err = OK;
	for (size_t i = 0; i < sizeof kept / sizeof *kept && !err; i++) {
		struct db d;
		if ((err = db_open(&d, from, kept[i], false, true, e)))
			break;
		if (!(err = store_check_one(&d, e)))
			err = store_copy(&d, to, kept[i], NULL, NULL, e);
		db_close(&d);
	}
	return err;
}
