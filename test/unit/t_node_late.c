/* What an operation answers when something fails. It fails if an error is told of what was committed, or success of what was not; if what came late
 * is not made up for; or if a full disk refuses a recall. */
#include "t_node_world.h"

#include "sim/disk.h"

/* What a home held when its process was killed leaks (sim/world.h), on purpose. */
const char *__asan_default_options(void);
const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}

#define MARK "(//IRQ S//REL TO IRQ, RUS)"
#define ID(n) "campaign--00000000-0000-4000-8000-00000000000" #n

static enum err
add_one(struct world *x, unsigned n, struct errinfo *e)
{
	struct buf b = BUF_INIT(KIB);
	world_object(&b, n, "more boats");
	enum err err = world_add(x, 0, buf_str(&b), "{\"mark\":\"" MARK "\"}", e);
	buf_done(&b);
	return err;
}

static enum err
do_add(struct world *x, struct errinfo *e)
{
	return add_one(x, 9, e);
}

static enum err
do_release(struct world *x, struct errinfo *e)
{
	return centre_op(&x->c, 0, &x->reply, e, "release", "{\"ids\":[\"" ID(2) "\"],\"to\":\"rus\"}");
}

static enum err
do_recall(struct world *x, struct errinfo *e)
{
	return centre_op(&x->c, 0, &x->reply, e, "recall", "{\"id\":\"" ID(1) "\",\"reason\":\"wrong\"}");
}

static enum err
do_grade(struct world *x, struct errinfo *e)
{
	return centre_op(&x->c, 0, &x->reply, e, "grade", "{\"id\":\"" ID(1) "\",\"grade\":\"B2\",\"reason\":\"seen\"}");
}

static enum err
do_request(struct world *x, struct errinfo *e)
{
	return centre_op(&x->c, 0, &x->reply, e, "request", "{\"id\":\"" ID(5) "\",\"to\":\"irn\",\"reason\":\"asked\"}");
}

static void
prepare(struct world *x)
{
	struct buf b = BUF_INIT(4 * KIB);
	struct errinfo e = {0};
	world_init(x, 3);
	for (unsigned i = 1; i <= 3; i++)
		world_object(&b, i, "boats at the quay");
	CHECK_OK(world_add(x, 0, buf_str(&b), "{\"mark\":\"" MARK "\"}", &e));
	DO(x, 0, "release", "{\"ids\":[\"" ID(1) "\"],\"to\":\"rus\"}");
	buf_clear(&b);
	world_object(&b, 5, "theirs");
	CHECK_OK(world_add(x, 1, buf_str(&b), "{\"mark\":\"(//RUS S//REL TO IRQ, RUS)\"}", &e));
	DO(x, 1, "release", "{\"ids\":[\"" ID(5) "\"],\"to\":\"irq\"}");
	CHECK_OK(centre_sync(&x->c, 0, 1, &x->reply, &e));
	buf_done(&b);
}

static int64_t
entries(struct world *x)
{
	DO(x, 0, "verify", "{}");
	CHECK(NUMBER(x, "faults") == 0 && NUMBER(x, "unsigned") == 0);
	return NUMBER(x, "entries");
}

TEST(an_error_means_that_nothing_was_done)
{
	static const struct {
		const char *name;
		enum err (*act)(struct world *x, struct errinfo *e);
	} act[] = {{"add", do_add}, {"release", do_release}, {"recall", do_recall}, {"grade", do_grade}, {"request", do_request}};
	static const enum simop op[] = {SIMOP_WRITE, SIMOP_READ, SIMOP_WRITE};
	static const enum err code[] = {ERR_IO, ERR_IO, ERR_FULL};
	struct world x;
	struct errinfo e = {0};
	prepare(&x);
	struct simdisk *d = simworld_disk(x.w, 0);
	int64_t before = entries(&x);
	centre_close(&x.c, 0);
	struct simdisk_image *image = simdisk_snapshot(d);
	unsigned late = 0;
	for (size_t i = 0; i < sizeof act / sizeof *act; i++)
		for (size_t o = 0; o < sizeof op / sizeof *op; o++)
			for (uint64_t n = 1;; n++) {
				simdisk_restore(d, image);
				CHECK_OK(centre_open(&x.c, 0, &e));
				simdisk_fail(d, op[o], n, code[o]);
				enum err err = act[i].act(&x, &e);
				bool hit = simdisk_failed(d, op[o]), warned = !err && HAS(&x, "\"warning\"");
				simdisk_fail(d, op[o], 0, OK);
				CHECKF(!err || err == code[o] || err == ERR_FULL, "%s: %s", act[i].name, e.msg);
				CHECKF(hit || (!err && !warned), "%s: %s", act[i].name, err ? e.msg : "a warning of nothing");
				late += warned;
				int64_t now = entries(&x); /* what came late was made up for before */
				CHECKF(err ? now == before : now > before, "%s, %llu: %s, and %lld entries instead of %lld", act[i].name,
				    (unsigned long long)n, err ? e.msg : "done", (long long)now, (long long)before);
				DO(&x, 0, "rebuild", "{\"check\":true}");
				centre_close(&x.c, 0);
				if (!hit)
					break;
			}
	CHECKF(late > 20, "%u warnings", late); /* or nothing was tried */
	simdisk_image_free(image);
	world_done(&x);
}

TEST(a_full_disk_refuses_adds_never_recalls)
{
	struct world x;
	struct errinfo e = {0};
	prepare(&x);
	struct simdisk *d = simworld_disk(x.w, 0);
	centre_close(&x.c, 0);
	CHECK_OK(centre_open(&x.c, 0, &e));
	DO(&x, 0, "status", "{}");
	CHECK(!HAS(&x, "\"reserve\""));
	centre_close(&x.c, 0);
	struct simdisk_image *image = simdisk_snapshot(d);
	for (int opened = 0; opened < 2; opened++) /* full while it is open; full before */
		for (uint64_t left = 0; left < 400 * KIB; left += 37 * KIB) {
			simdisk_restore(d, image);
			simdisk_capacity(d, (uint64_t)1 << 40);
			uint64_t used = ((uint64_t)1 << 40) - (uint64_t)simdisk_space(d);
			if (opened)
				CHECK_OK(centre_open(&x.c, 0, &e));
			simdisk_capacity(d, used + left);
			if (!opened)
				CHECK_OK(centre_open(&x.c, 0, &e));
			CHECK_ERR(add_one(&x, 9, &e), ERR_FULL);
			CHECK(e.hint[0]);
			enum err err = do_recall(&x, &e);
			CHECKF(err == OK && !HAS(&x, "\"warning\""), "%llu bytes left: %s", (unsigned long long)left,
			    err ? e.msg : world_text(&x, "warning"));
			DO(&x, 0, "search", "{\"words\":\"quay\"}");
			DO(&x, 0, "status", "{}");
			CHECK(left || HAS(&x, "\"reserve\""));
			centre_close(&x.c, 0);
			simdisk_capacity(d, UINT64_MAX);
			CHECK_OK(centre_open(&x.c, 0, &e)); /* there is room again */
			DO(&x, 0, "status", "{}");
			CHECK(!HAS(&x, "\"reserve\""));
			CHECK(add_one(&x, 9, &e) == OK);
			centre_close(&x.c, 0);
		}
	simdisk_image_free(image);
	world_done(&x);
}

/* Fails if what another recalls stays in sight where the disk is full, or what it releases fills the room that is kept for that. */
TEST(others_recalls_come_on_a_full_disk)
{
	struct world x;
	struct errinfo e = {0};
	struct buf b = BUF_INIT(KIB);
	prepare(&x);
	struct simdisk *d = simworld_disk(x.w, 0);
	DO(&x, 0, "ls", "{}");
	CHECK(HAS(&x, ID(5)));
	world_object(&b, 6, "later");
	CHECK_OK(world_add(&x, 1, buf_str(&b), "{\"mark\":\"(//RUS S//REL TO IRQ, RUS)\"}", &e));
	DO(&x, 1, "release", "{\"ids\":[\"" ID(6) "\"],\"to\":\"irq\"}");
	DO(&x, 1, "recall", "{\"id\":\"" ID(5) "\",\"reason\":\"wrong\"}");
	centre_close(&x.c, 0);
	CHECK_OK(centre_open(&x.c, 0, &e));
	centre_close(&x.c, 0);
	struct simdisk_image *image = simdisk_snapshot(d);
	for (uint64_t left = 0; left < 40 * MIB; left += left < 300 * KIB ? 37 * KIB : 13 * MIB) {
		simdisk_restore(d, image);
		simdisk_capacity(d, (uint64_t)1 << 40);
		uint64_t used = ((uint64_t)1 << 40) - (uint64_t)simdisk_space(d);
		CHECK_OK(centre_open(&x.c, 0, &e));
		simdisk_capacity(d, used + left);
		enum err err = centre_sync(&x.c, 0, 1, &x.reply, &e);
		CHECKF(err == OK, "%llu bytes left: %s", (unsigned long long)left, e.msg);
		DO(&x, 0, "ls", "{}");
		CHECKF(!HAS(&x, ID(5)), "%llu bytes left", (unsigned long long)left);
		CHECK(!HAS(&x, ID(6)));
		simdisk_capacity(d, UINT64_MAX);
		CHECK_OK(centre_sync(&x.c, 0, 1, &x.reply, &e));
		DO(&x, 0, "ls", "{}");
		CHECK(HAS(&x, ID(6)));
		DO(&x, 0, "rebuild", "{\"check\":true}");
		centre_close(&x.c, 0);
	}
	simdisk_image_free(image);
	buf_done(&b);
	world_done(&x);
}

/* Fails if a home that stays open keeps room for the first recall alone, though there was room on its disk again since. */
TEST(room_is_kept_for_every_recall)
{
	struct world x;
	struct errinfo e = {0};
	prepare(&x);
	struct simdisk *d = simworld_disk(x.w, 0);
	DO(&x, 0, "release", "{\"ids\":[\"" ID(2) "\",\"" ID(3) "\"],\"to\":\"rus\"}");
	centre_close(&x.c, 0);
	CHECK_OK(centre_open(&x.c, 0, &e));
	for (int i = 1; i <= 3; i++) {
		simdisk_capacity(d, (uint64_t)1 << 40);
		DO(&x, 0, "status", "{}");
		CHECK(!HAS(&x, "\"reserve\""));
		simdisk_capacity(d, ((uint64_t)1 << 40) - (uint64_t)simdisk_space(d));
		CHECK_ERR(add_one(&x, 9, &e), ERR_FULL);
		enum err err = centre_op(
		    &x.c, 0, &x.reply, &e, "recall", "{\"id\":\"campaign--00000000-0000-4000-8000-00000000000%d\",\"reason\":\"wrong\"}", i);
		CHECKF(err == OK, "recall %d: %s", i, e.msg);
	}
	world_done(&x);
}

/* Fails if a view that could not be made anew for want of room stays without its tables although there is room again. */
TEST(a_view_that_found_no_room_is_made_before_the_next_operation)
{
	struct world x;
	struct errinfo e = {0};
	int failed = 0;
	prepare(&x);
	struct simdisk *d = simworld_disk(x.w, 0);
	for (uint64_t less = 0; less < 400 * KIB; less += 8 * KIB) {
		simdisk_capacity(d, (uint64_t)1 << 40);
		simdisk_capacity(d, ((uint64_t)1 << 40) - (uint64_t)simdisk_space(d) - less); /* the view goes first */
		failed += centre_op(&x.c, 0, &x.reply, &e, "rebuild", "{}") != OK;
		simdisk_capacity(d, UINT64_MAX);
		CHECKF(add_one(&x, 9, &e) == OK, "%llu bytes less: %s", (unsigned long long)less, e.msg);
		DO(&x, 0, "search", "{\"words\":\"quay\"}");
		CHECKF(HAS(&x, ID(1)), "%llu bytes less", (unsigned long long)less);
	}
	CHECK(failed > 5);
	world_done(&x);
}

/* Fails if a reserve that was cut short, by a tool that tidies up or a hand, is taken for one: a recall would find no room. */
TEST(a_reserve_that_was_cut_is_made_anew)
{
	struct world x;
	struct errinfo e = {0};
	struct buf b = BUF_INIT(LIMIT_RESERVE - 1);
	world_init(&x, 1);
	const struct env *env = x.c.env[0];
	centre_close(&x.c, 0);
	CHECK_ERR(env->read(env->ctx, "reserve", &b, NULL), ERR_LIMIT);
	CHECK_OK(env->write(env->ctx, "reserve", STR("short"), &e));
	CHECK_OK(centre_open(&x.c, 0, &e));
	buf_clear(&b);
	CHECK_ERR(env->read(env->ctx, "reserve", &b, NULL), ERR_LIMIT);
	buf_done(&b);
	world_done(&x);
}
