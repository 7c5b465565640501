/* Paths of dates: what is due is announced, then deleted; what was recalled is opened from under its seal. */
#include <stdio.h>

#include "torture/torture.h"

#define OPEN (1u << IRQ)
#define NONE -1
#define WORDS "Ferries without names"

/* One of irq's own, released; and one that rus gave. */
static enum err
say_dated(struct torture *t, int home, const char *to, struct errinfo *e)
{
	static const char *const owner[] = {"IRQ", "RUS"};
	char text[600], when[64], id[ID_MAX];
	struct buf b = {.p = when, .cap = sizeof when, .max = sizeof when};
	time_put(&b, simworld_now(t->w) + TIME_HOUR - simworld_now(t->w) % TIME_MINUTE);
	(void)snprintf(text, sizeof text,
	    "Type: INTREP\nSubject: (//%s S//REL TO IRQ, RUS) Crossings\nSource: HERON\nSource-Description: a pilot\nGrade: B2\nDelete-By: %.*s\n\n"
	    "(//%s S//REL TO IRQ, RUS) " WORDS " went over by night.\n",
	    owner[home], STR_FMT(buf_str(&b)), owner[home]);
	enum err err = centre_add(&t->c, home, str_of(text), "{\"format\":\"report\",\"source\":\"torture\"}", &t->reply, e);
	if (!err && !torture_text(t, "items.0.id", id, sizeof id))
		err = err_set(e, ERR_INVALID, "the reply tells no id: %.*s", STR_FMT(buf_str(&t->reply)));
	return err ? err : torture_do(t, home, e, "release", "{\"ids\":[\"%s\"],\"to\":\"%s\"}", id, to);
}

static enum err
dated(struct torture *t, struct errinfo *e)
{
	enum err err;
	/* It looks at its clocks when its machine has run for long: else one that was started anew seems to be one whose wall clock jumped. */
	simworld_advance(t->w, TIME_DAY);
	centre_close(&t->c, IRQ);
	if ((err = centre_open(&t->c, IRQ, e)) || (err = say_dated(t, IRQ, "rus", e)) || (err = say_dated(t, RUS, "irq", e)) ||
	    (err = centre_sync_all(&t->c, 1, e)))
		return err;
	simworld_advance(t->w, 2 * TIME_HOUR);
	centre_close(&t->c, IRQ);
	return OK;
}

static bool
still_there(struct torture *t)
{
	static const char *const files[] = {"log.db", "log.db-wal", "view.db", "view.db-wal", "node.db", "node.db-wal"};
	struct buf b = BUF_INIT(64 * MIB);
	bool found = false;
	for (size_t i = 0; i < sizeof files / sizeof *files && !found; i++) {
		buf_clear(&b);
		found = simdisk_get(simworld_disk(t->w, IRQ), files[i], &b) && str_find(buf_str(&b), STR(WORDS)) >= 0;
	}
	buf_done(&b);
	return found;
}

/* The three days are over, by what rus signed since: each try begins with a machine that was off. */
static enum err
announced(struct torture *t, struct errinfo *e)
{
	char id[ID_MAX];
	enum err err;
	if ((err = dated(t, e)) || (err = centre_open(&t->c, IRQ, e)))
		return err;
	simworld_advance(t->w, 74 * TIME_HOUR);
	if ((err = torture_report(t, RUS, "Seen since", NULL, id, e)) ||
	    (err = torture_do(t, RUS, e, "release", "{\"ids\":[\"%s\"],\"to\":\"irq\"}", id)))
		return err;
	if ((err = centre_sync(&t->c, IRQ, RUS, &t->reply, e)))
		return err;
	centre_close(&t->c, IRQ);
	simworld_power(t->w, IRQ);
	return still_there(t) ? OK : err_set(e, ERR_INVALID, "what is to be deleted was not found before");
}

static enum err
open_due(struct torture *t, struct errinfo *e)
{
	return centre_open(&t->c, IRQ, e);
}

/* A full disk lets this wait until the home is opened with room. */
static bool
open_with_room(struct torture *t)
{
	centre_close(&t->c, IRQ);
	return centre_open(&t->c, IRQ, NULL) == OK;
}

static bool
check_announced(struct torture *t)
{
	return open_with_room(t) && torture_do(t, IRQ, NULL, "due", "{}") == OK && torture_says(t, "\"announced\":\"2015-");
}

/* No file has the words. */
static bool
check_deleted(struct torture *t)
{
	bool opens = open_with_room(t);
	centre_close(&t->c, IRQ);
	return opens && !still_there(t) && centre_open(&t->c, IRQ, NULL) == OK;
}

static enum err
recalled(struct torture *t, struct errinfo *e)
{
	enum err err = torture_do(t, RUS, e, "recall", "{\"id\":\"%s\",\"action\":\"recalled\",\"reason\":\"the source was wrong\"}", t->product);
	return err ? err : centre_sync(&t->c, IRQ, RUS, &t->reply, e);
}

static enum err
evidence(struct torture *t, struct errinfo *e)
{
	return torture_do(t, IRQ, e, "evidence", "{\"id\":\"%s\",\"reason\":\"a dispute\"}", t->product);
}

static bool
check_evidence(struct torture *t)
{
	return torture_do(t, IRQ, NULL, "audit", "{}") == OK && torture_says(t, "a dispute");
}

const struct path paths_due[] = {
    {"announce", IRQ, 0, NONE, 0, dated, open_due, check_announced},
    {"delete", IRQ, 0, NONE, 0, announced, open_due, check_deleted},
    {"evidence", IRQ, OPEN, NONE, 0, recalled, evidence, check_evidence},
    {.name = NULL},
};
