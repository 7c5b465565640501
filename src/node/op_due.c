/* Dates of labels, and sealed evidence. */
#include "base/leak.h"
#include "node/filter.h"
#include "node/ops.h"
#include "node/put.h"
#include "share/due.h"
#include "share/rows.h"

static enum err
put_item(void *ctx, const struct due_item *item, struct errinfo *e)
{
	static const char *const kind[] = {"", "valid-until", "delete-by", "dispute"};
	struct op_call *call = ctx;
	struct json_writer *w = call->out;
	if (!op_sees(call, &item->row->label) && !LEAK(DUE_ALL))
		return OK;
	json_open_object(w);
	json_put_member(w, STR("kind"), str_of(kind[item->kind]));
	put_time(w, "when", item->when);
	json_put_member_bool(w, STR("passed"), item->when <= op_now(call));
	put_time(w, "announced", item->announced);
	enum err err = put_row(call, w, item->row, e);
	json_close(w);
	return err;
}

/* due: dates that have passed or come up, of what the caller is cleared for. days: how far to look, absent: 7. Reply:
 * {"items":[{"kind":"valid-until|delete-by|dispute","when","passed","announced": since when deletion is, or null, and the row as in ls}]} */
enum err
op_due(struct op_call *call, struct errinfo *e)
{
	int64_t days = op_int(call, "days", 7);
	if (days < 0 || days > 36500)
		return err_set(e, ERR_USAGE, "days: 0 to 36500");
	json_put_key(call->out, STR("items"));
	json_open_array(call->out);
	enum err err = due_each(call->n->share, op_now(call) + days * TIME_DAY, put_item, call, e);
	if (err)
		return err;
	json_close(call->out);
	return OK;
}

struct first {
	struct view_row row;
	int64_t modified, now;
	bool found;
};

static enum err
take_gone(void *ctx, const struct view_row *row, struct errinfo *e)
{
	struct first *f = ctx;
	(void)e;
	bool gone = row->state != VIEW_LIVE || row->label.valid_until <= f->now || row->label.delete_by <= f->now || rows_lapsed(row, f->now);
	if (f->found || !gone || (f->modified && row->key.modified != f->modified))
		return OK;
	f->row = *row;
	f->found = true;
	return OK;
}

/* evidence: the sealed content of what was recalled or is past its dates; an audit line is written first. id; centre, circle, author, modified:
 * which; reason. Reply: {as in ls, "object","title"} */
enum err
op_evidence(struct op_call *call, struct errinfo *e)
{
	struct stix_id id;
	struct op_filter o;
	struct first f = {.now = op_now(call)};
	struct str reason;
	const struct node_who *who = &call->c->who;
	enum err err = op_filter_id(call, &id, &o, e);
	if (err || (err = op_time(call, "modified", 0, &f.modified, e)))
		return err;
	if (!op_str(call, "reason", &reason))
		return err_set(e, ERR_USAGE, "reason: opening evidence needs one; it goes into the audit trail");
	o.f.gone = true;
	if ((err = view_find(call->n->store, &o.f, take_gone, &f, e)))
		return err;
	if (!f.found)
		return err_set(e, ERR_NOTFOUND, "nothing is sealed here under this id");
	struct buf b = BUF_INIT(LIMIT_OBJECT + 64);
	if (!(err = due_evidence(call->n->share, &f.row, who->name.n ? who->name : who->position, reason, &b, e)) &&
	    !(err = put_row(call, call->out, &f.row, e))) {
		struct arena a = ARENA_INIT(LIMIT_OBJECT_ARENA);
		const struct json *tree;
		json_put_key(call->out, STR("object"));
		json_put_raw(call->out, buf_str(&b));
		json_put_member(call->out, STR("title"), json_parse(&a, buf_str(&b), &tree, NULL) ? STR_NONE : put_title(tree));
		arena_done(&a);
	}
	buf_done(&b);
	return err;
}
