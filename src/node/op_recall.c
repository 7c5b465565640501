/* Recalling what was released. */
#include <string.h>

#include "node/ops.h"
#include "node/put.h"
#include "share/owed.h"
#include "share/recall.h"

static bool
read_action(struct str s, enum entry_action *ret)
{
	for (int a = ENTRY_RECALLED; a <= ENTRY_DOWNGRADED; a++)
		if (str_is(s, entry_action_name((enum entry_action)a))) {
			*ret = (enum entry_action)a;
			return true;
		}
	return false;
}

static enum err
read_what(struct op_call *call, struct share_centre **ret_c, struct recall_what *ret, struct errinfo *e)
{
	struct recall_what what = {.action = ENTRY_RECALLED};
	struct str s;
	enum err err = op_centre(call, ret_c, e);
	if (err || (err = op_id(call, "id", &what.id, e)) || (err = op_time(call, "modified", 0, &what.modified, e)) ||
	    (err = op_position(call, &what.position, e)))
		return err;
	if (op_str(call, "action", &s) && !read_action(s, &what.action))
		return err_set(e, ERR_USAGE, "action: recalled, corrected or downgraded");
	if (op_has(call, "replacement") && (err = op_id(call, "replacement", &what.replacement, e)))
		return err;
	*ret = what;
	return OK;
}

/* What is done in one circle; the object stays open. */
static void
put_in(struct json_writer *w, const struct share_centre *c, const struct recall_in *in)
{
	put_circle(w, "circle", c, in->circle);
	json_put_key(w, STR("targets"));
	json_open_array(w);
	for (size_t k = 0; k < in->ntargets; k++) {
		json_open_object(w);
		put_id(w, "id", in->targets[k].id);
		put_time(w, "modified", in->targets[k].modified ? in->targets[k].modified : TIME_NEVER);
		json_close(w);
	}
	json_close(w);
	if (in->replacement.type.n)
		put_id(w, "replacement", in->replacement);
}

/* What both operations do and say: the object of the reply is open, with its items, whose circles each gets a last member by `last`. */
static enum err
recall(struct op_call *call, bool look, struct recall_what *what,
    void (*last)(struct json_writer *w, const struct share_centre *c, const struct recall_in *in), struct share_centre **ret_c,
    const struct recall_in **ret_in, size_t *ret_n, struct errinfo *e)
{
	struct json_writer *w = call->out;
	enum err err = read_what(call, ret_c, what, e);
	if (err)
		return err;
	what->look = look;
	if (!look && !op_str(call, "reason", &what->reason))
		return err_set(e, ERR_USAGE, "reason: those who have it must be told why");
	if ((err = recall_do(call->n->share, *ret_c, what, call->a, ret_in, ret_n, e)))
		return err;
	if (!look)
		op_done(call);
	put_centre(w, *ret_c);
	json_put_key(w, STR("items"));
	json_open_array(w);
	for (size_t i = 0; i < *ret_n; i++) {
		json_open_object(w);
		put_in(w, *ret_c, &(*ret_in)[i]);
		last(w, *ret_c, &(*ret_in)[i]);
		json_close(w);
	}
	json_close(w);
	return OK;
}

static void
put_leaf(struct json_writer *w, const struct share_centre *c, const struct recall_in *in)
{
	(void)c;
	put_hash(w, "leaf", &in->leaf);
}

static void
put_told(struct json_writer *w, const struct share_centre *c, const struct recall_in *in)
{
	put_members(w, "told", c, in->circle & ~(UINT64_C(1) << c->me));
}

/* recall: in every circle it went to. id: a private original, or one released object; modified: that version alone; action: recalled (absent),
 * corrected, downgraded; reason; replacement: id. Reply: {"centre","centre_id","items":[{"circle","targets":[{"id","modified"}],"replacement":
 * id or absent,"leaf"}]} */
enum err
op_recall(struct op_call *call, struct errinfo *e)
{
	struct recall_what what;
	const struct recall_in *in;
	struct share_centre *c;
	size_t n;
	enum err err = recall(call, false, &what, put_leaf, &c, &in, &n, e);
	return err ? err : op_audit(call, entry_action_name(what.action), op_id_whole(call, what.id), what.reason, e);
}

static enum err
put_flagged(struct op_call *call, struct share_centre *c, const struct recall_in *in, size_t n, struct errinfo *e)
{
	struct json_writer *w = call->out;
	struct view_row *rows = NULL;
	size_t nids = 0, nrows = 0, at = 0;
	for (size_t i = 0; i < n; i++)
		nids += in[i].ntargets;
	struct stix_id *ids = arena_array(call->a, nids + 1, sizeof *ids);
	if (!ids)
		return err_nomem(e);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < in[i].ntargets; k++)
			ids[at++] = in[i].targets[k].id;
	enum err err = owed_flags(call->n->share, c, ids, nids, call->a, &rows, &nrows, e);
	if (err)
		return err;
	json_put_key(w, STR("flags"));
	json_open_array(w);
	for (size_t i = 0; i < nrows; i++) {
		json_open_object(w);
		put_circle(w, "circle", c, rows[i].key.circle);
		put_id(w, "id", rows[i].key.id);
		put_members(w, "told", c, rows[i].key.circle & ~(UINT64_C(1) << c->me));
		json_close(w);
	}
	json_close(w);
	return OK;
}

/* recall-plan: what a recall would do; nothing is done. As recall; reason is not needed. Reply: {"centre","centre_id","items":[as of recall, without
 * leaf; "told":[ids of the members who will be]}],"flags":[{"circle","id","told"}: own products made of it, which will be flagged. Others flag theirs
 * by themselves, and what they made is not known here]} */
enum err
op_recall_plan(struct op_call *call, struct errinfo *e)
{
	struct recall_what what;
	const struct recall_in *in;
	struct share_centre *c;
	size_t n;
	enum err err = recall(call, true, &what, put_told, &c, &in, &n, e);
	return err ? err : put_flagged(call, c, in, what.action == ENTRY_DOWNGRADED ? 0 : n, e);
}
