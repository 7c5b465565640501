/* begin: ids that begin so, among what the viewer may read. A range of the index of ids; a row of another class is passed over before anything is
 * made of it. */
#include <string.h>

#include "store/sqlite/view_int.h"

/* How far it has come, and where it ends. */
struct view_begin_at {
	uint8_t id[16], last[16];
	int64_t no; /* of the last row looked at */
};

/* The first row from a place on, in the order of ids; *ret_no 0: there is none. */
static enum err
row_from(struct store *s, const struct view_begin_at *at, struct view_row *ret, int64_t *ret_no, struct errinfo *e)
{
	bool row = false;
	sqlite3_stmt *st =
	    db_query(&s->view, SQL("SELECT " ROW_COLUMNS " FROM object WHERE id>=?1 AND id<=?2 AND (id>?1 OR no>?3) ORDER BY id, no LIMIT 1"), e,
		"bbi", str_bytes(at->id, 16), str_bytes(at->last, 16), at->no);
	enum err err = st ? db_step(&s->view, st, &row, e) : e->code;
	*ret_no = 0;
	if (!err && row && !(err = row_read(s, st, ret, e)))
		*ret_no = ret->no;
	db_end(st);
	return err;
}

enum err
view_begins(struct store *s, const struct view_who *who, struct str type, const uint8_t first[16], const uint8_t last[16], struct stix_id *ret,
    size_t max, size_t *ret_n, struct errinfo *e)
{
	struct errinfo local;
	struct view_cache *cache;
	struct view_begin_at at = {.no = 0};
	size_t n = 0;
	e = e ? e : &local;
	enum err err = view_cache(s, &cache, e);
	memcpy(at.id, first, 16);
	memcpy(at.last, last, 16);
	while (!err && n < max) {
		struct view_row row;
		bool known = false;
		if ((err = row_from(s, &at, &row, &at.no, e)) || !at.no)
			break;
		memcpy(at.id, row.key.id.uuid, 16);
		const struct view_class *c = cache->classes[row.no & VIEW_CLASSES];
		if (!c || !class_readable(c, who) || row.state == VIEW_WITHDRAWN || (type.n && !str_eq(row.key.id.type, type)))
			continue;
		for (size_t i = 0; i < n; i++)
			known |= stix_id_eq(ret[i], row.key.id);
		if (!known)
			ret[n++] = row.key.id;
	}
	if (!err)
		*ret_n = n;
	return err;
}
