/* Homes of an older schema: opened by this version they hold what they held, and a copy of what they were. */
#include <sqlite3.h>

#include "store/sqlite/store_int.h"
#include "t_store.h"

static void
sql(struct db *d, const char *text)
{
	char *msg = NULL;
	CHECKF(sqlite3_exec(d->h, text, NULL, NULL, &msg) == SQLITE_OK, "%s: %s", text, msg);
}

/* What version 1 was. */
static void
back_node_to_1(struct store *s)
{
	sql(&s->local, "DROP TABLE dropped; DROP INDEX refused_giver; DROP INDEX refused_same; ALTER TABLE refused DROP COLUMN giver;"
		       "CREATE INDEX refused_place ON refused(place,size); PRAGMA user_version=1");
}

static void
back_to_1(struct store *s)
{
	sql(&s->log, "DROP TABLE bridge; DROP TABLE trace; ALTER TABLE cosig DROP COLUMN made; PRAGMA user_version=1");
	back_node_to_1(s);
}

static enum err
say_trace(void *ctx, int64_t log, uint64_t idx, int64_t modified, struct errinfo *ei)
{
	(void)ei;
	buf_printf(ctx, "%lld %llu %lld;", (long long)log, (unsigned long long)idx, (long long)modified);
	return OK;
}

static enum err
count_setting(void *ctx, struct str name, struct str value, struct errinfo *ei)
{
	(void)name, (void)value, (void)ei;
	++*(int *)ctx;
	return OK;
}

#define ID "note--aaaaaaaa-0000-4000-8000-000000000001"

/* Fails if a trace is lost on the way from node.db to the record, stays behind, or comes twice after a crash in the middle; if a countersignature of
 * version 1 does not count; if there is no copy. */
TEST(traces_move_into_the_record)
{
	struct home h;
	struct record_log log;
	struct buf name = BUF_INIT(300), said = BUF_INIT(300);
	struct record_reach r = {.max = 9, .author = 0, .me = 1, .members = 0x3f, .before = 100, .own_before = TIME_MIN};
	uint64_t size;
	int left = 0;
	home_new(&h);
	home_log(&h, 0x3, 0, &log);
	back_to_1(h.store);
	sql(&h.store->log, "INSERT INTO cosig VALUES(1,5,1,50,x'00')");
	buf_puts(&name, "trace/" ID "/");
	hash_put_hex(&name, &log.id);
	buf_puts(&name, "/7/2");
	CHECK_OK(local_set(h.store, buf_str(&name), STR("1234"), &e));
	home_reopen(&h);
	for (int crash = 0; crash < 2; crash++) {
		buf_clear(&said);
		left = 0;
		CHECK_OK(record_trace_each(h.store, STR(ID), say_trace, &said, &e));
		CHECK_STR(buf_str(&said), STR("1 7 1234;"));
		CHECK_OK(local_each(h.store, STR("trace/"), count_setting, &left, &e));
		CHECK(left == 0);
		/* the record went on, node.db did not */
		CHECK_OK(local_set(h.store, buf_str(&name), STR("1234"), &e));
		back_node_to_1(h.store);
		home_reopen(&h);
	}
	r.log = log.no;
	CHECK_OK(record_cosig_reach(h.store, &r, &size, &e));
	CHECK(size == 5);
	CHECK(home_holds(&h, "node.db.before-2", "trace/" ID) && home_holds(&h, "log.db.before-2", "comity/test"));
	buf_done(&name);
	buf_done(&said);
	home_free(&h);
}

/* Fails if what was deleted for good stays in the copies that a step left. */
TEST(copies_go_with_the_first_deletion)
{
	struct home h;
	struct record_log log;
	struct hash hash = {{7}};
	int64_t no;
	home_new(&h);
	home_log(&h, 0x3, 0, &log);
	CHECK_OK(record_begin(h.store, &e));
	CHECK_OK(record_piece_put(h.store, STR("quuxsecretpiece"), &no, &e));
	CHECK_OK(record_commit(h.store, &e));
	CHECK_OK(local_set(h.store, STR("x"), STR("quuxsetting"), &e));
	back_to_1(h.store);
	home_reopen(&h);
	CHECK(home_holds(&h, "log.db.before-2", "quuxsecretpiece") && home_holds(&h, "node.db.before-2", "quuxsetting"));
	CHECK_OK(record_begin(h.store, &e));
	CHECK_OK(record_piece_withdraw(h.store, no, &hash, &e));
	CHECK_OK(record_commit(h.store, &e));
	CHECK(!home_holds(&h, "log.db.before-2", "quuxsecretpiece") && !home_holds(&h, "node.db.before-2", "quuxsetting"));
	home_free(&h);
}

static enum err
say_giver(void *ctx, const struct local_refused *r, struct errinfo *ei)
{
	(void)ei;
	buf_printf(ctx, "%.*s<%.*s;", STR_FMT(r->source), STR_FMT(r->giver));
	return OK;
}

/* Fails if what was in quarantine is lost on the way, or what a peer gave before counts as the home's own. */
TEST(quarantine_learns_who_gave_what)
{
	struct home h;
	struct buf said = BUF_INIT(300);
	home_new(&h);
	back_node_to_1(h.store);
	sql(&h.store->local,
	    "INSERT INTO refused(at,source,reason,line,col,place,size,bytes) VALUES(1,'a.json','x',0,0,0,3,x'00'),(1,'logs','x',0,0,0,0,x''),"
	    "(1,'comity/00/irq/irq/1','x',0,0,0,0,x'')");
	for (int i = 0; i < 2; i++) {
		home_reopen(&h);
		buf_clear(&said);
		CHECK_OK(local_refused_each(h.store, 0, 9, say_giver, &said, &e));
		CHECK_STR(buf_str(&said), STR("a.json<;logs<0.;comity/00/irq/irq/1<0.;"));
	}
	CHECK(home_holds(&h, "node.db.before-3", "a.json"));
	buf_done(&said);
	home_free(&h);
}

/* Fails if a home of version 2 loses something, can keep no bridge afterwards, or leaves no copy of what it was. */
TEST(bridges_have_a_place)
{
	struct home h;
	struct record_log log, after;
	struct record_bridge b = {.to = {.held = 3, .size = 9, .proof = {.n = 2, .at = {{{1}}, {{2}}}}}, .checked = 1}, got;
	home_new(&h);
	home_log(&h, 0x3, 0, &log);
	sql(&h.store->log, "DROP TABLE bridge; PRAGMA user_version=2");
	for (int again = 0; again < 2; again++) {
		home_reopen(&h);
		CHECK_OK(record_log_by_id(h.store, &log.id, &after, &e));
		CHECK(after.no == log.no);
		CHECK_ERR(record_bridge_get(h.store, log.no, &got, &e), ERR_NOTFOUND);
	}
	home_reopen(&h);
	CHECK(home_holds(&h, "log.db.before-3", "comity/test"));
	CHECK_OK(record_begin(h.store, &e));
	CHECK_OK(record_bridge_put(h.store, log.no, &b, &e));
	b.to.held = 4;
	CHECK_OK(record_bridge_put(h.store, log.no, &b, &e));
	CHECK_OK(record_commit(h.store, &e));
	CHECK_OK(record_bridge_get(h.store, log.no, &got, &e));
	CHECK(got.to.held == 4 && got.to.size == 9 && got.checked == 1 && got.to.proof.n == 2 && hash_eq(&got.to.proof.at[1], &b.to.proof.at[1]));
	CHECK_OK(record_begin(h.store, &e));
	CHECK_OK(record_bridge_drop(h.store, log.no, &e));
	CHECK_OK(record_bridge_drop(h.store, log.no, &e));
	CHECK_OK(record_commit(h.store, &e));
	CHECK_ERR(record_bridge_get(h.store, log.no, &got, &e), ERR_NOTFOUND);
	home_free(&h);
}
