/* A centre of a few homes in a simulated world, for tests of operations. */
#ifndef T_NODE_WORLD_H
#define T_NODE_WORLD_H

#include "test.h"

#include "base/arena.h"
#include "base/limits.h"
#include "base/time.h"
#include "json/dom.h"
#include "sim/centre.h"
#include "sim/world.h"

#define T0 INT64_C(1443679200000000) /* 2015-10-01T06:00:00Z */

struct world {
	struct simworld *w;
	struct centre c;
	struct buf reply;
};

static inline bool
world_step(void *ctx, int home, void (*fn)(void *arg), void *arg)
{
	return simworld_run_step(ctx, home, fn, arg) == SIM_DONE;
}

/* Homes of irq, rus, irn, syr, usa in this order, the first n; founded. */
static inline void
world_init(struct world *x, int n)
{
	static const char *const id[] = {"irq", "rus", "irn", "syr", "usa"};
	struct errinfo e = {0};
	*x = (struct world){.w = simworld_new(1, n, T0), .reply = BUF_INIT(64 * MIB)};
	x->c.n = n;
	x->c.run = world_step;
	x->c.ctx = x->w;
	for (int i = 0; i < n; i++) {
		x->c.env[i] = simworld_env(x->w, i);
		x->c.id[i] = id[i];
	}
	CHECK_OK(centre_found(&x->c, NULL, &e));
}

static inline void
world_done(struct world *x)
{
	centre_close_all(&x->c);
	simworld_free(x->w);
	buf_done(&x->reply);
}

static inline bool
world_is_json(const struct world *x)
{
	struct arena a = ARENA_INIT(LIMIT_OBJECT_ARENA);
	const struct json *j;
	bool ok = x->reply.n > LIMIT_OBJECT || json_parse(&a, buf_str(&x->reply), &j, NULL) == OK;
	arena_done(&a);
	return ok;
}

/* An operation that is to succeed; its reply is in x->reply. */
#define DO(x, home, op, ...)                                                                 \
	do {                                                                                 \
		struct errinfo e_ = {0};                                                     \
		enum err err_ = centre_op(&(x)->c, home, &(x)->reply, &e_, op, __VA_ARGS__); \
		CHECKF(err_ == OK, "%s: %s: %s", op, err_name(err_), e_.msg);                \
		CHECKF(world_is_json(x), "%s: the reply is no JSON", op);                    \
	} while (0)
/* One that is to fail so. */
#define FAIL(x, home, want, op, ...)                                                                                  \
	do {                                                                                                          \
		struct errinfo e_ = {0};                                                                              \
		enum err err_ = centre_op(&(x)->c, home, &(x)->reply, &e_, op, __VA_ARGS__);                          \
		CHECKF(err_ == (want), "%s: %s, not %s: %s", op, err_name(err_), err_name(want), err_ ? e_.msg : ""); \
	} while (0)

static inline struct str
world_reply(const struct world *x)
{
	return buf_str(&x->reply);
}

/* A member of the reply as text, in static storage; "" if it is not there. */
static inline const char *
world_text(const struct world *x, const char *path)
{
	static char text[4][512];
	static int at;
	at = (at + 1) % 4;
	if (!centre_text(world_reply(x), path, text[at], sizeof text[at]))
		text[at][0] = 0;
	return text[at];
}

#define NUMBER(x, path) centre_number(world_reply(x), path)
#define HAS(x, text) (str_find(world_reply(x), str_of(text)) >= 0)

/* A STIX indicator-like object: a `note`-free identity with this number in its id and this name. */
static inline void
world_object(struct buf *b, unsigned n, const char *name)
{
	buf_printf(b,
	    "{\"type\":\"campaign\",\"spec_version\":\"2.1\",\"id\":\"campaign--00000000-0000-4000-8000-%012u\",\"created\":\"2015-09-01T00:00:00."
	    "000Z\",\"modified\":\"2015-09-01T00:00:00.000Z\",\"name\":\"%s\"}\n",
	    n, name);
}

static inline enum err
world_add(struct world *x, int home, struct str input, const char *args, struct errinfo *e)
{
	return centre_add(&x->c, home, input, args, &x->reply, e);
}

#endif
