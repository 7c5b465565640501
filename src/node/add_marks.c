/* The marks that objects of a bundle bear - ACS markings, and those of a report's portions - and what they make of each object's label.
 *
 * A definition is looked for in the batch, then in what this home's own member holds of its own. Never in what another member released: ids are
 * anybody's to use, and whoever released one with the id of a marking that is not here would say what it means (an object that another member
 * created is not added here at all, so none is there to speak for). It may stand after the object that bears it, so an object whose
 * definition is not here yet waits for the end of its batch. Parts of an object are not told apart: a granular marking counts for the whole. */
#include <string.h>

#include "govern/circle.h"
#include "label/acs.h"
#include "label/mark.h"
#include "node/add.h"
#include "node/put.h"
#include "stix/comity.h"
#include "stix/marking.h"

enum { MARKS = 2 * LIMIT_PIECES, MARKS_ARENA = 8 * MIB, REFS = 256 };

struct mark {
	bool here, acs; /* a definition is here; it is an ACS marking */
	bool bad;       /* one that cannot be taken: why */
	struct label label;
	struct errinfo why;
};

void
add_marks_init(struct add_marks *m, const uint8_t key[static 16])
{
	map_init(&m->known, key, MARKS);
	arena_init(&m->a, MARKS_ARENA);
}

void
add_marks_done(struct add_marks *m)
{
	map_done(&m->known);
	arena_done(&m->a);
}

void
add_marks_clear(struct add_marks *m)
{
	map_clear(&m->known);
	arena_reset(&m->a);
}

/* What is said of one id by several definitions is joined: they stand side by side. */
static enum err
learn(struct add *a, struct mark *m, struct str text, const struct json *tree, struct errinfo *e)
{
	const struct label_import in = {a->c->policy, a->c->me, circle_all(a->c->charter), &a->notes};
	const struct json *acs = acs_find(tree);
	struct label l;
	m->here = true;
	if (!acs)
		return OK;
	enum err err = acs_read(text, acs, &in, &l, &m->why);
	if (err == ERR_NOMEM)
		return err_nomem(e);
	if (err)
		m->bad = true;
	else if (m->acs)
		label_join(&m->label, &l, &m->label);
	else
		m->label = l;
	m->acs = true;
	return OK;
}

static enum err
entry_of(struct add_marks *m, const struct stix_id *id, struct mark **ret, bool *ret_new, struct errinfo *e)
{
	struct str key;
	if (!arena_dup(&m->a, str_bytes(id->uuid, sizeof id->uuid), &key))
		return arena_spent(&m->a, "the markings of this batch", e);
	struct map_item *item = map_put(&m->known, key, ret_new);
	if (!item)
		return m->known.n < MARKS ? err_nomem(e) : err_set(e, ERR_LIMIT, "more than %d markings in one batch", MARKS);
	if (!item->v.ptr && !(item->v.ptr = arena_alloc(&m->a, sizeof(struct mark))))
		return arena_spent(&m->a, "the markings of this batch", e);
	*ret = item->v.ptr;
	return OK;
}

struct search {
	struct add *a;
	struct mark *m;
};

static enum err
found(void *ctx, const struct view_row *row, struct errinfo *e)
{
	struct search *s = ctx;
	struct arena trees = ARENA_INIT(LIMIT_OBJECT_ARENA);
	struct buf b = BUF_INIT(LIMIT_OBJECT + 64);
	const struct json *tree;
	struct str text;
	bool gone;
	enum err err = put_row_bytes(s->a->call, row, &b, &text, &gone, e);
	if (!err && !gone && !(err = json_parse(&trees, text, &tree, e)))
		err = learn(s->a, s->m, text, tree, e);
	buf_done(&b);
	arena_done(&trees);
	return err;
}

static enum err
look_up(struct add *a, struct add_marks *m, const struct stix_id *id, struct mark **ret, struct errinfo *e)
{
	struct view_filter f = {.who = a->call->who,
	    .now = op_now(a->call),
	    .centre = a->c->no,
	    .author = a->c->me,
	    .link = -1,
	    .since = TIME_MIN,
	    .id = id,
	    .gone = true,
	    .limit = LIMIT_PAGE};
	bool fresh, seen;
	enum err err = entry_of(m, id, ret, &fresh, e);
	if (err || !fresh)
		return err;
	struct search s = {a, *ret};
	if ((err = add_view_whole(a, e)) || (err = view_hold(a->call->n->store, e)) || (err = view_knows(a->call->n->store, id, &seen, e)) || !seen)
		return err;
	return view_find(a->call->n->store, &f, found, &s, e);
}

enum err
add_marks_define(struct add *a, struct add_marks *m, const struct stix_info *info, struct str text, const struct json *tree, struct errinfo *e)
{
	struct mark *mark;
	enum err err = look_up(a, m, &info->id, &mark, e);
	return err ? err : learn(a, mark, text, tree, e);
}

static enum err
join_one(struct add *a, struct add_marks *m, const struct json *ref, struct label *l, bool *ret_waits, bool *ret_refused, struct errinfo *why,
    struct errinfo *e)
{
	struct stix_id id;
	struct mark *mark;
	bool odd;
	if (!json_is(ref, JSON_STRING) || !stix_id_read(json_str(ref), &id, &odd) || stix_tlp_of(id, NULL) != STIX_TLP_NONE)
		return OK;
	enum err err = look_up(a, m, &id, &mark, e);
	if (err)
		return err;
	if (!mark->here)
		*ret_waits = true;
	if (mark->bad) {
		*ret_refused = true;
		*why = mark->why;
		err_at(why, "it bears %.*s", STR_FMT(str_sub(json_str(ref), 0, 60)));
	} else if (mark->acs) {
		label_join(l, &mark->label, l);
	}
	return OK;
}

/* A report holds its portions, so it is at least as strict as each. Whose mark cannot be read here is for this home alone. */
static enum err
join_portions(struct add *a, const struct json *tree, struct label *l, struct errinfo *e)
{
	static const char note[] = "a portion's mark cannot be read here: its report is for this home alone, at the highest level";
	const struct mark_view v = {a->c->policy, a->c->me, circle_all(a->c->charter)};
	struct stix_portions it;
	struct stix_portion p;
	struct errinfo why;
	stix_portions_init(&it, tree);
	while (stix_portions_next(&it, &p)) {
		struct label one;
		enum err err = mark_parse_portion(p.mark, &v, &one, &why);
		if (err == ERR_NOMEM)
			return err_nomem(e);
		if (err) {
			label_own(&one, a->c->policy->id, a->c->me, label_policy_top(a->c->policy));
			if (str_find(buf_str(&a->notes), str_of(note)) < 0)
				buf_printf(&a->notes, "%s\n", note);
		}
		label_join(l, &one, l);
	}
	return OK;
}

enum err
add_marks_join(struct add *a, struct add_marks *m, const struct json *tree, struct label *label, bool *ret_waits, bool *ret_refused,
    struct errinfo *why, struct errinfo *e)
{
	const struct json *refs = json_get_type(tree, STR("object_marking_refs"), JSON_ARRAY);
	const struct json *parts = json_get_type(tree, STR("granular_markings"), JSON_ARRAY);
	struct label l = *label;
	enum err err = join_portions(a, tree, &l, e);
	*ret_waits = *ret_refused = false;
	if (err)
		return err;
	if (json_count(refs) + json_count(parts) > LIMIT_SELECTORS)
		*ret_waits = true;
	else if (refs)
		JSON_EACH(ref, refs)
	if (!*ret_refused && (err = join_one(a, m, ref, &l, ret_waits, ret_refused, why, e)))
		return err;
	if (parts && json_count(refs) + json_count(parts) <= LIMIT_SELECTORS)
		JSON_EACH(part, parts)
	if (!*ret_refused && (err = join_one(a, m, json_get(part, STR("marking_ref")), &l, ret_waits, ret_refused, why, e)))
		return err;
	if (!*ret_refused && !(l.circle >> a->c->me & 1)) {
		*ret_refused = true;
		err_set(why, ERR_INVALID, "its own marks, joined with the label given, leave this home's member out");
		err_hint(why, "it may not be held here as it is marked: ask its originator");
	}
	if (!*ret_refused)
		*label = l;
	return OK;
}
