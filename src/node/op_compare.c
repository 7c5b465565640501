/* Claims side by side: never averaged. */
#include <math.h>

#include "analyse/claims.h"
#include "base/leak.h"
#include "node/ops.h"
#include "node/put.h"
#include "text/fold.h"

enum { CLAIMS_MAX = 10000 };

struct gathering {
	struct arena *a;
	struct claim_row *row;
	size_t n;
};

static enum err
gather(void *ctx, const struct view_row *row, const struct view_claim *c, struct errinfo *e)
{
	struct gathering *g = ctx;
	struct claim_row r = {.when = c->when,
	    .low = c->low,
	    .best = c->best,
	    .high = c->high,
	    .centre = row->key.centre,
	    .author = row->key.author,
	    .circle = row->key.circle,
	    .id = row->key.id,
	    .modified = row->key.modified,
	    .portion = c->portion,
	    .grade = row->grade};
	if (g->n == CLAIMS_MAX)
		return err_set(e, ERR_LIMIT, "more than %d claims: name a place", CLAIMS_MAX);
	if (!arena_dup(g->a, c->what, &r.what) || !arena_dup(g->a, c->where, &r.where))
		return err_nomem(e);
	g->row[g->n++] = r;
	return OK;
}

/* Whether a later version of the row's object, by the same author, stands where the viewer may see it. */
static enum err
see_later(void *ctx, const struct view_row *row, struct errinfo *e)
{
	struct claim_row *r = ctx;
	(void)e;
	r->contradicts += row->key.modified > r->modified;
	return OK;
}

static enum err
drop_outdated(struct op_call *call, struct gathering *g, struct errinfo *e)
{
	size_t kept = 0;
	for (size_t i = 0; i < g->n; i++) {
		struct claim_row r = g->row[i];
		struct view_filter f = {.who = LEAK(COMPARE_ALL) ? NULL : call->who,
		    .now = op_now(call),
		    .centre = r.centre,
		    .author = r.author,
		    .link = -1,
		    .since = TIME_MIN,
		    .id = &r.id,
		    .limit = LIMIT_PAGE};
		r.contradicts = 0;
		enum err err = view_find(call->n->store, &f, see_later, &r, e);
		if (err)
			return err;
		if (!r.contradicts)
			g->row[kept++] = r;
	}
	g->n = kept;
	return OK;
}

static void
put_number(struct json_writer *w, const char *key, double v)
{
	json_put_key(w, str_of(key));
	if (isnan(v))
		json_put_null(w);
	else
		json_put_double(w, v);
}

static void
put_claim(struct op_call *call, const struct claim_row *r)
{
	struct json_writer *w = call->out;
	const struct share_centre *c = share_centre_by_no(call->n->share, r->centre);
	char space[16];
	struct buf g = {.p = space, .cap = sizeof space, .max = sizeof space};
	json_open_object(w);
	put_centre(w, c);
	put_member(w, "author", c, r->author);
	put_circle(w, "circle", c, r->circle);
	put_id(w, "id", r->id);
	put_time(w, "modified", r->modified ? r->modified : TIME_NEVER);
	json_put_member_int(w, STR("portion"), r->portion);
	grade_put(&g, &r->grade);
	json_put_key(w, STR("grade"));
	if (g.n)
		json_put_string(w, buf_str(&g));
	else
		json_put_null(w);
	put_time(w, "when", r->when);
	put_number(w, "low", r->low);
	put_number(w, "best", r->best);
	put_number(w, "high", r->high);
	json_put_member_int(w, STR("contradicts"), r->contradicts);
	json_put_member_int(w, STR("also"), r->also);
	json_close(w);
}

static enum err
folded(const struct op_call *call, const char *name, struct str *ret, struct buf *b, struct errinfo *e)
{
	struct str s = STR_NONE;
	op_str(call, name, &s);
	text_fold(b, str_trim(s)); /* as share/project.c puts them */
	return buf_take(b, ret, e);
}

/* compare: claims about `what`, perhaps at one place (`where`), as the viewer may see them, each author's by its newest version. Reply:
 * {"items":[{"what","where","contradiction","claims":[{"centre","author","circle","id","modified","portion","grade","when","low","best",
 * "high","contradicts":
 * how many of these,"also": said again elsewhere}]}]} */
enum err
op_compare(struct op_call *call, struct errinfo *e)
{
	struct json_writer *w = call->out;
	struct gathering g = {.a = call->a};
	struct buf a = BUF_INIT(4 * KIB), b = BUF_INIT(4 * KIB);
	struct claim_group *group;
	struct str what, where;
	size_t n;
	enum err err;
	if (!op_has(call, "what"))
		return err_set(e, ERR_USAGE, "what: of what are numbers claimed, as in Claim: what=…");
	if (!(g.row = arena_array(call->a, CLAIMS_MAX, sizeof *g.row)))
		return err_nomem(e);
	if ((err = folded(call, "what", &what, &a, e)) || (err = folded(call, "where", &where, &b, e)) ||
	    (err = view_claim_each(call->n->store, LEAK(COMPARE_ALL) ? NULL : call->who, op_now(call), what, where, gather, &g, e)) ||
	    (err = drop_outdated(call, &g, e)) || (err = claims_compare(call->a, g.row, g.n, &group, &n, e)))
		goto out;
	json_put_key(w, STR("items"));
	json_open_array(w);
	for (size_t i = 0; i < n; i++) {
		json_open_object(w);
		json_put_member(w, STR("what"), group[i].what);
		json_put_member(w, STR("where"), group[i].where);
		json_put_member_bool(w, STR("contradiction"), group[i].contradiction);
		json_put_key(w, STR("claims"));
		json_open_array(w);
		for (size_t k = 0; k < group[i].n; k++)
			put_claim(call, group[i].rows[k]);
		json_close(w);
		json_close(w);
	}
	json_close(w);
	err = op_audit(call, "compare", STR_NONE, str_sub(what, 0, 200), e);
out:
	buf_done(&a);
	buf_done(&b);
	return err;
}
