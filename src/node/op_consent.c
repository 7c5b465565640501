/* Asking for consent, and giving it. */
#include <string.h>

#include "node/ops.h"
#include "node/put.h"
#include "share/consent.h"

static void
put_appended(struct op_call *call, const struct share_centre *c, const struct share_appended *done)
{
	put_centre(call->out, c);
	put_hash(call->out, "leaf", &done->leaf);
	op_done(call);
}

/* request: asks the originator of an object. id; from: the originator, where several members released it; to: the circle that the product is meant
 * for; reason; modified: of that version alone. Reply: {"centre","centre_id","leaf": names the request} */
enum err
op_request(struct op_call *call, struct errinfo *e)
{
	struct consent_ask ask = {0};
	struct share_appended done;
	struct share_centre *c;
	enum err err = op_centre(call, &c, e);
	if (err || (err = op_id(call, "id", &ask.id, e)) || (err = op_circle(call, "to", c, &ask.to, e)) ||
	    (err = op_member(call, "from", c, &ask.originator, e)) || (err = op_time(call, "modified", 0, &ask.modified, e)) ||
	    (err = op_position(call, &ask.position, e)))
		return err;
	op_str(call, "reason", &ask.reason);
	if (!ask.to)
		return err_set(e, ERR_USAGE, "to: the circle that it should go to");
	if (c->me >= 0)
		ask.to |= UINT64_C(1) << c->me;
	if ((err = consent_request(call->n->share, c, &ask, &done, e)))
		return err;
	put_appended(call, c, &done);
	return op_audit(call, "request", op_id_whole(call, ask.id), ask.reason, e);
}

struct finding {
	struct str prefix; /* of the leaf in hex */
	struct consent_answer *x;
	int found;
};

static enum err
match(void *ctx, const struct consent_item *item, struct errinfo *e)
{
	struct finding *f = ctx;
	char hex[2 * HASH_LEN];
	struct buf b = {.p = hex, .cap = sizeof hex, .max = sizeof hex};
	(void)e;
	hash_put_hex(&b, &item->leaf);
	if (!item->ours && str_starts(buf_str(&b), f->prefix)) {
		f->x->request = item->leaf;
		f->found++;
	}
	return OK;
}

/* consent: answers a request. request: its leaf, or the first digits of it (8 at least); or, unasked, id, to, member (who may use it), modified.
 * granted: absent or false is a refusal; reason. Reply: {"centre","centre_id","leaf"} */
enum err
op_consent(struct op_call *call, struct errinfo *e)
{
	struct consent_answer x = {.granted = op_bool(call, "granted")};
	struct share_appended done;
	struct share_centre *c;
	struct str request;
	enum err err = op_centre(call, &c, e);
	if (err || (err = op_position(call, &x.position, e)))
		return err;
	op_str(call, "reason", &x.reason);
	if (op_str(call, "request", &request)) {
		struct finding f = {request, &x, 0};
		if (request.n < 8) {
			err_set(e, ERR_USAGE, "request: at least its first 8 digits");
			err_hint(e, "comity requests shows them");
			return ERR_USAGE;
		}
		if ((err = consent_each(call->n->share, c, match, &f, e)))
			return err;
		if (f.found != 1)
			return err_set(e, ERR_NOTFOUND, f.found ? "request: several begin so" : "request: none to this home begins so");
	} else {
		if ((err = op_id(call, "id", &x.id, e)) || (err = op_circle(call, "to", c, &x.to, e)) ||
		    (err = op_member(call, "member", c, &x.asker, e)) || (err = op_time(call, "modified", 0, &x.modified, e)))
			return err;
		if (!x.to || x.asker < 0)
			return err_set(e, ERR_USAGE, "a consent that nobody asked for needs id, to and member");
	}
	if ((err = consent_give(call->n->share, c, &x, &done, e)))
		return err;
	put_appended(call, c, &done);
	if (!op_str(call, "request", &request))
		request = op_id_whole(call, x.id);
	return op_audit(call, x.granted ? "consent" : "refuse", request, x.reason, e);
}

struct listing {
	struct op_call *call;
	bool all;
};

static enum err
put_item(void *ctx, const struct consent_item *x, struct errinfo *e)
{
	static const char *const state[] = {"waiting", "granted", "refused"};
	struct listing *l = ctx;
	struct json_writer *w = l->call->out;
	static const struct hash none;
	(void)e;
	if (!l->all && x->state != CONSENT_WAITING)
		return OK;
	json_open_object(w);
	put_centre(w, x->centre);
	if (!hash_eq(&x->leaf, &none))
		put_hash(w, "leaf", &x->leaf);
	put_member(w, "asker", x->centre, x->asker);
	put_member(w, "originator", x->centre, x->originator);
	json_put_member_bool(w, STR("ours"), x->ours);
	put_id(w, "id", x->id);
	put_time(w, "modified", x->modified ? x->modified : TIME_NEVER);
	put_circle(w, "to", x->centre, x->to);
	json_put_member(w, STR("reason"), x->reason);
	put_time(w, "arrived", x->at);
	json_put_member_bool(w, STR("known"), x->known);
	json_put_member(w, STR("state"), str_of(state[x->state]));
	if (x->state != CONSENT_WAITING) {
		json_put_member(w, STR("answer"), x->answer);
		put_time(w, "answered", x->answered_at);
	}
	json_close(w);
	return OK;
}

/* requests: those that wait for an answer; all: also those answered. centre, absent: all centres. Reply:
 * {"items":[{"centre","centre_id","leaf","asker","originator","ours","id","modified","to","reason","arrived","known","state":"waiting|granted|
 * refused","answer","answered"}]} */
enum err
op_requests(struct op_call *call, struct errinfo *e)
{
	struct listing l = {call, op_bool(call, "all")};
	struct share_centre *c;
	enum err err = op_centre_any(call, &c, e);
	if (err)
		return err;
	json_put_key(call->out, STR("items"));
	json_open_array(call->out);
	if ((err = consent_each(call->n->share, c, put_item, &l, e)))
		return err;
	json_close(call->out);
	return OK;
}
