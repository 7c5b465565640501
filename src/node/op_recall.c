/* Recalling what was released. */
#include <string.h>

#include "node/ops.h"
#include "node/put.h"
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

/* recall: in every circle it went to. id: a private original, or one released object; modified: that version alone; action: recalled (absent),
 * corrected, downgraded; reason; replacement: id. Reply: {"centre","centre_id","items":[{"circle","leaf","targets":[{"id","modified"}],"replacement":
 * id or absent}]} */
enum err
op_recall(struct op_call *call, struct errinfo *e)
{
	struct json_writer *w = call->out;
	struct recall_what what = {.action = ENTRY_RECALLED};
	const struct recall_in *in;
	struct share_centre *c;
	struct str s;
	int64_t modified;
	size_t n;
	enum err err = op_centre(call, &c, e);
	if (err || (err = op_id(call, "id", &what.id, e)) || (err = op_time(call, "modified", 0, &modified, e)) ||
	    (err = op_position(call, &what.position, e)))
		return err;
	what.modified = modified;
	if (op_str(call, "action", &s) && !read_action(s, &what.action))
		return err_set(e, ERR_USAGE, "action: recalled, corrected or downgraded");
	if (!op_str(call, "reason", &what.reason))
		return err_set(e, ERR_USAGE, "reason: those who have it must be told why");
	if (op_has(call, "replacement") && (err = op_id(call, "replacement", &what.replacement, e)))
		return err;
	if ((err = recall_do(call->n->share, c, &what, call->a, &in, &n, e)))
		return err;
	op_done(call);
	put_centre(w, c);
	json_put_key(w, STR("items"));
	json_open_array(w);
	for (size_t i = 0; i < n; i++) {
		json_open_object(w);
		put_circle(w, "circle", c, in[i].circle);
		put_hash(w, "leaf", &in[i].leaf);
		json_put_key(w, STR("targets"));
		json_open_array(w);
		for (size_t k = 0; k < in[i].ntargets; k++) {
			json_open_object(w);
			put_id(w, "id", in[i].targets[k].id);
			put_time(w, "modified", in[i].targets[k].modified ? in[i].targets[k].modified : TIME_NEVER);
			json_close(w);
		}
		json_close(w);
		if (in[i].replacement.type.n)
			put_id(w, "replacement", in[i].replacement);
		json_close(w);
	}
	json_close(w);
	op_str(call, "id", &s);
	return op_audit(call, entry_action_name(what.action), s, what.reason, e);
}
