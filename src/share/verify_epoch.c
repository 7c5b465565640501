/* verify_epoch: how a log goes on from the epoch before it, and what of it is lost. */
#include <string.h>

#include "share/epoch.h"
#include "share/settle.h"
#include "share/verify_int.h"

/* The objects counted before this epoch, by its link. */
struct base {
	struct verify *v;
	uint64_t objects;
	uint32_t epoch; /* the one before, as far as it is known */
	bool any, forked;
	/* as leaf 0 names it */
	struct record_log before;
	uint64_t size, after;
	bool linked, gap;
};

static enum err
see_before(void *ctx, const struct record_log *log, struct errinfo *e)
{
	struct base *b = ctx;
	const struct record_log *l = &b->v->log;
	(void)e;
	if (log->circle != l->circle || log->author != l->author || log->epoch >= l->epoch)
		return OK;
	b->forked |= log->state == RECORD_LOG_FORKED;
	if (!(log->circle & (log->circle - 1)) && log->epoch > b->epoch) { /* a private log has no serials to tell */
		b->epoch = log->epoch;
		b->objects = log->objects;
		b->any = true;
	}
	return OK;
}

static enum err
first_serial(void *ctx, uint64_t idx, const struct record_entry *x, struct errinfo *e)
{
	struct base *b = ctx;
	struct hash h;
	struct entry y;
	(void)idx;
	if (!x->count || b->any || entry_charter(x->bytes, &h, e) || rules_read(&b->v->rules, &h, b->v->log.circle, x->bytes, &y, e))
		return OK;
	b->objects = y.serial ? y.serial - 1 : 0;
	b->any = true;
	return ERR_STOPPED;
}

static enum err
count_objects(void *ctx, uint64_t idx, const struct record_entry *x, struct errinfo *e)
{
	uint64_t *n = ctx;
	(void)idx;
	(void)e;
	*n += x->count > 0;
	return OK;
}

static enum err
read_link(void *ctx, uint64_t idx, const struct record_entry *x, struct errinfo *e)
{
	struct base *b = ctx;
	struct verify *v = b->v;
	struct errinfo why;
	struct hash h, root;
	struct entry y;
	(void)idx;
	(void)e;
	b->linked = x->first != ENTRY_MALFORMED && !entry_charter(x->bytes, &h, &why) &&
		    !rules_read(&v->rules, &h, v->log.circle, x->bytes, &y, &why) && y.kind == ENTRY_EPOCH &&
		    !rules_link(v->c, v->now, &v->log, y.checkpoint, &b->before, &b->size, &root, &why);
	b->gap = b->linked && y.gap;
	b->after = y.after;
	return OK;
}

/* Leaf 0 says where the epoch before ended: the serials count on from there, and its author signed no more of it. */
static enum err
check_link(struct base *b, struct errinfo *e)
{
	struct verify *v = b->v;
	struct store *store = v->s->store;
	struct buf note = BUF_INIT(LIMIT_CHECKPOINT);
	struct record_log before;
	struct hash root;
	uint64_t later = 0, n = 0;
	enum err err = record_entry_each(store, v->log.no, 0, v->log.edge.size ? 1 : 0, read_link, b, e);
	if (err || !b->linked)
		return err;
	if (b->gap) { /* what was lost is counted where it is missed, and more that turns up is no fault of whoever holds it */
		v->r->gaps++;
		b->objects = b->after;
		b->any = true;
		return OK;
	}
	if ((err = record_log_by_id(store, &b->before.id, &before, e)) || before.state == RECORD_LOG_FORKED || before.edge.size < b->size)
		return err == ERR_NOTFOUND ? OK : err;
	if ((err = record_entry_each(store, before.no, b->size, before.edge.size, count_objects, &later, e)))
		return err;
	b->objects = before.objects - later;
	b->any = true;
	err = record_checkpoint_get(store, before.no, UINT64_MAX, &n, &root, &note, e);
	buf_done(&note);
	if (err)
		return err == ERR_NOTFOUND ? OK : err;
	return n > b->size ? verify_fault_log(v, ERR_CONFLICT, 0,
				 "admits fewer entries of the epoch before than its author signed: its serials may be used twice", e)
			   : OK;
}

enum err
verify_link(struct verify *v, bool *ret_forked, struct errinfo *e)
{
	struct base b = {.v = v};
	enum err err = OK;
	if (v->log.epoch > 1) {
		if ((err = record_log_each(v->s->store, v->c->no, see_before, &b, e)) || (err = check_link(&b, e)))
			return err;
		err = record_entry_each(v->s->store, v->log.no, 0, v->log.edge.size, first_serial, &b, e);
		if (err && err != ERR_STOPPED)
			return err;
		v->at.objects = b.any ? b.objects : v->log.objects;
	}
	*ret_forked = b.forked;
	return OK;
}

enum err
verify_lost(struct verify *v, struct errinfo *e)
{
	uint64_t beyond = 0;
	struct epoch_said said = {0};
	enum err err = OK;
	if (v->log.state == RECORD_LOG_ENDED && !(err = epoch_said_of(v->s, v->c, &v->log, &said, e)) && said.gap && said.admitted > v->log.edge.size)
		beyond = said.admitted;
	if (!err && !beyond && v->log.author == v->c->me)
		err = share_known_beyond(v->s, &v->log, &beyond, e);
	if (!err && beyond)
		v->r->lost += beyond - v->log.edge.size;
	return err;
}
