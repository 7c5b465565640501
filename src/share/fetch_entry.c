/* fetch_entry: entries that are vouched for, into the record: in transactions of at most LIMIT_PIECES pieces, entry and payload together. */
#include <string.h>

#include "share/due_int.h"
#include "share/fetch_int.h"
#include "share/origin.h"
#include "share/payload.h"

enum { PENDING_ASKED = 1024, TX_ENTRIES = 1024 };

/* A failure of our own record: what was not committed goes. */
static enum err
ours(struct fetch_log *l, enum err err)
{
	if (err)
		l->broken = true;
	return err;
}

enum err
fetch_tx_begin(struct fetch_log *l, struct errinfo *e)
{
	struct store *store = l->f->s->store;
	enum err err;
	if (l->in_tx)
		return OK;
	if ((err = record_begin(store, e)))
		return ours(l, err);
	l->in_tx = true;
	l->tx_pieces = 0;
	l->tx_entries = l->tx_bytes = 0;
	if (!l->log.no && (err = record_log_new(store, &l->log, e)))
		return ours(l, err);
	if (!l->note_kept)
		err = record_checkpoint_put(store, l->log.no, l->cp.size, &l->cp.root, l->bare, e);
	return ours(l, err);
}

void
fetch_tx_rollback(struct fetch_log *l)
{
	if (!l->in_tx)
		return;
	record_rollback(l->f->s->store);
	l->in_tx = false;
	l->log = l->kept;
}

enum err
fetch_tx_commit(struct fetch_log *l, struct errinfo *e)
{
	struct fetch *f = l->f;
	enum err err;
	if (!l->in_tx)
		return OK;
	if ((err = fetch_bridge_keep(l, e))) {
		fetch_tx_rollback(l);
		return ours(l, err);
	}
	err = record_commit(f->s->store, e);
	l->in_tx = false;
	if (err) {
		l->log = l->kept;
		return ours(l, err);
	}
	l->kept = l->log;
	l->note_kept = true;
	f->r->entries += l->tx_entries;
	f->r->objects += l->tx_pieces;
	if (f->o && f->o->progress && l->tx_entries && !f->o->progress(f->o->ctx, f->r, str_of(l->log.origin)))
		return err_set(e, ERR_STOPPED, "stopped; what was taken in so far stays");
	return OK;
}

/* The charter of the last good entry before the edge; -1 if there is none. */
static enum err
last_charter(struct fetch_log *l, int *ret, struct errinfo *e)
{
	struct buf b = BUF_INIT(UINT16_MAX);
	enum err err = OK;
	*ret = -1;
	for (uint64_t idx = l->log.edge.size; idx > 0 && *ret < 0 && !err; idx--) {
		struct record_entry x;
		struct hash h;
		buf_clear(&b);
		err = record_entry_get(l->f->s->store, l->log.no, idx - 1, &b, &x, e);
		if (!err && x.first != ENTRY_MALFORMED && !entry_charter(x.bytes, &h, NULL))
			*ret = chain_find(l->f->c->chain, &h);
	}
	buf_done(&b);
	return err;
}

static enum err
is_objects(void *ctx, uint64_t idx, const struct record_entry *x, struct errinfo *e)
{
	bool *any = ctx;
	(void)idx;
	(void)e;
	*any = x->count > 0;
	return *any ? ERR_STOPPED : OK;
}

struct before {
	const struct record_log *log;
	struct record_log *best;
};

static enum err
see_before(void *ctx, const struct record_log *log, struct errinfo *e)
{
	struct before *b = ctx;
	(void)e;
	if (log->circle == b->log->circle && log->author == b->log->author && log->epoch < b->log->epoch && log->epoch > b->best->epoch)
		*b->best = *log;
	return OK;
}

/* The epoch held that comes before this one; no is 0 if none is. */
static enum err
epoch_before(struct fetch_log *l, struct record_log *ret, struct errinfo *e)
{
	struct before b = {&l->log, ret};
	memset(ret, 0, sizeof *ret);
	enum err err = record_log_latest(l->f->s->store, l->log.centre, l->log.circle, l->log.author, ret, e);
	if (err == ERR_NOTFOUND || (!err && ret->epoch < l->log.epoch)) {
		if (err)
			ret->no = 0;
		return OK;
	}
	memset(ret, 0, sizeof *ret);
	return err ? err : record_log_each(l->f->s->store, l->log.centre, see_before, &b, e);
}

enum err
fetch_entry_begin(struct fetch_log *l, struct errinfo *e)
{
	struct record_log before;
	bool any = false, any_serial = false;
	int last;
	enum err err = last_charter(l, &last, e);
	if (!err && l->log.epoch > 1 && !(err = epoch_before(l, &before, e)) && before.no && before.state == RECORD_LOG_FORKED) {
		err = l->log.no ? record_entry_each(l->f->s->store, l->log.no, 0, l->log.edge.size, is_objects, &any, e) : OK;
		if (err == ERR_STOPPED)
			err = OK;
		any_serial = !any;
	}
	rules_begin(&l->f->rules, last, any_serial);
	return ours(l, err);
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

/* What leaf 0 names of an epoch whose entries are not all here is kept: the note, and that the epoch is over but for them (fetch_log.c). */
static enum err
end_short(struct fetch_log *l, struct record_log *before, const struct entry *x, uint64_t size, const struct hash *root, struct errinfo *e)
{
	struct store *store = l->f->s->store;
	enum err err = before->no ? OK : record_log_new(store, before, e);
	return err ? err : record_checkpoint_put(store, before->no, size, root, x->checkpoint, e);
}

/* Leaf 0 of an epoch after another. Everything that it names of the one before must be here, so that serials count on, unless its author says that it
 * has lost some of it: then it also says where they go on. The epoch before takes nothing more than was named. */
static enum err
begin_epoch(struct fetch_log *l, const struct entry *x, bool linked, struct errinfo *e)
{
	struct store *store = l->f->s->store;
	struct record_log before = {0};
	struct roster_log_key key;
	struct sign_public pub;
	struct hash root, held;
	uint64_t size = 0, later = 0;
	bool lacks = false;
	enum err err;
	if (linked) {
		struct record_log named;
		if ((err = rules_link(l->f->c, l->f->now, &l->log, x->checkpoint, &named, &size, &root, e)))
			return err;
		err = record_log_by_id(store, &named.id, &before, e);
		if (err == ERR_NOTFOUND)
			before = named;
		else if (err)
			return ours(l, err);
		lacks = before.state != RECORD_LOG_FORKED && before.edge.size < size;
		if (lacks && !x->gap) {
			l->waits = true;
			return OK;
		}
	} else if ((err = epoch_before(l, &before, e)) || !before.no) {
		return ours(l, err);
	}
	if (linked && !lacks && before.state != RECORD_LOG_FORKED) {
		if ((err = fetch_own_root(l, &before, size, &held, e)))
			return ours(l, err);
		if (!hash_eq(&held, &root)) {
			if ((err = origin_key(l->f->c, l->f->now, before.author, before.epoch, &key, e)))
				return err;
			memcpy(pub.b, key.key, sizeof pub.b);
			return fetch_fork_by_own(l, &before, &pub, size, x->checkpoint, e);
		}
	}
	if ((err = fetch_tx_begin(l, e)))
		return err;
	if (lacks && (err = end_short(l, &before, x, size, &root, e)))
		return ours(l, err);
	if (linked && (err = record_entry_each(store, before.no, size, before.edge.size, count_objects, &later, e)))
		return ours(l, err);
	l->log.objects = linked && x->gap ? x->after : before.objects - later;
	if (linked && before.state == RECORD_LOG_LIVE) /* what does not say where the one before ended does not end it */
		err = record_log_set_state(store, before.no, RECORD_LOG_ENDED, e);
	if (!err && linked && before.state != RECORD_LOG_FORKED) /* else proven already */
		err = fetch_more_signed(l, &before, size, e);
	return ours(l, err);
}

/* Whether it can be that bytes were withdrawn: their author says so, or the date of the entry has come, by our clock and by what another member
 * signed: a clock that is ahead would else make us take a relay's word for it. A payload of hashes alone fits its root whoever sends it, so from
 * another member it is no better than none: the bytes may still be had elsewhere. */
static enum err
explain(struct fetch_log *l, const struct entry *x, bool *ret, struct errinfo *e)
{
	struct fetch *f = l->f;
	enum err err = OK;
	*ret = f->r->shown && f->c->charter && charter_find(f->c->charter, str_of(f->o->member)) == l->log.author;
	if (*ret || x->label.delete_by > f->now)
		return OK;
	if (x->label.delete_by > f->others) { /* more may have been signed since it was asked last */
		struct due_time t = {.now = f->now};
		err = due_others(f->s, &t, e);
		f->others = t.others;
	}
	*ret = !err && x->label.delete_by <= f->others;
	return err;
}

/* The payload of an entry from the peer, alone or with those of the entries after it: a view until the next call. Not to be had, or not the right
 * one: *ret_have is false, and the latter is an error too, which does not stop the log. */
static enum err
get_payload(struct fetch_log *l, uint64_t idx, bool alone, const struct entry *x, struct str *ret, bool *ret_have, struct errinfo *e)
{
	struct errinfo why;
	uint32_t gone = 0;
	*ret_have = false;
	if (l->f->s->env->space(l->f->s->env->ctx) < LIMIT_SPACE) { /* what is left is for recalls, which come after */
		l->f->r->pending++;
		err_set(&l->f->r->last, ERR_FULL, "less than %d MiB are left on the disk: what was released waits where it is", LIMIT_SPACE / MIB);
		return OK;
	}
	enum err err = peer_get_payload(&l->f->peer, idx, alone, (size_t)x->size + x->count * (size_t)(PIECE_HEAD + HASH_LEN), ret, &why);
	if (!err)
		err = payload_check(*ret, x->count, x->size, &x->root, &gone, &why);
	if (!err && gone) {
		bool explained;
		if ((err = explain(l, x, &explained, e)))
			return ours(l, err);
		if (!explained)
			err = err_set(&why, ERR_NOTFOUND, "withdrawn there, and not by its author or its date");
	}
	if (!err) {
		*ret_have = true;
		return OK;
	}
	if (fetch_is_fatal(err)) {
		if (e)
			*e = why;
		return err;
	}
	l->f->r->pending++;
	if (err != ERR_NOTFOUND) {
		err_at(&why, "%s: payload of entry %llu", l->log.origin, (unsigned long long)idx);
		l->f->r->last = why;
	}
	return OK;
}

static enum err
put_pieces(struct fetch_log *l, struct str payload, int64_t *ret_first, struct errinfo *e)
{
	struct store *store = l->f->s->store;
	struct payload_piece piece;
	enum err err = OK;
	for (bool first = true; payload.n && !err; first = false) {
		int64_t no = 0;
		if ((err = payload_next(&payload, &piece, e)))
			break;
		err = piece.withdrawn ? record_piece_put_withdrawn(store, &piece.hash, &no, e) : record_piece_put(store, piece.bytes, &no, e);
		if (first)
			*ret_first = no;
		l->tx_pieces++;
		l->tx_bytes += piece.bytes.n;
	}
	return err;
}

/* Room in the open transaction for so many pieces more; if there is none it is committed. */
static enum err
make_room(struct fetch_log *l, uint32_t pieces, uint64_t bytes, struct errinfo *e)
{
	bool full = l->tx_pieces + pieces > LIMIT_PIECES || l->tx_bytes + bytes > LIMIT_PAYLOAD || l->tx_entries >= TX_ENTRIES;
	return l->in_tx && full ? fetch_tx_commit(l, e) : OK;
}

enum err
fetch_entry(struct fetch_log *l, struct str line, struct errinfo *e)
{
	struct store *store = l->f->s->store;
	uint64_t idx = l->log.edge.size;
	enum rules_verdict verdict;
	struct entry x = {0};
	struct errinfo why = {0};
	struct str payload = STR_NONE;
	bool have = true, good;
	enum err err;
	struct rules at = l->f->rules; /* to go back to if it waits */
	if ((err = rules_judge(&l->f->rules, &l->log, idx, line, &verdict, &x, &why))) {
		if (e)
			*e = why;
		return err;
	}
	if (verdict == RULES_WAITS) {
		l->waits = true;
		return OK;
	}
	good = verdict == RULES_GOOD;
	if (idx == 0 && l->log.epoch > 1) {
		if ((err = begin_epoch(l, &x, good && x.kind == ENTRY_EPOCH, e)))
			return err;
		if (!l->waits && good && x.kind == ENTRY_OBJECTS) { /* judged before the count was known */
			rules_begin(&l->f->rules, at.charter, at.any_serial);
			if ((err = rules_judge(&l->f->rules, &l->log, idx, line, &verdict, &x, &why))) {
				if (e)
					*e = why;
				return err;
			}
			good = verdict == RULES_GOOD;
		}
	}
	if (l->waits) {
		rules_begin(&l->f->rules, at.charter, at.any_serial);
		return OK;
	}
	if (good && x.count && !peer_has_payload(&l->f->peer, idx) && l->in_tx && (err = fetch_tx_commit(l, e)))
		return err;
	if (good && x.count && (err = get_payload(l, idx, false, &x, &payload, &have, e)))
		return err;
	struct record_entry entry = {line, good ? 0 : ENTRY_MALFORMED, good ? x.count : 0};
	if ((err = make_room(l, entry.count, payload.n, e)) || (err = fetch_tx_begin(l, e)))
		return err;
	if (good && x.count && have && (err = put_pieces(l, payload, &entry.first, e)))
		return ours(l, err);
	if (good && x.kind == ENTRY_OBJECTS && x.serial)
		l->log.objects = x.serial - 1;
	if ((err = record_entry_put(store, &l->log, &entry, good && x.kind == ENTRY_OBJECTS, good ? x.time : TIME_MIN, e)))
		return ours(l, err);
	if (have && (err = record_arrive(store, l->log.no, idx, l->f->now, NULL, e)))
		return ours(l, err);
	l->tx_entries++;
	l->tx_bytes += line.n;
	return OK;
}

/* payloads that were not to be had before */

struct pending {
	uint64_t idx[PENDING_ASKED];
	size_t n;
};

static enum err
gather(void *ctx, int64_t log, uint64_t idx, const struct record_entry *x, struct errinfo *e)
{
	struct pending *p = ctx;
	(void)log;
	(void)x;
	(void)e;
	p->idx[p->n++] = idx;
	return p->n == PENDING_ASKED ? ERR_STOPPED : OK;
}

static enum err
fill(struct fetch_log *l, uint64_t idx, struct buf *line, struct errinfo *e)
{
	struct store *store = l->f->s->store;
	struct record_entry kept;
	struct str payload;
	struct hash h;
	struct entry x;
	bool have;
	int64_t first = 0;
	enum err err;
	buf_clear(line);
	if ((err = record_entry_get(store, l->log.no, idx, line, &kept, e)) || (err = entry_charter(kept.bytes, &h, e)))
		return ours(l, err);
	if ((err = rules_read(&l->f->rules, &h, l->log.circle, kept.bytes, &x, e)))
		return err == ERR_NOMEM ? err : OK;
	if (l->f->peer.from->far && l->in_tx && (err = fetch_tx_commit(l, e)))
		return err;
	if ((err = get_payload(l, idx, true, &x, &payload, &have, e)) || !have)
		return err;
	if ((err = make_room(l, x.count, payload.n, e)) || (err = fetch_tx_begin(l, e)))
		return err;
	if ((err = put_pieces(l, payload, &first, e)) || (err = record_entry_fill(store, l->log.no, idx, first, e)) ||
	    (err = record_arrive(store, l->log.no, idx, l->f->now, NULL, e)))
		return ours(l, err);
	return OK;
}

enum err
fetch_pending(struct fetch_log *l, struct errinfo *e)
{
	struct pending p;
	struct buf line = BUF_INIT(UINT16_MAX);
	enum err err;
	p.n = 0;
	err = record_pending_each(l->f->s->store, l->log.no, gather, &p, e);
	if (err == ERR_STOPPED)
		err = OK;
	l->note_kept = true; /* no note has been looked at yet */
	for (size_t i = 0; i < p.n && !err; i++)
		err = fill(l, p.idx[i], &line, e);
	if (!err)
		err = fetch_tx_commit(l, e);
	l->note_kept = false;
	buf_done(&line);
	return err;
}
