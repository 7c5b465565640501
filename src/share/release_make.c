/* release_make: what goes, byte for byte as it will stand in the log, and what it tells beside its content. */
#include <string.h>

#include "base/leak.h"
#include "govern/circle.h"
#include "share/redact.h"
#include "share/links.h"
#include "share/release_int.h"

/* Which entry each goes in. */

static bool
goes(const struct release_item *item)
{
	return item->how == RELEASE_RAW || item->how == RELEASE_TEAR_LINE || item->how == RELEASE_REDACTED;
}

/* The entry that is being filled, of one label. */
struct filling {
	const struct label *label;
	uint32_t entry, count;
	uint64_t size;
};

static void
place(struct releasing *r, struct release_work *w, struct filling *open, size_t *nopen, uint64_t first_serial)
{
	struct release_plan *p = r->p;
	size_t size = PIECE_HEAD + w->bytes.n + KIB, k = 0; /* a redacted one can be a little longer than its original */
	if (w->item->how == RELEASE_TEAR_LINE) {
		w->item->entry = p->nentries++;
	} else {
		while (k < *nopen && !label_eq(open[k].label, &w->item->label))
			k++;
		if (k == *nopen)
			open[(*nopen)++] = (struct filling){.label = &w->item->label, .entry = UINT32_MAX};
		struct filling *f = &open[k];
		if (f->entry == UINT32_MAX || f->count == LIMIT_PIECES || f->size + size > LIMIT_PAYLOAD) {
			f->entry = p->nentries++;
			f->count = 0;
			f->size = 0;
		}
		f->count++;
		f->size += size;
		w->item->entry = f->entry;
	}
	w->item->serial = first_serial + w->item->entry;
}

/* IRN/ALL/0031 */
static struct str
serial_text(struct releasing *r, uint64_t serial)
{
	char me_space[POLICY_MEMBER], circle_space[LIMIT_MEMBERS * (POLICY_MEMBER + 1)];
	struct buf me = {.p = me_space, .cap = sizeof me_space, .max = sizeof me_space},
		   name = {.p = circle_space, .cap = sizeof circle_space, .max = sizeof circle_space};
	struct str named = circle_named(r->p->centre->charter, r->p->circle);
	label_member_put(&me, r->p->centre->policy, r->p->centre->me);
	if (named.n) {
		buf_put(&name, named);
	} else {
		label_circle_put(&name, r->p->centre->policy, r->p->circle);
		for (size_t i = 0; i < name.n; i++)
			if (name.p[i] >= 'a' && name.p[i] <= 'z')
				name.p[i] = (char)(name.p[i] - 'a' + 'A');
	}
	return release_say(r, "%.*s/%.*s/%04llu", STR_FMT(buf_str(&me)), STR_FMT(buf_str(&name)), (unsigned long long)serial);
}

/* Bytes. */

static enum err
make_tear_line(struct releasing *r, struct release_work *w, const struct json *tree, struct buf *b, struct errinfo *e)
{
	struct tear_from from = {
	    .tree = tree,
	    .whole = &w->row.label,
	    .policy = r->p->centre->policy,
	    .author = r->p->centre->me,
	    .circle = r->p->circle,
	    .now = r->now,
	};
	struct stix_id *refs = arena_array(&r->p->a, w->nrefs, sizeof *refs);
	struct tear_as as = {.id = w->item->as, .time = r->p->time, .identity = r->identity, .serial = serial_text(r, w->item->serial), .refs = refs};
	if (!refs)
		return err_nomem(e);
	for (size_t i = 0; i < w->nrefs; i++)
		if (w->refs[i].listed && w->refs[i].known)
			refs[as.nrefs++] = w->refs[i].id;
	return tear_write(&from, &w->tear, &as, &r->tree, b, e);
}

static bool
beside(const struct releasing *r, const struct release_ref *x)
{
	for (size_t i = 0; i < r->p->nitems; i++)
		if (r->p->items[i].how == RELEASE_RAW && stix_id_eq(r->p->items[i].id, x->id))
			return true;
	return false;
}

static enum err
make_redacted(struct releasing *r, struct release_work *w, const struct json *tree, struct buf *b, struct errinfo *e)
{
	const struct json **drop = arena_array(&r->p->a, w->nrefs, sizeof *drop);
	size_t n = 0;
	if (!drop)
		return err_nomem(e);
	for (size_t i = 0; i < w->nrefs; i++)
		if (!w->refs[i].known && !beside(r, &w->refs[i]))
			drop[n++] = tree + w->refs[i].node;
	return redact_write(tree, w->item->as, r->p->time, drop, n, &r->tree, b, e);
}

/* What a redacted copy lacks, as far as it is told from another of the same original. */
static struct str
redaction(struct releasing *r, const struct release_work *w)
{
	struct sha256 h;
	struct hash all;
	char hex[2 * HASH_LEN];
	struct buf b = {.p = hex, .cap = sizeof hex, .max = sizeof hex};
	sha256_init(&h);
	for (size_t i = 0; i < w->item->nsnags; i++) {
		sha256_put(&h, w->item->snags[i].where);
		sha256_put(&h, STR("\n"));
	}
	all = sha256_end(&h);
	hash_put_hex(&b, &all);
	return release_say(r, "-%.*s", STR_FMT(buf_str(&b)));
}

static enum err
make_one(struct releasing *r, struct release_work *w, uint32_t *made, struct errinfo *e)
{
	struct release_item *item = w->item;
	struct buf b = BUF_INIT(LIMIT_OBJECT);
	const struct json *tree;
	uint8_t uuid[16];
	struct errinfo why;
	enum err err;
	item->as = item->id;
	item->bytes = w->bytes;
	if (item->how == RELEASE_RAW)
		return OK;
	if ((err = share_new_id(r->s, r->p->centre, r->p->circle, (*made)++, uuid, e)) || (err = release_tree(r, w, &tree, e)))
		return err;
	memcpy(item->as.uuid, LEAK(TEAR_ID) ? item->id.uuid : uuid, sizeof uuid);
	if (item->how == RELEASE_TEAR_LINE) {
		item->as.type = STR("report");
		err = make_tear_line(r, w, tree, &b, &why);
	} else {
		err = make_redacted(r, w, tree, &b, &why);
	}
	if (err == ERR_INVALID || err == ERR_LIMIT || err == ERR_DENIED) {
		release_refuse(item, release_say(r, "%s", why.msg), STR_NONE);
		err = OK;
	} else if (err && e) {
		*e = why;
	} else if (!err && !arena_dup(&r->p->a, buf_str(&b), &item->bytes)) {
		err = err_nomem(e);
	}
	buf_done(&b);
	return err;
}

/* What can be inferred. */

static struct str
time_text(struct releasing *r, int64_t t)
{
	char space[40];
	struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
	time_put_ms(&b, t);
	return release_say(r, "%.*s", STR_FMT(buf_str(&b)));
}

/* What was made of an earlier version and stands there still, under an id that nothing ties to the new one. */
static enum err
find_earlier(struct releasing *r, const struct release_item *item, struct stix_id *ret, bool *ret_found, struct errinfo *e)
{
	struct link *links;
	struct view_row *rows;
	size_t n, nrows;
	enum err err = links_of(r->s, r->p->centre, &item->id, &r->p->a, &links, &n, e);
	for (size_t i = 0; i < n && !err; i++) {
		struct rows_filter f = {.centre = r->p->centre->no, .circle = r->p->circle, .author = r->p->centre->me, .id = &links[i].released};
		if (!stix_id_eq(links[i].original, item->id) || links[i].circle != r->p->circle || links[i].modified >= item->modified)
			continue;
		err = rows_all(r->s, &f, &r->p->a, &rows, &nrows, e);
		for (size_t k = 0; k < nrows && !err; k++)
			if (rows_stands(&rows[k], r->now)) {
				*ret = links[i].released;
				*ret_found = true;
			}
	}
	return err;
}

static enum err
item_infers(struct releasing *r, struct release_work *w, struct errinfo *e)
{
	struct release_item *item = w->item;
	struct str *list = arena_array(&r->p->a, w->nrefs + item->nportions + 4, sizeof *list);
	struct stix_id earlier;
	bool found = false;
	size_t n = 0;
	enum err err;
	if (!list)
		return err_nomem(e);
	if (item->how != RELEASE_RAW && (err = find_earlier(r, item, &earlier, &found, e)))
		return err;
	if (found) {
		struct str id = release_id(r, item->id), was = release_id(r, earlier);
		list[n++] = release_say(r,
		    "two versions, unless the earlier one, there as %.*s, is recalled afterwards: comity recall %.*s --action corrected "
		    "--replacement %.*s --reason …",
		    STR_FMT(was), STR_FMT(id), STR_FMT(id));
	}
	if (item->how == RELEASE_RAW && w->row.created && w->row.created != TIME_NEVER) {
		struct str created = time_text(r, w->row.created), modified = time_text(r, w->row.key.modified);
		list[n++] =
		    release_say(r, "created %.*s, modified %.*s: that it existed before this release, and its id, under which another may know it",
			STR_FMT(created), STR_FMT(modified));
	}
	for (size_t i = 0; i < w->nrefs; i++)
		if (w->refs[i].known && w->refs[i].by != r->p->circle && item->how != RELEASE_TEAR_LINE)
			list[n++] = release_say(r, "names %.*s, which its readers have from %.*s", STR_FMT(release_id(r, w->refs[i].id)),
			    STR_FMT(release_circle(r, w->refs[i].by)));
	for (size_t i = 0; i < item->nportions; i++)
		if (item->portions[i].dangling)
			list[n++] = release_say(r, "that a portion is withheld: a reference leads to it");
	item->infers = list;
	item->ninfers = n;
	return OK;
}

static enum err
plan_infers(struct releasing *r, uint64_t first_serial, struct errinfo *e)
{
	struct release_plan *p = r->p;
	struct str *list = arena_array(&p->a, 4, sizeof *list);
	uint64_t bytes = 0;
	if (!list)
		return err_nomem(e);
	for (size_t i = 0; i < p->nitems; i++)
		bytes += goes(&p->items[i]) ? p->items[i].bytes.n : 0;
	if (p->nentries) {
		list[p->ninfers++] = release_say(
		    r, "the moment of release, about %.*s, and that position %.*s released it", STR_FMT(time_text(r, p->time)), STR_FMT(p->position));
		list[p->ninfers++] = release_say(r, "serials %llu to %llu: how many entries of ours this circle has had; nothing of other circles",
		    (unsigned long long)first_serial, (unsigned long long)(first_serial + p->nentries - 1));
		list[p->ninfers++] =
		    release_say(r, "%zu %s of %llu bytes", p->going, str_many(p->going, "object", "objects"), (unsigned long long)bytes);
	}
	p->infers = list;
	return OK;
}

enum err
release_make(struct releasing *r, struct errinfo *e)
{
	struct release_plan *p = r->p;
	struct filling *open = arena_array(&p->a, p->nitems, sizeof *open);
	uint64_t first_serial;
	enum err err = share_next_serial(r->s, p->centre, p->circle, &first_serial, e);
	if (err)
		return err;
	if (LEAK(SERIAL_HOME))
		(void)!record_arrival_last(r->s->store, &first_serial, NULL);
	uint32_t made = 0;
	size_t nopen = 0;
	err = open ? OK : err_nomem(e);
	for (size_t i = 0; i < p->nitems && !err; i++) {
		if (p->items[i].how == RELEASE_REDACTED)
			p->items[i].indices = redaction(r, &r->work[i]);
		if (p->items[i].how == RELEASE_REDACTED || p->items[i].how == RELEASE_TEAR_LINE)
			err = release_there(r, &r->work[i], e);
	}
	for (size_t i = 0; i < p->nitems && !err; i++)
		if (goes(&p->items[i]))
			place(r, &r->work[i], open, &nopen, first_serial);
	for (size_t i = 0; i < p->nitems && !err; i++)
		if (goes(&p->items[i]) && !(err = make_one(r, &r->work[i], &made, e)) && goes(&p->items[i]))
			err = item_infers(r, &r->work[i], e);
	for (size_t i = 0; i < p->nitems; i++) {
		p->going += goes(&p->items[i]);
		p->refused += p->items[i].how == RELEASE_REFUSED;
	}
	return err ? err : plan_infers(r, first_serial, e);
}
