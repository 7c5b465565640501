/* Who leads: against a second computation that walks day by day and knows nothing of halving or of chains. */
#include "govern/duty.h"
#include "govern/rota.h"
#include "t_govern.h"

/* Adds a calendar month to a civil date the slow way; the day of the month is that of the first day, cut to the month's length. */
static int
length(int y, int m)
{
	static const int n[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	return m == 2 && ((y % 4 == 0 && y % 100 != 0) || y % 400 == 0) ? 29 : n[m - 1];
}

/* Every day of three years and more, for first days at ends of months too. Fails if a term is a day off, if the 31st sticks to the
 * 28th, or if the order slips. */
TEST(lead_of_every_day)
{
	static const struct {
		const char *first, *term;
		int y, m, d, months, days;
	} table[] = {
	    {"2015-10-01", "P3M", 2015, 10, 1, 3, 0},
	    {"2015-11-30", "P3M", 2015, 11, 30, 3, 0},
	    {"2016-01-31", "P1M", 2016, 1, 31, 1, 0},
	    {"2016-02-29", "P1Y", 2016, 2, 29, 12, 0},
	    {"2015-10-05", "P1W", 2015, 10, 5, 0, 7},
	    {"2015-10-01", "P1D", 2015, 10, 1, 0, 1},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct arena a = ARENA_INIT(64 * MIB);
		struct charter draft = govern_draft(&a, 4);
		draft.from = draft.rota.first = DAY(table[i].first);
		draft.rota.term_text = str_of(table[i].term);
		draft.rota.order[0] = 2;
		draft.rota.order[2] = 0;
		struct chain *chain = govern_found(&a, &draft);
		int y = table[i].y, m = table[i].m, d = table[i].d, ny = y, nm = m, nd = d, left = 0, term = -1;
		for (int day = 0; day < 1200; day++) {
			bool starts = table[i].days ? left == 0 : y == ny && m == nm && d == nd;
			if (starts) {
				term++;
				left = table[i].days;
				nm += table[i].months;
				while (nm > 12) {
					nm -= 12;
					ny++;
				}
				nd = table[i].d < length(ny, nm) ? table[i].d : length(ny, nm);
			}
			left--;
			int64_t t = draft.from + day * TIME_DAY;
			static const int order[] = {2, 1, 0, 3};
			struct turn one, two;
			CHECK(rota_at(chain, t, &one) && rota_at(chain, t + TIME_DAY - 1, &two));
			CHECKF(one.lead == order[term % 4] && (int)one.term == term, "%s %s: %04d-%02d-%02d is term %u of %d, not %d", table[i].first,
			    table[i].term, y, m, d, one.term, one.lead, term);
			CHECK(two.lead == one.lead && two.start == one.start && two.end == one.end && one.start <= t && one.end > t);
			CHECK(starts == (one.start == t) && one.stated == one.lead);
			if (++d > length(y, m)) {
				d = 1;
				if (++m > 12) {
					m = 1;
					y++;
				}
			}
		}
		struct turn none;
		CHECK(!rota_at(chain, draft.from - 1, &none) && none.end == draft.from && none.lead == -1);
		chain_free(chain);
		arena_done(&a);
	}
}

TEST(terms_ahead)
{
	struct arena a = ARENA_INIT(64 * MIB);
	struct charter draft = govern_draft(&a, 4);
	struct chain *chain = govern_found(&a, &draft);
	struct turn t[9];
	static const char *const starts[] = {
	    "2015-10-01", "2016-01-01", "2016-04-01", "2016-07-01", "2016-10-01", "2017-01-01", "2017-04-01", "2017-07-01", "2017-10-01"};
	CHECK(rota_ahead(chain, DAY("2015-01-01"), t, 9) == 9);
	for (int i = 0; i < 9; i++)
		CHECK(t[i].start == DAY(starts[i]) && t[i].lead == i % 4 && (i == 0 || t[i - 1].end == t[i].start));
	CHECK(rota_at(chain, DAY("9999-12-15"), &t[0]) && t[0].end == TIME_NEVER);
	CHECK(rota_ahead(chain, DAY("9999-12-15"), t, 9) == 1);
	CHECK(!rota_at(chain, TIME_NEVER, &t[0]));
	chain_free(chain);
	arena_done(&a);
}

/* The member in lead departs in the middle of its term; the new rota begins later. Fails if the seat stays with the departed, if the
 * others' terms shift, or if the new rota begins early. */
TEST(lead_departs)
{
	struct arena a = ARENA_INIT(128 * MIB);
	struct errinfo e;
	enum chain_added added;
	struct charter draft = govern_draft(&a, 4);
	struct chain *chain = govern_found(&a, &draft);
	struct charter next = govern_next(&a, chain_last(chain), "2016-02-10"); /* irq's term: 1 January to 1 April */
	next.members[1].departed = true;
	next.rota.n = 3;
	next.rota.order[0] = 3;
	next.rota.order[1] = 0;
	next.rota.order[2] = 2;
	next.rota.first = DAY("2016-05-01");
	next.rota.term_text = STR("P1M");
	govern_quorums(&next, 2);
	CHECK_OK(chain_add(chain, govern_signed(&a, govern_text(&a, &next), chain_last(chain), 13, NULL), &added, &e));
	static const struct {
		int lead, stated;
		const char *start, *end;
	} want[] = {
	    {0, 0, "2015-10-01", "2016-01-01"},
	    {1, 1, "2016-01-01", "2016-02-10"},
	    {2, 1, "2016-02-10", "2016-04-01"}, /* rus stands in: the next in order */
	    {2, 2, "2016-04-01", "2016-05-01"}, /* and has its own term, until the new rota's first day */
	    {3, 3, "2016-05-01", "2016-06-01"},
	    {0, 0, "2016-06-01", "2016-07-01"},
	    {2, 2, "2016-07-01", "2016-08-01"},
	    {3, 3, "2016-08-01", "2016-09-01"},
	};
	struct turn t[8];
	CHECK(rota_ahead(chain, DAY("2015-11-01"), t, 8) == 8);
	for (int i = 0; i < 8; i++) {
		CHECKF(t[i].lead == want[i].lead && t[i].stated == want[i].stated && t[i].start == DAY(want[i].start) && t[i].end == DAY(want[i].end),
		    "turn %d: %d for %d", i, t[i].lead, t[i].stated);
		for (int64_t at = t[i].start; at < t[i].end; at += 5 * TIME_DAY + 7) {
			struct turn one;
			CHECK(rota_at(chain, at, &one) && one.start == t[i].start && one.end == t[i].end && one.lead == t[i].lead);
		}
	}

	/* A later charter that says the same rota leaves the terms alone, also while it takes effect. */
	struct charter same = govern_next(&a, chain_last(chain), "2016-06-15");
	same.name = STR("Renamed");
	CHECK_OK(chain_add(chain, govern_signed(&a, govern_text(&a, &same), chain_last(chain), 13, NULL), &added, &e));
	struct turn one;
	CHECK(rota_at(chain, DAY("2016-06-20"), &one) && one.lead == 0 && one.start == DAY("2016-06-01") && one.end == DAY("2016-07-01"));
	CHECK(rota_at(chain, DAY("2016-06-10"), &one) && one.lead == 0 && one.start == DAY("2016-06-01") && one.end == DAY("2016-07-01"));
	chain_free(chain);
	arena_done(&a);
}

/* Nobody of the old rota votes any more, and the new one has not begun. */
TEST(nobody_leads)
{
	struct arena a = ARENA_INIT(128 * MIB);
	struct errinfo e;
	enum chain_added added;
	struct charter draft = govern_draft(&a, 4);
	draft.rota.n = 1;
	struct chain *chain = govern_found(&a, &draft);
	struct charter next = govern_next(&a, chain_last(chain), "2016-02-10");
	next.observers = 1;
	next.rota.order[0] = 1;
	next.rota.first = DAY("2016-03-01");
	govern_quorums(&next, 3);
	CHECK_OK(chain_add(chain, govern_signed(&a, govern_text(&a, &next), chain_last(chain), 15, NULL), &added, &e));
	struct turn t;
	CHECK(rota_at(chain, DAY("2016-02-09"), &t) && t.lead == 0 && t.end == DAY("2016-02-10"));
	CHECK(!rota_at(chain, DAY("2016-02-10"), &t) && t.lead == -1 && t.end == DAY("2016-03-01"));
	CHECK(rota_at(chain, DAY("2016-03-01"), &t) && t.lead == 1 && t.term == 0 && t.start == DAY("2016-03-01"));
	chain_free(chain);
	arena_done(&a);
}

/* Fails if a duty is due on the wrong day, twice, or for someone whose time it was not. */
TEST(duties_due)
{
	struct arena a = ARENA_INIT(64 * MIB);
	struct charter draft = govern_draft(&a, 4);
	struct chain *chain = govern_found(&a, &draft);
	struct turn t;
	struct charter_duty daily = {.rule = DUTY_EVERY, .span = {.days = 1}}, plan = {.rule = DUTY_AFTER, .span = {.days = 7}},
			    over = {.rule = DUTY_BEFORE, .span = {.days = 7}}, never = {.rule = DUTY_AFTER, .span = {.months = 6}};
	CHECK(rota_at(chain, DAY("2016-01-05"), &t));
	int n = 0;
	for (int64_t at = duty_next(&daily, &t, TIME_MIN); at != TIME_NEVER; at = duty_next(&daily, &t, at), n++)
		CHECK(at == DAY("2016-01-02") + n * TIME_DAY);
	CHECK(n == 31 + 29 + 31);
	CHECK(duty_next(&plan, &t, TIME_MIN) == DAY("2016-01-08") && duty_next(&plan, &t, DAY("2016-01-08")) == TIME_NEVER);
	CHECK(duty_next(&over, &t, DAY("2016-02-01")) == DAY("2016-03-25") && duty_next(&over, &t, DAY("2016-03-25")) == TIME_NEVER);
	CHECK(duty_next(&never, &t, TIME_MIN) == TIME_NEVER);
	/* A stand-in from 1 March on: what fell before is not its own, and the one before does not get what comes after. */
	struct turn late = t, early = t;
	late.start = early.end = DAY("2016-03-01");
	CHECK(duty_next(&plan, &late, TIME_MIN) == TIME_NEVER && duty_next(&daily, &late, TIME_MIN) == DAY("2016-03-01"));
	CHECK(duty_next(&over, &early, TIME_MIN) == TIME_NEVER && duty_next(&over, &late, TIME_MIN) == DAY("2016-03-25"));
	CHECK(duty_next(&daily, &early, DAY("2016-02-28")) == DAY("2016-02-29") && duty_next(&daily, &early, DAY("2016-02-29")) == TIME_NEVER);
	chain_free(chain);
	arena_done(&a);
}
