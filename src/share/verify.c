/* verify: the record from its bytes up. */
#include "share/verify.h"

#include <stdlib.h>
#include <string.h>

#include "share/cosign.h"
#include "share/epoch.h"
#include "share/fork.h"
#include "share/origin.h"
#include "share/rules.h"
#include "share/settle.h"

struct verify {
	struct share *s;
	struct share_centre *c;
	const struct verify_options *o;
	struct verify_report *r;
	struct rules rules;
	int64_t now;
	/* of the log being read */
	struct record_log log; /* as kept */
	struct record_log at;  /* as counted so far: edge, objects, last_time */
	struct record_pieces reader;
	struct merkle_edge pieces;
	uint64_t piece_bytes;
	uint32_t gone;
	uint64_t next; /* size of the next checkpoint to compare with; 0 = none left */
	struct hash next_root;
	uint64_t *sizes; /* of the checkpoints, ascending */
	struct hash *roots;
	size_t nsizes, at_size;
	uint64_t *held; /* entries of each log, by its number */
	size_t nheld;
};

static enum err
fault(struct verify *v, enum err code, struct str origin, uint64_t index, const char *what, struct errinfo *e)
{
	struct verify_fault f = {code, origin, index, what};
	v->r->faults++;
	return v->o && v->o->fault ? v->o->fault(v->o->ctx, &f, e) : OK;
}

static enum err
fault_log(struct verify *v, enum err code, uint64_t index, const char *what, struct errinfo *e)
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
		return fault_log(v, ERR_CORRUPT, idx, "is kept with another number of pieces than it says", e);
	if (!kept->first) {
		v->r->pending++;
		err = record_arrival_get(v->s->store, v->log.no, idx, &a, e);
		return err == ERR_NOTFOUND ? OK
		     : err                 ? err
					   : fault_log(v, ERR_CORRUPT, idx, "has a place in the order of arrival, and its payload is not here", e);
	}
	v->pieces.size = 0;
	v->piece_bytes = 0;
	v->gone = 0;
	if ((err = record_pieces_read(&v->reader, kept->first, kept->count, read_piece, v, e)))
		return err == ERR_CORRUPT ? fault_log(v, ERR_CORRUPT, idx, "pieces of it are missing", e) : err;
	struct hash root = merkle_edge_root(&v->pieces);
	v->r->objects += kept->count - v->gone;
	v->r->withdrawn += v->gone;
	v->r->bytes += v->piece_bytes;
	if (!hash_eq(&root, &want))
		return fault_log(v, ERR_VERIFY, idx, "its pieces do not hash to what it says", e);
	if (v->gone ? v->piece_bytes > size : v->piece_bytes != size)
		return fault_log(v, ERR_VERIFY, idx, "its pieces have not the size it says", e);
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
			err = fault_log(v, ERR_VERIFY, v->at.edge.size - 1, "the entries up to here do not hash to what their author signed", e);
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
		return fault_log(v, ERR_CLOCK, idx, why.msg, e);
	if ((verdict == RULES_GOOD) == (kept->first != ENTRY_MALFORMED))
		return OK;
	return fault_log(v, ERR_CORRUPT, idx, verdict == RULES_GOOD ? "is kept as malformed, and is not" : why.msg, e);
}

static enum err
read_entry(void *ctx, uint64_t idx, const struct record_entry *kept, struct errinfo *e)
{
	struct verify *v = ctx;
	struct hash leaf = merkle_leaf_of(kept->bytes);
	enum err err = OK;
	if (idx != v->at.edge.size && (err = fault_log(v, ERR_CORRUPT, v->at.edge.size, "is missing", e)))
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
		err = fault_log(v, ERR_CORRUPT, idx, "is kept without the pieces it says it has", e);
	}
	if (!err)
		err = check_size(v, e);
	if (!err && v->o && v->o->progress && idx % 1024 == 0 && !v->o->progress(v->o->ctx, v->r, str_of(v->log.origin)))
		err = err_set(e, ERR_STOPPED, "stopped");
	return err;
}

/* notes */

static enum err
log_key(struct verify *v, struct sign_public *ret, struct errinfo *e)
{
	struct roster_log_key k;
	enum err err = origin_key(v->c, v->now, v->log.author, v->log.epoch, &k, e);
	if (!err)
		memcpy(ret->b, k.key, sizeof ret->b);
	return err;
}

struct cosigs {
	struct verify *v;
	uint64_t size;
	struct str text;
};

static enum err
see_cosig(void *ctx, uint64_t size, int member, int64_t time, struct str line, struct errinfo *e)
{
	struct cosigs *k = ctx;
	struct merkle_note_sig sig;
	struct cosign_line good;
	if (size != k->size)
		return ERR_STOPPED;
	k->v->r->cosigs++;
	if (merkle_note_sig_parse(line, &sig, NULL) || !cosign_check(k->v->c, k->v->now, &k->v->log, k->text, &sig, &good) || good.member != member ||
	    good.time != time)
		return fault_log(k->v, ERR_VERIFY, size - 1, "a countersignature up to here does not hold", e);
	return OK;
}

/* All checkpoints, largest first: signature, what it says, countersignatures; sizes and roots are kept for the walk over the entries. */
static enum err
check_notes(struct verify *v, const struct sign_public *key, struct errinfo *e)
{
	struct buf note = BUF_INIT(LIMIT_CHECKPOINT);
	uint64_t max = UINT64_MAX, size;
	size_t cap = 0;
	struct hash root;
	enum err err = OK;
	v->nsizes = v->at_size = 0;
	while (!err) {
		struct merkle_checkpoint cp;
		struct merkle_note parsed;
		buf_clear(&note);
		err = record_checkpoint_get(v->s->store, v->log.no, max, &size, &root, &note, e);
		if (err)
			break;
		if (v->nsizes == cap) {
			cap = cap ? 2 * cap : 64;
			uint64_t *sizes = realloc(v->sizes, cap * sizeof *sizes);
			if (sizes)
				v->sizes = sizes;
			struct hash *roots = realloc(v->roots, cap * sizeof *roots);
			if (roots)
				v->roots = roots;
			if (!sizes || !roots) {
				err = err_nomem(e);
				break;
			}
		}
		v->r->checkpoints++;
		v->sizes[v->nsizes] = size;
		v->roots[v->nsizes++] = root;
		struct errinfo why;
		if (merkle_checkpoint_open(buf_str(&note), str_of(v->log.origin), key, &parsed, &cp, &why)) {
			err = fault_log(v, ERR_VERIFY, size - 1, why.msg, e);
		} else if (cp.size != size || !hash_eq(&cp.root, &root)) {
			err = fault_log(v, ERR_CORRUPT, size - 1, "a checkpoint is not what it is kept as", e);
		} else {
			struct cosigs k = {v, size, parsed.text};
			err = record_cosig_each(v->s->store, v->log.no, size, see_cosig, &k, e);
			if (err == ERR_STOPPED)
				err = OK;
		}
		if (!size)
			break;
		max = size - 1;
	}
	buf_done(&note);
	for (size_t i = 0; i < v->nsizes / 2; i++) {
		uint64_t s = v->sizes[i];
		struct hash h = v->roots[i];
		v->sizes[i] = v->sizes[v->nsizes - 1 - i];
		v->roots[i] = v->roots[v->nsizes - 1 - i];
		v->sizes[v->nsizes - 1 - i] = s;
		v->roots[v->nsizes - 1 - i] = h;
	}
	return err == ERR_NOTFOUND ? OK : err;
}

struct proofs {
	struct verify *v;
	uint64_t n;
};

/* One under a key that was revoked since proves that it was stolen, at most (share/fork.h). */
static enum err
see_fork(void *ctx, struct str proof, int64_t at, struct errinfo *e)
{
	struct proofs *p = ctx;
	struct errinfo why;
	(void)at;
	bool counts = false;
	enum err err = fork_counts(p->v->c, p->v->now, &p->v->log, proof, &counts, &why);
	p->n++;
	p->v->r->forks += counts;
	return err == ERR_NOMEM ? err_nomem(e) : err ? fault_log(p->v, ERR_VERIFY, UINT64_MAX, "the proof of a fork proves nothing", e) : OK;
}

/* Full tiles say what the entries hash to: the root of the whole through them is that of the entries. */
static enum err
check_kept(struct verify *v, struct errinfo *e)
{
	struct record_nodes from = {v->s->store, v->log.no, v->log.edge.size};
	struct merkle_nodes nodes = record_nodes(&from);
	struct hash a = merkle_edge_root(&v->log.edge), b = merkle_edge_root(&v->at.edge), c;
	uint64_t last = v->nsizes ? v->sizes[v->nsizes - 1] : 0;
	enum err err;
	if (v->log.edge.size != v->at.edge.size || !hash_eq(&a, &b))
		return fault_log(v, ERR_CORRUPT, UINT64_MAX, "the right edge that is kept is not that of the entries", e);
	if (v->at.edge.size && (err = merkle_root_at(&nodes, v->at.edge.size, &c, e)))
		return err == ERR_CORRUPT ? fault_log(v, ERR_CORRUPT, UINT64_MAX, "tiles are missing or damaged", e) : err;
	if (v->at.edge.size && !hash_eq(&b, &c))
		return fault_log(v, ERR_CORRUPT, UINT64_MAX, "the tiles are not those of the entries", e);
	if (v->log.objects != v->at.objects || (v->o && v->o->rules && v->log.last_time != v->at.last_time))
		if ((err = fault_log(v, ERR_CORRUPT, UINT64_MAX, "counts that are kept of it are wrong", e)))
			return err;
	if (v->log.author == v->c->me && last < v->at.edge.size)
		v->r->unsigned_entries += v->at.edge.size - last;
	else if (v->log.author != v->c->me && last < v->at.edge.size)
		return fault_log(v, ERR_VERIFY, last, "nothing that its author signed vouches for the entries from here on", e);
	else if (v->nsizes && v->at_size < v->nsizes) /* a checkpoint beyond the entries: they are still to come */
		v->r->unvouched += v->at.edge.size - (v->at_size ? v->sizes[v->at_size - 1] : 0);
	return OK;
}

/* What ties the entries to a checkpoint beyond them leads from the one to the other. */
static enum err
check_bridge(struct verify *v, struct errinfo *e)
{
	struct record_nodes from = {v->s->store, v->log.no, v->log.edge.size};
	struct merkle_nodes nodes = record_nodes(&from);
	struct record_bridge b;
	struct errinfo why;
	size_t i = 0;
	enum err err = record_bridge_get(v->s->store, v->log.no, &b, e);
	if (err)
		return err == ERR_NOTFOUND ? OK : err;
	while (i < v->nsizes && v->sizes[i] != b.to.size)
		i++;
	if (i == v->nsizes || !b.to.held || b.to.held > v->at.edge.size)
		return fault_log(v, ERR_CORRUPT, UINT64_MAX, "entries or the checkpoint that a kept proof ties together are not here", e);
	err = merkle_bridge_check(&nodes, &b.to, &v->roots[i], &why);
	return err ? fault_log(v, ERR_VERIFY, b.to.held - 1, "the proof kept that the entries are the beginning of what was signed does not hold", e)
		   : OK;
}

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
	return n > b->size
		 ? fault_log(v, ERR_CONFLICT, 0, "admits fewer entries of the epoch before than its author signed: its serials may be used twice", e)
		 : OK;
}

/* What was signed and is not here: of an epoch that its author ended with a loss, and of our own. */
static enum err
count_lost(struct verify *v, struct errinfo *e)
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

static enum err
check_log(void *ctx, const struct record_log *log, struct errinfo *e)
{
	struct verify *v = ctx;
	struct record_log named;
	struct sign_public key;
	struct errinfo why;
	enum err err;
	v->r->logs++;
	v->log = *log;
	v->at = *log;
	v->at.edge = (struct merkle_edge){0};
	v->at.objects = 0;
	v->at.last_time = TIME_MIN;
	if (origin_parse(v->c, str_of(log->origin), &named, &why) || !hash_eq(&named.id, &log->id) || named.circle != log->circle ||
	    named.author != log->author || named.epoch != log->epoch)
		return fault_log(v, ERR_CORRUPT, UINT64_MAX, "is kept under another name than its own", e);
	if (v->c->me >= 0 && !(log->circle >> v->c->me & 1) && (err = fault_log(v, ERR_DENIED, UINT64_MAX, "this home is not in its circle", e)))
		return err;
	if (log_key(v, &key, &why))
		return fault_log(v, ERR_VERIFY, UINT64_MAX, why.msg, e);
	struct base base = {.v = v};
	if (log->epoch > 1) {
		err = record_log_each(v->s->store, v->c->no, see_before, &base, e);
		if (!err)
			err = check_link(&base, e);
		if (!err && (err = record_entry_each(v->s->store, log->no, 0, log->edge.size, first_serial, &base, e)) == ERR_STOPPED)
			err = OK;
		if (err)
			return err;
		v->at.objects = base.any ? base.objects : log->objects;
	}
	rules_begin(&v->rules, -1, base.forked);
	v->reader = (struct record_pieces){.s = v->s->store};
	if (!(err = check_notes(v, &key, e)))
		err = record_entry_each(v->s->store, log->no, 0, UINT64_MAX >> 1, read_entry, v, e);
	record_pieces_end(&v->reader);
	if (err || (err = check_kept(v, e)) || (err = check_bridge(v, e)))
		return err;
	if ((err = count_lost(v, e)))
		return err;
	struct proofs p = {v, 0};
	if ((err = record_fork_each(v->s->store, log->no, see_fork, &p, e)))
		return err;
	if ((p.n > 0) != (log->state == RECORD_LOG_FORKED))
		err =
		    fault_log(v, ERR_CORRUPT, UINT64_MAX, p.n ? "is proven forked, and not kept as forked" : "is kept as forked without a proof", e);
	return err;
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
