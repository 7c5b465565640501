/* Paths between homes: fetching, being fetched from, pouches, proofs. */
#include <stdio.h>

#include "base/limits.h"
#include "node/op.h"
#include "store/record.h"
#include "torture/torture.h"

#define BOTH (1u << IRQ | 1u << RUS)
#define NONE -1

/* irq says more: a release, and a recall of what rus made a product of. */
static enum err
say_more(struct torture *t, struct errinfo *e)
{
	char id[ID_MAX];
	enum err err;
	if ((err = torture_report(t, IRQ, "Boats at the quay", NULL, id, e)) ||
	    (err = torture_do(t, IRQ, e, "release", "{\"ids\":[\"%s\"],\"to\":\"rus\"}", id)))
		return err;
	return torture_do(t, IRQ, e, "recall", "{\"id\":\"%s\",\"action\":\"recalled\",\"reason\":\"the source was wrong\"}", t->report);
}

static enum err
sync_rus(struct torture *t, struct errinfo *e)
{
	return centre_sync(&t->c, RUS, IRQ, &t->reply, e);
}

static bool
check_rus(struct torture *t)
{
	return torture_do(t, RUS, NULL, "search", "{\"words\":\"boats\"}") == OK && torture_says(t, "Boats at the quay") &&
	       torture_do(t, RUS, NULL, "show", "{\"id\":\"%s\"}", t->released) == OK && torture_says(t, "\"recalled\"");
}

/* The last of what irq says is ahead of the clock of rus, which takes the entries before and a note of all, tied by a bridge; the rest comes when its
 * time has. */
static enum err
say_ahead(struct torture *t, struct errinfo *e)
{
	enum err err = torture_do(t, IRQ, e, "release", "{\"ids\":[\"campaign--00000000-0000-4000-8000-000000000002\"],\"to\":\"rus\"}");
	if (err)
		return err;
	simworld_jump(t->w, IRQ, 2 * LIMIT_FUTURE_SECONDS * TIME_SECOND);
	return say_more(t, e);
}

static struct {
	uint64_t held, size; /* of the bridge that rus has; 0: none */
} bridge;

static enum err
look_for_bridge(void *ctx, const struct record_log *log, struct errinfo *e)
{
	struct torture *t = ctx;
	struct record_bridge b;
	struct errinfo why = {0};
	enum err err = record_bridge_get(t->c.node[RUS]->store, log->no, &b, &why);
	if (!err) {
		bridge.held = b.to.held;
		bridge.size = b.to.size;
	}
	if (err && err != ERR_NOTFOUND && e)
		*e = why;
	return err == ERR_NOTFOUND ? OK : err;
}

static enum err
look_at_logs(struct torture *t, struct errinfo *e)
{
	bridge.held = bridge.size = 0;
	return record_log_each(t->c.node[RUS]->store, 0, look_for_bridge, t, e);
}

static bool
check_bridge(struct torture *t)
{
	return torture_as(t, RUS, look_at_logs, NULL) == OK && bridge.held < bridge.size;
}

/* Half of the way: the bridge is there, and its time has come. */
static enum err
bridged(struct torture *t, struct errinfo *e)
{
	enum err err = say_ahead(t, e);
	if (err || (err = sync_rus(t, e)))
		return err;
	if (!check_bridge(t))
		return err_set(e, ERR_INVALID, "there is no bridge");
	simworld_advance(t->w, 4 * LIMIT_FUTURE_SECONDS * TIME_SECOND);
	return OK;
}

static bool
check_over(struct torture *t)
{
	return check_rus(t) && torture_as(t, RUS, look_at_logs, NULL) == OK && !bridge.size;
}

static bool
keep_pouch(struct torture *t)
{
	return t->pouch.n > 0;
}

/* What the operation writes is kept in memory of the test's own, which is none of the home's. */
static enum err
keep_output(struct torture *t, const char *op, const char *args, struct errinfo *e)
{
	struct buf written = BUF_INIT(16 * MIB);
	struct sink out = sink_to_buf(&written);
	struct node_call call = {.op = str_of(op), .args = str_of(args), .out = &out};
	enum err err = centre_call(&t->c, IRQ, &call, &t->reply, e);
	buf_clear(&t->pouch);
	if (!err)
		buf_put(&t->pouch, buf_str(&written));
	buf_done(&written);
	return err;
}

static enum err
pack(struct torture *t, struct errinfo *e)
{
	return keep_output(t, "pouch-pack", "{\"to\":[\"rus\"]}", e);
}

static enum err
say_more_and_pack(struct torture *t, struct errinfo *e)
{
	enum err err = say_more(t, e);
	return err ? err : pack(t, e);
}

static enum err
open_pouch(struct torture *t, struct errinfo *e)
{
	struct str rest = buf_str(&t->pouch);
	struct source in = source_of_str(&rest);
	struct node_call call = {.op = STR("pouch-open"), .args = STR("{}"), .in = &in};
	return centre_call(&t->c, RUS, &call, &t->reply, e);
}

static enum err
prove(struct torture *t, struct errinfo *e)
{
	char args[200];
	snprintf(args, sizeof args, "{\"id\":\"%s\"}", t->released);
	return keep_output(t, "prove", args, e);
}

const struct path paths_share[] = {
    {"sync", RUS, BOTH, NONE, PATH_WAITS, say_more, sync_rus, check_rus},
    {"sync-ahead", RUS, BOTH, NONE, PATH_WAITS, say_ahead, sync_rus, check_bridge},
    {"sync-bridged", RUS, BOTH, NONE, PATH_WAITS, bridged, sync_rus, check_over},
    {"serve-bridged", IRQ, BOTH, NONE, 0, bridged, sync_rus, check_over},
    {"serve", IRQ, BOTH, NONE, 0, say_more, sync_rus, check_rus},
    {"pouch-pack", IRQ, 1u << IRQ, NONE, 0, say_more, pack, keep_pouch},
    {"pouch-open", RUS, 1u << RUS, NONE, PATH_WAITS, say_more_and_pack, open_pouch, check_rus},
    {"prove", IRQ, 1u << IRQ, NONE, 0, NULL, prove, keep_pouch},
    {.name = NULL},
};
