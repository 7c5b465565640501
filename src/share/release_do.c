/* release_do: the doing of a plan, whole or not at all. */
#include <stdlib.h>
#include <string.h>

#include "share/links.h"
#include "share/release_int.h"

struct doing {
	struct share *s;
	struct release_plan *p;
	struct hash *leaves; /* by entry */
	struct str *objects; /* LIMIT_PIECES of them */
	struct release_done done;
};

static bool
goes(const struct release_item *item)
{
	return item->how == RELEASE_RAW || item->how == RELEASE_TEAR_LINE || item->how == RELEASE_REDACTED;
}

/* Nothing of the private extension leaves, whatever made these bytes. */
static enum err
check_clean(const struct release_item *item, struct errinfo *e)
{
	struct arena tree = ARENA_INIT(LIMIT_OBJECT_ARENA);
	const struct json *j;
	enum err err = json_parse(&tree, item->bytes, &j, e);
	if (!err)
		err = stix_private_none(item->bytes, j, e);
	arena_done(&tree);
	return err;
}

static enum err
append_entry(struct doing *d, uint32_t entry, struct errinfo *e)
{
	struct release_plan *p = d->p;
	struct entry x = {.kind = ENTRY_OBJECTS, .position = p->position};
	struct share_append a = {.centre = p->centre, .circle = p->circle, .entry = &x, .objects = d->objects};
	struct share_appended appended;
	uint64_t serial = 0;
	enum err err = OK;
	for (size_t i = 0; i < p->nitems && !err; i++) {
		const struct release_item *item = &p->items[i];
		if (!goes(item) || item->entry != entry)
			continue;
		err = check_clean(item, e);
		x.label = item->label;
		serial = item->serial;
		d->objects[a.nobjects++] = item->bytes;
	}
	if (err || !a.nobjects) /* an item that was refused when it was made leaves its entry empty: then nothing is done */
		return err ? err : err_set(e, ERR_CONFLICT, "the plan has an entry with nothing in it");
	if ((err = share_append(d->s, &a, &appended, e)))
		return err;
	if (appended.serial != serial)
		return err_set(e, ERR_CONFLICT, "the log grew since this was planned");
	d->leaves[entry] = appended.leaf;
	d->done.entries++;
	d->done.objects += (uint32_t)a.nobjects;
	if (entry == 0) {
		d->done.first_leaf = appended.leaf;
		d->done.first_serial = serial;
	}
	d->done.last_serial = serial;
	return OK;
}

/* The way back to the originals, in the private log. */

static bool
is_new(const struct release_item *item)
{
	return item->how == RELEASE_TEAR_LINE || item->how == RELEASE_REDACTED;
}

static enum err
write_link(struct doing *d, const struct release_item *item, uint32_t n, struct buf *b, struct errinfo *e)
{
	struct release_plan *p = d->p;
	struct link l = {.released = item->as,
	    .original = item->id,
	    .circle = p->circle,
	    .modified = item->modified,
	    .portions = item->indices,
	    .entry = d->leaves[item->entry]};
	struct link_as as = {.time = p->time, .identity = links_identity(p->centre, p->time)};
	enum err err = share_new_id(d->s, p->centre, UINT64_C(1) << p->centre->me, n, as.id.uuid, e);
	as.id.type = STR("relationship");
	return err ? err : link_write(p->centre, &l, &as, b, e);
}

/* The links of items from *at on that may stand in one entry: those labelled as the first of them is. done marks the items dealt with. */
static enum err
append_links(struct doing *d, size_t at, bool *done, uint32_t *made, struct errinfo *e)
{
	struct release_plan *p = d->p;
	struct buf all = BUF_INIT(LIMIT_PAYLOAD);
	struct entry x = {.kind = ENTRY_OBJECTS, .position = p->position, .label = p->items[at].original_label};
	struct share_append a = {.centre = p->centre, .circle = UINT64_C(1) << p->centre->me, .entry = &x, .objects = d->objects};
	struct share_appended appended;
	size_t *ends = calloc(p->nitems, sizeof *ends);
	enum err err = ends ? OK : err_nomem(e);
	for (size_t i = at; i < p->nitems && !err; i++) {
		if (done[i] || !is_new(&p->items[i]) || !label_eq(&p->items[i].original_label, &p->items[at].original_label))
			continue;
		done[i] = true;
		if (!(err = write_link(d, &p->items[i], (*made)++, &all, e)))
			ends[a.nobjects++] = all.n;
	}
	for (size_t i = 0; i < a.nobjects; i++)
		d->objects[i] = str_sub(buf_str(&all), i ? ends[i - 1] : 0, ends[i]);
	x.label.circle = a.circle; /* where it went is told to nobody */
	x.label.owners = a.circle;
	if (!err)
		err = share_append(d->s, &a, &appended, e);
	free(ends);
	buf_done(&all);
	return err;
}

static enum err
append_all(struct doing *d, struct errinfo *e)
{
	struct release_plan *p = d->p;
	struct record_log log = {0};
	bool *done = calloc(p->nitems, sizeof *done);
	uint32_t made = 0;
	enum err err = done ? OK : err_nomem(e);
	if (!err) {
		err = record_log_latest(d->s->store, p->centre->no, p->circle, p->centre->me, &log, e);
		if (err == ERR_NOTFOUND)
			err = OK;
	}
	if (!err && log.edge.size != p->idx)
		err = err_set(e, ERR_CONFLICT, "the log grew since this was planned");
	for (uint32_t i = 0; i < p->nentries && !err; i++)
		err = append_entry(d, i, e);
	for (size_t i = 0; i < p->nitems && !err; i++)
		if (is_new(&p->items[i]) && !done[i])
			err = append_links(d, i, done, &made, e);
	free(done);
	return err;
}

static enum err
refused(const struct release_plan *p, struct errinfo *e)
{
	for (size_t i = 0; i < p->nitems; i++) {
		const struct release_item *item = &p->items[i];
		if (item->how != RELEASE_REFUSED)
			continue;
		char space[STIX_ID_MAX];
		struct buf b = {.p = space, .cap = sizeof space, .max = sizeof space};
		stix_id_put(&b, item->id);
		err_set(e, ERR_DENIED, "%.*s: %.*s", STR_FMT(buf_str(&b)), STR_FMT(str_sub(item->why, 0, 300)));
		if (item->hint.n)
			err_hint(e, "%.*s", STR_FMT(item->hint));
		return ERR_DENIED;
	}
	return OK;
}

enum err
release_do(struct share *s, struct release_plan *p, struct release_done *ret, struct errinfo *e)
{
	struct doing d = {.s = s, .p = p};
	enum err err = p->refused ? refused(p, e) : OK;
	if (err)
		return err;
	if (p->going) {
		d.leaves = calloc(p->nentries, sizeof *d.leaves);
		d.objects = calloc(LIMIT_PIECES, sizeof *d.objects);
		err = d.leaves && d.objects ? record_begin(s->store, e) : err_nomem(e);
		if (!err) {
			err = append_all(&d, e);
			if (!err)
				err = record_commit(s->store, e);
			else
				record_rollback(s->store);
		}
	}
	free(d.leaves);
	free(d.objects);
	if (!err)
		*ret = d.done;
	return err;
}
