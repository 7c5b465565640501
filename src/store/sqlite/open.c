/* open: the three files of a home, their schema numbers, leavings of a crash, backup. */
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

#include "store/sqlite/view_int.h"
#include "store/view.h"

static enum err
schema_number(struct db *d, int64_t *ret, struct errinfo *e)
{
	return db_int(d, 0, ret, SQL("PRAGMA user_version"), e, "");
}

/* Creates the tables of an empty file as one step. SQLite takes no parameter in this pragma, so the numbers stand in the text. */
static enum err
make_tables(struct db *d, const char *schema, const char *pragma, struct errinfo *e)
{
	enum err err;
	if ((err = db_begin(d, e)))
		return err;
	if ((err = db_exec(d, schema, e)) || (err = db_exec(d, pragma, e))) {
		db_rollback(d);
		return err;
	}
	return db_commit(d, e);
}

_Static_assert(STORE_LOG_SCHEMA == 3 && STORE_NODE_SCHEMA == 5 && STORE_VIEW_RULES == 7, "the pragmas below carry these numbers");
#define SET_LOG_SCHEMA "PRAGMA user_version=3"
#define SET_NODE_SCHEMA "PRAGMA user_version=5"
#define SET_RULES "PRAGMA user_version=7"

static const struct kept {
	const char *name, *schema, *pragma;
	int number;
} kept_node = {"node.db", store_schema_local, SET_NODE_SCHEMA, STORE_NODE_SCHEMA},
  kept_log = {"log.db", store_schema_log, SET_LOG_SCHEMA, STORE_LOG_SCHEMA};

/* log.db and node.db: made if empty, refused if newer. */
static enum err
open_kept(struct db *d, const struct env *env, const struct kept *k, bool create, struct errinfo *e)
{
	const char *name = k->name;
	enum err err;
	int64_t v = 0;
	if ((err = db_open(d, env, name, create, true, e)) || (err = schema_number(d, &v, e)))
		return err;
	if (v > k->number) {
		err_set(e, ERR_VERSION, "%s: this home was last used by a newer version (schema %lld, this version knows %d)", name, (long long)v,
		    k->number);
		err_hint(e, "install that version or a later one");
		return ERR_VERSION;
	}
	if (v != 0)
		return OK;
	if (create)
		return make_tables(d, k->schema, k->pragma, e);
	err_set(e, ERR_CORRUPT, "%s: empty: the home was not made to the end, or the file was replaced", name);
	err_hint(e, "make the home again, or restore a backup: comity restore");
	return ERR_CORRUPT;
}

/* A home is one when log.db has its tables: that file is made last. */
static enum err
refuse_home(const struct env *env, struct errinfo *e)
{
	struct db d;
	int64_t v = 0;
	enum err err = db_open(&d, env, "log.db", false, true, e);
	if (err)
		return err == ERR_NOTFOUND ? OK : err;
	err = schema_number(&d, &v, e);
	db_close(&d);
	if (!err && v != 0)
		err = err_set(e, ERR_CONFLICT, "there is a home here already (log.db)");
	return err;
}

/* The database first: SQLite throws away a WAL without one, but would take a database without its WAL for whole. */
static enum err
drop_view(const struct env *env, struct errinfo *e)
{
	enum err err;
	if ((err = env->remove(env->ctx, "view.db", e)) || (err = env->remove(env->ctx, "view.db-wal", e)))
		return err;
	return env->remove(env->ctx, "view.db-shm", e);
}

/* Whether view.db is of this version and not ahead of the record (which is when an older log.db was put beside it). */
static enum err
view_fits(struct store *s, int64_t *ret_number, bool *ret, struct errinfo *e)
{
	int64_t position, last;
	enum err err = schema_number(&s->view, ret_number, e);
	if (err)
		return err;
	*ret = *ret_number == 0;
	if (*ret_number != STORE_VIEW_RULES)
		return OK;
	if ((err = db_int(&s->view, 0, &position, SQL("SELECT position FROM place"), e, "")) ||
	    (err = db_int(&s->log, 0, &last, SQL("SELECT max(seq) FROM arrival"), e, "")))
		return err;
	*ret = position <= last;
	return OK;
}

/* view.db: of another number, ahead of the record or damaged, it is made anew. */
static enum err
open_view(struct store *s, struct errinfo *e)
{
	int64_t v = 0;
	bool fits = true;
	enum err err = db_open(&s->view, s->env, "view.db", true, false, e);
	if (!err)
		err = view_fits(s, &v, &fits, e);
	if (err == ERR_CORRUPT || (!err && !fits)) {
		db_close(&s->view);
		v = 0;
		if ((err = drop_view(s->env, e)))
			return err;
		err = db_open(&s->view, s->env, "view.db", true, false, e);
	}
	if (!err)
		err = store_words_register(s, e);
	if (!err && v == 0)
		err = make_tables(&s->view, store_schema_view, SET_RULES, e);
	if (err)
		db_close(&s->view); /* without its tables it would pass for open */
	return err;
}

uint64_t
view_resets(const struct store *s)
{
	return s->view_resets;
}

enum err
view_reset(struct store *s, struct errinfo *e)
{
	s->view_resets++;
	store_view_forget(s);
	db_close(&s->view);
	enum err err = drop_view(s->env, e);
	return err ? err : open_view(s, e);
}

enum err
view_open_again(struct store *s, struct errinfo *e)
{
	store_view_forget(s);
	db_close(&s->view);
	return open_view(s, e);
}

bool
view_is_open(const struct store *s)
{
	return s->view.h && !s->view.damaged;
}

enum err
store_open(const struct env *env, bool create, struct store **ret, struct errinfo *e)
{
	struct store *s;
	enum err err = create ? refuse_home(env, e) : OK;
	if (err)
		return err;
	s = calloc(1, sizeof *s);
	if (!s)
		return err_nomem(e);
	s->env = env;
	if ((err = open_kept(&s->local, env, &kept_node, create, e)) || (err = open_kept(&s->log, env, &kept_log, create, e)))
		goto fail;
	if ((err = store_migrate(s, e)) || (err = open_view(s, e)) ||
	    (err = db_int(&s->log, 0, &s->kept_piece, SQL("SELECT max(no) FROM piece"), e, "")))
		goto fail;
	s->next_piece = ++s->kept_piece;
	*ret = s;
	return OK;
fail:
	store_close(s);
	return err;
}

void
store_close(struct store *s)
{
	if (!s)
		return;
	db_rollback(&s->log);
	db_rollback(&s->view);
	db_rollback(&s->local);
	store_view_forget(s);
	bool damaged = s->view.damaged;
	db_close(&s->log);
	db_close(&s->view);
	db_close(&s->local);
	if (damaged)
		(void)drop_view(s->env, NULL); /* whoever opens the home next makes it anew; it is tried then, too */
	while (s->names) {
		struct view_name *next = s->names->next;
		free(s->names);
		s->names = next;
	}
	free(s);
}

enum err
store_copy(struct db *from, const struct env *env, const char *name, bool (*progress)(void *, uint64_t, uint64_t), void *ctx, struct errinfo *e)
{
	struct buf path = BUF_INIT(4096);
	sqlite3 *to = NULL;
	struct str all;
	enum err err = env->db_path(env->ctx, name, &path, e);
	buf_putc(&path, '\0');
	if (err || (err = buf_take(&path, &all, e)))
		goto out;
	int rc = sqlite3_open_v2(path.p, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, env->vfs);
	struct db copy = {.h = to, .env = env, .name = name}; /* for what went wrong */
	sqlite3_backup *b = rc == SQLITE_OK ? sqlite3_backup_init(to, "main", from->h, "main") : NULL;
	if (!b) {
		err = db_error(&copy, rc == SQLITE_OK ? sqlite3_errcode(to) : rc, e);
		goto out;
	}
	do {
		rc = sqlite3_backup_step(b, 1024);
		uint64_t pages = (uint64_t)sqlite3_backup_pagecount(b), left = (uint64_t)sqlite3_backup_remaining(b);
		if (rc == SQLITE_OK && progress && !progress(ctx, pages - left, pages))
			err = err_set(e, ERR_STOPPED, "stopped; %s is not whole", path.p);
	} while (rc == SQLITE_OK && !err);
	int end = sqlite3_backup_finish(b);
	if (!err && (rc != SQLITE_DONE || end != SQLITE_OK))
		err = db_error(&copy, end != SQLITE_OK ? end : rc, e);
out:
	if (to)
		sqlite3_close_v2(to);
	buf_done(&path);
	return err;
}

enum err
store_backup(struct store *s, const struct env *to, bool (*progress)(void *ctx, uint64_t done, uint64_t all), void *ctx, struct errinfo *e)
{
	enum err err = store_copy(&s->log, to, "log.db", progress, ctx, e);
	return err ? err : store_copy(&s->local, to, "node.db", progress, ctx, e);
}

/* A page that could not be read, SQLite tells as damage; the code of the failure stands in the text. */
static enum err
damage(const struct db *d, struct str text, struct errinfo *e)
{
	static const char mark[] = "error code=";
	int64_t at = str_find(text, STR("error code="));
	int code = 0;
	for (size_t i = at < 0 ? text.n : (size_t)at + sizeof mark - 1; i < text.n && text.p[i] >= '0' && text.p[i] <= '9' && code < 100000; i++)
		code = 10 * code + (text.p[i] - '0');
	if ((code & 0xff) == SQLITE_NOMEM)
		return err_nomem(e);
	if ((code & 0xff) == SQLITE_IOERR)
		return err_set(e, ERR_IO, "%s: cannot be read: %.*s", d->name, STR_FMT(text));
	return err_set(e, ERR_CORRUPT, "%s: damaged: %.*s", d->name, STR_FMT(text));
}

enum err
store_check_one(struct db *d, struct errinfo *e)
{
	bool row;
	sqlite3_stmt *st = db_query(d, SQL("PRAGMA integrity_check(1)"), e, "");
	if (!st)
		return e->code;
	enum err err = db_step(d, st, &row, e);
	if (!err && (!row || !str_is(db_col(st, 0), "ok")))
		err = damage(d, row ? db_col(st, 0) : STR("no answer"), e);
	db_end(st);
	return err;
}

enum err
store_check(struct store *s, struct errinfo *e)
{
	struct errinfo local;
	if (!e)
		e = &local;
	enum err err;
	if ((err = store_check_one(&s->log, e)) || (err = store_check_one(&s->local, e)))
		return err;
	if ((err = store_check_one(&s->view, e)))
		return err;
	return store_words_check(s, e);
}

enum err
store_settle(struct store *s, struct errinfo *e)
{
	struct db *all[] = {&s->log, &s->view, &s->local};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		int64_t busy;
		enum err err = db_int(all[i], 0, &busy, SQL("PRAGMA wal_checkpoint(TRUNCATE)"), e, "");
		if (err)
			return err;
		if (busy)
			return err_set(e, ERR_BUSY, "%s: somebody is reading it: what was deleted is still in %s-wal", all[i]->name, all[i]->name);
	}
	return OK;
}

bool
store_is_idle(const struct store *s)
{
	const struct db *all[] = {&s->log, &s->view, &s->local};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		if (db_in_transaction(all[i]))
			return false;
		for (sqlite3_stmt *st = all[i]->h ? sqlite3_next_stmt(all[i]->h, NULL) : NULL; st; st = sqlite3_next_stmt(all[i]->h, st))
			if (sqlite3_stmt_busy(st))
				return false;
	}
	return true;
}

enum err
store_bytes(struct store *s, uint64_t *ret, struct errinfo *e)
{
	struct db *all[] = {&s->log, &s->view, &s->local};
	uint64_t sum = 0;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		int64_t pages, size;
		enum err err;
		if ((err = db_int(all[i], 0, &pages, SQL("PRAGMA page_count"), e, "")) ||
		    (err = db_int(all[i], 0, &size, SQL("PRAGMA page_size"), e, "")))
			return err;
		sum += (uint64_t)(pages * size);
	}
	*ret = sum;
	return OK;
}

enum err
store_col_hash(struct db *d, sqlite3_stmt *st, int col, void *ret_hash, struct errinfo *e)
{
	struct str s = db_col(st, col);
	if (s.n != 32)
		return err_set(e, ERR_CORRUPT, "%s: a hash is not 32 bytes long", d->name);
	memcpy(ret_hash, s.p, 32);
	return OK;
}
