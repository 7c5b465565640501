/* The lead: a function of charters and date. */
#include "govern/duty.h"
#include "govern/rota.h"
#include "node/ops.h"
#include "node/put.h"

enum { DUE_SHOWN = 32 };

static void
put_turn(struct json_writer *w, const struct share_centre *c, const struct turn *t)
{
	put_member(w, "lead", c, t->lead);
	put_member(w, "stated", c, t->stated);
	put_time(w, "start", t->start);
	put_time(w, "end", t->end);
	json_put_member_int(w, STR("term"), t->term + INT64_C(1));
}

/* lead: who leads. centre; at: a moment, absent: now. Reply: {"centre","centre_id","at","lead": id or null,"name","stated" (whose term it is by the
 * rota, when another stands in),"start","end","term" (from 1),"days_left","you": whether it is this home's member,"next": id or
 * null,"duties":[{"text","due"}] by date} */
enum err
op_lead(struct op_call *call, struct errinfo *e)
{
	struct json_writer *w = call->out;
	struct share_centre *c;
	struct turn t[2];
	int64_t at;
	enum err err = op_centre(call, &c, e);
	if (err || (err = op_time(call, "at", op_now(call), &at, e)))
		return err;
	put_centre(w, c);
	put_time(w, "at", at);
	if (!rota_at(c->chain, at, &t[0])) {
		json_put_key(w, STR("lead"));
		json_put_null(w);
		put_time(w, "end", t[0].end);
		return OK;
	}
	put_turn(w, c, &t[0]);
	const struct charter *charter = chain_in_force(c->chain, at);
	json_put_member(w, STR("name"), charter->members[t[0].lead].name);
	json_put_member_bool(w, STR("you"), t[0].lead == c->me);
	if (t[0].end != TIME_NEVER)
		json_put_member_int(w, STR("days_left"), (t[0].end - at) / TIME_DAY);
	put_member(w, "next", c, rota_ahead(c->chain, at, t, 2) == 2 ? t[1].lead : -1);
	json_put_key(w, STR("duties"));
	json_open_array(w);
	int64_t after = at;
	/* by date: each round takes those that fall on the next date of all */
	for (int shown = 0; shown < DUE_SHOWN;) {
		int64_t next = TIME_NEVER;
		for (size_t i = 0; i < charter->nduty; i++) {
			int64_t due = duty_next(&charter->duties[i], &t[0], after);
			if (due < next)
				next = due;
		}
		if (next == TIME_NEVER)
			break;
		for (size_t i = 0; i < charter->nduty; i++) {
			if (duty_next(&charter->duties[i], &t[0], after) != next)
				continue;
			json_open_object(w);
			json_put_member(w, STR("text"), charter->duties[i].text);
			put_time(w, "due", next);
			json_close(w);
			shown++;
		}
		after = next;
	}
	json_close(w);
	return OK;
}

/* rota: who leads when. centre; at: from when, absent: now; count: how many turns, absent: 8. Reply:
 * {"centre","centre_id","items":[{"lead","stated","start","end","term"}]} */
enum err
op_rota(struct op_call *call, struct errinfo *e)
{
	struct json_writer *w = call->out;
	struct share_centre *c;
	int64_t at, count = op_int(call, "count", 8);
	enum err err = op_centre(call, &c, e);
	if (err || (err = op_time(call, "at", op_now(call), &at, e)))
		return err;
	if (count < 1 || count > LIMIT_PAGE)
		return err_set(e, ERR_USAGE, "count: 1 to %d", LIMIT_PAGE);
	struct turn *t = arena_array(call->a, (size_t)count, sizeof *t);
	if (!t)
		return err_nomem(e);
	size_t n = rota_ahead(c->chain, at, t, (size_t)count);
	put_centre(w, c);
	json_put_key(w, STR("items"));
	json_open_array(w);
	for (size_t i = 0; i < n; i++) {
		json_open_object(w);
		put_turn(w, c, &t[i]);
		json_close(w);
	}
	json_close(w);
	return OK;
}
