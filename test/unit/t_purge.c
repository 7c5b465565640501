/* Words that were recalled leave the file in steps. It fails if one of them is left in any file when the last step is through, if a step is as long
 * as the class is large, if what is added between steps is lost or makes them stop too early, or if a crash between two steps loses what is owed. */
#include "sim/world.h"

#include "t_store.h"

/* What a home held when its process was killed leaks (sim/world.h), on purpose. */
const char *__asan_default_options(void);
const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}

enum { PAGE = 8192 + 24 };

static uint8_t policy[POLICY_ID] = {7};
static const char secret[] = "zanzibarquux", shape[] = "%s comes at dawn w%llu x%llu y%llu on the road";

/* Some objects in one class: arrivals [from, from + n), the one at `marked` with the secret. One transaction. */
static enum err
put(struct store *s, struct record_log *log, uint64_t from, uint64_t n, uint64_t marked, struct errinfo *ei)
{
	struct label label;
	enum err err;
	label_own(&label, policy, 0, 1);
	if ((err = record_begin(s, ei)))
		return err;
	for (uint64_t i = from; i < from + n && !err; i++) {
		struct record_entry x = {STR("leaf"), 1, 1};
		uint64_t idx = log->edge.size;
		if (!(err = record_entry_put(s, log, &x, true, 9, ei)))
			err = record_arrive(s, log->no, idx, 9, NULL, ei);
	}
	if (err)
		record_rollback(s);
	else
		err = record_commit(s, ei);
	if (err || (err = view_begin(s, ei)))
		return err;
	for (uint64_t i = from; i < from + n && !err; i++) {
		char text[100];
		(void)snprintf(text, sizeof text, shape, i == marked ? secret : "nobody", (unsigned long long)i,
		    (unsigned long long)i * 7919 % 100000, (unsigned long long)i % 100);
		struct str t = str_of(text);
		struct stix_id id = {.type = STR("report")};
		memcpy(id.uuid, &i, sizeof i);
		struct view_object o = {.arrival = i,
		    .log = log->no,
		    .idx = i - 1,
		    .piece_no = 1,
		    .at = 9,
		    .centre = 1,
		    .label = &label,
		    .id = id,
		    .text = &t,
		    .ntext = 1};
		err = view_object_put(s, &o, ei);
	}
	if (!err)
		return view_commit(s, from + n - 1, ei);
	view_rollback(s);
	return err;
}

/* One is recalled that has this word. */
static enum err
recall_of(struct store *s, int64_t log, uint64_t marked, const char *word, struct errinfo *ei)
{
	char text[100];
	struct view_row row;
	uint64_t position;
	enum err err;
	(void)snprintf(
	    text, sizeof text, shape, word, (unsigned long long)marked, (unsigned long long)marked * 7919 % 100000, (unsigned long long)marked % 100);
	struct str t = str_of(text);
	if ((err = view_at(s, log, marked - 1, 0, &row, ei)) || (err = view_position(s, &position, ei)) || (err = view_begin(s, ei)))
		return err;
	if ((err = view_object_state(s, &row, VIEW_RECALLED, &t, 1, ei))) {
		view_rollback(s);
		return err;
	}
	return view_commit(s, position, ei);
}

static enum err
recall(struct store *s, int64_t log, uint64_t marked, struct errinfo *ei)
{
	return recall_of(s, log, marked, secret, ei);
}

static uint64_t
count(struct store *s, const char *words)
{
	struct view_filter f = {.author = -1, .link = -1, .words = str_of(words), .since = TIME_MIN};
	uint64_t n = UINT64_MAX;
	CHECK_OK(view_count(s, &f, 1000000, &n, &e));
	return n;
}

static uint64_t
size_of(struct home *h, const char *file)
{
	char path[128];
	struct stat st;
	(void)snprintf(path, sizeof path, "%s/%s", h->path, file);
	return stat(path, &st) ? 0 : (uint64_t)st.st_size;
}

static bool
anywhere(struct home *h)
{
	return home_holds(h, "view.db", secret) || home_holds(h, "view.db-wal", secret);
}

TEST(a_class_is_rewritten_in_short_steps_and_others_write_between)
{
	enum { N = 20000, BATCH = 500, STEP = 400 };
	struct home h;
	struct record_log log;
	struct hash before, after;
	bool more = true;
	uint64_t at = 1, steps = 0, left = 0, longest = 0;
	home_new(&h);
	home_log(&h, 0x3, 0, &log);
	for (; at < N; at += BATCH)
		CHECK_OK(put(h.store, &log, at, BATCH, N / 2, &e));
	CHECK(count(h.store, secret) == 1);
	CHECK_OK(view_purge_step(h.store, &more, &e));
	CHECK(!more); /* nothing is owed */
	CHECK_OK(store_settle(h.store, &e));
	CHECK(anywhere(&h)); /* or this test would see nothing */
	CHECK_OK(recall(h.store, log.no, N / 2, &e));
	CHECK(count(h.store, secret) == 0); /* from here on */
	CHECK_OK(view_digest(h.store, &before, &e));
	CHECK_OK(view_purging(h.store, &left, &e));
	CHECK(left == 1);
	for (more = true; more; steps++) {
		CHECK(steps < 1000);
		CHECK_OK(store_settle(h.store, &e));
		CHECK_OK(view_purge_step(h.store, &more, &e));
		uint64_t pages = size_of(&h, "view.db-wal") / PAGE;
		longest = pages > longest ? pages : longest;
		/* more new segments than the merge has inputs, and now and then another step comes first */
		if (more && steps < 12) {
			CHECK_OK(put(h.store, &log, at, 3, 0, &e));
			at += 3;
		}
		if (more && steps == 3) /* as after a crash: what is owed stands in the file */
			home_reopen(&h);
	}
	CHECKF(steps > 5 && longest < STEP, "%llu steps, the longest of %llu pages", (unsigned long long)steps, (unsigned long long)longest);
	CHECK(!anywhere(&h));
	CHECK_OK(view_purging(h.store, &left, &e));
	CHECK(left == 0 && count(h.store, "dawn") == at - 2);
	CHECK_OK(store_check(h.store, &e));
	/* full text says what it said, but for what was added */
	CHECK_OK(view_digest(h.store, &after, &e));
	CHECK(!hash_eq(&before, &after));
	home_free(&h);
}

TEST(steps_change_nothing_that_can_be_asked)
{
	struct home h;
	struct record_log log;
	struct hash before, now;
	bool more = true;
	home_new(&h);
	home_log(&h, 0x3, 0, &log);
	for (uint64_t at = 1; at < 4000; at += 250)
		CHECK_OK(put(h.store, &log, at, 250, 1234, &e));
	CHECK_OK(recall(h.store, log.no, 1234, &e));
	CHECK_OK(view_digest(h.store, &before, &e));
	while (more) {
		CHECK_OK(view_purge_step(h.store, &more, &e));
		CHECK_OK(view_digest(h.store, &now, &e));
		CHECK(hash_eq(&before, &now));
		CHECK_OK(store_check(h.store, &e));
	}
	CHECK(!anywhere(&h));
	home_free(&h);
}

/* Words that go while the rewriting runs. */
TEST(a_recall_between_steps_is_purged_too)
{
	struct home h;
	struct record_log log;
	bool more = true;
	home_new(&h);
	home_log(&h, 0x3, 0, &log);
	for (uint64_t at = 1; at < 12000; at += 500)
		CHECK_OK(put(h.store, &log, at, 500, at == 501 ? 777 : at == 3001 ? 3333 : 0, &e));
	CHECK_OK(recall(h.store, log.no, 777, &e));
	for (int i = 0; i < 2; i++) {
		CHECK_OK(view_purge_step(h.store, &more, &e));
		CHECK(more);
	}
	CHECK_OK(recall(h.store, log.no, 3333, &e));
	while (more)
		CHECK_OK(view_purge_step(h.store, &more, &e));
	CHECK(!anywhere(&h) && count(h.store, secret) == 0);
	CHECK_OK(store_check(h.store, &e));
	home_free(&h);
}

/* Each rewriting of a class leaves its words a level higher in FTS5, which refuses to read more than 2,000. It fails if they are not closed up again,
 * or if that loses a word. */
TEST(a_class_is_rewritten_as_often_as_need_be)
{
	enum { N = 2300 };
	struct home h;
	struct record_log log;
	home_new(&h);
	home_log(&h, 0x3, 0, &log);
	CHECK_OK(put(h.store, &log, 1, N, 0, &e));
	for (uint64_t i = 1; i < N; i++) {
		CHECK_OK(recall_of(h.store, log.no, i, "nobody", &e));
		CHECKF(view_purge(h.store, &e) == OK, "after %llu: %s", (unsigned long long)i, e.msg);
		if (i % 500 == 0) {
			CHECK_OK(store_check(h.store, &e));
			CHECK(count(h.store, "dawn") == N - i);
			home_reopen(&h);
		}
	}
	CHECK_OK(put(h.store, &log, N + 1, 3, 0, &e));
	CHECK_OK(store_check(h.store, &e));
	CHECK(count(h.store, "dawn") == 4);
	home_free(&h);
}

/* The same on a disk that crashes at its k-th write. */
struct job {
	const struct env *env;
	struct store *store;
	struct record_log log;
	bool make;
	enum err err;
	struct errinfo e;
};

enum { CRASH_N = 2300, CRASH_BATCH = 100, CRASH_MARK = 620 };

static void
run(void *arg)
{
	struct job *j = arg;
	bool more = true;
	crypto_init();
	if ((j->err = store_open(j->env, j->make, &j->store, &j->e)))
		return;
	if (j->make) {
		j->log = (struct record_log){.centre = 1, .circle = 3, .last_time = TIME_MIN, .origin = "comity/test/3/0/0"};
		j->log.id = hash_of(str_of(j->log.origin));
		if ((j->err = record_begin(j->store, &j->e)) || (j->err = record_log_new(j->store, &j->log, &j->e)) ||
		    (j->err = record_commit(j->store, &j->e)))
			return;
		for (uint64_t at = 1; at < CRASH_N && !j->err; at += CRASH_BATCH)
			j->err = put(j->store, &j->log, at, CRASH_BATCH, CRASH_MARK, &j->e);
		if (!j->err)
			j->err = recall(j->store, j->log.no, CRASH_MARK, &j->e);
		if (!j->err)
			j->err = store_settle(j->store, &j->e);
		return;
	}
	while (more && !j->err)
		j->err = view_purge_step(j->store, &more, &j->e);
}

static bool
on_disk(struct simdisk *d)
{
	static const char *const file[] = {"view.db", "view.db-wal"};
	bool found = false;
	for (int i = 0; i < 2; i++) {
		struct buf b = BUF_INIT(64 * MIB);
		found |= simdisk_get(d, file[i], &b) && str_find(buf_str(&b), str_of(secret)) >= 0;
		buf_done(&b);
	}
	return found;
}

static void
look(void *arg)
{
	struct job *j = arg;
	uint64_t left = 1;
	if ((j->err = view_purging(j->store, &left, &j->e)) || (j->err = store_check(j->store, &j->e)))
		return;
	CHECK(left == 0 && count(j->store, secret) == 0 && count(j->store, "dawn") == CRASH_N - 1);
	store_close(j->store);
}

TEST(a_crash_between_steps_loses_nothing_of_what_is_owed)
{
	uint64_t tried = 0;
	struct simworld *w = simworld_new(1, 1, 1443700800 * TIME_SECOND);
	struct simdisk *d = simworld_disk(w, 0);
	struct job make = {.env = simworld_env(w, 0), .make = true}, again = {.env = make.env};
	CHECK(simworld_run_step(w, 0, run, &make) == SIM_DONE && !make.err);
	CHECK(on_disk(d));
	simworld_kill(w, 0);
	struct simdisk_image *image = simdisk_snapshot(d);
	for (uint64_t k = 1;; k += 1 + k / 16) {
		simdisk_restore(d, image);
		simdisk_crash_at(d, k);
		again = (struct job){.env = make.env};
		enum simend end = simworld_run_step(w, 0, run, &again);
		bool crashed = simdisk_crashed(d);
		CHECK(crashed ? end != SIM_DONE : end == SIM_DONE && !again.err);
		simdisk_crash_at(d, 0);
		if (!crashed)
			break;
		if (k % 2)
			simworld_power(w, 0);
		else {
			simworld_kill(w, 0);
			simworld_power(w, 0);
		}
		tried++;
		again = (struct job){.env = make.env};
		end = simworld_run_step(w, 0, run, &again);
		CHECKF(end == SIM_DONE && !again.err, "after a crash at %llu: %s", (unsigned long long)k, again.e.msg);
		CHECKF(!on_disk(d), "after a crash at %llu the word is still there", (unsigned long long)k);
		CHECK(simworld_run_step(w, 0, look, &again) == SIM_DONE && !again.err);
		simworld_kill(w, 0);
	}
	CHECK(tried > 10);
	simdisk_image_free(image);
	simworld_free(w);
}
