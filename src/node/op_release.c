/* Releasing: the plan, and doing just that. */
#include <string.h>

#include "govern/circle.h"
#include "label/mark.h"
#include "node/kinds.h"
#include "node/ops.h"
#include "node/pending.h"
#include "node/put.h"
#include "share/release.h"

static void
put_portions(struct json_writer *w, const struct release_item *item)
{
	json_put_key(w, STR("portions"));
	json_open_array(w);
	for (size_t i = 0; i < item->nportions; i++) {
		const struct release_portion *p = &item->portions[i];
		json_open_object(w);
		json_put_member(w, STR("kind"), stix_portion_name(p->kind));
		json_put_member_int(w, STR("index"), p->index);
		json_put_member_bool(w, STR("goes"), p->goes);
		if (p->paragraph)
			json_put_member_int(w, STR("paragraph"), p->paragraph);
		json_put_member(w, STR("mark"), p->mark);
		json_put_member(w, STR("text"), p->text);
		if (!p->goes)
			json_put_member(w, STR("why"), p->says);
		if (p->dangling)
			json_put_member_int(w, STR("dangling"), p->dangling);
		json_close(w);
	}
	json_close(w);
}

static void
put_strings(struct json_writer *w, const char *key, const struct str *s, size_t n)
{
	json_put_key(w, str_of(key));
	json_open_array(w);
	for (size_t i = 0; i < n; i++)
		json_put_string(w, s[i]);
	json_close(w);
}

static void
put_item(struct json_writer *w, const struct share_centre *c, const struct release_item *item)
{
	static const char *const how[] = {"refused", "raw", "tear-line", "redacted", "there"};
	json_open_object(w);
	put_id(w, "id", item->id);
	put_time(w, "modified", item->modified ? item->modified : TIME_NEVER);
	json_put_member(w, STR("how"), str_of(how[item->how]));
	if (item->how == RELEASE_REFUSED || item->how == RELEASE_THERE) {
		json_put_member(w, STR("why"), item->why);
		if (item->hint.n)
			json_put_member(w, STR("hint"), item->hint);
	}
	if (item->remark.n)
		json_put_member(w, STR("remark"), item->remark);
	if (item->as.type.n)
		put_id(w, "as", item->as);
	if (item->how != RELEASE_REFUSED) {
		json_put_member(w, STR("name"), item->name);
		if (item->how != RELEASE_THERE) {
			put_label(w, c, &item->label);
			json_put_member_int(w, STR("size"), (int64_t)item->bytes.n);
			json_put_key(w, STR("object"));
			json_put_raw(w, item->bytes);
		}
	}
	if (item->place.n)
		json_put_member(w, STR("place_withheld"), item->place);
	if (item->nportions)
		put_portions(w, item);
	json_put_key(w, STR("snags"));
	json_open_array(w);
	for (size_t i = 0; i < item->nsnags; i++) {
		json_open_object(w);
		put_id(w, "id", item->snags[i].id);
		json_put_member(w, STR("where"), item->snags[i].where);
		json_put_member(w, STR("says"), item->snags[i].says);
		json_close(w);
	}
	json_close(w);
	put_strings(w, "infers", item->infers, item->ninfers);
	json_close(w);
}

static void
put_plan(struct json_writer *w, const struct release_plan *p)
{
	put_centre(w, p->centre);
	put_circle(w, "to", p->centre, p->circle);
	json_put_member(w, STR("position"), p->position);
	put_hash(w, "plan", &p->digest);
	json_put_member_int(w, STR("going"), (int64_t)p->going);
	json_put_member_int(w, STR("refused"), (int64_t)p->refused);
	json_put_key(w, STR("readers"));
	json_open_array(w);
	for (size_t i = 0; i < p->nreaders; i++) {
		json_open_object(w);
		json_put_member(w, STR("id"), p->readers[i].id);
		json_put_member(w, STR("name"), p->readers[i].name);
		json_put_member_bool(w, STR("observer"), p->readers[i].observer);
		json_close(w);
	}
	json_close(w);
	json_put_key(w, STR("items"));
	json_open_array(w);
	for (size_t i = 0; i < p->nitems; i++)
		put_item(w, p->centre, &p->items[i]);
	json_close(w);
	put_strings(w, "infers", p->infers, p->ninfers);
}

static enum err
plan(struct op_call *call, struct release_plan **ret, struct errinfo *e)
{
	const struct json *ids = json_get(call->args, STR("ids"));
	struct release_options o = {.redact = op_bool(call, "redact")};
	struct label mark;
	struct str text;
	struct share_centre *c;
	uint64_t to;
	size_t n = 0;
	enum err err = op_centre(call, &c, e);
	if (err || (err = op_circle(call, "to", c, &to, e)) || (err = op_position(call, &o.position, e)))
		return err;
	if (op_str(call, "mark", &text)) {
		const struct mark_view v = {c->policy, c->me, circle_all(c->charter ? c->charter : chain_last(c->chain))};
		if ((err = mark_parse_portion(str_trim(text), &v, &mark, e))) {
			err_at(e, "mark");
			err_place(e, 0, 0, 0);
			return err;
		}
		o.mark = &mark;
	}
	if (!to || !json_count(ids))
		return err_set(e, ERR_USAGE, !to ? "to: the circle to release to" : "ids: what to release");
	struct release_want *want = arena_array(call->a, json_count(ids), sizeof *want);
	if (!want)
		return err_nomem(e);
	JSON_EACH(one, ids)
	{
		if ((err = op_id_text(call, json_str(one), &want[n].id, e)))
			return err;
		n++;
	}
	if (c->me >= 0)
		to |= UINT64_C(1) << c->me; /* whoever releases is in the circle */
	return release_plan(call->n->share, c, to, want, n, &o, ret, e);
}

/* A plan shows what it is about. */
static enum err
audit_looks(struct op_call *call, const struct release_plan *p, struct errinfo *e)
{
	struct buf b = BUF_INIT(STIX_ID_MAX);
	enum err err = local_begin(call->n->store, e);
	bool begun = !err;
	for (size_t i = 0; i < p->nitems && !err; i++) {
		buf_clear(&b);
		stix_id_put(&b, p->items[i].id);
		err = op_audit(call, "release-plan", buf_str(&b), STR_NONE, e);
	}
	if (!err)
		err = local_commit(call->n->store, e);
	else if (begun)
		local_rollback(call->n->store);
	buf_done(&b);
	return err;
}

/* release-plan: what a release would do; nothing is done. ids; to: the circle (this home's member need not be named); redact: references that the
 * circle cannot follow are left out, in a new object; mark: of what is here under several in one version, the one meant. Reply:
 * {"centre","centre_id","to","position","plan": digest,"going","refused":
 * counts,"readers":[{"id","name","observer"}],"items":[{"id","modified","how":"raw|tear-line|redacted|there|refused","why","hint","remark","as",
 * "name","banner","mark","label",
 * "size","object","portions":[{"kind","index","goes","paragraph","mark","text","why","dangling"}],"snags":[{"id","where","says"}],
 * "infers":["…"]}],"infers":["…"]}
 */
enum err
op_release_plan(struct op_call *call, struct errinfo *e)
{
	struct release_plan *p;
	enum err err = plan(call, &p, e);
	if (err)
		return err;
	put_plan(call->out, p);
	err = audit_looks(call, p, e);
	release_plan_free(p);
	return err;
}

static enum err
audit_items(struct op_call *call, const struct release_plan *p, struct str by, struct errinfo *e)
{
	struct buf b = BUF_INIT(STIX_ID_MAX), circle = BUF_INIT(KIB);
	enum err err = local_begin(call->n->store, e);
	bool begun = !err;
	label_circle_put(&circle, p->centre->policy, p->circle);
	if (by.n)
		buf_printf(&circle, ", proposed by %.*s", STR_FMT(by));
	for (size_t i = 0; i < p->nitems && !err; i++) {
		if (p->items[i].how == RELEASE_THERE || p->items[i].how == RELEASE_REFUSED)
			continue;
		buf_clear(&b);
		stix_id_put(&b, p->items[i].id);
		err = op_audit(call, "release", buf_str(&b), buf_str(&circle), e);
	}
	if (!err)
		err = local_commit(call->n->store, e);
	else if (begun)
		local_rollback(call->n->store);
	buf_done(&b);
	buf_done(&circle);
	return err;
}

struct recalls {
	int64_t since;
	bool any;
};

static enum err
see_recall(void *ctx, const struct view_event *v, struct errinfo *e)
{
	struct recalls *r = ctx;
	(void)e;
	r->any = r->any || v->at >= r->since;
	return OK;
}

/* A recall in one circle does not change the plan of a release to another; but who proposed it did not know of it. */
static enum err
check_recalls(struct op_call *call, const struct release_plan *p, int64_t since, struct errinfo *e)
{
	for (size_t i = 0; i < p->nitems; i++) {
		const struct stix_id *ids[] = {&p->items[i].id, &p->items[i].as};
		for (size_t k = 0; k < 2; k++) {
			const struct view_event_filter f = {.kind = VIEW_RECALL, .centre = p->centre->no, .author = -1, .id = ids[k]};
			struct recalls r = {since, false};
			enum err err = ids[k]->type.n ? view_event_each(call->n->store, &f, see_recall, &r, e) : OK;
			if (err)
				return err;
			if (r.any) {
				err_set(e, ERR_CONFLICT, "some of it was recalled after this was proposed; nothing was released");
				err_hint(e, "propose it again, if it is to go all the same");
				return ERR_CONFLICT;
			}
		}
	}
	return OK;
}

enum err
release_now(struct op_call *call, struct str want, struct str by, int64_t since, struct errinfo *e)
{
	struct json_writer *w = call->out;
	struct release_plan *p;
	struct release_done done = {0};
	char hex[2 * HASH_LEN];
	struct buf b = {.p = hex, .cap = sizeof hex, .max = sizeof hex};
	enum err err = plan(call, &p, e);
	if (err)
		return err;
	hash_put_hex(&b, &p->digest);
	if (want.n && !str_eq(want, buf_str(&b))) {
		err_set(e, ERR_CONFLICT, "things have changed since this plan was made; nothing was released");
		err_hint(e, "look at the new plan");
		err = ERR_CONFLICT;
	}
	if (!err && by.n)
		err = check_recalls(call, p, since, e);
	if (!err && !(err = kinds_release(call, p, e)) && !(err = release_do(call->n->share, p, &done, e))) {
		put_plan(w, p);
		json_put_key(w, STR("done"));
		json_open_object(w);
		json_put_member_int(w, STR("entries"), done.entries);
		json_put_member_int(w, STR("objects"), done.objects);
		json_put_member_int(w, STR("first_serial"), (int64_t)done.first_serial);
		json_put_member_int(w, STR("last_serial"), (int64_t)done.last_serial);
		if (done.entries)
			put_hash(w, "leaf", &done.first_leaf);
		json_close(w);
		op_done(call);
		err = audit_items(call, p, by, e);
	}
	release_plan_free(p);
	return err;
}

static enum err
propose(struct op_call *call, const struct account_row *who, struct str want, struct errinfo *e)
{
	struct release_plan *p;
	char hex[2 * HASH_LEN];
	struct buf b = {.p = hex, .cap = sizeof hex, .max = sizeof hex};
	enum err err = plan(call, &p, e);
	if (err)
		return err;
	hash_put_hex(&b, &p->digest);
	if (want.n && !str_eq(want, buf_str(&b)))
		err = err_set(e, ERR_CONFLICT, "things have changed since this plan was made; nothing was proposed");
	else if (p->refused || !p->going)
		err = err_set(e, ERR_DENIED, p->refused ? "some of it may not go, so nothing was proposed: see its plan" : "nothing of it is to go");
	if (!err) {
		put_plan(call->out, p);
		err = pending_keep(call, who, p, e);
	}
	release_plan_free(p);
	return err;
}

/* release: does it, all or nothing. As release-plan; plan: the digest that a person has seen, so that nothing else is done. Reply: as release-plan,
 * and {"done":{"entries","objects","first_serial","last_serial","leaf"}}; where releases wait for a second person (pending.h), {"proposed": its
 * number,"expires"} instead. */
enum err
op_release(struct op_call *call, struct errinfo *e)
{
	struct account_row who;
	struct str want = STR_NONE;
	bool waits;
	enum err err = pending_waits(call, &waits, &who, e);
	if (err)
		return err;
	op_str(call, "plan", &want);
	return waits ? propose(call, &who, want, e) : release_now(call, want, STR_NONE, 0, e);
}
