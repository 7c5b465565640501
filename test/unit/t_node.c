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
