/* record: what was signed, kept. Fails if anything comes back otherwise than it went in; if a root or node of a log's tree differs from the tree
 * hashed whole; if a rollback leaves a trace or a failed call changes the caller's log; if withdrawn bytes stay in a file; if a home that is newer,
 * damaged, half made or there already is opened; if a full disk loses or hides anything. */
#include "merkle/proof.h"
#include "merkle/tile.h"
#include "sim/disk.h"
#include "store/sqlite/store_int.h"
#include "t_store.h"

enum { LEAVES = 66000 }; /* two levels of full tiles, and some */

static struct hash leaves[LEAVES];

TEST(the_tree_of_a_log_is_that_of_its_entries)
{
	struct home h;
	struct record_log log, read;
	char text[32];
	home_new(&h);
	home_log(&h, 0x3, 0, &log);
	for (int i = 0; i < LEAVES; i++) {
		if (i % 1000 == 0)
			CHECK_OK(record_begin(h.store, &e));
		(void)snprintf(text, sizeof text, "leaf %d", i);
		struct record_entry x = {str_of(text), 0, 0};
		leaves[i] = merkle_leaf_of(x.bytes);
		CHECK_OK(record_entry_put(h.store, &log, &x, i % 3 == 0, i, &e));
		if (i % 1000 == 999)
			CHECK_OK(record_commit(h.store, &e));
	}
	home_reopen(&h);
	CHECK_OK(record_log_by_id(h.store, &log.id, &read, &e));
	CHECK(read.edge.size == LEAVES && read.objects == LEAVES / 3 && read.last_time == LEAVES - 1);
	struct hash want = merkle_root(leaves, LEAVES), got = merkle_edge_root(&read.edge);
	CHECK(hash_eq(&want, &got));
	struct record_nodes nodes = {h.store, log.no, LEAVES};
	struct merkle_nodes reader = record_nodes(&nodes);
	static const uint64_t sizes[] = {1, 2, 255, 256, 257, 4096, 65535, 65536, 65537, LEAVES};
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		CHECK_OK(merkle_root_at(&reader, sizes[i], &got, &e));
		want = merkle_root(leaves, sizes[i]);
		CHECKF(hash_eq(&want, &got), "root at %llu", (unsigned long long)sizes[i]);
	}
	static const struct {
		unsigned level;
		uint64_t index;
	} some[] = {{0, 65999}, {3, 8249}, {7, 514}, {8, 0}, {8, 256}, {9, 127}, {12, 15}, {16, 0}};
	for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
		CHECK_OK(reader.get(reader.ctx, some[i].level, some[i].index, &got, &e));
		want = merkle_root(leaves + (some[i].index << some[i].level), (size_t)1 << some[i].level);
		CHECKF(hash_eq(&want, &got), "node %u %llu", some[i].level, (unsigned long long)some[i].index);
	}
	CHECK_ERR(reader.get(reader.ctx, 16, 1, &got, &e), ERR_INVALID);
	CHECK_ERR(reader.get(reader.ctx, 0, LEAVES, &got, &e), ERR_INVALID);
	home_free(&h);
}

static enum err
say_piece(void *ctx, uint32_t n, struct str data, const struct hash *hash, struct errinfo *ei)
{
	(void)ei;
	buf_printf(ctx, "%u:%.*s%s;", n, STR_FMT(data), hash ? "(gone)" : "");
	return OK;
}

static enum err
fill(void *ctx, int64_t log, uint64_t idx, const struct record_entry *x, struct errinfo *ei)
{
	struct home *h = ctx;
	CHECK(x->first == 0 && x->count == 2);
	return record_entry_fill(h->store, log, idx, 77, ei);
}

static enum err
say_entry(void *ctx, uint64_t idx, const struct record_entry *x, struct errinfo *ei)
{
	(void)ei;
	buf_printf(ctx, "%llu:%.*s:%lld:%u;", (unsigned long long)idx, STR_FMT(x->bytes), (long long)x->first, x->count);
	return OK;
}

TEST(entries_and_pieces_come_back_as_they_went_in)
{
	struct home h;
	struct record_log log, other;
	struct buf b = BUF_INIT(1000);
	struct hash hash = hash_of(STR("second"));
	int64_t first, no;
	bool gone = true;
	home_new(&h);
	home_log(&h, 0x3, 0, &log);
	home_log(&h, 0x5, 1, &other);
	CHECK_OK(record_begin(h.store, &e));
	CHECK_OK(record_piece_put(h.store, STR("first"), &first, &e));
	CHECK_OK(record_piece_put(h.store, STR("quuxsecretpiece"), &no, &e));
	CHECK(no == first + 1);
	CHECK_OK(record_piece_put_withdrawn(h.store, &hash, &no, &e));
	struct record_entry x = {STR("a"), first, 3}, none = {STR("b"), 0, 0}, later = {STR("c"), 0, 2};
	CHECK_OK(record_entry_put(h.store, &log, &x, true, 5, &e));
	CHECK_OK(record_entry_put(h.store, &log, &none, false, 4, &e)); /* time never goes back in the account of it */
	CHECK_OK(record_entry_put(h.store, &log, &later, true, 6, &e));
	CHECK_OK(record_entry_put(h.store, &other, &later, true, TIME_MIN, &e));
	CHECK_OK(record_commit(h.store, &e));
	CHECK(log.objects == 2 && log.last_time == 6 && other.last_time == TIME_MIN);
	CHECK_OK(store_settle(h.store, &e));
	CHECK(home_holds(&h, "log.db", "quuxsecretpiece"));
	CHECK_OK(record_begin(h.store, &e));
	CHECK_OK(record_piece_withdraw(h.store, first + 1, &hash, &e));
	CHECK_OK(record_commit(h.store, &e));
	CHECK_OK(store_settle(h.store, &e));
	CHECK(!home_holds(&h, "log.db", "quuxsecretpiece") && !home_holds(&h, "log.db-wal", "quuxsecretpiece"));
	CHECK_OK(record_piece_each(h.store, first, 3, say_piece, &b, &e));
	CHECK_STR(buf_str(&b), STR("0:first;1:(gone);2:(gone);"));
	CHECK_ERR(record_piece_each(h.store, first, 4, say_piece, &b, &e), ERR_CORRUPT);
	CHECK_OK(record_piece_get(h.store, first + 1, &b, &gone, &e));
	CHECK(gone);
	buf_clear(&b);
	CHECK_OK(record_begin(h.store, &e));
	CHECK_OK(record_pending_each(h.store, log.no, fill, &h, &e));
	CHECK_OK(record_commit(h.store, &e));
	CHECK_OK(record_entry_each(h.store, log.no, 0, 9, say_entry, &b, &e));
	CHECK_STR(buf_str(&b), STR("0:a:1:3;1:b:0:0;2:c:77:2;"));
	buf_clear(&b);
	CHECK_OK(record_entry_each(h.store, other.no, 0, 9, say_entry, &b, &e));
	CHECK_STR(buf_str(&b), STR("0:c:0:2;"));
	CHECK_ERR(record_entry_get(h.store, log.no, 3, &b, NULL, &e), ERR_NOTFOUND);
	buf_done(&b);
	home_free(&h);
}

TEST(a_rollback_or_failure_leaves_nothing)
{
	struct home h;
	struct record_log log, before, found;
	int64_t no, again;
	uint64_t seq;
	struct record_entry x = {STR("a"), 0, 0};
	home_new(&h);
	home_log(&h, 0x3, 0, &log);
	before = log;
	CHECK_OK(record_begin(h.store, &e));
	CHECK_OK(record_piece_put(h.store, STR("p"), &no, &e));
	CHECK_OK(record_entry_put(h.store, &log, &x, true, 5, &e));
	CHECK_OK(record_arrive(h.store, log.no, 0, 1, &seq, &e));
	CHECK_ERR(record_arrive(h.store, log.no, 0, 1, &seq, &e), ERR_CONFLICT);
	record_rollback(h.store);
	CHECK_OK(record_log_by_no(h.store, log.no, &found, &e));
	CHECK(found.edge.size == 0 && found.objects == 0);
	CHECK_OK(record_arrival_last(h.store, &seq, &e));
	CHECK(seq == 0);
	log = before;
	CHECK_OK(record_begin(h.store, &e));
	CHECK_OK(record_piece_put(h.store, STR("p"), &again, &e));
	CHECK(again == no);
	CHECK_OK(record_entry_put(h.store, &log, &x, true, 5, &e));
	CHECK_OK(record_arrive(h.store, log.no, 0, 1, &seq, &e));
	CHECK(seq == 1);
	struct record_log kept = before;
	CHECK_ERR(record_entry_put(h.store, &kept, &x, true, 5, &e), ERR_CONFLICT); /* index 0 is taken */
	CHECK(kept.edge.size == 0 && kept.objects == 0 && kept.last_time == TIME_MIN);
	CHECK_OK(record_commit(h.store, &e));
	CHECK_OK(record_begin(h.store, &e));
	CHECK_ERR(record_log_new(h.store, &before, &e), ERR_CONFLICT);
	record_rollback(h.store);
	home_free(&h);
}

static enum err
say_cosig(void *ctx, uint64_t size, int member, int64_t time, struct str line, struct errinfo *ei)
{
	(void)ei;
	buf_printf(ctx, "%llu %d %lld %.*s;", (unsigned long long)size, member, (long long)time, STR_FMT(line));
	return OK;
}

static enum err
say_fork(void *ctx, struct str proof, int64_t at, struct errinfo *ei)
{
	(void)ei;
	buf_printf(ctx, "%.*s %lld;", STR_FMT(proof), (long long)at);
	return OK;
}

static enum err
say_doc(void *ctx, const struct hash *hash, struct str bytes, struct errinfo *ei)
{
	(void)ei;
	buf_printf(ctx, "%d:%.*s;", hash->b[0], STR_FMT(bytes));
	return OK;
}

static enum err
say_log(void *ctx, const struct record_log *log, struct errinfo *ei)
{
	(void)ei;
	buf_printf(ctx, "%lld ", (long long)log->no);
	return OK;
}

TEST(notes_documents_and_logs)
{
	struct home h;
	struct record_log log, second;
	struct buf b = BUF_INIT(1000);
	struct hash root = hash_of(STR("r")), got, low = {{1}}, high = {{200}};
	uint64_t size;
	bool fresh;
	int centre, again;
	home_new(&h);
	home_log(&h, 0x3, 0, &log);
	home_log(&h, UINT64_MAX, 63, &second); /* all members: the bits of an int64_t too */
	CHECK_OK(record_begin(h.store, &e));
	CHECK_OK(record_checkpoint_put(h.store, log.no, 5, &root, STR("five"), &e));
	CHECK_OK(record_checkpoint_put(h.store, log.no, 9, &root, STR("nine"), &e));
	CHECK_OK(record_checkpoint_put(h.store, log.no, 9, &root, STR("nine, again"), &e));
	CHECK_OK(record_checkpoint_get(h.store, log.no, UINT64_MAX, &size, &got, &b, &e));
	CHECK(size == 9 && hash_eq(&got, &root));
	CHECK_OK(record_checkpoint_get(h.store, log.no, 8, &size, NULL, &b, &e));
	CHECK_STR(buf_str(&b), STR("ninefive"));
	CHECK_ERR(record_checkpoint_get(h.store, log.no, 4, &size, NULL, NULL, &e), ERR_NOTFOUND);
	buf_clear(&b);
	CHECK_OK(record_cosig_put(h.store, log.no, 9, 4, 100, STR("late"), &fresh, &e));
	CHECK(fresh);
	CHECK_OK(record_cosig_put(h.store, log.no, 9, 4, 50, STR("early"), &fresh, &e));
	CHECK(fresh);
	CHECK_OK(record_cosig_put(h.store, log.no, 9, 4, 70, STR("between"), &fresh, &e));
	CHECK(!fresh);
	CHECK_OK(record_cosig_put(h.store, log.no, 5, 6, 10, STR("x"), NULL, &e));
	CHECK_OK(record_cosig_put(h.store, log.no, 5, 2, 10, STR("y"), NULL, &e));
	CHECK_OK(record_cosig_each(h.store, log.no, 5, say_cosig, &b, &e));
	CHECK_STR(buf_str(&b), STR("5 2 10 y;5 6 10 x;9 4 50 early;"));
	buf_clear(&b);
	CHECK_OK(record_fork_put(h.store, second.no, STR("proof"), 7, &fresh, &e));
	CHECK(fresh);
	CHECK_OK(record_fork_put(h.store, second.no, STR("proof"), 8, &fresh, &e));
	CHECK(!fresh);
	CHECK_OK(record_fork_each(h.store, second.no, say_fork, &b, &e));
	CHECK_STR(buf_str(&b), STR("proof 7;"));
	buf_clear(&b);
	CHECK_OK(record_centre_put(h.store, root.b, &centre, &e));
	CHECK_OK(record_centre_put(h.store, root.b, &again, &e));
	CHECK(centre == 1 && again == 1);
	CHECK_OK(record_centre_get(h.store, 1, got.b, &e));
	CHECK(hash_eq(&got, &root));
	CHECK_ERR(record_centre_get(h.store, 2, got.b, &e), ERR_NOTFOUND);
	CHECK_OK(record_doc_put(h.store, 1, RECORD_CARD, &high, STR("h"), &fresh, &e));
	CHECK_OK(record_doc_put(h.store, 1, RECORD_CARD, &low, STR("l"), &fresh, &e));
	CHECK(fresh);
	CHECK_OK(record_doc_put(h.store, 1, RECORD_CARD, &low, STR("l"), &fresh, &e));
	CHECK(!fresh);
	CHECK_OK(record_doc_put(h.store, 1, RECORD_CHARTER, &low, STR("c"), NULL, &e));
	CHECK_OK(record_doc_each(h.store, 1, RECORD_CARD, say_doc, &b, &e));
	CHECK_STR(buf_str(&b), STR("1:l;200:h;"));
	CHECK_OK(record_commit(h.store, &e));
	home_reopen(&h);
	CHECK_OK(record_log_latest(h.store, 1, UINT64_MAX, 63, &second, &e));
	CHECK(second.state == RECORD_LOG_FORKED && second.circle == UINT64_MAX && second.author == 63);
	CHECK_ERR(record_log_latest(h.store, 1, 0x3, 1, &log, &e), ERR_NOTFOUND);
	buf_clear(&b);
	CHECK_OK(record_log_each(h.store, 0, say_log, &b, &e));
	CHECK_STR(buf_str(&b), hash_cmp(&log.id, &second.id) < 0 ? STR("1 2 ") : STR("2 1 "));
	buf_clear(&b);
	CHECK_OK(record_log_each(h.store, 2, say_log, &b, &e));
	CHECK(b.n == 0);
	buf_done(&b);
	home_free(&h);
}

TEST(a_home_that_is_not_ours_to_open_is_refused)
{
	struct home h;
	struct store *s = NULL;
	static const char *const files[] = {"log.db", "node.db"};
	for (int i = 0; i < 2; i++) {
		home_new(&h);
		store_close(h.store);
		h.store = NULL;
		CHECK_ERR(store_open(h.env, true, &s, &e), ERR_CONFLICT);
		CHECK_OK(store_open(h.env, false, &h.store, &e));
		struct db *d = i ? &h.store->local : &h.store->log;
		CHECK(sqlite3_exec(d->h, "PRAGMA user_version=99", NULL, NULL, NULL) == SQLITE_OK);
		store_close(h.store);
		h.store = NULL;
		CHECK_ERR(store_open(h.env, false, &s, &e), ERR_VERSION);
		CHECK(str_find(str_of(e.msg), str_of(files[i])) >= 0 && e.hint[0]);
		char garbage[8192];
		memset(garbage, 'g', sizeof garbage);
		CHECK_OK(h.env->write(h.env->ctx, files[i], str_bytes(garbage, sizeof garbage), &e));
		CHECK_ERR(store_open(h.env, false, &s, &e), ERR_CORRUPT);
		CHECK(str_find(str_of(e.hint), STR("restore")) >= 0);
		CHECK_OK(h.env->remove(h.env->ctx, files[i], &e));
		CHECK_ERR(store_open(h.env, false, &s, &e), ERR_NOTFOUND);
		CHECK(!s);
		home_free(&h);
	}
}

TEST(damage_inside_a_file_is_found)
{
	struct home h;
	struct record_log log;
	struct buf b = BUF_INIT(64 * MIB);
	char path[128];
	home_new(&h);
	home_log(&h, 0x3, 0, &log);
	CHECK_OK(store_check(h.store, &e));
	store_close(h.store);
	h.store = NULL;
	(void)snprintf(path, sizeof path, "%s/log.db", h.path);
	CHECK(test_read(path, &b));
	/* all pages but the first */
	for (size_t at = 8192; at < b.n; at += 8192)
		memset(b.p + at, 0xa5, 16);
	CHECK_OK(h.env->write(h.env->ctx, "log.db", buf_str(&b), &e));
	enum err err = store_open(h.env, false, &h.store, &e);
	if (!err)
		err = store_check(h.store, &e);
	CHECKF(err == ERR_CORRUPT && str_find(str_of(e.msg), STR("log.db")) >= 0, "%s: %s", err_name(err), e.msg);
	buf_done(&b);
	home_free(&h);
}

/* The least of an env over the simulated disk. */
static int64_t
sim_now(void *ctx)
{
	(void)ctx;
	return 0;
}

static void
sim_random(void *ctx, enum rnd purpose, struct str key, uint64_t op, void *out, size_t n)
{
	(void)ctx, (void)purpose, (void)key, (void)op;
	memset(out, 1, n);
}

static enum err
sim_read(void *ctx, const char *path, struct buf *ret, struct errinfo *ei)
{
	return simdisk_read(ctx, path, ret, ei);
}

static enum err
sim_remove(void *ctx, const char *path, struct errinfo *ei)
{
	return simdisk_remove(ctx, path, ei);
}

static enum err
sim_path(void *ctx, const char *name, struct buf *ret, struct errinfo *ei)
{
	struct str all;
	(void)ctx;
	buf_puts(ret, name);
	return buf_take(ret, &all, ei);
}

__attribute__((noreturn)) static void
sim_die(void *ctx, const char *why)
{
	(void)ctx;
	test_fail(__FILE__, __LINE__, "die: %s", why);
}

TEST(a_full_disk_is_said_and_loses_nothing)
{
	struct simdisk *d = simdisk_new(5);
	struct env env = {.ctx = d,
	    .vfs = simdisk_vfs(d),
	    .now = sim_now,
	    .random = sim_random,
	    .read = sim_read,
	    .remove = sim_remove,
	    .db_path = sim_path,
	    .die = sim_die};
	struct store *s;
	static char big[100000];
	int64_t no, last = 0;
	bool gone;
	struct buf b = BUF_INIT(sizeof big);
	enum err err = OK;
	CHECK_OK(store_open(&env, true, &s, &e));
	simdisk_capacity(d, 3 * MIB);
	for (int i = 0; i < 100 && !err; i++) {
		CHECK_OK(record_begin(s, &e));
		err = record_piece_put(s, str_bytes(big, sizeof big), &no, &e);
		if (!err)
			err = record_commit(s, &e);
		else
			record_rollback(s);
		if (!err)
			last = no;
	}
	CHECKF(err == ERR_FULL && e.hint[0], "%s: %s", err_name(err), e.msg);
	CHECK(last > 5);
	simdisk_capacity(d, UINT64_MAX);
	CHECK_OK(record_begin(s, &e));
	CHECK_OK(record_piece_put(s, STR("after"), &no, &e));
	CHECK_OK(record_commit(s, &e));
	CHECK(no == last + 1);
	CHECK_OK(record_piece_get(s, last, &b, &gone, &e));
	CHECK(b.n == sizeof big && !gone);
	CHECK_OK(store_check(s, &e));
	store_close(s);
	buf_done(&b);
	simdisk_free(d);
}
