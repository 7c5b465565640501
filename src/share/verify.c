/* verify: the record from its bytes up. */
#include "share/verify.h"

#include <stdlib.h>
#include <string.h>

#include "share/origin.h"
#include "share/verify_int.h"

static enum err
fault(struct verify *v, enum err code, struct str origin, uint64_t index, const char *what, struct errinfo *e)
{
	struct verify_fault f = {code, origin, index, what};
	v->r->faults++;
	return v->o && v->o->fault ? v->o->fault(v->o->ctx, &f, e) : OK;
}

enum err
verify_fault_log(struct verify *v, enum err code, uint64_t index, const char *what, struct errinfo *e)
{
	return fault(v, code, str_of(v->log.origin), index, what, e);
}

/* charters and cards: read anew into a chain and roster of their own */

struct docs {
	struct verify *v;
	uint64_t n;
};

static enum err
see_doc(void *ctx, const struct hash *hash, struct str bytes, struct errinfo *e)
{
	struct docs *d = ctx;
	struct hash h = hash_of(bytes);
	d->n++;
	return hash_eq(&h, hash) ? OK : fault(d->v, ERR_CORRUPT, STR_NONE, UINT64_MAX, "a charter or card is not the one it is kept as", e);
}

static enum err
check_docs(struct verify *v, struct errinfo *e)
{
	struct docs charters = {v, 0}, cards = {v, 0};
	enum err err = record_doc_each(v->s->store, v->c->no, RECORD_CHARTER, see_doc, &charters, e);
	if (!err)
		err = record_doc_each(v->s->store, v->c->no, RECORD_CARD, see_doc, &cards, e);
	v->r->charters += charters.n;
	v->r->cards += cards.n;
	/* that they hold was found when the home was opened: share_open reads each with its signatures and fails otherwise; here it is that none went
	 * missing since */
	if (!err && !chain_count(v->c->chain))
		err = fault(v, ERR_CORRUPT, STR_NONE, UINT64_MAX, "the founding charter is missing", e);
	return err;
}

/* one log */

static enum err
read_piece(void *ctx, uint32_t n, struct str data, const struct hash *hash, struct errinfo *e)
{
	struct verify *v = ctx;
	struct hash h = hash ? *hash : merkle_leaf_of(data);
	(void)n;
	(void)e;
	merkle_edge_append(&v->pieces, &h);
	v->piece_bytes += data.n;
	v->gone += hash != NULL;
	return OK;
}

static enum err
check_payload(struct verify *v, uint64_t idx, const struct record_entry *kept, struct errinfo *e)
{
	struct record_arrival a;
	struct hash want;
	uint64_t size;
	uint32_t count;
	enum err err;
	if (!entry_payload(kept->bytes, &count, &size, &want) || kept->count != count)
		return verify_fault_log(v, ERR_CORRUPT, idx, "is kept with another number of pieces than it says", e);
	if (!kept->first) {
		v->r->pending++;
		err = record_arrival_get(v->s->store, v->log.no, idx, &a, e);
		return err == ERR_NOTFOUND ? OK
		     : err                 ? err
			   : verify_fault_log(v, ERR_CORRUPT, idx, "has a place in the order of arrival, and its payload is not here", e);
	}
	v->pieces.size = 0;
	v->piece_bytes = 0;
	v->gone = 0;
	if ((err = record_pieces_read(&v->reader, kept->first, kept->count, read_piece, v, e)))
		return err == ERR_CORRUPT ? verify_fault_log(v, ERR_CORRUPT, idx, "pieces of it are missing", e) : err;
	struct hash root = merkle_edge_root(&v->pieces);
	v->r->objects += kept->count - v->gone;
	v->r->withdrawn += v->gone;
	v->r->bytes += v->piece_bytes;
	if (!hash_eq(&root, &want))
		return verify_fault_log(v, ERR_VERIFY, idx, "its pieces do not hash to what it says", e);
	if (v->gone ? v->piece_bytes > size : v->piece_bytes != size)
		return verify_fault_log(v, ERR_VERIFY, idx, "its pieces have not the size it says", e);
	return OK;
}

/* The checkpoints of this size say what the entries up to here hash to. */
static enum err
check_size(struct verify *v, struct errinfo *e)
{
	enum err err = OK;
	for (; v->at_size < v->nsizes && v->sizes[v->at_size] == v->at.edge.size && !err; v->at_size++) {
		struct hash root = merkle_edge_root(&v->at.edge);
		if (!hash_eq(&root, &v->roots[v->at_size]) && v->log.state != RECORD_LOG_FORKED) /* of a forked log both notes are kept */
			err =
			    verify_fault_log(v, ERR_VERIFY, v->at.edge.size - 1, "the entries up to here do not hash to what their author signed", e);
	}
	return err;
}

/* What is kept as malformed is, and nothing else. */
static enum err
check_rules(struct verify *v, uint64_t idx, const struct record_entry *kept, struct errinfo *e)
{
	enum rules_verdict verdict = RULES_MALFORMED;
	struct entry x;
	struct errinfo why = {0};
	enum err err = rules_judge(&v->rules, &v->at, idx, kept->bytes, &verdict, &x, &why);
	if (err) {
		if (e)
			*e = why;
		return err;
	}
	if (verdict == RULES_GOOD)
		v->at.last_time = x.time;
	if (verdict == RULES_WAITS) /* it was taken once: the clock went back, or a charter is gone */
		return verify_fault_log(v, ERR_CLOCK, idx, why.msg, e);
	if ((verdict == RULES_GOOD) == (kept->first != ENTRY_MALFORMED))
		return OK;
	return verify_fault_log(v, ERR_CORRUPT, idx, verdict == RULES_GOOD ? "is kept as malformed, and is not" : why.msg, e);
}

static enum err
read_entry(void *ctx, uint64_t idx, const struct record_entry *kept, struct errinfo *e)
{
	struct verify *v = ctx;
	struct hash leaf = merkle_leaf_of(kept->bytes);
	enum err err = OK;
	if (idx != v->at.edge.size && (err = verify_fault_log(v, ERR_CORRUPT, v->at.edge.size, "is missing", e)))
		return err;
	v->r->entries++;
	v->r->bytes += kept->bytes.n;
	v->r->malformed += kept->first == ENTRY_MALFORMED;
	if (v->o && v->o->rules)
		err = check_rules(v, idx, kept, e);
	merkle_edge_append(&v->at.edge, &leaf);
	if (!err && kept->count) {
		v->at.objects++;
		err = check_payload(v, idx, kept, e);
	} else if (!err && kept->first != ENTRY_MALFORMED && str_find(kept->bytes, STR("\"kind\":\"objects\"")) >= 0) {
		err = verify_fault_log(v, ERR_CORRUPT, idx, "is kept without the pieces it says it has", e);
	}
	if (!err)
		err = check_size(v, e);
	if (!err && v->o && v->o->progress && idx % 1024 == 0 && !v->o->progress(v->o->ctx, v->r, str_of(v->log.origin)))
		err = err_set(e, ERR_STOPPED, "stopped");
	return err;
}
static enum err
check_log(void *ctx, const struct record_log *log, struct errinfo *e)
{
	struct verify *v = ctx;
	struct record_log named;
	struct errinfo why;
	bool forked = false;
	enum err err;
	v->r->logs++;
	v->log = *log;
	v->at = *log;
	v->at.edge = (struct merkle_edge){0};
	v->at.objects = 0;
	v->at.last_time = TIME_MIN;
	if (origin_parse(v->c, str_of(log->origin), &named, &why) || !hash_eq(&named.id, &log->id) || named.circle != log->circle ||
	    named.author != log->author || named.epoch != log->epoch)
		return verify_fault_log(v, ERR_CORRUPT, UINT64_MAX, "is kept under another name than its own", e);
	if (v->c->me >= 0 && !(log->circle >> v->c->me & 1) &&
	    (err = verify_fault_log(v, ERR_DENIED, UINT64_MAX, "this home is not in its circle", e)))
		return err;
	if ((err = verify_link(v, &forked, e)))
		return err;
	rules_begin(&v->rules, -1, forked);
	v->reader = (struct record_pieces){.s = v->s->store};
	if (!(err = verify_notes(v, e)))
		err = record_entry_each(v->s->store, log->no, 0, UINT64_MAX >> 1, read_entry, v, e);
	record_pieces_end(&v->reader);
	if (err || (err = verify_kept(v, e)) || (err = verify_bridge(v, e)) || (err = verify_lost(v, e)))
		return err;
	return verify_forks(v, e);
}

/* arrivals */

struct arrivals {
	struct verify *v;
	uint64_t next;
};

static enum err
see_arrival(void *ctx, const struct record_arrival *a, struct errinfo *e)
{
	struct arrivals *w = ctx;
	enum err err = OK;
	w->v->r->arrivals++;
	if (a->seq != w->next)
		err = fault(w->v, ERR_CORRUPT, STR_NONE, a->seq, "the order of arrival has a gap before this", e);
	if (!err && (a->log < 1 || (uint64_t)a->log >= w->v->nheld || a->idx >= w->v->held[a->log]))
		err = fault(w->v, ERR_CORRUPT, STR_NONE, a->seq, "the order of arrival names an entry that is not here", e);
	w->next = a->seq + 1;
	return err;
}

/* No entry has two places (the record has them unique), no pending one has any, each place is of an entry here: so as many places as complete entries
 * means one for each. */
static enum err
check_arrivals(struct verify *v, struct errinfo *e)
{
	struct arrivals w = {v, 1};
	enum err err = record_arrival_each(v->s->store, 0, see_arrival, &w, e);
	if (!err && v->r->arrivals + v->r->pending != v->r->entries)
		err = fault(v, ERR_CORRUPT, STR_NONE, UINT64_MAX, "the order of arrival does not name each complete entry once", e);
	return err;
}

/* How many entries a log has, for the arrivals. */
static enum err
note_held(struct verify *v, const struct record_log *log, struct errinfo *e)
{
	if (log->no < 1 || log->no > INT32_MAX)
		return err_set(e, ERR_CORRUPT, "log.db: a log has number %lld", (long long)log->no);
	if ((size_t)log->no >= v->nheld) {
		size_t n = (size_t)log->no + 64;
		uint64_t *held = realloc(v->held, n * sizeof *held);
		if (!held)
			return err_nomem(e);
		memset(held + v->nheld, 0, (n - v->nheld) * sizeof *held);
		v->held = held;
		v->nheld = n;
	}
	v->held[log->no] = v->at.edge.size;
	return OK;
}

static enum err
check_one(void *ctx, const struct record_log *log, struct errinfo *e)
{
	enum err err = check_log(ctx, log, e);
	return err ? err : note_held(ctx, log, e);
}

enum err
share_verify(struct share *s, const struct verify_options *o, struct verify_report *ret, struct errinfo *e)
{
	struct verify v = {.s = s, .o = o, .r = ret, .now = s->env->now(s->env->ctx)};
	enum err err = share_refresh(s, e);
	memset(ret, 0, sizeof *ret);
	for (int i = 0; i < s->ncentres && !err; i++) {
		v.c = &s->centre[i];
		if (!(err = rules_init(&v.rules, v.c, v.now, e)) && !(err = check_docs(&v, e)))
			err = record_log_each(s->store, v.c->no, check_one, &v, e);
		rules_done(&v.rules);
	}
	if (!err)
		err = check_arrivals(&v, e);
	free(v.sizes);
	free(v.roots);
	free(v.held);
	return err;
}
