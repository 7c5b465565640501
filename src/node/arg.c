/* arg: the arguments of an operation, as people give them. */
#include <string.h>

#include "base/leak.h"
#include "govern/circle.h"
#include "node/op.h"
#include "node/place.h"
#include "node/reserve.h"
#include "people/role.h"
#include "share/project.h"
#include "share/write.h"

#define EXERCISE "EXERCISE "

bool
op_str(const struct op_call *call, const char *name, struct str *ret)
{
	return json_get_str(call->args, str_of(name), ret) && ret->n;
}

int64_t
op_int(const struct op_call *call, const char *name, int64_t dflt)
{
	int64_t v;
	return json_i64(json_get(call->args, str_of(name)), &v) ? v : dflt;
}

bool
op_bool(const struct op_call *call, const char *name)
{
	const struct json *j = json_get(call->args, str_of(name));
	return json_is(j, JSON_BOOL) && j->n;
}

bool
op_has(const struct op_call *call, const char *name)
{
	return json_get(call->args, str_of(name)) != NULL;
}

int64_t
op_now(const struct op_call *call)
{
	return call->n->env->now(call->n->env->ctx);
}

bool
op_sees_centre(const struct op_call *call, const struct share_centre *c)
{
	bool officer = call->c->who.account && call->c->who.scopes & (SCOPE_GOVERN | SCOPE_ADMIN);
	if (!call->who || officer || LEAK(CENTRES_ALL))
		return true;
	for (size_t i = 0; i < call->who->n; i++)
		if (memcmp(call->who->clearances[i].policy, c->policy->id, POLICY_ID) == 0)
			return true;
	return false;
}

enum err
op_centre(const struct op_call *call, struct share_centre **ret, struct errinfo *e)
{
	struct str name = STR_NONE;
	struct errinfo why = {0};
	uint32_t among = 0;
	for (int i = 0; i < call->n->share->ncentres; i++)
		among |= (uint32_t)op_sees_centre(call, &call->n->share->centre[i]) << i;
	op_str(call, "centre", &name);
	enum err err = share_centre_named(call->n->share, among, name, ret, &why);
	if (err == ERR_NOTFOUND && name.n && call->n->exercise) { /* the word in front need not be typed */
		struct buf b = BUF_INIT(LIMIT_GOVERN_NAME + 16);
		buf_puts(&b, EXERCISE);
		buf_put(&b, name);
		if (share_centre_named(call->n->share, among, buf_str(&b), ret, NULL) == OK)
			err = OK;
		buf_done(&b);
	}
	if (err && e)
		*e = why;
	return err;
}

enum err
op_centre_any(const struct op_call *call, struct share_centre **ret, struct errinfo *e)
{
	*ret = NULL;
	return op_has(call, "centre") ? op_centre(call, ret, e) : OK;
}

enum err
op_circle(const struct op_call *call, const char *name, const struct share_centre *c, uint64_t *ret, struct errinfo *e)
{
	struct str text;
	*ret = 0;
	if (!op_str(call, name, &text))
		return OK;
	return circle_parse_human(c->charter ? c->charter : chain_last(c->chain), text, ret, e);
}

enum err
op_member(const struct op_call *call, const char *name, const struct share_centre *c, int *ret, struct errinfo *e)
{
	struct str text;
	*ret = -1;
	if (!op_str(call, name, &text))
		return OK;
	int m = label_policy_member(c->policy, text);
	if (m < 0)
		m = label_policy_member_upper(c->policy, text);
	if (m < 0)
		err_set(e, ERR_NOTFOUND, "%s: \"%.*s\" is no member of this centre", name, STR_FMT(str_sub(text, 0, 40)));
	if (m < 0) {
		err_hint(e, "comity members lists them");
		return ERR_NOTFOUND;
	}
	*ret = m;
	return OK;
}

enum err
op_time(const struct op_call *call, const char *name, int64_t dflt, int64_t *ret, struct errinfo *e)
{
	struct str text;
	if (!op_str(call, name, &text)) {
		*ret = dflt;
		return OK;
	}
	if (time_parse_human(text, ret))
		return OK;
	err_set(e, ERR_USAGE, "%s: \"%.*s\" is no moment", name, STR_FMT(str_sub(text, 0, 40)));
	err_hint(e, "2015-10-01 or 2015-10-01T06:30:00Z");
	return ERR_USAGE;
}

enum err
op_limit(const struct op_call *call, uint32_t dflt, uint32_t *ret, struct errinfo *e)
{
	int64_t v = op_int(call, "limit", dflt);
	if (v < 1 || v > LIMIT_PAGE)
		return err_set(e, ERR_USAGE, "--limit: 1 to %d", LIMIT_PAGE);
	*ret = (uint32_t)v;
	return OK;
}

bool
op_sees(const struct op_call *call, const struct label *l)
{
	bool sees = !call->who;
	for (size_t i = 0; !sees && i < call->who->n; i++)
		sees = label_may_read(l, &call->who->clearances[i], TIME_MIN) == LABEL_MAY;
	return sees;
}

enum err
op_setting(struct op_call *call, const char *name, struct str dflt, struct str *ret, struct errinfo *e)
{
	struct buf b = BUF_INIT(64 * KIB);
	enum err err = local_get(call->n->store, str_of(name), &b, e);
	if (err == ERR_NOTFOUND) {
		*ret = dflt;
		err = OK;
	} else if (!err && !arena_dup(call->a, buf_str(&b), ret)) {
		err = err_nomem(e);
	}
	buf_done(&b);
	return err;
}

enum err
op_position(struct op_call *call, struct str *ret, struct errinfo *e)
{
	if (call->c->who.position.n) {
		*ret = call->c->who.position;
		return OK;
	}
	return op_setting(call, "position", STR("REP"), ret, e);
}

enum err
op_progress(struct op_call *call, uint64_t done, uint64_t all, const char *what, struct errinfo *e)
{
	const struct node_progress p = {done, all, what};
	if (!call->c->progress || call->c->progress(call->c->ctx, &p))
		return OK;
	return err_set(e, ERR_STOPPED, "stopped on request; what was done so far stays");
}

enum err
op_audit(struct op_call *call, const char *what, struct str target, struct str detail, struct errinfo *e)
{
	const struct node_who *w = &call->c->who;
	struct local_audit a = {
	    .at = op_now(call), .who = w->name.n ? w->name : w->position, .what = str_of(what), .target = target, .detail = detail};
	return local_audit_put(call->n->store, &a, e);
}

enum err
op_catch_up(struct op_call *call, struct errinfo *e)
{
	enum err err = share_sign_all(call->n->share, e);
	if (!err)
		err = share_project(call->n->share, NULL, NULL, e);
	if (!err)
		err = view_purge(call->n->store, e);
	return err ? err : place_note(call->n, e);
}

void
op_late(struct op_call *call, const struct errinfo *why)
{
	if (!call->late.code)
		call->late = *why;
}

void
op_settle_writes(struct op_call *call)
{
	struct errinfo why = {0};
	enum err err = op_catch_up(call, &why);
	if (err == ERR_FULL && call->urgent && reserve_give(call->n->env)) {
		call->n->no_reserve = true;
		err = op_catch_up(call, &why);
	}
	if (err)
		op_late(call, &why);
}

void
op_done(struct op_call *call)
{
	op_settle_writes(call);
	call->done = true;
}
