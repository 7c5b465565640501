/* Adding: the one way for information into a home's own logs. */
#include <string.h>

#include "node/add.h"
#include "node/collect.h"
#include "node/ops.h"
#include "node/put.h"

enum { HEAD = 64 * KIB };

enum err
add_space(struct add *a, struct errinfo *e)
{
	const struct env *env = a->call->n->env;
	if (env->space(env->ctx) >= LIMIT_SPACE)
		return OK;
	err_set(e, ERR_FULL, "less than %d MiB are left on the disk: nothing more is added", LIMIT_SPACE / MIB);
	err_hint(e, "make room, then run the same again; recalls are taken all the same");
	return ERR_FULL;
}

enum err
add_beyond(struct errinfo *e)
{
	err_set(e, ERR_DENIED, "its label is beyond what you are cleared for");
	err_hint(e, "mark it as you may read it yourself; without a mark it would be for the highest level");
	return ERR_DENIED;
}

/* Which it says it is, if that can be an id. */
static void
put_named(struct json_writer *w, const struct json *tree)
{
	struct str id = json_str(json_get(tree, STR("id"))), modified = json_str(json_get(tree, STR("modified")));
	struct stix_id parsed;
	int64_t t;
	if (!stix_id_parse(id, &parsed))
		return;
	json_put_member(w, STR("id"), id);
	if (time_parse(modified, &t))
		json_put_member(w, STR("modified"), modified);
}

enum err
add_refuse(struct add *a, struct str bytes, uint64_t size, const struct json *tree, const struct errinfo *why, struct errinfo *e)
{
	struct store *store = a->call->n->store;
	char space[NODE_GIVER];
	struct buf giver = {.p = space, .cap = sizeof space, .max = sizeof space};
	uint32_t dropped = 0;
	enum err err;
	if (!a->local && (err = local_begin(store, e)))
		return err;
	if (a->foreign) /* a server of others pushes out its own alone */
		buf_printf(&giver, "%s%.*s", NODE_GIVER_FEED, STR_FMT(str_sub(a->source, 0, NODE_GIVER - sizeof NODE_GIVER_FEED)));
	a->local = true;
	struct local_refused r = {.at = op_now(a->call),
	    .giver = buf_str(&giver),
	    .source = a->source,
	    .reason = str_of(why->msg),
	    .line = why->line,
	    .col = why->col,
	    .offset = why->offset,
	    .size = size,
	    .bytes = str_sub(bytes, 0, LIMIT_QUARANTINE)};
	if ((err = local_refuse(store, &r, &dropped, e)))
		return err;
	a->refused++;
	a->dropped += dropped;
	if (a->told++ < ADD_LISTED) {
		struct json_writer w;
		if (a->refusals.n)
			buf_putc(&a->refusals, ',');
		json_write_init(&w, &a->refusals, 0);
		json_open_object(&w);
		put_named(&w, tree);
		json_put_member_int(&w, STR("line"), (int64_t)why->line);
		json_put_member_int(&w, STR("col"), (int64_t)why->col);
		json_put_member_int(&w, STR("offset"), (int64_t)why->offset);
		json_put_member(&w, STR("why"), str_of(why->msg));
		if (why->hint[0])
			json_put_member(&w, STR("hint"), str_of(why->hint));
		json_close(&w);
		json_write_done(&w);
	}
	return OK;
}

enum err
add_commit_local(struct add *a, struct errinfo *e)
{
	if (!a->local)
		return OK;
	a->local = false;
	return local_commit(a->call->n->store, e);
}

void
add_project(struct add *a, const struct share_appended *done, const struct project_parsed *objects, size_t n)
{
	struct errinfo why = {0};
	if (a->behind || !share_project_added(a->call->n->share, done, objects, n, &why))
		return;
	a->behind = true;
	op_late(a->call, &why);
}

enum err
add_view_whole(struct add *a, struct errinfo *e)
{
	if (!a->behind)
		return OK;
	enum err err = share_project(a->call->n->share, NULL, NULL, e);
	if (err)
		return err;
	a->behind = false;
	a->call->late = (struct errinfo){0};
	return OK;
}

void
add_list(struct add *a, const struct stix_info *info, const struct json *tree)
{
	struct json_writer w;
	if (a->listed++ >= ADD_LISTED)
		return;
	if (a->items.n)
		buf_putc(&a->items, ',');
	json_write_init(&w, &a->items, 0);
	json_open_object(&w);
	put_id(&w, "id", info->id);
	put_time(&w, "modified", info->modified);
	json_put_member(&w, STR("title"), put_title(tree));
	json_close(&w);
	json_write_done(&w);
}

static void
copy_cut(char *to, size_t cap, struct str s)
{
	size_t n = s.n < cap ? s.n : cap;
	while (n && n < s.n && (s.p[n] & 0xc0) == 0x80) /* no half letter */
		n--;
	if (n)
		memcpy(to, s.p, n);
	to[n] = '\0';
}

void
add_warned(struct add *a, const struct stix_info *info, const struct json *tree)
{
	a->warnings += info->warnings;
	for (int i = 0; info->warned && i < STIX_WARN_COUNT; i++) {
		struct add_warned *w = &a->warned[i];
		if (info->kind[i].n && !w->n) {
			struct buf b = BUF_INIT(8 * KIB);
			json_path_put(&b, tree, info->kind[i].first);
			copy_cut(w->path, ADD_PATH, buf_str(&b));
			buf_clear(&b);
			stix_id_put(&b, info->id);
			copy_cut(w->id, STIX_ID_MAX, buf_str(&b));
			buf_done(&b);
		}
		w->n += info->kind[i].n;
	}
}

static void
put_warned(struct add *a)
{
	struct json_writer *w = a->call->out;
	json_put_key(w, STR("warned"));
	json_open_array(w);
	for (int i = 0; i < STIX_WARN_COUNT; i++) {
		const struct add_warned *x = &a->warned[i];
		if (!x->n)
			continue;
		json_open_object(w);
		json_put_member(w, STR("what"), str_of(stix_warning_text((enum stix_warning)i)));
		json_put_member_int(w, STR("count"), (int64_t)x->n);
		json_put_member(w, STR("id"), str_of(x->id));
		json_put_member(w, STR("property"), str_of(x->path));
		json_close(w);
	}
	for (int i = 0; i < 2; i++) {
		if (!a->past[i].n)
			continue;
		json_open_object(w);
		json_put_member(w, STR("what"), a->past[i]);
		json_put_member_int(w, STR("count"), 1);
		json_put_member(w, STR("id"), a->past_id);
		json_put_member(w, STR("property"), STR_NONE);
		json_close(w);
	}
	json_close(w);
}

/* A source that gives what was read ahead, then the rest. */
struct ahead {
	struct str head;
	struct source rest;
};

static enum err
read_ahead(void *ctx, void *p, size_t cap, size_t *ret_n, struct errinfo *e)
{
	struct ahead *a = ctx;
	if (!a->head.n)
		return a->rest.read(a->rest.ctx, p, cap, ret_n, e);
	size_t n = cap < a->head.n ? cap : a->head.n;
	memcpy(p, a->head.p, n);
	a->head = str_sub(a->head, n, a->head.n);
	*ret_n = n;
	return OK;
}

static bool
is_stix(struct str head)
{
	if (str_starts(head, STR("\xef\xbb\xbf")))
		head = str_sub(head, 3, head.n);
	head = str_trim(head);
	return head.n && (head.p[0] == '{' || head.p[0] == '[');
}

static void
put_result(struct add *a, bool stix)
{
	struct json_writer *w = a->call->out;
	put_centre(w, a->c);
	json_put_member(w, STR("format"), stix ? STR("stix") : STR("report"));
	json_put_member_int(w, STR("added"), (int64_t)a->added);
	json_put_member_int(w, STR("unchanged"), (int64_t)a->unchanged);
	json_put_member_int(w, STR("conflicts"), (int64_t)a->conflicts);
	json_put_member_int(w, STR("refused"), (int64_t)a->refused);
	json_put_member_int(w, STR("warnings"), (int64_t)a->warnings);
	json_put_member_int(w, STR("dropped"), (int64_t)a->dropped);
	put_warned(a);
	json_put_member_int(w, STR("narrowed"), (int64_t)a->narrowed);
	add_put_notes(w, &a->notes);
	json_put_key(w, STR("items"));
	json_open_array(w);
	if (a->items.bad == ERR_NOMEM || (a->items.n && buf_ok(&a->items)))
		json_put_raw(w, buf_str(&a->items));
	json_close(w);
	json_put_key(w, STR("refusals"));
	json_open_array(w);
	if (a->refusals.bad == ERR_NOMEM || (a->refusals.n && buf_ok(&a->refusals)))
		json_put_raw(w, buf_str(&a->refusals));
	json_close(w);
}

/* add: takes what the call's input gives into the private circle. format: auto (absent; text that begins with { or [ is STIX), report, stix; source:
 * a name for the input; mark: of STIX objects (reports carry their own), or label: the same in any form of label/form.h; absent: for this member
 * alone, at the highest level; centre; foreign: it comes from a server of others, which does not speak as this member; restart: begin anew instead of
 * where an interrupted run of the same input stopped. What cannot be taken goes into quarantine, the rest goes on; a report is taken whole or not at
 * all. Same id, version, bytes and label as before: unchanged. Same id and version, other content: both stand (conflicts). Reply:
 * {"centre","centre_id","format","added","unchanged","conflicts","refused","warnings","dropped" (old quarantine items that made
 * room),"narrowed" (kept to this home: a marking that they bear is neither in this input nor this member's own),"notes" (of labels: what was passed
 * over),"warned":[{"what": a kind of warning,"count","id","property": of the first}],"items":[{"id","modified","title"}…first
 * 1000],"refusals":[{"id","modified","line","col","offset","why","hint"}…first 1000]}. An interrupted run fails with ERR_STOPPED: what was added
 * stays, and the same call goes on from there. */
enum err
op_add(struct op_call *call, struct errinfo *e)
{
	struct add a = {
	    .call = call, .source = STR("-"), .notes = BUF_INIT(LIMIT_LABEL_NOTES), .items = BUF_INIT(4 * MIB), .refusals = BUF_INIT(4 * MIB)};
	struct str format = STR("auto"), mark = STR_NONE;
	struct ahead ahead;
	size_t n;
	enum err err = op_centre(call, &a.c, e), end;
	if (err || (err = op_position(call, &a.position, e)))
		return err;
	op_str(call, "source", &a.source);
	op_str(call, "format", &format);
	op_str(call, "mark", &mark);
	op_str(call, "label", &a.label_text);
	a.foreign = op_bool(call, "foreign");
	if (!call->c->in)
		return err_set(e, ERR_USAGE, "add needs an input");
	if (!a.c->charter || a.c->me < 0)
		return share_not_member(call->n->share, a.c, e);
	if (!str_is(format, "auto") && !str_is(format, "stix") && !str_is(format, "report"))
		return err_set(e, ERR_USAGE, "format: auto, stix or report");
	a.circle = UINT64_C(1) << a.c->me;
	char *head = arena_alloc(call->a, HEAD);
	if (!head)
		return err_nomem(e);
	if ((err = add_space(&a, e)) || (err = source_fill(*call->c->in, head, HEAD, &n, e)))
		return err;
	a.head = (struct str){head, n};
	ahead = (struct ahead){a.head, *call->c->in};
	a.in = (struct source){&ahead, read_ahead};
	bool stix = str_is(format, "stix") || (str_is(format, "auto") && is_stix(a.head));
	if (mark.n && a.label_text.n) {
		err = err_set(e, ERR_USAGE, "mark and label: one of the two says it");
	} else if (!stix && (mark.n || a.label_text.n)) {
		err = err_set(e, ERR_USAGE, "%s: a report carries a mark on each portion, so none can be given here", mark.n ? "mark" : "label");
	} else {
		err = stix ? add_stix(&a, mark, e) : add_report(&a, e);
		if ((end = add_commit_local(&a, err ? NULL : e)) && !err)
			err = end;
		/* what was committed is signed, whatever stopped the rest */
		op_settle_writes(call);
		if (a.added && (err == ERR_NOMEM || err == ERR_IO || err == ERR_FULL || err == ERR_CORRUPT))
			err_at(e, "%llu %s added and stay; then", (unsigned long long)a.added, str_many(a.added, "object was", "objects were"));
	}
	if (!err) {
		put_result(&a, stix);
		call->done = true;
	}
	if (a.added || a.refused || (!err && !call->c->tells)) {
		struct buf d = BUF_INIT(200);
		buf_printf(&d, "%llu added, %llu refused", (unsigned long long)a.added, (unsigned long long)a.refused);
		if ((end = op_audit(call, "add", str_sub(a.source, 0, 200), buf_str(&d), err ? NULL : e)) && !err)
			err = end;
		buf_done(&d);
	}
	buf_done(&a.notes);
	buf_done(&a.items);
	buf_done(&a.refusals);
	return err;
}
