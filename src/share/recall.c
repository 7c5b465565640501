#include "share/recall.h"

#include <string.h>

#include "base/leak.h"
#include "share/links.h"
#include "share/project.h"
#include "share/rows.h"

enum { TARGETS = 32 }; /* of one entry */

/* One released row that is to go, or the replacement of such. */
struct gone {
	uint64_t circle;
	struct entry_target target;
	const struct label *label;
};

struct recalling {
	struct share *s;
	struct share_centre *c;
	struct arena *a;
	struct gone *gone;
	size_t ngone, cap;
};

static enum err
add(struct recalling *k, struct gone **list, size_t *n, size_t *cap, const struct view_row *row, struct errinfo *e)
{
	const uint64_t circle = row->key.circle;
	const struct stix_id id = row->key.id;
	const int64_t modified = row->key.modified;
	for (size_t i = 0; i < *n; i++)
		if ((*list)[i].circle == circle && stix_id_eq((*list)[i].target.id, id) && (*list)[i].target.modified == modified)
			return OK;
	struct gone *more = arena_more(k->a, *list, *n, cap, sizeof *more);
	if (!more)
		return err_nomem(e);
	*list = more;
	(*list)[(*n)++] = (struct gone){circle, {id, modified}, &row->label};
	return OK;
}

/* What of this id stands in circles, of one version (0 = all). */
static enum err
find_released(
    struct recalling *k, struct stix_id id, int64_t modified, uint64_t circle, struct gone **list, size_t *n, size_t *cap, struct errinfo *e)
{
	struct rows_filter f = {.centre = k->c->no, .circle = circle, .author = k->c->me, .id = &id};
	struct view_row *rows;
	size_t nrows;
	enum err err = rows_all(k->s, &f, k->a, &rows, &nrows, e);
	for (size_t i = 0; !err && i < nrows; i++)
		if (!rows_private(&rows[i]) && rows[i].state == VIEW_LIVE && (!modified || rows[i].key.modified == modified))
			err = add(k, list, n, cap, &rows[i], e);
	return err;
}

/* The same of an original: itself, and what was made of it. */
static enum err
find_all(struct recalling *k, struct stix_id id, int64_t modified, struct gone **list, size_t *n, size_t *cap, struct errinfo *e)
{
	struct link *links;
	size_t nlinks;
	enum err err = find_released(k, id, modified, 0, list, n, cap, e);
	if (!err)
		err = links_of(k->s, k->c, &id, k->a, &links, &nlinks, e);
	for (size_t i = 0; !err && i < nlinks; i++)
		if (stix_id_eq(links[i].original, id) && (!modified || links[i].modified == modified))
			err = find_released(k, links[i].released, 0, links[i].circle, list, n, cap, e);
	return err;
}

/* The last version in the private log; 0 if there is none. */
static enum err
last_version(struct recalling *k, struct stix_id id, int64_t *ret, struct errinfo *e)
{
	struct rows_filter f = {.centre = k->c->no, .author = k->c->me, .id = &id};
	struct view_row *rows;
	size_t n;
	int64_t best = 0;
	enum err err = rows_all(k->s, &f, k->a, &rows, &n, e);
	for (size_t i = 0; !err && i < n; i++)
		if (rows_private(&rows[i]) && rows[i].state == VIEW_LIVE && rows[i].key.modified > best)
			best = rows[i].key.modified;
	if (!err)
		*ret = best;
	return err;
}

/* By what this home says of its own releases a recall finds what was released, and a product what it rests on: it stays. */
static enum err
check_says(struct recalling *k, const struct view_row *row, struct errinfo *e)
{
	struct buf b = BUF_INIT(LIMIT_OBJECT + PIECE_HEAD);
	struct arena a = ARENA_INIT(LIMIT_OBJECT_ARENA);
	const struct json *tree;
	enum err err = rows_bytes(k->s, row, &b, e);
	if (!err && !(err = json_parse(&a, buf_str(&b), &tree, e)) && project_says_own(tree)) {
		err = err_set(e, ERR_DENIED, "it says how this home released or graded something, and is not withdrawn");
		err_hint(e, "recall what was released, or grade it anew");
	}
	arena_done(&a);
	buf_done(&b);
	return err;
}

/* What of it stands in the private circle. */
static enum err
find_private(struct recalling *k, const struct recall_what *w, struct errinfo *e)
{
	struct rows_filter f = {.centre = k->c->no, .author = k->c->me, .id = &w->id};
	struct view_row *rows;
	size_t n;
	if (k->ngone) {
		err_set(e, ERR_DENIED, "it was released: %s", k->ngone == 1 ? "it stands in a circle" : "it stands in circles");
		err_hint(e, "take it back there first: comity recall");
		return ERR_DENIED;
	}
	enum err err = rows_all(k->s, &f, k->a, &rows, &n, e);
	for (size_t i = 0; !err && i < n; i++)
		if (rows_private(&rows[i]) && rows[i].state == VIEW_LIVE && (!w->modified || rows[i].key.modified == w->modified) &&
		    !(err = check_says(k, &rows[i], e)))
			err = add(k, &k->gone, &k->ngone, &k->cap, &rows[i], e);
	return err;
}

static bool
stands_for(const struct gone *list, size_t n, const struct gone *g)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].circle == g->circle && stix_id_eq(list[i].target.id, g->target.id) && list[i].target.modified == g->target.modified)
			return true;
	return false;
}

/* Takes what replaces off the list of what goes. */
static void
spare(struct recalling *k, const struct gone *instead, size_t n)
{
	size_t kept = 0;
	for (size_t i = 0; i < k->ngone; i++)
		if (!stands_for(instead, n, &k->gone[i]))
			k->gone[kept++] = k->gone[i];
	k->ngone = kept;
}

/* Whoever may read the one may read the other. */
static bool
same_sight(const struct label *a, const struct label *b)
{
	return LEAK(RECALL_TOGETHER) || (a->level == b->level && a->ncompartments == b->ncompartments && a->orcon == b->orcon &&
					    !memcmp(a->compartment, b->compartment, sizeof a->compartment));
}

/* One entry for up to TARGETS of a circle, from at on in the list; done ones have circle 0. What not the same viewers may read goes into entries of
 * its own: who is told of one recall must not learn that it was of something else too. */
static enum err
append_one(struct recalling *k, const struct recall_what *w, size_t at, const struct gone *instead, size_t ninstead, struct recall_in *ret,
    struct errinfo *e)
{
	struct entry_target *targets = arena_array(k->a, TARGETS, sizeof *targets);
	struct share_appended done = {0};
	uint64_t circle = k->gone[at].circle;
	struct entry x = {.kind = ENTRY_RECALL, .position = w->position, .action = w->action, .reason = w->reason, .targets = targets};
	if (!targets)
		return err_nomem(e);
	for (size_t i = at; i < k->ngone && x.ntargets < TARGETS; i++)
		if (k->gone[i].circle == circle && same_sight(k->gone[i].label, k->gone[at].label)) {
			targets[x.ntargets++] = k->gone[i].target;
			k->gone[i].circle = 0;
		}
	for (size_t i = 0; i < ninstead; i++)
		if (instead[i].circle == circle)
			x.replacement = instead[i].target.id;
	if (LEAK(RECALL_ORIGINAL))
		x.replacement = w->id;
	struct share_append a = {.centre = k->c, .circle = LEAK(RECALL_ALL) ? label_policy_members(k->c->policy) : circle, .entry = &x};
	enum err err = w->look ? OK : share_append(k->s, &a, &done, e);
	if (!err)
		*ret = (struct recall_in){circle, done.leaf, targets, x.ntargets, x.replacement};
	return err;
}

static enum err
append_all(struct recalling *k, const struct recall_what *w, const struct gone *instead, size_t ninstead, const struct recall_in **ret, size_t *ret_n,
    struct errinfo *e)
{
	struct recall_in *in = arena_array(k->a, k->ngone, sizeof *in);
	size_t n = 0;
	enum err err = !in ? err_nomem(e) : w->look ? OK : record_begin(k->s->store, e);
	if (err)
		return err;
	for (size_t i = 0; i < k->ngone && !err; i++)
		if (k->gone[i].circle && !(err = append_one(k, w, i, instead, ninstead, &in[n], e)))
			n++;
	if (err && !w->look)
		record_rollback(k->s->store);
	else if (!err && !w->look)
		err = record_commit(k->s->store, e);
	if (!err) {
		*ret = in;
		*ret_n = n;
	}
	return err;
}

static enum err
why_nothing(struct recalling *k, struct stix_id id, bool withdraw, struct errinfo *e)
{
	struct rows_filter f = {.centre = k->c->no, .author = -1, .id = &id};
	struct view_row *rows;
	size_t n;
	bool own = false, released = false;
	int other = -1;
	enum err err = rows_all(k->s, &f, k->a, &rows, &n, e);
	if (err)
		return err;
	for (size_t i = 0; i < n; i++) {
		own |= rows[i].key.author == k->c->me;
		released |= rows[i].key.author == k->c->me && !rows_private(&rows[i]);
		other = rows[i].key.author == k->c->me ? other : rows[i].key.author;
	}
	if (other >= 0 && !own) {
		char space[POLICY_MEMBER];
		struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
		label_member_put(&b, k->c->policy, other);
		err_set(e, ERR_DENIED, "it is %.*s's: only %.*s can recall it", STR_FMT(buf_str(&b)), STR_FMT(buf_str(&b)));
		err_hint(e, "tell %.*s what is wrong with it", STR_FMT(buf_str(&b)));
		return ERR_DENIED;
	}
	struct link *links;
	size_t nlinks;
	if ((err = links_of(k->s, k->c, &id, k->a, &links, &nlinks, e)))
		return err;
	if (own && !released && !nlinks && !withdraw) {
		err_set(e, ERR_NOTFOUND, "it was never released, so there is nothing to recall");
		err_hint(e, "out of view here: comity withdraw");
		return ERR_NOTFOUND;
	}
	if (withdraw)
		return err_set(e, ERR_NOTFOUND, "nothing of it stands here, in this member's own circle");
	err_set(e, ERR_NOTFOUND, "nothing of it stands in any circle");
	err_hint(e, "who has what of it: comity show, comity log");
	return ERR_NOTFOUND;
}

static bool
is_higher(const struct label *l, const struct label *than)
{
	bool more = l->level > than->level || l->tlp > than->tlp || (l->orcon && !than->orcon);
	for (size_t i = 0; l->ncompartments != LABEL_OVERFULL && i < l->ncompartments && !more; i++)
		more = !label_has_compartment(than, str_of(l->compartment[i]));
	return more;
}

/* Whether what comes instead is marked higher somewhere than what it stands for there. Products of what was downgraded are not flagged, so that it
 * must be one. */
static bool
is_raised(const struct recalling *k, const struct gone *instead, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t g = 0; g < k->ngone; g++)
			if (k->gone[g].circle == instead[i].circle && is_higher(instead[i].label, k->gone[g].label))
				return true;
	return false;
}

enum err
recall_do(struct share *s, struct share_centre *centre, const struct recall_what *w, struct arena *a, const struct recall_in **ret, size_t *ret_n,
    struct errinfo *e)
{
	struct recalling k = {.s = s, .c = centre, .a = a};
	struct gone *instead = NULL;
	size_t ninstead = 0, cap = 0;
	int64_t version = 0;
	enum err err;
	if (!w->look && !str_trim(w->reason).n)
		return err_set(e, ERR_INVALID, "a recall says why");
	if ((err = share_refresh(s, e)) || (err = share_project(s, NULL, NULL, e)) ||
	    (err = find_all(&k, w->id, w->withdraw ? 0 : w->modified, &k.gone, &k.ngone, &k.cap, e)))
		return err;
	if (w->withdraw && (err = find_private(&k, w, e)))
		return err;
	if (w->replacement.type.n) {
		/* a later version of the same object replaces the earlier ones */
		if (stix_id_eq(w->replacement, w->id) && (err = last_version(&k, w->id, &version, e)))
			return err;
		if ((err = find_all(&k, w->replacement, version, &instead, &ninstead, &cap, e)))
			return err;
		if (!ninstead) {
			err_set(e, ERR_NOTFOUND, "nothing of what is to stand in its place stands in any circle");
			err_hint(e, "release that first, and look whether its id is right");
			return ERR_NOTFOUND;
		}
		if (w->action == ENTRY_DOWNGRADED && is_raised(&k, instead, ninstead)) {
			err_set(e, ERR_INVALID, "what is to stand in its place is marked higher than it: that is no downgrading");
			err_hint(e, "release it with a lower mark first; or tell it as what it is: --action corrected");
			return ERR_INVALID;
		}
		spare(&k, instead, ninstead);
	}
	if (!k.ngone)
		return why_nothing(&k, w->id, w->withdraw, e);
	return append_all(&k, w, instead, ninstead, ret, ret_n, e);
}
