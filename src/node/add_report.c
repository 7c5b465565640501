/* A text report into the private circle: parsed, written as a STIX report, appended. The same text again is known by its hash, and changes nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "collect/report.h"
#include "govern/circle.h"
#include "node/add.h"
#include "node/kinds.h"
#include "node/put.h"

/* Reads all of it. */
static enum err
read_text(struct add *a, struct buf *b, struct errinfo *e)
{
	enum err err = source_copy(a->in, sink_to_buf(b), LIMIT_REPORT, NULL, e);
	if (err == ERR_LIMIT)
		err_at(e, "the report");
	return err;
}

struct earlier {
	const struct stix_id *id;
	int64_t created, modified;
	bool found;
};

static enum err
look(void *ctx, const struct view_row *row, struct errinfo *e)
{
	struct earlier *x = ctx;
	(void)e;
	if (!x->found || row->key.modified > x->modified) {
		x->created = row->created;
		x->modified = row->key.modified;
	}
	x->found = true;
	return OK;
}

static int64_t
to_ms(int64_t t)
{
	return t - ((t % 1000) + 1000) % 1000;
}

/* Id and dates of the object: of a new version those of the earlier one, moved on. */
static enum err
name_object(struct add *a, const struct report *r, struct report_stix *s, char space[static STIX_ID_MAX], struct errinfo *e)
{
	struct op_call *call = a->call;
	struct buf b = {.p = space, .cap = STIX_ID_MAX, .max = STIX_ID_MAX};
	struct stix_id id = {.type = STR("report")};
	enum err err;
	s->identity = call->n->identity;
	s->created = s->modified = to_ms(op_now(call));
	if (!r->id.n) {
		if ((err = share_new_id(call->n->share, a->c, a->circle, 0, id.uuid, e)))
			return err;
		stix_id_put(&b, id);
		s->id = buf_str(&b);
		return OK;
	}
	struct earlier x = {.id = &id};
	struct view_filter f = {.who = call->who,
	    .now = op_now(call),
	    .centre = a->c->no,
	    .circle = a->circle,
	    .author = a->c->me,
	    .link = -1,
	    .since = TIME_MIN,
	    .id = &id,
	    .gone = true,
	    .limit = LIMIT_PAGE};
	if (!stix_id_parse(r->id, &id))
		return err_set(e, ERR_INVALID, "Id: not the id of a report");
	if ((err = view_find(call->n->store, &f, look, &x, e)))
		return err;
	if (!x.found) {
		err_set(e, ERR_NOTFOUND, "Id: this home has no report of its own with this id, of which this could be a new version");
		err_hint(e, "leave Id out: a new report gets one");
		return ERR_NOTFOUND;
	}
	s->id = r->id;
	s->created = x.created;
	if (s->modified <= x.modified)
		s->modified = to_ms(x.modified) + 1000;
	return OK;
}

static enum err
append(struct add *a, const struct report *r, struct str object, struct errinfo *e)
{
	struct op_call *call = a->call;
	struct arena trees = ARENA_INIT(LIMIT_OBJECT_ARENA);
	struct entry entry = {.kind = ENTRY_OBJECTS, .position = a->position, .label = r->label};
	const struct share_append what = {a->c, a->circle, &entry, &object, 1};
	struct share_appended done;
	struct project_parsed o = {.text = object};
	struct stix_info info;
	enum err err = json_parse(&trees, object, &o.tree, e);
	if (err || (err = stix_check(object, o.tree, &info, e)) || (err = record_begin(call->n->store, e)))
		goto out;
	if ((err = share_append(call->n->share, &what, &done, e))) {
		record_rollback(call->n->store);
		goto out;
	}
	o.info = &info;
	if ((err = record_commit(call->n->store, e)))
		goto out;
	add_project(a, &done, &o, 1);
	a->added++;
	add_warned(a, &info, o.tree);
	add_list(a, &info, o.tree);
out:
	arena_done(&trees);
	return err;
}

/* The same text again: what was made of each is kept in node.db, as "id modified", under a name made of the text. */

static void
name_kept(const struct add *a, struct str text, char ret[static 64])
{
	struct sha256 h;
	struct buf b = {.p = ret, .cap = 64, .max = 64};
	sha256_init(&h);
	sha256_put(&h, hash_str(&a->c->id));
	sha256_put(&h, text);
	struct hash hash = sha256_end(&h);
	buf_puts(&b, "report.");
	buf_hex(&b, str_bytes(hash.b, 16));
	buf_putc(&b, 0);
}

/* Whether it stands here: of a text that names the id it is a version of, as the newest version. */
static enum err
look_known(struct add *a, const char *name, bool newest, bool *ret, struct errinfo *e)
{
	struct op_call *call = a->call;
	struct str kept, id_text, time_text;
	struct stix_id id;
	struct earlier x = {0};
	struct view_filter f = {.who = call->who,
	    .now = op_now(call),
	    .centre = a->c->no,
	    .circle = a->circle,
	    .author = a->c->me,
	    .link = -1,
	    .since = TIME_MIN,
	    .id = &id,
	    .limit = LIMIT_PAGE};
	uint64_t modified;
	enum err err = op_setting(call, name, STR_NONE, &kept, e);
	if (err || !str_cut(kept, ' ', &id_text, &time_text) || !stix_id_parse(id_text, &id) || !str_u64(time_text, &modified))
		return err;
	err = view_find(call->n->store, &f, look, &x, e);
	*ret = !err && x.found && (!newest || x.modified == (int64_t)modified);
	return err;
}

static enum err
keep_known(struct add *a, const char *name, const struct report_stix *s, struct errinfo *e)
{
	struct buf b = BUF_INIT(KIB);
	buf_printf(&b, "%.*s %lld", STR_FMT(s->id), (long long)s->modified);
	enum err err = local_set(a->call->n->store, str_of(name), buf_str(&b), e);
	buf_done(&b);
	return err;
}

/* The reply names it as it would name a new one. */
static void
list_known(struct add *a, const char *name, struct str title)
{
	struct str kept, id_text, time_text;
	struct json_writer w;
	if (op_setting(a->call, name, STR_NONE, &kept, NULL) || !str_cut(kept, ' ', &id_text, &time_text))
		return;
	json_write_init(&w, &a->items, 0);
	json_open_object(&w);
	json_put_member(&w, STR("id"), id_text);
	json_put_member(&w, STR("title"), title);
	json_close(&w);
	json_write_done(&w);
}

/* A date that has passed is most likely a slip, and what has one can neither be released nor is it listed. */
static void
note_dates(struct add *a, const struct report *r, struct str id)
{
	int64_t now = op_now(a->call);
	if (!arena_dup(a->call->a, id, &a->past_id))
		a->past_id = STR_NONE;
	if (r->label.valid_until <= now)
		a->past[0] = STR("Valid-Until is in the past, so that it is out of view already and cannot be released");
	if (r->label.delete_by <= now)
		a->past[1] = STR("Delete-By is in the past, so that it is out of view already and will be deleted");
}

enum err
add_report(struct add *a, struct errinfo *e)
{
	const struct mark_view v = {a->c->policy, a->c->me, circle_all(a->c->charter)};
	struct arena draft = ARENA_INIT(LIMIT_REPORT_ARENA);
	struct buf text = BUF_INIT(LIMIT_REPORT), object = BUF_INIT(LIMIT_OBJECT);
	struct report r;
	struct report_stix s = {0};
	char id[STIX_ID_MAX], kept[64];
	struct errinfo why = {0};
	bool known = false;
	enum err err = read_text(a, &text, &why);
	name_kept(a, buf_str(&text), kept);
	if (!err && !(err = report_parse(&draft, buf_str(&text), &v, &r, &why)) && !(err = op_sees(a->call, &r.label) ? OK : add_beyond(&why)) &&
	    !(err = look_known(a, kept, r.id.n > 0, &known, &why)) && !known &&
	    !(err = kinds_take(a->call, a->c, &r.label, a->foreign, NULL, &why)) && !(err = name_object(a, &r, &s, id, &why)))
		err = report_to_stix(&r, &s, &object, &why);
	if (!err && known) {
		a->unchanged++;
		list_known(a, kept, r.portions[0].text);
	} else if (!err) {
		/* kept first: of a report that then was not added, nothing is found under that id */
		if (!(err = keep_known(a, kept, &s, e)) && !(err = append(a, &r, buf_str(&object), e)))
			note_dates(a, &r, s.id);
	} else {
		if (e)
			*e = why;
		if (err != ERR_NOMEM && err != ERR_IO) { /* kept, to be mended */
			enum err end = add_refuse(a, buf_str(&text), text.n, NULL, &why, e);
			if (end)
				err = end;
			else if (e)
				*e = why;
		}
	}
	arena_done(&draft);
	buf_done(&text);
	buf_done(&object);
	return err;
}
