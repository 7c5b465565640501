/* put: rows of the view written, arrival by arrival. */
#include "base/time.h"
#include "store/record.h"
#include "store/sqlite/view_int.h"

enum err
view_begin(struct store *s, struct errinfo *e)
{
	/* Where SQLite takes a transaction back in the middle of a statement, FTS5 goes on with it in memory, and takes its own for damage the next
	 * time: nothing is written through it any more. */
	enum err err = s->view.torn && !db_is_read(&s->view) ? view_open_again(s, e) : OK;
	return err ? err : db_begin(&s->view, e);
}

void
view_rollback(struct store *s)
{
	/* SQLite may have rolled back by itself (a failed read): classes that were made in the transaction are gone all the same */
	store_view_forget(s);
	db_rollback(&s->view);
}

enum err
view_commit(struct store *s, uint64_t position, struct errinfo *e)
{
	enum err err;
	if ((err = db_do(&s->view, SQL("UPDATE place SET position=?"), e, "u", position)) || (err = db_commit(&s->view, e))) {
		store_view_forget(s);
		db_rollback(&s->view);
	}
	return err;
}

enum err
view_position(struct store *s, uint64_t *ret, struct errinfo *e)
{
	int64_t v;
	enum err err = db_int(&s->view, 0, &v, SQL("SELECT position FROM place"), e, "");
	if (!err)
		*ret = (uint64_t)v;
	return err;
}

/* Circle and epoch of a log, asked of the record once while the log stays the same. */
static enum err
place_of_log(struct store *s, struct view_cache *c, int64_t log, struct errinfo *e)
{
	if (c->log == log)
		return OK;
	struct record_log r;
	enum err err = record_log_by_no(s, log, &r, e);
	if (err)
		return err;
	c->log_circle = (int64_t)r.circle;
	c->log_epoch = r.epoch;
	c->log = log;
	return OK;
}

/* The moment of an arrival. Arrivals come in order; one that does not (it cannot, from a record) lifts those after it. */
static enum err
put_moment(struct store *s, struct view_cache *c, uint64_t arrival, int64_t at, struct errinfo *e)
{
	int64_t last, top;
	enum err err;
	if (c->moment_arrival == arrival)
		return OK;
	if ((err = db_int(&s->view, 0, &last, SQL("SELECT max(arrival) FROM moment"), e, "")))
		return err;
	if ((err = db_int(&s->view, TIME_MIN, &top, SQL("SELECT top FROM moment WHERE arrival<=? ORDER BY arrival DESC LIMIT 1"), e, "u", arrival)))
		return err;
	top = at > top ? at : top;
	if ((err = db_do(&s->view, SQL("INSERT INTO moment VALUES(?,?) ON CONFLICT DO NOTHING"), e, "ui", arrival, top)))
		return err;
	if ((int64_t)arrival < last && (err = db_do(&s->view, SQL("UPDATE moment SET top=?2 WHERE arrival>=?1 AND top<?2"), e, "ui", arrival, at)))
		return err;
	c->moment_arrival = arrival;
	return OK;
}

/* The parts of a text as one; a single part as it is. */
static enum err
join_text(const struct str *text, size_t n, struct buf *b, struct str *ret, struct errinfo *e)
{
	if (n == 1) {
		*ret = text[0];
		return OK;
	}
	for (size_t i = 0; i < n; i++) {
		buf_put(b, text[i]);
		buf_putc(b, '\n');
	}
	return buf_take(b, ret, e);
}

/* Words of one object put or dropped. */
static enum err
change_words(struct store *s, struct view_class *c, enum class_statement which, int64_t seq, const struct str *text, size_t ntext, struct errinfo *e)
{
	struct buf b = BUF_INIT(2 * LIMIT_OBJECT);
	struct str all = STR_NONE;
	bool row;
	enum err err = join_text(text, ntext, &b, &all, e);
	sqlite3_stmt *st = err ? NULL : class_statement(s, c, which, e);
	if (!err && !st)
		err = e->code;
	if (!err) {
		int rc = sqlite3_bind_int64(st, 1, seq);
		if (rc == SQLITE_OK)
			rc = sqlite3_bind_text64(st, 2, all.n ? all.p : "", all.n, SQLITE_STATIC, SQLITE_UTF8);
		err = rc == SQLITE_OK ? db_step(&s->view, st, &row, e) : db_error(&s->view, rc, e);
	}
	db_end(st);
	buf_done(&b);
	return err;
}

static enum err
put_refs(struct store *s, int64_t no, const struct view_object *o, struct errinfo *e)
{
	for (size_t i = 0; i < o->nrefs; i++) {
		int64_t type;
		enum err err = type_number(s, o->refs[i].target.type, true, &type, e);
		if (err)
			return err;
		if ((err = db_do(&s->view, SQL("INSERT INTO ref VALUES(?,?,?,?) ON CONFLICT DO NOTHING"), e, "biii",
			 str_bytes(o->refs[i].target.uuid, 16), no, type, (int64_t)o->refs[i].link)))
			return err;
	}
	return OK;
}

static enum err
put_claims(struct store *s, int64_t no, const struct view_object *o, struct errinfo *e)
{
	for (size_t i = 0; i < o->nclaims; i++) {
		const struct view_claim *c = &o->claims[i];
		enum err err = db_do(&s->view, SQL("INSERT INTO claim VALUES(?,?,?,?,?,?,?,?,?)"), e, "ttiiidddi", c->what, c->where, no, (int64_t)i,
		    c->when, c->low, c->best, c->high, (int64_t)c->portion);
		if (err)
			return err;
	}
	return OK;
}

#define PUT_OBJECT "INSERT INTO object VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,nullif(?,9223372036854775807),nullif(?,9223372036854775807),?,?,?,?)"
_Static_assert(TIME_NEVER == 9223372036854775807, "a date that is never is kept as NULL");

enum err
view_object_put(struct store *s, const struct view_object *o, struct errinfo *e)
{
	struct errinfo local;
	struct view_cache *cache;
	struct view_class *c;
	int64_t type, no;
	enum err err;
	e = e ? e : &local;
	if (o->arrival >= UINT64_C(1) << (63 - VIEW_ARRIVAL_BITS) || o->piece >= 1 << VIEW_PIECE_BITS)
		return err_set(e, ERR_LIMIT, "piece %u of arrival %llu is past what a view can number", o->piece, (unsigned long long)o->arrival);
	if ((err = view_cache(s, &cache, e)) || (err = place_of_log(s, cache, o->log, e)))
		return err;
	const int maker = o->own ? -1 : o->author;
	/* the class for when it will be withdrawn comes first, so that there is room for it and its number is the lower one */
	if ((err = class_of(s, o->centre, (uint64_t)cache->log_circle, maker, o->label, false, &c, e)) ||
	    (o->aside && (err = class_of(s, o->centre, (uint64_t)cache->log_circle, maker, o->label, true, &c, e))) ||
	    (err = type_number(s, o->id.type, true, &type, e)))
		return err;
	if ((err = put_moment(s, cache, o->arrival, o->at, e)))
		return err;
	int64_t seq = (int64_t)(o->arrival << VIEW_PIECE_BITS | o->piece);
	no = seq << VIEW_CLASS_BITS | c->no;
	if ((err = db_do(&s->view, SQL(PUT_OBJECT), e, "iiibiiiiuiiiuiiiiiiu", no, (int64_t)c->no, type, str_bytes(o->id.uuid, 16), o->created,
		 o->modified, (int64_t)o->author, o->log, o->idx, cache->log_epoch, o->piece_no, o->at, o->label->owners, (int64_t)o->label->tlp,
		 o->label->valid_until, o->label->delete_by, (int64_t)o->revoked, (int64_t)(o->withdrawn ? VIEW_WITHDRAWN : VIEW_LIVE),
		 row_grade(&o->grade), o->serial)))
		return err;
	if ((err = put_refs(s, no, o, e)) || (err = put_claims(s, no, o, e)))
		return err;
	return o->ntext ? change_words(s, c, CLASS_PUT, seq, o->text, o->ntext, e) : OK;
}

enum err
view_object_state(struct store *s, const struct view_row *row, enum view_state state, const struct str *text, size_t ntext, struct errinfo *e)
{
	struct errinfo local;
	struct view_class *c;
	int64_t was;
	enum err err;
	e = e ? e : &local;
	/* what the row was is asked again: the caller's may be older than another call of this, and words dropped twice would spoil the index */
	if ((err = db_int(&s->view, -1, &was, SQL("SELECT state FROM object WHERE no=?"), e, "i", row->no)) || (err = class_at(s, row->no, &c, e)))
		return err;
	if (was < 0)
		return err_set(e, ERR_NOTFOUND, "no such object");
	if ((err = db_do(&s->view, SQL("UPDATE object SET state=? WHERE no=?"), e, "ii", (int64_t)state, row->no)))
		return err;
	if ((was == VIEW_LIVE) == (state == VIEW_LIVE) || !ntext)
		return OK;
	if (was == VIEW_LIVE && (err = purge_put(s, c, e)))
		return err;
	return change_words(s, c, was == VIEW_LIVE ? CLASS_DROP : CLASS_PUT, view_seq(row->no), text, ntext, e);
}

static enum err
drop_refs(struct store *s, int64_t no, const struct view_object *o, struct errinfo *e)
{
	enum err err = OK;
	for (size_t i = 0; i < o->nrefs && !err; i++)
		err = db_do(&s->view, SQL("DELETE FROM ref WHERE target=? AND no=?"), e, "bi", str_bytes(o->refs[i].target.uuid, 16), no);
	for (size_t i = 0; i < o->nclaims && !err; i++)
		err =
		    db_do(&s->view, SQL("DELETE FROM claim WHERE what=? AND place=? AND no=?"), e, "tti", o->claims[i].what, o->claims[i].where, no);
	return err;
}

enum err
view_object_withdraw(struct store *s, const struct view_row *row, const struct view_object *o, struct errinfo *e)
{
	static const uint8_t no_id[16];
	struct errinfo local;
	struct view_class *c;
	int64_t none;
	enum err err;
	e = e ? e : &local;
	if ((err = view_object_state(s, row, VIEW_WITHDRAWN, o->text, o->ntext, e)) || (err = drop_refs(s, row->no, o, e)) ||
	    (err = type_number(s, STR(""), true, &none, e)) || (err = class_at(s, row->no, &c, e)))
		return err;
	/* from bytes that are gone nobody can tell any more that it was put aside */
	if (c->aside && (err = class_of(s, c->centre, c->circle, row->key.author, &c->label, false, &c, e)))
		return err;
	return db_do(&s->view, SQL("UPDATE object SET no=?,class=?,type=?,id=?,created=0,modified=0,revoked=0,grade=0 WHERE no=?"), e, "iiibi",
	    view_seq(row->no) << VIEW_CLASS_BITS | c->no, (int64_t)c->no, none, str_bytes(no_id, 16), row->no);
}
