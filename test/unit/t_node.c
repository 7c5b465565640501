/* The operations of one home, and of two that share. */
#include "sim/centre.h"
#include "t_node_world.h"

#define ID(n) "campaign--00000000-0000-4000-8000-00000000000" #n

/* Fails if adding, listing, searching or showing lost or changed an object. */
TEST(what_was_added_is_found)
{
	struct world x;
	struct errinfo e = {0};
	struct buf b = BUF_INIT(MIB);
	world_init(&x, 2);
	world_object(&b, 1, "Convoy near Palmyra");
	world_object(&b, 2, "Bridge at Ramadi");
	CHECK_OK(world_add(&x, 0, buf_str(&b), "{\"mark\":\"(//IRQ S//REL TO IRQ, RUS)\",\"source\":\"a.json\"}", &e));
	CHECK(NUMBER(&x, "added") == 2 && NUMBER(&x, "refused") == 0);
	CHECK(strcmp(world_text(&x, "items.1.title"), "Bridge at Ramadi") == 0);
	DO(&x, 0, "ls", "{}");
	CHECK(strcmp(world_text(&x, "items.0.id"), ID(2)) == 0 && strcmp(world_text(&x, "items.1.title"), "Convoy near Palmyra") == 0);
	CHECK(strcmp(world_text(&x, "items.0.banner"), "//IRQ SECRET//REL TO IRQ, RUS") == 0);
	CHECK(strcmp(world_text(&x, "items.0.circle"), "irq") == 0);
	DO(&x, 0, "search", "{\"words\":\"palmyra\"}");
	CHECK(strcmp(world_text(&x, "items.0.id"), ID(1)) == 0 && !HAS(&x, ID(2)));
	DO(&x, 0, "show", "{\"id\":\"%s\"}", ID(1));
	CHECK(strcmp(world_text(&x, "object.name"), "Convoy near Palmyra") == 0);
	FAIL(&x, 1, ERR_NOTFOUND, "show", "{\"id\":\"%s\"}", ID(1)); /* the other home has nothing of it */
	buf_done(&b);
	world_done(&x);
}

#define REPORT                                                                                                    \
	"Type: INTREP\nSubject: (//IRQ S//REL TO IRQ, RUS) Convoy near Palmyra\nGrade: B2\nSource: ALBATROSS\n\n" \
	"(//IRQ S//REL TO IRQ, RUS) About 350 fighters left the town.\n"                                          \
	"Claim: what=fighters; where=Palmyra; when=2015-10-01; low=300; best=350; high=400\n\n"                   \
	"(//IRQ S) [A1] The source is a quartermaster.\n"

static void
add_report(struct world *x, int home, struct str text, char id[static 64])
{
	struct errinfo e = {0};
	CHECK_OK(world_add(x, home, text, "{\"source\":\"r.txt\"}", &e));
	CHECK(NUMBER(x, "added") == 1);
	snprintf(id, 64, "%s", world_text(x, "items.0.id"));
}

/* Fails if a release went further than its plan, a withheld portion or a codename left the home, or a recall did not reach the other side and come
 * back as a receipt. */
TEST(a_report_goes_and_is_recalled)
{
	struct world x;
	struct errinfo e = {0};
	char id[64], as[64], plan[80];
	world_init(&x, 3);
	add_report(&x, 0, STR(REPORT), id);
	DO(&x, 0, "show", "{\"id\":\"%s\"}", id);
	CHECK(strcmp(world_text(&x, "source"), "ALBATROSS") == 0 && strcmp(world_text(&x, "grade"), "B2") == 0);
	DO(&x, 0, "release-plan", "{\"ids\":[\"%s\"],\"to\":\"rus\"}", id);
	CHECK(NUMBER(&x, "going") == 1 && strcmp(world_text(&x, "items.0.how"), "tear-line") == 0);
	CHECK(strcmp(world_text(&x, "readers.0.id"), "rus") == 0);
	snprintf(plan, sizeof plan, "%s", world_text(&x, "plan"));
	FAIL(&x, 0, ERR_CONFLICT, "release", "{\"ids\":[\"%s\"],\"to\":\"rus\",\"plan\":\"00\"}", id);
	DO(&x, 0, "release", "{\"ids\":[\"%s\"],\"to\":\"rus\",\"plan\":\"%s\"}", id, plan);
	snprintf(as, sizeof as, "%s", world_text(&x, "items.0.as"));
	CHECK(NUMBER(&x, "done.objects") == 1);
	CHECK_OK(centre_sync_all(&x.c, 2, &e));
	DO(&x, 1, "show", "{\"id\":\"%s\"}", as);
	CHECK(strcmp(world_text(&x, "title"), "Convoy near Palmyra") == 0 && strcmp(world_text(&x, "circle"), "irq.rus") == 0);
	CHECK(!HAS(&x, "quartermaster") && !HAS(&x, "ALBATROSS") && !HAS(&x, id));
	FAIL(&x, 2, ERR_NOTFOUND, "show", "{\"id\":\"%s\"}", as);
	DO(&x, 1, "inbox", "{\"mark\":true}");
	CHECK(strcmp(world_text(&x, "items.0.id"), as) == 0);
	DO(&x, 1, "inbox", "{}");
	CHECK(!HAS(&x, as));
	DO(&x, 1, "compare", "{\"what\":\"fighters\"}");
	CHECK(NUMBER(&x, "items.0.claims.0.best") == 350);
	DO(&x, 1, "log", "{\"circle\":\"irq.rus\"}");
	CHECK(strcmp(world_text(&x, "items.0.objects.0.id"), as) == 0 && NUMBER(&x, "items.0.serial") == 1);
	DO(&x, 0, "recall", "{\"id\":\"%s\",\"reason\":\"the source was wrong\"}", id);
	CHECK(strcmp(world_text(&x, "items.0.targets.0.id"), as) == 0);
	CHECK_OK(centre_sync_all(&x.c, 2, &e));
	DO(&x, 1, "ls", "{}");
	CHECK(!HAS(&x, as));
	DO(&x, 1, "show", "{\"id\":\"%s\"}", as);
	CHECK(strcmp(world_text(&x, "state"), "recalled") == 0 && !HAS(&x, "\"object\"") && HAS(&x, "the source was wrong"));
	DO(&x, 1, "evidence", "{\"id\":\"%s\",\"reason\":\"to answer a question\"}", as);
	CHECK(strcmp(world_text(&x, "object.name"), "Convoy near Palmyra") == 0);
	DO(&x, 0, "inbox", "{}");
	CHECK(HAS(&x, "\"receipt\""));
	for (int i = 0; i < 3; i++) {
		DO(&x, i, "verify", "{}");
		CHECK(NUMBER(&x, "faults") == 0);
		DO(&x, i, "rebuild", "{\"check\":true}");
		DO(&x, i, "status", "{}");
		DO(&x, i, "logs", "{}");
	}
	world_done(&x);
}

/* Fails if the inbox passed over what others said past its limit, or counted as seen what it had not shown. */
TEST(the_inbox_passes_nothing_over)
{
	enum { N = 7 };
	struct world x;
	struct errinfo e = {0};
	struct buf b = BUF_INIT(16 * KIB);
	char id[64];
	int pages = 0, events = 0, objects = 0;
	world_init(&x, 2);
	for (unsigned i = 0; i < N; i++)
		world_object(&b, i, "Alpha");
	CHECK_OK(world_add(&x, 0, buf_str(&b), "{\"mark\":\"(//IRQ R//REL TO IRQ, RUS)\"}", &e));
	for (unsigned i = 0; i < N; i++) {
		snprintf(id, sizeof id, "campaign--00000000-0000-4000-8000-%012u", i);
		DO(&x, 0, "release", "{\"ids\":[\"%s\"],\"to\":\"irq.rus\"}", id);
	}
	for (unsigned i = 0; i < N; i++) {
		snprintf(id, sizeof id, "campaign--00000000-0000-4000-8000-%012u", i);
		DO(&x, 0, "recall", "{\"id\":\"%s\",\"reason\":\"wrong\"}", id);
	}
	CHECK_OK(centre_sync_all(&x.c, 2, &e));
	for (bool more = true; more; pages++) {
		int got = 0;
		CHECK(pages < 3 * N);
		DO(&x, 1, "inbox", "{\"limit\":3}");
		more = HAS(&x, "\"more\":true");
		struct buf first = BUF_INIT(MIB);
		buf_put(&first, world_reply(&x));
		DO(&x, 1, "inbox", "{\"limit\":3,\"mark\":true}");
		CHECK_STR(world_reply(&x), buf_str(&first));
		buf_done(&first);
		for (struct str rest = world_reply(&x); str_find(rest, STR("\"kind\":\"recall\"")) >= 0; got++)
			rest = str_sub(rest, (size_t)str_find(rest, STR("\"kind\":\"recall\"")) + 1, SIZE_MAX);
		CHECK(got <= 3);
		events += got;
		for (struct str rest = world_reply(&x); str_find(rest, STR("\"title\":")) >= 0; objects++)
			rest = str_sub(rest, (size_t)str_find(rest, STR("\"title\":")) + 1, SIZE_MAX);
	}
	CHECKF(events == N && objects == N, "%d events, %d objects", events, objects);
	buf_done(&b);
	world_done(&x);
}

/* Fails if a product could go further than its source without the originator's word, or the word did not help. */
TEST(a_product_needs_consent)
{
	struct world x;
	struct errinfo e = {0};
	char id[64], as[64], product[64], leaf[80];
	char text[600];
	world_init(&x, 3);
	add_report(&x, 0, STR(REPORT), id);
	DO(&x, 0, "release", "{\"ids\":[\"%s\"],\"to\":\"rus\"}", id);
	snprintf(as, sizeof as, "%s", world_text(&x, "items.0.as"));
	CHECK_OK(centre_sync(&x.c, 1, 0, NULL, &e));
	snprintf(text, sizeof text,
	    "Type: INTSUM\nSubject: (//RUS S//REL TO IRN, RUS) Summary\nCites: %s\n\n(//RUS S//REL TO IRN, RUS) Fighters left.\n", as);
	add_report(&x, 1, str_of(text), product);
	DO(&x, 1, "release-plan", "{\"ids\":[\"%s\"],\"to\":\"irn\"}", product);
	CHECK(NUMBER(&x, "refused") == 1 && strcmp(world_text(&x, "items.0.snags.0.id"), as) == 0);
	FAIL(&x, 1, ERR_DENIED, "release", "{\"ids\":[\"%s\"],\"to\":\"irn\"}", product);
	DO(&x, 1, "request", "{\"id\":\"%s\",\"to\":\"irn.rus\",\"reason\":\"for the summary\"}", as);
	CHECK_OK(centre_sync(&x.c, 0, 1, NULL, &e));
	DO(&x, 0, "requests", "{}");
	CHECK(strcmp(world_text(&x, "items.0.asker"), "rus") == 0 && strcmp(world_text(&x, "items.0.to"), "irn.rus") == 0);
	snprintf(leaf, sizeof leaf, "%.12s", world_text(&x, "items.0.leaf"));
	DO(&x, 0, "consent", "{\"request\":\"%s\",\"granted\":true}", leaf);
	DO(&x, 0, "requests", "{}");
	CHECK(!HAS(&x, "asker"));
	CHECK_OK(centre_sync(&x.c, 1, 0, NULL, &e));
	DO(&x, 1, "release", "{\"ids\":[\"%s\"],\"to\":\"irn\"}", product);
	CHECK(NUMBER(&x, "done.objects") == 1);
	world_done(&x);
}
