/* release_refs: nothing goes to a circle that names what the circle was not given. What goes beside it counts as given, so refusing one item can
 * refuse another: this is done until nothing changes. */
#include <string.h>

#include "share/release_int.h"
#include "stix/marking.h"

/* Names that anybody may use: TLP's own markings, the ids of extensions, members' identities. */
static bool
is_common(struct releasing *r, const struct stix_ref *ref)
{
	return str_is(ref->name, "extensions") || stix_tlp_of(ref->id, NULL) != STIX_TLP_NONE ||
	       roster_identity(r->p->centre->roster, r->now, ref->text) >= 0;
}

/* Whether anybody gave it to all of the circle. */
static enum err
look_up(struct releasing *r, struct release_ref *ref, struct errinfo *e)
{
	struct rows_filter f = {.centre = r->p->centre->no, .author = -1, .id = &ref->id};
	struct arena a = ARENA_INIT(16 * MIB);
	struct view_row *rows;
	size_t n;
	enum err err = rows_all(r->s, &f, &a, &rows, &n, e);
	for (size_t i = 0; !err && i < n; i++)
		if (!rows_private(&rows[i]) && rows_stands(&rows[i], r->now) && !(r->p->circle & ~rows[i].key.circle)) {
			ref->known = true;
			if (!ref->by || rows[i].key.circle == r->p->circle)
				ref->by = rows[i].key.circle;
		}
	arena_done(&a);
	return err;
}

static bool
is_listed(const struct json *tree, const struct stix_ref *ref)
{
	const struct json *list = json_get_type(tree, STR("object_refs"), JSON_ARRAY);
	return list && str_is(ref->name, "object_refs") && ref->node > list && ref->node < list + list->span;
}

static enum err
gather(struct releasing *r, struct release_work *w, struct errinfo *e)
{
	const struct json *tree;
	struct stix_refs it;
	struct stix_ref ref;
	size_t n = 0;
	enum err err = release_tree(r, w, &tree, e);
	if (err)
		return err;
	stix_refs_init(&it, tree);
	while (stix_refs_next(&it, &ref))
		n++;
	if (!(w->refs = arena_array(&r->p->a, n, sizeof *w->refs)))
		return err_nomem(e);
	stix_refs_init(&it, tree);
	while (!err && stix_refs_next(&it, &ref)) {
		struct release_ref *x = &w->refs[w->nrefs];
		struct buf path = BUF_INIT(4 * KIB);
		if (is_common(r, &ref))
			continue;
		json_path_put(&path, tree, ref.node);
		*x = (struct release_ref){.id = ref.id, .node = (uint32_t)(ref.node - tree), .listed = is_listed(tree, &ref)};
		x->marking = str_is(ref.name, "object_marking_refs") || str_is(ref.name, "marking_ref");
		x->path = release_say(r, "%.*s", STR_FMT(buf_str(&path)));
		buf_done(&path);
		if (!arena_dup(&r->p->a, x->id.type, &x->id.type))
			return err_nomem(e);
		w->nrefs++;
		err = look_up(r, x, e);
	}
	return err;
}

/* Goes as it is in this act. */
static bool
goes_beside(const struct releasing *r, const struct stix_id *id)
{
	for (size_t i = 0; i < r->p->nitems; i++)
		if (r->p->items[i].how == RELEASE_RAW && stix_id_eq(r->p->items[i].id, *id))
			return true;
	return false;
}

static bool
is_missing(const struct releasing *r, const struct release_work *w, const struct release_ref *x)
{
	return !x->known && !goes_beside(r, &x->id) && !(w->item->how == RELEASE_RAW && stix_id_eq(x->id, w->item->id));
}

static enum err
set_snags(struct releasing *r, struct release_work *w, const char *says, struct errinfo *e)
{
	struct release_snag *snags = arena_array(&r->p->a, w->nrefs, sizeof *snags);
	size_t n = 0;
	if (!snags)
		return err_nomem(e);
	for (size_t i = 0; i < w->nrefs; i++)
		if (is_missing(r, w, &w->refs[i]))
			snags[n++] = (struct release_snag){.id = w->refs[i].id, .where = w->refs[i].path, .says = str_of(says)};
	w->item->snags = snags;
	w->item->nsnags = n;
	return OK;
}

/* One item, in view of what goes beside it now. *changed if it goes otherwise than before. */
static enum err
judge(struct releasing *r, struct release_work *w, bool *changed, struct errinfo *e)
{
	const struct release_ref *first = NULL;
	bool marking = false;
	for (size_t i = 0; i < w->nrefs; i++)
		if (is_missing(r, w, &w->refs[i])) {
			first = first ? first : &w->refs[i];
			marking |= w->refs[i].marking;
		}
	if (!first)
		return OK;
	if (r->redact && !marking) {
		*changed |= w->item->how == RELEASE_RAW;
		w->item->how = RELEASE_REDACTED;
		return OK;
	}
	*changed = true;
	enum err err = set_snags(r, w, marking ? "a marking that the circle was not given" : "the circle was not given it", e);
	release_refuse(w->item,
	    release_say(r, "it refers to what the circle was not given: %.*s (%.*s)%s", STR_FMT(release_id(r, first->id)), STR_FMT(first->path),
		w->item->nsnags > 1 ? " and more" : ""),
	    marking ? release_say(r, "release the marking too") : release_say(r, "release that too, or leave such references out: --redact"));
	return err;
}

enum err
release_refs(struct releasing *r, struct errinfo *e)
{
	bool changed = true;
	enum err err = OK;
	for (size_t i = 0; i < r->p->nitems && !err; i++)
		if (r->p->items[i].how != RELEASE_REFUSED && r->p->items[i].how != RELEASE_THERE)
			err = gather(r, &r->work[i], e);
	while (changed && !err) {
		changed = false;
		for (size_t i = 0; i < r->p->nitems && !err; i++)
			if (r->p->items[i].how == RELEASE_RAW || r->p->items[i].how == RELEASE_REDACTED)
				err = judge(r, &r->work[i], &changed, e);
	}
	for (size_t i = 0; i < r->p->nitems && !err; i++)
		if (r->p->items[i].how == RELEASE_REDACTED || r->p->items[i].how == RELEASE_TEAR_LINE)
			err = set_snags(r, &r->work[i], "left out: the circle was not given it", e);
	return err;
}
