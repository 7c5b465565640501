/* STIX into the private circle: split, parsed and checked once, appended and projected from the same tree, in batches.
 *
 * Memory is bounded by one batch. After each batch the place in the input is kept in node.db, under a name made of the source's name, its first bytes
 * and the label, so that the same call after an interruption goes on there. A batch that was committed just before a crash is met again and found
 * unchanged. */
#include <stdlib.h>
#include <string.h>

#include "base/leak.h"
#include "base/map.h"
#include "govern/circle.h"
#include "json/scan.h"
#include "label/mark.h"
#include "node/add.h"
#include "node/kinds.h"
#include "stix/comity.h"
#include "stix/marking.h"

enum { MARK_EVERY = 16 }; /* batches; after a crash those since the last mark are looked up again and found there, so it need not be each */
enum { TEXT_MAX = LIMIT_PAYLOAD - LIMIT_PIECES * PIECE_HEAD };

/* An object, parsed and checked, with its place in the input. */
struct held {
	struct json_item item;
	struct str text;
	const struct json *tree;
	struct stix_info info;
	struct held *next;
};

struct batch {
	struct add *a;
	struct label base;
	struct arena trees;
	struct project_parsed objects[LIMIT_PIECES];
	struct stix_info info[LIMIT_PIECES];
	struct label labels[LIMIT_PIECES]; /* the different ones of the objects, */
	uint16_t label[LIMIT_PIECES];      /* and which is whose */
	size_t nlabels;
	struct held *held, **last; /* objects that wait for the definition of a marking */
	size_t nheld;
	struct add_marks marks;
	size_t n, bytes;
	struct map seen;            /* id and version of those in this batch */
	struct json_scan_mark at;   /* after the last item looked at */
	struct json_scan_mark done; /* after the last batch committed */
	uint32_t kinds;             /* new kinds of label in this batch */
	unsigned unmarked;          /* batches since the place was last kept */
	char resume[64];            /* name of the setting */
};

static enum err
read_mark(struct add *a, struct str mark, struct label *ret, struct errinfo *e)
{
	const struct mark_view v = {a->c->policy, a->c->me, circle_all(a->c->charter)};
	enum label_form form;
	enum err err;
	if (a->label_text.n) {
		if ((err = add_label(a->c, a->label_text, &a->notes, &form, ret, e))) {
			if (e && e->line) /* the place is in the label's file, not in the input */
				err_at(e, "label, line %llu, column %llu", (unsigned long long)e->line, (unsigned long long)e->col);
			else
				err_at(e, "label");
			err_place(e, 0, 0, 0);
			return err;
		}
	} else if (!mark.n) {
		label_own(ret, a->c->policy->id, a->c->me, label_policy_top(a->c->policy));
		return OK;
	} else if ((err = mark_parse_portion(str_trim(mark), &v, ret, e))) {
		err_at(e, "mark");
		err_place(e, 0, 0, 0); /* not in the input: its words tell the column */
		return err;
	}
	if (!(ret->owners >> a->c->me & 1)) {
		err_set(e, ERR_INVALID, "%s: it names owners without this home's member", a->label_text.n ? "label" : "mark");
		err_hint(e, "what another member owns comes from that member, by sync");
		return ERR_INVALID;
	}
	return OK;
}

/* Places in the input, kept between calls. */

static void
name_resume(struct batch *b, struct str mark)
{
	struct sha256 h;
	struct str name = b->a->source;
	struct buf hex = {.p = b->resume, .cap = sizeof b->resume, .max = sizeof b->resume};
	sha256_init(&h);
	sha256_put(&h, name);
	sha256_put(&h, STR("\n"));
	sha256_put(&h, mark);
	sha256_put(&h, b->a->label_text);
	sha256_put(&h, STR("\n"));
	sha256_put(&h, hash_str(&b->a->c->id));
	sha256_put(&h, b->a->head);
	struct hash id = sha256_end(&h);
	buf_puts(&hex, "add.");
	buf_hex(&hex, str_bytes(id.b, 16));
	buf_putc(&hex, 0);
}

static enum err
put_resume(struct batch *b, struct errinfo *e)
{
	char space[128];
	struct buf t = {.p = space, .cap = sizeof space, .max = sizeof space};
	const struct json_scan_mark *m = &b->done;
	buf_printf(&t, "%llu %llu %llu %llu %llu", (unsigned long long)m->offset, (unsigned long long)m->line, (unsigned long long)m->line_start,
	    (unsigned long long)m->index, (unsigned long long)m->where);
	return local_set(b->a->call->n->store, str_of(b->resume), buf_str(&t), e);
}

static bool
read_resume(struct str text, struct json_scan_mark *ret)
{
	uint64_t *const field[] = {&ret->offset, &ret->line, &ret->line_start, &ret->index, &ret->where};
	for (size_t i = 0; i < sizeof field / sizeof *field; i++) {
		struct str one;
		str_cut(text, ' ', &one, &text);
		if (!str_u64(one, field[i]))
			return false;
	}
	return true;
}

/* Reads on to where an earlier run stopped. *ret_from is NULL where there is nothing to go on from. */
static enum err
resume(struct batch *b, struct json_scan_mark *mark, const struct json_scan_mark **ret_from, struct errinfo *e)
{
	struct op_call *call = b->a->call;
	struct str kept;
	char *p;
	enum err err = op_setting(call, b->resume, STR_NONE, &kept, e);
	*ret_from = NULL;
	if (err || !kept.n || op_bool(call, "restart") || !read_resume(kept, mark))
		return err;
	if (!(p = malloc(64 * KIB)))
		return err_nomem(e);
	for (uint64_t left = mark->offset; left && !err;) {
		size_t n;
		err = source_fill(b->a->in, p, left < 64 * KIB ? (size_t)left : 64 * KIB, &n, e);
		if (!err && n == 0) {
			err_set(e, ERR_INVALID, "this input is shorter than when it was interrupted, so it is another one");
			err_hint(e, "begin anew: --restart");
			err = ERR_INVALID;
		}
		left -= n;
	}
	free(p);
	*ret_from = mark;
	return err;
}

/* One batch. */

static enum err
append(struct batch *b, size_t label, struct share_appended *ret, size_t *order, size_t *ret_n, struct errinfo *e)
{
	struct add *a = b->a;
	struct str *texts = malloc(LIMIT_PIECES * sizeof *texts);
	struct entry entry = {.kind = ENTRY_OBJECTS, .position = a->position, .label = b->labels[label]};
	size_t n = 0;
	if (!texts)
		return err_nomem(e);
	for (size_t i = 0; i < b->n; i++)
		if (b->label[i] == label) {
			order[n] = i;
			texts[n++] = b->objects[i].text;
		}
	const struct share_append what = {a->c, a->circle, &entry, texts, n};
	enum err err = n ? share_append(a->call->n->share, &what, ret, e) : OK;
	free(texts);
	*ret_n = n;
	return err;
}

/* Keeps the place, with what was refused since the last time. */
static enum err
mark_place(struct batch *b, struct errinfo *e)
{
	struct add *a = b->a;
	enum err err = a->local ? OK : local_begin(a->call->n->store, e);
	if (err)
		return err;
	a->local = true;
	b->unmarked = 0;
	if ((err = put_resume(b, e)))
		return err;
	return add_commit_local(a, e);
}

struct entries {
	struct share_appended done[LIMIT_PIECES];
	size_t count[LIMIT_PIECES], order[LIMIT_PIECES + 1];
	struct project_parsed sorted[LIMIT_PIECES + 1];
};

/* Each label of a batch is an entry of its own, since an entry has one. All in one transaction, then into the view. */
static enum err
flush(struct batch *b, struct errinfo *e)
{
	struct add *a = b->a;
	struct store *store = a->call->n->store;
	struct entries *x = b->n ? malloc(sizeof *x) : NULL;
	enum err err = x || !b->n ? OK : err_nomem(e);
	view_let_go(store);
	if (!err && b->n && !(err = add_space(a, e)) && !(err = record_begin(store, e))) {
		size_t at = 0;
		for (size_t i = 0; i < b->nlabels && !err; at += x->count[i++])
			err = append(b, i, &x->done[i], x->order + at, &x->count[i], e);
		if (err)
			record_rollback(store);
		else
			err = record_commit(store, e);
		for (size_t i = 0; i < b->n && !err; i++)
			x->sorted[i] = b->objects[x->order[i]];
		at = 0;
		for (size_t i = 0; i < b->nlabels && !err; at += x->count[i++])
			if (x->count[i])
				add_project(a, &x->done[i], x->sorted + at, x->count[i]);
		if (!err)
			a->added += b->n;
	}
	free(x);
	if (err)
		return err;
	b->n = b->bytes = b->nlabels = b->nheld = 0;
	b->kinds = 0;
	b->held = NULL;
	b->last = &b->held;
	arena_reset(&b->trees);
	map_clear(&b->seen);
	add_marks_clear(&b->marks);
	b->done = b->at;
	return a->local || ++b->unmarked >= MARK_EVERY ? mark_place(b, e) : OK;
}

/* One object. */

struct known {
	struct batch *b;
	const struct stix_info *info;
	struct str text;
	const struct label *label;
	struct buf bytes;
	bool same, known, other; /* with this label; with any; other bytes */
};

static enum err
compare(void *ctx, const struct view_row *row, struct errinfo *e)
{
	struct known *k = ctx;
	bool withdrawn;
	struct str object;
	int64_t modified = k->info->modified == TIME_NEVER ? 0 : k->info->modified;
	enum err err;
	if (k->same || row->key.modified != modified || row->state != VIEW_LIVE) /* what was withdrawn may come again */
		return OK;
	buf_clear(&k->bytes);
	if ((err = record_piece_get(k->b->a->call->n->store, row->piece_no, &k->bytes, &withdrawn, e)) || withdrawn ||
	    (err = piece_object(buf_str(&k->bytes), &object, e)))
		return err;
	if (!str_eq(object, k->text)) {
		k->other = true;
	} else {
		k->known = true;
		k->same = label_eq(&row->label, k->label);
	}
	return OK;
}

/* Whether the record, or this batch, has it already. */
static enum err
look_up(
    struct batch *b, const struct stix_info *info, struct str text, const struct label *label, bool *ret_same, bool *ret_conflict, struct errinfo *e)
{
	struct add *a = b->a;
	struct known k = {.b = b, .info = info, .text = text, .label = label, .bytes = BUF_INIT(LIMIT_OBJECT + 64)};
	struct view_filter f = {.who = LEAK(ADD_SAME) ? NULL : a->call->who,
	    .now = op_now(a->call),
	    .centre = a->c->no,
	    .circle = a->circle,
	    .author = a->c->me,
	    .link = -1,
	    .since = TIME_MIN,
	    .id = &info->id,
	    .gone = true,
	    .limit = LIMIT_PAGE};
	bool seen;
	enum err err = add_view_whole(a, e);
	if (!err)
		err = view_hold(a->call->n->store, e);
	if (!err)
		err = view_knows(a->call->n->store, &info->id, &seen, e);
	if (!err && seen)
		err = view_find(a->call->n->store, &f, compare, &k, e);
	buf_done(&k.bytes);
	if (err)
		return err;
	*ret_same = k.same;
	*ret_conflict = k.other && !k.known;
	if (k.same)
		return OK;
	/* the same version twice in one batch: the first of them is in the map */
	struct str key;
	char *p = arena_alloc(&b->trees, 32 + info->modified_text.n);
	bool fresh;
	if (!p)
		return err_nomem(e);
	memcpy(p, info->id.uuid, 16);
	memcpy(p + 16, info->modified_text.p ? info->modified_text.p : "", info->modified_text.n);
	key = (struct str){p, 16 + info->modified_text.n};
	struct map_item *item = map_put(&b->seen, key, &fresh);
	if (!item)
		return err_nomem(e);
	if (fresh) {
		item->v.u64 = b->n;
		return OK;
	}
	if (!stix_id_eq(b->info[item->v.u64].id, info->id))
		return OK;
	if (str_eq(b->objects[item->v.u64].text, text))
		*ret_same = true;
	else
		*ret_conflict = true;
	return OK;
}

/* Another member's identity: that member's to say. field: where it stands. */
static enum err
check_speaker(struct add *a, struct str identity, const char *field, struct errinfo *e)
{
	int64_t now = op_now(a->call);
	int m = roster_identity(a->c->roster, now, identity);
	if (roster_speakers(a->c->roster, now, identity) >> a->c->me & 1)
		return OK;
	if (m < 0) {
		err_set(e, ERR_CONFLICT, "%s is an identity that several other members claim", field);
		err_hint(e, "see comity members");
		return ERR_CONFLICT;
	}
	err_set(e, ERR_DENIED, "%s is an identity of %s: only that member versions %s", field, a->c->policy->member[m],
	    str_is(str_of(field), "id") ? "it" : "its objects");
	err_hint(e, "it comes by sync, if it was released to you");
	return ERR_DENIED;
}

static enum err
check_says(const struct json *tree, struct errinfo *e)
{
	struct stix_private own;
	if (!project_says_own(tree) && !(stix_private_read(tree, &own) && own.by_portions))
		return OK;
	err_set(e, ERR_DENIED, "it bears an extension by which only this home says how it graded, released or marked something");
	err_hint(e, "without that extension it can be added; a grade of one's own is given with: comity grade");
	return ERR_DENIED;
}

static enum err
check_creator(struct add *a, const struct stix_info *info, const struct json *tree, struct errinfo *e)
{
	struct str id;
	enum err err = OK;
	if (info->type == STIX_IDENTITY && json_get_str(tree, STR("id"), &id))
		err = check_speaker(a, id, "id", e);
	if (!err && info->has_creator && json_get_str(tree, STR("created_by_ref"), &id))
		err = check_speaker(a, id, "created_by_ref", e);
	return err;
}

static enum err
refuse(struct batch *b, const struct json_item *item, const struct json *tree, struct errinfo *why, bool inside, struct errinfo *e)
{
	if (inside && why->line)
		json_item_place(item, why);
	else
		err_place(why, item->line, item->col, item->offset);
	return add_refuse(b->a, item->raw, item->size, tree, why, e);
}

static size_t
label_no(struct batch *b, const struct label *l)
{
	size_t i = 0;
	while (i < b->nlabels && !label_eq(&b->labels[i], l))
		i++;
	if (i == b->nlabels)
		b->labels[b->nlabels++] = *l;
	return i;
}

/* There is room for this kind of label, which is then counted; else *ret_refused, and why. */
static enum err
take_kind(struct batch *b, const struct label *l, bool *ret_refused, struct errinfo *why, struct errinfo *e)
{
	*ret_refused = false;
	for (size_t i = 0; i < b->nlabels; i++)
		if (view_kind_same(&b->labels[i], l))
			return OK;
	enum err err = kinds_take(b->a->call, b->a->c, l, b->a->foreign, &b->kinds, why);
	*ret_refused = err == ERR_LIMIT;
	if (err && !*ret_refused && e)
		*e = *why;
	return *ret_refused ? OK : err;
}

/* Into the batch. last: the batch is complete, so a definition that is not here is not coming; the object is then for this home alone. */
static enum err
place(struct batch *b, const struct held *h, bool last, bool *ret_waits, struct errinfo *e)
{
	struct add *a = b->a;
	struct errinfo why = {0};
	struct label label = b->base;
	uint64_t home = UINT64_C(1) << a->c->me;
	bool same = false, conflict = false, refused;
	enum stix_tlp tlp = stix_tlp_most(h->tree);
	enum err err;
	if ((uint8_t)tlp > label.tlp)
		label.tlp = (uint8_t)tlp;
	if ((err = add_marks_join(a, &b->marks, h->tree, &label, ret_waits, &refused, &why, e)))
		return err;
	if (refused)
		return refuse(b, &h->item, h->tree, &why, false, e);
	if (*ret_waits && !last)
		return OK;
	if (*ret_waits && label.circle != home) {
		label.circle = home;
		a->narrowed++;
	}
	if (!op_sees(a->call, &label)) {
		add_beyond(&why);
		return refuse(b, &h->item, h->tree, &why, false, e);
	}
	if ((err = look_up(b, &h->info, h->text, &label, &same, &conflict, e)))
		return err;
	if (same) {
		a->unchanged++;
		return OK;
	}
	if (a->foreign && (err = add_foreign(a, &h->info, h->tree, &refused, &why, e)))
		return err;
	if (a->foreign && refused)
		return refuse(b, &h->item, h->tree, &why, false, e);
	if ((err = take_kind(b, &label, &refused, &why, e)))
		return err;
	if (refused)
		return refuse(b, &h->item, h->tree, &why, false, e);
	a->conflicts += conflict;
	add_warned(a, &h->info, h->tree);
	add_list(a, &h->info, h->tree);
	b->info[b->n] = h->info;
	b->objects[b->n].text = h->text;
	b->objects[b->n].tree = h->tree;
	b->objects[b->n].info = &b->info[b->n];
	b->label[b->n] = (uint16_t)label_no(b, &label);
	b->bytes += h->text.n;
	b->n++;
	return OK;
}

static enum err
take(struct batch *b, const struct json_item *item, struct errinfo *e)
{
	struct add *a = b->a;
	struct held h = {.item = *item}, *keep;
	struct errinfo why = {0};
	bool waits = false;
	enum err err;
	if (!arena_dup(&b->trees, item->raw, &h.text))
		return err_nomem(e);
	h.item.raw = h.text;
	if ((err = json_parse(&b->trees, h.text, &h.tree, &why)) || (err = stix_check(h.text, h.tree, &h.info, &why)) ||
	    (err = check_says(h.tree, &why)) || (err = check_creator(a, &h.info, h.tree, &why))) {
		if (err == ERR_NOMEM) {
			*e = why;
			return err;
		}
		return refuse(b, item, h.tree, &why, true, e);
	}
	if (stix_id_type(h.info.id) == STIX_MARKING_DEFINITION && (err = add_marks_define(a, &b->marks, &h.info, h.text, h.tree, e)))
		return err;
	if ((err = place(b, &h, false, &waits, e)) || !waits)
		return err;
	if (!(keep = arena_alloc(&b->trees, sizeof *keep)))
		return err_nomem(e);
	*keep = h;
	*b->last = keep;
	b->last = &keep->next;
	b->nheld++;
	b->bytes += h.text.n;
	return OK;
}

/* What waited goes into the batch, then the batch into the record. */
static enum err
finish(struct batch *b, struct errinfo *e)
{
	bool waits;
	for (struct held *h = b->held; h; h = h->next) {
		enum err err = place(b, h, true, &waits, e);
		if (err)
			return err;
	}
	return flush(b, e);
}

_Static_assert((int)STIX_TLP_RED == (int)LABEL_TLP_RED && (int)STIX_TLP_CLEAR == (int)LABEL_TLP_CLEAR &&
		   (int)STIX_TLP_AMBER_STRICT == (int)LABEL_TLP_AMBER_STRICT,
    "one scale of TLP");

static bool
is_full(const struct batch *b, const struct json_item *item)
{
	return b->n + b->nheld >= LIMIT_PIECES || b->bytes + item->raw.n > TEXT_MAX || b->trees.used > LIMIT_ADD_ARENA / 2 - 4 * MIB;
}

/* The input cannot be read on. What was read whole before it is taken; what comes next goes into quarantine, as far as it was read ahead. */
static enum err
broken(struct batch *b, enum err err, const struct errinfo *why, struct errinfo *e)
{
	struct add *a = b->a;
	uint64_t from = b->at.offset, size = why->offset > from ? why->offset - from : 0;
	enum err end;
	if (err == ERR_NOMEM || err == ERR_IO || err == ERR_STOPPED) {
		if (e)
			*e = *why;
		return err;
	}
	struct str rest = from < a->head.n ? str_sub(a->head, (size_t)from, a->head.n) : STR_NONE;
	if ((end = finish(b, e)) || (end = add_refuse(a, rest, size > rest.n ? size : rest.n, NULL, why, e)) ||
	    (end = local_unset(a->call->n->store, str_of(b->resume), e)))
		return end;
	if (e) {
		*e = *why;
		if (a->added || a->unchanged)
			err_hint(e, "before it %llu %s added, %llu %s there; the damaged part: comity quarantine list", (unsigned long long)a->added,
			    str_many(a->added, "object was", "objects were"), (unsigned long long)a->unchanged,
			    str_many(a->unchanged, "was", "were"));
		else if (!e->hint[0])
			err_hint(e, "nothing of it was added; it is kept: comity quarantine list");
	}
	return err;
}

static enum err
run(struct batch *b, struct json_scan *scan, struct errinfo *e)
{
	struct add *a = b->a;
	uint64_t looked = 0;
	enum err err;
	for (;;) {
		struct json_item item;
		struct errinfo why = {0};
		if ((err = json_scan_next(scan, &item, &why)))
			return broken(b, err, &why, e);
		if (item.kind == JSON_SCAN_END)
			return finish(b, e);
		if (item.kind == JSON_SCAN_MEMBER)
			continue;
		if (is_full(b, &item)) {
			if ((err = finish(b, e)) || (err = op_progress(a->call, item.offset, 0, "bytes", e)))
				return err;
		}
		if (item.kind == JSON_SCAN_BAD)
			err = add_refuse(a, item.raw, item.size, NULL, &item.why, e);
		else
			err = take(b, &item, e);
		if (err)
			return err;
		b->at = item.after;
		if (++looked % LIMIT_PIECES == 0 && b->n + b->nheld == 0 &&
		    ((err = finish(b, e)) || (err = op_progress(a->call, item.offset, 0, "bytes", e))))
			return err; /* long stretches of what is known or refused */
	}
}

enum err
add_stix(struct add *a, struct str mark, struct errinfo *e)
{
	struct batch *b = calloc(1, sizeof *b);
	struct json_scan *scan = NULL;
	struct json_scan_mark at;
	const struct json_scan_mark *from;
	uint8_t key[16];
	struct errinfo why = {0};
	enum err err;
	if (!b)
		return err_nomem(e);
	b->a = a;
	a->call->n->env->random(a->call->n->env->ctx, RND_HASH, STR("add"), 0, key, sizeof key);
	map_init(&b->seen, key, LIMIT_PIECES + 1);
	add_marks_init(&b->marks, key);
	b->last = &b->held;
	arena_init(&b->trees, LIMIT_ADD_ARENA);
	name_resume(b, mark);
	if ((err = read_mark(a, mark, &b->base, e)) || (err = resume(b, &at, &from, e)))
		goto out;
	if (from)
		b->at = b->done = *from;
	if ((err = json_scan_new(a->in, STR("objects"), from, &scan, &why))) {
		err = broken(b, err, &why, e);
		goto out;
	}
	err = run(b, scan, e);
	if (err == ERR_STOPPED && b->unmarked) {
		enum err end = mark_place(b, NULL);
		err = end ? end : err;
	}
	if (!err)
		err = local_unset(a->call->n->store, str_of(b->resume), e);
	if (err == ERR_STOPPED && e)
		err_hint(e, "%llu %s added; run the same command again to go on", (unsigned long long)a->added,
		    str_many(a->added, "object was", "objects were"));
out:
	view_let_go(a->call->n->store);
	json_scan_free(scan);
	map_done(&b->seen);
	add_marks_done(&b->marks);
	arena_done(&b->trees);
	free(b);
	return err;
}
