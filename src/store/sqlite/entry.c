/* entry: leaves of the logs, their pieces and their arrival. */
#include "store/record.h"

#include "merkle/tile.h"
#include "store/sqlite/store_int.h"

enum err
record_piece_put(struct store *s, struct str data, int64_t *ret, struct errinfo *e)
{
	enum err err = db_do(&s->log, SQL("INSERT INTO piece(no,data) VALUES(?,?)"), e, "ib", s->next_piece, data);
	if (!err)
		*ret = s->next_piece++;
	return err;
}

enum err
record_piece_put_withdrawn(struct store *s, const struct hash *hash, int64_t *ret, struct errinfo *e)
{
	enum err err = db_do(&s->log, SQL("INSERT INTO piece(no,hash) VALUES(?,?)"), e, "ib", s->next_piece, str_bytes(hash->b, 32));
	if (!err)
		*ret = s->next_piece++;
	return err;
}

/* Full tiles that the leaf completed: nodes[k] is a node of level k; a tile of level L is full when a node of level 8L + 8 is. Its 256 hashes are
 * read back from the nodes below. */
static enum err
keep_tiles(struct store *s, int64_t log, uint64_t size, size_t complete, struct errinfo *e)
{
	for (unsigned level = 8; level < complete; level += 8) {
		char space[MERKLE_TILE_BYTES];
		struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
		struct record_nodes from = {s, log, size};
		struct merkle_nodes nodes = record_nodes(&from);
		struct merkle_tile t = {.level = level / 8 - 1, .width = MERKLE_TILE_WIDTH, .index = (size >> level) - 1};
		enum err err = merkle_tile_put(&nodes, &t, &b, e);
		if (err)
			return err;
		if ((err = db_do(&s->log, SQL("INSERT INTO tile VALUES(?,?,?,?)"), e, "iiub", log, (int64_t)t.level, t.index, buf_str(&b))))
			return err;
	}
	return OK;
}

enum err
record_entry_put(struct store *s, struct record_log *log, const struct record_entry *entry, bool is_objects, int64_t time, struct errinfo *e)
{
	struct hash leaf, nodes[MERKLE_LEVELS];
	char space[8 + 32 * MERKLE_LEVELS];
	struct buf edge = {.p = space, .cap = sizeof space, .max = sizeof space};
	uint64_t idx = log->edge.size;
	enum err err;
	if (entry->count && !entry->first)
		err = db_do(&s->log, SQL("INSERT INTO entry VALUES(?,?,?,?,?)"), e, "iubin", log->no, idx, entry->bytes, (int64_t)entry->count);
	else
		err = db_do(
		    &s->log, SQL("INSERT INTO entry VALUES(?,?,?,?,?)"), e, "iubii", log->no, idx, entry->bytes, (int64_t)entry->count, entry->first);
	if (err)
		return err;
	leaf = merkle_leaf_of(entry->bytes);
	struct merkle_edge grown = log->edge;
	uint64_t objects = log->objects + is_objects;
	int64_t last_time = time > log->last_time ? time : log->last_time;
	size_t complete = merkle_edge_grow(&grown, &leaf, nodes);
	if ((err = keep_tiles(s, log->no, grown.size, complete, e)))
		return err;
	merkle_edge_put(&edge, &grown);
	if ((err = db_do(
		 &s->log, SQL("UPDATE log SET edge=?,objects=?,last_time=? WHERE no=?"), e, "buii", buf_str(&edge), objects, last_time, log->no)))
		return err;
	log->edge = grown;
	log->objects = objects;
	log->last_time = last_time;
	return OK;
}

enum err
record_entry_fill(struct store *s, int64_t log, uint64_t idx, int64_t first, struct errinfo *e)
{
	return db_do(&s->log, SQL("UPDATE entry SET first=? WHERE log=? AND idx=?"), e, "iiu", first, log, idx);
}

enum err
record_entry_get(struct store *s, int64_t log, uint64_t idx, struct buf *ret_bytes, struct record_entry *ret, struct errinfo *e)
{
	bool row;
	struct errinfo local;
	e = e ? e : &local;
	sqlite3_stmt *st = db_query(&s->log, SQL("SELECT bytes,count,first FROM entry WHERE log=? AND idx=?"), e, "iu", log, idx);
	if (!st)
		return e->code;
	enum err err = db_step(&s->log, st, &row, e);
	if (!err && !row)
		err = err_set(e, ERR_NOTFOUND, "the log has no entry %llu", (unsigned long long)idx);
	if (!err) {
		struct record_entry r = {.count = (uint32_t)sqlite3_column_int64(st, 1), .first = sqlite3_column_int64(st, 2)};
		if (ret_bytes) {
			size_t at = ret_bytes->n;
			buf_put(ret_bytes, db_col(st, 0));
			err = buf_take(ret_bytes, &r.bytes, e);
			r.bytes = str_sub(r.bytes, at, r.bytes.n);
		}
		if (!err && ret)
			*ret = r;
	}
	db_end(st);
	return err;
}

enum err
record_entry_each(struct store *s, int64_t log, uint64_t from, uint64_t to,
    enum err (*each)(void *ctx, uint64_t idx, const struct record_entry *entry, struct errinfo *e), void *ctx, struct errinfo *e)
{
	bool row = false;
	enum err err;
	struct errinfo local;
	e = e ? e : &local;
	sqlite3_stmt *st =
	    db_query(&s->log, SQL("SELECT idx,bytes,count,first FROM entry WHERE log=? AND idx>=? AND idx<? ORDER BY idx"), e, "iuu", log, from, to);
	if (!st)
		return e->code;
	while (!(err = db_step(&s->log, st, &row, e)) && row) {
		struct record_entry r = {db_col(st, 1), sqlite3_column_int64(st, 3), (uint32_t)sqlite3_column_int64(st, 2)};
		if ((err = each(ctx, (uint64_t)sqlite3_column_int64(st, 0), &r, e)))
			break;
	}
	db_end(st);
	return err;
}

enum err
record_pending_each(struct store *s, int64_t log,
    enum err (*each)(void *ctx, int64_t log, uint64_t idx, const struct record_entry *entry, struct errinfo *e), void *ctx, struct errinfo *e)
{
	int64_t at_log = log, at_idx = -1;
	struct errinfo local;
	e = e ? e : &local;
	/* one statement an entry, so that the callback may fill it */
	for (;;) {
		bool row;
		enum err err;
		sqlite3_stmt *st =
		    db_query(&s->log, SQL("SELECT log,idx,bytes,count FROM entry WHERE first IS NULL AND (log,idx)>(?,?) ORDER BY log,idx LIMIT 1"),
			e, "ii", at_log, at_idx);
		if (!st)
			return e->code;
		err = db_step(&s->log, st, &row, e);
		if (!err && row && (!log || sqlite3_column_int64(st, 0) == log)) {
			struct record_entry r = {db_col(st, 2), 0, (uint32_t)sqlite3_column_int64(st, 3)};
			at_log = sqlite3_column_int64(st, 0);
			at_idx = sqlite3_column_int64(st, 1);
			err = each(ctx, at_log, (uint64_t)at_idx, &r, e);
		} else {
			row = false;
		}
		db_end(st);
		if (err || !row)
			return err;
	}
}

enum err
record_pieces_read(struct record_pieces *p, int64_t first, uint32_t count,
    enum err (*each)(void *ctx, uint32_t n, struct str data, const struct hash *hash, struct errinfo *e), void *ctx, struct errinfo *e)
{
	struct db *d = &p->s->log;
	enum err err = OK;
	struct errinfo local;
	e = e ? e : &local;
	if (count && (!p->reader || p->next != first)) {
		record_pieces_end(p);
		p->reader = db_query(d, SQL("SELECT no,data,hash FROM piece WHERE no>=? ORDER BY no"), e, "i", first);
		p->next = first;
		if (!p->reader)
			return e->code;
	}
	for (uint32_t n = 0; n < count && !err; n++, p->next++) {
		sqlite3_stmt *st = p->reader;
		struct hash h;
		bool row;
		if ((err = db_step(d, st, &row, e)))
			break;
		if (!row || sqlite3_column_int64(st, 0) != p->next) {
			err = err_set(e, ERR_CORRUPT, "log.db: %u pieces are here where an entry names %u", n, count);
			break;
		}
		bool gone = sqlite3_column_type(st, 1) == SQLITE_NULL;
		if (!gone || !(err = store_col_hash(d, st, 2, h.b, e)))
			err = each(ctx, n, db_col(st, 1), gone ? &h : NULL, e);
	}
	if (err)
		record_pieces_end(p);
	return err;
}

void
record_pieces_end(struct record_pieces *p)
{
	db_end(p->reader);
	p->reader = NULL;
}

enum err
record_piece_each(struct store *s, int64_t first, uint32_t count,
    enum err (*each)(void *ctx, uint32_t n, struct str data, const struct hash *hash, struct errinfo *e), void *ctx, struct errinfo *e)
{
	struct record_pieces p = {.s = s};
	enum err err = record_pieces_read(&p, first, count, each, ctx, e);
	record_pieces_end(&p);
	return err;
}

enum err
record_piece_get(struct store *s, int64_t no, struct buf *ret, bool *ret_withdrawn, struct errinfo *e)
{
	bool row;
	struct str all;
	struct errinfo local;
	e = e ? e : &local;
	sqlite3_stmt *st = db_query(&s->log, SQL("SELECT data FROM piece WHERE no=?"), e, "i", no);
	if (!st)
		return e->code;
	enum err err = db_step(&s->log, st, &row, e);
	if (!err && !row)
		err = err_set(e, ERR_CORRUPT, "log.db: a piece that the view names is not here");
	if (!err) {
		*ret_withdrawn = sqlite3_column_type(st, 0) == SQLITE_NULL;
		buf_put(ret, db_col(st, 0));
		err = buf_take(ret, &all, e);
	}
	db_end(st);
	return err;
}

enum err
record_piece_withdraw(struct store *s, int64_t no, const struct hash *hash, struct errinfo *e)
{
	enum err err = store_copies_remove(s, e);
	return err ? err : db_do(&s->log, SQL("UPDATE piece SET data=NULL,hash=? WHERE no=?"), e, "bi", str_bytes(hash->b, 32), no);
}

enum err
record_arrive(struct store *s, int64_t log, uint64_t idx, int64_t at, uint64_t *ret_seq, struct errinfo *e)
{
	enum err err = db_do(&s->log, SQL("INSERT INTO arrival(log,idx,at) VALUES(?,?,?)"), e, "iui", log, idx, at);
	if (!err && ret_seq)
		*ret_seq = (uint64_t)sqlite3_last_insert_rowid(s->log.h);
	return err;
}

static void
read_arrival(sqlite3_stmt *st, struct record_arrival *a)
{
	*a = (struct record_arrival){
	    (uint64_t)sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1), (uint64_t)sqlite3_column_int64(st, 2), sqlite3_column_int64(st, 3)};
}

enum err
record_arrival_each(
    struct store *s, uint64_t after_seq, enum err (*each)(void *ctx, const struct record_arrival *a, struct errinfo *e), void *ctx, struct errinfo *e)
{
	bool row = false;
	enum err err;
	struct record_arrival a;
	struct errinfo local;
	e = e ? e : &local;
	sqlite3_stmt *st = db_query(&s->log, SQL("SELECT seq,log,idx,at FROM arrival WHERE seq>? ORDER BY seq"), e, "u", after_seq);
	if (!st)
		return e->code;
	while (!(err = db_step(&s->log, st, &row, e)) && row) {
		read_arrival(st, &a);
		if ((err = each(ctx, &a, e)))
			break;
	}
	db_end(st);
	return err;
}

enum err
record_arrival_get(struct store *s, int64_t log, uint64_t idx, struct record_arrival *ret, struct errinfo *e)
{
	bool row;
	struct errinfo local;
	e = e ? e : &local;
	sqlite3_stmt *st = db_query(&s->log, SQL("SELECT seq,log,idx,at FROM arrival WHERE log=? AND idx=?"), e, "iu", log, idx);
	if (!st)
		return e->code;
	enum err err = db_step(&s->log, st, &row, e);
	if (!err && row)
		read_arrival(st, ret);
	else if (!err)
		err = err_set(e, ERR_NOTFOUND, "entry %llu has not arrived", (unsigned long long)idx);
	db_end(st);
	return err;
}

enum err
record_arrival_last(struct store *s, uint64_t *ret_seq, struct errinfo *e)
{
	int64_t v;
	enum err err = db_int(&s->log, 0, &v, SQL("SELECT max(seq) FROM arrival"), e, "");
	if (!err)
		*ret_seq = (uint64_t)v;
	return err;
}
