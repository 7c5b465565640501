/* Going on after a restore where not all can be had back: without a member that cannot be asked, or with a new log key. */
#include <string.h>

#include "node/key_card.h"
#include "node/keys.h"
#include "node/ops.h"
#include "node/put.h"
#include "share/settle.h"

/* settle: after a restore, goes on without a member that cannot be asked any more. centre; without: its id; reason, for the audit trail. A log of
 * which a larger note of ours is known stays closed. Reply: {"centre","centre_id","waiting":[ids still to be asked]} */
enum err
op_settle(struct op_call *call, struct errinfo *e)
{
	struct share_centre *c;
	struct str reason;
	int without;
	uint64_t left;
	enum err err = op_centre(call, &c, e);
	if (err || (err = op_member(call, "without", c, &without, e)))
		return err;
	if ((err = share_unsettled(call->n->share, c, label_policy_members(c->policy), &left, e)))
		return err;
	if (!left)
		return err_set(e, ERR_USAGE, "there is nothing to settle: nobody is left to be asked");
	if (without < 0 || !op_str(call, "reason", &reason)) {
		err_set(e, ERR_USAGE, "settle needs without (a member) and reason");
		err_hint(e, "first sync with all that can be reached; for the rest: comity settle --new-epoch (comity help settle)");
		return ERR_USAGE;
	}
	if ((err = op_audit(call, "settle", str_of(c->policy->member[without]), reason, e)) ||
	    (err = share_settled_with(call->n->share, c, without, e)) ||
	    (err = share_unsettled(call->n->share, c, label_policy_members(c->policy), &left, e)))
		return err;
	put_centre(call->out, c);
	put_members(call->out, "waiting", c, left);
	return OK;
}

/* A new epoch.
 *
 * The card that states the new key must not meet another of ours with its counter or its epoch, nor one whose counter is lower and its epoch higher,
 * which this home may have made and forgotten: that would be a conflict that only a charter ends. So both go on from the highest that is known by one
 * drawn step, which is more than anybody forgets at once, and falls twice on the same in one of a thousand cases; and counters, which cards without a
 * new key use too, by so much more that these do not turn the order. */

enum { STEP_LEAST = 16, STEPS = 1024, COUNTER_STEP = 64 };

struct steps {
	uint32_t epoch, counter;
};

static struct steps
draw(struct op_call *call)
{
	uint8_t r[2];
	call->n->env->random(call->n->env->ctx, RND_KEYS, call->n->member, (uint64_t)op_now(call), r, sizeof r);
	uint32_t step = STEP_LEAST + (uint32_t)(r[0] << 8 | r[1]) % STEPS;
	return (struct steps){step, step * COUNTER_STEP};
}

struct planning {
	struct op_call *call;
	struct share_centre *c;
	bool any; /* something keeps this home from signing somewhere */
};

static enum err
plan_log(void *ctx, const struct record_log *log, struct errinfo *e)
{
	struct planning *p = ctx;
	struct json_writer *w = p->call->out;
	uint64_t beyond;
	if (log->author != p->c->me || log->state == RECORD_LOG_ENDED || !(log->circle & (log->circle - 1)))
		return OK;
	enum err err = share_known_beyond(p->call->n->share, log, &beyond, e);
	if (err || !beyond)
		return err;
	p->any = true;
	json_open_object(w);
	put_circle(w, "circle", p->c, log->circle);
	json_put_member_int(w, STR("epoch"), log->epoch);
	json_put_member_int(w, STR("signed"), (int64_t)beyond);
	json_put_member_int(w, STR("entries"), (int64_t)log->edge.size);
	json_close(w);
	return OK;
}

static enum err
plan_centre(struct planning *p, struct errinfo *e)
{
	struct json_writer *w = p->call->out;
	struct share *s = p->call->n->share;
	uint64_t present, heard, left;
	enum err err = share_heard(s, p->c, &present, &heard, e);
	if (err || (err = share_unsettled(s, p->c, label_policy_members(p->c->policy), &left, e)))
		return err;
	if (left && !heard) {
		err_set(e, ERR_DENIED, "no other member of %.*s was asked yet: its cards and our notes that it knows come first",
		    STR_FMT(chain_last(p->c->chain)->name));
		err_hint(e, "sync with one at least, better with all that can be reached: comity sync");
		return ERR_DENIED;
	}
	p->any |= left != 0;
	json_open_object(w);
	put_centre(w, p->c);
	put_members(w, "asked", p->c, heard);
	put_members(w, "unasked", p->c, left ? present & ~heard : 0);
	json_put_key(w, STR("lost"));
	json_open_array(w);
	err = record_log_each(s->store, p->c->no, plan_log, p, e);
	json_close(w);
	json_close(w);
	return err;
}

static enum err
plan(struct op_call *call, struct errinfo *e)
{
	struct share *s = call->n->share;
	struct planning p = {.call = call};
	enum err err = OK;
	json_put_key(call->out, STR("items"));
	json_open_array(call->out);
	for (int i = 0; i < s->ncentres && !err; i++) {
		struct roster_member m;
		p.c = &s->centre[i];
		if (p.c->me < 0 || !p.c->charter || (err = roster_at(p.c->roster, op_now(call), p.c->me, &m, e)))
			continue;
		struct sign_public mine = sign_key_public(&call->n->keys->log);
		p.any |= memcmp(mine.b, m.keys.log, sizeof mine.b) != 0;
		err = plan_centre(&p, e);
	}
	json_close(call->out);
	if (!err && !p.any) {
		err = err_set(e, ERR_USAGE, "there is nothing to settle: every log can be gone on with");
		err_hint(e, "a new log key for another reason: comity key --rotate");
	}
	return err;
}

/* Cards for all centres, with the next key of the home. */
static enum err
make_cards(struct op_call *call, const struct sign_key *next, struct steps step, struct buf *lines, struct errinfo *e)
{
	struct share *s = call->n->share;
	enum err err = OK;
	json_put_key(call->out, STR("cards"));
	json_open_array(call->out);
	for (int i = 0; i < s->ncentres && !err; i++) {
		struct share_centre *c = &s->centre[i];
		uint32_t counter, epoch;
		if (c->me < 0 || !c->charter || (err = key_card_known(call, c, &counter, &epoch, e)))
			continue;
		if (counter > UINT32_MAX - step.counter || epoch > UINT32_MAX - step.epoch)
			err = err_set(e, ERR_LIMIT, "the cards of this home are counted up to the end");
		else
			err = key_card_put(call, c, counter + step.counter, epoch + step.epoch, next, lines, e);
	}
	json_close(call->out);
	return err;
}

static enum err
last_epoch(struct op_call *call, uint32_t *ret, struct errinfo *e)
{
	struct share *s = call->n->share;
	enum err err = OK;
	*ret = 0;
	for (int i = 0; i < s->ncentres && !err; i++) {
		uint32_t counter, epoch = 0;
		if (s->centre[i].me >= 0 && s->centre[i].charter)
			err = key_card_known(call, &s->centre[i], &counter, &epoch, e);
		if (epoch > *ret)
			*ret = epoch;
	}
	return err;
}

static enum err
begin(struct op_call *call, struct errinfo *e)
{
	struct node *n = call->n;
	struct steps step = draw(call);
	struct buf lines = BUF_INIT(LIMIT_CARD * LIMIT_CENTRES);
	struct sign_key next;
	struct sign_public pub;
	struct str all;
	uint32_t epoch, fresh;
	enum err err = last_epoch(call, &epoch, e);
	if (err || (err = keys_next_make(n->env, n->member, epoch + step.epoch, &next, e)))
		return err;
	pub = sign_key_public(&next);
	/* The key is noted as one that needs no settling before any card states it: until then the home does not sign with it. */
	if (!(err = make_cards(call, &next, step, &lines, e)) && !(err = buf_take(&lines, &all, e)) && !(err = share_fresh_key(n->share, &pub, e)) &&
	    !(err = share_take_charters(n->share, all, false, &fresh, NULL, e)))
		err = keys_next_place(n->env, n->keys, epoch, &next, e);
	sign_key_done(&next);
	buf_done(&lines);
	return err ? err : op_audit(call, "new epoch", n->member, STR("after a restore"), e);
}

/* new-epoch: after a restore, goes on with a new log key in all centres, so that no fork can come of what this home has forgotten. At least one
 * member of each centre must have been asked since. do: else the plan alone. Reply: {"items":[{"centre","centre_id","asked":[ids],"unasked":[ids],
 * "lost":[{"circle","epoch","signed","entries": held}: logs of which nobody asked has all]}],"cards":[as of key, if done],"done"} */
enum err
op_new_epoch(struct op_call *call, struct errinfo *e)
{
	bool really = op_bool(call, "do");
	enum err err = really ? key_card_need_root(call, e) : OK;
	if (err || (err = plan(call, e)) || (really && (err = begin(call, e))))
		return err;
	json_put_member_bool(call->out, STR("done"), really);
	return OK;
}
