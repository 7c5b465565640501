/* claims: estimates side by side. */
#include "analyse/claims.h"

#include <math.h>

#include "test.h"

#define DAY(n) (INT64_C(1443657600000000) + (n)*TIME_DAY) /* 2015-10-01 and on */

static struct claim_row
row(const char *what, const char *where, int author, int64_t when, double low, double best, double high, char id)
{
	struct claim_row r = {
	    str_of(what), str_of(where), when, low, best, high, 1, author, 3, {STR("report"), {0}}, DAY(0), 1, {GRADE_NONE, 0, 0}, 9, 9};
	r.id.uuid[0] = (uint8_t)id;
	return r;
}

static struct errinfo e;

/* Fails if things, places or authors are mixed, or the answer depends on the order of the rows. */
TEST(grouped_by_what_and_where_in_one_order)
{
	struct claim_row first[] = {
	    row("fighters", "palmyra", 1, DAY(0), 300, 350, 400, 1),
	    row("fighters", "raqqa", 1, DAY(0), 10, 20, 30, 2),
	    row("fighters", "palmyra", 0, DAY(0), 500, NAN, 700, 3),
	    row("vehicles", "palmyra", 2, TIME_NEVER, NAN, 40, NAN, 4),
	    row("fighters", "palmyra", 2, TIME_NEVER, NAN, NAN, 450, 5),
	    row("fighters", "palmyra", 2, DAY(-3), 1, 1, 1, 6),
	};
	enum { N = sizeof(first) / sizeof(*first) };
	for (int turn = 0; turn < N; turn++) {
		struct claim_row rows[N];
		struct claim_group *g;
		size_t n;
		struct arena a = ARENA_INIT(65536);
		for (int i = 0; i < N; i++)
			rows[i] = first[turn & 1 ? (i + turn) % N : (2 * N - i - turn) % N];
		CHECK_OK(claims_compare(&a, rows, N, &g, &n, &e));
		CHECK(n == 3 && g[0].n == 4 && g[1].n == 1 && g[2].n == 1);
		CHECK_STR(g[0].where, STR("palmyra"));
		CHECK_STR(g[1].where, STR("raqqa"));
		CHECK_STR(g[2].what, STR("vehicles"));
		CHECK(g[0].contradiction && !g[1].contradiction && !g[2].contradiction);
		/* by time, then author: 6 (long before), 3, 1, and 5, which says no time */
		CHECK(
		    g[0].rows[0]->id.uuid[0] == 6 && g[0].rows[1]->id.uuid[0] == 3 && g[0].rows[2]->id.uuid[0] == 1 && g[0].rows[3]->id.uuid[0] == 5);
		CHECK(g[0].rows[0]->contradicts == 0 && g[0].rows[1]->contradicts == 2 && g[0].rows[2]->contradicts == 1 &&
		      g[0].rows[3]->contradicts == 1);
		CHECK(g[0].rows[1]->low == 500 && isnan(g[0].rows[1]->best)); /* nothing is filled in or averaged */
		arena_done(&a);
	}
}

/* Fails if one author's words in two circles stand as two voices, or a differing range or grade is lost. */
TEST(the_same_said_again_counts_once)
{
	struct claim_row rows[5];
	struct claim_group *g;
	size_t n;
	struct arena a = ARENA_INIT(65536);
	for (int i = 0; i < 5; i++)
		rows[i] = row("fighters", "palmyra", i == 4, DAY(0), 300, 350, 400, (char)(9 - i));
	rows[3].grade = (struct grade){GRADE_ADMIRALTY, 'B', '2'};
	CHECK_OK(claims_compare(&a, rows, 5, &g, &n, &e));
	CHECK(n == 1 && g->n == 3 && !g->contradiction);
	CHECK(g->rows[0]->also == 2 && g->rows[0]->id.uuid[0] == 7 && g->rows[1]->grade.reliability == 'B' && g->rows[2]->author == 1);
	arena_done(&a);
}

/* Fails if ranges that touch are said to contradict, those apart are not, or a missing bound is read wrongly. */
TEST(ranges_that_do_not_meet_contradict)
{
	struct claim_row x = row("a", "", 0, DAY(0), 300, 350, 400, 1), y = row("a", "", 1, DAY(0), 400, 450, 500, 2);
	double low, high;
	CHECK(!claim_contradicts(&x, &y));
	y.low = 401;
	CHECK(claim_contradicts(&x, &y) && claim_contradicts(&y, &x));
	y.when = DAY(1) - 1;
	CHECK(claim_contradicts(&x, &y));
	y.when = DAY(1);
	CHECK(!claim_contradicts(&x, &y) && !claim_contradicts(&y, &x));
	y.when = TIME_NEVER;
	CHECK(claim_contradicts(&x, &y) && claim_contradicts(&y, &x));
	x.when = TIME_MIN;
	y.when = TIME_MAX;
	CHECK(!claim_contradicts(&x, &y));
	x = row("a", "", 0, DAY(0), NAN, NAN, 10, 1);
	CHECK(claim_range(&x, &low, &high) && low == 0 && high == 10);
	x = row("a", "", 0, DAY(0), 10, NAN, NAN, 1);
	CHECK(claim_range(&x, &low, &high) && low == 10 && isinf(high));
	x = row("a", "", 0, DAY(0), NAN, 7, NAN, 1);
	CHECK(claim_range(&x, &low, &high) && low == 7 && high == 7);
	x = row("a", "", 0, DAY(0), NAN, NAN, NAN, 1);
	CHECK(!claim_range(&x, &low, &high) && !claim_contradicts(&x, &y));
}

/* Fails if nothing is no answer, or a spent arena is not told. */
TEST(no_rows_no_groups)
{
	struct claim_group *g;
	size_t n = 7;
	struct arena a = ARENA_INIT(65536), none = ARENA_INIT(16);
	struct claim_row r = row("a", "", 0, DAY(0), 1, 1, 1, 1);
	CHECK_OK(claims_compare(&a, NULL, 0, &g, &n, &e));
	CHECK(n == 0);
	CHECK_ERR(claims_compare(&none, &r, 1, &g, &n, &e), ERR_NOMEM);
	arena_done(&a);
	arena_done(&none);
}
