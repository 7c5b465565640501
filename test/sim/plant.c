#include "sim/plant.h"

#include <string.h>

#include "node/op.h"
#include "sim/acts.h"
#include "sim/aside.h"
#include "sim/bulk.h"
#include "sim/full.h"
#include "sim/tell.h"

void
plant_members(struct history *h)
{
	if (h->plant == PLANT_NONE)
		return;
	h->forker = h->plant == PLANT_DEAF ? 0 : -1;
	h->garbler = -1;
	h->governor = h->n - 1;
}

void
plant_begin(struct history *h)
{
	for (int i = 0; h->plant == PLANT_LIE && i < h->n; i++)
		simdisk_lie(simworld_disk(h->w, i), true);
}

static uint64_t
everybody(const struct history *h)
{
	return bit(h->n) - 1;
}

/* Released by home 0, and fetched by home 1. */
static void
say_something(struct history *h)
{
	int t = tell_report(h, 0, everybody(h), NULL, 0);
	if (t >= 0)
		tell_release(h, t, everybody(h));
	acts_sync(h, 1, 0, &weather_calm, NULL);
}

/* The disk of home 0 is put back to what it was before it said something, and nobody is told. */
static void
put_back(struct history *h)
{
	history_down(h, 0);
	struct simdisk_image *im = simdisk_snapshot(simworld_disk(h->w, 0));
	say_something(h);
	history_down(h, 0);
	simworld_kill(h->w, 0);
	simdisk_restore(simworld_disk(h->w, 0), im);
	simdisk_image_free(im);
	simworld_other_dice(h->w, 0);
	eye_free(&h->home[0].eye); /* this home is to be found out by others, not by itself */
	for (size_t i = 0; i < h->truth.nclaims; i++)
		if (h->truth.claim[i].home == 0)
			h->truth.claim[i].home = -1;
	say_something(h);
}

/* A letter of a report is another one in the file of the record. */
static void
edit(struct history *h)
{
	struct buf b = BUF_INIT(64 * MIB);
	size_t at = 0;
	int word;
	say_something(h);
	history_down(h, 0);
	if (simdisk_get(simworld_disk(h->w, 0), "log.db", &b) && (word = truth_next(&h->truth, buf_str(&b), &at)) >= 0) {
		b.p[at - 1] = b.p[at - 1] == 'a' ? 'b' : 'a';
		simworld_kill(h->w, 0);
		simdisk_put(simworld_disk(h->w, 0), "log.db", buf_str(&b));
	}
	buf_done(&b);
}

/* What home 1 holds as signed by home 0 is not. */
static void
forge(struct history *h)
{
	struct buf b = BUF_INIT(64 * MIB), line = BUF_INIT(64);
	say_something(h);
	history_down(h, 1);
	buf_printf(&line, "/%s/1 ", h->c.id[0]); /* its name ends so, a signature comes */
	if (simdisk_get(simworld_disk(h->w, 1), "log.db", &b)) {
		struct str rest = buf_str(&b);
		for (ptrdiff_t at; (at = str_find(rest, buf_str(&line))) >= 0;) {
			rest = str_sub(rest, (size_t)at + line.n, rest.n);
			if (rest.n > 20)
				((char *)rest.p)[20] = rest.p[20] == 'a' ? 'b' : 'a';
		}
		simworld_kill(h->w, 1);
		simdisk_put(simworld_disk(h->w, 1), "log.db", buf_str(&b));
	}
	buf_done(&b);
	buf_done(&line);
}

struct meddling {
	struct history *h;
	struct node *node;
	struct view_row row;
	int64_t first, piece;
	struct hash leaf;
	bool found;
	enum err err;
	struct errinfo e;
};

static enum err
first_row(void *ctx, const struct view_row *row, struct errinfo *e)
{
	struct meddling *m = ctx;
	(void)e;
	m->row = *row;
	m->found = true;
	return ERR_STOPPED;
}

static void
do_view(void *arg)
{
	struct meddling *m = arg;
	struct view_filter f = {.author = -1, .link = -1, .since = TIME_MIN, .now = m->node->env->now(m->node->env->ctx), .limit = 1};
	uint64_t position;
	m->err = view_find(m->node->store, &f, first_row, m, &m->e);
	if (!m->found || (m->err = view_position(m->node->store, &position, &m->e)) || (m->err = view_begin(m->node->store, &m->e)))
		return;
	if ((m->err = view_object_state(m->node->store, &m->row, VIEW_RECALLED, NULL, 0, &m->e)))
		view_rollback(m->node->store);
	else
		m->err = view_commit(m->node->store, position, &m->e);
}

static enum err
first_log(void *ctx, const struct record_log *log, struct errinfo *e)
{
	struct meddling *m = ctx;
	enum err err;
	if (m->found || !log->edge.size)
		return OK;
	m->found = true;
	if ((err = record_begin(m->node->store, e)))
		return err;
	if ((err = record_fork_put(m->node->store, log->no, STR("comity-fork/v1\n\nnothing\n\nnothing\n\nnothing\n\nnothing\n"), 0, NULL, e)))
		record_rollback(m->node->store);
	return err ? err : record_commit(m->node->store, e);
}

static void
do_bogus(void *arg)
{
	struct meddling *m = arg;
	m->err = record_log_each(m->node->store, 0, first_log, m, &m->e);
}

static void
meddle_quietly(struct history *h, void (*fn)(void *arg))
{
	if (!history_up(h, 0))
		return;
	struct meddling m = {.h = h, .node = h->c.node[0]};
	if (!history_step(h, 0, fn, &m) || m.err || !m.found)
		history_say(h, "nothing could be planted: %s", m.e.msg);
	history_bury(h);
}

static void
meddle(struct history *h, void (*fn)(void *arg))
{
	say_something(h);
	meddle_quietly(h, fn);
}

/* Bytes of a report with a date to come are withdrawn. */
static enum err
first_piece(void *ctx, uint32_t n, struct str data, const struct hash *hash, struct errinfo *e)
{
	struct meddling *m = ctx;
	size_t at = 0;
	int word = truth_next(&m->h->truth, data, &at);
	(void)hash;
	(void)e;
	if (!m->found && word >= 0 && m->h->truth.word[word].delete_by) {
		m->found = true;
		m->piece = m->first + n;
		proof_leaf(data, m->leaf.b);
	}
	return OK;
}

static enum err
first_entry(void *ctx, uint64_t idx, const struct record_entry *entry, struct errinfo *e)
{
	struct meddling *m = ctx;
	(void)idx;
	m->first = entry->first;
	return m->found || !entry->count || !entry->first ? OK : record_piece_each(m->node->store, entry->first, entry->count, first_piece, m, e);
}

static enum err
each_log(void *ctx, const struct record_log *log, struct errinfo *e)
{
	struct meddling *m = ctx;
	return record_entry_each(m->node->store, log->no, 0, log->edge.size, first_entry, m, e);
}

static void
do_withdraw(void *arg)
{
	struct meddling *m = arg;
	if ((m->err = record_log_each(m->node->store, 0, each_log, m, &m->e)) || !m->found || (m->err = record_begin(m->node->store, &m->e)))
		return;
	if ((m->err = record_piece_withdraw(m->node->store, m->piece, &m->leaf, &m->e)))
		record_rollback(m->node->store);
	else
		m->err = record_commit(m->node->store, &m->e);
}

static void
delete_early(struct history *h)
{
	int t = tell_report(h, 0, everybody(h), NULL, 0);
	if (t < 0)
		return;
	for (int i = 0; i < h->truth.thing[t].nparts; i++) /* as if it had said so */
		h->truth.word[h->truth.thing[t].part[i].word].delete_by = simworld_now(h->w) + 30 * TIME_DAY;
	dates_watch(h, 0);
	meddle(h, do_withdraw);
	dates_watch(h, 0);
}

/* The trail and quarantine of home 0 are what they were before it refused something. */
static void
forget_refused(struct history *h)
{
	history_down(h, 0);
	struct buf before = BUF_INIT(64 * MIB);
	simdisk_get(simworld_disk(h->w, 0), "node.db", &before);
	for (int i = 0; i < 8; i++)
		aside_rubbish(h, 0);
	history_down(h, 0);
	simworld_kill(h->w, 0);
	simdisk_put(simworld_disk(h->w, 0), "node.db", buf_str(&before));
	buf_done(&before);
}

static void
hide_claim(struct history *h)
{
	for (int i = 0; i < 20; i++) {
		int t = tell_report(h, 1, everybody(h), NULL, 0);
		if (t < 0 || !h->truth.thing[t].best || h->truth.thing[t].delete_by || tell_release(h, t, everybody(h)) != ACKED)
			continue;
		acts_sync(h, 0, 1, &weather_calm, NULL);
		meddle_quietly(h, do_view);
		return;
	}
}

static void
cut_bulk(struct history *h)
{
	bulk_add(h, 0);
	meddle_quietly(h, do_view);
}

void
plant_now(struct history *h)
{
	h->calm = true;
	switch (h->plant) {
	case PLANT_UNSETTLED:
		put_back(h);
		break;
	case PLANT_EDIT:
		edit(h);
		break;
	case PLANT_FORGED:
		forge(h);
		break;
	case PLANT_VIEW:
		meddle(h, do_view);
		break;
	case PLANT_BOGUS:
		meddle(h, do_bogus);
		break;
	case PLANT_EARLY:
		delete_early(h);
		break;
	case PLANT_AUDIT:
		forget_refused(h);
		break;
	case PLANT_COMPARE:
		hide_claim(h);
		break;
	case PLANT_HALF:
		cut_bulk(h);
		break;
	case PLANT_FULL:
		full_act(h, 0);
		break;
	case PLANT_LEFT:
		h->departed |= bit(1);
		h->left_at = 0;
		say_something(h);
		break;
	default:;
	}
	h->calm = false;
}
