/* A page of a feed ends where it has enough bytes, whatever was asked for. Fails if large objects make a reply of any size, or if one of them is lost
 * or told twice on the way over several pages, in either order of asking. */
#include <stdlib.h>

#include "sim/world.h"

#include "t_node_world.h"

static void
put_large(struct world *x, unsigned n)
{
	struct buf b = BUF_INIT(2 * MIB);
	struct errinfo e = {0};
	char *name = malloc(900001);
	memset(name, 'z', 900000);
	name[900000] = 0;
	world_object(&b, n, name);
	CHECK_OK(world_add(x, 0, buf_str(&b), "{}", &e));
	free(name);
	buf_done(&b);
}

TEST(large_objects_fill_a_page_early)
{
	enum { N = 12 };
	struct world x;
	char ids[1000] = "";
	world_init(&x, 2);
	for (unsigned i = 1; i <= N; i++) {
		put_large(&x, i);
		simworld_advance(x.w, TIME_SECOND);
		snprintf(ids + strlen(ids), sizeof ids - strlen(ids), "%scampaign--00000000-0000-4000-8000-%012u", i > 1 ? "," : "", i);
	}
	for (int named = 0; named < 2; named++) {
		char next[200] = "", word[100];
		int pages = 0, came = 0;
		do {
			DO(&x, 0, "feed", "{\"limit\":1000%s%s%s%s%s%s}", *next ? ",\"next\":\"" : "", next, *next ? "\"" : "",
			    named ? ",\"ids\":\"" : "", named ? ids : "", named ? "\"" : "");
			CHECKF(x.reply.n < 6 * MIB, "a page of %zu bytes", x.reply.n);
			for (unsigned i = 1; i <= N; i++) {
				snprintf(word, sizeof word, "\"campaign--00000000-0000-4000-8000-%012u\"", i);
				came += HAS(&x, word);
			}
			int64_t at = str_find(world_reply(&x), STR("\"next\":\""));
			*next = 0;
			if (at >= 0)
				snprintf(next, sizeof next, "%.*s", (int)strcspn(x.reply.p + at + 8, "\""), x.reply.p + at + 8);
			CHECK(++pages < 2 * N);
		} while (*next);
		CHECKF(pages > 1 && came == N, "%d pages, %d objects", pages, came);
	}
	world_done(&x);
}
