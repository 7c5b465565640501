/* Reading: what stands around an object, settings, status, exercise homes. */
#include "sim/centre.h"
#include "t_node_world.h"

#define ID(n) "campaign--00000000-0000-4000-8000-00000000000" #n
#define MARK "(//IRQ S//REL TO IRQ, RUS)"

/* Fails if a private grade left the home, changed the object's own, or was not found beside it. */
TEST(a_private_grade_stands_beside)
{
	struct world x;
	struct errinfo e = {0};
	struct buf b = BUF_INIT(MIB);
	char note[64];
	world_init(&x, 2);
	world_object(&b, 1, "graded");
	CHECK_OK(world_add(&x, 0, buf_str(&b), "{\"mark\":\"" MARK "\"}", &e));
	DO(&x, 0, "release", "{\"ids\":[\"" ID(1) "\"],\"to\":\"ALL\"}");
	CHECK_OK(centre_sync_all(&x.c, 1, &e));
	DO(&x, 1, "grade", "{\"id\":\"" ID(1) "\",\"grade\":\"C3\",\"reason\":\"seen once\"}");
	snprintf(note, sizeof note, "%s", world_text(&x, "id"));
	FAIL(&x, 1, ERR_INVALID, "grade", "{\"id\":\"" ID(1) "\",\"grade\":\"Z9\"}");
	FAIL(&x, 1, ERR_NOTFOUND, "grade", "{\"id\":\"" ID(2) "\",\"grade\":\"C3\"}");
	DO(&x, 1, "show", "{\"id\":\"" ID(1) "\"}");
	CHECK(strcmp(world_text(&x, "grades.0.id"), note) == 0 && strcmp(world_text(&x, "grades.0.grade"), "C3") == 0 && !world_text(&x, "grade")[0]);
	CHECK(strcmp(world_text(&x, "grades.0.circle"), "rus") == 0);
	CHECK_OK(centre_sync_all(&x.c, 2, &e));
	DO(&x, 0, "show", "{\"id\":\"" ID(1) "\"}");
	CHECK(!HAS(&x, note) && !HAS(&x, "C3"));
	DO(&x, 1, "refs", "{\"id\":\"%s\"}", note);
	CHECK(HAS(&x, "\"object_refs\"") && HAS(&x, "\"here\":true"));
	buf_done(&b);
	world_done(&x);
}

/* Fails if a setting were taken unchecked, or marks could not name a compartment that is set. */
TEST(settings)
{
	struct world x;
	struct errinfo e = {0};
	struct buf b = BUF_INIT(MIB);
	world_init(&x, 1);
	world_object(&b, 1, "compartmented");
	CHECK_ERR(world_add(&x, 0, buf_str(&b), "{\"mark\":\"(//IRQ S//ALPHA)\"}", &e), ERR_INVALID);
	FAIL(&x, 0, ERR_INVALID, "config", "{\"name\":\"compartments\",\"value\":\"alpha\"}");
	FAIL(&x, 0, ERR_INVALID, "config", "{\"name\":\"position\",\"value\":\"Col. Smith\"}");
	FAIL(&x, 0, ERR_USAGE, "config", "{\"name\":\"member.id\",\"value\":\"x\"}");
	DO(&x, 0, "config", "{\"name\":\"compartments\",\"value\":\"ALPHA BRAVO\"}");
	DO(&x, 0, "config", "{\"name\":\"position\",\"value\":\"J2-3\"}");
	CHECK_OK(world_add(&x, 0, buf_str(&b), "{\"mark\":\"(//IRQ S//ALPHA)\"}", &e));
	DO(&x, 0, "ls", "{}");
	CHECK(strcmp(world_text(&x, "items.0.banner"), "//IRQ SECRET//ALPHA") == 0);
	DO(&x, 0, "log", "{}");
	CHECK(strcmp(world_text(&x, "items.0.position"), "J2-3") == 0);
	DO(&x, 0, "config", "{\"name\":\"compartments\",\"unset\":true}");
	DO(&x, 0, "config", "{}");
	CHECK(strcmp(world_text(&x, "items.0.name"), "position") == 0 && !HAS(&x, "ALPHA"));
	DO(&x, 0, "suggest", "{\"begins\":\"comp\"}");
	CHECK(strcmp(world_text(&x, "items.0"), "compartmented") == 0);
	buf_done(&b);
	world_done(&x);
}

/* Fails if the state of a home told less, or more, than there is. */
TEST(status_tells_how_a_home_stands)
{
	struct world x;
	struct errinfo e = {0};
	struct buf b = BUF_INIT(MIB);
	world_init(&x, 2);
	DO(&x, 1, "status", "{}");
	CHECK(HAS(&x, "irq was never asked") && HAS(&x, "never backed up") && strcmp(world_text(&x, "level"), "warning") == 0);
	world_object(&b, 1, "new");
	CHECK_OK(world_add(&x, 0, buf_str(&b), "{\"mark\":\"" MARK "\"}", &e));
	DO(&x, 0, "release", "{\"ids\":[\"" ID(1) "\"],\"to\":\"ALL\"}");
	CHECK_OK(centre_sync(&x.c, 1, 0, NULL, &e));
	DO(&x, 1, "status", "{}");
	CHECK(HAS(&x, "1 new object and") && HAS(&x, "irq was asked within a day"));
	DO(&x, 0, "status", "{}");
	CHECK(HAS(&x, "0 new objects")); /* its own */
	simworld_advance(x.w, 30 * TIME_DAY);
	DO(&x, 1, "status", "{}");
	CHECK(HAS(&x, "irq was last asked 30 days ago"));
	centre_close(&x.c, 1);
	CHECK_OK(centre_open(&x.c, 1, &e));
	centre_close(&x.c, 1);
	simworld_jump(x.w, 1, -10 * TIME_DAY);
	CHECK_OK(centre_open(&x.c, 1, &e));
	DO(&x, 1, "status", "{}");
	CHECK(HAS(&x, "behind the last time this home was open") && strcmp(world_text(&x, "level"), "critical") == 0);
	buf_done(&b);
	world_done(&x);
}

static void
mark(void *arg)
{
	struct errinfo e;
	CHECK_OK(node_mark_exercise(arg, &e));
}

/* Fails if an exercise could be mistaken for the real thing, or homes of the two kinds could meet. */
TEST(an_exercise_says_so)
{
	struct world x = {.w = simworld_new(1, 2, T0), .reply = BUF_INIT(16 * MIB)};
	struct errinfo e = {0};
	x.c = (struct centre){.n = 2, .run = world_step, .ctx = x.w, .id = {"irq", "rus"}};
	for (int i = 0; i < 2; i++)
		x.c.env[i] = simworld_env(x.w, i);
	CHECK(simworld_run_step(x.w, 0, mark, (void *)x.c.env[0]) == SIM_DONE);
	CHECK_ERR(centre_found(&x.c, NULL, &e), ERR_DENIED); /* the second home is none */
	DO(&x, 0, "status", "{}");
	CHECK(HAS(&x, "\"exercise\":true"));
	DO(&x, 0, "centres", "{}");
	CHECK(strcmp(world_text(&x, "items.0.centre"), "EXERCISE Test centre") == 0);
	DO(&x, 0, "lead", "{\"centre\":\"Test centre\"}");
	CHECK(strcmp(world_text(&x, "lead"), "irq") == 0);
	DO(&x, 1, "centres", "{}");
	CHECK(!HAS(&x, "EXERCISE"));
	world_done(&x);
}
