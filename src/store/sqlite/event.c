/* event: what was said of objects and is none: recalls, requests, consents, receipts, flags. */
#include <string.h>

#include "base/time.h"
#include "store/sqlite/view_int.h"

static bool
no_hash(const struct hash *h)
{
	static const struct hash zero;
	return hash_eq(h, &zero);
}

enum err
view_event_put(struct store *s, const struct view_event *v, struct errinfo *e)
{
	struct errinfo local;
	int64_t type;
	enum err err;
	e = e ? e : &local;
	struct str leaf = hash_str(&v->of), uuid = str_bytes(v->id.uuid, sizeof v->id.uuid);
	bool about = v->id.type.n != 0, of = !no_hash(&v->of);
	if (about && (err = type_number(s, v->id.type, true, &type, e)))
		return err;
	if ((err = db_do(&s->view,
		 SQL("INSERT INTO event(arrival,n,at,log,idx,kind,centre,author,circle,modified,circle_to,value) VALUES(?,?,?,?,?,?,?,?,?,?,?,?)"), e,
		 "uiiiuiiiuiui", v->arrival, (int64_t)v->n, v->at, v->log, v->idx, (int64_t)v->kind, (int64_t)v->centre, (int64_t)v->author,
		 v->circle, v->modified, v->to, (int64_t)v->value)))
		return err;
	if (about && (err = db_do(&s->view, SQL("UPDATE event SET type=?3,id=?4 WHERE arrival=?1 AND n=?2"), e, "uiib", v->arrival, (int64_t)v->n,
			  type, uuid)))
		return err;
	return of ? db_do(&s->view, SQL("UPDATE event SET leaf=?3 WHERE arrival=?1 AND n=?2"), e, "uib", v->arrival, (int64_t)v->n, leaf) : OK;
}

#define EVENT_COLUMNS "arrival,n,at,log,idx,kind,centre,author,circle,modified,circle_to,value,type,id,leaf"

static enum err
read_event(struct store *s, sqlite3_stmt *st, struct view_event *v, struct errinfo *e)
{
	struct str id = db_col(st, 13);
	memset(v, 0, sizeof *v);
	v->arrival = (uint64_t)sqlite3_column_int64(st, 0);
	v->n = (uint32_t)sqlite3_column_int64(st, 1);
	v->at = sqlite3_column_int64(st, 2);
	v->log = sqlite3_column_int64(st, 3);
	v->idx = (uint64_t)sqlite3_column_int64(st, 4);
	v->kind = (enum view_event_kind)sqlite3_column_int(st, 5);
	v->centre = sqlite3_column_int(st, 6);
	v->author = sqlite3_column_int(st, 7);
	v->circle = (uint64_t)sqlite3_column_int64(st, 8);
	v->modified = sqlite3_column_int64(st, 9);
	v->to = (uint64_t)sqlite3_column_int64(st, 10);
	v->value = sqlite3_column_int(st, 11);
	if (id.n && id.n != sizeof v->id.uuid)
		return err_set(e, ERR_CORRUPT, "view.db: an id is not 16 bytes long");
	if (id.n) {
		memcpy(v->id.uuid, id.p, id.n);
		enum err err = type_name(s, sqlite3_column_int64(st, 12), &v->id.type, e);
		if (err)
			return err;
	}
	v->lapses = TIME_NEVER;
	bool always = v->kind == VIEW_RECALL || v->kind == VIEW_EPOCH || v->kind == VIEW_MALFORMED;
	enum err err = always ? OK : lapse_of(s, v->log, v->idx, &v->lapses, e);
	return err || sqlite3_column_type(st, 14) == SQLITE_NULL ? err : store_col_hash(&s->view, st, 14, v->of.b, e);
}

/* By the index that finds least. */
static sqlite3_stmt *
begin(struct db *d, const struct view_event_filter *f, struct errinfo *e)
{
	uint64_t after = f->after_arrival;
	if (f->of)
		return db_query(
		    d, SQL("SELECT " EVENT_COLUMNS " FROM event WHERE leaf=? AND arrival>? ORDER BY arrival,n"), e, "bu", hash_str(f->of), after);
	if (f->id)
		return db_query(d, SQL("SELECT " EVENT_COLUMNS " FROM event WHERE id=? AND arrival>? ORDER BY arrival,n"), e, "bu",
		    str_bytes(f->id->uuid, 16), after);
	if (f->kind)
		return db_query(
		    d, SQL("SELECT " EVENT_COLUMNS " FROM event WHERE kind=? AND arrival>? ORDER BY arrival,n"), e, "iu", (int64_t)f->kind, after);
	if (f->newest)
		return db_query(d, SQL("SELECT " EVENT_COLUMNS " FROM event WHERE arrival>? ORDER BY arrival DESC,n DESC"), e, "u", after);
	return db_query(d, SQL("SELECT " EVENT_COLUMNS " FROM event WHERE arrival>? ORDER BY arrival,n"), e, "u", after);
}

enum err
view_event_each(struct store *s, const struct view_event_filter *f, enum err (*each)(void *ctx, const struct view_event *v, struct errinfo *e),
    void *ctx, struct errinfo *e)
{
	struct errinfo local;
	const int64_t now = s->env->now(s->env->ctx);
	bool row = false;
	enum err err;
	e = e ? e : &local;
	sqlite3_stmt *st = begin(&s->view, f, e);
	if (!st)
		return e->code;
	while (!(err = db_step(&s->view, st, &row, e)) && row) {
		struct view_event v;
		if ((err = read_event(s, st, &v, e)))
			break;
		if ((f->kind && (int)v.kind != f->kind) || (f->centre && v.centre != f->centre) || (f->author >= 0 && v.author != f->author) ||
		    (f->circle && v.circle != f->circle) || (!f->lapsed && now >= v.lapses) || (f->id && !stix_id_eq(v.id, *f->id)))
			continue;
		if ((err = each(ctx, &v, e)))
			break;
	}
	db_end(st);
	return err;
}
