/* The second pair of eyes. */
#include "node/pending.h"

#include "node/ops.h"
#include "node/people_int.h"
#include "node/put.h"

enum { WAITS_DAYS = 7, ARGS_MAX = 64 * KIB };

/* The account in whose name the home's own user acts, or that calls. */
static enum err
acting(struct op_call *call, struct account_row *ret, struct errinfo *e)
{
	const struct node_who *w = &call->c->who;
	struct errinfo why = {0};
	enum err err =
	    w->account ? account_get_no(call->n->store, w->account, call->a, ret, &why) : account_get(call->n->store, w->name, call->a, ret, &why);
	if (err && err != ERR_NOTFOUND) {
		if (e)
			*e = why;
		return err;
	}
	if (!err && !(ret->flags & ACCOUNT_DISABLED) && (role_scopes(ret->roles) & SCOPE_RELEASE))
		return OK;
	err_set(e, ERR_DENIED, "releases need two people here, and \"%.*s\" is no account that may release", STR_FMT(str_sub(w->name, 0, 40)));
	err_hint(e, "say as whom: --as ACCOUNT; comity account list shows who there is");
	return ERR_DENIED;
}

enum err
pending_waits(struct op_call *call, bool *ret, struct account_row *ret_who, struct errinfo *e)
{
	struct str setting;
	enum err err = op_setting(call, "four-eyes", STR("no"), &setting, e);
	if (err)
		return err;
	bool all = str_is(setting, "yes");
	*ret = all;
	if (!all && !call->c->who.account)
		return OK;
	if ((err = acting(call, ret_who, e)))
		return err;
	*ret = all || ret_who->flags & ACCOUNT_FOUR_EYES;
	return OK;
}

static int64_t
oldest(const struct op_call *call)
{
	return op_now(call) - WAITS_DAYS * TIME_DAY;
}

enum err
pending_keep(struct op_call *call, const struct account_row *who, const struct release_plan *p, struct errinfo *e)
{
	struct store *s = call->n->store;
	struct proposal_row row = {
	    .account = who->no, .who = who->name, .position = p->position, .created = op_now(call), .args = call->c->args, .plan = p->digest};
	char text[24];
	struct buf no = {.p = text, .cap = sizeof text, .max = sizeof text};
	enum err err;
	if (row.args.n > ARGS_MAX)
		return err_set(e, ERR_LIMIT, "too much at once for a release that is to be looked at by a second person");
	if ((err = proposal_sweep(s, oldest(call), e)) || (err = local_begin(s, e)))
		return err;
	if (!(err = proposal_put(s, &row, &row.no, e))) {
		buf_u64(&no, (uint64_t)row.no);
		err = op_audit(call, "release-propose", buf_str(&no), who->name, e);
	}
	if (err || (err = local_commit(s, e))) {
		local_rollback(s);
		return err;
	}
	json_put_member_int(call->out, STR("proposed"), row.no);
	put_time(call->out, "expires", row.created + WAITS_DAYS * TIME_DAY);
	return OK;
}

/* Of an account that may release, by a session: a token decides nothing. The home's own user says as whom when it approves. */
static bool
may_approve(const struct op_call *call, const struct proposal_row *p)
{
	const struct node_who *w = &call->c->who;
	if (p->created < oldest(call) || call->who)
		return false;
	if (!w->account)
		return !str_eq(w->name, p->who);
	return !w->token && w->scopes & SCOPE_RELEASE && w->account != p->account;
}

struct approvals {
	struct op_call *call;
	uint64_t n;
};

static enum err
count_one(void *ctx, const struct proposal_row *p, struct errinfo *e)
{
	struct approvals *a = ctx;
	(void)e;
	a->n += may_approve(a->call, p);
	return OK;
}

enum err
pending_count(struct op_call *call, uint64_t *ret, struct errinfo *e)
{
	struct approvals a = {.call = call};
	enum err err = proposal_each(call->n->store, count_one, &a, e);
	if (!err)
		*ret = a.n;
	return err;
}

static enum err
put_proposal(void *ctx, const struct proposal_row *p, struct errinfo *e)
{
	struct op_call *call = ctx;
	struct json_writer *w = call->out;
	const struct json *args, *ids;
	struct arena a = ARENA_INIT(4 * MIB);
	struct str to = STR_NONE;
	enum err err = p->created < oldest(call) ? OK : json_parse(&a, p->args, &args, e);
	if (!err && p->created >= oldest(call)) {
		json_open_object(w);
		json_put_member_int(w, STR("no"), p->no);
		json_put_member(w, STR("who"), p->who);
		json_put_member(w, STR("position"), p->position);
		put_time(w, "created", p->created);
		put_time(w, "expires", p->created + WAITS_DAYS * TIME_DAY);
		put_hash(w, "plan", &p->plan);
		json_get_str(args, STR("to"), &to);
		json_put_member(w, STR("to"), to);
		json_put_key(w, STR("ids"));
		ids = json_get_type(args, STR("ids"), JSON_ARRAY);
		if (ids)
			json_put_node(w, ids);
		else
			json_put_null(w);
		json_put_key(w, STR("args"));
		json_put_node(w, args);
		json_put_member_bool(w, STR("own"), call->c->who.account == p->account);
		json_close(w);
	}
	arena_done(&a);
	return err;
}

static enum err
put_approval(void *ctx, const struct proposal_row *p, struct errinfo *e)
{
	return may_approve(ctx, p) ? put_proposal(ctx, p, e) : OK;
}

enum err
pending_put(struct op_call *call, struct errinfo *e)
{
	json_put_key(call->out, STR("approvals"));
	json_open_array(call->out);
	enum err err = proposal_each(call->n->store, put_approval, call, e);
	if (!err)
		json_close(call->out);
	return err;
}

/* release-pending: what waits for a second person. Reply: {"items":[{"no","who","position","created","expires","plan": digest,"to","ids","args": of
 * release-plan, which shows it,"own": proposed by who asks}]} */
enum err
op_release_pending(struct op_call *call, struct errinfo *e)
{
	json_put_key(call->out, STR("items"));
	json_open_array(call->out);
	enum err err = proposal_each(call->n->store, put_proposal, call, e);
	if (!err)
		json_close(call->out);
	return err;
}

static enum err
find(struct op_call *call, struct proposal_row *ret, struct account_row *ret_me, struct errinfo *e)
{
	int64_t no = op_int(call, "no", 0);
	enum err err;
	if (call->c->who.token)
		return err_set(e, ERR_DENIED, "a token decides nothing for a second person: log in");
	if ((err = acting(call, ret_me, e)))
		return err;
	struct errinfo why = {0};
	err = proposal_get(call->n->store, no, call->a, ret, &why);
	if (!err && ret->created < oldest(call))
		err = ERR_NOTFOUND;
	if (err == ERR_NOTFOUND) {
		err_set(e, ERR_NOTFOUND, "no release %lld waits", (long long)no);
		err_hint(e, "comity release pending; after %d days a proposal is gone", WAITS_DAYS);
	} else if (err && e) {
		*e = why;
	}
	return err;
}

/* The proposer must still be one who may: by his roles, those that demand a device counting only with one, and as one who sees all. */
static enum err
check_proposer(struct op_call *call, const struct proposal_row *p, struct errinfo *e)
{
	struct account_row row;
	struct errinfo why = {0};
	unsigned demands = 0;
	enum err err = people_demands(call->n, &demands, &why);
	if (!err)
		err = account_get_no(call->n->store, p->account, call->a, &row, &why);
	if (!err && !(row.flags & ACCOUNT_DISABLED) && row.flags & ACCOUNT_ALL &&
	    role_scopes(row.totp.n ? row.roles : row.roles & ~demands) & SCOPE_RELEASE)
		return OK;
	if (err && err != ERR_NOTFOUND) {
		if (e)
			*e = why;
		return err;
	}
	return err_set(e, ERR_DENIED, "%.*s, who proposed it, may not release any more", STR_FMT(p->who));
}

/* release-approve: carries out what another proposed, if the plan is still the same and nothing of it was recalled since. no. Reply: as release. */
enum err
op_release_approve(struct op_call *call, struct errinfo *e)
{
	struct proposal_row p;
	struct account_row me;
	struct node_call as = *call->c;
	struct op_call sub = *call;
	char hex[2 * HASH_LEN];
	struct buf plan = {.p = hex, .cap = sizeof hex, .max = sizeof hex};
	enum err err = find(call, &p, &me, e);
	if (err)
		return err;
	if (me.no == p.account) {
		err_set(e, ERR_DENIED, "nobody approves what he proposed himself");
		err_hint(e, "another account that may release does; you may take it back: comity release reject %lld", (long long)p.no);
		return ERR_DENIED;
	}
	if ((err = check_proposer(call, &p, e)) || (err = json_parse(call->a, p.args, &sub.args, e)))
		return err;
	as.who.position = p.position;
	sub.c = &as;
	hash_put_hex(&plan, &p.plan);
	err = release_now(&sub, buf_str(&plan), p.who, p.created, e);
	call->done = sub.done;
	call->late = sub.late;
	return err ? err : proposal_remove(call->n->store, p.no, e);
}

/* release-reject: it is not to be; one's own is taken back so. no; reason. Reply: {"rejected"} */
enum err
op_release_reject(struct op_call *call, struct errinfo *e)
{
	struct proposal_row p;
	struct account_row me;
	struct str reason = STR_NONE;
	char text[24];
	struct buf no = {.p = text, .cap = sizeof text, .max = sizeof text};
	enum err err = find(call, &p, &me, e);
	if (err)
		return err;
	op_str(call, "reason", &reason);
	buf_u64(&no, (uint64_t)p.no);
	if ((err = local_begin(call->n->store, e)))
		return err;
	if ((err = proposal_remove(call->n->store, p.no, e)) ||
	    (err = op_audit(
		 call, me.no == p.account ? "release-withdraw" : "release-reject", buf_str(&no), str_sub(reason, 0, LIMIT_GOVERN_TEXT), e)) ||
	    (err = local_commit(call->n->store, e))) {
		local_rollback(call->n->store);
		return err;
	}
	json_put_member_int(call->out, STR("rejected"), p.no);
	return OK;
}
