/* The centre that paths begin with, and the words of which they are made. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "torture/torture.h"

#define RELEASABLE "(//IRQ S//REL TO IRQ, RUS)"

enum err
torture_do(struct torture *t, int home, struct errinfo *e, const char *op, const char *fmt, ...)
{
	struct buf args = BUF_INIT(1 * MIB);
	struct str s;
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	char *p = n < 0 ? NULL : buf_grow(&args, (size_t)n + 1);
	if (!p)
		abort();
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	buf_cut(&args, (size_t)n);
	s = buf_str(&args);
	struct node_call call = {.op = str_of(op), .args = s};
	enum err err = centre_call(&t->c, home, &call, &t->reply, e);
	buf_done(&args);
	return err;
}

bool
torture_says(const struct torture *t, const char *text)
{
	return str_find(buf_str(&t->reply), str_of(text)) >= 0;
}

bool
torture_text(const struct torture *t, const char *path, char *ret, size_t cap)
{
	return centre_text(buf_str(&t->reply), path, ret, cap);
}

enum err
torture_report(struct torture *t, int home, const char *subject, const char *cites, char ret[static ID_MAX], struct errinfo *e)
{
	static const char *const owner[] = {"IRQ", "RUS"};
	const char *o = owner[home];
	char text[2000];
	snprintf(text, sizeof text,
	    "Type: INTREP\nSubject: (//%s S//REL TO IRQ, RUS) %s\nSource: ALBATROSS\nSource-Description: border guard officer\nGrade: B2\n%s%s%s\n"
	    "(//%s S//REL TO IRQ, RUS) About 350 fighters left the town by night.\n"
	    "Claim: what=fighters; where=Palmyra; when=2015-10-01; low=300; best=350; high=400\n\n"
	    "(//%s S) [A1] Comment: We hold the lower figure.\n",
	    o, subject, cites ? "Cites: " : "", cites ? cites : "", cites ? "\n" : "", o, o);
	enum err err = centre_add(&t->c, home, str_of(text), "{\"format\":\"report\",\"source\":\"torture\"}", &t->reply, e);
	if (!err && !torture_text(t, "items.0.id", ret, ID_MAX) && centre_number(buf_str(&t->reply), "unchanged") != 1)
		err = err_set(e, ERR_INVALID, "the reply tells no id: %.*s", STR_FMT(str_sub(buf_str(&t->reply), 0, 300)));
	return err;
}

enum err
torture_stix(struct torture *t, int home, unsigned from, unsigned count, struct errinfo *e)
{
	struct buf b = BUF_INIT(1 * MIB);
	buf_puts(&b, "{\"type\":\"bundle\",\"id\":\"bundle--00000000-0000-4000-8000-000000000001\",\"objects\":[");
	for (unsigned i = from; i < from + count; i++)
		buf_printf(&b,
		    "%s{\"type\":\"campaign\",\"spec_version\":\"2.1\",\"id\":\"campaign--00000000-0000-4000-8000-%012u\","
		    "\"created\":\"2015-09-01T00:00:00.000Z\",\"modified\":\"2015-09-01T00:00:00.000Z\",\"name\":\"Operation %u\","
		    "\"description\":\"Vehicles without lights on the road beside the river, seen each night.\"}",
		    i > from ? "," : "", i, i);
	buf_puts(&b, "]}");
	enum err err =
	    centre_add(&t->c, home, buf_str(&b), "{\"format\":\"stix\",\"source\":\"bundle.json\",\"mark\":\"" RELEASABLE "\"}", &t->reply, e);
	buf_done(&b);
	return err;
}

struct job {
	struct torture *t;
	enum err (*fn)(struct torture *t, struct errinfo *e);
	struct errinfo *e;
	enum err err;
};

static void
do_job(void *arg)
{
	struct job *j = arg;
	j->err = j->fn(j->t, j->e);
}

enum err
torture_as(struct torture *t, int home, enum err (*fn)(struct torture *t, struct errinfo *e), struct errinfo *e)
{
	struct job j = {t, fn, e, OK};
	if (!t->c.run(t->c.ctx, home, do_job, &j))
		return err_set(e, ERR_STOPPED, "the process died");
	return j.err;
}

enum err
torture_found(struct torture *t, struct errinfo *e)
{
	t->c.n = 2;
	return centre_found(&t->c, &(struct centre_plan){.from = t->c.env[IRQ]->now(t->c.env[IRQ]->ctx)}, e);
}

enum err
torture_base(struct torture *t, struct errinfo *e)
{
	char other[ID_MAX];
	enum err err;
	if ((err = torture_found(t, e)) || (err = torture_report(t, IRQ, "Convoy near the bridge", NULL, t->report, e)) ||
	    (err = torture_do(t, IRQ, e, "release", "{\"ids\":[\"%s\"],\"to\":\"rus\"}", t->report)))
		return err;
	if (!torture_text(t, "items.0.as", t->released, sizeof t->released))
		return err_set(e, ERR_INVALID, "the reply tells no id: %.*s", STR_FMT(buf_str(&t->reply)));
	if ((err = torture_stix(t, IRQ, 1, 4, e)) ||
	    (err = torture_do(t, IRQ, e, "release", "{\"ids\":[\"campaign--00000000-0000-4000-8000-000000000001\"],\"to\":\"ALL\"}")) ||
	    (err = centre_sync_all(&t->c, 2, e)) || (err = torture_report(t, RUS, "Summary", t->released, t->product, e)) ||
	    (err = torture_do(t, RUS, e, "release", "{\"ids\":[\"%s\"],\"to\":\"irq\"}", t->product)))
		return err;
	if (!torture_text(t, "items.0.as", t->product, sizeof t->product))
		return err_set(e, ERR_INVALID, "the reply tells no id: %.*s", STR_FMT(buf_str(&t->reply)));
	if ((err = torture_do(t, RUS, e, "request", "{\"id\":\"%s\",\"to\":\"irq.rus\",\"reason\":\"for the summary\"}", t->released)) ||
	    (err = torture_report(t, IRQ, "Not for others", NULL, other, e)))
		return err;
	return centre_sync_all(&t->c, 2, e);
}
