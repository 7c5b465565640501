/* wal: what a process that did not end well left in the WAL is written again before anything is built on it.
 *
 * After a failed fsync the kernel keeps pages readable and calls them clean: no later fsync brings them to the disk (as PostgreSQL found out in
 * 2018). SQLite would recover such a WAL and move it into the database; if power goes in the middle of that, the database has half of it and the WAL,
 * of which the rest was never on the disk, cannot be played again. Writing the same bytes again makes them wait for a sync anew; a write that is torn
 * leaves what was there, which is the same. */
#include <stdlib.h>
#include <string.h>

#include "store/sqlite/db.h"

enum { CHUNK = 64 * 1024 };

static int
write_again(sqlite3_file *f)
{
	const struct sqlite3_io_methods *io = f->pMethods;
	sqlite3_int64 size = 0;
	char *chunk = malloc(CHUNK);
	int rc = chunk ? io->xFileSize(f, &size) : SQLITE_NOMEM;
	for (sqlite3_int64 at = 0; at < size && rc == SQLITE_OK; at += CHUNK) {
		int n = size - at < CHUNK ? (int)(size - at) : CHUNK;
		rc = io->xRead(f, chunk, n, at);
		if (rc == SQLITE_OK)
			rc = io->xWrite(f, chunk, n, at);
	}
	if (rc == SQLITE_OK && size > 0)
		rc = io->xSync(f, SQLITE_SYNC_FULL);
	free(chunk);
	return rc;
}

static int
again(sqlite3_vfs *v, const char *path, const struct env *env)
{
	char *full = calloc(1, (size_t)v->mxPathname + 1), *base = NULL, *wal = NULL;
	sqlite3_file *f = calloc(1, (size_t)v->szOsFile);
	const char *name;
	int there = 0, flags = 0, rc = full && f ? v->xFullPathname(v, path, v->mxPathname, full) : SQLITE_NOMEM;
	if (rc != SQLITE_OK)
		goto out;
	wal = sqlite3_mprintf("%s-wal", full);
	base = wal ? (char *)sqlite3_create_filename(full, "", wal, 0, NULL) : NULL;
	if (!base) {
		rc = SQLITE_NOMEM;
		goto out;
	}
	name = sqlite3_filename_wal(base);
	rc = v->xAccess(v, full, SQLITE_ACCESS_EXISTS, &there);
	if (rc != SQLITE_OK || !there) /* a WAL without its database counts for nothing: SQLite removes it */
		goto out;
	rc = v->xAccess(v, name, SQLITE_ACCESS_EXISTS, &there);
	if (rc != SQLITE_OK || !there)
		goto out;
	rc = v->xOpen(v, name, f, SQLITE_OPEN_READWRITE | SQLITE_OPEN_WAL, &flags);
	if (rc == SQLITE_OK)
		rc = flags & SQLITE_OPEN_READONLY ? SQLITE_READONLY : write_again(f);
	if (f->pMethods)
		f->pMethods->xClose(f);
	if (rc == SQLITE_IOERR_FSYNC || rc == SQLITE_IOERR_DIR_FSYNC)
		env->die(env->ctx, "the disk refused to make data durable (fsync failed)");
out:
	sqlite3_free_filename(base);
	sqlite3_free(wal);
	free(full);
	free(f);
	return rc;
}

int
db_wal_again(const struct env *env, const char *path)
{
	sqlite3_vfs *v = sqlite3_vfs_find(env->vfs);
	int rc = v ? sqlite3_initialize() : SQLITE_ERROR;
	return rc == SQLITE_OK ? again(v, path, env) : rc;
}
