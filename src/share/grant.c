#include "share/grant.h"

#include <string.h>

#include "share/entry.h"
#include "share/links.h"
#include "share/trace.h"
#include "stix/comity.h"

enum { SOURCES_MAX = 1000 };

/* Consents. */

/* One word of the originator, in the order of its log: what comes late of an earlier epoch was said before all the same. */
struct consent {
	uint32_t epoch;
	uint64_t idx;
	uint64_t to;
	int64_t modified; /* 0 = any version */
	bool granted;
};

struct consents {
	struct store *store;
	struct arena *a;
	const struct share_centre *c;
	struct consent *at;
	size_t n, cap;
};

static enum err
take_consent(void *ctx, const struct view_event *v, struct errinfo *e)
{
	struct consents *k = ctx;
	struct record_log log;
	if (v->circle != (UINT64_C(1) << v->author | UINT64_C(1) << k->c->me)) /* to somebody else, or told to more than the two */
		return OK;
	enum err err = record_log_by_no(k->store, v->log, &log, e);
	if (err)
		return err;
	struct consent *more = arena_more(k->a, k->at, k->n, &k->cap, sizeof *more);
	if (!more)
		return err_nomem(e);
	k->at = more;
	size_t at = k->n++;
	for (; at && (k->at[at - 1].epoch > log.epoch || (k->at[at - 1].epoch == log.epoch && k->at[at - 1].idx > v->idx)); at--)
		k->at[at] = k->at[at - 1];
	k->at[at] = (struct consent){log.epoch, v->idx, v->to, v->modified, v->value == 1};
	return OK;
}

bool
grant_concerns(uint64_t said, bool granted, uint64_t circle, uint64_t two)
{
	bool covers = !(circle & ~said), meets = (said & circle & ~two) || !(said & ~circle);
	return granted ? covers : covers || meets;
}

/* As grant_consented says. */
static bool
consents(const struct consents *k, int originator, int64_t modified, uint64_t circle)
{
	uint64_t two = UINT64_C(1) << originator | UINT64_C(1) << k->c->me;
	bool yes = false;
	for (size_t i = 0; i < k->n; i++) {
		const struct consent *x = &k->at[i];
		if (x->modified && x->modified != modified)
			continue;
		if (grant_concerns(x->to, x->granted, circle, two))
			yes = x->granted;
	}
	return yes;
}

static enum err
consents_of(
    struct share *s, const struct share_centre *c, int originator, const struct stix_id *id, struct arena *a, struct consents *ret, struct errinfo *e)
{
	struct view_event_filter f = {.kind = VIEW_CONSENT, .centre = c->no, .author = originator, .id = id};
	*ret = (struct consents){.store = s->store, .a = a, .c = c};
	return view_event_each(s->store, &f, take_consent, ret, e);
}

enum err
grant_consented(
    struct share *s, struct share_centre *c, int originator, const struct stix_id *id, int64_t modified, uint64_t to, bool *ret, struct errinfo *e)
{
	struct arena a = ARENA_INIT(MIB);
	struct consents k;
	enum err err = consents_of(s, c, originator, id, &a, &k, e);
	if (!err)
		*ret = consents(&k, originator, modified, to);
	arena_done(&a);
	return err;
}

/* Sources. */

/* What lets one version go. */
struct version {
	int64_t modified;
	struct label *held; /* of own ones, what the private circle says: one of the grants */
	struct label_grant *grants;
	size_t ngrants;
};

struct source {
	struct stix_id id;
	int centre, originator;   /* originator -1: not known here */
	bool deleted;             /* some of it */
	struct version *versions; /* that stand; none: all of it that was here was recalled */
	size_t nversions, cap;
};

struct gathering {
	struct share *s;
	struct share_centre *c;
	struct arena *a;
	uint64_t circle;     /* where the product is to go */
	struct stix_id *ids; /* a queue, each once */
	size_t nids, ids_cap;
	struct source *sources;
	size_t nsources, sources_cap;
	struct buf bytes;
};

static enum err
push(struct gathering *g, struct stix_id id, struct errinfo *e)
{
	for (size_t i = 0; i < g->nids; i++)
		if (stix_id_eq(g->ids[i], id))
			return OK;
	if (g->nids == SOURCES_MAX)
		return err_set(e, ERR_LIMIT, "made from more than %d sources", SOURCES_MAX);
	struct stix_id *more = arena_more(g->a, g->ids, g->nids, &g->ids_cap, sizeof *more);
	if (!more)
		return err_nomem(e);
	g->ids = more;
	if (!arena_dup(g->a, id.type, &id.type))
		return err_nomem(e);
	g->ids[g->nids++] = id;
	return OK;
}

static enum err
push_cites(struct gathering *g, const struct json *tree, struct errinfo *e)
{
	struct stix_private own;
	enum err err = OK;
	if (!stix_private_read(tree, &own) || !own.cites)
		return OK;
	JSON_EACH(node, own.cites)
	{
		struct stix_id id;
		bool odd;
		if (!err && stix_id_read(json_str(node), &id, &odd))
			err = push(g, id, e);
	}
	return err;
}

static struct source *
source_for(struct gathering *g, struct stix_id id, int centre, int originator)
{
	for (size_t i = 0; i < g->nsources; i++)
		if (stix_id_eq(g->sources[i].id, id) && g->sources[i].centre == centre && g->sources[i].originator == originator)
			return &g->sources[i];
	struct source *more = arena_more(g->a, g->sources, g->nsources, &g->sources_cap, sizeof *more);
	if (!more)
		return NULL;
	g->sources = more;
	g->sources[g->nsources] = (struct source){.id = id, .centre = centre, .originator = originator};
	return &g->sources[g->nsources++];
}

static struct version *
version_for(struct gathering *g, struct source *s, int64_t modified)
{
	for (size_t i = 0; i < s->nversions; i++)
		if (s->versions[i].modified == modified)
			return &s->versions[i];
	struct version *more = arena_more(g->a, s->versions, s->nversions, &s->cap, sizeof *more);
	if (!more)
		return NULL;
	s->versions = more;
	s->versions[s->nversions] = (struct version){.modified = modified};
	return &s->versions[s->nversions++];
}

static struct label *
add_grant(struct gathering *g, struct version *v, const struct label *l, uint64_t circle, bool consent)
{
	struct label_grant *more = arena_array(g->a, v->ngrants + 1, sizeof *more);
	struct label *copy = arena_alloc(g->a, sizeof *copy);
	if (!more || !copy)
		return NULL;
	*copy = *l;
	copy->circle = circle;
	if (v->ngrants)
		memcpy(more, v->grants, v->ngrants * sizeof *more);
	more[v->ngrants++] = (struct label_grant){copy, consent};
	v->grants = more;
	return copy;
}

/* What own material was made from counts as a source too. */
static enum err
follow(struct gathering *g, const struct view_row *row, struct errinfo *e)
{
	struct arena tree = ARENA_INIT(LIMIT_OBJECT_ARENA);
	const struct json *j;
	enum err err;
	if (!(err = rows_bytes(g->s, row, &g->bytes, e)) && !(err = json_parse(&tree, buf_str(&g->bytes), &j, e)))
		err = push_cites(g, j, e);
	arena_done(&tree);
	return err == ERR_NOTFOUND ? OK : err;
}

static enum err
follow_links(struct gathering *g, const struct stix_id *id, struct errinfo *e)
{
	struct link *links;
	size_t n;
	enum err err = links_of(g->s, g->c, id, g->a, &links, &n, e);
	for (size_t i = 0; !err && i < n; i++)
		if (stix_id_eq(links[i].released, *id))
			err = push(g, links[i].original, e);
	return err;
}

/* Whether it has a say: it stands; one whose time is over only where nothing else of that author does. */
static bool
counts(const struct view_row *r, const struct view_row *rows, size_t n, int64_t now)
{
	if (r->state != VIEW_LIVE || rows_lapsed(r, now))
		return false;
	for (size_t i = 0; i < n && now >= r->label.valid_until; i++)
		if (rows[i].key.centre == r->key.centre && rows[i].key.author == r->key.author && rows_stands(&rows[i], now))
			return false;
	return true;
}

/* A release of a version lets it go where it went; the private circle, under all the marks that the version bears there. */
static enum err
add_row(struct gathering *g, struct source *src, const struct view_row *r, struct errinfo *e)
{
	bool own = r->key.centre == g->c->no && r->key.author == g->c->me && rows_private(r);
	struct version *v = version_for(g, src, r->key.modified);
	if (!v)
		return err_nomem(e);
	if (own && v->held) {
		label_join(v->held, &r->label, v->held);
		return OK;
	}
	struct label *l = add_grant(g, v, &r->label, r->label.circle, false);
	if (!l)
		return err_nomem(e);
	if (own)
		v->held = l;
	return OK;
}

static enum err
add_consents(struct gathering *g, struct source *src, const struct view_row *rows, size_t n, struct errinfo *e)
{
	const int64_t now = g->s->env->now(g->s->env->ctx);
	struct consents k;
	enum err err = consents_of(g->s, g->c, src->originator, &src->id, g->a, &k, e);
	for (size_t i = 0; i < n && !err; i++) {
		const struct view_row *r = &rows[i];
		if (r->key.centre != g->c->no || r->key.author != src->originator || !counts(r, rows, n, now) ||
		    !consents(&k, src->originator, r->key.modified, g->circle))
			continue;
		struct version *v = version_for(g, src, r->key.modified);
		if (!v || !add_grant(g, v, &r->label, g->circle, true))
			err = err_nomem(e);
	}
	return err;
}

static enum err
gather_one(struct gathering *g, struct stix_id id, struct errinfo *e)
{
	struct rows_filter f = {.author = -1, .id = &id};
	struct view_row *rows;
	const int64_t now = g->s->env->now(g->s->env->ctx);
	struct trace *traces;
	size_t n, ntraces;
	enum err err;
	if ((err = rows_all(g->s, &f, g->a, &rows, &n, e)) || (err = traces_of(g->s, &id, g->a, &traces, &ntraces, e)))
		return err;
	if (!n && !ntraces)
		return source_for(g, id, g->c->no, -1) ? OK : err_nomem(e);
	bool mine = false;
	for (size_t i = 0; i < n; i++) {
		const struct view_row *r = &rows[i];
		bool is_mine = r->key.centre == g->c->no && r->key.author == g->c->me;
		struct source *src = source_for(g, id, r->key.centre, r->key.author);
		if (!src)
			return err_nomem(e);
		mine |= is_mine;
		if (is_mine && rows_private(r) && (err = follow(g, r, e)))
			return err;
		if (counts(r, rows, n, now) && (err = add_row(g, src, r, e)))
			return err;
	}
	for (size_t i = 0; i < ntraces; i++) {
		struct source *src = source_for(g, id, traces[i].centre, traces[i].author);
		if (!src)
			return err_nomem(e);
		src->deleted = true;
	}
	for (size_t i = 0; i < g->nsources && !err; i++) {
		struct source *src = &g->sources[i];
		if (!stix_id_eq(src->id, id))
			continue;
		if (src->centre == g->c->no && src->originator != g->c->me)
			err = add_consents(g, src, rows, n, e);
	}
	return err || !mine ? err : follow_links(g, &id, e);
}

/* Why a source stands in the way, for people. */
static bool
tell(struct gathering *g, const struct source *src, const struct version *v, enum label_why why, const struct label *product, struct str *ret)
{
	struct buf b = BUF_INIT(4 * KIB);
	const struct label *l = v && v->ngrants ? v->grants[0].label : product;
	if (src->originator < 0) {
		buf_puts(&b, "it is not here, so nobody can say who must agree");
	} else if (src->centre != g->c->no) {
		buf_puts(&b, "it belongs to another centre");
	} else {
		if (src->originator == g->c->me)
			buf_puts(&b, "own material");
		else
			label_member_put(&b, g->c->policy, src->originator);
		buf_puts(&b, ": ");
		if (!v)
			buf_puts(&b, src->deleted ? "it was deleted, and is granted no longer" : "it was recalled");
		else
			label_why_put(&b, why, l, product->circle, g->c->policy);
	}
	bool ok = buf_ok(&b) && arena_dup(g->a, buf_str(&b), ret);
	buf_done(&b);
	return ok;
}

/* What to do about it where no consent would help; empty: one might. */
static struct str
remedy(const struct gathering *g, const struct source *src, enum label_why why)
{
	if (src->originator < 0 || src->centre != g->c->no || !src->nversions)
		return STR("make it anew, without that source: a new version whose Cites does not name it");
	if (why == LABEL_WHY_LOWERED)
		return STR("mark the product as high as its sources, with their compartments, TLP and ORCON");
	if (src->originator == g->c->me)
		return STR("release that source there; or withdraw or recall the version of it that is marked so, and add it anew with a mark that "
			   "lets it go");
	if (why == LABEL_WHY_EXPIRED)
		return STR("its time is over, and consent does not bring it back: make the product anew, without that source");
	return STR_NONE;
}

/* Of each source what stands in the way first: each of its versions must be let go, for a product names an object, and no version of it. */
static enum err
judge(struct gathering *g, const struct label *product, int64_t now, struct release_snag **ret, size_t *ret_n, struct errinfo *e)
{
	struct release_snag *snags = arena_array(g->a, g->nsources, sizeof *snags);
	size_t n = 0;
	if (!snags)
		return err_nomem(e);
	for (size_t i = 0; i < g->nsources; i++) {
		const struct source *src = &g->sources[i];
		const size_t most = src->nversions ? src->nversions : 1;
		struct label_source *asked = arena_array(g->a, most, sizeof *asked);
		enum label_why *why = arena_array(g->a, most, sizeof *why);
		size_t at = 0;
		if (!asked || !why)
			return err_nomem(e);
		asked[0] = (struct label_source){src->originator < 0 ? 0 : src->originator, NULL, 0};
		for (size_t k = 0; k < src->nversions; k++)
			asked[k] = (struct label_source){src->originator, src->versions[k].grants, src->versions[k].ngrants};
		label_may_derive(product, g->c->me, asked, most, now, why);
		while (at < most && why[at] == LABEL_MAY)
			at++;
		if (at == most)
			continue;
		snags[n].id = src->id;
		snags[n].remedy = remedy(g, src, why[at]);
		if (!tell(g, src, src->nversions ? &src->versions[at] : NULL, why[at], product, &snags[n++].says))
			return err_nomem(e);
	}
	*ret = snags;
	*ret_n = n;
	return OK;
}

enum err
grant_check(struct share *s, struct share_centre *c, const struct json *tree, const struct label *product, int64_t now, struct arena *a,
    struct release_snag **ret, size_t *ret_n, struct errinfo *e)
{
	struct gathering g = {.s = s, .c = c, .a = a, .circle = product->circle, .bytes = BUF_INIT(LIMIT_OBJECT + PIECE_HEAD)};
	enum err err = push_cites(&g, tree, e);
	for (size_t i = 0; i < g.nids && !err; i++)
		err = gather_one(&g, g.ids[i], e);
	if (!err)
		err = judge(&g, product, now, ret, ret_n, e);
	buf_done(&g.bytes);
	return err;
}
