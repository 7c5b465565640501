#include "sim/tell.h"

#include <stdio.h>
#include <string.h>

#include "base/time.h"

static uint64_t
below(struct history *h, uint64_t n)
{
	return simrng_below(&h->dice, n);
}

static uint64_t
all(const struct history *h)
{
	return (bit(h->n) - 1) & ~(h->latecomer >= 0 && !h->joined ? bit(h->latecomer) : 0);
}

/* A drawn circle with this member in it; alone: it may be that member's own. */
uint64_t
tell_circle(struct history *h, int member, bool alone)
{
	uint64_t set = 0;
	switch (below(h, 4)) {
	case 0:
		set = all(h);
		break;
	case 1:
		set = bit((int)below(h, (uint64_t)h->n));
		break;
	default:
		set = below(h, bit(h->n));
	}
	set &= all(h);
	if (below(h, 4))
		set &= ~h->departed;
	set |= bit(member);
	while (!alone && set == bit(member))
		set |= bit((int)below(h, (uint64_t)h->n)) & all(h);
	return set;
}

void
tell_mark(struct history *h, struct buf *b, int owner, uint64_t reach, bool orcon)
{
	static const char *const level[] = {"U", "R", "S"};
	struct buf name = BUF_INIT(64);
	history_circle(h, bit(owner), "", true, &name);
	buf_printf(b, "(//%.*s %s", STR_FMT(buf_str(&name)), level[h->said == SAID_CONTROLLED ? 0 : h->said == SAID_SECRET ? 2 : below(h, 3)]);
	buf_done(&name);
	if (orcon && h->plant == PLANT_ORCON)
		orcon = false;
	if (orcon)
		buf_puts(b, "//ORCON");
	if (reach != bit(owner)) {
		buf_puts(b, orcon ? "/REL TO " : "//REL TO ");
		history_circle(h, reach, ", ", true, b);
	}
	buf_putc(b, ')');
}

static bool
controlled(struct history *h)
{
	return !below(h, 8) || h->said == SAID_CONTROLLED;
}

const char *
tell_word(struct history *h, struct thing *t, uint64_t reach, const char *what)
{
	int w = truth_word(&h->truth, &h->dice, t->owner, what);
	t->part[t->nparts].word = w;
	t->part[t->nparts++].reach = reach;
	return h->truth.word[w].text;
}

/* Adds it, and writes down what it is if that was acknowledged. */
int
tell_add(struct history *h, struct thing *t, struct str input, const char *args)
{
	struct str rest = input;
	struct source in = source_of_str(&rest);
	struct node_call call = {.op = STR("add"), .args = str_of(args), .in = &in};
	struct buf reply = BUF_INIT(4 * MIB);
	struct errinfo e = {0};
	int number = -1;
	enum outcome o = history_call(h, t->home, &call, &reply, &e);
	if (o == ACKED && centre_number(buf_str(&reply), "added") >= 1 && centre_text(buf_str(&reply), "items.0.id", t->id, sizeof t->id)) {
		*truth_thing(&h->truth) = *t;
		number = (int)h->truth.nthings - 1;
		for (int i = 0; i < t->nparts; i++)
			truth_claim(&h->truth, t->part[i].word, t->home, bit(t->owner));
	} else if (o == ACKED) {
		history_wrong(h, "home %d: what was added was not taken: %.*s", t->home, STR_FMT(str_sub(buf_str(&reply), 0, 500)));
	} else if (o == REFUSED && h->home[t->home].restored == false && e.code != ERR_CLOCK && e.code != ERR_DENIED && e.code != ERR_FORK &&
		   !(h->joined && e.code == ERR_INVALID && strstr(e.msg, "no member"))) {
		history_wrong(h, "home %d: add is refused: %s: %s", t->home, err_name(e.code), e.msg);
	}
	buf_done(&reply);
	return number;
}

/* From then on out of view, and deleted. */
static void
tell_dated(struct history *h, struct thing *t, int64_t in, struct buf *b)
{
	int64_t when = simworld_now(h->w) + in;
	t->delete_by = when - when % TIME_MINUTE;
	if (h->plant == PLANT_STAYS)
		return;
	buf_puts(b, "Delete-By: ");
	time_put(b, t->delete_by);
	buf_putc(b, '\n');
}

int
tell_report(struct history *h, int home, uint64_t reach, const int *cites, int ncites)
{
	struct thing t = {.home = home, .owner = h->home[home].member, .report = true, .ncites = ncites};
	struct buf b = BUF_INIT(64 * KIB);
	char args[128];
	int portions = 1 + (int)below(h, 3);
	uint64_t to = reach ? reach : tell_circle(h, t.owner, true);
	buf_puts(&b, "Type: INTREP\nSubject: ");
	tell_mark(h, &b, t.owner, to, t.part[t.nparts].orcon = controlled(h));
	buf_printf(&b, " Convoy %s\n", tell_word(h, &t, to, "the subject of a report"));
	if (below(h, 2))
		buf_printf(&b, "Source: %s\n", tell_word(h, &t, bit(t.owner), "the codename of a source"));
	if (below(h, 2))
		buf_puts(&b, "Grade: B2\n");
	if (!below(h, 6))
		tell_dated(h, &t, (int64_t)below(h, 60 * 60) * TIME_MINUTE, &b);
	for (int i = 0; i < ncites; i++) {
		t.cites[i] = cites[i];
		buf_printf(&b, "%s%s", i ? ", " : "Cites: ", h->truth.gift[cites[i]].id);
	}
	if (ncites)
		buf_putc(&b, '\n');
	for (int i = 0; i < portions; i++) {
		to = reach ? reach : tell_circle(h, t.owner, true);
		buf_putc(&b, '\n');
		tell_mark(h, &b, t.owner, to, t.part[t.nparts].orcon = controlled(h));
		buf_printf(&b, " Seen near the bridge: %s.\n", tell_word(h, &t, to, "a portion of a report"));
		if (i == 0 && !below(h, 3)) {
			t.best = 1000 + (int)h->truth.nwords; /* said by nobody else */
			t.claims = t.nparts - 1;
			buf_printf(&b, "Claim: what=convoys; where=palmyra; when=2015-09-20; low=%d; best=%d; high=%d\n", t.best - 900, t.best,
			    t.best + 900);
		}
	}
	for (int i = 0; i < t.nparts; i++)
		h->truth.word[t.part[i].word].delete_by = t.delete_by;
	snprintf(args, sizeof args, "{\"format\":\"report\",\"source\":\"sim\",\"centre\":\"%s\"}", h->c.hex);
	int number = tell_add(h, &t, buf_str(&b), args);
	buf_done(&b);
	return number;
}

int
tell_stix(struct history *h, int home)
{
	struct thing t = {.home = home, .owner = h->home[home].member};
	struct buf b = BUF_INIT(64 * KIB), mark = BUF_INIT(256);
	char args[400], uuid[40];
	uint64_t reach = tell_circle(h, t.owner, true), a = simrng_next(&h->dice), d = simrng_next(&h->dice);
	const char *word = tell_word(h, &t, reach, "a STIX object");
	snprintf(uuid, sizeof uuid, "%08x-%04x-4%03x-a%03x-%012llx", (unsigned)(a & 0xffffffff), (unsigned)(a >> 32 & 0xffff),
	    (unsigned)(a >> 48 & 0xfff), (unsigned)(d & 0xfff), (unsigned long long)(d >> 16));
	buf_printf(&b,
	    "{\"type\":\"malware\",\"spec_version\":\"2.1\",\"id\":\"malware--%s\",\"created\":\"2015-09-%02uT10:00:00.000Z\",\"modified\":\"2015-09-"
	    "%02uT10:00:00.000Z\",",
	    uuid, (unsigned)(1 + a % 28), (unsigned)(1 + a % 28));
	buf_printf(&b, "\"name\":\"Implant %s\",\"is_family\":false}", word);
	tell_mark(h, &mark, t.owner, reach, t.part[0].orcon = controlled(h));
	snprintf(
	    args, sizeof args, "{\"format\":\"stix\",\"source\":\"sim\",\"centre\":\"%s\",\"mark\":\"%.*s\"}", h->c.hex, STR_FMT(buf_str(&mark)));
	int number = tell_add(h, &t, buf_str(&b), args);
	buf_done(&b);
	buf_done(&mark);
	return number;
}

/* releasing */

/* Whether this source may be in a product that goes to the circle: by a release that covers it, or by consent. */
static bool
allowed(const struct history *h, int home, int gift, uint64_t circle)
{
	const struct gift *g = &h->truth.gift[gift];
	int member = h->home[home].member;
	if (g->author == member)
		return true;
	for (size_t i = 0; i < h->truth.ngifts; i++)
		if (!strcmp(h->truth.gift[i].id, g->id) && h->truth.gift[i].author == g->author && !h->truth.gift[i].orcon &&
		    !(circle & ~h->truth.gift[i].circle))
			return true;
	for (size_t i = 0; i < h->truth.ngrants; i++)
		if (!strcmp(h->truth.gift[h->truth.grant[i].gift].id, g->id) && h->truth.grant[i].granted && !(circle & ~h->truth.grant[i].to))
			return true;
	return false;
}

/* The words of a thing that go to a circle. */
static void
let_go(struct history *h, const struct thing *t, uint64_t circle, bool sure, int gift)
{
	for (int i = 0; i < t->nparts; i++) {
		if (circle & ~t->part[i].reach)
			continue;
		h->truth.word[t->part[i].word].may |= circle;
		if (!sure)
			continue;
		truth_claim(&h->truth, t->part[i].word, t->home, circle);
		h->truth.gift[gift].orcon |= t->part[i].orcon;
		if (t->best && i == t->claims)
			h->truth.gift[gift].best = t->best;
		h->truth.gift[gift].words[h->truth.gift[gift].nwords++] = t->part[i].word;
	}
}

/* The home where charters are made: it knows who left as soon as anybody does; others, when they hear of it. */
static bool
home_knows(const struct history *h, int home)
{
	return home == (h->plant == PLANT_LEFT ? 0 : h->governor) && !h->home[home].restored && simworld_now(h->w) >= h->left_at;
}

enum outcome
tell_release(struct history *h, int thing, uint64_t circle)
{
	struct thing t = h->truth.thing[thing];
	struct buf to = BUF_INIT(128), reply = BUF_INIT(4 * MIB);
	char how[16] = "";
	history_circle(h, circle, ".", false, &to);
	enum outcome o = history_op(
	    h, t.home, &reply, NULL, "release", "{\"centre\":\"%s\",\"ids\":[\"%s\"],\"to\":\"%.*s\"}", h->c.hex, t.id, STR_FMT(buf_str(&to)));
	if (o == UNSURE || o == ACKED)
		h->truth.thing[thing].went |= circle;
	if (o == UNSURE) {
		let_go(h, &t, circle, false, -1);
		h->truth.thing[thing].unsure = true;
	}
	for (size_t i = 0; o == UNSURE && i < h->truth.ngifts; i++) /* may be there again */
		if (h->truth.gift[i].thing == thing && h->truth.gift[i].circle == circle)
			h->truth.gift[i].recall_sure = false;
	if (o == ACKED) {
		centre_text(buf_str(&reply), "items.0.how", how, sizeof how);
		if (!strcmp(how, "raw") || !strcmp(how, "tear-line")) {
			struct gift *g = truth_gift(&h->truth);
			*g = (struct gift){.thing = thing, .home = t.home, .author = t.owner, .circle = circle, .delete_by = t.delete_by};
			if (!centre_text(buf_str(&reply), "items.0.as", g->id, sizeof g->id) &&
			    !centre_text(buf_str(&reply), "items.0.id", g->id, sizeof g->id))
				history_wrong(h, "release does not tell what went: %.*s", STR_FMT(str_sub(buf_str(&reply), 0, 300)));
			if ((circle & h->departed) && home_knows(h, t.home))
				history_wrong(h, "home %d released %s to a member who has left", t.home, t.id);
			if (!t.report && (circle & ~t.part[0].reach))
				history_wrong(h, "home %d released %s further than its mark allows", t.home, t.id);
			let_go(h, &t, circle, true, (int)h->truth.ngifts - 1);
			for (int i = 0; i < t.ncites; i++)
				if (!allowed(h, t.home, t.cites[i], circle))
					history_wrong(h, "home %d released a product to %.*s without what its source %s needs", t.home,
					    STR_FMT(buf_str(&to)), h->truth.gift[t.cites[i]].id);
		} else if (!strcmp(how, "there")) {
			h->truth.thing[thing].unsure = true; /* from before, when nobody could tell */
			let_go(h, &t, circle, false, -1);
		}
	}
	buf_done(&to);
	buf_done(&reply);
	return o;
}

/* with what is at hand */

int
tell_some_thing(struct history *h, int home)
{
	size_t n = h->truth.nthings, from = n ? (size_t)below(h, n) : 0;
	for (size_t i = 0; i < n; i++)
		if (h->truth.thing[(from + i) % n].home == home)
			return (int)((from + i) % n);
	return -1;
}

/* A gift of another that the home's member was to get; may be not here yet. */
int
tell_some_gift(struct history *h, int home)
{
	size_t n = h->truth.ngifts, from = n ? (size_t)below(h, n) : 0;
	int member = h->home[home].member;
	for (size_t i = 0; i < n; i++) {
		const struct gift *g = &h->truth.gift[(from + i) % n];
		if (g->author != member && (g->circle & bit(member)))
			return (int)((from + i) % n);
	}
	return -1;
}

void
tell_some_release(struct history *h, int home)
{
	int t = tell_some_thing(h, home);
	if (t < 0)
		return;
	const struct thing *x = &h->truth.thing[t];
	/* mostly to those whom some part may reach, so that there is something to release */
	uint64_t reach = x->part[below(h, (uint64_t)x->nparts)].reach;
	uint64_t circle = below(h, 3) ? reach : tell_circle(h, x->owner, false);
	if (circle != bit(x->owner))
		tell_release(h, t, circle);
}

void
tell_some_product(struct history *h, int home)
{
	int cites[THING_CITES], n = 0;
	for (int i = 0; i < THING_CITES; i++) {
		int g = tell_some_gift(h, home);
		bool twice = g < 0;
		for (int k = 0; k < n; k++)
			twice |= !strcmp(h->truth.gift[cites[k]].id, h->truth.gift[g < 0 ? 0 : g].id);
		if (!twice)
			cites[n++] = g;
	}
	if (!n)
		return;
	int t = tell_report(h, home, 0, cites, n);
	if (t >= 0)
		tell_some_release(h, home);
}

/* A word as the reason of something said in a circle. */
int
tell_reason(struct history *h, int home, uint64_t circle, const char *what)
{
	int w = truth_word(&h->truth, &h->dice, h->home[home].member, what);
	h->truth.word[w].may |= circle;
	return w;
}

void
tell_some_request(struct history *h, int home)
{
	int g = tell_some_gift(h, home), me = h->home[home].member;
	struct buf to = BUF_INIT(128);
	if (g < 0)
		return;
	int author = h->truth.gift[g].author, w = tell_reason(h, home, bit(author), "the reason of a request");
	uint64_t circle = tell_circle(h, me, false);
	history_circle(h, circle, ".", false, &to);
	if (history_op(h, home, NULL, NULL, "request", "{\"centre\":\"%s\",\"id\":\"%s\",\"to\":\"%.*s\",\"reason\":\"%s\"}", h->c.hex,
		h->truth.gift[g].id, STR_FMT(buf_str(&to)), h->truth.word[w].text) == ACKED)
		truth_claim(&h->truth, w, home, bit(me) | bit(author));
	buf_done(&to);
}

static int
member_of(const struct history *h, const char *id)
{
	for (int i = 0; i < h->n; i++)
		if (!strcmp(h->c.id[i], id))
			return i;
	return -1;
}

/* The set that "irq.rus" names. */
static uint64_t
set_of(const struct history *h, const char *name)
{
	struct str rest = str_of(name), one;
	uint64_t set = 0;
	while (rest.n) {
		str_cut(rest, '.', &one, &rest);
		for (int i = 0; i < h->n; i++)
			set |= str_is(one, h->c.id[i]) ? bit(i) : 0;
	}
	return set;
}

void
tell_some_consent(struct history *h, int home)
{
	struct buf reply = BUF_INIT(4 * MIB);
	char leaf[80], id[THING_ID], to[128], asker[16], path[40];
	int me = h->home[home].member;
	if (history_op(h, home, &reply, NULL, "requests", "{\"centre\":\"%s\"}", h->c.hex) != ACKED)
		goto out;
	for (int i = 0; i < 20; i++) {
		struct str r = buf_str(&reply);
		struct {
			const char *name;
			char *out;
			size_t cap;
		} want[] = {{"leaf", leaf, sizeof leaf}, {"id", id, sizeof id}, {"to", to, sizeof to}, {"asker", asker, sizeof asker}};
		bool ok = true;
		for (size_t k = 0; k < sizeof want / sizeof *want; k++) {
			snprintf(path, sizeof path, "items.%d.%s", i, want[k].name);
			ok &= centre_text(r, path, want[k].out, want[k].cap);
		}
		if (!ok)
			break;
		int who = member_of(h, asker);
		if (who == me || who < 0)
			continue;
		int w = tell_reason(h, home, bit(who), "the reason of a consent"), gift = -1;
		bool granted = below(h, 3) != 0;
		for (size_t k = 0; k < h->truth.ngifts; k++)
			if (!strcmp(h->truth.gift[k].id, id))
				gift = (int)k;
		enum outcome o = history_op(h, home, NULL, NULL, "consent", "{\"centre\":\"%s\",\"request\":\"%s\",\"granted\":%s,\"reason\":\"%s\"}",
		    h->c.hex, leaf, granted ? "true" : "false", h->truth.word[w].text);
		if (o == ACKED)
			truth_claim(&h->truth, w, home, bit(me) | bit(who));
		if ((o == ACKED || o == UNSURE) && gift >= 0)
			*truth_grant(&h->truth) = (struct grant){gift, who, set_of(h, to), granted, o == ACKED};
		break;
	}
out:
	buf_done(&reply);
}

enum outcome
tell_recall(struct history *h, int gift)
{
	static const char *const action[] = {"recalled", "corrected", "downgraded"};
	char more[THING_ID + 40] = "";
	/* by its private original (everything made of it), or by the id that one circle knows */
	const struct gift *g = &h->truth.gift[gift];
	int home = g->home;
	bool original = below(h, 2);
	const char *id = original ? h->truth.thing[g->thing].id : g->id;
	uint64_t kind = below(h, 3), circles = h->truth.thing[g->thing].went;
	int other = tell_some_thing(h, home);
	if (kind && other >= 0 && other != g->thing)
		snprintf(more, sizeof more, ",\"replacement\":\"%s\"", h->truth.thing[other].id);
	int w = tell_reason(h, home, circles, "the reason of a recall");
	enum outcome o = history_op(h, home, NULL, NULL, "recall", "{\"centre\":\"%s\",\"id\":\"%s\",\"action\":\"%s\",\"reason\":\"%s\"%s}",
	    h->c.hex, id, action[kind], h->truth.word[w].text, more);
	for (size_t i = 0; i < h->truth.ngifts && (o == ACKED || o == UNSURE); i++) {
		struct gift *x = &h->truth.gift[i];
		if (x->home != home || !(original ? x->thing == g->thing : !strcmp(x->id, g->id)))
			continue;
		if (o == ACKED && !x->recalled)
			truth_claim(&h->truth, w, home, x->circle);
		if (!x->recalled)
			x->recalled_at = simworld_now(h->w);
		x->recalled = true;
		x->recall_sure |= o == ACKED;
	}
	return o;
}

void
tell_some_recall(struct history *h, int home)
{
	size_t n = h->truth.ngifts, from = n ? (size_t)below(h, n) : 0;
	for (size_t i = 0; i < n; i++) {
		size_t k = (from + i) % n;
		if (h->truth.gift[k].home == home && !h->truth.gift[k].recalled) {
			tell_recall(h, (int)k);
			return;
		}
	}
}

void
tell_some_grade(struct history *h, int home)
{
	static const char *const grade[] = {"A1", "B2", "C3", "F6"};
	int g = tell_some_gift(h, home);
	if (g < 0)
		return;
	int w = tell_reason(h, home, 0, "the reason of a grade");
	h->truth.word[w].delete_by = h->truth.gift[g].delete_by; /* a grade is as strict as what it is of, and goes with it */
	if (history_op(h, home, NULL, NULL, "grade", "{\"centre\":\"%s\",\"id\":\"%s\",\"grade\":\"%s\",\"reason\":\"%s\"}", h->c.hex,
		h->truth.gift[g].id, grade[below(h, 4)], h->truth.word[w].text) == ACKED)
		truth_claim(&h->truth, w, home, bit(h->home[home].member));
}

void
tell_some_search(struct history *h, int home)
{
	static const char *const ops[] = {"ls", "status", "inbox", "logs", "log", "requests", "due", "lead", "members", "audit", "quarantine"};
	if (below(h, 2)) { /* all words that this home knows; asking for one would put it into the audit trail */
		struct buf reply = BUF_INIT(4 * MIB);
		size_t at = 0;
		int word;
		if (history_op(h, home, &reply, NULL, "suggest", "{\"begins\":\"qx\",\"limit\":500}") == ACKED)
			while ((word = truth_next(&h->truth, buf_str(&reply), &at)) >= 0)
				if (!(h->truth.word[word].may & bit(h->home[home].member)))
					history_wrong(h, "home %d knows %s of %s, which was not released to it", home, h->truth.word[word].what,
					    h->c.id[h->truth.word[word].owner]);
		buf_done(&reply);
	} else {
		history_op(h, home, NULL, NULL, ops[below(h, sizeof ops / sizeof *ops)], "{}");
	}
}
