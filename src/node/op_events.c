/* What changed for one viewer since it last asked.
 *
 * A viewer's place is a mark that says nothing to it and counts nothing: keyed hashes of the last object and of the last event that it was told, of
 * how charters, lead and node stood, and a seal over all. The walk goes back from the newest of what the viewer may read until it meets them, so a
 * mark depends on nothing else. One that was not given here, that is older than what is walked back, whose object is gone for good or that was given
 * to somebody with another sight means: begin anew ("reset"). */
#include <string.h>

#include "base/leak.h"
#include "crypto/secret.h"
#include "govern/rota.h"
#include "node/keys.h"
#include "node/ops.h"
#include "node/put.h"
#include "node/told.h"
#include "share/rows.h"

enum {
	PART = 16,    /* bytes of a hash in a mark: nobody can look for two alike, who cannot make one */
	BACK = 10000, /* of either kind, how far back a mark may be: past it lists are quicker */
	PAGE = 500,
};

struct mark {
	uint8_t object[PART], event[PART], charter[PART], lead[PART], node[PART], seal[PART];
};
_Static_assert(sizeof(struct mark) == 6 * PART, "a mark is its bytes");

struct events {
	struct op_call *call;
	struct sha256 key; /* that of this home and of this viewer's sight, begun */
	struct mark from, now;
	bool any, met; /* there is a mark; the walk came to it */
	uint32_t limit;
	uint64_t floor; /* arrival of the last object that was told: no event before it is new */
	/* the oldest `limit` of what is new, newest first, in a ring; how many there were */
	struct view_row *rows;
	struct view_event *said;
	uint64_t nrows, nsaid;
	bool newest_row, newest_event; /* known: in now */
	bool told_any;
};

static void
part(struct events *x, struct str kind, struct str what, uint8_t ret[static PART])
{
	struct sha256 h = x->key;
	sha256_put(&h, kind);
	sha256_put(&h, what);
	struct hash inner = sha256_end(&h);
	h = x->key;
	sha256_put(&h, hash_str(&inner));
	inner = sha256_end(&h);
	memcpy(ret, inner.b, PART);
}

static void
put_clearance(struct buf *b, const struct clearance *c)
{
	buf_put(b, str_bytes(c->policy, sizeof c->policy));
	buf_printf(b, "%u %d", c->level, c->every_circle);
	for (size_t i = 0; i < c->ncircles && !c->every_circle; i++)
		buf_printf(b, " %llx", (unsigned long long)c->circles[i]);
	for (size_t i = 0; i < c->ncompartments; i++)
		buf_printf(b, " %s", c->compartments[i]);
	buf_putc(b, '\n');
}

/* The key of marks is made of the log key's secret, for this alone; the sight is in it, so that a mark is good for who sees the same. */
static enum err
begin(struct events *x, struct errinfo *e)
{
	const struct view_who *who = x->call->who;
	struct buf b = BUF_INIT(MIB);
	struct sha256 h;
	struct str all;
	buf_puts(&b, who ? "viewer" : "member");
	for (size_t i = 0; who && i < who->n; i++)
		put_clearance(&b, &who->clearances[i]);
	enum err err = buf_take(&b, &all, e);
	struct hash sight = hash_of(all);
	sha256_init(&h);
	sha256_put(&h, STR("comity marks of events"));
	sha256_put(&h, sign_key_seed(&x->call->n->keys->log));
	struct hash key = sha256_end(&h);
	sha256_init(&x->key);
	sha256_put(&x->key, hash_str(&key));
	sha256_put(&x->key, hash_str(&sight));
	secret_wipe(&key, sizeof key);
	secret_wipe(&h, sizeof h);
	buf_done(&b);
	return err;
}

static enum err
part_row(struct events *x, const struct view_row *row, uint8_t ret[static PART], struct errinfo *e)
{
	struct buf b = BUF_INIT(KIB);
	struct str all;
	buf_printf(&b, "%d %llx %d %lld %lld ", row->key.centre, (unsigned long long)row->key.circle, row->key.author, (long long)row->key.modified,
	    (long long)row->at);
	stix_id_put(&b, row->key.id);
	enum err err = buf_take(&b, &all, e);
	part(x, STR("object"), all, ret);
	buf_done(&b);
	return err;
}

static enum err
part_event(struct events *x, const struct view_event *v, uint8_t ret[static PART], struct errinfo *e)
{
	struct buf b = BUF_INIT(KIB);
	struct str all;
	buf_printf(&b, "%d %d %llx %d %lld %lld %d ", v->kind, v->centre, (unsigned long long)v->circle, v->author, (long long)v->modified,
	    (long long)v->at, v->value);
	buf_put(&b, hash_str(&v->of));
	stix_id_put(&b, v->id);
	enum err err = buf_take(&b, &all, e);
	part(x, STR("event"), all, ret);
	buf_done(&b);
	return err;
}

/* marks as text */

static void
seal(struct events *x, struct mark *m)
{
	part(x, STR("seal"), str_bytes(m, sizeof *m - PART), m->seal);
}

static void
put_mark(struct events *x, const struct mark *at)
{
	char space[2 * sizeof *at];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	struct mark m = *at;
	uint64_t all = 0;
	if (LEAK(EVENTS_MARK) && !record_arrival_last(x->call->n->store, &all, NULL))
		m.node[0] ^= (uint8_t)all;
	seal(x, &m);
	buf_hex(&b, str_bytes(&m, sizeof m));
	json_put_member(x->call->out, STR("last"), buf_str(&b));
}

static bool
read_mark(struct events *x, struct str text)
{
	struct mark m;
	size_t n;
	if (!hex_decode(text, &x->from, sizeof x->from, &n) || n != sizeof x->from)
		return false;
	m = x->from;
	seal(x, &m);
	return secret_str_eq(str_bytes(m.seal, PART), str_bytes(x->from.seal, PART));
}

/* walking back */

static enum err
see_row(void *ctx, const struct view_row *row, struct errinfo *e)
{
	struct events *x = ctx;
	uint8_t p[PART];
	enum err err = part_row(x, row, p, e);
	if (err)
		return err;
	if (!x->newest_row) {
		memcpy(x->now.object, p, PART);
		x->newest_row = true;
	}
	if (!x->any || memcmp(p, x->from.object, PART) == 0) {
		x->met = true;
		x->floor = row->arrival;
		return ERR_STOPPED;
	}
	x->rows[x->nrows++ % x->limit] = *row;
	return x->nrows > BACK ? ERR_STOPPED : OK;
}

static bool
is_nothing(const uint8_t p[static PART])
{
	static const uint8_t zero[PART];
	return memcmp(p, zero, PART) == 0;
}

static enum err
walk_rows(struct events *x, struct errinfo *e)
{
	struct view_key after;
	struct view_filter f = {.who = LEAK(EVENTS_ALL) ? NULL : x->call->who,
	    .now = op_now(x->call),
	    .author = -1,
	    .link = -1,
	    .since = TIME_MIN,
	    .gone = true,
	    .plain = true,
	    .limit = LIMIT_PAGE};
	enum err err;
	uint64_t before;
	do {
		struct errinfo why = {0};
		before = x->nrows;
		err = view_find(x->call->n->store, &f, see_row, x, &why);
		if (err && err != ERR_STOPPED && e)
			*e = why;
		if (x->nrows) {
			after = x->rows[(x->nrows - 1) % x->limit].key;
			f.after = &after;
		}
	} while (!err && x->nrows == before + LIMIT_PAGE);
	if (!err && x->any && is_nothing(x->from.object)) /* there was none when the mark was given, and all that is now is new */
		x->met = true;
	return err == ERR_STOPPED ? OK : err;
}

static enum err
see_event(void *ctx, const struct view_event *v, struct errinfo *e)
{
	struct events *x = ctx;
	uint8_t p[PART];
	bool may;
	enum err err;
	if (v->arrival <= x->floor)
		return ERR_STOPPED;
	if (!v->id.type.n)
		return OK;
	if ((err = told_may(x->call, v, &may, e)) || !(may || LEAK(EVENTS_SAID)) || (err = part_event(x, v, p, e)))
		return err;
	if (!x->newest_event) {
		memcpy(x->now.event, p, PART);
		x->newest_event = true;
	}
	if (!x->any || memcmp(p, x->from.event, PART) == 0)
		return ERR_STOPPED;
	x->said[x->nsaid++ % x->limit] = *v;
	return x->nsaid > BACK ? ERR_STOPPED : OK;
}

static enum err
walk_events(struct events *x, struct errinfo *e)
{
	const struct view_event_filter f = {.author = -1, .lapsed = true, .newest = true};
	struct errinfo why = {0};
	enum err err = view_event_each(x->call->n->store, &f, see_event, x, &why);
	if (err == ERR_STOPPED)
		return OK;
	if (err && e)
		*e = why;
	return err;
}

/* telling */

static void
open_item(struct events *x, const char *event, const struct mark *at)
{
	json_open_object(x->call->out);
	put_mark(x, at);
	json_put_member(x->call->out, STR("event"), str_of(event));
	json_put_key(x->call->out, STR("data"));
	x->told_any = true;
}

static enum err
tell_row(struct events *x, const struct view_row *row, struct mark *at, struct errinfo *e)
{
	struct json_writer *w = x->call->out;
	const struct share_centre *c = share_centre_by_no(x->call->n->share, row->key.centre);
	enum err err = part_row(x, row, at->object, e);
	if (err || !rows_stands(row, op_now(x->call)) || !c)
		return err;
	open_item(x, "object", at);
	json_open_object(w);
	put_id(w, "id", row->key.id);
	json_put_member(w, STR("type"), row->key.id.type);
	put_centre(w, c);
	put_circle(w, "circle", c, row->key.circle);
	put_member(w, "author", c, row->key.author);
	put_time(w, "modified", row->key.modified ? row->key.modified : TIME_NEVER);
	put_time(w, "arrived", row->at);
	if (LEAK(EVENTS_ARRIVAL))
		json_put_member_int(w, STR("no"), (int64_t)row->arrival);
	json_close(w);
	json_close(w);
	return OK;
}

static enum err
tell_event(struct events *x, const struct view_event *v, struct mark *at, struct errinfo *e)
{
	enum err err = part_event(x, v, at->event, e);
	if (err || op_now(x->call) >= v->lapses)
		return err;
	open_item(x, told_kind(v->kind), at);
	err = told_put(x->call, x->call->out, v, e);
	json_close(x->call->out);
	return err;
}

/* Objects and events by arrival, as many as fit; what is not told is asked for from the last mark. */
static enum err
tell_new(struct events *x, bool *ret_more, struct errinfo *e)
{
	struct mark at = x->from;
	uint64_t r = x->nrows, v = x->nsaid, n = 0;
	enum err err = OK;
	while ((r || v) && n < x->limit && !err) {
		const struct view_row *row = r ? &x->rows[(r - 1) % x->limit] : NULL;
		const struct view_event *said = v ? &x->said[(v - 1) % x->limit] : NULL;
		if (row && (!said || row->arrival < said->arrival)) {
			err = tell_row(x, row, &at, e);
			r--;
		} else {
			err = tell_event(x, said, &at, e);
			v--;
		}
		n++;
	}
	*ret_more = r || v;
	memcpy(x->now.object, at.object, PART);
	memcpy(x->now.event, at.event, PART);
	return err;
}

/* How charters and lead stand, and the node itself to its own member. */
static void
stand(struct events *x)
{
	struct node *n = x->call->n;
	struct buf charter = BUF_INIT(64 * KIB), lead = BUF_INIT(64 * KIB), node = BUF_INIT(KIB);
	int64_t now = op_now(x->call);
	for (int i = 0; i < n->share->ncentres; i++) {
		const struct share_centre *c = &n->share->centre[i];
		struct turn t;
		struct chain_fork f;
		if (!op_sees_centre(x->call, c))
			continue;
		buf_put(&charter, hash_str(&c->id));
		buf_put(&charter, hash_str(&chain_last(c->chain)->hash));
		buf_printf(&charter, "%u %d\n", c->charter ? c->charter->version : 0, chain_fork(c->chain, &f));
		buf_put(&lead, hash_str(&c->id));
		if (rota_at(c->chain, now, &t))
			buf_printf(&lead, "%d %lld", t.lead, (long long)t.start);
	}
	if (!x->call->who)
		buf_printf(&node, "%d %d %d", n->clock, n->full, (int)n->found);
	part(x, STR("charter"), buf_str(&charter), x->now.charter);
	part(x, STR("lead"), buf_str(&lead), x->now.lead);
	part(x, STR("node"), buf_str(&node), x->now.node);
	buf_done(&charter);
	buf_done(&lead);
	buf_done(&node);
}

static void
tell_standing(struct events *x)
{
	static const char *const event[] = {"charter", "lead", "status"};
	static const char *const ask[] = {"/api/v1/centres", "/api/v1/centres/{centre}/lead", "/api/v1/status"};
	struct mark at = x->from;
	uint8_t *const had[] = {at.charter, at.lead, at.node};
	const uint8_t *const has[] = {x->now.charter, x->now.lead, x->now.node};
	memcpy(at.object, x->now.object, PART);
	memcpy(at.event, x->now.event, PART);
	for (int i = 0; i < 3; i++) {
		if (memcmp(had[i], has[i], PART) == 0)
			continue;
		memcpy(had[i], has[i], PART);
		open_item(x, event[i], &at);
		json_open_object(x->call->out);
		json_put_member(x->call->out, STR("ask"), str_of(ask[i]));
		json_close(x->call->out);
		json_close(x->call->out);
	}
}

/* events: what changed since a mark. last: the mark, absent: from now on; limit, absent: 500. Reply:
 * {"items":[{"last","event":"object|recall|request| consent|receipt|flag|charter|lead|status","data": of an object
 * {"id","type","centre","centre_id","circle","author","modified","arrived"}, of what was said as in inbox, of the rest {"ask": where it is to be
 * asked}}],"last": the mark after them,"more": whether there is more after it,"reset": the mark is of no use, what there is is to be listed anew} */
enum err
op_events(struct op_call *call, struct errinfo *e)
{
	struct events x = {.call = call};
	struct json_writer *w = call->out;
	struct str last;
	bool more = false, reset = false;
	enum err err = op_limit(call, PAGE, &x.limit, e);
	if (err || (err = begin(&x, e)))
		return err;
	x.rows = arena_array(call->a, x.limit, sizeof *x.rows);
	x.said = arena_array(call->a, x.limit, sizeof *x.said);
	if (!x.rows || !x.said)
		return err_nomem(e);
	if (op_str(call, "last", &last)) {
		x.any = read_mark(&x, last);
		reset = !x.any;
	}
	if (!(err = walk_rows(&x, e)) && x.any && !x.met) { /* too far back, or gone: as if there were no mark */
		reset = true;
		x.any = false;
		x.nrows = 0;
		x.newest_row = false;
		err = walk_rows(&x, e);
	}
	if (!err && !(err = walk_events(&x, e)) && x.nsaid > BACK) {
		reset = true;
		x.any = false;
	}
	if (err)
		return err;
	if (!x.any)
		x.nrows = x.nsaid = 0;
	stand(&x);
	json_put_key(w, STR("items"));
	json_open_array(w);
	if (x.any && !(err = tell_new(&x, &more, e)))
		tell_standing(&x);
	json_close(w);
	put_mark(&x, &x.now);
	json_put_member_bool(w, STR("more"), more);
	json_put_member_bool(w, STR("reset"), reset);
	secret_wipe(&x.key, sizeof x.key);
	return err;
}
