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
	const struct dated_eras eras = {.era = {{.who = who}}, .n = 1};
	enum err err = dated_each(h->store, d, &eras, after, tell, ret, &e);
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

/* The rule as it is said, over lists: era by era, its backlog and then what arrived in it. */
static struct oracle {
	int64_t added[ROWS + 1]; /* by arrival; TIME_NEVER: not in view */
	uint64_t order[ROWS + 1];
	size_t n; /* in view */
} oracle;

static bool
may_read(const struct view_who *who, const struct thing *t)
{
	int level = t->secret ? 2 : t->id % 2;
	return !who || (who->n && who->clearances[0].level >= level);
}

static void
oracle_tell(const struct dated_eras *eras, size_t k, int i, int64_t moment, int64_t *last)
{
	*last = cut(moment) > *last ? cut(moment) : *last + 1;
	for (size_t later = k; later < eras->n; later++)
		if (!may_read(eras->era[later].who, &things[i]))
			return;
	oracle.added[i + 1] = *last;
	oracle.order[oracle.n++] = (uint64_t)i + 1;
}

static void
make_oracle(const struct dated_eras *eras, int rows)
{
	int64_t last = TIME_MIN;
	oracle.n = 0;
	for (int i = 0; i <= ROWS; i++)
		oracle.added[i] = TIME_NEVER;
	for (size_t k = 0; k < eras->n; k++) {
		const struct dated_era *one = &eras->era[k];
		int from = (int)one->arrival, to = k + 1 < eras->n ? (int)eras->era[k + 1].arrival : rows;
		for (int i = 0; i < from; i++)
			if (may_read(one->who, &things[i]) && !(k && may_read(eras->era[k - 1].who, &things[i])))
				oracle_tell(eras, k, i, one->at, &last);
		for (int i = from; i < to; i++)
			if (may_read(one->who, &things[i]))
				oracle_tell(eras, k, i, things[i].at, &last);
	}
}

struct poll {
	const struct dated_eras *eras;
	int64_t polled, before;
	size_t n, most, at; /* at: in oracle.order */
	bool told[ROWS + 1];
};

static enum err
take(void *ctx, const struct dated_row *row, struct errinfo *ei)
{
	struct poll *p = ctx;
	uint64_t arrival = (uint64_t)row->no >> VIEW_ARRIVAL_BITS;
	if (row->added >= p->before || p->n == p->most)
		return err_set(ei, ERR_STOPPED, "enough");
	CHECKF(p->at < oracle.n && oracle.order[p->at] == arrival && oracle.added[arrival] == row->added, "row %zu: %llu at %lld", p->at,
	    (unsigned long long)arrival, (long long)row->added);
	CHECK(may_read(p->eras->era[p->eras->n - 1].who, &things[arrival - 1]));
	p->told[arrival] = true;
	p->polled = row->added;
	p->at++;
	p->n++;
	return OK;
}

static void
poll_page(struct home *h, struct dated *d, struct poll *p, size_t most)
{
	p->n = 0;
	p->most = most;
	for (p->at = 0; p->at < oracle.n && oracle.added[oracle.order[p->at]] <= p->polled;)
		p->at++;
	enum err err = dated_each(h->store, d, p->eras, p->polled, take, p, &e);
	CHECK(err == OK || err == ERR_STOPPED);
}

static void
check_when(struct home *h, struct dated *d, const struct dated_eras *eras, int rows)
{
	int64_t no, at;
	uint64_t i = rows ? dice((uint32_t)rows) : 0;
	if (!rows)
		return;
	CHECK_OK(db_int(&h->store->view, 0, &no, SQL("SELECT no FROM object ORDER BY no LIMIT 1 OFFSET ?"), &e, "u", i));
	CHECK_OK(dated_when(h->store, d, eras, no, &at, &e));
	CHECKF(at == oracle.added[i + 1], "%lld, not %lld", (long long)at, (long long)oracle.added[i + 1]);
}

TEST(a_poller_whose_clearance_changes_misses_nothing_and_is_dated_by_the_rule)
{
	static const struct clearance low = {.policy = {7}, .level = 0, .circles = circles, .ncircles = 1};
	static const struct view_who lowly = {&low, 1}, nothing = {0};
	const struct view_who *const viewers[] = {NULL, &viewer, &lowly, &nothing};
	static struct poll p;
	for (uint64_t seed = 1; seed <= 8; seed++) {
		struct home h;
		struct record_log log;
		struct dated *d;
		struct dated_eras eras = {.era = {{.who = viewers[seed % 4]}}, .n = 1};
		uint64_t arrival = 0;
		int rows = 0;
		int64_t now = 1000000;
		home_new(&h);
		home_log(&h, 0x3, 0, &log);
		CHECK_OK(dated_new(&d, &e));
		p = (struct poll){.eras = &eras, .polled = TIME_MIN};
		rng = seed;
		for (int step = 0; step < 200; step++) {
			uint32_t what = dice(10);
			now += dice(3) * 700;
			if (what < 3) {
				int n = (int)(dice(20) ? dice(20) : 600);
				for (int i = rows; i < rows + n && i < ROWS; i++)
					things[i] = (struct thing){now - (dice(30) ? 0 : 1500), dice(3) == 0, false, i};
				n = rows + n > ROWS ? ROWS - rows : n;
				put_things(&h, &log, &arrival, rows, rows + n, true);
				rows += n;
			} else if (what < 5) {
				if (eras.n == DATED_ERAS)
					eras.n = 0;
				eras.era[eras.n++] = (struct dated_era){arrival, now, viewers[dice(4)]};
				dated_free(d);
				CHECK_OK(dated_new(&d, &e));
			} else {
				make_oracle(&eras, rows);
				p.before = cut(now);
				poll_page(&h, d, &p, 1 + dice(dice(2) ? 400 : 9));
				check_when(&h, d, &eras, rows);
			}
		}
		make_oracle(&eras, rows);
		p.before = TIME_NEVER;
		poll_page(&h, d, &p, ROWS + 1);
		for (int i = 0; i < rows; i++)
			CHECKF(p.told[i + 1] || !may_read(eras.era[eras.n - 1].who, &things[i]), "seed %llu: %d was never told",
			    (unsigned long long)seed, i);
		for (int i = 0; i < 100; i++)
			check_when(&h, d, &eras, rows);
		dated_free(d);
		home_free(&h);
	}
}
