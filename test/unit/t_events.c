/* What changed for a viewer. Fails if something that it may read is not told once, if anything else is told, or if a mark depends on what it may not
 * read. */
#include "label/rule.h"
#include "node/op.h"
#include "sim/centre.h"
#include "t_node_world.h"

#define ID(n) "campaign--00000000-0000-4000-8000-00000000000" #n
#define HIGH "(//IRQ S//REL TO IRQ, RUS)"
#define LOW "(//IRQ R//REL TO IRQ, RUS)"

static struct clearance low;
static struct world x;
static char mark[400];

static enum err
ask(bool viewer, int limit)
{
	char args[600];
	struct errinfo e = {0};
	snprintf(args, sizeof args, "{\"limit\":%d%s%s%s}", limit, mark[0] ? ",\"last\":\"" : "", mark, mark[0] ? "\"" : "");
	struct node_call call = {.op = STR_INIT("events"), .args = str_of(args)};
	if (viewer)
		call.who = (struct node_who){.name = STR_INIT("r"), .clearances = &low, .nclearances = 1};
	enum err err = centre_call(&x.c, 0, &call, &x.reply, &e);
	CHECKF(!err, "%s", e.msg);
	return err;
}

/* Takes the mark that came, and gives how many items came. */
static int
take(void)
{
	int n = 0;
	char path[40], event[20];
	for (;; n++) {
		snprintf(path, sizeof path, "items.%d.event", n);
		if (!centre_text(buf_str(&x.reply), path, event, sizeof event))
			break;
	}
	CHECK(centre_text(buf_str(&x.reply), "last", mark, sizeof mark));
	return n;
}

static void
add(unsigned n, const char *label)
{
	struct buf b = BUF_INIT(MIB);
	struct errinfo e = {0};
	char args[200];
	world_object(&b, n, "something");
	snprintf(args, sizeof args, "{\"mark\":\"%s\"}", label);
	CHECK_OK(world_add(&x, 0, buf_str(&b), args, &e));
	buf_done(&b);
}

static void
begin(void)
{
	size_t n;
	world_init(&x, 2);
	low = (struct clearance){.level = 1, .every_circle = true};
	hex_decode(str_of(x.c.hex), low.policy, sizeof low.policy, &n);
	mark[0] = '\0';
}

TEST(everything_new_comes_once)
{
	begin();
	add(1, LOW);
	ask(false, 10);
	CHECK(take() == 0 && !HAS(&x, "\"reset\":true"));
	ask(false, 10);
	CHECK(take() == 0);
	add(2, HIGH);
	add(3, LOW);
	DO(&x, 0, "release", "{\"ids\":[\"" ID(3) "\"],\"to\":\"rus\"}");
	DO(&x, 0, "recall", "{\"id\":\"" ID(3) "\",\"reason\":\"wrong\"}");
	ask(false, 1);
	CHECK(take() == 1 && HAS(&x, ID(2)) && HAS(&x, "\"more\":true"));
	int n = 0;
	bool recall = false;
	for (int i = 0; i < 9 && (i == 0 || HAS(&x, "\"more\":true")); i++) {
		ask(false, 1);
		recall = recall || HAS(&x, "\"event\":\"recall\"");
		n += take();
	}
	CHECKF(n == 2 && recall, "%d", n); /* the private object and the recall; the released one does not stand any more */
	ask(false, 10);
	CHECK(take() == 0);
	world_done(&x);
}

TEST(a_viewer_is_told_its_own_alone)
{
	char before[400];
	begin();
	add(1, LOW);
	ask(true, 10);
	CHECK(take() == 0);
	memcpy(before, mark, sizeof mark);
	add(2, HIGH);
	DO(&x, 0, "release", "{\"ids\":[\"" ID(2) "\"],\"to\":\"rus\"}");
	DO(&x, 0, "recall", "{\"id\":\"" ID(2) "\",\"reason\":\"wrong\"}");
	ask(true, 10);
	CHECK(take() == 0);
	CHECK(strcmp(before, mark) == 0);
	add(3, LOW);
	ask(true, 10);
	CHECK(take() == 1 && HAS(&x, ID(3)) && !HAS(&x, ID(2)));
	CHECK(strcmp(before, mark) != 0);
	ask(false, 10); /* somebody of another sight cannot use it */
	CHECK(HAS(&x, "\"reset\":true"));
	world_done(&x);
}

TEST(a_mark_that_is_none_begins_anew)
{
	begin();
	add(1, LOW);
	ask(false, 10);
	take();
	mark[3] = mark[3] == 'a' ? 'b' : 'a';
	ask(false, 10);
	CHECK(take() == 0 && HAS(&x, "\"reset\":true"));
	ask(false, 10);
	CHECK(take() == 0 && !HAS(&x, "\"reset\":true"));
	memcpy(mark, "zz", 3);
	ask(false, 10);
	CHECK(HAS(&x, "\"reset\":true"));
	world_done(&x);
}

TEST(the_lead_changes_with_the_clock)
{
	begin();
	ask(true, 10);
	take();
	simworld_advance(x.w, 100 * TIME_DAY);
	ask(true, 10);
	CHECK(take() == 1 && HAS(&x, "\"event\":\"lead\""));
	ask(true, 10);
	CHECK(take() == 0);
	world_done(&x);
}
