#include "sim/acts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "sim/aside.h"
#include "sim/bulk.h"
#include "sim/control.h"
#include "sim/disk_int.h"
#include "sim/full.h"
#include "sim/plant.h"
#include "sim/tell.h"

static uint64_t
below(struct history *h, uint64_t n)
{
	return simrng_below(&h->dice, n);
}

/* A drawn home that exists. */
static int
some_home(struct history *h)
{
	return (int)below(h, (uint64_t)h->n + h->forked);
}

/* exchange */

enum outcome
acts_sync(struct history *h, int to, int from, const struct weather *w, bool *ret_whole)
{
	struct wire wire;
	struct transport t = wire_transport(&wire, h, to, from, w);
	char args[128];
	struct buf reply = BUF_INIT(1 * MIB);
	struct errinfo e = {0};
	if (!history_up(h, from) || !history_up(h, to))
		return DOWN;
	snprintf(args, sizeof args, "{\"centre\":\"%s\",\"member\":\"%s\"}", h->c.hex, h->c.id[from]);
	struct node_call call = {.op = STR("sync"), .args = str_of(args), .peer = &t};
	enum outcome o = history_call(h, to, &call, &reply, &e);
	if (ret_whole)
		*ret_whole = o == ACKED && !wire.touched;
	history_say(h, "  %d <- %d %s: %.*s", to, from, wire.touched ? "in bad weather" : "whole", STR_FMT(buf_str(&reply)));
	buf_done(&reply);
	return o;
}

static void
act_sync(struct history *h, int home)
{
	static const struct weather *const w[] = {&weather_calm, &weather_rain, &weather_storm};
	int from = (int)below(h, (uint64_t)h->n);
	if (from == h->home[home].member)
		return;
	acts_sync(h, home, history_home_of(h, from, h->home[home].member), w[below(h, 3)], NULL);
}

static void
drop_pouch(struct history *h, size_t i)
{
	free((char *)h->pouch[i].bytes.p);
	h->pouch[i] = h->pouch[--h->npouches];
}

static void
act_pack(struct history *h, int home)
{
	struct buf b = BUF_INIT(16 * MIB), to = BUF_INIT(256);
	struct sink out = sink_to_buf(&b);
	char args[400];
	int me = h->home[home].member, word;
	uint64_t set = below(h, bit(h->n)) & ~bit(me);
	size_t at = 0;
	if (!set)
		return;
	history_circle(h, set, "\",\"", false, &to);
	snprintf(args, sizeof args, "{\"centre\":\"%s\",\"to\":[\"%.*s\"]}", h->c.hex, STR_FMT(buf_str(&to)));
	struct node_call call = {.op = STR("pouch-pack"), .args = str_of(args), .out = &out};
	if (history_call(h, home, &call, NULL, NULL) == ACKED) {
		while ((word = truth_next(&h->truth, buf_str(&b), &at)) >= 0)
			history_wrong(h, "a sealed pouch shows a word of home %d", home);
		if (h->npouches == HIST_POUCHES)
			drop_pouch(h, (size_t)below(h, HIST_POUCHES));
		h->pouch[h->npouches++] = (struct pouch_file){{b.p, b.n}, home, set, simworld_now(h->w)};
		b = (struct buf){0};
	}
	buf_done(&b);
	buf_done(&to);
}

static void
act_open(struct history *h, int home)
{
	size_t n = h->npouches, from = n ? (size_t)below(h, n) : 0;
	char args[128];
	snprintf(args, sizeof args, "{\"centre\":\"%s\"}", h->c.hex);
	for (size_t i = 0; i < n; i++) {
		struct pouch_file *p = &h->pouch[(from + i) % n];
		/* one that is addressed to this home mostly, sometimes somebody else's */
		if (!(p->to & bit(h->home[home].member)) && below(h, 6))
			continue;
		struct buf b = BUF_INIT(32 * MIB);
		buf_put(&b, p->bytes);
		if (simrng_once_in(&h->dice, 4))
			wire_garble(&h->dice, &b);
		struct str rest = buf_str(&b);
		struct source in = source_of_str(&rest);
		struct node_call call = {.op = STR("pouch-open"), .args = str_of(args), .in = &in};
		enum outcome o = history_call(h, home, &call, NULL, NULL);
		if (o == ACKED && !(p->to & bit(h->home[home].member)))
			history_wrong(h, "home %d opened a pouch that is not for it", home);
		buf_done(&b);
		return;
	}
}

/* machines */

static void
act_power(struct history *h, int home)
{
	history_say(h, "power of home %d goes", home);
	h->c.node[home] = NULL;
	dates_off(h, home);
	simworld_power(h->w, home);
}

static void
act_kill(struct history *h, int home)
{
	history_say(h, "process of home %d is killed", home);
	h->c.node[home] = NULL;
	simworld_kill(h->w, home);
}

static void
act_reopen(struct history *h, int home)
{
	history_down(h, home);
	history_up(h, home);
}

static void
act_jump(struct history *h, int home)
{
	static const int64_t by[] = {TIME_MINUTE, 10 * TIME_MINUTE, TIME_HOUR, 30 * TIME_HOUR};
	int64_t d = by[below(h, 4)] * (below(h, 2) ? 1 : -1);
	if (h->home[home].jumped && below(h, 2))
		d = -h->home[home].jumped; /* somebody sets it right */
	history_say(h, "clock of home %d jumps by %lld s", home, (long long)(d / TIME_SECOND));
	simworld_jump(h->w, home, d);
	h->home[home].jumped += d;
	dates_jump(h, home, d);
	if (h->home[home].jumped > h->furthest)
		h->furthest = h->home[home].jumped;
}

static void
act_drift(struct history *h, int home)
{
	simworld_drift(h->w, home, (int32_t)below(h, 2001) - 1000);
}

static void
act_later(struct history *h, int home)
{
	(void)home;
	simworld_advance(h->w, (int64_t)below(h, 48) * TIME_HOUR);
}

static void
act_rebuild(struct history *h, int home)
{
	/* a view that could not be made is not there until the home is opened again, and the reply says so */
	if (history_op(h, home, NULL, NULL, "rebuild", "{\"check\":%s}", below(h, 2) ? "true" : "false") != ACKED && h->c.node[home])
		history_down(h, home);
}

static void
act_verify(struct history *h, int home)
{
	/* with a wrong clock it may say that a key or charter does not hold yet, and is right by that clock */
	struct buf reply = BUF_INIT(1 * MIB);
	if (history_op(h, home, &reply, NULL, "verify", "{}") == ACKED && !h->faulty && !h->home[home].jumped &&
	    centre_number(buf_str(&reply), "faults") > 0)
		history_wrong(h, "home %d: verify finds faults: %.*s", home, STR_FMT(str_sub(buf_str(&reply), 0, 600)));
	buf_done(&reply);
}

/* backups */

static int
media(const struct history *h, int home)
{
	return h->n + 1 + h->home[home].member;
}

static void
wipe(struct history *h, int disk)
{
	struct simdisk *none = simdisk_new(1);
	struct simdisk_image *im = simdisk_snapshot(none);
	simworld_kill(h->w, disk);
	simdisk_restore(simworld_disk(h->w, disk), im);
	simdisk_image_free(im);
	simdisk_free(none);
}

void
acts_backup(struct history *h, int home)
{
	struct home *x = &h->home[home];
	if (home == h->n || !history_up(h, home))
		return;
	wipe(h, media(h, home));
	simdisk_image_free(x->copy);
	x->copy = NULL;
	x->backed_up = false;
	eye_free(&x->backup_eye);
	eye_copy(&x->eye, &x->backup_eye); /* at least what it is known to hold now */
	if (below(h, 2)) {
		history_say(h, "the files of home %d are copied by hand", home);
		x->copy = simdisk_snapshot(simworld_disk(h->w, home));
		x->backed_up = true;
		x->backup_at = simworld_now(h->w);
		return;
	}
	struct node_call call = {.op = STR("backup"), .args = STR("{\"keys\":false}"), .to = simworld_env(h->w, media(h, home))};
	x->backed_up = history_call(h, home, &call, NULL, NULL) == ACKED;
	x->backup_at = simworld_now(h->w);
}

/* Whether an own log that a dishonest member may hold grew since: that member could keep back what it holds until this home has signed otherwise. No
 * software can tell; such a home must begin a new epoch. */
static bool
hostage(const struct history *h, int home)
{
	const struct home *x = &h->home[home];
	for (size_t i = 0; i < x->eye.n; i++) {
		const struct eye_log *now = &x->eye.log[i], *then = eye_find(&x->backup_eye, now->origin);
		uint64_t liars = (h->forker >= 0 ? bit(h->forker) : 0) | (h->garbler >= 0 ? bit(h->garbler) : 0);
		if (now->author == x->member && (now->circle & liars) && (!then || then->n < now->n))
			return true;
	}
	return false;
}

struct restoring {
	const struct env *home, *from;
	enum err err;
	struct errinfo e;
};

static void
do_restore(void *arg)
{
	struct restoring *r = arg;
	r->err = node_restore(r->home, r->from, STR_NONE, &r->e);
}

/* What was said at this home since the backup, and has not reached anybody, is gone with its disk. */
static void
forget_claims(struct history *h, int home)
{
	for (size_t i = 0; i < h->truth.nclaims; i++)
		if (h->truth.claim[i].home == home)
			h->truth.claim[i].home = -1;
	for (size_t i = 0; i < h->truth.ngifts; i++)
		if (h->truth.gift[i].home == home)
			h->truth.gift[i].recall_sure = false;
	for (size_t i = 0; i < h->truth.nkept; i++)
		if (h->truth.kept[i].home == home)
			h->truth.kept[i].home = -1;
	for (size_t i = 0; i < h->truth.nwords; i++)
		h->truth.word[i].seen &= ~bit(home);
}

/* By the program: keys are kept apart, and are those of today. */
static void
restore_whole(struct history *h, int home)
{
	static const char *const files[] = {"keys/root", "keys/root.pub", "keys/log", "keys/age", "keys/tls"};
	struct buf key[5];
	struct restoring r = {simworld_env(h->w, home), simworld_env(h->w, media(h, home)), OK, {0}};
	for (int i = 0; i < 5; i++) {
		buf_init(&key[i], KIB);
		if (!simdisk_get(simworld_disk(h->w, home), files[i], &key[i]))
			buf_clear(&key[i]);
	}
	wipe(h, home);
	for (int i = 0; i < 5; i++) {
		if (key[i].n)
			simdisk_put(simworld_disk(h->w, home), files[i], buf_str(&key[i]));
		buf_done(&key[i]);
	}
	if (!history_step(h, home, do_restore, &r) || r.err) {
		history_wrong(h, "home %d cannot be restored: %s: %s", home, err_name(r.err), r.e.msg);
		history_bury(h);
	}
}

static void
act_restore(struct history *h, int home)
{
	struct home *x = &h->home[home];
	if (!x->backed_up || !history_honest(h, x->member) || hostage(h, home))
		return;
	history_say(h, "home %d is restored from its %s", home, x->copy ? "copy, by hand" : "backup");
	h->restores++;
	h->copies += x->copy != NULL;
	history_down(h, home);
	history_keys(h, home); /* before those laid aside are gone */
	if (x->copy) {
		simworld_kill(h->w, home);
		simdisk_copy(simworld_disk(h->w, home), x->copy);
	} else {
		restore_whole(h, home);
	}
	simworld_other_dice(h->w, home);
	eye_free(&x->eye);
	eye_copy(&x->backup_eye, &x->eye);
	x->restored = true;
	forget_claims(h, home);
	x->clock.unnoticed = INT64_MAX / 4; /* what was announced may be announced again, or be of the backup */
	/* What was sent before and is still on its way would meet a home that does not know it any more: connections end with the machine, and its
	 * owner takes back the pouches that nobody has opened. */
	wire_forget(h);
	for (size_t i = h->npouches; i-- > 0;)
		if (h->pouch[i].at >= x->backup_at)
			drop_pouch(h, i);
	history_up(h, home);
}

/* Everybody who can be asked is; where that was not enough, the home goes on with a new key. */
static void
act_settle(struct history *h, int home)
{
	struct home *x = &h->home[home];
	if (!x->restored || !history_honest(h, x->member) || h->nkeys[x->member] >= 7)
		return;
	for (int m = 0; m < h->n; m++) {
		bool whole;
		if (m == x->member || !history_honest(h, m) || (h->departed & bit(m)))
			continue;
		if (acts_sync(h, home, m, &weather_calm, &whole) != ACKED || !whole)
			return;
	}
	if (history_op(h, home, NULL, NULL, "new-epoch", "{\"do\":true}") == ACKED)
		h->epochs++;
	if (history_up(h, home))
		history_keys(h, home);
}

/* governing */

static void
act_key(struct history *h, int home)
{
	int m = h->home[home].member;
	if (!history_honest(h, m) || h->nkeys[m] >= 6)
		return;
	history_op(h, home, NULL, NULL, "key", "{\"rotate\":true}");
	if (history_up(h, home))
		history_keys(h, home);
}

static void
act_charter(struct history *h, int home)
{
	struct errinfo e = {0};
	char args[400], leave[64] = "";
	uint64_t voters = 0;
	int m = h->home[home].member, who = -1;
	if (m != h->governor || h->home[home].restored)
		return;
	for (int i = 0; i < h->n; i++)
		if (!(h->departed & bit(i)) && history_up(h, i))
			voters |= bit(i);
	if (h->n - __builtin_popcountll(h->departed) > 3 && below(h, 2)) {
		who = (int)below(h, (uint64_t)h->n);
		if (who != m && !(h->departed & bit(who)))
			snprintf(leave, sizeof leave, "\"leave\":[\"%s\"],", h->c.id[who]);
	}
	snprintf(args, sizeof args, "%s\"term\":\"P%uM\"", leave, (unsigned)(1 + below(h, 6)));
	enum err err = centre_amend(&h->c, home, voters, args, &e);
	history_say(h, "%s amends the charter: %s -> %s: %s", h->c.id[m], args, err ? err_name(err) : "OK", err ? e.msg : "");
	history_bury(h);
	if (!err && leave[0]) {
		h->departed |= bit(who);
		h->did[DID_LEAVE]++;
		h->left_at = simworld_now(h->w) + 3 * TIME_DAY; /* from the coming midnight on, by whichever clock */
	}
	for (int i = 0; i < h->n; i++)
		if (h->c.node[i])
			history_look(h, i, false);
	history_bury(h);
}

/* The latecomer makes its home, and the centre takes it in; nothing from before is for it. */
static void
act_join(struct history *h, int home)
{
	int x = h->latecomer;
	struct buf card = BUF_INIT(64 * KIB), args = BUF_INIT(128 * KIB), reply = BUF_INIT(4 * MIB);
	struct errinfo e = {0};
	uint64_t voters = 0;
	(void)home;
	if (x < 0 || h->joined || h->home[h->governor].restored || h->home[h->governor].jumped)
		return;
	h->home[x].exists = true;
	enum err err = h->home[x].made ? OK : centre_make(&h->c, x, &e);
	h->home[x].made = !err;
	bool calm = h->calm;
	h->calm = true;
	if (!err && history_op(h, x, &card, &e, "card", "{}") == ACKED) {
		for (int i = 0; i < h->n; i++)
			if ((i == x || !(h->departed & bit(i))) && history_up(h, i))
				voters |= bit(i);
		if ((err = centre_take(buf_str(&card), "card", &args, &e)) == OK) {
			struct buf more = BUF_INIT(128 * KIB);
			buf_printf(&more, "\"cards\":[%.*s],\"from\":\"", STR_FMT(buf_str(&args)));
			time_put(&more, simworld_now(h->w) + TIME_MINUTE);
			buf_puts(&more, "\"");
			buf_putc(&more, 0);
			err = centre_amend(&h->c, h->governor, voters, more.p, &e);
			buf_done(&more);
		}
		buf_clear(&args);
		if (!err && (err = centre_op(&h->c, h->governor, &reply, &e, "charter-export", "{\"centre\":\"%s\"}", h->c.hex)) == OK &&
		    (err = centre_take(buf_str(&reply), "lines", &args, &e)) == OK)
			err = centre_op(&h->c, x, NULL, &e, "charter-install", "{\"lines\":%.*s}", STR_FMT(buf_str(&args)));
	}
	h->calm = calm;
	history_say(h, "%s joins: %s %s", h->c.id[x], err ? err_name(err) : "OK", err ? e.msg : "");
	history_bury(h);
	if (!err) {
		h->joined = true;
		h->departed &= ~bit(x);
		h->did[DID_JOIN]++;
		history_look(h, x, true);
		history_keys(h, x);
	} else {
		history_down(h, x);
		h->home[x].exists = false;
	}
	buf_done(&card);
	buf_done(&args);
	buf_done(&reply);
}

/* two histories */

static int
honest_on_side(struct history *h, bool second)
{
	int from = (int)below(h, (uint64_t)h->n);
	for (int i = 0; i < h->n; i++) {
		int m = (from + i) % h->n;
		if (history_honest(h, m) && !(h->departed & bit(m)) && (h->side >> m & 1) == second)
			return m;
	}
	return -1;
}

/* The forker copies its disk and goes on with both; then says something different to each side. */
static void
fork_now(struct history *h)
{
	int f = h->forker, honest = 0;
	uint64_t everybody = (bit(h->n) - 1) & ~h->departed;
	if (f < 0 || h->forked || (h->departed & bit(f)))
		return;
	history_down(h, f);
	struct simdisk_image *im = simdisk_snapshot(simworld_disk(h->w, f));
	simworld_kill(h->w, h->n);
	simdisk_restore(simworld_disk(h->w, h->n), im);
	simdisk_image_free(im);
	h->forked = true;
	h->home[h->n].exists = true;
	h->home[h->n].jumped = h->home[f].jumped;
	simworld_jump(h->w, h->n, h->home[f].jumped);
	eye_copy(&h->home[f].eye, &h->home[h->n].eye);
	for (int m = 0; m < h->n; m++)
		if (m != f) {
			bool second = history_honest(h, m) && !(h->departed & bit(m)) ? honest++ & 1 : below(h, 2);
			h->side |= second ? bit(m) : 0;
		}
	history_say(h, "%s keeps two homes from here on", h->c.id[f]);
	h->calm = true; /* it is no fork until somebody believed it */
	for (int k = 0; k < 2; k++) {
		int home = k ? h->n : f, t = tell_report(h, home, everybody, NULL, 0), m = honest_on_side(h, k);
		if (t >= 0)
			tell_release(h, t, everybody);
		if (m >= 0)
			acts_sync(h, m, home, &weather_calm, NULL);
	}
	h->calm = false;
}

/* drawing */

static void
act_report(struct history *h, int home)
{
	tell_report(h, home, 0, NULL, 0);
}

static void
act_stix(struct history *h, int home)
{
	tell_stix(h, home);
}

static const struct act {
	const char *name;
	unsigned weight;
	void (*run)(struct history *h, int home);
} acts[] = {
    {"report", 10, act_report},
    {"stix", 5, act_stix},
    {"release", 13, tell_some_release},
    {"product", 4, tell_some_product},
    {"request", 3, tell_some_request},
    {"consent", 3, tell_some_consent},
    {"recall", 3, tell_some_recall},
    {"grade", 2, tell_some_grade},
    {"search", 3, tell_some_search},
    {"sync", 22, act_sync},
    {"pack", 3, act_pack},
    {"open", 4, act_open},
    {"power", 4, act_power},
    {"kill", 3, act_kill},
    {"reopen", 2, act_reopen},
    {"jump", 2, act_jump},
    {"drift", 1, act_drift},
    {"later", 4, act_later},
    {"rebuild", 1, act_rebuild},
    {"verify", 1, act_verify},
    {"backup", 3, acts_backup},
    {"restore", 2, act_restore},
    {"settle", 3, act_settle},
    {"key", 1, act_key},
    {"charter", 1, act_charter},
    {"join", 3, act_join},
    {"wait", 2, dates_wait},
    {"evidence", 3, dates_evidence},
    {"rubbish", 2, aside_rubbish},
    {"redact", 3, aside_redact},
    {"control", 2, control_act},
    {"full", 3, full_act},
};
enum { ACTS = sizeof acts / sizeof *acts };

void
acts_run(struct history *h, int count)
{
	unsigned sum = 0;
	int fork_at = count / 5 + (int)below(h, (uint64_t)count / 3 + 1);
	for (int i = 0; i < ACTS; i++)
		sum += acts[i].weight;
	for (h->acts = 0; h->acts < count; h->acts++) {
		uint64_t at = below(h, sum);
		int i = 0;
		if (h->acts == fork_at)
			fork_now(h);
		if (h->acts == count / 2) {
			plant_now(h);
			if (h->plant == PLANT_NONE && !below(h, 8))
				bulk_add(h, (int)below(h, (uint64_t)h->n));
		}
		while (at >= acts[i].weight)
			at -= acts[i++].weight;
		simworld_advance(h->w, (int64_t)below(h, 600) * TIME_SECOND + (int64_t)below(h, TIME_SECOND));
		int home = some_home(h);
		history_say(h, "%d: home %d: %s", h->acts, home, acts[i].name);
		acts[i].run(h, home);
		if (h->home[home].full && !below(h, 3))
			full_end(h, home);
		history_bury(h);
	}
}
