/* What came in from others since somebody last looked, and what waits for an answer. The mark is a place in the order of arrival, kept in node.db. */
#include <string.h>

#include "node/inbox.h"
#include "node/ops.h"
#include "node/pending.h"
#include "node/put.h"
#include "node/told.h"
#include "share/consent.h"

enum err
inbox_mark(struct node *n, uint64_t *ret, struct errinfo *e)
{
	char space[32];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	uint64_t v = 0;
	enum err err = local_get(n->store, STR("inbox"), &b, e);
	if (err == ERR_NOTFOUND)
		err = OK;
	else if (!err && !str_u64(buf_str(&b), &v))
		v = 0;
	if (!err)
		*ret = v;
	return err;
}

struct counting {
	struct node *n;
	uint64_t objects, events;
	int64_t log; /* of the last arrival, and whether it is another's */
	bool others;
};

/* Whether a log is another member's. */
static enum err
is_others(struct node *n, int64_t no, struct record_log *log, bool *ret, struct errinfo *e)
{
	enum err err = record_log_by_no(n->store, no, log, e);
	if (err)
		return err;
	const struct share_centre *c = share_centre_by_no(n->share, log->centre);
	*ret = c && log->author != c->me;
	return OK;
}

static enum err
count(void *ctx, const struct record_arrival *at, struct errinfo *e)
{
	struct counting *c = ctx;
	struct record_entry entry;
	struct record_log log;
	enum err err;
	if (c->log != at->log) {
		if ((err = is_others(c->n, at->log, &log, &c->others, e)))
			return err;
		c->log = at->log;
	}
	if (!c->others)
		return OK;
	if ((err = record_entry_get(c->n->store, at->log, at->idx, NULL, &entry, e)))
		return err;
	if (entry.count)
		c->objects += entry.count;
	else
		c->events++;
	return OK;
}

enum err
inbox_count(struct node *n, uint64_t *ret_objects, uint64_t *ret_events, struct errinfo *e)
{
	struct counting c = {.n = n};
	uint64_t mark;
	enum err err = inbox_mark(n, &mark, e);
	if (err || (err = record_arrival_each(n->store, mark, count, &c, e)))
		return err;
	*ret_objects = c.objects;
	*ret_events = c.events;
	return OK;
}

/* Objects and events of the same arrivals make one page, so that a mark is a place between two arrivals: nothing is shown twice, nothing passed over.
 */
struct listing {
	struct op_call *call;
	const struct share_centre *only;
	uint32_t limit, n;
	uint64_t seen;  /* the last arrival of which everything was shown */
	uint64_t until; /* the last whose events fit */
	uint64_t last;  /* of the last event that was counted */
	bool more;
};

static enum err
put_object(struct listing *l, const struct view_row *row, struct errinfo *e)
{
	struct json_writer *w = l->call->out;
	struct arena a = ARENA_INIT(LIMIT_OBJECT_ARENA);
	struct buf b = BUF_INIT(LIMIT_OBJECT + 64);
	const struct json *obj = NULL;
	struct str bytes;
	bool gone = row->state != VIEW_LIVE;
	enum err err = gone ? OK : put_row_bytes(l->call, row, &b, &bytes, &gone, e);
	if (!err) {
		if (gone || json_parse(&a, bytes, &obj, NULL))
			obj = NULL;
		json_open_object(w);
		err = put_row(l->call, w, row, e);
		json_put_member(w, STR("title"), obj ? put_title(obj) : STR_NONE);
		json_close(w);
	}
	arena_done(&a);
	buf_done(&b);
	return err;
}

static enum err
one_arrival(void *ctx, const struct record_arrival *at, struct errinfo *e)
{
	struct listing *l = ctx;
	struct node *n = l->call->n;
	struct record_log log;
	struct record_entry entry;
	struct errinfo why = {0};
	bool others;
	enum err err;
	l->more |= at->seq > l->until;
	if (l->more)
		return OK;
	if ((err = is_others(n, at->log, &log, &others, e)))
		return err;
	if (others && (!l->only || log.centre == l->only->no)) {
		if ((err = record_entry_get(n->store, at->log, at->idx, NULL, &entry, e)))
			return err;
		/* whole entries, so that a mark is a place between two of them: one of up to LIMIT_PIECES objects may pass the limit */
		if (l->n && l->n + entry.count > l->limit) {
			l->more = true;
			return OK;
		}
		for (uint32_t i = 0; i < entry.count; i++) {
			struct view_row row;
			if ((err = view_at(n->store, at->log, at->idx, i, &row, &why)) == ERR_NOTFOUND)
				continue; /* no object: among the events */
			if (err && e)
				*e = why;
			if (err || (err = put_object(l, &row, e)))
				return err;
			l->n++;
		}
	}
	l->seen = at->seq;
	return OK;
}

/* The centre of an event that is told here, else NULL. */
static const struct share_centre *
is_told(const struct listing *l, const struct view_event *v)
{
	const struct share_centre *c = share_centre_by_no(l->call->n->share, v->centre);
	return !c || v->author == c->me || v->kind == VIEW_EPOCH || (l->only && c != l->only) ? NULL : c;
}

/* Those of one arrival together, as with objects. */
static enum err
count_event(void *ctx, const struct view_event *v, struct errinfo *e)
{
	struct listing *l = ctx;
	(void)e;
	if (!is_told(l, v))
		return OK;
	if (l->n++ >= l->limit && v->arrival != l->last) {
		l->until = v->arrival - 1;
		return ERR_STOPPED;
	}
	l->last = v->arrival;
	return OK;
}

static enum err
one_event(void *ctx, const struct view_event *v, struct errinfo *e)
{
	struct listing *l = ctx;
	if (l->more && v->arrival > l->seen)
		return ERR_STOPPED;
	return is_told(l, v) ? told_put(l->call, l->call->out, v, e) : OK;
}

static enum err
each_event(struct listing *l, uint64_t mark, enum err (*each)(void *ctx, const struct view_event *v, struct errinfo *e), struct errinfo *e)
{
	const struct view_event_filter f = {.author = -1, .centre = l->only ? l->only->no : 0, .after_arrival = mark, .lapsed = true};
	struct errinfo why = {0};
	enum err err = view_event_each(l->call->n->store, &f, each, l, &why);
	if (err && err != ERR_STOPPED && e)
		*e = why;
	return err == ERR_STOPPED ? OK : err;
}

static enum err
one_waiting(void *ctx, const struct consent_item *x, struct errinfo *e)
{
	struct op_call *call = ctx;
	struct json_writer *w = call->out;
	(void)e;
	if (x->ours || x->state != CONSENT_WAITING)
		return OK;
	json_open_object(w);
	put_centre(w, x->centre);
	put_hash(w, "leaf", &x->leaf);
	put_member(w, "asker", x->centre, x->asker);
	put_id(w, "id", x->id);
	put_circle(w, "to", x->centre, x->to);
	json_put_member(w, STR("reason"), x->reason);
	put_time(w, "arrived", x->at);
	json_close(w);
	return OK;
}

static enum err
set_mark(struct op_call *call, uint64_t seq, struct errinfo *e)
{
	char space[32];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	buf_u64(&b, seq);
	return local_set(call->n->store, STR("inbox"), buf_str(&b), e);
}

/* inbox: objects of others that came since the mark, oldest first; what others said (recalls, receipts, flags, requests, consents); requests that
 * wait for this home's answer. centre; limit (absent: 100) of objects, and of what was said; mark: what was shown counts as seen from now on. Reply:
 * {"items":[rows with "title"],"more": whether there is more than the limit, of either (mark these, then ask
 * again),"events":[{"kind","centre","circle","author","arrived","state": only if it was not countersigned in
 * time,"index","id","modified","leaf","time","position","reason","action","replacement",
 * "source","granted","to","of"}],"waiting":[{"centre","leaf","asker","id","to","reason","arrived"}],"approvals":[releases
 * that wait and the caller may approve, as of release-pending]} */
enum err
op_inbox(struct op_call *call, struct errinfo *e)
{
	struct json_writer *w = call->out;
	struct listing l = {.call = call, .until = UINT64_MAX};
	struct share_centre *only;
	uint64_t mark;
	enum err err = op_centre_any(call, &only, e);
	l.only = only;
	if (err || (err = op_limit(call, 100, &l.limit, e)) || (err = inbox_mark(call->n, &mark, e)))
		return err;
	l.seen = mark;
	if ((err = each_event(&l, mark, count_event, e)))
		return err;
	l.n = 0;
	json_put_key(w, STR("items"));
	json_open_array(w);
	if ((err = record_arrival_each(call->n->store, mark, one_arrival, &l, e)))
		return err;
	json_close(w);
	json_put_member_bool(w, STR("more"), l.more);
	json_put_key(w, STR("events"));
	json_open_array(w);
	if ((err = each_event(&l, mark, one_event, e)))
		return err;
	json_close(w);
	json_put_key(w, STR("waiting"));
	json_open_array(w);
	if ((err = consent_each(call->n->share, only, one_waiting, call, e)))
		return err;
	json_close(w);
	if ((err = pending_put(call, e)))
		return err;
	return op_bool(call, "mark") && !only ? set_mark(call, l.seen, e) : OK;
}
