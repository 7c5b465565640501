#include "node/put.h"

#include <stdlib.h>
#include <string.h>

#include "base/leak.h"
#include "crypto/fingerprint.h"
#include "govern/circle.h"
#include "label/json.h"
#include "label/mark.h"
#include "node/told.h"
#include "share/entry.h"
#include "share/rows.h"
#include "stix/comity.h"

enum {
	NAME_SPACE = 64 * (POLICY_MEMBER + 1),
	FLAGS_SHOWN = 10, /* of one object */
};

void
put_time(struct json_writer *w, const char *key, int64_t t)
{
	char space[40];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	json_put_key(w, str_of(key));
	if (t == TIME_NEVER || t == TIME_MIN) {
		json_put_null(w);
		return;
	}
	time_put(&b, t);
	json_put_string(w, buf_str(&b));
}

void
put_hash(struct json_writer *w, const char *key, const struct hash *h)
{
	char space[2 * HASH_LEN];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	hash_put_hex(&b, h);
	json_put_member(w, str_of(key), buf_str(&b));
}

void
put_id(struct json_writer *w, const char *key, struct stix_id id)
{
	char space[STIX_ID_MAX];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	stix_id_put(&b, id);
	json_put_member(w, str_of(key), buf_str(&b));
}

void
put_circle(struct json_writer *w, const char *key, const struct share_centre *c, uint64_t circle)
{
	char space[NAME_SPACE];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	label_circle_put(&b, c->policy, circle & label_policy_members(c->policy));
	json_put_member(w, str_of(key), buf_str(&b));
}

void
put_member(struct json_writer *w, const char *key, const struct share_centre *c, int member)
{
	json_put_key(w, str_of(key));
	if (member < 0 || member >= LIMIT_MEMBERS || !c->policy->member[member][0])
		json_put_null(w);
	else
		json_put_string(w, str_of(c->policy->member[member]));
}

void
put_members(struct json_writer *w, const char *key, const struct share_centre *c, uint64_t members)
{
	uint8_t order[LIMIT_MEMBERS];
	size_t n = label_circle_order(c->policy, members & label_policy_members(c->policy), order);
	json_put_key(w, str_of(key));
	json_open_array(w);
	for (size_t i = 0; i < n; i++)
		json_put_string(w, str_of(c->policy->member[order[i]]));
	json_close(w);
}

void
put_fingerprint(struct json_writer *w, const char *key, const uint8_t what[static 32])
{
	char space[FINGERPRINT_LEN];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	fingerprint_put(&b, what);
	json_put_member(w, str_of(key), buf_str(&b));
}

void
put_centre(struct json_writer *w, const struct share_centre *c)
{
	json_put_member(w, STR("centre"), c->charter ? c->charter->name : chain_last(c->chain)->name);
	put_hash(w, "centre_id", &c->id);
}

/* The policy, or a copy of it that knows the label's compartments too (*ret_own: to be freed). */
static const struct label_policy *
knowing(const struct label_policy *p, const struct label *l, struct label_policy **ret_own)
{
	*ret_own = NULL;
	for (uint8_t i = 0; i < l->ncompartments && l->ncompartments != LABEL_OVERFULL; i++) {
		const char *name = l->compartment[i];
		if (label_policy_compartment(*ret_own ? *ret_own : p, str_of(name)))
			continue;
		if (!*ret_own) {
			if (!(*ret_own = malloc(sizeof **ret_own)))
				return p;
			**ret_own = *p;
		}
		if ((*ret_own)->ncompartments < LIMIT_COMPARTMENTS_KNOWN)
			memcpy((*ret_own)->compartment[(*ret_own)->ncompartments++], name, LIMIT_COMPARTMENT + 1);
	}
	return *ret_own ? *ret_own : p;
}

/* What a label is in words, or null if it has none; without memory the reply fails, rather than tell of no label. */
static void
put_words(struct json_writer *w, struct str key, enum err err, const struct buf *b, bool raw)
{
	json_put_key(w, key);
	if (err == ERR_NOMEM && !w->b->bad)
		w->b->bad = ERR_NOMEM;
	if (err)
		json_put_null(w);
	else if (raw)
		json_put_raw(w, buf_str(b));
	else
		json_put_string(w, buf_str(b));
}

void
put_label(struct json_writer *w, const struct share_centre *c, const struct label *l)
{
	struct label_policy *own;
	struct buf b = BUF_INIT(LIMIT_MARK);
	const struct mark_view v = {knowing(c->policy, l, &own), -1, 0};
	put_words(w, STR("banner"), mark_put_banner(&b, &v, l, NULL), &b, false);
	buf_clear(&b);
	put_words(w, STR("mark"), mark_put_portion(&b, &v, l, NULL), &b, false);
	buf_done(&b);
	struct buf j = BUF_INIT(8 * KIB);
	put_words(w, STR("label"), label_json_put(&j, v.policy, l, NULL), &j, true);
	buf_done(&j);
	free(own);
}

const char *
put_state_name(const struct view_row *row, int64_t now)
{
	static const char *const name[] = {"live", "recalled", "corrected", "downgraded", "deleted"};
	if (row->state == VIEW_LIVE && rows_lapsed(row, now))
		return "not countersigned in time";
	if (row->state == VIEW_RECALLED && rows_private(row))
		return "withdrawn";
	return row->state == VIEW_LIVE && !rows_stands(row, now) ? "expired" : name[row->state];
}

struct str
put_title(const struct json *obj)
{
	static const char *const field[] = {"name", "value", "subject", "path", "key", "display_name", "abstract", "relationship_type", "content",
	    "pattern", "opinion", "result_name", "user_id", "account_login"};
	struct stix_header h;
	struct str s;
	if (stix_header_read(obj, &h) && h.subject.n)
		return str_sub(h.subject, 0, 200);
	for (size_t i = 0; i < sizeof field / sizeof *field; i++)
		if (json_get_str(obj, str_of(field[i]), &s) && s.n)
			return str_sub(s, 0, 200);
	return STR_NONE;
}

enum err
put_row_bytes(struct op_call *call, const struct view_row *row, struct buf *b, struct str *ret, bool *ret_gone, struct errinfo *e)
{
	enum err err;
	buf_clear(b);
	*ret = STR_NONE;
	if ((err = record_piece_get(call->n->store, row->piece_no, b, ret_gone, e)) || *ret_gone)
		return err;
	return piece_object(buf_str(b), ret, e);
}

static void
put_grade(struct json_writer *w, const struct grade *g)
{
	char space[16];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	grade_put(&b, g);
	json_put_key(w, STR("grade"));
	if (b.n)
		json_put_string(w, buf_str(&b));
	else
		json_put_null(w);
}

struct flagged {
	struct op_call *call;
	struct json_writer *w;
	const struct view_key *of;
	int n;
};

static enum err
put_flag(void *ctx, const struct view_event *v, struct errinfo *e)
{
	struct flagged *f = ctx;
	struct arena a = ARENA_INIT(MIB);
	struct record_log log;
	struct entry x;
	enum err err = record_log_by_no(f->call->n->store, v->log, &log, e);
	if (err)
		return err;
	if (log.epoch < f->of->epoch || (log.epoch == f->of->epoch && v->idx < f->of->idx)) /* of an earlier version */
		return OK;
	if (v->value || f->n++ >= FLAGS_SHOWN) /* value: it is named as a source, of what the viewer may not be cleared for */
		return OK;
	json_open_object(f->w);
	if (told_entry(f->call->n, v->log, v->idx, &a, &x, NULL, NULL) == OK) {
		put_time(f->w, "time", x.time);
		json_put_member(f->w, STR("reason"), x.reason);
	}
	json_close(f->w);
	arena_done(&a);
	return OK;
}

/* Said by its author, in the circle it was released to, so everybody who may read the row may know it; a version behind it in the log is another,
 * whenever its bytes came. */
static enum err
put_flags(struct op_call *call, struct json_writer *w, const struct view_row *row, struct errinfo *e)
{
	const struct view_key *k = &row->key;
	struct flagged f = {call, w, k, 0};
	const struct view_event_filter filter = {.kind = VIEW_FLAG, .centre = k->centre, .author = k->author, .circle = k->circle, .id = &k->id};
	json_put_key(w, STR("flags"));
	json_open_array(w);
	enum err err = row->key.id.type.n ? view_event_each(call->n->store, &filter, put_flag, &f, e) : OK;
	json_close(w);
	return err;
}

/* IRN.IRQ */
static void
put_capitals(struct buf *b, const struct label_policy *policy, uint64_t circle)
{
	size_t from = b->n;
	label_circle_put(b, policy, circle & label_policy_members(policy));
	for (size_t i = from; i < b->n; i++)
		if (b->p[i] >= 'a' && b->p[i] <= 'z')
			b->p[i] = (char)(b->p[i] - 'a' + 'A');
}

enum err
put_row(struct op_call *call, struct json_writer *w, const struct view_row *row, struct errinfo *e)
{
	const struct share_centre *c = share_centre_by_no(call->n->share, row->key.centre);
	struct buf b = BUF_INIT(2 * KIB);
	if (!c)
		return err_set(e, ERR_CORRUPT, "the view has an object of a centre that the record does not know: comity rebuild");
	if (row->key.id.type.n) /* nothing is left of it where its bytes are gone */
		put_id(w, "id", row->key.id);
	else
		json_put_member(w, STR("id"), STR_NONE);
	json_put_member(w, STR("type"), row->key.id.type);
	put_centre(w, c);
	put_circle(w, "circle", c, row->key.circle);
	put_member(w, "author", c, row->key.author);
	put_time(w, "created", row->created ? row->created : TIME_NEVER);
	put_time(w, "modified", row->key.modified ? row->key.modified : TIME_NEVER);
	put_time(w, "arrived", row->at);
	json_put_member_bool(w, STR("own"), row->key.author == c->me);
	json_put_member_bool(w, STR("revoked"), row->revoked);
	json_put_member(w, STR("state"), str_of(put_state_name(row, op_now(call))));
	put_grade(w, &row->grade);
	/* its gaps would tell a viewer of lower clearance how much else the circle was given */
	if (row->serial && (!call->who || LEAK(SERIAL_SHOWN))) {
		/* "IRN/ALL/0031": author, circle by its name, number */
		struct str named = c->charter ? circle_named(c->charter, row->key.circle) : STR_NONE;
		label_member_put(&b, c->policy, row->key.author);
		buf_putc(&b, '/');
		if (named.n)
			buf_put(&b, named);
		else
			put_capitals(&b, c->policy, row->key.circle);
		buf_printf(&b, "/%04llu", (unsigned long long)row->serial);
		json_put_member(w, STR("serial"), buf_str(&b));
		buf_clear(&b);
	}
	if (LEAK(ARRIVAL_SHOWN))
		json_put_member_int(w, STR("arrival"), (int64_t)row->arrival);
	put_label(w, c, &row->label);
	put_time(w, "valid_until", row->label.valid_until);
	put_time(w, "delete_by", row->label.delete_by);
	enum err err = put_flags(call, w, row, e);
	if (!err)
		err = put_cursor(call, &b, &row->key, e);
	if (!err)
		json_put_member(w, STR("cursor"), buf_str(&b));
	buf_done(&b);
	return err;
}
