/* Drawing a pair. Each motif is a small story: acts that both sides have and M may learn of, and acts of one side that M may not. */
#include "ni/hist.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/time.h"

enum { SLOTS = 40 };

static uint64_t
bit(int home)
{
	return UINT64_C(1) << home;
}

static void
put(struct hist *h, struct act a)
{
	int i = h->nact;
	if (h->nact == HIST_ACTS)
		return;
	for (; i > 0 && h->act[i - 1].slot > a.slot; i--)
		h->act[i] = h->act[i - 1];
	h->act[i] = a;
	h->nact++;
}

static void
add(struct hist *h, enum side side, int slot, int thing)
{
	put(h, (struct act){.kind = ACT_ADD, .side = side, .slot = slot, .who = h->thing[thing].owner, .thing = thing});
}

static void
release(struct hist *h, enum side side, int slot, int thing, uint64_t circle)
{
	put(h, (struct act){.kind = ACT_RELEASE, .side = side, .slot = slot, .who = h->thing[thing].owner, .thing = thing, .circle = circle});
}

static uint32_t
reason(struct simrng *r)
{
	return (uint32_t)simrng_below(r, 50);
}

static void
recall(struct hist *h, struct simrng *r, enum side side, int slot, int thing, bool corrected)
{
	put(h,
	    (struct act){
		.kind = ACT_RECALL, .side = side, .slot = slot, .who = h->thing[thing].owner, .thing = thing, .yes = corrected, .words = reason(r)});
}

static void
request(struct hist *h, struct simrng *r, enum side side, int slot, int who, int thing, uint64_t to)
{
	put(h, (struct act){.kind = ACT_REQUEST, .side = side, .slot = slot, .who = who, .thing = thing, .circle = to, .words = reason(r)});
}

static void
consent(struct hist *h, struct simrng *r, enum side side, int slot, int asker, int thing, uint64_t to, bool yes)
{
	int who = h->thing[thing].owner;
	put(h, (struct act){.kind = ACT_CONSENT,
		   .side = side,
		   .slot = slot,
		   .who = who,
		   .with = asker,
		   .thing = thing,
		   .circle = to,
		   .yes = yes,
		   .words = reason(r)});
}

static void
grade(struct hist *h, struct simrng *r, enum side side, int slot, int who, int thing)
{
	put(h, (struct act){.kind = ACT_GRADE, .side = side, .slot = slot, .who = who, .thing = thing, .words = reason(r)});
}

/* Exchanges are on both sides always: who has what of M's circles by when is for M to see. */
static void
fetch(struct hist *h, int slot, int who, int from)
{
	put(h, (struct act){.kind = ACT_SYNC, .side = SIDE_BOTH, .slot = slot, .who = who, .with = from});
}

static int
new_thing(struct hist *h, struct simrng *r, bool report, int owner, uint64_t circle, enum level level)
{
	assert(h->nthing < HIST_THINGS);
	h->thing[h->nthing] = (struct thing){.report = report,
	    .owner = owner,
	    .circle = circle | bit(owner),
	    .level = level,
	    .words = (uint32_t)simrng_below(r, 200) + 1,
	    .refers = -1,
	    .as = h->nthing};
	return h->nthing++;
}

/* A home but these. */
static int
other(struct simrng *r, uint64_t but)
{
	int i;
	do
		i = (int)simrng_below(r, HIST_HOMES);
	while (but >> i & 1);
	return i;
}

static enum side
one_side(struct simrng *r)
{
	return simrng_once_in(r, 2) ? SIDE_A : SIDE_B;
}

static int
slot(struct simrng *r, int from, int n)
{
	return from + (int)simrng_below(r, (uint64_t)n);
}

/* What M may not see. */

static uint64_t
secret_circle(const struct hist *h, struct simrng *r, int owner)
{
	if (h->inside) {
		static const uint64_t far[] = {
		    5, 9, 7, 11, 13, 15}; /* with home 0; never {0, 1}, where visible reports go: ids of new objects come from the place in a log */
		uint64_t c;
		do
			c = far[simrng_below(r, 6)];
		while (!(c >> owner & 1));
		return c;
	}
	uint64_t c = bit(owner);
	while (c == bit(owner))
		c = (simrng_below(r, 16) | bit(owner)) & ~bit(h->m);
	return c;
}

static int
with_of(uint64_t circle, struct simrng *r, int who)
{
	return other(r, ~circle | bit(who));
}

/* Somebody's report or object, known to a circle without M, and what may become of it. */
static void
secret_thing(struct hist *h, struct simrng *r, int from)
{
	enum side side = simrng_once_in(r, 3) ? SIDE_A : SIDE_B;
	int owner = h->inside ? (int)simrng_below(r, HIST_HOMES) : other(r, bit(h->m));
	uint64_t circle = secret_circle(h, r, owner);
	int t = new_thing(h, r, simrng_once_in(r, 2), owner, circle, LEVEL_S), with = with_of(circle, r, owner);
	h->thing[t].delete_by = simrng_once_in(r, 3) ? 1 + (int)simrng_below(r, 9) : 0;
	h->thing[t].valid_until = simrng_once_in(r, 3) ? 1 + (int)simrng_below(r, 9) : 0;
	h->thing[t].compartment = simrng_once_in(r, 3) ? "ALPHA" : NULL;
	h->thing[t].orcon = simrng_once_in(r, 3);
	if (h->inside && h->thing[t].compartment && !h->allowed) /* that alone hides it */
		h->thing[t].level = LEVEL_U;
	add(h, side, slot(r, from, 3), t);
	if (simrng_once_in(r, 4))
		return;
	release(h, side, from + 3, t, circle);
	fetch(h, from + 4, h->inside && owner ? 0 : with, owner);
	if (!h->inside && simrng_once_in(r, 4))
		put(h, (struct act){.kind = ACT_POUCH, .side = SIDE_BOTH, .slot = from + 4, .who = with, .with = owner});
	if (simrng_once_in(r, 2))
		grade(h, r, side, from + 5, h->inside ? 0 : with, t);
	if (simrng_once_in(r, 2) && !(h->inside && (bit(with) | bit(owner)) == 3)) {
		uint64_t to = circle | (h->inside ? 0 : bit(h->m));
		request(h, r, side, from + 5, with, t, to);
		fetch(h, from + 5, owner, with);
		consent(h, r, side, from + 6, with, t, to, simrng_once_in(r, 2));
		fetch(h, from + 6, with, owner);
	}
	/* (its receipt would move ids of what goes to the viewer by the same log) */
	if (simrng_once_in(r, 2) && !(h->inside && owner == 0 && circle >> 1 & 1)) {
		recall(h, r, side, from + 7, t, simrng_once_in(r, 3));
		fetch(h, from + 8, with, owner);
	}
}

/* In the node of a viewer: what may be read and what may not under one id, and each naming the other. */
static void
entangle(struct hist *h, struct simrng *r, int from)
{
	int seen = new_thing(h, r, false, 1, 3, LEVEL_R), version = new_thing(h, r, false, 0, 1, LEVEL_S), on = new_thing(h, r, false, 0, 1, LEVEL_S);
	int hidden = new_thing(h, r, false, 0, 1, LEVEL_S), note = new_thing(h, r, false, 0, 1, LEVEL_U);
	enum side side = one_side(r);
	h->thing[version].as = seen;
	h->thing[version].words = h->thing[seen].words + 1;
	h->thing[on].refers = seen;
	h->thing[note].refers = hidden;
	add(h, SIDE_BOTH, from, seen);
	add(h, SIDE_BOTH, from, note);
	release(h, SIDE_BOTH, from + 1, seen, 3);
	fetch(h, from + 2, 0, 1);
	add(h, side, from + 3, version);
	add(h, side, from + 3, on);
	add(h, side, from + 4, hidden);
	/* one author's log for one circle, of which the viewer may read a part */
	int above = new_thing(h, r, false, 2, 5, LEVEL_S), below = new_thing(h, r, false, 2, 5, LEVEL_R);
	add(h, side, from, above);
	add(h, SIDE_BOTH, from, below);
	release(h, side, from + 1, above, 5);
	release(h, SIDE_BOTH, from + 2, below, 5);
	fetch(h, from + 3, 0, 2);
	recall(h, r, SIDE_BOTH, from + 4, below, false);
	fetch(h, from + 4, 0, 2);
	/* versions of one object, of which the viewer may read the first: the other is recalled, and then all */
	int first = new_thing(h, r, false, 2, 5, LEVEL_R), second = new_thing(h, r, false, 2, 5, LEVEL_S);
	h->thing[second].as = first;
	h->thing[second].words = h->thing[first].words + 1;
	add(h, SIDE_BOTH, from, first);
	release(h, SIDE_BOTH, from + 1, first, 5);
	add(h, side, from + 2, second);
	release(h, side, from + 3, second, 5);
	fetch(h, from + 4, 0, 2);
	if (simrng_once_in(r, 2))
		put(h, (struct act){.kind = ACT_RECALL, .side = side, .slot = from + 5, .who = 2, .thing = second, .words = reason(r), .one = true});
	else
		recall(h, r, SIDE_BOTH, from + 5, first, false);
	fetch(h, from + 6, 0, 2);
}

/* Another member keeps a version of its own of what M has. */
static void
other_version(struct hist *h, struct simrng *r, int from, int of)
{
	const struct thing *t = &h->thing[of];
	if (t->report)
		return;
	int who = other(r, bit(h->m) | bit(t->owner)), v = new_thing(h, r, false, who, bit(who), LEVEL_S);
	h->thing[v].as = of;
	h->thing[v].words = h->thing[of].words + 1;
	add(h, one_side(r), slot(r, from, 12), v);
}

/* What a node does for itself. */
static void
household(struct hist *h, struct simrng *r)
{
	static const enum act_kind kinds[] = {ACT_BAD, ACT_BACKUP, ACT_REBUILD, ACT_VERIFY, ACT_DIE};
	enum act_kind k = kinds[simrng_below(r, 5)];
	int who = h->inside ? 0 : other(r, bit(h->m));
	put(h, (struct act){.kind = k, .side = one_side(r), .slot = slot(r, 1, SLOTS), .who = who, .words = (uint32_t)simrng_below(r, 50)});
}

/* Inside, M's own home is in it, and the person is not cleared for anything there. */
static void
other_centre(struct hist *h, struct simrng *r)
{
	int x = h->inside ? h->m : other(r, bit(h->m)), y = other(r, bit(h->m) | bit(x));
	int t = new_thing(h, r, false, x, bit(x) | bit(y), LEVEL_S);
	put(h, (struct act){.kind = ACT_CENTRE, .side = SIDE_B, .slot = slot(r, 1, SLOTS / 2), .who = x, .with = y, .thing = t});
}

/* What M may see, and what lies around it. */

/* Something of M's, or for M; returns it. Given at from + 8. */
static int
visible_thing(struct hist *h, struct simrng *r, int from, bool report, int owner, uint64_t circle)
{
	int t = new_thing(h, r, report, owner, circle, (enum level)simrng_below(r, 2));
	struct thing *x = &h->thing[t];
	bool same = owner == h->m && !h->inside;                /* M's own */
	x->compartment = simrng_once_in(r, 4) ? "BRAVO" : NULL; /* a viewer may read that one */
	x->orcon = simrng_once_in(r, 4);
	x->valid_until = report && simrng_once_in(r, 4) ? 6 + (int)simrng_below(r, 9) : 0;
	int at[2] = {slot(r, from, 3), slot(r, from + 3, 3)};
	if (simrng_once_in(r, 2)) {
		int swap = at[0];
		at[0] = at[1];
		at[1] = swap;
	}
	if (report && !same)
		for (int side = 0; side < 2; side++)
			x->secret[side] = simrng_once_in(r, 4) ? 0 : 1 + (uint32_t)simrng_below(r, 1000000);
	x->title_secret = report && x->secret[0] && x->secret[1] && simrng_once_in(r, 2);
	if (report && !same)
		for (int side = 0; side < 2; side++)
			if (simrng_once_in(r, 2)) { /* made of something that could go there, and did not */
				int own = new_thing(h, r, simrng_once_in(r, 2), owner, circle, h->inside ? LEVEL_R : LEVEL_U);
				h->thing[own].level = x->level;
				h->thing[own].compartment = x->compartment;
				if (h->inside)
					continue;
				add(h, side ? SIDE_B : SIDE_A, from, own);
				h->thing[t].cites[side][h->thing[t].ncites[side]++] = own;
			}
	if (!report && simrng_once_in(r, 2))
		x->tlp = true;
	for (int side = 0; side < 2; side++) {
		enum side s = same || (h->inside && owner == 0) ? SIDE_BOTH : side ? SIDE_B : SIDE_A;
		if (s == SIDE_BOTH && side)
			break;
		add(h, s, at[side], t);
		if (s == SIDE_BOTH)
			continue;
		if (report && simrng_once_in(r, 3))
			add(h, s, from + 6, t);
		if (simrng_once_in(r, 3))
			grade(h, r, s, from + 6, owner, t);
		if (!h->inside && simrng_once_in(r, 2)) {
			uint64_t d = circle & ~bit(h->m);
			if (d != bit(owner))
				release(h, s, simrng_once_in(r, 2) ? from + 7 : from + 9, t, d);
		}
	}
	if (circle == bit(owner))
		return t;
	release(h, SIDE_BOTH, from + 8, t, circle);
	for (int i = 0; i < HIST_HOMES; i++)
		if (i != owner && circle >> i & 1)
			fetch(h, slot(r, from + 9, 2), i, owner);
	return t;
}

static int
visible(struct hist *h, struct simrng *r, int from)
{
	bool report = simrng_once_in(r, 2);
	int owner;
	uint64_t circle;
	if (h->inside) {
		owner = report ? 1 : (int)simrng_below(r, 3);
		circle = report ? 3 : h->allowed ? h->allowed | bit(owner) : owner == 1 ? 3 : 5;
		if (h->allowed && owner == 2)
			owner = 1;
	} else {
		owner = other(r, bit(h->m));
		circle = simrng_below(r, 16) | bit(owner) | bit(h->m);
	}
	int t = visible_thing(h, r, from, report, owner, circle);
	if (simrng_once_in(r, 3)) {
		recall(h, r, SIDE_BOTH, from + 12, t, simrng_once_in(r, 3));
		for (int i = 0; i < HIST_HOMES; i++)
			if (i != owner && circle >> i & 1)
				fetch(h, from + 13, i, owner);
		if (h->m != owner)
			fetch(h, from + 14, owner, h->m);
	} else if (!h->inside && simrng_once_in(r, 2)) { /* M asks whether it may pass it on */
		int to = other(r, bit(owner) | bit(h->m));
		request(h, r, SIDE_BOTH, from + 11, h->m, t, circle | bit(to));
		fetch(h, from + 12, owner, h->m);
		consent(h, r, SIDE_BOTH, from + 13, h->m, t, circle | bit(to), simrng_once_in(r, 2));
		fetch(h, from + 14, h->m, owner);
	}
	return t;
}

/* x makes a product for M of what y gave to x alone, with y's consent; then y recalls the source: M learns that its product is flagged, and not more.
 */
static void
product(struct hist *h, struct simrng *r, int from)
{
	int x = other(r, bit(h->m)), y = other(r, bit(h->m) | bit(x)), p = new_thing(h, r, true, x, bit(x) | bit(h->m), LEVEL_S), source[2];
	uint64_t two = bit(x) | bit(y), to = bit(x) | bit(h->m);
	bool corrected = simrng_once_in(r, 3); /* the flag says so */
	h->thing[p].level = LEVEL_S;
	for (int side = 0; side < 2; side++) {
		enum side s = side ? SIDE_B : SIDE_A;
		if (side || simrng_once_in(r, 3)) { /* so that the source is not the same one */
			int before = new_thing(h, r, true, y, two, LEVEL_R);
			add(h, s, from, before);
			release(h, s, from + 1, before, two);
		}
		int t = source[side] = new_thing(h, r, simrng_once_in(r, 2), y, two, LEVEL_R);
		add(h, s, from + 1, t);
		release(h, s, from + 2, t, two);
		request(h, r, s, from + 4, x, t, to);
		consent(h, r, s, from + 6, x, t, to, true);
		h->thing[p].cites[side][h->thing[p].ncites[side]++] = t;
		add(h, s, from + 8, p);
		recall(h, r, s, from + 11, t, corrected);
	}
	fetch(h, from + 3, x, y);
	fetch(h, from + 5, y, x);
	fetch(h, from + 7, x, y);
	release(h, SIDE_BOTH, from + 9, p, to);
	fetch(h, from + 10, h->m, x);
	fetch(h, from + 12, x, y);
	fetch(h, from + 13, h->m, x);
}

/* M's own work: given to others, and made of what others gave. */
static void
own(struct hist *h, struct simrng *r, int from)
{
	int with = other(r, bit(h->m));
	visible_thing(h, r, from, simrng_once_in(r, 2), h->m, bit(h->m) | bit(with));
	fetch(h, from + 12, h->m, with);
}

/* Keys and charters: M sees them, and the same ones on both sides; what is said in their shadow it does not see. */
static void
govern(struct hist *h, struct simrng *r)
{
	if (simrng_once_in(r, 2)) {
		int who = (int)simrng_below(r, HIST_HOMES), from = slot(r, 4, SLOTS - 10);
		put(h, (struct act){.kind = ACT_KEY, .side = SIDE_BOTH, .slot = from, .who = who});
		for (int i = 0; i < HIST_HOMES; i++)
			if (i != who)
				fetch(h, from + 1, i, who);
	}
	if (simrng_once_in(r, 3)) {
		int who = (int)simrng_below(r, HIST_HOMES), from = slot(r, 2, SLOTS / 2), owner = h->inside ? 0 : other(r, bit(h->m));
		uint64_t two = bit(owner) | bit(HIST_HOMES);
		int t = new_thing(h, r, simrng_once_in(r, 2), owner, two, LEVEL_S);
		enum side side = one_side(r);
		put(h, (struct act){.kind = ACT_JOIN, .side = SIDE_BOTH, .slot = from, .who = who, .with = HIST_HOMES});
		for (int i = 0; i < HIST_HOMES; i++)
			if (i != who)
				fetch(h, from + 1, i, who);
		add(h, side, from + 2, t);
		release(h, side, from + 3, t, two);
		fetch(h, from + 4, HIST_HOMES, owner);
		fetch(h, from + 5, owner, HIST_HOMES);
	} else if (simrng_once_in(r, 3)) {
		int who = (int)simrng_below(r, HIST_HOMES), with = other(r, bit(h->m) | bit(who) | 1), from = SLOTS - 3;
		put(h, (struct act){.kind = ACT_LEAVE, .side = SIDE_BOTH, .slot = from, .who = who, .with = with});
		for (int i = 0; i < HIST_HOMES; i++)
			if (i != who)
				fetch(h, from + 1, i, who);
	}
}

/* Somebody lies to two others in a circle without M. */
static void
fork_unseen(struct hist *h, struct simrng *r)
{
	int who = other(r, bit(h->m)), with = other(r, bit(h->m) | bit(who)), from = slot(r, 2, SLOTS - 4);
	uint64_t circle = 15 & ~bit(h->m);
	enum side side = one_side(r);
	int first = new_thing(h, r, simrng_once_in(r, 2), who, circle, LEVEL_U), second = new_thing(h, r, false, who, circle, LEVEL_U);
	add(h, side, from, first);
	add(h, side, from, second);
	put(h, (struct act){
		   .kind = ACT_FORK, .side = SIDE_BOTH, .slot = from + 1, .who = who, .with = with, .thing = first, .circle = circle, .words = side});
}

void
hist_draw(struct hist *h, uint64_t seed, bool inside)
{
	struct simrng r = {seed * 2 + inside};
	*h = (struct hist){.seed = seed,
	    .slot = simrng_once_in(&r, 4) ? 8 * TIME_HOUR : 10 * TIME_MINUTE,
	    .inside = inside,
	    .m = inside ? 0 : (int)simrng_below(&r, HIST_HOMES)};
	if (inside && simrng_once_in(&r, 3))
		h->allowed = 3;
	int motifs = 3 + (int)simrng_below(&r, 3), from[8], given[8];
	for (int i = 0; i < motifs; i++)
		from[i] = slot(&r, 1, SLOTS - 14), given[i] = visible(h, &r, from[i]);
	if (inside && !h->allowed)
		entangle(h, &r, slot(&r, 1, SLOTS - 7));
	if (!inside) {
		other_version(h, &r, from[0], given[0]);
		product(h, &r, slot(&r, 1, SLOTS - 14));
		own(h, &r, slot(&r, 1, SLOTS - 14));
		if (simrng_once_in(&r, 2))
			other_centre(h, &r);
	}
	h->elsewhere = inside && simrng_once_in(&r, 3);
	if (h->elsewhere)
		other_centre(h, &r);
	for (int i = 0; i < 3; i++)
		secret_thing(h, &r, slot(&r, 1, SLOTS - 10));
	for (int i = 0; i < 3; i++)
		household(h, &r);
	govern(h, &r);
	if (!inside && simrng_once_in(&r, 3))
		fork_unseen(h, &r);
	for (int i = 0; i < 3; i++) {
		int a = inside ? 0 : h->m, b = other(&r, bit(a));
		bool back = simrng_once_in(&r, 2);
		fetch(h, slot(&r, 10, SLOTS - 9), back ? b : a, back ? a : b);
	}
}

void
hist_say(const struct hist *h, const struct act *a, struct buf *b)
{
	static const char *const name[ACT_KINDS] = {"adds", "releases", "recalls", "asks for", "answers about", "grades", "syncs", "sends a pouch",
	    "adds rubbish", "backs up", "rebuilds", "verifies", "dies", "founds a centre", "takes a new key", "takes in", "says farewell to",
	    "shows two histories of"};
	buf_printf(b, "%s slot %d: %s %s",
	    a->side == SIDE_BOTH ? "both"
	    : a->side == SIDE_A  ? "A"
				 : "B",
	    a->slot, hist_member[a->who], name[a->kind]);
	if (a->kind <= ACT_GRADE || a->kind == ACT_FORK)
		buf_printf(b, " %s %d", h->thing[a->thing].report ? "report" : "object", a->thing);
	if (a->kind == ACT_SYNC || a->kind == ACT_POUCH || a->kind == ACT_CONSENT || a->kind == ACT_CENTRE || a->kind >= ACT_JOIN)
		buf_printf(b, ", with %s", hist_member[a->with]);
	if (a->circle) {
		buf_puts(b, ", circle");
		for (int i = 0; i < HIST_ALL; i++)
			if (a->circle >> i & 1)
				buf_printf(b, " %s", hist_member[i]);
	}
}
