#include "sim/full.h"

#include "sim/tell.h"

#define ENDLESS (UINT64_C(1) << 50)

static uint64_t
below(struct history *h, uint64_t n)
{
	return simrng_below(&h->dice, n);
}

/* So many bytes are left on the disk. */
static void
fill(struct history *h, int home, uint64_t left)
{
	struct simdisk *d = simworld_disk(h->w, home);
	simdisk_capacity(d, ENDLESS);
	h->home[home].room = ENDLESS - (uint64_t)simdisk_space(d) + left;
	h->home[home].full = true;
	simdisk_capacity(d, h->home[home].room);
	history_say(h, "the disk of home %d is full but for %llu bytes", home, (unsigned long long)left);
}

void
full_end(struct history *h, int home)
{
	if (!h->home[home].full)
		return;
	h->home[home].full = false;
	simdisk_capacity(simworld_disk(h->w, home), UINT64_MAX);
	history_say(h, "somebody makes room on the disk of home %d", home);
}

/* One that this home gave, and can take back. */
static int
some_own_gift(struct history *h, int home)
{
	uint64_t me = bit(h->home[home].member), circle = tell_circle(h, h->home[home].member, false) & ~h->departed;
	size_t before = h->truth.ngifts;
	if (!(circle & me))
		return -1;
	int t = circle & (circle - 1) ? tell_report(h, home, circle, NULL, 0) : -1;
	return t >= 0 && tell_release(h, t, circle) == ACKED && h->truth.ngifts > before ? (int)before : -1;
}

/* Killed, or with its power gone, it opens again: a recall may be what it is opened for. */
static void
open_again(struct history *h, int home)
{
	switch (below(h, 3)) {
	case 0:
		h->c.node[home] = NULL;
		simworld_kill(h->w, home);
		break;
	case 1:
		h->c.node[home] = NULL;
		dates_off(h, home);
		simworld_power(h->w, home);
		break;
	default:;
	}
	if (!history_up(h, home) || !h->home[home].full)
		history_wrong(h, "home %d cannot be opened because its disk is full", home);
}

static void
ask_status(struct history *h, int home)
{
	static const struct str told = STR_INIT("{\"what\":\"disk\",\"level\":\"critical\"");
	struct buf reply = BUF_INIT(4 * MIB);
	if (history_op(h, home, &reply, NULL, "status", "{}") != ACKED || str_find(buf_str(&reply), told) < 0)
		history_wrong(
		    h, "home %d does not tell that its disk is full: %s, %.*s", home, err_name(h->code), STR_FMT(str_sub(buf_str(&reply), 0, 500)));
	buf_done(&reply);
}

void
full_act(struct history *h, int home)
{
	bool calm = h->calm;
	int gift;
	if (h->home[home].full)
		return;
	h->calm = true;
	if (!history_up(h, home) || (gift = some_own_gift(h, home)) < 0)
		goto out;
	fill(h, home, h->plant == PLANT_FULL ? 0 : below(h, below(h, 2) ? 4096 : 2 * MIB));
	if (h->plant == PLANT_FULL)
		(void)!simdisk_remove(simworld_disk(h->w, home), "reserve", NULL), fill(h, home, 0);
	if (tell_report(h, home, 0, NULL, 0) >= 0)
		history_wrong(h, "home %d takes in what is added though its disk is full", home);
	open_again(h, home);
	ask_status(h, home);
	if (tell_recall(h, gift) == ACKED)
		h->did[DID_FULL]++;
	else if (h->code == ERR_FULL || h->code == ERR_IO || h->code == ERR_STOPPED)
		history_wrong(h, "home %d refuses a recall because its disk is full: %s", home, err_name(h->code));
	ask_status(h, home);
out:
	h->calm = calm;
}
