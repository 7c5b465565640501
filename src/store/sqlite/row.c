#include <string.h>

#include "base/time.h"
#include "store/sqlite/view_int.h"

int64_t
row_grade(const struct grade *g)
{
	return (int64_t)g->scheme << 16 | (int64_t)(unsigned char)g->reliability << 8 | (unsigned char)g->credibility;
}

static int64_t
date(sqlite3_stmt *st, int col)
{
	return sqlite3_column_type(st, col) == SQLITE_NULL ? TIME_NEVER : sqlite3_column_int64(st, col);
}

enum err
row_read(struct store *s, sqlite3_stmt *st, struct view_row *r, struct errinfo *e)
{
	struct view_class *c;
	struct str id = db_col(st, 2);
	int64_t grade = sqlite3_column_int64(st, 17);
	enum err err;
	r->no = sqlite3_column_int64(st, 0);
	if ((err = class_at(s, r->no, &c, e)) || (err = type_name(s, sqlite3_column_int64(st, 1), &r->key.id.type, e)))
		return err;
	if (id.n != sizeof r->key.id.uuid)
		return err_set(e, ERR_CORRUPT, "view.db: an id is not 16 bytes long");
	memcpy(r->key.id.uuid, id.p, id.n);
	r->arrival = (uint64_t)r->no >> VIEW_ARRIVAL_BITS;
	r->piece = r->key.piece = (uint32_t)(view_seq(r->no) & ((1 << VIEW_PIECE_BITS) - 1));
	r->key.centre = c->centre;
	r->key.circle = c->circle;
	r->created = sqlite3_column_int64(st, 3);
	r->key.modified = sqlite3_column_int64(st, 4);
	r->key.author = sqlite3_column_int(st, 5);
	r->log = sqlite3_column_int64(st, 6);
	r->key.idx = (uint64_t)sqlite3_column_int64(st, 7);
	r->key.epoch = (uint32_t)sqlite3_column_int64(st, 8);
	r->piece_no = sqlite3_column_int64(st, 9);
	r->at = sqlite3_column_int64(st, 10);
	r->label = c->label;
	r->label.owners = (uint64_t)sqlite3_column_int64(st, 11);
	r->label.tlp = (uint8_t)sqlite3_column_int(st, 12);
	r->label.valid_until = date(st, 13);
	r->label.delete_by = date(st, 14);
	r->revoked = sqlite3_column_int(st, 15) != 0;
	r->state = (enum view_state)sqlite3_column_int(st, 16);
	r->grade = (struct grade){(enum grade_scheme)(grade >> 16), (char)(grade >> 8 & 0xff), (char)(grade & 0xff)};
	r->serial = (uint64_t)sqlite3_column_int64(st, 18);
	return lapse_of(s, r->log, r->key.idx, &r->lapses, e);
}

enum err
row_get(struct store *s, int64_t no, struct view_row *ret, struct errinfo *e)
{
	bool row;
	sqlite3_stmt *st = db_query(&s->view, SQL("SELECT " ROW_COLUMNS " FROM object WHERE no=?"), e, "i", no);
	if (!st)
		return e->code;
	enum err err = db_step(&s->view, st, &row, e);
	if (!err)
		err = row ? row_read(s, st, ret, e) : err_set(e, ERR_NOTFOUND, "no such object");
	db_end(st);
	return err;
}

bool
row_in_view(const struct view_row *row, int64_t now)
{
	return row->state == VIEW_LIVE && now < row->label.valid_until && now < row->label.delete_by && now < row->lapses;
}
