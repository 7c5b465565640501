/* purge: words that were taken out of full text leave the file too, in steps.
 *
 * FTS5 writes down that words are gone and keeps them in its older segments until those are merged with what took them out. A merge of the whole
 * class is as long as the class is large, so it is made in steps, each a transaction of its own between which others may write: `merge` with a
 * negative number of pages puts all segments of the class into one merge and begins it, `merge` with a positive number goes on with it, or with those
 * added since where they are more, until there are no two segments left to merge; one that changes nothing was the last. Which classes are to be
 * rewritten, and how far that has come, stands in the table purge and commits with the rows, so a crash between two steps loses nothing of it. Words
 * that go while it runs have it begun again. */
#include "store/sqlite/view_int.h"

/* Pages of 4,000 bytes that a step writes; make bench ONLY=recall-step tells how long that takes. The rows of one word are never parted between two
 * steps, so a step can be longer by as many pages as the most frequent word has. */
enum { STEP_PAGES = 32 };

enum { WAITS = 0, BEGUN = 1 };

enum err
purge_put(struct store *s, const struct view_class *c, struct errinfo *e)
{
	return db_do(&s->view, SQL("INSERT INTO purge VALUES(?1,?2) ON CONFLICT DO UPDATE SET state=?2"), e, "ii", (int64_t)c->no, (int64_t)WAITS);
}

enum err
view_purging(struct store *s, uint64_t *ret, struct errinfo *e)
{
	int64_t n;
	enum err err = db_int(&s->view, 0, &n, SQL("SELECT count(*) FROM purge"), e, "");
	if (!err)
		*ret = (uint64_t)n;
	return err;
}

/* One call of merge; *ret: it had something to do. */
static enum err
merge(struct store *s, struct view_class *c, int64_t pages, bool *ret, struct errinfo *e)
{
	bool row;
	sqlite3_stmt *st = class_statement(s, c, CLASS_MERGE, e);
	if (!st)
		return e->code;
	sqlite3_int64 before = sqlite3_total_changes64(s->view.h);
	sqlite3_bind_int64(st, 1, pages);
	enum err err = db_step(&s->view, st, &row, e);
	db_end(st);
	if (!err)
		*ret = sqlite3_total_changes64(s->view.h) - before >= 2; /* the command itself counts as one */
	return err;
}

static enum err
step(struct store *s, int64_t no, int64_t state, struct errinfo *e)
{
	struct view_class *c;
	bool more = false;
	enum err err = class_at(s, no, &c, e);
	if (!err && state == WAITS)
		err = levels_look(s, c, e);
	if (err || (err = merge(s, c, state == WAITS ? -STEP_PAGES : STEP_PAGES, &more, e)))
		return err;
	if (!more)
		return db_do(&s->view, SQL("DELETE FROM purge WHERE class=?"), e, "i", no);
	return state == BEGUN ? OK : db_do(&s->view, SQL("UPDATE purge SET state=? WHERE class=?"), e, "ii", (int64_t)BEGUN, no);
}

/* The write-ahead log still has the pages as they were: a step that was the last empties it. Opening does so too, after a crash in between. */
static enum err
empty_wal(struct store *s, struct errinfo *e)
{
	int64_t busy; /* somebody reads: then it goes when the store is closed */
	return db_int(&s->view, 0, &busy, SQL("PRAGMA wal_checkpoint(TRUNCATE)"), e, "");
}

enum err
view_purge_step(struct store *s, bool *ret_more, struct errinfo *e)
{
	struct errinfo local;
	int64_t no, state;
	uint64_t left = 0;
	enum err err;
	e = e ? e : &local;
	if ((err = db_int(&s->view, 0, &no, SQL("SELECT class FROM purge LIMIT 1"), e, "")))
		return err;
	if (!no) {
		*ret_more = false;
		return OK;
	}
	if ((err = view_begin(s, e)))
		return err;
	if ((err = db_int(&s->view, WAITS, &state, SQL("SELECT state FROM purge WHERE class=?"), e, "i", no)) || (err = step(s, no, state, e)) ||
	    (err = view_purging(s, &left, e))) {
		view_rollback(s);
		return err;
	}
	if ((err = db_commit(&s->view, e))) {
		store_view_forget(s);
		return err;
	}
	if (!left && (err = empty_wal(s, e)))
		return err;
	*ret_more = left > 0;
	return OK;
}

enum err
view_sync(struct store *s, struct errinfo *e)
{
	int64_t busy; /* whether all of it could be moved; the log is synced either way */
	return db_int(&s->view, 0, &busy, SQL("PRAGMA wal_checkpoint(PASSIVE)"), e, "");
}

enum err
view_purge(struct store *s, struct errinfo *e)
{
	bool more = true;
	enum err err = OK;
	while (!err && more)
		err = view_purge_step(s, &more, e);
	return err;
}
