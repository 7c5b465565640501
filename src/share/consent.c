#include "share/consent.h"

#include <string.h>

#include "base/leak.h"
#include "share/grant.h"
#include "share/leaf.h"
#include "share/project.h"
#include "share/rows.h"

static uint64_t
bit(int member)
{
	return UINT64_C(1) << member;
}

/* The one other member of a circle of two that this home is in; -1 for any other circle. */
static int
other_of(const struct share_centre *c, uint64_t circle)
{
	uint64_t rest = circle & ~bit(c->me);
	if (rest == circle || !rest || (rest & (rest - 1)))
		return -1;
	return __builtin_ctzll(rest);
}

static enum err
append(struct share *s, struct share_centre *c, int with, struct entry *x, struct share_appended *ret, struct errinfo *e)
{
	struct share_append a = {.centre = c, .circle = bit(c->me) | bit(with) | (LEAK(CONSENT_WIDE) ? x->to : 0), .entry = x};
	struct share_appended done;
	enum err err = record_begin(s->store, e);
	if (err)
		return err;
	err = share_append(s, &a, &done, e);
	if (!err)
		err = record_commit(s->store, e);
	else
		record_rollback(s->store);
	if (!err)
		*ret = done;
	return err;
}

static enum err
ready(struct share *s, struct share_centre *c, struct errinfo *e)
{
	enum err err = share_refresh(s, e);
	if (!err)
		err = share_project(s, NULL, NULL, e);
	if (!err && (!c->charter || c->me < 0))
		err = share_not_member(s, c, e);
	return err;
}

/* Whether a member released some version of it (0: any) to a circle with the other in it. */
static enum err
was_released(struct share *s, struct share_centre *c, int by, int to, const struct stix_id *id, int64_t modified, bool *ret, struct errinfo *e)
{
	struct rows_filter f = {.centre = c->no, .author = by, .id = id};
	struct arena a = ARENA_INIT(16 * MIB);
	struct view_row *rows;
	bool yes = false;
	size_t n;
	enum err err = rows_all(s, &f, &a, &rows, &n, e);
	for (size_t i = 0; !err && i < n; i++)
		yes |= (rows[i].key.circle & bit(to)) && !rows_private(&rows[i]) && (!modified || rows[i].key.modified == modified);
	arena_done(&a);
	if (!err)
		*ret = yes;
	return err;
}

/* Asking. */

/* The members who released it to us. */
static enum err
originators(struct share *s, struct share_centre *c, const struct stix_id *id, uint64_t *ret, bool *ret_own, struct errinfo *e)
{
	struct rows_filter f = {.centre = c->no, .author = -1, .id = id};
	struct arena a = ARENA_INIT(16 * MIB);
	struct view_row *rows;
	uint64_t who = 0;
	size_t n;
	enum err err = rows_all(s, &f, &a, &rows, &n, e);
	for (size_t i = 0; !err && i < n; i++)
		who |= bit(rows[i].key.author);
	arena_done(&a);
	if (!err) {
		*ret = who & ~bit(c->me);
		*ret_own = who & bit(c->me);
	}
	return err;
}

static enum err
find_originator(struct share *s, struct share_centre *c, const struct consent_ask *ask, int *ret, struct errinfo *e)
{
	uint64_t who;
	bool own;
	enum err err = originators(s, c, &ask->id, &who, &own, e);
	if (err)
		return err;
	if (!who && own)
		return err_set(e, ERR_INVALID, "it is our own: nobody is to be asked");
	if (ask->originator >= 0)
		who &= bit(ask->originator);
	if (!who) {
		err_set(e, ERR_NOTFOUND, "nobody%s released it to us", ask->originator >= 0 ? " of that name" : "");
		err_hint(e, "look for it: comity search");
		return ERR_NOTFOUND;
	}
	if (who & (who - 1)) {
		struct buf b = BUF_INIT(KIB);
		label_circle_put(&b, c->policy, who);
		err_set(e, ERR_USAGE, "several members released it: %.*s", STR_FMT(buf_str(&b)));
		err_hint(e, "name the one to ask");
		buf_done(&b);
		return ERR_USAGE;
	}
	*ret = __builtin_ctzll(who);
	return OK;
}

struct same_ask {
	const struct consent_ask *ask;
	int originator;
	bool waiting, granted;
};

static enum err
look_same(void *ctx, const struct consent_item *item, struct errinfo *e)
{
	struct same_ask *k = ctx;
	(void)e;
	if (!item->ours || item->originator != k->originator || item->to != k->ask->to || !stix_id_eq(item->id, k->ask->id) ||
	    item->modified != k->ask->modified)
		return OK;
	k->waiting = item->state == CONSENT_WAITING;
	k->granted = item->state == CONSENT_GRANTED;
	return OK;
}

enum err
consent_request(struct share *s, struct share_centre *centre, const struct consent_ask *ask, struct share_appended *ret, struct errinfo *e)
{
	struct entry_target target = {ask->id, ask->modified};
	struct entry x = {.kind = ENTRY_REQUEST, .position = ask->position, .targets = &target, .ntargets = 1, .reason = ask->reason, .to = ask->to};
	struct same_ask same = {.ask = ask};
	bool here;
	enum err err;
	if ((err = ready(s, centre, e)))
		return err;
	if (!(ask->to & bit(centre->me)) || (ask->to & ~label_policy_members(centre->policy)))
		return err_set(e, ERR_INVALID, "consent is asked for a circle of this centre with this home's member in it");
	if ((err = find_originator(s, centre, ask, &same.originator, e)))
		return err;
	if (ask->modified) {
		if ((err = was_released(s, centre, same.originator, centre->me, &ask->id, ask->modified, &here, e)))
			return err;
		if (!here)
			return err_set(e, ERR_NOTFOUND, "that version of it was not released to us");
	}
	if ((err = consent_each(s, centre, look_same, &same, e)))
		return err;
	if (same.waiting || same.granted)
		return err_set(
		    e, ERR_CONFLICT, same.granted ? "consent to that was given already" : "that was asked already and is not answered yet");
	return append(s, centre, same.originator, &x, ret, e);
}

/* Listing. */

struct listing {
	struct share *s;
	struct share_centre *c;
	struct arena a;
	struct view_event *answers; /* of all, as they came */
	uint32_t *epochs;           /* of the log of each */
	size_t nanswers;
};

/* Of two words of one author in one circle, which was said later: what comes late of an earlier epoch was said before all the same. */
static bool
is_later(const struct listing *l, size_t a, size_t b)
{
	return l->epochs[a] != l->epochs[b] ? l->epochs[a] > l->epochs[b] : l->answers[a].idx > l->answers[b].idx;
}

/* The last word that concerns what would go to circle `to`, as it decides of a release (grant_concerns). NULL: none. */
static const struct view_event *
last_concerning(const struct listing *l, int author, const struct view_event *about, uint64_t to)
{
	size_t at = 0;
	const struct view_event *last = NULL;
	for (size_t i = 0; i < l->nanswers; i++) {
		const struct view_event *v = &l->answers[i];
		if (v->author == author && v->circle == about->circle && stix_id_eq(v->id, about->id) &&
		    (!v->modified || !about->modified || v->modified == about->modified) && grant_concerns(v->to, v->value == 1, to, v->circle) &&
		    (!last || is_later(l, i, at))) {
			last = v;
			at = i;
		}
	}
	return last;
}

/* The last word on this object and circle between the two. What came before the question answers it only if it was a consent. */
static enum err
find_answer(struct listing *l, const struct view_event *asked, const struct consent_item *item, struct consent_item *ret, struct errinfo *e)
{
	const struct view_event *last = NULL;
	size_t at = 0;
	struct entry x;
	struct hash leaf;
	for (size_t i = 0; i < l->nanswers; i++) {
		const struct view_event *v = &l->answers[i];
		if (v->author == item->originator && v->circle == asked->circle && v->to == asked->to && stix_id_eq(v->id, asked->id) &&
		    (!v->modified || !asked->modified || v->modified == asked->modified) && (!last || is_later(l, i, at))) {
			last = v;
			at = i;
		}
	}
	*ret = *item;
	/* One for another circle answers no question that waits, but for a consent that covers what was asked; what was granted it takes back. */
	const struct view_event *deciding = last_concerning(l, item->originator, asked, asked->to);
	if (deciding && (deciding->value == 1 || (last && last->value == 1)))
		last = deciding;
	if (!last || (last->arrival < asked->arrival && last->value != 1 && !hash_eq(&last->of, &item->leaf)))
		return OK;
	enum err err = leaf_read(l->s, l->c, last->log, last->idx, &l->a, &x, &leaf, e);
	if (err)
		return err;
	ret->state = last->value == 1 ? CONSENT_GRANTED : CONSENT_REFUSED;
	ret->answer = x.reason;
	ret->answered_at = last->at;
	return OK;
}

static enum err
give_request(struct listing *l, const struct view_event *v, struct consent_item *ret, struct errinfo *e)
{
	struct consent_item item = {
	    .centre = l->c, .asker = v->author, .ours = v->author == l->c->me, .id = v->id, .modified = v->modified, .to = v->to, .at = v->at};
	int other = other_of(l->c, v->circle);
	struct entry x;
	enum err err;
	item.originator = item.ours ? other : l->c->me;
	if ((err = leaf_read(l->s, l->c, v->log, v->idx, &l->a, &x, &item.leaf, e)))
		return err;
	item.reason = x.reason;
	if ((err = was_released(l->s, l->c, item.originator, item.asker, &item.id, item.modified, &item.known, e)))
		return err;
	return find_answer(l, v, &item, ret, e);
}

/* A consent for which no request stands. */
static bool
was_asked(const struct view_event *requests, size_t n, const struct view_event *answer)
{
	for (size_t i = 0; i < n; i++)
		if (requests[i].circle == answer->circle && requests[i].author != answer->author && requests[i].to == answer->to &&
		    stix_id_eq(requests[i].id, answer->id))
			return true;
	return false;
}

static bool
is_last_word(const struct listing *l, size_t at)
{
	const struct view_event *v = &l->answers[at];
	for (size_t i = 0; i < l->nanswers; i++)
		if (i != at && is_later(l, i, at) && l->answers[i].author == v->author && l->answers[i].circle == v->circle &&
		    l->answers[i].to == v->to && stix_id_eq(l->answers[i].id, v->id))
			return false;
	return true;
}

static enum err
give_unasked(struct listing *l, const struct view_event *v, struct consent_item *ret, struct errinfo *e)
{
	const struct view_event *last = v->value == 1 ? last_concerning(l, v->author, v, v->to) : v;
	struct entry x;
	struct hash leaf;
	enum err err = leaf_read(l->s, l->c, last->log, last->idx, &l->a, &x, &leaf, e);
	if (err)
		return err;
	*ret = (struct consent_item){
	    .centre = l->c,
	    .originator = v->author,
	    .asker = v->author == l->c->me ? other_of(l->c, v->circle) : l->c->me,
	    .ours = v->author != l->c->me,
	    .id = v->id,
	    .modified = v->modified,
	    .to = v->to,
	    .at = v->at,
	    .state = last->value == 1 ? CONSENT_GRANTED : CONSENT_REFUSED,
	    .answer = x.reason,
	    .answered_at = last->at,
	};
	return was_released(l->s, l->c, ret->originator, ret->asker, &ret->id, ret->modified, &ret->known, e);
}

static enum err
list_centre(struct share *s, struct share_centre *c, enum err (*each)(void *ctx, const struct consent_item *item, struct errinfo *e), void *ctx,
    struct errinfo *e)
{
	struct listing l = {.s = s, .c = c, .a = ARENA_INIT(256 * MIB)};
	struct view_event_filter f = {.kind = VIEW_REQUEST, .centre = c->no, .author = -1}, g = {.kind = VIEW_CONSENT, .centre = c->no, .author = -1};
	struct view_event *requests = NULL;
	struct consent_item item;
	size_t n = 0;
	enum err err = leaf_events(s, &f, &l.a, &requests, &n, e);
	if (!err)
		err = leaf_events(s, &g, &l.a, &l.answers, &l.nanswers, e);
	if (!err && !(l.epochs = arena_array(&l.a, l.nanswers, sizeof *l.epochs)))
		err = err_nomem(e);
	for (size_t i = 0; i < l.nanswers && !err; i++) {
		struct record_log log;
		if (!(err = record_log_by_no(s->store, l.answers[i].log, &log, e)))
			l.epochs[i] = log.epoch;
	}
	for (size_t i = 0; i < n && !err; i++)
		if (other_of(c, requests[i].circle) >= 0 && !(err = give_request(&l, &requests[i], &item, e)))
			err = each(ctx, &item, e);
	for (size_t i = 0; i < l.nanswers && !err; i++)
		if (other_of(c, l.answers[i].circle) >= 0 && is_last_word(&l, i) && !was_asked(requests, n, &l.answers[i]) &&
		    !(err = give_unasked(&l, &l.answers[i], &item, e)))
			err = each(ctx, &item, e);
	arena_done(&l.a);
	return err;
}

enum err
consent_each(struct share *s, struct share_centre *centre, enum err (*each)(void *ctx, const struct consent_item *item, struct errinfo *e), void *ctx,
    struct errinfo *e)
{
	enum err err = OK;
	for (int i = 0; i < s->ncentres && !err; i++)
		if ((!centre || centre == &s->centre[i]) && s->centre[i].me >= 0)
			err = list_centre(s, &s->centre[i], each, ctx, e);
	return err;
}

/* Answering. */

struct finding {
	const struct hash *leaf;
	struct consent_item found; /* of its views that of the type alone is used */
	char type[STIX_ID_MAX];
	bool here;
};

static enum err
look_leaf(void *ctx, const struct consent_item *item, struct errinfo *e)
{
	struct finding *f = ctx;
	(void)e;
	if (!item->ours && hash_eq(&item->leaf, f->leaf)) {
		f->found = *item;
		f->found.id.type = (struct str){f->type, item->id.type.n};
		memcpy(f->type, item->id.type.p, item->id.type.n);
		f->here = true;
	}
	return OK;
}

enum err
consent_give(struct share *s, struct share_centre *centre, const struct consent_answer *answer, struct share_appended *ret, struct errinfo *e)
{
	static const struct hash none;
	struct finding f = {.leaf = &answer->request};
	struct entry_target target = {answer->id, answer->modified};
	struct entry x = {.kind = ENTRY_CONSENT,
	    .position = answer->position,
	    .targets = &target,
	    .ntargets = 1,
	    .reason = answer->reason,
	    .to = answer->to,
	    .granted = answer->granted};
	int asker = answer->asker;
	bool known;
	enum err err;
	if ((err = ready(s, centre, e)))
		return err;
	if (!hash_eq(&answer->request, &none)) {
		if ((err = consent_each(s, centre, look_leaf, &f, e)))
			return err;
		if (!f.here) {
			err_set(e, ERR_NOTFOUND, "no such request to us");
			err_hint(e, "what was asked: comity requests");
			return ERR_NOTFOUND;
		}
		target = (struct entry_target){f.found.id, f.found.modified};
		x.to = f.found.to;
		x.of = answer->request;
		asker = f.found.asker;
	}
	if (asker < 0 || asker >= LIMIT_MEMBERS || asker == centre->me || !(label_policy_members(centre->policy) & bit(asker)))
		return err_set(e, ERR_INVALID, "a consent is given to another member of the centre");
	if (x.to == 0 || (x.to & ~label_policy_members(centre->policy)))
		return err_set(e, ERR_INVALID, "a consent is for a circle of this centre");
	if ((err = was_released(s, centre, centre->me, asker, &target.id, target.modified, &known, e)))
		return err;
	if (!known && answer->granted) {
		err_set(e, ERR_DENIED, "that was never released to that member: there is nothing to consent to");
		err_hint(e, "refuse it, or release it first");
		return ERR_DENIED;
	}
	return append(s, centre, asker, &x, ret, e);
}
