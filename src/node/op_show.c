/* One object, with everything that stands around it. Every look is in the audit trail, refused ones too; what a viewer may not see and what is not
 * here give the same reply. */
#include <string.h>

#include "base/leak.h"
#include "node/filter.h"
#include "node/ops.h"
#include "node/put.h"
#include "node/told.h"
#include "share/links.h"
#include "share/rows.h"
#include "stix/comity.h"
#include "stix/refs.h"

enum {
	SHOWN = 100, /* of each kind of thing around an object */
	VERSIONS = 10,
};

struct rows {
	struct view_row *row;
	uint32_t n, max;
};

static enum err
gather(void *ctx, const struct view_row *row, struct errinfo *e)
{
	struct rows *r = ctx;
	(void)e;
	if (r->n < r->max)
		r->row[r->n++] = *row;
	return OK;
}

static enum err
find(struct op_call *call, struct view_filter f, uint32_t max, struct rows *ret, struct errinfo *e)
{
	ret->max = max;
	ret->n = 0;
	f.limit = max;
	if (!(ret->row = arena_array(call->a, max, sizeof *ret->row)))
		return err_nomem(e);
	return view_find(call->n->store, &f, gather, ret, e);
}

static enum err
audit_look(struct op_call *call, const char *what, struct stix_id id, bool seen, struct errinfo *e)
{
	struct buf b = BUF_INIT(STIX_ID_MAX);
	stix_id_put(&b, id);
	enum err err = op_audit(call, what, buf_str(&b), seen ? STR_NONE : STR("refused: not here, or not to be seen"), e);
	buf_done(&b);
	return err;
}

/* Rows of one object; none: an audit line, and ERR_NOTFOUND. */
static enum err
rows_of(struct op_call *call, const char *what, bool gone, struct stix_id *id, struct op_filter *o, struct rows *ret, struct errinfo *e)
{
	enum err err = op_filter_id(call, id, o, e);
	if (err)
		return err;
	o->f.gone = gone;
	if (LEAK(VERSIONS_ALL) && str_is(str_of(what), "versions"))
		o->f.who = NULL;
	if ((err = find(call, o->f, SHOWN, ret, e)) || (err = audit_look(call, what, *id, ret->n > 0, e)))
		return err;
	if (LEAK(REFUSED_TEXT) && !ret->n) {
		o->f.who = NULL;
		if (!(err = find(call, o->f, 1, ret, e)) && ret->n)
			return err_set(e, ERR_NOTFOUND, "you may not see it");
	}
	return ret->n ? OK : op_not_here(*id, e);
}

static enum err
put_brief(struct op_call *call, const struct view_row *row, struct errinfo *e)
{
	struct json_writer *w = call->out;
	struct arena a = ARENA_INIT(LIMIT_OBJECT_ARENA);
	struct buf b = BUF_INIT(LIMIT_OBJECT + 64);
	const struct json *obj = NULL;
	struct str bytes;
	bool gone = row->state != VIEW_LIVE;
	enum err err = gone ? OK : put_row_bytes(call, row, &b, &bytes, &gone, e);
	if (!err) {
		if (gone || json_parse(&a, bytes, &obj, NULL))
			obj = NULL;
		json_open_object(w);
		err = put_row(call, w, row, e);
		json_put_member(w, STR("title"), obj ? put_title(obj) : STR_NONE);
		json_close(w);
	}
	arena_done(&a);
	buf_done(&b);
	return err;
}

static enum err
put_rows(struct op_call *call, const char *key, const struct rows *r, const struct view_row *but, struct errinfo *e)
{
	enum err err = OK;
	json_put_key(call->out, str_of(key));
	json_open_array(call->out);
	for (uint32_t i = 0; i < r->n && !err; i++)
		if (&r->row[i] != but)
			err = put_brief(call, &r->row[i], e);
	json_close(call->out);
	return err;
}

/* The one that is meant: of that version if one is named, else the newest version; live before gone; of several the latest to arrive. */
static const struct view_row *
choose(const struct rows *r, int64_t modified)
{
	const struct view_row *best = NULL;
	for (uint32_t i = 0; i < r->n; i++) {
		const struct view_row *x = &r->row[i];
		if (modified != TIME_NEVER && x->key.modified != modified)
			continue;
		if (!best || (x->state == VIEW_LIVE) > (best->state == VIEW_LIVE) ||
		    ((x->state == VIEW_LIVE) == (best->state == VIEW_LIVE) && x->key.modified > best->key.modified))
			best = x;
	}
	return best;
}

/* A member's own identity, which charter and cards state: no object need be here for it. */
static bool
is_member(struct op_call *call, struct stix_id id)
{
	char space[STIX_ID_MAX];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	stix_id_put(&b, id);
	for (int i = 0; i < call->n->share->ncentres; i++)
		if (op_sees_centre(call, &call->n->share->centre[i]) &&
		    roster_identity(call->n->share->centre[i].roster, op_now(call), buf_str(&b)) >= 0)
			return true;
	return false;
}

/* One of "refs"; what is not here and is a member's identity is left out. */
static enum err
put_ref_out(struct op_call *call, struct str name, const struct stix_id *id, int *n, struct errinfo *e)
{
	struct json_writer *w = call->out;
	struct view_filter f = {.who = LEAK(HERE_ALL) ? NULL : call->who, .now = op_now(call), .author = -1, .link = -1, .since = TIME_MIN, .id = id};
	struct rows r;
	enum err err = find(call, f, 1, &r, e);
	if (err || (!r.n && is_member(call, *id)))
		return err;
	++*n;
	json_open_object(w);
	put_id(w, "id", *id);
	json_put_member(w, STR("name"), name);
	json_put_member_bool(w, STR("here"), r.n > 0);
	json_close(w);
	return OK;
}

/* "refs": what the object names, each {"id","name","here": whether the viewer may see it}. cites: also what it was made from. */
static enum err
put_refs_out(struct op_call *call, const struct json *obj, bool cites, struct errinfo *e)
{
	struct stix_private own;
	struct stix_refs it;
	struct stix_ref ref;
	enum err err = OK;
	int n = 0;
	json_put_key(call->out, STR("refs"));
	json_open_array(call->out);
	stix_refs_init(&it, obj);
	while (!err && n < SHOWN && stix_refs_next(&it, &ref))
		if (!str_is(ref.name, "extensions"))
			err = put_ref_out(call, ref.name, &ref.id, &n, e);
	if (cites && stix_private_read(obj, &own))
		JSON_EACH(node, own.cites)
		{
			struct stix_id id;
			bool odd;
			if (!err && n < SHOWN && stix_id_read(json_str(node), &id, &odd))
				err = put_ref_out(call, STR("cites"), &id, &n, e);
		}
	json_close(call->out);
	return err;
}

/* Rows that name the object by one kind of link. */
static enum err
put_linked(struct op_call *call, const char *key, const struct stix_id *id, int link, struct errinfo *e)
{
	struct view_filter f = {
	    .who = LEAK(LINKED_ALL) ? NULL : call->who, .now = op_now(call), .author = -1, .link = link, .since = TIME_MIN, .refers_to = id};
	struct rows r;
	enum err err = find(call, f, SHOWN, &r, e);
	return err ? err : put_rows(call, key, &r, NULL, e);
}

/* The object at the other end of a release's link: its newest row there, as far as the viewer may see it. */
static enum err
put_other_end(struct op_call *call, const struct view_row *row, const struct stix_id *id, uint64_t circle, struct errinfo *e)
{
	struct view_filter f = {.who = LEAK(LINKED_ALL) ? NULL : call->who,
	    .now = op_now(call),
	    .centre = row->key.centre,
	    .circle = circle,
	    .author = row->key.author,
	    .link = -1,
	    .since = TIME_MIN,
	    .gone = true,
	    .id = id};
	struct rows r;
	enum err err = find(call, f, VERSIONS, &r, e);
	const struct view_row *best = err ? NULL : choose(&r, TIME_NEVER);
	return best ? put_brief(call, best, e) : err;
}

/* Where tear-lines and redacted copies of the object went (back false), or what it was made from: links that the viewer may read, to what it may
 * read.
 */
static enum err
put_releases(struct op_call *call, const char *key, const struct stix_id *id, bool back, struct errinfo *e)
{
	struct view_filter f = {.who = LEAK(LINKED_ALL) ? NULL : call->who,
	    .now = op_now(call),
	    .author = -1,
	    .link = VIEW_LINK_DERIVED,
	    .since = TIME_MIN,
	    .refers_to = id};
	struct rows r;
	struct buf b = BUF_INIT(LIMIT_OBJECT + 64);
	struct arena a = ARENA_INIT(LIMIT_OBJECT_ARENA);
	enum err err = find(call, f, SHOWN, &r, e);
	json_put_key(call->out, str_of(key));
	json_open_array(call->out);
	for (uint32_t i = 0; i < r.n && !err; i++) {
		const struct view_row *row = &r.row[i];
		const struct share_centre *c = share_centre_by_no(call->n->share, row->key.centre);
		const struct json *tree;
		struct link l;
		struct str bytes;
		bool gone;
		arena_reset(&a);
		if ((err = put_row_bytes(call, row, &b, &bytes, &gone, e)) || gone || !c)
			continue;
		if ((err = json_parse(&a, bytes, &tree, e)) || !link_read(c, tree, &a, &l) || !stix_id_eq(back ? l.released : l.original, *id))
			continue;
		err = put_other_end(call, row, back ? &l.original : &l.released, back ? row->key.circle : l.circle, e);
	}
	json_close(call->out);
	arena_done(&a);
	buf_done(&b);
	return err;
}

struct about {
	struct op_call *call;
	int n;
};

static enum err
put_event(void *ctx, const struct view_event *v, struct errinfo *e)
{
	struct about *a = ctx;
	bool may;
	enum err err = told_may(a->call, v, &may, e);
	if (err || !may || a->n++ >= SHOWN)
		return err;
	return told_put(a->call, a->call->out, v, e);
}

static enum err
put_events(struct op_call *call, const struct stix_id *id, struct errinfo *e)
{
	struct about a = {call, 0};
	const struct view_event_filter f = {.author = -1, .id = id};
	json_put_key(call->out, STR("events"));
	json_open_array(call->out);
	enum err err = view_event_each(call->n->store, &f, put_event, &a, e);
	json_close(call->out);
	return err;
}

static void
put_private(struct json_writer *w, const struct json *obj)
{
	struct stix_private p;
	if (!stix_private_read(obj, &p))
		return;
	if (p.source.n)
		json_put_member(w, STR("source"), p.source);
	if (p.cites) {
		json_put_key(w, STR("cites"));
		json_put_node(w, p.cites);
	}
}

/* show: one object. id; centre, circle, author, modified: which of several; gone: also if it was recalled or is past its date (its content stays
 * sealed: see evidence); refs: 0 leaves out what stands around it. Reply: {as in ls, "title","object": the STIX object, "source","cites" (private),
 * "others":[rows: other versions, and the same one
 * elsewhere],"refs":[{"id","name","here"}],"referred_by":[rows],"cited_by":[rows],"released":[rows of the
 * tear-lines and redacted copies made of it],"originals":[rows of what it was made of so],"grades":[rows of private regrades],"events":[recalls,
 * flags, requests … as in inbox]}. An object that is gone has no "object". */
enum err
op_show(struct op_call *call, struct errinfo *e)
{
	struct json_writer *w = call->out;
	struct stix_id id;
	struct op_filter o;
	struct rows rows;
	int64_t modified;
	enum err err;
	if ((err = op_time(call, "modified", TIME_NEVER, &modified, e)) || (err = rows_of(call, "show", true, &id, &o, &rows, e)))
		return err;
	const struct view_row *row = choose(&rows, modified);
	if (!row)
		return op_not_here(id, e);
	struct arena a = ARENA_INIT(LIMIT_OBJECT_ARENA);
	struct buf b = BUF_INIT(LIMIT_OBJECT + 64);
	const struct json *obj = NULL;
	struct str bytes;
	bool gone = row->state != VIEW_LIVE || row->label.valid_until <= o.f.now || row->label.delete_by <= o.f.now || rows_lapsed(row, o.f.now);
	if ((!gone && (err = put_row_bytes(call, row, &b, &bytes, &gone, e))) || (!gone && (err = json_parse(&a, bytes, &obj, e))) ||
	    (err = put_row(call, w, row, e)))
		goto out;
	json_put_member_bool(w, STR("gone"), gone);
	json_put_member(w, STR("title"), obj ? put_title(obj) : STR_NONE);
	if (obj) {
		json_put_key(w, STR("object"));
		json_put_raw(w, bytes);
		put_private(w, obj);
	}
	if ((err = put_events(call, &id, e)) || op_int(call, "refs", 1) == 0)
		goto out;
	if ((err = put_rows(call, "others", &rows, row, e)) || (obj && (err = put_refs_out(call, obj, false, e))) ||
	    (err = put_linked(call, "referred_by", &id, -1, e)) || (err = put_linked(call, "cited_by", &id, VIEW_LINK_CITES, e)) ||
	    (err = put_releases(call, "released", &id, false, e)) || (err = put_releases(call, "originals", &id, true, e)))
		goto out;
	err = put_linked(call, "grades", &id, VIEW_LINK_GRADES, e);
out:
	arena_done(&a);
	buf_done(&b);
	return err;
}

/* versions: all that is here under one id, newest version first. Versions of one moment by several authors, or of one author with other content, are
 * conflicts and stand side by side. Reply: {"items":[rows with "title" and "conflict": whether another row of the same modified has other content]}
 */
enum err
op_versions(struct op_call *call, struct errinfo *e)
{
	struct json_writer *w = call->out;
	struct stix_id id;
	struct op_filter o;
	struct rows rows;
	enum err err = rows_of(call, "versions", true, &id, &o, &rows, e);
	if (err)
		return err;
	struct hash *content = arena_array(call->a, rows.n, sizeof *content);
	const struct view_row **by = arena_array(call->a, rows.n, sizeof(struct view_row *));
	struct buf b = BUF_INIT(LIMIT_OBJECT + 64);
	if (!content || !by)
		return err_nomem(e);
	for (uint32_t i = 0; i < rows.n && !err; i++) {
		struct str bytes;
		bool gone;
		if (!(err = put_row_bytes(call, &rows.row[i], &b, &bytes, &gone, e)))
			content[i] = hash_of(bytes);
		uint32_t k = i;
		for (; k > 0 && by[k - 1]->key.modified < rows.row[i].key.modified; k--)
			by[k] = by[k - 1];
		by[k] = &rows.row[i];
	}
	json_put_key(w, STR("items"));
	json_open_array(w);
	for (uint32_t i = 0; i < rows.n && !err; i++) {
		bool conflict = false;
		for (uint32_t k = 0; k < rows.n; k++)
			conflict |= rows.row[k].key.modified == by[i]->key.modified && !hash_eq(&content[k], &content[by[i] - rows.row]);
		json_open_object(w);
		err = put_row(call, w, by[i], e);
		json_put_member_bool(w, STR("conflict"), conflict);
		json_close(w);
	}
	json_close(w);
	buf_done(&b);
	return err;
}

/* refs: what an object names, and what names it. id; limit and cursor page through the second. Reply: {"refs":[{"id","name": of the property, or
 * "cites": what it was made from,"here"}],"cited_by":[rows made from it],"items":[rows that name it],"next"} */
enum err
op_refs(struct op_call *call, struct errinfo *e)
{
	struct stix_id id;
	struct op_filter o, in;
	struct rows rows;
	enum err err = rows_of(call, "refs", false, &id, &o, &rows, e);
	if (err || (err = op_filter(call, &in, e)))
		return err;
	const struct view_row *row = choose(&rows, TIME_NEVER);
	struct arena a = ARENA_INIT(LIMIT_OBJECT_ARENA);
	struct buf b = BUF_INIT(LIMIT_OBJECT + 64);
	const struct json *obj;
	struct str bytes;
	bool gone;
	if (!(err = put_row_bytes(call, row, &b, &bytes, &gone, e)) && !gone && !(err = json_parse(&a, bytes, &obj, e)))
		err = put_refs_out(call, obj, true, e);
	arena_done(&a);
	buf_done(&b);
	if (err || (err = put_linked(call, "cited_by", &id, VIEW_LINK_CITES, e)))
		return err;
	in.f.refers_to = &id;
	in.f.centre = 0;
	return op_put_list(call, &in.f, e);
}
