/* project_object: one STIX object as a row of the view: what it names, says and claims. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "share/project_int.h"
#include "stix/comity.h"
#include "stix/refs.h"
#include "stix/text.h"
#include "text/fold.h"

void
project_lists_done(struct project_lists *l)
{
	free(l->refs);
	free(l->claims);
	free(l->text);
	memset(l, 0, sizeof *l);
}

/* Room for one more of a list; its place, or NULL. What there can be is bounded by the size of an object. */
static void *
more(void **list, size_t n, size_t *cap, size_t size)
{
	if (n == *cap) {
		size_t want = *cap ? *cap * 2 : 64;
		void *p = realloc(*list, want * size);
		if (!p)
			return NULL;
		*list = p;
		*cap = want;
	}
	return (char *)*list + n * size;
}

#define MORE(l, what) more((void **)&(l)->what, (l)->n##what, &(l)->what##_cap, sizeof *(l)->what)

enum err
project_object_parse(struct project *p, struct str text, const struct json **ret_tree, struct stix_info *ret, struct errinfo *e)
{
	const struct json *tree;
	enum err err;
	arena_reset(&p->tree);
	if ((err = json_parse(&p->tree, text, &tree, e)) || (err = stix_check(text, tree, ret, e)))
		return err;
	*ret_tree = tree;
	return OK;
}

static enum err
add_ref(struct project_lists *l, struct stix_id target, enum view_link link, struct errinfo *e)
{
	struct view_ref *r = MORE(l, refs);
	if (!r)
		return err_nomem(e);
	*r = (struct view_ref){target, link};
	l->nrefs++;
	return OK;
}

/* Of the relationship that leads from what was released back to its original. */
static bool
is_release_link(const struct json *tree)
{
	return json_get(stix_ext_get(tree, STIX_EXT_PRIVATE), STR("released")) != NULL;
}

static bool
is_grading(const struct json *tree)
{
	return stix_ext_get(tree, STIX_EXT_GRADE) != NULL;
}

bool
project_says_own(const struct json *tree)
{
	return is_release_link(tree) || (is_grading(tree) && json_get(tree, STR("object_refs")));
}

/* What operations put into the private log beside what people add: the link of a release to its original, a grade of one's own for another's object.
 * Lists leave it out. Nothing that came from another member is ever so. */
static bool
is_aside(const struct json *tree, const struct stix_info *info, bool private)
{
	return private &&
	       ((stix_id_type(info->id) == STIX_RELATIONSHIP && is_release_link(tree)) || (stix_id_type(info->id) == STIX_NOTE && is_grading(tree)));
}

/* How a reference counts in the view; -1: not at all. */
static int
link_of(const struct stix_ref *ref, bool private, bool released, bool grades)
{
	if (str_is(ref->name, "created_by_ref") || str_is(ref->name, "object_marking_refs") || str_is(ref->name, "marking_ref") ||
	    str_is(ref->name, "extensions"))
		return -1;
	if (private && released && (str_is(ref->name, "source_ref") || str_is(ref->name, "target_ref")))
		return VIEW_LINK_DERIVED;
	if (private && grades && str_is(ref->name, "object_refs"))
		return VIEW_LINK_GRADES;
	return VIEW_LINK_REF;
}

static enum err
make_refs(struct project_lists *l, const struct json *tree, bool private, struct errinfo *e)
{
	struct stix_refs it;
	struct stix_ref ref;
	struct stix_private own;
	bool released = private && is_release_link(tree), grades = private && is_grading(tree);
	enum err err;
	l->nrefs = 0;
	stix_refs_init(&it, tree);
	while (stix_refs_next(&it, &ref)) {
		int link = link_of(&ref, private, released, grades);
		if (link >= 0 && (err = add_ref(l, ref.id, (enum view_link)link, e)))
			return err;
	}
	if (!private || !stix_private_read(tree, &own) || !own.cites)
		return OK;
	JSON_EACH(node, own.cites)
	{
		struct stix_id id;
		bool odd;
		if (stix_id_read(json_str(node), &id, &odd) && (err = add_ref(l, id, VIEW_LINK_CITES, e)))
			return err;
	}
	return OK;
}

static enum err
make_text(struct project_lists *l, const struct json *tree, struct errinfo *e)
{
	struct stix_text it;
	struct stix_words words;
	l->ntext = 0;
	stix_text_init(&it, tree);
	while (stix_text_next(&it, &words)) {
		struct str *t = MORE(l, text);
		if (!t)
			return err_nomem(e);
		*t = words.text;
		l->ntext++;
	}
	return OK;
}

enum err
project_text(const struct json *tree, struct arena *a, struct str **ret, size_t *ret_n, struct errinfo *e)
{
	struct project_lists l = {0};
	enum err err = make_text(&l, tree, e);
	struct str *copy = err ? NULL : arena_array(a, l.ntext, sizeof *copy);
	if (!err && !copy)
		err = err_nomem(e);
	if (!err) {
		if (l.ntext)
			memcpy(copy, l.text, l.ntext * sizeof *copy);
		*ret = copy;
		*ret_n = l.ntext;
	}
	project_lists_done(&l);
	return err;
}

/* As claims are compared: folded, blanks at the ends gone. */
static bool
fold(struct arena *a, struct str s, struct str *ret)
{
	struct buf b = BUF_INIT(6 * (size_t)LIMIT_OBJECT);
	text_fold(&b, str_trim(s));
	bool ok = buf_ok(&b) && arena_dup(a, str_trim(buf_str(&b)), ret);
	buf_done(&b);
	return ok;
}

static enum err
make_claims(struct project *p, struct stix_claims *it, uint32_t portion, struct errinfo *e)
{
	struct project_lists *l = &p->lists;
	struct stix_claim c;
	while (stix_claims_next(it, &c)) {
		struct view_claim *v = MORE(l, claims);
		if (!v)
			return err_nomem(e);
		*v = (struct view_claim){.when = TIME_NEVER, .low = NAN, .best = NAN, .high = NAN, .portion = portion};
		if (!fold(&p->tree, c.what, &v->what) || !fold(&p->tree, c.where, &v->where))
			return err_nomem(e);
		if (!c.when.n || !time_parse(c.when, &v->when))
			v->when = TIME_NEVER;
		if (c.counted) {
			v->low = (double)c.low;
			v->best = (double)c.best;
			v->high = (double)c.high;
		}
		l->nclaims++;
	}
	return OK;
}

static enum err
all_claims(struct project *p, const struct json *tree, struct errinfo *e)
{
	struct stix_portions portions;
	struct stix_portion portion;
	struct stix_claims it;
	enum err err;
	p->lists.nclaims = 0;
	stix_claims_of(&it, tree);
	if ((err = make_claims(p, &it, UINT32_MAX, e)))
		return err;
	stix_portions_init(&portions, tree);
	while (stix_portions_next(&portions, &portion)) {
		stix_claims_init(&it, portion.claims);
		if ((err = make_claims(p, &it, portion.index, e)))
			return err;
	}
	return OK;
}

static struct grade
grade_of(const struct json *tree)
{
	const struct json *own = stix_ext_get(tree, STIX_EXT_GRADE);
	struct stix_header header;
	struct stix_grade g = {0};
	struct str scheme = STR_NONE, text;
	if (own && json_get_str(own, STR("grade"), &text)) {
		json_get_str(own, STR("scheme"), &scheme);
		if (!stix_grade_parse(text, scheme, &g))
			g = (struct stix_grade){0};
	} else if (stix_header_read(tree, &header)) {
		g = header.grade;
	}
	if (!g.reliability)
		return (struct grade){0};
	return (struct grade){str_is(g.scheme, "4x4") ? GRADE_4X4 : GRADE_ADMIRALTY, g.reliability, g.credibility};
}

enum err
project_object_make(struct project *p, const struct project_entry *w, uint32_t n, const struct json *tree, const struct stix_info *info,
    struct view_object *ret, struct errinfo *e)
{
	enum err err;
	if ((err = make_refs(&p->lists, tree, w->log->private, e)) || (err = make_text(&p->lists, tree, e)) || (err = all_claims(p, tree, e)))
		return err;
	*ret = (struct view_object){
	    .arrival = w->at->seq,
	    .piece = n,
	    .log = w->at->log,
	    .idx = w->at->idx,
	    .piece_no = w->first + n,
	    .at = w->at->at,
	    .centre = w->centre->no,
	    .author = w->log->author,
	    .own = w->log->author == w->centre->me,
	    .label = &w->x->label,
	    .id = info->id,
	    .created = info->created == TIME_NEVER ? 0 : info->created,
	    .modified = info->modified == TIME_NEVER ? 0 : info->modified,
	    .revoked = info->revoked,
	    .aside = is_aside(tree, info, w->log->private),
	    .grade = grade_of(tree),
	    .serial = w->x->serial,
	    .text = p->lists.text,
	    .ntext = p->lists.ntext,
	    .refs = p->lists.refs,
	    .nrefs = p->lists.nrefs,
	    .claims = p->lists.claims,
	    .nclaims = p->lists.nclaims,
	};
	return OK;
}
