#include "store/sqlite/db.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* SQLite takes a page that the disk does not give for a damaged one (SQLITE_IOERR_CORRUPTFS); what the disk said last tells them apart. */
static bool
unread(struct db *d)
{
	sqlite3_file *wal = NULL;
	int last = 0, wal_last = 0;
	if (!d->h)
		return false;
	(void)sqlite3_file_control(d->h, "main", SQLITE_FCNTL_LAST_ERRNO, &last);
	(void)sqlite3_file_control(d->h, "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal);
	if (wal && wal->pMethods)
		(void)wal->pMethods->xFileControl(wal, SQLITE_FCNTL_LAST_ERRNO, &wal_last);
	return last == EIO || last == ENXIO || wal_last == EIO || wal_last == ENXIO;
}

static enum err
not_read(struct db *d, const char *text, struct errinfo *e)
{
	err_set(e, ERR_IO, "%s: the disk failed in reading or writing: %s", d->name, text);
	err_hint(e, "look for it in the log of the machine (dmesg); if the disk goes bad, restore a backup on another: comity restore");
	return ERR_IO;
}

enum err
db_error(struct db *d, int rc, struct errinfo *e)
{
	const char *text = d->h ? sqlite3_errmsg(d->h) : sqlite3_errstr(rc);
	int ext = d->h ? sqlite3_extended_errcode(d->h) : rc;
	if (ext == SQLITE_IOERR_FSYNC || ext == SQLITE_IOERR_DIR_FSYNC)
		d->env->die(d->env->ctx, "the disk refused to make data durable (fsync failed)");
	int fault = d->h && (rc & 0xff) == SQLITE_IOERR ? sqlite3_system_errno(d->h) : 0;
	switch (fault == ENOSPC || fault == EDQUOT || fault == EFBIG ? SQLITE_FULL : rc & 0xff) {
	case SQLITE_NOMEM:
		d->torn |= d->h && sqlite3_get_autocommit(d->h);
		return err_nomem(e);
	case SQLITE_FULL:
		err_set(e, ERR_FULL, "%s: no space is left: the disk is full", d->name);
		err_hint(e, "make room and give the same again; nothing was changed, and recalls are taken all the same");
		return ERR_FULL;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(e, ERR_BUSY, "%s: in use: %s", d->name, text);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		if (unread(d))
			return not_read(d, "a page cannot be read", e);
		d->damaged = true;
		err_set(e, ERR_CORRUPT, "%s: damaged: %s", d->name, text);
		err_hint(
		    e, "%s", strcmp(d->name, "view.db") == 0 ? "the next command makes it anew from the record" : "restore a backup: comity restore");
		return ERR_CORRUPT;
	case SQLITE_CONSTRAINT:
		return err_set(e, ERR_CONFLICT, "%s: %s", d->name, text);
	case SQLITE_INTERRUPT:
		return err_set(e, ERR_STOPPED, "stopped on request");
	case SQLITE_IOERR:
		d->torn |= d->h && sqlite3_get_autocommit(d->h);
		return not_read(d, text, e);
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_READONLY:
		return err_set(e, ERR_IO, "%s: cannot be opened for writing: %s", d->name, text);
	default:
		return err_set(e, ERR_IO, "%s: %s", d->name, text);
	}
}

enum err
db_exec(struct db *d, const char *sql, struct errinfo *e)
{
	/* sql: constant by contract */
	int rc = sqlite3_exec(d->h, sql, NULL, NULL, NULL);
	return rc == SQLITE_OK ? OK : db_error(d, rc, e);
}

enum { WAL_PAGES = 4000 }; /* when the WAL is moved into the database: 32 MB */

/* After each commit. SQLite's own way of doing this tells nobody when the sync fails. */
static int
move_wal(void *ctx, sqlite3 *h, const char *schema, int pages)
{
	struct db *d = ctx;
	if (pages < WAL_PAGES)
		return SQLITE_OK;
	int rc = sqlite3_wal_checkpoint_v2(h, schema, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	if (rc == SQLITE_IOERR_FSYNC || rc == SQLITE_IOERR_DIR_FSYNC)
		d->env->die(d->env->ctx, "the disk refused to make data durable (fsync failed)");
	return SQLITE_OK; /* anything else: the WAL is as good a place, and it is tried again */
}

static bool
absent(const struct env *env, const char *name)
{
	struct buf probe = BUF_INIT(16); /* a database is larger: whatever else is said, the file is there */
	enum err err = env->read(env->ctx, name, &probe, NULL);
	buf_done(&probe);
	return err == ERR_NOTFOUND;
}

enum err
db_open(struct db *d, const struct env *env, const char *name, bool create, bool full, struct errinfo *e)
{
	struct buf path = BUF_INIT(4096);
	enum err err;
	*d = (struct db){.env = env, .name = name};
	if ((err = env->db_path(env->ctx, name, &path, e)))
		goto out;
	buf_putc(&path, '\0');
	if (!buf_ok(&path)) {
		err = err_set(e, ERR_LIMIT, "the home's path is too long");
		goto out;
	}
	int rc = db_wal_again(env, path.p);
	if (rc != SQLITE_OK) {
		err = db_error(d, rc, e);
		goto out;
	}
	rc = sqlite3_open_v2(path.p, &d->h, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0), env->vfs);
	if (rc != SQLITE_OK) {
		err = !create && absent(env, name) ? err_set(e, ERR_NOTFOUND, "%s is not there: this is no home, or not all of one", name)
						   : db_error(d, rc, e);
		goto out;
	}
	sqlite3_extended_result_codes(d->h, 1);
	sqlite3_db_config(d->h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(d->h, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_wal_hook(d->h, move_wal, d);
	/* EXTRA while the file goes over to WAL: else a deleted rollback journal can come back after power loss, over a newer database.
	 * The version is read so that the WAL is open when it is moved: else moving opens it, and tells want of memory as a failure of the disk. */
	err = db_exec(d,
	    "PRAGMA page_size=8192;PRAGMA synchronous=EXTRA;PRAGMA journal_mode=WAL;PRAGMA schema_version;PRAGMA wal_checkpoint(TRUNCATE);"
	    "PRAGMA mmap_size=0;PRAGMA cache_size=-16384;PRAGMA temp_store=MEMORY;PRAGMA secure_delete=ON",
	    e);
	if (!err)
		err = db_exec(d, full ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL", e);
	if (!err) {
		rc = sqlite3_prepare_v3(
		    d->h, "ROLLBACK", -1, SQLITE_PREPARE_PERSISTENT, &d->rollback, NULL); /* sql: a literal, not kept with the others */
		if (rc != SQLITE_OK)
			err = db_error(d, rc, e);
	}
out:
	if (err)
		db_close(d);
	buf_done(&path);
	return err;
}

void
db_close(struct db *d)
{
	for (int i = 0; i < DB_STATEMENTS; i++)
		sqlite3_finalize(d->cache[i].st);
	memset(d->cache, 0, sizeof d->cache);
	d->ncached = 0;
	sqlite3_finalize(d->rollback);
	d->rollback = NULL;
	d->stuck = d->torn = false;
	if (d->h)
		sqlite3_close_v2(d->h);
	d->h = NULL;
}

enum err
db_begin(struct db *d, struct errinfo *e)
{
	return db_do(d, SQL("BEGIN IMMEDIATE"), e, "");
}

enum err
db_commit(struct db *d, struct errinfo *e)
{
	enum err err = db_do(d, SQL("COMMIT"), e, "");
	if (err)
		db_rollback(d);
	return err;
}

void
db_rollback(struct db *d)
{
	if (d->h && !sqlite3_get_autocommit(d->h)) {
		sqlite3_step(d->rollback);
		sqlite3_reset(d->rollback);
		if (!sqlite3_get_autocommit(d->h))
			sqlite3_exec(d->h, "ROLLBACK", NULL, NULL, NULL);
	}
	d->stuck = d->h && !sqlite3_get_autocommit(d->h);
}

bool
db_in_transaction(const struct db *d)
{
	return d->h && !sqlite3_get_autocommit(d->h);
}

bool
db_is_read(const struct db *d)
{
	for (sqlite3_stmt *st = d->h ? sqlite3_next_stmt(d->h, NULL) : NULL; st; st = sqlite3_next_stmt(d->h, st))
		if (sqlite3_stmt_busy(st))
			return true;
	return false;
}

/* The kept statement of this literal that nobody steps now; a second one where the first is being read. */
static sqlite3_stmt *
prepared(struct db *d, const char *sql, struct errinfo *e)
{
	if (!d->h) {
		(void)err_set(e, ERR_IO, "%s: it could not be opened again after a failure: open the home again", d->name);
		return NULL;
	}
	if (d->stuck)
		db_rollback(d);
	if (d->stuck) {
		(void)err_set(e, ERR_NOMEM, "%s: no memory to take back what was begun", d->name);
		return NULL;
	}
	size_t at = (size_t)(((uintptr_t)sql * UINT64_C(0x9e3779b97f4a7c15)) >> 32) % DB_STATEMENTS;
	for (; d->cache[at].sql; at = (at + 1) % DB_STATEMENTS)
		if (d->cache[at].sql == sql && !sqlite3_stmt_busy(d->cache[at].st))
			return d->cache[at].st;
	assert(d->ncached < DB_STATEMENTS * 3 / 4);
	sqlite3_stmt *st;
	/* sql: a literal, by the macro SQL */
	int rc = sqlite3_prepare_v3(d->h, sql, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL);
	if (rc != SQLITE_OK) {
		(void)db_error(d, rc, e);
		return NULL;
	}
	d->cache[at] = (struct db_cached){sql, st};
	d->ncached++;
	return st;
}

void
db_end(sqlite3_stmt *st)
{
	if (st)
		sqlite3_reset(st);
}

static int
bind_all(sqlite3_stmt *st, const char *fmt, va_list ap)
{
	int rc = SQLITE_OK;
	for (int i = 1; *fmt && rc == SQLITE_OK; fmt++, i++) {
		struct str s;
		switch (*fmt) {
		case 'i':
			rc = sqlite3_bind_int64(st, i, va_arg(ap, int64_t));
			break;
		case 'd':
			rc = sqlite3_bind_double(st, i, va_arg(ap, double));
			break;
		case 'u':
			rc = sqlite3_bind_int64(st, i, (int64_t)va_arg(ap, uint64_t));
			break;
		case 'b':
			s = va_arg(ap, struct str);
			rc = buf_is_lost(s) ? SQLITE_NOMEM : sqlite3_bind_blob64(st, i, s.n ? s.p : "", s.n, SQLITE_STATIC);
			break;
		case 't':
			s = va_arg(ap, struct str);
			rc = buf_is_lost(s) ? SQLITE_NOMEM : sqlite3_bind_text64(st, i, s.n ? s.p : "", s.n, SQLITE_STATIC, SQLITE_UTF8);
			break;
		default:
			assert(*fmt == 'n');
			rc = sqlite3_bind_null(st, i);
		}
	}
	return rc;
}

static sqlite3_stmt *
query(struct db *d, const char *sql, struct errinfo *e, const char *fmt, va_list ap)
{
	sqlite3_stmt *st = prepared(d, sql, e);
	if (!st)
		return NULL;
	int rc = bind_all(st, fmt, ap);
	if (rc != SQLITE_OK) {
		(void)db_error(d, rc, e);
		db_end(st);
		return NULL;
	}
	return st;
}

sqlite3_stmt *
db_query(struct db *d, const char *sql, struct errinfo *e, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	sqlite3_stmt *st = query(d, sql, e, fmt, ap);
	va_end(ap);
	return st;
}

enum err
db_step(struct db *d, sqlite3_stmt *st, bool *ret_row, struct errinfo *e)
{
	int rc = sqlite3_step(st);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return db_error(d, rc, e);
	*ret_row = rc == SQLITE_ROW;
	return OK;
}

static enum err
run(struct db *d, const char *sql, struct errinfo *e, const char *fmt, va_list ap, bool *ret_row, int64_t *ret)
{
	struct errinfo local;
	if (!e)
		e = &local;
	sqlite3_stmt *st = query(d, sql, e, fmt, ap);
	if (!st)
		return e->code;
	bool row;
	enum err err = db_step(d, st, &row, e);
	if (!err && ret) {
		*ret_row = row && sqlite3_column_type(st, 0) != SQLITE_NULL;
		if (*ret_row)
			*ret = sqlite3_column_int64(st, 0);
	}
	db_end(st);
	return err;
}

enum err
db_do(struct db *d, const char *sql, struct errinfo *e, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	enum err err = run(d, sql, e, fmt, ap, NULL, NULL);
	va_end(ap);
	return err;
}

enum err
db_int(struct db *d, int64_t dflt, int64_t *ret, const char *sql, struct errinfo *e, const char *fmt, ...)
{
	va_list ap;
	int64_t v;
	bool row;
	va_start(ap, fmt);
	enum err err = run(d, sql, e, fmt, ap, &row, &v);
	va_end(ap);
	if (!err)
		*ret = row ? v : dflt;
	return err;
}

struct str
db_col(sqlite3_stmt *st, int col)
{
	const void *p = sqlite3_column_blob(st, col);
	return (struct str){p, p ? (size_t)sqlite3_column_bytes(st, col) : 0};
}
