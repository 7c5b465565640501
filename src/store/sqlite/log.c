/* log: the logs of the record, and their states. */
#include <string.h>

#include "store/record.h"
#include "store/sqlite/store_int.h"

enum { EDGE_MAX = 8 + 32 * MERKLE_LEVELS };

#define LOG_COLUMNS "no,centre,circle,author,epoch,state,origin,id,edge,objects,last_time"

static enum err
read_log(struct db *d, sqlite3_stmt *st, struct record_log *ret, struct errinfo *e)
{
	struct str origin = db_col(st, 6);
	enum err err;
	memset(ret, 0, sizeof *ret);
	ret->no = sqlite3_column_int64(st, 0);
	ret->centre = sqlite3_column_int(st, 1);
	ret->circle = (uint64_t)sqlite3_column_int64(st, 2);
	ret->author = sqlite3_column_int(st, 3);
	ret->epoch = (uint32_t)sqlite3_column_int64(st, 4);
	ret->state = (enum record_log_state)sqlite3_column_int(st, 5);
	if (origin.n >= sizeof ret->origin)
		return err_set(e, ERR_CORRUPT, "%s: the origin of a log is too long", d->name);
	memcpy(ret->origin, origin.p, origin.n);
	if ((err = store_col_hash(d, st, 7, ret->id.b, e)))
		return err;
	if (merkle_edge_load(db_col(st, 8), &ret->edge, NULL))
		return err_set(e, ERR_CORRUPT, "%s: the edge of log %s is damaged", d->name, ret->origin);
	ret->objects = (uint64_t)sqlite3_column_int64(st, 9);
	ret->last_time = sqlite3_column_int64(st, 10);
	return OK;
}

enum err
record_log_new(struct store *s, struct record_log *log, struct errinfo *e)
{
	char space[EDGE_MAX];
	struct buf edge = {.p = space, .cap = sizeof space, .max = sizeof space};
	merkle_edge_put(&edge, &log->edge);
	enum err err =
	    db_do(&s->log, SQL("INSERT INTO log(centre,circle,author,epoch,state,origin,id,edge,objects,last_time) VALUES(?,?,?,?,?,?,?,?,?,?)"), e,
		"iuiiitbbui", (int64_t)log->centre, log->circle, (int64_t)log->author, (int64_t)log->epoch, (int64_t)log->state, str_of(log->origin),
		str_bytes(log->id.b, 32), buf_str(&edge), log->objects, log->last_time);
	if (!err)
		log->no = sqlite3_last_insert_rowid(s->log.h);
	return err;
}

/* The one log that a statement finds. Ends it. */
static enum err
one_log(struct store *s, sqlite3_stmt *st, struct record_log *ret, struct errinfo *e)
{
	bool row;
	if (!st)
		return e->code;
	enum err err = db_step(&s->log, st, &row, e);
	if (!err)
		err = row ? read_log(&s->log, st, ret, e) : err_set(e, ERR_NOTFOUND, "no such log");
	db_end(st);
	return err;
}

enum err
record_log_by_id(struct store *s, const struct hash *id, struct record_log *ret, struct errinfo *e)
{
	struct errinfo local;
	e = e ? e : &local;
	return one_log(s, db_query(&s->log, SQL("SELECT " LOG_COLUMNS " FROM log WHERE id=?"), e, "b", str_bytes(id->b, 32)), ret, e);
}

enum err
record_log_by_no(struct store *s, int64_t no, struct record_log *ret, struct errinfo *e)
{
	struct errinfo local;
	e = e ? e : &local;
	return one_log(s, db_query(&s->log, SQL("SELECT " LOG_COLUMNS " FROM log WHERE no=?"), e, "i", no), ret, e);
}

enum err
record_log_latest(struct store *s, int centre, uint64_t circle, int author, struct record_log *ret, struct errinfo *e)
{
	struct errinfo local;
	e = e ? e : &local;
	return one_log(s,
	    db_query(&s->log, SQL("SELECT " LOG_COLUMNS " FROM log WHERE centre=? AND circle=? AND author=? ORDER BY epoch DESC LIMIT 1"), e, "iui",
		(int64_t)centre, circle, (int64_t)author),
	    ret, e);
}

enum err
record_log_each(
    struct store *s, int centre, enum err (*each)(void *ctx, const struct record_log *log, struct errinfo *e), void *ctx, struct errinfo *e)
{
	struct errinfo local;
	e = e ? e : &local;
	struct hash after = {{0}};
	bool first = true;
	/* one statement a log, so that the callback may write */
	for (;;) {
		struct record_log log;
		struct str from = first ? STR_NONE : str_bytes(after.b, 32);
		enum err err = one_log(s,
		    centre ? db_query(&s->log, SQL("SELECT " LOG_COLUMNS " FROM log WHERE +centre=?2 AND id>?1 ORDER BY id LIMIT 1"), e, "bi", from,
				 (int64_t)centre)
			   : db_query(&s->log, SQL("SELECT " LOG_COLUMNS " FROM log WHERE id>?1 ORDER BY id LIMIT 1"), e, "b", from),
		    &log, e);
		if (err == ERR_NOTFOUND)
			return OK;
		if (err || (err = each(ctx, &log, e)))
			return err;
		after = log.id;
		first = false;
	}
}

enum err
record_log_authors(struct store *s, int centre, uint32_t ret[static LIMIT_MEMBERS], struct errinfo *e)
{
	uint32_t n[LIMIT_MEMBERS] = {0};
	struct errinfo local;
	bool row = false;
	enum err err;
	e = e ? e : &local;
	sqlite3_stmt *st = db_query(&s->log, SQL("SELECT author FROM log WHERE centre=?"), e, "i", (int64_t)centre);
	if (!st)
		return e->code;
	while (!(err = db_step(&s->log, st, &row, e)) && row) {
		int author = sqlite3_column_int(st, 0);
		if (author >= 0 && author < LIMIT_MEMBERS)
			n[author]++;
	}
	db_end(st);
	if (!err)
		memcpy(ret, n, sizeof n);
	return err;
}

enum err
record_log_set_state(struct store *s, int64_t no, enum record_log_state state, struct errinfo *e)
{
	return db_do(&s->log, SQL("UPDATE log SET state=? WHERE no=?"), e, "ii", (int64_t)state, no);
}
