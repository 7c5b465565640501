/* How a home stands: each thing with a level, so that a monitor can ask too. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/leak.h"
#include "govern/rota.h"
#include "node/collect.h"
#include "node/inbox.h"
#include "node/ops.h"
#include "node/pending.h"
#include "node/put.h"
#include "node/reserve.h"
#include "share/consent.h"
#include "share/due.h"
#include "share/fork.h"
#include "share/settle.h"
#include "share/witness.h"

enum level { LEVEL_OK, LEVEL_WARNING, LEVEL_CRITICAL };

static const char *const level_name[] = {"ok", "warning", "critical"};

struct status {
	struct op_call *call;
	enum level worst;
};

/* One item. */
static void put(struct status *s, const char *what, const struct share_centre *c, enum level level, int64_t value, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));

static void
put(struct status *s, const char *what, const struct share_centre *c, enum level level, int64_t value, const char *fmt, ...)
{
	struct json_writer *w = s->call->out;
	char says[512];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(says, sizeof says, fmt, ap);
	va_end(ap);
	json_open_object(w);
	json_put_member(w, STR("what"), str_of(what));
	if (c)
		put_centre(w, c);
	json_put_member(w, STR("level"), str_of(level_name[level]));
	json_put_member_int(w, STR("value"), value);
	json_put_member(w, STR("says"), str_of(says));
	json_close(w);
	if (level > s->worst)
		s->worst = level;
}

static void
put_lead(struct status *s, const struct share_centre *c)
{
	struct turn t;
	struct chain_fork f;
	int64_t now = op_now(s->call);
	if (!c->charter) {
		put(s, "charter", c, LEVEL_WARNING, 0, "the charter is not in force yet");
		return;
	}
	if (chain_fork(c->chain, &f))
		put(s, "charter", c, LEVEL_CRITICAL, c->charter->version,
		    "the charter is forked: two valid successors of version %u; government stops", f.before->version);
	else
		put(s, "charter", c, c->me < 0 ? LEVEL_WARNING : LEVEL_OK, c->charter->version, "charter version %u%s", c->charter->version,
		    c->me < 0 ? "; this home is not a member by it" : "");
	if (!rota_at(c->chain, now, &t)) {
		put(s, "lead", c, LEVEL_WARNING, 0, "nobody leads");
		return;
	}
	int64_t days = t.end == TIME_NEVER ? -1 : (t.end - now) / TIME_DAY;
	put(s, "lead", c, LEVEL_OK, days, "%s leads%s, %lld %s left", c->policy->member[t.lead], t.lead == c->me ? " (this home's member)" : "",
	    (long long)days, str_many((uint64_t)days, "day", "days"));
}

static enum err
put_peers(struct status *s, const struct share_centre *c, struct errinfo *e)
{
	struct store *store = s->call->n->store;
	int64_t now = op_now(s->call);
	for (size_t i = 0; i < c->charter->nmember; i++) {
		char name[64], space[64];
		struct buf key = {.p = name, .cap = sizeof name, .max = sizeof name}, b = {.p = space, .cap = sizeof space, .max = sizeof space};
		int64_t at;
		struct roster_member m;
		const char *id = c->policy->member[i];
		if ((int)i == c->me || !(c->charter->present >> i & 1))
			continue;
		if (roster_at(c->roster, now, (int)i, &m, NULL) == OK && m.conflicted)
			put(s, "keys", c, LEVEL_CRITICAL, 0, "%s has signed two key cards that cannot both be honest", id);
		buf_printf(&key, "contact.%d.%s", c->no, id);
		enum err err = local_get(store, buf_str(&key), &b, e);
		if (err && err != ERR_NOTFOUND)
			return err;
		if (err || !time_parse(buf_str(&b), &at)) {
			put(s, "peer", c, LEVEL_WARNING, -1, "%s was never asked", id);
			continue;
		}
		int64_t days = (now - at) / TIME_DAY;
		if (days == 0)
			put(s, "peer", c, LEVEL_OK, days, "%s was asked within a day", id);
		else
			put(s, "peer", c, days > 7 ? LEVEL_WARNING : LEVEL_OK, days, "%s was last asked %lld day%s ago", id, (long long)days,
			    days == 1 ? "" : "s");
	}
	return OK;
}

struct logs {
	struct status *s;
	uint64_t forked, own_forked;
};

static enum err
look_log(void *ctx, const struct record_log *log, struct errinfo *e)
{
	struct logs *l = ctx;
	const struct share_centre *c = share_centre_by_no(l->s->call->n->share, log->centre);
	bool stands = false;
	enum err err = log->state == RECORD_LOG_FORKED && c ? fork_stands(l->s->call->n->share, c, log, &stands, e) : OK;
	if (err || !stands)
		return err;
	struct buf b = BUF_INIT(KIB);
	label_circle_put(&b, c->policy, log->circle);
	put(l->s, "fork", c, LEVEL_CRITICAL, log->epoch, "%s has signed two histories of its log for %.*s, epoch %u: the proof is here",
	    c->policy->member[log->author], STR_FMT(buf_str(&b)), log->epoch);
	buf_done(&b);
	return OK;
}

static enum err
look_late(void *ctx, const struct witness_late *late, struct errinfo *e)
{
	struct status *s = ctx;
	const struct share_centre *c = share_centre_by_no(s->call->n->share, late->log->centre);
	(void)e;
	if (!c || late->log->author != c->me || late->until > op_now(s->call))
		return OK;
	struct buf b = BUF_INIT(KIB);
	label_circle_put(&b, c->policy, late->log->circle);
	put(s, "late", c, LEVEL_WARNING, (int64_t)late->entries,
	    "%llu entries of ours for %.*s are not known to have been countersigned before a member left: ask the others, or release again to those "
	    "who "
	    "remain",
	    (unsigned long long)late->entries, STR_FMT(buf_str(&b)));
	buf_done(&b);
	return OK;
}

/* Identities that several members claim by their cards. */
static void
put_claimed(struct status *s, const struct share_centre *c)
{
	int64_t now = op_now(s->call);
	for (size_t i = 0; i < c->charter->nmember; i++) {
		struct roster_member m;
		if (roster_at(c->roster, now, (int)i, &m, NULL))
			continue;
		for (size_t k = 0; k < m.keys.nidentity; k++) {
			struct str id = m.keys.identities[k];
			uint64_t who = roster_speakers(c->roster, now, id);
			if (roster_identity(c->roster, now, id) != ROSTER_SEVERAL || (who & (who - 1)) == 0 || (who & ((UINT64_C(1) << i) - 1)))
				continue; /* told once, at the first of them */
			struct buf b = BUF_INIT(KIB);
			label_circle_put(&b, c->policy, who);
			put(s, "identity", c, LEVEL_WARNING, __builtin_popcountll(who),
			    "%.*s is claimed by %.*s: a charter that names it settles whose it is", STR_FMT(id), STR_FMT(buf_str(&b)));
			buf_done(&b);
		}
	}
}

static enum err
count_pending(void *ctx, int64_t log, uint64_t idx, const struct record_entry *entry, struct errinfo *e)
{
	uint64_t *n = ctx;
	(void)log;
	(void)idx;
	(void)entry;
	(void)e;
	++*n;
	return OK;
}

struct lost {
	struct share *s;
	const struct share_centre *c;
	uint64_t logs;
};

static enum err
count_lost(void *ctx, const struct record_log *log, struct errinfo *e)
{
	struct lost *l = ctx;
	uint64_t beyond = 0;
	enum err err = OK;
	struct roster_member m;
	if (log->author == l->c->me && log->state == RECORD_LOG_LIVE &&
	    roster_at(l->c->roster, l->s->env->now(l->s->env->ctx), l->c->me, &m, NULL) == OK && m.keys.epoch == log->epoch)
		err = share_known_beyond(l->s, log, &beyond, e);
	l->logs += beyond > 0;
	return err;
}

/* Logs that cannot be gone on with: more of them was signed than is here. */
static enum err
put_lost(struct status *s, const struct share_centre *c, struct errinfo *e)
{
	struct lost l = {s->call->n->share, c, 0};
	enum err err = record_log_each(s->call->n->store, c->no, count_lost, &l, e);
	if (!err && l.logs)
		put(s, "lost", c, LEVEL_CRITICAL, (int64_t)l.logs,
		    "of %llu own logs more was signed than is here; if no other member has it: comity settle --new-epoch",
		    (unsigned long long)l.logs);
	return err;
}

static enum err
put_centre_items(struct status *s, struct share_centre *c, struct errinfo *e)
{
	uint64_t unsettled;
	enum err err;
	put_lead(s, c);
	if (!c->charter || s->call->who)
		return OK;
	put_claimed(s, c);
	if ((err = put_peers(s, c, e)) || c->me < 0 || (err = share_unsettled(s->call->n->share, c, label_policy_members(c->policy), &unsettled, e)))
		return err;
	if (unsettled) {
		struct buf b = BUF_INIT(KIB);
		enum settle_why reason;
		if ((err = share_unsettled_why(s->call->n->share, &reason, e)))
			return err;
		const char *why = reason == SETTLE_COPIED ? "was copied or moved"
				: reason == SETTLE_BEHIND ? "was put back to an older state"
							  : "was restored";
		label_circle_put(&b, c->policy, unsettled);
		put(s, "unsettled", c, LEVEL_WARNING, __builtin_popcountll(unsettled),
		    "this home %s; still to be asked before it signs: %.*s (comity sync, or: comity settle)", why, STR_FMT(buf_str(&b)));
		buf_done(&b);
	}
	return put_lost(s, c, e);
}

struct dues {
	int64_t now;
	uint64_t soon, announced;
};

static enum err
count_due(void *ctx, const struct due_item *item, struct errinfo *e)
{
	struct dues *d = ctx;
	(void)e;
	d->soon++;
	d->announced += item->announced != TIME_NEVER;
	return OK;
}

static enum err
count_waiting(void *ctx, const struct consent_item *x, struct errinfo *e)
{
	uint64_t *n = ctx;
	(void)e;
	*n += !x->ours && x->state == CONSENT_WAITING;
	return OK;
}

static void
put_clock(struct status *s)
{
	struct node *n = s->call->n;
	int64_t now = op_now(s->call);
	if (n->clock_back > 0)
		put(s, "clock", NULL, LEVEL_CRITICAL, n->clock_back / TIME_SECOND,
		    "the clock is %lld seconds behind the last time this home was open", (long long)(n->clock_back / TIME_SECOND));
	else if (n->clock == DUE_CLOCK_BEHIND)
		put(s, "clock", NULL, LEVEL_WARNING, 0, "another member has signed a time more than five minutes ahead of this clock");
	else if (n->clock == DUE_CLOCK_JUMPED)
		put(s, "clock", NULL, LEVEL_WARNING, 0, "the clock jumped since the last look");
	else
		put(s, "clock", NULL, LEVEL_OK, now / TIME_SECOND, "the clock runs as it should, as far as can be told from here");
}

static enum err
put_backup(struct status *s, struct errinfo *e)
{
	char space[64];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	int64_t at;
	enum err err = local_get(s->call->n->store, STR("backup"), &b, e);
	if (err && err != ERR_NOTFOUND)
		return err;
	if (err || !time_parse(buf_str(&b), &at)) {
		put(s, "backup", NULL, LEVEL_WARNING, -1, "this home was never backed up");
		return OK;
	}
	int64_t days = (op_now(s->call) - at) / TIME_DAY;
	put(s, "backup", NULL, days > 30 ? LEVEL_WARNING : LEVEL_OK, days, "the last backup is %lld %s old", (long long)days,
	    str_many((uint64_t)days, "day", "days"));
	return OK;
}

static enum err
sum_dropped(void *ctx, const struct local_dropped *d, struct errinfo *e)
{
	uint64_t *n = ctx;
	(void)e;
	*n += d->n;
	return OK;
}

/* A feed that does not come as it should. */
static enum err
put_bad_feed(void *ctx, const struct node_feed *f, struct errinfo *e)
{
	struct status *s = ctx;
	enum node_feed_state state = node_feed_state(f, op_now(s->call));
	(void)e;
	if (state == FEED_FAILING)
		put(s, "feed", NULL, LEVEL_WARNING, f->failures, "the feed %.*s fails (%lld %s on end): %.*s", STR_FMT(f->name),
		    (long long)f->failures, str_many((uint64_t)f->failures, "time", "times"), STR_FMT(str_sub(f->why, 0, 300)));
	else if (state == FEED_OVERDUE)
		put(s, "feed", NULL, LEVEL_WARNING, 0, "the feed %.*s is overdue: the node that runs pulls feeds (comity serve)", STR_FMT(f->name));
	return OK;
}

static void
put_kinds(struct status *s, uint32_t own, uint32_t others, uint32_t most)
{
	const bool full = own >= LIMIT_CLASSES_OWN || others >= LIMIT_CLASSES_OTHERS || most >= LIMIT_CLASSES_PER_AUTHOR;
	if (own < LIMIT_CLASSES_OWN / 4 * 3 && others < LIMIT_CLASSES_OTHERS / 2 && most < LIMIT_CLASSES_PER_AUTHOR / 4 * 3)
		return;
	put(s, "kinds", NULL, full ? LEVEL_CRITICAL : LEVEL_WARNING, own + others,
	    "%u kinds of label are the home's own, of at most %d, and %u came from others, of at most %d (of one of them %u, of at most %d): past "
	    "that "
	    "what bears a new one is refused, or of others not shown",
	    own, LIMIT_CLASSES_OWN, others, LIMIT_CLASSES_OTHERS, most, LIMIT_CLASSES_PER_AUTHOR);
}

/* What only the home's own people are told. */
static enum err
put_own(struct status *s, struct errinfo *e)
{
	struct node *n = s->call->n;
	const struct env *env = n->env;
	struct logs l = {.s = s};
	struct dues d = {.now = op_now(s->call)};
	uint32_t own, others, most;
	uint64_t objects, events, pending = 0, waiting = 0, approvals = 0, dropped = 0, refused, bytes, purging;
	enum err err;
	if ((err = record_log_each(n->store, 0, look_log, &l, e)) || (err = witness_late_each(n->share, look_late, s, e)) ||
	    (err = inbox_count(n, &objects, &events, e)) || (err = record_pending_each(n->store, 0, count_pending, &pending, e)) ||
	    (err = due_each(n->share, d.now + 7 * TIME_DAY, count_due, &d, e)) || (err = consent_each(n->share, NULL, count_waiting, &waiting, e)) ||
	    (err = local_refused_count(n->store, &refused, e)) || (err = local_dropped_each(n->store, sum_dropped, &dropped, e)) ||
	    (err = store_bytes(n->store, &bytes, e)) || (err = view_purging(n->store, &purging, e)) ||
	    (err = pending_count(s->call, &approvals, e)) || (err = view_kinds(n->store, &own, &others, &most, e)))
		return err;
	put(s, "new", NULL, LEVEL_OK, (int64_t)(objects + events), "%llu new %s and %llu other %s since the inbox was last marked",
	    (unsigned long long)objects, str_many(objects, "object", "objects"), (unsigned long long)events, str_many(events, "entry", "entries"));
	put(s, "waiting", NULL, LEVEL_OK, (int64_t)waiting, "%llu %s for an answer", (unsigned long long)waiting,
	    str_many(waiting, "request waits", "requests wait"));
	put(s, "approval", NULL, LEVEL_OK, (int64_t)approvals, "%llu %s for a second person%s", (unsigned long long)approvals,
	    str_many(approvals, "release waits", "releases wait"), approvals ? " (comity release pending)" : "");
	put(s, "due", NULL, d.announced ? LEVEL_WARNING : LEVEL_OK, (int64_t)d.soon, "%llu %s within seven days, %llu %s announced",
	    (unsigned long long)d.soon, str_many(d.soon, "date", "dates"), (unsigned long long)d.announced,
	    str_many(d.announced, "deletion", "deletions"));
	put(s, "pending", NULL, pending ? LEVEL_WARNING : LEVEL_OK, (int64_t)pending, "%llu %s content", (unsigned long long)pending,
	    str_many(pending, "entry waits for its", "entries wait for their"));
	if (dropped)
		put(s, "quarantine", NULL, LEVEL_WARNING, (int64_t)refused,
		    "%llu %s could not be taken in; %llu older ones had to go (comity quarantine list tells whose)", (unsigned long long)refused,
		    str_many(refused, "input", "inputs"), (unsigned long long)dropped);
	else
		put(s, "quarantine", NULL, refused ? LEVEL_WARNING : LEVEL_OK, (int64_t)refused, "%llu %s could not be taken in",
		    (unsigned long long)refused, str_many(refused, "input", "inputs"));
	int64_t space = env->space(env->ctx);
	put(s, "disk", NULL,
	    space < LIMIT_SPACE          ? LEVEL_CRITICAL
	    : space < 16ll * LIMIT_SPACE ? LEVEL_WARNING
					 : LEVEL_OK,
	    space / MIB, "the home takes %llu MiB; %lld MiB are free", (unsigned long long)(bytes / MIB), (long long)(space / MIB));
	if (!reserve_there(env))
		put(s, "reserve", NULL, LEVEL_WARNING, 0, "the room kept for recalls is used up: make room on the disk");
	if (n->full)
		put(s, "full", NULL, LEVEL_CRITICAL, 0,
		    "the disk is full: receipts, flags and dates that are due wait; recalls are taken all the same");
	if (purging)
		put(s, "purge", NULL, LEVEL_WARNING, (int64_t)purging, "words of what was recalled are still in view.db, out of everybody's sight");
	if (n->put_off)
		put(s, "owed", NULL, LEVEL_WARNING, n->put_off, "%u receipts or flags are owed and cannot be said now", n->put_off);
	put_kinds(s, own, others, most);
	put_clock(s);
	err = node_feed_each(n, put_bad_feed, s, e);
	return err ? err : put_backup(s, e);
}

/* status: {"member","name","exercise","level": the worst,"items":[{"what","centre","centre_id","level":"ok|warning|critical","value": a number (days,
 * counts, MiB),"says": for people}]}. what: charter, lead, identity, peer, keys, unsettled, lost, fork, late, new, waiting, approval, due, pending,
 * quarantine, disk, reserve, full, purge, owed, kinds, clock, feed, backup. A viewer with a clearance is told charter and lead alone. */
enum err
op_status(struct op_call *call, struct errinfo *e)
{
	struct json_writer *w = call->out;
	struct status s = {.call = call};
	struct node *n = call->n;
	enum err err = OK;
	json_put_member(w, STR("member"), n->member);
	json_put_member(w, STR("name"), n->name);
	json_put_member_bool(w, STR("exercise"), n->exercise);
	json_put_key(w, STR("items"));
	json_open_array(w);
	int shown = 0;
	for (int i = 0; i < n->share->ncentres; i++)
		shown += op_sees_centre(call, &n->share->centre[i]);
	if (!shown)
		put(&s, "charter", NULL, LEVEL_WARNING, 0, "this home belongs to no centre yet");
	for (int i = 0; i < n->share->ncentres && !err; i++)
		if (op_sees_centre(call, &n->share->centre[i]))
			err = put_centre_items(&s, &n->share->centre[i], e);
	if (!err && (!call->who || LEAK(STATUS_OWN)))
		err = put_own(&s, e);
	json_close(w);
	json_put_member(w, STR("level"), str_of(level_name[s.worst]));
	return err;
}
