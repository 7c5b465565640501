/* What came, in the order of its coming, for tools that poll (TAXII). Each object has the moment it came into this viewer's sight (store/dated.h),
 * and a poller that asks for what came after the last moment it was told misses nothing, however late something was released. */
#include <stdio.h>
#include <string.h>

#include "base/leak.h"
#include "base/time.h"
#include "crypto/secret.h"
#include "node/feed.h"
#include "node/keys.h"
#include "node/ops.h"
#include "node/put.h"
#include "node/sight.h"

enum {
	SCANNED = 20000, /* rows that one page looks through at the most, and those of their other versions: with more to come it ends early */
	SEAL = 16,
	NEXT = 8 + SEAL,
	IDS_MET = 1 << 15, /* more than SCANNED */
	TOLD = 4 * MIB,    /* a page with so much of objects in it is full, whatever was asked for: replies are held in memory until they are taken */
};

#define FAR (INT64_C(1) << 53) /* microseconds: two centuries hence, and the most that every reader of JSON counts to */

bool
feed_lists(struct str list, struct str one)
{
	struct str head;
	while (list.n) {
		str_cut(list, ',', &head, &list);
		if (str_eq(str_trim(head), one))
			return true;
	}
	return false;
}

void
feed_note_dates(struct feed *x, const struct view_row *row)
{
	const int64_t dates[] = {row->label.valid_until, row->label.delete_by, row->lapses};
	for (size_t i = 0; i < sizeof dates / sizeof *dates; i++)
		if (dates[i] > op_now(x->call) && dates[i] < x->until)
			x->until = dates[i];
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
	if (x->form == FEED_ENVELOPE) {
		if ((err = put_row_bytes(x->call, row, &x->bytes, &bytes, &gone, e)) || gone)
			return err;
		json_put_raw(w, str_trim(bytes));
		x->bytes_told += bytes.n;
	} else if (x->form == FEED_MANIFEST) {
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

enum err
feed_consider(struct feed *x, const struct view_row *row, int64_t added, struct errinfo *e)
{
	bool ok;
	enum err err;
	if (LEAK(DATED_ARRIVAL))
		added += row->no % 1000; /* the number of its arrival is in it */
	/* where many versions were looked through, those that need no further look still go on: else one object could hold all up */
	if (x->n == x->limit || x->bytes_told >= TOLD || x->looked++ >= SCANNED || (x->scanned >= SCANNED && !feed_knows(x, &row->key.id))) {
		x->more = true;
		if (!x->n) /* from there on it is to be asked for */
			x->first = x->last = x->reached;
		return ERR_STOPPED;
	}
	x->reached = added;
	feed_note_dates(x, row);
	if (!rows_stands(row, op_now(x->call)) || (x->types.n && !feed_lists(x->types, row->key.id.type)))
		return OK;
	if ((err = feed_is_version(x, row, added, &ok, e)) || !ok)
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
	return err ? err : feed_consider(x, &row, r->added, e);
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
	bool own = op_bool(call, "private");
	if ((err = own || op_has(call, "circle") ? op_centre(call, &c, e) : op_centre_any(call, &c, e)))
		return err;
	if (own && c->me < 0)
		return share_not_member(call->n->share, c, e);
	if (own)
		x->circle = UINT64_C(1) << c->me;
	else if (c && (err = op_circle(call, "circle", c, &x->circle, e)))
		return err;
	x->centre = c ? c->no : 0;
	if ((err = op_time(call, "after", TIME_MIN, &x->after, e)) || (err = op_limit(call, 100, &x->limit, e)))
		return err;
	op_str(call, "ids", &x->ids);
	op_str(call, "types", &x->types);
	op_str(call, "versions", &x->versions);
	op_str(call, "specs", &x->specs);
	if (op_str(call, "form", &form))
		x->form = str_is(form, "manifest") ? FEED_MANIFEST : str_is(form, "versions") ? FEED_VERSIONS : FEED_ENVELOPE;
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

/* feed: what came, oldest first. centre; circle, or private: the member's own; after: a moment; next: as a page ended; limit; ids, types, versions
 * (first, last, all, moments), specs: lists parted by commas; form: envelope (absent), manifest, versions. Reply: {"body":{"objects":[…] or
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
	json_put_key(w, x.form == FEED_VERSIONS ? STR("versions") : STR("objects"));
	json_open_array(w);
	if (x.specs.n && !feed_lists(x.specs, STR("2.1")))
		err = OK; /* nothing here is of another */
	else
		err = x.ids.n ? feed_walk_ids(&x, e) : dated_each(call->n->store, x.dated, &x.eras, x.after, walk_one, &x, e);
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
