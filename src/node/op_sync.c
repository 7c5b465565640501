/* Taking in what others released: from a peer, from a pouch. */
#include <stdio.h>
#include <string.h>

#include "node/keys.h"
#include "node/ops.h"
#include "node/put.h"
#include "share/fetch.h"
#include "share/owed.h"
#include "share/pouch.h"
#include "share/project.h"
#include "share/settle.h"
#include "share/write.h"

static bool
progress(void *ctx, const struct fetch_report *so_far, struct str origin)
{
	(void)origin;
	return op_progress(ctx, so_far->objects, 0, "objects", NULL) == OK;
}

static void
put_report(struct json_writer *w, const struct share_centre *c, const struct fetch_report *r, const struct owed_done *owed)
{
	json_open_object(w);
	put_centre(w, c);
	json_put_member_int(w, STR("charters"), r->charters);
	json_put_member_int(w, STR("logs"), r->logs);
	json_put_member_int(w, STR("entries"), (int64_t)r->entries);
	json_put_member_int(w, STR("objects"), (int64_t)r->objects);
	json_put_member_int(w, STR("countersignatures"), (int64_t)r->cosigs);
	json_put_member_int(w, STR("forks"), r->forks);
	json_put_member_int(w, STR("waiting"), r->waiting);
	json_put_member_int(w, STR("pending"), r->pending);
	json_put_member_int(w, STR("refused"), r->refused);
	json_put_member_int(w, STR("dropped"), r->dropped);
	if (r->refused)
		json_put_member(w, STR("why"), str_of(r->last.msg));
	json_put_member_bool(w, STR("behind"), r->own_behind);
	json_put_member_int(w, STR("receipts"), owed->receipts);
	json_put_member_int(w, STR("flags"), owed->flags);
	json_close(w);
}

/* Remembers when this member was last heard of: "contact.<centre>.<member>". */
static enum err
note_contact(struct op_call *call, const struct share_centre *c, int member, struct errinfo *e)
{
	char space[40], name[64];
	struct buf t = {.p = space, .cap = sizeof space, .max = sizeof space}, b = {.p = name, .cap = sizeof name, .max = sizeof name};
	time_put(&t, op_now(call));
	buf_printf(&b, "contact.%d.%s", c->no, c->policy->member[member]);
	return local_set(call->n->store, buf_str(&b), buf_str(&t), e);
}

/* *idle is cleared if it brought anything, or had anything to say. What was refused stands in quarantine, once. */
static enum err
fetch_centre(struct op_call *call, struct share_centre *c, const struct transport *from, int member, struct fetch_report *r, bool *idle,
    struct errinfo *e)
{
	char id[GOVERN_ID_MAX + 1] = "";
	const struct fetch_options o = {progress, call, member >= 0 ? id : NULL};
	struct node *n = call->n;
	struct owed_done owed = {0};
	if (member >= 0)
		snprintf(id, sizeof id, "%s", c->policy->member[member]);
	enum err err = share_fetch(n->share, c, from, &o, r, e), end;
	struct errinfo after;
	/* what came in before a failure stands, and is shown */
	if ((end = share_refresh(n->share, &after)) || (end = share_project(n->share, NULL, NULL, &after)) ||
	    (end = owed_do(n->share, &owed, &after)))
		op_late(call, &after);
	else if (owed.receipts || owed.flags)
		op_settle_writes(call);
	if (r->charters || r->entries || r->objects || r->cosigs || r->forks || owed.receipts || owed.flags)
		*idle = false;
	put_report(call->out, c, r, &owed);
	if (err)
		return err;
	if (r->now && r->own_heard && (err = share_heard_from(n->share, c, member, e)))
		return err;
	if (r->now && r->own_taken && (err = share_settled_with(n->share, c, member, e)))
		return err;
	return r->shown ? note_contact(call, c, member, e) : OK;
}

/* sync: fetch from the peer of the call. centre, absent: each of this home's; member: whose home the peer is, which it has to show unless it is
 * asked over TLS (share/whose.h): ERR_DENIED. Afterwards receipts and flags that this home owes are made. Reply:
 * {"from","items":[{"centre","centre_id","charters","logs","entries","objects","countersignatures","forks","waiting","pending","refused",
 * "dropped": older things of this peer that left quarantine for these,"why","behind": the peer knows what this home signed and has forgotten; nothing
 * is signed now,"receipts","flags"}]}. A centre that the peer does not share gives an item with nothing. */
enum err
op_sync(struct op_call *call, struct errinfo *e)
{
	struct share_centre *only;
	struct node *n = call->n;
	bool idle = true;
	enum err err = op_centre_any(call, &only, e);
	if (err)
		return err;
	if (!call->c->peer)
		return err_set(e, ERR_USAGE, "sync needs a peer to ask");
	json_put_member(call->out, STR("from"), str_of(call->c->peer->name));
	json_put_key(call->out, STR("items"));
	json_open_array(call->out);
	for (int i = 0; i < n->share->ncentres && !err; i++) {
		struct share_centre *c = &n->share->centre[i];
		struct fetch_report r = {0};
		struct str id;
		int member = -1;
		if (only && c != only)
			continue;
		if (op_str(call, "member", &id))
			member = label_policy_member(c->policy, id);
		err = fetch_centre(call, c, call->c->peer, member, &r, &idle, e);
		if (err == ERR_NOTFOUND && !only) /* the peer is not in this centre */
			err = OK;
	}
	json_close(call->out);
	if (err || (idle && call->c->peer->far)) /* a peer that says again and again that there is something fills no trail */
		return err;
	return op_audit(call, "sync", str_of(call->c->peer->name), STR_NONE, e);
}

/* pouch-pack: writes a pouch to the output of the call. to: members; since: leaves out what arrived here before that moment (the reader must have
 * it). Reply: {"centre","centre_id","to":[ids],"logs","entries","bytes"} */
static bool
packing(void *ctx, uint64_t bytes, struct str origin)
{
	(void)origin;
	return op_progress(ctx, bytes, 0, "bytes", NULL) == OK;
}

enum err
op_pouch_pack(struct op_call *call, struct errinfo *e)
{
	struct pouch_options o = {.progress = packing, .ctx = call};
	struct pouch_report r = {0};
	const struct json *to = json_get(call->args, STR("to"));
	struct share_centre *c;
	uint64_t members = 0;
	enum err err = op_centre(call, &c, e);
	if (err || (err = op_time(call, "since", TIME_MIN, &o.since, e)))
		return err;
	if (!call->c->out || !json_count(to))
		return err_set(e, ERR_USAGE, "to: the members that may open it");
	JSON_EACH(one, to)
	{
		int m = label_policy_member(c->policy, json_str(one));
		if (m < 0)
			m = label_policy_member_upper(c->policy, json_str(one));
		if (m < 0)
			return err_set(e, ERR_NOTFOUND, "to: \"%.*s\" is no member", STR_FMT(str_sub(json_str(one), 0, 40)));
		members |= UINT64_C(1) << m;
	}
	if ((err = pouch_pack(call->n->share, c, members, &o, *call->c->out, &r, e)))
		return err;
	put_centre(call->out, c);
	put_members(call->out, "to", c, members);
	json_put_member_int(call->out, STR("logs"), r.logs);
	json_put_member_int(call->out, STR("entries"), (int64_t)r.entries);
	json_put_member_int(call->out, STR("bytes"), (int64_t)r.bytes);
	struct buf b = BUF_INIT(KIB);
	label_circle_put(&b, c->policy, members);
	err = op_audit(call, "pouch", buf_str(&b), STR_NONE, e);
	buf_done(&b);
	return err;
}

/* The centre that a pouch says it is of: nothing signed says so yet, and nothing in it is taken for another. */
static enum err
centre_of(const struct op_call *call, const struct pouch *p, const struct share_centre *named, struct share_centre **ret, struct errinfo *e)
{
	struct hash id = pouch_centre(p);
	char hex[2 * HASH_LEN + 1] = "";
	struct buf b = {.p = hex, .cap = sizeof hex, .max = sizeof hex - 1};
	struct share_centre *c = share_centre_by_id(call->n->share, id.b);
	bool here = c && op_sees_centre(call, c);
	if (here && (!named || named == c)) {
		*ret = c;
		return OK;
	}
	hash_put_hex(&b, &id);
	err_set(e, ERR_NOTFOUND, "the pouch is of another centre, %.12s…%s: nothing was taken", hex, here ? "" : ", which this home is not in");
	err_hint(e, here ? "open it without --centre, or name that one" : "comity centres lists this home's; ask who packed it for whom it is");
	return ERR_NOTFOUND;
}

/* pouch-open: takes in the pouch that is the call's input. centre: it must be of that one (absent: of any of this home's); ERR_NOTFOUND if it is not.
 * Reply: {"items":[as of sync],"bytes"}; what was taken before a pouch turned out to be cut short stands, since it was verified by itself. */
enum err
op_pouch_open(struct op_call *call, struct errinfo *e)
{
	const struct seal_keys keys = {.ids = &call->n->keys->age, .n = 1};
	struct pouch *p = NULL;
	struct transport from;
	struct fetch_report r = {0};
	struct share_centre *named, *c;
	uint64_t bytes = 0;
	bool idle = true;
	enum err err = call->n->share->ncentres ? op_centre_any(call, &named, e) : op_centre(call, &named, e), end;
	if (err)
		return err;
	if (!call->c->in)
		return err_set(e, ERR_USAGE, "pouch-open needs the pouch");
	if ((err = pouch_open(&keys, *call->c->in, STR("pouch"), &p, &from, e)))
		return err;
	if ((err = centre_of(call, p, named, &c, e))) {
		pouch_free(p);
		return err;
	}
	json_put_key(call->out, STR("items"));
	json_open_array(call->out);
	err = fetch_centre(call, c, &from, -1, &r, &idle, e);
	json_close(call->out);
	end = pouch_finish(p, &bytes, err ? NULL : e);
	pouch_free(p);
	json_put_member_int(call->out, STR("bytes"), (int64_t)bytes);
	if (err || end)
		return err ? err : end;
	return op_audit(call, "open pouch", STR_NONE, STR_NONE, e);
}
