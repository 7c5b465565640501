/* Paths of a home that has forgotten what it signed: opened after it was copied by hand, going on without a member or with a new key, taken up again
 * by others. */
#include <stdio.h>

#include "torture/torture.h"

#define OPEN (1u << IRQ)
#define BOTH (1u << IRQ | 1u << RUS)
#define NONE -1

/* The disk of irq as it was, put back file by file. */
static void
copy_back(struct torture *t, const struct simdisk_image *im)
{
	centre_close(&t->c, IRQ);
	simworld_kill(t->w, IRQ);
	simdisk_copy(simworld_disk(t->w, IRQ), im);
	simworld_other_dice(t->w, IRQ);
}

static enum err
say(struct torture *t, const char *subject, struct errinfo *e)
{
	char id[ID_MAX] = "";
	enum err err = torture_report(t, IRQ, subject, NULL, id, e);
	return err || !*id ? err : torture_do(t, IRQ, e, "release", "{\"ids\":[\"%s\"],\"to\":\"rus\"}", id);
}

/* rus takes the note of all that irq said, and the line breaks before the last payload. */
struct broken {
	struct centre_link link;
	struct transport whole;
	const char *end;
};

static enum err
broken_get(void *ctx, struct str path, struct buf *ret, struct errinfo *e)
{
	struct broken *b = ctx;
	if (str_ends(path, str_of(b->end)))
		return err_set(e, ERR_IO, "no answer any more");
	return b->whole.get(b->whole.ctx, path, ret, e);
}

static enum err
sync_broken(struct torture *t, struct errinfo *e)
{
	struct broken b = {.end = "/payload/3"};
	char args[128];
	b.whole = centre_transport(&b.link, &t->c, RUS, IRQ);
	struct transport peer = {.ctx = &b, .get = broken_get, .name = "broken"};
	(void)snprintf(args, sizeof args, "{\"centre\":\"%s\",\"member\":\"irq\"}", t->c.hex);
	struct node_call call = {.op = STR("sync"), .args = str_of(args), .peer = &peer};
	enum err err = centre_call(&t->c, RUS, &call, &t->reply, e);
	return err == ERR_IO ? OK : err_set(e, ERR_INVALID, "the line was to break: %s", err_name(err));
}

/* irq comes back as it was before it said what rus knows of. */
static enum err
copied(struct torture *t, struct errinfo *e)
{
	centre_close(&t->c, IRQ);
	struct simdisk_image *im = simdisk_snapshot(simworld_disk(t->w, IRQ));
	enum err err = centre_open(&t->c, IRQ, e);
	if (!err && !(err = say(t, "Boats at the quay", e)) && !(err = say(t, "Lorries in the wood", e)) && !(err = sync_broken(t, e)))
		copy_back(t, im);
	simdisk_image_free(im);
	return err;
}

static enum err
open_copied(struct torture *t, struct errinfo *e)
{
	return centre_open(&t->c, IRQ, e);
}

static bool
check_copied(struct torture *t)
{
	return torture_do(t, IRQ, NULL, "status", "{}") == OK && torture_says(t, "was copied or moved");
}

static enum err
open_again(struct torture *t, struct errinfo *e)
{
	enum err err = copied(t, e);
	return err ? err : centre_open(&t->c, IRQ, e);
}

/* It learns what it has forgotten, and cannot have all of it. */
static enum err
lost(struct torture *t, struct errinfo *e)
{
	enum err err = open_again(t, e);
	if (err || (err = centre_sync(&t->c, IRQ, RUS, &t->reply, e)) || (err = torture_do(t, IRQ, e, "status", "{}")))
		return err;
	return torture_says(t, "\"lost\"") ? OK : err_set(e, ERR_INVALID, "nothing is lost: %.*s", STR_FMT(buf_str(&t->reply)));
}

static enum err
settle(struct torture *t, struct errinfo *e)
{
	enum err err = torture_do(t, IRQ, e, "settle", "{\"without\":\"rus\",\"reason\":\"gone\"}");
	return err == ERR_USAGE ? ERR_CONFLICT : err; /* done again, it may find that nothing is left to do */
}

static bool
check_settled(struct torture *t)
{
	return settle(t, NULL) == ERR_CONFLICT;
}

static enum err
new_epoch(struct torture *t, struct errinfo *e)
{
	return torture_do(t, IRQ, e, "new-epoch", "{\"do\":true}");
}

static bool
check_epoch(struct torture *t)
{
	return torture_do(t, IRQ, NULL, "members", "{}") == OK && centre_number(buf_str(&t->reply), "items.0.epoch") > 16;
}

static enum err
add_in_epoch(struct torture *t, struct errinfo *e)
{
	enum err err;
	if ((err = lost(t, e)) || (err = new_epoch(t, e)))
		return err;
	return torture_stix(t, IRQ, 100, 1, e);
}

static enum err
go_on(struct torture *t, struct errinfo *e)
{
	return torture_do(t, IRQ, e, "release", "{\"ids\":[\"campaign--00000000-0000-4000-8000-000000000100\"],\"to\":\"rus\"}");
}

/* After the gap, which is told: the first entry of the new epoch is there once, with what it holds of the one before. */
static bool
gone_on(struct torture *t, int home)
{
	return torture_do(t, home, NULL, "logs", "{\"circle\":\"irq.rus\"}") == OK && torture_says(t, "\"lost\":") &&
	       torture_says(t, "\"admitted\":") &&
	       torture_do(t, home, NULL, "show", "{\"id\":\"campaign--00000000-0000-4000-8000-000000000100\"}") == OK;
}

static bool
check_gone_on(struct torture *t)
{
	return gone_on(t, IRQ);
}

static enum err
go_on_apart(struct torture *t, struct errinfo *e)
{
	enum err err = add_in_epoch(t, e);
	return err ? err : go_on(t, e);
}

static enum err
sync_rus(struct torture *t, struct errinfo *e)
{
	return centre_sync(&t->c, RUS, IRQ, &t->reply, e);
}

static bool
check_rus(struct torture *t)
{
	return gone_on(t, RUS);
}

const struct path paths_back[] = {
    {"open-copied", IRQ, 0, NONE, 0, copied, open_copied, check_copied},
    {"settle", IRQ, OPEN, NONE, PATH_CHANGED, open_again, settle, check_settled},
    {"new-epoch", IRQ, OPEN, NONE, PATH_AGAIN, lost, new_epoch, check_epoch},
    {"release-epoch", IRQ, OPEN, NONE, 0, add_in_epoch, go_on, check_gone_on},
    {"sync-epoch", RUS, BOTH, NONE, PATH_WAITS, go_on_apart, sync_rus, check_rus},
    {.name = NULL},
};
