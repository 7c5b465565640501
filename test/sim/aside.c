#include "sim/aside.h"

#include <stdio.h>
#include <string.h>

#include "node/op.h"
#include "sim/tell.h"

static uint64_t
below(struct history *h, uint64_t n)
{
	return simrng_below(&h->dice, n);
}

void
aside_rubbish(struct history *h, int home)
{
	struct buf b = BUF_INIT(KIB), reply = BUF_INIT(4 * MIB);
	char args[128];
	if (!below(h, 4)) { /* sees through what is there and lets it go */
		if (history_op(h, home, &reply, NULL, "quarantine-drop", "{\"all\":true}") != REFUSED)
			for (size_t i = 0; i < h->truth.nkept; i++)
				if (h->truth.kept[i].home == home && !strcmp(h->truth.word[h->truth.kept[i].word].what, "a refused object"))
					h->truth.kept[i].home = -1;
		goto out;
	}
	int w = truth_word(&h->truth, &h->dice, h->home[home].member, "a refused object");
	buf_printf(&b, "{\"type\":\"malware\",\"spec_version\":\"2.1\",\"id\":\"malware--%s\",\"name\":\"no such id\"}", h->truth.word[w].text);
	struct str rest = buf_str(&b);
	struct source in = source_of_str(&rest);
	snprintf(args, sizeof args, "{\"format\":\"stix\",\"source\":\"sim\",\"centre\":\"%s\"}", h->c.hex);
	struct node_call call = {.op = STR("add"), .args = str_of(args), .in = &in};
	struct errinfo e = {0};
	enum outcome o = history_call(h, home, &call, &reply, &e);
	if (o == ACKED && centre_number(buf_str(&reply), "refused") != 1)
		history_wrong(h, "home %d took in what is no STIX: %.*s", home, STR_FMT(str_sub(buf_str(&reply), 0, 300)));
	if (o == ACKED || (o == REFUSED && e.code == ERR_INVALID))
		truth_keep(&h->truth, w, home), h->did[DID_REFUSE]++;
out:
	buf_done(&b);
	buf_done(&reply);
}

static void
put_id(struct history *h, const char *type, char ret[static THING_ID])
{
	uint64_t a = simrng_next(&h->dice), d = simrng_next(&h->dice);
	snprintf(ret, THING_ID, "%s--%08x-%04x-4%03x-a%03x-%012llx", type, (unsigned)(a & 0xffffffff), (unsigned)(a >> 32 & 0xffff),
	    (unsigned)(a >> 48 & 0xfff), (unsigned)(d & 0xfff), (unsigned long long)(d >> 16));
}

/* A note on two objects, of which the circle is given one: it goes without a word of the other. */
void
aside_redact(struct history *h, int home)
{
	static const char head[] = "\"spec_version\":\"2.1\",\"created\":\"2015-09-20T10:00:00.000Z\",\"modified\":\"2015-09-20T10:00:00.000Z\"";
	char id[3][THING_ID], args[400];
	struct thing t = {.home = home, .owner = h->home[home].member};
	uint64_t circle = (tell_circle(h, t.owner, false) & ~h->departed) | bit(t.owner); /* a mark names its owner, who may have left */
	struct buf b = BUF_INIT(8 * KIB), mark = BUF_INIT(256), to = BUF_INIT(128), reply = BUF_INIT(4 * MIB);
	if (circle == bit(t.owner))
		return;
	for (int i = 0; i < 3; i++)
		put_id(h, i < 2 ? "campaign" : "note", id[i]);
	buf_puts(&b, "{\"type\":\"bundle\",\"id\":\"bundle--3f1c7b6e-8a52-4d4e-9d7a-0a1b2c3d4e5f\",\"objects\":[");
	buf_printf(&b, "{\"type\":\"note\",\"id\":\"%s\",%s,\"abstract\":\"%s\",\"content\":\"on both%s%s\",\"object_refs\":[\"%s\",\"%s\"]}", id[2],
	    head, tell_word(h, &t, circle, "a note"), h->plant == PLANT_REDACT ? " " : "", h->plant == PLANT_REDACT ? id[1] : "", id[0], id[1]);
	for (int i = 0; i < 2; i++)
		buf_printf(&b, ",{\"type\":\"campaign\",\"id\":\"%s\",%s,\"name\":\"one of two\"}", id[i], head);
	buf_puts(&b, "]}");
	tell_mark(h, &mark, t.owner, circle, false);
	snprintf(
	    args, sizeof args, "{\"format\":\"stix\",\"source\":\"sim\",\"centre\":\"%s\",\"mark\":\"%.*s\"}", h->c.hex, STR_FMT(buf_str(&mark)));
	if (tell_add(h, &t, buf_str(&b), args) < 0)
		goto out;
	truth_hide(&h->truth, id[1], circle);
	history_circle(h, circle, ".", false, &to);
	enum outcome o = history_op(h, home, &reply, NULL, "release", "{\"centre\":\"%s\",\"ids\":[\"%s\",\"%s\"],\"to\":\"%.*s\",\"redact\":true}",
	    h->c.hex, id[0], id[2], STR_FMT(buf_str(&to)));
	if (o == ACKED || o == UNSURE)
		h->truth.word[t.part[0].word].may |= circle;
	if (o == ACKED) {
		truth_claim(&h->truth, t.part[0].word, home, circle);
		h->did[DID_REDACT]++;
	}
out:
	buf_done(&b);
	buf_done(&mark);
	buf_done(&to);
	buf_done(&reply);
}

/* judging */

struct reading {
	struct history *h;
	int home;
	uint64_t circle;
	enum err err;
	struct errinfo e;
};

static enum err
read_piece(void *ctx, uint32_t n, struct str data, const struct hash *hash, struct errinfo *e)
{
	struct reading *r = ctx;
	struct truth *t = &r->h->truth;
	(void)n;
	(void)hash;
	(void)e;
	for (size_t i = 0; i < t->nhidden; i++)
		if ((r->circle & (r->circle - 1)) && str_find(data, str_of(t->hidden[i].id)) >= 0)
			history_wrong(r->h, "home %d shows in a log of several what was to be left out: %s", r->home, t->hidden[i].id);
	return OK;
}

static enum err
read_entry(void *ctx, uint64_t idx, const struct record_entry *entry, struct errinfo *e)
{
	struct reading *r = ctx;
	(void)idx;
	return entry->count && entry->first ? record_piece_each(r->h->c.node[r->home]->store, entry->first, entry->count, read_piece, r, e) : OK;
}

static enum err
read_log(void *ctx, const struct record_log *log, struct errinfo *e)
{
	struct reading *r = ctx;
	r->circle = log->circle;
	return record_entry_each(r->h->c.node[r->home]->store, log->no, 0, log->edge.size, read_entry, r, e);
}

static void
do_read(void *arg)
{
	struct reading *r = arg;
	r->err = record_log_each(r->h->c.node[r->home]->store, 0, read_log, r, &r->e);
}

void
aside_judge(struct history *h)
{
	for (int i = 0; i < h->c.n; i++) {
		struct reading r = {.h = h, .home = i};
		struct buf b = BUF_INIT(64 * MIB);
		if (!h->c.node[i])
			continue;
		if (h->truth.nhidden && (!history_step(h, i, do_read, &r) || r.err))
			history_wrong(h, "home %d: its record cannot be read: %s", i, r.e.msg);
		simdisk_get(simworld_disk(h->w, i), "node.db", &b);
		simdisk_get(simworld_disk(h->w, i), "node.db-wal", &b);
		for (size_t k = 0; k < h->truth.nkept; k++) {
			const struct word *w = &h->truth.word[h->truth.kept[k].word];
			if (h->truth.kept[k].home == i && history_honest(h, h->home[i].member) && str_find(buf_str(&b), str_of(w->text)) < 0)
				history_lost(h, "home %d no longer has in its audit trail or quarantine %s (%s)", i, w->what, w->text);
		}
		buf_done(&b);
	}
}
