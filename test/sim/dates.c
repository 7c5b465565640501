#include "sim/dates.h"

#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "node/op.h"
#include "sim/acts.h"
#include "sim/history.h"
#include "sim/tell.h"

enum { HOURS = 72 };
#define SLACK (3 * TIME_HOUR) /* a clock that drifts for the whole history */

/* clocks */

void
dates_jump(struct history *h, int home, int64_t by)
{
	struct dates_clock *c = &h->home[home].clock;
	c->blind = !h->c.node[home];
	dates_watch(h, home);
	c->pending += by;
	if (h->home[home].jumped > c->most)
		c->most = h->home[home].jumped;
}

void
dates_off(struct history *h, int home)
{
	struct dates_clock *c = &h->home[home].clock;
	c->unnoticed += c->pending > 0 ? c->pending : 0;
	c->pending = 0;
}

void
dates_looked(struct history *h, int home)
{
	struct dates_clock *c = &h->home[home].clock;
	if (c->pending > TIME_HOUR || c->pending < -TIME_HOUR) {
		c->noticed = simworld_now(h->w);
		c->unnoticed = 0;
	}
	c->pending = 0;
}

/* what is there */

struct watching {
	struct history *h;
	int home;
	enum err err;
	struct errinfo e;
};

static enum err
watch_piece(void *ctx, uint32_t n, struct str data, const struct hash *hash, struct errinfo *e)
{
	struct watching *x = ctx;
	size_t at = 0;
	int word;
	(void)n;
	(void)hash;
	(void)e;
	while ((word = truth_next(&x->h->truth, data, &at)) >= 0)
		x->h->truth.word[word].seen |= bit(x->home);
	return OK;
}

static enum err
watch_entry(void *ctx, uint64_t idx, const struct record_entry *entry, struct errinfo *e)
{
	struct watching *x = ctx;
	(void)idx;
	return entry->count && entry->first ? record_piece_each(x->h->c.node[x->home]->store, entry->first, entry->count, watch_piece, x, e) : OK;
}

static enum err
watch_log(void *ctx, const struct record_log *log, struct errinfo *e)
{
	struct watching *x = ctx;
	return record_entry_each(x->h->c.node[x->home]->store, log->no, 0, log->edge.size, watch_entry, x, e);
}

static void
do_watch(void *arg)
{
	struct watching *x = arg;
	x->err = record_log_each(x->h->c.node[x->home]->store, 0, watch_log, x, &x->e);
}

static void
deleted(struct history *h, int home, struct word *w)
{
	const struct home *x = &h->home[home];
	int64_t now = simworld_now(h->w), wait = HOURS * TIME_HOUR;
	w->gone |= bit(home);
	h->did[DID_DELETE]++;
	if (!history_honest(h, x->member))
		return;
	if (now + x->clock.most + SLACK < w->delete_by + wait)
		history_wrong(h, "home %d deleted %s (%s) before its time: %lld minutes before the date and 72 hours", home, w->what, w->text,
		    (long long)((w->delete_by + wait - now - x->clock.most) / TIME_MINUTE));
	else if (!x->clock.blind && x->clock.noticed != INT64_MIN && now + x->clock.unnoticed + SLACK < x->clock.noticed + wait)
		history_wrong(h, "home %d deleted %s (%s) before its time: its clock jumped %lld minutes ago", home, w->what, w->text,
		    (long long)((now - x->clock.noticed) / TIME_MINUTE));
}

void
dates_watch(struct history *h, int home)
{
	struct watching x = {.h = h, .home = home};
	struct truth *t = &h->truth;
	uint8_t *had;
	bool any = false;
	if (!h->c.node[home] || !(had = calloc(t->nwords + 1, 1)))
		return;
	for (size_t i = 0; i < t->nwords; i++) {
		had[i] = t->word[i].delete_by && (t->word[i].seen & bit(home));
		any |= t->word[i].delete_by && (t->word[i].may & bit(h->home[home].member));
		t->word[i].seen &= ~bit(home);
	}
	bool ok = any && history_step(h, home, do_watch, &x) && !x.err && h->home[home].fell == HOME_WELL;
	for (size_t i = 0; i < t->nwords; i++)
		if (had[i] && !ok)
			t->word[i].seen |= bit(home);
		else if (had[i] && !(t->word[i].seen & bit(home)))
			deleted(h, home, &t->word[i]);
	h->home[home].clock.blind &= any && !ok;
	free(had);
}

struct ticking {
	struct node *node;
	enum err err;
	struct errinfo e;
};

static void
do_tick(void *arg)
{
	struct ticking *x = arg;
	x->err = node_tick(x->node, &x->e);
}

static void
tick(struct history *h, int home)
{
	struct ticking x = {0};
	if (!history_up(h, home))
		return;
	dates_watch(h, home);
	if (!(x.node = h->c.node[home]) || !history_step(h, home, do_tick, &x))
		return;
	if (x.err)
		history_wrong(h, "home %d: what is due cannot be done: %s: %s", home, err_name(x.err), x.e.msg);
	dates_looked(h, home);
	dates_watch(h, home);
}

void
dates_wait(struct history *h, int home)
{
	(void)home;
	for (int days = 1 + (int)simrng_below(&h->dice, 3); days; days--) {
		simworld_advance(h->w, 30 * TIME_HOUR);
		for (int i = 0; i < h->c.n; i++)
			if (h->home[i].exists && simrng_once_in(&h->dice, 2)) {
				tick(h, i);
				history_bury(h);
			}
	}
}

/* sealed */

/* Nothing of that name was ever taken back or has a date, and nobody left its circle, so that it may not have been countersigned in time: it must be
 * in view. */
static bool
untouched(const struct history *h, const struct gift *g)
{
	if (g->circle & h->departed)
		return false;
	for (size_t i = 0; i < h->truth.ngifts; i++) {
		const struct gift *x = &h->truth.gift[i];
		if (x->recalled && (x->thing == g->thing || !strcmp(x->id, g->id)))
			return false;
	}
	return !g->delete_by;
}

void
dates_evidence(struct history *h, int home)
{
	size_t n = h->truth.ngifts, from = n ? (size_t)simrng_below(&h->dice, n) : 0;
	int me = h->home[home].member;
	struct buf reply = BUF_INIT(4 * MIB);
	for (size_t i = 0; i < n; i++) {
		const struct gift *g = &h->truth.gift[(from + i) % n];
		if (!(g->circle & bit(me)) || !g->nwords || (!g->recall_sure && i % 8))
			continue;
		if (g->author != me && !(h->departed & bit(g->author)) && g->home != h->n && simrng_once_in(&h->dice, 2))
			acts_sync(h, home, g->home, &weather_calm, NULL);
		g = &h->truth.gift[(from + i) % n];
		int w = tell_reason(h, home, 0, "the reason for opening evidence");
		const char *why = h->truth.word[w].text;
		enum outcome o =
		    history_op(h, home, &reply, NULL, "evidence", "{\"centre\":\"%s\",\"id\":\"%s\",\"reason\":\"%s\"}", h->c.hex, g->id, why);
		if (o != ACKED)
			break;
		if (untouched(h, g))
			history_wrong(h, "home %d opens as evidence what is in view: %s", home, g->id);
		if (str_find(buf_str(&reply), str_of(h->truth.word[g->words[0]].text)) < 0)
			history_wrong(h, "home %d opens as evidence of %s something else", home, g->id);
		truth_keep(&h->truth, w, home);
		h->did[DID_OPEN]++;
		break;
	}
	buf_done(&reply);
}

/* the end */

struct files {
	struct history *h;
	int home;
	const uint8_t *due; /* by word */
};

static void
judge_file(const char *name, uint64_t size, void *ctx)
{
	struct files *f = ctx;
	struct history *h = f->h;
	struct buf b = BUF_INIT(256 * MIB);
	size_t at = 0;
	int word;
	(void)size;
	if ((strncmp(name, "log.db", 6) && strncmp(name, "view.db", 7)) || !simdisk_get(simworld_disk(h->w, f->home), name, &b)) {
		buf_done(&b);
		return;
	}
	while ((word = truth_next(&h->truth, buf_str(&b), &at)) >= 0)
		if (f->due[word])
			history_wrong(h, "home %d still holds in %s what was to be deleted: %s of %s (%s)%s", f->home, name, h->truth.word[word].what,
			    h->c.id[h->truth.word[word].owner], h->truth.word[word].text, f->due[word] == 2 ? ", recalled" : "");
	buf_done(&b);
}

/* What nobody but its author may have any more: given, and surely taken back from everybody it was given to; by who is there at the end, for nobody
 * asks who has left, and what it took back at the last may have come to none. */
static void
mark_recalled(struct history *h, int home, uint8_t *due)
{
	struct truth *t = &h->truth;
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < t->ngifts; i++) {
			const struct gift *g = &t->gift[i];
			bool gone = g->recalled && g->recall_sure && g->author != h->home[home].member && history_honest(h, g->author) &&
				    !(h->departed & bit(g->author));
			if (gone == (pass == 0))
				for (int k = 0; k < g->nwords; k++)
					due[g->words[k]] = pass == 0 ? 2 : 0;
		}
	for (size_t i = 0; i < t->nthings; i++) /* what went somewhere unnoticed, by a release that nobody acknowledged */
		if (t->thing[i].unsure)
			for (int k = 0; k < t->thing[i].nparts; k++)
				due[t->thing[i].part[k].word] = 0;
}

void
dates_judge(struct history *h)
{
	struct truth *t = &h->truth;
	uint8_t *due = calloc(t->nwords + 1, 1);
	int64_t end = 0;
	for (size_t i = 0; i < t->nwords; i++)
		end = t->word[i].delete_by > end ? t->word[i].delete_by : end;
	end = end > simworld_now(h->w) ? end - simworld_now(h->w) : 0;
	for (int k = 0; k < 2; k++) { /* noticed, then borne out */
		simworld_advance(h->w, k ? HOURS * TIME_HOUR + TIME_HOUR : end + DATES_DISPUTE + TIME_DAY);
		for (int i = 0; i < h->n; i++)
			tick(h, i);
	}
	for (int i = 0; i < h->n && due; i++) {
		struct files f = {h, i, due};
		if (!h->home[i].exists || !history_honest(h, i) || (h->departed & bit(i)))
			continue;
		memset(due, 0, t->nwords + 1);
		mark_recalled(h, i, due);
		for (size_t k = 0; k < t->nwords; k++)
			if (t->word[k].delete_by)
				due[k] = 1;
		history_down(h, i);
		simdisk_each(simworld_disk(h->w, i), judge_file, &f);
	}
	free(due);
}
