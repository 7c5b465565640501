/* What came, in the order of its coming, for tools that poll (TAXII). Each object has the moment it came into this viewer's sight (store/dated.h),
 * and a poller that asks for what came after the last moment it was told misses nothing, however late something was released. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/leak.h"
#include "base/map.h"
#include "base/time.h"
#include "crypto/secret.h"
#include "node/eras.h"
#include "node/keys.h"
#include "node/ops.h"
#include "node/put.h"
#include "node/sight.h"
#include "share/rows.h"

enum {
	SCANNED = 20000, /* rows that one page looks through at the most: with more to come it ends early */
	SEAL = 16,
	NEXT = 8 + SEAL,
	IDS = 64,           /* ids that one question may name */
	IDS_MET = 1 << 15,  /* more than SCANNED */
	ROWS_MAX = 1 << 16, /* of named ids */
};

#define FAR (INT64_C(1) << 53) /* microseconds: two centuries hence, and the most that every reader of JSON counts to */

enum form { ENVELOPE, MANIFEST, VERSIONS };

struct feed {
	struct op_call *call;
	struct dated_eras eras;
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
	struct map known; /* by id: struct known */
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

/* What versions of one id the viewer may read, those that stand: read once an answer, however many rows of it there are. */

struct version {
	int64_t modified, no; /* no: of the row that came first with it, into this viewer's view */
	int place;            /* dated_place of that */
};

struct known {
	struct feed *x;
	struct version *v; /* by modified, in order, each once */
	size_t n, cap;
};

static enum err
see_version(void *ctx, const struct view_row *row, struct errinfo *e)
{
	struct known *k = ctx;
	k->x->scanned++;
	note_dates(k->x, row);
	if (!rows_stands(row, op_now(k->x->call)))
		return OK;
	if (k->n == k->cap) {
		size_t cap = k->cap ? 2 * k->cap : 4;
		struct version *more = arena_array(k->x->call->a, cap, sizeof *more);
		if (!more)
			return err_nomem(e);
		if (k->n)
			memcpy(more, k->v, k->n * sizeof *more);
		k->v = more;
		k->cap = cap;
	}
	k->v[k->n] = (struct version){row->key.modified, row->no, 0};
	return dated_place(k->x->call->n->store, &k->x->eras, row->no, &k->v[k->n++].place, e);
}

static int
by_version(const void *a, const void *b)
{
	const struct version *x = a, *y = b;
	int by = (x->modified > y->modified) - (x->modified < y->modified);
	by = by ? by : (x->place > y->place) - (x->place < y->place);
	return by ? by : (x->no > y->no) - (x->no < y->no);
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

static enum err
know(struct feed *x, const struct stix_id *id, struct known **ret, struct errinfo *e)
{
	struct view_filter f;
	struct buf name = BUF_INIT(STIX_ID_MAX);
	struct map_item *item;
	struct str key;
	stix_id_put(&name, *id);
	if (arena_dup(x->call->a, buf_str(&name), &key) && (item = map_put(&x->known, key, NULL))) {
		buf_done(&name);
	} else {
		buf_done(&name);
		return err_nomem(e);
	}
	if (!item->v.ptr) {
		struct known *k = arena_alloc(x->call->a, sizeof *k);
		size_t n = 0;
		if (!k)
			return err_nomem(e);
		*k = (struct known){.x = x};
		filter_of(x, id, &f);
		enum err err = view_find_all(x->call->n->store, &f, see_version, k, e);
		if (err)
			return err;
		if (k->n)
			qsort(k->v, k->n, sizeof *k->v, by_version);
		for (size_t i = 0; i < k->n; i++)
			if (!n || k->v[n - 1].modified != k->v[i].modified)
				k->v[n++] = k->v[i];
		k->n = n;
		item->v.ptr = k;
	}
	*ret = item->v.ptr;
	return OK;
}

/* Whether this version of it is asked for; each version is told once, when it first came. */
static enum err
is_version(struct feed *x, const struct view_row *row, int64_t added, bool *ret, struct errinfo *e)
{
	struct str rest = x->versions.n ? x->versions : x->form == VERSIONS ? STR("all") : STR("last"), one;
	struct known *k;
	int64_t t;
	enum err err = know(x, &row->key.id, &k, e);
	*ret = false;
	if (err)
		return err;
	struct version want = {row->key.modified, row->no, 0};
	if ((err = dated_place(x->call->n->store, &x->eras, row->no, &want.place, e)))
		return err;
	const struct version *v = k->n ? bsearch(&want, k->v, k->n, sizeof *k->v, by_version) : NULL;
	while (v && rest.n) {
		str_cut(rest, ',', &one, &rest);
		one = str_trim(one);
		if (str_is(one, "all") || (str_is(one, "last") && v == &k->v[k->n - 1]) || (str_is(one, "first") && v == k->v) ||
		    (time_parse(one, &t) && t == (row->key.modified ? row->key.modified : added)))
			*ret = true;
	}
	return OK;
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
	if (x->scanned++ >= SCANNED || x->n == x->limit) {
		x->more = true;
		if (!x->n) /* from there on it is to be asked for */
			x->first = x->last = x->reached;
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

/* named ids: their rows by the index of ids, in the order of the moments at which they came into view */

struct dated_view_row {
	struct view_row row;
	int64_t added;
};

struct gathered {
	struct dated_view_row *all;
	size_t n, cap;
};

static enum err
gather(void *ctx, const struct view_row *row, struct errinfo *e)
{
	struct gathered *g = ctx;
	if (g->n == g->cap) {
		size_t cap = g->cap ? 2 * g->cap : 64;
		struct dated_view_row *more = cap <= ROWS_MAX ? realloc(g->all, cap * sizeof *more) : NULL;
		if (!more)
			return cap > ROWS_MAX ? err_set(e, ERR_LIMIT, "more than %d versions are asked for at once", ROWS_MAX / 2) : err_nomem(e);
		g->all = more;
		g->cap = cap;
	}
	g->all[g->n++] = (struct dated_view_row){*row, TIME_NEVER};
	return OK;
}

static int
by_coming(const void *a, const void *b)
{
	const struct dated_view_row *x = a, *y = b;
	int by = (x->added > y->added) - (x->added < y->added);
	return by ? by : (x->row.no > y->row.no) - (x->row.no < y->row.no);
}

static enum err
gather_all(struct feed *x, struct gathered *g, struct errinfo *e)
{
	struct str rest = x->ids, one;
	enum err err = OK;
	for (int i = 0; !err && rest.n; i++) {
		struct view_filter f;
		struct stix_id id;
		str_cut(rest, ',', &one, &rest);
		if (i == IDS)
			err = err_set(e, ERR_LIMIT, "more than %d ids in one question", IDS);
		else if (stix_id_parse(str_trim(one), &id)) {
			filter_of(x, &id, &f);
			err = view_find_all(x->call->n->store, &f, gather, g, e);
		}
	}
	return err;
}

/* Of those that are asked for; the others stay at TIME_NEVER. */
static enum err
date_all(struct feed *x, struct gathered *g, struct errinfo *e)
{
	enum err err = OK;
	for (size_t i = 0; !err && i < g->n; i++) {
		struct dated_view_row *r = &g->all[i];
		bool wanted = true;
		if (r->row.key.modified) /* else what is asked for may be its moment */
			err = is_version(x, &r->row, 0, &wanted, e);
		if (!err && wanted)
			err = dated_when(x->call->n->store, x->dated, &x->eras, r->row.no, &r->added, e);
	}
	if (!err && g->n)
		qsort(g->all, g->n, sizeof *g->all, by_coming);
	return err;
}

static enum err
walk_ids(struct feed *x, struct errinfo *e)
{
	struct gathered g = {0};
	enum err err = gather_all(x, &g, e);
	if (!err)
		err = date_all(x, &g, e);
	for (size_t i = 0; !err && i < g.n && g.all[i].added != TIME_NEVER; i++) {
		const struct dated_view_row *r = &g.all[i];
		if (r->added >= x->before) {
			x->until = 0;
			break;
		}
		if (r->added > x->after && !(i && r->row.no == g.all[i - 1].row.no)) /* an id may be named twice */
			err = consider(x, &r->row, r->added, e);
	}
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
 * "versions":[…],"more","next"},"first","last","n","until"}: the body as TAXII has it; moments of the first and last in it; where none of many that
 * were looked through is in it, of the last of these; or empty; how many; microseconds from which on the same question has another answer though
 * nothing was changed. */
enum err
op_feed(struct op_call *call, struct errinfo *e)
{
	struct feed x = {.call = call, .first = TIME_MIN, .last = TIME_MIN, .until = TIME_NEVER, .bytes = BUF_INIT(LIMIT_OBJECT + 64)};
	struct json_writer *w = call->out;
	char detail[60];
	uint8_t key[16];
	enum err err = read_question(&x, e);
	if (err || (err = eras_get(call, &x.eras, e)) || (err = sight_dated(call, &x.eras, &x.dated, e)))
		return err;
	call->n->env->random(call->n->env->ctx, RND_HASH, STR("feed"), 0, key, sizeof key);
	map_init(&x.known, key, IDS_MET);
	json_put_key(w, STR("body"));
	json_open_object(w);
	json_put_key(w, x.form == VERSIONS ? STR("versions") : STR("objects"));
	json_open_array(w);
	if (x.specs.n && !lists(x.specs, STR("2.1")))
		err = OK; /* nothing here is of another */
	else
		err = x.ids.n ? walk_ids(&x, e) : dated_each(call->n->store, x.dated, &x.eras, x.after, walk_one, &x, e);
	buf_done(&x.bytes);
	map_done(&x.known);
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
