/* A member's own grade for somebody's object, kept in its private circle: a STIX note about the object with the grade extension. */
#include <string.h>

#include "base/leak.h"
#include "node/filter.h"
#include "node/kinds.h"
#include "node/ops.h"
#include "node/put.h"
#include "share/project.h"
#include "stix/comity.h"

struct newest {
	struct view_row row;
	int64_t modified;
	bool found;
};

static enum err
choose(void *ctx, const struct view_row *row, struct errinfo *e)
{
	struct newest *n = ctx;
	(void)e;
	if ((!n->modified || row->key.modified == n->modified) && (!n->found || row->key.modified > n->row.key.modified)) {
		n->row = *row;
		n->found = true;
	}
	return OK;
}

static void
put_ref(struct json_writer *w, struct stix_id id)
{
	char space[STIX_ID_MAX];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	stix_id_put(&b, id);
	json_put_string(w, buf_str(&b));
}

static void
write_note(struct node *n, struct stix_id self, struct stix_id about, const struct grade *g, struct str reason, int64_t now, struct buf *b)
{
	char space[64];
	struct buf t = {.p = space, .cap = sizeof space, .max = sizeof space};
	char two[2] = {g->reliability, g->credibility};
	struct json_writer w;
	int confidence = grade_confidence(g);
	time_put_ms(&t, now);
	json_write_init(&w, b, 0);
	json_open_object(&w);
	json_put_member(&w, STR("type"), STR("note"));
	json_put_member(&w, STR("spec_version"), STR("2.1"));
	put_id(&w, "id", self);
	json_put_member(&w, STR("created_by_ref"), n->identity);
	json_put_member(&w, STR("created"), buf_str(&t));
	json_put_member(&w, STR("modified"), buf_str(&t));
	if (confidence >= 0)
		json_put_member_int(&w, STR("confidence"), confidence);
	json_put_member(&w, STR("content"), reason);
	json_put_key(&w, STR("object_refs"));
	json_open_array(&w);
	put_ref(&w, about);
	json_close(&w);
	json_put_key(&w, STR("extensions"));
	json_open_object(&w);
	json_put_key(&w, stix_ext_id(STIX_EXT_GRADE));
	json_open_object(&w);
	json_put_member(&w, STR("extension_type"), STR("property-extension"));
	json_put_member(&w, STR("scheme"), g->scheme == GRADE_4X4 ? STR("4x4") : STR("admiralty"));
	json_put_member(&w, STR("grade"), (struct str){two, 2});
	json_close(&w);
	json_close(&w);
	json_close(&w);
	json_write_done(&w);
}

static enum err
append(struct op_call *call, struct share_centre *c, const struct view_row *row, struct str object, struct errinfo *e)
{
	struct entry entry = {.kind = ENTRY_OBJECTS, .label = row->label};
	const struct share_append what = {c, UINT64_C(1) << c->me, &entry, &object, 1};
	struct share_appended done;
	enum err err = op_position(call, &entry.position, e);
	/* as strict as what it speaks of, and this member's own */
	memcpy(entry.label.policy, c->id.b, POLICY_ID);
	entry.label.owners = entry.label.circle = what.circle;
	entry.label.orcon = false;
	if (err || (err = kinds_take(call, c, &entry.label, false, NULL, e)) || (err = record_begin(call->n->store, e)))
		return err;
	if ((err = share_append(call->n->share, &what, &done, e))) {
		record_rollback(call->n->store);
		return err;
	}
	if ((err = record_commit(call->n->store, e)))
		return err;
	op_done(call);
	return OK;
}

/* grade: id; centre, author, modified: of which; grade: "B2" or "4x4:B2"; reason. Nobody else learns of it; the originator's own grade stands beside
 * it. Reply: {"id": of the note,"of","grade"} */
enum err
op_grade(struct op_call *call, struct errinfo *e)
{
	struct stix_id id, self = {.type = STR("note")};
	struct op_filter o;
	struct newest best = {0};
	struct grade g;
	struct str text, reason = STR("(no reason given)");
	enum err err = op_filter_id(call, &id, &o, e);
	if (err || (err = op_time(call, "modified", 0, &best.modified, e)))
		return err;
	if (!op_str(call, "grade", &text))
		return err_set(e, ERR_USAGE, "grade: B2, or 4x4:B2");
	op_str(call, "reason", &reason);
	if (LEAK(GRADE_ALL))
		o.f.who = NULL;
	if ((err = grade_parse(text, &g, e)) || (err = view_find(call->n->store, &o.f, choose, &best, e)))
		return err;
	if (!best.found) {
		err = op_audit(call, "grade", op_id_whole(call, id), STR("refused: not here, or not to be seen"), e);
		return err ? err : op_not_here(id, e);
	}
	struct share_centre *c = share_centre_by_no(call->n->share, best.row.key.centre);
	if (!c || c->me < 0)
		return share_not_member(call->n->share, c, e);
	if ((err = share_new_id(call->n->share, c, UINT64_C(1) << c->me, 0, self.uuid, e)))
		return err;
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	struct str object;
	struct arena a = ARENA_INIT(LIMIT_OBJECT_ARENA);
	const struct json *tree;
	struct stix_info info;
	write_note(call->n, self, id, &g, reason, op_now(call), &b);
	if (!(err = buf_take(&b, &object, e)) && !(err = json_parse(&a, object, &tree, e)) && !(err = stix_check(object, tree, &info, e)) &&
	    !(err = append(call, c, &best.row, object, e))) {
		put_id(call->out, "id", self);
		put_id(call->out, "of", id);
		json_put_member(call->out, STR("grade"), text);
		err = op_audit(call, "grade", op_id_whole(call, id), text, e);
	}
	arena_done(&a);
	buf_done(&b);
	return err;
}
