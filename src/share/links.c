#include "share/links.h"

#include "json/write.h"
#include "share/entry.h"
#include "share/rows.h"
#include "stix/comity.h"

struct str
links_identity(const struct share_centre *c, int64_t t)
{
	struct roster_member m;
	if (c->me < 0 || roster_at(c->roster, t, c->me, &m, NULL) || !m.keys.nidentity)
		return STR_NONE;
	return m.keys.identities[0];
}

struct reading {
	struct share *s;
	struct share_centre *c;
	struct arena *a;
	const struct stix_id *id;
	struct link *links;
	size_t n, cap;
	struct buf bytes;
};

bool
link_read(const struct share_centre *c, const struct json *tree, struct arena *a, struct link *ret)
{
	const struct json *x = json_get_type(stix_ext_get(tree, STIX_EXT_PRIVATE), STR("released"), JSON_OBJECT);
	struct str source, target, circle, modified, portions, entry;
	if (!x || !json_get_str(tree, STR("source_ref"), &source) || !json_get_str(tree, STR("target_ref"), &target) ||
	    !json_get_str(x, STR("circle"), &circle) || !json_get_str(x, STR("portions"), &portions) || !json_get_str(x, STR("entry"), &entry))
		return false;
	*ret = (struct link){0};
	if (json_get_str(x, STR("modified"), &modified) && !time_parse(modified, &ret->modified))
		return false;
	if (!stix_id_parse(source, &ret->released) || !stix_id_parse(target, &ret->original) ||
	    label_circle_parse(c->policy, circle, &ret->circle, NULL) || !hash_from_hex(entry, &ret->entry))
		return false;
	return arena_dup(a, portions, &ret->portions) && arena_dup(a, ret->released.type, &ret->released.type) &&
	       arena_dup(a, ret->original.type, &ret->original.type);
}

static enum err
take(void *ctx, const struct view_row *row, struct errinfo *e)
{
	struct reading *r = ctx;
	struct arena tree = ARENA_INIT(LIMIT_OBJECT_ARENA);
	const struct json *j;
	struct link l;
	enum err err;
	if (row->state != VIEW_LIVE || !rows_private(row))
		return OK;
	if ((err = rows_bytes(r->s, row, &r->bytes, e)) || (err = json_parse(&tree, buf_str(&r->bytes), &j, e)))
		goto out;
	if (!link_read(r->c, j, r->a, &l))
		goto out;
	struct link *more = arena_more(r->a, r->links, r->n, &r->cap, sizeof *more);
	if (!more) {
		err = err_nomem(e);
		goto out;
	}
	r->links = more;
	r->links[r->n++] = l;
out:
	arena_done(&tree);
	return err;
}

enum err
links_of(struct share *s, struct share_centre *c, const struct stix_id *id, struct arena *a, struct link **ret, size_t *ret_n, struct errinfo *e)
{
	struct reading r = {.s = s, .c = c, .a = a, .id = id, .bytes = BUF_INIT(LIMIT_OBJECT + PIECE_HEAD)};
	struct rows_filter f = {.centre = c->no, .author = c->me, .refers_to = id, .link = VIEW_LINK_DERIVED};
	enum err err = rows_each(s, &f, take, &r, e);
	buf_done(&r.bytes);
	if (!err) {
		*ret = r.links;
		*ret_n = r.n;
	}
	return err;
}

static void
put_id(struct json_writer *w, struct str key, struct stix_id id)
{
	char space[STIX_ID_MAX];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	stix_id_put(&b, id);
	json_put_member(w, key, buf_str(&b));
}

static void
put_time(struct json_writer *w, struct str key, int64_t t, bool ms)
{
	char space[40];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	if (ms)
		time_put_ms(&b, t);
	else
		time_put(&b, t);
	json_put_member(w, key, buf_str(&b));
}

enum err
link_write(const struct share_centre *c, const struct link *l, const struct link_as *as, struct buf *b, struct errinfo *e)
{
	char space[LIMIT_MEMBERS * (POLICY_MEMBER + 1)], hex[2 * HASH_LEN];
	struct buf circle = {.p = space, .cap = sizeof space, .max = sizeof space}, entry = {.p = hex, .cap = sizeof hex, .max = sizeof hex};
	struct json_writer w;
	struct str all;
	label_circle_put(&circle, c->policy, l->circle);
	hash_put_hex(&entry, &l->entry);
	json_write_init(&w, b, 0);
	json_open_object(&w);
	json_put_member(&w, STR("type"), STR("relationship"));
	json_put_member(&w, STR("spec_version"), STR("2.1"));
	put_id(&w, STR("id"), as->id);
	if (as->identity.n)
		json_put_member(&w, STR("created_by_ref"), as->identity);
	put_time(&w, STR("created"), as->time, true);
	put_time(&w, STR("modified"), as->time, true);
	json_put_member(&w, STR("relationship_type"), STR("derived-from"));
	put_id(&w, STR("source_ref"), l->released);
	put_id(&w, STR("target_ref"), l->original);
	json_put_key(&w, STR("extensions"));
	json_open_object(&w);
	json_put_key(&w, stix_ext_id(STIX_EXT_PRIVATE));
	json_open_object(&w);
	json_put_member(&w, STR("extension_type"), STR("property-extension"));
	json_put_key(&w, STR("released"));
	json_open_object(&w);
	json_put_member(&w, STR("circle"), buf_str(&circle));
	json_put_member(&w, STR("entry"), buf_str(&entry));
	put_id(&w, STR("id"), l->released);
	if (l->modified)
		put_time(&w, STR("modified"), l->modified, false);
	json_put_member(&w, STR("portions"), l->portions);
	json_close(&w);
	json_close(&w);
	json_close(&w);
	json_close(&w);
	json_write_done(&w);
	return buf_take(b, &all, e);
}
