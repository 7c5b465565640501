/* Withdrawing what was never released from the member's own circle. */
#include <string.h>

#include "base/time.h"
#include "node/filter.h"
#include "node/ops.h"
#include "node/put.h"
#include "share/recall.h"
#include "share/rows.h"

enum { VERSIONS = 64 };

struct versions {
	int64_t at[VERSIONS]; /* 0: all that there are */
	size_t n;
};

static bool
want(struct versions *v, int64_t modified)
{
	for (size_t i = 0; i < v->n; i++)
		if (v->at[i] == modified || !v->at[i])
			return true;
	if (!modified)
		v->n = 0;
	if (v->n == VERSIONS)
		return false;
	v->at[v->n++] = modified;
	return true;
}

/* Of those that stand in the private circle: as TAXII's match[version] has it, "all", "first", "last" or moments, with commas between. */
static enum err
choose(struct op_call *call, struct share_centre *c, struct stix_id id, struct str said, struct versions *ret, struct errinfo *e)
{
	const struct rows_filter f = {.centre = c->no, .circle = UINT64_C(1) << c->me, .author = c->me, .id = &id};
	struct view_row *rows;
	int64_t first = TIME_NEVER, last = -1, one;
	struct str word;
	size_t n, live = 0;
	bool fits = true;
	enum err err = rows_all(call->n->share, &f, call->a, &rows, &n, e);
	if (err)
		return err;
	for (size_t i = 0; i < n; i++) {
		if (rows[i].state != VIEW_LIVE)
			continue;
		live++;
		first = rows[i].key.modified < first ? rows[i].key.modified : first;
		last = rows[i].key.modified > last ? rows[i].key.modified : last;
	}
	if (!live)
		return op_not_here(id, e);
	while (said.n) {
		str_cut(said, ',', &word, &said);
		word = str_trim(word);
		if (str_is(word, "all"))
			fits = want(ret, 0);
		else if (str_is(word, "first"))
			fits = want(ret, first);
		else if (str_is(word, "last"))
			fits = want(ret, last);
		else if (!time_parse(word, &one))
			return err_set(e, ERR_USAGE, "versions: all, first, last, or when they were modified");
		else
			for (size_t i = 0; i < n; i++)
				if (rows[i].state == VIEW_LIVE && one && rows[i].key.modified == one)
					fits = fits && want(ret, one);
		if (!fits)
			return err_set(e, ERR_LIMIT, "versions: more than %d at once", VERSIONS);
	}
	return OK;
}

/* What of this home's rests on it and stands: what was made from it, and what names it. */
static enum err
put_resting(struct op_call *call, struct share_centre *c, const struct stix_id *id, struct errinfo *e)
{
	static const struct {
		enum view_link link;
		const char *how;
	} way[] = {{VIEW_LINK_CITES, "cites"}, {VIEW_LINK_REF, "names"}};
	struct json_writer *w = call->out;
	enum err err = OK;
	json_put_key(w, STR("resting"));
	json_open_array(w);
	for (size_t i = 0; i < sizeof way / sizeof *way && !err; i++) {
		const struct rows_filter f = {.centre = c->no, .author = c->me, .refers_to = id, .link = way[i].link};
		struct view_row *rows;
		size_t n;
		err = rows_all(call->n->share, &f, call->a, &rows, &n, e);
		for (size_t k = 0; k < n && !err; k++) {
			if (!rows_stands(&rows[k], op_now(call)))
				continue;
			json_open_object(w);
			put_id(w, "id", rows[k].key.id);
			json_put_member(w, STR("how"), str_of(way[i].how));
			put_circle(w, "circle", c, rows[k].key.circle);
			json_close(w);
		}
	}
	json_close(w);
	return err;
}

/* "title" of the newest of what would be taken, and "left": the version that comes into view when it is gone, if any. */
static enum err
put_around(struct op_call *call, struct share_centre *c, const struct stix_id *id, const struct versions *v, struct errinfo *e)
{
	const struct rows_filter f = {.centre = c->no, .circle = UINT64_C(1) << c->me, .author = c->me, .id = id};
	const struct view_row *taken = NULL, *left = NULL;
	struct view_row *rows;
	struct str title = STR_NONE;
	size_t n;
	enum err err = rows_all(call->n->share, &f, call->a, &rows, &n, e);
	for (size_t i = 0; i < n && !err; i++) {
		bool goes = false;
		for (size_t k = 0; k < v->n; k++)
			goes |= !v->at[k] || v->at[k] == rows[i].key.modified;
		const struct view_row **best = goes ? &taken : &left;
		if (rows[i].state == VIEW_LIVE && (!*best || rows[i].key.modified > (*best)->key.modified))
			*best = &rows[i];
	}
	struct arena a = ARENA_INIT(LIMIT_OBJECT_ARENA);
	struct buf b = BUF_INIT(LIMIT_OBJECT + 64);
	const struct json *obj;
	if (!err && taken && !(err = rows_bytes(call->n->share, taken, &b, e)) && !(err = json_parse(&a, buf_str(&b), &obj, e)))
		title = put_title(obj);
	if (!err) {
		json_put_member(call->out, STR("title"), title);
		put_time(call->out, "left", left ? left->key.modified : TIME_NEVER);
	}
	arena_done(&a);
	buf_done(&b);
	return err;
}

static enum err
withdraw_one(struct op_call *call, struct share_centre *c, struct recall_what *what, struct errinfo *e)
{
	struct json_writer *w = call->out;
	const struct recall_in *in;
	size_t n;
	enum err err = recall_do(call->n->share, c, what, call->a, &in, &n, e);
	for (size_t i = 0; !err && i < n; i++)
		for (size_t k = 0; k < in[i].ntargets; k++) {
			json_open_object(w);
			put_id(w, "id", in[i].targets[k].id);
			put_time(w, "modified", in[i].targets[k].modified ? in[i].targets[k].modified : TIME_NEVER);
			json_close(w);
		}
	return err;
}

static enum err
withdraw(struct op_call *call, bool look, struct errinfo *e)
{
	struct recall_what what = {.action = ENTRY_RECALLED, .withdraw = true, .look = look};
	struct versions v = {0};
	struct share_centre *c;
	struct str said = STR("all");
	enum err err = op_centre(call, &c, e);
	if (err || (err = op_id(call, "id", &what.id, e)) || (err = op_position(call, &what.position, e)))
		return err;
	op_str(call, "versions", &said);
	if (!look && !op_str(call, "reason", &what.reason))
		return err_set(e, ERR_USAGE, "reason: the record keeps why");
	if ((err = choose(call, c, what.id, said, &v, e)))
		return err;
	put_centre(call->out, c);
	json_put_key(call->out, STR("items"));
	json_open_array(call->out);
	for (size_t i = 0; i < v.n && !err; i++) { /* all may be, or none is */
		const struct recall_in *in;
		size_t n;
		struct recall_what first = what;
		first.look = true;
		first.modified = v.at[i];
		err = recall_do(call->n->share, c, &first, call->a, &in, &n, e);
	}
	for (size_t i = 0; i < v.n && !err; i++) {
		what.modified = v.at[i];
		if ((err = withdraw_one(call, c, &what, e)) && i && !look) { /* the disk is full, or the like */
			struct errinfo none;
			(void)!op_audit(call, "withdrawn", op_id_whole(call, what.id), STR("not all that was asked for"), &none);
		}
	}
	json_close(call->out);
	if (!err && look && !(err = put_around(call, c, &what.id, &v, e)))
		err = put_resting(call, c, &what.id, e);
	if (!err && !look && v.n)
		op_done(call);
	return err || look || !v.n ? err : op_audit(call, "withdrawn", op_id_whole(call, what.id), what.reason, e);
}

/* withdraw: out of view here, and its bytes sealed as those of what was recalled. id; centre; versions: "all" (absent), "first", "last" or moments,
 * with commas between; reason. What stands in another circle is refused. Reply: {"centre","centre_id","items":[{"id","modified"}]} */
enum err
op_withdraw(struct op_call *call, struct errinfo *e)
{
	return withdraw(call, false, e);
}

/* withdraw-plan: what it would take; nothing is done, and reason is not needed. Reply: the same, and "title","left": the moment of the version that
 * comes into view then, or null,"resting":[{"id","how":"cites|names","circle"}: what of this home's rests on it and stands] */
enum err
op_withdraw_plan(struct op_call *call, struct errinfo *e)
{
	return withdraw(call, true, e);
}
