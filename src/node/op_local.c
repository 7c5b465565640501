/* What is the node's own: audit, quarantine, settings. */
#include <string.h>

#include "node/collect.h"
#include "node/ops.h"
#include "node/people_int.h"
#include "node/put.h"

static enum err
put_audit(void *ctx, const struct local_audit *a, struct errinfo *e)
{
	struct json_writer *w = ctx;
	(void)e;
	json_open_object(w);
	json_put_member_int(w, STR("no"), a->no);
	put_time(w, "at", a->at);
	json_put_member(w, STR("who"), a->who);
	json_put_member(w, STR("what"), a->what);
	json_put_member(w, STR("target"), a->target);
	json_put_member(w, STR("detail"), a->detail);
	json_close(w);
	return OK;
}

/* audit: newest first. who; target: an id; limit (absent: 100). Reply: {"items":[{"no","at","who","what","target","detail"}]} */
enum err
op_audit_list(struct op_call *call, struct errinfo *e)
{
	struct str who = STR_NONE, target = STR_NONE;
	uint32_t limit;
	enum err err = op_limit(call, 100, &limit, e);
	if (err)
		return err;
	op_str(call, "who", &who);
	op_str(call, "target", &target);
	json_put_key(call->out, STR("items"));
	json_open_array(call->out);
	if ((err = local_audit_each(call->n->store, who, target, limit, put_audit, call->out, e)))
		return err;
	json_close(call->out);
	return OK;
}

/* "from", "centre", "centre_id": the member that gave it, "from" empty where that is not known; or "feed": the server of others it came from; none of
 * them for the home's own user. */
static void
put_giver(struct json_writer *w, const struct node *n, struct str giver)
{
	struct str no, member;
	uint64_t centre;
	if (str_starts(giver, STR(NODE_GIVER_FEED))) {
		json_put_member(w, STR("feed"), str_sub(giver, sizeof NODE_GIVER_FEED - 1, giver.n));
		return;
	}
	if (!str_cut(giver, '.', &no, &member) || !str_u64(no, &centre))
		return;
	json_put_member(w, STR("from"), member);
	for (int i = 0; i < n->share->ncentres; i++)
		if ((uint64_t)n->share->centre[i].no == centre)
			put_centre(w, &n->share->centre[i]);
}

struct listing {
	const struct node *node;
	struct json_writer *w;
	uint32_t limit, n;
	int64_t last, want; /* want: the one to show whole; 0 = a list */
	bool found;
};

static enum err
put_refused(void *ctx, const struct local_refused *r, struct errinfo *e)
{
	struct listing *l = ctx;
	struct json_writer *w = l->w;
	(void)e;
	if (l->want && r->no != l->want)
		return OK;
	if (!l->want && l->n++ == l->limit)
		return OK;
	l->last = r->no;
	l->found = true;
	if (!l->want)
		json_open_object(w);
	json_put_member_int(w, STR("no"), r->no);
	put_time(w, "at", r->at);
	put_giver(w, l->node, r->giver);
	json_put_member(w, STR("source"), r->source);
	json_put_member(w, STR("reason"), r->reason);
	json_put_member_int(w, STR("line"), (int64_t)r->line);
	json_put_member_int(w, STR("col"), (int64_t)r->col);
	json_put_member_int(w, STR("offset"), (int64_t)r->offset);
	json_put_member_int(w, STR("size"), (int64_t)r->size);
	if (l->want) {
		json_put_member(w, STR("text"), r->bytes);
		json_put_member_bool(w, STR("whole"), r->bytes.n == r->size);
	} else {
		json_close(w);
	}
	return OK;
}

static enum err
put_dropped(void *ctx, const struct local_dropped *d, struct errinfo *e)
{
	struct listing *l = ctx;
	(void)e;
	json_open_object(l->w);
	put_giver(l->w, l->node, d->giver);
	json_put_member_int(l->w, STR("count"), (int64_t)d->n);
	put_time(l->w, "last", d->at);
	json_close(l->w);
	return OK;
}

/* quarantine: what could not be taken in, oldest first. limit (absent: 100); cursor. Reply:
 * {"count","dropped":[whose older ones had to go: {"from","centre","centre_id","feed","count","last"}],"items":[{"no","at",
 * "from","centre","centre_id": the member that gave it, "feed": the server of others; none for this home's user,
 * "source","reason","line","col","offset","size"}],"next"} */
enum err
op_quarantine(struct op_call *call, struct errinfo *e)
{
	struct listing l = {.node = call->n, .w = call->out};
	struct str cursor;
	uint64_t after = 0, all;
	enum err err = op_limit(call, 100, &l.limit, e);
	if (err || (err = local_refused_count(call->n->store, &all, e)))
		return err;
	if (op_str(call, "cursor", &cursor) && (!str_u64(cursor, &after) || after > INT64_MAX))
		return err_set(e, ERR_USAGE, "cursor: not what a list of this home gave as \"next\"");
	json_put_member_int(call->out, STR("count"), (int64_t)all);
	json_put_key(call->out, STR("dropped"));
	json_open_array(call->out);
	if ((err = local_dropped_each(call->n->store, put_dropped, &l, e)))
		return err;
	json_close(call->out);
	json_put_key(call->out, STR("items"));
	json_open_array(call->out);
	if ((err = local_refused_each(call->n->store, (int64_t)after, l.limit + 1, put_refused, &l, e)))
		return err;
	json_close(call->out);
	json_put_key(call->out, STR("next"));
	if (l.n > l.limit) {
		char space[24];
		struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
		buf_u64(&b, (uint64_t)l.last);
		json_put_string(call->out, buf_str(&b));
	} else {
		json_put_null(call->out);
	}
	return OK;
}

/* quarantine-show: one of them. no. Reply: as above, and {"text": its first 64 KiB,"whole": whether that is all} */
enum err
op_quarantine_show(struct op_call *call, struct errinfo *e)
{
	struct listing l = {.node = call->n, .w = call->out, .want = op_int(call, "no", 0)};
	if (l.want < 1)
		return err_set(e, ERR_USAGE, "no: the number that the list gives");
	enum err err = local_refused_each(call->n->store, l.want - 1, 1, put_refused, &l, e);
	if (err)
		return err;
	return l.found ? OK : err_set(e, ERR_NOTFOUND, "no item %lld in quarantine", (long long)l.want);
}

struct numbers {
	int64_t no[LIMIT_PAGE];
	uint32_t n;
};

static enum err
take_no(void *ctx, const struct local_refused *r, struct errinfo *e)
{
	struct numbers *x = ctx;
	(void)e;
	if (x->n < LIMIT_PAGE)
		x->no[x->n++] = r->no;
	return OK;
}

static enum err
drop_all(struct op_call *call, uint64_t *ret, struct errinfo *e)
{
	struct numbers *x = arena_alloc(call->a, sizeof *x);
	struct store *s = call->n->store;
	enum err err;
	if (!x)
		return err_nomem(e);
	do {
		x->n = 0;
		if ((err = local_refused_each(s, 0, LIMIT_PAGE, take_no, x, e)) || (err = local_begin(s, e)))
			return err;
		for (uint32_t i = 0; i < x->n && !err; i++)
			err = local_refused_remove(s, x->no[i], e);
		if (err) {
			local_rollback(s);
			return err;
		}
		if ((err = local_commit(s, e)))
			return err;
		*ret += x->n;
	} while (x->n == LIMIT_PAGE);
	return OK;
}

/* quarantine-drop: no; or all, which also ends the account of what had to go by itself. Reply: {"dropped": how many} */
enum err
op_quarantine_drop(struct op_call *call, struct errinfo *e)
{
	int64_t no = op_int(call, "no", 0);
	uint64_t n = 0;
	enum err err;
	if (op_bool(call, "all")) {
		if (!(err = drop_all(call, &n, e)))
			err = local_dropped_clear(call->n->store, e);
	} else {
		if (no < 1)
			return err_set(e, ERR_USAGE, "which one? Give the number that comity quarantine list shows, or --all");
		err = local_refused_remove(call->n->store, no, e);
		n = 1;
	}
	if (err)
		return err;
	json_put_member_int(call->out, STR("dropped"), (int64_t)n);
	return op_audit(call, "drop quarantine", STR_NONE, STR_NONE, e);
}

/* Settings that people may set: name, what it is. */
static const struct {
	const char *name, *about;
} known[] = {
    {"position", "the position that entries of this home bear when none is named: J2-3"},
    {"four-eyes", "yes: every release waits for a second person"},
    {"totp", "roles that count only with a device for one-time codes, with blanks between: officer representative administrator"},
    {"compartments", "compartments that marks of this home may name, with blanks between"},
};

static enum err
put_setting(void *ctx, struct str name, struct str value, struct errinfo *e)
{
	struct json_writer *w = ctx;
	(void)e;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (str_is(name, known[i].name)) {
			json_open_object(w);
			json_put_member(w, STR("name"), name);
			json_put_member(w, STR("value"), value);
			json_put_member(w, STR("about"), str_of(known[i].about));
			json_close(w);
		}
	return OK;
}

static bool
position_ok(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'A' && s.p[i] <= 'Z') || (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '-'))
			return false;
	return s.n >= 1 && s.n <= 16;
}

static enum err
check_setting(struct str name, struct str value, struct errinfo *e)
{
	if (str_is(name, "position"))
		return position_ok(value) ? OK : err_set(e, ERR_INVALID, "position: 1 to 16 capital letters, digits and hyphens; never a name");
	if (str_is(name, "four-eyes"))
		return str_is(value, "yes") || str_is(value, "no") ? OK : err_set(e, ERR_INVALID, "four-eyes: yes or no");
	struct str rest = value, one;
	bool roles = str_is(name, "totp");
	while (rest.n) {
		str_cut(rest, ' ', &one, &rest);
		if (roles && one.n && !role_named(one))
			return err_set(e, ERR_INVALID, "totp: \"%.*s\" is no role", STR_FMT(str_sub(one, 0, 40)));
		if (!roles && one.n && !label_compartment_ok(one))
			return err_set(e, ERR_INVALID, "compartments: \"%.*s\" is no name for one: capital letters, digits and hyphens",
			    STR_FMT(str_sub(one, 0, 40)));
	}
	return OK;
}

/* config: settings. Without arguments all that are set; name: one; value: sets it; unset: removes it. Reply:
 * {"items":[{"name","value","about"}],"known":[{"name","about"}]} */
enum err
op_config(struct op_call *call, struct errinfo *e)
{
	struct json_writer *w = call->out;
	struct store *s = call->n->store;
	struct str name = STR_NONE, value;
	enum err err = OK;
	if (op_str(call, "name", &name)) {
		size_t i = 0;
		while (i < sizeof known / sizeof *known && !str_is(name, known[i].name))
			i++;
		if (i == sizeof known / sizeof *known) {
			err_set(e, ERR_USAGE, "no setting \"%.*s\"", STR_FMT(str_sub(name, 0, 40)));
			err_hint(e, "comity config lists them");
			return ERR_USAGE;
		}
		if (op_bool(call, "unset"))
			err = local_unset(s, name, e);
		else if (op_str(call, "value", &value))
			err = check_setting(name, value, e) ? e->code : local_set(s, name, value, e);
		if (!err && (op_has(call, "value") || op_bool(call, "unset")))
			err = op_audit(call, "config", name, STR_NONE, e);
		people_changed(call->n);
	}
	if (err)
		return err;
	json_put_key(w, STR("items"));
	json_open_array(w);
	if ((err = local_each(s, name, put_setting, w, e)))
		return err;
	json_close(w);
	json_put_key(w, STR("known"));
	json_open_array(w);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		json_open_object(w);
		json_put_member(w, STR("name"), str_of(known[i].name));
		json_put_member(w, STR("about"), str_of(known[i].about));
		json_close(w);
	}
	json_close(w);
	return OK;
}
