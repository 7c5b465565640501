/* What came, in the order of its coming, for tools that poll (TAXII). Each object has the moment it came into this viewer's sight (store/dated.h),
 * and a poller that asks for what came after the last moment it was told misses nothing, however late something was released. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/leak.h"
#include "base/time.h"
#include "crypto/secret.h"
#include "node/keys.h"
#include "node/ops.h"
#include "node/put.h"
#include "node/sight.h"
#include "share/rows.h"

enum {
	SCANNED = 20000, /* rows that one page looks through at the most: with more to come it ends early */
	SEAL = 16,
	NEXT = 8 + SEAL,
	IDS = 64, /* ids that one question may name */
};

#define FAR (INT64_C(1) << 53) /* microseconds: two centuries hence, and the most that every reader of JSON counts to */

enum form { ENVELOPE, MANIFEST, VERSIONS };

struct feed {
	struct op_call *call;
	struct dated *dated;
	int centre;            /* 0: any */
	uint64_t circle;       /* 0: any */
	int64_t after, before; /* moments between these, neither included */
	enum form form;
	struct str ids, types, versions, specs; /* lists parted by commas; empty: any */
	uint32_t limit, n;
	uint64_t scanned;
	int64_t first, last; /* moments of what was given */
	int64_t reached;     /* of the last row looked at */
	int64_t until;       /* when the first date of what was looked at is, or 0: more of this very millisecond may come */
	bool more;
	struct buf bytes;
};

static bool
lists(struct str list, struct str one)
{
	struct str head;
	while (list.n) {
		str_cut(list, ',', &head, &list);
		if (str_eq(str_trim(head), one))
			return true;
	}
	return false;
}

/* No answer with this row in it is the same from its next date on. */
static void
note_dates(struct feed *x, const struct view_row *row)
{
	const int64_t dates[] = {row->label.valid_until, row->label.delete_by, row->lapses};
	for (size_t i = 0; i < sizeof dates / sizeof *dates; i++)
		if (dates[i] > op_now(x->call) && dates[i] < x->until)
			x->until = dates[i];
}

/* versions */

struct others {
	struct feed *x;
	const struct view_row *row;
	int64_t newest, oldest;
	bool again; /* the same version came before, and stands */
	int64_t now;
};

static enum err
see_other(void *ctx, const struct view_row *row, struct errinfo *e)
{
	struct others *o = ctx;
	(void)e;
	note_dates(o->x, row);
	if (!rows_stands(row, o->now))
		return OK;
	o->newest = row->key.modified > o->newest ? row->key.modified : o->newest;
	o->oldest = row->key.modified < o->oldest ? row->key.modified : o->oldest;
	if (row->key.modified == o->row->key.modified &&
	    (row->arrival < o->row->arrival || (row->arrival == o->row->arrival && row->piece < o->row->piece)))
		o->again = true;
	return OK;
}

static void
filter_of(const struct feed *x, const struct stix_id *id, struct view_filter *ret)
{
	*ret = (struct view_filter){.who = x->call->who,
	    .now = op_now(x->call),
	    .centre = x->centre,
	    .circle = x->circle,
	    .author = -1,
	    .id = id,
	    .link = -1,
	    .since = TIME_MIN,
	    .plain = true,
	    .limit = LIMIT_PAGE};
}

/* Whether this version of it is asked for; each version is told once, when it first came. */
static enum err
is_version(struct feed *x, const struct view_row *row, int64_t added, bool *ret, struct errinfo *e)
{
	struct others o = {.x = x, .row = row, .newest = row->key.modified, .oldest = row->key.modified, .now = op_now(x->call)};
	struct view_filter f;
	struct str rest = x->versions.n ? x->versions : x->form == VERSIONS ? STR("all") : STR("last"), one;
	int64_t t;
	filter_of(x, &row->key.id, &f);
	enum err err = view_find_all(x->call->n->store, &f, see_other, &o, e);
	*ret = false;
	while (!err && rest.n && !o.again) {
		str_cut(rest, ',', &one, &rest);
		one = str_trim(one);
		if (str_is(one, "all") || (str_is(one, "last") && row->key.modified == o.newest) ||
		    (str_is(one, "first") && row->key.modified == o.oldest) ||
		    (time_parse(one, &t) && t == (row->key.modified ? row->key.modified : added)))
			*ret = true;
	}
	return err;
}

/* what is told */

static void
put_version(struct json_writer *w, const struct view_row *row, int64_t added)
{
	char space[40];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	int64_t t = row->key.modified ? row->key.modified : added;
	if (t % 1000)
		time_put(&b, t);
	else
		time_put_ms(&b, t);
	json_put_string(w, buf_str(&b));
}

static enum err
put_one(struct feed *x, const struct view_row *row, int64_t added, struct errinfo *e)
{
	struct json_writer *w = x->call->out;
	struct str bytes;
	bool gone = false;
	enum err err;
	if (x->form == ENVELOPE) {
		if ((err = put_row_bytes(x->call, row, &x->bytes, &bytes, &gone, e)) || gone)
			return err;
		json_put_raw(w, str_trim(bytes));
	} else if (x->form == MANIFEST) {
		json_open_object(w);
		put_id(w, "id", row->key.id);
		put_time(w, "date_added", added);
		json_put_key(w, STR("version"));
		put_version(w, row, added);
		json_put_member(w, STR("media_type"), STR("application/stix+json;version=2.1"));
		json_close(w);
	} else {
		put_version(w, row, added);
	}
	if (x->n++ == 0)
		x->first = added;
	x->last = added;
	return OK;
}

static enum err
consider(struct feed *x, const struct view_row *row, int64_t added, struct errinfo *e)
{
	bool ok;
	enum err err;
	if (x->scanned++ == SCANNED || x->n == x->limit) {
		x->more = true;
		return ERR_STOPPED;
	}
	x->reached = added;
	note_dates(x, row);
	if (!rows_stands(row, op_now(x->call)) || (x->types.n && !lists(x->types, row->key.id.type)))
		return OK;
	if ((err = is_version(x, row, added, &ok, e)) || !ok)
		return err;
	return put_one(x, row, added, e);
}

static bool
is_here(const struct feed *x, const struct dated_row *r)
{
	return !r->aside && (!x->centre || r->centre == x->centre) && (!x->circle || r->circle == x->circle);
}

static enum err
walk_one(void *ctx, const struct dated_row *r, struct errinfo *e)
{
	struct feed *x = ctx;
	struct view_row row;
	if (r->added >= x->before) {
		x->until = 0;
		return ERR_STOPPED;
	}
	if (!is_here(x, r))
		return OK;
	enum err err = dated_get(x->call->n->store, r, &row, e);
	return err ? err : consider(x, &row, r->added, e);
}

/* named ids: their rows by the index of ids, and each one's moment by the walk from its own millisecond on */

struct found {
	struct view_row row;
	int64_t added;
};

struct finding {
	struct feed *x;
	struct found *all;
	size_t n, cap;
	const struct view_row *want;
	int64_t added;
};

static enum err
gather(void *ctx, const struct view_row *row, struct errinfo *e)
{
	struct finding *g = ctx;
	if (g->n == g->cap)
		return err_set(e, ERR_LIMIT, "more than %zu versions are asked for at once", g->cap);
	g->all[g->n++] = (struct found){.row = *row};
	return OK;
}

static enum err
meet(void *ctx, const struct dated_row *r, struct errinfo *e)
{
	struct finding *g = ctx;
	(void)e;
	if (r->no != g->want->no)
		return OK;
	g->added = r->added;
	return ERR_STOPPED;
}

static int
by_moment(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	return (x->added > y->added) - (x->added < y->added);
}

static enum err
walk_ids(struct feed *x, struct errinfo *e)
{
	struct finding g = {.x = x, .cap = 1000};
	struct str rest = x->ids, one;
	enum err err = (g.all = calloc(g.cap, sizeof *g.all)) ? OK : err_nomem(e);
	for (int i = 0; !err && rest.n; i++) {
		struct view_filter f;
		struct stix_id id;
		str_cut(rest, ',', &one, &rest);
		if (i == IDS)
			err = err_set(e, ERR_LIMIT, "more than %d ids in one question", IDS);
		else if (stix_id_parse(str_trim(one), &id)) {
			filter_of(x, &id, &f);
			err = view_find_all(x->call->n->store, &f, gather, &g, e);
		}
	}
	for (size_t i = 0; !err && i < g.n; i++) {
		g.want = &g.all[i].row;
		g.added = TIME_NEVER;
		err = dated_each(x->call->n->store, x->dated, x->call->who, g.want->at - 1000, meet, &g, e);
		err = err == ERR_STOPPED ? OK : err;
		g.all[i].added = g.added;
	}
	if (!err)
		qsort(g.all, g.n, sizeof *g.all, by_moment);
	for (size_t i = 0; !err && i < g.n; i++)
		if (g.all[i].added >= x->before)
			x->until = 0;
		else if (g.all[i].added > x->after)
			err = consider(x, &g.all[i].row, g.all[i].added, e);
	free(g.all);
	return err;
}

/* the way to the next page: the moment reached, sealed with what was asked and who asked */

static void
seal(const struct feed *x, const uint8_t moment[static 8], uint8_t ret[static SEAL])
{
	struct sha256 h;
	struct buf b = BUF_INIT(MIB);
	const struct op_call *call = x->call;
	sha256_init(&h);
	sha256_put(&h, STR("comity pages of feeds"));
	sha256_put(&h, sign_key_seed(&call->n->keys->log));
	struct hash key = sha256_end(&h);
	buf_put(&b, str_bytes(moment, 8));
	buf_printf(&b, "%.*s\n%d %d %llx\n%.*s\n%.*s\n%.*s\n%.*s\n", STR_FMT(call->c->who.name), x->form, x->centre, (unsigned long long)x->circle,
	    STR_FMT(x->ids), STR_FMT(x->types), STR_FMT(x->versions), STR_FMT(x->specs));
	for (int round = 0; round < 2; round++) {
		sha256_init(&h);
		sha256_put(&h, hash_str(&key));
		sha256_put(&h, buf_str(&b));
		struct hash inner = sha256_end(&h);
		buf_clear(&b);
		buf_put(&b, hash_str(&inner));
		memcpy(ret, inner.b, SEAL);
	}
	secret_wipe(&key, sizeof key);
	buf_done(&b);
}

static enum err
read_next(struct feed *x, struct str text, struct errinfo *e)
{
	uint8_t b[NEXT], want[SEAL];
	size_t n;
	uint64_t t = 0;
	bool ok = hex_decode(text, b, sizeof b, &n) && n == sizeof b;
	if (ok)
		seal(x, b, want);
	if (!ok || !secret_str_eq(str_bytes(want, SEAL), str_bytes(b + 8, SEAL))) {
		err_set(e, ERR_USAGE, "next: not what a page of this question ended with");
		err_hint(e, "ask again without it, with added_after");
		return ERR_USAGE;
	}
	for (int i = 0; i < 8; i++)
		t = t << 8 | b[i];
	x->after = (int64_t)t;
	return OK;
}

static void
put_next(struct feed *x)
{
	uint8_t b[NEXT];
	char space[2 * NEXT];
	struct buf text = {.p = space, .cap = sizeof space, .max = sizeof space};
	for (int i = 0; i < 8; i++)
		b[i] = (uint8_t)((uint64_t)x->reached >> (56 - 8 * i));
	seal(x, b, b + 8);
	buf_hex(&text, str_bytes(b, sizeof b));
	json_put_member(x->call->out, STR("next"), buf_str(&text));
}

static enum err
read_question(struct feed *x, struct errinfo *e)
{
	struct op_call *call = x->call;
	struct str form, next;
	struct share_centre *c = NULL;
	int64_t now = op_now(call);
	enum err err;
	x->after = TIME_MIN;
	x->before = now - now % 1000; /* what came in this very millisecond may not be all */
	if ((err = op_has(call, "circle") ? op_centre(call, &c, e) : op_centre_any(call, &c, e)))
		return err;
	if (c && (err = op_circle(call, "circle", c, &x->circle, e)))
		return err;
	x->centre = c ? c->no : 0;
	if ((err = op_time(call, "after", TIME_MIN, &x->after, e)) || (err = op_limit(call, 100, &x->limit, e)))
		return err;
	op_str(call, "ids", &x->ids);
	op_str(call, "types", &x->types);
	op_str(call, "versions", &x->versions);
	op_str(call, "specs", &x->specs);
	if (op_str(call, "form", &form))
		x->form = str_is(form, "manifest") ? MANIFEST : str_is(form, "versions") ? VERSIONS : ENVELOPE;
	return op_str(call, "next", &next) ? read_next(x, next, e) : OK;
}

static void
put_moment(struct json_writer *w, const char *key, int64_t t)
{
	char space[40];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	if (t != TIME_MIN)
		time_put(&b, t);
	json_put_member(w, str_of(key), buf_str(&b));
}

/* feed: what came, oldest first. centre; circle; after: a moment; next: as a page ended; limit; ids, types, versions (first, last, all, moments),
 * specs: lists parted by commas; form: envelope (absent), manifest, versions. Reply: {"body":{"objects":[…] or
 * "versions":[…],"more","next"},"first","last","n","until"}: the body as TAXII has it; moments of the first and last in it, or empty; how many;
 * microseconds from which on the same question has another answer though nothing was changed. */
enum err
op_feed(struct op_call *call, struct errinfo *e)
{
	struct feed x = {.call = call, .first = TIME_MIN, .last = TIME_MIN, .until = TIME_NEVER, .bytes = BUF_INIT(LIMIT_OBJECT + 64)};
	struct json_writer *w = call->out;
	char detail[60];
	enum err err = read_question(&x, e);
	if (err || (err = sight_dated(call, &x.dated, e)))
		return err;
	json_put_key(w, STR("body"));
	json_open_object(w);
	json_put_key(w, x.form == VERSIONS ? STR("versions") : STR("objects"));
	json_open_array(w);
	if (x.specs.n && !lists(x.specs, STR("2.1")))
		err = OK; /* nothing here is of another */
	else
		err = x.ids.n ? walk_ids(&x, e) : dated_each(call->n->store, x.dated, call->who, x.after, walk_one, &x, e);
	buf_done(&x.bytes);
	if (err && err != ERR_STOPPED)
		return err;
	json_close(w);
	json_put_member_bool(w, STR("more"), x.more);
	if (x.more)
		put_next(&x); /* in every form: clients page through manifests by it, and without it would ask for the first page for ever */
	json_close(w);
	put_moment(w, "first", x.first);
	put_moment(w, "last", x.last);
	json_put_member_int(w, STR("n"), x.n);
	json_put_member_int(w, STR("until"), x.until < FAR ? x.until : FAR);
	int n = snprintf(detail, sizeof detail, "%u %s", x.n, str_many(x.n, "object", "objects"));
	struct str target = STR_NONE;
	op_str(call, "circle", &target);
	return op_audit(call, "feed", target, str_bytes(detail, (size_t)n), e);
}

static enum err
put_place(void *ctx, int centre, uint64_t circle, struct errinfo *e)
{
	struct op_call *call = ctx;
	struct share_centre *c = share_centre_by_no(call->n->share, centre);
	(void)e;
	if (!c)
		return OK;
	json_open_object(call->out);
	put_centre(call->out, c);
	put_circle(call->out, "circle", c, circle);
	json_put_member_bool(call->out, STR("private"), circle == UINT64_C(1) << c->me);
	json_close(call->out);
	return OK;
}

/* feeds: the circles that a viewer may read anything of. Reply: {"items":[{"centre","centre_id","circle","private"}]}. */
enum err
op_feeds(struct op_call *call, struct errinfo *e)
{
	json_put_key(call->out, STR("items"));
	json_open_array(call->out);
	enum err err = view_circles(call->n->store, LEAK(FEEDS_ALL) ? NULL : call->who, put_place, call, e);
	if (!err)
		json_close(call->out);
	return err;
}
