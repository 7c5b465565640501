#include "sim/judge.h"

#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "node/op.h"
#include "sim/acts.h"
#include "sim/aside.h"
#include "sim/bulk.h"
#include "sim/full.h"
#include "sim/weigh.h"

/* the last exchange */

static bool
present(const struct history *h, int member)
{
	return history_honest(h, member) && !(h->departed & bit(member));
}

/* Everything works again: clocks are right, later than any of them ever was, and half of the machines lose power once more. */
static void
mend(struct history *h)
{
	h->calm = true;
	for (int i = 0; i < h->c.n; i++) {
		struct home *x = &h->home[i];
		if (!x->exists)
			continue;
		full_end(h, i);
		simworld_drift(h->w, i, 0);
		simworld_jump(h->w, i, simworld_now(h->w) - h->c.env[i]->now(h->c.env[i]->ctx));
		x->jumped = 0;
		if (simrng_once_in(&h->dice, 2)) {
			h->c.node[i] = NULL;
			simworld_power(h->w, i);
		} else {
			history_down(h, i);
		}
		x->clock.pending = 0; /* dates.c: from here on only what is left is judged */
		x->clock.unnoticed = INT64_MAX / 4;
	}
	simworld_advance(h->w, h->furthest + TIME_DAY);
	for (int i = 0; i < h->c.n; i++)
		if (h->home[i].exists)
			history_up(h, i);
}

/* Two members were shown two histories of one log. */
struct quarrel {
	int a, b;
	char *origin;
	int author;
};

struct quarrels {
	struct quarrel *q;
	size_t n;
};

static void
look_for_quarrels(struct history *h, struct quarrels *all)
{
	for (int a = 0; a < h->n; a++)
		for (int b = a + 1; b < h->n; b++) {
			if (!present(h, a) || !present(h, b))
				continue;
			for (size_t i = 0; i < h->home[a].eye.n; i++) {
				const struct eye_log *x = &h->home[a].eye.log[i], *y = eye_find(&h->home[b].eye, x->origin);
				bool known = false;
				if (!y || !eye_contradict(x, y))
					continue;
				for (size_t k = 0; k < all->n; k++)
					known |= all->q[k].a == a && all->q[k].b == b && !strcmp(all->q[k].origin, x->origin);
				if (known)
					continue;
				all->q = realloc(all->q, (all->n + 1) * sizeof *all->q);
				all->q[all->n++] = (struct quarrel){a, b, strdup(x->origin), x->author};
			}
		}
}

static uint64_t
entries(const struct history *h)
{
	uint64_t n = 0;
	for (int i = 0; i < h->n; i++)
		for (size_t k = 0; k < h->home[i].eye.n; k++)
			n += h->home[i].eye.log[k].n;
	return n;
}

/* Honest homes fetch from each other until nothing new comes. */
static void
exchange(struct history *h, struct quarrels *all)
{
	enum { ROUNDS = 8 };
	for (int round = 0; round < ROUNDS; round++) {
		uint64_t before = entries(h);
		look_for_quarrels(h, all);
		if (h->plant == PLANT_DEAF && all->n)
			return;
		for (int a = 0; a < h->n; a++)
			for (int b = 0; b < h->n; b++) {
				bool whole = false;
				if (a == b || !present(h, a) || !present(h, b))
					continue;
				enum outcome o = acts_sync(h, a, b, &weather_calm, &whole);
				if (o != ACKED || !whole)
					history_wrong(h, "home %d cannot fetch from home %d although nothing is in the way", a, b);
			}
		if (round && entries(h) == before)
			return;
	}
	history_wrong(h, "homes find ever more to fetch from each other");
}

/* forks */

struct proofs {
	struct history *h;
	int home;
	const char *origin; /* looked for, or NULL: all are judged */
	int author;
	bool found;
	enum err err;
	struct errinfo e;
};

static enum err
one_proof(void *ctx, struct str proof, int64_t at, struct errinfo *e)
{
	struct proofs *p = ctx;
	(void)at;
	(void)e;
	bool proves = history_proves(p->h, p->author, proof, p->origin);
	p->found |= proves;
	if (!proves)
		history_wrong(p->h, "home %d keeps a proof about %s that proves nothing", p->home, p->origin);
	else if (history_honest(p->h, p->author))
		history_wrong(p->h, "home %d holds a proof that an honest author forked: %s", p->home, p->origin);
	return OK;
}

static enum err
proofs_of_log(void *ctx, const struct record_log *log, struct errinfo *e)
{
	struct proofs *p = ctx, one = *p;
	if (p->origin && strcmp(p->origin, log->origin))
		return OK;
	one.origin = log->origin;
	one.author = log->author;
	one.found = false;
	enum err err = record_fork_each(p->h->c.node[p->home]->store, log->no, one_proof, &one, e);
	p->found |= one.found;
	return err;
}

static void
do_proofs(void *arg)
{
	struct proofs *p = arg;
	p->err = record_log_each(p->h->c.node[p->home]->store, 0, proofs_of_log, p, &p->e);
}

static bool
holds_proof(struct history *h, int home, const char *origin)
{
	struct proofs p = {.h = h, .home = home, .origin = origin};
	return h->c.node[home] && history_step(h, home, do_proofs, &p) && !p.err && p.found;
}

/* Each quarrel of two who then met is one of the forks; by origin, as that is what is proven. */
static void
judge_forks(struct history *h, struct quarrels *all)
{
	for (int i = 0; i < h->c.n; i++) {
		struct proofs p = {.h = h, .home = i};
		if (h->c.node[i] && (!history_step(h, i, do_proofs, &p) || p.err))
			history_wrong(h, "home %d: its proofs cannot be read: %s", i, p.e.msg);
	}
	for (size_t i = 0; i < all->n; i++) {
		bool first = true, proven = true;
		for (size_t k = 0; k < i; k++)
			first &= strcmp(all->q[k].origin, all->q[i].origin) != 0;
		if (!first)
			continue;
		for (size_t k = i; k < all->n; k++) {
			const struct quarrel *q = &all->q[k];
			if (strcmp(q->origin, all->q[i].origin))
				continue;
			bool both = holds_proof(h, q->a, q->origin) && holds_proof(h, q->b, q->origin);
			if (!both)
				history_wrong(h, "homes %d and %d were shown two histories of %s and have met, but not both hold a proof", q->a, q->b,
				    q->origin);
			proven &= both;
		}
		h->forks++;
		h->proven += proven;
		if (history_honest(h, all->q[i].author))
			history_wrong(h, "the honest author of %s signed two histories", all->q[i].origin);
	}
}

/* agreement */

static void
judge_agreement(struct history *h)
{
	for (int a = 0; a < h->n; a++)
		for (size_t i = 0; present(h, a) && i < h->home[a].eye.n; i++) {
			const struct eye_log *x = &h->home[a].eye.log[i];
			uint8_t root[PROOF_HASH], own[PROOF_HASH];
			uint64_t size;
			if (!x->note && x->n)
				history_wrong(h, "home %d holds %llu entries of %s and no checkpoint", a, (unsigned long long)x->n, x->origin);
			if (x->note && !history_signed(h, x->author, (struct str){x->note, x->cp_note}, x->origin, &size, root))
				history_wrong(h, "home %d holds a checkpoint of %s that its author did not sign", a, x->origin);
			else if (x->note && size <= x->n) {
				proof_root((const uint8_t(*)[PROOF_HASH])x->leaf, size, own);
				if (memcmp(own, root, sizeof own))
					history_wrong(h, "home %d: the entries of %s are not those of its checkpoint", a, x->origin);
			}
			/* what only the author had is gone with its disk */
			if (x->waiting && history_honest(h, x->author) && !x->forked && !h->home[x->author].restored)
				history_wrong(
				    h, "home %d still lacks the payload of %llu entries of %s", a, (unsigned long long)x->waiting, x->origin);
			for (int b = 0; b < h->n; b++) {
				if (a == b || !present(h, b) || !(x->circle & bit(b)))
					continue;
				const struct eye_log *y = eye_find(&h->home[b].eye, x->origin);
				uint64_t n = y ? y->n : 0;
				/* an author that lost its disk may leave entries behind of which nobody has the rest: no checkpoint vouches for them
				 */
				bool rest = h->home[x->author].restored;
				if (history_honest(h, x->author) && (rest ? (y ? y->vouched : 0) != x->vouched : n != x->n))
					history_wrong(h, "homes %d and %d have met, and hold %llu and %llu entries of %s", a, b,
					    (unsigned long long)x->n, (unsigned long long)n, x->origin);
				if (y && a < b && !eye_contradict(x, y) && eye_common(x, y) < (x->n < n ? x->n : n) && !(x->forked && y->forked))
					history_wrong(
					    h, "homes %d and %d hold different entries of %s and no checkpoint covers them", a, b, x->origin);
			}
		}
}

/* words, serials */

struct serials {
	uint64_t circle;
	int author;
	uint32_t epoch;
	uint64_t first, last;
};

struct scan {
	struct history *h;
	int home;
	struct record_log log; /* being read */
	struct serials serial[512];
	size_t nserials;
	enum err err;
	struct errinfo e;
};

static void
scan_words(struct scan *s, struct str bytes)
{
	struct truth *t = &s->h->truth;
	size_t at = 0;
	int word;
	while ((word = truth_next(t, bytes, &at)) >= 0)
		for (size_t i = 0; i < t->nclaims; i++)
			if (t->claim[i].word == word && t->claim[i].home == s->home && t->claim[i].circle == s->log.circle &&
			    s->log.author == t->word[word].owner)
				t->claim[i].met = true;
}

static enum err
scan_piece(void *ctx, uint32_t n, struct str data, const struct hash *hash, struct errinfo *e)
{
	struct scan *s = ctx;
	(void)n;
	(void)hash;
	(void)e;
	scan_words(s, data);
	return OK;
}

static enum err
scan_entry(void *ctx, uint64_t idx, const struct record_entry *entry, struct errinfo *e)
{
	struct scan *s = ctx;
	struct serials *n = &s->serial[s->nserials];
	ptrdiff_t at = str_find(entry->bytes, STR("\"serial\":"));
	uint64_t serial = 0;
	scan_words(s, entry->bytes);
	if (at >= 0) {
		for (const char *p = entry->bytes.p + at + 9; p < entry->bytes.p + entry->bytes.n && *p >= '0' && *p <= '9'; p++)
			serial = 10 * serial + (uint64_t)(*p - '0');
		if (n->last && serial != n->last + 1 && history_honest(s->h, s->log.author))
			history_wrong(s->h, "home %d: entry %llu of %s has serial %llu after %llu", s->home, (unsigned long long)idx, s->log.origin,
			    (unsigned long long)serial, (unsigned long long)n->last);
		if (!n->first)
			n->first = serial;
		n->last = serial;
	}
	return entry->count && entry->first ? record_piece_each(s->h->c.node[s->home]->store, entry->first, entry->count, scan_piece, s, e) : OK;
}

static enum err
scan_log(void *ctx, const struct record_log *log, struct errinfo *e)
{
	struct scan *s = ctx;
	s->log = *log;
	s->serial[s->nserials] = (struct serials){log->circle, log->author, log->epoch, 0, 0};
	enum err err = record_entry_each(s->h->c.node[s->home]->store, log->no, 0, log->edge.size, scan_entry, s, e);
	if (s->nserials < 511 && s->serial[s->nserials].first)
		s->nserials++;
	return err;
}

static void
do_scan(void *arg)
{
	struct scan *s = arg;
	s->err = record_log_each(s->h->c.node[s->home]->store, 0, scan_log, s, &s->e);
}

static void
judge_serials(struct history *h, const struct scan *s)
{
	for (size_t i = 0; i < s->nserials; i++) {
		const struct serials *x = &s->serial[i];
		uint64_t before = 0;
		for (size_t k = 0; k < s->nserials; k++)
			if (s->serial[k].circle == x->circle && s->serial[k].author == x->author && s->serial[k].epoch < x->epoch &&
			    s->serial[k].last > before)
				before = s->serial[k].last;
		/* an author that lost its disk goes on above whatever it may have lost */
		if (x->first != before + 1 && !(h->home[x->author].restored && x->first > before) && history_honest(h, x->author))
			history_wrong(h, "home %d: %s's serials in one circle go on with %llu after %llu", s->home, h->c.id[x->author],
			    (unsigned long long)x->first, (unsigned long long)before);
	}
}

/* Whether it was recalled so long ago that its author's own home may have deleted it as well, with 72 hours from the end of the dispute. */
static bool
dispute_over(const struct history *h, const struct claim *c)
{
	int64_t now = simworld_now(h->w) + (c->home >= 0 ? h->home[c->home].clock.most : 0);
	for (size_t i = 0; i < h->truth.ngifts; i++) {
		const struct gift *g = &h->truth.gift[i];
		if (!g->recalled || g->home != c->home || g->circle != c->circle || now < g->recalled_at + DATES_DISPUTE + 72 * TIME_HOUR)
			continue;
		for (int k = 0; k < g->nwords; k++)
			if (g->words[k] == c->word)
				return true;
	}
	return false;
}

static void
judge_claims(struct history *h)
{
	for (size_t i = 0; i < h->truth.nclaims; i++) {
		const struct claim *c = &h->truth.claim[i];
		if (h->truth.word[c->word].delete_by)
			continue; /* dates.c looks after those */
		if (c->met || c->home < 0 || !history_honest(h, h->home[c->home].member) || dispute_over(h, c))
			continue;
		struct buf name = BUF_INIT(128);
		history_circle(h, c->circle, ".", false, &name);
		history_lost(h, "home %d acknowledged %s for %.*s (%s): it is not there", c->home, h->truth.word[c->word].what,
		    STR_FMT(buf_str(&name)), h->truth.word[c->word].text);
		buf_done(&name);
	}
}

/* disks */

struct files {
	struct history *h;
	int home;
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
	if (!simdisk_get(simworld_disk(h->w, f->home), name, &b))
		history_wrong(h, "home %d: %s cannot be read", f->home, name);
	while ((word = truth_next(&h->truth, buf_str(&b), &at)) >= 0)
		if (!(h->truth.word[word].may & bit(h->home[f->home].member)))
			history_wrong(h, "home %d holds in %s what was not released to it: %s of %s (%s)", f->home, name, h->truth.word[word].what,
			    h->c.id[h->truth.word[word].owner], h->truth.word[word].text);
	buf_done(&b);
}

/* the product's own checks, and the view */

struct digest {
	struct node *node;
	struct hash hash;
	enum err err;
	struct errinfo e;
};

static void
do_digest(void *arg)
{
	struct digest *d = arg;
	d->err = view_digest(d->node->store, &d->hash, &d->e);
}

static void
judge_view(struct history *h, int home)
{
	struct digest grown = {.node = h->c.node[home]}, anew;
	struct buf reply = BUF_INIT(1 * MIB);
	if (history_op(h, home, &reply, NULL, "verify", "{}") != ACKED || centre_number(buf_str(&reply), "faults") != 0)
		history_wrong(h, "home %d does not verify: %.*s", home, STR_FMT(str_sub(buf_str(&reply), 0, 600)));
	bool ok = history_step(h, home, do_digest, &grown) && !grown.err;
	if (history_op(h, home, &reply, NULL, "rebuild", "{}") != ACKED)
		history_wrong(h, "the view of home %d cannot be made anew", home);
	anew = (struct digest){.node = h->c.node[home]};
	ok = ok && history_step(h, home, do_digest, &anew) && !anew.err;
	if (!ok || !hash_eq(&grown.hash, &anew.hash))
		history_wrong(h, "home %d: the view made anew is another one than the view that grew%s", home, ok ? "" : " (or cannot be read)");
	buf_done(&reply);
}

static bool
still_claimed(const struct history *h, const struct gift *g, int word)
{
	for (size_t i = 0; i < h->truth.nclaims; i++)
		if (h->truth.claim[i].word == word && h->truth.claim[i].circle == g->circle && h->truth.claim[i].home == g->home)
			return true;
	return false;
}

/* People find what was released to them, and do not find what was recalled. */
static void
judge_finding(struct history *h)
{
	struct buf reply = BUF_INIT(4 * MIB), name = BUF_INIT(128);
	char id[THING_ID];
	for (size_t i = 0; i < h->truth.ngifts; i++) {
		const struct gift *g = &h->truth.gift[i];
		if (!history_honest(h, g->author) || !g->nwords || !still_claimed(h, g, g->words[0]) || g->delete_by)
			continue;
		buf_clear(&name);
		history_circle(h, g->circle, ".", false, &name);
		bool left = (g->circle & h->departed) != 0, any = false, all = true;
		for (int m = 0; m < h->n; m++) {
			if (!present(h, m) || !(g->circle & bit(m)) || !present(h, g->author))
				continue;
			const char *word = h->truth.word[g->words[0]].text;
			bool there =
			    history_op(h, m, &reply, NULL, "search", "{\"centre\":\"%s\",\"circle\":\"%.*s\",\"author\":\"%s\",\"words\":\"%s\"}",
				h->c.hex, STR_FMT(buf_str(&name)), h->c.id[g->author], word) == ACKED &&
			    centre_text(buf_str(&reply), "items.0.id", id, sizeof id);
			any |= there;
			all &= there;
			if (!there && !g->recalled && !left)
				history_wrong(h, "home %d does not find %s, which %s released to %.*s (%s)", m, g->id, h->c.id[g->author],
				    STR_FMT(buf_str(&name)), word);
			for (size_t k = i + 1; k < h->truth.ngifts; k++) /* given again since */
				there &= strcmp(h->truth.gift[k].id, g->id) || h->truth.gift[k].circle != g->circle;
			if (there && g->recalled && !strcmp(id, g->id) && g->recall_sure)
				history_wrong(h, "home %d still finds %s, which %s recalled", m, g->id, h->c.id[g->author]);
		}
		/* who leaves takes with it what nobody countersigned in time; what was in time is for all to know */
		if (left && any && !all && !g->recalled)
			history_wrong(h, "homes do not agree whether %s, which %s released to %.*s, was countersigned in time", g->id,
			    h->c.id[g->author], STR_FMT(buf_str(&name)));
	}
	buf_done(&reply);
	buf_done(&name);
}

void
judge(struct history *h)
{
	struct quarrels all = {0};
	struct scan *s = calloc(1, sizeof *s);
	mend(h);
	exchange(h, &all);
	for (int i = 0; i < h->c.n; i++)
		if (h->c.node[i])
			history_look(h, i, true);
	judge_agreement(h);
	weigh_judge(h); /* these two before a view is made anew */
	bulk_judge(h);
	judge_forks(h, &all);
	for (int i = 0; i < h->c.n; i++) {
		struct files f = {h, i};
		if (!h->home[i].exists)
			continue;
		simdisk_each(simworld_disk(h->w, i), judge_file, &f);
		if (!h->c.node[i])
			continue;
		*s = (struct scan){.h = h, .home = i};
		if (!history_step(h, i, do_scan, s) || s->err)
			history_wrong(h, "home %d: its record cannot be read: %s", i, s->e.msg);
		else
			judge_serials(h, s);
		if (history_honest(h, h->home[i].member))
			judge_view(h, i);
	}
	judge_claims(h);
	aside_judge(h);
	judge_finding(h);
	dates_judge(h);
	for (size_t i = 0; i < all.n; i++)
		free(all.q[i].origin);
	free(all.q);
	free(s);
}
