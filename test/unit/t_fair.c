/* The lock that is shared out by who asks. Fails if two are in it at once, if somebody with many requests keeps another waiting for more than one of
 * them, if who had nothing for long has saved that up, or if one who waits is never let in. */
#include "api/fair.h"

#include <stdatomic.h>
#include <time.h>

#include "test.h"

static struct fair lock;
static atomic_int inside, order;

static void
pause_ms(int ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};
	nanosleep(&t, NULL);
}

/* Time goes on when the test says so alone. */
static _Atomic int64_t at;

static int64_t
test_now(void)
{
	return atomic_load(&at);
}

struct one {
	pthread_t t;
	uint64_t who;
	int ms, place;
};

static void *
work(void *arg)
{
	struct one *o = arg;
	fair_enter(&lock, o->who);
	CHECK(atomic_fetch_add(&inside, 1) == 0);
	o->place = atomic_fetch_add(&order, 1);
	atomic_fetch_add(&at, o->ms * INT64_C(1000000));
	atomic_fetch_sub(&inside, 1);
	fair_leave(&lock);
	return NULL;
}

/* One comes to wait after the other, while the test itself is in it. */
static void
come(struct one *o, uint64_t who, int ms)
{
	unsigned before = fair_wanted(&lock);
	o->who = who;
	o->ms = ms;
	CHECK(pthread_create(&o->t, NULL, work, o) == 0);
	while (fair_wanted(&lock) == before)
		pause_ms(1);
}

TEST(who_has_had_least_goes_first)
{
	enum { N = 8 };
	struct one flood[N], other, again;
	fair_init(&lock);
	lock.now = test_now;
	fair_enter(&lock, 1); /* of the one that will ask for much */
	for (int i = 0; i < N; i++)
		come(&flood[i], 1, 10);
	come(&other, 2, 10);
	come(&again, 2, 10);
	atomic_fetch_add(&at, 15000000);
	CHECK(fair_wanted(&lock) && !fair_try(&lock, 3));
	fair_leave(&lock);
	for (int i = 0; i < N; i++)
		pthread_join(flood[i].t, NULL);
	pthread_join(other.t, NULL);
	pthread_join(again.t, NULL);
	CHECKF(other.place == 0 && again.place <= 3, "the %dth and the %dth of %d", other.place, again.place, N + 2);
	for (int i = 1; i < N; i++)
		CHECK(flood[i].place > flood[i - 1].place);
	CHECK(!fair_wanted(&lock) && fair_try(&lock, 3));
	fair_leave(&lock);
	fair_done(&lock);
}

TEST(nobody_saves_up)
{
	enum { N = 4 };
	struct one first[N], late[N];
	fair_init(&lock);
	lock.now = test_now;
	atomic_store(&order, 0);
	for (int i = 0; i < 5; i++) { /* long alone in it */
		fair_enter(&lock, 1);
		atomic_fetch_add(&at, 20000000);
		fair_leave(&lock);
	}
	fair_enter(&lock, 3);
	for (int i = 0; i < N; i++) {
		come(&first[i], 1, 10);
		come(&late[i], 2, 10);
	}
	fair_leave(&lock);
	for (int i = 0; i < N; i++) {
		pthread_join(first[i].t, NULL);
		pthread_join(late[i].t, NULL);
	}
	CHECKF(first[1].place < late[N - 1].place, "%d, %d", first[1].place, late[N - 1].place);
	fair_done(&lock);
}

/* More askers than are remembered. */
TEST(all_come_in)
{
	struct one one;
	fair_init(&lock);
	lock.now = test_now;
	for (uint64_t who = 0; who < 3 * FAIR_KNOWN; who++) {
		fair_enter(&lock, who % (FAIR_KNOWN + 7));
		fair_leave(&lock);
	}
	fair_enter(&lock, 1);
	come(&one, 2, 0);
	fair_leave(&lock);
	pthread_join(one.t, NULL);
	fair_done(&lock);
}
