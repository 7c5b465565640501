/* Kinds of label: nobody uses up those that others need. */
#include "sim/centre.h"
#include "t_node_world.h"

struct adder {
	struct world *x;
	struct buf object, args;
	unsigned next;
};

/* One object with these of the compartments K0 to K9, at that level, by an account (0: the home's own user); what became of it is in the reply. */
static void
put(struct adder *a, int64_t account, bool foreign, unsigned set, char level)
{
	struct errinfo e = {0};
	struct str in;
	const char *sep = "//";
	buf_clear(&a->object);
	buf_clear(&a->args);
	world_object(&a->object, a->next++, "Mosul");
	buf_printf(&a->args, "{\"foreign\":%s,\"mark\":\"(//IRQ %c", foreign ? "true" : "false", level);
	for (unsigned i = 0; i < 10; i++)
		if (set >> i & 1) {
			buf_printf(&a->args, "%sK%u", sep, i);
			sep = "/";
		}
	buf_puts(&a->args, "//REL TO IRQ, RUS)\"}");
	in = buf_str(&a->object);
	struct source source = source_of_str(&in);
	const struct node_call call = {
	    .op = STR("add"), .args = buf_str(&a->args), .in = &source, .who = {.name = STR("x"), .account = account, .scopes = account ? ~0u : 0}};
	CHECK_OK(centre_call(&a->x->c, 0, &call, &a->x->reply, &e));
}

static bool
taken(struct adder *a, int64_t account, bool foreign, unsigned set, char level)
{
	put(a, account, foreign, set, level);
	CHECK(NUMBER(a->x, "added") + NUMBER(a->x, "refused") == 1);
	return NUMBER(a->x, "added") == 1;
}

static void
begin(struct world *x, struct adder *a)
{
	world_init(x, 2);
	DO(x, 0, "config", "{\"name\":\"compartments\",\"value\":\"K0 K1 K2 K3 K4 K5 K6 K7 K8 K9\"}");
	*a = (struct adder){.x = x, .object = BUF_INIT(MIB), .args = BUF_INIT(MIB)};
}

static void
end(struct adder *a)
{
	buf_done(&a->object);
	buf_done(&a->args);
	world_done(a->x);
}

/* Fails if one account brings as many kinds of label as it likes; or if what it brought stops others, or is counted for a label that is here. */
TEST(an_account_brings_so_many)
{
	struct world x;
	struct adder a;
	begin(&x, &a);
	CHECK(taken(&a, 0, false, 1, 'R'));
	for (unsigned i = 0; i < LIMIT_CLASSES_ACCOUNT; i++)
		CHECK(taken(&a, 7, false, 2 * i, 'R'));
	CHECK(taken(&a, 7, false, 1, 'R')); /* another brought it */
	CHECK(!taken(&a, 7, false, 3, 'R'));
	CHECK(HAS(&x, "kinds of label by one account") && HAS(&x, "use one that is here already"));
	CHECK(taken(&a, 7, false, 4, 'R'));
	CHECK(taken(&a, 8, false, 3, 'R') && taken(&a, 7, false, 3, 'R'));
	CHECK(taken(&a, 0, false, 5, 'R'));
	/* what an account brings of others' is its own doing: else it could use up what the feeds have, or see how much of that is left */
	CHECK(!taken(&a, 7, true, 7, 'R'));
	/* a feed that the node pulls is none of the people */
	for (unsigned i = 1; i <= LIMIT_CLASSES_ACCOUNT; i++)
		CHECK(taken(&a, 0, true, 512 + i, 'R'));
	CHECK(!taken(&a, 0, true, 513 + LIMIT_CLASSES_ACCOUNT, 'R'));
	CHECK(taken(&a, 9, true, 513 + LIMIT_CLASSES_ACCOUNT, 'R'));
	DO(&x, 0, "rebuild", "{\"check\":true}");
	end(&a);
}

/* Fails if a home whose own labels are used up stops seeing what others release, or does not say so; or if the way out that is named is none. */
TEST(own_kinds_leave_room_for_others)
{
	struct world x;
	struct adder a;
	struct errinfo e = {0};
	struct buf b = BUF_INIT(MIB);
	unsigned n = 0, stopped = 0;
	begin(&x, &a);
	DO(&x, 0, "status", "{}");
	CHECK(!HAS(&x, "\"kinds\""));
	for (; n < 1100 && stopped < 3; n++)
		stopped += !taken(&a, 0, false, n & 1023, n < 1024 ? 'R' : 'S');
	CHECK(n <= LIMIT_CLASSES_OWN + 3);
	CHECK(HAS(&x, "of its own already") && HAS(&x, "use a label that is in use"));
	CHECK(taken(&a, 0, false, 9, 'R'));
	DO(&x, 0, "status", "{}");
	CHECK(HAS(&x, "\"kinds\"") && HAS(&x, "critical"));
	/* a release that needs a new one is refused whole, with the reason; one that does not goes */
	FAIL(&x, 0, ERR_LIMIT, "release", "{\"ids\":[\"campaign--00000000-0000-4000-8000-000000000009\"],\"to\":\"rus\"}");
	/* others' are seen */
	world_object(&b, 5000, "Raqqa");
	CHECK_OK(world_add(&x, 1, buf_str(&b), "{\"mark\":\"(//RUS S//REL TO IRQ, RUS)\"}", &e));
	DO(&x, 1, "release", "{\"ids\":[\"campaign--00000000-0000-4000-8000-000000005000\"],\"to\":\"irq\"}");
	CHECK_OK(centre_sync(&x.c, 0, 1, NULL, &e));
	DO(&x, 0, "search", "{\"words\":\"raqqa\"}");
	CHECK(HAS(&x, "Raqqa"));
	FAIL(&x, 0, ERR_LIMIT, "grade", "{\"id\":\"campaign--00000000-0000-4000-8000-000000000009\",\"grade\":\"B2\"}");
	DO(&x, 0, "rebuild", "{\"check\":true}");
	buf_done(&b);
	end(&a);
}

/* A release to rus of the object with that number. */
static enum err
give(struct adder *a, int64_t account, unsigned n, struct errinfo *e)
{
	buf_clear(&a->args);
	buf_printf(&a->args, "{\"ids\":[\"campaign--00000000-0000-4000-8000-%012u\"],\"to\":\"rus\"}", n);
	const struct node_call call = {
	    .op = STR("release"), .args = buf_str(&a->args), .who = {.name = STR("x"), .account = account, .scopes = account ? ~0u : 0}};
	return centre_call(&a->x->c, 0, &call, &a->x->reply, e);
}

/* Fails if an account brings by releases more kinds of label than by adding; or if a home releases what those who get it will not show. */
TEST(releases_are_kinds_too)
{
	struct world x;
	struct adder a;
	struct errinfo e = {0};
	begin(&x, &a);
	DO(&x, 0, "account-add", "{\"name\":\"khalil\",\"roles\":[\"officer\"],\"clearance\":\"all\",\"position\":\"J2-3\"}");
	for (unsigned i = 0; i <= LIMIT_CLASSES_PER_AUTHOR; i++)
		CHECK(taken(&a, 0, false, i, 'R'));
	for (unsigned i = 0; i < LIMIT_CLASSES_ACCOUNT; i++)
		CHECK_OK(give(&a, 1, i, &e));
	CHECK_ERR(give(&a, 1, LIMIT_CLASSES_ACCOUNT, &e), ERR_LIMIT);
	CHECK(strstr(e.msg, "by one account"));
	CHECK_ERR(give(&a, 1, LIMIT_CLASSES_ACCOUNT, &e), ERR_LIMIT); /* and again */
	for (unsigned i = LIMIT_CLASSES_ACCOUNT; i < LIMIT_CLASSES_PER_AUTHOR; i++)
		CHECK_OK(give(&a, 0, i, &e));
	CHECK_ERR(give(&a, 0, LIMIT_CLASSES_PER_AUTHOR, &e), ERR_LIMIT);
	CHECK(strstr(e.msg, "others"));
	/* so everything that went is shown, and who was given it is warned that there may not be more */
	DO(&x, 1, "status", "{}");
	CHECK(!HAS(&x, "\"kinds\""));
	CHECK_OK(centre_sync(&x.c, 1, 0, NULL, &e));
	DO(&x, 1, "status", "{}");
	CHECK(HAS(&x, "\"kinds\"") && HAS(&x, "critical"));
	DO(&x, 1, "ls", "{\"limit\":1000}");
	for (unsigned i = 0; i < LIMIT_CLASSES_PER_AUTHOR; i++) {
		char id[64];
		snprintf(id, sizeof id, "campaign--00000000-0000-4000-8000-%012u", i);
		CHECKF(HAS(&x, id), "%s is not shown", id);
	}
	end(&a);
}
