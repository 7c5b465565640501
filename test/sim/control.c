#include "sim/control.h"

#include <stdio.h>
#include <string.h>

#include "sim/acts.h"
#include "sim/tell.h"

/* Answers what waits at `home`. */
static bool
answer(struct history *h, int home, int asker, int gift, uint64_t to, bool granted)
{
	struct buf reply = BUF_INIT(4 * MIB);
	char id[THING_ID], leaf[80], path[40];
	bool ok = history_op(h, home, &reply, NULL, "requests", "{\"centre\":\"%s\"}", h->c.hex) == ACKED;
	for (int i = 0; ok && i < 40; i++) {
		snprintf(path, sizeof path, "items.%d.id", i);
		if (!centre_text(buf_str(&reply), path, id, sizeof id)) {
			ok = false;
			break;
		}
		snprintf(path, sizeof path, "items.%d.leaf", i);
		if (!strcmp(id, h->truth.gift[gift].id) && centre_text(buf_str(&reply), path, leaf, sizeof leaf))
			break;
	}
	int w = ok ? tell_reason(h, home, bit(asker), "the reason of a consent") : -1;
	ok = ok && history_op(h, home, NULL, NULL, "consent", "{\"centre\":\"%s\",\"request\":\"%s\",\"granted\":%s,\"reason\":\"%s\"}", h->c.hex,
		       leaf, granted ? "true" : "false", h->truth.word[w].text) == ACKED;
	if (ok) {
		truth_claim(&h->truth, w, home, bit(home) | bit(asker));
		*truth_grant(&h->truth) = (struct grant){gift, asker, to, granted, true};
	}
	buf_done(&reply);
	return ok;
}

/* How many gifts the release of a thing made: whether it went. */
static bool
goes(struct history *h, int thing, uint64_t circle)
{
	size_t before = h->truth.ngifts;
	tell_release(h, thing, circle);
	return h->truth.ngifts > before;
}

static void
story(struct history *h, int a, int b, struct buf *to)
{
	uint64_t all = (bit(h->n) - 1) & ~h->departed;
	history_circle(h, all, ".", false, to);
	bool granted = simrng_below(&h->dice, 3) != 0;
	h->said = SAID_CONTROLLED;
	int source = tell_report(h, a, all, NULL, 0);
	h->said = SAID_FREELY;
	if (source < 0 || !goes(h, source, all) || acts_sync(h, b, a, &weather_calm, NULL) != ACKED)
		return;
	int gift = (int)h->truth.ngifts - 1, w = tell_reason(h, b, bit(a), "the reason of a request");
	h->said = SAID_SECRET;
	int product = tell_report(h, b, all, &gift, 1);
	h->said = SAID_FREELY;
	if (product < 0 || h->truth.thing[source].delete_by || h->truth.thing[product].delete_by)
		return;
	goes(h, product, all); /* (refused: tell_release looks to it) */
	if (history_op(h, b, NULL, NULL, "request", "{\"centre\":\"%s\",\"id\":\"%s\",\"to\":\"%.*s\",\"reason\":\"%s\"}", h->c.hex,
		h->truth.gift[gift].id, STR_FMT(buf_str(to)), h->truth.word[w].text) != ACKED)
		return;
	truth_claim(&h->truth, w, b, bit(a) | bit(b));
	if (acts_sync(h, a, b, &weather_calm, NULL) != ACKED || !answer(h, a, b, gift, all, granted) ||
	    acts_sync(h, b, a, &weather_calm, NULL) != ACKED)
		return;
	bool went = goes(h, product, all);
	h->did[DID_CONTROL] += granted && went;
	h->did[DID_DENIED] += !granted && !went;
}

void
control_act(struct history *h, int home)
{
	int other = (int)simrng_below(&h->dice, (uint64_t)h->n);
	if (home == h->n || other == home || home == h->forker || other == h->forker || ((bit(home) | bit(other)) & h->departed))
		return;
	bool calm = h->calm;
	h->calm = true;
	struct buf to = BUF_INIT(128);
	story(h, other, home, &to);
	buf_done(&to);
	h->calm = calm;
}
