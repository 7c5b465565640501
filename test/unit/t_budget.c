/* How much each asker may ask a minute. Fails if somebody may ask more than his rate over a while, is kept waiting longer than he is told, has to
 * wait for what others asked, or if what others ask shows in what he is told. */
#include "api/budget.h"
#include "base/limits.h"
#include "test.h"

static struct hash
asker(uint32_t n)
{
	return hash_of(str_bytes(&n, sizeof n));
}

static struct budget *
made(uint32_t requests, uint32_t mib)
{
	struct errinfo e;
	struct budget *b = NULL;
	CHECK(budget_new((struct budget_rate){requests, mib}, &b, &e) == OK);
	return b;
}

TEST(a_minutes_worth_at_once_then_evenly)
{
	struct budget *b = made(60, 0);
	struct hash a = asker(1);
	int64_t now = 1000;
	for (int i = 0; i < 60; i++)
		CHECK(budget_take(b, &a, now) == 0);
	CHECK(budget_take(b, &a, now) == 10);
	CHECK(budget_take(b, &a, now + 999) == 10);
	CHECK(budget_take(b, &a, now + 1000) == 0);
	CHECK(budget_take(b, &a, now + 1000) == 10);
	int given = 0;
	for (int64_t t = now + 1001; t <= now + 600 * 1000; t += 50)
		given += budget_take(b, &a, t) == 0;
	CHECKF(given >= 598 && given <= 599, "%d in ten minutes", given);
	CHECK(budget_take(b, &a, now + 3600 * 1000) == 0); /* who was silent has a minute's worth, no more */
	for (int i = 1; i < 60; i++)
		CHECK(budget_take(b, &a, now + 3600 * 1000) == 0);
	CHECK(budget_take(b, &a, now + 3600 * 1000) == 10);
	for (int i = 0; i < 10; i++) /* who comes back when he was told gets through ten at once */
		CHECK(budget_take(b, &a, now + 3610 * 1000) == 0);
	CHECK(budget_take(b, &a, 0) > 0); /* a clock that went back gives nothing */
	budget_free(b);
}

TEST(bytes_are_made_up_for)
{
	struct budget *b = made(1000, 60);
	struct hash a = asker(1);
	CHECK(budget_take(b, &a, 0) == 0);
	budget_charge(b, &a, 0, 60 * (uint64_t)MIB);
	CHECK(budget_take(b, &a, 0) == 10);
	CHECK(budget_take(b, &a, 1000) == 0);
	budget_charge(b, &a, 1000, 200 * (uint64_t)MIB);
	unsigned wait = budget_take(b, &a, 1000);
	CHECKF(wait >= 208 && wait <= 210, "%u", wait);
	CHECK(budget_take(b, &a, 1000 + (int64_t)wait * 1000 - 12000) > 0);
	CHECK(budget_take(b, &a, 1000 + (int64_t)wait * 1000) == 0); /* not longer than it was told */
	budget_free(b);
}

/* The same asker beside nobody and beside a crowd is told the same. */
TEST(others_do_not_count)
{
	struct budget *alone = made(600, 1), *crowded = made(600, 1);
	struct hash a = asker(0);
	for (int64_t t = 0; t < 20000; t += 7) {
		for (uint32_t k = 1; k < 200; k += 1 + (uint32_t)(t % 3)) {
			struct hash other = asker(k);
			(void)budget_take(crowded, &other, t);
			budget_charge(crowded, &other, t, MIB);
		}
		unsigned one = budget_take(alone, &a, t), two = budget_take(crowded, &a, t);
		CHECKF(one == two, "at %lld: %u, %u", (long long)t, one, two);
		if (!one) {
			budget_charge(alone, &a, t, 100);
			budget_charge(crowded, &a, t, 100);
		}
	}
	budget_free(alone);
	budget_free(crowded);
}

TEST(who_was_silent_longest_is_forgotten)
{
	struct budget *b = made(1, 0);
	struct hash first = asker(0), last = asker(LIMIT_BUDGETS - 1);
	for (uint32_t i = 0; i < LIMIT_BUDGETS; i++) {
		struct hash one = asker(i);
		CHECK(budget_take(b, &one, i) == 0);
	}
	CHECK(budget_take(b, &first, LIMIT_BUDGETS) > 0); /* spoke, so the second is the oldest now */
	for (uint32_t i = 0; i < 10; i++) {
		struct hash one = asker(LIMIT_BUDGETS + i);
		CHECK(budget_take(b, &one, LIMIT_BUDGETS) == 0);
	}
	CHECK(budget_take(b, &first, LIMIT_BUDGETS) > 0 && budget_take(b, &last, LIMIT_BUDGETS) > 0);
	struct hash second = asker(1);
	CHECK(budget_take(b, &second, LIMIT_BUDGETS) == 0);
	budget_free(b);
}
