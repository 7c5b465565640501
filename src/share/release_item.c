/* release_item: one object, judged by itself. */
#include "share/grant.h"
#include "share/links.h"
#include "share/release_int.h"
#include "share/trace.h"

#include "govern/circle.h"
#include "label/mark.h"

void
release_refuse(struct release_item *item, struct str why, struct str hint)
{
	item->how = RELEASE_REFUSED;
	item->why = why;
	item->hint = hint;
}

enum err
release_tree(struct releasing *r, const struct release_work *w, const struct json **ret, struct errinfo *e)
{
	arena_reset(&r->tree);
	return json_parse(&r->tree, w->bytes, ret, e);
}

static struct str
member_name(struct releasing *r, int member)
{
	char space[POLICY_MEMBER];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	label_member_put(&b, r->p->centre->policy, member);
	return release_say(r, "%.*s", STR_FMT(buf_str(&b)));
}

static bool
own_private(const struct share_centre *c, const struct view_row *row, int64_t modified)
{
	return row->key.author == c->me && rows_private(row) && row->state == VIEW_LIVE && (!modified || row->key.modified == modified);
}

/* The version in the private log; of equal ones that under the mark that is meant, or the last that came. False if there is none. */
static bool
choose(struct releasing *r, const struct view_row *rows, size_t n, int64_t modified, struct release_work *w)
{
	const struct view_row *best = NULL;
	for (size_t i = 0; i < n; i++)
		if (own_private(r->p->centre, &rows[i], modified) && (!r->mark || label_eq(&rows[i].label, r->mark)) &&
		    (!best || rows[i].key.modified > best->key.modified))
			best = &rows[i];
	if (!best)
		return false;
	w->row = *best;
	bool may = label_may_release(&best->label, r->p->circle, r->now) == LABEL_MAY;
	for (size_t i = 0; i < n && !r->mark; i++) {
		const struct view_row *x = &rows[i];
		if (!own_private(r->p->centre, x, best->key.modified) || label_eq(&x->label, &best->label))
			continue;
		bool differs = (label_may_release(&x->label, r->p->circle, r->now) == LABEL_MAY) != may;
		if (!w->several || (differs && !w->differs))
			w->other = x->label;
		w->several = true;
		w->differs |= differs;
	}
	return true;
}

static void
refuse_absent(struct releasing *r, struct release_item *item, const struct view_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].key.author != r->p->centre->me) {
			struct str who = member_name(r, rows[i].key.author);
			release_refuse(item, release_say(r, "it is %.*s's: what another member released is never passed on", STR_FMT(who)),
			    release_say(r, "ask %.*s to release it there: comity request", STR_FMT(who)));
			return;
		}
	if (r->mark)
		for (size_t i = 0; i < n; i++)
			if (own_private(r->p->centre, &rows[i], item->modified)) {
				release_refuse(
				    item, release_say(r, "it is not here under that mark"), release_say(r, "comity versions shows under which"));
				return;
			}
	release_refuse(item,
	    item->modified ? release_say(r, "this version of it is not in the private circle") : release_say(r, "it is not in the private circle"),
	    release_say(r, "add it first, or look for it: comity search"));
}

/* author: -1 = of another centre */
static void
refuse_onward(struct releasing *r, struct release_work *w, int author)
{
	struct str who = author >= 0 ? member_name(r, author) : STR("another centre");
	release_refuse(w->item, release_say(r, "it came from %.*s first: what another member released is never passed on", STR_FMT(who)),
	    release_say(r, "ask for it: comity request"));
}

/* The same for what was deleted since. */
static enum err
check_traces(struct releasing *r, struct release_work *w, uint64_t first, struct errinfo *e)
{
	struct trace *traces;
	size_t n;
	enum err err = traces_of(r->s, &w->item->id, &r->p->a, &traces, &n, e);
	for (size_t i = 0; !err && i < n; i++) {
		const struct trace *t = &traces[i];
		bool same_centre = t->centre == r->p->centre->no, granted = false;
		if (t->arrival > first)
			continue;
		if (same_centre && (err = grant_consented(r->s, r->p->centre, t->author, &w->item->id, t->modified, r->p->circle, &granted, e)))
			break;
		if (!granted) {
			refuse_onward(r, w, same_centre ? t->author : -1);
			break;
		}
	}
	return err;
}

/* Another member released this object before we had this version of it, in these bytes, of our own, so ours may be made of theirs; only where they
 * let it go may it go. What they released is nothing to us if we had it before. An observable whose id is made of what it says has
 * it whoever saw it; markings and extension definitions are words that go with what bears them. */
static enum err
check_onward(struct releasing *r, struct release_work *w, const struct stix_info *info, struct errinfo *e)
{
	struct rows_filter f = {.author = -1, .id = &w->item->id};
	struct view_row *rows;
	uint64_t first;
	size_t n;
	enum err err;
	if ((info->class == STIX_CLASS_SCO && info->id.uuid[6] >> 4 == 5) || info->type == STIX_MARKING_DEFINITION ||
	    info->type == STIX_EXTENSION_DEFINITION)
		return OK;
	if ((err = rows_all(r->s, &f, &r->p->a, &rows, &n, e)) ||
	    (err = trace_first(r->s, r->p->centre->no, rows, n, w->item->modified, w->bytes, UINT64_MAX, &first, e)))
		return err;
	for (size_t i = 0; i < n; i++) {
		const struct view_row *row = &rows[i];
		bool same_centre = row->key.centre == r->p->centre->no, granted = false, copy;
		if ((same_centre && row->key.author == r->p->centre->me) || row->arrival > first)
			continue;
		struct share_centre *other = share_centre_by_no(r->s, row->key.centre);
		if (!same_centre && other && other->me == row->key.author) /* our own, of another centre */
			continue;
		if (same_centre && rows_stands(row, r->now) && !(r->p->circle & ~row->key.circle))
			continue;
		if ((err = trace_copy(r->s, r->p->centre->no, rows, n, row, &copy, e)))
			return err;
		if (copy)
			continue;
		if (same_centre &&
		    (err = grant_consented(r->s, r->p->centre, row->key.author, &w->item->id, row->key.modified, r->p->circle, &granted, e)))
			return err;
		if (granted)
			continue;
		refuse_onward(r, w, same_centre ? row->key.author : -1);
		return OK;
	}
	return check_traces(r, w, first, e);
}

/* Nobody speaks as another member, nor releases its identity object. */
static void
check_speaker(struct releasing *r, struct release_work *w, struct stix_id identity, bool itself)
{
	const struct share_centre *c = r->p->centre;
	int member = roster_identity(c->roster, r->now, release_id(r, identity));
	if (roster_speakers(c->roster, r->now, release_id(r, identity)) >> c->me & 1)
		return;
	if (member == ROSTER_SEVERAL)
		release_refuse(w->item, STR("it bears an identity that several other members claim"), STR("see comity members"));
	else if (member >= 0)
		release_refuse(w->item,
		    itself ? release_say(r, "it is the identity of %.*s", STR_FMT(member_name(r, member)))
			   : release_say(r, "it says that %.*s created it", STR_FMT(member_name(r, member))),
		    release_say(r, "only %.*s may release it", STR_FMT(member_name(r, member))));
}

static void
check_creator(struct releasing *r, struct release_work *w, const struct stix_info *info)
{
	if (info->type == STIX_IDENTITY)
		check_speaker(r, w, info->id, true);
	if (info->has_creator && !w->item->why.n)
		check_speaker(r, w, info->created_by, false);
}

static struct str
why_text(struct releasing *r, enum label_why why, const struct label *l)
{
	char space[LIMIT_MARK];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	label_why_put(&b, why, l, r->p->circle, r->p->centre->policy);
	return release_say(r, "%.*s", STR_FMT(buf_str(&b)));
}

static struct str
mark_text(struct releasing *r, const struct label *l)
{
	struct mark_view v = {r->p->centre->policy, -1, 0};
	struct buf b = BUF_INIT(LIMIT_MARK);
	struct str ret = STR("(a mark that cannot be said)");
	if (!mark_put_portion(&b, &v, l, NULL))
		ret = release_say(r, "%.*s", STR_FMT(buf_str(&b)));
	buf_done(&b);
	return ret;
}

/* One version that was added under several marks: which is meant is asked where it matters to whether it may go, and else said. */
static void
judge_marks(struct releasing *r, struct release_work *w)
{
	struct str one = mark_text(r, &w->row.label), other = mark_text(r, &w->other);
	if (w->differs)
		release_refuse(w->item,
		    release_say(r, "this version of it is here under two marks at least, and only one of them lets it go there: %.*s and %.*s",
			STR_FMT(one), STR_FMT(other)),
		    release_say(r, "say which is meant: --mark \"(…)\""));
	else
		w->item->remark =
		    release_say(r, "this version of it is here under two marks at least; it goes under the last, %.*s; for another: --mark \"%.*s\"",
			STR_FMT(one), STR_FMT(other));
}

static enum err
judge_report(struct releasing *r, struct release_work *w, const struct json *tree, struct errinfo *e)
{
	struct release_item *item = w->item;
	struct tear_from from = {
	    .tree = tree,
	    .whole = &w->row.label,
	    .policy = r->p->centre->policy,
	    .author = r->p->centre->me,
	    .circle = r->p->circle,
	    .all = circle_all(r->p->centre->charter),
	    .now = r->now,
	};
	struct arena *a = &r->p->a;
	enum err err;
	item->how = RELEASE_TEAR_LINE;
	if (r->now >= w->row.label.valid_until || r->now >= w->row.label.delete_by) {
		release_refuse(item, why_text(r, LABEL_WHY_EXPIRED, &w->row.label), STR_NONE);
		return OK;
	}
	if ((err = tear_judge(&from, a, &w->tear, e)))
		return err;
	for (size_t i = 0; i < w->tear.nportions; i++) { /* views into the tree would go with it */
		struct release_portion *p = &w->tear.portions[i];
		if (!p->goes && (!arena_dup(a, p->mark, &p->mark) || !arena_dup(a, p->text, &p->text)))
			return err_nomem(e);
	}
	if (!arena_dup(a, w->tear.name, &w->tear.name))
		return err_nomem(e);
	struct stix_header h;
	if (!w->tear.whole && stix_header_read(tree, &h) && !arena_dup(a, h.place, &item->place))
		return err_nomem(e);
	item->portions = w->tear.portions;
	item->nportions = w->tear.nportions;
	item->indices = w->tear.indices;
	item->banner = w->tear.banner;
	item->label = w->tear.label;
	item->name = w->tear.name;
	if (w->several)
		judge_marks(r, w);
	if (!w->tear.going && item->how != RELEASE_REFUSED)
		release_refuse(item, release_say(r, "no portion of it may go there: of the first, %.*s", STR_FMT(w->tear.portions[0].says)),
		    release_say(r, "write a tear-line by hand: a report of its own, with portions marked for this circle"));
	return OK;
}

static void
judge_other(struct releasing *r, struct release_work *w, const struct json *tree)
{
	struct release_item *item = w->item;
	enum label_why why = label_may_release(&w->row.label, r->p->circle, r->now);
	struct buf b = BUF_INIT(LIMIT_MARK);
	struct str name = STR_NONE;
	if (why == LABEL_MAY && !(w->row.label.owners >> r->p->centre->me & 1))
		why = LABEL_WHY_AUTHOR;
	item->how = w->private_part ? RELEASE_REDACTED : RELEASE_RAW;
	item->label = w->row.label;
	item->label.owners = UINT64_C(1) << r->p->centre->me;
	item->label.circle = r->p->circle;
	json_get_str(tree, STR("name"), &name);
	item->name = release_say(r, "%.*s", STR_FMT(str_sub(name, 0, 200)));
	struct mark_view write = {r->p->centre->policy, -1, 0};
	if (!mark_put_banner(&b, &write, &item->label, NULL))
		item->banner = release_say(r, "%.*s", STR_FMT(buf_str(&b)));
	buf_done(&b);
	if (w->several)
		judge_marks(r, w);
	if (item->how == RELEASE_REFUSED)
		return;
	if (why != LABEL_MAY)
		release_refuse(item, why_text(r, why, &w->row.label),
		    release_say(r, "if it may go there, label it anew in a newer version: comity add --mark \"(…)\" FILE"));
	else if (w->private_part && !r->redact)
		release_refuse(
		    item, release_say(r, "it carries what never leaves the private circle"), release_say(r, "release a copy without that: --redact"));
}

/* What it was made from, by everybody's leave. */
static enum err
judge_sources(struct releasing *r, struct release_work *w, const struct json *tree, struct errinfo *e)
{
	struct release_item *item = w->item;
	struct release_snag *snags;
	size_t n;
	struct errinfo why;
	enum err err = grant_check(r->s, r->p->centre, tree, &item->label, r->now, &r->p->a, &snags, &n, &why);
	if (err == ERR_LIMIT) {
		release_refuse(item, release_say(r, "%s", why.msg), STR_NONE);
		return OK;
	}
	if (err) {
		if (e)
			*e = why;
		return err;
	}
	if (!n)
		return OK;
	item->snags = snags;
	item->nsnags = n;
	struct str id = release_id(r, snags[0].id), to = release_circle(r, r->p->circle);
	release_refuse(item, release_say(r, "not all that it was made from may go there: %.*s, %.*s", STR_FMT(id), STR_FMT(snags[0].says)),
	    snags[0].remedy.n ? snags[0].remedy : release_say(r, "ask for consent: comity request %.*s --to %.*s", STR_FMT(id), STR_FMT(to)));
	return OK;
}

enum err
release_judge(struct releasing *r, struct release_work *w, const struct release_want *want, struct errinfo *e)
{
	struct release_item *item = w->item;
	struct rows_filter f = {.centre = r->p->centre->no, .author = -1, .id = &item->id};
	struct buf b = BUF_INIT(LIMIT_OBJECT + PIECE_HEAD);
	struct view_row *rows;
	const struct json *tree;
	struct stix_info info;
	struct stix_header header;
	size_t n;
	enum err err;
	if ((err = rows_all(r->s, &f, &r->p->a, &rows, &n, e)))
		return err;
	if (!choose(r, rows, n, want->modified, w)) {
		refuse_absent(r, item, rows, n);
		return OK;
	}
	item->modified = w->row.key.modified;
	item->original_label = w->row.label;
	item->how = RELEASE_RAW;
	if ((err = rows_bytes(r->s, &w->row, &b, e)))
		goto out;
	if (!arena_dup(&r->p->a, buf_str(&b), &w->bytes)) {
		err = err_nomem(e);
		goto out;
	}
	if ((err = release_tree(r, w, &tree, e)) || (err = stix_check(w->bytes, tree, &info, e)))
		goto out;
	w->private_part = stix_private_none(w->bytes, tree, NULL) != OK;
	check_creator(r, w, &info);
	if (item->how != RELEASE_REFUSED)
		err = check_onward(r, w, &info, e);
	if (err || item->how == RELEASE_REFUSED)
		goto out;
	if (info.type == STIX_REPORT && stix_header_read(tree, &header))
		err = judge_report(r, w, tree, e);
	else
		judge_other(r, w, tree);
	if (!err && item->how != RELEASE_REFUSED && w->private_part)
		err = judge_sources(r, w, tree, e);
out:
	buf_done(&b);
	return err;
}

/* Already there. */

static enum err
raw_there(struct releasing *r, struct release_work *w, struct errinfo *e)
{
	struct release_item *item = w->item;
	struct rows_filter f = {.centre = r->p->centre->no, .circle = r->p->circle, .author = r->p->centre->me, .id = &item->id};
	struct buf b = BUF_INIT(LIMIT_OBJECT + PIECE_HEAD);
	struct view_row *rows;
	size_t n;
	enum err err = rows_all(r->s, &f, &r->p->a, &rows, &n, e);
	for (size_t i = 0; !err && i < n; i++) {
		if (rows[i].state != VIEW_LIVE || rows[i].key.modified != item->modified)
			continue;
		if ((err = rows_bytes(r->s, &rows[i], &b, e)))
			break;
		if (str_eq(buf_str(&b), w->bytes)) {
			item->how = RELEASE_THERE;
			item->as = item->id;
			item->serial = rows[i].serial;
			item->why = release_say(r, "the circle has it already");
		} else {
			release_refuse(item, release_say(r, "the circle has another object under the same id and version"),
			    release_say(r, "give it a later `modified`, or recall the other"));
		}
		break;
	}
	buf_done(&b);
	return err;
}

static enum err
made_there(struct releasing *r, struct release_work *w, struct errinfo *e)
{
	struct release_item *item = w->item;
	struct link *links;
	size_t n;
	enum err err = links_of(r->s, r->p->centre, &item->id, &r->p->a, &links, &n, e);
	for (size_t i = 0; !err && i < n; i++) {
		const struct link *l = &links[i];
		if (!stix_id_eq(l->original, item->id) || l->circle != r->p->circle || l->modified != item->modified ||
		    !str_eq(l->portions, item->indices))
			continue;
		struct rows_filter f = {.centre = r->p->centre->no, .circle = r->p->circle, .author = r->p->centre->me, .id = &l->released};
		struct view_row *rows;
		size_t m;
		if ((err = rows_all(r->s, &f, &r->p->a, &rows, &m, e)))
			break;
		for (size_t k = 0; k < m; k++)
			if (rows_stands(&rows[k], r->now)) {
				item->how = RELEASE_THERE;
				item->as = l->released;
				item->serial = rows[k].serial;
				item->why = release_say(r, "the circle has it already, as %.*s", STR_FMT(release_id(r, l->released)));
			}
	}
	return err;
}

enum err
release_there(struct releasing *r, struct release_work *w, struct errinfo *e)
{
	return w->item->how == RELEASE_RAW ? raw_there(r, w, e) : made_there(r, w, e);
}
