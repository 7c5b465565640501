/* Want of memory within SQLite is told as that. It fails if a database that is opened, or the tokenizer that is given to it, makes another error of
 * it: of the disk, say, or of a SQLite that lacks something. */
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
