/* Lists of objects. */
#include <string.h>

#include "node/filter.h"
#include "node/ops.h"
#include "node/put.h"

enum err
op_not_here(struct stix_id id, struct errinfo *e)
{
	struct buf b = BUF_INIT(STIX_ID_MAX);
	stix_id_put(&b, id);
	err_set(e, ERR_NOTFOUND, "no object %.*s here that you may see", STR_FMT(buf_str(&b)));
	buf_done(&b);
	return ERR_NOTFOUND;
}

static enum err
filter_place(struct op_call *call, struct op_filter *o, struct errinfo *e)
{
	bool need = op_has(call, "circle") || op_has(call, "author");
	enum err err = need ? op_centre(call, &o->centre, e) : op_centre_any(call, &o->centre, e);
	if (err || !o->centre)
		return err;
	o->f.centre = o->centre->no;
	if ((err = op_circle(call, "circle", o->centre, &o->f.circle, e)))
		return err;
	return op_member(call, "author", o->centre, &o->f.author, e);
}

static void
filter_init(struct op_call *call, struct op_filter *o)
{
	memset(o, 0, sizeof *o);
	o->f.who = call->who;
	o->f.now = op_now(call);
	o->f.author = -1;
	o->f.link = -1;
	o->f.since = TIME_MIN;
	o->f.limit = LIMIT_PAGE;
}

enum err
op_filter(struct op_call *call, struct op_filter *ret, struct errinfo *e)
{
	struct str cursor;
	uint32_t limit;
	enum err err;
	filter_init(call, ret);
	if ((err = filter_place(call, ret, e)) || (err = op_time(call, "since", TIME_MIN, &ret->f.since, e)) || (err = op_limit(call, 50, &limit, e)))
		return err;
	op_str(call, "type", &ret->f.type);
	ret->f.gone = op_bool(call, "gone");
	ret->f.plain = !op_bool(call, "all");
	ret->f.limit = (limit < OP_PAGE ? limit : OP_PAGE) + 1;
	if (op_str(call, "cursor", &cursor)) {
		if ((err = read_cursor(call, cursor, &ret->after, e)))
			return err;
		ret->f.after = &ret->after;
	}
	return OK;
}

enum err
op_filter_id(struct op_call *call, struct stix_id *id, struct op_filter *ret, struct errinfo *e)
{
	enum err err;
	filter_init(call, ret);
	if ((err = op_id(call, "id", id, e)) || (err = filter_place(call, ret, e)))
		return err;
	ret->f.id = id;
	return OK;
}

struct listing {
	struct op_call *call;
	uint32_t limit, n;
	struct view_key last;
	struct arena a;
	struct buf b;
};

static enum err
put_item(void *ctx, const struct view_row *row, struct errinfo *e)
{
	struct listing *l = ctx;
	struct json_writer *w = l->call->out;
	const struct json *obj = NULL;
	struct str bytes;
	bool gone = row->state != VIEW_LIVE;
	enum err err;
	if (l->n++ == l->limit)
		return OK; /* it only shows that there is more */
	l->last = row->key;
	arena_reset(&l->a);
	if (!gone && (err = put_row_bytes(l->call, row, &l->b, &bytes, &gone, e)))
		return err;
	if (!gone && json_parse(&l->a, bytes, &obj, NULL))
		obj = NULL;
	json_open_object(w);
	if ((err = put_row(l->call, w, row, e)))
		return err;
	json_put_member(w, STR("title"), obj ? put_title(obj) : STR_NONE);
	json_close(w);
	return OK;
}

enum err
op_put_list(struct op_call *call, const struct view_filter *f, struct errinfo *e)
{
	struct json_writer *w = call->out;
	struct listing l = {.call = call, .limit = f->limit - 1, .a = ARENA_INIT(LIMIT_OBJECT_ARENA), .b = BUF_INIT(LIMIT_OBJECT + 64)};
	json_put_key(w, STR("items"));
	json_open_array(w);
	enum err err = view_find(call->n->store, f, put_item, &l, e);
	if (!err) {
		json_close(w);
		json_put_key(w, STR("next"));
		buf_clear(&l.b);
		if (l.n > l.limit) {
			if (!(err = put_cursor(call, &l.b, &l.last, e)))
				json_put_string(w, buf_str(&l.b));
		} else {
			json_put_null(w);
		}
	}
	arena_done(&l.a);
	buf_done(&l.b);
	return err;
}

/* ls: objects, newest arrival first. centre, circle, author, type, since (arrival), gone (also recalled and expired ones), all (also what operations
 * put beside what people add: links of releases, own grades), limit (absent: 50), cursor. Reply:
 * {"items":[{"id","type","title","centre","centre_id","circle","author","own","created","modified","arrived","revoked","state":
 * "live|recalled|corrected|downgraded|expired|deleted","grade","serial","banner","mark","label","valid_until","delete_by",
 * "flags":[{"time","reason"}],"cursor"}…],"next"} */
enum err
op_ls(struct op_call *call, struct errinfo *e)
{
	struct op_filter o;
	enum err err = op_filter(call, &o, e);
	return err ? err : op_put_list(call, &o.f, e);
}

/* search: as ls, of objects with these words (store/view.h tells what a query is). What was searched for is in the audit trail. */
enum err
op_search(struct op_call *call, struct errinfo *e)
{
	struct op_filter o;
	struct str words;
	enum err err = op_filter(call, &o, e);
	if (err)
		return err;
	if (!op_str(call, "words", &words))
		return err_set(e, ERR_USAGE, "words: what to look for");
	o.f.words = words;
	if ((err = op_put_list(call, &o.f, e)))
		return err;
	return o.f.after ? OK : op_audit(call, "search", STR_NONE, str_sub(words, 0, 200), e);
}

static enum err
put_word(void *ctx, struct str word, struct errinfo *e)
{
	struct json_writer *w = ctx;
	(void)e;
	json_put_string(w, word);
	return OK;
}

/* suggest: words in objects that begin so. begins; limit, absent: 20. Reply: {"items":["word"…]} */
enum err
op_suggest(struct op_call *call, struct errinfo *e)
{
	struct str begins = STR_NONE;
	uint32_t limit;
	enum err err = op_limit(call, 20, &limit, e);
	if (err)
		return err;
	op_str(call, "begins", &begins);
	json_put_key(call->out, STR("items"));
	json_open_array(call->out);
	if ((err = view_suggest(call->n->store, call->who, op_now(call), begins, limit, put_word, call->out, e)))
		return err;
	json_close(call->out);
	return OK;
}
