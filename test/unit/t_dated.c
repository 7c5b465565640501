/* dated: when an object came into a viewer's view. Fails if a moment is another than that of a plain loop over the viewer's own rows; if what the
 * viewer may not read, a recall, or where a walk begins changes one; if what arrives later is dated at or before what was told; if a clock that
 * stands still or goes back breaks the order. */
#include "store/dated.h"
#include "store/sqlite/view_int.h"
#include "t_store.h"

enum { ROWS = 3000, TIMES = 4 };

static const uint8_t policy[POLICY_ID] = {7};
static const uint64_t circles[] = {0x3};
static struct clearance clearance = {.policy = {7}, .level = 1, .circles = circles, .ncircles = 1};
static const struct view_who viewer = {&clearance, 1};

struct thing {
	int64_t at;
	bool secret, aside;
	int id;
};
static struct thing things[ROWS];
static uint64_t rng;

static uint32_t
dice(uint32_t n)
{
	rng = rng * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (uint32_t)(rng >> 33) % n;
}

/* Moments that repeat, stand still for more than a thousand rows, go back, and lie before 1970. */
static void
make_things(uint64_t seed)
{
	int64_t at = seed % 2 ? 1000000 : -700;
	rng = seed;
	for (int i = 0; i < ROWS; i++) {
		bool still = i >= 500 && i < 2200;
		if (!still && dice(3) == 0)
			at += dice(5000);
		if (!still && dice(100) == 0)
			at -= 3000;
		things[i] = (struct thing){at, dice(3) == 0, dice(5) == 0, i};
	}
}

static void
put_thing(struct home *h, const struct record_log *log, uint64_t arrival, const struct thing *t)
{
	struct label label;
	struct str text = STR("word");
	label_own(&label, policy, 0, t->secret ? 2 : (uint8_t)(t->id % 2));
	label.circle = 0x3;
	struct view_object o = {.arrival = arrival,
	    .log = log->no,
	    .idx = arrival - 1,
	    .piece_no = 1,
	    .at = t->at,
	    .centre = 1,
	    .label = &label,
	    .id = {STR("report"), {(uint8_t)t->id, (uint8_t)(t->id >> 8)}},
	    .text = &text,
	    .ntext = 1,
	    .aside = t->aside};
	CHECK_OK(view_object_put(h->store, &o, &e));
}

static void
put_things(struct home *h, const struct record_log *log, uint64_t *arrival, int from, int to, bool secrets)
{
	CHECK_OK(view_begin(h->store, &e));
	for (int i = from; i < to; i++)
		if (secrets || !things[i].secret)
			put_thing(h, log, ++*arrival, &things[i]);
	CHECK_OK(view_commit(h->store, *arrival, &e));
}

static int64_t
cut(int64_t at)
{
	int64_t ms = at / 1000;
	return (ms * 1000 > at ? ms - 1 : ms) * 1000;
}

struct told {
	int64_t added[ROWS];
	bool aside[ROWS];
	size_t n, most;
};

static enum err
tell(void *ctx, const struct dated_row *row, struct errinfo *ei)
{
	struct told *t = ctx;
	t->aside[t->n] = row->aside;
	t->added[t->n++] = row->added;
	return t->n == t->most ? err_set(ei, ERR_STOPPED, "enough") : OK;
}

static struct told model, got, whole;

static void
make_model(int to, bool all)
{
	int64_t last = TIME_MIN;
	model.n = 0;
	for (int i = 0; i < to; i++) {
		if (things[i].secret && !all)
			continue;
		last = cut(things[i].at) > last ? cut(things[i].at) : last + 1;
		model.aside[model.n] = things[i].aside;
		model.added[model.n++] = last;
	}
}

static void
walk(struct home *h, struct dated *d, const struct view_who *who, int64_t after, size_t most, struct told *ret)
{
	ret->n = 0;
	ret->most = most;
	enum err err = dated_each(h->store, d, who, after, tell, ret, &e);
	CHECK(err == OK || (err == ERR_STOPPED && ret->n == most));
}

static void
check_suffix(const struct told *t, int64_t after)
{
	size_t k = 0;
	while (k < model.n && model.added[k] <= after)
		k++;
	CHECKF(t->n == (model.n - k < t->most ? model.n - k : t->most), "%zu rows of %zu", t->n, model.n - k);
	for (size_t i = 0; i < t->n && k + i < model.n; i++)
		CHECKF(t->added[i] == model.added[k + i] && t->aside[i] == model.aside[k + i], "row %zu: %lld, not %lld", k + i,
		    (long long)t->added[i], (long long)model.added[k + i]);
}

TEST(moments_are_those_of_a_plain_loop_wherever_a_walk_begins)
{
	for (uint64_t seed = 1; seed <= TIMES; seed++) {
		bool all = seed > 2, secrets = seed != 2;
		const struct view_who *who = all ? NULL : &viewer;
		struct home h;
		struct record_log log;
		struct dated *d, *fresh;
		uint64_t arrival = 0;
		int64_t polled = TIME_MIN;
		size_t seen = 0;
		home_new(&h);
		home_log(&h, 0x3, 0, &log);
		make_things(seed);
		CHECK_OK(dated_new(&d, &e));
		for (int at = 0; at < ROWS; at += 600) { /* what a client that polls is told, page by page while more arrives: all, each once */
			put_things(&h, &log, &arrival, at, at + 600, secrets);
			do {
				walk(&h, d, who, polled, 100, &got);
				if (got.n)
					polled = got.added[got.n - 1];
				memcpy(&whole.added[seen], got.added, got.n * sizeof got.added[0]);
				memcpy(&whole.aside[seen], got.aside, got.n * sizeof got.aside[0]);
				seen += got.n;
			} while (got.n == 100);
		}
		make_model(ROWS, all);
		whole.n = seen;
		whole.most = ROWS + 1;
		check_suffix(&whole, TIME_MIN);
		for (int i = 0; i < 40; i++) {
			int64_t after = model.added[dice((uint32_t)model.n)] + dice(3) - 1;
			CHECK_OK(dated_new(&fresh, &e));
			walk(&h, fresh, who, after, i % 2 ? 7 : ROWS + 1, &got); /* with nothing kept */
			check_suffix(&got, after);
			dated_free(fresh);
			walk(&h, d, who, after, i % 2 ? 7 : ROWS + 1, &got);
			check_suffix(&got, after);
		}
		dated_free(d);
		home_free(&h);
	}
}

TEST(a_recall_moves_no_other_row)
{
	struct home h;
	struct record_log log;
	struct dated *d;
	struct view_row row;
	struct str text = STR("word");
	uint64_t arrival = 0;
	home_new(&h);
	home_log(&h, 0x3, 0, &log);
	make_things(5);
	put_things(&h, &log, &arrival, 0, 400, false);
	make_model(400, false);
	CHECK_OK(view_begin(h.store, &e));
	for (uint64_t i = 0; i < 50; i++) {
		int64_t no;
		CHECK_OK(db_int(&h.store->view, 0, &no, SQL("SELECT no FROM object ORDER BY no LIMIT 1 OFFSET ?"), &e, "u", i * 3));
		CHECK_OK(dated_get(h.store, &(struct dated_row){.no = no}, &row, &e));
		CHECK_OK(view_object_state(h.store, &row, VIEW_RECALLED, &text, 1, &e));
	}
	CHECK_OK(view_commit(h.store, arrival, &e));
	CHECK_OK(dated_new(&d, &e));
	walk(&h, d, &viewer, TIME_MIN, ROWS + 1, &got);
	check_suffix(&got, TIME_MIN);
	dated_free(d);
	home_free(&h);
}
