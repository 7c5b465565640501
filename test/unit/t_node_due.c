/* Dates and the clock, and a program that dies. */
#include "sim/centre.h"
#include "sim/disk.h"
#include "t_node_world.h"

/* What a node held when it died leaks (sim/world.h), on purpose. */
const char *__asan_default_options(void);
const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}

static void
report(struct world *x, int home, const char *mark, const char *until, const char *text)
{
	struct buf b = BUF_INIT(MIB);
	struct errinfo e = {0};
	buf_printf(&b, "Type: INTREP\nSubject: %s At %s\nInformation-Time: 2015-10-01\n%s\n%s %s.\n", mark, text, until, mark, text);
	CHECK_OK(world_add(x, home, buf_str(&b), "{}", &e));
	buf_done(&b);
}

/* What a program does that is started: it looks at the clock, and does what is due. */
static enum err
start(struct world *x, struct errinfo *e)
{
	centre_close(&x->c, 0);
	return centre_open(&x->c, 0, e);
}

static bool
evidence_is_there(struct world *x, const char *id)
{
	struct errinfo e = {0};
	return centre_op(&x->c, 0, &x->reply, &e, "evidence", "{\"id\":\"%s\",\"reason\":\"a test\"}", id) == OK && HAS(x, "Zubaydah");
}

/* A deletion that waits since 43 hours, a clock that is set on by 30, and a program that finds that and dies of the k-th operation of its disk; then
 * another member, whose clock was set on too, bears the time out. False: there are not so many operations. */
static bool
is_not_in_haste(enum simop op, uint64_t k)
{
	struct world x;
	struct errinfo e = {0};
	char id[100];
	world_init(&x, 2);
	report(&x, 0, "(//IRQ R)", "Delete-By: 2015-10-02\n", "Zubaydah");
	snprintf(id, sizeof id, "%s", world_text(&x, "items.0.id"));
	simworld_advance(x.w, 2 * TIME_DAY);
	CHECK_OK(start(&x, &e));
	DO(&x, 0, "status", "{}");
	CHECK(HAS(&x, "1 deletion announced"));
	simworld_advance(x.w, 43 * TIME_HOUR);
	CHECK_OK(start(&x, &e));
	centre_close(&x.c, 0);
	simworld_jump(x.w, 0, 30 * TIME_HOUR);
	simworld_jump(x.w, 1, 30 * TIME_HOUR);
	struct simdisk *d = simworld_disk(x.w, 0);
	simdisk_fail(d, op, k, ERR_IO);
	enum err err = centre_open(&x.c, 0, &e);
	bool failed = simdisk_failed(d, op);
	simdisk_fail(d, op, 0, OK);
	CHECK(failed || err == OK);
	if (failed) {
		x.c.node[0] = NULL;
		simworld_kill(x.w, 0);
		CHECK_OK(centre_open(&x.c, 0, &e));
	}
	report(&x, 1, "(//RUS R//REL TO IRQ, RUS)", "", "Raqqa");
	DO(&x, 1, "release", "{\"ids\":[\"%s\"],\"to\":\"irq\"}", world_text(&x, "items.0.id"));
	CHECK_OK(centre_sync(&x.c, 0, 1, NULL, &e));
	CHECK_OK(start(&x, &e));
	CHECKF(evidence_is_there(&x, id), "deleted after the program died of operation %d:%llu", (int)op, (unsigned long long)k);
	simworld_advance(x.w, 73 * TIME_HOUR);
	CHECK_OK(start(&x, &e));
	CHECK(!evidence_is_there(&x, id));
	world_done(&x);
	return failed;
}

/* Fails if a clock that jumped is remembered, and what follows from it is not, when the program dies between the two. */
TEST(a_jump_is_not_forgotten_by_who_dies)
{
	static const enum simop ops[] = {SIMOP_SYNC, SIMOP_WRITE};
	for (size_t i = 0; i < 2; i++) {
		uint64_t k = 1;
		while (is_not_in_haste(ops[i], k))
			k++;
		CHECK(k > 3);
	}
}
