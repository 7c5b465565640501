#include "torture/try.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define T0 INT64_C(1443679200000000) /* 2015-10-01T06:00:00Z */

void
try_again_line(const struct path *p, const struct try_at *at)
{
	printf("#   again: torture --path=%s --kind=%s --at=%llu%s\n", p->name, at->kind->name, (unsigned long long)at->n, at->on ? " --on" : "");
}

static void __attribute__((format(printf, 2, 3))) wrong(struct try *y, const char *fmt, ...)
{
	va_list ap;
	enum fault_who was = fault_run(FAULT_NOBODY);
	y->complaints++;
	printf("# %s", y->p->name);
	if (y->at->kind)
		printf(" %s %llu%s", y->at->kind->name, (unsigned long long)y->at->n, y->at->on ? " and on" : "");
	printf(": ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	if (y->at->kind)
		try_again_line(y->p, y->at);
	fault_run(was);
}

/* Steps of homes. */

static struct torture *only; /* there is one at a time */

/* A home that writes a backup, or reads one, is one process over two disks: it dies as itself. */
static void __attribute__((noreturn)) die_as_one(void *ctx, const char *why)
{
	const struct env *env = simworld_env(only->w, only->under);
	(void)ctx;
	env->die(env->ctx, why);
}

static bool
step(void *ctx, int home, void (*fn)(void *arg), void *arg)
{
	struct torture *t = ctx;
	enum fault_who was = fault_run(t->armed && home == t->under ? FAULT_UNDER : FAULT_OTHER);
	enum simend end = simworld_run_step(t->w, home, fn, arg);
	fault_run(was);
	if (end == SIM_DIED && home == t->under)
		t->died = true;
	return end != SIM_DIED;
}

/* The handles of one disk may lie in the memory of another's process: all of them go before any memory does. */
static void
cut_all(struct try *y)
{
	for (int i = 0; i < HOMES; i++) {
		simdisk_cut(simworld_disk(y->t.w, i));
		simdisk_forget(simworld_disk(y->t.w, i));
	}
}

static void
kill_all(struct try *y)
{
	cut_all(y);
	for (int i = 0; i < HOMES; i++) {
		y->t.c.node[i] = NULL;
		simworld_kill(y->t.w, i);
	}
}

static void
keep_images(struct try *y)
{
	for (int i = 0; i < HOMES; i++) {
		simdisk_image_free(y->image[i]);
		y->image[i] = simdisk_snapshot(simworld_disk(y->t.w, i));
	}
}

static bool
open_homes(struct try *y, unsigned homes)
{
	struct errinfo e = {0};
	for (int i = 0; i < HOMES; i++)
		if ((homes >> i & 1) && centre_open(&y->t.c, i, &e)) {
			wrong(y, "home %d does not open any more: %s: %s", i, err_name(e.code), e.msg);
			return false;
		}
	return true;
}

/* The state before the path. */
static bool
begin(struct try *y)
{
	kill_all(y);
	for (int i = 0; i < HOMES; i++)
		simdisk_restore(simworld_disk(y->t.w, i), y->image[i]);
	y->t.died = false;
	return open_homes(y, y->p->open);
}

static void
no_leak(struct try *y, const char *when)
{
	size_t n, live;
	centre_close_all(&y->t.c);
	for (int i = 2; i < HOMES; i++)
		centre_close(&y->t.c, i);
	buf_done(&y->t.reply);
	if ((live = fault_live())) {
		const void *where = fault_live_where(&n);
		wrong(y, "%s: %zu blocks of memory are not freed; one of %zu bytes is from %p", when, live, n, where);
		fault_forget();
	}
	for (int i = 0; i < HOMES; i++) {
		if (simworld_heap(y->t.w, i))
			wrong(y, "%s: home %d: SQLite keeps %zu bytes", when, i, simworld_heap(y->t.w, i));
		if (simdisk_handles(simworld_disk(y->t.w, i)))
			wrong(y, "%s: home %d: %d files are still open", when, i, simdisk_handles(simworld_disk(y->t.w, i)));
		simworld_kill(y->t.w, i);
	}
}

/* What must hold. */

struct look {
	struct try *y;
	int home;
	struct eye *ret;
	struct errinfo e;
	enum err err;
};

static void
do_look(void *arg)
{
	struct look *l = arg;
	l->err = eye_look(l->y->t.c.node[l->home], NULL, l->ret, &l->e);
}

static bool
look(struct try *y, int home, struct eye *ret)
{
	struct look l = {.y = y, .home = home, .ret = ret};
	if (!step(&y->t, home, do_look, &l))
		return wrong(y, "home %d died being looked at", home), false;
	if (l.err)
		wrong(y, "home %d cannot be read: %s", home, l.e.msg);
	return l.err == OK;
}

/* All entries that were there are there. */
static void
nothing_lost(struct try *y, int home)
{
	struct eye now;
	if (!y->founded || home > RUS || !y->t.c.node[home] || !look(y, home, &now))
		return;
	for (size_t i = 0; i < y->before[home].n; i++) {
		const struct eye_log *old = &y->before[home].log[i], *l = eye_find(&now, old->origin);
		if (!l)
			wrong(y, "home %d lost the log %s", home, old->origin);
		else if (l->n < old->n || eye_common(old, l) < old->n)
			wrong(y, "home %d lost entries of %s: %llu of %llu are there", home, old->origin, (unsigned long long)eye_common(old, l),
			    (unsigned long long)old->n);
		else if (l->cp_size < old->cp_size)
			wrong(y, "home %d lost a checkpoint of %s", home, old->origin);
	}
	eye_free(&now);
}

/* The home is sound; *ret is what it has. */
static bool
sum(struct try *y, int home, struct try_sum *ret)
{
	struct errinfo e = {0};
	struct torture *t = &y->t;
	enum err err = torture_do(t, home, &e, "verify", "{}");
	if (err)
		return wrong(y, "home %d: verify: %s: %s", home, err_name(err), e.msg), false;
	struct str r = buf_str(&t->reply);
	if (centre_number(r, "faults") != 0) {
		wrong(y, "home %d: verify finds: %.*s", home, STR_FMT(str_sub(r, 0, 400)));
		return false;
	}
	*ret = (struct try_sum){centre_number(r, "objects"), centre_number(r, "entries"), centre_number(r, "pending"), centre_number(r, "unsigned")};
	return true;
}

static void
check(struct try *y, const char *when)
{
	struct try_sum now;
	int home = y->p->under;
	if (y->p->check && !y->p->check(&y->t))
		wrong(y, "%s: what was done is not there: %.*s", when, STR_FMT(str_sub(buf_str(&y->t.reply), 0, 300)));
	for (int i = IRQ; i <= RUS; i++)
		nothing_lost(y, i);
	if (!y->t.c.node[home] || !sum(y, home, &now))
		return;
	bool again = y->p->flags & PATH_AGAIN;
	if (again ? now.objects < y->sum.objects || now.entries < y->sum.entries : now.objects != y->sum.objects || now.entries != y->sum.entries)
		wrong(y, "%s: %lld objects in %lld entries, not %lld in %lld", when, (long long)now.objects, (long long)now.entries,
		    (long long)y->sum.objects, (long long)y->sum.entries);
	if (now.pending != y->sum.pending || now.unsaid != y->sum.unsaid)
		wrong(y, "%s: %lld payloads wait and %lld entries are unsigned, not %lld and %lld", when, (long long)now.pending,
		    (long long)now.unsaid, (long long)y->sum.pending, (long long)y->sum.unsaid);
	if (y->founded && y->tries % 4 == 0) {
		struct errinfo e = {0};
		if (torture_do(&y->t, home, &e, "rebuild", "{\"check\":true}"))
			wrong(y, "%s: the view is not that of the record: %s", when, e.msg);
	}
}

/* Beginning. */

static bool
prepared(struct try *y)
{
	struct errinfo e = {0};
	struct torture *t = &y->t;
	enum err err = OK;
	if (!(y->p->flags & PATH_FRESH))
		err = torture_base(t, &e);
	y->founded = !err && !(y->p->flags & PATH_FRESH);
	if (!err && y->p->prepare)
		err = y->p->prepare(t, &e);
	if (err) {
		wrong(y, "preparing: %s: %s", err_name(err), e.msg);
		return false;
	}
	no_leak(y, "prepared");
	keep_images(y);
	if (!y->founded)
		return true;
	if (!open_homes(y, 1u << IRQ | 1u << RUS))
		return false;
	bool seen = look(y, IRQ, &y->before[IRQ]) && look(y, RUS, &y->before[RUS]);
	no_leak(y, "looked at");
	return seen;
}

bool
try_begin(struct try *y)
{
	static const char *const id[HOMES] = {"irq", "rus", "irq", "folder"};
	struct torture *t = &y->t;
	struct errinfo e = {0};
	fault_install();
	t->w = simworld_new(y->seed, HOMES, T0);
	t->c.n = 2;
	t->c.run = step;
	t->c.ctx = t;
	t->under = y->p->under;
	buf_init(&t->reply, 64 * MIB);
	buf_init(&t->pouch, 64 * MIB);
	only = t;
	t->folder = *simworld_env(t->w, FOLDER);
	t->folder.die = die_as_one;
	for (int i = 0; i < HOMES; i++) {
		t->c.env[i] = i == FOLDER ? &t->folder : simworld_env(t->w, i);
		t->c.id[i] = id[i];
	}
	if (!prepared(y) || !begin(y))
		return false;
	if (y->p->act(t, &e)) {
		wrong(y, "without a fault: %s: %s", err_name(e.code), e.msg);
		return false;
	}
	if (y->p->check && !y->p->check(t)) {
		wrong(y, "without a fault, what was done is not there: %.*s", STR_FMT(str_sub(buf_str(&t->reply), 0, 300)));
		return false;
	}
	if (t->c.node[y->p->under] && !sum(y, y->p->under, &y->sum))
		return false;
	no_leak(y, "without a fault");
	return true;
}

void
try_end(struct try *y)
{
	buf_done(&y->t.pouch);
	buf_done(&y->t.reply);
	eye_free(&y->before[IRQ]);
	eye_free(&y->before[RUS]);
	for (int i = 0; i < HOMES; i++)
		simdisk_image_free(y->image[i]);
	simworld_free(y->t.w);
}

uint64_t
try_count(struct try *y, const struct kind *k)
{
	struct errinfo e = {0};
	uint64_t n = 0;
	if (begin(y)) {
		kind_arm(&y->t, y->p, k, 0, false);
		if (y->p->act(&y->t, &e))
			wrong(y, "without a fault: %s", e.msg);
		n = kind_count(&y->t, y->p, k);
		kind_disarm(&y->t, y->p, k);
	}
	no_leak(y, "counted");
	return n;
}

/* One try. */

/* The process of the home under test ended itself: it is buried, and comes back on what a reader sees or on what was durable. */
static bool
bury(struct try *y, bool power)
{
	struct torture *t = &y->t;
	for (int i = 0; i < HOMES; i++)
		if (i != y->p->under)
			centre_close(&t->c, i);
	t->c.node[y->p->under] = NULL;
	cut_all(y);
	for (int i = 0; i < HOMES; i++) {
		if (power)
			simworld_power(t->w, i);
		else
			simworld_kill(t->w, i);
	}
	buf_done(&t->reply);
	fault_forget();
	t->died = false;
	return open_homes(y, y->p->open);
}

static void
power_all(struct try *y)
{
	for (int i = 0; i < HOMES; i++)
		simworld_power(y->t.w, i);
}

void
try_one(struct try *y, const struct kind *k, uint64_t n, bool on)
{
	struct torture *t = &y->t;
	struct errinfo e = {0}, again = {0};
	y->tries++;
	if (!begin(y))
		return;
	kind_arm(t, y->p, k, n, on);
	enum err err = y->p->act(t, &e);
	bool hit = kind_disarm(t, y->p, k);
	if (!hit && err)
		wrong(y, "nothing failed, yet: %s: %s", err_name(err), e.msg);
	if (!hit && !err)
		wrong(y, "what was to fail was not asked for");
	if (t->died) {
		if (k->what != KIND_FILE || k->op != SIMOP_SYNC)
			wrong(y, "the process ended itself: %s", simworld_why(t->w, y->p->under));
		if (!bury(y, n % 2))
			return;
		err = ERR_STOPPED;
	} else if (err) {
		if (err != k->code || err != e.code || !e.msg[0])
			wrong(y, "the error is %s (%s), not %s: %s", err_name(err), err_name(e.code), err_name(k->code), e.msg);
		if (n % 2) { /* else in the same process */
			no_leak(y, "after the error");
			if (!open_homes(y, y->p->open))
				return;
		}
	}
	if (err || (k->what == KIND_SPACE && y->p->flags & PATH_WAITS)) {
		enum err second = y->p->act(t, &again);
		if (second == ERR_CONFLICT && err == ERR_STOPPED && (y->p->flags & PATH_CUT)) {
			simworld_kill(t->w, y->p->under);
			simdisk_restore(simworld_disk(t->w, y->p->under), y->image[y->p->under]);
			second = y->p->act(t, &again);
		}
		bool done = (second == ERR_CONFLICT || second == ERR_NOTFOUND) && (y->p->flags & PATH_CHANGED); /* which check finds out */
		if (second && !done)
			wrong(y, "done again after «%s», it fails: %s: %s", e.msg, err_name(second), again.msg);
	}
	check(y, err ? "done again" : "done");
	no_leak(y, "at the end");
	power_all(y);
	if (open_homes(y, y->p->open | 1u << y->p->under))
		check(y, "after power went");
	no_leak(y, "after power went");
}
