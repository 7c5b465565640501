/* Kept replies, and what was recalled. */
#include "sim/centre.h"
#include "t_node_world.h"

/* A peer that falls silent at the k-th question. */
struct silent {
	struct transport to;
	unsigned left;
};

static enum err
get(void *ctx, struct str path, struct buf *ret, struct errinfo *e)
{
	struct silent *s = ctx;
	if (!s->left)
		return err_set(e, ERR_IO, "no answer any more");
	s->left--;
	return s->to.get(s->to.ctx, path, ret, e);
}

static enum err
ask_once(struct world *x, const char *id, struct errinfo *e)
{
	char args[200];
	snprintf(args, sizeof args, "{\"id\":\"%s\"}", id);
	const struct node_call call = {.op = STR("show"), .args = str_of(args), .once = STR("12345678"), .who = {.name = STR("x")}};
	return centre_call(&x->c, 1, &call, &x->reply, e);
}

/* True: that many questions were enough. */
static bool
recalled_but_for(unsigned k)
{
	static const char id[] = "campaign--00000000-0000-4000-8000-000000000001";
	struct world x;
	struct buf b = BUF_INIT(MIB);
	struct errinfo e = {0};
	struct centre_link link;
	world_init(&x, 2);
	world_object(&b, 1, "Zubaydah");
	CHECK_OK(world_add(&x, 0, buf_str(&b), "{\"mark\":\"(//IRQ R//REL TO IRQ, RUS)\"}", &e));
	DO(&x, 0, "release", "{\"ids\":[\"%s\"],\"to\":\"rus\"}", id);
	CHECK_OK(centre_sync(&x.c, 1, 0, NULL, &e));
	CHECK_OK(ask_once(&x, id, &e));
	CHECK(HAS(&x, "Zubaydah"));
	simworld_advance(x.w, TIME_HOUR);
	DO(&x, 0, "recall", "{\"id\":\"%s\",\"reason\":\"it was fabricated\"}", id);
	struct silent s = {centre_transport(&link, &x.c, 1, 0), k};
	const struct transport peer = {.ctx = &s, .get = get, .name = "a silent one"};
	const struct node_call sync = {.op = STR("sync"), .args = STR("{\"member\":\"irq\"}"), .peer = &peer};
	bool whole = centre_call(&x.c, 1, &sync, &x.reply, &e) == OK;
	DO(&x, 1, "show", "{\"id\":\"%s\"}", id);
	bool here = HAS(&x, "Zubaydah");
	enum err err = ask_once(&x, id, &e);
	CHECKF(here || err || !HAS(&x, "Zubaydah"), "a kept reply shows what was recalled, after %u questions", k);
	CHECK(!whole || !here);
	buf_done(&b);
	world_done(&x);
	return whole;
}

/* Fails if a reply that was kept shows what was recalled, also where the peer that told it fell silent then. */
TEST(kept_replies_do_not_show_what_was_recalled)
{
	unsigned k = 1;
	while (!recalled_but_for(k))
		k++;
	CHECK(k > 2);
}
