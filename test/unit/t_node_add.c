/* Adding: what is refused, what is known, what is interrupted. */
#include "sim/centre.h"
#include "stix/comity.h"
#include "t_node_world.h"

#define ID(n) "campaign--00000000-0000-4000-8000-00000000000" #n

/* Fails if one bad object stopped the others, was dropped in silence, or its place in the input were wrong. */
TEST(bad_objects_go_into_quarantine)
{
	struct world x;
	struct errinfo e = {0};
	struct buf b = BUF_INIT(MIB);
	world_init(&x, 1);
	buf_puts(&b, "{\"type\":\"bundle\",\"id\":\"bundle--00000000-0000-4000-8000-000000000000\",\"objects\":[\n");
	world_object(&b, 1, "one");
	buf_puts(&b, ",\n{\"type\":\"campaign\",\"spec_version\":\"2.1\",\"id\":\"" ID(2) "\",\"created\":\"yesterday\"},\n{\"broken\": nothing},\n");
	world_object(&b, 3, "three");
	buf_puts(&b, "]}");
	CHECK_OK(world_add(&x, 0, buf_str(&b), "{\"source\":\"bad.json\"}", &e));
	CHECK(NUMBER(&x, "added") == 2 && NUMBER(&x, "refused") == 2);
	CHECK(NUMBER(&x, "refusals.0.line") == 4 && NUMBER(&x, "refusals.1.line") == 5);
	DO(&x, 0, "quarantine", "{}");
	CHECK(NUMBER(&x, "count") == 2 && strcmp(world_text(&x, "items.0.source"), "bad.json") == 0);
	DO(&x, 0, "quarantine-show", "{\"no\":%d}", (int)NUMBER(&x, "items.1.no"));
	CHECK(strcmp(world_text(&x, "text"), "{\"broken\": nothing}") == 0);
	DO(&x, 0, "status", "{}");
	CHECK(HAS(&x, "2 inputs could not be taken in"));
	DO(&x, 0, "quarantine-drop", "{\"all\":true}");
	DO(&x, 0, "quarantine", "{}");
	CHECK(NUMBER(&x, "count") == 0);
	buf_done(&b);
	world_done(&x);
}

/* Fails if adding the same again made new rows, or another content under the same id and version replaced the first. */
TEST(the_same_again_and_conflicts)
{
	struct world x;
	struct errinfo e = {0};
	struct buf b = BUF_INIT(MIB), other = BUF_INIT(MIB);
	world_init(&x, 1);
	world_object(&b, 1, "one");
	world_object(&b, 2, "two");
	world_object(&b, 2, "two");
	world_object(&b, 2, "zwei");
	CHECK_OK(world_add(&x, 0, buf_str(&b), "{}", &e));
	CHECK(NUMBER(&x, "added") == 3 && NUMBER(&x, "unchanged") == 1 && NUMBER(&x, "conflicts") == 1);
	CHECK_OK(world_add(&x, 0, buf_str(&b), "{}", &e));
	CHECK(NUMBER(&x, "added") == 0 && NUMBER(&x, "unchanged") == 4 && NUMBER(&x, "conflicts") == 0);
	world_object(&other, 1, "uno");
	CHECK_OK(world_add(&x, 0, buf_str(&other), "{}", &e));
	CHECK(NUMBER(&x, "added") == 1 && NUMBER(&x, "conflicts") == 1);
	/* the same under another mark is another thing */
	CHECK_OK(world_add(&x, 0, buf_str(&other), "{\"mark\":\"(//IRQ U)\"}", &e));
	CHECK(NUMBER(&x, "added") == 1 && NUMBER(&x, "conflicts") == 0);
	DO(&x, 0, "versions", "{\"id\":\"" ID(1) "\"}");
	CHECK(HAS(&x, "\"conflict\":true"));
	DO(&x, 0, "ls", "{}");
	CHECK(HAS(&x, "uno") && HAS(&x, "\"one\""));
	buf_done(&b);
	buf_done(&other);
	world_done(&x);
}

struct stopper {
	int after;
};

static bool
stop(void *ctx, const struct node_progress *p)
{
	struct stopper *s = ctx;
	(void)p;
	return s->after-- > 0;
}

/* Fails if an interrupted run lost or doubled objects when it is run again, or read the first part again. */
TEST(an_interrupted_run_goes_on)
{
	struct world x;
	struct errinfo e = {0};
	struct buf b = BUF_INIT(4 * MIB);
	struct stopper s = {2};
	world_init(&x, 1);
	for (unsigned i = 0; i < 4500; i++)
		world_object(&b, i, "many");
	struct str rest = buf_str(&b);
	struct source in = source_of_str(&rest);
	struct node_call call = {.op = STR("add"), .args = STR("{\"source\":\"many.json\"}"), .in = &in, .progress = stop, .ctx = &s};
	CHECK_ERR(centre_call(&x.c, 0, &call, &x.reply, &e), ERR_STOPPED);
	CHECK(strstr(e.hint, "3000 objects"));
	centre_close(&x.c, 0);
	CHECK_OK(centre_open(&x.c, 0, &e));
	rest = buf_str(&b);
	call.progress = NULL;
	CHECK_OK(centre_call(&x.c, 0, &call, &x.reply, &e));
	CHECK(NUMBER(&x, "added") == 1500 && NUMBER(&x, "unchanged") == 0);
	rest = buf_str(&b);
	CHECK_OK(centre_call(&x.c, 0, &call, &x.reply, &e)); /* finished: from the beginning again */
	CHECK(NUMBER(&x, "added") == 0 && NUMBER(&x, "unchanged") == 4500);
	DO(&x, 0, "verify", "{}");
	CHECK(NUMBER(&x, "faults") == 0 && NUMBER(&x, "objects") == 4500);
	DO(&x, 0, "rebuild", "{\"check\":true}");
	buf_done(&b);
	world_done(&x);
}

/* Fails if a report at fault left something behind, did not say where, or was not kept. */
TEST(a_report_is_whole_or_not_at_all)
{
	struct world x;
	struct errinfo e = {0};
	world_init(&x, 2);
	CHECK_ERR(world_add(&x, 0, STR("Type: INTREP\nSubject: (//IRQ S) One\n\nNo mark here.\n"), "{\"source\":\"bad.txt\"}", &e), ERR_INVALID);
	CHECK(e.line == 4);
	DO(&x, 0, "ls", "{}");
	CHECK(!HAS(&x, "\"id\""));
	DO(&x, 0, "quarantine", "{}");
	CHECK(NUMBER(&x, "count") == 1 && strcmp(world_text(&x, "items.0.source"), "bad.txt") == 0);
	world_done(&x);
}

/* Fails if a new version of a report did not keep its id, or anybody's report could be versioned. */
TEST(a_new_version_of_a_report)
{
	struct world x;
	struct errinfo e = {0};
	char text[400], id[64];
	world_init(&x, 1);
	CHECK_OK(world_add(&x, 0, STR("Type: INTREP\nSubject: (//IRQ S) One\n\n(//IRQ S) First.\n"), "{}", &e));
	snprintf(id, sizeof id, "%s", world_text(&x, "items.0.id"));
	snprintf(text, sizeof text, "Type: INTREP\nSubject: (//IRQ S) One, again\nId: %s\n\n(//IRQ S) Second.\n", id);
	CHECK_OK(world_add(&x, 0, str_of(text), "{}", &e));
	CHECK(strcmp(world_text(&x, "items.0.id"), id) == 0);
	DO(&x, 0, "show", "{\"id\":\"%s\"}", id);
	CHECK(strcmp(world_text(&x, "title"), "One, again") == 0);
	CHECK(strcmp(world_text(&x, "others.0.title"), "One") == 0);
	CHECK_ERR(world_add(&x, 0, STR("Type: INTREP\nSubject: (//IRQ S) One\nId: report--00000000-0000-4000-8000-000000000001\n\n(//IRQ S) X.\n"),
		      "{}", &e),
	    ERR_NOTFOUND);
	world_done(&x);
}

/* Fails if objects that claim another member as their creator were taken. */
TEST(another_members_identity_is_refused)
{
	struct world x;
	struct errinfo e = {0};
	struct buf b = BUF_INIT(MIB);
	world_init(&x, 2);
	DO(&x, 0, "members", "{}");
	buf_printf(&b,
	    "{\"type\":\"campaign\",\"spec_version\":\"2.1\",\"id\":\"" ID(
		1) "\",\"created_by_ref\":\"%s\",\"created\":\"2015-09-01T00:00:00.000Z\",\"modified\":\"2015-09-01T00:00:00.000Z\",\"name\":\"x\"}",
	    world_text(&x, "items.1.identities.0"));
	CHECK_OK(world_add(&x, 0, buf_str(&b), "{}", &e));
	CHECK(NUMBER(&x, "added") == 0 && NUMBER(&x, "refused") == 1 && HAS(&x, "identity of rus"));
	buf_done(&b);
	world_done(&x);
}

/* Fails if a bundle from anywhere can say what only operations of this home say of its own: that this member graded an object, or that one object was
 * released out of another; or if what is added so is hidden from lists. */
TEST(what_only_this_home_says_is_refused)
{
	static const char ext[] =
	    "\"created\":\"2015-09-01T00:00:00.000Z\",\"modified\":\"2015-09-01T00:00:00.000Z\",\"spec_version\":\"2.1\",\"extensions\":{";
	struct world x;
	struct errinfo e = {0};
	struct buf b = BUF_INIT(MIB);
	world_init(&x, 1);
	world_object(&b, 1, "mine");
	world_object(&b, 2, "other");
	buf_printf(&b,
	    "{\"type\":\"note\",\"id\":\"note--00000000-0000-4000-8000-000000000003\",%s\"%.*s\":{\"extension_type\":\"property-extension\","
	    "\"grade\":"
	    "\"F6\",\"scheme\":\"admiralty\"}},\"content\":\"x\",\"object_refs\":[\"" ID(1) "\"]}\n",
	    ext, STR_FMT(stix_ext_id(STIX_EXT_GRADE)));
	buf_printf(&b,
	    "{\"type\":\"relationship\",\"id\":\"relationship--00000000-0000-4000-8000-000000000004\",%s\"%.*s\":{\"extension_type\":\"property-"
	    "extension\",\"released\":{\"circle\":\"irq\"}}},\"relationship_type\":\"derived-from\",\"source_ref\":\"" ID(
		2) "\",\"target_ref\":\"" ID(1) "\"}\n",
	    ext, STR_FMT(stix_ext_id(STIX_EXT_PRIVATE)));
	CHECK_OK(world_add(&x, 0, buf_str(&b), "{}", &e));
	CHECKF(NUMBER(&x, "added") == 2 && NUMBER(&x, "refused") == 2, "%.*s", STR_FMT(world_reply(&x)));
	DO(&x, 0, "show", "{\"id\":\"" ID(1) "\"}");
	CHECK(!HAS(&x, "F6") && !HAS(&x, ID(2)));
	DO(&x, 0, "quarantine", "{}");
	CHECK(HAS(&x, "comity grade") || HAS(&x, "only this home"));
	buf_done(&b);
	world_done(&x);
}

/* Fails if TLP on objects were not part of their label, or objects of several TLPs in one batch were mixed up. */
TEST(tlp_is_in_the_label)
{
	struct world x;
	struct errinfo e = {0};
	struct buf b = BUF_INIT(MIB);
	world_init(&x, 1);
	for (int i = 0; i < 6; i++) {
		buf_printf(&b,
		    "{\"type\":\"campaign\",\"spec_version\":\"2.1\",\"id\":\"campaign--00000000-0000-4000-8000-%012d\",\"created\":\"2015-09-01T00:"
		    "00:00.000Z\",\"modified\":\"2015-09-01T00:00:00.000Z\",\"name\":\"n%d\"",
		    i, i);
		if (i % 2)
			buf_puts(&b, ",\"object_marking_refs\":[\"marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed\"]"); /* red */
		buf_puts(&b, "}\n");
	}
	CHECK_OK(world_add(&x, 0, buf_str(&b), "{\"mark\":\"(//IRQ S)\"}", &e));
	for (int i = 0; i < 6; i++) {
		DO(&x, 0, "show", "{\"id\":\"campaign--00000000-0000-4000-8000-%012d\"}", i);
		char name[8];
		snprintf(name, sizeof name, "n%u", (unsigned)i % 10);
		CHECK(strcmp(world_text(&x, "object.name"), name) == 0);
		CHECK(strcmp(world_text(&x, "banner"), i % 2 ? "//IRQ SECRET//TLP:RED" : "//IRQ SECRET") == 0);
	}
	CHECK_OK(world_add(&x, 0, buf_str(&b), "{\"mark\":\"(//IRQ S)\"}", &e));
	CHECK(NUMBER(&x, "unchanged") == 6);
	DO(&x, 0, "rebuild", "{\"check\":true}");
	buf_done(&b);
	world_done(&x);
}
