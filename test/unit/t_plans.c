/* plans: how SQLite reads. Every statement that the calls of the store prepare is explained: none may sort, and none may walk a whole table but those
 * named below, each of which is an ordered walk that the caller asked for. Fails if an index goes missing, or if a new way of reading needs a sort.
 */
#include "store/dated.h"
#include "store/sqlite/view_int.h"
#include "t_store.h"

static const uint8_t policy[POLICY_ID] = {7};

static enum err
no_row(void *ctx, const struct view_row *r, struct errinfo *ei)
{
	(void)ctx, (void)r, (void)ei;
	return OK;
}

static enum err
no_dated(void *ctx, const struct dated_row *r, struct errinfo *ei)
{
	(void)ctx, (void)r, (void)ei;
	return OK;
}

static enum err
no_claim(void *ctx, const struct view_row *r, const struct view_claim *c, struct errinfo *ei)
{
	(void)ctx, (void)r, (void)c, (void)ei;
	return OK;
}

static enum err
no_event(void *ctx, const struct view_event *v, struct errinfo *ei)
{
	(void)ctx, (void)v, (void)ei;
	return OK;
}

static enum err
no_word(void *ctx, struct str word, struct errinfo *ei)
{
	(void)ctx, (void)word, (void)ei;
	return OK;
}

static enum err
no_log(void *ctx, const struct record_log *log, struct errinfo *ei)
{
	(void)ctx, (void)log, (void)ei;
	return OK;
}

static enum err
no_entry(void *ctx, uint64_t idx, const struct record_entry *x, struct errinfo *ei)
{
	(void)ctx, (void)idx, (void)x, (void)ei;
	return OK;
}

static enum err
no_pending(void *ctx, int64_t log, uint64_t idx, const struct record_entry *x, struct errinfo *ei)
{
	(void)ctx, (void)log, (void)idx, (void)x, (void)ei;
	return OK;
}

static enum err
no_piece(void *ctx, uint32_t n, struct str data, const struct hash *hash, struct errinfo *ei)
{
	(void)ctx, (void)n, (void)data, (void)hash, (void)ei;
	return OK;
}

static enum err
no_doc(void *ctx, const struct hash *hash, struct str bytes, struct errinfo *ei)
{
	(void)ctx, (void)hash, (void)bytes, (void)ei;
	return OK;
}

static enum err
no_arrival(void *ctx, const struct record_arrival *a, struct errinfo *ei)
{
	(void)ctx, (void)a, (void)ei;
	return OK;
}

static enum err
no_cosig(void *ctx, uint64_t size, int member, int64_t time, struct str line, struct errinfo *ei)
{
	(void)ctx, (void)size, (void)member, (void)time, (void)line, (void)ei;
	return OK;
}

static enum err
no_fork(void *ctx, struct str proof, int64_t at, struct errinfo *ei)
{
	(void)ctx, (void)proof, (void)at, (void)ei;
	return OK;
}

static enum err
no_setting(void *ctx, struct str name, struct str value, struct errinfo *ei)
{
	(void)ctx, (void)name, (void)value, (void)ei;
	return OK;
}

static enum err
no_audit(void *ctx, const struct local_audit *a, struct errinfo *ei)
{
	(void)ctx, (void)a, (void)ei;
	return OK;
}

static enum err
no_refused(void *ctx, const struct local_refused *r, struct errinfo *ei)
{
	(void)ctx, (void)r, (void)ei;
	return OK;
}

static enum err
no_dropped(void *ctx, const struct local_dropped *d, struct errinfo *ei)
{
	(void)ctx, (void)d, (void)ei;
	return OK;
}

/* Whole walks that are meant: by the number of their table, or of tables with a row a class or one row. */
static const char *const walks[] = {
    "SCAN CONSTANT ROW", "SCAN 20 CONSTANT ROWS", "SCAN (subquery-20)", "SCAN (subquery-1)", "SCAN place", "SCAN class", "SCAN lapse",
    "SCAN class USING COVERING INDEX class_maker",     /* counting: 4,095 at most */
    "SCAN refused USING COVERING INDEX refused_giver", /* counting */
    "SCAN dropped",                                    /* a row a giver */
    "SCAN audit",                                      /* newest first, by number, up to a limit */
};

static bool
meant(const char *plan)
{
	for (size_t i = 0; i < sizeof walks / sizeof *walks; i++)
		if (strcmp(plan, walks[i]) == 0)
			return true;
	return false;
}

/* How many statements were looked at. */
static size_t
check_plans(struct db *d)
{
	size_t n = 0;
	char sql[4096];
	for (sqlite3_stmt *st = sqlite3_next_stmt(d->h, NULL); st; st = sqlite3_next_stmt(d->h, st)) {
		const char *text = sqlite3_sql(st);
		sqlite3_stmt *plan;
		if (strncmp(text, "SELECT", 6) != 0 && strncmp(text, "UPDATE", 6) != 0 && strncmp(text, "DELETE", 6) != 0)
			continue;
		if (strstr(text, "'main'.")) /* FTS5's own */
			continue;
		n++;
		(void)snprintf(sql, sizeof sql, "EXPLAIN QUERY PLAN %s", text);
		CHECKF(sqlite3_prepare_v2(d->h, sql, -1, &plan, NULL) == SQLITE_OK, "%s: %s", text, sqlite3_errmsg(d->h));
		while (sqlite3_step(plan) == SQLITE_ROW) {
			const char *line = (const char *)sqlite3_column_text(plan, 3);
			const char *fts = strstr(line, "VIRTUAL TABLE INDEX");
			CHECKF(!strstr(line, "TEMP B-TREE"), "%s: %s: %s", d->name, text, line);
			CHECKF(!strstr(text, "class=? AND type=?") || strstr(line, "object_type (class=? AND type=?"), "%s: %s: %s", d->name, text,
			    line);
			/* full text is entered by MATCH (an M in FTS5's own account), a vocabulary by its word */
			if (fts && strstr(line, "words_"))
				CHECKF(strchr(fts + strlen("VIRTUAL TABLE INDEX"), 'M'), "%s: %s: %s", d->name, text, line);
			else if (!fts && strncmp(line, "SCAN", 4) == 0)
				CHECKF(meant(line), "%s: %s: %s", d->name, text, line);
		}
		sqlite3_finalize(plan);
	}
	return n;
}

static void
use_view(struct home *h, struct record_log *log)
{
	struct label label;
	struct str text = STR("some words");
	struct view_ref ref = {{STR("identity"), {1}}, VIEW_LINK_REF};
	struct view_claim claim = {.what = STR("w"), .where = STR("p")};
	struct view_row row;
	struct hash leaf = hash_of(text);
	uint64_t n;
	label_own(&label, policy, 0, 1);
	label.valid_until = label.delete_by = 1000;
	struct view_object o = {.arrival = 1,
	    .log = log->no,
	    .piece_no = 1,
	    .centre = 1,
	    .label = &label,
	    .id = {STR("x-own"), {2}},
	    .text = &text,
	    .ntext = 1,
	    .refs = &ref,
	    .nrefs = 1,
	    .claims = &claim,
	    .nclaims = 1,
	    .at = 5};
	struct view_event v = {.arrival = 1, .kind = VIEW_RECALL, .id = o.id, .of = leaf};
	CHECK_OK(view_begin(h->store, &e));
	CHECK_OK(view_object_put(h->store, &o, &e));
	CHECK_OK(view_event_put(h->store, &v, &e));
	o.arrival = 2;
	CHECK_OK(view_object_put(h->store, &o, &e));
	o.arrival = 1, o.piece = 1;
	CHECK_OK(view_object_put(h->store, &o, &e)); /* out of order */
	struct label high = label;
	high.level = 3;
	o.arrival = 3, o.label = &high;
	CHECK_OK(view_object_put(h->store, &o, &e));
	CHECK_OK(view_commit(h->store, 1, &e));
	CHECK_OK(view_at(h->store, log->no, 0, 0, &row, &e));
	struct clearance nothing = {.policy = {8}}, all = {.policy = {7}, .level = 9, .every_circle = true};
	struct clearance both[2] = {nothing, all};
	struct view_who who = {both, 2};
	for (unsigned bits = 0; bits < 256; bits++) {
		struct view_filter f = {.author = -1, .link = -1, .limit = 10, .since = bits & 1 ? 3 : TIME_MIN, .who = bits & 2 ? &who : NULL};
		f.plain = bits & 128;
		if (bits & 4)
			f.type = STR("x-own");
		if (bits & 8)
			f.id = &o.id;
		if (bits & 16)
			f.refers_to = &ref.target;
		if (bits & 32)
			f.words = STR("words -others");
		if (bits & 64)
			f.after = &row.key;
		CHECK_OK(view_find(h->store, &f, no_row, NULL, &e));
		CHECK_OK(view_count(h->store, &f, 10, &n, &e));
		CHECK(n > 0);
	}
	struct dated *dated;
	struct clearance low = {.policy = {7}, .level = 1, .every_circle = true};
	struct view_who few = {&low, 1}; /* not all classes: a stream each */
	const struct dated_eras whole = {.n = 1}, some = {.era = {{.who = &few}}, .n = 1},
				changed = {.era = {{.who = &few}, {.arrival = 1, .at = 1}}, .n = 2};
	CHECK_OK(dated_new(&dated, &e));
	CHECK_OK(dated_each(h->store, dated, &whole, TIME_MIN, no_dated, NULL, &e));
	CHECK_OK(dated_each(h->store, dated, &some, TIME_MIN, no_dated, NULL, &e));
	dated_free(dated);
	CHECK_OK(dated_new(&dated, &e));
	CHECK_OK(dated_each(h->store, dated, &changed, TIME_MIN, no_dated, NULL, &e));
	dated_free(dated);
	struct view_event_filter ev[] = {{.author = -1}, {.author = -1, .id = &o.id}, {.author = -1, .of = &leaf},
	    {.author = -1, .kind = VIEW_RECALL}, {.author = -1, .newest = true}};
	for (size_t i = 0; i < sizeof ev / sizeof *ev; i++)
		CHECK_OK(view_event_each(h->store, &ev[i], no_event, NULL, &e));
	CHECK_OK(view_claim_each(h->store, NULL, 1, STR("w"), STR("p"), no_claim, NULL, &e));
	CHECK_OK(view_claim_each(h->store, NULL, 1, STR("w"), STR_NONE, no_claim, NULL, &e));
	CHECK_OK(view_due_each(h->store, 0, 2000, no_row, NULL, &e));
	CHECK_OK(view_suggest(h->store, NULL, 1, STR("w"), 10, no_word, NULL, &e));
	CHECK_OK(view_position(h->store, &n, &e));
	CHECK_OK(view_begin(h->store, &e));
	CHECK_OK(view_object_state(h->store, &row, VIEW_RECALLED, &text, 1, &e));
	CHECK_OK(view_commit(h->store, 1, &e));
}

static void
use_record(struct home *h, struct record_log *log)
{
	struct hash hash = hash_of(STR("x"));
	struct record_log found;
	struct record_entry x = {STR("leaf"), 0, 1};
	struct record_arrival a;
	uint8_t id[32];
	uint32_t kept[LIMIT_MEMBERS];
	uint64_t n;
	int centre;
	int64_t no;
	bool gone;
	struct buf b = BUF_INIT(1000);
	CHECK_OK(record_begin(h->store, &e));
	CHECK_OK(record_centre_put(h->store, hash.b, &centre, &e));
	CHECK_OK(record_doc_put(h->store, centre, RECORD_CARD, &hash, STR("card"), NULL, &e));
	CHECK_OK(record_entry_put(h->store, log, &x, false, 1, &e));
	CHECK_OK(record_piece_put(h->store, STR("piece"), &no, &e));
	CHECK_OK(record_entry_fill(h->store, log->no, 0, no, &e));
	CHECK_OK(record_arrive(h->store, log->no, 0, 1, NULL, &e));
	CHECK_OK(record_checkpoint_put(h->store, log->no, 1, &hash, STR("note"), &e));
	CHECK_OK(record_cosig_put(h->store, log->no, 1, 2, 3, STR("line"), NULL, &e));
	CHECK_OK(record_commit(h->store, &e));
	CHECK_OK(record_centre_get(h->store, centre, id, &e));
	CHECK_OK(record_doc_each(h->store, centre, RECORD_CARD, no_doc, NULL, &e));
	CHECK_OK(record_log_by_id(h->store, &log->id, &found, &e));
	CHECK_OK(record_log_by_no(h->store, log->no, &found, &e));
	CHECK_OK(record_log_latest(h->store, 1, log->circle, log->author, &found, &e));
	CHECK_OK(record_log_each(h->store, 0, no_log, NULL, &e));
	CHECK_OK(record_log_each(h->store, 1, no_log, NULL, &e));
	CHECK_OK(record_entry_get(h->store, log->no, 0, &b, NULL, &e));
	CHECK_OK(record_entry_each(h->store, log->no, 0, 9, no_entry, NULL, &e));
	CHECK_OK(record_pending_each(h->store, 0, no_pending, NULL, &e));
	CHECK_OK(record_piece_each(h->store, no, 1, no_piece, NULL, &e));
	CHECK_OK(record_piece_get(h->store, no, &b, &gone, &e));
	CHECK_OK(record_arrival_each(h->store, 0, no_arrival, NULL, &e));
	CHECK_OK(record_arrival_get(h->store, log->no, 0, &a, &e));
	CHECK_OK(record_arrival_last(h->store, &n, &e));
	CHECK_OK(record_checkpoint_get(h->store, log->no, UINT64_MAX, &n, NULL, NULL, &e));
	CHECK_OK(record_cosig_each(h->store, log->no, 0, no_cosig, NULL, &e));
	CHECK_OK(record_fork_each(h->store, log->no, no_fork, NULL, &e));
	CHECK_OK(record_piece_withdraw(h->store, no, &hash, &e));
	CHECK_OK(record_log_authors(h->store, 1, kept, &e));
	CHECK_OK(record_log_set_state(h->store, log->no, RECORD_LOG_ENDED, &e));
	buf_done(&b);
}

static void
use_local(struct home *h)
{
	struct buf b = BUF_INIT(1000);
	struct local_audit a = {.who = STR("w"), .target = STR("t")};
	struct local_refused r = {.source = STR("s")};
	uint64_t n;
	CHECK_OK(local_set(h->store, STR("n"), STR("v"), &e));
	CHECK_OK(local_get(h->store, STR("n"), &b, &e));
	CHECK_OK(local_each(h->store, STR("n"), no_setting, NULL, &e));
	CHECK_OK(local_audit_put(h->store, &a, &e));
	for (int i = 0; i < 4; i++)
		CHECK_OK(local_audit_each(h->store, i & 1 ? STR("w") : STR_NONE, i & 2 ? STR("t") : STR_NONE, 5, no_audit, NULL, &e));
	CHECK_OK(local_refuse(h->store, &r, NULL, &e));
	CHECK_OK(local_refused_each(h->store, 0, 5, no_refused, NULL, &e));
	CHECK_OK(local_refused_count(h->store, &n, &e));
	CHECK_OK(local_dropped_each(h->store, no_dropped, NULL, &e));
	CHECK_OK(local_dropped_clear(h->store, &e));
	CHECK_OK(local_refused_remove(h->store, 1, &e));
	CHECK_OK(local_unset(h->store, STR("n"), &e));
	buf_done(&b);
}

TEST(nothing_is_sorted_and_no_table_is_searched_from_end_to_end)
{
	struct home h;
	struct record_log log;
	home_new(&h);
	home_log(&h, 0x3, 0, &log);
	use_record(&h, &log);
	use_view(&h, &log);
	use_local(&h);
	CHECK(check_plans(&h.store->view) >= 25);
	CHECK(check_plans(&h.store->log) >= 18);
	CHECK(check_plans(&h.store->local) >= 7);
	home_free(&h);
}
