/* Replies that wait for their line of the audit trail. Fails if one whose line was not written goes out as it was made, if a line is missing that was
 * not refused, or if what a reply shares is kept for ever. */
#include "api/hold.h"
#include "api/taxii.h"
#include "settle.h"
#include "sim/centre.h"
#include "t_api_world.h"

static int shares;

static void
let_go(void *of)
{
	(void)of;
	shares--;
}

/* A reply that is held, as a handler makes it. */
static void
make(struct api *x, const struct http_request *q, struct http_reply *r, struct arena *arena)
{
	struct ask a = {.host = x->h, .q = q, .r = r, .family = &taxii_family, .a = arena, .viewer = x->viewer};
	const struct node_line line = {.who = &x->viewer->who, .what = STR("feed"), .target = STR("ALL"), .detail = STR("7 objects")};
	struct errinfo e = {0};
	*r = (struct http_reply){.status = 200, .body = BUF_INIT(MIB), .space = BUF_INIT(16 * KIB)};
	r->shared = (struct http_shared){STR("what may be seen"), let_go, NULL};
	shares++;
	http_reply_header(r, "X-TAXII-Date-Added-First", STR("2015-10-01T00:00:00.000000Z"));
	CHECK_OK(hold_reply(&a, &line, &e));
}

static void
done(struct http_reply *r)
{
	buf_done(&r->body);
	buf_done(&r->space);
}

static void
count(void *ctx, const struct hold *h, struct http_reply *r)
{
	(void)r;
	CHECK_STR(h->line.who->name, STR("ali"));
	++*(int *)ctx;
}

TEST(hold_goes_out_with_its_line_or_not_at_all)
{
	struct api x;
	struct http_request q = {.method = STR("GET"), .path = STR("/taxii2/")};
	struct http_reply r[3], *all[3] = {&r[0], &r[1], &r[2]};
	struct arena arena = ARENA_INIT(MIB);
	int n = 0;
	api_init(&x, 1);
	const struct route_world w = {.host = x.h};
	for (int i = 0; i < 3; i++)
		make(&x, &q, &r[i], &arena);
	hold_settle(&w, all, 3, count, &n);
	CHECK(n == 3);
	for (int i = 0; i < 3; i++) {
		CHECK(r[i].status == 200 && !r[i].held && r[i].shared.let_go);
		http_shared_drop(&r[i].shared);
		done(&r[i]);
	}
	DO(&x.x, 0, "audit", "{\"target\":\"ALL\"}");
	CHECK(HAS(&x.x, "7 objects"));
	for (int i = 0; i < 2; i++)
		make(&x, &q, &r[i], &arena);
	simdisk_fail(simworld_disk(x.x.w, 0), SIMOP_WRITE, 1, ERR_IO);
	hold_settle(&w, all, 2, count, &n);
	simdisk_fail(simworld_disk(x.x.w, 0), SIMOP_WRITE, 0, OK);
	for (int i = 0; i < 2; i++) {
		CHECKF(r[i].status == 500 && !r[i].held && !r[i].shared.let_go, "%d", r[i].status);
		CHECK(r[i].nheaders == 1 && str_is(r[i].headers[0].name, "Content-Type"));
		CHECK(str_find(buf_str(&r[i].body), STR("what may be seen")) < 0 && str_find(buf_str(&r[i].body), STR("http_status")) >= 0);
		done(&r[i]);
	}
	CHECK(n == 5 && shares == 0);
	arena_done(&arena);
	api_done(&x);
}
