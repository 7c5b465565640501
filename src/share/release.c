/* release: the plan. Looking at each item, then at all together, then making what goes. */
#include "share/release.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "govern/circle.h"
#include "share/links.h"
#include "share/project.h"
#include "share/release_int.h"

enum { PLAN_ARENA = 512 * MIB, SAY_MAX = 2 * KIB };

struct str
release_say(struct releasing *r, const char *fmt, ...)
{
	char text[SAY_MAX];
	struct str ret = STR_NONE;
	va_list args;
	va_start(args, fmt);
	int n = vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	if (n < 0 || !arena_dup(&r->p->a, (struct str){text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1}, &ret))
		return STR_NONE;
	return ret;
}

struct str
release_id(struct releasing *r, struct stix_id id)
{
	char space[STIX_ID_MAX];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	stix_id_put(&b, id);
	return release_say(r, "%.*s", STR_FMT(buf_str(&b)));
}

struct str
release_circle(struct releasing *r, uint64_t circle)
{
	char space[LIMIT_MEMBERS * (POLICY_MEMBER + 1)];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	label_circle_put(&b, r->p->centre->policy, circle);
	return release_say(r, "%.*s", STR_FMT(buf_str(&b)));
}

void
release_plan_free(struct release_plan *p)
{
	if (!p)
		return;
	arena_done(&p->a);
	free(p);
}

static enum err
check_circle(const struct share *s, const struct share_centre *c, uint64_t circle, struct errinfo *e)
{
	if (!c->charter || c->me < 0)
		return share_not_member(s, c, e);
	if (!(circle >> c->me & 1) || circle == UINT64_C(1) << c->me || (circle & ~label_policy_members(c->policy))) {
		err_set(e, ERR_INVALID, "a release goes to a circle of this centre with this home's member and another in it");
		err_hint(e, "what is for this home alone needs no release: it is in the private circle since it was added; else name others, as "
			    "irn.rus or ALL");
		return ERR_INVALID;
	}
	return OK;
}

static enum err
list_readers(struct release_plan *p, struct errinfo *e)
{
	struct release_reader *list = arena_array(&p->a, LIMIT_MEMBERS, sizeof *list);
	uint8_t order[LIMIT_MEMBERS];
	size_t n = label_circle_order(p->centre->policy, p->circle, order);
	if (!list)
		return err_nomem(e);
	for (size_t i = 0; i < n; i++) {
		const struct charter_member *m = &p->centre->charter->members[order[i]];
		if (order[i] == p->centre->me)
			continue;
		if (!arena_dup(&p->a, m->id, &list[p->nreaders].id) || !arena_dup(&p->a, m->name, &list[p->nreaders].name))
			return err_nomem(e);
		list[p->nreaders++].observer = p->centre->charter->observers >> order[i] & 1;
	}
	p->readers = list;
	return OK;
}

/* The items, each wanted object once. */
static enum err
list_items(struct releasing *r, const struct release_want *want, size_t n, const struct release_want **ret, struct errinfo *e)
{
	struct release_plan *p = r->p;
	struct release_want *once = arena_array(&p->a, n, sizeof *once);
	p->items = arena_array(&p->a, n, sizeof *p->items);
	r->work = arena_array(&p->a, n, sizeof *r->work);
	if (!p->items || !r->work || !once)
		return err_nomem(e);
	for (size_t i = 0; i < n; i++) {
		size_t k = 0;
		while (k < p->nitems && !(stix_id_eq(once[k].id, want[i].id) && once[k].modified == want[i].modified))
			k++;
		if (k < p->nitems)
			continue;
		once[k] = want[i];
		if (!arena_dup(&p->a, want[i].id.type, &once[k].id.type))
			return err_nomem(e);
		r->work[k].item = &p->items[k];
		p->items[k].id = once[k].id;
		p->items[k].modified = once[k].modified;
		p->nitems++;
	}
	*ret = once;
	return OK;
}

static void
digest_item(struct sha256 *h, const struct release_work *w)
{
	char space[STIX_ID_MAX + 200];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	const struct release_item *item = w->item;
	struct hash original = hash_of(w->bytes);
	stix_id_put(&b, item->id);
	buf_printf(&b, " %lld %d ", (long long)item->modified, (int)item->how);
	hash_put_hex(&b, &original);
	sha256_put(h, buf_str(&b));
	sha256_put(h, STR(" "));
	sha256_put(h, item->indices);
	sha256_put(h, STR(" "));
	sha256_put(h, item->banner);
	sha256_put(h, STR("\n"));
}

static void
digest(struct releasing *r)
{
	struct sha256 h;
	struct str circle = release_circle(r, r->p->circle);
	sha256_init(&h);
	sha256_put(&h, hash_str(&r->p->centre->id));
	sha256_put(&h, circle);
	sha256_put(&h, STR("\n"));
	for (size_t i = 0; i < r->p->nitems; i++)
		digest_item(&h, &r->work[i]);
	r->p->digest = sha256_end(&h);
}

static enum err
look(struct releasing *r, const struct release_want *want, size_t n, struct errinfo *e)
{
	struct release_plan *p = r->p;
	const struct release_want *once;
	struct record_log log;
	enum err err;
	err = record_log_latest(r->s->store, p->centre->no, p->circle, p->centre->me, &log, e);
	if (err == ERR_NOTFOUND)
		log = (struct record_log){0};
	else if (err)
		return err;
	p->idx = log.edge.size;
	if ((err = list_readers(p, e)) || (err = list_items(r, want, n, &once, e)))
		return err;
	for (size_t i = 0; i < p->nitems && !err; i++)
		if (!(err = release_judge(r, &r->work[i], &once[i], e)) && p->items[i].how == RELEASE_RAW)
			err = release_there(r, &r->work[i], e);
	if (err || (err = release_refs(r, e)) || (err = release_make(r, e)))
		return err;
	digest(r);
	/* release_say gives nothing when the arena is spent */
	return arena_alloc(&p->a, 1) ? OK : err_nomem(e);
}

enum err
release_plan(struct share *s, struct share_centre *centre, uint64_t circle, const struct release_want *want, size_t n,
    const struct release_options *o, struct release_plan **ret, struct errinfo *e)
{
	struct releasing r = {.s = s, .redact = o->redact, .mark = o->mark, .tree = ARENA_INIT(LIMIT_OBJECT_ARENA + 2 * LIMIT_OBJECT)};
	int64_t time;
	enum err err;
	if (n > LIMIT_PIECES)
		return err_set(e, ERR_LIMIT, "at most %d objects are released at once", LIMIT_PIECES);
	if ((err = share_refresh(s, e)) || (err = check_circle(s, centre, circle, e)) ||
	    (err = share_may_append(s, centre, circle, ENTRY_OBJECTS, &time, e)) || (err = share_project(s, NULL, NULL, e)))
		return err;
	struct release_plan *p = calloc(1, sizeof *p);
	if (!p)
		return err_nomem(e);
	arena_init(&p->a, PLAN_ARENA);
	p->centre = centre;
	p->circle = circle;
	p->time = time - time % 1000; /* as it is written */
	r.p = p;
	r.now = s->env->now(s->env->ctx);
	r.identity = links_identity(centre, r.now);
	err = arena_dup(&p->a, o->position, &p->position) ? look(&r, want, n, e) : err_nomem(e);
	arena_done(&r.tree);
	if (err) {
		release_plan_free(p);
		return err;
	}
	*ret = p;
	return OK;
}
