#include "sim/history.h"

#include <assert.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "sim/acts.h"
#include "sim/full.h"
#include "sim/judge.h"
#include "sim/plant.h"
#include "sim/wire.h"

#define START INT64_C(1443600000000000) /* 30 September 2015, 08:00 UTC */

static const char *const ids[HIST_MEMBERS] = {"irq", "rus", "irn", "syr", "omn"};

bool
history_honest(const struct history *h, int member)
{
	return member != h->forker && member != h->garbler;
}

/* telling */

static void __attribute__((format(printf, 3, 0))) tell(struct history *h, const char *head, const char *fmt, va_list ap)
{
	char line[1000];
	vsnprintf(line, sizeof line, fmt, ap);
	for (char *p = line; *p; p++)
		if ((unsigned char)*p < 32)
			*p = ' ';
	if (h->verbose)
		printf("# %s%s\n", head, line);
	if (head[0])
		buf_printf(&h->complaints, "%s%s\n", head, line);
}

void
history_say(struct history *h, const char *fmt, ...)
{
	va_list ap;
	if (!h->verbose)
		return;
	va_start(ap, fmt);
	tell(h, "", fmt, ap);
	va_end(ap);
}

void
history_lost(struct history *h, const char *fmt, ...)
{
	va_list ap;
	h->lost++;
	va_start(ap, fmt);
	tell(h, "LOST: ", fmt, ap);
	va_end(ap);
}

void
history_wrong(struct history *h, const char *fmt, ...)
{
	va_list ap;
	h->violations++;
	va_start(ap, fmt);
	tell(h, "WRONG: ", fmt, ap);
	va_end(ap);
}

void
history_circle(const struct history *h, uint64_t members, const char *between, bool capitals, struct buf *b)
{
	static const int sorted[HIST_MEMBERS] = {2, 0, 4, 1, 3}; /* irn irq omn rus syr */
	bool first = true;
	for (int i = 0; i < HIST_MEMBERS; i++) {
		int m = sorted[i];
		if (m >= h->n || !(members >> m & 1))
			continue;
		if (!first)
			buf_puts(b, between);
		first = false;
		for (const char *p = ids[m]; *p; p++)
			buf_putc(b, (char)(capitals ? *p - 32 : *p));
	}
}

int
history_home_of(const struct history *h, int member, int for_member)
{
	return member == h->forker && h->forked && (h->side >> for_member & 1) ? h->n : member;
}

/* nodes */

bool
history_step(struct history *h, int home, void (*fn)(void *arg), void *arg)
{
	enum simend end = simworld_run_step(h->w, home, fn, arg);
	if (end == SIM_DIED)
		h->home[home].fell = HOME_DIED;
	else if (end == SIM_CRASHED)
		h->home[home].fell = HOME_CRASHED;
	return end != SIM_DIED;
}

static bool
run_for_centre(void *ctx, int home, void (*fn)(void *arg), void *arg)
{
	return history_step(ctx, home, fn, arg);
}

void
history_bury(struct history *h)
{
	for (int i = 0; i < h->c.n; i++) {
		struct home *x = &h->home[i];
		if (x->fell == HOME_WELL)
			continue;
		if (x->fell == HOME_DIED) {
			history_say(h, "  home %d: its process ended: %s", i, simworld_why(h->w, i));
			h->deaths++;
			h->c.node[i] = NULL;
		} else {
			history_say(h, "  home %d: power went", i);
			h->crashes++;
			centre_close(&h->c, i); /* its disk fails every call, so this writes nothing */
		}
		h->c.node[i] = NULL;
		bool power = simdisk_crashed(simworld_disk(h->w, i)) || (x->fell == HOME_DIED && simrng_once_in(&h->dice, 2));
		history_say(h, "  home %d comes back on %s", i, power ? "what was durable" : "the same page cache");
		/* a process that died for a failed sync comes back on the same page cache, or after a loss of power */
		if (power) {
			dates_off(h, i);
			simworld_power(h->w, i);
		} else
			simworld_kill(h->w, i);
		x->fell = HOME_WELL;
	}
}

static void
unfault(struct history *h, int home)
{
	struct simdisk *d = simworld_disk(h->w, home);
	if (!simdisk_crashed(d))
		simdisk_crash_at(d, 0);
	for (int op = 0; op < SIMOP_COUNT; op++)
		simdisk_fail(d, (enum simop)op, 0, OK);
	simdisk_capacity(d, h->home[home].full ? h->home[home].room : UINT64_MAX);
}

/* Some fault of the disk for what comes, perhaps. True if any. */
static bool
fault(struct history *h, int home)
{
	struct simdisk *d = simworld_disk(h->w, home);
	if (h->calm || !simrng_once_in(&h->dice, 6))
		return false;
	static const char *const kind[] = {"sync", "write", "read", "no space", "power", "power", "power", "power"};
	uint64_t what = simrng_below(&h->dice, 8), n = 0;
	switch (what) {
	case 0:
		simdisk_fail(d, SIMOP_SYNC, n = 1 + simrng_below(&h->dice, 6), ERR_IO);
		break;
	case 1:
		simdisk_fail(d, SIMOP_WRITE, n = 1 + simrng_below(&h->dice, 40), simrng_once_in(&h->dice, 2) ? ERR_FULL : ERR_IO);
		break;
	case 2:
		simdisk_fail(d, SIMOP_READ, n = 1 + simrng_below(&h->dice, 40), ERR_IO);
		break;
	case 3:
		simdisk_capacity(d, 0);
		break;
	default:
		simdisk_crash_at(d, n = 1 + simrng_below(&h->dice, simrng_once_in(&h->dice, 3) ? 120 : 30));
	}
	history_say(h, "  fault in wait: %s %llu", kind[what], (unsigned long long)n);
	return true;
}

struct looking {
	struct node *node;
	const struct eye *before;
	struct eye now;
	enum err err;
	struct errinfo e;
};

static void
do_look(void *arg)
{
	struct looking *l = arg;
	l->err = eye_look(l->node, l->before, &l->now, &l->e);
}

void
history_look(struct history *h, int home, bool whole)
{
	struct home *x = &h->home[home];
	struct looking l = {.node = h->c.node[home], .before = whole ? NULL : &x->eye};
	if (!l.node)
		return;
	if (!history_step(h, home, do_look, &l) || x->fell != HOME_WELL)
		return;
	if (l.err) {
		history_wrong(h, "home %d: its record cannot be read: %s: %s", home, err_name(l.err), l.e.msg);
		return;
	}
	for (size_t i = 0; i < x->eye.n; i++) {
		const struct eye_log *old = &x->eye.log[i], *new = eye_find(&l.now, old->origin);
		if (!new)
			history_lost(h, "home %d had the log %s with %llu entries: it is gone", home, old->origin, (unsigned long long)old->n);
		else if (new->n < old->n)
			history_lost(
			    h, "home %d had %llu entries of %s: now %llu", home, (unsigned long long)old->n, old->origin, (unsigned long long)new->n);
		else if (eye_common(old, new) < old->n)
			history_wrong(
			    h, "home %d: entry %llu of %s is another one than before", home, (unsigned long long)eye_common(old, new), old->origin);
		else if (new->cp_size < old->cp_size)
			history_lost(h, "home %d had accepted %llu entries of %s: now %llu", home, (unsigned long long)old->cp_size, old->origin,
			    (unsigned long long)new->cp_size);
	}
	eye_free(&x->eye);
	x->eye = l.now;
}

/* A home that has no fault any more must open. */
bool
history_up(struct history *h, int home)
{
	struct home *x = &h->home[home];
	struct errinfo e = {0};
	if (!x->exists)
		return false;
	if (h->c.node[home])
		return true;
	for (int attempt = 0; attempt < 4; attempt++) {
		bool faulty = attempt == 0 && fault(h, home);
		enum err err = centre_open(&h->c, home, &e);
		unfault(h, home);
		if (err) {
			h->c.node[home] = NULL;
			if (x->fell == HOME_WELL) {
				simworld_kill(h->w, home); /* what a process that could not open leaves: nothing */
				if (err == ERR_FULL && x->full) {
					full_end(h, home);
				} else if (!faulty) {
					history_wrong(h, "home %d cannot be opened: %s: %s", home, err_name(err), e.msg);
					return false;
				}
			}
			history_bury(h);
			continue;
		}
		history_bury(h);
		if (!h->c.node[home])
			continue;
		history_keys(h, home);
		dates_looked(h, home);
		dates_watch(h, home);
		history_look(h, home, true);
		history_bury(h);
		if (h->c.node[home])
			return true;
	}
	return false;
}

void
history_down(struct history *h, int home)
{
	centre_close(&h->c, home);
	history_bury(h);
	if (!h->c.node[home])
		simworld_kill(h->w, home);
}

/* Errors of the world around: the operation may have been done. */
static bool
worldly(enum err err)
{
	return err == ERR_IO || err == ERR_FULL || err == ERR_STOPPED;
}

enum outcome
history_call(struct history *h, int home, struct node_call *call, struct buf *reply, struct errinfo *e)
{
	struct home *x = &h->home[home];
	struct errinfo own = {0};
	if (!e)
		e = &own;
	if (!history_up(h, home))
		return DOWN;
	h->calls++;
	bool faulty = h->faulty = fault(h, home);
	enum err err = centre_call(&h->c, home, call, reply, e);
	h->code = err;
	bool died = x->fell == HOME_DIED, fell = x->fell != HOME_WELL;
	unfault(h, home);
	history_say(h, "%s %.*s %.*s -> %s%s%s%s", x->exists && home == h->n ? "2nd" : h->c.id[home], STR_FMT(call->op),
	    STR_FMT(str_sub(call->args, 0, 300)), err ? err_name(err) : "OK", err ? ": " : "", err ? e->msg : "", faulty ? " (with a fault)" : "");
	history_bury(h);
	if (!faulty && !fell && (((err == ERR_CORRUPT || err == ERR_VERSION) && !call->in) || err == ERR_NOMEM || (err == ERR_IO && !call->peer)))
		history_wrong(h, "home %d, %.*s: %s: %s", home, STR_FMT(call->op), err_name(err), e->msg);
	if (died)
		return UNSURE;
	if (h->c.node[home]) {
		history_keys(h, home); /* any operation may finish a change of keys that one before it began */
		if (err)
			dates_looked(h, home); /* what one that failed may have left is settled, and the clock looked at */
	}
	if (h->c.node[home] && (!err || fell || faulty)) {
		history_look(h, home, false);
		history_bury(h);
	}
	if (!err)
		return ACKED;
	return worldly(err) || faulty || fell ? UNSURE : REFUSED;
}

enum outcome
history_op(struct history *h, int home, struct buf *reply, struct errinfo *e, const char *op, const char *fmt, ...)
{
	char args[4000];
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(args, sizeof args, fmt, ap);
	va_end(ap);
	assert(n >= 0 && (size_t)n < sizeof args);
	struct node_call call = {.op = str_of(op), .args = str_of(args)};
	return history_call(h, home, &call, reply, e);
}

/* keys, as the simulator knows them */

struct key_files {
	struct history *h;
	int home;
	bool current;
};

static bool
read_key(const struct history *h, int home, const char *name, uint8_t pub[static 32])
{
	struct buf b = BUF_INIT(KIB);
	uint8_t seed[32], secret[64];
	size_t n;
	struct str head, tail;
	bool ok = simdisk_get(simworld_disk(h->w, home), name, &b) && str_cut(str_trim(buf_str(&b)), ' ', &head, &tail) &&
		  base64_decode(tail, seed, sizeof seed, &n) && n == sizeof seed;
	buf_done(&b);
	if (ok)
		crypto_sign_seed_keypair(pub, secret, seed);
	return ok;
}

static void
one_key(const char *name, uint64_t size, void *ctx)
{
	struct key_files *f = ctx;
	struct history *h = f->h;
	int m = h->home[f->home].member;
	uint8_t pub[32];
	(void)size;
	bool aside = !strncmp(name, "keys/log.", 9) && name[9] && !name[9 + strspn(name + 9, "0123456789")];
	if ((!aside && strcmp(name, "keys/log")) || !read_key(h, f->home, name, pub))
		return;
	f->current |= !aside;
	for (int i = 0; i < h->nkeys[m]; i++)
		if (!memcmp(h->key[m][i], pub, sizeof pub))
			return;
	assert(h->nkeys[m] < HIST_KEYS);
	memcpy(h->key[m][h->nkeys[m]++], pub, sizeof pub);
}

/* An operation that follows one which failed may put a waiting key in its place and begin the next epoch as well: such a key is only seen among those
 * that were laid aside. One that waits has signed nothing, and is not read. */
void
history_keys(struct history *h, int home)
{
	struct key_files f = {.h = h, .home = home};
	simdisk_each(simworld_disk(h->w, home), one_key, &f);
	if (!f.current)
		history_wrong(h, "home %d has no log key", home);
}

bool
history_signed(const struct history *h, int member, struct str note, const char *origin, uint64_t *ret_size, uint8_t ret_root[static PROOF_HASH])
{
	for (int i = 0; i < h->nkeys[member]; i++)
		if (proof_note(note, str_of(origin), h->key[member][i], ret_size, ret_root))
			return true;
	return false;
}

bool
history_proves(const struct history *h, int member, struct str proof, const char *origin)
{
	for (int i = 0; i < h->nkeys[member]; i++)
		if (proof_fork(proof, str_of(origin), h->key[member][i]))
			return true;
	return false;
}

/* the whole */

static bool
found(struct history *h)
{
	struct errinfo e = {0};
	struct centre_plan plan = {.name = "Simulated centre", .more = "\"dispute\":\"P7D\",", .from = START - 10 * TIME_DAY};
	int founders = h->n - (h->latecomer >= 0);
	h->c = (struct centre){.n = founders, .run = run_for_centre, .ctx = h};
	for (int i = 0; i < h->n; i++) {
		h->home[i] = (struct home){.member = i, .exists = i < founders, .clock.noticed = INT64_MIN};
		h->c.env[i] = simworld_env(h->w, i);
		h->c.id[i] = ids[i];
	}
	enum err err = centre_found(&h->c, &plan, &e);
	if (err) {
		history_wrong(h, "the centre cannot be founded: %s: %s", err_name(err), e.msg);
		return false;
	}
	h->home[h->n] = (struct home){.member = h->forker < 0 ? 0 : h->forker, .clock.noticed = INT64_MIN};
	h->c.env[h->n] = simworld_env(h->w, h->n);
	h->c.id[h->n] = ids[h->home[h->n].member];
	h->c.n = h->n + 1;
	for (int i = 0; i < founders; i++) {
		history_keys(h, i);
		history_look(h, i, true);
	}
	return true;
}

void
history_run(struct history *h, uint64_t seed, enum plant plant, bool verbose, int acts)
{
	*h = (struct history){.seed = seed,
	    .plant = plant,
	    .verbose = verbose,
	    .forker = -1,
	    .garbler = -1,
	    .latecomer = -1,
	    .bulk_home = -1,
	    .left_at = INT64_MAX,
	    .dice = {seed},
	    .complaints = BUF_INIT(64 * KIB)};
	simrng_next(&h->dice);
	h->n = 3 + (int)simrng_below(&h->dice, 3);
	if (simrng_below(&h->dice, 20) < 11)
		h->forker = (int)simrng_below(&h->dice, (uint64_t)h->n);
	if (h->n > 3 && simrng_once_in(&h->dice, 3)) {
		h->garbler = (int)simrng_below(&h->dice, (uint64_t)h->n);
		if (h->garbler == h->forker)
			h->garbler = -1;
	}
	while (!history_honest(h, h->governor))
		h->governor++;
	if (plant == PLANT_NONE && h->n > 3 && simrng_once_in(&h->dice, 2) && history_honest(h, h->n - 1) && h->governor != h->n - 1) {
		h->latecomer = h->n - 1;
		h->departed = bit(h->latecomer);
	}
	plant_members(h);
	h->w = simworld_new(seed, 2 * h->n + 2, START);
	history_say(h, "seed %llu: %d members, forker %s, garbler %s", (unsigned long long)seed, h->n, h->forker < 0 ? "none" : ids[h->forker],
	    h->garbler < 0 ? "none" : ids[h->garbler]);
	if (!found(h))
		return;
	plant_begin(h);
	acts_run(h, acts);
	judge(h);
}

void
history_hash(const struct history *h, uint8_t ret[static 32])
{
	crypto_hash_sha256_state s;
	crypto_hash_sha256_init(&s);
	for (int i = 0; i <= h->n; i++) {
		uint8_t one[32];
		simdisk_hash(simworld_disk(h->w, i), one);
		crypto_hash_sha256_update(&s, one, sizeof one);
	}
	crypto_hash_sha256_final(&s, ret);
}

void
history_done(struct history *h)
{
	centre_close_all(&h->c);
	simworld_free(h->w);
	for (int i = 0; i < HIST_HOMES; i++) {
		eye_free(&h->home[i].eye);
		eye_free(&h->home[i].backup_eye);
		simdisk_image_free(h->home[i].copy);
	}
	for (size_t i = 0; i < h->npouches; i++)
		free((char *)h->pouch[i].bytes.p);
	wire_forget(h);
	truth_free(&h->truth);
	buf_done(&h->complaints);
}
