/* Paths of a home itself: made, founded, opened, read, verified, rebuilt, backed up, restored, given new keys. */
#include <string.h>

#include "json/write.h"
#include "torture/torture.h"

#define OPEN (1u << IRQ)
#define NONE -1
#define BACKUP "{\"passphrase\":\"correct horse\"}"

static enum err
create(struct torture *t, struct errinfo *e)
{
	return centre_make(&t->c, NEW, e);
}

static bool
check_create(struct torture *t)
{
	return centre_open(&t->c, NEW, NULL) == OK && torture_do(t, NEW, NULL, "status", "{}") == OK;
}

/* Founding: two homes are there, and the card of the second. */

/* A member of the last reply as a JSON string. */
static enum err
member(struct torture *t, const char *name, struct buf *ret, struct errinfo *e)
{
	static char text[65536];
	if (!torture_text(t, name, text, sizeof text))
		return err_set(e, ERR_INVALID, "the reply has no %s", name);
	json_escape_put(ret, str_of(text));
	return OK;
}

static enum err
two_homes(struct torture *t, struct errinfo *e)
{
	struct buf card = BUF_INIT(sizeof t->card);
	enum err err;
	if ((err = centre_make(&t->c, IRQ, e)) || (err = centre_make(&t->c, RUS, e)) || (err = centre_open(&t->c, RUS, e)) ||
	    (err = torture_do(t, RUS, e, "card", "{}")))
		return err;
	if (!(err = member(t, "card", &card, e))) {
		memcpy(t->card, card.p, card.n);
		t->card[card.n] = 0;
	}
	buf_done(&card);
	return err;
}

static enum err
found(struct torture *t, struct errinfo *e)
{
	struct buf card = BUF_INIT(64 * KIB), charter = BUF_INIT(256 * KIB), votes = BUF_INIT(64 * KIB), lines = BUF_INIT(256 * KIB);
	enum err err;
	if ((err = torture_do(t, IRQ, e, "card", "{}")) || (err = member(t, "card", &card, e)) ||
	    (err = torture_do(t, IRQ, e, "charter-propose",
		 "{\"name\":\"Test centre\",\"cards\":[%.*s,%s],\"first\":\"2015-10-01\",\"from\":\"2015-10-01\",\"term\":\"P3M\","
		 "\"levels\":[{\"name\":\"UNCLASSIFIED\",\"abbr\":\"U\"},{\"name\":\"SECRET\",\"abbr\":\"S\"}]}",
		 STR_FMT(buf_str(&card)), t->card)) ||
	    (err = member(t, "charter", &charter, e)))
		goto out;
	for (int i = IRQ; i <= RUS && !err; i++) {
		if ((err = torture_do(t, i, e, "charter-sign", "{\"charter\":%.*s}", STR_FMT(buf_str(&charter)))))
			break;
		if (i > IRQ)
			buf_putc(&votes, ',');
		err = member(t, "vote", &votes, e);
	}
	if (!err &&
	    !(err = torture_do(
		  t, IRQ, e, "charter-assemble", "{\"charter\":%.*s,\"votes\":[%.*s]}", STR_FMT(buf_str(&charter)), STR_FMT(buf_str(&votes)))) &&
	    !(err = member(t, "signed", &lines, e)))
		err = torture_do(t, IRQ, e, "charter-install", "{\"lines\":%.*s}", STR_FMT(buf_str(&lines)));
out:
	buf_done(&card);
	buf_done(&charter);
	buf_done(&votes);
	buf_done(&lines);
	return err;
}

static bool
check_found(struct torture *t)
{
	return torture_do(t, IRQ, NULL, "lead", "{}") == OK && torture_says(t, "\"irq\"");
}

static enum err
amend(struct torture *t, struct errinfo *e)
{
	return centre_amend(&t->c, IRQ, 3, "\"dispute\":\"P1M\"", e);
}

static bool
check_amend(struct torture *t)
{
	return torture_do(t, IRQ, NULL, "charter-show", "{\"version\":2}") == OK;
}

static enum err
rotate(struct torture *t, struct errinfo *e)
{
	return torture_do(t, IRQ, e, "key", "{\"rotate\":true,\"note\":\"yearly\"}");
}

static bool
check_rotate(struct torture *t)
{
	return torture_do(t, IRQ, NULL, "members", "{}") == OK && centre_number(buf_str(&t->reply), "items.0.epoch") >= 2;
}

/* Opening. */

static enum err
open_home(struct torture *t, struct errinfo *e)
{
	return centre_open(&t->c, IRQ, e);
}

static bool
check_open(struct torture *t)
{
	return torture_do(t, IRQ, NULL, "status", "{}") == OK;
}

/* Its process ended in the middle of a release: the WAL is there, an entry may be unsigned, the view behind. */
static enum err
leave_open(struct torture *t, struct errinfo *e)
{
	struct simdisk *d = simworld_disk(t->w, IRQ);
	uint64_t before = simdisk_ops(d);
	enum err err = torture_stix(t, IRQ, 200, 3, e);
	if (err)
		return err;
	simdisk_crash_at(d, 2 * (simdisk_ops(d) - before) / 3);
	err = torture_do(t, IRQ, e, "release",
	    "{\"ids\":[\"campaign--00000000-0000-4000-8000-000000000200\",\"campaign--00000000-0000-4000-8000-000000000201\"],\"to\":\"ALL\"}");
	if (!err && !torture_says(t, "\"warning\""))
		return err_set(e, ERR_INVALID, "the disk was to fail in the release");
	centre_close(&t->c, IRQ); /* its disk fails every call, so this writes nothing */
	simworld_power(t->w, IRQ);
	return OK;
}

/* The view is gone: it is made anew. */
static enum err
lose_view(struct torture *t, struct errinfo *e)
{
	struct simdisk *d = simworld_disk(t->w, IRQ);
	enum err err;
	centre_close_all(&t->c);
	if ((err = simdisk_remove(d, "view.db", e)) || (err = simdisk_remove(d, "view.db-wal", e)))
		return err;
	return OK;
}

/* What a home does with itself. */

static enum err
read_all(struct torture *t, struct errinfo *e)
{
	static const struct {
		const char *op, *args;
	} ask[] = {{"status", "{}"}, {"inbox", "{}"}, {"ls", "{\"limit\":5}"}, {"search", "{\"words\":\"convoy OR oper*\"}"},
	    {"suggest", "{\"begins\":\"fi\"}"}, {"compare", "{\"what\":\"fighters\"}"}, {"due", "{\"days\":90}"}, {"lead", "{}"},
	    {"rota", "{\"count\":4}"}, {"members", "{}"}, {"centres", "{}"}, {"charter-show", "{}"}, {"charter-log", "{}"}, {"charter-export", "{}"},
	    {"logs", "{}"}, {"log", "{\"circle\":\"ALL\"}"}, {"requests", "{\"all\":true}"}, {"audit", "{}"}, {"quarantine", "{}"}, {"config", "{}"}};
	enum err err = OK;
	for (size_t i = 0; i < sizeof ask / sizeof *ask && !err; i++)
		err = torture_do(t, IRQ, e, ask[i].op, "%s", ask[i].args);
	if (!err && !(err = torture_do(t, IRQ, e, "show", "{\"id\":\"%s\",\"refs\":10}", t->report)) &&
	    !(err = torture_do(t, IRQ, e, "versions", "{\"id\":\"%s\"}", t->report)) &&
	    !(err = torture_do(t, IRQ, e, "label", "{\"id\":\"%s\",\"form\":\"stanag\"}", t->report)) &&
	    !(err = torture_do(t, IRQ, e, "refs", "{\"id\":\"%s\"}", t->report)))
		err = torture_do(t, IRQ, e, "release-plan", "{\"ids\":[\"%s\"],\"to\":\"ALL\"}", t->report);
	return err;
}

static enum err
verify(struct torture *t, struct errinfo *e)
{
	enum err err = torture_do(t, IRQ, e, "verify", "{}");
	if (!err && centre_number(buf_str(&t->reply), "faults") != 0)
		err = err_set(e, ERR_CORRUPT, "verify finds faults: %.*s", STR_FMT(str_sub(buf_str(&t->reply), 0, 300)));
	return err;
}

static enum err
rebuild(struct torture *t, struct errinfo *e)
{
	return torture_do(t, IRQ, e, "rebuild", "{\"check\":true}");
}

static enum err
backup(struct torture *t, struct errinfo *e)
{
	struct node_call call = {.op = STR("backup"), .args = STR(BACKUP), .to = t->c.env[FOLDER]};
	return centre_call(&t->c, IRQ, &call, &t->reply, e);
}

static enum err
restore_step(struct torture *t, struct errinfo *e)
{
	return node_restore(t->c.env[NEW], t->c.env[FOLDER], STR("correct horse"), e);
}

static enum err
restore(struct torture *t, struct errinfo *e)
{
	return torture_as(t, NEW, restore_step, e);
}

static bool
check_restored(struct torture *t)
{
	return centre_open(&t->c, NEW, NULL) == OK && torture_do(t, NEW, NULL, "show", "{\"id\":\"%s\"}", t->report) == OK;
}

/* What is in the folder can be restored. */
static bool
check_backup(struct torture *t)
{
	struct errinfo e;
	bool kept = t->c.node[NEW] || check_restored(t); /* by the check before */
	return kept || (restore(t, &e) == OK && check_restored(t));
}

const struct path paths_home[] = {
    {"create", NEW, 0, NONE, PATH_FRESH | PATH_CUT, NULL, create, check_create},
    {"found", IRQ, 1u << IRQ | 1u << RUS, NONE, PATH_FRESH, two_homes, found, check_found},
    {"amend", IRQ, 1u << IRQ | 1u << RUS, NONE, PATH_CHANGED, NULL, amend, check_amend},
    {"rotate", IRQ, OPEN, NONE, PATH_AGAIN, NULL, rotate, check_rotate},
    {"open", IRQ, 0, NONE, 0, NULL, open_home, check_open},
    {"open-after-crash", IRQ, 0, NONE, 0, leave_open, open_home, check_open},
    {"open-without-view", IRQ, 0, NONE, 0, lose_view, open_home, check_open},
    {"read", IRQ, OPEN, NONE, 0, NULL, read_all, NULL},
    {"verify", IRQ, OPEN, NONE, 0, NULL, verify, NULL},
    {"rebuild", IRQ, OPEN, NONE, 0, NULL, rebuild, NULL},
    {"backup", IRQ, OPEN, FOLDER, PATH_CHANGED, NULL, backup, check_backup},
    {"restore", NEW, 0, FOLDER, PATH_CHANGED, backup, restore, check_restored},
    {.name = NULL},
};
