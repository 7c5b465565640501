/* due_clock: the wall clock is what a person can set; the monotonic clock tells how long this machine has run; what others signed tells what they
 * take the time to be. */
#include <stdio.h>
#include <stdlib.h>

#include "share/due_int.h"
#include "store/local.h"

static const struct str name = STR_INIT("due.clock");

/* Three numbers with blanks between; false if they are not. */
static bool
parse(struct str s, int64_t ret[static 3])
{
	for (int i = 0; i < 3; i++) {
		struct str head = s, rest = STR_NONE;
		uint64_t v;
		bool minus = false;
		str_cut(s, ' ', &head, &rest);
		if (head.n && head.p[0] == '-') {
			minus = true;
			head = str_sub(head, 1, head.n);
		}
		if (!str_u64(head, &v) || v > INT64_MAX)
			return false;
		ret[i] = minus ? -(int64_t)v : (int64_t)v;
		s = rest;
	}
	return s.n == 0;
}

static int64_t
distance(int64_t a, int64_t b)
{
	return a < b ? b - a : a - b;
}

enum err
due_look(struct share *s, struct due_time *ret, struct errinfo *e)
{
	char space[80];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	struct due_time t = {.now = s->env->now(s->env->ctx), .mono = s->env->mono(s->env->ctx), .others = TIME_MIN};
	int64_t last[3];
	enum err err = local_get(s->store, name, &b, e);
	if (err && err != ERR_NOTFOUND)
		return err;
	if (!err && parse(buf_str(&b), last)) {
		int64_t wall = t.now - last[0], run = t.mono - last[1];
		t.run = last[2] + (run > 0 ? run : 0);
		/* after the machine was started anew the clock may have moved on by any time it was off, but not back */
		if (run >= 0 ? distance(wall, run) > DUE_SLACK : wall < -DUE_SLACK)
			t.clock = DUE_CLOCK_JUMPED;
		if (t.clock == DUE_CLOCK_OK && run >= 0 && run < TIME_MINUTE &&
		    wall < TIME_MINUTE) { /* not worth a write: the next look measures from the same place */
			*ret = t;
			return OK;
		}
	}
	*ret = t;
	return t.clock == DUE_CLOCK_JUMPED ? OK : due_looked(s, &t, e);
}

enum err
due_looked(struct share *s, const struct due_time *t, struct errinfo *e)
{
	char text[80];
	snprintf(text, sizeof text, "%lld %lld %lld", (long long)t->now, (long long)t->mono, (long long)t->run);
	return local_set(s->store, name, str_of(text), e);
}

/* What others signed. */

struct others {
	struct share *s;
	int64_t latest;
};

static enum err
take_cosig(void *ctx, uint64_t size, int member, int64_t time, struct str line, struct errinfo *e)
{
	struct others *o = ctx;
	(void)size;
	(void)member;
	(void)line;
	(void)e;
	o->latest = time > o->latest ? time : o->latest;
	return OK;
}

static enum err
take_log(void *ctx, const struct record_log *log, struct errinfo *e)
{
	struct others *o = ctx;
	struct share_centre *c = share_centre_by_no(o->s, log->centre);
	uint64_t size;
	enum err err;
	if (!c || c->me < 0)
		return OK;
	if (log->author != c->me) {
		o->latest = log->last_time > o->latest ? log->last_time : o->latest;
		return OK;
	}
	err = record_checkpoint_get(o->s->store, log->no, UINT64_MAX, &size, NULL, NULL, e);
	if (err)
		return err == ERR_NOTFOUND ? OK : err;
	return record_cosig_each(o->s->store, log->no, size, take_cosig, o, e); /* of own logs all are others' */
}

enum err
due_others(struct share *s, struct due_time *t, struct errinfo *e)
{
	struct others o = {s, TIME_MIN};
	enum err err = record_log_each(s->store, 0, take_log, &o, e);
	if (err)
		return err;
	t->others = o.latest;
	if (o.latest > t->now + DUE_SLACK && t->clock == DUE_CLOCK_OK)
		t->clock = DUE_CLOCK_BEHIND;
	return OK;
}
