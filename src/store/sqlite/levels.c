/* levels: full text's levels closed up.
 *
 * FTS5 keeps the segments of a table in levels, the older the higher. Each merge of all of them (purge.c) writes into a level above the highest, and
 * none is ever taken away; from 2,001 on it calls the table damaged (FTS5_MAX_LEVEL has come with SQLite 3.44). So the empty ones are taken out here,
 * now and then: which level a segment is in says nothing but its age, and the order stays. The record of the structure is row 10 of the table's data:
 * a cookie of four bytes; then, as SQLite's varints, the number of levels, of segments and of writes; for each level how many of its segments are
 * being merged, how many there are, and three numbers of each (fts5_index.c, "structure record"; fixed by the file format). Another version of it has
 * 0xFF after the cookie and is left alone. */
#include <string.h>

#include "store/sqlite/view_int.h"

enum { COOKIE = 4, MANY = 64, LEVELS_MAX = 2000, BLOCK_MAX = MIB };

/* SQLite's: seven bits a byte, the first first; a ninth byte has eight. */
static bool
take_varint(struct str *s, uint64_t *ret)
{
	uint64_t v = 0;
	for (size_t i = 0; i < s->n && i < 9; i++) {
		unsigned char c = (unsigned char)s->p[i];
		v = i == 8 ? v << 8 | c : v << 7 | (c & 0x7f);
		if (i == 8 || c < 0x80) {
			*s = str_sub(*s, i + 1, s->n);
			*ret = v;
			return true;
		}
	}
	return false;
}

/* Of small numbers alone. */
static void
put_varint(struct buf *b, uint64_t v)
{
	if (v >= 0x80)
		buf_putc(b, (char)(0x80 | (v >> 7)));
	buf_putc(b, (char)(v & 0x7f));
}

/* One level off the front; *ret: its bytes. */
static bool
take_level(struct str *s, struct str *ret, bool *ret_empty)
{
	struct str from = *s;
	uint64_t merging, n, one;
	if (!take_varint(s, &merging) || !take_varint(s, &n) || n > s->n)
		return false;
	for (uint64_t i = 0; i < 3 * n; i++)
		if (!take_varint(s, &one))
			return false;
	*ret = str_sub(from, 0, from.n - s->n);
	*ret_empty = !merging && !n;
	return true;
}

bool
levels_close_up(struct str block, uint64_t many, struct buf *ret)
{
	struct str s = str_sub(block, COOKIE, block.n), level[LEVELS_MAX + 1];
	uint64_t levels, segments, writes, kept = 0;
	bool empty;
	if (block.n < COOKIE || (s.n && (unsigned char)s.p[0] == 0xff) || !take_varint(&s, &levels) || !take_varint(&s, &segments) ||
	    !take_varint(&s, &writes) || levels <= many || levels > LEVELS_MAX)
		return false;
	struct str counts = s;
	for (uint64_t i = 0; i < levels; i++) {
		if (!take_level(&s, &level[kept], &empty))
			return false;
		kept += i == 0 || !empty; /* the first takes what comes */
	}
	if (s.n || kept == levels)
		return false;
	size_t head = block.n - counts.n - COOKIE;
	struct str numbers = str_sub(block, COOKIE, COOKIE + head);
	(void)take_varint(&numbers, &levels);
	buf_put(ret, str_sub(block, 0, COOKIE));
	put_varint(ret, kept);
	buf_put(ret, numbers);
	for (uint64_t i = 0; i < kept; i++)
		buf_put(ret, level[i]);
	return true;
}

/* What FTS5 keeps of the structure in memory goes when a change of the table is taken back. */
static enum err
forget(struct store *s, struct view_class *c, struct errinfo *e)
{
	bool row;
	enum err err = db_exec(&s->view, "SAVEPOINT levels", e);
	if (err)
		return err;
	sqlite3_stmt *st = class_statement(s, c, CLASS_MERGE, e);
	if (!st)
		return e->code;
	sqlite3_bind_int64(st, 1, 1);
	err = db_step(&s->view, st, &row, e);
	db_end(st);
	if (!err && !(err = db_exec(&s->view, "ROLLBACK TO levels", e)))
		err = db_exec(&s->view, "RELEASE levels", e);
	return err;
}

/* The one place that writes into what FTS5 keeps: for as long the connection is not defensive. */
static enum err
write_structure(struct store *s, struct view_class *c, struct str block, struct errinfo *e)
{
	bool row;
	enum err err = OK;
	sqlite3_db_config(s->view.h, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
	sqlite3_stmt *st = class_statement(s, c, CLASS_RESHAPE, e);
	if (!st) {
		err = e->code;
	} else {
		sqlite3_bind_blob64(st, 1, block.p, block.n, SQLITE_STATIC);
		err = db_step(&s->view, st, &row, e);
		db_end(st);
	}
	sqlite3_db_config(s->view.h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	return err;
}

enum err
levels_look(struct store *s, struct view_class *c, struct errinfo *e)
{
	struct buf block = BUF_INIT(BLOCK_MAX), fresh = BUF_INIT(BLOCK_MAX);
	struct str bytes;
	bool row = false, changed = false;
	sqlite3_stmt *st = class_statement(s, c, CLASS_SHAPE, e);
	enum err err = st ? db_step(&s->view, st, &row, e) : e->code;
	if (!err && row)
		buf_put(&block, db_col(st, 0));
	db_end(st);
	if (!err && row && !(err = buf_take(&block, &bytes, e)))
		changed = levels_close_up(bytes, MANY, &fresh);
	if (!err && changed && !(err = buf_take(&fresh, &bytes, e)) && !(err = forget(s, c, e)))
		err = write_structure(s, c, bytes, e);
	buf_done(&fresh);
	buf_done(&block);
	return err;
}
