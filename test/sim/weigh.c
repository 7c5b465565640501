#include "sim/weigh.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/op.h"

enum { UNKNOWN, MUST, MUST_NOT };

/* What the home is to show of the claim that thing makes. */
static int
wanted(const struct history *h, int home, int thing)
{
	const struct thing *t = &h->truth.thing[thing];
	int member = h->home[home].member, is = t->owner == member || t->unsure ? UNKNOWN : MUST_NOT;
	bool live = false, taken = false, unsure = t->unsure || t->delete_by || !history_honest(h, t->owner) || (h->departed & bit(t->owner));
	for (size_t i = 0; i < h->truth.ngifts; i++) {
		const struct gift *g = &h->truth.gift[i];
		if (g->thing != thing || !g->best || !(g->circle & bit(member)))
			continue;
		taken |= g->recalled && g->recall_sure;
		unsure |= g->recalled && !g->recall_sure;
		live |= !g->recalled;
		unsure |= (g->circle & h->departed) != 0;     /* it may not have been countersigned in time */
		for (size_t k = 0; k < h->truth.nclaims; k++) /* not the last word of a home that was restored */
			unsure |= h->truth.claim[k].word == g->words[0] && h->truth.claim[k].home < 0;
	}
	if (unsure || (live && taken))
		return UNKNOWN;
	return live ? MUST : is;
}

void
weigh_judge(struct history *h)
{
	struct buf reply = BUF_INIT(16 * MIB);
	for (int m = 0; m < h->n; m++) {
		if (!history_honest(h, m) || (h->departed & bit(m)) || !h->c.node[m] ||
		    history_op(h, m, &reply, NULL, "compare", "{\"what\":\"convoys\",\"where\":\"palmyra\"}") != ACKED)
			continue;
		for (size_t i = 0; i < h->truth.nthings; i++) {
			const struct thing *t = &h->truth.thing[i];
			char best[40];
			if (!t->best || t->home == h->n)
				continue;
			snprintf(best, sizeof best, "\"best\":%d,", t->best);
			bool there = str_find(buf_str(&reply), str_of(best)) >= 0;
			int want = wanted(h, m, (int)i);
			h->did[DID_WEIGH] += want == MUST;
			if (want == MUST && !there)
				history_wrong(h, "home %d does not set side by side the claim of %d, which it was given", m, t->best);
			if (want == MUST_NOT && there)
				history_wrong(
				    h, "home %d sets side by side a claim of %d, which it was not given or which was taken back", m, t->best);
		}
	}
	buf_done(&reply);
}
