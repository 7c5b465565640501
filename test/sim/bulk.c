#include "sim/bulk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "node/op.h"
#include "sim/acts.h"
#include "sim/full.h"
#include "sim/tell.h"

enum { MANY = 2300 }; /* three entries */

static void
put_objects(struct buf *b, uint64_t id)
{
	buf_puts(b, "{\"type\":\"bundle\",\"id\":\"bundle--3f1c7b6e-8a52-4d4e-9d7a-0a1b2c3d4e5f\",\"objects\":[");
	for (int i = 0; i < MANY; i++)
		buf_printf(b,
		    "%s{\"type\":\"tool\",\"spec_version\":\"2.1\",\"id\":\"tool--%08x-0000-4000-8000-%012x\",\"created\":\"2015-09-20T10:00:00."
		    "000Z\","
		    "\"modified\":\"2015-09-20T10:00:00.000Z\",\"name\":\"n%d\"}",
		    i ? ",\n" : "", (unsigned)id, (unsigned)i, i);
	buf_puts(b, "]}");
}

struct counting {
	struct history *h;
	int home;
	uint64_t count; /* tools in entries */
	enum err err;
	struct errinfo e;
};

static enum err
count_piece(void *ctx, uint32_t n, struct str data, const struct hash *hash, struct errinfo *e)
{
	struct counting *x = ctx;
	(void)n;
	(void)hash;
	(void)e;
	x->count += str_find(data, STR("\"type\":\"tool\"")) >= 0;
	return OK;
}

static enum err
count_entry(void *ctx, uint64_t idx, const struct record_entry *entry, struct errinfo *e)
{
	struct counting *x = ctx;
	(void)idx;
	return entry->count && entry->first ? record_piece_each(x->h->c.node[x->home]->store, entry->first, entry->count, count_piece, x, e) : OK;
}

static enum err
count_log(void *ctx, const struct record_log *log, struct errinfo *e)
{
	struct counting *x = ctx;
	return record_entry_each(x->h->c.node[x->home]->store, log->no, 0, log->edge.size, count_entry, x, e);
}

static void
do_count(void *arg)
{
	struct counting *x = arg;
	x->err = record_log_each(x->h->c.node[x->home]->store, 0, count_log, x, &x->e);
}

static uint64_t
in_record(struct history *h, int home)
{
	struct counting x = {.h = h, .home = home};
	if (!h->c.node[home] || !history_step(h, home, do_count, &x) || x.err)
		return UINT64_MAX;
	return x.count;
}

/* By the lists that people see; UINT64_MAX: could not be counted. */
static uint64_t
in_view(struct history *h, int home)
{
	struct buf reply = BUF_INIT(16 * MIB);
	char next[1024] = "";
	uint64_t n = 0;
	do {
		enum outcome o = history_op(h, home, &reply, NULL, "ls", "{\"centre\":\"%s\",\"type\":\"tool\",\"limit\":1000%s%s%s}", h->c.hex,
		    next[0] ? ",\"cursor\":\"" : "", next, next[0] ? "\"" : "");
		if (o != ACKED) {
			buf_done(&reply);
			return UINT64_MAX;
		}
		for (struct str rest = buf_str(&reply); str_find(rest, STR("\"id\":\"tool--")) >= 0; n++)
			rest = str_sub(rest, (size_t)str_find(rest, STR("\"id\":\"tool--")) + 1, rest.n);
	} while (centre_text(buf_str(&reply), "next", next, sizeof next));
	buf_done(&reply);
	return n;
}

static void
compare(struct history *h, int home, const char *when)
{
	uint64_t view = in_view(h, home), record = in_record(h, home);
	if (view != UINT64_MAX && record != UINT64_MAX && view != record)
		history_wrong(h, "home %d %s: a bulk of objects is not entry by entry in view: %llu of %llu", home, when, (unsigned long long)view,
		    (unsigned long long)record);
}

static bool
stop_soon(void *ctx, const struct node_progress *p)
{
	int *left = ctx;
	(void)p;
	return --*left > 0;
}

static enum outcome
add(struct history *h, int home, struct str input, int *patience, struct errinfo *e)
{
	struct str rest = input;
	struct source in = source_of_str(&rest);
	char args[160];
	snprintf(args, sizeof args, "{\"format\":\"stix\",\"source\":\"bulk\",\"centre\":\"%s\"}", h->c.hex);
	struct node_call call = {.op = STR("add"), .args = str_of(args), .in = &in, .progress = patience ? stop_soon : NULL, .ctx = patience};
	return history_call(h, home, &call, NULL, e);
}

void
bulk_add(struct history *h, int home)
{
	struct errinfo e = {0};
	struct buf b = BUF_INIT(4 * MIB);
	if (h->bulk_home >= 0 || !history_up(h, home) || home == h->n)
		return;
	full_end(h, home);
	put_objects(&b, h->seed);
	h->bulk_home = home;
	bool calm = h->calm;
	h->calm = true; /* the fault is this act's own */
	if (simrng_once_in(&h->dice, 3)) {
		int left = 1 + (int)simrng_below(&h->dice, 3);
		add(h, home, buf_str(&b), &left, NULL);
	} else {
		/* power goes somewhere in it: opening takes none of its writes */
		simdisk_crash_at(simworld_disk(h->w, home), 1 + simrng_below(&h->dice, 700));
		add(h, home, buf_str(&b), NULL, &e);
	}
	bool again = history_up(h, home);
	compare(h, home, "after it was cut off");
	if (again && simrng_once_in(&h->dice, 2)) {
		acts_backup(h, home);
		h->did[DID_HALF]++;
	}
	enum outcome o = add(h, home, buf_str(&b), NULL, &e);
	uint64_t n = in_record(h, home);
	if (o == REFUSED && (e.code == ERR_CLOCK || e.code == ERR_DENIED || e.code == ERR_FORK))
		history_say(h, "  it may not just now"); /* a clock behind, a restore that is not settled */
	else if (o != ACKED)
		history_wrong(h, "home %d cannot take up again a bulk of objects", home);
	else if (n != UINT64_MAX && n != MANY)
		history_wrong(h, "home %d: of %d objects in bulk %llu are in the record", home, MANY, (unsigned long long)n);
	else
		h->bulk_all = true, h->did[DID_BULK]++;
	h->calm = calm;
	compare(h, home, "after it was taken up again");
	buf_done(&b);
}

void
bulk_judge(struct history *h)
{
	int home = h->bulk_home;
	if (home < 0 || !h->c.node[home])
		return;
	compare(h, home, "in the end");
	uint64_t n = in_record(h, home);
	if (h->bulk_all && !h->home[home].restored && n != MANY)
		history_lost(h, "home %d acknowledged %d objects in bulk: %llu are there", home, MANY, (unsigned long long)n);
}
