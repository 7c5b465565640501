/* Want of memory within SQLite is told as that. It fails if a database that is opened, or the tokenizer that is given to it, makes another error of
 * it: of the disk, say, or of a SQLite that lacks something; or if what full text had in hand when its transaction was taken back is taken for damage
 * in the next one. */
#include "store/sqlite/view_int.h"
#include "t_store.h"

enum { ENOUGH = 2000 };

static sqlite3_mem_methods heap;
static int count, at; /* the at-th is refused; 0: none */
static bool on;       /* and all after it */

static bool
refused(void)
{
	count++;
	return at && (count == at || (on && count > at));
}

static void *
take(int n)
{
	return refused() ? NULL : heap.xMalloc(n);
}

static void *
retake(void *p, int n)
{
	return refused() ? NULL : heap.xRealloc(p, n);
}

/* Without the pieces that SQLite keeps ready for a connection: each is an allocation that can be refused. */
static void
install(void)
{
	if (heap.xMalloc)
		return;
	CHECK(sqlite3_shutdown() == SQLITE_OK && sqlite3_config(SQLITE_CONFIG_GETMALLOC, &heap) == SQLITE_OK);
	sqlite3_mem_methods mine = heap;
	mine.xMalloc = take;
	mine.xRealloc = retake;
	CHECK(sqlite3_config(SQLITE_CONFIG_MALLOC, &mine) == SQLITE_OK && sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) == SQLITE_OK);
	CHECK(sqlite3_initialize() == SQLITE_OK);
}

static enum err
open_one(struct store *s, struct errinfo *ret)
{
	enum err err = db_open(&s->view, s->env, "fresh.db", true, false, ret);
	return err ? err : store_words_register(s, ret);
}

TEST(want_of_memory_while_a_database_is_opened_is_told_as_that)
{
	struct home h;
	install();
	home_new(&h);
	for (int then = 0; then < 2; then++) {
		int refusals = 0;
		bool asked = true;
		for (int n = 1; asked; n++) {
			struct store s = {.env = h.env};
			CHECK(n < ENOUGH);
			CHECK_OK(h.env->remove(h.env->ctx, "fresh.db", &e));
			CHECK_OK(h.env->remove(h.env->ctx, "fresh.db-wal", &e));
			CHECK_OK(h.env->remove(h.env->ctx, "fresh.db-shm", &e));
			count = 0, at = n, on = then;
			enum err err = open_one(&s, &e); /* what is only a hint may fail unseen */
			at = 0;
			asked = count >= n;
			db_close(&s.view);
			CHECKF(!err || (asked && err == ERR_NOMEM && e.code == err), "allocation %d%s: %s: %s", n, then ? " and on" : "",
			    err_name(err), e.msg);
			refusals += err == ERR_NOMEM;
		}
		CHECK(refusals > 50);
	}
	home_free(&h);
}

/* One object a call, in its own transaction: its arrival is its number. */
static void
put_object(struct home *h, struct record_log *log, uint64_t n, struct str text)
{
	static uint8_t policy[POLICY_ID] = {7};
	struct record_entry x = {STR("leaf"), 1, 1};
	struct stix_id id = {.type = STR("report")};
	struct label label;
	label_own(&label, policy, 0, 1);
	memcpy(id.uuid, &n, sizeof n);
	CHECK_OK(record_begin(h->store, &e));
	CHECK_OK(record_entry_put(h->store, log, &x, true, 9, &e));
	CHECK_OK(record_arrive(h->store, log->no, n - 1, 9, NULL, &e));
	CHECK_OK(record_commit(h->store, &e));
	struct view_object o = {
	    .arrival = n, .log = log->no, .idx = n - 1, .piece_no = 1, .at = 9, .centre = 1, .label = &label, .id = id, .text = &text, .ntext = 1};
	CHECK_OK(view_begin(h->store, &e));
	CHECK_OK(view_object_put(h->store, &o, &e));
	CHECK_OK(view_commit(h->store, n, &e));
}

/* Takes the n-th out of view; refuse: the allocation that is refused in between. */
static enum err
take_out(struct home *h, struct record_log *log, uint64_t n, struct str text, int refuse, struct errinfo *ret)
{
	struct view_row row;
	CHECK_OK(view_at(h->store, log->no, n - 1, 0, &row, &e));
	enum err err = view_begin(h->store, ret);
	if (err)
		return err;
	count = 0, at = refuse;
	err = view_object_state(h->store, &row, VIEW_RECALLED, &text, 1, ret);
	at = 0;
	if (!err)
		return view_commit(h->store, n, ret);
	view_rollback(h->store);
	return err;
}

TEST(words_taken_out_without_memory_are_taken_out_the_next_time)
{
	struct str text = STR("lorries in the wood by night");
	struct record_log log;
	struct home h;
	uint64_t found;
	int refusals = 0;
	bool asked = true;
	install();
	home_new(&h);
	home_log(&h, 0x3, 0, &log);
	on = false;
	for (int n = 1; asked; n++) {
		CHECK(n < ENOUGH);
		put_object(&h, &log, (uint64_t)n, text);
		enum err err = take_out(&h, &log, (uint64_t)n, text, n, &e);
		asked = count >= n;
		CHECKF(!err || err == ERR_NOMEM, "allocation %d: %s: %s", n, err_name(err), e.msg);
		refusals += err == ERR_NOMEM;
		if (err && (err = take_out(&h, &log, (uint64_t)n, text, 0, &e)))
			CHECKF(!err, "after allocation %d: %s: %s", n, err_name(err), e.msg);
		struct view_filter f = {.author = -1, .link = -1, .words = STR("lorries"), .since = TIME_MIN};
		CHECK_OK(view_count(h.store, &f, 1000000, &found, &e));
		CHECKF(found == 0, "after allocation %d: %d objects are found", n, (int)found);
	}
	CHECK(refusals > 10);
	CHECK_OK(store_check(h.store, &e));
	home_free(&h);
}
